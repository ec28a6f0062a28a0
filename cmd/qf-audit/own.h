/* own.h - what the subcommands of qf-audit share.
 *
 * prove.c has those that prove a ledger, compare.c those that explain what is
 * in it and hold one thing against another; each has its own table of options,
 * and work.c reads them all and opens the ledger.  flex.c has the one that
 * needs no ledger.
 */
#ifndef QF_AUDIT_OWN_H
#define QF_AUDIT_OWN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/tool.h"
#include "stage/audit/audit.h"
#include "stage/summary.h"

enum {
	OPT_KIND = 1,
	OPT_SINCE,
	OPT_READS,
	OPT_EXPORTED,
	OPT_POINTS,
	OPT_POINT,
	OPT_MINUTES,
	OPT_SCHEMA,
};

#define EXPORTED_MAX 64 /* directories */

/* What the subcommands take; each only what its table has. */
struct given {
	const char *kind;
	const char *since;
	const char *asof, *cut_off;
	bool json;
	bool reads;
	const char *point;
	bool points;
	int64_t minutes;
	const char *period;
	const char *exported[EXPORTED_MAX];
	size_t exported_count;
};

/* A subcommand: its work on a ledger that is open for reading, with what it
 * prints. */
struct work {
	struct tool *tool;
	struct given given;
	struct summary summary;
	struct audit audit;
};

/* Opens the ledger and standard output, and does the work; what was printed
 * comes out also where the answer is no.  wanted: "needs an operand", for an
 * operand count that is not from least to most. */
int do_work(struct tool *tool, size_t least, size_t most, const char *wanted,
    int (*function)(struct work *work, struct qf_error *err));

extern const struct options_row log_rows[], verify_rows[], replay_rows[],
    explain_rows[], reconcile_rows[], missing_rows[], stale_rows[], diff_rows[],
    claims_rows[], flex_rows[];

int run_log(struct tool *tool);
int run_verify(struct tool *tool);
int run_checkpoint(struct tool *tool);
int run_replay(struct tool *tool);
int run_snapshot(struct tool *tool);

int run_explain(struct tool *tool);
int run_reconcile(struct tool *tool);
int run_missing(struct tool *tool);
int run_stale(struct tool *tool);
int run_diff(struct tool *tool);
int run_claims(struct tool *tool);
int run_flex(struct tool *tool);

#endif
