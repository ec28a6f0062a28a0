/* tariff_reader.h - what the files that read a tariff document share; nobody
 * else includes it.
 *
 * A document is read in passes, each of which adds what it finds wrong to the
 * same list: unknown names (tariff_names.c), texts and numbers into structs
 * (tariff_read.c for versions and bands, tariff_read_charge.c and the others
 * of its kind for charges, all by the words of tariff_words.c), references
 * among charges and the sense of their prices (tariff_charges.c), what is
 * reckoned from other charges (tariff_sums.c), the bands of every kind of day
 * (tariff_bands.c).
 */
#ifndef QF_RULES_TARIFF_READER_H
#define QF_RULES_TARIFF_READER_H

#include "base/xml.h"
#include "rules/tariff.h"

/* What a kind of rule document is held against. */
struct rule_schema {
	const char *root, *name_space;
	const char *what; /* "a document of thresholds" */
	const char *file; /* "tariff.xsd" */
	const char *bytes;
	size_t length;
};

extern const struct rule_schema tariff_schema;

struct tariff_reader {
	const struct xml_doc *doc;
	struct tariff_faults *faults;
	const char *codes; /* what codes begin with in place of "tariff", as in
			    * "rule-word"; NULL: as they are */
	struct tariff *tariff;
	/* Of the version being read, what its structs do not keep. */
	const struct xml_node **charge_nodes; /* beside version->charges */
	const struct xml_node **rule_nodes; /* bands, then overlays */
	size_t rule_count;
	int blanks; /* numbers left open */
};

