/* work: one campaign in hand. See work.h.
 * Runs: loop. */
#include "gateway/dispatch/work.h"

#include <stdlib.h>

#include "gateway/base/clock.h"
#include "gateway/base/lang.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/dispatch/work_inside.h"

#define WORK_POLL_MS 500 /* how often awaited reports are counted when nothing else is left */

void work_set(struct work *work, enum work_state state)
{
    static const char *const names[] = {"entering", "running", "expiring", "waiting", "ended"};

    log_info("campaign=%s state=%s", work->campaign->id, names[state]);
    work->state = state;
    work->changes++;
}

/* The queues of all orders, one after the other; NULL past the end. */
static struct queue *work_message_queue(const struct work *work, size_t i)
{
    if (i >= work->n_orders * PHONE_OPERATORS)
        return NULL;
    return &work->orders[i / PHONE_OPERATORS].queues[i % PHONE_OPERATORS];
}

/* Counts the reports that are awaited anew; what a queue remembers is as old as its last fetch. */
static void work_poll(struct work *work)
{
    struct queue *queue;

    work->polled_mono_ms = clock_mono_ms();
    for (size_t i = 0; (queue = work_message_queue(work, i)); i++)
        queue_poll(queue);
}

void work_begin_waiting(struct work *work)
{
    work_set(work, WORK_WAITING);
    work->polled = false;
    work->close_at_ms = 0;
    if (!work->waiting_since_ms)
        work->waiting_since_ms = clock_steady_ms();
}

static void work_filled(void *ctx, struct queue *queue)
{
    struct work *work = ctx;

    work_count_taken(work, queue);
    if (queue->count)
        work->events->filled(work->ctx);
}

static void work_open_orders(struct work *work)
{
    const struct campaign *campaign = work->campaign;
    const struct intake_numbers *numbers = intake_numbers(work->intake);

    for (size_t i = 0; i < campaign->n_orders; i++) {
        struct work_order *order = &work->orders[i];

        for (int32_t route = 0; route < PHONE_OPERATORS; route++)
            order->queues[route] = (struct queue){.ledger = work->ledger,
                                                  .campaign = work->number,
                                                  .unit = numbers->units[campaign->orders[i].unit],
                                                  .route = route,
                                                  .channel = CHANNEL_SMS,
                                                  .room = QUEUE_ROOM,
                                                  .kin = order->queues,
                                                  .n_kin = PHONE_OPERATORS,
                                                  .count_sent = campaign->counts == COUNT_SENT,
                                                  .filled = work_filled,
                                                  .ctx = work};
    }
}

/* A board is in one display of a campaign at most. */
static void work_open_boards(struct work *work)
{
    const struct office *office = work->office;
    const struct campaign *campaign = work->campaign;
    const struct intake_numbers *numbers = intake_numbers(work->intake);

    work->boards = mem_array(office->n_boards, struct queue);
    work->board_index = mem_array(office->n_boards, size_t);
    work->board_displays = mem_array(office->n_boards, const struct display *);
    for (size_t i = 0; i < campaign->n_displays; i++)
        for (size_t k = 0; k < campaign->displays[i].n_boards; k++) {
            size_t board = campaign->displays[i].boards[k], n = work->n_boards++;

            work->board_index[n] = board;
            work->board_displays[n] = &campaign->displays[i];
            work->boards[n] = (struct queue){.ledger = work->ledger,
                                             .campaign = work->number,
                                             .unit = numbers->units[office->boards[board].owner],
                                             .channel = CHANNEL_DISPLAY,
                                             .address = numbers->boards[board],
                                             .room = QUEUE_BOARD_ROOM};
        }
}

static char *work_failure(const struct work *work, enum intake_result result)
{
    const struct diag *diag = intake_diag(work->intake);

    if (result == INTAKE_CHANGED)
        return mem_printf(
            lang("campaign %s is already in the books with another content: its file or one of its "
                 "lists was changed. Give the changed campaign a new id, or put the file and the "
                 "lists back as they were.",
                 "任务 %s 已按另一内容入账：任务文件或名单有改动。请为修改后的任务换一个新的 "
                 "id，或恢复原来的文件和名单。"),
            work->campaign->id);
    if (result == INTAKE_FAILED && diag->n)
        return mem_printf("%s:%d: %s", diag->entries[diag->n - 1].file,
                          diag->entries[diag->n - 1].line, diag->entries[diag->n - 1].message);
    return NULL;
}

