/* delta.c - what a run changes in what stands.
 *
 * Two ways to the same transfers.  Where nothing stands yet, a contract's
 * lines are summed up and handed out as they are read.  Else its sums are
 * sorted by key and merged with what stands.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/delta.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/dec.h"
#include "base/sorter.h"
#include "base/status.h"
#include "base/text.h"
#include "ledger/runs.h"
#include "ledger/standing.h"
#include "model/contract.h"
#include "settle/tally.h"
#include "stage/held.h"

struct delta {
	struct ledger *ledger;
	const struct run *run;
	const struct delta_sink *sink;
	struct delta_result *result;
	struct held *held;
	struct standing *standing; /* NULL where against nothing */
	struct tally *tally; /* of the contract at hand, then of one key */
	struct sorter *sorter; /* NULL where streamed */
	struct buf packed; /* scratch */
	char contract[ID_MAX + 1]; /* at hand */
	char leg[ID_MAX + 1];
	bool leg_is_held;
	int64_t lines_minor; /* gross of all lines that are posted */
	int64_t stood_minor; /* gross of what stood of what is not held */

	struct sorter_record record; /* read ahead of the sorter */
	bool has_record;
	struct stands stands; /* read ahead of what stands */
	bool has_stands;
	struct buf stands_key; /* packed */
	struct dec new_quantity, old_quantity;
	char change_text[DEC_TEXT_MAX], total_text[DEC_TEXT_MAX];
};

/* Adds to a sum that the totals of the keys have bounded. */
static int
add_minor(int64_t *sum, int64_t amount, struct qf_error *err)
{
	if (__builtin_add_overflow(*sum, amount, sum)) {
		return qf_fail(err, QF_DATA, "post-range",
		    "the sum of all amounts does not fit 64 bits");
	}
	return 0;
}

/* Handing out ----------------------------------------------------------- */

static int
parse(struct dec *out, const char *text, struct qf_error *err)
{
	return dec_parse_stored(out, text, strlen(text), err);
}

/* change = new - old, for the quantity as for the money; total = what stood
 * of the key in all + change. */
static int
subtract(struct delta *delta, const struct transfer_sums *now,
    const struct stands *before, struct transfer *out, struct qf_error *err)
{
	const struct transfer_sums *old = &before->scope;
	const struct transfer_sums *all = &before->newest.total;
	struct transfer_sums *change = &out->change, *total = &out->total;

	if (__builtin_sub_overflow(
		now->net_minor, old->net_minor, &change->net_minor) ||
	    __builtin_sub_overflow(
		now->tax_minor, old->tax_minor, &change->tax_minor) ||
	    __builtin_sub_overflow(
		now->gross_minor, old->gross_minor, &change->gross_minor) ||
	    __builtin_add_overflow(
		all->net_minor, change->net_minor, &total->net_minor) ||
	    __builtin_add_overflow(
		all->tax_minor, change->tax_minor, &total->tax_minor) ||
	    __builtin_add_overflow(
		all->gross_minor, change->gross_minor, &total->gross_minor) ||
	    change->gross_minor == INT64_MIN) {
		return qf_fail(err, QF_DATA, "post-range",
		    "contract %s: the change does not fit 64 bits",
		    out->key.contract);
	}
	if (parse(&delta->new_quantity, now->quantity, err) == -1 ||
	    parse(&delta->old_quantity, old->quantity, err) == -1) {
		return -1;
	}
	dec_sub(
	    &delta->new_quantity, &delta->new_quantity, &delta->old_quantity);
	dec_format_trim(&delta->new_quantity, delta->change_text,
	    sizeof(delta->change_text));
	if (parse(&delta->old_quantity, all->quantity, err) == -1) {
		return -1;
	}
	dec_add(
	    &delta->old_quantity, &delta->old_quantity, &delta->new_quantity);
	dec_format_trim(
	    &delta->old_quantity, delta->total_text, sizeof(delta->total_text));
	change->quantity = delta->change_text;
	total->quantity = delta->total_text;
	return 0;
}

static bool
is_nothing(const struct transfer_sums *sums)
{
	return sums->net_minor == 0 && sums->tax_minor == 0 &&
	       sums->gross_minor == 0 && strcmp(sums->quantity, "0") == 0;
}

