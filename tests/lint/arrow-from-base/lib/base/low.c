/* low.c - base knows nothing above it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "model/line.h"
