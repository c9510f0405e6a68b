/* test_child: a process is heard to its last word and leaves no handle behind, however it ends.
 * Runs: loop. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <signal.h>
#include <string.h>

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

static void stage_gone(void *ctx, int failed, int64_t status, int signal)
{
    struct stage *stage = ctx;

    assert_false(child_is_there(&stage->child));
    stage->gone++;
    stage->failed = failed;
    stage->status = status;
    stage->signal = signal;
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_last_word), cmocka_unit_test(test_conversation),
        cmocka_unit_test(test_kill),      cmocka_unit_test(test_no_program),
        cmocka_unit_test(test_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
