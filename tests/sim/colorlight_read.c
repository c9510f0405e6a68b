/* colorlight_read: a Colorlight player reads programs and schedules. See colorlight_room.h.
 * Runs: any (pure, but for the process's time zone). */
#include "tests/sim/colorlight_room.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/model/window.h"

enum { COLORLIGHT_PRIORITIES = 101, COLORLIGHT_DAYS = 7, COLORLIGHT_DAY_MS = 86400000 };

static bool colorlight_says(const struct jv *value, const char *text)
{
    const char *it = jv_text(value);

    return it && strcmp(it, text) == 0;
}

/* ---- programs ---- */

/* Numbers are texts in a program. */
static int64_t colorlight_length(const struct jv *value)
{
    const char *text = jv_text(value);

    return text && *text && strlen(text) < 6 && strspn(text, "0123456789") == strlen(text)
               ? strtol(text, NULL, 10)
               : -1;
}

static bool colorlight_fits(const struct board_spec *spec, const struct jv *rect)
{
    int64_t x = colorlight_length(jv_at(rect, "/X")), y = colorlight_length(jv_at(rect, "/Y"));
    int64_t width = colorlight_length(jv_at(rect, "/Width"));
    int64_t height = colorlight_length(jv_at(rect, "/Height"));

    return x >= 0 && y >= 0 && width > 0 && height > 0 && x + width <= spec->width &&
           y + height <= spec->height;
}

static bool colorlight_is_color(const struct jv *value)
{
    const char *text = jv_text(value);

    return text && strlen(text) == 10 && strncmp(text, "0x", 2) == 0 &&
           strspn(text + 2, "0123456789abcdefABCDEF") == 8;
}

/* Single (4) and multi line (5) text. */
static char *colorlight_read_text(const struct jv *item)
{
    const char *text = jv_text(jv_at(item, "/Text"));

    if ((!colorlight_says(jv_at(item, "/Type"), "4") &&
         !colorlight_says(jv_at(item, "/Type"), "5")) ||
        !text || !*text || colorlight_length(jv_at(item, "/IsScroll")) < 0 ||
        colorlight_length(jv_at(item, "/LogFont/lfHeight")) < 1 ||
        !colorlight_is_color(jv_at(item, "/TextColor")) ||
        !colorlight_is_color(jv_at(item, "/BackColor")))
        return NULL;
    return mem_dup(text);
}

static char *colorlight_read_item(const struct board_spec *spec, const struct jv *document,
                                  const struct jv **item)
{
    const struct jv *region = jv_at(document, "/Programs/Program/Pages/0/Regions/0");

    *item = jv_at(region, "/Items/0");
    return colorlight_fits(spec, jv_at(region, "/Rect")) ? colorlight_read_text(*item) : NULL;
}

/* One file of a form (RFC 7578): what stands between two boundaries. 0, or 1: there is none. */
static int colorlight_part(const char *body, size_t length, const char *edge, const char *file,
                           struct buffer *out)
{
    char *opening MEM_FREE_LATER = mem_printf("filename=\"%s\"", file);
    char *closing MEM_FREE_LATER = mem_printf("\r\n--%s", edge);
    const char *at = memmem(body, length, opening, strlen(opening)), *end;

    at = at ? memmem(at, length - (size_t)(at - body), "\r\n\r\n", 4) : NULL;
    if (!at)
        return 1;
    at += 4;
    end = memmem(at, length - (size_t)(at - body), closing, strlen(closing));
    if (!end)
        return 1;
    buffer_add(out, at, (size_t)(end - at));
    return 0;
}

/* ".\\X.files\\X.png" names the form's file X.png. */
static char *colorlight_read_picture(const struct board_request *request, const char *edge,
                                     const char *name, const struct jv *item)
{
    char *folder MEM_FREE_LATER = mem_printf(".\\%s.files\\", name);
    const char *path = jv_text(jv_at(item, "/FileSource/FilePath"));
    struct buffer file BUFFER_FREE_LATER = BUFFER_NULL;

    if (!colorlight_says(jv_at(item, "/Type"), "2") || !path ||
        strncmp(path, folder, strlen(folder)) != 0 ||
        colorlight_part(request->body, request->length, edge, path + strlen(folder), &file) ||
        file.length < 8 || memcmp(file.data, "\x89PNG", 4) != 0)
        return NULL;
    return mem_printf("picture:%zu", file.length);
}

