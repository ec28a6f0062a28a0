/* readscsv.c - interval reads in CSV, long and wide, as pieces of days.
 *
 * The way of a value is short, because a night may bring a hundred million of
 * them: a date, a point and a channel that are those of the row before are
 * recognized by their bytes, and nothing is allocated.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/readscsv.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/civil.h"
#include "base/dec.h"
#include "base/text.h"
#include "format/readscells.h"

struct readscsv *
readscsv_new(struct csv_reader *reader, const struct sniff *kind,
    const struct declaration *declaration, const struct zone *zone,
    struct faults *faults)
{
	struct readscsv *reads = xcalloc(1, sizeof(*reads));

	assert(kind->format == SNIFF_READS_LONG ||
	       kind->format == SNIFF_READS_WIDE);
	reads->reader = reader;
	reads->kind = kind;
	reads->declaration = declaration;
	reads->zone = zone;
	reads->faults = faults;
	reads->step_s = declaration->minutes * 60;
	csv_header(reader, &reads->names);
	return reads;
}

void
readscsv_free(struct readscsv *reads)
{
	free(reads);
}

/* True if the wall clock ran through the day without a change, so that all its
 * times are unique. */
static bool
is_plain(const struct zone *zone, int32_t day, int64_t start_utc)
{
	int64_t earlier_utc, later_utc;
	int hour;

	for (hour = 0; hour <= 24; hour++) {
		if (zone_to_utc(zone, (int64_t)day * CIVIL_DAY_S + hour * 3600,
			&earlier_utc, &later_utc) != ZONE_UNIQUE ||
		    earlier_utc != start_utc + hour * 3600) {
			return false;
		}
	}
	return true;
}

const struct day_info *
reads_day_info(struct readscsv *reads, int32_t day)
{
	struct day_info *info = &reads->days[(uint32_t)day % DAYS_KEPT];
	int64_t length_s;

	if (info->known && info->day == day) {
		return info;
	}
	/* The date's text may have meant the day that makes room. */
	reads->date_info = NULL;
	info->known = true;
	info->day = day;
	info->start_utc = zone_day_start(reads->zone, day);
	length_s = zone_day_start(reads->zone, day + 1) - info->start_utc;
	info->count = length_s % reads->step_s != 0
			  ? 0
			  : (size_t)(length_s / reads->step_s);
	info->plain = is_plain(reads->zone, day, info->start_utc);
	assert(info->count <= SERIES_VALUES_MAX);
	return info;
}

static int
next_piece(void *context, const struct read_piece **out, struct qf_error *err)
{
	struct readscsv *reads = context;

	return reads->kind->format == SNIFF_READS_WIDE
		   ? reads_next_wide(reads, out, err)
		   : reads_next_long(reads, out, err);
}

static void
day_of_source(
    void *context, int32_t day, int minutes, int64_t *start_utc, size_t *count)
{
	struct readscsv *reads = context;
	const struct day_info *info = reads_day_info(reads, day);

	assert(minutes == reads->declaration->minutes);
	*start_utc = info->start_utc;
	*count = info->count;
}

static uint64_t
bytes_of_source(void *context)
{
	const struct readscsv *reads = context;

	return csv_bytes(reads->reader);
}

struct read_source
readscsv_source(struct readscsv *reads)
{
	return (struct read_source){
	    .context = reads,
	    .next = next_piece,
	    .day = day_of_source,
	    .bytes = bytes_of_source,
	};
}

/* Keeps a fault of a row and returns 0 for "this row is none". */
int
reads_blame(struct readscsv *reads, const struct csv_row *row, size_t column,
    const struct qf_error *fault, struct qf_error *err)
{
	return faults_add_error(
	    reads->faults, row->line_no, reads->names[column], fault, err);
}

int
reads_point(struct readscsv *reads, const struct csv_field *field,
    struct qf_error *fault)
{
	if (field->length == reads->point_length && field->length > 0 &&
	    memcmp(field->text, reads->point, field->length) == 0) {
		return 0;
	}
	if (!text_is_id(field->text, field->length)) {
		return qf_fail(fault, QF_DATA, "fact-id",
		    "\"%.40s\": not an identifier of a point", field->text);
	}
	assert(field->length <= ID_MAX);
	memcpy(reads->point, field->text, field->length + 1);
	reads->point_length = field->length;
	return 0;
}

