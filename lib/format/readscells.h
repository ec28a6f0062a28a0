/* readscells.h - what the readers of long and wide files of reads share.
 *
 * Private to readscsv.c, readslong.c and readswide.c: the state of a reader,
 * the cells that both formats have, and how a piece is made.
 *
 * A function that takes a cell returns 0, or -1 with the fault of the cell; it
 * is then given to reads_blame(), which keeps it.
 */
#ifndef QF_FORMAT_READSCELLS_H
#define QF_FORMAT_READSCELLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/zone.h"
#include "format/csv.h"
#include "format/declare.h"
#include "format/faults.h"
#include "format/readscsv.h"
#include "format/sniff.h"

#define DAYS_KEPT 64 /* days whose length is remembered; a power of two */
#define DATE_LENGTH 10 /* of 2025-02-01 */

/* Columns of both formats; the time is the day in a wide file. */
enum { READS_POINT, READS_CHANNEL, READS_TIME };

/* A local day: how it lies on the line of instants. */
struct day_info {
	bool known;
	bool plain; /* no clock change: a wall-clock time is start + seconds */
	int32_t day;
	int64_t start_utc;
	size_t count; /* intervals; 0 where they do not fill the day */
};

struct readscsv {
	struct csv_reader *reader;
	const struct sniff *kind;
	const struct declaration *declaration;
	const struct zone *zone;
	struct faults *faults;
	const char *const *names; /* of the columns */
	int64_t step_s; /* seconds of an interval */
	struct day_info days[DAYS_KEPT];
	char date[DATE_LENGTH]; /* text of the last date, and its day */
	const struct day_info *date_info;
	char point[ID_MAX + 1]; /* the last one that was sound */
	size_t point_length;
	char channel_text[32];
	size_t channel_length;
	enum channel channel;
	struct read_piece pieces[2]; /* what is handed out, what grows */
	int growing;
	bool begun; /* pieces[growing] has something in it */
	bool over;
};

/* What is known of a local day; valid until another day is asked for. */
const struct day_info *reads_day_info(struct readscsv *reads, int32_t day);

/* Keeps a fault of a row: 0, which says "this row is none", or -1. */
int reads_blame(struct readscsv *reads, const struct csv_row *row,
    size_t column, const struct qf_error *fault, struct qf_error *err);

/* Each takes its cell into the reader's state. */
int reads_point(struct readscsv *reads, const struct csv_field *field,
    struct qf_error *fault);
int reads_channel(struct readscsv *reads, const struct csv_field *field,
    struct qf_error *fault);

/* The columns quality and method, where the file has them.  An estimated value
 * says by which method; no other has one (*method is then NULL). */
int
reads_quality(struct readscsv *reads, const struct csv_row *row, size_t column,
    char *quality, const struct csv_field **method, struct qf_error *fault);

/* Energy is never negative: what flows the other way is the other channel's. */
int reads_value(const struct csv_field *field, struct read_value *out,
    struct qf_error *fault);

/* An empty piece of the reader's point and channel. */
void reads_begin_piece(struct readscsv *reads, struct read_piece *piece,
    int32_t day, size_t first, size_t line_no);
void reads_set_quality(
    struct read_piece *piece, char quality, const struct csv_field *method);

/* The next piece of each format. */
int reads_next_wide(struct readscsv *reads, const struct read_piece **out,
    struct qf_error *err);
int reads_next_long(struct readscsv *reads, const struct read_piece **out,
    struct qf_error *err);

#endif
