/* loadplot.c - the load of an event as a picture that gnuplot draws.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/loadplot.h"

#include <assert.h>

#include "base/civil.h"
#include "base/text.h"
#include "base/zone.h"

#define WATTS 3 /* decimals of kW that are shown */

/* -d: without what the user's own start file says. */
const char *const loadplot_program[] = {"gnuplot", "-d", NULL};

static int
full(struct qf_error *err)
{
	return qf_fail(err, QF_DATA, "output-too-long",
	    "the picture has more steps than fit");
}

/* A text of gnuplot: between ', which is doubled inside.  A ` or a \ means
 * nothing there. */
static int
quote(struct buf *script, const char *text)
{
	int rc = buf_add_char(script, '\'');

	for (; *text != '\0' && rc == 0; text++) {
		rc = *text == '\'' ? buf_add_string(script, "''")
				   : buf_add_char(script, *text);
	}
	return rc == 0 ? buf_add_char(script, '\'') : -1;
}

int
loadplot_begin(
    struct buf *script, const struct loadplot *plot, struct qf_error *err)
{
	assert(plot->title != NULL && plot->zone != NULL);
	if (buf_add_string(script,
		"set encoding utf8\n"
		"set terminal svg size 960,540 font 'sans-serif,14' "
		"background 'white'\n"
		"set title ") == -1 ||
	    quote(script, plot->title) == -1 ||
	    buf_add_string(script,
		" noenhanced\n"
		"set xdata time\n"
		"set timefmt '%Y-%m-%dT%H:%M:%S'\n"
		"set format x '%H:%M'\n"
		"set ylabel 'kW'\n"
		"set yrange [*<0:0<*]\n"
		"set offsets 0,0,graph 0.06,graph 0.06\n"
		"set xzeroaxis lt 1 lw 1 lc rgb '#888888'\n"
		"set grid front\n"
		"set border 3\n"
		"set tics nomirror\n"
		"set key outside bottom center horizontal noenhanced\n"
		"$load << END\n") == -1) {
		return full(err);
	}
	return 0;
}

/* One corner of the lines: an instant and the loads. */
static int
corner(struct buf *script, const struct loadplot *plot, int64_t utc,
    const struct loadplot_step *step)
{
	char local[CIVIL_TEXT_MAX], baseline[DEC_TEXT_MAX],
	    actual[DEC_TEXT_MAX], asked[DEC_TEXT_MAX] = "NaN";
	struct dec shown = {0};

	civil_format_local(utc + zone_offset(plot->zone, utc), local);
	dec_round(&shown, &step->baseline_kw, WATTS, DEC_HALF_UP);
	dec_format(&shown, baseline, sizeof(baseline));
	dec_round(&shown, &step->actual_kw, WATTS, DEC_HALF_UP);
	dec_format(&shown, actual, sizeof(actual));
	if (plot->has_asked) {
		dec_round(&shown, &step->asked_kw, WATTS, DEC_HALF_UP);
		dec_format(&shown, asked, sizeof(asked));
	}
	dec_release(&shown);
	return buf_printf(
	    script, "%s %s %s %s\n", local, baseline, actual, asked);
}

/* A step is level from its start to its end. */
int
loadplot_step(struct buf *script, const struct loadplot *plot,
    const struct loadplot_step *step, struct qf_error *err)
{
	assert(step->start_utc < step->end_utc);
	if (corner(script, plot, step->start_utc, step) == -1 ||
	    corner(script, plot, step->end_utc, step) == -1) {
		return full(err);
	}
	return 0;
}

static int
curve(struct buf *script, const char *columns, const char *style,
    const char *name, bool more)
{
	if (buf_printf(script, "$load using %s %s title ", columns, style) ==
		-1 ||
	    quote(script, name) == -1) {
		return -1;
	}
	return buf_add_string(script, more ? ", \\\n" : "\n");
}

int
loadplot_end(
    struct buf *script, const struct loadplot *plot, struct qf_error *err)
{
	if (buf_add_string(script, "END\nplot ") == -1 ||
	    curve(script, plot->more ? "1:3:2" : "1:2:3",
		"with filledcurves above fc rgb '#cfe3f5'", plot->response,
		true) == -1 ||
	    curve(script, plot->more ? "1:3:2" : "1:2:3",
		"with filledcurves below fc rgb '#f5d5cf'", plot->opposite,
		true) == -1 ||
	    curve(script, "1:2", "with lines lw 2 dt 2 lc rgb '#555555'",
		plot->baseline, true) == -1 ||
	    curve(script, "1:3", "with lines lw 3 lc rgb '#1f6fb2'",
		plot->actual, plot->has_asked) == -1 ||
	    (plot->has_asked &&
		curve(script, "1:4", "with lines lw 2 dt 3 lc rgb '#c0392b'",
		    plot->asked, false) == -1)) {
		return full(err);
	}
	return 0;
}
