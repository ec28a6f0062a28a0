/* registers.c - registers held against interval sums, and bands against
 * the total.
 *
 * From each reading of a meter to its next: so a rollover counts, and a change
 * of meter is no difference.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "settle/register.h"
#include "stage/check/own.h"

void
check_forget_spans(struct checking *checking)
{
	for (size_t i = 0; i < checking->span_count; i++) {
		dec_release(&checking->spans[i].start);
		dec_release(&checking->spans[i].end);
		dec_release(&checking->spans[i].kwh60);
	}
	checking->span_count = 0;
}

/* A reading, of the register that the one before may be of too. */
struct reading {
	bool has; /* a value: not withdrawn */
	char meter[ID_MAX + 1];
	char band[ID_MAX + 1];
	enum channel channel;
	int64_t time_utc;
	struct dec value;
};

static void
take_reading(struct reading *out, const struct fact *fact)
{
	const char *band = rulebook_text(fact, "band");
	const char *channel = rulebook_text(fact, "channel");

	snprintf(
	    out->meter, sizeof(out->meter), "%s", rulebook_text(fact, "meter"));
	snprintf(out->band, sizeof(out->band), "%s", band == NULL ? "" : band);
	(void)channel_parse(&out->channel, channel, strlen(channel));
	out->time_utc = rulebook_integer(fact, "time", 0);
	out->has = rulebook_decimal(&out->value, fact, "value");
}

static void
add_span(struct checking *checking, const struct reading *start,
    const struct reading *end)
{
	struct check_span *span;

	if (checking->span_count == checking->span_capacity) {
		checking->span_capacity = checking->span_capacity * 2 + 32;
		checking->spans = xreallocarray(checking->spans,
		    checking->span_capacity, sizeof(*checking->spans));
	}
	span = &checking->spans[checking->span_count++];
	memset(span, 0, sizeof(*span));
	memcpy(span->meter, start->meter, sizeof(span->meter));
	memcpy(span->band, start->band, sizeof(span->band));
	span->channel = start->channel;
	span->from_utc = start->time_utc;
	span->to_utc = end->time_utc;
	dec_set(&span->start, &start->value);
	dec_set(&span->end, &end->value);
}

/* The last reading of each register so far; readings come by register and
 * time, but two meters of a register may be mixed. */
#define METERS_MAX 8

int
check_load_spans(struct checking *checking, struct qf_error *err)
{
	struct reading last[METERS_MAX] = {{0}}, now = {0};
	struct fact fact;
	int64_t entry;
	size_t count = 0;
	int rc;

	check_forget_spans(checking);
	if (facts_lookup(&checking->register_cursor, checking->ledger,
		LOOKUP_REGISTERS_OF_POINT, checking->report->asof,
		checking->point.point, checking->period.from_utc,
		checking->period.to_utc, err) == -1) {
		return -1;
	}
	while ((rc = facts_next(
		    checking->register_cursor, &fact, &entry, err)) == 1) {
		size_t i = 0;

		take_reading(&now, &fact);
		if (!now.has || now.channel >= CHECK_CHANNELS) {
			continue;
		}
		if (count > 0 && (last[0].channel != now.channel ||
				     strcmp(last[0].band, now.band) != 0)) {
			count = 0;
		}
		while (i < count && strcmp(last[i].meter, now.meter) != 0) {
			i++;
		}
		if (i < count) {
			add_span(checking, &last[i], &now);
		} else if (count < METERS_MAX) {
			count++;
		} else {
			continue;
		}
		dec_release(&last[i].value);
		last[i] = now;
		dec_init(&now.value);
	}
	for (size_t i = 0; i < METERS_MAX; i++) {
		dec_release(&last[i].value);
	}
	dec_release(&now.value);
	return rc;
}

/* What the meter counted: 1, 0 where no meter tells how, and 2 where the
 * register cannot be right, with the refusal. */
static int
counted(struct checking *checking, const struct check_span *span,
    struct dec *kwh, struct refusal *refusal, struct qf_error *err)
{
	const struct meter_stretch *meter;

	if (check_load_meters(checking, err) == -1) {
		return -1;
	}
	meter = meters_at(&checking->meters, span->from_utc);
	if (meter == NULL) {
		return 0;
	}
	if (register_difference(
		kwh, &span->start, &span->end, meter->digits, refusal) != 0) {
		return 2;
	}
	dec_mul(kwh, kwh, &meter->multiplier);
	return 1;
}

static struct check_found
found_of(const struct checking *checking, const struct check_span *span,
    enum check_kind kind)
{
	return (struct check_found){
	    .kind = kind,
	    .point = checking->point.point,
	    .channel = channel_name(span->channel),
	    .start_utc = span->from_utc,
	    .end_utc = span->to_utc,
	};
}

/* The difference of what a register and the intervals say, where the intervals
 * are whole. */