/* Adds a fault of an element, or of its attribute where that is not NULL. */
void tariff_fault(struct tariff_reader *reader, const struct xml_node *node,
    const char *attribute, const char *code, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* The array with room for one more, which is all zero. */
void *tariff_grow(void *array, size_t count, size_t size);

/* tariff_names.c: every element and attribute that the schema does not know
 * there, with the nearest that it knows.  False where there was one. */
bool tariff_names(struct tariff_reader *reader);
/* The same for a document of another kind. */
bool
tariff_names_of(struct tariff_reader *reader, const struct rule_schema *schema);

/* tariff.c: adds what the schema says of a document that nothing else was
 * found wrong with. */
void tariff_ask_schema(struct tariff_faults *faults,
    const struct rule_schema *schema, const char *text, size_t length,
    const char *file);

/* tariff_words.c: attributes into structs.  Each leaves its result alone
 * where the attribute is absent or at fault. */
void tariff_id(struct tariff_reader *reader, const struct xml_node *node,
    const char *attribute, char out[ID_MAX + 1]);
void tariff_text(struct tariff_reader *reader, const struct xml_node *node,
    const char *attribute, char *out, size_t size);
bool tariff_number(struct tariff_reader *reader, const struct xml_node *node,
    const char *attribute, struct dec *out);
/* The attribute's place in a list of words that NULL ends, or otherwise. */
int tariff_word(struct tariff_reader *reader, const struct xml_node *node,
    const char *attribute, const char *const *words, int otherwise);
bool tariff_yes(struct tariff_reader *reader, const struct xml_node *node,
    const char *attribute, bool otherwise);
int tariff_int(struct tariff_reader *reader, const struct xml_node *node,
    const char *attribute, int least, int most, int otherwise);
bool tariff_day(struct tariff_reader *reader, const struct xml_node *node,
    const char *attribute, int32_t *out);
/* "1 7-9 12" as bits. */
void tariff_months(struct tariff_reader *reader, const struct xml_node *node,
    const char *attribute, unsigned *out);
/* Identifiers between blanks, each of its own; an empty list is a fault. */
void tariff_ids(struct tariff_reader *reader, const struct xml_node *node,
    const char *attribute, char ***out, size_t *count);
/* for-class, for-type, for-voltage, for-option. */
void tariff_whom(struct tariff_reader *reader, const struct xml_node *node,
    struct for_whom *out);
void tariff_hours(struct tariff_reader *reader, const struct xml_node *node,
    struct hours **out, size_t *count);
void tariff_selector(struct tariff_reader *reader, const struct xml_node *node,
    struct day_selector *out);
/* "2 half-up line", where rest is what may follow the digits and the mode
 * ("line total", or ""); *word gets its place, or -1. */
bool tariff_rounding(struct tariff_reader *reader, const struct xml_node *node,
    const char *attribute, const char *const *rest, struct rounding *out,
    int *word);

/* False, with a fault, where there are too many of something. */
bool tariff_fits(struct tariff_reader *reader, const struct xml_node *node,
    size_t count, size_t max);
/* False, with a fault, where an attribute that must be there is not. */
bool tariff_need(struct tariff_reader *reader, const struct xml_node *node,
    const char *attribute);
/* True where the attribute is there and left open, as a template has it;
 * counts it. */
bool tariff_blank(struct tariff_reader *reader, const struct xml_node *node,
    const char *attribute);

/* tariff_read.c: the document into structs, version by version. */
void tariff_read(struct tariff_reader *reader);
/* Whether an element of a version says what is owed, and so is a charge. */
bool tariff_is_owed(const struct xml_node *node);
/* The band that an attribute names, which must be one of the version's;
 * BAND_NONE where it is absent or unknown. */
unsigned
tariff_named_band(struct tariff_reader *reader, const struct xml_node *node,
    const char *attribute, const struct tariff_version *version);
/* The bands that an attribute lists, in order; at most TARIFF_BANDS_MAX, each
 * once.  Returns their bits, 0 where it is absent. */
unsigned
tariff_band_list(struct tariff_reader *reader, const struct xml_node *node,
    const char *attribute, const struct tariff_version *version,
    unsigned out[TARIFF_BANDS_MAX], size_t *count);

/* tariff_read_charge.c: import, export, service and charge elements. */
bool tariff_is_charge(const struct xml_node *node);
void tariff_read_charge(struct tariff_reader *reader,
    const struct xml_node *node, struct tariff_version *version);
/* A charge of the version for an element, all zero but for its line. */
struct charge *tariff_add_charge(struct tariff_reader *reader,
    const struct xml_node *node, struct tariff_version *version);
/* price or adder elements; true where a number is left open. */
bool tariff_prices(struct tariff_reader *reader, const struct xml_node *node,
    const char *element, const struct tariff_version *version,
    struct band_price **out, size_t *count);

/* tariff_read_energy.c: which energy a charge is of, and who is spared. */
void
tariff_read_energy(struct tariff_reader *reader, const struct xml_node *node,
    const struct tariff_version *version, struct charge *charge);

/* tariff_read_tiers.c; true where a number is left open. */
bool
tariff_read_tiers(struct tariff_reader *reader, const struct xml_node *node,
    const struct tariff_version *version, struct charge *charge);

/* tariff_read_month.c: what is reckoned once a month.  The first is true
 * where a number is left open. */
bool
tariff_read_demand(struct tariff_reader *reader, const struct xml_node *node,
    const struct tariff_version *version, struct charge *charge);
void tariff_read_power_factor(struct tariff_reader *reader,
    const struct xml_node *node, struct tariff_version *version);
void tariff_read_limit(struct tariff_reader *reader,
    const struct xml_node *node, struct tariff_version *version);

/* tariff_charges.c: ids that charges name, and whether their prices make
 * sense; after all charges and bands of the version are read. */
void tariff_charges(struct tariff_reader *reader,
    struct tariff_version *version, const bool occurs[TARIFF_BANDS_MAX]);
/* The charge that a word of the element means: an id, or, where only one such
 * element is there, import, export or service.  SIZE_MAX, with a fault, where
 * there is none. */
size_t tariff_find_charge(struct tariff_reader *reader,
    const struct tariff_version *version, const struct xml_node *node,
    const char *attribute, const char *word);

/* tariff_check_ratios.c: ratios that earlier ones of their band leave nobody
 * to; composed and benchmark prices, where every band that can occur is the
 * base or has a ratio; and printed ones, where ratios stand in for rows that
 * the table may lack. */
void tariff_check_ratio_whom(struct tariff_reader *reader,
    const struct xml_node *node, const struct charge *charge);
void tariff_check_ratios(struct tariff_reader *reader,
    const struct xml_node *node, const struct tariff_version *version,
    const struct charge *charge, const bool occurs[TARIFF_BANDS_MAX]);
void
tariff_check_printed(struct tariff_reader *reader, const struct xml_node *node,
    const struct tariff_version *version, const struct charge *charge);

/* tariff_check_tiers.c, tariff_check_energy.c: whether structures of a charge
 * make sense; those of parts and dates after all charges, and all versions. */
void tariff_check_tiers(struct tariff_reader *reader,
    const struct xml_node *node, const struct tariff_version *version,
    const struct charge *charge, const bool occurs[TARIFF_BANDS_MAX]);
void tariff_check_energy(struct tariff_reader *reader,
    const struct xml_node *node, const struct tariff_version *version,
    const struct charge *charge, const bool occurs[TARIFF_BANDS_MAX]);
void tariff_check_parts(
    struct tariff_reader *reader, const struct tariff_version *version);
void tariff_check_exempt_dates(struct tariff_reader *reader);
/* Faults where a rule names bands that no day has. */
void tariff_never_bands(struct tariff_reader *reader,
    const struct xml_node *node, const struct tariff_version *version,
    unsigned bands, const bool occurs[TARIFF_BANDS_MAX]);
/* False, with a fault, where no charge's price has that component. */
bool tariff_check_component(struct tariff_reader *reader,
    const struct xml_node *node, const char *attribute, const char *item,
    const struct charge *const *charges, size_t count);

/* tariff_sums.c: what power factors and limits are of. */
void tariff_sums(struct tariff_reader *reader, struct tariff_version *version);

/* tariff_bands.c: gaps and overlaps, and rules that can never apply.  Sets
 * the bands that can occur. */
void tariff_bands(struct tariff_reader *reader, const struct xml_node *node,
    const struct tariff_version *version, bool occurs[TARIFF_BANDS_MAX]);

#endif
