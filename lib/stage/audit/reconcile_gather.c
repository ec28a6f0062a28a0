/* reconcile_gather.c - collects what is to be reconciled.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/civil.h"
#include "base/text.h"
#include "ledger/db.h"
#include "ledger/origin.h"
#include "ledger/postings.h"
#include "ledger/registry.h"
#include "ledger/standing.h"
#include "stage/audit/exported.h"
#include "stage/audit/reconcile_own.h"
#include "stage/rate/rate.h"
#include "stage/rulebook.h"

#define KEY_MAX 1024 /* bytes */

/* Adds a record under (contract, leg, channel). */
static int
add_record(struct reconcile *reconcile, const char *contract, const char *leg,
    const char *channel, enum measure measure, const char *text,
    struct qf_error *err)
{
	const char *parts[] = {contract, leg, channel == NULL ? "" : channel};
	struct buf key, data;
	int rc;

	buf_init(&key, KEY_MAX);
	buf_init(&data, KEY_MAX);
	for (int i = 0; i < 3; i++) {
		buf_add(&key, parts[i], strlen(parts[i]) + 1);
	}
	buf_add_char(&data, (char)('a' + (int)measure));
	buf_add(&data, text, strlen(text) + 1);
	rc = sorter_add(reconcile->sorter, key.bytes, key.length, data.bytes,
	    data.length, err);
	buf_release(&key);
	buf_release(&data);
	return rc;
}

static int
add_dec(struct reconcile *reconcile, const char *contract, const char *leg,
    const char *channel, enum measure measure, const struct dec *value,
    struct qf_error *err)
{
	char text[DEC_TEXT_MAX];

	dec_format_trim(value, text, sizeof(text));
	return add_record(
	    reconcile, contract, leg, channel, measure, text, err);
}

static int
add_minor(struct reconcile *reconcile, const char *contract, const char *leg,
    const char *channel, enum measure measure, int64_t minor,
    struct qf_error *err)
{
	struct dec value;

	dec_init(&value);
	dec_set_int(&value, minor, reconcile->money_scale);
	return add_dec(reconcile, contract, leg, channel, measure, &value, err);
}

/* Runs ------------------------------------------------------------------- */

static int
find_runs(
    struct reconcile *reconcile, const struct run *scope, struct qf_error *err)
{
	struct posted_cursor *cursor = NULL;
	struct posting posting;
	struct run run;
	int rc;

	if (posted_open(&cursor, reconcile->ledger, scope, err) == -1) {
		return -1;
	}
	while ((rc = posted_next(cursor, &posting, &run, err)) == 1) {
		if (!postings_inside(scope, &run)) {
			continue;
		}
		reconcile->runs = xreallocarray(reconcile->runs,
		    reconcile->run_count + 1, sizeof(*reconcile->runs));
		reconcile->runs[reconcile->run_count++] = run;
		if (run.asof > reconcile->source.asof) {
			reconcile->source.asof = run.asof;
		}
	}
	posted_close(cursor);
	if (rc == 0 && reconcile->run_count == 0) {
		return qf_fail(err, QF_NO, "reconcile-nothing",
		    "%s: no run inside %s is posted",
		    ledger_path(reconcile->ledger), reconcile->request->period);
	}
	return rc;
}

static bool
is_word(const char *scope, const char *name, const char *text)
{
	size_t length;
	const char *word = runs_scope_word(scope, name, &length);

	return word == NULL ||
	       (strlen(text) == length && memcmp(word, text, length) == 0);
}

/* Whether a later run settled the contract's leg anew. */
static bool
superseded(const struct reconcile *reconcile, size_t number,
    const char *contract, const char *leg)
{
	const struct run *run = &reconcile->runs[number];

	for (size_t i = number + 1; i < reconcile->run_count; i++) {
		const struct run *later = &reconcile->runs[i];

		if (later->from_utc < run->to_utc &&
		    later->to_utc > run->from_utc &&
		    is_word(later->scope, "contract", contract) &&
		    is_word(later->scope, "leg", leg)) {
			return true;
		}
	}
	return false;
}

