/* xmlschemafile.c - compiling a schema out of the files of one directory.
 *
 * Schemas of standards come as a dozen files that import each other.  libxml2
 * asks one loader of the whole process for all of them, so that it is ours
 * while one is compiled, and refuses everything again behind it.  The loader
 * knows names, not paths: what it opens is below the directory's descriptor.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/xml.h"
#include "base/xmlown.h"

#define PARTS_MAX 256 /* files of a schema */

/* The directory that is let in, while a schema is compiled. */
static struct {
	int directory_fd;
	const char *path; /* of the schema, for messages */
	size_t count; /* files read so far */
	struct xml_fault *fault;
} open_now = {.directory_fd = -1};

static void
refuse(const char *code, const char *name, const char *what)
{
	if (!open_now.fault->set) {
		open_now.fault->set = true;
		qf_fail(&open_now.fault->error, QF_CONFIG, code, "%s: %s: %s",
		    open_now.path, name, what);
	}
}

static int
open_part(const char *name)
{
	struct stat st;
	int fd;

	fd = openat(open_now.directory_fd, name,
	    O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	if (fd == -1) {
		refuse("xml-xsd-location", name,
		    errno == ELOOP    ? "is a symbolic link"
		    : errno == ENOENT ? "is not in the directory of the schema"
				      : strerror(errno));
		return -1;
	}
	if (fstat(fd, &st) == -1 || !S_ISREG(st.st_mode)) {
		refuse("xml-xsd-location", name, "is not a regular file");
		close(fd);
		return -1;
	}
	return fd;
}

/* Reads a part whole; false where it cannot be one. */
static bool
read_part(int fd, const char *name, struct buf *bytes)
{
	char piece[1 << 14];
	ssize_t got;

	do {
		got = read(fd, piece, sizeof(piece));
		if (got > 0 && buf_add(bytes, piece, (size_t)got) == -1) {
			refuse("xml-xsd", name, "is too large");
			return false;
		}
	} while (got > 0 || (got == -1 && errno == EINTR));
	if (got == -1) {
		refuse("xml-xsd", name, strerror(errno));
		return false;
	}
	if (bytes->length == 0) {
		refuse("xml-xsd", name, "is empty");
		return false;
	}
	/* The compiler of libxml2 replaces entities, so none may be declared;
	 * that this also finds the word in a comment is no loss. */
	if (memmem(bytes->bytes, bytes->length, "<!DOCTYPE", 9) != NULL ||
	    memchr(bytes->bytes, '\0', bytes->length) != NULL) {
		refuse("xml-xsd", name, "DOCTYPE and UTF-16 not allowed");
		return false;
	}
	return true;
}

/* The loader of libxml2 while a schema is compiled. */
static xmlParserInputPtr
load_part(const char *url, const char *id, xmlParserCtxtPtr context)
{
	xmlParserInputPtr input = NULL;
	struct buf bytes;
	int fd;

	(void)id;
	assert(open_now.directory_fd != -1);
	if (url == NULL || url[0] == '\0' || url[0] == '.' ||
	    strpbrk(url, "/\\%") != NULL) {
		refuse("xml-xsd-location", url == NULL ? "" : url,
		    "only files in the directory of the schema are read");
		return NULL;
	}
	if (++open_now.count > PARTS_MAX) {
		refuse("xml-xsd", url, "too many files");
		return NULL;
	}
	fd = open_part(url);
	if (fd == -1) {
		return NULL;
	}
	buf_init(&bytes, XML_SIZE_MAX);
	if (read_part(fd, url, &bytes)) {
		xmlParserInputBufferPtr copy = xmlParserInputBufferCreateMem(
		    bytes.bytes, (int)bytes.length, XML_CHAR_ENCODING_NONE);

		input =
		    xmlNewIOInputStream(context, copy, XML_CHAR_ENCODING_NONE);
		if (input == NULL) {
			BUG("libxml2 takes no bytes");
		}
		input->filename = xstrdup(url);
	}
	buf_release(&bytes);
	close(fd);
	return input;
}

static xmlSchemaPtr
compile(const char *name, struct xml_fault *fault)
{
	xmlSchemaParserCtxtPtr context;
	xmlSchemaPtr compiled;

	xmlSetExternalEntityLoader(load_part);
	context = xmlSchemaNewParserCtxt(name);
	if (context == NULL) {
		BUG("libxml2 takes no name");
	}
	xmlSchemaSetParserStructuredErrors(context, xml_on_error, fault);
	compiled = xmlSchemaParse(context);
	xmlSchemaFreeParserCtxt(context);
	xmlSetExternalEntityLoader(xml_refuse_external);
	return compiled;
}

/* The directory that a path is in. */
static int
open_directory(const char *path, const char *slash)
{
	char *directory;
	int fd;

	if (slash == NULL) {
		return open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	}
	directory = xstrdup(path);
	directory[slash - path + 1] = '\0';
	fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	free(directory);
	return fd;
}

int
xml_schema_open_file(
    struct xml_schema **out, const char *path, struct qf_error *err)
{
	struct xml_fault fault = {.file = path};
	const char *slash = strrchr(path, '/');
	xmlSchemaPtr compiled;
	int fd;

	xml_prepare();
	*out = NULL;
	/* The file itself fails as any input does. */
	fd = xml_open(path, err);
	if (fd == -1) {
		return -1;
	}
	close(fd);
	fd = open_directory(path, slash);
	if (fd == -1) {
		return qf_fail(err, QF_NOINPUT, "open-failed",
		    "%s: cannot open its directory: %s", path, strerror(errno));
	}
	open_now.directory_fd = fd;
	open_now.path = path;
	open_now.count = 0;
	open_now.fault = &fault;
	compiled = compile(slash == NULL ? path : slash + 1, &fault);
	open_now.directory_fd = -1;
	open_now.fault = NULL;
	close(fd);
	if (compiled == NULL || fault.set) {
		xmlSchemaFree(compiled);
		return fault.set && strncmp(fault.error.code, "xml-xsd", 7) == 0
			   ? qf_fail(err, QF_CONFIG, fault.error.code, "%s",
				 fault.error.text)
			   : qf_fail(err, QF_CONFIG, "xml-xsd", "%s",
				 fault.set ? fault.error.text : path);
	}
	*out = xcalloc(1, sizeof(**out));
	(*out)->compiled = compiled;
	return 0;
}
