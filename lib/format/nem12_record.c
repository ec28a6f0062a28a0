/* nem12_record.c - what the records of a NEM12 file say of streams and days.
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
#include "format/faults.h"

/* Fields of a 200 record. */
enum { NMI = 1, SUFFIX = 4, UNIT = 7, LENGTH = 8 };

/* A node of owners; the texts behind each other in one key. */
struct owner {
	char point[ID_MAX + 1];
	enum channel channel;
	char stream[NEM12_NAME_MAX + NEM12_SUFFIX_MAX + 2];
};

static int
compare_owners(const void *a, const void *b)
{
	const struct owner *left = a, *right = b;
	int order = strcmp(left->point, right->point);

	return order != 0 ? order : (int)left->channel - (int)right->channel;
}

int
nem12_blame(struct nem12 *nem12, size_t line_no, const char *code,
    const char *what, struct qf_error *err)
{
	return faults_add(
	    nem12->config.faults, line_no, NULL, err, code, "%s", what);
}

/* Streams ------------------------------------------------------------------ */

/* The channel of a suffix; false where it is none of ours. */
static bool
channel_of(const char *suffix, enum channel *channel)
{
	switch (suffix[0]) {
	case 'E':
		*channel = CHANNEL_IMPORT;
		return true;
	case 'B':
		*channel = CHANNEL_EXPORT;
		return true;
	case 'Q':
		*channel = CHANNEL_IMPORT_REACTIVE;
		return true;
	case 'K':
		*channel = CHANNEL_EXPORT_REACTIVE;
		return true;
	default:
		return false;
	}
}

/* The unit of a stream that is taken, which must be one of its channel. */
static int
take_unit(
    struct nem12 *nem12, const struct mdff_record *record, struct qf_error *err)
{
	struct nem12_stream *stream = &nem12->stream;
	bool reactive, is_reactive;

	is_reactive = stream->channel == CHANNEL_IMPORT_REACTIVE ||
		      stream->channel == CHANNEL_EXPORT_REACTIVE;
	if (mdff_unit(mdff_field(record, UNIT), &stream->power, &reactive) &&
	    reactive == is_reactive) {
		return 0;
	}
	stream->sound = false;
	return faults_add(nem12->config.faults, record->line_no, NULL, err,
	    "nem12-unit", "unit \"%.16s\": suffix %s is in %s",
	    mdff_field(record, UNIT), stream->suffix,
	    is_reactive ? "VArh, kVArh or MVArh" : "Wh, kWh or MWh");
}

/* The interval length; 0 where it is none. */
static int
length_of(const char *text)
{
	static const int lengths[] = {5, 10, 15, 30};
	char known[4];

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		snprintf(known, sizeof(known), "%d", lengths[i]);
		if (strcmp(text, known) == 0) {
			return lengths[i];
		}
	}
	return 0;
}

/* NMI and suffix are identifiers of a known length. */
static bool
take_names(struct nem12_stream *stream, const struct mdff_record *record)
{
	const char *nmi = mdff_field(record, NMI);
	const char *suffix = mdff_field(record, SUFFIX);
	size_t nmi_length = strlen(nmi), suffix_length = strlen(suffix);

	if (nmi_length > NEM12_NAME_MAX || !text_is_id(nmi, nmi_length) ||
	    suffix_length > NEM12_SUFFIX_MAX ||
	    !text_is_id(suffix, suffix_length)) {
		return false;
	}
	memcpy(stream->nmi, nmi, nmi_length + 1);
	memcpy(stream->suffix, suffix, suffix_length + 1);
	return true;
}

int
nem12_take_stream(
    struct nem12 *nem12, const struct mdff_record *record, struct qf_error *err)
{
	struct nem12_stream *stream = &nem12->stream;

	*stream =
	    (struct nem12_stream){.begun = true, .line_no = record->line_no};
	nem12->streams++;
	stream->minutes = length_of(mdff_field(record, LENGTH));
	if (!take_names(stream, record)) {
		return nem12_blame(nem12, record->line_no, "nem12-stream",
		    "NMI and NMISuffix must be given, the fields 2 and 5", err);
	}
	if (stream->minutes == 0) {
		return faults_add(nem12->config.faults, record->line_no, NULL,
		    err, "nem12-stream",
		    "interval length \"%.16s\": not 5, 10, 15 or 30",
		    mdff_field(record, LENGTH));
	}
	stream->sound = true;
	stream->taken = channel_of(stream->suffix, &stream->channel);
	if (!stream->taken) {
		return faults_add(nem12->config.notes, record->line_no, NULL,
		    err, "stream-not-taken",
		    "%s: suffix %s is not taken; E, B, Q and K are",
		    stream->nmi, stream->suffix);
	}
	return take_unit(nem12, record, err);
}

