/* leftovers: a small hash table of queues. See leftovers.h.
 * Runs: ledger thread (pure). */
#include "gateway/ledger/leftovers.h"

#include <stdlib.h>

#include "gateway/base/mem.h"

static bool leftovers_same(const struct store_queue *a, const struct store_queue *b)
{
    return a->campaign == b->campaign && a->key == b->key && a->route == b->route &&
           a->sms == b->sms;
}

static size_t leftovers_hash(const struct store_queue *queue)
{
    const uint64_t odd = UINT64_C(0x9e3779b97f4a7c15);
    uint64_t hash = (uint64_t)queue->campaign * odd;

    hash = (hash ^ (uint64_t)queue->key) * odd;
    hash = (hash ^ ((uint64_t)queue->route << 1 | queue->sms)) * odd;
    return (size_t)(hash >> 32);
}

/* The queue's slot, or the free one in which it belongs. Never more than half of them are taken. */
static size_t *leftovers_slot(const struct leftovers *leftovers, const struct store_queue *queue)
{
    size_t at = leftovers_hash(queue) % leftovers->n_slots;

    while (leftovers->slots[at] &&
           !leftovers_same(&leftovers->items[leftovers->slots[at] - 1].queue, queue))
        at = (at + 1) % leftovers->n_slots;
    return &leftovers->slots[at];
}

struct leftover_rows *leftovers_find(const struct leftovers *leftovers,
                                     const struct store_queue *queue)
{
    size_t slot = leftovers->n ? *leftovers_slot(leftovers, queue) : 0;

    return slot ? &leftovers->items[slot - 1] : NULL;
}

static void leftovers_grow(struct leftovers *leftovers)
{
    leftovers->room = leftovers->room ? leftovers->room * 2 : 32;
    leftovers->items = mem_grow(leftovers->items, leftovers->room, sizeof *leftovers->items);
    leftovers->n_slots = leftovers->room * 2;
    free(leftovers->slots);
    leftovers->slots = mem_array(leftovers->n_slots, size_t);
    for (size_t i = 0; i < leftovers->n; i++)
        *leftovers_slot(leftovers, &leftovers->items[i].queue) = i + 1;
}

struct leftover_rows *leftovers_add(struct leftovers *leftovers, const struct store_queue *queue)
{
    struct leftover_rows *item;

    if (leftovers->n == leftovers->room)
        leftovers_grow(leftovers);
    *leftovers_slot(leftovers, queue) = leftovers->n + 1;
    item = &leftovers->items[leftovers->n++];
    *item = (struct leftover_rows){.queue = *queue, .after = INT64_MAX, .committed = INT64_MAX};
    return item;
}

void leftovers_commit(struct leftovers *leftovers)
{
    for (size_t i = 0; i < leftovers->n; i++)
        leftovers->items[i].committed = leftovers->items[i].after;
}

void leftovers_rollback(struct leftovers *leftovers)
{
    for (size_t i = 0; i < leftovers->n; i++)
        leftovers->items[i].after = leftovers->items[i].committed;
}

void leftovers_free(struct leftovers *leftovers)
{
    free(leftovers->items);
    free(leftovers->slots);
    *leftovers = (struct leftovers){0};
}
