/* names: host names to addresses, without ever holding up the loop. names.c is the one file that
 * includes c-ares.
 * Runs: loop.
 *
 * libcurl's own resolver starts a thread a lookup and waits for it when a transfer is taken back,
 * which stops the loop for as long as the name servers are silent; libuv's lookups share four
 * threads, so a few dead names hold up all others. Here all lookups are under way at once, one
 * lookup serves everybody who asks for the same host, an answer is kept for a minute, and whoever
 * has waited long enough just leaves. Entries are never dropped before names_free: the hosts are
 * those of the configuration. */
#ifndef LAWCAST_ADAPTERS_DISPLAY_NAMES_H
#define LAWCAST_ADAPTERS_DISPLAY_NAMES_H

#include <stdbool.h>

#include <uv.h>

#include "gateway/base/list.h"

enum { NAMES_ADDRESS = 64 }; /* room for any literal address */

struct names;

/* One waiting asker; lives inside the asker. address is NULL when the lookup failed; then why says
 * so. Both are lent during the call. */
struct names_wait {
    struct list link;
    void (*answer)(struct names_wait *wait, const char *address, const char *why);
};

/* servers: "127.0.0.1:53,..." in place of the system's; NULL: the system's. */
struct names *names_new(uv_loop_t *loop, const char *servers);
/* 1: *address is known (lent until the next call). 0: wait->answer comes later, never from inside
 * this call, unless names_leave comes first. */
int names_ask(struct names *names, const char *host, struct names_wait *wait, const char **address);
void names_leave(struct names_wait *wait);
/* Nobody may be waiting any more. Lookups that are under way are given up; closed is called when
 * the last handle is gone, never from inside. */
void names_close(struct names *names, void (*closed)(void *ctx), void *ctx);
void names_free(struct names *names);

#endif
