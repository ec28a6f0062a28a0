/* fact.c - the columns of every kind of fact.
 *
 * These tables are the CSV headers, the ledger's columns and the order of the
 * canonical bytes at once; a unit test holds them against the schema.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "model/fact.h"

#include <assert.h>
#include <string.h>

#include "base/status.h"

#define CHANNELS_ACTIVE "import export"
#define CHANNELS_ALL "import export import-reactive export-reactive"

/* name, type, flags, what it refers to, words */
#define KEY_ID(name)                                       \
	{                                                  \
		name, FACT_ID, FACT_KEY, FACT_NO_REF, NULL \
	}
#define KEY_POINT(name)                                       \
	{                                                     \
		name, FACT_ID, FACT_KEY, FACT_REF_POINT, NULL \
	}
#define KEY_SESSION                                                  \
	{                                                            \
		"session", FACT_ID, FACT_KEY, FACT_REF_SESSION, NULL \
	}
#define KEY_WORD(name, words)                                 \
	{                                                     \
		name, FACT_WORD, FACT_KEY, FACT_NO_REF, words \
	}
#define KEY_START                                                  \
	{                                                          \
		"start", FACT_INSTANT, FACT_KEY, FACT_NO_REF, NULL \
	}
#define KEY_DAY                                              \
	{                                                    \
		"day", FACT_DAY, FACT_KEY, FACT_NO_REF, NULL \
	}
#define WORD(name, words)                              \
	{                                              \
		name, FACT_WORD, 0, FACT_NO_REF, words \
	}
#define ID(name)                                    \
	{                                           \
		name, FACT_ID, 0, FACT_NO_REF, NULL \
	}
#define OPTIONAL_ID(name)                                       \
	{                                                       \
		name, FACT_ID, FACT_OPTIONAL, FACT_NO_REF, NULL \
	}
#define OPTIONAL_TEXT(name)                                       \
	{                                                         \
		name, FACT_TEXT, FACT_OPTIONAL, FACT_NO_REF, NULL \
	}
#define INSTANT(name)                                    \
	{                                                \
		name, FACT_INSTANT, 0, FACT_NO_REF, NULL \
	}
#define DECIMAL(name)                                    \
	{                                                \
		name, FACT_DECIMAL, 0, FACT_NO_REF, NULL \
	}
#define AMOUNT(name)                                                     \
	{                                                                \
		name, FACT_DECIMAL, FACT_NOT_NEGATIVE, FACT_NO_REF, NULL \
	}
#define OPTIONAL_AMOUNT(name)                                          \
	{                                                              \
		name, FACT_DECIMAL, FACT_NOT_NEGATIVE | FACT_OPTIONAL, \
		    FACT_NO_REF, NULL                                  \
	}
#define OPTIONAL_DECIMAL(name)                                       \
	{                                                            \
		name, FACT_DECIMAL, FACT_OPTIONAL, FACT_NO_REF, NULL \
	}
#define OPTIONAL_KEY_ID(name)                                              \
	{                                                                  \
		name, FACT_ID, FACT_KEY | FACT_OPTIONAL, FACT_NO_REF, NULL \
	}
#define OPTIONAL_KEY_CHANNEL                                                 \
	{                                                                    \
		"channel", FACT_WORD, FACT_KEY | FACT_OPTIONAL, FACT_NO_REF, \
		    CHANNELS_ALL                                             \
	}
#define OPTIONAL_KEY_SESSION                                  \
	{                                                     \
		"session", FACT_ID, FACT_KEY | FACT_OPTIONAL, \
		    FACT_REF_SESSION, NULL                    \
	}
#define OPTIONAL_INSTANT(name)                                       \
	{                                                            \
		name, FACT_INSTANT, FACT_OPTIONAL, FACT_NO_REF, NULL \
	}
#define KEY_MODIFICATION                                                    \
	{                                                                   \
		"modification", FACT_INTEGER, FACT_KEY | FACT_NOT_NEGATIVE, \
		    FACT_NO_REF, NULL                                       \
	}
#define FROM_TO                                                                \
	{"from", FACT_INSTANT, FACT_KEY | FACT_FROM, FACT_NO_REF, NULL},       \
	{                                                                      \
		"to", FACT_INSTANT, FACT_TO | FACT_OPTIONAL, FACT_NO_REF, NULL \
	}

