/* sink.c - a buffer and an output file as places to write to.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/sink.h"

#include "base/outfile.h"
#include "base/status.h"
#include "base/text.h"

static int
write_buf(void *context, const void *bytes, size_t length, struct qf_error *err)
{
	struct buf *buf = context;

	if (buf_add(buf, bytes, length) == -1) {
		return qf_fail(err, QF_DATA, "output-too-long",
		    "output of more than %zu bytes", buf->max);
	}
	return 0;
}

struct sink
sink_buf(struct buf *buf)
{
	return (struct sink){write_buf, buf};
}

static int
write_outfile(
    void *context, const void *bytes, size_t length, struct qf_error *err)
{
	return outfile_write(context, bytes, length, err);
}

struct sink
sink_outfile(struct outfile *file)
{
	return (struct sink){write_outfile, file};
}
