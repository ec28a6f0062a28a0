/* claims.c - what the senders of sessions claim, against a run.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/audit/claims.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/zone.h"
#include "ledger/db.h"
#include "ledger/entry.h"
#include "ledger/runs.h"
#include "settle/ocpi_claims.h"
#include "stage/rate/ocpi.h"

#define LEG_SERVICE "service" /* whose lines are the service charge */

/* What a run has of a session. */
struct bill {
	char session[ID_MAX + 1];
	char contract[ID_MAX + 1], leg[ID_MAX + 1]; /* of its first line */
	char reason[48]; /* why it is held; "" where it is not */
	char energy_of[ID_MAX + 1]; /* the contract whose kWh are counted */
	struct dec kwh;
	int64_t net_minor, gross_minor, service_minor;
	size_t lines, service_lines;
};

struct claims {
	struct ledger *ledger;
	struct zone *zone;
	struct run run;
	struct rulebook *book;
	struct bill *bills;
	size_t count, capacity;
	size_t *slots; /* by the hash of the session; index + 1 */
	size_t slot_count; /* a power of two */
	struct fact_cursor *sessions, *rows;
	/* A rating of one session, for what the OCPI part wants. */
	struct rate rate;
	struct rate_request request;
	struct table *table;
	struct audit_claims_counts *counts;
};

/* Sums by session --------------------------------------------------------- */

static size_t
hash_of(const char *session)
{
	uint64_t hash = UINT64_C(14695981039346656037);

	for (; *session != '\0'; session++) {
		hash =
		    (hash ^ (unsigned char)*session) * UINT64_C(1099511628211);
	}
	return (size_t)(hash ^ hash >> 32);
}

static void
grow(struct claims *claims)
{
	claims->capacity = claims->capacity * 2 + 256;
	claims->bills = xreallocarray(
	    claims->bills, claims->capacity, sizeof(*claims->bills));
	free(claims->slots);
	claims->slot_count = 512;
	while (claims->slot_count < claims->capacity * 2) {
		claims->slot_count *= 2;
	}
	claims->slots = xcalloc(claims->slot_count, sizeof(*claims->slots));
	for (size_t i = 0; i < claims->count; i++) {
		size_t at = hash_of(claims->bills[i].session);

		while (claims->slots[at & (claims->slot_count - 1)] != 0) {
			at++;
		}
		claims->slots[at & (claims->slot_count - 1)] = i + 1;
	}
}

/* The bill of a session, new where it is met first. */
static struct bill *
bill_of(struct claims *claims, const char *session)
{
	size_t at = hash_of(session), *slot;
	struct bill *bill;

	if (claims->count == claims->capacity) {
		grow(claims);
	}
	for (;; at++) {
		slot = &claims->slots[at & (claims->slot_count - 1)];
		if (*slot == 0) {
			break;
		}
		if (strcmp(claims->bills[*slot - 1].session, session) == 0) {
			return &claims->bills[*slot - 1];
		}
	}
	bill = &claims->bills[claims->count++];
	*slot = claims->count;
	memset(bill, 0, sizeof(*bill));
	snprintf(bill->session, sizeof(bill->session), "%s", session);
	return bill;
}

static int
add_line(struct claims *claims, const struct line *line, struct qf_error *err)
{
	struct bill *bill = bill_of(claims, line->session);
	struct dec kwh = {0};

	if (bill->lines++ == 0) {
		snprintf(bill->contract, sizeof(bill->contract), "%s",
		    line->contract);
		snprintf(bill->leg, sizeof(bill->leg), "%s", line->leg);
	}
	bill->net_minor += line->net_minor;
	bill->gross_minor += line->gross_minor;
	if (strcmp(line->leg, LEG_SERVICE) == 0) {
		bill->service_minor += line->gross_minor;
		bill->service_lines++;
	}
	if (!line->counts_energy || line->channel == NULL ||
	    strcmp(line->channel, "import") != 0) {
		return 0;
	}
	if (bill->energy_of[0] == '\0') {
		snprintf(bill->energy_of, sizeof(bill->energy_of), "%s",
		    line->contract);
	}
	/* Each contract prices the same energy. */
	if (strcmp(bill->energy_of, line->contract) == 0) {
		if (dec_parse_stored(&kwh, line->quantity,
			strlen(line->quantity), err) == -1) {
			return -1;
		}
		dec_add(&bill->kwh, &bill->kwh, &kwh);
		dec_release(&kwh);
	}
	return 0;
}

