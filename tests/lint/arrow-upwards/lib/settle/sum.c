/* sum.c - knows the ledger, and must not.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/dec.h"
#include "ledger/entry.h"
#include "rules/tariff.h"
#include "ledger.sql.h"
#include "tariff.xsd.h"
