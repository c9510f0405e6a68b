/* test_panel: dialogues of a made-up dialect with a server that says, reply by reply, what it shall
 * do. */
#include "tests/unit/server.h"

#include <errno.h>
#include <stdio.h>

#include "gateway/base/clock.h"
#include "gateway/base/digest.h"
#include "adapters/display/panel.h"

enum { PAUSES = 9, AWAIT_MS = 20 };

/* ---- the dialect: a reply's first letter is what follows, its second the step ----
 *
 *   g1 go   a1 await   A1 await, for a minute   r renew   e end, stored   m missing
 *   d deferred   x rejected
 *
 * A job with the text "silence" asks nothing and ends well. */

static const char *const wall_steps[] = {"first", "second", "third", "fourth"};

struct wall_memory {
    unsigned opened;
};

static int wall_open(struct talk *talk, char *why, size_t why_size)
{
    struct wall_memory *memory = talk->memory;

    assert_null(talk->job);
    memory->opened++;
    if (strcmp(talk->board->id, "nowhere") != 0)
        return 0;
    snprintf(why, why_size, "a card without a place");
    return -EINVAL;
}

static void wall_close(struct talk *talk)
{
    struct wall_memory *memory = talk->memory;

    assert_int_equal(memory->opened, 1);
    memory->opened = 0;
}

/* The second step changes something, the third one is given time, the fourth asks nothing. */
static void wall_ask(const struct talk *talk, struct ask *ask)
{
    assert_int_equal(strspn(talk->nonce, "0123456789abcdef"), 32);
    if (!*talk->job->name) /* the panel's own: is it back? */
        assert_int_equal(talk->job->want, LEVEL_ACCEPTED);
    buffer_printf(&ask->path, "/%d", talk->step);
    buffer_printf(&ask->body, "%s", talk->job->text);
    ask->has_body = true;
    ask_header(ask, "X-Nonce: %s", talk->nonce);
    ask->changes = talk->step == 1;
    ask->wait_ms = talk->step == 2 ? 1 : 0;
    ask->nothing = talk->step == 3 || strcmp(talk->job->text, "silence") == 0;
}

static void wall_hear(struct talk *talk, const struct reply *reply, struct verdict *verdict)
{
    static const char missing[] = "not there\r\nat all \xe6\xb3";
    int step = reply->body[0] && reply->body[1] ? reply->body[1] - '0' : 0;

    talk->sight->width = 64;
    switch (reply->body[0]) {
    case 'g':
        verdict_go(verdict, step);
        break;
    case 'a':
        verdict_await(verdict, step, AWAIT_MS);
        break;
    case 'A':
        verdict_await(verdict, step, 60000);
        break;
    case 'r':
        verdict->kind = VERDICT_RENEW;
        break;
    case 'm':
        verdict_missing(verdict, missing);
        break;
    case 'd':
        verdict_fail(verdict, OUTCOME_DEFERRED, 7, "dark");
        break;
    case 'x':
        verdict_fail(verdict, OUTCOME_REJECTED, 8, "no");
        break;
    default:
        verdict_sent(verdict, LEVEL_STORED);
    }
}

static bool wall_may_fail(int step)
{
    return step == 2;
}

static bool wall_called(struct talk *talk, const struct adapter_call *call,
                        struct adapter_answer *answer,
                        void (*prove)(void *ctx, const struct board_proof *proof), void *ctx)
{
    struct board_proof proof = {.name = "lc-1-1", .level = LEVEL_LOGGED};

    assert_non_null(talk->memory);
    answer->status = 200;
    if (strcmp(call->body, "proof") == 0)
        prove(ctx, &proof);
    return talk->job && strcmp(call->body, "ready") == 0;
}

static const struct dialect wall_dialect = {
    .memory = sizeof(struct wall_memory),
    .steps = wall_steps,
    .n_steps = 4,
    .open = wall_open,
    .close = wall_close,
    .ask = wall_ask,
    .hear = wall_hear,
    .may_fail = wall_may_fail,
    .called = wall_called,
};

