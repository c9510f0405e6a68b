/* onbon_k_wire: frames of Onbon BX-5K and BX-6K cards, and what is in them. See onbon_k_wire.h.
 * Runs: any (pure, but for the process's time zone). */
#include "adapters/display/kinds/onbon_k_wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gateway/base/log.h"
#include "gateway/model/fit.h"

enum {
    K_BEGIN = 0xA5,
    K_END = 0x5A,
    K_HEAD = 14,
    K_CRC = 2,
    K_COMMAND = 5, /* group, command, and three bytes more */
    K_AREA = 27,   /* an area beside its text */
    K_US = 0x8000, /* source: the first of the programs on a computer */
    K_ANY = 0xFE,  /* device type */
    K_VERSION = 2,
    K_PIXELS = 0x8000 /* X and width are in pixels, not in bytes of eight */
};

/* ---- frames ---- */

unsigned onbon_k_crc(const void *bytes, size_t n)
{
    const unsigned char *at = bytes;
    unsigned crc = 0;

    for (size_t i = 0; i < n; i++) {
        crc ^= at[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xA001U : 0);
    }
    return crc;
}

static void k_add_8(struct buffer *out, unsigned value)
{
    buffer_add_char(out, (char)(unsigned char)(value & 0xFF));
}

static void k_add_16(struct buffer *out, unsigned value)
{
    k_add_8(out, value);
    k_add_8(out, value >> 8);
}

static unsigned k_get_8(const char *at)
{
    return (unsigned char)*at;
}

static unsigned k_get_16(const char *at)
{
    return k_get_8(at) | k_get_8(at + 1) << 8;
}

static void k_add_escaped(struct buffer *out, const struct buffer *plain)
{
    for (size_t i = 0; i < plain->length; i++) {
        unsigned byte = k_get_8(plain->data + i);

        if (byte == K_BEGIN || byte == K_BEGIN + 1) {
            k_add_8(out, K_BEGIN + 1);
            k_add_8(out, byte == K_BEGIN ? 2 : 1);
        } else if (byte == K_END || byte == K_END + 1) {
            k_add_8(out, K_END + 1);
            k_add_8(out, byte == K_END ? 2 : 1);
        } else {
            k_add_8(out, byte);
        }
    }
}

void onbon_k_frame(struct buffer *out, unsigned address, bool over, const struct buffer *data)
{
    struct buffer plain BUFFER_FREE_LATER = BUFFER_NULL;

    k_add_16(&plain, address);
    k_add_16(&plain, K_US);
    buffer_add(&plain, "\0\0\0\0\0", 5); /* reserved; no bar code; checked by CRC */
    k_add_8(&plain, over);
    k_add_8(&plain, K_ANY);
    k_add_8(&plain, K_VERSION);
    k_add_16(&plain, (unsigned)data->length);
    buffer_add(&plain, buffer_text(data), data->length);
    k_add_16(&plain, onbon_k_crc(plain.data, plain.length));
    for (int i = 0; i < 8; i++)
        k_add_8(out, K_BEGIN);
    k_add_escaped(out, &plain);
    k_add_8(out, K_END);
}

size_t onbon_k_whole(const char *bytes, size_t n)
{
    const char *end = n ? memchr(bytes, K_END, n) : NULL;

    return end ? (size_t)(end - bytes) + 1 : 0;
}

/* Adds what stands between the beginning and the end. 0, or 1: not escaped as it has to be. */
static int k_unescape(struct buffer *plain, const char *at, const char *end)
{
    for (; at < end; at++) {
        unsigned byte = k_get_8(at), next = at + 1 < end ? k_get_8(at + 1) : 0;

        if (byte == K_BEGIN || byte == K_END)
            return 1;
        if (byte != K_BEGIN + 1 && byte != K_END + 1) {
            k_add_8(plain, byte);
            continue;
        }
        if (next != 1 && next != 2)
            return 1;
        k_add_8(plain, byte == K_BEGIN + 1 ? K_BEGIN + (next == 1) : K_END + (next == 1));
        at++;
    }
    return 0;
}

/* Why the bytes between beginning and end are no frame; NULL: they are one. */
static const char *k_flaw(const struct buffer *plain)
{
    size_t n = plain->length;

    if (n < K_HEAD + K_CRC)
        return "it is too short";
    if (k_get_16(plain->data + K_HEAD - 2) != n - K_HEAD - K_CRC)
        return "its length is wrong";
    if (k_get_16(plain->data + n - K_CRC) != onbon_k_crc(plain->data, n - K_CRC))
        return "its checksum is wrong";
    return NULL;
}

