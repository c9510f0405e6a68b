/* note: signed notes and checkpoints. See note.h.
 * Runs: any (pure).
 *
 * Stricter than the format where that costs nobody anything: base64 has one spelling, and a key
 * signs once, so that a note can't hold a good and a bad line of the same signer. */
#include "gateway/base/note.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/hex.h"
#include "gateway/base/log.h"
#include "gateway/base/utf8.h"

#define NOTE_DASH   "\xE2\x80\x94 " /* what a signature line begins with */
#define NOTE_COSIGN "cosignature/v1\ntime "

struct note_line {
    size_t at, length; /* in the note, with its line break */
    struct note_signer signer;
    struct {
        const char *text; /* base64 */
        size_t length;
    } signature;
};

struct note_view {
    size_t body;
    struct note_line lines[NOTE_SIGNATURES];
    size_t n;
};

/* Text as notes may have it: whole lines of UTF-8. */
static bool note_is_text(const char *text, size_t length)
{
    if (!length || length > NOTE_MOST || text[length - 1] != '\n')
        return false;
    for (size_t i = 0; i < length; i++) {
        if ((unsigned char)text[i] < 0x20 && text[i] != '\n')
            return false;
    }
    return utf8_is_valid(text, length);
}

/* Adds the bytes. Unused bits at the end must be 0. */
static bool note_decode(const char *text, size_t length, struct buffer *out)
{
    BUFFER_FREE_LATER struct buffer again = BUFFER_NULL;

    if (!length || hex_decode_base64(out, text, length))
        return false;
    hex_encode_base64(&again, out->data, out->length);
    return again.length == length && memcmp(again.data, text, length) == 0;
}

static bool note_read_line(const char *note, size_t length, struct note_line *line)
{
    BUFFER_FREE_LATER struct buffer bytes = BUFFER_NULL;
    const char *name = note + strlen(NOTE_DASH), *end = note + length - 1, *gap;

    if (length <= strlen(NOTE_DASH) || memcmp(note, NOTE_DASH, strlen(NOTE_DASH)) != 0)
        return false;
    gap = memchr(name, ' ', (size_t)(end - name));
    if (!gap || (size_t)(gap - name) >= sizeof line->signer.name)
        return false;
    memset(&line->signer, 0, sizeof line->signer);
    memcpy(line->signer.name, name, (size_t)(gap - name));
    line->signature.text = gap + 1;
    line->signature.length = (size_t)(end - gap - 1);
    if (!sign_is_name(line->signer.name) || !note_decode(gap + 1, line->signature.length, &bytes) ||
        bytes.length <= 4)
        return false;
    memcpy(line->signer.id, bytes.data, 4);
    return true;
}

static struct note_line *note_line_of(struct note_view *view, const struct note_signer *signer)
{
    for (size_t i = 0; i < view->n; i++) {
        struct note_line *line = &view->lines[i];

        if (strcmp(line->signer.name, signer->name) == 0 &&
            memcmp(line->signer.id, signer->id, sizeof signer->id) == 0)
            return line;
    }
    return NULL;
}

/* The empty line that ends the text is the last one. Length of the text; 0: there is none. */
static size_t note_end_of_text(const char *note, size_t length)
{
    for (size_t i = length; i-- > 1;) {
        if (note[i] == '\n' && note[i - 1] == '\n')
            return i;
    }
    return 0;
}

static bool note_view(const char *note, size_t length, struct note_view *view)
{
    size_t at;

    view->n = 0;
    view->body = note_is_text(note, length) ? note_end_of_text(note, length) : 0;
    if (!view->body)
        return false;
    for (at = view->body + 1; at < length;) {
        const char *end = memchr(note + at, '\n', length - at);
        struct note_line line = {.at = at};

        if (!end || view->n == NOTE_SIGNATURES)
            return false;
        line.length = (size_t)(end - note) + 1 - at;
        if (!note_read_line(note + at, line.length, &line) || note_line_of(view, &line.signer))
            return false;
        view->lines[view->n++] = line;
        at += line.length;
    }
    return view->n > 0;
}

void checkpoint_write(const struct checkpoint *checkpoint, struct buffer *note)
{
    LOG_ASSERT(checkpoint->origin[0]);
    buffer_printf(note, "%s\n%" PRIu64 "\n", checkpoint->origin, checkpoint->size);
    hex_encode_base64(note, checkpoint->root.bytes, sizeof checkpoint->root.bytes);
    buffer_add_char(note, '\n');
}

