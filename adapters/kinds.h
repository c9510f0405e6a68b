/* kinds: the adapters that are not boards, by their C names. Boards are found by adapter_find.
 * Runs: any (constants). */
#ifndef LAWCAST_ADAPTERS_KINDS_H
#define LAWCAST_ADAPTERS_KINDS_H

#include "adapters/adapter.h"

extern const struct adapter adapter_modem;
extern const struct adapter adapter_fake;

#endif
