/* modem: the terminal of one AT modem, and its power. See modem.h.
 * Runs: loop. */
#include "tests/sim/modem_room.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"

#define MODEM_CENTRE "+8613800100500"

enum { MODEM_READ = 4096 };

/* The terminal; a new one each time that the modem is plugged in. */
struct modem_tty {
    uv_poll_t poll;
    struct modem *modem;
    int master, slave;
    int events; /* what poll watches for */
};

static void modem_init_radio(struct radio *radio, const struct modem_spec *spec)
{
    char imsi[CARD_IMSI_MAX + 1];

    snprintf(imsi, sizeof imsi, "46000000%07u", (unsigned)spec->index % 10000000);
    snprintf(radio->imei, sizeof radio->imei, "86000000%07u", (unsigned)spec->index % 10000000);
    if (spec->imei)
        snprintf(radio->imei, sizeof radio->imei, "%s", spec->imei);
    radio->family = family_find(spec->family);
    LOG_ASSERT(radio->family);
    snprintf(radio->network, sizeof radio->network, "%s", spec->network ? spec->network : "");
    snprintf(radio->centre, sizeof radio->centre, "%s", spec->smsc ? spec->smsc : MODEM_CENTRE);
    radio->registration = (int)spec->registration;
    radio->signal = (int)spec->signal;
    radio->cdma = spec->cdma;
    card_init(&radio->card, spec->imsi ? spec->imsi : imsi, spec->pin ? spec->pin : "", spec->puk);
}

struct modem *modem_new(const struct modem_env *env, const struct modem_spec *spec)
{
    struct modem *modem = mem_new(struct modem);
    struct at_host host = {modem_on_submit, modem_on_garbage, modem_on_deleted, modem};

    modem->env = env;
    modem->index = (unsigned)spec->index;
    modem->link = spec->link ? mem_printf("%s/%s", env->dir, spec->link)
                             : mem_printf("%s/modem-%u", env->dir, modem->index);
    modem_init_radio(&modem->radio, spec);
    modem->at = at_new(&host, &modem->radio);
    modem->air_ms = spec->air_ms;
    modem->time =
        (struct modem_time){.due_ms = INT64_MAX, .gap_ms = spec->gap_ms, .lost_ms = spec->lost_ms};
    modem->echo_delay_us = spec->echo_delay_us;
    modem->reference_zero = spec->reference_zero;
    modem->reports.late_ms = FATE_USUAL;
    modem->faults.on[MODEM_CDMA] = spec->cdma;
    modem->reference = 1;
    modem->inbox_end = &modem->inbox;
    uv_timer_init(env->loop, &modem->air);
    uv_timer_init(env->loop, &modem->echo);
    modem->air.data = modem->echo.data = modem;
    return modem;
}

void modem_free(struct modem *modem)
{
    LOG_ASSERT(!modem->tty);
    at_free(modem->at);
    queue_free(&modem->reports.ready);
    modem_clear_inbox(modem);
    free(modem->link);
    free(modem);
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

    if (n > 0 && modem->faults.on[MODEM_DEAF])
        return;
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
    int64_t delay_us = modem->echo_delay_us;

    if (status < 0)
        log_panic("%s can't be watched: %s", modem->link, uv_strerror(status));
    if (events & UV_READABLE && delay_us > 0)
        uv_timer_start(&modem->echo, modem_on_echo_end, (uint64_t)(delay_us + 999) / 1000, 0);
    else if (events & UV_READABLE)
        modem_read(modem);
    modem_turn(modem);
}

/* Everything unsolicited that the conversation allows now. */
static void modem_say(struct modem *modem)
{
    if (modem->faults.on[MODEM_DEAF])
        return;
    at_announce(modem->at);
    modem_say_reports(modem);
    modem_say_inbox(modem);
}

/* What comes while a message is in the air is held by the interpreter, which costs less than not to
 * watch; a host that doesn't stop, and one whose modem is slow to echo, waits in the terminal. */
static bool modem_listens(const struct modem *modem)
{
    return at_held(modem->at) < MODEM_UNREAD_MAX &&
           !uv_is_active((const uv_handle_t *)&modem->echo);
}

void modem_turn(struct modem *modem)
{
    struct modem_tty *tty = modem->tty;
    int events = 0;

    if (!tty)
        return;
    modem_say(modem);
    modem_write(tty);
    if (modem_listens(modem))
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

/* The link under which the terminal appears from now on. */
static void modem_rename(struct modem *modem, const char *link)
{
    free(modem->link);
    modem->link = mem_printf("%s/%s", modem->env->dir, link);
}

/* Another card has no part in what the old one sent and was sent. */
static void modem_power_on(struct modem *modem)
{
    if (card_power_on(&modem->radio.card)) {
        modem->cards++;
        queue_clear(&modem->reports.ready);
        modem_clear_inbox(modem);
    }
    at_reset(modem->at);
    if (!modem->faults.on[MODEM_DEAF])
        at_boot(modem->at);
}

static int modem_watch(struct modem *modem, int master, int slave)
{
    struct modem_tty *tty = mem_new(struct modem_tty);
    int rc = uv_poll_init(modem->env->loop, &tty->poll, master);

    if (rc) {
        free(tty);
        return rc;
    }
    tty->modem = modem;
    tty->master = master;
    tty->slave = slave;
    tty->poll.data = modem;
    modem->tty = tty;
    return 0;
}

int modem_plug(struct modem *modem, const char *link)
{
    int master, slave;
    int rc = modem_open_pty(&master, &slave);

    LOG_ASSERT(!modem->tty);
    if (!rc && link)
        modem_rename(modem, link);
    if (!rc)
        rc = modem_make_link(modem, master);
    if (!rc)
        rc = modem_watch(modem, master, slave);
    if (rc) {
        modem_close_pty(master, slave);
        return rc;
    }
    modem_power_on(modem);
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
    modem->time.due_ms = INT64_MAX;
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
