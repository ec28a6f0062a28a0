/* programme.h - a programme document (需求响应方案) as plain structs.
 *
 * What a demand response programme (or one of orderly charging, 有序充电) asks
 * for and pays: direction, notice, baseline, validity, price, penalty.  The
 * words are in programme.xsd and qf-programme(5).
 *
 *	struct programme *programme;
 *
 *	if (programme_load(&programme, text, length, file, err) == -1) ...
 *	version = programme_at(programme, day);
 *	baseline = programme_baseline(version, contract);
 *
 * Signs: a response is positive in the direction that was asked for.
 * Ownership: everything goes with programme_free().
 * Errors: QF_CONFIG with file, line and element.
 */
#ifndef QF_RULES_PROGRAMME_H
#define QF_RULES_PROGRAMME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/dec.h"
#include "rules/ruledoc.h"

struct contract;

enum programme_direction {
	PROGRAMME_SHAVE, /* 削峰: response = baseline - actual */
	PROGRAMME_FILL, /* 填谷: response = actual - baseline */
	PROGRAMME_LIMIT, /* 有序充电: as shave; the award is a limit of power
			  * that the load is to stay under */
};

/* The step that is measured and paid as one. */
enum programme_every {
	PROGRAMME_INTERVAL, /* so many minutes (programme_version.minutes) */
	PROGRAMME_EVENT, /* the whole event */
};

/* Baselines -------------------------------------------------------------- */

enum baseline_method {
	BASELINE_SIMILAR_DAYS, /* mean of chosen days of the same type */
	BASELINE_PREVIOUS_DAY, /* the day before */
	BASELINE_SAME_DAY, /* mean of windows of the event's own day */
	BASELINE_GIVEN, /* as facts say (baseline), such as a prognosis */
};
enum baseline_choose { BASELINE_ALL, BASELINE_HIGHEST, BASELINE_LATEST };
enum baseline_adjust { BASELINE_AS_IS, BASELINE_ADD, BASELINE_MULTIPLY };
/* What an event on a statutory holiday is held against, in order. */
enum baseline_holiday {
	BASELINE_HOLIDAY_AS_REST, /* "rest-days": like a rest day */
	BASELINE_HOLIDAY_LAST_YEAR, /* "last-year": the same holiday */
	BASELINE_HOLIDAY_ITS_BASELINE, /* "last-year-baseline": where all its
					* days were of events, what it was held
					* against itself */
	BASELINE_HOLIDAY_PREVIOUS, /* "previous-holiday" */
	BASELINE_HOLIDAYS
};

/* Seconds against the event: before its start (negative or 0) or after its
 * end (positive or 0). */
struct baseline_window {
	bool after; /* measured from the event's end */
	int64_t from_seconds, to_seconds;
	int line_no;
};

struct baseline_rule {
	struct for_whom
	    whom; /* contracts that it is for; the first that fits */
	enum baseline_method method;
	/* Similar days: */
	int days; /* Y: how many are gathered, nearest first */
	int least; /* fewer: held */
	int choose_count; /* X of them; = days where choose is all */
	enum baseline_choose choose;
	int look_back; /* calendar days at most */
	int skip; /* days next before the event that are passed over */
	bool by_type; /* workdays for a workday, rest days for a rest day */
	enum baseline_holiday holidays[BASELINE_HOLIDAYS];
	size_t holiday_count;
	bool with_event_days; /* days of events count too; default no */
	struct dec missing_most; /* percent of a day's intervals that may be
				  * missing (never used as 0) */
	/* That may be missing or estimated; else missing_most. */
	bool has_estimated_most;
	struct dec estimated_most;
	char without_calendar[ID_MAX + 1]; /* days that it lists are passed
					    * over (停电, 检修); "" none */
	bool has_spread; /* days off the mean of all by more are dropped */
	struct dec spread; /* 0.25: 25 percent */
	/* Same-day windows: of BASELINE_SAME_DAY the baseline itself. */
	struct baseline_window *windows;
	size_t window_count;
	/* Adjustment by what the event's own day shows. */
	enum baseline_adjust adjust;
	struct baseline_window adjust_window;
	bool has_adjust_cap;
	struct dec adjust_cap; /* 0.2: at most 20 percent up or down */
	bool negative; /* net load may make it negative; else at least 0 */
	struct rounding round; /* of each step, the only rounding */
	int line_no;
};

/* Prices ----------------------------------------------------------------- */

enum programme_source {
	PROGRAMME_FIXED, /* value, in the document */
	PROGRAMME_AWARD, /* what the award says (pay as bid) */
	PROGRAMME_CLEARED, /* the clearing price of the event's auction */
	PROGRAMME_SERIES, /* a price series */
	PROGRAMME_TABLE, /* an item of a monthly price table */
};

