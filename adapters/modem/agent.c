/* agent: lawcast-modem, the program that has one modem.
 * Runs: agent.
 *
 *   lawcast-modem --device D --connection C --grace-ms N --timeout-ms N [--smsc NUMBER]
 *
 * It talks with the loop over its standard input and output (line.h) and with the modem through
 * libgammu, which blocks, keeps static buffers and has been seen to hang: therefore one process per
 * modem. When idle it sleeps in poll. It ends when its input ends, after the message that it is
 * sending: exit 0. It ignores the signals that end whole groups of processes, because a message cut
 * in half is a message in doubt; the loop has SIGKILL. Exit 1: the modem is lost, "down" said why;
 * 2: the arguments or a line were nonsense. */
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/clock.h"

#include "adapters/modem/agent_gammu.h"
#include "adapters/modem/agent_pace.h"
#include "adapters/modem/agent_send.h"
#include "adapters/modem/line.h"

#define AGENT_FAREWELL_MS 2000  /* how long "down" waits for the loop to close our input */
#define AGENT_LINGER_MS   2000  /* at the end, for status reports that are under way */
#define AGENT_REPORT_MS   60000 /* what hasn't come by then isn't waited for at the end */

enum agent_exit { AGENT_GOES_ON = -1, AGENT_DONE = 0, AGENT_LOST = 1, AGENT_NONSENSE = 2 };

struct agent {
    struct gammu *gammu;
    struct send_counters counters;
    struct buffer in, out;
    struct line line;
    bool ended;              /* no more input */
    int awaited;             /* status reports that we asked for and have not heard */
    int64_t awaited_till_ms; /* mono */
};

/* The loop may be gone; then nobody needs to know. */
static void agent_flush(struct agent *agent)
{
    size_t done = 0;

    while (done < agent->out.length) {
        ssize_t n = write(STDOUT_FILENO, agent->out.data + done, agent->out.length - done);

        if (n < 0 && errno != EINTR)
            break;
        done += n > 0 ? (size_t)n : 0;
    }
    buffer_clear(&agent->out);
}

static void agent_report(void *ctx, const struct status_report *report)
{
    struct agent *agent = ctx;

    line_add_report(&agent->out, report);
    agent->awaited -= report->kind != REPORT_PENDING;
}

static void agent_doubt(void *ctx, const char *what)
{
    struct agent *agent = ctx;

    line_add_doubt(&agent->out, what);
}

static void agent_hear(struct agent *agent)
{
    char piece[4096];
    ssize_t n = read(STDIN_FILENO, piece, sizeof piece);

    if (n > 0)
        buffer_add(&agent->in, piece, (size_t)n);
    else if (n == 0 || errno != EINTR)
        agent->ended = true;
}

static int agent_refuse_line(void)
{
    fprintf(stderr, "a line on standard input is nonsense\n");
    return AGENT_NONSENSE;
}

/* After "down": gives back what has crossed it. */
static int agent_part(struct agent *agent)
{
    int64_t limit = clock_mono_ms() + AGENT_FAREWELL_MS;
    struct outcome returned = {.kind = OUTCOME_RETURNED};

    snprintf(returned.detail, sizeof returned.detail, "the modem was lost before");
    for (;;) {
        enum line_take take = line_take(&agent->in, &agent->line);

        if (take == LINE_NONSENSE)
            return agent_refuse_line();
        if (take == LINE_TAKEN && agent->line.kind == LINE_SEND)
            line_add_result(&agent->out, agent->line.send.id, &returned);
        agent_flush(agent);
        if (take == LINE_TAKEN)
            continue;
        if (agent->ended || !pace_wait(STDIN_FILENO, limit))
            return AGENT_LOST;
        agent_hear(agent);
    }
}

static int agent_down(struct agent *agent, const char *why)
{
    line_add_down(&agent->out, why);
    return agent_part(agent);
}

static int agent_send(struct agent *agent)
{
    struct outcome outcome;
    char why[120];
    bool over = send_message(agent->gammu, &agent->counters, &agent->line.send, &outcome, why);

    if (agent->line.send.want_report)
        agent->awaited += outcome.n_references;
    if (agent->awaited < 0) /* of messages of an earlier agent */
        agent->awaited = 0;
    agent->awaited_till_ms = clock_mono_ms() + AGENT_REPORT_MS;
    /* Before the result, so that the loop doesn't hand over another at once. */
    if (over)
        line_add_down(&agent->out, why);
    line_add_result(&agent->out, agent->line.send.id, &outcome);
    if (over)
        return agent_part(agent);
    agent_flush(agent);
    return AGENT_GOES_ON;
}

