/* queue: a bounded window onto the due deliveries of one unit, or of one board, in one campaign.
 * Runs: loop.
 *
 * The books are the truth; a queue holds copies of at most QUEUE_ROOM rows, which the books call
 * due, and asks for more when half of them are gone. One LEDGER_FETCH is on its way at most. Rows
 * that are taken must come back through queue_settled, so that a queue knows when it has nothing
 * left. */
#ifndef LAWCAST_DISPATCH_QUEUE_H
#define LAWCAST_DISPATCH_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/ledger/ledger.h"

#define QUEUE_ROOM 512 /* rows; at 64 lanes and 10,000 messages/s about 50 ms of work */

struct queue {
    struct ledger *ledger;
    int64_t campaign;
    int32_t unit;
    enum delivery_channel channel;
    int64_t address; /* the board's number, 0 for messages */
    int64_t quota;   /* of the unit, for fairness; at least 1 */

    struct ledger_row *rows; /* ring of QUEUE_ROOM */
    size_t head, count;
    struct ledger_row *fetched; /* what the books hand over, QUEUE_ROOM */
    struct ledger_op op;
    bool fetching, started;
    bool woken;      /* something changed while a fetch was on its way */
    int64_t next_ms; /* the books have nothing to hand out before this */
    int64_t taken;   /* rows taken since the start */
    size_t inflight; /* taken and not settled */
    size_t awaiting; /* messages without a report, as of the last fetch */
    bool drawing;    /* the last fetch was allowed to hand out rows */

    void (*filled)(void *ctx, struct queue *queue); /* a fetch came back */
    void *ctx;
};

/* The first five members and quota are set by the caller; filled and ctx too. */
void queue_init(struct queue *queue);
/* Asserts that no fetch is on its way and nothing taken is open. Rows left are dropped from memory:
 * the books still call them due. */
void queue_fini(struct queue *queue);
/* Asks for rows if there is room and the books may have some at now_ms, and if open. */
void queue_refill(struct queue *queue, int64_t now_ms, bool open);
/* Asks how many reports are awaited; nothing is handed out or drawn from the reserve. */
void queue_poll(struct queue *queue);
/* Something may have become due (a deferral, a failure that the reserve can fill). */
void queue_wake(struct queue *queue);
/* Moves the next row out (the caller owns its text now); false: empty. */
bool queue_take(struct queue *queue, struct ledger_row *row);
/* A taken row was settled with this state in the books. */
void queue_settled(struct queue *queue, enum delivery_state state);
/* Nothing here, nothing taken and open, nothing in the books that could become due. */
bool queue_is_exhausted(const struct queue *queue);

#endif
