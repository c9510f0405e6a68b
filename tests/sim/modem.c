/* modem: one AT modem on a pseudo-terminal. See modem.h.
 * Runs: loop. */
#include "tests/sim/modem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "tests/sim/at.h"

enum {
    MODEM_CMS_BAD_PDU = 304,
    MODEM_READ = 4096,
    MODEM_UNREAD_MAX = 4096, /* nothing unsolicited is added to more than this */
    MODEM_INBOX = 16,
};

/* The terminal; a new one each time that the modem is plugged in. */
struct modem_tty {
    uv_poll_t poll;
    struct modem *modem;
    int master, slave;
    int events; /* what poll watches for */
};

struct modem {
    const struct modem_env *env;
    unsigned index;
    char *link;
    struct at *at;
    struct modem_tty *tty; /* NULL: unplugged */
    uv_timer_t air, echo;
    struct pdu_submit sending; /* while at_is_busy */
    enum modem_hang hang;
    int next_cms;
    uint8_t reference; /* of the next message */
    struct queue ready;
    struct pdu_bytes inbox[MODEM_INBOX];
    size_t n_inbox;
};

static void modem_turn(struct modem *modem);

/* The network takes the message: says so in the log and promises the reports. */
static unsigned modem_take(struct modem *modem, const struct fate *fate)
{
    const struct pdu_submit *submit = &modem->sending;
    uint8_t reference = modem->env->reference_zero ? 0 : modem->reference++;
    struct report report = {.taken_ms = clock_wall_ms(),
                            .international = submit->international,
                            .reference = reference,
                            .status = (uint8_t)fate->status,
                            .modem = modem->index};

    sim_log_accepted(modem->env->log, modem->index, reference, submit);
    memcpy(report.number, submit->number, sizeof report.number);
    for (int i = 0; submit->want_report && i < fate->reports; i++)
        modem->env->promise(modem->env->ctx, &report);
    return reference;
}

static void modem_end_air(struct modem *modem)
{
    enum modem_hang hang = modem->hang;
    struct fate fate;
    unsigned reference;

    LOG_ASSERT(at_is_busy(modem->at));
    modem->hang = MODEM_HANG_NONE;
    if (hang == MODEM_HANG_BEFORE) {
        at_silence(modem->at);
        return;
    }
    fate = fates_try(modem->env->fates, modem->sending.number);
    if (modem->next_cms)
        fate.cms = modem->next_cms;
    modem->next_cms = 0;
    if (fate.cms) {
        sim_log_rejected(modem->env->log, modem->index, modem->sending.number, fate.cms);
        at_refuse(modem->at, fate.cms);
        return;
    }
    reference = modem_take(modem, &fate);
    if (hang == MODEM_HANG_AFTER)
        at_silence(modem->at);
    else
        at_answer(modem->at, reference);
}

static void modem_on_air_end(uv_timer_t *timer)
{
    struct modem *modem = timer->data;

    modem_end_air(modem);
    modem_turn(modem);
}

static void modem_on_submit(void *ctx, const uint8_t *pdu, size_t length, size_t announced)
{
    struct modem *modem = ctx;
    int rc = pdu_read_submit(pdu, length, announced, &modem->sending);

    if (rc) {
        sim_log_bad(modem->env->log, modem->index, pdu_error_name(rc));
        at_refuse(modem->at, MODEM_CMS_BAD_PDU);
    } else if (modem->env->air_ms > 0) {
        uv_timer_start(&modem->air, modem_on_air_end, (uint64_t)modem->env->air_ms, 0);
    } else {
        modem_end_air(modem);
    }
}

static void modem_on_garbage(void *ctx)
{
    struct modem *modem = ctx;

    sim_log_bad(modem->env->log, modem->index, "hex");
    at_refuse(modem->at, MODEM_CMS_BAD_PDU);
}

struct modem *modem_new(const struct modem_env *env, unsigned index)
{
    struct modem *modem = mem_new(struct modem);
    struct at_host host = {modem_on_submit, modem_on_garbage, modem};

