/* rule.c - a rule document into the ledger.
 *
 * Only one that could be run is taken: its schema holds, and so does all that
 * a schema cannot say.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/xml.h"
#include "base/zone.h"
#include "ledger/db.h"
#include "ledger/entry.h"
#include "ledger/facts.h"
#include "ledger/registry.h"
#include "rules/estimation.h"
#include "rules/market.h"
#include "rules/ocpi_rule.h"
#include "rules/owners.h"
#include "rules/programme.h"
#include "rules/tariff.h"
#include "rules/thresholds.h"
#include "stage/intake/intake.h"

#define DAYS_MAX 200 /* first days of versions, as many as documents have */

/* What is wanted of a document of whatever kind. */
struct head {
	char id[ID_MAX + 1];
	char zone[ID_MAX + 1]; /* "" not said */
	char currency[4]; /* likewise */
	int32_t days[DAYS_MAX]; /* on which its versions begin */
	size_t day_count;
};

static int
tariff_head(struct head *out, const char *text, size_t length, const char *file,
    struct qf_error *err)
{
	struct tariff *tariff;

	if (tariff_load(&tariff, text, length, file, err) == -1) {
		return -1;
	}
	memcpy(out->id, tariff->id, sizeof(out->id));
	memcpy(out->zone, tariff->zone, sizeof(out->zone));
	for (size_t i = 0; i < tariff->version_count && i < DAYS_MAX; i++) {
		out->days[out->day_count++] = tariff->versions[i].from_day;
	}
	tariff_free(tariff);
	return 0;
}

/* Of documents other than tariffs, whose versions begin with what is the same
 * of all. */
static void
take_head(struct head *out, const struct ruledoc_head *head,
    const void *versions, size_t count, size_t size)
{
	memcpy(out->id, head->id, sizeof(out->id));
	memcpy(out->zone, head->zone, sizeof(out->zone));
	for (size_t i = 0; i < count && i < DAYS_MAX; i++) {
		const char *version = (const char *)versions + i * size;

		out->days[out->day_count++] =
		    ((const struct ruledoc_version *)(const void *)version)
			->from_day;
	}
}

/* estimation_head(), and so on. */
#define HEAD_OF(kind, type)                                                  \
	static int kind##_head(struct head *out, const char *text,           \
	    size_t length, const char *file, struct qf_error *err)           \
	{                                                                    \
		struct type *document;                                       \
                                                                             \
		if (kind##_load(&document, text, length, file, err) == -1) { \
			return -1;                                           \
		}                                                            \
		take_head(out, &document->head, document->versions,          \
		    document->version_count, sizeof(*document->versions));   \
		kind##_free(document);                                       \
		return 0;                                                    \
	}
HEAD_OF(estimation, estimation)
HEAD_OF(thresholds, thresholds)
HEAD_OF(market, market_document)
HEAD_OF(programme, programme)
HEAD_OF(owners, owners)

static int
ocpi_head(struct head *out, const char *text, size_t length, const char *file,
    struct qf_error *err)
{
	struct ocpi_rule *rule;

	if (ocpi_rule_load(&rule, text, length, file, err) == -1) {
		return -1;
	}
	memcpy(out->id, rule->tariff->id, sizeof(out->id));
	memcpy(
	    out->currency, rule->ocpi.list[0].currency, sizeof(out->currency));
	ocpi_rule_free(rule);
	return 0;
}

