/* headers.c - header maps: the document.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/headers.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/digest.h"
#include "base/xml.h"
#include "format/headersown.h"
#include "headers.xsd.h"
#include "model/series.h"

#define FORMATS_MAX (FACT_KINDS + 2)

/* A document while it is read. */
struct loading {
	struct headers *map;
	const struct xml_doc *doc;
	const struct fact_format *facts; /* NULL for reads */
	bool wide;
	struct qf_error *err;
};

static char *
copy(const char *text)
{
	return text == NULL ? NULL : xstrdup(text);
}

/* Columns ------------------------------------------------------------------ */

static struct headers_column *
add_column(struct headers *map, const char *name, enum fact_type type)
{
	struct headers_column *column;

	map->columns =
	    xreallocarray(map->columns, map->count + 1, sizeof(*map->columns));
	column = &map->columns[map->count++];
	memset(column, 0, sizeof(*column));
	column->name = xstrdup(name);
	column->type = type;
	column->source = column->then_source = NO_SOURCE;
	/* Two cells, a blank and a prefix. */
	buf_init(&column->text, 2 * CSV_FIELD_MAX + 128);
	return column;
}

/* True where the document has a column element of that name. */
static bool
gives(const struct xml_node *root, const char *name)
{
	const struct xml_node *node = xml_first(root, "column");

	for (; node != NULL; node = xml_next(node, "column")) {
		const char *given = xml_attr(node, "name");

		if (given != NULL && strcmp(given, name) == 0) {
			return true;
		}
	}
	return false;
}

/* The columns of the formats of reads; quality and method where the document
 * has one of them. */
static void
add_reads(struct loading *loading, const struct xml_node *root)
{
	struct headers *map = loading->map;

	add_column(map, "point", FACT_ID);
	add_column(map, "channel", FACT_WORD);
	add_column(map, loading->wide ? "day" : "time",
	    loading->wide ? FACT_DAY : FACT_INSTANT);
	if (!loading->wide) {
		add_column(map, "value", FACT_DECIMAL);
	}
	if (gives(root, "quality") || gives(root, "method")) {
		add_column(map, "quality", FACT_WORD);
		add_column(map, "method", FACT_ID);
	}
}

static int
add_format(struct loading *loading, const struct xml_node *root)
{
	const char *format = xml_attr(root, "format"), *nearest;
	const char *names[FORMATS_MAX];
	size_t i, count = 0;

	for (i = 0; i < FACT_KINDS; i++) {
		const struct fact_format *facts =
		    fact_format((enum fact_kind)i);

		names[count++] = facts->name;
		if (strcmp(format, facts->name) == 0) {
			loading->facts = facts;
		}
	}
	names[count++] = "reads-long";
	names[count++] = "reads-wide";
	if (loading->facts != NULL) {
		for (i = 0; i < loading->facts->column_count; i++) {
			add_column(loading->map,
			    loading->facts->columns[i].name,
			    loading->facts->columns[i].type);
		}
		return 0;
	}
	loading->wide = strcmp(format, "reads-wide") == 0;
	if (loading->wide || strcmp(format, "reads-long") == 0) {
		add_reads(loading, root);
		return 0;
	}
	nearest = text_nearest(format, names, count);
	return xml_fail(loading->doc, root, "format", loading->err,
	    "headers-format", "\"%.40s\": no format of CSV%s%s", format,
	    nearest == NULL ? "" : "; did you mean ",
	    nearest == NULL ? "" : nearest);
}

/* The column of that name, or NULL with a fault that names the nearest. */
static struct headers_column *
find_column(struct loading *loading, const struct xml_node *node)
{
	struct headers *map = loading->map;
	const char *name = xml_attr(node, "name"), *nearest;
	const char **names = xcalloc(map->count, sizeof(*names));
	size_t i;

	for (i = 0; i < map->count; i++) {
		names[i] = map->columns[i].name;
		if (strcmp(name, names[i]) == 0) {
			free(names);
			return &map->columns[i];
		}
	}
	nearest = text_nearest(name, names, map->count);
	xml_fail(loading->doc, node, "name", loading->err, "headers-column",
	    "\"%.40s\": no column of the format%s%s", name,
	    nearest == NULL ? "" : "; did you mean ",
	    nearest == NULL ? "" : nearest);
	free(names);
	return NULL;
}

