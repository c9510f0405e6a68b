/* simulator: the program lawcast-sim as a rehearsal's world: started, told the time, ended.
 * Runs: loop; simulator_start and simulator_end block and are called without a loop.
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
/* Sets its clock; told is called on the loop, with attach's ctx, when it has done so. One at a
 * time. */
void simulator_set_clock(struct simulator *simulator, int64_t wall_ms,
                         void (*told)(void *ctx, int64_t wall_ms));
/* Asks it to leave and waits (its log is whole then). Frees. Returns its exit status, -1: killed.
 */
int simulator_end(struct simulator *simulator);

#endif
