/* reconcile.c - the table of what was metered, rated, posted, exported.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/audit/reconcile.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/zone.h"
#include "ledger/db.h"
#include "ledger/registry.h"
#include "stage/audit/reconcile_own.h"
#include "stage/rulebook.h"

#define KWH_SCALE 9 /* of kWh that are no finite decimal */
#define KEY_MAX 1024

static const struct table_column columns[] = {
    {"account", TABLE_TEXT},
    {"contract", TABLE_TEXT},
    {"leg", TABLE_TEXT},
    {"channel", TABLE_TEXT},
    {"metered_kwh", TABLE_NUMBER},
    {"rated_kwh", TABLE_NUMBER},
    {"held_kwh", TABLE_NUMBER},
    {"residual_kwh", TABLE_NUMBER},
    {"posted_kwh", TABLE_NUMBER},
    {"rated", TABLE_NUMBER},
    {"posted", TABLE_NUMBER},
    {"exported", TABLE_NUMBER},
    {"remark", TABLE_TEXT},
};

enum { TOTAL_IMPORT, TOTAL_EXPORT, TOTAL_OTHER, TOTALS };
static const char *const total_names[] = {"import", "export", ""};

/* The table as it is being printed. */
struct report {
	struct reconcile *reconcile;
	struct table *table;
	struct dec of[MEASURES]; /* the row at hand */
	struct buf key;
	char held[160]; /* of the leg at hand */
	char account[ID_MAX + 1]; /* likewise */
	struct buf leg; /* contract and leg that the two are of */
	struct dec totals[TOTALS][MEASURES];
	int64_t gaps;
	char first[256];
};

static void
clear(struct dec of[MEASURES])
{
	for (int i = 0; i < MEASURES; i++) {
		dec_set_int(&of[i], 0, 0);
	}
}

static void
release(struct dec of[MEASURES])
{
	for (int i = 0; i < MEASURES; i++) {
		dec_release(&of[i]);
	}
}

/* What does not add up, or NULL. */
static const char *
find_gap(const struct report *report, bool held)
{
	const struct dec *of = report->of;
	struct dec sum = {0};
	bool same;

	dec_add(&sum, &of[RATED], &of[HELD]);
	dec_add(&sum, &sum, &of[RESIDUAL]);
	if (sum.scale > KWH_SCALE) {
		dec_round(&sum, &sum, KWH_SCALE, DEC_HALF_UP);
	}
	same = dec_cmp(&sum, &of[METERED]) == 0;
	dec_release(&sum);
	if (!same) {
		return "gap: metered is not rated + held + residual";
	}
	if (!held && dec_cmp(&of[RATED], &of[POSTED]) != 0) {
		return "gap: rated kWh are not posted";
	}
	if (!held && dec_cmp(&of[RATED_MONEY], &of[POSTED_MONEY]) != 0) {
		return "gap: the rated amount is not posted";
	}
	if (report->reconcile->request->exported_count == 0) {
		return NULL;
	}
	if (dec_cmp(&of[POSTED_ALL], &of[EXPORTED_ALL]) != 0) {
		return "gap: posted kWh are not exported";
	}
	return dec_cmp(&of[POSTED_MONEY], &of[EXPORTED_MONEY]) != 0
		   ? "gap: the posted amount is not exported"
		   : NULL;
}

/* Money with all its decimals, as bills have it. */
static void
add_money(struct report *report, const struct dec *value)
{
	struct dec money = {0};

	dec_round(&money, value, report->reconcile->money_scale, DEC_HALF_UP);
	table_dec(report->table, &money);
	dec_release(&money);
}

static int
print_row(struct report *report, const char *const parts[4],
    const struct dec of[MEASURES], const char *remark, struct qf_error *err)
{
	static const enum measure energies[] = {
	    METERED, RATED, HELD, RESIDUAL, POSTED};

	for (int i = 0; i < 4; i++) {
		table_text(report->table, parts[i]);
	}
	for (size_t i = 0; i < sizeof(energies) / sizeof(energies[0]); i++) {
		struct dec kwh = {0};

		dec_trim(&kwh, &of[energies[i]]);
		table_dec(report->table, &kwh);
		dec_release(&kwh);
	}
	add_money(report, &of[RATED_MONEY]);
	add_money(report, &of[POSTED_MONEY]);
	if (report->reconcile->request->exported_count > 0) {
		add_money(report, &of[EXPORTED_MONEY]);
	} else {
		table_text(report->table, NULL);
	}
	table_text(report->table, remark);
	return table_end_row(report->table, err);
}