int onbon_k_open(const char *bytes, size_t n, struct buffer *data, const char **why)
{
    struct buffer plain BUFFER_FREE_LATER = BUFFER_NULL;
    size_t begin = 0;

    while (begin < n && k_get_8(bytes + begin) == K_BEGIN)
        begin++;
    if (begin == 0 || k_get_8(bytes + n - 1) != K_END)
        *why = "it is no frame";
    else if (k_unescape(&plain, bytes + begin, bytes + n - 1))
        *why = "it is not escaped";
    else
        *why = k_flaw(&plain);
    if (*why)
        return 1;
    buffer_add(data, plain.data + K_HEAD, plain.length - K_HEAD - K_CRC);
    return 0;
}

/* ---- commands ---- */

/* 1: it has to be answered. */
static void k_command(struct buffer *data, unsigned group, unsigned command)
{
    k_add_8(data, group);
    k_add_8(data, command);
    k_add_8(data, 1);
}

void onbon_k_ask_status(struct buffer *data)
{
    k_command(data, 0xA1, 0x02);
    k_add_16(data, 0);
}

static void k_add_area(struct buffer *data, const struct onbon_k_area *area)
{
    k_add_8(data, 0); /* a text */
    k_add_16(data, K_PIXELS);
    k_add_16(data, 0);
    k_add_16(data, K_PIXELS | area->width);
    k_add_16(data, area->height);
    k_add_8(data, area->id);
    k_add_8(data, 0); /* no gap between lines */
    k_add_8(data, area->run);
    k_add_16(data, area->timeout_s);
    k_add_8(data, 0); /* no sound */
    k_add_8(data, 0); /* nothing more than this */
    k_add_8(data, 0); /* aligned to the left and to the top */
    k_add_8(data, area->lines ? 2 : 1);
    k_add_8(data, area->breaks ? 2 : 1);
    k_add_8(data, area->show);
    k_add_8(data, 0); /* no way of going */
    k_add_8(data, area->speed);
    k_add_8(data, area->stay);
    k_add_16(data, (unsigned)area->text->length);
    k_add_16(data, 0);
    buffer_add(data, buffer_text(area->text), area->text->length);
}

void onbon_k_update(struct buffer *data, const struct onbon_k_area *area)
{
    LOG_ASSERT(area->text->length < UINT16_MAX - K_AREA - ONBON_K_OVERHEAD);
    k_command(data, 0xA3, 0x06);
    k_add_8(data, area->clears);
    k_add_8(data, 0);
    k_add_8(data, 0); /* none is deleted */
    k_add_8(data, 1); /* one is written */
    k_add_16(data, (unsigned)(K_AREA + area->text->length));
    k_add_area(data, area);
}

void onbon_k_delete(struct buffer *data, unsigned id)
{
    k_command(data, 0xA3, 0x06);
    k_add_16(data, 0);
    k_add_8(data, 1);
    k_add_8(data, id);
    k_add_8(data, 0); /* none is written */
}

/* The font files that every card has: 16, 24 and 32 pixels. */
static unsigned k_font(int64_t px)
{
    if (px >= 32)
        return 2;
    return px >= 24 ? 1 : 0;
}

/* '1' red, '2' green, '3' yellow, '4' blue, '5' cyan, '6' magenta, '7' white: a bit a colour, as
 * LEDs have it. */
static char k_color(const char *color)
{
    unsigned long rgb = color && strlen(color) == 7 ? strtoul(color + 1, NULL, 16) : 0xFF0000;
    int bits = (rgb >> 23 & 1 ? 1 : 0) | (rgb >> 15 & 1 ? 2 : 0) | (rgb >> 7 & 1 ? 4 : 0);

    return bits ? (char)('0' + bits) : '1';
}

int onbon_k_text(struct buffer *out, const struct onbon_k_look *look, const char *text, size_t *bad)
{
    struct buffer bytes BUFFER_FREE_LATER = BUFFER_NULL;
    unsigned font = k_font(look->font_px);

    if (fit_gb2312(text, &bytes, bad))
        return 1;
    buffer_printf(out, "\\FO00%u\\FE00%u\\C%c", font, font, k_color(look->color));
    for (size_t i = 0; i < bytes.length; i++) {
        unsigned byte = k_get_8(bytes.data + i);

        if (byte == '\\')
            buffer_add(out, "\xA3\xDC", 2);
        else
            k_add_8(out, byte < ' ' ? ' ' : byte);
    }
    return 0;
}

/* ---- answers ---- */