static int
take_words(struct loading *loading, const struct xml_node *node,
    struct headers_column *column)
{
	const struct xml_node *word = xml_first(node, "word");

	for (; word != NULL; word = xml_next(word, "word")) {
		const char *from = xml_attr(word, "from");

		for (size_t i = 0; i < column->word_count; i++) {
			if (strcmp(column->words[i].from, from) == 0) {
				return xml_fail(loading->doc, word, "from",
				    loading->err, "headers-value",
				    "\"%.40s\": said twice", from);
			}
		}
		column->words = xreallocarray(column->words,
		    column->word_count + 1, sizeof(*column->words));
		column->words[column->word_count++] = (struct headers_word){
		    xstrdup(from), xstrdup(xml_attr(word, "to"))};
	}
	return 0;
}

/* What only some types of columns can have. */
static int
check_kinds(struct loading *loading, const struct xml_node *node,
    const struct headers_column *column)
{
	bool is_time = column->type == FACT_INSTANT ||
		       column->type == FACT_DAY || column->type == FACT_MONTH;
	const char *what;

	if (column->power != 0 && column->type != FACT_DECIMAL) {
		return xml_fail(loading->doc, node, "power", loading->err,
		    "headers-value", "%s is no decimal number", column->name);
	}
	if (column->time != NULL && !is_time) {
		return xml_fail(loading->doc, node, "time", loading->err,
		    "headers-value", "%s is no time", column->name);
	}
	if (column->offset != NULL &&
	    (column->type != FACT_INSTANT || column->time == NULL)) {
		return xml_fail(loading->doc, node, "offset", loading->err,
		    "headers-value",
		    "only behind a time that is written as "
		    "the attribute time says");
	}
	if (column->prefix != NULL &&
	    (is_time || column->type == FACT_DECIMAL ||
		column->type == FACT_INTEGER)) {
		return xml_fail(loading->doc, node, "prefix", loading->err,
		    "headers-value", "%s is a number or a time", column->name);
	}
	what = column->time == NULL
		   ? NULL
		   : headers_judge_time(column->time, column->type);
	if (what != NULL) {
		return xml_fail(loading->doc, node, "time", loading->err,
		    "headers-time", "\"%.80s\": %s", column->time, what);
	}
	return 0;
}

static int
take_column(struct loading *loading, const struct xml_node *node)
{
	struct headers_column *column = find_column(loading, node);
	const char *power = xml_attr(node, "power");

	if (column == NULL) {
		return -1;
	}
	if (column->line_no != 0) {
		return xml_fail(loading->doc, node, "name", loading->err,
		    "headers-column", "\"%s\": on line %zu already",
		    column->name, column->line_no);
	}
	column->line_no = xml_line(node);
	column->from = copy(xml_attr(node, "from"));
	column->then = copy(xml_attr(node, "then"));
	column->value = copy(xml_attr(node, "value"));
	column->time = copy(xml_attr(node, "time"));
	column->offset = copy(xml_attr(node, "offset"));
	column->prefix = copy(xml_attr(node, "prefix"));
	column->power = power == NULL ? 0 : (int)strtol(power, NULL, 10);
	if ((column->from == NULL) == (column->value == NULL)) {
		return xml_fail(loading->doc, node, NULL, loading->err,
		    "headers-value", "%s: either from or value must be given",
		    column->name);
	}
	if (column->from == NULL &&
	    (column->then != NULL || column->time != NULL ||
		column->power != 0 || xml_first(node, "word") != NULL)) {
		return xml_fail(loading->doc, node, NULL, loading->err,
		    "headers-value", "%s: a value is taken as it is",
		    column->name);
	}
	if (take_words(loading, node, column) == -1) {
		return -1;
	}
	return check_kinds(loading, node, column);
}

/* The values of a wide file. */
static int
take_values(struct loading *loading, const struct xml_node *node)
{
	struct headers *map = loading->map;
	const char *power = xml_attr(node, "power");
	long count = strtol(xml_attr(node, "count"), NULL, 10);
	char name[24];

	if (!loading->wide || map->values_from != NULL) {
		return xml_fail(loading->doc, node, NULL, loading->err,
		    "headers-column",
		    loading->wide ? "values twice"
				  : "only reads-wide has values");
	}
	map->values_from = xstrdup(xml_attr(node, "from"));
	map->values_first = map->count;
	for (long i = 1; i <= count; i++) {
		struct headers_column *column;

		snprintf(name, sizeof(name), "v%ld", i);
		column = add_column(map, name, FACT_DECIMAL);
		column->power =
		    power == NULL ? 0 : (int)strtol(power, NULL, 10);
		column->line_no = xml_line(node);
	}
	return 0;
}

