/* explain_amount.c - the amount of a line: tax, and how it was rounded.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "ledger/db.h"
#include "settle/amount.h"
#include "stage/audit/explain_own.h"

const char *
explain_money(
    const struct explain *explain, int64_t minor, char out[DEC_TEXT_MAX])
{
	struct dec value;

	dec_init(&value);
	dec_set_int(&value, minor, ledger_market(explain->ledger)->money_scale);
	dec_format(&value, out, DEC_TEXT_MAX);
	return out;
}

static void
tell_tax(struct explain *explain, const struct charge *charge)
{
	const struct line *line = &explain->line;
	char net[DEC_TEXT_MAX], tax[DEC_TEXT_MAX], gross[DEC_TEXT_MAX];

	explain_money(explain, line->net_minor, net);
	explain_money(explain, line->tax_minor, tax);
	explain_money(explain, line->gross_minor, gross);
	if (!charge->has_tax) {
		explain_say(explain, "tax",
		    "the tariff speaks of none: net = gross = %s", gross);
	} else if (charge->tax_included) {
		explain_say(explain, "tax",
		    "the price holds it: net = %s / (1 + %s) -> %s, tax = %s",
		    gross, line->tax_rate, net, tax);
	} else {
		explain_say(explain, "tax",
		    "on top: %s x %s -> %s, gross = %s + %s = %s", net,
		    line->tax_rate, tax, net, tax, gross);
	}
}

int
explain_amount(struct explain *explain, struct qf_error *err)
{
	const struct line *line = &explain->line;
	const struct tariff_version *version = explain->version;
	const struct charge *charge = explain->charge;
	const struct amount_tax tax = {.taxed = charge->has_tax,
	    .included = charge->tax_included,
	    .rate = &charge->tax_rate};
	struct amount amount;
	struct refusal refusal;
	struct dec exact = {0};
	char rounded[DEC_TEXT_MAX];
	int rc;

	if (!line->has_amount) {
		return 0;
	}
	if (dec_parse_stored(&exact, line->exact, strlen(line->exact), err) ==
	    -1) {
		return -1;
	}
	tell_tax(explain, charge);
	rc = amount_of(&amount, &exact, &version->money, &tax,
	    ledger_market(explain->ledger)->money_scale, &refusal);
	explain_money(explain,
	    charge->has_tax && !charge->tax_included ? line->net_minor
						     : line->gross_minor,
	    rounded);
	explain_say(explain, "rounding", "%s -> %s: %d decimals, %s%s",
	    line->exact, rounded, version->money.scale,
	    dec_mode_name(version->money.mode),
	    version->money_on_total
		? "; a rounding line brings the lines to the rounded total"
		: ", each line");
	if (rc != 0 || amount.net_minor != line->net_minor ||
	    amount.tax_minor != line->tax_minor ||
	    amount.gross_minor != line->gross_minor) {
		explain_differs(explain,
		    "rounded again, %s is not the amount "
		    "of the line",
		    line->exact);
	}
	dec_release(&exact);
	return 0;
}

int
explain_rounding(struct explain *explain, struct qf_error *err)
{
	const struct line *line = &explain->line;
	struct run_cursor *cursor;
	struct line other;
	struct dec sum = {0}, exact = {0};
	int64_t gross_minor = 0;
	char text[DEC_TEXT_MAX], rounded[DEC_TEXT_MAX], own[DEC_TEXT_MAX];
	int rc;

	if (runs_open_lines(
		&cursor, explain->ledger, explain->run.entry, 1, err) == -1) {
		return -1;
	}
	while ((rc = runs_next_line(cursor, &other, err)) == 1) {
		if (other.month != line->month || !other.has_amount ||
		    strcmp(other.contract, line->contract) != 0 ||
		    strcmp(other.leg, line->leg) != 0 ||
		    strcmp(other.payer, line->payer) != 0 ||
		    strcmp(other.payee, line->payee) != 0 ||
		    (line->session != NULL &&
			(other.session == NULL ||
			    strcmp(other.session, line->session) != 0)) ||
		    strcmp(other.component, "rounding") == 0) {
			continue;
		}
		if (dec_parse_stored(
			&exact, other.exact, strlen(other.exact), err) == -1) {
			rc = -1;
			break;
		}
		dec_add(&sum, &sum, &exact);
		gross_minor += other.gross_minor;
	}
	runs_close(cursor);
	dec_format_trim(&sum, text, sizeof(text));
	explain_money(explain, gross_minor, rounded);
	explain_money(explain, line->gross_minor, own);
	explain_say(explain, "rounding",
	    "the total is rounded once (%d decimals, %s): exact %s, lines "
	    "rounded one by one %s, difference %s",
	    explain->version->money.scale,
	    dec_mode_name(explain->version->money.mode), text, rounded, own);
	dec_release(&sum);
	dec_release(&exact);
	return rc;
}
