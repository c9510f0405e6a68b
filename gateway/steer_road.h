/* steer_road: how a person's word gets to the running gateway, or without one into the books; and
 * what then holds, in people's words.
 * Runs: any (blocks). */
#ifndef LAWCAST_STEER_ROAD_H
#define LAWCAST_STEER_ROAD_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/model/office.h"
#include "gateway/model/steer.h"

struct steer_job {
    const char *command; /* "pause" */
    const struct office *office;
    struct steer steer;
};

/* What became of it. */
struct steer_told {
    bool already;   /* it was so */
    bool running;   /* a gateway is at work on what it concerns */
    int64_t modems; /* that it concerns */
};

/* Is it in the configuration? Campaigns are in the books. An exit code; tells what is wrong. */
int steer_look_up(const struct steer_job *job);
/* An exit code; tells what is wrong itself. */
int steer_send(const struct steer_job *job, struct steer_told *told);
/* What holds now, on standard output. */
void steer_print(const struct steer_job *job, const struct steer_told *told);

#endif
