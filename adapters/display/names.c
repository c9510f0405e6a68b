/* names: host names to addresses, without ever holding up the loop. See names.h.
 * Runs: loop. */
#include "adapters/display/names.h"

#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include <ares.h>

#include "gateway/base/clock.h"
#include "gateway/base/hex.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"

enum {
    NAMES_KEPT_MS = 60000,
    NAMES_TIMEOUT_MS = 2000, /* of the first try; the next ones wait longer */
    NAMES_TRIES = 3,
    NAMES_BUCKETS = 1024,
};

struct names_entry {
    struct list link;    /* of its bucket */
    struct list settled; /* of names->settled, once its lookup is over */
    struct list waits;
    struct names *names;
    char *host;
    char address[NAMES_ADDRESS];
    const char *why;        /* static; the last lookup failed. NULL: it didn't */
    int64_t known_until_ms; /* monotonic */
    bool busy;              /* a lookup is under way, or over and not yet told */
};

struct names_socket {
    struct list link;
    uv_poll_t poll; /* data: the socket */
    struct names *names;
    ares_socket_t fd;
};

struct names {
    uv_loop_t *loop;
    ares_channel channel;
    struct list buckets[NAMES_BUCKETS];
    struct list sockets, settled;
    uv_timer_t timer; /* for the channel's time-outs */
    uv_timer_t turn;  /* tells what is settled: c-ares may answer from inside a question */
    unsigned handles; /* that are not closed yet */
    void (*closed)(void *ctx);
    void *closed_ctx;
};

static void names_handle_closed(struct names *names)
{
    if (--names->handles == 0)
        names->closed(names->closed_ctx);
}

/* ---- c-ares on the loop ---- */

static void names_on_timer(uv_timer_t *timer);

static void names_set_timer(struct names *names)
{
    struct timeval room, *wait = ares_timeout(names->channel, NULL, &room);

    if (names->closed)
        return;
    if (wait)
        uv_timer_start(&names->timer, names_on_timer,
                       (uint64_t)wait->tv_sec * 1000 + (uint64_t)wait->tv_usec / 1000 + 1, 0);
    else
        uv_timer_stop(&names->timer);
}

