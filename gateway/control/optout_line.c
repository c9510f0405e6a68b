/* optout_line: refusals in the words of the control socket. See optout_line.h.
 * Runs: any (pure). */
#include "gateway/control/optout_line.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/hex.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/base/utf8.h"
#include "gateway/model/phone.h"
#include "gateway/control/control.h"

#define OPTOUT_DIGITS 14   /* of a number, with the comma before it */
#define OPTOUT_MOST   1024 /* bytes of a line: one is one transaction, which others wait for */
_Static_assert(OPTOUT_MOST <= CONTROL_LINE_MAX, "a line is too long for the socket");

static const struct {
    const char *word;
    bool lift;
    enum refusal_source source;
} optout_verbs[] = {
    {"add", false, REFUSAL_COMMAND},
    {"lift", true, REFUSAL_COMMAND},
    {"import", false, REFUSAL_IMPORT},
};
#define OPTOUT_VERBS (sizeof optout_verbs / sizeof *optout_verbs)

bool optout_note_is_fine(const char *note)
{
    size_t length = strlen(note);

    for (size_t at = 0; at < length;) {
        int32_t code = utf8_next(note, length, &at);

        if (code < ' ' || (code >= 0x7f && code < 0xa0))
            return false;
    }
    return length <= OPTOUT_NOTE_MAX;
}

static const char *optout_verb(const struct optout_line *what)
{
    for (size_t i = 0; i < OPTOUT_VERBS; i++)
        if (optout_verbs[i].lift == what->lift && optout_verbs[i].source == what->source)
            return optout_verbs[i].word;
    log_panic("no command refuses by source=%d", (int)what->source);
}

size_t optout_line_write(const struct optout_line *what, struct buffer *line)
{
    size_t n = 0;

    LOG_ASSERT(what->n > 0 && optout_note_is_fine(what->note));
    buffer_clear(line);
    buffer_printf(line, "optout %s ", optout_verb(what));
    if (*what->note)
        hex_encode(line, what->note, strlen(what->note));
    else
        buffer_add_char(line, '-');
    while (n < what->n && line->length + OPTOUT_DIGITS <= OPTOUT_MOST) {
        buffer_printf(line, "%c%" PRId64, n ? ',' : ' ', what->numbers[n]);
        n++;
    }
    return n;
}

static int optout_read_note(const char *word, struct optout_line *out)
{
    struct buffer note = BUFFER_NULL;
    bool bad = strcmp(word, "-") != 0 && hex_decode(&note, word, strlen(word)) != 0;

    bad = bad || memchr(buffer_text(&note), '\0', note.length);
    out->note = buffer_take(&note);
    return bad || !optout_note_is_fine(out->note);
}

static int optout_read_numbers(char *word, struct optout_line *out)
{
    char *rest = NULL;

    out->numbers = mem_array(strlen(word) / 2 + 1, int64_t);
    for (char *one = strtok_r(word, ",", &rest); one; one = strtok_r(NULL, ",", &rest))
        if (phone_parse(one, strlen(one), &out->numbers[out->n++]) != PHONE_MOBILE)
            return 1;
    return out->n == 0;
}

int optout_line_read(size_t n, char *const *words, struct optout_line *out)
{
    *out = (struct optout_line){0};
    if (n != 4 || strcmp(words[0], "optout") != 0)
        return 1;
    for (size_t i = 0; i < OPTOUT_VERBS; i++) {
        if (strcmp(words[1], optout_verbs[i].word) != 0)
            continue;
        out->lift = optout_verbs[i].lift;
        out->source = optout_verbs[i].source;
        return optout_read_note(words[2], out) || optout_read_numbers(words[3], out);
    }
    return 1;
}

void optout_line_release(struct optout_line *line)
{
    free(line->note);
    free(line->numbers);
    *line = (struct optout_line){0};
}
