/* spans: stretches of time. See spans.h.
 * Runs: any (pure). */
#include "gateway/model/spans.h"

#include <stdbool.h>
#include <stdlib.h>

#include "gateway/base/mem.h"

void spans_add(struct spans *spans, int64_t from_ms, int64_t until_ms)
{
    if (until_ms <= from_ms)
        return;
    if (spans->n == spans->room) {
        spans->room = spans->room ? spans->room * 2 : 16;
        spans->items = mem_grow(spans->items, spans->room, sizeof *spans->items);
    }
    spans->items[spans->n++] = (struct span){from_ms, until_ms};
}

static int spans_order(const void *left, const void *right)
{
    const struct span *a = left, *b = right;

    return (a->from_ms > b->from_ms) - (a->from_ms < b->from_ms);
}

void spans_merge(struct spans *spans)
{
    size_t last = 0;

    if (!spans->n)
        return;
    qsort(spans->items, spans->n, sizeof *spans->items, spans_order);
    for (size_t i = 1; i < spans->n; i++) {
        struct span *to = &spans->items[last];
        const struct span *next = &spans->items[i];

        if (next->from_ms > to->until_ms)
            spans->items[++last] = *next;
        else if (next->until_ms > to->until_ms)
            to->until_ms = next->until_ms;
    }
    spans->n = last + 1;
}

int64_t spans_within(const struct spans *spans, int64_t from_ms, int64_t until_ms)
{
    int64_t sum = 0;

    for (size_t i = 0; i < spans->n; i++) {
        const struct span *span = &spans->items[i];
        int64_t from = span->from_ms > from_ms ? span->from_ms : from_ms;
        int64_t until = span->until_ms < until_ms ? span->until_ms : until_ms;
        int64_t length;

        if (until <= from)
            continue;
        if (__builtin_sub_overflow(until, from, &length) ||
            __builtin_add_overflow(sum, length, &sum))
            return INT64_MAX;
    }
    return sum;
}

void spans_clear(struct spans *spans)
{
    spans->n = 0;
}

void spans_free(struct spans *spans)
{
    free(spans->items);
    *spans = (struct spans){0};
}
