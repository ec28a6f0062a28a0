/* gather.c - what a run's lines and responses say of each contract's leg
 * for the party of an owners' tree.
 *
 * A run may be large, so its rows pass through the sorter: the lines of a leg
 * first, which tell in which month an event counts, then its responses step by
 * step, the whole before its points.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/sorter.h"
#include "base/status.h"
#include "base/text.h"
#include "base/zone.h"
#include "ledger/runs.h"
#include "model/response.h"
#include "stage/share/own.h"

/* In the order in which the rows of a leg are wanted. */
enum tag { OF_LINE = 1, OF_WHOLE, OF_POINT };

/* An event's lines say to which sum it counts. */
struct counted {
	char event[ID_MAX + 1];
	size_t sum;
};

/* A point's part of the step in hand. */
struct part {
	size_t share;
	struct ratio kwh;
};

struct gather {
	const struct share_request *request;
	share_group_function *group;
	void *context;
	struct share_group in_hand;
	struct counted *events;
	size_t event_count, event_capacity;
	/* The step of an event in hand. */
	struct {
		bool open;
		size_t sum;
		struct ratio earned; /* what was paid for it, at least 0 */
		bool alone; /* no point of it came yet */
		char point[ID_MAX + 1]; /* the contract's own */
		struct ratio whole_kwh;
		struct ratio delivered_kwh; /* by all points */
		struct part *parts;
		size_t count, capacity;
	} step;
	int64_t lines;
};

/* What a record holds of a response. */
struct response_data {
	int64_t start_utc;
	char event[ID_MAX + 1], point[ID_MAX + 1];
	char response_kwh[DEC_TEXT_MAX], pay[DEC_TEXT_MAX],
	    charge[DEC_TEXT_MAX];
};

/* The version that a line falls under, and the party whose amounts it says are
 * split; where none holds, the party of the first. */
static const struct owners_version *
version_of(const struct gather *gather, int64_t from_utc, const char **party)
{
	const struct owners *owners = gather->request->owners;
	const struct owners_version *version =
	    owners_at(owners, zone_day_of(gather->request->zone, from_utc));

	*party = version != NULL ? version->party : owners->versions[0].party;
	return version;
}

/* contract NUL leg NUL tag [event NUL start] */
static size_t
make_key(unsigned char key[4 * ID_MAX], const char *contract, const char *leg,
    enum tag tag, const char *event, int64_t start_utc)
{
	size_t used = strlen(contract) + 1;

	memcpy(key, contract, used);
	memcpy(key + used, leg, strlen(leg) + 1);
	used += strlen(leg) + 1;
	key[used++] = tag == OF_LINE ? OF_LINE : OF_WHOLE;
	if (tag == OF_LINE) {
		return used;
	}
	memcpy(key + used, event, strlen(event) + 1);
	used += strlen(event) + 1;
	for (int shift = 56; shift >= 0; shift -= 8) {
		key[used++] = (unsigned char)((uint64_t)start_utc >> shift);
	}
	key[used++] = (unsigned char)tag;
	return used;
}

static int
add_lines(struct gather *gather, struct sorter *sorter, struct ledger *ledger,
    struct qf_error *err)
{
	unsigned char key[4 * ID_MAX];
	struct run_cursor *cursor = NULL;
	struct line line;
	struct buf packed;
	int rc;

	if (runs_open_lines(&cursor, ledger, gather->request->of, 1, err) ==
	    -1) {
		return -1;
	}
	buf_init(&packed, LINE_PACKED_MAX);
	while ((rc = runs_next_line(cursor, &line, err)) == 1) {
		const char *party;

		(void)version_of(gather, line.from_utc, &party);
		if (!line.has_amount || (strcmp(line.payee, party) != 0 &&
					    strcmp(line.payer, party) != 0)) {
			continue;
		}
		packed.length = 0;
		line_pack(&packed, &line);
		if (sorter_add(sorter, key,
			make_key(key, line.contract, line.leg, OF_LINE, "", 0),
			packed.bytes, packed.length, err) == -1) {
			rc = -1;
			break;
		}
		gather->lines++;
	}
	buf_release(&packed);
	runs_close(cursor);
	return rc;
}

