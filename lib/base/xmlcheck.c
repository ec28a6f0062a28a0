/* xmlcheck.c - holding XML against its schema while it is being written.
 *
 * libxml2's push parser drives the events of its schema validator; no tree is
 * built.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/xmlcheck.h"

#include <libxml/parser.h>
#include <libxml/xmlschemas.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

struct xmlcheck {
	struct sink next;
	xmlSchemaPtr schema;
	xmlSchemaValidCtxtPtr validator;
	xmlSchemaSAXPlugPtr plug;
	/* What the plug lays between, and sets back when it is drawn: they must
	 * stand as long as it does. */
	xmlSAXHandlerPtr events;
	void *context;
	xmlParserCtxtPtr parser;
	bool failed;
	char message[512]; /* the first error, as libxml2 says it */
};

static void
on_error(void *context, xmlErrorPtr error)
{
	struct xmlcheck *check = context;

	if (!check->failed && error->level != XML_ERR_WARNING) {
		check->failed = true;
		snprintf(check->message, sizeof(check->message), "%s",
		    error->message == NULL ? "" : error->message);
		check->message[strcspn(check->message, "\n")] = '\0';
	}
}

static void
compile(
    struct xmlcheck *check, const char *name, const char *schema, size_t length)
{
	xmlSchemaParserCtxtPtr context;

	if (length > INT_MAX) {
		BUG("%s: %zu bytes", name, length);
	}
	context = xmlSchemaNewMemParserCtxt(schema, (int)length);
	if (context != NULL) {
		check->schema = xmlSchemaParse(context);
		xmlSchemaFreeParserCtxt(context);
	}
	if (check->schema == NULL) {
		BUG("%s does not compile", name);
	}
}

struct xmlcheck *
xmlcheck_new(
    const char *name, const char *schema, size_t length, struct sink next)
{
	struct xmlcheck *check = xcalloc(1, sizeof(*check));

	check->next = next;
	compile(check, name, schema, length);
	check->validator = xmlSchemaNewValidCtxt(check->schema);
	if (check->validator != NULL) {
		xmlSchemaSetValidStructuredErrors(
		    check->validator, on_error, check);
		check->plug = xmlSchemaSAXPlug(
		    check->validator, &check->events, &check->context);
	}
	if (check->plug != NULL) {
		check->parser = xmlCreatePushParserCtxt(
		    check->events, check->context, NULL, 0, name);
	}
	if (check->parser == NULL) {
		BUG("libxml2 takes no schema");
	}
	return check;
}

static int
fail(struct xmlcheck *check, struct qf_error *err)
{
	check->failed = true;
	return qf_fail(err, QF_BUG, "xmlcheck",
	    "what was written does not fit its schema: %s",
	    check->message[0] == '\0' ? "not well-formed" : check->message);
}

static int
check_piece(
    void *context, const void *bytes, size_t length, struct qf_error *err)
{
	struct xmlcheck *check = context;

	if (length > INT_MAX) {
		BUG("a piece of %zu bytes", length);
	}
	if (xmlParseChunk(check->parser, bytes, (int)length, 0) != 0 ||
	    check->failed) {
		return fail(check, err);
	}
	return check->next.write(check->next.context, bytes, length, err);
}

struct sink
xmlcheck_sink(struct xmlcheck *check)
{
	return (struct sink){.write = check_piece, .context = check};
}

int
xmlcheck_finish(struct xmlcheck *check, struct qf_error *err)
{
	if (xmlParseChunk(check->parser, "", 0, 1) != 0 ||
	    check->parser->wellFormed != 1 || check->failed ||
	    xmlSchemaIsValid(check->validator) != 1) {
		return fail(check, err);
	}
	return 0;
}

void
xmlcheck_free(struct xmlcheck *check)
{
	if (check == NULL) {
		return;
	}
	xmlFreeParserCtxt(check->parser);
	xmlSchemaSAXUnplug(check->plug);
	xmlSchemaFreeValidCtxt(check->validator);
	xmlSchemaFree(check->schema);
	free(check);
}
