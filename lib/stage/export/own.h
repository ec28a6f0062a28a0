/* own.h - what the files of the export share.
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
#include "stage/export/export.h"
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

/* Rows sorted to their payer and to their payee, for a file a party. */
struct export_parties;

struct export_row {
	const void *key, *data; /* as they were added */
	size_t key_length, data_length;
	const char *role; /* "payer" or "payee", of the party of the file */
};

/* What writes a file a party; the party's name is valid until end. */
struct export_writer {
	void *context;
	int (*begin)(void *context, const char *party, struct qf_error *err);
	int (*row)(
	    void *context, const struct export_row *row, struct qf_error *err);
	int (*end)(void *context, struct qf_error *err);
};

struct export_parties *export_parties_new(void);
void export_parties_free(struct export_parties *parties);

/* Room for the next row and its key, both empty, to be written into. */
void export_parties_row(
    struct export_parties *parties, struct buf **key, struct buf **data);

/* Adds a number that is not negative to a key, so that keys sort by it. */
void export_parties_number(struct buf *key, int64_t number);

/* Takes that row in; rows of a party come out in the order of memcmp over their
 * keys. */
int export_parties_add(struct export_parties *parties, const char *payer,
    const char *payee, struct qf_error *err);

/* The same of a row that is one party's alone; it has the role "payer". */
int export_parties_add_one(
    struct export_parties *parties, const char *party, struct qf_error *err);

/* Hands out all rows, a party after the other; call once. */
int export_parties_write(struct export_parties *parties,
    const struct export_writer *writer, struct qf_error *err);

/* Writes the job's statements: one, or one a party. */
int export_statements(struct export_job *job, struct qf_error *err);

/* Writes the job's FlexSettlement. */
int export_flex(struct export_job *job, struct qf_error *err);

/* Writes the job's lines: one file, or one a party. */
int export_lines(struct export_job *job, struct qf_error *err);

/* Writes the awards, prices or trades of an auction: one file, or, of awards,
 * one a party. */
int export_auction(struct export_job *job, struct qf_error *err);

#endif
