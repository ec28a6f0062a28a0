/* xmlcheck.h - holding XML against its schema while it is being written.
 *
 *	struct xmlcheck *check = xmlcheck_new("statement.xsd",
 *	    statement_xsd, sizeof(statement_xsd) - 1, next_sink);
 *	struct xmlout *out = xmlout_new(xmlcheck_sink(check));
 *	...
 *	if (xmlcheck_finish(check, &err) == -1) ...
 *	xmlcheck_free(check);
 *
 * A piece goes on to the next sink only once it has passed; so what stands
 * behind it is always the beginning of a valid document, and after
 * xmlcheck_finish() a whole one.  Memory does not grow with the document.
 *
 * Errors: QF_BUG "xmlcheck", since what is checked is our own writing; and
 * those of the next sink, whose context is borrowed.
 */
#ifndef QF_BASE_XMLCHECK_H
#define QF_BASE_XMLCHECK_H

#include <stddef.h>

#include "base/sink.h"
#include "base/status.h"

struct xmlcheck;

/* A schema that does not compile is our own mistake (BUG). */
struct xmlcheck *xmlcheck_new(const char *name, const char *schema,
    size_t length, struct sink next);

struct sink xmlcheck_sink(struct xmlcheck *check);

/* Fails where the document is not whole or not valid. */
int xmlcheck_finish(struct xmlcheck *check, struct qf_error *err);

/* NULL is allowed. */
void xmlcheck_free(struct xmlcheck *check);

#endif
