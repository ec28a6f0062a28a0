/* cdrs.c - the sessions of a file of a charging platform.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "format/cdrs.h"

#include <assert.h>
#include <stdlib.h>

#include "base/alloc.h"

struct cdrs_item *
cdrs_begin_item(
    struct cdrs *cdrs, const struct jsonread *read, const struct jsonin *object)
{
	struct cdrs_item *item;

	if (cdrs->count % 64 == 0) {
		cdrs->list = xreallocarray(
		    cdrs->list, cdrs->count + 64, sizeof(*cdrs->list));
	}
	item = &cdrs->list[cdrs->count];
	*item = (struct cdrs_item){.first_fault = read->fault_count,
	    .begin = object->begin,
	    .end = object->end};
	item->cdr.line_no = object->line_no;
	item->cdr.position = cdrs->count++;
	return item;
}

void
cdrs_end_item(struct cdrs *cdrs, const struct jsonread *read)
{
	struct cdrs_item *item;

	assert(cdrs->count > 0);
	item = &cdrs->list[cdrs->count - 1];
	item->end_fault = read->fault_count;
	item->sound = item->end_fault == item->first_fault &&
		      read->fault_count < JSONREAD_FAULTS_MAX;
}

struct cdr_period *
cdrs_periods(struct cdr *cdr, struct jsonread *read, const struct jsonin *array)
{
	size_t count = 0;

	for (const struct jsonin *i = array->first; i != NULL; i = i->next) {
		count++;
	}
	if (count == 0 || count > CDR_PERIODS_MAX) {
		jsonread_fault(read, array, "cdr-periods",
		    "%zu of them; 1 to %d are possible", count,
		    CDR_PERIODS_MAX);
		return NULL;
	}
	cdr->periods = xcalloc(count, sizeof(*cdr->periods));
	return cdr->periods;
}

void
cdrs_release(struct cdrs *cdrs)
{
	for (size_t i = 0; i < cdrs->count; i++) {
		cdr_release(&cdrs->list[i].cdr);
	}
	free(cdrs->list);
	*cdrs = (struct cdrs){.count = 0};
}
