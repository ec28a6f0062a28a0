/* xsdtext.h - values of XML Schema's types that are written as text.
 *
 *	struct dec value = {0};
 *	int64_t seconds;
 *
 *	if (xsd_float(&value, "1.20", err) == -1 ||
 *	    xsd_duration(&seconds, "PT15M", err) == -1)
 *		...
 *
 * Nothing is computed in binary: an xs:float is the decimal that is written,
 * and an exponent only moves its point.  Blanks around a value do not count.
 *
 * Errors: QF_DATA, half a sentence without file and line; results unchanged.
 */
#ifndef QF_FORMAT_XSDTEXT_H
#define QF_FORMAT_XSDTEXT_H

#include <stdint.h>

#include "base/dec.h"
#include "base/status.h"

/* xs:float, xs:double, xs:decimal: "3", "+1.20", ".5", "12E-1".  Codes:
 * xsd-float (INF, NaN, no number, more digits than dec_parse() takes). */
int xsd_float(struct dec *out, const char *text, struct qf_error *err);

/* xs:duration, and that of iCalendar in OpenADR's schema, in seconds: "PT15M",
 * "P1DT2H", "P1W", "1W"; a day is 86400 s.  Years and months have no length
 * and are refused unless they are 0; so is what is below 0, or over a hundred
 * years.  OpenADR's schema lets the T be missing: an M is then a month, unless
 * hours stand before it.  Codes: xsd-duration. */
int xsd_duration(int64_t *seconds, const char *text, struct qf_error *err);

/* xs:dateTime with Z or an offset, of whole seconds ("...:47.000Z" is).
 * Codes: xsd-time, those of civil.h. */
int xsd_instant(int64_t *utc, const char *text, struct qf_error *err);

/* xs:date without an offset.  Codes: xsd-date. */
int xsd_day(int32_t *day, const char *text, struct qf_error *err);

/* xs:integer that fits 64 bits.  Codes: xsd-integer. */
int xsd_integer(int64_t *out, const char *text, struct qf_error *err);

#endif
