/* uftp.c - a flexibility order of UFTP as events and their awards.
 *
 * An order is for one day at one congestion point.  Each stretch of it in which
 * power was ordered without a break becomes an event of the contract's
 * programme, and each ISP of it an award; what the order says stays as it is
 * written, with its sign, as the event's signal.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "format/faults.h"
#include "format/uftp_order.h"
#include "ledger/db.h"
#include "ledger/registry.h"
#include "model/contract.h"
#include "rules/programme.h"
#include "stage/intake/intake.h"
#include "stage/intake/messages.h"
#include "stage/intake/row.h"

/* Everything that is in the ledger so far, this call's files too. */
#define AS_OF INT64_MAX

#define SCHEME "uftp" /* of ContractID */
#define OPTION "congestion-point" /* of the contract */
#define SIGNAL "FlexOrder"
#define PRICE_SCALE 12 /* of the price of a unit */
#define BLOCKS_MAX 999

/* An order on its way. */
struct intake_uftp {
	struct passage *passage;
	struct ledger *ledger;
	const struct uftp_order *order;
	struct contract contract;
	struct programme *programme;
	const struct programme_version *version;
	bool priced; /* awards carry a price */
	struct dec price; /* of the programme's unit */
	struct fact_cursor *events;
	struct intake_row row;
};

/* A stretch of ISPs with power. */
struct block {
	const struct uftp_isp *first, *last;
	char event[ID_MAX + 1];
};

/* Keeps a fault of the order; returns 0, as there is nothing to take. */
static int
refuse(struct intake_uftp *in, const char *column, const char *code,
    const char *what, struct qf_error *err)
{
	return faults_add(in->passage->faults, in->order->line_no, column, err,
	    code, "%s: %s", in->order->reference, what);
}

/* Contract ---------------------------------------------------------------- */

static bool
is_at(const struct contract *contract, const char *congestion_point, bool need)
{
	unsigned long length;
	const char *said = contract_option(contract, OPTION, &length);

	return said == NULL ? !need
			    : length == strlen(congestion_point) &&
				  strncmp(said, congestion_point, length) == 0;
}

/* The contract's name of a ContractID: by its alias, else its own. */
static int
name_contract(
    struct intake_uftp *in, char name[ID_MAX + 1], struct qf_error *err)
{
	const char *said = in->order->contract;
	int rc;

	name[0] = '\0';
	if (!text_is_id(said, strlen(said))) {
		return 0;
	}
	rc = aliases_find(in->ledger, AS_OF, SCHEME, said, "contract",
	    in->order->isps[0].start_utc, name, err);
	if (rc == 0) {
		memcpy(name, said, strlen(said) + 1);
	}
	return rc == -1 ? -1 : 0;
}

/* Finds the one contract on events that the order is for: 1, or 0 having kept
 * the fault. */
static int
find_contract(struct intake_uftp *in, struct qf_error *err)
{
	const struct uftp_order *order = in->order;
	int64_t from_utc = order->isps[0].start_utc;
	int64_t to_utc = order->isps[order->isp_count - 1].end_utc;
	bool named = order->contract[0] != '\0';
	struct contract_cursor *cursor;
	struct contract contract;
	char name[ID_MAX + 1];
	size_t found = 0;
	int rc;

	if (named && name_contract(in, name, err) == -1) {
		return -1;
	}
	if (contracts_open_events(&cursor, in->ledger, AS_OF, from_utc, to_utc,
		named ? name : NULL, NULL, err) == -1) {
		return -1;
	}
	while ((rc = contracts_next(cursor, &contract, err)) == 1) {
		if (contract.basis == BASIS_EVENTS &&
		    contract.from_utc <= from_utc &&
		    contract.to_utc >= to_utc &&
		    is_at(&contract, order->congestion_point, !named)) {
			in->contract = contract;
			found++;
		}
	}
	contracts_close(cursor);
	if (rc == -1) {
		return -1;
	}
	if (found == 0) {
		return refuse(in, named ? "ContractID" : "CongestionPoint",
		    "uftp-contract",
		    named ? "no contract on events has this name, or it as an "
			    "alias of uftp, and its congestion-point"
			  : "no contract on events has this congestion-point "
			    "as its option",
		    err);
	}
	return found == 1 ? 1
			  : refuse(in, "CongestionPoint", "uftp-contract",
				"several contracts have this congestion-point: "
				"a ContractID is needed",
				err);
}

