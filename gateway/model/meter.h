/* meter: how many parts one SIM, or a group of SIMs, has sent, and how many more it may.
 * Runs: any (pure, but for the process's time zone).
 *
 * Parts are counted in slots of METER_SLOT_MS wall time, in memory as in the books, so that a meter
 * that is loaded from the books says the same as one that never stopped. An hour is METER_SLOTS
 * slots: one more than fit into 3,600 s, so that no 3,600 s ever hold more than the limit, wherever
 * they begin. A day begins at local midnight.
 *
 * A SIM that burns its limit in the first minutes is what operators bar. So the limits are spread:
 * a meter earns per slot what the limits allow in the long run (of the day, what is left of it over
 * the time that windows are still open), and keeps unused earnings for METER_KEEP_MS. A message of
 * several parts may go into debt; the hard limits hold at any time.
 *
 * Slots that lie in the future (the clock was set back) count until they have passed. */
#ifndef LAWCAST_MODEL_METER_H
#define LAWCAST_MODEL_METER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define METER_SLOT_MS 30000
#define METER_SLOTS   121
#define METER_KEEP_MS (10 * 60 * INT64_C(1000))
/* What has to be loaded: a local day has at most 25 hours, and a clock that was set back by a day
 * finds parts of "today" that are older. */
#define METER_LOAD_MS (49 * 3600 * INT64_C(1000))

struct meter_limits {
    int64_t per_hour, per_day; /* parts; 0: no limit */
};

/* One row of the books. */
struct meter_use {
    int64_t slot; /* wall time / METER_SLOT_MS */
    int64_t parts;
};

struct meter; /* opaque */

struct meter *meter_new(const struct meter_limits *limits);
void meter_free(struct meter *meter); /* NULL is fine */
/* One of its own that knows the same. */
struct meter *meter_copy(const struct meter *meter);
/* What the books know; after meter_new, in any order. */
void meter_load(struct meter *meter, const struct meter_use *uses, size_t n);
/* The slot that an instant belongs to; what a claim books. */
int64_t meter_slot(int64_t wall_ms);
void meter_add(struct meter *meter, int64_t slot, int64_t parts);
void meter_take_back(struct meter *meter, int64_t slot, int64_t parts);

enum meter_bound { METER_FREE, METER_PACE, METER_HOUR, METER_DAY, METER_NEVER };

/* May a message of so many parts be claimed? METER_FREE, or what forbids it; *again_ms is then the
 * wall time at which to ask again (INT64_MAX with METER_NEVER: the message is larger than the
 * limit). open_ms: for how long sending is still allowed today; 0: not known, the day isn't spread.
 */
enum meter_bound meter_ask(struct meter *meter, int64_t now_ms, int64_t open_ms, int64_t parts,
                           int64_t *again_ms);
/* In the last METER_SLOTS slots; since local midnight. */
int64_t meter_hour_parts(const struct meter *meter, int64_t now_ms);
int64_t meter_day_parts(const struct meter *meter, int64_t now_ms);
/* The most that the limits let pass within open_ms from now; INT64_MAX: no limit. */
int64_t meter_capacity(const struct meter *meter, int64_t now_ms, int64_t open_ms);
const struct meter_limits *meter_limits(const struct meter *meter);
/* Other limits from now on; what was sent counts as before. */
void meter_limit(struct meter *meter, const struct meter_limits *limits);

#endif
