/* outbuf.h - what the writers csvout, jsonout and xmlout share: bytes that
 * wait for their sink, and the first error, which sticks.
 *
 *	outbuf_init(&out, sink, BYTES_MAX);
 *	if (buf_add(&out.bytes, text, length) == -1)
 *		outbuf_fail(&out, "xmlout-size", "the record is too long");
 *	if (outbuf_flush(&out, OUTBUF_FULL, err) == -1) ...
 *	outbuf_release(&out);
 *
 * Ownership: the sink's context is borrowed.  Release writes nothing.
 */
#ifndef QF_FORMAT_OUTBUF_H
#define QF_FORMAT_OUTBUF_H

#include <stdbool.h>

#include "base/sink.h"
#include "base/status.h"
#include "base/text.h"

#define OUTBUF_FULL ((size_t)64 << 10) /* bytes that are worth a write */

struct outbuf {
	struct sink sink;
	struct buf bytes; /* not yet given to the sink */
	bool failed;
	struct qf_error error; /* the first, when failed */
};

/* max: of the bytes between two flushes. */
void outbuf_init(struct outbuf *out, struct sink sink, size_t max);
void outbuf_release(struct outbuf *out);

/* Notes a QF_DATA error, if it is the first. */
void outbuf_fail(struct outbuf *out, const char *code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Gives the bytes to the sink where there are that many; -1 with the first
 * error (err may be NULL), then and ever after. */
int outbuf_flush(struct outbuf *out, size_t least, struct qf_error *err);

#endif
