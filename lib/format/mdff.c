/* mdff.c - records of the Meter Data File Format of the Australian market.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/mdff.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/civil.h"
#include "format/csv.h"
#include "format/lines.h"

#define FIELDS_MAX 400 /* 288 values and what stands around them */

struct mdff {
	const char *file;
	const char *format;
	struct lines *lines;
	char *text; /* the line, its fields ended by NULs */
	size_t size;
	const char *fields[FIELDS_MAX];
	bool begun, ended; /* 100 and 900 were there */
	size_t last_line; /* of what was read, up to the 900 record */
};

int
mdff_open(struct mdff **out, int fd, const char *file,
    enum text_encoding encoding, const char *format, struct qf_error *err)
{
	struct mdff *mdff = xcalloc(1, sizeof(*mdff));

	*out = NULL;
	mdff->file = file;
	mdff->format = format;
	if (lines_open(&mdff->lines, fd, file, encoding, CSV_RECORD_MAX, err) ==
	    -1) {
		mdff_close(mdff);
		return -1;
	}
	lines_allow_open_end(mdff->lines);
	*out = mdff;
	return 0;
}

void
mdff_close(struct mdff *mdff)
{
	if (mdff == NULL) {
		return;
	}
	lines_close(mdff->lines);
	free(mdff->text);
	free(mdff);
}

uint64_t
mdff_bytes(const struct mdff *mdff)
{
	return lines_bytes(mdff->lines);
}

size_t
mdff_last_line(const struct mdff *mdff)
{
	return mdff->last_line;
}

const char *
mdff_field(const struct mdff_record *record, size_t index)
{
	return index < record->count ? record->fields[index] : "";
}

/* Takes the blanks off a field that ends at `end`. */
static char *
trim(char *field, char *end)
{
	while (*field == ' ' || *field == '\t') {
		field++;
	}
	while (end > field && (end[-1] == ' ' || end[-1] == '\t')) {
		end--;
	}
	*end = '\0';
	return field;
}

/* Cuts the line at its commas; 0 fields where it is blank. */
static int
cut(struct mdff *mdff, const struct line *line, size_t *count,
    struct qf_error *err)
{
	size_t length = line->length;
	char *field, *end;

	while (length > 0 && (line->bytes[length - 1] == '\n' ||
				 line->bytes[length - 1] == '\r')) {
		length--;
	}
	if (length + 1 > mdff->size) {
		mdff->size = length + 1;
		mdff->text = xrealloc(mdff->text, mdff->size);
	}
	memcpy(mdff->text, line->bytes, length);
	mdff->text[length] = '\0';
	if (!text_utf8_valid(mdff->text, length) ||
	    memchr(mdff->text, '\0', length) != NULL) {
		return qf_fail(err, QF_DATA, "mdff-bytes",
		    "%s:%zu: bytes that are no text", mdff->file,
		    line->line_no);
	}
	*count = 0;
	for (field = mdff->text;; field = end + 1) {
		if (*count == FIELDS_MAX) {
			return qf_fail(err, QF_DATA, "mdff-record",
			    "%s:%zu: more than %d fields", mdff->file,
			    line->line_no, FIELDS_MAX);
		}
		end = field + strcspn(field, ",");
		bool more = *end == ',';

		mdff->fields[(*count)++] = trim(field, end);
		if (!more) {
			break;
		}
	}
	while (*count > 0 && mdff->fields[*count - 1][0] == '\0') {
		(*count)--;
	}
	return 0;
}

static int
type_of(const char *field)
{
	static const int known[] = {100, 200, 250, 300, 400, 500, 550, 900};
	char text[4];

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		snprintf(text, sizeof(text), "%d", known[i]);
		if (strcmp(field, text) == 0) {
			return known[i];
		}
	}
	return 0;
}

/* The 100 record: which format it is, and when it was made. */
static int
check_header(const struct mdff *mdff, const struct mdff_record *record,
    struct qf_error *err)
{
	int64_t made;

