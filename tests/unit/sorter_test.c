/* sorter_test.c - order, stability and memory of the external sort.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <criterion/criterion.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/sorter.h"

#define SMALL ((size_t)64 << 10)

static uint32_t seed = 1;

static uint32_t
next_random(void)
{
	seed = seed * 1664525 + 1013904223;
	return seed >> 8;
}

/* By bytes, a shorter one first: the order that the header promises. */
static int
key_order(const void *a, size_t a_length, const void *b, size_t b_length)
{
	size_t least = a_length < b_length ? a_length : b_length;
	int order = least != 0 ? memcmp(a, b, least) : 0;

	return order != 0 ? order
			  : (a_length > b_length) - (a_length < b_length);
}

/* Reads all that is sorted: keys must not fall, numbers in the data must rise
 * where keys are equal, and each of count numbers must come once. */
static void
check_sorted(struct sorter *sorter, size_t count)
{
	unsigned char *seen = xcalloc(count, 1);
	unsigned char key[600];
	size_t key_length = 0, total = 0;
	struct sorter_record record;
	struct qf_error err;
	uint32_t number, last = 0;
	int rc;

	cr_assert_eq(sorter_finish(sorter, &err), 0);
	while ((rc = sorter_next(sorter, &record, &err)) == 1) {
		int order =
		    key_order(key, key_length, record.key, record.key_length);

		memcpy(&number, record.data, sizeof(number));
		cr_assert(number < count && seen[number] == 0);
		seen[number] = 1;
		if (total != 0) {
			cr_assert(order < 0 || (order == 0 && last < number),
			    "record %zu", total);
		}
		for (size_t i = 4; i < record.data_length; i++) {
			cr_assert_eq(((const unsigned char *)record.data)[i],
			    (unsigned char)(number + i));
		}
		memcpy(key, record.key, record.key_length);
		key_length = record.key_length;
		last = number;
		total++;
	}
	cr_assert_eq(rc, 0);
	cr_assert_eq(sorter_next(sorter, &record, &err), 0);
	cr_assert_eq(total, count);
	free(seen);
}

/* Adds a record whose data is its number and bytes that follow from it. */
static void
add(struct sorter *sorter, const void *key, size_t key_length, uint32_t number,
    size_t data_length)
{
	unsigned char data[2000];
	struct qf_error err;

	memcpy(data, &number, sizeof(number));
	for (size_t i = 4; i < data_length; i++) {
		data[i] = (unsigned char)(number + i);
	}
	cr_assert_eq(
	    sorter_add(sorter, key, key_length, data, data_length, &err), 0,
	    "%s", err.text);
}

static void
sort_random(size_t memory, uint32_t count, size_t key_max, unsigned letters)
{
	struct sorter *sorter = sorter_new(memory);

	for (uint32_t i = 0; i < count; i++) {
		unsigned char key[600];
		size_t length = next_random() % (key_max + 1);

		for (size_t j = 0; j < length; j++) {
			key[j] = (unsigned char)(next_random() % letters);
		}
		add(sorter, key, length, i, 4 + next_random() % 400);
	}
	check_sorted(sorter, count);
	sorter_free(sorter);
}

Test(sorter, sorts_in_memory)
{
	sort_random(SORTER_MEMORY, 5000, 20, 256);
}

Test(sorter, sorts_through_files)
{
	sort_random(SMALL, 20000, 20, 256);
}

Test(sorter, is_stable_where_keys_are_equal)
{
	sort_random(SMALL, 10000, 1, 3);
}

Test(sorter, tells_keys_of_nul_bytes_by_length)
{
	sort_random(SMALL, 10000, 12, 1);
}

Test(sorter, takes_long_keys_that_begin_alike)
{
	sort_random(SMALL, 3000, 500, 2);
}

Test(sorter, gives_nothing_for_nothing)
{
	struct sorter *sorter = sorter_new(SMALL);

	check_sorted(sorter, 0);
	sorter_free(sorter);
	sorter_free(NULL);
}

Test(sorter, makes_one_run_of_what_is_in_order)
{
	struct sorter *sorter = sorter_new(SMALL);

	for (uint32_t i = 0; i < 10000; i++) {
		unsigned char key[2] = {
		    (unsigned char)(i >> 9), (unsigned char)(i >> 1)};

		add(sorter, key, 2, i, 100);
	}
	check_sorted(sorter, 10000);
	cr_expect_eq(sorter_run_count(sorter), 1);
	sorter_free(sorter);
}

Test(sorter, sorts_what_comes_backwards)
{
	struct sorter *sorter = sorter_new(SMALL);

	for (uint32_t i = 0; i < 10000; i++) {
		uint32_t back = 10000 - i;
		unsigned char key[2] = {
		    (unsigned char)(back >> 8), (unsigned char)back};

		add(sorter, key, 2, i, 100);
	}
	check_sorted(sorter, 10000);
	cr_expect(sorter_run_count(sorter) > 10);
	sorter_free(sorter);
}

Test(sorter, refuses_a_record_that_no_memory_holds)
{
	struct sorter *sorter = sorter_new(SMALL);
	char *data = xcalloc(1, SMALL);
	struct qf_error err = {0};

	cr_expect_eq(sorter_add(sorter, "k", 1, data, SMALL, &err), -1);
	cr_expect_str_eq(err.code, "sorter-record");
	sorter_free(sorter);
	free(data);
}

Test(sorter, says_where_its_file_cannot_be)
{
	struct sorter *sorter = sorter_new(SMALL);
	struct qf_error err = {0};
	char data[1000] = {0};
	int rc = 0;

	setenv("TMPDIR", "/nonexistent", 1);
	for (int i = 0; i < 100 && rc == 0; i++) {
		rc = sorter_add(sorter, "k", 1, data, sizeof(data), &err);
	}
	cr_expect_eq(rc, -1);
	cr_expect_eq(err.status, QF_CANTCREAT);
	cr_expect_str_eq(err.code, "sorter-create");
	sorter_free(sorter);
}
