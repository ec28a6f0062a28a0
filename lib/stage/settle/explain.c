/* explain.c - how a line of qf-settle came about, step by step.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/settle/explain.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/civil.h"
#include "base/zone.h"
#include "ledger/db.h"
#include "stage/audit/explain_own.h"
#include "stage/settle/settle.h"

#define POINTS_SHOWN 5 /* of a portfolio, unless more are asked for */

struct retold {
	struct explain *explain;
	bool found; /* the line came out again */
	bool held; /* the event is held now */
	char last[16]; /* the step that was told last */
	char point[ID_MAX + 1]; /* the last of those counted */
	int64_t points; /* so far, but for the line's own */
	bool told_points; /* how many there are */
	bool saw_point; /* the one that was asked for */
};

/* Whether a note of a point is wanted: of the portfolio's those that are asked
 * for, or the days of the first few. */
static bool
wants_point(struct retold *retold, const struct settle_note *note)
{
	const struct explain *explain = retold->explain;
	const char *asked = explain->request->point;

	if (asked != NULL) {
		bool is_it = strcmp(note->point, asked) == 0;

		retold->saw_point = retold->saw_point || is_it;
		return is_it;
	}
	if (explain->request->reads ||
	    strcmp(note->point, explain->line.point) == 0) {
		return true;
	}
	/* They come in the order of their names, and at last all once more. */
	if (strcmp(note->point, retold->point) > 0) {
		(void)snprintf(
		    retold->point, sizeof(retold->point), "%s", note->point);
		retold->points++;
	}
	return note->start_utc == INT64_MIN && retold->points <= POINTS_SHOWN;
}

/* Behind the points, how many there are. */
static void
tell_points(struct retold *retold)
{
	if (retold->points > POINTS_SHOWN && !retold->told_points) {
		explain_say(retold->explain, "",
		    "... %" PRId64
		    " points in all (--point names one, --reads lists all)",
		    retold->points);
	}
	retold->told_points = retold->points > 0;
}

static void
tell_note(void *context, const struct settle_note *note)
{
	struct retold *retold = context;
	struct explain *explain = retold->explain;
	char place[EXPLAIN_PLACE_MAX + 4] = "", time[40] = "", point[80] = "";

	if (note->point == NULL) {
		tell_points(retold);
	} else if (!wants_point(retold, note)) {
		return;
	}
	if (note->start_utc != INT64_MIN) {
		civil_format_offset(note->start_utc,
		    zone_offset(explain->zone, note->start_utc), time);
	}
	if (note->point != NULL &&
	    strcmp(note->point, explain->line.point) != 0) {
		(void)snprintf(point, sizeof(point), "%s ", note->point);
	}
	if (note->entry != 0) {
		memcpy(place, ", ", 3);
		explain_place(explain, note->entry, note->line_no, place + 2);
	}
	explain_say(explain,
	    strcmp(retold->last, note->step) == 0 ? "" : note->step,
	    "%s%s%s%s%s", point, time, time[0] == '\0' ? "" : " ", note->text,
	    place);
	(void)snprintf(retold->last, sizeof(retold->last), "%s", note->step);
}

static int
see_line(void *context, const struct line *line, struct qf_error *err)
{
	struct retold *retold = context;

	(void)err;
	retold->found =
	    retold->found || explain_same_line(line, &retold->explain->line);
	return 0;
}

static int
see_hold(void *context, const struct hold *hold, struct qf_error *err)
{
	struct retold *retold = context;

	(void)err;
	explain_differs(retold->explain,
	    "settled once more, it is held: %s: %s", hold->reason,
	    hold->detail);
	retold->held = true;
	return 0;
}

/* Where the event and the programme are said. */
static int
tell_sources(struct explain *explain, struct qf_error *err)
{
	struct fact_cursor *cursor = NULL;
	struct fact fact;
	char place[EXPLAIN_PLACE_MAX];
	int64_t entry;
	int rc;

	if (facts_lookup(&cursor, explain->ledger, LOOKUP_EVENT,
		explain->run.asof, explain->line.session, 0, 0, err) == -1) {
		return -1;
	}
	rc = facts_next(cursor, &fact, &entry, err);
	if (rc == 1) {
		explain_place(explain, entry, (int64_t)fact.line_no, place);
		explain_say(explain, "event",
		    "%s, modification %" PRId64 ", %s", explain->line.session,
		    rulebook_integer(&fact, "modification", 0), place);
	}
	facts_close(cursor);
	explain_place(explain, explain->line.tariff_entry, 1, place);
	explain_say(explain, "programme", "%s", place);
	return rc == -1 ? -1 : 0;
}

/* The amount from quantity and price, and from exact to rounded. */
static void
tell_amount(struct explain *explain)
{
	const struct line *line = &explain->line;
	char money[DEC_TEXT_MAX];

	explain_say(explain, "amount", "%s %s%s%s: exact %s, rounded %s",
	    line->quantity, line->unit, line->price == NULL ? "" : " x ",
	    line->price == NULL ? "" : line->price, line->exact,
	    explain_money(explain, line->gross_minor, money));
}

static int
tell_again(struct explain *explain, struct qf_error *err)
{
	struct retold retold = {.explain = explain};
	const struct settle_sink sink = {
	    .context = &retold,
	    .line = see_line,
	    .hold = see_hold,
	    .note = tell_note,
	};
	/* settle_request_of() cuts the scope into its words. */
	struct run run = explain->run;
	struct settle_request request;
	struct settle_counts counts;

	if (settle_request_of(&request, explain->ledger, &run, err) == -1) {
		return -1;
	}
	request.contract = explain->line.contract;
	request.leg = explain->line.leg;
	request.event = explain->line.session;
	if (settle_run(explain->ledger, &request, &sink, &counts, err) == -1) {
		return -1;
	}
	tell_points(&retold);
	if (explain->request->point != NULL && !retold.saw_point) {
		return qf_fail(err, QF_USAGE, "explain-point",
		    "event %s asks no point %s for contract %s",
		    explain->line.session, explain->request->point,
		    explain->line.contract);
	}
	tell_amount(explain);
	if (retold.found) {
		explain_say(explain, "again",
		    "settled once more as of entry %" PRId64
		    ", this line comes out the same",
		    explain->run.asof);
	} else if (!retold.held) {
		explain_differs(explain,
		    "settled once more as of entry %" PRId64
		    ", this line does not come out",
		    explain->run.asof);
	}
	return 0;
}

static int
tell(struct explain *explain, struct qf_error *err)
{
	explain_line(explain);
	if (tell_sources(explain, err) == -1 ||
	    tell_again(explain, err) == -1) {
		return -1;
	}
	telling_files(&explain->telling);
	return telling_end(
	    &explain->telling, explain->run.entry, explain->line.line_no);
}

int
settle_explain(struct ledger *ledger, const struct handle *handle,
    const struct audit_explain_request *request, struct sink sink,
    struct qf_error *err)
{
	struct explain *explain = xcalloc(1, sizeof(*explain));
	int rc = -1;

	explain->ledger = ledger;
	explain->request = request;
	explain->telling =
	    (struct telling){.ledger = ledger, .sink = sink, .err = err};
	if (zone_load(&explain->zone, ledger_market(ledger)->zone, err) == 0 &&
	    runs_load(ledger, handle->entry, &explain->run, err) == 0 &&
	    explain_find_line(explain, handle, err) == 0) {
		rc = tell(explain, err);
	}
	rulebook_free(explain->book);
	runs_close(explain->lines);
	zone_free(explain->zone);
	free(explain);
	return rc;
}
