/* xml.c - reading XML that may be hostile, with libxml2 kept on a short lead.
 *
 * The recipe of the header: bytes in memory, never a path, because libxml2
 * unzips what it opens itself; no option but NONET and the long line numbers;
 * a loader that refuses every external entity; DOCTYPE and depth stopped in
 * the SAX callbacks, where the parser says so itself by no return value, so
 * that our own flag is what counts.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/xml.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <libxml/catalog.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/xmlschemas.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/xmlown.h"

struct xml_doc {
	xmlDocPtr tree;
	char *file;
};

xmlParserInputPtr
xml_refuse_external(const char *url, const char *id, xmlParserCtxtPtr context)
{
	(void)url;
	(void)id;
	(void)context;
	return NULL;
}

/* libxml2 prints, here and there, past every structured handler. */
static void
say_nothing(void *context, const char *format, ...)
{
	(void)context;
	(void)format;
}

void
xml_prepare(void)
{
	static bool done;

	if (done) {
		return;
	}
	done = true;
	if (xmlMemSetup(free, xmalloc, xrealloc, xstrdup) != 0) {
		BUG("libxml2 takes no allocator");
	}
	xmlInitParser();
	xmlSetGenericErrorFunc(NULL, say_nothing);
	xmlSetExternalEntityLoader(xml_refuse_external);
	xmlCatalogSetDefaults(XML_CATA_ALLOW_NONE);
}

int
xml_open(const char *path, struct qf_error *err)
{
	struct stat st;
	int fd;

	/* O_NONBLOCK, or a FIFO would hang until someone writes to it. */
	fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	if (fd == -1 && errno == ELOOP) {
		return qf_fail(err, QF_DATA, "open-symlink",
		    "%s: is a symbolic link", path);
	}
	if (fd == -1) {
		return qf_fail(err, errno == EACCES ? QF_PERM : QF_NOINPUT,
		    "open-failed", "%s: cannot open: %s", path,
		    strerror(errno));
	}
	if (fstat(fd, &st) == -1 || !S_ISREG(st.st_mode)) {
		close(fd);
		return qf_fail(err, QF_DATA, "open-not-regular",
		    "%s: is not a regular file", path);
	}
	return fd;
}

/* True where a message has a namespace in braces, as in "{urn:x}element",
 * and not a set of values, as in "{'a', 'b'}". */
static bool
is_namespace(const char *text, const char **end)
{
	if (text[0] != '{' || text[1] == '\'') {
		return false;
	}
	*end = strchr(text, '}');
	return *end != NULL && (*end)[1] != '\0' &&
	       strchr(" .,)", (*end)[1]) == NULL;
}

