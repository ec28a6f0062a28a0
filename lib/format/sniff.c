/* sniff.c - which of the formats a file has, by its header or root element.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/sniff.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/xmlstream.h"
#include "format/cec102.h"
#include "format/csv.h"
#include "format/espi.h"
#include "format/manifest.h"
#include "format/ocpi_cdr.h"
#include "format/openadr.h"
#include "format/uftp_order.h"
#include "model/series.h"

#define WIDE_COLUMNS_MIN 23 /* a short day of hours */
#define HEAD_SIZE 256 /* bytes in which XML must show itself */
#define OWN_NAMESPACE "urn:qingfen:"

static const char *const long_names[] = {
    "point", "channel", "time", "value", "quality", "method"};
static const char *const wide_names[] = {
    "point", "channel", "day", "quality", "method"};
static const char *const identity_names[] = {
    "party", "name", "vehicle", "plate", "vin", "contact"};

#define COUNT(names) (sizeof(names) / sizeof((names)[0]))

/* How many names stand at the beginning of the header. */
static size_t
common(const char *const *names, size_t count, const char *const *expected,
    size_t expected_count)
{
	size_t i;

	for (i = 0; i < count && i < expected_count; i++) {
		if (strcmp(names[i], expected[i]) != 0) {
			break;
		}
	}
	return i;
}

static bool
is_header(const char *const *names, size_t count, const char *const *expected,
    size_t expected_count)
{
	return count == expected_count &&
	       common(names, count, expected, expected_count) == count;
}

/* True for v1, v2, ... and nothing else. */
static bool
are_values(const char *const *names, size_t count)
{
	char name[24];
	size_t i;

	for (i = 0; i < count; i++) {
		snprintf(name, sizeof(name), "v%zu", i + 1);
		if (strcmp(names[i], name) != 0) {
			return false;
		}
	}
	return true;
}

static bool
is_wide(struct sniff *out, const char *const *names, size_t count)
{
	size_t fixed = 3;

	if (count < fixed || common(names, count, wide_names, 3) != 3) {
		return false;
	}
	if (count > 5 && common(names, count, wide_names, 5) == 5) {
		fixed = 5;
	}
	if (count - fixed < WIDE_COLUMNS_MIN ||
	    count - fixed > SERIES_VALUES_MAX ||
	    !are_values(names + fixed, count - fixed)) {
		return false;
	}
	out->format = SNIFF_READS_WIDE;
	out->has_quality = fixed == 5;
	out->value_count = count - fixed;
	return true;
}

int
sniff_header(struct sniff *out, const char *const *names, size_t count)
{
	memset(out, 0, sizeof(*out));
	if (is_header(names, count, long_names, 4) ||
	    is_header(names, count, long_names, 6)) {
		out->format = SNIFF_READS_LONG;
		out->has_quality = count == 6;
		return 0;
	}
	if (is_wide(out, names, count)) {
		return 0;
	}
	out->facts = fact_format_of_header(names, count);
	if (out->facts == NULL) {
		return -1;
	}
	out->format = SNIFF_FACTS;
	return 0;
}

/* Names of the columns of a format of facts. */
static size_t
column_names(const struct fact_format *format, const char **names)
{
	size_t i;

	assert(format->column_count <= FACT_COLUMNS_MAX);
	for (i = 0; i < format->column_count; i++) {
		names[i] = format->columns[i].name;
	}
	return format->column_count;
}

/* How many names of the header are somewhere among the expected. */
static size_t
shared(const char *const *names, size_t count, const char *const *expected,
    size_t expected_count)
{
	size_t found = 0, i, j;

	for (i = 0; i < count; i++) {
		for (j = 0; j < expected_count; j++) {
			found += strcmp(names[i], expected[j]) == 0;
		}
	}
	return found;
}

/* A header of no format: says which it is nearest to, and where it differs.
 * A longer beginning in common counts before more names shared. */
