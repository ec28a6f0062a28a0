/* jsonin.h - reading JSON that may be hostile, numbers kept as their text.
 *
 *	struct jsonin_doc *doc;
 *	const struct jsonin *value;
 *
 *	if (jsonin_load_bytes(&doc, bytes, length, "event.json", &err) == -1)
 *		goto out;
 *	value = jsonin_member(jsonin_root(doc), "price");
 *	if (value != NULL && value->type == JSONIN_NUMBER)
 *		dec_parse(&price, value->text, value->length, &err);
 *
 * Refused with QF_DATA: "json-syntax" (comments, trailing text and bytes that
 * are not UTF-8 included), "json-size", "json-depth", "json-duplicate" (a
 * name twice in one object), "json-control" (a control character in a
 * string, however escaped, other than TAB, CR and LF), "json-members" (more
 * than JSONIN_MEMBERS_MAX names in one object).
 *
 * Ownership: values belong to the document and are valid until jsonin_free.
 */
#ifndef QF_BASE_JSONIN_H
#define QF_BASE_JSONIN_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

#define JSONIN_SIZE_MAX (8u << 20)
#define JSONIN_DEPTH_MAX 32
#define JSONIN_MEMBERS_MAX 1000

enum jsonin_type {
	JSONIN_NULL,
	JSONIN_TRUE,
	JSONIN_FALSE,
	JSONIN_NUMBER, /* text is as it stands in the file */
	JSONIN_STRING, /* text is UTF-8, unescaped */
	JSONIN_ARRAY,
	JSONIN_OBJECT,
};

struct jsonin {
	enum jsonin_type type;
	const char *name; /* inside an object, else NULL */
	const char *text; /* NUL-terminated; "" unless number or string */
	size_t length; /* of text */
	size_t line_no; /* where it ends, from 1; where it begins for arrays
			 * and objects */
	size_t begin, end; /* bytes of an array or object in the file */
	const struct jsonin *first; /* of array and object, or NULL */
	const struct jsonin *next; /* in the array or object around it */
};

struct jsonin_doc;

int jsonin_load_bytes(struct jsonin_doc **doc, const char *bytes, size_t length,
    const char *file, struct qf_error *err);

/* Reads the whole descriptor, which is borrowed. */
int jsonin_load_fd(
    struct jsonin_doc **doc, int fd, const char *file, struct qf_error *err);

/* NULL is allowed. */
void jsonin_free(struct jsonin_doc *doc);

const struct jsonin *jsonin_root(const struct jsonin_doc *doc);

/* The member of an object, or NULL. */
const struct jsonin *
jsonin_member(const struct jsonin *object, const char *name);

#endif
