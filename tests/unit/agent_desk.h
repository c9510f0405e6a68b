/* agent_desk: the real lawcast-modem at a desk: on one side a modem that answers from a table, on
 * the other the loop's two pipes. For test_agent*.c.
 * Runs: any (blocks; for tests).
 *
 *   struct desk desk;
 *   desk_open(&desk, answers, options);     the agent starts
 *   desk_hear(&desk, "ready");              runs both sides until the agent says such a line
 *   desk_say(&desk, "send 1 ...");
 *   desk_close(&desk, 0);                   ends its input; its exit status
 *
 * The modem echoes what it reads, like a real one. A command ends with CR, a text with Ctrl-Z. The
 * first answer whose question is the command wins; with '=' at its end it stands for all that begin
 * so. Each of the test's answers is given `times` times (0: for ever), then the next that fits, at
 * last one of desk_usual. */
#ifndef LAWCAST_TESTS_AGENT_DESK_H
#define LAWCAST_TESTS_AGENT_DESK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway/base/buffer.h"
#include "gateway/base/clock.h"
#include "tests/support/stage.h"

enum { DESK_PATIENCE_MS = 30000, DESK_LINES = 128 };

#define DESK_OK "\r\nOK\r\n"

/* question "\x1a": the text of a message. answer NULL: silence. */
struct desk_answer {
    const char *question, *answer;
    int times;
};

struct desk {
    pid_t pid;
    int in, out; /* the agent's */
    int master, slave;
    bool mute; /* doesn't echo yet */
    bool prompted;
    const struct desk_answer *answers;
    int given[32];
    struct buffer command, heard; /* of the modem; of the loop: not yet a line */
    struct buffer asked;          /* everything that the modem was asked, one a line */
    struct buffer texts;          /* the PDUs that it was given, same */
    char line[12000];             /* the last that the agent said */
    char said[DESK_LINES][400];   /* their beginnings */
    size_t n_said;
};

static const struct desk_answer desk_usual[] = {
    {"AT+CPIN?", "\r\n+CPIN: READY\r\n" DESK_OK, 0},
    {"AT+CIMI", "\r\n460000000000017\r\n" DESK_OK, 0},
    {"AT+CGSN", "\r\n860000000000001\r\n" DESK_OK, 0},
    {"AT+GCAP", "\r\n+GCAP: +CGSM,+DS,+ES\r\n" DESK_OK, 0},
    {"AT+CGMI", "\r\nACME\r\n" DESK_OK, 0},
    {"AT+CGMM", "\r\nM1\r\n" DESK_OK, 0},
    {"AT+CGMR", "\r\n1.0\r\n" DESK_OK, 0},
    {"AT+CSCS?", "\r\n+CSCS: \"GSM\"\r\n" DESK_OK, 0},
    {"AT+CSCS=?", "\r\n+CSCS: (\"GSM\")\r\n" DESK_OK, 0},
    {"AT+CSCA?", "\r\n+CSCA: \"+8613800100500\",145\r\n" DESK_OK, 0},
    {"AT+CPMS=?", "\r\n+CPMS: (\"SM\",\"ME\"),(\"SM\",\"ME\"),(\"SM\",\"ME\")\r\n" DESK_OK, 0},
    {"AT+CPMS?", "\r\n+CPMS: \"SM\",0,50,\"SM\",0,50,\"SM\",0,50\r\n" DESK_OK, 0},
    {"AT+CNMI=?", "\r\n+CNMI: (0-3),(0-3),(0-3),(0-2),(0,1)\r\n" DESK_OK, 0},
    {"AT+CREG?", "\r\n+CREG: 0,1\r\n" DESK_OK, 0},
    {"AT+CEREG?", "\r\nERROR\r\n", 0},
    {"AT+COPS?", "\r\n+COPS: 0,0,\"CHINA MOBILE\",7\r\n" DESK_OK, 0},
    {"AT+CSQ", "\r\n+CSQ: 20,99\r\n" DESK_OK, 0},
    {"AT^SYSINFO", "\r\nERROR\r\n", 0},
    {"AT+QNWINFO", "\r\nERROR\r\n", 0},
    {"AT+CMGS=", "\r\n> ", 0},
    {"\x1a", "\r\n+CMGS: 7\r\n" DESK_OK, 0},
    {"AT", DESK_OK, 0},
    {"ATE1", DESK_OK, 0},
    {"AT+CMEE=1", DESK_OK, 0},
    {"AT+CMGF=0", DESK_OK, 0},
    {"AT+CNMI=", DESK_OK, 0},
    {"AT+COPS=", DESK_OK, 0},
    {"AT+CPMS=", DESK_OK, 0},
    {"AT+CPIN=", "\r\n+CME ERROR: 16\r\n", 0},
    {"AT+CFUN=1", DESK_OK, 0},
    {"AT+CMGL=4", DESK_OK, 0},
    {"AT+CMGR=", DESK_OK, 0},
    {"AT+CMGD=", DESK_OK, 0},
    {"", "\r\nERROR\r\n", 0},
};

