/* share_tree.c - an amount of money down a tree of owners.
 *
 * Shares beside each other are first put into an order of their own, so that
 * what a tie leaves never goes by where a share stands in the document.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "settle/share_tree.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/split.h"

struct tree {
	const struct owners_version *version;
	const struct dec *energies;
	int money_scale;
	struct branch *branches; /* children of one parent side by side */
	size_t *first; /* where those of share i begin: first[i + 1]; of the
			* root: first[0]; one more at the end */
	int64_t *parts; /* magnitudes, one for each share */
	struct refusal *refusal;
};

/* A share, as qsort() sees it. */
struct branch {
	const struct tree *tree;
	size_t share;
};

/* What the children of one parent are given, in the order of branches. */
struct siblings {
	const struct branch *branches;
	size_t count;
	struct dec *weights; /* count, and one for what others get */
	int64_t *ticks; /* likewise */
	int64_t left; /* of the parent's amount */
};

static const struct owners_share *
share_of(const struct branch *branch)
{
	return &branch->tree->version->shares[branch->share];
}

static int
compare_points(const struct owners_share *a, const struct owners_share *b)
{
	int order = 0;

	for (size_t i = 0;
	     order == 0 && i < a->point_count && i < b->point_count; i++) {
		order = strcmp(a->points[i], b->points[i]);
	}
	if (order == 0) {
		order = (a->point_count > b->point_count) -
			(a->point_count < b->point_count);
	}
	return order;
}

/* By party, what the share is, and what is below it; equal ones are alike in
 * all that can be told of them. */
static int
compare_branches(const void *left, const void *right)
{
	const struct branch *a = left, *b = right;
	const struct owners_share *one = share_of(a), *other = share_of(b);
	const struct tree *tree = a->tree;
	size_t i = tree->first[a->share + 1], k = tree->first[b->share + 1];
	size_t i_end = tree->first[a->share + 2];
	size_t k_end = tree->first[b->share + 2];
	int order = strcmp(one->party, other->party);

	if (order == 0) {
		order = (one->by > other->by) - (one->by < other->by);
	}
	if (order == 0) {
		order = dec_cmp(&one->number, &other->number);
	}
	if (order == 0) {
		order = compare_points(one, other);
	}
	for (; order == 0 && i < i_end && k < k_end; i++, k++) {
		order =
		    compare_branches(&tree->branches[i], &tree->branches[k]);
	}
	return order != 0 ? order : (i < i_end) - (k < k_end);
}

/* Puts the children of each parent side by side, and in order. */
static void
plant(struct tree *tree)
{
	size_t count = tree->version->share_count;
	size_t *at = xcalloc(count + 2, sizeof(*at));

	tree->branches = xcalloc(count, sizeof(*tree->branches));
	tree->first = xcalloc(count + 2, sizeof(*tree->first));
	for (size_t i = 0; i < count; i++) {
		/* OWNERS_ROOT + 1 is 0. */
		size_t parent = tree->version->shares[i].parent + 1;

		assert(parent <= i);
		tree->first[parent + 1]++;
	}
	for (size_t i = 0; i <= count; i++) {
		tree->first[i + 1] += tree->first[i];
		at[i] = tree->first[i];
	}
	for (size_t i = 0; i < count; i++) {
		size_t parent = tree->version->shares[i].parent + 1;

		tree->branches[at[parent]++] =
		    (struct branch){.tree = tree, .share = i};
	}
	/* Parts come behind their parent: the lowest are put in order first,
	 * since those above are compared by them. */
	for (size_t i = count + 1; i-- > 0;) {
		qsort(&tree->branches[tree->first[i]],
		    tree->first[i + 1] - tree->first[i],
		    sizeof(*tree->branches), compare_branches);
	}
	free(at);
}

/* Splits by the weights, of which there is one more than siblings, and gives
 * each its part; what the last weight gets is left. */
static void
give(struct tree *tree, struct siblings *siblings, int64_t amount)
{
	int64_t given = 0;

	if (split_largest_remainder(amount, siblings->weights,
		siblings->count + 1, siblings->ticks, NULL) == -1) {
		BUG("weights that are negative or all 0");
	}
	for (size_t i = 0; i < siblings->count; i++) {
		if (!dec_is_zero(&siblings->weights[i])) {
			tree->parts[siblings->branches[i].share] =
			    siblings->ticks[i];
			given += siblings->ticks[i];
		}
	}
	assert(given <= siblings->left);
	siblings->left -= given;
}

static bool
is_by_energy(enum owners_by by)
{
	return by == OWNERS_DELIVERED || by == OWNERS_EARNED;
}

/* Siblings by energy are all delivered or all earned (owners.xsd). */
static enum owners_by
kind_of(const struct owners_share *share)
{
	return is_by_energy(share->by) ? OWNERS_DELIVERED : share->by;
}

/* The weights of siblings of one kind, and 0 for all others; sum is that of
 * them. */
static void
weigh(const struct tree *tree, struct siblings *siblings, enum owners_by by,
    struct dec *sum)
{
	dec_set_int(sum, 0, 0);
	for (size_t i = 0; i <= siblings->count; i++) {
		dec_set_int(&siblings->weights[i], 0, 0);
	}
	for (size_t i = 0; i < siblings->count; i++) {
		const struct branch *branch = &siblings->branches[i];
		const struct owners_share *share = share_of(branch);
		const struct dec *number = &share->number;

		if (kind_of(share) != by) {
			continue;
		}
		if (by == OWNERS_DELIVERED) {
			assert(tree->energies != NULL);
			number = &tree->energies[branch->share];
		}
		if (dec_sign(number) > 0) {
			dec_set(&siblings->weights[i], number);
			dec_add(sum, sum, number);
		}
	}
}

