/* fact_test.c - the kinds of facts, held against the tables of the ledger.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "model/fact.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "ledger/row.h"
#include "model/contract.h"
#include "model/series.h"

/* The tables in the order of the kinds. */
static const char *const tables[FACT_KINDS] = {"party", "point", "meter",
    "relation", "contract", "member", "alias", "calendar", "condition", "price",
    "series", "session", "session_band", "session_interval", "session_period",
    "session_claim", "session_credit", "register_read", "estimate", "finding",
    "finding_cleared", "bid", "need", "published_price", "published_award",
    "event", "event_target", "event_signal", "award", "baseline"};

Test(fact, columns_are_those_of_the_table_in_the_same_order)
{
	for (int kind = 0; kind < FACT_KINDS; kind++) {
		const struct fact_format *format =
		    fact_format((enum fact_kind)kind);
		char columns[1024] = "entry, line";
		enum row_table table;

		cr_assert_eq(format->kind, kind);
		cr_assert_leq(format->column_count, FACT_COLUMNS_MAX);
		for (size_t i = 0; i < format->column_count; i++) {
			const struct fact_column *column = &format->columns[i];

			snprintf(columns + strlen(columns),
			    sizeof(columns) - strlen(columns), ", %s%s",
			    column->name,
			    column->type == FACT_INSTANT ? "_utc" : "");
		}
		cr_assert_eq(row_table_find(&table, tables[kind]), 0);
		cr_assert_str_eq(columns, row_table_columns(table));
	}
}

Test(fact, finds_the_format_of_exactly_its_header)
{
	const char *member[] = {"portfolio", "member", "from", "to"};
	const char *other[] = {"portfolio", "member", "to", "from"};

	cr_assert_eq(
	    fact_format_of_header(member, 4), fact_format(FACT_MEMBER));
	cr_assert_null(fact_format_of_header(member, 3));
	cr_assert_null(fact_format_of_header(other, 4));
	cr_assert_eq(fact_column(fact_format(FACT_MEMBER), "to"), 3);
}

Test(fact, no_two_kinds_have_the_same_header)
{
	for (int kind = 0; kind < FACT_KINDS; kind++) {
		const struct fact_format *format =
		    fact_format((enum fact_kind)kind);
		const char *names[FACT_COLUMNS_MAX];

		for (size_t i = 0; i < format->column_count; i++) {
			names[i] = format->columns[i].name;
		}
		cr_assert_eq(
		    fact_format_of_header(names, format->column_count), format);
	}
}

Test(contract, finds_an_option_by_its_whole_name)
{
	struct contract contract = {.options = "a=1 ab=22  c= d"};
	unsigned long length = 99;
	const char *value;

	value = contract_option(&contract, "ab", &length);
	cr_assert_not_null(value);
	cr_assert_eq(length, 2);
	cr_assert_eq(strncmp(value, "22", 2), 0);
	cr_assert_not_null(contract_option(&contract, "c", &length));
	cr_assert_eq(length, 0);
	cr_assert_null(contract_option(&contract, "b", &length));
	cr_assert_null(contract_option(&contract, "d", &length));
}

Test(series, parses_its_words_whole)
{
	enum channel channel;
	enum quantity quantity;
	enum side side;

	cr_assert_eq(channel_parse(&channel, "export-reactive!", 15), 0);
	cr_assert_eq(channel, CHANNEL_EXPORT_REACTIVE);
	cr_assert_str_eq(channel_name(channel), "export-reactive");
	cr_assert_eq(channel_parse(&channel, "impor", 5), -1);
	cr_assert_eq(quantity_parse(&quantity, "kw", 2), 0);
	cr_assert_eq(quantity, QUANTITY_KW);
	cr_assert_eq(quantity_parse(&quantity, "k", 1), -1);
	cr_assert_eq(side_parse(&side, "secondary", 9), 0);
	cr_assert_eq(side, SIDE_SECONDARY);
}
