/* registry.h - looking facts up as of an entry.
 *
 * Cursors step through rows in the order of their keys (bytewise), with what
 * holds as of the entry given: 1 for a row, 0 at the end, -1 on failure.  What
 * a cursor hands out is valid until its next step.
 */
#ifndef QF_LEDGER_REGISTRY_H
#define QF_LEDGER_REGISTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/contract.h"
#include "model/fact.h"
#include "model/series.h"

struct ledger;
struct qf_error;

/* Stretches of contracts that touch [from_utc, to_utc), ordered by point,
 * contract, leg, from.  contract and leg restrict, NULL for all.  Contracts on
 * events are no business of those who rate energy: they have a cursor of their
 * own, and contracts_open() hands out the others. */
struct contract_cursor;
int contracts_open(struct contract_cursor **out, struct ledger *ledger,
    int64_t asof, int64_t from_utc, int64_t to_utc, const char *contract,
    const char *leg, struct qf_error *err);
int contracts_open_events(struct contract_cursor **out, struct ledger *ledger,
    int64_t asof, int64_t from_utc, int64_t to_utc, const char *contract,
    const char *leg, struct qf_error *err);
int contracts_next(struct contract_cursor *cursor, struct contract *out,
    struct qf_error *err);
void contracts_close(struct contract_cursor *cursor);

/* Whether the contract (NULL: some contract) ever had the leg (NULL: any) on
 * such a basis, as of the entry, be it void by now: 1 or 0. */
enum contracts_of { CONTRACTS_ANY, CONTRACTS_ON_EVENTS, CONTRACTS_ON_OTHERS };
int contracts_know(struct ledger *ledger, int64_t asof, const char *contract,
    const char *leg, enum contracts_of of, struct qf_error *err);

/* The merged days of reads of one channel from first_day to end_day
 * (exclusive), ordered by point, then day: what a point's rows up to as-of say
 * together, interval by interval (the newest row of the first resolution; null
 * where nothing is said; quality W where withdrawn).  reads_seek() moves
 * forward to the point (skipping others; cheap when sequential) and hands out
 * its days one by one through reads_next(); a day without any row is not
 * handed out. */
struct read_cursor;
int reads_open(struct read_cursor **out, struct ledger *ledger, int64_t asof,
    enum channel channel, int32_t first_day, int32_t end_day,
    struct qf_error *err);
int reads_seek(struct read_cursor *cursor, const char *point,
    struct qf_error *err);
/* 1: *out points to the next day of the point sought; 0: no more. */
int reads_next(struct read_cursor *cursor, const struct series_day **out,
    struct qf_error *err);
void reads_close(struct read_cursor *cursor);

/* The same for one point out of order (children of relations). */
int reads_of_point(struct read_cursor **out, struct ledger *ledger,
    int64_t asof, enum channel channel, const char *point, int32_t first_day,
    int32_t end_day, struct qf_error *err);

