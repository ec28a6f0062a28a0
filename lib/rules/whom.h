/* whom.h - whom a rule of a tariff is for.
 *
 * A rule says it by classes, types, voltages and an option (struct for_whom,
 * tariff.h); a contract says of itself what it is.
 *
 *	if (whom_fits(&ratio->whom, contract)) ...
 *
 * Ownership: a struct for_whom owns its words; whom_release frees them.
 * Nothing here fails.
 */
#ifndef QF_RULES_WHOM_H
#define QF_RULES_WHOM_H

#include "rules/tariff.h"

/* Whether the rule is for the contract.  An option fits where the contract
 * names it, and, for "name=value", with that value. */
bool whom_fits(const struct for_whom *whom, const struct contract *contract);

/* Whether it is for everybody. */
bool whom_is_all(const struct for_whom *whom);

/* Whether whoever b is for, a is for too. */
bool whom_covers(const struct for_whom *a, const struct for_whom *b);

/* Whether no contract can be one of both. */
bool whom_excludes(const struct for_whom *a, const struct for_whom *b);

/* Copies into one that is all zero. */
void whom_copy(struct for_whom *out, const struct for_whom *whom);

void whom_release(struct for_whom *whom);

#endif
