/* audit_replay.c - computes a run again and compares it row by row.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/audit_replay.h"

#include <assert.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/status.h"
#include "ledger/entry.h"
#include "ledger/runs.h"
#include "stage/rate.h"

struct replay {
	struct run run;
	struct run_cursor *lines, *holds, *energies;
	struct rate_sink hash; /* the entry that only hashes */
};

/* One column: what is stored and what came out. */
static int
text_differs(const struct replay *replay, const char *table, int64_t line,
    const char *column, const char *stored, const char *again,
    struct qf_error *err)
{
	if (stored == NULL && again == NULL) {
		return 0;
	}
	if (stored != NULL && again != NULL && strcmp(stored, again) == 0) {
		return 0;
	}
	return qf_fail(err, QF_NO, "replay-differs",
	    "run:%" PRId64 "/%" PRId64 ": %s: %s: stored %s, computed again %s",
	    replay->run.entry, line, table, column,
	    stored == NULL ? "nothing" : stored,
	    again == NULL ? "nothing" : again);
}

static int
number_differs(const struct replay *replay, const char *table, int64_t line,
    const char *column, int64_t stored, int64_t again, struct qf_error *err)
{
	char a[24], b[24];

	snprintf(a, sizeof(a), "%" PRId64, stored);
	snprintf(b, sizeof(b), "%" PRId64, again);
	return text_differs(replay, table, line, column, a, b, err);
}

/* A row came out that is not stored. */
static int
is_new(const struct replay *replay, const char *table, int64_t line,
    struct qf_error *err)
{
	return qf_fail(err, QF_NO, "replay-differs",
	    "run:%" PRId64 "/%" PRId64
	    ": %s: is not stored, and comes out when computed again",
	    replay->run.entry, line, table);
}

/* The columns of a table of rows. */
struct column {
	const char *name;
	size_t offset;
	bool is_text;
};
#define TEXT_OF(row, field)                               \
	{                                                 \
#field, offsetof(struct row, field), true \
	}
#define NUMBER_OF(row, field)                              \
	{                                                  \
#field, offsetof(struct row, field), false \
	}

static const struct column line_columns[] = {
    TEXT_OF(line, contract),
    TEXT_OF(line, leg),
    TEXT_OF(line, point),
    TEXT_OF(line, payer),
    TEXT_OF(line, payee),
    TEXT_OF(line, account),
    NUMBER_OF(line, from_utc),
    NUMBER_OF(line, to_utc),
    TEXT_OF(line, subject),
    TEXT_OF(line, component),
    TEXT_OF(line, band),
    TEXT_OF(line, channel),
    TEXT_OF(line, session),
    NUMBER_OF(line, tariff_entry),
    TEXT_OF(line, quantity),
    TEXT_OF(line, unit),
    TEXT_OF(line, price),
    TEXT_OF(line, exact),
    TEXT_OF(line, tax_rate),
};

static const struct column hold_columns[] = {
    TEXT_OF(hold, contract),
    TEXT_OF(hold, leg),
    TEXT_OF(hold, point),
    TEXT_OF(hold, session),
    NUMBER_OF(hold, from_utc),
    NUMBER_OF(hold, to_utc),
    TEXT_OF(hold, reason),
    TEXT_OF(hold, detail),
};

static const struct column energy_columns[] = {
    TEXT_OF(energy, contract),
    TEXT_OF(energy, leg),
    TEXT_OF(energy, point),
    TEXT_OF(energy, channel),
    TEXT_OF(energy, metered_kwh),
    TEXT_OF(energy, rated_kwh),
    TEXT_OF(energy, held_kwh),
    TEXT_OF(energy, residual_kwh),
};
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static int
rows_differ(const struct replay *replay, const char *table,
    const struct column *columns, size_t count, int64_t line,
    const void *stored, const void *again, struct qf_error *err)
{
	for (size_t i = 0; i < count; i++) {
		const char *a = (const char *)stored + columns[i].offset;
		const char *b = (const char *)again + columns[i].offset;
		int rc;

		if (columns[i].is_text) {
			rc = text_differs(replay, table, line, columns[i].name,
			    *(const char *const *)(const void *)a,
			    *(const char *const *)(const void *)b, err);
		} else {
			rc = number_differs(replay, table, line,
			    columns[i].name, *(const int64_t *)(const void *)a,
			    *(const int64_t *)(const void *)b, err);
		}
		if (rc == -1) {
			return -1;
		}
	}
	return 0;
}

/* What is in a line beside texts and 64 bit numbers. */
static int
amounts_differ(const struct replay *replay, const struct line *stored,
    const struct line *again, struct qf_error *err)
{
	const struct {
		const char *name;
		int64_t stored, again;
	} columns[] = {
	    {"month", stored->month, again->month},
	    {"has_amount", stored->has_amount, again->has_amount},
	    {"net_minor", stored->net_minor, again->net_minor},
	    {"tax_minor", stored->tax_minor, again->tax_minor},
	    {"gross_minor", stored->gross_minor, again->gross_minor},
	    {"counts_energy", stored->counts_energy, again->counts_energy},
	};

	for (size_t i = 0; i < COUNT(columns); i++) {
		if (number_differs(replay, "run_line", stored->line_no,
			columns[i].name, columns[i].stored, columns[i].again,
			err) == -1) {
			return -1;
		}
	}
	return 0;
}

