/* csv.c - reading CSV that may be hostile or broken.
 *
 * What a row is, libcsv says, in its strict mode.  It looks at every byte
 * through a state machine, though, and most rows of metering have no quote in
 * them: those are cut at their delimiters eight bytes at a time, while the
 * same pass looks for bytes that are refused.  The tests and the fuzzer hold
 * both ways against each other (csv_config.by_library).
 *
 * libcsv is never asked where a row ends: that is where a line ends and the
 * quotes so far are even, which holds for every row that strict mode takes.
 * So a row always lies in one piece and can be set aside as it came.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/csv.h"

#include <assert.h>
#include <csv.h>
#include <endian.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "format/lines.h"

#define ONES 0x0101010101010101u
#define HIGHS 0x8080808080808080u
#define WORD sizeof(uint64_t)

struct csv_reader {
	const char *file;
	struct lines *lines;
	struct csv_parser parser;
	enum text_encoding encoding;
	unsigned char delimiter;
	size_t field_size_max;
	size_t columns_max;
	bool by_library;
	char *preamble[CSV_PREAMBLE_MAX];
	size_t preamble_count;
	char **names; /* NULL until the header is read */
	size_t name_count;
	size_t header_line_no;
	char *header_raw;
	size_t skip;
	const struct csv_rewrite *rewrite;
	const char *const *our_names; /* of the rewritten columns */
	size_t our_count;
	struct csv_field *fields; /* columns_max of them */
	size_t count; /* fields of the row, also those beyond columns_max */
	size_t longest; /* upper bound of their lengths */
	bool suspect; /* the row has bytes that need a closer look */
	char *text; /* the fields' bytes */
	size_t text_size;
	size_t text_used; /* by libcsv's fields */
	uint64_t rows;
	struct qf_error fault; /* of the row, or of the file when over */
	int over; /* 0, or 1 at the end, or -1 */
};

static int
is_blank(unsigned char c)
{
	return c == ' ';
}

static int
is_line_end(unsigned char c)
{
	return c == '\n';
}

/* Adds a field to the row; text[length] is ours to write. */
static inline void
put_field(struct csv_reader *reader, char *text, size_t length, bool missing)
{
	struct csv_field *field;

	if (reader->count++ >= reader->columns_max) {
		return;
	}
	field = &reader->fields[reader->count - 1];
	text[length] = '\0';
	field->text = text;
	field->length = (uint32_t)length;
	field->missing = missing;
	reader->longest |= length;
}

/* Adds an unquoted field, without the blanks around it. */
static inline void
put_unquoted(struct csv_reader *reader, char *text, size_t length)
{
	while (length > 0 && text[0] == ' ') {
		text++;
		length--;
	}
	while (length > 0 && text[length - 1] == ' ') {
		length--;
	}
	put_field(reader, text, length, length == 0);
}

/* High bit of each byte of word that equals the byte repeated in pattern. */
static inline uint64_t
bytes_equal(uint64_t word, uint64_t pattern)
{
	uint64_t x = word ^ pattern;

	return ~(((x & ~HIGHS) + ~HIGHS) | x | ~HIGHS);
}

/* High bit of the bytes of word that are control characters or not ASCII;
 * never 0 if there are any, but not exact as to which. */
static inline uint64_t
bytes_suspect(uint64_t word)
{
	return (((word - ONES * 0x20) & ~word) | word) & HIGHS;
}

/* Cuts a line that has no quote at its delimiters.  Returns false, with the
 * fields of no use, if there is a quote in it. */
