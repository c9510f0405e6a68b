/* rehearsal: a whole campaign against simulated modems and boards; nothing leaves the machine.
 * Runs: loop.
 *
 * The office is turned round before anything starts: every modem's device and every board's address
 * is replaced by the simulator's, and one that the simulator doesn't have ends the rehearsal. The
 * books are new ones in the rehearsal's folder. The clock is set to the beginning of the campaign's
 * first window and runs on from there; when nothing is left to do, it jumps to the next deed (a
 * slogan's turn, the window's end), in the simulator first, so that the boards never see a command
 * from their future.
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
    int64_t air_ms;      /* how long a simulated modem needs for a part */
    int64_t undelivered_permille, rejected_permille;
    const int64_t *refusals; /* numbers that want nothing, as the office's books have them */
    size_t n_refusals;
    FILE *out; /* progress, NULL: none */
};

/* 0; or -errno, after a message to the user on stderr. */
int rehearsal_run(const struct rehearsal_setup *setup, struct gateway_result *result);
/* Paths below the folder; to be freed. */
char *rehearsal_books(const char *folder);
char *rehearsal_log(const char *folder);

#endif
