/* runner.c - what the runs of each tool are, and how they are made again.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/runner.h"

#include <inttypes.h>
#include <string.h>

#include "base/status.h"
#include "ledger/runs.h"
#include "stage/clear/clear.h"
#include "stage/rate/rate.h"
#include "stage/settle/explain.h"
#include "stage/settle/settle.h"
#include "stage/share/run.h"

static const struct runner runners[] = {
    {.tool = RATE_TOOL,
	.arithmetic = RATE_ARITHMETIC,
	.again = "rate the period again",
	.replay = rate_replay},
    {.tool = CLEAR_TOOL,
	.arithmetic = CLEAR_ARITHMETIC,
	.replay = clear_replay,
	.explain = clear_explain},
    {.tool = SETTLE_TOOL,
	.arithmetic = SETTLE_ARITHMETIC,
	.again = "settle the period again",
	.replay = settle_replay,
	.explain = settle_explain},
    {.tool = SHARE_TOOL,
	.arithmetic = SHARE_ARITHMETIC,
	.again = "share the run again",
	.replay = share_replay,
	.explain = share_explain},
};

const struct runner *
runner_of(const char *tool)
{
	for (size_t i = 0; i < sizeof(runners) / sizeof(runners[0]); i++) {
		if (strcmp(runners[i].tool, tool) == 0) {
			return &runners[i];
		}
	}
	return NULL;
}

const struct runner *
runner_for_replay(const struct run *run, struct qf_error *err)
{
	const struct runner *runner = runner_of(run->tool);

	if (runner == NULL || runner->replay == NULL) {
		qf_fail(err, QF_CONFIG, "replay-tool",
		    "run:%" PRId64 ": was made by %s, whose runs this program "
		    "cannot compute again",
		    run->entry, run->tool);
		return NULL;
	}
	if (runner->arithmetic != run->arithmetic) {
		qf_fail(err, QF_CONFIG, "arithmetic-version",
		    "run:%" PRId64 ": was made by %s with arithmetic %d; this "
		    "program replays %s with arithmetic %d",
		    run->entry, run->tool, run->arithmetic, runner->tool,
		    runner->arithmetic);
		return NULL;
	}
	return runner;
}
