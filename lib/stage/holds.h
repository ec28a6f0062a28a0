/* holds.h - what a run holds, counted by reason, and the first few in words.
 *
 *	struct holds holds = {.of = "session"};
 *
 *	... holds_add(&holds, hold) for each ...
 *	holds_tell(&holds, tool);
 *	holds_summary(&holds, &summary);
 */
#ifndef QF_STAGE_HOLDS_H
#define QF_STAGE_HOLDS_H

#include <stddef.h>
#include <stdint.h>

#include "model/line.h"

struct summary;
struct tool;

#define HOLDS_REASONS_MAX 48 /* that are counted apart */
#define HOLDS_SHOWN 5 /* of which the detail is kept */

struct holds {
	const char *of; /* what a hold may be of: "session", "event" */
	int64_t count;
	size_t reason_count;
	struct {
		char reason[48];
		int64_t count;
	} reasons[HOLDS_REASONS_MAX];
	size_t shown_count;
	char shown[HOLDS_SHOWN][600];
};

void holds_add(struct holds *holds, const struct hold *hold);

/* Says the first few, how many more there are, and the count of each reason. */
void holds_tell(const struct holds *holds, const struct tool *tool);

/* METRIC_HELD and METRIC_HELD_FOR. */
void holds_summary(const struct holds *holds, struct summary *summary);

#endif
