/* document.h - the rule document that a tool follows, as the ledger has it.
 *
 *	struct document document;
 *
 *	if (document_find(ledger, asof, "estimation", given.rule, &document,
 *	    err) == -1) ...
 *	free(document.text);
 */
#ifndef QF_STAGE_DOCUMENT_H
#define QF_STAGE_DOCUMENT_H

#include <stdint.h>

#include "base/digest.h"
#include "base/status.h"
#include "model/contract.h"

struct buf;
struct ledger;
struct period;

struct document {
	char id[ID_MAX + 1];
	char *text; /* the caller's to free */
	char file[256];
	char sha256[DIGEST_HEX_SIZE];
	int64_t entry;
};

/* The rule document of that kind called id; NULL: the only one.  QF_CONFIG
 * rule-missing (there is none), QF_USAGE rule-unknown, rule-several. */
int document_find(struct ledger *ledger, int64_t asof, const char *kind,
    const char *id, struct document *out, struct qf_error *err);

/* What a batch was asked for, as it declares it, which makes two of them the
 * same request: the period, the document, and the points where not all. */
void document_declare(struct buf *out, const char *id, const char *sha256,
    const struct period *period, char *const *points, size_t count);

#endif