static void desk_write(struct desk *desk, const char *text, size_t length)
{
    while (length > 0) {
        struct pollfd wait = {.fd = desk->master, .events = POLLOUT};
        ssize_t n = write(desk->master, text, length);

        if (n > 0) {
            text += n;
            length -= (size_t)n;
        } else {
            assert_true(poll(&wait, 1, DESK_PATIENCE_MS) > 0);
        }
    }
}

/* The modem says something by itself. */
static inline void desk_mutter(struct desk *desk, const char *text)
{
    desk_write(desk, text, strlen(text));
}

static bool desk_fits(const char *question, const char *command)
{
    size_t length = strlen(question);

    if (length == 0)
        return command[0] == 'A';
    return strcmp(question, command) == 0 ||
           (question[length - 1] == '=' && strncmp(question, command, length) == 0);
}

static const struct desk_answer *desk_find(struct desk *desk, const char *command)
{
    const struct desk_answer *usual = desk_usual;

    for (int i = 0; desk->answers && desk->answers[i].question; i++)
        if (desk_fits(desk->answers[i].question, command) &&
            (desk->answers[i].times == 0 || desk->given[i] < desk->answers[i].times)) {
            desk->given[i]++;
            return &desk->answers[i];
        }
    while (*usual->question && !desk_fits(usual->question, command))
        usual++;
    return usual;
}

static void desk_obey(struct desk *desk, const char *command)
{
    const struct desk_answer *answer = desk_find(desk, command);

    buffer_printf(&desk->asked, "%s\n", *command == '\x1a' ? "text" : command);
    if (strcmp(command, "ATE1") == 0)
        desk->mute = false;
    if (!answer->answer)
        return;
    desk->prompted = strstr(answer->answer, "> ") != NULL;
    desk_mutter(desk, answer->answer);
}

static void desk_take_byte(struct desk *desk, char c)
{
    if (c == '\x1b') {
        desk->prompted = false;
        buffer_clear(&desk->command);
        return;
    }
    if (c != '\x1a' && !desk->mute)
        desk_write(desk, &c, 1);
    if (desk->prompted && c == '\x1a') {
        desk->prompted = false;
        buffer_printf(&desk->texts, "%s\n", buffer_text(&desk->command));
        buffer_clear(&desk->command);
        desk_obey(desk, "\x1a");
    } else if (!desk->prompted && c == '\r') {
        char *command = buffer_take(&desk->command);

        if (*command)
            desk_obey(desk, command);
        free(command);
    } else {
        buffer_add_char(&desk->command, c);
    }
}

static void desk_run_modem(struct desk *desk)
{
    char bytes[512];
    ssize_t n = read(desk->master, bytes, sizeof bytes);

    for (ssize_t i = 0; i < n; i++)
        desk_take_byte(desk, bytes[i]);
}

/* Takes the agent's next line; false: none is whole yet. */
static bool desk_take_line(struct desk *desk)
{
    const char *text = buffer_text(&desk->heard), *end = strchr(text, '\n');

    if (!end)
        return false;
    snprintf(desk->line, sizeof desk->line, "%.*s", (int)(end - text), text);
    assert_true(desk->n_said < DESK_LINES);
    snprintf(desk->said[desk->n_said++], sizeof *desk->said, "%.399s", desk->line);
    buffer_consume(&desk->heard, (size_t)(end - text) + 1);
    return true;
}

/* One turn of both sides. false: the agent has ended. */
static bool desk_turn(struct desk *desk, int64_t limit)
{
    struct pollfd sides[] = {{.fd = desk->out, .events = POLLIN},
                             {.fd = desk->master, .events = POLLIN}};
    char bytes[4096];
    ssize_t n;

    if (clock_mono_ms() >= limit || poll(sides, 2, DESK_PATIENCE_MS) <= 0)
        fail_msg("the agent is silent; the modem was asked:\n%s", buffer_text(&desk->asked));
    if (sides[1].revents & POLLIN)
        desk_run_modem(desk);
    if (!sides[0].revents)
        return true;
    n = read(desk->out, bytes, sizeof bytes);
    if (n > 0)
        buffer_add(&desk->heard, bytes, (size_t)n);
    return n > 0;
}

