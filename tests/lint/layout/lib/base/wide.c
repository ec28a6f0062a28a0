/* wide.c - lines that are too long: 清分清分清分.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
static int this_line_has_exactly_eighty_columns_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx;
static int this_line_has_eighty_one_columns_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx;
	/* a tab counts eight columns, which makes this line a little too long x */ 
/* 清分清分清分清分清分清分清分清分清分清分清分清分清分清分清分清分清分清 ok */
/* 清分清分清分清分清分清分清分清分清分清分清分清分清分清分清分清分清分清分 bad */
