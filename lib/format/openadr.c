/* openadr.c - events out of OpenADR 2.0b messages.
 *
 * Elements are known by their local names: their namespaces are the matter of
 * the schema that a user may give.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/openadr.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/xml.h"
#include "format/faults.h"
#include "format/xsdtext.h"

/* What a message may hold, so that comparing all with all stays cheap. */
#define EVENTS_MAX 1000
#define TARGETS_MAX 5000 /* of an event */
#define SIGNALS_MAX 100

struct reading {
	struct xml_doc *doc;
	struct openadr *message;
	struct faults *faults, *notes;
	struct openadr_event *event; /* at hand */
	bool broken; /* a fault could not be kept */
	struct qf_error error; /* why not */
};

/* Faults ------------------------------------------------------------------ */

/* Keeps a fault of the event at hand; returns false. */
static bool
fault(struct reading *reading, const struct xml_node *node, const char *code,
    const char *format, ...) __attribute__((format(printf, 4, 5)));

static bool
fault(struct reading *reading, const struct xml_node *node, const char *code,
    const char *format, ...)
{
	char what[QF_ERROR_TEXT_MAX];
	va_list ap;

	va_start(ap, format);
	vsnprintf(what, sizeof(what), format, ap);
	va_end(ap);
	reading->event->sound = false;
	if (!reading->broken &&
	    faults_add(reading->faults, xml_line(node), xml_name(node),
		&reading->error, code, "%s", what) == -1) {
		reading->broken = true;
	}
	return false;
}

static void
note(struct reading *reading, const struct xml_node *node, const char *what)
{
	if (!reading->broken &&
	    faults_add(reading->notes, xml_line(node), xml_name(node),
		&reading->error, "openadr-not-taken", "%s", what) == -1) {
		reading->broken = true;
	}
}

/* Elements ---------------------------------------------------------------- */

/* The element at the end of a path "a/b/c" of first children, or NULL. */
static const struct xml_node *
find(const struct xml_node *node, const char *path)
{
	char name[64];
	size_t length;

	while (node != NULL && *path != '\0') {
		length = strcspn(path, "/");
		assert(length < sizeof(name));
		memcpy(name, path, length);
		name[length] = '\0';
		node = xml_first(node, name);
		path += length + (path[length] == '/');
	}
	return node;
}

/* The same where it must be there. */
static const struct xml_node *
need(struct reading *reading, const struct xml_node *node, const char *path)
{
	const struct xml_node *found = find(node, path);

	if (found == NULL) {
		fault(reading, node, "openadr-missing", "has no %s", path);
	}
	return found;
}

/* The text without the blanks around it; false where it has more bytes than
 * the buffer holds. */
static bool
copy_text(char *out, size_t size, const struct xml_node *node)
{
	const char *text = xml_text(node);
	size_t length;

	text += strspn(text, " \t\r\n");
	length = strlen(text);
	while (length > 0 && strchr(" \t\r\n", text[length - 1]) != NULL) {
		length--;
	}
	if (length >= size) {
		return false;
	}
	memcpy(out, text, length);
	out[length] = '\0';
	return true;
}

/* An identifier as the ledger has them. */
static bool
take_id(struct reading *reading, const struct xml_node *node,
    char out[TEXT_ID_MAX + 1])
{
	if (!copy_text(out, TEXT_ID_MAX + 1, node) ||
	    !text_is_id(out, strlen(out))) {
		out[0] = '\0';
		return fault(reading, node, "openadr-id",
		    "must be letters, digits and ._:- and at most %d of them",
		    TEXT_ID_MAX);
	}
	return true;
}

static bool
take_duration(
    struct reading *reading, const struct xml_node *node, int64_t *seconds)
{
	struct qf_error what;

	return xsd_duration(seconds, xml_text(node), &what) == 0 ||
	       fault(reading, node, "openadr-value", "%s", what.text);
}

static bool
take_instant(struct reading *reading, const struct xml_node *node, int64_t *utc)
{
	struct qf_error what;

	return xsd_instant(utc, xml_text(node), &what) == 0 ||
	       fault(reading, node, "openadr-value", "%s", what.text);
}

/* Descriptor -------------------------------------------------------------- */

