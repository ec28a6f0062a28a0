/* qf-rate - prices what contracts used in a period.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/outfile.h"
#include "base/progress.h"
#include "base/sink.h"
#include "base/text.h"
#include "base/tool.h"
#include "base/zone.h"
#include "format/jsonout.h"
#include "ledger/db.h"
#include "ledger/entry.h"
#include "stage/rate.h"

#define WAIT_MAX 86400 /* seconds */
#define REASONS_MAX 48 /* that are counted apart */
#define HOLDS_SHOWN 5 /* of which the detail is told */

enum {
	OPT_KIND = 1,
	OPT_CONTRACT,
	OPT_LEG,
	OPT_MAX_HELD,
	OPT_CARRY_FROM,
	OPT_DRY_RUN
};

static const struct options_row rows[] = {
    TOOL_ROW_PERIOD,
    {OPT_KIND, 'k', "kind", "KIND",
	"trial, draft, final (default), correction"},
    {OPT_CONTRACT, 'c', "contract", "ID", "this contract only"},
    {OPT_LEG, 0, "leg", "LEG", "this leg of contracts only"},
    TOOL_ROW_AS_OF,
    {OPT_MAX_HELD, 0, "max-held", "N",
	"status 1 only where more than N are held (default 0)"},
    {OPT_CARRY_FROM, 0, "carry-from", "RUN",
	"take up the energy that this run carried on"},
    {OPT_DRY_RUN, 'n', "dry-run", NULL,
	"only say what would be held; append nothing"},
    TOOL_ROW_SUMMARY,
    TOOL_ROW_WAIT,
    {0},
};

static const struct tool_spec spec = {
    .name = "qf-rate",
    .purpose = "price what contracts used in a period",
    .options = rows,
    .ledger = true,
};

struct options_given {
	const char *period, *kind, *contract, *leg, *asof, *carry_from;
	const char *summary; /* NULL: none */
	int64_t max_held;
	bool dry_run;
	int wait_seconds;
};

/* What is held, for the talk and the summary. */
struct watch {
	struct progress bar;
	size_t reason_count;
	struct {
		char reason[48];
		int64_t count;
	} reasons[REASONS_MAX];
	size_t shown_count;
	char shown[HOLDS_SHOWN][600];
};

/* What was done. */
struct done {
	struct handle run;
	int64_t asof;
	int appended;
	struct rate_counts counts;
};

/* A number of so many digits at most, or -1. */
static int64_t
number_of(const char *text, size_t digits_max)
{
	size_t digits = strspn(text, "0123456789");

	if (digits == 0 || digits > digits_max || text[digits] != '\0') {
		return -1;
	}
	return strtoll(text, NULL, 10);
}

static int
take_number(struct tool *tool, const char *option, const char *value,
    int64_t max, int64_t *out)
{
	*out = number_of(value, 12);
	if (*out < 0 || *out > max) {
		tool_misuse(tool, "--%s: %s is no number up to %lld", option,
		    value, (long long)max);
		return -1;
	}
	return 0;
}

static int
take_id(
    struct tool *tool, const char *option, const char *value, const char **out)
{
	if (!text_is_id(value, strlen(value))) {
		tool_misuse(tool, "--%s: %s is no identifier", option, value);
		return -1;
	}
	*out = value;
	return 0;
}

static int
take_kind(struct tool *tool, const char *value, const char **out)
{
	static const char *const kinds[] = {
	    "trial", "draft", "final", "correction"};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(value, kinds[i]) == 0) {
			*out = value;
			return 0;
		}
	}
	tool_misuse(
	    tool, "--kind: %s is not trial, draft, final or correction", value);
	return -1;
}

static int
take_option(
    struct tool *tool, struct options_given *given, int id, const char *value)
{
	int64_t number = 0;
	int rc = 0;

	switch (id) {
	case TOOL_PERIOD:
		given->period = value;
		break;
	case OPT_KIND:
		rc = take_kind(tool, value, &given->kind);
		break;
	case OPT_CONTRACT:
		rc = take_id(tool, "contract", value, &given->contract);
		break;
	case OPT_LEG:
		rc = take_id(tool, "leg", value, &given->leg);
		break;
	case TOOL_AS_OF:
		given->asof = value;
		break;
	case OPT_MAX_HELD:
		rc = take_number(
		    tool, "max-held", value, INT32_MAX, &given->max_held);
		break;
	case OPT_CARRY_FROM:
		given->carry_from = value;
		break;
	case OPT_DRY_RUN:
		given->dry_run = true;
		break;
	case TOOL_SUMMARY:
		given->summary = value;
		break;
	case TOOL_WAIT:
		rc = take_number(tool, "wait", value, WAIT_MAX, &number);
		given->wait_seconds = (int)number;
		break;
	default:
		BUG("option %d", id);
	}
	return rc;
}

