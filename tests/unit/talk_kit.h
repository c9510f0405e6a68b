/* talk_kit: a dialect talks to a device that a test plays: the panel's loop without waiting.
 * Runs: any (for tests that use cmocka).
 *
 * talk_kit_init, then talk_kit_run for each job; the requests of the last job are in turns. The
 * device is an answer function, or a list of canned bodies (talk_kit_play). */
#ifndef LAWCAST_TESTS_UNIT_TALK_KIT_H
#define LAWCAST_TESTS_UNIT_TALK_KIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include <cmocka.h>

#include "gateway/base/mem.h"
#include "adapters/display/dialect.h"

enum { TALK_TURNS = 64 };

struct talk_answer {
    int status; /* 200 */
    const char *type;
    struct buffer body;
};

struct talk_turn {
    char *method, *path, *body;
    size_t length;
    bool changes;
};

struct talk_kit {
    struct board board;
    struct adapter_job job;
    struct sight sight;
    struct talk talk;
    const struct dialect *dialect;
    struct talk_turn turns[TALK_TURNS];
    size_t n_turns;
    struct talk_answer answer; /* the last one */
    struct adapter_result result;
    bool healthy;
    void (*device)(void *ctx, const struct ask *ask, struct talk_answer *answer);
    void *ctx;
    const char *const *bodies; /* canned */
    size_t n_bodies, next_body;
};

static const int64_t talk_morning = 1793406600000; /* Saturday 2026-10-31 08:30:00 in Shanghai */

static inline void talk_kit_forget(struct talk_kit *kit)
{
    for (size_t i = 0; i < kit->n_turns; i++) {
        free(kit->turns[i].method);
        free(kit->turns[i].path);
        free(kit->turns[i].body);
    }
    kit->n_turns = 0;
    buffer_free(&kit->answer.body);
}

static inline void talk_kit_init(struct talk_kit *kit, const char *kind, void *options)
{
    static char color[] = "#ff0000", id[] = "board";

    setenv("TZ", "Asia/Shanghai", 1);
    tzset();
    *kit = (struct talk_kit){.dialect = adapter_find(kind)->dialect};
    kit->board = (struct board){.id = id,
                                .kind = &adapter_find(kind)->kind,
                                .options = options,
                                .width = 192,
                                .height = 64,
                                .font_px = 16,
                                .speed_pxs = 40,
                                .color = color,
                                .item_s = 10};
    kit->job = (struct adapter_job){.id = 35,
                                    .text = "学法守法",
                                    .from_ms = talk_morning,
                                    .until_ms = talk_morning + 60000,
                                    .limit_ms = talk_morning + 9000000,
                                    .want = LEVEL_STORED,
                                    .name = "lc-z-1a2b3c"};
    kit->talk = (struct talk){.board = &kit->board,
                              .job = &kit->job,
                              .memory = mem_alloc(1, kit->dialect->memory),
                              .now_ms = talk_morning,
                              .nonce = "00112233445566778899aabbccddeeff",
                              .sight = &kit->sight};
}

static inline void talk_kit_free(struct talk_kit *kit)
{
    if (kit->dialect->close)
        kit->dialect->close(&kit->talk);
    talk_kit_forget(kit);
    free(kit->talk.memory);
}

static inline void talk_kit_canned(struct talk_kit *kit)
{
    assert_true(kit->next_body < kit->n_bodies);
    buffer_add_text(&kit->answer.body, kit->bodies[kit->next_body++]);
}

static inline void talk_kit_send(struct talk_kit *kit, const struct ask *ask)
{
    assert_true(kit->n_turns < TALK_TURNS);
    kit->turns[kit->n_turns++] = (struct talk_turn){
        .method = mem_dup(ask->method ? ask->method : "POST"),
        .path = mem_dup(buffer_text(&ask->path)),
        .body = mem_dup_n(buffer_text(&ask->body), ask->body.length),
        .length = ask->body.length,
        .changes = ask->changes,
    };
    buffer_clear(&kit->answer.body);
    kit->answer.status = 200;
    kit->answer.type = "application/json";
    if (kit->device)
        kit->device(kit->ctx, ask, &kit->answer);
    else
        talk_kit_canned(kit);
}

