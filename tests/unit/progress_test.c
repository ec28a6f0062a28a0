/* progress_test.c - the bar shows on a terminal and nowhere else.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/progress.h"

/* Draws for a third of a second with the descriptor as standard error. */
static void
draw_on(int fd, bool quiet)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		struct progress bar;

		dup2(fd, STDERR_FILENO);
		progress_begin(&bar, "rating", 300, quiet);
		for (int i = 1; i <= 300; i++) {
			usleep(1000);
			progress_step(&bar, i);
		}
		progress_end(&bar);
		_exit(0);
	}
	cr_assert_eq(waitpid(child, &status, 0), child);
	cr_assert_eq(status, 0);
}

/* What a terminal got, the screen of which is a text. */
static size_t
terminal_got(bool quiet, char *room, size_t size)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY), slave;
	size_t used = 0;
	ssize_t got;

	cr_assert_neq(master, -1);
	cr_assert_eq(grantpt(master), 0);
	cr_assert_eq(unlockpt(master), 0);
	slave = open(ptsname(master), O_RDWR | O_NOCTTY);
	cr_assert_neq(slave, -1);
	draw_on(slave, quiet);
	close(slave);

	/* With no slave left, the end comes when all has been read. */
	while ((got = read(master, room + used, size - 1 - used)) > 0) {
		used += (size_t)got;
	}
	close(master);
	room[used] = '\0';
	return used;
}

Test(progress, draws_on_a_terminal_and_wipes)
{
	char room[4000];

	cr_assert_gt(terminal_got(false, room, sizeof(room)), 0);
	cr_expect_not_null(strstr(room, "\rrating [####"));
	cr_expect_not_null(strstr(room, "%"));
	cr_expect_str_eq(room + strlen(room) - 4, "\r\033[K");
}

Test(progress, is_silent_when_quiet)
{
	char room[4000];

	cr_expect_eq(terminal_got(true, room, sizeof(room)), 0);
}

Test(progress, is_silent_where_there_is_no_terminal)
{
	FILE *file = tmpfile();

	draw_on(fileno(file), false);
	cr_expect_eq(lseek(fileno(file), 0, SEEK_END), 0);
	fclose(file);
}
