/* ledger: the mailbox, the thread, and the way back to the loop. See ledger.h.
 * Runs: loop and ledger thread; every function says which.
 *
 * inbox, outbox, closing, ended and the trouble fields are shared and guarded by mutex.
 * The store belongs to the thread from its start to its end, and to the loop before and after.
 * uv_async_send may be merged with another, so its callback looks at everything. */
#include "gateway/ledger/ledger.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/lang.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/ledger/store.h"

#define LEDGER_TURN_US  4000 /* handing back takes no longer, then the loop has its turn */
#define LEDGER_RETRY_MS 1000
#define LEDGER_IDLE_MS  1000 /* so long without work: the log is moved into the file */

struct ledger {
    uv_loop_t *loop;
    uv_async_t async;
    uv_thread_t thread;
    struct store *store;

    uv_mutex_t mutex;
    uv_cond_t wake;
    struct list inbox, outbox;
    bool closing, ended;
    bool resigned; /* a failed batch is not tried again */
    int trouble;   /* what the last commit failed with; 0: fine */
    char trouble_why[240];

    bool unsigned_told; /* the thread's own: that signing fails */

    size_t pending;      /* from here on: the loop's own */
    struct list handing; /* taken out of the outbox, not handed back yet */
    int trouble_told;
    void (*on_trouble)(void *ctx, const char *message);
    void (*on_closed)(void *ctx);
    void *trouble_ctx, *closed_ctx;
};

void ledger_row_release(struct ledger_row *row)
{
    free(row->text);
    free(row->code);
    row->text = row->code = NULL;
}

/* ---- ledger thread ---- */

static int ledger_try_once(struct ledger *ledger, struct list *batch)
{
    int rc = store_begin(ledger->store);

    for (struct list *link = batch->next; link != batch && rc == 0; link = link->next)
        rc = store_run(ledger->store, LIST_ELEMENT(link, struct ledger_op, link));
    if (rc == 0)
        rc = store_commit(ledger->store);
    if (rc < 0)
        store_rollback(ledger->store);
    return rc;
}

/* A full disk may be full of our own log. */
static int ledger_try(struct ledger *ledger, struct list *batch)
{
    int rc = ledger_try_once(ledger, batch);

    return (rc == -ENOSPC || rc == -EIO) && store_make_room(ledger->store)
               ? ledger_try_once(ledger, batch)
               : rc;
}

/* What the user can do about it; what stays the same trouble is told once. */
enum ledger_trouble {
    TROUBLE_DISK, /* full or failing: now this way, now that */
    TROUBLE_MOVED,
    TROUBLE_READ_ONLY,
    TROUBLE_DAMAGED,
};

static enum ledger_trouble ledger_trouble_of(int error)
{
    switch (-error) {
    case ESTALE:
        return TROUBLE_MOVED;
    case EROFS:
    case EACCES:
        return TROUBLE_READ_ONLY;
    case EUCLEAN:
    case EMEDIUMTYPE:
        return TROUBLE_DAMAGED;
    default:
        return TROUBLE_DISK;
    }
}

/* Tells the loop and the log that writing fails (rc < 0) or works again (0). */
static void ledger_note(struct ledger *ledger, int rc)
{
    if (rc < 0)
        log_error("ledger commit=failed error=%d why=\"%s\"", -rc, store_why(ledger->store));
    else
        log_warning("ledger commit=works");
    uv_mutex_lock(&ledger->mutex);
    ledger->trouble = rc;
    if (rc < 0)
        snprintf(ledger->trouble_why, sizeof ledger->trouble_why, "%s", store_why(ledger->store));
    uv_mutex_unlock(&ledger->mutex);
    uv_async_send(&ledger->async);
}

/* Waits before the next try; closing or resigning ends the wait. */
static void ledger_pause(struct ledger *ledger)
{
    int64_t until = clock_mono_ms() + LEDGER_RETRY_MS;
    int64_t left;

    uv_mutex_lock(&ledger->mutex);
    while (!ledger->closing && !ledger->resigned && (left = until - clock_mono_ms()) > 0)
        uv_cond_timedwait(&ledger->wake, &ledger->mutex, (uint64_t)left * 1000000);
    uv_mutex_unlock(&ledger->mutex);
}

static bool ledger_is_last_try(struct ledger *ledger)
{
    bool last;

    uv_mutex_lock(&ledger->mutex);
    last = ledger->closing || ledger->resigned;
    uv_mutex_unlock(&ledger->mutex);
    return last;
}

static void ledger_give_up(struct list *batch)
{
    for (struct list *link = batch->next; link != batch; link = link->next)
        LIST_ELEMENT(link, struct ledger_op, link)->result = -ECANCELED;
}

/* False: given up. */
static bool ledger_carry_out(struct ledger *ledger, struct list *batch)
{
    int told = 0; /* the kind of failure that was told last */

    for (;;) {
        bool last = ledger_is_last_try(ledger); /* asked first: one try is made after the closing */
        int rc = ledger_try(ledger, batch);

        if (rc == 0) {
            if (told)
                ledger_note(ledger, 0);
            return true;
        }
        if (!told || ledger_trouble_of(told) != ledger_trouble_of(rc))
            ledger_note(ledger, told = rc);
        if (last)
            return false;
        ledger_pause(ledger);
    }
}

