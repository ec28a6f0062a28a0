/* describe.c - what a charge says beside its price, in words.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/tariff/describe.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/civil.h"
#include "rules/whom.h"

#define BITS_OF_YEAR 0x1ffeu

/* What is being described, and where to. */
struct describing {
	struct buf *out;
	const struct tariff *tariff;
	const struct tariff_version *version;
	const struct charge *charge;
	int32_t day;
	bool zh;
};

const char *
tariff_name(const struct tariff *tariff, const char *code, bool zh)
{
	const struct tariff_label *label = tariff_label(tariff, code);
	const char *name;

	if (label == NULL) {
		return code;
	}
	name = zh ? label->zh : label->en;
	return name[0] != '\0' ? name : code;
}

static const char *
name_of(const struct describing *d, const char *code)
{
	return tariff_name(d->tariff, code, d->zh);
}

/* One of two texts, by the language. */
static const char *
say(const struct describing *d, const char *en, const char *zh)
{
	return d->zh ? zh : en;
}

static void
put(struct describing *d, const char *en, const char *zh)
{
	buf_add_string(d->out, say(d, en, zh));
}

static void
put_dec(struct describing *d, const struct dec *number)
{
	char text[DEC_TEXT_MAX];

	dec_format(number, text, sizeof(text));
	buf_add_string(d->out, text);
}

/* A number, or the option that gives it. */
static void
put_given(struct describing *d, const struct dec *number, const char *option)
{
	if (option[0] != '\0') {
		buf_printf(d->out, say(d, "option %s", "选项 %s"), option);
	} else {
		put_dec(d, number);
	}
}

static void
begin_line(struct describing *d)
{
	buf_add_string(d->out, "  ");
}

static void
end_line(struct describing *d)
{
	buf_add_char(d->out, '\n');
}

static void
put_rounding(struct describing *d, const struct rounding *round)
{
	buf_printf(d->out, say(d, ", rounded %d %s", "，取整 %d %s"),
	    round->scale, dec_mode_name(round->mode));
}

/* "peak, flat" of bits. */
static void
put_bands(struct describing *d, unsigned bands)
{
	bool any = false;

	for (unsigned i = 0; i < d->version->band_count; i++) {
		if ((bands & 1u << i) != 0) {
			buf_printf(d->out, "%s%s",
			    any ? say(d, ", ", "、") : "",
			    name_of(d, d->version->bands[i].code));
			any = true;
		}
	}
}

static void
put_list(struct describing *d, const char *en, const char *zh,
    char *const *words, size_t count, bool *any)
{
	if (count == 0) {
		return;
	}
	buf_printf(
	    d->out, "%s%s", *any ? say(d, "; ", "；") : "", say(d, en, zh));
	for (size_t i = 0; i < count; i++) {
		buf_printf(d->out, " %s", words[i]);
	}
	*any = true;
}

static void
put_whom(struct describing *d, const struct for_whom *whom)
{
	bool any = false;

	put_list(d, "class", "类别", whom->classes, whom->class_count, &any);
	put_list(d, "type", "类型", whom->types, whom->type_count, &any);
	put_list(
	    d, "voltage", "电压", whom->voltages, whom->voltage_count, &any);
	if (whom->option[0] != '\0') {
		buf_printf(d->out, say(d, "%soption %s", "%s选项 %s"),
		    any ? say(d, "; ", "；") : "", whom->option);
	}
}

/* Energy ----------------------------------------------------------------- */

static void
describe_quantity(struct describing *d)
{
	static const char *const of[] = {"",
	    "the net of both channels, not "
	    "below zero",
	    "the net of both channels, below zero too",
	    "the smaller of both channels"};
	static const char *const zh[] = {"", "两方向电量之差，不小于零",
	    "两方向电量之差，可为负", "两方向电量中较小者"};
	static const char *const over[] = {"an interval", "a day", "a month"};
	static const char *const an[] = {"按时段", "按日", "按月"};

	if (d->charge->of_energy == OF_CHANNEL) {
		return;
	}
	buf_printf(d->out, say(d, "  of %s, over %s\n", "  电量：%s，%s\n"),
	    say(d, of[d->charge->of_energy], zh[d->charge->of_energy]),
	    say(d, over[d->charge->over], an[d->charge->over]));
}