static bool
split(struct csv_reader *reader, const char *bytes, size_t length)
{
	const uint64_t delimiters = ONES * reader->delimiter;
	uint64_t word, mask, suspect = 0;
	char *text = reader->text;
	size_t at, begin = 0;

	for (at = 0; at < length; at += WORD) {
		memcpy(&word, bytes + at, WORD);
		memcpy(text + at, &word, WORD);
		word = le64toh(word);
		if (length - at < WORD) {
			/* What lies behind the line must look harmless. */
			mask = UINT64_MAX << (8 * (length - at));
			word = (word & ~mask) | (mask & (ONES * '0'));
		}
		if (bytes_equal(word, ONES * '"') != 0) {
			return false;
		}
		suspect |= bytes_suspect(word) | bytes_equal(word, ONES * 127);
		for (mask = bytes_equal(word, delimiters); mask != 0;
		     mask &= mask - 1) {
			size_t end = at + (size_t)__builtin_ctzll(mask) / 8;

			put_unquoted(reader, text + begin, end - begin);
			begin = end + 1;
		}
	}
	put_unquoted(reader, text + begin, length - begin);
	reader->suspect = suspect != 0;
	return true;
}

/* Counts the quotes in bytes that libcsv is going to cut, and gives them the
 * same look for what is suspect. */
static size_t
count_quotes(struct csv_reader *reader, const char *bytes, size_t length)
{
	uint64_t word, suspect = 0;
	size_t at, quotes = 0;

	for (at = 0; at + WORD <= length; at += WORD) {
		memcpy(&word, bytes + at, WORD);
		suspect |= bytes_suspect(word) | bytes_equal(word, ONES * 127);
		/* The product's highest byte is the sum of all eight. */
		quotes += ((bytes_equal(word, ONES * '"') >> 7) * ONES) >> 56;
	}
	for (; at < length; at++) {
		unsigned char c = (unsigned char)bytes[at];

		suspect |= c < 0x20 || c >= 127;
		quotes += c == '"';
	}
	reader->suspect |= suspect != 0;
	return quotes;
}

/* libcsv takes a TAB for a blank and a CR for the end of a row unless it is
 * told otherwise, by functions that it calls for every byte: they are set for
 * the few rows that have one. */
static void
set_classes(struct csv_reader *reader, const char *bytes, size_t length)
{
	bool needed =
	    reader->suspect && (memchr(bytes, '\r', length) != NULL ||
				   memchr(bytes, '\t', length) != NULL);

	csv_set_space_func(&reader->parser, needed ? is_blank : NULL);
	csv_set_term_func(&reader->parser, needed ? is_line_end : NULL);
}

/* A field out of libcsv; bytes is NULL where it is empty without quotes. */
static void
on_field(void *bytes, size_t length, void *context)
{
	struct csv_reader *reader = context;
	char *text = reader->text + reader->text_used;

	/* Each field has at least a delimiter or line end behind it. */
	assert(reader->text_used + length < reader->text_size);
	if (length > 0) {
		memcpy(text, bytes, length);
	}
	reader->text_used += length + 1;
	put_field(reader, text, length, bytes == NULL);
}

static const char *
column_name(
    const struct csv_reader *reader, size_t column, char *buffer, size_t size)
{
	if (reader->names != NULL && column < reader->name_count) {
		return reader->names[column];
	}
	snprintf(buffer, size, "column %zu", column + 1);
	return buffer;
}

/* Fills *err with "file:line: column: what"; returns -1. */
static int
fail_at(const struct csv_reader *reader, size_t line_no, size_t column,
    struct qf_error *err, const char *code, const char *what)
{
	char name[32];

	return qf_fail(err, QF_DATA, code, "%s:%zu: %s: %s", reader->file,
	    line_no, column_name(reader, column, name, sizeof(name)), what);
}

int
csv_fail(const struct csv_reader *reader, const struct csv_row *row,
    size_t column, struct qf_error *err, const char *code, const char *format,
    ...)
{
	char what[QF_ERROR_TEXT_MAX];
	va_list ap;

	va_start(ap, format);
	vsnprintf(what, sizeof(what), format, ap);
	va_end(ap);
	return fail_at(reader, row->line_no, column, err, code, what);
}

/* Length of the row without its line end. */
static size_t
content_length(const struct line *line)
{
	size_t length = line->length - 1;

	assert(line->bytes[length] == '\n');
	if (length > 0 && line->bytes[length - 1] == '\r') {
		length--;
	}
	return length;
}

/* Adds lines while the quotes of the row are odd: 0, or 1 where they stay so,
 * or -1. */
