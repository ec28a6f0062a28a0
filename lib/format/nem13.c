/* nem13.c - NEM13 files of register readings as facts.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/nem13.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/dec.h"
#include "format/faults.h"

/* Fields of a 250 record. */
enum {
	NMI = 1,
	SUFFIX = 4,
	METER = 6,
	DIRECTION = 7,
	PREVIOUS = 8,
	CURRENT = 13,
	QUANTITY = 18,
	UNIT = 19
};

/* Fields of a reading, behind its first. */
enum { READ_VALUE, READ_TIME, READ_QUALITY, READ_REASON };

/* A reading of a 250 record. */
struct reading {
	bool given; /* false where its quality is N, or nothing is said */
	struct dec value;
	char text[DEC_TEXT_MAX];
	size_t whole; /* digits before the point, as written */
	int64_t utc;
	char quality;
};

struct nem13 {
	struct mdff *mdff;
	struct mdff_config config;
	struct mdff_record record;
	size_t registers; /* 250 records so far */
	bool over;
	const char *channel;
	int power; /* of ten, to kWh */
	char point[ID_MAX + 1];
	struct reading readings[2];
	size_t next; /* reading to hand out */
	struct fact fact;
};

int
nem13_open(struct nem13 **out, int fd, const char *file,
    const struct mdff_config *config, struct qf_error *err)
{
	struct nem13 *nem13 = xcalloc(1, sizeof(*nem13));

	*out = NULL;
	nem13->config = *config;
	nem13->next = 2;
	nem13->fact.format = fact_format(FACT_REGISTER_READ);
	if (mdff_open(&nem13->mdff, fd, file, config->encoding, "NEM13", err) ==
	    -1) {
		free(nem13);
		return -1;
	}
	*out = nem13;
	return 0;
}

void
nem13_close(struct nem13 *nem13)
{
	if (nem13 == NULL) {
		return;
	}
	dec_release(&nem13->readings[0].value);
	dec_release(&nem13->readings[1].value);
	mdff_close(nem13->mdff);
	free(nem13);
}

uint64_t
nem13_bytes(const struct nem13 *nem13)
{
	return mdff_bytes(nem13->mdff);
}

/* Who and what is read: false where a field is none, with what is wrong. */
static bool
take_register(struct nem13 *nem13, struct qf_error *fault)
{
	static const size_t names[] = {NMI, SUFFIX, METER};
	const struct mdff_record *record = &nem13->record;
	const char *unit = mdff_field(record, UNIT);
	const char *direction = mdff_field(record, DIRECTION);
	bool reactive;

	for (size_t i = 0; i < 3; i++) {
		const char *name = mdff_field(record, names[i]);

		if (!text_is_id(name, strlen(name)) ||
		    strlen(name) > ID_MAX / 2) {
			qf_fail(fault, QF_DATA, "nem13-register",
			    "\"%.40s\": NMI, NMISuffix and MeterSerialNumber "
			    "must be given, the fields 2, 5 and 7",
			    name);
			return false;
		}
	}
	if (strcmp(direction, "E") != 0 && strcmp(direction, "I") != 0) {
		qf_fail(fault, QF_DATA, "nem13-register",
		    "direction \"%.16s\": not E or I", direction);
		return false;
	}
	if (!mdff_unit(unit, &nem13->power, &reactive)) {
		qf_fail(fault, QF_DATA, "nem13-unit",
		    "unit \"%.16s\": none of energy", unit);
		return false;
	}
	if (direction[0] == 'E') {
		nem13->channel = reactive ? "import-reactive" : "import";
	} else {
		nem13->channel = reactive ? "export-reactive" : "export";
	}
	return true;
}

/* A number of the file in kWh or kvarh. */
static bool
take_number(const struct nem13 *nem13, const char *text, struct dec *out)
{
	struct dec factor = {0}, ten = DEC_SMALL(10, 0),
		   tenth = DEC_SMALL(1, 1);
	int64_t mantissa;
	int scale, needed, i;

	if (!mdff_number(text, &mantissa, &scale, &needed)) {
		return false;
	}
	dec_set_int(out, mantissa, scale);
	dec_set_int(&factor, 1, 0);
	for (i = 0; i < abs(nem13->power); i++) {
		dec_mul(&factor, &factor, nem13->power > 0 ? &ten : &tenth);
	}
	dec_mul(out, out, &factor);
	dec_release(&factor);
	return true;
}