static size_t wall_whole(const char *bytes, size_t n)
{
    const char *end = memchr(bytes, '\n', n);

    return end ? (size_t)(end - bytes) + 1 : 0;
}

static const struct dialect wire_dialect = {
    .steps = wall_steps,
    .n_steps = 4,
    .ask = wall_ask,
    .hear = wall_hear,
    .whole = wall_whole,
};

/* ---- the board and its server ---- */

struct wall {
    struct panel panel;
    struct server server;
    struct board board;
    char url[64], why[120];
    struct adapter_job job;
    struct adapter_result result;
    const char *script; /* words: a status, - (closes), * (hangs), else a body; the last one again
                           and again */
    unsigned requests, ready, down, done, stopped, proved;
    bool stop_in_done;
};

static void wall_on_ready(void *ctx, bool ready, const char *why)
{
    struct wall *wall = ctx;

    wall->ready += ready;
    wall->down += !ready;
    snprintf(wall->why, sizeof wall->why, "%s", why);
}

static void wall_on_done(void *ctx, struct adapter_job *job, const struct adapter_result *result)
{
    struct wall *wall = ctx;

    assert_ptr_equal(job, &wall->job);
    wall->result = *result;
    wall->done++;
    if (wall->stop_in_done)
        panel_stop(wall);
}

static void wall_on_proved(void *ctx, const struct board_proof *proof)
{
    assert_string_equal(proof->name, "lc-1-1");
    ((struct wall *)ctx)->proved++;
}

static void wall_on_stopped(void *ctx)
{
    ((struct wall *)ctx)->stopped++;
}

static const struct adapter_events wall_events = {
    .ready = wall_on_ready,
    .done = wall_on_done,
    .proved = wall_on_proved,
    .stopped = wall_on_stopped,
};

static void wall_respond(struct connection *connection, const char *word)
{
    static const char head[] = "%s Whatever\r\nRetry-After: 7";
    char line[64];

    if (connection->server->raw) {
        buffer_printf(&connection->out, "%s\nmore", word);
        connection_write(connection);
    } else if (strspn(word, "0123456789") == strlen(word)) {
        snprintf(line, sizeof line, head, word);
        connection_respond(connection, line, "");
    } else {
        connection_respond(connection, "200 OK", word);
    }
}

static void wall_answer(struct connection *connection)
{
    struct wall *wall = connection->server->ctx;
    char word[8] = "";

    wall->requests++;
    sscanf(wall->script, "%7s", word);
    if (strchr(wall->script, ' '))
        wall->script = strchr(wall->script, ' ') + 1;
    if (*word == '*')
        answer_never(connection);
    else if (*word == '-')
        connection_close(connection);
    else
        wall_respond(connection, word);
}

/* Without waiting, as what is waited for may be told by a timer before the loop looks elsewhere. */
static void wall_run_until(struct wall *wall, const unsigned *what, unsigned value)
{
    while (*what < value)
        uv_run(&wall->server.loop, UV_RUN_NOWAIT);
}

static void wall_build(struct wall *wall, const char *id, const struct dialect *dialect)
{
    bool tcp = dialect->whole != NULL;
    struct adapter_env env = {.board = &wall->board, .events = &wall_events, .ctx = wall};
    char why[200];

    *wall = (struct wall){.job = {.name = "lc-1-1", .text = "x"}, .script = ""};
    wall->panel.dialect = dialect;
    server_open(&wall->server, wall_answer);
    wall->server.ctx = wall;
    wall->server.raw = tcp;
    snprintf(wall->url, sizeof wall->url, "%s://127.0.0.1:%d%s", tcp ? "tcp" : "http",
             wall->server.port, tcp ? "" : "/api/");
    wall->board =
        (struct board){.id = (char *)(uintptr_t)id, .url = wall->url, .timeout_ms = 20000};
    env.loop = &wall->server.loop;
    env.http = wall->server.http;
    assert_int_equal(panel_init(wall, &env, why, sizeof why), 0);
    assert_int_equal(panel_start(wall), 0);
    wall_run_until(wall, &wall->ready, 1);
}

