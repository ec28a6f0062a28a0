/* qf-init - makes a new ledger for one market.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/tool.h"
#include "stage/init.h"

#define MONEY_SCALE_MAX 8 /* as the ledger's schema has it */

enum { OPT_MARKET = 1, OPT_ZONE, OPT_CURRENCY, OPT_MONEY_SCALE };

static const struct options_row rows[] = {
    {OPT_MARKET, 0, "market", "NAME", "name of the market, as shown"},
    {OPT_ZONE, 0, "zone", "ZONE", "its time zone, such as Asia/Shanghai"},
    {OPT_CURRENCY, 0, "currency", "CODE", "its currency, such as CNY"},
    {OPT_MONEY_SCALE, 0, "money-scale", "N",
	"decimals of the smallest unit of money (default 2)"},
    {0},
};

static const struct tool_spec spec = {
    .name = "qf-init",
    .purpose = "make a new ledger",
    .options = rows,
    .ledger = true,
};

/* Each takes an option's value: 0, or -1 when the tool is to finish with its
 * status. */
static int
set_text(struct tool *tool, char *out, const char *option, const char *value)
{
	const char *text;

	if (tool_take_text(tool, option, value, MARKET_TEXT_MAX - 1, &text) ==
	    -1) {
		return -1;
	}
	memcpy(out, text, strlen(text) + 1);
	return 0;
}

static int
set_currency(struct tool *tool, struct market *market, const char *value)
{
	size_t i;

	for (i = 0; value[i] >= 'A' && value[i] <= 'Z'; i++) {
		continue;
	}
	if (i != 3 || value[i] != '\0') {
		tool_misuse(tool,
		    "%s: not a currency code of three letters (ISO 4217)",
		    value);
		return -1;
	}
	memcpy(market->currency, value, 4);
	return 0;
}

static int
set_money_scale(struct tool *tool, struct market *market, const char *value)
{
	int64_t scale;

	if (tool_take_number(
		tool, "money-scale", value, MONEY_SCALE_MAX, &scale) == -1) {
		return -1;
	}
	market->money_scale = (int)scale;
	return 0;
}

static int
take_option(struct tool *tool, struct market *market, int id, const char *value)
{
	switch (id) {
	case OPT_MARKET:
		return set_text(tool, market->name, "market", value);
	case OPT_ZONE:
		return set_text(tool, market->zone, "zone", value);
	case OPT_CURRENCY:
		return set_currency(tool, market, value);
	case OPT_MONEY_SCALE:
		return set_money_scale(tool, market, value);
	default:
		BUG("option %d", id);
	}
}

/* Nothing has a default that could be wrong: a zone guessed is every band of
 * every day wrong. */
static int
check(struct tool *tool, const struct market *market)
{
	if (tool->operand_count > 0) {
		tool_misuse(tool,
		    "%s: no operand is taken; the ledger is named by -l",
		    tool->operands[0]);
		return -1;
	}
	if (market->name[0] == '\0' || market->zone[0] == '\0' ||
	    market->currency[0] == '\0') {
		tool_misuse(tool, "--market, --zone and --currency are needed");
		return -1;
	}
	return 0;
}

/* Reads the options: 0, or -1 when the tool is to finish with its status. */
static int
take_options(struct tool *tool, struct market *market)
{
	const char *value;
	int id, rc;

	while ((rc = tool_option(tool, &id, &value)) == 1) {
		if (take_option(tool, market, id, value) == -1) {
			return -1;
		}
	}
	return rc == -1 ? -1 : check(tool, market);
}

int
main(int argc, char **argv)
{
	struct market market = {.money_scale = 2};
	struct tool tool;
	struct qf_error err;
	const char *path;
	int64_t now_utc;

	if (tool_begin(&tool, &spec, argc, argv) == -1 ||
	    take_options(&tool, &market) == -1 ||
	    (path = tool_ledger(&tool)) == NULL) {
		return tool_finish(&tool, tool.status);
	}
	if (clock_now_utc(&now_utc, NULL, &err) == -1 ||
	    init_ledger(path, &market, now_utc, &err) == -1) {
		return tool_fail(&tool, &err);
	}
	return tool_finish(&tool, QF_OK);
}
