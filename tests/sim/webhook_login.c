/* webhook_login: who asks the platform? See webhook.h.
 * Runs: any (pure). */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/digest.h"
#include "gateway/base/hex.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "tests/sim/webhook.h"

enum { PLATFORM_TOLERANCE_S = 300 };

static bool platform_is(const char *given, const char *expected)
{
    return given && strcmp(given, expected) == 0;
}

static bool platform_password_fits(const struct board_spec *spec,
                                   const struct board_request *request)
{
    const char *token = board_option(spec, "token", NULL), *user = board_option(spec, "user", NULL);
    BUFFER_FREE_LATER struct buffer expected = BUFFER_NULL;

    if (token) {
        buffer_printf(&expected, "Bearer %s", token);
    } else if (user) {
        MEM_FREE_LATER char *pair = mem_printf("%s:%s", user, board_option(spec, "password", ""));

        buffer_add_text(&expected, "Basic ");
        hex_encode_base64(&expected, pair, strlen(pair));
    } else {
        return true;
    }
    return platform_is(request->header(request, "Authorization"), buffer_text(&expected));
}

static bool platform_key_fits(const struct board_spec *spec, const struct board_request *request)
{
    const char *key = board_option(spec, "key", NULL);
    const char *header = board_option(spec, "key_header", NULL);
    const char *query = board_option(spec, "key_query", NULL);

    return (!header || platform_is(request->header(request, header), key)) &&
           (!query || platform_is(request->query(request, query), key));
}

/* ---- Standard Webhooks ---- */

char *platform_sign(const struct board_spec *spec, const char *id, int64_t clock_s,
                    const struct buffer *body)
{
    const char *secret = board_option(spec, "secret", NULL);
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;
    struct buffer out = BUFFER_NULL;
    struct digest digest;

    if (!secret)
        return NULL;
    buffer_printf(&text, "%s.%lld.", id, (long long)clock_s);
    buffer_add(&text, body->data, body->length);
    digest = digest_hmac(DIGEST_SHA256, secret, strlen(secret), text.data, text.length);
    buffer_add_text(&out, "v1,");
    hex_encode_base64(&out, digest.bytes, digest.n);
    return buffer_take(&out);
}

static bool platform_signature_fits(const struct board_spec *spec,
                                    const struct board_request *request, int64_t clock_ms)
{
    const char *id = request->header(request, "webhook-id");
    const char *time = request->header(request, "webhook-timestamp");
    const char *given = request->header(request, "webhook-signature");
    BUFFER_FREE_LATER struct buffer body = BUFFER_NULL;
    int64_t at = time ? strtoll(time, NULL, 10) : 0;
    MEM_FREE_LATER char *own = NULL;

    if (!board_option(spec, "secret", NULL))
        return true;
    if (!id || !given || llabs((long long)(clock_ms / 1000 - at)) > PLATFORM_TOLERANCE_S)
        return false;
    buffer_add(&body, request->body, request->length);
    own = platform_sign(spec, id, at, &body);
    return strstr(given, own) != NULL; /* two while a secret is changed */
}

/* ---- recipes ---- */

static bool platform_has(const char *at, const char *word, size_t *length)
{
    *length = strlen(word);
    return strncmp(at, word, *length) == 0;
}

/* Adds what the place at *at stands for, and moves past it. */
static void platform_part(const struct board_spec *spec, const struct board_request *request,
                          const char *name, const char **at, struct buffer *out)
{
    MEM_FREE_LATER char *path =
        mem_printf("/webhook/%s%s", spec->id, strcmp(request->path, "/") ? request->path : "");
    const char *nonce = request->header(request, "x-nonce");
    const char *time = request->header(request, "x-time");
    const struct {
        const char *place, *value;
    } parts[] = {
        {"{method}", request->method},
        {"{path}", path},
        {"{body}", request->body},
        {"{name}", name},
        {"{key}", board_option(spec, "key", "")},
        {"{secret}", board_option(spec, "sign_secret", "")},
        {"{nonce}", nonce ? nonce : ""},
    };
    size_t length;

    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (platform_has(*at, parts[i].place, &length)) {
            buffer_add_text(out, parts[i].value);
            *at += length;
            return;
        }
    if (!platform_has(*at, "{now", &length))
        log_panic("the simulated platform knows no %.20s", *at);
    buffer_add_text(out, time ? time : "");
    *at += strcspn(*at, "}") + 1;
}

static char *platform_recipe(const struct board_spec *spec, const struct buffer *parts)
{
    const char *sign = board_option(spec, "sign", ""),
               *format = board_option(spec, "sign_format", "hex");
    const char *secret = board_option(spec, "sign_secret", "");
    bool keyed = strncmp(sign, "hmac-", 5) == 0;
    struct buffer out = BUFFER_NULL;
    enum digest_kind kind = DIGEST_MD5;
    struct digest digest;
    char hex[DIGEST_HEX_MOST];

    LOG_ASSERT(!digest_find(keyed ? sign + 5 : sign, &kind));
    digest = keyed ? digest_hmac(kind, secret, strlen(secret), parts->data, parts->length)
                   : digest_of(kind, buffer_text(parts), parts->length);
    if (strcmp(format, "base64") == 0) {
        hex_encode_base64(&out, digest.bytes, digest.n);
        return buffer_take(&out);
    }
    digest_hex(&digest, hex);
    for (char *c = hex; strcmp(format, "HEX") == 0 && *c; c++)
        *c = (char)toupper((unsigned char)*c);
    buffer_add_text(&out, hex);
    return buffer_take(&out);
}

static bool platform_nonce_is_new(struct platform_login *login, const char *nonce)
{
    size_t known = login->n_nonces < PLATFORM_SEEN ? login->n_nonces : PLATFORM_SEEN;

    for (size_t i = 0; i < known; i++)
        if (strcmp(login->nonces[i], nonce) == 0)
            return false;
    snprintf(login->nonces[login->n_nonces++ % PLATFORM_SEEN], 65, "%s", nonce);
    return true;
}

static bool platform_recipe_fits(struct platform_login *login, const struct board_request *request,
                                 const char *name)
{
    const struct board_spec *spec = login->spec;
    const char *at = board_option(spec, "sign_parts", ""), *given;
    const char *header = board_option(spec, "sign_header", NULL);
    BUFFER_FREE_LATER struct buffer parts = BUFFER_NULL;
    MEM_FREE_LATER char *own = NULL;

    if (strcmp(board_option(spec, "sign", "none"), "none") == 0)
        return true;
    while (*at) {
        if (*at == '{')
            platform_part(spec, request, name, &at, &parts);
        else
            buffer_add_char(&parts, *at++);
    }
    own = platform_recipe(spec, &parts);
    given = header ? request->header(request, header)
                   : request->query(request, board_option(spec, "sign_query", "sign"));
    return platform_is(given, own);
}

bool platform_login(struct platform_login *login, const struct board_request *request,
                    const char *name, int64_t clock_ms)
{
    const char *nonce = request->header(request, "x-nonce");

    return platform_password_fits(login->spec, request) &&
           platform_key_fits(login->spec, request) &&
           platform_signature_fits(login->spec, request, clock_ms) &&
           platform_recipe_fits(login, request, name) &&
           (!nonce || platform_nonce_is_new(login, nonce));
}
