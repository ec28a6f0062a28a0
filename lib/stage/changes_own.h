/* changes_own.h - what a watch tells, as a change of a run.  Internal. */
#ifndef QF_STAGE_CHANGES_OWN_H
#define QF_STAGE_CHANGES_OWN_H

#include <stdbool.h>
#include <stddef.h>

#include "ledger/watch.h"

#define CHANGE_KEY_MAX 600

struct zone;

struct found_change {
	const char *kind; /* static text */
	char key[CHANGE_KEY_MAX];
	char contract[ID_MAX + 1], leg[ID_MAX + 1];
	const char *channel; /* static text, "" where there is none */
	char session[ID_MAX + 1];
	char user_class[ID_MAX + 1], type[ID_MAX + 1], voltage[ID_MAX + 1];
	int64_t from_utc, to_utc, entry;
	int64_t sequence; /* as the watch counts */
	int64_t told_for; /* of a global one: the last point, counted */
	bool global; /* looked up once for all, and told of again */
	bool is_reads, is_register; /* reads of cumulative registers */
	bool is_validity; /* from and to are those of a row of the registry */
	bool ignored; /* no line depends on what differs */
};

struct change_list {
	struct found_change *of;
	size_t count, capacity;
};

void
change_list_add(struct change_list *list, const struct found_change *change);

void change_of_day(struct found_change *out, const struct watch_change *change,
    const struct zone *zone);
void change_of_fact(struct found_change *out, const struct watch_change *change,
    const struct zone *zone);
void change_of_contract(struct found_change *out,
    const struct watch_change *change, const struct zone *zone);
void
change_of_rule(struct found_change *out, const struct watch_change *change);

#endif