/* The kinds of documents, by their root element, which rule.kind has too. */
struct kind {
	const char *name;
	void (*faults)(struct tariff_faults *out, const char *text,
	    size_t length, const char *file);
	int (*head)(struct head *out, const char *text, size_t length,
	    const char *file, struct qf_error *err);
};
static const struct kind kinds[] = {
    {"tariff", tariff_check, tariff_head}, /* also what is no document */
    {"estimation", estimation_faults, estimation_head},
    {"thresholds", thresholds_faults, thresholds_head},
    {"market", market_faults, market_head},
    {"programme", programme_faults, programme_head},
    {"owners", owners_faults, owners_head},
    {OCPI_RULE_KIND, ocpi_rule_check, ocpi_head}, /* of JSON */
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

/* Of XML, all but the last: the one that the root names or, misspelt, nearly
 * does, so that it is said of that one what its root must be. */
static const struct kind *
kind_of_root(const char *root)
{
	const char *names[KINDS - 1], *nearest;

	for (size_t i = 0; i < KINDS - 1; i++) {
		names[i] = kinds[i].name;
	}
	nearest = text_nearest(root, names, KINDS - 1);
	for (size_t i = 0; nearest != NULL && i < KINDS - 1; i++) {
		if (names[i] == nearest) {
			return &kinds[i];
		}
	}
	return &kinds[0];
}

static const struct kind *
kind_of(const char *text, size_t length, const char *file)
{
	const struct kind *found;
	struct xml_doc *doc;

	if (jsonread_is_json(text, length)) {
		return &kinds[KINDS - 1];
	}
	if (xml_load_bytes(&doc, text, length, file, NULL, NULL) == -1) {
		return &kinds[0];
	}
	found = kind_of_root(xml_name(xml_root(doc)));
	xml_free(doc);
	return found;
}

/* Reads the whole document; *text is the caller's to free, with a NUL. */
static int
read_text(const struct passage *passage, char **text, struct qf_error *err)
{
	size_t length = (size_t)passage->operand->file->bytes, done = 0;
	ssize_t n;

	*text = NULL;
	if (passage->operand->file->bytes > (int64_t)XML_SIZE_MAX) {
		return qf_fail(err, QF_DATA, "xml-size",
		    "%s: more than %u bytes", passage->operand->name,
		    XML_SIZE_MAX);
	}
	*text = xmalloc(length + 1);
	while (done < length) {
		n = read(passage->fd, *text + done, length - done);
		if (n == -1 && errno == EINTR) {
			continue;
		}
		if (n <= 0) {
			free(*text);
			*text = NULL;
			return qf_fail(err, QF_IO, "read-failed", "%s: %s",
			    passage->operand->name,
			    n == 0 ? "shrank" : strerror(errno));
		}
		done += (size_t)n;
	}
	(*text)[length] = '\0';
	return 0;
}

/* Says everything that is wrong with the document; the first is *err. */
static int
check(struct passage *passage, const struct kind *kind, const char *text,
    struct qf_error *err)
{
	const struct ingest_options *options = passage->intake->options;
	struct ingest_file *file = passage->operand->file;
	struct tariff_faults faults;
	size_t i;

	kind->faults(
	    &faults, text, (size_t)file->bytes, passage->operand->name);
	file->faults = (int64_t)faults.count;
	for (i = 1; i < faults.count; i++) {
		options->say(options->context, &faults.list[i - 1]);
	}
	/* The caller says the last one, as that of the file. */
	if (faults.count > 0) {
		*err = faults.list[faults.count - 1];
		err->status = QF_DATA;
	}
	tariff_faults_free(&faults);
	return file->faults > 0 ? -1 : 0;
}

/* Hours are meant in the document's zone, if it names one: the ledger's must
 * show the same time, in summer and in winter. */
static int
check_zone(const struct passage *passage, const struct kind *kind,
    const struct head *head, struct qf_error *err)
{
	const struct zone *own = passage->intake->zone;
	struct zone *meant;
	bool same = true;

	if (head->zone[0] == '\0' || strcmp(head->zone, zone_name(own)) == 0) {
		return 0;
	}
	if (zone_load(&meant, head->zone, err) == -1) {
		return qf_fail_prefix(err, "%s", passage->operand->name);
	}
	for (size_t i = 0; i < head->day_count; i++) {
		int32_t day = head->days[i];
		int64_t first = zone_day_start(own, day);
		int64_t later = zone_day_start(own, day + 182);

		same &= zone_offset(own, first) == zone_offset(meant, first) &&
			zone_offset(own, later) == zone_offset(meant, later);
	}
	zone_free(meant);
	if (!same) {
		return qf_fail(err, QF_DATA, "rule-zone",
		    "%s: %s %s is meant in %s, but the ledger is in %s",
		    passage->operand->name, kind->name, head->id, head->zone,
		    zone_name(own));
	}
	return 0;
}

/* Prices are in the currency of the document, if it names one; and an id is
 * of one kind of tariff, or a contract would not know which. */
static int
check_currency(const struct passage *passage, const struct kind *kind,
    const struct head *head, struct qf_error *err)
{
	struct ledger *ledger = passage->intake->ledger;
	const char *other = NULL;
	char file[256], *text = NULL;
	int64_t last, entry;
	int rc;

	if (head->currency[0] != '\0' &&
	    strcmp(head->currency, ledger_market(ledger)->currency) != 0) {
		return qf_fail(err, QF_DATA, "rule-currency",
		    "%s: %s %s is in %s, but the ledger is in %s",
		    passage->operand->name, kind->name, head->id,
		    head->currency, ledger_market(ledger)->currency);
	}
	if (strcmp(kind->name, OCPI_RULE_KIND) == 0) {
		other = kinds[0].name;
	} else if (kind == &kinds[0]) {
		other = OCPI_RULE_KIND;
	} else {
		return 0;
	}
	if (entry_last(ledger, &last, err) == -1) {
		return -1;
	}
	rc =
	    rules_find(ledger, last, other, head->id, &text, file, &entry, err);
	free(text);
	return rc != 1 ? rc
		       : qf_fail(err, QF_DATA, "rule-kind",
			     "%s: %s stands as %s since rule:%lld (%s)",
			     passage->operand->name, head->id, other,
			     (long long)entry, file);
}

/* A document of this id that holds now: 1 if it has the same text, with its
 * handle; -1 if it has another one and nobody said that this corrects it. */
static int
compare(struct passage *passage, const struct kind *kind, const char *id,
    const char *text, struct qf_error *err)
{
	struct ledger *ledger = passage->intake->ledger;
	struct ingest_file *file = passage->operand->file;
	char *known, known_file[256];
	int64_t last, entry;
	int rc;

	if (entry_last(ledger, &last, err) == -1) {
		return -1;
	}
	rc = rules_find(
	    ledger, last, kind->name, id, &known, known_file, &entry, err);
	if (rc != 1) {
		return rc;
	}
	if (strcmp(known, text) == 0) {
		file->state = INGEST_KNOWN;
		file->handle =
		    (struct handle){.kind = ENTRY_RULE, .entry = entry};
		rc = entry_resolve(ledger, &file->handle, err) == -1 ? -1 : 1;
	} else if (passage->intake->options->correct == NULL) {
		rc = qf_fail(err, QF_DATA, "rule-conflict",
		    "%s: %s %s stands with other content since rule:%lld "
		    "(%s); to change it say --correct REASON",
		    passage->operand->name, kind->name, id, (long long)entry,
		    known_file);
	} else {
		rc = 0;
	}
	free(known);
	return rc;
}

static int
append(struct passage *passage, const struct kind *kind, const char *id,
    const char *text, struct qf_error *err)
{
	const struct ingest_options *options = passage->intake->options;
	struct operand *operand = passage->operand;
	int rc = -1;

	if (entry_begin(&passage->entry, passage->intake->ledger, ENTRY_RULE,
		options->recorded_utc, err) == -1) {
		return -1;
	}
	if (options->correct != NULL) {
		entry_note(passage->entry, "reason", "%s", options->correct);
	}
	if (facts_append_rule(passage->entry, kind->name, id, operand->basename,
		operand->file->sha256, text, err) == 0) {
		rc = entry_finish(passage->entry, &operand->file->handle, err);
		passage->entry = NULL;
	}
	entry_abandon(passage->entry);
	passage->entry = NULL;
	return rc;
}

int
intake_rule(struct passage *passage, struct qf_error *err)
{
	size_t length = (size_t)passage->operand->file->bytes;
	struct head head = {0};
	const struct kind *kind;
	char *text;
	int rc = -1;

	assert(passage->operand->kind.format == SNIFF_RULE);
	if (read_text(passage, &text, err) == -1) {
		return -1;
	}
	kind = kind_of(text, length, passage->operand->name);
	if (check(passage, kind, text, err) == -1 ||
	    kind->head(&head, text, length, passage->operand->name, err) ==
		-1 ||
	    check_zone(passage, kind, &head, err) == -1 ||
	    check_currency(passage, kind, &head, err) == -1) {
		goto out;
	}
	rc = compare(passage, kind, head.id, text, err);
	if (rc == 0) {
		rc = append(passage, kind, head.id, text, err);
	} else if (rc == 1) {
		rc = 0;
	}
	passage->operand->file->facts = rc == 0;
out:
	free(text);
	return rc;
}
