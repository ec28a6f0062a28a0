/* openadr_fuzz.c - any bytes as a message of OpenADR: nothing breaks, events
 * without a fault are whole, and others have a fault.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "format/faults.h"
#include "format/openadr.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

/* Intervals follow each other from the event's start to its end. */
static void
look_at(const struct openadr_event *event)
{
	if (event->end_utc <= event->start_utc ||
	    !text_is_id(event->id, strlen(event->id)) ||
	    event->modification < 0) {
		abort();
	}
	for (size_t i = 0; i < event->signal_count; i++) {
		const struct openadr_signal *signal = &event->signals[i];
		int64_t at_utc = event->start_utc;

		for (size_t j = 0; j < signal->interval_count; j++) {
			if (signal->intervals[j].start_utc != at_utc ||
			    signal->intervals[j].end_utc <= at_utc) {
				abort();
			}
			at_utc = signal->intervals[j].end_utc;
		}
		if (at_utc != event->end_utc) {
			abort();
		}
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct faults *faults = faults_new("f"), *notes = faults_new("f");
	int fd = memfd_create("f", MFD_CLOEXEC);
	struct openadr *message;
	struct qf_error err;
	size_t unsound = 0;

	if (fd == -1 || write(fd, bytes, length) != (ssize_t)length ||
	    lseek(fd, 0, SEEK_SET) == -1) {
		abort();
	}
	if (openadr_load(&message, fd, "f", faults, notes, &err) == 0) {
		for (size_t i = 0; i < message->event_count; i++) {
			if (message->events[i].sound) {
				look_at(&message->events[i]);
			} else {
				unsound++;
			}
		}
		if ((unsound == 0) != (faults_count(faults) == 0)) {
			abort();
		}
		openadr_free(message);
	} else if (message != NULL) {
		abort();
	}
	close(fd);
	faults_free(faults);
	faults_free(notes);
	return 0;
}
