/* queue: a bounded window onto due deliveries. See queue.h.
 * Runs: loop. */
#include "gateway/dispatch/queue.h"

#include <stdlib.h>

#include "gateway/base/log.h"
#include "gateway/base/mem.h"

static void queue_keep(struct queue *queue, const struct ledger_op *op)
{
    if (op->fetch.n && !queue->rows)
        queue->rows = mem_array(queue->room, struct ledger_row);
    for (size_t i = 0; i < op->fetch.n; i++) {
        LOG_ASSERT(queue->count < queue->room);
        queue->rows[(queue->head + queue->count++) % queue->room] = op->fetch.rows[i];
    }
}

static void queue_fetched(struct ledger_op *op)
{
    struct queue *queue = op->owner;

    queue->fetching = false;
    if (op->result < 0) /* the books were given up: nothing more comes from them */
        queue->next_ms = INT64_MAX;
    else
        queue_keep(queue, op);
    free(queue->fetched);
    queue->fetched = NULL;
    if (op->result < 0)
        return;
    queue->known = true;
    queue->awaiting = op->fetch.awaiting;
    queue->taken = op->fetch.taken;
    queue->open_parts = op->fetch.open_parts;
    /* An answer to "how many reports" says nothing about what could be handed out. */
    if (queue->drawing) {
        queue->next_ms = queue->woken ? 0 : op->fetch.next_ms;
        queue->oversize = op->fetch.oversize;
    }
    queue->woken = false;
    queue->filled(queue->ctx, queue);
}

void queue_forget(struct queue *queue)
{
    for (; queue->count; queue->count--) {
        ledger_row_release(&queue->rows[queue->head]);
        queue->head = (queue->head + 1) % queue->room;
    }
}

void queue_fini(struct queue *queue)
{
    LOG_ASSERT(!queue->fetching && queue->inflight == 0);
    queue_forget(queue);
    free(queue->rows);
}

static bool queue_has_room(const struct queue *queue)
{
    return queue->count <= queue->room / 2;
}

int64_t queue_next_ms(const struct queue *queue)
{
    return queue_has_room(queue) ? queue->next_ms : INT64_MAX;
}

static void queue_post(struct queue *queue, bool open)
{
    queue->fetching = true;
    queue->drawing = open;
    if (open)
        queue->fetched = mem_array(queue->room - queue->count, struct ledger_row);
    queue->op = (struct ledger_op){
        .kind = LEDGER_FETCH,
        .campaign = queue->campaign,
        .done = queue_fetched,
        .owner = queue,
        .fetch = {.unit = queue->unit,
                  .route = queue->route,
                  .channel = queue->channel,
                  .address = queue->address,
                  .again = open && !queue->started,
                  .parts_most = queue->parts_most,
                  .count_sent = queue->count_sent,
                  .max = open ? queue->room - queue->count : 0,
                  .rows = queue->fetched},
    };
    if (open)
        queue->started = true;
    ledger_post(queue->ledger, &queue->op);
}

void queue_renew(struct queue *queue)
{
    if (queue->fetching)
        return;
    queue_forget(queue);
    queue->started = false;
    queue->next_ms = 0;
}

void queue_bound(struct queue *queue, int32_t parts_most)
{
    queue->parts_next = parts_most;
}

/* What is here is due in the books: they are asked for it again, and hand out what fits now. */
static void queue_apply_bound(struct queue *queue)
{
    if (queue->parts_most == queue->parts_next || queue->fetching)
        return;
    queue->parts_most = queue->parts_next;
    if (queue->started)
        queue_renew(queue);
}

void queue_refill(struct queue *queue, int64_t now_ms, bool open)
{
    queue_apply_bound(queue);
    if (queue->fetching || !open || !queue_has_room(queue) || queue->next_ms > now_ms)
        return;
    queue_post(queue, true);
}

void queue_poll(struct queue *queue)
{
    if (!queue->fetching && (!queue->known || queue->rows || queue->awaiting))
        queue_post(queue, false);
}

void queue_wake(struct queue *queue)
{
    queue->next_ms = 0;
    queue->woken = queue->fetching;
}

const struct ledger_row *queue_peek(const struct queue *queue)
{
    return queue->count ? &queue->rows[queue->head] : NULL;
}

void queue_pass(struct queue *queue)
{
    struct ledger_row row = queue->rows[queue->head];

    queue->head = (queue->head + 1) % queue->room;
    queue->rows[(queue->head + queue->count - 1) % queue->room] = row;
}

bool queue_take(struct queue *queue, struct ledger_row *row)
{
    if (!queue->count)
        return false;
    *row = queue->rows[queue->head];
    queue->head = (queue->head + 1) % queue->room;
    queue->count--;
    queue->inflight++;
    queue->open_parts -= row->parts < queue->open_parts ? row->parts : queue->open_parts;
    return true;
}

/* It is over and went to nobody, so one of the reserve may take its place. */
static bool queue_is_failure(enum delivery_state state)
{
    return state != DELIVERY_SENT && state != DELIVERY_DUE && state != DELIVERY_DEFERRED;
}

void queue_settled(struct queue *queue, enum delivery_state state)
{
    LOG_ASSERT(queue->inflight > 0);
    queue->inflight--;
    if (state != DELIVERY_SENT)
        queue_wake(queue);
    for (size_t i = 0; i < queue->n_kin && queue_is_failure(state); i++)
        queue_wake(&queue->kin[i]);
}

bool queue_is_exhausted(const struct queue *queue)
{
    return queue->started && !(queue->fetching && queue->drawing) && !queue->count &&
           !queue->inflight && queue->next_ms == INT64_MAX && !queue->oversize;
}
