/* openadr.c - events of OpenADR into their batch.
 *
 * A dispatcher sends an event again and again: unchanged as it comes nearer,
 * and with a higher modification number whenever it changes.  What is sent
 * again says nothing new; what contradicts that order is refused, because it is
 * not known which of the two the aggregator acted on.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "format/faults.h"
#include "format/openadr.h"
#include "ledger/registry.h"
#include "stage/intake/intake.h"
#include "stage/intake/messages.h"
#include "stage/intake/row.h"

/* Everything that is in the ledger so far, this call's files too. */
#define AS_OF INT64_MAX

/* By kind of target: the scheme of its aliases, and what it becomes. */
static const struct {
	const char *scheme;
	const char *alias_kind; /* of the alias */
	const char *kind; /* of the event-target */
	const char *what;
} kinds[OPENADR_KINDS] = {
    [OPENADR_VEN] = {"openadr-ven", "party", "party", "party"},
    [OPENADR_PARTY] = {"openadr-party", "party", "party", "party"},
    [OPENADR_GROUP] = {"openadr-group", "party", "portfolio", "portfolio"},
    [OPENADR_RESOURCE] = {"openadr-resource", "point", "point", "point"},
};

/* A message on its way. */
struct intake_openadr {
	struct passage *passage;
	struct ledger *ledger;
	struct fact_cursor *events, *targets, *signals, *parties;
	struct intake_row row;
};

/* A target as the ledger knows it. */
struct target {
	const char *kind;
	char name[ID_MAX + 1];
};

/* Targets ----------------------------------------------------------------- */

static int
know_party(struct intake_openadr *in, const char *name, struct qf_error *err)
{
	struct fact row;
	int64_t entry;

	if (facts_lookup(&in->parties, in->ledger, LOOKUP_PARTY, AS_OF, name, 0,
		0, err) == -1) {
		return -1;
	}
	return facts_next(in->parties, &row, &entry, err);
}

/* The point or party of a target: by its alias, else by its own name.  1, or 0
 * where there is none. */
static int
find_target(struct intake_openadr *in, const struct openadr_event *event,
    const struct openadr_target *target, struct target *out,
    struct qf_error *err)
{
	size_t length = strlen(target->name);
	int rc;

	out->kind = kinds[target->kind].kind;
	if (!text_is_id(target->name, length)) {
		return 0;
	}
	rc = aliases_find(in->ledger, AS_OF, kinds[target->kind].scheme,
	    target->name, kinds[target->kind].alias_kind, event->start_utc,
	    out->name, err);
	if (rc != 0) {
		return rc;
	}
	memcpy(out->name, target->name, length + 1);
	return target->kind == OPENADR_RESOURCE
		   ? points_know(in->ledger, AS_OF, out->name, err)
		   : know_party(in, out->name, err);
}

/* What is known ----------------------------------------------------------- */

static const char *
text_of(const struct fact *row, const char *column)
{
	return row->values[fact_column(row->format, column)].text;
}

static int64_t
integer_of(const struct fact *row, const char *column)
{
	return row->values[fact_column(row->format, column)].integer;
}

static int
compare_targets(const void *a, const void *b)
{
	const struct target *left = a, *right = b;
	int difference = strcmp(left->kind, right->kind);

	return difference != 0 ? difference : strcmp(left->name, right->name);
}

/* The targets that are sent and known, in order, each once: two names of one
 * are one. */
static int
find_targets(struct intake_openadr *in, const struct openadr_event *event,
    struct target **out, size_t *count, struct qf_error *err)
{
	struct target *targets =
	    xcalloc(event->target_count + 1, sizeof(*targets));
	size_t found = 0, kept = 0;

	for (size_t i = 0; i < event->target_count; i++) {
		int rc = find_target(
		    in, event, &event->targets[i], &targets[found], err);

		if (rc == -1) {
			free(targets);
			return -1;
		}
		found += rc == 1;
	}
	qsort(targets, found, sizeof(*targets), compare_targets);
	for (size_t i = 0; i < found; i++) {
		if (kept == 0 ||
		    compare_targets(&targets[kept - 1], &targets[i]) != 0) {
			targets[kept++] = targets[i];
		}
	}
	*out = targets;
	*count = kept;
	return 0;
}

