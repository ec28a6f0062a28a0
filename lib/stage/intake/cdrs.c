/* cdrs.c - sessions that a charging platform sends as JSON into their
 * batch: charge records of OCPI, charge orders of T/CEC 102.
 *
 * Each becomes a session, its energy by time, what it claims to come to, and
 * for OCPI its periods, which an OCPI tariff prices.  A credit record takes a
 * session back.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/intake/cdrs.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/zone.h"
#include "format/cec102.h"
#include "format/faults.h"
#include "format/ocpi_cdr.h"
#include "ledger/db.h"
#include "ledger/entry.h"
#include "ledger/registry.h"

/* Everything that is in the ledger so far, this call's files too. */
#define AS_OF INT64_MAX

#define SCHEME_EVSE "ocpi-evse"
#define SCHEME_TOKEN "ocpi-token"
#define SCHEME_CONNECTOR "cec102-connector"

/* A file's sessions on their way. */
struct intake_cdrs {
	struct passage *passage;
	struct jsonread read;
	struct cdrs cdrs;
	char *text;
	size_t length;
	struct fact_cursor *claims, *sessions, *intervals, *periods;
	/* The row in hand: decimals of it are texts here. */
	struct fact fact;
	char texts[FACT_COLUMNS_MAX][DEC_TEXT_MAX];
};

/* Rows ------------------------------------------------------------------- */

static void
begin_row(struct intake_cdrs *in, enum fact_kind kind, const struct cdr *cdr)
{
	memset(&in->fact, 0, sizeof(in->fact));
	in->fact.format = fact_format(kind);
	in->fact.line_no = cdr->line_no;
	for (size_t i = 0; i < FACT_COLUMNS_MAX; i++) {
		in->fact.values[i].is = FACT_NULL;
	}
}

static void
put_text(struct intake_cdrs *in, const char *column, const char *text)
{
	struct fact_value *value =
	    &in->fact.values[fact_column(in->fact.format, column)];

	if (text[0] != '\0') {
		*value = (struct fact_value){
		    .is = FACT_IS_TEXT, .text = text, .length = strlen(text)};
	}
}

static void
put_integer(struct intake_cdrs *in, const char *column, int64_t integer)
{
	in->fact.values[fact_column(in->fact.format, column)] =
	    (struct fact_value){.is = FACT_IS_INTEGER, .integer = integer};
}

static void
put_decimal(
    struct intake_cdrs *in, const char *column, const struct dec *decimal)
{
	size_t i = fact_column(in->fact.format, column);

	dec_format_trim(decimal, in->texts[i], DEC_TEXT_MAX);
	put_text(in, column, in->texts[i]);
}

static int
end_row(struct intake_cdrs *in, struct qf_error *err)
{
	return intake_fact(in->passage, &in->fact, err);
}

/* Keeps a fault of a session. */
static int
refuse_cdr(struct intake_cdrs *in, const struct cdr *cdr, const char *code,
    const char *what, struct qf_error *err)
{
	return faults_add(in->passage->faults, cdr->line_no, NULL, err, code,
	    "%s: %s", cdr->id[0] == '\0' ? "(no id)" : cdr->id, what);
}

/* Names ------------------------------------------------------------------ */

/* Looks an identifier up as an alias; separators of EVSE ids, which are
 * optional (eMI3), do not count. */
static int
find_alias(struct intake_cdrs *in, const char *scheme, const char *name,
    const char *kind, int64_t at_utc, char out[ID_MAX + 1],
    struct qf_error *err)
{
	char plain[ID_MAX + 1];
	size_t length = 0;

	for (const char *c = name; *c != '\0'; c++) {
		if (*c != '*') {
			plain[length++] = *c;
		}
	}
	plain[length] = '\0';
	if (length == 0) {
		return 0;
	}
	return aliases_find(in->passage->intake->ledger, AS_OF, scheme, plain,
	    kind, at_utc, out, err);
}

/* The point of a session: by the alias of its EVSE or connector, else by its
 * own name. */
static int
find_point(struct intake_cdrs *in, const struct cdr *cdr,
    char point[ID_MAX + 1], struct qf_error *err)
{
	bool ocpi = in->passage->operand->kind.format == SNIFF_OCPI_CDR;
	const char *scheme = ocpi ? SCHEME_EVSE : SCHEME_CONNECTOR;
	const char *const names[] = {
	    ocpi ? cdr->evse_uid : cdr->connector, cdr->evse};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < 2; i++) {
		rc = find_alias(
		    in, scheme, names[i], "point", cdr->start_utc, point, err);
	}
	for (size_t i = 0; rc == 0 && i < 2; i++) {
		if (names[i][0] == '\0') {
			continue;
		}
		rc = points_know(
		    in->passage->intake->ledger, AS_OF, names[i], err);
		if (rc == 1) {
			memcpy(point, names[i], strlen(names[i]) + 1);
		}
	}
	return rc;
}

