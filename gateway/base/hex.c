/* hex: bytes as text. See hex.h.
 * Runs: any (pure). */
#include "gateway/base/hex.h"

#include <string.h>

static const char hex_digits[] = "0123456789ABCDEF";
static const char hex_base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void hex_encode(struct buffer *out, const void *bytes, size_t length)
{
    const unsigned char *b = bytes;
    char text[128]; /* so many digits at a time */

    while (length) {
        size_t n = length < sizeof text / 2 ? length : sizeof text / 2;

        for (size_t i = 0; i < n; i++) {
            text[2 * i] = hex_digits[b[i] >> 4];
            text[2 * i + 1] = hex_digits[b[i] & 15];
        }
        buffer_add(out, text, 2 * n);
        b += n;
        length -= n;
    }
}

/* Takes back what was added since length was before. */
static void hex_undo(struct buffer *out, size_t before)
{
    out->length = before;
    if (out->data)
        out->data[before] = '\0';
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int hex_decode(struct buffer *out, const char *digits, size_t length)
{
    size_t before = out->length;

    if (length % 2)
        return 1;
    for (size_t i = 0; i < length; i += 2) {
        int high = hex_value(digits[i]), low = hex_value(digits[i + 1]);

        if (high < 0 || low < 0) {
            hex_undo(out, before);
            return 1;
        }
        buffer_add_char(out, (char)(high << 4 | low));
    }
    return 0;
}

void hex_encode_base64(struct buffer *out, const void *bytes, size_t length)
{
    const unsigned char *b = bytes;

    for (size_t i = 0; i < length; i += 3) {
        size_t n = length - i < 3 ? length - i : 3;
        uint32_t v = (uint32_t)b[i] << 16;
        char quad[4];

        if (n > 1)
            v |= (uint32_t)b[i + 1] << 8;
        if (n > 2)
            v |= b[i + 2];
        quad[0] = hex_base64[v >> 18];
        quad[1] = hex_base64[(v >> 12) & 63];
        quad[2] = n > 1 ? hex_base64[(v >> 6) & 63] : '=';
        quad[3] = n > 2 ? hex_base64[v & 63] : '=';
        buffer_add(out, quad, 4);
    }
}

static int hex_add_quad(struct buffer *out, const char *quad, bool last)
{
    uint32_t v = 0;
    size_t pad = 0;
    char bytes[3];

    for (size_t k = 0; k < 4; k++) {
        const char *at = quad[k] ? strchr(hex_base64, quad[k]) : NULL;

        if (quad[k] == '=' && last && k >= 2)
            pad++;
        else if (!at || pad)
            return 1;
        v = v << 6 | (at ? (uint32_t)(at - hex_base64) : 0);
    }
    bytes[0] = (char)(v >> 16);
    bytes[1] = (char)(v >> 8);
    bytes[2] = (char)v;
    buffer_add(out, bytes, 3 - pad);
    return 0;
}

int hex_decode_base64(struct buffer *out, const char *text, size_t length)
{
    size_t before = out->length;

    if (length % 4)
        return 1;
    for (size_t i = 0; i < length; i += 4) {
        if (hex_add_quad(out, text + i, i + 4 == length)) {
            hex_undo(out, before);
            return 1;
        }
    }
    return 0;
}

uint64_t hex_fingerprint(const void *bytes, size_t length)
{
    const unsigned char *b = bytes;
    uint64_t h = 14695981039346656037u;

    for (size_t i = 0; i < length; i++)
        h = (h ^ b[i]) * 1099511628211u;
    return h;
}
