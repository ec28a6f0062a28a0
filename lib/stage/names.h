/* names.h - what codes and parties are called.
 *
 * Names of subjects, components, bands and legs come from the tariff documents
 * that held as of an entry: where two name one code, the document whose id
 * comes first.  Names of natural persons come from an identity file, which is
 * never in the ledger; those of others from the registry.
 *
 *	if (names_load(&names, ledger, asof, err) == -1 ||
 *	    names_load_identity(names, path, err) == -1) ...
 *	... names_of(names, "peak").zh ...
 *	if (names_of_party(names, "driver-01", &name, err) == -1) ...
 *	names_free(names);
 *
 * Errors: those of tariff.h, csv.h and xml_open(); QF_DATA "identity-repeated".
 */
#ifndef QF_STAGE_NAMES_H
#define QF_STAGE_NAMES_H

#include <stddef.h>
#include <stdint.h>

#include "model/statement.h"

struct ledger;
struct names;
struct qf_error;

int names_load(struct names **out, struct ledger *ledger, int64_t asof,
    struct qf_error *err);
void names_free(struct names *names); /* NULL is fine */

/* An identity file: party,name,vehicle,plate,vin,contact. */
int names_load_identity(
    struct names *names, const char *path, struct qf_error *err);

/* The names of a code, all of whose texts but code may be NULL; valid as long
 * as names. */
struct statement_name names_of(const struct names *names, const char *code);

/* What a party is called, or NULL: from the identity file, else from the
 * registry, in Chinese where it has such a name.  Valid until the next call. */
int names_of_party(struct names *names, const char *party, const char **name,
    struct qf_error *err);

/* All codes with names, by code; all rule documents, by kind and id. */
const struct statement_name *
names_all(const struct names *names, size_t *count);
const struct statement_rule *
names_rules(const struct names *names, size_t *count);

/* The rule document of an entry, or NULL. */
const struct statement_rule *
names_rule_of(const struct names *names, int64_t entry);

#endif
