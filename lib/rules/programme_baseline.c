/* programme_baseline.c - the baselines of a programme document.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>
#include <string.h>

#include "rules/programme_reader.h"
#include "rules/whom.h"

#define BASELINES_MAX 32
#define WINDOWS_MAX 16
#define DAYS_MAX 99
#define LOOK_BACK_MAX 400 /* further nobody looks for days of events */
#define LOOK_BACK 366 /* without the word: not for ever */
#define HUNDRED (&(struct dec)DEC_SMALL(100, 0))

static const char *const methods[] = {
    [BASELINE_SIMILAR_DAYS] = "similar-days",
    [BASELINE_PREVIOUS_DAY] = "previous-day",
    [BASELINE_SAME_DAY] = "same-day",
    [BASELINE_GIVEN] = "given",
    NULL,
};

/* From and to against the start or the end of the event, which it must not
 * reach into. */
static bool
read_stretch(struct tariff_reader *reader, const struct xml_node *node,
    struct baseline_window *window)
{
	bool from, to;

	window->line_no = (int)xml_line(node);
	tariff_need(reader, node, "from");
	tariff_need(reader, node, "to");
	from = ruledoc_seconds(reader, node, "from", &window->from_seconds);
	to = ruledoc_seconds(reader, node, "to", &window->to_seconds);
	if (from && to && window->from_seconds >= window->to_seconds) {
		tariff_fault(
		    reader, node, "to", "tariff-window", "not after from");
		return false;
	}
	if (to && !window->after && window->to_seconds > 0) {
		tariff_fault(reader, node, "to", "tariff-window",
		    "after the event has begun");
	}
	if (from && window->after && window->from_seconds < 0) {
		tariff_fault(reader, node, "from", "tariff-window",
		    "before the event has ended");
	}
	return from && to;
}

static void
read_window(struct tariff_reader *reader, const struct xml_node *node,
    struct baseline_rule *rule)
{
	struct baseline_window *window;
	bool known;

	if (!tariff_fits(reader, node, rule->window_count, WINDOWS_MAX)) {
		return;
	}
	rule->windows = tariff_grow(
	    rule->windows, rule->window_count, sizeof(*rule->windows));
	window = &rule->windows[rule->window_count];
	window->after = tariff_yes(reader, node, "after", false);
	known = read_stretch(reader, node, window);
	for (size_t i = 0; known && i < rule->window_count; i++) {
		const struct baseline_window *other = &rule->windows[i];

		if (other->after == window->after &&
		    other->from_seconds < window->to_seconds &&
		    window->from_seconds < other->to_seconds) {
			tariff_fault(reader, node, NULL, "tariff-window",
			    "overlaps with that of line %d", other->line_no);
		}
	}
	rule->window_count++;
}

static void
read_windows(struct tariff_reader *reader, const struct xml_node *node,
    struct baseline_rule *rule)
{
	const struct xml_node *n = xml_first(node, "window");

	if (n == NULL && rule->method == BASELINE_SAME_DAY) {
		tariff_fault(reader, node, NULL, "tariff-missing",
		    "same-day needs a window element");
	}
	for (; n != NULL; n = xml_next(n, "window")) {
		if (rule->method != BASELINE_SAME_DAY) {
			ruledoc_idle(
			    reader, n, NULL, "only same-day has windows");
		}
		read_window(reader, n, rule);
	}
}

static void
read_adjust(struct tariff_reader *reader, const struct xml_node *node,
    struct baseline_rule *rule)
{
	static const char *const words[] = {"add", "multiply", NULL};
	int word = -1;

	if (tariff_need(reader, node, "method")) {
		word = tariff_word(reader, node, "method", words, -1);
	}
	rule->adjust = word == 0   ? BASELINE_ADD
		       : word == 1 ? BASELINE_MULTIPLY
				   : BASELINE_AS_IS;
	read_stretch(reader, node, &rule->adjust_window);
	rule->has_adjust_cap = ruledoc_number(
	    reader, node, "cap", RULEDOC_NOT_NEGATIVE, &rule->adjust_cap);
	if (rule->method == BASELINE_SAME_DAY ||
	    rule->method == BASELINE_GIVEN) {
		ruledoc_idle(reader, node, NULL,
		    "only similar-days and previous-day are adjusted");
	}
}

/* "5 highest": how many of the days, and which. */
static void
read_choose(struct tariff_reader *reader, const struct xml_node *node,
    struct baseline_rule *rule)
{
	static const char *const words[] = {
	    [BASELINE_HIGHEST] = "highest",
	    [BASELINE_LATEST] = "latest",
	};
	const char *text = xml_attr(node, "choose");
	int count = 0;

