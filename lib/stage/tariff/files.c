/* files.c - checks, shows and tries tariff documents out of files.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/tariff/files.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/civil.h"
#include "base/jsonread.h"
#include "base/outfile.h"
#include "base/sink.h"
#include "base/text.h"
#include "base/xml.h"
#include "base/zone.h"
#include "rules/tariff.h"
#include "stage/ocpi_files.h"
#include "stage/tariff/compare.h"
#include "stage/tariff/contracts.h"
#include "stage/tariff/facts.h"
#include "stage/tariff/price.h"
#include "stage/tariff/show.h"

/* The facts and the output of one piece of work. */
struct work {
	const struct tariff_files_request *request;
	struct tariff_facts *facts;
	const struct zone *zone; /* of local times in the facts, or NULL */
	struct outfile *out;
	struct sink sink;
	enum table_form form;
};

static int
begin_output(struct work *work, const struct tariff_files_request *request,
    struct qf_error *err)
{
	*work = (struct work){.request = request,
	    .form = table_form_for(STDOUT_FILENO, request->json)};
	if (outfile_begin(&work->out, "-", "qf-tariff", false, err) == -1) {
		return -1;
	}
	work->sink = sink_outfile(work->out);
	return 0;
}

/* The facts and the output; zone is NULL where no fact has local times. */
static int
begin(struct work *work, const struct tariff_files_request *request,
    const struct zone *zone, struct qf_error *err)
{
	struct tariff_facts *facts;

	tariff_facts_new(&facts, zone, request->say, request->context);
	if (begin_output(work, request, err) == -1) {
		tariff_facts_free(facts);
		return -1;
	}
	work->facts = facts;
	work->zone = zone;
	for (size_t i = 0; i < request->fact_count; i++) {
		if (tariff_facts_add(work->facts, request->facts[i].path,
			request->facts[i].kind, err) == -1) {
			return -1;
		}
	}
	return 0;
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
	outfile_free(work->out);
	tariff_facts_free(work->facts);
	return rc;
}

/* The bytes of a document; at most XML_SIZE_MAX and one, so that a longer one
 * is noticed by who reads it. */
static int
read_document(
    char **out, size_t *length, const char *path, struct qf_error *err)
{
	bool is_standard = strcmp(path, "-") == 0;
	int fd = is_standard ? STDIN_FILENO : xml_open(path, err);
	char *bytes;
	size_t used = 0;
	ssize_t got;

	if (fd == -1) {
		return -1;
	}
	bytes = xmalloc(XML_SIZE_MAX + 2);
	do {
		got = read(fd, bytes + used, XML_SIZE_MAX + 1 - used);
		used += got > 0 ? (size_t)got : 0;
	} while (got > 0 || (got == -1 && errno == EINTR));
	if (!is_standard) {
		close(fd);
	}
	if (got == -1) {
		free(bytes);
		return qf_fail(err, QF_IO, "read-failed", "%s: cannot read: %s",
		    path, strerror(errno));
	}
	bytes[used] = '\0';
	*out = bytes;
	*length = used;
	return 0;
}

static int
load_document(struct tariff **out, const char *path, struct qf_error *err)
{
	size_t length;
	char *text;
	int rc;

	*out = NULL;
	if (read_document(&text, &length, path, err) == -1) {
		return -1;
	}
	rc = tariff_load(out, text, length, path, err);
	free(text);
	return rc;
}

/* Check ------------------------------------------------------------------ */

/* Prints the faults of one document; its tariff where it has none, and is not
 * one of OCPI. */
static int
check_document(struct tariff **tariff, const struct sink *sink,
    const char *path, bool *sound, struct qf_error *err)
{
	struct tariff_faults faults;
	size_t length;
	char *text;
	int rc = 0;

	*tariff = NULL;
	if (read_document(&text, &length, path, err) == -1) {
		return -1;
	}
	if (jsonread_is_json(text, length)) {
		rc = ocpi_files_check(sink, text, length, path, sound, err);
		free(text);
		return rc;
	}
	tariff_check(&faults, text, length, path);
	for (size_t i = 0; rc == 0 && i < faults.count; i++) {
		rc = sink_fault(sink, &faults.list[i], err);
	}
	*sound = faults.count == 0;
	if (*sound) {
		rc = tariff_load(tariff, text, length, path, err);
	}
	tariff_faults_free(&faults);
	free(text);
	return rc;
}

/* Checks documents, and their prices where there are any. */
static int
check_documents(const struct work *work, char *const *paths, size_t count,
    struct table *table, bool *sound, struct qf_error *err)
{
	size_t all_differences = 0;

	for (size_t i = 0; i < count; i++) {
		struct tariff *tariff;
		size_t differences = 0, lacking = 0;
		bool own_sound = true;
		int rc = 0;

		if (check_document(&tariff, &work->sink, paths[i], &own_sound,
			err) == -1) {
			return -1;
		}
		*sound &= own_sound;
		if (tariff != NULL) {
			rc = tariff_contracts(tariff, work->facts, work->zone,
			    work->sink, &lacking, err);
		}
		if (tariff != NULL && rc == 0) {
			rc = tariff_compare(
			    tariff, work->facts, table, &differences, err);
		}
		*sound &= lacking == 0;
		all_differences += differences;
		tariff_free(tariff);
		if (rc == -1) {
			return -1;
		}
	}
	*sound &= all_differences == 0;
	/* A header without rows would not be silence. */
	return all_differences == 0 ? 0 : table_finish(table, err);
}

