/* webhook_sign: what proves to a platform that a request is ours, and to us that a call is its own.
 * Runs: any (pure). */
#ifndef LAWCAST_ADAPTERS_DISPLAY_WEBHOOK_SIGN_H
#define LAWCAST_ADAPTERS_DISPLAY_WEBHOOK_SIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/buffer.h"
#include "adapters/display/webhook.h"

/* Standard Webhooks 1.0, symmetric: each signature is "v1," and the base64 of HMAC-SHA256 over
 * "id.timestamp.body"; several stand apart by blanks. A secret that begins with "whsec_" is base64,
 * any other is taken by its bytes. */

struct webhook_message {
    const char *id;
    int64_t timestamp; /* seconds since 1970 */
    const char *body;
    size_t length;
};

/* Is it usable: not empty, and base64 behind "whsec_"? */
bool webhook_secret_is_valid(const char *secret);
/* Adds one signature for each secret. */
void webhook_sign_message(const struct option_strings *secrets,
                          const struct webhook_message *message, struct buffer *out);
/* Does one of the signatures fit one of the secrets? */
bool webhook_message_is_signed(const struct option_strings *secrets,
                               const struct webhook_message *message, const char *signatures);

/* The platform's own recipe: the digest or, for hmac-, the keyed one of the parts, as sign_format
 * says. options->sign isn't "none". */
void webhook_sign_recipe(const struct webhook_options *options, const struct buffer *parts,
                         struct buffer *out);
/* Is it one with a key? */
bool webhook_sign_is_keyed(int sign);

#endif
