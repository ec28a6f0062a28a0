/* ocpi.h - a session under an OCPI tariff, rated whole or held.  Internal
 * to the rating (own.h). */
#ifndef QF_STAGE_RATE_OCPI_H
#define QF_STAGE_RATE_OCPI_H

#include "model/cdr.h"
#include "settle/ocpi.h"
#include "stage/rate/own.h"

/* ocpi_lines.c: the lines of session `number`, whose segments are
 * [first, ...), and its energy in the balance.  1: held, with the reason in
 * rate->refusal. */
int rate_ocpi_session(
    struct rate *rate, size_t number, size_t first, struct qf_error *err);

/* ocpi.c: the same as a report; *cdr gets what was priced, and both are
 * the caller's to release, also where this fails. */
int rate_ocpi_report(struct rate *rate, size_t number, size_t first,
    struct cdr *cdr, struct ocpi_report *report, struct qf_error *err);

#endif
