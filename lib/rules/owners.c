/* owners.c - an owners' tree: read, looked into, freed.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "rules/owners.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "owners.xsd.h"

#define HUNDRED (&(struct dec)DEC_SMALL(100, 0))

static const struct rule_schema schema = {
    .root = "owners",
    .what = "a document of owners",
    .name_space = "urn:qingfen:owners:1",
    .file = "owners.xsd",
    .bytes = owners_xsd,
    .length = sizeof(owners_xsd) - 1,
};

/* What the shares of one parent are together. */
struct beside {
	size_t fixed, delivered, earned, remainders; /* how many of each */
	struct dec sum; /* of the percentages */
	bool open; /* one of them is left open, or at fault */
};

/* By which of its words it is that a share takes; false, with a fault, where
 * it is none, or more than one. */
static bool
read_by(struct tariff_reader *reader, const struct xml_node *node,
    struct owners_share *share)
{
	static const char *const words[] = {
	    "delivered", "earned", "remainder", NULL};
	static const enum owners_by by[] = {
	    OWNERS_DELIVERED, OWNERS_EARNED, OWNERS_REMAINDER};
	int word = tariff_word(reader, node, "by", words, -1);
	bool percent = xml_attr(node, "percent") != NULL;
	bool fixed = xml_attr(node, "fixed") != NULL;

	if (percent + fixed + (xml_attr(node, "by") != NULL) != 1) {
		tariff_fault(reader, node, NULL, "tariff-share",
		    "must say one of percent, fixed and by, and no more");
		return false;
	}
	if (percent || fixed) {
		share->by = percent ? OWNERS_PERCENT : OWNERS_FIXED;
		return true;
	}
	if (word != -1) {
		share->by = by[word];
	}
	return word != -1;
}

static void
read_percent(struct tariff_reader *reader, const struct xml_node *node,
    struct owners_share *share, struct beside *beside)
{
	if (!ruledoc_number(reader, node, "percent", RULEDOC_NOT_NEGATIVE,
		&share->number)) {
		beside->open = true;
	} else if (dec_cmp(&share->number, HUNDRED) > 0) {
		tariff_fault(
		    reader, node, "percent", "tariff-percent", "above 100");
		beside->open = true;
	}
	dec_add(&beside->sum, &beside->sum, &share->number);
}

static void
read_points(struct tariff_reader *reader, const struct xml_node *node,
    struct owners_share *share)
{
	tariff_need(reader, node, "points");
	tariff_ids(reader, node, "points", &share->points, &share->point_count);
}

