/* utf8: the encoding of all text inside lawcast. See utf8.h.
 * Runs: any (pure). */
#include "gateway/base/utf8.h"

#include <string.h>

int32_t utf8_next(const char *text, size_t length, size_t *at)
{
    static const int32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t i = *at, need;
    unsigned char first;
    int32_t code;

    if (i >= length)
        return -1;
    first = (unsigned char)text[i];
    if (first < 0x80) {
        *at = i + 1;
        return first;
    }
    need = first >= 0xF0 && first < 0xF8 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || length - i < need)
        return -1;
    code = first & (0xFF >> (need + 1));
    for (size_t k = 1; k < need; k++) {
        unsigned char c = (unsigned char)text[i + k];

        if ((c & 0xC0) != 0x80)
            return -1;
        code = (code << 6) | (c & 0x3F);
    }
    if (code < least[need] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
        return -1;
    *at = i + need;
    return code;
}

size_t utf8_bad_at(const char *text, size_t length)
{
    size_t at = 0;

    while (at < length)
        if (utf8_next(text, length, &at) < 0)
            return at;
    return length;
}

bool utf8_is_valid(const char *text, size_t length)
{
    return utf8_bad_at(text, length) == length;
}

size_t utf8_put(int32_t code, char out[static 4])
{
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        out[0] = (char)(0xC0 | (code >> 6));
        out[1] = (char)(0x80 | (code & 0x3F));
        return 2;
    }
    if (code < 0x10000) {
        out[0] = (char)(0xE0 | (code >> 12));
        out[1] = (char)(0x80 | ((code >> 6) & 0x3F));
        out[2] = (char)(0x80 | (code & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | (code >> 18));
    out[1] = (char)(0x80 | ((code >> 12) & 0x3F));
    out[2] = (char)(0x80 | ((code >> 6) & 0x3F));
    out[3] = (char)(0x80 | (code & 0x3F));
    return 4;
}

/* Ranges of Unicode's EastAsianWidth W and F that occur in practice, and zero-width ranges. */
static const struct {
    int32_t from, to;
    unsigned columns;
} utf8_widths[] = {
    {0x0300, 0x036F, 0}, {0x200B, 0x200F, 0},   {0x202A, 0x202E, 0},   {0xFE00, 0xFE0F, 0},
    {0xFEFF, 0xFEFF, 0}, {0x1100, 0x115F, 2},   {0x2E80, 0x303E, 2},   {0x3041, 0xA4CF, 2},
    {0xAC00, 0xD7A3, 2}, {0xF900, 0xFAFF, 2},   {0xFE30, 0xFE6F, 2},   {0xFF00, 0xFF60, 2},
    {0xFFE0, 0xFFE6, 2}, {0x1F300, 0x1F64F, 2}, {0x1F900, 0x1F9FF, 2}, {0x20000, 0x3FFFD, 2},
};

static unsigned utf8_width(int32_t code)
{
    for (size_t i = 0; i < sizeof utf8_widths / sizeof *utf8_widths; i++)
        if (code >= utf8_widths[i].from && code <= utf8_widths[i].to)
            return utf8_widths[i].columns;
    return 1;
}

size_t utf8_columns(const char *text)
{
    size_t length = strlen(text), at = 0, columns = 0;

    while (at < length) {
        int32_t code = utf8_next(text, length, &at);

        if (code < 0)
            at++;
        columns += code < 0 ? 1 : utf8_width(code);
    }
    return columns;
}
