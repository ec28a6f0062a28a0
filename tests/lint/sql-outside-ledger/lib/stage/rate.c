/* rate.c - SQL where none should be: SELECT in a comment is fine.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
static const char a[] = "SELECT id FROM entry";
static const char b[] = "nothing to select from";
static const char c[] = "BEGIN";
static void *db = sqlite3_open;
