/* watch.h - what a reader would have been told later.
 *
 * While a ledger is watched, everything that is looked up in the registry as
 * of an entry (registry.h) is looked up as of a later one too, and where the
 * two answers differ the watcher is told.  So it is learned on which changes a
 * computation depends by doing it again: there is no second list of what it
 * reads, and nothing that it does not read counts.
 *
 *	struct watch watch = {.asof = later, .change = change,
 *	    .context = &collected};
 *
 *	ledger_watch(ledger, &watch);
 *	... rate_run() as of an earlier entry ...
 *	ledger_watch(ledger, NULL);
 *
 * The answers themselves stay those of the earlier entry.  Tables in which
 * nothing is newer are not looked at twice.
 *
 * Ownership: the watch is the caller's and stays until ledger_watch(NULL);
 * what a change points to is valid for the call.  Memory: the rows of one
 * lookup that differs.
 */
#ifndef QF_LEDGER_WATCH_H
#define QF_LEDGER_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "ledger/registry.h"

struct ledger;
struct qf_error;

/* A difference: what was and what is, NULL where there is nothing.  One pair
 * of the four is filled. */
struct watch_change {
	const struct fact *was, *is; /* of one key */
	const struct series_day *day_was, *day_is;
	const struct contract *contract_was, *contract_is;
	int64_t asked_from_utc; /* of contracts: the window asked for */
	const char *rule, *rule_kind; /* id of a document, and its kind */
	int64_t entry; /* that made the difference: the newest of the key */
};

/* Whose prices: of a user class, type and voltage. */
struct watch_whom {
	const char *user_class, *type, *voltage;
};

struct watch {
	int64_t asof; /* later than that of what is watched */
	void *context;
	int (*change)(void *context, const struct watch_change *change,
	    struct qf_error *err);
	int64_t count; /* of changes told so far */
	/* Told that changes [first, end) count for what is done now: what
	 * was looked up once is used again; of prices those for whom (NULL:
	 * all).  May be NULL. */
	int (*again)(void *context, int64_t first, int64_t end,
	    const struct watch_whom *whom, struct qf_error *err);
	int32_t first_day; /* earliest day whose reads were asked for;
			    * INT32_MAX before */
};

/* Begins, or ends with NULL.  Only one at a time. */
int
ledger_watch(struct ledger *ledger, struct watch *watch, struct qf_error *err);

/* Whether it is watched; and a pause, for a look that decides nothing. */
bool ledger_is_watched(const struct ledger *ledger);
/* The later entry; only while it is watched. */
int64_t watch_asof(const struct ledger *ledger);
void ledger_watch_pause(struct ledger *ledger, bool pause);

/* How many changes were told so far; and that those are used now. */
int64_t ledger_watch_count(const struct ledger *ledger);
int ledger_watch_again(struct ledger *ledger, int64_t first, int64_t end,
    const struct watch_whom *whom, struct qf_error *err);

/* Internal, of registry.c and reads.c: each looks at what it is about as of
 * both entries.  They do nothing where nothing is newer. */
bool watch_wants_reads(const struct ledger *ledger, int64_t asof);
void watch_read_from(struct ledger *ledger, int32_t first_day);
int watch_day(struct ledger *ledger, const struct series_day *was,
    const struct series_day *is, struct qf_error *err);
int watch_facts(struct ledger *ledger, enum fact_lookup lookup, int64_t asof,
    const char *name, const char *second, int64_t a, int64_t b,
    struct qf_error *err);
int watch_contracts(struct ledger *ledger, int64_t asof, int64_t from_utc,
    int64_t to_utc, const char *contract, const char *leg,
    bool on_events, struct qf_error *err);
int watch_rule(struct ledger *ledger, int64_t asof, const char *kind,
    const char *rule, struct qf_error *err);

#endif
