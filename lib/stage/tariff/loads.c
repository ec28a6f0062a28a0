/* loads.c - what points and channels a file of interval reads is of.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/tariff/loads.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/xml.h"
#include "format/csv.h"
#include "format/declare.h"
#include "format/faults.h"
#include "format/gather.h"
#include "format/readscsv.h"
#include "format/sniff.h"

/* A file being read. */
struct reading {
	const char *path;
	const struct zone *zone;
	struct tariff_loads *loads;
	struct declaration declaration;
	struct faults *faults;
	void (*say)(void *context, const struct qf_error *err);
	void *context;
};

void
tariff_loads_release(struct tariff_loads *loads)
{
	free(loads->list);
	*loads = (struct tariff_loads){0};
}

static struct tariff_load *
find_load(struct tariff_loads *loads, const struct series_day *day)
{
	struct tariff_load *load;

	for (size_t i = 0; i < loads->count; i++) {
		load = &loads->list[i];
		if (load->channel == day->channel &&
		    strcmp(load->point, day->point) == 0) {
			return load;
		}
	}
	loads->list =
	    xreallocarray(loads->list, loads->count + 1, sizeof(*loads->list));
	load = &loads->list[loads->count++];
	memset(load, 0, sizeof(*load));
	snprintf(load->point, sizeof(load->point), "%.*s", ID_MAX, day->point);
	load->channel = day->channel;
	load->from_utc = INT64_MAX;
	load->to_utc = INT64_MIN;
	return load;
}

/* The load reaches over the intervals of the day that have a value. */
static void
extend(struct tariff_load *load, const struct series_day *day)
{
	for (size_t i = 0; i < day->count; i++) {
		int64_t start = day->start_utc + (int64_t)i * day->minutes * 60;

		if (day->values[i] == SERIES_NULL) {
			continue;
		}
		if (start < load->from_utc) {
			load->from_utc = start;
		}
		load->to_utc = start + day->minutes * 60;
	}
}

/* Says each fault of the rows; -1 with a summary where there was one. */
static int
say_faults(const struct reading *reading, struct qf_error *err)
{
	uint64_t count = faults_count(reading->faults);
	struct qf_error said;
	struct fault fault;
	int rc;

	if (count == 0) {
		return 0;
	}
	if (faults_finish(reading->faults, err) == -1) {
		return -1;
	}
	while ((rc = faults_next(reading->faults, &fault, err)) == 1) {
		faults_message(reading->faults, &fault, &said);
		reading->say(reading->context, &said);
	}
	if (rc == -1) {
		return -1;
	}
	return qf_fail(err, QF_DATA, "file-refused",
	    "%s: refused, %llu fault%s", reading->path,
	    (unsigned long long)count, count == 1 ? "" : "s");
}

static int
check_declaration(const struct reading *reading, struct qf_error *err)
{
	if (reading->declaration.quantity == QUANTITY_REGISTER) {
		return qf_fail(err, QF_DATA, "load-quantity",
		    "%s: register readings are no load; kwh or kw is",
		    reading->path);
	}
	if (reading->declaration.side != SIDE_PRIMARY) {
		return qf_fail(err, QF_DATA, "load-side",
		    "%s: values of the secondary side need a meter's "
		    "multiplier, which only a ledger knows",
		    reading->path);
	}
	return 0;
}

static int
read_days(struct reading *reading, struct csv_reader *reader,
    const struct sniff *kind, struct qf_error *err)
{
	struct read_source source;
	struct readscsv *reads;
	struct gather_day *day;
	struct gather *gather;
	int rc;

	reads = readscsv_new(reader, kind, &reading->declaration, reading->zone,
	    reading->faults);
	source = readscsv_source(reads);
	gather =
	    gather_new(&source, GATHER_SORTED, reading->zone, reading->faults);
	while ((rc = gather_next(gather, &day, err)) == 1) {
		extend(find_load(reading->loads, day->reads), day->reads);
	}
	gather_free(gather);
	readscsv_free(reads);
	return rc == -1 ? -1 : say_faults(reading, err);
}

static int
read_open(struct reading *reading, int fd, struct qf_error *err)
{
	struct csv_config config = {.columns_max = SERIES_VALUES_MAX + 8};
	struct csv_reader *reader = NULL;
	const char *const *preamble;
	struct sniff kind;
	size_t count;
	int rc = -1;

	if (sniff_fd(&kind, fd, reading->path, TEXT_UTF8, err) == -1) {
		return -1;
	}
	if (kind.format != SNIFF_READS_LONG &&
	    kind.format != SNIFF_READS_WIDE) {
		return qf_fail(err, QF_DATA, "file-kind",
		    "%s: is a file of %s, not of reads", reading->path,
		    sniff_name(&kind));
	}
	if (csv_open(&reader, fd, reading->path, &config, err) == -1) {
		return -1;
	}
	count = csv_preamble(reader, &preamble);
	if (declare_reads(&reading->declaration, preamble, count, NULL,
		reading->path, err) == 0 &&
	    check_declaration(reading, err) == 0) {
		rc = read_days(reading, reader, &kind, err);
	}
	csv_close(reader);
	return rc;
}

static int
compare_loads(const void *a, const void *b)
{
	const struct tariff_load *x = a, *y = b;
	int order = strcmp(x->point, y->point);

	return order != 0 ? order : (int)x->channel - (int)y->channel;
}

int
tariff_loads_read(struct tariff_loads *out, const char *path,
    const struct zone *zone,
    void (*say)(void *context, const struct qf_error *err), void *context,
    struct qf_error *err)
{
	struct reading reading = {.path = path,
	    .zone = zone,
	    .loads = out,
	    .say = say,
	    .context = context};
	int fd = xml_open(path, err);
	int rc;

	if (fd == -1) {
		return -1;
	}
	reading.faults = faults_new(path);
	rc = read_open(&reading, fd, err);
	faults_free(reading.faults);
	close(fd);
	for (size_t i = 0; rc == 0 && i < out->count; i++) {
		if (out->list[i].from_utc == INT64_MAX) {
			rc = qf_fail(err, QF_DATA, "load-empty",
			    "%s: %s has no value", path, out->list[i].point);
		}
	}
	if (rc == 0 && out->count > 1) {
		qsort(out->list, out->count, sizeof(*out->list), compare_loads);
	}
	return rc;
}
