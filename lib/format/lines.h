/* lines.h - the physical lines of a descriptor, for the CSV reader.
 *
 * Reads, counts and digests bytes, converts GB 18030 to UTF-8, skips a byte
 * order mark, and gives line after line with its line end.  A row of CSV may
 * hold line ends in quotes: lines_extend adds the next line to the current
 * one, so that the whole row lies in one piece of memory.
 *
 *	while ((rc = lines_next(lines, &line, &err)) == 1)
 *		... line.bytes, line.length, line.line_no ...
 *
 * Bytes that are not GB 18030 become 0xff, which UTF-8 never has, one each,
 * so that the reader can put the row at fault and go on with the next.
 *
 * Ownership: descriptor and file name are borrowed; a line is valid until the
 * next call.  LINES_SLACK bytes behind a line can be read, whatever they are.
 * Errors: QF_DATA "csv-truncated" (the input ends inside a line),
 * "csv-line-size" (more than size_max bytes), QF_IO "csv-read", QF_CONFIG
 * "csv-encoding" (this system cannot convert).
 */
#ifndef QF_FORMAT_LINES_H
#define QF_FORMAT_LINES_H

#include <stddef.h>
#include <stdint.h>

#include "base/digest.h"
#include "base/status.h"
#include "base/text.h"

#define LINES_SLACK 16

struct line {
	const char *bytes; /* with the LF at the end */
	size_t length;
	size_t line_no; /* of its first line, from 1 */
};

struct lines;

/* size_max: bytes of the longest line, extended ones included. */
int lines_open(struct lines **out, int fd, const char *file,
    enum text_encoding encoding, size_t size_max, struct qf_error *err);

/* Gives a last line without a line end one: for formats whose last record
 * says itself that it is the last. */
void lines_allow_open_end(struct lines *lines);

/* NULL is allowed. */
void lines_close(struct lines *lines);

/* The next line: 1, 0 at the end of the input, or -1. */
int lines_next(struct lines *lines, struct line *line, struct qf_error *err);

/* Adds the line behind *line to it: 1, 0 if there is none, or -1.  Whatever
 * it returns, *line is then valid, be it as it was. */
int lines_extend(struct lines *lines, struct line *line, struct qf_error *err);

/* Bytes read from the descriptor, before conversion. */
uint64_t lines_bytes(const struct lines *lines);

/* Their SHA-256; once, when lines_next has given 0. */
void lines_digest(struct lines *lines, struct digest *sha256);

#endif
