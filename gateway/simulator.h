/* simulator: the program lawcast-sim as a rehearsal's world: started, told the time, ended.
 * Runs: loop; simulator_start and simulator_end block and are called without a loop.
 *
 * Its clock is frozen, as a rehearsal's: time passes only when it is set.
 *
 * The simulator is a child that ends with us: it leaves when its standard input is closed. */
#ifndef LAWCAST_SIMULATOR_H
#define LAWCAST_SIMULATOR_H

#include <stddef.h>
#include <stdint.h>

#include <uv.h>

#include "gateway/base/json.h"

struct simulator; /* opaque */

/* Runs program with its specification (a JSON file) and waits up to 20 s for it to be ready. 0, or
 * -errno with a sentence in the user's language in why. */
int simulator_start(struct simulator **out, const char *program, const char *spec_path, char *why,
                    size_t why_size);
/* What it said when it was ready: {"modems":[...],"boards":{...}}. Lent. */
const struct jv *simulator_ready(const struct simulator *simulator);
/* Puts its answers on the loop. lost is called, once, when it has gone by itself. */
void simulator_attach(struct simulator *simulator, uv_loop_t *loop, void (*lost)(void *ctx),
                      void *ctx);
void simulator_detach(struct simulator *simulator);
/* How its world stands, as the gateway sees it or as it is. */
struct simulator_view {
    int64_t air;  /* messages that modems have, or that are in the air */
    int64_t said; /* status reports that were heard, or said */
    int64_t gone; /* modems that are down, or unplugged */
};
/* Asks to be told when its world is quiet and stands like this: then quiet is called, with the wall
 * time of what happens next by itself there (INT64_MAX: nothing). A question
 * replaces the one before. */
void simulator_ask_quiet(struct simulator *simulator, const struct simulator_view *view,
                         void (*quiet)(void *ctx, int64_t next_ms), void *ctx);
/* Sets its clock, which takes everything with it that is due by then. Waits for its answer, a tenth
 * of a millisecond, so that nothing else is done between its clock and ours. before: how its world
 * stood. 0; 1: it has gone, or will be told as lost. */
int simulator_set_clock(struct simulator *simulator, int64_t wall_ms,
                        struct simulator_view *before);
/* Asks it to leave and waits (its log is whole then). Frees. Returns its exit status, -1: killed.
 */
int simulator_end(struct simulator *simulator);

#endif
