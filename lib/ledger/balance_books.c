/* balance_books.c - adds up what was booked.
 *
 * All transfers are walked in the order of their keys, so that each key is
 * followed from its first posting to its last; then each posting is held
 * against the lines of its run, a leg of a contract at a time.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "ledger/balance_books.h"

#include <assert.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/dec.h"
#include "base/text.h"
#include "ledger/connection.h"
#include "ledger/postings.h"
#include "ledger/row.h"
#include "ledger/runs.h"
#include "ledger/standing.h"
#include "ledger/stmt.h"

enum { Q_POSTINGS, Q_TRANSFERS, Q_OF_LINES, Q_OF_HOLDS };
static const char *const sql[] = {
    [Q_POSTINGS] = "SELECT p.entry, p.run, p.transfers,"
		   " (SELECT count(*) FROM transfer t WHERE t.id BETWEEN"
		   " p.entry << 32 AND (p.entry << 32) + 4294967295)"
		   " FROM posting p ORDER BY p.entry",
    /* The key is columns 0 to 8. */
    [Q_TRANSFERS] =
	"SELECT contract, leg, month, payer, payee, subject, component, band,"
	" channel, entry, line, version, quantity, net_minor, tax_minor,"
	" gross_minor, total_quantity, total_net_minor, total_tax_minor,"
	" total_gross_minor, debit, credit, amount_minor FROM transfer"
	" ORDER BY contract, leg, month, payer, payee, subject, component,"
	" band, channel, entry",
    [Q_OF_LINES] = "SELECT contract, leg, sum(net_minor), sum(tax_minor),"
		   " sum(gross_minor) FROM run_line WHERE id BETWEEN ?1 AND ?2"
		   " AND net_minor IS NOT NULL GROUP BY contract, leg"
		   " ORDER BY contract, leg",
    [Q_OF_HOLDS] =
	"SELECT contract, leg FROM run_hold WHERE id BETWEEN ?1 AND ?2"
	" GROUP BY contract, leg ORDER BY contract, leg",
};
static const struct stmt_list list = STMT_LIST(sql);

enum {
	COL_PAYER = 3,
	COL_PAYEE,
	COL_CHANNEL = 8,
	COL_ENTRY,
	COL_LINE,
	COL_VERSION,
	COL_QUANTITY,
	COL_NET,
	COL_TAX,
	COL_GROSS,
	COL_TOTAL_QUANTITY,
	COL_TOTAL_NET,
	COL_TOTAL_TAX,
	COL_TOTAL_GROSS,
	COL_DEBIT,
	COL_CREDIT,
	COL_AMOUNT,
};

#define KEY_MAX 4096 /* bytes of a key; its parts are identifiers */

/* What stands of the key that is being followed. */
struct following {
	struct ledger *ledger;
	struct buf key, next;
	int64_t version;
	struct dec quantity, change, total;
	int64_t minor[3]; /* net, tax, gross */
};

static const char *const money_names[] = {"net", "tax", "gross"};

static int
fail_transfer(const struct following *following, sqlite3_stmt *stmt,
    const char *code, const char *what, struct qf_error *err)
{
	return qf_fail(err, QF_NO, code,
	    "%s: posting:%" PRId64 ": transfer: line %" PRId64 ": %s",
	    following->ledger->path,
	    (int64_t)sqlite3_column_int64(stmt, COL_ENTRY),
	    (int64_t)sqlite3_column_int64(stmt, COL_LINE), what);
}

/* A transfer by itself: amount and sides follow from the change. */
static int
check_transfer(
    const struct following *following, sqlite3_stmt *stmt, struct qf_error *err)
{
	int64_t gross = sqlite3_column_int64(stmt, COL_GROSS);
	int64_t amount = sqlite3_column_int64(stmt, COL_AMOUNT);
	int debit = gross >= 0 ? COL_PAYER : COL_PAYEE;
	int credit = gross >= 0 ? COL_PAYEE : COL_PAYER;
	int64_t sum;

	if (__builtin_add_overflow(sqlite3_column_int64(stmt, COL_NET),
		sqlite3_column_int64(stmt, COL_TAX), &sum) ||
	    sum != gross) {
		return fail_transfer(following, stmt, "balance-transfer",
		    "net and tax are not gross", err);
	}
	if (amount != (gross < 0 ? -gross : gross)) {
		return fail_transfer(following, stmt, "balance-transfer",
		    "the amount is not that of the change", err);
	}
	if (strcmp(stmt_text(stmt, COL_DEBIT), stmt_text(stmt, debit)) != 0 ||
	    strcmp(stmt_text(stmt, COL_CREDIT), stmt_text(stmt, credit)) != 0) {
		return fail_transfer(following, stmt, "balance-transfer",
		    "debit and credit are not the two of its key", err);
	}
	return 0;
}