int
reads_channel(struct readscsv *reads, const struct csv_field *field,
    struct qf_error *fault)
{
	if (field->length == reads->channel_length && field->length > 0 &&
	    memcmp(field->text, reads->channel_text, field->length) == 0) {
		return 0;
	}
	if (channel_parse(&reads->channel, field->text, field->length) == -1 ||
	    field->length >= sizeof(reads->channel_text)) {
		return qf_fail(fault, QF_DATA, "read-channel",
		    "\"%.40s\": not one of: import export import-reactive "
		    "export-reactive",
		    field->text);
	}
	memcpy(reads->channel_text, field->text, field->length);
	reads->channel_length = field->length;
	return 0;
}

/* The columns quality and method, where the file has them.  An estimated value
 * says by which method; no other has one. */
int
reads_quality(struct readscsv *reads, const struct csv_row *row, size_t column,
    char *quality, const struct csv_field **method, struct qf_error *fault)
{
	const struct csv_field *word;

	*quality = QUALITY_MEASURED;
	*method = NULL;
	if (!reads->kind->has_quality) {
		return 0;
	}
	word = &row->fields[column];
	if (strcmp(word->text, "estimated") == 0) {
		*quality = QUALITY_ESTIMATED;
	} else if (strcmp(word->text, "withdrawn") == 0) {
		*quality = QUALITY_WITHDRAWN;
	} else if (word->length != 0 && strcmp(word->text, "measured") != 0) {
		return qf_fail(fault, QF_DATA, "read-quality",
		    "\"%.40s\": not one of: measured estimated withdrawn",
		    word->text);
	}
	word = &row->fields[column + 1];
	if (word->length == 0 && *quality != QUALITY_ESTIMATED) {
		return 0;
	}
	if (*quality != QUALITY_ESTIMATED) {
		return qf_fail(fault, QF_DATA, "read-method",
		    "only an estimated value has a method");
	}
	if (!text_is_id(word->text, word->length)) {
		return qf_fail(fault, QF_DATA, "read-method",
		    "\"%.40s\": an estimated value names its method, an "
		    "identifier",
		    word->text);
	}
	*method = word;
	return 0;
}

/* Why a text is no value. */
static int
fail_value(const struct csv_field *field, struct qf_error *fault)
{
	struct dec dec = {0};

	if (dec_parse(&dec, field->text, field->length, fault) == -1) {
		return -1;
	}
	dec_release(&dec);
	return qf_fail(fault, QF_DATA, "read-range",
	    "\"%.40s\": more than 18 digits", field->text);
}

/* More digits after the point than can be kept may still be zeros. */
static int
shorten(const struct csv_field *field, struct read_value *out,
    struct qf_error *fault)
{
	while (out->scale > out->needed) {
		out->value /= 10;
		out->scale--;
	}
	if (out->scale > SERIES_SCALE_MAX) {
		return qf_fail(fault, QF_DATA, "read-scale",
		    "\"%.40s\": more than %d digits after the point",
		    field->text, SERIES_SCALE_MAX);
	}
	return 0;
}

int
reads_value(const struct csv_field *field, struct read_value *out,
    struct qf_error *fault)
{
	const char *last;

	if (!dec_parse_small(
		field->text, field->length, &out->value, &out->scale)) {
		return fail_value(field, fault);
	}
	if (out->value < 0) {
		return qf_fail(fault, QF_DATA, "read-negative",
		    "\"%.40s\": negative; what flows the other way is the "
		    "other channel's",
		    field->text);
	}
	out->needed = out->scale;
	for (last = field->text + field->length - 1;
	     out->needed > 0 && *last == '0'; last--) {
		out->needed--;
	}
	return out->scale <= SERIES_SCALE_MAX ? 0 : shorten(field, out, fault);
}

void
reads_begin_piece(struct readscsv *reads, struct read_piece *piece, int32_t day,
    size_t first, size_t line_no)
{
	const struct day_info *info = reads_day_info(reads, day);

	piece->day = day;
	piece->channel = reads->channel;
	piece->minutes = reads->declaration->minutes;
	piece->quantity = reads->declaration->quantity;
	piece->side = reads->declaration->side;
	memcpy(piece->point, reads->point, reads->point_length + 1);
	piece->point_length = reads->point_length;
	piece->start_utc = info->start_utc;
	piece->day_count = info->count;
	piece->first = first;
	piece->count = 0;
	piece->line_no = line_no;
	piece->scale = 0;
	piece->needed = 0;
}

void
reads_set_quality(
    struct read_piece *piece, char quality, const struct csv_field *method)
{
	piece->quality = quality;
	piece->method[0] = '\0';
	if (method != NULL) {
		assert(method->length <= ID_MAX);
		memcpy(piece->method, method->text, method->length + 1);
	}
}
