/* idmap: which id or path stands for what. See idmap.h.
 * Runs: any. Open addressing, linear probing, at most half full. */
#include "gateway/config/idmap.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/diag.h"
#include "gateway/base/hex.h"
#include "gateway/base/mem.h"

#define IDMAP_NEAREST_MAX 1000 /* each wrong reference would cost a pass over all keys */

struct idmap_slot {
    const char *text; /* NULL: empty */
    int64_t value;
};

struct idmap {
    struct idmap_slot *slots;
    size_t room, n; /* room: a power of two */
};

struct idmap *idmap_new(void)
{
    struct idmap *map = mem_new(struct idmap);

    map->room = 64;
    map->slots = mem_array(map->room, struct idmap_slot);
    return map;
}

void idmap_free(struct idmap *map)
{
    if (!map)
        return;
    free(map->slots);
    free(map);
}

/* The slot that holds text, or the empty one where it belongs. */
static struct idmap_slot *idmap_slot(const struct idmap *map, const char *text)
{
    size_t at = (size_t)hex_fingerprint(text, strlen(text)) & (map->room - 1);

    while (map->slots[at].text && strcmp(map->slots[at].text, text) != 0)
        at = (at + 1) & (map->room - 1);
    return &map->slots[at];
}

static void idmap_grow(struct idmap *map)
{
    struct idmap_slot *old = map->slots;
    size_t room = map->room;

    map->room = room * 2;
    map->slots = mem_array(map->room, struct idmap_slot);
    for (size_t i = 0; i < room; i++)
        if (old[i].text)
            *idmap_slot(map, old[i].text) = old[i];
    free(old);
}

int64_t idmap_add(struct idmap *map, const char *text, int64_t value)
{
    struct idmap_slot *slot;

    if (map->n * 2 >= map->room)
        idmap_grow(map);
    slot = idmap_slot(map, text);
    if (slot->text)
        return slot->value;
    *slot = (struct idmap_slot){text, value};
    map->n++;
    return -1;
}

int64_t idmap_find(const struct idmap *map, const char *text)
{
    const struct idmap_slot *slot = idmap_slot(map, text);

    return slot->text ? slot->value : -1;
}

const char *idmap_nearest(const struct idmap *map, const char *text)
{
    const char *keys[IDMAP_NEAREST_MAX + 1];
    size_t n = 0;

    if (map->n > IDMAP_NEAREST_MAX)
        return NULL;
    for (size_t i = 0; i < map->room; i++)
        if (map->slots[i].text)
            keys[n++] = map->slots[i].text;
    keys[n] = NULL;
    return diag_nearest(text, keys);
}