/* The point and the channel are this stream's and no other's. */
static int
own(struct nem12 *nem12, struct qf_error *err)
{
	const struct nem12_stream *stream = &nem12->stream;
	struct owner *mine = xcalloc(1, sizeof(*mine)), *other;
	int rc = 1;

	memcpy(mine->point, nem12->point, sizeof(mine->point));
	mine->channel = stream->channel;
	snprintf(mine->stream, sizeof(mine->stream), "%s:%s", stream->nmi,
	    stream->suffix);
	other = *(struct owner **)tsearch(mine, &nem12->owners, compare_owners);
	if (other == NULL) {
		BUG("tsearch");
	}
	if (other == mine) {
		return 1;
	}
	if (strcmp(other->stream, mine->stream) != 0) {
		rc = faults_add(nem12->config.faults, stream->line_no, NULL,
		    err, "nem12-double",
		    "%s is %s of point %s, as %s is: give each a point by an "
		    "alias",
		    mine->stream, channel_name(stream->channel), nem12->point,
		    other->stream);
	}
	free(mine);
	return rc;
}

/* The point of the stream at an instant: 1, or 0 where that is a fault. */
static int
find_point(struct nem12 *nem12, int64_t at_utc, struct qf_error *err)
{
	const struct finder *finder = nem12->config.finder;
	struct nem12_stream *stream = &nem12->stream;
	char name[NEM12_NAME_MAX + NEM12_SUFFIX_MAX + 2];
	int rc;

	if (stream->blamed) {
		return 0;
	}
	snprintf(name, sizeof(name), "%s:%s", stream->nmi, stream->suffix);
	rc = finder->find(
	    finder->context, "nmi", name, at_utc, nem12->point, err);
	if (rc == 0) {
		rc = finder->find(finder->context, "nmi", stream->nmi, at_utc,
		    nem12->point, err);
	}
	if (rc == -1) {
		return -1;
	}
	if (rc == 1) {
		rc = own(nem12, err);
		stream->blamed = rc == 0;
		return rc;
	}
	stream->blamed = true;
	return faults_add(nem12->config.faults, stream->line_no, NULL, err,
	    "unknown-point",
	    "no point is called %s or %s, nor has an alias of scheme nmi", name,
	    stream->nmi);
}

/* Days --------------------------------------------------------------------- */

static int
blame_value(struct nem12 *nem12, const struct mdff_record *record, size_t field,
    struct qf_error *err)
{
	const char *text = mdff_field(record, field);

	nem12->day.sound = false;
	return faults_add(nem12->config.faults, record->line_no, NULL, err,
	    "nem12-value", "value %zu: \"%.40s\": %s", field - 1, text,
	    text[0] == '-' ? "negative; what flows the other way is another "
			     "suffix's"
			   : "no number of at most 18 digits, 9 of them after "
			     "the point in kWh");
}

/* The values of a 300 record; an empty one may stand where there is none. */
static int
take_values(
    struct nem12 *nem12, const struct mdff_record *record, struct qf_error *err)
{
	struct nem12_day *day = &nem12->day;
	size_t i;

	for (i = 0; i < day->count; i++) {
		struct read_value *value = &day->values[i];
		const char *text = mdff_field(record, 2 + i);

		day->empty[i] = text[0] == '\0';
		if (day->empty[i]) {
			continue;
		}
		if (!mdff_number(
			text, &value->value, &value->scale, &value->needed) ||
		    !piece_scale_value(value, nem12->stream.power)) {
			return blame_value(nem12, record, 2 + i, err);
		}
	}
	return 0;
}

/* How many values stand in a 300 record: up to what is none. */
static size_t
count_values(const struct mdff_record *record, size_t expected)
{
	size_t i;

	for (i = 2; i < record->count; i++) {
		const char *text = record->fields[i];

		if (text[0] == '\0'
			? i >= expected + 2
			: strchr("0123456789.-+", text[0]) == NULL) {
			break;
		}
	}
	return i - 2;
}

/* The same quality for a part of the day. */
static void
set_quality(struct nem12_day *day, size_t first, size_t end, char quality,
    const char *method)
{
	for (size_t i = first; i < end; i++) {
		day->quality[i] = quality;
		memcpy(day->methods[i], method, MDFF_METHOD_MAX);
	}
}

static int
take_day_quality(
    struct nem12 *nem12, const struct mdff_record *record, struct qf_error *err)
{
	struct nem12_day *day = &nem12->day;
	char method[MDFF_METHOD_MAX];
	struct qf_error fault;

	if (mdff_quality(mdff_field(record, 2 + day->count),
		mdff_field(record, 3 + day->count), &day->flag, method,
		&fault) == -1) {
		day->sound = false;
		return faults_add_error(
		    nem12->config.faults, record->line_no, NULL, &fault, err);
	}
	set_quality(day, 0, day->count, day->flag, method);
	return 0;
}

