/* reads_fixture.h - bytes as a file, and what the readers of reads make of it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef QF_TESTS_READS_FIXTURE_H
#define QF_TESTS_READS_FIXTURE_H

#include <criterion/criterion.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/text.h"
#include "base/zone.h"
#include "format/csv.h"
#include "format/declare.h"
#include "format/faults.h"
#include "format/gather.h"
#include "format/readscsv.h"
#include "format/sniff.h"

/* A descriptor from which the text can be read. */
static inline int
file_of(const char *text)
{
	int fd = memfd_create("test", MFD_CLOEXEC);

	cr_assert_neq(fd, -1);
	cr_assert_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	cr_assert_eq(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

/* Faults as lines "line column code what", echoes with a "+" in front. */
static inline void
render_faults(struct buf *out, struct faults *faults)
{
	struct fault fault;
	struct qf_error err;
	int rc;

	cr_assert_eq(faults_finish(faults, &err), 0);
	while ((rc = faults_next(faults, &fault, &err)) == 1) {
		buf_printf(out, "%s%zu %s %s %s\n", fault.echo ? "+" : "",
		    fault.line_no, fault.column[0] == '\0' ? "-" : fault.column,
		    fault.code, fault.what);
	}
	cr_assert_eq(rc, 0);
}

/* A day as "day channel point scale value,value,... quality method rows";
 * stretches of nothing at its ends are left out, the index of the first value
 * stands before them. */
static inline void
render_day(struct buf *out, const struct gather_day *day)
{
	const struct series_day *s = day->reads;
	size_t first = 0, end = s->count, i;

	while (first < end && s->quality[first] == QUALITY_NONE) {
		first++;
	}
	while (end > first && s->quality[end - 1] == QUALITY_NONE) {
		end--;
	}
	buf_printf(out, "%d %s %s /%d @%zu of %zu ", (int)s->day,
	    channel_name(s->channel), s->point, s->scale, first, s->count);
	for (i = first; i < end; i++) {
		buf_printf(out, "%s", i == first ? "" : ",");
		if (s->values[i] != SERIES_NULL) {
			buf_printf(out, "%lld", (long long)s->values[i]);
		}
	}
	buf_printf(out, " %.*s %s rows=%zu line=%lld start=%lld\n",
	    (int)(end - first), s->quality + first,
	    s->method[0] == '\0' ? "-" : s->method, day->rows,
	    (long long)s->line_no, (long long)s->start_utc);
	cr_assert_eq(strlen(s->quality), s->count);
}

/* All that comes out of a file of reads: days, then faults. */
static inline void
render_reads(struct buf *out, const char *text, const char *declaration,
    const char *zone_name, enum gather_mode mode)
{
	struct csv_config config = {.columns_max = SERIES_VALUES_MAX + 8};
	struct faults *faults = faults_new("f.csv");
	struct declaration declared;
	struct csv_reader *csv;
	struct read_source source;
	struct readscsv *reads;
	struct gather_day *day;
	struct gather *gather;
	struct qf_error err;
	struct sniff kind;
	struct zone *zone;
	int fd = file_of(text), rc;

	cr_assert_eq(zone_load(&zone, zone_name, &err), 0);
	cr_assert_eq(
	    sniff_fd(&kind, fd, "f.csv", TEXT_UTF8, &err), 0, "%s", err.text);
	cr_assert_eq(
	    declare_reads(&declared, NULL, 0, declaration, "f.csv", &err), 0);
	cr_assert_eq(csv_open(&csv, fd, "f.csv", &config, &err), 0);
	reads = readscsv_new(csv, &kind, &declared, zone, faults);
	source = readscsv_source(reads);
	gather = gather_new(&source, mode, zone, faults);
	while ((rc = gather_next(gather, &day, &err)) == 1) {
		render_day(out, day);
	}
	if (rc == -1) {
		buf_printf(out, "%s%s\n", err.code,
		    gather_disordered(gather) ? " (disordered)" : "");
	}
	if (gather_repeated(gather) > 0) {
		buf_printf(out, "repeated %llu\n",
		    (unsigned long long)gather_repeated(gather));
	}
	render_faults(out, faults);
	gather_free(gather);
	readscsv_free(reads);
	csv_close(csv);
	faults_free(faults);
	zone_free(zone);
	close(fd);
}

#endif