/* Does what the lines say that have come. */
static int agent_obey(struct agent *agent)
{
    for (;;) {
        enum line_take take = line_take(&agent->in, &agent->line);
        int rc;

        if (take == LINE_NONE)
            break;
        if (take == LINE_NONSENSE || agent->line.kind != LINE_SEND)
            return agent_refuse_line();
        rc = agent_send(agent);
        if (rc != AGENT_GOES_ON)
            return rc;
    }
    if (!agent->ended)
        return AGENT_GOES_ON;
    return agent->in.length ? agent_refuse_line() : AGENT_DONE;
}

/* Reads what the modem says; not AGENT_GOES_ON: it is lost. */
static int agent_listen(struct agent *agent, short events)
{
    bool sane = true;

    if (events & (POLLHUP | POLLERR | POLLNVAL))
        return agent_down(agent, "the modem is gone");
    if (events)
        sane = gammu_read(agent->gammu);
    agent_flush(agent);
    return sane ? AGENT_GOES_ON : agent_down(agent, "the modem talks without sense and end");
}

/* The input has ended. Reports that are due find nobody until the next agent listens, and a real
 * line forgets them; unless the loop is gone, too, and can't take them. */
static void agent_linger(struct agent *agent)
{
    int64_t now = clock_mono_ms(), limit = now + AGENT_LINGER_MS;

    for (; agent->awaited > 0 && now < limit && now < agent->awaited_till_ms;
         now = clock_mono_ms()) {
        struct pollfd sides[] = {{.fd = STDOUT_FILENO},
                                 {.fd = gammu_fd(agent->gammu), .events = POLLIN}};

        if (poll(sides, 2, (int)(limit - now)) < 0)
            continue;
        if (sides[0].revents || sides[1].revents & ~POLLIN ||
            (sides[1].revents && !gammu_read(agent->gammu)))
            return;
        agent_flush(agent);
    }
}

static int agent_talk(struct agent *agent)
{
    for (;;) {
        struct pollfd sides[] = {{.fd = STDIN_FILENO, .events = POLLIN},
                                 {.fd = gammu_fd(agent->gammu), .events = POLLIN}};
        int rc = agent_obey(agent);

        if (rc == AGENT_DONE)
            agent_linger(agent);
        if (rc != AGENT_GOES_ON)
            return rc;
        if (poll(sides, 2, -1) < 0)
            continue;
        rc = agent_listen(agent, sides[1].revents);
        if (rc != AGENT_GOES_ON)
            return rc;
        if (sides[0].revents)
            agent_hear(agent);
    }
}

static int agent_run(struct agent *agent, const struct gammu_options *options)
{
    char why[120];

    agent->gammu = gammu_open(options, why, sizeof why);
    if (!agent->gammu)
        return agent_down(agent, why);
    line_add_ready(&agent->out, gammu_imei(agent->gammu), gammu_imsi(agent->gammu));
    agent_flush(agent);
    return agent_talk(agent);
}

/* A whole number min..most. */
static bool agent_number(const char *text, int min, int most, int *number)
{
    char *end;
    long value;

    errno = 0;
    value = strtol(text, &end, 10);
    *number = (int)value;
    return end != text && *end == '\0' && errno == 0 && value >= min && value <= most;
}

static bool agent_options(int argc, char **argv, struct gammu_options *options)
{
    static const struct option known[] = {
        {"device", required_argument, NULL, 'd'},   {"connection", required_argument, NULL, 'c'},
        {"grace-ms", required_argument, NULL, 'g'}, {"timeout-ms", required_argument, NULL, 't'},
        {"smsc", required_argument, NULL, 's'},     {0},
    };
    int c;

    while ((c = getopt_long(argc, argv, "", known, NULL)) != -1) {
        if (c == 'd')
            options->device = optarg;
        else if (c == 'c')
            options->connection = optarg;
        else if (c == 's')
            options->smsc = optarg;
        else if (c == 'g' ? !agent_number(optarg, -1, 500, &options->grace_ms)
                          : c != 't' || !agent_number(optarg, 1, 600000, &options->timeout_ms))
            return false;
    }
    return optind == argc && options->device && options->connection;
}

int main(int argc, char **argv)
{
    static struct agent agent;
    struct gammu_options options = {.grace_ms = 5,
                                    .timeout_ms = 60000,
                                    .report = agent_report,
                                    .doubt = agent_doubt,
                                    .ctx = &agent};

    /* Whatever the gateway has open is none of ours. */
    close_range(STDERR_FILENO + 1, ~0U, 0);
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    /* libgammu looks at the clock all the time; this spares a look at /etc/localtime each time. */
    setenv("TZ", "UTC0", 1);
    if (!agent_options(argc, argv, &options)) {
        fprintf(stderr, "usage: lawcast-modem --device D --connection C [--grace-ms -1..500] "
                        "[--timeout-ms 1..600000] [--smsc NUMBER]\n");
        return AGENT_NONSENSE;
    }
    send_counters_init(&agent.counters);
    /* Not taken down: libgammu would do that by talking with the modem. */
    _exit(agent_run(&agent, &options));
}
