/* scratch.h - a ledger in memory that holds one tariff, what it asks
 * for, a load, and a contract for each point and leg: so that a tariff is
 * tried by the rating itself.
 *
 *	struct tariff_scratch scratch;
 *
 *	if (tariff_scratch_make(&scratch, &request, err) == 0)
 *		... rate_run(scratch.ledger, ...) ...
 *	tariff_scratch_release(&scratch);
 *
 * A contract reaches from the first interval with a value, of the channels
 * that its leg has charges of, to the last; a leg of charges per kWh none of
 * whose channels the load has gets none.
 *
 * Errors: those of the files, as qf-ingest says them; file-kind where a file
 * is of another kind than said; options-long where the options of the contract
 * are more than a contract holds.
 */
#ifndef QF_STAGE_TARIFF_SCRATCH_H
#define QF_STAGE_TARIFF_SCRATCH_H

#include <stddef.h>

#include "base/period.h"
#include "base/status.h"
#include "model/fact.h"
#include "rules/tariff.h"

struct ledger;
struct zone;

struct tariff_file {
	const char *path;
	enum fact_kind kind;
};

struct tariff_scratch_request {
	const struct tariff *tariff;
	const char *text; /* of the document, ended by a NUL */
	const struct zone *zone;
	const struct tariff_file *files; /* of facts */
	size_t file_count;
	const char *load; /* path of a file of reads */
	/* Of each contract. */
	const char *user_class, *type, *voltage, *options;
	/* Told of each row of a file that is at fault. */
	void (*say)(void *context, const struct qf_error *err);
	void *context;
};

struct tariff_scratch {
	struct ledger *ledger;
	struct period period; /* whole days that the load touches */
	int money_scale; /* that of the version that has the most */
	int64_t asof; /* its last entry */
};

int tariff_scratch_make(struct tariff_scratch *out,
    const struct tariff_scratch_request *request, struct qf_error *err);
void tariff_scratch_release(struct tariff_scratch *scratch);

#endif