static int
add_responses(struct sorter *sorter, struct ledger *ledger, int64_t run,
    struct qf_error *err)
{
	unsigned char key[4 * ID_MAX];
	struct run_cursor *cursor = NULL;
	struct response_data data;
	struct response_row row;
	int rc;

	if (runs_open_responses(&cursor, ledger, run, err) == -1) {
		return -1;
	}
	while ((rc = runs_next_response(cursor, &row, err)) == 1) {
		bool whole = strcmp(row.role, "contract") == 0;

		memset(&data, 0, sizeof(data));
		data.start_utc = row.start_utc;
		text_copy(data.event, sizeof(data.event), row.event);
		text_copy(data.point, sizeof(data.point), row.point);
		text_copy(data.response_kwh, sizeof(data.response_kwh),
		    row.response_kwh);
		if (whole) {
			text_copy(data.pay, sizeof(data.pay), row.pay);
			text_copy(data.charge, sizeof(data.charge), row.charge);
		}
		if (sorter_add(sorter, key,
			make_key(key, row.contract, row.leg,
			    whole ? OF_WHOLE : OF_POINT, row.event,
			    row.start_utc),
			&data, sizeof(data), err) == -1) {
			rc = -1;
			break;
		}
	}
	runs_close(cursor);
	return rc;
}

/* The sum of a month and version, made where it is new; kept in order. */
static size_t
sum_of(struct gather *gather, int month, const struct owners_version *version)
{
	struct share_group *group = &gather->in_hand;
	struct share_sum *sum;
	size_t at = 0;

	while (at < group->count && (group->sums[at].month != month ||
					group->sums[at].version != version)) {
		at++;
	}
	if (at < group->count) {
		return at;
	}
	if (group->count == group->capacity) {
		group->capacity = 2 * group->capacity + 4;
		group->sums = xreallocarray(
		    group->sums, group->capacity, sizeof(*group->sums));
	}
	sum = &group->sums[group->count++];
	memset(sum, 0, sizeof(*sum));
	sum->month = month;
	sum->version = version;
	sum->from_utc = INT64_MAX;
	sum->to_utc = INT64_MIN;
	if (version != NULL) {
		sum->weights =
		    xcalloc(version->share_count, sizeof(*sum->weights));
	}
	return at;
}

static void
note_event(struct gather *gather, const char *event, size_t sum)
{
	for (size_t i = gather->event_count; i > 0; i--) {
		if (strcmp(gather->events[i - 1].event, event) == 0) {
			return;
		}
	}
	if (gather->event_count == gather->event_capacity) {
		gather->event_capacity = 2 * gather->event_capacity + 8;
		gather->events = xreallocarray(gather->events,
		    gather->event_capacity, sizeof(*gather->events));
	}
	text_copy(gather->events[gather->event_count].event, ID_MAX + 1, event);
	gather->events[gather->event_count++].sum = sum;
}

/* Adds a line to its sum: what the party receives, less what it pays. */
static int
take_line(struct gather *gather, const struct line *line, struct qf_error *err)
{
	struct share_group *group = &gather->in_hand;
	const struct owners_version *version;
	struct share_sum *sum;
	const char *party;
	int64_t net = line->net_minor, tax = line->tax_minor;
	size_t at;

	version = version_of(gather, line->from_utc, &party);
	at = sum_of(gather, line->month, version);
	sum = &group->sums[at];
	if (strcmp(line->payee, party) != 0) {
		net = -net;
		tax = -tax;
	}
	if (__builtin_add_overflow(sum->net_minor, net, &sum->net_minor) ||
	    __builtin_add_overflow(sum->tax_minor, tax, &sum->tax_minor)) {
		return qf_fail(err, QF_DATA, "share-range",
		    "contract %s: its lines come to more than a ledger can "
		    "hold",
		    line->contract);
	}
	if (line->from_utc < sum->from_utc) {
		sum->from_utc = line->from_utc;
	}
	if (line->to_utc > sum->to_utc) {
		sum->to_utc = line->to_utc;
	}
	if (group->point[0] == '\0') {
		text_copy(group->point, sizeof(group->point), line->point);
	}
	if (line->session != NULL) {
		note_event(gather, line->session, at);
	}
	return 0;
}

