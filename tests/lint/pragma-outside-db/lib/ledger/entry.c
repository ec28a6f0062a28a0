/* entry.c - may say SELECT, but not PRAGMA.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
static const char a[] = "SELECT id FROM entry";
static const char b[] = "PRAGMA foreign_keys = ON";