static char *colorlight_read_form(const struct board_spec *spec,
                                  const struct board_request *request, const char *edge,
                                  const char *name)
{
    char *file MEM_FREE_LATER = mem_printf("%s.vsn", name);
    struct buffer text BUFFER_FREE_LATER = BUFFER_NULL;
    struct jv *document = NULL;
    const struct jv *item;
    char *result;

    if (!*edge || colorlight_part(request->body, request->length, edge, file, &text))
        return NULL;
    document = jv_parse(buffer_text(&text), text.length, NULL);
    result = colorlight_read_item(spec, document, &item);
    if (!result)
        result = colorlight_read_picture(request, edge, name, item);
    jv_free(document);
    return result;
}

char *colorlight_read_program(const struct board_spec *spec, const struct board_request *request,
                              const char *name)
{
    const char *type = request->header(request, "Content-Type");
    const char *edge = type ? strstr(type, "boundary=") : NULL;
    struct jv *document;
    const struct jv *item;
    char *text;

    if (type && edge && strncmp(type, "multipart/form-data", 19) == 0)
        return colorlight_read_form(spec, request, edge + 9, name);
    document = jv_parse(request->body, request->length, NULL);
    text = colorlight_read_item(spec, document, &item);
    jv_free(document);
    return text;
}

/* ---- schedules ---- */

/* "08:30:00" as seconds; -1: it isn't one. */
static int colorlight_seconds(const struct jv *value)
{
    const char *text = jv_text(value);
    int h, m, s, n = 0;

    if (!text || strlen(text) != 8 || sscanf(text, "%2d:%2d:%2d%n", &h, &m, &s, &n) != 3 || n != 8)
        return -1;
    return h < 0 || h > 23 || m < 0 || m > 59 || s < 0 || s > 59 ? -1 : (h * 60 + m) * 60 + s;
}

/* A day and a time of the date's limits. */
static int colorlight_instant(const struct jv *limit, const char *day, const char *time,
                              int64_t *at_ms)
{
    const char *date = jv_text(jv_at(limit, day)), *clock = jv_text(jv_at(limit, time));
    char text[32];

    if (!date || strlen(date) != 10 || !clock || strlen(clock) != 8)
        return 1;
    snprintf(text, sizeof text, "%s %s", date, clock);
    return window_parse_time(text, at_ms);
}

static bool colorlight_is_true(const struct jv *entry, const char *pointer)
{
    struct buffer text BUFFER_FREE_LATER = BUFFER_NULL;

    jv_scalar(jv_at(entry, pointer), &text);
    return strcmp(buffer_text(&text), "true") == 0;
}

static int colorlight_read_week(const struct jv *entry, struct reel_window *window)
{
    const struct jv *days = jv_at(entry, "/limit_weekday");

    if (!colorlight_is_true(entry, "/if_limit_weekday"))
        return 0;
    for (unsigned i = 0; i < COLORLIGHT_DAYS; i++) {
        char pointer[24];

        snprintf(pointer, sizeof pointer, "/limit_weekday/%u", i);
        if (colorlight_is_true(entry, pointer))
            window->weekdays |= 1U << i;
    }
    return jv_size(days) != COLORLIGHT_DAYS || !window->weekdays;
}

/* A time of day whose end is before its beginning reaches over midnight. A reel can't say that; the
 * date's limits say the same if they span less than a day, and else the entry is refused. */
