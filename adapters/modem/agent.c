/* agent: lawcast-modem, the program that has one modem.
 * Runs: agent.
 *
 *   lawcast-modem --device D --connection C [--grace-ms N] [--timeout-ms N] [--gap-ms N]
 *                 [--smsc NUMBER] [--pin]
 *
 * It talks with the loop over its standard input and output (line.h) and with the modem through
 * libgammu, which blocks, keeps static buffers and has been seen to hang: therefore one process per
 * modem. What libgammu doesn't know it asks the modem itself (agent_ask.h), one short question at a
 * time when nothing is being sent. When idle it sleeps in poll. It ends when its input ends, after
 * the message that it is sending: exit 0. It ignores the signals that end whole groups of
 * processes, because a message cut in half is a message in doubt; the loop has SIGKILL. Exit 1: the
 * modem is lost, "down" or "barred" said why; 2: the arguments or a line were nonsense.
 *
 * With --pin the loop knows the SIM's PIN, and is asked for it when the SIM asks (needpin): so the
 * loop can write down before the try that there was one. The arguments of a process are no secret.
 *
 * What the modem says before it is known whose SIM it has waits until that was told (health). */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/clock.h"

#include "adapters/modem/agent_ask.h"
#include "adapters/modem/agent_gammu.h"
#include "adapters/modem/agent_health.h"
#include "adapters/modem/agent_inbox.h"
#include "adapters/modem/agent_options.h"
#include "adapters/modem/agent_pace.h"
#include "adapters/modem/agent_send.h"
#include "adapters/modem/agent_sim.h"
#include "adapters/modem/agent_talk.h"

#define AGENT_LINGER_MS  2000  /* at the end, for status reports that are under way */
#define AGENT_REPORT_MS  60000 /* what hasn't come by then isn't waited for at the end */
#define AGENT_BEAT_MS    (LINE_BEAT_MS * 3 / 4)
#define AGENT_WAKE_MS    30000 /* no modem that is well needs that long to say something */
#define AGENT_NETWORK_MS 20000 /* for the modem to find its network */
#define AGENT_LOST_MS    30000 /* without a network, until it is given up */
#define AGENT_LOOK_MS    1000  /* between two looks for the network at the start */
#define AGENT_ASK_MIN_MS 2000

struct agent {
    struct agent_options options;
    struct tty tty;
    struct asker asker;
    struct health health;
    struct inbox inbox;
    struct sender sender;
    struct talk talk;
    struct buffer early; /* lines that wait until it is told whose SIM it is */
    bool told;           /* that */
    int quits;           /* AGENT_GOES_ON, or why there was no PIN */
    bool ready;
    int64_t network_ms;      /* mono: until then the network may take to be found */
    int awaited;             /* status reports that we asked for and have not heard */
    int64_t awaited_till_ms; /* mono */
};

static struct buffer *agent_out(struct agent *agent)
{
    return agent->told ? &agent->talk.out : &agent->early;
}

static void agent_report(void *ctx, const struct status_report *report)
{
    struct agent *agent = ctx;

    line_add_report(agent_out(agent), report);
    agent->awaited -= report->kind != REPORT_PENDING;
    talk_flush(&agent->talk); /* also in the middle of a message, which may take long */
}

static void agent_doubt(void *ctx, const char *what)
{
    struct agent *agent = ctx;

    line_add_doubt(&agent->talk.out, what);
}

static void agent_inbound(void *ctx, const struct inbound *inbound)
{
    struct agent *agent = ctx;

    line_add_inbound(agent_out(agent), inbound);
}

static void agent_direct(void *ctx, const char *digits, size_t length)
{
    struct agent *agent = ctx;

    inbox_take_direct(&agent->inbox, digits, length);
}

static void agent_stored(void *ctx, const char *line)
{
    struct agent *agent = ctx;

    inbox_note_stored(&agent->inbox, line);
}

/* Reports that nobody can read are told as such, for the books to count. */
static void agent_tell_botched(struct agent *agent)
{
    /* 3GPP TS 23.040 9.2.3.15: 255 is none of the status codes. */
    const struct status_report blank = {.kind = REPORT_FAILED, .status = 255};

    for (unsigned n = tap_fetch_botched(&agent->tty.tap); n > 0; n--) {
        agent_doubt(agent, "a status report can't be read");
        agent_report(agent, &blank);
    }
}

