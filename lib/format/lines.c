/* lines.c - the physical lines of a descriptor: read, digested, converted.
 *
 * One buffer holds the current line and what was read behind it.  When no
 * whole line is left, the rest moves to its beginning and more is read; the
 * buffer stays small enough for the cache unless a line is longer.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/lines.h"

#include <assert.h>
#include <errno.h>
#include <iconv.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"

#define READ_SIZE (128u << 10) /* bytes asked of the descriptor at a time */

struct lines {
	int fd;
	const char *file;
	size_t size_max;
	char *buffer; /* size + LINES_SLACK bytes */
	size_t size;
	size_t start; /* the current line begins here */
	size_t next; /* the line behind it begins here */
	size_t scanned; /* no LF between next and here */
	size_t end; /* bytes in the buffer */
	size_t start_line_no;
	size_t next_line_no;
	bool at_end; /* the descriptor has no more */
	bool begun; /* the byte order mark was looked for */
	bool open_end; /* the last line may lack its end */
	bool converts;
	iconv_t iconv;
	char *foreign; /* READ_SIZE bytes to be converted */
	size_t foreign_length; /* of them left from the last time */
	uint64_t bytes;
	struct digest_stream *digest;
};

int
lines_open(struct lines **out, int fd, const char *file,
    enum text_encoding encoding, size_t size_max, struct qf_error *err)
{
	struct lines *lines = xcalloc(1, sizeof(*lines));

	*out = NULL;
	lines->fd = fd;
	lines->file = file;
	lines->size_max = size_max;
	lines->start_line_no = lines->next_line_no = 1;
	if (encoding == TEXT_GB18030) {
		lines->iconv = iconv_open("UTF-8", "GB18030");
		if (lines->iconv == (iconv_t)-1) {
			free(lines);
			return qf_fail(err, QF_CONFIG, "csv-encoding",
			    "%s: this system cannot convert GB18030", file);
		}
		lines->converts = true;
		lines->foreign = xmalloc(READ_SIZE);
	}
	/* Twice: what GB 18030 becomes is up to half as long again. */
	lines->size = 2 * READ_SIZE;
	lines->buffer = xmalloc(lines->size + LINES_SLACK);
	memset(lines->buffer, 0, lines->size + LINES_SLACK);
	lines->digest = digest_stream_new();
	*out = lines;
	return 0;
}

void
lines_allow_open_end(struct lines *lines)
{
	lines->open_end = true;
}

void
lines_close(struct lines *lines)
{
	if (lines == NULL) {
		return;
	}
	if (lines->converts) {
		iconv_close(lines->iconv);
	}
	digest_stream_free(lines->digest);
	free(lines->foreign);
	free(lines->buffer);
	free(lines);
}

/* Reads up to size bytes: their number, 0 at the end, -1 on failure. */
static ssize_t
read_some(struct lines *lines, char *bytes, size_t size, struct qf_error *err)
{
	ssize_t got;

	do {
		got = read(lines->fd, bytes, size);
	} while (got == -1 && errno == EINTR);
	if (got == -1) {
		return qf_fail(err, QF_IO, "csv-read", "%s: cannot read: %s",
		    lines->file, strerror(errno));
	}
	lines->at_end = got == 0;
	lines->bytes += (uint64_t)got;
	digest_stream_add(lines->digest, bytes, (size_t)got);
	return got;
}

/* Appends what the foreign bytes become.  A character cut off at their end
 * is kept for the next time, unless there is none. */
static void
convert(struct lines *lines)
{
	char *in = lines->foreign, *out = lines->buffer + lines->end;
	size_t in_left = lines->foreign_length;
	size_t out_left = lines->size - lines->end;

	while (in_left > 0) {
		if (iconv(lines->iconv, &in, &in_left, &out, &out_left) !=
		    (size_t)-1) {
			break;
		}
		if (errno == EINVAL && !lines->at_end) {
			break;
		}
		assert(errno == EILSEQ || errno == EINVAL);
		*out++ = (char)0xff;
		out_left--;
		in++;
		in_left--;
	}
	memmove(lines->foreign, in, in_left);
	lines->foreign_length = in_left;
	lines->end = (size_t)(out - lines->buffer);
}

