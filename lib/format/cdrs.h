/* cdrs.h - the sessions of a file of a charging platform.
 *
 *	struct jsonread read;
 *	struct cdrs cdrs;
 *
 *	jsonread_begin(&read, "cdrs.json");
 *	if (ocpi_cdrs_read(&cdrs, &read, text, length, err) == -1) ...
 *	for (i = 0; i < cdrs.count; i++)
 *		if (cdrs.list[i].sound) ... cdrs.list[i].cdr ...
 *	cdrs_release(&cdrs);
 *
 * A session with faults is listed as unsound, with the faults of the reader
 * that are its own, and may be set aside.
 */
#ifndef QF_FORMAT_CDRS_H
#define QF_FORMAT_CDRS_H

#include "base/jsonread.h"
#include "model/cdr.h"

#define CDR_PERIODS_MAX 5000 /* of a session */

struct cdrs_item {
	struct cdr cdr;
	bool sound;
	size_t first_fault, end_fault; /* of the reader's faults */
	size_t begin, end; /* its bytes in the file */
};

struct cdrs {
	struct cdrs_item *list;
	size_t count;
};

/* Adds an item for an object; it is unsound until cdrs_end_item(). */
struct cdrs_item *cdrs_begin_item(struct cdrs *cdrs,
    const struct jsonread *read, const struct jsonin *object);
void cdrs_end_item(struct cdrs *cdrs, const struct jsonread *read);

/* Makes room for the periods of an array; NULL, having said so, where it is
 * empty or has too many. */
struct cdr_period *cdrs_periods(
    struct cdr *cdr, struct jsonread *read, const struct jsonin *array);

void cdrs_release(struct cdrs *cdrs);

#endif
