/* tariff_test.c - what documents say, and what is wrong with wrong ones.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tariff_fixture.h"

#include <dirent.h>
#include <stdlib.h>

#include "base/alloc.h"

/* Documents begin with two lines of TARIFF; what is given begins at line 3. */
struct fault_case {
	const char *text;
	const char *code;
	const char *message; /* without "t.xml:" */
};

#define BODY(version, body) TARIFF(version, body)
#define BANDS2(more)                                           \
	"<bands><band id=\"valley\" hours=\"00:00-08:00\"/>\n" \
	"<band id=\"peak\" hours=\"08:00-24:00\"/>\n" more "</bands>\n"

static void
expect_fault(const struct fault_case *c)
{
	struct tariff *tariff;
	struct qf_error err = {0};
	char expected[QF_ERROR_TEXT_MAX];
	int rc = tariff_load(&tariff, c->text, strlen(c->text), "t.xml", &err);

	snprintf(expected, sizeof(expected), "t.xml:%s", c->message);
	cr_expect_eq(rc, -1, "accepted: %s", c->message);
	cr_expect_null(tariff);
	cr_expect_str_eq(err.code, c->code, "%s", err.text);
	cr_expect_str_eq(err.text, expected);
	cr_expect(rc == 0 || err.status == QF_CONFIG);
	tariff_free(tariff);
}

static void
expect_faults(const struct fault_case *cases)
{
	for (; cases->text != NULL; cases++) {
		expect_fault(cases);
	}
}

Test(tariff, names_the_nearest_of_an_unknown_name)
{
	static const struct fault_case cases[] = {
	    {BODY("", "<imports><price value=\"1\"/></imports>"),
		"tariff-unknown",
		"3: imports: element not known here; did you mean import?"},
	    {BODY("", "<import tabel=\"cq\"/>"), "tariff-unknown",
		"3: import@tabel: attribute not known here; did you mean "
		"table?"},
	    {BODY("fron=\"2020-01-01\"", FREE_IMPORT), "tariff-unknown",
		"2: version@fron: attribute not known here; did you mean "
		"from?"},
	    {BODY("", "<frobnicate/>" FREE_IMPORT), "tariff-unknown",
		"3: frobnicate: element not known here"},
	    {BODY("", "<import><price value=\"1\"/><band id=\"x\"/></import>"),
		"tariff-unknown", "3: band: element not known here"},
	    {"<tarif xmlns=\"urn:qingfen:tariff:1\"/>", "tariff-root",
		"1: tarif: not a tariff: the root must be tariff of the "
		"namespace urn:qingfen:tariff:1"},
	    {"<tariff xmlns=\"urn:qingfen:tariff:1\" id=\"t\" "
	     "zone=\"Asia/Shangai\"/>",
		"tariff-zone",
		"1: tariff@zone: \"Asia/Shangai\": no such time zone in "
		"/usr/share/zoneinfo; did you mean Asia/Shanghai?"},
	    {"<tariff/>", "tariff-root",
		"1: tariff: not a tariff: the root must be tariff of the "
		"namespace urn:qingfen:tariff:1"},
	    {0},
	};

	expect_faults(cases);
}

Test(tariff, refuses_what_is_no_plain_xml)
{
	static const struct fault_case cases[] = {
	    {"<!DOCTYPE tariff>\n<tariff/>", "xml-doctype",
		"1: DOCTYPE not allowed"},
	    {"<tariff id=\"&x;\"/>", "xml-entity",
		"1: entity not allowed: &x;"},
	    {0},
	};

	expect_faults(cases);
}

