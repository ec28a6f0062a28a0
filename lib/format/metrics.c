/* metrics.c - what a tool counted, for Prometheus.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/metrics.h"

#include <assert.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/outfile.h"
#include "base/text.h"

#define PREFIX "qingfen_"
#define LAST_SUCCESS PREFIX "last_success_timestamp_seconds"
#define OLD_MAX ((size_t)64 << 10) /* bytes of the old file looked at */
#define TEXT_MAX ((size_t)64 << 20)

static const struct {
	const char *name, *label, *help;
} metrics[METRICS] = {
    [METRIC_FILES] = {"files", "state", "Files by what became of them."},
    [METRIC_FILES_LATE] = {"files_late", NULL,
	"Files that arrived after the cut-off."},
    [METRIC_FACTS] = {"facts", NULL, "Rows that stated a fact."},
    [METRIC_FACTS_REPEATED] = {"facts_repeated", NULL,
	"Facts that were known before."},
    [METRIC_ROWS_SET_ASIDE] = {"rows_set_aside", NULL,
	"Rows put into quarantine."},
    [METRIC_POINTS] = {"points", NULL, "Points in scope."},
    [METRIC_CONTRACT_LEGS] = {"contract_legs", NULL,
	"Legs of contracts in scope."},
    [METRIC_READS] = {"reads", NULL, "Interval values looked at."},
    [METRIC_SESSIONS] = {"sessions", NULL, "Sessions in scope."},
    [METRIC_EVENTS] = {"events", NULL, "Events of contracts in scope."},
    [METRIC_RUN_LINES] = {"run_lines", NULL, "Lines of runs."},
    [METRIC_HELD] = {"held", NULL, "What could not be settled."},
    [METRIC_HELD_FOR] = {"held_for", "reason",
	"What could not be settled, by reason."},
    [METRIC_POSTINGS] = {"postings", NULL, "Postings made or found."},
    [METRIC_TRANSFERS] = {"transfers", NULL, "Transfers booked."},
    [METRIC_CHANGE_MINOR] = {"change_minor", NULL,
	"Change of what is owed, in minor units."},
    [METRIC_EXPORTED_FILES] = {"exported_files", NULL, "Files exported."},
    [METRIC_EXPORTED_ROWS] = {"exported_rows", NULL, "Rows exported."},
    [METRIC_DIFFERENCES] = {"differences", NULL, "Differences found."},
    [METRIC_EXPECTED_VALUES] = {"expected_values", "district",
	"Values that contracts need."},
    [METRIC_MISSING_VALUES] = {"missing_values", "district",
	"Values that contracts need and that are missing."},
    [METRIC_MISSING_POINTS] = {"missing_points", "district",
	"Points that lack values."},
    [METRIC_STALE_RUNS] = {"stale_runs", NULL,
	"Runs whose inputs have changed since."},
    [METRIC_STALE_CHANGES] = {"stale_changes", NULL,
	"Changes of inputs of runs."},
    [METRIC_ESTIMATED_VALUES] = {"estimated_values", "method",
	"Values estimated."},
    [METRIC_UNFILLED_VALUES] = {"unfilled_values", NULL,
	"Missing values that no method could estimate."},
    [METRIC_FINDINGS] = {"findings", "check", "Implausible facts found."},
    [METRIC_FINDINGS_HOLDING] = {"findings_holding", NULL,
	"Findings that hold an account."},
    [METRIC_HOURS] = {"hours", NULL, "Hours of auctions cleared."},
    [METRIC_BIDS] = {"bids", NULL, "Bids cleared."},
    [METRIC_REFUSED] = {"refused", NULL, "Bids refused."},
    [METRIC_REFUSED_FOR] = {"refused_for", "reason",
	"Bids refused, by reason."},
    [METRIC_TRADES] = {"trades", NULL, "Trades matched in pairs."},
    [METRIC_SHORT_HOURS] = {"short_hours", NULL,
	"Hours in which demand was not all served."},
};

const char *
metrics_name(enum metric metric)
{
	assert(metric < METRICS);
	return metrics[metric].name;
}

const char *
metrics_label(enum metric metric)
{
	assert(metric < METRICS);
	return metrics[metric].label;
}

/* A label's value: backslash, quote and line feed are escaped. */
static void
add_value(struct buf *out, const char *text)
{
	buf_add_char(out, '"');
	for (; *text != '\0'; text++) {
		if (*text == '\n') {
			buf_add_string(out, "\\n");
			continue;
		}
		if (*text == '"' || *text == '\\') {
			buf_add_char(out, '\\');
		}
		buf_add_char(out, *text);
	}
	buf_add_char(out, '"');
}

/* The labels that every sample has, without the closing brace. */
static void
add_labels(struct buf *out, const struct metrics_run *run)
{
	buf_add_string(out, "{tool=");
	add_value(out, run->tool);
	buf_add_string(out, ",ledger=");
	add_value(out, run->ledger);
}

