/* webhook_template: paths, bodies and expected values of a webhook. See webhook_template.h.
 * Runs: any (pure). */
#include "adapters/display/webhook_template.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/hex.h"
#include "gateway/base/json.h"
#include "gateway/base/mem.h"

struct webhook_piece {
    size_t from, length; /* literal bytes of text; length 0 unless literal */
    enum webhook_field field;
    enum webhook_escape escape;
};

struct webhook_template {
    char *text;
    struct webhook_piece *pieces;
    size_t n, room;
};

static const char *const webhook_fields[WEBHOOK_FIELDS + 1] = {
    [WEBHOOK_NAME] = "name",   [WEBHOOK_TEXT] = "text",   [WEBHOOK_FROM] = "from",
    [WEBHOOK_UNTIL] = "until", [WEBHOOK_BOARD] = "board",
};

static const char *const webhook_escapes[WEBHOOK_ESCAPES + 1] = {
    [WEBHOOK_PLAIN] = "plain",
    [WEBHOOK_JSON] = "json",
    [WEBHOOK_URL] = "url",
    [WEBHOOK_BASE64] = "base64",
};

static int webhook_word(const char *const *words, const char *text, size_t length)
{
    for (int i = 0; words[i]; i++)
        if (strlen(words[i]) == length && memcmp(words[i], text, length) == 0)
            return i;
    return -1;
}

static void webhook_template_add(struct webhook_template *template, struct webhook_piece piece)
{
    if (template->n == template->room) {
        template->room = template->room ? 2 * template->room : 8;
        template->pieces = mem_grow(template->pieces, template->room, sizeof *template->pieces);
    }
    template->pieces[template->n++] = piece;
}

static void webhook_template_add_literal(struct webhook_template *template, size_t from, size_t to)
{
    if (to > from)
        webhook_template_add(template, (struct webhook_piece){.from = from, .length = to - from});
}

/* The place that opens at *at; moves past it. */
static int webhook_template_place(struct webhook_template *template, enum webhook_escape preset,
                                  size_t *at)
{
    const char *inside = template->text + *at + 1;
    size_t length = strcspn(inside, "{}"), name = strcspn(inside, ":{}");
    struct webhook_piece piece = {.escape = preset};
    int word;

    if (inside[length] != '}')
        return WEBHOOK_TEMPLATE_UNCLOSED;
    word = webhook_word(webhook_fields, inside, name);
    if (word < 0)
        return WEBHOOK_TEMPLATE_UNKNOWN_FIELD;
    piece.field = (enum webhook_field)word;
    if (name < length) {
        word = webhook_word(webhook_escapes, inside + name + 1, length - name - 1);
        if (word < 0)
            return WEBHOOK_TEMPLATE_UNKNOWN_ESCAPE;
        piece.escape = (enum webhook_escape)word;
    }
    webhook_template_add(template, piece);
    *at += length + 2;
    return 0;
}

static bool webhook_is_letter(char c)
{
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'z';
}

static int webhook_template_scan(struct webhook_template *template, enum webhook_escape preset,
                                 size_t *at)
{
    const char *text = template->text;
    size_t literal = 0;
    int rc;

    while (text[*at]) {
        if (text[*at] == '{' && webhook_is_letter(text[*at + 1])) {
            webhook_template_add_literal(template, literal, *at);
            rc = webhook_template_place(template, preset, at);
            if (rc)
                return rc;
            literal = *at;
        } else if (text[*at] == '{' && text[*at + 1] == '{') {
            webhook_template_add_literal(template, literal, *at + 1);
            *at += 2;
            literal = *at;
        } else {
            (*at)++;
        }
    }
    webhook_template_add_literal(template, literal, *at);
    return 0;
}

int webhook_template_parse(const char *text, enum webhook_escape preset,
                           struct webhook_template **out, size_t *at)
{
    struct webhook_template *template = mem_new(struct webhook_template);
    size_t position = 0;
    int rc;

    template->text = mem_dup(text);
    rc = webhook_template_scan(template, preset, &position);
    if (rc) {
        webhook_template_free(template);
        template = NULL;
        if (at)
            *at = position;
    }
    *out = template;
    return rc;
}

void webhook_template_free(struct webhook_template *template)
{
    if (!template)
        return;
    free(template->text);
    free(template->pieces);
    free(template);
}

bool webhook_template_has(const struct webhook_template *template, enum webhook_field field)
{
    for (size_t i = 0; i < template->n; i++)
        if (!template->pieces[i].length && template->pieces[i].field == field)
            return true;
    return false;
}

/* RFC 3986, 2.3: all but the unreserved characters. */
static void webhook_escape_url(const char *value, struct buffer *out)
{
    for (; *value; value++) {
        bool plain = webhook_is_letter(*value) || (*value >= '0' && *value <= '9') ||
                     memchr("-._~", *value, 4);

        if (plain) {
            buffer_add_char(out, *value);
        } else {
            buffer_add_char(out, '%');
            hex_encode(out, value, 1);
        }
    }
}

static void webhook_escape_value(enum webhook_escape escape, const char *value, struct buffer *out)
{
    switch (escape) {
    case WEBHOOK_JSON:
        jv_escape(value, out);
        break;
    case WEBHOOK_URL:
        webhook_escape_url(value, out);
        break;
    case WEBHOOK_BASE64:
        hex_encode_base64(out, value, strlen(value));
        break;
    case WEBHOOK_PLAIN:
    case WEBHOOK_ESCAPES:
        buffer_add_text(out, value);
        break;
    }
}

void webhook_template_render(const struct webhook_template *template,
                             const char *const values[static WEBHOOK_FIELDS], struct buffer *out)
{
    for (size_t i = 0; i < template->n; i++) {
        const struct webhook_piece *piece = &template->pieces[i];

        if (piece->length)
            buffer_add(out, template->text + piece->from, piece->length);
        else
            webhook_escape_value(piece->escape, values[piece->field], out);
    }
}
