/* jsonread.c - strict reading of JSON objects whose keys are known.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/jsonread.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/civil.h"
#include "base/text.h"

#define KEYS_MAX 64 /* of one object */

void
jsonread_begin(struct jsonread *read, const char *file)
{
	*read = (struct jsonread){.file = file, .path = "$", .path_length = 1};
}

void
jsonread_end(struct jsonread *read)
{
	free(read->faults);
	*read = (struct jsonread){.file = NULL};
}

/* A path that is too long for its place stays at its last part that fits. */
static size_t
enter(struct jsonread *read, const char *format, const char *name, size_t index)
{
	size_t mark = read->path_length;
	char part[160];
	size_t length;

	if (name != NULL) {
		snprintf(part, sizeof(part), format, name);
	} else {
		snprintf(part, sizeof(part), "[%zu]", index);
	}
	length = strlen(part);
	if (mark + length < sizeof(read->path)) {
		memcpy(read->path + mark, part, length + 1);
		read->path_length += length;
	}
	return mark;
}

size_t
jsonread_enter(struct jsonread *read, const char *name)
{
	return enter(read, ".%.128s", name, 0);
}

size_t
jsonread_enter_item(struct jsonread *read, size_t index)
{
	return enter(read, "", NULL, index);
}

void
jsonread_leave(struct jsonread *read, size_t mark)
{
	assert(mark <= read->path_length);
	read->path[mark] = '\0';
	read->path_length = mark;
}

static void
keep(struct jsonread *read, size_t line_no, const char *code, const char *place,
    const char *what)
{
	if (read->fault_count == JSONREAD_FAULTS_MAX) {
		return;
	}
	read->faults = xreallocarray(
	    read->faults, read->fault_count + 1, sizeof(*read->faults));
	qf_fail(&read->faults[read->fault_count++], QF_DATA, code,
	    "%s:%zu: %s: %s", read->file, line_no, place, what);
}

void
jsonread_fault(struct jsonread *read, const struct jsonin *value,
    const char *code, const char *format, ...)
{
	char what[QF_ERROR_TEXT_MAX / 2];
	size_t mark = read->path_length;
	va_list ap;

	va_start(ap, format);
	vsnprintf(what, sizeof(what), format, ap);
	va_end(ap);
	if (value->name != NULL) {
		mark = jsonread_enter(read, value->name);
	}
	keep(read, value->line_no, code, read->path, what);
	jsonread_leave(read, mark);
}

/* Objects ---------------------------------------------------------------- */

/* Whether two names are one but for case and underscores: dayOfWeek. */
static bool
same_letters(const char *a, const char *b)
{
	for (;; a++, b++) {
		char c, d;

		a += strspn(a, "_-");
		b += strspn(b, "_-");
		c = *a >= 'A' && *a <= 'Z' ? (char)(*a - 'A' + 'a') : *a;
		d = *b >= 'A' && *b <= 'Z' ? (char)(*b - 'A' + 'a') : *b;
		if (c != d) {
			return false;
		}
		if (c == '\0') {
			return true;
		}
	}
}

static const char *
nearest(const char *word, const char *const *candidates, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (same_letters(word, candidates[i])) {
			return candidates[i];
		}
	}
	return text_nearest(word, candidates, count);
}

static void
refuse_key(struct jsonread *read, const struct jsonin *value,
    const struct jsonread_key *keys, size_t count)
{
	const char *names[KEYS_MAX], *near;

	for (size_t i = 0; i < count; i++) {
		names[i] = keys[i].name;
	}
	near = nearest(value->name, names, count);
	jsonread_fault(read, value, "json-unknown", "key not known here%s%s%s",
	    near == NULL ? "" : "; did you mean ", near == NULL ? "" : near,
	    near == NULL ? "" : "?");
}

static const char *
type_name(enum jsonread_type type)
{
	static const char *const names[] = {"anything", "a string", "a number",
	    "true or false", "an object", "an array"};

	return names[type];
}

