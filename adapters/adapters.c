/* adapters: the registry, the one place that knows them all. See adapter.h.
 * Runs: loop. */
#include <string.h>

#include "gateway/base/log.h"
#include "adapters/adapter.h"
#include "adapters/display/onbon_y.h"
#include "adapters/display/webhook.h"
#include "adapters/kinds.h"

const struct adapter *const adapters[] = {
    &adapter_modem, &adapter_onbon_y, &adapter_webhook, &adapter_fake, NULL,
};

static const struct option_kind adapter_kinds_of_boards[] = {
    ONBON_Y_KIND,
    WEBHOOK_KIND,
    {.name = NULL},
};

const struct adapter *adapter_find(const char *name)
{
    for (size_t i = 0; adapters[i]; i++)
        if (strcmp(adapters[i]->kind.name, name) == 0)
            return adapters[i];
    return NULL;
}

const struct option_kind *adapter_board_kinds(void)
{
    return adapter_kinds_of_boards;
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
    LOG_ASSERT(boards == (adapter->withdraw != NULL));
    LOG_ASSERT(boards == (adapter->verify != NULL));
    LOG_ASSERT((adapter->caps & ADAPTER_RECEIVES) ? adapter->forget && !boards : !adapter->forget);
    LOG_ASSERT(!boards || !adapter->remember);
    if (boards)
        LOG_ASSERT(adapter->kind.options && adapter->kind.size > 0);
}
