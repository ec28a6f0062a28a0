/* espilinks.h - the entries of a Green Button feed and how they are linked.
 *
 * Private to espi.c: what its first pass finds out.
 *
 *	if (espilinks_read(&links, fd, "usage.xml", faults, notes, err) == -1)
 *		...
 *	reading = espilinks_of_entry(links, 7);
 *	espilinks_free(links);
 */
#ifndef QF_FORMAT_ESPILINKS_H
#define QF_FORMAT_ESPILINKS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"
#include "model/contract.h"
#include "model/series.h"

struct espilinks;
struct faults;

#define ESPI_NAMES 3

/* A MeterReading, with what its UsagePoint and ReadingType say. */
struct espi_reading {
	bool taken;
	enum channel channel;
	int power; /* of ten, to kWh */
	size_t line_no;
	char *self; /* its address */
	char names[ESPI_NAMES][ID_MAX + 1]; /* of the point; "" where none */
};

int espilinks_read(struct espilinks **out, int fd, const char *file,
    struct faults *faults, struct faults *notes, struct qf_error *err);
void espilinks_free(struct espilinks *links);

/* The MeterReading of the blocks of an entry, counted from 0, or NULL where
 * the entry has none or that was a fault. */
const struct espi_reading *
espilinks_of_entry(const struct espilinks *links, size_t entry);

#endif
