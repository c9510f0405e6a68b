/* webhook_template: paths, bodies and expected values of a webhook, with places for the slogan.
 * Runs: any (pure).
 *
 * A place is {name}, {text}, {from}, {until} or {board}; from and until are ISO 8601 with the
 * offset. An escape may follow: {text:json} (inside of a JSON string), {text:url}
 * (percent-encoded), {text:base64}, {text:plain}; without one the template's own is used. "{{" is a
 * brace. A brace before anything but an ASCII letter stands for itself, as does every "}" outside a
 * place, so that most JSON can be written as it is. */
#ifndef LAWCAST_ADAPTERS_DISPLAY_WEBHOOK_TEMPLATE_H
#define LAWCAST_ADAPTERS_DISPLAY_WEBHOOK_TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>

#include "gateway/base/buffer.h"

enum webhook_field {
    WEBHOOK_NAME,
    WEBHOOK_TEXT,
    WEBHOOK_FROM,
    WEBHOOK_UNTIL,
    WEBHOOK_BOARD,
    WEBHOOK_FIELDS
};

enum webhook_escape { WEBHOOK_PLAIN, WEBHOOK_JSON, WEBHOOK_URL, WEBHOOK_BASE64, WEBHOOK_ESCAPES };

enum webhook_template_error {
    WEBHOOK_TEMPLATE_OK = 0,
    WEBHOOK_TEMPLATE_UNKNOWN_FIELD = 1,
    WEBHOOK_TEMPLATE_UNKNOWN_ESCAPE = 2,
    WEBHOOK_TEMPLATE_UNCLOSED = 3,
};

struct webhook_template; /* opaque: parsed */

/* preset: for places that name no escape. 0, or a positive error; then *at (if not NULL) is the
 * offset of the place's brace and *out NULL. */
int webhook_template_parse(const char *text, enum webhook_escape preset,
                           struct webhook_template **out, size_t *at);
void webhook_template_free(struct webhook_template *template); /* NULL is fine */
/* Has it a place for the field? */
bool webhook_template_has(const struct webhook_template *template, enum webhook_field field);
/* Adds the text to out. values: UTF-8, one a field. */
void webhook_template_render(const struct webhook_template *template,
                             const char *const values[static WEBHOOK_FIELDS], struct buffer *out);

#endif