static int
complete(struct csv_reader *reader, struct line *line, struct qf_error *err)
{
	struct qf_error cause;
	size_t at = 0, quotes = 0;
	int rc;

	reader->suspect = false;
	for (;;) {
		quotes += count_quotes(
		    reader, line->bytes + at, content_length(line) - at);
		if (quotes % 2 == 0) {
			return 0;
		}
		at = line->length;
		reader->suspect = true; /* a line end in a field */
		rc = lines_extend(reader->lines, line, &cause);
		if (rc == 1) {
			continue;
		}
		if (rc == -1 && strcmp(cause.code, "csv-line-size") != 0) {
			if (err != NULL) {
				*err = cause;
			}
			return -1;
		}
		return 1;
	}
}

static void
reserve_text(struct csv_reader *reader, size_t length)
{
	if (length + LINES_SLACK > reader->text_size) {
		reader->text_size = 2 * (length + LINES_SLACK);
		free(reader->text);
		reader->text = xmalloc(reader->text_size);
	}
}

static void
clear_row(struct csv_reader *reader)
{
	reader->count = 0;
	reader->longest = 0;
	reader->text_used = 0;
}

/* Parses a row by libcsv, which may be extended by the lines it runs over. */
static int
parse(struct csv_reader *reader, struct line *line, struct qf_error *err)
{
	size_t length, done;
	int rc;

	rc = complete(reader, line, err);
	if (rc == -1) {
		return -1;
	}
	length = content_length(line);
	reserve_text(reader, line->length);
	clear_row(reader);
	set_classes(reader, line->bytes, length);
	done = csv_parse(
	    &reader->parser, line->bytes, length, on_field, NULL, reader);
	if (done != length) {
		return fail_at(reader, line->line_no, reader->count, err,
		    "csv-quote",
		    "a quote inside an unquoted field, or text behind a "
		    "closing quote");
	}
	if (rc == 1) {
		return fail_at(reader, line->line_no, reader->count, err,
		    "csv-quote", "the quote is not closed");
	}
	done = csv_parse(&reader->parser, "\n", 1, on_field, NULL, reader);
	if (done != 1) {
		return fail_at(reader, line->line_no, reader->count, err,
		    "csv-quote", "the quote is not closed");
	}
	return 0;
}

/* A character that a terminal obeys (U+0080 to U+009F), or that turns the
 * writing around so that a name reads as another (U+202A to U+202E, U+2066 to
 * U+2069); 0 if it is none.  The text has a NUL behind it. */
static unsigned
hidden_control(const unsigned char *p)
{
	if (p[0] == 0xc2 && p[1] >= 0x80 && p[1] <= 0x9f) {
		return p[1];
	}
	if (p[0] == 0xe2 && p[1] == 0x80 && p[2] >= 0xaa && p[2] <= 0xae) {
		return 0x2000U + (p[2] & 0x3fU);
	}
	if (p[0] == 0xe2 && p[1] == 0x81 && p[2] >= 0xa6 && p[2] <= 0xa9) {
		return 0x2040U + (p[2] & 0x3fU);
	}
	return 0;
}

/* What is wrong with the bytes of a field: a code, or NULL. */
static const char *
judge_bytes(const struct csv_reader *reader, const struct csv_field *field,
    char *what, size_t size)
{
	const unsigned char *bytes = (const unsigned char *)field->text;

	for (size_t i = 0; i < field->length; i++) {
		unsigned char c = bytes[i];
		unsigned hidden = hidden_control(bytes + i);

		if (hidden != 0) {
			snprintf(
			    what, size, "control character U+%04X", hidden);
			return "csv-control";
		}
		if ((c >= 0x20 && c != 0x7f) || c == '\n' ||
		    (c == '\r' && bytes[i + 1] == '\n')) {
			continue;
		}
		if (c == '\0') {
			snprintf(what, size, "NUL byte");
			return "csv-nul";
		}
		if (c == '\r') {
			snprintf(
			    what, size, "carriage return that ends no line");
			return "csv-cr";
		}
		snprintf(what, size, "control character 0x%02x", c);
		return "csv-control";
	}
	if (text_utf8_valid(field->text, field->length)) {
		return NULL;
	}
	if (reader->encoding == TEXT_GB18030) {
		snprintf(what, size, "not GB18030");
		return "csv-gb18030";
	}
	snprintf(what, size,
	    "not UTF-8; perhaps GB18030: qf-ingest --encoding gb18030");
	return "csv-utf8";
}

