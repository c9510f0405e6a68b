/* refusal: does an answer say "send me nothing more"? See refusal.h.
 * Runs: any (pure).
 *
 * Answer and words are folded alike: full width to ASCII, capitals to small letters, what is
 * neither letter nor digit dropped. Then they are equal or not. */
#include "gateway/model/refusal.h"

#include <stdint.h>
#include <string.h>

#include "gateway/base/utf8.h"

/* Folding makes nothing longer. */
#define REFUSAL_FOLDED_MAX REFUSAL_WORD_MAX

static const char *const refusal_words[] = {"td", "t", "r", "退订", "拒收", "stop", NULL};

/* Unicode: Latin-1 punctuation, variation selectors and other marks, General Punctuation, CJK
 * Symbols and Punctuation, vertical and small forms, what half and full width add to ASCII's. */
static const struct {
    int32_t from, to;
} refusal_dropped[] = {
    {0x00, 0x2F},     {0x3A, 0x40},     {0x5B, 0x60},     {0x7B, 0xA9},     {0xAB, 0xB1},
    {0xB4, 0xB4},     {0xB6, 0xB8},     {0xBB, 0xBB},     {0xBF, 0xBF},     {0x180B, 0x180F},
    {0x2000, 0x206F}, {0x3000, 0x3004}, {0x3008, 0x3020}, {0x3030, 0x3030}, {0x303D, 0x303F},
    {0x30FB, 0x30FB}, {0xFE00, 0xFE6B}, {0xFEFF, 0xFEFF}, {0xFF5F, 0xFF65}, {0xFFF9, 0xFFFD},
};

static bool refusal_is_dropped(int32_t code)
{
    for (size_t i = 0; i < sizeof refusal_dropped / sizeof *refusal_dropped; i++)
        if (code >= refusal_dropped[i].from && code <= refusal_dropped[i].to)
            return true;
    return false;
}

static int32_t refusal_fold_code(int32_t code)
{
    if (code >= 0xFF01 && code <= 0xFF5E) /* full-width forms */
        code -= 0xFF01 - '!';
    return code >= 'A' && code <= 'Z' ? code - 'A' + 'a' : code;
}

/* Folds; NUL-terminated. Returns the length, or -1 when it is longer than any word. */
static int refusal_fold(const char *text, size_t length, char folded[static REFUSAL_FOLDED_MAX + 1])
{
    size_t at = 0, n = 0;

    while (at < length) {
        int32_t code = refusal_fold_code(utf8_next(text, length, &at));
        char bytes[4];
        size_t size;

        if (code < 0)
            return -1;
        if (refusal_is_dropped(code))
            continue;
        size = utf8_put(code, bytes);
        if (n + size > REFUSAL_FOLDED_MAX)
            return -1;
        memcpy(folded + n, bytes, size);
        n += size;
    }
    folded[n] = '\0';
    return (int)n;
}

static bool refusal_is_word(const char *folded, const char *word)
{
    char own[REFUSAL_FOLDED_MAX + 1];

    return refusal_fold(word, strlen(word), own) > 0 && strcmp(folded, own) == 0;
}

bool refusal_is(const char *text, size_t length, const struct option_strings *words)
{
    char folded[REFUSAL_FOLDED_MAX + 1];

    if (refusal_fold(text, length, folded) <= 0)
        return false;
    for (size_t i = 0; refusal_words[i]; i++)
        if (strcmp(folded, refusal_words[i]) == 0)
            return true;
    for (size_t i = 0; words && i < words->n; i++)
        if (refusal_is_word(folded, words->items[i]))
            return true;
    return false;
}

bool refusal_word_is_valid(const char *word)
{
    char folded[REFUSAL_FOLDED_MAX + 1];

    return strlen(word) <= REFUSAL_WORD_MAX && refusal_fold(word, strlen(word), folded) > 0;
}
