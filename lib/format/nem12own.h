/* nem12own.h - what the files of NEM12 share; nobody else includes it. */
#ifndef QF_FORMAT_NEM12OWN_H
#define QF_FORMAT_NEM12OWN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "format/mdff.h"
#include "format/nem12.h"
#include "format/piece.h"

#define NEM12_VALUES_MAX 288 /* of 5 minutes */
#define NEM12_NAME_MAX 16 /* an NMI has 10 */
#define NEM12_SUFFIX_MAX 4 /* a suffix has 2 */

/* What a 200 record says. */
struct nem12_stream {
	bool begun; /* there was a 200 record */
	bool sound; /* and nothing is wrong with it */
	bool taken; /* its suffix is one of ours */
	bool blamed; /* its point was not found, which was said */
	char nmi[NEM12_NAME_MAX + 1];
	char suffix[NEM12_SUFFIX_MAX + 1];
	enum channel channel;
	int power; /* of ten, to kWh */
	int minutes; /* 0 where it is not known */
	size_t line_no;
};

/* What a 300 record and its 400 records say. */
struct nem12_day {
	bool begun;
	bool sound;
	int32_t day;
	size_t line_no;
	char flag; /* of the 300 record, as mdff_quality() has it */
	size_t count; /* values of the day */
	size_t covered; /* by 400 records */
	struct read_value values[NEM12_VALUES_MAX];
	bool empty[NEM12_VALUES_MAX];
	char quality[NEM12_VALUES_MAX];
	char methods[NEM12_VALUES_MAX][MDFF_METHOD_MAX];
};

struct nem12 {
	struct mdff *mdff;
	struct mdff_config config;
	struct mdff_record record; /* read ahead */
	bool has_record;
	bool over;
	size_t streams; /* 200 records so far */
	struct nem12_stream stream;
	struct nem12_day day;
	size_t next; /* value of the day that is handed out next */
	char point[ID_MAX + 1];
	void *owners; /* which stream has a point and channel: tsearch(3) */
	struct read_piece piece;
};

/* nem12_record.c: takes a 200, a 300 and a 400 record into the stream and the
 * day; what is wrong is a fault, and -1 only where that cannot be kept. */
int nem12_take_stream(struct nem12 *nem12, const struct mdff_record *record,
    struct qf_error *err);
int nem12_take_day(struct nem12 *nem12, const struct mdff_record *record,
    struct qf_error *err);
int nem12_take_event(struct nem12 *nem12, const struct mdff_record *record,
    struct qf_error *err);
/* What can be said only once a day has all its records: 1 if it is to be
 * handed out. */
int nem12_settle_day(struct nem12 *nem12, struct qf_error *err);
int nem12_blame(struct nem12 *nem12, size_t line_no, const char *code,
    const char *what, struct qf_error *err);

#endif