Test(tariff, leaves_the_rest_to_the_schema)
{
	static const struct fault_case cases[] = {
	    {"<tariff xmlns=\"urn:qingfen:tariff:1\" id=\"t\">\n"
	     "<version from=\"2020-01-01\" source=\"s\">\n"
	     "<rounding money=\"2 half-up line\"/>\n" FREE_IMPORT
	     "</version></tariff>",
		"xml-schema",
		"3: rounding: this element is not expected; expected is one "
		"of ( note, bands, import, export, service, charge, "
		"power-factor, limit )"},
	    {"<tariff xmlns=\"urn:qingfen:tariff:1\" id=\"t\"/>", "xml-schema",
		"1: tariff: missing child element(s); expected is one of ( "
		"name, label, version )"},
	    {"<tariff xmlns=\"urn:qingfen:tariff:1\" id=\"t\">\n"
	     "<version from=\"2020-01-01\" source=\"s\">\n" FREE_IMPORT
	     "</version></tariff>",
		"tariff-missing",
		"2: version: must say how money is rounded, in a rounding "
		"element"},
	    {0},
	};

	expect_faults(cases);
}

Test(tariff, finds_gaps_and_overlaps_of_bands)
{
	static const struct fault_case cases[] = {
	    {BODY("", "<bands><band id=\"a\" "
		      "hours=\"00:00-22:00\"/></bands>" FREE_IMPORT),
		"bands-gap", "3: bands: no band from 22:00 to 24:00"},
	    {BODY("", "<bands><band id=\"a\" months=\"3-12\"/>\n"
		      "<band id=\"b\" months=\"1 2\" hours=\"02:00-01:30\"/>"
		      "</bands>" FREE_IMPORT),
		"bands-gap",
		"3: bands: no band from 01:30 to 02:00, in months 1-2"},
	    {BODY("calendar=\"cn\"", "<bands><band id=\"a\" days=\"workday "
				     "rest\"/></bands>" FREE_IMPORT),
		"bands-gap",
		"3: bands: no band from 00:00 to 24:00, on holiday days"},
	    {BODY("", "<bands><band id=\"a\" days=\"monday tuesday wednesday "
		      "thursday friday\"/>\n<band id=\"b\" days=\"sunday\"/>"
		      "</bands>" FREE_IMPORT),
		"bands-gap",
		"3: bands: no band from 00:00 to 24:00, on weekdays 6 (1 is "
		"Monday)"},
	    {BODY("",
		 "<bands><band id=\"a\" hours=\"00:00-12:30\"/>\n"
		 "<band id=\"b\" hours=\"12:00-24:00\"/></bands>" FREE_IMPORT),
		"bands-overlap",
		"4: band@hours: b overlaps a of line 3 from 12:00 to 12:30"},
	    {BODY("", "<bands><band id=\"a\" months=\"1-6\"/>\n"
		      "<band id=\"b\" months=\"6-12\"/></bands>" FREE_IMPORT),
		"bands-overlap",
		"4: band@hours: b overlaps a of line 3 from 00:00 to 24:00"},
	    {0},
	};

	expect_faults(cases);
}

Test(tariff, finds_rules_that_can_never_apply)
{
	static const char *const sharp[] = {
	    /* never inside peak */
	    "<overlay band=\"sharp\" over=\"peak\" hours=\"02:00-03:00\"/>",
	    /* hidden by what comes later */
	    "<overlay band=\"sharp\" hours=\"02:00-03:00\" months=\"7\"/>"
	    "<overlay band=\"deep\" hours=\"01:00-04:00\"/>",
	    /* what is warm for three days is warm today */
	    "<overlay band=\"sharp\" hours=\"12:00-14:00\" station=\"x\" "
	    "quantity=\"t\" at-least=\"35\" days-in-a-row=\"3\"/>"
	    "<overlay band=\"deep\" hours=\"12:00-14:00\" station=\"x\" "
	    "quantity=\"t\" at-least=\"35\"/>",
	    /* a rest day is no holiday, however long */
	    "<overlay band=\"sharp\" days=\"rest\" holiday-days=\"3\"/>",
	    /* what is three days long is two days long */
	    "<overlay band=\"sharp\" holiday-days=\"3\"/>"
	    "<overlay band=\"deep\" holiday-days=\"2\"/>",
	};
	char text[2048];

	for (size_t i = 0; i < sizeof(sharp) / sizeof(sharp[0]); i++) {
		int length = snprintf(text, sizeof(text),
		    "<tariff xmlns=\"urn:qingfen:tariff:1\" id=\"t\">\n"
		    "<version from=\"2020-01-01\" source=\"s\" "
		    "calendar=\"cn\">"
		    "<bands><band id=\"valley\" hours=\"00:00-08:00\"/>\n"
		    "<band id=\"peak\" "
		    "hours=\"08:00-24:00\"/>\n%s</bands>" FREE_IMPORT
		    "<rounding money=\"2 half-up line\"/>"
		    "</version></tariff>",
		    sharp[i]);

		cr_assert_lt(length, (int)sizeof(text));
		expect_fault(&(struct fault_case){text, "tariff-never",
		    "4: overlay: can never apply: every day is the same "
		    "without it"});
	}
}

