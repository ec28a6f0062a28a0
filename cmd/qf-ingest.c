/* qf-ingest - takes files of facts and rule documents into the ledger.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/dec.h"
#include "base/outfile.h"
#include "base/sink.h"
#include "base/tool.h"
#include "stage/ingest.h"

enum {
	OPT_CORRECT = 1,
	OPT_DECLARE,
	OPT_DRY_RUN,
	OPT_MAX_QUARANTINE,
	OPT_QUARANTINE,
	OPT_RECEIVED,
};

static const struct options_row rows[] = {
    {OPT_CORRECT, 0, "correct", "REASON",
	"facts may change what stands, for this reason"},
    {OPT_QUARANTINE, 0, "quarantine", "FILE",
	"set bad rows aside in FILE, or in a directory of that name"},
    {OPT_MAX_QUARANTINE, 0, "max-quarantine", "N",
	"rows that may be set aside with status 0 (default 0)"},
    {OPT_DECLARE, 0, "declare", "TEXT",
	"declare reads whose files do not: \"quantity=kwh side=primary "
	"label=start minutes=15\""},
    {OPT_RECEIVED, 0, "received", "TIME",
	"when the files arrived, local or with offset"},
    TOOL_ROW_ENCODING,
    TOOL_ROW_WAIT,
    TOOL_ROW_SUMMARY,
    TOOL_ROW_FORCE,
    {OPT_DRY_RUN, 'n', "dry-run", NULL, "check all, keep nothing"},
    {0},
};

static const struct tool_spec spec = {
    .name = "qf-ingest",
    .purpose = "take files of facts and rules into the ledger",
    .operands = "FILE...|-",
    .options = rows,
    .ledger = true,
};

struct arguments {
	struct ingest_options ingest;
	const char *summary;
	int64_t max_quarantine;
};

static void
say(void *context, const struct qf_error *err)
{
	tool_say(context, err);
}

/* Each takes an option's value: 0, or the status that the tool has finished
 * with.  Here a whole number that is not negative, such as seconds. */
static int
take_number(
    struct tool *tool, int64_t *out, const char *value, const char *what)
{
	int64_t number;
	int scale;

	if (!dec_parse_small(value, strlen(value), &number, &scale) ||
	    scale != 0 || number < 0 || number > INT32_MAX) {
		return tool_misuse(tool, "%s: not a number of %s", value, what);
	}
	*out = number;
	return 0;
}

/* Empty text would be a reason that is none. */
static int
take_reason(struct tool *tool, struct arguments *arguments, const char *value)
{
	size_t length = strlen(value);

	if (length == 0 || !text_utf8_valid(value, length) ||
	    text_has_control(value, length)) {
		return tool_misuse(tool, "--correct needs a reason in UTF-8");
	}
	arguments->ingest.correct = value;
	return 0;
}

static int
take_encoding(
    struct tool *tool, enum text_encoding *encoding, const char *value)
{
	struct qf_error err;

	if (text_encoding_parse(encoding, value, &err) == -1) {
		return tool_misuse(tool, "%s", err.text);
	}
	return 0;
}

static int
take_wait(struct tool *tool, int *wait_seconds, const char *value)
{
	int64_t seconds;
	int status = take_number(tool, &seconds, value, "seconds");

	if (status == 0) {
		*wait_seconds = (int)seconds;
	}
	return status;
}

static int
take_option(
    struct tool *tool, struct arguments *arguments, int id, const char *value)
{
	struct ingest_options *ingest = &arguments->ingest;

	switch (id) {
	case OPT_CORRECT:
		return take_reason(tool, arguments, value);
	case OPT_QUARANTINE:
		ingest->quarantine = value;
		return 0;
	case OPT_MAX_QUARANTINE:
		return take_number(
		    tool, &arguments->max_quarantine, value, "rows");
	case OPT_DECLARE:
		ingest->declare = value;
		return 0;
	case OPT_RECEIVED:
		ingest->received = value;
		return 0;
	case OPT_DRY_RUN:
		ingest->dry_run = true;
		return 0;
	case TOOL_FORCE:
		ingest->force = true;
		return 0;
	case TOOL_SUMMARY:
		arguments->summary = value;
		return 0;
	case TOOL_WAIT:
		return take_wait(tool, &ingest->wait_seconds, value);
	case TOOL_ENCODING:
		return take_encoding(tool, &ingest->encoding, value);
	default:
		BUG("option %d", id);
	}
}

