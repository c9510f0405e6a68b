/* fuzz_dialects: every kind of board hears any bytes as the replies of a dialogue, and gets them as
 * calls: none may fall over, and each verdict names a step that there is, or an end. Steps are
 * reached as the panel reaches them, because a kind may rely on what its earlier steps have kept.
 * The first three bytes choose verb and status; the rest is replies, apart by 0x1E, the last again
 * and again. A kind is given a word for each text that has no preset, or only where it has to have
 * one. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "adapters/display/dialect.h"

#define FUZZ_APART "\x1E"
enum { FUZZ_STEPS = 12 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_option(const struct option_def *def, bool all, char *filled)
{
    const char *word = all || def->required ? "0123456789abcdef" : NULL;
    const char *text = def->preset ? def->preset : word;

    if (def->type == OPTION_STRING)
        memcpy(filled + def->offset, &(char *){mem_dup(text)}, sizeof(char *));
    if (def->type == OPTION_INT)
        *(int64_t *)(void *)(filled + def->offset) = text ? strtoll(text, NULL, 10) : 0;
    if (def->type == OPTION_BOOL)
        *(bool *)(filled + def->offset) = text && strcmp(text, "true") == 0;
    for (int i = 0; def->type == OPTION_CHOICE && text && def->choices[i]; i++)
        if (strcmp(def->choices[i], text) == 0)
            *(int *)(void *)(filled + def->offset) = i;
}

static const char *fuzz_header(const struct adapter_call *call, const char *name)
{
    return strlen(name) % 2 ? call->body : NULL;
}

static void fuzz_prove(void *ctx, const struct board_proof *proof)
{
    LOG_ASSERT(!ctx && memchr(proof->name, 0, sizeof proof->name));
}

/* With a word for each text, or else for those that are required. False: neither will do. */
static bool fuzz_fill(const struct option_kind *kind, void *options)
{
    char why[300];

    for (int all = 1; all >= 0; all--) {
        for (const struct option_def *def = kind->options; def->name; def++)
            fuzz_option(def, all, options);
        if (!kind->check || !kind->check(options, why, sizeof why))
            return true;
        option_release(kind->options, options);
    }
    return false;
}

static void fuzz_called(const struct dialect *dialect, struct talk *talk, const char *bytes)
{
    const struct adapter_call call = {.method = "POST",
                                      .path = "/x",
                                      .body = bytes,
                                      .length = strlen(bytes),
                                      .header = fuzz_header};
    struct adapter_answer answer = {.status = 404};

    if (dialect->called)
        dialect->called(talk, &call, &answer, fuzz_prove, NULL);
    buffer_free(&answer.body);
}

/* One step. True: there is another one. */
static bool fuzz_step(const struct dialect *dialect, struct talk *talk, const struct reply *reply)
{
    struct verdict verdict = {.kind = VERDICT_END};
    struct ask ask = {0};

    dialect->ask(talk, &ask);
    if (ask.nothing)
        dialect->hear(talk, &(struct reply){.type = "", .body = ""}, &verdict);
    else if (!dialect->whole || dialect->whole(reply->body, reply->length) == reply->length)
        dialect->hear(talk, reply, &verdict);
    ask_free(&ask);
    talk->step = verdict.kind == VERDICT_RENEW ? 0 : verdict.step;
    LOG_ASSERT(verdict.kind == VERDICT_END || (talk->step >= 0 && talk->step < dialect->n_steps));
    return verdict.kind != VERDICT_END;
}

static void fuzz_talk(const struct dialect *dialect, struct talk *talk, const struct reply *replies)
{
    struct reply reply = *replies;
    const char *next = replies->body;

    for (int n = 0; n < FUZZ_STEPS; n++) {
        char *piece = mem_dup_n(next, strcspn(next, FUZZ_APART));
        bool more;

        reply.body = piece;
        reply.length = strlen(piece);
        more = fuzz_step(dialect, talk, &reply);
        if (more)
            fuzz_called(dialect, talk, piece);
        if (next[reply.length])
            next += reply.length + 1;
        free(piece);
        if (!more)
            return;
    }
}

static void fuzz_kind(const struct adapter *adapter, const uint8_t *choice,
                      const struct reply *reply)
{
    const struct dialect *dialect = adapter->dialect;
    void *options = mem_alloc(1, adapter->kind.size);
    void *memory = mem_alloc(1, dialect->memory + 1);
    struct board board = {.id = (char *)(uintptr_t) "b",
                          .kind = &adapter->kind,
                          .options = options,
                          .url = (char *)(uintptr_t) "http://192.0.2.1",
                          .width = 64,
                          .height = 32,
                          .font_px = 16,
                          .speed_pxs = 40,
                          .color = (char *)(uintptr_t) "#ff0000"};
    struct adapter_job job = {.verb = choice[0] % ADAPTER_VERBS,
                              .id = 1,
                              .text = "法",
                              .name = "lc-1-a",
                              .until_ms = 1793406900000,
                              .limit_ms = 1793407200000,
                              .from_ms = 1793406600000,
                              .want = LEVEL_LOGGED};
    struct sight sight = {0};
    struct talk talk = {.board = &board,
                        .job = &job,
                        .callback = "http://192.0.2.9/c",
                        .memory = memory,
                        .now_ms = 1793406600000,
                        .nonce = "0123456789abcdef0123456789abcdef",
                        .sight = &sight};
    char why[300];

    if (fuzz_fill(&adapter->kind, options) &&
        (!dialect->open || !dialect->open(&talk, why, sizeof why))) {
        fuzz_talk(dialect, &talk, reply);
        talk.step = 0; /* another job, with what the first one has left in memory */
        job.verb = choice[0] % ADAPTER_VERBS;
        fuzz_talk(dialect, &talk, reply);
        talk.job = NULL;
        fuzz_called(dialect, &talk, reply->body);
        if (dialect->close)
            dialect->close(&talk);
    }
    option_release(adapter->kind.options, options);
    free(options);
    free(memory);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int statuses[] = {200, 201, 401, 404, 500};
    const struct adapter *adapter;
    struct reply reply = {.type = "application/json"};
    char *body;

    if (size < 3)
        return 0;
    body = mem_dup_n((const char *)data + 3, size - 3);
    reply.body = body;
    reply.length = size - 3;
    for (size_t i = 0; (adapter = adapter_at(i)); i++) {
        if (!adapter->dialect)
            continue;
        reply.status = adapter->dialect->hears_status ? statuses[data[2] % 5] : 200;
        fuzz_kind(adapter, data, &reply);
    }
    free(body);
    return 0;
}
