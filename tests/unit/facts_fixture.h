/* facts_fixture.h - facts written as lines of text, for the unit tests.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef QF_TESTS_FACTS_FIXTURE_H
#define QF_TESTS_FACTS_FIXTURE_H

#include "ledger/facts.h"
#include "ledger_fixture.h"

/* Appends "cell,cell,..." as a fact of the kind: an instant, day or month is
 * written as its integer, an empty cell is nothing. */
static inline int
fixture_append(struct fixture *f, struct entry *entry, enum fact_kind kind,
    size_t line_no, const char *cells, bool correcting,
    enum fact_outcome *outcome)
{
	const struct fact_format *format = fact_format(kind);
	struct fact fact = {.format = format, .line_no = line_no};
	char text[1024];
	char *rest = text;

	snprintf(text, sizeof(text), "%s", cells);
	for (size_t i = 0; i < format->column_count; i++) {
		struct fact_value *value = &fact.values[i];
		char *cell = strsep(&rest, ",");

		cr_assert_not_null(cell, "%s: too few cells", cells);
		if (cell[0] == '\0') {
			continue;
		}
		switch (format->columns[i].type) {
		case FACT_INTEGER:
		case FACT_INSTANT:
		case FACT_DAY:
		case FACT_MONTH:
			value->is = FACT_IS_INTEGER;
			value->integer = atoll(cell);
			break;
		default:
			value->is = FACT_IS_TEXT;
			value->text = cell;
			value->length = strlen(cell);
		}
	}
	cr_assert_null(rest, "%s: too many cells", cells);
	return facts_append(entry, &fact, correcting, outcome, &f->err);
}

static inline struct entry *
fixture_begin(struct fixture *f)
{
	struct entry *entry;

	cr_assert_eq(entry_begin(&entry, f->ledger, ENTRY_BATCH,
			 FIXTURE_RECORDED_UTC, &f->err),
	    0, "%s", f->err.text);
	return entry;
}

/* Ends a batch whose bytes have the digest. */
static inline struct handle
fixture_finish(struct fixture *f, struct entry *entry, const char *sha256)
{
	struct batch batch = {.format = "test",
	    .file = "test.csv",
	    .sha256 = sha256,
	    .declarations = "",
	    .received_utc = INT64_MIN};
	struct handle handle;

	cr_assert_eq(facts_append_batch(entry, &batch, &f->err), 0);
	cr_assert_eq(
	    entry_finish(entry, &handle, &f->err), 0, "%s", f->err.text);
	return handle;
}

/* A batch of one fact that must be new. */
static inline void
fixture_state(struct fixture *f, enum fact_kind kind, const char *cells)
{
	struct entry *entry = fixture_begin(f);
	enum fact_outcome outcome;

	cr_assert_eq(fixture_append(f, entry, kind, 2, cells, false, &outcome),
	    0, "%s: %s", cells, f->err.text);
	cr_assert_eq(outcome, FACT_NEW, "%s", cells);
	fixture_finish(f, entry, cells);
}

/* One more fact, in a batch of its own, and what must become of it: "new",
 * "repeated", "changed", or the code of the refusal. */
static inline void
fixture_try(struct fixture *f, enum fact_kind kind, const char *cells,
    bool correcting, const char *expected)
{
	static const char *const outcomes[] = {"new", "repeated", "changed"};
	struct entry *entry;
	enum fact_outcome outcome = FACT_NEW;
	int status;

	cr_assert_eq(ledger_savepoint(f->ledger, &f->err), 0);
	entry = fixture_begin(f);
	status = fixture_append(f, entry, kind, 3, cells, correcting, &outcome);
	if (status == -1) {
		cr_assert_str_eq(
		    f->err.code, expected, "%s: %s", cells, f->err.text);
		entry_abandon(entry);
		cr_assert_eq(ledger_rollback(f->ledger, &f->err), 0);
		return;
	}
	cr_assert_str_eq(outcomes[outcome], expected, "%s", cells);
	fixture_finish(f, entry, cells);
	cr_assert_eq(ledger_release(f->ledger, &f->err), 0);
}

#endif
