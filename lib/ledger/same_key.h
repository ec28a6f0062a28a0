/* same_key.h - when a row n states the same fact as a row c.
 *
 * Internal.  The key of each table of facts, as a condition on two of its
 * rows; with "n.entry > c.entry" it finds what superseded c.  The unique
 * indexes of the schema are on these columns.
 */
#ifndef QF_LEDGER_SAME_KEY_H
#define QF_LEDGER_SAME_KEY_H

#define SAME_PARTY "n.party = c.party AND n.from_utc = c.from_utc"
#define SAME_POINT "n.point = c.point AND n.from_utc = c.from_utc"
#define SAME_METER \
	"n.point = c.point AND n.meter = c.meter AND n.from_utc = c.from_utc"
#define SAME_RELATION \
	"n.parent = c.parent AND n.child = c.child AND n.role = c.role" \
	" AND n.from_utc = c.from_utc"
#define SAME_CONTRACT \
	"n.contract = c.contract AND n.leg = c.leg" \
	" AND n.from_utc = c.from_utc"
#define SAME_MEMBER \
	"n.portfolio = c.portfolio AND n.member = c.member" \
	" AND n.from_utc = c.from_utc"
#define SAME_ALIAS \
	"n.scheme = c.scheme AND n.alias = c.alias" \
	" AND n.from_utc = c.from_utc"
#define SAME_REGISTER_READ \
	"n.point = c.point AND n.channel = c.channel" \
	" AND ifnull(n.band, '') = ifnull(c.band, '')" \
	" AND n.time_utc = c.time_utc AND n.meter = c.meter"
#define SAME_SESSION "n.session = c.session"
#define SAME_SESSION_BAND \
	"n.session = c.session AND n.channel = c.channel AND n.band = c.band"
#define SAME_SESSION_INTERVAL \
	"n.session = c.session AND n.channel = c.channel" \
	" AND n.start_utc = c.start_utc"
#define SAME_SESSION_PERIOD \
	"n.session = c.session AND n.start_utc = c.start_utc" \
	" AND n.dimension = c.dimension"
#define SAME_SESSION_CLAIM "n.session = c.session AND n.item = c.item"
#define SAME_SESSION_CREDIT "n.session = c.session"
#define SAME_PRICE \
	"n.price_table = c.price_table AND n.month = c.month" \
	" AND ifnull(n.user_class, '') = ifnull(c.user_class, '')" \
	" AND ifnull(n.type, '') = ifnull(c.type, '')" \
	" AND ifnull(n.voltage, '') = ifnull(c.voltage, '')" \
	" AND n.item = c.item"
#define SAME_SERIES "n.series = c.series AND n.start_utc = c.start_utc"
#define SAME_CALENDAR "n.calendar = c.calendar AND n.day = c.day"
#define SAME_CONDITION \
	"n.station = c.station AND n.quantity = c.quantity AND n.day = c.day"
#define SAME_ESTIMATE \
	"n.point = c.point AND n.channel = c.channel" \
	" AND n.start_utc = c.start_utc AND n.method = c.method"
#define SAME_FINDING \
	"n.point = c.point AND n.finding = c.finding" \
	" AND ifnull(n.channel, '') = ifnull(c.channel, '')" \
	" AND ifnull(n.session, '') = ifnull(c.session, '')" \
	" AND n.start_utc = c.start_utc"
#define SAME_FINDING_CLEARED \
	SAME_FINDING " AND ifnull(n.value, '') = ifnull(c.value, '')"
#define SAME_BID \
	"n.auction = c.auction AND n.start_utc = c.start_utc" \
	" AND n.bid = c.bid"
#define SAME_NEED \
	"n.auction = c.auction AND n.start_utc = c.start_utc" \
	" AND n.need = c.need"
#define SAME_PUBLISHED_PRICE \
	"n.auction = c.auction AND n.start_utc = c.start_utc"
#define SAME_PUBLISHED_AWARD \
	"n.auction = c.auction AND n.start_utc = c.start_utc" \
	" AND n.bid = c.bid"
#define SAME_EVENT \
	"n.event = c.event AND n.modification = c.modification"
#define SAME_EVENT_TARGET \
	"n.event = c.event AND n.modification = c.modification" \
	" AND n.kind = c.kind AND n.target = c.target"
#define SAME_EVENT_SIGNAL \
	"n.event = c.event AND n.modification = c.modification" \
	" AND n.signal = c.signal AND n.start_utc = c.start_utc"
#define SAME_AWARD \
	"n.event = c.event AND n.contract = c.contract" \
	" AND n.start_utc = c.start_utc AND n.award = c.award"
#define SAME_BASELINE \
	"n.baseline = c.baseline AND n.point = c.point" \
	" AND n.start_utc = c.start_utc"

#endif
