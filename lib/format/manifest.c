/* manifest.c - a sender's list of the files that he sends, with their totals.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/manifest.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/xml.h"
#include "format/csv.h"

enum { COLUMN_FILE, COLUMN_BYTES, COLUMN_SHA256, COLUMN_ROWS, COLUMN_KWH };
const char *const manifest_columns[MANIFEST_COLUMNS] = {
    "file", "bytes", "sha256", "rows", "kwh"};

struct manifest {
	struct manifest_row *rows;
	size_t count, capacity;
};

struct manifest *
manifest_new(void)
{
	return xcalloc(1, sizeof(struct manifest));
}

void
manifest_free(struct manifest *manifest)
{
	if (manifest == NULL) {
		return;
	}
	for (size_t i = 0; i < manifest->count; i++) {
		free(manifest->rows[i].file);
		dec_release(&manifest->rows[i].kwh);
	}
	free(manifest->rows);
	free(manifest);
}

static int
take_number(const struct csv_reader *reader, const struct csv_row *row,
    size_t column, int64_t *out, struct qf_error *err)
{
	const struct csv_field *field = &row->fields[column];

	*out = -1;
	if (field->length == 0 || text_number(field->text, out)) {
		return 0;
	}
	return csv_fail(reader, row, column, err, "manifest-number",
	    "%s is no number of up to 18 digits", field->text);
}

static int
take_name(const struct csv_reader *reader, const struct csv_row *row,
    struct manifest_row *out, struct qf_error *err)
{
	const struct csv_field *field = &row->fields[COLUMN_FILE];

	if (field->length == 0 || strchr(field->text, '/') != NULL) {
		return csv_fail(reader, row, COLUMN_FILE, err, "manifest-name",
		    "a file's name is needed, without its folder");
	}
	out->file = xstrdup(field->text);
	return 0;
}

static int
take_sha256(const struct csv_reader *reader, const struct csv_row *row,
    struct manifest_row *out, struct qf_error *err)
{
	const struct csv_field *field = &row->fields[COLUMN_SHA256];

	if (field->length != 0 &&
	    (field->length != DIGEST_HEX_SIZE - 1 ||
		strspn(field->text, "0123456789abcdefABCDEF") !=
		    field->length)) {
		return csv_fail(reader, row, COLUMN_SHA256, err,
		    "manifest-sha256", "64 hexadecimal digits are needed");
	}
	for (size_t i = 0; i < field->length; i++) {
		char c = field->text[i];

		out->sha256[i] =
		    c >= 'A' && c <= 'F' ? (char)(c - 'A' + 'a') : c;
	}
	return 0;
}

static int
take_kwh(const struct csv_reader *reader, const struct csv_row *row,
    struct manifest_row *out, struct qf_error *err)
{
	const struct csv_field *field = &row->fields[COLUMN_KWH];
	struct qf_error why;

	if (field->length == 0) {
		return 0;
	}
	if (dec_parse(&out->kwh, field->text, field->length, &why) == -1) {
		return csv_fail(
		    reader, row, COLUMN_KWH, err, why.code, "%s", why.text);
	}
	out->has_kwh = true;
	return 0;
}

static int
add_row(struct manifest *manifest, const struct csv_reader *reader,
    const struct csv_row *row, const char *path, struct qf_error *err)
{
	struct manifest_row *out;

	if (manifest->count == MANIFEST_ROWS_MAX) {
		return csv_fail(reader, row, COLUMN_FILE, err, "manifest-name",
		    "more than %d files", MANIFEST_ROWS_MAX);
	}
	if (manifest->count == manifest->capacity) {
		manifest->capacity = manifest->capacity * 2 + 32;
		manifest->rows = xreallocarray(manifest->rows,
		    manifest->capacity, sizeof(*manifest->rows));
	}
	out = &manifest->rows[manifest->count];
	memset(out, 0, sizeof(*out));
	out->path = path;
	out->line_no = row->line_no;
	if (take_name(reader, row, out, err) == -1) {
		return -1;
	}
	manifest->count++;
	if (take_number(reader, row, COLUMN_BYTES, &out->bytes, err) == -1 ||
	    take_number(reader, row, COLUMN_ROWS, &out->rows, err) == -1 ||
	    take_sha256(reader, row, out, err) == -1) {
		return -1;
	}
	return take_kwh(reader, row, out, err);
}

int
manifest_read(struct manifest *manifest, const char *path,
    enum text_encoding encoding, struct qf_error *err)
{
	struct csv_config config = {.encoding = encoding};
	struct csv_reader *reader = NULL;
	struct csv_row row;
	int fd = xml_open(path, err);
	int rc;

	if (fd == -1) {
		return -1;
	}
	rc = csv_open(&reader, fd, path, &config, err);
	if (rc == 0) {
		rc = csv_expect_header(
		    reader, manifest_columns, MANIFEST_COLUMNS, err);
	}
	while (rc == 0 && (rc = csv_next(reader, &row, err)) == 1) {
		if (row.fault != NULL) {
			*err = *row.fault;
			rc = -1;
		} else {
			rc = add_row(manifest, reader, &row, path, err);
		}
	}
	csv_close(reader);
	close(fd);
	return rc;
}

static int
by_file(const void *a, const void *b)
{
	const struct manifest_row *left = a, *right = b;

	return strcmp(left->file, right->file);
}

int
manifest_finish(struct manifest *manifest, struct qf_error *err)
{
	if (manifest->count > 0) {
		qsort(manifest->rows, manifest->count, sizeof(*manifest->rows),
		    by_file);
	}
	for (size_t i = 1; i < manifest->count; i++) {
		const struct manifest_row *one = &manifest->rows[i - 1];
		const struct manifest_row *other = &manifest->rows[i];

		if (by_file(one, other) == 0) {
			return qf_fail(err, QF_DATA, "manifest-twice",
			    "%s:%zu: %s is named in %s:%zu too", other->path,
			    other->line_no, other->file, one->path,
			    one->line_no);
		}
	}
	return 0;
}

struct manifest_row *
manifest_find(struct manifest *manifest, const char *file)
{
	size_t low = 0, high = manifest->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(manifest->rows[middle].file, file);

		if (order == 0) {
			return &manifest->rows[middle];
		}
		if (order < 0) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return NULL;
}

size_t
manifest_rows(struct manifest *manifest, struct manifest_row **rows)
{
	*rows = manifest->rows;
	return manifest->count;
}