/* Looks closely at the bytes of the row; -1 with the fault of the first field
 * that has one. */
static int
judge_fields(
    const struct csv_reader *reader, size_t line_no, struct qf_error *err)
{
	size_t count = reader->count < reader->columns_max
			   ? reader->count
			   : reader->columns_max;
	const char *code;
	char what[64];

	for (size_t i = 0; reader->suspect && i < count; i++) {
		code =
		    judge_bytes(reader, &reader->fields[i], what, sizeof(what));
		if (code != NULL) {
			return fail_at(reader, line_no, i, err, code, what);
		}
	}
	for (size_t i = 0; i < count; i++) {
		if (reader->fields[i].length > reader->field_size_max) {
			snprintf(what, sizeof(what), "more than %zu bytes",
			    reader->field_size_max);
			return fail_at(
			    reader, line_no, i, err, "csv-field-size", what);
		}
	}
	return 0;
}

/* Judges the row that was parsed last; -1 with its fault. */
static int
judge(const struct csv_reader *reader, size_t line_no, struct qf_error *err)
{
	if (reader->count == 0 ||
	    (reader->count == 1 && reader->fields[0].missing)) {
		return qf_fail(err, QF_DATA, "csv-blank-line",
		    "%s:%zu: blank line", reader->file, line_no);
	}
	/* The longest is or-ed together: never less than the true one. */
	if ((reader->suspect || reader->longest > reader->field_size_max) &&
	    judge_fields(reader, line_no, err) == -1) {
		return -1;
	}
	if (reader->count > reader->columns_max) {
		return qf_fail(err, QF_DATA, "csv-columns",
		    "%s:%zu: more than %zu columns", reader->file, line_no,
		    reader->columns_max);
	}
	if (reader->names != NULL && reader->count != reader->name_count) {
		return qf_fail(err, QF_DATA, "csv-columns",
		    "%s:%zu: %s row: %zu columns instead of %zu", reader->file,
		    line_no,
		    reader->count < reader->name_count ? "short" : "long",
		    reader->count, reader->name_count);
	}
	return 0;
}

/* Parses the row that begins with the line, by the shorter way if it can. */
static int
read_row(struct csv_reader *reader, struct line *line, struct qf_error *err)
{
	size_t length = content_length(line);

	reserve_text(reader, line->length);
	clear_row(reader);
	if (!reader->by_library && split(reader, line->bytes, length)) {
		return 0;
	}
	return parse(reader, line, err);
}

/* A line of the preamble, which is text and no row. */
static int
read_preamble(
    struct csv_reader *reader, const struct line *line, struct qf_error *err)
{
	struct csv_field field = {line->bytes, 0, false};
	const char *code;
	char what[64];

	field.length = (uint32_t)content_length(line);
	if (reader->preamble_count == CSV_PREAMBLE_MAX) {
		return qf_fail(err, QF_DATA, "csv-preamble",
		    "%s:%zu: more than %d lines of preamble", reader->file,
		    line->line_no, CSV_PREAMBLE_MAX);
	}
	code = judge_bytes(reader, &field, what, sizeof(what));
	if (code == NULL && field.length > reader->field_size_max) {
		code = "csv-field-size";
		snprintf(what, sizeof(what), "more than %zu bytes",
		    reader->field_size_max);
	}
	if (code != NULL) {
		return qf_fail(err, QF_DATA, code, "%s:%zu: preamble: %s",
		    reader->file, line->line_no, what);
	}
	reader->preamble[reader->preamble_count++] =
	    xstrndup(field.text, field.length);
	return 0;
}

