/* simulator: the program lawcast-sim as a rehearsal's world. See simulator.h.
 * Runs: loop. */
#include "gateway/simulator.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gateway/base/clock.h"
#include "gateway/base/lang.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"

#define SIMULATOR_START_MS 20000
#define SIMULATOR_CLOCK_MS 20000
#define SIMULATOR_END_MS   60000
#define SIMULATOR_LINE_MAX (1 << 20) /* of the ready line: 512 paths */

struct simulator {
    pid_t pid;
    int in, out; /* its standard input and output, our ends */
    struct jv *ready;
    struct buffer line;
    uv_poll_t poll;
    bool attached, is_lost;
    int64_t asked; /* the number of the last question */
    void (*quiet)(void *ctx, int64_t next_ms);
    void *quiet_ctx;
    void (*lost)(void *ctx);
    void *ctx;
};

static int simulator_spawn(struct simulator *simulator, const char *program, const char *spec_path)
{
    char *const argv[] = {(char *)(uintptr_t)program, (char *)(uintptr_t) "--spec",
                          (char *)(uintptr_t)spec_path, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int to[2], from[2], rc;

    if (pipe2(to, O_CLOEXEC))
        return -errno;
    if (pipe2(from, O_CLOEXEC)) {
        close(to[0]);
        close(to[1]);
        return -errno;
    }
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, to[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, from[1], STDOUT_FILENO);
    /* A group of its own: Ctrl-C is for us, and the simulator must outlive our orderly end. */
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    rc = posix_spawn(&simulator->pid, program, &actions, &attributes, argv, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    close(to[0]);
    close(from[1]);
    simulator->in = to[1];
    simulator->out = from[0];
    return -rc;
}

/* Reads on until simulator->line has a whole line. 0, 1: not in time, or it ended. */
static int simulator_read_line(struct simulator *simulator, int64_t patience_ms)
{
    int64_t deadline = clock_mono_ms() + patience_ms;
    struct pollfd wait = {.fd = simulator->out, .events = POLLIN};

    while (!memchr(buffer_text(&simulator->line), '\n', simulator->line.length)) {
        char bytes[65536];
        int64_t left = deadline - clock_mono_ms();
        ssize_t got;

        if (left <= 0 || (poll(&wait, 1, (int)left) <= 0 && errno != EINTR))
            return 1;
        got = read(simulator->out, bytes, sizeof bytes);
        if (got < 0 && (errno == EAGAIN || errno == EINTR))
            continue;
        if (got <= 0 || simulator->line.length + (size_t)got > SIMULATOR_LINE_MAX)
            return 1;
        buffer_add(&simulator->line, bytes, (size_t)got);
    }
    return 0;
}

int simulator_start(struct simulator **out, const char *program, const char *spec_path, char *why,
                    size_t why_size)
{
    struct simulator *simulator = mem_new(struct simulator);
    int rc = simulator_spawn(simulator, program, spec_path);

    if (rc) {
        snprintf(why, why_size,
                 lang("the simulator %s can't be started: %s", "无法启动模拟器 %s：%s"), program,
                 lang_error(rc));
        free(simulator);
        return rc;
    }
    if (simulator_read_line(simulator, SIMULATOR_START_MS) == 0)
        simulator->ready = jv_parse(buffer_text(&simulator->line), simulator->line.length, NULL);
    buffer_clear(&simulator->line);
    if (!simulator->ready) {
        snprintf(why, why_size, lang("the simulator %s did not get ready", "模拟器 %s 未能就绪"),
                 program);
        simulator_end(simulator);
        return -EPROTO;
    }
    *out = simulator;
    return 0;
}

const struct jv *simulator_ready(const struct simulator *simulator)
{
    return simulator->ready;
}

static void simulator_lost(struct simulator *simulator)
{
    if (simulator->is_lost)
        return;
    simulator->is_lost = true;
    uv_poll_stop(&simulator->poll);
    simulator->lost(simulator->ctx);
}

/* The next whole line of what was read, to be freed with jv_free; NULL: none. */
static struct jv *simulator_take_line(struct simulator *simulator)
{
    const char *text = buffer_text(&simulator->line);
    const char *end = memchr(text, '\n', simulator->line.length);
    struct jv *answer;

    if (!end)
        return NULL;
    answer = jv_parse(text, (size_t)(end - text), NULL);
    if (!answer || !jv_text(jv_member(answer, "ok")))
        log_panic("the simulator did not obey: %.*s", (int)(end - text), text);
    buffer_consume(&simulator->line, (size_t)(end - text) + 1);
    return answer;
}

/* The answer to "quiet", if this is one, and to the last question. */
static bool simulator_is_quiet(const struct simulator *simulator, const struct jv *answer)
{
    return strcmp(jv_text(jv_member(answer, "ok")), "quiet") == 0 && simulator->quiet &&
           jv_number(jv_member(answer, "n"), -1) == simulator->asked;
}

static void simulator_answered(uv_poll_t *poll, int status, int events)
{
    struct simulator *simulator = poll->data;
    void (*quiet)(void *ctx, int64_t next_ms) = NULL;
    char bytes[4096];
    ssize_t got = status < 0 ? 0 : read(simulator->out, bytes, sizeof bytes);
    int64_t next_ms = INT64_MAX;
    struct jv *answer;

    (void)events;
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (got <= 0) {
        simulator_lost(simulator);
        return;
    }
    buffer_add(&simulator->line, bytes, (size_t)got);
    while ((answer = simulator_take_line(simulator))) {
        if (simulator_is_quiet(simulator, answer)) {
            quiet = simulator->quiet;
            next_ms = jv_number(jv_member(answer, "next"), INT64_MAX);
            simulator->quiet = NULL;
        }
        jv_free(answer);
    }
    if (quiet)
        quiet(simulator->quiet_ctx, next_ms);
}

void simulator_attach(struct simulator *simulator, uv_loop_t *loop, void (*lost)(void *ctx),
                      void *ctx)
{
    simulator->lost = lost;
    simulator->ctx = ctx;
    fcntl(simulator->out, F_SETFL, O_NONBLOCK);
    uv_poll_init(loop, &simulator->poll, simulator->out);
    simulator->poll.data = simulator;
    uv_poll_start(&simulator->poll, UV_READABLE, simulator_answered);
    simulator->attached = true;
}

void simulator_detach(struct simulator *simulator)
{
    if (simulator->attached)
        uv_close((uv_handle_t *)&simulator->poll, NULL);
    simulator->attached = false;
}

/* A pipe takes a line of this length whole, and there are never more than a few in it. */
static bool simulator_say(struct simulator *simulator, const char *line, int length)
{
    if (simulator->is_lost)
        return false;
    if (write(simulator->in, line, (size_t)length) == length)
        return true;
    simulator_lost(simulator);
    return false;
}

void simulator_ask_quiet(struct simulator *simulator, const struct simulator_view *view,
                         void (*quiet)(void *ctx, int64_t next_ms), void *ctx)
{
    char line[128];
    int length =
        snprintf(line, sizeof line, "quiet %lld %lld %lld %lld\n", (long long)++simulator->asked,
                 (long long)view->air, (long long)view->said, (long long)view->gone);

    simulator->quiet = quiet;
    simulator->quiet_ctx = ctx;
    simulator_say(simulator, line, length);
}

int simulator_set_clock(struct simulator *simulator, int64_t wall_ms, struct simulator_view *before)
{
    char line[64];
    int length = snprintf(line, sizeof line, "clock %lld\n", (long long)wall_ms);
    struct jv *answer = NULL;
    bool told = false;

    simulator->quiet = NULL; /* what it says of the time before is news no more */
    if (!simulator_say(simulator, line, length))
        return 1;
    while (!told) {
        if (simulator_read_line(simulator, SIMULATOR_CLOCK_MS)) {
            simulator_lost(simulator);
            return 1;
        }
        answer = simulator_take_line(simulator);
        told = strcmp(jv_text(jv_member(answer, "ok")), "clock") == 0;
        if (told)
            *before = (struct simulator_view){jv_number(jv_member(answer, "air"), 0),
                                              jv_number(jv_member(answer, "said"), 0),
                                              jv_number(jv_member(answer, "gone"), 0)};
        jv_free(answer);
    }
    return 0;
}

/* Reads what it still says until it is gone; false: it isn't in time. */
static bool simulator_leaves(struct simulator *simulator)
{
    int64_t deadline = clock_mono_ms() + SIMULATOR_END_MS;
    struct pollfd wait = {.fd = simulator->out, .events = POLLIN};
    char bytes[4096];

    for (;;) {
        int64_t left = deadline - clock_mono_ms();
        ssize_t got;

        if (left <= 0)
            return false;
        if (poll(&wait, 1, (int)left) <= 0)
            continue;
        got = read(simulator->out, bytes, sizeof bytes);
        if (got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN))
            return true;
    }
}

int simulator_end(struct simulator *simulator)
{
    int status = -1;

    LOG_ASSERT(!simulator->attached);
    close(simulator->in);
    if (!simulator->ready || !simulator_leaves(simulator))
        kill(simulator->pid, SIGKILL);
    while (waitpid(simulator->pid, &status, 0) < 0 && errno == EINTR)
        continue;
    close(simulator->out);
    jv_free(simulator->ready);
    buffer_free(&simulator->line);
    free(simulator);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