static int
hand_out(struct delta *delta, struct transfer *transfer, struct qf_error *err)
{
	transfer->line_no = ++delta->result->transfers;
	if (add_minor(&delta->result->gross_minor, transfer->change.gross_minor,
		err) == -1) {
		return -1;
	}
	return delta->sink->transfer(delta->sink->context, transfer, err);
}

/* A key that the run has and nobody had before. */
static int
key_new(struct delta *delta, struct transfer *now, struct qf_error *err)
{
	delta->result->keys++;
	now->version = 1;
	now->reason = "new";
	now->total = now->change;
	if (add_minor(&delta->result->total_minor, now->change.gross_minor,
		err) == -1) {
		return -1;
	}
	return hand_out(delta, now, err);
}

/* A key that stands and that the run has too. */
static int
key_again(struct delta *delta, const struct transfer *now, struct qf_error *err)
{
	const struct stands *before = &delta->stands;
	struct transfer out = *now;

	delta->result->keys++;
	if (!is_nothing(&before->newest.total) &&
	    (strcmp(before->newest.unit, now->unit) != 0 ||
		before->newest.counts_energy != now->counts_energy)) {
		return qf_fail(err, QF_DATA, "post-unit",
		    "contract %s: %s %s stands in %s and is now in %s, or "
		    "now counts as energy and did not, or the reverse",
		    now->key.contract, now->key.subject, now->key.component,
		    before->newest.unit, now->unit);
	}
	if (add_minor(&delta->result->total_minor, now->change.gross_minor,
		err) == -1 ||
	    add_minor(&delta->stood_minor, before->scope.gross_minor, err) ==
		-1 ||
	    subtract(delta, &now->change, before, &out, err) == -1) {
		return -1;
	}
	if (is_nothing(&out.change) &&
	    strcmp(before->newest.account, now->account) == 0) {
		return 0;
	}
	out.version = before->newest.version + 1;
	out.reason = "change";
	return hand_out(delta, &out, err);
}

/* A key that stands and that the run has not. */
static int
key_gone(struct delta *delta, struct qf_error *err)
{
	static const struct transfer_sums nothing = {.quantity = "0"};
	const struct stands *before = &delta->stands;
	struct transfer out = before->newest;

	if (is_nothing(&before->scope) ||
	    held_whole(delta->held, out.key.contract, out.key.leg)) {
		return 0;
	}
	if (add_minor(&delta->stood_minor, before->scope.gross_minor, err) ==
		-1 ||
	    subtract(delta, &nothing, before, &out, err) == -1) {
		return -1;
	}
	out.version = before->newest.version + 1;
	out.reason = "gone";
	return hand_out(delta, &out, err);
}

/* Reading the lines ------------------------------------------------------ */

/* Gives what is in the tally to the sorter, or hands it out. */
static int
flush(struct delta *delta, struct qf_error *err)
{
	struct transfer transfer;
	size_t length;
	int rc = 0;

	tally_sort(delta->tally);
	for (size_t i = 0; rc == 0 && i < tally_count(delta->tally); i++) {
		const char *key = tally_key(delta->tally, i, &length);

		tally_get(delta->tally, i, &transfer);
		transfer.reason = "";
		transfer.total.quantity = "";
		if (delta->sorter == NULL) {
			rc = key_new(delta, &transfer, err);
			continue;
		}
		buf_clear(&delta->packed);
		transfer_pack(&delta->packed, &transfer);
		rc = sorter_add(delta->sorter, key, length, delta->packed.bytes,
		    delta->packed.length, err);
	}
	tally_clear(delta->tally);
	return rc;
}

/* Begins a contract or leg: 0, or DELTA_UNORDERED where its lines may have
 * been handed out before. */
static int
begin(struct delta *delta, const struct line *line, struct qf_error *err)
{
	bool other = strcmp(delta->contract, line->contract) != 0;

	if (other) {
		if (delta->sorter == NULL &&
		    strcmp(delta->contract, line->contract) > 0) {
			return DELTA_UNORDERED;
		}
		if (flush(delta, err) == -1) {
			return -1;
		}
	}
	assert(strlen(line->contract) <= ID_MAX && strlen(line->leg) <= ID_MAX);
	snprintf(
	    delta->contract, sizeof(delta->contract), "%s", line->contract);
	snprintf(delta->leg, sizeof(delta->leg), "%s", line->leg);
	delta->leg_is_held = held_whole(delta->held, line->contract, line->leg);
	return 0;
}

