/* readswide.c - wide files of reads: a row a point, channel and day.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <string.h>

#include "base/civil.h"
#include "format/readscells.h"

#define WIDE_QUALITY 3 /* column */

/* The day of a wide row, whose columns must be its intervals. */
static int
take_day(struct readscsv *reads, const struct csv_field *field, int32_t *day,
    struct qf_error *fault)
{
	const struct day_info *info = reads->date_info;

	if (info == NULL || field->length != DATE_LENGTH ||
	    memcmp(field->text, reads->date, DATE_LENGTH) != 0) {
		if (civil_parse_day(field->text, field->length, day, fault) ==
		    -1) {
			return -1;
		}
		info = reads_day_info(reads, *day);
		memcpy(reads->date, field->text, DATE_LENGTH);
		reads->date_info = info;
	}
	*day = info->day;
	if (info->count == reads->kind->value_count) {
		return 0;
	}
	return qf_fail(fault, QF_DATA, "read-width",
	    "%s: %zu values in a row, but this day has %zu intervals of %d "
	    "minutes",
	    field->text, reads->kind->value_count, info->count,
	    reads->declaration->minutes);
}

/* All values of a wide row: 1 where they are sound, 0 where not. */
static int
take_values(struct readscsv *reads, const struct csv_row *row, size_t column,
    struct read_piece *piece, struct qf_error *err)
{
	struct qf_error fault;
	bool sound = true;
	struct read_value value;
	size_t i;

	for (i = column; i < row->count; i++) {
		if (row->fields[i].length == 0) {
			piece_add_null(piece);
			continue;
		}
		if (piece->quality == QUALITY_WITHDRAWN) {
			qf_fail(&fault, QF_DATA, "read-value",
			    "must be empty where the quality is withdrawn");
		} else if (reads_value(&row->fields[i], &value, &fault) == 0) {
			if (piece_add_value(piece, &value)) {
				continue;
			}
			qf_fail(&fault, QF_DATA, "read-range",
			    "\"%.40s\": too large for the digits after the "
			    "point that the row has",
			    row->fields[i].text);
		}
		if (reads_blame(reads, row, i, &fault, err) == -1) {
			return -1;
		}
		sound = false;
		if (strcmp(fault.code, "read-range") == 0) {
			break;
		}
		piece_add_null(piece);
	}
	piece_settle_scale(piece);
	return sound;
}

/* True where a piece says something. */
static bool
says_anything(const struct read_piece *piece)
{
	size_t i;

	if (piece->quality == QUALITY_WITHDRAWN) {
		return true;
	}
	for (i = 0; i < piece->count; i++) {
		if (piece->values[i] != SERIES_NULL) {
			return true;
		}
	}
	return false;
}

/* Readings at the ends of intervals: the first is that of the second interval
 * of the day, the last stands at the start of the next day. */
static void
shift_readings(struct readscsv *reads, struct read_piece *piece)
{
	struct read_piece *next = &reads->pieces[1 - reads->growing];
	int32_t day = piece->day + 1;

	reads_begin_piece(reads, next, day, 0, piece->line_no);
	next->line_step = 0;
	next->quality = piece->quality;
	memcpy(next->method, piece->method, sizeof(next->method));
	next->scale = piece->scale;
	next->needed = piece->needed;
	next->values[next->count++] = piece->values[--piece->count];
	piece->first = 1;
	reads->begun = says_anything(next);
}

/* What stands before the values: 1 where it is sound, 0 where not. */
static int
take_wide_head(struct readscsv *reads, const struct csv_row *row, int32_t *day,
    char *quality, const struct csv_field **method, struct qf_error *err)
{
	struct qf_error fault;
	int sound = 1;

	if (reads_point(reads, &row->fields[READS_POINT], &fault) == -1) {
		sound = reads_blame(reads, row, READS_POINT, &fault, err);
	}
	if (sound != -1 &&
	    reads_channel(reads, &row->fields[READS_CHANNEL], &fault) == -1) {
		sound = reads_blame(reads, row, READS_CHANNEL, &fault, err);
	}
	if (sound != -1 &&
	    take_day(reads, &row->fields[READS_TIME], day, &fault) == -1) {
		sound = reads_blame(reads, row, READS_TIME, &fault, err);
	}
	if (sound != -1 && reads_quality(reads, row, WIDE_QUALITY, quality,
			       method, &fault) == -1) {
		sound = reads_blame(reads, row, WIDE_QUALITY, &fault, err);
	}
	return sound;
}

/* A wide row as pieces[growing]: 1, or 0 where it is at fault or says
 * nothing. */
static int
take_wide(
    struct readscsv *reads, const struct csv_row *row, struct qf_error *err)
{
	struct read_piece *piece = &reads->pieces[reads->growing];
	size_t column = row->count - reads->kind->value_count;
	const struct csv_field *method;
	char quality;
	int32_t day;
	int rc;

	rc = take_wide_head(reads, row, &day, &quality, &method, err);
	if (rc != 1) {
		return rc;
	}
	reads_begin_piece(reads, piece, day, 0, row->line_no);
	piece->line_step = 0;
	reads_set_quality(piece, quality, method);
	rc = take_values(reads, row, column, piece, err);
	return rc == 1 ? says_anything(piece) : rc;
}

int
reads_next_wide(
    struct readscsv *reads, const struct read_piece **out, struct qf_error *err)
{
	struct csv_row row;
	int rc;

	if (reads->begun) {
		reads->begun = false;
		*out = &reads->pieces[1 - reads->growing];
		return 1;
	}
	while ((rc = csv_next(reads->reader, &row, err)) == 1) {
		if (row.fault != NULL) {
			if (faults_add_error(reads->faults, row.line_no, NULL,
				row.fault, err) == -1) {
				return -1;
			}
			continue;
		}
		rc = take_wide(reads, &row, err);
		if (rc == -1) {
			return -1;
		}
		if (rc == 1) {
			*out = &reads->pieces[reads->growing];
			if (reads->declaration->quantity == QUANTITY_REGISTER &&
			    reads->declaration->label == LABEL_END) {
				shift_readings(
				    reads, &reads->pieces[reads->growing]);
			}
			return 1;
		}
	}
	return rc;
}
