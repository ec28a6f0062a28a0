/* readslong.c - long files of reads: a row a value.
 *
 * Rows of one point, channel and day on following lines become one piece.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <string.h>

#include "base/civil.h"
#include "format/instant.h"
#include "format/readscells.h"

#define VALUE 3 /* columns */
#define LONG_QUALITY 4

/* One value of a long file, understood. */
struct value_row {
	int32_t day;
	size_t index;
	bool withdrawn;
	struct read_value value; /* unless withdrawn */
	char quality;
	const struct csv_field *method; /* NULL where none */
};

/* Two digits, or more than any pair where they are none. */
static inline unsigned
two_digits(const char *text)
{
	unsigned tens = (unsigned)(text[0] - '0');
	unsigned ones = (unsigned)(text[1] - '0');

	return tens > 9 || ones > 9 ? 1000 : tens * 10 + ones;
}

/* A time on the date of the row before, if that is a plain day: true, and the
 * seconds since its start. */
static inline bool
take_known_time(const struct readscsv *reads, const struct csv_field *field,
    int64_t *second)
{
	const char *text = field->text;
	unsigned hour, minute, s = 0;

	if (reads->date_info == NULL || !reads->date_info->plain ||
	    (field->length != 16 && field->length != 19) ||
	    memcmp(text, reads->date, DATE_LENGTH) != 0 ||
	    (text[10] != ' ' && text[10] != 'T') || text[13] != ':') {
		return false;
	}
	hour = two_digits(text + 11);
	minute = two_digits(text + 14);
	if (field->length == 19) {
		s = text[16] == ':' ? two_digits(text + 17) : 1000;
	}
	/* 24:00 and everything that is wrong is left to the long way. */
	if (hour > 23 || minute > 59 || s > 59) {
		return false;
	}
	*second = (int64_t)hour * 3600 + minute * 60 + s;
	return true;
}

/* Remembers the date of a time that the long way understood. */
static void
remember_date(struct readscsv *reads, const struct csv_field *field)
{
	int32_t day;

	if (field->length < DATE_LENGTH ||
	    civil_parse_day(field->text, DATE_LENGTH, &day, NULL) == -1) {
		return;
	}
	reads->date_info = reads_day_info(reads, day);
	memcpy(reads->date, field->text, DATE_LENGTH);
}

/* A time the long way.  24:00 has its own message, since it is the mark of a
 * sender who labels the ends of intervals. */
static int
parse_time(const struct readscsv *reads, const struct csv_field *field,
    bool end, int64_t *utc, struct qf_error *fault)
{
	if (!end && field->length > DATE_LENGTH + 5 &&
	    memcmp(field->text + DATE_LENGTH + 1, "24:00", 5) == 0) {
		return qf_fail(fault, QF_DATA, "read-end-of-day",
		    "\"%.40s\": 24:00 where the file declares label=start",
		    field->text);
	}
	return instant_parse(field->text, field->length, reads->zone,
	    end ? INSTANT_ALLOW_24 : 0, utc, fault);
}

/* The interval that a time labels, or the instant of a reading. */
static int
take_time(struct readscsv *reads, const struct csv_field *field,
    struct value_row *out, struct qf_error *fault)
{
	const struct day_info *info = reads->date_info;
	bool end = reads->declaration->label == LABEL_END;
	int64_t offset_s, utc;

	if (take_known_time(reads, field, &offset_s)) {
		utc = info->start_utc + offset_s;
	} else {
		if (parse_time(reads, field, end, &utc, fault) == -1) {
			return -1;
		}
		remember_date(reads, field);
	}
	if (end && reads->declaration->quantity != QUANTITY_REGISTER) {
		utc -= reads->step_s;
	}
	info = reads->date_info;
	if (info == NULL || utc < info->start_utc ||
	    utc >= info->start_utc + (int64_t)info->count * reads->step_s) {
		info = reads_day_info(reads, zone_day_of(reads->zone, utc));
	}
	offset_s = utc - info->start_utc;
	if (offset_s % reads->step_s != 0 || info->count == 0) {
		return qf_fail(fault, QF_DATA, "read-grid",
		    "\"%s\": not on the grid of %d minutes", field->text,
		    reads->declaration->minutes);
	}
	out->day = info->day;
	out->index = (size_t)(offset_s / reads->step_s);
	assert(out->index < info->count);
	return 0;
}

