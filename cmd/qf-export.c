/* qf-export - writes settlement files out of the ledger.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/progress.h"
#include "base/tool.h"
#include "stage/export/export.h"
#include "stage/handles.h"
#include "stage/summary.h"

#define MINUTES_MAX 60
#define TEXT_MAX 256 /* bytes of a sender's or receiver's name */

enum {
	OPT_TO = 1,
	OPT_PER_PARTY,
	OPT_FULL,
	OPT_DELTA,
	OPT_SENDER,
	OPT_RECEIVER,
	OPT_IDENTITY,
	OPT_MINUTES,
	OPT_SPREADSHEET
};

static const struct options_row rows[] = {
    {OPT_TO, 't', "to", "FORM",
	"billing-csv (default), billing-jsonl, statement-xml, lines-csv; "
	"awards-csv, prices-csv, trades-csv; flex-settlement"},
    {TOOL_OUTPUT, 'o', "output", "PATH",
	"a directory, or a file by its suffix, or - (default)"},
    TOOL_ROW_FORCE,
    {OPT_PER_PARTY, 0, "per-party", NULL,
	"write a file a party, with nothing of others"},
    {OPT_FULL, 0, "full", NULL, "export all that stands in the scope"},
    {OPT_DELTA, 0, "delta", NULL, "export what a posting changed (default)"},
    {OPT_SENDER, 0, "sender", "NAME", "who sends it, for the head"},
    {OPT_RECEIVER, 0, "receiver", "NAME", "who is to get it, for the head"},
    {OPT_MINUTES, 0, "minutes", "N",
	"of an ISP of a flex-settlement (default 15)"},
    {TOOL_LANG, 0, "lang", "LANG",
	"names beside the codes: zh (default), en, both or none"},
    {OPT_IDENTITY, 0, "identity", "FILE",
	"join the names of natural persons from FILE"},
    TOOL_ROW_ENCODING,
    TOOL_ROW_SUMMARY,
    TOOL_ROW_METRICS,
    {OPT_SPREADSHEET, 0, "spreadsheet", NULL,
	"write CSV that a spreadsheet cannot take for formulas"},
    {0},
};

static const struct tool_spec spec = {
    .name = "qf-export",
    .purpose = "write settlement files",
    .operands = "HANDLE...|-",
    .options = rows,
    .ledger = true,
};

struct options_given {
	struct export_request request;
	struct summary summary;
};

static int
take_lang(struct tool *tool, struct export_request *request, const char *value)
{
	bool both = strcmp(value, "both") == 0;

	request->zh = both || strcmp(value, "zh") == 0;
	request->en = both || strcmp(value, "en") == 0;
	if (!request->zh && !request->en && strcmp(value, "none") != 0) {
		tool_misuse(
		    tool, "%s: the names are zh, en, both or none", value);
		return -1;
	}
	return 0;
}

static int
take_form(struct tool *tool, struct export_request *request, const char *value)
{
	struct buf forms;

	if (export_form_parse(&request->form, value) == -1) {
		buf_init(&forms, TEXT_MAX);
		export_form_list(&forms);
		tool_misuse(
		    tool, "%s: no form; there are %s", value, forms.bytes);
		buf_release(&forms);
		return -1;
	}
	return 0;
}

static int
take_minutes(
    struct tool *tool, struct export_request *request, const char *value)
{
	int64_t minutes;

	if (tool_take_number(tool, "minutes", value, MINUTES_MAX, &minutes) ==
	    -1) {
		return -1;
	}
	if (minutes == 0 || MINUTES_MAX % minutes != 0) {
		tool_misuse(
		    tool, "--minutes: %s does not divide an hour", value);
		return -1;
	}
	request->isp_minutes = (int)minutes;
	return 0;
}

static int
take_option(
    struct tool *tool, struct options_given *given, int id, const char *value)
{
	struct export_request *request = &given->request;

	switch (id) {
	case OPT_TO:
		return take_form(tool, request, value);
	case TOOL_OUTPUT:
		request->output = value;
		return 0;
	case TOOL_FORCE:
		request->force = true;
		return 0;
	case OPT_PER_PARTY:
		request->per_party = true;
		return 0;
	case OPT_FULL:
	case OPT_DELTA:
		request->full = id == OPT_FULL;
		return 0;
	case OPT_SENDER:
		return tool_take_text(
		    tool, "sender", value, TEXT_MAX, &request->sender);
	case OPT_RECEIVER:
		return tool_take_text(
		    tool, "receiver", value, TEXT_MAX, &request->receiver);
	case OPT_MINUTES:
		return take_minutes(tool, request, value);
	case TOOL_LANG:
		return take_lang(tool, request, value);
	case OPT_IDENTITY:
		request->identity = value;
		return 0;
	case TOOL_ENCODING:
		return tool_take_encoding(tool, value, &request->encoding);
	case TOOL_SUMMARY:
	case TOOL_METRICS:
		summary_take(&given->summary, id, value);
		return 0;
	case OPT_SPREADSHEET:
		request->spreadsheet = true;
		return 0;
	}
	BUG("option %d", id);
}

