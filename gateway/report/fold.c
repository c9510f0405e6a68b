/* fold: a long line of text in as many lines as a terminal needs. See fold.h.
 * Runs: any (pure). */
#include "gateway/report/fold.h"

#include <stdbool.h>
#include <string.h>

#include "gateway/base/utf8.h"

struct fold_character {
    char bytes[5];
    size_t columns;
};

static struct fold_character fold_take(const char *text, size_t length, size_t *at)
{
    struct fold_character character = {.bytes = ""};
    size_t from = *at;

    if (utf8_next(text, length, at) < 0)
        (*at)++;
    memcpy(character.bytes, text + from, *at - from);
    character.columns = utf8_columns(character.bytes);
    return character;
}

static bool fold_is_one_of(const char *marks, const struct fold_character *character)
{
    return *character->bytes && strstr(marks, character->bytes);
}

/* Spaces stay at the end of the line before. */
static bool fold_may_break(const struct fold_character *before, const struct fold_character *next)
{
    if (fold_is_one_of("，。；：、）”！？》】·… ", next) || fold_is_one_of("（“《【", before))
        return false;
    if (*before->bytes == ' ')
        return true;
    return before->columns == 2 || next->columns == 2;
}

/* Where the next line begins when this one has room for so many columns; length: nowhere. */
static size_t fold_end(const char *text, size_t length, size_t columns)
{
    struct fold_character before = {.bytes = ""};
    size_t at = 0, used = 0, end = 0;

    while (at < length) {
        size_t from = at;
        struct fold_character next = fold_take(text, length, &at);

        if (used && fold_may_break(&before, &next))
            end = from;
        if (end && *next.bytes != ' ' && used + next.columns > columns)
            return end;
        used += next.columns;
        before = next;
    }
    return length;
}

void fold_print(const char *line, size_t columns, size_t indent, FILE *out)
{
    size_t room = columns, length = strlen(line), margin = strspn(line, " ");

    do {
        size_t end = fold_end(line + margin, length - margin, room > margin ? room - margin : 1);
        size_t shown = margin + end;

        while (shown && line[shown - 1] == ' ')
            shown--;
        fwrite(line, 1, shown, out);
        fputc('\n', out);
        line += margin + end;
        length -= margin + end;
        margin = 0;
        room = columns > indent ? columns - indent : 1;
        if (length)
            fprintf(out, "%*s", (int)indent, "");
    } while (length);
}
