/* scratch.c - a ledger in memory to try a tariff in.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/tariff/scratch.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/digest.h"
#include "base/xml.h"
#include "base/zone.h"
#include "ledger/db.h"
#include "ledger/entry.h"
#include "ledger/facts.h"
#include "rules/whom.h"
#include "stage/intake/intake.h"
#include "stage/tariff/loads.h"

#define PAYER "user"
#define PAYEE "grid"
#define OPTIONS_MAX (sizeof(((struct contract *)NULL)->options) - 1)

struct making {
	const struct tariff_scratch_request *request;
	struct tariff_scratch *scratch;
	struct tariff_loads loads;
	struct contract user; /* as the request says that it is */
	struct entry *entry; /* of the registry */
	int64_t facts;
};

/* Facts that no file says ------------------------------------------------- */

static void
set_text(struct fact *fact, const char *column, const char *text)
{
	struct fact_value *value =
	    &fact->values[fact_column(fact->format, column)];

	if (text[0] != '\0') {
		value->is = FACT_IS_TEXT;
		value->text = text;
		value->length = strlen(text);
	}
}

static void
set_integer(struct fact *fact, const char *column, int64_t integer)
{
	struct fact_value *value =
	    &fact->values[fact_column(fact->format, column)];

	value->is = FACT_IS_INTEGER;
	value->integer = integer;
}

static int
append(struct making *making, struct fact *fact, struct qf_error *err)
{
	enum fact_outcome outcome;

	fact->line_no = (size_t)++making->facts;
	return facts_append(making->entry, fact, false, &outcome, err);
}

static int
add_party(struct making *making, const char *party, struct qf_error *err)
{
	struct fact fact = {.format = fact_format(FACT_PARTY)};

	set_text(&fact, "party", party);
	set_text(&fact, "kind", "operator");
	set_integer(&fact, "from", making->scratch->period.from_utc);
	return append(making, &fact, err);
}

static int
add_point(struct making *making, const char *point, struct qf_error *err)
{
	struct fact fact = {.format = fact_format(FACT_POINT)};

	set_text(&fact, "point", point);
	set_text(&fact, "kind", "metering");
	set_integer(&fact, "from", making->scratch->period.from_utc);
	return append(making, &fact, err);
}

/* A contract of the point under the leg, in the time of its channels. */
static int
add_contract(struct making *making, const char *point, const char *leg,
    int64_t from_utc, int64_t to_utc, struct qf_error *err)
{
	const struct tariff_scratch_request *request = making->request;
	struct fact fact = {.format = fact_format(FACT_CONTRACT)};

	set_text(&fact, "contract", point);
	set_text(&fact, "leg", leg);
	set_text(&fact, "point", point);
	set_text(&fact, "payer", PAYER);
	set_text(&fact, "payee", PAYEE);
	set_text(&fact, "tariff", request->tariff->id);
	set_text(&fact, "basis", "intervals");
	set_text(&fact, "voltage", request->voltage);
	set_text(&fact, "user_class", request->user_class);
	set_text(&fact, "type", request->type);
	set_text(&fact, "options", request->options);
	set_text(&fact, "cycle", "month");
	set_integer(&fact, "from", from_utc);
	set_integer(&fact, "to", to_utc);
	return append(making, &fact, err);
}

/* Legs -------------------------------------------------------------------- */

/* Whether the charge is one of the user's leg. */
static bool
is_of(const struct making *making, const struct charge *charge, const char *leg)
{
	return strcmp(charge->leg, leg) == 0 &&
	       whom_fits(&charge->whom, &making->user);
}

static bool
has_leg(const struct making *making, const struct tariff_version *version,
    const char *leg)
{
	for (size_t i = 0; i < version->charge_count; i++) {
		if (is_of(making, &version->charges[i], leg)) {
			return true;
		}
	}
	return false;
}

/* The channels of the leg's charges per kWh; 0: it has no such charge. */
static unsigned
channels_of(const struct making *making, const char *leg)
{
	const struct tariff *tariff = making->request->tariff;
	unsigned channels = 0;

	for (size_t v = 0; v < tariff->version_count; v++) {
		const struct tariff_version *version = &tariff->versions[v];

		for (size_t i = 0; i < version->charge_count; i++) {
			const struct charge *charge = &version->charges[i];

			if (charge->per == PER_KWH &&
			    is_of(making, charge, leg)) {
				channels |= 1U << charge->channel;
			}
		}
	}
	return channels;
}