static int
find_party(struct intake_cdrs *in, const struct cdr *cdr,
    char party[ID_MAX + 1], struct qf_error *err)
{
	int rc = find_alias(
	    in, SCHEME_TOKEN, cdr->token, "party", cdr->start_utc, party, err);

	return rc != 0 ? rc
		       : find_alias(in, SCHEME_TOKEN, cdr->token_contract,
			     "party", cdr->start_utc, party, err);
}

/* Facts ------------------------------------------------------------------ */

static int
add_session(struct intake_cdrs *in, const struct cdr *cdr, const char *point,
    const char *party, struct qf_error *err)
{
	struct dec import = {0}, export = {0}, part[2] = {{0}};
	int rc;

	for (size_t i = 0; i < cdr->period_count; i++) {
		if (!cdr_period_energy(&cdr->periods[i], &part[0], &part[1])) {
			BUG("the volumes of a period were not checked");
		}
		dec_add(&import, &import, &part[0]);
		dec_add(&export, &export, &part[1]);
	}
	begin_row(in, FACT_SESSION, cdr);
	put_text(in, "session", cdr->id);
	put_text(in, "point", point);
	put_text(in, "party", party);
	put_integer(in, "start", cdr->start_utc);
	put_integer(in, "end", cdr->end_utc);
	put_decimal(in, "import_kwh", &import);
	if (dec_sign(&export) > 0) {
		put_decimal(in, "export_kwh", &export);
	}
	rc = end_row(in, err);
	dec_release(&import);
	dec_release(&export);
	dec_release(&part[0]);
	dec_release(&part[1]);
	return rc;
}

static int
add_interval(struct intake_cdrs *in, const struct cdr *cdr,
    const struct cdr_period *period, const char *channel, const struct dec *kwh,
    struct qf_error *err)
{
	if (dec_sign(kwh) <= 0 || period->end_utc <= period->start_utc) {
		return 0;
	}
	begin_row(in, FACT_SESSION_INTERVAL, cdr);
	put_text(in, "session", cdr->id);
	put_text(in, "channel", channel);
	put_integer(in, "start", period->start_utc);
	put_integer(in, "end", period->end_utc);
	put_decimal(in, "kwh", kwh);
	return end_row(in, err);
}

/* The energy of a period as intervals, so that tariffs of our own can price
 * it too. */
static int
add_intervals(struct intake_cdrs *in, const struct cdr *cdr,
    const struct cdr_period *period, struct qf_error *err)
{
	struct dec import = {0}, export = {0};
	int rc;

	if (!cdr_period_energy(period, &import, &export)) {
		BUG("the volumes of a period were not checked");
	}
	rc = add_interval(in, cdr, period, "import", &import, err);
	if (rc == 0) {
		rc = add_interval(in, cdr, period, "export", &export, err);
	}
	dec_release(&import);
	dec_release(&export);
	return rc;
}

static int
add_volumes(struct intake_cdrs *in, const struct cdr *cdr,
    const struct cdr_period *period, struct qf_error *err)
{
	for (size_t q = 0; q < CDR_QUANTITIES; q++) {
		if ((period->given & 1U << q) == 0) {
			continue;
		}
		begin_row(in, FACT_SESSION_PERIOD, cdr);
		put_text(in, "session", cdr->id);
		put_integer(in, "start", period->start_utc);
		put_text(in, "dimension", cdr_quantity_words[q]);
		put_decimal(in, "volume", &period->volumes[q]);
		if (end_row(in, err) == -1) {
			return -1;
		}
	}
	return 0;
}

static int
add_claims(struct intake_cdrs *in, const struct cdr *cdr, struct qf_error *err)
{
	for (size_t i = 0; i < CDR_ITEMS; i++) {
		const struct cdr_claim *claim = &cdr->claims[i];

		if (!claim->has_volume && !claim->has_excl &&
		    !claim->has_incl) {
			continue;
		}
		begin_row(in, FACT_SESSION_CLAIM, cdr);
		put_text(in, "session", cdr->id);
		put_text(in, "item", cdr_item_words[i]);
		if (claim->has_volume) {
			put_decimal(in, "volume", &claim->volume);
		}
		if (claim->has_excl) {
			put_decimal(in, "excl", &claim->excl);
		}
		if (claim->has_incl) {
			put_decimal(in, "incl", &claim->incl);
		}
		if (end_row(in, err) == -1) {
			return -1;
		}
	}
	return 0;
}

