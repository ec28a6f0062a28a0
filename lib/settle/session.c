/* session.c - one session's energy, shared over what prices it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "settle/session.h"

#include <assert.h>
#include <string.h>

int
session_check(const struct session_source *sources, size_t count,
    const struct dec *kwh, int64_t start_utc, int64_t end_utc,
    struct refusal *refusal)
{
	struct dec rest = {0};
	char text[DEC_TEXT_MAX];
	int rc = 0;

	dec_set(&rest, kwh);
	for (size_t i = 0; i < count && rc == 0; i++) {
		if (sources[i].from_utc < start_utc ||
		    sources[i].to_utc > end_utc) {
			rc = refuse(refusal, REASON_SESSION_PARTS,
			    "an interval of the session lies outside of it");
		}
		dec_sub(&rest, &rest, &sources[i].kwh);
	}
	if (rc == 0 && !dec_is_zero(&rest)) {
		dec_format_trim(&rest, text, sizeof(text));
		rc = refuse(refusal, REASON_SESSION_PARTS,
		    "the session's kWh minus those of its parts is %s", text);
	}
	dec_release(&rest);
	return rc;
}

/* Seconds of the source that fall into the atom. */
static int64_t
touch_s(const struct session_atom *atom, const struct session_source *source)
{
	int64_t a = atom->from_utc > source->from_utc ? atom->from_utc
						      : source->from_utc;
	int64_t b =
	    atom->to_utc < source->to_utc ? atom->to_utc : source->to_utc;

	if (b <= a) {
		return 0;
	}
	if (source->band != NULL && atom->version != NULL &&
	    (atom->band == BAND_NONE ||
		strcmp(atom->version->bands[atom->band].code, source->band) !=
		    0)) {
		return 0;
	}
	return b - a;
}

/* Whether it makes no difference which of the two gets the energy. */
static bool
alike(const struct session_atom *a, const struct session_atom *b)
{
	if (a->contract != b->contract || a->charge != b->charge) {
		return false;
	}
	if (a->contract == NULL) {
		return true;
	}
	return a->priced == b->priced &&
	       (!a->priced || dec_cmp(&a->price, &b->price) == 0) &&
	       (!a->charge->by_band || a->band == b->band);
}

/* Shares evenly over the seconds. */
static void
share_even(struct session_atom *atoms, size_t count,
    const struct session_source *source, int64_t total_s)
{
	struct dec given = {0}, upto = {0}, part = {0}, seconds = {0};
	int scale = source->kwh.scale < SESSION_SCALE_MIN ? SESSION_SCALE_MIN
							  : source->kwh.scale;
	int64_t passed_s = 0;

	dec_set_int(&seconds, total_s, 0);
	for (size_t i = 0; i < count; i++) {
		int64_t s = touch_s(&atoms[i], source);

		if (s == 0) {
			continue;
		}
		passed_s += s;
		dec_mul_int(&upto, &source->kwh, passed_s);
		dec_div(&upto, &upto, &seconds, scale, DEC_HALF_UP);
		dec_sub(&part, &upto, &given);
		dec_set(&given, &upto);
		dec_add(&atoms[i].kwh, &atoms[i].kwh, &part);
	}
	assert(dec_cmp(&given, &source->kwh) == 0);
	dec_release(&given);
	dec_release(&upto);
	dec_release(&part);
	dec_release(&seconds);
}

int
session_share(struct session_atom *atoms, size_t count,
    const struct session_source *source, bool even, struct refusal *refusal)
{
	struct session_atom *first = NULL;
	int64_t total_s = 0;
	bool one = true;

	for (size_t i = 0; i < count; i++) {
		int64_t s = touch_s(&atoms[i], source);

		if (s > 0) {
			first = first == NULL ? &atoms[i] : first;
			one = one && alike(first, &atoms[i]);
			total_s += s;
		}
	}
	if (first == NULL) {
		if (dec_is_zero(&source->kwh)) {
			return 0;
		}
		return refuse(refusal, REASON_SESSION_PARTS,
		    "the session has energy in band %s, but no time",
		    source->band != NULL ? source->band : "-");
	}
	if (one) {
		dec_add(&first->kwh, &first->kwh, &source->kwh);
		return 0;
	}
	if (!even) {
		return refuse(refusal, REASON_NO_INTERVALS,
		    "the session crosses an edge of bands, prices or "
		    "validity, and nothing says what it used on either side");
	}
	share_even(atoms, count, source, total_s);
	return 0;
}

int
session_lines(struct charge_lines *lines, struct charge_scope *scope,
    const struct session_atom *atoms, size_t count, struct refusal *refusal)
{
	struct charge_sums sums = {0};
	size_t first = 0;
	int rc = 0;

	while (first < count && rc == 0) {
		const struct session_atom *head = &atoms[first];
		size_t i = first;

		scope->contract = head->contract;
		scope->version = head->version;
		scope->charge = head->charge;
		scope->tariff_entry = head->tariff_entry;
		for (; i < count && atoms[i].contract == head->contract &&
		       atoms[i].charge == head->charge;
		     i++) {
			if (head->contract == NULL ||
			    dec_is_zero(&atoms[i].kwh)) {
				continue;
			}
			charge_add(&sums, scope, ENERGY_BAND(atoms[i].band),
			    &atoms[i].kwh,
			    atoms[i].priced ? &atoms[i].price : NULL);
		}
		rc = charge_flush(lines, scope, &sums, head->from_utc,
		    atoms[i - 1].to_utc, refusal);
		first = i;
	}
	charge_sums_release(&sums);
	return rc;
}

void
session_covered(struct dec *out, const struct session_atom *atoms, size_t count)
{
	dec_set_int(out, 0, 0);
	for (size_t i = 0; i < count; i++) {
		if (atoms[i].contract != NULL) {
			dec_add(out, out, &atoms[i].kwh);
		}
	}
}

void
session_atoms_release(struct session_atom *atoms, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		dec_release(&atoms[i].price);
		dec_release(&atoms[i].kwh);
	}
}
