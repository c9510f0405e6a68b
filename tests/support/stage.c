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
#include "gateway/base/mem.h"
#include "gateway/ledger/books.h"

enum { STAGE_PATIENCE_MS = 60000 };

void stage_open(struct stage *stage)
{
    const char *base = getenv("TMPDIR");

    snprintf(stage->dir, sizeof stage->dir, "%s/lawcast-test-XXXXXX", base ? base : "/tmp");
    assert_non_null(mkdtemp(stage->dir));
    stage->program = "lawcast";
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

void stage_write_office(const struct stage *stage, const struct stage_bank *bank)
{
    MEM_FREE_LATER char *devices = mem_dup(bank->first_modem);

    *strrchr(devices, '-') = '\0';
    stage_write(stage, "lawcast.cfg",
                "office = { name = \"test\"; timezone = \"Asia/Shanghai\"; };\n"
                "ledger = { path = \"%s\"; };\n"
                "units = ( { id = \"city\"; name = \"市法宣办\"; signature = \"市法宣办\"; },\n"
                "          { id = \"weather\"; name = \"气象局\"; signature = \"气象局\"; } );\n"
                "%s\n"
                "modems = ( { id = \"m\"; devices = \"%s-[0-%d]\"; %s } );\n",
                stage->books, bank->office ? bank->office : "", devices, bank->modems - 1,
                bank->options ? bank->options : "");
}

void stage_write_campaign(const struct stage *stage, int64_t from_s, int64_t to_s, const char *sms,
                          size_t messages)
{
    char from[20], to[20];

    stage_time(from_s, from);
    stage_time(to_s, to);
    stage_write(stage, "campaign.cfg",
                "campaign = { id = \"c1\"; title = \"t\";\n"
                "  windows = ( { from = \"%s\"; to = \"%s\"; } );\n"
                "  sms = { %s };\n"
                "  orders = ( { unit = \"city\"; quota = %zu; recipients = \"city.csv\"; } );\n"
                "};\n",
                from, to, sms, messages);
    stage_write_numbers(stage, "city.csv", STAGE_FIRST, messages);
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
    const char *argv[24] = {stage_program(stage->program, program, sizeof program)};
    int out[2];
    size_t n = 1;

    while (*args) {
        assert_true(n < 23);
        argv[n++] = *args++;
    }
    *child = (struct stage_child){0};
    assert_int_equal(pipe2(out, O_CLOEXEC), 0);
    child->pid = fork();
    assert_true(child->pid >= 0);
    if (child->pid == 0) {
        dup2(out[1], STDOUT_FILENO);
        dup2(out[1], STDERR_FILENO);
        unsetenv("TZ");
        unsetenv("LC_ALL");
        unsetenv("LC_MESSAGES");
        unsetenv("LANGUAGE");
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

void stage_pause(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
}

static int stage_code(int status)
{
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Reads some of what it says. false: its output has ended. */
static bool stage_read(struct stage_child *child, int64_t deadline)
{
    struct pollfd wait = {.fd = child->out, .events = POLLIN};
    char bytes[4096];
    ssize_t got;

    for (;;) {
        int64_t left = deadline - clock_mono_ms();

        if (left <= 0 || poll(&wait, 1, (int)left) == 0) {
            MEM_FREE_LATER char *said = mem_dup(buffer_text(&child->said));

            stage_kill(child);
            fail_msg("lawcast took too long; it said:\n%s", said);
        }
        got = read(child->out, bytes, sizeof bytes);
        if (got < 0 && errno == EINTR)
            continue;
        if (got > 0)
            buffer_add(&child->said, bytes, (size_t)got);
        return got > 0;
    }
}

void stage_hear(struct stage_child *child, const char *text)
{
    while (!strstr(buffer_text(&child->said), text))
        if (!stage_read(child, clock_mono_ms() + STAGE_PATIENCE_MS))
            fail_msg("lawcast ended without saying \"%s\"; it said:\n%s", text,
                     buffer_text(&child->said));
}

static bool stage_is_planned(const struct stage *stage, const char *id)
{
    struct books_campaign campaign = {0};
    struct books *books;
    char why[256];

    if (books_open(&books, stage->books, why, sizeof why))
        return false; /* not made yet */
    if (books_find_campaign(books, id, &campaign) == 0)
        books_campaign_release(&campaign);
    books_close(books);
    return campaign.planned;
}

void stage_await(const struct stage *stage, struct stage_child *child, const char *campaign)
{
    int64_t give_up = clock_mono_ms() + STAGE_PATIENCE_MS;
    int status;

    while (!stage_is_planned(stage, campaign)) {
        if (stage_has_ended(child, &status))
            fail_msg("lawcast ended before it had planned %s", campaign);
        assert_true(clock_mono_ms() < give_up);
        stage_pause();
    }
}

void stage_signal(const struct stage_child *child, int number)
{
    assert_int_equal(kill(child->pid, number), 0);
}

int stage_wait(struct stage_child *child, int timeout_s, char **output)
{
    int64_t deadline = clock_mono_ms() + timeout_s * 1000;
    int status;

    while (stage_read(child, deadline))
        continue;
    assert_int_equal(waitpid(child->pid, &status, 0), child->pid);
    close(child->out);
    if (output)
        *output = buffer_take(&child->said);
    else
        buffer_free(&child->said);
    return stage_code(status);
}

void stage_kill(struct stage_child *child)
{
    int status;

    kill(child->pid, SIGKILL);
    assert_int_equal(waitpid(child->pid, &status, 0), child->pid);
    close(child->out);
    buffer_free(&child->said);
}

int stage_lawcast(const struct stage *stage, char **output, const char *const *args)
{
    struct stage_child child;

    stage_spawn(stage, &child, args);
    return stage_wait(&child, 120, output);
}

char *stage_ends(const struct stage *stage, int code, const char *const *args)
{
    char *output;
    int got = stage_lawcast(stage, &output, args);

    if (got != code)
        fail_msg("lawcast %s: exit %d instead of %d:\n%s", args[0], got, code, output);
    return output;
}

void stage_says(const struct stage *stage, int code, const char *says, const char *const *args)
{
    MEM_FREE_LATER char *output = stage_ends(stage, code, args);

    if (!strstr(output, says))
        fail_msg("lawcast %s: without \"%s\":\n%s", args[0], says, output);
}
