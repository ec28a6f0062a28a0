/* bare_csv.c - the yardstick: libcsv in strict mode over a file, counting
 * fields and doing nothing else.
 *
 *	bare_csv FILE
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <csv.h>
#include <stdio.h>
#include <stdlib.h>

static void
count_field(void *text, size_t length, void *context)
{
	(void)text;
	(void)length;
	(*(long *)context)++;
}

static void
end_row(int terminator, void *context)
{
	(void)terminator;
	(void)context;
}

int
main(int argc, char **argv)
{
	static char buffer[1 << 16];
	struct csv_parser parser;
	size_t length;
	long fields = 0;
	FILE *f = argc == 2 ? fopen(argv[1], "rb") : NULL;

	if (f == NULL ||
	    csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI) != 0) {
		fputs("usage: bare_csv FILE\n", stderr);
		return 64;
	}
	while ((length = fread(buffer, 1, sizeof(buffer), f)) > 0) {
		if (csv_parse(&parser, buffer, length, count_field, end_row,
			&fields) != length) {
			return 65;
		}
	}
	csv_fini(&parser, count_field, end_row, &fields);
	csv_free(&parser);
	fclose(f);
	printf("%ld\n", fields);
	return 0;
}
