/* foreign_fuzz.c - any bytes as NEM12, NEM13 or Green Button: nothing breaks,
 * no value is negative, and no part of a day lies outside it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/zone.h"
#include "format/espi.h"
#include "format/faults.h"
#include "format/gather.h"
#include "format/nem12.h"
#include "format/nem13.h"
#include "format/sniff.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static struct zone *zone;

/* Every third name is known. */
static int
find(void *context, const char *scheme, const char *name, int64_t at_utc,
    char point[ID_MAX + 1], struct qf_error *err)
{
	(void)context;
	(void)scheme;
	(void)at_utc;
	(void)err;
	if (strlen(name) > ID_MAX) {
		abort();
	}
	strncpy(point, name, ID_MAX + 1);
	return strlen(name) % 3 != 0;
}

static void
check_day(const struct gather_day *day)
{
	const struct series_day *reads = day->reads;

	if (reads->minutes < 1 || 60 % reads->minutes != 0 ||
	    strlen(reads->quality) != reads->count) {
		abort();
	}
	for (size_t i = 0; i < reads->count; i++) {
		bool none = reads->quality[i] == QUALITY_NONE;

		if (none != (reads->values[i] == SERIES_NULL) ||
		    (!none && (reads->values[i] < 0 || day->lines[i] == 0))) {
			abort();
		}
	}
}

static void
read_source(struct read_source source, struct faults *faults)
{
	struct gather *gather =
	    gather_new(&source, GATHER_SORTED, zone, faults);
	struct gather_day *day;
	struct qf_error err;

	while (gather_next(gather, &day, &err) == 1) {
		check_day(day);
	}
	gather_free(gather);
}

static void
read_mdff(int fd, const struct mdff_config *config, bool is_nem13)
{
	const struct fact *fact;
	struct nem12 *nem12;
	struct nem13 *nem13;
	struct qf_error err;

	if (is_nem13) {
		if (nem13_open(&nem13, fd, "f", config, &err) == -1) {
			abort();
		}
		while (nem13_next(nem13, &fact, &err) == 1) {
			if (fact->line_no == 0) {
				abort();
			}
		}
		nem13_close(nem13);
		return;
	}
	if (nem12_open(&nem12, fd, "f", config, &err) == -1) {
		abort();
	}
	read_source(nem12_source(nem12), config->faults);
	nem12_close(nem12);
}

static void
read_any(int fd, struct faults *faults, struct faults *notes)
{
	struct finder finder = {.find = find};
	struct mdff_config mdff = {.offset_s = MDFF_OFFSET_S,
	    .zone = zone,
	    .finder = &finder,
	    .faults = faults,
	    .notes = notes};
	struct espi_config config = {
	    .zone = zone, .finder = &finder, .faults = faults, .notes = notes};
	struct espi *espi;
	struct sniff kind;
	struct qf_error err;

	if (sniff_fd(&kind, fd, "f", TEXT_UTF8, &err) == -1) {
		return;
	}
	if (kind.format == SNIFF_NEM12 || kind.format == SNIFF_NEM13) {
		read_mdff(fd, &mdff, kind.format == SNIFF_NEM13);
	} else if (kind.format == SNIFF_ESPI &&
		   espi_open(&espi, fd, "f", &config, &err) == 0) {
		read_source(espi_source(espi), faults);
		espi_close(espi);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct faults *faults = faults_new("f"), *notes = faults_new("f");
	int fd = memfd_create("foreign_fuzz", MFD_CLOEXEC);
	struct qf_error err;

	if ((zone == NULL &&
		zone_load(&zone, "Australia/Sydney", &err) == -1) ||
	    fd == -1 || write(fd, bytes, length) != (ssize_t)length ||
	    lseek(fd, 0, SEEK_SET) == -1) {
		abort();
	}
	read_any(fd, faults, notes);
	faults_free(faults);
	faults_free(notes);
	close(fd);
	return 0;
}