static int
take_line(
    struct reconcile *reconcile, const struct line *line, struct qf_error *err)
{
	if (!line->has_amount) {
		return 0;
	}
	if (!line->counts_energy && line->channel != NULL &&
	    strcmp(line->unit, "kwh") == 0 &&
	    reconcile_add_point(reconcile, line->point, line->channel,
		POINT_PRICED, line->from_utc, line->to_utc, err) == -1) {
		return -1;
	}
	return add_minor(reconcile, line->contract, line->leg, line->channel,
	    RATED_MONEY, line->gross_minor, err);
}

static int
gather_lines(struct reconcile *reconcile, size_t number, struct qf_error *err)
{
	struct run_cursor *cursor;
	struct line line;
	int rc;

	if (runs_open_lines(&cursor, reconcile->ledger,
		reconcile->runs[number].entry, 1, err) == -1) {
		return -1;
	}
	while ((rc = runs_next_line(cursor, &line, err)) == 1) {
		if (!superseded(reconcile, number, line.contract, line.leg) &&
		    take_line(reconcile, &line, err) == -1) {
			rc = -1;
			break;
		}
	}
	runs_close(cursor);
	return rc;
}

static int
gather_holds(struct reconcile *reconcile, size_t number, struct qf_error *err)
{
	struct run_cursor *cursor;
	struct hold hold;
	char text[128];
	int rc;

	if (runs_open_holds(&cursor, reconcile->ledger,
		reconcile->runs[number].entry, err) == -1) {
		return -1;
	}
	while ((rc = runs_next_hold(cursor, &hold, err)) == 1) {
		snprintf(text, sizeof(text), "held: %s", hold.reason);
		if (!superseded(reconcile, number, hold.contract, hold.leg) &&
		    add_record(reconcile, hold.contract, hold.leg, "", REMARK,
			text, err) == -1) {
			rc = -1;
			break;
		}
	}
	runs_close(cursor);
	return rc;
}

/* One row of a run's energy, with what was metered read again. */
static int
gather_unit(struct reconcile *reconcile, const struct run *run,
    const struct energy *energy, struct qf_error *err)
{
	const struct {
		enum measure measure;
		const char *kwh;
	} told[] = {{RATED, energy->rated_kwh}, {HELD, energy->held_kwh},
	    {RESIDUAL, energy->residual_kwh}};
	struct audit_source source = reconcile->source;
	struct dec kwh = {0};
	enum channel channel;
	int rc;

	/* What is carried to the next period is residual already. */
	if (channel_parse(&channel, energy->channel, strlen(energy->channel)) ==
	    -1) {
		return 0;
	}
	for (size_t i = 0; i < 3; i++) {
		if (add_record(reconcile, energy->contract, energy->leg,
			energy->channel, told[i].measure, told[i].kwh,
			err) == -1) {
			return -1;
		}
	}
	source.asof = run->asof;
	if (audit_unit_find(&reconcile->unit, &source, energy->contract,
		energy->leg, run->from_utc, run->to_utc, err) == -1) {
		return -1;
	}
	rc = audit_metered(&kwh, &source, &reconcile->unit, energy->point,
	    channel, run->from_utc, run->to_utc, err);
	if (rc == 0) {
		rc = add_dec(reconcile, energy->contract, energy->leg,
		    energy->channel, METERED, &kwh, err);
	}
	if (rc == 0) {
		rc = reconcile_add_covered(reconcile, run, energy, err);
	}
	dec_release(&kwh);
	return rc;
}

static int
gather_energy(struct reconcile *reconcile, size_t number, struct qf_error *err)
{
	const struct run *run = &reconcile->runs[number];
	struct run_cursor *cursor;
	struct energy energy;
	int rc;

	if (runs_open_energy(&cursor, reconcile->ledger, run->entry, err) ==
	    -1) {
		return -1;
	}
	while ((rc = runs_next_energy(cursor, &energy, err)) == 1) {
		if (!superseded(
			reconcile, number, energy.contract, energy.leg) &&
		    gather_unit(reconcile, run, &energy, err) == -1) {
			rc = -1;
			break;
		}
	}
	runs_close(cursor);
	return rc;
}

/* Postings, exports, points ---------------------------------------------- */

static int
gather_posted(
    struct reconcile *reconcile, const struct run *scope, struct qf_error *err)
{
	struct standing *standing;
	struct stands stands;
	int rc;

