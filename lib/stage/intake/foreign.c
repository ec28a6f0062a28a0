/* foreign.c - files in the formats of other systems into their batch.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/progress.h"
#include "base/zone.h"
#include "format/espi.h"
#include "format/faults.h"
#include "format/finder.h"
#include "format/nem12.h"
#include "format/nem13.h"
#include "ledger/entry.h"
#include "ledger/registry.h"
#include "stage/intake/cdrs.h"
#include "stage/intake/intake.h"
#include "stage/intake/messages.h"

/* Everything that is in the ledger so far, this call's files too. */
#define AS_OF INT64_MAX

/* The point of another system's identifier: by its alias, else by its name. */
static int
find_point(void *context, const char *scheme, const char *name, int64_t at_utc,
    char point[ID_MAX + 1], struct qf_error *err)
{
	struct ledger *ledger = context;
	int rc;

	rc = aliases_find(
	    ledger, AS_OF, scheme, name, "point", at_utc, point, err);
	if (rc != 0) {
		return rc;
	}
	rc = points_know(ledger, AS_OF, name, err);
	if (rc == 1) {
		assert(strlen(name) <= ID_MAX);
		memcpy(point, name, strlen(name) + 1);
	}
	return rc;
}

static int
take_nem12(struct passage *passage, const struct mdff_config *config,
    struct progress *bar, struct qf_error *err)
{
	struct read_source source;
	struct nem12 *nem12;
	bool disordered;
	int rc;

	if (nem12_open(&nem12, passage->fd, passage->operand->name, config,
		err) == -1) {
		return -1;
	}
	source = nem12_source(nem12);
	/* Such files go by meter and not by day. */
	rc = intake_reads(
	    passage, &source, GATHER_SORTED, &disordered, bar, err);
	nem12_close(nem12);
	return rc;
}

static int
take_nem13(struct passage *passage, const struct mdff_config *config,
    struct progress *bar, struct qf_error *err)
{
	const struct fact *fact;
	struct nem13 *nem13;
	int rc;

	if (nem13_open(&nem13, passage->fd, passage->operand->name, config,
		err) == -1) {
		return -1;
	}
	while ((rc = nem13_next(nem13, &fact, err)) == 1) {
		if (intake_fact(passage, fact, err) == -1) {
			rc = -1;
			break;
		}
		progress_step(bar, (int64_t)nem13_bytes(nem13));
	}
	nem13_close(nem13);
	return rc;
}

/* NEM12 and NEM13. */
static int
take_mdff(struct passage *passage, const struct finder *finder,
    struct progress *bar, struct qf_error *err)
{
	const struct ingest_options *options = passage->intake->options;
	struct mdff_config config = {
	    .encoding = options->encoding,
	    .zone = passage->intake->zone,
	    .finder = finder,
	    .faults = passage->faults,
	    .notes = passage->notes,
	};

	if (mdff_declare(&config.offset_s, passage->declaration.text,
		options->declare, err) == -1) {
		return -1;
	}
	return passage->operand->kind.format == SNIFF_NEM12
		   ? take_nem12(passage, &config, bar, err)
		   : take_nem13(passage, &config, bar, err);
}

/* Green Button. */
static int
take_espi(struct passage *passage, const struct finder *finder,
    struct progress *bar, struct qf_error *err)
{
	struct espi_config config = {
	    .zone = passage->intake->zone,
	    .finder = finder,
	    .faults = passage->faults,
	    .notes = passage->notes,
	};
	struct read_source source;
	struct espi *espi;
	bool disordered;
	int rc;

	if (espi_open(&espi, passage->fd, passage->operand->name, &config,
		err) == -1) {
		return -1;
	}
	source = espi_source(espi);
	rc = intake_reads(
	    passage, &source, GATHER_SORTED, &disordered, bar, err);
	espi_close(espi);
	return rc;
}

/* The file must still be the one that was looked at. */
static int
check_unchanged(struct passage *passage, struct qf_error *err)
{
	const char *name = passage->operand->name;
	struct digest now;
	int64_t bytes;

	if (lseek(passage->fd, 0, SEEK_SET) == -1) {
		return qf_fail(
		    err, QF_IO, "read-failed", "%s: %s", name, strerror(errno));
	}
	if (digest_fd(&now, &bytes, passage->fd, err) == -1) {
		return qf_fail_prefix(err, "%s", name);
	}
	if (digest_equal(&now, &passage->sha256)) {
		return 0;
	}
	return qf_fail(err, QF_DATA, "input-changed",
	    "%s: changed while it was read", name);
}

static int
take(struct passage *passage, const struct finder *finder, struct progress *bar,
    struct qf_error *err)
{
	switch (passage->operand->kind.format) {
	case SNIFF_ESPI:
		return take_espi(passage, finder, bar, err);
	case SNIFF_OCPI_CDR:
	case SNIFF_CEC102:
		return intake_cdrs(passage, err);
	case SNIFF_OPENADR:
		return intake_openadr(passage, err);
	case SNIFF_UFTP:
		return intake_uftp(passage, err);
	default:
		return take_mdff(passage, finder, bar, err);
	}
}

int
intake_foreign(struct passage *passage, struct qf_error *err)
{
	const struct intake *intake = passage->intake;
	struct operand *operand = passage->operand;
	struct finder finder = {.context = intake->ledger, .find = find_point};
	struct progress bar;
	int rc = -1;

	assert(passage->digested);
	progress_begin(
	    &bar, operand->name, operand->file->bytes, intake->options->quiet);
	passage->faults = faults_new(operand->name);
	passage->notes = faults_new(operand->name);
	if (entry_begin(&passage->entry, intake->ledger, ENTRY_BATCH,
		intake->options->recorded_utc, err) == 0) {
		rc = take(passage, &finder, &bar, err);
	}
	progress_end(&bar);
	return rc == -1 ? -1 : check_unchanged(passage, err);
}
