/* queue: status reports whose time has come and that wait for their modem.
 * Runs: any (plain data).
 *
 * A ring that grows and never shrinks, so that a steady stream allocates nothing. A zeroed queue is
 * valid and empty. */
#ifndef LAWCAST_TESTS_SIM_QUEUE_H
#define LAWCAST_TESTS_SIM_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/sim/pdu.h"

struct report {
    int64_t due_ms;   /* steady, see clock.h; until it is promised: after how long, -1: as usual */
    int64_t taken_ms; /* wall: when the network took the message */
    char number[PDU_NUMBER_MAX + 1];
    bool international;
    bool stray; /* of a message that nobody sent */
    uint8_t reference, status;
    uint32_t modem, card; /* card: which of the modem's cards sent the message */
};

struct queue {
    struct report *items;
    size_t head, n, room; /* room is a power of two */
};

void queue_free(struct queue *queue);
void queue_push(struct queue *queue, const struct report *report);
/* The oldest, or NULL; lent until the queue changes. */
const struct report *queue_front(const struct queue *queue);
void queue_pop(struct queue *queue);
void queue_clear(struct queue *queue);

#endif
