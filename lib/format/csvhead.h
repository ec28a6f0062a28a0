/* csvhead.h - the head of a statement as the preamble of a CSV file: lines
 * "#name=value", the first of which names the format. */
#ifndef QF_FORMAT_CSVHEAD_H
#define QF_FORMAT_CSVHEAD_H

#include "format/csvout.h"
#include "model/statement.h"

struct qf_error;

int csvhead_write(struct csvout *csv, const char *format,
    const struct statement_head *head, struct qf_error *err);

#endif