static const struct fact_column party[] = {
    KEY_ID("party"),
    WORD("kind", "operator customer aggregator grid market owner person"),
    OPTIONAL_TEXT("name_zh"),
    OPTIONAL_TEXT("name_en"),
    FROM_TO,
};

static const struct fact_column point[] = {
    KEY_ID("point"),
    WORD("kind", "metering connector station gate virtual"),
    OPTIONAL_ID("class"),
    OPTIONAL_ID("scenario"),
    OPTIONAL_AMOUNT("capacity_kw"),
    OPTIONAL_TEXT("district"),
    OPTIONAL_TEXT("name_zh"),
    OPTIONAL_TEXT("name_en"),
    FROM_TO,
};

static const struct fact_column meter[] = {
    KEY_POINT("point"),
    KEY_ID("meter"),
    AMOUNT("multiplier"),
    ID("digits"), /* no decimal: 6.10 is not 6.1 */
    FROM_TO,
};

static const struct fact_column relation[] = {
    KEY_POINT("parent"),
    KEY_POINT("child"),
    KEY_WORD("role", "sum deduct check"),
    FROM_TO,
};

static const struct fact_column contract[] = {
    KEY_ID("contract"),
    KEY_ID("leg"),
    {"point", FACT_ID, 0, FACT_REF_POINT, NULL},
    {"payer", FACT_ID, 0, FACT_REF_PARTY, "@session"},
    {"payee", FACT_ID, 0, FACT_REF_PARTY, "@session"},
    OPTIONAL_ID("account"),
    ID("tariff"),
    WORD("basis", "intervals registers sessions events"),
    OPTIONAL_ID("voltage"),
    OPTIONAL_ID("user_class"),
    OPTIONAL_ID("type"),
    {"options", FACT_OPTIONS, FACT_OPTIONAL, FACT_NO_REF, NULL},
    WORD("cycle", "month"),
    FROM_TO,
};

static const struct fact_column member[] = {
    {"portfolio", FACT_ID, FACT_KEY, FACT_REF_PARTY, NULL},
    KEY_ID("member"),
    FROM_TO,
};

static const struct fact_column alias[] = {
    KEY_ID("scheme"),
    KEY_ID("alias"),
    WORD("kind", "party point contract"),
    ID("name"),
    FROM_TO,
};

static const struct fact_column calendar[] = {
    KEY_ID("calendar"),
    KEY_DAY,
    WORD("kind", "holiday rest workday"),
    OPTIONAL_ID("name"),
};

static const struct fact_column condition[] = {
    KEY_ID("station"),
    KEY_ID("quantity"),
    KEY_DAY,
    DECIMAL("value"),
};

static const struct fact_column price[] = {
    KEY_ID("price_table"),
    {"month", FACT_MONTH, FACT_KEY, FACT_NO_REF, NULL},
    OPTIONAL_KEY_ID("user_class"),
    OPTIONAL_KEY_ID("type"),
    OPTIONAL_KEY_ID("voltage"),
    KEY_ID("item"),
    DECIMAL("price"),
    WORD("unit", "kwh mwh kw kva each"),
    WORD("tax", "included excluded"),
};

static const struct fact_column series[] = {
    KEY_ID("series"),
    KEY_START,
    INSTANT("end"),
    DECIMAL("price"),
    WORD("unit", "kwh mwh each"),
};

static const struct fact_column session[] = {
    KEY_ID("session"),
    {"point", FACT_ID, 0, FACT_REF_POINT, NULL},
    OPTIONAL_ID("vehicle"),
    {"party", FACT_ID, FACT_OPTIONAL, FACT_REF_PARTY, NULL},
    INSTANT("start"),
    INSTANT("end"),
    OPTIONAL_AMOUNT("import_kwh"),
    OPTIONAL_AMOUNT("export_kwh"),
};

static const struct fact_column session_band[] = {
    KEY_SESSION,
    KEY_WORD("channel", CHANNELS_ACTIVE),
    KEY_ID("band"),
    AMOUNT("kwh"),
};

static const struct fact_column session_interval[] = {
    KEY_SESSION,
    KEY_WORD("channel", CHANNELS_ACTIVE),
    KEY_START,
    INSTANT("end"),
    AMOUNT("kwh"),
};

/* Quantities of a stretch that a charging platform names; it ends where the
 * session's next one starts. */
