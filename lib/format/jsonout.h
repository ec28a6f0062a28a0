/* jsonout.h - writing JSON, a document or JSON lines.
 *
 *	struct jsonout *out = jsonout_new(sink_outfile(file));
 *
 *	jsonout_begin_object(out);
 *	jsonout_name(out, "account");
 *	jsonout_string(out, "P0001");
 *	jsonout_name(out, "net");
 *	jsonout_dec_string(out, &net);
 *	jsonout_end_object(out);
 *	if (jsonout_end_line(out, &err) == -1) ...
 *	if (jsonout_finish(out, &err) == -1) ...
 *	jsonout_free(out);
 *
 * Compact, in the order of the calls, UTF-8 with only what must be escaped
 * escaped (RFC 8259 section 7).  Amounts go out as strings, "12.30": a reader
 * that takes JSON numbers for binary floats would lose their cents.  Values
 * that count can be numbers.
 *
 * Errors stick and come with jsonout_end_line or jsonout_finish: QF_DATA
 * "jsonout-utf8", "jsonout-number", and those of the sink.  A name where a
 * value must stand, or the reverse, is our own mistake (BUG).
 *
 * Ownership: the sink's context is borrowed.  Limit: JSONOUT_DEPTH_MAX.
 */
#ifndef QF_FORMAT_JSONOUT_H
#define QF_FORMAT_JSONOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/dec.h"
#include "base/sink.h"
#include "base/status.h"

#define JSONOUT_DEPTH_MAX 32

struct jsonout;

struct jsonout *jsonout_new(struct sink sink);

/* NULL is allowed. */
void jsonout_free(struct jsonout *out);

void jsonout_begin_object(struct jsonout *out);
void jsonout_end_object(struct jsonout *out);
void jsonout_begin_array(struct jsonout *out);
void jsonout_end_array(struct jsonout *out);

/* The name of the next value, inside an object. */
void jsonout_name(struct jsonout *out, const char *name);

/* A value each.  jsonout_number takes text of the form
 * -?(0|[1-9][0-9]*)(\.[0-9]+)? and writes it unchanged. */
void jsonout_string(struct jsonout *out, const char *text);
void
jsonout_string_length(struct jsonout *out, const char *text, size_t length);
void jsonout_number(struct jsonout *out, const char *text);
void jsonout_int(struct jsonout *out, int64_t value);
void jsonout_dec(struct jsonout *out, const struct dec *value);
void jsonout_dec_string(struct jsonout *out, const struct dec *value);
void jsonout_bool(struct jsonout *out, bool value);
void jsonout_null(struct jsonout *out);

/* Ends a document with LF; every object and array must be closed. */
int jsonout_end_line(struct jsonout *out, struct qf_error *err);

/* Gives what is still held back to the sink, which is not committed. */
int jsonout_finish(struct jsonout *out, struct qf_error *err);

#endif
