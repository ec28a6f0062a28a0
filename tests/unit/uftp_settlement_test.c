/* uftp_settlement_test.c - FlexSettlement messages, and what must be true of
 * them.
 *
 * The worked example is the one of the standard's text (baseline 10 MW, ordered
 * 2 MW less, 7 a MW, penalty 11 a MW); what is wrong is it with one text
 * replaced.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/text.h"
#include "format/faults.h"
#include "format/uftp_settlement.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define FILE_NAME "testdata/uftp/settlement.xml"

/* A descriptor of the file with the first `from` replaced by `to`. */
static int
changed(const char *from, const char *to)
{
	char *text = xcalloc(1, 1 << 16), *at;
	int fd = open(FILE_NAME, O_RDONLY | O_CLOEXEC), out;

	cr_assert_geq(fd, 0);
	cr_assert_gt(read(fd, text, (1 << 16) - 1), 0);
	close(fd);
	out = memfd_create("flex", MFD_CLOEXEC);
	at = strstr(text, from);
	cr_assert_not_null(at, "%s", from);
	cr_assert_geq(write(out, text, (size_t)(at - text)), 0);
	cr_assert_geq(write(out, to, strlen(to)), 0);
	at += strlen(from);
	cr_assert_geq(write(out, at, strlen(at)), 0);
	lseek(out, 0, SEEK_SET);
	free(text);
	return out;
}

/* The codes of what is wrong, "" for nothing. */
static void
codes(const char *from, const char *to, struct buf *out)
{
	const struct flex_rule rule = {.minutes = 15};
	struct faults *faults = faults_new("f");
	struct flex_settlement *message;
	struct qf_error err;
	struct fault fault;
	int fd = changed(from, to);

	buf_clear(out);
	if (uftp_settlement_load(&message, fd, "f", &err) == -1) {
		buf_add_string(out, err.code);
	} else {
		cr_assert_eq(
		    uftp_settlement_check(message, &rule, faults, &err), 0);
		cr_assert_eq(faults_finish(faults, &err), 0);
		while (faults_next(faults, &fault, &err) == 1) {
			if (out->length > 0) {
				buf_add_char(out, ' ');
			}
			buf_add_string(out, fault.code);
		}
		uftp_settlement_free(message);
	}
	faults_free(faults);
	close(fd);
}

static const struct {
	const char *from, *to, *codes;
} wrong[] = {
    {"a", "a", ""},
    {"NetSettlement=\"-4.0000\"", "NetSettlement=\"4\"", "flex-net"},
    {"Penalty=\"11.0000\"", "Penalty=\"11.0001\"", "flex-net"},
    {"Penalty=\"11.0000\" NetSettlement=\"-4.0000\"",
	"Penalty=\"11.00001\" NetSettlement=\"-4.00001\"",
	"flex-text flex-text"},
    {"Penalty=\"0.0000\" NetSettlement=\"14.0000\"",
	"Penalty=\"1\" NetSettlement=\"13\"", "flex-penalty"},
    {"Penalty=\"0.0000\" NetSettlement=\"14.0000\"",
	"Penalty=\"-1\" NetSettlement=\"15\"", "flex-penalty"},
    {"Penalty=\"0.0000\"", "", ""}, /* 0 where it is missing */
    {"DeliveredFlexPower=\"2000000\"", "DeliveredFlexPower=\"2000001\"",
	"flex-delivered"},
    {"DeliveredFlexPower=\"2000000\"", "DeliveredFlexPower=\"-1\"",
	"flex-delivered"},
    {"DeliveredFlexPower=\"1000000\"", "DeliveredFlexPower=\"999999\"",
	"flex-delivered"},
    {"PowerDeficiency=\"1000000\"", "PowerDeficiency=\"0\"",
	"flex-penalty flex-deficiency"},
    {"PowerDeficiency=\"3000000\"", "PowerDeficiency=\"2000000\"",
	""}, /* capped at the order, as USEF's own program does */
    {"PowerDeficiency=\"3000000\"", "PowerDeficiency=\"2500000\"",
	"flex-deficiency"},
    {"OrderedFlexPower=\"-2000000\"", "OrderedFlexPower=\"2000000\"",
	"flex-delivered flex-deficiency"},
    {"OrderReference=\"ORD-2\"", "OrderReference=\"ORD-1\"", "flex-twice"},
    {"OrderReference=\"ORD-2\"", "", "flex-text"},
    {"Period=\"2025-01-02\"", "Period=\"2025-02-01\"", "flex-period"},
    {"PeriodEnd=\"2025-01-31\"", "PeriodEnd=\"2024-12-31\"",
	"flex-period flex-period flex-period flex-period flex-period "
	"flex-period flex-period"},
    {"<ISP Start=\"1\"", "<ISP Start=\"100\"", ""},
    {"<ISP Start=\"1\"", "<ISP Start=\"101\"", "flex-isp"},
    {"<ISP Start=\"1\"", "<ISP Start=\"0\"", "flex-isp"},
    {"Duration=\"1\"", "Duration=\"101\"", "flex-isp"},
    {"Duration=\"1\"", "Duration=\"-9\"", "flex-isp"},
    {"</FlexOrderSettlement>",
	"<ISP Start='1' BaselinePower='0' OrderedFlexPower='0' "
	"ActualPower='5' DeliveredFlexPower='0'/>"
	"</FlexOrderSettlement>",
	"flex-isp"},
    {"Period=\"2025-01-01\">\n      <ISP",
	"Period=\"2025-01-01\"><ISP Start='1' ReservedPower='0'/><ISP",
	"flex-isp"},
    {"</ContractSettlement>",
	"<Period Period='2025-01-02'><ISP Start='1' ReservedPower='0'/>"
	"</Period></ContractSettlement>",
	""},
    {"</ContractSettlement>",
	"<Period Period='2025-01-01'><ISP Start='2' ReservedPower='0'/>"
	"</Period></ContractSettlement>",
	"flex-twice"},
    {"ean.123456789012", "ean.12345678901", "flex-text"},
    {"ean.123456789012", "ea1.2009-01.org.example:east:1", ""},
    {"ean.123456789012", "ea1.2009-01.:x", "flex-text"},
    {"Currency=\"EUR\"", "Currency=\"eur\"", "flex-text"},
    {"dso.example.com", "DSO.example.com", "flex-text"},
    {"dso.example.com", "dso", "flex-text"},
    {"dso.example.com", "dso.-x.com", "flex-text"},
    {"dso.example.com", "a-b.c1.com", ""},
    {"2025-02-01T00:00:00Z", "2025-02-01T00:00:00", "flex-text"},
    {"2025-02-01T00:00:00Z", "2025-02-01T00:00:00.5+01:00", ""},
    {"-000000000001\"", "-00000000001\"", "flex-text"},
    {"Version=\"3.1.0\"", "Version=\"3.1\"", "flex-text"},
    {"BaselinePower=\"10000000\"", "BaselinePower=\"1.5\"", "flex-value"},
    {"BaselinePower=\"10000000\"", "BaselinePower=\"9223372036854775807\"",
	"flex-value"},
    {"Price=\"14.0000\"", "", "flex-value"},
    {"FlexSettlement Version", "FlexOrder Version", "xml-syntax"},
};

