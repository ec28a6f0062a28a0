/* tool.c - what all tools do alike.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/tool.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"

#define HELP_MAX ((size_t)64 << 10)
#define COMMANDS_MAX 32
#define WAIT_MAX 86400 /* seconds */

static const struct options_row ledger_rows[] = {
    {TOOL_LEDGER, 'l', "ledger", "FILE", "the ledger (default: $QF_LEDGER)"},
    {0},
};

static const struct options_row common_rows[] = {
    {TOOL_QUIET, 'q', "quiet", NULL, "say less"},
    {TOOL_VERBOSE, 'v', "verbose", NULL, "say more"},
    {TOOL_HELP, 0, "help", NULL, "show this help"},
    {TOOL_VERSION, 0, "version", NULL, "show the version"},
    {0},
};

/* A file opened later must not land on descriptor 0 to 2 and be taken for a
 * standard one; what is opened in place of a closed one fails when used. */
static void
open_standard_files(void)
{
	for (int fd = 0; fd <= 2; fd++) {
		if (fcntl(fd, F_GETFD) == -1 && errno == EBADF &&
		    open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) != fd) {
			_exit(QF_OS);
		}
	}
}

static bool
takes_ledger(const struct tool *tool)
{
	return tool->command != NULL ? tool->command->ledger
				     : tool->spec->ledger;
}

static const struct options_row *
own_rows(const struct tool *tool)
{
	return tool->command != NULL ? tool->command->options
				     : tool->spec->options;
}

/* "Usage: qf-audit verify [OPTION...] [ENTRY]" and what it is for. */
static void
help_head(const struct tool *tool, struct buf *out)
{
	const struct tool_spec *spec = tool->spec;
	const char *operands = spec->operands, *purpose = spec->purpose;

	buf_printf(out, "usage: %s", spec->name);
	if (tool->command != NULL) {
		buf_printf(out, " %s", tool->command->name);
		operands = tool->command->operands;
		purpose = tool->command->purpose;
	} else if (spec->commands != NULL) {
		buf_add_string(out, " COMMAND");
	}
	buf_add_string(out, " [OPTION...]");
	if (operands != NULL) {
		buf_printf(out, " %s", operands);
	}
	buf_printf(out, "\n%c%s.\n",
	    purpose[0] >= 'a' && purpose[0] <= 'z' ? purpose[0] - 'a' + 'A'
						   : purpose[0],
	    purpose + 1);
}

static void
help_commands(const struct tool_command *command, struct buf *out)
{
	buf_add_string(out, "\nCommands:\n");
	for (; command->name != NULL; command++) {
		buf_printf(
		    out, "  %-12s %s\n", command->name, command->purpose);
	}
}

/* --help, on standard output, because it was asked for. */
static void
print_help(const struct tool *tool)
{
	const struct tool_spec *spec = tool->spec;
	bool outer = spec->commands != NULL && tool->command == NULL;
	struct buf out;

	buf_init(&out, HELP_MAX);
	help_head(tool, &out);
	if (outer) {
		help_commands(spec->commands, &out);
	}
	buf_add_string(&out, "\nOptions:\n");
	if (!outer && own_rows(tool) != NULL) {
		options_help(own_rows(tool), &out);
	}
	if (!outer && takes_ledger(tool)) {
		options_help(ledger_rows, &out);
	}
	options_help(outer ? common_rows + 2 : common_rows, &out);
	if (outer) {
		buf_printf(&out, "\n%s COMMAND --help shows its options.\n",
		    spec->name);
	}
	buf_printf(&out, "\nSee %s(1) and qingfen(7).\n", spec->name);
	assert(!out.overflowed);
	fputs(out.bytes, stdout);
	buf_release(&out);
}

static void
print_version(const struct tool *tool)
{
	printf("%s (qingfen) %s\n", tool->spec->name, QF_VERSION);
}

/* A line about misuse and one about help; status becomes 64. */
static void
misuse(struct tool *tool, const char *text, const char *code)
{
	const char *name = tool->spec->name;

	fprintf(stderr, "%s: %s [%s]\n", name, text, code);
	if (tool->command != NULL) {
		fprintf(
		    stderr, "try '%s %s --help'\n", name, tool->command->name);
	} else {
		fprintf(stderr, "try '%s --help'\n", name);
	}
	tool->status = QF_USAGE;
}

