/* flex.c - a run of qf-settle as a FlexSettlement message of UFTP.
 *
 * An order is an award: the events in which a contract was awarded under that
 * name, on one day.  What its lines come to is Price, what they charge is
 * Penalty; powers are the means of the run's steps in whole watts.  A programme
 * that pays otherwise than the standard has a message that contradicts itself,
 * and is refused.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/civil.h"
#include "base/dec.h"
#include "base/digest.h"
#include "base/status.h"
#include "base/text.h"
#include "base/zone.h"
#include "format/faults.h"
#include "format/uftp_settlement.h"
#include "ledger/db.h"
#include "ledger/log.h"
#include "ledger/registry.h"
#include "model/contract.h"
#include "rules/programme.h"
#include "stage/export/own.h"

#define SCHEME "uftp" /* of ContractID */
#define OPTION_POINT "congestion-point"
#define OPTION_BASELINE "baseline"
#define OPTION_RESERVED "reserved-kw"
#define SECONDS_OF_KWH 3600000 /* watt seconds */
#define APART_W 2 /* what rounding each power by itself can come to */

/* What holds for all orders of one contract. */
struct terms {
	char contract[ID_MAX + 1];
	char id[FLEX_TEXT_MAX + 1]; /* as its partner calls it */
	char congestion_point[FLEX_TEXT_MAX + 1];
	char baseline[FLEX_TEXT_MAX + 1]; /* the one given, or the programme */
	int64_t reserved_w;
	int sign; /* of what is ordered */
};

/* An event of a contract, to find its order by. */
struct part {
	char contract[ID_MAX + 1], event[ID_MAX + 1];
	size_t order;
};

struct flex {
	struct export_job *job;
	struct flex_settlement *message;
	struct terms *terms;
	size_t term_count;
	struct part *parts;
	size_t part_count;
};

/* Terms ------------------------------------------------------------------- */

static int
copy_option(const struct contract *contract, const char *name,
    char out[FLEX_TEXT_MAX + 1])
{
	unsigned long length;
	const char *value = contract_option(contract, name, &length);

	if (value == NULL || length > FLEX_TEXT_MAX) {
		out[0] = '\0';
		return -1;
	}
	memcpy(out, value, length);
	out[length] = '\0';
	return 0;
}

/* The stretch of the contract that the event is in. */
static int
load_contract(struct flex *flex, const struct response_row *row,
    struct contract *out, struct qf_error *err)
{
	struct contract_cursor *cursor;
	int rc;

	if (contracts_open_events(&cursor, flex->job->ledger,
		flex->job->run.asof, row->start_utc, row->end_utc,
		row->contract, row->leg, err) == -1) {
		return -1;
	}
	rc = contracts_next(cursor, out, err);
	contracts_close(cursor);
	if (rc == 0) {
		BUG("contract %s of a run is not there", row->contract);
	}
	return rc == -1 ? -1 : 0;
}

/* What the partner calls the contract: its alias, else its own name. */
static int
name_contract(struct flex *flex, const struct response_row *row,
    struct terms *terms, struct qf_error *err)
{
	struct fact_cursor *cursor = NULL;
	struct fact fact;
	int64_t entry;
	int rc;

	snprintf(terms->id, sizeof(terms->id), "%s", row->contract);
	if (facts_lookup(&cursor, flex->job->ledger, LOOKUP_ALIASES_OF,
		flex->job->run.asof, row->contract, 0, 0, err) == -1) {
		return -1;
	}
	while ((rc = facts_next(cursor, &fact, &entry, err)) == 1) {
		const struct fact_value *v = fact.values;
		const struct fact_format *format = fact.format;
		const struct fact_value *to = &v[fact_column(format, "to")];

		if (strcmp(v[fact_column(format, "scheme")].text, SCHEME) ==
			0 &&
		    strcmp(v[fact_column(format, "kind")].text, "contract") ==
			0 &&
		    v[fact_column(format, "from")].integer <= row->start_utc &&
		    (to->is == FACT_NULL || to->integer > row->start_utc)) {
			snprintf(terms->id, sizeof(terms->id), "%s",
			    v[fact_column(format, "alias")].text);
		}
	}
	facts_close(cursor);
	return rc;
}

