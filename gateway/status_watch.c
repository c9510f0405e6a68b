/* status_watch: the display of a running gateway in another terminal. See status_watch.h.
 * Runs: a command (blocks). */
#include "gateway/status_watch.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#include "gateway/base/clock.h"
#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/control/control.h"

#define WATCH_MS 1000

bool status_ask(const char *ledger, struct status_live *out)
{
    MEM_FREE_LATER char *path = control_path(ledger);
    struct jv *answer = NULL;
    bool there = control_ask(path, "status", &answer) == 0 && jv_text(jv_member(answer, "ok"));

    if (there)
        status_take(answer, out);
    else
        *out = (struct status_live){.live = {.absent = true}};
    /* A gateway of a rehearsal, or of an older version, may tell no time. */
    if (!out->live.now_ms)
        out->live.now_ms = clock_wall_ms();
    jv_free(answer);
    return there;
}

struct watch {
    int signals; /* a descriptor */
    bool keys;   /* standard input is a terminal, and tells single keys */
    struct termios before;
};

static void watch_open(struct watch *watch)
{
    struct termios raw;
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGWINCH);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    watch->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    /* Only who owns the terminal: a job in the background would be stopped for touching it. */
    watch->keys = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) &&
                  tcgetpgrp(STDIN_FILENO) == getpgrp() &&
                  tcgetattr(STDIN_FILENO, &watch->before) == 0;
    if (!watch->keys)
        return;
    raw = watch->before;
    raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    tcsetattr(STDIN_FILENO, TCSANOW, &raw);
}

static void watch_close(struct watch *watch)
{
    if (watch->keys)
        tcsetattr(STDIN_FILENO, TCSANOW, &watch->before);
    if (watch->signals >= 0)
        close(watch->signals);
}

/* A signal came: is it one that ends? */
static bool watch_is_ended(const struct watch *watch)
{
    struct signalfd_siginfo info;

    while (read(watch->signals, &info, sizeof info) == (ssize_t)sizeof info)
        if (info.ssi_signo != SIGWINCH)
            return true;
    return false;
}

/* Waits for the next drawing; false: the person has seen enough. */
static bool watch_wait(const struct watch *watch)
{
    struct pollfd ready[2] = {{.fd = watch->signals, .events = POLLIN},
                              {.fd = watch->keys ? STDIN_FILENO : -1, .events = POLLIN}};
    char key = 0;

    if (poll(ready, 2, WATCH_MS) <= 0)
        return true;
    if (ready[0].revents && watch_is_ended(watch))
        return false;
    if (!ready[1].revents)
        return true;
    return read(STDIN_FILENO, &key, 1) == 1 && key != 'q' && key != 'Q';
}

struct watch_ids {
    char **ids;
    size_t n;
};

static int watch_take_id(void *ctx, const struct books_campaign *campaign)
{
    struct watch_ids *ids = ctx;

    ids->ids = mem_grow(ids->ids, ids->n + 1, sizeof *ids->ids);
    ids->ids[ids->n++] = mem_dup(campaign->id);
    return 0;
}

int status_watch(struct books *books, const char *ledger)
{
    struct watch_ids ids = {0};
    int rc = books_campaigns(books, watch_take_id, &ids);
    struct status_live status = {0};
    struct progress *progress;
    struct watch watch;

    if (rc == 0) {
        watch_open(&watch);
        progress = progress_open(stdout, books, (const char *const *)ids.ids, ids.n);
        do {
            status_release(&status);
            status_ask(ledger, &status);
            status.live.keys = watch.keys ? lang("q: quit", "q：退出") : NULL;
            progress_draw(progress, &status.live);
        } while (watch_wait(&watch));
        progress_close(progress);
        status_release(&status);
        watch_close(&watch);
    }
    for (size_t i = 0; i < ids.n; i++)
        free(ids.ids[i]);
    free(ids.ids);
    return rc;
}
