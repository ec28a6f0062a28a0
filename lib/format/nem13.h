/* nem13.h - NEM13 files of register readings as facts.
 *
 *	if (nem13_open(&nem13, fd, "x.csv", &config, err) == -1) ...
 *	while ((rc = nem13_next(nem13, &fact, err)) == 1)
 *		... fact->values, as the columns of register-read ...
 *	nem13_close(nem13);
 *
 * A 250 record gives two facts, its previous reading and its current one; that
 * of a forward estimate is estimated as its quality says.  Quality A is
 * measured, E, F and S are estimated; N is no reading, and neither are fields
 * that are all empty.  A reading is what the register shows, brought to kWh or
 * kvarh; direction E is import and I is export.
 *
 * The point is what the finder says of "NMI:SUFFIX", else of "NMI", scheme
 * "nmi".
 *
 * The quantity must be the difference of the readings, with one rollover where
 * the second is the smaller one.  Where it is not, config.notes says so: the
 * readings are what is taken.
 *
 * Faults, by line: mdff-*, nem13-register (a 250 record that is none),
 * nem13-unit, nem13-value, nem13-date, nem13-order, nem13-empty, unknown-point.
 *
 * Ownership: everything given is borrowed; a fact is valid until the next.
 */
#ifndef QF_FORMAT_NEM13_H
#define QF_FORMAT_NEM13_H

#include "format/mdff.h"
#include "model/fact.h"

struct nem13;

int nem13_open(struct nem13 **out, int fd, const char *file,
    const struct mdff_config *config, struct qf_error *err);
void nem13_close(struct nem13 *nem13); /* NULL is allowed */
int
nem13_next(struct nem13 *nem13, const struct fact **out, struct qf_error *err);
uint64_t nem13_bytes(const struct nem13 *nem13);

#endif
