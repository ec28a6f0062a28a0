/* tariff_words.c - the words of a tariff document: hours, months, days,
 * numbers, ways of rounding.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/civil.h"
#include "base/text.h"
#include "rules/tariff_reader.h"

#define WORD_MAX 80
#define HOURS_MAX 48

/* The next word between blanks, cut at WORD_MAX; false at the end. */
static bool
next_word(const char **text, char word[WORD_MAX + 1])
{
	static const char blanks[] = " \t\r\n";
	size_t length;

	*text += strspn(*text, blanks);
	length = strcspn(*text, blanks);
	snprintf(word, WORD_MAX + 1, "%.*s",
	    (int)(length > WORD_MAX ? WORD_MAX : length), *text);
	*text += length;
	return length > 0;
}

static int
place_of(const char *word, const char *const *words)
{
	for (int i = 0; words[i] != NULL; i++) {
		if (strcmp(word, words[i]) == 0) {
			return i;
		}
	}
	return -1;
}

/* "x: not one of a, b, c; did you mean b?" */
static void
not_one_of(struct tariff_reader *reader, const struct xml_node *node,
    const char *attribute, const char *word, const char *const *words)
{
	char list[256] = "";
	const char *nearest;
	size_t count = 0, used = 0;

	for (; words[count] != NULL; count++) {
		used += (size_t)snprintf(list + used, sizeof(list) - used,
		    "%s%s", count == 0 ? "" : ", ", words[count]);
		assert(used < sizeof(list));
	}
	nearest = text_nearest(word, words, count);
	if (nearest != NULL) {
		tariff_fault(reader, node, attribute, "tariff-word",
		    "\"%s\" is not known; did you mean %s?", word, nearest);
	} else {
		tariff_fault(reader, node, attribute, "tariff-word",
		    "\"%s\" is not one of %s", word, list);
	}
}

void
tariff_id(struct tariff_reader *reader, const struct xml_node *node,
    const char *attribute, char out[ID_MAX + 1])
{
	const char *text = xml_attr(node, attribute);

	if (text == NULL) {
		return;
	}
	if (!text_is_id(text, strlen(text))) {
		tariff_fault(reader, node, attribute, "tariff-id",
		    "\"%s\" is no identifier", text);
		return;
	}
	snprintf(out, ID_MAX + 1, "%s", text);
}

void
tariff_text(struct tariff_reader *reader, const struct xml_node *node,
    const char *attribute, char *out, size_t size)
{
	const char *text = xml_attr(node, attribute);

	if (text == NULL) {
		return;
	}
	if (strlen(text) >= size) {
		tariff_fault(reader, node, attribute, "tariff-text",
		    "longer than %zu bytes", size - 1);
		return;
	}
	snprintf(out, size, "%s", text);
}

bool
tariff_number(struct tariff_reader *reader, const struct xml_node *node,
    const char *attribute, struct dec *out)
{
	const char *text = xml_attr(node, attribute);
	struct qf_error err;

	if (text == NULL) {
		return false;
	}
	if (dec_parse(out, text, strlen(text), &err) == -1) {
		tariff_fault(reader, node, attribute, err.code, "%s", err.text);
		return false;
	}
	return true;
}

int
tariff_word(struct tariff_reader *reader, const struct xml_node *node,
    const char *attribute, const char *const *words, int otherwise)
{
	const char *text = xml_attr(node, attribute);
	int place;

	if (text == NULL) {
		return otherwise;
	}
	place = place_of(text, words);
	if (place == -1) {
		not_one_of(reader, node, attribute, text, words);
		return otherwise;
	}
	return place;
}

bool
tariff_yes(struct tariff_reader *reader, const struct xml_node *node,
    const char *attribute, bool otherwise)
{
	static const char *const words[] = {"no", "yes", NULL};

	return tariff_word(reader, node, attribute, words, otherwise) == 1;
}

/* A number of at most three digits, all of the text; -1 otherwise. */
static int
small_number(const char *text, size_t length)
{
	int value = 0;

	if (length == 0 || length > 3) {
		return -1;
	}
	for (size_t i = 0; i < length; i++) {
		if (text[i] < '0' || text[i] > '9') {
			return -1;
		}
		value = value * 10 + (text[i] - '0');
	}
	return value;
}

int
tariff_int(struct tariff_reader *reader, const struct xml_node *node,
    const char *attribute, int least, int most, int otherwise)
{
	const char *text = xml_attr(node, attribute);
	int value;

	if (text == NULL) {
		return otherwise;
	}
	value = small_number(text, strlen(text));
	if (value < least || value > most) {
		tariff_fault(reader, node, attribute, "tariff-number",
		    "\"%s\" is not a number from %d to %d", text, least, most);
		return otherwise;
	}
	return value;
}

