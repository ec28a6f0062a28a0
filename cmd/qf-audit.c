/* qf-audit - proves a ledger, and explains what is in it.
 *
 * Its subcommands are in the folder of its name.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "qf-audit/own.h"

static const struct tool_command commands[] = {
    {"log", "list the entries", NULL, log_rows, true, run_log},
    {"verify", "prove the file, the chain and the balance",
	"[file|chain|balance]...", verify_rows, true, run_verify},
    {"checkpoint", "print three lines that prove the past", NULL, NULL, true,
	run_checkpoint},
    {"replay", "compute runs again and compare every row", "RUN...|-",
	replay_rows, true, run_replay},
    {"explain", "tell a line from its amount back to the files",
	"RUN/LINE|POSTING/LINE", explain_rows, true, run_explain},
    {"reconcile", "follow energy and money from the meter to the bill", NULL,
	reconcile_rows, true, run_reconcile},
    {"missing", "list reads that are still missing, by district", NULL,
	missing_rows, true, run_missing},
    {"stale", "list runs whose inputs have changed since", "[RUN...|-]",
	stale_rows, true, run_stale},
    {"diff", "compare two runs line by line", "RUN RUN|-", diff_rows, true,
	run_diff},
    {"claims", "compare what senders of sessions claim with a run", "RUN|-",
	claims_rows, true, run_claims},
    {"flex", "check what a FlexSettlement message says", "FILE...", flex_rows,
	false, run_flex},
    {"snapshot", "write a copy that stands on its own", "FILE", NULL, true,
	run_snapshot},
    {0},
};

static const struct tool_spec spec = {
    .name = "qf-audit",
    .purpose = "prove a ledger, and explain what is in it",
    .commands = commands,
};

int
main(int argc, char **argv)
{
	struct tool tool;

	if (tool_begin(&tool, &spec, argc, argv) == -1) {
		return tool_finish(&tool, tool.status);
	}
	return tool.command->run(&tool);
}
