/* qf-tariff - tariff documents without a ledger: what is wrong with one, what
 * a day looks like under it, what a load would cost.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "base/tool.h"
#include "stage/ocpi_files.h"
#include "stage/tariff/files.h"

#define OPTIONS_MAX 256 /* of a contract, with the NUL */

enum {
	OPT_CALENDAR = 1,
	OPT_CONDITIONS,
	OPT_PRICES,
	OPT_SERIES,
	OPT_ZONE,
	OPT_CLASS,
	OPT_TYPE,
	OPT_VOLTAGE,
	OPT_OPTION,
	OPT_CONTRACTS,
};

#define ROW_CALENDAR                                                \
	{                                                           \
		OPT_CALENDAR | OPTIONS_MANY, 0, "calendar", "FILE", \
		    "days that are holidays, or workdays for one"   \
	}
#define ROW_CONTRACTS                                                 \
	{                                                             \
		OPT_CONTRACTS | OPTIONS_MANY, 0, "contracts", "FILE", \
		    "contracts that are to be served (CSV)"           \
	}
#define ROW_CONDITIONS                                                  \
	{                                                               \
		OPT_CONDITIONS | OPTIONS_MANY, 0, "conditions", "FILE", \
		    "values of days, such as a temperature"             \
	}
#define ROW_PRICES                                              \
	{                                                       \
		OPT_PRICES | OPTIONS_MANY, 0, "prices", "FILE", \
		    "price tables (CSV)"                        \
	}