static int
take_children(struct loading *loading, const struct xml_node *root)
{
	struct headers *map = loading->map;
	const struct xml_node *node = xml_first(root, NULL);
	int rc = 0;

	for (; node != NULL && rc == 0; node = xml_next(node, NULL)) {
		if (strcmp(xml_name(node), "column") == 0) {
			rc = take_column(loading, node);
		} else if (strcmp(xml_name(node), "values") == 0) {
			rc = take_values(loading, node);
		} else if (strcmp(xml_name(node), "ignore") == 0) {
			map->ignored = xreallocarray(map->ignored,
			    map->ignored_count + 1, sizeof(*map->ignored));
			map->ignored[map->ignored_count++] =
			    xstrdup(xml_attr(node, "from"));
		}
	}
	return rc;
}

/* Columns that the document does not give: empty where they may be. */
static int
check_columns(struct loading *loading, const struct xml_node *root)
{
	struct headers *map = loading->map;
	size_t i;

	for (i = 0; i < map->count; i++) {
		struct headers_column *column = &map->columns[i];
		bool optional = strcmp(column->name, "quality") == 0 ||
				strcmp(column->name, "method") == 0;

		if (column->line_no != 0) {
			continue;
		}
		if (loading->facts != NULL) {
			optional = (loading->facts->columns[i].flags &
				       (FACT_OPTIONAL | FACT_TO)) != 0;
		}
		if (!optional) {
			return xml_fail(loading->doc, root, NULL, loading->err,
			    "headers-column",
			    "no column %s, which must be given", column->name);
		}
		column->value = xstrdup("");
	}
	if (loading->wide && map->values_from == NULL) {
		return xml_fail(loading->doc, root, NULL, loading->err,
		    "headers-column", "no values, which must be given");
	}
	return 0;
}

/* The document ------------------------------------------------------------- */

/* What the root says of files. */
static int
take_root(struct loading *loading, const struct xml_node *root)
{
	struct headers *map = loading->map;
	const char *text = xml_attr(root, "delimiter");
	bool is_reads = loading->facts == NULL;

	if (text != NULL) {
		map->config.delimiter =
		    strcmp(text, "tab") == 0 ? '\t' : text[0];
	}
	text = xml_attr(root, "decimal");
	map->decimal = text == NULL ? '.' : text[0];
	text = xml_attr(root, "group");
	map->group = text == NULL ? '\0' : text[0];
	if (map->group == map->decimal) {
		return xml_fail(loading->doc, root, "group", loading->err,
		    "headers-value", "the same as the decimal sign");
	}
	text = xml_attr(root, "encoding");
	map->has_encoding = text != NULL;
	map->config.encoding = text != NULL && strcmp(text, "gb18030") == 0
				   ? TEXT_GB18030
				   : TEXT_UTF8;
	text = xml_attr(root, "skip");
	map->config.skip = text == NULL ? 0 : (size_t)strtol(text, NULL, 10);
	text = xml_attr(root, "last-line");
	map->config.open_end = text != NULL && strcmp(text, "open") == 0;
	text = xml_attr(root, "others");
	map->others_ignored = text != NULL && strcmp(text, "ignored") == 0;
	map->reads = copy(xml_attr(root, "declare"));
	if (map->reads != NULL && !is_reads) {
		return xml_fail(loading->doc, root, "declare", loading->err,
		    "headers-value", "only reads declare something");
	}
	return 0;
}

static int
take_document(
    struct headers *map, const struct xml_doc *doc, struct qf_error *err)
{
	struct loading loading = {.map = map, .doc = doc, .err = err};
	const struct xml_node *root = xml_root(doc);
	size_t i;

	if (add_format(&loading, root) == -1 ||
	    take_root(&loading, root) == -1 ||
	    take_children(&loading, root) == -1 ||
	    check_columns(&loading, root) == -1) {
		return -1;
	}
	map->names = xcalloc(map->count, sizeof(*map->names));
	map->fields = xcalloc(map->count, sizeof(*map->fields));
	for (i = 0; i < map->count; i++) {
		map->names[i] = map->columns[i].name;
	}
	map->rewrite = (struct csv_rewrite){
	    .context = map, .header = headers_bind, .row = headers_row};
	return 0;
}

