/* ocpi_files.c - checks, shows and tries OCPI tariffs out of files.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/ocpi_files.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/civil.h"
#include "base/outfile.h"
#include "base/text.h"
#include "base/xml.h"
#include "base/zone.h"
#include "format/ocpi_cdr.h"
#include "format/table.h"
#include "rules/ocpi_tariff.h"
#include "settle/ocpi.h"
#include "stage/ocpi_table.h"

#define HEAD_SIZE 256 /* bytes in which JSON must show itself */

/* One piece of work. */
struct work {
	const struct ocpi_files_request *request;
	const char *path;
	struct ocpi_tariffs tariffs;
	struct cdrs cdrs;
	struct jsonread read; /* of the records */
	struct outfile *out;
	struct table *table;
};

bool
ocpi_files_is(const char *path)
{
	struct qf_error ignored;
	char head[HEAD_SIZE];
	ssize_t got;
	int fd;

	if (strcmp(path, "-") == 0) {
		return false;
	}
	fd = xml_open(path, &ignored);
	if (fd == -1) {
		return false;
	}
	got = pread(fd, head, sizeof(head), 0);
	close(fd);
	return got > 0 && jsonread_is_json(head, (size_t)got);
}

/* The bytes of a file; one more than is allowed, so that it is noticed. */
static int
read_file(char **out, size_t *length, const char *path, struct qf_error *err)
{
	int fd = xml_open(path, err);
	char *bytes;
	ssize_t got;

	if (fd == -1) {
		return -1;
	}
	bytes = xmalloc(JSONIN_SIZE_MAX + 1);
	*length = 0;
	do {
		got = read(fd, bytes + *length, JSONIN_SIZE_MAX + 1 - *length);
		*length += got > 0 ? (size_t)got : 0;
	} while (got > 0 || (got == -1 && errno == EINTR));
	close(fd);
	if (got == -1) {
		free(bytes);
		return qf_fail(err, QF_IO, "read-failed", "%s: cannot read: %s",
		    path, strerror(errno));
	}
	*out = bytes;
	return 0;
}

static int
load_tariffs(struct work *work, struct qf_error *err)
{
	size_t length;
	char *text;
	int rc;

	if (read_file(&text, &length, work->path, err) == -1) {
		return -1;
	}
	rc = ocpi_tariffs_load(&work->tariffs, text, length, work->path, err);
	free(text);
	return rc;
}

static int
begin(struct work *work, const struct ocpi_files_request *request,
    const char *path, struct qf_error *err)
{
	*work = (struct work){.request = request, .path = path};
	jsonread_begin(&work->read, path);
	if (load_tariffs(work, err) == -1) {
		return -1;
	}
	return outfile_begin(&work->out, "-", "qf-tariff", false, err);
}

static enum table_form
form_of(const struct work *work)
{
	return table_form_for(STDOUT_FILENO, work->request->json);
}

/* Closes, also what begin() left half open; rc, or -1 where what was printed
 * could not be written. */
static int
end(struct work *work, int rc, struct qf_error *err)
{
	struct qf_error later;

	if (work->out != NULL &&
	    outfile_commit(work->out, rc == 0 ? err : &later) == -1) {
		rc = -1;
	}
	table_free(work->table);
	outfile_free(work->out);
	cdrs_release(&work->cdrs);
	ocpi_tariffs_release(&work->tariffs);
	jsonread_end(&work->read);
	return rc;
}

/* Check ------------------------------------------------------------------ */

int
ocpi_files_check(const struct sink *sink, const char *text, size_t length,
    const char *path, bool *sound, struct qf_error *err)
{
	struct ocpi_tariffs tariffs;
	struct jsonread read;
	struct qf_error fault;
	int rc = 0;

	jsonread_begin(&read, path);
	*sound = true;
	if (ocpi_tariffs_read(&tariffs, &read, text, length, &fault) == -1) {
		*sound = false;
		rc = sink_fault(sink, &fault, err);
	}
	for (size_t i = 0; rc == 0 && i < read.fault_count; i++) {
		*sound = false;
		rc = sink_fault(sink, &read.faults[i], err);
	}
	ocpi_tariffs_release(&tariffs);
	jsonread_end(&read);
	return rc;
}

