/* stage: a folder with an office, a campaign and recipients. See stage.h. */
#include "tests/support/stage.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway/base/buffer.h"
#include "gateway/base/clock.h"

void stage_open(struct stage *stage)
{
    const char *base = getenv("TMPDIR");

    snprintf(stage->dir, sizeof stage->dir, "%s/lawcast-test-XXXXXX", base ? base : "/tmp");
    assert_non_null(mkdtemp(stage->dir));
    snprintf(stage->conf, sizeof stage->conf, "%s/lawcast.cfg", stage->dir);
    snprintf(stage->campaign, sizeof stage->campaign, "%s/campaign.cfg", stage->dir);
    snprintf(stage->books, sizeof stage->books, "%s/books.db", stage->dir);
}

static int stage_remove(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st;
    (void)kind;
    (void)ftw;
    return remove(path);
}

void stage_close(struct stage *stage)
{
    assert_int_equal(nftw(stage->dir, stage_remove, 16, FTW_DEPTH | FTW_PHYS), 0);
}

void stage_write(const struct stage *stage, const char *name, const char *format, ...)
{
    char path[192];
    va_list args;
    FILE *file;

    snprintf(path, sizeof path, "%s/%s", stage->dir, name);
    file = fopen(path, "w");
    assert_non_null(file);
    va_start(args, format);
    vfprintf(file, format, args);
    va_end(args);
    assert_int_equal(fclose(file), 0);
}

void stage_write_numbers(const struct stage *stage, const char *name, int64_t first, size_t n)
{
    struct buffer text = BUFFER_NULL;

    buffer_add_text(&text, "手机号,姓名\n");
    for (size_t i = 0; i < n; i++)
        buffer_printf(&text, "%lld,张三%zu\n", (long long)first + (long long)i, i);
    stage_write(stage, name, "%s", buffer_text(&text));
    buffer_free(&text);
}

void stage_time(int64_t seconds, char text[static 20])
{
    time_t at = time(NULL) + seconds + 8 * 3600; /* China has one zone and no summer time */
    struct tm tm;

    gmtime_r(&at, &tm);
    strftime(text, 20, "%Y-%m-%d %H:%M:%S", &tm);
}

const char *stage_program(const char *name, char *path, size_t size)
{
    char self[512];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);

    assert_true(length > 0);
    self[length] = '\0';
    for (int up = 0; up < 3; up++)
        *strrchr(self, '/') = '\0';
    snprintf(path, size, "%s/%s", self, name);
    assert_int_equal(access(path, X_OK), 0);
    return path;
}

void stage_spawn(const struct stage *stage, struct stage_child *child, const char *const *args)
{
    char program[512];
    const char *argv[24] = {stage_program("lawcast", program, sizeof program)};
    int out[2];
    size_t n = 1;

    while (*args) {
        assert_true(n < 23);
        argv[n++] = *args++;
    }
    assert_int_equal(pipe2(out, O_CLOEXEC), 0);
    child->pid = fork();
    assert_true(child->pid >= 0);
    if (child->pid == 0) {
        dup2(out[1], STDOUT_FILENO);
        dup2(out[1], STDERR_FILENO);
        unsetenv("TZ");
        unsetenv("LC_ALL");
        unsetenv("LC_MESSAGES");
        setenv("LANG", "C.UTF-8", 1);
        if (chdir(stage->dir))
            _exit(126);
        execv(program, (char *const *)(uintptr_t)argv);
        _exit(127);
    }
    close(out[1]);
    child->out = out[0];
}

bool stage_has_ended(struct stage_child *child, int *status)
{
    return waitpid(child->pid, status, WNOHANG) == child->pid;
}

static int stage_code(int status)
{
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int stage_wait(struct stage_child *child, int timeout_s, char **output)
{
    struct buffer text = BUFFER_NULL;
    int64_t deadline = clock_mono_ms() + timeout_s * 1000;
    struct pollfd wait = {.fd = child->out, .events = POLLIN};
    int status;

    for (;;) {
        int64_t left = deadline - clock_mono_ms();
        char bytes[4096];
        ssize_t got;

        if (left <= 0 || poll(&wait, 1, (int)left) == 0) {
            stage_kill(child);
            fail_msg("lawcast did not end in %d s; it said:\n%s", timeout_s, buffer_text(&text));
        }
        got = read(child->out, bytes, sizeof bytes);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        buffer_add(&text, bytes, (size_t)got);
    }
    assert_int_equal(waitpid(child->pid, &status, 0), child->pid);
    close(child->out);
    if (output)
        *output = buffer_take(&text);
    else
        buffer_free(&text);
    return stage_code(status);
}

void stage_kill(struct stage_child *child)
{
    int status;

    kill(child->pid, SIGKILL);
    assert_int_equal(waitpid(child->pid, &status, 0), child->pid);
    close(child->out);
}

int stage_lawcast(const struct stage *stage, char **output, const char *const *args)
{
    struct stage_child child;

    stage_spawn(stage, &child, args);
    return stage_wait(&child, 120, output);
}
