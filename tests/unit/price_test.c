/* price_test.c - prices of bands, against prices that were published.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tariff_fixture.h"

#include "base/alloc.h"
#include "settle/price.h"

#define CHONGQING_BANDS                                                \
	"<bands>"                                                      \
	"<band id=\"valley\" hours=\"00:00-08:00\"/>"                  \
	"<band id=\"flat\" hours=\"08:00-11:00 17:00-20:00 "           \
	"22:00-24:00\"/>"                                              \
	"<band id=\"peak\" hours=\"11:00-17:00 20:00-22:00\"/>"        \
	"<overlay band=\"sharp\" over=\"peak\" hours=\"12:00-14:00\" " \
	"months=\"1 7 8 12\"/>"                                        \
	"</bands>\n"

#define RATIOS(on)                                             \
	"<ratio band=\"peak\" of=\"flat\" percent=\"+60\"/>"   \
	"<ratio band=\"valley\" of=\"flat\" percent=\"-62\"/>" \
	"<ratio band=\"sharp\" of=\"peak\" percent=\"+20\" on=\"" on "\"/>"

#define ROWS_MAX 8

/* "item=price ..." as the rows of a table for 1-10 kV two-part users. */
static struct price_rows
rows_of(struct table_price *rows, const char *text)
{
	size_t count = 0;

	memset(rows, 0, ROWS_MAX * sizeof(*rows));
	while (*text != '\0') {
		size_t item = strcspn(text, "="), price;
		struct table_price *row = &rows[count++];

		snprintf(row->item, sizeof(row->item), "%.*s", (int)item, text);
		snprintf(row->user_class, sizeof(row->user_class), "ci");
		text += item + 1;
		price = strcspn(text, " ");
		cr_assert_eq(dec_parse(&row->price, text, price, NULL), 0);
		text += price;
		text += *text == ' ';
	}
	return (struct price_rows){202502, "cq-agency", rows, count};
}

static const struct contract ci_two_part = {
    .user_class = "ci", .type = "two-part", .voltage = "1-10kV"};
static const struct contract ci_only = {.user_class = "ci"};
static const struct contract a_school = {.user_class = "school"};
static const struct contract any_contract;
static const struct price_for ci = {.contract = &ci_two_part};
static const struct price_for plain_ci = {.contract = &ci_only};
static const struct price_for school = {.contract = &a_school};
static const struct price_for nobody = {.contract = &any_contract};

static unsigned
band_named(const struct tariff_version *version, const char *code)
{
	for (unsigned i = 0; i < version->band_count; i++) {
		if (strcmp(version->bands[i].code, code) == 0) {
			return i;
		}
	}
	return BAND_NONE;
}

/* The price of a band, by the charge at index, as text to so many places. */
static const char *
price_text(const struct tariff *tariff, size_t charge, const char *band,
    const struct price_rows *rows, int scale)
{
	const struct tariff_version *version = &tariff->versions[0];
	static char text[DEC_TEXT_MAX];
	struct dec price = {0};
	struct qf_error err;

	cr_assert_eq(price_of_band(&price, version, &version->charges[charge],
			 band_named(version, band), rows, &ci, &err),
	    0, "%s", err.text);
	if (scale >= 0) {
		dec_round(&price, &price, scale, DEC_HALF_UP);
	}
	dec_format_trim(&price, text, sizeof(text));
	dec_release(&price);
	return text;
}

Test(price, is_what_the_table_prints)
{
	/* A6: State Grid Chongqing, February 2025. */
	struct tariff *tariff = fixture_tariff(TARIFF(
	    "", CHONGQING_BANDS "<import table=\"cq-agency\" class=\"ci\"/>"));
	struct table_price row[ROWS_MAX];
	struct price_rows rows =
	    rows_of(row, "flat=0.762307 peak=1.133067 valley=0.379188");
	struct dec price = {0};
	struct qf_error err;

	cr_expect_str_eq(price_text(tariff, 0, "flat", &rows, -1), "0.762307");
	cr_expect_str_eq(price_text(tariff, 0, "peak", &rows, -1), "1.133067");
	cr_expect_str_eq(
	    price_text(tariff, 0, "valley", &rows, -1), "0.379188");
	cr_expect_eq(
	    price_of_band(&price, &tariff->versions[0],
		&tariff->versions[0].charges[0],
		band_named(&tariff->versions[0], "sharp"), &rows, &ci, &err),
	    -1);
	cr_expect_eq(err.status, QF_DATA);
	cr_expect_str_eq(err.code, "no-price");
	cr_expect_str_eq(err.text, "price table cq-agency, 2025-02, ci "
				   "two-part 1-10kV: no price of sharp");
	tariff_free(tariff);
}

