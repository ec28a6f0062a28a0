/* csvout.c - writing CSV, a row at a time through one buffer.
 *
 * Cells are appended to a buffer that goes to the sink when it is full, so a
 * cell costs little more than its bytes.  What is wrong with a cell is kept
 * until the row ends.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/csvout.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "format/outbuf.h"

#define SHOWN_MAX 40 /* bytes of a text that a message shows */
#define BUFFER_MAX (16u << 20) /* a row is never longer */

struct csvout {
	struct sink sink; /* of the caller */
	struct outbuf to; /* the sink, or convert() before it */
	struct csvout_config config;
	char delimiter;
	struct buf converted; /* GB 18030, when that is wanted */
	size_t row_start; /* of the row in the buffer */
	size_t column; /* of the next cell, from 0 */
	uint64_t rows;
	bool needs_quote[256]; /* bytes that make a field quoted */
};

/* A sink that gives what it gets to the caller's in GB 18030. */
static int
convert(void *context, const void *bytes, size_t length, struct qf_error *err)
{
	struct csvout *out = context;

	buf_clear(&out->converted);
	if (text_convert(&out->converted, TEXT_UTF8, TEXT_GB18030, bytes,
		length, err) == -1) {
		return -1;
	}
	return out->sink.write(out->sink.context, out->converted.bytes,
	    out->converted.length, err);
}

struct csvout *
csvout_new(struct sink sink, const struct csvout_config *config)
{
	struct csvout *out = xcalloc(1, sizeof(*out));

	out->sink = sink;
	out->config = *config;
	out->delimiter = config->delimiter == '\0' ? ',' : config->delimiter;
	out->needs_quote[(unsigned char)out->delimiter] = true;
	out->needs_quote['"'] = true;
	out->needs_quote['\n'] = true;
	out->needs_quote['\r'] = true;
	if (config->encoding == TEXT_GB18030) {
		sink = (struct sink){.write = convert, .context = out};
	}
	outbuf_init(&out->to, sink, BUFFER_MAX);
	buf_init(&out->converted, 2 * BUFFER_MAX);
	if (config->byte_order_mark && config->encoding == TEXT_UTF8) {
		buf_add_string(&out->to.bytes, "\xef\xbb\xbf");
		out->row_start = out->to.bytes.length;
	}
	return out;
}

void
csvout_free(struct csvout *out)
{
	if (out == NULL) {
		return;
	}
	outbuf_release(&out->to);
	buf_release(&out->converted);
	free(out);
}

static void
fail(struct csvout *out, const char *code, const char *what)
{
	outbuf_fail(&out->to, code, "row %" PRIu64 ": column %zu: %s",
	    out->rows + 1, out->column + 1, what);
}

/* A text that is refused, of which the message shows the beginning. */
static void
fail_formula(struct csvout *out, const char *text, size_t length)
{
	char what[SHOWN_MAX + 80];
	size_t shown = length <= SHOWN_MAX ? length : SHOWN_MAX;

	while (shown > 0 && shown < length &&
	       ((unsigned char)text[shown] & 0xc0) == 0x80) {
		shown--;
	}
	snprintf(what, sizeof(what),
	    "\"%.*s\"%s: a spreadsheet takes it for a formula (see "
	    "--spreadsheet)",
	    (int)shown, text, shown < length ? "..." : "");
	fail(out, "csvout-formula", what);
}

static void
add(struct csvout *out, const void *bytes, size_t length)
{
	if (buf_add(&out->to.bytes, bytes, length) == -1) {
		fail(out, "csvout-row-size", "the row is too long");
	}
}

static void
add_char(struct csvout *out, char c)
{
	add(out, &c, 1);
}

static void
begin_cell(struct csvout *out)
{
	if (out->column > 0) {
		add_char(out, out->delimiter);
	}
}

/* True if a spreadsheet takes the text for a formula (OWASP ASVS 1.2.10),
 * with its full-width signs U+FF1D, U+FF0B, U+FF0D and U+FF20. */
