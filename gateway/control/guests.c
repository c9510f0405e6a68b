/* guests: the connections of a listener. See guests.h.
 * Runs: loop. */
#include "gateway/control/guests.h"

#include <stdlib.h>
#include <sys/socket.h>

#include "gateway/base/mem.h"

struct guest {
    struct list link;
    int fd;
    int64_t since_ms;
};

struct guest *guest_come(struct guests *guests, int fd, int64_t now_ms)
{
    struct guest *guest = mem_new(struct guest);

    guest->fd = fd;
    guest->since_ms = now_ms;
    list_append(&guests->all, &guest->link);
    return guest;
}

void guest_leave(struct guest *guest)
{
    list_remove(&guest->link);
    free(guest);
}

size_t guests_expel(struct guests *guests, int64_t now_ms)
{
    size_t n = 0;

    for (struct list *l = guests->all.next; l != &guests->all; l = l->next, n++) {
        const struct guest *guest = LIST_ELEMENT(l, struct guest, link);

        if (now_ms - guest->since_ms < GUEST_STAY_MS)
            break;
        shutdown(guest->fd, SHUT_RDWR);
    }
    return n;
}