	if (strcasecmp(mdff_field(record, 1), mdff->format) != 0) {
		return qf_fail(err, QF_DATA, "mdff-header",
		    "%s:%zu: \"%.16s\" instead of %s", mdff->file,
		    record->line_no, mdff_field(record, 1), mdff->format);
	}
	if (!mdff_time(mdff_field(record, 2), &made)) {
		return qf_fail(err, QF_DATA, "mdff-header",
		    "%s:%zu: DateTime: \"%.32s\": not YYYYMMDDhhmm", mdff->file,
		    record->line_no, mdff_field(record, 2));
	}
	return 0;
}

/* Where the record stands between the first and the last: 1 if it is to be
 * handed out, 0 if not. */
static int
place(struct mdff *mdff, struct mdff_record *record, struct qf_error *err)
{
	if (mdff->ended) {
		return qf_fail(err, QF_DATA, "mdff-end",
		    "%s:%zu: a record behind the 900 record on line %zu",
		    mdff->file, record->line_no, mdff->last_line);
	}
	if (record->type == 0) {
		return qf_fail(err, QF_DATA, "mdff-record",
		    "%s:%zu: \"%.16s\": no record of this format", mdff->file,
		    record->line_no, record->fields[0]);
	}
	if (mdff->begun == (record->type == 100)) {
		return qf_fail(err, QF_DATA, "mdff-header",
		    mdff->begun ? "%s:%zu: a second 100 record"
				: "%s:%zu: a record before the 100 record, "
				  "which must be the first",
		    mdff->file, record->line_no);
	}
	if (record->type == 100) {
		mdff->begun = true;
		return check_header(mdff, record, err);
	}
	if (record->type == 900) {
		mdff->ended = true;
		return 0;
	}
	return 1;
}

int
mdff_next(struct mdff *mdff, struct mdff_record *record, struct qf_error *err)
{
	struct line line = {0};
	size_t count = 0;
	int rc;

	while ((rc = lines_next(mdff->lines, &line, err)) == 1) {
		if (cut(mdff, &line, &count, err) == -1) {
			return -1;
		}
		if (count == 0) {
			continue;
		}
		mdff->last_line = mdff->ended ? mdff->last_line : line.line_no;
		record->fields = mdff->fields;
		record->count = count;
		record->line_no = line.line_no;
		record->type = type_of(mdff->fields[0]);
		rc = place(mdff, record, err);
		if (rc != 0) {
			return rc;
		}
	}
	if (rc == 0 && !mdff->begun) {
		return qf_fail(err, QF_DATA, "mdff-header", "%s: no 100 record",
		    mdff->file);
	}
	if (rc == 0 && !mdff->ended) {
		return qf_fail(err, QF_DATA, "mdff-end",
		    "%s:%zu: the file ends without a 900 record: broken upload",
		    mdff->file, mdff->last_line);
	}
	return rc;
}

/* So many digits as a number, or -1. */
static int
digits(const char *text, size_t count)
{
	int number = 0;

	for (size_t i = 0; i < count; i++) {
		if (text[i] < '0' || text[i] > '9') {
			return -1;
		}
		number = number * 10 + (text[i] - '0');
	}
	return number;
}

static bool
date(const char *text, int32_t *day)
{
	int year = digits(text, 4), month, day_of_month;

	if (year < 1900) {
		return false;
	}
	month = digits(text + 4, 2);
	day_of_month = month == -1 ? -1 : digits(text + 6, 2);
	if (!civil_date_ok(year, month, day_of_month)) {
		return false;
	}
	*day = civil_day(year, month, day_of_month);
	return true;
}

bool
mdff_date(const char *text, int32_t *day)
{
	return strlen(text) == 8 && date(text, day);
}

bool
mdff_time(const char *text, int64_t *local_s)
{
	size_t length = strlen(text);
	int hour, minute, second = 0;
	int32_t day;

	if ((length != 12 && length != 14) || !date(text, &day)) {
		return false;
	}
	hour = digits(text + 8, 2);
	minute = digits(text + 10, 2);
	if (length == 14) {
		second = digits(text + 12, 2);
	}
	if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 ||
	    second > 59) {
		return false;
	}
	*local_s =
	    (int64_t)day * CIVIL_DAY_S + hour * 3600 + minute * 60 + second;
	return true;
}