static void
read_status(struct reading *reading, const struct xml_node *descriptor)
{
	static const char *const known[] = {
	    "none", "far", "near", "active", "completed", "cancelled"};
	const struct xml_node *node = need(reading, descriptor, "eventStatus");
	char word[32];
	size_t i;

	if (node == NULL) {
		return;
	}
	if (!copy_text(word, sizeof(word), node)) {
		word[0] = '\0';
	}
	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strcmp(word, known[i]) == 0) {
			reading->event->cancelled =
			    strcmp(word, "cancelled") == 0;
			return;
		}
	}
	fault(reading, node, "openadr-status",
	    "must be far, near, active, completed or cancelled");
}

static void
read_descriptor(struct reading *reading, const struct xml_node *descriptor)
{
	struct openadr_event *event = reading->event;
	const struct xml_node *node;
	struct qf_error what;
	char test[8];

	node = need(reading, descriptor, "eventID");
	if (node != NULL) {
		take_id(reading, node, event->id);
	}
	node = need(reading, descriptor, "modificationNumber");
	if (node != NULL &&
	    (xsd_integer(&event->modification, xml_text(node), &what) == -1 ||
		event->modification < 0 || event->modification > UINT32_MAX)) {
		fault(reading, node, "openadr-value",
		    "is no number of a modification");
	}
	node = need(reading, descriptor, "eiMarketContext/marketContext");
	if (node != NULL &&
	    !copy_text(event->context, sizeof(event->context), node)) {
		fault(reading, node, "openadr-value", "has more than %d bytes",
		    OPENADR_TEXT_MAX);
	}
	read_status(reading, descriptor);
	node = find(descriptor, "testEvent");
	event->test = node != NULL &&
		      (!copy_text(test, sizeof(test), node) ||
			  (test[0] != '\0' && strcmp(test, "false") != 0));
}

/* Period ------------------------------------------------------------------ */

static void
read_period(struct reading *reading, const struct xml_node *properties)
{
	struct openadr_event *event = reading->event;
	const struct xml_node *start, *duration, *node;
	int64_t seconds = 0;

	start = need(reading, properties, "dtstart/date-time");
	duration = need(reading, properties, "duration/duration");
	if (start == NULL || duration == NULL ||
	    !take_instant(reading, start, &event->start_utc) ||
	    !take_duration(reading, duration, &seconds)) {
		return;
	}
	event->end_utc = event->start_utc + seconds;
	if (seconds == 0) {
		fault(reading, duration, "openadr-open",
		    "the event has no end yet and cannot be settled: take in "
		    "the modification that ends it");
	}
	node = find(properties, "x-eiNotification/duration");
	if (node != NULL && take_duration(reading, node, &seconds)) {
		event->notified_utc = event->start_utc - seconds;
	}
	node = find(properties, "tolerance/tolerate/startafter");
	if (node != NULL && take_duration(reading, node, &seconds) &&
	    seconds > 0) {
		note(reading, node,
		    "is not taken: the event is settled from its start");
	}
}

/* Targets ----------------------------------------------------------------- */

/* Whether one more may be read; says once that it may not. */
static bool
fits(struct reading *reading, const struct xml_node *node, size_t count,
    size_t most)
{
	return count < most || fault(reading, node, "openadr-size",
				   "more than %zu of them in an event", most);
}

/* False where no more can be read. */
static bool
add_target(struct reading *reading, const struct xml_node *node,
    enum openadr_kind kind)
{
	struct openadr_event *event = reading->event;
	struct openadr_target target = {
	    .kind = kind, .line_no = xml_line(node)};

	if (!copy_text(target.name, sizeof(target.name), node) ||
	    target.name[0] == '\0') {
		fault(reading, node, "openadr-id",
		    "is empty or has more than %d bytes", OPENADR_TEXT_MAX);
		return true;
	}
	for (size_t i = 0; i < event->target_count; i++) {
		if (event->targets[i].kind == kind &&
		    strcmp(event->targets[i].name, target.name) == 0) {
			return true;
		}
	}
	if (!fits(reading, node, event->target_count, TARGETS_MAX)) {
		return false;
	}
	event->targets = xreallocarray(
	    event->targets, event->target_count + 1, sizeof(*event->targets));
	event->targets[event->target_count++] = target;
	return true;
}

/* What narrows an event to less than is read of it would be settled for too
 * many, so that it is refused. */
