/* csvout.h - writing CSV that a billing system can load.
 *
 *	struct csvout *out = csvout_new(sink_outfile(file), &config);
 *
 *	csvout_text(out, "leg");
 *	csvout_text(out, "amount");
 *	if (csvout_end_row(out, &err) == -1) ...
 *	csvout_id(out, "supply");
 *	csvout_dec(out, &amount);
 *	if (csvout_end_row(out, &err) == -1) ...
 *	if (csvout_finish(out, &err) == -1) ...
 *	csvout_free(out);
 *
 * RFC 4180 with LF line ends: a field is quoted only where it must be (the
 * delimiter, a quote, a line end in it, or blanks at its ends, which our own
 * reader would strip, or "#" in front of a row, which it would take for a
 * preamble); a row of one empty field is written "".
 *
 * Text that a spreadsheet would take for a formula, because it begins with
 * = + - @ TAB or CR (OWASP ASVS 1.2.10), is refused with QF_DATA
 * "csvout-formula" in a machine file, and gets a ' in front in a file for a
 * spreadsheet.  The same holds for the full-width forms of those signs.
 * Numbers never come this way: they are written by csvout_int and csvout_dec
 * alone, which cannot make a formula, so that credits keep their minus.
 *
 * Errors stick: a cell that fails makes csvout_end_row and csvout_finish fail
 * from then on, so that the cells need no check of their own.
 * Codes (QF_DATA): "csvout-formula", "csvout-control" (a control character
 * other than TAB, CR, LF), "csvout-utf8", "csvout-row-size", and those of the
 * sink.  Messages name the row and column, which the caller may prefix.
 *
 * Ownership: the sink's context is borrowed.  Nothing is flushed by free.
 */
#ifndef QF_FORMAT_CSVOUT_H
#define QF_FORMAT_CSVOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/dec.h"
#include "base/sink.h"
#include "base/status.h"
#include "base/text.h"

/* All zero is the default of everything. */
struct csvout_config {
	enum text_encoding encoding;
	bool byte_order_mark; /* in front, for spreadsheets; UTF-8 only */
	bool spreadsheet; /* ' before formulas instead of refusal */
	char delimiter; /* 0 means ',' */
};

struct csvout;

struct csvout *csvout_new(struct sink sink, const struct csvout_config *config);

/* NULL is allowed. */
void csvout_free(struct csvout *out);

/* A cell each.  csvout_id takes what text_is_id() has checked at ingest and
 * writes it as it is; anything else in it is our own mistake.  csvout_empty
 * is the cell with nothing in it; csvout_text writes "" for an empty text
 * only where the row would be blank otherwise. */
void csvout_text(struct csvout *out, const char *text);
void csvout_id(struct csvout *out, const char *id);
void csvout_int(struct csvout *out, int64_t value);
void csvout_dec(struct csvout *out, const struct dec *value);
void csvout_empty(struct csvout *out);

/* Ends the row, which must have a cell; fails with the first error so far. */
int csvout_end_row(struct csvout *out, struct qf_error *err);

/* A line as it is, "# ..." of a preamble, before the header: the reader's
 * declarations (csv.h).  The text must not hold a line end. */
int csvout_preamble(struct csvout *out, const char *line, struct qf_error *err);

/* Gives what is still held back to the sink, which is not committed. */
int csvout_finish(struct csvout *out, struct qf_error *err);

#endif
