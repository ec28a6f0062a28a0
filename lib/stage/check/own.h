/* own.h - what the files of the checking share.  Internal.
 *
 * check.c walks the points; reads.c looks at the reads of one, which
 * energy.c adds up, registers.c at its registers, sessions.c
 * at its sessions and gates, and vehicles.c at vehicles over all of them.
 * What they find goes, sorted, to merge.c, which holds it against what
 * stands.
 */
#ifndef QF_STAGE_CHECK_OWN_H
#define QF_STAGE_CHECK_OWN_H

#include "base/period.h"
#include "ledger/registry.h"
#include "model/series.h"
#include "rules/thresholds.h"
#include "stage/audit/energy.h"
#include "stage/check/check.h"
#include "stage/meters.h"
#include "stage/parents.h"
#include "stage/rulebook.h"
#include "stage/scope.h"

struct entry;
struct sorter;
struct table;
struct zone;

#define CHECK_CHANNELS 2
#define CHECK_SCALE 6 /* decimals of values that are no finite decimal */
#define CHECK_WEEK 7 /* days back that a jump is held against */
#define CHECK_TEXT_MAX 256 /* of a fact */
#define CHECK_DEPTH_MAX 8 /* of points behind points */

/* A day of a channel. */
struct check_day {
	struct dec kwh60; /* kWh x 60 */
	int64_t seconds; /* with a value */
	/* Above capacity. */
	int64_t from_utc, to_utc; /* the first and the last; 0: none */
	int64_t count;
	struct dec most_kw;
};

/* What two readings of one meter, one after the other, say. */
struct check_span {
	char meter[ID_MAX + 1];
	enum channel channel;
	char band[ID_MAX + 1]; /* "": in total */
	int64_t from_utc, to_utc;
	struct dec start, end;
	struct dec kwh60; /* of the intervals in it */
	int64_t seconds; /* that they cover */
};

struct check_session {
	char session[ID_MAX + 1];
	char vehicle[ID_MAX + 1]; /* "": none */
	int64_t start_utc, end_utc;
	struct dec kwh[CHECK_CHANNELS];
	bool has[CHECK_CHANNELS];
};

struct checking {
	struct ledger *ledger;
	const struct check_ask *ask;
	struct check_report *report;
	struct zone *zone;
	struct period period;
	const struct thresholds_version *version;
	struct fact_cursor *point_cursor, *register_cursor, *session_cursor,
	    *clearance_cursor, *stored_cursor;
	struct read_cursor *reads[CHECK_CHANNELS]; /* of all points in step */
	struct parents parents;
	struct fact_cursor *relations[CHECK_DEPTH_MAX], *behind_cursor;
	struct sorter *found; /* findings, by their keys */
	struct sorter *vehicles; /* sessions, by vehicle and end */
	struct entry *entry; /* NULL on a dry run */
	struct table *table;
	int64_t finding_line; /* of the last fact */
	/* The point in hand. */
	struct scope_point point;
	bool has_capacity;
	struct dec capacity_kw;
	struct meters meters;
	int64_t values[SERIES_VALUES_MAX]; /* of a day, before they count */
	struct check_day *days[CHECK_CHANNELS]; /* from a week before */
	size_t day_count;
	struct check_span *spans;
	size_t span_count, span_capacity;
	struct check_session *sessions;
	size_t session_count, session_capacity;
};

/* A finding, before it has an entry; texts are borrowed. */
struct check_found {
	enum check_kind kind;
	const char *point;
	const char *channel, *session; /* NULL: of no one */
	int64_t start_utc, end_utc;
	const struct dec *value, *bound; /* NULL: none */
	const char *detail;
};

/* merge.c */
int check_find(struct checking *checking, const struct check_found *found,
    struct qf_error *err);
/* Holds what was found against what stands, prints, and appends. */
int check_merge(struct checking *checking, struct qf_error *err);

/* reads.c */
int check_reads(struct checking *checking, struct qf_error *err);
void check_release_days(struct checking *checking);

/* energy.c: adds the intervals of the point in hand, from a day on, to
 * days[] and to its spans; kw: above which they are kept, NULL for none. */
int check_energy(struct checking *checking, enum channel channel,
    int32_t first_day, const struct dec *kw, struct qf_error *err);
int check_load_meters(struct checking *checking, struct qf_error *err);

/* registers.c: spans of the point in hand, before its reads; and what
 * they come to, after. */
int check_load_spans(struct checking *checking, struct qf_error *err);
int check_registers(struct checking *checking, struct qf_error *err);
void check_forget_spans(struct checking *checking);

/* sessions.c */
int check_sessions(struct checking *checking, struct qf_error *err);
int check_gate(struct checking *checking, struct qf_error *err);
void check_forget_sessions(struct checking *checking);

/* vehicles.c */
int check_keep_vehicle(struct checking *checking,
    const struct check_session *session, struct qf_error *err);
int check_vehicles(struct checking *checking, struct qf_error *err);
int64_t check_window_utc(const struct checking *checking);

/* x percent of a value, and value / 100 x percent as a bound. */
void check_percent(
    struct dec *out, const struct dec *value, const struct dec *percent);

#endif