static void
describe_part(struct describing *d)
{
	const struct energy_part *part = d->charge->part;

	if (part == NULL) {
		return;
	}
	begin_line(d);
	switch (part->kind) {
	case PART_PERCENT:
		put(d, "of ", "定比：");
		put_given(d, &part->value, part->option);
		put(d, " percent of the energy", "%");
		break;
	case PART_KWH:
		put(d, "of ", "定量：每月 ");
		put_given(d, &part->value, part->option);
		put(d, " kWh a month", " 千瓦时");
		break;
	case PART_REST:
		put(d, "of the rest of the energy", "其余电量");
		break;
	}
	end_line(d);
}

static void
describe_loss(struct describing *d)
{
	const struct loss *loss = d->charge->loss;

	if (loss == NULL) {
		return;
	}
	begin_line(d);
	put(d, "of what a transformer loses: ", "变损电量：");
	put_given(d, &loss->fixed_kwh, loss->fixed_option);
	if (loss->days > 0) {
		buf_printf(d->out, say(d, " kWh for %d days", " 千瓦时/%d 天"),
		    loss->days);
	} else {
		put(d, " kWh a month", " 千瓦时/月");
	}
	if (dec_sign(&loss->percent) != 0) {
		put(d, ", ", "，");
		put_dec(d, &loss->percent);
		put(d, " percent of the energy", "% 的电量");
	}
	if (loss->has_round) {
		put_rounding(d, &loss->round);
	}
	if (loss->to_band != BAND_NONE) {
		buf_printf(d->out, say(d, ", all to %s", "，全部计入%s"),
		    name_of(d, d->version->bands[loss->to_band].code));
	}
	end_line(d);
}

static void
describe_conditions(struct describing *d)
{
	for (size_t i = 0; i < d->charge->condition_count; i++) {
		const struct price_condition *c = &d->charge->conditions[i];

		buf_printf(d->out,
		    c->below
			? say(d, "  while %s is below ", "  %s 低于 ")
			: say(d, "  while %s is at least ", "  %s 不低于 "),
		    c->series);
		put_dec(d, &c->limit);
		put(d, ": ", " 时：");
		put_dec(d, &c->price);
		end_line(d);
	}
}

static void
describe_exemptions(struct describing *d)
{
	char to[CIVIL_TEXT_MAX];

	for (size_t i = 0; i < d->charge->exemption_count; i++) {
		const struct exemption *e = &d->charge->exemptions[i];

		if (d->day < e->from_day || d->day >= e->to_day) {
			continue;
		}
		put(d, "  not for ", "  免收：");
		if (whom_is_all(&e->whom)) {
			put(d, "anybody", "全部");
		} else {
			put_whom(d, &e->whom);
		}
		if (e->item[0] != '\0') {
			buf_printf(d->out,
			    say(d, ": component %s", "，分项 %s"), e->item);
		}
		if (e->to_day != INT32_MAX) {
			civil_format_day(e->to_day, to);
			buf_printf(d->out, say(d, ", until %s", "，至 %s"), to);
		}
		end_line(d);
	}
}

/* Tiers ------------------------------------------------------------------ */