static int
fail_header(const struct csv_reader *reader, const char *const *names,
    size_t count, const char *file, struct qf_error *err)
{
	const char *columns[FACT_COLUMNS_MAX], *nearest = NULL;
	const char *nearest_columns[FACT_COLUMNS_MAX];
	struct qf_error where;
	size_t score, best = 0, n, nearest_count = 0;
	int kind;

	for (kind = 0; kind < FACT_KINDS; kind++) {
		n = column_names(fact_format((enum fact_kind)kind), columns);
		score = 2 * shared(names, count, columns, n) +
			3 * common(names, count, columns, n) + (n == count);
		if (score > best) {
			best = score;
			nearest = fact_format((enum fact_kind)kind)->name;
			memcpy(nearest_columns, columns, n * sizeof(*columns));
			nearest_count = n;
		}
	}
	score = 2 * shared(names, count, long_names, 4) +
		3 * common(names, count, long_names, 4) +
		(count == 4 || count == 6);
	if (score > best) {
		best = score;
		nearest = "reads-long";
		memcpy(nearest_columns, long_names, sizeof(long_names));
		nearest_count = count > 4 ? 6 : 4;
	}
	if (csv_expect_header(
		reader, manifest_columns, MANIFEST_COLUMNS, err) == 0) {
		return qf_fail(err, QF_DATA, "csv-manifest",
		    "%s: is a manifest: give it with --manifest", file);
	}
	if (nearest == NULL || csv_expect_header(reader, nearest_columns,
				   nearest_count, err) == 0) {
		return qf_fail(err, QF_DATA, "csv-header",
		    "%s:%zu: the header is that of no format", file,
		    csv_header_line(reader));
	}
	/* The text is both source and target of what qf_fail() writes. */
	where = *err;
	return qf_fail(
	    err, QF_DATA, "csv-header", "%s (read as %s)", where.text, nearest);
}

/* A wide header that goes wrong among its values, or NULL. */
static int
fail_wide(const struct csv_reader *reader, const char *const *names,
    size_t count, const char *file, struct qf_error *err)
{
	size_t fixed = common(names, count, wide_names, 5) == 5 ? 5 : 3, i;
	char name[24];

	for (i = fixed; i < count; i++) {
		snprintf(name, sizeof(name), "v%zu", i - fixed + 1);
		if (strcmp(names[i], name) != 0) {
			return qf_fail(err, QF_DATA, "csv-header",
			    "%s:%zu: %s: column %zu of reads-wide must be %s",
			    file, csv_header_line(reader), names[i], i + 1,
			    name);
		}
	}
	return qf_fail(err, QF_DATA, "csv-header",
	    "%s:%zu: reads-wide with %zu values a row; 23 to %d are possible",
	    file, csv_header_line(reader), count - fixed, SERIES_VALUES_MAX);
}

static int
sniff_csv(struct sniff *out, int fd, const char *file,
    const struct csv_config *config, struct qf_error *err)
{
	struct csv_reader *reader;
	const char *const *names;
	size_t count;
	int rc = 0;

	if (csv_open(&reader, fd, file, config, err) == -1) {
		return -1;
	}
	count = csv_header(reader, &names);
	if (is_header(names, count, identity_names, COUNT(identity_names))) {
		rc = qf_fail(err, QF_DATA, "sniff-identity",
		    "%s: names and plates of persons never enter the ledger; "
		    "they are for qf-export --identity",
		    file);
	} else if (sniff_header(out, names, count) == -1) {
		rc = count > 3 && common(names, count, wide_names, 3) == 3
			 ? fail_wide(reader, names, count, file, err)
			 : fail_header(reader, names, count, file, err);
	}
	csv_close(reader);
	return rc;
}

/* True if the first thing in the file, after blanks, is a "<". */
static bool
is_xml(const char *head, size_t length)
{
	size_t i = 0;

	if (length >= 3 && memcmp(head, "\xef\xbb\xbf", 3) == 0) {
		i = 3;
	}
	while (i < length && strchr(" \t\r\n", head[i]) != NULL &&
	       head[i] != '\0') {
		i++;
	}
	return i < length && head[i] == '<';
}