/* Begins anew where the transfer is of another key than the one before. */
static void
follow_key(struct following *following, sqlite3_stmt *stmt)
{
	buf_clear(&following->next);
	for (int i = 0; i <= COL_CHANNEL; i++) {
		buf_add_string(&following->next, stmt_text(stmt, i));
		buf_add_char(&following->next, '\0');
	}
	if (following->next.length == following->key.length &&
	    memcmp(following->next.bytes, following->key.bytes,
		following->key.length) == 0) {
		return;
	}
	buf_clear(&following->key);
	buf_add(&following->key, following->next.bytes, following->next.length);
	following->version = 0;
	dec_set_int(&following->quantity, 0, 0);
	memset(following->minor, 0, sizeof(following->minor));
}

/* previous + change = total, in every column. */
static int
check_total(
    struct following *following, sqlite3_stmt *stmt, struct qf_error *err)
{
	const char *change = stmt_text(stmt, COL_QUANTITY);
	const char *total = stmt_text(stmt, COL_TOTAL_QUANTITY);
	char what[96];

	if (sqlite3_column_int64(stmt, COL_VERSION) != ++following->version) {
		return fail_transfer(following, stmt, "balance-total",
		    "the versions of its key do not follow each other", err);
	}
	if (dec_parse_stored(&following->change, change, strlen(change), err) ==
		-1 ||
	    dec_parse_stored(&following->total, total, strlen(total), err) ==
		-1) {
		return fail_transfer(following, stmt, "balance-total",
		    "a quantity is no decimal number", err);
	}
	dec_add(&following->quantity, &following->quantity, &following->change);
	if (dec_cmp(&following->quantity, &following->total) != 0) {
		return fail_transfer(following, stmt, "balance-total",
		    "total_quantity is not what stood and its change", err);
	}
	for (int i = 0; i < 3; i++) {
		if (__builtin_add_overflow(following->minor[i],
			sqlite3_column_int64(stmt, COL_NET + i),
			&following->minor[i]) ||
		    following->minor[i] !=
			sqlite3_column_int64(stmt, COL_TOTAL_NET + i)) {
			snprintf(what, sizeof(what),
			    "total_%s_minor is not what stood and its change",
			    money_names[i]);
			return fail_transfer(
			    following, stmt, "balance-total", what, err);
		}
	}
	return 0;
}

static int
check_transfers(struct ledger *ledger, struct qf_error *err)
{
	struct following following = {.ledger = ledger};
	sqlite3_stmt *stmt;
	int rc;

	if (stmt_prepare(&stmt, ledger, &list, Q_TRANSFERS, err) == -1) {
		return -1;
	}
	buf_init(&following.key, KEY_MAX);
	buf_init(&following.next, KEY_MAX);
	while ((rc = stmt_step(stmt, ledger, err)) == 1) {
		follow_key(&following, stmt);
		if (check_transfer(&following, stmt, err) == -1 ||
		    check_total(&following, stmt, err) == -1) {
			rc = -1;
			break;
		}
	}
	sqlite3_finalize(stmt);
	buf_release(&following.key);
	buf_release(&following.next);
	dec_release(&following.quantity);
	dec_release(&following.change);
	dec_release(&following.total);
	return rc;
}

/* What stands after a posting ------------------------------------------- */

struct sums {
	int64_t minor[3];
};

/* Three streams in the order of (contract, leg). */
struct stands_check {
	struct ledger *ledger;
	int64_t posting, run;
	sqlite3_stmt *lines, *holds;
	struct standing *standing;
	struct stands stands;
	int has_line, has_hold, has_stands;
	/* The leg that is being looked at. */
	struct buf contract, leg;
	bool held;
	struct sums owed, standing_sums;
};

static int
compare(const struct stands_check *check, const char *contract, const char *leg)
{
	int order = strcmp(check->contract.bytes, contract);

	return order != 0 ? order : strcmp(check->leg.bytes, leg);
}

static void
name_leg(struct stands_check *check, const char *contract, const char *leg)
{
	buf_clear(&check->contract);
	buf_clear(&check->leg);
	buf_add_string(&check->contract, contract);
	buf_add_string(&check->leg, leg);
}

/* The first leg that one of the three has. */
static void
choose_leg(struct stands_check *check)
{
	const struct transfer_key *key = &check->stands.newest.key;
	bool chosen = false;

	if (check->has_line == 1) {
		name_leg(check, stmt_text(check->lines, 0),
		    stmt_text(check->lines, 1));
		chosen = true;
	}
	if (check->has_hold == 1 &&
	    (!chosen || compare(check, stmt_text(check->holds, 0),
			    stmt_text(check->holds, 1)) > 0)) {
		name_leg(check, stmt_text(check->holds, 0),
		    stmt_text(check->holds, 1));
		chosen = true;
	}
	if (check->has_stands == 1 &&
	    (!chosen || compare(check, key->contract, key->leg) > 0)) {
		name_leg(check, key->contract, key->leg);
	}
	memset(&check->owed, 0, sizeof(check->owed));
	memset(&check->standing_sums, 0, sizeof(check->standing_sums));
	check->held = false;
}

static int
add(int64_t *sum, int64_t value, struct qf_error *err)
{
	if (__builtin_add_overflow(*sum, value, sum)) {
		return qf_fail(
		    err, QF_NO, "balance-stands", "a sum does not fit 64 bits");
	}
	return 0;
}

