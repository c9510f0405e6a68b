/* field: boards for benches. See field.h.
 * Runs: any. */
#include "tests/bench/field.h"

#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"

enum {
    FIELD_FIRST = 0x7f010000, /* 127.1.0.0 */
    FIELD_ROOM = 2048,        /* bytes of a request */
    FIELD_NAME = 40,
    FIELD_EVENTS = 256,
};

struct field_board {
    _Atomic bool published, verified;
    char name[FIELD_NAME];
};

/* Shared with the child. */
struct field_shared {
    _Atomic size_t verified, connections;
    _Atomic int64_t first_us, last_us;
    struct field_board boards[FIELD_BOARDS_MAX];
};

struct field {
    pid_t pid;
    int listener, port;
    size_t boards;
    unsigned odd_pct;
    enum field_odd odd;
    struct field_shared *shared;
};

struct field_connection {
    int fd;
    size_t board, n;
    char bytes[FIELD_ROOM];
};

static bool field_is_odd(const struct field *field, size_t board)
{
    return board % 100 < field->odd_pct;
}

/* ---- the boards, in the child ---- */

static void field_answer(const struct field_connection *connection, const char *status,
                         const char *body)
{
    char reply[256];
    int n = snprintf(reply, sizeof reply,
                     "HTTP/1.1 %s\r\nContent-Type: application/json\r\n"
                     "Content-Length: %zu\r\n\r\n%s",
                     status, strlen(body), body);

    if (write(connection->fd, reply, (size_t)n) != n)
        log_panic("a reply could not be written: %s", strerror(errno));
}

static void field_publish(struct field_board *board, const char *request)
{
    const char *name = strstr(request, "\"name\":\"");
    size_t length = name ? strcspn(name + 8, "\"") : 0;

    LOG_ASSERT(name && length < sizeof board->name);
    memcpy(board->name, name + 8, length);
    board->name[length] = '\0';
    board->published = true;
}

static void field_playing(const struct field *field, const struct field_connection *connection)
{
    struct field_board *board = &field->shared->boards[connection->board];
    char body[FIELD_NAME + 16];

    snprintf(body, sizeof body, "{\"name\":\"%s\"}", board->name);
    field_answer(connection, "200 OK", body);
    if (!board->published || board->verified)
        return;
    board->verified = true;
    field->shared->last_us = clock_mono_us();
    field->shared->verified++;
}

static void field_take(const struct field *field, struct field_connection *connection)
{
    struct field_board *board = &field->shared->boards[connection->board];
    int64_t none = 0;

    atomic_compare_exchange_strong(&field->shared->first_us, &none, clock_mono_us());
    if (field_is_odd(field, connection->board)) {
        if (field->odd == FIELD_REFUSING)
            field_answer(connection, "400 Bad Request", "{}");
        return;
    }
    if (strncmp(connection->bytes, "GET /playing", 12) == 0) {
        field_playing(field, connection);
    } else if (strncmp(connection->bytes, "POST /publish", 13) == 0) {
        field_publish(board, connection->bytes);
        field_answer(connection, "200 OK", "{\"code\":0}");
    } else if (strncmp(connection->bytes, "POST /withdraw", 14) == 0) {
        board->name[0] = '\0';
        field_answer(connection, "200 OK", "{\"code\":0}");
    } else { /* how it stands */
        field_answer(connection, "200 OK", "{\"code\":0}");
    }
}

/* Headers and as many bytes as they announce. */
static bool field_is_whole(const struct field_connection *connection)
{
    const char *end = strstr(connection->bytes, "\r\n\r\n");
    const char *length = strcasestr(connection->bytes, "\r\nContent-Length:");

    if (!end)
        return false;
    return connection->n >=
           (size_t)(end + 4 - connection->bytes) + (length ? strtoul(length + 17, NULL, 10) : 0);
}

static void field_read(const struct field *field, struct field_connection *connection)
{
    ssize_t n = read(connection->fd, connection->bytes + connection->n,
                     sizeof connection->bytes - 1 - connection->n);

    if (n <= 0) {
        close(connection->fd);
        free(connection);
        field->shared->connections--;
        return;
    }
    connection->n += (size_t)n;
    connection->bytes[connection->n] = '\0';
    LOG_ASSERT(connection->n < sizeof connection->bytes - 1);
    if (!field_is_whole(connection))
        return;
    field_take(field, connection);
    connection->n = 0;
}