/* Whether any file of facts has local times. */
static bool
asks_zone(const struct tariff_files_request *request)
{
	for (size_t i = 0; i < request->fact_count; i++) {
		if (request->facts[i].kind == FACT_CONTRACT ||
		    request->facts[i].kind == FACT_SERIES) {
			return true;
		}
	}
	return false;
}

/* The zone of the request, or of the first sound document that names one;
 * NULL where no file asks for one. */
static int
facts_zone(struct zone **out, char *const *paths, size_t count,
    const struct tariff_files_request *request, struct qf_error *err)
{
	struct tariff *tariff;
	int rc;

	*out = NULL;
	if (!asks_zone(request)) {
		return 0;
	}
	if (request->zone != NULL) {
		return zone_load(out, request->zone, err);
	}
	for (size_t i = 0; i < count; i++) {
		if (strcmp(paths[i], "-") == 0 ||
		    load_document(&tariff, paths[i], NULL) == -1) {
			continue;
		}
		if (tariff->zone[0] != '\0') {
			rc = zone_load(out, tariff->zone, err);
			tariff_free(tariff);
			return rc;
		}
		tariff_free(tariff);
	}
	return qf_fail(err, QF_USAGE, "zone-missing",
	    "no document names a time zone: give --zone");
}

int
tariff_files_check(char *const *paths, size_t count,
    const struct tariff_files_request *request, bool *sound,
    struct qf_error *err)
{
	struct table *table = NULL;
	struct zone *zone;
	struct work work;
	int rc;

	*sound = true;
	if (facts_zone(&zone, paths, count, request, err) == -1) {
		return -1;
	}
	rc = begin(&work, request, zone, err);
	if (rc == 0) {
		table = tariff_compare_table(work.sink, work.form);
		rc = check_documents(&work, paths, count, table, sound, err);
	}
	table_free(table);
	rc = end(&work, rc, err);
	zone_free(zone);
	return rc;
}

/* Show ------------------------------------------------------------------- */

static int
show(const struct work *work, const char *path, const char *date,
    struct qf_error *err)
{
	const struct tariff_files_request *request = work->request;
	struct tariff_show_options options = {.zh = request->zh,
	    .user_class = request->user_class,
	    .type = request->type,
	    .voltage = request->voltage,
	    .options = request->options};
	struct tariff *tariff;
	int32_t day;
	int rc;

	if (load_document(&tariff, path, err) == -1) {
		return -1;
	}
	rc = civil_parse_day(date, strlen(date), &day, err);
	if (rc == -1) {
		err->status = QF_USAGE;
	} else {
		rc = tariff_show(
		    tariff, day, work->facts, &options, work->sink, err);
	}
	tariff_free(tariff);
	return rc;
}

int
tariff_files_show(const char *path, const char *date,
    const struct tariff_files_request *request, struct qf_error *err)
{
	struct work work;
	int rc = begin(&work, request, NULL, err);

	if (rc == 0) {
		rc = show(&work, path, date, err);
	}
	return end(&work, rc, err);
}

/* Price ------------------------------------------------------------------ */

/* The zone of the request, or of the document. */
static int
load_zone(struct zone **out, const struct tariff_files_request *request,
    const struct tariff *tariff, const char *path, struct qf_error *err)
{
	const char *name = request->zone;

	*out = NULL;
	if (name == NULL && tariff->zone[0] != '\0') {
		name = tariff->zone;
	}
	if (name == NULL) {
		return qf_fail(err, QF_USAGE, "zone-missing",
		    "%s names no time zone: give --zone", path);
	}
	return zone_load(out, name, err);
}

static int
price(const struct sink *sink, enum table_form form,
    const struct tariff_scratch_request *request, struct qf_error *err)
{
	struct table *table = tariff_price_table(*sink, form);
	int rc = tariff_price(request, table, err);

	table_free(table);
	return rc;
}

static int
price_document(const struct tariff *tariff, const char *text, const char *path,
    const char *load, const struct tariff_files_request *request,
    struct qf_error *err)
{
	struct tariff_scratch_request scratch = {.tariff = tariff,
	    .text = text,
	    .files = request->facts,
	    .file_count = request->fact_count,
	    .load = load,
	    .user_class = request->user_class,
	    .type = request->type,
	    .voltage = request->voltage,
	    .options = request->options,
	    .say = request->say,
	    .context = request->context};
	struct zone *zone = NULL;
	struct work work = {0};
	int rc = load_zone(&zone, request, tariff, path, err);

	if (rc == 0) {
		scratch.zone = zone;
		rc = begin_output(&work, request, err);
		if (rc == 0) {
			rc = price(&work.sink, work.form, &scratch, err);
		}
		rc = end(&work, rc, err);
	}
	zone_free(zone);
	return rc;
}

int
tariff_files_price(const char *path, const char *load,
    const struct tariff_files_request *request, struct qf_error *err)
{
	struct tariff *tariff = NULL;
	size_t length;
	char *text;
	int rc;

	if (read_document(&text, &length, path, err) == -1) {
		return -1;
	}
	rc = tariff_load(&tariff, text, length, path, err);
	if (rc == 0) {
		rc = price_document(tariff, text, path, load, request, err);
	}
	tariff_free(tariff);
	free(text);
	return rc;
}
