/* reads.c - interval reads held against capacity, zero and last week.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/civil.h"
#include "base/zone.h"
#include "stage/check/own.h"

static void
clear_days(struct checking *checking)
{
	checking->day_count =
	    (size_t)(checking->period.end_day - checking->period.first_day) +
	    CHECK_WEEK;
	for (int c = 0; c < CHECK_CHANNELS; c++) {
		if (checking->days[c] == NULL) {
			checking->days[c] = xcalloc(
			    checking->day_count, sizeof(struct check_day));
		}
		for (size_t d = 0; d < checking->day_count; d++) {
			struct check_day *day = &checking->days[c][d];

			dec_release(&day->kwh60);
			dec_release(&day->most_kw);
			memset(day, 0, sizeof(*day));
		}
	}
}

void
check_release_days(struct checking *checking)
{
	for (int c = 0; c < CHECK_CHANNELS; c++) {
		for (size_t d = 0;
		     d < checking->day_count && checking->days[c] != NULL;
		     d++) {
			dec_release(&checking->days[c][d].kwh60);
			dec_release(&checking->days[c][d].most_kw);
		}
		free(checking->days[c]);
		checking->days[c] = NULL;
	}
}

/* Findings ----------------------------------------------------------------- */

static int
find_above_capacity(struct checking *checking, enum channel channel,
    const struct dec *kw, struct qf_error *err)
{
	int rc = 0;

	for (size_t d = CHECK_WEEK; d < checking->day_count && rc == 0; d++) {
		const struct check_day *day = &checking->days[channel][d];
		char detail[CHECK_TEXT_MAX];
		struct check_found found = {
		    .kind = CHECK_ABOVE_CAPACITY,
		    .point = checking->point.point,
		    .channel = channel_name(channel),
		    .start_utc = day->from_utc,
		    .end_utc = day->to_utc,
		    .value = &day->most_kw,
		    .bound = kw,
		    .detail = detail,
		};

		if (day->count == 0) {
			continue;
		}
		snprintf(detail, sizeof(detail),
		    "mean kW above what the point can take; intervals of the "
		    "day: %lld",
		    (long long)day->count);
		rc = check_find(checking, &found, err);
	}
	return rc;
}

/* Whether the point was read that day, and used nothing on either channel. */
static bool
is_zero(const struct checking *checking, size_t d)
{
	const struct check_day *import = &checking->days[CHANNEL_IMPORT][d];
	const struct check_day *export = &checking->days[CHANNEL_EXPORT][d];

	return import->seconds + export->seconds > 0 &&
	       dec_is_zero(&import->kwh60) && dec_is_zero(&export->kwh60);
}

static int
find_zero_days(
    struct checking *checking, const struct check *check, struct qf_error *err)
{
	int32_t first = checking->period.first_day - CHECK_WEEK;
	int rc = 0;

	for (size_t d = CHECK_WEEK; d < checking->day_count && rc == 0; d++) {
		struct dec days = {0}, bound = {0};
		struct check_found found = {
		    .kind = CHECK_ZERO_DAYS,
		    .point = checking->point.point,
		    .value = &days,
		    .bound = &bound,
		    .detail = "days in a row without any energy",
		};
		size_t from = d;

		while (d < checking->day_count && is_zero(checking, d)) {
			d++;
		}
		if (d - from < (size_t)check->days) {
			continue;
		}
		dec_set_int(&days, (int64_t)(d - from), 0);
		dec_set_int(&bound, check->days, 0);
		found.start_utc =
		    zone_day_start(checking->zone, first + (int32_t)from);
		found.end_utc =
		    zone_day_start(checking->zone, first + (int32_t)d);
		rc = check_find(checking, &found, err);
	}
	return rc;
}

/* A day held against the same weekday of last week; both whole. */
static int
find_jump(struct checking *checking, enum channel channel, size_t d,
    const struct check *check, struct qf_error *err)
{
	const struct check_day *now = &checking->days[channel][d];
	const struct check_day *then = now - CHECK_WEEK;
	int32_t day = checking->period.first_day - CHECK_WEEK + (int32_t)d;
	struct dec kwh = {0}, before = {0}, bound = {0};
	char detail[CHECK_TEXT_MAX], text[DEC_TEXT_MAX];
	struct check_found found = {
	    .kind = CHECK_JUMP,
	    .point = checking->point.point,
	    .channel = channel_name(channel),
	    .value = &kwh,
	    .bound = &bound,
	    .detail = detail,
	};
	bool up = false, down = false;
	int rc = 0;

	if (now->seconds == 0 || now->seconds != then->seconds) {
		return 0;
	}
	audit_kwh(&kwh, &now->kwh60);
	audit_kwh(&before, &then->kwh60);
	dec_mul(&bound, &before, &check->factor);
	up = dec_cmp(&kwh, &bound) > 0 && dec_cmp(&kwh, &check->kwh) >= 0;
	if (!up) {
		dec_mul(&bound, &kwh, &check->factor);
		down = dec_cmp(&before, &bound) > 0 &&
		       dec_cmp(&before, &check->kwh) >= 0;
		if (down && dec_sign(&check->factor) > 0) {
			dec_div(&bound, &before, &check->factor, CHECK_SCALE,
			    DEC_HALF_UP);
		}
	}
	if (up || down) {
		dec_format_trim(&before, text, sizeof(text));
		snprintf(detail, sizeof(detail),
		    "kWh of the day; a week before they were %.60s", text);
		found.start_utc = zone_day_start(checking->zone, day);
		found.end_utc = zone_day_start(checking->zone, day + 1);
		rc = check_find(checking, &found, err);
	}
	dec_release(&kwh);
	dec_release(&before);
	dec_release(&bound);
	return rc;
}

static int
find_jumps(struct checking *checking, enum channel channel,
    const struct check *check, struct qf_error *err)
{
	int rc = 0;

	for (size_t d = CHECK_WEEK; d < checking->day_count && rc == 0; d++) {
		rc = find_jump(checking, channel, d, check, err);
	}
	return rc;
}

int
check_reads(struct checking *checking, struct qf_error *err)
{
	const struct check *capacity =
	    thresholds_check(checking->version, CHECK_ABOVE_CAPACITY);
	const struct check *zero =
	    thresholds_check(checking->version, CHECK_ZERO_DAYS);
	const struct check *jump =
	    thresholds_check(checking->version, CHECK_JUMP);
	bool has_limit = capacity != NULL && checking->has_capacity;
	/* Only a jump asks for the week before. */
	int32_t first_day =
	    checking->period.first_day - (jump == NULL ? 0 : CHECK_WEEK);
	struct dec kw = {0};
	int rc = 0;

	clear_days(checking);
	if (has_limit) {
		check_percent(&kw, &checking->capacity_kw, &capacity->percent);
	}
	for (unsigned c = 0; c < CHECK_CHANNELS && rc == 0; c++) {
		rc = check_energy(checking, (enum channel)c, first_day,
		    has_limit ? &kw : NULL, err);
		if (rc == 0 && has_limit) {
			rc = find_above_capacity(
			    checking, (enum channel)c, &kw, err);
		}
		if (rc == 0 && jump != NULL) {
			rc = find_jumps(checking, (enum channel)c, jump, err);
		}
	}
	if (rc == 0 && zero != NULL) {
		rc = find_zero_days(checking, zero, err);
	}
	dec_release(&kw);
	return rc;
}
