/* facts_reference.h - whether what a fact names is in the registry.
 *
 * Internal.
 */
#ifndef QF_LEDGER_FACTS_REFERENCE_H
#define QF_LEDGER_FACTS_REFERENCE_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "model/fact.h"

struct entry;

/* Every column that refers to something: QF_DATA unknown-party, unknown-point,
 * unknown-session, unknown-contract, unknown-member. */
int facts_check_references(
    struct entry *entry, const struct fact *fact, struct qf_error *err);

/* A point that began before the instant; QF_DATA unknown-point. */
int facts_check_point(struct entry *entry, const char *point,
    int64_t before_utc, struct qf_error *err);

#endif
