/* explain.c - one line of a run, told from the amount to the files.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/audit/explain.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/civil.h"
#include "base/zone.h"
#include "ledger/db.h"
#include "ledger/entry.h"
#include "ledger/log.h"
#include "ledger/postings.h"
#include "stage/audit/explain_own.h"
#include "stage/runner.h"
#include "stage/settle/settle.h"

void
explain_say(struct explain *explain, const char *step, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	telling_vsay(&explain->telling, step, format, ap);
	va_end(ap);
}

void
explain_differs(struct explain *explain, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	telling_vdiffers(&explain->telling, format, ap);
	va_end(ap);
}

void
explain_place(struct explain *explain, int64_t entry, int64_t line_no,
    char out[EXPLAIN_PLACE_MAX])
{
	telling_place(&explain->telling, entry, line_no, out);
}

void
explain_line(struct explain *explain)
{
	const struct line *line = &explain->line;
	char from[CIVIL_TEXT_MAX], to[CIVIL_TEXT_MAX], gross[DEC_TEXT_MAX];

	civil_format_offset(
	    line->from_utc, zone_offset(explain->zone, line->from_utc), from);
	civil_format_offset(
	    line->to_utc, zone_offset(explain->zone, line->to_utc), to);
	explain_say(explain, "line",
	    "run:%" PRId64 "/%" PRId64 ": %s %s at %s, %s/%s%s%s%s%s%s%s, "
	    "month %d",
	    explain->run.entry, line->line_no, line->contract, line->leg,
	    line->point, line->subject, line->component,
	    line->band == NULL ? "" : ", band ",
	    line->band == NULL ? "" : line->band,
	    line->channel == NULL ? "" : ", ",
	    line->channel == NULL ? "" : line->channel,
	    line->session == NULL ? "" : ", session ",
	    line->session == NULL ? "" : line->session, line->month);
	explain_say(explain, "", "from %s to %s", from, to);
	if (line->has_amount) {
		explain_say(explain, "owed", "%s owes %s %s %s, account %s",
		    line->payer, line->payee,
		    explain_money(explain, line->gross_minor, gross),
		    ledger_market(explain->ledger)->currency, line->account);
	} else {
		explain_say(explain, "owed",
		    "no amount: the tariff allows energy without a price here");
	}
}

/* Finding ---------------------------------------------------------------- */

/* The contract's stretch that the line is of. */
static int
find_contract(struct explain *explain, struct qf_error *err)
{
	const struct line *line = &explain->line;
	struct contract_cursor *cursor;
	struct contract contract;
	bool found = false;
	int rc;

	if (contracts_open(&cursor, explain->ledger, explain->run.asof,
		line->from_utc, line->to_utc, line->contract, line->leg,
		err) == -1) {
		return -1;
	}
	while ((rc = contracts_next(cursor, &contract, err)) == 1) {
		if (!found && strcmp(contract.point, line->point) == 0 &&
		    contract.from_utc <= line->from_utc &&
		    line->from_utc < contract.to_utc) {
			explain->contract = contract;
			found = true;
		}
	}
	contracts_close(cursor);
	if (rc == 0 && !found) {
		return qf_fail(err, QF_NO, "explain-differs",
		    "run:%" PRId64 "/%" PRId64 ": contract %s has no leg %s "
		    "at %s then",
		    explain->run.entry, line->line_no, line->contract,
		    line->leg, line->point);
	}
	return rc;
}

/* The charge of the version that the line is of, or NULL: a rounding line. */
/* Whether the line is of the charge, or of one of its tiers. */
static bool
is_component(struct explain *explain, const struct charge *charge)
{
	const char *component = explain->line.component;

	explain->tier = NULL;
	if (strcmp(charge->component, component) == 0) {
		return true;
	}
	for (size_t i = 0; charge->tiers != NULL && i < charge->tiers->count;
	     i++) {
		explain->tier = &charge->tiers->list[i];
		if (strcmp(explain->tier->component, component) == 0) {
			return true;
		}
	}
	return false;
}

static const struct charge *
find_charge(struct explain *explain)
{
	const struct line *line = &explain->line;

	for (size_t i = 0; i < explain->version->charge_count; i++) {
		const struct charge *charge = &explain->version->charges[i];

		if (is_component(explain, charge) &&
		    strcmp(charge->subject, line->subject) == 0 &&
		    (line->channel == NULL ||
			strcmp(channel_name(charge->channel), line->channel) ==
			    0)) {
			return charge;
		}
	}
	return NULL;
}

