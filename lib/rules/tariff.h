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
	int holiday_days; /* only holidays of so many days in a row; 0: any */
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

/* Whom a rule is for, by what the contract says of itself.  Each list that is
 * not empty must hold the contract's word; option, where not "", must be one
 * of its options ("name" or "name=value"). */
struct for_whom {
	char **classes, **types, **voltages;
	size_t class_count, type_count, voltage_count;
	char option[2 * ID_MAX + 2];
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
struct band_ratio {
	unsigned band, of; /* band index; `of` is the base's */
	struct dec factor;
	bool on_whole; /* false: on the floating part only */
	struct for_whom whom; /* the first ratio of a band that fits holds */
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
	PER_KW, /* maximum demand of the month (需量), see struct demand */
	PER_KVA, /* capacity (容量): the contract's option kva */
	PER_POWER_FACTOR, /* percent of other charges (力调), power_factor */
	PER_LIMIT, /* what other charges lack to a minimum, or have over a
		    * maximum: see struct limit */
};

/* How far one line reaches: rounding happens on the line. */
enum line_span { SPAN_STRETCH, SPAN_MONTH, SPAN_DAY, SPAN_HOUR, SPAN_INTERVAL };

struct rounding {
	int scale;
	enum dec_mode mode;
};

/* Which energy a charge per kWh is of.  The other than that of its channel
 * takes both channels of the point together: over an interval, a day or a
 * month, by band where the charge is by band. */
enum of_energy {
	OF_CHANNEL, /* as metered */
	OF_NET, /* the channel less the other, not below zero */
	OF_NET_SIGNED, /* the same, below zero too */
	OF_SMALLER, /* the smaller of the two channels */
};
enum quantity_over { OVER_INTERVAL, OVER_DAY, OVER_MONTH };

/* A share of the energy (定比定量): percent of each band, or kWh a month that
 * are taken from the bands by their kWh; one charge takes the rest.  The
 * number may be an option of the contract. */
enum part_kind { PART_PERCENT, PART_KWH, PART_REST };
struct energy_part {
	enum part_kind kind;
	struct dec value; /* percent, or kWh a month */
	char option[ID_MAX + 1]; /* "": value */
};

/* kWh lost in a transformer that the meter does not see (变损): fixed_kwh for
 * `days` days, by the days of the segment, and a percent of its energy;
 * rounded, then split over the bands by their kWh, or all given to one. */
struct loss {
	struct dec fixed_kwh;
	char fixed_option[ID_MAX + 1]; /* "": fixed_kwh */
	int days; /* that fixed_kwh is for; 0: a month, as long as it is */
	struct dec percent;
	bool has_round;
	struct rounding round; /* of the kWh */
	unsigned to_band; /* BAND_NONE: all by their kWh */
};

/* Tiers (阶梯): what a kWh costs by how many there were before it in the same
 * day, month or year.  Also of kW, of charges per kW. */
enum tier_unit {
	TIER_TOTAL, /* to is kWh (or kW) */
	TIER_A_DAY, /* to x days of the month or year */
	TIER_A_KW, /* to x the month's maximum demand */
	TIER_A_KVA, /* to x the contract's option kva */
};
struct tier {
	char component[ID_MAX + 1]; /* on its lines */
	bool has_to; /* the last one has none */
	struct dec to; /* counted from zero: where the tier ends */
	char to_option[ID_MAX + 1]; /* "": to */
	enum tier_unit unit;
	struct band_price *prices; /* instead of the charge's price */
	size_t price_count;
	struct band_price *adders; /* on top of it */
	size_t adder_count;
	int line_no;
};
enum tier_count { COUNT_DAY, COUNT_MONTH, COUNT_YEAR };
/* Which kWh are in which tier where several bands have some. */
enum tier_split {
	TIER_BY_TIME, /* in order of time; an interval is cut at the edge */
	TIER_BY_SHARE, /* every band by its share of the segment's kWh */
	TIER_BY_ORDER, /* band after band, in the order given */
};
struct tiers {
	enum tier_count per;
	int year_start_month; /* of COUNT_YEAR: 1..12 */
	unsigned bands; /* bit of each band that counts and is priced so;
			 * 0: all */
	bool each_band; /* a counter a band */
	enum tier_split split;
	unsigned order[TARIFF_BANDS_MAX]; /* of TIER_BY_ORDER: all bands */
	size_t order_count;
	struct tier *list;
	size_t count;
};

/* Maximum demand of a month in kW: the highest mean over a window. */
struct demand {
	int window_minutes;
	bool sliding; /* else windows follow each other from midnight */
	unsigned bands; /* bit of each band in which it counts; 0: all */
	/* Not below factor x the highest of the months before. */
	int ratchet_months; /* 0: none */
	struct dec ratchet_factor;
	unsigned ratchet_of_months; /* bit 1..12 of those that count; 0: all */
	/* What was agreed: an option of the contract, in kW. */
	char agreed_option[ID_MAX + 1]; /* "": none */
	bool has_least, has_over;
	struct dec agreed_least; /* not below this x the agreed */
	struct dec agreed_over; /* above this x the agreed ... */
	struct dec over_times; /* ... each kW counts so many times */
	struct rounding round; /* of the kW */
	bool has_round;
	/* The price x factor where the month's kWh / kVA reach a number. */
	bool has_discount;
	struct dec discount_kwh_per_kva, discount_factor;
};

/* How a month's price falls on a contract that has a part of the month. */
enum month_share {
	SHARE_WHOLE, /* whole, on the first segment of the month */
	SHARE_DAYS, /* by days of the month */
	SHARE_THIRTIETHS, /* a day is 1/30, a whole month is whole */
};

/* The adjustment by power factor: P / sqrt(P2 + Q2), rounded, looked up. */
struct factor_range {
	struct dec from, to; /* both inclusive */
	struct dec percent; /* at `at`, and `each` more per 0.01 off it */
	struct dec at, each;
};
struct power_factor {
	struct dec standard; /* 0.90 */
	struct rounding round; /* of the power factor */
	bool export_counts; /* P and Q of both channels */
	size_t *of; /* charges that are its base */
	size_t of_count;
	char **without; /* items of composed prices that are not (基金) */
	size_t without_count;
	struct factor_range *ranges;
	size_t range_count;
};

/* Sums of charges, net of tax, not below or above an amount. */
enum limit_per { LIMIT_MONTH, LIMIT_DAY, LIMIT_SESSION };
struct limit {
	enum limit_per per;
	size_t *of;
	size_t of_count;
	bool has_least, has_most;
	struct dec least, most;
};

/* A component of a composed price, or the whole charge, that some do not pay
 * for some time. */
struct exemption {
	char item[ID_MAX + 1]; /* "": the whole price */
	struct for_whom whom;
	int32_t from_day, to_day; /* [from, to); INT32_MIN, INT32_MAX: open */
	char source[256];
	int line_no;
};

/* Another price while a series is below, or at or above, a limit. */
struct price_condition {
	char series[ID_MAX + 1];
	bool below; /* else at least */
	struct dec limit;
	struct dec price;
	int line_no;
};

struct charge {
	char component[ID_MAX + 1]; /* id, unique in the version */
	char subject[ID_MAX + 1]; /* 科目 */
	char leg[ID_MAX + 1]; /* contracts of this leg pay it */
	enum charge_per per;
	enum channel channel; /* of PER_KWH, PER_KW */
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
	struct band_ratio *ratios;
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
	struct for_whom whom; /* contracts that it is for */
	enum of_energy of_energy;
	enum quantity_over over;
	enum month_share share; /* of PER_MONTH, PER_KW, PER_KVA */
	struct exemption *exemptions;
	size_t exemption_count;
	struct price_condition *conditions; /* the first that holds */
	size_t condition_count;
	/* NULL where the charge has none. */
	struct energy_part *part;
	struct loss *loss; /* its kWh are these, not the metered ones */
	struct tiers *tiers;
	struct demand *demand; /* of PER_KW, always */
	struct power_factor *power_factor; /* of PER_POWER_FACTOR */
	struct limit *limit; /* of PER_LIMIT */
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

/* Whether a ratio of the charge gives the band its price, for anybody. */
bool tariff_has_ratio(const struct charge *charge, unsigned band);

/* The label of a code, or NULL. */
const struct tariff_label *
tariff_label(const struct tariff *tariff, const char *code);

#endif
