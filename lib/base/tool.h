/* tool.h - what all tools do alike: begin, take options, fail, finish.
 *
 *	static const struct tool_spec spec = {
 *		.name = "qf-rate",
 *		.purpose = "price what contracts used in a period",
 *		.operands = "[CONTRACT...]",
 *		.options = rows,
 *		.ledger = true,
 *	};
 *
 *	int
 *	main(int argc, char **argv)
 *	{
 *		struct tool tool;
 *		struct qf_error err;
 *		const char *value;
 *		int id, rc;
 *
 *		if (tool_begin(&tool, &spec, argc, argv) == -1)
 *			return tool_finish(&tool, tool.status);
 *		while ((rc = tool_option(&tool, &id, &value)) == 1)
 *			switch (id) {
 *			case OPT_PERIOD: ...
 *			}
 *		if (rc == -1)
 *			return tool_finish(&tool, tool.status);
 *		... tool.operands, tool.operand_count, tool_ledger(&tool) ...
 *		if (work(..., &err) == -1)
 *			return tool_fail(&tool, &err);
 *		return tool_finish(&tool, QF_OK);
 *	}
 *
 * A tool with subcommands has .commands in place of .options; tool_begin sets
 * tool.command and main ends with "return tool.command->run(&tool)", which
 * reads the options of its own table with tool_option as above.
 *
 * --help, --version, -q and -v are everybody's, -l where .ledger is true.
 * Of lib/, only this, progress.h and BUG() print by themselves.
 */
#ifndef QF_BASE_TOOL_H
#define QF_BASE_TOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/options.h"
#include "base/status.h"
#include "base/text.h"

struct tool;

struct tool_command {
	const char *name; /* "verify"; NULL ends the table */
	const char *purpose; /* half a sentence, as in tool_spec */
	const char *operands; /* of the usage line, or NULL for none */
	const struct options_row *options; /* or NULL for none */
	bool ledger; /* takes -l, --ledger */
	int (*run)(struct tool *tool); /* returns the exit status */
};

struct tool_spec {
	const char *name; /* "qf-rate" */
	const char *purpose; /* half a sentence: no capital, no full stop */
	const char *operands; /* of the usage line, or NULL for none */
	const struct options_row *options; /* or NULL for none */
	const struct tool_command *commands; /* or NULL for none */
	bool ledger; /* takes -l, --ledger */
};

struct tool {
	const struct tool_spec *spec;
	const struct tool_command *command; /* NULL without subcommands */
	const char *ledger; /* -l or $QF_LEDGER, else NULL; set by the end
			     * of the options */
	bool quiet; /* -q */
	int verbose; /* how many -v */
	char **operands; /* complete when tool_option has given 0 */
	size_t operand_count;
	int status; /* to finish with after -1 */
	bool finished;
	int64_t start_ns; /* clock_monotonic_ns() */
	struct options parser;
};

/* Ids of the options that several tools have; a tool numbers its own from 1
 * and below TOOL_OPTION_SHARED. */
enum {
	TOOL_OPTION_SHARED = 900,
	TOOL_HELP,
	TOOL_VERSION,
	TOOL_QUIET,
	TOOL_VERBOSE,
	TOOL_LEDGER,
	TOOL_OUTPUT,
	TOOL_FORCE,
	TOOL_AS_OF,
	TOOL_SUMMARY,
	TOOL_JSON,
	TOOL_LANG,
	TOOL_WAIT,
	TOOL_ENCODING,
	TOOL_PERIOD,
	TOOL_METRICS,
	TOOL_CUT_OFF,
};

/* Rows for a tool's table, so that the same option reads the same. */
#define TOOL_ROW_FORCE                                              \
	{                                                           \
		TOOL_FORCE, 'f', "force", NULL,                     \
		    "replace output that stands with other content" \
	}
#define TOOL_ROW_AS_OF                                     \
	{                                                  \
		TOOL_AS_OF, 0, "as-of", "ENTRY",           \
		    "see the ledger as it was after ENTRY" \
	}
#define TOOL_ROW_SUMMARY                                  \
	{                                                 \
		TOOL_SUMMARY, 0, "summary", "FILE",       \
		    "write what was done to FILE as JSON" \
	}
#define TOOL_ROW_METRICS                                            \
	{                                                           \
		TOOL_METRICS, 0, "metrics", "FILE",                 \
		    "write what was counted to FILE for Prometheus" \
	}
