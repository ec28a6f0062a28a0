/* openadr.h - events out of OpenADR 2.0b messages.
 *
 *	if (openadr_load(&message, fd, "event.xml", faults, notes, err) == -1)
 *		...
 *	for (i = 0; i < message->event_count; i++)
 *		... message->events[i] ...
 *	openadr_free(message);
 *
 * What is read is oadrDistributeEvent, by itself or inside oadrPayload and
 * oadrSignedObject; a signature is not checked.  Every other message of
 * OpenADR is refused whole: it has nothing to take in (openadr-message).
 *
 * Of an event: what it is called, its modification number, its market context,
 * whether it is a test (testEvent is there, not empty and not "false") or
 * cancelled, its active period, whom it is for, and its signals.  Instants are
 * UTC; values are the decimals that are written (xsdtext.h).
 *
 * What the standard asks for beyond its schema is held here: the intervals of a
 * signal are numbered from 0, follow each other from the event's start and last
 * as long as the event.  An event of duration 0 has no end yet and cannot be
 * settled: it is refused (openadr-open), as the modification that ends it will
 * not be.
 *
 * Faults, by line: openadr-missing, openadr-id, openadr-value (a time, duration
 * or number that is none), openadr-open, openadr-interval, openadr-sum,
 * openadr-status, openadr-target, openadr-twice,
 * openadr-size; openadr-message and those of
 * xml.h are of the file.  Notes: openadr-not-taken.
 *
 * Ownership: everything belongs to the message; limit: XML_SIZE_MAX.
 */
#ifndef QF_FORMAT_OPENADR_H
#define QF_FORMAT_OPENADR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/dec.h"
#include "base/text.h"

#define OPENADR_NAMESPACE "http://openadr.org/oadr-2.0" /* and on */
#define OPENADR_TEXT_MAX 256 /* bytes of a target or context */

struct faults;

enum openadr_kind { /* of a target */
	OPENADR_VEN,
	OPENADR_PARTY,
	OPENADR_GROUP,
	OPENADR_RESOURCE,
	OPENADR_KINDS
};

struct openadr_target {
	enum openadr_kind kind;
	char name[OPENADR_TEXT_MAX + 1];
	size_t line_no;
};

struct openadr_interval {
	int64_t start_utc, end_utc;
	struct dec value;
	size_t line_no;
};

struct openadr_signal {
	/* signalName, and behind it ":" and signalID where several signals of
	 * the event have the same name. */
	char name[TEXT_ID_MAX + 1];
	char type[TEXT_ID_MAX + 1];
	char unit[OPENADR_TEXT_MAX + 1]; /* "kW", "USD/kWh"; "" none */
	struct openadr_interval *intervals;
	size_t interval_count;
};

struct openadr_event {
	char id[TEXT_ID_MAX + 1];
	int64_t modification;
	char context[OPENADR_TEXT_MAX + 1];
	bool test, cancelled;
	int64_t start_utc, end_utc;
	int64_t notified_utc; /* start less x-eiNotification; INT64_MIN: none */
	struct openadr_target *targets; /* none: whoever gets it */
	size_t target_count;
	struct openadr_signal *signals;
	size_t signal_count;
	size_t line_no;
	bool sound; /* nothing of it is at fault */
};

struct openadr {
	struct openadr_event *events;
	size_t event_count;
};

/* Reads a whole message.  What is wrong with its events is kept in faults, and
 * they are not sound. */
int openadr_load(struct openadr **out, int fd, const char *file,
    struct faults *faults, struct faults *notes, struct qf_error *err);
void openadr_free(struct openadr *message); /* NULL is allowed */

#endif
