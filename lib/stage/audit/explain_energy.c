/* explain_energy.c - a line's quantity, back to what was read.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/civil.h"
#include "base/zone.h"
#include "ledger/origin.h"
#include "settle/charge.h"
#include "stage/audit/explain_own.h"

/* What is summed up, in sixtieths of a kWh. */
struct summing {
	struct explain *explain;
	const char *point;
	bool tell; /* the days; else only sum */
	int32_t day; /* that is being summed */
	bool any;
	struct dec of_day, of_line, product; /* product: kWh x 60 x price */
	struct dec price;
	bool unpriced;
	struct fact_cursor *estimates; /* NULL until one is met */
	int64_t told_utc; /* until when estimates were told */
};

static void
format_time(const struct explain *explain, int64_t utc, char *out)
{
	civil_format_offset(utc, zone_offset(explain->zone, utc), out);
}

/* Whether an instant lies in the line's band; all do where it has none. */
static int
in_band(struct explain *explain, int64_t utc, struct qf_error *err)
{
	const struct schedule *schedule;
	struct refusal refusal;

	if (explain->line.band == NULL) {
		return 1;
	}
	if (rulebook_schedule(explain->book, explain->version,
		zone_day_of(explain->zone, utc), &schedule, &refusal,
		err) != 0) {
		return -1;
	}
	return bands_at(schedule, explain->zone, utc) == explain->band;
}

/* A kWh text of sixtieths. */
static void
kwh_text(const struct dec *kwh60, char out[DEC_TEXT_MAX])
{
	struct dec kwh = {0};

	audit_kwh(&kwh, kwh60);
	dec_format_trim(&kwh, out, DEC_TEXT_MAX);
	dec_release(&kwh);
}

/* What an estimated interval was made from: each estimate once. */
static int
note_estimate(struct summing *summing, const struct audit_interval *interval,
    struct qf_error *err)
{
	struct explain *explain = summing->explain;
	int64_t from_utc = interval->from_utc, entry;
	char from[CIVIL_TEXT_MAX], place[EXPLAIN_PLACE_MAX];
	struct fact fact;
	int rc;

	if (interval->quality != QUALITY_ESTIMATED ||
	    from_utc < summing->told_utc) {
		return 0;
	}
	if (facts_lookup(&summing->estimates, explain->ledger,
		LOOKUP_ESTIMATES_OF_POINT, explain->run.asof, summing->point,
		from_utc, from_utc + 1, err) == -1) {
		return -1;
	}
	while ((rc = facts_next(summing->estimates, &fact, &entry, err)) == 1) {
		int64_t start_utc = rulebook_integer(&fact, "start", 0);
		int64_t end_utc = rulebook_integer(&fact, "end", 0);

		if (strcmp(rulebook_text(&fact, "channel"),
			channel_name(explain->channel)) != 0) {
			continue;
		}
		format_time(explain, start_utc, from);
		explain_place(explain, entry, (int64_t)fact.line_no, place);
		explain_say(explain, "",
		    "  estimated from %s, %d min, by %s: "
		    "%s  %s",
		    from, (int)((end_utc - start_utc) / 60),
		    rulebook_text(&fact, "method"),
		    rulebook_text(&fact, "inputs"), place);
		if (end_utc > summing->told_utc) {
			summing->told_utc = end_utc;
		}
	}
	return rc;
}

/* The batches that a day's values come from, the newest last. */
static int
tell_day(struct summing *summing, struct qf_error *err)
{
	struct explain *explain = summing->explain;
	struct origin_cursor *cursor;
	struct origin origin;
	struct buf places;
	char place[EXPLAIN_PLACE_MAX], day[CIVIL_TEXT_MAX], kwh[DEC_TEXT_MAX];
	int rc;

	if (origin_of_day(&cursor, explain->ledger, explain->run.asof,
		summing->point, explain->channel, summing->day, err) == -1) {
		return -1;
	}
	buf_init(&places, 2048);
	while ((rc = origin_next(cursor, &origin, err)) == 1) {
		explain_place(explain, origin.entry, origin.line_no, place);
		buf_printf(&places, "%s%s", places.length == 0 ? "" : ", then ",
		    place);
	}
	origin_close(cursor);
	civil_format_day(summing->day, day);
	kwh_text(&summing->of_day, kwh);
	explain_say(explain, "", "%s  %s kWh  %s", day, kwh,
	    places.length > 0 ? places.bytes : "from the points below");
	buf_release(&places);
	dec_set_int(&summing->of_day, 0, 0);
	return rc;
}