bool
mdff_number(const char *text, int64_t *value, int *scale, int *needed)
{
	bool point = false;
	int count = 0;

	if (text[0] == '\0') {
		return false;
	}
	*value = 0;
	*scale = *needed = 0;
	for (; *text != '\0'; text++) {
		if (*text == '.' && !point) {
			point = true;
			continue;
		}
		if (*text < '0' || *text > '9') {
			return false;
		}
		/* Registers are written with zeros in front. */
		count += count > 0 || *text != '0' || point;
		if (count > 18) {
			return false;
		}
		*value = *value * 10 + (*text - '0');
		*scale += point;
		if (point && *text != '0') {
			*needed = *scale;
		}
	}
	return (count > 0 || text[-1] == '0') && text[-1] != '.';
}

bool
mdff_unit(const char *text, int *power, bool *reactive)
{
	static const struct {
		const char *name;
		int power;
		bool reactive;
	} units[] = {
	    {"Wh", -3, false},
	    {"kWh", 0, false},
	    {"MWh", 3, false},
	    {"VArh", -3, true},
	    {"kVArh", 0, true},
	    {"MVArh", 3, true},
	};

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcasecmp(text, units[i].name) == 0) {
			*power = units[i].power;
			*reactive = units[i].reactive;
			return true;
		}
	}
	return false;
}

int
mdff_quality(const char *flag, const char *reason, char *quality,
    char method[MDFF_METHOD_MAX], struct qf_error *fault)
{
	size_t length = strlen(flag), digit_count = strlen(reason);

	method[0] = '\0';
	if (digit_count > 3 || digits(reason, digit_count) == -1) {
		return qf_fail(fault, QF_DATA, "mdff-quality",
		    "reason code \"%.16s\": not up to three digits", reason);
	}
	if (length == 1 && strchr("ANV", flag[0]) != NULL) {
		*quality = flag[0] == 'A'   ? QUALITY_MEASURED
			   : flag[0] == 'N' ? QUALITY_NONE
					    : 'V';
		return 0;
	}
	if (length != 3 || strchr("EFS", flag[0]) == NULL ||
	    digits(flag + 1, 2) == -1) {
		return qf_fail(fault, QF_DATA, "mdff-quality",
		    "quality \"%.16s\": not A, N, V, or E, F or S with a "
		    "method of two digits",
		    flag);
	}
	*quality = QUALITY_ESTIMATED;
	snprintf(method, MDFF_METHOD_MAX, "%s%s%s", flag,
	    digit_count == 0 ? "" : ".", reason);
	return 0;
}

int
mdff_declare(int32_t *offset_s, char text[MDFF_DECLARATION_MAX],
    const char *given, struct qf_error *err)
{
	int hour = 10, minute = 0;
	bool east = true;

	if (given != NULL && strncmp(given, "offset=", 7) != 0) {
		return qf_fail(err, QF_USAGE, "declare-unknown",
		    "--declare: %.40s: nothing that can be declared of NEM12 "
		    "and NEM13, but offset",
		    given);
	}
	if (given != NULL) {
		given += 7;
		east = given[0] == '+';
		if ((given[0] != '+' && given[0] != '-') ||
		    strlen(given) != 6 || given[3] != ':' ||
		    (hour = digits(given + 1, 2)) == -1 || hour > 14 ||
		    (minute = digits(given + 4, 2)) == -1 || minute > 59) {
			return qf_fail(err, QF_USAGE, "declare-value",
			    "--declare: offset: an offset such as +10:00");
		}
	}
	*offset_s = (hour * 3600 + minute * 60) * (east ? 1 : -1);
	snprintf(text, MDFF_DECLARATION_MAX, "offset=%c%02d:%02d",
	    east ? '+' : '-', hour, minute);
	return 0;
}
