/* webhook: any platform that takes a slogan by HTTP, described in the configuration.
 * Runs: any (plain data).
 *
 * Four calls, each with a method, a path, a body and a rule of success: publish, withdraw, verify,
 * probe. Paths, bodies, headers and expected values are templates (webhook_template.h). A call has
 * succeeded when the status is an expected one, no error member is in the reply and, if a pointer
 * is given, the value there is an expected one; for verify an array there must contain it. Without
 * verify_path nothing is verified. With it a value must be compared, and the slogan must stand in
 * the question or in that value: a platform that answers 200 to everything proves nothing.
 *
 * Each request carries
 *   webhook-id: a publication's is the same over all its tries, so that a platform can drop
 *       repetitions; one that is put up again after it was lost has a new one
 *   webhook-timestamp: seconds since 1970
 *   lawcast-event: slogan.publish, slogan.withdraw, slogan.verify or board.probe
 *   lawcast-name: the slogan's name
 *   webhook-signature: with secret; see webhook_sign.h */
#ifndef LAWCAST_ADAPTERS_DISPLAY_WEBHOOK_H
#define LAWCAST_ADAPTERS_DISPLAY_WEBHOOK_H

#include "adapters/adapter.h"

enum { WEBHOOK_HEADERS = 14, WEBHOOK_SECRETS = 2 };

enum webhook_charset { WEBHOOK_UTF8, WEBHOOK_GBK };
enum webhook_proof { WEBHOOK_BY_REPLY, WEBHOOK_BY_CALL };
enum webhook_form_of_sign { WEBHOOK_HEX, WEBHOOK_HEX_UPPER, WEBHOOK_SIGN_BASE64 };

struct webhook_call_options {
    int method;
    char *path, *body, *pointer, *equals, *error; /* NULL or "": none */
    int64_t status;
    struct option_strings statuses, any, pending;
};

struct webhook_options {
    struct webhook_call_options calls[ADAPTER_VERBS]; /* by enum adapter_verb */
    char *publish_id;
    int verify_level; /* 0: stored, 1: playing */
    int verify_by;    /* enum webhook_proof */
    int64_t verify_wait_s;
    char *verify_picture, *picture_path;
    char *power_pointer, *clock_pointer, *playing_pointer;
    struct option_strings power_asleep;
    char *content_type, *token, *user, *password;
    int charset; /* enum webhook_charset */
    struct option_strings headers;
    char *key, *key_header, *key_query;
    struct option_strings secret;
    int sign; /* 0: none; else see webhook_sign.h */
    char *sign_parts, *sign_secret, *sign_header, *sign_query;
    int sign_format; /* enum webhook_form_of_sign */
};

extern const struct option_def webhook_options[];
extern const char *const webhook_methods[];
extern const char *const webhook_signs[]; /* "none", "md5" ..., "hmac-md5" ... */
extern const char *const webhook_events[ADAPTER_VERBS];
extern const char *const webhook_prefixes[ADAPTER_VERBS]; /* of options: "publish" */
extern const char *const webhook_bodies[ADAPTER_VERBS];   /* presets; NULL: none */

/* The check of struct option_kind. */
int webhook_check(const void *filled, char *why, size_t why_size);
extern const struct traits webhook_traits;

/* Is an option there at all? */
static inline bool webhook_given(const char *text)
{
    return text && *text;
}

#endif
