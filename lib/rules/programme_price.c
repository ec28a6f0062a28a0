/* programme_price.c - what a programme document pays and charges.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>
#include <string.h>

#include "rules/programme_reader.h"

#define BANDS_MAX 64
#define TERMS_MAX 16
#define PENALTIES_MAX 16

static const char *const sources[] = {
    [PROGRAMME_FIXED] = "fixed",
    [PROGRAMME_AWARD] = "award",
    [PROGRAMME_CLEARED] = "cleared",
    [PROGRAMME_SERIES] = "series",
    [PROGRAMME_TABLE] = "table",
    NULL,
};

static const char *const pers[] = {
    [PROGRAMME_PER_KWH] = "kwh",
    [PROGRAMME_PER_MWH] = "mwh",
    [PROGRAMME_PER_KW] = "kw",
    [PROGRAMME_PER_MW] = "mw",
    NULL,
};

static void
need_award(struct tariff_reader *reader, const struct xml_node *node,
    const char *attribute, const struct programme_version *version)
{
	if (!version->needs_award) {
		tariff_fault(reader, node, attribute, "tariff-award",
		    "is of an award, and measure says award=\"none\"");
	}
}

/* 1 where it is not said. */
static void
read_factor(struct tariff_reader *reader, const struct xml_node *node,
    const char *attribute, enum ruledoc_sign sign, struct dec *out)
{
	dec_set_int(out, 1, 0);
	ruledoc_number(reader, node, attribute, sign, out);
}

/* Prices -------------------------------------------------------------------
 */

/* An attribute that these sources need, and the others must not have. */
static bool
of_source(struct tariff_reader *reader, const struct xml_node *node,
    const char *attribute, bool needed, const char *why)
{
	if (needed) {
		return tariff_need(reader, node, attribute);
	}
	ruledoc_idle(reader, node, attribute, why);
	return false;
}

static bool
is_of_energy(enum programme_per per)
{
	return per == PROGRAMME_PER_KWH || per == PROGRAMME_PER_MWH;
}

/* What the price of an award or a published result is per: of energy where
 * the programme pays by energy. */
static void
read_term_per(struct tariff_reader *reader, const struct xml_node *node,
    const struct programme_price *price, struct programme_term *term)
{
	int per;

	if (term->source != PROGRAMME_AWARD &&
	    term->source != PROGRAMME_CLEARED) {
		ruledoc_idle(reader, node, "per",
		    "only a price of an award or an auction needs a unit");
		return;
	}
	per = tariff_word(reader, node, "per", pers, -1);
	if (per == -1) {
		return;
	}
	term->has_per = true;
	term->per = (enum programme_per)per;
	if (is_of_energy(term->per) != is_of_energy(price->per)) {
		tariff_fault(reader, node, "per", "tariff-number",
		    "a price per %s does not serve one per %s", pers[per],
		    pers[price->per]);
	}
}

static void
read_term(struct tariff_reader *reader, const struct xml_node *node,
    const struct programme_version *version, struct programme_price *price)
{
	struct programme_term *term;
	int source = -1;

	if (!tariff_fits(reader, node, price->term_count, TERMS_MAX)) {
		return;
	}
	price->terms =
	    tariff_grow(price->terms, price->term_count, sizeof(*price->terms));
	term = &price->terms[price->term_count++];
	read_factor(reader, node, "factor", RULEDOC_ANY, &term->factor);
	if (tariff_need(reader, node, "of")) {
		source = tariff_word(reader, node, "of", sources, -1);
	}
	if (source == -1) {
		return;
	}
	term->source = (enum programme_source)source;
	if (of_source(reader, node, "value", source == PROGRAMME_FIXED,
		"only a fixed price has a value")) {
		ruledoc_number(
		    reader, node, "value", RULEDOC_ANY, &term->value);
	}
	of_source(reader, node, "name",
	    source == PROGRAMME_SERIES || source == PROGRAMME_TABLE,
	    "only a series or a table has a name");
	of_source(reader, node, "item", source == PROGRAMME_TABLE,
	    "only a table has items");
	tariff_id(reader, node, "name", term->name);
	tariff_id(reader, node, "item", term->item);
	read_term_per(reader, node, price, term);
	if (source == PROGRAMME_AWARD) {
		need_award(reader, node, "of", version);
	}
}

