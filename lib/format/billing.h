/* billing.h - statements for a billing system: CSV and JSON lines.
 *
 * The two hold the same (qf-billing(5)): a head; a row for each key, with its
 * version; and at the end the count of the rows, the kWh of each channel and
 * the money of each subject.  In CSV the head is a preamble of "#name=value"
 * lines and the totals are rows of their own kinds under the same header.
 *
 * See letter.h for use, ownership and errors.
 */
#ifndef QF_FORMAT_BILLING_H
#define QF_FORMAT_BILLING_H

#include "base/sink.h"
#include "format/letter.h"

struct letter *billing_csv(
    struct sink sink, const struct letter_config *config);
struct letter *billing_jsonl(
    struct sink sink, const struct letter_config *config);

#endif