static void
unknown_command(struct tool *tool, const char *word)
{
	const struct tool_command *commands = tool->spec->commands;
	const char *names[COMMANDS_MAX], *nearest;
	struct qf_error err;
	size_t count = 0;

	for (; commands[count].name != NULL; count++) {
		assert(count < COMMANDS_MAX);
		names[count] = commands[count].name;
	}
	nearest = text_nearest(word, names, count);
	if (nearest != NULL) {
		qf_fail(&err, QF_USAGE, "command-unknown",
		    "%s: no such command; did you mean %s?", word, nearest);
	} else {
		qf_fail(&err, QF_USAGE, "command-unknown",
		    "%s: no such command", word);
	}
	misuse(tool, err.text, err.code);
}

/* Sets tool->command by argv[1]. */
static int
pick_command(struct tool *tool, int argc, char **argv)
{
	const struct tool_command *command = tool->spec->commands;

	if (argc < 2) {
		misuse(tool, "a command is needed", "command-missing");
		return -1;
	}
	if (strcmp(argv[1], "--help") == 0) {
		print_help(tool);
		return -1;
	}
	if (strcmp(argv[1], "--version") == 0) {
		print_version(tool);
		return -1;
	}
	for (; command->name != NULL; command++) {
		if (strcmp(argv[1], command->name) == 0) {
			tool->command = command;
			return 0;
		}
	}
	unknown_command(tool, argv[1]);
	return -1;
}

int
tool_begin(
    struct tool *tool, const struct tool_spec *spec, int argc, char **argv)
{
	open_standard_files();
	alloc_init();
	umask(027);
	signal(SIGXFSZ, SIG_IGN);
	*tool = (struct tool){.spec = spec, .start_ns = clock_monotonic_ns()};
	if (argc < 1) {
		misuse(tool, "started without a name", "usage");
		return -1;
	}
	if (spec->commands != NULL) {
		if (pick_command(tool, argc, argv) == -1) {
			return -1;
		}
		argc--;
		argv++;
	}
	options_init(&tool->parser, argc, argv);
	if (own_rows(tool) != NULL) {
		options_add_table(&tool->parser, own_rows(tool));
	}
	if (takes_ledger(tool)) {
		options_add_table(&tool->parser, ledger_rows);
	}
	options_add_table(&tool->parser, common_rows);
	return 0;
}

/* At the end of the options: what they left unsaid. */
static void
settle_options(struct tool *tool)
{
	const char *named = getenv("QF_LEDGER");

	tool->operands = tool->parser.operands;
	tool->operand_count = tool->parser.operand_count;
	if (takes_ledger(tool) && tool->ledger == NULL && named != NULL &&
	    named[0] != '\0') {
		tool->ledger = named;
	}
}

int
tool_option(struct tool *tool, int *id, const char **value)
{
	struct qf_error err;
	int rc;

	while ((rc = options_next(&tool->parser, id, value, &err)) == 1) {
		switch (*id) {
		case TOOL_HELP:
			print_help(tool);
			return -1;
		case TOOL_VERSION:
			print_version(tool);
			return -1;
		case TOOL_QUIET:
			tool->quiet = true;
			break;
		case TOOL_VERBOSE:
			tool->verbose++;
			break;
		case TOOL_LEDGER:
			tool->ledger = *value;
			break;
		default:
			return 1;
		}
	}
	if (rc == -1) {
		misuse(tool, err.text, err.code);
		return -1;
	}
	settle_options(tool);
	return 0;
}

int
tool_misuse(struct tool *tool, const char *format, ...)
{
	char text[QF_ERROR_TEXT_MAX];
	struct qf_error err;
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	qf_fail(&err, QF_USAGE, "usage", "%s", text);
	misuse(tool, err.text, err.code);
	return tool_finish(tool, tool->status);
}

int
tool_take_number(struct tool *tool, const char *option, const char *value,
    int64_t max, int64_t *out)
{
	if (!text_number(value, out) || *out > max) {
		tool_misuse(tool, "--%s: %s is no number up to %lld", option,
		    value, (long long)max);
		return -1;
	}
	return 0;
}

int
tool_take_wait(struct tool *tool, const char *value, int *seconds)
{
	int64_t number;

	if (tool_take_number(tool, "wait", value, WAIT_MAX, &number) == -1) {
		return -1;
	}
	*seconds = (int)number;
	return 0;
}

int
tool_take_encoding(
    struct tool *tool, const char *value, enum text_encoding *out)
{
	struct qf_error err;

	if (text_encoding_parse(out, value, &err) == -1) {
		tool_misuse(tool, "--encoding: %s", err.text);
		return -1;
	}
	return 0;
}

int
tool_take_text(struct tool *tool, const char *option, const char *value,
    size_t max, const char **out)
{
	size_t length = strlen(value);

	if (length == 0 || length > max || !text_utf8_valid(value, length) ||
	    text_has_control(value, length)) {
		tool_misuse(tool,
		    "--%s takes 1 to %zu bytes of UTF-8 without control "
		    "characters",
		    option, max);
		return -1;
	}
	*out = value;
	return 0;
}

