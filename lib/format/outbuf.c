/* outbuf.c - bytes that wait for their sink, and the first error.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/outbuf.h"

#include <stdarg.h>
#include <stdio.h>

void
outbuf_init(struct outbuf *out, struct sink sink, size_t max)
{
	*out = (struct outbuf){.sink = sink};
	buf_init(&out->bytes, max);
}

void
outbuf_release(struct outbuf *out)
{
	buf_release(&out->bytes);
}

void
outbuf_fail(struct outbuf *out, const char *code, const char *format, ...)
{
	char text[QF_ERROR_TEXT_MAX];
	va_list ap;

	if (out->failed) {
		return;
	}
	out->failed = true;
	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	qf_fail(&out->error, QF_DATA, code, "%s", text);
}

int
outbuf_flush(struct outbuf *out, size_t least, struct qf_error *err)
{
	if (!out->failed && out->bytes.length >= least) {
		out->failed =
		    out->sink.write(out->sink.context, out->bytes.bytes,
			out->bytes.length, &out->error) == -1;
		buf_clear(&out->bytes);
	}
	if (out->failed && err != NULL) {
		*err = out->error;
	}
	return out->failed ? -1 : 0;
}
