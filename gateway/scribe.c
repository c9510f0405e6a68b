/* scribe: writes into the books for a command while no gateway has them. See scribe.h.
 * Runs: any (blocks; runs a loop of its own). */
#include "gateway/scribe.h"

#include <stdio.h>
#include <stdlib.h>

#include <uv.h>

#include "gateway/base/log.h"
#include "gateway/base/mem.h"

struct scribe {
    uv_loop_t loop;
    struct ledger *ledger; /* NULL: closed */
    const char *command;
    bool done;
};

/* A command doesn't wait for a disk. */
static void scribe_trouble(void *ctx, const char *message)
{
    struct scribe *scribe = ctx;

    if (!message)
        return;
    fprintf(stderr, "lawcast %s: %s\n", scribe->command, message);
    ledger_resign(scribe->ledger);
}

int scribe_open(struct scribe **out, const char *command, const char *ledger)
{
    struct scribe *scribe = mem_new(struct scribe);
    struct ledger_recovery recovery;
    char why[512] = "";
    int rc;

    *out = NULL;
    scribe->command = command;
    uv_loop_init(&scribe->loop);
    rc = ledger_open(&scribe->ledger, &scribe->loop, ledger, scribe_trouble, scribe, &recovery, why,
                     sizeof why);
    if (rc == 0) {
        *out = scribe;
        return 0;
    }
    fprintf(stderr, "lawcast %s: %s\n", command, why);
    LOG_ASSERT(uv_loop_close(&scribe->loop) == 0);
    free(scribe);
    return rc;
}

static void scribe_done(struct ledger_op *op)
{
    struct scribe *scribe = op->owner;

    scribe->done = true;
}

int scribe_write(struct scribe *scribe, struct ledger_op *op)
{
    op->done = scribe_done;
    op->owner = scribe;
    scribe->done = false;
    ledger_post(scribe->ledger, op);
    while (!scribe->done)
        uv_run(&scribe->loop, UV_RUN_ONCE);
    return op->result;
}

static void scribe_closed(void *ctx)
{
    struct scribe *scribe = ctx;

    scribe->ledger = NULL;
}

void scribe_close(struct scribe *scribe)
{
    if (!scribe)
        return;
    ledger_close(scribe->ledger, scribe_closed, scribe);
    uv_run(&scribe->loop, UV_RUN_DEFAULT);
    LOG_ASSERT(!scribe->ledger && uv_loop_close(&scribe->loop) == 0);
    free(scribe);
}