static void
describe_count(struct describing *d, const struct tiers *tiers)
{
	static const char *const per[] = {"day", "month", "year"};
	static const char *const mei[] = {"日", "月", "年"};
	static const char *const splits[] = {
	    "in order of time", "by their shares", "in the order of "};
	static const char *const fen[] = {"按时间先后", "按各时段比例", "按"};

	buf_printf(d->out, say(d, "  tiers of a %s", "  阶梯（按%s）"),
	    say(d, per[tiers->per], mei[tiers->per]));
	if (tiers->per == COUNT_YEAR && tiers->year_start_month != 1) {
		buf_printf(d->out, say(d, " from month %d on", "自 %d 月起"),
		    tiers->year_start_month);
	}
	if (tiers->bands != 0) {
		put(d, ", of ", "，");
		put_bands(d, tiers->bands);
	}
	if (tiers->each_band) {
		put(d, ", each for itself", "，各自累计");
	}
	if (d->charge->per == PER_KWH && d->charge->by_band) {
		buf_printf(d->out, say(d, ", %s", "，%s"),
		    say(d, splits[tiers->split], fen[tiers->split]));
		for (size_t i = 0; i < tiers->order_count; i++) {
			buf_printf(d->out, "%s%s",
			    i == 0 ? "" : say(d, ", ", "、"),
			    name_of(
				d, d->version->bands[tiers->order[i]].code));
		}
	}
	end_line(d);
}

static void
describe_tiers(struct describing *d)
{
	static const char *const units[] = {"", " a day", " a kW", " a kVA"};
	static const char *const mei[] = {"", "/日", "/千瓦", "/千伏安"};
	const struct tiers *tiers = d->charge->tiers;

	if (tiers == NULL) {
		return;
	}
	describe_count(d, tiers);
	for (size_t i = 0; i < tiers->count; i++) {
		const struct tier *tier = &tiers->list[i];

		buf_printf(d->out, "    %s  ", name_of(d, tier->component));
		if (!tier->has_to) {
			put(d, "above that\n", "以上\n");
			continue;
		}
		put(d, "up to ", "至 ");
		put_given(d, &tier->to, tier->to_option);
		buf_printf(d->out, " %s%s\n",
		    d->charge->per == PER_KW ? say(d, "kW", "千瓦")
					     : say(d, "kWh", "千瓦时"),
		    say(d, units[tier->unit], mei[tier->unit]));
	}
}

/* Demand ----------------------------------------------------------------- */

static void
describe_agreed(struct describing *d, const struct demand *demand)
{
	if (demand->agreed_option[0] == '\0') {
		return;
	}
	buf_printf(d->out, say(d, "  agreed: option %s", "  约定值：选项 %s"),
	    demand->agreed_option);
	if (demand->has_least) {
		put(d, "; not below it times ", "；不低于其 ");
		put_dec(d, &demand->agreed_least);
		put(d, "", " 倍");
	}
	if (demand->has_over) {
		put(d, "; a kW above it times ", "；超过其 ");
		put_dec(d, &demand->agreed_over);
		put(d, " counts ", " 倍部分按 ");
		put_dec(d, &demand->over_times);
		put(d, " times", " 倍计");
	}
	end_line(d);
}

static void
describe_ratchet(struct describing *d, const struct demand *demand)
{
	unsigned months = demand->ratchet_of_months;
	bool any = false;

	if (demand->ratchet_months == 0) {
		return;
	}
	put(d, "  not below ", "  不低于前 ");
	if (d->zh) {
		buf_printf(d->out, "%d 个月最大值的 ", demand->ratchet_months);
		put_dec(d, &demand->ratchet_factor);
		put(d, "", " 倍");
	} else {
		put_dec(d, &demand->ratchet_factor);
		buf_printf(d->out, " of the highest of %d months before",
		    demand->ratchet_months);
	}
	for (int i = 1; i <= 12 && months != 0; i++) {
		if ((months & BITS_OF_YEAR & 1u << i) != 0) {
			buf_printf(d->out, "%s%d",
			    any ? " " : say(d, ", of months ", "，限月份 "), i);
			any = true;
		}
	}
	end_line(d);
}

