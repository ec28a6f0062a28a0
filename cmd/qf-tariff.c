/* qf-tariff - tariff documents without a ledger: what is wrong with one, what
 * a day looks like under it, what a load would cost.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/civil.h"
#include "base/outfile.h"
#include "base/tool.h"
#include "base/zone.h"
#include "stage/tariff_compare.h"
#include "stage/tariff_price.h"
#include "stage/tariff_show.h"

#define FILES_MAX 64 /* of facts */

enum {
	OPT_CALENDAR = 1,
	OPT_CONDITIONS,
	OPT_PRICES,
	OPT_SERIES,
	OPT_ZONE,
	OPT_CLASS,
	OPT_TYPE,
	OPT_VOLTAGE,
};

#define ROW_CALENDAR                                              \
	{                                                         \
		OPT_CALENDAR, 0, "calendar", "FILE",              \
		    "days that are holidays, or workdays for one" \
	}
#define ROW_CONDITIONS                                      \
	{                                                   \
		OPT_CONDITIONS, 0, "conditions", "FILE",    \
		    "values of days, such as a temperature" \
	}
#define ROW_PRICES                                                    \
	{                                                             \
		OPT_PRICES, 0, "prices", "FILE", "price tables (CSV)" \
	}
#define ROW_SERIES                                                    \
	{                                                             \
		OPT_SERIES, 0, "series", "FILE", "price series (CSV)" \
	}
#define ROW_ZONE                                             \
	{                                                    \
		OPT_ZONE, 0, "zone", "ZONE",                 \
		    "time zone, where the document has none" \
	}
#define ROWS_USER                                                           \
	{OPT_CLASS, 0, "class", "CLASS", "user class, where it is open"},   \
	    {OPT_TYPE, 0, "type", "TYPE", "tariff type, where it is open"}, \
	{                                                                   \
		OPT_VOLTAGE, 0, "voltage", "VOLTAGE",                       \
		    "voltage, where it is open"                             \
	}

static const struct options_row check_rows[] = {
    ROW_PRICES,
    TOOL_ROW_JSON,
    {0},
};

static const struct options_row show_rows[] = {
    ROW_CALENDAR,
    ROW_CONDITIONS,
    ROW_PRICES,
    ROWS_USER,
    TOOL_ROW_LANG,
    {0},
};

static const struct options_row price_rows[] = {
    ROW_ZONE,
    ROW_CALENDAR,
    ROW_CONDITIONS,
    ROW_PRICES,
    ROW_SERIES,
    ROWS_USER,
    TOOL_ROW_JSON,
    {0},
};

/* What the options of a command said. */
struct given {
	struct {
		const char *path;
		enum fact_kind kind;
	} files[FILES_MAX];
	size_t file_count;
	const char *zone, *user_class, *type, *voltage;
	bool json, zh;
	struct tool *tool;
};

static void
say(void *context, const struct qf_error *err)
{
	tool_say(context, err);
}

static int
take_file(struct given *given, const char *path, enum fact_kind kind)
{
	if (given->file_count == FILES_MAX) {
		tool_misuse(
		    given->tool, "more than %d files of facts", FILES_MAX);
		return -1;
	}
	given->files[given->file_count].path = path;
	given->files[given->file_count++].kind = kind;
	return 0;
}

static int
take_language(struct given *given, const char *value)
{
	given->zh = strcmp(value, "zh") == 0;
	if (!given->zh && strcmp(value, "en") != 0) {
		tool_misuse(given->tool, "--lang is zh or en, not %s", value);
		return -1;
	}
	return 0;
}

static int
take_option(struct given *given, int id, const char *value)
{
	switch (id) {
	case OPT_CALENDAR:
		return take_file(given, value, FACT_CALENDAR);
	case OPT_CONDITIONS:
		return take_file(given, value, FACT_CONDITION);
	case OPT_PRICES:
		return take_file(given, value, FACT_PRICE);
	case OPT_SERIES:
		return take_file(given, value, FACT_SERIES);
	case OPT_ZONE:
		given->zone = value;
		return 0;
	case OPT_CLASS:
		given->user_class = value;
		return 0;
	case OPT_TYPE:
		given->type = value;
		return 0;
	case OPT_VOLTAGE:
		given->voltage = value;
		return 0;
	case TOOL_JSON:
		given->json = true;
		return 0;
	case TOOL_LANG:
		return take_language(given, value);
	default:
		BUG("option %d", id);
	}
}

