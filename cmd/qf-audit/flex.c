/* flex.c - the subcommand of qf-audit that checks settlements of flexibility,
 * which others sent or we wrote.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdint.h>

#include "own.h"
#include "stage/audit/flex.h"

#define MINUTES_MAX 60

const struct options_row flex_rows[] = {
    {OPT_SCHEMA, 0, "schema", "FILE",
	"the XSD that it must fit, with the files it imports beside it"},
    {OPT_MINUTES, 0, "minutes", "N", "of an ISP (default 15)"},
    {0},
};

static void
say(void *context, const struct qf_error *err)
{
	tool_say(context, err);
}

static int
take_options(struct tool *tool, struct audit_flex_request *request)
{
	const char *value;
	int64_t minutes;
	int id, rc;

	while ((rc = tool_option(tool, &id, &value)) == 1) {
		if (id == OPT_SCHEMA) {
			request->schema = value;
			continue;
		}
		if (tool_take_number(
			tool, "minutes", value, MINUTES_MAX, &minutes) == -1) {
			return -1;
		}
		if (minutes == 0 || MINUTES_MAX % minutes != 0) {
			tool_misuse(tool,
			    "--minutes: %s does not divide an hour", value);
			return -1;
		}
		request->minutes = (int)minutes;
	}
	if (rc == 0 && tool->operand_count == 0) {
		tool_misuse(tool, "flex needs a file");
		return -1;
	}
	return rc;
}

int
run_flex(struct tool *tool)
{
	struct audit_flex_request request = {
	    .minutes = 15, .say = say, .context = tool};
	struct qf_error err;
	enum qf_status status;

	if (take_options(tool, &request) == -1) {
		return tool_finish(tool, tool->status);
	}
	if (audit_flex(&request, tool->operands, tool->operand_count, &status,
		&err) == -1) {
		return tool_fail(tool, &err);
	}
	return tool_finish(tool, (int)status);
}
