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

/* Attributes of versions.  A number that is there and empty is one that a
 * template leaves open: it is counted (reader->blanks, which the reader of a
 * version sets to 0), and counts as not given. */

enum ruledoc_sign { RULEDOC_ANY, RULEDOC_NOT_NEGATIVE, RULEDOC_POSITIVE };

/* True, with the number, where one is given; faults where its sign is not as
 * it must be. */
bool ruledoc_number(struct tariff_reader *reader, const struct xml_node *node,
    const char *attribute, enum ruledoc_sign sign, struct dec *out);
/* The same where it must be given, if only empty. */
bool
ruledoc_need_number(struct tariff_reader *reader, const struct xml_node *node,
    const char *attribute, enum ruledoc_sign sign, struct dec *out);
int ruledoc_int(struct tariff_reader *reader, const struct xml_node *node,
    const char *attribute, int least, int most, int otherwise);
/* Needed: "2 half-up", followed by one of rest where there are such. */
bool ruledoc_rounding(struct tariff_reader *reader, const struct xml_node *node,
    const char *attribute, const char *const *rest, struct rounding *out,
    int *word);
/* "-4h", "30m", "1d" as seconds. */
bool ruledoc_seconds(struct tariff_reader *reader, const struct xml_node *node,
    const char *attribute, int64_t *out);
/* Places in a list of words that NULL ends, each once, as the attribute has
 * them; out has room for all.  Returns their count. */
size_t ruledoc_words(struct tariff_reader *reader, const struct xml_node *node,
    const char *attribute, const char *const *words, int *out);
/* A fault, rule-idle, where an attribute is there that says nothing. */
void ruledoc_idle(struct tariff_reader *reader, const struct xml_node *node,
    const char *attribute, const char *why);
/* The one element of that name, or NULL, with a fault where it must be there
 * or is there twice. */
const struct xml_node *ruledoc_child(struct tariff_reader *reader,
    const struct xml_node *node, const char *name, bool needed);
/* Whether the version is a template, after all of it was read: it is one if
 * and only if a number is left open. */
bool
ruledoc_template(struct tariff_reader *reader, const struct xml_node *node);

/* The version of an array, whose elements begin with what is the same of all,
 * that holds on a local day, or NULL. */
const void *
ruledoc_at(const void *versions, size_t count, size_t size, int32_t day);

/* The first fault as *err and -1, or 0 where there is none; frees the list. */
int ruledoc_judge(struct tariff_faults *faults, struct qf_error *err);

#endif
