/* show.h - a tariff's day drawn for people: a line of 96 cells, its
 * bands with their hours, and their prices beneath.
 *
 *	if (tariff_show(tariff, day, facts, &options, sink, err) == -1) ...
 *
 * Errors: QF_DATA no-tariff where no version holds on the day, and what the
 * day's bands lack (rules/bands.h).  A price that is not known is shown as
 * "-"; that is no failure, since the hours are what is mostly asked for.  What
 * is not for the user, as far as is known of them, is left out.
 */
#ifndef QF_STAGE_TARIFF_SHOW_H
#define QF_STAGE_TARIFF_SHOW_H

#include "base/sink.h"
#include "rules/tariff.h"
#include "stage/tariff/facts.h"

struct tariff_show_options {
	bool zh; /* names in Chinese, else in English */
	/* The user's, where the document leaves them to the contract. */
	const char *user_class, *type, *voltage;
	const char *options; /* "name=value name=value" */
};

int tariff_show(const struct tariff *tariff, int32_t day,
    struct tariff_facts *facts, const struct tariff_show_options *options,
    struct sink sink, struct qf_error *err);

#endif