/* A point's energy of the step, for each share that names it; a response below
 * 0 delivers nothing. */
static void
take_point(struct gather *gather, const char *point, const struct ratio *kwh)
{
	const struct owners_version *version =
	    gather->in_hand.sums[gather->step.sum].version;

	if (ratio_sign(kwh) <= 0) {
		return;
	}
	ratio_add(
	    &gather->step.delivered_kwh, &gather->step.delivered_kwh, kwh);
	for (size_t i = 0; i < version->share_count; i++) {
		const struct owners_share *share = &version->shares[i];
		size_t at = 0;

		while (at < share->point_count &&
		       strcmp(share->points[at], point) != 0) {
			at++;
		}
		if (at == share->point_count) {
			continue;
		}
		if (gather->step.count == gather->step.capacity) {
			size_t old = gather->step.capacity;

			gather->step.capacity = 2 * old + 8;
			gather->step.parts = xreallocarray(gather->step.parts,
			    gather->step.capacity, sizeof(struct part));
			memset(gather->step.parts + old, 0,
			    (gather->step.capacity - old) *
				sizeof(struct part));
		}
		gather->step.parts[gather->step.count].share = i;
		ratio_set(&gather->step.parts[gather->step.count++].kwh, kwh);
	}
}

/* Gives the points of the step that is over their weights.  What a point earned
 * goes by the energy of all points, whichever shares name them: so much was
 * paid for each kWh of the step. */
static void
end_step(struct gather *gather)
{
	const struct share_sum *sum;
	struct ratio weight = {0};

	if (!gather->step.open) {
		return;
	}
	if (gather->step.alone) {
		take_point(gather, gather->step.point, &gather->step.whole_kwh);
	}
	gather->step.open = false;
	sum = &gather->in_hand.sums[gather->step.sum];
	for (size_t i = 0; i < gather->step.count; i++) {
		const struct part *part = &gather->step.parts[i];
		struct ratio *of = &sum->weights[part->share];

		ratio_set(&weight, &part->kwh);
		if (sum->version->shares[part->share].by == OWNERS_EARNED) {
			ratio_mul(&weight, &weight, &gather->step.earned);
			ratio_div(
			    &weight, &weight, &gather->step.delivered_kwh);
		}
		ratio_add(of, of, &weight);
	}
	ratio_release(&weight);
}

static int
set_ratio(struct ratio *out, const char *text, struct qf_error *err)
{
	struct dec number = {0};
	int rc = dec_parse_stored(&number, text, strlen(text), err);

	if (rc == 0) {
		ratio_set_dec(out, &number);
	}
	dec_release(&number);
	return rc;
}

/* The whole of a step begins it. */
static int
begin_step(struct gather *gather, const struct response_data *data,
    struct qf_error *err)
{
	struct ratio charge = {0}, nothing = {0};
	struct ratio *below;
	int rc = -1;

	end_step(gather);
	gather->step.count = 0;
	ratio_release(&gather->step.delivered_kwh);
	for (size_t i = 0; i < gather->event_count; i++) {
		if (strcmp(gather->events[i].event, data->event) == 0) {
			gather->step.sum = gather->events[i].sum;
			gather->step.open =
			    gather->in_hand.sums[gather->step.sum].version !=
			    NULL;
		}
	}
	if (set_ratio(&gather->step.earned, data->pay, err) == 0 &&
	    set_ratio(&charge, data->charge, err) == 0) {
		ratio_sub(&gather->step.earned, &gather->step.earned, &charge);
		if (gather->step.open && ratio_sign(&gather->step.earned) < 0) {
			below = &gather->in_hand.sums[gather->step.sum].below;
			ratio_add(below, below, &gather->step.earned);
		}
		ratio_max(&gather->step.earned, &gather->step.earned, &nothing);
		rc = 0;
	}
	ratio_release(&charge);
	return rc;
}

