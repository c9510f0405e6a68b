/* names: host names to addresses, without ever holding up the loop. See names.h.
 * Runs: loop. */
#include "adapters/display/names.h"

#include <netdb.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"

enum { NAMES_KEPT_MS = 60000 };

struct names_entry {
    struct list link;
    struct list waits;
    struct names *names;
    char *host;
    char address[NAMES_ADDRESS];
    int64_t known_until_ms; /* monotonic */
    bool busy;
    uv_getaddrinfo_t lookup;
};

struct names {
    uv_loop_t *loop;
    struct list entries; /* few: boards are mostly given by address, and platforms share a host */
    unsigned busy;
    void (*drained)(void *ctx);
    void *drained_ctx;
};

struct names *names_new(uv_loop_t *loop)
{
    struct names *names = mem_new(struct names);

    names->loop = loop;
    list_init(&names->entries);
    return names;
}

static struct names_entry *names_entry_of(struct names *names, const char *host)
{
    struct names_entry *entry;

    for (struct list *l = names->entries.next; l != &names->entries; l = l->next) {
        entry = LIST_ELEMENT(l, struct names_entry, link);
        if (strcmp(entry->host, host) == 0)
            return entry;
    }
    entry = mem_new(struct names_entry);
    entry->names = names;
    entry->host = mem_dup(host);
    list_init(&entry->waits);
    list_append(&names->entries, &entry->link);
    return entry;
}

/* All who wait at this instant; those who ask again from inside an answer wait for the next lookup.
 */
static void names_answer(struct names_entry *entry, const char *address, const char *why)
{
    struct list waits, *link;

    list_init(&waits);
    list_splice(&waits, &entry->waits);
    while ((link = list_take(&waits)) != NULL) {
        struct names_wait *wait = LIST_ELEMENT(link, struct names_wait, link);

        wait->answer(wait, address, why);
    }
}

/* One address goes on, so the first choice must work: boards and the platforms of offices are on
 * IPv4, and a name that also has an IPv6 address often has it in vain. */
static const struct addrinfo *names_prefer(const struct addrinfo *found)
{
    for (const struct addrinfo *a = found; a; a = a->ai_next)
        if (a->ai_family == AF_INET)
            return a;
    return found;
}

static void names_on_lookup(uv_getaddrinfo_t *lookup, int status, struct addrinfo *found)
{
    struct names_entry *entry = lookup->data;
    struct names *names = entry->names;
    char address[NAMES_ADDRESS] = "";

    entry->busy = false;
    if (status == 0)
        status = uv_ip_name(names_prefer(found)->ai_addr, address, sizeof address);
    uv_freeaddrinfo(found);
    if (status == 0) {
        memcpy(entry->address, address, sizeof address);
        entry->known_until_ms = clock_mono_ms() + NAMES_KEPT_MS;
    }
    names_answer(entry, status ? NULL : address, status ? uv_strerror(status) : "");
    names->busy--;
    if (!names->busy && names->drained)
        names->drained(names->drained_ctx);
}

int names_ask(struct names *names, const char *host, struct names_wait *wait, const char **address)
{
    static const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG};
    struct names_entry *entry = names_entry_of(names, host);
    int rc;

    LOG_ASSERT(!names->drained);
    if (clock_mono_ms() < entry->known_until_ms) {
        *address = entry->address;
        return 1;
    }
    if (!entry->busy) {
        entry->lookup.data = entry;
        rc = uv_getaddrinfo(names->loop, &entry->lookup, names_on_lookup, host, NULL, &hints);
        if (rc)
            return rc;
        entry->busy = true;
        names->busy++;
    }
    list_append(&entry->waits, &wait->link);
    return 0;
}

void names_leave(struct names_wait *wait)
{
    list_remove(&wait->link);
}

void names_close(struct names *names, void (*drained)(void *ctx), void *ctx)
{
    names->drained = drained;
    names->drained_ctx = ctx;
    for (struct list *l = names->entries.next; l != &names->entries; l = l->next) {
        struct names_entry *entry = LIST_ELEMENT(l, struct names_entry, link);

        LOG_ASSERT(list_is_empty(&entry->waits));
        if (entry->busy)
            uv_cancel((uv_req_t *)&entry->lookup); /* refused once a thread has it */
    }
    if (!names->busy)
        drained(ctx);
}

void names_free(struct names *names)
{
    struct list *link;

    if (!names)
        return;
    LOG_ASSERT(!names->busy);
    while ((link = list_take(&names->entries)) != NULL) {
        struct names_entry *entry = LIST_ELEMENT(link, struct names_entry, link);

        free(entry->host);
        free(entry);
    }
    free(names);
}
