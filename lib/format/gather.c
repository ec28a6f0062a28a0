/* gather.c - pieces of days put together and in order.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/gather.h"

#include <assert.h>
#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/civil.h"
#include "base/sorter.h"
#include "base/zone.h"
#include "format/coarsen.h"
#include "format/faults.h"
#include "format/piece.h"
#include "format/piececode.h"

struct gather {
	struct read_source source;
	enum gather_mode mode;
	const struct zone *zone;
	struct faults *faults;
	struct sorter *sorter; /* GATHER_SORTED, once all pieces are in it */
	struct read_piece decoded; /* out of the sorter */
	struct read_piece coarse; /* a piece in longer intervals */
	const struct read_piece *next; /* first piece of the day to come */
	bool disordered;
	uint64_t repeated;
	struct series_day day;
	size_t lines[SERIES_VALUES_MAX];
	size_t *bad; /* lines of the day whose rows fall */
	size_t bad_count, bad_size;
	struct gather_day out;
};

static const int64_t powers[] = {
    1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000};

struct gather *
gather_new(const struct read_source *source, enum gather_mode mode,
    const struct zone *zone, struct faults *faults)
{
	struct gather *gather = xcalloc(1, sizeof(*gather));

	gather->source = *source;
	gather->mode = mode;
	gather->zone = zone;
	gather->faults = faults;
	gather->out.reads = &gather->day;
	gather->out.lines = gather->lines;
	return gather;
}

void
gather_free(struct gather *gather)
{
	if (gather == NULL) {
		return;
	}
	sorter_free(gather->sorter);
	free(gather->bad);
	free(gather);
}

bool
gather_disordered(const struct gather *gather)
{
	return gather->disordered;
}

uint64_t
gather_repeated(const struct gather *gather)
{
	return gather->repeated;
}

/* Order of a piece to the day: below 0 if it should have come before. */
static int
compare(const struct read_piece *piece, const struct series_day *day)
{
	if (piece->day != day->day) {
		return piece->day < day->day ? -1 : 1;
	}
	if (piece->channel != day->channel) {
		return strcmp(
		    channel_name(piece->channel), channel_name(day->channel));
	}
	return strcmp(piece->point, day->point);
}

static int
next_of_source(
    struct gather *gather, const struct read_piece **out, struct qf_error *err)
{
	return gather->source.next(gather->source.context, out, err);
}

/* All pieces into the sorter. */
static int
load(struct gather *gather, struct qf_error *err)
{
	unsigned char key[PIECECODE_KEY_MAX], data[PIECECODE_DATA_MAX];
	const struct read_piece *piece;
	size_t key_length, data_length;
	int rc;

	gather->sorter = sorter_new(SORTER_MEMORY);
	while ((rc = next_of_source(gather, &piece, err)) == 1) {
		key_length = piececode_key(piece, key);
		data_length = piececode_data(piece, data);
		if (sorter_add(gather->sorter, key, key_length, data,
			data_length, err) == -1) {
			return -1;
		}
	}
	return rc == -1 ? -1 : sorter_finish(gather->sorter, err);
}

/* The next piece, as it comes or in order; valid until the next call. */
static int
fetch(
    struct gather *gather, const struct read_piece **out, struct qf_error *err)
{
	struct sorter_record record;
	int rc;

	if (gather->mode == GATHER_IN_ORDER) {
		return next_of_source(gather, out, err);
	}
	if (gather->sorter == NULL && load(gather, err) == -1) {
		return -1;
	}
	rc = sorter_next(gather->sorter, &record, err);
	if (rc == 1) {
		piececode_decode(&record, &gather->decoded);
		gather->source.day(gather->source.context, gather->decoded.day,
		    gather->decoded.minutes, &gather->decoded.start_utc,
		    &gather->decoded.day_count);
		*out = &gather->decoded;
	}
	return rc;
}

static bool
is_whole(const struct read_piece *piece)
{
	return piece->quality == QUALITY_MEASURED && piece->line_step == 0 &&
	       piece->first == 0 && piece->count == piece->day_count;
}

/* The usual piece of a wide file: all of a day that is empty still. */
static void
take_whole(struct gather *gather, const struct read_piece *piece)
{
	struct series_day *day = &gather->day;
	size_t i;

	memcpy(
	    day->values, piece->values, piece->count * sizeof(*piece->values));
	for (i = 0; i < piece->count; i++) {
		bool said = piece->values[i] != SERIES_NULL;

		day->quality[i] = said ? piece->quality : QUALITY_NONE;
		gather->lines[i] = said ? piece->line_no : 0;
	}
}

