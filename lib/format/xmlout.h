/* xmlout.h - writing XML as a stream.
 *
 *	struct xmlout *out = xmlout_new(sink_outfile(file));
 *
 *	xmlout_begin(out, "statement");
 *	xmlout_attr(out, "xmlns", "urn:qingfen:statement:1");
 *	xmlout_begin(out, "amount");
 *	xmlout_attr_dec(out, "net", &net);
 *	xmlout_end(out);
 *	xmlout_element(out, "note", "电费");
 *	xmlout_end(out);
 *	if (xmlout_finish(out, &err) == -1) ...
 *	xmlout_free(out);
 *
 * UTF-8 with an XML declaration; each element on its own line, indented by
 * two blanks a level; text keeps its element on one line.  Element and
 * attribute names are ours and not checked; they must live until their
 * element is ended.
 *
 * Errors stick and come with xmlout_flush or xmlout_finish: QF_DATA
 * "xmlout-utf8", "xmlout-control" (a character that XML 1.0 cannot hold) and
 * those of the sink.  Calls out of order are our own mistakes (BUG).
 *
 * Ownership: the sink's context is borrowed.  Limit: XMLOUT_DEPTH_MAX.
 */
#ifndef QF_FORMAT_XMLOUT_H
#define QF_FORMAT_XMLOUT_H

#include <stddef.h>
#include <stdint.h>

#include "base/dec.h"
#include "base/sink.h"
#include "base/status.h"

#define XMLOUT_DEPTH_MAX 32

struct xmlout;

struct xmlout *xmlout_new(struct sink sink);

/* A page of HTML in XML's syntax, without a declaration.  Readers of HTML close
 * nothing by "/>": of what may hold text nothing may be empty. */
struct xmlout *xmlout_new_html(struct sink sink);

/* NULL is allowed. */
void xmlout_free(struct xmlout *out);

/* Begins an element, and ends the innermost one. */
void xmlout_begin(struct xmlout *out, const char *name);
void xmlout_end(struct xmlout *out);

/* Attributes of the element just begun, before its content. */
void xmlout_attr(struct xmlout *out, const char *name, const char *value);
void xmlout_attr_int(struct xmlout *out, const char *name, int64_t value);
void
xmlout_attr_dec(struct xmlout *out, const char *name, const struct dec *value);

/* Text in the element just begun. */
void xmlout_text(struct xmlout *out, const char *text);

/* begin, text, end. */
void xmlout_element(struct xmlout *out, const char *name, const char *text);

/* Reports errors so far, for long documents: call it once a record. */
int xmlout_flush(struct xmlout *out, struct qf_error *err);

/* The root must be ended.  Gives the rest to the sink, without commit. */
int xmlout_finish(struct xmlout *out, struct qf_error *err);

#endif
