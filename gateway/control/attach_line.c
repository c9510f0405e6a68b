/* attach_line: what a unit hands in, in the words of the control socket. See attach_line.h.
 * Runs: any (pure). */
#include "gateway/control/attach_line.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/hex.h"
#include "gateway/base/mem.h"
#include "gateway/base/utf8.h"
#include "gateway/control/control.h"
#include "gateway/ledger/evidence.h"

/* Everything that a line may hold fits into one. */
#define ATTACH_LINE_MOST                                                                           \
    (2 * ATTACH_CONTENT_MOST + 2 * (4 + LEDGER_PHOTOS) * ATTACH_WORDS_MOST +                       \
     LEDGER_PHOTOS * EVIDENCE_NAME + 64)
_Static_assert(ATTACH_LINE_MOST <= CONTROL_LINE_MAX, "a line is too long for the socket");

bool attach_text_is_fine(const char *text, size_t most, bool lines)
{
    size_t length = strlen(text);

    for (size_t i = 0; i < length; i++)
        if (((unsigned char)text[i] < ' ' && !(lines && text[i] == '\n')) || text[i] == 0x7F)
            return false;
    return length <= most && utf8_is_valid(text, length);
}

/* ---- writing ---- */

/* 0, or 1: it isn't fine. */
static int attach_put(struct buffer *line, const char *text, size_t most, bool lines)
{
    if (!text) {
        buffer_add_text(line, " -");
        return 0;
    }
    buffer_add_text(line, " =");
    hex_encode(line, text, strlen(text));
    return !attach_text_is_fine(text, most, lines);
}

static int attach_put_photos(struct buffer *line, const struct ledger_op *op)
{
    int bad = 0;

    if (!op->attach.n_photos)
        buffer_add_text(line, " -");
    for (size_t i = 0; i < op->attach.n_photos; i++) {
        const struct ledger_photo *photo = &op->attach.photos[i];

        buffer_add_char(line, i ? ',' : ' ');
        hex_encode(line, photo->name, strlen(photo->name));
        buffer_printf(line, ":%s", photo->file);
        bad |= !*photo->name || !attach_text_is_fine(photo->name, ATTACH_WORDS_MOST, false);
    }
    return bad;
}

int attach_line_write(const struct ledger_op *op, struct buffer *line)
{
    int bad;

    buffer_clear(line);
    buffer_add_text(line, "attach");
    bad = attach_put(line, op->attach.campaign, ATTACH_WORDS_MOST, false);
    bad |= attach_put(line, op->attach.unit, ATTACH_WORDS_MOST, false);
    bad |= attach_put(line, op->attach.held, ATTACH_WORDS_MOST, false);
    bad |= attach_put(line, op->attach.place, ATTACH_WORDS_MOST, false);
    bad |= attach_put(line, op->attach.content, ATTACH_CONTENT_MOST, true);
    if (op->attach.participants < 0)
        buffer_add_text(line, " -");
    else
        buffer_printf(line, " %" PRId64, op->attach.participants);
    bad |= attach_put_photos(line, op);
    return bad;
}

/* ---- reading ---- */

/* 0, or 1: it isn't fine. */
static int attach_take_hex(const char *digits, size_t length, bool lines, char **out)
{
    struct buffer text = BUFFER_NULL;
    bool bad = hex_decode(&text, digits, length) || memchr(buffer_text(&text), '\0', text.length);

    *out = buffer_take(&text);
    return bad ||
           !attach_text_is_fine(*out, lines ? ATTACH_CONTENT_MOST : ATTACH_WORDS_MOST, lines);
}

static int attach_take(const char *word, bool lines, char **out)
{
    if (strcmp(word, "-") == 0)
        return 0;
    return *word != '=' || attach_take_hex(word + 1, strlen(word + 1), lines, out);
}

/* It becomes part of a path. */
static bool attach_is_file(const char *name)
{
    size_t digits = strspn(name, "0123456789abcdef");

    return digits == 2 * DIGEST_SHA256_BYTES &&
           (strcmp(name + digits, ".jpg") == 0 || strcmp(name + digits, ".png") == 0);
}

static int attach_take_photo(const char *word, struct attach_line *out)
{
    const char *colon = strchr(word, ':');

    if (!colon || colon == word || out->n == LEDGER_PHOTOS || !attach_is_file(colon + 1))
        return 1;
    out->files[out->n] = mem_dup(colon + 1);
    return attach_take_hex(word, (size_t)(colon - word), false, &out->names[out->n++]);
}

static int attach_take_photos(char *word, struct attach_line *out)
{
    char *rest = NULL;
    int bad = 0;

    if (strcmp(word, "-") == 0)
        return 0;
    for (char *one = strtok_r(word, ",", &rest); one && !bad; one = strtok_r(NULL, ",", &rest))
        bad = attach_take_photo(one, out);
    return bad || !out->n;
}

static int attach_take_people(const char *word, int64_t *out)
{
    *out = -1;
    if (strcmp(word, "-") == 0)
        return 0;
    if (!*word || strlen(word) > 8 || strspn(word, "0123456789") != strlen(word))
        return 1;
    *out = strtoll(word, NULL, 10);
    return *out > ATTACH_PEOPLE_MOST;
}

int attach_line_read(size_t n, char *const *words, struct attach_line *out)
{
    *out = (struct attach_line){.participants = -1};
    if (n != 8 || strcmp(words[0], "attach") != 0)
        return 1;
    return attach_take(words[1], false, &out->campaign) ||
           attach_take(words[2], false, &out->unit) || !out->campaign || !out->unit ||
           attach_take(words[3], false, &out->held) || attach_take(words[4], false, &out->place) ||
           attach_take(words[5], true, &out->content) ||
           attach_take_people(words[6], &out->participants) || attach_take_photos(words[7], out);
}

void attach_line_release(struct attach_line *line)
{
    free(line->campaign);
    free(line->unit);
    free(line->held);
    free(line->place);
    free(line->content);
    for (size_t i = 0; i < LEDGER_PHOTOS; i++) {
        free(line->names[i]);
        free(line->files[i]);
    }
    *line = (struct attach_line){0};
}
