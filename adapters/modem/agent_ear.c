/* ear: libgammu's ear on the line, with ours beside it. See agent_ear.h.
 * Runs: agent. */
#include "adapters/modem/agent_ear.h"

#include <poll.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <termios.h>

#include "adapters/modem/agent_pace.h"
#include "adapters/modem/sieve.h"

#define EAR_STDERR 2 /* descriptors above are libgammu's */

/* read has no place for a context; the agent has one thread. */
static struct {
    struct tap *tap;
    struct sieve sieve;
} ear;

void ear_set(struct tap *tap)
{
    ear.tap = tap;
    ear.sieve = (struct sieve){0};
}

static ssize_t ear_read(int fd, void *bytes, size_t size)
{
    struct iovec piece = {bytes, size};

    return readv(fd, &piece, 1);
}

/* Not from unistd.h, which may bring a read of its own (FORTIFY_SOURCE). */
ssize_t read(int fd, void *bytes, size_t size);
ssize_t read(int fd, void *bytes, size_t size)
{
    char *piece = bytes;
    ssize_t n;

    if (!ear.tap || fd <= EAR_STDERR || size <= SIEVE_SPARE)
        return ear_read(fd, bytes, size);
    n = ear_read(fd, piece + SIEVE_SPARE, size - SIEVE_SPARE);
    if (n > 0) {
        pace_note_heard();
        tap_feed(ear.tap, piece + SIEVE_SPARE, (size_t)n);
        n = (ssize_t)sieve_pass(&ear.sieve, piece, piece + SIEVE_SPARE, (size_t)n);
    }
    /* libgammu has a loop that reads until nothing comes, and doesn't see there that it was told to
     * give up. */
    if (pace_check(tap_is_flooded(ear.tap)) || tap_is_flooded(ear.tap))
        return 0;
    return n;
}

ssize_t write(int fd, const void *bytes, size_t size);
ssize_t write(int fd, const void *bytes, size_t size)
{
    struct iovec piece = {(void *)(uintptr_t)bytes, size};

    if (fd > EAR_STDERR)
        pace_note_written();
    return writev(fd, &piece, 1);
}

int tcflush(int fd, int queue)
{
    char piece[1024];
    struct pollfd waiting = {.fd = fd, .events = POLLIN};

    while (ear.tap && queue != TCOFLUSH && !tap_is_flooded(ear.tap) && poll(&waiting, 1, 0) > 0) {
        ssize_t n = ear_read(fd, piece, sizeof piece);

        if (n <= 0)
            break;
        tap_feed(ear.tap, piece, (size_t)n);
    }
    return ioctl(fd, TCFLSH, queue == TCIOFLUSH ? TCOFLUSH : queue);
}
