/* headers.h - header maps: somebody's own columns in place of ours.
 *
 *	struct headers *map;
 *
 *	if (headers_load(&map, "platform.xml", err) == -1) ...
 *	headers_configure(map, &config);
 *	if (csv_open(&reader, fd, "orders.csv", &config, err) == -1) ...
 *	... the reader's header and rows are those of our format ...
 *	headers_free(map);
 *
 * The document is described in qf-headers(5) and by headers.xsd.  It names a
 * format, says where each of its columns comes from, and how a cell is turned
 * into what the format wants: words for words, a decimal comma, a power of
 * ten, a time as somebody writes it.  What it leaves as it is, the format
 * judges.
 *
 * Errors of the document (QF_DATA): those of xml.h, headers-name,
 * headers-format, headers-column, headers-value, headers-time.  Of a file whose
 * header does not fit: headers-missing, headers-unknown, headers-values.
 * Faults of rows: headers-decimal, headers-time.
 *
 * Ownership: a configured reader borrows the map; one reader at a time.
 */
#ifndef QF_FORMAT_HEADERS_H
#define QF_FORMAT_HEADERS_H

#include <stdbool.h>

#include "base/status.h"
#include "format/csv.h"

struct headers;

int headers_load(struct headers **out, const char *path, struct qf_error *err);
/* The same from a descriptor at its start; the path stands in messages. */
int headers_load_fd(
    struct headers **out, int fd, const char *path, struct qf_error *err);
void headers_free(struct headers *map); /* NULL is allowed */

/* "map=ID map-sha256=DIGEST": what a batch keeps of it. */
const char *headers_declaration(const struct headers *map);

/* What it declares of reads, or NULL. */
const char *headers_reads(const struct headers *map);

/* Sets what the map says of the file.  Its encoding only where that is not
 * said otherwise. */
void headers_configure(
    struct headers *map, bool encoding_said, struct csv_config *config);

/* The same for a reader that is to see the rows as they are. */
void headers_configure_raw(
    const struct headers *map, bool encoding_said, struct csv_config *config);

#endif
