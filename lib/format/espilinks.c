/* espilinks.c - the entries of a Green Button feed and how they are linked.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/espilinks.h"

#include <assert.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/xmlstream.h"
#include "format/espi.h"
#include "format/faults.h"

enum kind { OTHER, USAGE_POINT, METER_READING, READING_TYPE, BLOCK };

/* Values of a ReadingType. */
enum { BEHAVIOUR, COMMODITY, QUALIFIER, DIRECTION, POWER, UOM, VALUES };
static const char *const value_names[VALUES] = {"accumulationBehaviour",
    "commodity", "dataQualifier", "flowDirection", "powerOfTenMultiplier",
    "uom"};

#define ABSENT INT64_MIN /* a value that is not said */
#define NO_NUMBER INT64_MAX /* or is no number, and so none of ours */

/* An entry of the feed. */
struct feed_entry {
	enum kind kind;
	size_t line_no;
	char *id, *self, *up;
	char **related;
	size_t related_count;
	int64_t values[VALUES]; /* of a ReadingType */
	int64_t service; /* of a UsagePoint: its ServiceCategory */
	struct espi_reading reading; /* of a MeterReading */
	const struct espi_reading *of; /* of an IntervalBlock, once linked */
};

/* Which entry an address is of, or leads to. */
struct address {
	enum kind kind;
	char *text;
	size_t entry;
};

struct espilinks {
	struct feed_entry *entries;
	size_t count, size;
	void *addresses; /* tsearch(3) */
	struct faults *faults, *notes;
	bool in_content, in_service;
};

static int
compare(const void *a, const void *b)
{
	const struct address *left = a, *right = b;

	if (left->kind != right->kind) {
		return (int)left->kind - (int)right->kind;
	}
	return strcmp(left->text, right->text);
}

static void
free_address(void *node)
{
	struct address *address = node;

	free(address->text);
	free(address);
}

/* The first entry of an address keeps it. */
static void
add_address(
    struct espilinks *links, enum kind kind, const char *text, size_t entry)
{
	struct address *address, **found;

	if (text == NULL) {
		return;
	}
	address = xcalloc(1, sizeof(*address));
	address->kind = kind;
	address->text = xstrdup(text);
	address->entry = entry;
	found = tsearch(address, &links->addresses, compare);
	if (found == NULL) {
		BUG("tsearch");
	}
	if (*found != address) {
		free_address(address);
	}
}

/* What a collection of an entry's is called: ".../1" and "IntervalBlock". */
static void
add_collection(struct espilinks *links, enum kind kind, const char *self,
    const char *name, size_t entry)
{
	size_t size;
	char *text;

	if (self == NULL) {
		return;
	}
	size = strlen(self) + strlen(name) + 2;
	text = xmalloc(size);
	snprintf(text, size, "%s/%s", self, name);
	add_address(links, kind, text, entry);
	free(text);
}

/* The entry of an address, or NULL. */
static struct feed_entry *
find(const struct espilinks *links, enum kind kind, const char *text)
{
	struct address key = {.kind = kind};
	struct address *const *found;

	if (text == NULL) {
		return NULL;
	}
	key.text = xstrdup(text);
	found = tfind(&key, &links->addresses, compare);
	free(key.text);
	return found == NULL ? NULL : &links->entries[(*found)->entry];
}

/* Entries ----------------------------------------------------------------- */

static void
begin_entry(struct espilinks *links, size_t line_no)
{
	struct feed_entry *entry;

	if (links->count == links->size) {
		links->size = links->size * 2 + 64;
		links->entries = xreallocarray(
		    links->entries, links->size, sizeof(*links->entries));
	}
	entry = &links->entries[links->count++];
	memset(entry, 0, sizeof(*entry));
	entry->line_no = line_no;
	entry->service = ABSENT;
	for (size_t i = 0; i < VALUES; i++) {
		entry->values[i] = ABSENT;
	}
}

static void
take_link(struct feed_entry *entry, struct xml_stream *stream)
{
	const char *href = xml_stream_attr(stream, "href");
	char *text, *rel;
	size_t length;

	if (href == NULL) {
		return;
	}
	text = xstrdup(href);
	length = strlen(text);
	while (length > 1 && text[length - 1] == '/') {
		text[--length] = '\0';
	}
	href = xml_stream_attr(stream, "rel");
	rel = xstrdup(href == NULL ? "" : href);
	if (strcmp(rel, "self") == 0 && entry->self == NULL) {
		entry->self = text;
	} else if (strcmp(rel, "up") == 0 && entry->up == NULL) {
		entry->up = text;
	} else if (strcmp(rel, "related") == 0) {
		entry->related = xreallocarray(entry->related,
		    entry->related_count + 1, sizeof(*entry->related));
		entry->related[entry->related_count++] = text;
	} else {
		free(text);
	}
	free(rel);
}

