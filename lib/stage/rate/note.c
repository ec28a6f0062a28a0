/* note.c - telling a sink that listens what lines came from.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdarg.h>
#include <stdio.h>

#include "stage/rate/own.h"

#define NOTE_MAX 1024

bool
rate_notes(const struct rate *rate)
{
	return rate->sink->note != NULL;
}

void
rate_note(struct rate *rate, const struct charge *charge, int64_t from_utc,
    const char *step, const char *format, ...)
{
	char text[NOTE_MAX];
	struct rate_note note = {
	    .component = charge->component,
	    .from_utc = from_utc,
	    .step = step,
	    .text = text,
	};
	va_list ap;

	if (!rate_notes(rate)) {
		return;
	}
	va_start(ap, format);
	(void)vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	rate->sink->note(rate->sink->context, &note);
}
