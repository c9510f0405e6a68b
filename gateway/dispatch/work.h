/* work: one campaign in hand, from entering it into the books to its last report.
 * Runs: loop.
 *
 *   ENTERING  intake runs
 *   RUNNING   its queues are open whenever a window is
 *   EXPIRING  the last window is over: what was not sent is written off
 *   WAITING   everything is settled, status reports are awaited (sms.report_wait_s at most)
 *   ENDED     nothing more will happen (or it failed: see failure)
 *
 * A report that says "not delivered" during WAITING can call the reserve: the work is RUNNING again
 * as long as a window is open or one is to come.
 *
 * The queues of boards are refilled by their screens (screen.h), one by one: there may be ten
 * thousand. */
#ifndef LAWCAST_DISPATCH_WORK_H
#define LAWCAST_DISPATCH_WORK_H

#include "gateway/model/operators.h"
#include "gateway/dispatch/fair.h"
#include "gateway/dispatch/intake.h"
#include "gateway/dispatch/queue.h"

enum work_state { WORK_ENTERING, WORK_RUNNING, WORK_EXPIRING, WORK_WAITING, WORK_ENDED };

struct work;

struct work_events {
    void (*refused)(void *ctx, const struct campaign *campaign, const struct recipient *row);
    void (*read)(void *ctx, const struct campaign *campaign); /* its lists, to the end */
    void (*filled)(void *ctx); /* a queue has rows, or the work's state has changed */
    void (*entered)(void *ctx, struct work *work); /* the books know it: numbers are valid */
};

/* What one unit owes, one queue for each network. */
struct work_order {
    struct fair_claim claim; /* taken: of all networks */
    struct queue queues[PHONE_OPERATORS];
};

struct work {
    uv_loop_t *loop;
    struct ledger *ledger;
    const struct office *office;
    const struct campaign *campaign;
    const struct work_events *events;
    void *ctx;

    enum work_state state;
    bool stopping, intake_over;
    bool held;        /* the clock is not to be trusted: nothing is sent, nothing written off */
    bool polled;      /* reports were counted since the last message */
    bool written_off; /* for the second time, after the boards */
    char *failure;    /* why it ended without being carried out, in the user's language; or NULL */
    int64_t number;
    struct intake *intake;
    struct work_order *orders;
    size_t n_orders;
    struct queue *boards;                  /* one per board that the campaign uses */
    size_t *board_index;                   /* index in office.boards */
    const struct display **board_displays; /* which of the campaign's has it */
    size_t n_boards;
    struct ledger_op expire, close;
    bool expiring, closing;
    int64_t close_at_ms;      /* steady: when old reports are given up next */
    int64_t waiting_since_ms; /* steady time; 0: not waiting */
    int64_t polled_mono_ms;   /* when reports were last counted */
};

void work_init(struct work *work); /* the first six members are set by the caller */
void work_start(struct work *work);
/* Looks at the clock: opens, refills, expires, ends. Cheap; call it about every 200 ms and after
 * news. */
void work_tick(struct work *work);
bool work_is_open(const struct work *work); /* may something be sent now? */
/* Nothing is on its way between the work and the books. */
bool work_is_quiet(const struct work *work);
/* No message is on its way, and no answer about messages from the books. */
bool work_orders_are_still(const struct work *work);
/* Something may have become due for its orders (a failure that the reserve can fill). */
void work_wake(struct work *work);
/* The wall time at which the work will have something to do if nothing happens before, but for its
 * boards; INT64_MAX: never. */
int64_t work_next_ms(const struct work *work);
size_t work_awaiting(const struct work *work);
/* Parts that nobody has taken yet, as of the last look; 0 outside the windows. */
int64_t work_open_parts(const struct work *work);
int64_t work_window_end_ms(const struct work *work); /* of the open window; 0: none is open */
void work_stop(struct work *work);                   /* takes no more; ENDED once it is quiet */
void work_fini(struct work *work);

#endif
