/* queue: a bounded window onto the due deliveries of one unit or board. See queue.h.
 * Runs: loop. */
#include "gateway/dispatch/queue.h"

#include <stdlib.h>

#include "gateway/base/log.h"
#include "gateway/base/mem.h"

static void queue_fetched(struct ledger_op *op)
{
    struct queue *queue = op->owner;

    queue->fetching = false;
    if (op->result < 0) /* the books were given up: nothing more comes from them */
        queue->next_ms = INT64_MAX;
    if (op->result < 0)
        return;
    for (size_t i = 0; i < op->fetch.n; i++) {
        LOG_ASSERT(queue->count < QUEUE_ROOM);
        queue->rows[(queue->head + queue->count++) % QUEUE_ROOM] = op->fetch.rows[i];
    }
    queue->awaiting = op->fetch.awaiting;
    /* An answer to "how many reports" says nothing about what could be handed out. */
    if (queue->drawing)
        queue->next_ms = queue->woken ? 0 : op->fetch.next_ms;
    queue->woken = false;
    queue->filled(queue->ctx, queue);
}

void queue_init(struct queue *queue)
{
    queue->rows = mem_array(QUEUE_ROOM, struct ledger_row);
    queue->fetched = mem_array(QUEUE_ROOM, struct ledger_row);
}

void queue_fini(struct queue *queue)
{
    struct ledger_row row;

    LOG_ASSERT(!queue->fetching && queue->inflight == 0);
    while (queue->count) {
        queue_take(queue, &row);
        queue->inflight--;
        ledger_row_release(&row);
    }
    free(queue->rows);
    free(queue->fetched);
}

static void queue_post(struct queue *queue, bool open)
{
    queue->fetching = true;
    queue->drawing = open;
    queue->op = (struct ledger_op){
        .kind = LEDGER_FETCH,
        .campaign = queue->campaign,
        .done = queue_fetched,
        .owner = queue,
        .fetch = {.unit = queue->unit,
                  .channel = queue->channel,
                  .address = queue->address,
                  .again = open && !queue->started,
                  .max = open ? QUEUE_ROOM - queue->count : 0,
                  .rows = queue->fetched},
    };
    if (open)
        queue->started = true;
    ledger_post(queue->ledger, &queue->op);
}

void queue_refill(struct queue *queue, int64_t now_ms, bool open)
{
    if (queue->fetching || !open || queue->count > QUEUE_ROOM / 2 || queue->next_ms > now_ms)
        return;
    queue_post(queue, true);
}

void queue_poll(struct queue *queue)
{
    if (!queue->fetching)
        queue_post(queue, false);
}

void queue_wake(struct queue *queue)
{
    queue->next_ms = 0;
    queue->woken = queue->fetching;
}

bool queue_take(struct queue *queue, struct ledger_row *row)
{
    if (!queue->count)
        return false;
    *row = queue->rows[queue->head];
    queue->head = (queue->head + 1) % QUEUE_ROOM;
    queue->count--;
    queue->taken++;
    queue->inflight++;
    return true;
}

void queue_settled(struct queue *queue, enum delivery_state state)
{
    LOG_ASSERT(queue->inflight > 0);
    queue->inflight--;
    if (state != DELIVERY_SENT)
        queue_wake(queue);
}

bool queue_is_exhausted(const struct queue *queue)
{
    return queue->started && !(queue->fetching && queue->drawing) && !queue->count &&
           !queue->inflight && queue->next_ms == INT64_MAX;
}