Test(price, floats_by_its_components_as_beijing_printed_it)
{
	/* The Beijing table of 2024-07 fits its floating part 0.409176 and
	 * the rest 0.272159 for all four bands within a millionth. */
	struct tariff *tariff = fixture_tariff(
	    TARIFF("", "<bands>"
		       "<band id=\"valley\" hours=\"00:00-08:00\"/>"
		       "<band id=\"flat\" hours=\"08:00-12:00\"/>"
		       "<band id=\"peak\" hours=\"12:00-20:00\"/>"
		       "<band id=\"sharp\" hours=\"20:00-24:00\"/>"
		       "</bands>"
		       "<import table=\"bj\" class=\"ci\">"
		       "<component id=\"agency\" floats=\"yes\"/>"
		       "<component id=\"others\"/>"
		       "<ratio band=\"peak\" of=\"flat\" factor=\"1.6\"/>"
		       "<ratio band=\"valley\" of=\"flat\" factor=\"0.4\"/>"
		       "<ratio band=\"sharp\" of=\"peak\" factor=\"1.2\"/>"
		       "</import>"));
	static const char *const printed[][2] = {{"flat", "0.681335"},
	    {"sharp", "1.057777"}, {"peak", "0.926841"},
	    {"valley", "0.435829"}};
	struct table_price row[ROWS_MAX];
	struct price_rows rows =
	    rows_of(row, "agency=0.409176 others=0.272159");

	for (size_t i = 0; i < 4; i++) {
		struct dec a = {0}, b = {0};
		const struct dec millionth = DEC_SMALL(1, 6);
		const char *text =
		    price_text(tariff, 0, printed[i][0], &rows, 6);

		cr_assert_eq(dec_parse(&a, text, strlen(text), NULL), 0);
		cr_assert_eq(dec_parse(&b, printed[i][1], 8, NULL), 0);
		dec_sub(&a, &a, &b);
		dec_abs(&a, &a);
		cr_expect(dec_cmp(&a, &millionth) <= 0, "%s: %s", printed[i][0],
		    text);
	}
	tariff_free(tariff);
}

Test(price, of_a_band_whose_ratios_are_for_others_is_none)
{
	static const char *const charges[] = {
	    "<import benchmark=\"1\">",
	    "<import table=\"t\" class=\"ci\"><component id=\"e\" "
	    "floats=\"yes\"/>",
	};
	struct table_price row[ROWS_MAX];
	struct price_rows rows = rows_of(row, "e=1");
	char text[2000];

	for (size_t i = 0; i < 2; i++) {
		struct tariff *tariff;
		struct dec price = {0};
		struct qf_error err = {0};

		snprintf(text, sizeof(text),
		    TARIFF("", CHONGQING_BANDS
			"%s"
			"<ratio band=\"peak\" of=\"flat\" factor=\"2\" "
			"for-type=\"single\"/>"
			"<ratio band=\"sharp\" of=\"peak\" factor=\"3\"/>"
			"<ratio band=\"valley\" of=\"flat\" factor=\"0.5\"/>"
			"</import>"),
		    charges[i]);
		tariff = fixture_tariff(text);
		cr_expect_str_eq(
		    price_text(tariff, 0, "valley", &rows, -1), "0.5");
		cr_expect_eq(price_of_band(&price, &tariff->versions[0],
				 &tariff->versions[0].charges[0],
				 band_named(&tariff->versions[0], "sharp"),
				 &rows, &ci, &err),
		    -1);
		cr_expect_str_eq(err.code, "no-ratio");
		cr_expect_str_eq(err.text,
		    "charge energy: no ratio of peak is for the contract");
		tariff_free(tariff);
		dec_release(&price);
	}
}

/* Anhui: peak is 84.3 percent above flat in January, July to September and
 * December, and 74 in other months; sharp is above peak, deep below valley. */
