/* owners_test.c - documents of owners.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "rules/owners.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "base/civil.h"

#define OWNERS(version, body)                                                \
	"<owners xmlns='urn:qingfen:owners:1' id='o'>"                       \
	"<version from='2025-01-01' source='s' party='vpp'" version ">" body \
	"</version></owners>"
#define REMAINDER "<share party='z' by='remainder'/>"

static int32_t
day_of(const char *text)
{
	int32_t day;
	struct qf_error err;

	cr_assert_eq(civil_parse_day(text, strlen(text), &day, &err), 0);
	return day;
}

static struct owners *
load(const char *text)
{
	struct owners *owners;
	struct qf_error err;

	cr_assert_eq(owners_load(&owners, text, strlen(text), "o.xml", &err), 0,
	    "%s", err.text);
	return owners;
}

Test(owners, reads_a_tree_a_parent_before_its_parts)
{
	struct owners *owners = load(OWNERS(" negative='zero'",
	    "<share percent='80.5'>"
	    "<share party='a' by='delivered' points='p1 p2'/>"
	    "<share by='delivered' points='p3'>"
	    "<share party='b' percent='50'/><share party='c' percent='50'/>"
	    "</share></share>"
	    "<share party='d' fixed='12.50'/>" REMAINDER));
	static const struct {
		size_t parent;
		const char *party, *number;
		enum owners_by by;
		size_t points;
		bool is_leaf;
	} expected[] = {
	    {OWNERS_ROOT, "", "80.5", OWNERS_PERCENT, 0, false},
	    {0, "a", "0", OWNERS_DELIVERED, 2, true},
	    {0, "", "0", OWNERS_DELIVERED, 1, false},
	    {2, "b", "50", OWNERS_PERCENT, 0, true},
	    {2, "c", "50", OWNERS_PERCENT, 0, true},
	    {OWNERS_ROOT, "d", "12.50", OWNERS_FIXED, 0, true},
	    {OWNERS_ROOT, "z", "0", OWNERS_REMAINDER, 0, true},
	};
	const struct owners_version *version = &owners->versions[0];

	cr_expect_str_eq(version->party, "vpp");
	cr_expect(version->negative_zero);
	cr_expect_not(version->is_template);
	cr_assert_eq(
	    version->share_count, sizeof(expected) / sizeof(expected[0]));
	for (size_t i = 0; i < version->share_count; i++) {
		const struct owners_share *share = &version->shares[i];
		char number[DEC_TEXT_MAX];

		dec_format(&share->number, number, sizeof(number));
		cr_expect_eq(share->parent, expected[i].parent, "%zu", i);
		cr_expect_str_eq(share->party, expected[i].party, "%zu", i);
		cr_expect_str_eq(number, expected[i].number, "%zu", i);
		cr_expect_eq(share->by, expected[i].by, "%zu", i);
		cr_expect_eq(share->point_count, expected[i].points, "%zu", i);
		cr_expect_eq(share->is_leaf, expected[i].is_leaf, "%zu", i);
	}
	cr_expect_str_eq(version->shares[1].points[1], "p2");
	owners_free(owners);
}

Test(owners, takes_what_leaves_nothing_over)
{
	static const char *const texts[] = {
	    OWNERS("", REMAINDER),
	    OWNERS("", "<share party='a' percent='33.3'/>"
		       "<share party='b' percent='66.7'/>"),
	    OWNERS("", "<share party='a' percent='100'/>" REMAINDER),
	    OWNERS("", "<share party='a' fixed='1'/>"
		       "<share party='b' by='delivered' points='p'/>"),
	    OWNERS("", "<share party='a' by='earned' points='p'/>"
		       "<share party='b' by='earned' points='q'/>" REMAINDER),
	    /* Of different amounts a point may count each time. */
	    OWNERS("", "<share percent='50'>"
		       "<share party='a' by='delivered' points='p'/></share>"
		       "<share percent='50'>"
		       "<share party='b' by='delivered' points='p'/></share>"),
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct owners *owners = load(texts[i]);

		cr_expect_not(owners->versions[0].negative_zero, "%zu", i);
		owners_free(owners);
	}
}

