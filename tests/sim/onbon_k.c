/* onbon_k: a font card. See onbon_k.h.
 * Runs: any. */
#include "tests/sim/onbon_k.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "tests/sim/reel.h"

enum { STRIP_OTHERS = 0x8000, STRIP_ANY = 0xFFFE, STRIP_ALL = 0xFFFF };

struct strip {
    const struct board_spec *spec;
    struct reel *reel;
    struct strip_limits limits;
    unsigned address;
    bool special; /* its status tells of a special area */
    bool used[STRIP_AREAS];
    int64_t ends_ms[STRIP_AREAS]; /* INT64_MAX: never */
    bool lies;
};

/* A request, opened. */
struct strip_call {
    struct strip *strip;
    int64_t now_ms;
    unsigned group, command;
    const char *rest; /* behind group, command, response and two bytes more */
    size_t length;
    struct buffer *data; /* what a status answers */
};

static const char *strip_name(unsigned id, char name[static 16])
{
    snprintf(name, 16, "area-%u", id % 100);
    return name;
}

/* ---- areas ---- */

static void strip_drop(struct strip *strip, unsigned id, int64_t now_ms)
{
    char name[16];

    if (strip->used[id])
        reel_remove(strip->reel, strip_name(id, name), now_ms);
    strip->used[id] = false;
}

static void strip_show(struct strip *strip, const struct strip_area *area, const char *text,
                       int64_t now_ms)
{
    char name[16];

    if (strip->lies)
        return;
    strip->used[area->id] = true;
    strip->ends_ms[area->id] =
        area->run == 2 ? now_ms + area->timeout_s * INT64_C(1000) : INT64_MAX;
    reel_put(
        strip->reel,
        &(struct reel_item){.name = strip_name(area->id, name), .text = text, .volatile_ = true},
        now_ms);
}

/* Areas end one after the other. */
static unsigned strip_first_end(const struct strip *strip)
{
    unsigned first = STRIP_AREAS;

    for (unsigned i = 0; i < STRIP_AREAS; i++)
        if (strip->used[i] && (first == STRIP_AREAS || strip->ends_ms[i] < strip->ends_ms[first]))
            first = i;
    return first;
}

static void strip_advance(void *state, int64_t now_ms)
{
    struct strip *strip = state;
    unsigned first;

    while ((first = strip_first_end(strip)) < STRIP_AREAS && strip->ends_ms[first] <= now_ms)
        strip_drop(strip, first, strip->ends_ms[first]);
    reel_advance(strip->reel, now_ms);
}

static int64_t strip_next_change(const void *state, int64_t now_ms)
{
    const struct strip *strip = state;
    unsigned first = strip_first_end(strip);
    int64_t next = reel_next_change(strip->reel, now_ms);

    return first < STRIP_AREAS && strip->ends_ms[first] < next ? strip->ends_ms[first] : next;
}

/* ---- commands: 0 or an enum strip_error ---- */

static int strip_ping(struct strip_call *call)
{
    return call->length ? STRIP_MEMORY : STRIP_OK;
}

static void strip_add_bcd(struct buffer *out, int value)
{
    buffer_add_char(out, (char)(value / 10 % 10 << 4 | value % 10));
}

static void strip_add_clock(struct buffer *out, int64_t device_ms)
{
    time_t seconds = (time_t)(device_ms / 1000);
    struct tm tm;

    LOG_ASSERT(localtime_r(&seconds, &tm));
    strip_add_bcd(out, (tm.tm_year + 1900) % 100);
    strip_add_bcd(out, (tm.tm_year + 1900) / 100);
    strip_add_bcd(out, tm.tm_mon + 1);
    strip_add_bcd(out, tm.tm_mday);
    strip_add_bcd(out, tm.tm_wday ? tm.tm_wday : 7);
    strip_add_bcd(out, tm.tm_hour);
    strip_add_bcd(out, tm.tm_min);
    strip_add_bcd(out, tm.tm_sec);
}

static int strip_programs(const struct strip *strip)
{
    const struct reel_item *item;
    int n = 0;

    for (size_t i = 0; (item = reel_at(strip->reel, i)); i++)
        n += reel_is_own(strip->reel, item->name) && strncmp(item->name, "area-", 5) != 0;
    return n;
}

static int strip_status(struct strip_call *call)
{
    const struct strip *strip = call->strip;
    struct buffer *data = call->data;
    int programs = strip_programs(strip);
    unsigned n = 0;

    if (call->length)
        return STRIP_MEMORY;
    buffer_add(data, "\xA1\x02\0\0", 5);
    buffer_add_char(data, reel_is_asleep(strip->reel) ? 2 : 1);
    buffer_add_char(data, 15); /* brightness */
    strip_add_clock(data, reel_clock(strip->reel, call->now_ms));
    buffer_add_char(data, (char)programs);
    buffer_add(data, programs ? "P000" : "\0\0\0\0", 4);
    if (strip->special)
        buffer_add(data, "\0\0", 2);
    for (unsigned i = 0; i < STRIP_AREAS; i++)
        n += strip->used[i];
    buffer_add_char(data, (char)n);
    for (unsigned i = 0; i < STRIP_AREAS; i++)
        if (strip->used[i])
            buffer_add_char(data, (char)i);
    for (int i = 0; i < 16 + 12; i++)
        buffer_add_char(data, 0); /* bar code, network id */
    return STRIP_OK;
}

