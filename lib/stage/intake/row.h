/* row.h - a fact that is put together column by column, out of a message
 * of another system.
 *
 *	struct intake_row row;
 *
 *	intake_row_begin(&row, FACT_EVENT, line_no);
 *	intake_row_text(&row, "event", event->id);
 *	intake_row_integer(&row, "start", event->start_utc);
 *	if (intake_fact(passage, &row.fact, err) == -1) ...
 *
 * Columns that nothing is put into are empty.  Texts are borrowed until the
 * fact is taken; decimals are kept in the row.
 */
#ifndef QF_STAGE_INTAKE_ROW_H
#define QF_STAGE_INTAKE_ROW_H

#include <stddef.h>
#include <stdint.h>

#include "base/dec.h"
#include "model/fact.h"

struct intake_row {
	struct fact fact;
	char texts[FACT_COLUMNS_MAX][DEC_TEXT_MAX];
};

void
intake_row_begin(struct intake_row *row, enum fact_kind kind, size_t line_no);

/* An empty text is no value. */
void
intake_row_text(struct intake_row *row, const char *column, const char *text);
void
intake_row_integer(struct intake_row *row, const char *column, int64_t integer);
void intake_row_decimal(
    struct intake_row *row, const char *column, const struct dec *decimal);

#endif
