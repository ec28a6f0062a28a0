/* quarantine.c - setting bad rows aside, to be mended and sent again.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/quarantine.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/outfile.h"
#include "base/sink.h"
#include "base/text.h"
#include "format/csv.h"
#include "format/csvout.h"
#include "format/faults.h"

#define HEAD_MAX (CSV_RECORD_MAX * 2) /* preamble and header */

struct writer {
	struct outfile *rows;
	struct outfile *reasons;
	struct csvout *csv; /* into reasons */
	struct csv_reader *reader;
	struct faults *faults;
	struct fault fault; /* the next one */
	int more; /* 1 while there is one */
	int64_t count;
};

/* What stood before the rows, so that the file can be sent as it is. */
static int
write_head(struct writer *writer, const char *declaration, struct qf_error *err)
{
	const char *const *texts;
	struct buf head;
	size_t i, count;
	int rc;

	buf_init(&head, HEAD_MAX);
	count = csv_preamble(writer->reader, &texts);
	for (i = 0; i < count; i++) {
		buf_printf(&head, "%s\n", texts[i]);
	}
	if (declaration != NULL) {
		buf_printf(&head, "#%s\n", declaration);
	}
	buf_printf(&head, "%s\n", csv_header_raw(writer->reader));
	assert(!head.overflowed);
	rc = outfile_write(writer->rows, head.bytes, head.length, err);
	buf_release(&head);
	return rc;
}

static int
write_reason(struct writer *writer, struct qf_error *err)
{
	csvout_int(writer->csv, (int64_t)writer->fault.line_no);
	csvout_text(writer->csv, writer->fault.column);
	csvout_text(writer->csv, writer->fault.code);
	csvout_text(writer->csv, writer->fault.what);
	return csvout_end_row(writer->csv, err);
}

/* A row that has faults: once among the rows, and all its reasons. */
static int
write_row(
    struct writer *writer, const struct csv_row *row, struct qf_error *err)
{
	if (outfile_write(writer->rows, row->raw, row->raw_length, err) == -1) {
		return -1;
	}
	writer->count++;
	while (writer->more == 1 && writer->fault.line_no == row->line_no) {
		if (write_reason(writer, err) == -1) {
			return -1;
		}
		writer->more = faults_next(writer->faults, &writer->fault, err);
	}
	return writer->more == -1 ? -1 : 0;
}

static int
write_rows(struct writer *writer, struct qf_error *err)
{
	struct csv_row row;
	int rc = 0;

	writer->more = faults_next(writer->faults, &writer->fault, err);
	while (writer->more == 1 &&
	       (rc = csv_next(writer->reader, &row, err)) == 1) {
		if (row.line_no == writer->fault.line_no &&
		    write_row(writer, &row, err) == -1) {
			return -1;
		}
	}
	if (writer->more == -1 || rc == -1) {
		return -1;
	}
	if (writer->more == 1) {
		return qf_fail(err, QF_DATA, "input-changed",
		    "line %zu is not there any more", writer->fault.line_no);
	}
	return 0;
}

static int
begin(struct writer *writer, const struct quarantine_plan *plan,
    struct qf_error *err)
{
	static const char *const names[] = {"line", "column", "code", "reason"};
	struct csvout_config config = {0};
	struct buf path;
	size_t i;
	int rc;

	buf_init(&path, 4096);
	rc = buf_printf(&path, "%s.reasons.csv", plan->path);
	if (rc == -1) {
		rc = qf_fail(err, QF_CANTCREAT, "output-create",
		    "the name of the quarantine file is too long");
	} else if (outfile_begin(&writer->rows, plan->path, plan->tool,
		       plan->force, err) == -1 ||
		   outfile_begin(&writer->reasons, path.bytes, plan->tool,
		       plan->force, err) == -1) {
		rc = -1;
	}
	buf_release(&path);
	if (rc == -1) {
		return -1;
	}
	writer->csv = csvout_new(sink_outfile(writer->reasons), &config);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		csvout_text(writer->csv, names[i]);
	}
	return csvout_end_row(writer->csv, err);
}