static int
compare_points(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Of shares beside each other the energy of a point counts for one; those of
 * the parent are among the shares from `first` on. */
static void
check_points(struct tariff_reader *reader, const struct xml_node *node,
    const struct owners_version *version, size_t parent, size_t first)
{
	const char **points = NULL;
	size_t count = 0;

	for (size_t i = first; i < version->share_count; i++) {
		const struct owners_share *share = &version->shares[i];

		for (size_t j = 0;
		     share->parent == parent && j < share->point_count; j++) {
			points = tariff_grow(points, count, sizeof(*points));
			points[count++] = share->points[j];
		}
	}
	if (count > 0) {
		qsort(points, count, sizeof(*points), compare_points);
	}
	for (size_t i = 1; i < count; i++) {
		if (strcmp(points[i - 1], points[i]) == 0) {
			tariff_fault(reader, node, NULL, "tariff-twice",
			    "the energy of %s counts twice among its shares",
			    points[i]);
		}
	}
	free(points);
}

static void
read_number(struct tariff_reader *reader, const struct xml_node *node,
    struct owners_share *share, struct beside *beside)
{
	switch (share->by) {
	case OWNERS_PERCENT:
		read_percent(reader, node, share, beside);
		break;
	case OWNERS_FIXED:
		ruledoc_number(reader, node, "fixed", RULEDOC_NOT_NEGATIVE,
		    &share->number);
		beside->fixed++;
		break;
	case OWNERS_DELIVERED:
		read_points(reader, node, share);
		beside->delivered++;
		break;
	case OWNERS_EARNED:
		read_points(reader, node, share);
		beside->earned++;
		break;
	case OWNERS_REMAINDER:
		if (++beside->remainders == 2) {
			tariff_fault(reader, node, "by", "tariff-share",
			    "another beside it has the remainder already");
		}
		break;
	}
}

/* One share, without those in it; false where no more fit. */
static bool
read_share(struct tariff_reader *reader, const struct xml_node *node,
    struct owners_version *version, size_t parent, struct beside *beside)
{
	struct owners_share *share;

	if (!tariff_fits(
		reader, node, version->share_count, OWNERS_SHARES_MAX)) {
		return false;
	}
	version->shares = tariff_grow(
	    version->shares, version->share_count, sizeof(*version->shares));
	share = &version->shares[version->share_count++];
	share->parent = parent;
	share->line_no = (int)xml_line(node);
	share->is_leaf = xml_first(node, "share") == NULL;
	tariff_id(reader, node, "party", share->party);
	if (share->is_leaf && xml_attr(node, "party") == NULL) {
		tariff_fault(reader, node, "party", "tariff-missing",
		    "nobody is behind it: it must say who it is");
	}
	if (!read_by(reader, node, share)) {
		beside->open = true;
		return true;
	}
	read_number(reader, node, share, beside);
	if (share->by != OWNERS_DELIVERED && share->by != OWNERS_EARNED) {
		ruledoc_idle(reader, node, "points",
		    "only by=\"delivered\" and by=\"earned\" go by energy");
	}
	return true;
}

/* All of the parent's amount must go to somebody, and no more than it. */
static void
check_beside(struct tariff_reader *reader, const struct xml_node *node,
    const struct beside *beside)
{
	bool rest = beside->remainders + beside->delivered + beside->earned > 0;
	int whole = dec_cmp(&beside->sum, HUNDRED);
	char sum[DEC_TEXT_MAX];

	if (beside->delivered > 0 && beside->earned > 0) {
		tariff_fault(reader, node, NULL, "tariff-share",
		    "of its shares some are delivered and others earned");
	}
	if (beside->open) {
		return;
	}
	dec_format(&beside->sum, sum, sizeof(sum));
	if (whole > 0) {
		tariff_fault(reader, node, NULL, "tariff-percent",
		    "the percents of its shares add up to %s", sum);
	} else if (beside->fixed > 0 && !rest) {
		tariff_fault(reader, node, NULL, "tariff-share",
		    "of its shares one must take the remainder, since "
		    "another is fixed");
	} else if (whole < 0 && !rest) {
		tariff_fault(reader, node, NULL, "tariff-percent",
		    "the percents of its shares add up to %s, and none of "
		    "them takes the remainder",
		    sum);
	}
}

/* The shares in an element, those in them after each, so that a parent comes
 * before its parts.  No deeper than the reader of XML goes. */
static void
read_shares(struct tariff_reader *reader, const struct xml_node *node,
    struct owners_version *version, size_t parent, int depth)
{
	struct beside beside = {0};
	const struct xml_node *n = xml_first(node, "share");
	size_t first = version->share_count;

	if (n != NULL && depth > OWNERS_DEPTH_MAX) {
		tariff_fault(reader, n, NULL, "tariff-too-many",
		    "more than %d shares in each other", OWNERS_DEPTH_MAX);
		return;
	}
	for (; n != NULL; n = xml_next(n, "share")) {
		size_t own = version->share_count;

		if (!read_share(reader, n, version, parent, &beside)) {
			beside.open = true;
			break;
		}
		read_shares(reader, n, version, own, depth + 1);
	}
	if (xml_first(node, "share") != NULL) {
		check_beside(reader, node, &beside);
		check_points(reader, node, version, parent, first);
	}
	dec_release(&beside.sum);
}

static struct ruledoc_version *
read_version(
    struct tariff_reader *reader, const struct xml_node *node, void *context)
{
	static const char *const negatives[] = {"keep", "zero", "steps", NULL};
	struct owners *owners = context;
	struct owners_version *version;
	int negative;

	owners->versions = tariff_grow(
	    owners->versions, owners->version_count, sizeof(*owners->versions));
	version = &owners->versions[owners->version_count++];
	reader->blanks = 0;
	tariff_need(reader, node, "party");
	tariff_id(reader, node, "party", version->party);
	negative = tariff_word(reader, node, "negative", negatives, 0);
	version->negative_zero = negative != 0;
	version->negative_steps = negative == 2;
	if (xml_first(node, "share") == NULL) {
		tariff_fault(reader, node, NULL, "tariff-missing",
		    "must have a share element");
	}
	read_shares(reader, node, version, OWNERS_ROOT, 1);
	version->is_template = ruledoc_template(reader, node);
	return &version->common;
}

static struct owners *
load(struct tariff_faults *faults, const char *text, size_t length,
    const char *file)
{
	struct owners *owners = xcalloc(1, sizeof(*owners));

	ruledoc_read(faults, &schema, text, length, file, &owners->head,
	    read_version, owners);
	return owners;
}

int
owners_load(struct owners **out, const char *text, size_t length,
    const char *file, struct qf_error *err)
{
	struct tariff_faults faults = {0};

	*out = load(&faults, text, length, file);
	if (ruledoc_judge(&faults, err) == -1) {
		owners_free(*out);
		*out = NULL;
		return -1;
	}
	return 0;
}

void
owners_faults(struct tariff_faults *out, const char *text, size_t length,
    const char *file)
{
	*out = (struct tariff_faults){0};
	owners_free(load(out, text, length, file));
}

static void
release_share(struct owners_share *share)
{
	for (size_t i = 0; i < share->point_count; i++) {
		free(share->points[i]);
	}
	free(share->points);
	dec_release(&share->number);
}

void
owners_free(struct owners *owners)
{
	if (owners == NULL) {
		return;
	}
	for (size_t i = 0; i < owners->version_count; i++) {
		struct owners_version *version = &owners->versions[i];

		for (size_t j = 0; j < version->share_count; j++) {
			release_share(&version->shares[j]);
		}
		free(version->shares);
	}
	free(owners->versions);
	free(owners);
}

const struct owners_version *
owners_at(const struct owners *owners, int32_t day)
{
	return ruledoc_at(owners->versions, owners->version_count,
	    sizeof(*owners->versions), day);
}
