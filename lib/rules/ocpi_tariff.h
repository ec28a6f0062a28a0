/* ocpi_tariff.h - an OCPI 2.2.1 tariff as plain structs, read from its JSON.
 *
 *	struct ocpi_tariffs tariffs;
 *
 *	if (ocpi_tariffs_load(&tariffs, text, length, "tariff.json", err) == -1)
 *		goto out;
 *	tariff = ocpi_tariff_at(&tariffs, start_utc);
 *	ocpi_tariffs_release(&tariffs);
 *
 * A document is one tariff, an array of them, or a response with them as its
 * "data".  It is read strictly: an unknown key is a fault that names the
 * nearest known one.  Required is what rating needs: id, currency, elements,
 * price_components, type, price, step_size; country_code, party_id and
 * last_updated, which the standard requires too, may be absent, as may be
 * what the standard makes optional.  A value of null counts as absent.
 *
 * Beyond the standard a price component may be of type ENERGY_EXPORT: the
 * price of a kWh that is fed into the grid, owed to the driver.
 *
 * Ownership: everything hangs on the list and goes with its release.
 * Errors: QF_CONFIG with file, line and JSON path.
 */
#ifndef QF_RULES_OCPI_TARIFF_H
#define QF_RULES_OCPI_TARIFF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/dec.h"
#include "base/jsonread.h"
#include "base/status.h"
#include "model/contract.h"

#define OCPI_ELEMENTS_MAX 500 /* of a tariff */
#define OCPI_STEP_MAX 100000000 /* of a price component */

enum ocpi_dimension {
	OCPI_ENERGY,
	OCPI_FLAT,
	OCPI_PARKING_TIME,
	OCPI_TIME,
	OCPI_ENERGY_EXPORT,
	OCPI_DIMENSIONS
};

/* "ENERGY", as the document says. */
extern const char *const ocpi_dimension_words[OCPI_DIMENSIONS];

struct ocpi_component {
	bool given;
	struct dec price; /* per kWh, hour or session, without VAT */
	bool has_vat;
	struct dec vat; /* percent */
	int64_t step; /* Wh or seconds; 0: none */
};

/* Limits of a quantity: the lower one inclusive, the upper one exclusive. */
enum ocpi_limit {
	OCPI_MIN_KWH,
	OCPI_MAX_KWH,
	OCPI_MIN_CURRENT,
	OCPI_MAX_CURRENT,
	OCPI_MIN_POWER,
	OCPI_MAX_POWER,
	OCPI_LIMITS
};

/* "min_kwh". */
extern const char *const ocpi_limit_words[OCPI_LIMITS];

enum ocpi_reservation {
	OCPI_NO_RESERVATION,
	OCPI_RESERVED,
	OCPI_RESERVATION_EXPIRES
};

struct ocpi_restrictions {
	int start_minute, end_minute; /* of the local day; -1: not said */
	int32_t start_day, end_day; /* local days; INT32_MIN, INT32_MAX */
	unsigned weekdays; /* bit 1 (Monday) to 7; 0: every day */
	bool has_limit[OCPI_LIMITS];
	struct dec limits[OCPI_LIMITS];
	int64_t min_duration_s, max_duration_s; /* 0, INT64_MAX */
	enum ocpi_reservation reservation;
};

struct ocpi_element {
	struct ocpi_component components[OCPI_DIMENSIONS];
	struct ocpi_restrictions restrictions;
	size_t line_no;
};

struct ocpi_price {
	bool given, has_incl;
	struct dec excl, incl;
};

struct ocpi_tariff {
	char id[ID_MAX + 1];
	char currency[4];
	struct ocpi_element *elements;
	size_t element_count;
	struct ocpi_price min_price, max_price;
	int64_t start_utc, end_utc; /* INT64_MIN, INT64_MAX: not said */
	size_t line_no;
};

struct ocpi_tariffs {
	struct ocpi_tariff *list;
	size_t count;
};

/* Reads a document; faults go to read, and *out holds what could be read.
 * -1 with *err where it is no JSON. */
int ocpi_tariffs_read(struct ocpi_tariffs *out, struct jsonread *read,
    const char *text, size_t length, struct qf_error *err);

/* The same where a fault is a failure: the first one is *err, *out empty. */
int ocpi_tariffs_load(struct ocpi_tariffs *out, const char *text, size_t length,
    const char *file, struct qf_error *err);

void ocpi_tariffs_release(struct ocpi_tariffs *tariffs);

/* The first one of the list that is valid at an instant, or NULL. */
const struct ocpi_tariff *
ocpi_tariff_at(const struct ocpi_tariffs *tariffs, int64_t utc);

/* Says in words what an element asks for, "" where nothing. */
#define OCPI_RESTRICTIONS_TEXT_MAX 512
void ocpi_restrictions_text(
    char out[OCPI_RESTRICTIONS_TEXT_MAX], const struct ocpi_restrictions *of);

#endif