/* One step; true when the job is over. A status that is no 2xx ends it, as the panel would. */
static inline bool talk_kit_step(struct talk_kit *kit)
{
    struct ask ask = {0};
    struct verdict verdict = {0};
    struct reply reply = {.type = "", .body = ""};

    kit->dialect->ask(&kit->talk, &ask);
    if (!ask.nothing) {
        talk_kit_send(kit, &ask);
        reply = (struct reply){kit->answer.status, kit->answer.type, buffer_text(&kit->answer.body),
                               kit->answer.body.length};
    }
    ask_free(&ask);
    if (!ask.nothing && (reply.status < 0 || (reply.status && reply.status / 100 != 2)) &&
        !kit->dialect->hears_status &&
        !(kit->dialect->hears && kit->dialect->hears(kit->talk.step, reply.status))) {
        verdict_fail(&verdict, OUTCOME_DEFERRED, reply.status, "status %d", reply.status);
    } else {
        kit->dialect->hear(&kit->talk, &reply, &verdict);
    }
    kit->talk.step = verdict.step;
    kit->result = verdict.result;
    kit->healthy = verdict.healthy;
    assert_true(verdict.kind == VERDICT_GO || verdict.kind == VERDICT_END);
    return verdict.kind == VERDICT_END;
}

static inline enum outcome_kind talk_kit_run(struct talk_kit *kit, enum adapter_verb verb)
{
    kit->job.verb = verb;
    kit->sight = (struct sight){0};
    kit->talk.step = 0;
    kit->next_body = 0;
    talk_kit_forget(kit);
    while (!talk_kit_step(kit))
        ;
    return kit->result.outcome.kind;
}

/* The same with canned bodies; all of them are used. */
#define talk_kit_play(kit, verb, ...)                                                              \
    talk_kit_play_all(kit, verb, (const char *const[]){__VA_ARGS__},                               \
                      sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

static inline enum outcome_kind talk_kit_play_all(struct talk_kit *kit, enum adapter_verb verb,
                                                  const char *const *bodies, size_t n)
{
    kit->device = NULL;
    kit->bodies = bodies;
    kit->n_bodies = n;
    talk_kit_run(kit, verb);
    assert_int_equal(kit->next_body, n);
    return kit->result.outcome.kind;
}

/* What a request said: a JSON document, to be freed. */
static inline struct jv *talk_kit_said(const struct talk_kit *kit, size_t turn)
{
    struct jv *document;

    assert_true(turn < kit->n_turns);
    document = jv_parse(kit->turns[turn].body, kit->turns[turn].length, NULL);
    assert_non_null(document);
    return document;
}

static inline void assert_says(const struct jv *document, const char *pointer, const char *text)
{
    struct buffer scalar BUFFER_FREE_LATER = BUFFER_NULL;

    assert_true(jv_scalar(jv_at(document, pointer), &scalar));
    assert_string_equal(buffer_text(&scalar), text);
}

static inline void assert_turn(const struct talk_kit *kit, size_t turn, const char *method,
                               const char *path)
{
    assert_true(turn < kit->n_turns);
    assert_string_equal(kit->turns[turn].method, method);
    assert_string_equal(kit->turns[turn].path, path);
}

/* The value of a request's header; NULL: not there. */
static inline const char *talk_header(const struct ask *ask, const char *name)
{
    size_t n = strlen(name);

    for (size_t i = 0; i < ask->n_headers; i++)
        if (strncasecmp(ask->headers[i], name, n) == 0 && ask->headers[i][n] == ':')
            return ask->headers[i] + n + 2;
    return NULL;
}

#endif
