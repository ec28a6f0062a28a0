/* sources.h - the files and rule documents that a run could see.
 *
 * What leaves the house cites these by the digests of their bytes and never by
 * the numbers of entries, so that the order in which files came does not show.
 */
#ifndef QF_LEDGER_SOURCES_H
#define QF_LEDGER_SOURCES_H

#include <stdint.h>

struct ledger;
struct qf_error;

/* Texts are valid until the cursor's next step. */
struct source {
	const char *kind; /* of a rule "tariff"; of a file its format */
	const char *name; /* of a rule its id; of a file its name */
	const char *sha256; /* 64 hexadecimal digits */
	const char *text; /* of a rule the document; of a file NULL */
	int64_t entry; /* for our own use */
};

/* All files and documents taken in up to the entry, by name and digest: 1, 0
 * at the end, -1. */
struct source_cursor;
int sources_open(struct source_cursor **out, struct ledger *ledger,
    int64_t asof, struct qf_error *err);
/* The rule documents that hold as of the entry, by kind and id. */
int sources_open_rules(struct source_cursor **out, struct ledger *ledger,
    int64_t asof, struct qf_error *err);
int sources_next(struct source_cursor *cursor, struct source *out,
    struct qf_error *err);
void sources_close(struct source_cursor *cursor);

#endif
