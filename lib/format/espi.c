/* espi.c - Green Button files (ESPI, Atom) of interval reads as pieces of days.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/espi.h"

#include <assert.h>
#include <errno.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/xmlstream.h"
#include "base/zone.h"
#include "format/espilinks.h"
#include "format/faults.h"

#define STEP_MAX 200 /* lines from one reading of a piece to the next */

/* An IntervalReading. */
struct reading {
	bool has_start, has_length, has_value;
	int64_t start_utc, length_s;
	int quality; /* ReadingQuality, 0 where none */
	struct read_value value;
	bool bad; /* a number that is none, which was said */
	size_t line_no;
};

struct espi {
	struct espi_config config;
	struct espilinks *links;
	struct xml_stream *stream;
	size_t entries; /* that have begun */
	const struct espi_reading *of; /* of the entry */
	const struct espi_reading *blamed; /* its point was not found */
	bool in_reading;
	struct reading reading;
	bool waits; /* the reading is whole and begins the next piece */
	bool over;
	size_t other_length; /* readings of the entry that are not taken */
	size_t other_line_no;
	int64_t other_s;
	void *owners; /* which MeterReading has a point: tsearch(3) */
	struct read_piece piece;
};

/* Which MeterReading has a point and channel. */
struct owner {
	char point[ID_MAX + 1];
	enum channel channel;
	const struct espi_reading *reading;
};

static int
compare_owners(const void *a, const void *b)
{
	const struct owner *left = a, *right = b;
	int order = strcmp(left->point, right->point);

	return order != 0 ? order : (int)left->channel - (int)right->channel;
}

int
espi_open(struct espi **out, int fd, const char *file,
    const struct espi_config *config, struct qf_error *err)
{
	struct espi *espi = xcalloc(1, sizeof(*espi));

	*out = NULL;
	espi->config = *config;
	if (espilinks_read(&espi->links, fd, file, config->faults,
		config->notes, err) == -1) {
		espi_close(espi);
		return -1;
	}
	if (lseek(fd, 0, SEEK_SET) == -1) {
		espi_close(espi);
		return qf_fail(
		    err, QF_IO, "read-failed", "%s: %s", file, strerror(errno));
	}
	if (xml_stream_open(&espi->stream, fd, file, err) == -1) {
		espi_close(espi);
		return -1;
	}
	*out = espi;
	return 0;
}

void
espi_close(struct espi *espi)
{
	if (espi == NULL) {
		return;
	}
	xml_stream_close(espi->stream);
	espilinks_free(espi->links);
	tdestroy(espi->owners, free);
	free(espi);
}

static int
blame(struct espi *espi, size_t line_no, const char *code, const char *what,
    struct qf_error *err)
{
	return faults_add(
	    espi->config.faults, line_no, NULL, err, code, "%s", what);
}

/* Readings ----------------------------------------------------------------- */

/* The digits of an element's text; false where it has none but a sign and
 * blanks.  Blanks around a number are as XML has it. */
static bool
whole_number(const char *text, int64_t *value)
{
	char digits[24];
	size_t length;

	text += strspn(text, " \t\r\n");
	length = strcspn(text, " \t\r\n");
	if (length >= sizeof(digits) ||
	    text[length + strspn(text + length, " \t\r\n")] != '\0') {
		return false;
	}
	memcpy(digits, text, length);
	digits[length] = '\0';
	return text_number(digits, value);
}

/* An element of an IntervalReading that ends. */
static int
take_element(
    struct espi *espi, const struct xml_event *event, struct qf_error *err)
{
	struct reading *reading = &espi->reading;
	int64_t number = 0;
	bool start = strcmp(event->name, "start") == 0;
	bool length = strcmp(event->name, "duration") == 0;
	bool value = strcmp(event->name, "value") == 0;
	bool quality = strcmp(event->name, "quality") == 0;

	if (!start && !length && !value && !quality) {
		return 0;
	}
	if (!whole_number(event->text, &number)) {
		reading->bad = true;
		return faults_add(espi->config.faults, event->line_no, NULL,
		    err,
		    value && strchr(event->text, '-') != NULL ? "read-negative"
							      : "espi-reading",
		    "%s \"%.40s\": not a whole number of at most 18 digits",
		    event->name, event->text);
	}
	if (start) {
		reading->has_start = true;
		reading->start_utc = number;
	} else if (length) {
		reading->has_length = true;
		reading->length_s = number;
	} else if (value) {
		reading->has_value = true;
		reading->value = (struct read_value){.value = number};
	} else {
		reading->quality = number > 99 ? 99 : (int)number;
	}
	return 0;
}

