/* price.c - the lines that a load would be billed.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/tariff/price.h"

#include <string.h>

#include "base/dec.h"
#include "base/zone.h"
#include "settle/energy.h"
#include "settle/refusal.h"
#include "stage/rate/rate.h"

struct pricing {
	const struct tariff_scratch_request *request;
	struct tariff_scratch scratch;
	struct table *table;
	int64_t lines;
	bool held; /* why is in `why` */
	struct qf_error why;
};

struct table *
tariff_price_table(struct sink sink, enum table_form form)
{
	static const struct table_column columns[] = {{"point", TABLE_TEXT},
	    {"from", TABLE_TEXT}, {"to", TABLE_TEXT}, {"leg", TABLE_TEXT},
	    {"channel", TABLE_TEXT}, {"subject", TABLE_TEXT},
	    {"component", TABLE_TEXT}, {"band", TABLE_TEXT},
	    {"quantity", TABLE_NUMBER}, {"unit", TABLE_TEXT},
	    {"price", TABLE_NUMBER}, {"exact", TABLE_NUMBER},
	    {"net", TABLE_NUMBER}, {"tax", TABLE_NUMBER},
	    {"gross", TABLE_NUMBER}};

	return table_new(
	    sink, form, columns, sizeof(columns) / sizeof(columns[0]));
}

/* A number of the rating; NULL: there is none. */
static void
put_number(struct table *table, const char *text)
{
	struct dec number = {0};

	if (text == NULL) {
		table_text(table, NULL);
		return;
	}
	if (dec_parse_stored(&number, text, strlen(text), NULL) == -1) {
		BUG("the rating gave %s for a number", text);
	}
	table_dec(table, &number);
	dec_release(&number);
}

static void
put_minor(const struct pricing *p, const struct line *line, int64_t minor)
{
	struct dec amount = {0};

	if (!line->has_amount) {
		table_text(p->table, NULL);
		return;
	}
	dec_set_int(&amount, minor, p->scratch.money_scale);
	table_dec(p->table, &amount);
}

static int
put_line(void *context, const struct line *line, struct qf_error *err)
{
	struct pricing *p = context;
	const struct zone *zone = p->request->zone;
	char from[40], to[40];

	p->lines++;
	table_text(p->table, line->point);
	table_text(p->table, energy_time(zone, line->from_utc, from));
	table_text(p->table, energy_time(zone, line->to_utc, to));
	table_text(p->table, line->leg);
	table_text(p->table, line->channel);
	table_text(p->table, line->subject);
	table_text(p->table, line->component);
	table_text(p->table, line->band);
	put_number(p->table, line->quantity);
	table_text(p->table, line->unit);
	put_number(p->table, line->price);
	put_number(p->table, line->exact);
	put_minor(p, line, line->net_minor);
	put_minor(p, line, line->tax_minor);
	put_minor(p, line, line->gross_minor);
	return table_end_row(p->table, err);
}

/* Says the hold before this one, and keeps this one. */
static int
keep_hold(void *context, const struct hold *hold, struct qf_error *err)
{
	struct pricing *p = context;
	bool template = strcmp(hold->reason, REASON_TARIFF_TEMPLATE) == 0;

	(void)err;
	if (p->held) {
		p->request->say(p->request->context, &p->why);
	}
	p->held = true;
	qf_fail(&p->why, template ? QF_CONFIG : QF_DATA, hold->reason,
	    "%s: %s: %s", hold->point, hold->leg, hold->detail);
	return 0;
}

int
tariff_price(const struct tariff_scratch_request *request, struct table *table,
    struct qf_error *err)
{
	struct pricing p = {.request = request, .table = table};
	struct rate_sink sink = {
	    .context = &p, .line = put_line, .hold = keep_hold};
	struct rate_request rating = {0};
	struct rate_counts counts;
	int rc = tariff_scratch_make(&p.scratch, request, err);

	if (rc == 0) {
		rating.period = p.scratch.period;
		rating.asof = p.scratch.asof;
		rc = rate_run(p.scratch.ledger, &rating, &sink, &counts, err);
	}
	if (rc == 0 && (p.lines > 0 || !p.held)) {
		rc = table_finish(table, err);
	}
	if (rc == 0 && p.held) {
		*err = p.why;
		rc = -1;
	}
	tariff_scratch_release(&p.scratch);
	return rc;
}
