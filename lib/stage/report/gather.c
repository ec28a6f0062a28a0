/* gather.c - the rows of a run that tell of events.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "base/sorter.h"
#include "base/status.h"
#include "base/text.h"
#include "ledger/runs.h"
#include "model/contract.h"
#include "model/line.h"
#include "model/response.h"
#include "stage/report/own.h"

struct gather {
	struct sorter *sorter;
	struct ledger *ledger;
	int64_t run;
	const struct report_event_request *request;
	struct event_sums *sums;
};

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
wanted(const struct gather *gather, const char *contract, const char *event)
{
	const struct report_event_request *request = gather->request;

	return event != NULL &&
	       (request->contract == NULL ||
		   strcmp(request->contract, contract) == 0) &&
	       (request->event == NULL || strcmp(request->event, event) == 0);
}

static int
add_lines(struct gather *gather, struct qf_error *err)
{
	unsigned char key[4 * ID_MAX];
	struct run_cursor *cursor = NULL;
	struct line line;
	int rc;

	if (runs_open_lines(&cursor, gather->ledger, gather->run, 1, err) ==
	    -1) {
		return -1;
	}
	while ((rc = runs_next_line(cursor, &line, err)) == 1) {
		struct line_data data = {line.gross_minor};

		if (!wanted(gather, line.contract, line.session)) {
			continue;
		}
		money_add(&gather->sums->money, line.gross_minor);
		if (sorter_add(gather->sorter, key,
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
add_holds(struct gather *gather, struct qf_error *err)
{
	unsigned char key[4 * ID_MAX];
	struct run_cursor *cursor = NULL;
	struct hold hold;
	int rc;

	if (runs_open_holds(&cursor, gather->ledger, gather->run, err) == -1) {
		return -1;
	}
	while ((rc = runs_next_hold(cursor, &hold, err)) == 1) {
		struct hold_data data = {hold.from_utc, hold.to_utc, ""};

		if (!wanted(gather, hold.contract, hold.session)) {
			continue;
		}
		gather->sums->holds++;
		text_copy(data.reason, sizeof(data.reason), hold.reason);
		if (sorter_add(gather->sorter, key,
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
		text_copy(out->values[i], DEC_TEXT_MAX,
		    texts[i] == NULL ? "0" : texts[i]);
	}
}

static int
add_steps(struct gather *gather, struct qf_error *err)
{
	unsigned char key[4 * ID_MAX];
	struct run_cursor *cursor = NULL;
	struct response_row row;
	struct step_data data;
	int rc;

	if (runs_open_responses(&cursor, gather->ledger, gather->run, err) ==
	    -1) {
		return -1;
	}
	while ((rc = runs_next_response(cursor, &row, err)) == 1) {
		if (!wanted(gather, row.contract, row.event)) {
			continue;
		}
		copy_step(&data, &row);
		if (sorter_add(gather->sorter, key,
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

int
gather_events(struct sorter *sorter, struct ledger *ledger, int64_t run,
    const struct report_event_request *request, struct event_sums *sums,
    struct qf_error *err)
{
	struct gather gather = {sorter, ledger, run, request, sums};

	sums->holds = 0;
	if (add_lines(&gather, err) == -1 || add_holds(&gather, err) == -1) {
		return -1;
	}
	return add_steps(&gather, err);
}