/* True where nothing is said of a reading, as of the one before the first. */
static bool
is_blank(const struct mdff_record *record, size_t first)
{
	return mdff_field(record, first + READ_VALUE)[0] == '\0' &&
	       mdff_field(record, first + READ_TIME)[0] == '\0' &&
	       mdff_field(record, first + READ_QUALITY)[0] == '\0';
}

/* The reading whose fields begin at `first`. */
static bool
take_reading(
    struct nem13 *nem13, size_t which, size_t first, struct qf_error *fault)
{
	const struct mdff_record *record = &nem13->record;
	struct reading *reading = &nem13->readings[which];
	const char *value = mdff_field(record, first + READ_VALUE);
	const char *time = mdff_field(record, first + READ_TIME);
	char method[MDFF_METHOD_MAX];
	int64_t local_s;

	reading->given = false;
	if (is_blank(record, first)) {
		return true;
	}
	if (mdff_quality(mdff_field(record, first + READ_QUALITY),
		mdff_field(record, first + READ_REASON), &reading->quality,
		method, fault) == -1) {
		return false;
	}
	reading->given = reading->quality != QUALITY_NONE;
	if (!reading->given) {
		return true;
	}
	if (reading->quality == 'V') {
		qf_fail(fault, QF_DATA, "mdff-quality",
		    "quality V is none of a reading");
		return false;
	}
	if (!take_number(nem13, value, &reading->value)) {
		qf_fail(fault, QF_DATA, "nem13-value",
		    "reading \"%.40s\": no number of at most 18 digits", value);
		return false;
	}
	if (!mdff_time(time, &local_s)) {
		qf_fail(fault, QF_DATA, "nem13-date",
		    "\"%.32s\": no time YYYYMMDDhhmmss", time);
		return false;
	}
	reading->whole = strcspn(value, ".");
	reading->utc = local_s - nem13->config.offset_s;
	dec_format_trim(&reading->value, reading->text, sizeof(reading->text));
	return true;
}

/* What the register counted between its readings; a register that shows less
 * than before has gone over its end once. */
static void
difference(const struct nem13 *nem13, struct dec *out)
{
	const struct reading *previous = &nem13->readings[0];
	const struct reading *current = &nem13->readings[1];
	struct dec round = {0}, ten = DEC_SMALL(10, 0);

	dec_sub(out, &current->value, &previous->value);
	if (dec_sign(out) >= 0) {
		return;
	}
	/* The register's own digits, before its unit became kWh. */
	take_number(nem13, "1", &round);
	for (size_t i = 0; i < previous->whole; i++) {
		dec_mul(&round, &round, &ten);
	}
	dec_add(out, out, &round);
	dec_release(&round);
}

/* The quantity of the record against its readings. */
static int
check_quantity(struct nem13 *nem13, struct qf_error *err)
{
	const char *text = mdff_field(&nem13->record, QUANTITY);
	struct dec counted = {0}, quantity = {0};
	char counted_text[DEC_TEXT_MAX];
	int rc = 0;

	if (text[0] == '\0' || !nem13->readings[0].given ||
	    !nem13->readings[1].given) {
		return 0;
	}
	if (!take_number(nem13, text, &quantity)) {
		return faults_add(nem13->config.faults, nem13->record.line_no,
		    NULL, err, "nem13-value",
		    "quantity \"%.40s\": no number of at most 18 digits", text);
	}
	difference(nem13, &counted);
	if (dec_cmp(&counted, &quantity) != 0) {
		dec_format_trim(&counted, counted_text, sizeof(counted_text));
		rc = faults_add(nem13->config.notes, nem13->record.line_no,
		    NULL, err, "quantity-differs",
		    "quantity %s %s, but the readings differ by %s %s", text,
		    mdff_field(&nem13->record, UNIT), counted_text,
		    nem13->channel[6] == '\0' ? "kWh" : "kvarh");
	}
	dec_release(&counted);
	dec_release(&quantity);
	return rc;
}

/* The point at the time of the current reading: 1, or 0 where that is a
 * fault. */