static void
read_targets(struct reading *reading, const struct xml_node *target)
{
	static const struct {
		const char *name;
		enum openadr_kind kind;
	} known[] = {
	    {"venID", OPENADR_VEN},
	    {"partyID", OPENADR_PARTY},
	    {"groupID", OPENADR_GROUP},
	    {"groupName", OPENADR_GROUP},
	    {"resourceID", OPENADR_RESOURCE},
	};
	const struct xml_node *node;
	size_t i;

	for (node = xml_first(target, NULL); node != NULL;
	     node = xml_next(node, NULL)) {
		for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
			if (strcmp(xml_name(node), known[i].name) == 0) {
				if (!add_target(reading, node, known[i].kind)) {
					return;
				}
				break;
			}
		}
		if (i == sizeof(known) / sizeof(known[0])) {
			fault(reading, node, "openadr-target",
			    "is no target that a contract can be: venID, "
			    "partyID, groupID or resourceID");
		}
	}
}

/* Signals ----------------------------------------------------------------- */

/* The value of an interval: one payload of one number. */
static bool
read_value(
    struct reading *reading, const struct xml_node *interval, struct dec *value)
{
	const struct xml_node *payload =
	    need(reading, interval, "signalPayload");
	const struct xml_node *node;
	struct qf_error what;

	if (payload == NULL) {
		return false;
	}
	if (xml_next(payload, "signalPayload") != NULL) {
		return fault(reading, interval, "openadr-interval",
		    "has more than one signalPayload");
	}
	node = need(reading, payload, "payloadFloat/value");
	return node != NULL &&
	       (xsd_float(value, xml_text(node), &what) == 0 ||
		   fault(reading, node, "openadr-value", "%s", what.text));
}

/* An interval says its place by its number, by its start, or not at all. */
static bool
check_place(struct reading *reading, const struct xml_node *interval,
    size_t number, int64_t start_utc)
{
	const struct xml_node *node = find(interval, "uid/text");
	struct qf_error what;
	int64_t said;

	if (node != NULL && (xsd_integer(&said, xml_text(node), &what) == -1 ||
				said != (int64_t)number)) {
		return fault(reading, node, "openadr-interval",
		    "intervals are numbered from 0: this one is %zu", number);
	}
	node = find(interval, "dtstart/date-time");
	return node == NULL ||
	       (take_instant(reading, node, &said) &&
		   (said == start_utc ||
		       fault(reading, node, "openadr-interval",
			   "does not start where the one before it ends")));
}

static bool
read_interval(struct reading *reading, const struct xml_node *node,
    struct openadr_signal *signal)
{
	size_t number = signal->interval_count;
	struct openadr_interval *interval;
	const struct xml_node *duration;
	int64_t seconds;

	signal->intervals = xreallocarray(
	    signal->intervals, number + 1, sizeof(*signal->intervals));
	interval = &signal->intervals[signal->interval_count++];
	*interval = (struct openadr_interval){.line_no = xml_line(node),
	    .start_utc = number == 0 ? reading->event->start_utc
				     : signal->intervals[number - 1].end_utc};
	duration = need(reading, node, "duration/duration");
	if (duration == NULL || !take_duration(reading, duration, &seconds) ||
	    !check_place(reading, node, number, interval->start_utc) ||
	    !read_value(reading, node, &interval->value)) {
		return false;
	}
	if (seconds == 0) {
		return fault(reading, duration, "openadr-interval",
		    "an interval of an event that ends must end too");
	}
	interval->end_utc = interval->start_utc + seconds;
	return true;
}

/* "kW" out of itemUnits W and siScaleCode k, "USD/kWh" out of currencyPerKWh
 * and USD; of any other unit what it is called. */
static bool
read_unit(struct reading *reading, const struct xml_node *signal,
    char out[OPENADR_TEXT_MAX + 1])
{
	static const char *const others[] = {"intervals", "eiTarget",
	    "signalName", "signalType", "signalID", "currentValue"};
	const struct xml_node *node, *units, *scale;
	char unit[64] = "", prefix[8] = "";
	const char *per;
	size_t i;

	for (node = xml_first(signal, NULL); node != NULL;
	     node = xml_next(node, NULL)) {
		for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
			if (strcmp(xml_name(node), others[i]) == 0) {
				break;
			}
		}
		if (i == sizeof(others) / sizeof(others[0])) {
			break;
		}
	}
	if (node == NULL) {
		return true;
	}
	units = find(node, "itemUnits");
	scale = find(node, "siScaleCode");
	if ((units != NULL && !copy_text(unit, sizeof(unit), units)) ||
	    (scale != NULL && !copy_text(prefix, sizeof(prefix), scale))) {
		return fault(reading, node, "openadr-value", "is no unit");
	}
	if (strcmp(prefix, "none") == 0) {
		prefix[0] = '\0';
	}
	per = strcmp(xml_name(node), "currencyPerKWh") == 0   ? "/kWh"
	      : strcmp(xml_name(node), "currencyPerKW") == 0  ? "/kW"
	      : strcmp(xml_name(node), "currencyPerThm") == 0 ? "/therm"
							      : "";
	snprintf(out, OPENADR_TEXT_MAX + 1, "%s%s%s", prefix,
	    unit[0] == '\0' ? xml_name(node) : unit, per);
	return true;
}