static void
begin_day(struct gather *gather, const struct read_piece *piece)
{
	struct series_day *day = &gather->day;
	size_t i;

	day->day = piece->day;
	day->channel = piece->channel;
	day->minutes = piece->minutes;
	day->quantity = piece->quantity;
	day->side = piece->side;
	day->start_utc = piece->start_utc;
	day->count = piece->day_count;
	day->scale = piece->scale;
	day->entry = 0;
	day->line_no = (int64_t)piece->line_no;
	memcpy(day->point, piece->point, piece->point_length + 1);
	day->method[0] = '\0';
	assert(day->count <= SERIES_VALUES_MAX);
	day->quality[day->count] = '\0';
	gather->bad_count = 0;
	if (is_whole(piece)) {
		take_whole(gather, piece);
		return;
	}
	for (i = 0; i < day->count; i++) {
		day->values[i] = SERIES_NULL;
		gather->lines[i] = 0;
	}
	memset(day->quality, QUALITY_NONE, day->count);
}

static bool
is_bad(const struct gather *gather, size_t line_no)
{
	size_t i;

	for (i = 0; i < gather->bad_count; i++) {
		if (gather->bad[i] == line_no) {
			return true;
		}
	}
	return false;
}

static void
mark_bad(struct gather *gather, size_t line_no)
{
	if (gather->bad_count == gather->bad_size) {
		gather->bad_size = gather->bad_size * 2 + 16;
		gather->bad = xreallocarray(
		    gather->bad, gather->bad_size, sizeof(*gather->bad));
	}
	gather->bad[gather->bad_count++] = line_no;
}

static size_t
line_of(const struct read_piece *piece, size_t i)
{
	return piece->line_no + i * piece->line_step;
}

/* One row of two that cannot both be true. */
static int
blame_pair(struct gather *gather, size_t line_no, size_t other, size_t index,
    struct qf_error *err)
{
	int64_t utc =
	    gather->day.start_utc + (int64_t)index * gather->day.minutes * 60;
	char text[CIVIL_TEXT_MAX];

	if (is_bad(gather, line_no)) {
		return 0;
	}
	mark_bad(gather, line_no);
	civil_format_local(utc + zone_offset(gather->zone, utc), text);
	return faults_add(gather->faults, line_no, NULL, err, "read-duplicate",
	    "%s %s: the interval at %s is on line %zu too, with other content",
	    gather->day.point, channel_name(gather->day.channel), text, other);
}

/* All rows of a piece fall. */
static int
blame_piece(struct gather *gather, const struct read_piece *piece,
    const char *code, const char *what, struct qf_error *err)
{
	size_t i;

	for (i = 0; i < piece->count; i++) {
		if (i > 0 && piece->line_step == 0) {
			break;
		}
		if (is_bad(gather, line_of(piece, i))) {
			continue;
		}
		mark_bad(gather, line_of(piece, i));
		if (faults_add(gather->faults, line_of(piece, i), NULL, err,
			code, "%s", what) == -1) {
			return -1;
		}
	}
	return 0;
}

/* Brings the day's values to a larger scale; false where one is too large. */
static bool
enlarge_scale(struct series_day *day, int scale)
{
	int64_t factor = powers[scale - day->scale], product;
	size_t i;

	for (i = 0; i < day->count; i++) {
		if (day->values[i] != SERIES_NULL &&
		    __builtin_mul_overflow(day->values[i], factor, &product)) {
			return false;
		}
	}
	for (i = 0; i < day->count; i++) {
		if (day->values[i] != SERIES_NULL) {
			day->values[i] *= factor;
		}
	}
	day->scale = scale;
	return true;
}

/* The piece's value in the day's scale, which is not smaller. */
static bool
value_at(const struct gather *gather, const struct read_piece *piece, size_t i,
    int64_t *value)
{
	*value = piece->values[i];
	return *value == SERIES_NULL ||
	       !__builtin_mul_overflow(
		   *value, powers[gather->day.scale - piece->scale], value);
}

/* A value that meets another one of the same interval: 1 if it repeats it, 0
 * if both fall. */
