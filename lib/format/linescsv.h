/* linescsv.h - the lines of a run as CSV, one by one (qf-billing(5)).
 *
 *	struct linescsv *out = linescsv_new(sink, &config, zone);
 *
 *	if (linescsv_begin(out, &head, err) == -1) ...
 *	if (linescsv_line(out, &line, err) == -1) ...
 *	if (linescsv_end(out, err) == -1) ...
 *	linescsv_free(out);
 *
 * Times are local with their offset.  Ownership and errors as in letter.h; the
 * zone is borrowed.
 */
#ifndef QF_FORMAT_LINESCSV_H
#define QF_FORMAT_LINESCSV_H

#include "base/sink.h"
#include "base/zone.h"
#include "format/letter.h"

struct linescsv;

struct linescsv *linescsv_new(struct sink sink,
    const struct letter_config *config, const struct zone *zone);
void linescsv_free(struct linescsv *out); /* NULL is fine */

int linescsv_begin(struct linescsv *out, const struct statement_head *head,
    struct qf_error *err);
int linescsv_line(struct linescsv *out, const struct statement_line *line,
    struct qf_error *err);
int linescsv_end(struct linescsv *out, struct qf_error *err);

#endif
