/* manroff: text as the source of a manual page. See manroff.h.
 * Runs: any (pure). */
#include "gateway/manroff.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/buffer.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/base/utf8.h"
#include "gateway/report/fold.h"

#define MANROFF_COLUMNS 75 /* of literal text: 80 less the margin of a page */
#define MANROFF_BREAK   "\\:"

struct manroff_character {
    char bytes[5];
    size_t length;
    bool wide;
};

static struct manroff_character manroff_take(const char *text, size_t length, size_t at)
{
    struct manroff_character character = {.bytes = ""};
    size_t next = at;

    if (utf8_next(text, length, &next) < 0)
        next = at + 1;
    character.length = next - at;
    memcpy(character.bytes, text + at, character.length);
    character.wide = utf8_columns(character.bytes) == 2;
    return character;
}

static bool manroff_may_break(const struct manroff_character *before,
                              const struct manroff_character *next)
{
    return before->wide && next->wide && !strstr("（“《【", before->bytes) &&
           !strstr("，。；：、）”！？》】·…", next->bytes);
}

/* "-" would become a hyphen, which no shell understands when it is copied. */
static const char *manroff_escape(const char *bytes)
{
    static const struct {
        const char *bytes, *escaped;
    } escapes[] = {{"\\", "\\e"},  {"-", "\\-"},   {"\"", "\\(dq"}, {"'", "\\(aq"},
                   {"`", "\\(ga"}, {"^", "\\(ha"}, {"~", "\\(ti"}};

    for (size_t i = 0; i < sizeof escapes / sizeof *escapes; i++)
        if (strcmp(escapes[i].bytes, bytes) == 0)
            return escapes[i].escaped;
    return bytes;
}

/* A value in a file, such as a JSON text, may be longer than a line without having a space. */
static bool manroff_is_long(const char *at)
{
    return strchr(",/", *at) && strcspn(at, " ") > MANROFF_COLUMNS / 4;
}

static void manroff_put(FILE *out, const char *text, size_t length, bool escaped)
{
    struct manroff_character before = {.bytes = ""};

    for (size_t at = 0; at < length; at += before.length) {
        struct manroff_character next = manroff_take(text, length, at);

        if (manroff_may_break(&before, &next))
            fputs(MANROFF_BREAK, out);
        fputs(escaped ? next.bytes : manroff_escape(next.bytes), out);
        if (!escaped && manroff_is_long(text + at))
            fputs(MANROFF_BREAK, out);
        before = next;
    }
}

/* A "." at the beginning would be a request; ' and \ are escaped anyway. */
static void manroff_guard(FILE *out, const char *text)
{
    if (*text == '.')
        fputs("\\&", out);
}

void manroff_put_line(FILE *out, const char *text)
{
    manroff_guard(out, text);
    manroff_put(out, text, strlen(text), false);
    fputc('\n', out);
}

void manroff_put_argument(FILE *out, const char *text)
{
    fputc('"', out);
    manroff_put(out, text, strlen(text), false);
    fputc('"', out);
}

void manroff_put_source(FILE *out, const char *line)
{
    manroff_put(out, line, *line == '.' || *line == '\'' ? 0 : strlen(line), true);
    fprintf(out, "%s\n", *line == '.' || *line == '\'' ? line : "");
}

/* Under which column a folded line goes on: that of the explanation, behind the last wide gap. */
static size_t manroff_indent(const char *line)
{
    const char *behind = line + strspn(line, " "), *gap = behind;
    MEM_FREE_LATER char *before = NULL;
    size_t columns;

    while (*line == ' ' && (gap = strstr(gap, "  "))) {
        gap += strspn(gap, " ");
        if (gap - line < MANROFF_COLUMNS / 2)
            behind = gap;
    }
    before = mem_dup_n(line, (size_t)(behind - line));
    columns = utf8_columns(before);
    return columns < MANROFF_COLUMNS / 2 ? columns : 0;
}

static void manroff_fold(FILE *out, const char *line)
{
    char *folded = NULL, *rest, *piece;
    size_t size;
    FILE *lines = open_memstream(&folded, &size);

    LOG_ASSERT(lines);
    fold_print(line, MANROFF_COLUMNS, manroff_indent(line), lines);
    LOG_ASSERT(fclose(lines) == 0);
    for (rest = folded; (piece = strsep(&rest, "\n"));)
        if (rest) {
            manroff_guard(out, piece);
            for (size_t at = 0, length = strlen(piece); at < length;) {
                struct manroff_character next = manroff_take(piece, length, at);

                fputs(manroff_escape(next.bytes), out);
                at += next.length;
            }
            fputc('\n', out);
        }
    free(folded);
}

static void manroff_literal(FILE *out, char *text)
{
    char *line;

    fputs(".Bd -literal\n", out);
    while ((line = strsep(&text, "\n")))
        if (text || *line)
            manroff_fold(out, line);
    fputs(".Ed\n", out);
}

void manroff_put_literal(FILE *out, const char *text)
{
    MEM_FREE_LATER char *copy = mem_dup(text);

    manroff_literal(out, copy);
}

/* Was it broken by hand only to fit a terminal? A line with an indent is meant as it stands. */
static bool manroff_is_prose(const char *paragraph)
{
    return *paragraph != ' ' && !strstr(paragraph, "\n ");
}

/* Chinese goes on without a space. */
static void manroff_join(FILE *out, const char *paragraph)
{
    BUFFER_FREE_LATER struct buffer line = BUFFER_NULL;
    struct manroff_character before = {.bytes = ""};

    for (size_t at = 0, length = strlen(paragraph); at < length; at += before.length) {
        struct manroff_character next = manroff_take(paragraph, length, at);

        if (*next.bytes != '\n')
            buffer_add(&line, next.bytes, next.length);
        else if (at + 1 < length && !(before.wide && manroff_take(paragraph, length, at + 1).wide))
            buffer_add_char(&line, ' ');
        before = next;
    }
    manroff_put_line(out, buffer_text(&line));
}

void manroff_put_text(FILE *out, const char *text)
{
    MEM_FREE_LATER char *copy = mem_dup(text);
    char *paragraph = copy, *end;

    for (; *paragraph; paragraph = end) {
        end = strstr(paragraph, "\n\n");
        if (end)
            *end = '\0';
        end = end ? end + 2 : paragraph + strlen(paragraph);
        fputs(".Pp\n", out);
        if (manroff_is_prose(paragraph))
            manroff_join(out, paragraph);
        else
            manroff_literal(out, paragraph);
    }
}
