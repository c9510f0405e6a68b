/* xixun_player: the program player of a simulated Xixun card. See xixun.c.
 * Runs: any (pure, but for the process's time zone).
 *
 * A task is all that the player has: what isn't in it is gone, the owner's programs too. Several
 * schedules of one program are taken as one stretch from the first one's beginning to the last
 * one's end. */
#include "tests/sim/xixun_room.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "gateway/base/log.h"

enum { PLAYER_DAY_S = 86400 };

struct jv *xixun_copy(const struct jv *value)
{
    struct buffer text BUFFER_FREE_LATER = BUFFER_NULL;
    struct jv *copy;

    jv_write(value, false, &text);
    copy = jv_parse(buffer_text(&text), text.length, NULL);
    LOG_ASSERT(copy);
    return copy;
}

static const char *player_text(const struct jv *value, const char *place)
{
    const char *text = jv_text(jv_at(value, place));

    return text ? text : "";
}

/* ---- schedules ---- */

/* Midnight of "2026-10-31", days later. 0, or 1. */
static int player_date(const char *text, int days, int64_t *at_ms)
{
    struct tm tm = {.tm_isdst = -1};
    int end = 0;

    if (sscanf(text, "%4d-%2d-%2d%n", &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &end) != 3 ||
        text[end] || end != 10)
        return 1;
    tm.tm_year -= 1900;
    tm.tm_mon -= 1;
    tm.tm_mday += days;
    *at_ms = (int64_t)mktime(&tm) * 1000;
    return 0;
}

static int player_minute(const char *text, int *second_of_day)
{
    int hour, minute, end = 0;

    if (sscanf(text, "%2d:%2d%n", &hour, &minute, &end) != 2 || text[end] || end != 5 ||
        hour > 23 || minute > 59)
        return 1;
    *second_of_day = hour * 3600 + minute * 60;
    return 0;
}

static int player_weekdays(const struct jv *filter, unsigned *weekdays)
{
    const struct jv *day;

    for (size_t i = 0; (day = jv_element(filter, i)); i++) {
        int64_t number = jv_number(day, -1); /* 0 is Sunday */

        if (number < 0 || number > 6)
            return 1;
        *weekdays |= 1u << ((number + 6) % 7);
    }
    return !*weekdays;
}

static const char *player_schedule(const struct jv *schedule, struct reel_window *window)
{
    const char *date = player_text(schedule, "/dateType"),
               *time = player_text(schedule, "/timeType");
    const char *filter = player_text(schedule, "/filterType");

    *window = (struct reel_window){0};
    if ((strcmp(date, "All") != 0 && strcmp(date, "Range") != 0) ||
        (strcmp(time, "All") != 0 && strcmp(time, "Range") != 0) ||
        (strcmp(filter, "None") != 0 && strcmp(filter, "Week") != 0))
        return "dateType, timeType or filterType is missing";
    if (*date == 'R' && (player_date(player_text(schedule, "/startDate"), 0, &window->from_ms) ||
                         player_date(player_text(schedule, "/endDate"), 1, &window->until_ms)))
        return "bad startDate or endDate";
    if (*time == 'R' && (player_minute(player_text(schedule, "/startTime"), &window->day_from_s) ||
                         player_minute(player_text(schedule, "/endTime"), &window->day_to_s)))
        return "bad startTime or endTime";
    if (*time == 'R' && window->day_to_s <= window->day_from_s)
        return "endTime is not after startTime";
    if (*filter == 'W' && player_weekdays(jv_at(schedule, "/weekFilter"), &window->weekdays))
        return "bad weekFilter";
    return NULL;
}

static const char *player_window(const struct jv *schedules, struct reel_window *window)
{
    const struct jv *schedule;
    struct reel_window next;
    const char *why;

    *window = (struct reel_window){0};
    for (size_t i = 0; (schedule = jv_element(schedules, i)); i++) {
        why = player_schedule(schedule, &next);
        if (why)
            return why;
        if (jv_size(schedules) == 1) {
            *window = next;
            return NULL;
        }
        if (!next.from_ms)
            return "several schedules without dates";
        if (!window->from_ms)
            window->from_ms = next.from_ms + next.day_from_s * INT64_C(1000);
        window->until_ms =
            next.until_ms - (next.day_to_s ? PLAYER_DAY_S - next.day_to_s : 0) * INT64_C(1000);
    }
    return NULL;
}

/* ---- text ---- */

static void player_unescape(const char **at, struct buffer *out)
{
    static const struct {
        const char *entity, *text;
    } entities[] = {{"&amp;", "&"}, {"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&#39;", "'"}};

    for (size_t i = 0; i < sizeof entities / sizeof *entities; i++)
        if (strncmp(*at, entities[i].entity, strlen(entities[i].entity)) == 0) {
            buffer_add_text(out, entities[i].text);
            *at += strlen(entities[i].entity);
            return;
        }
    buffer_add_char(out, *(*at)++);
}

