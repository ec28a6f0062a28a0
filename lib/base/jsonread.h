/* jsonread.h - strict reading of JSON objects whose keys are known.
 *
 *	static const struct jsonread_key keys[] = {
 *	    {"id", JSONREAD_STRING, true}, {"price", JSONREAD_NUMBER, false}};
 *	struct jsonread read;
 *
 *	jsonread_begin(&read, "tariff.json");
 *	if (jsonread_object(&read, object, keys, 2)) {
 *		jsonread_copy(&read, object, "id", id, sizeof(id));
 *		has = jsonread_decimal(&read, object, "price", &price);
 *	}
 *	if (read.fault_count > 0) ... read.faults[0] ...
 *	jsonread_end(&read);
 *
 * Nothing fails at once: every fault of a document is kept, up to
 * JSONREAD_FAULTS_MAX, each with file, line and JSON path, so that a sender
 * sees all of them.  A value that is null counts as absent.
 *
 * Codes: json-unknown (a key that is not known there, with the nearest known
 * one), json-missing, json-type, json-number (no decimal that we take, or not
 * in its range), json-time, json-word (not one of a list), json-text (a
 * control character, or too long).
 *
 * Ownership: values and texts that are handed out belong to the document.
 */
#ifndef QF_BASE_JSONREAD_H
#define QF_BASE_JSONREAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/dec.h"
#include "base/jsonin.h"
#include "base/status.h"

#define JSONREAD_FAULTS_MAX 1000
#define JSONREAD_PATH_MAX 512

enum jsonread_type {
	JSONREAD_ANY, /* not looked into */
	JSONREAD_STRING,
	JSONREAD_NUMBER,
	JSONREAD_BOOLEAN,
	JSONREAD_OBJECT,
	JSONREAD_ARRAY,
};

struct jsonread_key {
	const char *name;
	enum jsonread_type type;
	bool required;
};

struct jsonread {
	const char *file;
	struct qf_error *faults;
	size_t fault_count;
	char path[JSONREAD_PATH_MAX]; /* "$.elements[0]" */
	size_t path_length;
};

void jsonread_begin(struct jsonread *read, const char *file);
void jsonread_end(struct jsonread *read);

/* Goes into a member or an item; gives what jsonread_leave() takes back. */
size_t jsonread_enter(struct jsonread *read, const char *name);
size_t jsonread_enter_item(struct jsonread *read, size_t index);
void jsonread_leave(struct jsonread *read, size_t mark);

/* Keeps a fault at the value, which is a member of the place that the reader
 * is in (or that place itself, without a name). */
void jsonread_fault(struct jsonread *read, const struct jsonin *value,
    const char *code, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Checks an object against its keys: false where it is no object; faults of
 * its keys do not make it false. */
bool jsonread_object(struct jsonread *read, const struct jsonin *object,
    const struct jsonread_key *keys, size_t count);

/* A member of that type, or NULL where there is none, or it is null, or of
 * another type (which jsonread_object() has told). */
const struct jsonin *jsonread_member(
    const struct jsonin *object, const char *name, enum jsonin_type type);

/* Copies a string of at most size - 1 bytes; "" where there is none. */
void jsonread_copy(struct jsonread *read, const struct jsonin *object,
    const char *name, char *out, size_t size);

/* The same of an identifier that the ledger is to know; `code` where it can
 * be none there. */
void jsonread_id(struct jsonread *read, const struct jsonin *object,
    const char *name, const char *code, char *out, size_t size);

/* Reads a decimal: true where there is one. */
bool jsonread_decimal(struct jsonread *read, const struct jsonin *object,
    const char *name, struct dec *out);

/* Reads a whole number from 0 to max. */
bool jsonread_integer(struct jsonread *read, const struct jsonin *object,
    const char *name, int64_t max, int64_t *out);

/* Whether a boolean member is true. */
bool jsonread_true(const struct jsonin *object, const char *name);

/* Reads "2022-01-13T14:30:00Z"; without Z it is UTC too, and a fraction of a
 * second must be zero. */
bool jsonread_utc(struct jsonread *read, const struct jsonin *object,
    const char *name, int64_t *utc);

/* The index of the value's text among words; -1, having told so with the
 * nearest one, where it is none of them. */
int jsonread_word(struct jsonread *read, const struct jsonin *value,
    const char *const *words, size_t count);

/* The objects of a document: the root itself, the items of an array, or those
 * of the member "data" of an envelope (OCPI 2.2.1, transport and format), whose
 * status_code must be one of success (1000 to 1999) where it has one.  Calls
 * take for each with the reader's path set. */
void jsonread_documents(struct jsonread *read, const struct jsonin *root,
    void (*take)(void *context, const struct jsonin *object), void *context);

/* True if the first thing in the text, after blanks, opens an object or an
 * array. */
bool jsonread_is_json(const char *text, size_t length);

#endif
