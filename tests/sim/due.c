/* due: status reports that wait for their time. See due.h.
 * Runs: any. */
#include "tests/sim/due.h"

#include <stdlib.h>

#include "gateway/base/log.h"
#include "gateway/base/mem.h"

void due_free(struct due *due)
{
    free(due->items);
    *due = (struct due){0};
}

static bool due_is_before(const struct due_item *a, const struct due_item *b)
{
    if (a->report.due_ms != b->report.due_ms)
        return a->report.due_ms < b->report.due_ms;
    return a->order < b->order;
}

void due_push(struct due *due, const struct report *report)
{
    struct due_item item = {*report, due->pushed++};
    size_t at = due->n++;

    if (due->n > due->room) {
        due->room = due->room ? due->room * 2 : 64;
        due->items = mem_grow(due->items, due->room, sizeof *due->items);
    }
    while (at > 0 && due_is_before(&item, &due->items[(at - 1) / 2])) {
        due->items[at] = due->items[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    due->items[at] = item;
}

const struct report *due_front(const struct due *due)
{
    return due->n ? &due->items[0].report : NULL;
}

/* The child of at that comes first, or n: there is none. */
static size_t due_child(const struct due *due, size_t at)
{
    size_t left = 2 * at + 1;

    if (left >= due->n)
        return due->n;
    return left + 1 < due->n && due_is_before(&due->items[left + 1], &due->items[left]) ? left + 1
                                                                                        : left;
}

void due_pop(struct due *due)
{
    const struct due_item *last;
    size_t at = 0, child;

    LOG_ASSERT(due->n > 0);
    last = &due->items[--due->n];
    while ((child = due_child(due, at)) < due->n && due_is_before(&due->items[child], last)) {
        due->items[at] = due->items[child];
        at = child;
    }
    due->items[at] = *last;
}
