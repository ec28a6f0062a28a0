/* ocpi_lines.c - what a session comes to under an OCPI tariff, as lines.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/rate/ocpi.h"

static int
round_line(struct rate *rate, struct charge_line *line)
{
	const struct rounding rule = {rate->money_scale, DEC_HALF_UP};
	const struct amount_tax tax = {
	    .taxed = line->charge->has_tax, .rate = &line->charge->tax_rate};

	line->has_amount = true;
	return amount_of(&line->amount, &line->exact, &rule, &tax,
	    rate->money_scale, &rate->refusal);
}

static struct charge_line *
add_line(struct rate *rate, size_t number, size_t first,
    const struct charge *charge, int64_t from_utc, int64_t to_utc)
{
	const struct rate_segment *segment = &rate->unit.segments[first];
	const struct rate_session *session = &rate->unit.sessions[number];
	struct charge_scope scope;
	struct charge_line *line;

	rate_scope(rate, segment, charge, &scope);
	scope.month = rate_month_ending(rate, session->end_utc);
	scope.session = (int64_t)number;
	line = charge_lines_add(&rate->unit.lines, &scope, from_utc, to_utc);
	line->band = BAND_NONE;
	return line;
}

/* Which element, why, and what a step added. */
static void
note_line(struct rate *rate, const struct charge *charge,
    const struct ocpi_report *report, const struct ocpi_line *from)
{
	const struct ocpi_component *component = from->component;
	char restrictions[OCPI_RESTRICTIONS_TEXT_MAX];
	char volume[DEC_TEXT_MAX], billed[DEC_TEXT_MAX], price[DEC_TEXT_MAX];

	if (!rate_notes(rate)) {
		return;
	}
	ocpi_restrictions_text(restrictions,
	    &report->tariff->elements[from->element].restrictions);
	dec_format_trim(&from->volume, volume, sizeof(volume));
	dec_format_trim(&from->billed, billed, sizeof(billed));
	dec_format(&component->price, price, sizeof(price));
	rate_note(rate, charge, from->from_utc, "element",
	    "elements[%zu] is the first that prices %s at the start of the "
	    "period: %s; price %s",
	    from->element, ocpi_dimension_words[from->dimension],
	    restrictions[0] == '\0' ? "no restrictions" : restrictions, price);
	if (from->dimension != OCPI_FLAT) {
		rate_note(rate, charge, from->from_utc, "step",
		    "step_size %lld: %s used, %s billed",
		    (long long)component->step, volume, billed);
	}
	for (size_t i = 0; i < report->warning_count; i++) {
		rate_note(rate, charge, from->from_utc, "warning", "%s",
		    report->warnings[i].text);
	}
}

static int
emit_line(struct rate *rate, size_t number, size_t first,
    const struct ocpi_report *report, const struct ocpi_line *from)
{
	const struct ocpi_rule *rule = rate->unit.segments[first].ocpi;
	const struct charge *charge = ocpi_rule_charge(
	    rule, report->tariff, from->element, from->dimension);
	struct charge_line *line =
	    add_line(rate, number, first, charge, from->from_utc, from->to_utc);

	line->unit = charge->per == PER_KWH         ? "kwh"
		     : from->dimension == OCPI_FLAT ? "each"
						    : "hour";
	dec_set(&line->quantity, &from->billed);
	dec_set(&line->price, &from->component->price);
	if (from->dimension == OCPI_ENERGY_EXPORT) {
		dec_neg(&line->price, &line->price);
	}
	line->has_price = true;
	dec_set(&line->exact, &from->excl);
	note_line(rate, charge, report, from);
	return round_line(rate, line);
}

/* A sum of the session's lines that is bound comes to the limit when it is
 * rounded, so its line takes what rounding the others has left. */
