/* rate.h - what contracts owe for a period under their tariffs.
 *
 * rate_run() is the computation alone: it reads the ledger as of an entry and
 * hands lines, holds and energy, each in its order, to a sink.  The same
 * request over the same ledger always gives the same rows.  rate_append() puts
 * them into the ledger as a run; rate_replay() hands those of a run to an entry
 * of a ledger that is open for reading.
 *
 *	struct rate_request request = {0};
 *	struct rate_counts counts;
 *
 *	request.period = period;
 *	request.asof = asof;
 *	if (rate_run(ledger, &request, &sink, &counts, err) == -1) ...
 *
 * Order: units (a contract's leg) by point, contract, leg.  A unit hands out
 * its lines by month, stretch, charge, band, session, or its holds; then its
 * energy by channel.  Line numbers run from 1 in each of the three tables.
 *
 * What cannot be settled is a hold (qf-rate(1) lists the reasons), never a
 * failure.  Failures: of the ledger; QF_CONFIG for a tariff document that
 * cannot be read; QF_BUG energy-balance where a unit's kWh do not add up.
 *
 * Memory: one point's reads and one unit's lines at a time.
 */
#ifndef QF_STAGE_RATE_H
#define QF_STAGE_RATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/period.h"
#include "model/handle.h"
#include "model/line.h"

struct charge;
struct contract;
struct entry;
struct ledger;
struct qf_error;
struct rate_note;
struct run;

/* Changes with every change that makes other lines of the same facts. */
#define RATE_ARITHMETIC 2
#define RATE_TOOL "qf-rate"
/* How long before the period a stretch may have ended and still price a part
 * of a session that ends in it. */
#define RATE_MARGIN_DAYS 62

struct rate_request {
	struct period period;
	const char *contract; /* NULL: every contract */
	const char *leg; /* NULL: every leg */
	int64_t asof; /* the last entry that it sees */
	int64_t carry_from; /* run whose carried energy comes in; 0: none */
};

/* Where the rows go.  Texts are valid for the call.  A call that fails (-1,
 * having filled err) ends the run.  Any of them may be NULL. */
struct rate_sink {
	void *context;
	bool tell; /* lines say how they came about (line->how) */
	int (*line)(
	    void *context, const struct line *line, struct qf_error *err);
	int (*hold)(
	    void *context, const struct hold *hold, struct qf_error *err);
	int (*energy)(
	    void *context, const struct energy *energy, struct qf_error *err);
	/* Called when all units of a point were handed out, with
	 * the stretches of its contracts. */
	int (*point)(void *context, const struct contract *stretches,
	    size_t count, struct qf_error *err);
	/* Called as points are passed. */
	void (*progress)(void *context, int64_t points);
	/* What a line came from that cannot be told from the
	 * facts at a glance, such as which window was the peak; before the
	 * lines of its unit. */
	void (*note)(void *context, const struct rate_note *note);
};

/* A step on the way to the lines of a component that begin at an instant. */
struct rate_note {
	const char *component;
	int64_t from_utc;
	const char *step; /* a word */
	const char *text; /* for a person */
};

struct rate_counts {
	int64_t points, units; /* in scope */
	int64_t reads; /* interval values that were looked at */
	int64_t sessions;
	int64_t lines, holds, energies;
};

int rate_run(struct ledger *ledger, const struct rate_request *request,
    const struct rate_sink *sink, struct rate_counts *counts,
    struct qf_error *err);

/* The request that a run was made from, so that it can be made again.  The
 * texts of *out point into *run. */
int rate_request_of(struct rate_request *out, struct ledger *ledger,
    struct run *run, struct qf_error *err);

/* As runner.h says: the rows of a run made again, into an entry. */
int rate_replay(struct ledger *ledger, struct run *run, struct entry *entry,
    struct qf_error *err);

/* Rates into a new run entry, or finds the equal earlier one; the ledger is
 * open for writing and the caller commits.  *appended tells which; *handle
 * names the run.  kind: trial, draft, final or correction. */
int rate_append(struct ledger *ledger, const struct rate_request *request,
    const char *kind, int64_t recorded_utc, const struct rate_sink *watch,
    struct handle *handle, int *appended, struct rate_counts *counts,
    struct qf_error *err);

/* Whether a charge per kWh needs more than one price a band: a quantity of both
 * channels, a part, tiers, a condition. */
bool rate_is_beyond(const struct charge *charge);

#endif
