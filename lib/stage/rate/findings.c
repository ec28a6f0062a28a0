/* findings.c - accounts that a finding of qf-check holds.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "stage/findings.h"
#include "stage/rate/own.h"

/* Whether the point in hand may have findings.  Most have none, and points
 * come in order: the next that has is looked up once and waited for. */
static int
may_have(struct rate *rate, bool *may, struct qf_error *err)
{
	struct rate_findings *findings = &rate->findings;
	const char *point = rate->point.name;
	struct fact fact;
	int64_t entry;
	int rc;

	/* A watch is to see the findings that come later, too. */
	if (ledger_is_watched(rate->ledger)) {
		*may = true;
		return 0;
	}
	if (!findings->known ||
	    (findings->next[0] != '\0' && strcmp(findings->next, point) < 0)) {
		if (facts_lookup(&findings->next_cursor, rate->ledger,
			LOOKUP_FINDINGS_FROM_POINT, rate->request->asof, point,
			0, 0, err) == -1) {
			return -1;
		}
		rc = facts_next(findings->next_cursor, &fact, &entry, err);
		if (rc == -1) {
			return -1;
		}
		findings->next[0] = '\0';
		if (rc == 1) {
			const char *next = rulebook_text(&fact, "point");

			memcpy(findings->next, next, strlen(next) + 1);
		}
		findings->known = true;
	}
	*may = strcmp(findings->next, point) == 0;
	return 0;
}

static int
refuse_finding(struct rate *rate, const struct fact *fact, int64_t entry)
{
	const char *channel = rulebook_text(fact, "channel");
	const char *value = rulebook_text(fact, "value");
	const char *bound = rulebook_text(fact, "bound");
	char time[40];

	return refuse(&rate->refusal, REASON_FINDING,
	    "%s%s%s from %s: %s%s%s; %s (batch:%" PRId64 "/%zu)",
	    rulebook_text(fact, "finding"), channel == NULL ? "" : ", ",
	    channel == NULL ? "" : channel,
	    energy_time(rate->zone, rulebook_integer(fact, "start", 0), time),
	    value == NULL ? "no value" : value, bound == NULL ? "" : " over ",
	    bound == NULL ? "" : bound, rulebook_text(fact, "detail"), entry,
	    fact->line_no);
}

int
rate_finding(struct rate *rate, const char *session, int64_t from_utc,
    int64_t to_utc, struct qf_error *err)
{
	struct rate_findings *findings = &rate->findings;
	struct fact fact;
	int64_t entry;
	bool may;
	int rc;

	if (may_have(rate, &may, err) == -1) {
		return -1;
	}
	if (!may) {
		return 0;
	}
	if (facts_lookup(&findings->cursor, rate->ledger,
		LOOKUP_FINDINGS_OF_POINT, rate->request->asof, rate->point.name,
		from_utc, to_utc, err) == -1) {
		return -1;
	}
	while ((rc = facts_next(findings->cursor, &fact, &entry, err)) == 1) {
		const char *of = rulebook_text(&fact, "session");

		if (!findings_holds(&fact) ||
		    (of == NULL
			    ? session != NULL
			    : session == NULL || strcmp(of, session) != 0)) {
			continue;
		}
		rc = findings_cleared(&findings->clearance_cursor, rate->ledger,
		    rate->request->asof, &fact, err);
		if (rc == 0) {
			return refuse_finding(rate, &fact, entry);
		}
		if (rc == -1) {
			return -1;
		}
	}
	return rc;
}

void
rate_findings_release(struct rate_findings *findings)
{
	facts_close(findings->cursor);
	facts_close(findings->next_cursor);
	facts_close(findings->clearance_cursor);
}
