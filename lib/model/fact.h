/* fact.h - the facts that a file of one row a fact can state.
 *
 * Each kind of fact is one table of columns: the header of its CSV file, the
 * columns of its table in the ledger, and the order of its canonical bytes are
 * all this one list.  (Interval reads are not here: see series.h.)
 *
 * The values of a row are held in the same order as the columns; a value is a
 * text, an integer, or nothing.
 */
#ifndef QF_MODEL_FACT_H
#define QF_MODEL_FACT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* In the order in which qf-ingest takes files: what others refer to first. */
enum fact_kind {
	FACT_PARTY,
	FACT_POINT,
	FACT_METER,
	FACT_RELATION,
	FACT_CONTRACT,
	FACT_MEMBER,
	FACT_ALIAS,
	FACT_CALENDAR,
	FACT_CONDITION,
	FACT_PRICE,
	FACT_SERIES,
	FACT_SESSION,
	FACT_SESSION_BAND,
	FACT_SESSION_INTERVAL,
	FACT_SESSION_PERIOD,
	FACT_SESSION_CLAIM,
	FACT_SESSION_CREDIT,
	FACT_REGISTER_READ,
	FACT_ESTIMATE,
	FACT_FINDING,
	FACT_FINDING_CLEARED,
	FACT_BID,
	FACT_NEED,
	FACT_PUBLISHED_PRICE,
	FACT_PUBLISHED_AWARD,
	FACT_EVENT,
	FACT_EVENT_TARGET,
	FACT_EVENT_SIGNAL,
	FACT_AWARD,
	FACT_BASELINE,
	FACT_KINDS
};

enum fact_type {
	FACT_ID, /* [A-Za-z0-9][A-Za-z0-9._:-]*, at most 64 bytes */
	FACT_TEXT, /* free text, UTF-8, at most 256 bytes */
	FACT_DECIMAL, /* kept as canonical text */
	FACT_INTEGER,
	FACT_INSTANT, /* local or with offset in the file; UTC seconds */
	FACT_DAY, /* YYYY-MM-DD; days since 1970-01-01 */
	FACT_MONTH, /* YYYY-MM; YYYYMM */
	FACT_WORD, /* one of a fixed list */
	FACT_OPTIONS, /* "name=value name=value" */
};

enum fact_flag {
	FACT_KEY = 1, /* with the others so marked, the identity */
	FACT_OPTIONAL = 2, /* may be empty */
	FACT_FROM = 4, /* start of validity */
	FACT_TO = 8, /* end of validity, may be empty */
	FACT_NOT_NEGATIVE = 16,
};

/* What a value must name in the registry. */
enum fact_reference {
	FACT_NO_REF,
	FACT_REF_PARTY,
	FACT_REF_POINT,
	FACT_REF_SESSION,
	FACT_REF_CONTRACT
};

#define FACT_COLUMNS_MAX 20

struct fact_column {
	const char *name; /* in the header and, with its suffix, the table */
	enum fact_type type;
	unsigned flags;
	enum fact_reference reference;
	const char *words; /* FACT_WORD: "a b c"; FACT_ID: what may stand
			    * for an identifier ("@session"), or NULL */
};

struct fact_format {
	enum fact_kind kind;
	const char *name; /* "party", "session-band": as batch.format says */
	const struct fact_column *columns;
	size_t column_count;
};

/* One value; text points into memory of whoever made the row. */
struct fact_value {
	enum { FACT_NULL, FACT_IS_TEXT, FACT_IS_INTEGER } is;
	const char *text; /* NUL-terminated */
	size_t length;
	int64_t integer;
};

struct fact {
	const struct fact_format *format;
	size_t line_no; /* of the file */
	struct fact_value values[FACT_COLUMNS_MAX];
};

/* The format of a kind; never NULL. */
const struct fact_format *fact_format(enum fact_kind kind);

/* The format whose header has exactly these columns, or NULL. */
const struct fact_format *
fact_format_of_header(const char *const *names, size_t count);

/* Index of the column, or BUG when there is none. */
size_t fact_column(const struct fact_format *format, const char *name);

#endif
