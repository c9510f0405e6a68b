/* ear: libgammu's ear on the line, with ours beside it. See agent_ear.h.
 * Runs: agent. */
#include "adapters/modem/agent_ear.h"

#include <poll.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <termios.h>

#include "adapters/modem/agent_pace.h"

#define EAR_STDERR 2 /* descriptors above are libgammu's */

/* read has no place for a context; the agent has one thread. */
static struct {
    struct tap *tap;
} ear;

void ear_set(struct tap *tap)
{
    ear.tap = tap;
}

/* Not from unistd.h, which may bring a read of its own (FORTIFY_SOURCE). */
ssize_t read(int fd, void *bytes, size_t size);
ssize_t read(int fd, void *bytes, size_t size)
{
    struct iovec piece = {bytes, size};
    ssize_t n = readv(fd, &piece, 1);

    if (!ear.tap || fd <= EAR_STDERR)
        return n;
    if (n > 0)
        tap_feed(ear.tap, bytes, (size_t)n);
    /* libgammu has a loop that reads until nothing comes, and doesn't see there that it was told to
     * give up. */
    if (pace_check(tap_is_flooded(ear.tap)) || tap_is_flooded(ear.tap))
        return 0;
    return n;
}

int tcflush(int fd, int queue)
{
    char piece[1024];
    struct pollfd waiting = {.fd = fd, .events = POLLIN};

    while (ear.tap && queue != TCOFLUSH && !tap_is_flooded(ear.tap) && poll(&waiting, 1, 0) > 0)
        if (read(fd, piece, sizeof piece) <= 0)
            break;
    return ioctl(fd, TCFLSH, queue == TCIOFLUSH ? TCOFLUSH : queue);
}