static int
meet(struct gather *gather, const struct read_piece *piece, size_t i,
    int64_t value, struct qf_error *err)
{
	const struct series_day *day = &gather->day;
	size_t index = piece->first + i;
	size_t here = line_of(piece, i), there = gather->lines[index];

	if (day->values[index] == value &&
	    day->quality[index] == piece->quality) {
		return 1;
	}
	if (blame_pair(gather, here, there, index, err) == -1 ||
	    blame_pair(gather, there, here, index, err) == -1) {
		return -1;
	}
	return 0;
}

/* Puts the values of a piece into the day; *fresh counts those that nobody had
 * said before, *again those that repeat. */
static int
merge_values(struct gather *gather, const struct read_piece *piece,
    size_t *fresh, size_t *again, struct qf_error *err)
{
	struct series_day *day = &gather->day;
	bool withdrawn = piece->quality == QUALITY_WITHDRAWN;
	int64_t value;
	size_t i, index;
	int rc;

	for (i = 0; i < piece->count; i++) {
		index = piece->first + i;
		if (piece->values[i] == SERIES_NULL && !withdrawn) {
			continue;
		}
		if (!value_at(gather, piece, i, &value)) {
			return blame_piece(gather, piece, "read-range",
			    "too many digits together with the other values "
			    "of its day",
			    err);
		}
		if (day->quality[index] != QUALITY_NONE) {
			rc = meet(gather, piece, i, value, err);
			if (rc == -1) {
				return -1;
			}
			*again += rc == 1;
			continue;
		}
		day->values[index] = value;
		day->quality[index] = piece->quality;
		gather->lines[index] = line_of(piece, i);
		(*fresh)++;
	}
	return 0;
}

/* Adds a method to those of the day, "F14_S11", or says that there are many
 * where they have no room. */
static void
add_method(struct series_day *day, const char *method)
{
	static const char many[] = "several";
	size_t length = strlen(day->method), more = strlen(method);
	const char *at = strstr(day->method, method);

	for (; at != NULL; at = strstr(at + 1, method)) {
		if ((at == day->method || at[-1] == '_') &&
		    (at[more] == '\0' || at[more] == '_')) {
			return;
		}
	}
	if (strcmp(day->method, many) == 0 ||
	    length + 1 + more >= sizeof(day->method)) {
		memcpy(day->method, many, sizeof(many));
		return;
	}
	day->method[length] = '_';
	memcpy(day->method + length + 1, method, more + 1);
}

/* A day keeps one method of estimation, unless the format says otherwise. */
static int
merge_method(
    struct gather *gather, const struct read_piece *piece, struct qf_error *err)
{
	struct series_day *day = &gather->day;

	if (piece->quality != QUALITY_ESTIMATED ||
	    strcmp(day->method, piece->method) == 0) {
		return 1;
	}
	if (day->method[0] == '\0') {
		memcpy(day->method, piece->method, sizeof(day->method));
		return 1;
	}
	if (gather->source.mixes_methods) {
		add_method(day, piece->method);
		return 1;
	}
	return blame_piece(gather, piece, "read-method",
	    "another method than that of earlier rows of its day", err);
}

/* Intervals of another length than the day's: the shorter ones are summed into
 * the longer, if they can be.  1 with the piece to go on with, 0 where it
 * falls. */
static int
meet_lengths(struct gather *gather, const struct read_piece **piece,
    struct qf_error *err)
{
	struct series_day *day = &gather->day;
	int shorter = day->minutes, longer = (*piece)->minutes;
	bool met = false;

	if (gather->source.notes != NULL && longer > shorter) {
		met = coarsen_day(day, gather->lines, longer);
	} else if (gather->source.notes != NULL) {
		shorter = (*piece)->minutes;
		longer = day->minutes;
		gather->coarse = **piece;
		met = coarsen_piece(&gather->coarse, longer);
		*piece = &gather->coarse;
	}
	if (!met) {
		return blame_piece(gather, *piece, "read-grid",
		    "intervals of another length than on earlier rows of its "
		    "day",
		    err);
	}
	return faults_add(gather->source.notes, (*piece)->line_no, NULL, err,
		   "read-coarsened",
		   "%s %s: intervals of %d minutes are summed into those of %d "
		   "that other rows of their local day have",
		   day->point, channel_name(day->channel), shorter,
		   longer) == -1
		   ? -1
		   : 1;
}

