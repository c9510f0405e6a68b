/* novacloud_call: what the NovaCloud platform posts. See novacloud_call.h.
 * Runs: any (pure, but for the process's time zone). */
#include "adapters/display/kinds/novacloud_call.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

enum { NOVACLOUD_FLOORS = 4, NOVACLOUD_WIDE = 64 };

static const struct jv *novacloud_dig(const struct jv *told, const char *key, int floors)
{
    const struct jv *value, *found;
    const char *name;

    if (!floors)
        return NULL;
    for (size_t i = 0; i < NOVACLOUD_WIDE; i++) {
        value = jv_is_array(told) ? jv_element(told, i) : jv_entry(told, i, &name);
        if (!value)
            return NULL;
        if (!jv_is_array(told) && strcasecmp(name, key) == 0)
            return value;
        found = novacloud_dig(value, key, floors - 1);
        if (found)
            return found;
    }
    return NULL;
}

const struct jv *novacloud_find(const struct jv *told, const char *key)
{
    return jv_is_array(told) || jv_is_object(told) ? novacloud_dig(told, key, NOVACLOUD_FLOORS)
                                                   : NULL;
}

/* The value itself, or the first plain one in it. */
static const struct jv *novacloud_plain(const struct jv *value)
{
    const char *key;

    if (jv_is_object(value))
        return jv_entry(value, 0, &key);
    return jv_is_array(value) ? jv_element(value, 0) : value;
}

enum sight_power novacloud_power(const struct jv *told)
{
    static const char *const on[] = {"open", "on", "true", "1"};
    static const char *const off[] = {"close", "closed", "off", "false", "0"};
    const struct jv *value = novacloud_plain(novacloud_find(told, "screenPowerStatus"));
    struct buffer text BUFFER_FREE_LATER = BUFFER_NULL;

    if (!value || !jv_scalar(value, &text))
        return POWER_UNKNOWN;
    for (size_t i = 0; i < sizeof on / sizeof *on; i++)
        if (strcasecmp(buffer_text(&text), on[i]) == 0)
            return POWER_ON;
    for (size_t i = 0; i < sizeof off / sizeof *off; i++)
        if (strcasecmp(buffer_text(&text), off[i]) == 0)
            return POWER_ASLEEP;
    return POWER_UNKNOWN;
}

static int novacloud_date(const char *text, int64_t *wall_ms)
{
    struct tm tm = {.tm_isdst = -1};
    int end = 0;
    time_t t;

    if (sscanf(text, "%4d-%2d-%2d%*1[ T]%2d:%2d:%2d%n", &tm.tm_year, &tm.tm_mon, &tm.tm_mday,
               &tm.tm_hour, &tm.tm_min, &tm.tm_sec, &end) != 6 ||
        end == 0 || text[end])
        return 1;
    tm.tm_year -= 1900;
    tm.tm_mon -= 1;
    t = mktime(&tm);
    if (t <= 0)
        return 1;
    *wall_ms = (int64_t)t * 1000;
    return 0;
}

int novacloud_time(const struct jv *told, int64_t *wall_ms)
{
    const struct jv *value = novacloud_plain(told);
    struct buffer text BUFFER_FREE_LATER = BUFFER_NULL;
    const char *digits;
    long long number;

    if (!value || !jv_scalar(value, &text))
        return 1;
    digits = buffer_text(&text);
    if (!*digits || strlen(digits) > 13 || digits[strspn(digits, "0123456789")])
        return novacloud_date(digits, wall_ms);
    number = strtoll(digits, NULL, 10);
    *wall_ms = strlen(digits) == 13 ? number : number * 1000;
    return strlen(digits) != 13 && strlen(digits) != 10;
}