/* A contract without points behind it is its own. */
static int
take_response(struct gather *gather, enum tag tag,
    const struct response_data *data, struct qf_error *err)
{
	struct ratio kwh = {0};
	int rc = -1;

	if (tag == OF_WHOLE && begin_step(gather, data, err) == -1) {
		return -1;
	}
	if (set_ratio(&kwh, data->response_kwh, err) == -1) {
		goto out;
	}
	if (tag == OF_WHOLE) {
		text_copy(gather->step.point, sizeof(gather->step.point),
		    data->point);
		ratio_set(&gather->step.whole_kwh, &kwh);
		gather->step.alone = true;
	} else if (gather->step.open) {
		gather->step.alone = false;
		take_point(gather, data->point, &kwh);
	}
	rc = 0;
out:
	ratio_release(&kwh);
	return rc;
}

static int
by_month(const void *a, const void *b)
{
	const struct share_sum *one = a, *other = b;

	if (one->month != other->month) {
		return one->month < other->month ? -1 : 1;
	}
	return (one->from_utc > other->from_utc) -
	       (one->from_utc < other->from_utc);
}

/* Hands out what is in hand, and empties it. */
static int
end_group(struct gather *gather, struct qf_error *err)
{
	struct share_group *group = &gather->in_hand;
	int rc = 0;

	end_step(gather);
	if (group->count > 0) {
		qsort(
		    group->sums, group->count, sizeof(*group->sums), by_month);
		rc = gather->group(gather->context, group, err);
	}
	for (size_t i = 0; i < group->count; i++) {
		const struct owners_version *version = group->sums[i].version;

		for (size_t j = 0; version != NULL && j < version->share_count;
		     j++) {
			ratio_release(&group->sums[i].weights[j]);
		}
		free(group->sums[i].weights);
		ratio_release(&group->sums[i].below);
	}
	group->count = 0;
	group->point[0] = '\0';
	gather->event_count = 0;
	return rc;
}

static int
take(struct gather *gather, const struct sorter_record *record,
    struct qf_error *err)
{
	const char *contract = record->key;
	const char *leg = contract + strlen(contract) + 1;
	const unsigned char *key = record->key;
	struct share_group *group = &gather->in_hand;
	struct response_data data;

	if (strcmp(group->contract, contract) != 0 ||
	    strcmp(group->leg, leg) != 0) {
		if (end_group(gather, err) == -1) {
			return -1;
		}
		text_copy(group->contract, sizeof(group->contract), contract);
		text_copy(group->leg, sizeof(group->leg), leg);
	}
	if (leg[strlen(leg) + 1] == OF_LINE) {
		struct line line;

		line_unpack(&line, record->data, record->data_length);
		return take_line(gather, &line, err);
	}
	/* The sorter aligns nothing. */
	memcpy(&data, record->data, sizeof(data));
	return take_response(
	    gather, (enum tag)key[record->key_length - 1], &data, err);
}

static void
release(struct gather *gather)
{
	for (size_t i = 0; i < gather->step.capacity; i++) {
		ratio_release(&gather->step.parts[i].kwh);
	}
	free(gather->step.parts);
	ratio_release(&gather->step.earned);
	ratio_release(&gather->step.whole_kwh);
	ratio_release(&gather->step.delivered_kwh);
	free(gather->events);
	free(gather->in_hand.sums);
}

int
share_gather(struct ledger *ledger, const struct share_request *request,
    share_group_function *group, void *context, int64_t *lines,
    struct qf_error *err)
{
	struct gather gather = {
	    .request = request, .group = group, .context = context};
	struct sorter *sorter = sorter_new(SORTER_MEMORY);
	struct sorter_record record;
	int rc = -1;

	if (add_lines(&gather, sorter, ledger, err) == -1 ||
	    add_responses(sorter, ledger, request->of, err) == -1 ||
	    sorter_finish(sorter, err) == -1) {
		goto out;
	}
	while ((rc = sorter_next(sorter, &record, err)) == 1) {
		if (take(&gather, &record, err) == -1) {
			rc = -1;
			break;
		}
	}
	if (rc == 0) {
		rc = end_group(&gather, err);
	}
	*lines = gather.lines;
out:
	release(&gather);
	sorter_free(sorter);
	return rc;
}
