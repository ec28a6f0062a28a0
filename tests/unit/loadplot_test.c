/* loadplot_test.c - the script of a load's picture.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <criterion/criterion.h>
#include <string.h>

#include "base/text.h"
#include "base/zone.h"
#include "format/loadplot.h"

/* 2025-07-14 19:00 in Shanghai. */
#define START INT64_C(1752490800)

static void
make(struct buf *script, bool has_asked, bool more)
{
	struct qf_error err;
	struct zone *zone;
	struct loadplot plot = {
	    .title = "it's \\n `x`",
	    .baseline = "baseline",
	    .actual = "actual",
	    .response = "response",
	    .opposite = "opposite",
	    .asked = "asked",
	    .has_asked = has_asked,
	    .more = more,
	};
	struct loadplot_step step = {
	    .start_utc = START,
	    .end_utc = START + 900,
	    .baseline_kw = DEC_SMALL(1000, 1),
	    .actual_kw = DEC_SMALL(-25, 1),
	    .asked_kw = DEC_SMALL(123456, 4),
	};

	cr_assert_eq(zone_load(&zone, "Asia/Shanghai", &err), 0);
	plot.zone = zone;
	buf_init(script, 1 << 20);
	cr_assert_eq(loadplot_begin(script, &plot, &err), 0);
	cr_assert_eq(loadplot_step(script, &plot, &step, &err), 0);
	cr_assert_eq(loadplot_end(script, &plot, &err), 0);
	zone_free(zone);
}

Test(loadplot, draws_a_step_level_from_its_start_to_its_end_in_local_time)
{
	struct buf script;

	make(&script, true, false);
	cr_expect(
	    strstr(script.bytes, "$load << END\n"
				 "2025-07-14T19:00:00 100.000 -2.500 12.346\n"
				 "2025-07-14T19:15:00 100.000 -2.500 12.346\n"
				 "END\n"));
	cr_expect(strstr(script.bytes, "1:4 with lines"));
	buf_release(&script);
}

Test(loadplot, leaves_out_what_was_not_awarded)
{
	struct buf script;

	make(&script, false, false);
	cr_expect(strstr(script.bytes, "19:00:00 100.000 -2.500 NaN\n"));
	cr_expect_null(strstr(script.bytes, "1:4 with lines"));
	cr_expect_eq(script.bytes[script.length - 1], '\n');
	buf_release(&script);
}

Test(loadplot, fills_what_was_asked_for_and_its_opposite)
{
	struct buf less, more;

	make(&less, true, false);
	make(&more, true, true);
	cr_expect(strstr(less.bytes, "1:2:3 with filledcurves above"));
	cr_expect(strstr(less.bytes, "1:2:3 with filledcurves below"));
	cr_expect(strstr(more.bytes, "1:3:2 with filledcurves above"));
	cr_expect(strstr(more.bytes, "1:3:2 with filledcurves below"));
	buf_release(&less);
	buf_release(&more);
}

Test(loadplot, a_title_cannot_become_a_command)
{
	struct buf script;

	make(&script, true, false);
	cr_expect(
	    strstr(script.bytes, "set title 'it''s \\n `x`' noenhanced\n"));
	buf_release(&script);
}
