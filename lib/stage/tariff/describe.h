/* describe.h - what a charge says beside its price, in words: whom it
 * is for, of which energy it is, its tiers, demand, power factor table, limits
 * and exemptions.
 *
 *	tariff_describe(&out, tariff, version, charge, day, zh);
 *
 * Each thing is a line of its own, indented by two blanks.  Nothing here
 * fails; the buffer's own limit is its caller's to look at.
 */
#ifndef QF_STAGE_TARIFF_DESCRIBE_H
#define QF_STAGE_TARIFF_DESCRIBE_H

#include "base/text.h"
#include "rules/tariff.h"

/* day: exemptions that do not hold then are left out. */
void tariff_describe(struct buf *out, const struct tariff *tariff,
    const struct tariff_version *version, const struct charge *charge,
    int32_t day, bool zh);

/* The name of a code in Chinese or English; the code where there is none. */
const char *tariff_name(const struct tariff *tariff, const char *code, bool zh);

#endif