bool
tariff_day(struct tariff_reader *reader, const struct xml_node *node,
    const char *attribute, int32_t *out)
{
	const char *text = xml_attr(node, attribute);
	struct qf_error err;

	if (text == NULL) {
		return false;
	}
	if (civil_parse_day(text, strlen(text), out, &err) == -1) {
		tariff_fault(reader, node, attribute, err.code, "%s", err.text);
		return false;
	}
	return true;
}

/* "08:30" as a minute of the day, or -1; 24:00 only where it may end. */
static int
minute_of_day(const char *text, bool ends)
{
	int hour = small_number(text, 2), minute;

	if (hour == -1 || text[2] != ':') {
		return -1;
	}
	minute = small_number(text + 3, 2);
	if (minute == -1 || minute > 59 || hour > 24 ||
	    (hour == 24 && (minute != 0 || !ends))) {
		return -1;
	}
	return hour * 60 + minute;
}

/* Adds a stretch; one that wraps midnight becomes two of the same date. */
static void
add_hours(struct hours **out, size_t *count, int from, int to)
{
	int end = to > from ? to : 1440;

	*out = tariff_grow(*out, *count, sizeof(**out));
	(*out)[(*count)++] = (struct hours){from, end};
	if (to <= from && to > 0) {
		*out = tariff_grow(*out, *count, sizeof(**out));
		(*out)[(*count)++] = (struct hours){0, to};
	}
}

void
tariff_hours(struct tariff_reader *reader, const struct xml_node *node,
    struct hours **out, size_t *count)
{
	const char *text = xml_attr(node, "hours");
	char word[WORD_MAX + 1];
	bool any = false;

	if (text == NULL) {
		return;
	}
	while (next_word(&text, word)) {
		bool shaped = strlen(word) == 11 && word[5] == '-';
		int from = shaped ? minute_of_day(word, false) : -1;
		int to = shaped ? minute_of_day(word + 6, true) : -1;

		any = true;
		if (from == -1 || to == -1 || from == to) {
			tariff_fault(reader, node, "hours", "tariff-hours",
			    "\"%s\" is not a stretch of hours such as "
			    "08:00-11:30",
			    word);
			continue;
		}
		if (*count + 2 > HOURS_MAX) {
			tariff_fault(reader, node, "hours", "tariff-hours",
			    "more than %d stretches", HOURS_MAX - 1);
			return;
		}
		add_hours(out, count, from, to);
	}
	if (!any) {
		tariff_fault(reader, node, "hours", "tariff-hours",
		    "empty; leave it away for the whole day");
	}
}

void
tariff_months(struct tariff_reader *reader, const struct xml_node *node,
    const char *attribute, unsigned *out)
{
	const char *text = xml_attr(node, attribute);
	char word[WORD_MAX + 1];

	while (text != NULL && next_word(&text, word)) {
		size_t first = strcspn(word, "-");
		int from = small_number(word, first), to = from;

		if (word[first] == '-') {
			to = small_number(
			    word + first + 1, strlen(word + first + 1));
		}
		if (from < 1 || from > 12 || to < 1 || to > 12) {
			tariff_fault(reader, node, attribute, "tariff-months",
			    "\"%s\" is no month or range of months", word);
			continue;
		}
		/* 11-2 goes over the end of the year. */
		*out |= 1u << from;
		while (from != to) {
			from = from % 12 + 1;
			*out |= 1u << from;
		}
	}
}

static void
read_days(struct tariff_reader *reader, const struct xml_node *node,
    struct day_selector *out)
{
	static const char *const words[] = {"workday", "rest", "holiday",
	    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday",
	    "sunday", NULL};
	const char *text = xml_attr(node, "days");
	char word[WORD_MAX + 1];

	while (text != NULL && next_word(&text, word)) {
		int place = place_of(word, words);

		switch (place) {
		case -1:
			not_one_of(reader, node, "days", word, words);
			break;
		case 0:
			out->workday = true;
			break;
		case 1:
			out->rest = true;
			break;
		case 2:
			out->holiday = true;
			break;
		default:
			out->weekdays |= 1u << (place - 2);
		}
	}
}

void
tariff_ids(struct tariff_reader *reader, const struct xml_node *node,
    const char *attribute, char ***out, size_t *count)
{
	const char *text = xml_attr(node, attribute);
	char word[WORD_MAX + 1];
	bool any = false;

	if (text == NULL) {
		return;
	}
	while (next_word(&text, word)) {
		any = true;
		if (!text_is_id(word, strlen(word))) {
			tariff_fault(reader, node, attribute, "tariff-id",
			    "\"%s\" is no identifier", word);
			continue;
		}
		*out = tariff_grow(*out, *count, sizeof(**out));
		(*out)[(*count)++] = xstrdup(word);
	}
	if (!any) {
		tariff_fault(reader, node, attribute, "tariff-id",
		    "empty; leave it away where it says nothing");
	}
}

