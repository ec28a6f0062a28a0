/* ocpi.c - a session under an OCPI tariff, rated whole or held.
 *
 * What a platform sent in periods is priced as it was cut.  A session of which
 * only intervals of energy are known is cut here: an interval with energy is
 * charging time, the rest is parking; where an edge of the tariff lies inside
 * an interval its energy is shared evenly over its time.  If that makes a
 * difference, the contract must say split=even, else the session is held.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/rate/ocpi.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "settle/ocpi.h"

#define SPLIT_SCALE 6 /* decimals of kWh that are split */

/* An interval of a session's energy, both channels in one. */
struct interval {
	int64_t from_utc, to_utc;
	struct dec kwh[RATE_CHANNELS];
};

/* What is gathered of a session. */
struct gathering {
	struct rate *rate;
	const struct rate_session *session;
	const struct ocpi_tariff *tariff;
	bool even; /* the contract shares energy evenly */
	struct interval *intervals;
	size_t interval_count;
	struct cdr *cdr;
	size_t capacity; /* of its periods */
	size_t *cut_of; /* of each period cut here: the interval, from 1 */
	bool own; /* the periods are cut here */
};

static struct cdr_period *
add_period(struct gathering *g, int64_t from_utc, int64_t to_utc)
{
	struct cdr *cdr = g->cdr;
	struct cdr_period *period;

	if (cdr->period_count == g->capacity) {
		g->capacity = g->capacity * 2 + 8;
		cdr->periods = xreallocarray(
		    cdr->periods, g->capacity, sizeof(*cdr->periods));
		g->cut_of =
		    xreallocarray(g->cut_of, g->capacity, sizeof(*g->cut_of));
	}
	g->cut_of[cdr->period_count] = 0;
	period = &cdr->periods[cdr->period_count++];
	memset(period, 0, sizeof(*period));
	period->start_utc = from_utc;
	period->end_utc = to_utc;
	return period;
}

static void
give(struct cdr_period *period, enum cdr_quantity quantity,
    const struct dec *volume)
{
	dec_set(&period->volumes[quantity], volume);
	period->given |= 1U << quantity;
}

static void
give_hours(struct cdr_period *period, enum cdr_quantity quantity)
{
	static const struct dec hour_s = DEC_SMALL(3600, 0);
	struct dec hours = {0};

	dec_set_int(&hours, period->end_utc - period->start_utc, 0);
	dec_div(&hours, &hours, &hour_s, OCPI_HOURS_SCALE, DEC_HALF_UP);
	give(period, quantity, &hours);
	dec_release(&hours);
}

/* The periods that a platform sent ---------------------------------------- */

static int
quantity_of(const char *word)
{
	for (int q = 0; q < CDR_QUANTITIES; q++) {
		if (strcmp(word, cdr_quantity_words[q]) == 0) {
			return q;
		}
	}
	BUG("the ledger has a dimension %s", word);
}

static int
load_periods(struct gathering *g, struct qf_error *err)
{
	struct rate *rate = g->rate;
	struct fact fact;
	int64_t entry;
	int rc;

	if (facts_lookup(&rate->session_period_cursor, rate->ledger,
		LOOKUP_PERIODS_OF_SESSION, rate->request->asof,
		g->session->session, 0, 0, err) == -1) {
		return -1;
	}
	while ((rc = facts_next(
		    rate->session_period_cursor, &fact, &entry, err)) == 1) {
		int64_t start_utc = rulebook_integer(&fact, "start", 0);
		struct cdr *cdr = g->cdr;
		struct cdr_period *period;
		int quantity = quantity_of(rulebook_text(&fact, "dimension"));

		if (cdr->period_count == 0 ||
		    cdr->periods[cdr->period_count - 1].start_utc !=
			start_utc) {
			if (cdr->period_count > 0) {
				cdr->periods[cdr->period_count - 1].end_utc =
				    start_utc;
			}
			add_period(g, start_utc, g->session->end_utc);
		}
		period = &cdr->periods[cdr->period_count - 1];
		rulebook_decimal(&period->volumes[quantity], &fact, "volume");
		period->given |= 1U << quantity;
	}
	return rc;
}

/* Intervals, cut here ------------------------------------------------------ */

static int
by_start(const void *a, const void *b)
{
	const struct interval *x = a, *y = b;

	return (x->from_utc > y->from_utc) - (x->from_utc < y->from_utc);
}

