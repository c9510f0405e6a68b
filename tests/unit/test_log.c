/* test_log: one line per event, and a log that nobody reads stops nobody.
 * Runs: any.
 *
 * Standard error belongs to the process, and the log keeps what it found there: each test logs in
 * a child. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gateway/base/buffer.h"
#include "gateway/base/log.h"

#define LINES 5000

static void read_some(int fd, struct buffer *out)
{
    char bytes[4096];
    ssize_t n;

    while ((n = read(fd, bytes, sizeof bytes)) > 0)
        buffer_add(out, bytes, (size_t)n);
}

/* What deeds wrote on standard error, which is a pipe whose reader's end they get; and how they
 * ended. */
static int child_logs(void (*deeds)(int reader), struct buffer *got)
{
    int ends[2], status = 0;
    pid_t pid;

    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        dup2(ends[1], STDERR_FILENO);
        deeds(ends[0]);
        _exit(0);
    }
    close(ends[1]);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    read_some(ends[0], got);
    close(ends[0]);
    return status;
}

static size_t count_of(const char *text, const char *word)
{
    size_t n = 0;

    for (; (text = strstr(text, word)); text++)
        n++;
    return n;
}

static void log_a_little(int reader)
{
    (void)reader;
    unsetenv("JOURNAL_STREAM");
    log_debug("event=%d", 1);
    log_warning("event=%d", 2);
    log_set_level(LOG_LEVEL_DEBUG);
    log_debug("event=%d", 3);
    setenv("JOURNAL_STREAM", "1:2", 1);
    log_error("event=%d", 4);
}

static void lines_have_their_level(void **state)
{
    BUFFER_FREE_LATER struct buffer got = BUFFER_NULL;

    (void)state;
    assert_int_equal(child_logs(log_a_little, &got), 0);
    assert_int_equal(count_of(buffer_text(&got), "\n"), 3);
    assert_non_null(strstr(buffer_text(&got), " warning event=2\n"));
    assert_non_null(strstr(buffer_text(&got), " debug event=3\n"));
    assert_non_null(strstr(buffer_text(&got), "\n<3>event=4\n"));
}

/* What a child writes on a terminal, which is its standard error. */
static void person_reads(void (*deeds)(int reader), struct buffer *got)
{
    int reader, terminal, status;
    pid_t pid;

    assert_int_equal(openpty(&reader, &terminal, NULL, NULL, NULL), 0);
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        dup2(terminal, STDERR_FILENO);
        deeds(reader);
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    close(terminal);
    read_some(reader, got);
    close(reader);
}

static void log_to_a_person(int reader)
{
    (void)reader;
    unsetenv("JOURNAL_STREAM");
    setenv("LC_ALL", "C", 1);
    log_open();
    log_info("event=1");
    log_warning("event=2");
    log_error("event=3");
}

static void log_as_asked(int reader)
{
    log_to_a_person(reader);
    log_set_level(LOG_LEVEL_INFO); /* --verbose */
    log_info("event=4");
}

static void log_to_the_journal(int reader)
{
    (void)reader;
    setenv("JOURNAL_STREAM", "1:2", 1);
    log_open();
    log_warning("event=5");
}

/* People read sentences; lines are for who asks for them. */
static void a_terminal_gets_no_lines(void **state)
{
    BUFFER_FREE_LATER struct buffer got = BUFFER_NULL;

    (void)state;
    person_reads(log_to_a_person, &got);
    assert_int_equal(count_of(buffer_text(&got), "event="), 0);
    assert_int_equal(count_of(buffer_text(&got), "noted in the log"), 1);
    buffer_clear(&got);
    person_reads(log_as_asked, &got);
    assert_int_equal(count_of(buffer_text(&got), "event="), 1);
    assert_non_null(strstr(buffer_text(&got), " info event=4"));
    buffer_clear(&got);
    person_reads(log_to_the_journal, &got);
    assert_non_null(strstr(buffer_text(&got), "<4>event=5"));
}

static void log_too_much(int reader)
{
    char bytes[65536];

    setenv("JOURNAL_STREAM", "1:2", 1);
    for (int i = 0; i < LINES; i++)
        log_warning("event=%d %0100d", i, 0);
    if (read(reader, bytes, sizeof bytes) <= 0)
        _exit(1);
    log_warning("event=last");
}

static void a_log_that_nobody_reads_stops_nobody(void **state)
{
    BUFFER_FREE_LATER struct buffer got = BUFFER_NULL;
    const char *gap;

    (void)state;
    assert_int_equal(child_logs(log_too_much, &got), 0);
    gap = strstr(buffer_text(&got), "<4>log lines_dropped=");
    assert_non_null(gap);
    assert_in_range(atoi(gap + strlen("<4>log lines_dropped=")), 1, LINES);
    assert_non_null(strstr(gap, "\n<4>event=last\n"));
}

static void log_and_die(int reader)
{
    const struct rlimit none = {0};

    (void)reader;
    setrlimit(RLIMIT_CORE, &none);
    signal(SIGABRT, SIG_DFL);
    log_panic("apples=%d", 3);
}

static void a_panic_says_where(void **state)
{
    BUFFER_FREE_LATER struct buffer got = BUFFER_NULL;
    int status = child_logs(log_and_die, &got);

    (void)state;
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    assert_non_null(strstr(buffer_text(&got), "tests/unit/test_log.c:"));
    assert_non_null(strstr(buffer_text(&got), ": apples=3\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_have_their_level),
        cmocka_unit_test(a_terminal_gets_no_lines),
        cmocka_unit_test(a_log_that_nobody_reads_stops_nobody),
        cmocka_unit_test(a_panic_says_where),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