/* The sign of what the programme orders. */
static int
find_sign(struct flex *flex, const struct contract *contract, int32_t day,
    struct terms *terms, struct qf_error *err)
{
	const struct programme_version *version;
	struct programme *programme;
	char *text, file[256];
	int64_t entry;
	int rc;

	rc = rules_find(flex->job->ledger, flex->job->run.asof, "programme",
	    contract->tariff, &text, file, &entry, err);
	if (rc == -1) {
		return -1;
	}
	if (rc == 0) {
		BUG("programme %s of a run is not there", contract->tariff);
	}
	rc = programme_load(&programme, text, strlen(text), file, err);
	free(text);
	if (rc == -1) {
		return -1;
	}
	version = programme_at(programme, day);
	if (version == NULL || version->direction == PROGRAMME_LIMIT) {
		rc = qf_fail(err, QF_DATA, "flex-programme",
		    "contract %s: programme %s limits power, which is no order "
		    "of flexibility",
		    contract->contract, contract->tariff);
	} else {
		terms->sign = version->direction == PROGRAMME_FILL ? 1 : -1;
	}
	programme_free(programme);
	return rc;
}

static int
take_reserved(
    const struct contract *contract, struct terms *terms, struct qf_error *err)
{
	char text[FLEX_TEXT_MAX + 1];
	struct dec kw = {0};
	struct qf_error ignored;
	int rc = 0;

	if (copy_option(contract, OPTION_RESERVED, text) == -1) {
		return 0;
	}
	if (dec_parse(&kw, text, strlen(text), &ignored) == -1 ||
	    dec_to_int64(&kw, 3, &terms->reserved_w, &ignored) == -1) {
		rc = qf_fail(err, QF_DATA, "flex-contract",
		    "contract %s: %s=%s is no power in kW of whole watts",
		    contract->contract, OPTION_RESERVED, text);
	}
	dec_release(&kw);
	return rc;
}

static int
add_terms(struct flex *flex, const struct response_row *row,
    const struct terms **out, struct qf_error *err)
{
	int32_t day = zone_day_of(flex->job->zone, row->start_utc);
	struct contract contract;
	struct terms *terms;

	if (load_contract(flex, row, &contract, err) == -1) {
		return -1;
	}
	flex->terms = xreallocarray(
	    flex->terms, flex->term_count + 1, sizeof(*flex->terms));
	terms = &flex->terms[flex->term_count++];
	memset(terms, 0, sizeof(*terms));
	snprintf(terms->contract, sizeof(terms->contract), "%s", row->contract);
	if (copy_option(&contract, OPTION_BASELINE, terms->baseline) == -1) {
		snprintf(terms->baseline, sizeof(terms->baseline), "%s",
		    contract.tariff);
	}
	if (copy_option(&contract, OPTION_POINT, terms->congestion_point) ==
	    -1) {
		return qf_fail(err, QF_DATA, "flex-contract",
		    "contract %s: has no option " OPTION_POINT, row->contract);
	}
	*out = terms;
	return take_reserved(&contract, terms, err) == -1 ||
		       name_contract(flex, row, terms, err) == -1
		   ? -1
		   : find_sign(flex, &contract, day, terms, err);
}

/* The terms of a row's contract; rows come contract by contract. */
static int
find_terms(struct flex *flex, const struct response_row *row,
    const struct terms **out, struct qf_error *err)
{
	for (size_t i = flex->term_count; i > 0; i--) {
		if (strcmp(flex->terms[i - 1].contract, row->contract) == 0) {
			*out = &flex->terms[i - 1];
			return 0;
		}
	}
	return add_terms(flex, row, out, err);
}