/* Known sessions ---------------------------------------------------------- */

/* Energy that the sender now says of a stretch, by where it starts. */
static bool
has_interval(const struct cdr *cdr, int64_t start_utc, bool exported)
{
	struct dec import = {0}, export = {0};
	bool found = false;

	for (size_t i = 0; i < cdr->period_count && !found; i++) {
		const struct cdr_period *period = &cdr->periods[i];

		found = period->start_utc == start_utc &&
			period->end_utc > period->start_utc &&
			cdr_period_energy(period, &import, &export) &&
			dec_sign(exported ? &export : &import) > 0;
	}
	dec_release(&import);
	dec_release(&export);
	return found;
}

static bool
has_volume(const struct cdr *cdr, int64_t start_utc, const char *dimension)
{
	for (size_t i = 0; i < cdr->period_count; i++) {
		for (size_t q = 0; q < CDR_QUANTITIES; q++) {
			if (cdr->periods[i].start_utc == start_utc &&
			    (cdr->periods[i].given & 1U << q) != 0 &&
			    strcmp(dimension, cdr_quantity_words[q]) == 0) {
				return true;
			}
		}
	}
	return false;
}

/* How many rows of a kind the session would have. */
static size_t
count_parts(const struct cdr *cdr, bool intervals)
{
	size_t count = 0;

	for (size_t i = 0; i < cdr->period_count; i++) {
		int64_t start_utc = cdr->periods[i].start_utc;

		if (intervals) {
			count += has_interval(cdr, start_utc, false);
			count += has_interval(cdr, start_utc, true);
		} else {
			count +=
			    (size_t)__builtin_popcount(cdr->periods[i].given);
		}
	}
	return count;
}

/* Whether the parts that stand are the parts that are sent: 1 or 0. */
static int
same_parts(struct intake_cdrs *in, const struct cdr *cdr, bool intervals,
    struct qf_error *err)
{
	struct fact_cursor **cursor = intervals ? &in->intervals : &in->periods;
	size_t standing = 0;
	struct fact row;
	int64_t entry;
	int rc;

	if (facts_lookup(cursor, in->passage->intake->ledger,
		intervals ? LOOKUP_INTERVALS_OF_SESSION
			  : LOOKUP_PERIODS_OF_SESSION,
		AS_OF, cdr->id, 0, 0, err) == -1) {
		return -1;
	}
	while ((rc = facts_next(*cursor, &row, &entry, err)) == 1) {
		int64_t start_utc =
		    row.values[fact_column(row.format, "start")].integer;
		const char *word =
		    row.values[fact_column(row.format,
				   intervals ? "channel" : "dimension")]
			.text;

		standing++;
		if (!(intervals ? has_interval(cdr, start_utc,
				      strcmp(word, "export") == 0)
				: has_volume(cdr, start_utc, word))) {
			return 0;
		}
	}
	return rc == -1 ? -1 : standing == count_parts(cdr, intervals);
}

/* A session that is known keeps its parts: others beside them would be energy
 * that is counted twice.  1, or 0 having kept the fault. */
static int
check_known(struct intake_cdrs *in, const struct cdr *cdr, bool ocpi,
    struct qf_error *err)
{
	struct fact row;
	int64_t entry;
	int rc;

	if (facts_lookup(&in->sessions, in->passage->intake->ledger,
		LOOKUP_SESSION, AS_OF, cdr->id, 0, 0, err) == -1) {
		return -1;
	}
	rc = facts_next(in->sessions, &row, &entry, err);
	if (rc != 1) {
		return rc == -1 ? -1 : 1;
	}
	rc = same_parts(in, cdr, true, err);
	if (rc == 1 && ocpi) {
		rc = same_parts(in, cdr, false, err);
	}
	return rc != 0 ? rc
		       : refuse_cdr(in, cdr, "session-parts",
			     "is known with other parts in time; what comes in "
			     "its place needs a name of its own, and it a "
			     "session-credit",
			     err);
}

/* Credits ---------------------------------------------------------------- */

/* Whether the credit claims what the original did, with the other sign; a
 * credit is always of the whole (2.2.1, CDR object). */
