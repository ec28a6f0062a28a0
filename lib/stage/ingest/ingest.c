/* ingest.c - taking files of facts and rule documents into a ledger.
 *
 * Every operand is looked at before the ledger is locked, because only then
 * can they be taken in the order in which they refer to each other.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/ingest/ingest.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/xml.h"
#include "base/zone.h"
#include "format/csv.h"
#include "format/headers.h"
#include "format/manifest.h"
#include "ledger/db.h"
#include "settle/energy.h"
#include "stage/asof.h"
#include "stage/ingest/own.h"

#define STDIN_NAME "(stdin)"
#define COPY_SIZE ((size_t)64 << 10)

/* Copies all of standard input. */
static int
copy_stdin(int to_fd, struct qf_error *err)
{
	char *bytes = xmalloc(COPY_SIZE);
	ssize_t n, written, m;
	int rc = 0;

	while ((n = read(STDIN_FILENO, bytes, COPY_SIZE)) != 0 && rc == 0) {
		if (n == -1 && errno == EINTR) {
			continue;
		}
		if (n == -1) {
			rc = qf_fail(err, QF_IO, "read-failed",
			    STDIN_NAME ": %s", strerror(errno));
			break;
		}
		for (written = 0; written < n && rc == 0; written += m) {
			m = write(
			    to_fd, bytes + written, (size_t)(n - written));
			if (m == -1 && errno == EINTR) {
				m = 0;
			} else if (m == -1) {
				rc = qf_fail(err, QF_IO, "spool-write",
				    STDIN_NAME ": cannot keep: %s",
				    strerror(errno));
				break;
			}
		}
	}
	free(bytes);
	return rc;
}

/* Standard input is read twice like any file, so it is kept in one that has
 * no name. */
static int
spool_stdin(struct operand *operand, struct qf_error *err)
{
	const char *directory = getenv("TMPDIR");

	if (directory == NULL || directory[0] == '\0') {
		directory = "/var/tmp";
	}
	operand->spool_fd =
	    open(directory, O_TMPFILE | O_RDWR | O_CLOEXEC | O_EXCL, 0600);
	if (operand->spool_fd == -1) {
		return qf_fail(err, QF_CANTCREAT, "spool-create",
		    "%s: cannot keep standard input there: %s", directory,
		    strerror(errno));
	}
	return copy_stdin(operand->spool_fd, err);
}

/* A name that goes into the ledger and into messages must be text. */
static int
check_name(const struct operand *operand, struct qf_error *err)
{
	size_t length = strlen(operand->name);

	if (text_utf8_valid(operand->name, length) &&
	    !text_has_control(operand->name, length)) {
		return 0;
	}
	return qf_fail(err, QF_USAGE, "file-name",
	    "%s: a file name must be UTF-8 without control characters",
	    operand->name);
}

/* Finds out what an operand is; closes it again, for there may be many. */
static int
look_at(struct operand *operand, const struct ingest_options *options,
    struct headers *map, struct qf_error *err)
{
	struct csv_config config = intake_config(options, map, false);
	int fd, rc;

	if (check_name(operand, err) == -1) {
		return -1;
	}
	if (strcmp(operand->file->path, "-") == 0 &&
	    spool_stdin(operand, err) == -1) {
		return -1;
	}
	fd = intake_open(operand, err);
	if (fd == -1) {
		return -1;
	}
	rc = sniff_fd_by(&operand->kind, fd, operand->name, &config, err);
	close(fd);
	if (rc == 0) {
		operand->file->format = sniff_name(&operand->kind);
	}
	return rc;
}

/* Where an operand's bad rows go: the file named, or one of its own name in
 * the directory named. */
static char *
quarantine_path(const struct operand *operand, const char *given)
{
	const char *name = operand->basename;
	struct stat st;
	char *path;
	size_t size;

	if (given == NULL) {
		return NULL;
	}
	if (stat(given, &st) == -1 || !S_ISDIR(st.st_mode)) {
		return xstrdup(given);
	}
	if (operand->spool_fd != -1) {
		name = "stdin.csv";
	}
	size = strlen(given) + 1 + strlen(name) + 1;
	path = xmalloc(size);
	snprintf(path, size, "%s/%s", given, name);
	return path;
}

static int
by_kind(const void *a, const void *b)
{
	const struct operand *left = a, *right = b;
	int difference = sniff_rank(&left->kind) - sniff_rank(&right->kind);

	if (difference != 0) {
		return difference;
	}
	return left->position < right->position ? -1 : 1;
}

/* Looks at all operands; *ready are those that can be taken, in the order in
 * which they are to be taken. */
static void
look_at_all(struct ingest_report *report, const struct ingest_options *options,
    struct headers *map, struct manifest *manifest, struct operand *operands,
    size_t *ready)
{
	struct operand *operand;
	struct qf_error fault;
	const char *slash;
	size_t i;

	*ready = 0;
	for (i = 0; i < report->count; i++) {
		operand = &operands[*ready];
		memset(operand, 0, sizeof(*operand));
		operand->file = &report->files[i];
		operand->position = i;
		operand->spool_fd = -1;
		operand->name = report->files[i].path;
		slash = strrchr(operand->name, '/');
		operand->basename = slash == NULL ? operand->name : slash + 1;
		if (strcmp(operand->name, "-") == 0) {
			operand->name = STDIN_NAME;
		}
		if (ingest_is_manifest(options, operand->name)) {
			operand->file->state = INGEST_MANIFEST;
			continue;
		}
		if (ingest_expect(manifest, operand, options, report, &fault) ==
			-1 ||
		    look_at(operand, options, map, &fault) == -1) {
			intake_refuse(options, operand->file, &fault);
			if (operand->spool_fd != -1) {
				close(operand->spool_fd);
			}
			continue;
		}
		/* Only rows of CSV, and sessions in JSON, can be set aside and
		 * sent again. */
		if (sniff_is_csv(&operand->kind) ||
		    sniff_is_sessions(&operand->kind)) {
			operand->quarantine =
			    quarantine_path(operand, options->quarantine);
		}
		(*ready)++;
	}
	qsort(operands, *ready, sizeof(*operands), by_kind);
}