/* Takes the row that was parsed last for the header. */
static int
read_header(struct csv_reader *reader, size_t line_no, struct qf_error *err)
{
	char **names;

	if (judge(reader, line_no, err) == -1) {
		return -1;
	}
	for (size_t i = 0; i < reader->count; i++) {
		if (reader->fields[i].length == 0) {
			return fail_at(reader, line_no, i, err, "csv-header",
			    "a column without a name");
		}
		for (size_t j = 0; j < i; j++) {
			if (strcmp(reader->fields[i].text,
				reader->fields[j].text) == 0) {
				return qf_fail(err, QF_DATA, "csv-header",
				    "%s:%zu: %s: twice, as column %zu and "
				    "column %zu",
				    reader->file, line_no,
				    reader->fields[i].text, j + 1, i + 1);
			}
		}
	}
	names = xcalloc(reader->count, sizeof(*names));
	for (size_t i = 0; i < reader->count; i++) {
		names[i] = xstrdup(reader->fields[i].text);
	}
	reader->names = names;
	reader->name_count = reader->count;
	reader->header_line_no = line_no;
	return 0;
}

/* Reads preamble and header. */
static int
begin(struct csv_reader *reader, struct qf_error *err)
{
	struct line line;
	int rc;

	while ((rc = lines_next(reader->lines, &line, err)) == 1) {
		if (reader->preamble_count >= reader->skip &&
		    line.bytes[0] != '#') {
			break;
		}
		if (read_preamble(reader, &line, err) == -1) {
			return -1;
		}
	}
	if (rc == -1) {
		return -1;
	}
	if (rc == 0) {
		return qf_fail(err, QF_DATA, "csv-empty",
		    lines_bytes(reader->lines) == 0 ? "%s: empty file"
						    : "%s: no header",
		    reader->file);
	}
	reader->header_raw = xstrndup(line.bytes, content_length(&line));
	if (read_row(reader, &line, err) == -1 ||
	    read_header(reader, line.line_no, err) == -1) {
		return -1;
	}
	if (reader->rewrite == NULL) {
		reader->our_names = (const char *const *)reader->names;
		reader->our_count = reader->name_count;
		return 0;
	}
	return reader->rewrite->header(reader->rewrite->context, reader->file,
	    reader->header_line_no, (const char *const *)reader->names,
	    reader->name_count, &reader->our_names, &reader->our_count, err);
}

static void
configure(struct csv_reader *reader, const struct csv_config *config)
{
	reader->encoding = config->encoding;
	reader->delimiter =
	    config->delimiter == '\0' ? ',' : (unsigned char)config->delimiter;
	assert(reader->delimiter < 0x80 && reader->delimiter != '"' &&
	       reader->delimiter != ' ' && reader->delimiter != '\n' &&
	       reader->delimiter != '\r');
	reader->field_size_max = config->field_size_max == 0
				     ? CSV_FIELD_MAX
				     : config->field_size_max;
	reader->columns_max =
	    config->columns_max == 0 ? CSV_COLUMNS_MAX : config->columns_max;
	reader->by_library = config->by_library;
	reader->skip = config->skip;
	reader->rewrite = config->rewrite;
	reader->fields = xcalloc(reader->columns_max, sizeof(*reader->fields));
	if (csv_init(&reader->parser,
		CSV_STRICT | CSV_STRICT_FINI | CSV_EMPTY_IS_NULL) != 0) {
		BUG("libcsv does not start");
	}
	csv_set_delim(&reader->parser, reader->delimiter);
	csv_set_realloc_func(&reader->parser, xrealloc);
}

int
csv_open(struct csv_reader **out, int fd, const char *file,
    const struct csv_config *config, struct qf_error *err)
{
	struct csv_reader *reader = xcalloc(1, sizeof(*reader));

	*out = NULL;
	reader->file = file;
	configure(reader, config);
	if (lines_open(&reader->lines, fd, file, config->encoding,
		CSV_RECORD_MAX, err) == -1) {
		csv_close(reader);
		return -1;
	}
	if (config->open_end) {
		lines_allow_open_end(reader->lines);
	}
	if (begin(reader, err) == -1) {
		csv_close(reader);
		return -1;
	}
	*out = reader;
	return 0;
}