    modem->env = env;
    modem->index = index;
    modem->link = mem_printf("%s/modem-%u", env->dir, index);
    modem->at = at_new(&host, index);
    modem->reference = 1;
    uv_timer_init(env->loop, &modem->air);
    uv_timer_init(env->loop, &modem->echo);
    modem->air.data = modem->echo.data = modem;
    return modem;
}

void modem_free(struct modem *modem)
{
    LOG_ASSERT(!modem->tty);
    at_free(modem->at);
    queue_free(&modem->ready);
    free(modem->link);
    free(modem);
}

static int modem_say_report(struct modem *modem, const struct report *report)
{
    struct pdu_report said = {.number = report->number,
                              .international = report->international,
                              .reference = report->reference,
                              .status = report->status,
                              .sent_ms = report->taken_ms,
                              .done_ms = clock_wall_ms()};
    struct pdu_bytes pdu;

    pdu_write_report(&said, &pdu);
    if (at_report(modem->at, &pdu))
        return 1;
    sim_log_reported(modem->env->log, modem->index, report->number, report->reference,
                     report->status);
    return 0;
}

/* Everything unsolicited that the conversation allows now. */
static void modem_say(struct modem *modem)
{
    const struct buffer *out = at_output(modem->at);

    while (at_is_idle(modem->at) && out->length < MODEM_UNREAD_MAX) {
        const struct report *report = queue_front(&modem->ready);

        if (!report || modem_say_report(modem, report))
            break;
        queue_pop(&modem->ready);
    }
    while (modem->n_inbox && at_is_idle(modem->at) && out->length < MODEM_UNREAD_MAX) {
        if (at_deliver(modem->at, &modem->inbox[0]))
            break;
        modem->n_inbox--;
        memmove(modem->inbox, modem->inbox + 1, modem->n_inbox * sizeof *modem->inbox);
    }
}

static void modem_write(struct modem_tty *tty)
{
    struct buffer *out = at_output(tty->modem->at);
    ssize_t n;

    if (!out->length)
        return;
    n = write(tty->master, out->data, out->length);
    if (n > 0)
        buffer_consume(out, (size_t)n);
    else if (n < 0 && errno != EAGAIN && errno != EINTR)
        log_panic("%s can't be written: %s", tty->modem->link, strerror(errno));
}

static void modem_read(struct modem *modem)
{
    char bytes[MODEM_READ];
    ssize_t n = read(modem->tty->master, bytes, sizeof bytes);

    if (n > 0)
        at_feed(modem->at, bytes, (size_t)n);
    else if (n == 0 || (errno != EAGAIN && errno != EINTR))
        log_panic("%s can't be read: %s", modem->link, n ? strerror(errno) : "it has ended");
}

static void modem_on_echo_end(uv_timer_t *timer)
{
    struct modem *modem = timer->data;

    modem_read(modem);
    modem_turn(modem);
}

static void modem_on_poll(uv_poll_t *poll, int status, int events)
{
    struct modem *modem = poll->data;
    int64_t delay_us = modem->env->echo_delay_us;

    if (status < 0)
        log_panic("%s can't be watched: %s", modem->link, uv_strerror(status));
    if (events & UV_READABLE && delay_us > 0)
        uv_timer_start(&modem->echo, modem_on_echo_end, (uint64_t)(delay_us + 999) / 1000, 0);
    else if (events & UV_READABLE)
        modem_read(modem);
    modem_turn(modem);
}

/* Ends every event: says what can be said, writes what can be written, and watches for the rest. A
 * modem that is busy or slow to echo doesn't read, so the host's bytes wait in the terminal. */
static void modem_turn(struct modem *modem)
{
    struct modem_tty *tty = modem->tty;
    int events = 0;

    if (!tty)
        return;
    modem_say(modem);
    modem_write(tty);
    if (!at_is_busy(modem->at) && !uv_is_active((uv_handle_t *)&modem->echo))
        events |= UV_READABLE;
    if (at_output(modem->at)->length)
        events |= UV_WRITABLE;
    if (events == tty->events)
        return;
    tty->events = events;
    if (events)
        uv_poll_start(&tty->poll, events, modem_on_poll);
    else
        uv_poll_stop(&tty->poll);
}

