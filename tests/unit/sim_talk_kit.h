/* sim_talk_kit: a dialect talks to a simulated board of its kind, without a network between them.
 * Runs: any (for tests that use cmocka). */
#ifndef LAWCAST_TESTS_UNIT_SIM_TALK_KIT_H
#define LAWCAST_TESTS_UNIT_SIM_TALK_KIT_H

#include "tests/unit/talk_kit.h"

#include "tests/sim/board.h"

enum { SIM_TALK_VIEWS = 64 };

struct sim_talk_view {
    int64_t t;
    bool shown, open;
    char name[32], text[64];
};

struct sim_talk {
    struct talk_kit kit;
    const struct board_kind *kind;
    struct board_spec spec;
    void *sim;
    struct sim_talk_view views[SIM_TALK_VIEWS];
    size_t n_views;
};

static inline void sim_talk_view(void *ctx, const struct board_view *view)
{
    struct sim_talk *talk = ctx;
    struct sim_talk_view *to = &talk->views[talk->n_views];

    assert_true(talk->n_views++ < SIM_TALK_VIEWS);
    *to = (struct sim_talk_view){.t = view->t, .shown = view->shown, .open = view->open};
    snprintf(to->name, sizeof to->name, "%s", view->name);
    snprintf(to->text, sizeof to->text, "%s", view->text);
}

static inline const char *sim_talk_header(const struct board_request *request, const char *name)
{
    return request->ctx ? talk_header(request->ctx, name) : NULL;
}

static inline const char *sim_talk_query(const struct board_request *request, const char *name)
{
    const struct ask *ask = request->ctx;
    const char *query = ask ? strchr(buffer_text(&ask->path), '?') : NULL;
    size_t n = strlen(name);

    return query && strncmp(query + 1, name, n) == 0 && query[1 + n] == '=' ? query + n + 2 : NULL;
}

/* One request; the reply's body goes to the answer. */
static inline void sim_talk_ask(void *ctx, const struct ask *ask, struct talk_answer *answer)
{
    struct sim_talk *talk = ctx;
    const char *path = buffer_text(&ask->path);
    char *plain MEM_FREE_LATER = mem_dup_n(path, strcspn(path, "?"));
    struct board_request request = {.method = ask->method ? ask->method : "POST",
                                    .path = plain,
                                    .body = buffer_text(&ask->body),
                                    .length = ask->body.length,
                                    .header = sim_talk_header,
                                    .query = sim_talk_query,
                                    .ctx = (void *)(uintptr_t)ask};
    struct board_reply reply = {0};

    talk->kind->advance(talk->sim, talk->kit.talk.now_ms);
    talk->kind->request(talk->sim, &request, talk->kit.talk.now_ms, &reply);
    buffer_free(&answer->body);
    answer->status = (int)reply.status;
    answer->type = reply.type;
    answer->body = reply.body;
}

/* options: of the dialect; config: of the simulator, a JSON object. */
static inline void sim_talk_init(struct sim_talk *talk, const struct board_kind *kind,
                                 void *options, const char *config)
{
    struct board_screen screen = {.view = sim_talk_view, .ctx = talk};

    talk_kit_init(&talk->kit, kind->name, options);
    talk->kit.device = sim_talk_ask;
    talk->kit.ctx = talk;
    talk->kind = kind;
    talk->spec = (struct board_spec){
        .width = 192, .height = 64, .options = jv_parse(config, strlen(config), NULL)};
    assert_non_null(talk->spec.options);
    talk->sim = kind->create(&talk->spec, &screen);
}

static inline void sim_talk_free(struct sim_talk *talk)
{
    talk->kind->release(talk->sim);
    jv_free(talk->spec.options);
    talk_kit_free(&talk->kit);
}

static inline void sim_talk_at(struct sim_talk *talk, int64_t now_ms)
{
    talk->kit.talk.now_ms = now_ms;
    talk->kind->advance(talk->sim, now_ms);
}

static inline enum outcome_kind sim_talk_run(struct sim_talk *talk, enum adapter_verb verb)
{
    return talk_kit_run(&talk->kit, verb);
}

/* VERIFY up to want; the level that was proved, or -1. */
static inline int sim_talk_level(struct sim_talk *talk, enum outcome_level want)
{
    talk->kit.job.want = want;
    return talk_kit_run(&talk->kit, ADAPTER_VERIFY) == OUTCOME_SENT ? (int)talk->kit.result.level
                                                                    : -1;
}

/* What is stored, as "a,b". */
static inline void assert_stored(const struct sim_talk *talk, const char *names)
{
    struct buffer text BUFFER_FREE_LATER = BUFFER_NULL;
    struct jv *list = jv_array();
    const struct jv *name;

    talk->kind->list(talk->sim, list);
    for (size_t i = 0; (name = jv_element(list, i)); i++)
        buffer_printf(&text, "%s%s", i ? "," : "", jv_text(name));
    assert_string_equal(buffer_text(&text), names);
    jv_free(list);
}

static inline void assert_view(const struct sim_talk *talk, size_t i, int64_t t, bool shown)
{
    assert_true(i < talk->n_views);
    assert_int_equal(talk->views[i].t, t);
    assert_int_equal(talk->views[i].shown, shown);
}

/* A request as it stands, with these headers ("Name: value", ended by NULL) or none; its status. */
static inline int sim_talk_raw(struct sim_talk *talk, const char *method, const char *path,
                               const char *body, const char *const *headers)
{
    struct ask ask = {.method = method};
    int status;

    buffer_add_text(&ask.path, path);
    buffer_add_text(&ask.body, body);
    for (; headers && *headers; headers++)
        ask_header(&ask, "%s", *headers);
    buffer_free(&talk->kit.answer.body);
    sim_talk_ask(talk, &ask, &talk->kit.answer);
    status = talk->kit.answer.status;
    ask_free(&ask);
    return status;
}

#endif