static void
tell_interval(struct summing *summing, const struct audit_interval *interval)
{
	char from[CIVIL_TEXT_MAX], kwh[DEC_TEXT_MAX];

	kwh_text(&interval->kwh60, kwh);
	format_time(summing->explain, interval->from_utc, from);
	explain_say(summing->explain, "", "  %s %d min %s kWh%s", from,
	    (int)((interval->to_utc - interval->from_utc) / 60), kwh,
	    interval->quality == QUALITY_ESTIMATED ? " (estimated)" : "");
}

static int
add_interval(
    void *context, const struct audit_interval *interval, struct qf_error *err)
{
	struct summing *summing = context;
	struct explain *explain = summing->explain;
	int rc = in_band(explain, interval->from_utc, err);

	if (rc != 1) {
		return rc;
	}
	if (summing->tell && summing->any && interval->day != summing->day &&
	    tell_day(summing, err) == -1) {
		return -1;
	}
	summing->any = true;
	summing->day = interval->day;
	if (summing->tell && note_estimate(summing, interval, err) == -1) {
		return -1;
	}
	if (summing->tell && explain->request->reads) {
		tell_interval(summing, interval);
	}
	dec_add(&summing->of_day, &summing->of_day, &interval->kwh60);
	dec_add(&summing->of_line, &summing->of_line, &interval->kwh60);
	if (!summing->tell || explain->line.price != NULL ||
	    !explain->line.has_amount) {
		return 0;
	}
	rc =
	    explain_price_at(explain, interval->from_utc, &summing->price, err);
	if (rc == 1) {
		dec_add_product(
		    &summing->product, &interval->kwh60, &summing->price);
	} else {
		summing->unpriced = true;
	}
	return rc == -1 ? -1 : 0;
}

static void
summing_release(struct summing *summing)
{
	dec_release(&summing->of_day);
	dec_release(&summing->of_line);
	dec_release(&summing->product);
	dec_release(&summing->price);
	facts_close(summing->estimates);
}

/* kWh and, where the price varies, the exact amount, against the line's. */
static int
check_sums(struct summing *summing, struct qf_error *err)
{
	struct explain *explain = summing->explain;
	const struct line *line = &explain->line;
	struct dec told = {0}, sum = {0};
	char kwh[DEC_TEXT_MAX], amount[DEC_TEXT_MAX];
	int rc = -1;

	if (dec_parse_stored(
		&told, line->quantity, strlen(line->quantity), err) == -1) {
		goto out;
	}
	kwh_text(&summing->of_line, kwh);
	explain_say(explain, "quantity", "the intervals add up to %s kWh", kwh);
	audit_kwh(&sum, &summing->of_line);
	if (explain_is_beyond(explain)) {
		explain_say(explain, "", "settled %s of it, as told above",
		    line->quantity);
	} else if (explain->version->has_energy_rounding) {
		explain_say(explain, "",
		    "settled %s: the tariff rounds kWh to %d decimals, %s%s",
		    line->quantity, explain->version->energy.scale,
		    dec_mode_name(explain->version->energy.mode),
		    explain->version->energy_carry
			? ", and carries what is left"
			: "");
	} else if (explain->version->split == SPLIT_EVEN) {
		explain_say(explain, "",
		    "settled %s: intervals across an edge are shared by "
		    "their seconds",
		    line->quantity);
	} else if (dec_cmp(&sum, &told) != 0) {
		explain_differs(explain,
		    "the intervals add up to %s kWh, the line has %s", kwh,
		    line->quantity);
	}
	if (line->price == NULL && line->has_amount && !summing->unpriced &&
	    !explain_is_beyond(explain)) {
		audit_kwh(&sum, &summing->product);
		dec_format_trim(&sum, amount, sizeof(amount));
		explain_say(explain, "exact",
		    "each interval x its price, added up: %s", amount);
		if (dec_parse_stored(
			&told, line->exact, strlen(line->exact), err) == -1) {
			goto out;
		}
		if (dec_cmp(&sum, &told) != 0 &&
		    !explain->version->has_energy_rounding &&
		    explain->version->split != SPLIT_EVEN) {
			explain_differs(explain,
			    "the intervals come to %s, the line has %s", amount,
			    line->exact);
		}
	}
	rc = 0;
out:
	dec_release(&told);
	dec_release(&sum);
	return rc;
}

static int
tell_intervals(struct explain *explain, struct qf_error *err)
{
	struct summing summing = {
	    .explain = explain, .point = explain->line.point, .tell = true};
	int rc;

	explain_say(explain, "reads",
	    "of %s, %s%s%s, a day:", explain->line.point, explain->line.channel,
	    explain->line.band == NULL ? "" : ", in band ",
	    explain->line.band == NULL ? "" : explain->line.band);
	rc = audit_energy(&explain->source, explain->line.point,
	    explain->channel, explain->line.from_utc, explain->line.to_utc,
	    add_interval, &summing, err);
	if (rc == 0 && summing.any) {
		rc = tell_day(&summing, err);
	}
	if (rc == 0) {
		rc = check_sums(&summing, err);
	}
	summing_release(&summing);
	return rc;
}