/* What a quality of the standard is to us: 0, or -1 where there is none. */
static int
judge_quality(int quality, char *letter, const char **method)
{
	static const char *const names[] = {
	    [7] = "manually-edited",
	    [8] = "reference-day",
	    [9] = "linear-interpolation",
	    [10] = "questionable",
	    [11] = "derived",
	    [12] = "projected",
	    [13] = "mixed",
	    [15] = "weather-normalized",
	    [16] = "other",
	};
	const int count = (int)(sizeof(names) / sizeof(names[0]));

	*method = "";
	*letter = QUALITY_MEASURED;
	if (quality == 0 || quality == 14 || (quality >= 17 && quality <= 19)) {
		return 0;
	}
	if (quality >= count || names[quality] == NULL) {
		return -1;
	}
	*letter = QUALITY_ESTIMATED;
	*method = names[quality];
	return 0;
}

/* Whether a whole reading can be taken: 1, or 0 where not, which was said or
 * will be. */
static int
judge_reading(struct espi *espi, struct qf_error *err)
{
	struct reading *reading = &espi->reading;
	const char *method;
	char letter;

	if (reading->bad) {
		return 0;
	}
	if (!reading->has_start || !reading->has_length ||
	    !reading->has_value) {
		return blame(espi, reading->line_no, "espi-reading",
		    "a reading without start, duration or value", err);
	}
	if (reading->start_utc > INT64_C(100000000000)) {
		return blame(espi, reading->line_no, "espi-reading",
		    "start: later than any time", err);
	}
	if (reading->length_s < 60 || reading->length_s % 60 != 0 ||
	    3600 % reading->length_s != 0) {
		espi->other_length++;
		espi->other_line_no = reading->line_no;
		espi->other_s = reading->length_s;
		return 0;
	}
	if (judge_quality(reading->quality, &letter, &method) == -1) {
		return faults_add(espi->config.faults, reading->line_no, NULL,
		    err, "espi-quality", "quality %d: none of the standard",
		    reading->quality);
	}
	if (!piece_scale_value(&reading->value, espi->of->power)) {
		return blame(espi, reading->line_no, "read-range",
		    "more digits in kWh than are kept", err);
	}
	return 1;
}

/* Readings of an entry that no hour is made of, said once. */
static int
say_others(struct espi *espi, struct qf_error *err)
{
	size_t count = espi->other_length;

	espi->other_length = 0;
	if (count == 0) {
		return 0;
	}
	return faults_add(espi->config.notes, espi->other_line_no, NULL, err,
	    "reading-not-taken",
	    "%zu readings of the block are not taken, of which this one is of "
	    "%lld seconds: not minutes that divide an hour",
	    count, (long long)espi->other_s);
}

/* An event of the second pass: 1 where a reading to be taken is whole. */
static int
take_event(
    struct espi *espi, const struct xml_event *event, struct qf_error *err)
{
	bool of_reading = strcmp(event->name, "IntervalReading") == 0;

	if (event->depth == 2 && strcmp(event->name, "entry") == 0) {
		if (!event->begins) {
			return say_others(espi, err);
		}
		espi->of = espilinks_of_entry(espi->links, espi->entries++);
		return 0;
	}
	if (espi->of == NULL || !espi->of->taken || espi->of == espi->blamed) {
		return 0;
	}
	if (event->begins && of_reading) {
		espi->in_reading = true;
		espi->reading = (struct reading){.line_no = event->line_no};
		return 0;
	}
	if (event->begins || !espi->in_reading) {
		return 0;
	}
	if (!of_reading) {
		return take_element(espi, event, err);
	}
	espi->in_reading = false;
	return judge_reading(espi, err);
}

/* The next reading to be taken, in espi->reading: 1, 0 at the end. */
static int
next_reading(struct espi *espi, struct qf_error *err)
{
	struct xml_event event;
	int rc;

	if (espi->waits) {
		espi->waits = false;
		return 1;
	}
	while (!espi->over) {
		rc = xml_stream_next(espi->stream, &event, err);
		if (rc == 0) {
			espi->over = true;
			break;
		}
		if (rc == 1) {
			rc = take_event(espi, &event, err);
		}
		if (rc != 0) {
			return rc;
		}
	}
	return 0;
}

/* Points ------------------------------------------------------------------- */

/* The point and the channel are this MeterReading's and no other's. */
static int
own(struct espi *espi, struct qf_error *err)
{
	struct owner *mine = xcalloc(1, sizeof(*mine)), *other;

	memcpy(mine->point, espi->piece.point, sizeof(mine->point));
	mine->channel = espi->of->channel;
	mine->reading = espi->of;
	other = *(struct owner **)tsearch(mine, &espi->owners, compare_owners);
	if (other == mine) {
		return 1;
	}
	free(mine);
	if (other->reading == espi->of) {
		return 1;
	}
	return faults_add(espi->config.faults, espi->reading.line_no, NULL, err,
	    "espi-double",
	    "two MeterReadings are %s of point %s: those on line %zu and line "
	    "%zu",
	    channel_name(espi->of->channel), espi->piece.point,
	    other->reading->line_no, espi->of->line_no);
}

