/* fate: what the network does with a number. See fate.h.
 * Runs: any. */
#include "tests/sim/fate.h"

#include <stdlib.h>

#include "gateway/base/mem.h"

/* What is known beyond the odds, in an open hash table. */
struct fate_entry {
    uint64_t key;    /* 0: free */
    bool tried;      /* "busy" has struck */
    bool silent;     /* the rest by hand */
    int busy;        /* tries left */
    int cms, status; /* -1: not set */
    int64_t late_ms;
};

struct fates {
    uint64_t seed;
    struct fate_odds odds;
    struct fate_entry *entries;
    size_t n, room; /* room is a power of two, at most half full */
};

/* splitmix64: every bit of the seed and the number reaches every bit of the result. */
static uint64_t fate_mix(uint64_t x)
{
    x += 0x9E3779B97F4A7C15u;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    return x ^ (x >> 31);
}

/* Up to 20 digits do not fit into 64 bits for certain, so the key is a hash; 1 in front keeps
 * leading zeros apart and the key from being 0. */
static uint64_t fate_key(const char *number)
{
    uint64_t key = 1;

    for (; *number; number++)
        key = key * 10 + (uint64_t)(*number - '0');
    return key ? key : 1;
}

struct fates *fates_new(uint64_t seed, const struct fate_odds *odds)
{
    struct fates *fates = mem_new(struct fates);

    fates->seed = seed;
    fates->odds = *odds;
    fates->room = 64;
    fates->entries = mem_array(fates->room, struct fate_entry);
    return fates;
}

void fates_free(struct fates *fates)
{
    free(fates->entries);
    free(fates);
}

static struct fate_entry *fates_slot(const struct fates *fates, uint64_t key)
{
    size_t at = fate_mix(key) & (fates->room - 1);

    while (fates->entries[at].key && fates->entries[at].key != key)
        at = (at + 1) & (fates->room - 1);
    return &fates->entries[at];
}

static void fates_grow(struct fates *fates)
{
    struct fate_entry *old = fates->entries;
    size_t room = fates->room;

    fates->room = room * 2;
    fates->entries = mem_array(fates->room, struct fate_entry);
    for (size_t i = 0; i < room; i++)
        if (old[i].key)
            *fates_slot(fates, old[i].key) = old[i];
    free(old);
}

static struct fate_entry *fates_enter(struct fates *fates, uint64_t key)
{
    struct fate_entry *entry = fates_slot(fates, key);

    if (entry->key)
        return entry;
    if (fates->n * 2 >= fates->room) {
        fates_grow(fates);
        entry = fates_slot(fates, key);
    }
    *entry = (struct fate_entry){.key = key, .cms = -1, .status = -1, .late_ms = FATE_USUAL};
    fates->n++;
    return entry;
}

void fates_set_cms(struct fates *fates, const char *number, int code)
{
    fates_enter(fates, fate_key(number))->cms = code;
}

void fates_set_status(struct fates *fates, const char *number, int status)
{
    fates_enter(fates, fate_key(number))->status = status;
}

void fates_set_late(struct fates *fates, const char *number, int64_t late_ms)
{
    fates_enter(fates, fate_key(number))->late_ms = late_ms;
}

void fates_set_silent(struct fates *fates, const char *number)
{
    fates_enter(fates, fate_key(number))->silent = true;
}

void fates_set_busy(struct fates *fates, const char *number, int tries)
{
    fates_enter(fates, fate_key(number))->busy = tries;
}

enum fate_die { FATE_UNDELIVERED = 1, FATE_REJECTED, FATE_BUSY, FATE_SILENT, FATE_TWICE };

static bool fates_draw(const struct fates *fates, uint64_t key, enum fate_die die, int64_t permille)
{
    return (int64_t)(fate_mix(fate_mix(fates->seed + (uint64_t)die) ^ key) % 1000) < permille;
}

static int fates_refusal(struct fates *fates, uint64_t key, const struct fate_entry *known)
{
    struct fate_entry *entry;

    if (known->key && known->busy > 0) {
        fates_enter(fates, key)->busy--;
        return FATE_CMS_BUSY;
    }
    if (known->key && known->cms >= 0)
        return known->cms;
    if (fates_draw(fates, key, FATE_REJECTED, fates->odds.rejected))
        return FATE_CMS_UNASSIGNED;
    if ((known->key && known->tried) || !fates_draw(fates, key, FATE_BUSY, fates->odds.busy))
        return 0;
    entry = fates_enter(fates, key);
    entry->tried = true;
    return FATE_CMS_BUSY;
}

struct fate fates_try(struct fates *fates, const char *number)
{
    uint64_t key = fate_key(number);
    struct fate_entry known = *fates_slot(fates, key);
    struct fate fate = {.status = FATE_STATUS_DELIVERED, .reports = 1, .late_ms = FATE_USUAL};

    fate.cms = fates_refusal(fates, key, &known);
    if (known.key && known.status >= 0)
        fate.status = known.status;
    else if (fates_draw(fates, key, FATE_UNDELIVERED, fates->odds.undelivered))
        fate.status = FATE_STATUS_FAILED;
    if (fates_draw(fates, key, FATE_TWICE, fates->odds.twice))
        fate.reports = 2;
    if (fates_draw(fates, key, FATE_SILENT, fates->odds.silent) || (known.key && known.silent))
        fate.reports = 0;
    if (known.key)
        fate.late_ms = known.late_ms;
    return fate;
}