/* The value: 1, or 0 where the row says nothing, or -1. */
static int
take_long_value(const struct csv_field *field, struct value_row *out,
    struct qf_error *fault)
{
	if (out->quality == QUALITY_WITHDRAWN) {
		if (field->length != 0) {
			return qf_fail(fault, QF_DATA, "read-value",
			    "must be empty where the quality is withdrawn");
		}
		out->withdrawn = true;
		return 1;
	}
	if (field->length == 0) {
		return 0;
	}
	out->withdrawn = false;
	return reads_value(field, &out->value, fault) == -1 ? -1 : 1;
}

/* A row of a long file: 1, or 0 where it is at fault or says nothing. */
static int
take_long(struct readscsv *reads, const struct csv_row *row,
    struct value_row *out, struct qf_error *err)
{
	struct qf_error fault;
	int sound = 1, said;

	if (reads_point(reads, &row->fields[READS_POINT], &fault) == -1) {
		sound = reads_blame(reads, row, READS_POINT, &fault, err);
	}
	if (sound != -1 &&
	    reads_channel(reads, &row->fields[READS_CHANNEL], &fault) == -1) {
		sound = reads_blame(reads, row, READS_CHANNEL, &fault, err);
	}
	if (sound != -1 &&
	    take_time(reads, &row->fields[READS_TIME], out, &fault) == -1) {
		sound = reads_blame(reads, row, READS_TIME, &fault, err);
	}
	if (sound == -1) {
		return -1;
	}
	if (reads_quality(reads, row, LONG_QUALITY, &out->quality, &out->method,
		&fault) == -1) {
		return reads_blame(reads, row, LONG_QUALITY, &fault, err);
	}
	said = take_long_value(&row->fields[VALUE], out, &fault);
	if (said == -1) {
		return reads_blame(reads, row, VALUE, &fault, err);
	}
	return sound == 1 ? said : 0;
}

/* True where a row goes on where the piece ends. */
static inline bool
continues(const struct readscsv *reads, const struct read_piece *piece,
    const struct value_row *value, size_t line_no)
{
	return value->index == piece->first + piece->count &&
	       line_no == piece->line_no + piece->count &&
	       value->day == piece->day && value->quality == piece->quality &&
	       reads->channel == piece->channel &&
	       reads->point_length == piece->point_length &&
	       memcmp(reads->point, piece->point, piece->point_length) == 0 &&
	       (value->method == NULL ||
		   strcmp(value->method->text, piece->method) == 0);
}

static void
begin_long(
    struct readscsv *reads, const struct value_row *value, size_t line_no)
{
	struct read_piece *piece = &reads->pieces[reads->growing];

	reads_begin_piece(reads, piece, value->day, value->index, line_no);
	piece->line_step = 1;
	reads_set_quality(piece, value->quality, value->method);
	if (value->withdrawn) {
		piece_add_null(piece);
	} else if (!piece_add_value(piece, &value->value)) {
		BUG("a first value that does not fit");
	}
	reads->begun = true;
}

/* Adds a value to the piece that grows: 0, or 1 where that piece is complete
 * and another one has begun. */
static int
grow(struct readscsv *reads, const struct value_row *value, size_t line_no)
{
	struct read_piece *piece = &reads->pieces[reads->growing];

	if (!reads->begun) {
		begin_long(reads, value, line_no);
		return 0;
	}
	if (continues(reads, piece, value, line_no)) {
		if (value->withdrawn) {
			piece_add_null(piece);
			return 0;
		}
		/* Scales that do not fit together meet in gather.c, which says
		 * so by line; here the piece must stay what it was. */
		if (value->value.scale <= piece->scale &&
		    piece_add_value(piece, &value->value)) {
			return 0;
		}
	}
	piece_settle_scale(piece);
	reads->growing = 1 - reads->growing;
	begin_long(reads, value, line_no);
	return 1;
}

int
reads_next_long(
    struct readscsv *reads, const struct read_piece **out, struct qf_error *err)
{
	struct value_row value;
	struct csv_row row;
	int rc = 0;

	while (!reads->over && (rc = csv_next(reads->reader, &row, err)) == 1) {
		if (row.fault != NULL) {
			if (faults_add_error(reads->faults, row.line_no, NULL,
				row.fault, err) == -1) {
				return -1;
			}
			continue;
		}
		rc = take_long(reads, &row, &value, err);
		if (rc == -1) {
			return -1;
		}
		if (rc == 1 && grow(reads, &value, row.line_no) == 1) {
			*out = &reads->pieces[1 - reads->growing];
			return 1;
		}
	}
	if (rc == -1) {
		return -1;
	}
	reads->over = true;
	if (!reads->begun) {
		return 0;
	}
	reads->begun = false;
	piece_settle_scale(&reads->pieces[reads->growing]);
	*out = &reads->pieces[reads->growing];
	return 1;
}