static int
reverses(struct intake_cdrs *in, const struct cdr *cdr, struct qf_error *err)
{
	const struct cdr_claim *total = &cdr->claims[CDR_ITEM_TOTAL];
	struct dec original = {0};
	struct fact row;
	int64_t entry;
	int rc;

	if (facts_lookup(&in->claims, in->passage->intake->ledger,
		LOOKUP_CLAIMS_OF_SESSION, AS_OF, cdr->credit_of, 0, 0,
		err) == -1) {
		return -1;
	}
	while ((rc = facts_next(in->claims, &row, &entry, err)) == 1) {
		const struct fact_value *item =
		    &row.values[fact_column(row.format, "item")];
		const struct fact_value *excl =
		    &row.values[fact_column(row.format, "excl")];

		if (strcmp(item->text, "total") != 0 ||
		    excl->is != FACT_IS_TEXT || !total->has_excl) {
			continue;
		}
		if (dec_parse(&original, excl->text, excl->length, err) == -1) {
			BUG("the ledger has a claim of %s", excl->text);
		}
		dec_neg(&original, &original);
		if (dec_cmp(&original, &total->excl) != 0) {
			dec_release(&original);
			return 0;
		}
	}
	dec_release(&original);
	return rc == -1 ? -1 : 1;
}

static int
take_credit(struct intake_cdrs *in, const struct cdr *cdr, struct qf_error *err)
{
	int rc = reverses(in, cdr, err);

	if (rc == 0) {
		return refuse_cdr(in, cdr, "ocpi-credit",
		    "a credit is of the whole original, but its total_cost is "
		    "not the original's with the other sign",
		    err);
	}
	if (rc == -1) {
		return -1;
	}
	begin_row(in, FACT_SESSION_CREDIT, cdr);
	put_text(in, "session", cdr->credit_of);
	put_text(in, "credit", cdr->id);
	return end_row(in, err);
}

/* Sessions --------------------------------------------------------------- */

/* Whether the zone of the place shows the ledger's time: 1, or 0 having kept
 * the fault. */
static int
check_zone(struct intake_cdrs *in, const struct cdr *cdr, struct qf_error *err)
{
	const struct zone *own = in->passage->intake->zone;
	struct qf_error fault;
	struct zone *meant;
	bool same;

	if (cdr->zone[0] == '\0' || strcmp(cdr->zone, zone_name(own)) == 0) {
		return 1;
	}
	if (zone_load(&meant, cdr->zone, &fault) == -1) {
		return refuse_cdr(in, cdr, "ocpi-zone", fault.text, err);
	}
	same =
	    zone_offset(own, cdr->start_utc) ==
		zone_offset(meant, cdr->start_utc) &&
	    zone_offset(own, cdr->end_utc) == zone_offset(meant, cdr->end_utc);
	zone_free(meant);
	return same ? 1
		    : refuse_cdr(in, cdr, "ocpi-zone",
			  "its place shows another time than the ledger", err);
}

/* What only a ledger needs of a record, and what must be the ledger's: 1, or 0
 * having kept the fault. */
static int
check_cdr(struct intake_cdrs *in, const struct cdr *cdr, struct qf_error *err)
{
	const char *currency =
	    ledger_market(in->passage->intake->ledger)->currency;

	if (cdr->id[0] == '\0') {
		return refuse_cdr(
		    in, cdr, "ocpi-id", "a record needs an id to be kept", err);
	}
	if (cdr->currency[0] != '\0' && strcmp(cdr->currency, currency) != 0) {
		return refuse_cdr(in, cdr, "ocpi-currency",
		    "is not in the currency of the ledger", err);
	}
	return check_zone(in, cdr, err);
}

static int
take_session(
    struct intake_cdrs *in, const struct cdr *cdr, struct qf_error *err)
{
	bool ocpi = in->passage->operand->kind.format == SNIFF_OCPI_CDR;
	uint64_t faults = faults_count(in->passage->faults);
	char point[ID_MAX + 1] = "", party[ID_MAX + 1] = "";
	int rc = find_point(in, cdr, point, err);

	if (rc == 0) {
		return refuse_cdr(in, cdr, "unknown-point",
		    ocpi ? "no point has its evse_uid or evse_id as its name "
			   "or as an alias of ocpi-evse"
			 : "no point has its ConnectorID as its name or as an "
			   "alias of cec102-connector",
		    err);
	}
	if (rc == 1) {
		rc = check_known(in, cdr, ocpi, err);
	}
	if (rc == 0) {
		return 0;
	}
	if (rc == -1 || find_party(in, cdr, party, err) == -1 ||
	    add_session(in, cdr, point, party, err) == -1) {
		return -1;
	}
	/* What belongs to a session that was not taken falls with it. */
	for (size_t i = 0; i < cdr->period_count &&
			   faults_count(in->passage->faults) == faults;
	     i++) {
		if (add_intervals(in, cdr, &cdr->periods[i], err) == -1 ||
		    (ocpi &&
			add_volumes(in, cdr, &cdr->periods[i], err) == -1)) {
			return -1;
		}
	}
	return faults_count(in->passage->faults) == faults
		   ? add_claims(in, cdr, err)
		   : 0;
}

