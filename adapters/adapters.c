/* adapters: the registry: what is linked is known. See adapter.h.
 * Runs: loop. */
#include <string.h>

#include "gateway/base/log.h"
#include "adapters/adapter.h"

/* The linker makes these of the section's name; weak, as a program may have no adapter at all. */
extern const struct adapter *const __start_lawcast_adapters[] __attribute__((weak));
extern const struct adapter *const __stop_lawcast_adapters[] __attribute__((weak));

static size_t adapter_rank(size_t which)
{
    const struct adapter *const *all = __start_lawcast_adapters;
    size_t n = (size_t)(__stop_lawcast_adapters - all), rank = 0;

    for (size_t i = 0; i < n; i++)
        rank += strcmp(all[i]->kind.name, all[which]->kind.name) < 0;
    return rank;
}

/* The section's order is the linker's; there are few, so they are not sorted but looked for. */
const struct adapter *adapter_at(size_t i)
{
    size_t n = (size_t)(__stop_lawcast_adapters - __start_lawcast_adapters);

    for (size_t k = 0; k < n; k++)
        if (adapter_rank(k) == i)
            return __start_lawcast_adapters[k];
    return NULL;
}

const struct adapter *adapter_find(const char *name)
{
    for (const struct adapter *const *at = __start_lawcast_adapters; at < __stop_lawcast_adapters;
         at++)
        if (strcmp((*at)->kind.name, name) == 0)
            return *at;
    return NULL;
}

const struct option_kind *adapter_board_kind(size_t i)
{
    const struct adapter *adapter;
    size_t boards = 0;

    for (size_t k = 0; (adapter = adapter_at(k)); k++)
        if (adapter->channel == CHANNEL_DISPLAY && boards++ == i)
            return &adapter->kind;
    return NULL;
}

/* A forgotten operation is found when the program starts, not when a board is due. */
void adapter_check(const struct adapter *adapter)
{
    bool boards = adapter->channel == CHANNEL_DISPLAY;

    LOG_ASSERT(adapter->kind.name && *adapter->kind.name);
    LOG_ASSERT(adapter->channel == CHANNEL_SMS || boards);
    LOG_ASSERT(adapter->state_size > 0);
    LOG_ASSERT(adapter->init && adapter->start && adapter->submit);
    LOG_ASSERT(adapter->stop && adapter->fini);
    LOG_ASSERT(boards == (adapter->withdraw && adapter->verify && adapter->probe));
    LOG_ASSERT(boards == (adapter->cancel && adapter->hurry && adapter->hear));
    LOG_ASSERT((adapter->caps & ADAPTER_RECEIVES) ? adapter->forget && !boards : !adapter->forget);
    LOG_ASSERT(!boards || !adapter->remember);
    if (boards)
        LOG_ASSERT(adapter->kind.options && adapter->kind.size > 0 && adapter->kind.traits);
}
