/* intake.c - one file's way into the ledger.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/intake/intake.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/xml.h"
#include "format/csv.h"
#include "format/faults.h"
#include "format/headers.h"
#include "format/manifest.h"
#include "format/mdff.h"
#include "format/quarantine.h"
#include "ledger/db.h"
#include "ledger/entry.h"
#include "ledger/facts.h"

#define DECLARATIONS_MAX 320
#define LARGE ((int64_t)16 << 20) /* bytes, to be spared a second reading */

struct csv_config
intake_config(
    const struct ingest_options *options, struct headers *map, bool raw)
{
	struct csv_config config = {.encoding = options->encoding,
	    .columns_max = SERIES_VALUES_MAX + 8};

	if (map != NULL && raw) {
		headers_configure_raw(map, options->encoding_said, &config);
	} else if (map != NULL) {
		headers_configure(map, options->encoding_said, &config);
	}
	return config;
}

int
intake_open(const struct operand *operand, struct qf_error *err)
{
	int fd;

	if (operand->spool_fd == -1) {
		return xml_open(operand->name, err);
	}
	fd = fcntl(operand->spool_fd, F_DUPFD_CLOEXEC, 3);
	if (fd == -1 || lseek(fd, 0, SEEK_SET) == -1) {
		return qf_fail(err, QF_IO, "read-failed", "%s: %s",
		    operand->name, strerror(errno));
	}
	return fd;
}

bool
intake_is_fatal(const struct qf_error *err)
{
	switch (err->status) {
	case QF_USAGE:
	case QF_DATA:
	case QF_NOINPUT:
	case QF_CANTCREAT:
	case QF_PERM:
	case QF_CONFIG:
		return false;
	default:
		return true;
	}
}

void
intake_refuse(const struct ingest_options *options, struct ingest_file *file,
    const struct qf_error *fault)
{
	assert(fault->status != QF_OK);
	file->state = INGEST_REFUSED;
	file->error = *fault;
	options->say(options->context, fault);
}

/* True where the file is read by the header map. */
static bool
is_mapped(const struct passage *passage)
{
	return passage->intake->map != NULL &&
	       sniff_is_csv(&passage->operand->kind);
}

/* Says faults or notes: all, or the first so many and how many more there
 * are.  *first gets the first, where it is not NULL. */
static int
say_faults(struct passage *passage, struct faults *faults,
    struct qf_error *first, struct qf_error *err)
{
	const struct ingest_options *options = passage->intake->options;
	struct qf_error message;
	struct fault fault;
	uint64_t said = 0;
	int rc;

	while ((rc = faults_next(faults, &fault, err)) == 1) {
		if (fault.echo) {
			continue;
		}
		faults_message(faults, &fault, &message);
		if (said == 0 && first != NULL) {
			*first = message;
		}
		if (said++ == INGEST_FAULTS_SAID) {
			break;
		}
		options->say(options->context, &message);
	}
	if (rc == -1) {
		return -1;
	}
	if (said > INGEST_FAULTS_SAID) {
		qf_fail(&message, QF_DATA, "faults-more", "%s: and %llu more",
		    passage->operand->name,
		    (unsigned long long)(faults_count(faults) -
					 INGEST_FAULTS_SAID));
		options->say(options->context, &message);
	}
	return 0;
}

/* The file is refused for its faults. */
static int
refuse_for_faults(struct passage *passage, struct qf_error *err)
{
	struct ingest_file *file = passage->operand->file;

	file->state = INGEST_REFUSED;
	return say_faults(passage, passage->faults, &file->error, err);
}

/* What of a file that goes in is not taken, or does not tally. */
static int
say_notes(struct passage *passage, struct qf_error *err)
{
	if (passage->notes == NULL || faults_count(passage->notes) == 0) {
		return 0;
	}
	passage->operand->file->notes = (int64_t)faults_count(passage->notes);
	entry_note(passage->entry, "notes", "%lld",
	    (long long)passage->operand->file->notes);
	return faults_finish(passage->notes, err) == -1
		   ? -1
		   : say_faults(passage, passage->notes, NULL, err);
}

