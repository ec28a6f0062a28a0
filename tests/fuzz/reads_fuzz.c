/* reads_fuzz.c - any bytes as a file of facts or reads: nothing breaks, and
 * reads that come in order are the same days and faults when they are sorted.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/zone.h"
#include "format/csv.h"
#include "format/declare.h"
#include "format/factcsv.h"
#include "format/faults.h"
#include "format/gather.h"
#include "format/readscsv.h"
#include "format/sniff.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static struct zone *zone;

static void
add_faults(struct buf *out, struct faults *faults)
{
	struct fault fault;
	struct qf_error err;

	if (faults_finish(faults, &err) == -1) {
		abort();
	}
	while (faults_next(faults, &fault, &err) == 1) {
		buf_printf(out, "%zu %s %s %s\n", fault.line_no, fault.column,
		    fault.code, fault.what);
	}
}

static void
add_day(struct buf *out, const struct gather_day *day)
{
	const struct series_day *reads = day->reads;

	buf_printf(out, "%d %d %s %d %zu %s %s", (int)reads->day,
	    (int)reads->channel, reads->point, reads->scale, day->rows,
	    reads->method, reads->quality);
	for (size_t i = 0; i < reads->count; i++) {
		buf_printf(out, " %lld", (long long)reads->values[i]);
	}
	buf_add_char(out, '\n');
}

static void
read_facts(struct csv_reader *csv, const struct sniff *kind, struct buf *out)
{
	struct faults *faults = faults_new("f");
	struct factcsv *facts = factcsv_new(csv, kind->facts, zone, faults);
	const struct fact *fact;
	struct qf_error err;

	while (factcsv_next(facts, &fact, &err) == 1) {
		buf_printf(out, "%zu\n", fact->line_no);
	}
	add_faults(out, faults);
	factcsv_free(facts);
	faults_free(faults);
}

/* False where the file must be sorted. */
static bool
read_reads(struct csv_reader *csv, const struct sniff *kind,
    enum gather_mode mode, struct buf *out)
{
	struct faults *faults = faults_new("f");
	struct declaration declaration;
	const char *const *preamble;
	struct read_source source;
	struct readscsv *reads;
	struct gather_day *day;
	struct gather *gather;
	struct qf_error err;
	bool disordered;
	size_t count = csv_preamble(csv, &preamble);
	int rc;

	if (declare_reads(&declaration, preamble, count, NULL, "f", &err) ==
	    -1) {
		faults_free(faults);
		return true;
	}
	reads = readscsv_new(csv, kind, &declaration, zone, faults);
	source = readscsv_source(reads);
	gather = gather_new(&source, mode, zone, faults);
	while ((rc = gather_next(gather, &day, &err)) == 1) {
		add_day(out, day);
	}
	disordered = gather_disordered(gather);
	/* A fault of the file comes before all days where these are sorted. */
	if (rc == -1 && !disordered) {
		buf_clear(out);
		buf_add_string(out, err.text);
	} else {
		buf_printf(out, "repeated %llu\n",
		    (unsigned long long)gather_repeated(gather));
		add_faults(out, faults);
	}
	gather_free(gather);
	readscsv_free(reads);
	faults_free(faults);
	return !disordered;
}

static bool
read_all(int fd, enum gather_mode mode, struct buf *out)
{
	struct csv_config config = {.columns_max = SERIES_VALUES_MAX + 8};
	struct csv_reader *csv;
	struct qf_error err;
	struct sniff kind;
	bool done = true;

	if (lseek(fd, 0, SEEK_SET) == -1) {
		abort();
	}
	if (sniff_fd(&kind, fd, "f", TEXT_UTF8, &err) == -1 ||
	    kind.format == SNIFF_RULE) {
		return true;
	}
	if (csv_open(&csv, fd, "f", &config, &err) == -1) {
		abort();
	}
	if (kind.format == SNIFF_FACTS) {
		read_facts(csv, &kind, out);
	} else {
		done = read_reads(csv, &kind, mode, out);
	}
	csv_close(csv);
	return done;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct buf straight, sorted;
	struct qf_error err;
	int fd = memfd_create("reads_fuzz", MFD_CLOEXEC);

	if ((zone == NULL && zone_load(&zone, "Europe/Oslo", &err) == -1) ||
	    fd == -1 || write(fd, bytes, length) != (ssize_t)length) {
		abort();
	}
	buf_init(&straight, 64 << 20);
	buf_init(&sorted, 64 << 20);
	if (read_all(fd, GATHER_IN_ORDER, &straight)) {
		read_all(fd, GATHER_SORTED, &sorted);
		if (straight.length != sorted.length ||
		    memcmp(straight.bytes, sorted.bytes, sorted.length) != 0) {
			abort();
		}
	}
	buf_release(&straight);
	buf_release(&sorted);
	close(fd);
	return 0;
}
