/* outfile_test.c - outputs that are there whole or not at all.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/outfile.h"
#include "place_fixture.h"

TestSuite(outfile, .init = place_enter, .fini = place_leave);

/* Writes text to path; the result of the first step that fails. */
static int
put(const char *path, const char *text, bool force, bool *unchanged,
    struct qf_error *err)
{
	struct outfile *out = NULL;
	int rc = -1;

	if (outfile_begin(&out, path, "qf-test", force, err) == 0 &&
	    outfile_write(out, text, strlen(text), err) == 0 &&
	    outfile_commit(out, err) == 0) {
		*unchanged = outfile_unchanged(out);
		rc = 0;
	}
	outfile_free(out);
	return rc;
}

Test(outfile, writes_a_file_and_knows_its_digest)
{
	struct outfile *out;
	struct qf_error err;
	char hex[DIGEST_HEX_SIZE];
	struct stat status;

	umask(027);
	cr_assert_eq(outfile_begin(&out, "a.csv", "qf-test", false, &err), 0);
	cr_assert_eq(outfile_write(out, "ab", 2, &err), 0);
	cr_assert_eq(outfile_write(out, NULL, 0, &err), 0);
	cr_assert_eq(outfile_write(out, "c", 1, &err), 0);
	cr_expect_eq(access("a.csv", F_OK), -1);
	cr_expect_eq(entry_count("."), 1);
	cr_assert_eq(outfile_commit(out, &err), 0, "%s", err.text);
	digest_hex(outfile_digest(out), hex);
	cr_expect_str_eq(hex, "ba7816bf8f01cfea414140de5dae2223"
			      "b00361a396177a9cb410ff61f20015ad");
	cr_expect_eq(outfile_size(out), 3);
	cr_expect_not(outfile_unchanged(out));
	outfile_free(out);
	cr_expect_str_eq(content("a.csv"), "abc");
	cr_expect_eq(entry_count("."), 1);
	cr_assert_eq(stat("a.csv", &status), 0);
	cr_expect_eq(status.st_mode & 07777, 0640);
}

Test(outfile, writes_more_than_its_room)
{
	struct outfile *out;
	struct qf_error err;
	static char big[100000];

	memset(big, 'x', sizeof(big));
	cr_assert_eq(outfile_begin(&out, "big", "qf-test", false, &err), 0);
	cr_assert_eq(outfile_write(out, "1", 1, &err), 0);
	cr_assert_eq(outfile_write(out, big, sizeof(big), &err), 0);
	cr_assert_eq(outfile_write(out, big, 60000, &err), 0);
	cr_assert_eq(outfile_write(out, big, 10000, &err), 0);
	cr_assert_eq(outfile_write(out, "2", 1, &err), 0);
	cr_assert_eq(outfile_commit(out, &err), 0);
	cr_expect_eq(outfile_size(out), 170002);
	outfile_free(out);
	cr_expect_eq(strlen(content("big")), 170002);
	cr_expect_eq(content("big")[0], '1');
	cr_expect_eq(content("big")[170001], '2');
	cr_expect_eq(strspn(content("big") + 1, "x"), 170000);
}

Test(outfile, leaves_the_same_bytes_alone)
{
	struct stat before, after;
	struct qf_error err;
	bool unchanged;

	cr_assert_eq(put("a", "text", false, &unchanged, &err), 0);
	cr_assert_eq(stat("a", &before), 0);
	cr_assert_eq(put("a", "text", false, &unchanged, &err), 0);
	cr_expect(unchanged);
	cr_assert_eq(stat("a", &after), 0);
	cr_expect_eq(before.st_ino, after.st_ino);
	cr_expect_eq(entry_count("."), 1);
}

Test(outfile, needs_force_for_other_bytes)
{
	struct qf_error err = {0};
	bool unchanged;

	cr_assert_eq(put("a", "text", false, &unchanged, &err), 0);
	cr_expect_eq(put("a", "tex2", false, &unchanged, &err), -1);
	cr_expect_eq(err.status, QF_CANTCREAT);
	cr_expect_str_eq(err.code, "output-exists");
	cr_expect_str_eq(
	    err.text, "a: stands with other content; --force replaces it");
	cr_expect_str_eq(content("a"), "text");
	cr_expect_eq(entry_count("."), 1);
	cr_expect_eq(put("a", "tex2", true, &unchanged, &err), 0);
	cr_expect_not(unchanged);
	cr_expect_str_eq(content("a"), "tex2");
	cr_expect_eq(entry_count("."), 1);
}

Test(outfile, refuses_what_is_no_regular_file)
{
	static const struct {
		const char *path, *code;
	} cases[] = {
	    {"link", "output-unsafe"},
	    {"dir", "output-unsafe"},
	    {"pipe", "output-unsafe"},
	    {"dir/", "output-unsafe"},
	    {"..", "output-unsafe"},
	    {"", "output-unsafe"},
	    {"none/a", "output-create"},
	};
	bool unchanged;

	cr_assert_eq(symlink("elsewhere", "link"), 0);
	cr_assert_eq(mkdir("dir", 0700), 0);
	cr_assert_eq(mkfifo("pipe", 0600), 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct qf_error err = {0};

		cr_expect_eq(put(cases[i].path, "x", true, &unchanged, &err),
		    -1, "%s", cases[i].path);
		cr_expect_str_eq(
		    err.code, cases[i].code, "%s: %s", cases[i].path, err.text);
	}
	cr_expect_eq(entry_count("."), 3);
}