/* Options and operands; -1 where the tool is to finish with its status. */
static int
begin(struct tool *tool, struct given *given, size_t least, size_t most)
{
	const char *value;
	int id, rc;

	*given = (struct given){
	    .tool = tool, .user_class = "", .type = "", .voltage = ""};
	while ((rc = tool_option(tool, &id, &value)) == 1) {
		if (take_option(given, id, value) == -1) {
			return -1;
		}
	}
	if (rc == -1) {
		tool_finish(tool, tool->status);
		return -1;
	}
	if (tool->operand_count < least || tool->operand_count > most) {
		tool_misuse(tool, "operands: %s", tool->command->operands);
		return -1;
	}
	return 0;
}

static int
load_facts(struct tariff_facts **out, const struct given *given,
    const struct zone *zone, struct qf_error *err)
{
	tariff_facts_new(out, zone, say, given->tool);
	for (size_t i = 0; i < given->file_count; i++) {
		if (tariff_facts_add(*out, given->files[i].path,
			given->files[i].kind, err) == -1) {
			return -1;
		}
	}
	return 0;
}

static int
load_tariff(struct tariff **out, const char *path, struct qf_error *err)
{
	size_t length;
	char *text;
	int rc;

	*out = NULL;
	if (tariff_file(&text, &length, path, err) == -1) {
		return -1;
	}
	rc = tariff_load(out, text, length, path, err);
	free(text);
	return rc;
}

/* Prints the faults of one document; its tariff where it has none. */
static int
check_file(struct tariff **tariff, const char *path, struct qf_error *err)
{
	struct tariff_faults faults;
	size_t length;
	char *text;
	int rc = 0;

	*tariff = NULL;
	if (tariff_file(&text, &length, path, err) == -1) {
		return -1;
	}
	tariff_check(&faults, text, length, path);
	for (size_t i = 0; i < faults.count; i++) {
		printf("%s [%s]\n", faults.list[i].text, faults.list[i].code);
	}
	if (faults.count == 0) {
		rc = tariff_load(tariff, text, length, path, err);
	}
	tariff_faults_free(&faults);
	free(text);
	return rc;
}

/* Checks all files, and their prices where there are any. */
static int
check_files(const struct given *given, struct tariff_facts *facts,
    struct table *table, bool *sound, struct qf_error *err)
{
	size_t all_differences = 0;

	for (size_t i = 0; i < given->tool->operand_count; i++) {
		struct tariff *tariff;
		size_t differences = 0;
		int rc = 0;

		if (check_file(&tariff, given->tool->operands[i], err) == -1) {
			return -1;
		}
		*sound &= tariff != NULL;
		if (tariff != NULL) {
			rc = tariff_compare(
			    tariff, facts, table, &differences, err);
		}
		all_differences += differences;
		tariff_free(tariff);
		if (rc == -1) {
			return -1;
		}
	}
	*sound &= all_differences == 0;
	fflush(stdout);
	/* A header without rows would not be silence. */
	return all_differences == 0 ? 0 : table_finish(table, err);
}

static int
run_check(struct tool *tool)
{
	struct tariff_facts *facts = NULL;
	struct outfile *out = NULL;
	struct table *table = NULL;
	struct given given;
	struct qf_error err;
	bool sound = true;
	int rc = -1;

	if (begin(tool, &given, 1, SIZE_MAX) == -1) {
		return tool->status;
	}
	if (load_facts(&facts, &given, NULL, &err) == 0 &&
	    outfile_begin(&out, "-", "qf-tariff", false, &err) == 0) {
		table = tariff_compare_table(sink_outfile(out),
		    table_form_for(STDOUT_FILENO, given.json));
		rc = check_files(&given, facts, table, &sound, &err);
	}
	if (rc == 0 && outfile_commit(out, &err) == -1) {
		rc = -1;
	}
	table_free(table);
	outfile_free(out);
	tariff_facts_free(facts);
	return rc == -1 ? tool_fail(tool, &err)
			: tool_finish(tool, sound ? QF_OK : QF_NO);
}

