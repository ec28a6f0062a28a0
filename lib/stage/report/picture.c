/* picture.c - the picture of one event.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/report/picture.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/child.h"
#include "base/status.h"
#include "base/text.h"

#define SCRIPT_MAX ((size_t)16 << 20) /* bytes of one picture's script */

/* kWh of a step as its mean kW, to the watt: for the eye alone. */
static void
mean_kw(struct dec *out, const struct dec *kwh, const struct picture_step *step)
{
	struct dec seconds = {0};

	dec_set_int(&seconds, step->end_utc - step->start_utc, 0);
	dec_mul_int(out, kwh, 3600);
	dec_div(out, out, &seconds, 3, DEC_HALF_UP);
	dec_release(&seconds);
}

/* A response is baseline less actual where less load was asked for, and the
 * negative of that where more was. */
static int
direction_of(const struct picture_step *step)
{
	struct dec less = {0};
	int sign;

	dec_sub(&less, step->baseline, step->actual);
	sign = dec_sign(&less) * dec_sign(step->response);
	dec_release(&less);
	return sign;
}

void
picture_add(struct picture *picture, const struct picture_step *step)
{
	struct loadplot_step *kept;

	assert(step->start_utc < step->end_utc);
	if (picture->count == picture->capacity) {
		size_t old = picture->capacity;

		picture->capacity = 2 * old + 96;
		picture->steps = xreallocarray(
		    picture->steps, picture->capacity, sizeof(*picture->steps));
		memset(picture->steps + old, 0,
		    (picture->capacity - old) * sizeof(*picture->steps));
	}
	kept = &picture->steps[picture->count++];
	kept->start_utc = step->start_utc;
	kept->end_utc = step->end_utc;
	mean_kw(&kept->baseline_kw, step->baseline, step);
	mean_kw(&kept->actual_kw, step->actual, step);
	if (step->award != NULL) {
		mean_kw(&kept->asked_kw, step->award, step);
		picture->has_award = true;
	} else {
		dec_set_int(&kept->asked_kw, 0, 0);
	}
	if (picture->direction == 0) {
		picture->direction = direction_of(step);
	}
}

/* The awards become the loads that they ask for. */
static void
ask(struct picture *picture)
{
	for (size_t i = 0; i < picture->count; i++) {
		struct loadplot_step *step = &picture->steps[i];

		if (picture->direction == -1) {
			dec_add(&step->asked_kw, &step->baseline_kw,
			    &step->asked_kw);
		} else {
			dec_sub(&step->asked_kw, &step->baseline_kw,
			    &step->asked_kw);
		}
	}
}

/* Hands on what was drawn, if it is a picture to its end: a gnuplot that is
 * not the one that was looked for may end well with nothing done. */
static int
hand_on(const struct buf *drawn, struct sink sink, struct qf_error *err)
{
	static const char last[] = "</svg>";
	size_t length = drawn->length;

	while (length > 0 && drawn->bytes[length - 1] == '\n') {
		length--;
	}
	if (length < strlen(last) ||
	    memcmp(drawn->bytes + length - strlen(last), last, strlen(last)) !=
		0) {
		return qf_fail(err, QF_IO, "program-failed",
		    "%s: drew no whole picture", loadplot_program[0]);
	}
	return sink.write(sink.context, drawn->bytes, drawn->length, err);
}

int
picture_draw(struct picture *picture, const char *title,
    const struct zone *zone, bool zh, struct sink sink, struct qf_error *err)
{
	struct loadplot plot = {
	    .title = title,
	    .baseline = zh ? "基线" : "baseline",
	    .actual = zh ? "实际负荷" : "actual load",
	    .response = zh ? "响应" : "response",
	    .opposite = zh ? "反向" : "opposite",
	    .asked = zh ? "中标要求" : "awarded load",
	    .has_asked = picture->has_award,
	    .more = picture->direction == -1,
	    .zone = zone,
	};
	struct buf script, drawn;
	int rc;

	ask(picture);
	buf_init(&script, SCRIPT_MAX);
	buf_init(&drawn, CHILD_OUTPUT_MAX);
	rc = loadplot_begin(&script, &plot, err);
	for (size_t i = 0; i < picture->count && rc == 0; i++) {
		rc = loadplot_step(&script, &plot, &picture->steps[i], err);
	}
	if (rc == -1 || loadplot_end(&script, &plot, err) == -1 ||
	    child_filter(loadplot_program, script.bytes, script.length,
		sink_buf(&drawn), err) == -1) {
		rc = -1;
	} else {
		rc = hand_on(&drawn, sink, err);
	}
	buf_release(&drawn);
	buf_release(&script);
	return rc;
}

void
picture_clear(struct picture *picture)
{
	picture->count = 0;
	picture->has_award = false;
	picture->direction = 0;
}

void
picture_release(struct picture *picture)
{
	for (size_t i = 0; i < picture->capacity; i++) {
		dec_release(&picture->steps[i].baseline_kw);
		dec_release(&picture->steps[i].actual_kw);
		dec_release(&picture->steps[i].asked_kw);
	}
	free(picture->steps);
}
