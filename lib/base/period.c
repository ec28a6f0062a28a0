/* period.c - the periods that tools take: whole local days of the market.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/period.h"

#include <string.h>

#include "base/civil.h"

#define MONTH_LENGTH 7 /* 2025-07 */
#define DAY_LENGTH 10 /* 2025-07-14 */
#define SHOWN_MAX 60 /* bytes of a bad text that a message shows */

static int
fail_syntax(const char *text, struct qf_error *err)
{
	return qf_fail(err, QF_USAGE, "period-syntax",
	    "\"%.*s\": a period is YYYY-MM, YYYY-MM-DD or "
	    "YYYY-MM-DD/YYYY-MM-DD (end excluded)",
	    SHOWN_MAX, text);
}

/* Gives an error of civil.h the code that belongs to a period. */
static int
fail_date(const char *text, const struct qf_error *cause, struct qf_error *err)
{
	if (strcmp(cause->code, "date-range") == 0) {
		return qf_fail(err, QF_USAGE, "period-range",
		    "\"%.*s\": a date that does not exist", SHOWN_MAX, text);
	}
	return fail_syntax(text, err);
}

static int
parse_days(const char *text, size_t length, int32_t *first_day,
    int32_t *end_day, struct qf_error *err)
{
	int32_t month;

	if (length == MONTH_LENGTH) {
		if (civil_parse_month(text, length, &month, err) == -1) {
			return -1;
		}
		*first_day = civil_month_first_day(month);
		*end_day = civil_month_first_day(month + 1);
		return 0;
	}
	if (length == DAY_LENGTH) {
		if (civil_parse_day(text, length, first_day, err) == -1) {
			return -1;
		}
		*end_day = *first_day + 1;
		return 0;
	}
	if (length != 2 * DAY_LENGTH + 1 || text[DAY_LENGTH] != '/') {
		return qf_fail(err, QF_DATA, "date-syntax", "no period");
	}
	if (civil_parse_day(text, DAY_LENGTH, first_day, err) == -1) {
		return -1;
	}
	return civil_parse_day(text + DAY_LENGTH + 1, DAY_LENGTH, end_day, err);
}

int
period_parse(const char *text, const struct zone *zone, struct period *period,
    struct qf_error *err)
{
	struct qf_error cause;
	int32_t first_day, end_day;

	if (parse_days(text, strlen(text), &first_day, &end_day, &cause) ==
	    -1) {
		return fail_date(text, &cause, err);
	}
	if (end_day <= first_day) {
		return qf_fail(err, QF_USAGE, "period-empty",
		    "\"%s\": the end, which is excluded, is not after the "
		    "start",
		    text);
	}
	/* Its ends must have a text, in days and in instants. */
	if (first_day <= CIVIL_DAY_FIRST || end_day > CIVIL_DAY_LAST) {
		return qf_fail(err, QF_USAGE, "period-range",
		    "\"%s\": before the year 1 or after the year 9999", text);
	}
	/* Only days that a zone jumped over: Apia had no 2011-12-30. */
	if (zone_day_start(zone, first_day) >= zone_day_start(zone, end_day)) {
		return qf_fail(err, QF_USAGE, "period-empty",
		    "\"%s\": a day that the zone's calendar left out", text);
	}
	period_of_days(zone, first_day, end_day, period);
	return 0;
}

void
period_of_days(const struct zone *zone, int32_t first_day, int32_t end_day,
    struct period *period)
{
	if (end_day <= first_day) {
		BUG("an empty period from day %d to %d", (int)first_day,
		    (int)end_day);
	}
	period->first_day = first_day;
	period->end_day = end_day;
	period->from_utc = zone_day_start(zone, first_day);
	period->to_utc = zone_day_start(zone, end_day);
}

size_t
period_format(const struct period *period, char *buffer)
{
	int32_t month = civil_month_of_day(period->first_day);
	size_t length;

	if (period->first_day == civil_month_first_day(month) &&
	    period->end_day == civil_month_first_day(month + 1)) {
		return civil_format_month(month, buffer);
	}
	length = civil_format_day(period->first_day, buffer);
	if (period->end_day == period->first_day + 1) {
		return length;
	}
	buffer[length++] = '/';
	return length + civil_format_day(period->end_day, buffer + length);
}
