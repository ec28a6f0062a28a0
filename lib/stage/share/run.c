/* run.c - the amounts of a run down an owners' tree.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/share/run.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/split.h"
#include "base/status.h"
#include "base/zone.h"
#include "ledger/db.h"
#include "ledger/entry.h"
#include "ledger/runs.h"
#include "settle/share_tree.h"
#include "stage/asof.h"
#include "stage/share/own.h"

#define SUBJECT "share" /* of the lines, and their component */

struct sharing {
	const struct share_request *request;
	const struct share_sink *sink;
	struct share_counts *counts;
};

static int
emit_hold(struct sharing *sharing, const struct share_group *group,
    const struct share_sum *sum, const struct refusal *refusal,
    struct qf_error *err)
{
	struct hold hold = {
	    .line_no = ++sharing->counts->holds,
	    .contract = group->contract,
	    .leg = group->leg,
	    .point = group->point,
	    .from_utc = sum->from_utc,
	    .to_utc = sum->to_utc,
	    .reason = refusal->reason,
	    .detail = refusal->detail,
	};

	return sharing->sink->hold == NULL
		   ? 0
		   : sharing->sink->hold(sharing->sink->context, &hold, err);
}

/* What a leaf is paid.  What the party keeps for itself nobody owes. */
static int
emit_line(struct sharing *sharing, const struct share_group *group,
    const struct share_sum *sum, const struct owners_share *leaf,
    int64_t net_minor, int64_t tax_minor, struct qf_error *err)
{
	char whole[DEC_TEXT_MAX], part[DEC_TEXT_MAX];
	int scale = sharing->request->money_scale;
	struct dec money = {0};
	struct line line = {
	    .contract = group->contract,
	    .leg = group->leg,
	    .point = group->point,
	    .payer = sum->version->party,
	    .payee = leaf->party,
	    .account = group->contract,
	    .from_utc = sum->from_utc,
	    .to_utc = sum->to_utc,
	    .month = sum->month,
	    .subject = SUBJECT,
	    .component = SUBJECT,
	    .tariff_entry = sharing->request->document->entry,
	    .quantity = whole,
	    .unit = "amount",
	    .exact = part,
	    .has_amount = true,
	    .net_minor = net_minor,
	    .tax_minor = tax_minor,
	    .gross_minor = net_minor + tax_minor,
	};

	if (strcmp(leaf->party, sum->version->party) == 0) {
		return 0;
	}
	dec_set_int(&money, share_passed_on(sharing->request, sum), scale);
	dec_format_trim(&money, whole, sizeof(whole));
	dec_set_int(&money, net_minor, scale);
	dec_format_trim(&money, part, sizeof(part));
	line.line_no = ++sharing->counts->lines;
	return sharing->sink->line == NULL
		   ? 0
		   : sharing->sink->line(sharing->sink->context, &line, err);
}

/* The tax goes with the net amounts; where no leaf gets any, nowhere. */
static int
split_tax(int64_t *taxes, const struct owners_version *version,
    const int64_t *nets, int64_t tax_minor, struct refusal *refusal)
{
	int64_t *weights = xcalloc(version->share_count, sizeof(*weights));
	bool any = false;
	int rc = 0;

	for (size_t i = 0; i < version->share_count; i++) {
		if (version->shares[i].is_leaf) {
			weights[i] = nets[i] < 0 ? -nets[i] : nets[i];
			any |= weights[i] != 0;
		}
	}
	if (any && tax_minor != 0 &&
	    split_largest_remainder_int(
		tax_minor, weights, version->share_count, taxes, NULL) == -1) {
		rc =
		    refuse(refusal, REASON_VALUE_RANGE, "the tax is too large");
	}
	free(weights);
	return rc;
}

int64_t
share_passed_on(
    const struct share_request *request, const struct share_sum *sum)
{
	struct dec below = {0};
	int64_t minor = 0, amount;

	if (sum->version == NULL || !sum->version->negative_steps) {
		return sum->net_minor;
	}
	ratio_round(&below, &sum->below, request->money_scale, DEC_HALF_UP);
	if (dec_to_int64(&below, request->money_scale, &minor, NULL) == -1 ||
	    __builtin_sub_overflow(sum->net_minor, minor, &amount)) {
		amount = INT64_MIN; /* which share_tree() refuses */
	}
	dec_release(&below);
	return amount;
}

int
share_split(const struct share_request *request, const struct share_sum *sum,
    int64_t *nets, int64_t *taxes, struct refusal *refusal)
{
	const struct owners_version *version = sum->version;
	struct dec *energies;
	int rc;

	if (version == NULL) {
		return refuse(refusal, "no-version",
		    "no version of %s holds on the day of the first line",
		    request->document->id);
	}
	if (version->is_template) {
		return refuse(refusal, "template",
		    "%s still lacks a number in the version of line %d",
		    request->document->id, version->common.line_no);
	}
	energies = xcalloc(version->share_count, sizeof(*energies));
	ratio_whole(energies, sum->weights, version->share_count);
	rc = share_tree(nets, version, share_passed_on(request, sum),
	    request->money_scale, energies, refusal);
	for (size_t i = 0; i < version->share_count; i++) {
		dec_release(&energies[i]);
	}
	free(energies);
	return rc != 0
		   ? rc
		   : split_tax(taxes, version, nets, sum->tax_minor, refusal);
}

static int
share_sum(struct sharing *sharing, const struct share_group *group,
    const struct share_sum *sum, struct qf_error *err)
{
	const struct owners_version *version = sum->version;
	size_t count = version == NULL ? 0 : version->share_count;
	int64_t *nets = xcalloc(count + 1, sizeof(*nets));
	int64_t *taxes = xcalloc(count + 1, sizeof(*taxes));
	struct refusal refusal;
	int rc = 0;

	if (share_split(sharing->request, sum, nets, taxes, &refusal) != 0) {
		rc = emit_hold(sharing, group, sum, &refusal, err);
		count = 0;
	}
	for (size_t i = 0; i < count && rc == 0; i++) {
		if (version->shares[i].is_leaf) {
			rc = emit_line(sharing, group, sum, &version->shares[i],
			    nets[i], taxes[i], err);
		}
	}
	free(nets);
	free(taxes);
	return rc;
}

static int
share_group(
    void *context, const struct share_group *group, struct qf_error *err)
{
	for (size_t i = 0; i < group->count; i++) {
		if (share_sum(context, group, &group->sums[i], err) == -1) {
			return -1;
		}
	}
	return 0;
}

int
share_compute(struct ledger *ledger, const struct share_request *request,
    const struct share_sink *sink, struct share_counts *counts,
    struct qf_error *err)
{
	struct sharing sharing = {request, sink, counts};
	int64_t lines;

	memset(counts, 0, sizeof(*counts));
	if (share_gather(ledger, request, share_group, &sharing, &lines, err) ==
	    -1) {
		return -1;
	}
	if (lines == 0) {
		return qf_fail(err, QF_USAGE, "run-without-party",
		    "run:%lld has no amount of party %s, whose amounts %s "
		    "splits",
		    (long long)request->of, request->owners->versions[0].party,
		    request->document->id);
	}
	return 0;
}
