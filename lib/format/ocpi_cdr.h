/* ocpi_cdr.h - charge detail records of OCPI 2.2.1, read from their JSON.
 *
 *	struct jsonread read;
 *	struct cdrs cdrs;
 *
 *	jsonread_begin(&read, "cdrs.json");
 *	if (ocpi_cdrs_read(&cdrs, &read, text, length, err) == -1) ...
 *
 * A document is one record, an array of them, or a response with them as its
 * "data".  It is read strictly: an unknown key is a fault that names the
 * nearest known one.  Required is what rating needs: start_date_time,
 * end_date_time, currency, charging_periods, and in them start_date_time,
 * dimensions, type and volume.  The other keys that the standard requires may
 * be absent (qf-ocpi(5) lists them); beyond the standard cdr_location may have
 * a time_zone.  Tariffs that a record carries are not read: what prices it is
 * the tariff that it is given.
 *
 * Errors: QF_DATA where the text is no JSON; faults go to the reader.
 */
#ifndef QF_FORMAT_OCPI_CDR_H
#define QF_FORMAT_OCPI_CDR_H

#include "format/cdrs.h"

int ocpi_cdrs_read(struct cdrs *out, struct jsonread *read, const char *text,
    size_t length, struct qf_error *err);

/* Whether an object, the first of its document, is a record rather than a
 * tariff: it has periods, or anything else that no tariff has. */
bool ocpi_cdr_looks_like(const struct jsonin *root);

#endif
