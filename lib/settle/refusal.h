/* refusal.h - why something cannot be settled.
 *
 * Functions of lib/settle that may find their facts wanting return 0 when
 * done, 1 when what they were asked for is to be held, with *refusal filled,
 * and, where they can fail for other causes, -1 with *err filled.
 *
 *	if (covered < count)
 *		return refuse(refusal, REASON_MISSING_READ, "%zu ...", n);
 *
 * The reasons are stable codes; qf-rate(1) has their table.
 */
#ifndef QF_SETTLE_REFUSAL_H
#define QF_SETTLE_REFUSAL_H

#define REASON_BAD_OPTION "bad-option"
#define REASON_BASELINE_DAYS "baseline-days"
#define REASON_BASELINE_GIVEN "baseline-given"
#define REASON_BASELINE_READS "baseline-reads"
#define REASON_DEMAND_WINDOW "demand-window"
#define REASON_EDGE_IN_INTERVAL "edge-in-interval"
#define REASON_ENERGY_ROUNDING "energy-rounding"
#define REASON_LIMIT_SPAN "limit-span"
#define REASON_FINDING "finding"
#define REASON_METER_CHANGE "meter-change"
#define REASON_MISSING_READ "missing-read"
#define REASON_MISSING_REGISTER "missing-register"
#define REASON_MONEY_SCALE "money-scale"
#define REASON_NOT_BUILT "not-built"
#define REASON_MONTH_PART "month-part"
#define REASON_NO_AWARD "no-award"
#define REASON_NO_BANDS "no-bands"
#define REASON_NO_CALENDAR "no-calendar"
#define REASON_NO_CAPABILITY "no-capability"
#define REASON_NO_CHARGE "no-charge"
#define REASON_NO_DEMAND "no-demand"
#define REASON_NO_INTERVALS "no-intervals"
#define REASON_NO_METER "no-meter"
#define REASON_NO_PARTY "no-party"
#define REASON_NO_PRICE "no-price"
#define REASON_NO_TARIFF "no-tariff"
#define REASON_POWER_FACTOR "power-factor"
#define REASON_PARTS "parts"
#define REASON_REGISTER_BACKWARDS "register-backwards"
#define REASON_REGISTER_BANDS "register-bands"
#define REASON_RELATION_BASIS "relation-basis"
#define REASON_RELATION_CYCLE "relation-cycle"
#define REASON_RELATION_RESOLUTION "relation-resolution"
#define REASON_SESSION_PARTS "session-parts"
#define REASON_SHARE_ENERGY "share-energy"
#define REASON_SHARE_REST "share-rest"
#define REASON_TARIFF_TEMPLATE "tariff-template"
#define REASON_TIER_COUNT "tier-count"
#define REASON_TIER_TIME "tier-time"
#define REASON_VALUE_RANGE "value-range"
#define REASON_WITHDRAWN_READ "withdrawn-read"

#define REFUSAL_DETAIL_MAX 300

struct refusal {
	char reason[48]; /* one of the above, or the code of an error */
	char detail[REFUSAL_DETAIL_MAX]; /* for a person */
};

/* Fills *refusal; returns 1. */
int refuse(struct refusal *refusal, const char *reason, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The same from an error of a document or of data: 1 and the refusal with its
 * code and text; -1 where the error is of another class. */
struct qf_error;
int refuse_error(struct refusal *refusal, const struct qf_error *err);

#endif