/* Takes what each of the three has of the leg. */
static int
gather_leg(struct stands_check *check, struct qf_error *err)
{
	const struct transfer_key *key = &check->stands.newest.key;
	const struct transfer_sums *scope = &check->stands.scope;

	if (check->has_line == 1 && compare(check, stmt_text(check->lines, 0),
					stmt_text(check->lines, 1)) == 0) {
		for (int i = 0; i < 3; i++) {
			check->owed.minor[i] =
			    sqlite3_column_int64(check->lines, 2 + i);
		}
		check->has_line = stmt_step(check->lines, check->ledger, err);
	}
	if (check->has_hold == 1 && compare(check, stmt_text(check->holds, 0),
					stmt_text(check->holds, 1)) == 0) {
		check->held = true;
		check->has_hold = stmt_step(check->holds, check->ledger, err);
	}
	while (check->has_stands == 1 &&
	       compare(check, key->contract, key->leg) == 0) {
		int64_t *minor = check->standing_sums.minor;

		if (add(&minor[0], scope->net_minor, err) == -1 ||
		    add(&minor[1], scope->tax_minor, err) == -1 ||
		    add(&minor[2], scope->gross_minor, err) == -1) {
			return -1;
		}
		check->has_stands =
		    standing_next(check->standing, &check->stands, err);
	}
	return check->has_line == -1 || check->has_hold == -1 ||
		       check->has_stands == -1
		   ? -1
		   : 0;
}

static int
compare_legs(struct stands_check *check, struct qf_error *err)
{
	while (check->has_line == 1 || check->has_hold == 1 ||
	       check->has_stands == 1) {
		choose_leg(check);
		if (gather_leg(check, err) == -1) {
			return -1;
		}
		for (int i = 0; !check->held && i < 3; i++) {
			if (check->owed.minor[i] ==
			    check->standing_sums.minor[i]) {
				continue;
			}
			return qf_fail(err, QF_NO, "balance-stands",
			    "%s: posting:%" PRId64 ": transfer: %s %s: the "
			    "lines of run:%" PRId64 " have %s %" PRId64
			    ", after it stands %" PRId64,
			    check->ledger->path, check->posting,
			    check->contract.bytes, check->leg.bytes, check->run,
			    money_names[i], check->owed.minor[i],
			    check->standing_sums.minor[i]);
		}
	}
	return check->has_line == -1 || check->has_hold == -1 ||
		       check->has_stands == -1
		   ? -1
		   : 0;
}

static int
check_stands(struct ledger *ledger, int64_t posting, int64_t run_entry,
    struct qf_error *err)
{
	struct stands_check check = {
	    .ledger = ledger, .posting = posting, .run = run_entry};
	struct run run;
	int64_t first, last;
	int rc = -1;

	buf_init(&check.contract, KEY_MAX);
	buf_init(&check.leg, KEY_MAX);
	if (runs_load(ledger, run_entry, &run, err) == -1 ||
	    stmt_prepare(&check.lines, ledger, &list, Q_OF_LINES, err) == -1 ||
	    stmt_prepare(&check.holds, ledger, &list, Q_OF_HOLDS, err) == -1 ||
	    standing_open(&check.standing, ledger, &run, posting, err) == -1) {
		goto out;
	}
	row_ids(run_entry, 0, &first, &last);
	stmt_bind_int(check.lines, 1, first);
	stmt_bind_int(check.lines, 2, last);
	stmt_bind_int(check.holds, 1, first);
	stmt_bind_int(check.holds, 2, last);
	check.has_line = stmt_step(check.lines, ledger, err);
	check.has_hold = stmt_step(check.holds, ledger, err);
	check.has_stands = standing_next(check.standing, &check.stands, err);
	rc = compare_legs(&check, err);
out:
	standing_close(check.standing);
	sqlite3_finalize(check.lines);
	sqlite3_finalize(check.holds);
	buf_release(&check.contract);
	buf_release(&check.leg);
	return rc;
}

static int
check_posting(struct ledger *ledger, sqlite3_stmt *stmt, struct qf_error *err)
{
	int64_t entry = sqlite3_column_int64(stmt, 0);
	int64_t told = sqlite3_column_int64(stmt, 2);
	int64_t found = sqlite3_column_int64(stmt, 3);

	if (told != found) {
		return qf_fail(err, QF_NO, "balance-posting",
		    "%s: posting:%" PRId64 ": posting: has %" PRId64
		    " transfers, tells of %" PRId64,
		    ledger->path, entry, found, told);
	}
	return check_stands(ledger, entry, sqlite3_column_int64(stmt, 1), err);
}

int
balance_books(struct ledger *ledger, struct qf_error *err)
{
	sqlite3_stmt *stmt;
	int rc;

	if (check_transfers(ledger, err) == -1 ||
	    stmt_prepare(&stmt, ledger, &list, Q_POSTINGS, err) == -1) {
		return -1;
	}
	while ((rc = stmt_step(stmt, ledger, err)) == 1) {
		if (check_posting(ledger, stmt, err) == -1) {
			rc = -1;
			break;
		}
	}
	sqlite3_finalize(stmt);
	return rc;
}