static void agent_tell_health(struct agent *agent)
{
    line_add_health(&agent->talk.out, &agent->health.now);
    agent->told = true;
    buffer_add(&agent->talk.out, agent->early.data, agent->early.length);
    buffer_clear(&agent->early);
}

static int agent_down(struct agent *agent, const char *why)
{
    line_add_down(&agent->talk.out, why);
    return talk_part(&agent->talk);
}

static int agent_barred(struct agent *agent, const char *why)
{
    line_add_barred(&agent->talk.out, why);
    return talk_part(&agent->talk);
}

/* Before it is ready: says also which device it is about. */
static int agent_fail(struct agent *agent, enum sim_state state, const char *why)
{
    char text[160];

    snprintf(text, sizeof text, "%.60s: %s", agent->options.gammu.device, why);
    agent_tell_botched(agent);
    if (agent->early.length)
        agent_tell_health(agent);
    if (state == SIM_BAD_PIN)
        line_add_word(&agent->talk.out, LINE_BAD_PIN);
    return state == SIM_LOST ? agent_down(agent, text) : agent_barred(agent, text);
}

static int agent_send(struct agent *agent)
{
    const struct line_send *send = &agent->talk.line.send;
    struct outcome outcome;
    char why[120];
    enum send_end end = send_message(&agent->sender, send, &outcome, why);

    agent_tell_botched(agent);
    if (send->want_report)
        agent->awaited += outcome.n_references;
    if (agent->awaited < 0) /* of messages of an earlier agent */
        agent->awaited = 0;
    agent->awaited_till_ms = clock_mono_ms() + AGENT_REPORT_MS;
    /* Before the result, so that the loop doesn't hand over another at once. */
    if (end == SEND_DOWN)
        line_add_down(&agent->talk.out, why);
    else if (end == SEND_BARRED)
        line_add_barred(&agent->talk.out, why);
    line_add_result(&agent->talk.out, send->id, &outcome);
    if (end != SEND_GOES_ON)
        return talk_part(&agent->talk);
    talk_flush(&agent->talk);
    return AGENT_GOES_ON;
}

/* Does what the lines say that have come, up to one message: then the modem has its turn. */
static int agent_obey(struct agent *agent)
{
    enum line_take take;

    while ((take = line_take(&agent->talk.in, &agent->talk.line)) == LINE_TAKEN) {
        if (agent->talk.line.kind == LINE_SEND && agent->ready)
            return agent_send(agent);
        if (agent->talk.line.kind != LINE_FORGET)
            return talk_refuse();
        inbox_forget(&agent->inbox, agent->talk.line.place);
    }
    if (take == LINE_NONSENSE)
        return talk_refuse();
    if (!agent->talk.ended)
        return AGENT_GOES_ON;
    return agent->talk.in.length ? talk_refuse() : AGENT_DONE;
}

/* Tells how the modem stands, and that it is ready as soon as it has a network. */
static void agent_tell(struct agent *agent)
{
    if (health_fetch(&agent->health, clock_mono_ms()))
        agent_tell_health(agent);
    if (agent->ready || !health_has_network(&agent->health))
        return;
    agent->ready = true;
    line_add_word(&agent->talk.out, LINE_READY);
}

static int agent_check_network(struct agent *agent, int64_t now)
{
    char why[120];

    if (!agent->ready && now >= agent->network_ms)
        return agent_fail(agent, SIM_LOST, health_complaint(&agent->health));
    if (!agent->ready || health_lost_for_ms(&agent->health, now) < AGENT_LOST_MS)
        return AGENT_GOES_ON;
    snprintf(why, sizeof why, "no network: %s", health_complaint(&agent->health));
    return agent_down(agent, why);
}

