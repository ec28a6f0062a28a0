/* ocpi_files.h - checks, shows and tries OCPI tariffs out of files: the part
 * of qf-tariff for documents that are JSON.
 *
 *	if (ocpi_files_is(path))
 *		rc = ocpi_files_price(path, cdrs, zone, json, say, context,
 *		    &equal, err);
 *
 * All print on standard output.  Errors: QF_CONFIG of a tariff, QF_DATA of a
 * record, with the reason where a session cannot be rated; those of the files
 * and of the output.
 */
#ifndef QF_STAGE_OCPI_FILES_H
#define QF_STAGE_OCPI_FILES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/sink.h"
#include "base/status.h"

struct ocpi_files_request {
	const char *zone; /* where a record names none; NULL: none either */
	bool json; /* JSON in place of a table */
	/* Told of each fault of a record, and of what is to be known of how
	 * a session was rated. */
	void (*say)(void *context, const struct qf_error *err);
	void *context;
};

/* Whether a file is there and its first byte that is no blank opens a JSON
 * object or array.  Standard input is never looked at. */
bool ocpi_files_is(const char *path);

/* Prints each fault of a tariff document to the sink; *sound where it has
 * none. */
int ocpi_files_check(const struct sink *sink, const char *text, size_t length,
    const char *path, bool *sound, struct qf_error *err);

/* Prints the elements that may hold on a day, in the order in which they are
 * tried. */
int ocpi_files_show(const char *path, const char *date,
    const struct ocpi_files_request *request, struct qf_error *err);

/* Prints what the sessions of the records at cdrs_path cost, line by line, and
 * each total beside what the record claims; *equal where none differs. */
int ocpi_files_price(const char *path, const char *cdrs_path,
    const struct ocpi_files_request *request, bool *equal,
    struct qf_error *err);

#endif