static void wall_raze(struct wall *wall)
{
    if (!wall->stop_in_done)
        panel_stop(wall);
    server_run_until(&wall->server, &wall->stopped, 1);
    panel_fini(wall);
    server_close(&wall->server);
    assert_int_equal(wall->stopped, 1);
}

static void wall_lend(struct wall *wall, enum adapter_verb verb, const char *script)
{
    int (*const lend[ADAPTER_VERBS])(void *, struct adapter_job *) = {
        [ADAPTER_SUBMIT] = panel_submit,
        [ADAPTER_WITHDRAW] = panel_withdraw,
        [ADAPTER_VERIFY] = panel_verify,
        [ADAPTER_PROBE] = panel_probe,
    };

    wall->job.verb = verb;
    wall->script = script;
    wall->requests = 0;
    assert_int_equal(lend[verb](wall, &wall->job), 0);
    assert_int_equal(lend[verb](wall, &wall->job), EAGAIN);
}

static void wall_do(struct wall *wall, enum adapter_verb verb, const char *script)
{
    unsigned done = wall->done;

    wall_lend(wall, verb, script);
    assert_int_equal(wall->done, done);
    wall_run_until(wall, &wall->done, done + 1);
}

/* ---- dialogues ---- */

static void test_dialogues(void **state)
{
    static const struct {
        enum adapter_verb verb;
        const char *script;
        unsigned requests;
        enum outcome_kind kind;
        int code;
        int64_t wait_ms;
        const char *detail;
    } cases[] = {
        {ADAPTER_SUBMIT, "e", 1, OUTCOME_SENT, 0, 0, ""},
        {ADAPTER_SUBMIT, "g1 e", 2, OUTCOME_SENT, 0, 0, ""},
        {ADAPTER_SUBMIT, "g1 g2 e", 3, OUTCOME_SENT, 0, 0, ""},
        {ADAPTER_PROBE, "g3", 1, OUTCOME_SENT, 0, 0, ""},
        {ADAPTER_SUBMIT, "d", 1, OUTCOME_DEFERRED, 7, PANEL_WAIT_MS, "first: dark"},
        {ADAPTER_SUBMIT, "g1 d", 2, OUTCOME_DEFERRED, 7, PANEL_WAIT_MS, "second: dark"},
        {ADAPTER_SUBMIT, "g1 g2 d", 3, OUTCOME_UNKNOWN, 7, PANEL_WAIT_MS, "third: dark"},
        {ADAPTER_WITHDRAW, "g1 g2 d", 3, OUTCOME_DEFERRED, 7, PANEL_WAIT_MS, "third: dark"},
        {ADAPTER_SUBMIT, "g1 x", 2, OUTCOME_REJECTED, 8, 0, "second: no"},
        {ADAPTER_SUBMIT, "g1 g2 x", 3, OUTCOME_UNKNOWN, 8, PANEL_WAIT_MS, "third: no"},
        {ADAPTER_SUBMIT, "g1 g1 400", 3, OUTCOME_UNKNOWN, 400, 7000, NULL},
        {ADAPTER_VERIFY, "m", 1, OUTCOME_REJECTED, 0, 0, "first: not there  at all "},
        {ADAPTER_SUBMIT, "-", 1, OUTCOME_DEFERRED, 0, PANEL_WAIT_MS, NULL},
        {ADAPTER_SUBMIT, "g1 -", 2, OUTCOME_UNKNOWN, 0, PANEL_WAIT_MS, NULL},
        {ADAPTER_WITHDRAW, "g1 -", 2, OUTCOME_DEFERRED, 0, PANEL_WAIT_MS, NULL},
        {ADAPTER_SUBMIT, "g1 g2 -", 3, OUTCOME_UNKNOWN, 0, PANEL_WAIT_MS, NULL},
        {ADAPTER_SUBMIT, "401", 1, OUTCOME_DEFERRED, 401, 7000,
         "first: the board refuses our password or key (status 401)"},
        {ADAPTER_SUBMIT, "403", 1, OUTCOME_DEFERRED, 403, 7000, NULL},
        {ADAPTER_SUBMIT, "302", 1, OUTCOME_DEFERRED, 302, 7000, NULL},
        {ADAPTER_SUBMIT, "404", 1, OUTCOME_DEFERRED, 404, 7000, NULL},
        {ADAPTER_SUBMIT, "429", 1, OUTCOME_DEFERRED, 429, 7000, NULL},
        {ADAPTER_SUBMIT, "503", 1, OUTCOME_DEFERRED, 503, 7000, NULL},
        {ADAPTER_SUBMIT, "500", 1, OUTCOME_DEFERRED, 500, 7000, NULL},
        {ADAPTER_SUBMIT, "g1 503", 2, OUTCOME_DEFERRED, 503, 7000, NULL},
        {ADAPTER_SUBMIT, "g1 429", 2, OUTCOME_DEFERRED, 429, 7000, NULL},
        {ADAPTER_SUBMIT, "g1 408", 2, OUTCOME_UNKNOWN, 408, 7000, NULL},
        {ADAPTER_SUBMIT, "g1 500", 2, OUTCOME_UNKNOWN, 500, 7000, NULL},
        {ADAPTER_SUBMIT, "g1 502", 2, OUTCOME_UNKNOWN, 502, 7000, NULL},
        {ADAPTER_SUBMIT, "g1 504", 2, OUTCOME_UNKNOWN, 504, 7000, NULL},
        {ADAPTER_WITHDRAW, "g1 504", 2, OUTCOME_DEFERRED, 504, 7000, NULL},
        {ADAPTER_SUBMIT, "g1 g2 503", 3, OUTCOME_UNKNOWN, 503, 7000, NULL},
        {ADAPTER_SUBMIT, "400", 1, OUTCOME_DEFERRED, 400, 7000, NULL},
        {ADAPTER_SUBMIT, "g1 400", 2, OUTCOME_REJECTED, 400, 0, NULL},
        {ADAPTER_SUBMIT, "g1 413", 2, OUTCOME_REJECTED, 413, 0, NULL},
        {ADAPTER_SUBMIT, "g1 415", 2, OUTCOME_REJECTED, 415, 0, NULL},
        {ADAPTER_SUBMIT, "g1 422", 2, OUTCOME_REJECTED, 422, 0, NULL},
        {ADAPTER_WITHDRAW, "g1 400", 2, OUTCOME_DEFERRED, 400, 7000, NULL},
        {ADAPTER_SUBMIT, "g1 r g1 e", 4, OUTCOME_SENT, 0, 0, ""},
        {ADAPTER_VERIFY, "g2 -", 2, OUTCOME_SENT, 0, 0, ""},
        {ADAPTER_VERIFY, "g2 502", 2, OUTCOME_SENT, 0, 0, ""},
        {ADAPTER_VERIFY, "g1 502", 2, OUTCOME_DEFERRED, 502, 7000, NULL},
        {ADAPTER_PROBE, "g2 502", 2, OUTCOME_DEFERRED, 502, 7000, NULL},
        {ADAPTER_VERIFY, "r r", 2, OUTCOME_DEFERRED, 0, PANEL_WAIT_MS, NULL},
        {ADAPTER_VERIFY, "a2 e", 2, OUTCOME_SENT, 0, 0, ""},
        {ADAPTER_PROBE, "g0", PANEL_STEPS_MOST, OUTCOME_DEFERRED, 0, PANEL_WAIT_MS,
         "first: 64 requests and no end"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct wall wall;
        const struct outcome *outcome = &wall.result.outcome;

        wall_build(&wall, "plaza", &wall_dialect);
        wall_do(&wall, cases[i].verb, cases[i].script);
        assert_int_equal(outcome->kind, cases[i].kind);
        assert_int_equal(outcome->code, cases[i].code);
        assert_int_equal(outcome->wait_ms, cases[i].wait_ms);
        assert_int_equal(wall.requests, cases[i].requests);
        assert_int_equal(wall.result.level,
                         outcome->kind == OUTCOME_SENT ? LEVEL_STORED : LEVEL_UNKNOWN);
        if (cases[i].detail)
            assert_string_equal(outcome->detail, cases[i].detail);
        else
            assert_non_null(strstr(outcome->detail, ": "));
        wall_raze(&wall);
        assert_int_equal(wall.done, 1);
    }
}

static void test_what_is_sent(void **state)
{
    struct wall wall;

    (void)state;
    wall_build(&wall, "plaza", &wall_dialect);
    wall_do(&wall, ADAPTER_SUBMIT, "e");
    assert_memory_equal(wall.server.last.data, "POST /api/0 HTTP/1.1\r\n", 22);
    assert_non_null(strstr(wall.server.last.data, "\r\nX-Nonce: "));
    assert_memory_equal(wall.server.last.data + wall.server.last.length - 5, "\r\n\r\nx", 5);
    assert_int_equal(wall.result.sight.width, 64);
    assert_string_equal(wall.result.evidence.digest, "");
    wall_raze(&wall);
}

static void test_the_digest_proves(void **state)
{
    struct digest digest = digest_of(DIGEST_SHA256, "e", 1);
    char hex[DIGEST_HEX_MOST];
    struct wall wall;

    (void)state;
    digest_hex(&digest, hex);
    wall_build(&wall, "plaza", &wall_dialect);
    wall_do(&wall, ADAPTER_VERIFY, "g1 e");
    assert_string_equal(wall.result.evidence.digest, hex);
    wall_do(&wall, ADAPTER_VERIFY, "m");
    assert_string_equal(wall.result.evidence.digest, "");
    wall_raze(&wall);
}

static void test_frames(void **state)
{
    struct wall wall;

    (void)state;
    wall_build(&wall, "strip", &wire_dialect);
    wall_do(&wall, ADAPTER_SUBMIT, "g1 e");
    assert_int_equal(wall.result.outcome.kind, OUTCOME_SENT);
    assert_string_equal(buffer_text(&wall.server.last), "x");
    wall_do(&wall, ADAPTER_SUBMIT, "g1 -");
    assert_int_equal(wall.result.outcome.kind, OUTCOME_UNKNOWN);
    wall_raze(&wall);
}

/* ---- calls ---- */

static int wall_call(struct wall *wall, const char *body)
{
    struct adapter_call call = {.method = "POST", .path = "", .body = body, .length = strlen(body)};
    struct adapter_answer answer = {.status = 404};

    panel_hear(wall, &call, &answer);
    return answer.status;
}

static void test_calls(void **state)
{
    struct wall wall;

    (void)state;
    wall_build(&wall, "plaza", &wall_dialect);
    assert_int_equal(wall_call(&wall, "ready"), 200); /* nobody awaits it */
    wall_lend(&wall, ADAPTER_VERIFY, "A2 e");
    while (wall.panel.doing != PANEL_AWAITS)
        uv_run(&wall.server.loop, UV_RUN_NOWAIT);
    wall_call(&wall, "something else");
    assert_int_equal(wall.proved, 0);
    wall_call(&wall, "proof");
    assert_int_equal(wall.proved, 1);
    assert_true(uv_timer_get_due_in(&wall.panel.timer) > 1000);
    wall_call(&wall, "ready");
    assert_int_equal(wall.done, 0);
    wall_run_until(&wall, &wall.done, 1);
    assert_int_equal(wall.result.outcome.kind, OUTCOME_SENT);
    wall_lend(&wall, ADAPTER_VERIFY, "A2 e"); /* the call overtakes the reply */
    wall_run_until(&wall, &wall.requests, 1);
    if (wall.panel.doing == PANEL_ASKS)
        wall_call(&wall, "ready");
    wall_run_until(&wall, &wall.done, 2);
    wall_raze(&wall);
    wall_build(&wall, "strip", &wire_dialect);
    assert_int_equal(wall_call(&wall, "ready"), 404);
    wall_raze(&wall);
}

/* ---- breaking off ---- */

static void test_breaking_off(void **state)
{
    static const struct {
        enum adapter_verb verb;
        const char *script;
        unsigned requests; /* that have come when it is broken off */
        enum outcome_kind kind;
    } cases[] = {
        {ADAPTER_SUBMIT, "e", 0, OUTCOME_RETURNED},
        {ADAPTER_SUBMIT, "*", 1, OUTCOME_RETURNED},
        {ADAPTER_SUBMIT, "g1 *", 2, OUTCOME_UNKNOWN},
        {ADAPTER_SUBMIT, "g1 g2 *", 3, OUTCOME_UNKNOWN},
        {ADAPTER_WITHDRAW, "g1 *", 2, OUTCOME_UNKNOWN},
        {ADAPTER_VERIFY, "*", 1, OUTCOME_RETURNED},
        {ADAPTER_PROBE, "A1", 1, OUTCOME_RETURNED},
    };

    (void)state;
    for (size_t i = 0; i < 2 * (sizeof cases / sizeof *cases); i++) {
        size_t c = i / 2;
        bool stop = i % 2;
        struct wall wall;

        wall_build(&wall, "plaza", &wall_dialect);
        panel_cancel(&wall); /* nothing is lent */
        wall_lend(&wall, cases[c].verb, cases[c].script);
        wall_run_until(&wall, &wall.requests, cases[c].requests);
        if (!stop) {
            panel_cancel(&wall);
            panel_cancel(&wall);
            assert_int_equal(wall.done, 0);
            wall_run_until(&wall, &wall.done, 1);
            assert_int_equal(wall.result.outcome.kind, cases[c].kind);
            wall_do(&wall, ADAPTER_SUBMIT, "e");
        }
        wall_raze(&wall);
        assert_int_equal(wall.done, stop ? 1 : 2);
        assert_int_equal(wall.result.outcome.kind, stop ? cases[c].kind : OUTCOME_SENT);
    }
}

static void test_stopping_after_breaking_off(void **state)
{
    struct wall wall;

    (void)state;
    wall_build(&wall, "plaza", &wall_dialect);
    wall_lend(&wall, ADAPTER_SUBMIT, "g1 *");
    wall_run_until(&wall, &wall.requests, 2);
    panel_cancel(&wall);
    wall_raze(&wall);
    assert_int_equal(wall.done, 1);
    assert_int_equal(wall.result.outcome.kind, OUTCOME_UNKNOWN);
}

/* ---- down ---- */

static void wall_fail_until_down(struct wall *wall)
{
    wall->down = 0;
    for (unsigned i = 1; i <= PANEL_FAILURES; i++) {
        assert_int_equal(wall->down, 0);
        wall_do(wall, ADAPTER_SUBMIT, "d");
    }
    assert_int_equal(wall->down, 1);
    assert_string_equal(wall->why, "first: dark");
    assert_int_equal(panel_submit(wall, &wall->job), EAGAIN);
}

/* What comes at the end of the pause, at once. */
static void wall_end_pause(struct wall *wall)
{
    uv_timer_start(&wall->panel.timer, wall->panel.timer.timer_cb, 0, 0);
    while (!wall->panel.transfer)
        uv_run(&wall->server.loop, UV_RUN_NOWAIT);
}

static int64_t wall_skip_pause(struct wall *wall)
{
    int64_t pause_ms = (int64_t)uv_timer_get_due_in(&wall->panel.timer);

    wall_end_pause(wall);
    while (wall->panel.job)
        uv_run(&wall->server.loop, UV_RUN_NOWAIT);
    return pause_ms;
}

static void wall_visit(const char *id, int64_t pauses[static PAUSES])
{
    struct wall wall;
    unsigned done;

    wall_build(&wall, id, &wall_dialect);
    wall_fail_until_down(&wall);
    done = wall.done;
    wall.script = "502";
    for (int i = 0; i < PAUSES; i++)
        pauses[i] = wall_skip_pause(&wall);
    assert_memory_equal(wall.server.last.data, "POST /api/0 ", 12); /* its own question */
    wall.script = "g1 e";
    (void)wall_skip_pause(&wall);
    assert_int_equal(wall.ready, 2);
    assert_int_equal(wall.done, done);
    wall_do(&wall, ADAPTER_SUBMIT, "d"); /* it was there, and isn't well */
    assert_int_equal(wall.down, 2);
    assert_true(uv_timer_get_due_in(&wall.panel.timer) > PANEL_PAUSE_MIN_MS);
    wall.script = "g1 e";
    (void)wall_skip_pause(&wall);
    wall_do(&wall, ADAPTER_SUBMIT, "e");
    wall_fail_until_down(&wall); /* the pauses begin anew */
    assert_in_range(uv_timer_get_due_in(&wall.panel.timer), 1, PANEL_PAUSE_MIN_MS);
    wall.script = "*";
    wall_end_pause(&wall);
    panel_cancel(&wall); /* it is not the caller's */
    assert_non_null(wall.panel.transfer);
    done = wall.done;
    wall_raze(&wall); /* while it is asked */
    assert_int_equal(wall.done, done);
}

/* The loop's own clock may have run on by a little since the pause was set. */
static void test_pauses_grow_apart(void **state)
{
    enum { LATE_MS = 200 };
    int64_t plaza[PAUSES], market[PAUSES], whole = PANEL_PAUSE_MIN_MS, apart = 0;

    (void)state;
    wall_visit("plaza", plaza);
    wall_visit("market", market);
    for (int i = 0; i < PAUSES; i++) {
        assert_in_range(plaza[i], whole * 3 / 4 - LATE_MS, whole);
        assert_in_range(market[i], whole * 3 / 4 - LATE_MS, whole);
        apart += plaza[i] > market[i] ? plaza[i] - market[i] : market[i] - plaza[i];
        whole = whole * 2 < PANEL_PAUSE_MAX_MS ? whole * 2 : PANEL_PAUSE_MAX_MS;
    }
    assert_true(apart > PAUSES * LATE_MS);
}

/* A board that hung and is well again is found by the next question, not after its timeout. */
static void test_hurried_boards_are_asked_at_once(void **state)
{
    struct wall wall;
    int64_t before;

    (void)state;
    wall_build(&wall, "plaza", &wall_dialect);
    for (unsigned i = 0; i < PANEL_FAILURES; i++)
        wall_do(&wall, ADAPTER_SUBMIT, "d");
    wall_run_until(&wall, &wall.down, 1);
    wall.script = "*"; /* hangs */
    wall.requests = 0;
    wall_run_until(&wall, &wall.requests, 1);
    before = clock_mono_ms();
    panel_hurry(&wall);
    panel_hurry(&wall);
    wall_run_until(&wall, &wall.requests, 2);
    assert_true(clock_mono_ms() - before < 500);
    wall.script = "d d d - d d d d d d d d e";
    wall_run_until(&wall, &wall.requests, 4);
    assert_in_range(clock_mono_ms() - before, 1900, 3000);
    wall_raze(&wall);
}

/* Every eighth question may take as long as the board is given otherwise. */
static void test_slow_boards_can_be_hurried(void **state)
{
    struct wall wall;

    (void)state;
    wall_build(&wall, "plaza", &wall_dialect);
    panel_hurry(&wall); /* nothing to do */
    wall.panel.phase = PANEL_DOWN;
    wall.panel.pauses = PANEL_HURRY_PATIENT - 2;
    panel_hurry(&wall);
    wall.requests = 0;
    wall.script = "* *";
    wall_run_until(&wall, &wall.requests, 2);
    assert_int_equal(wall.panel.pauses, PANEL_HURRY_PATIENT - 1);
    for (int64_t until = clock_mono_ms() + PANEL_HURRY_MS * 3 / 2; clock_mono_ms() < until;)
        uv_run(&wall.server.loop, UV_RUN_NOWAIT);
    assert_int_equal(wall.requests, 2);
    wall_raze(&wall);
}

static void test_the_healthy_stay_ready(void **state)
{
    static const char *const scripts[] = {"d", "d",      "m", "d", "d", "429", "d",
                                          "d", "g1 400", "d", "d", "e", "d",   "d"};
    struct wall wall;

    (void)state;
    wall_build(&wall, "plaza", &wall_dialect);
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++)
        wall_do(&wall, ADAPTER_SUBMIT, scripts[i]);
    assert_int_equal(wall.down, 0);
    wall.stop_in_done = true; /* of the third failure: nobody hears any more that it is down */
    wall_do(&wall, ADAPTER_SUBMIT, "d");
    wall_raze(&wall);
    assert_int_equal(wall.down, 0);
}

