/* queue: reports that wait for their modem. See queue.h.
 * Runs: any. */
#include "tests/sim/queue.h"

#include <stdlib.h>

#include "gateway/base/log.h"
#include "gateway/base/mem.h"

void queue_free(struct queue *queue)
{
    free(queue->items);
    *queue = (struct queue){0};
}

void queue_clear(struct queue *queue)
{
    queue->head = queue->n = 0;
}

static void queue_grow(struct queue *queue)
{
    size_t room = queue->room ? queue->room * 2 : 64;
    struct report *items = mem_array(room, struct report);

    for (size_t i = 0; i < queue->n; i++)
        items[i] = queue->items[(queue->head + i) & (queue->room - 1)];
    free(queue->items);
    queue->items = items;
    queue->head = 0;
    queue->room = room;
}

void queue_push(struct queue *queue, const struct report *report)
{
    if (queue->n == queue->room)
        queue_grow(queue);
    queue->items[(queue->head + queue->n++) & (queue->room - 1)] = *report;
}

const struct report *queue_front(const struct queue *queue)
{
    return queue->n ? &queue->items[queue->head] : NULL;
}

void queue_pop(struct queue *queue)
{
    LOG_ASSERT(queue->n > 0);
    queue->head = (queue->head + 1) & (queue->room - 1);
    queue->n--;
}
