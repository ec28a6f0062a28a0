/* response.h - what a settled event shows: baseline, actual, response, and the
 * days that the baseline was made of.
 *
 * Rows of a run of qf-settle.  Texts point into memory of whoever made the
 * row, valid for the call that it is handed to.  Decimals are canonical text.
 * Loads are net: import less export, kWh of the step.  A response is positive
 * in the direction that the programme asks for.
 */
#ifndef QF_MODEL_RESPONSE_H
#define QF_MODEL_RESPONSE_H

#include <stdint.h>

/* One step of an event, of a contract as a whole or of one of its points. */
struct response_row {
	int64_t line_no; /* from 1 within the run */
	const char *contract, *leg, *event;
	const char *role; /* contract: the whole; resource: one of its points */
	const char *point;
	int64_t start_utc, end_utc;
	const char *baseline_kwh, *actual_kwh;
	const char *response_kwh;
	/* Of the whole alone, NULL of a resource: */
	const char *award; /* id of the award; NULL: none */
	const char *award_kwh; /* NULL: no award */
	const char *elsewhere_kwh; /* of the response, what an export leg or
				    * another event pays already */
	const char *effective_kwh; /* what counts for pay */
	const char *deficiency_kwh; /* what penalties and deviation are on */
	const char *price; /* of a kWh, or of a kW (the programme's per) */
	const char *pay, *charge; /* money, exact: earned, and charged (>= 0) */
};

/* A day that a baseline looked at. */
struct baseline_row {
	int64_t line_no;
	const char *contract, *leg, *event, *point;
	int32_t day; /* local */
	const char *used; /* yes, no */
	const char *reason; /* baseline.h: chosen, event-day, missing-reads ...
			     */
	const char *kwh; /* in the event's hours; NULL: not known */
};

#endif
