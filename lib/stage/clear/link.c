/* link.c - hours with blocks of bids, and hours that blocks link.
 *
 * Hours are cleared together only where some block has rows in both: what the
 * best selection of blocks is in one says nothing about the others.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/status.h"
#include "settle/blocks.h"
#include "stage/clear/own.h"

/* A linked hour. */
struct linked_hour {
	struct clear_hour hour;
	struct clear_result result;
	size_t group; /* the first hour that it is linked with, or nearer to */
};

struct clear_linked {
	struct clear_book book; /* whose market the hours borrow */
	struct linked_hour *hours; /* by start */
	size_t count, capacity;
};

/* A row of a block, or a bid with a minimum, which is a block of its own. */
struct row {
	const char *id; /* the block's, or the bid's */
	bool own;
	size_t hour;
	struct clear_bid *bid;
};

struct rows {
	struct row *rows;
	size_t count, capacity;
};

/* Hours that are cleared together. */
struct group {
	struct clear_hour **hours;
	struct clear_result **results;
	size_t count;
	struct rows rows; /* of all their blocks, those of one together */
};

/* Rows --------------------------------------------------------------------- */

static void
add_row(struct rows *rows, const struct row *row)
{
	if (rows->count == rows->capacity) {
		rows->capacity = rows->capacity * 2 + 16;
		rows->rows = xreallocarray(
		    rows->rows, rows->capacity, sizeof(*rows->rows));
	}
	rows->rows[rows->count++] = *row;
}

static int
row_cmp(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	int rc = strcmp(x->id, y->id);

	if (rc != 0) {
		return rc;
	}
	if (x->own != y->own) {
		return x->own ? 1 : -1;
	}
	if (x->hour != y->hour) {
		return x->hour < y->hour ? -1 : 1;
	}
	return x->bid < y->bid ? -1 : x->bid > y->bid;
}

/* The end of the rows of the block whose first row is that one. */
static size_t
block_end(const struct rows *rows, size_t first)
{
	const struct row *row = &rows->rows[first];
	size_t end = first + 1;

	while (end < rows->count && rows->rows[end].own == row->own &&
	       strcmp(rows->rows[end].id, row->id) == 0 &&
	       (!row->own || rows->rows[end].hour == row->hour)) {
		end++;
	}
	return end;
}

/* Adds the rows of an hour: of named blocks, refused or not, and, where own,
 * bids with a minimum that stand. */
static void
add_rows(struct rows *rows, struct clear_hour *hour, size_t number, bool named,
    bool own)
{
	for (size_t i = 0; i < hour->count; i++) {
		struct clear_bid *bid = &hour->bids[i];
		struct row row = {
		    .id = clear_text(
			hour, bid->block == 0 ? bid->id : bid->block),
		    .own = bid->block == 0,
		    .hour = number,
		    .bid = bid,
		};

		if (row.own ? own && clear_is_block(hour, bid) : named) {
			add_row(rows, &row);
		}
	}
}

/* Those of a block next to each other, in the order of blocks. */
static void
sort_rows(struct rows *rows)
{
	if (rows->count > 0) {
		qsort(rows->rows, rows->count, sizeof(*rows->rows), row_cmp);
	}
}

/* Refusing ----------------------------------------------------------------- */

static bool
is_even(const struct blocks_hour *hours, const struct row *rows, size_t count)
{
	struct blocks_row *of = xcalloc(count, sizeof(*of));
	const struct blocks_block block = {
	    .id = rows[0].id, .rows = of, .row_count = count};
	bool even;

	for (size_t i = 0; i < count; i++) {
		of[i] = (struct blocks_row){
		    .hour = rows[i].hour, .order = rows[i].bid->order};
	}
	even = blocks_even(&block, hours);
	free(of);
	return even;
}

/* A block is refused whole where one of its rows is, or where they are not in
 * one proportion. */
static void
judge_block(
    const struct blocks_hour *hours, const struct row *rows, size_t count)
{
	const char *reason = NULL;

	for (size_t i = 0; i < count; i++) {
		if (rows[i].bid->order == CLEAR_NO_ORDER) {
			reason = REASON_BID_BLOCK_ROW;
		}
	}
	if (reason == NULL && !is_even(hours, rows, count)) {
		reason = REASON_BID_BLOCK_RATIO;
	}
	for (size_t i = 0; reason != NULL && i < count; i++) {
		if (rows[i].bid->order != CLEAR_NO_ORDER) {
			clear_hour_refuse(rows[i].bid, reason);
		}
	}
}

