/* programme_reader.h - what the files that read a programme document share;
 * nobody else includes it.
 *
 * programme.c reads versions, programme_baseline.c their baselines,
 * programme_price.c what is paid and charged.
 */
#ifndef QF_RULES_PROGRAMME_READER_H
#define QF_RULES_PROGRAMME_READER_H

#include "rules/programme.h"

/* programme_baseline.c: all baseline elements of a version. */
void programme_read_baselines(struct tariff_reader *reader,
    const struct xml_node *node, struct programme_version *version);
void programme_release_baseline(struct baseline_rule *rule);

/* programme_price.c: bands, price, pay, penalty and deviation elements, after
 * it is known whether the programme has awards. */
void programme_read_pay(struct tariff_reader *reader,
    const struct xml_node *node, struct programme_version *version);
void programme_release_pay(struct programme_version *version);

#endif
