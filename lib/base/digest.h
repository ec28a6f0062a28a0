/* digest.h - SHA-256, and the tree over many of them.
 *
 * The tree is that of RFC 6962 section 2.1: a leaf is SHA-256 of 0x00 and the
 * bytes, a node SHA-256 of 0x01 and its two children, an odd node at the end
 * of a level moves up as it is.  It is built leaf by leaf in the memory of
 * its height.
 *
 *	struct digest_tree tree;
 *	struct digest leaf, root;
 *
 *	digest_tree_init(&tree);
 *	while (... a row ...) {
 *		digest_leaf(&leaf, row.bytes, row.length);
 *		digest_tree_append(&tree, &leaf);
 *	}
 *	digest_tree_root(&tree, &root);
 *
 * One thread only: the calls share one context of libcrypto.  A libcrypto
 * without SHA-256 is BUG().
 */
#ifndef QF_BASE_DIGEST_H
#define QF_BASE_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

#define DIGEST_SIZE 32
#define DIGEST_HEX_SIZE (2 * DIGEST_SIZE + 1) /* with the NUL */

struct digest {
	unsigned char bytes[DIGEST_SIZE];
};

/* SHA-256 of the bytes. */
void digest_bytes(struct digest *out, const void *bytes, size_t length);

/* SHA-256 of what is left to read from fd, and its length where size is not
 * NULL.  QF_IO "read-failed" if it cannot be read. */
int digest_fd(struct digest *out, int64_t *size, int fd, struct qf_error *err);

/* SHA-256 in pieces: free with digest_stream_free (NULL is fine); finish
 * gives the digest and makes the stream new again. */
struct digest_stream;
struct digest_stream *digest_stream_new(void);
void digest_stream_add(
    struct digest_stream *stream, const void *bytes, size_t length);
void digest_stream_finish(struct digest_stream *stream, struct digest *out);
void digest_stream_free(struct digest_stream *stream);

/* 64 lower-case hex digits and a NUL; the reverse takes exactly those (either
 * case) and returns -1 for anything else. */
void digest_hex(const struct digest *digest, char out[DIGEST_HEX_SIZE]);
int digest_from_hex(struct digest *out, const char *hex, size_t length);

bool digest_equal(const struct digest *a, const struct digest *b);

/* Leaf and node of the tree. */
void digest_leaf(struct digest *out, const void *bytes, size_t length);
void digest_node(
    struct digest *out, const struct digest *left, const struct digest *right);

/* Plain data: may be copied, needs no release. */
struct digest_tree {
	uint64_t count; /* leaves so far */
	struct digest stack[64]; /* roots of its full subtrees, large first */
};

void digest_tree_init(struct digest_tree *tree);
void digest_tree_append(struct digest_tree *tree, const struct digest *leaf);

/* The root as of now, the tree being free to grow on; of no leaves it is
 * SHA-256 of the empty string. */
void digest_tree_root(const struct digest_tree *tree, struct digest *out);

#endif
