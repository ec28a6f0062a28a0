/* ocpi_table.h - what a session costs under an OCPI tariff, as a table.
 *
 *	struct table *table = ocpi_table_new(sink, form);
 *
 *	rc = ocpi_table_add(table, &report, &cdr, &equal, err);
 *
 * A row a line, a row a limit of the price that took effect, and a row a
 * total with what is claimed of it beside.
 */
#ifndef QF_STAGE_OCPI_TABLE_H
#define QF_STAGE_OCPI_TABLE_H

#include "format/table.h"
#include "settle/ocpi.h"

struct table *ocpi_table_new(struct sink sink, enum table_form form);

/* *equal becomes false where a claim differs, and is left else. */
int ocpi_table_add(struct table *table, const struct ocpi_report *report,
    const struct cdr *cdr, bool *equal, struct qf_error *err);

#endif