void
csv_close(struct csv_reader *reader)
{
	if (reader == NULL) {
		return;
	}
	for (size_t i = 0; i < reader->preamble_count; i++) {
		free(reader->preamble[i]);
	}
	for (size_t i = 0; i < reader->name_count; i++) {
		free(reader->names[i]);
	}
	free(reader->names);
	free(reader->header_raw);
	free(reader->fields);
	free(reader->text);
	csv_free(&reader->parser);
	lines_close(reader->lines);
	free(reader);
}

int
csv_next(struct csv_reader *reader, struct csv_row *row, struct qf_error *err)
{
	struct line line;
	int rc;

	if (reader->over == 0) {
		rc = lines_next(reader->lines, &line, &reader->fault);
		if (rc == 0) {
			reader->over = 1;
		} else if (rc == -1 ||
			   read_row(reader, &line, &reader->fault) == -1) {
			reader->over = -1;
		}
	}
	if (reader->over == 1) {
		return 0;
	}
	if (reader->over == -1) {
		if (err != NULL) {
			*err = reader->fault;
		}
		return -1;
	}
	reader->rows++;
	row->line_no = line.line_no;
	row->raw = line.bytes;
	row->raw_length = line.length;
	row->fields = reader->fields;
	row->count = reader->our_count;
	row->fault = NULL;
	if (judge(reader, line.line_no, &reader->fault) == -1 ||
	    (reader->rewrite != NULL &&
		reader->rewrite->row(reader->rewrite->context, line.line_no,
		    reader->fields, &row->fields, &reader->fault) == -1)) {
		row->fields = NULL;
		row->count = 0;
		row->fault = &reader->fault;
	}
	return 1;
}

size_t
csv_preamble(const struct csv_reader *reader, const char *const **lines)
{
	*lines = (const char *const *)reader->preamble;
	return reader->preamble_count;
}

size_t
csv_header(const struct csv_reader *reader, const char *const **names)
{
	*names = reader->our_names;
	return reader->our_count;
}

const char *
csv_header_raw(const struct csv_reader *reader)
{
	return reader->header_raw;
}

size_t
csv_header_line(const struct csv_reader *reader)
{
	return reader->header_line_no;
}

int
csv_expect_header(const struct csv_reader *reader, const char *const *names,
    size_t count, struct qf_error *err)
{
	const char *found, *nearest;
	size_t i = 0;

	while (i < count && i < reader->name_count &&
	       strcmp(names[i], reader->names[i]) == 0) {
		i++;
	}
	if (i == count && i == reader->name_count) {
		return 0;
	}
	if (i == reader->name_count) {
		return qf_fail(err, QF_DATA, "csv-header",
		    "%s:%zu: column %zu is missing: %s", reader->file,
		    reader->header_line_no, i + 1, names[i]);
	}
	found = reader->names[i];
	if (i == count) {
		return qf_fail(err, QF_DATA, "csv-header",
		    "%s:%zu: column %zu is one too many: %s", reader->file,
		    reader->header_line_no, i + 1, found);
	}
	nearest = text_nearest(found, names, count);
	if (nearest == NULL || strcmp(nearest, names[i]) == 0) {
		nearest = names[i];
	}
	return qf_fail(err, QF_DATA, "csv-header",
	    strcmp(nearest, names[i]) == 0 || strcmp(nearest, found) == 0
		? "%s:%zu: column %zu is %s instead of %s"
		: "%s:%zu: column %zu is %s instead of %s (meant %s?)",
	    reader->file, reader->header_line_no, i + 1, found, names[i],
	    nearest);
}

uint64_t
csv_rows(const struct csv_reader *reader)
{
	return reader->rows;
}

uint64_t
csv_bytes(const struct csv_reader *reader)
{
	return lines_bytes(reader->lines);
}

void
csv_digest(struct csv_reader *reader, struct digest *sha256)
{
	lines_digest(reader->lines, sha256);
}
