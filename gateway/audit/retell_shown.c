/* retell_shown: what was shown day by day, and the targets, from the records. See retell.h.
 * Runs: any. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gateway/base/mem.h"
#include "gateway/model/outcome.h"
#include "gateway/audit/retell_inside.h"

static const char *retell_slogan_text(const struct retell *retell, int64_t campaign,
                                      const struct record_tag *tag)
{
    for (size_t i = 0; i < retell->n_slogans; i++)
        if (retell->slogans[i].campaign == campaign &&
            memcmp(&retell->slogans[i].tag, tag, sizeof *tag) == 0)
            return retell->slogans[i].text;
    return "";
}

/* One slogan's share of a day that begins at from_ms. */
struct retell_day {
    struct tm tm;
    int64_t from_ms, until_ms;
};

static int64_t retell_midnight(struct tm *tm)
{
    tm->tm_hour = tm->tm_min = tm->tm_sec = 0;
    tm->tm_isdst = -1;
    return (int64_t)mktime(tm) * 1000;
}

static void retell_first_day(struct retell_day *day, int64_t at_ms)
{
    time_t at = (time_t)(at_ms / 1000);
    struct tm next;

    localtime_r(&at, &day->tm);
    day->from_ms = retell_midnight(&day->tm);
    next = day->tm;
    next.tm_mday++;
    day->until_ms = retell_midnight(&next);
}

static int retell_best(const struct replay_showing *showing, const struct retell_day *day)
{
    int best = LEVEL_UNKNOWN;

    for (size_t i = 0; i < showing->n_intervals; i++) {
        const struct replay_interval *interval = &showing->intervals[i];

        if (interval->from_ms < day->until_ms && interval->until_ms > day->from_ms &&
            interval->level > best)
            best = interval->level;
    }
    return best;
}

/* Where the days of one slogan go: the lines of its board begin at first. */
struct retell_lines {
    struct shown_days *out;
    size_t first;
    const char *slogan;
};

static struct shown_day *retell_line(struct retell_lines *lines, const char *day)
{
    struct shown_days *out = lines->out;

    for (size_t i = lines->first; i < out->n; i++)
        if (strcmp(out->days[i].day, day) == 0 && strcmp(out->days[i].slogan, lines->slogan) == 0)
            return &out->days[i];
    if (out->n == out->room) {
        out->room = out->room ? out->room * 2 : 64;
        out->days = mem_grow(out->days, out->room, sizeof *out->days);
    }
    out->days[out->n] = (struct shown_day){.slogan = mem_dup(lines->slogan), .level = LEVEL_LOGGED};
    snprintf(out->days[out->n].day, sizeof out->days->day, "%s", day);
    return &out->days[out->n++];
}

/* The days of a span, but for those before from_ms; when the last of them ends. */
static int64_t retell_span(const struct replay_showing *showing, const struct spans *spans,
                           const struct span *span, int64_t from_ms, struct retell_lines *lines)
{
    int64_t at_ms = span->from_ms > from_ms ? span->from_ms : from_ms;
    struct retell_day day;

    while (at_ms < span->until_ms) {
        char text[sizeof lines->out->days->day];
        int64_t ms;

        retell_first_day(&day, at_ms);
        ms = spans_within(spans, day.from_ms, day.until_ms);
        if (ms && strftime(text, sizeof text, "%Y-%m-%d", &day.tm)) {
            struct shown_day *line = retell_line(lines, text);
            int level = retell_best(showing, &day);

            line->ms += ms;
            line->level = level < line->level ? level : line->level;
        }
        at_ms = day.until_ms > at_ms ? day.until_ms : span->until_ms;
    }
    return at_ms > from_ms ? at_ms : from_ms;
}

static void retell_showing(const struct replay_showing *showing, struct retell_lines *lines)
{
    struct spans spans = {0};
    int64_t done_ms = 0;

    for (size_t i = 0; i < showing->n_intervals; i++)
        spans_add(&spans, showing->intervals[i].from_ms, showing->intervals[i].until_ms);
    spans_merge(&spans);
    for (size_t i = 0; i < spans.n; i++)
        done_ms = retell_span(showing, &spans, &spans.items[i], done_ms, lines);
    spans_free(&spans);
}

static int retell_by_day(const void *left, const void *right)
{
    const struct shown_day *a = left, *b = right;
    int order = strcmp(a->day, b->day);

    return order ? order : strcmp(a->slogan, b->slogan);
}

/* Names and seconds of a board's lines: each ends where the sum so far, in whole seconds, ends. */
static void retell_finish(const struct retell *retell, int64_t board, struct shown_day *days,
                          size_t n)
{
    struct jv *fact = retell_fact(retell, FACT_BOARD, board, 0);
    struct jv *owner = retell_fact(retell, FACT_UNIT, jv_number(jv_at(fact, "/owner"), 0), 0);
    int64_t ms = 0, seconds = 0;

    if (n)
        qsort(days, n, sizeof *days, retell_by_day);
    for (size_t i = 0; i < n; i++) {
        retell_copy(days[i].board, sizeof days[i].board, fact, "/code");
        retell_copy(days[i].owner, sizeof days[i].owner, owner, "/code");
        ms += days[i].ms;
        days[i].seconds = ms / 1000 - seconds;
        seconds = ms / 1000;
    }
    jv_free(owner);
    jv_free(fact);
}

