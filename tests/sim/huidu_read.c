/* huidu_read: a Huidu controller reads a program. See huidu_room.h.
 * Runs: any (pure, but for the process's time zone). */
#include "tests/sim/huidu_room.h"

#include <stdio.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/model/window.h"

enum {
    HUIDU_DAY_S = 86400,
    HUIDU_EFFECT_MOST = 30,
    HUIDU_SPEED_MOST = 8,
    HUIDU_HOLD_MOST = 9999999
};

bool huidu_is(const struct jv *value, const char *text)
{
    const char *it = jv_text(value);

    return it && strcmp(it, text) == 0;
}

/* "08:30:00" as seconds; -1: it isn't one. */
static int huidu_seconds(const struct jv *value)
{
    const char *text = jv_text(value);
    int h, m, s, n = 0;

    if (!text || strlen(text) != 8 || sscanf(text, "%2d:%2d:%2d%n", &h, &m, &s, &n) != 3 || n != 8)
        return -1;
    return h < 0 || h > 23 || m < 0 || m > 59 || s < 0 || s > 59 ? -1 : (h * 60 + m) * 60 + s;
}

/* Midnight at which a day "2026-10-31" begins or, with days 1, ends. */
static int huidu_midnight(const struct jv *value, int days, int64_t *at_ms)
{
    const char *text = jv_text(value);
    char noon[32], day[20];

    if (!text || strlen(text) != 10)
        return 1;
    snprintf(noon, sizeof noon, "%s 12:00", text);
    if (window_parse_time(noon, at_ms))
        return 1;
    clock_format(*at_ms + days * (int64_t)HUIDU_DAY_S * 1000, day);
    snprintf(noon, sizeof noon, "%.10s 00:00", day);
    return window_parse_time(noon, at_ms);
}

/* "Mon,Tue,Wed,Thur": Thursday is spelled with four letters. */
static int huidu_weekdays(const char *text, unsigned *days)
{
    static const char *const names[] = {"Mon", "Tue", "Wed", "Thur", "Fri", "Sat", "Sun"};

    *days = 0;
    while (*text) {
        size_t n = strcspn(text, ","), i = 0;

        while (i < 7 && (strlen(names[i]) != n || strncmp(names[i], text, n) != 0))
            i++;
        if (i == 7)
            return 1;
        *days |= 1U << i;
        text += n;
        text += *text == ',' && text[1] ? 1 : 0;
        if (*text == ',')
            return 1;
    }
    return *days == 0;
}

static int huidu_read_week(const struct jv *control, struct reel_window *window)
{
    const struct jv *week = jv_at(control, "/week");
    const char *enable = jv_text(jv_at(week, "/enable"));

    return week && (!enable || huidu_weekdays(enable, &window->weekdays));
}

int huidu_read_window(const struct jv *control, struct reel_window *window)
{
    const struct jv *dates = jv_at(control, "/date"), *times = jv_at(control, "/time");

    *window = (struct reel_window){0};
    if (!control)
        return 0;
    if (huidu_seconds(jv_at(control, "/duration")) < 1 || huidu_read_week(control, window))
        return 1;
    if (dates &&
        (jv_size(dates) != 1 || huidu_midnight(jv_at(dates, "/0/start"), 0, &window->from_ms) ||
         huidu_midnight(jv_at(dates, "/0/end"), 1, &window->until_ms) ||
         window->until_ms <= window->from_ms))
        return 1;
    if (!times)
        return 0;
    window->day_from_s = huidu_seconds(jv_at(times, "/0/start"));
    window->day_to_s = huidu_seconds(jv_at(times, "/0/end"));
    return jv_size(times) != 1 || window->day_from_s < 0 || window->day_to_s < window->day_from_s;
}

static bool huidu_in(const struct jv *value, int64_t least, int64_t most)
{
    int64_t number = jv_number(value, INT64_MIN);

    return number >= least && number <= most;
}

bool huidu_is_area(const struct board_spec *spec, const struct jv *area)
{
    int64_t x = jv_number(jv_at(area, "/x"), -1), y = jv_number(jv_at(area, "/y"), -1);

    return x >= 0 && y >= 0 && huidu_in(jv_at(area, "/width"), 1, spec->width - x) &&
           huidu_in(jv_at(area, "/height"), 1, spec->height - y);
}

const char *huidu_text(const struct board_spec *spec, const struct jv *item)
{
    const char *text = jv_text(jv_at(item, "/string")),
               *color = jv_text(jv_at(item, "/font/color"));

    if (!huidu_is(jv_at(item, "/type"), "text") || !text || !*text || !color ||
        strlen(color) != 7 || color[0] != '#' || strspn(color + 1, "0123456789abcdefABCDEF") != 6 ||
        !jv_text(jv_at(item, "/font/name")) ||
        !huidu_in(jv_at(item, "/font/size"), 1, spec->height) ||
        !huidu_in(jv_at(item, "/effect/type"), 0, HUIDU_EFFECT_MOST) ||
        !huidu_in(jv_at(item, "/effect/speed"), 0, HUIDU_SPEED_MOST) ||
        !huidu_in(jv_at(item, "/effect/hold"), 0, HUIDU_HOLD_MOST))
        return NULL;
    return text;
}