static void
read_price(struct tariff_reader *reader, const struct xml_node *node,
    const struct programme_version *version, struct programme_price *price)
{
	static const char *const takes[] = {
	    [PROGRAMME_SUM] = "sum",
	    [PROGRAMME_LOWEST] = "lowest",
	    [PROGRAMME_HIGHEST] = "highest",
	    NULL,
	};
	const struct xml_node *n = xml_first(node, "term");

	price->line_no = (int)xml_line(node);
	tariff_need(reader, node, "per");
	price->per = (enum programme_per)tariff_word(
	    reader, node, "per", pers, PROGRAMME_PER_KWH);
	price->take = (enum programme_take)tariff_word(
	    reader, node, "take", takes, PROGRAMME_SUM);
	price->has_floor =
	    ruledoc_number(reader, node, "floor", RULEDOC_ANY, &price->floor);
	price->has_cap =
	    ruledoc_number(reader, node, "cap", RULEDOC_ANY, &price->cap);
	if (price->has_floor && price->has_cap &&
	    dec_cmp(&price->cap, &price->floor) < 0) {
		tariff_fault(
		    reader, node, "cap", "tariff-number", "below the floor");
	}
	if (n == NULL) {
		tariff_fault(reader, node, NULL, "tariff-missing",
		    "must have a term element");
	}
	for (; n != NULL; n = xml_next(n, "term")) {
		read_term(reader, n, version, price);
	}
}

/* That of a charge, which may have none. */
static bool
read_own_price(struct tariff_reader *reader, const struct xml_node *node,
    const struct programme_version *version, struct programme_price *price)
{
	const struct xml_node *n = ruledoc_child(reader, node, "price", false);

	if (n != NULL) {
		read_price(reader, n, version, price);
	}
	return n != NULL;
}

/* Bands --------------------------------------------------------------------
 */

/* Where the band before it ends; NULL: a number is open or at fault, so that
 * nothing can be said. */
static const struct dec *
read_band(struct tariff_reader *reader, const struct xml_node *node,
    struct programme_version *version, const struct dec *edge)
{
	struct programme_band *band;
	bool from;

	version->bands = tariff_grow(
	    version->bands, version->band_count, sizeof(*version->bands));
	band = &version->bands[version->band_count++];
	band->whole = tariff_yes(reader, node, "whole", false);
	from = ruledoc_need_number(
	    reader, node, "from", RULEDOC_NOT_NEGATIVE, &band->from);
	band->has_to =
	    ruledoc_number(reader, node, "to", RULEDOC_NOT_NEGATIVE, &band->to);
	ruledoc_need_number(
	    reader, node, "factor", RULEDOC_NOT_NEGATIVE, &band->factor);
	if (from && edge != NULL && dec_cmp(&band->from, edge) != 0) {
		tariff_fault(reader, node, "from", "tariff-bands",
		    dec_cmp(&band->from, edge) > 0
			? "a gap: the bands below it end before"
			: "overlaps with the band below it");
	}
	if (from && band->has_to && dec_cmp(&band->to, &band->from) <= 0) {
		tariff_fault(
		    reader, node, "to", "tariff-bands", "not above from");
	}
	if (xml_attr(node, "to") == NULL && xml_next(node, "band") != NULL) {
		tariff_fault(reader, node, "to", "tariff-bands",
		    "only the last band has no end");
	}
	return band->has_to ? &band->to : NULL;
}

static void
read_bands(struct tariff_reader *reader, const struct xml_node *node,
    struct programme_version *version)
{
	const struct dec *edge = &(struct dec)DEC_SMALL(0, 0);
	struct dec last = {0};
	const struct xml_node *n = xml_first(node, "band");

	if (n != NULL) {
		need_award(reader, n, NULL, version);
	}
	for (; n != NULL &&
	       tariff_fits(reader, n, version->band_count, BANDS_MAX);
	     n = xml_next(n, "band")) {
		edge = read_band(reader, n, version, edge);
		/* The bands move as they grow. */
		if (edge != NULL) {
			dec_set(&last, edge);
			edge = &last;
		}
	}
	dec_release(&last);
}

/* What is paid -------------------------------------------------------------
 */

static void
read_pay(struct tariff_reader *reader, const struct xml_node *node,
    struct programme_version *version)
{
	static const char *const negatives[] = {"keep", "zero", NULL};
	static const char *const exports[] = {"once", "both", NULL};

	version->has_most = ruledoc_number(
	    reader, node, "most", RULEDOC_POSITIVE, &version->most);
	if (xml_attr(node, "most") != NULL) {
		need_award(reader, node, "most", version);
	}
	read_factor(
	    reader, node, "factor", RULEDOC_NOT_NEGATIVE, &version->pay_factor);
	version->negative_zero =
	    tariff_word(reader, node, "negative", negatives, 1) == 1;
	version->export_both =
	    tariff_word(reader, node, "export", exports, 0) == 1;
}

/* Charges ------------------------------------------------------------------
 */