/* Points behind points --------------------------------------------------- */

struct child {
	char point[ID_MAX + 1];
	bool deduct;
	int64_t from_utc, to_utc;
};

#define CHILDREN_MAX 256

static int
find_children(struct explain *explain, struct child *children, size_t *count,
    struct qf_error *err)
{
	struct fact_cursor *cursor = NULL;
	struct fact fact;
	int64_t entry;
	int rc;

	*count = 0;
	if (facts_lookup(&cursor, explain->ledger, LOOKUP_RELATIONS_OF_PARENT,
		explain->run.asof, explain->line.point, 0, 0, err) == -1) {
		return -1;
	}
	while ((rc = facts_next(cursor, &fact, &entry, err)) == 1) {
		struct child *child = &children[*count];
		const char *role = rulebook_text(&fact, "role");

		child->from_utc = rulebook_integer(&fact, "from", INT64_MIN);
		child->to_utc = rulebook_integer(&fact, "to", UTC_OPEN);
		if (strcmp(role, "check") == 0 || *count == CHILDREN_MAX ||
		    child->to_utc <= explain->line.from_utc ||
		    child->from_utc >= explain->line.to_utc) {
			continue;
		}
		snprintf(child->point, sizeof(child->point), "%s",
		    rulebook_text(&fact, "child"));
		child->deduct = strcmp(role, "deduct") == 0;
		++*count;
	}
	facts_close(cursor);
	return rc;
}

/* Energy of the line's time on a grid, import less export, in sixtieths. */
struct grid {
	struct explain *explain;
	int64_t from_utc;
	int minutes;
	size_t count;
	struct dec *net;
	int sign;
	struct dec sum; /* of the channel that is being added, in the band */
};

static int
add_to_grid(
    void *context, const struct audit_interval *interval, struct qf_error *err)
{
	struct grid *grid = context;
	size_t i = (size_t)((interval->from_utc - grid->from_utc) /
			    (60 * grid->minutes));
	int rc = in_band(grid->explain, interval->from_utc, err);

	if (rc == -1 || i >= grid->count) {
		return rc == -1 ? -1 : 0;
	}
	if (rc == 1) {
		dec_add(&grid->sum, &grid->sum, &interval->kwh60);
	}
	if (grid->sign > 0) {
		dec_add(&grid->net[i], &grid->net[i], &interval->kwh60);
	} else {
		dec_sub(&grid->net[i], &grid->net[i], &interval->kwh60);
	}
	return 0;
}

/* The coarsest resolution of the points. */
static int
see_minutes(
    void *context, const struct audit_interval *interval, struct qf_error *err)
{
	int *minutes = context;
	int own = (int)((interval->to_utc - interval->from_utc) / 60);

	(void)err;
	*minutes = own > *minutes ? own : *minutes;
	return 0;
}

/* Adds a point's import and takes its export, or the other way round. */
static int
add_point(struct grid *grid, const char *point, int sign, int64_t from_utc,
    int64_t to_utc, const char *what, struct qf_error *err)
{
	struct explain *explain = grid->explain;
	char kwh[2][DEC_TEXT_MAX];
	int rc = 0;

	for (int c = 0; rc == 0 && c < 2; c++) {
		grid->sign = c == CHANNEL_IMPORT ? sign : -sign;
		dec_set_int(&grid->sum, 0, 0);
		rc = audit_energy(&explain->source, point, (enum channel)c,
		    from_utc, to_utc, add_to_grid, grid, err);
		kwh_text(&grid->sum, kwh[c]);
	}
	explain_say(explain, "", "%s %s: import %s kWh, export %s kWh", what,
	    point, kwh[CHANNEL_IMPORT], kwh[CHANNEL_EXPORT]);
	return rc;
}

static int
find_grid(struct grid *grid, const struct child *children, size_t count,
    struct qf_error *err)
{
	struct explain *explain = grid->explain;
	const struct line *line = &explain->line;

	grid->minutes = 1;
	for (size_t i = 0; i <= count; i++) {
		const char *point = i < count ? children[i].point : line->point;

		for (int c = 0; c < 2; c++) {
			if (audit_energy(&explain->source, point,
				(enum channel)c, line->from_utc, line->to_utc,
				see_minutes, &grid->minutes, err) == -1) {
				return -1;
			}
		}
	}
	grid->from_utc = line->from_utc;
	grid->count =
	    (size_t)((line->to_utc - line->from_utc) / (60 * grid->minutes)) +
	    1;
	grid->net = xcalloc(grid->count, sizeof(*grid->net));
	return 0;
}

