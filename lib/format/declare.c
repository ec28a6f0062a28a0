/* declare.c - what a file of interval reads must declare.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/declare.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

enum { QUANTITY, SIDE, LABEL, MINUTES, NAMES };

static const char *const names[NAMES] = {
    "quantity", "side", "label", "minutes"};
static const char *const choices[NAMES] = {"kwh, kw or register",
    "primary or secondary", "start or end",
    "a number of minutes that divides 60"};

#define WORD_MAX 32

struct said {
	char values[NAMES][WORD_MAX]; /* "" where nothing is said */
};

/* Where a declaration stands, for messages, and how bad a fault in it is. */
struct place {
	const char *text;
	size_t line_no; /* 0: not in the file but beside it */
	enum qf_status status;
};

static int
fail(const struct place *place, struct qf_error *err, const char *code,
    const char *what, const char *word)
{
	if (place->line_no == 0) {
		return qf_fail(err, place->status, code, "%s: %s: %s",
		    place->text, word, what);
	}
	return qf_fail(err, place->status, code, "%s:%zu: %s: %s", place->text,
	    place->line_no, word, what);
}

/* One word "name=value" of a declaration. */
static int
take_word(struct said *said, const char *word, const char *equals,
    const struct place *place, struct qf_error *err)
{
	char name[WORD_MAX], what[96];
	const char *nearest;
	size_t i;

	snprintf(name, sizeof(name), "%.*s", (int)(equals - word), word);
	for (i = 0; i < NAMES && strcmp(name, names[i]) != 0; i++) {
		continue;
	}
	if (i == NAMES) {
		nearest = text_nearest(name, names, NAMES);
		snprintf(what, sizeof(what), "nothing that can be declared%s%s",
		    nearest == NULL ? "" : "; did you mean ",
		    nearest == NULL ? "" : nearest);
		return fail(place, err, "declare-unknown", what, name);
	}
	if (said->values[i][0] != '\0') {
		return fail(
		    place, err, "declare-twice", "declared twice", name);
	}
	if (strlen(equals + 1) >= WORD_MAX || equals[1] == '\0') {
		return fail(place, err, "declare-value", choices[i], name);
	}
	snprintf(said->values[i], WORD_MAX, "%s", equals + 1);
	return 0;
}

/* The words of one declaration; what has no "=" is a comment if it comes
 * first, and a fault after a declaration has begun. */
static int
take_line(struct said *said, const char *line, const struct place *place,
    struct qf_error *err)
{
	char word[128];
	const char *equals;
	size_t length;
	bool first = true;

	for (;;) {
		line += strspn(line, " \t");
		length = strcspn(line, " \t\r");
		if (length == 0) {
			return 0;
		}
		snprintf(word, sizeof(word), "%.*s",
		    (int)(length < 127 ? length : 127), line);
		equals = strchr(word, '=');
		if (equals == NULL && first && place->line_no != 0) {
			return 0;
		}
		if (equals == NULL) {
			return fail(place, err, "declare-value",
			    "is not of the form name=value", word);
		}
		if (take_word(said, word, equals, place, err) == -1) {
			return -1;
		}
		first = false;
		line += length;
	}
}

static int
parse_minutes(const char *text, int *out)
{
	int minutes = 0;
	size_t i, length = strlen(text);

	if (length < 1 || length > 2 || text[0] == '0') {
		return -1;
	}
	for (i = 0; i < length; i++) {
		if (text[i] < '0' || text[i] > '9') {
			return -1;
		}
		minutes = minutes * 10 + (text[i] - '0');
	}
	if (minutes > 60 || 60 % minutes != 0) {
		return -1;
	}
	*out = minutes;
	return 0;
}

/* Turns the words into what they mean. */
static int
understand(struct declaration *out, const struct said *said,
    const struct place *place, struct qf_error *err)
{
	const char *word = said->values[QUANTITY];

	if (quantity_parse(&out->quantity, word, strlen(word)) == -1) {
		return fail(place, err, "declare-value", choices[QUANTITY],
		    names[QUANTITY]);
	}
	word = said->values[SIDE];
	if (side_parse(&out->side, word, strlen(word)) == -1) {
		return fail(
		    place, err, "declare-value", choices[SIDE], names[SIDE]);
	}
	word = said->values[LABEL];
	if (strcmp(word, "start") != 0 && strcmp(word, "end") != 0) {
		return fail(
		    place, err, "declare-value", choices[LABEL], names[LABEL]);
	}
	out->label = strcmp(word, "end") == 0 ? LABEL_END : LABEL_START;
	if (parse_minutes(said->values[MINUTES], &out->minutes) == -1) {
		return fail(place, err, "declare-value", choices[MINUTES],
		    names[MINUTES]);
	}
	snprintf(out->text, sizeof(out->text),
	    "quantity=%s side=%s label=%s minutes=%d",
	    quantity_name(out->quantity), side_name(out->side),
	    out->label == LABEL_END ? "end" : "start", out->minutes);
	return 0;
}

/* Adds what was given beside the file to what it says itself. */
static int
merge(struct said *said, const struct said *given, const struct place *place,
    struct qf_error *err)
{
	size_t i;

	for (i = 0; i < NAMES; i++) {
		if (given->values[i][0] == '\0') {
			continue;
		}
		if (said->values[i][0] != '\0' &&
		    strcmp(said->values[i], given->values[i]) != 0) {
			return qf_fail(err, QF_DATA, "declare-conflict",
			    "%s:%zu: %s: the file declares %s, --declare %s",
			    place->text, place->line_no, names[i],
			    said->values[i], given->values[i]);
		}
		memcpy(said->values[i], given->values[i], WORD_MAX);
	}
	return 0;
}

int
declare_reads(struct declaration *out, const char *const *preamble,
    size_t preamble_count, const char *given, const char *file,
    struct qf_error *err)
{
	struct said said = {0}, beside = {0};
	struct place place = {file, 0, QF_DATA};
	struct place option = {"--declare", 0, QF_USAGE};
	size_t i;

	for (i = 0; i < preamble_count; i++) {
		if (preamble[i][0] != '#') {
			continue; /* skipped by a header map */
		}
		place.line_no = i + 1;
		if (take_line(&said, preamble[i] + 1, &place, err) == -1) {
			return -1;
		}
	}
	place.line_no = preamble_count == 0 ? 1 : preamble_count;
	if (given != NULL && (take_line(&beside, given, &option, err) == -1 ||
				 merge(&said, &beside, &place, err) == -1)) {
		return -1;
	}
	for (i = 0; i < NAMES; i++) {
		if (said.values[i][0] == '\0') {
			return qf_fail(err, QF_DATA, "declare-missing",
			    "%s:1: %s: not declared; a line before the header "
			    "or --declare must say %s",
			    file, names[i], choices[i]);
		}
	}
	return understand(out, &said, &place, err);
}