/* Neither does it mend a board that fails, nor is it a failure. */
static void test_silence_says_nothing_of_the_board(void **state)
{
    struct wall wall;

    (void)state;
    wall_build(&wall, "plaza", &wall_dialect);
    for (unsigned i = 1; i <= PANEL_FAILURES; i++) {
        wall.job.text = "silence";
        wall_do(&wall, ADAPTER_PROBE, "x");
        assert_int_equal(wall.requests, 0);
        assert_int_equal(wall.result.outcome.kind, OUTCOME_SENT);
        assert_int_equal(wall.down, 0);
        wall.job.text = "x";
        wall_do(&wall, ADAPTER_SUBMIT, "d");
    }
    assert_int_equal(wall.down, 1);
    wall_raze(&wall);
}

/* ---- the beginning ---- */

static void test_urls(void **state)
{
    static const struct {
        const struct dialect *dialect;
        const char *id, *url;
        bool fine;
    } cases[] = {
        {&wall_dialect, "plaza", "http://192.0.2.7", true},
        {&wall_dialect, "plaza", "https://192.0.2.7/api/", true},
        {&wall_dialect, "plaza", "https://192.0.2.7/?", false},
        {&wall_dialect, "plaza", "https://192.0.2.7/#", false},
        {&wall_dialect, "plaza", "tcp://192.0.2.7:5005", false},
        {&wall_dialect, "nowhere", "http://192.0.2.7", false},
        {&wire_dialect, "plaza", "tcp://192.0.2.7:5005", true},
        {&wire_dialect, "plaza", "tcp://192.0.2.7", false},
        {&wire_dialect, "plaza", "http://192.0.2.7", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct board board = {.id = (char *)(uintptr_t)cases[i].id,
                              .url = (char *)(uintptr_t)cases[i].url};
        struct adapter_env env = {.board = &board};
        struct panel panel = {.dialect = cases[i].dialect};
        char why[200] = "";
        int rc = panel_init(&panel, &env, why, sizeof why);

        assert_int_equal(rc, cases[i].fine ? 0 : -EINVAL);
        assert_int_equal(*why == '\0', cases[i].fine);
        panel_fini(&panel);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dialogues),
        cmocka_unit_test(test_what_is_sent),
        cmocka_unit_test(test_the_digest_proves),
        cmocka_unit_test(test_frames),
        cmocka_unit_test(test_calls),
        cmocka_unit_test(test_breaking_off),
        cmocka_unit_test(test_stopping_after_breaking_off),
        cmocka_unit_test(test_pauses_grow_apart),
        cmocka_unit_test(test_hurried_boards_are_asked_at_once),
        cmocka_unit_test(test_slow_boards_can_be_hurried),
        cmocka_unit_test(test_the_healthy_stay_ready),
        cmocka_unit_test(test_silence_says_nothing_of_the_board),
        cmocka_unit_test(test_urls),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
