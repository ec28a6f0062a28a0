/* child_test.c - another program as a filter.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/child.h"
#include "base/status.h"
#include "base/text.h"

static int
filter(const char *const *words, const char *input, struct buf *out,
    struct qf_error *err)
{
	buf_init(out, (size_t)4 << 20);
	return child_filter(words, input, strlen(input), sink_buf(out), err);
}

Test(child, hands_on_what_the_program_printed)
{
	static const char *const words[] = {"tr", "a-z", "A-Z", NULL};
	struct qf_error err;
	struct buf out;

	cr_assert_eq(filter(words, "kwh\nyuan\n", &out, &err), 0);
	cr_assert_str_eq(out.bytes, "KWH\nYUAN\n");
	buf_release(&out);
}

Test(child, neither_side_waits_for_the_other)
{
	static const char *const words[] = {"cat", NULL};
	size_t length = (size_t)3 << 20; /* more than a pipe holds */
	char *input = malloc(length + 1);
	struct qf_error err;
	struct buf out;

	memset(input, 'x', length);
	input[length] = '\0';
	cr_assert_eq(filter(words, input, &out, &err), 0);
	cr_assert_eq(out.length, length);
	buf_release(&out);
	free(input);
}

Test(child, gives_the_program_nothing_of_the_environment_but_its_path)
{
	static const char *const words[] = {"env", NULL};
	struct qf_error err;
	struct buf out;

	setenv("PATH", "/usr/bin:/bin", 1);
	setenv("QF_LEDGER", "/somewhere", 1);
	cr_assert_eq(filter(words, "", &out, &err), 0);
	cr_assert_str_eq(out.bytes, "LC_ALL=C.UTF-8\nPATH=/usr/bin:/bin\n");
	buf_release(&out);
}

Test(child, says_what_is_missing_or_what_the_program_said)
{
	static const struct {
		const char *words[4];
		const char *code, *text;
		enum qf_status status;
	} cases[] = {
	    {{"qf-no-such-program", NULL}, "program-missing",
		"qf-no-such-program cannot be started: No such file or "
		"directory",
		QF_CONFIG},
	    {{"sh", "-c", "echo; echo why >&2; exit 3", NULL}, "program-failed",
		"sh: ended with 3: why", QF_IO},
	    {{"sh", "-c", "kill -9 $$", NULL}, "program-failed",
		"sh: was killed by signal 9", QF_IO},
	    {{"sh", "-c", "exit 4", NULL}, "program-failed", "sh: ended with 4",
		QF_IO},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct qf_error err = {0};
		struct buf out;

		cr_assert_eq(filter(cases[i].words, "", &out, &err), -1);
		cr_expect_eq(err.status, cases[i].status);
		cr_expect_str_eq(err.code, cases[i].code);
		cr_expect_str_eq(err.text, cases[i].text);
		cr_expect_eq(out.length, 0);
		buf_release(&out);
	}
}

Test(child, wants_all_of_the_input_to_be_taken)
{
	static const char *const words[] = {"true", NULL};
	size_t length = (size_t)3 << 20; /* more than a socket holds */
	char *input = malloc(length);
	struct qf_error err = {0};
	struct buf out;

	memset(input, 'x', length);
	buf_init(&out, 100);
	cr_assert_eq(
	    child_filter(words, input, length, sink_buf(&out), &err), -1);
	cr_expect_str_eq(err.code, "program-failed");
	cr_expect_str_eq(err.text, "true: ended before its input did");
	buf_release(&out);
	free(input);
}

Test(child, ends_a_program_that_prints_without_end)
{
	static const char *const words[] = {"yes", NULL};
	struct qf_error err = {0};
	struct buf out;

	cr_assert_eq(filter(words, "", &out, &err), -1);
	cr_expect_str_eq(err.code, "program-failed");
	cr_expect_str_eq(err.text, "yes: prints more than 67108864 bytes");
	buf_release(&out);
}
