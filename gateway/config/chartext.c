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

enum chartext_look chartext_look(const char *bytes, size_t length)
{
    enum chartext_look look = CHARTEXT_LOOKS_PLAIN;

    for (size_t at = 0; at < length;) {
        int32_t code = utf8_next(bytes, length, &at);

        if (code < 0)
            return CHARTEXT_LOOKS_BAD;
        if (code >= 0x800)
            look = CHARTEXT_LOOKS_CHINESE;
    }
    return look;
}

/* What speaks for and against UTF-8. */
struct chartext_votes {
    size_t good, bad;       /* characters */
    size_t chinese, broken; /* lines */
};

static struct chartext_votes chartext_count(const char *bytes, size_t length)
{
    struct chartext_votes votes = {0};
    bool chinese = false;
    size_t bad = 0; /* before this line */

    for (size_t at = 0; at < length;) {
        int32_t code = utf8_next(bytes, length, &at);

        votes.good += code >= 0x80;
        votes.bad += code < 0;
        at += code < 0;
        chinese = chinese || code >= 0x800;
        if (code != '\n' && code != '\r' && at < length)
            continue;
        votes.broken += votes.bad > bad;
        votes.chinese += chinese && votes.bad == bad;
        chinese = false;
        bad = votes.bad;
    }
    return votes;
}

/* Bytes of a character at the end that the end cuts. */
static size_t chartext_cut(const char *bytes, size_t length)
{
    for (size_t back = 1; back < 4 && back <= length; back++)
        if (chartext_is_cut(bytes + length - back, back))
            return back;
    return 0;
}

/* A few damaged bytes or rows don't make a UTF-8 file a GB18030 one: all its names would turn into
 * others. Lines of GB18030 are next to never UTF-8 with Chinese in it, so that one in nine of them
 * decides. */
enum chartext_encoding chartext_detect(const char *bytes, size_t length)
{
    struct chartext_votes votes;

    if (length >= 2 && (memcmp(bytes, "\xFF\xFE", 2) == 0 || memcmp(bytes, "\xFE\xFF", 2) == 0))
        return CHARTEXT_UTF16;
    if (chartext_is_ascii(bytes, length))
        return CHARTEXT_ASCII;
    length -= chartext_cut(bytes, length);
    votes = chartext_count(bytes, length);
    if (votes.bad == 0 || votes.good / 4 > votes.bad || votes.chinese > votes.broken / 8)
        return CHARTEXT_UTF8;
    return CHARTEXT_GB18030;
}

char *chartext_trim(const char *text, size_t length)
{
    static const char *const spaces[] = {" ",        "\t",           "\r",          "\n",
                                         "\xC2\xA0", "\xE3\x80\x80", "\xEF\xBB\xBF"};
    bool again = true;

    while (again) {
        again = false;
        for (size_t i = 0; i < sizeof spaces / sizeof *spaces; i++) {
            size_t n = strlen(spaces[i]);

            if (length >= n && memcmp(text, spaces[i], n) == 0) {
                text += n;
                length -= n;
                again = true;
            }
            if (length >= n && memcmp(text + length - n, spaces[i], n) == 0) {
                length -= n;
                again = true;
            }
        }
    }
    return mem_dup_n(text, length);
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
