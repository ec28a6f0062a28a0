/* sessions.c - sessions held against the connector they were at, each
 * other, and the gate meter they stand behind.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "stage/check/own.h"

/* How far from the period a session that meets one of it may end. */
#define OVERLAP_DAYS 31

void
check_percent(
    struct dec *out, const struct dec *value, const struct dec *percent)
{
	struct dec hundredth = DEC_SMALL(1, 2);

	dec_mul(out, value, percent);
	dec_mul(out, out, &hundredth);
}

static void
release(struct check_session *session)
{
	dec_release(&session->kwh[CHANNEL_IMPORT]);
	dec_release(&session->kwh[CHANNEL_EXPORT]);
}

void
check_forget_sessions(struct checking *checking)
{
	for (size_t i = 0; i < checking->session_count; i++) {
		release(&checking->sessions[i]);
	}
	checking->session_count = 0;
}

static void
take_session(struct check_session *out, const struct fact *fact)
{
	const char *vehicle = rulebook_text(fact, "vehicle");

	memset(out, 0, sizeof(*out));
	snprintf(out->session, sizeof(out->session), "%s",
	    rulebook_text(fact, "session"));
	snprintf(out->vehicle, sizeof(out->vehicle), "%s",
	    vehicle == NULL ? "" : vehicle);
	out->start_utc = rulebook_integer(fact, "start", 0);
	out->end_utc = rulebook_integer(fact, "end", 0);
	out->has[CHANNEL_IMPORT] =
	    rulebook_decimal(&out->kwh[CHANNEL_IMPORT], fact, "import_kwh");
	out->has[CHANNEL_EXPORT] =
	    rulebook_decimal(&out->kwh[CHANNEL_EXPORT], fact, "export_kwh");
}

static bool
ends_in_period(
    const struct checking *checking, const struct check_session *session)
{
	return session->end_utc >= checking->period.from_utc &&
	       session->end_utc < checking->period.to_utc;
}

static int
by_start(const void *a, const void *b)
{
	const struct check_session *x = a, *y = b;

	if (x->start_utc != y->start_utc) {
		return x->start_utc < y->start_utc ? -1 : 1;
	}
	return strcmp(x->session, y->session);
}

/* The sessions of the point that matter, by their start. */
static int
load(struct checking *checking, struct qf_error *err)
{
	int64_t margin_s = INT64_C(86400) * OVERLAP_DAYS;
	int64_t from_utc = check_window_utc(checking) - margin_s, entry;
	struct fact fact;
	int rc;

	check_forget_sessions(checking);
	if (facts_lookup(&checking->session_cursor, checking->ledger,
		LOOKUP_SESSIONS_OF_POINT, checking->report->asof,
		checking->point.point, from_utc,
		checking->period.to_utc + margin_s, err) == -1) {
		return -1;
	}
	while ((rc = facts_next(
		    checking->session_cursor, &fact, &entry, err)) == 1) {
		if (checking->session_count == checking->session_capacity) {
			checking->session_capacity =
			    checking->session_capacity * 2 + 32;
			checking->sessions = xreallocarray(checking->sessions,
			    checking->session_capacity,
			    sizeof(*checking->sessions));
		}
		take_session(
		    &checking->sessions[checking->session_count++], &fact);
	}
	if (checking->session_count > 0) {
		qsort(checking->sessions, checking->session_count,
		    sizeof(*checking->sessions), by_start);
	}
	return rc;
}

static struct check_found
found_of(const struct checking *checking, const struct check_session *session,
    enum check_kind kind)
{
	return (struct check_found){
	    .kind = kind,
	    .point = checking->point.point,
	    .session = session->session,
	    .start_utc = session->start_utc,
	    .end_utc = session->end_utc,
	};
}

/* Mean power of a session above what its point can take. */
static int
find_power(struct checking *checking, const struct check_session *session,
    enum channel channel, const struct check *check, struct qf_error *err)
{
	struct check_found found =
	    found_of(checking, session, CHECK_SESSION_POWER);
	struct dec bound = {0}, kwh_hours = {0}, allowed = {0}, seconds = {0};
	int rc = 0;

