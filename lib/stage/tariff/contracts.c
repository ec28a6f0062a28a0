/* contracts.c - what a tariff asks for that nobody supplies.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/tariff/contracts.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/civil.h"
#include "base/text.h"
#include "base/zone.h"
#include "rules/whom.h"
#include "settle/charge.h"
#include "settle/refusal.h"

#define SAID_MAX ((size_t)1 << 20) /* bytes that one contract can be told */
#define OPTION_KVA "kva"

/* One contract under one version. */
struct asking {
	const struct tariff *tariff;
	const struct tariff_version *version;
	const struct contract *contract;
	struct tariff_facts *facts;
	const char *path;
	int32_t from_day, to_day; /* in which it meets the version */
	struct buf said; /* lines of this contract, so that none comes twice */
};

static void lack(struct asking *a, const char *code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void
lack(struct asking *a, const char *code, const char *format, ...)
{
	char what[QF_ERROR_TEXT_MAX], line[2 * QF_ERROR_TEXT_MAX];
	va_list ap;

	va_start(ap, format);
	vsnprintf(what, sizeof(what), format, ap);
	va_end(ap);
	snprintf(line, sizeof(line), "%s:%lld: %s: %s [%s]\n", a->path,
	    (long long)a->contract->line_no, a->contract->contract, what, code);
	if (a->said.bytes == NULL || strstr(a->said.bytes, line) == NULL) {
		buf_add_string(&a->said, line);
	}
}

/* Options and words ------------------------------------------------------- */

/* An option that must be there, and a number. */
static void
ask_number(struct asking *a, const struct charge *charge, const char *option)
{
	unsigned long length;
	const char *value = contract_option(a->contract, option, &length);
	struct dec number = {0};

	if (option[0] == '\0') {
		return;
	}
	if (value == NULL) {
		lack(a, REASON_BAD_OPTION, "charge %s asks for the option %s",
		    charge->component, option);
	} else if (dec_parse(&number, value, length, NULL) == -1) {
		lack(a, REASON_BAD_OPTION,
		    "charge %s asks for the option %s, and %.*s is no number",
		    charge->component, option, (int)length, value);
	}
	dec_release(&number);
}

static void
ask_options(struct asking *a, const struct charge *charge)
{
	const struct demand *demand = charge->demand;
	const struct tiers *tiers = charge->tiers;

	if (charge->per == PER_KVA) {
		ask_number(a, charge, OPTION_KVA);
	}
	if (demand != NULL) {
		ask_number(a, charge, demand->agreed_option);
		ask_number(a, charge, demand->has_discount ? OPTION_KVA : "");
	}
	if (charge->part != NULL) {
		ask_number(a, charge, charge->part->option);
	}
	if (charge->loss != NULL) {
		ask_number(a, charge, charge->loss->fixed_option);
	}
	for (size_t i = 0; tiers != NULL && i < tiers->count; i++) {
		ask_number(a, charge, tiers->list[i].to_option);
		ask_number(a, charge,
		    tiers->list[i].unit == TIER_A_KVA ? OPTION_KVA : "");
	}
}

/* A rule for some asks for a word that the contract leaves empty. */
static void
ask_words(struct asking *a, const struct charge *charge, const char *rule,
    const struct for_whom *whom)
{
	const struct {
		const char *name, *word;
		size_t count;
	} words[] = {
	    {"user_class", a->contract->user_class, whom->class_count},
	    {"type", a->contract->type, whom->type_count},
	    {"voltage", a->contract->voltage, whom->voltage_count},
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (words[i].count > 0 && words[i].word[0] == '\0') {
			lack(a, "contract-word",
			    "%s %s asks for its %s, which is empty", rule,
			    charge->component, words[i].name);
		}
	}
}

/* Ratios of which none is for the contract. */
static void
ask_ratios(struct asking *a, const struct charge *charge)
{
	for (unsigned i = 0; i < a->version->band_count; i++) {
		if (tariff_has_ratio(charge, i) &&
		    price_ratio(charge, i, a->contract) == NULL) {
			lack(a, "no-ratio",
			    "charge %s has no ratio of %s for it",
			    charge->component, a->version->bands[i].code);
		}
	}
}

/* Facts ------------------------------------------------------------------ */

static void
ask_series(struct asking *a, const struct charge *charge)
{
	const char *series = charge_series(a->version, charge);

	if (series[0] != '\0' && !tariff_facts_series(a->facts, series)) {
		lack(a, REASON_NO_PRICE,
		    "charge %s asks for the series %s, which no file has",
		    charge->component, series);
	}
	for (size_t i = 0; i < charge->condition_count; i++) {
		series = charge->conditions[i].series;
		if (!tariff_facts_series(a->facts, series)) {
			lack(a, REASON_NO_PRICE,
			    "charge %s asks for the series %s, which no file "
			    "has",
			    charge->component, series);
		}
	}
}

static void
ask_selector(struct asking *a, const struct day_selector *when)
{
	bool kinds = when->workday || when->rest || when->holiday ||
		     when->holiday_count > 0 || when->holiday_days > 0;
	const char *calendar = a->version->calendar;

	if (kinds && calendar[0] != '\0' &&
	    !tariff_facts_calendar(a->facts, calendar)) {
		lack(a, REASON_NO_CALENDAR,
		    "bands ask for the calendar %s, which no file has",
		    calendar);
	}
	if (when->station[0] != '\0' &&
	    !tariff_facts_condition(a->facts, when->station, when->quantity)) {
		lack(a, "missing-condition",
		    "bands ask for %s at %s, which no file has", when->quantity,
		    when->station);
	}
}

static void
ask_days(struct asking *a)
{
	for (size_t i = 0; i < a->version->base_count; i++) {
		ask_selector(a, &a->version->base[i].when);
	}
	for (size_t i = 0; i < a->version->overlay_count; i++) {
		ask_selector(a, &a->version->overlays[i].when);
	}
}

/* The bands that days of a month have, as far as the facts tell. */
static unsigned
bands_of_month(const struct asking *a, int32_t from_day, int32_t to_day)
{
	struct day_facts days = tariff_facts_days(a->facts);
	struct schedule schedule;
	struct qf_error err;
	unsigned bands = 0;

	for (int32_t day = from_day; day < to_day; day++) {
		if (bands_of_day(&schedule, a->version, day, &days, &err) ==
		    -1) {
			continue;
		}
		for (size_t i = 0; i < schedule.count; i++) {
			bands |= 1u << schedule.stretches[i].band;
		}
	}
	return bands;
}

/* Whether the price of a band can be had. */
static void
ask_price(struct asking *a, const struct charge *charge, unsigned band,
    const struct price_rows *rows, int32_t day)
{
	struct price_for who = {.contract = a->contract, .day = day};
	struct dec price = {0};
	struct qf_error err;

	if (price_of_band(&price, a->version, charge, band, rows, &who, &err) ==
	    -1) {
		lack(a, err.code, "charge %s: %s", charge->component, err.text);
	}
	dec_release(&price);
}

/* The rows of one month of the charge's price table. */
static void
ask_month(
    struct asking *a, const struct charge *charge, const char *table, int month)
{
	int32_t from_day = civil_day(month / 100, month % 100, 1);
	int32_t to_day =
	    from_day + civil_days_in_month(month / 100, month % 100);
	const struct price_rows *rows;
	unsigned bands;

	from_day = from_day > a->from_day ? from_day : a->from_day;
	to_day = to_day < a->to_day ? to_day : a->to_day;
	if (from_day >= to_day) {
		return;
	}
	rows = tariff_facts_table(a->facts, table, month);
	if (!charge->by_band || a->version->band_count == 0) {
		ask_price(a, charge, BAND_NONE, rows, from_day);
		return;
	}
	bands = bands_of_month(a, from_day, to_day);
	for (unsigned i = 0; i < a->version->band_count; i++) {
		if ((bands & 1u << i) != 0) {
			ask_price(a, charge, i, rows, from_day);
		}
	}
}

static void
ask_table(struct asking *a, const struct charge *charge)
{
	const char *table = price_table_of(a->version, charge);
	const int *months;
	size_t count;

	if (table[0] == '\0') {
		return;
	}
	count = tariff_facts_months(a->facts, table, &months);
	if (count == 0) {
		lack(a, REASON_NO_PRICE,
		    "charge %s asks for the price table %s, which no file has",
		    charge->component, table);
	}
	for (size_t i = 0; i < count && !charge->missing_unpriced; i++) {
		ask_month(a, charge, table, months[i]);
	}
}

/* Charges ---------------------------------------------------------------- */

static void
ask_basis(struct asking *a, const struct charge *charge)
{
	if (a->contract->basis != BASIS_SESSIONS) {
		return;
	}
	if (charge->loss != NULL || charge->power_factor != NULL) {
		lack(a, REASON_NO_INTERVALS,
		    "charge %s asks for reads, and the contract is on "
		    "sessions",
		    charge->component);
	}
	if (charge->per == PER_KWH &&
	    (charge->tiers != NULL || charge->part != NULL ||
		charge->of_energy != OF_CHANNEL)) {
		lack(a, REASON_NOT_BUILT,
		    "charge %s: sessions are not rated by tiers, parts or "
		    "quantities of both channels",
		    charge->component);
	}
}

static void
ask_charge(struct asking *a, const struct charge *charge)
{
	ask_basis(a, charge);
	ask_options(a, charge);
	for (size_t i = 0; i < charge->ratio_count; i++) {
		ask_words(
		    a, charge, "a ratio of charge", &charge->ratios[i].whom);
	}
	for (size_t i = 0; i < charge->exemption_count; i++) {
		ask_words(a, charge, "an exemption of charge",
		    &charge->exemptions[i].whom);
	}
	if (charge->per >= PER_POWER_FACTOR) {
		return;
	}
	ask_ratios(a, charge);
	ask_series(a, charge);
	ask_table(a, charge);
}

/* The contract under one version. */
static void
ask_version(struct asking *a)
{
	const struct contract *contract = a->contract;
	bool of_leg = false, any = false;

	if (a->version->is_template) {
		lack(a, REASON_TARIFF_TEMPLATE,
		    "tariff %s is a template that lacks a number",
		    a->tariff->id);
		return;
	}
	for (size_t i = 0; i < a->version->charge_count; i++) {
		const struct charge *charge = &a->version->charges[i];

		if (strcmp(charge->leg, contract->leg) != 0) {
			continue;
		}
		of_leg = true;
		ask_words(a, charge, "charge", &charge->whom);
		if (whom_fits(&charge->whom, contract)) {
			any = true;
			ask_charge(a, charge);
		}
	}
	if (any) {
		ask_days(a);
	} else {
		lack(a, REASON_NO_CHARGE, "tariff %s has no charge of leg %s%s",
		    a->tariff->id, contract->leg,
		    of_leg ? " that is for it" : "");
	}
}

/* The first version that begins after a day, or NULL. */
static const struct tariff_version *
version_after(const struct tariff *tariff, int32_t day)
{
	for (size_t i = 0; i < tariff->version_count; i++) {
		if (tariff->versions[i].from_day > day) {
			return &tariff->versions[i];
		}
	}
	return NULL;
}

/* The contract under every version that it meets, and where it meets none. */
static void
ask_contract(struct asking *a, const struct zone *zone)
{
	const struct contract *contract = a->contract;
	int32_t day = zone_day_of(zone, contract->from_utc);
	int32_t end = contract->to_utc == UTC_OPEN
			  ? INT32_MAX
			  : zone_day_of(zone, contract->to_utc - 1) + 1;
	const struct tariff_version *next;
	char text[CIVIL_TEXT_MAX];

	while (day < end) {
		a->version = tariff_version_at(a->tariff, day);
		next = version_after(a->tariff, day);
		if (a->version == NULL) {
			civil_format_day(day, text);
			lack(a, REASON_NO_TARIFF,
			    "tariff %s has no version from %s on",
			    a->tariff->id, text);
			day = next == NULL ? end : next->from_day;
			continue;
		}
		a->from_day = day;
		a->to_day = a->version->to_day < end ? a->version->to_day : end;
		ask_version(a);
		day = a->to_day;
	}
}

int
tariff_contracts(const struct tariff *tariff, struct tariff_facts *facts,
    const struct zone *zone, struct sink sink, size_t *count,
    struct qf_error *err)
{
	const struct tariff_contract *rows;
	size_t row_count = tariff_facts_contracts(facts, &rows);
	int rc = 0;

	*count = 0;
	for (size_t i = 0; i < row_count && rc == 0; i++) {
		struct asking a = {.tariff = tariff,
		    .contract = &rows[i].contract,
		    .facts = facts,
		    .path = rows[i].path};

		if (strcmp(a.contract->tariff, tariff->id) != 0) {
			continue;
		}
		buf_init(&a.said, SAID_MAX);
		ask_contract(&a, zone);
		for (size_t j = 0; j < a.said.length; j++) {
			*count += a.said.bytes[j] == '\n';
		}
		if (a.said.length > 0) {
			rc = sink.write(
			    sink.context, a.said.bytes, a.said.length, err);
		}
		buf_release(&a.said);
	}
	return rc;
}