	if (text == NULL || tariff_blank(reader, node, "choose")) {
		return;
	}
	for (; *text >= '0' && *text <= '9' && count <= DAYS_MAX; text++) {
		count = count * 10 + (*text - '0');
	}
	for (int i = BASELINE_HIGHEST; i <= BASELINE_LATEST; i++) {
		if (*text == ' ' && strcmp(text + 1, words[i]) == 0) {
			rule->choose = (enum baseline_choose)i;
		}
	}
	if (count < 1 || count > DAYS_MAX || rule->choose == BASELINE_ALL) {
		tariff_fault(reader, node, "choose", "tariff-word",
		    "\"%s\" does not say how many of the days, as in "
		    "\"5 highest\" or \"5 latest\"",
		    xml_attr(node, "choose"));
		return;
	}
	if (rule->days > 0 && count > rule->days) {
		tariff_fault(
		    reader, node, "choose", "tariff-number", "more than days");
	}
	rule->choose_count = count;
}

static void
read_holidays(struct tariff_reader *reader, const struct xml_node *node,
    const struct programme_version *version, struct baseline_rule *rule)
{
	static const char *const words[] = {
	    [BASELINE_HOLIDAY_AS_REST] = "rest-days",
	    [BASELINE_HOLIDAY_LAST_YEAR] = "last-year",
	    [BASELINE_HOLIDAY_ITS_BASELINE] = "last-year-baseline",
	    [BASELINE_HOLIDAY_PREVIOUS] = "previous-holiday",
	    [BASELINE_HOLIDAYS] = NULL,
	};
	int places[BASELINE_HOLIDAYS];

	rule->holiday_count =
	    ruledoc_words(reader, node, "holiday", words, places);
	for (size_t i = 0; i < rule->holiday_count; i++) {
		rule->holidays[i] = (enum baseline_holiday)places[i];
		if (rule->holidays[i] == BASELINE_HOLIDAY_ITS_BASELINE &&
		    (i == 0 ||
			rule->holidays[i - 1] != BASELINE_HOLIDAY_LAST_YEAR)) {
			tariff_fault(reader, node, "holiday", "tariff-word",
			    "%s must stand right after %s",
			    words[rule->holidays[i]],
			    words[BASELINE_HOLIDAY_LAST_YEAR]);
		}
		if (rule->holidays[i] != BASELINE_HOLIDAY_AS_REST &&
		    version->calendar[0] == '\0') {
			tariff_fault(reader, node, "holiday", "tariff-missing",
			    "%s needs a calendar of the version",
			    words[rule->holidays[i]]);
		}
	}
}

/* How many days there must be, and how far back they may lie. */
static void
read_counts(struct tariff_reader *reader, const struct xml_node *node,
    struct baseline_rule *rule)
{
	tariff_need(reader, node, "days");
	rule->days = ruledoc_int(reader, node, "days", 1, DAYS_MAX, 0);
	read_choose(reader, node, rule);
	rule->least =
	    ruledoc_int(reader, node, "least", 1, DAYS_MAX, rule->days);
	rule->look_back =
	    ruledoc_int(reader, node, "look-back", 1, LOOK_BACK_MAX, LOOK_BACK);
	rule->skip = ruledoc_int(reader, node, "skip", 0, DAYS_MAX, 0);
	if (rule->choose == BASELINE_ALL) {
		rule->choose_count = rule->days;
	}
	if (rule->days > 0 && rule->least > rule->days) {
		tariff_fault(reader, node, "least", "tariff-number",
		    "more than days: always held");
	}
	if (rule->choose != BASELINE_ALL && rule->least > 0 &&
	    rule->least < rule->choose_count) {
		tariff_fault(reader, node, "least", "tariff-number",
		    "less than choose takes");
	}
	if (rule->look_back - rule->skip < rule->least) {
		tariff_fault(reader, node, "look-back", "tariff-number",
		    "never reaches as many days as least says");
	}
}

static void
read_similar_days(struct tariff_reader *reader, const struct xml_node *node,
    const struct programme_version *version, struct baseline_rule *rule)
{
	read_counts(reader, node, rule);
	rule->by_type = tariff_yes(reader, node, "types", true);
	read_holidays(reader, node, version, rule);
	rule->with_event_days = tariff_yes(reader, node, "event-days", false);
	tariff_id(reader, node, "without", rule->without_calendar);
	rule->has_spread = ruledoc_number(
	    reader, node, "spread", RULEDOC_POSITIVE, &rule->spread);
}

