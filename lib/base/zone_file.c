/* zone_file.c - reading TZif files (RFC 9636) and the TZ string in them.
 *
 * The file is checked throughout, as if it were hostile: a wrong offset
 * would move money between bands without anybody seeing it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/zone_file.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/civil.h"
#include "base/zone_names.h"

#define NAME_MAX_LENGTH 100
#define FILE_MAX (1 << 20)
#define HEADER_LENGTH 44
#define TYPE_LENGTH 6
#define CHANGE_TIME_MAX_H 167

struct counts {
	uint32_t isut, isstd, leap, time, type, character;
};

/* Bytes still to be read; short is set when they were too few. */
struct input {
	const unsigned char *at;
	size_t left;
	bool is_short;
};

static const unsigned char *
take(struct input *in, size_t length)
{
	const unsigned char *p = in->at;

	if (length > in->left) {
		in->is_short = true;
		return NULL;
	}
	in->at += length;
	in->left -= length;
	return p;
}

static uint32_t
get_u32(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | (uint32_t)p[3];
}

static int64_t
get_s64(const unsigned char *p)
{
	uint64_t value = (uint64_t)get_u32(p) << 32 | get_u32(p + 4);

	return (int64_t)value;
}

/* Letters, digits, "_", "+", "-" and single "/" inside; that leaves no way
 * out of the directory.  Three files there are of the host or not zones. */
static bool
name_ok(const char *name)
{
	static const char *const others[] = {
	    "localtime", "posixrules", "leapseconds"};
	size_t length = strlen(name);

	if (length == 0 || length > NAME_MAX_LENGTH || name[0] == '/' ||
	    name[length - 1] == '/' || strstr(name, "//") != NULL) {
		return false;
	}
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		if (strcmp(name, others[i]) == 0) {
			return false;
		}
	}
	return strspn(name,
		   "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		   "0123456789_+-/") == length;
}

static int
fail_unknown(const char *name, struct qf_error *err)
{
	char *nearest = zone_names_nearest(name);

	qf_fail(err, QF_CONFIG, "zone-unknown",
	    "\"%.100s\": no such time zone in " ZONE_DIRECTORY "%s%s%s", name,
	    nearest == NULL ? "" : "; did you mean ",
	    nearest == NULL ? "" : nearest, nearest == NULL ? "" : "?");
	free(nearest);
	return -1;
}

static int
fail_invalid(const char *name, const char *why, struct qf_error *err)
{
	return qf_fail(err, QF_CONFIG, "zone-invalid", ZONE_DIRECTORY "/%s: %s",
	    name, why);
}

/* Reads all of a file into *bytes, which the caller frees. */
static int
slurp(int fd, size_t length, unsigned char **bytes)
{
	unsigned char *buffer = xmalloc(length);
	size_t used = 0;

	while (used < length) {
		ssize_t got = read(fd, buffer + used, length - used);

		if (got < 0 && errno == EINTR) {
			continue;
		}
		if (got <= 0) {
			free(buffer);
			return -1;
		}
		used += (size_t)got;
	}
	*bytes = buffer;
	return 0;
}

static int
read_bytes(const char *name, unsigned char **bytes, size_t *length,
    struct qf_error *err)
{
	char path[sizeof(ZONE_DIRECTORY) + NAME_MAX_LENGTH + 2];
	struct stat status;
	int result = -1;
	int fd;

	if (!name_ok(name)) {
		return fail_unknown(name, err);
	}
	snprintf(path, sizeof(path), "%s/%s", ZONE_DIRECTORY, name);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd == -1) {
		return fail_unknown(name, err);
	}
	if (fstat(fd, &status) == -1 || !S_ISREG(status.st_mode)) {
		fail_unknown(name, err);
	} else if (status.st_size > FILE_MAX) {
		fail_invalid(name, "too large for a time zone", err);
	} else if (slurp(fd, (size_t)status.st_size, bytes) == -1) {
		fail_invalid(name, "cannot be read", err);
	} else {
		*length = (size_t)status.st_size;
		result = 0;
	}
	close(fd);
	return result;
}

static bool
read_header(struct input *in, struct counts *counts)
{
	const unsigned char *p = take(in, HEADER_LENGTH);

	/* Version 1 has neither 64-bit times nor a footer. */
	if (p == NULL || memcmp(p, "TZif", 4) != 0 || p[4] < '2') {
		return false;
	}
	counts->isut = get_u32(p + 20);
	counts->isstd = get_u32(p + 24);
	counts->leap = get_u32(p + 28);
	counts->time = get_u32(p + 32);
	counts->type = get_u32(p + 36);
	counts->character = get_u32(p + 40);
	return true;
}