/* Show ------------------------------------------------------------------- */

static bool
may_hold(const struct ocpi_restrictions *of, int32_t day)
{
	return day >= of->start_day && day < of->end_day &&
	       (of->weekdays == 0 ||
		   (of->weekdays & 1U << civil_weekday(day)) != 0);
}

static int
show_element(struct table *table, const struct ocpi_tariff *tariff,
    size_t number, struct qf_error *err)
{
	const struct ocpi_element *element = &tariff->elements[number];
	char text[OCPI_RESTRICTIONS_TEXT_MAX];
	int rc = 0;

	ocpi_restrictions_text(text, &element->restrictions);
	for (size_t d = 0; rc == 0 && d < OCPI_DIMENSIONS; d++) {
		const struct ocpi_component *component =
		    &element->components[d];

		if (!component->given) {
			continue;
		}
		table_text(table, tariff->id);
		table_int(table, (int64_t)number);
		table_text(table, ocpi_dimension_words[d]);
		table_dec(table, &component->price);
		if (component->has_vat) {
			table_dec(table, &component->vat);
		} else {
			table_text(table, NULL);
		}
		table_int(table, component->step);
		table_text(table, text[0] == '\0' ? NULL : text);
		rc = table_end_row(table, err);
	}
	return rc;
}

static int
show(struct work *work, int32_t day, struct qf_error *err)
{
	static const struct table_column columns[] = {{"tariff", TABLE_TEXT},
	    {"element", TABLE_NUMBER}, {"dimension", TABLE_TEXT},
	    {"price", TABLE_NUMBER}, {"vat", TABLE_NUMBER},
	    {"step_size", TABLE_NUMBER}, {"restrictions", TABLE_TEXT}};
	int rc = 0;

	work->table =
	    table_new(sink_outfile(work->out), form_of(work), columns, 7);
	for (size_t i = 0; i < work->tariffs.count; i++) {
		const struct ocpi_tariff *tariff = &work->tariffs.list[i];

		for (size_t k = 0; rc == 0 && k < tariff->element_count; k++) {
			if (may_hold(&tariff->elements[k].restrictions, day)) {
				rc = show_element(work->table, tariff, k, err);
			}
		}
	}
	return rc == 0 ? table_finish(work->table, err) : -1;
}

int
ocpi_files_show(const char *path, const char *date,
    const struct ocpi_files_request *request, struct qf_error *err)
{
	struct work work;
	int32_t day;
	int rc;

	if (civil_parse_day(date, strlen(date), &day, err) == -1) {
		err->status = QF_USAGE;
		return -1;
	}
	rc = begin(&work, request, path, err);
	if (rc == 0) {
		rc = show(&work, day, err);
	}
	return end(&work, rc, err);
}

/* Price ------------------------------------------------------------------ */

/* Tells all faults of the records; fails for the last one. */
static int
load_cdrs(struct work *work, const char *path, struct qf_error *err)
{
	const struct ocpi_files_request *request = work->request;
	size_t length;
	char *text;
	int rc;

	if (read_file(&text, &length, path, err) == -1) {
		return -1;
	}
	work->read.file = path;
	rc = ocpi_cdrs_read(&work->cdrs, &work->read, text, length, err);
	free(text);
	if (rc == -1 || work->read.fault_count == 0) {
		return rc;
	}
	for (size_t i = 0; i + 1 < work->read.fault_count; i++) {
		request->say(request->context, &work->read.faults[i]);
	}
	*err = work->read.faults[work->read.fault_count - 1];
	return -1;
}

