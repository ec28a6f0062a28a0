/* thresholds.h - a document of thresholds as plain structs.
 *
 * What qf-check looks for and from where on it is a finding; the words are in
 * thresholds.xsd and qf-thresholds(5).
 *
 *	struct thresholds *thresholds;
 *
 *	if (thresholds_load(&thresholds, text, length, file, err) == -1) ...
 *	version = thresholds_at(thresholds, day);
 *	check = thresholds_check(version, CHECK_JUMP);
 *
 * Ownership: everything goes with thresholds_free().
 * Errors: QF_CONFIG with file, line and element.
 */
#ifndef QF_RULES_THRESHOLDS_H
#define QF_RULES_THRESHOLDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/dec.h"
#include "rules/ruledoc.h"

/* In the order in which their findings are named. */
enum check_kind {
	CHECK_ABOVE_CAPACITY, /* percent of the point's capacity */
	CHECK_ZERO_DAYS, /* days in a row without energy */
	CHECK_JUMP, /* factor on the same weekday of last week, kwh at least */
	CHECK_SESSIONS_OVER_GATE, /* percent of the gate meter */
	CHECK_SESSIONS_UNDER_GATE, /* the same, below it */
	CHECK_DISCHARGE, /* kwh a vehicle gave beyond what it took, days */
	CHECK_REGISTER_DIFFERENCE, /* kwh, and percent, off interval sums */
	CHECK_REGISTER_BANDS, /* kwh, that bands are off the total */
	CHECK_SESSION_POWER, /* percent of the point's capacity */
	CHECK_SESSION_DURATION, /* hours */
	CHECK_SESSION_OVERLAP,
	CHECKS
};

struct check {
	enum check_kind kind;
	bool hold;
	bool has_percent, has_kwh; /* of those that may be left out */
	struct dec percent, kwh, factor, hours;
	int days;
	int line_no;
};

struct thresholds_version {
	struct ruledoc_version common;
	bool is_template; /* a number is missing: refuses to run */
	struct check *checks;
	size_t check_count;
};

struct thresholds {
	struct ruledoc_head head;
	struct thresholds_version *versions;
	size_t version_count;
};

int thresholds_load(struct thresholds **out, const char *text, size_t length,
    const char *file, struct qf_error *err);
void thresholds_free(struct thresholds *thresholds);

/* Everything that is wrong with a document. */
void thresholds_faults(struct tariff_faults *out, const char *text,
    size_t length, const char *file);

/* The version that holds on a local day, or NULL. */
const struct thresholds_version *
thresholds_at(const struct thresholds *thresholds, int32_t day);

/* The check of that kind, or NULL: it is not made. */
const struct check *thresholds_check(
    const struct thresholds_version *version, enum check_kind kind);

/* "above-capacity" ...: what its findings are called. */
const char *check_name(enum check_kind kind);

#endif
