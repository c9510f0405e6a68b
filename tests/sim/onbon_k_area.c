/* onbon_k_area: dynamic areas of a font card, and the codes in their text. See onbon_k.h.
 * Runs: any (pure). Library: iconv of libc. */
#include "tests/sim/onbon_k.h"

#include <iconv.h>
#include <stdbool.h>
#include <string.h>

#include "gateway/base/log.h"

/* Offsets of what has one byte, and what it may be. */
static const struct {
    unsigned char at, least, most;
} strip_bytes[] = {
    {0, 0, 0},   /* a text */
    {11, 0, 2},  /* run mode */
    {14, 0, 0},  /* no sound */
    {15, 0, 0},  /* no extension */
    {16, 0, 10}, /* alignment */
    {17, 1, 2},  /* single line, lines */
    {18, 1, 2},  /* breaks by \n, by itself */
    {19, 1, 6},  /* way of showing */
    {20, 0, 0},  /* way of going */
    {21, 0, 24}, /* speed */
};

enum { STRIP_AREA_HEAD = 27 };

static unsigned strip_u8(const char *at)
{
    return (unsigned char)*at;
}

static unsigned strip_u16(const char *at)
{
    return strip_u8(at) + 256 * strip_u8(at + 1);
}

/* In pixels when the highest bit is set, else in bytes of eight. */
static int64_t strip_pixels(const char *at)
{
    unsigned value = strip_u16(at);

    return value & 0x8000 ? value & 0x7FFF : value * 8;
}

static bool strip_fits(const char *bytes, const struct strip_limits *limits)
{
    int64_t width = strip_pixels(bytes + 5), height = strip_u16(bytes + 7);

    return width > 0 && height > 0 && strip_pixels(bytes + 1) + width <= limits->width &&
           strip_u16(bytes + 3) + height <= limits->height;
}

int strip_area_read(const char *bytes, size_t n, const struct strip_limits *limits,
                    struct strip_area *out)
{
    if (n < STRIP_AREA_HEAD || n > limits->room)
        return STRIP_MEMORY;
    for (size_t i = 0; i < sizeof strip_bytes / sizeof *strip_bytes; i++)
        if (strip_u8(bytes + strip_bytes[i].at) < strip_bytes[i].least ||
            strip_u8(bytes + strip_bytes[i].at) > strip_bytes[i].most)
            return STRIP_MEMORY;
    *out = (struct strip_area){.id = strip_u8(bytes + 9),
                               .run = strip_u8(bytes + 11),
                               .timeout_s = strip_u16(bytes + 12),
                               .text = bytes + STRIP_AREA_HEAD,
                               .length = n - STRIP_AREA_HEAD};
    if (strip_u16(bytes + 23) != out->length || strip_u16(bytes + 25) != 0 ||
        out->id >= limits->areas || !strip_fits(bytes, limits))
        return STRIP_MEMORY;
    return STRIP_OK;
}

/* The length of the code behind a backslash; 0: there is no such code. *error: 12 for fonts. */
static size_t strip_code(const char *at, size_t n, int *error)
{
    *error = STRIP_MEMORY;
    if (n >= 5 && at[0] == 'F') {
        bool known = (at[1] == 'O' || at[1] == 'E') && at[2] == '0' && at[3] == '0' &&
                     at[4] >= '0' && at[4] <= '2';

        *error = STRIP_FONT;
        return known ? 5 : 0;
    }
    if (n >= 2 && at[0] == 'C' && at[1] >= '1' && at[1] <= '7')
        return 2;
    if (n >= 2 && at[0] == 'D' && strchr("SMHDLYW", at[1]) && at[1])
        return 2;
    return n >= 1 && at[0] == 'n' ? 1 : 0;
}

static int strip_decode(const struct buffer *bytes, struct buffer *out)
{
    iconv_t decoder = iconv_open("UTF-8", "GB2312");
    char *in = bytes->data;
    size_t left = bytes->length, rc = 0;

    LOG_ASSERT(decoder != (iconv_t)-1);
    while (left && rc != (size_t)-1) {
        char text[256], *to = text;
        size_t room = sizeof text;

        rc = iconv(decoder, &in, &left, &to, &room);
        buffer_add(out, text, (size_t)(to - text));
        if (rc == (size_t)-1 && room < 8) /* only the place for it was too small */
            rc = 0;
    }
    iconv_close(decoder);
    return rc == (size_t)-1 ? STRIP_FONT : STRIP_OK;
}

int strip_text_read(const char *bytes, size_t n, struct buffer *out)
{
    BUFFER_FREE_LATER struct buffer plain = BUFFER_NULL;
    int error = STRIP_OK;

    for (size_t i = 0; i < n; i++) {
        size_t code;

        if (bytes[i] != '\\') {
            if (strip_u8(bytes + i) < ' ')
                return STRIP_MEMORY;
            buffer_add_char(&plain, bytes[i]);
            continue;
        }
        code = strip_code(bytes + i + 1, n - i - 1, &error);
        if (!code)
            return error;
        if (bytes[i + 1] == 'n')
            buffer_add_char(&plain, '\n');
        i += code;
    }
    return strip_decode(&plain, out);
}