/* Programme --------------------------------------------------------------- */

/* Loads what the contract settles by: 1, or 0 having kept the fault. */
static int
find_programme(struct intake_uftp *in, struct qf_error *err)
{
	struct qf_error fault;
	char *text, file[256];
	int64_t entry;
	int rc;

	rc = rules_find(in->ledger, AS_OF, "programme", in->contract.tariff,
	    &text, file, &entry, err);
	if (rc == -1) {
		return -1;
	}
	if (rc == 1) {
		rc = programme_load(
		    &in->programme, text, strlen(text), file, &fault);
		free(text);
		if (rc == -1) {
			*err = fault;
			return -1;
		}
		in->version = programme_at(in->programme, in->order->day);
	}
	if (in->version == NULL) {
		return refuse(in, NULL, "uftp-programme",
		    "the contract's programme is not known, or not on that day",
		    err);
	}
	return in->version->direction != PROGRAMME_LIMIT
		   ? 1
		   : refuse(in, NULL, "uftp-programme",
			 "the contract's programme limits power; orders change "
			 "it",
			 err);
}

/* Power must go the way of the programme: 1, or 0 having kept the fault. */
static int
check_signs(struct intake_uftp *in, struct qf_error *err)
{
	bool shave = in->version->direction == PROGRAMME_SHAVE, any = false;

	for (size_t i = 0; i < in->order->isp_count; i++) {
		const struct uftp_isp *isp = &in->order->isps[i];

		any |= isp->power_w != 0;
		if (isp->power_w != 0 && (isp->power_w < 0) != shave) {
			return faults_add(in->passage->faults, isp->line_no,
			    "Power", err, "uftp-sign",
			    "the contract's programme is one to %s",
			    shave ? "shave, which Power orders below 0"
				  : "fill, which Power orders above 0");
		}
	}
	return any ? 1 : refuse(in, NULL, "uftp-empty", "orders no power", err);
}

/* Price ------------------------------------------------------------------- */

/* The term that the price of an award is read by, NULL where none is. */
static const struct programme_term *
award_term(const struct programme_version *version)
{
	for (size_t i = 0; i < version->price.term_count; i++) {
		if (version->price.terms[i].source == PROGRAMME_AWARD) {
			return &version->price.terms[i];
		}
	}
	return NULL;
}

/* What the order comes to of what is priced, times seconds: kW or MW, each for
 * its time. */
static void
add_up(const struct intake_uftp *in, enum programme_per per,
    struct dec *power_seconds)
{
	bool mega = per == PROGRAMME_PER_MWH || per == PROGRAMME_PER_MW;
	struct dec power = {0};

	dec_set_int(power_seconds, 0, 0);
	for (size_t i = 0; i < in->order->isp_count; i++) {
		const struct uftp_isp *isp = &in->order->isps[i];

		dec_set_int(&power, llabs(isp->power_w), mega ? 6 : 3);
		dec_mul_int(&power, &power, isp->end_utc - isp->start_utc);
		dec_add(power_seconds, power_seconds, &power);
	}
	dec_release(&power);
}

/* What a unit costs, where the programme pays what the award says. */
static int
set_price(struct intake_uftp *in, struct qf_error *err)
{
	const struct programme_version *version = in->version;
	const struct programme_term *term = award_term(version);
	enum programme_per per =
	    term != NULL && term->has_per ? term->per : version->price.per;
	bool by_energy = per == PROGRAMME_PER_KWH || per == PROGRAMME_PER_MWH;
	struct dec units = {0}, total = {0}, back = {0};
	int64_t step_seconds = by_energy ? 3600 : version->minutes * 60;
	int rc = 1;

	if (term == NULL) {
		return 1;
	}
	if (!by_energy && version->every == PROGRAMME_EVENT) {
		return refuse(in, "Price", "uftp-price",
		    "the programme pays power once an event: Price cannot be "
		    "told by ISP",
		    err);
	}
	/* Price / (power x time / step), with one division. */
	add_up(in, per, &units);
	dec_mul_int(&total, &in->order->price, step_seconds);
	dec_div(&in->price, &total, &units, PRICE_SCALE, DEC_HALF_EVEN);
	in->priced = true;
	dec_mul(&back, &in->price, &units);
	if (dec_cmp(&back, &total) != 0) {
		rc = faults_add(in->passage->notes, in->order->line_no, "Price",
			 err, "uftp-price",
			 "is no finite price of a unit: rounded to %d decimals",
			 PRICE_SCALE) == -1
			 ? -1
			 : 1;
	}
	dec_release(&units);
	dec_release(&total);
	dec_release(&back);
	return rc;
}

