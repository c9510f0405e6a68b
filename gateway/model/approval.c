/* approval: what a second person signs before a campaign may run. See approval.h.
 * Runs: any (pure). */
#include "gateway/model/approval.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/utf8.h"

#define APPROVAL_TITLE "lawcast approval\n"

bool approval_is_name(const char *name)
{
    size_t length = strlen(name);

    if (!length || length >= APPROVAL_NAME_MOST || name[0] == ' ' || name[length - 1] == ' ')
        return false;
    for (size_t at = 0; at < length;) {
        int32_t code = utf8_next(name, length, &at);

        if (code < ' ' || (code >= 0x7f && code < 0xa0))
            return false;
    }
    return true;
}

/* Blanks, and what isn't seen at all: General Punctuation's spaces, joiners and marks of direction,
 * the ideographic and the no-break space, the byte order mark, the soft hyphen. */
static bool approval_is_blank(int32_t code)
{
    return code == ' ' || code == 0xa0 || code == 0xad || code == 0x1680 || code == 0x180e ||
           (code >= 0x2000 && code <= 0x200f) || (code >= 0x2028 && code <= 0x202f) ||
           (code >= 0x205f && code <= 0x206f) || code == 0x3000 || code == 0x3164 ||
           (code >= 0xfe00 && code <= 0xfe0f) || code == 0xfeff;
}

/* The next character that tells people apart: full-width letters are letters, and all are small.
 * 0: there is none. */
static int32_t approval_letter(const char *name, size_t length, size_t *at)
{
    while (*at < length) {
        int32_t code = utf8_next(name, length, at);

        if (code < 0)
            return 0;
        if (approval_is_blank(code))
            continue;
        if (code >= 0xff01 && code <= 0xff5e)
            code -= 0xff01 - '!';
        return code < 0x80 ? tolower((int)code) : code;
    }
    return 0;
}

bool approval_is_same(const char *a, const char *b)
{
    size_t n = strlen(a), m = strlen(b), i = 0, k = 0;
    int32_t x, y;

    do {
        x = approval_letter(a, n, &i);
        y = approval_letter(b, m, &k);
    } while (x == y && x);
    return x == y;
}

void approval_write(const struct approval *approval, struct buffer *note)
{
    buffer_printf(note, APPROVAL_TITLE "campaign %s\ncontent %s\nprepared %s\napprover %s\n",
                  approval->campaign, approval->content, approval->prepared, approval->approver);
}

/* Takes "KEY VALUE\n" at *at; false: it isn't there, or is longer than there is room for. */
static bool approval_take(const char **at, const char *end, const char *key, char *value,
                          size_t size)
{
    size_t length = strlen(key);
    const char *line = *at, *stop;

    if ((size_t)(end - line) <= length || memcmp(line, key, length) != 0 || line[length] != ' ')
        return false;
    line += length + 1;
    stop = memchr(line, '\n', (size_t)(end - line));
    if (!stop || (size_t)(stop - line) >= size || memchr(line, '\0', (size_t)(stop - line)))
        return false;
    memcpy(value, line, (size_t)(stop - line));
    value[stop - line] = '\0';
    *at = stop + 1;
    return true;
}

static bool approval_is_content(const char *text)
{
    return strlen(text) == DIGEST_HEX_MOST - 1 &&
           strspn(text, "0123456789abcdef") == DIGEST_HEX_MOST - 1;
}

static bool approval_is_code(const char *text)
{
    return *text &&
           strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-") ==
               strlen(text);
}

int approval_read(const char *note, size_t length, struct approval *out)
{
    const char *at = note, *end = note + length;

    *out = (struct approval){0};
    if (length < strlen(APPROVAL_TITLE) ||
        memcmp(note, APPROVAL_TITLE, strlen(APPROVAL_TITLE)) != 0)
        return 1;
    at += strlen(APPROVAL_TITLE);
    if (!approval_take(&at, end, "campaign", out->campaign, sizeof out->campaign) ||
        !approval_take(&at, end, "content", out->content, sizeof out->content) ||
        !approval_take(&at, end, "prepared", out->prepared, sizeof out->prepared) ||
        !approval_take(&at, end, "approver", out->approver, sizeof out->approver))
        return 1;
    return (at != end && *at != '\n') || !approval_is_code(out->campaign) ||
           !approval_is_content(out->content) || !approval_is_name(out->prepared) ||
           !approval_is_name(out->approver);
}
