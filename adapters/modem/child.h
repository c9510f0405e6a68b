/* child: a process with three pipes, from its start to the last closed handle.
 * Runs: loop.
 *
 * child_start always leads to events->gone, exactly once and never from inside a call, when the
 * process has ended (or never began), its output has been read to the end and every handle is
 * closed: then the child may be started again or forgotten. What it writes to standard error goes
 * to the log (debug). */
#ifndef LAWCAST_MODEM_CHILD_H
#define LAWCAST_MODEM_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <uv.h>

#include "gateway/base/buffer.h"

struct child_events {
    void (*output)(void *ctx, const char *bytes, size_t length);
    /* failed, status and signal stand until the next start. */
    void (*gone)(void *ctx);
};

struct child {
    const char *label; /* for the log; lent */
    const struct child_events *events;
    void *ctx;
    uv_process_t process;
    uv_pipe_t in, out, err;
    unsigned open; /* handles that are not closed yet; 0: nothing is there */
    bool exited, out_ended;
    int failed; /* the -errno with which it could not be started, else 0 */
    int signal;
    int64_t status;
    struct buffer complaint; /* a line of standard error that has no end yet */
    char piece[4096];
};

/* A reader that is gone must be an error, not the end of the gateway. Once, before the first start.
 */
void child_ignore_sigpipe(void);
/* Starts argv[0]. label, events and ctx have to last until gone. */
void child_start(struct child *child, uv_loop_t *loop, char **argv);
/* Writes all of it at once. false: impossible, and less than all of it may have been written. */
bool child_write(struct child *child, const char *bytes, size_t length);
/* Closes the child's input; it is expected to end. */
void child_end_input(struct child *child);
void child_kill(struct child *child);
/* Gives up a child that was killed and doesn't end (the kernel waits for the device), or whose
 * output somebody else holds open: gone follows soon. What is left of it is the init process's,
 * once ours has ended. */
void child_abandon(struct child *child);
/* How it ended, in words. */
void child_explain(const struct child *child, char *why, size_t why_size);
/* Frees memory; the child must be gone. */
void child_fini(struct child *child);

#endif