Test(price, of_a_season_is_that_of_a_band_of_its_own)
{
	struct tariff *tariff = fixture_tariff(TARIFF("",
	    "<bands><band id=\"valley\" hours=\"00:00-08:00\"/>"
	    "<band id=\"flat\" hours=\"08:00-16:00\"/>"
	    "<band id=\"peak-high\" hours=\"16:00-24:00\" "
	    "months=\"12-1 7-9\"/>"
	    "<band id=\"peak\" hours=\"16:00-24:00\" "
	    "months=\"2-6 10-11\"/>"
	    "<overlay band=\"sharp\" over=\"peak-high\" "
	    "hours=\"18:00-20:00\"/>"
	    "<overlay band=\"deep\" over=\"valley\" "
	    "hours=\"02:00-04:00\"/></bands>"
	    "<import benchmark=\"1\">"
	    "<ratio band=\"peak-high\" of=\"flat\" percent=\"+84.3\"/>"
	    "<ratio band=\"peak\" of=\"flat\" percent=\"+74\"/>"
	    "<ratio band=\"valley\" of=\"flat\" percent=\"-61.8\"/>"
	    "<ratio band=\"sharp\" of=\"peak-high\" percent=\"+20\"/>"
	    "<ratio band=\"deep\" of=\"valley\" percent=\"-20\"/>"
	    "</import>"));
	static const char *const prices[][2] = {{"peak-high", "1.843"},
	    {"peak", "1.74"}, {"flat", "1"}, {"valley", "0.382"},
	    {"sharp", "2.2116"}, {"deep", "0.3056"}};

	for (size_t i = 0; i < sizeof(prices) / sizeof(prices[0]); i++) {
		cr_expect_str_eq(price_text(tariff, 0, prices[i][0], NULL, 4),
		    prices[i][1], "%s", prices[i][0]);
	}
	tariff_free(tariff);
}

Test(price, floats_by_the_mask_of_each_province)
{
	/* Peak is twice what floats; what is in the price once more shows in
	 * its own digit. */
	static const struct {
		const char *floating; /* items */
		const char *peak;
	} masks[] = {
	    /* 黑龙江, 吉林, 江西, 陕西, 青海, 新疆, 云南 */
	    {"energy", "2.1111"},
	    /* 海南, 天津 */
	    {"energy transmission", "2.2111"},
	    /* 甘肃, 湖北 */
	    {"energy loss", "2.1211"},
	    /* 广东: all but the fund */
	    {"energy transmission loss system", "2.2221"},
	};
	static const char *const items[] = {
	    "energy", "transmission", "loss", "system", "fund"};
	struct table_price row[ROWS_MAX];
	struct price_rows rows = rows_of(row, "energy=1 transmission=0.1 "
					      "loss=0.01 system=0.001 "
					      "fund=0.0001");
	char text[2000];

	for (size_t i = 0; i < sizeof(masks) / sizeof(masks[0]); i++) {
		struct tariff *tariff;
		size_t used;

		used = (size_t)snprintf(text, sizeof(text),
		    "<tariff xmlns=\"urn:qingfen:tariff:1\" id=\"t\">"
		    "<version from=\"2020-01-01\" source=\"s\">"
		    "%s"
		    "<import table=\"t\" class=\"ci\">",
		    CHONGQING_BANDS);
		for (size_t j = 0; j < 5; j++) {
			used += (size_t)snprintf(text + used,
			    sizeof(text) - used,
			    "<component id=\"%s\" floats=\"%s\"/>", items[j],
			    strstr(masks[i].floating, items[j]) != NULL ? "yes"
									: "no");
		}
		snprintf(text + used, sizeof(text) - used,
		    "<ratio band=\"peak\" of=\"flat\" factor=\"2\"/>"
		    "<ratio band=\"sharp\" of=\"flat\" factor=\"3\"/>"
		    "<ratio band=\"valley\" of=\"flat\" factor=\"0.5\"/>"
		    "</import><rounding money=\"2 half-up line\"/>"
		    "</version></tariff>");
		tariff = fixture_tariff(text);
		cr_expect_str_eq(
		    price_text(tariff, 0, "flat", &rows, -1), "1.1111");
		cr_expect_str_eq(price_text(tariff, 0, "peak", &rows, -1),
		    masks[i].peak, "%s", masks[i].floating);
		tariff_free(tariff);
	}
}

