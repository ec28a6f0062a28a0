/* clock_test.c - the clock and what stands in for it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"

Test(clock, takes_the_text_it_is_given)
{
	/* Counted by date -u -d TEXT +%s. */
	static const struct {
		const char *text;
		int64_t utc;
	} cases[] = {
	    {"0", 0},
	    {"1740787200", 1740787200},
	    {"1970-01-01T00:00:00Z", 0},
	    {"2025-03-01T00:00:00Z", 1740787200},
	    {"2024-02-29T23:59:59Z", 1709251199},
	    {"2000-02-29T12:00:00Z", 951825600},
	    {"2026-12-31T16:00:01Z", 1798732801},
	    {"1969-12-31T23:59:59Z", -1},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct qf_error err;
		int64_t utc = 7;

		cr_expect_eq(clock_now_utc(&utc, cases[i].text, &err), 0);
		cr_expect_eq(utc, cases[i].utc, "%s", cases[i].text);
	}
}

Test(clock, refuses_other_text)
{
	static const char *const texts[] = {"", "now", "-1", "1e9",
	    "2025-03-01", "2025-03-01T00:00:00", "2025-02-29T00:00:00Z",
	    "2025-13-01T00:00:00Z", "2025-03-01T24:00:00Z",
	    "2025-03-01T00:00:00Zx", "1900-02-29T00:00:00Z",
	    "2025-03-00T00:00:00Z", "9999999999999"};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct qf_error err = {0};
		int64_t utc;

		cr_expect_eq(
		    clock_now_utc(&utc, texts[i], &err), -1, "%s", texts[i]);
		cr_expect_eq(err.status, QF_USAGE);
		cr_expect_str_eq(err.code, "clock-text");
	}
}

Test(clock, prefers_text_to_environment_to_clock)
{
	struct qf_error err;
	int64_t utc;
	time_t before = time(NULL);

	unsetenv("QF_CLOCK");
	cr_assert_eq(clock_now_utc(&utc, NULL, &err), 0);
	cr_expect(utc >= before && utc <= before + 10);
	setenv("QF_CLOCK", "1000", 1);
	cr_assert_eq(clock_now_utc(&utc, NULL, &err), 0);
	cr_expect_eq(utc, 1000);
	cr_assert_eq(clock_now_utc(&utc, "2000", &err), 0);
	cr_expect_eq(utc, 2000);
}

Test(clock, durations_go_forward)
{
	int64_t first = clock_monotonic_ns();
	int64_t second = clock_monotonic_ns();

	cr_expect(second >= first);
}
