/* zone_driver.c - answers questions about local time, for zone.py.
 *
 * Lines "zone NAME", then "offset UTC", "local SECONDS", "start DAY" and
 * "day UTC"; one line of answer to each of the latter.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/zone.h"

static void
answer(const struct zone *zone, const char *question, int64_t number)
{
	static const char *const fits[] = {
	    [ZONE_UNIQUE] = "unique",
	    [ZONE_AMBIGUOUS] = "ambiguous",
	    [ZONE_MISSING] = "missing",
	};
	int64_t earlier, later;
	enum zone_fit fit;

	if (strcmp(question, "offset") == 0) {
		printf("%" PRId32 "\n", zone_offset(zone, number));
	} else if (strcmp(question, "local") == 0) {
		fit = zone_to_utc(zone, number, &earlier, &later);
		printf(
		    "%s %" PRId64 " %" PRId64 "\n", fits[fit], earlier, later);
	} else if (strcmp(question, "start") == 0) {
		printf("%" PRId64 "\n", zone_day_start(zone, (int32_t)number));
	} else if (strcmp(question, "day") == 0) {
		printf("%" PRId32 "\n", zone_day_of(zone, number));
	} else {
		puts("what?");
	}
}

int
main(void)
{
	char line[256], word[16], name[128];
	struct zone *zone = NULL;
	struct qf_error err;
	int64_t number;

	alloc_init();
	while (fgets(line, sizeof(line), stdin) != NULL) {
		if (sscanf(line, "zone %127s", name) == 1) {
			zone_free(zone);
			if (zone_load(&zone, name, &err) == -1) {
				fprintf(stderr, "%s\n", err.text);
				return 1;
			}
		} else if (zone != NULL &&
			   sscanf(line, "%15s %" SCNd64, word, &number) == 2) {
			answer(zone, word, number);
		} else {
			fprintf(stderr, "bad line %s", line);
			return 1;
		}
	}
	zone_free(zone);
	return 0;
}
