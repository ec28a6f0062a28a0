/* headers_fuzz.c - any bytes as a header map and a file, with a NUL between:
 * nothing breaks, and every row has the columns of the map's format.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "format/headers.h"
#include "model/series.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static int
file_of(const uint8_t *bytes, size_t length)
{
	int fd = memfd_create("headers_fuzz", MFD_CLOEXEC);

	if (fd == -1 || write(fd, bytes, length) != (ssize_t)length ||
	    lseek(fd, 0, SEEK_SET) == -1) {
		abort();
	}
	return fd;
}

static void
read_rows(struct headers *map, const uint8_t *bytes, size_t length)
{
	struct csv_config config = {.columns_max = SERIES_VALUES_MAX + 8};
	int fd = file_of(bytes, length);
	const char *const *names;
	struct csv_reader *reader;
	struct qf_error err;
	struct csv_row row;

	headers_configure(map, false, &config);
	if (csv_open(&reader, fd, "f", &config, &err) == 0) {
		size_t count = csv_header(reader, &names);

		while (csv_next(reader, &row, &err) == 1) {
			if (row.fault == NULL && row.count != count) {
				abort();
			}
			for (size_t i = 0; i < row.count; i++) {
				if (strlen(row.fields[i].text) !=
				    row.fields[i].length) {
					abort();
				}
			}
		}
		csv_close(reader);
	}
	close(fd);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	const uint8_t *nul = memchr(bytes, '\0', length);
	size_t size = nul == NULL ? length : (size_t)(nul - bytes);
	int fd = file_of(bytes, size);
	struct headers *map;
	struct qf_error err;

	if (headers_load_fd(&map, fd, "map", &err) == 0) {
		size += nul != NULL;
		read_rows(map, bytes + size, length - size);
		headers_free(map);
	}
	close(fd);
	return 0;
}
