/* own.h - what the files of the filling share.  Internal.
 *
 * fill.c walks the points; line.c lays the days of one point and channel
 * out as a row of slots; gaps.c finds gaps in it and fills each by the
 * first method that applies, with the curves of curve.c and the totals of
 * total.c; tie.c brings days to their sums; out.c hands out
 * what changed.
 */
#ifndef QF_STAGE_FILL_OWN_H
#define QF_STAGE_FILL_OWN_H

#include "base/period.h"
#include "ledger/registry.h"
#include "rules/estimation.h"
#include "settle/estimate.h"
#include "stage/fill/fill.h"
#include "stage/rulebook.h"
#include "stage/scope.h"

struct entry;
struct sorter;
struct table;
struct zone;

#define FILL_BEFORE_DAYS 8 /* looked at for neighbours and for the shape */
#define FILL_AFTER_DAYS 1
#define FILL_SCALE 6 /* of slots, at least */
#define FILL_CACHE 24 /* days kept for curves */
#define FILL_CHANNELS 2
#define FILL_TEXT_MAX 256 /* of a fact */

/* A day as it lies in the slots. */
struct fill_day {
	int32_t day;
	int64_t start_utc;
	int minutes;
	enum quantity quantity;
	enum side side;
	int scale; /* of its stored values; 0 where none are */
	size_t first, count; /* slots */
	bool changed; /* has values of ours */
	bool tied; /* ours take the place of measured ones */
	bool whole; /* handed out in another form: as a whole */
	char method[65]; /* of ours, joined */
};

#define FILL_OURS 'F' /* state of a slot beside the qualities: estimated now */

/* One point and channel. */
struct fill_line {
	enum channel channel;
	struct fill_day *days;
	size_t day_count, day_capacity;
	int scale; /* of the slots */
	int64_t *values;
	char *states; /* QUALITY_..., or FILL_OURS */
	size_t slot_count, slot_capacity;
};

/* A register's reading, in total. */
struct fill_reading {
	char meter[ID_MAX + 1];
	enum channel channel;
	int64_t time_utc;
	struct dec value;
};

struct fill_meter {
	char meter[ID_MAX + 1];
	struct dec multiplier;
	int digits;
	int64_t from_utc, to_utc;
};

/* A day of a point, kept for curves: energy of its intervals, x 10^scale. */
struct fill_known {
	bool used;
	enum channel channel;
	int32_t day;
	int minutes;
	enum quantity quantity;
	enum side side;
	size_t count; /* 0: it has no reads, or not such */
	int64_t *energy; /* SERIES_NULL where it is not known */
};

struct fill {
	struct ledger *ledger;
	const struct fill_ask *ask;
	struct fill_report *report;
	struct zone *zone;
	struct period period;
	struct rulebook *book;
	struct estimation *estimation;
	struct read_cursor *reads[FILL_CHANNELS];
	struct fact_cursor *meter_cursor, *register_cursor, *point_cursor;
	struct entry *entry; /* NULL on a dry run */
	int64_t estimate_line; /* of the last fact */
	struct sorter *rows; /* days to append */
	struct table *list; /* or NULL */
	/* The point in hand. */
	struct scope_point point;
	char scenario[ID_MAX + 1];
	struct fill_meter *meters;
	size_t meter_count, meter_capacity;
	struct fill_reading *readings;
	size_t reading_count, reading_capacity;
	struct fill_line lines[FILL_CHANNELS];
	struct fill_known known[FILL_CACHE];
	size_t known_next;
	int64_t *work; /* for one gap */
	size_t work_capacity;
	char why[160]; /* why the last method asked did not apply */
};

static inline int64_t
fill_time(const struct fill_day *day, size_t slot)
{
	return day->start_utc +
	       (int64_t)(slot - day->first) * day->minutes * 60;
}

/* line.c */
int
fill_line_load(struct fill *fill, struct fill_line *line, struct qf_error *err);
void fill_line_release(struct fill_line *line);
/* The day that a slot is in. */
struct fill_day *fill_day_of(const struct fill_line *line, size_t slot);
/* Whether slots of the two days can stand in one row of values. */
bool fill_same_shape(const struct fill_day *a, const struct fill_day *b);
bool fill_is_missing(const struct fill_line *line, size_t slot);
/* Whether an instant is in scope. */
bool fill_is_wanted(const struct fill *fill, int64_t utc);

/* gaps.c: fills what it can of a line, and tells the rest. */
int fill_gaps(struct fill *fill, struct fill_line *line, struct qf_error *err);

/* curve.c: adds up the energy of intervals [from, to) of the line's slots
 * on the days that are typical of them (yesterday: on the day before), into
 * sums[], brought to the same number of days, `days`.  1, or 0 with
 * fill->why. */
int fill_curve(struct fill *fill, const struct fill_line *line,
    const struct estimation_version *version, bool yesterday, size_t from,
    size_t to, int64_t *sums, size_t *days, struct buf *inputs,
    struct qf_error *err);
void fill_forget_days(struct fill *fill);

/* total.c: meters and readings of the point in hand; and the energy that
 * registers say of a stretch that holds the slots [from, to): 1 and *total of
 * it all (in the line's unit), with the slots [*first, *end) that it is of;
 * else 0 with fill->why. */
int fill_load_meters(struct fill *fill, struct qf_error *err);
int fill_load_readings(struct fill *fill, struct qf_error *err);
void fill_forget_meters(struct fill *fill);
int fill_total(struct fill *fill, const struct fill_line *line, size_t from,
    size_t to, int64_t *total, size_t *first, size_t *end, struct buf *inputs);

/* tie.c: the tie-out rules of the document, a day at a time. */
int fill_tie(struct fill *fill, struct fill_line *line, struct qf_error *err);

/* out.c */
int fill_tell_gap(struct fill *fill, const struct fill_line *line,
    int64_t from_utc, int64_t to_utc, int64_t values, const char *method,
    const char *words, bool filled, struct qf_error *err);
int fill_estimate(struct fill *fill, const struct fill_line *line,
    int64_t from_utc, int64_t to_utc, int64_t values, const char *method,
    const char *inputs, struct qf_error *err);
void fill_mark(struct fill_day *day, const char *method);
/* Days with values of ours, each as a row; `series` those of another form. */
int fill_put_line(
    struct fill *fill, const struct fill_line *line, struct qf_error *err);
/* All of a day's row but its values and their quality. */
void fill_begin_row(const struct fill *fill, const struct fill_line *line,
    const struct fill_day *day, struct series_day *row);
int fill_put_row(struct fill *fill, const struct series_day *row, bool tied,
    struct qf_error *err);
int fill_append_rows(struct fill *fill, struct qf_error *err);
const char *fill_instant(const struct fill *fill, int64_t utc, char out[40]);

#endif
