/* columns.h - the columns of every table of rows, in the order of the schema.
 *
 * Internal.  All but id, as the text of an INSERT's and a SELECT's list; in
 * tables whose id tells entry and line, all but these too.  A unit test holds
 * them against schemas/ledger.sql.
 */
#ifndef QF_LEDGER_COLUMNS_H
#define QF_LEDGER_COLUMNS_H

#define MARKET_COLUMNS \
	"entry, line, name, zone, currency, money_scale"
#define BATCH_COLUMNS \
	"entry, line, format, file, sha256, bytes, declarations, " \
	"received_utc, reason, facts, repeated, set_aside, " \
	"set_aside_sha256"
#define RULE_COLUMNS \
	"entry, line, kind, rule, file, sha256, text"
#define PARTY_COLUMNS \
	"entry, line, party, kind, name_zh, name_en, from_utc, to_utc"
#define POINT_COLUMNS \
	"entry, line, point, kind, class, scenario, capacity_kw, " \
	"district, name_zh, name_en, from_utc, to_utc"
#define METER_COLUMNS \
	"entry, line, point, meter, multiplier, digits, from_utc, " \
	"to_utc"
#define RELATION_COLUMNS \
	"entry, line, parent, child, role, from_utc, to_utc"
#define CONTRACT_COLUMNS \
	"entry, line, contract, leg, point, payer, payee, account, " \
	"tariff, basis, voltage, user_class, type, options, cycle, " \
	"from_utc, to_utc"
#define MEMBER_COLUMNS \
	"entry, line, portfolio, member, from_utc, to_utc"
#define ALIAS_COLUMNS \
	"entry, line, scheme, alias, kind, name, from_utc, to_utc"
#define READ_DAY_COLUMNS \
	"entry, line, day, channel, point, start_utc, minutes, " \
	"quantity, side, scale, vals, quality, method"
#define REGISTER_READ_COLUMNS \
	"entry, line, point, meter, time_utc, channel, band, value, " \
	"quality"
#define SESSION_COLUMNS \
	"entry, line, session, point, vehicle, party, start_utc, " \
	"end_utc, import_kwh, export_kwh"
#define SESSION_BAND_COLUMNS \
	"entry, line, session, channel, band, kwh"
#define SESSION_INTERVAL_COLUMNS \
	"entry, line, session, channel, start_utc, end_utc, kwh"
#define SESSION_PERIOD_COLUMNS \
	"entry, line, session, start_utc, dimension, volume"
#define SESSION_CLAIM_COLUMNS \
	"entry, line, session, item, volume, excl, incl"
#define SESSION_CREDIT_COLUMNS \
	"entry, line, session, credit"
#define PRICE_COLUMNS \
	"entry, line, price_table, month, user_class, type, voltage, " \
	"item, price, unit, tax"
#define SERIES_COLUMNS \
	"entry, line, series, start_utc, end_utc, price, unit"
#define CALENDAR_COLUMNS \
	"entry, line, calendar, day, kind, name"
#define CONDITION_COLUMNS \
	"entry, line, station, quantity, day, value"
#define ESTIMATE_COLUMNS \
	"entry, line, point, channel, start_utc, end_utc, method, " \
	"document, inputs"
#define FINDING_COLUMNS \
	"entry, line, finding, point, channel, session, start_utc, " \
	"end_utc, value, bound, hold, state, detail"
#define FINDING_CLEARED_COLUMNS \
	"entry, line, finding, point, channel, session, start_utc, " \
	"value, cleared, who, why"
#define BID_COLUMNS \
	"entry, line, auction, start_utc, bid, end_utc, party, " \
	"side, price, quantity, submitted_utc, minimum, block, " \
	"performance, class"
#define NEED_COLUMNS \
	"entry, line, auction, start_utc, need, end_utc, quantity"
#define PUBLISHED_PRICE_COLUMNS \
	"entry, line, auction, start_utc, end_utc, price, volume"
#define PUBLISHED_AWARD_COLUMNS \
	"entry, line, auction, start_utc, bid, quantity, price"
#define EVENT_COLUMNS \
	"entry, line, event, modification, programme, context, " \
	"auction, start_utc, end_utc, notified_utc, status, test"
#define EVENT_TARGET_COLUMNS \
	"entry, line, event, modification, kind, target"
#define EVENT_SIGNAL_COLUMNS \
	"entry, line, event, modification, signal, start_utc, " \
	"end_utc, type, value, unit"
#define AWARD_COLUMNS \
	"entry, line, event, contract, start_utc, award, end_utc, " \
	"kw, price"
#define BASELINE_COLUMNS \
	"entry, line, baseline, point, start_utc, end_utc, kw"
#define RUN_COLUMNS \
	"entry, line, tool, kind, asof, from_utc, to_utc, " \
	"first_month, last_month, scope, arithmetic, lines, holds, " \
	"line_root"
#define RUN_LINE_COLUMNS \
	"contract, leg, point, payer, payee, account, " \
	"from_utc, to_utc, month, subject, component, band, channel, " \
	"session, tariff, quantity, unit, price, exact, net_minor, " \
	"tax_rate, tax_minor, gross_minor, counts_energy"
#define RUN_HOLD_COLUMNS \
	"contract, leg, point, session, from_utc, to_utc, " \
	"reason, detail"
#define RUN_ENERGY_COLUMNS \
	"contract, leg, point, channel, metered_kwh, " \
	"rated_kwh, held_kwh, residual_kwh"
#define RUN_AWARD_COLUMNS \
	"auction, start_utc, end_utc, bid, party, side, block, " \
	"offered, awarded, bid_price, price, state, reason"
#define RUN_PRICE_COLUMNS \
	"auction, start_utc, end_utc, rule, price, low, high, " \
	"volume, unserved, state"
#define RUN_TRADE_COLUMNS \
	"auction, start_utc, buy, sell, quantity, price"
#define RUN_RESPONSE_COLUMNS \
	"contract, leg, event, role, point, start_utc, end_utc, " \
	"baseline_kwh, actual_kwh, response_kwh, award, award_kwh, " \
	"elsewhere_kwh, effective_kwh, deficiency_kwh, price, pay, " \
	"charge"
#define RUN_BASELINE_COLUMNS \
	"contract, leg, event, point, day, used, reason, kwh"
#define POSTING_COLUMNS \
	"entry, line, run, booking_month, transfers"
#define TRANSFER_COLUMNS \
	"leg, contract, payer, payee, account, subject, " \
	"component, band, channel, month, booking_month, version, " \
	"reason, unit, counts_energy, price, quantity, net_minor, " \
	"tax_minor, gross_minor, total_quantity, total_net_minor, " \
	"total_tax_minor, total_gross_minor, debit, credit, " \
	"amount_minor"

#endif
