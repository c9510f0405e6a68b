/* queue: a bounded window onto the due deliveries of one unit and network, or of one board, in one
 * campaign.
 * Runs: loop.
 *
 * The books are the truth; a queue holds copies of at most room rows, which the books call
 * due, and asks for more when half of them are gone. One LEDGER_FETCH is on its way at most. Rows
 * that are taken must come back through queue_settled, so that a queue knows when it has nothing
 * left. */
#ifndef LAWCAST_DISPATCH_QUEUE_H
#define LAWCAST_DISPATCH_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/ledger/ledger.h"

#define QUEUE_ROOM       512 /* rows; at 64 lanes and 10,000 messages/s about 50 ms of work */
#define QUEUE_BOARD_ROOM 4   /* one slot of a board is open at a time, and there are many boards */

/* Zeroed but for the members before rows, filled and ctx, which the caller sets. */
struct queue {
    struct ledger *ledger;
    int64_t campaign;
    int32_t unit, route; /* route: enum phone_operator */
    enum delivery_channel channel;
    int64_t address;   /* the board's number, 0 for messages */
    size_t room;       /* rows at most: QUEUE_ROOM, QUEUE_BOARD_ROOM */
    struct queue *kin; /* the queues of the same unit, this one too: what fails in one may be
                          replaced from the reserve of another; NULL: boards */
    size_t n_kin;
    bool count_sent; /* enum counting: what is undelivered calls no reserve */

    struct ledger_row *rows; /* ring of room; NULL until the first row comes */
    size_t head, count;
    struct ledger_row *fetched; /* what the books hand over; only while fetching */
    struct ledger_op op;
    bool fetching, started;
    bool woken;         /* something changed while a fetch was on its way */
    int64_t next_ms;    /* the books have nothing to hand out before this */
    int64_t open_parts; /* of what nobody has taken: as of the last fetch, less what was taken */
    size_t inflight;    /* taken and not settled */
    size_t awaiting;    /* messages without a report, as of the last fetch */
    int64_t taken;      /* of the whole unit, in all runs, as of the last fetch */
    bool known;         /* the books have answered a fetch */
    bool drawing;       /* the last fetch was allowed to hand out rows */
    int32_t parts_most, parts_next; /* larger rows aren't fetched; next: from the next fetch on */
    bool oversize;                  /* the books have such rows: they wait for the windows' end */

    void (*filled)(void *ctx, struct queue *queue); /* a fetch came back */
    void *ctx;
};

/* Asserts that no fetch is on its way and nothing taken is open; forgets what is left. */
void queue_fini(struct queue *queue);
/* Drops what is here from memory: the books still call it due. */
void queue_forget(struct queue *queue);
/* The wall time at which the books may have something for it that finds room here. */
int64_t queue_next_ms(const struct queue *queue);
/* Asks for rows if there is room and the books may have some at now_ms, and if open. */
void queue_refill(struct queue *queue, int64_t now_ms, bool open);
/* Asks how many reports are awaited, if there can be any; nothing is handed out or drawn from the
 * reserve. */
void queue_poll(struct queue *queue);
/* From the next refill on rows with more parts stay in the books, because nobody could ever send
 * them; 0: none. What is here is then fetched anew. */
void queue_bound(struct queue *queue, int32_t parts_most);
/* Asks the books at the next refill again for what is here: they write off what has passed. Nothing
 * happens while a fetch is on its way. */
void queue_renew(struct queue *queue);
/* Something may have become due (a deferral, a failure that the reserve can fill). */
void queue_wake(struct queue *queue);
/* The next row, lent until the queue changes; NULL: empty. */
const struct ledger_row *queue_peek(const struct queue *queue);
/* The next row goes behind all others here: nobody may take it now. */
void queue_pass(struct queue *queue);
/* Moves the next row out (the caller owns its text now); false: empty. */
bool queue_take(struct queue *queue, struct ledger_row *row);
/* A taken row was settled with this state in the books (SENT also when they were given up). */
void queue_settled(struct queue *queue, enum delivery_state state);
/* Nothing here, nothing taken and open, nothing in the books that could become due. */
bool queue_is_exhausted(const struct queue *queue);

#endif
