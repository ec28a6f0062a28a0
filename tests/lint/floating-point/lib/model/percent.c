/* percent.c - a percent sign is no floating-point format.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
static const char text[] = "5 %% each, %d%% fewer, %s, version 1.2.3";
