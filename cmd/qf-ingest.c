/* qf-ingest - takes files of facts and rule documents into the ledger.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/tool.h"
#include "stage/ingest/ingest.h"

#define REASON_MAX 1000 /* bytes */
#define MANIFESTS_MAX 256

enum {
	OPT_CORRECT = 1,
	OPT_DECLARE,
	OPT_DRY_RUN,
	OPT_MAP,
	OPT_LATE,
	OPT_MANIFEST,
	OPT_MAX_QUARANTINE,
	OPT_QUARANTINE,
	OPT_RECEIVED,
	OPT_SCHEMA,
	OPT_UNLISTED,
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
	"label=start minutes=15\"; of NEM12 and NEM13 \"offset=+10:00\""},
    {OPT_MAP, 0, "map", "FILE",
	"read files of CSV by a header map, whose columns are others"},
    {OPT_SCHEMA, 0, "schema", "FILE",
	"the XSD that XML of other systems must fit, with the files it "
	"imports beside it"},
    {OPT_RECEIVED, 0, "received", "TIME",
	"when the files arrived, local or with offset"},
    {TOOL_CUT_OFF, 0, "cut-off", "TIME", "files received after TIME are late"},
    {OPT_LATE, 0, "late", "ACTION",
	"take (default) what is late, and say so; or refuse it"},
    {OPT_MANIFEST | OPTIONS_MANY, 0, "manifest", "FILE",
	"the sender's list of files and totals; may be repeated"},
    {OPT_UNLISTED, 0, "unlisted", "ACTION",
	"take (default), say or refuse what no manifest names"},
    TOOL_ROW_ENCODING,
    TOOL_ROW_WAIT,
    TOOL_ROW_SUMMARY,
    TOOL_ROW_METRICS,
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
	const char *manifests[MANIFESTS_MAX];
	struct summary summary;
	int64_t max_quarantine;
};

static void
say(void *context, const struct qf_error *err)
{
	tool_say(context, err);
}

static int
take_manifest(struct tool *tool, struct arguments *arguments, const char *value)
{
	struct ingest_options *ingest = &arguments->ingest;

	if (ingest->manifest_count == MANIFESTS_MAX) {
		tool_misuse(tool, "at most %d manifests", MANIFESTS_MAX);
		return -1;
	}
	arguments->manifests[ingest->manifest_count++] = value;
	ingest->manifests = arguments->manifests;
	return 0;
}

static int
take_late(struct tool *tool, struct ingest_options *ingest, const char *value)
{
	ingest->refuse_late = strcmp(value, "refuse") == 0;
	if (!ingest->refuse_late && strcmp(value, "take") != 0) {
		tool_misuse(tool, "--late: %s is not take or refuse", value);
		return -1;
	}
	return 0;
}

static int
take_unlisted(
    struct tool *tool, struct ingest_options *ingest, const char *value)
{
	if (strcmp(value, "take") == 0) {
		ingest->unlisted = UNLISTED_TAKE;
	} else if (strcmp(value, "say") == 0) {
		ingest->unlisted = UNLISTED_SAY;
	} else if (strcmp(value, "refuse") == 0) {
		ingest->unlisted = UNLISTED_REFUSE;
	} else {
		tool_misuse(
		    tool, "--unlisted: %s is not take, say or refuse", value);
		return -1;
	}
	return 0;
}

static int
take_option(
    struct tool *tool, struct arguments *arguments, int id, const char *value)
{
	struct ingest_options *ingest = &arguments->ingest;

	switch (id) {
	case OPT_CORRECT:
		return tool_take_text(
		    tool, "correct", value, REASON_MAX, &ingest->correct);
	case OPT_QUARANTINE:
		ingest->quarantine = value;
		return 0;
	case OPT_MAX_QUARANTINE:
		return tool_take_number(tool, "max-quarantine", value,
		    INT32_MAX, &arguments->max_quarantine);
	case OPT_DECLARE:
		ingest->declare = value;
		return 0;
	case OPT_RECEIVED:
		ingest->received = value;
		return 0;
	case OPT_SCHEMA:
		ingest->schema = value;
		return 0;
	case OPT_MAP:
		ingest->map = value;
		return 0;
	case TOOL_CUT_OFF:
		ingest->cut_off = value;
		return 0;
	case OPT_LATE:
		return take_late(tool, ingest, value);
	case OPT_MANIFEST:
		return take_manifest(tool, arguments, value);
	case OPT_UNLISTED:
		return take_unlisted(tool, ingest, value);
	case OPT_DRY_RUN:
		ingest->dry_run = true;
		return 0;
	case TOOL_FORCE:
		ingest->force = true;
		return 0;
	case TOOL_SUMMARY:
	case TOOL_METRICS:
		summary_take(&arguments->summary, id, value);
		return 0;
	case TOOL_WAIT:
		return tool_take_wait(tool, value, &ingest->wait_seconds);
	case TOOL_ENCODING:
		ingest->encoding_said = true;
		return tool_take_encoding(tool, value, &ingest->encoding);
	default:
		BUG("option %d", id);
	}
}

