/* ledger_fixture.h - a new ledger in a folder of its own, for the unit tests.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef QF_TESTS_LEDGER_FIXTURE_H
#define QF_TESTS_LEDGER_FIXTURE_H

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/status.h"
#include "ledger/connection.h"
#include "ledger/db.h"
#include "ledger/entry.h"

#define FIXTURE_RECORDED_UTC 1767225600 /* 2026-01-01T00:00:00Z */

struct fixture {
	char folder[256];
	char path[300];
	struct ledger *ledger;
	struct qf_error err;
};

static inline void
fixture_open(struct fixture *f, enum ledger_mode mode)
{
	cr_assert_eq(ledger_open(&f->ledger, f->path, mode, 0, &f->err), 0,
	    "%s", f->err.text);
}

/* A ledger of Chongqing with its market entry, open for writing. */
static inline void
fixture_new(struct fixture *f)
{
	const struct market market = {.name = "重庆",
	    .zone = "Asia/Shanghai",
	    .currency = "CNY",
	    .money_scale = 2};
	const char *root = getenv("TMPDIR");

	memset(f, 0, sizeof(*f));
	snprintf(f->folder, sizeof(f->folder), "%s/qf-ledger.XXXXXX",
	    root == NULL ? "/tmp" : root);
	cr_assert_not_null(mkdtemp(f->folder));
	snprintf(f->path, sizeof(f->path), "%s/test.qf", f->folder);
	cr_assert_eq(
	    ledger_create(f->path, &market, FIXTURE_RECORDED_UTC, &f->err), 0,
	    "%s", f->err.text);
	fixture_open(f, LEDGER_WRITE);
}

static inline void
fixture_close(struct fixture *f)
{
	static const char *const ends[] = {"", "-wal", "-shm", "-journal"};
	char name[320];

	ledger_close(f->ledger);
	f->ledger = NULL;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		snprintf(name, sizeof(name), "%s%s", f->path, ends[i]);
		unlink(name);
	}
	cr_assert_eq(rmdir(f->folder), 0, "%s is not empty", f->folder);
}

#endif
