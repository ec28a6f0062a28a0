/* series.h - a local day of interval values of one point and channel.
 *
 * As it is stored: integers with one scale, in time order; interval i starts
 * at start_utc + i * minutes * 60.  A whole local day has 1440 / minutes
 * intervals, but for the days on which the clock changes.
 */
#ifndef QF_MODEL_SERIES_H
#define QF_MODEL_SERIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum channel {
	CHANNEL_IMPORT,		/* the grid delivers: charging */
	CHANNEL_EXPORT,		/* the grid receives: discharging */
	CHANNEL_IMPORT_REACTIVE,
	CHANNEL_EXPORT_REACTIVE,
	CHANNELS
};

enum quantity {
	QUANTITY_KWH,		/* energy of the interval */
	QUANTITY_KW,		/* mean power of the interval */
	QUANTITY_REGISTER,	/* what the register shows at its start */
};

enum side {
	SIDE_PRIMARY,		/* as delivered: multiplier is in */
	SIDE_SECONDARY,		/* as the meter counts: multiplier to apply */
};

/* Letters of the quality text. */
#define QUALITY_MEASURED 'M'
#define QUALITY_ESTIMATED 'E'
#define QUALITY_WITHDRAWN 'W'
#define QUALITY_NONE '.'	/* the row says nothing of this interval */

/* 25 hours of one-minute values. */
#define SERIES_VALUES_MAX 1500
#define SERIES_NULL INT64_MIN	/* no value in this interval */
#define SERIES_SCALE_MAX 9

struct series_day {
	int32_t day;
	enum channel channel;
	int64_t start_utc;
	int minutes;
	enum quantity quantity;
	enum side side;
	int scale;		/* value x 10^scale is stored */
	size_t count;
	int64_t entry;		/* of the batch, 0 before it has one */
	int64_t line_no;
	char point[65];
	char method[65];	/* of estimated values; "" where none */
	int64_t values[SERIES_VALUES_MAX];
	char quality[SERIES_VALUES_MAX + 1]; /* a letter each, NUL at the end */
};

/* "import" ...; static text.  channel_parse returns -1 for another word. */
const char *channel_name(enum channel channel);
int channel_parse(enum channel *out, const char *word, size_t length);
const char *quantity_name(enum quantity quantity);
int quantity_parse(enum quantity *out, const char *word, size_t length);
const char *side_name(enum side side);
int side_parse(enum side *out, const char *word, size_t length);

#endif