static void field_accept(const struct field *field, int queue)
{
    struct sockaddr_in at;
    socklen_t length = sizeof at;
    struct epoll_event event = {.events = EPOLLIN};
    struct field_connection *connection;
    int fd;

    while ((fd = accept4(field->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        connection = mem_new(struct field_connection);
        LOG_ASSERT(getsockname(fd, (struct sockaddr *)&at, &length) == 0);
        connection->fd = fd;
        connection->board = ntohl(at.sin_addr.s_addr) - FIELD_FIRST;
        LOG_ASSERT(connection->board < field->boards);
        event.data.ptr = connection;
        LOG_ASSERT(epoll_ctl(queue, EPOLL_CTL_ADD, fd, &event) == 0);
        field->shared->connections++;
    }
    LOG_ASSERT(errno == EAGAIN || errno == ECONNABORTED);
}

static _Noreturn void field_serve(const struct field *field)
{
    struct epoll_event events[FIELD_EVENTS] = {{.events = EPOLLIN}};
    int queue = epoll_create1(EPOLL_CLOEXEC), n;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    LOG_ASSERT(epoll_ctl(queue, EPOLL_CTL_ADD, field->listener, events) == 0);
    for (;;) {
        n = epoll_wait(queue, events, FIELD_EVENTS, -1);
        for (int i = 0; i < n; i++)
            if (events[i].data.ptr)
                field_read(field, events[i].data.ptr);
            else
                field_accept(field, queue);
    }
}

/* ---- the caller's side ---- */

/* All of 127.0.0.0/8 is only to be had with 0.0.0.0; what comes from elsewhere is kept out by the
 * interface. Connections (they inherit it) end with a reset: otherwise each run would leave 20,000
 * of them in TIME_WAIT, which makes connecting slower for those that follow. */
static void field_listen(struct field *field)
{
    struct linger reset = {.l_onoff = 1};
    struct sockaddr_in at = {.sin_family = AF_INET};
    socklen_t length = sizeof at;

    field->listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    LOG_ASSERT(setsockopt(field->listener, SOL_SOCKET, SO_BINDTODEVICE, "lo", 3) == 0);
    LOG_ASSERT(setsockopt(field->listener, SOL_SOCKET, SO_LINGER, &reset, sizeof reset) == 0);
    LOG_ASSERT(bind(field->listener, (struct sockaddr *)&at, sizeof at) == 0);
    LOG_ASSERT(listen(field->listener, 4096) == 0);
    LOG_ASSERT(getsockname(field->listener, (struct sockaddr *)&at, &length) == 0);
    field->port = ntohs(at.sin_port);
}

static void field_raise_limit(void)
{
    struct rlimit limit;

    LOG_ASSERT(getrlimit(RLIMIT_NOFILE, &limit) == 0);
    limit.rlim_cur = limit.rlim_max;
    LOG_ASSERT(setrlimit(RLIMIT_NOFILE, &limit) == 0);
}

struct field *field_open(size_t boards, unsigned odd_pct, enum field_odd odd)
{
    struct field *field = mem_new(struct field);

    LOG_ASSERT(boards <= FIELD_BOARDS_MAX);
    field->boards = boards;
    field->odd_pct = odd_pct;
    field->odd = odd;
    field->shared = mmap(NULL, sizeof *field->shared, PROT_READ | PROT_WRITE,
                         MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    LOG_ASSERT(field->shared != MAP_FAILED);
    field_listen(field);
    fflush(stdout);
    field->pid = fork();
    LOG_ASSERT(field->pid >= 0);
    if (field->pid == 0) {
        field_raise_limit();
        field_serve(field);
    }
    close(field->listener);
    return field;
}

void field_close(struct field *field)
{
    kill(field->pid, SIGKILL);
    waitpid(field->pid, NULL, 0);
    munmap(field->shared, sizeof *field->shared);
    free(field);
}

void field_url(const struct field *field, size_t board, char url[static FIELD_URL])
{
    struct in_addr at = {.s_addr = htonl((uint32_t)(FIELD_FIRST + board))};

    snprintf(url, FIELD_URL, "http://%s:%d", inet_ntoa(at), field->port);
}

size_t field_healthy(const struct field *field)
{
    size_t n = 0;

    for (size_t i = 0; i < field->boards; i++)
        n += !field_is_odd(field, i);
    return n;
}

void field_reset(struct field *field)
{
    field->shared->verified = 0;
    field->shared->first_us = field->shared->last_us = 0;
    for (size_t i = 0; i < field->boards; i++) {
        field->shared->boards[i].published = field->shared->boards[i].verified = false;
        field->shared->boards[i].name[0] = '\0';
    }
}

size_t field_verified(const struct field *field)
{
    return field->shared->verified;
}

size_t field_connections(const struct field *field)
{
    return field->shared->connections;
}

int64_t field_first_us(const struct field *field)
{
    return field->shared->first_us;
}

int64_t field_last_us(const struct field *field)
{
    return field->shared->last_us;
}
