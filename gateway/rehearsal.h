/* rehearsal: a whole campaign against simulated modems and boards; nothing leaves the machine.
 * Runs: loop.
 *
 * The office is turned round before anything starts: every modem's device and every board's address
 * is replaced by the simulator's, and one that the simulator doesn't have ends the rehearsal. The
 * books are new ones in the rehearsal's folder. The clock is set to the beginning of the campaign's
 * first window and stands still while anybody has something to do at that instant; then it jumps to
 * the next event (rehearsal_clock.h). So nothing depends on how fast the machine is: the same files
 * and the same seed give the same report; only keys and the time that it took are others.
 *
 * In the folder afterwards: rehearsal.db (books of its own: the office's are never written) with
 * its key, simulator.log (what the network took and the boards showed), simulator.json (what it was
 * told). The books sign under a name that says what they are (rehearsed.h).
 */
#ifndef LAWCAST_REHEARSAL_H
#define LAWCAST_REHEARSAL_H

#include "gateway/gateway.h"
#include "gateway/model/campaign.h"

struct rehearsal_setup {
    struct office *office; /* changed */
    const struct campaign *campaign;
    const char *folder;  /* exists */
    const char *program; /* lawcast-sim */
    int64_t air_ms; /* how long a modem needs for a part, where the configuration doesn't say; -1:
                       FORECAST_PART_MS */
    int64_t undelivered_permille, rejected_permille,
        busy_permille;       /* of numbers; busy: first try */
    int64_t lost_permille;   /* of modems: they stop for good at some time of the windows */
    int64_t seed;            /* what chance decides is drawn from it */
    int64_t speed;           /* at most so many times as fast as the day; 0: as fast as it goes */
    const int64_t *refusals; /* numbers that want nothing, as the office's books have them */
    size_t n_refusals;
    FILE *out; /* progress, NULL: none */
};

struct rehearsal_result {
    struct gateway_result gateway;
    bool lossy; /* reports were given that nobody heard: an agent was killed */
};

/* 0; or -errno, after a message to the user on stderr. */
int rehearsal_run(const struct rehearsal_setup *setup, struct rehearsal_result *result);
/* Paths below the folder; to be freed. */
char *rehearsal_books(const char *folder);
char *rehearsal_log(const char *folder);

#endif
