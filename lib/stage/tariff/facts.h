/* facts.h - the facts that a tariff asks for, out of files.
 *
 *	tariff_facts_new(&facts, zone, say, context);
 *	if (tariff_facts_add(facts, "prices.csv", FACT_PRICE, err) == -1) ...
 *	days = tariff_facts_days(facts);
 *	rows = tariff_facts_table(facts, "cq-agency", 202502);
 *
 * Files are those that qf-ingest takes.  Where two rows state the same fact
 * the later one holds.
 *
 * Ownership: what is handed out belongs to the facts; prices stay until
 * the next call of the same function.
 */
#ifndef QF_STAGE_TARIFF_FACTS_H
#define QF_STAGE_TARIFF_FACTS_H

#include "base/status.h"
#include "model/fact.h"
#include "rules/bands.h"
#include "settle/price.h"

struct tariff_facts;
struct zone;

/* zone: of the local times in the files; NULL where none has any.  say is
 * told of each row that is at fault. */
void tariff_facts_new(struct tariff_facts **out, const struct zone *zone,
    void (*say)(void *context, const struct qf_error *err), void *context);
void tariff_facts_free(struct tariff_facts *facts);

/* Adds a file, which must be of that kind: QF_DATA where a row is at fault. */
int tariff_facts_add(struct tariff_facts *facts, const char *path,
    enum fact_kind kind, struct qf_error *err);

/* Calendars and conditions.  A day that a calendar does not name is what its
 * weekday says; a calendar that has no row in its year is QF_DATA
 * "no-calendar". */
struct day_facts tariff_facts_days(struct tariff_facts *facts);

/* Rows of a price table in a month (YYYYMM); none is fine. */
const struct price_rows *
tariff_facts_table(struct tariff_facts *facts, const char *table, int month);

/* Whether any row is of that calendar, station and quantity, or series. */
bool
tariff_facts_calendar(const struct tariff_facts *facts, const char *calendar);
bool tariff_facts_condition(const struct tariff_facts *facts,
    const char *station, const char *quantity);
bool tariff_facts_series(const struct tariff_facts *facts, const char *series);

/* Contracts, in the order of the files. */
struct tariff_contract {
	struct contract contract;
	const char *path; /* of the file, as it was given */
};
size_t tariff_facts_contracts(
    const struct tariff_facts *facts, const struct tariff_contract **out);

/* Months that a table has rows of, in order; *out is the facts'. */
size_t tariff_facts_months(
    struct tariff_facts *facts, const char *table, const int **out);

#endif
