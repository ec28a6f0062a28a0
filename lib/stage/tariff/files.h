/* files.h - checks, shows and tries tariff documents out of files, and
 * prints the answers: the work of qf-tariff.
 *
 *	struct tariff_files_request request = {.user_class = "", .type = "",
 *	    .voltage = "", .say = say};
 *	bool sound;
 *
 *	if (tariff_files_check(paths, count, &request, &sound, err) == -1) ...
 *
 * A path of a document may be "-", which is standard input.  All print on
 * standard output: what was found until then also where they fail.
 *
 * Errors: those of the document (QF_CONFIG), of the files of facts, and of
 * the output; below those of each.
 */
#ifndef QF_STAGE_TARIFF_FILES_H
#define QF_STAGE_TARIFF_FILES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"
#include "stage/tariff/scratch.h"

#define TARIFF_FILES_MAX 64 /* of facts */

struct tariff_files_request {
	struct tariff_file facts[TARIFF_FILES_MAX];
	size_t fact_count;
	const char *zone; /* NULL: the document's */
	/* The user's, where the document leaves them to the contract. */
	const char *user_class, *type, *voltage;
	const char *options; /* "name=value name=value", for a price */
	bool json; /* JSON in place of a table */
	bool zh; /* names in Chinese, else in English */
	/* Told of each row of a file that is at fault. */
	void (*say)(void *context, const struct qf_error *err);
	void *context;
};

/* Lists the faults of documents, then what they ask for that no contract and
 * no file of facts supplies, then where printed and composed prices differ;
 * *sound where there is nothing of it.  QF_USAGE zone-missing where a file has
 * local times and nothing names a zone. */
int tariff_files_check(char *const *paths, size_t count,
    const struct tariff_files_request *request, bool *sound,
    struct qf_error *err);

/* Draws a day, "2025-02-03" (QF_USAGE where it is none), as tariff_show(). */
int tariff_files_show(const char *path, const char *date,
    const struct tariff_files_request *request, struct qf_error *err);

/* Prices a file of reads, as tariff_price(); QF_USAGE zone-missing where
 * neither the request nor the document has a zone. */
int tariff_files_price(const char *path, const char *load,
    const struct tariff_files_request *request, struct qf_error *err);

#endif