static int
take_line(void *context, const struct line *again, struct qf_error *err)
{
	struct replay *replay = context;
	struct line stored;
	int rc = runs_next_line(replay->lines, &stored, err);

	if (rc == 0) {
		return is_new(replay, "run_line", again->line_no, err);
	}
	if (rc == -1 ||
	    rows_differ(replay, "run_line", line_columns, COUNT(line_columns),
		stored.line_no, &stored, again, err) == -1 ||
	    amounts_differ(replay, &stored, again, err) == -1) {
		return -1;
	}
	return replay->hash.line(replay->hash.context, again, err);
}

static int
take_hold(void *context, const struct hold *again, struct qf_error *err)
{
	struct replay *replay = context;
	struct hold stored;
	int rc = runs_next_hold(replay->holds, &stored, err);

	if (rc == 0) {
		return is_new(replay, "run_hold", again->line_no, err);
	}
	if (rc == -1 ||
	    rows_differ(replay, "run_hold", hold_columns, COUNT(hold_columns),
		stored.line_no, &stored, again, err) == -1) {
		return -1;
	}
	return replay->hash.hold(replay->hash.context, again, err);
}

static int
take_energy(void *context, const struct energy *again, struct qf_error *err)
{
	struct replay *replay = context;
	struct energy stored;
	int rc = runs_next_energy(replay->energies, &stored, err);

	if (rc == 0) {
		return is_new(replay, "run_energy", again->line_no, err);
	}
	if (rc == -1 || rows_differ(replay, "run_energy", energy_columns,
			    COUNT(energy_columns), stored.line_no, &stored,
			    again, err) == -1) {
		return -1;
	}
	return replay->hash.energy(replay->hash.context, again, err);
}

/* Stored rows that did not come out again. */
static int
check_ends(struct replay *replay, struct qf_error *err)
{
	struct line line;
	struct hold hold;
	struct energy energy;
	const char *table = NULL;
	int64_t number = 0;
	int rc = runs_next_line(replay->lines, &line, err);

	if (rc == 1) {
		table = "run_line";
		number = line.line_no;
	} else if (rc == 0 &&
		   (rc = runs_next_hold(replay->holds, &hold, err)) == 1) {
		table = "run_hold";
		number = hold.line_no;
	} else if (rc == 0 && (rc = runs_next_energy(
				   replay->energies, &energy, err)) == 1) {
		table = "run_energy";
		number = energy.line_no;
	}
	if (rc != 1) {
		return rc;
	}
	return qf_fail(err, QF_NO, "replay-differs",
	    "run:%" PRId64 "/%" PRId64
	    ": %s: is stored, and does not come out when computed again",
	    replay->run.entry, number, table);
}

static int
check_root(
    const struct replay *replay, struct entry *entry, struct qf_error *err)
{
	char root[65];

	runs_root(entry, root);
	if (strcmp(root, replay->run.line_root) != 0) {
		return qf_fail(err, QF_NO, "replay-differs",
		    "run:%" PRId64 ": run: line_root: stored %.16s..., "
		    "computed again %.16s...",
		    replay->run.entry, replay->run.line_root, root);
	}
	return 0;
}

static int
compute(struct replay *replay, struct ledger *ledger, struct entry *entry,
    struct qf_error *err)
{
	const struct rate_sink sink = {.context = replay,
	    .line = take_line,
	    .hold = take_hold,
	    .energy = take_energy};
	/* rate_request_of() cuts the scope into its words. */
	struct run run = replay->run;
	struct rate_request request;
	struct rate_counts counts;

	replay->hash = rate_sink_entry(entry);
	if (rate_request_of(&request, ledger, &run, err) == -1 ||
	    rate_run(ledger, &request, &sink, &counts, err) == -1 ||
	    check_ends(replay, err) == -1) {
		return -1;
	}
	return check_root(replay, entry, err);
}

int
audit_replay(struct ledger *ledger, struct handle *run, struct qf_error *err)
{
	struct replay replay = {0};
	struct entry *entry = NULL;
	int64_t number;
	int rc = -1;

	if (run->kind != ENTRY_RUN) {
		return qf_fail(err, QF_USAGE, "handle-kind",
		    "%s:%" PRId64 ": only a run can be replayed",
		    entry_kind_name(run->kind), run->entry);
	}
	if (run->line != 0) {
		return qf_fail(err, QF_USAGE, "handle-line",
		    "run:%" PRId64 "/%" PRId64
		    ": a run is replayed whole: name run:%" PRId64,
		    run->entry, run->line, run->entry);
	}
	if (entry_resolve(ledger, run, err) == -1 ||
	    runs_load(ledger, run->entry, &replay.run, err) == -1) {
		return -1;
	}
	number = run->entry;
	if (replay.run.arithmetic != RATE_ARITHMETIC ||
	    strcmp(replay.run.tool, RATE_TOOL) != 0) {
		return qf_fail(err, QF_CONFIG, "arithmetic-version",
		    "run:%" PRId64 ": was made by %s with arithmetic %d; this "
		    "program replays %s with arithmetic %d",
		    number, replay.run.tool, replay.run.arithmetic, RATE_TOOL,
		    RATE_ARITHMETIC);
	}
	if (runs_open_lines(&replay.lines, ledger, number, 1, err) == 0 &&
	    runs_open_holds(&replay.holds, ledger, number, err) == 0 &&
	    runs_open_energy(&replay.energies, ledger, number, err) == 0 &&
	    entry_begin(&entry, ledger, ENTRY_RUN, 0, err) == 0) {
		rc = compute(&replay, ledger, entry, err);
	}
	entry_abandon(entry);
	runs_close(replay.lines);
	runs_close(replay.holds);
	runs_close(replay.energies);
	return rc;
}
