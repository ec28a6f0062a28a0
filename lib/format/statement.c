/* statement.c - statements as XML, held against their schema as written.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/statement.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/dec.h"
#include "base/status.h"
#include "base/xmlcheck.h"
#include "format/xmlout.h"
#include "statement.xsd.h"

#define NAMESPACE "urn:qingfen:statement:1"

struct statement {
	struct letter letter; /* first: letters are statements */
	struct letter_config config;
	const struct statement_head *head;
	struct xmlcheck *check;
	struct xmlout *out;
};

/* An attribute that may be missing. */
static void
attr(struct statement *statement, const char *name, const char *value)
{
	if (value != NULL && value[0] != '\0') {
		xmlout_attr(statement->out, name, value);
	}
}

static void
attr_money(struct statement *statement, const char *name, int64_t minor)
{
	struct dec value = {
	    .small = minor, .scale = statement->head->money_scale};

	xmlout_attr_dec(statement->out, name, &value);
}

static void
attr_month(struct statement *statement, const char *name, int month)
{
	char text[MONTH_TEXT_SIZE];

	if (month != 0) {
		transfer_month_text(text, month);
		xmlout_attr(statement->out, name, text);
	}
}

static void
write_rules(struct statement *statement, const struct statement_head *head)
{
	for (size_t i = 0; i < head->rule_count; i++) {
		xmlout_begin(statement->out, "rule");
		attr(statement, "kind", head->rules[i].kind);
		attr(statement, "id", head->rules[i].rule);
		attr(statement, "sha256", head->rules[i].sha256);
		xmlout_end(statement->out);
	}
}

static void
write_names(struct statement *statement, const struct statement_head *head)
{
	for (size_t i = 0; i < head->name_count; i++) {
		xmlout_begin(statement->out, "name");
		attr(statement, "code", head->names[i].code);
		if (statement->config.zh) {
			attr(statement, "zh", head->names[i].zh);
		}
		if (statement->config.en) {
			attr(statement, "en", head->names[i].en);
		}
		xmlout_end(statement->out);
	}
}

static int
begin(struct letter *letter, const struct statement_head *head,
    struct qf_error *err)
{
	struct statement *statement = (struct statement *)letter;
	struct xmlout *out = statement->out;

	statement->head = head;
	xmlout_begin(out, "statement");
	xmlout_attr(out, "xmlns", NAMESPACE);
	attr(statement, "sender", head->sender);
	attr(statement, "receiver", head->receiver);
	attr(statement, "party", head->party);
	xmlout_attr(out, "market", head->market);
	xmlout_attr(out, "zone", head->zone);
	xmlout_attr(out, "currency", head->currency);
	xmlout_attr_int(out, "sequence", head->sequence);
	xmlout_attr(out, "period", head->period);
	xmlout_attr(out, "content", head->is_full ? "full" : "delta");
	xmlout_attr(out, "state", head->state);
	xmlout_attr(out, "sources", head->sources_sha256);
	write_rules(statement, head);
	write_names(statement, head);
	xmlout_begin(out, "rows");
	return xmlout_flush(out, err);
}

static void
write_key(struct statement *statement, const struct statement_row *row)
{
	const struct transfer *transfer = row->transfer;
	const struct transfer_key *key = &transfer->key;
	struct xmlout *out = statement->out;

	xmlout_attr(out, "key", row->key);
	xmlout_attr_int(out, "version", transfer->version);
	xmlout_attr(out, "account", transfer->account);
	xmlout_attr(out, "contract", key->contract);
	xmlout_attr(out, "leg", key->leg);
	xmlout_attr(out, "payer", key->payer);
	attr(statement, "payer-name", row->payer_name);
	xmlout_attr(out, "payee", key->payee);
	attr(statement, "payee-name", row->payee_name);
	attr(statement, "role", row->role);
	attr_month(statement, "delivery", key->month);
	attr_month(statement, "booking", transfer->booking_month);
	xmlout_attr(out, "subject", key->subject);
	xmlout_attr(out, "component", key->component);
	attr(statement, "band", key->band);
	attr(statement, "channel", key->channel);
}

