/* page.c - the page of HTML that all events go on to.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/status.h"
#include "format/eventpage.h"
#include "model/market.h"
#include "stage/report/own.h"

#define PICTURE_MAX ((size_t)32 << 20)

struct page {
	struct eventpage *html;
	struct eventpage_head head;
	const struct zone *zone;
	int money_scale;
	struct buf svg; /* the picture in hand */
	char run[32], paid[DEC_TEXT_MAX], charged[DEC_TEXT_MAX],
	    net[DEC_TEXT_MAX];
};

static const char *
major(const struct page *page, const struct money *money, enum money_sum which,
    char out[DEC_TEXT_MAX])
{
	struct dec told = {0};

	money_tell(&told, money, which, page->money_scale);
	dec_format(&told, out, DEC_TEXT_MAX);
	dec_release(&told);
	return out;
}

struct page *
page_new(struct sink sink, const struct market *market, const struct zone *zone,
    int64_t run, bool zh, const struct event_sums *sums)
{
	struct page *page = xcalloc(1, sizeof(*page));

	page->zone = zone;
	page->money_scale = market->money_scale;
	buf_init(&page->svg, PICTURE_MAX);
	snprintf(page->run, sizeof(page->run), "run:%lld", (long long)run);
	page->head = (struct eventpage_head){
	    .run = page->run,
	    .market = market->name,
	    .currency = market->currency,
	    .paid = major(page, &sums->money, MONEY_PAID, page->paid),
	    .charged = major(page, &sums->money, MONEY_CHARGED, page->charged),
	    .net = major(page, &sums->money, MONEY_NET, page->net),
	    .held = sums->holds,
	    .zh = zh,
	};
	page->html = eventpage_new(sink, &page->head);
	return page;
}

/* The numbers of a settled event, as texts. */
static void
tell_numbers(const struct page *page, const struct event *event,
    char texts[EVENTPAGE_VALUES][DEC_TEXT_MAX], struct eventpage_event *told)
{
	static const struct {
		enum eventpage_value value;
		enum value sum;
	} energies[] = {
	    {EVENTPAGE_BASELINE, BASELINE},
	    {EVENTPAGE_ACTUAL, ACTUAL},
	    {EVENTPAGE_RESPONSE, RESPONSE},
	    {EVENTPAGE_AWARD, AWARD},
	    {EVENTPAGE_EFFECTIVE, EFFECTIVE},
	};
	struct dec percent = {0};

	for (int i = 0; i < EVENTPAGE_VALUES; i++) {
		told->values[i] = texts[i];
	}
	for (size_t i = 0; i < sizeof(energies) / sizeof(energies[0]); i++) {
		dec_format(&event->sums[energies[i].sum],
		    texts[energies[i].value], DEC_TEXT_MAX);
	}
	if (!event->has_award) {
		told->values[EVENTPAGE_AWARD] = NULL;
	}
	if (event_rate(event, &percent)) {
		dec_format(&percent, texts[EVENTPAGE_RATE], DEC_TEXT_MAX);
	} else {
		told->values[EVENTPAGE_RATE] = NULL;
	}
	dec_release(&percent);
	snprintf(texts[EVENTPAGE_POINTS], DEC_TEXT_MAX, "%lld",
	    (long long)(event->points == 0 ? 1 : event->points));
	major(page, &event->money, MONEY_PAID, texts[EVENTPAGE_PAID]);
	major(page, &event->money, MONEY_CHARGED, texts[EVENTPAGE_CHARGED]);
	major(page, &event->money, MONEY_NET, texts[EVENTPAGE_NET]);
}

int
page_add(struct page *page, struct event *event, struct qf_error *err)
{
	char texts[EVENTPAGE_VALUES][DEC_TEXT_MAX];
	char start[CIVIL_TEXT_MAX], end[CIVIL_TEXT_MAX];
	struct eventpage_event told = {
	    .contract = event->contract,
	    .leg = event->leg,
	    .event = event->event,
	    .start = start,
	    .end = end,
	};

	event_minute(page->zone, event->start_utc, start);
	event_minute(page->zone, event->end_utc, end);
	if (event->reason[0] != '\0') {
		told.held = event->reason;
		return eventpage_add(page->html, &told, err);
	}
	tell_numbers(page, event, texts, &told);
	if (event->picture.count > 0) {
		buf_clear(&page->svg);
		if (event_draw(event, page->zone, page->head.zh,
			sink_buf(&page->svg), err) == -1) {
			return -1;
		}
		told.svg = page->svg.bytes;
		told.svg_length = page->svg.length;
	}
	return eventpage_add(page->html, &told, err);
}

int
page_finish(struct page *page, struct qf_error *err)
{
	return eventpage_finish(page->html, err);
}

void
page_free(struct page *page)
{
	if (page == NULL) {
		return;
	}
	eventpage_free(page->html);
	buf_release(&page->svg);
	free(page);
}