static void
describe_demand(struct describing *d)
{
	const struct demand *demand = d->charge->demand;

	if (demand == NULL) {
		return;
	}
	buf_printf(d->out,
	    say(d, "  maximum demand of %d minutes", "  最大需量：%d 分钟"),
	    demand->window_minutes);
	if (demand->sliding) {
		put(d, ", sliding", "，滑差");
	}
	if (demand->bands != 0) {
		put(d, ", in ", "，");
		put_bands(d, demand->bands);
	}
	if (demand->has_round) {
		put_rounding(d, &demand->round);
	}
	end_line(d);
	describe_ratchet(d, demand);
	describe_agreed(d, demand);
	if (demand->has_discount) {
		put(d, "  times ", "  单价乘 ");
		put_dec(d, &demand->discount_factor);
		put(d, " from ", "：每千伏安用电达 ");
		put_dec(d, &demand->discount_kwh_per_kva);
		put(d, " kWh a kVA on\n", " 千瓦时\n");
	}
}

/* Sums ------------------------------------------------------------------- */

static void
put_charges(struct describing *d, const size_t *of, size_t count)
{
	put(d, "  of ", "  基数：");
	for (size_t i = 0; i < count; i++) {
		const struct charge *part = &d->version->charges[of[i]];

		buf_printf(d->out, "%s%s", i == 0 ? "" : say(d, ", ", "、"),
		    name_of(d, part->component));
	}
}

static void
describe_power_factor(struct describing *d)
{
	const struct power_factor *factor = d->charge->power_factor;

	if (factor == NULL) {
		return;
	}
	put_charges(d, factor->of, factor->of_count);
	for (size_t i = 0; i < factor->without_count; i++) {
		buf_printf(d->out, "%s%s",
		    i == 0 ? say(d, ", without ", "，不含 ") : " ",
		    factor->without[i]);
	}
	put(d, "; standard ", "；标准 ");
	put_dec(d, &factor->standard);
	if (factor->export_counts) {
		put(d, "; both directions", "；双向电量");
	}
	put_rounding(d, &factor->round);
	end_line(d);
	for (size_t i = 0; i < factor->range_count; i++) {
		const struct factor_range *range = &factor->ranges[i];

		put(d, "    ", "    ");
		put_dec(d, &range->from);
		put(d, " to ", " 至 ");
		put_dec(d, &range->to);
		put(d, "  ", "  ");
		put_dec(d, &range->percent);
		put(d, " percent", "%");
		if (dec_sign(&range->each) != 0) {
			put(d, " at ", "（");
			put_dec(d, &range->at);
			put(d, ", and ", "），每 0.01 加 ");
			put_dec(d, &range->each);
			put(d, " for each 0.01 away from it", "");
		}
		end_line(d);
	}
}

static void
describe_limit(struct describing *d)
{
	static const char *const per[] = {"a month", "a day", "a session"};
	static const char *const mei[] = {"每月", "每日", "每次"};
	const struct limit *limit = d->charge->limit;

	if (limit == NULL) {
		return;
	}
	put_charges(d, limit->of, limit->of_count);
	if (limit->has_least) {
		put(d, "; at least ", "；最低 ");
		put_dec(d, &limit->least);
	}
	if (limit->has_most) {
		put(d, "; at most ", "；最高 ");
		put_dec(d, &limit->most);
	}
	buf_printf(d->out, say(d, " %s\n", "（%s）\n"),
	    say(d, per[limit->per], mei[limit->per]));
}

void
tariff_describe(struct buf *out, const struct tariff *tariff,
    const struct tariff_version *version, const struct charge *charge,
    int32_t day, bool zh)
{
	struct describing d = {out, tariff, version, charge, day, zh};
	static const char *const shares[] = {"",
	    "  a part of a month by its "
	    "days\n",
	    "  a day is a thirtieth of a month\n"};
	static const char *const fen[] = {
	    "", "  不足一月按天数折算\n", "  每日按三十分之一月计\n"};

	if (!whom_is_all(&charge->whom)) {
		put(&d, "  for ", "  适用：");
		put_whom(&d, &charge->whom);
		end_line(&d);
	}
	describe_quantity(&d);
	describe_part(&d);
	describe_loss(&d);
	describe_tiers(&d);
	describe_demand(&d);
	put(&d, shares[charge->share], fen[charge->share]);
	describe_conditions(&d);
	describe_exemptions(&d);
	describe_power_factor(&d);
	describe_limit(&d);
}