/* False: it is to be tried again, with what comes next or without. */
static bool ledger_sign(struct ledger *ledger, int (*sign)(struct store *store))
{
    int rc = sign(ledger->store);

    if (rc < 0 && !ledger->unsigned_told)
        log_warning("ledger checkpoint=failed error=%d why=\"%s\"", -rc, store_why(ledger->store));
    ledger->unsigned_told = rc < 0;
    return rc == 0;
}

static bool ledger_has_work(const struct ledger *ledger)
{
    return !list_is_empty(&ledger->inbox) || ledger->closing;
}

/* Waits for work and takes it. Returns false when there is none and never will be. dirty: something
 * isn't signed, or not in the file yet. */
static bool ledger_take(struct ledger *ledger, struct list *batch, bool *dirty)
{
    uv_mutex_lock(&ledger->mutex);
    while (!ledger_has_work(ledger)) {
        if (!*dirty) {
            uv_cond_wait(&ledger->wake, &ledger->mutex);
        } else if (uv_cond_timedwait(&ledger->wake, &ledger->mutex,
                                     (uint64_t)LEDGER_IDLE_MS * 1000000) == UV_ETIMEDOUT) {
            uv_mutex_unlock(&ledger->mutex);
            *dirty = !ledger_sign(ledger, store_sign);
            store_checkpoint(ledger->store);
            uv_mutex_lock(&ledger->mutex);
        }
    }
    list_splice(batch, &ledger->inbox);
    uv_mutex_unlock(&ledger->mutex);
    return !list_is_empty(batch);
}

static void ledger_run(void *arg)
{
    struct ledger *ledger = arg;
    struct list batch;
    bool dirty = true, lost = false; /* what the opening has written isn't signed yet */

    list_init(&batch);
    while (ledger_take(ledger, &batch, &dirty)) {
        dirty = true;
        /* What follows a lost batch may build on it, so it is lost too. */
        lost = lost || !ledger_carry_out(ledger, &batch);
        if (lost)
            ledger_give_up(&batch);
        else
            ledger_sign(ledger, store_sign_in_time);
        uv_mutex_lock(&ledger->mutex);
        list_splice(&ledger->outbox, &batch);
        uv_mutex_unlock(&ledger->mutex);
        uv_async_send(&ledger->async);
    }
    store_close(ledger->store); /* seals and sums up: seconds, with millions of messages */
    uv_mutex_lock(&ledger->mutex);
    ledger->ended = true;
    uv_mutex_unlock(&ledger->mutex);
    uv_async_send(&ledger->async);
}

/* ---- loop ---- */

static void ledger_describe(int error, const char *why, char *message, size_t size)
{
    switch (ledger_trouble_of(error)) {
    case TROUBLE_MOVED:
        snprintf(message, size, "%s",
                 lang("The books were moved or deleted while they were in use: put them back where "
                      "they were. Nothing is sent until then.",
                      "账本在使用中被移动或删除：请放回原处。在此之前不会发送任何内容。"));
        return;
    case TROUBLE_READ_ONLY:
        snprintf(message, size,
                 lang("The books may only be read (%s). Nothing is sent until they can be written: "
                      "look whether the disk was made read-only after errors, and whose the files "
                      "are.",
                      "账本只能读取（%s）。恢复写入之前不会发送任何内容：请检查磁盘是否因出错而变为"
                      "只读，以及文件的所有者和权限。"),
                 why);
        return;
    case TROUBLE_DAMAGED:
        snprintf(
            message, size,
            lang("The books are damaged (%s). Nothing is sent any more: end lawcast and put "
                 "back a backup (lawcast restore).",
                 "账本已损坏（%s）。已停止发送：请结束 lawcast 并恢复备份（lawcast restore）。"),
            why);
        return;
    case TROUBLE_DISK:
        snprintf(message, size,
                 lang("The books can't be written (%s). Nothing is sent until they can: make room "
                      "on the disk or repair it.",
                      "账本无法写入（%s）。恢复之前不会发送任何内容：请清理磁盘空间或修复磁盘。"),
                 why);
    }
}

static void ledger_tell(struct ledger *ledger, int trouble, const char *why)
{
    char message[512];

    if (trouble == ledger->trouble_told)
        return;
    ledger->trouble_told = trouble;
    if (trouble == 0) {
        ledger->on_trouble(ledger->trouble_ctx, NULL);
        return;
    }
    ledger_describe(trouble, why, message, sizeof message);
    ledger->on_trouble(ledger->trouble_ctx, message);
}

static void ledger_free(struct ledger *ledger)
{
    uv_cond_destroy(&ledger->wake);
    uv_mutex_destroy(&ledger->mutex);
    free(ledger);
}

static void ledger_handle_closed(uv_handle_t *handle)
{
    struct ledger *ledger = handle->data;
    void (*closed)(void *ctx) = ledger->on_closed;
    void *ctx = ledger->closed_ctx;

    ledger_free(ledger);
    closed(ctx);
}

