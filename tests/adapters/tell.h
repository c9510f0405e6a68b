/* tell: commands for the simulator from a test whose loop has children of its own.
 * Runs: loop (blocks; for tests).
 *
 * The simulator's client waits in poll, and an agent that ends meanwhile would interrupt it: its
 * signal waits until the answer is there. */
#ifndef LAWCAST_TESTS_ADAPTERS_TELL_H
#define LAWCAST_TESTS_ADAPTERS_TELL_H

#include <signal.h>
#include <stdbool.h>

#include "gateway/base/json.h"
#include "tests/support/sim_client.h"

static inline void tell_hold(sigset_t *before)
{
    sigset_t child;

    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child, before);
}

/* Was it obeyed? */
static inline bool tell(struct sim_client *sim, const char *command)
{
    sigset_t before;
    bool obeyed;

    tell_hold(&before);
    obeyed = sim_client_tell(sim, "%s", command);
    sigprocmask(SIG_SETMASK, &before, NULL);
    return obeyed;
}

/* A figure of the answer, -1: there is none. */
static inline long long tell_figure(struct sim_client *sim, const char *command,
                                    const char *pointer)
{
    sigset_t before;
    struct jv *answer;
    long long figure;

    tell_hold(&before);
    answer = sim_client_ask(sim, "%s", command);
    sigprocmask(SIG_SETMASK, &before, NULL);
    figure = jv_number(jv_at(answer, pointer), -1);
    jv_free(answer);
    return figure;
}

static inline struct sim_events tell_events(struct sim_client *sim)
{
    struct sim_events events;
    sigset_t before;

    tell_hold(&before);
    events = sim_client_events(sim);
    sigprocmask(SIG_SETMASK, &before, NULL);
    return events;
}

#endif
