/* event.c - what a run of qf-settle found of each event, for people.
 *
 * Lines, holds and responses of a run come in three tables; they pass through
 * the sorter, so that all of one event stands together.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/report/event.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/sorter.h"
#include "base/status.h"
#include "base/zone.h"
#include "ledger/db.h"
#include "ledger/entry.h"
#include "ledger/runs.h"
#include "stage/outbox.h"
#include "stage/report/own.h"
#include "stage/settle/settle.h"

#define PAGE_SUFFIX ".html"
#define PERCENT 1 /* decimals of a rate */

struct report {
	const struct report_event_request *request;
	struct report_event_counts *counts;
	struct table *table;
	struct outbox *box; /* NULL: neither pictures nor a page */
	struct page *page; /* NULL: none */
	const struct zone *zone;
	int money_scale;
	struct event event;
};

static const struct table_column columns[] = {
    {"contract", TABLE_TEXT},
    {"leg", TABLE_TEXT},
    {"event", TABLE_TEXT},
    {"start", TABLE_TEXT},
    {"end", TABLE_TEXT},
    {"points", TABLE_NUMBER},
    {"baseline_kwh", TABLE_NUMBER},
    {"actual_kwh", TABLE_NUMBER},
    {"response_kwh", TABLE_NUMBER},
    {"award_kwh", TABLE_NUMBER},
    {"rate_percent", TABLE_NUMBER},
    {"effective_kwh", TABLE_NUMBER},
    {"paid", TABLE_NUMBER},
    {"charged", TABLE_NUMBER},
    {"net", TABLE_NUMBER},
    {"held", TABLE_TEXT},
};

static bool
is_page(const char *path)
{
	size_t length = path == NULL ? 0 : strlen(path);

	return length > strlen(PAGE_SUFFIX) &&
	       strcmp(path + length - strlen(PAGE_SUFFIX), PAGE_SUFFIX) == 0;
}

/* An event out of it ------------------------------------------------------- */

static int
take_step(
    struct event *event, const struct step_data *data, struct qf_error *err)
{
	struct dec values[VALUES] = {0};
	int rc = 0;

	if (!data->whole) {
		/* Each point has a row for each step: those of one step. */
		event->points +=
		    !event->has_steps || data->start_utc == event->start_utc;
	}
	if (!event->has_steps) {
		event->start_utc = data->start_utc;
		event->has_steps = true;
	}
	event->end_utc = data->end_utc;
	if (!data->whole) {
		return 0;
	}
	event->has_award |= data->has_award;
	for (size_t i = 0; i < VALUES && rc == 0; i++) {
		rc = dec_parse_stored(
		    &values[i], data->values[i], strlen(data->values[i]), err);
		dec_add(&event->sums[i], &event->sums[i], &values[i]);
	}
	if (rc == 0) {
		const struct picture_step step = {data->start_utc,
		    data->end_utc, &values[BASELINE], &values[ACTUAL],
		    &values[RESPONSE], data->has_award ? &values[AWARD] : NULL};

		picture_add(&event->picture, &step);
	}
	for (size_t i = 0; i < VALUES; i++) {
		dec_release(&values[i]);
	}
	return rc;
}

static void
local_time(const struct report *report, int64_t utc, char out[CIVIL_TEXT_MAX])
{
	civil_format_local(utc + zone_offset(report->zone, utc), out);
}

void
event_minute(const struct zone *zone, int64_t utc, char out[CIVIL_TEXT_MAX])
{
	civil_format_local(utc + zone_offset(zone, utc), out);
	out[strlen("2025-07-14")] = ' ';
	out[strlen("2025-07-14 19:00")] = '\0';
}

int
event_draw(struct event *event, const struct zone *zone, bool zh,
    struct sink sink, struct qf_error *err)
{
	char title[4 * ID_MAX + 2 * CIVIL_TEXT_MAX], start[CIVIL_TEXT_MAX],
	    end[CIVIL_TEXT_MAX];

	event_minute(zone, event->start_utc, start);
	event_minute(zone, event->end_utc, end);
	snprintf(title, sizeof(title), "%s   %s   %s - %s", event->contract,
	    event->event, start, end);
	return picture_draw(&event->picture, title, zone, zh, sink, err);
}

/* The picture of the event, into the outbox. */
static int
write_picture(struct report *report, struct qf_error *err)
{
	struct event *event = &report->event;
	char name[4 * ID_MAX];
	struct sink sink;

	snprintf(name, sizeof(name), "%s-%s-%s.svg", event->contract,
	    event->leg, event->event);
	if (outbox_begin(report->box, name, &sink, err) == -1 ||
	    event_draw(event, report->zone, report->request->zh, sink, err) ==
		-1 ||
	    outbox_end(report->box, err) == -1) {
		return -1;
	}
	report->counts->pictures++;
	return 0;
}

