/* factrules.c - what must hold between the values of one row.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/factrules.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

static const struct fact_value *
value_of(const struct fact *fact, const char *name)
{
	return &fact->values[fact_column(fact->format, name)];
}

static bool
is_text(const struct fact *fact, const char *name, const char *text)
{
	const struct fact_value *value = value_of(fact, name);

	return value->is == FACT_IS_TEXT && strcmp(value->text, text) == 0;
}

/* Validity may be empty (which makes a row void) but not backwards. */
static int
check_validity(
    const struct fact *fact, const char **column, struct qf_error *err)
{
	const struct fact_value *from = NULL, *to = NULL;
	size_t i;

	for (i = 0; i < fact->format->column_count; i++) {
		if ((fact->format->columns[i].flags & FACT_FROM) != 0) {
			from = &fact->values[i];
		}
		if ((fact->format->columns[i].flags & FACT_TO) != 0) {
			to = &fact->values[i];
			*column = fact->format->columns[i].name;
		}
	}
	if (from == NULL || to == NULL || to->is == FACT_NULL ||
	    to->integer >= from->integer) {
		return 0;
	}
	return qf_fail(err, QF_DATA, "fact-period", "before its start");
}

/* A stretch of time has a length, but for a session: one that was ended in
 * the minute of its start is left to whoever prices it. */
static int
check_stretch(
    const struct fact *fact, const char **column, struct qf_error *err)
{
	int64_t start_utc = value_of(fact, "start")->integer;
	int64_t end_utc = value_of(fact, "end")->integer;

	*column = "end";
	if (end_utc < start_utc) {
		return qf_fail(err, QF_DATA, "fact-period", "before its start");
	}
	if (end_utc == start_utc && fact->format->kind != FACT_SESSION) {
		return qf_fail(err, QF_DATA, "fact-period", "at its start");
	}
	return 0;
}

/* Natural persons are pseudonyms: names live in the identity file, so that
 * erasing a person is a deletion there and not a broken chain. */
static int
check_party(const struct fact *fact, const char **column, struct qf_error *err)
{
	if (!is_text(fact, "kind", "person")) {
		return 0;
	}
	*column = "name_zh";
	if (value_of(fact, *column)->is == FACT_NULL) {
		*column = "name_en";
	}
	if (value_of(fact, *column)->is == FACT_NULL) {
		return 0;
	}
	return qf_fail(err, QF_DATA, "party-name",
	    "the name of a person belongs into the identity file");
}

/* Digits of a register: "6" or "6.2", at most 18 in all. */
static bool
digits_ok(const char *text)
{
	size_t whole = strspn(text, "0123456789");
	int sum = 0;
	size_t i;

	if (whole < 1 || whole > 2 || text[0] == '0') {
		return false;
	}
	for (i = 0; i < whole; i++) {
		sum = sum * 10 + (text[i] - '0');
	}
	if (text[whole] == '.') {
		if (text[whole + 1] < '0' || text[whole + 1] > '9' ||
		    text[whole + 2] != '\0') {
			return false;
		}
		sum += text[whole + 1] - '0';
	} else if (text[whole] != '\0') {
		return false;
	}
	return sum <= 18;
}

static int
check_meter(const struct fact *fact, const char **column, struct qf_error *err)
{
	const char *multiplier = value_of(fact, "multiplier")->text;

	*column = "multiplier";
	if (strspn(multiplier, "0.") == strlen(multiplier)) {
		return qf_fail(err, QF_DATA, "meter-multiplier", "is zero");
	}
	*column = "digits";
	if (!digits_ok(value_of(fact, *column)->text)) {
		return qf_fail(err, QF_DATA, "meter-digits",
		    "\"%s\": not of the form 6.2 (digits before and after the "
		    "point, 18 in all)",
		    value_of(fact, *column)->text);
	}
	return 0;
}

static int
check_contract(
    const struct fact *fact, const char **column, struct qf_error *err)
{
	*column = "payee";
	if (strcmp(value_of(fact, "payer")->text,
		value_of(fact, "payee")->text) == 0) {
		return qf_fail(
		    err, QF_DATA, "contract-payee", "is the payer as well");
	}
	return 0;
}

static int
check_session(
    const struct fact *fact, const char **column, struct qf_error *err)
{
	*column = "import_kwh";
	if (value_of(fact, "import_kwh")->is == FACT_NULL &&
	    value_of(fact, "export_kwh")->is == FACT_NULL) {
		return qf_fail(err, QF_DATA, "session-energy",
		    "neither this nor export_kwh is given");
	}
	return 0;
}

static int
check_register(
    const struct fact *fact, const char **column, struct qf_error *err)
{
	bool withdrawn = is_text(fact, "quality", "withdrawn");
	bool empty = value_of(fact, "value")->is == FACT_NULL;

	*column = "value";
	if (withdrawn && !empty) {
		return qf_fail(err, QF_DATA, "register-value",
		    "must be empty where the quality is withdrawn");
	}
	if (!withdrawn && empty) {
		return qf_fail(err, QF_DATA, "register-value",
		    "empty, but must be given unless withdrawn");
	}
	return 0;
}

int
factrules_check(
    const struct fact *fact, const char **column, struct qf_error *err)
{
	assert(fact->format->column_count <= FACT_COLUMNS_MAX);
	*column = "";
	if (check_validity(fact, column, err) == -1) {
		return -1;
	}
	switch (fact->format->kind) {
	case FACT_PARTY:
		return check_party(fact, column, err);
	case FACT_METER:
		return check_meter(fact, column, err);
	case FACT_CONTRACT:
		return check_contract(fact, column, err);
	case FACT_SERIES:
	case FACT_SESSION_INTERVAL:
		return check_stretch(fact, column, err);
	case FACT_SESSION:
		return check_stretch(fact, column, err) == -1
			   ? -1
			   : check_session(fact, column, err);
	case FACT_REGISTER_READ:
		return check_register(fact, column, err);
	default:
		return 0;
	}
}