static void
add_interval(struct gathering *g, const struct fact *fact)
{
	int64_t from_utc = rulebook_integer(fact, "start", 0);
	int64_t to_utc = rulebook_integer(fact, "end", 0);
	enum channel channel =
	    strcmp(rulebook_text(fact, "channel"), "export") == 0
		? CHANNEL_EXPORT
		: CHANNEL_IMPORT;
	struct interval *found = NULL;

	for (size_t i = 0; i < g->interval_count; i++) {
		if (g->intervals[i].from_utc == from_utc &&
		    g->intervals[i].to_utc == to_utc) {
			found = &g->intervals[i];
		}
	}
	if (found == NULL) {
		g->intervals = xreallocarray(
		    g->intervals, g->interval_count + 1, sizeof(*g->intervals));
		found = &g->intervals[g->interval_count++];
		memset(found, 0, sizeof(*found));
		found->from_utc = from_utc;
		found->to_utc = to_utc;
	}
	rulebook_decimal(&found->kwh[channel], fact, "kwh");
}

static int
load_intervals(struct gathering *g, struct qf_error *err)
{
	struct rate *rate = g->rate;
	struct fact fact;
	int64_t entry;
	int rc;

	if (facts_lookup(&rate->session_interval_cursor, rate->ledger,
		LOOKUP_INTERVALS_OF_SESSION, rate->request->asof,
		g->session->session, 0, 0, err) == -1) {
		return -1;
	}
	while ((rc = facts_next(
		    rate->session_interval_cursor, &fact, &entry, err)) == 1) {
		add_interval(g, &fact);
	}
	if (rc == 0 && g->interval_count > 1) {
		qsort(g->intervals, g->interval_count, sizeof(*g->intervals),
		    by_start);
	}
	return rc;
}

/* The energy of an interval till an instant in it, when it is shared. */
static void
till(struct dec *out, const struct interval *interval, enum channel channel,
    int64_t utc)
{
	struct dec passed = {0}, length = {0};
	int scale = interval->kwh[channel].scale;

	dec_set_int(&passed, utc - interval->from_utc, 0);
	dec_set_int(&length, interval->to_utc - interval->from_utc, 0);
	dec_mul(out, &interval->kwh[channel], &passed);
	dec_div(out, out, &length, scale > SPLIT_SCALE ? scale : SPLIT_SCALE,
	    DEC_HALF_UP);
	dec_release(&passed);
	dec_release(&length);
}

/* [from_utc, to_utc) of an interval as a period. */
static void
add_piece(struct gathering *g, const struct interval *interval,
    int64_t from_utc, int64_t to_utc)
{
	static const enum cdr_quantity quantities[RATE_CHANNELS] = {
	    [CHANNEL_IMPORT] = CDR_ENERGY_IMPORT,
	    [CHANNEL_EXPORT] = CDR_ENERGY_EXPORT};
	struct cdr_period *period = add_period(g, from_utc, to_utc);
	struct dec first = {0}, second = {0};
	bool any = false;

	for (unsigned c = 0; c < RATE_CHANNELS; c++) {
		till(&first, interval, (enum channel)c, from_utc);
		till(&second, interval, (enum channel)c, to_utc);
		dec_sub(&second, &second, &first);
		if (!dec_is_zero(&interval->kwh[c])) {
			give(period, quantities[c], &second);
			any = true;
		}
	}
	give_hours(period, any ? CDR_TIME : CDR_PARKING_TIME);
	dec_release(&first);
	dec_release(&second);
}

/* An interval, or the time between two (NULL), at the edges of the tariff. */
static void
add_pieces(struct gathering *g, const struct interval *interval,
    int64_t from_utc, int64_t to_utc)
{
	int64_t at_utc = from_utc;

	while (at_utc < to_utc) {
		int64_t edge_utc = ocpi_next_edge(g->tariff, g->rate->zone,
		    g->session->start_utc, at_utc, to_utc);

		if (interval == NULL) {
			give_hours(
			    add_period(g, at_utc, edge_utc), CDR_PARKING_TIME);
		} else {
			add_piece(g, interval, at_utc, edge_utc);
			g->cut_of[g->cdr->period_count - 1] =
			    (size_t)(interval - g->intervals) + 1;
		}
		at_utc = edge_utc;
	}
}

static int
cut_intervals(struct gathering *g)
{
	int64_t at_utc = g->session->start_utc;

	for (size_t i = 0; i < g->interval_count; i++) {
		const struct interval *interval = &g->intervals[i];

		if (interval->from_utc < at_utc ||
		    interval->to_utc > g->session->end_utc) {
			return refuse(&g->rate->refusal, REASON_SESSION_PARTS,
			    "an interval overlaps another one or leaves the "
			    "session");
		}
		add_pieces(g, NULL, at_utc, interval->from_utc);
		add_pieces(g, interval, interval->from_utc, interval->to_utc);
		at_utc = interval->to_utc;
	}
	add_pieces(g, NULL, at_utc, g->session->end_utc);
	return 0;
}

