/* diff.c - two runs line by line.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/audit/diff.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/status.h"
#include "base/zone.h"
#include "ledger/db.h"
#include "ledger/entry.h"
#include "settle/energy.h"
#include "stage/audit/diff_own.h"
#include "stage/clear/clear.h"

static const struct table_column columns[] = {
    {"state", TABLE_TEXT},
    {"contract", TABLE_TEXT},
    {"leg", TABLE_TEXT},
    {"point", TABLE_TEXT},
    {"from", TABLE_TEXT},
    {"to", TABLE_TEXT},
    {"subject", TABLE_TEXT},
    {"component", TABLE_TEXT},
    {"band", TABLE_TEXT},
    {"channel", TABLE_TEXT},
    {"session", TABLE_TEXT},
    {"unit", TABLE_TEXT},
    {"quantity_was", TABLE_NUMBER},
    {"quantity_is", TABLE_NUMBER},
    {"quantity_difference", TABLE_NUMBER},
    {"price_was", TABLE_NUMBER},
    {"price_is", TABLE_NUMBER},
    {"amount_was", TABLE_NUMBER},
    {"amount_is", TABLE_NUMBER},
    {"difference", TABLE_NUMBER},
    {"input", TABLE_TEXT},
};
#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

/* A line with texts of its own. */
struct held_line {
	struct line line;
	char *bytes;
};

/* One of the two runs, and the unit of it that is in hand. */
struct diff_side {
	struct run run;
	struct run_cursor *lines, *holds;
	struct line next; /* where the lines stand */
	bool at_next;
	struct hold hold;
	bool at_hold;
	struct held_line *unit;
	size_t count, capacity;
	char held[64]; /* reason why the unit, or a session of it, is held */
	struct dec energy, amount; /* sums over all lines */
};

struct diff {
	struct ledger *ledger;
	struct diff_side was, is;
	struct diff_inputs inputs;
	struct table *table;
	struct zone *zone;
	int money_scale;
	struct audit_diff_counts *counts;
	char point[ID_MAX + 1], contract[ID_MAX + 1], leg[ID_MAX + 1];
};

/* The sides ---------------------------------------------------------------- */

static int
step_line(struct diff_side *side, struct qf_error *err)
{
	int rc = runs_next_line(side->lines, &side->next, err);

	side->at_next = rc == 1;
	return rc == -1 ? -1 : 0;
}

static int
step_hold(struct diff_side *side, struct qf_error *err)
{
	int rc = runs_next_hold(side->holds, &side->hold, err);

	side->at_hold = rc == 1;
	return rc == -1 ? -1 : 0;
}

static int
open_side(struct diff_side *side, struct ledger *ledger, struct handle *handle,
    struct qf_error *err)
{
	if (entry_resolve(ledger, handle, err) == -1) {
		return -1;
	}
	if (handle->kind != ENTRY_RUN || handle->line != 0) {
		return qf_fail(err, QF_USAGE, "handle-kind",
		    "%s:%" PRId64 ": a whole run is needed",
		    entry_kind_name(handle->kind), handle->entry);
	}
	if (runs_load(ledger, handle->entry, &side->run, err) == -1 ||
	    runs_open_lines(&side->lines, ledger, handle->entry, 1, err) ==
		-1 ||
	    runs_open_holds(&side->holds, ledger, handle->entry, err) == -1 ||
	    step_line(side, err) == -1) {
		return -1;
	}
	return step_hold(side, err);
}

static void
empty_unit(struct diff_side *side)
{
	for (size_t i = 0; i < side->count; i++) {
		free(side->unit[i].bytes);
	}
	side->count = 0;
	side->held[0] = '\0';
}

static void
close_side(struct diff_side *side)
{
	empty_unit(side);
	free(side->unit);
	runs_close(side->lines);
	runs_close(side->holds);
	dec_release(&side->energy);
	dec_release(&side->amount);
}

/* Units -------------------------------------------------------------------- */

static int
compare_unit(const char *point_a, const char *contract_a, const char *leg_a,
    const char *point_b, const char *contract_b, const char *leg_b)
{
	int order = strcmp(point_a, point_b);

	if (order == 0) {
		order = strcmp(contract_a, contract_b);
	}
	return order != 0 ? order : strcmp(leg_a, leg_b);
}

/* The unit that comes first of those that the lines stand at: 1, or 0 where
 * both are at their end. */
