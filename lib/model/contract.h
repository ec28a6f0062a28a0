/* contract.h - who owes whom for what at which point, by which tariff. */
#ifndef QF_MODEL_CONTRACT_H
#define QF_MODEL_CONTRACT_H

#include <stdbool.h>
#include <stdint.h>

#define ID_MAX 64 /* bytes of an identifier */
#define UTC_OPEN INT64_MAX /* an end that is still open */
#define PARTY_OF_SESSION "@session" /* payer or payee: the session's party */

enum basis {
	BASIS_INTERVALS,
	BASIS_REGISTERS,
	BASIS_SESSIONS,
	BASIS_EVENTS /* paid for what it does in events, by a programme: of
		      * qf-settle, and of nobody who rates energy */
};

/* One stretch of validity of a contract's leg. */
struct contract {
	char contract[ID_MAX + 1];
	char leg[ID_MAX + 1]; /* supply, export, service ... */
	char point[ID_MAX + 1];
	char payer[ID_MAX + 1];
	char payee[ID_MAX + 1];
	char account[ID_MAX + 1]; /* 户号; the contract where none is given */
	char tariff[ID_MAX + 1]; /* id of a tariff document; of a programme
				  * where the basis is events */
	enum basis basis;
	char voltage[ID_MAX + 1]; /* "" where none is given */
	char user_class[ID_MAX + 1];
	char type[ID_MAX + 1];
	char options[256]; /* "name=value name=value" */
	char cycle[16];
	int64_t from_utc;
	int64_t to_utc; /* UTC_OPEN where open */
	int64_t entry; /* batch and line that say so */
	int64_t line_no;
};

/* The value of an option, or NULL; *length gets its length. */
const char *contract_option(
    const struct contract *contract, const char *name, unsigned long *length);

/* The stretch's part of [from_utc, to_utc) as [*first_utc, *end_utc); false
 * where it has none. */
bool contract_within(const struct contract *stretch, int64_t from_utc,
    int64_t to_utc, int64_t *first_utc, int64_t *end_utc);

/* Whether two stretches say the same but for their times, and whose they
 * are. */
bool contract_same_terms(const struct contract *a, const struct contract *b);

#endif