/* Reads the options: 0, or -1 when the tool is to finish with its status. */
static int
take_options(struct tool *tool, struct options_given *given)
{
	const char *value;
	int id, rc;

	given->kind = "final";
	while ((rc = tool_option(tool, &id, &value)) == 1) {
		if (take_option(tool, given, id, value) == -1) {
			return -1;
		}
	}
	if (rc == 0 && tool->operand_count > 0) {
		tool_misuse(tool, "%s: no operand is taken", tool->operands[0]);
		return -1;
	}
	if (rc == 0 && given->period == NULL) {
		tool_misuse(tool, "a --period is needed");
		return -1;
	}
	return rc;
}

/* An entry by its number or handle. */
static int
find_entry(struct ledger *ledger, const char *text, int64_t *entry,
    struct qf_error *err)
{
	struct handle handle = {0};
	int64_t last;

	if (strchr(text, ':') != NULL) {
		if (handle_parse(&handle, text, err) == -1 ||
		    entry_resolve(ledger, &handle, err) == -1) {
			return -1;
		}
		*entry = handle.entry;
		return 0;
	}
	if (entry_last(ledger, &last, err) == -1) {
		return -1;
	}
	*entry = number_of(text, 18);
	if (*entry < 1 || *entry > last) {
		return qf_fail(err, QF_USAGE, "entry-unknown",
		    "%s: the ledger has entries 1 to %lld", text,
		    (long long)last);
	}
	return 0;
}

static int
find_carry(struct ledger *ledger, const char *text, int64_t *entry,
    struct qf_error *err)
{
	struct handle handle = {0};

	if (handle_parse(&handle, text, err) == -1 ||
	    entry_resolve(ledger, &handle, err) == -1) {
		return -1;
	}
	if (handle.kind != ENTRY_RUN) {
		return qf_fail(
		    err, QF_USAGE, "handle-kind", "%s: not a run", text);
	}
	*entry = handle.entry;
	return 0;
}

static int
make_request(struct ledger *ledger, const struct options_given *given,
    struct rate_request *request, struct qf_error *err)
{
	struct zone *zone;
	int rc;

	request->contract = given->contract;
	request->leg = given->leg;
	if (zone_load(&zone, ledger_market(ledger)->zone, err) == -1) {
		return -1;
	}
	rc = period_parse(given->period, zone, &request->period, err);
	zone_free(zone);
	if (rc == 0) {
		rc = given->asof != NULL
			 ? find_entry(ledger, given->asof, &request->asof, err)
			 : entry_last_input(ledger, &request->asof, err);
	}
	if (rc == 0 && given->carry_from != NULL) {
		rc = find_carry(
		    ledger, given->carry_from, &request->carry_from, err);
	}
	return rc;
}

/* Watching --------------------------------------------------------------- */

static void
count_reason(struct watch *watch, const char *reason)
{
	for (size_t i = 0; i < watch->reason_count; i++) {
		if (strcmp(watch->reasons[i].reason, reason) == 0) {
			watch->reasons[i].count++;
			return;
		}
	}
	if (watch->reason_count < REASONS_MAX) {
		(void)snprintf(watch->reasons[watch->reason_count].reason,
		    sizeof(watch->reasons[0].reason), "%s", reason);
		watch->reasons[watch->reason_count++].count = 1;
	}
}

static int
watch_hold(void *context, const struct hold *hold, struct qf_error *err)
{
	struct watch *watch = context;

	(void)err;
	count_reason(watch, hold->reason);
	if (watch->shown_count < HOLDS_SHOWN) {
		(void)snprintf(watch->shown[watch->shown_count++],
		    sizeof(watch->shown[0]),
		    "held: contract %s, leg %s%s%s: "
		    "%s: %s",
		    hold->contract, hold->leg,
		    hold->session != NULL ? ", session " : "",
		    hold->session != NULL ? hold->session : "", hold->reason,
		    hold->detail);
	}
	return 0;
}

static int
watch_line(void *context, const struct line *line, struct qf_error *err)
{
	(void)context;
	(void)line;
	(void)err;
	return 0;
}

static int
watch_energy(void *context, const struct energy *energy, struct qf_error *err)
{
	(void)context;
	(void)energy;
	(void)err;
	return 0;
}

static void
watch_points(void *context, int64_t points)
{
	struct watch *watch = context;

	progress_step(&watch->bar, points);
}

/* Tells briefly what is held: the count of each reason, and the first few. */
static void
tell_holds(
    const struct tool *tool, const struct watch *watch, const struct done *done)
{
	if (done->counts.holds == 0) {
		return;
	}
	for (size_t i = 0; i < watch->shown_count; i++) {
		tool_note(tool, "%s", watch->shown[i]);
	}
	if (done->counts.holds > (int64_t)watch->shown_count) {
		tool_note(tool, "held: and %lld more",
		    (long long)(done->counts.holds -
				(int64_t)watch->shown_count));
	}
	for (size_t i = 0; i < watch->reason_count; i++) {
		tool_note(tool, "held: %lld for %s",
		    (long long)watch->reasons[i].count,
		    watch->reasons[i].reason);
	}
}