Test(tariff, accepts_the_reverse_of_what_can_never_apply)
{
	/* A single hot day, and over it three of them. */
	struct tariff *tariff = fixture_tariff(BODY("calendar=\"cn\"",
	    BANDS2("<overlay band=\"fest\" holiday-days=\"2\"/>"
		   "<overlay band=\"week\" holiday-days=\"7\"/>"
		   "<overlay band=\"sharp\" hours=\"12:00-14:00\" "
		   "station=\"x\" quantity=\"t\" at-least=\"35\"/>"
		   "<overlay band=\"deep\" hours=\"12:00-14:00\" "
		   "station=\"x\" quantity=\"t\" at-least=\"35\" "
		   "days-in-a-row=\"3\"/>"
		   "<overlay band=\"top\" hours=\"12:00-14:00\" "
		   "station=\"x\" quantity=\"t\" at-least=\"40\"/>")
		FREE_IMPORT));

	tariff_free(tariff);
}

Test(tariff, finds_faults_of_bands)
{
	static const struct fault_case cases[] = {
	    {BODY("",
		 BANDS2("<overlay band=\"sharp\" over=\"paek\"/>") FREE_IMPORT),
		"tariff-band",
		"5: overlay@over: there is no band paek; did you mean peak?"},
	    {BODY("",
		 BANDS2("<overlay band=\"sharp\" days=\"rest\"/>") FREE_IMPORT),
		"tariff-calendar",
		"5: overlay: asks for kinds of day, but the version names no "
		"calendar"},
	    {BODY("", BANDS2("<overlay band=\"sharp\" days=\"holidays\"/>")
			  FREE_IMPORT),
		"tariff-word",
		"5: overlay@days: \"holidays\" is not known; did you mean "
		"holiday?"},
	    {BODY("",
		 BANDS2("<overlay band=\"sharp\" months=\"13\"/>") FREE_IMPORT),
		"tariff-months",
		"5: overlay@months: \"13\" is no month or range of months"},
	    {BODY("", BANDS2("<overlay band=\"sharp\" hours=\"8:00-9:00\"/>")
			  FREE_IMPORT),
		"tariff-hours",
		"5: overlay@hours: \"8:00-9:00\" is not a stretch of hours "
		"such as 08:00-11:30"},
	    {BODY("", BANDS2("<overlay band=\"sharp\" hours=\"24:00-01:00\"/>")
			  FREE_IMPORT),
		"tariff-hours",
		"5: overlay@hours: \"24:00-01:00\" is not a stretch of hours "
		"such as 08:00-11:30"},
	    {BODY("",
		 BANDS2("<overlay band=\"sharp\" station=\"x\"/>") FREE_IMPORT),
		"tariff-condition",
		"5: overlay: a condition needs station, quantity and "
		"at-least"},
	    {BODY("", BANDS2("<overlay band=\"sharp\" months=\"7\" "
			     "either=\"yes\"/>") FREE_IMPORT),
		"tariff-condition",
		"5: overlay@either: needs months and a condition to choose "
		"between"},
	    {0},
	};

	expect_faults(cases);
}