/* Facts of one kind that hold as of the entry.  The lookups: */
enum fact_lookup {
	LOOKUP_METERS_OF_POINT,		/* point */
	LOOKUP_RELATIONS_OF_PARENT,	/* parent */
	LOOKUP_RELATIONS_FROM_PARENT, /* the first parent at or after the name:
				       * to pass the points that have none */
	LOOKUP_RELATIONS_OF_CHILD,	/* child */
	LOOKUP_PARTY,			/* party */
	LOOKUP_POINT,			/* point */
	LOOKUP_ALIASES_OF,		/* name */
	LOOKUP_SESSIONS_OF_POINT,	/* point; end_utc in [a, b) */
	LOOKUP_BANDS_OF_SESSION,	/* session */
	LOOKUP_INTERVALS_OF_SESSION,	/* session */
	LOOKUP_SESSION,			/* session */
	LOOKUP_PERIODS_OF_SESSION,	/* session */
	LOOKUP_CLAIMS_OF_SESSION,	/* session */
	LOOKUP_CREDIT_OF_SESSION,	/* session */
	LOOKUP_REGISTERS_OF_POINT,	/* point; time_utc in [a, b] */
	LOOKUP_PRICES_OF_TABLE,		/* price table; month in [a, b] */
	LOOKUP_SERIES,			/* series; overlaps [a, b) */
	LOOKUP_CALENDAR,		/* calendar; day in [a, b) */
	LOOKUP_CONDITIONS,		/* station; day in [a, b) */
	LOOKUP_MEMBERS,			/* portfolio */
	LOOKUP_ESTIMATES_OF_POINT,	/* point; touches [a, b) */
	LOOKUP_FINDINGS_OF_POINT,	/* point; touches [a, b) */
	LOOKUP_FINDINGS_FROM_POINT, /* the first at or after the point's name:
				     * to pass the points that have none */
	LOOKUP_FINDINGS, /* of all points from the name on, by point, finding,
			  * channel, session, start; those inside [a, b), of
			  * sessions those that end in it */
	LOOKUP_CLEARANCES_OF_POINT,	/* point; start in [a, b) */
	LOOKUP_BIDS, /* auction; start in [a, b), by start, bid: streams */
	LOOKUP_NEEDS, /* auction; start in [a, b), by start, need */
	LOOKUP_PUBLISHED_PRICES,	/* auction; start in [a, b) */
	LOOKUP_PUBLISHED_AWARDS, /* auction; start in [a, b), by start, bid */
	/* Events in their highest modification; cancelled ones and tests, too.
	 * Of a programme those that name none, too: their targets say more. */
	LOOKUP_EVENTS, /* programme, "" for all; touches [a, b), by start */
	LOOKUP_EVENT,			/* event */
	LOOKUP_TARGETS_OF_EVENT,	/* event; modification in [a, b] */
	LOOKUP_SIGNALS_OF_EVENT, /* event; modification in [a, b]; by
				  * modification, signal, start */
	LOOKUP_AWARDS_OF_EVENT, /* event, contract; by award, start */
	LOOKUP_BASELINES_OF_POINT, /* point, baseline; touches [a, b) */
	FACT_LOOKUPS
};
struct fact_cursor;
/* The kind of fact that a lookup hands out. */
enum fact_kind facts_kind(enum fact_lookup lookup);
/* Opens, or rewinds where *cursor was opened for the same lookup: a cursor is
 * kept and used again for the next point. */
int facts_lookup(struct fact_cursor **cursor, struct ledger *ledger,
    enum fact_lookup lookup, int64_t asof, const char *name, int64_t a,
    int64_t b, struct qf_error *err);
/* The same for lookups of two names: "event, contract". */
int facts_lookup_pair(struct fact_cursor **cursor, struct ledger *ledger,
    enum fact_lookup lookup, int64_t asof, const char *name,
    const char *second, int64_t a, int64_t b, struct qf_error *err);
/* *out: the row; out->line_no its line and *entry its batch. */
int facts_next(struct fact_cursor *cursor, struct fact *out, int64_t *entry,
    struct qf_error *err);
void facts_close(struct fact_cursor *cursor);

/* The rule document of that kind and id as of the entry: 1, 0 if there is
 * none.  *text is the caller's to free. */
int rules_find(struct ledger *ledger, int64_t asof, const char *kind,
    const char *rule, char **text, char file[256], int64_t *entry,
    struct qf_error *err);

/* The id of the one rule document of that kind as of the entry: 1; 0 if there
 * is none; 2 if there are several, of which id is the first. */
int rules_only(struct ledger *ledger, int64_t asof, const char *kind,
    char id[ID_MAX + 1], struct qf_error *err);

/* What another system's identifier stands for at an instant, as of the entry:
 * 1 with the name of the party, point or contract, 0 where there is none. */
int aliases_find(struct ledger *ledger, int64_t asof, const char *scheme,
    const char *alias, const char *kind, int64_t at_utc, char name[ID_MAX + 1],
    struct qf_error *err);

/* Whether there ever was a point of that name: 1 or 0. */
int points_know(struct ledger *ledger, int64_t asof, const char *point,
    struct qf_error *err);

#endif