/* Fixed amounts, together at most what there is. */
static int
give_fixed(struct tree *tree, struct siblings *siblings)
{
	struct dec sum = {0}, amount = {0};
	struct dec *rest = &siblings->weights[siblings->count];
	int64_t ignored;
	int result = 0;

	weigh(tree, siblings, OWNERS_FIXED, &sum);
	for (size_t i = 0; i < siblings->count; i++) {
		const struct dec *fixed = &siblings->weights[i];

		if (dec_to_int64(fixed, tree->money_scale, &ignored, NULL) ==
		    -1) {
			result = refuse(tree->refusal, REASON_MONEY_SCALE,
			    "a fixed amount of an owner is finer than the "
			    "ledger's currency, or more than it holds");
		}
	}
	if (result == 0 && !dec_is_zero(&sum)) {
		/* Amount and weights in the same unit: what fits is whole, and
		 * what does not is in their ratio. */
		dec_set_int(&amount, siblings->left, tree->money_scale);
		if (dec_cmp(&sum, &amount) < 0) {
			dec_sub(rest, &amount, &sum);
		}
		give(tree, siblings, siblings->left);
	}
	dec_release(&sum);
	dec_release(&amount);
	return result;
}

/* Percents of the parent's amount, together at most what fixed amounts
 * leave. */
static void
give_percents(struct tree *tree, struct siblings *siblings, int64_t amount)
{
	static const struct dec hundred = DEC_SMALL(100, 0);
	struct dec sum = {0};
	struct dec *rest = &siblings->weights[siblings->count];

	weigh(tree, siblings, OWNERS_PERCENT, &sum);
	if (dec_is_zero(&sum)) {
		return;
	}
	if (dec_cmp(&sum, &hundred) < 0) {
		dec_sub(rest, &hundred, &sum);
	}
	if (split_largest_remainder(amount, siblings->weights,
		siblings->count + 1, siblings->ticks, NULL) == -1) {
		BUG("percents that are negative or all 0");
	}
	if (amount - siblings->ticks[siblings->count] > siblings->left) {
		dec_set_int(rest, 0, 0);
		amount = siblings->left;
	}
	give(tree, siblings, amount);
	dec_release(&sum);
}

/* What is left, by energy or to the remainder. */
static int
give_rest(struct tree *tree, struct siblings *siblings)
{
	bool by_energy = false;
	struct dec sum = {0};
	size_t remainder = SIZE_MAX;

	for (size_t i = 0; i < siblings->count; i++) {
		enum owners_by by = share_of(&siblings->branches[i])->by;

		by_energy |= is_by_energy(by);
		if (by == OWNERS_REMAINDER) {
			remainder = siblings->branches[i].share;
		}
	}
	if (by_energy) {
		weigh(tree, siblings, OWNERS_DELIVERED, &sum);
		if (!dec_is_zero(&sum)) {
			give(tree, siblings, siblings->left);
		}
		dec_release(&sum);
	}
	if (remainder != SIZE_MAX) {
		tree->parts[remainder] = siblings->left;
		siblings->left = 0;
	}
	if (siblings->left == 0) {
		return 0;
	}
	return by_energy ? refuse(tree->refusal, REASON_SHARE_ENERGY,
			       "nobody delivered energy by which the amount "
			       "can be shared, and nobody has the remainder")
			 : refuse(tree->refusal, REASON_SHARE_REST,
			       "percents and fixed amounts leave a part of the "
			       "amount that nobody gets");
}

/* Splits an amount over the children at first[parent]. */
static int
split_node(struct tree *tree, size_t parent, int64_t amount)
{
	size_t from = tree->first[parent], to = tree->first[parent + 1];
	struct siblings siblings = {.branches = &tree->branches[from],
	    .count = to - from,
	    .left = amount};
	int result;

	if (from == to) {
		return 0;
	}
	siblings.weights = xcalloc(siblings.count + 1, sizeof(struct dec));
	siblings.ticks = xcalloc(siblings.count + 1, sizeof(int64_t));
	result = give_fixed(tree, &siblings);
	if (result == 0) {
		give_percents(tree, &siblings, amount);
		result = give_rest(tree, &siblings);
	}
	for (size_t i = 0; i <= siblings.count; i++) {
		dec_release(&siblings.weights[i]);
	}
	free(siblings.weights);
	free(siblings.ticks);
	return result;
}

int
share_tree(int64_t *parts, const struct owners_version *version,
    int64_t amount_minor, int money_scale, const struct dec *energies,
    struct refusal *refusal)
{
	bool negative = amount_minor < 0;
	struct tree tree = {.version = version,
	    .energies = energies,
	    .money_scale = money_scale,
	    .refusal = refusal};
	int result;

	assert(version->share_count > 0);
	if (amount_minor == INT64_MIN) {
		return refuse(refusal, REASON_VALUE_RANGE,
		    "the amount is more than can be shared");
	}
	if (negative) {
		amount_minor = version->negative_zero ? 0 : -amount_minor;
	}
	tree.parts = xcalloc(version->share_count, sizeof(*tree.parts));
	plant(&tree);
	result = split_node(&tree, 0, amount_minor);
	for (size_t i = 0; i < version->share_count && result == 0; i++) {
		result = split_node(&tree, i + 1, tree.parts[i]);
	}
	for (size_t i = 0; i < version->share_count && result == 0; i++) {
		parts[i] = negative ? -tree.parts[i] : tree.parts[i];
	}
	free(tree.parts);
	free(tree.first);
	free(tree.branches);
	return result;
}
