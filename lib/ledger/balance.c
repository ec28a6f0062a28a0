/* balance.c - adds up the runs of a ledger, and what was booked of them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "ledger/balance.h"

#include <assert.h>
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "base/dec.h"
#include "ledger/balance_books.h"
#include "ledger/connection.h"
#include "ledger/runs.h"
#include "ledger/stmt.h"
#include "model/line.h"
#include "model/series.h"

enum { Q_RUNS };
static const char *const sql[] = {
    [Q_RUNS] = "SELECT entry, lines, holds FROM run ORDER BY entry",
};
static const struct stmt_list list = STMT_LIST(sql);

#define UNIT_TEXT_MAX 256

/* One run: lines and energy come in the same order of units. */
struct adding {
	struct ledger *ledger;
	int64_t run;
	struct run_cursor *lines, *energies;
	struct line line;
	bool has_line;
	int64_t line_count;
	struct energy energy;
	bool has_energy;
	/* kWh of the unit's lines, by channel. */
	char point[UNIT_TEXT_MAX], contract[UNIT_TEXT_MAX], leg[UNIT_TEXT_MAX];
	struct dec rated[CHANNELS];
	bool told[CHANNELS]; /* the unit has an energy row of it */
	struct dec value; /* scratch */
};

static int
parse(struct dec *out, const struct adding *adding, const char *table,
    int64_t line, const char *text, struct qf_error *err)
{
	struct qf_error cause = {0};

	if (dec_parse_stored(out, text, strlen(text), &cause) == -1) {
		return qf_fail(err, QF_NO, "balance-line",
		    "%s: run:%" PRId64 ": %s: line %" PRId64 ": %s",
		    adding->ledger->path, adding->run, table, line, cause.text);
	}
	return 0;
}

/* Moves on to the next line, and looks at it by itself. */
static int
next_line(struct adding *adding, struct qf_error *err)
{
	struct line *line = &adding->line;
	int64_t sum;
	int rc = runs_next_line(adding->lines, line, err);

	adding->has_line = rc == 1;
	if (rc != 1) {
		return rc;
	}
	adding->line_count++;
	if (line->has_amount &&
	    (__builtin_add_overflow(line->net_minor, line->tax_minor, &sum) ||
		sum != line->gross_minor)) {
		return qf_fail(err, QF_NO, "balance-line",
		    "%s: run:%" PRId64 ": run_line: line %" PRId64
		    ": net %" PRId64 ", tax %" PRId64 ": gross is %" PRId64,
		    adding->ledger->path, adding->run, line->line_no,
		    line->net_minor, line->tax_minor, line->gross_minor);
	}
	return 1;
}

/* Moves on to the next row of energy: metered = rated + held + residual. */
static int
next_energy(struct adding *adding, struct qf_error *err)
{
	struct energy *energy = &adding->energy;
	const char *parts[3];
	struct dec sum = {0}, *value = &adding->value;
	int rc = runs_next_energy(adding->energies, energy, err);

	adding->has_energy = rc == 1;
	if (rc != 1) {
		return rc;
	}
	parts[0] = energy->rated_kwh;
	parts[1] = energy->held_kwh;
	parts[2] = energy->residual_kwh;
	for (int i = 0; rc == 1 && i < 3; i++) {
		if (parse(value, adding, "run_energy", energy->line_no,
			parts[i], err) == -1) {
			rc = -1;
			break;
		}
		dec_add(&sum, &sum, value);
	}
	if (rc == 1 && parse(value, adding, "run_energy", energy->line_no,
			   energy->metered_kwh, err) == -1) {
		rc = -1;
	}
	if (rc == 1 && dec_cmp(&sum, value) != 0) {
		rc = qf_fail(err, QF_NO, "balance-energy",
		    "%s: run:%" PRId64 ": run_energy: line %" PRId64
		    ": metered %s kWh are not rated %s + held %s + residual %s",
		    adding->ledger->path, adding->run, energy->line_no,
		    energy->metered_kwh, energy->rated_kwh, energy->held_kwh,
		    energy->residual_kwh);
	}
	dec_release(&sum);
	return rc;
}

/* Order of units: point, contract, leg, bytewise. */
static int
compare_units(const char *point_a, const char *contract_a, const char *leg_a,
    const char *point_b, const char *contract_b, const char *leg_b)
{
	int order = strcmp(point_a, point_b);

	if (order == 0) {
		order = strcmp(contract_a, contract_b);
	}
	return order != 0 ? order : strcmp(leg_a, leg_b);
}

static void
copy(char out[UNIT_TEXT_MAX], const char *text)
{
	size_t length = strlen(text);

	/* Identifiers are shorter; anything else is not equal to any. */
	length = length < UNIT_TEXT_MAX ? length : UNIT_TEXT_MAX - 1;
	memcpy(out, text, length);
	out[length] = '\0';
}

/* The first unit that a line or a row of energy belongs to. */
static void
choose_unit(struct adding *adding)
{
	const struct line *line = &adding->line;
	const struct energy *energy = &adding->energy;

	if (adding->has_energy &&
	    (!adding->has_line ||
		compare_units(energy->point, energy->contract, energy->leg,
		    line->point, line->contract, line->leg) <= 0)) {
		copy(adding->point, energy->point);
		copy(adding->contract, energy->contract);
		copy(adding->leg, energy->leg);
	} else {
		copy(adding->point, line->point);
		copy(adding->contract, line->contract);
		copy(adding->leg, line->leg);
	}
	for (int i = 0; i < CHANNELS; i++) {
		dec_set_int(&adding->rated[i], 0, 0);
		adding->told[i] = false;
	}
}

static bool
of_unit(const struct adding *adding, const char *point, const char *contract,
    const char *leg)
{
	return compare_units(adding->point, adding->contract, adding->leg,
		   point, contract, leg) == 0;
}

