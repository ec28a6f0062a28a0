/* jsonin.c - reading JSON that may be hostile, over yajl.
 *
 * yajl gives the text of a number and checks UTF-8; it knows no limits of its
 * own and takes a name twice, so depth, size and names are checked here.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/jsonin.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <yajl_parse.h>

#include "base/alloc.h"
#include "base/text.h"

/* Values are made in blocks and freed together. */
#define BLOCK_VALUES 256

struct block {
	struct block *older;
	size_t count;
	struct jsonin values[BLOCK_VALUES];
};

struct jsonin_doc {
	struct block *blocks;
	struct jsonin *root;
};

/* An array or object that is still open, and its last value. */
struct level {
	struct jsonin *value;
	struct jsonin *last;
	size_t names; /* in an object, so far */
};

struct parser {
	yajl_handle yajl;
	const char *file;
	const char *bytes;
	size_t length;
	size_t counted; /* bytes up to which lines are counted */
	size_t line_no; /* there */
	struct jsonin_doc *doc;
	struct level levels[JSONIN_DEPTH_MAX];
	size_t depth;
	char *name; /* of the next value, or NULL */
	bool failed;
	struct qf_error error;
};

/* The line of a byte; bytes are asked for in rising order. */
static size_t
line_at(struct parser *parser, size_t at)
{
	for (; parser->counted < at && parser->counted < parser->length;
	     parser->counted++) {
		parser->line_no += parser->bytes[parser->counted] == '\n';
	}
	return parser->line_no;
}

/* Keeps the fault; returns 0, which stops yajl. */
static int
refuse(struct parser *parser, const char *code, const char *what)
{
	size_t at = yajl_get_bytes_consumed(parser->yajl);

	parser->failed = true;
	qf_fail(&parser->error, QF_DATA, code, "%s:%zu: %s", parser->file,
	    line_at(parser, at), what);
	return 0;
}

static struct jsonin *
new_value(struct jsonin_doc *doc)
{
	if (doc->blocks == NULL || doc->blocks->count == BLOCK_VALUES) {
		struct block *block = xcalloc(1, sizeof(*block));

		block->older = doc->blocks;
		doc->blocks = block;
	}
	return &doc->blocks->values[doc->blocks->count++];
}

/* Adds a value to what is open around it. */
static struct jsonin *
add_value(struct parser *parser, enum jsonin_type type)
{
	struct jsonin *value = new_value(parser->doc);

	value->type = type;
	value->text = "";
	value->name = parser->name;
	parser->name = NULL;
	value->line_no = line_at(parser, yajl_get_bytes_consumed(parser->yajl));
	if (parser->depth == 0) {
		parser->doc->root = value;
	} else {
		struct level *level = &parser->levels[parser->depth - 1];

		if (level->last == NULL) {
			level->value->first = value;
		} else {
			level->last->next = value;
		}
		level->last = value;
	}
	return value;
}

static int
add_text(struct parser *parser, enum jsonin_type type, const char *text,
    size_t length)
{
	struct jsonin *value = add_value(parser, type);

	value->text = xstrndup(text, length);
	value->length = length;
	return 1;
}

static int
on_null(void *context)
{
	add_value(context, JSONIN_NULL);
	return 1;
}

static int
on_boolean(void *context, int yes)
{
	add_value(context, yes ? JSONIN_TRUE : JSONIN_FALSE);
	return 1;
}

static int
on_number(void *context, const char *text, size_t length)
{
	return add_text(context, JSONIN_NUMBER, text, length);
}

/* True if a text holds a control character that no text of ours has. */
static bool
has_control(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)text[i];

		if ((c < 0x20 && c != '\t' && c != '\r' && c != '\n') ||
		    c == 0x7f) {
			return true;
		}
	}
	return false;
}

static int
on_string(void *context, const unsigned char *bytes, size_t length)
{
	const char *text = (const char *)bytes;

	if (has_control(text, length)) {
		return refuse(
		    context, "json-control", "control character in a string");
	}
	/* What was escaped is checked too: half a surrogate pair is none. */
	if (!text_utf8_valid(text, length)) {
		return refuse(context, "json-syntax", "not UTF-8");
	}
	return add_text(context, JSONIN_STRING, text, length);
}

static int
on_name(void *context, const unsigned char *bytes, size_t length)
{
	struct parser *parser = context;
	const struct jsonin *object = parser->levels[parser->depth - 1].value;
	const char *text = (const char *)bytes;

	if (has_control(text, length)) {
		return refuse(
		    parser, "json-control", "control character in a name");
	}
	if (!text_utf8_valid(text, length)) {
		return refuse(parser, "json-syntax", "not UTF-8");
	}
	if (parser->levels[parser->depth - 1].names++ == JSONIN_MEMBERS_MAX) {
		return refuse(
		    parser, "json-members", "too many names in one object");
	}
	parser->name = xstrndup(text, length);
	if (jsonin_member(object, parser->name) != NULL) {
		char what[128];

		snprintf(what, sizeof(what), "%.100s: twice in one object",
		    parser->name);
		return refuse(parser, "json-duplicate", what);
	}
	return 1;
}

static int
begin_level(struct parser *parser, enum jsonin_type type)
{
	struct jsonin *value;

	if (parser->depth == JSONIN_DEPTH_MAX) {
		return refuse(parser, "json-depth", "nested too deeply");
	}
	value = add_value(parser, type);
	value->begin = yajl_get_bytes_consumed(parser->yajl) - 1;
	parser->levels[parser->depth++] = (struct level){value, NULL, 0};
	return 1;
}

