/* eventpage.h - a page of HTML that tells a reader what events came to.
 *
 *	page = eventpage_new(sink, &head);
 *	for each event: eventpage_add(page, &event, err);
 *	if (eventpage_finish(page, err) == -1) ...
 *	eventpage_free(page);
 *
 * The page stands alone: its pictures are in it, and it fetches nothing.  The
 * sums come first, then each event with its numbers and its picture, or with
 * the reason why it is held.
 *
 * Ownership: all is borrowed for the call; head for the life of the page.
 * Errors: those of xmlout.h.
 */
#ifndef QF_FORMAT_EVENTPAGE_H
#define QF_FORMAT_EVENTPAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/sink.h"

struct qf_error;

/* What is told of an event, in this order. */
enum eventpage_value {
	EVENTPAGE_POINTS,
	EVENTPAGE_BASELINE, /* kWh, to AWARD */
	EVENTPAGE_ACTUAL,
	EVENTPAGE_RESPONSE,
	EVENTPAGE_AWARD,
	EVENTPAGE_RATE, /* percent */
	EVENTPAGE_EFFECTIVE, /* kWh */
	EVENTPAGE_PAID, /* major units, to NET */
	EVENTPAGE_CHARGED,
	EVENTPAGE_NET,
	EVENTPAGE_VALUES
};

struct eventpage_head {
	const char *run, *market, *currency;
	const char *paid, *charged, *net; /* of all events, major units */
	long long held; /* events */
	bool zh; /* in Chinese, else in English */
};

struct eventpage_event {
	const char *contract, *leg, *event;
	const char *start, *end; /* in the market's time */
	const char *held; /* why it has no numbers; NULL where it has */
	const char *values[EVENTPAGE_VALUES]; /* NULL: none */
	const char *svg; /* its picture */
	size_t svg_length;
};

struct eventpage;

struct eventpage *
eventpage_new(struct sink sink, const struct eventpage_head *head);

int eventpage_add(struct eventpage *page, const struct eventpage_event *event,
    struct qf_error *err);

/* Gives the rest to the sink, without commit. */
int eventpage_finish(struct eventpage *page, struct qf_error *err);

/* NULL is fine. */
void eventpage_free(struct eventpage *page);

#endif
