/* webhook: any platform that takes a slogan by HTTP, described in the configuration.
 * Runs: loop.
 *
 * Three calls, each with a method, a path, a body and a rule of success: publish, withdraw, verify.
 * Paths, bodies and expected values are templates (webhook_template.h). A call has succeeded when
 * the status is the expected one and, if a pointer is given, the value there in the reply is the
 * expected one; for verify an array there must contain it. Without verify_path nothing is verified,
 * and the level of proof stays "accepted". With it a value must be compared, and the slogan must
 * stand in the question or in that value: a platform that answers 200 to everything proves nothing.
 * Each request carries
 *
 *   webhook-id: the slogan's name, the same over all tries, so that a platform can drop repetitions
 *   webhook-timestamp: seconds since 1970
 *   lawcast-event: slogan.publish, slogan.withdraw or slogan.verify */
#ifndef LAWCAST_ADAPTERS_DISPLAY_WEBHOOK_H
#define LAWCAST_ADAPTERS_DISPLAY_WEBHOOK_H

#include "adapters/adapter.h"

enum { WEBHOOK_CALLS = ADAPTER_VERIFY + 1 };

struct webhook_call_options {
    int method;
    char *path, *body, *pointer, *equals; /* NULL or "": none */
    int64_t status;
};

struct webhook_options {
    struct webhook_call_options calls[WEBHOOK_CALLS]; /* by enum adapter_verb */
    char *content_type, *token;
    struct option_strings headers;
};

extern const struct option_def webhook_options[];
/* The check of struct option_kind. */
int webhook_check(const void *filled, char *why, size_t why_size);
extern const struct adapter adapter_webhook;

#define WEBHOOK_KIND                                                                               \
    {                                                                                              \
        .name = "webhook", .options = webhook_options, .size = sizeof(struct webhook_options),     \
        .check = webhook_check                                                                     \
    }

#endif
