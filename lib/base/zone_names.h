/* zone_names.h - the zone that was perhaps meant by an unknown name.
 *
 *	char *nearest = zone_names_nearest("Asia/Shangai");
 *	... "Asia/Shanghai", or NULL ...
 *	free(nearest);
 */
#ifndef QF_BASE_ZONE_NAMES_H
#define QF_BASE_ZONE_NAMES_H

/* Looks through ZONE_DIRECTORY: the name in other letter case, the last part of
 * a name alone ("Shanghai"), or the nearest by spelling; NULL where there is
 * none.  The caller frees it. */
char *zone_names_nearest(const char *name);

#endif