/* Whether the path is that of the file which is read. */
static bool
is_input(int fd, const char *path)
{
	struct stat input, other;

	return fstat(fd, &input) == 0 && stat(path, &other) == 0 &&
	       input.st_dev == other.st_dev && input.st_ino == other.st_ino;
}

/* Sets the rows with faults aside, and says so: a night in which data went
 * missing must not be silent. */
static int
set_aside(struct passage *passage, struct digest *sha256, struct qf_error *err)
{
	const struct ingest_options *options = passage->intake->options;
	const struct operand *operand = passage->operand;
	struct csv_config config =
	    intake_config(options, passage->intake->map, true);
	struct quarantine_plan plan = {
	    .path = operand->quarantine,
	    .tool = "qf-ingest",
	    .declaration =
		options->declare == NULL || passage->declaration.text[0] == '\0'
		    ? NULL
		    : passage->declaration.text,
	    .force = options->force,
	    .dry_run = options->dry_run,
	};
	struct quarantine_done done;
	struct qf_error message;

	if (is_input(passage->fd, operand->quarantine)) {
		return qf_fail(err, QF_USAGE, "quarantine-input",
		    "%s: is the input itself: name another file or folder "
		    "with --quarantine",
		    operand->quarantine);
	}
	if (lseek(passage->fd, 0, SEEK_SET) == -1) {
		return qf_fail(err, QF_IO, "read-failed", "%s: %s",
		    operand->name, strerror(errno));
	}
	if ((passage->aside_count > 0
		    ? quarantine_write_json(&plan, passage->fd, passage->aside,
			  passage->aside_count, passage->faults, &done, err)
		    : quarantine_write(&plan, passage->fd, operand->name,
			  &config, passage->faults, &done, err)) == -1) {
		return -1;
	}
	operand->file->set_aside = done.rows;
	*sha256 = done.sha256;
	qf_fail(&message, QF_NO, "rows-set-aside",
	    "%s: rows set aside in %s: %lld", operand->name,
	    operand->quarantine, (long long)done.rows);
	options->say(options->context, &message);
	return 0;
}

/* What the batch keeps of how its file was read: the header map, and what was
 * declared. */
static void
declare_all(const struct passage *passage, char out[DECLARATIONS_MAX])
{
	const char *map = "", *text = passage->declaration.text;

	if (is_mapped(passage)) {
		map = headers_declaration(passage->intake->map);
	}
	snprintf(out, DECLARATIONS_MAX, "%s%s%s", map,
	    map[0] == '\0' || text[0] == '\0' ? "" : " ", text);
}

/* The batch's own row, after those of its facts. */
static int
append_batch(
    struct passage *passage, const struct digest *aside, struct qf_error *err)
{
	const struct ingest_options *options = passage->intake->options;
	const struct operand *operand = passage->operand;
	const struct ingest_file *file = operand->file;
	char aside_hex[DIGEST_HEX_SIZE];
	char declarations[DECLARATIONS_MAX];
	struct batch batch = {
	    .format = file->format,
	    .file = operand->basename,
	    .sha256 = file->sha256,
	    .declarations = declarations,
	    .bytes = file->bytes,
	    .received_utc = passage->intake->received_utc,
	    .reason = options->correct,
	    .facts = file->facts,
	    .repeated = file->repeated,
	    .set_aside = file->set_aside,
	};

	declare_all(passage, declarations);
	if (file->set_aside > 0) {
		digest_hex(aside, aside_hex);
		batch.set_aside_sha256 = aside_hex;
	}
	return facts_append_batch(passage->entry, &batch, err);
}

/* A file of facts as one batch.  0 with the file's state REFUSED where rows
 * are at fault and there is no quarantine. */