static char
lower(char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

/* Rewrites a message of libxml2 as a part of ours: no namespaces, no facet in
 * brackets, no capitals and full stops of sentences. */
static void
plain(const char *message, struct buf *out)
{
	const char *end;
	bool begins = true, quoted = false;

	for (; *message != '\0'; message++) {
		if (is_namespace(message, &end)) {
			message = end;
			continue;
		}
		if (begins && strncmp(message, "[facet ", 7) == 0 &&
		    (end = strchr(message, ']')) != NULL && end[1] == ' ') {
			message = end + 1;
			continue;
		}
		if (message[strspn(message, ".\n")] == '\0' ||
		    (*message == '\n' && !quoted)) {
			break;
		}
		/* Values stand in quotes, and stay as they are. */
		quoted ^= *message == '\'';
		if (!quoted && strncmp(message, ". ", 2) == 0) {
			buf_add_string(out, "; ");
			message++;
			begins = true;
			continue;
		}
		buf_add_char(out, begins ? lower(*message) : *message);
		begins = false;
	}
}

/* Takes the quoted name behind a prefix, as in "Element 'x'", without its
 * namespace; returns what follows, or NULL if it is not so. */
static const char *
quoted_name(const char *message, const char *prefix, struct buf *out)
{
	const char *name, *end;

	if (strncmp(message, prefix, strlen(prefix)) != 0) {
		return NULL;
	}
	message += strlen(prefix);
	end = strchr(message, '\'');
	if (end == NULL) {
		return NULL;
	}
	name = memrchr(message, '}', (size_t)(end - message));
	name = name == NULL ? message : name + 1;
	buf_add(out, name, (size_t)(end - name));
	return end + 1;
}

/* "Element 'x', attribute 'y': Text." becomes "x@y: text". */
static void
plain_schema(const char *message, struct buf *out)
{
	const char *rest, *next;

	rest = quoted_name(message, "Element '", out);
	if (rest == NULL) {
		plain(message, out);
		return;
	}
	if (strncmp(rest, ", attribute '", 13) == 0) {
		buf_add_char(out, '@');
		next = quoted_name(rest, ", attribute '", out);
		rest = next == NULL ? rest : next;
	}
	if (strncmp(rest, ": ", 2) == 0) {
		rest += 2;
	}
	buf_add_string(out, ": ");
	plain(rest, out);
}

static size_t
line_of(const struct xml_fault *fault, const xmlError *error)
{
	long line = error->line;

	if (error->domain == XML_FROM_SCHEMASV && error->node != NULL) {
		line = xmlGetLineNo(error->node);
	}
	if (line <= 0 && fault->reader != NULL) {
		line = xmlTextReaderGetParserLineNumber(fault->reader);
	}
	return line > 0 ? (size_t)line : 1;
}

/* Keeps the first error that libxml2 reports. */
static void
take(struct xml_fault *fault, const xmlError *error)
{
	struct buf what;
	size_t line_no;

	if (fault->set || error->level == XML_ERR_WARNING) {
		return;
	}
	fault->set = true;
	line_no = line_of(fault, error);
	if (error->domain == XML_FROM_PARSER &&
	    error->code == XML_ERR_UNDECLARED_ENTITY) {
		qf_fail(&fault->error, QF_DATA, "xml-entity",
		    "%s:%zu: entity not allowed: &%s;", fault->file, line_no,
		    error->str1 == NULL ? "" : error->str1);
		return;
	}
	buf_init(&what, 1 << 20);
	if (error->domain == XML_FROM_SCHEMASV) {
		plain_schema(error->message, &what);
	} else {
		plain(error->message, &what);
	}
	qf_fail(&fault->error, QF_DATA,
	    error->domain == XML_FROM_SCHEMASV ? "xml-schema" : "xml-syntax",
	    "%s:%zu: %s", fault->file, line_no, what.bytes);
	buf_release(&what);
}

void
xml_on_error(void *context, xmlErrorPtr error)
{
	take(context, error);
}

static void
on_parser_error(void *context, xmlErrorPtr error)
{
	xmlParserCtxtPtr parser = context;

	take(parser->_private, error);
}

/* Stops the parser at a fault that is ours. */
static void
stop(xmlParserCtxtPtr parser, const char *code, const char *what)
{
	struct xml_fault *fault = parser->_private;

	if (!fault->set) {
		fault->set = true;
		qf_fail(&fault->error, QF_DATA, code, "%s:%d: %s", fault->file,
		    parser->input->line, what);
	}
	xmlStopParser(parser);
}

static void
on_doctype(void *context, const xmlChar *name, const xmlChar *public_id,
    const xmlChar *system_id)
{
	(void)name;
	(void)public_id;
	(void)system_id;
	stop(context, "xml-doctype", "DOCTYPE not allowed");
}

static void
on_element(void *context, const xmlChar *name, const xmlChar *prefix,
    const xmlChar *uri, int namespace_count, const xmlChar **namespaces,
    int attribute_count, int defaulted_count, const xmlChar **attributes)
{
	xmlParserCtxtPtr parser = context;

	/* The stack holds the ancestors. */
	if (parser->nodeNr >= XML_DEPTH_MAX) {
		stop(parser, "xml-depth", "elements nested too deeply");
		return;
	}
	xmlSAX2StartElementNs(context, name, prefix, uri, namespace_count,
	    namespaces, attribute_count, defaulted_count, attributes);
}

/* The node behind this one in document order, inside root. */
static xmlNodePtr
following(xmlNodePtr node, const xmlNode *root)
{
	if (node->type == XML_ELEMENT_NODE && node->children != NULL) {
		return node->children;
	}
	while (node != root && node->next == NULL) {
		node = node->parent;
	}
	return node == root ? NULL : node->next;
}

static bool
is_text(const xmlNode *node)
{
	return node->type == XML_TEXT_NODE ||
	       node->type == XML_CDATA_SECTION_NODE;
}

/* Joins what text an element has in several pieces, so that readers get one
 * string that lives as long as the document. */
static void
join_text(xmlNodePtr element)
{
	struct buf joined;
	size_t pieces = 0;

	for (xmlNodePtr n = element->children; n != NULL; n = n->next) {
		pieces += is_text(n);
	}
	if (pieces < 2) {
		return;
	}
	buf_init(&joined, XML_SIZE_MAX * 4);
	for (xmlNodePtr n = element->children; n != NULL; n = n->next) {
		if (is_text(n)) {
			buf_add_string(&joined, (const char *)n->content);
		}
	}
	element->_private = xstrdup(joined.bytes);
	buf_release(&joined);
}

static void
join_attributes(xmlDocPtr tree, xmlNodePtr element)
{
	for (xmlAttrPtr a = element->properties; a != NULL; a = a->next) {
		if (a->children != NULL && a->children->next != NULL) {
			a->_private =
			    xmlNodeListGetString(tree, a->children, 1);
		}
	}
}

/* Frees what was joined. */
static void
free_joined(xmlNodePtr root)
{
	for (xmlNodePtr n = root; n != NULL; n = following(n, root)) {
		if (n->type != XML_ELEMENT_NODE) {
			continue;
		}
		free(n->_private);
		for (xmlAttrPtr a = n->properties; a != NULL; a = a->next) {
			free(a->_private);
		}
	}
}

/* Checks a tree against a schema; the fault is set if it does not fit. */
static void
validate(
    xmlDocPtr tree, const struct xml_schema *schema, struct xml_fault *fault)
{
	xmlSchemaValidCtxtPtr context;
	int rc;

	context = xmlSchemaNewValidCtxt(schema->compiled);
	xmlSchemaSetValidStructuredErrors(context, xml_on_error, fault);
	rc = xmlSchemaValidateDoc(context, tree);
	xmlSchemaFreeValidCtxt(context);
	if (rc != 0 && !fault->set) {
		fault->set = true;
		qf_fail(&fault->error, QF_DATA, "xml-schema",
		    "%s: does not fit the schema", fault->file);
	}
}

/* Parses bytes into a tree, or NULL with the fault set. */
static xmlDocPtr
parse(const char *bytes, size_t length, struct xml_fault *fault)
{
	xmlParserCtxtPtr parser;
	xmlDocPtr tree;
	bool sound;

	parser = xmlCreateMemoryParserCtxt(bytes, (int)length);
	if (parser == NULL) {
		BUG("libxml2 takes no bytes");
	}
	parser->_private = fault;
	xmlCtxtUseOptions(parser, XML_PARSE_NONET | XML_PARSE_BIG_LINES);
	parser->sax->serror = on_parser_error;
	parser->sax->internalSubset = on_doctype;
	parser->sax->startElementNs = on_element;
	xmlParseDocument(parser);
	sound = parser->wellFormed == 1 && !fault->set;
	tree = parser->myDoc;
	parser->myDoc = NULL;
	xmlFreeParserCtxt(parser);
	if (sound && tree != NULL && xmlDocGetRootElement(tree) != NULL) {
		return tree;
	}
	xmlFreeDoc(tree);
	if (!fault->set) {
		fault->set = true;
		qf_fail(&fault->error, QF_DATA, "xml-syntax",
		    "%s:1: not well-formed", fault->file);
	}
	return NULL;
}

/* Refuses what must not come to the parser at all. */
static int
check_bytes(
    const char *bytes, size_t length, const char *file, struct qf_error *err)
{
	if (length == 0) {
		return qf_fail(
		    err, QF_DATA, "xml-empty", "%s: empty file", file);
	}
	if (length > XML_SIZE_MAX) {
		return qf_fail(err, QF_DATA, "xml-size",
		    "%s: more than %u bytes", file, XML_SIZE_MAX);
	}
	if (length >= 2 && memcmp(bytes, "\x1f\x8b", 2) == 0) {
		return qf_fail(err, QF_DATA, "xml-gzip",
		    "%s: compressed with gzip, not XML", file);
	}
	return xml_check_attributes(bytes, length, file, err);
}

int
xml_load_bytes(struct xml_doc **out, const char *bytes, size_t length,
    const char *file, const struct xml_schema *schema, struct qf_error *err)
{
	struct xml_fault fault = {.file = file};
	struct xml_doc *doc;
	xmlDocPtr tree;

	xml_prepare();
	*out = NULL;
	if (check_bytes(bytes, length, file, err) == -1) {
		return -1;
	}
	tree = parse(bytes, length, &fault);
	if (tree != NULL && schema != NULL) {
		validate(tree, schema, &fault);
	}
	if (fault.set) {
		xmlFreeDoc(tree);
		if (err != NULL) {
			*err = fault.error;
		}
		return -1;
	}
	doc = xcalloc(1, sizeof(*doc));
	doc->tree = tree;
	doc->file = xstrdup(file);
	for (xmlNodePtr n = xmlDocGetRootElement(tree); n != NULL;
	     n = following(n, xmlDocGetRootElement(tree))) {
		if (n->type == XML_ELEMENT_NODE) {
			join_text(n);
			join_attributes(tree, n);
		}
	}
	*out = doc;
	return 0;
}

int
xml_load_fd(struct xml_doc **doc, int fd, const char *file,
    const struct xml_schema *schema, struct qf_error *err)
{
	char piece[1 << 14];
	struct buf bytes;
	ssize_t got;
	int rc = -1;

	*doc = NULL;
	/* One piece more than is allowed, so that xml-size is noticed. */
	buf_init(&bytes, XML_SIZE_MAX + sizeof(piece));
	for (;;) {
		do {
			got = read(fd, piece, sizeof(piece));
		} while (got == -1 && errno == EINTR);
		if (got == -1) {
			qf_fail(err, QF_IO, "xml-read", "%s: cannot read: %s",
			    file, strerror(errno));
			goto out;
		}
		if (got == 0 || bytes.length > XML_SIZE_MAX) {
			break;
		}
		buf_add(&bytes, piece, (size_t)got);
	}
	assert(!bytes.overflowed);
	rc = xml_load_bytes(doc, bytes.bytes, bytes.length, file, schema, err);
out:
	buf_release(&bytes);
	return rc;
}

void
xml_free(struct xml_doc *doc)
{
	if (doc == NULL) {
		return;
	}
	free_joined(xmlDocGetRootElement(doc->tree));
	xmlFreeDoc(doc->tree);
	free(doc->file);
	free(doc);
}

int
xml_schema_open(struct xml_schema **out, const char *name, const char *bytes,
    size_t length, struct qf_error *err)
{
	struct xml_fault fault = {.file = name};
	xmlSchemaParserCtxtPtr context;
	xmlSchemaPtr compiled;

	xml_prepare();
	*out = NULL;
	context = xmlSchemaNewMemParserCtxt(bytes, (int)length);
	if (context == NULL) {
		return qf_fail(err, QF_CONFIG, "xml-xsd", "%s: empty", name);
	}
	xmlSchemaSetParserStructuredErrors(context, xml_on_error, &fault);
	compiled = xmlSchemaParse(context);
	xmlSchemaFreeParserCtxt(context);
	if (compiled == NULL || fault.set) {
		xmlSchemaFree(compiled);
		return qf_fail(err, QF_CONFIG, "xml-xsd", "%s",
		    fault.set ? fault.error.text : name);
	}
	*out = xcalloc(1, sizeof(**out));
	(*out)->compiled = compiled;
	return 0;
}

void
xml_schema_close(struct xml_schema *schema)
{
	if (schema == NULL) {
		return;
	}
	xmlSchemaFree(schema->compiled);
	free(schema);
}

/* Reads a stream to its end or first fault. */
static void
read_stream(xmlTextReaderPtr reader, struct xml_fault *fault)
{
	int rc;

	do {
		rc = xmlTextReaderRead(reader);
	} while (
	    rc == 1 && !fault->set &&
	    xmlTextReaderNodeType(reader) != XML_READER_TYPE_DOCUMENT_TYPE);
	if (rc == 0 && !fault->set && xmlTextReaderIsValid(reader) != 1) {
		fault->set = true;
		qf_fail(&fault->error, QF_DATA, "xml-schema",
		    "%s: does not fit the schema", fault->file);
	}
	if (rc == -1 && !fault->set) {
		fault->set = true;
		qf_fail(&fault->error, QF_DATA, "xml-syntax",
		    "%s: not well-formed", fault->file);
	}
}

/* The reader runs ahead of the nodes that it gives, so that a fault behind a
 * DOCTYPE may come first; the DOCTYPE is what must be named. */
static void
look_for_doctype(xmlTextReaderPtr reader, struct xml_fault *fault)
{
	xmlDocPtr tree = xmlTextReaderCurrentDoc(reader);

	if (tree != NULL && xmlGetIntSubset(tree) != NULL) {
		fault->set = true;
		qf_fail(&fault->error, QF_DATA, "xml-doctype",
		    "%s: DOCTYPE not allowed", fault->file);
	}
	fault->tree = tree;
}

int
xml_validate_fd(int fd, const char *file, const struct xml_schema *schema,
    struct qf_error *err)
{
	struct xml_fault fault = {.file = file};
	xmlTextReaderPtr reader;

	assert(schema != NULL);
	xml_prepare();
	reader = xmlReaderForFd(fd, NULL, NULL, XML_PARSE_NONET);
	if (reader == NULL) {
		return qf_fail(err, QF_IO, "xml-read", "%s: cannot read", file);
	}
	fault.reader = reader;
	xmlTextReaderSetStructuredErrorHandler(reader, xml_on_error, &fault);
	if (xmlTextReaderSetSchema(reader, schema->compiled) != 0) {
		BUG("libxml2 takes no schema");
	}
	read_stream(reader, &fault);
	look_for_doctype(reader, &fault);
	xmlFreeTextReader(reader);
	xmlFreeDoc(fault.tree);
	if (fault.set && err != NULL) {
		*err = fault.error;
	}
	return fault.set ? -1 : 0;
}

const char *
xml_file(const struct xml_doc *doc)
{
	return doc->file;
}

/* A node is libxml2's, known to its readers by another name. */
static const xmlNode *
inside(const struct xml_node *node)
{
	return (const xmlNode *)(const void *)node;
}

static const struct xml_node *
outside(const xmlNode *node)
{
	return (const struct xml_node *)(const void *)node;
}

const struct xml_node *
xml_root(const struct xml_doc *doc)
{
	return outside(xmlDocGetRootElement(doc->tree));
}

const char *
xml_name(const struct xml_node *node)
{
	return (const char *)inside(node)->name;
}

const char *
xml_namespace(const struct xml_node *node)
{
	const xmlNode *n = inside(node);

	return n->ns == NULL ? "" : (const char *)n->ns->href;
}

const char *
xml_attr(const struct xml_node *node, const char *name)
{
	bool reserved = strncmp(name, "xml:", 4) == 0;

	if (reserved) {
		name += 4;
	}
	for (const xmlAttr *a = inside(node)->properties; a != NULL;
	     a = a->next) {
		if (strcmp((const char *)a->name, name) != 0 ||
		    (a->ns != NULL) != reserved ||
		    (reserved && strcmp((const char *)a->ns->href,
				     (const char *)XML_XML_NAMESPACE) != 0)) {
			continue;
		}
		if (a->_private != NULL) {
			return a->_private;
		}
		return a->children == NULL ? ""
					   : (const char *)a->children->content;
	}
	return NULL;
}

/* The name that xml_attr takes for it, or NULL. */
static const char *
attr_name(const xmlAttr *a)
{
	if (a->ns == NULL) {
		return (const char *)a->name;
	}
	return strcmp((const char *)a->ns->href,
		   (const char *)XML_XML_NAMESPACE) == 0 &&
		       strcmp((const char *)a->name, "lang") == 0
		   ? "xml:lang"
		   : NULL;
}

const char *
xml_attr_name(const struct xml_node *node, size_t index)
{
	for (const xmlAttr *a = inside(node)->properties; a != NULL;
	     a = a->next) {
		const char *name = attr_name(a);

		if (name != NULL && index-- == 0) {
			return name;
		}
	}
	return NULL;
}

const char *
xml_text(const struct xml_node *node)
{
	const xmlNode *n = inside(node);

	if (n->_private != NULL) {
		return n->_private;
	}
	for (n = n->children; n != NULL; n = n->next) {
		if (is_text(n)) {
			return (const char *)n->content;
		}
	}
	return "";
}

/* This node or the first behind it that is an element of that name. */
static const struct xml_node *
element_from(const xmlNode *node, const char *name)
{
	for (; node != NULL; node = node->next) {
		if (node->type == XML_ELEMENT_NODE &&
		    (name == NULL ||
			strcmp((const char *)node->name, name) == 0)) {
			return outside(node);
		}
	}
	return NULL;
}

const struct xml_node *
xml_first(const struct xml_node *node, const char *name)
{
	return element_from(inside(node)->children, name);
}

const struct xml_node *
xml_next(const struct xml_node *node, const char *name)
{
	return element_from(inside(node)->next, name);
}

size_t
xml_line(const struct xml_node *node)
{
	long line = xmlGetLineNo(inside(node));

	return line > 0 ? (size_t)line : 1;
}

int
xml_fail(const struct xml_doc *doc, const struct xml_node *node,
    const char *attribute, struct qf_error *err, const char *code,
    const char *format, ...)
{
	char what[QF_ERROR_TEXT_MAX];
	va_list ap;

	va_start(ap, format);
	vsnprintf(what, sizeof(what), format, ap);
	va_end(ap);
	return qf_fail(err, QF_DATA, code, "%s:%zu: %s%s%s: %s", doc->file,
	    xml_line(node), xml_name(node), attribute == NULL ? "" : "@",
	    attribute == NULL ? "" : attribute, what);
}