static int
next_unit(struct diff *diff)
{
	const struct line *first = NULL;

	if (diff->was.at_next) {
		first = &diff->was.next;
	}
	if (diff->is.at_next &&
	    (first == NULL ||
		compare_unit(diff->is.next.point, diff->is.next.contract,
		    diff->is.next.leg, first->point, first->contract,
		    first->leg) < 0)) {
		first = &diff->is.next;
	}
	if (first == NULL) {
		return 0;
	}
	memcpy(diff->point, first->point, strlen(first->point) + 1);
	memcpy(diff->contract, first->contract, strlen(first->contract) + 1);
	memcpy(diff->leg, first->leg, strlen(first->leg) + 1);
	return 1;
}

static void
hold_line(struct diff_side *side, const struct line *line)
{
	struct held_line *held;
	struct buf bytes;

	if (side->count == side->capacity) {
		side->capacity = side->capacity * 2 + 16;
		side->unit = xreallocarray(
		    side->unit, side->capacity, sizeof(*side->unit));
	}
	held = &side->unit[side->count++];
	buf_init(&bytes, LINE_PACKED_MAX);
	line_pack(&bytes, line);
	held->bytes = xmalloc(bytes.length);
	memcpy(held->bytes, bytes.bytes, bytes.length);
	line_unpack(&held->line, held->bytes, bytes.length);
	buf_release(&bytes);
}

static void
add_up(struct diff_side *side, const struct line *line, int money_scale)
{
	struct dec value = {0};
	struct qf_error err;

	if (line->counts_energy) {
		if (dec_parse(&value, line->quantity, strlen(line->quantity),
			&err) == -1) {
			BUG("a line of %s", line->quantity);
		}
		dec_add(&side->energy, &side->energy, &value);
	}
	if (line->has_amount) {
		dec_set_int(&value, line->gross_minor, money_scale);
		dec_add(&side->amount, &side->amount, &value);
	}
	dec_release(&value);
}

static int
compare_text(const char *a, const char *b)
{
	return strcmp(a == NULL ? "" : a, b == NULL ? "" : b);
}

static int
compare_number(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

/* What makes two lines of a unit the same line. */
static int
compare_lines(const struct line *a, const struct line *b)
{
	const int orders[] = {
	    compare_number(a->month, b->month),
	    compare_number(a->from_utc, b->from_utc),
	    compare_number(a->to_utc, b->to_utc),
	    compare_text(a->subject, b->subject),
	    compare_text(a->component, b->component),
	    compare_text(a->band, b->band),
	    compare_text(a->channel, b->channel),
	    compare_text(a->session, b->session),
	    compare_text(a->payer, b->payer),
	    compare_text(a->payee, b->payee),
	};

	for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		if (orders[i] != 0) {
			return orders[i];
		}
	}
	return 0;
}

static int
by_line(const void *a, const void *b)
{
	const struct held_line *left = a, *right = b;
	int order = compare_lines(&left->line, &right->line);

	return order != 0
		   ? order
		   : compare_number(left->line.line_no, right->line.line_no);
}

/* Takes the side's lines of the unit in hand, and why it is held. */
static int
take_unit(struct diff *diff, struct diff_side *side, struct qf_error *err)
{
	empty_unit(side);
	while (
	    side->at_next &&
	    compare_unit(side->next.point, side->next.contract, side->next.leg,
		diff->point, diff->contract, diff->leg) == 0) {
		hold_line(side, &side->next);
		add_up(side, &side->next, diff->money_scale);
		if (step_line(side, err) == -1) {
			return -1;
		}
	}
	while (side->at_hold) {
		int order = compare_unit(side->hold.point, side->hold.contract,
		    side->hold.leg, diff->point, diff->contract, diff->leg);

		if (order > 0) {
			break;
		}
		if (order == 0 && side->held[0] == '\0') {
			(void)snprintf(side->held, sizeof(side->held), "%s",
			    side->hold.reason);
		}
		if (step_hold(side, err) == -1) {
			return -1;
		}
	}
	if (side->count > 0) {
		qsort(side->unit, side->count, sizeof(*side->unit), by_line);
	}
	return 0;
}

/* Rows --------------------------------------------------------------------- */

/* A decimal that was, that is, and where `difference` the difference. */
static void
put_texts(struct table *table, const char *was, const char *is, bool difference)
{
	struct dec a = {0}, b = {0};
	struct qf_error err;

	table_text(table, was);
	table_text(table, is);
	if (difference) {
		if ((was != NULL &&
			dec_parse(&a, was, strlen(was), &err) == -1) ||
		    (is != NULL && dec_parse(&b, is, strlen(is), &err) == -1)) {
			BUG("a line of %s or %s", was, is);
		}
		dec_sub(&b, &b, &a);
		table_dec(table, &b);
	}
	dec_release(&a);
	dec_release(&b);
}

