/* csvhead.c - the head of a statement as the preamble of a CSV file.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/csvhead.h"

#include <stdio.h>

#include "base/status.h"
#include "base/text.h"

/* A line "#name=value" of the preamble. */
static int
say(struct csvout *csv, const char *name, const char *value,
    struct qf_error *err)
{
	struct buf line;
	int rc;

	buf_init(&line, 1 << 16);
	if (buf_printf(&line, "#%s=%s", name, value == NULL ? "" : value) ==
	    -1) {
		BUG("%s is too long", name);
	}
	rc = csvout_preamble(csv, line.bytes, err);
	buf_release(&line);
	return rc;
}

int
csvhead_write(struct csvout *csv, const char *format,
    const struct statement_head *head, struct qf_error *err)
{
	char sequence[24], rule[256];

	snprintf(sequence, sizeof(sequence), "%lld", (long long)head->sequence);
	if (say(csv, "format", format, err) == -1 ||
	    say(csv, "sender", head->sender, err) == -1 ||
	    say(csv, "receiver", head->receiver, err) == -1 ||
	    (head->party != NULL &&
		say(csv, "party", head->party, err) == -1) ||
	    say(csv, "market", head->market, err) == -1 ||
	    say(csv, "zone", head->zone, err) == -1 ||
	    say(csv, "currency", head->currency, err) == -1 ||
	    say(csv, "sequence", sequence, err) == -1 ||
	    say(csv, "period", head->period, err) == -1 ||
	    say(csv, "content", head->is_full ? "full" : "delta", err) == -1 ||
	    say(csv, "state", head->state, err) == -1 ||
	    say(csv, "sources-sha256", head->sources_sha256, err) == -1) {
		return -1;
	}
	for (size_t i = 0; i < head->rule_count; i++) {
		snprintf(rule, sizeof(rule), "%s %s %s", head->rules[i].kind,
		    head->rules[i].rule, head->rules[i].sha256);
		if (say(csv, "rule", rule, err) == -1) {
			return -1;
		}
	}
	return 0;
}
