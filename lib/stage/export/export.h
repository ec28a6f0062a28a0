/* export.h - settlement files out of the ledger.
 *
 *	struct export_request request = {.form = EXPORT_BILLING_CSV,
 *	    .output = "outbox/2025-02", .zh = true};
 *
 *	if (export_run(path, handles, count, &request, err) == -1) ...
 *
 * A posting is exported as the delta that it made, or with `full` as all that
 * stands in its run's scope once it is booked.  A run that is posted stands
 * for its posting; one that is not is exported by itself, in full.
 *
 * What is written depends on the ledger alone, up to the entry exported: not
 * on the clock, not on what came later, not on the order in which files were
 * taken in.  The ledger is only read.
 *
 * Memory is bounded, but for the identity file and the names of codes.
 *
 * Errors: QF_USAGE handle-kind, export-one-file, export-form (a run has no such
 * rows), export-parties (the form has none), flex-run; QF_DATA flex-contract,
 * flex-programme, flex-order, flex-step and the checks of a message
 * (uftp_settlement.h); those of the ledger, of the
 * names (names.h), of the writers (letter.h) and of the outputs (outbox.h).
 */
#ifndef QF_STAGE_EXPORT_H
#define QF_STAGE_EXPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "model/handle.h"
#include "stage/holds.h"

struct progress;
struct qf_error;

enum export_form {
	EXPORT_BILLING_CSV,
	EXPORT_BILLING_JSONL,
	EXPORT_STATEMENT_XML,
	EXPORT_LINES_CSV, /* the lines of the run, one by one */
	EXPORT_AWARDS_CSV, /* of a run of qf-clear: what came of each bid */
	EXPORT_PRICES_CSV, /* the price of each hour */
	EXPORT_TRADES_CSV, /* the pairs that were matched */
	EXPORT_FLEX_SETTLEMENT, /* UFTP, of a run of qf-settle */
};

struct export_counts {
	int64_t files, rows;
	/* Events of EXPORT_FLEX_SETTLEMENT that are held: the message has no
	 * order of them, and its receiver would not know. */
	struct holds holds;
};

struct export_request {
	enum export_form form;
	const char *output; /* see outbox.h */
	bool force;
	bool per_party; /* a file a party, with nothing of others */
	bool full;
	const char *sender, *receiver; /* "" where not said */
	int isp_minutes; /* of EXPORT_FLEX_SETTLEMENT */
	bool zh, en; /* names beside the codes */
	const char *identity; /* file, or NULL */
	enum text_encoding encoding; /* of CSV */
	bool spreadsheet; /* CSV */
	struct progress *bar; /* moves as rows pass, or NULL */
	struct export_counts *counts; /* what was written is added, or NULL */
};

/* "billing-csv" ...; -1 where there is none of that name. */
int export_form_parse(enum export_form *out, const char *name);

/* Adds "billing-csv, ... and trades-csv". */
void export_form_list(struct buf *out);

/* ".csv": what a file of the form ends in. */
const char *export_form_suffix(enum export_form form);

/* Exports out of the ledger at path. */
int export_run(const char *path, struct handle *handles, size_t count,
    const struct export_request *request, struct qf_error *err);

#endif