/* Blocks ------------------------------------------------------------------ */

/* The stretch with power at or behind *isp: its ISPs follow each other. */
static bool
next_block(const struct uftp_order *order, size_t *isp, struct block *block)
{
	size_t i = *isp;

	while (i < order->isp_count && order->isps[i].power_w == 0) {
		i++;
	}
	if (i == order->isp_count) {
		return false;
	}
	block->first = &order->isps[i];
	while (i + 1 < order->isp_count && order->isps[i + 1].power_w != 0 &&
	       order->isps[i + 1].start_utc == order->isps[i].end_utc) {
		i++;
	}
	block->last = &order->isps[i];
	*isp = i + 1;
	return true;
}

/* The first is called as the order is, the others with their number. */
static int
name_block(struct intake_uftp *in, size_t number, struct block *block,
    struct qf_error *err)
{
	char name[ID_MAX + 16];

	snprintf(name, sizeof(name), number == 1 ? "%s" : "%s:%zu",
	    in->order->reference, number);
	if (strlen(name) > ID_MAX || number > BLOCKS_MAX) {
		return refuse(in, "OrderReference", "uftp-value",
		    "is too long for its stretches to be told apart", err);
	}
	memcpy(block->event, name, strlen(name) + 1);
	return 1;
}

static int
is_known(struct intake_uftp *in, const char *event, struct qf_error *err)
{
	struct fact row;
	int64_t entry;

	if (facts_lookup(&in->events, in->ledger, LOOKUP_EVENT, AS_OF, event, 0,
		0, err) == -1) {
		return -1;
	}
	return facts_next(in->events, &row, &entry, err);
}

/* An order that is known has the stretches that it had: 1, or 0 having kept the
 * fault.  That each has the same times and awards is the ledger's matter. */
static int
check_known(struct intake_uftp *in, struct qf_error *err)
{
	size_t isp = 0, number = 0;
	bool known = false, same = true;
	struct block block;
	int rc;

	while (next_block(in->order, &isp, &block)) {
		rc = name_block(in, ++number, &block, err);
		if (rc == 1) {
			rc = is_known(in, block.event, err);
		} else {
			return rc;
		}
		if (rc == -1) {
			return -1;
		}
		known = number == 1 ? rc == 1 : known;
		same &= known == (rc == 1);
	}
	rc = name_block(in, number + 1, &block, err);
	if (rc == 1) {
		rc = is_known(in, block.event, err);
		same &= rc == 0;
	}
	if (rc == -1) {
		return -1;
	}
	return same ? 1
		    : refuse(in, "OrderReference", "uftp-known",
			  "is known with other stretches of time", err);
}

/* Facts ------------------------------------------------------------------- */

static int
add_event(
    struct intake_uftp *in, const struct block *block, struct qf_error *err)
{
	intake_row_begin(&in->row, FACT_EVENT, block->first->line_no);
	intake_row_text(&in->row, "event", block->event);
	intake_row_integer(&in->row, "modification", 0);
	intake_row_text(&in->row, "programme", in->contract.tariff);
	intake_row_integer(&in->row, "start", block->first->start_utc);
	intake_row_integer(&in->row, "end", block->last->end_utc);
	intake_row_text(&in->row, "status", "called");
	intake_row_text(&in->row, "test", "no");
	if (intake_fact(in->passage, &in->row.fact, err) == -1) {
		return -1;
	}
	intake_row_begin(&in->row, FACT_EVENT_TARGET, block->first->line_no);
	intake_row_text(&in->row, "event", block->event);
	intake_row_integer(&in->row, "modification", 0);
	intake_row_text(&in->row, "kind", "point");
	intake_row_text(&in->row, "target", in->contract.point);
	return intake_fact(in->passage, &in->row.fact, err);
}