/* What the content of the entry is. */
static void
take_content(struct feed_entry *entry, const char *name)
{
	static const struct {
		const char *name;
		enum kind kind;
	} kinds[] = {
	    {"UsagePoint", USAGE_POINT},
	    {"MeterReading", METER_READING},
	    {"ReadingType", READING_TYPE},
	    {"IntervalBlock", BLOCK},
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (entry->kind == OTHER && strcmp(name, kinds[i].name) == 0) {
			entry->kind = kinds[i].kind;
		}
	}
}

/* A number as it stands in XML. */
static int64_t
number(const char *text)
{
	char digits[24];
	bool negative;
	int64_t value;
	size_t length;

	text += strspn(text, " \t\r\n");
	negative = text[0] == '-';
	text += negative;
	length = strcspn(text, " \t\r\n");
	if (length >= sizeof(digits) ||
	    text[length + strspn(text + length, " \t\r\n")] != '\0') {
		return NO_NUMBER;
	}
	memcpy(digits, text, length);
	digits[length] = '\0';
	if (!text_number(digits, &value)) {
		return NO_NUMBER;
	}
	return negative ? -value : value;
}

static void
on_begin(struct espilinks *links, struct xml_stream *stream,
    const struct xml_event *event)
{
	struct feed_entry *entry;
	bool atom = strcmp(event->namespace, ATOM_NAMESPACE) == 0;

	if (atom && event->depth == 2 && strcmp(event->name, "entry") == 0) {
		begin_entry(links, event->line_no);
		return;
	}
	if (event->depth < 3 || links->count == 0) {
		return;
	}
	entry = &links->entries[links->count - 1];
	if (event->depth == 3) {
		links->in_content = atom && strcmp(event->name, "content") == 0;
		if (atom && strcmp(event->name, "link") == 0) {
			take_link(entry, stream);
		}
	} else if (event->depth == 4 && links->in_content) {
		take_content(entry, event->name);
	} else if (event->depth == 5) {
		links->in_service = entry->kind == USAGE_POINT &&
				    strcmp(event->name, "ServiceCategory") == 0;
	}
}

static void
on_end(struct espilinks *links, const struct xml_event *event)
{
	struct feed_entry *entry;

	if (links->count == 0) {
		return;
	}
	entry = &links->entries[links->count - 1];
	if (event->depth == 3 && strcmp(event->name, "id") == 0 &&
	    entry->id == NULL) {
		entry->id = xstrdup(event->text);
	}
	if (event->depth == 5 && entry->kind == READING_TYPE) {
		for (size_t i = 0; i < VALUES; i++) {
			if (strcmp(event->name, value_names[i]) == 0) {
				entry->values[i] = number(event->text);
			}
		}
	}
	if (event->depth == 6 && links->in_service &&
	    strcmp(event->name, "kind") == 0) {
		entry->service = number(event->text);
	}
}

/* Linking ------------------------------------------------------------------ */

static void
add_addresses(struct espilinks *links)
{
	for (size_t i = 0; i < links->count; i++) {
		const struct feed_entry *entry = &links->entries[i];

		if (entry->kind == READING_TYPE) {
			add_address(links, READING_TYPE, entry->self, i);
			continue;
		}
		if (entry->kind == USAGE_POINT) {
			add_collection(
			    links, USAGE_POINT, entry->self, "MeterReading", i);
		} else if (entry->kind == METER_READING) {
			add_collection(links, METER_READING, entry->self,
			    "IntervalBlock", i);
		}
		for (size_t j = 0; j < entry->related_count; j++) {
			add_address(links, entry->kind, entry->related[j], i);
		}
	}
}

/* The names by which the point may be known: the id of the UsagePoint's entry,
 * the path of its address, the last part of that. */
static void
name_point(struct espi_reading *reading, const struct feed_entry *point,
    const char *address)
{
	const char *path = strstr(address, "/resource/"), *last;
	size_t length, i;
	char *text;

	if (point != NULL && point->id != NULL &&
	    text_is_id(point->id, strlen(point->id))) {
		memcpy(reading->names[0], point->id, strlen(point->id) + 1);
	}
	text = xstrdup(path == NULL ? address : path + strlen("/resource/"));
	length = strlen(text);
	for (i = 0; i < length; i++) {
		text[i] = text[i] == '/' ? ':' : text[i];
	}
	last = strrchr(text, ':');
	last = last == NULL ? text : last + 1;
	if (text_is_id(text, length)) {
		memcpy(reading->names[1], text, length + 1);
	}
	if (text_is_id(last, strlen(last))) {
		memcpy(reading->names[2], last, strlen(last) + 1);
	}
	free(text);
}

/* Why a MeterReading of that type is not taken, or NULL. */
static const char *
judge_type(const int64_t values[VALUES])
{
	if (values[COMMODITY] > 2) {
		return "not of electricity";
	}
	if (values[UOM] != 72 && values[UOM] != 73) {
		return "neither in Wh nor in varh";
	}
	if (values[BEHAVIOUR] != 4 && values[BEHAVIOUR] != ABSENT) {
		return "not energy of an interval (accumulationBehaviour 4)";
	}
	if (values[QUALIFIER] > 0 && values[QUALIFIER] != 12) {
		return "a mean, a maximum or a minimum (dataQualifier)";
	}
	if (values[DIRECTION] != 1 && values[DIRECTION] != 19) {
		return "neither forward nor reverse (flowDirection 1 or 19)";
	}
	if (values[POWER] != ABSENT &&
	    (values[POWER] < -12 || values[POWER] > 12)) {
		return "powerOfTenMultiplier beyond 12";
	}
	return NULL;
}

