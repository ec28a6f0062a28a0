/* request.c - which tree of owners a run is shared by.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/status.h"
#include "base/zone.h"
#include "ledger/db.h"
#include "ledger/registry.h"
#include "ledger/runs.h"
#include "model/market.h"
#include "stage/asof.h"
#include "stage/newrun.h"
#include "stage/share/own.h"

void
share_release(struct share_prepared *prepared)
{
	owners_free(prepared->owners);
	zone_free(prepared->zone);
	free(prepared->document.text);
}

/* What a document may name of the registry, which knows nothing of it. */
struct named {
	struct ledger *ledger;
	int64_t asof;
	const char *file; /* of the document */
	struct fact_cursor *parties, *points;
};

static int
check_name(const struct named *named, struct fact_cursor **cursor,
    enum fact_lookup lookup, const char *name, int line_no,
    struct qf_error *err)
{
	const char *what = lookup == LOOKUP_PARTY ? "party" : "point";
	struct fact fact;
	int64_t entry;
	int rc;

	if (facts_lookup(cursor, named->ledger, lookup, named->asof, name, 0, 0,
		err) == -1) {
		return -1;
	}
	rc = facts_next(*cursor, &fact, &entry, err);
	if (rc == 0) {
		return qf_fail(err, QF_DATA,
		    lookup == LOOKUP_PARTY ? "unknown-party" : "unknown-point",
		    "%s:%d: %s: the ledger has no such %s", named->file,
		    line_no, name, what);
	}
	return rc == -1 ? -1 : 0;
}

static int
check_share(
    struct named *named, const struct owners_share *share, struct qf_error *err)
{
	if (share->party[0] != '\0' &&
	    check_name(named, &named->parties, LOOKUP_PARTY, share->party,
		share->line_no, err) == -1) {
		return -1;
	}
	for (size_t i = 0; i < share->point_count; i++) {
		if (check_name(named, &named->points, LOOKUP_POINT,
			share->points[i], share->line_no, err) == -1) {
			return -1;
		}
	}
	return 0;
}

/* A name that is written wrong would be paid, or have delivered nothing. */
static int
check_names(struct ledger *ledger, const struct share_request *request,
    struct qf_error *err)
{
	struct named named = {.ledger = ledger,
	    .asof = request->asof,
	    .file = request->document->file};
	const struct owners *owners = request->owners;
	int rc = 0;

	for (size_t i = 0; i < owners->version_count && rc == 0; i++) {
		const struct owners_version *version = &owners->versions[i];

		rc = check_name(&named, &named.parties, LOOKUP_PARTY,
		    version->party, version->common.line_no, err);
		for (size_t j = 0; j < version->share_count && rc == 0; j++) {
			rc = check_share(&named, &version->shares[j], err);
		}
	}
	facts_close(named.parties);
	facts_close(named.points);
	return rc;
}

/* Loads the document as of request->asof, which stands. */
static int
load(struct share_prepared *out, struct ledger *ledger, const char *owners,
    struct qf_error *err)
{
	struct share_request *request = &out->request;

	if (document_find(ledger, request->asof, "owners", owners,
		&out->document, err) == -1 ||
	    owners_load(&out->owners, out->document.text,
		strlen(out->document.text), out->document.file, err) == -1) {
		share_release(out);
		return -1;
	}
	request->document = &out->document;
	request->owners = out->owners;
	request->zone = out->zone;
	request->money_scale = ledger_market(ledger)->money_scale;
	if (check_names(ledger, request, err) == -1) {
		share_release(out);
		return -1;
	}
	return 0;
}

int
share_prepare(struct share_prepared *out, struct ledger *ledger,
    const char *owners, const char *asof, struct qf_error *err)
{
	memset(out, 0, sizeof(*out));
	if (zone_load(&out->zone, ledger_market(ledger)->zone, err) == -1) {
		return -1;
	}
	if (asof_choose(
		ledger, asof, NULL, out->zone, &out->request.asof, err) == -1) {
		share_release(out);
		return -1;
	}
	return load(out, ledger, owners, err);
}

int
share_prepare_run(struct share_prepared *out, struct ledger *ledger,
    struct run *run, struct qf_error *err)
{
	const char *owners = newrun_take_word(run, "owners");

	memset(out, 0, sizeof(*out));
	out->request.of = newrun_take_number(run, "of");
	if (out->request.of == 0 || owners == NULL) {
		return qf_fail(err, QF_DATA, "run-scope",
		    "run:%" PRId64 ": its scope names no run and tree",
		    run->entry);
	}
	out->request.asof = run->asof;
	if (zone_load(&out->zone, ledger_market(ledger)->zone, err) == -1) {
		return -1;
	}
	return load(out, ledger, owners, err);
}