	check_percent(&bound, &checking->capacity_kw, &check->percent);
	dec_set_int(&seconds, session->end_utc - session->start_utc, 0);
	dec_mul_int(&kwh_hours, &session->kwh[channel], 3600);
	dec_mul(&allowed, &bound, &seconds);
	if (dec_cmp(&kwh_hours, &allowed) > 0) {
		if (dec_sign(&seconds) > 0) {
			dec_div(&kwh_hours, &kwh_hours, &seconds, CHECK_SCALE,
			    DEC_HALF_UP);
			found.value = &kwh_hours;
		}
		found.channel = channel_name(channel);
		found.bound = &bound;
		found.detail = "mean kW above what the point can take";
		rc = check_find(checking, &found, err);
	}
	dec_release(&bound);
	dec_release(&kwh_hours);
	dec_release(&allowed);
	dec_release(&seconds);
	return rc;
}

static int
find_duration(struct checking *checking, const struct check_session *session,
    const struct check *check, struct qf_error *err)
{
	struct check_found found =
	    found_of(checking, session, CHECK_SESSION_DURATION);
	struct dec hours = {0}, allowed = {0}, hour = DEC_SMALL(3600, 0);
	int rc = 0;

	dec_set_int(&hours, session->end_utc - session->start_utc, 0);
	dec_mul(&allowed, &check->hours, &hour);
	if (dec_cmp(&hours, &allowed) > 0 || dec_sign(&hours) <= 0) {
		dec_div(&hours, &hours, &hour, CHECK_SCALE, DEC_HALF_UP);
		found.value = &hours;
		found.bound = &check->hours;
		found.detail = "hours from start to end of the session";
		rc = check_find(checking, &found, err);
	}
	dec_release(&hours);
	dec_release(&allowed);
	return rc;
}

/* A session that began while another was on at the same point; `longest` is
 * the one of those before it that ends last. */
static int
find_overlap(struct checking *checking, const struct check_session *session,
    const struct check_session *longest, struct qf_error *err)
{
	struct check_found found =
	    found_of(checking, session, CHECK_SESSION_OVERLAP);
	char detail[CHECK_TEXT_MAX];

	if (longest == NULL || longest->end_utc <= session->start_utc) {
		return 0;
	}
	snprintf(detail, sizeof(detail), "began before session %s ended",
	    longest->session);
	found.detail = detail;
	return check_find(checking, &found, err);
}

static int
check_session(struct checking *checking, const struct check_session *session,
    const struct check_session *longest, struct qf_error *err)
{
	const struct thresholds_version *version = checking->version;
	const struct check *power =
	    thresholds_check(version, CHECK_SESSION_POWER);
	const struct check *duration =
	    thresholds_check(version, CHECK_SESSION_DURATION);
	int rc = 0;

	for (unsigned c = 0; c < CHECK_CHANNELS && rc == 0; c++) {
		if (power != NULL && checking->has_capacity &&
		    session->has[c]) {
			rc = find_power(
			    checking, session, (enum channel)c, power, err);
		}
	}
	if (rc == 0 && duration != NULL) {
		rc = find_duration(checking, session, duration, err);
	}
	if (rc == 0 &&
	    thresholds_check(version, CHECK_SESSION_OVERLAP) != NULL) {
		rc = find_overlap(checking, session, longest, err);
	}
	return rc;
}

int
check_sessions(struct checking *checking, struct qf_error *err)
{
	const struct check_session *longest = NULL;
	int rc = load(checking, err);

	for (size_t i = 0; i < checking->session_count && rc == 0; i++) {
		const struct check_session *session = &checking->sessions[i];

		if (ends_in_period(checking, session)) {
			checking->report->sessions++;
			rc = check_session(checking, session, longest, err);
		}
		if (rc == 0 && session->end_utc < checking->period.to_utc &&
		    session->end_utc >= check_window_utc(checking)) {
			rc = check_keep_vehicle(checking, session, err);
		}
		if (longest == NULL || session->end_utc > longest->end_utc) {
			longest = session;
		}
	}
	return rc;
}

/* Gates -------------------------------------------------------------------- */

/* Adds what sessions at the points behind `point` charged, less what they
 * discharged, of those that end in the period. */
static int
sum_behind(struct checking *checking, const char *point, int depth,
    struct dec *kwh, int64_t *sessions, struct qf_error *err)
{
	struct fact_cursor **relations = &checking->relations[depth];
	struct fact_cursor **sessions_of = &checking->behind_cursor;
	struct fact fact, session;
	int64_t entry;
	int rc;

