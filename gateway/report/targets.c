/* targets: what is asked, and how far it is reached. See targets.h.
 * Runs: any. */
#include "gateway/report/targets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/json.h"
#include "gateway/base/mem.h"

/* One slogan that reached its need on one board. */
struct target_fact {
    char owner[33];
    char *place, *slogan;
};

struct target_facts {
    struct target_fact *facts;
    size_t n, room;
};

static int targets_note(void *ctx, const struct books_reached *reached)
{
    struct target_facts *facts = ctx;
    struct target_fact *fact;

    if (facts->n == facts->room) {
        facts->room = facts->room ? facts->room * 2 : 64;
        facts->facts = mem_grow(facts->facts, facts->room, sizeof *facts->facts);
    }
    fact = &facts->facts[facts->n++];
    *fact = (struct target_fact){.place = *reached->place ? mem_dup(reached->place)
                                                          : mem_printf("\n%s", reached->board),
                                 .slogan = mem_dup(reached->slogan)};
    snprintf(fact->owner, sizeof fact->owner, "%s", reached->owner);
    return 0;
}

static void targets_forget(struct target_facts *facts)
{
    for (size_t i = 0; i < facts->n; i++) {
        free(facts->facts[i].place);
        free(facts->facts[i].slogan);
    }
    free(facts->facts);
}

static bool targets_asks_of(const struct target_line *line, const char *owner)
{
    return !line->unit[0] || strcmp(line->unit, owner) == 0;
}

static int targets_order(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static int64_t targets_different(const char **texts, size_t n)
{
    int64_t different = 0;

    if (n)
        qsort(texts, n, sizeof *texts, targets_order);
    for (size_t i = 0; i < n; i++)
        different += i == 0 || strcmp(texts[i], texts[i - 1]) != 0;
    return different;
}

static void targets_count(struct target_line *line, const struct target_facts *facts)
{
    const char **places = mem_array(facts->n + 1, const char *);
    const char **slogans = mem_array(facts->n + 1, const char *);
    size_t n = 0;

    for (size_t i = 0; i < facts->n; i++) {
        if (!targets_asks_of(line, facts->facts[i].owner))
            continue;
        places[n] = facts->facts[i].place;
        slogans[n++] = facts->facts[i].slogan;
    }
    line->places_reached = targets_different(places, n);
    line->items_reached = targets_different(slogans, n);
    free(places);
    free(slogans);
}

static void targets_judge(struct target_line *line, const struct target_facts *facts,
                          const struct books_board *boards, size_t n_boards)
{
    int64_t ms = 0;

    for (size_t i = 0; i < n_boards; i++)
        if (targets_asks_of(line, boards[i].owner) &&
            __builtin_add_overflow(ms, boards[i].shown_ms, &ms))
            ms = 0; /* damaged books prove nothing */
    line->minutes_reached = ms / 60000;
    targets_count(line, facts);
    line->met = line->places_reached >= line->places && line->items_reached >= line->items &&
                line->minutes_reached >= line->minutes;
}

/* ["unit" or "", places, items, minutes] */
static bool targets_parse(const struct jv *entry, struct target_line *line)
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

static void targets_take(const char *text, struct target_lines *out)
{
    struct jv *list = text ? jv_parse(text, strlen(text), NULL) : NULL;
    size_t n = list ? jv_size(list) : 0;

    out->lines = mem_array(n + 1, struct target_line);
    for (size_t i = 0; i < n; i++)
        out->n += targets_parse(jv_element(list, i), &out->lines[out->n]);
    jv_free(list);
}

int targets_read(struct books *books, const struct books_campaign *campaign,
                 const struct books_board *boards, size_t n_boards, struct target_lines *out)
{
    struct target_facts facts = {0};
    int rc = 0;

    *out = (struct target_lines){0};
    targets_take(campaign->targets, out);
    if (out->n)
        rc = books_reached(books, campaign->number, targets_note, &facts);
    for (size_t i = 0; i < out->n && rc == 0; i++)
        targets_judge(&out->lines[i], &facts, boards, n_boards);
    targets_forget(&facts);
    if (rc)
        targets_release(out);
    return rc;
}

void targets_release(struct target_lines *lines)
{
    free(lines->lines);
    *lines = (struct target_lines){0};
}