static int
on_begin_object(void *context)
{
	return begin_level(context, JSONIN_OBJECT);
}

static int
on_begin_array(void *context)
{
	return begin_level(context, JSONIN_ARRAY);
}

static int
on_end(void *context)
{
	struct parser *parser = context;

	assert(parser->depth > 0);
	parser->depth--;
	parser->levels[parser->depth].value->end =
	    yajl_get_bytes_consumed(parser->yajl);
	return 1;
}

static const yajl_callbacks callbacks = {
    .yajl_null = on_null,
    .yajl_boolean = on_boolean,
    .yajl_number = on_number,
    .yajl_string = on_string,
    .yajl_start_map = on_begin_object,
    .yajl_map_key = on_name,
    .yajl_end_map = on_end,
    .yajl_start_array = on_begin_array,
    .yajl_end_array = on_end,
};

/* "lexical error: invalid char in json text.\n" becomes what we say. */
static void
refuse_syntax(struct parser *parser)
{
	unsigned char *message = yajl_get_error(parser->yajl, 0, NULL, 0);
	char *what = (char *)message;
	size_t length = strcspn(what, "\n");

	while (length > 0 &&
	       (what[length - 1] == '.' || what[length - 1] == ' ')) {
		length--;
	}
	what[length] = '\0';
	refuse(parser, "json-syntax", what);
	yajl_free_error(parser->yajl, message);
}

static void
parse(struct parser *parser)
{
	yajl_status status;

	/* RFC 8259, 8.1. */
	if (parser->length >= 3 &&
	    memcmp(parser->bytes, "\xef\xbb\xbf", 3) == 0) {
		refuse(parser, "json-syntax",
		    "begins with a byte order mark (BOM), which JSON must not "
		    "have: remove these three bytes");
		return;
	}
	status = yajl_parse(
	    parser->yajl, (const unsigned char *)parser->bytes, parser->length);
	if (status == yajl_status_ok) {
		status = yajl_complete_parse(parser->yajl);
	}
	if (status != yajl_status_ok && !parser->failed) {
		refuse_syntax(parser);
	}
	if (!parser->failed && parser->doc->root == NULL) {
		refuse(parser, "json-syntax", "no value");
	}
}

int
jsonin_load_bytes(struct jsonin_doc **doc, const char *bytes, size_t length,
    const char *file, struct qf_error *err)
{
	struct parser parser = {
	    .file = file, .bytes = bytes, .length = length, .line_no = 1};

	*doc = NULL;
	if (length > JSONIN_SIZE_MAX) {
		return qf_fail(err, QF_DATA, "json-size",
		    "%s: more than %u bytes", file, JSONIN_SIZE_MAX);
	}
	parser.doc = xcalloc(1, sizeof(*parser.doc));
	parser.yajl = yajl_alloc(&callbacks, NULL, &parser);
	if (parser.yajl == NULL) {
		BUG("yajl does not start");
	}
	parse(&parser);
	yajl_free(parser.yajl);
	free(parser.name);
	if (parser.failed) {
		jsonin_free(parser.doc);
		if (err != NULL) {
			*err = parser.error;
		}
		return -1;
	}
	*doc = parser.doc;
	return 0;
}

int
jsonin_load_fd(
    struct jsonin_doc **doc, int fd, const char *file, struct qf_error *err)
{
	char piece[1 << 14];
	struct buf bytes;
	ssize_t got;
	int rc = -1;

	*doc = NULL;
	/* One piece more than is allowed, so that json-size is noticed. */
	buf_init(&bytes, JSONIN_SIZE_MAX + sizeof(piece));
	for (;;) {
		do {
			got = read(fd, piece, sizeof(piece));
		} while (got == -1 && errno == EINTR);
		if (got == -1) {
			qf_fail(err, QF_IO, "json-read", "%s: cannot read: %s",
			    file, strerror(errno));
			goto out;
		}
		if (got == 0 || bytes.length > JSONIN_SIZE_MAX) {
			break;
		}
		buf_add(&bytes, piece, (size_t)got);
	}
	rc = jsonin_load_bytes(doc, bytes.bytes, bytes.length, file, err);
out:
	buf_release(&bytes);
	return rc;
}

void
jsonin_free(struct jsonin_doc *doc)
{
	struct block *older;

	if (doc == NULL) {
		return;
	}
	for (struct block *block = doc->blocks; block != NULL; block = older) {
		older = block->older;
		for (size_t i = 0; i < block->count; i++) {
			struct jsonin *value = &block->values[i];

			free((void *)(uintptr_t)value->name);
			if (value->type == JSONIN_NUMBER ||
			    value->type == JSONIN_STRING) {
				free((void *)(uintptr_t)value->text);
			}
		}
		free(block);
	}
	free(doc);
}

const struct jsonin *
jsonin_root(const struct jsonin_doc *doc)
{
	return doc->root;
}

const struct jsonin *
jsonin_member(const struct jsonin *object, const char *name)
{
	if (object->type != JSONIN_OBJECT) {
		return NULL;
	}
	for (const struct jsonin *value = object->first; value != NULL;
	     value = value->next) {
		if (strcmp(value->name, name) == 0) {
			return value;
		}
	}
	return NULL;
}
