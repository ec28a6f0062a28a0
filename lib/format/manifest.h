/* manifest.h - a sender's list of the files that he sends, with their totals.
 *
 * A CSV file of the header file,bytes,sha256,rows,kwh: a row a file, by its
 * name without its folder; all other cells may be empty.  Several manifests
 * may be read into one; no file may be named twice.
 *
 *	struct manifest *manifest = manifest_new();
 *
 *	if (manifest_read(manifest, "inbox/manifest.csv", TEXT_UTF8, err) ==
 *	    -1) ...
 *	manifest_finish(manifest, err);
 *	row = manifest_find(manifest, "reads-01.csv");
 *	... row->bytes, row->seen = true ...
 *	manifest_free(manifest);
 *
 * Ownership: rows are the manifest's; a path given stays the caller's and must
 * live as long.  Errors: those of csv.h; QF_DATA manifest-name,
 * manifest-number, manifest-sha256, manifest-twice; QF_NOINPUT open-failed.
 * Limit: MANIFEST_ROWS_MAX.
 */
#ifndef QF_FORMAT_MANIFEST_H
#define QF_FORMAT_MANIFEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/dec.h"
#include "base/digest.h"
#include "base/status.h"
#include "base/text.h"

#define MANIFEST_ROWS_MAX 1000000
#define MANIFEST_COLUMNS 5

/* The header. */
extern const char *const manifest_columns[MANIFEST_COLUMNS];

struct manifest_row {
	char *file; /* its name, without its folder */
	int64_t bytes, rows; /* -1: not said */
	char sha256[DIGEST_HEX_SIZE]; /* "": not said */
	bool has_kwh;
	struct dec kwh;
	const char *path; /* of the manifest, and the line that says so */
	size_t line_no;
	bool seen; /* for the caller */
};

struct manifest;

struct manifest *manifest_new(void);
void manifest_free(struct manifest *manifest);

/* Adds the rows of the file at path. */
int manifest_read(struct manifest *manifest, const char *path,
    enum text_encoding encoding, struct qf_error *err);

/* Once all are read: fails where a file is named twice. */
int manifest_finish(struct manifest *manifest, struct qf_error *err);

/* The row of a file, or NULL where none names it. */
struct manifest_row *manifest_find(struct manifest *manifest, const char *file);

/* All rows, in the order of the names. */
size_t manifest_rows(struct manifest *manifest, struct manifest_row **rows);

#endif
