/* programmes.c - programme documents at hand.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "stage/settle/own.h"

static int
load(
    struct settle *settle, struct settle_programme *known, struct qf_error *err)
{
	char *text = NULL;
	int rc;

	watched_begin(&known->watched, settle->book);
	rc = rules_find(settle->ledger, settle->request->asof, "programme",
	    known->id, &text, known->file, &known->entry, err);
	if (rc == 1) {
		rc = programme_load(
		    &known->programme, text, strlen(text), known->file, err);
	}
	free(text);
	watched_end(&known->watched, settle->book);
	return rc;
}

static struct settle_programme *
find(const struct settle *settle, const char *id)
{
	for (size_t i = 0; i < settle->programme_count; i++) {
		if (strcmp(settle->programmes[i]->id, id) == 0) {
			return settle->programmes[i];
		}
	}
	return NULL;
}

int
settle_programme_of(struct settle *settle, const char *id,
    const struct settle_programme **out, struct qf_error *err)
{
	struct settle_programme *known = find(settle, id);

	if (known == NULL) {
		known = xcalloc(1, sizeof(*known));
		memcpy(known->id, id, strlen(id) + 1);
		if (load(settle, known, err) == -1) {
			free(known);
			return -1;
		}
		settle->programmes = xreallocarray(settle->programmes,
		    settle->programme_count + 1,
		    sizeof(struct settle_programme *));
		settle->programmes[settle->programme_count++] = known;
	}
	*out = known;
	if (watched_use(&known->watched, settle->book, NULL, err) == -1) {
		return -1;
	}
	if (known->programme == NULL) {
		return refuse(&settle->refusal, SETTLE_NO_PROGRAMME,
		    "there is no programme %s", id);
	}
	return 0;
}

void
settle_programmes_release(struct settle *settle)
{
	for (size_t i = 0; i < settle->programme_count; i++) {
		programme_free(settle->programmes[i]->programme);
		free(settle->programmes[i]);
	}
	free(settle->programmes);
}