static void ledger_finish(struct ledger *ledger)
{
    LOG_ASSERT(ledger->pending == 0 && list_is_empty(&ledger->inbox));
    uv_thread_join(&ledger->thread);
    uv_close((uv_handle_t *)&ledger->async, ledger_handle_closed);
}

/* Ten thousand boards may be answered by one commit: devices must not wait for all of them. False:
 * some are left for the next turn. */
static bool ledger_hand_back(struct ledger *ledger)
{
    int64_t until = clock_mono_us() + LEDGER_TURN_US;
    struct list *link;

    while ((link = list_take(&ledger->handing))) {
        struct ledger_op *op = LIST_ELEMENT(link, struct ledger_op, link);

        if (--ledger->pending == 0 && !ledger->on_closed)
            uv_unref((uv_handle_t *)&ledger->async);
        op->done(op);
        if (clock_mono_us() >= until && !list_is_empty(&ledger->handing)) {
            uv_async_send(&ledger->async);
            return false;
        }
    }
    return true;
}

static void ledger_wake(uv_async_t *async)
{
    struct ledger *ledger = async->data;
    char why[sizeof ledger->trouble_why];
    int trouble;
    bool ended;

    uv_mutex_lock(&ledger->mutex);
    list_splice(&ledger->handing, &ledger->outbox);
    trouble = ledger->trouble;
    memcpy(why, ledger->trouble_why, sizeof why);
    ended = ledger->ended;
    uv_mutex_unlock(&ledger->mutex);

    ledger_tell(ledger, trouble, why);
    if (ledger_hand_back(ledger) && ended)
        ledger_finish(ledger);
}

static struct ledger *ledger_make(uv_loop_t *loop, struct store *store)
{
    struct ledger *ledger = mem_new(struct ledger);

    ledger->loop = loop;
    ledger->store = store;
    list_init(&ledger->inbox);
    list_init(&ledger->outbox);
    list_init(&ledger->handing);
    if (uv_mutex_init(&ledger->mutex) || uv_cond_init(&ledger->wake))
        log_panic("ledger locks can't be made");
    return ledger;
}

static void ledger_launch(struct ledger *ledger)
{
    if (uv_async_init(ledger->loop, &ledger->async, ledger_wake))
        log_panic("ledger async can't be made");
    ledger->async.data = ledger;
    uv_unref((uv_handle_t *)&ledger->async);
    if (uv_thread_create(&ledger->thread, ledger_run, ledger))
        log_panic("ledger thread can't be made");
}

int ledger_open(struct ledger **out, uv_loop_t *loop, const char *path,
                void (*trouble)(void *ctx, const char *message), void *ctx,
                struct ledger_recovery *recovery, char *why, size_t why_size)
{
    struct ledger *ledger;
    struct store *store;
    int rc = store_open(&store, path, recovery, why, why_size);

    *out = NULL;
    if (rc < 0)
        return rc;
    ledger = *out = ledger_make(loop, store);
    ledger->on_trouble = trouble;
    ledger->trouble_ctx = ctx;
    ledger_launch(ledger);
    log_info("ledger opened path=%s unknown=%lld repeated=%lld", path, (long long)recovery->unknown,
             (long long)recovery->repeated);
    return 0;
}

static void ledger_prepare(struct ledger_op *op)
{
    op->at_ms = clock_wall_ms();
    list_init(&op->link);
    if (op->kind == LEDGER_FETCH) /* a fetch posted again starts with what its caller took over */
        op->fetch.n = 0;
    if (op->kind == LEDGER_SHOWINGS)
        op->showings.n = 0;
    if (op->kind == LEDGER_ANSWER)
        op->answer.text = NULL;
    if (op->kind == LEDGER_SIM)
        op->sim.uses = NULL;
}

void ledger_post(struct ledger *ledger, struct ledger_op *op)
{
    LOG_ASSERT(!ledger->on_closed && op->done);
    ledger_prepare(op);
    if (ledger->pending++ == 0)
        uv_ref((uv_handle_t *)&ledger->async);
    uv_mutex_lock(&ledger->mutex);
    list_append(&ledger->inbox, &op->link);
    uv_cond_signal(&ledger->wake);
    uv_mutex_unlock(&ledger->mutex);
}

void ledger_resign(struct ledger *ledger)
{
    uv_mutex_lock(&ledger->mutex);
    ledger->resigned = true;
    uv_cond_signal(&ledger->wake);
    uv_mutex_unlock(&ledger->mutex);
}

size_t ledger_pending(const struct ledger *ledger)
{
    return ledger->pending;
}

void ledger_close(struct ledger *ledger, void (*closed)(void *ctx), void *ctx)
{
    LOG_ASSERT(!ledger->on_closed && closed);
    ledger->on_closed = closed;
    ledger->closed_ctx = ctx;
    uv_ref((uv_handle_t *)&ledger->async);
    uv_mutex_lock(&ledger->mutex);
    ledger->closing = true;
    uv_cond_signal(&ledger->wake);
    uv_mutex_unlock(&ledger->mutex);
}
