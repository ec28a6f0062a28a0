/* statement.h - what leaves the house: a head, rows, and totals.
 *
 * A statement is full (all that stands in its scope) or a delta (only what a
 * posting changed).  Each row says what stands under a key now, what was
 * posted of it before, and the difference.  Amounts are positive where the
 * payer owes the payee.
 *
 * Plain data: texts are borrowed and valid for the call that they are handed
 * to; of the head and the names, as long as the statement is written.
 */
#ifndef QF_MODEL_STATEMENT_H
#define QF_MODEL_STATEMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/dec.h"
#include "model/line.h"
#include "model/transfer.h"

/* A code and its names for people; NULL or "" where it has none. */
struct statement_name {
	const char *code, *zh, *en;
};

/* A rule document that was in force. */
struct statement_rule {
	const char *kind, *rule, *sha256;
};

struct statement_head {
	const char *sender, *receiver; /* "" where not said */
	const char *party; /* whose own statement, or NULL for all */
	int64_t sequence; /* of the posting in its ledger; 0: not posted */
	const char *period; /* 2025-02 */
	bool is_full; /* else a delta */
	const char *state; /* posted, or the kind of the run */
	const char *market, *zone, *currency;
	int money_scale;
	const char *sources_sha256; /* of the list of all sources */
	const struct statement_rule *rules;
	size_t rule_count;
	const struct statement_name *names; /* of all codes, by code */
	size_t name_count;
};

struct statement_row {
	const struct transfer *transfer; /* version 0: not posted */
	const char *key; /* the parts of the key with "/" between them */
	const char *role; /* payer or payee; NULL in a statement for all */
	const char *payer_name, *payee_name; /* NULL where not asked for */
	struct statement_name leg, subject, component, band;
};

/* A line of a run as it leaves the house. */
struct statement_line {
	const struct line *line;
	const char *role; /* payer or payee; NULL in a file for all */
	const char *payer_name, *payee_name; /* NULL where not asked for */
	struct statement_name leg, subject, component, band;
	const struct statement_rule *tariff; /* NULL where it has none */
};

/* Sums of what stands and of the differences. */
struct statement_money {
	const char *subject;
	const char *role; /* or NULL */
	struct statement_name name;
	int64_t net_minor, tax_minor, gross_minor;
	int64_t difference_net_minor, difference_tax_minor;
	int64_t difference_gross_minor;
};

struct statement_energy {
	const char *channel;
	const char *role; /* or NULL */
	struct dec kwh, difference_kwh;
};

struct statement_totals {
	int64_t rows;
	struct statement_energy *energy; /* by channel, role */
	size_t energy_count;
	struct statement_money *money; /* by subject, role */
	size_t money_count;
};

#endif
