/* messages.h - messages about events into their batch. */
#ifndef QF_STAGE_INTAKE_MESSAGES_H
#define QF_STAGE_INTAKE_MESSAGES_H

struct passage;
struct qf_error;

/* openadr.c: events of OpenADR, with their targets and signals. */
int intake_openadr(struct passage *passage, struct qf_error *err);

/* uftp.c: a flexibility order of UFTP as an event and its awards. */
int intake_uftp(struct passage *passage, struct qf_error *err);

#endif
