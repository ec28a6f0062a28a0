/* openadr_test.c - events out of OpenADR messages.
 *
 * Each case is testdata/openadr/event.xml with one text replaced.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/text.h"
#include "format/faults.h"
#include "format/openadr.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define FILE_NAME "testdata/openadr/event.xml"
#define START INT64_C(1751367600) /* 2025-07-01T11:00:00Z, by date(1) */

struct result {
	struct openadr *message;
	struct faults *faults, *notes;
	int rc;
	struct qf_error err;
};

/* A descriptor of the file with the first `from` replaced by `to`. */
static int
changed(const char *from, const char *to)
{
	char *text = xcalloc(1, 1 << 16), *at;
	int fd = open(FILE_NAME, O_RDONLY | O_CLOEXEC), out;

	cr_assert_geq(fd, 0);
	cr_assert_gt(read(fd, text, (1 << 16) - 1), 0);
	close(fd);
	out = memfd_create("event", MFD_CLOEXEC);
	at = from == NULL ? text : strstr(text, from);
	cr_assert_not_null(at, "%s", from);
	cr_assert_geq(write(out, text, (size_t)(at - text)), 0);
	if (from != NULL) {
		cr_assert_geq(write(out, to, strlen(to)), 0);
		at += strlen(from);
	}
	cr_assert_geq(write(out, at, strlen(at)), 0);
	lseek(out, 0, SEEK_SET);
	free(text);
	return out;
}

static struct result
load(const char *from, const char *to)
{
	struct result result = {
	    .faults = faults_new("f"), .notes = faults_new("f")};
	int fd = changed(from, to);

	result.rc = openadr_load(
	    &result.message, fd, "f", result.faults, result.notes, &result.err);
	close(fd);
	return result;
}

static void
drop(struct result *result)
{
	openadr_free(result->message);
	faults_free(result->faults);
	faults_free(result->notes);
}

Test(openadr, reads_an_event_with_its_signals_and_targets)
{
	struct result result = load(NULL, NULL);
	const struct openadr_event *event;
	char text[DEC_TEXT_MAX];

	cr_assert_eq(result.rc, 0);
	cr_assert_eq(faults_count(result.faults), 0);
	cr_assert_eq(result.message->event_count, 1);
	event = &result.message->events[0];
	cr_expect(event->sound && !event->test && !event->cancelled);
	cr_expect_str_eq(event->id, "EV-1");
	cr_expect_eq(event->modification, 2);
	cr_expect_str_eq(event->context, "http://dispatch.example/shave");
	cr_expect_eq(event->start_utc, START);
	cr_expect_eq(event->end_utc, START + 3600);
	cr_expect_eq(event->notified_utc, START - 4 * 3600);
	cr_assert_eq(event->target_count, 2);
	cr_expect_str_eq(event->targets[0].name, "park");
	cr_expect_eq(event->targets[0].kind, OPENADR_GROUP);
	cr_expect_str_eq(event->targets[1].name, "gun-1");
	cr_assert_eq(event->signal_count, 2);
	cr_expect_str_eq(event->signals[0].name, "LOAD_DISPATCH");
	cr_expect_str_eq(event->signals[0].type, "delta");
	cr_expect_str_eq(event->signals[0].unit, "kW");
	cr_expect_str_eq(event->signals[1].unit, "");
	cr_assert_eq(event->signals[0].interval_count, 2);
	cr_expect_eq(event->signals[0].intervals[1].start_utc, START + 900);
	cr_expect_eq(event->signals[0].intervals[1].end_utc, START + 3600);
	dec_format(&event->signals[0].intervals[0].value, text, sizeof(text));
	cr_expect_str_eq(text, "-0.10");
	dec_format(&event->signals[0].intervals[1].value, text, sizeof(text));
	cr_expect_str_eq(text, "-12.5");
	drop(&result);
}

Test(openadr, takes_every_word_but_false_and_none_for_a_test)
{
	static const struct {
		const char *text;
		bool test;
	} cases[] = {
	    {"<ei:testEvent>false</ei:testEvent>", false},
	    {"<ei:testEvent> false\n</ei:testEvent>", false},
	    {"<ei:testEvent/>", false},
	    {"<ei:testEvent></ei:testEvent>", false},
	    {"", false},
	    {"<ei:testEvent>true</ei:testEvent>", true},
	    {"<ei:testEvent>x</ei:testEvent>", true},
	    {"<ei:testEvent>a long remark on it</ei:testEvent>", true},
	    {"<ei:testEvent>False</ei:testEvent>", true},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct result result =
		    load("<ei:testEvent>false</ei:testEvent>", cases[i].text);

		cr_assert_eq(result.rc, 0, "%s", cases[i].text);
		cr_expect_eq(result.message->events[0].test, cases[i].test,
		    "%s", cases[i].text);
		drop(&result);
	}
}

Test(openadr, knows_a_cancelled_event)
{
	struct result result = load(">far<", ">cancelled<");

	cr_assert_eq(result.rc, 0);
	cr_expect(result.message->events[0].cancelled);
	drop(&result);
}