static void names_on_timer(uv_timer_t *timer)
{
    struct names *names = timer->data;

    ares_process_fd(names->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
    names_set_timer(names);
}

static void names_on_socket(uv_poll_t *poll, int status, int events)
{
    struct names_socket *socket = poll->data;
    struct names *names = socket->names;
    bool read = status < 0 || (events & UV_READABLE), write = status < 0 || (events & UV_WRITABLE);

    ares_process_fd(names->channel, read ? socket->fd : ARES_SOCKET_BAD,
                    write ? socket->fd : ARES_SOCKET_BAD);
    names_set_timer(names);
}

static void names_on_socket_closed(uv_handle_t *handle)
{
    struct names_socket *socket = handle->data;
    struct names *names = socket->names;

    free(socket);
    names_handle_closed(names);
}

static struct names_socket *names_socket_of(struct names *names, ares_socket_t fd)
{
    struct names_socket *socket;

    for (struct list *l = names->sockets.next; l != &names->sockets; l = l->next) {
        socket = LIST_ELEMENT(l, struct names_socket, link);
        if (socket->fd == fd)
            return socket;
    }
    socket = mem_new(struct names_socket);
    socket->names = names;
    socket->fd = fd;
    socket->poll.data = socket;
    if (uv_poll_init_socket(names->loop, &socket->poll, fd))
        log_panic("a socket for names can't be watched");
    names->handles++;
    list_append(&names->sockets, &socket->link);
    return socket;
}

static void names_on_socket_state(void *ctx, ares_socket_t fd, int readable, int writable)
{
    struct names *names = ctx;
    struct names_socket *socket = names_socket_of(names, fd);

    if (readable || writable) {
        uv_poll_start(&socket->poll, (readable ? UV_READABLE : 0) | (writable ? UV_WRITABLE : 0),
                      names_on_socket);
        return;
    }
    list_remove(&socket->link);
    uv_close((uv_handle_t *)&socket->poll, names_on_socket_closed);
}

/* ---- lookups ---- */

static struct names_entry *names_entry_of(struct names *names, const char *host)
{
    struct list *bucket = &names->buckets[hex_fingerprint(host, strlen(host)) % NAMES_BUCKETS];
    struct names_entry *entry;

    for (struct list *l = bucket->next; l != bucket; l = l->next) {
        entry = LIST_ELEMENT(l, struct names_entry, link);
        if (strcmp(entry->host, host) == 0)
            return entry;
    }
    entry = mem_new(struct names_entry);
    entry->names = names;
    entry->host = mem_dup(host);
    list_init(&entry->waits);
    list_init(&entry->settled);
    list_append(bucket, &entry->link);
    return entry;
}

/* All who wait at this instant; those who ask again from inside an answer wait for the next lookup.
 */
static void names_answer(struct names_entry *entry)
{
    struct list waits, *link;

    list_init(&waits);
    list_splice(&waits, &entry->waits);
    entry->busy = false;
    while ((link = list_take(&waits)) != NULL) {
        struct names_wait *wait = LIST_ELEMENT(link, struct names_wait, link);

        wait->answer(wait, entry->why ? NULL : entry->address, entry->why ? entry->why : "");
    }
}

static void names_on_turn(uv_timer_t *timer)
{
    struct names *names = timer->data;
    struct list settled, *link;

    list_init(&settled);
    list_splice(&settled, &names->settled);
    while ((link = list_take(&settled)) != NULL)
        names_answer(LIST_ELEMENT(link, struct names_entry, settled));
}

/* One address goes on, so the first choice must work: boards and the platforms of offices are on
 * IPv4, and a name that also has an IPv6 address often has it in vain. */
static const struct ares_addrinfo_node *names_prefer(const struct ares_addrinfo *found)
{
    for (const struct ares_addrinfo_node *node = found->nodes; node; node = node->ai_next)
        if (node->ai_family == AF_INET)
            return node;
    return found->nodes;
}

static const char *names_why(int status)
{
    switch (status) {
    case ARES_ENOTFOUND:
    case ARES_ENODATA:
    case ARES_EBADNAME:
        return "nobody knows this host name";
    case ARES_ETIMEOUT:
    case ARES_ECONNREFUSED:
        return "the name servers don't answer";
    default:
        return ares_strerror(status);
    }
}

static void names_on_lookup(void *ctx, int status, int timeouts, struct ares_addrinfo *found)
{
    struct names_entry *entry = ctx;
    struct names *names = entry->names;

    (void)timeouts;
    if (status == ARES_SUCCESS &&
        (!found->nodes ||
         uv_ip_name(names_prefer(found)->ai_addr, entry->address, sizeof entry->address)))
        status = ARES_ENODATA;
    if (found)
        ares_freeaddrinfo(found);
    entry->why = status == ARES_SUCCESS ? NULL : names_why(status);
    if (!entry->why)
        entry->known_until_ms = clock_mono_ms() + NAMES_KEPT_MS;
    if (names->closed)
        return;
    list_append(&names->settled, &entry->settled);
    uv_timer_start(&names->turn, names_on_turn, 0, 0);
}

int names_ask(struct names *names, const char *host, struct names_wait *wait, const char **address)
{
    static const struct ares_addrinfo_hints hints = {.ai_family = AF_UNSPEC,
                                                     .ai_socktype = SOCK_STREAM};
    struct names_entry *entry = names_entry_of(names, host);

    LOG_ASSERT(!names->closed);
    if (clock_mono_ms() < entry->known_until_ms) {
        *address = entry->address;
        return 1;
    }
    list_append(&entry->waits, &wait->link);
    if (!entry->busy) {
        entry->busy = true;
        ares_getaddrinfo(names->channel, host, NULL, &hints, names_on_lookup, entry);
        names_set_timer(names);
    }
    return 0;
}

void names_leave(struct names_wait *wait)
{
    list_remove(&wait->link);
}

/* ---- life ---- */

struct names *names_new(uv_loop_t *loop, const char *servers)
{
    struct names *names = mem_new(struct names);
    struct ares_options options = {.timeout = NAMES_TIMEOUT_MS,
                                   .tries = NAMES_TRIES,
                                   .sock_state_cb = names_on_socket_state,
                                   .sock_state_cb_data = names};

    names->loop = loop;
    for (size_t i = 0; i < NAMES_BUCKETS; i++)
        list_init(&names->buckets[i]);
    list_init(&names->sockets);
    list_init(&names->settled);
    uv_timer_init(loop, &names->timer);
    uv_timer_init(loop, &names->turn);
    names->timer.data = names->turn.data = names;
    names->handles = 2;
    LOG_ASSERT(ares_library_init(ARES_LIB_INIT_ALL) == ARES_SUCCESS);
    LOG_ASSERT(ares_init_options(&names->channel, &options,
                                 ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB) ==
               ARES_SUCCESS);
    if (servers)
        LOG_ASSERT(ares_set_servers_ports_csv(names->channel, servers) == ARES_SUCCESS);
    return names;
}

static void names_on_timer_closed(uv_handle_t *handle)
{
    names_handle_closed(handle->data);
}

void names_close(struct names *names, void (*closed)(void *ctx), void *ctx)
{
    names->closed = closed;
    names->closed_ctx = ctx;
    for (size_t i = 0; i < NAMES_BUCKETS; i++)
        for (struct list *l = names->buckets[i].next; l != &names->buckets[i]; l = l->next)
            LOG_ASSERT(list_is_empty(&LIST_ELEMENT(l, struct names_entry, link)->waits));
    ares_destroy(names->channel);
    uv_close((uv_handle_t *)&names->timer, names_on_timer_closed);
    uv_close((uv_handle_t *)&names->turn, names_on_timer_closed);
}

static void names_free_bucket(struct list *bucket)
{
    struct list *link;

    while ((link = list_take(bucket)) != NULL) {
        struct names_entry *entry = LIST_ELEMENT(link, struct names_entry, link);

        free(entry->host);
        free(entry);
    }
}

void names_free(struct names *names)
{
    if (!names)
        return;
    LOG_ASSERT(names->closed && !names->handles);
    for (size_t i = 0; i < NAMES_BUCKETS; i++)
        names_free_bucket(&names->buckets[i]);
    ares_library_cleanup();
    free(names);
}