Test(price, of_sharp_is_as_the_document_chooses)
{
	/* A6, with the split of flat that is inferred there: F 0.144373 and B
	 * 0.617934.  1.330806 against 1.3596804 (1.2 x 1.133067). */
	struct tariff *floating = fixture_tariff(TARIFF("", CHONGQING_BANDS
	    "<import table=\"t\"><component id=\"b\" floats=\"yes\"/>"
	    "<component id=\"f\"/>" RATIOS("floating") "</import>"));
	struct tariff *whole = fixture_tariff(TARIFF("", CHONGQING_BANDS
	    "<import table=\"t\"><component id=\"b\" floats=\"yes\"/>"
	    "<component id=\"f\"/>" RATIOS("whole") "</import>"));
	struct tariff *printed = fixture_tariff(TARIFF("",
	    CHONGQING_BANDS "<import table=\"t\">"
			    "<ratio band=\"sharp\" of=\"peak\" factor=\"1.20\" "
			    "on=\"whole\"/></import>"));
	struct table_price row[ROWS_MAX];
	struct price_rows rows = rows_of(row, "b=0.617934 f=0.144373");

	cr_expect_str_eq(price_text(floating, 0, "flat", &rows, 6), "0.762307");
	cr_expect_str_eq(price_text(floating, 0, "peak", &rows, 6), "1.133067");
	cr_expect_str_eq(
	    price_text(floating, 0, "valley", &rows, 6), "0.379188");
	cr_expect_str_eq(
	    price_text(floating, 0, "sharp", &rows, 6), "1.330806");
	cr_expect_str_eq(price_text(whole, 0, "peak", &rows, 6), "1.133067");
	cr_expect_str_eq(price_text(whole, 0, "sharp", &rows, 4), "1.3597");
	rows = rows_of(row, "flat=0.762307 peak=1.133067 valley=0.379188");
	cr_expect_str_eq(
	    price_text(printed, 0, "sharp", &rows, -1), "1.3596804");
	tariff_free(floating);
	tariff_free(whole);
	tariff_free(printed);
}

Test(price, of_discharge_is_benchmark_times_ratio_in_guangdong)
{
	/* A7: 0.7701, 0.9626 (exact 0.962625), valley 0.17214. */
	struct tariff *tariff = fixture_tariff(TARIFF("", CHONGQING_BANDS
	    "<export benchmark=\"0.453\">"
	    "<ratio band=\"peak\" of=\"flat\" factor=\"1.7\"/>"
	    "<ratio band=\"valley\" of=\"flat\" factor=\"0.38\"/>"
	    "<ratio band=\"sharp\" of=\"peak\" factor=\"1.25\"/>"
	    "</export>"));

	cr_expect_str_eq(price_text(tariff, 0, "peak", NULL, -1), "0.7701");
	cr_expect_str_eq(price_text(tariff, 0, "flat", NULL, -1), "0.453");
	cr_expect_str_eq(price_text(tariff, 0, "valley", NULL, -1), "0.17214");
	cr_expect_str_eq(price_text(tariff, 0, "sharp", NULL, -1), "0.962625");
	cr_expect_str_eq(price_text(tariff, 0, "sharp", NULL, 4), "0.9626");
	tariff_free(tariff);
}

Test(price, of_discharge_follows_the_import_of_the_same_time)
{
	struct tariff *tariff = fixture_tariff(TARIFF("", CHONGQING_BANDS
	    "<import table=\"t\" class=\"ci\"/>"
	    "<export same-as=\"import\" factor=\"0.9\" round=\"6 half-up\"/>"));
	struct table_price row[ROWS_MAX];
	struct price_rows rows = rows_of(row, "peak=1.133067");
	const struct tariff_version *version = &tariff->versions[0];

	/* 1.133067 x 0.9 = 1.0197603 */
	cr_expect_str_eq(price_text(tariff, 1, "peak", &rows, -1), "1.01976");
	cr_expect_str_eq(price_table_of(version, &version->charges[1]), "t");
	cr_expect(version->charges[1].by_band);
	tariff_free(tariff);
}

