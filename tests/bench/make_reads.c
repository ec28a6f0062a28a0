/* make_reads.c - writes the input of the benchmark, the same bytes each time.
 *
 *	make_reads wide|long POINTS DAYS >FILE
 *
 * Points p0000001 ..., from 2025-02-01 on, quarter hours of up to 9.999 kWh.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t state = 20250201;

/* The next value in Wh, 0..9999. */
static unsigned
next_value(void)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(state >> 33) % 10000;
}

static void
put_value(unsigned wh)
{
	char text[6] = {(char)('0' + wh / 1000), '.',
		(char)('0' + wh / 100 % 10), (char)('0' + wh / 10 % 10),
		(char)('0' + wh % 10), '\0'};

	fputs(text, stdout);
}

static void
wide(long points, int days)
{
	printf("#quantity=kwh side=primary label=start minutes=15\n");
	printf("point,channel,day");
	for (int i = 1; i <= 96; i++) {
		printf(",v%d", i);
	}
	putchar('\n');
	for (int day = 1; day <= days; day++) {
		for (long p = 1; p <= points; p++) {
			printf("p%07ld,import,2025-02-%02d", p, day);
			for (int i = 0; i < 96; i++) {
				putchar(',');
				put_value(next_value());
			}
			putchar('\n');
		}
	}
}

static void
long_form(long points, int days)
{
	printf("#quantity=kwh side=primary label=start minutes=15\n");
	printf("point,channel,time,value\n");
	for (int day = 1; day <= days; day++) {
		for (long p = 1; p <= points; p++) {
			for (int i = 0; i < 96; i++) {
				printf("p%07ld,import,2025-02-%02dT%02d:%02d,",
				    p, day, i / 4, i % 4 * 15);
				put_value(next_value());
				putchar('\n');
			}
		}
	}
}

int
main(int argc, char **argv)
{
	if (argc != 4) {
		fputs("usage: make_reads wide|long POINTS DAYS\n", stderr);
		return 64;
	}
	if (strcmp(argv[1], "wide") == 0) {
		wide(strtol(argv[2], NULL, 10), (int)strtol(argv[3], NULL, 10));
	} else {
		long_form(
		    strtol(argv[2], NULL, 10), (int)strtol(argv[3], NULL, 10));
	}
	return fflush(stdout) != 0 || ferror(stdout) ? 74 : 0;
}