/* Both sides of a new terminal, the slave raw: until an agent has opened it nothing may be echoed
 * back to us. 0 or -errno. */
static int modem_open_pty(int *master, int *slave)
{
    struct termios raw;
    char name[64];

    *slave = -1;
    *master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
    if (*master < 0)
        return -errno;
    if (grantpt(*master) || unlockpt(*master) || ptsname_r(*master, name, sizeof name))
        return -errno;
    *slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (*slave < 0 || tcgetattr(*slave, &raw))
        return -errno;
    cfmakeraw(&raw);
    return tcsetattr(*slave, TCSANOW, &raw) ? -errno : 0;
}

/* Replaces the link in one step, so that nobody ever finds half of one. */
static int modem_make_link(const struct modem *modem, int master)
{
    MEM_FREE_LATER char *fresh = mem_printf("%s.new", modem->link);
    char name[64];

    if (ptsname_r(master, name, sizeof name))
        return -errno;
    if (unlink(fresh) && errno != ENOENT)
        return -errno;
    return symlink(name, fresh) || rename(fresh, modem->link) ? -errno : 0;
}

static void modem_close_pty(int master, int slave)
{
    if (slave >= 0)
        close(slave);
    if (master >= 0)
        close(master);
}

int modem_plug(struct modem *modem)
{
    struct modem_tty *tty;
    int master, slave;
    int rc = modem_open_pty(&master, &slave);

    LOG_ASSERT(!modem->tty);
    if (!rc)
        rc = modem_make_link(modem, master);
    if (rc) {
        modem_close_pty(master, slave);
        return rc;
    }
    tty = mem_new(struct modem_tty);
    *tty = (struct modem_tty){.modem = modem, .master = master, .slave = slave};
    rc = uv_poll_init(modem->env->loop, &tty->poll, master);
    if (rc) {
        modem_close_pty(master, slave);
        free(tty);
        return rc;
    }
    tty->poll.data = modem;
    modem->tty = tty;
    modem_turn(modem);
    return 0;
}

static void modem_on_tty_closed(uv_handle_t *handle)
{
    free((struct modem_tty *)(void *)handle); /* poll is its first member */
}

void modem_unplug(struct modem *modem)
{
    struct modem_tty *tty = modem->tty;

    if (!tty)
        return;
    modem->tty = NULL;
    uv_timer_stop(&modem->air);
    uv_timer_stop(&modem->echo);
    at_reset(modem->at);
    unlink(modem->link); /* first: the kernel gives the terminal's name to the next who asks */
    uv_close((uv_handle_t *)&tty->poll, modem_on_tty_closed);
    modem_close_pty(tty->master, tty->slave);
}

bool modem_is_plugged(const struct modem *modem)
{
    return modem->tty != NULL;
}

void modem_close(struct modem *modem)
{
    modem_unplug(modem);
    uv_close((uv_handle_t *)&modem->air, NULL);
    uv_close((uv_handle_t *)&modem->echo, NULL);
}

const char *modem_link(const struct modem *modem)
{
    return modem->link;
}

void modem_hang(struct modem *modem, enum modem_hang hang)
{
    modem->hang = hang;
}

void modem_refuse(struct modem *modem, int cms)
{
    modem->next_cms = cms;
}

void modem_report(struct modem *modem, const struct report *report)
{
    queue_push(&modem->ready, report);
    modem_turn(modem);
}

size_t modem_reports_waiting(const struct modem *modem)
{
    return modem->ready.n;
}

int modem_deliver(struct modem *modem, const char *number, const char *text)
{
    if (modem->n_inbox == MODEM_INBOX ||
        pdu_write_deliver(number, text, clock_wall_ms(), &modem->inbox[modem->n_inbox]))
        return 1;
    modem->n_inbox++;
    modem_turn(modem);
    return 0;
}