/* Next line of text without its break, or NULL. */
static const char *checkpoint_line(const char **text, const char *end, size_t *length)
{
    const char *line = *text, *stop = line < end ? memchr(line, '\n', (size_t)(end - line)) : NULL;

    if (!stop)
        return NULL;
    *length = (size_t)(stop - line);
    *text = stop + 1;
    return line;
}

/* The books count in signed 64 bits. */
static bool checkpoint_size(const char *digits, size_t length, uint64_t *out)
{
    uint64_t size = 0;

    if (!length || (length > 1 && digits[0] == '0'))
        return false;
    for (size_t i = 0; i < length; i++) {
        if (digits[i] < '0' || digits[i] > '9' || __builtin_mul_overflow(size, 10, &size) ||
            __builtin_add_overflow(size, (uint64_t)(digits[i] - '0'), &size))
            return false;
    }
    *out = size;
    return size <= INT64_MAX;
}

static bool checkpoint_root(const char *text, size_t length, struct merkle_hash *out)
{
    BUFFER_FREE_LATER struct buffer bytes = BUFFER_NULL;

    if (!note_decode(text, length, &bytes) || bytes.length != sizeof out->bytes)
        return false;
    memcpy(out->bytes, bytes.data, sizeof out->bytes);
    return true;
}

/* Further lines are signed too, and mean nothing to us; but none of them is empty. */
static bool checkpoint_read_text(const char *text, const char *end, struct checkpoint *out)
{
    const char *line;
    size_t length;

    memset(out, 0, sizeof *out);
    line = checkpoint_line(&text, end, &length);
    if (!line || !length || length >= sizeof out->origin)
        return false;
    memcpy(out->origin, line, length);
    line = checkpoint_line(&text, end, &length);
    if (!line || !checkpoint_size(line, length, &out->size))
        return false;
    line = checkpoint_line(&text, end, &length);
    if (!line || !checkpoint_root(line, length, &out->root))
        return false;
    while (text < end) {
        if (!checkpoint_line(&text, end, &length) || !length)
            return false;
    }
    return true;
}

int checkpoint_read(const char *note, size_t length, struct checkpoint *out)
{
    struct note_view view;

    if (!note_is_text(note, length))
        return 1;
    if (note_end_of_text(note, length)) {
        if (!note_view(note, length, &view))
            return 1;
        length = view.body;
    }
    return checkpoint_read_text(note, note + length, out) ? 0 : 1;
}

/* Puts the line of a signer at the end; one that it had before is gone. */
static void note_put_line(struct buffer *note, const struct sign_public *key,
                          const unsigned char *signature, size_t length)
{
    BUFFER_FREE_LATER struct buffer bytes = BUFFER_NULL;
    struct note_signer signer = {0};
    struct note_line *before;
    struct note_view view;

    memcpy(signer.name, key->name, sizeof signer.name);
    memcpy(signer.id, key->id, sizeof signer.id);
    if (!note_view(buffer_text(note), note->length, &view)) {
        buffer_add_char(note, '\n');
    } else if ((before = note_line_of(&view, &signer))) {
        size_t rest = before->at + before->length;

        memmove(note->data + before->at, note->data + rest, note->length - rest + 1);
        note->length -= before->length;
    }
    buffer_add(&bytes, key->id, sizeof key->id);
    buffer_add(&bytes, signature, length);
    buffer_printf(note, NOTE_DASH "%s ", key->name);
    hex_encode_base64(note, bytes.data, bytes.length);
    buffer_add_char(note, '\n');
}

void note_sign(struct buffer *note, const struct sign_key *key)
{
    unsigned char signature[SIGN_BYTES];
    struct sign_public public;
    struct note_view view;
    size_t body = note->length;

    LOG_ASSERT(note_is_text(buffer_text(note), note->length));
    if (note_view(note->data, note->length, &view))
        body = view.body;
    sign_key_public(key, SIGN_LOG, &public);
    sign_key_sign(key, note->data, body, signature);
    note_put_line(note, &public, signature, sizeof signature);
    LOG_ASSERT(note_view(note->data, note->length, &view));
}