	if (facts_lookup(relations, checking->ledger,
		LOOKUP_RELATIONS_OF_PARENT, checking->report->asof, point, 0, 0,
		err) == -1) {
		return -1;
	}
	while ((rc = facts_next(*relations, &fact, &entry, err)) == 1) {
		const char *child = rulebook_text(&fact, "child");

		if (facts_lookup(sessions_of, checking->ledger,
			LOOKUP_SESSIONS_OF_POINT, checking->report->asof, child,
			checking->period.from_utc, checking->period.to_utc,
			err) == -1) {
			return -1;
		}
		while ((rc = facts_next(*sessions_of, &session, &entry, err)) ==
		       1) {
			struct check_session one;

			take_session(&one, &session);
			dec_add(kwh, kwh, &one.kwh[CHANNEL_IMPORT]);
			dec_sub(kwh, kwh, &one.kwh[CHANNEL_EXPORT]);
			release(&one);
			(*sessions)++;
		}
		if (rc == -1) {
			return -1;
		}
		/* Points deeper than that qf-rate refuses. */
		if (depth + 1 < CHECK_DEPTH_MAX &&
		    sum_behind(
			checking, child, depth + 1, kwh, sessions, err) == -1) {
			return -1;
		}
	}
	return rc;
}

/* What the gate metered in the period, import and export; 0 where its reads of
 * import are not whole. */
static int
metered(struct checking *checking, struct dec both[CHECK_CHANNELS])
{
	int64_t seconds = 0;

	for (int c = 0; c < CHECK_CHANNELS; c++) {
		struct dec sum = {0};

		for (size_t d = CHECK_WEEK; d < checking->day_count; d++) {
			const struct check_day *day = &checking->days[c][d];

			dec_add(&sum, &sum, &day->kwh60);
			if (c == CHANNEL_IMPORT) {
				seconds += day->seconds;
			}
		}
		audit_kwh(&both[c], &sum);
		dec_release(&sum);
	}
	return seconds == checking->period.to_utc - checking->period.from_utc;
}

static int
find_gate(struct checking *checking, enum check_kind kind,
    const struct dec *sessions, const struct dec *net, const struct dec *import,
    int64_t count, struct qf_error *err)
{
	const struct check *check = thresholds_check(checking->version, kind);
	struct dec bound = {0}, part = {0};
	char detail[CHECK_TEXT_MAX], text[DEC_TEXT_MAX];
	struct check_found found = {
	    .kind = kind,
	    .point = checking->point.point,
	    .start_utc = checking->period.from_utc,
	    .end_utc = checking->period.to_utc,
	    .value = sessions,
	    .bound = &bound,
	    .detail = detail,
	};
	bool over = kind == CHECK_SESSIONS_OVER_GATE;
	int order, rc = 0;

	if (check == NULL) {
		return 0;
	}
	check_percent(&part, import, &check->percent);
	dec_add(&part, &part, &check->kwh);
	if (over) {
		dec_add(&bound, net, &part);
	} else {
		dec_sub(&bound, net, &part);
	}
	order = dec_cmp(sessions, &bound);
	if (over ? order > 0 : order < 0) {
		dec_format_trim(net, text, sizeof(text));
		snprintf(detail, sizeof(detail),
		    "kWh of %lld sessions behind it, import less export; it "
		    "metered %.60s",
		    (long long)count, text);
		rc = check_find(checking, &found, err);
	}
	dec_release(&bound);
	dec_release(&part);
	return rc;
}

int
check_gate(struct checking *checking, struct qf_error *err)
{
	struct dec sessions = {0}, both[CHECK_CHANNELS] = {{0}}, net = {0};
	const char *point = checking->point.point;
	int64_t count = 0;
	int rc = parents_has(&checking->parents, checking->ledger,
	    checking->report->asof, point, err);

	if (rc == 1) {
		rc = sum_behind(checking, point, 0, &sessions, &count, err);
	}
	if (rc == 0 && count > 0 && metered(checking, both)) {
		dec_sub(&net, &both[CHANNEL_IMPORT], &both[CHANNEL_EXPORT]);
		rc = find_gate(checking, CHECK_SESSIONS_OVER_GATE, &sessions,
		    &net, &both[CHANNEL_IMPORT], count, err);
		if (rc == 0) {
			rc = find_gate(checking, CHECK_SESSIONS_UNDER_GATE,
			    &sessions, &net, &both[CHANNEL_IMPORT], count, err);
		}
	}
	dec_release(&sessions);
	dec_release(&both[CHANNEL_IMPORT]);
	dec_release(&both[CHANNEL_EXPORT]);
	dec_release(&net);
	return rc;
}
