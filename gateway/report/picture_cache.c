/* picture_cache: pictures that are drawn before they are wanted. See picture.h.
 * Runs: any. */
#include <inttypes.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/hex.h"
#include "gateway/base/mem.h"
#include "gateway/report/picture.h"

struct picture_entry {
    char *key; /* NULL: free */
    uint64_t hash;
    struct picture *picture;
};

/* Open addressing; room is 0 or a power of two, at least twice n. */
struct picture_cache {
    struct picture_entry *entries;
    size_t n, room;
};

struct picture_cache *picture_cache_new(void)
{
    return mem_new(struct picture_cache);
}

void picture_cache_free(struct picture_cache *cache)
{
    if (!cache)
        return;
    for (size_t i = 0; i < cache->room; i++) {
        free(cache->entries[i].key);
        picture_free(cache->entries[i].picture);
    }
    free(cache->entries);
    free(cache);
}

/* All that the picture depends on. To be freed. */
static char *picture_key(const struct board *board, const char *text)
{
    return mem_printf("%" PRId64 "x%" PRId64 "/%" PRId64 "%s %s", board->width, board->height,
                      board->font_px, board->color, text);
}

/* Where the key is, or would be. */
static struct picture_entry *picture_place(const struct picture_cache *cache, const char *key,
                                           uint64_t hash)
{
    size_t at = (size_t)hash & (cache->room - 1);

    while (cache->entries[at].key &&
           (cache->entries[at].hash != hash || strcmp(cache->entries[at].key, key) != 0))
        at = (at + 1) & (cache->room - 1);
    return &cache->entries[at];
}

static void picture_cache_grow(struct picture_cache *cache)
{
    struct picture_cache larger = {.n = cache->n, .room = cache->room ? cache->room * 2 : 16};

    larger.entries = mem_array(larger.room, struct picture_entry);
    for (size_t i = 0; i < cache->room; i++) {
        const struct picture_entry *entry = &cache->entries[i];

        if (entry->key)
            *picture_place(&larger, entry->key, entry->hash) = *entry;
    }
    free(cache->entries);
    *cache = larger;
}

int picture_cache_add(struct picture_cache *cache, const struct board *board, const char *text,
                      char *why, size_t why_size)
{
    char *key = picture_key(board, text);
    uint64_t hash = hex_fingerprint(key, strlen(key));
    struct picture_entry *entry;
    struct picture *picture;

    if (cache->room < 2 * (cache->n + 1))
        picture_cache_grow(cache);
    entry = picture_place(cache, key, hash);
    picture = entry->key ? entry->picture : picture_draw(board, text, why, why_size);
    if (entry->key || !picture) {
        free(key);
        return !picture;
    }
    *entry = (struct picture_entry){key, hash, picture};
    cache->n++;
    return 0;
}

const void *picture_cache_find(const struct picture_cache *cache, const struct board *board,
                               const char *text, size_t *length)
{
    MEM_FREE_LATER char *key = picture_key(board, text);
    const struct picture_entry *entry;

    *length = 0;
    if (!cache->room)
        return NULL;
    entry = picture_place(cache, key, hex_fingerprint(key, strlen(key)));
    if (!entry->key)
        return NULL;
    *length = entry->picture->length;
    return entry->picture->bytes;
}