	if (standing_open(&standing, reconcile->ledger, scope, 0, err) == -1) {
		return -1;
	}
	while ((rc = standing_next(standing, &stands, err)) == 1) {
		const struct transfer_key *key = &stands.newest.key;
		bool is_kwh = strcmp(stands.newest.unit, "kwh") == 0;

		if (add_minor(reconcile, key->contract, key->leg, key->channel,
			POSTED_MONEY, stands.scope.gross_minor, err) == -1 ||
		    (is_kwh && add_record(reconcile, key->contract, key->leg,
				   key->channel, POSTED_ALL,
				   stands.scope.quantity, err) == -1) ||
		    (is_kwh && stands.newest.counts_energy &&
			add_record(reconcile, key->contract, key->leg,
			    key->channel, POSTED, stands.scope.quantity,
			    err) == -1)) {
			rc = -1;
			break;
		}
	}
	standing_close(standing);
	return rc;
}

static int
take_exported(
    void *context, const struct exported_row *row, struct qf_error *err)
{
	struct reconcile *reconcile = context;

	if (strcmp(row->unit, "kwh") == 0 &&
	    add_dec(reconcile, row->contract, row->leg, row->channel,
		EXPORTED_ALL, &row->quantity, err) == -1) {
		return -1;
	}
	return add_dec(reconcile, row->contract, row->leg, row->channel,
	    EXPORTED_MONEY, &row->gross, err);
}

/* Every point that has anything in the period. */
static int
gather_points(struct reconcile *reconcile, struct qf_error *err)
{
	const struct period *period = &reconcile->period;
	struct origin_cursor *cursor;
	struct origin origin;
	int rc;

	if (origin_points(&cursor, reconcile->ledger, reconcile->source.asof,
		period->first_day, period->end_day, period->from_utc,
		period->to_utc, err) == -1) {
		return -1;
	}
	while ((rc = origin_next(cursor, &origin, err)) == 1) {
		if (reconcile_add_point(reconcile, origin.point, "import",
			POINT_READS, INT64_MIN, INT64_MIN, err) == -1 ||
		    reconcile_add_point(reconcile, origin.point, "export",
			POINT_READS, INT64_MIN, INT64_MIN, err) == -1) {
			rc = -1;
			break;
		}
	}
	origin_close(cursor);
	return rc;
}

/* Whose bill each leg of a contract is on: the last stretch says. */
static int
gather_accounts(struct reconcile *reconcile, struct qf_error *err)
{
	struct contract_cursor *cursor;
	struct contract contract;
	int rc;

	if (contracts_open(&cursor, reconcile->ledger, reconcile->source.asof,
		reconcile->period.from_utc, reconcile->period.to_utc, NULL,
		NULL, err) == -1) {
		return -1;
	}
	while ((rc = contracts_next(cursor, &contract, err)) == 1) {
		if (add_record(reconcile, contract.contract, contract.leg, "",
			ACCOUNT,
			contract.account[0] != '\0' ? contract.account
						    : contract.contract,
			err) == -1) {
			rc = -1;
			break;
		}
	}
	contracts_close(cursor);
	return rc;
}

int
reconcile_gather(struct reconcile *reconcile, struct qf_error *err)
{
	const struct audit_reconcile_request *request = reconcile->request;
	const struct period *period = &reconcile->period;
	struct run scope = {.tool = RATE_TOOL};
	int year, month, day;

	scope.from_utc = period->from_utc;
	scope.to_utc = period->to_utc;
	civil_date(period->first_day, &year, &month, &day);
	scope.first_month = 100 * year + month;
	civil_date(period->end_day - 1, &year, &month, &day);
	scope.last_month = 100 * year + month;
	if (find_runs(reconcile, &scope, err) == -1 ||
	    gather_accounts(reconcile, err) == -1) {
		return -1;
	}
	for (size_t i = 0; i < reconcile->run_count; i++) {
		if (gather_lines(reconcile, i, err) == -1 ||
		    gather_holds(reconcile, i, err) == -1 ||
		    gather_energy(reconcile, i, err) == -1) {
			return -1;
		}
	}
	for (size_t i = 0; i < request->exported_count; i++) {
		if (audit_exported(request->exported[i], take_exported,
			reconcile, err) == -1) {
			return -1;
		}
	}
	if (gather_posted(reconcile, &scope, err) == -1) {
		return -1;
	}
	return gather_points(reconcile, err);
}