void
money_add(struct money *money, int64_t gross_minor)
{
	const struct dec gross = DEC_SMALL(gross_minor, 0);

	if (gross_minor >= 0) {
		dec_add(&money->paid, &money->paid, &gross);
	} else {
		dec_sub(&money->charged, &money->charged, &gross);
	}
}

void
money_tell(struct dec *out, const struct money *money, enum money_sum which,
    int money_scale)
{
	const struct dec minor = DEC_SMALL(1, money_scale);

	if (which == MONEY_NET) {
		dec_sub(out, &money->paid, &money->charged);
	} else {
		dec_set(
		    out, which == MONEY_PAID ? &money->paid : &money->charged);
	}
	dec_mul(out, out, &minor);
}

void
money_release(struct money *money)
{
	dec_release(&money->paid);
	dec_release(&money->charged);
}

static void
put_money(struct report *report, enum money_sum which)
{
	struct dec money = {0};

	money_tell(&money, &report->event.money, which, report->money_scale);
	table_dec(report->table, &money);
	dec_release(&money);
}

bool
event_rate(const struct event *event, struct dec *percent)
{
	if (!event->has_award || dec_is_zero(&event->sums[AWARD])) {
		return false;
	}
	dec_mul_int(percent, &event->sums[RESPONSE], 100);
	dec_div(percent, percent, &event->sums[AWARD], PERCENT, DEC_HALF_UP);
	return true;
}

static void
put_rate(struct report *report)
{
	struct dec percent = {0};

	if (event_rate(&report->event, &percent)) {
		table_dec(report->table, &percent);
	} else {
		table_text(report->table, NULL);
	}
	dec_release(&percent);
}

/* The numbers of a settled event. */
static void
put_numbers(struct report *report)
{
	const struct event *event = &report->event;

	table_int(report->table, event->points == 0 ? 1 : event->points);
	for (size_t i = BASELINE; i <= RESPONSE; i++) {
		table_dec(report->table, &event->sums[i]);
	}
	if (event->has_award) {
		table_dec(report->table, &event->sums[AWARD]);
	} else {
		table_text(report->table, NULL);
	}
	put_rate(report);
	table_dec(report->table, &event->sums[EFFECTIVE]);
	for (enum money_sum which = MONEY_PAID; which <= MONEY_NET; which++) {
		put_money(report, which);
	}
	table_text(report->table, NULL);
}

static int
put_row(struct report *report, struct qf_error *err)
{
	const struct event *event = &report->event;
	char text[CIVIL_TEXT_MAX];

	table_text(report->table, event->contract);
	table_text(report->table, event->leg);
	table_text(report->table, event->event);
	local_time(report, event->start_utc, text);
	table_text(report->table, text);
	local_time(report, event->end_utc, text);
	table_text(report->table, text);
	if (event->reason[0] == '\0') {
		put_numbers(report);
	} else {
		for (size_t i = 0; i < 10; i++) {
			table_text(report->table, NULL);
		}
		table_text(report->table, event->reason);
	}
	return table_end_row(report->table, err);
}

static int
end_event(struct report *report, struct qf_error *err)
{
	struct event *event = &report->event;
	int rc;

	if (!event->open) {
		return 0;
	}
	report->counts->events++;
	report->counts->held += event->reason[0] != '\0';
	rc = put_row(report, err);
	if (rc == -1 || report->box == NULL) {
		return rc;
	}
	if (report->page != NULL) {
		report->counts->pictures += event->picture.count > 0;
		return page_add(report->page, event, err);
	}
	return event->picture.count > 0 ? write_picture(report, err) : 0;
}

static void
begin_event(struct event *event, const char *contract, const char *leg,
    const char *name)
{
	text_copy(event->contract, sizeof(event->contract), contract);
	text_copy(event->leg, sizeof(event->leg), leg);
	text_copy(event->event, sizeof(event->event), name);
	event->open = true;
	event->has_steps = event->has_award = false;
	event->reason[0] = '\0';
	event->start_utc = event->end_utc = 0;
	event->points = 0;
	dec_set_int(&event->money.paid, 0, 0);
	dec_set_int(&event->money.charged, 0, 0);
	picture_clear(&event->picture);
	for (size_t i = 0; i < VALUES; i++) {
		dec_set_int(&event->sums[i], 0, 0);
	}
}

static int
take(struct report *report, const struct sorter_record *record,
    struct qf_error *err)
{
	struct event *event = &report->event;
	const char *contract = record->key;
	const char *leg = contract + strlen(contract) + 1;
	const char *name = leg + strlen(leg) + 1;

