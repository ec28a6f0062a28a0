/* out.c - what was estimated, as facts, rows and a list.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/civil.h"
#include "base/sorter.h"
#include "base/text.h"
#include "base/zone.h"
#include "ledger/entry.h"
#include "ledger/facts.h"
#include "stage/fill/own.h"

const char *
fill_instant(const struct fill *fill, int64_t utc, char out[40])
{
	civil_format_offset(utc, zone_offset(fill->zone, utc), out);
	return out;
}

/* List and report ---------------------------------------------------------- */

static void
count_method(struct fill_report *report, const char *method, int64_t values)
{
	for (size_t i = 0; i < report->method_count; i++) {
		if (strcmp(report->methods[i].method, method) == 0) {
			report->methods[i].values += values;
			return;
		}
	}
	assert(report->method_count < FILL_METHODS);
	snprintf(report->methods[report->method_count].method,
	    sizeof(report->methods[0].method), "%s", method);
	report->methods[report->method_count++].values = values;
}

int
fill_tell_gap(struct fill *fill, const struct fill_line *line, int64_t from_utc,
    int64_t to_utc, int64_t values, const char *method, const char *words,
    bool filled, struct qf_error *err)
{
	struct fill_report *report = fill->report;
	char from[40], to[40];

	report->gaps++;
	fill_instant(fill, from_utc, from);
	fill_instant(fill, to_utc, to);
	if (filled) {
		report->values += values;
		count_method(report, method, values);
	} else {
		report->left_gaps++;
		report->left_values += values;
		if (report->shown_count < FILL_SHOWN) {
			snprintf(report->shown[report->shown_count++],
			    sizeof(report->shown[0]),
			    "left: point %s, %s, from %s to %s: %s",
			    fill->point.point, channel_name(line->channel),
			    from, to, words);
		}
	}
	if (fill->list == NULL) {
		return 0;
	}
	table_text(fill->list, fill->point.point);
	table_text(fill->list, channel_name(line->channel));
	table_text(fill->list, from);
	table_text(fill->list, to);
	table_int(fill->list, values);
	table_text(fill->list, filled ? "filled" : "left");
	table_text(fill->list, filled ? method : NULL);
	table_text(fill->list, words);
	return table_end_row(fill->list, err);
}

/* Facts -------------------------------------------------------------------- */

static struct fact_value
text_value(const char *text)
{
	return (struct fact_value){
	    .is = FACT_IS_TEXT, .text = text, .length = strlen(text)};
}

static struct fact_value
time_value(int64_t utc)
{
	return (struct fact_value){.is = FACT_IS_INTEGER, .integer = utc};
}

int
fill_estimate(struct fill *fill, const struct fill_line *line, int64_t from_utc,
    int64_t to_utc, int64_t values, const char *method, const char *inputs,
    struct qf_error *err)
{
	struct fact fact = {.format = fact_format(FACT_ESTIMATE)};
	enum fact_outcome outcome;
	char words[FILL_TEXT_MAX];
	size_t length = strlen(inputs);

	/* "before 1; after 2; " without its last separator. */
	while (length > 0 && strchr("; ", inputs[length - 1]) != NULL) {
		length--;
	}
	snprintf(words, sizeof(words), "%.*s", (int)length, inputs);
	if (fill_tell_gap(fill, line, from_utc, to_utc, values, method, words,
		true, err) == -1) {
		return -1;
	}
	if (fill->entry == NULL) {
		return 0;
	}
	fact.values[0] = text_value(fill->point.point);
	fact.values[1] = text_value(channel_name(line->channel));
	fact.values[2] = time_value(from_utc);
	fact.values[3] = time_value(to_utc);
	fact.values[4] = text_value(method);
	fact.values[5] = text_value(fill->estimation->head.id);
	fact.values[6] = text_value(words);
	fact.line_no = (size_t)++fill->estimate_line;
	return facts_append(fill->entry, &fact, true, &outcome, err);
}

