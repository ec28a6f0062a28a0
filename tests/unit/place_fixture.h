/* place_fixture.h - a directory of its own for each test that writes files.
 *
 *	TestSuite(outfile, .init = place_enter, .fini = place_leave);
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef QF_TESTS_PLACE_FIXTURE_H
#define QF_TESTS_PLACE_FIXTURE_H

#include <criterion/criterion.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char place[] = "/tmp/qf-unit-XXXXXX";

/* Makes it the current directory. */
static inline void
place_enter(void)
{
	cr_assert_not_null(mkdtemp(place));
	cr_assert_eq(chdir(place), 0);
}

/* Removes it with all that is in it. */
static inline void
place_leave(void)
{
	char command[100];

	snprintf(command, sizeof(command), "rm -rf %s", place);
	cr_assert_eq(system(command), 0);
}

/* The same, where nothing may be left in it. */
static inline void
place_leave_empty(void)
{
	cr_assert_eq(rmdir(place), 0);
}

/* Everything in a directory but "." and "..". */
static inline int
entry_count(const char *path)
{
	DIR *dir = opendir(path);
	int count = 0;

	cr_assert_not_null(dir);
	while (readdir(dir) != NULL) {
		count++;
	}
	closedir(dir);
	return count - 2;
}

/* A file as a text, until the next one is asked for. */
static inline const char *
content(const char *path)
{
	static char room[300000];
	FILE *file = fopen(path, "r");
	size_t got;

	cr_assert_not_null(file, "%s", path);
	got = fread(room, 1, sizeof(room) - 1, file);
	room[got] = '\0';
	fclose(file);
	return room;
}

#endif