/* That several files have somewhere to set their rows aside. */
static int
check_directory(struct tool *tool, const char *path)
{
	struct qf_error err;
	struct stat st;
	int rc;

	rc = stat(path, &st);
	if (rc == 0 && S_ISDIR(st.st_mode)) {
		return 0;
	}
	if (rc == -1 && errno != ENOENT && errno != ENOTDIR) {
		qf_fail(&err, QF_CANTCREAT, "output-create", "%s: %s", path,
		    strerror(errno));
		tool->status = tool_fail(tool, &err);
		return -1;
	}
	tool_misuse(tool,
	    "--quarantine with several files needs a directory, which %s is "
	    "not",
	    path);
	return -1;
}

/* What no option can check alone. */
static int
check(struct tool *tool, const struct arguments *arguments)
{
	const char *quarantine = arguments->ingest.quarantine;
	size_t inputs = 0;

	for (size_t i = 0; i < tool->operand_count; i++) {
		inputs += strcmp(tool->operands[i], "-") == 0;
	}
	if (tool->operand_count == 0) {
		tool_misuse(tool, "a file is needed, or - for standard input");
	} else if (inputs > 1) {
		tool_misuse(tool, "standard input can be read only once");
	} else if (arguments->ingest.cut_off != NULL &&
		   arguments->ingest.received == NULL) {
		tool_misuse(tool, "--cut-off needs --received");
	} else if (arguments->ingest.refuse_late &&
		   arguments->ingest.cut_off == NULL) {
		tool_misuse(tool, "--late refuse needs --cut-off");
	} else if (arguments->ingest.unlisted != UNLISTED_TAKE &&
		   arguments->ingest.manifest_count == 0) {
		tool_misuse(tool, "--unlisted needs --manifest");
	} else if (quarantine != NULL && tool->operand_count > 1) {
		return check_directory(tool, quarantine);
	} else {
		return 0;
	}
	return -1;
}

/* Reads the options: 0, or -1 when the tool is to finish with its status. */
static int
take_options(struct tool *tool, struct arguments *arguments)
{
	const char *value;
	int id, rc;

	while ((rc = tool_option(tool, &id, &value)) == 1) {
		if (take_option(tool, arguments, id, value) == -1) {
			return -1;
		}
	}
	return rc == -1 ? -1 : check(tool, arguments);
}

static void
print_handles(const struct tool *tool, const struct ingest_report *report)
{
	char text[HANDLE_TEXT_MAX];

	for (size_t i = 0; i < report->count; i++) {
		const struct ingest_file *file = &report->files[i];

		if (file->state == INGEST_REFUSED ||
		    file->state == INGEST_MANIFEST) {
			continue;
		}
		puts(handle_format(&file->handle, text, sizeof(text)));
		tool_detail(tool, "%s: %s, %s: %lld facts, %lld known before",
		    file->path, text, file->format, (long long)file->facts,
		    (long long)file->repeated);
	}
}

static int
status_of(const struct ingest_report *report, const struct arguments *arguments)
{
	if (report->status == QF_OK &&
	    (report->set_aside > arguments->max_quarantine ||
		report->absent_count > 0 || report->unlisted > 0)) {
		return QF_NO;
	}
	return (int)report->status;
}

/* Takes the files in and tells what became of them; returns the status. */
static int
work(struct tool *tool, struct arguments *arguments)
{
	struct summary *summary = &arguments->summary;
	struct ingest_report *report;
	struct qf_error err;
	int rc, status;

	rc = ingest_run(&report, &arguments->ingest, tool->operands,
	    tool->operand_count, &err);
	ingest_summary(summary, report);
	if (rc == -1) {
		status = summary_fail(summary, tool, &err);
	} else {
		if (!arguments->ingest.dry_run) {
			print_handles(tool, report);
		}
		status =
		    summary_finish(summary, tool, status_of(report, arguments));
	}
	ingest_report_free(report);
	return status;
}

int
main(int argc, char **argv)
{
	struct arguments arguments = {0};
	struct tool tool;
	struct qf_error err;

	if (tool_begin(&tool, &spec, argc, argv) == -1 ||
	    take_options(&tool, &arguments) == -1 ||
	    (arguments.ingest.ledger = tool_ledger(&tool)) == NULL ||
	    summary_begin(&arguments.summary, &tool) == -1) {
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