static int
gather(struct claims *claims, struct qf_error *err)
{
	struct run_cursor *cursor = NULL;
	struct line line;
	struct hold hold;
	int rc =
	    runs_open_lines(&cursor, claims->ledger, claims->run.entry, 1, err);

	while (rc == 0 && (rc = runs_next_line(cursor, &line, err)) == 1) {
		rc = line.session == NULL ? 0 : add_line(claims, &line, err);
	}
	runs_close(cursor);
	cursor = NULL;
	if (rc == 0) {
		rc = runs_open_holds(
		    &cursor, claims->ledger, claims->run.entry, err);
	}
	while (rc == 0 && (rc = runs_next_hold(cursor, &hold, err)) == 1) {
		rc = 0;
		if (hold.session != NULL) {
			struct bill *bill = bill_of(claims, hold.session);

			snprintf(bill->reason, sizeof(bill->reason), "%s",
			    hold.reason);
			snprintf(bill->contract, sizeof(bill->contract), "%s",
			    hold.contract);
		}
	}
	runs_close(cursor);
	return rc;
}

static int
by_session(const void *a, const void *b)
{
	const struct bill *x = a, *y = b;

	return strcmp(x->session, y->session);
}

/* Claims ------------------------------------------------------------------ */

static int
item_of(const char *word)
{
	for (int i = 0; i < CDR_ITEMS; i++) {
		if (strcmp(word, cdr_item_words[i]) == 0) {
			return i;
		}
	}
	BUG("the ledger has an item %s", word);
}

static int
load_claims(struct claims *claims, const char *session, struct cdr *cdr,
    bool *any, struct qf_error *err)
{
	struct fact fact;
	int64_t entry;
	int rc;

	*any = false;
	if (facts_lookup(&claims->rows, claims->ledger,
		LOOKUP_CLAIMS_OF_SESSION, claims->run.asof, session, 0, 0,
		err) == -1) {
		return -1;
	}
	while ((rc = facts_next(claims->rows, &fact, &entry, err)) == 1) {
		struct cdr_claim *claim =
		    &cdr->claims[item_of(rulebook_text(&fact, "item"))];

		claim->has_volume =
		    rulebook_decimal(&claim->volume, &fact, "volume");
		claim->has_excl = rulebook_decimal(&claim->excl, &fact, "excl");
		claim->has_incl = rulebook_decimal(&claim->incl, &fact, "incl");
		*any = true;
	}
	return rc;
}

static void
put(struct table *table, bool has, const struct dec *value)
{
	if (has) {
		table_dec(table, value);
	} else {
		table_text(table, NULL);
	}
}

static int
put_row(struct claims *claims, const struct bill *bill,
    const struct ocpi_claim *check, struct qf_error *err)
{
	struct table *table = claims->table;

	claims->counts->differences++;
	table_text(table, bill->session);
	table_text(table, bill->contract);
	table_text(table, check->key);
	put(table, bill->reason[0] == '\0', &check->ours[0]);
	put(table, bill->reason[0] == '\0' && !check->is_volume,
	    &check->ours[1]);
	put(table, check->has[0], &check->claimed[0]);
	put(table, check->has[1], &check->claimed[1]);
	table_text(table, check->why);
	return table_end_row(table, err);
}

/* OCPI -------------------------------------------------------------------- */