static int
find_point(struct nem13 *nem13, struct qf_error *err)
{
	const struct finder *finder = nem13->config.finder;
	const char *nmi = mdff_field(&nem13->record, NMI);
	const struct reading *last =
	    &nem13->readings[nem13->readings[1].given ? 1 : 0];
	char name[2 * ID_MAX];
	int rc;

	snprintf(name, sizeof(name), "%s:%s", nmi,
	    mdff_field(&nem13->record, SUFFIX));
	rc = finder->find(
	    finder->context, "nmi", name, last->utc, nem13->point, err);
	if (rc == 0) {
		rc = finder->find(
		    finder->context, "nmi", nmi, last->utc, nem13->point, err);
	}
	if (rc != 0) {
		return rc;
	}
	return faults_add(nem13->config.faults, nem13->record.line_no, NULL,
	    err, "unknown-point",
	    "no point is called %s or %s, nor has an alias of scheme nmi", name,
	    nmi);
}

/* A 250 record: its readings wait to be handed out. */
static int
take_record(struct nem13 *nem13, struct qf_error *err)
{
	struct qf_error fault;
	int rc;

	nem13->registers++;
	if (!take_register(nem13, &fault) ||
	    !take_reading(nem13, 0, PREVIOUS, &fault) ||
	    !take_reading(nem13, 1, CURRENT, &fault)) {
		return faults_add_error(nem13->config.faults,
		    nem13->record.line_no, NULL, &fault, err);
	}
	if (check_quantity(nem13, err) == -1) {
		return -1;
	}
	if (!nem13->readings[0].given && !nem13->readings[1].given) {
		return 0;
	}
	rc = find_point(nem13, err);
	if (rc == 1) {
		nem13->next = 0;
	}
	return rc == -1 ? -1 : 0;
}

static struct fact_value
text_value(const char *text)
{
	return (struct fact_value){
	    .is = FACT_IS_TEXT, .text = text, .length = strlen(text)};
}

/* A reading as a row of register-read. */
static void
make_fact(struct nem13 *nem13, const struct reading *reading)
{
	struct fact *fact = &nem13->fact;
	const char *meter = mdff_field(&nem13->record, METER);
	const char *quality =
	    reading->quality == QUALITY_MEASURED ? "measured" : "estimated";

	fact->line_no = nem13->record.line_no;
	fact->values[fact_column(fact->format, "point")] =
	    text_value(nem13->point);
	fact->values[fact_column(fact->format, "meter")] = text_value(meter);
	fact->values[fact_column(fact->format, "time")] =
	    (struct fact_value){.is = FACT_IS_INTEGER, .integer = reading->utc};
	fact->values[fact_column(fact->format, "channel")] =
	    text_value(nem13->channel);
	fact->values[fact_column(fact->format, "band")] =
	    (struct fact_value){.is = FACT_NULL};
	fact->values[fact_column(fact->format, "value")] =
	    text_value(reading->text);
	fact->values[fact_column(fact->format, "quality")] =
	    text_value(quality);
}

/* The next record: 0, or -1; over at the end. */
static int
read_record(struct nem13 *nem13, struct qf_error *err)
{
	int rc = mdff_next(nem13->mdff, &nem13->record, err);

	if (rc == -1) {
		return -1;
	}
	if (rc == 0) {
		nem13->over = true;
		return nem13->registers > 0
			   ? 0
			   : faults_add(nem13->config.faults,
				 mdff_last_line(nem13->mdff), NULL, err,
				 "nem13-empty",
				 "no 250 record: the file says nothing");
	}
	if (nem13->record.type == 250) {
		return take_record(nem13, err);
	}
	if (nem13->record.type == 550 && nem13->registers > 0) {
		return 0; /* how the reading was ordered */
	}
	return faults_add(nem13->config.faults, nem13->record.line_no, NULL,
	    err, "nem13-order", "a %d record cannot stand here",
	    nem13->record.type);
}

int
nem13_next(struct nem13 *nem13, const struct fact **out, struct qf_error *err)
{
	*out = &nem13->fact;
	for (;;) {
		while (nem13->next < 2) {
			const struct reading *reading =
			    &nem13->readings[nem13->next++];

			if (reading->given) {
				make_fact(nem13, reading);
				return 1;
			}
		}
		if (nem13->over) {
			return 0;
		}
		if (read_record(nem13, err) == -1) {
			return -1;
		}
	}
}
