/* work: one campaign in hand, from entering it into the books to its last report.
 * Runs: loop.
 *
 *   ENTERING  intake runs
 *   RUNNING   its orders' queues are open whenever a window of theirs is
 *   EXPIRING  the last window is over, or a person has cancelled it: what was not sent is written
 * off WAITING   everything is settled, status reports are awaited (sms.report_wait_s at most) ENDED
 * nothing more will happen (or it failed: see failure)
 *
 * A report that says "not delivered" during WAITING can call the reserve: the work is RUNNING again
 * as long as a window is open or one is to come.
 *
 * Every order has windows of its own. When one closes, what is left of the order goes on in its
 * next window, or is cancelled, or the whole campaign pauses until a person says resume, as the
 * campaign says (enum leftover). An order whose windows are all over keeps what is left until the
 * campaign's last window has closed: it may be extended until then.
 *
 * The queues of boards are refilled by their screens (screen.h), one by one: there may be ten
 * thousand. */
#ifndef LAWCAST_DISPATCH_WORK_H
#define LAWCAST_DISPATCH_WORK_H

#include "gateway/model/calendar.h"
#include "gateway/model/fair.h"
#include "gateway/model/operators.h"
#include "gateway/model/steer.h"
#include "gateway/dispatch/hours.h"
#include "gateway/dispatch/intake.h"
#include "gateway/dispatch/queue.h"
#include "gateway/dispatch/rate.h"

enum work_state { WORK_ENTERING, WORK_RUNNING, WORK_EXPIRING, WORK_WAITING, WORK_ENDED };

struct work;

struct work_events {
    void (*refused)(void *ctx, const struct campaign *campaign, const struct recipient *row);
    void (*read)(void *ctx, const struct campaign *campaign); /* its lists, to the end */
    void (*filled)(void *ctx); /* a queue has rows, or the work's state has changed */
    void (*entered)(void *ctx, struct work *work); /* the books know it: numbers are valid */
    void (*paused)(void *ctx, struct work *work);  /* by itself (LEFTOVER_STOP), and posts that */
};

enum work_closing {
    CLOSING_NOT,
    CLOSING_DUE,    /* a window has closed: what is on its way is awaited */
    CLOSING_COUNT,  /* the books are asked what is left */
    CLOSING_CANCEL, /* and cancel it */
};

/* What one unit owes, one queue for each network. */
struct work_order {
    struct fair_claim claim; /* taken: of all networks */
    struct queue queues[PHONE_OPERATORS];
    const struct order *order;
    struct calendar times; /* its windows, as extended */
    struct steer_standing standing;
    struct rate rate;
    size_t over; /* windows that were over at the last look */
    enum work_closing closing;
    bool looked, late; /* late: what closes was over at the first look */
    bool counted;      /* claim.taken begins with what earlier runs have taken */
    bool done;         /* what was left is cancelled: nothing more is sent */
    bool spent;        /* it needs no sending time any more, as of the last look */
    struct ledger_op cancel;
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
    int64_t expired;  /* rows that were written off */
    struct steer_standing standing; /* of the whole campaign */
    struct rate rate;
    struct hours times; /* the campaign's windows, as orders are extended */
    uint32_t changes;   /* grows when other orders need sending time, or at other times */
    char *failure; /* why it ended without being carried out, in the user's language; or NULL */
    int64_t number;
    struct intake *intake;
    struct work_order *orders;
    size_t n_orders;
    struct queue *boards;                  /* one per board that the campaign uses */
    size_t *board_index;                   /* index in office.boards */
    const struct display **board_displays; /* which of the campaign's has it */
    size_t n_boards;
    struct ledger_op expire, close, steer;
    bool expiring, closing, steering;
    int64_t close_at_ms;      /* steady: when old reports are given up next */
    int64_t waiting_since_ms; /* steady time; 0: not waiting */
    int64_t polled_mono_ms;   /* when reports were last counted */
};

void work_init(struct work *work); /* the first six members are set by the caller */
void work_start(struct work *work);
/* Looks at the clock: opens, refills, expires, ends. Cheap; call it about every 200 ms and after
 * news. */
void work_tick(struct work *work);
bool work_is_open(const struct work *work);   /* may something be sent or shown now? */
bool work_is_paused(const struct work *work); /* it waits until a person says resume */
bool work_order_is_open(const struct work *work, const struct work_order *order);
/* Same, of the order that has this queue; and when its open window ends, 0: none is open. */
bool work_queue_is_open(const struct work *work, const struct queue *queue);
int64_t work_queue_end_ms(const struct work *work, const struct queue *queue);
/* What rates that persons have set (not a modem's) say to so many parts, as rate_ask. */
enum meter_bound work_order_ask(struct work *work, struct work_order *order, int64_t parts,
                                int64_t *again_ms);
/* Is it more than such a rate ever lets go at once? */
bool work_order_is_beyond(const struct work *work, const struct work_order *order, int64_t parts);
/* It needs sending time still. */
bool work_order_is_going(const struct work *work, const struct work_order *order);
/* Nothing is on its way between the work and the books. */
bool work_is_quiet(const struct work *work);
/* No message is on its way, and no answer about messages from the books. */
bool work_orders_are_still(const struct work *work);
/* Something may have become due for its orders (a failure that the reserve can fill). */
void work_wake(struct work *work);
/* The wall time at which the work will have something to do if nothing happens before, but for its
 * boards; INT64_MAX: never. */
int64_t work_next_ms(struct work *work);
size_t work_awaiting(const struct work *work);
/* Parts that nobody has taken yet, as of the last look; 0 outside the windows. */
int64_t work_open_parts(const struct work *work);
/* When the last window of an order (SIZE_MAX: of all) ends, as extended; 0: it has none. */
int64_t work_end_ms(const struct work *work, size_t order);
/* What persons' words about an order (index; SIZE_MAX: the whole campaign) come to now. Takes
 * effect with the next tick at the latest; may be said at any time, also before the work has been
 * started. An extension of the campaign is one of the orders that go on to the end of all of them.
 * What has expired already doesn't come back by it: then the reserve fills what it can. An order
 * whose rest was cancelled has no reserve either, and isn't extended. */
void work_stand(struct work *work, size_t order, const struct steer_standing *standing);
void work_stop(struct work *work); /* takes no more; ENDED once it is quiet */
void work_fini(struct work *work);

#endif