static int
take_batch(struct passage *passage, struct qf_error *err)
{
	const struct intake *intake = passage->intake;
	struct operand *operand = passage->operand;
	struct csv_config config;
	struct digest aside;
	int rc = -1;

	if ((sniff_is_csv(&operand->kind)
		    ? intake_rows(passage, err)
		    : intake_foreign(passage, err)) == -1 ||
	    faults_finish(passage->faults, err) == -1) {
		goto out;
	}
	operand->file->faults = (int64_t)faults_count(passage->faults);
	if (!sniff_is_csv(&operand->kind)) {
		passage->rows = operand->file->facts + operand->file->faults;
	}
	if (operand->file->faults > 0 && operand->quarantine == NULL) {
		rc = refuse_for_faults(passage, err);
		goto out;
	}
	if (tally_check(operand, &passage->tally, passage->rows, err) == -1) {
		goto out;
	}
	if (operand->file->faults > 0 &&
	    set_aside(passage, &aside, err) == -1) {
		goto out;
	}
	config = intake_config(
	    intake->options, is_mapped(passage) ? intake->map : NULL, true);
	entry_note(passage->entry, "encoding", "%s",
	    config.encoding == TEXT_GB18030 ? "gb18030" : "utf-8");
	if (say_notes(passage, err) == -1 ||
	    append_batch(passage, &aside, err) == -1) {
		goto out;
	}
	rc = entry_finish(passage->entry, &operand->file->handle, err);
	passage->entry = NULL;
out:
	entry_abandon(passage->entry);
	passage->entry = NULL;
	faults_free(passage->faults);
	faults_free(passage->notes);
	passage->faults = passage->notes = NULL;
	free(passage->aside);
	passage->aside = NULL;
	passage->aside_count = 0;
	return rc;
}

/* A large file of a size that no batch has is none that is known: it gets its
 * digest while its rows are read, and is not read twice. */
static int
may_be_known(struct passage *passage, struct qf_error *err)
{
	struct ingest_file *file = passage->operand->file;
	struct stat st;

	if (fstat(passage->fd, &st) == -1) {
		return qf_fail(err, QF_IO, "read-failed", "%s: %s",
		    passage->operand->name, strerror(errno));
	}
	file->bytes = st.st_size;
	if (tally_check_bytes(passage->operand, err) == -1) {
		return -1;
	}
	if (file->bytes < LARGE || !sniff_is_csv(&passage->operand->kind)) {
		return 1;
	}
	return facts_size_known(passage->intake->ledger, file->bytes, err);
}

/* The digest of the bytes. */
static int
take_digest(struct passage *passage, struct qf_error *err)
{
	struct ingest_file *file = passage->operand->file;

	if (digest_fd(&passage->sha256, &file->bytes, passage->fd, err) == -1) {
		return qf_fail_prefix(err, "%s", passage->operand->name);
	}
	if (lseek(passage->fd, 0, SEEK_SET) == -1) {
		return qf_fail(err, QF_IO, "read-failed", "%s: %s",
		    passage->operand->name, strerror(errno));
	}
	digest_hex(&passage->sha256, file->sha256);
	passage->digested = true;
	return 0;
}

/* Whether known bytes were read as they are to be now: by another header map,
 * or another clock, they are other facts. */
static int
same_reading(const struct passage *passage, struct qf_error *err)
{
	const struct intake *intake = passage->intake;
	enum sniff_format format = passage->operand->kind.format;
	char declared[MDFF_DECLARATION_MAX];
	const char *text = NULL;
	int32_t offset_s;

	if (is_mapped(passage)) {
		text = headers_declaration(intake->map);
	} else if (format == SNIFF_NEM12 || format == SNIFF_NEM13) {
		if (mdff_declare(&offset_s, declared, intake->options->declare,
			err) == -1) {
			return -1;
		}
		text = declared;
	}
	return text == NULL
		   ? 1
		   : facts_declared(intake->ledger,
			 passage->operand->file->handle.entry, text, err);
}