Test(uftp_settlement, finds_what_no_schema_can_say)
{
	struct buf found;

	buf_init(&found, 4096);
	for (size_t i = 0; i < COUNT(wrong); i++) {
		codes(wrong[i].from, wrong[i].to, &found);
		cr_expect_str_eq(found.bytes, wrong[i].codes, "%s: %s",
		    wrong[i].to, found.bytes);
	}
	buf_release(&found);
}

Test(uftp_settlement, delivers_what_was_ordered_and_no_more)
{
	/* USEF: baseline, order, load, delivered, missing; the first five are
	 * the worked example, in MW. */
	static const int64_t cases[][5] = {
	    {10, -2, 7, 2, 0},
	    {10, -2, 8, 2, 0},
	    {10, -2, 9, 1, 1},
	    {10, -2, 10, 0, 2},
	    {10, -2, 11, 0, 3},
	    {1000, 100, 1200, 100, 0}, /* an increase */
	    {1000, 100, 1050, 50, 50},
	    {1000, 100, 901, 0, 199},
	    {1000, -100, 901, 99, 1},
	    {-5, -2, -8, 2, 0}, /* of a site that feeds in */
	    {10, 0, 7, 0, 0},
	    {10, 0, 13, 0, 0},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct flex_isp isp = {.baseline_w = cases[i][0],
		    .ordered_w = cases[i][1],
		    .actual_w = cases[i][2]};

		uftp_delivered(&isp);
		cr_expect_eq(isp.delivered_w, cases[i][3], "case %zu", i);
		cr_expect_eq(isp.deficiency_w, cases[i][4], "case %zu", i);
	}
}

static int
keep(void *context, const void *bytes, size_t length, struct qf_error *err)
{
	(void)err;
	return buf_add(context, bytes, length);
}

Test(uftp_settlement, reads_again_what_it_wrote)
{
	struct flex_settlement *first, *second;
	struct buf written, again;
	struct sink sink = {.write = keep, .context = &written};
	struct qf_error err;
	int fd = changed("a", "a");

	buf_init(&written, 1 << 16);
	buf_init(&again, 1 << 16);
	cr_assert_eq(uftp_settlement_load(&first, fd, "f", &err), 0);
	close(fd);
	cr_assert_eq(uftp_settlement_write(first, sink, &err), 0);
	fd = memfd_create("again", MFD_CLOEXEC);
	cr_assert_eq(
	    write(fd, written.bytes, written.length), (ssize_t)written.length);
	lseek(fd, 0, SEEK_SET);
	cr_assert_eq(uftp_settlement_load(&second, fd, "f", &err), 0);
	close(fd);
	cr_expect_eq(second->order_count, 5);
	cr_expect_str_eq(second->orders[2].reference, "ORD-3");
	cr_expect_eq(second->orders[4].isps[0].deficiency_w, 3000000);
	cr_expect_eq(second->contracts[0].days[0].isps[0].ordered_w, -2000000);
	sink.context = &again;
	cr_assert_eq(uftp_settlement_write(second, sink, &err), 0);
	cr_expect_str_eq(written.bytes, again.bytes);
	cr_expect_not_null(strstr(written.bytes,
	    "Price=\"7.0000\" Penalty=\"11.0000\" NetSettlement=\"-4.0000\""));
	uftp_settlement_free(first);
	uftp_settlement_free(second);
	buf_release(&written);
	buf_release(&again);
}
