/* due: status reports that wait for their time, the next one first.
 * Runs: any (plain data).
 *
 * A heap that grows and never shrinks. Reports that are due together come in the order in which
 * they were pushed. A zeroed one is valid and empty. */
#ifndef LAWCAST_TESTS_SIM_DUE_H
#define LAWCAST_TESTS_SIM_DUE_H

#include "tests/sim/queue.h"

struct due_item {
    struct report report;
    uint64_t order;
};

struct due {
    struct due_item *items;
    size_t n, room;
    uint64_t pushed;
};

void due_free(struct due *due);
void due_push(struct due *due, const struct report *report);
/* The next one, or NULL; lent until it changes. */
const struct report *due_front(const struct due *due);
void due_pop(struct due *due);

#endif
