/* text.h - bytes that must be text, and a buffer that may not grow for ever.
 *
 * Input is checked before it is believed: UTF-8 by the grammar of RFC 3629,
 * identifiers by [A-Za-z0-9][A-Za-z0-9._:-]*, full-width digits found so that
 * they get a message of their own.  GB18030 is converted on the way in and on
 * the way out through iconv(3).
 *
 *	struct buf line;
 *
 *	buf_init(&line, 1 << 20);
 *	if (buf_printf(&line, "%s,%d\n", id, count) == -1)
 *		... it would pass a megabyte; line is as it was ...
 *	write(fd, line.bytes, line.length);
 *	buf_release(&line);
 *
 * Lengths are in bytes and end no string: a text with a NUL inside is seen
 * whole.  Nothing here looks at the locale.
 */
#ifndef QF_BASE_TEXT_H
#define QF_BASE_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

#define TEXT_ID_MAX 64 /* bytes of the longest identifier */

/* True if the bytes are UTF-8: no overlong form, no surrogate, nothing above
 * U+10FFFF, nothing cut off.  NUL and control characters are valid UTF-8. */
bool text_utf8_valid(const char *bytes, size_t length);

/* True if a byte below 0x20 or a DEL is in it. */
bool text_has_control(const char *bytes, size_t length);

/* True if it is an identifier: [A-Za-z0-9][A-Za-z0-9._:-]*, of 1 to
 * TEXT_ID_MAX bytes. */
bool text_is_id(const char *bytes, size_t length);

/* Takes digits alone, 1 to 18 of them, for a number; false where text is
 * anything else: no sign, no blank, no point. */
bool text_number(const char *text, int64_t *number);

/* True if one of U+FF10 to U+FF19 (０ to ９), or the full-width point, comma,
 * plus or minus that go with them, is in the UTF-8 text. */
bool text_has_fullwidth_digit(const char *bytes, size_t length);

/* Copies a text, with its NUL, into a field of size bytes.  Texts that reach it
 * were held against the field's limit before: a longer one is our mistake
 * (BUG). */
void text_copy(char *out, size_t size, const char *text);

/* The candidate nearest to word by edit distance, or NULL where none is near
 * enough to be a slip of the hand (more than a third of it differs).  The
 * first wins a tie. */
const char *
text_nearest(const char *word, const char *const *candidates, size_t count);

/* A growing run of bytes, always followed by a NUL that is not counted. */
struct buf {
	char *bytes; /* "" until something is added */
	size_t length; /* bytes in it */
	size_t capacity; /* bytes allocated, 0 for none */
	size_t max; /* length that it never passes */
	bool overflowed; /* an addition was refused */
};

/* max is the greatest length it may ever have; a cleared buffer keeps its
 * memory; release frees it and leaves it as after init. */
void buf_init(struct buf *buf, size_t max);
void buf_clear(struct buf *buf);
void buf_release(struct buf *buf);

/* Each adds at the end and returns 0, or returns -1, sets overflowed and
 * adds nothing when the buffer would pass its maximum. */
int buf_add(struct buf *buf, const void *bytes, size_t length);
int buf_add_char(struct buf *buf, char c);
int buf_add_string(struct buf *buf, const char *text);
int buf_printf(struct buf *buf, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
int buf_vprintf(struct buf *buf, const char *format, va_list ap)
    __attribute__((format(printf, 2, 0)));

enum text_encoding {
	TEXT_UTF8,
	TEXT_GB18030,
};

/* The encoding called "utf-8" or "gb18030" (in any case, "gbk" and "gb2312"
 * being parts of the latter); QF_USAGE "encoding-unknown" otherwise. */
int text_encoding_parse(
    enum text_encoding *out, const char *name, struct qf_error *err);

/* A conversion in pieces: feed appends to out what is complete of the piece
 * and keeps a character cut off at its end for the next one; end fails if
 * such a character is left.  QF_DATA "encoding-invalid" names the offset of
 * the offending byte from the start; "encoding-too-long" if out is full. */
struct text_recode;
int text_recode_new(struct text_recode **out, enum text_encoding from,
    enum text_encoding to, struct qf_error *err);
int text_recode_feed(struct text_recode *recode, const char *bytes,
    size_t length, struct buf *out, struct qf_error *err);
int text_recode_end(struct text_recode *recode, struct qf_error *err);
void text_recode_free(struct text_recode *recode);

/* A whole text at once. */
int
text_convert(struct buf *out, enum text_encoding from, enum text_encoding to,
    const char *bytes, size_t length, struct qf_error *err);

#endif
