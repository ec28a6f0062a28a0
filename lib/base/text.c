/* text.c - checking of text, and the growing buffer.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/text.h"

#include <assert.h>
#include <errno.h>
#include <iconv.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"

#define WORD_MAX 63 /* longest word that nearest compares */
#define DIGITS_MAX 18 /* that fit into 64 bits, whichever they are */
#define CARRY_MAX 8 /* bytes of a character cut off at the end of a piece */

/* Bytes of the well-formed UTF-8 sequence at p, of which left bytes are
 * there; 0 if it is none (RFC 3629 section 4). */
static size_t
utf8_sequence(const unsigned char *p, size_t left)
{
	unsigned char low = 0x80, high = 0xbf;
	size_t count;

	if (p[0] < 0x80) {
		return 1;
	}
	if (p[0] < 0xc2 || p[0] > 0xf4) {
		return 0;
	}
	count = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	if (left < count) {
		return 0;
	}

	/* The second byte alone decides overlong forms, surrogates and what
	 * lies above U+10FFFF. */
	if (p[0] == 0xe0) {
		low = 0xa0;
	} else if (p[0] == 0xed) {
		high = 0x9f;
	} else if (p[0] == 0xf0) {
		low = 0x90;
	} else if (p[0] == 0xf4) {
		high = 0x8f;
	}
	if (p[1] < low || p[1] > high) {
		return 0;
	}
	for (size_t i = 2; i < count; i++) {
		if ((p[i] & 0xc0) != 0x80) {
			return 0;
		}
	}
	return count;
}

/* How many bytes from p on are ASCII for sure, eight at a time, because
 * nearly all bytes of a file of reads are. */
static size_t
ascii_run(const unsigned char *p, size_t left)
{
	size_t i = 0;
	uint64_t eight;

	for (; i + sizeof(eight) <= left; i += sizeof(eight)) {
		memcpy(&eight, p + i, sizeof(eight));
		if ((eight & UINT64_C(0x8080808080808080)) != 0) {
			break;
		}
	}
	return i;
}

bool
text_utf8_valid(const char *bytes, size_t length)
{
	const unsigned char *p = (const unsigned char *)bytes;
	size_t i = 0;

	while (i < length) {
		size_t count = ascii_run(p + i, length - i);

		if (count == 0) {
			count = utf8_sequence(p + i, length - i);
		}
		if (count == 0) {
			return false;
		}
		i += count;
	}
	return true;
}

bool
text_has_control(const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)bytes[i];

		if (c < 0x20 || c == 0x7f) {
			return true;
		}
	}
	return false;
}

static bool
is_alphanumeric(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       (c >= '0' && c <= '9');
}

bool
text_is_id(const char *bytes, size_t length)
{
	if (length == 0 || length > TEXT_ID_MAX || !is_alphanumeric(bytes[0])) {
		return false;
	}
	for (size_t i = 1; i < length; i++) {
		char c = bytes[i];

		if (!is_alphanumeric(c) && c != '.' && c != '_' && c != ':' &&
		    c != '-') {
			return false;
		}
	}
	return true;
}

void
text_copy(char *out, size_t size, const char *text)
{
	size_t length = strlen(text);

	if (length >= size) {
		BUG("%s: longer than %zu bytes", text, size - 1);
	}
	memcpy(out, text, length + 1);
}

bool
text_number(const char *text, int64_t *number)
{
	size_t digits = strspn(text, "0123456789");

	if (digits == 0 || digits > DIGITS_MAX || text[digits] != '\0') {
		return false;
	}
	*number = strtoll(text, NULL, 10);
	return true;
}

bool
text_has_fullwidth_digit(const char *bytes, size_t length)
{
	const unsigned char *p = (const unsigned char *)bytes;

	/* U+FF0B + U+FF0C , U+FF0D - U+FF0E . U+FF10..FF19 0..9 are EF BC 8B
	 * to EF BC 99; U+FF0F, the slash, is in no number. */
	for (size_t i = 0; i + 3 <= length; i++) {
		if (p[i] == 0xef && p[i + 1] == 0xbc && p[i + 2] >= 0x8b &&
		    p[i + 2] <= 0x99 && p[i + 2] != 0x8f) {
			return true;
		}
	}
	return false;
}

/* Edit distance in which two neighbours that changed places count once.
 * Both are at most WORD_MAX long. */
