/* spans: stretches of time, put together so that none is counted twice.
 * Runs: any (pure). */
#ifndef LAWCAST_MODEL_SPANS_H
#define LAWCAST_MODEL_SPANS_H

#include <stddef.h>
#include <stdint.h>

struct span {
    int64_t from_ms, until_ms;
};

struct spans {
    struct span *items;
    size_t n, room;
};

/* One that doesn't end after it begins is left out. */
void spans_add(struct spans *spans, int64_t from_ms, int64_t until_ms);
/* Afterwards they are in order, and no two of them touch. */
void spans_merge(struct spans *spans);
/* How much of merged spans lies between from_ms and until_ms; INT64_MAX when that is more than
 * there is room for (damaged books). */
int64_t spans_within(const struct spans *spans, int64_t from_ms, int64_t until_ms);
/* Forgets all of them and keeps the room. */
void spans_clear(struct spans *spans);
void spans_free(struct spans *spans);

#endif