static void work_intake_finished(void *ctx, enum intake_result result)
{
    struct work *work = ctx;

    work->intake_over = true;
    work->number = intake_numbers(work->intake)->campaign;
    if (result != INTAKE_DONE) {
        work->failure = work_failure(work, result);
        work_set(work, WORK_ENDED);
    } else {
        work_open_orders(work);
        work_open_boards(work);
        work_set(work, work->stopping ? WORK_ENDED : WORK_RUNNING);
        work->events->entered(work->ctx, work);
    }
    work->events->filled(work->ctx);
}

static void work_intake_refused(void *ctx, const struct recipient *row)
{
    struct work *work = ctx;

    work->events->refused(work->ctx, work->campaign, row);
}

static void work_intake_read(void *ctx)
{
    struct work *work = ctx;

    work->events->read(work->ctx, work->campaign);
}

static const struct intake_events work_intake_events = {
    .read = work_intake_read,
    .refused = work_intake_refused,
    .finished = work_intake_finished,
};

void work_init(struct work *work)
{
    work->intake = intake_new(work->loop, work->ledger, work->office, work->campaign);
    work_make_orders(work);
}

void work_start(struct work *work)
{
    intake_start(work->intake, &work_intake_events, work);
}

static bool work_boards_all(const struct work *work, bool (*holds)(const struct queue *))
{
    for (size_t i = 0; i < work->n_boards; i++)
        if (!holds(&work->boards[i]))
            return false;
    return true;
}

static bool work_orders_all(const struct work *work, bool (*holds)(const struct queue *))
{
    const struct queue *queue;

    for (size_t i = 0; (queue = work_message_queue(work, i)); i++)
        if (!holds(queue))
            return false;
    return true;
}

static bool work_queue_is_quiet(const struct queue *queue)
{
    return !queue->fetching && !queue->inflight;
}

static bool work_queue_rests(const struct queue *queue)
{
    return !queue->fetching;
}

bool work_orders_are_still(const struct work *work)
{
    return work_orders_all(work, work_queue_is_quiet);
}

void work_wake(struct work *work)
{
    struct queue *queue;

    for (size_t i = 0; (queue = work_message_queue(work, i)); i++)
        queue_wake(queue);
}

/* No message is on its way, and no answer of the books. Boards may still have slogans to take down:
 * a board that hangs must not keep messages from being written off. */
static bool work_messages_are_quiet(const struct work *work)
{
    for (size_t i = 0; i < work->n_orders; i++)
        if (work->orders[i].closing == CLOSING_CANCEL)
            return false;
    return work->intake_over && !work->expiring && !work->closing && !work->steering &&
           work_orders_are_still(work) && work_boards_all(work, work_queue_rests);
}

static bool work_orders_are_exhausted(const struct work *work)
{
    for (size_t i = 0; i < work->n_orders; i++)
        if (!work_order_is_exhausted(&work->orders[i]))
            return false;
    return true;
}

static bool work_is_exhausted(const struct work *work)
{
    return work_orders_are_exhausted(work) && work_boards_all(work, queue_is_exhausted);
}

static bool work_is_over(const struct work *work, int64_t now)
{
    const struct hours *times = &work->times;

    return work->standing.cancelled || (!window_at(times->windows, times->n, now) &&
                                        !window_after(times->windows, times->n, now));
}

bool work_is_open(const struct work *work)
{
    return work_may_send(work) && window_at(work->times.windows, work->times.n, clock_wall_ms());
}

bool work_is_paused(const struct work *work)
{
    return work->standing.paused && !work->standing.cancelled && work->state != WORK_ENDED;
}

bool work_is_quiet(const struct work *work)
{
    return work_messages_are_quiet(work) && work_boards_all(work, work_queue_is_quiet);
}

size_t work_awaiting(const struct work *work)
{
    const struct queue *queue;
    size_t n = 0;

    for (size_t i = 0; (queue = work_message_queue(work, i)); i++)
        n += queue->awaiting;
    return work->campaign->sms.report ? n : 0;
}

int64_t work_open_parts(const struct work *work)
{
    int64_t parts = 0;

    for (size_t i = 0; i < work->n_orders; i++)
        for (int route = 0; route < PHONE_OPERATORS; route++)
            if (work_order_is_open(work, &work->orders[i]))
                parts += work->orders[i].queues[route].open_parts;
    return parts;
}

