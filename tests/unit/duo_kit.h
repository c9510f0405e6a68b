/* duo_kit: a dialect talks to a simulated board: no network, no loop, time by hand. Include in one
 * file of a test program that is linked with the simulator (test_sim_*).
 * Runs: any (for tests that use cmocka).
 *
 * duo_open, then duo_run for each job. What the board calls in is delivered when the job awaits it,
 * or by duo_deliver. The board's screen is noted in views. */
#ifndef LAWCAST_TESTS_UNIT_DUO_KIT_H
#define LAWCAST_TESTS_UNIT_DUO_KIT_H

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
#include "tests/sim/board.h"

#define DUO_CALLBACK "http://127.0.0.1:9/callback"

enum { DUO_CALLS = 16, DUO_VIEWS = 32, DUO_PROOFS = 64 };

struct duo_call {
    char *path, *body;
    int tag;
};

struct duo_view {
    int64_t t;
    char name[64], text[200];
    bool shown;
};

struct duo {
    struct board_spec spec;
    const struct board_kind *kind;
    void *sim;
    int64_t now_ms;
    struct board board;
    struct adapter_job job;
    struct sight sight;
    struct talk talk;
    const struct dialect *dialect;
    struct adapter_result result;
    bool healthy, deaf;        /* deaf: calls don't reach us */
    unsigned requests, status; /* of the last job; status: of the last reply */
    unsigned nonces;
    struct duo_call calls[DUO_CALLS];
    size_t n_calls;
    struct duo_view views[DUO_VIEWS];
    size_t n_views;
    struct board_proof proofs[DUO_PROOFS];
    size_t n_proofs;
    const struct ask *asked; /* while the board answers */
};

static const int64_t duo_morning = 1793406600000; /* Saturday 2026-10-31 08:30:00 in Shanghai */

static void duo_on_view(void *ctx, const struct board_view *view)
{
    struct duo *duo = ctx;
    struct duo_view *noted = &duo->views[duo->n_views++];

    assert_true(duo->n_views <= DUO_VIEWS);
    noted->t = view->t;
    noted->shown = view->shown;
    snprintf(noted->name, sizeof noted->name, "%s", view->name);
    snprintf(noted->text, sizeof noted->text, "%s", view->text);
}

static void duo_on_outcall(void *ctx, const struct board_outcall *call, int tag)
{
    struct duo *duo = ctx;
    size_t n = strlen(DUO_CALLBACK);

    assert_true(duo->n_calls < DUO_CALLS);
    assert_string_equal(call->method, "POST");
    assert_int_equal(strncmp(call->url, DUO_CALLBACK, n), 0);
    duo->calls[duo->n_calls++] =
        (struct duo_call){mem_dup(call->url + n), mem_dup_n(call->body, call->length), tag};
}

static void duo_on_proof(void *ctx, const struct board_proof *proof)
{
    struct duo *duo = ctx;

    assert_true(duo->n_proofs < DUO_PROOFS);
    duo->proofs[duo->n_proofs++] = *proof;
}

static void duo_open(struct duo *duo, const char *kind, void *options, struct jv *sim_options)
{
    static char id[] = "b1", name[16], color[] = "#ff0000";
    struct board_screen screen = {duo_on_view, duo_on_outcall, duo};

    setenv("TZ", "Asia/Shanghai", 1);
    tzset();
    snprintf(name, sizeof name, "%s", kind);
    *duo = (struct duo){.now_ms = duo_morning, .dialect = adapter_find(kind)->dialect};
    duo->spec = (struct board_spec){
        .id = id, .kind = name, .width = 192, .height = 64, .options = sim_options};
    duo->kind = board_kind_find(kind);
    duo->sim = duo->kind->create(&duo->spec, &screen);
    duo->board = (struct board){.id = id,
                                .options = options,
                                .width = 192,
                                .height = 64,
                                .font_px = 16,
                                .speed_pxs = 40,
                                .color = color,
                                .item_s = 10};
    duo->job = (struct adapter_job){.text = "学法守法 <5&6>",
                                    .from_ms = duo_morning,
                                    .until_ms = duo_morning + 600000,
                                    .limit_ms = duo_morning + 9000000,
                                    .want = LEVEL_STORED,
                                    .name = "lc-z-1a2b3c"};
    duo->talk = (struct talk){.board = &duo->board,
                              .job = &duo->job,
                              .callback = DUO_CALLBACK,
                              .memory = mem_alloc(1, duo->dialect->memory),
                              .sight = &duo->sight};
}

static void duo_forget_calls(struct duo *duo)
{
    for (size_t i = 0; i < duo->n_calls; i++) {
        free(duo->calls[i].path);
        free(duo->calls[i].body);
    }
    duo->n_calls = 0;
}

static void duo_close(struct duo *duo)
{
    duo->kind->finish(duo->sim, duo->now_ms);
    duo->kind->release(duo->sim);
    if (duo->dialect->close)
        duo->dialect->close(&duo->talk);
    free(duo->talk.memory);
    jv_free(duo->spec.options);
    duo_forget_calls(duo);
}