/* True if the output is called as a file of another form: a directory of that
 * name would surprise whoever meant a file. */
static bool
is_of_another_form(const struct export_request *request)
{
	static const char *const suffixes[] = {".csv", ".jsonl", ".xml"};
	const char *dot =
	    request->output == NULL ? NULL : strrchr(request->output, '.');

	for (size_t i = 0; dot != NULL && i < 3; i++) {
		if (strcmp(dot, suffixes[i]) == 0) {
			return strcmp(dot, export_form_suffix(request->form)) !=
			       0;
		}
	}
	return false;
}

/* What the options cannot mean together. */
static int
check(struct tool *tool, const struct export_request *request)
{
	bool csv = strcmp(export_form_suffix(request->form), ".csv") == 0;

	if (tool->operand_count == 0) {
		tool_misuse(tool, "a posting or run is needed, or - for them");
		return -1;
	}
	if (is_of_another_form(request)) {
		tool_misuse(tool, "%s: is called as a file of another form",
		    request->output);
		return -1;
	}
	if (request->form == EXPORT_FLEX_SETTLEMENT && request->per_party) {
		tool_misuse(tool, "a flex-settlement is for one party alone");
		return -1;
	}
	if (!csv && (request->encoding != TEXT_UTF8 || request->spreadsheet)) {
		tool_misuse(tool,
		    "--encoding and --spreadsheet are for CSV: JSON and XML "
		    "are UTF-8");
		return -1;
	}
	return 0;
}

static int
take_options(struct tool *tool, struct options_given *given)
{
	const char *value;
	int id, rc;

	while ((rc = tool_option(tool, &id, &value)) == 1) {
		if (take_option(tool, given, id, value) == -1) {
			return -1;
		}
	}
	return rc == -1 ? -1 : check(tool, &given->request);
}

static int
export_all(const char *path, struct handle *handles, size_t count,
    struct export_request *request, bool quiet, struct qf_error *err)
{
	struct progress bar;
	int rc;

	progress_begin(&bar, "exporting", 0, quiet);
	request->bar = &bar;
	rc = export_run(path, handles, count, request, err);
	progress_end(&bar);
	return rc;
}

/* Says what is not in a message that was written. */
static void
tell_holds(const struct tool *tool, const struct holds *holds)
{
	holds_tell(holds, tool);
	if (holds->count > 0) {
		tool_note(tool,
		    "what is held has no order in the settlement: settle it, "
		    "and send the month again");
	}
}

int
main(int argc, char **argv)
{
	struct export_counts counts = {0};
	struct options_given given = {.request = {.output = "-",
					  .sender = "",
					  .receiver = "",
					  .isp_minutes = 15,
					  .zh = true,
					  .counts = &counts}};
	struct summary *summary = &given.summary;
	struct handle *handles = NULL;
	struct tool tool;
	struct qf_error err;
	const char *path;
	size_t count;
	int rc;

	if (tool_begin(&tool, &spec, argc, argv) == -1 ||
	    take_options(&tool, &given) == -1 ||
	    (path = tool_ledger(&tool)) == NULL ||
	    summary_begin(summary, &tool) == -1) {
		return tool_finish(&tool, tool.status);
	}
	if (handles_take(&handles, &count, tool.operands, tool.operand_count,
		stdin, &err) == -1) {
		return summary_fail(summary, &tool, &err);
	}
	rc = export_all(path, handles, count, &given.request, tool.quiet, &err);
	for (size_t i = 0; rc == 0 && i < count; i++) {
		summary_handle(summary, &handles[i]);
	}
	free(handles);
	if (rc == -1) {
		return summary_fail(summary, &tool, &err);
	}
	summary_count(summary, METRIC_EXPORTED_FILES, counts.files);
	summary_count(summary, METRIC_EXPORTED_ROWS, counts.rows);
	if (given.request.form == EXPORT_FLEX_SETTLEMENT) {
		tell_holds(&tool, &counts.holds);
		holds_summary(&counts.holds, summary);
	}
	return summary_finish(
	    summary, &tool, counts.holds.count > 0 ? QF_NO : QF_OK);
}