/* Powers ------------------------------------------------------------------ */

/* Mean power of a step in whole watts. */
static int64_t
watts(const char *kwh, int64_t seconds)
{
	struct dec energy = {0}, length = {0}, power = {0};
	struct qf_error err;
	int64_t out;

	if (dec_parse_stored(&energy, kwh, strlen(kwh), &err) == -1) {
		BUG("a run has %s kWh", kwh);
	}
	dec_mul_int(&energy, &energy, SECONDS_OF_KWH);
	dec_set_int(&length, seconds, 0);
	dec_div(&power, &energy, &length, 0, DEC_HALF_UP);
	if (dec_to_int64(&power, 0, &out, &err) == -1) {
		BUG("a mean power of %s kWh in %lld s", kwh,
		    (long long)seconds);
	}
	dec_release(&energy);
	dec_release(&length);
	dec_release(&power);
	return out;
}

static bool
is_near(int64_t a, int64_t b)
{
	return a - b <= APART_W && b - a <= APART_W;
}

/* Fills in the powers of a step. */
static int
set_powers(const struct response_row *row, const struct terms *terms,
    struct flex_isp *isp, struct qf_error *err)
{
	int64_t seconds = row->end_utc - row->start_utc;
	int64_t delivered_w = watts(row->effective_kwh, seconds);
	int64_t missing_w = watts(row->deficiency_kwh, seconds);

	isp->baseline_w = watts(row->baseline_kwh, seconds);
	isp->actual_w = watts(row->actual_kwh, seconds);
	isp->ordered_w = terms->sign * watts(row->award_kwh, seconds);
	uftp_delivered(isp);
	/* A cap on what is missing is the programme's to set. */
	if (!is_near(isp->deficiency_w, missing_w) &&
	    isp->deficiency_w > llabs(isp->ordered_w) &&
	    is_near(llabs(isp->ordered_w), missing_w)) {
		isp->deficiency_w = llabs(isp->ordered_w);
	}
	if (is_near(isp->delivered_w, delivered_w) &&
	    is_near(isp->deficiency_w, missing_w)) {
		return 0;
	}
	return qf_fail(err, QF_DATA, "flex-programme",
	    "contract %s, event %s: the programme pays %lld W and charges "
	    "%lld W, where by UFTP %lld W are delivered and %lld W missing",
	    row->contract, row->event, (long long)delivered_w,
	    (long long)missing_w, (long long)isp->delivered_w,
	    (long long)isp->deficiency_w);
}

/* Orders ------------------------------------------------------------------ */

/* Which ISPs of its day a step is. */
static int
set_place(struct flex *flex, const struct response_row *row, int32_t day,
    struct flex_isp *isp, struct qf_error *err)
{
	int64_t isp_seconds = (int64_t)flex->job->request->isp_minutes * 60;
	int64_t begin = zone_day_start(flex->job->zone, day);

	if ((row->start_utc - begin) % isp_seconds != 0 ||
	    (row->end_utc - row->start_utc) % isp_seconds != 0) {
		return qf_fail(err, QF_DATA, "flex-step",
		    "contract %s, event %s: its steps are no whole ISPs of %d "
		    "minutes",
		    row->contract, row->event, flex->job->request->isp_minutes);
	}
	isp->first = (row->start_utc - begin) / isp_seconds + 1;
	isp->count = (row->end_utc - row->start_utc) / isp_seconds;
	return 0;
}

