/* changes.h - which facts and rules of a run are otherwise by now.
 *
 * The run is made again as of the entry that it saw, over a ledger that is
 * watched as of a later one (ledger/watch.h): so exactly what its tool looks at
 * counts, however far back a tariff makes it look, and nothing else.  What
 * changed outside the stretches of the contracts that qf-rate has in scope is
 * left out, and so are columns that no line depends on, such as names.
 *
 *	if (changes_find(&changes, ledger, &run, later, CHANGES_BY_KEY, err) ==
 *	    -1) ...
 *	while ((rc = changes_next(changes, &change, err)) == 1) ...
 *	changes_free(changes);
 *
 * Memory is bounded but for the changes of prices, series, calendars and
 * conditions that one run sees.  Errors: those of rate.h.
 */
#ifndef QF_STAGE_CHANGES_H
#define QF_STAGE_CHANGES_H

#include <stdint.h>

#include "model/handle.h"

struct ledger;
struct qf_error;
struct run;

enum changes_order {
	CHANGES_BY_KEY, /* by kind and key, each once */
	CHANGES_BY_POINT, /* by point, then kind and key, each once a point */
};

/* Texts are valid until the next step, "" where there is none. */
struct change {
	const char *kind; /* "reads", that of a fact or of a document */
	const char *key; /* "point=P1 channel=import day=2025-02-01" */
	const char *point; /* whose contracts it concerns; "" those of any */
	const char *contract, *leg; /* of a contract's own row */
	const char *channel, *session;
	int64_t from_utc, to_utc; /* what it is about; INT64_MIN and INT64_MAX
				   * where that is not said */
	int64_t entry; /* that made it */
};

struct changes;
int
changes_find(struct changes **out, struct ledger *ledger, const struct run *run,
    int64_t asof, enum changes_order order, struct qf_error *err);
int
changes_next(struct changes *changes, struct change *out, struct qf_error *err);
void changes_free(struct changes *changes);

/* An entry by its handle and file, "" where it has none.  The last one asked
 * for is kept, since many changes are of one entry; zero it before the
 * first. */
struct named_entry {
	int64_t entry;
	char handle[HANDLE_TEXT_MAX], file[256];
};
int changes_name_entry(struct ledger *ledger, int64_t entry,
    struct named_entry *named, struct qf_error *err);

#endif
