/* db.c - may say both.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
static const char a[] = "SELECT 1";
static const char b[] = "PRAGMA foreign_keys = ON";