static int
write_row(struct letter *letter, const struct statement_row *row,
    struct qf_error *err)
{
	struct statement *statement = (struct statement *)letter;
	const struct transfer *transfer = row->transfer;
	const struct transfer_sums *total = &transfer->total;
	const struct transfer_sums *change = &transfer->change;
	struct xmlout *out = statement->out;
	int64_t previous;

	if (__builtin_sub_overflow(
		total->gross_minor, change->gross_minor, &previous)) {
		return qf_fail(err, QF_DATA, "totals-range",
		    "%s: what was posted does not fit 64 bits", row->key);
	}
	xmlout_begin(out, "row");
	write_key(statement, row);
	xmlout_attr(out, "quantity", total->quantity);
	xmlout_attr(out, "unit", transfer->unit);
	attr(statement, "price", transfer->price);
	attr_money(statement, "net", total->net_minor);
	attr_money(statement, "tax", total->tax_minor);
	attr_money(statement, "gross", total->gross_minor);
	attr_money(statement, "previously-posted", previous);
	xmlout_attr(out, "difference-quantity", change->quantity);
	attr_money(statement, "difference-net", change->net_minor);
	attr_money(statement, "difference-tax", change->tax_minor);
	attr_money(statement, "difference", change->gross_minor);
	xmlout_attr(out, "reason", transfer->reason);
	xmlout_end(out);
	return xmlout_flush(out, err);
}

static void
write_energy(struct statement *statement, const struct statement_energy *energy)
{
	char text[DEC_TEXT_MAX];

	xmlout_begin(statement->out, "energy");
	attr(statement, "channel", energy->channel);
	attr(statement, "role", energy->role);
	dec_format_trim(&energy->kwh, text, sizeof(text));
	xmlout_attr(statement->out, "kwh", text);
	dec_format_trim(&energy->difference_kwh, text, sizeof(text));
	xmlout_attr(statement->out, "difference", text);
	xmlout_end(statement->out);
}

static void
write_money(struct statement *statement, const struct statement_money *money)
{
	xmlout_begin(statement->out, "money");
	attr(statement, "subject", money->subject);
	attr(statement, "role", money->role);
	attr_money(statement, "net", money->net_minor);
	attr_money(statement, "tax", money->tax_minor);
	attr_money(statement, "gross", money->gross_minor);
	attr_money(statement, "difference-net", money->difference_net_minor);
	attr_money(statement, "difference-tax", money->difference_tax_minor);
	attr_money(statement, "difference", money->difference_gross_minor);
	xmlout_end(statement->out);
}

static int
end(struct letter *letter, const struct statement_totals *totals,
    struct qf_error *err)
{
	struct statement *statement = (struct statement *)letter;

	xmlout_end(statement->out);
	xmlout_begin(statement->out, "totals");
	xmlout_attr_int(statement->out, "rows", totals->rows);
	for (size_t i = 0; i < totals->energy_count; i++) {
		write_energy(statement, &totals->energy[i]);
	}
	for (size_t i = 0; i < totals->money_count; i++) {
		write_money(statement, &totals->money[i]);
	}
	xmlout_end(statement->out);
	xmlout_end(statement->out);
	if (xmlout_finish(statement->out, err) == -1) {
		return -1;
	}
	return xmlcheck_finish(statement->check, err);
}

static void
release(struct letter *letter)
{
	struct statement *statement = (struct statement *)letter;

	xmlout_free(statement->out);
	xmlcheck_free(statement->check);
	free(statement);
}

struct letter *
statement_xml(struct sink sink, const struct letter_config *config)
{
	struct statement *statement = xcalloc(1, sizeof(*statement));

	statement->config = *config;
	statement->letter = (struct letter){begin, write_row, end, release};
	statement->check = xmlcheck_new(
	    "statement.xsd", statement_xsd, sizeof(statement_xsd) - 1, sink);
	statement->out = xmlout_new(xmlcheck_sink(statement->check));
	return &statement->letter;
}