static const struct fact_column session_period[] = {
    KEY_SESSION,
    KEY_START,
    KEY_WORD("dimension",
	"energy energy-import energy-export time parking-time "
	"reservation-time min-current max-current current min-power "
	"max-power power state-of-charge"),
    DECIMAL("volume"),
};

/* What the sender of a session says it comes to. */
static const struct fact_column session_claim[] = {
    KEY_SESSION,
    KEY_WORD("item",
	"total flat energy time parking-time reservation duration service"),
    OPTIONAL_DECIMAL("volume"),
    OPTIONAL_DECIMAL("excl"),
    OPTIONAL_DECIMAL("incl"),
};

static const struct fact_column session_credit[] = {
    KEY_SESSION,
    ID("credit"),
};

static const struct fact_column register_read[] = {
    KEY_POINT("point"),
    KEY_ID("meter"),
    {"time", FACT_INSTANT, FACT_KEY, FACT_NO_REF, NULL},
    KEY_WORD("channel", CHANNELS_ALL),
    OPTIONAL_KEY_ID("band"),
    OPTIONAL_AMOUNT("value"),
    WORD("quality", "measured estimated withdrawn"),
};

static const struct fact_column estimate[] = {
    KEY_POINT("point"),
    KEY_WORD("channel", CHANNELS_ALL),
    KEY_START,
    INSTANT("end"),
    KEY_ID("method"),
    ID("document"),
    {"inputs", FACT_TEXT, 0, FACT_NO_REF, NULL},
};

static const struct fact_column finding[] = {
    KEY_ID("finding"),
    KEY_POINT("point"),
    OPTIONAL_KEY_CHANNEL,
    OPTIONAL_KEY_SESSION,
    KEY_START,
    INSTANT("end"),
    {"value", FACT_DECIMAL, FACT_OPTIONAL, FACT_NO_REF, NULL},
    {"bound", FACT_DECIMAL, FACT_OPTIONAL, FACT_NO_REF, NULL},
    WORD("hold", "yes no"),
    WORD("state", "open closed"),
    {"detail", FACT_TEXT, 0, FACT_NO_REF, NULL},
};

static const struct fact_column finding_cleared[] = {
    KEY_ID("finding"),
    KEY_POINT("point"),
    OPTIONAL_KEY_CHANNEL,
    OPTIONAL_KEY_SESSION,
    KEY_START,
    {"value", FACT_DECIMAL, FACT_KEY | FACT_OPTIONAL, FACT_NO_REF, NULL},
    WORD("cleared", "yes no"),
    {"who", FACT_TEXT, 0, FACT_NO_REF, NULL},
    {"why", FACT_TEXT, 0, FACT_NO_REF, NULL},
};

/* An offer of a stretch of an auction.  No column names the registry: a book of
 * a million must load fast, and its parties are the market's. */
static const struct fact_column bid[] = {
    KEY_ID("auction"),
    KEY_START,
    KEY_ID("bid"),
    INSTANT("end"),
    OPTIONAL_ID("party"),
    WORD("side", "sell buy"),
    OPTIONAL_DECIMAL("price"), /* none: at any price */
    AMOUNT("quantity"),
    OPTIONAL_INSTANT("submitted"),
    OPTIONAL_AMOUNT("minimum"),
    OPTIONAL_ID("block"),
    OPTIONAL_AMOUNT("performance"),
    OPTIONAL_ID("class"),
};

/* Above zero what is asked for at any price, below what is given. */
static const struct fact_column need[] = {
    KEY_ID("auction"),
    KEY_START,
    KEY_ID("need"),
    INSTANT("end"),
    DECIMAL("quantity"),
};

static const struct fact_column published_price[] = {
    KEY_ID("auction"),
    KEY_START,
    INSTANT("end"),
    OPTIONAL_DECIMAL("price"), /* none: the hour has no price */
    OPTIONAL_AMOUNT("volume"),
};

static const struct fact_column published_award[] = {
    KEY_ID("auction"),
    KEY_START,
    KEY_ID("bid"),
    AMOUNT("quantity"),
    OPTIONAL_DECIMAL("price"),
};

/* Of an event the highest modification holds. */
static const struct fact_column event[] = {
    KEY_ID("event"),
    KEY_MODIFICATION,
    OPTIONAL_ID("programme"),
    OPTIONAL_TEXT("context"),
    OPTIONAL_ID("auction"),
    INSTANT("start"),
    INSTANT("end"),
    OPTIONAL_INSTANT("notified"),
    WORD("status", "called cancelled"),
    WORD("test", "yes no"),
};

