/* work.c - options of the subcommands of qf-audit, and the frame around them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "own.h"

#define MINUTES_MAX 60

static int
take_exported(struct tool *tool, struct given *given, const char *value)
{
	if (given->exported_count == EXPORTED_MAX) {
		tool_misuse(tool, "at most %d directories", EXPORTED_MAX);
		return -1;
	}
	given->exported[given->exported_count++] = value;
	return 0;
}

static int
take_minutes(struct tool *tool, struct given *given, const char *value)
{
	if (tool_take_number(
		tool, "minutes", value, MINUTES_MAX, &given->minutes) == -1) {
		return -1;
	}
	if (given->minutes == 0 || MINUTES_MAX % given->minutes != 0) {
		tool_misuse(
		    tool, "--minutes: %s does not divide an hour", value);
		return -1;
	}
	return 0;
}

static int
take_option(struct work *work, int id, const char *value)
{
	struct given *given = &work->given;

	switch (id) {
	case OPT_KIND:
		given->kind = value;
		return 0;
	case OPT_SINCE:
		given->since = value;
		return 0;
	case OPT_READS:
		given->reads = true;
		return 0;
	case OPT_POINT:
		return tool_take_id(work->tool, "point", value, &given->point);
	case OPT_POINTS:
		given->points = true;
		return 0;
	case OPT_MINUTES:
		return take_minutes(work->tool, given, value);
	case OPT_EXPORTED:
		return take_exported(work->tool, given, value);
	case TOOL_PERIOD:
		given->period = value;
		return 0;
	case TOOL_AS_OF:
		given->asof = value;
		return 0;
	case TOOL_CUT_OFF:
		given->cut_off = value;
		return 0;
	case TOOL_JSON:
		given->json = true;
		return 0;
	case TOOL_SUMMARY:
	case TOOL_METRICS:
		summary_take(&work->summary, id, value);
		return 0;
	default:
		BUG("option %d", id);
	}
}

int
do_work(struct tool *tool, size_t least, size_t most, const char *wanted,
    int (*function)(struct work *work, struct qf_error *err))
{
	struct work work = {.tool = tool};
	struct qf_error err;
	const char *path, *value;
	int id, rc;

	while ((rc = tool_option(tool, &id, &value)) == 1) {
		if (take_option(&work, id, value) == -1) {
			return tool_finish(tool, tool->status);
		}
	}
	if (rc == -1) {
		return tool_finish(tool, tool->status);
	}
	if (tool->operand_count < least || tool->operand_count > most) {
		return tool_misuse(tool, "%s %s", tool->command->name, wanted);
	}
	path = tool_ledger(tool);
	if (path == NULL || summary_begin(&work.summary, tool) == -1) {
		return tool_finish(tool, tool->status);
	}
	rc = audit_begin(&work.audit, path, work.given.json, &err);
	if (rc == 0) {
		rc = function(&work, &err);
	}
	rc = audit_end(&work.audit, rc, &err);
	return rc == 0 ? summary_finish(&work.summary, tool, QF_OK)
		       : summary_fail(&work.summary, tool, &err);
}
