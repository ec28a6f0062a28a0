/* own.h - what the files of the report of events share.  Internal. */
#ifndef QF_STAGE_REPORT_OWN_H
#define QF_STAGE_REPORT_OWN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/civil.h"
#include "base/dec.h"
#include "base/text.h"
#include "model/contract.h"
#include "stage/report/event.h"
#include "stage/report/picture.h"

struct eventpage;
struct ledger;
struct market;
struct sorter;
struct zone;

/* In the order in which the rows of an event are wanted. */
enum tag { OF_LINE = 1, OF_HOLD, OF_STEP };

struct line_data {
	int64_t gross_minor;
};

struct hold_data {
	int64_t from_utc, to_utc;
	char reason[64];
};

enum value { BASELINE, ACTUAL, RESPONSE, AWARD, EFFECTIVE, VALUES };

struct step_data {
	int64_t start_utc, end_utc;
	bool whole, has_award;
	char values[VALUES][DEC_TEXT_MAX]; /* kWh */
};

/* Sums of lines, in minor units; together they may pass 64 bits. */
struct money {
	struct dec paid, charged;
};

enum money_sum { MONEY_PAID, MONEY_CHARGED, MONEY_NET };

/* The event in hand. */
struct event {
	char contract[ID_MAX + 1], leg[ID_MAX + 1], event[ID_MAX + 1];
	bool open, has_steps, has_award;
	char reason[64]; /* "" where it is settled */
	int64_t start_utc, end_utc;
	int64_t points; /* behind the contract's own */
	struct dec sums[VALUES];
	struct money money;
	struct picture picture;
};

/* Of all events that are asked for. */
struct event_sums {
	struct money money;
	int64_t holds;
};

/* event.c: adds what a line pays, or charges where it is below 0. */
void money_add(struct money *money, int64_t gross_minor);
/* event.c: what was paid, charged, or the one less the other, in the currency;
 * free it with dec_release(). */
void money_tell(struct dec *out, const struct money *money,
    enum money_sum which, int money_scale);
void money_release(struct money *money);

/* event.c: "2025-07-14 19:00" in the market's time, of the seconds nothing. */
void
event_minute(const struct zone *zone, int64_t utc, char out[CIVIL_TEXT_MAX]);

/* event.c: response of the award in percent; false where there is no award, or
 * one of 0. */
bool event_rate(const struct event *event, struct dec *percent);

/* event.c: draws the event's picture, in the language of the request. */
int event_draw(struct event *event, const struct zone *zone, bool zh,
    struct sink sink, struct qf_error *err);

/* gather.c: puts lines, holds and steps of a run into the sorter, each under
 * "contract NUL leg NUL event NUL tag" and its start. */
int gather_events(struct sorter *sorter, struct ledger *ledger, int64_t run,
    const struct report_event_request *request, struct event_sums *sums,
    struct qf_error *err);

/* page.c: the page of HTML that all events go on to. */
struct page;

struct page *
page_new(struct sink sink, const struct market *market, const struct zone *zone,
    int64_t run, bool zh, const struct event_sums *sums);
int page_add(struct page *page, struct event *event, struct qf_error *err);
int page_finish(struct page *page, struct qf_error *err);
void page_free(struct page *page); /* NULL is fine */

#endif
