/* copy.c - sprintf( in a comment is no call, // nor is strcpy(.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

static void
copy(char *to, const char *from)
{
	const char *text = "strcpy(a, b) \" strcat(";	/* atoi( */

	strcpy(to, from);
	my_strcpy(to, from);
	to = malloc(5);
	printf("%s", text);
	exit(time(NULL));
	x.time(1);
	runtime(1); // gets(
}
