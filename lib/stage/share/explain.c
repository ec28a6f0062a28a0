/* explain.c - how a line of qf-share came about.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/civil.h"
#include "base/status.h"
#include "ledger/runs.h"
#include "stage/share/own.h"
#include "stage/share/run.h"
#include "stage/telling.h"

struct share_telling {
	struct telling telling;
	struct share_prepared prepared;
	struct run run;
	const struct line *line;
	bool found; /* the sum that the line is of */
};

static const char *
money(
    const struct share_telling *telling, int64_t minor, char out[DEC_TEXT_MAX])
{
	struct dec amount = {0};

	dec_set_int(&amount, minor, telling->prepared.request.money_scale);
	dec_format(&amount, out, DEC_TEXT_MAX);
	dec_release(&amount);
	return out;
}

static void
tell_line(struct share_telling *telling)
{
	const struct line *line = telling->line;
	char text[DEC_TEXT_MAX];

	telling_say(&telling->telling, "line",
	    "run:%" PRId64 "/%" PRId64 ": %s %s at %s, %s, month %d",
	    telling->run.entry, line->line_no, line->contract, line->leg,
	    line->point, line->component, line->month);
	telling_say(&telling->telling, "owed", "%s owes %s %s, account %s",
	    line->payer, line->payee, money(telling, line->gross_minor, text),
	    line->account);
}

/* The lines of the run that is shared which make up the sum. */
static int
tell_lines(
    struct share_telling *telling, struct ledger *ledger, struct qf_error *err)
{
	const struct line *own = telling->line;
	const char *party = own->payer;
	struct run_cursor *cursor = NULL;
	int64_t of = telling->prepared.request.of;
	char net[DEC_TEXT_MAX], tax[DEC_TEXT_MAX];
	struct line line;
	bool first = true;
	int rc;

	if (runs_open_lines(&cursor, ledger, of, 1, err) == -1) {
		return -1;
	}
	while ((rc = runs_next_line(cursor, &line, err)) == 1) {
		bool paid = strcmp(line.payee, party) != 0;

		if (strcmp(line.contract, own->contract) != 0 ||
		    strcmp(line.leg, own->leg) != 0 ||
		    line.month != own->month || line.from_utc < own->from_utc ||
		    line.to_utc > own->to_utc || !line.has_amount ||
		    (paid && strcmp(line.payer, party) != 0)) {
			continue;
		}
		telling_say(&telling->telling, first ? "lines" : "",
		    "run:%" PRId64 "/%" PRId64 " %s %s%s: net %s%s, tax %s", of,
		    line.line_no, line.subject, line.component,
		    paid ? ", which it pays" : "", paid ? "-" : "",
		    money(telling, line.net_minor, net),
		    money(telling, line.tax_minor, tax));
		first = false;
	}
	runs_close(cursor);
	return rc;
}

/* How a share is measured, in words. */
static void
words_of(const struct share_sum *sum, size_t i, char *out, size_t size)
{
	const struct owners_share *share = &sum->version->shares[i];
	char number[DEC_TEXT_MAX];
	struct dec weight = {0};

	switch (share->by) {
	case OWNERS_PERCENT:
		dec_format_trim(&share->number, number, sizeof(number));
		snprintf(out, size, "%s percent", number);
		break;
	case OWNERS_FIXED:
		dec_format_trim(&share->number, number, sizeof(number));
		snprintf(out, size, "fixed %s", number);
		break;
	case OWNERS_DELIVERED:
	case OWNERS_EARNED:
		(void)ratio_decimal(&weight, &sum->weights[i]);
		dec_format_trim(&weight, number, sizeof(number));
		dec_release(&weight);
		snprintf(out, size, "%s %s",
		    share->by == OWNERS_EARNED ? "by what was earned,"
					       : "by kWh delivered,",
		    number);
		break;
	case OWNERS_REMAINDER:
		snprintf(out, size, "the remainder");
		break;
	}
}

static size_t
depth_of(const struct owners_version *version, size_t share)
{
	size_t depth = 0;

	while (version->shares[share].parent != OWNERS_ROOT) {
		share = version->shares[share].parent;
		depth++;
	}
	return depth;
}