static int
parse_times(struct intake *intake, bool *late, struct qf_error *err)
{
	const struct ingest_options *options = intake->options;
	int64_t cut_off_utc;

	*late = false;
	intake->received_utc = INT64_MIN;
	if (options->received != NULL &&
	    asof_time("received", options->received, intake->zone,
		&intake->received_utc, err) == -1) {
		return -1;
	}
	if (options->cut_off == NULL) {
		return 0;
	}
	if (asof_time("cut-off", options->cut_off, intake->zone, &cut_off_utc,
		err) == -1) {
		return -1;
	}
	*late = intake->received_utc > cut_off_utc;
	return 0;
}

/* Says that a file is late, and whether it is refused for that. */
static bool
refuse_late(const struct intake *intake, struct operand *operand)
{
	const struct ingest_options *options = intake->options;
	struct qf_error message;
	char time[40];

	qf_fail(&message, options->refuse_late ? QF_DATA : QF_NO, "file-late",
	    "%s: was received at %s, after the cut-off%s", operand->name,
	    energy_time(intake->zone, intake->received_utc, time),
	    options->refuse_late ? "" : "; taken all the same");
	operand->file->late = true;
	if (options->refuse_late) {
		intake_refuse(options, operand->file, &message);
	} else {
		options->say(options->context, &message);
	}
	return options->refuse_late;
}

/* Takes the files that can be taken, in one transaction. */
static int
take_all(const struct ingest_options *options, struct headers *map,
    const struct xml_schema *schema, struct operand *operands, size_t count,
    struct qf_error *err)
{
	struct intake intake = {
	    .options = options, .map = map, .schema = schema};
	struct zone *zone = NULL;
	bool late;
	size_t i;
	int rc = -1;

	if (ledger_open(&intake.ledger, options->ledger, LEDGER_WRITE,
		options->wait_seconds, err) == -1 ||
	    zone_load(&zone, ledger_market(intake.ledger)->zone, err) == -1) {
		goto out;
	}
	intake.zone = zone;
	if (parse_times(&intake, &late, err) == -1) {
		goto out;
	}
	for (i = 0; i < count; i++) {
		if (late && operands[i].kind.format != SNIFF_RULE &&
		    refuse_late(&intake, &operands[i])) {
			continue;
		}
		if (intake_file(&intake, &operands[i], err) == -1) {
			goto out;
		}
	}
	rc = options->dry_run ? 0 : ledger_commit(intake.ledger, err);
out:
	zone_free(zone);
	ledger_close(intake.ledger);
	return rc;
}

/* Adds up what the files say. */
static void
add_up(struct ingest_report *report)
{
	size_t i;

	report->status = QF_OK;
	for (i = report->count; i > 0; i--) {
		const struct ingest_file *file = &report->files[i - 1];

		report->set_aside += file->set_aside;
		report->late += file->late;
		if (file->state == INGEST_REFUSED) {
			report->status = file->error.status;
		}
	}
}

/* Nothing was committed, for a reason that is none of the files'. */
static void
take_back(struct ingest_report *report, const struct qf_error *reason)
{
	size_t i;

	for (i = 0; i < report->count; i++) {
		struct ingest_file *file = &report->files[i];

		if (file->state == INGEST_NEW) {
			file->state = INGEST_REFUSED;
			file->error = *reason;
			file->handle = (struct handle){0};
		}
	}
}

int
ingest_run(struct ingest_report **out, const struct ingest_options *options,
    char *const *paths, size_t count, struct qf_error *err)
{
	struct ingest_report *report = xcalloc(1, sizeof(*report));
	struct operand *operands = xcalloc(count, sizeof(*operands));
	struct headers *map = NULL;
	struct xml_schema *schema = NULL;
	struct manifest *manifest = NULL;
	size_t i, ready = 0;
	int rc = 0;

	assert(count > 0 && err != NULL);
	report->files = xcalloc(count, sizeof(*report->files));
	report->count = count;
	for (i = 0; i < count; i++) {
		report->files[i].path = paths[i];
		report->files[i].format = "";
	}
	if ((options->map != NULL &&
		headers_load(&map, options->map, err) == -1) ||
	    (options->schema != NULL &&
		xml_schema_open_file(&schema, options->schema, err) == -1) ||
	    ingest_manifests(&manifest, options, err) == -1) {
		rc = -1;
		goto out;
	}
	look_at_all(report, options, map, manifest, operands, &ready);
	ingest_absent(manifest, options, report);
	if (ready > 0) {
		rc = take_all(options, map, schema, operands, ready, err);
	}
	for (i = 0; i < ready; i++) {
		free(operands[i].quarantine);
		if (operands[i].spool_fd != -1) {
			close(operands[i].spool_fd);
		}
	}
out:
	free(operands);
	headers_free(map);
	xml_schema_close(schema);
	manifest_free(manifest);
	if (rc == -1) {
		take_back(report, err);
	}
	add_up(report);
	*out = report;
	return rc;
}

void
ingest_report_free(struct ingest_report *report)
{
	if (report == NULL) {
		return;
	}
	for (size_t i = 0; i < report->absent_count; i++) {
		free(report->absent[i]);
	}
	free(report->absent);
	free(report->files);
	free(report);
}