void retell_shown(const struct retell *retell, int64_t campaign, struct shown_days *out)
{
    size_t n;
    const struct replay_showing **showings = retell_showings(retell, campaign, &n);

    *out = (struct shown_days){0};
    for (size_t from = 0, to; from < n; from = to) {
        struct retell_lines lines = {.out = out, .first = out->n};

        for (to = from; to < n && showings[to]->board == showings[from]->board; to++) {
            lines.slogan = retell_slogan_text(retell, campaign, &showings[to]->text);
            retell_showing(showings[to], &lines);
        }
        if (out->n > lines.first)
            retell_finish(retell, showings[from]->board, out->days + lines.first,
                          out->n - lines.first);
    }
    free(showings);
}

/* ---- targets ---- */

/* A slogan that was shown, on which board. */
struct retell_reached {
    char owner[33];
    char place[512]; /* or the board, as if each without a place stood at its own */
    struct record_tag text;
};

static size_t retell_reached(const struct retell *retell, int64_t campaign,
                             struct retell_reached **out)
{
    size_t n, reached = 0;
    const struct replay_showing **showings = retell_showings(retell, campaign, &n);

    *out = mem_array(n + 1, struct retell_reached);
    for (size_t i = 0; i < n; i++) {
        struct retell_reached *to = &(*out)[reached];
        struct jv *fact, *owner;

        if (!showings[i]->shown_ms)
            continue;
        fact = retell_fact(retell, FACT_BOARD, showings[i]->board, 0);
        owner = retell_fact(retell, FACT_UNIT, jv_number(jv_at(fact, "/owner"), 0), 0);
        retell_copy(to->owner, sizeof to->owner, owner, "/code");
        retell_copy(to->place, sizeof to->place, fact, "/place");
        if (!to->place[0]) {
            to->place[0] = '\n';
            retell_copy(to->place + 1, sizeof to->place - 1, fact, "/code");
        }
        to->text = showings[i]->text;
        reached++;
        jv_free(owner);
        jv_free(fact);
    }
    free(showings);
    return reached;
}

static bool retell_asks(const struct target_line *line, const char *owner)
{
    return !line->unit[0] || strcmp(line->unit, owner) == 0;
}

static int retell_by_place(const void *left, const void *right)
{
    const struct retell_reached *a = *(const struct retell_reached *const *)left;
    const struct retell_reached *b = *(const struct retell_reached *const *)right;

    return strcmp(a->place, b->place);
}

static int retell_by_text(const void *left, const void *right)
{
    const struct retell_reached *a = *(const struct retell_reached *const *)left;
    const struct retell_reached *b = *(const struct retell_reached *const *)right;

    return memcmp(&a->text, &b->text, sizeof a->text);
}

static int64_t retell_distinct(const struct retell_reached **asked, size_t n,
                               int (*order)(const void *, const void *))
{
    int64_t different = 0;

    if (n)
        qsort(asked, n, sizeof *asked, order);
    for (size_t i = 0; i < n; i++)
        different += i == 0 || order(&asked[i - 1], &asked[i]) != 0;
    return different;
}

static void retell_count(struct target_line *line, const struct retell_reached *reached, size_t n)
{
    const struct retell_reached **asked = mem_alloc(n + 1, sizeof(const struct retell_reached *));
    size_t m = 0;

    for (size_t i = 0; i < n; i++)
        if (retell_asks(line, reached[i].owner))
            asked[m++] = &reached[i];
    line->places_reached = retell_distinct(asked, m, retell_by_place);
    line->items_reached = retell_distinct(asked, m, retell_by_text);
    free(asked);
}

static bool retell_target(const struct jv *entry, struct target_line *line)
{
    const char *unit = jv_text(jv_element(entry, 0));

    *line = (struct target_line){.places = jv_number(jv_element(entry, 1), -1),
                                 .items = jv_number(jv_element(entry, 2), -1),
                                 .minutes = jv_number(jv_element(entry, 3), -1)};
    if (!unit || strlen(unit) >= sizeof line->unit)
        return false;
    memcpy(line->unit, unit, strlen(unit) + 1);
    return line->places >= 0 && line->items >= 0 && line->minutes >= 0;
}

static void retell_judge(struct target_line *line, const struct statement *boards,
                         const struct retell_reached *reached, size_t n)
{
    int64_t ms = 0;

    for (size_t i = 0; i < boards->n_boards; i++)
        if (retell_asks(line, boards->boards[i].owner))
            ms += boards->boards[i].shown_ms;
    line->minutes_reached = ms / 60000;
    retell_count(line, reached, n);
    line->met = line->places_reached >= line->places && line->items_reached >= line->items &&
                line->minutes_reached >= line->minutes;
}

void retell_targets(const struct retell *retell, int64_t campaign, const struct statement *boards,
                    struct target_lines *out)
{
    struct jv *fact = retell_fact(retell, FACT_CAMPAIGN, campaign, 0);
    const struct jv *targets = jv_at(fact, "/targets");
    const char *text = jv_text(targets);
    struct jv *parsed = text ? jv_parse(text, strlen(text), NULL) : NULL;
    struct retell_reached *reached;
    size_t n = retell_reached(retell, campaign, &reached);

    targets = parsed ? parsed : targets;
    *out = (struct target_lines){.lines = mem_array(jv_size(targets) + 1, struct target_line)};
    for (size_t i = 0; i < jv_size(targets); i++)
        out->n += retell_target(jv_element(targets, i), &out->lines[out->n]);
    for (size_t i = 0; i < out->n; i++)
        retell_judge(&out->lines[i], boards, reached, n);
    free(reached);
    jv_free(parsed);
    jv_free(fact);
}