Test(openadr, refuses_an_event_that_contradicts_itself)
{
	static const struct {
		const char *from, *to, *code;
	} cases[] = {
	    {">PT45M<", ">PT30M<", "openadr-sum"},
	    {">PT45M<", ">PT60M<", "openadr-sum"},
	    {">PT1H<", ">PT0S<", "openadr-open"},
	    {">PT45M<", ">PT0S<", "openadr-interval"},
	    {">1</xcal:text>", ">2</xcal:text>", "openadr-interval"},
	    {">PT1H<", ">P1M<", "openadr-value"},
	    {"11:00:00.000Z", "11:00:00", "openadr-value"},
	    {"-1.25E1", "INF", "openadr-value"},
	    {">2</ei:modification", ">-1</ei:modification", "openadr-value"},
	    {">EV-1<", "><", "openadr-id"},
	    {">EV-1<", ">EV 1<", "openadr-id"},
	    {">far<", ">canceled<", "openadr-status"},
	    {"<ei:groupID>park</ei:groupID>", "<p:pnode xmlns:p='p'/>",
		"openadr-target"},
	    {"<ei:eventID>EV-1</ei:eventID>", "", "openadr-missing"},
	    {">SIMPLE<", "> <", "openadr-id"},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct result result = load(cases[i].from, cases[i].to);
		struct fault fault;

		cr_assert_eq(result.rc, 0, "%s", cases[i].to);
		cr_expect_not(result.message->events[0].sound);
		cr_assert_eq(faults_finish(result.faults, &result.err), 0);
		cr_assert_eq(faults_next(result.faults, &fault, &result.err), 1,
		    "%s", cases[i].to);
		cr_expect_str_eq(fault.code, cases[i].code, "%s: %s",
		    cases[i].to, fault.what);
		drop(&result);
	}
}

Test(openadr, tells_signals_of_one_name_apart_by_their_ids)
{
	struct result result = load(">SIMPLE<", ">LOAD_DISPATCH<");

	cr_assert_eq(result.rc, 0);
	cr_expect_str_eq(
	    result.message->events[0].signals[0].name, "LOAD_DISPATCH:S-1");
	cr_expect_str_eq(
	    result.message->events[0].signals[1].name, "LOAD_DISPATCH:S-2");
	drop(&result);
}

Test(openadr, notes_that_a_random_start_is_not_taken)
{
	struct result result = load("<ei:x-eiNotification>",
	    "<xcal:tolerance><xcal:tolerate><xcal:startafter>PT3M"
	    "</xcal:startafter></xcal:tolerate></xcal:tolerance>"
	    "<ei:x-eiNotification>");

	cr_assert_eq(result.rc, 0);
	cr_expect_eq(faults_count(result.notes), 1);
	cr_expect(result.message->events[0].sound);
	drop(&result);
}

Test(openadr, refuses_a_message_without_events)
{
	static const char poll[] =
	    "<o:oadrPoll xmlns:o='http://openadr.org/oadr-2.0b/2012/07'/>";
	struct faults *faults = faults_new("f");
	struct openadr *message;
	struct qf_error err;
	int fd = memfd_create("poll", MFD_CLOEXEC);

	cr_assert_eq(write(fd, poll, sizeof(poll) - 1), sizeof(poll) - 1);
	lseek(fd, 0, SEEK_SET);
	cr_expect_eq(openadr_load(&message, fd, "f", faults, faults, &err), -1);
	cr_expect_str_eq(err.code, "openadr-message");
	cr_expect_str_eq(err.text,
	    "f:1: oadrPoll: is a message of OpenADR without events: nothing "
	    "of it is taken in");
	close(fd);
	faults_free(faults);
}

Test(openadr, refuses_a_doctype)
{
	struct result result =
	    load("<o:oadrPayload", "<!DOCTYPE x><o:oadrPayload");

	cr_expect_eq(result.rc, -1);
	cr_expect_str_eq(result.err.code, "xml-doctype");
	drop(&result);
}

/* A message of one event, of which the text is repeated so many times. */
static struct result
load_many(const char *before, const char *text, size_t times)
{
	struct buf many;
	struct result result;

	buf_init(&many, (size_t)8 << 20);
	for (size_t i = 0; i < times; i++) {
		buf_printf(&many, text, i);
	}
	buf_add_string(&many, before);
	result = load(before, many.bytes);
	buf_release(&many);
	return result;
}

Test(openadr, refuses_more_targets_or_signals_than_can_be_compared)
{
	static const struct {
		const char *before, *text;
		size_t times;
		bool refused;
	} cases[] = {
	    {"<ei:groupID>", "<ei:venID>v%zu</ei:venID>", 4998, false},
	    {"<ei:groupID>", "<ei:venID>v%zu</ei:venID>", 4999, true},
	    {"<ei:eiEventSignal>", "<ei:eiEventSignal id='%zu'/>", 98, false},
	    {"<ei:eiEventSignal>", "<ei:eiEventSignal id='%zu'/>", 99, true},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct result result =
		    load_many(cases[i].before, cases[i].text, cases[i].times);
		struct qf_error err;
		struct fault fault;
		bool size = false;

		cr_assert_eq(result.rc, 0);
		cr_assert_eq(faults_finish(result.faults, &err), 0);
		while (faults_next(result.faults, &fault, &err) == 1) {
			size |= strcmp(fault.code, "openadr-size") == 0;
		}
		cr_expect_eq(size, cases[i].refused, "case %zu", i);
		drop(&result);
	}
}
