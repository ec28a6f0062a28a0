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

#include "base/civil.h"
#include "base/dec.h"
#include "base/sorter.h"
#include "base/status.h"
#include "base/zone.h"
#include "ledger/db.h"
#include "ledger/entry.h"
#include "ledger/runs.h"
#include "model/contract.h"
#include "model/line.h"
#include "model/response.h"
#include "stage/outbox.h"
#include "stage/report/picture.h"

#define PERCENT 1 /* decimals of a rate */

/* In the order in which the rows of an event are wanted. */
enum tag { OF_LINE = 1, OF_HOLD, OF_STEP };

struct line_data {
	int64_t gross_minor;
};

struct hold_data {
	int64_t from_utc, to_utc;
	char reason[64];
};

enum value { BASELINE, ACTUAL, RESPONSE, AWARD, EFFECTIVE, VALUES };

struct step_data {
	int64_t start_utc, end_utc;
	bool whole, has_award;
	char values[VALUES][DEC_TEXT_MAX]; /* kWh */
};

/* The event in hand. */
struct event {
	char contract[ID_MAX + 1], leg[ID_MAX + 1], event[ID_MAX + 1];
	bool open, has_steps, has_award;
	char reason[64]; /* "" where it is settled */
	int64_t start_utc, end_utc;
	int64_t points; /* behind the contract's own */
	struct dec sums[VALUES];
	int64_t paid_minor, charged_minor;
	struct picture picture;
};

struct report {
	const struct report_event_request *request;
	struct report_event_counts *counts;
	struct table *table;
	struct outbox *box; /* NULL: no pictures */
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

/* Rows into the sorter ----------------------------------------------------- */

static void
copy(char *out, size_t size, const char *text)
{
	size_t length = strlen(text);

	assert(length < size);
	memcpy(out, text, length + 1);
}

/* contract NUL leg NUL event NUL tag start */
static size_t
make_key(unsigned char key[4 * ID_MAX], const char *contract, const char *leg,
    const char *event, enum tag tag, int64_t start_utc)
{
	size_t used = 0;
	const char *const names[] = {contract, leg, event};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		size_t length = strlen(names[i]) + 1;

		memcpy(key + used, names[i], length);
		used += length;
	}
	key[used++] = (unsigned char)tag;
	for (int shift = 56; shift >= 0; shift -= 8) {
		key[used++] = (unsigned char)((uint64_t)start_utc >> shift);
	}
	return used;
}

/* Whether rows of it are asked for; those of no event are not of ours. */
static bool
wanted(const struct report *report, const char *contract, const char *event)
{
	const struct report_event_request *request = report->request;

	return event != NULL &&
	       (request->contract == NULL ||
		   strcmp(request->contract, contract) == 0) &&
	       (request->event == NULL || strcmp(request->event, event) == 0);
}

static int
add_lines(struct report *report, struct sorter *sorter, struct ledger *ledger,
    int64_t run, struct qf_error *err)
{
	unsigned char key[4 * ID_MAX];
	struct run_cursor *cursor = NULL;
	struct line line;
	int rc;

	if (runs_open_lines(&cursor, ledger, run, 1, err) == -1) {
		return -1;
	}
	while ((rc = runs_next_line(cursor, &line, err)) == 1) {
		struct line_data data = {line.gross_minor};

		if (!wanted(report, line.contract, line.session)) {
			continue;
		}
		if (sorter_add(sorter, key,
			make_key(key, line.contract, line.leg, line.session,
			    OF_LINE, 0),
			&data, sizeof(data), err) == -1) {
			rc = -1;
			break;
		}
	}
	runs_close(cursor);
	return rc;
}

static int
add_holds(struct report *report, struct sorter *sorter, struct ledger *ledger,
    int64_t run, struct qf_error *err)
{
	unsigned char key[4 * ID_MAX];
	struct run_cursor *cursor = NULL;
	struct hold hold;
	int rc;

	if (runs_open_holds(&cursor, ledger, run, err) == -1) {
		return -1;
	}
	while ((rc = runs_next_hold(cursor, &hold, err)) == 1) {
		struct hold_data data = {hold.from_utc, hold.to_utc, ""};

		if (!wanted(report, hold.contract, hold.session)) {
			continue;
		}
		copy(data.reason, sizeof(data.reason), hold.reason);
		if (sorter_add(sorter, key,
			make_key(key, hold.contract, hold.leg, hold.session,
			    OF_HOLD, 0),
			&data, sizeof(data), err) == -1) {
			rc = -1;
			break;
		}
	}
	runs_close(cursor);
	return rc;
}

static void
copy_step(struct step_data *out, const struct response_row *row)
{
	const char *const texts[VALUES] = {row->baseline_kwh, row->actual_kwh,
	    row->response_kwh, row->award_kwh, row->effective_kwh};

	memset(out, 0, sizeof(*out));
	out->start_utc = row->start_utc;
	out->end_utc = row->end_utc;
	out->whole = strcmp(row->role, "contract") == 0;
	out->has_award = row->award_kwh != NULL;
	for (size_t i = 0; i < VALUES; i++) {
		copy(out->values[i], DEC_TEXT_MAX,
		    texts[i] == NULL ? "0" : texts[i]);
	}
}