/* How many of a day's intervals may be missing, and how many estimated. */
static void
read_quality(struct tariff_reader *reader, const struct xml_node *node,
    struct baseline_rule *rule)
{
	bool missing = ruledoc_number(
	    reader, node, "missing", RULEDOC_NOT_NEGATIVE, &rule->missing_most);

	rule->has_estimated_most = ruledoc_number(reader, node, "estimated",
	    RULEDOC_NOT_NEGATIVE, &rule->estimated_most);
	if (missing && dec_cmp(&rule->missing_most, HUNDRED) > 0) {
		tariff_fault(
		    reader, node, "missing", "tariff-number", "above 100");
	}
	if (!rule->has_estimated_most) {
		return;
	}
	if (dec_cmp(&rule->estimated_most, HUNDRED) > 0) {
		tariff_fault(
		    reader, node, "estimated", "tariff-number", "above 100");
	}
	if (dec_cmp(&rule->estimated_most, &rule->missing_most) < 0) {
		tariff_fault(reader, node, "estimated", "tariff-number",
		    "less than missing: those that are missing count too");
	}
}

/* What is said of days where none are looked for. */
static void
check_days_idle(struct tariff_reader *reader, const struct xml_node *node,
    const struct baseline_rule *rule)
{
	static const char *const words[] = {"days", "choose", "least",
	    "look-back", "skip", "types", "holiday", "event-days", "without",
	    "spread"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		ruledoc_idle(
		    reader, node, words[i], "only similar-days looks for days");
	}
	if (rule->method != BASELINE_PREVIOUS_DAY) {
		ruledoc_idle(reader, node, "missing",
		    "only similar-days and previous-day take other days");
		ruledoc_idle(reader, node, "estimated",
		    "only similar-days and previous-day take other days");
	}
}

/* The first rule that fits holds, so one behind a wider one never does. */
static void
check_never(struct tariff_reader *reader, const struct xml_node *node,
    const struct programme_version *version, const struct baseline_rule *rule)
{
	for (size_t i = 0; i < version->baseline_count; i++) {
		if (whom_covers(&version->baselines[i].whom, &rule->whom)) {
			tariff_fault(reader, node, NULL, "tariff-never",
			    "that of line %d is for all that this is for",
			    version->baselines[i].line_no);
			return;
		}
	}
}

static void
read_baseline(struct tariff_reader *reader, const struct xml_node *node,
    struct programme_version *version)
{
	struct baseline_rule *rule;
	const struct xml_node *adjust;
	int method = -1;

	version->baselines = tariff_grow(version->baselines,
	    version->baseline_count, sizeof(*version->baselines));
	rule = &version->baselines[version->baseline_count];
	rule->line_no = (int)xml_line(node);
	tariff_whom(reader, node, &rule->whom);
	check_never(reader, node, version, rule);
	version->baseline_count++;
	rule->negative = tariff_yes(reader, node, "negative", false);
	ruledoc_rounding(reader, node, "round", NULL, &rule->round, NULL);
	read_quality(reader, node, rule);
	if (tariff_need(reader, node, "method")) {
		method = tariff_word(reader, node, "method", methods, -1);
	}
	if (method == -1) {
		return; /* of the rest nothing can be said */
	}
	rule->method = (enum baseline_method)method;
	if (rule->method == BASELINE_SIMILAR_DAYS) {
		read_similar_days(reader, node, version, rule);
	} else {
		check_days_idle(reader, node, rule);
	}
	read_windows(reader, node, rule);
	adjust = ruledoc_child(reader, node, "adjust", false);
	if (adjust != NULL) {
		read_adjust(reader, adjust, rule);
	}
}

void
programme_read_baselines(struct tariff_reader *reader,
    const struct xml_node *node, struct programme_version *version)
{
	const struct xml_node *n = xml_first(node, "baseline");

	if (n == NULL) {
		tariff_fault(reader, node, NULL, "tariff-missing",
		    "must have a baseline element");
	}
	for (; n != NULL &&
	       tariff_fits(reader, n, version->baseline_count, BASELINES_MAX);
	     n = xml_next(n, "baseline")) {
		read_baseline(reader, n, version);
	}
}

void
programme_release_baseline(struct baseline_rule *rule)
{
	whom_release(&rule->whom);
	dec_release(&rule->missing_most);
	dec_release(&rule->estimated_most);
	dec_release(&rule->spread);
	dec_release(&rule->adjust_cap);
	free(rule->windows);
}
