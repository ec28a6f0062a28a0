/* checkpoint.c - writes checkpoints, and holds a ledger against one.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/audit/checkpoint.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/text.h"
#include "ledger/chain.h"
#include "ledger/db.h"
#include "ledger/entry.h"

#define CHECKPOINT_MAX 1024 /* bytes of the file */

struct checkpoint {
	char ledger[MARKET_TEXT_MAX];
	int64_t entry;
	char digest[CHAIN_DIGEST_SIZE];
};

int
audit_checkpoint(struct ledger *ledger, struct sink sink, struct qf_error *err)
{
	char digest[CHAIN_DIGEST_SIZE], text[CHECKPOINT_MAX];
	int64_t entry;
	int length;

	if (entry_last(ledger, &entry, err) == -1) {
		return -1;
	}
	if (chain_digest(ledger, entry, digest, err) != 1) {
		return entry == 0
			   ? qf_fail(err, QF_NO, "chain-entry",
				 "%s: has no entry at all", ledger_path(ledger))
			   : -1;
	}
	length = snprintf(text, sizeof(text),
	    "ledger %s\nentry %" PRId64 "\ndigest %s\n",
	    ledger_market(ledger)->name, entry, digest);
	return sink.write(sink.context, text, (size_t)length, err);
}

/* Steps over "name VALUE\n"; the value becomes a string in place. */
static char *
take_line(char **rest, const char *name)
{
	size_t length = strlen(name);
	char *value, *end;

	if (strncmp(*rest, name, length) != 0 || (*rest)[length] != ' ') {
		return NULL;
	}
	value = *rest + length + 1;
	end = strchr(value, '\n');
	if (end == NULL) {
		return NULL;
	}
	*end = '\0';
	*rest = end + 1;
	return value;
}

static int
parse(struct checkpoint *out, char *text)
{
	char *name = take_line(&text, "ledger");
	char *entry = name == NULL ? NULL : take_line(&text, "entry");
	char *digest = entry == NULL ? NULL : take_line(&text, "digest");
	struct digest bytes;

	if (digest == NULL || *text != '\0' ||
	    strlen(name) >= sizeof(out->ledger) || entry[0] == '0' ||
	    !text_number(entry, &out->entry) ||
	    digest_from_hex(&bytes, digest, strlen(digest)) == -1) {
		return -1;
	}
	snprintf(out->ledger, sizeof(out->ledger), "%s", name);
	digest_hex(&bytes, out->digest);
	return 0;
}

static int
load(struct checkpoint *out, const char *file, struct qf_error *err)
{
	char text[CHECKPOINT_MAX];
	ssize_t length;
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd == -1) {
		return qf_fail(err, QF_NOINPUT, "checkpoint-missing", "%s: %s",
		    file, strerror(errno));
	}
	length = read(fd, text, sizeof(text) - 1);
	if (length == -1) {
		int cause = errno;

		close(fd);
		return qf_fail(
		    err, QF_IO, "read-failed", "%s: %s", file, strerror(cause));
	}
	close(fd);
	text[length] = '\0';
	if (parse(out, text) == -1) {
		return qf_fail(err, QF_DATA, "checkpoint-syntax",
		    "%s: not a checkpoint: the lines \"ledger NAME\", "
		    "\"entry N\", \"digest HEX\" are expected",
		    file);
	}
	return 0;
}

int
audit_checkpoint_compare(
    struct ledger *ledger, const char *file, struct qf_error *err)
{
	struct checkpoint kept;
	char digest[CHAIN_DIGEST_SIZE];
	int rc;

	if (load(&kept, file, err) == -1) {
		return -1;
	}
	if (strcmp(kept.ledger, ledger_market(ledger)->name) != 0) {
		return qf_fail(err, QF_NO, "checkpoint-differs",
		    "%s: is of the ledger of %s, %s is of %s", file,
		    kept.ledger, ledger_path(ledger),
		    ledger_market(ledger)->name);
	}
	rc = chain_digest(ledger, kept.entry, digest, err);
	if (rc == 0) {
		return qf_fail(err, QF_NO, "checkpoint-differs",
		    "%s: entry %" PRId64 " is no longer in %s", file,
		    kept.entry, ledger_path(ledger));
	}
	if (rc == 1 && strcmp(digest, kept.digest) != 0) {
		return qf_fail(err, QF_NO, "checkpoint-differs",
		    "%s: entry %" PRId64 " was %.16s..., in %s it is %.16s...",
		    file, kept.entry, kept.digest, ledger_path(ledger), digest);
	}
	return rc == 1 ? 0 : -1;
}
