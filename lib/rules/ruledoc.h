/* ruledoc.h - what rule documents beside tariffs have in common: an id, a zone,
 * and versions with their dates and source.
 *
 * Internal to lib/rules.  A kind of document gives its schema and a function
 * that reads one version; everything that is found wrong goes into one list of
 * faults, as with tariffs.
 *
 *	static const struct rule_schema schema = {...};
 *
 *	ruledoc_read(&faults, &schema, text, length, file, &head,
 *	    read_version, thresholds);
 *
 * Codes of faults begin with "rule-".
 */
#ifndef QF_RULES_RULEDOC_H
#define QF_RULES_RULEDOC_H

#include "rules/tariff_reader.h"

struct ruledoc_head {
	char id[ID_MAX + 1];
	char zone[ID_MAX + 1]; /* "" where not said */
};

/* What is the same of every version. */
struct ruledoc_version {
	int32_t from_day, to_day; /* local days; INT32_MAX: open */
	char source[256];
	char confidence[2];
	int line_no;
};

/* Reads the document's head and hands each version's element, in order, to
 * version(), which adds one to its own list and gives back what is the same of
 * all; `before` is that of the one before, or NULL.  Where nothing is wrong
 * asks the schema too. */
typedef struct ruledoc_version *ruledoc_version_reader(
    struct tariff_reader *reader, const struct xml_node *node, void *context);
void
ruledoc_read(struct tariff_faults *faults, const struct rule_schema *schema,
    const char *text, size_t length, const char *file,
    struct ruledoc_head *head, ruledoc_version_reader *version, void *context);

/* The first fault as *err and -1, or 0 where there is none; frees the list. */
int ruledoc_judge(struct tariff_faults *faults, struct qf_error *err);

#endif