#define TOOL_ROW_CUT_OFF                                \
	{                                               \
		TOOL_CUT_OFF, 0, "cut-off", "TIME",     \
		    "see only what had arrived by TIME" \
	}
#define TOOL_ROW_JSON                                      \
	{                                                  \
		TOOL_JSON, 0, "json", NULL,                \
		    "print JSON lines in place of a table" \
	}
#define TOOL_ROW_LANG                                       \
	{                                                   \
		TOOL_LANG, 0, "lang", "LANG",               \
		    "names in Chinese (zh) or English (en)" \
	}
#define TOOL_ROW_WAIT                                           \
	{                                                       \
		TOOL_WAIT, 0, "wait", "SECONDS",                \
		    "wait so long for another tool that writes" \
	}
#define TOOL_ROW_ENCODING                             \
	{                                             \
		TOOL_ENCODING, 0, "encoding", "NAME", \
		    "utf-8 (default) or gb18030"      \
	}
#define TOOL_ROW_PERIOD                                            \
	{                                                          \
		TOOL_PERIOD, 'p', "period", "PERIOD",              \
		    "a month, a day, or FROM/TO with TO exclusive" \
	}

/* First thing in main: memory, descriptors 0 to 2 open, umask 027, SIGXFSZ
 * ignored so that a full quota is an error and not a death; then picks the
 * subcommand.  -1 when there is nothing more to do: finish with status. */
int tool_begin(
    struct tool *tool, const struct tool_spec *spec, int argc, char **argv);

/* The next option of the tool's own table: 1, or 0 at the end, or -1 when
 * the tool is to finish with tool->status (--help, --version, misuse, which
 * it has answered). */
int tool_option(struct tool *tool, int *id, const char **value);

/* Misuse found by the tool itself: says the text and where help is, and
 * finishes with 64: "return tool_misuse(&tool, "one FILE is needed")". */
int tool_misuse(struct tool *tool, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The ledger that was named, or NULL after having said that none was; then
 * finish with tool->status, which is 64. */
const char *tool_ledger(struct tool *tool);

/* Values of options that several tools have, or that are checked alike.  Each
 * gives 0, or -1 having told the misuse: finish with tool->status.  option is
 * the long name, for the message; *out borrows value.
 *
 * A whole number from 0 to max; seconds for TOOL_WAIT, up to a day; an
 * encoding for TOOL_ENCODING; 1 to max bytes of UTF-8 without control
 * characters; an identifier. */
int tool_take_number(struct tool *tool, const char *option, const char *value,
    int64_t max, int64_t *out);
int tool_take_wait(struct tool *tool, const char *value, int *seconds);
int tool_take_encoding(
    struct tool *tool, const char *value, enum text_encoding *out);
int tool_take_text(struct tool *tool, const char *option, const char *value,
    size_t max, const char **out);
int tool_take_id(
    struct tool *tool, const char *option, const char *value, const char **out);
/* The option --kind of a tool that makes runs: trial, draft, final or
 * correction. */
int tool_take_kind(struct tool *tool, const char *value, const char **out);

/* The option --lang of a tool that speaks one language: zh or en. */
int tool_take_language(struct tool *tool, const char *value, bool *zh);

/* One more identifier of an option that may be given again, to the end of a
 * list that tool_free_ids() frees. */
int tool_take_more(struct tool *tool, const char *option, const char *value,
    char ***ids, size_t *count);
void tool_free_ids(char **ids, size_t count);

/* Once all options are there: 0, or -1 having told that there is an operand;
 * or that an option was not given, whose value then is NULL. */
int tool_no_operand(struct tool *tool);
int tool_need(struct tool *tool, const char *option, const char *value);

/* Prints "qf-rate: text [code]" on standard error; finishes with the status
 * of err. */
int tool_fail(struct tool *tool, const struct qf_error *err);

/* Prints "qf-rate: text [code]" and goes on. */
void tool_say(const struct tool *tool, const struct qf_error *err);

/* Prints "qf-rate: text" unless quiet: talk for a person, not data. */
void tool_note(const struct tool *tool, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The same where -v was given: what was done, for who wants to know. */
void tool_detail(const struct tool *tool, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Frees, flushes standard output, and returns status, or 74 having said so
 * if what was printed could not be written.  With -v says how long the tool
 * took, and its memory.  Once it has been called, by
 * tool_misuse() or tool_fail() too, it only returns status. */
int tool_finish(struct tool *tool, int status);

#endif
