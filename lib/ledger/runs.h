/* runs.h - writing and reading settlement runs.
 *
 * A run is an entry with lines, holds and energy; one of qf-clear has awards,
 * prices and trades, one of qf-settle responses and baselines too.  Equal
 * arguments, arithmetic and line root: then it is not appended again
 * (runs_find_equal).
 */
#ifndef QF_LEDGER_RUNS_H
#define QF_LEDGER_RUNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/auction.h"
#include "model/handle.h"
#include "model/line.h"
#include "model/response.h"

struct entry;
struct ledger;
struct qf_error;

struct run {
	int64_t entry;
	char tool[32];			/* qf-rate, qf-clear ... */
	char kind[16];			/* trial, draft, final, correction */
	int64_t asof;
	int64_t from_utc, to_utc;	/* period */
	int first_month, last_month;	/* YYYYMM, inclusive */
	char scope[256];		/* "" for everything */
	int arithmetic;			/* version of the arithmetic */
	int64_t lines, holds;
	char line_root[65];
};

int runs_append_line(struct entry *entry, const struct line *line,
    struct qf_error *err);
int runs_append_hold(struct entry *entry, const struct hold *hold,
    struct qf_error *err);
int runs_append_energy(struct entry *entry, const struct energy *energy,
    struct qf_error *err);
int runs_append_award(struct entry *entry, const struct award_row *award,
    struct qf_error *err);
int runs_append_price(struct entry *entry, const struct price_row *price,
    struct qf_error *err);
int runs_append_trade(struct entry *entry, const struct trade_row *trade,
    struct qf_error *err);
int runs_append_response(struct entry *entry,
    const struct response_row *response, struct qf_error *err);
int runs_append_baseline(struct entry *entry,
    const struct baseline_row *baseline, struct qf_error *err);
/* The root over all rows of the run so far, as 64 hexadecimal digits. */
void runs_root(struct entry *entry, char root[65]);
/* A run computed again, into an entry of a ledger open for reading: from here
 * on each row is compared with the next one of its table in the stored run
 * (QF_NO replay-differs, from runs_append_*()), and at the end that none is
 * left and that the root is the stored one. */
void runs_compare(struct entry *entry, const struct run *stored);
int runs_compare_end(struct entry *entry, const struct run *stored,
    struct qf_error *err);

/* The run's own row; run->entry and line_root are filled in. */
int runs_append(struct entry *entry, struct run *run, struct qf_error *err);

/* An earlier run that equals this one in all but entry and as-of: 1 and its
 * handle, or 0.  run->entry, where it is not 0, is left out itself.  A run is
 * no longer answered with once a later run of the same tool that touches its
 * scope has been posted: then this one must be posted anew. */
int runs_find_equal(struct ledger *ledger, const struct run *run,
    struct handle *handle, struct qf_error *err);

int runs_load(struct ledger *ledger, int64_t entry, struct run *out,
    struct qf_error *err);

/* The word of a scope called name ("contract", "leg", "event", "auction",
 * "owners"; "carry", "awards", "of", "market"), or NULL where the scope
 * does not restrict it; *length gets its length. */
const char *runs_scope_word(
    const char *scope, const char *name, size_t *length);

/* Whether two scopes of one tool can have something in common; whether all
 * that is in the inner one is in the outer one. */
bool runs_scopes_touch(const char *a, const char *b);
bool runs_scope_covers(const char *outer, const char *inner);

/* Steps through a run's rows in order of line; texts valid until the next
 * step.  first_line: where to start (1 for all). */
struct run_cursor;
int runs_open_lines(struct run_cursor **out, struct ledger *ledger,
    int64_t entry, int64_t first_line, struct qf_error *err);
int runs_next_line(struct run_cursor *cursor, struct line *out,
    struct qf_error *err);
int runs_open_holds(struct run_cursor **out, struct ledger *ledger,
    int64_t entry, struct qf_error *err);
int runs_next_hold(struct run_cursor *cursor, struct hold *out,
    struct qf_error *err);
int runs_open_energy(struct run_cursor **out, struct ledger *ledger,
    int64_t entry, struct qf_error *err);
int runs_next_energy(struct run_cursor *cursor, struct energy *out,
    struct qf_error *err);
int runs_open_awards(struct run_cursor **out, struct ledger *ledger,
    int64_t entry, struct qf_error *err);
int runs_next_award(struct run_cursor *cursor, struct award_row *out,
    struct qf_error *err);
int runs_open_prices(struct run_cursor **out, struct ledger *ledger,
    int64_t entry, struct qf_error *err);
int runs_next_price(struct run_cursor *cursor, struct price_row *out,
    struct qf_error *err);
int runs_open_trades(struct run_cursor **out, struct ledger *ledger,
    int64_t entry, struct qf_error *err);
int runs_next_trade(struct run_cursor *cursor, struct trade_row *out,
    struct qf_error *err);
int runs_open_responses(struct run_cursor **out, struct ledger *ledger,
    int64_t entry, struct qf_error *err);
int runs_next_response(struct run_cursor *cursor, struct response_row *out,
    struct qf_error *err);
int runs_open_baselines(struct run_cursor **out, struct ledger *ledger,
    int64_t entry, struct qf_error *err);
int runs_next_baseline(struct run_cursor *cursor, struct baseline_row *out,
    struct qf_error *err);
void runs_close(struct run_cursor *cursor);

#endif
