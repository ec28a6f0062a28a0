/* xmlstream.c - reading XML that may be hostile and large, event by event.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/xmlstream.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/xml.h"
#include "base/xmlown.h"

#define LINE_CAP 65535 /* beyond it a node does not know its line */

struct xml_stream {
	xmlTextReaderPtr reader;
	struct xml_fault fault;
	struct buf text;
	size_t lines[XML_DEPTH_MAX + 1]; /* of the elements that are open */
	bool ends; /* the element at hand is empty: its end is to come */
	xmlChar *attribute; /* the last one asked for */
};

/* The parser reads the whole of an element before anybody is asked, and what a
 * file is taken for is read off its first one: that part of it which another
 * reader would take whole is looked through. */
static int
check_beginning(int fd, const char *file, struct qf_error *err)
{
	off_t at = lseek(fd, 0, SEEK_CUR);
	char *bytes = xmalloc(XML_SIZE_MAX);
	size_t length = 0;
	ssize_t got = 1;
	int rc;

	while (at != -1 && got > 0 && length < XML_SIZE_MAX) {
		got = pread(fd, bytes + length, XML_SIZE_MAX - length,
		    at + (off_t)length);
		length += got > 0 ? (size_t)got : 0;
	}
	/* What cannot be read here the parser cannot read either. */
	rc = xml_check_attributes(bytes, length, file, err);
	free(bytes);
	return rc;
}

int
xml_stream_open(
    struct xml_stream **out, int fd, const char *file, struct qf_error *err)
{
	struct xml_stream *stream;
	xmlTextReaderPtr reader;

	*out = NULL;
	xml_prepare();
	if (check_beginning(fd, file, err) == -1) {
		return -1;
	}
	reader = xmlReaderForFd(
	    fd, NULL, NULL, XML_PARSE_NONET | XML_PARSE_BIG_LINES);
	if (reader == NULL) {
		return qf_fail(err, QF_IO, "xml-read", "%s: cannot read", file);
	}
	stream = xcalloc(1, sizeof(*stream));
	stream->reader = reader;
	stream->fault.file = file;
	stream->fault.reader = reader;
	buf_init(&stream->text, XML_STREAM_TEXT_MAX);
	xmlTextReaderSetStructuredErrorHandler(
	    reader, xml_on_error, &stream->fault);
	*out = stream;
	return 0;
}

void
xml_stream_close(struct xml_stream *stream)
{
	xmlDocPtr tree;

	if (stream == NULL) {
		return;
	}
	tree = xmlTextReaderCurrentDoc(stream->reader);
	xmlFreeTextReader(stream->reader);
	xmlFreeDoc(tree);
	xmlFree(stream->attribute);
	buf_release(&stream->text);
	free(stream);
}

static size_t
line_of(const struct xml_stream *stream)
{
	long line = xmlGetLineNo(xmlTextReaderCurrentNode(stream->reader));

	if (line <= 0 || line >= LINE_CAP) {
		line = xmlTextReaderGetParserLineNumber(stream->reader);
	}
	return line > 0 ? (size_t)line : 1;
}

/* A fault that is ours. */
static int
fail(struct xml_stream *stream, const char *code, const char *what,
    struct qf_error *err)
{
	return qf_fail(err, QF_DATA, code, "%s:%zu: %s", stream->fault.file,
	    line_of(stream), what);
}

/* What libxml2 found, or the DOCTYPE that it may have run into before it was
 * handed out. */
static int
fail_reading(struct xml_stream *stream, struct qf_error *err)
{
	xmlDocPtr tree = xmlTextReaderCurrentDoc(stream->reader);

	if (tree != NULL && xmlGetIntSubset(tree) != NULL) {
		return qf_fail(err, QF_DATA, "xml-doctype",
		    "%s: DOCTYPE not allowed", stream->fault.file);
	}
	if (!stream->fault.set) {
		return qf_fail(err, QF_DATA, "xml-syntax",
		    "%s: not well-formed", stream->fault.file);
	}
	if (err != NULL) {
		*err = stream->fault.error;
	}
	return -1;
}

static void
fill(struct xml_stream *stream, struct xml_event *event, bool begins)
{
	const xmlChar *name = xmlTextReaderConstLocalName(stream->reader);
	const xmlChar *uri = xmlTextReaderConstNamespaceUri(stream->reader);

	event->begins = begins;
	event->name = (const char *)name;
	event->namespace = uri == NULL ? "" : (const char *)uri;
	event->depth = xmlTextReaderDepth(stream->reader) + 1;
	event->line_no = stream->lines[event->depth];
	event->text = begins ? "" : stream->text.bytes;
}

static int
begin_element(
    struct xml_stream *stream, struct xml_event *event, struct qf_error *err)
{
	int depth = xmlTextReaderDepth(stream->reader) + 1;

	if (depth > XML_DEPTH_MAX) {
		return fail(
		    stream, "xml-depth", "elements nested too deeply", err);
	}
	stream->lines[depth] = line_of(stream);
	stream->ends = xmlTextReaderIsEmptyElement(stream->reader) == 1;
	buf_clear(&stream->text);
	fill(stream, event, true);
	return 1;
}

/* One node of the reader: 1 with an event, 0 for a node without one. */
static int
take_node(
    struct xml_stream *stream, struct xml_event *event, struct qf_error *err)
{
	const xmlChar *text;

	switch (xmlTextReaderNodeType(stream->reader)) {
	case XML_READER_TYPE_ELEMENT:
		return begin_element(stream, event, err);
	case XML_READER_TYPE_END_ELEMENT:
		fill(stream, event, false);
		return 1;
	case XML_READER_TYPE_TEXT:
	case XML_READER_TYPE_CDATA:
		text = xmlTextReaderConstValue(stream->reader);
		if (buf_add_string(&stream->text, (const char *)text) == -1) {
			return fail(stream, "xml-size",
			    "more text than an element may have", err);
		}
		return 0;
	case XML_READER_TYPE_DOCUMENT_TYPE:
		return fail(stream, "xml-doctype", "DOCTYPE not allowed", err);
	case XML_READER_TYPE_ENTITY_REFERENCE:
		return fail(stream, "xml-entity", "entity not allowed", err);
	default:
		return 0;
	}
}

int
xml_stream_next(
    struct xml_stream *stream, struct xml_event *event, struct qf_error *err)
{
	int rc;

	if (stream->ends) {
		stream->ends = false;
		fill(stream, event, false);
		return 1;
	}
	/* The text that was given with the last end tag is over. */
	if (xmlTextReaderNodeType(stream->reader) ==
	    XML_READER_TYPE_END_ELEMENT) {
		buf_clear(&stream->text);
	}
	do {
		rc = xmlTextReaderRead(stream->reader);
		if (rc == 0 && !stream->fault.set) {
			return 0;
		}
		if (rc != 1 || stream->fault.set) {
			return fail_reading(stream, err);
		}
		rc = take_node(stream, event, err);
	} while (rc == 0);
	return rc;
}

const char *
xml_stream_attr(struct xml_stream *stream, const char *name)
{
	xmlFree(stream->attribute);
	stream->attribute =
	    xmlTextReaderGetAttribute(stream->reader, (const xmlChar *)name);
	return (const char *)stream->attribute;
}

uint64_t
xml_stream_bytes(const struct xml_stream *stream)
{
	long consumed = xmlTextReaderByteConsumed(stream->reader);

	return consumed < 0 ? 0 : (uint64_t)consumed;
}
