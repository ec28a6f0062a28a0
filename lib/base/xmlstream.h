/* xmlstream.h - reading XML that may be hostile and large, event by event.
 *
 *	if (xml_stream_open(&stream, fd, "usage.xml", err) == -1) ...
 *	while ((rc = xml_stream_next(stream, &event, err)) == 1)
 *		if (event.begins && strcmp(event.name, "link") == 0)
 *			... xml_stream_attr(stream, "href") ...
 *	xml_stream_close(stream);
 *
 * What xml.h refuses is refused here too, with the same codes, but for the
 * size of the document, which nothing in memory grows with.
 *
 * Ownership: descriptor and name are borrowed; an event is valid until the
 * next one.
 */
#ifndef QF_BASE_XMLSTREAM_H
#define QF_BASE_XMLSTREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

#define XML_STREAM_TEXT_MAX (64u << 10) /* bytes of text between two tags */

struct xml_stream;

struct xml_event {
	bool begins; /* a start tag; else an end tag */
	const char *name; /* of the element, without prefix */
	const char *namespace; /* "" where it has none */
	int depth; /* of the element; the root has 1 */
	size_t line_no; /* of its start tag */
	const char *text; /* at an end tag: what stands before it, behind the
			   * tag before it: the text of a leaf */
};

int xml_stream_open(
    struct xml_stream **out, int fd, const char *file, struct qf_error *err);
void xml_stream_close(struct xml_stream *stream); /* NULL is allowed */

/* 1 with the next event, 0 at the end, -1 where the document is at fault. */
int xml_stream_next(
    struct xml_stream *stream, struct xml_event *event, struct qf_error *err);

/* An attribute without prefix of the element that has just begun, or NULL;
 * valid until the next event. */
const char *xml_stream_attr(struct xml_stream *stream, const char *name);

/* Bytes that the reader has consumed. */
uint64_t xml_stream_bytes(const struct xml_stream *stream);

#endif
