/* contract_test.c - what a stretch of a contract says of itself.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "model/contract.h"

#include <criterion/criterion.h>

Test(contract, has_the_part_of_a_time_that_it_stands_in)
{
	static const struct {
		int64_t stretch[2], asked[2], part[2];
		bool any;
	} cases[] = {
	    {{10, 20}, {0, 30}, {10, 20}, true},
	    {{10, 20}, {12, 15}, {12, 15}, true},
	    {{10, UTC_OPEN}, {0, 30}, {10, 30}, true},
	    {{10, 20}, {15, 30}, {15, 20}, true},
	    /* Half-open: what touches has no part. */
	    {{10, 20}, {20, 30}, {20, 20}, false},
	    {{10, 20}, {0, 10}, {10, 10}, false},
	    {{10, 20}, {25, 30}, {25, 20}, false},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct contract stretch = {
		    .from_utc = cases[i].stretch[0],
		    .to_utc = cases[i].stretch[1],
		};
		int64_t first_utc, end_utc;

		cr_expect_eq(contract_within(&stretch, cases[i].asked[0],
				 cases[i].asked[1], &first_utc, &end_utc),
		    cases[i].any, "case %zu", i);
		cr_expect_eq(first_utc, cases[i].part[0], "case %zu", i);
		cr_expect_eq(end_utc, cases[i].part[1], "case %zu", i);
	}
}

Test(contract, has_the_same_terms_whatever_its_times)
{
	const struct contract a = {.contract = "A",
	    .payer = "P",
	    .options = "quantity=2",
	    .from_utc = 1,
	    .to_utc = 2,
	    .entry = 3};
	struct contract b = {.contract = "B",
	    .payer = "P",
	    .options = "quantity=2",
	    .from_utc = 2,
	    .to_utc = UTC_OPEN,
	    .entry = 4};

	cr_expect(contract_same_terms(&a, &b));
	b.options[0] = 'x';
	cr_expect(!contract_same_terms(&a, &b));
}