/* The session and the contract's tariff, set up as the rating has them: 1, or
 * 0 where the contract has no tariff of OCPI. */
static int
set_up(struct claims *claims, const struct bill *bill,
    struct rate_session *session, struct contract *contract,
    struct rate_segment *segment, struct qf_error *err)
{
	const struct rulebook_tariff *tariff;
	struct contract_cursor *cursor;
	struct refusal refusal;
	struct fact fact;
	int64_t entry;
	int rc;

	if (facts_lookup(&claims->sessions, claims->ledger, LOOKUP_SESSION,
		claims->run.asof, bill->session, 0, 0, err) == -1) {
		return -1;
	}
	rc = facts_next(claims->sessions, &fact, &entry, err);
	if (rc != 1) {
		return rc;
	}
	memcpy(session->session, bill->session, sizeof(session->session));
	session->start_utc = rulebook_integer(&fact, "start", 0);
	session->end_utc = rulebook_integer(&fact, "end", 0);
	for (unsigned c = 0; c < RATE_CHANNELS; c++) {
		session->has[c] = rulebook_decimal(&session->kwh[c], &fact,
		    c == CHANNEL_IMPORT ? "import_kwh" : "export_kwh");
	}
	if (contracts_open(&cursor, claims->ledger, claims->run.asof,
		session->start_utc, session->start_utc + 1, bill->contract,
		bill->leg, err) == -1) {
		return -1;
	}
	rc = contracts_next(cursor, contract, err);
	contracts_close(cursor);
	if (rc != 1) {
		return rc;
	}
	rc = rulebook_tariff(
	    claims->book, contract->tariff, &tariff, &refusal, err);
	if (rc != 0) {
		return rc == -1 ? -1 : 0;
	}
	*segment = (struct rate_segment){.contract = contract,
	    .ocpi = tariff->ocpi,
	    .from_utc = session->start_utc,
	    .to_utc = session->end_utc};
	return tariff->ocpi != NULL;
}

/* Rates the session once more: 1 with the report, 0 where it is none of
 * OCPI. */
static int
rate_again(struct claims *claims, const struct bill *bill, struct cdr *cdr,
    struct ocpi_report *report, struct qf_error *err)
{
	struct rate *rate = &claims->rate;
	struct rate_session session = {.start_utc = 0};
	struct rate_segment segment;
	struct contract contract;
	int rc = set_up(claims, bill, &session, &contract, &segment, err);

	if (rc == 1) {
		rate->unit.sessions = &session;
		rate->unit.session_count = 1;
		rate->unit.segments = &segment;
		rate->unit.segment_count = 1;
		rc = rate_ocpi_report(rate, 0, 0, cdr, report, err);
		rate->unit = (struct rate_unit){.stretch_count = 0};
		rc = rc == -1 ? -1 : rc == 0;
	}
	dec_release(&session.kwh[CHANNEL_IMPORT]);
	dec_release(&session.kwh[CHANNEL_EXPORT]);
	return rc;
}

static int
compare_ocpi(struct claims *claims, const struct bill *bill,
    const struct ocpi_report *report, const struct cdr *cdr,
    struct qf_error *err)
{
	struct ocpi_claim checks[OCPI_CLAIMS_MAX];
	size_t count = ocpi_claims(checks, report, cdr);
	int rc = 0;

	for (size_t i = 0; i < count; i++) {
		claims->counts->claims += checks[i].has[0] || checks[i].has[1];
		if (rc == 0 && checks[i].differs) {
			rc = put_row(claims, bill, &checks[i], err);
		}
	}
	ocpi_claims_release(checks, count);
	return rc;
}

/* As booked --------------------------------------------------------------- */

static void
set_minor(const struct claims *claims, struct dec *out, int64_t minor)
{
	dec_set_int(out, minor, ledger_market(claims->ledger)->money_scale);
}

