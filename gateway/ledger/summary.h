/* summary: messages by modem, SIM and day, put together from the deliveries.
 * Runs: any (pure, but for the process's time zone; summary_read blocks).
 *
 * The table of the same name holds such lines for each campaign; who finds it out of date adds the
 * deliveries up again, by the same functions. A message stands under the device of its last
 * attempt, the SIM and the local day of its last claim; under 0, 0 and 0 as long as no modem ever
 * took it.
 *
 * Days are made from quarters of an hour: every zone's midnight is at one (tz database, since
 * 1972). */
#ifndef LAWCAST_LEDGER_SUMMARY_H
#define LAWCAST_LEDGER_SUMMARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/model/delivery.h"
#include "gateway/ledger/db.h"

/* The columns of every query that summary_read takes: whose (campaign or unit), device, sim,
 * taken_ms, state, parts. */
#define SUMMARY_MESSAGES "device, sim, taken_ms, state, parts FROM delivery WHERE channel = 1"
/* Is the table true? What is no delivery's changes nothing in it. */
#define SUMMARY_BEHIND                                                                             \
    "EXISTS (SELECT 1 FROM journal j WHERE j.id > meta.summed AND j.delivery > 0)"

struct summary_key {
    int64_t owner; /* a campaign; for days by unit, a unit */
    int64_t device, sim;
    int32_t day; /* YYYYMMDD, local; 0: none */
};

struct summary_line {
    struct summary_key key;
    int64_t n[DELIVERY_STATES], parts[DELIVERY_STATES];
};

#define SUMMARY_SLOTS 64 /* whose days are remembered */

struct summary {
    struct summary_line *lines; /* in the order in which they were first met */
    size_t n, room;
    size_t *index; /* open addressing: line + 1, 0 is free */
    size_t index_room;
    struct {
        int64_t slot;
        int32_t day;
    } slots[SUMMARY_SLOTS];
};

/* A zeroed one is empty. */
void summary_free(struct summary *summary);
/* The local day of an instant; 0 for 0 and less. */
int32_t summary_day(struct summary *summary, int64_t taken_ms);
/* The line of a key, made when there is none; lent until the next call. */
struct summary_line *summary_line(struct summary *summary, const struct summary_key *key);
/* Adds the rows of a started statement up. What has no valid state is left out: books_recount names
 * it. 0 or -errno. */
int summary_read(struct summary *summary, struct db *db, unsigned statement);

#endif