static int
add_line(struct delta *delta, const struct line *line, struct qf_error *err)
{
	int rc;

	if (line->month < delta->run->first_month ||
	    line->month > delta->run->last_month) {
		return qf_fail(err, QF_DATA, "post-month",
		    "run:%lld/%lld: delivery month %d is not in the run's "
		    "period",
		    (long long)delta->run->entry, (long long)line->line_no,
		    line->month);
	}
	if (strcmp(delta->contract, line->contract) != 0 ||
	    strcmp(delta->leg, line->leg) != 0) {
		rc = begin(delta, line, err);
		if (rc != 0) {
			return rc;
		}
	}
	if (delta->leg_is_held) {
		return 0;
	}
	rc = tally_add_line(delta->tally, line, err);
	if (rc == 0) {
		if (delta->sorter == NULL) {
			return DELTA_UNORDERED;
		}
		if (flush(delta, err) == -1) {
			return -1;
		}
		rc = tally_add_line(delta->tally, line, err);
	}
	if (rc == -1) {
		return -1;
	}
	return line->has_amount
		   ? add_minor(&delta->lines_minor, line->gross_minor, err)
		   : 0;
}

static int
read_lines(struct delta *delta, struct qf_error *err)
{
	struct run_cursor *cursor = NULL;
	struct line line;
	int rc, added = 0;

	if (runs_open_lines(
		&cursor, delta->ledger, delta->run->entry, 1, err) == -1) {
		return -1;
	}
	while ((rc = runs_next_line(cursor, &line, err)) == 1) {
		delta->result->lines++;
		added = add_line(delta, &line, err);
		if (added != 0) {
			break;
		}
		if (delta->sink->progress != NULL) {
			delta->sink->progress(
			    delta->sink->context, delta->result->lines);
		}
	}
	runs_close(cursor);
	if (rc == -1 || added != 0) {
		return rc == -1 ? -1 : added;
	}
	return flush(delta, err);
}

/* Lines of sessions that are held now, as a posted run had them. */
static int
add_carried(void *context, const struct line *line, struct qf_error *err)
{
	struct delta *delta = context;

	assert(delta->sorter != NULL);
	return add_line(delta, line, err);
}

/* Merging ---------------------------------------------------------------- */

static int
next_record(struct delta *delta, struct qf_error *err)
{
	int rc = sorter_next(delta->sorter, &delta->record, err);

	delta->has_record = rc == 1;
	return rc == -1 ? -1 : 0;
}

static int
next_stands(struct delta *delta, struct qf_error *err)
{
	int rc = delta->standing == NULL
		     ? 0
		     : standing_next(delta->standing, &delta->stands, err);

	delta->has_stands = rc == 1;
	if (rc == 1) {
		buf_clear(&delta->stands_key);
		transfer_pack_key(
		    &delta->stands_key, &delta->stands.newest.key);
	}
	return rc == -1 ? -1 : 0;
}

/* Sums up the sorter's next key in the tally: a contract whose lines do not
 * come together has several records of one key. */
static int
next_sum(struct delta *delta, struct transfer *out, struct qf_error *err)
{
	struct transfer transfer;
	const char *key;
	size_t length;
	int rc = 0;

	tally_clear(delta->tally);
	do {
		memset(&transfer, 0, sizeof(transfer));
		transfer_unpack_key(
		    &transfer.key, delta->record.key, delta->record.key_length);
		transfer_unpack(
		    &transfer, delta->record.data, delta->record.data_length);
		if (tally_add(delta->tally, &transfer, err) != 1 ||
		    next_record(delta, err) == -1) {
			rc = -1;
			break;
		}
		key = tally_key(delta->tally, 0, &length);
	} while (delta->has_record && delta->record.key_length == length &&
		 memcmp(delta->record.key, key, length) == 0);
	if (rc == 0) {
		assert(tally_count(delta->tally) == 1);
		tally_get(delta->tally, 0, out);
	}
	return rc;
}