static bool
is_type(const struct jsonin *value, enum jsonread_type type)
{
	switch (type) {
	case JSONREAD_ANY:
		return true;
	case JSONREAD_STRING:
		return value->type == JSONIN_STRING;
	case JSONREAD_NUMBER:
		return value->type == JSONIN_NUMBER;
	case JSONREAD_BOOLEAN:
		return value->type == JSONIN_TRUE ||
		       value->type == JSONIN_FALSE;
	case JSONREAD_OBJECT:
		return value->type == JSONIN_OBJECT;
	case JSONREAD_ARRAY:
		return value->type == JSONIN_ARRAY;
	}
	BUG("type %d", (int)type);
}

/* One member: known, and of its type. */
static void
check_member(struct jsonread *read, const struct jsonin *value,
    const struct jsonread_key *keys, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(keys[i].name, value->name) != 0) {
			continue;
		}
		if (value->type != JSONIN_NULL &&
		    !is_type(value, keys[i].type)) {
			jsonread_fault(read, value, "json-type", "must be %s",
			    type_name(keys[i].type));
		}
		return;
	}
	refuse_key(read, value, keys, count);
}

bool
jsonread_object(struct jsonread *read, const struct jsonin *object,
    const struct jsonread_key *keys, size_t count)
{
	assert(count <= KEYS_MAX);
	if (object->type != JSONIN_OBJECT) {
		keep(read, object->line_no, "json-type", read->path,
		    "must be an object");
		return false;
	}
	for (const struct jsonin *value = object->first; value != NULL;
	     value = value->next) {
		check_member(read, value, keys, count);
	}
	for (size_t i = 0; i < count; i++) {
		const struct jsonin *value =
		    jsonin_member(object, keys[i].name);

		if (keys[i].required &&
		    (value == NULL || value->type == JSONIN_NULL)) {
			size_t mark = jsonread_enter(read, keys[i].name);

			keep(read, object->line_no, "json-missing", read->path,
			    "missing");
			jsonread_leave(read, mark);
		}
	}
	return true;
}

const struct jsonin *
jsonread_member(
    const struct jsonin *object, const char *name, enum jsonin_type type)
{
	const struct jsonin *value = jsonin_member(object, name);

	return value != NULL && value->type == type ? value : NULL;
}

/* Values ----------------------------------------------------------------- */

void
jsonread_copy(struct jsonread *read, const struct jsonin *object,
    const char *name, char *out, size_t size)
{
	const struct jsonin *value =
	    jsonread_member(object, name, JSONIN_STRING);

	out[0] = '\0';
	if (value == NULL) {
		return;
	}
	if (text_has_control(value->text, value->length)) {
		jsonread_fault(read, value, "json-text", "control character");
	} else if (value->length >= size) {
		jsonread_fault(
		    read, value, "json-text", "more than %zu bytes", size - 1);
	} else {
		memcpy(out, value->text, value->length + 1);
	}
}

void
jsonread_id(struct jsonread *read, const struct jsonin *object,
    const char *name, const char *code, char *out, size_t size)
{
	const struct jsonin *value =
	    jsonread_member(object, name, JSONIN_STRING);

	if (value != NULL && !text_is_id(value->text, value->length)) {
		jsonread_fault(read, value, code,
		    "letters, digits and . _ : - are an identifier here");
		return;
	}
	jsonread_copy(read, object, name, out, size);
}

bool
jsonread_decimal(struct jsonread *read, const struct jsonin *object,
    const char *name, struct dec *out)
{
	const struct jsonin *value =
	    jsonread_member(object, name, JSONIN_NUMBER);
	struct qf_error fault;

	if (value == NULL) {
		return false;
	}
	if (dec_parse(out, value->text, value->length, &fault) == -1) {
		jsonread_fault(read, value, "json-number", "%s", fault.text);
		return false;
	}
	return true;
}

bool
jsonread_integer(struct jsonread *read, const struct jsonin *object,
    const char *name, int64_t max, int64_t *out)
{
	const struct jsonin *value =
	    jsonread_member(object, name, JSONIN_NUMBER);

	if (value == NULL) {
		return false;
	}
	if (!text_number(value->text, out) || *out > max) {
		jsonread_fault(read, value, "json-number",
		    "%.40s: not a whole number from 0 to %lld", value->text,
		    (long long)max);
		return false;
	}
	return true;
}