/* Runs both sides until the agent says a line that begins with word; lines before it are passed
 * over. Returns the line. */
static inline const char *desk_hear(struct desk *desk, const char *word)
{
    int64_t limit = clock_mono_ms() + DESK_PATIENCE_MS;

    for (;;) {
        while (desk_take_line(desk))
            if (strncmp(desk->line, word, strlen(word)) == 0)
                return desk->line;
        if (!desk_turn(desk, limit))
            fail_msg("the agent ended instead of saying %s; last it said: %s", word, desk->line);
    }
}

/* Runs both sides until the modem was asked this so many times in all. */
static inline void desk_await_asked(struct desk *desk, const char *question, int times)
{
    int64_t limit = clock_mono_ms() + DESK_PATIENCE_MS;

    for (;;) {
        const char *at = buffer_text(&desk->asked);
        int n = 0;

        while ((at = strstr(at, question))) {
            n++;
            at += strlen(question);
        }
        if (n >= times)
            return;
        assert_true(desk_turn(desk, limit));
    }
}

static inline bool desk_was_asked(const struct desk *desk, const char *question)
{
    return strstr(buffer_text(&desk->asked), question) != NULL;
}

/* How often the agent has said a line that begins with word. */
static inline int desk_count(const struct desk *desk, const char *word)
{
    int n = 0;

    for (size_t i = 0; i < desk->n_said; i++)
        n += strncmp(desk->said[i], word, strlen(word)) == 0;
    return n;
}

static inline void desk_say(struct desk *desk, const char *line)
{
    dprintf(desk->in, "%s\n", line);
}

static void desk_plug(struct desk *desk)
{
    struct termios raw;

    desk->master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    assert_true(desk->master >= 0);
    assert_int_equal(grantpt(desk->master), 0);
    assert_int_equal(unlockpt(desk->master), 0);
    desk->slave = open(ptsname(desk->master), O_RDWR | O_NOCTTY | O_CLOEXEC);
    assert_true(desk->slave >= 0);
    assert_int_equal(tcgetattr(desk->slave, &raw), 0);
    cfmakeraw(&raw);
    assert_int_equal(tcsetattr(desk->slave, TCSANOW, &raw), 0);
}

static void desk_spawn(struct desk *desk, const char *const *options)
{
    char program[512], *device = ptsname(desk->master);
    const char *argv[16] = {program,    "--device",   device, "--connection",
                            "at115200", "--grace-ms", "0"};
    int to[2], from[2];
    size_t n = 7;

    for (; options && *options; options++)
        argv[n++] = *options;
    stage_program("lawcast-modem", program, sizeof program);
    assert_int_equal(pipe2(to, O_CLOEXEC), 0);
    assert_int_equal(pipe2(from, O_CLOEXEC), 0);
    desk->pid = fork();
    assert_true(desk->pid >= 0);
    if (desk->pid == 0) {
        dup2(to[0], STDIN_FILENO);
        dup2(from[1], STDOUT_FILENO);
        execv(program, (char *const *)(uintptr_t)argv);
        _exit(127);
    }
    close(to[0]);
    close(from[1]);
    desk->in = to[1];
    desk->out = from[0];
}

/* answers are ended by a NULL question, options by NULL; either may be NULL. */
static inline void desk_open(struct desk *desk, const struct desk_answer *answers,
                             const char *const *options)
{
    memset(desk, 0, sizeof *desk);
    desk->answers = answers;
    desk_plug(desk);
    desk_spawn(desk, options);
}

/* Ends the agent's input and waits for it; the rest of what it says is in said. */
static inline void desk_close(struct desk *desk, int wanted)
{
    int64_t limit = clock_mono_ms() + DESK_PATIENCE_MS;
    int status;

    close(desk->in);
    while (desk_turn(desk, limit))
        continue;
    while (desk_take_line(desk))
        continue;
    assert_int_equal(waitpid(desk->pid, &status, 0), desk->pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), wanted);
    close(desk->out);
    close(desk->master);
    close(desk->slave);
    buffer_free(&desk->command);
    buffer_free(&desk->heard);
    buffer_free(&desk->asked);
    buffer_free(&desk->texts);
}

#endif
