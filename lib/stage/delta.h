/* delta.h - what a run changes in what stands.
 *
 * For every key of what is owed (model/transfer.h): the run's new total less
 * what stands of it in the run's scope.  A key that stands and is gone from
 * the run is reversed; what the run holds is left as it stands.
 *
 *	if (delta_run(ledger, &run, &options, &sink, &result, err) == -1) ...
 *
 * Transfers come in order of key, numbered from 1; a key that does not change
 * gives none.  Their booking month is the caller's to fill in.
 *
 * Before it returns, the sums have been proved: all that stands of the run's
 * keys equals the sum of its lines (with those carried for held sessions), and
 * the changes sum up to the difference: else QF_BUG "post-balance".
 */
#ifndef QF_STAGE_DELTA_H
#define QF_STAGE_DELTA_H

#include <stdbool.h>
#include <stdint.h>

#include "model/transfer.h"

struct ledger;
struct qf_error;
struct run;

struct delta_options {
	bool alone; /* against nothing: the run by itself */
	/* Hand out while reading, as long as the lines come in the order of
	 * their contracts; where they do not, stop with DELTA_UNORDERED. */
	bool streamed;
};

struct delta_sink {
	void *context;
	int (*transfer)(void *context, const struct transfer *transfer,
	    struct qf_error *err);
	/* May be NULL: called as lines are passed. */
	void (*progress)(void *context, int64_t lines);
};

struct delta_result {
	int64_t lines; /* of the run */
	int64_t keys; /* that it has */
	int64_t transfers;
	int64_t gross_minor; /* sum of the changes */
	int64_t total_minor; /* sum of what stands of the run's keys */
};

/* Only with `streamed`: what was handed out is of no use, take it back and
 * call again without. */
#define DELTA_UNORDERED 1

int delta_run(struct ledger *ledger, const struct run *run,
    const struct delta_options *options, const struct delta_sink *sink,
    struct delta_result *result, struct qf_error *err);

#endif
