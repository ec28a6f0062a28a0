/* exported.c - reads an export directory back.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/audit/exported.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/text.h"
#include "format/csv.h"

#define MANIFEST "MANIFEST"
#define MANIFEST_MAX (16u << 20) /* bytes */

enum {
	COL_RECORD,
	COL_CONTRACT,
	COL_LEG,
	COL_ROLE,
	COL_CHANNEL,
	COL_UNIT,
	COL_QUANTITY,
	COL_GROSS,
	COL_CHANGE_QUANTITY,
	COL_CHANGE,
	COLUMNS
};

static const char *const names[] = {
    [COL_RECORD] = "record",
    [COL_CONTRACT] = "contract",
    [COL_LEG] = "leg",
    [COL_ROLE] = "role",
    [COL_CHANNEL] = "channel",
    [COL_UNIT] = "unit",
    [COL_QUANTITY] = "quantity",
    [COL_GROSS] = "gross",
    [COL_CHANGE_QUANTITY] = "difference_quantity",
    [COL_CHANGE] = "difference",
};

struct reading {
	int directory;
	const char *path;
	struct buf manifest;
	int (*take)(void *context, const struct exported_row *row,
	    struct qf_error *err);
	void *context;
	size_t csv_count; /* files of billing that were read */
};

static int
open_in(const struct reading *reading, const char *name, struct qf_error *err)
{
	int fd =
	    openat(reading->directory, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	if (fd == -1) {
		int missing = errno == ENOENT;

		qf_fail(err, missing ? QF_NO : QF_NOINPUT,
		    missing ? "exported-manifest" : "open-failed", "%s/%s: %s",
		    reading->path, name, strerror(errno));
	}
	return fd;
}

static int
load_manifest(struct reading *reading, struct qf_error *err)
{
	char part[4096];
	ssize_t length;
	int fd = open_in(reading, MANIFEST, err);

	if (fd == -1) {
		return -1;
	}
	while ((length = read(fd, part, sizeof(part))) > 0) {
		buf_add(&reading->manifest, part, (size_t)length);
	}
	close(fd);
	if (length == -1 || reading->manifest.overflowed) {
		return qf_fail(err, QF_IO, "read-failed", "%s/%s: %s",
		    reading->path, MANIFEST,
		    length == -1 ? strerror(errno) : "too long");
	}
	return 0;
}

/* Where the columns are; -1 where one is missing. */
static int
find_columns(struct csv_reader *reader, size_t at[COLUMNS])
{
	const char *const *header;
	size_t count = csv_header(reader, &header);

	for (size_t k = 0; k < COLUMNS; k++) {
		at[k] = count;
		for (size_t i = 0; i < count; i++) {
			if (strcmp(header[i], names[k]) == 0) {
				at[k] = i;
			}
		}
		if (at[k] == count) {
			return -1;
		}
	}
	return 0;
}

static bool
is_full(struct csv_reader *reader)
{
	const char *const *lines;
	size_t count = csv_preamble(reader, &lines);

	for (size_t i = 0; i < count; i++) {
		if (strcmp(lines[i], "#content=full") == 0) {
			return true;
		}
	}
	return false;
}

static int
take_row(const struct reading *reading, const struct csv_row *row,
    const size_t at[COLUMNS], bool full, struct qf_error *err)
{
	const struct csv_field *quantity =
	    &row->fields[at[full ? COL_QUANTITY : COL_CHANGE_QUANTITY]];
	const struct csv_field *gross =
	    &row->fields[at[full ? COL_GROSS : COL_CHANGE]];
	struct exported_row out = {
	    .contract = row->fields[at[COL_CONTRACT]].text,
	    .leg = row->fields[at[COL_LEG]].text,
	    .channel = row->fields[at[COL_CHANNEL]].text,
	    .unit = row->fields[at[COL_UNIT]].text,
	};
	int rc = 0;

	/* A file a party has each row twice: once for either side. */
	if (strcmp(row->fields[at[COL_RECORD]].text, "row") != 0 ||
	    strcmp(row->fields[at[COL_ROLE]].text, "payee") == 0) {
		return 0;
	}
	if (dec_parse_stored(
		&out.quantity, quantity->text, quantity->length, err) == -1 ||
	    dec_parse_stored(&out.gross, gross->text, gross->length, err) ==
		-1) {
		rc = qf_fail_prefix(err, "line %zu", row->line_no);
	} else {
		rc = reading->take(reading->context, &out, err);
	}
	dec_release(&out.quantity);
	dec_release(&out.gross);
	return rc;
}

static int
read_billing(const struct reading *reading, const char *name, int fd,
    struct qf_error *err)
{
	const struct csv_config config = {0};
	struct csv_reader *reader;
	struct csv_row row;
	size_t at[COLUMNS];
	bool full;
	int rc;

	if (csv_open(&reader, fd, name, &config, err) == -1) {
		return -1;
	}
	full = is_full(reader);
	if (find_columns(reader, at) == -1) {
		csv_close(reader);
		return qf_fail(err, QF_DATA, "exported-format",
		    "%s/%s: is not a file of qf-export --to billing-csv",
		    reading->path, name);
	}
	while ((rc = csv_next(reader, &row, err)) == 1) {
		if (row.fault != NULL) {
			*err = *row.fault;
			rc = -1;
			break;
		}
		if (take_row(reading, &row, at, full, err) == -1) {
			rc = -1;
			break;
		}
	}
	csv_close(reader);
	return rc;
}

static bool
is_csv(const char *name)
{
	size_t length = strlen(name);

	return length > 4 && strcmp(name + length - 4, ".csv") == 0;
}

/* One line of the manifest: "HEX  NAME". */
static int
check_file(struct reading *reading, const char *hex, const char *name,
    struct qf_error *err)
{
	struct digest told, found;
	int fd, rc;

	if (digest_from_hex(&told, hex, strlen(hex)) == -1 ||
	    strchr(name, '/') != NULL) {
		return qf_fail(err, QF_NO, "exported-manifest",
		    "%s/%s: not a line of sha256sum: %s", reading->path,
		    MANIFEST, name);
	}
	fd = open_in(reading, name, err);
	if (fd == -1) {
		return -1;
	}
	rc = digest_fd(&found, NULL, fd, err);
	if (rc == 0 && !digest_equal(&told, &found)) {
		rc = qf_fail(err, QF_NO, "exported-digest",
		    "%s/%s: is not the file that %s tells of", reading->path,
		    name, MANIFEST);
	}
	reading->csv_count += is_csv(name);
	if (rc == 0 && is_csv(name)) {
		rc = lseek(fd, 0, SEEK_SET) == 0
			 ? read_billing(reading, name, fd, err)
			 : qf_fail(err, QF_IO, "read-failed", "%s/%s: %s",
			       reading->path, name, strerror(errno));
	}
	close(fd);
	return rc;
}

static int
check_manifest(struct reading *reading, struct qf_error *err)
{
	char *line = reading->manifest.bytes;

	while (*line != '\0') {
		size_t length = strcspn(line, "\n");
		bool last = line[length] == '\0';

		line[length] = '\0';
		if (length < 67 || line[64] != ' ') {
			return qf_fail(err, QF_NO, "exported-manifest",
			    "%s/%s: not a line of sha256sum: %s", reading->path,
			    MANIFEST, line);
		}
		line[64] = '\0';
		if (check_file(reading, line, line + 66, err) == -1) {
			return -1;
		}
		/* Names stay, for what is not among them. */
		memset(line, ' ', 65);
		line[length] = '\n';
		line += length + !last;
		if (last) {
			break;
		}
	}
	return 0;
}

/* CSV files that the manifest does not tell of. */
static int
check_extra(const struct reading *reading, struct qf_error *err)
{
	char line[300];
	struct dirent *item;
	DIR *list = opendir(reading->path);
	int rc = 0;

	while (list != NULL && rc == 0 && (item = readdir(list)) != NULL) {
		snprintf(line, sizeof(line), " %s\n", item->d_name);
		if (is_csv(item->d_name) &&
		    strstr(reading->manifest.bytes, line) == NULL) {
			rc = qf_fail(err, QF_NO, "exported-extra",
			    "%s/%s: is not in %s", reading->path, item->d_name,
			    MANIFEST);
		}
	}
	if (list != NULL) {
		closedir(list);
	}
	return rc;
}

int
audit_exported(const char *directory,
    int (*take)(
	void *context, const struct exported_row *row, struct qf_error *err),
    void *context, struct qf_error *err)
{
	struct reading reading = {
	    .path = directory, .take = take, .context = context};
	int rc = -1;

	reading.directory = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (reading.directory == -1) {
		return qf_fail(err, QF_NOINPUT, "open-failed", "%s: %s",
		    directory, strerror(errno));
	}
	buf_init(&reading.manifest, MANIFEST_MAX);
	if (load_manifest(&reading, err) == 0 &&
	    check_manifest(&reading, err) == 0) {
		rc = check_extra(&reading, err);
	}
	if (rc == 0 && reading.csv_count == 0) {
		rc = qf_fail(err, QF_DATA, "exported-format",
		    "%s: has no CSV for billing, as statements have none: "
		    "give what qf-export --to billing-csv wrote",
		    directory);
	}
	buf_release(&reading.manifest);
	close(reading.directory);
	return rc;
}