/* Whether the bytes are known: 1 if so. */
static int
recognize(struct passage *passage, struct qf_error *err)
{
	struct ingest_file *file = passage->operand->file;
	int rc;

	rc = may_be_known(passage, err);
	if (rc != 1) {
		return rc;
	}
	if (take_digest(passage, err) == -1 ||
	    tally_check_bytes(passage->operand, err) == -1) {
		return -1;
	}
	rc = facts_known(
	    passage->intake->ledger, file->sha256, &file->handle, err);
	if (rc == -1) {
		return qf_fail_prefix(err, "%s", passage->operand->name);
	}
	if (rc == 1) {
		rc = same_reading(passage, err);
	}
	if (rc == 1) {
		file->state = INGEST_KNOWN;
	} else {
		file->handle = (struct handle){0};
	}
	return rc;
}

/* A file that is known is read again only to add it up; nothing of that stays.
 */
static int
tally_known(struct passage *passage, struct qf_error *err)
{
	struct ingest_file *file = passage->operand->file;
	struct ledger *ledger = passage->intake->ledger;
	const struct ingest_file known = *file;
	struct qf_error fault;
	int rc;

	if (!passage->tallied) {
		return 0;
	}
	if (ledger_savepoint(ledger, err) == -1) {
		return -1;
	}
	rc = take_batch(passage, err);
	if (ledger_rollback(ledger, rc == 0 ? err : &fault) == -1) {
		return -1;
	}
	if (rc == 0) {
		*file = known;
	}
	return rc;
}

/* A rule document has no rows, so nothing else can be said of it. */
static int
check_rule(const struct operand *operand, struct qf_error *err)
{
	if (!tally_is_wanted(operand)) {
		return 0;
	}
	return qf_fail(err, QF_DATA, "manifest-rows",
	    "%s: is a rule document, which has no rows and no kWh",
	    operand->name);
}

/* XML that is not of our making against the schema of whoever made it. */
static int
check_schema(struct passage *passage, struct qf_error *err)
{
	const struct xml_schema *schema = passage->intake->schema;
	const char *name = passage->operand->name;

	if (schema == NULL || !passage->operand->kind.foreign_xml) {
		return 0;
	}
	if (xml_validate_fd(passage->fd, name, schema, err) == -1) {
		return -1;
	}
	return lseek(passage->fd, 0, SEEK_SET) != -1
		   ? 0
		   : qf_fail(err, QF_IO, "read-failed", "%s: %s", name,
			 strerror(errno));
}

/* What was computed of a file inside a savepoint stays, or never was. */
static int
take(struct passage *passage, struct qf_error *err)
{
	struct ingest_file *file = passage->operand->file;
	struct ledger *ledger = passage->intake->ledger;
	struct qf_error fault;
	int rc;

	if (passage->operand->kind.format == SNIFF_RULE &&
	    check_rule(passage->operand, err) == -1) {
		return -1;
	}
	if (check_schema(passage, err) == -1) {
		return -1;
	}
	rc = recognize(passage, err);
	if (rc != 0) {
		return rc == 1 ? tally_known(passage, err) : -1;
	}
	if (ledger_savepoint(ledger, err) == -1) {
		return -1;
	}
	rc = passage->operand->kind.format == SNIFF_RULE
		 ? intake_rule(passage, err)
		 : take_batch(passage, err);
	if (rc == 0 && file->state == INGEST_NEW) {
		return ledger_release(ledger, err);
	}
	/* The first failure is the one to tell of. */
	if (ledger_rollback(ledger, rc == 0 ? err : &fault) == -1) {
		return -1;
	}
	return rc;
}

int
intake_file(
    const struct intake *intake, struct operand *operand, struct qf_error *err)
{
	struct passage passage = {.intake = intake, .operand = operand};
	struct qf_error fault;
	int rc;

	assert(operand->file->state == INGEST_NEW);
	passage.tallied = tally_is_wanted(operand);
	tally_begin(&passage.tally);
	passage.fd = intake_open(operand, &fault);
	rc = passage.fd == -1 ? -1 : take(&passage, &fault);
	if (passage.fd != -1) {
		close(passage.fd);
	}
	tally_release(&passage.tally);
	if (rc == 0) {
		return 0;
	}
	if (intake_is_fatal(&fault)) {
		*err = fault;
		return -1;
	}
	intake_refuse(intake->options, operand->file, &fault);
	return 0;
}