enum programme_per {
	PROGRAMME_PER_KWH,
	PROGRAMME_PER_MWH,
	PROGRAMME_PER_KW, /* mean kW of the step, once a step */
	PROGRAMME_PER_MW,
};

/* A price is made of terms: each is factor x source. */
struct programme_term {
	enum programme_source source;
	struct dec value; /* PROGRAMME_FIXED */
	struct dec factor; /* 1 where not said */
	char name[ID_MAX + 1]; /* of the series or table */
	char item[ID_MAX + 1]; /* of the table */
	/* What the prices of awards and of published results are per, which do
	 * not say it themselves; those of a run are as its market says. */
	bool has_per;
	enum programme_per per;
};

/* What of its terms a price is: dual imbalance prices are the lowest or the
 * highest of two. */
enum programme_take { PROGRAMME_SUM, PROGRAMME_LOWEST, PROGRAMME_HIGHEST };

struct programme_price {
	enum programme_per per;
	enum programme_take take; /* PROGRAMME_SUM where not said */
	struct programme_term *terms;
	size_t term_count;
	bool has_floor, has_cap; /* of the price */
	struct dec floor, cap;
	int line_no;
};

/* What is paid ----------------------------------------------------------- */

/* Rate = response / award.  The part of the response that lies between two
 * rates counts by a factor, or (whole) all of it where the rate lies there. */
struct programme_band {
	struct dec from; /* rate; of the first 0 */
	bool has_to;
	struct dec to;
	struct dec factor;
	bool whole;
};

/* A charge on what was not delivered:
 * max(below x award - delivered, 0) x factor x price. */
struct programme_penalty {
	char component[ID_MAX + 1];
	struct dec below; /* of the award: 1 is all of it */
	bool of_effective; /* delivered is what counts for pay; else the
			    * response as measured */
	struct dec factor;
	bool has_cap; /* at most cap x award */
	struct dec cap;
	bool has_price; /* else the programme's */
	struct programme_price price;
	int line_no;
};

/* A charge on what is off the award by more than a tolerance:
 * max(|response - award| - tolerance x award, 0) x factor x price. */
struct programme_deviation {
	char component[ID_MAX + 1];
	struct dec tolerance; /* of the award */
	bool over, under; /* which side counts */
	struct dec factor;
	/* A response in the opposite direction: (capability + reverse) x
	 * factor x price in place of the deviation, capability being the
	 * contract's option capability, kW. */
	bool opposite;
	bool has_price;
	struct programme_price price;
	int line_no;
};

struct programme_version {
	struct ruledoc_version common;
	bool is_template; /* a number is missing: refuses to run */
	enum programme_direction direction;
	char subject[ID_MAX + 1]; /* of its lines; demand-response */
	char component[ID_MAX + 1]; /* of what is paid; response */
	char calendar[ID_MAX + 1]; /* of workdays and holidays; "" none */
	bool has_notice;
	int64_t notice_seconds; /* a called event must be known before */
	enum programme_every every;
	int minutes; /* PROGRAMME_INTERVAL: 5, 15, 30, 60 */
	bool needs_award; /* no award: held.  Else the award is unlimited */
	struct baseline_rule *baselines;
	size_t baseline_count;
	/* Validity (有效响应): otherwise nothing is paid. */
	bool has_valid_rate;
	struct dec valid_rate; /* response / award at least */
	bool valid_mean_below; /* mean load below (fill: above) baseline */
	bool valid_max_below; /* highest load below the baseline's highest */
	struct programme_band *bands; /* none: all counts, factor 1 */
	size_t band_count;
	bool has_most; /* what counts is at most so many times the award */
	struct dec most;
	struct programme_price price;
	struct dec pay_factor; /* 1 where not said */
	bool negative_zero; /* pay below 0 is 0 */
	bool export_both; /* energy that an export leg pays earns here too */
	struct programme_penalty *penalties;
	size_t penalty_count;
	bool has_deviation;
	struct programme_deviation deviation;
	struct rounding money;
	bool money_by_step; /* each step; else each line */
};

struct programme {
	struct ruledoc_head head;
	char context[256]; /* OpenADR market context; "" none */
	struct programme_version *versions;
	size_t version_count;
};

int programme_load(struct programme **out, const char *text, size_t length,
    const char *file, struct qf_error *err);
void programme_free(struct programme *programme);

/* Everything that is wrong with a document. */
void programme_faults(struct tariff_faults *out, const char *text,
    size_t length, const char *file);

/* The version that holds on a local day, or NULL. */
const struct programme_version *
programme_at(const struct programme *programme, int32_t day);

/* The first baseline rule that is for the contract, or NULL. */
const struct baseline_rule *programme_baseline(
    const struct programme_version *version, const struct contract *contract);

#endif