/* Contracts of the leg in [from_utc, to_utc), but for versions without it. */
static int
add_stretches(struct making *making, const char *point, const char *leg,
    int64_t from_utc, int64_t to_utc, struct qf_error *err)
{
	const struct tariff *tariff = making->request->tariff;
	const struct zone *zone = making->request->zone;

	for (size_t v = 0; v < tariff->version_count; v++) {
		const struct tariff_version *version = &tariff->versions[v];
		int64_t start_utc = zone_day_start(zone, version->from_day);
		int64_t end_utc = to_utc;

		if (version->to_day != INT32_MAX) {
			end_utc = zone_day_start(zone, version->to_day);
		}
		if (has_leg(making, version, leg) || end_utc <= from_utc ||
		    start_utc >= to_utc) {
			continue;
		}
		if (start_utc > from_utc &&
		    add_contract(
			making, point, leg, from_utc, start_utc, err) == -1) {
			return -1;
		}
		from_utc = end_utc;
	}
	return from_utc >= to_utc
		   ? 0
		   : add_contract(making, point, leg, from_utc, to_utc, err);
}

/* The contract of one leg, over the loads [first, end) of its point. */
static int
add_leg(struct making *making, size_t first, size_t end, const char *leg,
    struct qf_error *err)
{
	unsigned channels = channels_of(making, leg);
	int64_t from_utc = INT64_MAX, to_utc = INT64_MIN;

	for (size_t i = first; i < end; i++) {
		const struct tariff_load *load = &making->loads.list[i];

		if (channels != 0 && (channels & 1U << load->channel) == 0) {
			continue;
		}
		from_utc =
		    load->from_utc < from_utc ? load->from_utc : from_utc;
		to_utc = load->to_utc > to_utc ? load->to_utc : to_utc;
	}
	if (from_utc >= to_utc) {
		return 0;
	}
	return add_stretches(making, making->loads.list[first].point, leg,
	    from_utc, to_utc, err);
}

/* Whether a charge before this one has its leg. */
static bool
leg_seen(const struct tariff *tariff, size_t version, size_t charge)
{
	const char *leg = tariff->versions[version].charges[charge].leg;

	for (size_t v = 0; v <= version; v++) {
		const struct tariff_version *of = &tariff->versions[v];
		size_t count = v == version ? charge : of->charge_count;

		for (size_t i = 0; i < count; i++) {
			if (strcmp(of->charges[i].leg, leg) == 0) {
				return true;
			}
		}
	}
	return false;
}

static int
add_legs(struct making *making, size_t first, size_t end, struct qf_error *err)
{
	const struct tariff *tariff = making->request->tariff;

	for (size_t v = 0; v < tariff->version_count; v++) {
		const struct tariff_version *version = &tariff->versions[v];

		for (size_t i = 0; i < version->charge_count; i++) {
			if (!leg_seen(tariff, v, i) &&
			    add_leg(making, first, end, version->charges[i].leg,
				err) == -1) {
				return -1;
			}
		}
	}
	return 0;
}

static int
add_registry(struct making *making, struct qf_error *err)
{
	const struct tariff_loads *loads = &making->loads;
	size_t first = 0;

	if (add_party(making, PAYER, err) == -1 ||
	    add_party(making, PAYEE, err) == -1) {
		return -1;
	}
	while (first < loads->count) {
		const char *point = loads->list[first].point;
		size_t end = first + 1;

		while (end < loads->count &&
		       strcmp(loads->list[end].point, point) == 0) {
			end++;
		}
		if (add_point(making, point, err) == -1 ||
		    add_legs(making, first, end, err) == -1) {
			return -1;
		}
		first = end;
	}
	return 0;
}

/* Entries ----------------------------------------------------------------- */

static int
take_registry(struct making *making, struct qf_error *err)
{
	struct ledger *ledger = making->scratch->ledger;
	char sha256[DIGEST_HEX_SIZE];
	struct digest digest;
	struct batch batch = {.format = "contract",
	    .file = "(scratch)",
	    .sha256 = sha256,
	    .declarations = "",
	    .received_utc = INT64_MIN};
	struct handle handle;
	int rc = -1;

	digest_bytes(&digest, "", 0);
	digest_hex(&digest, sha256);
	if (entry_begin(&making->entry, ledger, ENTRY_BATCH, 0, err) == -1) {
		return -1;
	}
	if (add_registry(making, err) == 0) {
		batch.facts = making->facts;
		rc = facts_append_batch(making->entry, &batch, err);
	}
	if (rc == -1) {
		entry_abandon(making->entry);
		return -1;
	}
	return entry_finish(making->entry, &handle, err);
}

static int
take_document(struct making *making, struct qf_error *err)
{
	const struct tariff_scratch_request *request = making->request;
	char sha256[DIGEST_HEX_SIZE];
	struct handle handle;
	struct digest digest;
	struct entry *entry;

	digest_bytes(&digest, request->text, strlen(request->text));
	digest_hex(&digest, sha256);
	if (entry_begin(&entry, making->scratch->ledger, ENTRY_RULE, 0, err) ==
	    -1) {
		return -1;
	}
	if (facts_append_rule(entry, "tariff", request->tariff->id, "(scratch)",
		sha256, request->text, err) == -1) {
		entry_abandon(entry);
		return -1;
	}
	return entry_finish(entry, &handle, err);
}