static void
judge_blocks(const struct clear_linked *linked, const struct rows *rows)
{
	struct blocks_hour *hours = xcalloc(linked->count + 1, sizeof(*hours));

	for (size_t i = 0; i < linked->count; i++) {
		hours[i].orders = linked->hours[i].hour.orders;
		hours[i].count = linked->hours[i].hour.order_count;
	}
	for (size_t i = 0, end; i < rows->count; i = end) {
		end = block_end(rows, i);
		judge_block(hours, &rows->rows[i], end - i);
	}
	free(hours);
	for (size_t i = 0; i < linked->count; i++) {
		clear_hour_settle(&linked->hours[i].hour);
	}
}

/* Clearing ----------------------------------------------------------------- */

/* Fills in the blocks of a group; returns how many. */
static size_t
make_blocks(const struct group *group, struct blocks_block *blocks,
    struct blocks_row *of)
{
	size_t count = 0;

	for (size_t i = 0, end; i < group->rows.count; i = end) {
		const struct row *rows = &group->rows.rows[i];

		end = block_end(&group->rows, i);
		for (size_t k = i; k < end; k++) {
			of[k] = (struct blocks_row){
			    .hour = group->rows.rows[k].hour,
			    .order = group->rows.rows[k].bid->order};
		}
		blocks[count++] = (struct blocks_block){
		    .id = rows->id, .rows = &of[i], .row_count = end - i};
	}
	return count;
}

/* Takes over what was found. */
static void
take_results(const struct group *group, struct blocks_book *book)
{
	size_t block = 0;

	for (size_t i = 0, end; i < group->rows.count; i = end, block++) {
		end = block_end(&group->rows, i);
		for (size_t k = i; k < end; k++) {
			group->rows.rows[k].bid->paradoxical =
			    book->blocks[block].state == BLOCKS_PARADOXICAL;
		}
	}
	for (size_t i = 0; i < group->count; i++) {
		group->results[i]->match = book->hours[i].match;
		group->results[i]->price = book->hours[i].price;
		group->results[i]->is_done = true;
		memset(&book->hours[i].price, 0, sizeof(book->hours[i].price));
	}
}

static int
check_versions(const struct group *group, struct qf_error *err)
{
	for (size_t i = 1; i < group->count; i++) {
		if (group->hours[i]->version != group->hours[0]->version) {
			return qf_fail(err, QF_CONFIG, "blocks-version",
			    "blocks link hours of different versions of the "
			    "market's rule");
		}
	}
	return 0;
}

static int
clear_group(struct group *group, struct qf_error *err)
{
	struct blocks_book book = {0};
	struct blocks_row *of;

	if (group->rows.count == 0) {
		return 0;
	}
	if (check_versions(group, err) == -1) {
		return -1;
	}
	of = xcalloc(group->rows.count, sizeof(*of));
	book.blocks = xcalloc(group->rows.count, sizeof(*book.blocks));
	book.block_count = make_blocks(group, book.blocks, of);
	book.hours = xcalloc(group->count, sizeof(*book.hours));
	book.hour_count = group->count;
	for (size_t i = 0; i < group->count; i++) {
		book.hours[i].orders = group->hours[i]->orders;
		book.hours[i].count = group->hours[i]->order_count;
		book.hours[i].need = group->hours[i]->need;
	}
	int rc = blocks_clear(&book, group->hours[0]->version, err);
	if (rc == 0) {
		take_results(group, &book);
	}
	blocks_release(&book);
	free(book.hours);
	free(book.blocks);
	free(of);
	return rc;
}

int
clear_alone(
    struct clear_hour *hour, struct clear_result *result, struct qf_error *err)
{
	struct group group = {.hours = &hour, .results = &result, .count = 1};
	int rc;

	add_rows(&group.rows, hour, 0, false, true);
	sort_rows(&group.rows);
	rc = clear_group(&group, err);
	free(group.rows.rows);
	return rc;
}

/* Groups ------------------------------------------------------------------- */

/* The first hour of the group of an hour. */
static size_t
first_of(const struct clear_linked *linked, size_t hour)
{
	while (linked->hours[hour].group != hour) {
		hour = linked->hours[hour].group;
	}
	return hour;
}