/* Why a sum that was booked is not the one claimed. */
static const char *
why_booked(const struct bill *bill, const struct ocpi_claim *check)
{
	if (check->is_volume) {
		return bill->energy_of[0] == '\0'
			   ? "no line of the run counts its energy"
			   : "is not the energy that the run has";
	}
	if (check->item == CDR_ITEM_SERVICE && bill->service_lines == 0) {
		return "the run has no line of leg service";
	}
	if (check->item == CDR_ITEM_ENERGY &&
	    bill->lines == bill->service_lines) {
		return "the run has lines of leg service alone";
	}
	if (check->item == CDR_ITEM_TOTAL &&
	    (bill->service_lines == 0 || bill->lines == bill->service_lines)) {
		return "the run has not both energy and service charge";
	}
	return "is not what the tariff of the contract gives";
}

static int
compare_one(struct claims *claims, const struct bill *bill,
    struct ocpi_claim *check, struct qf_error *err)
{
	int rc = 0;

	for (unsigned side = 0; side < 2; side++) {
		check->differs =
		    check->differs ||
		    (check->has[side] && dec_cmp(&check->ours[side],
					     &check->claimed[side]) != 0);
	}
	claims->counts->claims++;
	if (bill->reason[0] != '\0') {
		snprintf(
		    check->why, sizeof(check->why), "held: %s", bill->reason);
		check->differs = true;
	} else if (check->differs) {
		snprintf(check->why, sizeof(check->why), "%s",
		    why_booked(bill, check));
	}
	if (check->differs) {
		rc = put_row(claims, bill, check, err);
	}
	ocpi_claims_release(check, 1);
	return rc;
}

static int
compare_money(struct claims *claims, const struct bill *bill,
    const struct cdr *cdr, enum cdr_item item, struct qf_error *err)
{
	const struct cdr_claim *claim = &cdr->claims[item];
	struct ocpi_claim check = {.key = cdr_item_words[item],
	    .item = item,
	    .has = {
		item == CDR_ITEM_TOTAL && claim->has_excl, claim->has_incl}};

	if (!check.has[0] && !check.has[1]) {
		return 0;
	}
	set_minor(claims, &check.ours[0],
	    item == CDR_ITEM_TOTAL ? bill->net_minor : 0);
	set_minor(claims, &check.ours[1],
	    item == CDR_ITEM_SERVICE  ? bill->service_minor
	    : item == CDR_ITEM_ENERGY ? bill->gross_minor - bill->service_minor
				      : bill->gross_minor);
	dec_set(&check.claimed[0], &claim->excl);
	dec_set(&check.claimed[1], &claim->incl);
	return compare_one(claims, bill, &check, err);
}

static int
compare_booked(struct claims *claims, const struct bill *bill,
    const struct cdr *cdr, struct qf_error *err)
{
	const struct cdr_claim *energy = &cdr->claims[CDR_ITEM_ENERGY];
	struct ocpi_claim check = {.key = "energy-kwh",
	    .item = CDR_ITEM_ENERGY,
	    .is_volume = true,
	    .has = {energy->has_volume, false}};

	if (compare_money(claims, bill, cdr, CDR_ITEM_TOTAL, err) == -1 ||
	    compare_money(claims, bill, cdr, CDR_ITEM_ENERGY, err) == -1 ||
	    compare_money(claims, bill, cdr, CDR_ITEM_SERVICE, err) == -1) {
		return -1;
	}
	if (!check.has[0]) {
		return 0;
	}
	dec_trim(&check.ours[0], &bill->kwh);
	dec_set(&check.claimed[0], &energy->volume);
	return compare_one(claims, bill, &check, err);
}

/* Whole -------------------------------------------------------------------- */

