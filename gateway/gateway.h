/* gateway: the running gateway: loop, books, modems, boards and campaigns put together.
 * Runs: loop (gateway_run is the loop).
 *
 * Used by `run` with the real world and by `rehearse` with a simulated one; nothing in here knows
 * which. SIGHUP reads the configuration anew (reload.h). SIGINT and SIGTERM end it in order: nothing
 * new is sent, slogans are withdrawn, modems finish what they have, for office.drain_s at most; then
 * what they have is in doubt. A second signal waits neither for boards nor for a disk that can't
 * be written (what was in flight is in doubt at the next start, as after a crash).
 */
#ifndef LAWCAST_GATEWAY_H
#define LAWCAST_GATEWAY_H

#include <stdio.h>

#include "gateway/dispatch/dispatch.h"

struct gateway_setup {
    const struct office *office;
    const struct campaign *const *campaigns;
    size_t n_campaigns;
    const char *ledger_path;
    const char *agent_path;
    const char *refused_dir; /* where <campaign>-refused.csv goes */
    bool numbers;            /* whole ones in it */
    bool reloads;            /* SIGHUP and the verb reload mean office->file; else nothing */
    FILE *out;               /* progress; NULL: none */
    /* Rehearsals only, may be NULL: called when everything runs, and about every 10 ms. */
    void (*started)(void *ctx, uv_loop_t *loop, struct dispatch *dispatch);
    void (*watch)(void *ctx);
    /* Must close what started opened on the loop. */
    void (*ended)(void *ctx);
    void *ctx;
};

struct gateway_result {
    bool interrupted;  /* by a signal */
    bool trouble;      /* the books could not be written to the end (a message was printed) */
    size_t failed;     /* campaigns that were not carried out (messages were printed) */
    int64_t refused;   /* rows of recipients files */
    bool unlisted;     /* and the list of them can't be written (a message was printed) */
    int64_t unmatched; /* status reports */
    int64_t duration_ms;
};

/* 0; or -errno, after a message to the user on stderr. */
int gateway_run(const struct gateway_setup *setup, struct gateway_result *result);
/* The path of a program of ours: next to this one, or in ../libexec/lawcast. To be freed. */
char *gateway_program(const char *name);

#endif
