/* series.c - the words of interval reads.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "model/series.h"

#include <string.h>

#include "base/status.h"

static const char *const channels[] = {
    [CHANNEL_IMPORT] = "import",
    [CHANNEL_EXPORT] = "export",
    [CHANNEL_IMPORT_REACTIVE] = "import-reactive",
    [CHANNEL_EXPORT_REACTIVE] = "export-reactive",
};

static const char *const quantities[] = {
    [QUANTITY_KWH] = "kwh",
    [QUANTITY_KW] = "kw",
    [QUANTITY_REGISTER] = "register",
};

static const char *const sides[] = {
    [SIDE_PRIMARY] = "primary",
    [SIDE_SECONDARY] = "secondary",
};

#define COUNT(words) (sizeof(words) / sizeof((words)[0]))

static const char *
word_of(const char *const *words, size_t count, size_t index)
{
	if (index >= count) {
		BUG("no word for %zu", index);
	}
	return words[index];
}

/* The index of the word, or -1. */
static int
index_of(
    const char *const *words, size_t count, const char *word, size_t length)
{
	for (size_t i = 0; i < count; i++) {
		if (strlen(words[i]) == length &&
		    memcmp(words[i], word, length) == 0) {
			return (int)i;
		}
	}
	return -1;
}

const char *
channel_name(enum channel channel)
{
	return word_of(channels, COUNT(channels), channel);
}

int
channel_parse(enum channel *out, const char *word, size_t length)
{
	int index = index_of(channels, COUNT(channels), word, length);

	if (index == -1) {
		return -1;
	}
	*out = (enum channel)index;
	return 0;
}

const char *
quantity_name(enum quantity quantity)
{
	return word_of(quantities, COUNT(quantities), quantity);
}

int
quantity_parse(enum quantity *out, const char *word, size_t length)
{
	int index = index_of(quantities, COUNT(quantities), word, length);

	if (index == -1) {
		return -1;
	}
	*out = (enum quantity)index;
	return 0;
}

const char *
side_name(enum side side)
{
	return word_of(sides, COUNT(sides), side);
}

int
side_parse(enum side *out, const char *word, size_t length)
{
	int index = index_of(sides, COUNT(sides), word, length);

	if (index == -1) {
		return -1;
	}
	*out = (enum side)index;
	return 0;
}
