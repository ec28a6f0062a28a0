/* reconcile_points.c - energy of points in the time that nothing settles.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <stdbool.h>
#include <string.h>

#include "ledger/registry.h"
#include "stage/audit/reconcile_own.h"

#define KEY_MAX 512 /* bytes */
#define TIME_SIZE 8 /* bytes, of the time that a key ends with */

/* A point's channel, and how much of the period's time is done. */
struct point_walk {
	struct reconcile *reconcile;
	reconcile_take_unpriced *take;
	void *context;
	char key[KEY_MAX]; /* point and channel, each with its NUL */
	size_t length;
	int64_t settled_utc; /* nothing before this is left to look at */
	int64_t priced_utc; /* the last end of what has begun by now */
	bool has_reads;
	struct unpriced found;
};

/* The order of memcmp is that of time, and of the words where it is equal. */
int
reconcile_add_point(struct reconcile *reconcile, const char *point,
    const char *channel, enum point_word word, int64_t from_utc, int64_t to_utc,
    struct qf_error *err)
{
	char key[KEY_MAX];
	size_t length, first = strlen(point) + 1, second = strlen(channel) + 1;
	uint64_t time = (uint64_t)from_utc ^ ((uint64_t)1 << 63);

	if (first + second + TIME_SIZE + 1 > sizeof(key)) {
		return 0;
	}
	memcpy(key, point, first);
	memcpy(key + first, channel, second);
	length = first + second;
	for (int i = TIME_SIZE - 1; i >= 0; i--) {
		key[length++] = (char)(time >> (8 * i) & 0xff);
	}
	key[length++] = (char)word;
	return sorter_add(
	    reconcile->points, key, length, &to_utc, sizeof(to_utc), err);
}

int
reconcile_add_covered(struct reconcile *reconcile, const struct run *run,
    const struct energy *energy, struct qf_error *err)
{
	struct contract_cursor *cursor;
	struct contract stretch;
	int rc;

	if (contracts_open(&cursor, reconcile->ledger, run->asof,
		reconcile->period.from_utc, reconcile->period.to_utc,
		energy->contract, energy->leg, err) == -1) {
		return -1;
	}
	while ((rc = contracts_next(cursor, &stretch, err)) == 1) {
		if (strcmp(stretch.point, energy->point) == 0 &&
		    reconcile_add_point(reconcile, energy->point,
			energy->channel, POINT_SETTLED, stretch.from_utc,
			stretch.to_utc, err) == -1) {
			rc = -1;
			break;
		}
	}
	contracts_close(cursor);
	return rc;
}

/* Adds what was metered until an instant since the last that is settled. */
static int
add_gap(struct point_walk *walk, int64_t until_utc, struct qf_error *err)
{
	const struct period *period = &walk->reconcile->period;
	int64_t from_utc = walk->settled_utc;
	enum channel channel = strcmp(walk->found.channel, "export") == 0
				   ? CHANNEL_EXPORT
				   : CHANNEL_IMPORT;
	struct dec kwh = {0};
	int rc;

	if (until_utc > period->to_utc) {
		until_utc = period->to_utc;
	}
	if (!walk->has_reads || from_utc >= until_utc) {
		return 0;
	}
	/* A session that begins before is on the row of who settles that. */
	rc = audit_metered_point(&kwh, &walk->reconcile->source,
	    walk->found.point, channel, from_utc, until_utc,
	    from_utc == period->from_utc ? INT64_MIN : from_utc, err);
	if (rc == 1) {
		dec_add(&walk->found.kwh, &walk->found.kwh, &kwh);
		walk->found.priced |= walk->priced_utc > from_utc;
		rc = 0;
	}
	dec_release(&kwh);
	return rc;
}

static int
take_record(struct point_walk *walk, const struct sorter_record *record,
    struct qf_error *err)
{
	const char *key = record->key;
	uint64_t time = 0;
	int64_t from_utc, to_utc;

	assert(record->data_length == sizeof(to_utc));
	memcpy(&to_utc, record->data, sizeof(to_utc));
	for (size_t i = 0; i < TIME_SIZE; i++) {
		time = time << 8 | (unsigned char)key[walk->length + i];
	}
	from_utc = (int64_t)(time ^ (uint64_t)1 << 63);
	switch ((enum point_word)key[walk->length + TIME_SIZE]) {
	case POINT_READS:
		walk->has_reads = true;
		return 0;
	case POINT_SETTLED:
		if (add_gap(walk, from_utc, err) == -1) {
			return -1;
		}
		walk->found.partly = true;
		if (to_utc > walk->settled_utc) {
			walk->settled_utc = to_utc;
		}
		return 0;
	case POINT_PRICED:
		if (to_utc > walk->priced_utc) {
			walk->priced_utc = to_utc;
		}
		return 0;
	}
	return 0;
}

static int
end_point(struct point_walk *walk, struct qf_error *err)
{
	if (walk->length == 0) {
		return 0;
	}
	if (add_gap(walk, walk->reconcile->period.to_utc, err) == -1) {
		return -1;
	}
	return dec_is_zero(&walk->found.kwh)
		   ? 0
		   : walk->take(walk->context, &walk->found, err);
}

static void
begin_point(struct point_walk *walk, const struct sorter_record *record)
{
	walk->length = record->key_length - TIME_SIZE - 1;
	memcpy(walk->key, record->key, walk->length);
	walk->settled_utc = walk->reconcile->period.from_utc;
	walk->priced_utc = INT64_MIN;
	walk->has_reads = false;
	walk->found.point = walk->key;
	walk->found.channel = walk->key + strlen(walk->key) + 1;
	walk->found.partly = walk->found.priced = false;
	dec_set_int(&walk->found.kwh, 0, 0);
}

int
reconcile_points(struct reconcile *reconcile, reconcile_take_unpriced *take,
    void *context, struct qf_error *err)
{
	struct point_walk walk = {
	    .reconcile = reconcile, .take = take, .context = context};
	struct sorter_record record;
	int rc;

	if (sorter_finish(reconcile->points, err) == -1) {
		return -1;
	}
	while ((rc = sorter_next(reconcile->points, &record, err)) == 1) {
		assert(record.key_length <= sizeof(walk.key));
		if (record.key_length != walk.length + TIME_SIZE + 1 ||
		    memcmp(record.key, walk.key, walk.length) != 0) {
			if (end_point(&walk, err) == -1) {
				rc = -1;
				break;
			}
			begin_point(&walk, &record);
		}
		if (take_record(&walk, &record, err) == -1) {
			rc = -1;
			break;
		}
	}
	if (rc == 0) {
		rc = end_point(&walk, err);
	}
	dec_release(&walk.found.kwh);
	return rc;
}
