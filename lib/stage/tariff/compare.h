/* compare.h - printed prices against the ones that a tariff composes.
 *
 * A price table may print a price for each band and list, beside them, the
 * components of which it is made; and a ratio may say of a band what the
 * table prints too.  Where both are there they must agree, to the digits that
 * are printed (rounded half up, 四舍五入).
 *
 *	struct table *table = tariff_compare_table(sink, TABLE_CSV);
 *
 *	if (tariff_compare(tariff, facts, table, &differences, err) == -1) ...
 */
#ifndef QF_STAGE_TARIFF_COMPARE_H
#define QF_STAGE_TARIFF_COMPARE_H

#include "format/table.h"
#include "rules/tariff.h"
#include "stage/tariff/facts.h"

/* A table of differences, to be finished and freed by the caller. */
struct table *tariff_compare_table(struct sink sink, enum table_form form);

/* Adds a row a difference, over all versions and the months that their tables
 * have; *differences is their number. */
int tariff_compare(const struct tariff *tariff, struct tariff_facts *facts,
    struct table *table, size_t *differences, struct qf_error *err);

#endif
