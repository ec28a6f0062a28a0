/* digest.c - SHA-256 through libcrypto, and the RFC 6962 tree.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/digest.h"

#include <assert.h>
#include <errno.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"

#define READ_SIZE ((size_t)64 << 10)

/* Fetched once: looking SHA-256 up again for each of a million leaves costs
 * more than hashing them. */
static EVP_MD *sha256;
static EVP_MD_CTX *shared;

static EVP_MD_CTX *
context_new(void)
{
	EVP_MD_CTX *context;

	if (sha256 == NULL) {
		sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	}
	context = EVP_MD_CTX_new();
	if (sha256 == NULL || context == NULL) {
		BUG("libcrypto has no SHA-256");
	}
	return context;
}

static void
context_begin(EVP_MD_CTX *context)
{
	if (EVP_DigestInit_ex2(context, sha256, NULL) != 1) {
		BUG("SHA-256 cannot begin");
	}
}

static void
context_add(EVP_MD_CTX *context, const void *bytes, size_t length)
{
	if (EVP_DigestUpdate(context, bytes, length) != 1) {
		BUG("SHA-256 cannot go on");
	}
}

static void
context_end(EVP_MD_CTX *context, struct digest *out)
{
	unsigned int length = 0;

	if (EVP_DigestFinal_ex(context, out->bytes, &length) != 1) {
		BUG("SHA-256 cannot end");
	}
	assert(length == DIGEST_SIZE);
}

/* The shared context, begun anew. */
static EVP_MD_CTX *
shared_begin(void)
{
	if (shared == NULL) {
		shared = context_new();
	}
	context_begin(shared);
	return shared;
}

void
digest_bytes(struct digest *out, const void *bytes, size_t length)
{
	EVP_MD_CTX *context = shared_begin();

	context_add(context, bytes, length);
	context_end(context, out);
}

int
digest_fd(struct digest *out, int64_t *size, int fd, struct qf_error *err)
{
	EVP_MD_CTX *context = shared_begin();
	unsigned char *room = xmalloc(READ_SIZE);
	int64_t total = 0;
	ssize_t got;

	for (;;) {
		got = read(fd, room, READ_SIZE);
		if (got == -1 && errno == EINTR) {
			continue;
		}
		if (got <= 0) {
			break;
		}
		context_add(context, room, (size_t)got);
		total += got;
	}
	free(room);
	if (got == -1) {
		return qf_fail(
		    err, QF_IO, "read-failed", "%s", strerror(errno));
	}
	context_end(context, out);
	if (size != NULL) {
		*size = total;
	}
	return 0;
}

struct digest_stream {
	EVP_MD_CTX *context;
};

struct digest_stream *
digest_stream_new(void)
{
	struct digest_stream *stream = xcalloc(1, sizeof(*stream));

	stream->context = context_new();
	context_begin(stream->context);
	return stream;
}

void
digest_stream_add(
    struct digest_stream *stream, const void *bytes, size_t length)
{
	context_add(stream->context, bytes, length);
}

void
digest_stream_finish(struct digest_stream *stream, struct digest *out)
{
	context_end(stream->context, out);
	context_begin(stream->context);
}

void
digest_stream_free(struct digest_stream *stream)
{
	if (stream != NULL) {
		EVP_MD_CTX_free(stream->context);
		free(stream);
	}
}

void
digest_hex(const struct digest *digest, char out[DIGEST_HEX_SIZE])
{
	static const char hex[] = "0123456789abcdef";

	for (size_t i = 0; i < DIGEST_SIZE; i++) {
		out[2 * i] = hex[digest->bytes[i] >> 4];
		out[2 * i + 1] = hex[digest->bytes[i] & 15];
	}
	out[2 * DIGEST_SIZE] = '\0';
}

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9') {
		return c - '0';
	}
	if (c >= 'a' && c <= 'f') {
		return c - 'a' + 10;
	}
	if (c >= 'A' && c <= 'F') {
		return c - 'A' + 10;
	}
	return -1;
}

int
digest_from_hex(struct digest *out, const char *hex, size_t length)
{
	struct digest digest;

	if (length != 2 * DIGEST_SIZE) {
		return -1;
	}
	for (size_t i = 0; i < DIGEST_SIZE; i++) {
		int high = hex_value(hex[2 * i]);
		int low = hex_value(hex[2 * i + 1]);

		if (high == -1 || low == -1) {
			return -1;
		}
		digest.bytes[i] = (unsigned char)(high * 16 + low);
	}
	*out = digest;
	return 0;
}

bool
digest_equal(const struct digest *a, const struct digest *b)
{
	return memcmp(a->bytes, b->bytes, DIGEST_SIZE) == 0;
}

void
digest_leaf(struct digest *out, const void *bytes, size_t length)
{
	static const unsigned char mark = 0x00;
	EVP_MD_CTX *context = shared_begin();

	context_add(context, &mark, 1);
	context_add(context, bytes, length);
	context_end(context, out);
}

void
digest_node(
    struct digest *out, const struct digest *left, const struct digest *right)
{
	unsigned char bytes[1 + 2 * DIGEST_SIZE] = {0x01};

	memcpy(bytes + 1, left->bytes, DIGEST_SIZE);
	memcpy(bytes + 1 + DIGEST_SIZE, right->bytes, DIGEST_SIZE);
	digest_bytes(out, bytes, sizeof(bytes));
}

void
digest_tree_init(struct digest_tree *tree)
{
	tree->count = 0;
}

/* The stack holds one root for each bit that is set in count, so that a new
 * leaf joins as many of them as count has ones at its end. */
void
digest_tree_append(struct digest_tree *tree, const struct digest *leaf)
{
	struct digest node = *leaf;
	int top = __builtin_popcountll(tree->count);

	assert(tree->count < UINT64_MAX);
	for (uint64_t bits = tree->count; (bits & 1) != 0; bits >>= 1) {
		digest_node(&node, &tree->stack[--top], &node);
	}
	tree->stack[top] = node;
	tree->count++;
}

void
digest_tree_root(const struct digest_tree *tree, struct digest *out)
{
	int top = __builtin_popcountll(tree->count);

	if (top == 0) {
		digest_bytes(out, "", 0);
		return;
	}
	*out = tree->stack[--top];
	while (top > 0) {
		digest_node(out, &tree->stack[--top], out);
	}
}
