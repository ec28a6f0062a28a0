/* metrics.h - what a tool counted, for Prometheus.
 *
 * The text format that the textfile collector of node_exporter reads: for each
 * metric # HELP and # TYPE, then a line a sample.  All names, helps and labels
 * are in one table here, because Prometheus refuses a name that two files
 * describe differently; the same names are those of the counts in a summary
 * (stage/summary.h).
 *
 *	const struct metrics_sample samples[] = {
 *		{METRIC_HELD, NULL, 3},
 *		{METRIC_MISSING_VALUES, "Yuzhong", 96},
 *	};
 *	const struct metrics_run run = {.tool = "qf-rate", .ledger = path,
 *		.status = 1, .duration_ms = 1234, .now_utc = now};
 *
 *	if (metrics_write("/var/lib/node_exporter/rate.prom", &run, samples,
 *		2, err) == -1) ...
 *
 * Every sample is labelled with tool and ledger, so that the files of several
 * tools and ledgers go together.  When the tool last ended with status 0 is
 * carried over from the file that stands, where that has it.
 *
 * Errors: those of the output file.
 */
#ifndef QF_FORMAT_METRICS_H
#define QF_FORMAT_METRICS_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

/* In the order in which they are written; the names are in metrics.c. */
enum metric {
	METRIC_FILES, /* by state */
	METRIC_FILES_LATE,
	METRIC_FACTS,
	METRIC_FACTS_REPEATED,
	METRIC_ROWS_SET_ASIDE,
	METRIC_POINTS,
	METRIC_CONTRACT_LEGS,
	METRIC_READS,
	METRIC_SESSIONS,
	METRIC_EVENTS,
	METRIC_RUN_LINES,
	METRIC_HELD,
	METRIC_HELD_FOR, /* by reason */
	METRIC_POSTINGS,
	METRIC_TRANSFERS,
	METRIC_CHANGE_MINOR,
	METRIC_EXPORTED_FILES,
	METRIC_EXPORTED_ROWS,
	METRIC_DIFFERENCES,
	METRIC_EXPECTED_VALUES, /* by district */
	METRIC_MISSING_VALUES, /* by district */
	METRIC_MISSING_POINTS, /* by district */
	METRIC_STALE_RUNS,
	METRIC_STALE_CHANGES,
	METRIC_ESTIMATED_VALUES, /* by method */
	METRIC_UNFILLED_VALUES,
	METRIC_FINDINGS, /* by check */
	METRIC_FINDINGS_HOLDING,
	METRIC_HOURS,
	METRIC_BIDS,
	METRIC_REFUSED,
	METRIC_REFUSED_FOR, /* by reason */
	METRIC_TRADES,
	METRIC_SHORT_HOURS,
	METRICS
};

struct metrics_sample {
	enum metric metric;
	const char *label; /* value of its label; NULL where it has none */
	int64_t value;
};

/* The run of the tool that counted. */
struct metrics_run {
	const char *tool; /* "qf-rate", "qf-audit missing" */
	const char *ledger; /* as it was named; "" where it was not */
	int status; /* that it exits with */
	int64_t duration_ms;
	int64_t now_utc;
};

/* "run_lines"; qingfen_run_lines in the file.  The label's name, or NULL. */
const char *metrics_name(enum metric metric);
const char *metrics_label(enum metric metric);

/* Whether metrics_write could put its file there, before there is anything to
 * write: QF_CANTCREAT as outfile.h. */
int metrics_check(const char *path, struct qf_error *err);

/* Writes the file, whole, over what stands at path. */
int metrics_write(const char *path, const struct metrics_run *run,
    const struct metrics_sample *samples, size_t count, struct qf_error *err);

#endif