/* The point of the reading: 1, or 0 where that is a fault. */
static int
find_point(struct espi *espi, struct qf_error *err)
{
	const struct finder *finder = espi->config.finder;
	int rc;

	for (size_t i = 0; i < ESPI_NAMES; i++) {
		if (espi->of->names[i][0] == '\0') {
			continue;
		}
		rc = finder->find(finder->context, "espi", espi->of->names[i],
		    espi->reading.start_utc, espi->piece.point, err);
		if (rc == -1) {
			return -1;
		}
		if (rc == 1) {
			return own(espi, err);
		}
	}
	rc = faults_add(espi->config.faults, espi->of->line_no, NULL, err,
	    "unknown-point",
	    "no point is called %s, %s or %s, nor has an alias of scheme espi",
	    espi->of->names[0], espi->of->names[1], espi->of->names[2]);
	espi->blamed = espi->of;
	espi->of = NULL;
	return rc;
}

/* Pieces ------------------------------------------------------------------- */

static void
local_day(
    void *context, int32_t day, int minutes, int64_t *start_utc, size_t *count)
{
	const struct espi *espi = context;
	int64_t end_utc = zone_day_start(espi->config.zone, day + 1);

	*start_utc = zone_day_start(espi->config.zone, day);
	*count = (size_t)((end_utc - *start_utc) / (60 * minutes));
}

/* Begins a piece with the reading: 1, or 0 where that is a fault. */
static int
begin_piece(struct espi *espi, struct qf_error *err)
{
	const struct reading *reading = &espi->reading;
	struct read_piece *piece = &espi->piece;
	const char *method = "";
	int64_t offset_s;
	int rc = find_point(espi, err);

	if (rc != 1) {
		return rc;
	}
	piece->point_length = strlen(piece->point);
	piece->day = zone_day_of(espi->config.zone, reading->start_utc);
	piece->minutes = (int)(reading->length_s / 60);
	local_day(espi, piece->day, piece->minutes, &piece->start_utc,
	    &piece->day_count);
	offset_s = reading->start_utc - piece->start_utc;
	piece->first = (size_t)(offset_s / reading->length_s);
	if (offset_s % reading->length_s != 0 ||
	    piece->first >= piece->day_count) {
		return blame(espi, reading->line_no, "read-grid",
		    "not on the grid of its intervals in the local day", err);
	}
	piece->channel = espi->of->channel;
	piece->quantity = QUANTITY_KWH;
	piece->side = SIDE_PRIMARY;
	piece->count = 0;
	piece->line_no = reading->line_no;
	piece->line_step = 0;
	piece->scale = piece->needed = 0;
	if (judge_quality(reading->quality, &piece->quality, &method) == -1) {
		BUG("a quality that was judged before");
	}
	snprintf(piece->method, sizeof(piece->method), "%s", method);
	if (!piece_add_value(piece, &reading->value)) {
		BUG("a first value that does not fit");
	}
	return 1;
}

/* True where the reading goes on where the piece ends. */
static bool
continues(struct espi *espi, const struct espi_reading *of)
{
	const struct reading *reading = &espi->reading;
	struct read_piece *piece = &espi->piece;
	size_t step = reading->line_no - piece->line_no;
	const char *method = "";
	char letter = QUALITY_MEASURED;

	if (espi->of != of || reading->length_s != 60 * piece->minutes ||
	    piece->first + piece->count >= piece->day_count ||
	    reading->start_utc !=
		piece->start_utc + (int64_t)(piece->first + piece->count) *
				       reading->length_s ||
	    judge_quality(reading->quality, &letter, &method) == -1 ||
	    letter != piece->quality || strcmp(method, piece->method) != 0) {
		return false;
	}
	if (piece->count > 1) {
		return step == piece->line_step * piece->count;
	}
	if (step > STEP_MAX || reading->line_no < piece->line_no) {
		return false;
	}
	piece->line_step = step;
	return true;
}

static int
next_piece(void *context, const struct read_piece **out, struct qf_error *err)
{
	struct espi *espi = context;
	const struct espi_reading *of;
	int rc;

	do {
		rc = next_reading(espi, err);
		if (rc != 1) {
			return rc;
		}
		rc = begin_piece(espi, err);
	} while (rc == 0);
	if (rc == -1) {
		return -1;
	}
	of = espi->of;
	while ((rc = next_reading(espi, err)) == 1) {
		/* Scales that do not fit together meet in gather.c. */
		if (!continues(espi, of) ||
		    espi->reading.value.scale > espi->piece.scale ||
		    !piece_add_value(&espi->piece, &espi->reading.value)) {
			espi->waits = true;
			break;
		}
	}
	if (rc == -1) {
		return -1;
	}
	piece_settle_scale(&espi->piece);
	*out = &espi->piece;
	return 1;
}

static uint64_t
bytes(void *context)
{
	const struct espi *espi = context;

	return xml_stream_bytes(espi->stream);
}

struct read_source
espi_source(struct espi *espi)
{
	return (struct read_source){
	    .context = espi,
	    .next = next_piece,
	    .day = local_day,
	    .bytes = bytes,
	    .notes = espi->config.notes,
	    .mixes_methods = true,
	};
}
