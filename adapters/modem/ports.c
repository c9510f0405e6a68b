/* ports: which devices are in use, and by whom. See ports.h.
 * Runs: loop. */
#include "adapters/modem/ports.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/log.h"
#include "gateway/base/mem.h"

struct ports_entry {
    char *path; /* without links */
    const void *owner;
};

struct ports {
    struct ports_entry *entries;
    size_t n, room;
};

struct ports *ports_new(void)
{
    return mem_new(struct ports);
}

void ports_free(struct ports *ports)
{
    if (!ports)
        return;
    LOG_ASSERT(ports->n == 0);
    free(ports->entries);
    free(ports);
}

bool ports_take(struct ports *ports, const char *device, const void *owner)
{
    char *path = realpath(device, NULL);

    if (!path)
        return false;
    for (size_t i = 0; i < ports->n; i++) {
        LOG_ASSERT(ports->entries[i].owner != owner);
        if (strcmp(ports->entries[i].path, path) == 0) {
            free(path);
            return false;
        }
    }
    if (ports->n == ports->room) {
        ports->room = ports->room ? ports->room * 2 : 16;
        ports->entries = mem_grow(ports->entries, ports->room, sizeof *ports->entries);
    }
    ports->entries[ports->n++] = (struct ports_entry){path, owner};
    return true;
}

void ports_release(struct ports *ports, const void *owner)
{
    for (size_t i = 0; i < ports->n; i++) {
        if (ports->entries[i].owner == owner) {
            free(ports->entries[i].path);
            ports->entries[i] = ports->entries[--ports->n];
            return;
        }
    }
}
