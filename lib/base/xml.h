/* xml.h - reading XML that may be hostile, as a small read-only tree.
 *
 *	struct xml_schema *schema;
 *	struct xml_doc *doc;
 *
 *	if (xml_schema_open(&schema, "tariff.xsd", tariff_xsd,
 *	        sizeof(tariff_xsd) - 1, &err) == -1 ||
 *	    xml_load_fd(&doc, fd, "cq.xml", schema, &err) == -1)
 *		goto out;
 *	for (node = xml_first(xml_root(doc), "version"); node != NULL;
 *	    node = xml_next(node, "version"))
 *		puts(xml_attr(node, "from"));
 *
 * What is refused, before a schema is asked (QF_DATA):
 *	xml-empty	no byte
 *	xml-size	more bytes than XML_SIZE_MAX
 *	xml-gzip	gzip bytes, whatever the name says
 *	xml-doctype	a DOCTYPE, so that there are no entities and no DTD
 *	xml-attributes	an element of more than XML_ATTRIBUTES_MAX attributes
 *	xml-entity	a reference to an entity that XML does not define
 *	xml-depth	elements nested deeper than XML_DEPTH_MAX
 *	xml-syntax	anything else that is not well-formed; first error only
 * and then
 *	xml-schema	the document does not fit the schema; first error only
 * Nothing is ever fetched: no file, no network, no catalogue; but the parts of
 * a schema of files, from its own directory.
 *
 * Messages have the form "file:line: element: what"; an attribute is named
 * "element@attribute".
 *
 * Ownership: xml_load_fd borrows the descriptor; nodes and all texts belong
 * to their document and are valid until xml_free.  Not for threads.
 */
#ifndef QF_BASE_XML_H
#define QF_BASE_XML_H

#include <stddef.h>

#include "base/status.h"

#define XML_SIZE_MAX (8u << 20) /* bytes of a document */
#define XML_ATTRIBUTES_MAX 256 /* of an element */
#define XML_DEPTH_MAX 64 /* the root has depth 1 */

struct xml_schema;
struct xml_doc;
struct xml_node;

/* Opens a file to read: no symbolic link, nothing but a regular file; not
 * inherited.  Returns the descriptor, or -1 with QF_NOINPUT, QF_PERM or
 * QF_DATA ("open-symlink", "open-not-regular"). */
int xml_open(const char *path, struct qf_error *err);

/* Compiles a schema out of memory; the name stands in messages.  A schema
 * that does not compile is a mistake of ours or of who wrote it: QF_CONFIG,
 * "xml-xsd".  Free it with xml_schema_close. */
int xml_schema_open(struct xml_schema **schema, const char *name,
    const char *bytes, size_t length, struct qf_error *err);

/* Compiles the schema of a file that is not ours, such as one of a standard,
 * with what it includes and imports.  Those are read by their name from the
 * directory of that file and from nowhere else: a schemaLocation with a
 * slash, a symbolic link, a file that is none or has a DOCTYPE is refused,
 * and nothing of the network is ever asked.  Errors: those of xml_open for the
 * file itself; QF_CONFIG "xml-xsd", "xml-xsd-location" (what is asked for
 * elsewhere, or missing). */
int xml_schema_open_file(
    struct xml_schema **schema, const char *path, struct qf_error *err);

/* NULL is allowed. */
void xml_schema_close(struct xml_schema *schema);

/* Reads the whole descriptor, from where it stands, and checks it against
 * schema, unless that is NULL.  The file name is copied and only used in
 * messages.  Free *doc with xml_free. */
int xml_load_fd(struct xml_doc **doc, int fd, const char *file,
    const struct xml_schema *schema, struct qf_error *err);

/* The same for bytes in memory. */
int xml_load_bytes(struct xml_doc **doc, const char *bytes, size_t length,
    const char *file, const struct xml_schema *schema, struct qf_error *err);

/* NULL is allowed. */
void xml_free(struct xml_doc *doc);

/* Checks what stands in a descriptor against a schema as it is streamed, in
 * little memory and without limit of size: for what we have written
 * ourselves.  DOCTYPE and entities are refused as above. */
int xml_validate_fd(int fd, const char *file, const struct xml_schema *schema,
    struct qf_error *err);

/* The file name given to xml_load_fd. */
const char *xml_file(const struct xml_doc *doc);

/* The root element, never NULL. */
const struct xml_node *xml_root(const struct xml_doc *doc);

/* The element's name without prefix. */
const char *xml_name(const struct xml_node *node);

/* The element's namespace, "" if it has none. */
const char *xml_namespace(const struct xml_node *node);

/* The value of an attribute without prefix, or of "xml:lang" and "xml:id";
 * NULL if it is not there.  Defaults of the schema are not filled in. */
const char *xml_attr(const struct xml_node *node, const char *name);

/* The name of the attribute at index, from 0, as xml_attr takes it; NULL
 * behind the last.  Of those with a prefix only xml:lang is told. */
const char *xml_attr_name(const struct xml_node *node, size_t index);

/* The text directly in the element, comments left out; "" if there is none.
 * Blanks are as in the file. */
const char *xml_text(const struct xml_node *node);

/* The first child element, and the next sibling element, of that name, or of
 * any name if that is NULL; NULL if there is none. */
const struct xml_node *xml_first(const struct xml_node *node, const char *name);
const struct xml_node *xml_next(const struct xml_node *node, const char *name);

/* The line on which the element begins, from 1. */
size_t xml_line(const struct xml_node *node);

/* Fills *err with "file:line: element: what", or, where attribute is not
 * NULL, "file:line: element@attribute: what"; QF_DATA.  Returns -1. */
int xml_fail(const struct xml_doc *doc, const struct xml_node *node,
    const char *attribute, struct qf_error *err, const char *code,
    const char *format, ...) __attribute__((format(printf, 6, 7)));

#endif
