/* explain_ocpi.c - a line of a session under an OCPI tariff.
 *
 * Which element priced it and what step_size added is told by the rating
 * itself; here are its sums once more, and where the session's periods came
 * from.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>
#include <string.h>

#include "base/civil.h"
#include "base/zone.h"
#include "ledger/db.h"
#include "settle/amount.h"
#include "settle/ocpi.h"
#include "stage/audit/explain_own.h"

static int
parse(struct dec *out, const char *text, struct qf_error *err)
{
	return dec_parse_stored(out, text, strlen(text), err);
}

/* Rounds the line's exact amount again, and its tax. */
static int
tell_amount(struct explain *explain, struct qf_error *err)
{
	const struct line *line = &explain->line;
	int scale = ledger_market(explain->ledger)->money_scale;
	const struct rounding rule = {scale, DEC_HALF_UP};
	struct dec exact = {0}, rate = {0};
	const struct amount_tax tax = {
	    .taxed = line->tax_rate != NULL, .rate = &rate};
	char net[DEC_TEXT_MAX], vat[DEC_TEXT_MAX], gross[DEC_TEXT_MAX];
	struct amount amount;
	struct refusal refusal;
	int rc = -1;

	if (parse(&exact, line->exact, err) == -1 ||
	    (line->tax_rate != NULL &&
		parse(&rate, line->tax_rate, err) == -1)) {
		goto out;
	}
	explain_money(explain, line->net_minor, net);
	explain_money(explain, line->tax_minor, vat);
	explain_money(explain, line->gross_minor, gross);
	if (line->price == NULL) {
		explain_say(explain, "tax",
		    "none of its own: a limit bounds the sums without and "
		    "with VAT apart, net %s, gross %s",
		    net, gross);
	} else if (line->tax_rate == NULL) {
		explain_say(explain, "tax",
		    "the component has no vat: net = gross = %s", gross);
	} else {
		explain_say(explain, "tax",
		    "on top: %s x %s -> %s, gross = %s + %s = %s", net,
		    line->tax_rate, vat, net, vat, gross);
	}
	if (line->price == NULL) {
		explain_say(explain, "rounding",
		    "%s: what brings the session's lines, each rounded to %d "
		    "decimals, to the limit",
		    line->exact, scale);
		rc = 0;
		goto out;
	}
	explain_say(explain, "rounding",
	    "%s -> %s: %d decimals, half-up, each line (OCPI has no rule: the "
	    "ledger's money scale)",
	    line->exact, net, scale);
	if (amount_of(&amount, &exact, &rule, &tax, scale, &refusal) != 0 ||
	    amount.net_minor != line->net_minor ||
	    amount.tax_minor != line->tax_minor ||
	    amount.gross_minor != line->gross_minor) {
		explain_differs(explain,
		    "rounded again, %s is not the amount of the line",
		    line->exact);
	}
	rc = 0;
out:
	dec_release(&exact);
	dec_release(&rate);
	return rc;
}

/* quantity x price, to the digits that hours have. */
static int
tell_product(struct explain *explain, struct qf_error *err)
{
	const struct line *line = &explain->line;
	struct dec off = {0}, price = {0}, exact = {0};
	struct dec last = DEC_SMALL(1, OCPI_HOURS_SCALE);
	int rc = -1;

	if (line->price == NULL) {
		return 0;
	}
	if (parse(&off, line->quantity, err) == -1 ||
	    parse(&price, line->price, err) == -1 ||
	    parse(&exact, line->exact, err) == -1) {
		goto out;
	}
	dec_mul(&off, &off, &price);
	dec_sub(&off, &off, &exact);
	dec_abs(&off, &off);
	dec_abs(&price, &price);
	dec_mul(&last, &last, &price);
	explain_say(explain, "exact", "%s %s x %s = %s%s", line->quantity,
	    line->unit, line->price, line->exact,
	    dec_is_zero(&off) ? "" : ", of hours that have no end");
	if (dec_cmp(&off, &last) > 0) {
		explain_differs(explain, "%s x %s is not %s", line->quantity,
		    line->price, line->exact);
	}
	rc = 0;
out:
	dec_release(&off);
	dec_release(&price);
	dec_release(&exact);
	dec_release(&last);
	return rc;
}

static void
tell_law(struct explain *explain)
{
	const struct contract *contract = &explain->contract;
	char place[EXPLAIN_PLACE_MAX];

	explain_place(explain, contract->entry, contract->line_no, place);
	explain_say(explain, "contract", "%s, leg %s, at %s, on sessions: %s",
	    contract->contract, contract->leg, contract->point, place);
	explain_place(explain, explain->line.tariff_entry, 1, place);
	explain_say(explain, "tariff", "%s, of OCPI 2.2.1: %s",
	    contract->tariff, place);
}

/* A row of the session: its place, and what it says. */
static void
tell_row(
    struct explain *explain, const struct fact *fact, int64_t entry, bool first)
{
	char place[EXPLAIN_PLACE_MAX], at[CIVIL_TEXT_MAX];
	int64_t utc = rulebook_integer(fact, "start", 0);

	explain_place(explain, entry, (int64_t)fact->line_no, place);
	civil_format_offset(utc, zone_offset(explain->zone, utc), at);
	explain_say(explain, first ? "periods" : "", "%s %s %s: %s", at,
	    rulebook_text(fact, "dimension"), rulebook_text(fact, "volume"),
	    place);
}

static int
tell_session(struct explain *explain, struct qf_error *err)
{
	struct fact_cursor *cursor = NULL;
	char place[EXPLAIN_PLACE_MAX];
	struct fact fact;
	int64_t entry;
	bool first = true;
	int rc;

	if (facts_lookup(&cursor, explain->ledger, LOOKUP_SESSION,
		explain->run.asof, explain->line.session, 0, 0, err) == -1) {
		return -1;
	}
	while ((rc = facts_next(cursor, &fact, &entry, err)) == 1) {
		explain_place(explain, entry, (int64_t)fact.line_no, place);
		explain_say(
		    explain, "session", "%s: %s", explain->line.session, place);
	}
	facts_close(cursor);
	cursor = NULL;
	if (rc == -1 ||
	    facts_lookup(&cursor, explain->ledger, LOOKUP_PERIODS_OF_SESSION,
		explain->run.asof, explain->line.session, 0, 0, err) == -1) {
		return -1;
	}
	while ((rc = facts_next(cursor, &fact, &entry, err)) == 1) {
		tell_row(explain, &fact, entry, first);
		first = false;
	}
	facts_close(cursor);
	return rc;
}

int
explain_ocpi(struct explain *explain, struct qf_error *err)
{
	if (tell_amount(explain, err) == -1 ||
	    tell_product(explain, err) == -1 ||
	    explain_told(explain, err) == -1) {
		return -1;
	}
	tell_law(explain);
	return explain->line.session == NULL ? 0 : tell_session(explain, err);
}