#define ROW_SERIES                                              \
	{                                                       \
		OPT_SERIES | OPTIONS_MANY, 0, "series", "FILE", \
		    "price series (CSV)"                        \
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

#define ROW_OPTION                                                    \
	{                                                             \
		OPT_OPTION | OPTIONS_MANY, 0, "option", "NAME=VALUE", \
		    "an option of the contract; may be repeated"      \
	}

static const struct options_row check_rows[] = {
    ROW_CONTRACTS,
    ROW_CALENDAR,
    ROW_CONDITIONS,
    ROW_PRICES,
    ROW_SERIES,
    ROW_ZONE,
    TOOL_ROW_JSON,
    {0},
};

static const struct options_row show_rows[] = {
    ROW_CALENDAR,
    ROW_CONDITIONS,
    ROW_PRICES,
    ROWS_USER,
    ROW_OPTION,
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
    ROW_OPTION,
    TOOL_ROW_JSON,
    {0},
};

static void
say(void *context, const struct qf_error *err)
{
	tool_say(context, err);
}

static int
take_file(struct tool *tool, struct tariff_files_request *request,
    const char *path, enum fact_kind kind)
{
	if (request->fact_count == TARIFF_FILES_MAX) {
		tool_misuse(
		    tool, "more than %d files of facts", TARIFF_FILES_MAX);
		return -1;
	}
	request->facts[request->fact_count].path = path;
	request->facts[request->fact_count++].kind = kind;
	return 0;
}

/* Adds an option of the contract to those before it. */
static int
take_contract_option(
    struct tool *tool, struct tariff_files_request *request, const char *value)
{
	static char options[OPTIONS_MAX];
	size_t used = strlen(options);

	if (value[0] == '=' || strchr(value, '=') == NULL) {
		tool_misuse(tool, "--option is NAME=VALUE, not %s", value);
		return -1;
	}
	if (used + strlen(value) + 2 > sizeof(options)) {
		tool_misuse(tool, "--option: more than %zu bytes in all",
		    sizeof(options) - 1);
		return -1;
	}
	if (used > 0) {
		options[used++] = ' ';
	}
	memcpy(options + used, value, strlen(value) + 1);
	request->options = options;
	return 0;
}

static int
take_option(struct tool *tool, struct tariff_files_request *request, int id,
    const char *value)
{
	switch (id) {
	case OPT_CALENDAR:
		return take_file(tool, request, value, FACT_CALENDAR);
	case OPT_CONDITIONS:
		return take_file(tool, request, value, FACT_CONDITION);
	case OPT_CONTRACTS:
		return take_file(tool, request, value, FACT_CONTRACT);
	case OPT_PRICES:
		return take_file(tool, request, value, FACT_PRICE);
	case OPT_SERIES:
		return take_file(tool, request, value, FACT_SERIES);
	case OPT_ZONE:
		request->zone = value;
		return 0;
	case OPT_CLASS:
		request->user_class = value;
		return 0;
	case OPT_TYPE:
		request->type = value;
		return 0;
	case OPT_VOLTAGE:
		request->voltage = value;
		return 0;
	case OPT_OPTION:
		return take_contract_option(tool, request, value);
	case TOOL_JSON:
		request->json = true;
		return 0;
	case TOOL_LANG:
		return tool_take_language(tool, value, &request->zh);
	default:
		BUG("option %d", id);
	}
}

/* Reads options and operands: 0, or -1 when the tool is to finish with its
 * status. */
static int
take_options(struct tool *tool, struct tariff_files_request *request,
    size_t least, size_t most)
{
	const char *value;
	int id, rc;

	*request = (struct tariff_files_request){.user_class = "",
	    .type = "",
	    .voltage = "",
	    .options = "",
	    .say = say,
	    .context = tool};
	while ((rc = tool_option(tool, &id, &value)) == 1) {
		if (take_option(tool, request, id, value) == -1) {
			return -1;
		}
	}
	if (rc == 0 &&
	    (tool->operand_count < least || tool->operand_count > most)) {
		tool_misuse(tool, "operands: %s", tool->command->operands);
		return -1;
	}
	return rc;
}

static int
run_check(struct tool *tool)
{
	struct tariff_files_request request;
	struct qf_error err;
	bool sound;

	if (take_options(tool, &request, 1, SIZE_MAX) == -1) {
		return tool_finish(tool, tool->status);
	}
	if (tariff_files_check(tool->operands, tool->operand_count, &request,
		&sound, &err) == -1) {
		return tool_fail(tool, &err);
	}
	return tool_finish(tool, sound ? QF_OK : QF_NO);
}

/* What the two have in common, for a tariff of OCPI. */
static struct ocpi_files_request
ocpi_request(struct tool *tool, const struct tariff_files_request *request)
{
	return (struct ocpi_files_request){.zone = request->zone,
	    .json = request->json,
	    .say = say,
	    .context = tool};
}

static int
show_ocpi(struct tool *tool, const struct tariff_files_request *request)
{
	struct ocpi_files_request ocpi = ocpi_request(tool, request);
	struct qf_error err;

	if (ocpi_files_show(
		tool->operands[0], tool->operands[1], &ocpi, &err) == -1) {
		return tool_fail(tool, &err);
	}
	return tool_finish(tool, QF_OK);
}

static int
price_ocpi(struct tool *tool, const struct tariff_files_request *request)
{
	struct ocpi_files_request ocpi = ocpi_request(tool, request);
	struct qf_error err;
	bool equal;

	if (ocpi_files_price(tool->operands[0], tool->operands[1], &ocpi,
		&equal, &err) == -1) {
		return tool_fail(tool, &err);
	}
	return tool_finish(tool, equal ? QF_OK : QF_NO);
}

/* A command of a document and what it is tried on: an OCPI tariff has functions
 * of its own. */
static int
run_on(struct tool *tool,
    int (*ocpi)(struct tool *tool, const struct tariff_files_request *request),
    int (*tariff)(const char *document, const char *other,
	const struct tariff_files_request *request, struct qf_error *err))
{
	struct tariff_files_request request;
	struct qf_error err;

	if (take_options(tool, &request, 2, 2) == -1) {
		return tool_finish(tool, tool->status);
	}
	if (ocpi_files_is(tool->operands[0])) {
		return ocpi(tool, &request);
	}
	if (tariff(tool->operands[0], tool->operands[1], &request, &err) ==
	    -1) {
		return tool_fail(tool, &err);
	}
	return tool_finish(tool, QF_OK);
}

static int
run_show(struct tool *tool)
{
	return run_on(tool, show_ocpi, tariff_files_show);
}

static int
run_price(struct tool *tool)
{
	return run_on(tool, price_ocpi, tariff_files_price);
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
