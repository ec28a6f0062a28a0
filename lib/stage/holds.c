/* holds.c - what a run holds, counted by reason, and the first few in words.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/holds.h"

#include <stdio.h>
#include <string.h>

#include "base/tool.h"
#include "stage/summary.h"

static void
count_reason(struct holds *holds, const char *reason)
{
	for (size_t i = 0; i < holds->reason_count; i++) {
		if (strcmp(holds->reasons[i].reason, reason) == 0) {
			holds->reasons[i].count++;
			return;
		}
	}
	if (holds->reason_count < HOLDS_REASONS_MAX) {
		(void)snprintf(holds->reasons[holds->reason_count].reason,
		    sizeof(holds->reasons[0].reason), "%s", reason);
		holds->reasons[holds->reason_count++].count = 1;
	}
}

void
holds_add(struct holds *holds, const struct hold *hold)
{
	holds->count++;
	count_reason(holds, hold->reason);
	if (holds->shown_count == HOLDS_SHOWN) {
		return;
	}
	(void)snprintf(holds->shown[holds->shown_count++],
	    sizeof(holds->shown[0]),
	    "held: contract %s, leg %s%s%s%s%s: %s: %s", hold->contract,
	    hold->leg, hold->session != NULL ? ", " : "",
	    hold->session != NULL ? holds->of : "",
	    hold->session != NULL ? " " : "",
	    hold->session != NULL ? hold->session : "", hold->reason,
	    hold->detail);
}

void
holds_tell(const struct holds *holds, const struct tool *tool)
{
	for (size_t i = 0; i < holds->shown_count; i++) {
		tool_note(tool, "%s", holds->shown[i]);
	}
	if (holds->count > (int64_t)holds->shown_count) {
		tool_note(tool, "held: and %lld more",
		    (long long)(holds->count - (int64_t)holds->shown_count));
	}
	for (size_t i = 0; i < holds->reason_count; i++) {
		tool_note(tool, "held: %lld for %s",
		    (long long)holds->reasons[i].count,
		    holds->reasons[i].reason);
	}
}

void
holds_summary(const struct holds *holds, struct summary *summary)
{
	summary_count(summary, METRIC_HELD, holds->count);
	for (size_t i = 0; i < holds->reason_count; i++) {
		summary_count_for(summary, METRIC_HELD_FOR,
		    holds->reasons[i].reason, holds->reasons[i].count);
	}
}
