/* document.c - the rule document that a tool follows, as the ledger has it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/document.h"

#include <stdio.h>
#include <string.h>

#include "base/period.h"
#include "base/text.h"
#include "ledger/registry.h"

/* The option by which a tool is told of one. */
static const char *
option_of(const char *kind)
{
	return strcmp(kind, "market") == 0 || strcmp(kind, "owners") == 0
		   ? kind
		   : "rule";
}

/* The id of the only one. */
static int
find_only(struct ledger *ledger, int64_t asof, const char *kind,
    char id[ID_MAX + 1], struct qf_error *err)
{
	switch (rules_only(ledger, asof, kind, id, err)) {
	case 1:
		return 0;
	case 0:
		return qf_fail(err, QF_CONFIG, "rule-missing",
		    "the ledger has no document of %s; take one in with "
		    "qf-ingest",
		    kind);
	case 2:
		return qf_fail(err, QF_USAGE, "rule-several",
		    "the ledger has several documents of %s, such as %s; name "
		    "one with --%s",
		    kind, id, option_of(kind));
	default:
		return -1;
	}
}

int
document_find(struct ledger *ledger, int64_t asof, const char *kind,
    const char *id, struct document *out, struct qf_error *err)
{
	struct digest digest;
	int rc;

	memset(out, 0, sizeof(*out));
	if (id != NULL) {
		snprintf(out->id, sizeof(out->id), "%s", id);
	} else if (find_only(ledger, asof, kind, out->id, err) == -1) {
		return -1;
	}
	rc = rules_find(ledger, asof, kind, out->id, &out->text, out->file,
	    &out->entry, err);
	if (rc == 0) {
		return qf_fail(err, QF_USAGE, "rule-unknown",
		    "no document of %s is called %s", kind, out->id);
	}
	if (rc == 1) {
		digest_bytes(&digest, out->text, strlen(out->text));
		digest_hex(&digest, out->sha256);
	}
	return rc == -1 ? -1 : 0;
}

void
document_declare(struct buf *out, const char *id, const char *sha256,
    const struct period *period, char *const *points, size_t count)
{
	char text[PERIOD_TEXT_MAX];

	period_format(period, text);
	buf_printf(out, "period=%s rule=%s rule-sha256=%s", text, id, sha256);
	for (size_t i = 0; i < count; i++) {
		buf_printf(out, " point=%s", points[i]);
	}
}