static void
link_hours(struct clear_linked *linked, const struct rows *rows)
{
	for (size_t i = 0; i < linked->count; i++) {
		linked->hours[i].group = i;
	}
	for (size_t i = 1; i < rows->count; i++) {
		size_t a, b;

		if (strcmp(rows->rows[i - 1].id, rows->rows[i].id) != 0) {
			continue;
		}
		a = first_of(linked, rows->rows[i - 1].hour);
		b = first_of(linked, rows->rows[i].hour);
		linked->hours[a > b ? a : b].group = a > b ? b : a;
	}
	for (size_t i = 0; i < linked->count; i++) {
		linked->hours[i].group = first_of(linked, i);
	}
}

/* Clears the group whose first hour is that one. */
static int
clear_linked_group(
    struct clear_linked *linked, size_t first, struct qf_error *err)
{
	struct group group = {0};
	int rc;

	group.hours = xcalloc(linked->count, sizeof(*group.hours));
	group.results = xcalloc(linked->count, sizeof(*group.results));
	for (size_t i = first; i < linked->count; i++) {
		struct linked_hour *hour = &linked->hours[i];

		if (hour->group == first) {
			group.hours[group.count] = &hour->hour;
			group.results[group.count++] = &hour->result;
		}
	}
	for (size_t i = 0; i < group.count; i++) {
		add_rows(&group.rows, group.hours[i], i, true, true);
	}
	sort_rows(&group.rows);
	/* What was refused has no order. */
	size_t kept = 0;
	for (size_t i = 0; i < group.rows.count; i++) {
		if (group.rows.rows[i].bid->order != CLEAR_NO_ORDER) {
			group.rows.rows[kept++] = group.rows.rows[i];
		}
	}
	group.rows.count = kept;
	rc = clear_group(&group, err);
	free(group.rows.rows);
	free(group.hours);
	free(group.results);
	return rc;
}

/* All ---------------------------------------------------------------------- */

/* Reads all hours, and keeps those in which a bid names a block. */
static int
gather(struct clear_linked *linked, struct qf_error *err)
{
	struct clear_hour hour;
	int rc;

	clear_hour_init(&hour);
	while ((rc = clear_book_next(&linked->book, &hour, err)) == 1) {
		struct linked_hour *kept;

		if (!hour.linked) {
			continue;
		}
		if (linked->count == linked->capacity) {
			linked->capacity = linked->capacity * 2 + 24;
			linked->hours = xreallocarray(linked->hours,
			    linked->capacity, sizeof(*linked->hours));
		}
		kept = &linked->hours[linked->count++];
		memset(kept, 0, sizeof(*kept));
		kept->hour = hour;
		clear_hour_init(&hour);
	}
	clear_hour_release(&hour);
	return rc;
}

int
clear_link(struct clear_linked **out, struct ledger *ledger,
    const struct clear_request *request, struct qf_error *err)
{
	struct clear_linked *linked = xcalloc(1, sizeof(*linked));
	struct rows rows = {0};
	int rc;

	*out = linked;
	rc = clear_book_open(&linked->book, ledger, request, INT64_MIN, err);
	if (rc == 0) {
		rc = gather(linked, err);
	}
	if (rc == -1) {
		return -1;
	}
	for (size_t i = 0; i < linked->count; i++) {
		add_rows(&rows, &linked->hours[i].hour, i, true, false);
	}
	sort_rows(&rows);
	judge_blocks(linked, &rows);
	link_hours(linked, &rows);
	free(rows.rows);
	for (size_t i = 0; rc == 0 && i < linked->count; i++) {
		if (linked->hours[i].group == i) {
			rc = clear_linked_group(linked, i, err);
		}
	}
	return rc;
}

void
clear_linked_free(struct clear_linked *linked)
{
	if (linked == NULL) {
		return;
	}
	for (size_t i = 0; i < linked->count; i++) {
		clear_hour_release(&linked->hours[i].hour);
		clear_result_release(&linked->hours[i].result);
	}
	free(linked->hours);
	clear_book_close(&linked->book);
	free(linked);
}

bool
clear_linked_at(struct clear_linked *linked, int64_t start_utc,
    struct clear_hour **hour, struct clear_result **result)
{
	size_t low = 0, high = linked->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (linked->hours[middle].hour.start_utc < start_utc) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	if (low == linked->count ||
	    linked->hours[low].hour.start_utc != start_utc) {
		return false;
	}
	*hour = &linked->hours[low].hour;
	*result = &linked->hours[low].result;
	return true;
}

bool
clear_linked_each(const struct clear_linked *linked, size_t number,
    const struct clear_hour **hour, const struct clear_result **result)
{
	if (linked == NULL || number >= linked->count) {
		return false;
	}
	*hour = &linked->hours[number].hour;
	*result = &linked->hours[number].result;
	return true;
}
