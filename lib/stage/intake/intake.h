/* intake.h - one file's way into the ledger.
 *
 * A savepoint around it: the file goes in whole, as one batch or rule, or
 * nothing of it does.  intake.c has what all files share, rows.c the
 * rows of CSV files, foreign.c formats of other systems, rule.c
 * rule documents.
 *
 * The functions return -1 with *err both where one file is at fault and where
 * nothing more can be done for any; intake_is_fatal() tells them apart.
 */
#ifndef QF_STAGE_INTAKE_H
#define QF_STAGE_INTAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/dec.h"
#include "base/digest.h"
#include "format/declare.h"
#include "format/gather.h"
#include "format/quarantine.h"
#include "format/sniff.h"
#include "stage/ingest/ingest.h"

struct entry;
struct csv_config;
struct fact;
struct faults;
struct headers;
struct ledger;
struct manifest_row;
struct progress;
struct read_piece;
struct read_source;
struct xml_schema;
struct zone;

/* What all files of one call share. */
struct intake {
	const struct ingest_options *options;
	struct ledger *ledger;
	const struct zone *zone;
	struct headers *map; /* of all files of CSV, or NULL */
	const struct xml_schema *schema; /* of messages in XML, or NULL */
	int64_t received_utc; /* INT64_MIN: not said */
};

/* An operand. */
struct operand {
	struct ingest_file *file;
	struct sniff kind;
	const char *name; /* in messages: the path, or "(stdin)" */
	const char *basename; /* as the batch has it */
	size_t position; /* among the operands */
	int spool_fd; /* of standard input, else -1 */
	char *quarantine; /* path for its bad rows, or NULL */
	const struct manifest_row *expected; /* NULL: none names it */
};

/* What the rows of a file add up to: kWh x 60, so that mean power adds up
 * exactly. */
struct tally {
	struct dec kwh60;
	bool summable; /* there was something to add up */
	bool refused; /* and something that does not add up: registers */
};

/* A file on its way. */
struct passage {
	const struct intake *intake;
	struct operand *operand;
	int fd;
	struct digest sha256;
	bool digested; /* false: sha256 is still to come from its rows */
	struct declaration declaration; /* of reads; else its text is "" */
	struct entry *entry;
	struct faults *faults;
	struct faults *notes; /* NULL where the format has none */
	bool tallied; /* the file's sender says rows or kWh */
	struct tally tally;
	int64_t rows; /* below the header; of other formats: facts */
	struct quarantine_span *aside; /* of a JSON file: what is at fault */
	size_t aside_count;
};

/* How files of CSV are read; raw: as they are, whatever the map. */
struct csv_config intake_config(
    const struct ingest_options *options, struct headers *map, bool raw);

/* Opens the operand's file, at its start; the descriptor is the caller's. */
int intake_open(const struct operand *operand, struct qf_error *err);

/* Takes one file in.  -1 only where nothing more can be done for any file; a
 * file that is refused gives 0 and has it in operand->file. */
int intake_file(
    const struct intake *intake, struct operand *operand, struct qf_error *err);

/* True where the failure is none of a file but of the ledger or the system. */
bool intake_is_fatal(const struct qf_error *err);

/* The file is refused: tells options->say. */
void intake_refuse(const struct ingest_options *options,
    struct ingest_file *file, const struct qf_error *fault);

/* The rows of a CSV file, each new one appended to passage->entry, each fault
 * kept in passage->faults; counts in operand->file. */
int intake_rows(struct passage *passage, struct qf_error *err);

/* Days of reads out of any source, and one fact: appended to passage->entry or
 * kept in passage->faults, and counted.  *disordered where the source must be
 * read again and sorted. */
int intake_reads(struct passage *passage, const struct read_source *source,
    enum gather_mode mode, bool *disordered, struct progress *bar,
    struct qf_error *err);
int intake_fact(
    struct passage *passage, const struct fact *fact, struct qf_error *err);

/* The rows of a file of another system's format, likewise; what is not taken
 * or does not tally is kept in passage->notes. */
int intake_foreign(struct passage *passage, struct qf_error *err);

/* tally.c: adds up what the file says, be it known already or not.  A
 * session counts whole, with both its channels; so do reads. */
void tally_begin(struct tally *tally);
void tally_release(struct tally *tally);
void tally_piece(struct tally *tally, const struct read_piece *piece);
void tally_fact(struct tally *tally, const struct fact *fact);
/* Whether the sender says more of the file than its bytes. */
bool tally_is_wanted(const struct operand *operand);
/* QF_DATA manifest-bytes, manifest-sha256; and these or manifest-rows,
 * manifest-kwh where the file is not what its manifest says. */
int tally_check_bytes(const struct operand *operand, struct qf_error *err);
int tally_check(const struct operand *operand, const struct tally *tally,
    int64_t rows, struct qf_error *err);

/* A rule document as a whole, in an entry of its own. */
int intake_rule(struct passage *passage, struct qf_error *err);

#endif
