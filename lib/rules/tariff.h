/* tariff.h - a tariff document as plain structs.
 *
 * A tariff is a list of versions, each with the dates from which it holds and
 * its source.  A version has bands (which band a local time of day is in),
 * charges (what is owed, for what, at what price) and rounding rules.  The
 * drafter's words are in tariff.xsd and qf-tariff(5).
 *
 *	struct tariff *tariff;
 *	if (tariff_load(&tariff, text, length, file, err) == -1) ...
 *	const struct tariff_version *v = tariff_version_at(tariff, day);
 *
 * Ownership: everything hangs on the tariff and goes with tariff_free().
 * Ids of bands are indices into version->bands ("band index").
 * Errors: QF_CONFIG with file, line and element.
 */
#ifndef QF_RULES_TARIFF_H
#define QF_RULES_TARIFF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/dec.h"
#include "base/status.h"
#include "model/contract.h"
#include "model/series.h"

#define TARIFF_BANDS_MAX 16
#define BAND_NONE 255 /* no band: a charge that has one price all day */

/* A name shown to people, in Chinese and English, beside a stable code. */
struct tariff_label {
	char code[ID_MAX + 1];
	char zh[128], en[128];
};

/* One stretch of a local day, minutes after midnight, [from, to), to <= 1440;
 * the drafter's 22:00-02:00 is stored as two. */
struct hours {
	int from_minute, to_minute;
};

/* When a band or overlay applies, beside its hours.  Everything that is set
 * must hold. */
struct day_selector {
	unsigned months; /* bit 1..12; 0: every month */
	unsigned weekdays; /* bit 1 (Monday) .. 7; 0: every weekday */
	bool workday, rest, holiday; /* all false: every type of day */
	char **holidays; /* named holidays (codes); NULL: any */
	size_t holiday_count;
	/* A condition on a daily series, such as temperature-max of guangzhou
	 * at least 35, on the day and the days before it that make
	 * days_in_a_row; station "" when there is none. */
	char station[ID_MAX + 1], quantity[ID_MAX + 1];
	struct dec at_least;
	int days_in_a_row; /* 1 or more */
	bool or_months; /* condition or months, not both (广东) */
};

/* Where a base band applies. */
struct band_rule {
	unsigned band; /* index */
	struct hours *hours;
	size_t hours_count;
	struct day_selector when;
	int line_no;
};

/* What goes over the base bands; the last that applies wins, in the order of
 * priority, then of the document. */
struct overlay {
	unsigned band;
	unsigned over; /* only over this band; BAND_NONE: over any */
	struct hours *hours;
	size_t hours_count;
	struct day_selector when;
	int priority;
	int line_no;
};

enum price_form {
	PRICE_FIXED, /* numbers in the document, by band or one */
	PRICE_PRINTED, /* a price table prints one for each band; a ratio
			* on the whole price gives one that it lacks */
	PRICE_COMPOSED, /* a price table's components, floating by mask */
	PRICE_BENCHMARK, /* one number in the document x ratio of the band */
	PRICE_OF_CHARGE, /* another charge's price of the same time x factor */
	PRICE_SERIES, /* a price series */
	PRICE_TEMPLATE, /* still to be filled in: refuses to run */
};

struct price_component {
	char item[ID_MAX + 1];
	bool floats;
};

/* A band's price is base x factor; sharp is 1.2 x the whole peak price, or
 * only its floating part. */
struct ratio {
	unsigned band, of; /* band index; `of` is the base's */
	struct dec factor;
	bool on_whole; /* false: on the floating part only */
};

struct band_price {
	unsigned band; /* BAND_NONE: every band */
	struct dec price;
};

enum charge_per {
	PER_KWH,
	PER_DAY,
	PER_MONTH,
	PER_ONCE,
	PER_MONTH_BY_DAY, /* a month's price / days of the run's period, a day
			   */
};

/* How far one line reaches: rounding happens on the line. */
enum line_span { SPAN_STRETCH, SPAN_MONTH, SPAN_DAY, SPAN_HOUR, SPAN_INTERVAL };

struct rounding {
	int scale;
	enum dec_mode mode;
};

