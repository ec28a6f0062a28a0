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
