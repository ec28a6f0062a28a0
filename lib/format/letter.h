/* letter.h - the one shape of all writers of statements.
 *
 *	struct letter *letter = billing_csv(sink, &config);
 *
 *	if (letter->begin(letter, &head, err) == -1) ...
 *	while (... a row ...)
 *		if (letter->row(letter, &row, err) == -1) ...
 *	if (letter->end(letter, &totals, err) == -1) ...
 *	letter->release(letter);
 *
 * A letter streams: it keeps nothing of its rows.  The head must stay until
 * the end.  The sink's context is borrowed, and not committed.
 */
#ifndef QF_FORMAT_LETTER_H
#define QF_FORMAT_LETTER_H

#include <stdbool.h>

#include "base/text.h"
#include "model/statement.h"

struct qf_error;

struct letter {
	int (*begin)(struct letter *letter, const struct statement_head *head,
	    struct qf_error *err);
	int (*row)(struct letter *letter, const struct statement_row *row,
	    struct qf_error *err);
	int (*end)(struct letter *letter, const struct statement_totals *totals,
	    struct qf_error *err);
	void (*release)(struct letter *letter);
};

struct letter_config {
	enum text_encoding encoding; /* CSV alone */
	bool spreadsheet; /* CSV alone: a byte order mark, ' before formulas */
	bool zh, en; /* which names stand beside the codes */
	bool party_names; /* columns for the names of payer and payee */
};

#endif
