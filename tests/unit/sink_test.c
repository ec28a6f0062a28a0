/* sink_test.c - what is written arrives, and what fails is said.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/outfile.h"
#include "base/sink.h"
#include "base/status.h"
#include "base/text.h"

Test(sink, appends_to_a_buffer_up_to_its_maximum)
{
	struct buf buf;
	struct sink sink;
	struct qf_error err;

	buf_init(&buf, 5);
	sink = sink_buf(&buf);
	cr_expect_eq(sink.write(sink.context, "abc", 3, &err), 0);
	cr_expect_eq(sink.write(sink.context, "de", 2, &err), 0);
	cr_expect_eq(sink.write(sink.context, "f", 1, &err), -1);
	cr_expect_str_eq(err.code, "output-too-long");
	cr_expect_str_eq(err.text, "output of more than 5 bytes");
	cr_expect_str_eq(buf.bytes, "abcde");
	buf_release(&buf);
}

Test(sink, writes_to_an_output_file)
{
	char dir[] = "/tmp/sink_test.XXXXXX", path[64], got[8] = "";
	struct outfile *file;
	struct qf_error err;
	struct sink sink;
	int fd;

	cr_assert_not_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/out", dir);
	cr_assert_eq(
	    outfile_begin(&file, path, "test", false, &err), 0, "%s", err.text);
	sink = sink_outfile(file);
	cr_expect_eq(sink.write(sink.context, "a,b\n", 4, &err), 0);
	cr_expect_eq(outfile_commit(file, &err), 0);
	outfile_free(file);
	fd = open(path, O_RDONLY);
	cr_expect_eq(read(fd, got, sizeof(got)), 4);
	cr_expect_str_eq(got, "a,b\n");
	close(fd);
	unlink(path);
	rmdir(dir);
}