/* One ISP: the award, and the order as it is written. */
static int
add_isp(struct intake_uftp *in, const struct block *block,
    const struct uftp_isp *isp, int64_t start_utc, struct qf_error *err)
{
	int64_t end_utc = start_utc + in->order->isp_seconds;
	struct dec kw = {0};
	int rc;

	dec_set_int(&kw, isp->power_w, 3);
	intake_row_begin(&in->row, FACT_EVENT_SIGNAL, isp->line_no);
	intake_row_text(&in->row, "event", block->event);
	intake_row_integer(&in->row, "modification", 0);
	intake_row_text(&in->row, "signal", SIGNAL);
	intake_row_integer(&in->row, "start", start_utc);
	intake_row_integer(&in->row, "end", end_utc);
	intake_row_text(&in->row, "type", "delta");
	intake_row_decimal(&in->row, "value", &kw);
	intake_row_text(&in->row, "unit", "kW");
	rc = intake_fact(in->passage, &in->row.fact, err);
	if (rc == 0) {
		dec_abs(&kw, &kw);
		intake_row_begin(&in->row, FACT_AWARD, isp->line_no);
		intake_row_text(&in->row, "event", block->event);
		intake_row_text(&in->row, "contract", in->contract.contract);
		intake_row_integer(&in->row, "start", start_utc);
		intake_row_text(&in->row, "award", in->order->reference);
		intake_row_integer(&in->row, "end", end_utc);
		intake_row_decimal(&in->row, "kw", &kw);
		if (in->priced) {
			intake_row_decimal(&in->row, "price", &in->price);
		}
		rc = intake_fact(in->passage, &in->row.fact, err);
	}
	dec_release(&kw);
	return rc;
}

static int
add_blocks(struct intake_uftp *in, struct qf_error *err)
{
	size_t at = 0, number = 0;
	struct block block;

	while (next_block(in->order, &at, &block)) {
		if (name_block(in, ++number, &block, err) != 1) {
			BUG("the names of stretches were not checked");
		}
		if (add_event(in, &block, err) == -1) {
			return -1;
		}
		for (const struct uftp_isp *isp = block.first;
		     isp <= block.last; isp++) {
			for (int64_t t = isp->start_utc; t < isp->end_utc;
			     t += in->order->isp_seconds) {
				if (add_isp(in, &block, isp, t, err) == -1) {
					return -1;
				}
			}
		}
	}
	return 0;
}

static int
take_order(struct intake_uftp *in, struct qf_error *err)
{
	const char *currency = ledger_market(in->ledger)->currency;
	int rc;

	if (strcmp(in->order->currency, currency) != 0) {
		return refuse(in, "Currency", "uftp-currency",
		    "is not the currency of the ledger", err);
	}
	rc = find_contract(in, err);
	if (rc == 1) {
		rc = find_programme(in, err);
	}
	if (rc == 1) {
		rc = check_signs(in, err);
	}
	if (rc == 1) {
		rc = set_price(in, err);
	}
	if (rc == 1) {
		rc = check_known(in, err);
	}
	return rc == 1 ? add_blocks(in, err) : rc;
}

int
intake_uftp(struct passage *passage, struct qf_error *err)
{
	struct intake_uftp *in;
	struct uftp_order *order;
	int rc = 0;

	if (uftp_order_load(&order, passage->fd, passage->operand->name,
		passage->faults, err) == -1) {
		return -1;
	}
	in = xcalloc(1, sizeof(*in));
	in->passage = passage;
	in->ledger = passage->intake->ledger;
	in->order = order;
	if (order->sound) {
		rc = take_order(in, err);
	}
	facts_close(in->events);
	programme_free(in->programme);
	dec_release(&in->price);
	free(in);
	uftp_order_free(order);
	return rc;
}