	if (!event->open || strcmp(event->contract, contract) != 0 ||
	    strcmp(event->leg, leg) != 0 || strcmp(event->event, name) != 0) {
		if (end_event(report, err) == -1) {
			return -1;
		}
		begin_event(event, contract, leg, name);
	}
	switch (name[strlen(name) + 1]) {
	case OF_LINE: {
		struct line_data data;

		memcpy(&data, record->data, sizeof(data));
		money_add(&event->money, data.gross_minor);
		return 0;
	}
	case OF_HOLD: {
		struct hold_data data;

		memcpy(&data, record->data, sizeof(data));
		text_copy(event->reason, sizeof(event->reason), data.reason);
		event->start_utc = data.from_utc;
		event->end_utc = data.to_utc;
		return 0;
	}
	case OF_STEP: {
		struct step_data data;

		memcpy(&data, record->data, sizeof(data));
		return take_step(event, &data, err);
	}
	default:
		BUG("tag %d", name[strlen(name) + 1]);
	}
}

/* All events are one page where the path ends in .html. */
static int
begin_page(struct report *report, const struct ledger *ledger, int64_t run,
    const struct event_sums *sums, struct qf_error *err)
{
	struct sink sink;

	if (!is_page(report->request->output)) {
		return 0;
	}
	if (outbox_begin(report->box, "events.html", &sink, err) == -1) {
		return -1;
	}
	report->page = page_new(sink, ledger_market(ledger), report->zone, run,
	    report->request->zh, sums);
	return 0;
}

static int
end_all(struct report *report, int64_t run, struct qf_error *err)
{
	if (end_event(report, err) == -1 ||
	    table_finish(report->table, err) == -1) {
		return -1;
	}
	if (report->counts->events == 0) {
		return qf_fail(err, QF_USAGE, "event-unknown",
		    "run:%lld has no such event", (long long)run);
	}
	return report->page == NULL ? 0 : page_finish(report->page, err);
}

static int
write_report(struct report *report, struct ledger *ledger, int64_t run,
    struct qf_error *err)
{
	struct sorter *sorter = sorter_new(SORTER_MEMORY);
	struct sorter_record record;
	struct event_sums sums = {0};
	int rc = -1;

	if (gather_events(sorter, ledger, run, report->request, &sums, err) ==
		-1 ||
	    sorter_finish(sorter, err) == -1 ||
	    begin_page(report, ledger, run, &sums, err) == -1) {
		goto out;
	}
	while ((rc = sorter_next(sorter, &record, err)) == 1) {
		if (take(report, &record, err) == -1) {
			rc = -1;
			break;
		}
	}
	if (rc == 0) {
		rc = end_all(report, run, err);
	}
out:
	money_release(&sums.money);
	sorter_free(sorter);
	return rc;
}

static void
release(struct event *event)
{
	picture_release(&event->picture);
	money_release(&event->money);
	for (size_t i = 0; i < VALUES; i++) {
		dec_release(&event->sums[i]);
	}
}

/* Sessions stand where events do in the lines of other tools. */
static int
check_run(struct ledger *ledger, struct handle *run, struct qf_error *err)
{
	struct run of;

	if (entry_resolve(ledger, run, err) == -1) {
		return -1;
	}
	if (run->kind != ENTRY_RUN || run->line != 0) {
		return qf_fail(err, QF_USAGE, "handle-kind",
		    "%s:%lld is no run: events are in runs of qf-settle",
		    entry_kind_name(run->kind), (long long)run->entry);
	}
	if (runs_load(ledger, run->entry, &of, err) == -1) {
		return -1;
	}
	if (strcmp(of.tool, SETTLE_TOOL) != 0) {
		return qf_fail(err, QF_USAGE, "run-tool",
		    "run:%lld: a run of %s, which has no events",
		    (long long)run->entry, of.tool);
	}
	return 0;
}

int
report_event(const char *path, struct handle *run,
    const struct report_event_request *request, enum table_form form,
    struct sink sink, struct report_event_counts *counts, struct qf_error *err)
{
	struct report report = {.request = request, .counts = counts};
	struct ledger *ledger;
	struct zone *zone = NULL;
	int rc = -1;

	memset(counts, 0, sizeof(*counts));
	if (ledger_open(&ledger, path, LEDGER_READ, 0, err) == -1) {
		return -1;
	}
	if (check_run(ledger, run, err) == -1) {
		goto out;
	}
	report.table = table_new(
	    sink, form, columns, sizeof(columns) / sizeof(columns[0]));
	report.money_scale = ledger_market(ledger)->money_scale;
	if (zone_load(&zone, ledger_market(ledger)->zone, err) == -1 ||
	    (request->output != NULL &&
		outbox_open(&report.box, "qf-report", request->output,
		    is_page(request->output) ? PAGE_SUFFIX : ".svg",
		    request->force, err) == -1)) {
		goto out;
	}
	report.zone = zone;
	rc = write_report(&report, ledger, run->entry, err);
	if (rc == 0 && report.box != NULL) {
		rc = outbox_commit(report.box, err);
	}
out:
	page_free(report.page);
	outbox_close(report.box);
	table_free(report.table);
	release(&report.event);
	zone_free(zone);
	ledger_close(ledger);
	return rc;
}