static int
find_tariff(struct explain *explain, struct qf_error *err)
{
	const struct line *line = &explain->line;
	const struct rulebook_tariff *tariff;
	struct refusal refusal;
	int rc = rulebook_tariff(
	    explain->book, explain->contract.tariff, &tariff, &refusal, err);

	if (rc == 0) {
		explain->ocpi = tariff->ocpi;
		explain->version = tariff_version_at(
		    tariff->tariff, zone_day_of(explain->zone, line->from_utc));
	}
	if (rc == 1 || (rc == 0 && (explain->version == NULL ||
				       tariff->entry != line->tariff_entry))) {
		return qf_fail(err, QF_NO, "explain-differs",
		    "run:%" PRId64 "/%" PRId64
		    ": tariff %s is not what held then",
		    explain->run.entry, line->line_no,
		    explain->contract.tariff);
	}
	if (rc == -1) {
		return -1;
	}
	explain->charge = find_charge(explain);
	explain->band = BAND_NONE;
	for (size_t i = 0;
	     line->band != NULL && i < explain->version->band_count; i++) {
		if (strcmp(explain->version->bands[i].code, line->band) == 0) {
			explain->band = (unsigned)i;
		}
	}
	return 0;
}

static void
tell_law(struct explain *explain)
{
	static const char *const bases[] = {
	    "intervals", "registers", "sessions"};
	const struct contract *contract = &explain->contract;
	const struct tariff_version *version = explain->version;
	char place[EXPLAIN_PLACE_MAX], day[CIVIL_TEXT_MAX];

	explain_place(explain, contract->entry, contract->line_no, place);
	explain_say(explain, "contract", "%s, leg %s, at %s, on %s: %s",
	    contract->contract, contract->leg, contract->point,
	    bases[contract->basis], place);
	explain_place(
	    explain, explain->line.tariff_entry, version->line_no, place);
	civil_format_day(version->from_day, day);
	explain_say(explain, "tariff", "%s, version from %s: %s",
	    contract->tariff, day, place);
	explain_say(explain, "", "source: %s%s%s", version->source,
	    version->confidence[0] == '\0' ? "" : ", confidence ",
	    version->confidence);
}

/* The hours of the line's band, on its first day. */
static int
tell_band(struct explain *explain, struct qf_error *err)
{
	int32_t day = zone_day_of(explain->zone, explain->line.from_utc);
	const struct schedule *schedule;
	struct refusal refusal;
	char text[CIVIL_TEXT_MAX];
	struct buf hours;
	int rc;

	if (explain->band == BAND_NONE) {
		return 0;
	}
	rc = rulebook_schedule(
	    explain->book, explain->version, day, &schedule, &refusal, err);
	if (rc != 0) {
		return rc == -1 ? -1 : 0;
	}
	buf_init(&hours, TELLING_STEP_MAX);
	for (size_t i = 0; i < schedule->count; i++) {
		int from = schedule->stretches[i].from_minute;
		int to = schedule->stretches[i].to_minute;

		if (schedule->stretches[i].band == explain->band) {
			buf_printf(&hours, " %02d:%02d-%02d:%02d", from / 60,
			    from % 60, to / 60, to % 60);
		}
	}
	civil_format_day(day, text);
	explain_say(explain, "band", "%s on %s:%s", explain->line.band, text,
	    hours.length == 0 ? " no hours" : hours.bytes);
	buf_release(&hours);
	return 0;
}

/* The line once more -------------------------------------------------------*/

struct again {
	const struct line *line;
	bool found;
	char *how; /* in words; NULL: nothing to say */
};

static bool
same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

bool
explain_same_line(const struct line *line, const struct line *kept)
{
	return same_text(line->point, kept->point) &&
	       same_text(line->payer, kept->payer) &&
	       same_text(line->payee, kept->payee) &&
	       same_text(line->account, kept->account) &&
	       same_text(line->subject, kept->subject) &&
	       same_text(line->component, kept->component) &&
	       same_text(line->band, kept->band) &&
	       same_text(line->channel, kept->channel) &&
	       same_text(line->session, kept->session) &&
	       same_text(line->quantity, kept->quantity) &&
	       same_text(line->unit, kept->unit) &&
	       same_text(line->price, kept->price) &&
	       same_text(line->exact, kept->exact) &&
	       same_text(line->tax_rate, kept->tax_rate) &&
	       line->from_utc == kept->from_utc &&
	       line->to_utc == kept->to_utc && line->month == kept->month &&
	       line->net_minor == kept->net_minor &&
	       line->tax_minor == kept->tax_minor &&
	       line->gross_minor == kept->gross_minor &&
	       line->tariff_entry == kept->tariff_entry;
}

