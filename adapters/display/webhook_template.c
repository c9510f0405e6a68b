/* webhook_template: paths, bodies, headers and expected values of a webhook. See
 * webhook_template.h. Runs: any (pure, but for the process's time zone). */
#include "adapters/display/webhook_template.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/hex.h"
#include "gateway/base/json.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "adapters/display/dialect.h"
#include "adapters/display/webhook_charset.h"
#include "adapters/display/webhook_time.h"

struct webhook_piece {
    bool place;
    size_t from, length; /* of the template's text: the literal, or the place's format */
    enum webhook_field field;
    enum webhook_escape escape;
    bool gbk;
};

struct webhook_template {
    char *text;
    struct webhook_piece *pieces;
    size_t n, room;
};

static const char *const webhook_fields[WEBHOOK_FIELDS] = {
    [WEBHOOK_NAME] = "name",         [WEBHOOK_TEXT] = "text",
    [WEBHOOK_FROM] = "from",         [WEBHOOK_UNTIL] = "until",
    [WEBHOOK_NOW] = "now",           [WEBHOOK_BOARD] = "board",
    [WEBHOOK_WIDTH] = "width",       [WEBHOOK_HEIGHT] = "height",
    [WEBHOOK_FONT] = "font",         [WEBHOOK_SPEED] = "speed",
    [WEBHOOK_COLOR] = "color",       [WEBHOOK_SLOT] = "slot",
    [WEBHOOK_CALLBACK] = "callback", [WEBHOOK_PICTURE] = "picture",
    [WEBHOOK_NONCE] = "nonce",       [WEBHOOK_ID] = "id",
    [WEBHOOK_BODY] = "body",         [WEBHOOK_METHOD] = "method",
    [WEBHOOK_PATH] = "path",         [WEBHOOK_QUERY] = "query",
    [WEBHOOK_KEY] = "key",           [WEBHOOK_SECRET] = "secret",
};

static const struct webhook_word {
    const char *name;
    enum webhook_escape escape;
    bool gbk;
} webhook_words[] = {
    {"raw", WEBHOOK_RAW, false},          {"plain", WEBHOOK_RAW, false},
    {"json", WEBHOOK_JSON, false},        {"url", WEBHOOK_URL, false},
    {"form", WEBHOOK_FORM, false},        {"html", WEBHOOK_HTML, false},
    {"base64", WEBHOOK_BASE64, false},    {"gbk", WEBHOOK_RAW, true},
    {"gbk-url", WEBHOOK_URL, true},       {"gbk-form", WEBHOOK_FORM, true},
    {"gbk-base64", WEBHOOK_BASE64, true},
};

/* ---- parsing ---- */

static bool webhook_same(const char *word, const char *text, size_t length)
{
    return strlen(word) == length && memcmp(word, text, length) == 0;
}

static int webhook_field_find(const char *text, size_t length)
{
    for (int i = 0; i < WEBHOOK_FIELDS; i++)
        if (webhook_same(webhook_fields[i], text, length))
            return i;
    return -1;
}

static const struct webhook_word *webhook_word_find(const char *text, size_t length)
{
    for (size_t i = 0; i < sizeof webhook_words / sizeof *webhook_words; i++)
        if (webhook_same(webhook_words[i].name, text, length))
            return &webhook_words[i];
    return NULL;
}

static bool webhook_is_time(enum webhook_field field)
{
    return field == WEBHOOK_FROM || field == WEBHOOK_UNTIL || field == WEBHOOK_NOW;
}

static void webhook_template_add(struct webhook_template *template, struct webhook_piece piece)
{
    if (template->n == template->room) {
        template->room = template->room ? 2 * template->room : 8;
        template->pieces = mem_grow(template->pieces, template->room, sizeof *template->pieces);
    }
    template->pieces[template->n++] = piece;
}

static void webhook_template_add_literal(struct webhook_template *template, size_t from, size_t to,
                                         bool gbk)
{
    if (to > from)
        webhook_template_add(template,
                             (struct webhook_piece){.from = from, .length = to - from, .gbk = gbk});
}