Test(outfile, leaves_nothing_when_abandoned)
{
	struct outfile *out;
	struct qf_error err;

	cr_assert_eq(outfile_begin(&out, "a", "qf-test", false, &err), 0);
	cr_assert_eq(outfile_write(out, "x", 1, &err), 0);
	outfile_free(out);
	outfile_free(NULL);
	cr_expect_eq(entry_count("."), 0);
}

Test(outfile, keeps_the_first_write_error)
{
	int old = dup(STDOUT_FILENO), full = open("/dev/full", O_WRONLY);
	static char big[70000];
	struct qf_error err = {0}, again = {0};
	struct outfile *out;

	cr_assert_neq(full, -1);
	fflush(stdout);
	cr_assert_neq(dup2(full, STDOUT_FILENO), -1);
	cr_assert_eq(outfile_begin(&out, "-", "qf-test", false, &err), 0);
	cr_expect_eq(outfile_write(out, big, sizeof(big), &err), -1);
	cr_expect_eq(outfile_commit(out, &again), -1);
	outfile_free(out);
	dup2(old, STDOUT_FILENO);
	cr_expect_eq(err.status, QF_IO);
	cr_expect_str_eq(err.code, "output-write");
	cr_expect_str_eq(err.text, "standard output: No space left on device");
	cr_expect_str_eq(again.text, err.text);
}

/* Begins a file in a child and lets it die by the signal; gives its PID. */
static pid_t
die_while_writing(int number)
{
	int ready[2], status;
	pid_t child;
	char byte;

	cr_assert_eq(pipe(ready), 0);
	child = fork();
	cr_assert_neq(child, -1);
	if (child == 0) {
		struct outfile *out;
		struct qf_error err;

		/* A test run in the background may have been told to ignore
		 * it, which a tool then does, too. */
		signal(number, SIG_DFL);
		if (outfile_begin(&out, "a", "qf-test", false, &err) == 0 &&
		    write(ready[1], "x", 1) == 1) {
			for (;;) {
				pause();
			}
		}
		_exit(1);
	}
	cr_assert_eq(read(ready[0], &byte, 1), 1);
	cr_expect_eq(entry_count("."), 1);
	cr_assert_eq(kill(child, number), 0);
	cr_assert_eq(waitpid(child, &status, 0), child);
	cr_expect(WIFSIGNALED(status));
	cr_expect_eq(WTERMSIG(status), number);
	return child;
}

Test(outfile, removes_temporaries_when_a_signal_kills)
{
	die_while_writing(SIGINT);
	cr_expect_eq(entry_count("."), 0);
	die_while_writing(SIGTERM);
	cr_expect_eq(entry_count("."), 0);
	die_while_writing(SIGHUP);
	cr_expect_eq(entry_count("."), 0);
}

Test(outfile, sweeps_what_the_killed_left_and_nothing_else)
{
	struct qf_error err;
	bool unchanged;
	char mine[50];
	int fd;

	die_while_writing(SIGKILL);
	cr_expect_eq(entry_count("."), 1);
	snprintf(mine, sizeof(mine), ".qf-test-%ld-77", (long)getpid());
	fd = open(mine, O_CREAT | O_WRONLY, 0600);
	close(fd);
	fd = open(".qf-other-999999999-1", O_CREAT | O_WRONLY, 0600);
	close(fd);
	fd = open(".qf-test-999999999-1.old", O_CREAT | O_WRONLY, 0600);
	close(fd);
	cr_expect_eq(entry_count("."), 4);
	cr_assert_eq(put("b", "x", false, &unchanged, &err), 0);
	cr_expect_eq(entry_count("."), 4);
	cr_expect_eq(access(mine, F_OK), 0);
	cr_expect_eq(access(".qf-other-999999999-1", F_OK), 0);
	cr_expect_eq(access(".qf-test-999999999-1.old", F_OK), 0);
}

Test(outfile, never_replaces_a_database_nor_what_is_of_another_kind)
{
	static const struct {
		const char *stands;
		int begins, goes;
	} cases[] = {
	    {"SQLite format 3", -1, 0},
	    {"SQLite", 0, -1},
	    {"point,channel\n", 0, -1},
	    {"", 0, 0},
	    {"{\"tool\":\"qf-rate\"}\n", 0, 0},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct outfile *out = NULL;
		struct qf_error err = {0};
		FILE *file = fopen("out", "w");

		fputs(cases[i].stands, file);
		fclose(file);
		cr_assert_eq(outfile_begin(&out, "out", "qf-test", true, &err),
		    cases[i].begins, "%s", cases[i].stands);
		if (out != NULL) {
			cr_assert_eq(outfile_only_over(
					 out, "{\"tool\":", "summary", &err),
			    cases[i].goes, "%s", cases[i].stands);
		}
		cr_assert_str_eq(
		    err.code, cases[i].begins == -1 ? "output-unsafe"
			      : cases[i].goes == -1 ? "output-exists"
						    : "");
		outfile_free(out);
		cr_assert_str_eq(content("out"), cases[i].stands);
		cr_assert_eq(unlink("out"), 0);
	}
}
