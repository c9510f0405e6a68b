/* webhook_kit: a webhook without a network: its dialect, asked and answered by the test. Included
 * once by each test of it. */
#ifndef LAWCAST_TESTS_UNIT_WEBHOOK_KIT_H
#define LAWCAST_TESTS_UNIT_WEBHOOK_KIT_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "adapters/display/dialect.h"
#include "adapters/display/webhook.h"

#define TEXT(literal) ((char *)(uintptr_t)(literal))

enum { KIT_PROOFS = 4 };

static const int64_t kit_from = 1793406600000; /* 2026-10-31 08:30 in Shanghai */

struct kit {
    const struct dialect *dialect;
    struct webhook_options options;
    struct board board;
    struct adapter_job job;
    struct sight sight;
    struct talk talk;
    struct ask ask;
    struct verdict verdict;
    struct board_proof proofs[KIT_PROOFS]; /* the first ones and the last, without pictures */
    size_t n_proofs, picture_bytes;
};

static inline void kit_make(struct kit *kit)
{
    *kit = (struct kit){.dialect = adapter_find("webhook")->dialect};
    for (int verb = 0; verb < ADAPTER_VERBS; verb++)
        kit->options.calls[verb].status = 200;
    kit->options.calls[ADAPTER_VERIFY].method = kit->options.calls[ADAPTER_PROBE].method = 2;
    kit->options.content_type = TEXT("application/json");
    kit->options.verify_wait_s = 15;
    kit->board = (struct board){.id = TEXT("plaza"),
                                .url = TEXT("http://192.0.2.1/api/"),
                                .options = &kit->options,
                                .width = 192,
                                .height = 64,
                                .font_px = 16,
                                .speed_pxs = 40,
                                .color = TEXT("#ff0000")};
    kit->job = (struct adapter_job){.name = "lc-1a-x7",
                                    .text = "弘扬宪法精神",
                                    .from_ms = kit_from,
                                    .until_ms = kit_from + 300000,
                                    .slot = 7};
}

static inline void kit_open(struct kit *kit)
{
    char why[400] = "";

    kit->talk = (struct talk){.board = &kit->board,
                              .job = &kit->job,
                              .now_ms = kit_from + 1000,
                              .nonce = "0123456789abcdef0123456789abcdef",
                              .memory = mem_alloc(1, kit->dialect->memory),
                              .sight = &kit->sight};
    if (kit->dialect->open(&kit->talk, why, sizeof why))
        log_panic("%s", why);
}

static inline void kit_close(struct kit *kit)
{
    ask_free(&kit->ask);
    kit->dialect->close(&kit->talk);
    free(kit->talk.memory);
}

static inline const struct ask *kit_ask(struct kit *kit, enum adapter_verb verb, int step)
{
    ask_free(&kit->ask);
    kit->job.verb = verb;
    kit->talk.step = step;
    if (step == 0)
        kit->sight = (struct sight){0};
    kit->dialect->ask(&kit->talk, &kit->ask);
    return &kit->ask;
}

static inline const struct verdict *kit_hear_bytes(struct kit *kit, int status, const char *body,
                                                   size_t length)
{
    struct reply reply = {.status = status, .type = "", .body = body, .length = length};

    kit->verdict = (struct verdict){0};
    kit->dialect->hear(&kit->talk, &reply, &kit->verdict);
    return &kit->verdict;
}

static inline const struct verdict *kit_hear(struct kit *kit, int status, const char *body)
{
    return kit_hear_bytes(kit, status, body, strlen(body));
}

/* Asks, and answers. */
static inline const struct verdict *kit_do(struct kit *kit, enum adapter_verb verb, int status,
                                           const char *body)
{
    kit_ask(kit, verb, 0);
    return kit_hear(kit, kit->ask.nothing ? 0 : status, kit->ask.nothing ? "" : body);
}

/* A header's value, or NULL. */
static inline const char *kit_header(const struct ask *ask, const char *name)
{
    size_t length = strlen(name);

    for (size_t i = 0; i < ask->n_headers; i++)
        if (strncmp(ask->headers[i], name, length) == 0 && ask->headers[i][length] == ':')
            return ask->headers[i] + length + 2;
    return NULL;
}

/* ---- calls ---- */

struct kit_call {
    const char *body, *id, *timestamp, *signature;
};

static inline const char *kit_call_header(const struct adapter_call *call, const char *name)
{
    const struct kit_call *mine = call->ctx;

    if (strcmp(name, "webhook-id") == 0)
        return mine->id;
    if (strcmp(name, "webhook-timestamp") == 0)
        return mine->timestamp;
    return strcmp(name, "webhook-signature") == 0 ? mine->signature : NULL;
}

static inline void kit_on_proved(void *ctx, const struct board_proof *proof)
{
    struct kit *kit = ctx;
    size_t at = kit->n_proofs < KIT_PROOFS ? kit->n_proofs : KIT_PROOFS - 1;

    kit->picture_bytes = proof->evidence.picture_length;
    kit->proofs[at] = *proof;
    kit->proofs[at].evidence.picture = NULL;
    kit->n_proofs++;
}

/* Returns the status; *awaited (if not NULL): it is what the job has waited for. */
static inline int kit_call(struct kit *kit, const struct kit_call *mine, bool *awaited)
{
    struct adapter_call call = {.method = "POST",
                                .path = "",
                                .body = mine->body,
                                .length = strlen(mine->body),
                                .header = kit_call_header,
                                .ctx = (void *)(uintptr_t)mine};
    struct adapter_answer answer = {.status = 404};
    bool waited = kit->dialect->called(&kit->talk, &call, &answer, kit_on_proved, kit);

    if (awaited)
        *awaited = waited;
    buffer_free(&answer.body);
    return answer.status;
}

#endif