static void
add_head(struct buf *out, const char *name, const char *help)
{
	buf_printf(out,
	    "# HELP " PREFIX "%s %s\n"
	    "# TYPE " PREFIX "%s gauge\n",
	    name, help, name);
}

/* A metric of the run itself. */
static void
add_of_run(struct buf *out, const struct metrics_run *run, const char *name,
    const char *help, int64_t whole, int thousandths)
{
	add_head(out, name, help);
	buf_printf(out, PREFIX "%s", name);
	add_labels(out, run);
	buf_printf(out, "} %lld", (long long)whole);
	if (thousandths >= 0) {
		buf_printf(out, ".%03d", thousandths);
	}
	buf_add_char(out, '\n');
}

/* All samples of a metric. */
static void
add_metric(struct buf *out, const struct metrics_run *run, enum metric metric,
    const struct metrics_sample *samples, size_t count)
{
	bool headed = false;

	for (size_t i = 0; i < count; i++) {
		const struct metrics_sample *sample = &samples[i];

		if (sample->metric != metric) {
			continue;
		}
		assert(
		    (sample->label == NULL) == (metrics[metric].label == NULL));
		if (!headed) {
			add_head(
			    out, metrics[metric].name, metrics[metric].help);
			headed = true;
		}
		buf_printf(out, PREFIX "%s", metrics[metric].name);
		add_labels(out, run);
		if (sample->label != NULL) {
			buf_printf(out, ",%s=", metrics[metric].label);
			add_value(out, sample->label);
		}
		buf_printf(out, "} %lld\n", (long long)sample->value);
	}
}

/* When this tool last succeeded on this ledger, as the old file says it: 0
 * where it does not. */
static int64_t
last_success(const char *path, const struct metrics_run *run)
{
	struct buf start;
	char *old = NULL, *line;
	int64_t found = 0;
	ssize_t length = 0, n = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

	if (fd == -1) {
		return 0;
	}
	old = xcalloc(1, OLD_MAX + 1);
	while (length < (ssize_t)OLD_MAX &&
	       (n = read(fd, old + length, OLD_MAX - (size_t)length)) > 0) {
		length += n;
	}
	close(fd);
	buf_init(&start, TEXT_MAX);
	buf_add_string(&start, "\n" LAST_SUCCESS);
	add_labels(&start, run);
	buf_add_string(&start, "} ");
	line = strstr(old, start.bytes);
	if (line != NULL) {
		line += start.length;
		line[strcspn(line, "\n")] = '\0';
		if (!text_number(line, &found)) {
			found = 0;
		}
	}
	buf_release(&start);
	free(old);
	return found;
}

static void
add_run(struct buf *out, const char *path, const struct metrics_run *run)
{
	int64_t success =
	    run->status == QF_OK ? run->now_utc : last_success(path, run);

	add_of_run(out, run, "exit_status", "What the tool exited with.",
	    run->status, -1);
	add_of_run(out, run, "duration_seconds", "How long the tool took.",
	    run->duration_ms / 1000, (int)(run->duration_ms % 1000));
	add_of_run(out, run, "last_run_timestamp_seconds",
	    "When the tool last ended.", run->now_utc, -1);
	if (success > 0) {
		add_of_run(out, run, LAST_SUCCESS + strlen(PREFIX),
		    "When the tool last ended with status 0.", success, -1);
	}
}

/* Opens the file, unless something else stands in its place. */
static int
open_file(struct outfile **out, const char *path, struct qf_error *err)
{
	if (outfile_begin(out, path, "qf-metrics", true, err) == -1) {
		return -1;
	}
	if (outfile_only_over(*out, "# HELP " PREFIX, "file of metrics", err) ==
	    -1) {
		outfile_free(*out);
		*out = NULL;
		return -1;
	}
	return 0;
}

int
metrics_check(const char *path, struct qf_error *err)
{
	struct outfile *file;

	if (open_file(&file, path, err) == -1) {
		return -1;
	}
	outfile_free(file);
	return 0;
}

int
metrics_write(const char *path, const struct metrics_run *run,
    const struct metrics_sample *samples, size_t count, struct qf_error *err)
{
	struct outfile *file = NULL;
	struct buf text;
	int rc = -1;

	buf_init(&text, TEXT_MAX);
	/* First, so that the old file's words are found near its start. */
	add_run(&text, path, run);
	for (unsigned m = 0; m < METRICS; m++) {
		add_metric(&text, run, (enum metric)m, samples, count);
	}
	if (open_file(&file, path, err) == 0 &&
	    outfile_write(file, text.bytes, text.length, err) == 0) {
		rc = outfile_commit(file, err);
	}
	outfile_free(file);
	buf_release(&text);
	return rc;
}
