/* explain_own.h - what the files of the explanation share.  Internal. */
#ifndef QF_STAGE_AUDIT_EXPLAIN_OWN_H
#define QF_STAGE_AUDIT_EXPLAIN_OWN_H

#include "base/dec.h"
#include "base/text.h"
#include "ledger/registry.h"
#include "ledger/runs.h"
#include "stage/audit/energy.h"
#include "stage/audit/explain.h"
#include "stage/rate/rate.h"
#include "stage/rulebook.h"
#include "stage/telling.h"

struct explain {
	struct ledger *ledger;
	struct zone *zone;
	struct audit_source source;
	const struct audit_explain_request *request;
	struct telling telling;

	struct run run;
	struct run_cursor *lines; /* stands on the line: its texts are valid */
	struct line line;
	enum channel channel; /* of the line, where it has one */
	struct contract contract;
	struct rulebook *book;
	const struct ocpi_rule *ocpi; /* NULL: a tariff of our own */
	const struct tariff_version *version;
	const struct charge *charge;
	const struct tier *tier; /* of the charge, that the line is of */
	unsigned band; /* index or BAND_NONE */
};

/* As those of telling.h. */
void explain_say(struct explain *explain, const char *step, const char *format,
    ...) __attribute__((format(printf, 3, 4)));

void explain_differs(struct explain *explain, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#define EXPLAIN_PLACE_MAX TELLING_PLACE_MAX
void explain_place(struct explain *explain, int64_t entry, int64_t line_no,
    char out[EXPLAIN_PLACE_MAX]);

/* explain.c: the line of the handle, in the run that is loaded: QF_USAGE
 * handle-unknown where there is none.  What it is; and whether two lines say
 * the same. */
int explain_find_line(
    struct explain *explain, const struct handle *handle, struct qf_error *err);
void explain_line(struct explain *explain);
bool explain_same_line(const struct line *line, const struct line *kept);

/* Whether the line's quantity is not just what was metered in its band and
 * time, or its price not just that of its band: what the rating says of it
 * tells the rest. */
bool explain_is_beyond(const struct explain *explain);

/* explain_price.c: where the price comes from, held against the line's.
 */
int explain_price(struct explain *explain, struct qf_error *err);
/* The price at an instant of a charge that follows a series: 1, or 0. */
int explain_price_at(struct explain *explain, int64_t utc, struct dec *price,
    struct qf_error *err);

/* explain.c: rates the contract's leg again, as of what the run saw. */
int explain_rate(struct explain *explain, const struct rate_sink *sink,
    struct qf_error *err);

/* explain_amount.c: minor units as 12.34. */
const char *explain_money(
    const struct explain *explain, int64_t minor, char out[DEC_TEXT_MAX]);
/* The tax, and the line's exact amount rounded again. */
int explain_amount(struct explain *explain, struct qf_error *err);
/* A rounding line: the lines of its total. */
int explain_rounding(struct explain *explain, struct qf_error *err);

/* explain_energy.c: the quantity, back to interval reads. */
int explain_intervals(struct explain *explain, struct qf_error *err);

/* explain_derived.c: whether a line's amount is that of a share of the
 * month, or of kW that may be no finite decimal, so that the quantity on the
 * line may be shown to fewer digits than it has. */
bool explain_is_shared(const struct charge *charge);
/* Whether quantity x price is the amount, as far as the quantity's digits go.
 */
int explain_shared_product(
    struct explain *explain, const struct dec *price, struct qf_error *err);
/* Whether the rating itself says what a line of the charge came from. */
bool explain_is_told(const struct charge *charge);
/* What it says. */
int explain_told(struct explain *explain, struct qf_error *err);
/* The percentage or limit that stands in place of a price. */
int explain_sum(struct explain *explain, struct qf_error *err);

/* explain_ocpi.c: all of a line under an OCPI tariff. */
int explain_ocpi(struct explain *explain, struct qf_error *err);

/* explain_quantity.c: the quantity, back to what its contract is on. */
int explain_quantity(struct explain *explain, struct qf_error *err);

#endif