bool
jsonread_true(const struct jsonin *object, const char *name)
{
	return jsonread_member(object, name, JSONIN_TRUE) != NULL;
}

/* The length without a fraction that is zero and without "Z". */
static size_t
whole_seconds(const char *text, size_t length)
{
	const char *point = memchr(text, '.', length);

	if (length > 0 && text[length - 1] == 'Z') {
		length--;
	}
	if (point != NULL &&
	    strspn(point + 1, "0") == length - (size_t)(point + 1 - text)) {
		length = (size_t)(point - text);
	}
	return length;
}

bool
jsonread_utc(struct jsonread *read, const struct jsonin *object,
    const char *name, int64_t *utc)
{
	const struct jsonin *value =
	    jsonread_member(object, name, JSONIN_STRING);
	struct civil_time time;
	struct qf_error fault;

	if (value == NULL) {
		return false;
	}
	if (civil_parse_time(value->text,
		whole_seconds(value->text, value->length), 0, &time,
		&fault) == -1) {
		jsonread_fault(read, value, "json-time", "%s", fault.text);
		return false;
	}
	if (time.has_offset) {
		jsonread_fault(read, value, "json-time",
		    "%s: a time is in UTC, with Z or without", value->text);
		return false;
	}
	*utc = time.local_s;
	return true;
}

int
jsonread_word(struct jsonread *read, const struct jsonin *value,
    const char *const *words, size_t count)
{
	const char *near;

	for (size_t i = 0; i < count; i++) {
		if (strcmp(value->text, words[i]) == 0) {
			return (int)i;
		}
	}
	near = nearest(value->text, words, count);
	jsonread_fault(read, value, "json-word",
	    "%.60s: not a word known here%s%s%s", value->text,
	    near == NULL ? "" : "; did you mean ", near == NULL ? "" : near,
	    near == NULL ? "" : "?");
	return -1;
}

/* Documents -------------------------------------------------------------- */

static void
take_items(struct jsonread *read, const struct jsonin *array,
    void (*take)(void *context, const struct jsonin *object), void *context)
{
	size_t index = 0;

	for (const struct jsonin *item = array->first; item != NULL;
	     item = item->next) {
		size_t mark = jsonread_enter_item(read, index++);

		take(context, item);
		jsonread_leave(read, mark);
	}
}

/* The envelope of a response. */
static void
take_envelope(struct jsonread *read, const struct jsonin *root,
    const struct jsonin *data,
    void (*take)(void *context, const struct jsonin *object), void *context)
{
	static const struct jsonread_key keys[] = {{"data", JSONREAD_ANY, true},
	    {"status_code", JSONREAD_NUMBER, false},
	    {"status_message", JSONREAD_STRING, false},
	    {"timestamp", JSONREAD_STRING, false}};
	int64_t status = 1000;
	size_t mark;

	jsonread_object(read, root, keys, sizeof(keys) / sizeof(keys[0]));
	if (jsonread_integer(read, root, "status_code", 9999, &status) &&
	    (status < 1000 || status > 1999)) {
		jsonread_fault(read, jsonin_member(root, "status_code"),
		    "json-status", "%lld: the response tells of no success",
		    (long long)status);
	}
	mark = jsonread_enter(read, "data");
	if (data->type == JSONIN_ARRAY) {
		take_items(read, data, take, context);
	} else {
		take(context, data);
	}
	jsonread_leave(read, mark);
}

void
jsonread_documents(struct jsonread *read, const struct jsonin *root,
    void (*take)(void *context, const struct jsonin *object), void *context)
{
	const struct jsonin *data = jsonin_member(root, "data");

	if (data != NULL) {
		take_envelope(read, root, data, take, context);
	} else if (root->type == JSONIN_ARRAY) {
		take_items(read, root, take, context);
	} else {
		take(context, root);
	}
}

bool
jsonread_is_json(const char *text, size_t length)
{
	size_t i = 0;

	if (length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
		i = 3;
	}
	while (i < length && (text[i] == ' ' || text[i] == '\t' ||
				 text[i] == '\r' || text[i] == '\n')) {
		i++;
	}
	return i < length && (text[i] == '{' || text[i] == '[');
}
