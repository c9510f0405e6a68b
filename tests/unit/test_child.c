/* test_child: a process is heard to its last word and leaves no handle behind, however it ends.
 * Runs: loop. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "adapters/modem/child.h"

struct stage {
    uv_loop_t loop;
    struct child child;
    struct buffer said;
    const char *until; /* when it has said this, act */
    void (*act)(struct child *child);
    int gone, failed, signal;
    int64_t status;
};

static void stage_output(void *ctx, const char *bytes, size_t length)
{
    struct stage *stage = ctx;

    buffer_add(&stage->said, bytes, length);
    if (stage->act && strcmp(buffer_text(&stage->said), stage->until) == 0)
        stage->act(&stage->child);
}

static void stage_gone(void *ctx)
{
    struct stage *stage = ctx;

    assert_int_equal(stage->child.open, 0);
    stage->gone++;
    stage->failed = stage->child.failed;
    stage->status = stage->child.status;
    stage->signal = stage->child.signal;
}

static void stage_open(struct stage *stage)
{
    static const struct child_events events = {.output = stage_output, .gone = stage_gone};

    memset(stage, 0, sizeof *stage);
    assert_int_equal(uv_loop_init(&stage->loop), 0);
    stage->child.label = "test";
    stage->child.events = &events;
    stage->child.ctx = stage;
}

static void stage_run(struct stage *stage, const char *script)
{
    char *argv[] = {"/bin/sh", "-c", (char *)(uintptr_t)script, NULL};

    child_start(&stage->child, &stage->loop, argv);
    assert_int_equal(stage->gone, 0);
}

/* Runs it to its end; then nothing may be left. */
static void stage_close(struct stage *stage)
{
    assert_int_equal(uv_run(&stage->loop, UV_RUN_DEFAULT), 0);
    assert_int_equal(stage->gone, 1);
    assert_int_equal(uv_loop_close(&stage->loop), 0);
    child_fini(&stage->child);
}

static void test_last_word(void **state)
{
    struct stage stage;

    (void)state;
    stage_open(&stage);
    stage_run(&stage, "echo complaint >&2; printf 'a\\nb'; exit 3");
    stage_close(&stage);
    assert_string_equal(buffer_text(&stage.said), "a\nb");
    assert_int_equal(stage.status, 3);
    assert_int_equal(stage.signal, 0);
    assert_int_equal(stage.failed, 0);
    buffer_free(&stage.said);
}

static void test_conversation(void **state)
{
    struct stage stage;

    (void)state;
    stage_open(&stage);
    stage.until = "hello\n";
    stage.act = child_end_input;
    stage_run(&stage, "cat");
    assert_true(child_write(&stage.child, "hello\n", 6));
    stage_close(&stage);
    assert_string_equal(buffer_text(&stage.said), "hello\n");
    assert_int_equal(stage.status, 0);
    buffer_free(&stage.said);
}

static void test_kill(void **state)
{
    struct stage stage;

    (void)state;
    stage_open(&stage);
    stage.until = "ready\n";
    stage.act = child_kill;
    stage_run(&stage, "echo ready; exec cat");
    stage_close(&stage);
    assert_int_equal(stage.signal, SIGKILL);
    buffer_free(&stage.said);
}

static void test_no_program(void **state)
{
    char *argv[] = {"/nonexistent/program", NULL};
    struct stage stage;

    (void)state;
    stage_open(&stage);
    child_start(&stage.child, &stage.loop, argv);
    assert_int_equal(stage.gone, 0);
    assert_false(child_write(&stage.child, "x", 1));
    child_kill(&stage.child);
    stage_close(&stage);
    assert_int_equal(stage.failed, UV_ENOENT);
}

/* The same child again, as a modem's agent is. */
static void test_again(void **state)
{
    struct stage stage;

    (void)state;
    stage_open(&stage);
    for (int i = 0; i < 3; i++) {
        stage.gone = 0;
        stage_run(&stage, "echo x");
        assert_int_equal(uv_run(&stage.loop, UV_RUN_DEFAULT), 0);
        assert_int_equal(stage.gone, 1);
    }
    assert_string_equal(buffer_text(&stage.said), "x\nx\nx\n");
    stage.gone = 1;
    stage_close(&stage);
    buffer_free(&stage.said);
}

static void stage_abandon(uv_timer_t *timer)
{
    struct stage *stage = timer->data;

    child_abandon(&stage->child);
    child_kill(&stage->child);
    uv_close((uv_handle_t *)timer, NULL);
}

static void stage_abandon_soon(struct stage *stage, uv_timer_t *timer)
{
    uv_timer_init(&stage->loop, timer);
    timer->data = stage;
    uv_timer_start(timer, stage_abandon, 1, 0);
}

/* One that nothing ends (here: nobody tries) holds up nobody. */
static void test_abandoned(void **state)
{
    struct stage stage;
    uv_timer_t timer;
    pid_t pid;

    (void)state;
    stage_open(&stage);
    stage_run(&stage, "exec sleep 1000");
    pid = stage.child.process.pid;
    stage_abandon_soon(&stage, &timer);
    stage_close(&stage);
    assert_false(stage.child.exited);
    assert_int_equal(kill(pid, SIGKILL), 0);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
}

/* One that has ended, but whose output a child of its own holds open. */
static void test_abandoned_pipe(void **state)
{
    char said[32];
    struct stage stage;
    uv_timer_t timer;

    (void)state;
    stage_open(&stage);
    stage_run(&stage, "sleep 1000 & echo $!");
    while (!stage.child.exited || stage.said.length == 0)
        uv_run(&stage.loop, UV_RUN_ONCE);
    assert_int_equal(stage.gone, 0);
    snprintf(said, sizeof said, "%s", buffer_text(&stage.said));
    stage_abandon_soon(&stage, &timer);
    stage_close(&stage);
    assert_int_equal(kill((pid_t)atoi(said), SIGKILL), 0);
    buffer_free(&stage.said);
}

static void test_explained(void **state)
{
    struct child child = {.status = 3};
    char why[160];

    (void)state;
    child_explain(&child, why, sizeof why);
    assert_string_equal(why, "the agent ended with status 3");
    child.signal = SIGKILL;
    child_explain(&child, why, sizeof why);
    assert_string_equal(why, "the agent was ended by signal 9");
    child.failed = UV_ENOENT;
    child_explain(&child, why, sizeof why);
    assert_non_null(strstr(why, "can't be started"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_last_word),      cmocka_unit_test(test_conversation),
        cmocka_unit_test(test_kill),           cmocka_unit_test(test_no_program),
        cmocka_unit_test(test_again),          cmocka_unit_test(test_abandoned),
        cmocka_unit_test(test_abandoned_pipe), cmocka_unit_test(test_explained),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
