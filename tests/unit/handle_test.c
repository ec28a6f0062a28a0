/* handle_test.c - handles, read and written.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "model/handle.h"

#include <criterion/criterion.h>

#include "base/status.h"

Test(handle, reads_what_it_writes)
{
	static const struct {
		const char *text;
		struct handle handle;
	} cases[] = {
	    {"batch:7@9c0b12fe", {ENTRY_BATCH, 7, "9c0b12fe", 0}},
	    {"run:9", {ENTRY_RUN, 9, "", 0}},
	    {"run:9/123", {ENTRY_RUN, 9, "", 123}},
	    {"posting:10@00000000/1", {ENTRY_POSTING, 10, "00000000", 1}},
	    {"rule:9223372036854775807",
		{ENTRY_RULE, 9223372036854775807, "", 0}},
	};
	char text[HANDLE_TEXT_MAX];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct handle handle;
		struct qf_error err;

		cr_assert_eq(handle_parse(&handle, cases[i].text, &err), 0);
		cr_assert_eq(handle.kind, cases[i].handle.kind);
		cr_assert_eq(handle.entry, cases[i].handle.entry);
		cr_assert_str_eq(handle.head, cases[i].handle.head);
		cr_assert_eq(handle.line, cases[i].handle.line);
		cr_assert_str_eq(
		    handle_format(&handle, text, sizeof(text)), cases[i].text);
	}
}

Test(handle, refuses_what_is_none)
{
	static const char *const texts[] = {"", "run", "run:", "run:0",
	    "run:-1", "run:+1", "run:01", "run: 1", "run:1 ", "runs:1", "Run:1",
	    "run:9223372036854775808", "run:1@", "run:1@1f3a9c0",
	    "run:1@1f3a9c023", "run:1@1F3A9C02", "run:1@1f3a9c02/", "run:1/0",
	    "run:1/2/3", "run:1/2@1f3a9c02"};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct handle handle;
		struct qf_error err;

		cr_assert_eq(
		    handle_parse(&handle, texts[i], &err), -1, "%s", texts[i]);
		cr_assert_eq(err.status, QF_USAGE);
		cr_assert_str_eq(err.code, "handle-syntax");
	}
}