Test(tariff, finds_faults_of_prices)
{
	static const struct fault_case cases[] = {
	    {BODY("", "<import/>"), "tariff-price",
		"3: import: its price must come from one of price elements, "
		"table, benchmark, same-as and series, not from none"},
	    {BODY("", "<import table=\"t\" series=\"s\"/>"), "tariff-price",
		"3: import: its price must come from one of price elements, "
		"table, benchmark, same-as and series, not from several"},
	    {BODY("", "<import table=\"t\"/>"), "tariff-price",
		"3: import@item: must name the row of the table, since there "
		"are no bands to name it"},
	    {BODY("", BANDS2("") "<import><price band=\"peak\" "
				 "value=\"1\"/></import>"),
		"tariff-price", "6: import: no price for band valley"},
	    {BODY("", "<import><price value=\"1e3\"/></import>"),
		"decimal-exponent",
		"3: price@value: \"1e3\": a number with an exponent"},
	    {BODY("", "<charge id=\"x\" leg=\"supply\" per=\"kwh\">"
		      "<price value=\"1\"/></charge>"),
		"tariff-missing", "3: charge@channel: must be given"},
	    {BODY("", FREE_IMPORT FREE_IMPORT), "tariff-twice",
		"4: import@id: there is a charge energy already, at line 3"},
	    {BODY("", FREE_IMPORT "<import id=\"more\"><price value=\"1\"/>"
				  "</import>"),
		"tariff-counts",
		"4: import@counts: the energy of this leg and channel is "
		"counted by energy already; say counts=\"no\""},
	    {BODY("", FREE_IMPORT "<charge id=\"fee\" leg=\"service\" "
				  "per=\"kwh\" channel=\"import\"><price "
				  "value=\"1\"/></charge>"),
		"tariff-uncounted",
		"4: charge@counts: no charge of leg service counts the energy "
		"that this prices; say counts=\"yes\", or \"no\" where that "
		"is meant"},
	    {BODY("", "<import for-class=\"x\"><price value=\"1\"/>"
		      "</import><charge id=\"more\" leg=\"supply\" "
		      "per=\"kwh\" channel=\"import\" for-class=\"y\">"
		      "<price value=\"1\"/></charge>"),
		"tariff-uncounted",
		"3: charge@counts: no charge of leg supply counts the energy "
		"that this prices; say counts=\"yes\", or \"no\" where that "
		"is meant"},
	    {BODY("", "<import tax=\"0.13\"><price value=\"1\"/></import>"),
		"tariff-tax",
		"3: import: tax and tax-included must be given together"},
	    {BODY("", "<import tax=\"13\" tax-included=\"yes\"><price "
		      "value=\"1\"/></import>"),
		"tariff-tax",
		"3: import@tax: more than 1: a rate such as 0.13 is meant"},
	    {BODY("", BANDS2("") "<import by-band=\"no\"><price band=\"peak\" "
				 "value=\"1\"/><price value=\"2\"/></import>"),
		"tariff-price",
		"6: import@by-band: the price differs from band to band"},
	    {BODY("", "<charge id=\"x\" leg=\"supply\" per=\"day\" "
		      "lines=\"hour\"><price value=\"1\"/></charge>"),
		"tariff-idle",
		"3: charge@lines: a charge per day cannot be cut into less "
		"than a day"},
	    {BODY("", "<import benchmark=\"1\" voltage=\"10kV\"/>"),
		"tariff-idle",
		"3: import@voltage: picks a row of a table, but no table is "
		"given"},
	    {0},
	};

	expect_faults(cases);
}