/* The order of a step: by contract and award. */
static struct flex_order *
find_order(struct flex *flex, const struct response_row *row,
    const struct terms *terms, int32_t day)
{
	struct flex_settlement *message = flex->message;
	struct flex_order *order;

	for (size_t i = message->order_count; i > 0; i--) {
		order = &message->orders[i - 1];
		if (strcmp(order->contract, terms->id) != 0) {
			break;
		}
		if (strcmp(order->reference, row->award) == 0) {
			return order;
		}
	}
	order = flex_add_order(message);
	order->reference = xstrdup(row->award);
	order->contract = xstrdup(terms->id);
	order->prognosis = xstrdup("");
	order->baseline = xstrdup(terms->baseline);
	order->congestion_point = xstrdup(terms->congestion_point);
	order->day = day;
	return order;
}

/* Notes which order an event belongs to; an event of several has money that
 * cannot be told apart. */
static int
note_part(struct flex *flex, const struct response_row *row,
    const struct flex_order *order, struct qf_error *err)
{
	size_t number = (size_t)(order - flex->message->orders);
	struct part *part;

	if (flex->part_count > 0) {
		part = &flex->parts[flex->part_count - 1];
		if (strcmp(part->contract, row->contract) == 0 &&
		    strcmp(part->event, row->event) == 0) {
			return part->order == number
				   ? 0
				   : qf_fail(err, QF_DATA, "flex-order",
					 "contract %s, event %s: is of several "
					 "awards, and its money of no single "
					 "order",
					 row->contract, row->event);
		}
	}
	flex->parts = xreallocarray(
	    flex->parts, flex->part_count + 1, sizeof(*flex->parts));
	part = &flex->parts[flex->part_count++];
	snprintf(part->contract, sizeof(part->contract), "%s", row->contract);
	snprintf(part->event, sizeof(part->event), "%s", row->event);
	part->order = number;
	return 0;
}

static void
add_reserved(struct flex *flex, const struct terms *terms, int32_t day,
    const struct flex_isp *isp)
{
	struct flex_settlement *message = flex->message;
	struct flex_contract *contract = NULL;
	struct flex_day *found = NULL;

	for (size_t i = message->contract_count; i > 0; i--) {
		if (strcmp(message->contracts[i - 1].contract, terms->id) ==
		    0) {
			contract = &message->contracts[i - 1];
			break;
		}
	}
	if (contract == NULL) {
		contract = flex_add_contract(message);
		contract->contract = xstrdup(terms->id);
	}
	for (size_t i = contract->day_count; i > 0; i--) {
		if (contract->days[i - 1].day == day) {
			found = &contract->days[i - 1];
			break;
		}
	}
	if (found == NULL) {
		found = flex_add_day(contract);
		found->day = day;
	}
	*flex_add_reserved(found) = (struct flex_reserved){
	    .first = isp->first,
	    .count = isp->count,
	    .reserved_w = terms->reserved_w,
	    .has_ordered = true,
	    .ordered_w = isp->ordered_w,
	};
}

static int
take_response(
    struct flex *flex, const struct response_row *row, struct qf_error *err)
{
	int32_t day = zone_day_of(flex->job->zone, row->start_utc);
	const struct terms *terms;
	struct flex_order *order;
	struct flex_isp *isp;

	if (strcmp(row->role, "contract") != 0) {
		return 0;
	}
	if (row->award == NULL) {
		return qf_fail(err, QF_DATA, "flex-order",
		    "contract %s, event %s: has no award, and so no order",
		    row->contract, row->event);
	}
	if (find_terms(flex, row, &terms, err) == -1) {
		return -1;
	}
	order = find_order(flex, row, terms, day);
	if (order->day != day) {
		return qf_fail(err, QF_DATA, "flex-order",
		    "contract %s, order %s: is of more than one day",
		    row->contract, row->award);
	}
	if (note_part(flex, row, order, err) == -1) {
		return -1;
	}
	isp = flex_add_isp(order);
	if (set_place(flex, row, day, isp, err) == -1 ||
	    set_powers(row, terms, isp, err) == -1) {
		return -1;
	}
	add_reserved(flex, terms, day, isp);
	export_count_row(flex->job);
	return 0;
}