int
tool_take_id(
    struct tool *tool, const char *option, const char *value, const char **out)
{
	if (!text_is_id(value, strlen(value))) {
		tool_misuse(tool, "--%s: %s is no identifier", option, value);
		return -1;
	}
	*out = value;
	return 0;
}

int
tool_take_kind(struct tool *tool, const char *value, const char **out)
{
	static const char *const kinds[] = {
	    "trial", "draft", "final", "correction"};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(value, kinds[i]) == 0) {
			*out = value;
			return 0;
		}
	}
	tool_misuse(
	    tool, "--kind: %s is not trial, draft, final or correction", value);
	return -1;
}

int
tool_take_language(struct tool *tool, const char *value, bool *zh)
{
	*zh = strcmp(value, "zh") == 0;
	if (!*zh && strcmp(value, "en") != 0) {
		tool_misuse(tool, "--lang is zh or en, not %s", value);
		return -1;
	}
	return 0;
}

int
tool_take_more(struct tool *tool, const char *option, const char *value,
    char ***ids, size_t *count)
{
	const char *id;

	if (tool_take_id(tool, option, value, &id) == -1) {
		return -1;
	}
	*ids = xreallocarray(*ids, *count + 1, sizeof(**ids));
	(*ids)[(*count)++] = xstrdup(id);
	return 0;
}

void
tool_free_ids(char **ids, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(ids[i]);
	}
	free(ids);
}

int
tool_no_operand(struct tool *tool)
{
	if (tool->operand_count > 0) {
		tool_misuse(tool, "%s: no operand is taken", tool->operands[0]);
		return -1;
	}
	return 0;
}

int
tool_need(struct tool *tool, const char *option, const char *value)
{
	if (value == NULL) {
		tool_misuse(tool, "a --%s is needed", option);
		return -1;
	}
	return 0;
}

const char *
tool_ledger(struct tool *tool)
{
	assert(takes_ledger(tool));
	if (tool->ledger != NULL && tool->ledger[0] == '\0') {
		misuse(tool, "--ledger: the name given is empty",
		    "ledger-unnamed");
		return NULL;
	}
	if (tool->ledger == NULL) {
		misuse(tool, "no ledger: give --ledger FILE or set QF_LEDGER",
		    "ledger-unnamed");
	}
	return tool->ledger;
}

void
tool_say(const struct tool *tool, const struct qf_error *err)
{
	fprintf(
	    stderr, "%s: %s [%s]\n", tool->spec->name, err->text, err->code);
}

int
tool_fail(struct tool *tool, const struct qf_error *err)
{
	assert(err->status != QF_OK);
	tool_say(tool, err);
	return tool_finish(tool, (int)err->status);
}

static void
talk(const struct tool *tool, const char *format, va_list ap)
{
	fprintf(stderr, "%s: ", tool->spec->name);
	vfprintf(stderr, format, ap);
	fputc('\n', stderr);
}

void
tool_note(const struct tool *tool, const char *format, ...)
{
	va_list ap;

	if (!tool->quiet) {
		va_start(ap, format);
		talk(tool, format, ap);
		va_end(ap);
	}
}

void
tool_detail(const struct tool *tool, const char *format, ...)
{
	va_list ap;

	if (tool->verbose > 0) {
		va_start(ap, format);
		talk(tool, format, ap);
		va_end(ap);
	}
}

/* How long the tool took, and how much memory it had at most. */
static void
tell_cost(const struct tool *tool)
{
	int64_t took_ms = (clock_monotonic_ns() - tool->start_ns) / 1000000;
	struct rusage usage;

	if (getrusage(RUSAGE_SELF, &usage) == 0) {
		tool_detail(tool, "took %lld.%03lld s, %ld MiB at most",
		    (long long)(took_ms / 1000), (long long)(took_ms % 1000),
		    usage.ru_maxrss / 1024);
	}
}

int
tool_finish(struct tool *tool, int status)
{
	bool failed;

	if (tool->finished) {
		return status;
	}
	tool->finished = true;
	tell_cost(tool);
	/* What was printed counts only once it is written: a full disk shows
	 * itself at the flush, on some file systems only at the close. */
	failed = ferror(stdout) != 0;
	errno = 0;
	if (fclose(stdout) != 0 || failed) {
		fprintf(stderr, "%s: standard output: %s [output-write]\n",
		    tool->spec->name,
		    errno != 0 ? strerror(errno) : "write error");
		if (status == QF_OK || status == QF_NO) {
			status = QF_IO;
		}
	}
	options_release(&tool->parser);
	return status;
}
