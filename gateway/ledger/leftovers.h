/* leftovers: how far the rows that were due before the start are handed out, queue by queue.
 * Runs: ledger thread (pure).
 *
 * There is a queue for each board: with ten thousand of them each fetch must find its own at once.
 * What a fetch handed out counts only when its transaction is committed. */
#ifndef LAWCAST_LEDGER_LEFTOVERS_H
#define LAWCAST_LEDGER_LEFTOVERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a fetch is about: a unit's messages to one network, or a board's slogans. */
struct store_queue {
    int64_t campaign, key; /* key: the unit's or the board's number */
    int32_t route;         /* boards: 0 */
    bool sms;
};

struct leftover_rows {
    struct store_queue queue;
    int64_t after;     /* handed out up to this id; INT64_MAX: all */
    int64_t committed; /* what a rollback takes after back to */
};

struct leftovers {
    struct leftover_rows *items;
    size_t n, room;
    size_t *slots; /* 1 + the index of an item, by the queue's hash; 0: free */
    size_t n_slots;
};

/* Lent until the next one is added; NULL: there is none. */
struct leftover_rows *leftovers_find(const struct leftovers *leftovers,
                                     const struct store_queue *queue);
/* A new one, with everything handed out and committed. There must be none yet. */
struct leftover_rows *leftovers_add(struct leftovers *leftovers, const struct store_queue *queue);
void leftovers_commit(struct leftovers *leftovers);
void leftovers_rollback(struct leftovers *leftovers);
void leftovers_free(struct leftovers *leftovers);

#endif