/* The whole tree, with what each share came to. */
static void
tell_tree(struct share_telling *telling, const struct share_sum *sum,
    const int64_t *nets)
{
	const struct share_request *request = &telling->prepared.request;
	const struct owners_version *version = sum->version;
	char day[CIVIL_TEXT_MAX], place[TELLING_PLACE_MAX],
	    amount[DEC_TEXT_MAX], words[DEC_TEXT_MAX + 64];
	int64_t split = share_passed_on(request, sum);

	civil_format_day(version->common.from_day, day);
	telling_place(&telling->telling, request->document->entry,
	    version->common.line_no, place);
	telling_say(&telling->telling, "tree", "%s, version from %s: %s",
	    request->document->id, day, place);
	if (split != sum->net_minor) {
		telling_say(&telling->telling, "below",
		    "of net %s, steps below 0 came to %s, which %s bears",
		    money(telling, sum->net_minor, amount),
		    money(telling, sum->net_minor - split, words),
		    version->party);
	}
	telling_say(&telling->telling, "split",
	    "net %s of %s, in minor units by the largest remainder:",
	    money(telling, split, amount), version->party);
	for (size_t i = 0; i < version->share_count; i++) {
		const struct owners_share *share = &version->shares[i];

		words_of(sum, i, words, sizeof(words));
		telling_say(&telling->telling, "", "%*s%s%s%s: %s (line %d)",
		    (int)(2 * depth_of(version, i)), "", share->party,
		    share->party[0] == '\0' ? "" : ", ", words,
		    money(telling, nets[i], amount), share->line_no);
	}
}

/* What the leaf that the line pays has of it; several leaves may be of one
 * party, and one of them fits. */
static void
compare(struct share_telling *telling, const struct share_sum *sum,
    const int64_t *nets, const int64_t *taxes)
{
	const struct line *line = telling->line;
	char stored[DEC_TEXT_MAX];

	for (size_t i = 0; i < sum->version->share_count; i++) {
		const struct owners_share *share = &sum->version->shares[i];

		if (share->is_leaf && strcmp(share->party, line->payee) == 0 &&
		    nets[i] == line->net_minor && taxes[i] == line->tax_minor) {
			telling_say(&telling->telling, "again",
			    "split once more, this line comes out the same");
			return;
		}
	}
	telling_differs(&telling->telling,
	    "no share of %s comes to net %s when split once more", line->payee,
	    money(telling, line->net_minor, stored));
}

static int
tell_sum(void *context, const struct share_group *group, struct qf_error *err)
{
	struct share_telling *telling = context;
	const struct line *line = telling->line;

	(void)err;
	if (strcmp(group->contract, line->contract) != 0 ||
	    strcmp(group->leg, line->leg) != 0) {
		return 0;
	}
	for (size_t i = 0; i < group->count; i++) {
		const struct share_sum *sum = &group->sums[i];
		size_t count =
		    sum->version == NULL ? 0 : sum->version->share_count;
		int64_t *nets = xcalloc(count + 1, sizeof(*nets));
		int64_t *taxes = xcalloc(count + 1, sizeof(*taxes));
		struct refusal refusal;

		if (sum->month == line->month &&
		    sum->from_utc == line->from_utc &&
		    share_split(&telling->prepared.request, sum, nets, taxes,
			&refusal) == 0) {
			telling->found = true;
			tell_tree(telling, sum, nets);
			compare(telling, sum, nets, taxes);
		}
		free(nets);
		free(taxes);
	}
	return 0;
}

static int
tell(struct share_telling *telling, struct ledger *ledger, struct qf_error *err)
{
	int64_t lines;

	if (share_prepare_run(&telling->prepared, ledger, &telling->run, err) ==
	    -1) {
		return -1;
	}
	tell_line(telling);
	if (tell_lines(telling, ledger, err) == -1 ||
	    share_gather(ledger, &telling->prepared.request, tell_sum, telling,
		&lines, err) == -1) {
		share_release(&telling->prepared);
		return -1;
	}
	if (!telling->found) {
		telling_differs(&telling->telling,
		    "run:%" PRId64 " has nothing of the line's contract, leg "
		    "and month to split",
		    telling->prepared.request.of);
	}
	telling_files(&telling->telling);
	share_release(&telling->prepared);
	return telling_end(
	    &telling->telling, telling->run.entry, telling->line->line_no);
}

int
share_explain(struct ledger *ledger, const struct handle *handle,
    const struct audit_explain_request *request, struct sink sink,
    struct qf_error *err)
{
	struct share_telling telling = {
	    .telling = {.ledger = ledger, .sink = sink, .err = err}};
	struct run_cursor *cursor = NULL;
	struct line line;
	int rc;

	(void)request; /* there are no reads to list */
	if (runs_load(ledger, handle->entry, &telling.run, err) == -1 ||
	    runs_open_lines(
		&cursor, ledger, handle->entry, handle->line, err) == -1) {
		return -1;
	}
	rc = runs_next_line(cursor, &line, err);
	if (rc == 1 && line.line_no == handle->line) {
		telling.line = &line;
		rc = tell(&telling, ledger, err);
	} else if (rc != -1) {
		rc = qf_fail(err, QF_USAGE, "handle-unknown",
		    "run:%" PRId64 " has no line %" PRId64, handle->entry,
		    handle->line);
	}
	runs_close(cursor);
	return rc;
}