static int
see_line(void *context, const struct line *line, struct qf_error *err)
{
	struct again *again = context;

	(void)err;
	if (!again->found && explain_same_line(line, again->line)) {
		again->found = true;
		again->how = line->how == NULL ? NULL : xstrdup(line->how);
	}
	return 0;
}

int
explain_rate(
    struct explain *explain, const struct rate_sink *sink, struct qf_error *err)
{
	/* rate_request_of() cuts the scope into its words. */
	struct run run = explain->run;
	struct rate_request request;
	struct rate_counts counts;

	if (rate_request_of(&request, explain->ledger, &run, err) == -1) {
		return -1;
	}
	request.contract = explain->line.contract;
	request.leg = explain->line.leg;
	return rate_run(explain->ledger, &request, sink, &counts, err);
}

bool
explain_is_beyond(const struct explain *explain)
{
	return explain->charge->per == PER_KWH &&
	       rate_is_beyond(explain->charge);
}

/* What the rating says of the line, a sentence a line. */
static void
tell_how(struct explain *explain, const char *how)
{
	const char *step = "how";

	while (how != NULL && *how != '\0') {
		size_t length = strcspn(how, "\n");

		explain_say(explain, step, "%.*s", (int)length, how);
		how += length + (how[length] == '\n');
		step = "";
	}
}

static void
tell_again(struct explain *explain, const struct again *again)
{
	if (again->found) {
		explain_say(explain, "again",
		    "rated once more as of entry %" PRId64
		    ", this line comes out the same",
		    explain->run.asof);
	} else {
		explain_differs(explain,
		    "rated once more as of entry %" PRId64
		    ", this line does not come out",
		    explain->run.asof);
	}
}

/* The charge, its price and its quantity. */
static int
tell_charge(
    struct explain *explain, const struct again *again, struct qf_error *err)
{
	if (explain->ocpi != NULL) {
		return explain_ocpi(explain, err);
	}
	if (explain->charge == NULL) {
		tell_law(explain);
		return explain_rounding(explain, err);
	}
	if (explain_amount(explain, err) == -1 ||
	    explain_price(explain, err) == -1) {
		return -1;
	}
	tell_law(explain);
	tell_how(explain, again->how);
	if (tell_band(explain, err) == -1) {
		return -1;
	}
	return explain_quantity(explain, err);
}

static int
tell(struct explain *explain, struct qf_error *err)
{
	struct again again = {.line = &explain->line};
	const struct rate_sink sink = {
	    .context = &again, .tell = true, .line = see_line};
	int rc = -1;

	explain_line(explain);
	if (find_contract(explain, err) == 0 &&
	    find_tariff(explain, err) == 0 &&
	    explain_rate(explain, &sink, err) == 0) {
		rc = tell_charge(explain, &again, err);
	}
	if (rc == 0) {
		tell_again(explain, &again);
	}
	free(again.how);
	if (rc == -1) {
		return -1;
	}
	telling_files(&explain->telling);
	return telling_end(
	    &explain->telling, explain->run.entry, explain->line.line_no);
}

/* A posting's line: the first line of its run under the same key. */
static int
line_of_transfer(
    struct explain *explain, struct handle *handle, struct qf_error *err)
{
	struct transfer_cursor *cursor = NULL;
	struct run_cursor *lines = NULL;
	struct transfer transfer;
	struct posting posting;
	struct line line;
	int64_t found = 0;
	int rc = -1;

	if (postings_load(explain->ledger, handle->entry, &posting, err) ==
		-1 ||
	    transfers_open(&cursor, explain->ledger, handle->entry, err) ==
		-1) {
		return -1;
	}
	while ((rc = transfers_next(cursor, &transfer, err)) == 1 &&
	       transfer.line_no != handle->line) {
		continue;
	}
	if (rc == 1) {
		rc = runs_open_lines(
		    &lines, explain->ledger, posting.run, 1, err);
	} else if (rc == 0) {
		rc = qf_fail(err, QF_USAGE, "handle-unknown",
		    "posting:%" PRId64 " has no line %" PRId64, handle->entry,
		    handle->line);
	}
	while (rc != -1 && found == 0 &&
	       (rc = runs_next_line(lines, &line, err)) == 1) {
		const struct transfer_key *key = &transfer.key;

		if (strcmp(line.contract, key->contract) == 0 &&
		    strcmp(line.leg, key->leg) == 0 &&
		    line.month == key->month &&
		    strcmp(line.payer, key->payer) == 0 &&
		    strcmp(line.payee, key->payee) == 0 &&
		    strcmp(line.subject, key->subject) == 0 &&
		    strcmp(line.component, key->component) == 0 &&
		    same_text(line.band == NULL ? "" : line.band, key->band) &&
		    same_text(line.channel == NULL ? "" : line.channel,
			key->channel)) {
			found = line.line_no;
		}
	}
	if (rc != -1) {
		char change[DEC_TEXT_MAX], total[DEC_TEXT_MAX];

		explain_say(explain, "transfer",
		    "posting:%" PRId64 "/%" PRId64 ": %s, version %" PRId64
		    ": change %s, now %s; %s the lines of run:%" PRId64,
		    handle->entry, handle->line, transfer.reason,
		    transfer.version,
		    explain_money(explain, transfer.change.gross_minor, change),
		    explain_money(explain, transfer.total.gross_minor, total),
		    found == 0 ? "reversed: its key is not among" : "from",
		    posting.run);
		handle->entry = posting.run;
		handle->line = found;
	}
	transfers_close(cursor);
	runs_close(lines);
	return rc == -1 ? -1 : 0;
}

