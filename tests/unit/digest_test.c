/* digest_test.c - SHA-256 and the RFC 6962 tree against published values.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/digest.h"

static const char *
hex_of(const struct digest *digest)
{
	static char hex[DIGEST_HEX_SIZE];

	digest_hex(digest, hex);
	return hex;
}

/* FIPS 180-2 appendix B and the NIST examples of SHA-256. */
static const struct {
	const char *text, *hex;
} nist[] = {
    {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
	"248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    {"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
     "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
	"cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"},
};

Test(digest, agrees_with_nist)
{
	for (size_t i = 0; i < sizeof(nist) / sizeof(nist[0]); i++) {
		struct digest digest;

		digest_bytes(&digest, nist[i].text, strlen(nist[i].text));
		cr_expect_str_eq(hex_of(&digest), nist[i].hex);
	}
}

Test(digest, takes_a_million_a_in_pieces)
{
	struct digest_stream *stream = digest_stream_new();
	struct digest digest;
	char room[1000];

	memset(room, 'a', sizeof(room));
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < 1000; i++) {
			digest_stream_add(stream, room, sizeof(room));
		}
		digest_stream_finish(stream, &digest);
		cr_expect_str_eq(hex_of(&digest),
		    "cdc76e5c9914fb9281a1c7e284d73e67"
		    "f1809a48a497200e046d39ccc7112cd0");
	}
	digest_stream_free(stream);
	digest_stream_free(NULL);
}

Test(digest, agrees_with_sha256sum_on_a_file)
{
	char path[] = "/tmp/qf-digest-XXXXXX", command[100], hex[65] = "";
	int fd = mkstemp(path);
	struct digest digest;
	struct qf_error err;
	int64_t size = 0;
	FILE *sum;

	cr_assert_neq(fd, -1);
	for (uint32_t i = 0, x = 1; i < 50001; i++) {
		x = x * 1664525 + 1013904223;
		cr_assert_eq(write(fd, &x, 4), 4);
	}
	cr_assert_eq(lseek(fd, 0, SEEK_SET), 0);
	cr_assert_eq(digest_fd(&digest, &size, fd, &err), 0);
	close(fd);
	snprintf(command, sizeof(command), "sha256sum %s", path);
	sum = popen(command, "r");
	cr_assert_not_null(sum);
	cr_assert_eq(fread(hex, 1, 64, sum), 64);
	pclose(sum);
	unlink(path);
	cr_expect_eq(size, 200004);
	cr_expect_str_eq(hex_of(&digest), hex);
}

Test(digest, says_when_a_descriptor_cannot_be_read)
{
	struct qf_error err = {0};
	struct digest digest;
	int fd = open("/", O_RDONLY | O_DIRECTORY);

	cr_expect_eq(digest_fd(&digest, NULL, fd, &err), -1);
	cr_expect_eq(err.status, QF_IO);
	cr_expect_str_eq(err.code, "read-failed");
	close(fd);
}

Test(digest, reads_back_its_hex)
{
	struct digest digest, back;
	char hex[DIGEST_HEX_SIZE];

	digest_bytes(&digest, "abc", 3);
	digest_hex(&digest, hex);
	cr_expect_eq(digest_from_hex(&back, hex, 64), 0);
	cr_expect(digest_equal(&digest, &back));
	back.bytes[31] ^= 1;
	cr_expect_not(digest_equal(&digest, &back));
	cr_expect_eq(digest_from_hex(&back, hex, 63), -1);
	hex[10] = 'g';
	cr_expect_eq(digest_from_hex(&back, hex, 64), -1);
}

/* The eight leaves and the roots over the first 1 to 8 of them that the
 * certificate-transparency code tests its Merkle tree with. */
static const struct {
	const char *bytes;
	size_t length;
	const char *root;
} transparency[] = {
    {"", 0, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"},
    {"\x00", 1,
	"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"},
    {"\x10", 1,
	"aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"},
    {"\x20\x21", 2,
	"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"},
    {"\x30\x31", 2,
	"4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"},
    {"\x40\x41\x42\x43", 4,
	"76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"},
    {"\x50\x51\x52\x53\x54\x55\x56\x57", 8,
	"ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"},
    {"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f", 16,
	"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"},
};

Test(digest, tree_agrees_with_certificate_transparency)
{
	struct digest_tree tree;
	struct digest leaf, root;

	digest_tree_init(&tree);
	digest_tree_root(&tree, &root);
	cr_expect_str_eq(hex_of(&root), nist[0].hex, "the empty tree");
	for (size_t i = 0; i < 8; i++) {
		digest_leaf(
		    &leaf, transparency[i].bytes, transparency[i].length);
		digest_tree_append(&tree, &leaf);
		digest_tree_root(&tree, &root);
		cr_expect_str_eq(
		    hex_of(&root), transparency[i].root, "%zu leaves", i + 1);
	}
}

/* The definition of RFC 6962 section 2.1, by recursion. */
static void
root_by_definition(
    const struct digest *leaves, size_t count, struct digest *out)
{
	struct digest left, right;
	size_t half = 1;

	if (count == 1) {
		*out = leaves[0];
		return;
	}
	while (2 * half < count) {
		half *= 2;
	}
	root_by_definition(leaves, half, &left);
	root_by_definition(leaves + half, count - half, &right);
	digest_node(out, &left, &right);
}

Test(digest, tree_agrees_with_its_definition)
{
	struct digest leaves[300], expected, root;
	struct digest_tree tree;

	digest_tree_init(&tree);
	for (size_t i = 0; i < 300; i++) {
		digest_leaf(&leaves[i], &i, sizeof(i));
		digest_tree_append(&tree, &leaves[i]);
		root_by_definition(leaves, i + 1, &expected);
		digest_tree_root(&tree, &root);
		cr_expect(digest_equal(&root, &expected), "%zu leaves", i + 1);
	}
}
