/* xmlown.h - what the readers of whole documents and of streams share.
 *
 * Private to xml.c, xmlschemafile.c and xmlstream.c: the settings of libxml2,
 * and how its first error becomes one of ours.
 */
#ifndef QF_BASE_XMLOWN_H
#define QF_BASE_XMLOWN_H

#include <libxml/tree.h>
#include <libxml/xmlreader.h>
#include <libxml/xmlschemas.h>
#include <stdbool.h>

#include "base/status.h"

struct xml_schema {
	xmlSchemaPtr compiled;
};

/* Where the first fault of a document goes. */
struct xml_fault {
	const char *file;
	xmlTextReaderPtr reader; /* of a stream, which knows the line */
	xmlDocPtr tree; /* of that reader, what it has of one */
	bool set;
	struct qf_error error;
};

/* Settings of the whole process, made before libxml2 is first used. */
void xml_prepare(void);

/* The loader of all times but while a schema of files is compiled: it loads
 * nothing. */
xmlParserInputPtr
xml_refuse_external(const char *url, const char *id, xmlParserCtxtPtr context);

/* Keeps the first error; context is a struct xml_fault. */
void xml_on_error(void *context, xmlErrorPtr error);

/* xmlattributes.c: refuses an element of more than XML_ATTRIBUTES_MAX
 * attributes ("xml-attributes"), in encodings whose markup is ASCII. */
int xml_check_attributes(
    const char *bytes, size_t length, const char *file, struct qf_error *err);

#endif