Test(price, takes_adders_on_top_of_a_list_price)
{
	/* Chongqing residents: 0.62, 0.52, 0.34 of the first tier. */
	struct tariff *tariff = fixture_tariff(TARIFF("", CHONGQING_BANDS
	    "<import table=\"t\" item=\"list\">"
	    "<adder band=\"peak\" value=\"0.10\"/>"
	    "<adder band=\"sharp\" value=\"0.10\"/>"
	    "<adder band=\"valley\" value=\"-0.18\"/></import>"));
	struct table_price row[ROWS_MAX];
	struct price_rows rows = rows_of(row, "list=0.52");

	cr_expect_str_eq(price_text(tariff, 0, "peak", &rows, -1), "0.62");
	cr_expect_str_eq(price_text(tariff, 0, "flat", &rows, -1), "0.52");
	cr_expect_str_eq(price_text(tariff, 0, "valley", &rows, -1), "0.34");
	tariff_free(tariff);
}

Test(price, comes_from_the_row_that_names_most)
{
	struct tariff *tariff =
	    fixture_tariff(TARIFF("", "<import table=\"t\" item=\"p\"/>"));
	struct table_price row[ROWS_MAX];
	struct price_rows rows = rows_of(row, "p=1 p=2 p=3");
	const struct tariff_version *version = &tariff->versions[0];
	struct dec price = {0};
	struct qf_error err;

	snprintf(row[0].user_class, sizeof(row[0].user_class), "%s", "");
	snprintf(row[2].user_class, sizeof(row[2].user_class), "%s", "other");
	cr_expect_str_eq(price_text(tariff, 0, "", &rows, -1), "2");
	cr_assert_eq(price_of_band(&price, version, &version->charges[0],
			 BAND_NONE, &rows, &school, &err),
	    0);
	cr_expect_eq(dec_cmp(&price, &row[0].price), 0);
	snprintf(row[2].user_class, sizeof(row[2].user_class), "%s", "ci");
	cr_expect_eq(price_of_band(&price, version, &version->charges[0],
			 BAND_NONE, &rows, &plain_ci, &err),
	    -1);
	cr_expect_str_eq(err.code, "price-ambiguous");
	tariff_free(tariff);
}

Test(price, must_be_with_tax_where_the_tariff_says_so)
{
	struct tariff *tariff = fixture_tariff(
	    TARIFF("", "<import table=\"t\" item=\"p\" tax=\"0.13\" "
		       "tax-included=\"yes\"/>"));
	struct table_price row[ROWS_MAX];
	struct price_rows rows = rows_of(row, "p=1");
	const struct tariff_version *version = &tariff->versions[0];
	struct dec price = {0};
	struct qf_error err;

	cr_expect_eq(price_of_band(&price, version, &version->charges[0],
			 BAND_NONE, &rows, &plain_ci, &err),
	    -1);
	cr_expect_str_eq(err.code, "price-tax");
	row[0].tax_included = true;
	cr_expect_str_eq(price_text(tariff, 0, "", &rows, -1), "1");
	tariff_free(tariff);
}

Test(price, is_not_found_in_a_template)
{
	struct tariff *tariff = fixture_tariff(TARIFF(
	    "template=\"yes\"", "<service><price value=\"\"/></service>"));
	const struct tariff_version *version = &tariff->versions[0];
	struct dec price = {0};
	struct qf_error err;

	cr_expect_eq(price_of_band(&price, version, &version->charges[0],
			 BAND_NONE, NULL, &nobody, &err),
	    -1);
	cr_expect_eq(err.status, QF_CONFIG);
	cr_expect_str_eq(err.code, "tariff-template");
	tariff_free(tariff);
}

Test(price, of_a_series_is_times_factor_and_rounded)
{
	struct tariff *tariff = fixture_tariff(TARIFF("",
	    "<export series=\"rt\" factor=\"0.5\" round=\"4 half-up\">"
	    "<adder value=\"0.01\"/></export>"));
	const struct charge *charge = &tariff->versions[0].charges[0];
	struct dec price = {0}, series = DEC_SMALL(33333, 5);
	char text[DEC_TEXT_MAX];

	/* 0.33333 / 2 + 0.01 = 0.176665 */
	price_of_series(&price, charge, BAND_NONE, &series, &nobody);
	dec_format(&price, text, sizeof(text));
	cr_expect_str_eq(text, "0.1767");
	tariff_free(tariff);
}