/* One question to the modem, if one is due, and a sign of life. */
static int agent_care(struct agent *agent)
{
    int64_t now = clock_mono_ms();
    int rc;

    if (now >= health_due_ms(&agent->health)) {
        health_step(&agent->health, &agent->asker);
        agent_tell(agent);
        if (!agent->ready)
            health_hurry(&agent->health, AGENT_LOOK_MS);
    } else if (agent->ready && inbox_is_due(&agent->inbox, now)) {
        inbox_step(&agent->inbox);
    }
    gammu_settle(agent->sender.gammu);
    agent_tell_botched(agent);
    if (agent->asker.deaf)
        return agent_down(agent, tty_complaint(&agent->tty));
    if (agent->health.swapped)
        return agent_down(agent, "the modem tells another IMSI than before: was the SIM changed?");
    rc = agent_check_network(agent, now);
    if (rc != AGENT_GOES_ON)
        return rc;
    if (now >= agent->talk.said_ms + AGENT_BEAT_MS && agent->talk.out.length == 0)
        line_add_word(&agent->talk.out, LINE_BEAT);
    talk_flush(&agent->talk);
    return AGENT_GOES_ON;
}

static int64_t agent_least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* How long there is nothing to do, if nobody says anything. */
static int agent_leisure_ms(const struct agent *agent)
{
    int64_t now = clock_mono_ms();
    int64_t due = agent_least(health_due_ms(&agent->health), agent->talk.said_ms + AGENT_BEAT_MS);

    if (talk_has_line(&agent->talk) || (agent->ready && inbox_is_due(&agent->inbox, now)))
        return 0;
    due = agent_least(due, agent->ready ? inbox_due_ms(&agent->inbox) : agent->network_ms);
    return due > now ? (int)(due - now) : 0;
}

/* Reads what the modem says; not AGENT_GOES_ON: it is lost. */
static int agent_listen(struct agent *agent, short events)
{
    if (events & (POLLHUP | POLLERR | POLLNVAL)) {
        agent->tty.gone = true;
        return agent_down(agent, tty_complaint(&agent->tty));
    }
    if (events && !gammu_read(agent->sender.gammu))
        return agent_down(agent, tty_complaint(&agent->tty));
    talk_flush(&agent->talk);
    return AGENT_GOES_ON;
}

/* The input has ended. Reports that are due find nobody until the next agent listens, and a real
 * line forgets them; unless the loop is gone, too, and can't take them. */
static void agent_linger(struct agent *agent)
{
    int64_t now = clock_mono_ms(), limit = now + AGENT_LINGER_MS;

    for (; agent->awaited > 0 && now < limit && now < agent->awaited_till_ms;
         now = clock_mono_ms()) {
        struct pollfd sides[] = {{.fd = STDOUT_FILENO}, {.fd = agent->tty.fd, .events = POLLIN}};

        if (poll(sides, 2, (int)(limit - now)) < 0)
            continue;
        if (sides[0].revents || sides[1].revents & ~POLLIN ||
            (sides[1].revents && !gammu_read(agent->sender.gammu)))
            return;
        agent_tell_botched(agent);
        talk_flush(&agent->talk);
    }
}

static int agent_talk(struct agent *agent)
{
    for (;;) {
        struct pollfd sides[] = {{.fd = STDIN_FILENO, .events = POLLIN},
                                 {.fd = agent->tty.fd, .events = POLLIN}};
        int rc = agent_obey(agent);

        if (rc == AGENT_DONE)
            agent_linger(agent);
        if (rc == AGENT_GOES_ON)
            rc = agent_care(agent);
        if (rc != AGENT_GOES_ON)
            return rc;
        if (poll(sides, 2, agent_leisure_ms(agent)) < 0)
            continue;
        rc = agent_listen(agent, sides[1].revents);
        if (rc != AGENT_GOES_ON)
            return rc;
        if (sides[0].revents)
            talk_hear(&agent->talk);
    }
}

static const char *agent_fetch_pin(void *ctx)
{
    struct agent *agent = ctx;

    line_add_word(&agent->talk.out, LINE_NEED_PIN);
    talk_flush(&agent->talk);
    agent->quits = talk_await(&agent->talk, LINE_PIN);
    return agent->quits == AGENT_GOES_ON ? agent->talk.line.pin : NULL;
}