static void
skip_block(struct input *in, const struct counts *counts, size_t time_size)
{
	take(in, counts->time * (time_size + 1) +
		     (size_t)counts->type * TYPE_LENGTH + counts->character +
		     counts->leap * (time_size + 4) + counts->isstd +
		     counts->isut);
}

/* Fills the table from the block of 64-bit times; NULL or what is wrong. */
static const char *
read_table(
    struct zone_file *file, struct input *in, const struct counts *counts)
{
	struct input block = *in;
	const unsigned char *times, *indices, *types;
	int32_t offset;

	skip_block(in, counts, 8);
	if (in->is_short || counts->type == 0) {
		return "cut short";
	}
	if (counts->leap != 0) {
		return "counts leap seconds";
	}
	times = take(&block, (size_t)counts->time * 8);
	indices = take(&block, counts->time);
	types = take(&block, (size_t)counts->type * TYPE_LENGTH);
	assert(!block.is_short);
	file->count = counts->time;
	file->at_utc = xcalloc(counts->time, sizeof(*file->at_utc));
	file->offset_s = xcalloc(counts->time, sizeof(*file->offset_s));
	for (size_t i = 0; i < counts->type; i++) {
		offset = (int32_t)get_u32(types + i * TYPE_LENGTH);
		if (offset > ZONE_OFFSET_MAX_S || offset < -ZONE_OFFSET_MAX_S) {
			return "an offset of more than 26 hours";
		}
	}
	file->first_offset_s = (int32_t)get_u32(types);
	for (size_t i = 0; i < counts->time; i++) {
		if (indices[i] >= counts->type) {
			return "a transition to an unknown type";
		}
		file->at_utc[i] = get_s64(times + i * 8);
		file->offset_s[i] =
		    (int32_t)get_u32(types + (size_t)indices[i] * TYPE_LENGTH);
		if (i > 0 && file->at_utc[i] <= file->at_utc[i - 1]) {
			return "transitions out of order";
		}
	}
	return NULL;
}

/* Reads an unsigned number of at most three digits; -1 when none is there. */
static int
read_number(const char **p)
{
	int value = 0, count = 0;

	while (**p >= '0' && **p <= '9' && count < 3) {
		value = value * 10 + (*(*p)++ - '0');
		count++;
	}
	return count > 0 ? value : -1;
}

/* Reads [+-]h[hh][:mm[:ss]]. */
static bool
read_time(const char **p, int32_t *seconds)
{
	int sign = 1, hours, minutes = 0, rest = 0;

	if (**p == '-' || **p == '+') {
		sign = *(*p)++ == '-' ? -1 : 1;
	}
	hours = read_number(p);
	if (**p == ':') {
		++*p;
		minutes = read_number(p);
		if (**p == ':') {
			++*p;
			rest = read_number(p);
		}
	}
	if (hours < 0 || hours > CHANGE_TIME_MAX_H || minutes < 0 ||
	    minutes > 59 || rest < 0 || rest > 59) {
		return false;
	}
	*seconds = sign * (hours * 3600 + minutes * 60 + rest);
	return true;
}

/* Skips the name of a kind of time: letters, or anything within <>. */
static bool
skip_name(const char **p)
{
	const char *start = *p;

	if (*start == '<') {
		*p = strchr(start, '>');
		if (*p == NULL) {
			*p = start;
			return false;
		}
		++*p;
		return true;
	}
	while ((**p >= 'A' && **p <= 'Z') || (**p >= 'a' && **p <= 'z')) {
		++*p;
	}
	return *p - start >= 3;
}

static bool
read_change(const char **p, struct zone_change *change)
{
	bool ok;

	if (**p == 'M') {
		change->kind = ZONE_MONTH_WEEK;
		++*p;
		change->month = read_number(p);
		ok = *(*p)++ == '.';
		change->week = ok ? read_number(p) : -1;
		ok = ok && *(*p)++ == '.';
		change->day = ok ? read_number(p) : -1;
		ok = change->month >= 1 && change->month <= 12 &&
		     change->week >= 1 && change->week <= 5 &&
		     change->day >= 0 && change->day <= 6;
	} else if (**p == 'J') {
		change->kind = ZONE_JULIAN;
		++*p;
		change->day = read_number(p);
		ok = change->day >= 1 && change->day <= 365;
	} else {
		change->kind = ZONE_DAY;
		change->day = read_number(p);
		ok = change->day >= 0 && change->day <= 365;
	}
	change->time_s = 2 * 3600;
	if (ok && **p == '/') {
		++*p;
		ok = read_time(p, &change->time_s);
	}
	return ok;
}

