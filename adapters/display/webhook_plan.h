/* webhook_plan: the templates of one webhook, parsed and checked.
 * Runs: any (pure, but for the process's time zone). */
#ifndef LAWCAST_ADAPTERS_DISPLAY_WEBHOOK_PLAN_H
#define LAWCAST_ADAPTERS_DISPLAY_WEBHOOK_PLAN_H

#include "adapters/display/webhook.h"
#include "adapters/display/webhook_template.h"

struct webhook_call {
    struct webhook_template *path, *body, *equals; /* NULL: none */
};

struct webhook_plan {
    struct webhook_call calls[ADAPTER_VERBS];
    struct webhook_template *picture_path, *sign_parts;
    struct webhook_template *headers[WEBHOOK_HEADERS]; /* whole lines */
    size_t n_headers;
};

/* 0, or 1 with a sentence in why, which begins with the option's name. To be freed in both cases.
 */
int webhook_plan_init(struct webhook_plan *plan, const struct webhook_options *options, char *why,
                      size_t why_size);
void webhook_plan_free(struct webhook_plan *plan);

#endif
