/* outlet: an output that never makes its writer wait.
 * Runs: any; an outlet may be used from several threads.
 *
 * A terminal that is stopped (Ctrl-S), a pipe that nobody reads or a log socket that is full would
 * hold up write(2), and with it the loop. An outlet drops what does not fit, by whole frames: a
 * frame that was taken in part is kept and finished first, so that a reader sees a sequence of
 * whole frames with gaps. Files are written as ever: a disk is not waited for long.
 *
 * Terminals and pipes are opened anew: O_NONBLOCK on the descriptor itself would also change it for
 * the shell and for every process that shares it. */
#ifndef LAWCAST_BASE_OUTLET_H
#define LAWCAST_BASE_OUTLET_H

#include <stdbool.h>
#include <stddef.h>

#define OUTLET_FRAME_MAX (256 * 1024)

struct outlet;

/* Leaves fd as it is and does not need it any more. Never NULL: an outlet onto nothing (fd is
 * closed) drops everything. */
struct outlet *outlet_open(int fd);
/* true: the frame is or will be written. false: it was dropped, whole. */
bool outlet_write(struct outlet *outlet, const char *frame, size_t length);
/* For the end, when nothing else runs: waits at most wait_ms until what was taken is written. */
void outlet_drain(struct outlet *outlet, int wait_ms);
/* What is still not written is lost. */
void outlet_close(struct outlet *outlet);

#endif