/* What a root element is that of; a rule document where it is none. */
static void
sniff_root(
    struct sniff *out, struct xml_stream *stream, const struct xml_event *root)
{
	out->foreign_xml =
	    strncmp(root->namespace, OWN_NAMESPACE, strlen(OWN_NAMESPACE)) != 0;
	if (strcmp(root->name, "feed") == 0 &&
	    strcmp(root->namespace, ATOM_NAMESPACE) == 0) {
		out->format = SNIFF_ESPI;
	} else if (strncmp(root->namespace, OPENADR_NAMESPACE,
		       strlen(OPENADR_NAMESPACE)) == 0) {
		out->format = SNIFF_OPENADR;
	} else if (uftp_looks_like(root->name, root->namespace,
		       xml_stream_attr(stream, "SenderDomain"))) {
		out->format = SNIFF_UFTP;
	}
}

/* A rule document, unless its root is that of another format.  What is wrong
 * with it is left to whoever reads it. */
static int
sniff_xml(struct sniff *out, int fd, const char *file, struct qf_error *err)
{
	struct xml_stream *stream;
	struct xml_event event;

	out->format = SNIFF_RULE;
	if (xml_stream_open(&stream, fd, file, err) == -1) {
		return -1;
	}
	if (xml_stream_next(stream, &event, NULL) == 1) {
		sniff_root(out, stream, &event);
	}
	xml_stream_close(stream);
	if (lseek(fd, 0, SEEK_SET) == -1) {
		return qf_fail(
		    err, QF_IO, "sniff-read", "%s: %s", file, strerror(errno));
	}
	return 0;
}

/* A tariff of OCPI, which is a rule document, unless it shows to be something
 * else.  What is wrong with it is left to whoever reads it. */
static int
sniff_json(struct sniff *out, int fd, const char *file, struct qf_error *err)
{
	struct jsonin_doc *doc;

	if (jsonin_load_fd(&doc, fd, file, err) == -1) {
		return -1;
	}
	out->format = SNIFF_RULE;
	if (cec102_looks_like(jsonin_root(doc))) {
		out->format = SNIFF_CEC102;
	} else if (ocpi_cdr_looks_like(jsonin_root(doc))) {
		out->format = SNIFF_OCPI_CDR;
	}
	jsonin_free(doc);
	if (lseek(fd, 0, SEEK_SET) == -1) {
		return qf_fail(
		    err, QF_IO, "sniff-read", "%s: %s", file, strerror(errno));
	}
	return 0;
}

/* True where the first line that is not blank is a record of the Australian
 * meter data format, be the first of them missing. */
static bool
is_mdff(const char *head, struct sniff *out)
{
	static const char *const records[] = {
	    "100,", "200,", "250,", "300,", "400,", "500,", "550,", "900"};
	size_t i;

	if (strncmp(head, "\xef\xbb\xbf", 3) == 0) {
		head += 3;
	}
	head += strspn(head, " \t\r\n");
	for (i = 0; i < COUNT(records); i++) {
		if (strncmp(head, records[i], strlen(records[i])) == 0) {
			out->format = strncasecmp(head, "100,NEM13", 9) == 0 ||
					      strncmp(head, "250,", 4) == 0 ||
					      strncmp(head, "550,", 4) == 0
					  ? SNIFF_NEM13
					  : SNIFF_NEM12;
			return true;
		}
	}
	return false;
}