/* Makes room for one more reading behind the current line and its rest. */
static void
make_room(struct lines *lines)
{
	size_t kept = lines->end - lines->start;

	memmove(lines->buffer, lines->buffer + lines->start, kept);
	lines->next -= lines->start;
	lines->scanned -= lines->start;
	lines->end = kept;
	lines->start = 0;
	if (lines->size - kept < READ_SIZE + READ_SIZE / 2) {
		lines->size = 2 * lines->size;
		lines->buffer =
		    xrealloc(lines->buffer, lines->size + LINES_SLACK);
		memset(
		    lines->buffer + kept, 0, lines->size + LINES_SLACK - kept);
	}
}

/* A byte order mark in front, also one that was written in GB 18030. */
static void
skip_byte_order_mark(struct lines *lines)
{
	if (lines->end < 3 && !lines->at_end) {
		return;
	}
	lines->begun = true;
	if (lines->end >= 3 && memcmp(lines->buffer, "\xef\xbb\xbf", 3) == 0) {
		lines->start = lines->next = lines->scanned = 3;
	}
}

/* Reads once more. */
static int
fill(struct lines *lines, struct qf_error *err)
{
	ssize_t got;

	make_room(lines);
	if (lines->converts) {
		got = read_some(lines, lines->foreign + lines->foreign_length,
		    READ_SIZE - lines->foreign_length, err);
		if (got == -1) {
			return -1;
		}
		lines->foreign_length += (size_t)got;
		convert(lines);
	} else {
		got = read_some(
		    lines, lines->buffer + lines->end, READ_SIZE, err);
		if (got == -1) {
			return -1;
		}
		lines->end += (size_t)got;
	}
	assert(lines->end <= lines->size);
	if (!lines->begun) {
		skip_byte_order_mark(lines);
	}
	return 0;
}

/* Moves next behind the line that begins there: 1, 0 at the end, -1. */
static int
advance(struct lines *lines, struct qf_error *err)
{
	const char *lf;

	for (;;) {
		lf = NULL;
		if (lines->begun && lines->scanned < lines->end) {
			lf = memchr(lines->buffer + lines->scanned, '\n',
			    lines->end - lines->scanned);
			lines->scanned = lines->end;
		}
		if (lf != NULL) {
			lines->next = (size_t)(lf - lines->buffer) + 1;
			lines->scanned = lines->next;
			break;
		}
		if (lines->end - lines->start > lines->size_max) {
			break;
		}
		if (lines->at_end && lines->next == lines->end) {
			return 0;
		}
		if (lines->at_end && lines->open_end) {
			/* There is room behind the last byte. */
			lines->buffer[lines->end++] = '\n';
			lines->next = lines->scanned = lines->end;
			break;
		}
		if (lines->at_end) {
			return qf_fail(err, QF_DATA, "csv-truncated",
			    "%s:%zu: the file ends inside this line: "
			    "broken upload",
			    lines->file, lines->next_line_no);
		}
		if (fill(lines, err) == -1) {
			return -1;
		}
	}
	if (lines->scanned - lines->start > lines->size_max) {
		return qf_fail(err, QF_DATA, "csv-line-size",
		    "%s:%zu: a row of more than %zu bytes", lines->file,
		    lines->start_line_no, lines->size_max);
	}
	lines->next_line_no++;
	return 1;
}

static void
give(const struct lines *lines, struct line *line)
{
	line->bytes = lines->buffer + lines->start;
	line->length = lines->next - lines->start;
	line->line_no = lines->start_line_no;
}

int
lines_next(struct lines *lines, struct line *line, struct qf_error *err)
{
	int rc;

	lines->start = lines->next;
	lines->start_line_no = lines->next_line_no;
	rc = advance(lines, err);
	if (rc == 1) {
		give(lines, line);
	}
	return rc;
}

int
lines_extend(struct lines *lines, struct line *line, struct qf_error *err)
{
	int rc;

	/* Reading moves the line, also where nothing is added to it. */
	rc = advance(lines, err);
	give(lines, line);
	return rc;
}

uint64_t
lines_bytes(const struct lines *lines)
{
	return lines->bytes;
}

void
lines_digest(struct lines *lines, struct digest *sha256)
{
	digest_stream_finish(lines->digest, sha256);
}
