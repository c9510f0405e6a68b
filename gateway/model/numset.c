/* numset: a set of numbers. See numset.h.
 * Runs: any (pure). Open addressing, linear probing, at most 5/8 full; 0 marks an empty slot. */
#include "gateway/model/numset.h"

#include <stdlib.h>

#include "gateway/base/log.h"
#include "gateway/base/mem.h"

#define NUMSET_ROOM 1024
#define NUMSET_STEP                                                                                \
    64 /* slots moved with each number: all have moved long before the next growth */

struct numset_table {
    int64_t *slots;
    size_t room; /* a power of two */
};

/* Growing a table of a million numbers takes 50 ms, too long for a loop: so the old table stays
 * beside the new one, a look-up asks both, and every number that comes moves a few of the old. */
struct numset {
    struct numset_table now, old; /* old.slots is NULL unless it is being moved */
    size_t moved;                 /* slots of old that are in now too */
    size_t n;
};

struct numset *numset_new(void)
{
    struct numset *set = mem_new(struct numset);

    set->now.room = NUMSET_ROOM;
    set->now.slots = mem_array(set->now.room, int64_t);
    return set;
}

void numset_free(struct numset *set)
{
    if (!set)
        return;
    free(set->now.slots);
    free(set->old.slots);
    free(set);
}

/* The slot that holds the number, or the empty one where it belongs. The multiplier (2^64 over the
 * golden ratio) spreads runs of consecutive numbers, which are the rule in recipient files. */
static int64_t *numset_slot(const struct numset_table *table, int64_t number)
{
    size_t mask = table->room - 1;
    size_t at = (size_t)(((uint64_t)number * UINT64_C(0x9E3779B97F4A7C15)) >> 20) & mask;

    while (table->slots[at] != 0 && table->slots[at] != number)
        at = (at + 1) & mask;
    return &table->slots[at];
}

static void numset_grow(struct numset *set)
{
    LOG_ASSERT(!set->old.slots);
    set->old = set->now;
    set->moved = 0;
    set->now.room *= 2;
    set->now.slots = mem_array(set->now.room, int64_t);
}

static void numset_move_some(struct numset *set)
{
    for (size_t i = 0; i < NUMSET_STEP && set->moved < set->old.room; i++) {
        int64_t number = set->old.slots[set->moved++];

        if (number != 0)
            *numset_slot(&set->now, number) = number;
    }
    if (set->moved < set->old.room)
        return;
    free(set->old.slots);
    set->old.slots = NULL;
}

bool numset_add(struct numset *set, int64_t number)
{
    LOG_ASSERT(number > 0);
    if (set->old.slots)
        numset_move_some(set);
    if (set->n >= set->now.room / 8 * 5)
        numset_grow(set);
    if (numset_has(set, number))
        return false;
    *numset_slot(&set->now, number) = number;
    set->n++;
    return true;
}

bool numset_has(const struct numset *set, int64_t number)
{
    if (number <= 0)
        return false;
    return *numset_slot(&set->now, number) == number ||
           (set->old.slots && *numset_slot(&set->old, number) == number);
}

size_t numset_count(const struct numset *set)
{
    return set->n;
}
