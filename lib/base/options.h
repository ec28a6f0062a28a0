/* options.h - one table of options for parsing, --help and the man page.
 *
 *	enum { OPT_PERIOD = 1, OPT_HOURLY };
 *
 *	static const struct options_row rows[] = {
 *		{OPT_PERIOD, 'p', "period", "PERIOD", "settle these days"},
 *		{OPT_HOURLY, 0, "hourly", NULL, "one line an hour"},
 *		{0},
 *	};
 *
 * The forms are -p PERIOD, -pPERIOD, --period PERIOD, --period=PERIOD and
 * bundles of short flags; options and operands may be mixed; "--" ends the
 * options; "-" alone is an operand.  Long names are not abbreviated, because
 * a new option must not break an old script.
 *
 * A tool does not call this itself but goes through tool.h.
 */
#ifndef QF_BASE_OPTIONS_H
#define QF_BASE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"
#include "base/text.h"

#define OPTIONS_TABLES_MAX 3
#define OPTIONS_ROWS_MAX 64 /* options of one tool */

/* Added to the id of an option that may be given several times.  Any other that
 * takes an argument may be given once: of two, one would be lost unsaid. */
#define OPTIONS_MANY 0x10000

struct options_row {
	int id; /* what options_next gives, or with OPTIONS_MANY; 0 ends */
	char short_name; /* or 0 for none */
	const char *long_name;
	const char *argument; /* its name in upper case, NULL for a flag */
	const char *help; /* half a sentence: no capital, no full stop */
};

struct options {
	const struct options_row *tables[OPTIONS_TABLES_MAX];
	size_t table_count;
	int argc;
	char **argv;
	int index; /* next of argv to look at */
	const char *bundle; /* rest of a bundle of short flags, or NULL */
	bool only_operands; /* after "--" */
	const struct options_row *taken[OPTIONS_ROWS_MAX]; /* with arguments */
	size_t taken_count;
	char **operands; /* what is no option, borrowed from argv */
	size_t operand_count;
};

/* argv[0] is not looked at; the operands are freed by release. */
void options_init(struct options *options, int argc, char **argv);
void options_release(struct options *options);

/* Adds a table; it must outlive options.  Rows found first win. */
void options_add_table(struct options *options, const struct options_row *rows);

/* 1 with *id and *value (NULL for a flag; borrowed from argv), 0 when all
 * argv is read and operands is complete, -1 with QF_USAGE: "option-unknown"
 * with the nearest known one, "option-argument", "option-twice". */
int options_next(
    struct options *options, int *id, const char **value, struct qf_error *err);

/* Appends the rows as aligned help text, two columns of indent, no line
 * longer than 79 columns. */
void options_help(const struct options_row *rows, struct buf *out);

#endif
