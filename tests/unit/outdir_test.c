/* outdir_test.c - directories that are there whole or not at all.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/outdir.h"
#include "place_fixture.h"

TestSuite(outdir, .init = place_enter, .fini = place_leave);

static int
add(struct outdir *dir, const char *name, const char *text,
    struct qf_error *err)
{
	struct outfile *file;

	if (outdir_file(dir, name, &file, err) == -1 ||
	    outfile_write(file, text, strlen(text), err) == -1) {
		return -1;
	}
	return outfile_commit(file, err);
}

/* A directory of two files and their manifest; b is the text of the second.
 */
static int
put(const char *path, const char *b, bool force, bool *unchanged,
    struct qf_error *err)
{
	struct outdir *dir = NULL;
	int rc = -1;

	if (outdir_begin(&dir, path, "qf-test", force, err) == 0 &&
	    add(dir, "b.csv", b, err) == 0 &&
	    add(dir, "a.csv", "abc", err) == 0 &&
	    outdir_manifest(dir, "SHA256SUMS", err) == 0 &&
	    outdir_commit(dir, err) == 0) {
		*unchanged = outdir_unchanged(dir);
		rc = 0;
	}
	outdir_free(dir);
	return rc;
}

Test(outdir, publishes_all_at_once_with_a_manifest)
{
	struct qf_error err;
	bool unchanged;

	cr_assert_eq(put("out", "", false, &unchanged, &err), 0);
	cr_expect_not(unchanged);
	cr_expect_eq(entry_count("."), 1);
	cr_expect_eq(entry_count("out"), 3);
	cr_expect_str_eq(content("out/a.csv"), "abc");
	cr_expect_str_eq(content("out/SHA256SUMS"),
	    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
	    "  a.csv\n"
	    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	    "  b.csv\n");
	cr_expect_eq(
	    system("cd out && sha256sum --quiet --strict -c SHA256SUMS"), 0);
}

Test(outdir, shows_nothing_before_commit_nor_after_failure)
{
	struct outdir *dir;
	struct qf_error err;

	cr_assert_eq(outdir_begin(&dir, "out/", "qf-test", false, &err), 0);
	cr_assert_eq(add(dir, "b", "x", &err), 0);
	cr_assert_eq(add(dir, "a", "y", &err), 0);
	cr_expect_eq(outdir_count(dir), 2);
	cr_expect_str_eq(outdir_entry(dir, 0)->name, "a");
	cr_expect_str_eq(outdir_entry(dir, 1)->name, "b");
	cr_expect_eq(outdir_entry(dir, 1)->size, 1);
	cr_expect_eq(access("out", F_OK), -1);
	cr_expect_eq(entry_count("."), 1);
	outdir_free(dir);
	outdir_free(NULL);
	cr_expect_eq(entry_count("."), 0);
}

Test(outdir, leaves_the_same_content_alone)
{
	struct stat before, after;
	struct qf_error err;
	bool unchanged;

	cr_assert_eq(put("out", "x", false, &unchanged, &err), 0);
	cr_assert_eq(stat("out", &before), 0);
	cr_assert_eq(put("out", "x", false, &unchanged, &err), 0);
	cr_expect(unchanged);
	cr_assert_eq(stat("out", &after), 0);
	cr_expect_eq(before.st_ino, after.st_ino);
	cr_expect_eq(entry_count("."), 1);
}

Test(outdir, needs_force_for_other_content)
{
	struct qf_error err = {0};
	bool unchanged;

	cr_assert_eq(put("out", "x", false, &unchanged, &err), 0);
	cr_expect_eq(put("out", "y", false, &unchanged, &err), -1);
	cr_expect_eq(err.status, QF_CANTCREAT);
	cr_expect_str_eq(err.code, "output-exists");
	cr_expect_str_eq(content("out/b.csv"), "x");
	cr_expect_eq(entry_count("."), 1);
	cr_expect_eq(
	    put("out", "y", true, &unchanged, &err), 0, "%s", err.text);
	cr_expect_not(unchanged);
	cr_expect_str_eq(content("out/b.csv"), "y");
	cr_expect_eq(entry_count("."), 1);
}

Test(outdir, misses_a_file_that_is_gone)
{
	struct qf_error err = {0};
	bool unchanged;

	cr_assert_eq(put("out", "x", false, &unchanged, &err), 0);
	cr_assert_eq(unlink("out/a.csv"), 0);
	cr_expect_eq(put("out", "x", false, &unchanged, &err), -1);
	cr_expect_str_eq(err.code, "output-exists");
}

Test(outdir, fills_a_directory_that_is_empty)
{
	struct qf_error err = {0};
	bool unchanged;

	cr_assert_eq(mkdir("out", 0700), 0);
	cr_expect_eq(
	    put("out", "x", false, &unchanged, &err), 0, "%s", err.text);
	cr_expect_str_eq(content("out/b.csv"), "x");
}

Test(outdir, never_removes_what_is_not_its_own)
{
	struct qf_error err = {0};
	bool unchanged;
	int fd;

	cr_assert_eq(put("out", "x", false, &unchanged, &err), 0);
	fd = open("out/diary.txt", O_CREAT | O_WRONLY, 0600);
	close(fd);
	cr_expect_eq(put("out", "y", true, &unchanged, &err), -1);
	cr_expect_str_eq(err.code, "output-unsafe");
	cr_expect_str_eq(
	    err.text, "out: holds what no earlier output put there");
	cr_expect_eq(access("out/diary.txt", F_OK), 0);
	cr_assert_eq(unlink("out/diary.txt"), 0);
	cr_assert_eq(mkdir("out/sub", 0700), 0);
	cr_expect_eq(put("out", "y", true, &unchanged, &err), -1);
	cr_expect_eq(access("out/sub", F_OK), 0);
	cr_expect_eq(entry_count("."), 1);
}

Test(outdir, refuses_a_place_that_is_no_directory)
{
	struct qf_error err = {0};
	bool unchanged;
	int fd = open("file", O_CREAT | O_WRONLY, 0600);

	close(fd);
	cr_assert_eq(symlink(".", "link"), 0);
	cr_expect_eq(put("file", "y", true, &unchanged, &err), -1);
	cr_expect_str_eq(err.code, "output-unsafe");
	cr_expect_eq(put("link", "y", true, &unchanged, &err), -1);
	cr_expect_str_eq(err.code, "output-unsafe");
	cr_expect_eq(entry_count("."), 2);
}

Test(outdir, refuses_names_that_lead_elsewhere)
{
	static const char *const names[] = {
	    "", ".", "..", ".hidden", "a/b", "/etc/x", "a\nb"};
	struct qf_error err = {0};
	struct outfile *file;
	struct outdir *dir;

	cr_assert_eq(outdir_begin(&dir, "out", "qf-test", false, &err), 0);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		cr_expect_eq(outdir_file(dir, names[i], &file, &err), -1);
		cr_expect_str_eq(err.code, "output-unsafe");
	}
	cr_assert_eq(add(dir, "twice", "", &err), 0);
	cr_expect_eq(outdir_file(dir, "twice", &file, &err), -1);
	cr_expect_str_eq(err.code, "output-twice");
	outdir_free(dir);
}
