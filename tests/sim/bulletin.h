/* bulletin: createBulletin's input, checked key by key.
 * Runs: any (pure, but for the process's time zone). Source: Onbon's open protocol YQ-COM2,
 * createBulletin.
 *
 * A bulletin may be seen from startDate to stopDate (both inclusive), each day whose bit is in
 * weekFlag (bit 0 is Monday), from startTime up to stopTime. 23:59:59 stands for the end of the
 * day.
 *
 * Which keys are mandatory is not documented: order, name and content are here, all others have the
 * widest meaning when missing. Every value is a JSON string, numbers too. */
#ifndef LAWCAST_TESTS_SIM_BULLETIN_H
#define LAWCAST_TESTS_SIM_BULLETIN_H

#include "gateway/base/json.h"
#include "tests/sim/reel.h"

enum { BULLETIN_ORDERS = 100 };

struct bulletin {
    char *name, *text;
    struct reel_window window;
};

/* 0 with *order and *out, or a code of the protocol: 14 key, 18 empty, 20 value. *out is released
 * by the caller in every case. */
int bulletin_read(const struct jv *input, unsigned *order, struct bulletin *out);
void bulletin_release(struct bulletin *bulletin);

#endif
