/* whom.c - whom a rule of a tariff is for.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "rules/whom.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

static bool
holds(char *const *words, size_t count, const char *word)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(words[i], word) == 0) {
			return true;
		}
	}
	return false;
}

static bool
option_fits(const char *option, const struct contract *contract)
{
	char name[ID_MAX + 1];
	size_t length = strcspn(option, "=");
	const char *value;
	unsigned long value_length;

	memcpy(name, option, length);
	name[length] = '\0';
	value = contract_option(contract, name, &value_length);
	if (value == NULL || option[length] == '\0') {
		return value != NULL;
	}
	return strlen(option + length + 1) == value_length &&
	       memcmp(option + length + 1, value, value_length) == 0;
}

bool
whom_fits(const struct for_whom *whom, const struct contract *contract)
{
	return (whom->class_count == 0 ||
		   holds(whom->classes, whom->class_count,
		       contract->user_class)) &&
	       (whom->type_count == 0 ||
		   holds(whom->types, whom->type_count, contract->type)) &&
	       (whom->voltage_count == 0 ||
		   holds(whom->voltages, whom->voltage_count,
		       contract->voltage)) &&
	       (whom->option[0] == '\0' || option_fits(whom->option, contract));
}

bool
whom_is_all(const struct for_whom *whom)
{
	return whom->class_count == 0 && whom->type_count == 0 &&
	       whom->voltage_count == 0 && whom->option[0] == '\0';
}

/* Whether list a, where it is not empty, holds all of list b. */
static bool
covers(char *const *a, size_t a_count, char *const *b, size_t b_count)
{
	if (a_count == 0) {
		return true;
	}
	for (size_t i = 0; i < b_count; i++) {
		if (!holds(a, a_count, b[i])) {
			return false;
		}
	}
	return b_count > 0;
}

/* "kva" covers "kva=400". */
static bool
option_covers(const char *a, const char *b)
{
	size_t length = strlen(a);

	return a[0] == '\0' || strcmp(a, b) == 0 ||
	       (strchr(a, '=') == NULL && strncmp(a, b, length) == 0 &&
		   b[length] == '=');
}

bool
whom_covers(const struct for_whom *a, const struct for_whom *b)
{
	return covers(a->classes, a->class_count, b->classes, b->class_count) &&
	       covers(a->types, a->type_count, b->types, b->type_count) &&
	       covers(a->voltages, a->voltage_count, b->voltages,
		   b->voltage_count) &&
	       option_covers(a->option, b->option);
}

/* Whether two lists have no word in common. */
static bool
differ(char *const *a, size_t a_count, char *const *b, size_t b_count)
{
	for (size_t i = 0; i < b_count; i++) {
		if (holds(a, a_count, b[i])) {
			return false;
		}
	}
	return a_count > 0 && b_count > 0;
}

/* "mode=a" excludes "mode=b", and not "kva=1". */
static bool
option_differs(const char *a, const char *b)
{
	size_t name = strcspn(a, "=");

	return a[name] == '=' && strncmp(a, b, name + 1) == 0 &&
	       strcmp(a, b) != 0;
}

bool
whom_excludes(const struct for_whom *a, const struct for_whom *b)
{
	return differ(a->classes, a->class_count, b->classes, b->class_count) ||
	       differ(a->types, a->type_count, b->types, b->type_count) ||
	       differ(a->voltages, a->voltage_count, b->voltages,
		   b->voltage_count) ||
	       option_differs(a->option, b->option);
}

static char **
copy_words(char *const *words, size_t count)
{
	char **out = NULL;

	if (count > 0) {
		out = xcalloc(count, sizeof(*out));
	}
	for (size_t i = 0; i < count; i++) {
		out[i] = xstrdup(words[i]);
	}
	return out;
}

void
whom_copy(struct for_whom *out, const struct for_whom *whom)
{
	*out = *whom;
	out->classes = copy_words(whom->classes, whom->class_count);
	out->types = copy_words(whom->types, whom->type_count);
	out->voltages = copy_words(whom->voltages, whom->voltage_count);
}

static void
free_words(char **words, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(words[i]);
	}
	free(words);
}

void
whom_release(struct for_whom *whom)
{
	free_words(whom->classes, whom->class_count);
	free_words(whom->types, whom->type_count);
	free_words(whom->voltages, whom->voltage_count);
	*whom = (struct for_whom){0};
}
