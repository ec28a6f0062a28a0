/* tally.h - summing lines up by the key of what is owed.
 *
 *	struct tally *tally = tally_new(TALLY_KEYS);
 *
 *	while (... a line ...)
 *		if ((rc = tally_add_line(tally, &line, err)) == 0)
 *			... full: hand out what is in it, clear, add again ...
 *	tally_sort(tally);
 *	for (i = 0; i < tally_count(tally); i++) {
 *		tally_get(tally, i, &transfer);
 *		... transfer.change: the sums ...
 *	}
 *	tally_clear(tally);
 *	tally_free(tally);
 *
 * Quantities and amounts are added exactly.  A line without an amount carries
 * its quantity and no money.  A key has one unit, and its kWh count in the
 * energy balance or do not: QF_DATA "post-unit" otherwise.  It has the price
 * that all its lines have, or none; and the account of its last line.
 *
 * Memory is used again after tally_clear(); no line allocates.
 * Errors: QF_DATA "post-range" where a sum does not fit 64 bits.
 */
#ifndef QF_SETTLE_TALLY_H
#define QF_SETTLE_TALLY_H

#include <stddef.h>

#include "model/line.h"
#include "model/transfer.h"

struct qf_error;
struct tally;

#define TALLY_KEYS 20000 /* a good ceiling */

/* max_keys: how many keys it takes. */
struct tally *tally_new(size_t max_keys);
void tally_free(struct tally *tally);

/* Adds: 1, or 0 where a new key is one too many (nothing is added), or -1. */
int tally_add_line(
    struct tally *tally, const struct line *line, struct qf_error *err);
/* The same for the change of a transfer. */
int tally_add(struct tally *tally, const struct transfer *transfer,
    struct qf_error *err);

size_t tally_count(const struct tally *tally);

/* Puts the keys in order. */
void tally_sort(struct tally *tally);

/* The i-th key and its sums: key, account, unit, counts_energy, price and
 * change are filled in, the rest is 0.  Texts are valid until the next call. */
void tally_get(struct tally *tally, size_t i, struct transfer *out);

/* The packed key of the i-th (model/transfer.h). */
const char *tally_key(
    const struct tally *tally, size_t i, size_t *length);

void tally_clear(struct tally *tally);

#endif
