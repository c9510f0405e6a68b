/* chartext: which encoding a file is in, and its fields as UTF-8. See chartext.h.
 * Runs: any.
 *
 * GB18030 holds GBK and GB2312, which is what Chinese spreadsheets write. Its 2-byte characters
 * become at most 3 bytes and its 4-byte characters 3 or 4, so twice the length is always enough. */
#include "gateway/config/chartext.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <iconv.h>

#include "gateway/base/mem.h"
#include "gateway/base/utf8.h"

struct chartext {
    iconv_t iconv;
};

bool chartext_is_ascii(const char *bytes, size_t length)
{
    uint64_t word;

    for (; length >= sizeof word; bytes += sizeof word, length -= sizeof word) {
        memcpy(&word, bytes, sizeof word);
        if (word & UINT64_C(0x8080808080808080))
            return false;
    }
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)bytes[i] >= 0x80)
            return false;
    return true;
}

/* Could the bytes be the beginning of a UTF-8 character that goes on behind them? */
static bool chartext_is_cut(const char *bytes, size_t length)
{
    unsigned char first = (unsigned char)bytes[0];
    size_t need = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;

    if (first < 0xC2 || first > 0xF4 || length >= need)
        return false;
    for (size_t i = 1; i < length; i++)
        if (((unsigned char)bytes[i] & 0xC0) != 0x80)
            return false;
    return true;
}

/* A few bad bytes don't make a UTF-8 file a GB18030 one: all its names would turn into others. In
 * real GB18030 text less than half of the characters look like UTF-8. */
enum chartext_encoding chartext_detect(const char *bytes, size_t length)
{
    size_t good = 0, bad = 0, at = 0;

    if (length >= 2 && (memcmp(bytes, "\xFF\xFE", 2) == 0 || memcmp(bytes, "\xFE\xFF", 2) == 0))
        return CHARTEXT_UTF16;
    if (chartext_is_ascii(bytes, length))
        return CHARTEXT_ASCII;
    while (at < length) {
        int32_t code = utf8_next(bytes, length, &at);

        if (code >= 0x80)
            good++;
        if (code >= 0)
            continue;
        if (chartext_is_cut(bytes + at, length - at))
            break;
        bad++;
        at++;
    }
    return bad == 0 || good / 4 > bad ? CHARTEXT_UTF8 : CHARTEXT_GB18030;
}

struct chartext *chartext_new(void)
{
    iconv_t opened = iconv_open("UTF-8", "GB18030");
    struct chartext *converter;

    if (opened == (iconv_t)-1)
        return NULL;
    converter = mem_new(struct chartext);
    converter->iconv = opened;
    return converter;
}

void chartext_free(struct chartext *converter)
{
    if (!converter)
        return;
    iconv_close(converter->iconv);
    free(converter);
}

long chartext_convert(struct chartext *converter, const char *bytes, size_t length, char *out)
{
    char *from = (char *)(uintptr_t)bytes, *to = out; /* iconv doesn't write to its input */
    size_t room = length * 2;

    iconv(converter->iconv, NULL, NULL, NULL, NULL);
    if (iconv(converter->iconv, &from, &length, &to, &room) == (size_t)-1)
        return -1;
    return (long)(to - out);
}
