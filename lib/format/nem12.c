/* nem12.c - NEM12 files of interval reads as pieces of days.
 *
 * A day is a 300 record and the 400 records behind it, so that it is known to
 * be whole when the next record has been read; that one is kept.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/nem12own.h"

#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/civil.h"
#include "base/zone.h"
#include "format/faults.h"

int
nem12_open(struct nem12 **out, int fd, const char *file,
    const struct mdff_config *config, struct qf_error *err)
{
	struct nem12 *nem12 = xcalloc(1, sizeof(*nem12));

	*out = NULL;
	nem12->config = *config;
	if (mdff_open(&nem12->mdff, fd, file, config->encoding, "NEM12", err) ==
	    -1) {
		free(nem12);
		return -1;
	}
	*out = nem12;
	return 0;
}

void
nem12_close(struct nem12 *nem12)
{
	if (nem12 == NULL) {
		return;
	}
	tdestroy(nem12->owners, free);
	mdff_close(nem12->mdff);
	free(nem12);
}

/* Records ------------------------------------------------------------------ */

static int
take_record(
    struct nem12 *nem12, const struct mdff_record *record, struct qf_error *err)
{
	switch (record->type) {
	case 200:
		return nem12_take_stream(nem12, record, err);
	case 300:
		return nem12_take_day(nem12, record, err);
	case 400:
		return nem12_take_event(nem12, record, err);
	case 500:
		/* A reading of the index beside the intervals: nothing to
		 * settle by. */
		return nem12->stream.begun
			   ? 0
			   : nem12_blame(nem12, record->line_no, "nem12-order",
				 "a 500 record without a 200 record", err);
	default:
		return nem12_blame(nem12, record->line_no, "nem12-order",
		    "a record of NEM13", err);
	}
}

static int
end_of_records(struct nem12 *nem12, struct qf_error *err)
{
	nem12->over = true;
	if (nem12->streams > 0) {
		return 0;
	}
	return nem12_blame(nem12, mdff_last_line(nem12->mdff), "nem12-empty",
	    "no 200 record: the file says nothing", err);
}

/* The next day with something to hand out: 1, 0 at the end. */
static int
next_day(struct nem12 *nem12, struct qf_error *err)
{
	int rc;

	while (!nem12->over) {
		rc = nem12->has_record
			 ? 1
			 : mdff_next(nem12->mdff, &nem12->record, err);
		nem12->has_record = rc == 1;
		if (rc == -1) {
			return -1;
		}
		if (nem12->day.begun &&
		    (rc == 0 || nem12->record.type != 400)) {
			rc = nem12_settle_day(nem12, err);
			if (rc != 0) {
				return rc;
			}
			continue;
		}
		nem12->has_record = false;
		if (rc == 0 ? end_of_records(nem12, err) == -1
			    : take_record(nem12, &nem12->record, err) == -1) {
			return -1;
		}
	}
	return 0;
}

/* Pieces ------------------------------------------------------------------- */

static void
local_day(
    void *context, int32_t day, int minutes, int64_t *start_utc, size_t *count)
{
	const struct nem12 *nem12 = context;
	int64_t end_utc = zone_day_start(nem12->config.zone, day + 1);

	*start_utc = zone_day_start(nem12->config.zone, day);
	*count = (size_t)((end_utc - *start_utc) / (60 * minutes));
}

/* Begins a piece with the value that is next. */
static int
begin_piece(struct nem12 *nem12, int64_t at_utc, struct qf_error *err)
{
	const struct nem12_stream *stream = &nem12->stream;
	struct read_piece *piece = &nem12->piece;
	int step_s = 60 * stream->minutes;

	piece->day = zone_day_of(nem12->config.zone, at_utc);
	local_day(nem12, piece->day, stream->minutes, &piece->start_utc,
	    &piece->day_count);
	if ((at_utc - piece->start_utc) % step_s != 0) {
		nem12->next = nem12->day.count;
		return nem12_blame(nem12, nem12->day.line_no, "read-grid",
		    "a local day begins within one of its intervals", err);
	}
	piece->channel = stream->channel;
	piece->point_length = strlen(nem12->point);
	memcpy(piece->point, nem12->point, piece->point_length + 1);
	piece->minutes = stream->minutes;
	piece->quantity = QUANTITY_KWH;
	piece->side = SIDE_PRIMARY;
	piece->first = (size_t)((at_utc - piece->start_utc) / step_s);
	piece->count = 0;
	piece->line_no = nem12->day.line_no;
	piece->line_step = 0;
	piece->quality = nem12->day.quality[nem12->next];
	snprintf(piece->method, sizeof(piece->method), "%s",
	    nem12->day.methods[nem12->next]);
	piece->scale = piece->needed = 0;
	return 1;
}

/* True where the next value goes on where the piece ends. */
static bool
continues(const struct nem12 *nem12)
{
	const struct read_piece *piece = &nem12->piece;
	const struct nem12_day *day = &nem12->day;
	size_t i = nem12->next;

	return i < day->count && day->quality[i] == piece->quality &&
	       piece->first + piece->count < piece->day_count &&
	       strcmp(day->methods[i], piece->method) == 0;
}

/* A run of values of one quality in one local day: 1, or 0 where the day has
 * no more. */
static int
next_run(struct nem12 *nem12, struct qf_error *err)
{
	struct nem12_day *day = &nem12->day;
	int64_t at_utc;
	int rc;

	while (nem12->next < day->count &&
	       day->quality[nem12->next] == QUALITY_NONE) {
		nem12->next++;
	}
	if (nem12->next >= day->count) {
		return 0;
	}
	at_utc = (int64_t)day->day * CIVIL_DAY_S - nem12->config.offset_s +
		 (int64_t)nem12->next * 60 * nem12->stream.minutes;
	rc = begin_piece(nem12, at_utc, err);
	if (rc != 1) {
		return rc;
	}
	do {
		if (!piece_add_value(
			&nem12->piece, &day->values[nem12->next])) {
			nem12->next = day->count;
			return nem12_blame(nem12, day->line_no, "read-range",
			    "too many digits together with the other values of "
			    "its day",
			    err);
		}
		nem12->next++;
	} while (continues(nem12));
	piece_settle_scale(&nem12->piece);
	return 1;
}

static int
next_piece(void *context, const struct read_piece **out, struct qf_error *err)
{
	struct nem12 *nem12 = context;
	int rc;

	*out = &nem12->piece;
	for (;;) {
		rc = next_run(nem12, err);
		if (rc != 0) {
			return rc;
		}
		nem12->day.count = nem12->next = 0;
		rc = next_day(nem12, err);
		if (rc != 1) {
			nem12->day.count = 0;
			return rc;
		}
	}
}

static uint64_t
bytes(void *context)
{
	const struct nem12 *nem12 = context;

	return mdff_bytes(nem12->mdff);
}

struct read_source
nem12_source(struct nem12 *nem12)
{
	return (struct read_source){
	    .context = nem12,
	    .next = next_piece,
	    .day = local_day,
	    .bytes = bytes,
	    .notes = nem12->config.notes,
	    .mixes_methods = true,
	};
}
