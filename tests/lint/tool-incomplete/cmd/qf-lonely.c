/* qf-lonely.c - has neither man page nor tests.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
