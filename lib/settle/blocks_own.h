/* blocks_own.h - what the parts of blocks.c know of each other.
 *
 * Three steps, each in a file of its own:
 *
 *	blocks_curve.c	the plain orders of an hour as one falling curve
 *	blocks_bound.c	what a partly decided selection can be worth at most,
 *			and what a decided one is worth exactly
 *	blocks_price.c	the prices of a decided selection, if it has any
 *
 * and blocks_search.c, which looks for the best.
 *
 * Worth is counted in one exact integer: a price tick is per_tick of it, a
 * unit of volume is 1 (so volume decides where money is equal), and any_price
 * is more than all money of the book (so what is wanted at any price comes
 * before all else).
 */
#ifndef QF_SETTLE_BLOCKS_OWN_H
#define QF_SETTLE_BLOCKS_OWN_H

#include "settle/blocks.h"

__extension__ typedef __int128 wide;

struct blocks_scale {
	wide per_tick; /* above the volume of the whole book */
	wide any_price; /* above the worth of all of it */
};

/* One order of the curve, or several of one worth. */
struct blocks_step {
	wide worth; /* a unit */
	int64_t quantity; /* ticks */
};

/* The plain orders of an hour, as what they give for more supply: first the
 * dearest, whether a buy that is then served or a sell that is then spared. */
struct blocks_curve {
	struct blocks_step *steps; /* worth falls strictly */
	size_t count;
	int64_t *used; /* count + 1: quantity of all steps before */
	wide *sums; /* count + 1: worth of them, and of from */
	int64_t from; /* supply at which none is used; 0 or less */
};

void blocks_curve_make(struct blocks_curve *curve, const struct order *orders,
    const size_t *block_of, size_t count, int64_t need,
    const struct blocks_scale *scale);
void blocks_curve_release(struct blocks_curve *curve);

/* What an order of this side and price is worth a unit. */
wide blocks_worth(const struct order *order, const struct blocks_scale *scale);

/* The most of worth(x) - price * x over all supply x, and the least x at which
 * it is so much. */
wide blocks_curve_surplus(const struct blocks_curve *curve, wide price);
int64_t blocks_curve_supply(const struct blocks_curve *curve, wide price);

/* The prices in ticks at which the hour clears with supply x from outside,
 * which is within the curve; false where nothing bounds them. */
bool blocks_curve_high(const struct blocks_curve *curve, int64_t x,
    const struct blocks_scale *scale, int64_t *ticks);
bool blocks_curve_low(const struct blocks_curve *curve, int64_t x,
    const struct blocks_scale *scale, int64_t *ticks);

/* Whether with any supply from least to most all that is at any price can be
 * served and sold: else the hour's price may not be one that clears. */
bool blocks_curve_fits(const struct blocks_curve *curve, int64_t least,
    int64_t most, const struct blocks_scale *scale);

/* What a block does in one hour, a unit of ratio: all its rows together. */
struct blocks_link {
	size_t hour;
	int64_t quantity; /* sells less buys */
};

/* A block in units of its ratio, 0 or least..most (least is 0 only where it is
 * single: then it is an order like others). */
struct blocks_item {
	struct blocks_link *links; /* quantity is never 0 */
	size_t link_count;
	int64_t least, most;
	wide cost; /* of a unit: the worth of its sells less that of its buys */
	bool single; /* of one row: above least it is an order of the book */
};

/* What is decided of a block. */
struct blocks_range {
	bool open; /* 0 or low..high; else only these */
	int64_t low, high; /* both 0: rejected */
};

/* A book as the search sees it. */
struct blocks_model {
	struct blocks_book *book;
	const struct market_version *version;
	struct blocks_scale scale;
	size_t **block_of; /* of each hour, of each order: or BLOCKS_NONE */
	struct blocks_curve *curves; /* of each hour */
	struct blocks_item *items; /* of each block */
	/* Of each hour, the blocks in it with their quantity. */
	struct blocks_touch {
		size_t item;
		int64_t quantity;
	} * *touches;
	size_t *touch_counts;
	int64_t node_max, nodes;
	/* Steps that a round over the hours and one over the blocks take, and
	 * those that are left. */
	int64_t hours_work, blocks_work, *work_left;
};

#define BLOCKS_NONE SIZE_MAX
#define BLOCKS_PRICE_STEPS 64 /* to find an hour's price, a block */
#define BLOCKS_ROOM_MAX ((int64_t)256 << 20) /* bytes of the deepest search */

int blocks_model_make(struct blocks_model *model, struct blocks_book *book,
    const struct market_version *version, struct qf_error *err);
void blocks_model_release(struct blocks_model *model);

/* An upper bound of the worth of all that ranges leave open, found by moving
 * the prices (one an hour, in worth) to where it is least; stops early once
 * it is below enough.  Any prices do to begin with. */
wide blocks_bound(const struct blocks_model *model,
    const struct blocks_range *ranges, wide *prices, wide enough);

/* The same, and takes out of the ranges, again and again, what the prices show
 * to be worth less than enough: at them a block that gains loses by every unit
 * that it is accepted to less, and one that loses by every unit more. */
wide blocks_narrow(const struct blocks_model *model,
    struct blocks_range *ranges, wide *prices, wide enough);

/* What a unit of a block gains at the prices. */
wide blocks_gain(const struct blocks_item *item, const wide *prices);

/* Whether the books can take what is decided; no range is open. */
bool blocks_feasible(
    const struct blocks_model *model, const struct blocks_range *ranges);

/* Exactly, where no range is open and only blocks of one row have more than
 * one ratio; prices is room. */
wide blocks_worth_of(const struct blocks_model *model,
    const struct blocks_range *ranges, wide *prices);

/* Least and most supply that what is decided brings into an hour. */
void blocks_supply(const struct blocks_model *model,
    const struct blocks_range *ranges, size_t hour, wide *least, wide *most);

/* Counts steps: true while there are some left.  Who narrows may stop where
 * there are none, for the next node fails. */
bool blocks_work(const struct blocks_model *model, int64_t steps);

/* Counts one of node_max; fails where it is one too many, or no work is left.
 */
int blocks_count_node(struct blocks_model *model, struct qf_error *err);

/* Narrows the ranges, none open, of blocks of several rows to the ratios of the
 * greatest welfare that have prices, and gives that: 1; 0 where none has, or
 * only for less than `least` (the ranges are then as before); -1 on failure.
 */
int blocks_ratios(struct blocks_model *model, struct blocks_range *ranges,
    wide least, wide *worth, struct qf_error *err);

/* Whether the hours that it touches may have prices at which no accepted block
 * loses, whatever becomes of those that are open.  What could not be paid is
 * taken out of the ranges: open ones are rejected, ratios made smaller. */
bool
blocks_may_pay(const struct blocks_model *model, struct blocks_range *ranges);

/* Clears each hour with what is decided, and prices it: 1, with accepted,
 * match and price of the book, or 0 where no prices pay all that is accepted,
 * -1 on failure. */
int blocks_price(const struct blocks_model *model,
    const struct blocks_range *ranges, struct qf_error *err);

/* What became of each block, of what blocks_price() left. */
void blocks_states(
    const struct blocks_model *model, const struct blocks_range *ranges);

/* The best ranges, none open; the book is then left as they price it. */
int blocks_search(struct blocks_model *model, struct blocks_range *best,
    struct qf_error *err);

#endif