static int
add_steps(struct report *report, struct sorter *sorter, struct ledger *ledger,
    int64_t run, struct qf_error *err)
{
	unsigned char key[4 * ID_MAX];
	struct run_cursor *cursor = NULL;
	struct response_row row;
	struct step_data data;
	int rc;

	if (runs_open_responses(&cursor, ledger, run, err) == -1) {
		return -1;
	}
	while ((rc = runs_next_response(cursor, &row, err)) == 1) {
		if (!wanted(report, row.contract, row.event)) {
			continue;
		}
		copy_step(&data, &row);
		if (sorter_add(sorter, key,
			make_key(key, row.contract, row.leg, row.event, OF_STEP,
			    row.start_utc),
			&data, sizeof(data), err) == -1) {
			rc = -1;
			break;
		}
	}
	runs_close(cursor);
	return rc;
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

/* "2025-07-14 19:00", of the seconds nothing. */
static void
minute_text(const struct report *report, int64_t utc, char out[CIVIL_TEXT_MAX])
{
	local_time(report, utc, out);
	out[strlen("2025-07-14")] = ' ';
	out[strlen("2025-07-14 19:00")] = '\0';
}

/* The picture of the event, into the outbox. */
static int
draw(struct report *report, struct qf_error *err)
{
	struct event *event = &report->event;
	char title[4 * ID_MAX + 2 * CIVIL_TEXT_MAX], name[4 * ID_MAX],
	    start[CIVIL_TEXT_MAX], end[CIVIL_TEXT_MAX];
	struct sink sink;

	minute_text(report, event->start_utc, start);
	minute_text(report, event->end_utc, end);
	snprintf(title, sizeof(title), "%s   %s   %s - %s", event->contract,
	    event->event, start, end);
	snprintf(name, sizeof(name), "%s-%s-%s.svg", event->contract,
	    event->leg, event->event);
	if (outbox_begin(report->box, name, &sink, err) == -1 ||
	    picture_draw(&event->picture, title, report->zone,
		report->request->zh, sink, err) == -1 ||
	    outbox_end(report->box, err) == -1) {
		return -1;
	}
	report->counts->pictures++;
	return 0;
}

static void
put_money(struct report *report, int64_t minor)
{
	struct dec money = {0};

	dec_set_int(&money, minor, report->money_scale);
	table_dec(report->table, &money);
	dec_release(&money);
}

/* Response of the award, in percent; nothing of an award of 0. */
static void
put_rate(struct report *report)
{
	const struct event *event = &report->event;
	struct dec percent = {0};

	if (!event->has_award || dec_is_zero(&event->sums[AWARD])) {
		table_text(report->table, NULL);
		return;
	}
	dec_mul_int(&percent, &event->sums[RESPONSE], 100);
	dec_div(&percent, &percent, &event->sums[AWARD], PERCENT, DEC_HALF_UP);
	table_dec(report->table, &percent);
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
	put_money(report, event->paid_minor);
	put_money(report, event->charged_minor);
	put_money(report, event->paid_minor - event->charged_minor);
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
	if (rc == 0 && report->box != NULL && event->picture.count > 0) {
		rc = draw(report, err);
	}
	return rc;
}

static void
begin_event(struct event *event, const char *contract, const char *leg,
    const char *name)
{
	copy(event->contract, sizeof(event->contract), contract);
	copy(event->leg, sizeof(event->leg), leg);
	copy(event->event, sizeof(event->event), name);
	event->open = true;
	event->has_steps = event->has_award = false;
	event->reason[0] = '\0';
	event->start_utc = event->end_utc = 0;
	event->points = 0;
	event->paid_minor = event->charged_minor = 0;
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
		if (data.gross_minor >= 0) {
			event->paid_minor += data.gross_minor;
		} else {
			event->charged_minor -= data.gross_minor;
		}
		return 0;
	}
	case OF_HOLD: {
		struct hold_data data;

		memcpy(&data, record->data, sizeof(data));
		copy(event->reason, sizeof(event->reason), data.reason);
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

static int
write_report(struct report *report, struct ledger *ledger, int64_t run,
    struct qf_error *err)
{
	struct sorter *sorter = sorter_new(SORTER_MEMORY);
	struct sorter_record record;
	int rc = -1;

	if (add_lines(report, sorter, ledger, run, err) == -1 ||
	    add_holds(report, sorter, ledger, run, err) == -1 ||
	    add_steps(report, sorter, ledger, run, err) == -1 ||
	    sorter_finish(sorter, err) == -1) {
		goto out;
	}
	while ((rc = sorter_next(sorter, &record, err)) == 1) {
		if (take(report, &record, err) == -1) {
			rc = -1;
			break;
		}
	}
	if (rc == 0) {
		rc = end_event(report, err);
	}
	if (rc == 0) {
		rc = table_finish(report->table, err);
	}
	if (rc == 0 && report->counts->events == 0) {
		rc = qf_fail(err, QF_USAGE, "event-unknown",
		    "run:%lld has no such event", (long long)run);
	}
out:
	sorter_free(sorter);
	return rc;
}

static void
release(struct event *event)
{
	picture_release(&event->picture);
	for (size_t i = 0; i < VALUES; i++) {
		dec_release(&event->sums[i]);
	}
}

static int
check_run(struct ledger *ledger, struct handle *run, struct qf_error *err)
{
	if (entry_resolve(ledger, run, err) == -1) {
		return -1;
	}
	if (run->kind != ENTRY_RUN || run->line != 0) {
		return qf_fail(err, QF_USAGE, "handle-kind",
		    "%s:%lld is no run: events are in runs of qf-settle",
		    entry_kind_name(run->kind), (long long)run->entry);
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
		outbox_open(&report.box, request->output, ".svg",
		    request->force, err) == -1)) {
		goto out;
	}
	report.zone = zone;
	rc = write_report(&report, ledger, run->entry, err);
	if (rc == 0 && report.box != NULL) {
		rc = outbox_commit(report.box, err);
	}
out:
	outbox_close(report.box);
	table_free(report.table);
	release(&report.event);
	zone_free(zone);
	ledger_close(ledger);
	return rc;
}