/* A record's faults as those of the file. */
static int
keep_faults(
    struct intake_cdrs *in, const struct cdrs_item *item, struct qf_error *err)
{
	for (size_t i = item->first_fault; i < item->end_fault; i++) {
		if (faults_add_error(in->passage->faults, item->cdr.line_no,
			NULL, &in->read.faults[i], err) == -1) {
			return -1;
		}
	}
	return 0;
}

static int
take_item(
    struct intake_cdrs *in, const struct cdrs_item *item, struct qf_error *err)
{
	struct passage *passage = in->passage;
	uint64_t faults = faults_count(passage->faults);
	int rc;

	if (!item->sound) {
		rc = keep_faults(in, item, err);
	} else {
		rc = check_cdr(in, &item->cdr, err);
		if (rc == 1) {
			rc = item->cdr.credit
				 ? take_credit(in, &item->cdr, err)
				 : take_session(in, &item->cdr, err);
		}
	}
	if (rc == 0 && faults_count(passage->faults) > faults) {
		passage->aside = xreallocarray(passage->aside,
		    passage->aside_count + 1, sizeof(*passage->aside));
		passage->aside[passage->aside_count++] =
		    (struct quarantine_span){item->begin, item->end};
	}
	return rc;
}

/* Whole ------------------------------------------------------------------ */

static int
read_text(struct intake_cdrs *in, struct qf_error *err)
{
	const struct operand *operand = in->passage->operand;
	size_t length = (size_t)operand->file->bytes;
	ssize_t got;

	if (length > JSONIN_SIZE_MAX) {
		return qf_fail(err, QF_DATA, "json-size",
		    "%s: more than %u bytes", operand->name, JSONIN_SIZE_MAX);
	}
	in->text = xmalloc(length + 1);
	while (in->length < length) {
		got = pread(in->passage->fd, in->text + in->length,
		    length - in->length, (off_t)in->length);
		if (got == -1 && errno == EINTR) {
			continue;
		}
		if (got <= 0) {
			return qf_fail(err, QF_IO, "read-failed", "%s: %s",
			    operand->name,
			    got == 0 ? "shrank" : strerror(errno));
		}
		in->length += (size_t)got;
	}
	return 0;
}

static int
parse(struct intake_cdrs *in, struct qf_error *err)
{
	size_t own = 0;

	if ((in->passage->operand->kind.format == SNIFF_OCPI_CDR
		    ? ocpi_cdrs_read(
			  &in->cdrs, &in->read, in->text, in->length, err)
		    : cec102_read(&in->cdrs, &in->read,
			  in->passage->intake->zone, in->text, in->length,
			  err)) == -1) {
		return -1;
	}
	for (size_t i = 0; i < in->cdrs.count; i++) {
		own +=
		    in->cdrs.list[i].end_fault - in->cdrs.list[i].first_fault;
	}
	/* A fault of the document is none of a record, and too many are not
	 * known to be whose. */
	if (in->read.fault_count > own) {
		*err = in->read.faults[0];
		return -1;
	}
	if (in->read.fault_count == JSONREAD_FAULTS_MAX) {
		return qf_fail(err, QF_DATA, "json-faults",
		    "%s: %d faults and more", in->passage->operand->name,
		    JSONREAD_FAULTS_MAX);
	}
	return 0;
}

int
intake_cdrs(struct passage *passage, struct qf_error *err)
{
	struct intake_cdrs *in = xcalloc(1, sizeof(*in));
	int rc;

	in->passage = passage;
	jsonread_begin(&in->read, passage->operand->name);
	rc = read_text(in, err);
	if (rc == 0) {
		rc = parse(in, err);
	}
	for (size_t i = 0; rc == 0 && i < in->cdrs.count; i++) {
		rc = take_item(in, &in->cdrs.list[i], err);
	}
	facts_close(in->claims);
	facts_close(in->sessions);
	facts_close(in->intervals);
	facts_close(in->periods);
	cdrs_release(&in->cdrs);
	jsonread_end(&in->read);
	free(in->text);
	free(in);
	return rc;
}
