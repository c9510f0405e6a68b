/* lawcast-sim: simulated modems on pseudo-terminals and simulated boards behind HTTP.
 * Runs: loop (the only thread).
 *
 * The world of tests and rehearsals, and the witness of what was sent and shown. When it is ready
 * it says so in one line of JSON on standard output; then it takes commands (control.h) until
 * "quit", the end of its input, SIGTERM or SIGINT. Exit: 0 orderly, 1 the world could not be made,
 * 2 usage. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <uv.h>

#include "gateway/base/clock.h"
#include "gateway/base/json.h"
#include "gateway/base/lang.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "tests/sim/control.h"
#include "tests/sim/spec.h"

enum { MAIN_INPUT = 4096, MAIN_LINE_MAX = 64 * 1024 };

struct world {
    uv_loop_t loop;
    struct sim_spec spec;
    struct control control;
    union {
        uv_handle_t handle;
        uv_stream_t stream;
        uv_pipe_t pipe;
        uv_tty_t tty;
        uv_idle_t file; /* a file is read to its end at once: it can't be watched */
    } input;
    char input_bytes[MAIN_INPUT];
    struct buffer lines;
    uv_signal_t term, interrupt;
    uv_prepare_t look; /* before the loop sleeps */
    bool closing;
};

static void world_close(struct world *world)
{
    if (world->closing)
        return;
    world->closing = true;
    uv_close(&world->input.handle, NULL);
    uv_close((uv_handle_t *)&world->term, NULL);
    uv_close((uv_handle_t *)&world->interrupt, NULL);
    uv_close((uv_handle_t *)&world->look, NULL);
    bank_close(world->control.bank);
    boards_close(world->control.boards);
    sim_log_close(world->control.log);
}

static void world_say(const struct buffer *line)
{
    fwrite(buffer_text(line), 1, line->length, stdout);
    fflush(stdout); /* nobody listening any more is no reason to stop */
}

static void world_take_lines(struct world *world)
{
    BUFFER_FREE_LATER struct buffer answers = BUFFER_NULL;
    size_t done = 0;
    char *end;

    while (!world->control.quit && done < world->lines.length &&
           (end = memchr(world->lines.data + done, '\n', world->lines.length - done))) {
        *end = '\0';
        control_run(&world->control, world->lines.data + done, &answers);
        done = (size_t)(end - world->lines.data) + 1;
    }
    buffer_consume(&world->lines, done);
    if (world->lines.length > MAIN_LINE_MAX)
        log_panic("a command is longer than %d bytes", MAIN_LINE_MAX);
    world_say(&answers);
    if (world->control.quit)
        world_close(world);
}

static void world_on_room(uv_handle_t *handle, size_t wanted, uv_buf_t *room)
{
    struct world *world = handle->data;

    (void)wanted;
    *room = uv_buf_init(world->input_bytes, sizeof world->input_bytes);
}

static void world_on_input(uv_stream_t *stream, ssize_t n, const uv_buf_t *bytes)
{
    struct world *world = stream->data;

    if (n < 0) {
        world_close(world);
        return;
    }
    buffer_add(&world->lines, bytes->base, (size_t)n);
    world_take_lines(world);
}

static void world_on_file(uv_idle_t *idle)
{
    struct world *world = idle->data;
    ssize_t n = read(STDIN_FILENO, world->input_bytes, sizeof world->input_bytes);

    if (n <= 0) {
        world_close(world);
        return;
    }
    buffer_add(&world->lines, world->input_bytes, (size_t)n);
    world_take_lines(world);
}

static void world_open_input(struct world *world)
{
    int rc = 0;

    switch (uv_guess_handle(STDIN_FILENO)) {
    case UV_NAMED_PIPE:
    case UV_TCP:
        uv_pipe_init(&world->loop, &world->input.pipe, 0);
        rc = uv_pipe_open(&world->input.pipe, STDIN_FILENO);
        break;
    case UV_TTY:
        rc = uv_tty_init(&world->loop, &world->input.tty, STDIN_FILENO, 1);
        break;
    default:
        uv_idle_init(&world->loop, &world->input.file);
        world->input.handle.data = world;
        uv_idle_start(&world->input.file, world_on_file);
        return;
    }
    world->input.handle.data = world;
    if (!rc)
        rc = uv_read_start(&world->input.stream, world_on_room, world_on_input);
    if (rc)
        log_panic("standard input can't be read: %s", uv_strerror(rc));
}

