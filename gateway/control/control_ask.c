/* control_ask: a command speaks to the running gateway. See control.h.
 * Runs: any (blocks; never on a gateway's loop). */
#include "gateway/control/control.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define CONTROL_WAIT_S 5

static int control_connect(int fd, const char *path)
{
    const struct timeval wait = {.tv_sec = CONTROL_WAIT_S};
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    if (strlen(path) >= sizeof address.sun_path)
        return -ENAMETOOLONG;
    memcpy(address.sun_path, path, strlen(path));
    if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait) ||
        setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait) ||
        connect(fd, (const struct sockaddr *)&address, sizeof address))
        return -errno;
    return 0;
}

static int control_say(int fd, const char *line)
{
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;
    ssize_t n;

    buffer_printf(&text, "%s\n", line);
    n = send(fd, text.data, text.length, MSG_NOSIGNAL);
    if (n < 0 && errno == EPIPE) /* turned away: why can be read */
        return 0;
    if (n < 0)
        return -errno;
    return (size_t)n == text.length ? 0 : -EIO;
}

static int control_hear(int fd, struct jv **answer)
{
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;
    char piece[4096];

    while (!text.length || text.data[text.length - 1] != '\n') {
        ssize_t n = recv(fd, piece, sizeof piece, 0);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? -errno : -ECONNRESET;
        buffer_add(&text, piece, (size_t)n);
        if (text.length > CONTROL_ANSWER_MAX)
            return -EMSGSIZE;
    }
    *answer = jv_parse(text.data, text.length, NULL);
    return *answer ? 0 : -EPROTO;
}

int control_ask(const char *path, const char *line, struct jv **answer)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), rc;

    *answer = NULL;
    if (fd < 0)
        return -errno;
    rc = control_connect(fd, path);
    if (!rc)
        rc = control_say(fd, line);
    if (!rc)
        rc = control_hear(fd, answer);
    close(fd);
    return rc;
}
