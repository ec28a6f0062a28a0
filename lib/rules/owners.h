/* owners.h - an owners' tree as plain structs.
 *
 * How an amount that one party receives or owes goes down to those behind it
 * (qf-share).  A share takes a percentage, a fixed amount, its part by energy
 * delivered, or what remains; a share may be split again.  The words are in
 * owners.xsd and qf-owners(5).
 *
 * Ownership: everything goes with owners_free().
 * Errors: QF_CONFIG with file, line and element.
 */
#ifndef QF_RULES_OWNERS_H
#define QF_RULES_OWNERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/dec.h"
#include "rules/ruledoc.h"

#define OWNERS_DEPTH_MAX 16
#define OWNERS_SHARES_MAX 4096 /* of a version */
#define OWNERS_ROOT SIZE_MAX /* parent of the first shares */

enum owners_by {
	OWNERS_PERCENT, /* of the parent's amount */
	OWNERS_FIXED, /* so much a contract, leg and delivery month, in the
		       * sign of the parent's amount, never more than it */
	OWNERS_DELIVERED, /* of what the others leave, by energy delivered */
	OWNERS_EARNED, /* likewise, each step's energy counting for what was
			* paid for that step */
	OWNERS_REMAINDER, /* what the others leave; one of a parent at most */
};

struct owners_share {
	size_t parent; /* index of the share it is a part of, or OWNERS_ROOT */
	bool is_leaf; /* has no shares of its own */
	char party[ID_MAX + 1]; /* of a leaf; "" may be, of another */
	enum owners_by by;
	struct dec number; /* the percentage, or the amount in currency */
	char **points; /* OWNERS_DELIVERED, _EARNED: whose energy */
	size_t point_count;
	int line_no;
};

struct owners_version {
	struct ruledoc_version common;
	bool is_template;
	char party[ID_MAX + 1]; /* whose amounts are split */
	bool negative_zero; /* an amount below 0 is not passed on */
	bool negative_steps; /* nor is that of any step of an event */
	struct owners_share *shares; /* a parent before its parts */
	size_t share_count;
};

struct owners {
	struct ruledoc_head head;
	struct owners_version *versions;
	size_t version_count;
};

int owners_load(struct owners **out, const char *text, size_t length,
    const char *file, struct qf_error *err);
void owners_free(struct owners *owners);

/* Everything that is wrong with a document. */
void owners_faults(struct tariff_faults *out, const char *text, size_t length,
    const char *file);

/* The version that holds on a local day, or NULL. */
const struct owners_version *
owners_at(const struct owners *owners, int32_t day);

#endif