static void world_on_look(uv_prepare_t *look)
{
    BUFFER_FREE_LATER struct buffer answer = BUFFER_NULL;
    struct world *world = look->data;

    control_look(&world->control, &answer);
    if (answer.length)
        world_say(&answer);
}

static void world_on_signal(uv_signal_t *handle, int number)
{
    (void)number;
    world_close(handle->data);
}

static void world_open_signals(struct world *world)
{
    signal(SIGPIPE, SIG_IGN);
    uv_signal_init(&world->loop, &world->term);
    uv_signal_init(&world->loop, &world->interrupt);
    world->term.data = world->interrupt.data = world;
    uv_signal_start(&world->term, world_on_signal, SIGTERM);
    uv_signal_start(&world->interrupt, world_on_signal, SIGINT);
    uv_prepare_init(&world->loop, &world->look);
    world->look.data = world;
    uv_prepare_start(&world->look, world_on_look);
}

static void world_say_ready(const struct world *world)
{
    BUFFER_FREE_LATER struct buffer line = BUFFER_NULL;
    struct jv *ready = jv_object(), *modems = jv_array();

    for (size_t i = 0; i < bank_size(world->control.bank); i++)
        jv_push(modems, jv_string(modem_link(bank_modem(world->control.bank, i))));
    jv_put(ready, "ready", jv_bool(true));
    jv_put(ready, "pid", jv_int(getpid()));
    jv_put(ready, "modems", modems);
    jv_put(ready, "http_port", jv_int(boards_port(world->control.boards)));
    jv_put(ready, "boards", boards_urls(world->control.boards));
    jv_write(ready, false, &line);
    buffer_add_char(&line, '\n');
    jv_free(ready);
    world_say(&line);
}

/* 0, or 1 after saying why not. */
static int world_start(struct world *world)
{
    int rc = bank_start(world->control.bank);

    if (rc < 0) {
        fprintf(stderr,
                lang("The modems in %s can't be made (%s); choose another --dir.\n",
                     "无法在 %s 中建立模拟短信猫（%s），请换一个 --dir。\n"),
                world->spec.dir, strerror(-rc));
        return 1;
    }
    rc = boards_start(world->control.boards);
    if (rc < 0) {
        fprintf(stderr,
                lang("The boards can't listen on 127.0.0.1 (%s).\n",
                     "模拟显示屏无法在 127.0.0.1 上监听（%s）。\n"),
                strerror(-rc));
        return 1;
    }
    world_say_ready(world);
    return 0;
}

/* Two descriptors a modem and one a connection are more than most shells allow by default. */
static void world_raise_limit(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

static int world_run(struct world *world)
{
    int rc;

    world_raise_limit();
    if (world->spec.clock_ms)
        clock_set(world->spec.clock_ms);
    if (world->spec.frozen)
        clock_freeze();
    /* A frozen clock begins at a whole instant. */
    if (world->spec.frozen && world->spec.clock_ms)
        clock_set(world->spec.clock_ms);
    uv_loop_init(&world->loop);
    world->control.log = sim_log_open(&world->loop, world->spec.log);
    if (!world->control.log) {
        fprintf(stderr,
                lang("The log %s can't be written (%s); choose another --log.\n",
                     "无法写日志 %s（%s），请换一个 --log。\n"),
                world->spec.log, strerror(errno));
        uv_loop_close(&world->loop);
        return 1;
    }
    world->control.bank = bank_new(&world->loop, world->control.log, &world->spec);
    world->control.boards = boards_new(&world->loop, world->control.log, &world->spec);
    world_open_signals(world);
    world_open_input(world);
    rc = world_start(world);
    if (rc)
        world_close(world);
    uv_run(&world->loop, UV_RUN_DEFAULT);
    bank_free(world->control.bank);
    boards_free(world->control.boards);
    LOG_ASSERT(uv_loop_close(&world->loop) == 0);
    return rc;
}

int main(int argc, char **argv)
{
    struct world *world = mem_new(struct world);
    struct diag diag = DIAG_NULL;
    int rc = spec_read(argc, argv, &world->spec, &diag);

    diag_print(&diag, stderr);
    diag_free(&diag);
    if (rc == 2)
        control_print_help(stdout);
    if (rc == 0)
        rc = world_run(world);
    else
        rc = rc == 2 ? 0 : 2;
    spec_free(&world->spec);
    buffer_free(&world->lines);
    free(world);
    return rc;
}
