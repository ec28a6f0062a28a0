/* asof.h - which entry a tool is to see last: one that is named, or the last
 * before data that came late.
 *
 *	if (asof_choose(ledger, given.asof, given.cut_off, zone, &asof, err) ==
 *	    -1) ...
 *
 * With a cut-off, a batch that says when it was received (--received) is late
 * where that is after the cut-off; the entry is the last input before the
 * first late batch.  A batch that does not say it, and a rule document, are
 * never late.  Entries are one after the other: where a batch that came in
 * time was taken in after a late one no entry will do, and that is refused
 * rather than guessed.
 */
#ifndef QF_STAGE_ASOF_H
#define QF_STAGE_ASOF_H

#include <stdint.h>

struct ledger;
struct qf_error;
struct zone;

/* The entry named (asof), or the last before late data (cut_off), or the last
 * input; each may be NULL, and where neither is: QF_USAGE as-of-and-cut-off.
 * QF_USAGE entry-unknown and those of entry_resolve(), and for a cut-off that
 * is no time; QF_DATA cut-off-mixed where a batch that came in time stands
 * behind a late one, naming both. */
int asof_choose(struct ledger *ledger, const char *asof, const char *cut_off,
    const struct zone *zone, int64_t *entry, struct qf_error *err);

/* A time as an option gives it, local or with offset; QF_USAGE, with the name
 * of the option. */
int asof_time(const char *option, const char *text, const struct zone *zone,
    int64_t *utc, struct qf_error *err);

#endif
