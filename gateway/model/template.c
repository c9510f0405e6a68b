/* template: a text with {field} places, and the message that becomes of it. See template.h.
 * Runs: any (pure). */
#include "gateway/model/template.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/mem.h"

#define TEMPLATE_OPEN  "【"
#define TEMPLATE_CLOSE "】"

/* Literal text, then the field behind it, if any. */
struct template_piece {
    char *literal;
    size_t length;
    bool has_field;
    size_t column;
};

struct template
{
    struct template_piece *pieces;
    size_t n;
    char *heading; /* 【signature】, or "" */
    char *refusal; /* or "" */
};

struct template_span {
    const char *text;
    size_t length;
};

/* Spaces that stand around names in files: ASCII, U+00A0, U+3000. */
static const char *const template_spaces[] = {" ", "\t", "\r", "\n", "\xC2\xA0", "\xE3\x80\x80"};

#define TEMPLATE_SPACES (sizeof template_spaces / sizeof *template_spaces)

static size_t template_space_before(struct template_span span)
{
    for (size_t i = 0; i < TEMPLATE_SPACES; i++) {
        size_t n = strlen(template_spaces[i]);

        if (span.length >= n && memcmp(span.text, template_spaces[i], n) == 0)
            return n;
    }
    return 0;
}

static size_t template_space_behind(struct template_span span)
{
    for (size_t i = 0; i < TEMPLATE_SPACES; i++) {
        size_t n = strlen(template_spaces[i]);

        if (span.length >= n && memcmp(span.text + span.length - n, template_spaces[i], n) == 0)
            return n;
    }
    return 0;
}

static struct template_span template_trim(struct template_span span)
{
    size_t n;

    while ((n = template_space_before(span)) > 0) {
        span.text += n;
        span.length -= n;
    }
    while ((n = template_space_behind(span)) > 0)
        span.length -= n;
    return span;
}

/* The first column of that name, or n. */
static size_t template_find_column(struct template_span name, const char *const *columns, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct template_span column = {columns[i], strlen(columns[i])};

        column = template_trim(column);
        if (column.length == name.length && memcmp(column.text, name.text, name.length) == 0)
            return i;
    }
    return n;
}

/* Turns what literal holds into a piece, and empties it. Returns the piece, lent. */
static struct template_piece *template_add(struct template *template, struct buffer *literal)
{
    struct template_piece *piece;

    template->pieces = mem_grow(template->pieces, template->n + 1, sizeof *template->pieces);
    piece = &template->pieces[template->n++];
    *piece = (struct template_piece){.length = literal->length};
    piece->literal = buffer_take(literal);
    return piece;
}

/* *at stands behind a "{": reads the name up to "}", and moves *at behind that. */
static int template_read_field(const char **at, struct template_span *name)
{
    size_t length = strcspn(*at, "{}");

    if ((*at)[length] != '}')
        return TEMPLATE_UNCLOSED;
    *name = template_trim((struct template_span){*at, length});
    *at += length + 1;
    return name->length ? TEMPLATE_OK : TEMPLATE_EMPTY_FIELD;
}

/* Reads literal text up to a field (1), the end (0), or a stray brace (-1). */
static int template_read_literal(const char **at, struct buffer *literal)
{
    for (;;) {
        size_t length = strcspn(*at, "{}");
        char brace = (*at)[length];

        buffer_add(literal, *at, length);
        *at += length;
        if (brace == '\0')
            return 0;
        if ((*at)[1] != brace) {
            *at += brace == '{';
            return brace == '{' ? 1 : -1;
        }
        buffer_add_char(literal, brace);
        *at += 2;
    }
}

static int template_read(struct template *template, const char *text, const char *const *columns,
                         size_t n, struct template_span *name)
{
    BUFFER_FREE_LATER struct buffer literal = BUFFER_NULL;
    int found;

    while ((found = template_read_literal(&text, &literal)) > 0) {
        struct template_piece *piece;
        int rc = template_read_field(&text, name);

        if (rc)
            return rc;
        piece = template_add(template, &literal);
        piece->has_field = true;
        piece->column = template_find_column(*name, columns, n);
        if (piece->column == n)
            return TEMPLATE_UNKNOWN_FIELD;
    }
    template_add(template, &literal);
    return found < 0 ? TEMPLATE_STRAY_BRACE : TEMPLATE_OK;
}

int template_parse(const char *text, const char *signature, const char *refusal,
                   const char *const *columns, size_t n, struct template **out, char **word)
{
    struct template *template = mem_new(struct template);
    struct template_span name = {"", 0};
    int rc = template_read(template, text, columns, n, &name);

    *out = NULL;
    if (word)
        *word = rc == TEMPLATE_UNKNOWN_FIELD ? mem_dup_n(name.text, name.length) : NULL;
    if (rc) {
        template_free(template);
        return rc;
    }
    template->heading = signature &&*signature
                            ? mem_printf(TEMPLATE_OPEN "%s" TEMPLATE_CLOSE, signature)
                            : mem_dup("");
    template->refusal = mem_dup(refusal ? refusal : "");
    *out = template;
    return TEMPLATE_OK;
}

void template_free(struct template *template)
{
    if (!template)
        return;
    for (size_t i = 0; i < template->n; i++)
        free(template->pieces[i].literal);
    free(template->pieces);
    free(template->heading);
    free(template->refusal);
    free(template);
}

/* Length of the control character at text[0..length), 0: it is none. Those of U+0080..U+009F begin
 * with a byte that is never inside another character. */
static size_t template_control(const char *text, size_t length)
{
    unsigned char first = (unsigned char)text[0];

    if (first < 0x20 || first == 0x7F)
        return 1;
    return first == 0xC2 && length > 1 && ((unsigned char)text[1] & 0xE0) == 0x80 ? 2 : 0;
}

static void template_add_value(struct buffer *out, const char *value, size_t length)
{
    size_t from = 0, at = 0;

    while (at < length) {
        size_t control = template_control(value + at, length - at);

        if (control) {
            buffer_add(out, value + from, at - from);
            buffer_add_char(out, ' ');
            from = at + control;
        }
        at += control ? control : 1;
    }
    buffer_add(out, value + from, length - from);
}

void template_render(const struct template *template, const char *const *values,
                     const size_t *lengths, struct buffer *out)
{
    size_t heading = strlen(template->heading), refusal = strlen(template->refusal);

    buffer_clear(out);
    buffer_add(out, template->heading, heading);
    for (size_t i = 0; i < template->n; i++) {
        const struct template_piece *piece = &template->pieces[i];

        buffer_add(out, piece->literal, piece->length);
        if (piece->has_field)
            template_add_value(out, values[piece->column], lengths[piece->column]);
    }
    if (refusal && !memmem(out->data + heading, out->length - heading, template->refusal, refusal))
        buffer_add(out, template->refusal, refusal);
    if (heading && strncmp(out->data + heading, TEMPLATE_OPEN, strlen(TEMPLATE_OPEN)) == 0)
        buffer_consume(out, heading);
}
