/* metrics_test.c - the text format of Prometheus, byte for byte.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "format/metrics.h"
#include "place_fixture.h"

#define LABELS "tool=\"qf-audit missing\",ledger=\"a \\\"b\\\".qf\""

static void
leave(void)
{
	unlink("night.prom");
	place_leave_empty();
}

TestSuite(metrics, .init = place_enter, .fini = leave);

static struct metrics_run
a_run(int status, int64_t now_utc)
{
	return (struct metrics_run){
	    .tool = "qf-audit missing",
	    .ledger = "a \"b\".qf",
	    .status = status,
	    .duration_ms = 61005,
	    .now_utc = now_utc,
	};
}

static void
write_night(int status, int64_t now_utc)
{
	const struct metrics_run run = a_run(status, now_utc);
	struct qf_error err;

	cr_assert_eq(metrics_write("night.prom", &run, NULL, 0, &err), 0);
}

static const char grouped[] =
    "# HELP qingfen_exit_status What the tool exited with.\n"
    "# TYPE qingfen_exit_status gauge\n"
    "qingfen_exit_status{L} 0\n"
    "# HELP qingfen_duration_seconds How long the tool took.\n"
    "# TYPE qingfen_duration_seconds gauge\n"
    "qingfen_duration_seconds{L} 61.005\n"
    "# HELP qingfen_last_run_timestamp_seconds When the tool last ended.\n"
    "# TYPE qingfen_last_run_timestamp_seconds gauge\n"
    "qingfen_last_run_timestamp_seconds{L} 1738368000\n"
    "# HELP qingfen_last_success_timestamp_seconds "
    "When the tool last ended with status 0.\n"
    "# TYPE qingfen_last_success_timestamp_seconds gauge\n"
    "qingfen_last_success_timestamp_seconds{L} 1738368000\n"
    "# HELP qingfen_held What could not be settled.\n"
    "# TYPE qingfen_held gauge\n"
    "qingfen_held{L} -3\n"
    "# HELP qingfen_missing_values "
    "Values that contracts need and that are missing.\n"
    "# TYPE qingfen_missing_values gauge\n"
    "qingfen_missing_values{L,district=\"渝中\"} 96\n"
    "qingfen_missing_values{L,district=\"a\\\"b\\\\c\\nd\"} 1\n";

/* The content with the labels that every sample has as "L". */
static const char *
without_labels(void)
{
	static char out[8192];
	const char *labels = LABELS, *from = content("night.prom");
	size_t length = strlen(labels), used = 0;

	while (*from != '\0') {
		if (strncmp(from, labels, length) == 0) {
			out[used++] = 'L';
			from += length;
		} else {
			out[used++] = *from++;
		}
	}
	out[used] = '\0';
	return out;
}

Test(metrics, groups_samples_under_one_help_and_escapes_labels)
{
	const struct metrics_run run = a_run(0, 1738368000);
	const struct metrics_sample samples[] = {
	    {METRIC_MISSING_VALUES, "渝中", 96},
	    {METRIC_HELD, NULL, -3},
	    {METRIC_MISSING_VALUES, "a\"b\\c\nd", 1},
	};
	struct qf_error err;

	cr_assert_eq(metrics_write("night.prom", &run, samples, 3, &err), 0);
	cr_assert_str_eq(without_labels(), grouped);
}

Test(metrics, carries_the_last_success_over_failures)
{
	static const char success[] = "last_success_timestamp_seconds{L} 1000";

	write_night(1, 900);
	cr_assert_null(strstr(content("night.prom"), "last_success"));
	write_night(0, 1000);
	cr_assert_not_null(strstr(without_labels(), success));
	write_night(65, 2000);
	write_night(1, 3000);
	cr_assert_not_null(strstr(without_labels(), success));
	cr_assert_not_null(
	    strstr(without_labels(), "last_run_timestamp_seconds{L} 3000"));
	write_night(0, 4000);
	cr_assert_null(strstr(without_labels(), success));
}

Test(metrics, takes_no_success_from_another_tool_or_rubbish)
{
	FILE *file = fopen("night.prom", "w");

	cr_assert_not_null(file);
	fputs("# HELP qingfen_\nqingfen_last_success_timestamp_seconds"
	      "{tool=\"qf-rate\",ledger=\"a \\\"b\\\".qf\"} 1000\n"
	      "qingfen_last_success_timestamp_seconds{" LABELS "} -5\n",
	    file);
	fclose(file);
	write_night(1, 2000);
	cr_assert_null(strstr(content("night.prom"), "last_success"));
}

Test(metrics, are_named_and_described_each)
{
	for (unsigned m = 0; m < METRICS; m++) {
		const char *name = metrics_name((enum metric)m);

		cr_assert_not_null(name);
		cr_assert_eq(
		    strspn(name, "abcdefghijklmnopqrstuvwxyz_"), strlen(name));
		for (unsigned other = 0; other < m; other++) {
			cr_assert_str_neq(
			    name, metrics_name((enum metric)other));
		}
	}
}