static void
add_totals(struct report *report, const char *channel)
{
	int total = strcmp(channel, "import") == 0   ? TOTAL_IMPORT
		    : strcmp(channel, "export") == 0 ? TOTAL_EXPORT
						     : TOTAL_OTHER;

	for (int i = 0; i < MEASURES; i++) {
		dec_add(&report->totals[total][i], &report->totals[total][i],
		    &report->of[i]);
	}
}

static bool
is_empty(const struct dec of[MEASURES])
{
	for (int i = 0; i < MEASURES; i++) {
		if (!dec_is_zero(&of[i])) {
			return false;
		}
	}
	return true;
}

/* Account, contract, leg and channel. */
static void
split_key(const struct report *report, const char *parts[4])
{
	const char *at = report->key.bytes;

	parts[0] = report->account;
	for (int i = 1; i < 4; i++) {
		parts[i] = at;
		at += strlen(at) + 1;
	}
}

/* Prints the row of the key that has been summed up. */
static int
end_row(struct report *report, struct qf_error *err)
{
	const char *parts[4], *gap;
	bool held = report->held[0] != '\0';
	int rc = 0;

	if (report->key.length == 0) {
		return 0;
	}
	split_key(report, parts);
	gap = find_gap(report, held);
	if (gap != NULL && report->gaps++ == 0) {
		snprintf(report->first, sizeof(report->first),
		    "%s %s %s %s: %s", parts[0], parts[1], parts[2], parts[3],
		    gap);
	}
	add_totals(report, parts[3]);
	if (gap != NULL || parts[3][0] != '\0' || !is_empty(report->of)) {
		rc = print_row(report, parts, report->of,
		    gap != NULL ? gap
		    : held      ? report->held
				: NULL,
		    err);
	}
	clear(report->of);
	return rc;
}

/* Begins the row of a key; what is known of its leg stays while it lasts. */
static void
begin_row(struct report *report, const struct sorter_record *record)
{
	const char *key = record->key;
	size_t leg = strlen(key) + 1;

	leg += strlen(key + leg) + 1;
	buf_clear(&report->key);
	buf_add(&report->key, key, record->key_length);
	if (report->leg.length != leg ||
	    memcmp(report->leg.bytes, key, leg) != 0) {
		buf_clear(&report->leg);
		buf_add(&report->leg, key, leg);
		report->held[0] = '\0';
		report->account[0] = '\0';
	}
}

static int
take_record(struct report *report, const struct sorter_record *record,
    struct qf_error *err)
{
	const char *data = record->data;
	enum measure measure = (enum measure)(data[0] - 'a');
	struct dec value = {0};

	if (record->key_length != report->key.length ||
	    memcmp(record->key, report->key.bytes, record->key_length) != 0) {
		if (end_row(report, err) == -1) {
			return -1;
		}
		begin_row(report, record);
	}
	if (measure == REMARK) {
		snprintf(report->held, sizeof(report->held), "%s", data + 1);
		return 0;
	}
	if (measure == ACCOUNT) {
		snprintf(
		    report->account, sizeof(report->account), "%s", data + 1);
		return 0;
	}
	if (dec_parse_stored(&value, data + 1, record->data_length - 2, err) ==
	    -1) {
		return -1;
	}
	dec_add(&report->of[measure], &report->of[measure], &value);
	dec_release(&value);
	return 0;
}