int
explain_find_line(
    struct explain *explain, const struct handle *handle, struct qf_error *err)
{
	int rc;

	if (runs_open_lines(&explain->lines, explain->ledger, handle->entry,
		handle->line, err) == -1) {
		return -1;
	}
	rc = runs_next_line(explain->lines, &explain->line, err);
	if (rc == 0 || (rc == 1 && explain->line.line_no != handle->line)) {
		return qf_fail(err, QF_USAGE, "handle-unknown",
		    "run:%" PRId64 " has no line %" PRId64, handle->entry,
		    handle->line);
	}
	if (rc == 1 && explain->line.channel != NULL) {
		channel_parse(&explain->channel, explain->line.channel,
		    strlen(explain->line.channel));
	}
	explain->source = (struct audit_source){.ledger = explain->ledger,
	    .asof = explain->run.asof,
	    .zone = explain->zone};
	rulebook_new(
	    &explain->book, explain->ledger, explain->run.asof, explain->zone);
	return rc == -1 ? -1 : 0;
}

/* A line by the tool that made it: those of qf-rate are told here. */
static int
tell_by_tool(
    struct explain *explain, const struct handle *handle, struct qf_error *err)
{
	const struct runner *runner;

	if (runs_load(explain->ledger, handle->entry, &explain->run, err) ==
	    -1) {
		return -1;
	}
	if (explain->request->point != NULL &&
	    strcmp(explain->run.tool, SETTLE_TOOL) != 0) {
		return qf_fail(err, QF_USAGE, "explain-point",
		    "run:%" PRId64 ": a point can be asked for of a line of "
		    "qf-settle alone",
		    handle->entry);
	}
	runner = runner_of(explain->run.tool);
	if (runner != NULL && runner->explain != NULL) {
		return runner->explain(explain->ledger, handle,
		    explain->request, explain->telling.sink, err);
	}
	if (strcmp(explain->run.tool, RATE_TOOL) != 0) {
		return qf_fail(err, QF_CONFIG, "explain-tool",
		    "run:%" PRId64 ": was made by %s, whose lines this program "
		    "cannot explain",
		    handle->entry, explain->run.tool);
	}
	return explain_find_line(explain, handle, err) == 0 ? tell(explain, err)
							    : -1;
}

int
audit_explain(struct ledger *ledger, struct handle *handle,
    const struct audit_explain_request *request, struct sink sink,
    struct qf_error *err)
{
	struct explain *explain = xcalloc(1, sizeof(*explain));
	int rc = -1;

	explain->ledger = ledger;
	explain->request = request;
	explain->telling =
	    (struct telling){.ledger = ledger, .sink = sink, .err = err};
	if (handle->line == 0) {
		qf_fail(err, QF_USAGE, "handle-line",
		    "name a line, as in run:%" PRId64 "/1", handle->entry);
		goto out;
	}
	if (handle->kind != ENTRY_RUN && handle->kind != ENTRY_POSTING) {
		qf_fail(err, QF_USAGE, "handle-kind",
		    "%s:%" PRId64 ": only a line of a run or posting can be "
		    "explained",
		    entry_kind_name(handle->kind), handle->entry);
		goto out;
	}
	if (entry_resolve(ledger, handle, err) == -1 ||
	    zone_load(&explain->zone, ledger_market(ledger)->zone, err) == -1) {
		goto out;
	}
	if (handle->kind == ENTRY_POSTING &&
	    line_of_transfer(explain, handle, err) == -1) {
		goto out;
	}
	if (handle->line == 0) {
		rc = explain->telling.failed ? -1 : 0;
	} else if (!explain->telling.failed) {
		rc = tell_by_tool(explain, handle, err);
	}
out:
	rulebook_free(explain->book);
	runs_close(explain->lines);
	zone_free(explain->zone);
	free(explain);
	return rc;
}