static void agent_note_pin(void *ctx)
{
    struct agent *agent = ctx;

    line_add_word(&agent->talk.out, LINE_TOOK_PIN);
    talk_flush(&agent->talk);
}

/* The SIM first: nothing may lock it. */
static enum sim_state agent_open_sim(struct agent *agent, char why[static 120])
{
    const struct gammu_options *options = &agent->options.gammu;
    const struct sim_safe safe = {agent_fetch_pin, agent_note_pin, agent};
    const char *reason = tty_open(&agent->tty, options->device, options->connection);
    enum sim_state state = SIM_LOST;

    if (reason)
        snprintf(why, 120, "%s", reason);
    else if (!ask_wake(&agent->asker,
                       clock_mono_ms() + agent_least(options->timeout_ms, AGENT_WAKE_MS)))
        snprintf(why, 120, "%s", tty_complaint(&agent->tty));
    else
        state = sim_unlock(&agent->asker, agent->options.pin ? &safe : NULL, why);
    if (state == SIM_READY)
        state = sim_identify(&agent->asker, &agent->health.now, why);
    return state;
}

static int agent_open(struct agent *agent)
{
    const struct gammu_options *options = &agent->options.gammu;
    char why[120];
    enum sim_state state = agent_open_sim(agent, why);

    talk_wipe(&agent->talk);
    if (agent->quits != AGENT_GOES_ON)
        return agent->quits;
    if (agent->health.now.cdma)
        agent_tell_health(agent);
    if (state != SIM_READY)
        return agent_fail(agent, state, why);
    agent->sender.gammu = gammu_open(options, &agent->tty, why, sizeof why);
    if (!agent->sender.gammu)
        return agent_fail(agent, SIM_LOST, why);
    snprintf(agent->health.now.smsc, sizeof agent->health.now.smsc, "%s",
             gammu_centre(agent->sender.gammu));
    gammu_describe(agent->sender.gammu, agent->health.now.model);
    health_open(&agent->health, &agent->asker);
    if (agent->asker.deaf)
        return agent_fail(agent, SIM_LOST, tty_complaint(&agent->tty));
    agent->network_ms = clock_mono_ms() + agent_least(options->timeout_ms, AGENT_NETWORK_MS);
    agent_tell(agent);
    health_hurry(&agent->health, agent->ready ? INT32_MAX : AGENT_LOOK_MS);
    talk_flush(&agent->talk);
    return AGENT_GOES_ON;
}

static int agent_run(struct agent *agent)
{
    int rc = agent_open(agent);

    return rc == AGENT_GOES_ON ? agent_talk(agent) : rc;
}

static void agent_init(struct agent *agent)
{
    static const struct tap_events tap_events = {agent_report, agent_direct, agent_stored};
    static const struct inbox_events inbox_events = {agent_inbound, agent_report, agent_doubt};

    agent->quits = AGENT_GOES_ON;
    agent->options.gammu.doubt = agent_doubt;
    agent->options.gammu.ctx = agent;
    agent->tty = (struct tty){.fd = -1, .tap = {.events = &tap_events, .ctx = agent}};
    agent->asker.tty = &agent->tty;
    /* Short of what the loop gives a message beyond its own time limit. */
    agent->asker.limit_ms = agent_least(ASK_MS, agent->options.gammu.timeout_ms / 2);
    if (agent->asker.limit_ms < AGENT_ASK_MIN_MS)
        agent->asker.limit_ms = AGENT_ASK_MIN_MS;
    agent->sender.gap_ms = agent->options.gap_ms;
    send_counters_init(&agent->sender.counters);
    inbox_init(&agent->inbox, &agent->asker, &inbox_events, agent);
}

int main(int argc, char **argv)
{
    static struct agent agent;

    /* Whatever the gateway has open is none of ours. */
    close_range(STDERR_FILENO + 1, ~0U, 0);
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    /* libgammu looks at the clock all the time; this spares a look at /etc/localtime each time. */
    setenv("TZ", "UTC0", 1);
    if (!agent_options_read(&agent.options, argc, argv))
        return AGENT_NONSENSE;
    agent_init(&agent);
    /* Not taken down: libgammu would do that by talking with the modem. */
    _exit(agent_run(&agent));
}