static bool
is_directory(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* What no option can check alone: 0, or the status as above. */
static int
check(struct tool *tool, const struct arguments *arguments)
{
	const char *quarantine = arguments->ingest.quarantine;
	size_t i, inputs = 0;

	if (tool->operand_count == 0) {
		return tool_misuse(
		    tool, "a file is needed, or - for standard input");
	}
	for (i = 0; i < tool->operand_count; i++) {
		inputs += strcmp(tool->operands[i], "-") == 0;
	}
	if (inputs > 1) {
		return tool_misuse(
		    tool, "standard input can be read only once");
	}
	if (quarantine != NULL && tool->operand_count > 1 &&
	    !is_directory(quarantine)) {
		return tool_misuse(tool,
		    "--quarantine with several files needs a directory, which "
		    "%s is not",
		    quarantine);
	}
	return 0;
}

static void
print_handles(const struct ingest_report *report)
{
	char text[HANDLE_TEXT_MAX];
	size_t i;

	for (i = 0; i < report->count; i++) {
		if (report->files[i].state != INGEST_REFUSED) {
			puts(handle_format(
			    &report->files[i].handle, text, sizeof(text)));
		}
	}
}

static int
write_summary(
    const char *path, const struct ingest_report *report, struct qf_error *err)
{
	struct outfile *file = NULL;
	int rc = -1;

	if (outfile_begin(&file, path, spec.name, true, err) == 0 &&
	    ingest_summary(report, sink_outfile(file), err) == 0) {
		rc = outfile_commit(file, err);
	}
	outfile_free(file);
	return rc;
}

static int
status_of(const struct ingest_report *report, const struct arguments *arguments)
{
	if (report->status == QF_OK &&
	    report->set_aside > arguments->max_quarantine) {
		return QF_NO;
	}
	return (int)report->status;
}

/* Takes the files in and tells what became of them; returns the status. */
static int
work(struct tool *tool, const struct arguments *arguments)
{
	struct ingest_report *report;
	struct qf_error err;
	int status;

	if (ingest_run(&report, &arguments->ingest, tool->operands,
		tool->operand_count, &err) == -1) {
		tool_say(tool, &err);
		status = (int)err.status;
	} else {
		status = status_of(report, arguments);
		if (!arguments->ingest.dry_run) {
			print_handles(report);
		}
	}
	if (arguments->summary != NULL &&
	    write_summary(arguments->summary, report, &err) == -1) {
		tool_say(tool, &err);
		status = status == QF_OK ? (int)err.status : status;
	}
	ingest_report_free(report);
	return tool_finish(tool, status);
}

int
main(int argc, char **argv)
{
	struct arguments arguments = {0};
	struct tool tool;
	struct qf_error err;
	const char *value;
	int id, rc, status;

	if (tool_begin(&tool, &spec, argc, argv) == -1) {
		return tool_finish(&tool, tool.status);
	}
	while ((rc = tool_option(&tool, &id, &value)) == 1) {
		status = take_option(&tool, &arguments, id, value);
		if (status != 0) {
			return status;
		}
	}
	if (rc == -1) {
		return tool_finish(&tool, tool.status);
	}
	status = check(&tool, &arguments);
	if (status != 0) {
		return status;
	}
	arguments.ingest.ledger = tool_ledger(&tool);
	if (arguments.ingest.ledger == NULL) {
		return tool_finish(&tool, tool.status);
	}
	arguments.ingest.quiet = tool.quiet;
	arguments.ingest.say = say;
	arguments.ingest.context = &tool;
	if (clock_now_utc(&arguments.ingest.recorded_utc, NULL, &err) == -1) {
		return tool_fail(&tool, &err);
	}
	return work(&tool, &arguments);
}
