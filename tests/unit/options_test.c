/* options_test.c - the forms in which options may be given.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <criterion/criterion.h>
#include <string.h>

#include "base/options.h"

static const struct options_row rows[] = {
    {1, 'o', "output", "FILE", "write to FILE"},
    {2, 'f', "force", NULL, "replace"},
    {3, 0, "as-of", "ENTRY",
	"see the ledger as it was after ENTRY, which is a number that qf-audit "
	"log prints"},
    {4 | OPTIONS_MANY, 'p', "point", "ID", "this one, and that one"},
    {0},
};
static const struct options_row common[] = {
    {10, 'q', "quiet", NULL, "say less"},
    {0},
};

/* What options_next gave, as text: "1=x 2 | operand operand" or the error. */
static const char *
parse(const char *line)
{
	static struct buf out;
	char words[500], nothing[1] = "", *argv[20] = {words}, *save = NULL;
	struct options options;
	struct qf_error err;
	const char *value;
	int argc = 1, id, rc;

	buf_release(&out);
	buf_init(&out, 4000);
	strncpy(words, line, sizeof(words) - 1);
	for (char *word = strtok_r(words, " ", &save); word != NULL;
	     word = strtok_r(NULL, " ", &save)) {
		argv[argc++] = strcmp(word, "EMPTY") == 0 ? nothing : word;
	}
	options_init(&options, argc, argv);
	options_add_table(&options, rows);
	options_add_table(&options, common);
	while ((rc = options_next(&options, &id, &value, &err)) == 1) {
		buf_printf(&out, "%d%s%s ", id, value != NULL ? "=" : "",
		    value != NULL ? value : "");
	}
	if (rc == -1) {
		cr_expect_eq(err.status, QF_USAGE);
		buf_clear(&out);
		buf_printf(&out, "%s [%s]", err.text, err.code);
	} else {
		buf_add_char(&out, '|');
		for (size_t i = 0; i < options.operand_count; i++) {
			buf_printf(&out, " %s", options.operands[i]);
		}
	}
	options_release(&options);
	return out.bytes;
}

Test(options, takes_every_form)
{
	static const struct {
		const char *line, *expected;
	} cases[] = {
	    {"", "|"},
	    {"-o x", "1=x |"},
	    {"-ox", "1=x |"},
	    {"--output x", "1=x |"},
	    {"--output=x", "1=x |"},
	    {"--output=", "1= |"},
	    {"--output=a=b", "1=a=b |"},
	    {"-o -", "1=- |"},
	    {"-o -- a", "1=-- | a"},
	    {"--output --force", "1=--force |"},
	    {"-o EMPTY", "1= |"},
	    {"EMPTY", "| "},
	    {"-f", "2 |"},
	    {"-fq", "2 10 |"},
	    {"-qfo x", "10 2 1=x |"},
	    {"-qfox", "10 2 1=x |"},
	    {"a -f b --as-of 7 c", "2 3=7 | a b c"},
	    {"-", "| -"},
	    {"- -q", "10 | -"},
	    {"-- -f --force -", "| -f --force -"},
	    {"-f -- --", "2 | --"},
	    {"--quiet -q", "10 10 |"},
	    {"-p x --point=y -px", "4=x 4=y 4=x |"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		cr_expect_str_eq(parse(cases[i].line), cases[i].expected,
		    "%s: %s", cases[i].line, parse(cases[i].line));
	}
}

Test(options, refuses_misuse)
{
	static const struct {
		const char *line, *expected;
	} cases[] = {
	    {"--outptu x", "--outptu: no such option; did you mean "
			   "--output? [option-unknown]"},
	    {"--quite", "--quite: no such option; did you mean --quiet? "
			"[option-unknown]"},
	    {"--outp x", "--outp: no such option; did you mean --output? "
			 "[option-unknown]"},
	    {"--xyzzy=5", "--xyzzy: no such option [option-unknown]"},
	    {"-x", "-x: no such option [option-unknown]"},
	    {"-fx", "-x: no such option [option-unknown]"},
	    {"-o", "--output: needs FILE [option-argument]"},
	    {"-fo", "--output: needs FILE [option-argument]"},
	    {"--as-of", "--as-of: needs ENTRY [option-argument]"},
	    {"-o x -o x",
		"--output: is given twice, and takes one FILE [option-twice]"},
	    {"--output=x -f -oy",
		"--output: is given twice, and takes one FILE [option-twice]"},
	    {"--force=yes", "--force: takes no argument [option-argument]"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		cr_expect_str_eq(parse(cases[i].line), cases[i].expected,
		    "%s: %s", cases[i].line, parse(cases[i].line));
	}
}

Test(options, help_is_aligned_and_wrapped)
{
	struct buf out;

	buf_init(&out, 10000);
	options_help(rows, &out);
	cr_expect_str_eq(out.bytes,
	    "  -o, --output FILE       write to FILE\n"
	    "  -f, --force             replace\n"
	    "      --as-of ENTRY       see the ledger as it was after ENTRY, "
	    "which is a\n"
	    "                          number that qf-audit log prints\n"
	    "  -p, --point ID          this one, and that one\n");
	buf_release(&out);
}
