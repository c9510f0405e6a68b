/* shown: what each board showed, day by day. See shown.h.
 * Runs: any. */
#include "gateway/report/shown.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gateway/base/mem.h"
#include "gateway/model/spans.h"

#define SHOWN_MOST_MS (INT64_C(400) * 24 * 3600 * 1000) /* of one slogan in one slot */

struct shown_proof {
    struct span span;
    int level;
};

/* One delivery's intervals while they come in. */
struct shown_walk {
    struct shown_days *out;
    size_t board_first; /* line of this board */
    int64_t delivery;   /* 0: none yet */
    char board[65], owner[33];
    char *slogan;
    struct shown_proof *proofs;
    size_t n, room;
    struct spans spans;
};

/* The line of this board, day and slogan. */
static struct shown_day *shown_line(struct shown_walk *walk, const char *day)
{
    struct shown_days *out = walk->out;
    struct shown_day *line;

    for (size_t i = walk->board_first; i < out->n; i++)
        if (strcmp(out->days[i].day, day) == 0 && strcmp(out->days[i].slogan, walk->slogan) == 0)
            return &out->days[i];
    if (out->n == out->room) {
        out->room = out->room ? out->room * 2 : 64;
        out->days = mem_grow(out->days, out->room, sizeof *out->days);
    }
    line = &out->days[out->n++];
    *line = (struct shown_day){.slogan = mem_dup(walk->slogan), .level = LEVEL_LOGGED};
    memcpy(line->board, walk->board, sizeof line->board);
    memcpy(line->owner, walk->owner, sizeof line->owner);
    snprintf(line->day, sizeof line->day, "%s", day);
    return line;
}

static int shown_best(const struct shown_walk *walk, int64_t from_ms, int64_t until_ms)
{
    int best = LEVEL_UNKNOWN;

    for (size_t i = 0; i < walk->n; i++)
        if (walk->proofs[i].span.from_ms < until_ms && walk->proofs[i].span.until_ms > from_ms &&
            walk->proofs[i].level > best)
            best = walk->proofs[i].level;
    return best;
}

static void shown_add_day(struct shown_walk *walk, const struct tm *tm, int64_t from_ms,
                          int64_t until_ms)
{
    int64_t ms = spans_within(&walk->spans, from_ms, until_ms);
    struct shown_day *line;
    char day[sizeof line->day];
    int level;

    if (!ms || !strftime(day, sizeof day, "%Y-%m-%d", tm))
        return;
    line = shown_line(walk, day);
    level = shown_best(walk, from_ms, until_ms);
    line->ms += ms;
    if (level < line->level)
        line->level = level;
}

/* Splits what the delivery showed at the midnights. */
static void shown_split(struct shown_walk *walk)
{
    int64_t from_ms = walk->spans.items[0].from_ms;
    int64_t last_ms = walk->spans.items[walk->spans.n - 1].until_ms, at_ms;
    time_t start = (time_t)(from_ms / 1000);
    struct tm tm, next;

    if (from_ms < 0 || last_ms - from_ms > SHOWN_MOST_MS || !localtime_r(&start, &tm))
        return;
    tm.tm_hour = tm.tm_min = tm.tm_sec = 0;
    tm.tm_isdst = -1;
    at_ms = (int64_t)mktime(&tm) * 1000;
    while (at_ms < last_ms) {
        int64_t next_ms;

        next = tm;
        next.tm_mday++;
        next.tm_isdst = -1;
        next_ms = (int64_t)mktime(&next) * 1000;
        shown_add_day(walk, &tm, at_ms, next_ms);
        tm = next;
        at_ms = next_ms;
    }
}

static void shown_end_delivery(struct shown_walk *walk)
{
    spans_merge(&walk->spans);
    if (walk->spans.n)
        shown_split(walk);
    spans_clear(&walk->spans);
    walk->n = 0;
}

static void shown_begin_delivery(struct shown_walk *walk, const struct books_shown *shown)
{
    shown_end_delivery(walk);
    if (strcmp(walk->board, shown->board) != 0)
        walk->board_first = walk->out->n;
    walk->delivery = shown->delivery;
    memcpy(walk->board, shown->board, sizeof walk->board);
    memcpy(walk->owner, shown->unit, sizeof walk->owner);
    free(walk->slogan);
    walk->slogan = mem_dup(shown->text);
}

static int shown_take(void *ctx, const struct books_shown *shown)
{
    struct shown_walk *walk = ctx;

    if (!shown->counts)
        return 0;
    if (shown->delivery != walk->delivery)
        shown_begin_delivery(walk, shown);
    if (walk->n == walk->room) {
        walk->room = walk->room ? walk->room * 2 : 64;
        walk->proofs = mem_grow(walk->proofs, walk->room, sizeof *walk->proofs);
    }
    walk->proofs[walk->n++] = (struct shown_proof){{shown->from_ms, shown->until_ms}, shown->level};
    spans_add(&walk->spans, shown->from_ms, shown->until_ms);
    return 0;
}

static int shown_order(const void *left, const void *right)
{
    const struct shown_day *a = left, *b = right;
    int order = strcmp(a->day, b->day);

    return order ? order : strcmp(a->slogan, b->slogan);
}

/* Each line of a board ends where its sum so far, in whole seconds, ends. */
static void shown_round(struct shown_day *days, size_t n)
{
    int64_t ms = 0, seconds = 0;

    for (size_t i = 0; i < n; i++) {
        ms += days[i].ms;
        days[i].seconds = ms / 1000 - seconds;
        seconds = ms / 1000;
    }
}

static void shown_arrange(struct shown_days *out)
{
    for (size_t from = 0, to; from < out->n; from = to) {
        for (to = from + 1; to < out->n && strcmp(out->days[to].board, out->days[from].board) == 0;)
            to++;
        qsort(&out->days[from], to - from, sizeof *out->days, shown_order);
        shown_round(&out->days[from], to - from);
    }
}

int shown_read(struct books *books, int64_t campaign, struct shown_days *out)
{
    struct shown_walk walk = {.out = out};
    int rc;

    *out = (struct shown_days){0};
    rc = books_shown_by_board(books, campaign, shown_take, &walk);
    shown_end_delivery(&walk);
    free(walk.slogan);
    free(walk.proofs);
    spans_free(&walk.spans);
    if (rc == 0)
        shown_arrange(out);
    else
        shown_release(out);
    return rc;
}

void shown_release(struct shown_days *days)
{
    for (size_t i = 0; i < days->n; i++)
        free(days->days[i].slogan);
    free(days->days);
    *days = (struct shown_days){0};
}
