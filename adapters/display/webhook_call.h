/* webhook_call: one of a webhook's three calls: its templates, and what the platform's answer
 * means. Runs: any (pure, but for the process's time zone). */
#ifndef LAWCAST_ADAPTERS_DISPLAY_WEBHOOK_CALL_H
#define LAWCAST_ADAPTERS_DISPLAY_WEBHOOK_CALL_H

#include <stdbool.h>

#include "gateway/base/buffer.h"
#include "adapters/adapter.h"
#include "adapters/display/http.h"
#include "adapters/display/webhook.h"
#include "adapters/display/webhook_template.h"

extern const char *const webhook_methods[];
extern const char *const webhook_events[WEBHOOK_CALLS];
extern const char *const webhook_prefixes[WEBHOOK_CALLS];
extern const char *const webhook_bodies[WEBHOOK_CALLS]; /* presets; NULL: none */

struct webhook_call {
    const struct webhook_call_options *options;
    struct webhook_template *path, *body, *equals; /* NULL: none */
};

/* What the places stand for in one job. */
struct webhook_values {
    char from[32], until[32];
    const char *fields[WEBHOOK_FIELDS];
};

struct webhook_verdict {
    struct adapter_result result;
    bool healthy; /* the platform works, whatever it says about the slogan */
};

/* Checks the call's options, parses and tries out the templates. 0, or 1 with a sentence in why;
 * the call may be freed in both cases. */
int webhook_call_init(struct webhook_call *call, enum adapter_verb verb,
                      const struct webhook_options *options, char *why, size_t why_size);
void webhook_call_free(struct webhook_call *call);

void webhook_values_fill(struct webhook_values *values, const struct adapter_job *job,
                         const char *board);
struct webhook_verdict webhook_call_judge(const struct webhook_call *call, enum adapter_verb verb,
                                          const struct webhook_values *values,
                                          const struct http_result *reply);

#endif