static void
take_type(struct espi_reading *reading, const int64_t values[VALUES])
{
	bool import = values[DIRECTION] == 1;

	if (values[UOM] == 72) {
		reading->channel = import ? CHANNEL_IMPORT : CHANNEL_EXPORT;
	} else {
		reading->channel =
		    import ? CHANNEL_IMPORT_REACTIVE : CHANNEL_EXPORT_REACTIVE;
	}
	reading->power = values[POWER] == ABSENT ? -3 : (int)values[POWER] - 3;
	reading->taken = true;
}

static int
blame(struct espilinks *links, const struct feed_entry *entry, const char *what,
    struct qf_error *err)
{
	return faults_add(
	    links->faults, entry->line_no, NULL, err, "espi-link", "%s", what);
}

/* A MeterReading with its UsagePoint and its ReadingType. */
static int
link_reading(
    struct espilinks *links, struct feed_entry *entry, struct qf_error *err)
{
	struct feed_entry *point = find(links, USAGE_POINT, entry->up);
	struct feed_entry *type = NULL;
	const char *why;

	entry->reading.line_no = entry->line_no;
	entry->reading.self = entry->self;
	for (size_t i = 0; i < entry->related_count && type == NULL; i++) {
		type = find(links, READING_TYPE, entry->related[i]);
	}
	if (type == NULL) {
		return blame(links, entry,
		    "a MeterReading without a ReadingType in the file", err);
	}
	if (point == NULL) {
		return blame(links, entry,
		    "a MeterReading without a UsagePoint in the file", err);
	}
	name_point(
	    &entry->reading, point, point->self == NULL ? "" : point->self);
	why = point->service > 0 ? "not of electricity"
				 : judge_type(type->values);
	if (why != NULL) {
		return faults_add(links->notes, entry->line_no, NULL, err,
		    "reading-not-taken", "MeterReading %s is not taken: %s",
		    entry->self == NULL ? "" : entry->self, why);
	}
	take_type(&entry->reading, type->values);
	return 0;
}

static int
link_all(struct espilinks *links, struct qf_error *err)
{
	struct feed_entry *reading;
	size_t blocks = 0, i;

	add_addresses(links);
	for (i = 0; i < links->count; i++) {
		if (links->entries[i].kind == METER_READING &&
		    link_reading(links, &links->entries[i], err) == -1) {
			return -1;
		}
	}
	for (i = 0; i < links->count; i++) {
		struct feed_entry *entry = &links->entries[i];

		if (entry->kind != BLOCK) {
			continue;
		}
		blocks++;
		reading = find(links, METER_READING, entry->up);
		if (reading != NULL) {
			entry->of = &reading->reading;
		} else if (blame(links, entry,
			       "an IntervalBlock without a MeterReading in the "
			       "file",
			       err) == -1) {
			return -1;
		}
	}
	if (blocks > 0) {
		return 0;
	}
	return faults_add(links->faults, 1, NULL, err, "espi-empty",
	    "no IntervalBlock: the file has no readings");
}

int
espilinks_read(struct espilinks **out, int fd, const char *file,
    struct faults *faults, struct faults *notes, struct qf_error *err)
{
	struct espilinks *links = xcalloc(1, sizeof(*links));
	struct xml_stream *stream;
	struct xml_event event;
	int rc;

	*out = NULL;
	links->faults = faults;
	links->notes = notes;
	if (xml_stream_open(&stream, fd, file, err) == -1) {
		espilinks_free(links);
		return -1;
	}
	while ((rc = xml_stream_next(stream, &event, err)) == 1) {
		if (event.begins) {
			on_begin(links, stream, &event);
		} else {
			on_end(links, &event);
		}
	}
	xml_stream_close(stream);
	if (rc == -1 || link_all(links, err) == -1) {
		espilinks_free(links);
		return -1;
	}
	*out = links;
	return 0;
}

void
espilinks_free(struct espilinks *links)
{
	if (links == NULL) {
		return;
	}
	for (size_t i = 0; i < links->count; i++) {
		struct feed_entry *entry = &links->entries[i];

		free(entry->id);
		free(entry->self);
		free(entry->up);
		for (size_t j = 0; j < entry->related_count; j++) {
			free(entry->related[j]);
		}
		free(entry->related);
	}
	free(links->entries);
	tdestroy(links->addresses, free_address);
	free(links);
}

const struct espi_reading *
espilinks_of_entry(const struct espilinks *links, size_t entry)
{
	return entry < links->count ? links->entries[entry].of : NULL;
}