/* What stands between the field's colon and the brace: [FORMAT:]ESCAPE or FORMAT. A format may have
 * colons of its own, so the escape is what follows the last one. */
static int webhook_place_options(struct webhook_piece *piece, const char *text, size_t length)
{
    const char *colon = memrchr(text, ':', length);
    size_t tail = colon ? (size_t)(colon + 1 - text) : 0;
    const struct webhook_word *word = webhook_word_find(text + tail, length - tail);

    if (word && piece->field == WEBHOOK_BODY && word->escape != WEBHOOK_BASE64 &&
        (word->escape != WEBHOOK_RAW || word->gbk))
        return WEBHOOK_TEMPLATE_UNKNOWN_ESCAPE; /* it is bytes, not text */
    if (word) {
        piece->escape = word->escape;
        piece->gbk = piece->gbk || word->gbk;
        length = tail ? tail - 1 : 0;
        if (length == 0)
            return tail ? WEBHOOK_TEMPLATE_UNKNOWN_ESCAPE : 0;
    }
    if (length == 0 || !webhook_is_time(piece->field) || !webhook_time_is_format(text, length))
        return WEBHOOK_TEMPLATE_UNKNOWN_ESCAPE;
    piece->length = length;
    return 0;
}

/* The place that opens at *at; moves past it. */
static int webhook_template_place(struct webhook_template *template,
                                  const struct webhook_setting *setting, size_t *at)
{
    const char *inside = template->text + *at + 1;
    size_t length = strcspn(inside, "{}"), name = strcspn(inside, ":{}");
    struct webhook_piece piece = {.place = true, .escape = setting->escape, .gbk = setting->gbk};
    int rc = 0, field;

    if (inside[length] != '}')
        return WEBHOOK_TEMPLATE_UNCLOSED;
    field = webhook_field_find(inside, name);
    if (field < 0 || (field >= WEBHOOK_REQUEST_FIELDS && !setting->signs))
        return WEBHOOK_TEMPLATE_UNKNOWN_FIELD;
    piece.field = (enum webhook_field)field;
    piece.from = *at + name + 2;
    if (name < length)
        rc = webhook_place_options(&piece, inside + name + 1, length - name - 1);
    if (rc)
        return rc;
    webhook_template_add(template, piece);
    *at += length + 2;
    return 0;
}

static bool webhook_is_letter(char c)
{
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'z';
}

static int webhook_template_scan(struct webhook_template *template,
                                 const struct webhook_setting *setting, size_t *at)
{
    const char *text = template->text;
    size_t literal = 0;
    int rc;

    while (text[*at]) {
        if (text[*at] == '{' && webhook_is_letter(text[*at + 1])) {
            webhook_template_add_literal(template, literal, *at, setting->gbk);
            rc = webhook_template_place(template, setting, at);
            if (rc)
                return rc;
            literal = *at;
        } else if (text[*at] == '{' && text[*at + 1] == '{') {
            webhook_template_add_literal(template, literal, *at + 1, setting->gbk);
            *at += 2;
            literal = *at;
        } else {
            (*at)++;
        }
    }
    webhook_template_add_literal(template, literal, *at, setting->gbk);
    return 0;
}

int webhook_template_parse(const char *text, const struct webhook_setting *setting,
                           struct webhook_template **out, size_t *at)
{
    struct webhook_template *template = mem_new(struct webhook_template);
    size_t position = 0;
    int rc;

    template->text = mem_dup(text);
    rc = webhook_template_scan(template, setting, &position);
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
    for (size_t i = 0; template && i < template->n; i++)
        if (template->pieces[i].place && template->pieces[i].field == field)
            return true;
    return false;
}

/* ---- rendering ---- */

