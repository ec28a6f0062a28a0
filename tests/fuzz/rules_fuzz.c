/* rules_fuzz.c - any bytes as a document of a market, a programme or owners:
 * nothing breaks, one with faults is none, and what owners split adds up.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "model/contract.h"
#include "rules/market.h"
#include "rules/owners.h"
#include "rules/programme.h"
#include "settle/share_tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void
judge(struct tariff_faults *faults, int rc, const void *document)
{
	if ((rc == 0) != (faults->count == 0) ||
	    (rc == 0) != (document != NULL)) {
		abort();
	}
	tariff_faults_free(faults);
}

static void
try_market(const char *text, size_t length)
{
	struct market_document *market;
	struct tariff_faults faults;
	struct qf_error err;
	int rc = market_load(&market, text, length, "f", &err);

	market_faults(&faults, text, length, "f");
	judge(&faults, rc, market);
	for (size_t i = 0; rc == 0 && i < market->version_count; i++) {
		const struct market_version *v = &market->versions[i];

		if (market_at(market, v->common.from_day) != v ||
		    (!v->is_template && (dec_sign(&v->quantity_tick) <= 0 ||
					    dec_sign(&v->price_tick) <= 0)) ||
		    (v->has_floor && v->has_cap &&
			dec_cmp(&v->floor, &v->cap) > 0)) {
			abort();
		}
	}
	market_free(market);
}

static void
try_programme(const char *text, size_t length)
{
	static const struct contract contract = {.voltage = "10kv"};
	struct programme *programme;
	struct tariff_faults faults;
	struct qf_error err;
	int rc = programme_load(&programme, text, length, "f", &err);

	programme_faults(&faults, text, length, "f");
	judge(&faults, rc, programme);
	for (size_t i = 0; rc == 0 && i < programme->version_count; i++) {
		const struct programme_version *v = &programme->versions[i];

		if (programme_at(programme, v->common.from_day) != v) {
			abort();
		}
		programme_baseline(v, &contract);
	}
	programme_free(programme);
}

/* The leaves add up to the amount, whatever the energies. */
static void
split(const struct owners_version *version, int64_t amount_minor)
{
	int64_t *parts = xcalloc(version->share_count, sizeof(*parts));
	struct dec *energies = xcalloc(version->share_count, sizeof(*energies));
	struct refusal refusal;
	int64_t sum = 0;

	for (size_t i = 0; i < version->share_count; i++) {
		dec_set_int(&energies[i], (int64_t)(i % 7) - 1, 0);
	}
	if (share_tree(parts, version, amount_minor, 2, energies, &refusal) ==
	    0) {
		for (size_t i = 0; i < version->share_count; i++) {
			sum += version->shares[i].is_leaf ? parts[i] : 0;
		}
		if (sum != (amount_minor < 0 && version->negative_zero
				   ? 0
				   : amount_minor)) {
			abort();
		}
	}
	for (size_t i = 0; i < version->share_count; i++) {
		dec_release(&energies[i]);
	}
	free(energies);
	free(parts);
}

static void
try_owners(const char *text, size_t length)
{
	static const int64_t amounts[] = {
	    0, 1, 99999, -12345, INT64_MAX / 4, -INT64_MAX / 4};
	struct owners *owners;
	struct tariff_faults faults;
	struct qf_error err;
	int rc = owners_load(&owners, text, length, "f", &err);

	owners_faults(&faults, text, length, "f");
	judge(&faults, rc, owners);
	for (size_t i = 0; rc == 0 && i < owners->version_count; i++) {
		const struct owners_version *v = &owners->versions[i];

		if (owners_at(owners, v->common.from_day) != v) {
			abort();
		}
		for (size_t j = 0; !v->is_template && j < 6; j++) {
			split(v, amounts[j]);
		}
	}
	owners_free(owners);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	const char *text = (const char *)bytes;

	/* What names no root is one document in three. */
	if (memmem(text, length, "<owners", 7) != NULL) {
		try_owners(text, length);
	} else if (memmem(text, length, "<programme", 10) != NULL) {
		try_programme(text, length);
	} else {
		try_market(text, length);
	}
	return 0;
}