Test(tariff, finds_ratios_without_base)
{
	static const struct fault_case cases[] = {
	    {BODY("", BANDS2("") "<import benchmark=\"1\"><ratio "
				 "band=\"peak\" of=\"flat\" factor=\"2\"/>"
				 "</import>"),
		"tariff-band", "6: ratio@of: there is no band flat"},
	    {BODY("", BANDS2("<overlay band=\"sharp\" "
			     "hours=\"12:00-14:00\"/>") "<import "
							"benchmark=\"1\"><"
							"ratio "
							"band=\"sharp\" "
							"of=\"peak\" "
							"factor=\"2\"/></"
							"import>"),
		"tariff-ratio", "6: import: no ratio for band valley"},
	    {BODY("", "<bands><band id=\"a\" hours=\"00:00-06:00\"/>"
		      "<band id=\"b\" hours=\"06:00-12:00\"/>"
		      "<band id=\"c\" hours=\"12:00-18:00\"/>"
		      "<band id=\"d\" hours=\"18:00-24:00\"/></bands>"
		      "<import benchmark=\"1\"><ratio band=\"b\" of=\"a\" "
		      "factor=\"2\"/><ratio band=\"d\" of=\"c\" "
		      "factor=\"2\"/></import>"),
		"tariff-ratio",
		"3: import: ratio without base: b comes from a, but d from "
		"c"},
	    {BODY("", BANDS2("") "<import benchmark=\"1\">"
				 "<ratio band=\"peak\" of=\"valley\" "
				 "factor=\"2\"/><ratio band=\"valley\" "
				 "of=\"peak\" factor=\"2\"/></import>"),
		"tariff-circle",
		"6: import: the ratio of peak comes back to itself"},
	    {BODY("", BANDS2("") "<import table=\"t\"><ratio band=\"peak\" "
				 "of=\"valley\" factor=\"2\"/></import>"),
		"tariff-ratio",
		"6: import: a printed price has no floating part: the "
		"ratio "
		"of peak must say on=\"whole\", or components be given"},
	    {BODY("", "<import same-as=\"export\"/><export "
		      "same-as=\"import\"/>"),
		"tariff-circle", "3: import@same-as: comes back to itself"},
	    {BODY("", FREE_IMPORT "<export same-as=\"inport\"/>"),
		"tariff-charge",
		"4: export@same-as: there is no charge inport"},
	    {BODY("", FREE_IMPORT "<export benchmark=\"1\" "
				  "ratios=\"import\"/>"),
		"tariff-ratio",
		"4: export@ratios: energy has no ratios of its own"},
	    {0},
	};

	expect_faults(cases);
}

Test(tariff, finds_faults_of_percentages_and_factors)
{
	static const struct fault_case cases[] = {
	    {BODY("", BANDS2("") "<import benchmark=\"1\"><ratio "
				 "band=\"peak\" of=\"valley\" percent=\"60\"/>"
				 "</import>"),
		"tariff-percent",
		"6: ratio@percent: \"60\" is not a percentage more or "
		"less, "
		"such as +60 or -62"},
	    {BODY("", "<import same-as=\"export\"/><export "
		      "same-as=\"import\"/>"),
		"tariff-circle", "3: import@same-as: comes back to itself"},
	    {BODY("", FREE_IMPORT "<export same-as=\"inport\"/>"),
		"tariff-charge",
		"4: export@same-as: there is no charge inport"},
	    {BODY("", FREE_IMPORT "<export benchmark=\"1\" "
				  "ratios=\"import\"/>"),
		"tariff-ratio",
		"4: export@ratios: energy has no ratios of its own"},
	    {0},
	};

	expect_faults(cases);
}

Test(tariff, finds_ratios_below_nothing_and_losses_above_all)
{
	static const struct fault_case cases[] = {
	    {BODY("",
		 BANDS2("") "<import benchmark=\"1\"><ratio "
			    "band=\"peak\" of=\"valley\" percent=\"+-60\"/>"
			    "</import>"),
		"tariff-percent",
		"6: ratio@percent: \"+-60\" is not a percentage more or "
		"less, such as +60 or -62"},
	    {BODY("",
		 BANDS2("") "<import benchmark=\"1\"><ratio "
			    "band=\"peak\" of=\"valley\" percent=\"-100.5\"/>"
			    "</import>"),
		"tariff-percent",
		"6: ratio@percent: -100.5 is more than all of it off"},
	    {BODY("", BANDS2("") "<import benchmark=\"1\"><ratio "
				 "band=\"peak\" of=\"valley\" factor=\"-1\"/>"
				 "</import>"),
		"tariff-number", "6: ratio@factor: must not be negative"},
	    {BODY("", FREE_IMPORT "<charge id=\"l\" leg=\"supply\" "
				  "per=\"kwh\" channel=\"import\"><price "
				  "value=\"1\"/><loss percent=\"150\"/>"
				  "</charge>"),
		"tariff-number", "4: loss@percent: more than 100"},
	    {0},
	};

	expect_faults(cases);
}