static void
put_amounts(
    const struct diff *diff, const struct line *was, const struct line *is)
{
	struct dec amount = {0};
	int64_t before = was != NULL && was->has_amount ? was->gross_minor : 0;
	int64_t after = is != NULL && is->has_amount ? is->gross_minor : 0;

	if (was != NULL && was->has_amount) {
		dec_set_int(&amount, before, diff->money_scale);
		table_dec(diff->table, &amount);
	} else {
		table_text(diff->table, NULL);
	}
	if (is != NULL && is->has_amount) {
		dec_set_int(&amount, after, diff->money_scale);
		table_dec(diff->table, &amount);
	} else {
		table_text(diff->table, NULL);
	}
	dec_set_int(&amount, after - before, diff->money_scale);
	table_dec(diff->table, &amount);
	dec_release(&amount);
}

/* Why: the inputs, and what is held. */
static int
put_input(struct diff *diff, const struct line *was, const struct line *is,
    struct qf_error *err)
{
	struct buf text;
	int rc;

	buf_init(&text, INPUT_MAX);
	if (is == NULL && diff->is.held[0] != '\0') {
		buf_printf(&text, "held now: %s", diff->is.held);
	} else if (was == NULL && diff->was.held[0] != '\0') {
		buf_printf(&text, "held before: %s", diff->was.held);
	}
	rc = diff_inputs_of_line(&diff->inputs, was, is, &text, err);
	if (rc == 0 && text.length == 0 &&
	    diff->was.run.arithmetic != diff->is.run.arithmetic) {
		buf_printf(&text, "arithmetic %d, %d", diff->was.run.arithmetic,
		    diff->is.run.arithmetic);
	}
	table_text(diff->table, text.length == 0 ? NULL : text.bytes);
	buf_release(&text);
	return rc;
}

static int
put_row(struct diff *diff, const struct line *was, const struct line *is,
    struct qf_error *err)
{
	const struct line *one = is != NULL ? is : was;
	struct table *table = diff->table;
	char time[40];

	table_text(table, was == NULL  ? "new"
			  : is == NULL ? "gone"
				       : "changed");
	table_text(table, one->contract);
	table_text(table, one->leg);
	table_text(table, one->point);
	table_text(table, energy_time(diff->zone, one->from_utc, time));
	table_text(table, energy_time(diff->zone, one->to_utc, time));
	table_text(table, one->subject);
	table_text(table, one->component);
	table_text(table, one->band);
	table_text(table, one->channel);
	table_text(table, one->session);
	table_text(table, one->unit);
	put_texts(table, was == NULL ? NULL : was->quantity,
	    is == NULL ? NULL : is->quantity, true);
	put_texts(table, was == NULL ? NULL : was->price,
	    is == NULL ? NULL : is->price, false);
	put_amounts(diff, was, is);
	if (diff_inputs_of_point(&diff->inputs, diff->point, err) == -1 ||
	    put_input(diff, was, is, err) == -1) {
		return -1;
	}
	return table_end_row(table, err);
}

static bool
same_line(const struct line *a, const struct line *b)
{
	return a->has_amount == b->has_amount &&
	       (!a->has_amount || (a->net_minor == b->net_minor &&
				      a->tax_minor == b->tax_minor &&
				      a->gross_minor == b->gross_minor)) &&
	       compare_text(a->quantity, b->quantity) == 0 &&
	       compare_text(a->unit, b->unit) == 0 &&
	       compare_text(a->price, b->price) == 0 &&
	       compare_text(a->exact, b->exact) == 0 &&
	       compare_text(a->tax_rate, b->tax_rate) == 0 &&
	       compare_text(a->account, b->account) == 0;
}

