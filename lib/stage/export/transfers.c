/* transfers.c - the transfers that an export hands out: what a posting
 * changed, all that stands, or what a run would book.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdbool.h>
#include <string.h>

#include "ledger/postings.h"
#include "ledger/standing.h"
#include "stage/delta.h"
#include "stage/export/own.h"

static int
delta_rows(struct export_job *job, export_row_fn *row, void *context,
    struct qf_error *err)
{
	struct transfer_cursor *cursor = NULL;
	struct transfer transfer;
	int rc;

	if (transfers_open(&cursor, job->ledger, job->posting.entry, err) ==
	    -1) {
		return -1;
	}
	while ((rc = transfers_next(cursor, &transfer, err)) == 1) {
		if (row(context, &transfer, err) == -1) {
			rc = -1;
			break;
		}
	}
	transfers_close(cursor);
	return rc;
}

static bool
is_nothing(const struct transfer_sums *sums)
{
	return sums->net_minor == 0 && sums->tax_minor == 0 &&
	       sums->gross_minor == 0 && strcmp(sums->quantity, "0") == 0;
}

/* What stands: the difference is that of the posting exported, so that it is
 * nothing for a key that it left alone. */
static int
full_rows(struct export_job *job, export_row_fn *row, void *context,
    struct qf_error *err)
{
	static const struct transfer_sums nothing = {.quantity = "0"};
	struct standing *standing = NULL;
	struct stands stands;
	int rc;

	if (standing_open(&standing, job->ledger, &job->run, job->posting.entry,
		err) == -1) {
		return -1;
	}
	while ((rc = standing_next(standing, &stands, err)) == 1) {
		if (stands.posting != job->posting.entry) {
			if (is_nothing(&stands.scope)) {
				continue;
			}
			stands.newest.change = nothing;
			stands.newest.reason = "stands";
		}
		if (row(context, &stands.newest, err) == -1) {
			rc = -1;
			break;
		}
	}
	standing_close(standing);
	return rc;
}

struct unposted {
	export_row_fn *row;
	void *context;
};

static int
unposted_row(
    void *context, const struct transfer *transfer, struct qf_error *err)
{
	const struct unposted *unposted = context;
	struct transfer out = *transfer;

	out.version = 0;
	out.reason = "line";
	return unposted->row(unposted->context, &out, err);
}

int
export_transfers(struct export_job *job, export_row_fn *row, void *context,
    struct qf_error *err)
{
	struct unposted unposted = {.row = row, .context = context};
	struct delta_options options = {.alone = true};
	struct delta_sink sink = {
	    .context = &unposted, .transfer = unposted_row};
	struct delta_result result;

	if (job->posting.entry == 0) {
		return delta_run(
		    job->ledger, &job->run, &options, &sink, &result, err);
	}
	return job->head.is_full ? full_rows(job, row, context, err)
				 : delta_rows(job, row, context, err);
}
