/* zone_names.c - the zone that was perhaps meant by an unknown name.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/zone_names.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/zone_file.h"

#define NAMES_MAX 2000 /* there are about 600 */
#define DEPTH_MAX 3 /* America/Indiana/Knox */
#define PATH_MAX_LENGTH 300

struct names {
	const char *list[NAMES_MAX];
	size_t count;
};

/* Zones begin with a capital: posix, right, leapseconds and the like are
 * others. */
static bool
is_zone_name(const char *name)
{
	return name[0] >= 'A' && name[0] <= 'Z' && strchr(name, '.') == NULL;
}

/* The zones below a directory of them, "" for all. */
static void
collect(struct names *names, const char *below, int depth)
{
	char path[PATH_MAX_LENGTH];
	struct dirent *found;
	DIR *dir;

	(void)snprintf(path, sizeof(path), ZONE_DIRECTORY "/%s", below);
	dir = opendir(path);
	while (dir != NULL && (found = readdir(dir)) != NULL) {
		if (!is_zone_name(found->d_name) || names->count == NAMES_MAX) {
			continue;
		}
		(void)snprintf(path, sizeof(path), "%s%s%s", below,
		    below[0] == '\0' ? "" : "/", found->d_name);
		if (found->d_type != DT_DIR) {
			names->list[names->count++] = xstrdup(path);
		} else if (depth < DEPTH_MAX) {
			collect(names, path, depth + 1);
		}
	}
	if (dir != NULL) {
		closedir(dir);
	}
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The name but for its letter case, or the last part of a name. */
static const char *
same_but_written_otherwise(const struct names *names, const char *name)
{
	for (size_t i = 0; i < names->count; i++) {
		const char *slash = strrchr(names->list[i], '/');

		if (strcasecmp(names->list[i], name) == 0 ||
		    (slash != NULL && strcasecmp(slash + 1, name) == 0)) {
			return names->list[i];
		}
	}
	return NULL;
}

char *
zone_names_nearest(const char *name)
{
	struct names *names = xcalloc(1, sizeof(*names));
	const char *nearest;
	char *out;

	collect(names, "", 1);
	/* The order of a directory must not decide between two. */
	if (names->count > 0) {
		qsort(names->list, names->count, sizeof(names->list[0]),
		    by_name);
	}
	nearest = same_but_written_otherwise(names, name);
	if (nearest == NULL) {
		nearest = text_nearest(name, names->list, names->count);
	}
	out = nearest == NULL ? NULL : xstrdup(nearest);
	for (size_t i = 0; i < names->count; i++) {
		free((char *)(uintptr_t)names->list[i]);
	}
	free(names);
	return out;
}
