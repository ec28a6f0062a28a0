/* sink.h - where a writer's bytes go.
 *
 * The writers (csvout, jsonout, xmlout, table) do not know whether an output
 * file, standard output or a buffer is behind them:
 *
 *	struct sink sink = sink_outfile(file);
 *
 *	if (sink.write(sink.context, "x", 1, &err) == -1) ...
 *
 * Ownership: a struct sink is plain data and borrows its context, which must
 * outlive its use.
 * Errors: write returns -1 and fills err; the sink is then of no more use.
 */
#ifndef QF_BASE_SINK_H
#define QF_BASE_SINK_H

#include <stddef.h>

struct buf;
struct outfile;
struct qf_error;

struct sink {
	/* Takes all bytes and returns 0, or fails and returns -1. */
	int (*write)(void *context, const void *bytes, size_t length,
	    struct qf_error *err);
	void *context;
};

/* Appends to a buffer; where that would pass its maximum QF_DATA,
 * "output-too-long". */
struct sink sink_buf(struct buf *buf);

/* Writes to an output file, which may be standard output; its errors. */
struct sink sink_outfile(struct outfile *file);

/* Writes a fault as a line: "text [code]". */
int sink_fault(const struct sink *sink, const struct qf_error *fault,
    struct qf_error *err);

#endif
