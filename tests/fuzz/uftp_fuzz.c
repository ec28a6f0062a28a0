/* uftp_fuzz.c - any bytes as a message of UFTP: nothing breaks, the ISPs of an
 * order without a fault stand in its day, each once, and a settlement that
 * passes the checks is the same after it was written.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/sink.h"
#include "base/text.h"
#include "format/faults.h"
#include "format/uftp_order.h"
#include "format/uftp_settlement.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static const struct flex_rule rule = {.minutes = 15};

static int
file_of(const void *bytes, size_t length)
{
	int fd = memfd_create("f", MFD_CLOEXEC);

	if (fd == -1 || write(fd, bytes, length) != (ssize_t)length ||
	    lseek(fd, 0, SEEK_SET) == -1) {
		abort();
	}
	return fd;
}

static void
check_order(const struct uftp_order *order)
{
	const struct uftp_isp *first = &order->isps[0];
	const struct uftp_isp *last = &order->isps[order->isp_count - 1];

	if (order->isp_count == 0 ||
	    last->end_utc - first->start_utc > 25 * 3600) {
		abort();
	}
	for (size_t i = 0; i < order->isp_count; i++) {
		const struct uftp_isp *isp = &order->isps[i];

		if (isp->end_utc <= isp->start_utc ||
		    (i > 0 && isp->start_utc < isp[-1].end_utc)) {
			abort();
		}
	}
}

static void
read_order(int fd)
{
	struct faults *faults = faults_new("f");
	struct uftp_order *order;
	struct qf_error err;

	if (uftp_order_load(&order, fd, "f", faults, &err) == 0) {
		if (order->sound != (faults_count(faults) == 0)) {
			abort();
		}
		if (order->sound) {
			check_order(order);
		}
		uftp_order_free(order);
	}
	faults_free(faults);
}

/* How many faults the checks find. */
static uint64_t
check(const struct flex_settlement *message)
{
	struct faults *faults = faults_new("f");
	struct qf_error err;
	uint64_t count;

	if (uftp_settlement_check(message, &rule, faults, &err) == -1) {
		abort();
	}
	count = faults_count(faults);
	faults_free(faults);
	return count;
}

static void
compare(const struct flex_settlement *a, const struct flex_settlement *b)
{
	if (a->order_count != b->order_count ||
	    a->contract_count != b->contract_count ||
	    strcmp(a->message, b->message) != 0) {
		abort();
	}
	for (size_t i = 0; i < a->order_count; i++) {
		const struct flex_order *x = &a->orders[i], *y = &b->orders[i];

		if (strcmp(x->reference, y->reference) != 0 ||
		    strcmp(x->congestion_point, y->congestion_point) != 0 ||
		    x->day != y->day || dec_cmp(&x->net, &y->net) != 0 ||
		    x->isp_count != y->isp_count) {
			abort();
		}
		for (size_t j = 0; j < x->isp_count; j++) {
			if (x->isps[j].first != y->isps[j].first ||
			    x->isps[j].ordered_w != y->isps[j].ordered_w ||
			    x->isps[j].delivered_w != y->isps[j].delivered_w) {
				abort();
			}
		}
	}
}

static void
write_again(const struct flex_settlement *message)
{
	struct buf text;
	struct flex_settlement *back;
	struct qf_error err;
	int fd;

	buf_init(&text, 1 << 24);
	if (uftp_settlement_write(message, sink_buf(&text), &err) == -1) {
		abort();
	}
	fd = file_of(text.bytes, text.length);
	if (uftp_settlement_load(&back, fd, "f", &err) == -1 ||
	    check(back) != 0) {
		abort();
	}
	compare(message, back);
	uftp_settlement_free(back);
	close(fd);
	buf_release(&text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct flex_settlement *message;
	struct qf_error err;
	int fd = file_of(bytes, length);

	read_order(fd);
	if (lseek(fd, 0, SEEK_SET) == -1) {
		abort();
	}
	if (uftp_settlement_load(&message, fd, "f", &err) == 0) {
		if (check(message) == 0) {
			write_again(message);
		}
		uftp_settlement_free(message);
	}
	close(fd);
	return 0;
}
