/* espi.h - Green Button files (ESPI, Atom) of interval reads as pieces of days.
 *
 *	if (espi_open(&espi, fd, "usage.xml", &config, err) == -1) ...
 *	source = espi_source(espi);
 *	... gather.h puts its pieces together ...
 *	espi_close(espi);
 *
 * The entries of the feed are linked by their addresses, absolute or relative:
 * an IntervalBlock is "up" to its MeterReading, that to its UsagePoint, and it
 * is "related" to its ReadingType.  Entries may come in any order: the file is
 * read once for them and once more, as it streams, for its readings.
 *
 * What is taken: electricity (ServiceCategory 0); readings in Wh (uom 72) or
 * varh (73), of an interval each (accumulationBehaviour 4), as import
 * (flowDirection 1) or export (19).  Any other MeterReading is not taken, and
 * config.notes says so; neither are readings of an interval that no hour is
 * made of, such as a month.  Costs, usage and quality summaries are not read.
 *
 * The point is what the finder says of the UsagePoint, scheme "espi": by the
 * id of its entry (urn:uuid:...), else by the path behind "/resource/" with
 * ":" for "/" (RetailCustomer:5:UsagePoint:1), else by the last part of that.
 *
 * Times are seconds of UTC, as the standard has them.  Qualities 0, 14 and 17
 * to 19, or none, are measured; 7 to 13, 15 and 16 are estimated by a method
 * of the quality's name.
 *
 * Faults, by line: espi-link (an entry whose links lead nowhere), espi-reading
 * (a reading without time, length or value), espi-quality, read-negative,
 * read-range, read-grid, espi-double (two MeterReadings of one point and
 * channel), unknown-point, espi-empty (no reading at all); those of
 * xmlstream.h are of the file.
 *
 * Ownership: everything given is borrowed.
 */
#ifndef QF_FORMAT_ESPI_H
#define QF_FORMAT_ESPI_H

#include "base/status.h"
#include "format/finder.h"
#include "format/piece.h"

#define ESPI_NAMESPACE "http://naesb.org/espi"
#define ATOM_NAMESPACE "http://www.w3.org/2005/Atom"

struct espi;
struct faults;
struct zone;

struct espi_config {
	const struct zone *zone;
	const struct finder *finder;
	struct faults *faults;
	struct faults *notes;
};

/* Reads the file once for its links. */
int espi_open(struct espi **out, int fd, const char *file,
    const struct espi_config *config, struct qf_error *err);
void espi_close(struct espi *espi); /* NULL is allowed */
struct read_source espi_source(struct espi *espi);

#endif
