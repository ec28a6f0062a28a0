/* tool_test.c - how a tool begins, takes options, fails and ends.
 *
 * A tool of its own runs in a child; what it prints and its status count.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/tool.h"

enum { OPT_SHOUT = 1 };

static const struct options_row rows[] = {
    {OPT_SHOUT, 's', "shout", "WORD", "print WORD"},
    TOOL_ROW_FORCE,
    {0},
};

static int
work(struct tool *tool)
{
	struct qf_error err;
	const char *value;
	int id, rc;

	while ((rc = tool_option(tool, &id, &value)) == 1) {
		printf("%d %s\n", id, value != NULL ? value : "-");
	}
	if (rc == -1) {
		return tool_finish(tool, tool->status);
	}
	if (tool->operand_count != 0 &&
	    strcmp(tool->operands[0], "fail") == 0) {
		qf_fail(&err, QF_DATA, "some-code", "f.csv:3: bad\nline");
		return tool_fail(tool, &err);
	}
	if (tool->operand_count == 0) {
		return tool_misuse(tool, "%s is needed", "a FILE");
	}
	if (tool_ledger(tool) == NULL) {
		return tool_finish(tool, tool->status);
	}
	printf("%s %s %d %d %o\n", tool->operands[0], tool->ledger, tool->quiet,
	    tool->verbose, umask(0));
	tool_note(tool, "worked");
	return tool_finish(tool, QF_NO);
}

static const struct tool_spec plain = {
    .name = "qf-plain",
    .purpose = "try a tool",
    .operands = "FILE...",
    .options = rows,
    .ledger = true,
};

static const struct tool_command commands[] = {
    {"check", "look for faults", "FILE", rows, true, work},
    {"show", "show a day", NULL, NULL, false, work},
    {0},
};

static const struct tool_spec many = {
    .name = "qf-many",
    .purpose = "try a tool of commands",
    .commands = commands,
};

/* Runs a tool with the words of line; out gets its output, err its errors. */
static int
run(const struct tool_spec *spec, const char *line, const char *stdout_path,
    char out[2000], char err[2000])
{
	char words[500] = "", *argv[20] = {words}, *save = NULL;
	FILE *files[2] = {tmpfile(), tmpfile()};
	int argc = 1, status;
	pid_t child;

	strncpy(words, line, sizeof(words) - 1);
	for (char *word = strtok_r(words, " ", &save); word != NULL;
	     word = strtok_r(NULL, " ", &save)) {
		argv[argc++] = word;
	}
	child = fork();
	if (child == 0) {
		struct tool tool;

		dup2(stdout_path != NULL ? open(stdout_path, O_WRONLY)
					 : fileno(files[0]),
		    STDOUT_FILENO);
		dup2(fileno(files[1]), STDERR_FILENO);
		if (tool_begin(&tool, spec, argc, argv) == -1) {
			_exit(tool_finish(&tool, tool.status));
		}
		_exit(tool.command != NULL ? tool.command->run(&tool)
					   : work(&tool));
	}
	cr_assert_eq(waitpid(child, &status, 0), child);
	for (int i = 0; i < 2; i++) {
		char *room = i == 0 ? out : err;
		size_t got;

		rewind(files[i]);
		got = fread(room, 1, 1999, files[i]);
		room[got] = '\0';
		fclose(files[i]);
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

struct run_case {
	const struct tool_spec *spec;
	const char *line;
	int status;
	const char *out, *err;
};

static void
check_case(const struct run_case *c)
{
	char out[2000], err[2000];

	cr_expect_eq(
	    run(c->spec, c->line, NULL, out, err), c->status, "%s", c->line);
	cr_expect_str_eq(out, c->out, "%s: %s", c->line, out);
	cr_expect_str_eq(err, c->err, "%s: %s", c->line, err);
}

Test(tool, takes_options_and_says_what_is_wrong)
{
	static const struct run_case cases[] = {
	    {&plain, "-l x.qf -s ho f", 1, "1 ho\nf x.qf 0 0 27\n",
		"qf-plain: worked\n"},
	    {&plain, "-q f", 1, "f env.qf 1 0 27\n", ""},
	    {&plain, "--version", 0, "qf-plain (qingfen) " QF_VERSION "\n", ""},
	    {&plain, "fail", 65, "",
		"qf-plain: f.csv:3: bad\\x0aline [some-code]\n"},
	    {&plain, "", 64, "",
		"qf-plain: a FILE is needed [usage]\n"
		"try 'qf-plain --help'\n"},
	    {&plain, "--shuot x", 64, "",
		"qf-plain: --shuot: no such option; did you mean --shout? "
		"[option-unknown]\ntry 'qf-plain --help'\n"},
	    {&many, "check -s x f", 1, "1 x\nf env.qf 0 0 27\n",
		"qf-many: worked\n"},
	    {&many, "chek", 64, "",
		"qf-many: chek: no such command; did you mean check? "
		"[command-unknown]\ntry 'qf-many --help'\n"},
	    {&many, "", 64, "",
		"qf-many: a command is needed [command-missing]\n"
		"try 'qf-many --help'\n"},
	    {&many, "show --ledger x", 64, "",
		"qf-many: --ledger: no such option [option-unknown]\n"
		"try 'qf-many show --help'\n"},
	};

	setenv("QF_LEDGER", "env.qf", 1);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		check_case(&cases[i]);
	}
}

Test(tool, says_what_it_took_when_told_to_say_more)
{
	char out[2000], err[2000], unit[4] = "";
	long seconds = -1, mebibytes = -1;

	cr_assert_eq(run(&plain, "-l x.qf f -vv", NULL, out, err), 1);
	cr_expect_str_eq(out, "f x.qf 0 2 27\n", "%s", out);
	cr_expect_eq(sscanf(err,
			 "qf-plain: worked\nqf-plain: took %ld.%*3d s, "
			 "%ld %3s at most",
			 &seconds, &mebibytes, unit),
	    3, "%s", err);
	cr_expect(seconds >= 0 && seconds < 60 && mebibytes > 0);
	cr_expect_str_eq(unit, "MiB");
}

Test(tool, misses_a_ledger_that_nobody_named)
{
	static const char text[] =
	    "qf-plain: no ledger: give --ledger FILE or set QF_LEDGER "
	    "[ledger-unnamed]\ntry 'qf-plain --help'\n";
	struct run_case c = {&plain, "f", 64, "", text};

	unsetenv("QF_LEDGER");
	check_case(&c);
	setenv("QF_LEDGER", "", 1);
	check_case(&c);
}

Test(tool, help_shows_the_table)
{
	struct run_case one = {&plain, "--help", 0,
	    "usage: qf-plain [OPTION...] FILE...\n"
	    "Try a tool.\n"
	    "\n"
	    "Options:\n"
	    "  -s, --shout WORD        print WORD\n"
	    "  -f, --force             replace output that stands with other "
	    "content\n"
	    "  -l, --ledger FILE       the ledger (default: $QF_LEDGER)\n"
	    "  -q, --quiet             say less\n"
	    "  -v, --verbose           say more\n"
	    "      --help              show this help\n"
	    "      --version           show the version\n"
	    "\n"
	    "See qf-plain(1) and qingfen(7).\n",
	    ""};
	struct run_case outer = {&many, "--help", 0,
	    "usage: qf-many COMMAND [OPTION...]\n"
	    "Try a tool of commands.\n"
	    "\n"
	    "Commands:\n"
	    "  check        look for faults\n"
	    "  show         show a day\n"
	    "\n"
	    "Options:\n"
	    "      --help              show this help\n"
	    "      --version           show the version\n"
	    "\n"
	    "qf-many COMMAND --help shows its options.\n"
	    "\n"
	    "See qf-many(1) and qingfen(7).\n",
	    ""};
	struct run_case inner = {&many, "show --help", 0,
	    "usage: qf-many show [OPTION...]\n"
	    "Show a day.\n"
	    "\n"
	    "Options:\n"
	    "  -q, --quiet             say less\n"
	    "  -v, --verbose           say more\n"
	    "      --help              show this help\n"
	    "      --version           show the version\n"
	    "\n"
	    "See qf-many(1) and qingfen(7).\n",
	    ""};

	check_case(&one);
	check_case(&outer);
	check_case(&inner);
}

enum { OPT_MOST = 1, OPT_WORD };

static const struct options_row value_rows[] = {
    {OPT_MOST, 0, "most", "N", "a number up to 50"},
    {OPT_WORD, 0, "word", "WORD", "up to four bytes"},
    TOOL_ROW_WAIT,
    TOOL_ROW_ENCODING,
    {0},
};

/* Prints the values as they are understood. */
static int
take_values(struct tool *tool)
{
	enum text_encoding encoding = TEXT_UTF8;
	const char *text = "-", *value;
	int64_t number = -1;
	int id, seconds = -1, rc = 0;

	while (rc == 0 && (rc = tool_option(tool, &id, &value)) == 1) {
		if (id == OPT_MOST) {
			rc = tool_take_number(tool, "most", value, 50, &number);
		} else if (id == OPT_WORD) {
			rc = tool_take_text(tool, "word", value, 4, &text);
		} else if (id == TOOL_WAIT) {
			rc = tool_take_wait(tool, value, &seconds);
		} else {
			rc = tool_take_encoding(tool, value, &encoding);
		}
	}
	if (rc == -1) {
		return tool_finish(tool, tool->status);
	}
	printf(
	    "%lld %s %d %d\n", (long long)number, text, seconds, (int)encoding);
	return tool_finish(tool, QF_OK);
}

Test(tool, takes_values_and_says_what_is_wrong_with_them)
{
	static const struct tool_command value_commands[] = {
	    {"take", "take values", NULL, value_rows, false, take_values},
	    {0},
	};
	static const struct tool_spec values = {
	    .name = "qf-take",
	    .purpose = "take values",
	    .commands = value_commands,
	};
/* What follows each. */
#define TRY "try 'qf-take take --help'\n"
	static const struct run_case cases[] = {
	    {&values,
		"take --most 50 --word 电x --wait 86400 --encoding GB18030", 0,
		"50 电x 86400 1\n", ""},
	    {&values, "take --most 51", 64, "",
		"qf-take: --most: 51 is no number up to 50 [usage]\n" TRY},
	    {&values, "take --most -1", 64, "",
		"qf-take: --most: -1 is no number up to 50 [usage]\n" TRY},
	    {&values, "take --wait 86401", 64, "",
		"qf-take: --wait: 86401 is no number up to 86400 "
		"[usage]\n" TRY},
	    {&values, "take --encoding latin1", 64, "",
		"qf-take: --encoding: latin1: no encoding; utf-8 and gb18030 "
		"are known [usage]\n" TRY},
	    {&values, "take --word=", 64, "",
		"qf-take: --word takes 1 to 4 bytes of UTF-8 without control "
		"characters [usage]\n" TRY},
	    {&values, "take --word abcde", 64, "",
		"qf-take: --word takes 1 to 4 bytes of UTF-8 without control "
		"characters [usage]\n" TRY},
	    {&values, "take --word a\tb", 64, "",
		"qf-take: --word takes 1 to 4 bytes of UTF-8 without control "
		"characters [usage]\n" TRY},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		check_case(&cases[i]);
	}
}

Test(tool, a_full_disk_is_no_success)
{
	char out[2000], err[2000];

	setenv("QF_LEDGER", "env.qf", 1);
	cr_expect_eq(run(&plain, "f", "/dev/full", out, err), 74);
	cr_expect_str_eq(err,
	    "qf-plain: worked\nqf-plain: standard output: No space left on "
	    "device [output-write]\n");
	cr_expect_eq(run(&plain, "--help", "/dev/full", out, err), 74);
	cr_expect_eq(run(&plain, "fail", "/dev/full", out, err), 65);
}