static void work_refill(struct work *work, int64_t now)
{
    for (size_t i = 0; i < work->n_orders; i++) {
        bool open = work_order_is_open(work, &work->orders[i]);

        for (int route = 0; route < PHONE_OPERATORS; route++)
            queue_refill(&work->orders[i].queues[route], now, open);
    }
}

static void work_tick_running(struct work *work, int64_t now)
{
    if (work_is_over(work, now)) {
        if (!work_messages_are_quiet(work))
            return;
        work_forget_rows(work);
        work_set(work, WORK_EXPIRING);
        work_write_off(work);
    } else if (work_is_exhausted(work)) {
        work_begin_waiting(work);
    }
}

/* What came back from boards after the first writing off (a slogan that could not be shown) goes
 * too. */
static void work_end(struct work *work, int64_t now)
{
    if (work_is_over(work, now) && !work->written_off) {
        work->written_off = true;
        work_forget_rows(work);
        work_set(work, WORK_EXPIRING);
        work_write_off(work);
    } else {
        work_set(work, WORK_ENDED);
    }
}

static void work_tick_waiting(struct work *work, int64_t now)
{
    int64_t waited_ms = clock_steady_ms() - work->waiting_since_ms;

    if (!work_is_over(work, now) && !work_is_exhausted(work)) {
        work->waiting_since_ms = 0;
        work_set(work, WORK_RUNNING);
    } else if (work_is_quiet(work) && work->polled &&
               (!work_awaiting(work) || waited_ms >= work->campaign->sms.report_wait_s * 1000)) {
        work_end(work, now);
    }
}

/* While messages are done and reports are not, the reports are counted anew now and then: what a
 * queue remembers is as old as its last fetch. */
static void work_count_reports(struct work *work)
{
    if (!work_orders_are_exhausted(work) && !work_is_over(work, clock_wall_ms())) {
        work->polled = false;
        return;
    }
    if (!work_messages_are_quiet(work) ||
        (work->polled &&
         (!work_awaiting(work) || clock_mono_ms() - work->polled_mono_ms < WORK_POLL_MS)))
        return;
    work->polled = true;
    work_poll(work);
}

void work_tick(struct work *work)
{
    int64_t now = clock_wall_ms();

    if (work->stopping && work->state != WORK_ENTERING && work->state != WORK_ENDED &&
        work_is_quiet(work))
        work_set(work, WORK_ENDED);
    if ((work->state != WORK_RUNNING && work->state != WORK_WAITING) || work->stopping ||
        work->held)
        return;
    if (!work->standing.cancelled && !work_tick_orders(work, now) && work_is_over(work, now))
        return; /* what closes is counted before it is written off */
    work_refill(work, now);
    work_tick_reports(work);
    work_count_reports(work);
    if (work->state == WORK_RUNNING)
        work_tick_running(work, now);
    else
        work_tick_waiting(work, now);
}

/* When it begins or ends to be open. */
static int64_t work_turn_ms(const struct work *work, int64_t now)
{
    const struct window *window = window_at(work->times.windows, work->times.n, now);

    if (window)
        return window->to_ms;
    window = window_after(work->times.windows, work->times.n, now);
    return window ? window->from_ms : now;
}

int64_t work_next_ms(struct work *work)
{
    int64_t now = clock_wall_ms(), next = INT64_MAX;

    if (work->held)
        return INT64_MAX;
    if (work->state == WORK_WAITING)
        next = work_awaiting(work) ? now + work->waiting_since_ms - clock_steady_ms() +
                                         work->campaign->sms.report_wait_s * 1000
                                   : now; /* the next tick ends it */
    if (work->state != WORK_RUNNING)
        return next;
    next = work_turn_ms(work, now);
    for (size_t i = 0; i < work->n_orders; i++) {
        int64_t own = work_order_next_ms(work, &work->orders[i], now);

        next = own < next ? own : next;
    }
    return next;
}

void work_stop(struct work *work)
{
    work->stopping = true;
    if (!work->intake_over)
        intake_stop(work->intake);
}

void work_fini(struct work *work)
{
    LOG_ASSERT(work->state == WORK_ENDED && !work->expiring && !work->closing && !work->steering);
    work_free_orders(work);
    for (size_t i = 0; i < work->n_boards; i++)
        queue_fini(&work->boards[i]);
    free(work->boards);
    free(work->board_index);
    free(work->board_displays);
    free(work->failure);
    intake_free(work->intake);
}
