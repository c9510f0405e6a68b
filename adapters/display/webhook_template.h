/* webhook_template: paths, bodies, headers and expected values of a webhook, with places for the
 * slogan. Runs: any (pure, but for the process's time zone).
 *
 * A place is a field in braces: {name}. Behind a colon may stand how it is written:
 *   json (inside of a JSON string), url (percent-encoded), form (same, a blank as +), html (also
 *   for XML), base64, raw or plain (as it is); gbk, gbk-url, gbk-form and gbk-base64 are of GBK
 *   bytes whatever the charset is. Without one the template's own is used.
 * Instants ({from}, {until}, {now}) take a format before that (webhook_time.h): {from:s},
 * {until:%Y-%m-%d %H:%M:url}. "{{" is a brace. A brace before anything but an ASCII letter stands
 * for itself, as does every "}" outside a place, so that most JSON can be written as it is.
 *
 * Everything becomes bytes of the template's charset: url, form and base64 are of these bytes. */
#ifndef LAWCAST_ADAPTERS_DISPLAY_WEBHOOK_TEMPLATE_H
#define LAWCAST_ADAPTERS_DISPLAY_WEBHOOK_TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/buffer.h"

enum webhook_field {
    WEBHOOK_NAME,
    WEBHOOK_TEXT,
    WEBHOOK_FROM,
    WEBHOOK_UNTIL,
    WEBHOOK_NOW,
    WEBHOOK_BOARD,
    WEBHOOK_WIDTH,
    WEBHOOK_HEIGHT,
    WEBHOOK_FONT,
    WEBHOOK_SPEED,
    WEBHOOK_COLOR,
    WEBHOOK_SLOT,
    WEBHOOK_CALLBACK,
    WEBHOOK_PICTURE,
    WEBHOOK_NONCE,
    WEBHOOK_ID,
    WEBHOOK_REQUEST_FIELDS,                /* those below stand in sign_parts only */
    WEBHOOK_BODY = WEBHOOK_REQUEST_FIELDS, /* as it is sent */
    WEBHOOK_METHOD,
    WEBHOOK_PATH,  /* of the URL, without the query */
    WEBHOOK_QUERY, /* without its "?"; "" when there is none */
    WEBHOOK_KEY,
    WEBHOOK_SECRET,
    WEBHOOK_FIELDS
};

enum webhook_escape {
    WEBHOOK_RAW,
    WEBHOOK_JSON,
    WEBHOOK_URL,
    WEBHOOK_FORM,
    WEBHOOK_HTML,
    WEBHOOK_BASE64,
};

/* Where a template stands. */
struct webhook_setting {
    enum webhook_escape escape; /* for places that name none */
    bool gbk;                   /* its charset; else UTF-8 */
    bool signs;                 /* sign_parts */
};

enum webhook_template_error {
    WEBHOOK_TEMPLATE_OK = 0,
    WEBHOOK_TEMPLATE_UNKNOWN_FIELD = 1,
    WEBHOOK_TEMPLATE_UNKNOWN_ESCAPE = 2,
    WEBHOOK_TEMPLATE_UNCLOSED = 3,
};

/* What the places stand for. Instants stand in times, all else in text: never NULL where a template
 * has the field. Text is UTF-8; the body is bytes without a NUL. */
struct webhook_values {
    const char *text[WEBHOOK_FIELDS];
    int64_t times[WEBHOOK_NOW + 1]; /* by field */
};

struct webhook_template; /* opaque: parsed */

/* 0, or a positive error; then *at (if not NULL) is the offset of the place's brace and *out NULL.
 */
int webhook_template_parse(const char *text, const struct webhook_setting *setting,
                           struct webhook_template **out, size_t *at);
void webhook_template_free(struct webhook_template *template); /* NULL is fine */
/* Has it a place for the field? NULL: no. */
bool webhook_template_has(const struct webhook_template *template, enum webhook_field field);
/* Adds the bytes to out. 0, or 1: *bad (if not NULL) is lent, the character that GBK doesn't have.
 */
int webhook_template_render(const struct webhook_template *template,
                            const struct webhook_values *values, struct buffer *out,
                            const char **bad);

/* Adds text percent-encoded, as the url escape does. */
void webhook_escape_query(const char *text, struct buffer *out);

#endif
