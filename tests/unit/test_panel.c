/* test_panel: how a board that is down asks whether it is back. Its pauses are not waited for. */
#include "tests/unit/server.h"

#include <errno.h>
#include <stdio.h>

#include "adapters/display/panel.h"

enum { PAUSES = 9 };

struct wall {
    struct panel panel;
    struct adapter_job job;
    char why[64];
    unsigned ready, down, done, stopped;
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
    assert_int_equal(result->outcome.kind, OUTCOME_DEFERRED);
    wall->done++;
}

static void wall_on_stopped(void *ctx)
{
    ((struct wall *)ctx)->stopped++;
}

static const struct adapter_events wall_events = {
    .ready = wall_on_ready,
    .done = wall_on_done,
    .stopped = wall_on_stopped,
};

static void wall_begin(struct panel *panel)
{
    struct adapter_result result = panel_result(OUTCOME_DEFERRED, 0, "dark");

    panel_finish(panel, &result, false);
}

/* Without waiting, as what is waited for may be told by a timer before the loop looks elsewhere. */
static void wall_run_until(struct server *server, const unsigned *what, unsigned value)
{
    while (*what < value)
        uv_run(&server->loop, UV_RUN_NOWAIT);
}

/* What comes at the end of the pause, at once. */
static void wall_probe(struct server *server, struct wall *wall)
{
    uv_timer_start(&wall->panel.timer, wall->panel.timer.timer_cb, 0, 0);
    while (!wall->panel.transfer)
        uv_run(&server->loop, UV_RUN_NOWAIT);
}

static int64_t wall_skip_pause(struct server *server, struct wall *wall)
{
    int64_t pause_ms = (int64_t)uv_timer_get_due_in(&wall->panel.timer);

    wall_probe(server, wall);
    while (wall->panel.transfer)
        uv_run(&server->loop, UV_RUN_NOWAIT);
    return pause_ms;
}

static void answer_broken(struct connection *connection)
{
    connection_respond(connection, "502 Bad Gateway", "");
}

static void answer_fine(struct connection *connection)
{
    connection_respond(connection, "404 Not Found", "");
}

static void wall_fail_until_down(struct server *server, struct wall *wall)
{
    wall->down = wall->done = 0;
    for (unsigned i = 1; i <= PANEL_FAILURES; i++) {
        assert_int_equal(wall->down, 0);
        assert_int_equal(panel_submit(wall, &wall->job), 0);
        wall_run_until(server, &wall->done, i);
    }
    assert_int_equal(wall->down, 1);
    assert_string_equal(wall->why, "dark");
    assert_int_equal(panel_submit(wall, &wall->job), EAGAIN);
}

static void wall_visit(const char *id, int64_t pauses[static PAUSES])
{
    struct server server;
    char url[64], why[200];
    struct board board = {.id = (char *)(uintptr_t)id, .url = url, .timeout_ms = 20000};
    struct wall wall = {.job = {.name = "lawcast-1", .text = "x"}};
    struct adapter_env env = {.board = &board, .events = &wall_events, .ctx = &wall};

    server_open(&server, answer_broken);
    snprintf(url, sizeof url, "http://127.0.0.1:%d/", server.port);
    env.loop = &server.loop;
    env.http = server.http;
    assert_int_equal(panel_init(&wall.panel, &env, wall_begin, why, sizeof why), 0);
    assert_int_equal(panel_start(&wall), 0);
    wall_run_until(&server, &wall.ready, 1);
    wall_fail_until_down(&server, &wall);
    for (int i = 0; i < PAUSES; i++)
        pauses[i] = wall_skip_pause(&server, &wall);
    server.answer = answer_fine;
    (void)wall_skip_pause(&server, &wall);
    assert_int_equal(wall.ready, 2);
    wall_fail_until_down(&server, &wall); /* the pauses begin anew */
    assert_in_range(uv_timer_get_due_in(&wall.panel.timer), 1, PANEL_PAUSE_MIN_MS);
    server.answer = answer_never;
    wall_probe(&server, &wall);
    panel_stop(&wall); /* while it is asked */
    server_run_until(&server, &wall.stopped, 1);
    panel_fini(&wall);
    server_close(&server);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pauses_grow_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