static int
take_responses(struct flex *flex, struct qf_error *err)
{
	struct run_cursor *cursor;
	struct response_row row;
	int rc;

	if (runs_open_responses(
		&cursor, flex->job->ledger, flex->job->run.entry, err) == -1) {
		return -1;
	}
	while ((rc = runs_next_response(cursor, &row, err)) == 1) {
		if (take_response(flex, &row, err) == -1) {
			rc = -1;
			break;
		}
	}
	runs_close(cursor);
	return rc;
}

/* Money ------------------------------------------------------------------- */

static int
by_part(const void *a, const void *b)
{
	const struct part *left = a, *right = b;
	int difference = strcmp(left->contract, right->contract);

	return difference != 0 ? difference : strcmp(left->event, right->event);
}

/* What a line pays is Price, what it charges is Penalty. */
static int
take_line(struct flex *flex, const struct line *line, struct qf_error *err)
{
	struct dec amount = {.small = line->net_minor,
	    .scale = ledger_market(flex->job->ledger)->money_scale};
	struct flex_order *order;
	const struct part *part;
	struct part key;

	snprintf(key.contract, sizeof(key.contract), "%s", line->contract);
	snprintf(key.event, sizeof(key.event), "%s",
	    line->session == NULL ? "" : line->session);
	part = flex->part_count == 0
		   ? NULL
		   : bsearch(&key, flex->parts, flex->part_count, sizeof(key),
			 by_part);
	if (part == NULL || !line->has_amount) {
		return qf_fail(err, QF_DATA, "flex-order",
		    "contract %s: line %lld is of no order", line->contract,
		    (long long)line->line_no);
	}
	order = &flex->message->orders[part->order];
	if (line->net_minor >= 0) {
		dec_add(&order->price, &order->price, &amount);
	} else {
		dec_sub(&order->penalty, &order->penalty, &amount);
	}
	dec_sub(&order->net, &order->price, &order->penalty);
	return 0;
}

static int
take_lines(struct flex *flex, struct qf_error *err)
{
	struct run_cursor *cursor;
	struct line line;
	int rc;

	if (flex->part_count > 0) {
		qsort(flex->parts, flex->part_count, sizeof(*flex->parts),
		    by_part);
	}
	if (runs_open_lines(&cursor, flex->job->ledger, flex->job->run.entry, 1,
		err) == -1) {
		return -1;
	}
	while ((rc = runs_next_line(cursor, &line, err)) == 1) {
		if (take_line(flex, &line, err) == -1) {
			rc = -1;
			break;
		}
	}
	runs_close(cursor);
	return rc;
}

/* What is held has no order in the message, which nobody could see in it. */
static int
count_holds(struct flex *flex, struct qf_error *err)
{
	struct export_counts *counts = flex->job->request->counts;
	struct run_cursor *cursor;
	struct hold hold;
	int rc;

	if (counts == NULL) {
		return 0;
	}
	if (runs_open_holds(
		&cursor, flex->job->ledger, flex->job->run.entry, err) == -1) {
		return -1;
	}
	counts->holds.of = "event";
	while ((rc = runs_next_hold(cursor, &hold, err)) == 1) {
		holds_add(&counts->holds, &hold);
	}
	runs_close(cursor);
	return rc;
}

/* Head -------------------------------------------------------------------- */

/* A UUID (version 8) of what the message is of, so that the same message has
 * the same name whenever it is written. */
static char *
make_uuid(const struct flex *flex, const char *what)
{
	const struct flex_settlement *message = flex->message;
	char hex[DIGEST_HEX_SIZE], out[40];
	struct digest digest;
	struct buf text;

	buf_init(&text, 1 << 16);
	buf_printf(&text, "%s\n%s\n%s\n%s\n%s\n%d\n", what,
	    flex->job->run.line_root, message->sender, message->recipient,
	    message->timestamp, flex->job->request->isp_minutes);
	digest_bytes(&digest, text.bytes, text.length);
	buf_release(&text);
	digest_hex(&digest, hex);
	hex[12] = '8';
	hex[16] =
	    "89ab"[(hex[16] >= 'a' ? hex[16] - 'a' + 10 : hex[16] - '0') & 3];
	snprintf(out, sizeof(out), "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8,
	    hex + 12, hex + 16, hex + 20);
	return xstrdup(out);
}