/* Looks at a file, which must be of that kind; FACT_KINDS: of reads. */
static int
look_at(const char *path, enum fact_kind kind, struct sniff *out,
    struct qf_error *err)
{
	bool reads = kind == FACT_KINDS;
	int fd = xml_open(path, err);
	int rc;

	if (fd == -1) {
		return -1;
	}
	rc = sniff_fd(out, fd, path, TEXT_UTF8, err);
	close(fd);
	if (rc == 0 && !reads &&
	    (out->format != SNIFF_FACTS || out->facts->kind != kind)) {
		rc = qf_fail(err, QF_DATA, "file-kind",
		    "%s: is a file of %s, not of %s", path, sniff_name(out),
		    fact_format(kind)->name);
	}
	return rc;
}

/* A file as qf-ingest takes it; where two rows of facts say the same of one
 * thing the later file holds. */
static int
take_file(struct making *making, const char *path, enum fact_kind kind,
    struct qf_error *err)
{
	const struct tariff_scratch_request *request = making->request;
	struct ingest_options options = {
	    .correct = kind == FACT_KINDS ? NULL : "the later file holds",
	    .quiet = true,
	    .say = request->say,
	    .context = request->context};
	struct intake intake = {.options = &options,
	    .ledger = making->scratch->ledger,
	    .zone = request->zone,
	    .received_utc = INT64_MIN};
	struct ingest_file file = {.path = path, .format = ""};
	struct operand operand = {
	    .file = &file, .name = path, .basename = path, .spool_fd = -1};

	if (look_at(path, kind, &operand.kind, err) == -1) {
		return -1;
	}
	file.format = sniff_name(&operand.kind);
	if (intake_file(&intake, &operand, err) == -1) {
		return -1;
	}
	if (file.state == INGEST_REFUSED) {
		return qf_fail(err, file.error.status, "file-refused",
		    "%s: refused", path);
	}
	return 0;
}

static int
fill(struct making *making, struct qf_error *err)
{
	const struct tariff_scratch_request *request = making->request;

	if (take_document(making, err) == -1 ||
	    take_registry(making, err) == -1) {
		return -1;
	}
	for (size_t i = 0; i < request->file_count; i++) {
		if (take_file(making, request->files[i].path,
			request->files[i].kind, err) == -1) {
			return -1;
		}
	}
	if (take_file(making, request->load, FACT_KINDS, err) == -1) {
		return -1;
	}
	return entry_last_input(
	    making->scratch->ledger, &making->scratch->asof, err);
}

/* The whole days of the loads, and the decimals of the money. */
static void
measure(struct making *making)
{
	const struct tariff_loads *loads = &making->loads;
	const struct tariff *tariff = making->request->tariff;
	const struct zone *zone = making->request->zone;
	int64_t from_utc = INT64_MAX, to_utc = INT64_MIN;

	for (size_t i = 0; i < loads->count; i++) {
		const struct tariff_load *load = &loads->list[i];

		from_utc =
		    load->from_utc < from_utc ? load->from_utc : from_utc;
		to_utc = load->to_utc > to_utc ? load->to_utc : to_utc;
	}
	assert(from_utc < to_utc);
	period_of_days(zone, zone_day_of(zone, from_utc),
	    zone_day_of(zone, to_utc - 1) + 1, &making->scratch->period);
	for (size_t i = 0; i < tariff->version_count; i++) {
		int scale = tariff->versions[i].money.scale;

		if (scale > making->scratch->money_scale) {
			making->scratch->money_scale = scale;
		}
	}
}

int
tariff_scratch_make(struct tariff_scratch *out,
    const struct tariff_scratch_request *request, struct qf_error *err)
{
	struct making making = {.request = request, .scratch = out};
	struct market market = {.name = "scratch", .currency = "XXX"};
	int rc = -1;

	*out = (struct tariff_scratch){0};
	snprintf(making.user.user_class, sizeof(making.user.user_class), "%s",
	    request->user_class);
	snprintf(
	    making.user.type, sizeof(making.user.type), "%s", request->type);
	snprintf(making.user.voltage, sizeof(making.user.voltage), "%s",
	    request->voltage);
	snprintf(making.user.options, sizeof(making.user.options), "%s",
	    request->options);
	if (strlen(request->options) > OPTIONS_MAX) {
		return qf_fail(err, QF_USAGE, "options-long",
		    "options: more than %zu bytes", OPTIONS_MAX);
	}
	snprintf(
	    market.zone, sizeof(market.zone), "%s", zone_name(request->zone));
	if (tariff_loads_read(&making.loads, request->load, request->zone,
		request->say, request->context, err) == 0) {
		measure(&making);
		market.money_scale = out->money_scale;
		rc = ledger_scratch(&out->ledger, &market, err);
	}
	if (rc == 0) {
		rc = fill(&making, err);
	}
	tariff_loads_release(&making.loads);
	return rc;
}

void
tariff_scratch_release(struct tariff_scratch *scratch)
{
	ledger_close(scratch->ledger);
	scratch->ledger = NULL;
}
