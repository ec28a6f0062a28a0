/* facts.h - taking facts in: batches, rules, and the rows of each kind.
 *
 * One fact has one key; of its rows the one of the latest entry holds.
 */
#ifndef QF_LEDGER_FACTS_H
#define QF_LEDGER_FACTS_H

#include <stdbool.h>
#include <stdint.h>

#include "model/fact.h"
#include "model/handle.h"
#include "model/series.h"

struct entry;
struct ledger;
struct qf_error;

enum fact_outcome {
	FACT_NEW, /* written */
	FACT_REPEATED, /* known with the same content: not written */
	FACT_CHANGED, /* written over an earlier row of the key */
};

/* Appends a row.  An earlier row of the key with other content is refused
 * (QF_DATA fact-conflict, naming the batch and line that hold it) unless
 * `correcting`; but ending an open row (only `to` differs, and was open), and a
 * measured register read over an estimated one, need no correction.  Checks
 * references (QF_DATA unknown-party, unknown-point, unknown-session) and that
 * contracts of one leg do not overlap at a point (contract-overlap), nor
 * meters (meter-overlap), sessions end after start.  Message without file and
 * line: the caller adds them. */
int facts_append(struct entry *entry, const struct fact *fact, bool correcting,
    enum fact_outcome *outcome, struct qf_error *err);

/* The same for a day of interval reads, interval by interval: what the row
 * says again with the same content is dropped from it, what it changes needs
 * `correcting` unless measured comes over estimated; estimated over measured is
 * refused always (read-estimate).  Another resolution must cover whole stored
 * intervals (read-resolution).  The caller adds rows sorted by (day, channel,
 * point). */
int facts_append_reads(struct entry *entry, struct series_day *reads,
    bool correcting, enum fact_outcome *outcome, struct qf_error *err);

/* The same for a day whose values were brought to a measured sum (调平): the
 * one case in which an estimate takes the place of measured values, those that
 * it was made from.  It needs no correction. */
int facts_append_tied(struct entry *entry, struct series_day *reads,
    enum fact_outcome *outcome, struct qf_error *err);

/* The header row of a batch; entry_finish() comes after it. */
struct batch {
	const char *format, *file, *sha256, *declarations;
	int64_t bytes, received_utc; /* INT64_MIN: not said */
	const char *reason; /* NULL where no correction */
	int64_t facts, repeated, set_aside;
	const char *set_aside_sha256; /* NULL where none */
};
int facts_append_batch(
    struct entry *entry, const struct batch *batch, struct qf_error *err);

/* A rule document. */
int facts_append_rule(struct entry *entry, const char *kind, const char *rule,
    const char *file, const char *sha256, const char *text,
    struct qf_error *err);

/* Whether bytes with this digest are known: 1 and *handle if so and all their
 * facts still hold, 0 if not known, -1 QF_DATA batch-superseded naming the
 * batch that superseded them. */
int facts_known(struct ledger *ledger, const char *sha256,
    struct handle *handle, struct qf_error *err);

/* The newest batch of that format with these declarations, as of an entry: 1
 * and *handle, or 0. */
int facts_find_batch(struct ledger *ledger, int64_t asof, const char *format,
    const char *declarations, struct handle *handle, struct qf_error *err);

/* Whether a batch was declared so, or what it declares begins so: 1 or 0. */
int facts_declared(struct ledger *ledger, int64_t entry, const char *text,
    struct qf_error *err);

/* 1 if a batch of so many bytes is there, else 0: where none is, a large file
 * need not be read for its digest before it is read for its rows. */
int facts_size_known(
    struct ledger *ledger, int64_t bytes, struct qf_error *err);

#endif
