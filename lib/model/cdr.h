/* cdr.h - a charging session as a charging platform tells it.
 *
 * A session is a row of periods, each with volumes of quantities; a period
 * lasts until the next one starts, the last one until the session ends.  What
 * the sender says it comes to are claims, which are compared and never
 * settled.  The words are those of OCPI 2.2.1, mod_cdrs, in the ledger in
 * lower case with a "-".
 */
#ifndef QF_MODEL_CDR_H
#define QF_MODEL_CDR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/dec.h"
#include "model/contract.h"

/* In the order of the words of session-period.dimension. */
enum cdr_quantity {
	CDR_ENERGY, /* kWh; below 0: more fed into the grid than taken */
	CDR_ENERGY_IMPORT, /* kWh taken */
	CDR_ENERGY_EXPORT, /* kWh fed into the grid */
	CDR_TIME, /* hours, charging */
	CDR_PARKING_TIME, /* hours, not charging */
	CDR_RESERVATION_TIME, /* hours */
	CDR_MIN_CURRENT, /* A, over all phases */
	CDR_MAX_CURRENT,
	CDR_CURRENT, /* mean */
	CDR_MIN_POWER, /* kW */
	CDR_MAX_POWER,
	CDR_POWER, /* mean */
	CDR_STATE_OF_CHARGE, /* percent */
	CDR_QUANTITIES
};

/* In the order of the words of session-claim.item. */
enum cdr_item {
	CDR_ITEM_TOTAL,
	CDR_ITEM_FLAT,
	CDR_ITEM_ENERGY,
	CDR_ITEM_TIME,
	CDR_ITEM_PARKING,
	CDR_ITEM_RESERVATION,
	CDR_ITEM_DURATION, /* of the session: a volume alone, hours */
	CDR_ITEM_SERVICE, /* a platform's service charge; not of OCPI */
	CDR_ITEMS
};

/* "parking-time": the words of the ledger. */
extern const char *const cdr_quantity_words[CDR_QUANTITIES];
extern const char *const cdr_item_words[CDR_ITEMS];

/* Costs and volumes that a record claims, in the order in which it has them
 * (OCPI 2.2.1, mod_cdrs), and what they are of. */
#define CDR_TOTALS 9
struct cdr_total {
	const char *key;
	enum cdr_item item;
	bool is_volume;
};
extern const struct cdr_total cdr_totals[CDR_TOTALS];

struct cdr_period {
	int64_t start_utc, end_utc;
	struct dec volumes[CDR_QUANTITIES];
	unsigned given; /* bit of each quantity */
	char tariff[ID_MAX + 1]; /* that the sender names; "" for none */
};

struct cdr_claim {
	bool has_volume, has_excl, has_incl;
	struct dec volume, excl, incl;
};

struct cdr {
	char id[ID_MAX + 1]; /* "" where none is given */
	char session[ID_MAX + 1]; /* the platform's id of the session */
	char currency[4];
	char zone[64]; /* of the location; "" where none is given */
	char evse_uid[ID_MAX + 1], evse[ID_MAX + 1];
	char connector[ID_MAX + 1], location[ID_MAX + 1];
	char token[ID_MAX + 1], token_contract[ID_MAX + 1];
	int64_t start_utc, end_utc;
	struct cdr_period *periods; /* in order of time, at least one */
	size_t period_count;
	struct cdr_claim claims[CDR_ITEMS];
	bool credit; /* takes another one back */
	char credit_of[ID_MAX + 1]; /* its id */
	size_t line_no; /* of the file: where it ends */
	size_t position; /* in the file, from 0 */
};

/* kWh taken and fed in during a period; either may be zero.  False where the
 * period's three volumes of energy contradict each other. */
bool cdr_period_energy(
    const struct cdr_period *period, struct dec *import, struct dec *export);

/* Frees what hangs on a session, and makes it empty. */
void cdr_release(struct cdr *cdr);

#endif