static int
add_lines(struct adding *adding, struct qf_error *err)
{
	struct line *line = &adding->line;
	enum channel channel;
	int rc = 1;

	while (rc == 1 && adding->has_line &&
	       of_unit(adding, line->point, line->contract, line->leg)) {
		if (line->counts_energy && line->channel != NULL &&
		    strcmp(line->unit, "kwh") == 0 &&
		    channel_parse(
			&channel, line->channel, strlen(line->channel)) == 0) {
			if (parse(&adding->value, adding, "run_line",
				line->line_no, line->quantity, err) == -1) {
				return -1;
			}
			dec_add(&adding->rated[channel],
			    &adding->rated[channel], &adding->value);
		}
		rc = next_line(adding, err);
	}
	return rc == -1 ? -1 : 0;
}

static int
rated_differs(const struct adding *adding, enum channel channel,
    const char *told, struct qf_error *err)
{
	char kwh[DEC_TEXT_MAX] = "0";

	if (channel < CHANNELS) {
		dec_format_trim(&adding->rated[channel], kwh, sizeof(kwh));
	}
	return qf_fail(err, QF_NO, "balance-rated",
	    "%s: run:%" PRId64 ": %s %s at %s, %s: the lines have %s kWh, "
	    "the energy row tells of %s",
	    adding->ledger->path, adding->run, adding->contract, adding->leg,
	    adding->point,
	    channel < CHANNELS ? channel_name(channel) : "carried", kwh, told);
}

/* Holds the unit's rows of energy against what its lines have. */
static int
compare_energy(struct adding *adding, struct qf_error *err)
{
	struct energy *energy = &adding->energy;
	enum channel channel;
	int rc = 1;

	while (rc == 1 && adding->has_energy &&
	       of_unit(adding, energy->point, energy->contract, energy->leg)) {
		if (parse(&adding->value, adding, "run_energy", energy->line_no,
			energy->rated_kwh, err) == -1) {
			return -1;
		}
		if (channel_parse(&channel, energy->channel,
			strlen(energy->channel)) == -1) {
			/* What is carried on is no line's. */
			if (!dec_is_zero(&adding->value)) {
				return rated_differs(
				    adding, CHANNELS, energy->rated_kwh, err);
			}
			rc = next_energy(adding, err);
			continue;
		}
		adding->told[channel] = true;
		if (dec_cmp(&adding->value, &adding->rated[channel]) != 0) {
			return rated_differs(
			    adding, channel, energy->rated_kwh, err);
		}
		rc = next_energy(adding, err);
	}
	for (int i = 0; rc != -1 && i < CHANNELS; i++) {
		if (!adding->told[i] && !dec_is_zero(&adding->rated[i])) {
			return rated_differs(
			    adding, (enum channel)i, "nothing", err);
		}
	}
	return rc == -1 ? -1 : 0;
}

static int
count_holds(
    struct ledger *ledger, int64_t run, int64_t *count, struct qf_error *err)
{
	struct run_cursor *cursor;
	struct hold hold;
	int rc;

	*count = 0;
	if (runs_open_holds(&cursor, ledger, run, err) == -1) {
		return -1;
	}
	while ((rc = runs_next_hold(cursor, &hold, err)) == 1) {
		++*count;
	}
	runs_close(cursor);
	return rc;
}

static int
add_run(
    struct adding *adding, int64_t lines, int64_t holds, struct qf_error *err)
{
	int64_t held = 0;

	if (next_line(adding, err) == -1 || next_energy(adding, err) == -1) {
		return -1;
	}
	while (adding->has_line || adding->has_energy) {
		/* Rows that are out of order still make progress: the unit
		 * chosen is always that of a row at hand. */
		choose_unit(adding);
		if (add_lines(adding, err) == -1 ||
		    compare_energy(adding, err) == -1) {
			return -1;
		}
	}
	if (count_holds(adding->ledger, adding->run, &held, err) == -1) {
		return -1;
	}
	if (adding->line_count != lines || held != holds) {
		return qf_fail(err, QF_NO, "balance-run",
		    "%s: run:%" PRId64 ": run: has %" PRId64
		    " lines and %" PRId64 " holds, tells of %" PRId64
		    " and %" PRId64,
		    adding->ledger->path, adding->run, adding->line_count, held,
		    lines, holds);
	}
	return 0;
}

static int
verify_run(struct ledger *ledger, int64_t run, int64_t lines, int64_t holds,
    struct qf_error *err)
{
	struct adding adding = {.ledger = ledger, .run = run};
	int rc = -1;

	if (runs_open_lines(&adding.lines, ledger, run, 1, err) == 0 &&
	    runs_open_energy(&adding.energies, ledger, run, err) == 0) {
		rc = add_run(&adding, lines, holds, err);
	}
	runs_close(adding.lines);
	runs_close(adding.energies);
	for (int i = 0; i < CHANNELS; i++) {
		dec_release(&adding.rated[i]);
	}
	dec_release(&adding.value);
	return rc;
}

int
balance_verify(struct ledger *ledger, struct qf_error *err)
{
	sqlite3_stmt *stmt;
	int rc;

	if (stmt_prepare(&stmt, ledger, &list, Q_RUNS, err) == -1) {
		return -1;
	}
	while ((rc = stmt_step(stmt, ledger, err)) == 1) {
		if (verify_run(ledger, sqlite3_column_int64(stmt, 0),
			sqlite3_column_int64(stmt, 1),
			sqlite3_column_int64(stmt, 2), err) == -1) {
			rc = -1;
			break;
		}
	}
	sqlite3_finalize(stmt);
	return rc == -1 ? -1 : balance_books(ledger, err);
}