static size_t
edit_distance(const char *a, const char *b)
{
	size_t rows[3][WORD_MAX + 1];
	size_t a_length = strlen(a), b_length = strlen(b);

	assert(a_length <= WORD_MAX && b_length <= WORD_MAX);
	for (size_t j = 0; j <= b_length; j++) {
		rows[0][j] = j;
	}
	for (size_t i = 1; i <= a_length; i++) {
		size_t *now = rows[i % 3], *last = rows[(i + 2) % 3];
		size_t *before = rows[(i + 1) % 3];

		now[0] = i;
		for (size_t j = 1; j <= b_length; j++) {
			size_t cost = last[j - 1] + (a[i - 1] != b[j - 1]);

			if (last[j] + 1 < cost) {
				cost = last[j] + 1;
			}
			if (now[j - 1] + 1 < cost) {
				cost = now[j - 1] + 1;
			}
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1] && before[j - 2] + 1 < cost) {
				cost = before[j - 2] + 1;
			}
			now[j] = cost;
		}
	}
	return rows[a_length % 3][b_length];
}

const char *
text_nearest(const char *word, const char *const *candidates, size_t count)
{
	const char *nearest = NULL;
	size_t least = SIZE_MAX, length = strlen(word);

	if (length > WORD_MAX) {
		return NULL;
	}
	for (size_t i = 0; i < count; i++) {
		size_t other = strlen(candidates[i]), distance;

		if (other > WORD_MAX) {
			continue;
		}
		distance = edit_distance(word, candidates[i]);
		if (3 * distance > (other > length ? other : length) ||
		    distance >= least) {
			continue;
		}
		nearest = candidates[i];
		least = distance;
	}
	return nearest;
}

/* An empty buffer points here, so that bytes is always a string. */
static char empty[1];

void
buf_init(struct buf *buf, size_t max)
{
	assert(max < SIZE_MAX / 2);
	*buf = (struct buf){.bytes = empty, .max = max};
}

void
buf_clear(struct buf *buf)
{
	buf->length = 0;
	buf->overflowed = false;
	if (buf->capacity != 0) {
		buf->bytes[0] = '\0';
	}
}

void
buf_release(struct buf *buf)
{
	if (buf->capacity != 0) {
		free(buf->bytes);
	}
	buf_init(buf, buf->max);
}

/* Makes room for so many bytes more and the NUL. */
static int
buf_reserve(struct buf *buf, size_t length)
{
	size_t capacity = buf->capacity != 0 ? buf->capacity : 64;
	char *old = buf->capacity != 0 ? buf->bytes : NULL;

	assert(buf->length <= buf->max);
	if (length > buf->max - buf->length) {
		buf->overflowed = true;
		return -1;
	}
	if (buf->length + length < buf->capacity) {
		return 0;
	}
	while (capacity <= buf->length + length) {
		capacity *= 2;
	}
	buf->bytes = xrealloc(old, capacity);
	buf->capacity = capacity;
	return 0;
}

int
buf_add(struct buf *buf, const void *bytes, size_t length)
{
	if (buf_reserve(buf, length) == -1) {
		return -1;
	}
	if (length != 0) {
		memcpy(buf->bytes + buf->length, bytes, length);
	}
	buf->length += length;
	buf->bytes[buf->length] = '\0';
	return 0;
}

int
buf_add_char(struct buf *buf, char c)
{
	return buf_add(buf, &c, 1);
}

int
buf_add_string(struct buf *buf, const char *text)
{
	return buf_add(buf, text, strlen(text));
}

int
buf_vprintf(struct buf *buf, const char *format, va_list ap)
{
	va_list again;
	int length;

	va_copy(again, ap);
	length = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (length < 0) {
		BUG("format \"%s\" cannot be printed", format);
	}
	if (buf_reserve(buf, (size_t)length) == -1) {
		return -1;
	}
	vsnprintf(buf->bytes + buf->length, (size_t)length + 1, format, ap);
	buf->length += (size_t)length;
	return 0;
}

int
buf_printf(struct buf *buf, const char *format, ...)
{
	va_list ap;
	int rc;

	va_start(ap, format);
	rc = buf_vprintf(buf, format, ap);
	va_end(ap);
	return rc;
}

int
text_encoding_parse(
    enum text_encoding *out, const char *name, struct qf_error *err)
{
	static const struct {
		const char *name;
		enum text_encoding encoding;
	} known[] = {
	    {"utf-8", TEXT_UTF8},
	    {"utf8", TEXT_UTF8},
	    {"gb18030", TEXT_GB18030},
	    {"gbk", TEXT_GB18030},
	    {"gb2312", TEXT_GB18030},
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strcasecmp(name, known[i].name) == 0) {
			*out = known[i].encoding;
			return 0;
		}
	}
	return qf_fail(err, QF_USAGE, "encoding-unknown",
	    "%s: no encoding; utf-8 and gb18030 are known", name);
}