/* What another office signs: the time, and the text. */
static void note_cosigned(struct buffer *text, int64_t time_s, const char *note, size_t body)
{
    buffer_printf(text, NOTE_COSIGN "%" PRId64 "\n", time_s);
    buffer_add(text, note, body);
}

int note_cosign(struct buffer *note, const struct sign_key *key, int64_t time_s)
{
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL, trial = BUFFER_NULL;
    unsigned char signature[8 + SIGN_BYTES];
    struct sign_public public;
    struct checkpoint checkpoint;
    struct note_view view;

    LOG_ASSERT(time_s >= 0);
    if (!note_view(buffer_text(note), note->length, &view) ||
        checkpoint_read(note->data, note->length, &checkpoint))
        return 1;
    for (int i = 0; i < 8; i++)
        signature[i] = (unsigned char)((uint64_t)time_s >> (56 - 8 * i));
    note_cosigned(&text, time_s, note->data, view.body);
    sign_key_sign(key, text.data, text.length, signature + 8);
    sign_key_public(key, SIGN_WITNESS, &public);
    buffer_add(&trial, note->data, note->length);
    note_put_line(&trial, &public, signature, sizeof signature);
    if (!note_view(trial.data, trial.length, &view)) /* too many lines, or too long */
        return 1;
    buffer_clear(note);
    buffer_add(note, trial.data, trial.length);
    return 0;
}

int note_merge(struct buffer *note, const char *other, size_t length)
{
    BUFFER_FREE_LATER struct buffer merged = BUFFER_NULL;
    struct note_view ours, theirs;

    if (!note_view(buffer_text(note), note->length, &ours) || !note_view(other, length, &theirs) ||
        ours.body != theirs.body || memcmp(note->data, other, ours.body) != 0)
        return 1;
    buffer_add(&merged, note->data, note->length);
    for (size_t i = 0; i < theirs.n; i++) {
        const struct note_line *line = &theirs.lines[i];

        if (!note_line_of(&ours, &line->signer))
            buffer_add(&merged, other + line->at, line->length);
    }
    if (!note_view(merged.data, merged.length, &ours))
        return 1;
    buffer_clear(note);
    buffer_add(note, merged.data, merged.length);
    return 0;
}

static bool note_verify_cosigned(const char *note, size_t body, const struct sign_public *key,
                                 const unsigned char *bytes, int64_t *time_s)
{
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;
    uint64_t time = 0;

    for (int i = 0; i < 8; i++)
        time = time << 8 | bytes[i];
    if (time > INT64_MAX)
        return false;
    note_cosigned(&text, (int64_t)time, note, body);
    if (!sign_verify(key, text.data, text.length, bytes + 8))
        return false;
    *time_s = (int64_t)time;
    return true;
}

enum note_verdict note_verify(const char *note, size_t length, const struct sign_public *key,
                              int64_t *time_s)
{
    BUFFER_FREE_LATER struct buffer bytes = BUFFER_NULL;
    size_t head = key->type == SIGN_WITNESS ? 4 + 8 : 4;
    struct note_signer signer = {0};
    const unsigned char *signature;
    struct note_line *line;
    struct note_view view;
    int64_t time = 0;
    bool good;

    if (!note_view(note, length, &view))
        return NOTE_MALFORMED;
    memcpy(signer.name, key->name, sizeof signer.name);
    memcpy(signer.id, key->id, sizeof signer.id);
    line = note_line_of(&view, &signer);
    if (!line)
        return NOTE_UNSIGNED;
    note_decode(line->signature.text, line->signature.length, &bytes);
    if (bytes.length != head + SIGN_BYTES)
        return NOTE_FORGED;
    signature = (const unsigned char *)bytes.data + 4;
    good = key->type == SIGN_WITNESS ? note_verify_cosigned(note, view.body, key, signature, &time)
                                     : sign_verify(key, note, view.body, signature);
    if (good && time_s)
        *time_s = time;
    return good ? NOTE_GOOD : NOTE_FORGED;
}

size_t note_signers(const char *note, size_t length, struct note_signer out[static NOTE_SIGNATURES])
{
    struct note_view view;

    if (!note_view(note, length, &view))
        return 0;
    for (size_t i = 0; i < view.n; i++)
        out[i] = view.lines[i].signer;
    return view.n;
}

size_t note_body(const char *note, size_t length)
{
    struct note_view view;

    return note_view(note, length, &view) ? view.body : 0;
}