Test(tariff, finds_faults_of_versions_and_templates)
{
#define VERSION(dates)                                 \
	"<version source=\"s\" " dates ">" FREE_IMPORT \
	"<rounding money=\"2 half-up line\"/></version>\n"
#define VERSIONS(a, b)                                                  \
	"<tariff xmlns=\"urn:qingfen:tariff:1\" id=\"t\">\n" VERSION(a) \
	    VERSION(b) "</tariff>"
	static const struct fault_case cases[] = {
	    {VERSIONS("from=\"2025-01-01\"", "from=\"2024-01-01\""),
		"tariff-version",
		"4: version@from: not after the version before it"},
	    {VERSIONS("from=\"2024-01-01\" to=\"2025-02-01\"",
		 "from=\"2025-01-01\""),
		"tariff-version",
		"4: version@from: the version before it holds until later"},
	    {VERSIONS("from=\"2024-01-01\" to=\"2024-01-01\"",
		 "from=\"2025-01-01\""),
		"tariff-version", "2: version@to: not after from"},
	    {VERSIONS("from=\"2024-02-30\"", "from=\"2025-01-01\""),
		"date-range",
		"2: version@from: \"2024-02-30\": does not exist in the "
		"calendar or on the clock"},
	    {BODY("template=\"yes\"", FREE_IMPORT), "tariff-template",
		"2: version@template: no number is left open: take template "
		"away"},
	    {BODY("", "<import><price value=\"\"/></import>"),
		"tariff-template",
		"2: version@template: a number is left open: fill it in, or "
		"mark the version as a template"},
	    {0},
	};

	expect_faults(cases);
}

Test(tariff, lists_all_faults_of_a_document)
{
	static const char text[] =
	    BODY("", BANDS2("<overlay band=\"sharp\" over=\"x\" "
			    "hours=\"9\"/>") "<import tabel=\"t\"/>");
	static const char other[] =
	    BODY("", BANDS2("<overlay band=\"sharp\" over=\"x\" "
			    "hours=\"9\"/>") "<import/>");
	struct tariff_faults faults;

	tariff_check(&faults, text, strlen(text), "t.xml");
	cr_expect_eq(faults.count, 1);
	tariff_faults_free(&faults);
	tariff_check(&faults, other, strlen(other), "t.xml");
	cr_assert_geq(faults.count, 3);
	cr_expect_str_eq(faults.list[0].code, "tariff-hours");
	tariff_faults_free(&faults);
}

Test(tariff, tells_the_version_of_a_day)
{
	struct tariff *tariff = fixture_tariff(
	    VERSIONS("from=\"2024-01-01\"", "from=\"2025-01-01\" "
					    "to=\"2026-01-01\""));

	cr_expect_null(tariff_version_at(tariff, fixture_day("2023-12-31")));
	cr_expect_eq(tariff_version_at(tariff, fixture_day("2024-01-01")),
	    &tariff->versions[0]);
	cr_expect_eq(tariff_version_at(tariff, fixture_day("2024-12-31")),
	    &tariff->versions[0]);
	cr_expect_eq(tariff_version_at(tariff, fixture_day("2025-12-31")),
	    &tariff->versions[1]);
	cr_expect_null(tariff_version_at(tariff, fixture_day("2026-01-01")));
	tariff_free(tariff);
}