/* Whether the targets that stand are those that are sent: 1 or 0. */
static int
same_targets(struct intake_openadr *in, const struct openadr_event *event,
    struct qf_error *err)
{
	struct target *sent, before;
	size_t count, standing = 0;
	struct fact row;
	int64_t entry;
	int rc = -1;

	if (find_targets(in, event, &sent, &count, err) == -1) {
		return -1;
	}
	if (facts_lookup(&in->targets, in->ledger, LOOKUP_TARGETS_OF_EVENT,
		AS_OF, event->id, event->modification, event->modification,
		err) == -1) {
		goto out;
	}
	while ((rc = facts_next(in->targets, &row, &entry, err)) == 1) {
		before.kind = text_of(&row, "kind");
		snprintf(before.name, sizeof(before.name), "%s",
		    text_of(&row, "target"));
		if (bsearch(&before, sent, count, sizeof(*sent),
			compare_targets) == NULL) {
			rc = 0;
			goto out;
		}
		standing++;
	}
	rc = rc == -1 ? -1 : standing == count;
out:
	free(sent);
	return rc;
}

static int
compare_start(const void *key, const void *element)
{
	int64_t start_utc = *(const int64_t *)key;
	const struct openadr_interval *interval = element;

	return start_utc < interval->start_utc   ? -1
	       : start_utc > interval->start_utc ? 1
						 : 0;
}

/* The intervals of a signal follow each other. */
static bool
has_interval(
    const struct openadr_event *event, const char *name, int64_t start_utc)
{
	for (size_t i = 0; i < event->signal_count; i++) {
		const struct openadr_signal *signal = &event->signals[i];

		if (strcmp(signal->name, name) == 0) {
			return bsearch(&start_utc, signal->intervals,
				   signal->interval_count,
				   sizeof(*signal->intervals),
				   compare_start) != NULL;
		}
	}
	return false;
}

/* Whether the intervals of signals that stand are those that are sent: 1 or 0.
 * Their values are the ledger's matter. */
static int
same_signals(struct intake_openadr *in, const struct openadr_event *event,
    struct qf_error *err)
{
	size_t standing = 0, sent = 0;
	struct fact row;
	int64_t entry;
	int rc;

	if (facts_lookup(&in->signals, in->ledger, LOOKUP_SIGNALS_OF_EVENT,
		AS_OF, event->id, event->modification, event->modification,
		err) == -1) {
		return -1;
	}
	while ((rc = facts_next(in->signals, &row, &entry, err)) == 1) {
		if (!has_interval(event, text_of(&row, "signal"),
			integer_of(&row, "start"))) {
			return 0;
		}
		standing++;
	}
	for (size_t i = 0; i < event->signal_count; i++) {
		sent += event->signals[i].interval_count;
	}
	return rc == -1 ? -1 : standing == sent;
}

static int
refuse(struct intake_openadr *in, const struct openadr_event *event,
    const char *code, const char *what, struct qf_error *err)
{
	return faults_add(in->passage->faults, event->line_no, NULL, err, code,
	    "%s: modification %lld %s", event->id,
	    (long long)event->modification, what);
}

/* Whether the ledger can take the modification: 1, or 0 having kept the
 * fault. */
static int
check_known(struct intake_openadr *in, const struct openadr_event *event,
    struct qf_error *err)
{
	int64_t entry, highest = -1, modification;
	bool known = false;
	struct fact row;
	int rc;

	if (facts_lookup(&in->events, in->ledger, LOOKUP_EVENT, AS_OF,
		event->id, 0, 0, err) == -1) {
		return -1;
	}
	while ((rc = facts_next(in->events, &row, &entry, err)) == 1) {
		modification = integer_of(&row, "modification");
		highest = modification > highest ? modification : highest;
		known |= modification == event->modification;
	}
	if (rc == -1) {
		return -1;
	}
	if (!known && event->modification < highest) {
		return refuse(in, event, "openadr-modification",
		    "is new, but a higher one is known", err);
	}
	rc = known ? same_targets(in, event, err) : 1;
	if (rc == 1 && known) {
		rc = same_signals(in, event, err);
	}
	return rc != 0 ? rc
		       : refuse(in, event, "openadr-modification",
			     "is known with other targets or intervals: what "
			     "changes needs a higher number",
			     err);
}

