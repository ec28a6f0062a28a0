/* rate_report.c - what a run did, for people and for monitoring.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/rate_report.h"

#include <stdio.h>
#include <string.h>

#include "base/outfile.h"
#include "base/sink.h"
#include "format/jsonout.h"

static void
count_reason(struct rate_report *report, const char *reason)
{
	for (size_t i = 0; i < report->reason_count; i++) {
		if (strcmp(report->reasons[i].reason, reason) == 0) {
			report->reasons[i].count++;
			return;
		}
	}
	if (report->reason_count < RATE_REASONS_MAX) {
		(void)snprintf(report->reasons[report->reason_count].reason,
		    sizeof(report->reasons[0].reason), "%s", reason);
		report->reasons[report->reason_count++].count = 1;
	}
}

static int
take_hold(void *context, const struct hold *hold, struct qf_error *err)
{
	struct rate_report *report = context;

	(void)err;
	count_reason(report, hold->reason);
	if (report->shown_count < RATE_HOLDS_SHOWN) {
		(void)snprintf(report->shown[report->shown_count++],
		    sizeof(report->shown[0]),
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
take_line(void *context, const struct line *line, struct qf_error *err)
{
	(void)context;
	(void)line;
	(void)err;
	return 0;
}

static int
take_energy(void *context, const struct energy *energy, struct qf_error *err)
{
	(void)context;
	(void)energy;
	(void)err;
	return 0;
}

static void
take_points(void *context, int64_t points)
{
	struct rate_report *report = context;

	progress_step(&report->bar, points);
}

struct rate_sink
rate_report_sink(struct rate_report *report)
{
	return (struct rate_sink){
	    .context = report,
	    .line = take_line,
	    .hold = take_hold,
	    .energy = take_energy,
	    .progress = take_points,
	};
}

static void
write_counts(struct jsonout *json, const struct rate_report *report)
{
	const struct {
		const char *name;
		int64_t value;
	} counts[] = {
	    {"as_of", report->asof},
	    {"points", report->counts.points},
	    {"contract_legs", report->counts.units},
	    {"reads", report->counts.reads},
	    {"sessions", report->counts.sessions},
	    {"lines", report->counts.lines},
	    {"held", report->counts.holds},
	};

	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		jsonout_name(json, counts[i].name);
		jsonout_int(json, counts[i].value);
	}
}

int
rate_report_summary(
    const struct rate_report *report, const char *path, struct qf_error *err)
{
	struct outfile *file = NULL;
	struct jsonout *json;
	char text[HANDLE_TEXT_MAX];
	int rc = -1;

	if (outfile_begin(&file, path, RATE_TOOL, true, err) == -1) {
		return -1;
	}
	json = jsonout_new(sink_outfile(file));
	jsonout_begin_object(json);
	jsonout_name(json, "run");
	if (report->run.entry != 0) {
		jsonout_string(
		    json, handle_format(&report->run, text, sizeof(text)));
	} else {
		jsonout_null(json);
	}
	jsonout_name(json, "appended");
	jsonout_bool(json, report->appended != 0);
	write_counts(json, report);
	jsonout_name(json, "reasons");
	jsonout_begin_object(json);
	for (size_t i = 0; i < report->reason_count; i++) {
		jsonout_name(json, report->reasons[i].reason);
		jsonout_int(json, report->reasons[i].count);
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