static int colorlight_read_limits(const struct jv *entry, struct reel_window *window)
{
    const struct jv *date = jv_at(entry, "/limit_date"), *time = jv_at(entry, "/limit_time");

    *window = (struct reel_window){0};
    if (colorlight_is_true(entry, "/if_limit_date") &&
        (colorlight_instant(date, "/start", "/start_time", &window->from_ms) ||
         colorlight_instant(date, "/end", "/end_time", &window->until_ms) ||
         window->until_ms <= window->from_ms))
        return 1;
    if (colorlight_read_week(entry, window))
        return 1;
    if (!colorlight_is_true(entry, "/if_limit_time"))
        return 0;
    window->day_from_s = colorlight_seconds(jv_at(time, "/start_time"));
    window->day_to_s = colorlight_seconds(jv_at(time, "/end_time"));
    if (window->day_from_s < 0 || window->day_to_s < 0)
        return 1;
    if (window->day_from_s <= window->day_to_s)
        return 0;
    window->day_from_s = window->day_to_s = 0;
    return !window->until_ms || window->until_ms - window->from_ms >= COLORLIGHT_DAY_MS;
}

void colorlight_read_window(const struct jv *entry, struct reel_window *window)
{
    LOG_ASSERT(colorlight_read_limits(entry, window) == 0);
}

static bool colorlight_is_entry(const struct jv *entry)
{
    int64_t type = jv_number(jv_at(entry, "/type_priority"), -1);
    int64_t priority = jv_number(jv_at(entry, "/priority"), -1);
    const char *vsn = jv_text(jv_at(entry, "/operation/vsn"));
    struct reel_window window;

    return (type == 100 || type == 200 || type == 300) && priority >= 0 &&
           priority < COLORLIGHT_PRIORITIES && vsn && strlen(vsn) > 4 &&
           colorlight_says(jv_at(entry, "/operation/source"), "lan") &&
           colorlight_read_limits(entry, &window) == 0;
}

bool colorlight_is_schedule(const struct jv *document)
{
    const struct jv *entries = jv_at(document, "/contentsSchedule"), *entry;

    if (!jv_is_object(document) || !jv_is_array(entries) ||
        !jv_is_array(jv_at(document, "/commandSchedule")))
        return false;
    for (size_t i = 0; (entry = jv_element(entries, i)); i++)
        if (!colorlight_is_entry(entry))
            return false;
    return true;
}

static int colorlight_count(const struct jv *schedule, int64_t priority)
{
    const struct jv *entries = jv_at(schedule, "/contentsSchedule"), *entry;
    int n = 0;

    for (size_t i = 0; (entry = jv_element(entries, i)); i++)
        n += jv_number(jv_at(entry, "/priority"), -1) == priority;
    return n;
}

bool colorlight_runs(const struct jv *schedule)
{
    for (int priority = 0; priority < COLORLIGHT_PRIORITIES; priority++)
        if (colorlight_count(schedule, priority) > 1)
            return false;
    return true;
}

void colorlight_add(struct jv **schedule, const char *name)
{
    struct buffer text BUFFER_FREE_LATER = BUFFER_NULL;
    struct buffer escaped BUFFER_FREE_LATER = BUFFER_NULL;
    const struct jv *entries = jv_at(*schedule, "/contentsSchedule"), *entry;
    int priority = 0;

    while (colorlight_count(*schedule, priority))
        priority++;
    jv_escape(name, &escaped);
    buffer_add_text(&text, "{\"contentsSchedule\":[");
    for (size_t i = 0; (entry = jv_element(entries, i)); i++) {
        jv_write(entry, false, &text);
        buffer_add_char(&text, ',');
    }
    buffer_printf(&text,
                  "{\"name\":\"Play_Program\",\"type\":\"rotation\",\"type_priority\":200,"
                  "\"priority\":%d,\"if_limit_time\":false,\"if_limit_date\":false,"
                  "\"if_limit_weekday\":false,\"weight\":0.5,"
                  "\"operation\":{\"name\":\"%s\",\"source\":\"lan\",\"vsn\":\"%s.vsn\"}}],"
                  "\"commandSchedule\":",
                  priority, buffer_text(&escaped), buffer_text(&escaped));
    jv_write(jv_at(*schedule, "/commandSchedule"), false, &text);
    buffer_add_char(&text, '}');
    jv_free(*schedule);
    *schedule = jv_parse(text.data, text.length, NULL);
    LOG_ASSERT(*schedule);
}