static void player_read_html(const char *html, struct buffer *out)
{
    while (*html) {
        if (*html == '<' && strchr(html, '>'))
            html = strchr(html, '>') + 1;
        else
            player_unescape(&html, out);
    }
}

/* ---- tasks ---- */

static const struct jv *player_find(const struct xixun *card, const char *name)
{
    const struct jv *item;

    for (size_t i = 0; card->items && (item = jv_element(card->items, i)); i++)
        if (strcmp(player_text(item, "/_program/name"), name) == 0)
            return item;
    return NULL;
}

static const char *player_check(const struct jv *item)
{
    const struct jv *source = jv_at(item, "/_program/layers/0/sources/0");
    struct reel_window window;

    if (!*player_text(item, "/_program/name"))
        return "a program has no name";
    if (!jv_text(jv_at(source, "/id")))
        return "a source has no id";
    if (!jv_is_array(jv_at(item, "/schedules")))
        return "a program has no schedules";
    return player_window(jv_at(item, "/schedules"), &window);
}

/* Text that is wider or higher than the screen stays away, whatever was answered. */
static bool player_fits(const struct xixun *card, const struct jv *item)
{
    return jv_number(jv_at(item, "/_program/width"), -1) == card->spec->width &&
           jv_number(jv_at(item, "/_program/height"), -1) == card->spec->height;
}

static void player_put(struct xixun *card, const struct jv *item, int64_t now_ms)
{
    static const struct reel_window never = {.until_ms = 1};
    const char *html = player_text(item, "/_program/layers/0/sources/0/html");
    struct buffer text BUFFER_FREE_LATER = BUFFER_NULL;
    struct reel_item entry = {.name = player_text(item, "/_program/name")};

    if (reel_is_own(card->reel, entry.name))
        return;
    player_read_html(html, &text);
    entry.text = buffer_text(&text);
    player_window(jv_at(item, "/schedules"), &entry.window);
    if (!player_fits(card, item))
        entry.window = never;
    reel_put(card->reel, &entry, now_ms);
}

static bool player_has(const struct jv *items, const char *name)
{
    const struct jv *item;

    for (size_t i = 0; (item = jv_element(items, i)); i++)
        if (strcmp(player_text(item, "/_program/name"), name) == 0)
            return true;
    return false;
}

static void player_drop_others(struct xixun *card, const struct jv *items, int64_t now_ms)
{
    const struct jv *item;

    for (size_t i = 0; card->items && (item = jv_element(card->items, i)); i++) {
        const char *name = player_text(item, "/_program/name");

        if (!player_has(items, name))
            reel_remove(card->reel, name, now_ms);
    }
}

const char *xixun_play_task(struct xixun *card, const struct jv *command, int64_t now_ms)
{
    const struct jv *items = jv_at(command, "/task/items"), *item;
    struct jv *stored;
    const char *why = NULL;

    if (!*player_text(command, "/id") || !jv_is_array(items))
        return "id or task is missing";
    for (size_t i = 0; !why && (item = jv_element(items, i)); i++)
        why = player_check(item);
    if (why)
        return why;
    player_drop_others(card, items, now_ms);
    stored = jv_array();
    for (size_t i = 0; (item = jv_element(items, i)); i++) {
        if (card->lies && !player_find(card, player_text(item, "/_program/name")))
            continue;
        player_put(card, item, now_ms);
        jv_push(stored, xixun_copy(item));
    }
    jv_free(card->items);
    jv_free(card->task);
    card->items = stored;
    card->task = xixun_copy(jv_at(command, "/task"));
    return NULL;
}

void xixun_clear_task(struct xixun *card, int64_t now_ms)
{
    struct jv *none = jv_array();

    player_drop_others(card, none, now_ms);
    jv_free(none);
    jv_free(card->items);
    jv_free(card->task);
    card->items = card->task = NULL;
}

/* As the owner's platform would have written it: a picture, at any time. */
void xixun_own_item(struct xixun *card, const char *name, const char *text)
{
    static const char form[] =
        "{\"_id\":\"7111bd0f\",\"_program\":{\"name\":\"\",\"totalSize\":55066,\"layers\":[{"
        "\"repeat\":false,\"sources\":[{\"id\":\"5s.jpg\",\"_type\":\"Image\",\"size\":55066,"
        "\"lineHeight\":1.4}]}]},\"priority\":0,\"schedules\":[{\"dateType\":\"All\","
        "\"timeType\":\"All\",\"filterType\":\"None\"}]}";
    struct jv *item = jv_parse(form, sizeof form - 1, NULL), *program;

    LOG_ASSERT(item);
    program = xixun_copy(jv_at(item, "/_program"));
    jv_put(program, "name", jv_string(name));
    jv_put(program, "note", jv_string(text));
    jv_put(item, "_program", program);
    if (!card->items)
        card->items = jv_array();
    jv_push(card->items, item);
}