/* The reasons first: rows without reasons are of no use, reasons without
 * rows do no harm. */
static int
publish(struct writer *writer, struct qf_error *err)
{
	if (outfile_commit(writer->reasons, err) == -1) {
		return -1;
	}
	return outfile_commit(writer->rows, err);
}

/* The digest of what would have been published. */
static int
finish(struct writer *writer, const struct quarantine_plan *plan,
    struct quarantine_done *done, struct qf_error *err)
{
	memset(done, 0, sizeof(*done));
	done->rows = writer->count;
	if (csvout_finish(writer->csv, err) == -1) {
		return -1;
	}
	if (plan->dry_run) {
		return 0;
	}
	if (publish(writer, err) == -1) {
		return -1;
	}
	done->sha256 = *outfile_digest(writer->rows);
	return 0;
}

int
quarantine_write(const struct quarantine_plan *plan, int fd, const char *file,
    const struct csv_config *config, struct faults *faults,
    struct quarantine_done *done, struct qf_error *err)
{
	struct writer writer = {.faults = faults};
	int rc = -1;

	if (csv_open(&writer.reader, fd, file, config, err) == -1 ||
	    begin(&writer, plan, err) == -1 ||
	    write_head(&writer, plan->declaration, err) == -1 ||
	    write_rows(&writer, err) == -1) {
		goto out;
	}
	rc = finish(&writer, plan, done, err);
out:
	csvout_free(writer.csv);
	outfile_free(writer.rows);
	outfile_free(writer.reasons);
	csv_close(writer.reader);
	return rc;
}

/* JSON ------------------------------------------------------------------- */

/* An object as it came. */
static int
copy_span(struct writer *writer, int fd, const struct quarantine_span *span,
    struct qf_error *err)
{
	size_t length = span->end - span->begin, done = 0;
	char *bytes = xmalloc(length);
	ssize_t got;
	int rc = 0;

	while (done < length && rc == 0) {
		got = pread(fd, bytes + done, length - done,
		    (off_t)(span->begin + done));
		if (got > 0) {
			done += (size_t)got;
		} else if (got == 0 || errno != EINTR) {
			rc = qf_fail(err, QF_IO, "read-failed",
			    "cannot read what is set aside: %s",
			    got == 0 ? "shrank" : strerror(errno));
		}
	}
	if (rc == 0) {
		rc = outfile_write(writer->rows, bytes, length, err);
	}
	free(bytes);
	return rc;
}

static int
write_spans(struct writer *writer, int fd, const struct quarantine_span *spans,
    size_t count, struct qf_error *err)
{
	for (size_t i = 0; i < count; i++) {
		const char *between = i == 0 ? "[\n" : ",\n";

		if (outfile_write(writer->rows, between, 2, err) == -1 ||
		    copy_span(writer, fd, &spans[i], err) == -1) {
			return -1;
		}
		writer->count++;
	}
	if (outfile_write(writer->rows, "\n]\n", 3, err) == -1) {
		return -1;
	}
	while ((writer->more =
		       faults_next(writer->faults, &writer->fault, err)) == 1) {
		if (write_reason(writer, err) == -1) {
			return -1;
		}
	}
	return writer->more;
}

int
quarantine_write_json(const struct quarantine_plan *plan, int fd,
    const struct quarantine_span *spans, size_t count, struct faults *faults,
    struct quarantine_done *done, struct qf_error *err)
{
	struct writer writer = {.faults = faults};
	int rc = -1;

	assert(count > 0);
	if (begin(&writer, plan, err) == 0 &&
	    write_spans(&writer, fd, spans, count, err) == 0) {
		rc = finish(&writer, plan, done, err);
	}
	csvout_free(writer.csv);
	outfile_free(writer.rows);
	outfile_free(writer.reasons);
	return rc;
}
