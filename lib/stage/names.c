/* names.c - what codes and parties are called.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/names.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/status.h"
#include "base/xml.h"
#include "format/csv.h"
#include "ledger/registry.h"
#include "ledger/sources.h"
#include "model/fact.h"
#include "rules/tariff.h"

#define MEMO_SIZE 256 /* parties of the registry, remembered */

struct party_name {
	char *party, *name;
};

struct names {
	struct ledger *ledger;
	int64_t asof;
	struct statement_name *names; /* by code */
	size_t count;
	struct statement_rule *rules;
	int64_t *rule_entries;
	size_t rule_count;
	struct party_name *persons; /* of the identity file, by party */
	size_t person_count, person_capacity;
	struct fact_cursor *parties;
	struct party_name memo[MEMO_SIZE]; /* by hash of the party */
};

static char *
text_or_null(const char *text)
{
	return text[0] == '\0' ? NULL : xstrdup(text);
}

/* Puts a label in its place, unless the code has one. */
static void
add_label(struct names *names, const struct tariff_label *label)
{
	size_t i = 0;

	while (
	    i < names->count && strcmp(names->names[i].code, label->code) < 0) {
		i++;
	}
	if (i < names->count &&
	    strcmp(names->names[i].code, label->code) == 0) {
		return;
	}
	names->names = xreallocarray(
	    names->names, names->count + 1, sizeof(*names->names));
	memmove(&names->names[i + 1], &names->names[i],
	    (names->count - i) * sizeof(*names->names));
	names->count++;
	names->names[i].code = xstrdup(label->code);
	names->names[i].zh = text_or_null(label->zh);
	names->names[i].en = text_or_null(label->en);
}

static int
add_tariff(
    struct names *names, const struct source *source, struct qf_error *err)
{
	struct tariff *tariff;

	if (tariff_load(&tariff, source->text, strlen(source->text),
		source->name, err) == -1) {
		return -1;
	}
	for (size_t i = 0; i < tariff->label_count; i++) {
		add_label(names, &tariff->labels[i]);
	}
	tariff_free(tariff);
	return 0;
}

static void
add_rule(struct names *names, const struct source *source)
{
	struct statement_rule *rule;

	names->rules = xreallocarray(
	    names->rules, names->rule_count + 1, sizeof(*names->rules));
	names->rule_entries = xreallocarray(names->rule_entries,
	    names->rule_count + 1, sizeof(*names->rule_entries));
	names->rule_entries[names->rule_count] = source->entry;
	rule = &names->rules[names->rule_count++];
	rule->kind = xstrdup(source->kind);
	rule->rule = xstrdup(source->name);
	rule->sha256 = xstrdup(source->sha256);
}

int
names_load(struct names **out, struct ledger *ledger, int64_t asof,
    struct qf_error *err)
{
	struct names *names = xcalloc(1, sizeof(*names));
	struct source_cursor *cursor = NULL;
	struct source source;
	int rc;

	*out = NULL;
	names->ledger = ledger;
	names->asof = asof;
	rc = sources_open_rules(&cursor, ledger, asof, err);
	while (rc == 0 && (rc = sources_next(cursor, &source, err)) == 1) {
		add_rule(names, &source);
		rc = strcmp(source.kind, "tariff") == 0
			 ? add_tariff(names, &source, err)
			 : 0;
	}
	sources_close(cursor);
	if (rc == -1) {
		names_free(names);
		return -1;
	}
	*out = names;
	return 0;
}

void
names_free(struct names *names)
{
	if (names == NULL) {
		return;
	}
	for (size_t i = 0; i < names->count; i++) {
		free((char *)names->names[i].code);
		free((char *)names->names[i].zh);
		free((char *)names->names[i].en);
	}
	for (size_t i = 0; i < names->rule_count; i++) {
		free((char *)names->rules[i].kind);
		free((char *)names->rules[i].rule);
		free((char *)names->rules[i].sha256);
	}
	for (size_t i = 0; i < names->person_count; i++) {
		free(names->persons[i].party);
		free(names->persons[i].name);
	}
	for (size_t i = 0; i < MEMO_SIZE; i++) {
		free(names->memo[i].party);
		free(names->memo[i].name);
	}
	facts_close(names->parties);
	free(names->names);
	free(names->rules);
	free(names->rule_entries);
	free(names->persons);
	free(names);
}

/* The identity file ------------------------------------------------------- */

static int
by_party(const void *a, const void *b)
{
	const struct party_name *x = a, *y = b;

	return strcmp(x->party, y->party);
}