/* Reads "CET-1CEST,M3.5.0,M10.5.0/3"; POSIX counts offsets westward. */
static bool
read_rule(const char *p, struct zone_rule *rule)
{
	int32_t west;

	if (!skip_name(&p) || !read_time(&p, &west)) {
		return false;
	}
	rule->standard_s = -west;
	rule->summer_s = rule->standard_s + 3600;
	rule->has_summer = *p != '\0';
	if (rule->has_summer) {
		if (!skip_name(&p)) {
			return false;
		}
		if (*p != ',') {
			if (!read_time(&p, &west)) {
				return false;
			}
			rule->summer_s = -west;
		}
		if (*p++ != ',' || !read_change(&p, &rule->start) ||
		    *p++ != ',' || !read_change(&p, &rule->end)) {
			return false;
		}
	}
	return *p == '\0' && rule->standard_s <= ZONE_OFFSET_MAX_S &&
	       rule->standard_s >= -ZONE_OFFSET_MAX_S &&
	       rule->summer_s <= ZONE_OFFSET_MAX_S &&
	       rule->summer_s >= -ZONE_OFFSET_MAX_S;
}

/* Reads the footer, a TZ string between two newlines, which may be empty. */
static const char *
read_footer(struct zone_file *file, struct input *in)
{
	const unsigned char *end;
	const char *why = NULL;
	char *text;

	if (in->left < 2 || in->at[0] != '\n') {
		return "no footer";
	}
	end = memchr(in->at + 1, '\n', in->left - 1);
	if (end == NULL) {
		return "no end of the footer";
	}
	text = xstrndup((const char *)in->at + 1, (size_t)(end - in->at) - 1);
	file->has_rule = *text != '\0';
	if (file->has_rule && !read_rule(text, &file->rule)) {
		why = "a footer that is no TZ string";
	}
	free(text);
	return why;
}

const char *
zone_file_parse(struct zone_file *file, const void *bytes, size_t length)
{
	struct input in = {.at = bytes, .left = length};
	struct counts counts;
	const char *why;

	memset(file, 0, sizeof(*file));
	if (!read_header(&in, &counts)) {
		return "not a TZif file of version 2 or later";
	}
	/* The first block is for readers that know 32-bit times only. */
	skip_block(&in, &counts, 4);
	if (!read_header(&in, &counts)) {
		return "cut short";
	}
	why = read_table(file, &in, &counts);
	if (why == NULL) {
		why = read_footer(file, &in);
	}
	if (why != NULL) {
		zone_file_release(file);
	}
	return why;
}

int
zone_file_read(struct zone_file *file, const char *name, struct qf_error *err)
{
	unsigned char *bytes = NULL;
	size_t length;
	const char *why;

	if (read_bytes(name, &bytes, &length, err) == -1) {
		return -1;
	}
	why = zone_file_parse(file, bytes, length);
	free(bytes);
	if (why != NULL) {
		return fail_invalid(name, why, err);
	}
	return 0;
}

void
zone_file_release(struct zone_file *file)
{
	free(file->at_utc);
	free(file->offset_s);
	memset(file, 0, sizeof(*file));
}

static int32_t
change_day(const struct zone_change *change, int year)
{
	int32_t first;
	int ahead, days;

	switch (change->kind) {
	case ZONE_MONTH_WEEK:
		/* The week-th such weekday, the fifth being the last. */
		first = civil_day(year, change->month, 1);
		ahead = (change->day - civil_weekday(first) + 7) % 7;
		days = ahead + 7 * (change->week - 1);
		if (days >= civil_days_in_month(year, change->month)) {
			days -= 7;
		}
		return first + days;
	case ZONE_JULIAN:
		days = change->day - 1;
		if (days >= 59 && civil_is_leap_year(year)) {
			days++;
		}
		return civil_day(year, 1, 1) + days;
	case ZONE_DAY:
		return civil_day(year, 1, 1) + change->day;
	}
	BUG("kind %d of a change of the clock", (int)change->kind);
}

int64_t
zone_change_utc(const struct zone_change *change, int year, int32_t offset_s)
{
	return (int64_t)change_day(change, year) * CIVIL_DAY_S +
	       change->time_s - offset_s;
}
