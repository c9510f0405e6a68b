/* agent_tty: the serial line to the modem. See agent_tty.h.
 * Runs: agent. */
#include "adapters/modem/agent_tty.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/uio.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "gateway/base/clock.h"

#define TTY_LOCK_MS 10000 /* an older agent may still be finishing its last message */

/* The speeds that libgammu knows, and with its own default for a plain "at". */
static const struct {
    long bauds;
    speed_t speed;
} tty_speeds[] = {
    {0, B19200},       {50, B50},         {75, B75},         {110, B110},         {134, B134},
    {150, B150},       {200, B200},       {300, B300},       {600, B600},         {1200, B1200},
    {1800, B1800},     {2400, B2400},     {4800, B4800},     {9600, B9600},       {19200, B19200},
    {38400, B38400},   {57600, B57600},   {115200, B115200}, {230400, B230400},   {460800, B460800},
    {500000, B500000}, {576000, B576000}, {921600, B921600}, {1000000, B1000000},
};

static speed_t tty_speed(const char *connection)
{
    long bauds = strncasecmp(connection, "at", 2) == 0 ? strtol(connection + 2, NULL, 10) : 0;

    for (size_t i = 0; i < sizeof tty_speeds / sizeof *tty_speeds; i++)
        if (tty_speeds[i].bauds == bauds)
            return tty_speeds[i].speed;
    return B19200;
}

/* libgammu sets it up the same when its turn comes. */
static void tty_set_raw(int fd, const char *connection)
{
    struct termios raw;

    if (tcgetattr(fd, &raw))
        return;
    cfmakeraw(&raw);
    raw.c_cflag |= CREAD | CLOCAL;
    raw.c_cflag &= ~(tcflag_t)CRTSCTS;
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    cfsetspeed(&raw, tty_speed(connection));
    tcsetattr(fd, TCSANOW, &raw);
}

static bool tty_lock(int fd)
{
    int64_t limit = clock_mono_ms() + TTY_LOCK_MS;
    struct timespec pause = {.tv_nsec = 50000000};

    while (flock(fd, LOCK_EX | LOCK_NB) < 0) {
        if (errno != EWOULDBLOCK || clock_mono_ms() >= limit)
            return false;
        nanosleep(&pause, NULL);
    }
    return true;
}

const char *tty_open(struct tty *tty, const char *device, const char *connection)
{
    /* Before libgammu opens it, because it asks for exclusive use. */
    tty->fd = open(device, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (tty->fd < 0)
        return errno == ENOENT   ? "the device doesn't exist"
               : errno == EACCES ? "no permission to open the device: is the user in group dialout?"
                                 : strerror(errno);
    if (!isatty(tty->fd))
        return "the device is not a serial line";
    if (!tty_lock(tty->fd))
        return "another program has the device";
    tty_set_raw(tty->fd, connection);
    return NULL;
}

void tty_unlock(struct tty *tty)
{
    flock(tty->fd, LOCK_UN);
}

bool tty_read(struct tty *tty)
{
    char bytes[4096];
    struct iovec piece = {bytes, sizeof bytes};
    ssize_t n = readv(tty->fd, &piece, 1); /* read is libgammu's: agent_ear.h */

    if (n > 0)
        tap_feed(&tty->tap, bytes, (size_t)n);
    else if (n == 0 || (errno != EAGAIN && errno != EINTR))
        tty->gone = true;
    return !tty->gone && !tap_is_flooded(&tty->tap);
}

const char *tty_complaint(const struct tty *tty)
{
    if (tty->gone)
        return "the modem is gone";
    return tap_is_flooded(&tty->tap) ? "the modem talks without sense and end"
                                     : "no answer from the modem";
}

bool tty_write(struct tty *tty, const char *text, size_t length, int64_t limit_ms)
{
    size_t done = 0;

    while (done < length) {
        struct pollfd wait = {.fd = tty->fd, .events = POLLOUT};
        int64_t left = limit_ms - clock_mono_ms();
        ssize_t n = write(tty->fd, text + done, length - done);

        if (n < 0 && errno != EAGAIN && errno != EINTR) {
            tty->gone = true;
            return false;
        }
        done += n > 0 ? (size_t)n : 0;
        if (n < 0 && (left <= 0 || poll(&wait, 1, (int)left) < 0))
            return false;
    }
    return true;
}