static void
read_intervals(struct reading *reading, const struct xml_node *node,
    struct openadr_signal *signal)
{
	const struct xml_node *intervals = need(reading, node, "intervals");
	const struct xml_node *interval;

	if (intervals == NULL) {
		return;
	}
	for (interval = xml_first(intervals, "interval"); interval != NULL;
	     interval = xml_next(interval, "interval")) {
		if (!read_interval(reading, interval, signal)) {
			return;
		}
	}
	if (signal->interval_count == 0) {
		fault(reading, intervals, "openadr-missing", "has no interval");
	} else if (signal->intervals[signal->interval_count - 1].end_utc !=
		   reading->event->end_utc) {
		fault(reading, intervals, "openadr-sum",
		    "they last %lld s, and the event %lld s",
		    (long long)(signal->intervals[signal->interval_count - 1]
				    .end_utc -
				reading->event->start_utc),
		    (long long)(reading->event->end_utc -
				reading->event->start_utc));
	}
}

static void
read_signal(struct reading *reading, const struct xml_node *node)
{
	struct openadr_event *event = reading->event;
	struct openadr_signal *signal;
	const struct xml_node *name, *type;

	event->signals = xreallocarray(
	    event->signals, event->signal_count + 1, sizeof(*event->signals));
	signal = &event->signals[event->signal_count++];
	*signal = (struct openadr_signal){0};
	name = need(reading, node, "signalName");
	type = need(reading, node, "signalType");
	if (name == NULL || !take_id(reading, name, signal->name) ||
	    type == NULL || !take_id(reading, type, signal->type) ||
	    !read_unit(reading, node, signal->unit)) {
		return;
	}
	/* Without the event's times there is nothing to hold intervals to. */
	if (event->end_utc > event->start_utc) {
		read_intervals(reading, node, signal);
	}
}

static bool
is_shared(const struct xml_node *signals, const char *name)
{
	const struct xml_node *node;
	char other[TEXT_ID_MAX + 1];
	size_t count = 0;

	for (node = xml_first(signals, "eiEventSignal"); node != NULL;
	     node = xml_next(node, "eiEventSignal")) {
		const struct xml_node *named = find(node, "signalName");

		count += named != NULL &&
			 copy_text(other, sizeof(other), named) &&
			 strcmp(other, name) == 0;
	}
	return count > 1;
}

/* Signals of one name are told apart by their ids. */
static void
tell_apart(struct reading *reading, const struct xml_node *signals)
{
	struct openadr_event *event = reading->event;
	const struct xml_node *node = xml_first(signals, "eiEventSignal");
	char id[TEXT_ID_MAX + 1], whole[2 * TEXT_ID_MAX + 2];

	for (size_t i = 0; i < event->signal_count;
	     i++, node = xml_next(node, "eiEventSignal")) {
		struct openadr_signal *signal = &event->signals[i];
		const struct xml_node *named;

		if (!is_shared(signals, signal->name)) {
			continue;
		}
		named = need(reading, node, "signalID");
		if (named == NULL || !take_id(reading, named, id)) {
			return;
		}
		snprintf(whole, sizeof(whole), "%s:%s", signal->name, id);
		if (strlen(whole) > TEXT_ID_MAX) {
			fault(reading, named, "openadr-id",
			    "with signalName it has more than %d bytes",
			    TEXT_ID_MAX);
			return;
		}
		memcpy(signal->name, whole, strlen(whole) + 1);
		for (size_t j = 0; j < i; j++) {
			if (strcmp(event->signals[j].name, whole) == 0) {
				fault(reading, named, "openadr-twice",
				    "stands twice in the event");
			}
		}
	}
}

