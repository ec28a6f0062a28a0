/* csv_fuzz.c - any bytes as CSV: nothing breaks, and both ways of cutting a
 * row agree.
 *
 * The first byte of the input chooses encoding and delimiter.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/text.h"
#include "format/csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void
add_row(struct buf *out, const struct csv_row *row)
{
	buf_printf(out, "%zu %zu", row->line_no, row->raw_length);
	if (row->fault != NULL) {
		buf_printf(out, " %s", row->fault->text);
	}
	for (size_t i = 0; i < row->count; i++) {
		buf_printf(out, "|%d", row->fields[i].missing);
		buf_add(out, row->fields[i].text, row->fields[i].length);
	}
	buf_add_char(out, '\n');
}

/* Reads all and writes down what was read. */
static void
read_all(int fd, const struct csv_config *config, struct buf *out)
{
	struct csv_reader *reader;
	struct qf_error err;
	struct csv_row row;
	int rc;

	if (lseek(fd, 0, SEEK_SET) == -1) {
		abort();
	}
	if (csv_open(&reader, fd, "f", config, &err) == -1) {
		buf_add_string(out, err.text);
		return;
	}
	while ((rc = csv_next(reader, &row, &err)) == 1) {
		add_row(out, &row);
	}
	if (rc == -1) {
		buf_add_string(out, err.text);
	}
	csv_close(reader);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct csv_config config = {.field_size_max = 16, .columns_max = 8};
	struct buf own, library;
	int fd;

	if (length == 0) {
		return 0;
	}
	config.encoding = (bytes[0] & 1) != 0 ? TEXT_GB18030 : TEXT_UTF8;
	config.delimiter = (bytes[0] & 2) != 0 ? ';' : ',';
	fd = memfd_create("csv_fuzz", MFD_CLOEXEC);
	if (fd == -1 ||
	    write(fd, bytes + 1, length - 1) != (ssize_t)(length - 1)) {
		abort();
	}
	buf_init(&own, 64 << 20);
	buf_init(&library, 64 << 20);
	read_all(fd, &config, &own);
	config.by_library = true;
	read_all(fd, &config, &library);
	if (own.length != library.length ||
	    memcmp(own.bytes, library.bytes, own.length) != 0) {
		abort();
	}
	buf_release(&own);
	buf_release(&library);
	close(fd);
	return 0;
}