/* Totals alone ------------------------------------------------------------ */

static bool
prices_time(const struct ocpi_tariff *tariff)
{
	for (size_t i = 0; i < tariff->element_count; i++) {
		const struct ocpi_element *element = &tariff->elements[i];

		if (element->components[OCPI_PARKING_TIME].given ||
		    (element->components[OCPI_TIME].given &&
			element->restrictions.reservation ==
			    OCPI_NO_RESERVATION)) {
			return true;
		}
	}
	return false;
}

static int
take_totals(struct gathering *g)
{
	const struct rate_session *session = g->session;
	struct cdr_period *period;

	if (prices_time(g->tariff)) {
		return refuse(&g->rate->refusal, REASON_NO_INTERVALS,
		    "the tariff prices time, and of the session there are "
		    "neither periods nor intervals");
	}
	period = add_period(g, session->start_utc, session->end_utc);
	if (session->has[CHANNEL_IMPORT]) {
		give(period, CDR_ENERGY_IMPORT, &session->kwh[CHANNEL_IMPORT]);
	}
	if (session->has[CHANNEL_EXPORT]) {
		give(period, CDR_ENERGY_EXPORT, &session->kwh[CHANNEL_EXPORT]);
	}
	return 0;
}

/* Whole -------------------------------------------------------------------- */

/* Periods must lie in the session, and their energy be the session's. */
static int
check_periods(struct gathering *g)
{
	const struct rate_session *session = g->session;
	struct dec import = {0}, export = {0}, sums[RATE_CHANNELS] = {{0}};
	int rc = 0;

	for (size_t i = 0; i < g->cdr->period_count; i++) {
		const struct cdr_period *period = &g->cdr->periods[i];

		if (!cdr_period_energy(period, &import, &export) ||
		    period->start_utc < session->start_utc ||
		    period->start_utc > session->end_utc) {
			rc = refuse(&g->rate->refusal, REASON_SESSION_PARTS,
			    "a period lies outside the session, or its "
			    "volumes of energy contradict each other");
		}
		dec_add(&sums[CHANNEL_IMPORT], &sums[CHANNEL_IMPORT], &import);
		dec_add(&sums[CHANNEL_EXPORT], &sums[CHANNEL_EXPORT], &export);
	}
	for (unsigned c = 0; rc == 0 && c < RATE_CHANNELS; c++) {
		if (dec_cmp(&sums[c], &session->kwh[c]) != 0) {
			char parts[DEC_TEXT_MAX], whole[DEC_TEXT_MAX];

			dec_format_trim(&sums[c], parts, sizeof(parts));
			dec_format_trim(&session->kwh[c], whole, sizeof(whole));
			rc = refuse(&g->rate->refusal, REASON_SESSION_PARTS,
			    "%s: the parts have %s kWh, the session %s",
			    channel_name((enum channel)c), parts, whole);
		}
		dec_release(&sums[c]);
	}
	dec_release(&sums[CHANNEL_IMPORT]);
	dec_release(&sums[CHANNEL_EXPORT]);
	dec_release(&import);
	dec_release(&export);
	return rc;
}

static int
gather(struct gathering *g, struct qf_error *err)
{
	int rc = load_periods(g, err);

	if (rc != 0 || g->cdr->period_count > 0) {
		return rc == 0 ? check_periods(g) : rc;
	}
	g->own = true;
	rc = load_intervals(g, err);
	if (rc == 0) {
		rc = g->interval_count > 0 ? cut_intervals(g) : take_totals(g);
	}
	return rc == 0 ? check_periods(g) : rc;
}

static void
release(struct gathering *g)
{
	for (size_t i = 0; i < g->interval_count; i++) {
		dec_release(&g->intervals[i].kwh[CHANNEL_IMPORT]);
		dec_release(&g->intervals[i].kwh[CHANNEL_EXPORT]);
	}
	free(g->intervals);
	free(g->cut_of);
}

/* Whether two lines are of one interval and dimension, and not alike. */
static bool
differ(const struct gathering *g, const struct ocpi_line *a,
    const struct ocpi_line *b)
{
	size_t interval = g->cut_of[a->period];

	return interval != 0 && interval == g->cut_of[b->period] &&
	       a->dimension == b->dimension && a->component != b->component;
}

/* What was cut here must not hang on how: not on where in an interval its
 * energy was used, nor on an edge of energy or power, which nothing tells. */
