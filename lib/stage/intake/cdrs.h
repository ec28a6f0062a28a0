/* cdrs.h - sessions that a charging platform sends as JSON into their
 * batch.  Internal to the intake (intake.h). */
#ifndef QF_STAGE_INTAKE_CDRS_H
#define QF_STAGE_INTAKE_CDRS_H

#include "stage/intake/intake.h"

/* The sessions of the file, each fact appended to passage->entry; the bytes of
 * those at fault go to passage->aside. */
int intake_cdrs(struct passage *passage, struct qf_error *err);

#endif
