/* export_own.h - what the files of the export share.
 *
 * Internal to export*.c.
 */
#ifndef QF_STAGE_EXPORT_OWN_H
#define QF_STAGE_EXPORT_OWN_H

#include "base/period.h"
#include "base/zone.h"
#include "ledger/runs.h"
#include "model/statement.h"
#include "model/transfer.h"
#include "stage/export.h"
#include "stage/names.h"
#include "stage/outbox.h"

#define EXPORT_NAME_MAX 200 /* bytes of a file's name */

/* One handle's export. */
struct export_job {
	struct ledger *ledger;
	const struct export_request *request;
	struct outbox *box;
	struct zone *zone;
	struct names *names;
	struct run run;
	struct posting posting; /* entry 0 where the run is not posted */
	struct statement_head head;
	char period[PERIOD_TEXT_MAX];
	char sources[65];
	int64_t rows; /* so far */
};

/* A row of the export: of which party in which role (NULL: of all). */
typedef int export_row_fn(
    void *context, const struct transfer *transfer, struct qf_error *err);

/* Hands out the transfers that the job exports, in order of key. */
int export_transfers(struct export_job *job, export_row_fn *row, void *context,
    struct qf_error *err);

/* Begins the output file of the job, or of a party's part of it. */
int export_begin_file(struct export_job *job, const char *party,
    struct sink *sink, struct qf_error *err);

/* Counts a row that was written, and moves the bar. */
void export_count_row(struct export_job *job);

/* The names of a payer and a payee; the buffer holds the payer's, since a name
 * is valid until the next is looked up. */
#define EXPORT_PARTY_NAME_MAX 4100
int export_party_names(struct export_job *job, const char *payer,
    const char *payee, char buffer[EXPORT_PARTY_NAME_MAX],
    const char **payer_name, const char **payee_name, struct qf_error *err);

/* Writes the job's statements: one, or one a party. */
int export_statements(struct export_job *job, struct qf_error *err);

/* Writes the job's lines: one file, or one a party. */
int export_lines(struct export_job *job, struct qf_error *err);

#endif