/* Below, at or above 0: the run's next key against that which stands. */
static int
compare_heads(const struct delta *delta)
{
	size_t a = delta->record.key_length, b = delta->stands_key.length;
	int order;

	if (!delta->has_record || !delta->has_stands) {
		return delta->has_record ? -1 : 1;
	}
	order =
	    memcmp(delta->record.key, delta->stands_key.bytes, a < b ? a : b);
	return order != 0 ? order : (a > b) - (a < b);
}

static int
merge(struct delta *delta, struct qf_error *err)
{
	struct transfer now;
	int rc = 0;

	if (sorter_finish(delta->sorter, err) == -1 ||
	    next_record(delta, err) == -1 || next_stands(delta, err) == -1) {
		return -1;
	}
	while (rc == 0 && (delta->has_record || delta->has_stands)) {
		int order = compare_heads(delta);

		if (order <= 0 && next_sum(delta, &now, err) == -1) {
			return -1;
		}
		if (order < 0) {
			rc = key_new(delta, &now, err);
			continue;
		}
		rc = order == 0 ? key_again(delta, &now, err)
				: key_gone(delta, err);
		if (rc == 0) {
			rc = next_stands(delta, err);
		}
	}
	return rc;
}

/* The whole -------------------------------------------------------------- */

/* What is true of every posting, or it is not made. */
static int
prove(const struct delta *delta, struct qf_error *err)
{
	const struct delta_result *result = delta->result;
	int64_t change;

	if (result->total_minor != delta->lines_minor ||
	    __builtin_sub_overflow(
		result->total_minor, delta->stood_minor, &change) ||
	    result->gross_minor != change) {
		return qf_fail(err, QF_BUG, "post-balance",
		    "run:%lld: its lines sum up to %lld, its keys to %lld, "
		    "what stood to %lld and the changes to %lld minor units",
		    (long long)delta->run->entry, (long long)delta->lines_minor,
		    (long long)result->total_minor,
		    (long long)delta->stood_minor,
		    (long long)result->gross_minor);
	}
	return 0;
}

static int
run_delta(struct delta *delta, const struct delta_options *options,
    struct qf_error *err)
{
	bool against_nothing;
	int rc;

	if (held_load(&delta->held, delta->ledger, delta->run->entry, err) ==
	    -1) {
		return -1;
	}
	if (!options->alone && standing_open(&delta->standing, delta->ledger,
				   delta->run, 0, err) == -1) {
		return -1;
	}
	against_nothing = options->alone || standing_is_empty(delta->standing);
	if (!against_nothing || !options->streamed) {
		delta->sorter = sorter_new(SORTER_MEMORY);
	}
	rc = read_lines(delta, err);
	if (rc == 0 && !against_nothing && held_has_sessions(delta->held)) {
		rc = held_carry(delta->held, delta->ledger, delta->run,
		    add_carried, delta, err);
		if (rc == 0) {
			rc = flush(delta, err);
		}
	}
	if (rc == 0 && delta->sorter != NULL) {
		rc = merge(delta, err);
	}
	return rc == 0 ? prove(delta, err) : rc;
}

int
delta_run(struct ledger *ledger, const struct run *run,
    const struct delta_options *options, const struct delta_sink *sink,
    struct delta_result *result, struct qf_error *err)
{
	struct delta delta = {.ledger = ledger,
	    .run = run,
	    .sink = sink,
	    .result = result,
	    .tally = tally_new(TALLY_KEYS)};
	int rc;

	memset(result, 0, sizeof(*result));
	buf_init(&delta.packed, TRANSFER_PACKED_MAX);
	buf_init(&delta.stands_key, TRANSFER_PACKED_MAX);
	rc = run_delta(&delta, options, err);
	held_free(delta.held);
	standing_close(delta.standing);
	tally_free(delta.tally);
	sorter_free(delta.sorter);
	buf_release(&delta.packed);
	buf_release(&delta.stands_key);
	dec_release(&delta.new_quantity);
	dec_release(&delta.old_quantity);
	return rc;
}
