/* qf-bad.c - a door that goes past its foreman.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/tool.h"
#include "ledger/db.h"
#include "stage/rate.h"