Test(owners, holds_from_its_day_to_its_end)
{
	struct owners *owners =
	    load("<owners xmlns='urn:qingfen:owners:1' id='o'>"
		 "<version from='2025-01-01' source='s' party='a'>" REMAINDER
		 "</version><version from='2025-07-01' to='2025-09-01'"
		 " source='s' party='b'>" REMAINDER "</version></owners>");

	cr_expect_null(owners_at(owners, day_of("2024-12-31")));
	cr_expect_str_eq(owners_at(owners, day_of("2025-06-30"))->party, "a");
	cr_expect_str_eq(owners_at(owners, day_of("2025-07-01"))->party, "b");
	cr_expect_null(owners_at(owners, day_of("2025-09-01")));
	owners_free(owners);
}

static const struct {
	const char *text, *code, *says;
} wrong[] = {
    {OWNERS("", ""), "rule-missing", "share element"},
    {"<owners xmlns='urn:qingfen:owners:1' id='o'>"
     "<version from='2025-01-01' source='s'>" REMAINDER "</version></owners>",
	"rule-missing", "party"},
    {OWNERS(" negative='null'", REMAINDER), "rule-word", "keep"},
    {OWNERS("", "<shar party='a' by='remainder'/>"), "rule-unknown", "share"},
    {OWNERS("", "<share by='remainder'/>"), "rule-missing", "nobody is behind"},
    {OWNERS("", "<share party='a b' by='remainder'/>"), "rule-id",
	"identifier"},
    {OWNERS("", "<share party='a'/>" REMAINDER), "rule-share", "must say one"},
    {OWNERS("", "<share party='a' percent='1' fixed='1'/>" REMAINDER),
	"rule-share", "must say one"},
    {OWNERS("", "<share party='a' percent='1' by='remainder'/>" REMAINDER),
	"rule-share", "must say one"},
    {OWNERS("", "<share party='a' by='delivery' points='p'/>" REMAINDER),
	"rule-word", "delivered"},
    {OWNERS("", REMAINDER REMAINDER), "rule-share", "remainder already"},
    {OWNERS("", "<share party='a' percent='60'/>"
		"<share party='b' percent='39.9'/>"),
	"rule-percent", "add up to 99.9"},
    {OWNERS("", "<share party='a' percent='60'/>"
		"<share party='b' percent='40.1'/>" REMAINDER),
	"rule-percent", "add up to 100.1"},
    {OWNERS("", "<share party='a' percent='101'/>" REMAINDER), "rule-percent",
	"above 100"},
    {OWNERS("", "<share party='a' percent='-1'/>" REMAINDER), "rule-number",
	"negative"},
    {OWNERS("", "<share percent='50'><share party='a' percent='90'/>"
		"</share>" REMAINDER),
	"rule-percent", "add up to 90"},
    {OWNERS("", "<share party='a' fixed='1'/>"), "rule-share",
	"one must take the remainder"},
    {OWNERS("", "<share party='a' fixed='-1'/>" REMAINDER), "rule-number",
	"negative"},
    {OWNERS("", "<share party='a' by='delivered'/>" REMAINDER), "rule-missing",
	"points"},
    {OWNERS("", "<share party='a' by='delivered' points=''/>" REMAINDER),
	"rule-id", "empty"},
    {OWNERS("", "<share party='a' by='delivered' points='p q p'/>" REMAINDER),
	"rule-twice", "energy of p"},
    {OWNERS("", "<share party='a' by='earned' points='p'/>"
		"<share party='b' by='earned' points='q p'/>"),
	"rule-twice", "energy of p"},
    {OWNERS("", "<share party='a' by='earned' points='p'/>"
		"<share party='b' by='delivered' points='q'/>"),
	"rule-share", "others earned"},
    {OWNERS("", "<share party='a' percent='10' points='p'/>" REMAINDER),
	"rule-idle", "by energy"},
    {OWNERS("", "<share party='a' percent=''/>" REMAINDER), "rule-template",
	"fill it in"},
    {OWNERS(" template='yes'", REMAINDER), "rule-template",
	"take template away"},
    {"<owner xmlns='urn:qingfen:owners:1' id='o'/>", "rule-root", "owners"},
    {"<owners", "xml-syntax", ""},
};