int
nem12_take_day(
    struct nem12 *nem12, const struct mdff_record *record, struct qf_error *err)
{
	struct nem12_stream *stream = &nem12->stream;
	struct nem12_day *day = &nem12->day;
	size_t found;

	day->begun = true;
	day->sound = false;
	day->covered = 0;
	day->line_no = record->line_no;
	nem12->next = 0;
	if (!stream->begun) {
		return nem12_blame(nem12, record->line_no, "nem12-order",
		    "a 300 record without a 200 record", err);
	}
	if (stream->minutes == 0) {
		return 0;
	}
	day->count = (size_t)(24 * 60 / stream->minutes);
	found = count_values(record, day->count);
	if (found != day->count) {
		return faults_add(nem12->config.faults, record->line_no, NULL,
		    err, "nem12-count",
		    "%zu values; %d minutes of the 200 record on line %zu make "
		    "%zu",
		    found, stream->minutes, stream->line_no, day->count);
	}
	if (!mdff_date(mdff_field(record, 1), &day->day)) {
		return faults_add(nem12->config.faults, record->line_no, NULL,
		    err, "nem12-date", "\"%.16s\": no date YYYYMMDD",
		    mdff_field(record, 1));
	}
	day->sound = stream->sound;
	if (day->sound && stream->taken &&
	    take_values(nem12, record, err) == -1) {
		return -1;
	}
	return take_day_quality(nem12, record, err);
}

/* "first" and "last" of a 400 record as an interval of the day. */
static bool
take_range(const struct mdff_record *record, size_t *first, size_t *last)
{
	int64_t numbers[2];

	for (size_t i = 0; i < 2; i++) {
		if (!text_number(mdff_field(record, 1 + i), &numbers[i]) ||
		    numbers[i] < 1 || numbers[i] > 10000) {
			return false;
		}
	}
	*first = (size_t)numbers[0];
	*last = (size_t)numbers[1];
	return *first <= *last;
}

static int
blame_event(
    struct nem12 *nem12, size_t line_no, struct qf_error *err, const char *what)
{
	nem12->day.sound = false;
	return nem12_blame(nem12, line_no, "nem12-event", what, err);
}

/* Where a 400 record stands among those of its day: what is wrong, or NULL. */
static const char *
judge_range(const struct nem12_day *day, size_t first, size_t last)
{
	if (day->flag != 'V') {
		return "a 400 record, but the 300 record's quality is not V";
	}
	if (first <= day->covered) {
		return "overlaps the 400 record before it";
	}
	if (first > day->covered + 1) {
		return "leaves a gap behind what is said before it";
	}
	return last > day->count ? "beyond the last interval of the day" : NULL;
}

int
nem12_take_event(
    struct nem12 *nem12, const struct mdff_record *record, struct qf_error *err)
{
	struct nem12_day *day = &nem12->day;
	char quality, method[MDFF_METHOD_MAX];
	struct qf_error fault;
	size_t first, last;
	const char *what;

	if (!day->begun) {
		return nem12_blame(nem12, record->line_no, "nem12-order",
		    "a 400 record without a 300 record", err);
	}
	if (!day->sound) {
		return 0; /* its 300 record was refused */
	}
	if (!take_range(record, &first, &last)) {
		return blame_event(nem12, record->line_no, err,
		    "no first and last interval, from 1 on");
	}
	what = judge_range(day, first, last);
	if (what != NULL) {
		return blame_event(nem12, record->line_no, err, what);
	}
	if (mdff_quality(mdff_field(record, 3), mdff_field(record, 4), &quality,
		method, &fault) == -1) {
		day->sound = false;
		return faults_add_error(
		    nem12->config.faults, record->line_no, NULL, &fault, err);
	}
	if (quality == 'V') {
		return blame_event(nem12, record->line_no, err,
		    "quality V says nothing of a part of a day");
	}
	set_quality(day, first - 1, last, quality, method);
	day->covered = last;
	return 0;
}

int
nem12_settle_day(struct nem12 *nem12, struct qf_error *err)
{
	struct nem12_day *day = &nem12->day;
	int rc = 0;

	day->begun = false;
	if (!day->sound) {
		return 0;
	}
	if (day->flag == 'V' && day->covered != day->count) {
		return faults_add(nem12->config.faults, day->line_no, NULL, err,
		    "nem12-event",
		    "quality V, but 400 records cover %zu of %zu intervals",
		    day->covered, day->count);
	}
	if (!nem12->stream.taken) {
		return 0;
	}
	for (size_t i = 0; i < day->count; i++) {
		if (day->empty[i] && day->quality[i] != QUALITY_NONE) {
			return faults_add(nem12->config.faults, day->line_no,
			    NULL, err, "nem12-value",
			    "value %zu: empty, but its quality is not N",
			    i + 1);
		}
	}
	rc = find_point(nem12,
	    (int64_t)day->day * CIVIL_DAY_S - nem12->config.offset_s, err);
	return rc;
}
