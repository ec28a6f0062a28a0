/* own.h - what the files of qf-share hand each other.  Internal.
 *
 * request.c finds the tree; gather.c reads a run and brings what
 * belongs to one contract's leg together; run.c takes it down the tree;
 * append.c and explain.c are what is made of it.
 */
#ifndef QF_STAGE_SHARE_OWN_H
#define QF_STAGE_SHARE_OWN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ratio.h"
#include "model/line.h"
#include "rules/owners.h"
#include "settle/refusal.h"
#include "stage/document.h"

struct entry;
struct ledger;
struct qf_error;
struct run;
struct zone;

/* What is computed, and from what. */
struct share_request {
	int64_t of; /* the run that is shared */
	int64_t asof;
	const struct document *document;
	const struct owners *owners;
	const struct zone *zone;
	int money_scale;
};

/* A request with what it borrows. */
struct share_prepared {
	struct share_request request;
	struct document document;
	struct owners *owners;
	struct zone *zone;
};

/* The tree as of an entry, or the one that a run was made by; with -1 there is
 * nothing to release.  QF_DATA run-scope where the run's scope is not one of
 * qf-share. */
int share_prepare(struct share_prepared *out, struct ledger *ledger,
    const char *owners, const char *asof, struct qf_error *err);
int share_prepare_run(struct share_prepared *out, struct ledger *ledger,
    struct run *run, struct qf_error *err);
void share_release(struct share_prepared *prepared);

/* What the lines of a contract's leg come to for the tree's party, of one
 * delivery month and one version of the tree. */
struct share_sum {
	int month; /* YYYYMM */
	const struct owners_version *version; /* NULL: none holds */
	int64_t from_utc, to_utc; /* of its lines */
	int64_t net_minor, tax_minor; /* received; below 0: paid */
	/* What the steps of events that came to less than 0 came to. */
	struct ratio below;
	struct ratio *weights; /* by share: energy delivered, or earned */
};

struct share_group {
	char contract[ID_MAX + 1], leg[ID_MAX + 1], point[ID_MAX + 1];
	struct share_sum *sums; /* by month, then version */
	size_t count, capacity;
};

/* Reads the run and calls group() for each contract's leg, in the order of
 * their names.  *lines: how many lines were the party's. */
typedef int share_group_function(
    void *context, const struct share_group *group, struct qf_error *err);
int share_gather(struct ledger *ledger, const struct share_request *request,
    share_group_function *group, void *context, int64_t *lines,
    struct qf_error *err);

/* What of a sum goes down the tree, in minor units: all of it, or, where steps
 * below 0 are not passed on, so much more. */
int64_t share_passed_on(
    const struct share_request *request, const struct share_sum *sum);

/* That by share of its version, net and tax: 1 where it is to be held. */
int
share_split(const struct share_request *request, const struct share_sum *sum,
    int64_t *nets, int64_t *taxes, struct refusal *refusal);

/* Where the rows go. */
struct share_sink {
	void *context;
	int (*line)(
	    void *context, const struct line *line, struct qf_error *err);
	int (*hold)(
	    void *context, const struct hold *hold, struct qf_error *err);
};

struct share_counts {
	int64_t lines, holds;
};

/* The computation alone. */
int share_compute(struct ledger *ledger, const struct share_request *request,
    const struct share_sink *sink, struct share_counts *counts,
    struct qf_error *err);

#endif
