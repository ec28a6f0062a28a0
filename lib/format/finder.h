/* finder.h - how a format asks whose identifier that of another system is.
 *
 *	switch (finder->find(finder->context, "nmi", "NMI1234567", at_utc,
 *	    point, err)) {
 *	case 1: ... point ...
 *
 * The stage answers it out of the registry: an alias of that scheme that holds
 * at the instant, or else a point of the very name.
 */
#ifndef QF_FORMAT_FINDER_H
#define QF_FORMAT_FINDER_H

#include <stdint.h>

#include "model/contract.h"

struct qf_error;

struct finder {
	void *context;
	/* 1 with the point, 0 where there is none, -1 on failure. */
	int (*find)(void *context, const char *scheme, const char *name,
	    int64_t at_utc, char point[ID_MAX + 1], struct qf_error *err);
};

#endif
