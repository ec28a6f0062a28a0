/* piece.h - pieces of days of interval reads, and where they come from.
 *
 * A piece is what a few rows of a file say of one point, channel and local
 * day.  Values are in the smallest scale that holds them; intervals are
 * counted from the start of the local day.
 *
 * Every format of reads is a source of pieces; gather.h puts them together.
 */
#ifndef QF_FORMAT_PIECE_H
#define QF_FORMAT_PIECE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/contract.h"
#include "model/series.h"

struct faults;
struct qf_error;

struct read_piece {
	int32_t day;
	enum channel channel;
	char point[ID_MAX + 1];
	size_t point_length;
	int minutes; /* of an interval */
	enum quantity quantity;
	enum side side;
	int64_t start_utc; /* of the local day */
	size_t day_count; /* intervals of that day */
	size_t first; /* interval of values[0] */
	size_t count; /* 1 or more */
	size_t line_no; /* of values[0] */
	size_t line_step; /* 0: one line has them all; 1: each the next */
	char quality; /* QUALITY_MEASURED ... */
	char method[ID_MAX + 1];
	int scale; /* the smallest, once the piece is handed out */
	int needed; /* the smallest scale that holds the values so far */
	/* SERIES_NULL where nothing is said, and where withdrawn. */
	int64_t values[SERIES_VALUES_MAX];
};

/* A value as it is written, and the smallest scale that holds it. */
struct read_value {
	int64_t value;
	int scale;
	int needed;
};

/* Multiplies a value by a power of ten, and finds its smallest scale anew;
 * false where it has more digits than are kept. */
bool piece_scale_value(struct read_value *value, int power);

/* Adds a value after those of the piece; false where the scales of all cannot
 * be held together.  The piece is then as it was if the value's scale is not
 * the larger one, else of no more use. */
bool piece_add_value(struct read_piece *piece, const struct read_value *value);
void piece_add_null(struct read_piece *piece);

/* Brings the whole piece to the smallest scale. */
void piece_settle_scale(struct read_piece *piece);

/* Where pieces come from; all is borrowed. */
struct read_source {
	void *context;
	/* 1 with the next piece, valid until the next call; 0 at the end; -1
	 * where the file is at fault. */
	int (*next)(
	    void *context, const struct read_piece **out, struct qf_error *err);
	/* Where a local day starts, and how many intervals of so many minutes
	 * it has. */
	void (*day)(void *context, int32_t day, int minutes, int64_t *start_utc,
	    size_t *count);
	/* Bytes of the file read so far. */
	uint64_t (*bytes)(void *context);
	/* Where not NULL, intervals of two lengths may meet in one local day:
	 * the shorter are summed into the longer (coarsen.h), and it is said
	 * here. */
	struct faults *notes;
	bool mixes_methods; /* a day's estimates may be of several methods */
};

#endif