/* Whom it is for; none: every contract of the programme. */
static const struct fact_column event_target[] = {
    KEY_ID("event"),
    KEY_MODIFICATION,
    KEY_WORD("kind", "point party portfolio"),
    KEY_ID("target"),
};

static const struct fact_column event_signal[] = {
    KEY_ID("event"),
    KEY_MODIFICATION,
    KEY_ID("signal"),
    KEY_START,
    INSTANT("end"),
    OPTIONAL_ID("type"),
    DECIMAL("value"),
    OPTIONAL_TEXT("unit"), /* "USD/kWh" */
};

/* What a contract was taken for in an event (中标). */
static const struct fact_column award[] = {
    KEY_ID("event"),
    {"contract", FACT_ID, FACT_KEY, FACT_REF_CONTRACT, NULL},
    KEY_START,
    KEY_ID("award"),
    INSTANT("end"),
    AMOUNT("kw"),
    OPTIONAL_DECIMAL("price"),
};

/* A baseline that is given, not computed; below zero where the point feeds
 * in. */
static const struct fact_column baseline[] = {
    KEY_ID("baseline"),
    KEY_POINT("point"),
    KEY_START,
    INSTANT("end"),
    DECIMAL("kw"),
};

#define FORMAT(kind, name, columns) \
	[kind] = {kind, name, columns, sizeof(columns) / sizeof((columns)[0])}

static const struct fact_format formats[FACT_KINDS] = {
    FORMAT(FACT_PARTY, "party", party),
    FORMAT(FACT_POINT, "point", point),
    FORMAT(FACT_METER, "meter", meter),
    FORMAT(FACT_RELATION, "relation", relation),
    FORMAT(FACT_CONTRACT, "contract", contract),
    FORMAT(FACT_MEMBER, "member", member),
    FORMAT(FACT_ALIAS, "alias", alias),
    FORMAT(FACT_CALENDAR, "calendar", calendar),
    FORMAT(FACT_CONDITION, "condition", condition),
    FORMAT(FACT_PRICE, "price", price),
    FORMAT(FACT_SERIES, "series", series),
    FORMAT(FACT_SESSION, "session", session),
    FORMAT(FACT_SESSION_BAND, "session-band", session_band),
    FORMAT(FACT_SESSION_INTERVAL, "session-interval", session_interval),
    FORMAT(FACT_SESSION_PERIOD, "session-period", session_period),
    FORMAT(FACT_SESSION_CLAIM, "session-claim", session_claim),
    FORMAT(FACT_SESSION_CREDIT, "session-credit", session_credit),
    FORMAT(FACT_REGISTER_READ, "register-read", register_read),
    FORMAT(FACT_ESTIMATE, "estimate", estimate),
    FORMAT(FACT_FINDING, "finding", finding),
    FORMAT(FACT_FINDING_CLEARED, "finding-cleared", finding_cleared),
    FORMAT(FACT_BID, "bid", bid),
    FORMAT(FACT_NEED, "need", need),
    FORMAT(FACT_PUBLISHED_PRICE, "published-price", published_price),
    FORMAT(FACT_PUBLISHED_AWARD, "published-award", published_award),
    FORMAT(FACT_EVENT, "event", event),
    FORMAT(FACT_EVENT_TARGET, "event-target", event_target),
    FORMAT(FACT_EVENT_SIGNAL, "event-signal", event_signal),
    FORMAT(FACT_AWARD, "award", award),
    FORMAT(FACT_BASELINE, "baseline", baseline),
};

const struct fact_format *
fact_format(enum fact_kind kind)
{
	assert(kind < FACT_KINDS);
	return &formats[kind];
}

const struct fact_format *
fact_format_of_header(const char *const *names, size_t count)
{
	for (size_t i = 0; i < FACT_KINDS; i++) {
		size_t same = 0;

		if (formats[i].column_count != count) {
			continue;
		}
		while (same < count && strcmp(formats[i].columns[same].name,
					   names[same]) == 0) {
			same++;
		}
		if (same == count) {
			return &formats[i];
		}
	}
	return NULL;
}

size_t
fact_column(const struct fact_format *format, const char *name)
{
	for (size_t i = 0; i < format->column_count; i++) {
		if (strcmp(format->columns[i].name, name) == 0) {
			return i;
		}
	}
	BUG("%s has no column %s", format->name, name);
}