static int
merge(
    struct gather *gather, const struct read_piece *piece, struct qf_error *err)
{
	struct series_day *day = &gather->day;
	size_t fresh = 0, again = 0;
	int rc;

	if (piece->minutes != day->minutes) {
		rc = meet_lengths(gather, &piece, err);
		if (rc != 1) {
			return rc;
		}
	}
	assert(piece->first + piece->count <= day->count);
	assert(piece->quantity == day->quantity && piece->side == day->side);
	rc = merge_method(gather, piece, err);
	if (rc != 1) {
		return rc;
	}
	if (piece->scale > day->scale && !enlarge_scale(day, piece->scale)) {
		return blame_piece(gather, piece, "read-range",
		    "too many digits together with the other values of its "
		    "day",
		    err);
	}
	if ((int64_t)piece->line_no < day->line_no) {
		day->line_no = (int64_t)piece->line_no;
	}
	if (merge_values(gather, piece, &fresh, &again, err) == -1) {
		return -1;
	}
	/* What repeats is counted in rows: one a value, or one for all. */
	if (piece->line_step != 0) {
		gather->repeated += again;
	} else if (fresh == 0 && again > 0 && !is_bad(gather, piece->line_no)) {
		gather->repeated++;
	}
	return 0;
}

size_t
gather_rows(const struct gather_day *day)
{
	const struct series_day *reads = day->reads;
	size_t last = 0, rows = 0, i;

	/* Rows of one line are next to each other, but for odd cases. */
	for (i = 0; i < reads->count; i++) {
		if (reads->quality[i] != QUALITY_NONE &&
		    day->lines[i] != last) {
			last = day->lines[i];
			rows++;
		}
	}
	return rows;
}

/* Takes out what falls. */
static void
settle_day(struct gather *gather)
{
	struct series_day *day = &gather->day;
	size_t i;

	for (i = 0; i < day->count && gather->bad_count > 0; i++) {
		if (is_bad(gather, gather->lines[i])) {
			day->values[i] = SERIES_NULL;
			day->quality[i] = QUALITY_NONE;
			gather->lines[i] = 0;
		}
	}
	gather->out.rows = gather_rows(&gather->out);
}

/* The first piece of the next day: 1, 0 at the end. */
static int
first_piece(struct gather *gather, struct qf_error *err)
{
	if (gather->next != NULL) {
		return 1;
	}
	return fetch(gather, &gather->next, err);
}

/* A whole day out of its pieces: 1, 0 at the end. */
static int
collect(struct gather *gather, struct qf_error *err)
{
	const struct read_piece *piece;
	int order, rc;

	rc = first_piece(gather, err);
	if (rc != 1) {
		return rc;
	}
	begin_day(gather, gather->next);
	if (!is_whole(gather->next) && merge(gather, gather->next, err) == -1) {
		return -1;
	}
	gather->next = NULL;
	while ((rc = fetch(gather, &piece, err)) == 1) {
		order = compare(piece, &gather->day);
		if (order < 0) {
			assert(gather->mode == GATHER_IN_ORDER);
			gather->disordered = true;
			return qf_fail(err, QF_DATA, "gather-disorder",
			    "rows are not in order");
		}
		if (order > 0) {
			gather->next = piece;
			return 1;
		}
		if (merge(gather, piece, err) == -1) {
			return -1;
		}
	}
	return rc == -1 ? -1 : 1;
}

int
gather_next(
    struct gather *gather, struct gather_day **out, struct qf_error *err)
{
	int rc;

	do {
		rc = collect(gather, err);
		if (rc != 1) {
			return rc;
		}
		settle_day(gather);
	} while (gather->out.rows == 0);
	*out = &gather->out;
	return 1;
}

int
gather_refuse(struct gather *gather, const struct gather_day *day,
    const char *column, const struct qf_error *fault, struct qf_error *err)
{
	size_t first = 0, last = 0, i;
	int rc;

	for (i = 0; i < day->reads->count; i++) {
		if (day->lines[i] == 0 || day->lines[i] == last) {
			continue;
		}
		last = day->lines[i];
		rc = first == 0 ? faults_add_error(
				      gather->faults, last, column, fault, err)
				: faults_add_echo(
				      gather->faults, last, first, fault, err);
		if (rc == -1) {
			return -1;
		}
		first = first == 0 ? last : first;
	}
	assert(first != 0);
	return 0;
}
