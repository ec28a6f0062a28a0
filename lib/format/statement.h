/* statement.h - statements as XML, held against their schema as they are
 * written (schemas/statement.xsd, qf-statement(5)).
 *
 * Nothing that does not fit the schema reaches the sink: see base/xmlcheck.h.
 * See letter.h for use, ownership and errors.
 */
#ifndef QF_FORMAT_STATEMENT_H
#define QF_FORMAT_STATEMENT_H

#include "base/sink.h"
#include "format/letter.h"

struct letter *statement_xml(
    struct sink sink, const struct letter_config *config);

#endif
