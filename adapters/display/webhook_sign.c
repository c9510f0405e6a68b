/* webhook_sign: signatures of requests and calls. See webhook_sign.h.
 * Runs: any (pure). */
#include "adapters/display/webhook_sign.h"

#include <ctype.h>
#include <string.h>

#include "gateway/base/digest.h"
#include "gateway/base/hex.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"

static const char webhook_secret_mark[] = "whsec_";

static const char webhook_keyed_mark[] = "hmac-";

static int webhook_secret_bytes(const char *secret, struct buffer *out)
{
    size_t mark = sizeof webhook_secret_mark - 1;

    if (strncmp(secret, webhook_secret_mark, mark) != 0)
        buffer_add_text(out, secret);
    else if (hex_decode_base64(out, secret + mark, strlen(secret + mark)))
        return 1;
    return out->length == 0;
}

bool webhook_secret_is_valid(const char *secret)
{
    struct buffer bytes BUFFER_FREE_LATER = BUFFER_NULL;

    return !webhook_secret_bytes(secret, &bytes);
}

static void webhook_sign_with(const char *secret, const struct webhook_message *message,
                              struct buffer *out)
{
    struct buffer key BUFFER_FREE_LATER = BUFFER_NULL, text BUFFER_FREE_LATER = BUFFER_NULL;
    struct digest digest;

    LOG_ASSERT(!webhook_secret_bytes(secret, &key));
    buffer_printf(&text, "%s.%lld.", message->id, (long long)message->timestamp);
    buffer_add(&text, message->body, message->length);
    digest = digest_hmac(DIGEST_SHA256, key.data, key.length, text.data, text.length);
    buffer_add_text(out, "v1,");
    hex_encode_base64(out, digest.bytes, digest.n);
}

void webhook_sign_message(const struct option_strings *secrets,
                          const struct webhook_message *message, struct buffer *out)
{
    for (size_t i = 0; i < secrets->n; i++) {
        if (i)
            buffer_add_char(out, ' ');
        webhook_sign_with(secrets->items[i], message, out);
    }
}

bool webhook_message_is_signed(const struct option_strings *secrets,
                               const struct webhook_message *message, const char *signatures)
{
    bool found = false;

    for (size_t i = 0; i < secrets->n; i++) {
        struct buffer own BUFFER_FREE_LATER = BUFFER_NULL;

        webhook_sign_with(secrets->items[i], message, &own);
        for (const char *at = signatures; *at;) {
            size_t length = strcspn(at, " ");
            MEM_FREE_LATER char *one = mem_dup_n(at, length);

            found = digest_same_text(one, buffer_text(&own)) || found;
            at += length + strspn(at + length, " ");
        }
    }
    return found;
}

bool webhook_sign_is_keyed(int sign)
{
    return strncmp(webhook_signs[sign], webhook_keyed_mark, sizeof webhook_keyed_mark - 1) == 0;
}

void webhook_sign_recipe(const struct webhook_options *options, const struct buffer *parts,
                         struct buffer *out)
{
    const char *secret = options->sign_secret ? options->sign_secret : "";
    const char *data = buffer_text(parts);
    bool keyed = webhook_sign_is_keyed(options->sign);
    size_t mark = keyed ? sizeof webhook_keyed_mark - 1 : 0;
    enum digest_kind kind;
    struct digest digest;
    char hex[DIGEST_HEX_MOST];

    LOG_ASSERT(!digest_find(webhook_signs[options->sign] + mark, &kind));
    if (keyed)
        digest = digest_hmac(kind, secret, strlen(secret), data, parts->length);
    else
        digest = digest_of(kind, data, parts->length);
    if (options->sign_format == WEBHOOK_SIGN_BASE64) {
        hex_encode_base64(out, digest.bytes, digest.n);
        return;
    }
    digest_hex(&digest, hex);
    for (char *c = hex; options->sign_format == WEBHOOK_HEX_UPPER && *c; c++)
        *c = (char)toupper((unsigned char)*c);
    buffer_add_text(out, hex);
}