static int strip_switch(struct strip_call *call)
{
    if (call->length != 1 || (call->rest[0] != 1 && call->rest[0] != 2))
        return STRIP_MEMORY;
    reel_trick(call->strip->reel, TRICK_SLEEP, call->rest[0] == 2, call->now_ms);
    return STRIP_OK;
}

static int strip_digits(char byte, int least, int most)
{
    int tens = (unsigned char)byte >> 4, ones = byte & 15, value = tens * 10 + ones;

    return tens > 9 || ones > 9 || value < least || value > most ? -1 : value;
}

/* Year with its lower byte first, month, day, hour, minute, second, weekday. */
static int strip_set_clock(struct strip_call *call)
{
    static const int least[8] = {0, 20, 1, 1, 0, 0, 0, 1},
                     most[8] = {99, 20, 12, 31, 23, 59, 59, 7};
    struct tm tm = {.tm_isdst = -1};
    int values[8];

    if (call->length != 8)
        return STRIP_TIME;
    for (int i = 0; i < 8; i++) {
        values[i] = strip_digits(call->rest[i], least[i], most[i]);
        if (values[i] < 0)
            return STRIP_TIME;
    }
    tm.tm_year = 100 + values[0];
    tm.tm_mon = values[2] - 1;
    tm.tm_mday = values[3];
    tm.tm_hour = values[4];
    tm.tm_min = values[5];
    tm.tm_sec = values[6];
    reel_skew(call->strip->reel, (int64_t)mktime(&tm) * 1000 - call->now_ms, call->now_ms);
    return STRIP_OK;
}

static int strip_clear(struct strip_call *call)
{
    for (unsigned i = 0; i < STRIP_AREAS; i++)
        strip_drop(call->strip, i, call->now_ms);
    return STRIP_OK;
}

/* The area at *at, which is moved behind it. shows: else it is only looked at. */
static int strip_take_area(struct strip_call *call, size_t *at, bool shows)
{
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;
    struct strip_area area;
    size_t length;
    int rc;

    if (*at + 2 > call->length)
        return STRIP_MEMORY;
    length = (unsigned char)call->rest[*at] + 256U * (unsigned char)call->rest[*at + 1];
    if (length > call->length - *at - 2)
        return STRIP_MEMORY;
    rc = strip_area_read(call->rest + *at + 2, length, &call->strip->limits, &area);
    if (!rc)
        rc = strip_text_read(area.text, area.length, &text);
    *at += 2 + length;
    if (!rc && shows)
        strip_show(call->strip, &area, buffer_text(&text), call->now_ms);
    return rc;
}

/* Deletes, then writes; all or nothing, so it is gone through twice. */
static int strip_update(struct strip_call *call, bool shows)
{
    unsigned n_deleted = call->length ? (unsigned char)call->rest[0] : 0;
    size_t at = 1 + (n_deleted == 0xFF ? 0 : n_deleted);
    unsigned n;
    int rc;

    if (at >= call->length)
        return STRIP_MEMORY;
    for (unsigned i = 0; shows && i < STRIP_AREAS; i++)
        if (n_deleted && (n_deleted == 0xFF || memchr(call->rest + 1, (int)i, n_deleted)))
            strip_drop(call->strip, i, call->now_ms);
    n = (unsigned char)call->rest[at++];
    for (unsigned i = 0; i < n; i++)
        if ((rc = strip_take_area(call, &at, shows)))
            return rc;
    return at == call->length ? STRIP_OK : STRIP_MEMORY;
}

static int strip_areas(struct strip_call *call)
{
    int rc = strip_update(call, false);

    return rc ? rc : strip_update(call, true);
}

static const struct {
    unsigned group, command;
    int (*run)(struct strip_call *call);
} strip_commands[] = {
    {0xA1, 0x02, strip_status}, {0xA2, 0x00, strip_ping},  {0xA2, 0x03, strip_set_clock},
    {0xA3, 0x00, strip_switch}, {0xA3, 0x06, strip_areas}, {0xA3, 0x10, strip_clear},
};

static int strip_run(struct strip_call *call)
{
    bool group = false;

    for (size_t i = 0; i < sizeof strip_commands / sizeof *strip_commands; i++) {
        if (strip_commands[i].group != call->group)
            continue;
        group = true;
        if (strip_commands[i].command == call->command)
            return strip_commands[i].run(call);
    }
    return group ? STRIP_COMMAND : STRIP_GROUP;
}