/* Summary ---------------------------------------------------------------- */

static void
write_counts(struct jsonout *json, const struct done *done)
{
	const struct {
		const char *name;
		int64_t value;
	} counts[] = {
	    {"as_of", done->asof},
	    {"points", done->counts.points},
	    {"contract_legs", done->counts.units},
	    {"reads", done->counts.reads},
	    {"sessions", done->counts.sessions},
	    {"lines", done->counts.lines},
	    {"held", done->counts.holds},
	};

	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		jsonout_name(json, counts[i].name);
		jsonout_int(json, counts[i].value);
	}
}

static int
write_summary(const char *path, const struct watch *watch,
    const struct done *done, struct qf_error *err)
{
	struct outfile *file = NULL;
	struct jsonout *json;
	char text[HANDLE_TEXT_MAX];
	int rc = -1;

	if (outfile_begin(&file, path, spec.name, true, err) == -1) {
		return -1;
	}
	json = jsonout_new(sink_outfile(file));
	jsonout_begin_object(json);
	jsonout_name(json, "run");
	if (done->run.entry != 0) {
		jsonout_string(
		    json, handle_format(&done->run, text, sizeof(text)));
	} else {
		jsonout_null(json);
	}
	jsonout_name(json, "appended");
	jsonout_bool(json, done->appended != 0);
	write_counts(json, done);
	jsonout_name(json, "reasons");
	jsonout_begin_object(json);
	for (size_t i = 0; i < watch->reason_count; i++) {
		jsonout_name(json, watch->reasons[i].reason);
		jsonout_int(json, watch->reasons[i].count);
	}
	jsonout_end_object(json);
	jsonout_end_object(json);
	if (jsonout_end_line(json, err) == 0 &&
	    jsonout_finish(json, err) == 0) {
		rc = outfile_commit(file, err);
	}
	jsonout_free(json);
	outfile_free(file);
	return rc;
}

/* Work ------------------------------------------------------------------- */

/* Rates into a run, or, on a dry run, into the watch alone. */
static int
rate_it(struct ledger *ledger, const struct options_given *given,
    const struct rate_request *request, struct watch *watch, struct done *done,
    struct qf_error *err)
{
	struct rate_sink sink = {
	    .context = watch,
	    .line = watch_line,
	    .hold = watch_hold,
	    .energy = watch_energy,
	    .progress = watch_points,
	};
	int64_t now_utc;

	if (given->dry_run) {
		return rate_run(ledger, request, &sink, &done->counts, err);
	}
	if (clock_now_utc(&now_utc, NULL, err) == -1 ||
	    rate_append(ledger, request, given->kind, now_utc, &sink,
		&done->run, &done->appended, &done->counts, err) == -1) {
		return -1;
	}
	return ledger_commit(ledger, err);
}

static int
work(const char *path, const struct options_given *given, bool quiet,
    struct watch *watch, struct done *done, struct qf_error *err)
{
	struct rate_request request = {0};
	struct ledger *ledger;
	int rc = -1;

	if (ledger_open(&ledger, path,
		given->dry_run ? LEDGER_READ : LEDGER_WRITE,
		given->wait_seconds, err) == -1) {
		return -1;
	}
	if (make_request(ledger, given, &request, err) == 0) {
		done->asof = request.asof;
		progress_begin(&watch->bar, "rating points", 0, quiet);
		rc = rate_it(ledger, given, &request, watch, done, err);
		progress_end(&watch->bar);
	}
	ledger_close(ledger);
	return rc;
}

int
main(int argc, char **argv)
{
	static struct watch watch;
	struct options_given given = {0};
	struct done done = {0};
	struct tool tool;
	struct qf_error err;
	const char *path;
	char text[HANDLE_TEXT_MAX];

	if (tool_begin(&tool, &spec, argc, argv) == -1 ||
	    take_options(&tool, &given) == -1 ||
	    (path = tool_ledger(&tool)) == NULL) {
		return tool_finish(&tool, tool.status);
	}
	if (work(path, &given, tool.quiet, &watch, &done, &err) == -1) {
		return tool_fail(&tool, &err);
	}
	if (!given.dry_run) {
		puts(handle_format(&done.run, text, sizeof(text)));
	}
	tell_holds(&tool, &watch, &done);
	if (given.summary != NULL &&
	    write_summary(given.summary, &watch, &done, &err) == -1) {
		return tool_fail(&tool, &err);
	}
	return tool_finish(
	    &tool, done.counts.holds > given.max_held ? QF_NO : QF_OK);
}