/* "name" or "name=value", as a contract's options are written. */
static void
read_option(struct tariff_reader *reader, const struct xml_node *node,
    char *out, size_t size)
{
	const char *text = xml_attr(node, "for-option");
	size_t name, value;

	if (text == NULL) {
		return;
	}
	name = strcspn(text, "=");
	value = strlen(text + name);
	if (!text_is_id(text, name) || value == 1 || value > ID_MAX + 1 ||
	    strpbrk(text + name, " \t\r\n") != NULL) {
		tariff_fault(reader, node, "for-option", "tariff-option",
		    "\"%s\" is no option: a name, or name=value", text);
		return;
	}
	assert(name + value < size);
	snprintf(out, size, "%s", text);
}

void
tariff_whom(struct tariff_reader *reader, const struct xml_node *node,
    struct for_whom *out)
{
	tariff_ids(reader, node, "for-class", &out->classes, &out->class_count);
	tariff_ids(reader, node, "for-type", &out->types, &out->type_count);
	tariff_ids(
	    reader, node, "for-voltage", &out->voltages, &out->voltage_count);
	read_option(reader, node, out->option, sizeof(out->option));
}

/* The condition on a daily series: all of its three words or none. */
static void
read_condition(struct tariff_reader *reader, const struct xml_node *node,
    struct day_selector *out)
{
	bool value = tariff_number(reader, node, "at-least", &out->at_least);
	bool station = xml_attr(node, "station") != NULL;
	bool quantity = xml_attr(node, "quantity") != NULL;

	tariff_id(reader, node, "station", out->station);
	tariff_id(reader, node, "quantity", out->quantity);
	out->days_in_a_row =
	    tariff_int(reader, node, "days-in-a-row", 1, 31, 1);
	if ((station || quantity || value ||
		xml_attr(node, "days-in-a-row") != NULL) &&
	    !(station && quantity && value)) {
		tariff_fault(reader, node, NULL, "tariff-condition",
		    "a condition needs station, quantity and at-least");
	}
}

void
tariff_selector(struct tariff_reader *reader, const struct xml_node *node,
    struct day_selector *out)
{
	tariff_months(reader, node, "months", &out->months);
	read_days(reader, node, out);
	tariff_ids(
	    reader, node, "holidays", &out->holidays, &out->holiday_count);
	out->holiday_days = tariff_int(reader, node, "holiday-days", 1, 31, 0);
	read_condition(reader, node, out);
	out->or_months = tariff_yes(reader, node, "either", false);
	if (out->or_months && (out->months == 0 || out->station[0] == '\0')) {
		tariff_fault(reader, node, "either", "tariff-condition",
		    "needs months and a condition to choose between");
	}
}

bool
tariff_rounding(struct tariff_reader *reader, const struct xml_node *node,
    const char *attribute, const char *const *rest, struct rounding *out,
    int *word)
{
	const char *text = xml_attr(node, attribute);
	char part[WORD_MAX + 1];
	bool has_mode = false, more;

	*word = -1;
	if (text == NULL) {
		return false;
	}
	more = next_word(&text, part);
	out->scale = small_number(part, strlen(part));
	if (!more || out->scale < 0 || out->scale > DEC_SCALE_MAX) {
		goto bad;
	}
	more = next_word(&text, part);
	if (more && dec_mode_parse(part, &out->mode)) {
		has_mode = true;
		more = next_word(&text, part);
	}
	if (more) {
		*word = place_of(part, rest);
		if (*word == -1 || next_word(&text, part)) {
			goto bad;
		}
	}
	/* "0 carry" rounds down, so that no energy is owed before it flows. */
	if (!has_mode) {
		out->mode = DEC_DOWN;
		if (*word == -1 || strcmp(rest[*word], "carry") != 0) {
			goto bad;
		}
	}
	return true;
bad:
	tariff_fault(reader, node, attribute, "tariff-rounding",
	    "\"%s\" does not say how to round, as in \"2 half-up%s%s\"",
	    xml_attr(node, attribute), rest[0] == NULL ? "" : " ",
	    rest[0] == NULL ? "" : rest[0]);
	return false;
}

/* False, with a fault, where there are too many of something. */
bool
tariff_fits(struct tariff_reader *reader, const struct xml_node *node,
    size_t count, size_t max)
{
	if (count < max) {
		return true;
	}
	if (count == max) {
		tariff_fault(reader, node, NULL, "tariff-too-many",
		    "more than %zu of them", max);
	}
	return false;
}

/* Faults where an attribute that must be there is not. */
bool
tariff_need(struct tariff_reader *reader, const struct xml_node *node,
    const char *attribute)
{
	if (xml_attr(node, attribute) != NULL) {
		return true;
	}
	tariff_fault(
	    reader, node, attribute, "tariff-missing", "must be given");
	return false;
}

/* True where the attribute is there and left open, as a template has it. */
bool
tariff_blank(struct tariff_reader *reader, const struct xml_node *node,
    const char *attribute)
{
	const char *text = xml_attr(node, attribute);
	bool blank = text != NULL && text[0] == '\0';

	reader->blanks += blank;
	return blank;
}
