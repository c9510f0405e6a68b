/* summary: messages by modem, SIM and day. See summary.h.
 * Runs: any. */
#include "gateway/ledger/summary.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gateway/base/mem.h"

#define SUMMARY_SLOT_MS (15 * 60 * INT64_C(1000))
/* Years have four digits. What lies behind that (damaged books) is all one day. */
#define SUMMARY_LAST_MS  INT64_C(253402214400000)
#define SUMMARY_LAST_DAY 99991231

void summary_free(struct summary *summary)
{
    free(summary->lines);
    free(summary->index);
    *summary = (struct summary){0};
}

static int32_t summary_local_day(int64_t ms)
{
    time_t seconds = (time_t)(ms / 1000);
    struct tm tm;

    if (ms >= SUMMARY_LAST_MS || !localtime_r(&seconds, &tm))
        return SUMMARY_LAST_DAY;
    return (tm.tm_year + 1900) * 10000 + (tm.tm_mon + 1) * 100 + tm.tm_mday;
}

int32_t summary_day(struct summary *summary, int64_t taken_ms)
{
    int64_t slot = taken_ms / SUMMARY_SLOT_MS;
    size_t at = (size_t)((uint64_t)slot % SUMMARY_SLOTS);

    if (taken_ms <= 0)
        return 0;
    if (!summary->slots[at].day || summary->slots[at].slot != slot) {
        summary->slots[at].slot = slot;
        summary->slots[at].day = summary_local_day(slot * SUMMARY_SLOT_MS);
    }
    return summary->slots[at].day;
}

static size_t summary_hash(const struct summary_key *key)
{
    uint64_t hash = (uint64_t)key->owner;

    hash = (hash ^ (uint64_t)key->device) * UINT64_C(0x9e3779b97f4a7c15);
    hash = (hash ^ (uint64_t)key->sim) * UINT64_C(0x9e3779b97f4a7c15);
    hash = (hash ^ (uint64_t)key->day) * UINT64_C(0x9e3779b97f4a7c15);
    return (size_t)(hash ^ hash >> 32);
}

static bool summary_same(const struct summary_key *a, const struct summary_key *b)
{
    return a->device == b->device && a->sim == b->sim && a->day == b->day && a->owner == b->owner;
}

/* Where the key is, or the free place for it. At least half of the places are free. */
static size_t summary_place(const struct summary *summary, const struct summary_key *key)
{
    size_t at = summary_hash(key) & (summary->index_room - 1);

    while (summary->index[at] && !summary_same(&summary->lines[summary->index[at] - 1].key, key))
        at = (at + 1) & (summary->index_room - 1);
    return at;
}

static void summary_grow(struct summary *summary)
{
    summary->room = summary->room ? summary->room * 2 : 64;
    summary->lines = mem_grow(summary->lines, summary->room, sizeof *summary->lines);
    free(summary->index);
    summary->index_room = summary->room * 2;
    summary->index = mem_array(summary->index_room, size_t);
    for (size_t i = 0; i < summary->n; i++)
        summary->index[summary_place(summary, &summary->lines[i].key)] = i + 1;
}

struct summary_line *summary_line(struct summary *summary, const struct summary_key *key)
{
    size_t at;

    if (summary->n == summary->room)
        summary_grow(summary);
    at = summary_place(summary, key);
    if (!summary->index[at]) {
        summary->lines[summary->n] = (struct summary_line){.key = *key};
        summary->index[at] = ++summary->n;
    }
    return &summary->lines[summary->index[at] - 1];
}

/* Damaged figures wrap around instead of overflowing. */
static void summary_add(int64_t *sum, int64_t value)
{
    *sum = (int64_t)((uint64_t)*sum + (uint64_t)value);
}

int summary_read(struct summary *summary, struct db *db, unsigned statement)
{
    int rc;

    while ((rc = db_row(db, statement)) > 0) {
        struct summary_key key = {.owner = db_int(db, statement, 0),
                                  .device = db_int(db, statement, 1),
                                  .sim = db_int(db, statement, 2),
                                  .day = summary_day(summary, db_int(db, statement, 3))};
        int64_t state = db_int(db, statement, 4);
        struct summary_line *line;

        if (state < 0 || state >= DELIVERY_STATES)
            continue;
        line = summary_line(summary, &key);
        line->n[state]++;
        summary_add(&line->parts[state], db_int(db, statement, 5));
    }
    return rc;
}
