/* sniff.h - which of the formats a file has, by its header or root element.
 *
 *	struct sniff kind;
 *
 *	if (sniff_fd(&kind, fd, "contracts.csv", TEXT_UTF8, err) == -1) ...
 *	if (kind.format == SNIFF_FACTS)
 *		... kind.facts->name ...
 *
 * The name of a file says nothing.  A header must be exactly one of those of
 * the formats; for one that is none the message says which it is nearest to,
 * and the first column that differs.
 */
#ifndef QF_FORMAT_SNIFF_H
#define QF_FORMAT_SNIFF_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"
#include "base/text.h"
#include "model/fact.h"

struct csv_config;

enum sniff_format {
	SNIFF_RULE, /* an XML document: a tariff */
	SNIFF_FACTS, /* one row a fact */
	SNIFF_READS_LONG, /* a row a value */
	SNIFF_READS_WIDE, /* a row a point and day */
	SNIFF_NEM12, /* intervals of the Australian market */
	SNIFF_NEM13, /* its register readings */
	SNIFF_ESPI, /* Green Button */
	SNIFF_OCPI_CDR, /* charge records of OCPI */
	SNIFF_CEC102, /* charge orders of T/CEC 102 */
	SNIFF_OPENADR, /* messages of OpenADR 2.0 */
	SNIFF_UFTP, /* messages of UFTP (Shapeshifter) */
};

struct sniff {
	enum sniff_format format;
	const struct fact_format *facts; /* of SNIFF_FACTS, else NULL */
	bool has_quality; /* of the reads: the columns quality, method */
	size_t value_count; /* of SNIFF_READS_WIDE: columns v1 to vN */
	bool foreign_xml; /* XML whose root is in no namespace of ours */
};

/* Looks into an open regular file and leaves it at its start.  Errors:
 * QF_DATA csv-header, sniff-identity (the file of names and plates, which must
 * not enter a ledger), sniff-binary (an archive, a workbook, UTF-16), and the
 * structural ones of csv.h; QF_IO sniff-read. */
int sniff_fd(struct sniff *out, int fd, const char *file,
    enum text_encoding encoding, struct qf_error *err);

/* The same for CSV that is not read as its encoding alone says. */
int sniff_fd_by(struct sniff *out, int fd, const char *file,
    const struct csv_config *config, struct qf_error *err);

/* The same for a header that is read already. */
int sniff_header(struct sniff *out, const char *const *names, size_t count);

/* "rule", "party" ..., "reads-long", "reads-wide", "nem12", "nem13", "espi",
 * "ocpi-cdr", "cec102", "openadr", "uftp": as batch.format has it. */
const char *sniff_name(const struct sniff *kind);

/* True for the formats whose rows are lines of CSV under a header. */
bool sniff_is_csv(const struct sniff *kind);

/* True for the formats in JSON whose items are sessions. */
bool sniff_is_sessions(const struct sniff *kind);

/* The place in the order in which files are taken: what others refer to comes
 * first, whatever the order of the operands. */
int sniff_rank(const struct sniff *kind);

#endif
