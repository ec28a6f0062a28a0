/* mdff.h - records of the Meter Data File Format of the Australian market.
 *
 * NEM12 (intervals) and NEM13 (register readings) have it in common: lines of
 * fields between commas, the first of which says what the line is; 100 begins
 * the file and 900 ends it.  The format is that of AEMO's "Meter Data File
 * Format Specification NEM12 & NEM13".
 *
 *	if (mdff_open(&mdff, fd, "x.csv", TEXT_UTF8, "NEM12", err) == -1) ...
 *	while ((rc = mdff_next(mdff, &record, err)) == 1)
 *		... record.type, record.fields[1] ...
 *	mdff_close(mdff);
 *
 * Blanks around a field are not part of it, blank lines are passed, and the
 * last line may lack its line end, since 900 says that it is the last.  Behind
 * 900 nothing may stand.
 *
 * Errors of the file (QF_DATA): mdff-header (no 100 record, or another
 * format's), mdff-end (no 900 record, or something behind it), mdff-record (a
 * line of no known record), mdff-bytes, and those of lines.h.
 *
 * Ownership: descriptor and name are borrowed; a record is valid until the
 * next one.
 */
#ifndef QF_FORMAT_MDFF_H
#define QF_FORMAT_MDFF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "base/text.h"
#include "format/finder.h"
#include "model/series.h"

#define MDFF_DAY_S 86400
#define MDFF_OFFSET_S 36000 /* market time: UTC+10, the whole year */

struct faults;
struct mdff;
struct zone;

/* What the readers of both formats are given; all is borrowed. */
struct mdff_config {
	enum text_encoding encoding;
	int32_t offset_s; /* of the file's times, east of UTC */
	const struct zone *zone; /* of the ledger */
	const struct finder *finder;
	struct faults *faults;
	struct faults *notes; /* what is not taken, or does not tally */
};

struct mdff_record {
	int type; /* 200 ...; 100 and 900 are not handed out */
	size_t line_no;
	const char *const *fields; /* with the type, fields[0] */
	size_t count; /* empty ones at the end left out */
};

int mdff_open(struct mdff **out, int fd, const char *file,
    enum text_encoding encoding, const char *format, struct qf_error *err);
void mdff_close(struct mdff *mdff); /* NULL is allowed */
int
mdff_next(struct mdff *mdff, struct mdff_record *record, struct qf_error *err);
uint64_t mdff_bytes(const struct mdff *mdff);
size_t mdff_last_line(const struct mdff *mdff); /* of the 900 record */

/* A field, "" behind the last. */
const char *mdff_field(const struct mdff_record *record, size_t index);

/* Fields of the format; each false where the text is none. */
bool mdff_date(const char *text, int32_t *day); /* YYYYMMDD */
/* YYYYMMDDhhmm or YYYYMMDDhhmmss, as seconds of the wall clock. */
bool mdff_time(const char *text, int64_t *local_s);
/* Digits with or without a point; at most 18.  needed: the smallest scale. */
bool mdff_number(const char *text, int64_t *value, int *scale, int *needed);

/* A unit of energy, in any case: the power of ten that makes it kWh or kvarh,
 * and whether it is reactive.  False for every other unit. */
bool mdff_unit(const char *text, int *power, bool *reactive);

/* A quality of one letter and, for E, F and S, a method of two digits, with a
 * reason code of up to three digits or none: how the value came to be.  The
 * method, where there is one, is "S14.89".  0, or -1 with what is wrong.
 * *quality is QUALITY_MEASURED, QUALITY_ESTIMATED, QUALITY_NONE (N), or 'V'
 * where 400 records say it. */
#define MDFF_METHOD_MAX 16
int mdff_quality(const char *flag, const char *reason, char *quality,
    char method[MDFF_METHOD_MAX], struct qf_error *fault);

/* "+10:00" in place of market time, out of "offset=+08:00" beside the file or
 * NULL; text gets the canonical declaration.  QF_USAGE declare-unknown,
 * declare-value. */
#define MDFF_DECLARATION_MAX 32
int mdff_declare(int32_t *offset_s, char text[MDFF_DECLARATION_MAX],
    const char *given, struct qf_error *err);

#endif
