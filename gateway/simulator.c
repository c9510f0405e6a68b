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
#define SIMULATOR_LINE_MAX (1 << 20) /* of the ready line: 512 paths */

struct simulator {
    pid_t pid;
    int in, out; /* its standard input and output, our ends */
    struct jv *ready;
    struct buffer line;
    uv_poll_t poll;
    bool attached, is_lost;
    int64_t wall_ms;
    void (*told)(void *ctx, int64_t wall_ms);
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

/* Reads one line into simulator->line. 0, 1: not in time, or it ended. */
static int simulator_read_line(struct simulator *simulator)
{
    int64_t deadline = clock_mono_ms() + SIMULATOR_START_MS;
    struct pollfd wait = {.fd = simulator->out, .events = POLLIN};

    while (!memchr(buffer_text(&simulator->line), '\n', simulator->line.length)) {
        char bytes[65536];
        int64_t left = deadline - clock_mono_ms();
        ssize_t got;

        if (left <= 0 || poll(&wait, 1, (int)left) <= 0)
            return 1;
        got = read(simulator->out, bytes, sizeof bytes);
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
                 strerror(-rc));
        free(simulator);
        return rc;
    }
    if (simulator_read_line(simulator) == 0)
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

static void simulator_answered(uv_poll_t *poll, int status, int events)
{
    struct simulator *simulator = poll->data;
    char bytes[4096];
    ssize_t got = status < 0 ? 0 : read(simulator->out, bytes, sizeof bytes);
    void (*told)(void *ctx, int64_t wall_ms) = simulator->told;

    (void)events;
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (got <= 0) {
        simulator_lost(simulator);
        return;
    }
    buffer_add(&simulator->line, bytes, (size_t)got);
    if (!memchr(simulator->line.data, '\n', simulator->line.length) || !told)
        return;
    if (strncmp(simulator->line.data, "{\"ok\"", 5) != 0)
        log_panic("the simulator did not take the time: %s", simulator->line.data);
    buffer_clear(&simulator->line);
    simulator->told = NULL;
    told(simulator->ctx, simulator->wall_ms);
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

void simulator_set_clock(struct simulator *simulator, int64_t wall_ms,
                         void (*told)(void *ctx, int64_t wall_ms))
{
    char line[64];
    int length = snprintf(line, sizeof line, "clock %lld\n", (long long)wall_ms);

    LOG_ASSERT(!simulator->told);
    simulator->told = told;
    simulator->wall_ms = wall_ms;
    /* A pipe takes a line of 64 bytes whole, and it is empty: the last one was answered. */
    if (write(simulator->in, line, (size_t)length) != length)
        simulator_lost(simulator);
}

int simulator_end(struct simulator *simulator)
{
    int status = -1;

    LOG_ASSERT(!simulator->attached);
    close(simulator->in);
    if (!simulator->ready)
        kill(simulator->pid, SIGKILL);
    while (waitpid(simulator->pid, &status, 0) < 0 && errno == EINTR)
        continue;
    close(simulator->out);
    jv_free(simulator->ready);
    buffer_free(&simulator->line);
    free(simulator);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
