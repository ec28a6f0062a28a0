/* verify.h - whether a ledger is as it was written, and adds up.
 *
 *	unsigned levels = 0;
 *
 *	if (audit_verify_level(&levels, "chain", &err) == -1) ...
 *	if (audit_verify(ledger, levels, NULL, &err) == -1)
 *		... QF_NO: err says where the first difference is ...
 */
#ifndef QF_STAGE_AUDIT_VERIFY_H
#define QF_STAGE_AUDIT_VERIFY_H

struct ledger;
struct qf_error;

enum audit_level {
	AUDIT_FILE = 1, /* SQLite's own checks; tables, views and guards */
	AUDIT_CHAIN = 2, /* every row, root, header and link */
	AUDIT_BALANCE = 4, /* energy and money of every run and posting */
	AUDIT_ALL = 7,
};

/* Adds the level called name; QF_USAGE audit-level. */
int
audit_verify_level(unsigned *levels, const char *name, struct qf_error *err);

/* Levels in the order above; then, where checkpoint is not NULL, the past up
 * to the checkpoint in the file of that name (checkpoint.h). */
int audit_verify(struct ledger *ledger, unsigned levels, const char *checkpoint,
    struct qf_error *err);

#endif
