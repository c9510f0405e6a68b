/* intake: entering a campaign into the books.
 * Runs: loop.
 *
 * Reads the recipients in pieces from an idle handle, a few thousand rows a turn, and posts them as
 * chunks; at most INTAKE_CHUNKS chunks wait for the ledger, so that a slow disk slows the reading
 * and nothing else. Interrupted by a crash, it begins again and the books take no row twice. A
 * campaign that the books know as completely planned is not read again. */
#ifndef LAWCAST_DISPATCH_INTAKE_H
#define LAWCAST_DISPATCH_INTAKE_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/config/recipients.h"
#include "gateway/ledger/ledger.h"

enum intake_result {
    INTAKE_DONE = 0,
    INTAKE_CHANGED = 1, /* the books know this campaign with another content */
    INTAKE_FAILED = 2,  /* a recipients file could not be read: see diag */
    INTAKE_STOPPED = 3,
};

struct intake_events {
    void (*refused)(void *ctx, const struct recipient *row);
    /* Every row was read. After this the campaign is called planned and its lists are never read
     * again. */
    void (*read)(void *ctx);
    void (*finished)(void *ctx, enum intake_result result);
};

/* What the books call the campaign's parts. Filled when the campaign is known, before finished. */
struct intake_numbers {
    int64_t campaign;
    int32_t *units;  /* by index in office.units */
    int64_t *boards; /* by index in office.boards */
};

struct intake; /* opaque */

struct intake *intake_new(uv_loop_t *loop, struct ledger *ledger, const struct office *office,
                          const struct campaign *campaign);
void intake_start(struct intake *intake, const struct intake_events *events, void *ctx);
/* Ends early; finished(INTAKE_STOPPED) still comes, later. */
void intake_stop(struct intake *intake);
/* After finished. */
void intake_free(struct intake *intake);
const struct intake_numbers *intake_numbers(const struct intake *intake);
const struct diag *intake_diag(const struct intake *intake);
int64_t intake_rows(const struct intake *intake); /* read so far */
/* The longest time that one turn held the loop, in microseconds. */
int64_t intake_longest_turn_us(const struct intake *intake);

#endif