static int
compare(struct claims *claims, const struct bill *bill, struct qf_error *err)
{
	struct cdr claimed = {.period_count = 0}, rated = {.period_count = 0};
	struct ocpi_report report = {0};
	bool any;
	int rc = load_claims(claims, bill->session, &claimed, &any, err);

	if (rc == 0 && any) {
		rc = bill->reason[0] != '\0'
			 ? 0
			 : rate_again(claims, bill, &rated, &report, err);
		if (rc == 1) {
			rc = compare_ocpi(claims, bill, &report, &claimed, err);
		} else if (rc == 0) {
			rc = compare_booked(claims, bill, &claimed, err);
		}
	}
	ocpi_report_release(&report);
	cdr_release(&claimed);
	cdr_release(&rated);
	return rc;
}

static void
release(struct claims *claims)
{
	for (size_t i = 0; i < claims->count; i++) {
		dec_release(&claims->bills[i].kwh);
	}
	free(claims->bills);
	free(claims->slots);
	facts_close(claims->sessions);
	facts_close(claims->rows);
	facts_close(claims->rate.session_period_cursor);
	facts_close(claims->rate.session_interval_cursor);
	rulebook_free(claims->book);
	zone_free(claims->zone);
	table_free(claims->table);
}

static int
begin(struct claims *claims, struct handle *handle, struct qf_error *err)
{
	if (handle->kind != ENTRY_RUN) {
		return qf_fail(err, QF_USAGE, "handle-kind",
		    "%s:%lld: claims are compared with a run",
		    entry_kind_name(handle->kind), (long long)handle->entry);
	}
	if (entry_resolve(claims->ledger, handle, err) == -1 ||
	    runs_load(claims->ledger, handle->entry, &claims->run, err) == -1 ||
	    zone_load(&claims->zone, ledger_market(claims->ledger)->zone,
		err) == -1) {
		return -1;
	}
	if (strcmp(claims->run.tool, RATE_TOOL) != 0) {
		return qf_fail(err, QF_USAGE, "runs-unlike",
		    "run:%lld was made by %s: claims are compared with a run "
		    "of %s",
		    (long long)claims->run.entry, claims->run.tool, RATE_TOOL);
	}
	rulebook_new(
	    &claims->book, claims->ledger, claims->run.asof, claims->zone);
	claims->request.asof = claims->run.asof;
	claims->rate.ledger = claims->ledger;
	claims->rate.zone = claims->zone;
	claims->rate.request = &claims->request;
	return 0;
}

int
audit_claims(struct ledger *ledger, struct handle *handle, enum table_form form,
    struct sink sink, struct audit_claims_counts *counts, struct qf_error *err)
{
	static const struct table_column columns[] = {{"session", TABLE_TEXT},
	    {"contract", TABLE_TEXT}, {"item", TABLE_TEXT},
	    {"ours", TABLE_NUMBER}, {"ours_incl", TABLE_NUMBER},
	    {"claimed", TABLE_NUMBER}, {"claimed_incl", TABLE_NUMBER},
	    {"why", TABLE_TEXT}};
	struct claims claims = {.ledger = ledger, .counts = counts};
	int rc = begin(&claims, handle, err);

	*counts = (struct audit_claims_counts){.sessions = 0};
	if (rc == 0) {
		rc = gather(&claims, err);
	}
	if (rc == 0) {
		claims.table = table_new(
		    sink, form, columns, sizeof(columns) / sizeof(columns[0]));
		counts->sessions = (int64_t)claims.count;
		if (claims.count > 1) {
			qsort(claims.bills, claims.count, sizeof(*claims.bills),
			    by_session);
		}
	}
	for (size_t i = 0; rc == 0 && i < claims.count; i++) {
		rc = compare(&claims, &claims.bills[i], err);
	}
	if (rc == 0 && counts->differences > 0) {
		rc = table_finish(claims.table, err);
	}
	if (rc == 0 && counts->differences > 0) {
		rc = qf_fail(err, QF_NO, "claims-differ",
		    "run:%lld: %lld of %lld claims differ",
		    (long long)claims.run.entry, (long long)counts->differences,
		    (long long)counts->claims);
	}
	release(&claims);
	return rc;
}
