/* tell.c - how lines came about, in words, for who explains them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/zone.h"
#include "stage/rate/own.h"

#define HOW_MAX 4096 /* bytes */

struct telling {
	const struct rate *rate;
	const struct rate_segment *segment;
	const struct charge *charge;
	const struct rate_counted *counted;
	struct dec edges[TIER_MAX];
	struct buf text;
};

static const char *
trimmed(const struct dec *number, char text[DEC_TEXT_MAX])
{
	dec_format_trim(number, text, DEC_TEXT_MAX);
	return text;
}

static void
tell_quantity(struct telling *telling)
{
	static const char *const overs[] = {"interval", "day", "month"};
	const struct charge *charge = telling->charge;
	const char *own = channel_name(charge->channel);
	const char *other =
	    channel_name(charge->channel == CHANNEL_IMPORT ? CHANNEL_EXPORT
							   : CHANNEL_IMPORT);
	const char *bands =
	    charge->over != OVER_INTERVAL && charge->by_band ? ", by band" : "";

	switch (charge->of_energy) {
	case OF_CHANNEL:
		return;
	case OF_NET:
	case OF_NET_SIGNED:
		buf_printf(&telling->text,
		    "it is of %s less %s, of each %s%s%s; what is set off is "
		    "residual\n",
		    own, other, overs[charge->over], bands,
		    charge->of_energy == OF_NET ? ", where that is above zero"
						: ", below zero too");
		return;
	case OF_SMALLER:
		buf_printf(&telling->text,
		    "it is of the smaller of %s and %s, of each %s%s; what is "
		    "more is residual\n",
		    own, other, overs[charge->over], bands);
		return;
	}
}

static void
tell_part(struct telling *telling)
{
	const struct energy_part *part = telling->charge->part;
	char number[DEC_TEXT_MAX];

	if (part == NULL) {
		return;
	}
	if (part->kind == PART_REST) {
		buf_add_string(&telling->text,
		    "it is of what the other charges leave of the energy\n");
		return;
	}
	trimmed(&part->value, number);
	if (part->option[0] != '\0') {
		unsigned long length = 0;
		const char *text = contract_option(
		    telling->segment->contract, part->option, &length);

		snprintf(number, sizeof(number), "%.*s", (int)length,
		    text == NULL ? "" : text);
	}
	buf_printf(&telling->text,
	    part->kind == PART_PERCENT
		? "it is of a part of the energy: %s percent of every band"
		: "it is of a part of the energy: %s kWh a month, by days of "
		  "the month, from the bands by their kWh",
	    number);
	if (part->option[0] != '\0') {
		buf_printf(&telling->text, " (the contract's option %s)",
		    part->option);
	}
	buf_add_char(&telling->text, '\n');
}

/* How much of its kind there was before, since when. */
static void
tell_count(struct telling *telling, const struct charge_line *line)
{
	const struct tiers *tiers = telling->charge->tiers;
	const struct rate_counted *counted = telling->counted;
	unsigned counter = tiers->each_band ? ENERGY_BAND(line->band) : 0;
	char kwh[DEC_TEXT_MAX], since[40];

	energy_time(telling->rate->zone, counted->since_utc, since);
	buf_printf(&telling->text,
	    "before %.10s %s kWh were counted%s, since %.10s%s\n",
	    energy_time(
		telling->rate->zone, telling->segment->from_utc, (char[40]){0}),
	    trimmed(&counted->kwh[counter], kwh),
	    tiers->each_band ? " of the band" : "", since,
	    counted->opened ? ", with what the contract opens with" : "");
}

static void
tell_tier(struct telling *telling, const struct charge_line *line)
{
	static const char *const pers[] = {"day", "month", "year"};
	static const char *const splits[] = {
	    "in order of time", "each band by its share", "band after band"};
	const struct tiers *tiers = telling->charge->tiers;
	size_t tier = (size_t)(line->tier - tiers->list);
	char from[DEC_TEXT_MAX] = "0", to[DEC_TEXT_MAX];

	if (tier > 0) {
		trimmed(&telling->edges[tier - 1], from);
	}
	buf_printf(&telling->text, "tier %zu of %zu: above %s", tier + 1,
	    tiers->count, from);
	if (tier + 1 < tiers->count) {
		buf_printf(&telling->text, " up to %s",
		    trimmed(&telling->edges[tier], to));
	}
	buf_printf(&telling->text, " kWh a %s, %s\n", pers[tiers->per],
	    splits[tiers->split]);
	if (tiers->per != COUNT_DAY) {
		tell_count(telling, line);
	}
}

static void
tell_conditions(struct telling *telling)
{
	const struct charge *charge = telling->charge;
	char limit[DEC_TEXT_MAX], price[DEC_TEXT_MAX];

	for (size_t i = 0; i < charge->condition_count; i++) {
		const struct price_condition *condition =
		    &charge->conditions[i];

		buf_printf(&telling->text,
		    "%s the price is %s while series %s is %s %s\n",
		    i == 0 ? "instead" : "else",
		    trimmed(&condition->price, price), condition->series,
		    condition->below ? "below" : "at least",
		    trimmed(&condition->limit, limit));
	}
}

static void
tell_line(struct telling *telling, struct charge_line *line)
{
	telling->text.length = 0;
	tell_quantity(telling);
	tell_part(telling);
	if (line->tier != NULL) {
		tell_tier(telling, line);
	}
	tell_conditions(telling);
	if (telling->text.length > 0) {
		line->how = xstrndup(telling->text.bytes, telling->text.length);
	}
}

void
rate_tell(struct rate *rate, const struct rate_segment *segment,
    const struct charge *charge, const struct rate_counted *counted,
    size_t first)
{
	struct telling telling = {.rate = rate,
	    .segment = segment,
	    .charge = charge,
	    .counted = counted};
	struct charge_lines *lines = &rate->unit.lines;
	struct qf_error err;

	if (!rate->sink->tell) {
		return;
	}
	buf_init(&telling.text, HOW_MAX);
	if (charge->tiers != NULL &&
	    rate_edges(rate, segment, charge, telling.edges, &err) != 0) {
		BUG("tiers that were found are not there");
	}
	for (size_t i = first; i < lines->count; i++) {
		tell_line(&telling, &lines->lines[i]);
	}
	for (size_t t = 0; t < TIER_MAX; t++) {
		dec_release(&telling.edges[t]);
	}
	buf_release(&telling.text);
}