/* What people send in place of text, by its first bytes. */
static int
refuse_binary(
    const char *head, size_t length, const char *file, struct qf_error *err)
{
	static const struct {
		const char *magic;
		size_t length;
		const char *what;
	} known[] = {
	    {"\x1f\x8b", 2, "compressed by gzip: unpack it"},
	    {"PK\x03\x04", 4, "an Excel workbook or ZIP: save it as CSV"},
	    {"\xd0\xcf\x11\xe0", 4, "an Excel workbook: save it as CSV"},
	    {"\xff\xfe", 2, "UTF-16: save it as UTF-8"},
	    {"\xfe\xff", 2, "UTF-16: save it as UTF-8"},
	};

	for (size_t i = 0; i < COUNT(known); i++) {
		if (length >= known[i].length &&
		    memcmp(head, known[i].magic, known[i].length) == 0) {
			return qf_fail(err, QF_DATA, "sniff-binary",
			    "%s: is no text but %s", file, known[i].what);
		}
	}
	return 0;
}

int
sniff_fd_by(struct sniff *out, int fd, const char *file,
    const struct csv_config *config, struct qf_error *err)
{
	char head[HEAD_SIZE + 1] = "";
	ssize_t n;

	n = pread(fd, head, HEAD_SIZE, 0);
	if (n == -1) {
		return qf_fail(
		    err, QF_IO, "sniff-read", "%s: %s", file, strerror(errno));
	}
	memset(out, 0, sizeof(*out));
	if (is_xml(head, (size_t)n)) {
		return sniff_xml(out, fd, file, err);
	}
	if (jsonread_is_json(head, (size_t)n)) {
		return sniff_json(out, fd, file, err);
	}
	if (is_mdff(head, out)) {
		return 0;
	}
	if (refuse_binary(head, (size_t)n, file, err) == -1 ||
	    sniff_csv(out, fd, file, config, err) == -1) {
		return -1;
	}
	if (lseek(fd, 0, SEEK_SET) == -1) {
		return qf_fail(
		    err, QF_IO, "sniff-read", "%s: %s", file, strerror(errno));
	}
	return 0;
}

const char *
sniff_name(const struct sniff *kind)
{
	switch (kind->format) {
	case SNIFF_RULE:
		return "rule";
	case SNIFF_FACTS:
		return kind->facts->name;
	case SNIFF_READS_LONG:
		return "reads-long";
	case SNIFF_READS_WIDE:
		return "reads-wide";
	case SNIFF_NEM12:
		return "nem12";
	case SNIFF_NEM13:
		return "nem13";
	case SNIFF_ESPI:
		return "espi";
	case SNIFF_OCPI_CDR:
		return "ocpi-cdr";
	case SNIFF_CEC102:
		return "cec102";
	case SNIFF_OPENADR:
		return "openadr";
	case SNIFF_UFTP:
		return "uftp";
	}
	BUG("format %d", (int)kind->format);
}

int
sniff_fd(struct sniff *out, int fd, const char *file,
    enum text_encoding encoding, struct qf_error *err)
{
	struct csv_config config = {
	    .encoding = encoding, .columns_max = SERIES_VALUES_MAX + 8};

	return sniff_fd_by(out, fd, file, &config, err);
}

bool
sniff_is_csv(const struct sniff *kind)
{
	return kind->format == SNIFF_FACTS ||
	       kind->format == SNIFF_READS_LONG ||
	       kind->format == SNIFF_READS_WIDE;
}

bool
sniff_is_sessions(const struct sniff *kind)
{
	return kind->format == SNIFF_OCPI_CDR || kind->format == SNIFF_CEC102;
}

int
sniff_rank(const struct sniff *kind)
{
	switch (kind->format) {
	case SNIFF_RULE:
		return -1;
	case SNIFF_FACTS:
		return (int)kind->facts->kind;
	case SNIFF_READS_LONG:
	case SNIFF_READS_WIDE:
	case SNIFF_NEM12:
	case SNIFF_ESPI:
		return FACT_KINDS;
	case SNIFF_NEM13:
		return FACT_REGISTER_READ;
	case SNIFF_OCPI_CDR:
	case SNIFF_CEC102:
		return FACT_SESSION;
	case SNIFF_OPENADR:
	case SNIFF_UFTP:
		return FACT_KINDS;
	}
	BUG("format %d", (int)kind->format);
}
