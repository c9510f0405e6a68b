/* outlet: an output that never makes its writer wait. See outlet.h.
 * Runs: any. */
#include "gateway/base/outlet.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/buffer.h"
#include "gateway/base/clock.h"
#include "gateway/base/mem.h"

/* How a piece is written without waiting. */
enum outlet_way {
    OUTLET_PLAIN,       /* by write(2): a file, or a description of our own with O_NONBLOCK */
    OUTLET_SOCKET,      /* by send(2) */
    OUTLET_SHARED_PIPE, /* it can't be opened anew: after POLLOUT a pipe takes PIPE_BUF bytes */
    OUTLET_SHARED_TTY   /* the same: but a terminal promises one byte only */
};

static const size_t outlet_pieces[] = {
    [OUTLET_PLAIN] = SIZE_MAX,
    [OUTLET_SOCKET] = SIZE_MAX,
    [OUTLET_SHARED_PIPE] = PIPE_BUF,
    [OUTLET_SHARED_TTY] = 1,
};

struct outlet {
    pthread_mutex_t lock; /* held while bytes are written, which never waits */
    int fd;               /* -1: nothing can be written any more */
    enum outlet_way way;
    struct buffer rest; /* of the last frame that was taken */
};

/* A second opening of the same pipe or terminal, -1 when it is not allowed (a terminal of another
 * user) or would be something else (the master's side of a terminal). */
static int outlet_open_anew(int fd)
{
    char path[40];
    unsigned number;

    if (ioctl(fd, TIOCGPTN, &number) == 0)
        return -1;
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    return open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

static void outlet_find_way(struct outlet *outlet, int fd)
{
    struct stat about;
    bool pipe, terminal;

    if (fstat(fd, &about))
        return;
    pipe = S_ISFIFO(about.st_mode);
    terminal = isatty(fd);
    if (pipe || terminal)
        outlet->fd = outlet_open_anew(fd);
    if (outlet->fd >= 0)
        return;
    outlet->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (S_ISSOCK(about.st_mode))
        outlet->way = OUTLET_SOCKET;
    else if (pipe)
        outlet->way = OUTLET_SHARED_PIPE;
    else if (terminal)
        outlet->way = OUTLET_SHARED_TTY;
}

struct outlet *outlet_open(int fd)
{
    struct outlet *outlet = mem_new(struct outlet);

    outlet->fd = -1;
    outlet->way = OUTLET_PLAIN;
    if (pthread_mutex_init(&outlet->lock, NULL))
        abort();
    outlet_find_way(outlet, fd);
    return outlet;
}

/* Like write(2), but never waits: -1 with EAGAIN. */
static ssize_t outlet_put_piece(const struct outlet *outlet, const char *bytes, size_t length)
{
    struct pollfd room = {.fd = outlet->fd, .events = POLLOUT};

    if (outlet->way == OUTLET_SOCKET)
        return send(outlet->fd, bytes, length, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (outlet->way != OUTLET_PLAIN && poll(&room, 1, 0) <= 0) {
        errno = EAGAIN;
        return -1;
    }
    return write(outlet->fd, bytes, length);
}

/* How many bytes went out. broken: no more ever will (the reader is gone, the disk is full). */
static size_t outlet_put(const struct outlet *outlet, const char *bytes, size_t length,
                         bool *broken)
{
    size_t done = 0;

    *broken = false;
    while (done < length) {
        size_t piece = length - done;
        ssize_t n;

        if (piece > outlet_pieces[outlet->way])
            piece = outlet_pieces[outlet->way];
        n = outlet_put_piece(outlet, bytes + done, piece);
        if (n > 0) {
            done += (size_t)n;
        } else if (n == 0 || errno != EINTR) {
            *broken = n < 0 && errno != EAGAIN;
            return done;
        }
    }
    return done;
}

/* A rest that can't be written any more is given up, so that the next frame starts clean. */
static void outlet_put_rest(struct outlet *outlet)
{
    bool broken;
    size_t done;

    if (!outlet->rest.length)
        return;
    done = outlet_put(outlet, outlet->rest.data, outlet->rest.length, &broken);
    buffer_consume(&outlet->rest, broken ? outlet->rest.length : done);
}

bool outlet_write(struct outlet *outlet, const char *frame, size_t length)
{
    bool taken = false;

    if (outlet->fd < 0 || length > OUTLET_FRAME_MAX)
        return false;
    pthread_mutex_lock(&outlet->lock);
    outlet_put_rest(outlet);
    if (!outlet->rest.length) {
        bool broken;
        size_t done = outlet_put(outlet, frame, length, &broken);

        taken = !broken && (done > 0 || length == 0);
        if (taken)
            buffer_add(&outlet->rest, frame + done, length - done);
    }
    pthread_mutex_unlock(&outlet->lock);
    return taken;
}

void outlet_drain(struct outlet *outlet, int wait_ms)
{
    int64_t end = clock_mono_ms() + wait_ms, left;

    pthread_mutex_lock(&outlet->lock);
    outlet_put_rest(outlet);
    while (outlet->rest.length && (left = end - clock_mono_ms()) > 0) {
        struct pollfd room = {.fd = outlet->fd, .events = POLLOUT};

        poll(&room, 1, (int)left);
        outlet_put_rest(outlet);
    }
    pthread_mutex_unlock(&outlet->lock);
}

void outlet_close(struct outlet *outlet)
{
    if (outlet->fd >= 0)
        close(outlet->fd);
    buffer_free(&outlet->rest);
    pthread_mutex_destroy(&outlet->lock);
    free(outlet);
}
