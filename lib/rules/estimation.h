/* estimation.h - a document of estimation as plain structs.
 *
 * Which method estimates what is missing, in which order, and which days are
 * typical of a day; the words are in estimation.xsd and qf-estimation(5).  The
 * methods themselves are arithmetic (settle/estimate.h, settle/tieout.h).
 *
 *	struct estimation *estimation;
 *
 *	if (estimation_load(&estimation, text, length, file, err) == -1) ...
 *	version = estimation_at(estimation, day);
 *
 * Ownership: everything goes with estimation_free().
 * Errors: QF_CONFIG with file, line and element.
 */
#ifndef QF_RULES_ESTIMATION_H
#define QF_RULES_ESTIMATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/series.h"
#include "rules/bands.h"
#include "rules/ruledoc.h"

enum estimation_method {
	METHOD_EQUAL_ENDS,
	METHOD_LEADING_ZERO,
	METHOD_MEAN_OF_NEIGHBOURS,
	METHOD_TYPICAL_SHARE, /* previous-plus-typical-share */
	METHOD_SAME_DAY_TYPE,
	METHOD_YESTERDAY,
	METHOD_MEAN,
	METHOD_NEIGHBOUR,
	METHOD_BACK_FILL,
	METHOD_FORWARD_FILL,
	METHODS
};

enum estimation_total { TOTAL_ANY, TOTAL_NEEDED, TOTAL_NONE };

struct estimation_rule {
	enum estimation_method method;
	unsigned quantities; /* bit of each enum quantity; 0: any */
	int least, most; /* values of the gap; most 0: any number */
	char scenario[ID_MAX + 1]; /* of the point; "": any */
	enum estimation_total total;
	int line_no;
};

enum estimation_take { TAKE_LAST_WEEK, TAKE_LATEST, TAKE_LAST_YEAR };

/* Days like a day. */
struct estimation_typical {
	bool workday, rest, holiday;
	char **holidays; /* of those days, only these; NULL: any */
	size_t holiday_count;
	enum estimation_take take;
	int days; /* of TAKE_LATEST */
	int line_no;
};

struct estimation_quarters {
	int from_minutes, to_minutes; /* from 0: not asked for */
	bool carry; /* else the difference goes into the first */
	int decimals;
};

struct estimation_total_rule {
	bool asked;
	char remainder[ID_MAX + 1]; /* the band that gets what is left */
	int decimals;
};

struct estimation_version {
	struct ruledoc_version common;
	char calendar[ID_MAX + 1]; /* "" none needed */
	bool has_round;
	struct rounding round;
	struct estimation_rule *rules;
	size_t rule_count;
	struct estimation_typical *typical;
	size_t typical_count;
	struct estimation_quarters quarters;
	struct estimation_total_rule day_total;
};

struct estimation {
	struct ruledoc_head head;
	struct estimation_version *versions;
	size_t version_count;
};

int estimation_load(struct estimation **out, const char *text, size_t length,
    const char *file, struct qf_error *err);
void estimation_free(struct estimation *estimation);

/* Everything that is wrong with a document. */
void estimation_faults(struct tariff_faults *out, const char *text,
    size_t length, const char *file);

/* The version that holds on a local day, or NULL. */
const struct estimation_version *
estimation_at(const struct estimation *estimation, int32_t day);

/* "equal-ends" ...: as read_day.method has it. */
const char *estimation_method_name(enum estimation_method method);

/* What a local day is, by a calendar and its weekday. */
struct day_of {
	int32_t day;
	enum day_kind kind;
	char holiday[ID_MAX + 1]; /* its name; "" where it has none */
};

/* The first element that is for such a day, or NULL. */
const struct estimation_typical *estimation_typical(
    const struct estimation_version *version, const struct day_of *day);

/* The days that are typical of `day`, earliest first, out of the days of a
 * calendar that the caller can tell about: kind_of() fills what a day is.
 * Returns their count. */
#define ESTIMATION_DAYS_MAX 16
size_t estimation_days(const struct estimation_version *version, int32_t day,
    void (*kind_of)(void *context, int32_t day, struct day_of *out),
    void *context, int32_t out[ESTIMATION_DAYS_MAX]);

#endif