/* ---- the board ---- */

static bool strip_is_meant(const struct strip *strip, unsigned address)
{
    return address == strip->address || address >= STRIP_ANY ||
           (address >= STRIP_OTHERS && address <= 0xDFFF);
}

static int strip_answer(struct strip_call *call, const struct buffer *plain)
{
    size_t n = plain->length - 2;

    if (strip_checksum((const unsigned char *)plain->data, n) != strip_16(plain, n))
        return STRIP_CHECKSUM;
    if (n - STRIP_HEAD > call->strip->limits.room)
        return STRIP_MEMORY;
    call->group = (unsigned char)plain->data[STRIP_HEAD];
    call->command = (unsigned char)plain->data[STRIP_HEAD + 1];
    call->rest = plain->data + STRIP_HEAD + 5;
    call->length = n - STRIP_HEAD - 5;
    return strip_run(call);
}

static void strip_request(void *state, const struct board_request *request, int64_t now_ms,
                          struct board_reply *reply)
{
    BUFFER_FREE_LATER struct buffer plain = BUFFER_NULL, data = BUFFER_NULL;
    struct strip_call call = {.strip = state, .now_ms = now_ms, .data = &data};
    int rc;

    if (request->length == 0 || strip_unpack(request->body, request->length, &plain) ||
        !strip_is_meant(state, strip_16(&plain, 0)))
        return;
    rc = strip_answer(&call, &plain);
    if (!data.length) {
        buffer_add(&data, rc ? "\xA0\x01" : "\xA0\x00", 2);
        buffer_add_char(&data, (char)rc);
        buffer_add(&data, "\0\0", 2);
    }
    if (strip_16(&plain, 0) != STRIP_ALL && plain.data[STRIP_HEAD + 2] == 1)
        strip_send(&plain, &data, &reply->body);
}

static void *strip_create(const struct board_spec *spec, const struct board_screen *screen)
{
    struct strip *strip = mem_new(struct strip);
    bool old = strcmp(board_option(spec, "model", "6k"), "5k") == 0;

    strip->spec = spec;
    strip->reel = reel_new(screen);
    strip->limits = (struct strip_limits){.areas = old ? 8 : 5,
                                          .room = old ? 512 : 1024,
                                          .width = spec->width,
                                          .height = spec->height};
    strip->special = !old;
    strip->address = (unsigned)strtoul(board_option(spec, "address", "1"), NULL, 10) & 0xFFFF;
    return strip;
}

static void strip_release(void *state)
{
    struct strip *strip = state;

    reel_free(strip->reel);
    free(strip);
}

static void strip_power_off(void *state, int64_t now_ms)
{
    struct strip *strip = state;

    strip_advance(strip, now_ms);
    reel_power(strip->reel, false, now_ms);
    for (unsigned i = 0; i < STRIP_AREAS; i++)
        strip_drop(strip, i, now_ms);
}

static void strip_power_on(void *state, int64_t now_ms)
{
    struct strip *strip = state;

    reel_power(strip->reel, true, now_ms);
}

static void strip_trick(void *state, enum board_trick trick, bool on, int64_t now_ms)
{
    struct strip *strip = state;

    if (trick == TRICK_LIE)
        strip->lies = on;
    reel_trick(strip->reel, trick, on, now_ms);
}

static void strip_skew(void *state, int64_t skew_ms, int64_t now_ms)
{
    struct strip *strip = state;

    reel_skew(strip->reel, skew_ms, now_ms);
}

static void strip_own(void *state, const char *name, const char *text, int64_t now_ms)
{
    struct strip *strip = state;
    char area[16];

    reel_own(strip->reel, name, text, now_ms);
    for (unsigned i = 0; i < STRIP_AREAS; i++)
        if (strcmp(name, strip_name(i, area)) == 0) {
            strip->used[i] = true;
            strip->ends_ms[i] = INT64_MAX;
        }
}

static void strip_list(const void *state, struct jv *names)
{
    const struct strip *strip = state;

    reel_list(strip->reel, names);
}

static void strip_finish(void *state, int64_t now_ms)
{
    struct strip *strip = state;

    strip_advance(strip, now_ms);
    reel_finish(strip->reel, now_ms);
}

const struct board_kind board_onbon_k = {
    .name = "onbon-k",
    .root = "onbon-k",
    .tcp = true,
    .whole = strip_whole,
    .create = strip_create,
    .release = strip_release,
    .request = strip_request,
    .advance = strip_advance,
    .next_change = strip_next_change,
    .power_off = strip_power_off,
    .power_on = strip_power_on,
    .trick = strip_trick,
    .skew = strip_skew,
    .own = strip_own,
    .list = strip_list,
    .finish = strip_finish,
};