static bool
is_formula(const char *text, size_t length)
{
	static const char wide[4][4] = {
	    "\xef\xbc\x9d", "\xef\xbc\x8b", "\xef\xbc\x8d", "\xef\xbc\xa0"};

	if (length == 0) {
		return false;
	}
	if (text[0] != '\0' && strchr("=+-@\t\r", text[0]) != NULL) {
		return true;
	}
	for (size_t i = 0; length >= 3 && i < 4; i++) {
		if (memcmp(text, wide[i], 3) == 0) {
			return true;
		}
	}
	return false;
}

/* Looks at every byte of a text: true if it must stand in quotes. */
static bool
check_text(struct csvout *out, const char *text, size_t length)
{
	bool quoted = length > 0 && (text[0] == ' ' || text[length - 1] == ' ');
	bool ascii = true;

	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)text[i];

		quoted |= out->needs_quote[c];
		ascii &= c < 0x80;
		if ((c < 0x20 && c != '\t' && c != '\r' && c != '\n') ||
		    c == 0x7f) {
			fail(out, "csvout-control", "a control character");
		}
	}
	if (!ascii && !text_utf8_valid(text, length)) {
		fail(out, "csvout-utf8", "not UTF-8");
	}
	return quoted;
}

static void
add_quoted(struct csvout *out, const char *text, size_t length)
{
	const char *quote;

	while ((quote = memchr(text, '"', length)) != NULL) {
		size_t part = (size_t)(quote - text) + 1;

		add(out, text, part);
		add_char(out, '"');
		text += part;
		length -= part;
	}
	add(out, text, length);
}

void
csvout_text(struct csvout *out, const char *text)
{
	size_t length = strlen(text);
	bool quoted = check_text(out, text, length);
	bool formula = is_formula(text, length);

	/* A "#" in front would make the row a line of the preamble. */
	quoted |= out->column == 0 && length > 0 && text[0] == '#';
	if (formula && !out->config.spreadsheet) {
		fail_formula(out, text, length);
		formula = false;
	}
	begin_cell(out);
	if (quoted) {
		add_char(out, '"');
	}
	if (formula) {
		add_char(out, '\'');
	}
	if (quoted) {
		add_quoted(out, text, length);
		add_char(out, '"');
	} else {
		add(out, text, length);
	}
	out->column++;
}

void
csvout_id(struct csvout *out, const char *id)
{
	size_t length = strlen(id);

	if (!text_is_id(id, length)) {
		BUG("not an identifier: %s", id);
	}
	begin_cell(out);
	add(out, id, length);
	out->column++;
}

void
csvout_int(struct csvout *out, int64_t value)
{
	struct dec number = DEC_SMALL(value, 0);

	csvout_dec(out, &number);
}

void
csvout_dec(struct csvout *out, const struct dec *value)
{
	char text[DEC_TEXT_MAX];
	size_t length = dec_format(value, text, sizeof(text));

	begin_cell(out);
	add(out, text, length);
	out->column++;
}

void
csvout_empty(struct csvout *out)
{
	begin_cell(out);
	out->column++;
}

static int
end_line(struct csvout *out, struct qf_error *err)
{
	int rc;

	add_char(out, '\n');
	rc = outbuf_flush(&out->to, OUTBUF_FULL, err);
	out->row_start = out->to.bytes.length;
	return rc;
}

int
csvout_end_row(struct csvout *out, struct qf_error *err)
{
	/* A row of one empty cell would be a blank line. */
	if (out->column == 1 && out->to.bytes.length == out->row_start) {
		add(out, "\"\"", 2);
	}
	assert(out->column > 0);
	if (end_line(out, err) == -1) {
		return -1;
	}
	out->column = 0;
	out->rows++;
	return 0;
}

int
csvout_preamble(struct csvout *out, const char *line, struct qf_error *err)
{
	size_t length = strlen(line);

	assert(line[0] == '#' && out->rows == 0 && out->column == 0);
	check_text(out, line, length);
	if (strpbrk(line, "\t\r\n") != NULL) {
		fail(out, "csvout-control", "a line end in the preamble");
	}
	add(out, line, length);
	return end_line(out, err);
}

int
csvout_finish(struct csvout *out, struct qf_error *err)
{
	assert(out->column == 0 || out->to.failed);
	return outbuf_flush(&out->to, 1, err);
}