/* To the instant; the board is told of all that changes on the way. */
static void duo_pass(struct duo *duo, int64_t to_ms)
{
    int64_t next;

    while ((next = duo->kind->next_change(duo->sim, duo->now_ms)) <= to_ms) {
        assert_true(next > duo->now_ms);
        duo->now_ms = next;
        duo->kind->advance(duo->sim, next);
    }
    duo->now_ms = to_ms;
    duo->kind->advance(duo->sim, to_ms);
}

static const char *duo_header(const struct board_request *request, const char *name)
{
    const struct ask *ask = ((const struct duo *)request->ctx)->asked;
    size_t n = strlen(name);

    for (size_t i = 0; i < ask->n_headers; i++)
        if (strncasecmp(ask->headers[i], name, n) == 0 && ask->headers[i][n] == ':')
            return ask->headers[i] + n + 2;
    return strcasecmp(name, "Host") == 0 ? "127.0.0.1:1" : NULL;
}

static const char *duo_query(const struct board_request *request, const char *name)
{
    (void)request;
    (void)name;
    return NULL;
}

static void duo_send(struct duo *duo, const struct ask *ask, struct board_reply *reply)
{
    struct buffer base BUFFER_FREE_LATER = BUFFER_NULL;
    const char *path = buffer_text(&ask->path);
    struct board_request request = {.method = ask->method ? ask->method : "POST",
                                    .body = buffer_text(&ask->body),
                                    .length = ask->body.length,
                                    .header = duo_header,
                                    .query = duo_query,
                                    .ctx = duo};

    if (ask->absolute) {
        buffer_printf(&base, "http://127.0.0.1:1/%s/%s", duo->kind->root, duo->spec.id);
        assert_int_equal(strncmp(path, buffer_text(&base), base.length), 0);
        path += base.length;
    }
    request.path = path;
    duo->asked = ask;
    duo->requests++;
    duo->kind->advance(duo->sim, duo->now_ms);
    duo->kind->request(duo->sim, &request, duo->now_ms, reply);
    assert_int_not_equal(reply->status, 0);
    duo->status = reply->status;
}

/* One call that the board has made; true when it was awaited. */
static bool duo_deliver_one(struct duo *duo, const struct duo_call *made)
{
    struct adapter_call call = {
        .method = "POST", .path = made->path, .body = made->body, .length = strlen(made->body)};
    struct adapter_answer answer = {.status = 0};
    bool awaited = false;

    duo->talk.now_ms = duo->now_ms;
    if (!duo->deaf) {
        awaited = duo->dialect->called(&duo->talk, &call, &answer, duo_on_proof, duo);
        assert_int_equal(answer.status, 200);
    }
    if (duo->kind->answered)
        duo->kind->answered(duo->sim, made->tag, (unsigned)answer.status, buffer_text(&answer.body),
                            duo->now_ms);
    buffer_free(&answer.body);
    return awaited;
}

static bool duo_deliver(struct duo *duo)
{
    bool awaited = false;

    for (size_t i = 0; i < duo->n_calls; i++)
        awaited |= duo_deliver_one(duo, &duo->calls[i]);
    duo_forget_calls(duo);
    return awaited;
}

static bool duo_step(struct duo *duo)
{
    struct board_reply told = {0};
    struct reply reply = {.type = "", .body = ""};
    struct verdict verdict = {0};
    struct ask ask = {0};

    duo->talk.now_ms = duo->now_ms;
    snprintf(duo->talk.nonce, sizeof duo->talk.nonce, "%032u", ++duo->nonces);
    duo->dialect->ask(&duo->talk, &ask);
    if (!ask.nothing) {
        duo_send(duo, &ask, &told);
        reply =
            (struct reply){(int)told.status, told.type, buffer_text(&told.body), told.body.length};
    }
    duo->dialect->hear(&duo->talk, &reply, &verdict);
    if (verdict.kind == VERDICT_AWAIT)
        duo_deliver(duo);
    duo->talk.step = verdict.step;
    duo->result = verdict.result;
    duo->healthy = verdict.healthy;
    ask_free(&ask);
    buffer_free(&told.body);
    return verdict.kind == VERDICT_END;
}

static enum outcome_kind duo_run(struct duo *duo, enum adapter_verb verb)
{
    duo->job.verb = verb;
    duo->sight = (struct sight){0};
    duo->talk.step = 0;
    duo->requests = 0;
    for (int i = 0; !duo_step(duo); i++)
        assert_true(i < 32);
    return duo->result.outcome.kind;
}

static bool duo_lists(const struct duo *duo, const char *name)
{
    struct jv *names = jv_array();
    bool found = false;

    duo->kind->list(duo->sim, names);
    for (size_t i = 0; i < jv_size(names); i++)
        found = found || strcmp(jv_text(jv_element(names, i)), name) == 0;
    jv_free(names);
    return found;
}

#endif