static void
add_person(struct names *names, const struct csv_row *row)
{
	if (names->person_count == names->person_capacity) {
		names->person_capacity = 2 * names->person_capacity + 64;
		names->persons = xreallocarray(names->persons,
		    names->person_capacity, sizeof(*names->persons));
	}
	names->persons[names->person_count].party =
	    xstrdup(row->fields[0].text);
	names->persons[names->person_count++].name =
	    xstrdup(row->fields[1].text);
}

static int
read_identity(
    struct names *names, int fd, const char *path, struct qf_error *err)
{
	static const char *const columns[] = {
	    "party", "name", "vehicle", "plate", "vin", "contact"};
	struct csv_config config = {0};
	struct csv_reader *reader;
	struct csv_row row;
	int rc;

	if (csv_open(&reader, fd, path, &config, err) == -1) {
		return -1;
	}
	rc = csv_expect_header(
	    reader, columns, sizeof(columns) / sizeof(columns[0]), err);
	while (rc == 0 && (rc = csv_next(reader, &row, err)) == 1) {
		rc = 0;
		if (row.fault != NULL) {
			*err = *row.fault;
			rc = -1;
		} else {
			add_person(names, &row);
		}
	}
	csv_close(reader);
	return rc;
}

int
names_load_identity(struct names *names, const char *path, struct qf_error *err)
{
	int fd = xml_open(path, err);
	int rc;

	if (fd == -1) {
		return -1;
	}
	rc = read_identity(names, fd, path, err);
	close(fd);
	if (rc == -1) {
		return -1;
	}
	if (names->person_count > 0) {
		qsort(names->persons, names->person_count,
		    sizeof(*names->persons), by_party);
	}
	for (size_t i = 1; i < names->person_count; i++) {
		if (by_party(&names->persons[i - 1], &names->persons[i]) == 0) {
			return qf_fail(err, QF_DATA, "identity-repeated",
			    "%s: party %s has two rows", path,
			    names->persons[i].party);
		}
	}
	return 0;
}

/* Looking up --------------------------------------------------------------- */

struct statement_name
names_of(const struct names *names, const char *code)
{
	size_t low = 0, high = names->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(names->names[middle].code, code);

		if (order == 0) {
			return names->names[middle];
		}
		if (order < 0) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return (struct statement_name){.code = code};
}

/* The registry's name of a party into its place in the memo. */
static int
look_up(struct names *names, struct party_name *place, const char *party,
    struct qf_error *err)
{
	struct fact fact;
	int64_t entry;
	int rc;

	free(place->party);
	free(place->name);
	place->party = xstrdup(party);
	place->name = NULL;
	if (facts_lookup(&names->parties, names->ledger, LOOKUP_PARTY,
		names->asof, party, 0, 0, err) == -1) {
		return -1;
	}
	while ((rc = facts_next(names->parties, &fact, &entry, err)) == 1) {
		const struct fact_value *zh =
		    &fact.values[fact_column(fact.format, "name_zh")];
		const struct fact_value *en =
		    &fact.values[fact_column(fact.format, "name_en")];
		const struct fact_value *name =
		    zh->is == FACT_IS_TEXT ? zh : en;

		if (name->is == FACT_IS_TEXT) {
			free(place->name);
			place->name = xstrdup(name->text);
		}
	}
	return rc;
}

int
names_of_party(struct names *names, const char *party, const char **name,
    struct qf_error *err)
{
	struct party_name key = {.party = (char *)party};
	struct party_name *found = NULL;
	size_t hash = 5381;

	if (names->person_count > 0) {
		found = bsearch(&key, names->persons, names->person_count,
		    sizeof(key), by_party);
	}
	if (found == NULL) {
		for (const char *p = party; *p != '\0'; p++) {
			hash = hash * 33 + (unsigned char)*p;
		}
		found = &names->memo[hash % MEMO_SIZE];
		if ((found->party == NULL ||
			strcmp(found->party, party) != 0) &&
		    look_up(names, found, party, err) == -1) {
			return -1;
		}
	}
	*name = found->name;
	return 0;
}

const struct statement_name *
names_all(const struct names *names, size_t *count)
{
	*count = names->count;
	return names->names;
}

const struct statement_rule *
names_rules(const struct names *names, size_t *count)
{
	*count = names->rule_count;
	return names->rules;
}

const struct statement_rule *
names_rule_of(const struct names *names, int64_t entry)
{
	for (size_t i = 0; i < names->rule_count; i++) {
		if (names->rule_entries[i] == entry) {
			return &names->rules[i];
		}
	}
	return NULL;
}