/* When the run was recorded, as its entry's header says. */
static int
take_recorded(struct flex *flex, struct qf_error *err)
{
	struct log_cursor *cursor;
	struct log_entry entry;
	const char *at, *end;
	char text[CIVIL_TEXT_MAX] = "";
	int rc;

	rc = log_find(
	    &cursor, flex->job->ledger, flex->job->run.entry, &entry, err);
	if (rc == 1) {
		at = strstr(entry.header, "recorded ");
		end = at == NULL ? NULL : strchr(at, '\n');
		if (end == NULL || (size_t)(end - at) - 9 >= sizeof(text)) {
			BUG("an entry without the time of its recording");
		}
		memcpy(text, at + 9, (size_t)(end - at) - 9);
	}
	log_close(cursor);
	flex->message->timestamp = xstrdup(text);
	return rc == -1 ? -1 : 0;
}

static int
set_head(struct flex *flex, struct qf_error *err)
{
	struct flex_settlement *message = flex->message;
	const struct export_job *job = flex->job;

	message->version = xstrdup(FLEX_VERSION);
	message->sender = xstrdup(job->request->sender);
	message->recipient = xstrdup(job->request->receiver);
	message->currency = xstrdup(ledger_market(job->ledger)->currency);
	message->first_day = zone_day_of(job->zone, job->run.from_utc);
	message->last_day = zone_day_of(job->zone, job->run.to_utc - 1);
	if (take_recorded(flex, err) == -1) {
		return -1;
	}
	message->message = make_uuid(flex, "FlexSettlement");
	message->conversation = make_uuid(flex, "conversation");
	return 0;
}

/* Whole ------------------------------------------------------------------- */

/* The first thing that is wrong with the message, if any is. */
static int
check(struct flex *flex, struct qf_error *err)
{
	const struct flex_rule rule = {
	    .minutes = flex->job->request->isp_minutes,
	    .zone = flex->job->zone};
	struct faults *faults = faults_new("FlexSettlement");
	struct fault fault;
	int rc;

	if (uftp_settlement_check(flex->message, &rule, faults, err) == -1 ||
	    faults_finish(faults, err) == -1) {
		faults_free(faults);
		return -1;
	}
	rc = faults_next(faults, &fault, err);
	if (rc == 1) {
		rc = qf_fail(err, QF_DATA, fault.code, "%s: %s", fault.column,
		    fault.what);
	}
	faults_free(faults);
	return rc;
}

static void
release(struct flex *flex)
{
	uftp_settlement_free(flex->message);
	free(flex->terms);
	free(flex->parts);
}

int
export_flex(struct export_job *job, struct qf_error *err)
{
	struct flex flex = {
	    .job = job, .message = xcalloc(1, sizeof(*flex.message))};
	struct sink sink;
	int rc = -1;

	if (strcmp(job->run.tool, "qf-settle") != 0) {
		qf_fail(err, QF_USAGE, "flex-run",
		    "run:%lld: is not of qf-settle, and has no orders of "
		    "flexibility",
		    (long long)job->run.entry);
	} else if (set_head(&flex, err) == 0 &&
		   take_responses(&flex, err) == 0 &&
		   take_lines(&flex, err) == 0 && check(&flex, err) == 0 &&
		   count_holds(&flex, err) == 0 &&
		   export_begin_file(job, NULL, &sink, err) == 0 &&
		   uftp_settlement_write(flex.message, sink, err) == 0) {
		rc = outbox_end(job->box, err);
	}
	release(&flex);
	return rc;
}