/* The unit in hand: lines of the same key against each other. */
static int
compare_units(struct diff *diff, struct qf_error *err)
{
	struct audit_diff_counts *counts = diff->counts;
	size_t a = 0, b = 0;
	int rc = 0;

	while (rc == 0 && (a < diff->was.count || b < diff->is.count)) {
		const struct line *was =
		    a < diff->was.count ? &diff->was.unit[a].line : NULL;
		const struct line *is =
		    b < diff->is.count ? &diff->is.unit[b].line : NULL;
		int order = was == NULL  ? 1
			    : is == NULL ? -1
					 : compare_lines(was, is);

		counts->lines++;
		if (order < 0) {
			counts->gone++;
			rc = put_row(diff, was, NULL, err);
		} else if (order > 0) {
			counts->added++;
			rc = put_row(diff, NULL, is, err);
		} else if (!same_line(was, is)) {
			counts->changed++;
			rc = put_row(diff, was, is, err);
		}
		a += order <= 0;
		b += order >= 0;
	}
	return rc;
}

/* The sums over all lines: the energy that counts, and what is owed. */
static int
put_total(struct diff *diff, struct qf_error *err)
{
	struct table *table = diff->table;
	struct dec difference = {0};

	table_text(table, "total");
	for (size_t i = 1; i < 11; i++) {
		table_text(table, NULL);
	}
	table_text(table, "kwh");
	table_dec(table, &diff->was.energy);
	table_dec(table, &diff->is.energy);
	dec_sub(&difference, &diff->is.energy, &diff->was.energy);
	table_dec(table, &difference);
	table_text(table, NULL);
	table_text(table, NULL);
	table_dec(table, &diff->was.amount);
	table_dec(table, &diff->is.amount);
	dec_sub(&difference, &diff->is.amount, &diff->was.amount);
	table_dec(table, &difference);
	table_text(table, NULL);
	dec_release(&difference);
	if (table_end_row(table, err) == -1) {
		return -1;
	}
	return table_finish(table, err);
}

static int
merge(struct diff *diff, struct qf_error *err)
{
	while (next_unit(diff) == 1) {
		if (take_unit(diff, &diff->was, err) == -1 ||
		    take_unit(diff, &diff->is, err) == -1 ||
		    compare_units(diff, err) == -1) {
			return -1;
		}
	}
	return put_total(diff, err);
}

/* The sides of one tool; the runs of others have nothing in common. */
static int
open_sides(struct diff *diff, struct handle *was, struct handle *is,
    struct qf_error *err)
{
	const char *tool = diff->was.run.tool;

	if (open_side(&diff->was, diff->ledger, was, err) == -1 ||
	    open_side(&diff->is, diff->ledger, is, err) == -1) {
		return -1;
	}
	if (strcmp(tool, diff->is.run.tool) != 0) {
		return qf_fail(err, QF_USAGE, "runs-unlike",
		    "run:%" PRId64 " was made by %s and run:%" PRId64
		    " by %s: only runs of one tool are compared",
		    was->entry, tool, is->entry, diff->is.run.tool);
	}
	return 0;
}

static int
compare_runs(struct diff *diff, struct qf_error *err)
{
	if (diff_inputs_open(&diff->inputs, diff->ledger, &diff->was.run,
		&diff->is.run, err) == -1) {
		return -1;
	}
	return merge(diff, err);
}

int
audit_diff(struct ledger *ledger, struct handle *was, struct handle *is,
    enum table_form form, struct sink sink, struct audit_diff_counts *counts,
    struct qf_error *err)
{
	const struct market *market = ledger_market(ledger);
	struct diff *diff = xcalloc(1, sizeof(*diff));
	int rc = -1;

	memset(counts, 0, sizeof(*counts));
	diff->ledger = ledger;
	diff->counts = counts;
	diff->money_scale = market->money_scale;
	dec_set_int(&diff->was.amount, 0, market->money_scale);
	dec_set_int(&diff->is.amount, 0, market->money_scale);
	if (zone_load(&diff->zone, market->zone, err) == -1 ||
	    open_sides(diff, was, is, err) == -1) {
		goto out;
	}
	if (strcmp(diff->is.run.tool, CLEAR_TOOL) == 0) {
		rc = diff_clearings(ledger, &diff->was.run, &diff->is.run, form,
		    sink, counts, err);
	} else {
		diff->table = table_new(sink, form, columns, COLUMNS);
		rc = compare_runs(diff, err);
	}
	if (rc == 0 && counts->changed + counts->gone + counts->added > 0) {
		rc = qf_fail(err, QF_NO, "runs-differ",
		    "lines changed: %lld, gone: %lld, new: %lld",
		    (long long)counts->changed, (long long)counts->gone,
		    (long long)counts->added);
	}
out:
	diff_inputs_close(&diff->inputs);
	close_side(&diff->was);
	close_side(&diff->is);
	table_free(diff->table);
	zone_free(diff->zone);
	free(diff);
	return rc;
}