void
fill_mark(struct fill_day *day, const char *method)
{
	size_t used = strlen(day->method), length = strlen(method);

	day->changed = true;
	/* Methods of a day are joined; the facts say which is where. */
	for (const char *p = day->method; (p = strstr(p, method)) != NULL;
	     p++) {
		if ((p == day->method || p[-1] == ':') &&
		    (p[length] == '\0' || p[length] == ':')) {
			return;
		}
	}
	if (used + 1 + length < sizeof(day->method)) {
		snprintf(day->method + used, sizeof(day->method) - used, "%s%s",
		    used > 0 ? ":" : "", method);
	}
}

/* Rows --------------------------------------------------------------------- */

#define KEY_SIZE (4 + 1 + ID_MAX + 1)

/* Sorted by day, channel and point, as rows are appended. */
static size_t
row_key(const struct series_day *row, unsigned char key[KEY_SIZE])
{
	uint32_t day = (uint32_t)row->day ^ UINT32_C(0x80000000);
	size_t length = strlen(row->point) + 1;

	for (int i = 0; i < 4; i++) {
		key[i] = (unsigned char)(day >> (24 - 8 * i));
	}
	key[4] = (unsigned char)row->channel;
	memcpy(key + 5, row->point, length);
	return 5 + length;
}

int
fill_put_row(struct fill *fill, const struct series_day *row, bool tied,
    struct qf_error *err)
{
	unsigned char key[KEY_SIZE];
	size_t length = row_key(row, key);
	struct buf record;
	int rc;

	if (fill->entry == NULL) {
		return 0;
	}
	buf_init(&record, sizeof(*row) + 1);
	buf_add_char(&record, tied ? 'T' : 'E');
	buf_add(&record, row, sizeof(*row));
	rc = sorter_add(
	    fill->rows, key, length, record.bytes, record.length, err);
	buf_release(&record);
	return rc;
}

void
fill_begin_row(const struct fill *fill, const struct fill_line *line,
    const struct fill_day *day, struct series_day *row)
{
	memset(row, 0, sizeof(*row));
	row->day = day->day;
	row->channel = line->channel;
	row->start_utc = day->start_utc;
	row->minutes = day->minutes;
	row->quantity = day->quantity;
	row->side = day->side;
	row->scale = line->scale;
	row->count = day->count;
	memcpy(row->point, fill->point.point, sizeof(row->point));
	memcpy(row->method, day->method, sizeof(row->method));
}

int
fill_put_line(
    struct fill *fill, const struct fill_line *line, struct qf_error *err)
{
	struct series_day *row = xcalloc(1, sizeof(*row));
	int rc = 0;

	for (size_t d = 0; d < line->day_count && rc == 0; d++) {
		const struct fill_day *day = &line->days[d];

		if (!day->changed || day->whole) {
			continue;
		}
		assert(day->count <= SERIES_VALUES_MAX);
		fill_begin_row(fill, line, day, row);
		for (size_t i = 0; i < day->count; i++) {
			bool ours = line->states[day->first + i] == FILL_OURS;

			row->values[i] =
			    ours ? line->values[day->first + i] : SERIES_NULL;
			row->quality[i] =
			    ours ? QUALITY_ESTIMATED : QUALITY_NONE;
		}
		rc = fill_put_row(fill, row, day->tied, err);
	}
	free(row);
	return rc;
}

int
fill_append_rows(struct fill *fill, struct qf_error *err)
{
	struct series_day *row = xcalloc(1, sizeof(*row));
	struct sorter_record record;
	enum fact_outcome outcome;
	int64_t line = 0;
	int rc = sorter_finish(fill->rows, err);

	while (rc == 0 && (rc = sorter_next(fill->rows, &record, err)) == 1) {
		const char *data = record.data;

		assert(record.data_length == sizeof(*row) + 1);
		memcpy(row, data + 1, sizeof(*row));
		row->line_no = ++line;
		rc = data[0] == 'T'
			 ? facts_append_tied(fill->entry, row, &outcome, err)
			 : facts_append_reads(
			       fill->entry, row, true, &outcome, err);
	}
	free(row);
	return rc;
}