struct charge {
	char component[ID_MAX + 1]; /* id, unique in the version */
	char subject[ID_MAX + 1]; /* 科目 */
	char leg[ID_MAX + 1]; /* contracts of this leg pay it */
	enum charge_per per;
	enum channel channel; /* of PER_KWH */
	bool by_band; /* a line a band (else one line, band NULL) */
	bool counts_energy; /* its kWh count in the energy balance */
	enum line_span span;
	enum price_form form;
	bool missing_unpriced; /* no price: a line without amount, not a hold */

	char table[ID_MAX + 1]; /* price table; PRINTED, COMPOSED */
	char user_class[ID_MAX + 1], type[ID_MAX + 1], voltage[ID_MAX + 1];
	/* "": the contract's */
	char
	    item[ID_MAX + 1]; /* PRINTED: this item for all bands; "": band's */
	struct price_component *components;
	size_t component_count;
	struct ratio *ratios;
	size_t ratio_count;
	struct band_price *prices; /* FIXED */
	size_t price_count;
	struct band_price *adders; /* on top of any form */
	size_t adder_count;
	struct dec benchmark;
	size_t of_charge; /* OF_CHARGE: index into version->charges */
	struct dec factor; /* OF_CHARGE, SERIES: 1 when not said */
	char series[ID_MAX + 1];
	bool has_price_rounding; /* of the unit price, before x quantity */
	struct rounding price_rounding;
	bool has_tax;
	struct dec tax_rate;
	bool tax_included; /* prices hold the tax already */
	char sessions_without_intervals[8]; /* "hold" (default) or "even" */
	char source[256]; /* of this charge; "": the version's */
	char confidence[2];
	int line_no;
};

enum split_rule { SPLIT_HOLD, SPLIT_EVEN };

struct tariff_version {
	int32_t from_day, to_day; /* local days; INT32_MAX: open */
	char source[256]; /* issuing body, number, clause */
	char confidence[2]; /* "A".."U" of domain rules; "" if not said */
	bool is_template; /* a number is missing: refuses to run */
	char calendar[ID_MAX + 1]; /* whose holidays; "" none needed */
	struct tariff_label bands[TARIFF_BANDS_MAX];
	size_t band_count;
	struct band_rule *base;
	size_t base_count;
	struct overlay *overlays;
	size_t overlay_count;
	struct charge *charges;
	size_t charge_count;
	struct rounding money; /* of each line, or of the total */
	bool money_on_total; /* lines keep exact, a `rounding` line ties out */
	bool has_energy_rounding;
	struct rounding energy; /* of each line's kWh */
	bool energy_carry; /* remainder goes to the next period */
	enum split_rule split; /* a read interval across an edge of bands or
				* of validity: held, or split evenly in time */
	int line_no;
};

struct tariff {
	char id[ID_MAX + 1];
	char zone[ID_MAX + 1]; /* that its hours are meant in; "" not said */
	char name_zh[256], name_en[256];
	struct tariff_label *labels; /* subjects, components, legs */
	size_t label_count;
	struct tariff_version *versions; /* by from_day */
	size_t version_count;
};

/* Reads a document: schema, then everything that the schema cannot say (ids
 * that name nothing, gaps and overlaps of bands, ratios without base ...). */
int tariff_load(struct tariff **out, const char *text, size_t length,
    const char *file, struct qf_error *err);
void tariff_free(struct tariff *tariff);

/* Everything that is wrong with a document, in the order of its lines;
 * at most TARIFF_FAULTS_MAX.  Free the list. */
#define TARIFF_FAULTS_MAX 100
struct tariff_faults {
	struct qf_error *list;
	size_t *lines; /* of each */
	size_t count;
};
void tariff_check(struct tariff_faults *out, const char *text, size_t length,
    const char *file);
void tariff_faults_free(struct tariff_faults *faults);

/* The version that holds on a local day, or NULL. */
const struct tariff_version *
tariff_version_at(const struct tariff *tariff, int32_t day);

/* The label of a code, or NULL. */
const struct tariff_label *
tariff_label(const struct tariff *tariff, const char *code);

#endif