static void
expect_price(const struct tariff_version *version, const char *band,
    const struct price_for *who, const char *expected)
{
	struct dec price = {0};
	struct qf_error err;
	char text[DEC_TEXT_MAX];

	cr_assert_eq(price_of_band(&price, version, &version->charges[0],
			 band_named(version, band), NULL, who, &err),
	    0, "%s", err.text);
	dec_format_trim(&price, text, sizeof(text));
	cr_expect_str_eq(text, expected, "%s: %s", band, text);
	dec_release(&price);
}

Test(price, is_by_the_first_ratio_of_a_band_that_is_for_the_contract)
{
	/* Beijing's ratios differ by voltage and type: 1.71, 1.8 and 1.6. */
	struct tariff *tariff = fixture_tariff(TARIFF("", CHONGQING_BANDS
	    "<import benchmark=\"1\">"
	    "<ratio band=\"peak\" of=\"flat\" factor=\"1.6\" "
	    "for-type=\"two-part\"/>"
	    "<ratio band=\"peak\" of=\"flat\" factor=\"1.8\" "
	    "for-voltage=\"1-10kV\"/>"
	    "<ratio band=\"peak\" of=\"flat\" factor=\"1.7\" "
	    "for-option=\"storage\"/>"
	    "<ratio band=\"peak\" of=\"flat\" factor=\"1.71\"/>"
	    "<ratio band=\"valley\" of=\"flat\" factor=\"0.36\"/>"
	    "<ratio band=\"sharp\" of=\"peak\" factor=\"1.2\"/></import>"));
	const struct {
		struct contract contract;
		const char *peak, *sharp;
	} rows[] = {
	    {{.type = "two-part", .voltage = "1-10kV"}, "1.6", "1.92"},
	    {{.type = "single", .voltage = "1-10kV"}, "1.8", "2.16"},
	    {{.type = "single", .options = "storage=yes"}, "1.7", "2.04"},
	    {{.type = "single"}, "1.71", "2.052"},
	};
	const struct tariff_version *version = &tariff->versions[0];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct price_for who = {.contract = &rows[i].contract};

		expect_price(version, "peak", &who, rows[i].peak);
		expect_price(version, "sharp", &who, rows[i].sharp);
	}
	cr_expect(price_is_personal(version, &version->charges[0]));
	tariff_free(tariff);
}

Test(price, is_less_what_the_contract_is_exempt_from_then)
{
	/* energy 0.4 x 1.6 + fund 0.05, or without the fund; from 2025-03-01
	 * (day 20148) schools pay nothing at all. */
	struct tariff *tariff = fixture_tariff(TARIFF("", CHONGQING_BANDS
	    "<import table=\"t\"><component id=\"energy\" floats=\"yes\"/>"
	    "<component id=\"fund\"/>"
	    "<ratio band=\"peak\" of=\"flat\" factor=\"1.6\"/>"
	    "<ratio band=\"valley\" of=\"flat\" factor=\"0.4\"/>"
	    "<ratio band=\"sharp\" of=\"peak\" factor=\"1.2\"/>"
	    "<adder value=\"0.01\"/>"
	    "<exempt component=\"fund\" for-class=\"school farm\" "
	    "to=\"2025-03-01\"/>"
	    "<exempt for-class=\"school\" from=\"2025-03-01\"/></import>"));
	const struct tariff_version *version = &tariff->versions[0];
	struct table_price row[ROWS_MAX];
	struct price_rows rows = rows_of(row, "energy=0.4 fund=0.05");
	const struct {
		const char *user_class;
		int32_t day;
		const char *peak;
	} cases[] = {
	    {"ci", 20147, "0.70"},
	    {"school", 20147, "0.65"},
	    {"school", 20148, "0"},
	    {"farm", 20147, "0.65"},
	    {"farm", 20148, "0.70"},
	};

	for (size_t i = 0; i < ROWS_MAX; i++) {
		row[i].user_class[0] = '\0';
	}
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct contract contract = {
		    .type = "two-part", .voltage = "1-10kV"};
		struct price_for who = {
		    .contract = &contract, .day = cases[i].day};
		struct dec price = {0}, expected = {0};

		snprintf(contract.user_class, sizeof(contract.user_class), "%s",
		    cases[i].user_class);
		cr_assert_eq(
		    price_of_band(&price, version, &version->charges[0],
			band_named(version, "peak"), &rows, &who, NULL),
		    0);
		dec_parse(
		    &expected, cases[i].peak, strlen(cases[i].peak), NULL);
		cr_expect_eq(dec_cmp(&price, &expected), 0, "case %zu", i);
	}
	tariff_free(tariff);
}

