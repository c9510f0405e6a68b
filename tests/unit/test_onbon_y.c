/* test_onbon_y: what becomes of a job when the card answers badly, at every step of the dialogue.
 */
#include "tests/unit/server.h"

#include <stdio.h>
#include <time.h>

#include "adapters/display/onbon_y.h"

#define OK(command) "{\"remotefunction\":{\"name\":\"" command "\"}}"
#define OUT(command, output)                                                                       \
    "{\"remotefunction\":{\"name\":\"" command "\",\"output\":{" output "}}}"
#define ERR(code)                                                                                  \
    "{\"remotefunction\":{\"name\":\"x\",\"error\":{\"code\":" code ",\"mesg\":\"no\"}}}"

#define CODE   OUT("getverificationcode", "\"verificationcode\":\"20180517093429462773\"")
#define LOGIN  OUT("userlogin", "\"sessionid\":\"abc\"")
#define QUERY  OK("querybulletin")
#define OURS   OUT("querybulletin", "\"4\":\"lawcast-1\"")
#define DELETE OK("deletebulletin")
#define CREATE OK("createbulletin")
#define PLAY   OK("playbulletin")
#define HANG   NULL

enum { SCRIPT_MAX = 12 };

/* One answer a request; the last must be the last. */
struct script {
    const char *const *next;
    struct adapter_job job;
    struct adapter_result result;
    unsigned ready, done, stopped;
    void *state;
};

static void script_answer(struct connection *connection)
{
    struct script *script = connection->server->ctx;
    const char *answer = *script->next++;

    if (!answer)
        answer_never(connection);
    else if (*answer == '{' || *answer == '!')
        connection_respond(connection, "200 OK", answer);
    else
        connection_respond(connection, answer, "");
}

static void script_on_ready(void *ctx, bool ready, const char *why)
{
    struct script *script = ctx;

    (void)why;
    assert_true(ready);
    script->ready++;
}

static void script_on_done(void *ctx, struct adapter_job *job, const struct adapter_result *result)
{
    struct script *script = ctx;

    assert_ptr_equal(job, &script->job);
    script->result = *result;
    script->done++;
    adapter_onbon_y.stop(script->state);
}

static void script_on_stopped(void *ctx)
{
    ((struct script *)ctx)->stopped++;
}

static const struct adapter_events script_events = {
    .ready = script_on_ready,
    .done = script_on_done,
    .stopped = script_on_stopped,
};

static void script_run(struct script *script, enum adapter_verb verb)
{
    static const struct option_kind kind = ONBON_Y_KIND;
    struct onbon_y_options options = {.user = (char *)(uintptr_t) "guest",
                                      .password = (char *)(uintptr_t) "guest"};
    struct server server;
    char url[64], why[200];
    struct board board = {.id = (char *)(uintptr_t) "plaza",
                          .kind = &kind,
                          .options = &options,
                          .url = url,
                          .width = 64,
                          .height = 32,
                          .timeout_ms = 300};
    struct adapter_env env = {.board = &board, .events = &script_events, .ctx = script};
    int (*const verbs[])(void *state, struct adapter_job *job) = {
        adapter_onbon_y.submit, adapter_onbon_y.withdraw, adapter_onbon_y.verify};

    server_open(&server, script_answer);
    server.ctx = script;
    snprintf(url, sizeof url, "http://127.0.0.1:%d/", server.port);
    env.loop = &server.loop;
    env.http = server.http;
    script->job = (struct adapter_job){
        .verb = verb, .text = "x", .name = "lawcast-1", .until_ms = 60000, .slot = 4};
    script->state = mem_alloc(1, adapter_onbon_y.state_size);
    assert_int_equal(adapter_onbon_y.init(script->state, &env, why, sizeof why), 0);
    assert_int_equal(adapter_onbon_y.start(script->state), 0);
    while (!script->ready)
        uv_run(&server.loop, UV_RUN_NOWAIT);
    assert_int_equal(verbs[verb](script->state, &script->job), 0);
    server_run_until(&server, &script->stopped, 1);
    assert_int_equal(script->done, 1);
    adapter_onbon_y.fini(script->state);
    free(script->state);
    server_close(&server);
}

