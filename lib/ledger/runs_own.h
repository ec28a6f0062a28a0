/* runs_own.h - how the rows of a run are stepped through.
 *
 * Internal, of the modules runs*.c.
 */
#ifndef QF_LEDGER_RUNS_OWN_H
#define QF_LEDGER_RUNS_OWN_H

#include "ledger/connection.h"
#include "ledger/runs.h"
#include "ledger/stmt.h"

/* An entry's rows in a table, from a line on. */
#define STRETCH(table) " FROM " table " WHERE id BETWEEN ?1 AND ?2 ORDER BY id"

struct run_cursor {
	struct ledger *ledger;
	sqlite3_stmt *stmt;
	const struct stmt_list *list; /* the query that it was opened for */
	size_t query;
};

/* Opens a query of rows that has the first and the last id as parameters. */
int runs_open_rows(struct run_cursor **out, struct ledger *ledger,
    const struct stmt_list *of, size_t query, int64_t entry, int64_t first_line,
    struct qf_error *err);

#endif