Test(price, of_a_tier_stands_in_place_and_its_adders_on_top)
{
	/* Zhejiang, residents: 0.538, tiers +0.05 and +0.30, offsets +0.03 at
	 * peak and -0.25 in the valley; and a tier of its own price. */
	struct tariff *tariff = fixture_tariff(TARIFF("",
	    CHONGQING_BANDS "<import><price value=\"0.538\"/>"
			    "<adder band=\"peak\" value=\"0.03\"/>"
			    "<adder band=\"valley\" value=\"-0.25\"/>"
			    "<tiers per=\"year\"><tier to=\"2760\"/>"
			    "<tier to=\"4800\" adder=\"0.05\"/>"
			    "<tier to=\"9000\" adder=\"0.30\"/>"
			    "<tier price=\"1\"/></tiers></import>"));
	const struct tariff_version *version = &tariff->versions[0];
	const struct {
		size_t tier;
		const char *peak, *flat, *valley;
	} rows[] = {
	    {0, "0.568", "0.538", "0.288"},
	    {1, "0.618", "0.588", "0.338"},
	    {2, "0.868", "0.838", "0.588"},
	    {3, "1.03", "1", "0.75"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct price_for who = {.contract = &any_contract,
		    .tier = &version->charges[0].tiers->list[rows[i].tier]};

		expect_price(version, "peak", &who, rows[i].peak);
		expect_price(version, "flat", &who, rows[i].flat);
		expect_price(version, "valley", &who, rows[i].valley);
	}
	tariff_free(tariff);
}

Test(price, has_items_that_an_adjustment_leaves_out)
{
	/* Of 0.4 x 1.6 x 1.2 + 0.05 of sharp, energy alone is 0.768, the fund
	 * 0.05, both 0.818; a charge of half that price has half of it; a
	 * number of the document has none. */
	struct tariff *tariff = fixture_tariff(TARIFF("", CHONGQING_BANDS
	    "<import table=\"t\"><component id=\"energy\" floats=\"yes\"/>"
	    "<component id=\"fund\"/>"
	    "<ratio band=\"peak\" of=\"flat\" factor=\"1.6\"/>"
	    "<ratio band=\"valley\" of=\"flat\" factor=\"0.4\"/>"
	    "<ratio band=\"sharp\" of=\"peak\" factor=\"1.2\"/>"
	    "<exempt component=\"fund\" for-class=\"school\"/></import>"
	    "<export same-as=\"import\" factor=\"0.5\"/>"
	    "<service><price value=\"0.3\"/></service>"));
	const struct tariff_version *version = &tariff->versions[0];
	struct table_price row[ROWS_MAX];
	struct price_rows rows = rows_of(row, "energy=0.4 fund=0.05");
	char fund[] = "fund", energy[] = "energy";
	char *items[] = {fund, energy};
	const struct {
		const char *user_class;
		size_t charge, first, count;
		const char *expected;
	} cases[] = {
	    {"ci", 0, 0, 1, "0.05"},
	    {"ci", 0, 1, 1, "0.768"},
	    {"ci", 0, 0, 2, "0.818"},
	    {"ci", 0, 0, 0, "0"},
	    {"ci", 1, 0, 2, "0.409"},
	    {"ci", 2, 0, 2, "0"},
	    {"school", 0, 0, 2, "0.768"},
	};

	for (size_t i = 0; i < ROWS_MAX; i++) {
		row[i].user_class[0] = '\0';
	}
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct contract contract = {0};
		struct price_for who = {.contract = &contract, .day = 20147};
		struct dec price = {0};
		char text[DEC_TEXT_MAX];

		snprintf(contract.user_class, sizeof(contract.user_class), "%s",
		    cases[i].user_class);
		cr_assert_eq(price_of_items(&price, version,
				 &version->charges[cases[i].charge],
				 band_named(version, "sharp"), &rows, &who,
				 items + cases[i].first, cases[i].count, NULL),
		    0);
		dec_format_trim(&price, text, sizeof(text));
		cr_expect_str_eq(
		    text, cases[i].expected, "case %zu: %s", i, text);
		dec_release(&price);
	}
	tariff_free(tariff);
}