static void test_every_step(void **state)
{
    static const struct {
        enum adapter_verb verb;
        enum outcome_kind kind;
        int code;
        const char *answers[SCRIPT_MAX];
        unsigned n;
    } cases[] = {
        {ADAPTER_SUBMIT, OUTCOME_SENT, 0, {CODE, LOGIN, QUERY, CREATE, PLAY}, 5},
        {ADAPTER_SUBMIT, OUTCOME_SENT, 0, {CODE, LOGIN, OURS, DELETE, CREATE, PLAY}, 6},
        {ADAPTER_SUBMIT, OUTCOME_DEFERRED, 0, {HANG}, 1},
        {ADAPTER_SUBMIT, OUTCOME_DEFERRED, 502, {"502 Bad Gateway"}, 1},
        {ADAPTER_SUBMIT, OUTCOME_DEFERRED, 0, {"!<html>"}, 1},
        {ADAPTER_SUBMIT, OUTCOME_DEFERRED, 0, {OK("getverificationcode")}, 1},
        {ADAPTER_SUBMIT, OUTCOME_DEFERRED, 22, {CODE, ERR("22")}, 2},
        {ADAPTER_SUBMIT, OUTCOME_DEFERRED, 0, {CODE, LOGIN, HANG}, 3},
        {ADAPTER_SUBMIT, OUTCOME_DEFERRED, 16, {CODE, LOGIN, OURS, ERR("16")}, 4},
        {ADAPTER_SUBMIT, OUTCOME_REJECTED, 20, {CODE, LOGIN, QUERY, ERR("\"20\"")}, 4},
        {ADAPTER_SUBMIT, OUTCOME_DEFERRED, 30, {CODE, LOGIN, QUERY, ERR("30")}, 4},
        {ADAPTER_SUBMIT, OUTCOME_UNKNOWN, 0, {CODE, LOGIN, QUERY, HANG}, 4},
        {ADAPTER_SUBMIT, OUTCOME_UNKNOWN, 0, {CODE, LOGIN, QUERY, PLAY}, 4},
        {ADAPTER_SUBMIT, OUTCOME_UNKNOWN, 500, {CODE, LOGIN, QUERY, "500 Oops"}, 4},
        {ADAPTER_SUBMIT, OUTCOME_UNKNOWN, 20, {CODE, LOGIN, QUERY, CREATE, ERR("20")}, 5},
        {ADAPTER_SUBMIT, OUTCOME_UNKNOWN, 0, {CODE, LOGIN, QUERY, CREATE, HANG}, 5},
        /* the session ends: once is mended, twice is not */
        {ADAPTER_SUBMIT,
         OUTCOME_SENT,
         0,
         {CODE, LOGIN, QUERY, ERR("11"), CODE, LOGIN, QUERY, CREATE, PLAY},
         9},
        {ADAPTER_SUBMIT, OUTCOME_DEFERRED, 11, {CODE, LOGIN, ERR("11"), CODE, LOGIN, ERR("11")}, 6},
        {ADAPTER_WITHDRAW, OUTCOME_SENT, 0, {CODE, LOGIN, QUERY}, 3},
        {ADAPTER_WITHDRAW, OUTCOME_SENT, 0, {CODE, LOGIN, OURS, DELETE, QUERY}, 5},
        {ADAPTER_WITHDRAW, OUTCOME_DEFERRED, 0, {CODE, LOGIN, OURS, DELETE, OURS}, 5},
        {ADAPTER_WITHDRAW, OUTCOME_DEFERRED, 0, {CODE, LOGIN, OURS, HANG}, 4},
        {ADAPTER_VERIFY, OUTCOME_SENT, 0, {CODE, LOGIN, OURS}, 3},
        {ADAPTER_VERIFY, OUTCOME_REJECTED, 0, {CODE, LOGIN, QUERY}, 3},
        {ADAPTER_VERIFY, OUTCOME_DEFERRED, 0, {CODE, LOGIN, OUT("querybulletin", "\"a\":1")}, 3},
        {ADAPTER_VERIFY, OUTCOME_DEFERRED, 0, {CODE, LOGIN, HANG}, 3},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct script script = {.next = cases[i].answers};

        script_run(&script, cases[i].verb);
        assert_int_equal(script.next - cases[i].answers, cases[i].n);
        assert_int_equal(script.result.outcome.kind, cases[i].kind);
        assert_int_equal(script.result.outcome.code, cases[i].code);
        assert_int_equal(script.result.outcome.kind == OUTCOME_SENT,
                         script.result.level != LEVEL_UNKNOWN);
    }
}

static void test_a_full_card_waits(void **state)
{
    struct buffer list BUFFER_FREE_LATER = BUFFER_NULL;
    const char *answers[] = {CODE, LOGIN, NULL};
    struct script script = {.next = answers};

    (void)state;
    buffer_add_text(&list,
                    "{\"remotefunction\":{\"name\":\"querybulletin\",\"output\":{\"0\":\"x\"");
    for (int i = 1; i < 100; i++)
        buffer_printf(&list, ",\"%d\":\"lawcast-other\"", i);
    buffer_add_text(&list, "}}}");
    answers[2] = buffer_text(&list);
    script_run(&script, ADAPTER_SUBMIT);
    assert_int_equal(script.result.outcome.kind, OUTCOME_DEFERRED);
    assert_non_null(strstr(script.result.outcome.detail, "100 places"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_step),
        cmocka_unit_test(test_a_full_card_waits),
    };

    setenv("TZ", "Asia/Shanghai", 1);
    tzset();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