static int
bind_amount(struct rate *rate, size_t before, const struct dec *sum, bool bound,
    bool gross, int64_t *minor)
{
	const struct rounding rule = {rate->money_scale, DEC_HALF_UP};
	const struct amount_tax none = {.taxed = false};
	struct amount whole;

	*minor = 0;
	if (!bound) {
		return 0;
	}
	if (amount_of(&whole, sum, &rule, &none, rate->money_scale,
		&rate->refusal) != 0) {
		return 1;
	}
	*minor = whole.net_minor;
	for (size_t i = before; i + 1 < rate->unit.lines.count; i++) {
		const struct amount *amount = &rate->unit.lines.lines[i].amount;

		*minor -= gross ? amount->gross_minor : amount->net_minor;
	}
	return 0;
}

/* What a limit of the price adds: without and with VAT by itself. */
static int
emit_limit(struct rate *rate, size_t number, size_t first, size_t before,
    const struct ocpi_report *report)
{
	const struct rate_session *session = &rate->unit.sessions[number];
	const struct ocpi_sum *total = &report->items[CDR_ITEM_TOTAL];
	const char *which = report->limit_excl != NULL ? report->limit_excl
						       : report->limit_incl;
	struct charge_line *line;

	if (which == NULL) {
		return 0;
	}
	line = add_line(rate, number, first,
	    ocpi_rule_limit(rate->unit.segments[first].ocpi, which),
	    session->start_utc, session->end_utc);
	line->unit = "each";
	rate_note(rate, line->charge, line->from_utc, "limit",
	    "%s without VAT, %s with VAT",
	    report->limit_excl == NULL ? "none" : report->limit_excl,
	    report->limit_incl == NULL ? "none" : report->limit_incl);
	dec_set_int(&line->quantity, 1, 0);
	dec_sub(&line->exact, &total->excl, &report->before_excl);
	line->has_amount = true;
	if (bind_amount(rate, before, &total->excl, report->limit_excl != NULL,
		false, &line->amount.net_minor) != 0 ||
	    bind_amount(rate, before, &total->incl, report->limit_incl != NULL,
		true, &line->amount.gross_minor) != 0) {
		return 1;
	}
	line->amount.tax_minor =
	    line->amount.gross_minor - line->amount.net_minor;
	return 0;
}

/* Energy that the lines count, of what the session has. */
static void
count_energy(struct rate *rate, size_t number, size_t first,
    const struct ocpi_report *report)
{
	const struct rate_session *session = &rate->unit.sessions[number];
	const struct rate_segment *segment = &rate->unit.segments[first];

	for (unsigned c = 0; c < RATE_CHANNELS; c++) {
		enum ocpi_dimension dimension =
		    c == CHANNEL_IMPORT ? OCPI_ENERGY : OCPI_ENERGY_EXPORT;
		struct dec priced = {0};

		for (size_t i = 0; i < report->line_count; i++) {
			const struct ocpi_line *line = &report->lines[i];

			if (line->dimension == dimension &&
			    line->component != NULL) {
				dec_add(&priced, &priced, &line->volume);
			}
		}
		if (rate_counts_energy(segment, (enum channel)c) &&
		    !dec_is_zero(&session->kwh[c])) {
			rate_balance_add(
			    rate, (enum channel)c, &session->kwh[c], &priced);
		}
		dec_release(&priced);
	}
}

int
rate_ocpi_session(
    struct rate *rate, size_t number, size_t first, struct qf_error *err)
{
	struct ocpi_report report = {0};
	struct cdr cdr;
	size_t before = rate->unit.lines.count;
	int rc = rate_ocpi_report(rate, number, first, &cdr, &report, err);

	for (size_t i = 0; rc == 0 && i < report.line_count; i++) {
		if (report.lines[i].component != NULL) {
			rc = emit_line(
			    rate, number, first, &report, &report.lines[i]);
		}
	}
	if (rc == 0) {
		rc = emit_limit(rate, number, first, before, &report);
	}
	if (rc == 0) {
		count_energy(rate, number, first, &report);
	}
	ocpi_report_release(&report);
	cdr_release(&cdr);
	return rc;
}