Test(owners, says_what_is_wrong_with_a_document)
{
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct owners *owners;
		struct qf_error err = {0};

		cr_expect_eq(owners_load(&owners, wrong[i].text,
				 strlen(wrong[i].text), "o.xml", &err),
		    -1, "case %zu", i);
		cr_expect_str_eq(
		    err.code, wrong[i].code, "case %zu: %s", i, err.text);
		cr_expect_not_null(strstr(err.text, wrong[i].says),
		    "case %zu: %s", i, err.text);
		cr_expect_eq(err.status, QF_CONFIG, "case %zu", i);
		cr_expect_null(owners);
	}
}

Test(owners, lists_every_fault)
{
	static const char text[] = OWNERS(" negative='x'",
	    "<share percent='60'><share party='a' percent='20'/></share>"
	    "<share percent='50' points='p'/>");
	static const char *const codes[] = {"rule-word", "rule-percent",
	    "rule-missing", "rule-idle", "rule-percent"};
	struct tariff_faults faults;

	owners_faults(&faults, text, sizeof(text) - 1, "o.xml");
	cr_assert_eq(faults.count, sizeof(codes) / sizeof(codes[0]));
	for (size_t i = 0; i < faults.count; i++) {
		cr_expect_str_eq(faults.list[i].code, codes[i], "%zu: %s", i,
		    faults.list[i].text);
	}
	tariff_faults_free(&faults);
}

/* Percents of a template are added up once all are filled in. */
Test(owners, leaves_numbers_of_templates_open)
{
	struct owners *owners = load(OWNERS(" template='yes'",
	    "<share party='a' percent=''/><share party='b' percent='20'/>"));

	cr_expect(owners->versions[0].is_template);
	cr_expect_eq(owners->versions[0].share_count, 2);
	owners_free(owners);
}

/* A tree that is one share in another, and one that is very wide. */
Test(owners, ends_where_there_are_too_many_shares)
{
	static const struct {
		int deep, wide;
		bool sound;
	} cases[] = {
	    {OWNERS_DEPTH_MAX, 1, true},
	    {OWNERS_DEPTH_MAX + 1, 1, false},
	    {1, OWNERS_SHARES_MAX, true},
	    {1, OWNERS_SHARES_MAX + 1, false},
	};
	static char text[OWNERS_SHARES_MAX * 64 + 4096];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct owners *owners;
		struct qf_error err = {0};
		size_t used = (size_t)snprintf(text, sizeof(text), "%s",
		    "<owners xmlns='urn:qingfen:owners:1' id='o'>"
		    "<version from='2025-01-01' source='s' party='vpp'>");

		for (int d = 1; d < cases[i].deep; d++) {
			used += (size_t)snprintf(text + used,
			    sizeof(text) - used, "<share percent='100'>");
		}
		for (int w = 1; w < cases[i].wide; w++) {
			used +=
			    (size_t)snprintf(text + used, sizeof(text) - used,
				"<share party='a' percent='0'/>");
		}
		used += (size_t)snprintf(
		    text + used, sizeof(text) - used, REMAINDER);
		for (int d = 1; d < cases[i].deep; d++) {
			used += (size_t)snprintf(
			    text + used, sizeof(text) - used, "</share>");
		}
		used += (size_t)snprintf(
		    text + used, sizeof(text) - used, "</version></owners>");
		cr_expect_eq(owners_load(&owners, text, used, "o.xml", &err),
		    cases[i].sound ? 0 : -1, "case %zu: %s", i, err.text);
		cr_expect_str_eq(err.code,
		    cases[i].sound ? "" : "rule-too-many", "case %zu: %s", i,
		    err.text);
		owners_free(owners);
	}
}