/* RFC 3986, 2.3: all but the unreserved characters. Forms (WHATWG URL, 5.2) differ in three. */
static void webhook_escape_url(const struct buffer *bytes, bool form, struct buffer *out)
{
    for (size_t i = 0; i < bytes->length; i++) {
        char c = bytes->data[i];
        bool plain =
            webhook_is_letter(c) || (c >= '0' && c <= '9') || memchr(form ? "-._*" : "-._~", c, 4);

        if (plain) {
            buffer_add_char(out, c);
        } else if (form && c == ' ') {
            buffer_add_char(out, '+');
        } else {
            buffer_add_char(out, '%');
            hex_encode(out, &c, 1);
        }
    }
}

void webhook_escape_query(const char *text, struct buffer *out)
{
    const struct buffer bytes = {.data = (char *)(uintptr_t)text, .length = strlen(text)};

    webhook_escape_url(&bytes, false, out);
}

/* What is escaped before it becomes bytes. */
static void webhook_escape_text(enum webhook_escape escape, const char *value, struct buffer *out)
{
    if (escape == WEBHOOK_JSON)
        jv_escape(value, out);
    else if (escape == WEBHOOK_HTML)
        dialect_escape_html(out, value);
    else
        buffer_add_text(out, value);
}

/* What is escaped afterwards. */
static void webhook_escape_bytes(enum webhook_escape escape, const struct buffer *bytes,
                                 struct buffer *out)
{
    if (escape == WEBHOOK_URL || escape == WEBHOOK_FORM)
        webhook_escape_url(bytes, escape == WEBHOOK_FORM, out);
    else if (escape == WEBHOOK_BASE64)
        hex_encode_base64(out, bytes->data, bytes->length);
    else
        buffer_add(out, bytes->data, bytes->length);
}

static int webhook_render_text(const struct webhook_piece *piece, const char *value,
                               struct buffer *out, const char **bad)
{
    struct buffer text BUFFER_FREE_LATER = BUFFER_NULL, bytes BUFFER_FREE_LATER = BUFFER_NULL;
    size_t at;

    if (piece->gbk && webhook_gbk_encode(value, &bytes, &at)) {
        if (bad)
            *bad = value + at;
        return 1;
    }
    buffer_clear(&bytes);
    webhook_escape_text(piece->escape, value, &text);
    if (!piece->gbk)
        buffer_add(&bytes, text.data, text.length);
    else
        LOG_ASSERT(!webhook_gbk_encode(buffer_text(&text), &bytes, &at)); /* escapes are ASCII */
    webhook_escape_bytes(piece->escape, &bytes, out);
    return 0;
}

static int webhook_render_place(const struct webhook_template *template,
                                const struct webhook_piece *piece,
                                const struct webhook_values *values, struct buffer *out,
                                const char **bad)
{
    struct buffer time BUFFER_FREE_LATER = BUFFER_NULL;

    if (!webhook_is_time(piece->field))
        return webhook_render_text(piece, values->text[piece->field], out, bad);
    webhook_time_write(values->times[piece->field], template->text + piece->from, piece->length,
                       &time);
    return webhook_render_text(piece, buffer_text(&time), out, NULL);
}

static int webhook_render_literal(const struct webhook_template *template,
                                  const struct webhook_piece *piece, struct buffer *out,
                                  const char **bad)
{
    MEM_FREE_LATER char *text = mem_dup_n(template->text + piece->from, piece->length);
    size_t at;

    if (!piece->gbk)
        buffer_add(out, text, piece->length);
    else if (webhook_gbk_encode(text, out, &at)) {
        if (bad)
            *bad = template->text + piece->from + at;
        return 1;
    }
    return 0;
}

int webhook_template_render(const struct webhook_template *template,
                            const struct webhook_values *values, struct buffer *out,
                            const char **bad)
{
    int rc = 0;

    for (size_t i = 0; !rc && i < template->n; i++) {
        const struct webhook_piece *piece = &template->pieces[i];

        rc = piece->place ? webhook_render_place(template, piece, values, out, bad)
                          : webhook_render_literal(template, piece, out, bad);
    }
    return rc;
}
