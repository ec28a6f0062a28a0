/* sink.c - a buffer and an output file as places to write to.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/sink.h"

#include "base/outfile.h"
#include "base/status.h"
#include "base/text.h"

#define FAULT_MAX 4096 /* bytes of a line that tells a fault */

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

int
sink_fault(
    const struct sink *sink, const struct qf_error *fault, struct qf_error *err)
{
	struct buf line;
	int rc;

	buf_init(&line, FAULT_MAX);
	buf_printf(&line, "%s [%s]\n", fault->text, fault->code);
	rc = sink->write(sink->context, line.bytes, line.length, err);
	buf_release(&line);
	return rc;
}