/* The name of the lines of a charge, which nothing else of the version has. */
static void
read_component(struct tariff_reader *reader, const struct xml_node *node,
    const struct programme_version *version, size_t penalties,
    char out[ID_MAX + 1])
{
	bool twice;

	tariff_need(reader, node, "component");
	tariff_id(reader, node, "component", out);
	twice = strcmp(out, version->component) == 0;
	for (size_t i = 0; i < penalties; i++) {
		twice |= strcmp(out, version->penalties[i].component) == 0;
	}
	if (out[0] != '\0' && twice) {
		tariff_fault(reader, node, "component", "tariff-twice",
		    "%s has lines of another kind", out);
	}
}

static void
read_penalty(struct tariff_reader *reader, const struct xml_node *node,
    struct programme_version *version)
{
	static const char *const of[] = {"response", "effective", NULL};
	struct programme_penalty *penalty;

	version->penalties = tariff_grow(version->penalties,
	    version->penalty_count, sizeof(*version->penalties));
	penalty = &version->penalties[version->penalty_count];
	penalty->line_no = (int)xml_line(node);
	read_component(
	    reader, node, version, version->penalty_count, penalty->component);
	version->penalty_count++;
	ruledoc_need_number(
	    reader, node, "below", RULEDOC_POSITIVE, &penalty->below);
	penalty->of_effective = tariff_word(reader, node, "of", of, 0) == 1;
	read_factor(
	    reader, node, "factor", RULEDOC_NOT_NEGATIVE, &penalty->factor);
	penalty->has_cap = ruledoc_number(
	    reader, node, "cap", RULEDOC_POSITIVE, &penalty->cap);
	penalty->has_price =
	    read_own_price(reader, node, version, &penalty->price);
	need_award(reader, node, NULL, version);
}

static void
read_deviation(struct tariff_reader *reader, const struct xml_node *node,
    struct programme_version *version)
{
	static const char *const sides[] = {"both", "over", "under", NULL};
	static const char *const opposites[] = {"capability", NULL};
	struct programme_deviation *deviation = &version->deviation;
	int side = tariff_word(reader, node, "side", sides, 0);

	version->has_deviation = true;
	deviation->line_no = (int)xml_line(node);
	read_component(reader, node, version, version->penalty_count,
	    deviation->component);
	ruledoc_need_number(reader, node, "tolerance", RULEDOC_NOT_NEGATIVE,
	    &deviation->tolerance);
	deviation->over = side != 2;
	deviation->under = side != 1;
	read_factor(
	    reader, node, "factor", RULEDOC_NOT_NEGATIVE, &deviation->factor);
	deviation->opposite =
	    tariff_word(reader, node, "opposite", opposites, -1) == 0;
	deviation->has_price =
	    read_own_price(reader, node, version, &deviation->price);
	need_award(reader, node, NULL, version);
}

void
programme_read_pay(struct tariff_reader *reader, const struct xml_node *node,
    struct programme_version *version)
{
	const struct xml_node *n;

	read_bands(reader, node, version);
	n = ruledoc_child(reader, node, "price", true);
	if (n != NULL) {
		read_price(reader, n, version, &version->price);
	}
	dec_set_int(&version->pay_factor, 1, 0);
	version->negative_zero = true;
	n = ruledoc_child(reader, node, "pay", false);
	if (n != NULL) {
		read_pay(reader, n, version);
	}
	for (n = xml_first(node, "penalty");
	     n != NULL &&
	     tariff_fits(reader, n, version->penalty_count, PENALTIES_MAX);
	     n = xml_next(n, "penalty")) {
		read_penalty(reader, n, version);
	}
	n = ruledoc_child(reader, node, "deviation", false);
	if (n != NULL) {
		read_deviation(reader, n, version);
	}
}

static void
release_price(struct programme_price *price)
{
	for (size_t i = 0; i < price->term_count; i++) {
		dec_release(&price->terms[i].value);
		dec_release(&price->terms[i].factor);
	}
	free(price->terms);
	dec_release(&price->floor);
	dec_release(&price->cap);
}

void
programme_release_pay(struct programme_version *version)
{
	for (size_t i = 0; i < version->band_count; i++) {
		dec_release(&version->bands[i].from);
		dec_release(&version->bands[i].to);
		dec_release(&version->bands[i].factor);
	}
	free(version->bands);
	release_price(&version->price);
	dec_release(&version->most);
	dec_release(&version->pay_factor);
	for (size_t i = 0; i < version->penalty_count; i++) {
		struct programme_penalty *penalty = &version->penalties[i];

		dec_release(&penalty->below);
		dec_release(&penalty->factor);
		dec_release(&penalty->cap);
		release_price(&penalty->price);
	}
	free(version->penalties);
	dec_release(&version->deviation.tolerance);
	dec_release(&version->deviation.factor);
	release_price(&version->deviation.price);
}