int onbon_k_answer(const struct buffer *data, struct onbon_k_answer *answer)
{
    if (data->length < K_COMMAND)
        return 1;
    *answer = (struct onbon_k_answer){.group = k_get_8(data->data),
                                      .command = k_get_8(data->data + 1),
                                      .error = (int)k_get_8(data->data + 2),
                                      .rest = data->data + K_COMMAND,
                                      .length = data->length - K_COMMAND};
    return 0;
}

bool onbon_k_is_ack(const struct onbon_k_answer *answer)
{
    return answer->group == 0xA0 && answer->command == 0x00 && answer->error == ONBON_K_NO_ERROR;
}

bool onbon_k_is_nack(const struct onbon_k_answer *answer)
{
    return answer->group == 0xA0 && answer->command == 0x01;
}

/* Two digits; -1: they are none. */
static int k_bcd(const char *at)
{
    unsigned tens = k_get_8(at) >> 4, ones = k_get_8(at) & 15;

    return tens > 9 || ones > 9 ? -1 : (int)(tens * 10 + ones);
}

/* Year (2), month, day, weekday, hour, minute, second. Of the year the sample of the clock's
 * setting has the lower byte first, the words for the status the upper one: in this century they
 * can be told apart. */
static int64_t k_clock(const char *at)
{
    int low = k_bcd(at), high = k_bcd(at + 1);
    struct tm local = {.tm_mon = k_bcd(at + 2) - 1,
                       .tm_mday = k_bcd(at + 3),
                       .tm_hour = k_bcd(at + 5),
                       .tm_min = k_bcd(at + 6),
                       .tm_sec = k_bcd(at + 7),
                       .tm_isdst = -1};

    if (high != 20 && low == 20)
        low = high;
    else if (high != 20)
        return 0;
    if (low < 0 || local.tm_mon < 0 || local.tm_mon > 11 || local.tm_mday < 1 ||
        local.tm_mday > 31 || local.tm_hour < 0 || local.tm_hour > 23 || local.tm_min < 0 ||
        local.tm_min > 59 || local.tm_sec < 0 || local.tm_sec > 59)
        return 0;
    local.tm_year = 100 + low;
    return (int64_t)mktime(&local) * 1000;
}

/* Where the number of dynamic areas stands; 0: nowhere. BX-5K1 leaves the two bytes about a special
 * area out; which of both it is shows in the length. */
static size_t k_find_areas(const struct onbon_k_answer *answer)
{
    enum { FIXED = 15, SPECIAL = 2, BEHIND = 28 }; /* behind: bar code and network id */
    size_t n = answer->length;

    if (n > FIXED + SPECIAL && k_get_8(answer->rest + FIXED) <= 1 &&
        n == FIXED + SPECIAL + 1 + k_get_8(answer->rest + FIXED + SPECIAL) + BEHIND)
        return FIXED + SPECIAL;
    if (n > FIXED && n == FIXED + 1 + k_get_8(answer->rest + FIXED) + BEHIND)
        return FIXED;
    return 0;
}

int onbon_k_status(const struct onbon_k_answer *answer, struct onbon_k_status *status)
{
    size_t at = answer->group == 0xA1 && answer->command == 0x02 && !answer->error
                    ? k_find_areas(answer)
                    : 0;
    unsigned on = at ? k_get_8(answer->rest) : 0;

    *status = (struct onbon_k_status){.on = on == 1};
    if (on != 1 && on != 2)
        return 1;
    status->clock_ms = k_clock(answer->rest + 2);
    memcpy(status->program, answer->rest + 11, 4);
    for (unsigned i = 1; i <= k_get_8(answer->rest + at); i++)
        status->areas[k_get_8(answer->rest + at + i)] = true;
    return 0;
}

/* lasts: another try can't mend it, the card can't do this. */
static const struct {
    bool lasts;
    const char *name;
} k_errors[ONBON_K_LAST_ERROR + 1] = {
    {false, "no error"},
    {true, "no such group of commands"},
    {true, "no such command"},
    {false, "busy"},
    {false, "out of memory"},
    {false, "wrong checksum"},
    {false, "no such file"},
    {false, "its memory can't be written"},
    {false, "the file did not come through"},
    {false, "wrong file name"},
    {false, "wrong kind of file"},
    {false, "wrong checksum of a file"},
    {true, "it doesn't have the font"},
    {true, "meant for another type of card"},
    {false, "wrong time"},
    {false, "the file exists"},
    {false, "wrong number of a block"},
};

const char *onbon_k_error_name(int error)
{
    return error >= 0 && error <= ONBON_K_LAST_ERROR ? k_errors[error].name : NULL;
}

enum outcome_kind onbon_k_error_outcome(int error)
{
    return onbon_k_error_name(error) && k_errors[error].lasts ? OUTCOME_REJECTED : OUTCOME_DEFERRED;
}