struct text_recode {
	iconv_t conversion;
	const char *from_name;
	uint64_t offset; /* bytes of input converted so far */
	char carry[CARRY_MAX]; /* a character that is not complete yet */
	size_t carry_length;
};

static const char *
encoding_name(enum text_encoding encoding)
{
	return encoding == TEXT_UTF8 ? "UTF-8" : "GB18030";
}

int
text_recode_new(struct text_recode **out, enum text_encoding from,
    enum text_encoding to, struct qf_error *err)
{
	struct text_recode *recode;
	iconv_t conversion = iconv_open(encoding_name(to), encoding_name(from));

	*out = NULL;
	if (conversion == (iconv_t)-1) {
		return qf_fail(err, QF_OS, "encoding-missing",
		    "the C library cannot convert %s to %s",
		    encoding_name(from), encoding_name(to));
	}
	recode = xcalloc(1, sizeof(*recode));
	recode->conversion = conversion;
	recode->from_name = encoding_name(from);
	*out = recode;
	return 0;
}

static int
recode_invalid(const struct text_recode *recode, struct qf_error *err)
{
	return qf_fail(err, QF_DATA, "encoding-invalid",
	    "byte %" PRIu64 ": not %s", recode->offset, recode->from_name);
}

/* Converts as much as there is; *in and *left move on.  Returns 0, also when
 * the last character is cut off. */
static int
recode_piece(struct text_recode *recode, char **in, size_t *left,
    struct buf *out, struct qf_error *err)
{
	char room[4096];

	while (*left != 0) {
		char *to = room;
		size_t to_left = sizeof(room), before = *left, rc;
		int fault;

		rc = iconv(recode->conversion, in, left, &to, &to_left);
		fault = rc == (size_t)-1 ? errno : 0;
		recode->offset += before - *left;
		if (buf_add(out, room, sizeof(room) - to_left) == -1) {
			return qf_fail(err, QF_DATA, "encoding-too-long",
			    "longer than %zu bytes once converted", out->max);
		}
		if (fault == EINVAL) {
			return 0;
		}
		if (fault != 0 && fault != E2BIG) {
			return recode_invalid(recode, err);
		}
		if (rc != 0 && rc != (size_t)-1) {
			return recode_invalid(recode, err);
		}
	}
	return 0;
}

int
text_recode_feed(struct text_recode *recode, const char *bytes, size_t length,
    struct buf *out, struct qf_error *err)
{
	char *in = (char *)bytes;
	size_t left = length;

	/* Completes the character that the last piece cut off, byte by byte,
	 * until it is converted. */
	while (recode->carry_length != 0 && left != 0) {
		char *carry = recode->carry;
		size_t carry_left;

		assert(recode->carry_length < CARRY_MAX);
		recode->carry[recode->carry_length++] = *in++;
		left--;
		carry_left = recode->carry_length;
		if (recode_piece(recode, &carry, &carry_left, out, err)) {
			return -1;
		}
		memmove(recode->carry, carry, carry_left);
		recode->carry_length = carry_left;
	}
	if (recode_piece(recode, &in, &left, out, err) == -1) {
		return -1;
	}
	assert(left < CARRY_MAX && (left == 0 || recode->carry_length == 0));
	memcpy(recode->carry + recode->carry_length, in, left);
	recode->carry_length += left;
	return 0;
}

int
text_recode_end(struct text_recode *recode, struct qf_error *err)
{
	if (recode->carry_length != 0) {
		return recode_invalid(recode, err);
	}
	return 0;
}

void
text_recode_free(struct text_recode *recode)
{
	if (recode != NULL) {
		iconv_close(recode->conversion);
		free(recode);
	}
}

int
text_convert(struct buf *out, enum text_encoding from, enum text_encoding to,
    const char *bytes, size_t length, struct qf_error *err)
{
	struct text_recode *recode = NULL;
	int rc = -1;

	if (text_recode_new(&recode, from, to, err) == -1) {
		return -1;
	}
	if (text_recode_feed(recode, bytes, length, out, err) == 0 &&
	    text_recode_end(recode, err) == 0) {
		rc = 0;
	}
	text_recode_free(recode);
	return rc;
}