static int
parse_date(const char *text, int32_t *day, struct qf_error *err)
{
	if (civil_parse_day(text, strlen(text), day, err) == -1) {
		err->status = QF_USAGE;
		return -1;
	}
	return 0;
}

static int
show(
    const struct given *given, struct tariff_facts *facts, struct qf_error *err)
{
	struct tariff_show_options options = {.zh = given->zh,
	    .user_class = given->user_class,
	    .type = given->type,
	    .voltage = given->voltage};
	char **operands = given->tool->operands;
	struct outfile *out = NULL;
	struct tariff *tariff;
	int32_t day;
	int rc = -1;

	if (load_tariff(&tariff, operands[0], err) == -1 ||
	    parse_date(operands[1], &day, err) == -1 ||
	    outfile_begin(&out, "-", "qf-tariff", false, err) == -1) {
		goto out;
	}
	rc = tariff_show(tariff, day, facts, &options, sink_outfile(out), err);
	if (rc == 0) {
		rc = outfile_commit(out, err);
	}
out:
	outfile_free(out);
	tariff_free(tariff);
	return rc;
}

static int
run_show(struct tool *tool)
{
	struct tariff_facts *facts = NULL;
	struct given given;
	struct qf_error err;
	int rc;

	if (begin(tool, &given, 2, 2) == -1) {
		return tool->status;
	}
	rc = load_facts(&facts, &given, NULL, &err);
	if (rc == 0) {
		rc = show(&given, facts, &err);
	}
	tariff_facts_free(facts);
	return rc == -1 ? tool_fail(tool, &err) : tool_finish(tool, QF_OK);
}

/* The zone of the option, or of the document. */
static int
load_zone(struct zone **out, const struct given *given,
    const struct tariff *tariff, struct qf_error *err)
{
	const char *name = given->zone;

	if (name == NULL && tariff->zone[0] != '\0') {
		name = tariff->zone;
	}
	if (name == NULL) {
		return qf_fail(err, QF_USAGE, "zone-missing",
		    "%s names no time zone: give --zone",
		    given->tool->operands[0]);
	}
	return zone_load(out, name, err);
}

static int
price(const struct given *given, const struct tariff *tariff,
    const struct zone *zone, struct tariff_facts *facts, struct qf_error *err)
{
	struct tariff_price_options options = {.user_class = given->user_class,
	    .type = given->type,
	    .voltage = given->voltage,
	    .say = say,
	    .context = given->tool};
	struct outfile *out;
	struct table *table;
	int rc;

	if (outfile_begin(&out, "-", "qf-tariff", false, err) == -1) {
		return -1;
	}
	table = tariff_price_table(
	    sink_outfile(out), table_form_for(STDOUT_FILENO, given->json));
	rc = tariff_price(tariff, given->tool->operands[1], zone, facts,
	    &options, table, err);
	if (rc == 0) {
		rc = table_finish(table, err);
	}
	if (rc == 0) {
		rc = outfile_commit(out, err);
	}
	table_free(table);
	outfile_free(out);
	return rc;
}

static int
run_price(struct tool *tool)
{
	struct tariff_facts *facts = NULL;
	struct tariff *tariff = NULL;
	struct zone *zone = NULL;
	struct given given;
	struct qf_error err;
	int rc = -1;

	if (begin(tool, &given, 2, 2) == -1) {
		return tool->status;
	}
	if (load_tariff(&tariff, tool->operands[0], &err) == 0 &&
	    load_zone(&zone, &given, tariff, &err) == 0 &&
	    load_facts(&facts, &given, zone, &err) == 0) {
		rc = price(&given, tariff, zone, facts, &err);
	}
	tariff_facts_free(facts);
	zone_free(zone);
	tariff_free(tariff);
	return rc == -1 ? tool_fail(tool, &err) : tool_finish(tool, QF_OK);
}

static const struct tool_command commands[] = {
    {"check", "say what is wrong with tariff documents", "FILE...", check_rows,
	false, run_check},
    {"show", "draw a day under a tariff", "FILE DATE", show_rows, false,
	run_show},
    {"price", "price a load under a tariff", "FILE LOAD", price_rows, false,
	run_price},
    {0},
};

static const struct tool_spec spec = {
    .name = "qf-tariff",
    .purpose = "check, show and try tariff documents",
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
