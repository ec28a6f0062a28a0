/* flex.c - checking settlements of flexibility.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stage/audit/flex.h"

#include <unistd.h>

#include "base/xml.h"
#include "format/faults.h"
#include "format/uftp_settlement.h"

/* Says what is wrong; QF_NO where something is. */
static int
say_faults(const struct audit_flex_request *request, struct faults *faults,
    enum qf_status *status, struct qf_error *err)
{
	struct qf_error message;
	struct fault fault;
	int rc;

	if (faults_finish(faults, err) == -1) {
		return -1;
	}
	while ((rc = faults_next(faults, &fault, err)) == 1) {
		faults_message(faults, &fault, &message);
		request->say(request->context, &message);
		*status = QF_NO;
	}
	return rc;
}

static int
check_file(const struct audit_flex_request *request,
    const struct xml_schema *schema, int fd, const char *path,
    enum qf_status *status, struct qf_error *err)
{
	const struct flex_rule rule = {.minutes = request->minutes};
	struct flex_settlement *message = NULL;
	struct faults *faults = faults_new(path);
	int rc = -1;

	if (schema != NULL) {
		if (xml_validate_fd(fd, path, schema, err) == -1) {
			goto out;
		}
		if (lseek(fd, 0, SEEK_SET) == -1) {
			qf_fail(err, QF_IO, "read-failed",
			    "%s: cannot be read again", path);
			goto out;
		}
	}
	if (uftp_settlement_load(&message, fd, path, err) == -1 ||
	    uftp_settlement_check(message, &rule, faults, err) == -1) {
		goto out;
	}
	rc = say_faults(request, faults, status, err);
out:
	uftp_settlement_free(message);
	faults_free(faults);
	return rc;
}

int
audit_flex(const struct audit_flex_request *request, char *const *paths,
    size_t count, enum qf_status *status, struct qf_error *err)
{
	struct xml_schema *schema = NULL;
	struct qf_error fault;
	int fd;

	*status = QF_OK;
	if (request->schema != NULL &&
	    xml_schema_open_file(&schema, request->schema, err) == -1) {
		return -1;
	}
	for (size_t i = 0; i < count; i++) {
		enum qf_status found = QF_OK;

		fd = xml_open(paths[i], &fault);
		if (fd == -1 || check_file(request, schema, fd, paths[i],
				    &found, &fault) == -1) {
			request->say(request->context, &fault);
			found = fault.status;
		}
		if (fd != -1) {
			close(fd);
		}
		/* What cannot be read at all outweighs what is wrong. */
		if (*status == QF_OK || (*status == QF_NO && found != QF_OK)) {
			*status = found;
		}
	}
	xml_schema_close(schema);
	return 0;
}