/* Facts ------------------------------------------------------------------- */

static void
begin(struct intake_openadr *in, enum fact_kind kind,
    const struct openadr_event *event, size_t line_no)
{
	intake_row_begin(&in->row, kind, line_no);
	intake_row_text(&in->row, "event", event->id);
	intake_row_integer(&in->row, "modification", event->modification);
}

static int
add_event(struct intake_openadr *in, const struct openadr_event *event,
    struct qf_error *err)
{
	begin(in, FACT_EVENT, event, event->line_no);
	intake_row_text(&in->row, "context", event->context);
	intake_row_integer(&in->row, "start", event->start_utc);
	intake_row_integer(&in->row, "end", event->end_utc);
	if (event->notified_utc != INT64_MIN) {
		intake_row_integer(&in->row, "notified", event->notified_utc);
	}
	intake_row_text(
	    &in->row, "status", event->cancelled ? "cancelled" : "called");
	intake_row_text(&in->row, "test", event->test ? "yes" : "no");
	return intake_fact(in->passage, &in->row.fact, err);
}

static int
add_targets(struct intake_openadr *in, const struct openadr_event *event,
    struct qf_error *err)
{
	struct target target;
	int rc;

	for (size_t i = 0; i < event->target_count; i++) {
		const struct openadr_target *sent = &event->targets[i];

		rc = find_target(in, event, sent, &target, err);
		if (rc == 0 &&
		    faults_add(in->passage->faults, sent->line_no, NULL, err,
			sent->kind == OPENADR_RESOURCE ? "unknown-point"
						       : "unknown-party",
			"%s: no %s has this name, or it as an alias of %s",
			sent->name, kinds[sent->kind].what,
			kinds[sent->kind].scheme) == -1) {
			return -1;
		}
		if (rc != 1) {
			if (rc == -1) {
				return -1;
			}
			continue;
		}
		begin(in, FACT_EVENT_TARGET, event, sent->line_no);
		intake_row_text(&in->row, "kind", target.kind);
		intake_row_text(&in->row, "target", target.name);
		if (intake_fact(in->passage, &in->row.fact, err) == -1) {
			return -1;
		}
	}
	return 0;
}

static int
add_signal(struct intake_openadr *in, const struct openadr_event *event,
    const struct openadr_signal *signal, struct qf_error *err)
{
	for (size_t i = 0; i < signal->interval_count; i++) {
		const struct openadr_interval *interval = &signal->intervals[i];

		begin(in, FACT_EVENT_SIGNAL, event, interval->line_no);
		intake_row_text(&in->row, "signal", signal->name);
		intake_row_integer(&in->row, "start", interval->start_utc);
		intake_row_integer(&in->row, "end", interval->end_utc);
		intake_row_text(&in->row, "type", signal->type);
		intake_row_decimal(&in->row, "value", &interval->value);
		intake_row_text(&in->row, "unit", signal->unit);
		if (intake_fact(in->passage, &in->row.fact, err) == -1) {
			return -1;
		}
	}
	return 0;
}

static int
take_event(struct intake_openadr *in, const struct openadr_event *event,
    struct qf_error *err)
{
	int rc = check_known(in, event, err);

	if (rc != 1) {
		return rc;
	}
	if (add_event(in, event, err) == -1 ||
	    add_targets(in, event, err) == -1) {
		return -1;
	}
	for (size_t i = 0; i < event->signal_count; i++) {
		if (add_signal(in, event, &event->signals[i], err) == -1) {
			return -1;
		}
	}
	return 0;
}

int
intake_openadr(struct passage *passage, struct qf_error *err)
{
	struct intake_openadr in = {
	    .passage = passage, .ledger = passage->intake->ledger};
	struct openadr *message;
	int rc = 0;

	if (openadr_load(&message, passage->fd, passage->operand->name,
		passage->faults, passage->notes, err) == -1) {
		return -1;
	}
	for (size_t i = 0; rc == 0 && i < message->event_count; i++) {
		if (message->events[i].sound) {
			rc = take_event(&in, &message->events[i], err);
		}
	}
	facts_close(in.events);
	facts_close(in.targets);
	facts_close(in.signals);
	facts_close(in.parties);
	openadr_free(message);
	return rc;
}