/* Who it is. */
static int
identify(struct headers *map, int fd, const struct xml_doc *doc,
    struct qf_error *err)
{
	char hex[DIGEST_HEX_SIZE];
	struct digest sha256;
	int64_t size;

	if (lseek(fd, 0, SEEK_SET) == -1) {
		return qf_fail(err, QF_IO, "read-failed", "%s: %s", map->path,
		    strerror(errno));
	}
	if (digest_fd(&sha256, &size, fd, err) == -1) {
		return qf_fail_prefix(err, "%s", map->path);
	}
	digest_hex(&sha256, hex);
	snprintf(map->declaration, sizeof(map->declaration),
	    "map=%s map-sha256=%s", xml_attr(xml_root(doc), "id"), hex);
	return 0;
}

/* Once for the names alone, of which a schema knows no nearest. */
static int
load_twice(struct xml_doc **doc, int fd, const char *path,
    const struct xml_schema *schema, struct qf_error *err)
{
	struct xml_doc *names;
	int rc;

	if (xml_load_fd(&names, fd, path, NULL, err) == -1) {
		return -1;
	}
	rc = headers_check_names(names, xml_root(names), err);
	xml_free(names);
	if (rc == -1) {
		return -1;
	}
	if (lseek(fd, 0, SEEK_SET) == -1) {
		return qf_fail(
		    err, QF_IO, "read-failed", "%s: %s", path, strerror(errno));
	}
	return xml_load_fd(doc, fd, path, schema, err);
}

int
headers_load_fd(
    struct headers **out, int fd, const char *path, struct qf_error *err)
{
	struct headers *map = xcalloc(1, sizeof(*map));
	struct xml_schema *schema = NULL;
	struct xml_doc *doc = NULL;
	int rc = -1;

	*out = NULL;
	map->path = xstrdup(path);
	if (xml_schema_open(&schema, "headers.xsd", headers_xsd,
		sizeof(headers_xsd) - 1, err) == -1 ||
	    load_twice(&doc, fd, path, schema, err) == -1 ||
	    identify(map, fd, doc, err) == -1 ||
	    take_document(map, doc, err) == -1) {
		goto out;
	}
	*out = map;
	map = NULL;
	rc = 0;
out:
	headers_free(map);
	xml_free(doc);
	xml_schema_close(schema);
	return rc;
}

int
headers_load(struct headers **out, const char *path, struct qf_error *err)
{
	int fd = xml_open(path, err), rc;

	*out = NULL;
	if (fd == -1) {
		return -1;
	}
	rc = headers_load_fd(out, fd, path, err);
	close(fd);
	return rc;
}

static void
release_column(struct headers_column *column)
{
	free(column->name);
	free(column->from);
	free(column->then);
	free(column->value);
	free(column->time);
	free(column->offset);
	free(column->prefix);
	for (size_t i = 0; i < column->word_count; i++) {
		free(column->words[i].from);
		free(column->words[i].to);
	}
	free(column->words);
	buf_release(&column->text);
}

void
headers_free(struct headers *map)
{
	if (map == NULL) {
		return;
	}
	for (size_t i = 0; i < map->count; i++) {
		release_column(&map->columns[i]);
	}
	for (size_t i = 0; i < map->ignored_count; i++) {
		free(map->ignored[i]);
	}
	free(map->columns);
	free(map->ignored);
	free(map->values_from);
	free(map->names);
	free(map->fields);
	free(map->reads);
	free(map->path);
	free(map);
}

const char *
headers_declaration(const struct headers *map)
{
	return map->declaration;
}

const char *
headers_reads(const struct headers *map)
{
	return map->reads;
}

void
headers_configure_raw(
    const struct headers *map, bool encoding_said, struct csv_config *config)
{
	config->delimiter = map->config.delimiter;
	config->skip = map->config.skip;
	config->open_end = map->config.open_end;
	if (map->has_encoding && !encoding_said) {
		config->encoding = map->config.encoding;
	}
}

void
headers_configure(
    struct headers *map, bool encoding_said, struct csv_config *config)
{
	headers_configure_raw(map, encoding_said, config);
	config->rewrite = &map->rewrite;
}
