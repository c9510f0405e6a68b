/* peer: other SMS gateways, run on the same simulated modems as ours.
 * Runs: any (blocks; for benches).
 *
 * Each is set up as a competent operator would for speed: no pause that can be switched off, no
 * status reports, nothing received, no debug log. Whatever it needs lies in one mkdtemp folder,
 * servers listen on 127.0.0.1, and every process is ended by its number and waited for. */
#ifndef LAWCAST_TESTS_BENCH_PEER_H
#define LAWCAST_TESTS_BENCH_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "tests/bench/figures.h"
#include "tests/support/sim_client.h"
#include "tests/support/stage.h"

#define PEER_MODEMS 64 /* smstools has no room for more */
#define PEER_FIRST  INT64_C(8613800000000)
#define PEER_TEXT   "【市法宣办】弘扬宪法精神，共建文明城市拒收请回复R" /* what ours sends, too */
#define PEER_CENTRE "+8613800100500"

/* One run of one peer. */
struct peer_room {
    const struct figures_case *which;
    struct sim_client *sim;
    struct stage stage;
    pid_t pids[PEER_MODEMS]; /* whose cost counts */
    size_t n_pids;
    int port;     /* kannel: where its messages are handed in */
    pid_t helper; /* whose doesn't: it hands in the messages; 0: none */
};

struct peer {
    const char *name, *program;
    size_t at_once; /* messages for modems that answer at once: more than it can send in time */
    void (*write)(struct peer_room *room); /* configuration and, if they are files, messages */
    void (*start)(struct peer_room *room);
};

/* Ended by one without a name. */
extern const struct peer peer_list[];

bool peer_is_installed(const struct peer *peer);
void peer_run(const struct peer *peer, const struct figures_case *which, struct sim_client *sim,
              struct figures *out);

/* For the peers. */
/* Makes a folder below the stage's. */
void peer_make(const struct peer_room *room, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* A file below the stage's folder. */
void peer_write(const struct peer_room *room, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* argv[0] is looked for as peer_is_installed does. What it says goes to the file "said". */
pid_t peer_spawn(const struct peer_room *room, const char *const *argv);

void peer_gammu_write(struct peer_room *room);
void peer_gammu_start(struct peer_room *room);
void peer_smstools_write(struct peer_room *room);
void peer_smstools_start(struct peer_room *room);
void peer_kannel_write(struct peer_room *room);
void peer_kannel_start(struct peer_room *room);

#endif