static int
print_unpriced(
    void *context, const struct unpriced *unpriced, struct qf_error *err)
{
	struct report *report = context;
	struct reconcile *reconcile = report->reconcile;
	const char *const parts[] = {
	    "", unpriced->point, "", unpriced->channel};
	struct fact_cursor **cursor = &reconcile->source.cursors->parents;
	char remark[256];
	struct fact fact;
	int64_t entry;
	int length = snprintf(remark, sizeof(remark), "%s%s",
	    unpriced->partly ? "part of the time " : "",
	    unpriced->priced ? "no charge counts it" : "no contract prices it");
	int rc;

	dec_set(&report->of[METERED], &unpriced->kwh);
	dec_set(&report->of[RESIDUAL], &unpriced->kwh);
	if (facts_lookup(cursor, reconcile->ledger, LOOKUP_RELATIONS_OF_CHILD,
		reconcile->source.asof, unpriced->point, 0, 0, err) == -1) {
		return -1;
	}
	if ((rc = facts_next(*cursor, &fact, &entry, err)) == 1) {
		snprintf(remark + length, sizeof(remark) - (size_t)length,
		    "; behind %s", rulebook_text(&fact, "parent"));
	}
	if (rc == -1) {
		return -1;
	}
	add_totals(report, unpriced->channel);
	rc = print_row(report, parts, report->of, remark, err);
	clear(report->of);
	return rc;
}

static int
print_totals(struct report *report, struct qf_error *err)
{
	for (int i = 0; i < TOTALS; i++) {
		const char *const parts[] = {"total", "", "", total_names[i]};

		if (!is_empty(report->totals[i]) &&
		    print_row(report, parts, report->totals[i], NULL, err) ==
			-1) {
			return -1;
		}
	}
	return 0;
}

static int
print_all(struct report *report, struct qf_error *err)
{
	struct sorter_record record;
	int rc;

	if (sorter_finish(report->reconcile->sorter, err) == -1) {
		return -1;
	}
	while (
	    (rc = sorter_next(report->reconcile->sorter, &record, err)) == 1) {
		if (take_record(report, &record, err) == -1) {
			return -1;
		}
	}
	if (rc == -1 || end_row(report, err) == -1 ||
	    reconcile_points(report->reconcile, print_unpriced, report, err) ==
		-1 ||
	    print_totals(report, err) == -1 ||
	    table_finish(report->table, err) == -1) {
		return -1;
	}
	return report->gaps == 0 ? 0
				 : qf_fail(err, QF_NO, "reconcile-gap",
				       "%s: rows that do not add up: %" PRId64
				       "; the first: %s",
				       ledger_path(report->reconcile->ledger),
				       report->gaps, report->first);
}

static int
print(struct reconcile *reconcile, enum table_form form, struct sink sink,
    struct qf_error *err)
{
	struct report *report = xcalloc(1, sizeof(*report));
	int rc;

	report->reconcile = reconcile;
	report->table = table_new(
	    sink, form, columns, sizeof(columns) / sizeof(columns[0]));
	buf_init(&report->key, KEY_MAX);
	buf_init(&report->leg, KEY_MAX);
	rc = print_all(report, err);
	table_free(report->table);
	buf_release(&report->key);
	buf_release(&report->leg);
	release(report->of);
	for (int i = 0; i < TOTALS; i++) {
		release(report->totals[i]);
	}
	free(report);
	return rc;
}

int
audit_reconcile(struct ledger *ledger,
    const struct audit_reconcile_request *request, enum table_form form,
    struct sink sink, struct qf_error *err)
{
	struct reconcile reconcile = {.ledger = ledger, .request = request};
	struct audit_cursors cursors = {NULL, NULL, NULL, NULL, NULL};
	int rc = -1;

	reconcile.money_scale = ledger_market(ledger)->money_scale;
	if (zone_load(&reconcile.zone, ledger_market(ledger)->zone, err) ==
		-1 ||
	    period_parse(request->period, reconcile.zone, &reconcile.period,
		err) == -1) {
		goto out;
	}
	reconcile.source = (struct audit_source){
	    .ledger = ledger, .zone = reconcile.zone, .cursors = &cursors};
	reconcile.unit.stretches =
	    xcalloc(AUDIT_STRETCHES, sizeof(struct contract));
	reconcile.sorter = sorter_new(SORTER_MEMORY);
	reconcile.points = sorter_new(SORTER_MEMORY);
	rc = reconcile_gather(&reconcile, err);
	if (rc == 0) {
		rc = print(&reconcile, form, sink, err);
	}
out:
	audit_source_release(&reconcile.source);
	sorter_free(reconcile.sorter);
	sorter_free(reconcile.points);
	free(reconcile.unit.stretches);
	free(reconcile.runs);
	zone_free(reconcile.zone);
	return rc;
}
