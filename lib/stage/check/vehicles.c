/* vehicles.c - what a vehicle gave back against what it took before.
 *
 * A vehicle's sessions may be at any point, so that they are sorted by vehicle
 * first.  Where no vehicle is told the point stands for it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/sorter.h"
#include "base/text.h"
#include "base/zone.h"
#include "stage/check/own.h"

#define NUMBER_MAX 80 /* digits that kWh are kept with */

/* A session as it is sorted. */
struct kept {
	char point[ID_MAX + 1];
	char session[ID_MAX + 1];
	int64_t start_utc, end_utc;
	char import[NUMBER_MAX], export[NUMBER_MAX]; /* "0" where none */
};

int64_t
check_window_utc(const struct checking *checking)
{
	const struct check *check =
	    thresholds_check(checking->version, CHECK_DISCHARGE);
	int32_t days = check == NULL ? 0 : check->days;

	return zone_day_start(
	    checking->zone, checking->period.first_day - days);
}

int
check_keep_vehicle(struct checking *checking,
    const struct check_session *session, struct qf_error *err)
{
	const char *point = checking->point.point;
	struct kept kept;
	char number[DEC_TEXT_MAX];
	struct buf key;
	uint64_t end = (uint64_t)session->end_utc ^ (UINT64_C(1) << 63);
	int rc;

	if (thresholds_check(checking->version, CHECK_DISCHARGE) == NULL) {
		return 0;
	}
	memset(&kept, 0, sizeof(kept));
	memcpy(kept.point, point, strlen(point) + 1);
	memcpy(kept.session, session->session, sizeof(kept.session));
	kept.start_utc = session->start_utc;
	kept.end_utc = session->end_utc;
	dec_format(&session->kwh[CHANNEL_IMPORT], number, sizeof(number));
	snprintf(kept.import, sizeof(kept.import), "%.79s", number);
	dec_format(&session->kwh[CHANNEL_EXPORT], number, sizeof(number));
	snprintf(kept.export, sizeof(kept.export), "%.79s", number);
	buf_init(&key, 512);
	buf_add_char(&key, session->vehicle[0] == '\0' ? 'p' : 'v');
	buf_add_string(
	    &key, session->vehicle[0] == '\0' ? point : session->vehicle);
	buf_add_char(&key, '\0');
	for (int i = 0; i < 8; i++) {
		buf_add_char(&key, (char)(end >> (56 - 8 * i)));
	}
	buf_add_string(&key, session->session);
	rc = sorter_add(checking->vehicles, key.bytes, key.length, &kept,
	    sizeof(kept), err);
	buf_release(&key);
	return rc;
}

/* The sums of the vehicle in hand. */
struct sums {
	char vehicle[ID_MAX + 2];
	struct dec import, export;
};

/* Adds a session, and tells where it gave more than there was. */
static int
add_session(struct checking *checking, struct sums *sums,
    const struct kept *kept, const struct check *check, struct qf_error *err)
{
	struct dec kwh = {0}, bound = {0};
	char detail[CHECK_TEXT_MAX];
	bool gave;
	struct check_found found = {
	    .kind = CHECK_DISCHARGE,
	    .point = kept->point,
	    .channel = channel_name(CHANNEL_EXPORT),
	    .session = kept->session,
	    .start_utc = kept->start_utc,
	    .end_utc = kept->end_utc,
	    .value = &sums->export,
	    .bound = &bound,
	    .detail = detail,
	};
	int rc = 0;

	if (dec_parse_stored(&kwh, kept->import, strlen(kept->import), err) ==
	    -1) {
		return -1;
	}
	dec_add(&sums->import, &sums->import, &kwh);
	if (dec_parse_stored(&kwh, kept->export, strlen(kept->export), err) ==
	    -1) {
		dec_release(&kwh);
		return -1;
	}
	gave = dec_sign(&kwh) > 0;
	dec_add(&sums->export, &sums->export, &kwh);
	dec_add(&bound, &sums->import, &check->kwh);
	if (gave && kept->end_utc >= checking->period.from_utc &&
	    dec_cmp(&sums->export, &bound) > 0) {
		snprintf(detail, sizeof(detail),
		    "kWh that %s %s discharged in %d days, beyond what it "
		    "charged before and may have held",
		    sums->vehicle[0] == 'p' ? "point" : "vehicle",
		    sums->vehicle + 1, check->days);
		rc = check_find(checking, &found, err);
	}
	dec_release(&kwh);
	dec_release(&bound);
	return rc;
}

int
check_vehicles(struct checking *checking, struct qf_error *err)
{
	const struct check *check =
	    thresholds_check(checking->version, CHECK_DISCHARGE);
	struct sorter_record record;
	struct sums sums = {.vehicle = ""};
	int rc;

	if (check == NULL) {
		return 0;
	}
	rc = sorter_finish(checking->vehicles, err);
	while (rc == 0 &&
	       (rc = sorter_next(checking->vehicles, &record, err)) == 1) {
		struct kept kept;

		assert(record.data_length == sizeof(kept));
		memcpy(&kept, record.data, sizeof(kept));
		if (strcmp(sums.vehicle, record.key) != 0) {
			snprintf(sums.vehicle, sizeof(sums.vehicle), "%s",
			    (const char *)record.key);
			dec_set_int(&sums.import, 0, 0);
			dec_set_int(&sums.export, 0, 0);
		}
		rc = add_session(checking, &sums, &kept, check, err);
	}
	dec_release(&sums.import);
	dec_release(&sums.export);
	return rc;
}