static void
read_signals(struct reading *reading, const struct xml_node *signals)
{
	const struct xml_node *node;

	for (node = xml_first(signals, "eiEventSignal"); node != NULL;
	     node = xml_next(node, "eiEventSignal")) {
		if (!fits(reading, node, reading->event->signal_count,
			SIGNALS_MAX)) {
			break;
		}
		read_signal(reading, node);
	}
	if (reading->event->sound) {
		tell_apart(reading, signals);
	}
	node = xml_first(signals, "eiEventBaseline");
	if (node != NULL) {
		note(reading, node,
		    "is not taken: give baselines as facts of their own");
	}
}

/* Events ------------------------------------------------------------------ */

static void
read_event(struct reading *reading, const struct xml_node *node)
{
	struct openadr *message = reading->message;
	struct openadr_event *event;
	const struct xml_node *descriptor, *properties, *signals, *target;

	message->events = xreallocarray(message->events,
	    message->event_count + 1, sizeof(*message->events));
	event = &message->events[message->event_count++];
	*event = (struct openadr_event){.line_no = xml_line(node),
	    .notified_utc = INT64_MIN,
	    .sound = true};
	reading->event = event;
	descriptor = need(reading, node, "eiEvent/eventDescriptor");
	properties = need(reading, node, "eiEvent/eiActivePeriod/properties");
	signals = need(reading, node, "eiEvent/eiEventSignals");
	if (descriptor == NULL || properties == NULL || signals == NULL) {
		return;
	}
	read_descriptor(reading, descriptor);
	read_period(reading, properties);
	read_signals(reading, signals);
	target = find(node, "eiEvent/eiTarget");
	if (target != NULL) {
		read_targets(reading, target);
	}
	for (size_t i = 0; i + 1 < message->event_count; i++) {
		if (event->id[0] != '\0' &&
		    strcmp(message->events[i].id, event->id) == 0) {
			fault(reading, descriptor, "openadr-twice",
			    "%s stands twice in the message", event->id);
		}
	}
}

/* The message inside what wraps it. */
static const struct xml_node *
unwrap(const struct xml_node *root)
{
	const struct xml_node *node = root;

	if (strcmp(xml_name(node), "oadrPayload") == 0) {
		node = xml_first(node, "oadrSignedObject");
	}
	if (node != NULL && strcmp(xml_name(node), "oadrSignedObject") == 0) {
		node = xml_first(node, NULL);
	}
	return node == NULL ? root : node;
}

static int
read_message(struct reading *reading, struct qf_error *err)
{
	const struct xml_node *message = unwrap(xml_root(reading->doc)), *node;

	if (strcmp(xml_name(message), "oadrDistributeEvent") != 0) {
		return xml_fail(reading->doc, message, NULL, err,
		    "openadr-message",
		    "is a message of OpenADR without events: nothing of it "
		    "is taken in");
	}
	for (node = xml_first(message, "oadrEvent"); node != NULL;
	     node = xml_next(node, "oadrEvent")) {
		if (reading->message->event_count == EVENTS_MAX) {
			return xml_fail(reading->doc, node, NULL, err,
			    "openadr-size", "more than %d events", EVENTS_MAX);
		}
		read_event(reading, node);
	}
	if (reading->message->event_count == 0) {
		return xml_fail(reading->doc, message, NULL, err,
		    "openadr-message", "has no event");
	}
	if (reading->broken) {
		*err = reading->error;
		return -1;
	}
	return 0;
}

int
openadr_load(struct openadr **out, int fd, const char *file,
    struct faults *faults, struct faults *notes, struct qf_error *err)
{
	struct reading reading = {.faults = faults, .notes = notes};
	int rc;

	*out = NULL;
	if (xml_load_fd(&reading.doc, fd, file, NULL, err) == -1) {
		return -1;
	}
	reading.message = xcalloc(1, sizeof(*reading.message));
	rc = read_message(&reading, err);
	xml_free(reading.doc);
	if (rc == -1) {
		openadr_free(reading.message);
		return -1;
	}
	*out = reading.message;
	return 0;
}

void
openadr_free(struct openadr *message)
{
	if (message == NULL) {
		return;
	}
	for (size_t i = 0; i < message->event_count; i++) {
		struct openadr_event *event = &message->events[i];

		for (size_t j = 0; j < event->signal_count; j++) {
			struct openadr_signal *signal = &event->signals[j];

			for (size_t k = 0; k < signal->interval_count; k++) {
				dec_release(&signal->intervals[k].value);
			}
			free(signal->intervals);
		}
		free(event->signals);
		free(event->targets);
	}
	free(message->events);
	free(message);
}
