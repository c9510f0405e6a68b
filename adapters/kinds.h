/* kinds: the adapters by their C names, for the registry (adapters.c) and their own tests.
 * Runs: any (constants). Everybody else asks adapter_find. */
#ifndef LAWCAST_ADAPTERS_KINDS_H
#define LAWCAST_ADAPTERS_KINDS_H

#include "adapters/adapter.h"

extern const struct adapter adapter_modem;
extern const struct adapter adapter_onbon_y;
extern const struct adapter adapter_webhook;
extern const struct adapter adapter_fake;

#endif