/* What is above zero on the line's channel, as its intervals. */
static int
tell_net(struct grid *grid, struct qf_error *err)
{
	struct explain *explain = grid->explain;
	struct summing summing = {
	    .explain = explain, .point = explain->line.point, .tell = true};
	int64_t step = 60 * grid->minutes;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < grid->count; i++) {
		struct audit_interval interval = {
		    .from_utc = grid->from_utc + (int64_t)i * step,
		    .to_utc = grid->from_utc + (int64_t)(i + 1) * step,
		    .quality = QUALITY_MEASURED,
		};

		if (interval.from_utc >= explain->line.to_utc) {
			break;
		}
		interval.day = zone_day_of(explain->zone, interval.from_utc);
		if (explain->channel == CHANNEL_EXPORT) {
			dec_neg(&grid->net[i], &grid->net[i]);
		}
		if (dec_sign(&grid->net[i]) > 0) {
			dec_set(&interval.kwh60, &grid->net[i]);
		}
		rc = add_interval(&summing, &interval, err);
		dec_release(&interval.kwh60);
	}
	if (rc == 0 && summing.any) {
		rc = tell_day(&summing, err);
	}
	if (rc == 0) {
		rc = check_sums(&summing, err);
	}
	summing_release(&summing);
	return rc;
}

/* A point with others behind it: what is deducted is netted an interval at a
 * time, import on one side and export on the other. */
static int
tell_deducted(struct explain *explain, const struct child *children,
    size_t count, struct qf_error *err)
{
	const struct line *line = &explain->line;
	struct grid grid = {.explain = explain};
	int rc = find_grid(&grid, children, count, err);

	explain_say(explain, "points",
	    "%s with others behind it, in sum%s%s:", line->point,
	    line->band == NULL ? "" : " of band ",
	    line->band == NULL ? "" : line->band);
	if (rc == 0) {
		rc = add_point(&grid, line->point, 1, line->from_utc,
		    line->to_utc, "own", err);
	}
	for (size_t i = 0; rc == 0 && i < count; i++) {
		int64_t from_utc = children[i].from_utc > line->from_utc
				       ? children[i].from_utc
				       : line->from_utc;
		int64_t to_utc = children[i].to_utc < line->to_utc
				     ? children[i].to_utc
				     : line->to_utc;

		rc = add_point(&grid, children[i].point, -1, from_utc, to_utc,
		    "less", err);
	}
	if (rc == 0) {
		explain_say(explain, "reads",
		    "own import less export, less the children's, every %d "
		    "minutes; what is left %s:",
		    grid.minutes,
		    explain->channel == CHANNEL_EXPORT
			? "below zero is export"
			: "above zero is import");
		rc = tell_net(&grid, err);
	}
	for (size_t i = 0; i < grid.count; i++) {
		dec_release(&grid.net[i]);
	}
	free(grid.net);
	dec_release(&grid.sum);
	return rc;
}

/* A point that is the sum of its children on the line's channel. */
static int
tell_sum(struct explain *explain, const struct child *children, size_t count,
    struct qf_error *err)
{
	const struct line *line = &explain->line;
	struct summing all = {.explain = explain, .tell = true};
	int rc = 0;

	explain_say(explain, "points", "%s is the sum of:", line->point);
	for (size_t i = 0; rc == 0 && i < count; i++) {
		all.point = children[i].point;
		all.any = false;
		explain_say(explain, "", "%s:", children[i].point);
		rc = audit_energy(&explain->source, children[i].point,
		    explain->channel,
		    children[i].from_utc > line->from_utc ? children[i].from_utc
							  : line->from_utc,
		    children[i].to_utc < line->to_utc ? children[i].to_utc
						      : line->to_utc,
		    add_interval, &all, err);
		if (rc == 0 && all.any) {
			rc = tell_day(&all, err);
		}
	}
	if (rc == 0) {
		rc = check_sums(&all, err);
	}
	summing_release(&all);
	return rc;
}

int
explain_intervals(struct explain *explain, struct qf_error *err)
{
	struct child *children = xcalloc(CHILDREN_MAX + 1, sizeof(*children));
	bool deducts = false;
	size_t count;
	int rc = find_children(explain, children, &count, err);

	for (size_t i = 0; rc == 0 && i < count; i++) {
		deducts = deducts || children[i].deduct;
	}
	if (rc == 0) {
		rc = count == 0 ? tell_intervals(explain, err)
		     : deducts  ? tell_deducted(explain, children, count, err)
				: tell_sum(explain, children, count, err);
	}
	free(children);
	return rc;
}