static int
find_difference(struct checking *checking, const struct check_span *span,
    const struct check *check, const struct dec *kwh, struct qf_error *err)
{
	struct check_found found =
	    found_of(checking, span, CHECK_REGISTER_DIFFERENCE);
	struct dec sum = {0}, value = {0}, bound = {0}, part = {0};
	char detail[CHECK_TEXT_MAX], a[DEC_TEXT_MAX], b[DEC_TEXT_MAX];
	int rc = 0;

	if (span->seconds != span->to_utc - span->from_utc) {
		return 0;
	}
	audit_kwh(&sum, &span->kwh60);
	dec_sub(&value, kwh, &sum);
	dec_abs(&value, &value);
	dec_set(&bound, &check->kwh);
	if (check->has_percent) {
		dec_set_int(&part, 1, 2);
		dec_mul(&part, &part, &check->percent);
		dec_mul(&part, &part, kwh);
		if (dec_cmp(&part, &bound) > 0) {
			dec_set(&bound, &part);
		}
	}
	if (dec_cmp(&value, &bound) > 0) {
		dec_format_trim(kwh, a, sizeof(a));
		dec_format_trim(&sum, b, sizeof(b));
		snprintf(detail, sizeof(detail),
		    "meter %s counted %.60s kWh, the intervals are %.60s",
		    span->meter, a, b);
		found.value = &value;
		found.bound = &bound;
		found.detail = detail;
		rc = check_find(checking, &found, err);
	}
	dec_release(&sum);
	dec_release(&value);
	dec_release(&bound);
	dec_release(&part);
	return rc;
}

/* A register that runs backwards is a finding whatever the threshold. */
static int
find_backwards(struct checking *checking, const struct check_span *span,
    const struct refusal *refusal, struct qf_error *err)
{
	struct check_found found =
	    found_of(checking, span, CHECK_REGISTER_DIFFERENCE);
	char detail[CHECK_TEXT_MAX];

	snprintf(detail, sizeof(detail), "meter %s: %.150s", span->meter,
	    refusal->detail);
	found.detail = detail;
	return check_find(checking, &found, err);
}

/* kWh of the bands' registers over the same time; 0 where none was read. */
static int
sum_bands(struct checking *checking, const struct check_span *total,
    struct dec *sum, struct qf_error *err)
{
	int bands = 0;

	for (size_t i = 0; i < checking->span_count; i++) {
		const struct check_span *span = &checking->spans[i];
		struct refusal refusal;
		struct dec kwh = {0};
		int rc;

		if (span->band[0] == '\0' || span->channel != total->channel ||
		    span->from_utc != total->from_utc ||
		    span->to_utc != total->to_utc ||
		    strcmp(span->meter, total->meter) != 0) {
			continue;
		}
		rc = counted(checking, span, &kwh, &refusal, err);
		if (rc == 1) {
			dec_add(sum, sum, &kwh);
			bands++;
		}
		dec_release(&kwh);
		if (rc == -1) {
			return -1;
		}
	}
	return bands;
}

static int
find_bands(struct checking *checking, const struct check_span *total,
    const struct check *check, const struct dec *kwh, struct qf_error *err)
{
	struct check_found found =
	    found_of(checking, total, CHECK_REGISTER_BANDS);
	struct dec sum = {0}, value = {0};
	char detail[CHECK_TEXT_MAX], a[DEC_TEXT_MAX], b[DEC_TEXT_MAX];
	int bands = sum_bands(checking, total, &sum, err), rc = 0;

	dec_sub(&value, kwh, &sum);
	dec_abs(&value, &value);
	if (bands > 0 && dec_cmp(&value, &check->kwh) > 0) {
		dec_format_trim(kwh, a, sizeof(a));
		dec_format_trim(&sum, b, sizeof(b));
		snprintf(detail, sizeof(detail),
		    "meter %s counted %.60s kWh in total, and %.60s in %d "
		    "bands",
		    total->meter, a, b, bands);
		found.value = &value;
		found.bound = &check->kwh;
		found.detail = detail;
		rc = check_find(checking, &found, err);
	}
	dec_release(&sum);
	dec_release(&value);
	return bands == -1 ? -1 : rc;
}

int
check_registers(struct checking *checking, struct qf_error *err)
{
	const struct check *difference =
	    thresholds_check(checking->version, CHECK_REGISTER_DIFFERENCE);
	const struct check *bands =
	    thresholds_check(checking->version, CHECK_REGISTER_BANDS);
	int rc = 0;

	for (size_t i = 0; i < checking->span_count && rc != -1; i++) {
		const struct check_span *span = &checking->spans[i];
		struct refusal refusal;
		struct dec kwh = {0};

		if (span->band[0] != '\0') {
			continue;
		}
		rc = counted(checking, span, &kwh, &refusal, err);
		if (rc == 2 && difference != NULL) {
			rc = find_backwards(checking, span, &refusal, err);
		} else if (rc == 1) {
			rc = 0;
			if (difference != NULL) {
				rc = find_difference(
				    checking, span, difference, &kwh, err);
			}
			if (rc == 0 && bands != NULL) {
				rc = find_bands(
				    checking, span, bands, &kwh, err);
			}
		}
		dec_release(&kwh);
	}
	return rc == -1 ? -1 : 0;
}
