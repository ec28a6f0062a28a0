/* row.c - a fact that is put together column by column.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/intake/row.h"

#include <string.h>

void
intake_row_begin(struct intake_row *row, enum fact_kind kind, size_t line_no)
{
	row->fact =
	    (struct fact){.format = fact_format(kind), .line_no = line_no};
	for (size_t i = 0; i < FACT_COLUMNS_MAX; i++) {
		row->fact.values[i].is = FACT_NULL;
	}
}

void
intake_row_text(struct intake_row *row, const char *column, const char *text)
{
	struct fact_value *value =
	    &row->fact.values[fact_column(row->fact.format, column)];

	if (text[0] != '\0') {
		*value = (struct fact_value){
		    .is = FACT_IS_TEXT, .text = text, .length = strlen(text)};
	}
}

void
intake_row_integer(struct intake_row *row, const char *column, int64_t integer)
{
	row->fact.values[fact_column(row->fact.format, column)] =
	    (struct fact_value){.is = FACT_IS_INTEGER, .integer = integer};
}

void
intake_row_decimal(
    struct intake_row *row, const char *column, const struct dec *decimal)
{
	size_t i = fact_column(row->fact.format, column);

	dec_format_trim(decimal, row->texts[i], DEC_TEXT_MAX);
	intake_row_text(row, column, row->texts[i]);
}