static int
check_own(const struct gathering *g, const struct ocpi_report *report)
{
	for (size_t i = 0; g->own && i < report->warning_count; i++) {
		if (strcmp(report->warnings[i].code, "ocpi-partly") == 0) {
			return refuse(&g->rate->refusal,
			    REASON_EDGE_IN_INTERVAL, "%s",
			    report->warnings[i].text);
		}
	}
	for (size_t i = 0; g->own && !g->even && i < report->line_count; i++) {
		for (size_t k = i + 1; k < report->line_count; k++) {
			const struct ocpi_line *line = &report->lines[k];
			char time[40];

			if (differ(g, &report->lines[i], line)) {
				return refuse(&g->rate->refusal,
				    REASON_EDGE_IN_INTERVAL,
				    "the tariff has an edge at %s, inside an "
				    "interval of the session, and the "
				    "contract does not say split=even",
				    energy_time(
					g->rate->zone, line->from_utc, time));
			}
		}
	}
	return 0;
}

/* Pieces of an interval that are priced alike are one line again, so that an
 * edge that makes no difference is not seen in what is rounded. */
static void
join_pieces(const struct gathering *g, struct ocpi_report *report)
{
	size_t kept = 0;

	for (size_t k = 0; g->own && k < report->line_count; k++) {
		struct ocpi_line *line = &report->lines[k], *into = NULL;
		size_t interval = g->cut_of[line->period];

		for (size_t i = 0; interval != 0 && i < kept; i++) {
			struct ocpi_line *earlier = &report->lines[i];

			if (g->cut_of[earlier->period] == interval &&
			    earlier->dimension == line->dimension &&
			    earlier->component == line->component) {
				into = earlier;
			}
		}
		if (into == NULL) {
			report->lines[kept++] = *line;
			continue;
		}
		into->to_utc = line->to_utc;
		dec_add(&into->volume, &into->volume, &line->volume);
		dec_add(&into->billed, &into->billed, &line->billed);
		dec_add(&into->excl, &into->excl, &line->excl);
		dec_add(&into->incl, &into->incl, &line->incl);
		dec_release(&line->volume);
		dec_release(&line->billed);
		dec_release(&line->excl);
		dec_release(&line->incl);
	}
	if (g->own) {
		report->line_count = kept;
	}
}

/* The tariff that is valid as the session starts, on one that the contract
 * has all the while: a change during a session is none (2.2.1, note on
 * start_date_time). */
static int
find_tariff(struct gathering *g, size_t first)
{
	struct rate *rate = g->rate;
	const struct rate_unit *unit = &rate->unit;
	const struct rate_segment *head = &unit->segments[first];
	int64_t at_utc = g->session->start_utc;

	for (size_t i = first; i < unit->segment_count; i++) {
		const struct rate_segment *segment = &unit->segments[i];

		if (segment->ocpi != head->ocpi ||
		    segment->from_utc != at_utc) {
			break;
		}
		at_utc = segment->to_utc;
	}
	if (at_utc != g->session->end_utc) {
		return refuse(&rate->refusal, REASON_SESSION_PARTS,
		    "the session is not all of one contract and tariff, and "
		    "OCPI prices it whole");
	}
	g->tariff = ocpi_tariff_at(&head->ocpi->ocpi, g->session->start_utc);
	if (g->tariff == NULL) {
		return refuse(&rate->refusal, REASON_NO_TARIFF,
		    "tariff %s is not valid as the session starts",
		    head->contract->tariff);
	}
	return 0;
}

int
rate_ocpi_report(struct rate *rate, size_t number, size_t first,
    struct cdr *cdr, struct ocpi_report *report, struct qf_error *err)
{
	const struct rate_session *session = &rate->unit.sessions[number];
	const struct contract *contract = rate->unit.segments[first].contract;
	struct gathering g = {.rate = rate, .session = session, .cdr = cdr};
	unsigned long length;
	const char *split = contract_option(contract, "split", &length);
	int rc;

	g.even = split != NULL && length == 4 && strncmp(split, "even", 4) == 0;
	*cdr = (struct cdr){
	    .start_utc = session->start_utc, .end_utc = session->end_utc};
	rc = find_tariff(&g, first);
	if (rc == 0) {
		rc = gather(&g, err);
	}
	if (rc == 0) {
		rc = ocpi_rate(
		    report, g.tariff, cdr, rate->zone, &rate->refusal);
	}
	if (rc == 0) {
		rc = check_own(&g, report);
	}
	if (rc == 0) {
		join_pieces(&g, report);
	}
	release(&g);
	return rc;
}