Test(tariff, says_in_structs_what_the_document_says)
{
	struct tariff *tariff = fixture_tariff(
	    "<tariff xmlns=\"urn:qingfen:tariff:1\" id=\"x-1\" "
	    "zone=\"Asia/Shanghai\">"
	    "<name xml:lang=\"zh\">\xe5\x90\x8d</name>"
	    "<name xml:lang=\"en\">Name</name>"
	    "<label code=\"peak\" zh=\"\xe5\xb3\xb0\" en=\"peak hours\"/>"
	    "<version from=\"2025-01-01\" source=\"a notice\" "
	    "confidence=\"B\" split=\"even\" sessions=\"even\">"
	    "<bands><band id=\"peak\"/></bands>"
	    "<import tax=\"0.13\" tax-included=\"yes\" lines=\"day\" "
	    "source=\"clause 7\"><price value=\"0.5\"/></import>"
	    "<charge id=\"basic\" subject=\"capacity\" leg=\"supply\" "
	    "per=\"month-by-day\" missing=\"unpriced\" round=\"6 half-up\" "
	    "sessions=\"hold\"><price value=\"22.0\"/></charge>"
	    "<rounding money=\"2 half-even total\" energy=\"0 carry\" "
	    "price=\"5 down\"/></version></tariff>");
	const struct tariff_version *v = &tariff->versions[0];
	const struct charge *c = v->charges;

	cr_expect_str_eq(tariff->id, "x-1");
	cr_expect_str_eq(tariff->zone, "Asia/Shanghai");
	cr_expect_str_eq(tariff->name_en, "Name");
	cr_expect_str_eq(v->bands[0].en, "peak hours");
	cr_expect_str_eq(v->source, "a notice");
	cr_expect_str_eq(v->confidence, "B");
	cr_expect_eq(v->split, SPLIT_EVEN);
	cr_expect(v->money_on_total);
	cr_expect_eq(v->money.scale, 2);
	cr_expect_eq(v->money.mode, DEC_HALF_EVEN);
	cr_expect(v->has_energy_rounding && v->energy_carry);
	cr_expect_eq(v->energy.mode, DEC_DOWN);
	cr_expect_str_eq(c[0].component, "energy");
	cr_expect_str_eq(c[0].subject, "energy");
	cr_expect_str_eq(c[0].leg, "supply");
	cr_expect_str_eq(c[0].source, "clause 7");
	cr_expect_str_eq(c[0].sessions_without_intervals, "even");
	cr_expect(c[0].counts_energy && c[0].has_tax && c[0].tax_included);
	cr_expect_eq(c[0].span, SPAN_DAY);
	cr_expect_eq(c[0].channel, CHANNEL_IMPORT);
	cr_expect_not(c[0].by_band);
	cr_expect_eq(c[0].price_rounding.scale, 5);
	cr_expect_eq(c[0].price_rounding.mode, DEC_DOWN);
	cr_expect_str_eq(c[1].subject, "capacity");
	cr_expect_str_eq(c[1].sessions_without_intervals, "hold");
	cr_expect_eq(c[1].per, PER_MONTH_BY_DAY);
	cr_expect_eq(c[1].price_rounding.scale, 6);
	cr_expect(c[1].missing_unpriced && !c[1].counts_energy);
	tariff_free(tariff);
}

static void
expect_sound(const char *path)
{
	struct tariff *tariff;
	struct qf_error err;
	char *text = xmalloc(1 << 16);
	FILE *file = fopen(path, "r");
	size_t length;

	cr_assert_not_null(file);
	length = fread(text, 1, 1 << 16, file);
	fclose(file);
	cr_expect_eq(
	    tariff_load(&tariff, text, length, path, &err), 0, "%s", err.text);
	if (tariff != NULL) {
		const char *name = strrchr(path, '/') + 1;

		cr_expect_eq(strncmp(name, tariff->id, strlen(tariff->id)), 0,
		    "%s is in %s", tariff->id, name);
		cr_expect_eq(tariff->versions[0].is_template,
		    strncmp(name, "template-", 9) == 0, "%s", name);
	}
	tariff_free(tariff);
	free(text);
}

Test(tariff, loads_every_document_that_ships)
{
	DIR *directory = opendir("schemas/rules");
	char path[512];
	size_t count = 0;

	cr_assert_not_null(directory);
	for (struct dirent *d; (d = readdir(directory)) != NULL;) {
		size_t length = strlen(d->d_name);

		if (length > 4 && strcmp(d->d_name + length - 4, ".xml") == 0) {
			snprintf(
			    path, sizeof(path), "schemas/rules/%s", d->d_name);
			expect_sound(path);
			count++;
		}
	}
	closedir(directory);
	cr_expect_geq(count, 9);
}