/* Whether the clock of the place matters to the tariff. */
static bool
needs_zone(const struct ocpi_tariff *tariff)
{
	for (size_t i = 0; i < tariff->element_count; i++) {
		const struct ocpi_restrictions *of =
		    &tariff->elements[i].restrictions;

		if (of->start_minute >= 0 || of->end_minute >= 0 ||
		    of->weekdays != 0 || of->start_day != INT32_MIN ||
		    of->end_day != INT32_MAX) {
			return true;
		}
	}
	return false;
}

static int
load_zone(struct zone **zone, const struct work *work, const struct cdr *cdr,
    const struct ocpi_tariff *tariff, struct qf_error *err)
{
	const char *name =
	    cdr->zone[0] != '\0' ? cdr->zone : work->request->zone;

	if (name == NULL && needs_zone(tariff)) {
		return qf_fail(err, QF_USAGE, "zone-missing",
		    "%s:%zu: the record names no time zone: give --zone",
		    work->read.file, cdr->line_no);
	}
	return zone_load(zone, name == NULL ? "UTC" : name, err);
}

/* The tariff that a session has: the one valid as it starts, in its
 * currency. */
static int
find_tariff(const struct ocpi_tariff **out, const struct work *work,
    const struct cdr *cdr, struct qf_error *err)
{
	char text[CIVIL_TEXT_MAX];

	*out = ocpi_tariff_at(&work->tariffs, cdr->start_utc);
	civil_format_utc(cdr->start_utc, text);
	if (*out == NULL) {
		return qf_fail(err, QF_DATA, "no-tariff",
		    "%s:%zu: no tariff of %s is valid at %s", work->read.file,
		    cdr->line_no, work->path, text);
	}
	if (strcmp((*out)->currency, cdr->currency) != 0) {
		return qf_fail(err, QF_DATA, "ocpi-currency",
		    "%s:%zu: a record in %s, but a tariff in %s",
		    work->read.file, cdr->line_no, cdr->currency,
		    (*out)->currency);
	}
	return 0;
}

static void
tell(const struct work *work, const struct ocpi_report *report,
    const struct cdr *cdr)
{
	for (size_t i = 0; i < report->warning_count; i++) {
		struct qf_error warning;

		qf_fail(&warning, QF_NO, report->warnings[i].code, "%s:%zu: %s",
		    work->read.file, cdr->line_no, report->warnings[i].text);
		work->request->say(work->request->context, &warning);
	}
}

static int
price(
    struct work *work, const struct cdr *cdr, bool *equal, struct qf_error *err)
{
	struct ocpi_report report = {0};
	const struct ocpi_tariff *tariff;
	struct refusal refusal;
	struct zone *zone = NULL;
	int rc;

	rc = find_tariff(&tariff, work, cdr, err);
	if (rc == 0) {
		rc = load_zone(&zone, work, cdr, tariff, err);
	}
	if (rc == 0) {
		rc = ocpi_rate(&report, tariff, cdr, zone, &refusal);
		if (rc == 1) {
			rc = qf_fail(err, QF_DATA, refusal.reason, "%s:%zu: %s",
			    work->read.file, cdr->line_no, refusal.detail);
		}
	}
	if (rc == 0) {
		tell(work, &report, cdr);
		rc = ocpi_table_add(work->table, &report, cdr, equal, err);
	}
	ocpi_report_release(&report);
	zone_free(zone);
	return rc;
}

int
ocpi_files_price(const char *path, const char *cdrs_path,
    const struct ocpi_files_request *request, bool *equal, struct qf_error *err)
{
	struct work work;
	int rc;

	*equal = true;
	rc = begin(&work, request, path, err);
	if (rc == 0) {
		rc = load_cdrs(&work, cdrs_path, err);
	}
	if (rc == 0) {
		work.table =
		    ocpi_table_new(sink_outfile(work.out), form_of(&work));
	}
	for (size_t i = 0; rc == 0 && i < work.cdrs.count; i++) {
		rc = price(&work, &work.cdrs.list[i].cdr, equal, err);
	}
	if (rc == 0) {
		rc = table_finish(work.table, err);
	}
	return end(&work, rc, err);
}
