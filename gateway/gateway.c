/* gateway: the running gateway. See gateway.h.
 * Runs: loop. */
#include "gateway/gateway.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/clock.h"
#include "gateway/base/lang.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "adapters/display/http.h"
#include "adapters/kinds.h"
#include "gateway/ledger/books.h"
#include "gateway/report/progress.h"
#include "gateway/report/refused.h"

#define GATEWAY_WATCH_MS    10
#define GATEWAY_PROGRESS_MS 250

struct gateway {
    const struct gateway_setup *setup;
    struct gateway_result *result;
    uv_loop_t loop;
    uv_signal_t interrupt, terminate;
    uv_timer_t watch, draw;
    struct ledger *ledger;
    struct http *http;
    struct dispatch *dispatch;
    struct books *books;
    struct progress *progress;
    struct refused **refused; /* one per campaign, opened at the first refusal */
    char *trouble;            /* why the books can't be written, or NULL */
    int64_t drawn_ms, drawn_settled;
    double rate;
};

char *gateway_program(const char *name)
{
    char self[4096];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    char *slash, *path;

    if (length <= 0)
        return mem_dup(name);
    self[length] = '\0';
    slash = strrchr(self, '/');
    *slash = '\0';
    path = mem_printf("%s/%s", self, name);
    if (access(path, X_OK) == 0)
        return path;
    free(path);
    return mem_printf("%s/../libexec/lawcast/%s", self, name);
}

static void gateway_trouble(void *ctx, const char *message)
{
    struct gateway *gateway = ctx;

    free(gateway->trouble);
    gateway->trouble = mem_dup(message);
    if (message)
        log_error("books: %s", message);
    else
        log_warning("books: writing works again");
}

/* What the person in front of it should know: books first, then the first modem that is down. */
static char *gateway_trouble_line(const struct gateway *gateway, const struct dispatch_view *view)
{
    if (gateway->trouble)
        return mem_dup(gateway->trouble);
    if (view->modem_trouble)
        return mem_printf("%s: %s", view->modem_trouble_id, view->modem_trouble);
    return NULL;
}

static void gateway_draw(struct gateway *gateway)
{
    MEM_FREE_LATER char *trouble = NULL;
    struct dispatch_view view;
    int64_t now = clock_mono_ms();
    double seconds = (double)(now - gateway->drawn_ms) / 1000;

    dispatch_view(gateway->dispatch, &view);
    trouble = gateway_trouble_line(gateway, &view);
    if (seconds > 0.1) {
        double rate = (double)(view.settled - gateway->drawn_settled) / seconds;

        gateway->rate = gateway->rate > 0 ? 0.7 * gateway->rate + 0.3 * rate : rate;
        gateway->drawn_ms = now;
        gateway->drawn_settled = view.settled;
    }
    progress_draw(gateway->progress, &(struct progress_live){
                                         .now_ms = clock_wall_ms(),
                                         .modems_ready = view.modems_ready,
                                         .modems = view.modems,
                                         .boards_ready = view.boards_ready,
                                         .boards = view.boards,
                                         .planning = view.works_entering > 0,
                                         .rows_read = view.rows_read,
                                         .rows_refused = gateway->result->refused,
                                         .trouble = trouble,
                                         .messages_per_s = gateway->rate,
                                     });
}

static void gateway_on_draw(uv_timer_t *timer)
{
    gateway_draw(timer->data);
}

static void gateway_on_watch(uv_timer_t *timer)
{
    struct gateway *gateway = timer->data;

    gateway->setup->watch(gateway->setup->ctx);
}

static void gateway_on_signal(uv_signal_t *signal, int number)
{
    struct gateway *gateway = signal->data;

    log_warning("signal=%d stopping", number);
    gateway->result->interrupted = true;
    dispatch_stop(gateway->dispatch);
}

static void gateway_refused(void *ctx, const struct campaign *campaign, const struct recipient *row)
{
    struct gateway *gateway = ctx;
    size_t i = 0;

    gateway->result->refused++;
    while (gateway->setup->campaigns[i] != campaign)
        i++;
    if (!gateway->refused[i]) {
        MEM_FREE_LATER char *path = refused_path(gateway->setup->refused_dir, campaign->id);
        int rc = refused_open(&gateway->refused[i], path);

        if (rc)
            log_error("%s: %s", path, strerror(-rc));
    }
    if (gateway->refused[i])
        refused_add(gateway->refused[i], row);
}

static void gateway_ledger_closed(void *ctx)
{
    struct gateway *gateway = ctx;

    gateway->ledger = NULL;
}

static void gateway_http_closed(void *ctx)
{
    struct gateway *gateway = ctx;

    http_free(gateway->http);
    gateway->http = NULL;
}

/* Everything that keeps the loop alive is closed; uv_run returns when the last handle is gone. */
static void gateway_shut(struct gateway *gateway)
{
    if (gateway->setup->ended && gateway->dispatch)
        gateway->setup->ended(gateway->setup->ctx);
    uv_close((uv_handle_t *)&gateway->interrupt, NULL);
    uv_close((uv_handle_t *)&gateway->terminate, NULL);
    uv_close((uv_handle_t *)&gateway->watch, NULL);
    uv_close((uv_handle_t *)&gateway->draw, NULL);
    if (gateway->http)
        http_close(gateway->http, gateway_http_closed, gateway);
    if (gateway->ledger)
        ledger_close(gateway->ledger, gateway_ledger_closed, gateway);
}

static void gateway_finished(void *ctx)
{
    struct gateway *gateway = ctx;
    struct dispatch_view view;

    dispatch_view(gateway->dispatch, &view);
    gateway->result->unmatched = view.unmatched;
    gateway->result->longest_turn_us = view.longest_turn_us;
    if (gateway->progress)
        gateway_draw(gateway);
    gateway_shut(gateway);
}

static void gateway_open_handles(struct gateway *gateway)
{
    uv_signal_init(&gateway->loop, &gateway->interrupt);
    uv_signal_init(&gateway->loop, &gateway->terminate);
    uv_timer_init(&gateway->loop, &gateway->watch);
    uv_timer_init(&gateway->loop, &gateway->draw);
    gateway->interrupt.data = gateway->terminate.data = gateway;
    gateway->watch.data = gateway->draw.data = gateway;
}

static void gateway_open_progress(struct gateway *gateway)
{
    const struct gateway_setup *setup = gateway->setup;
    const char **ids = mem_array(setup->n_campaigns, const char *);
    char why[256];

    for (size_t i = 0; i < setup->n_campaigns; i++)
        ids[i] = setup->campaigns[i]->id;
    if (setup->out && books_open(&gateway->books, setup->ledger_path, why, sizeof why) == 0) {
        gateway->progress = progress_open(setup->out, gateway->books, ids, setup->n_campaigns);
        gateway->drawn_ms = clock_mono_ms();
        uv_timer_start(&gateway->draw, gateway_on_draw, 0, GATEWAY_PROGRESS_MS);
    }
    free(ids);
}

static int gateway_open_ledger(struct gateway *gateway)
{
    struct ledger_recovery recovery = {0};
    char why[512] = "";
    int rc = ledger_open(&gateway->ledger, &gateway->loop, gateway->setup->ledger_path,
                         gateway_trouble, gateway, &recovery, why, sizeof why);

    if (rc) {
        fprintf(stderr, "lawcast: %s\n", why);
        return rc;
    }
    if (recovery.unknown)
        fprintf(
            stderr,
            lang("The last run ended in the middle: %lld messages are in doubt and are not sent "
                 "again (see on_unknown).\n",
                 "上次运行中途结束：%lld 条短信结果不明，不会重发（见 on_unknown）。\n"),
            (long long)recovery.unknown);
    return 0;
}

static int gateway_open_dispatch(struct gateway *gateway)
{
    const struct gateway_setup *setup = gateway->setup;
    char why[256] = "";

    gateway->http = http_new(&gateway->loop);
    gateway->dispatch = dispatch_new(&(struct dispatch_setup){.loop = &gateway->loop,
                                                              .ledger = gateway->ledger,
                                                              .office = setup->office,
                                                              .campaigns = setup->campaigns,
                                                              .n_campaigns = setup->n_campaigns,
                                                              .modem_adapter = &adapter_modem,
                                                              .http = gateway->http,
                                                              .agent_path = setup->agent_path,
                                                              .refused = gateway_refused,
                                                              .finished = gateway_finished,
                                                              .ctx = gateway},
                                     why, sizeof why);
    if (gateway->dispatch)
        return 0;
    fprintf(stderr, "lawcast: %s: %s\n", setup->office->file, why);
    return -EINVAL;
}

static void gateway_begin(struct gateway *gateway)
{
    const struct gateway_setup *setup = gateway->setup;

    uv_signal_start(&gateway->interrupt, gateway_on_signal, SIGINT);
    uv_signal_start(&gateway->terminate, gateway_on_signal, SIGTERM);
    dispatch_start(gateway->dispatch);
    gateway_open_progress(gateway);
    if (setup->started)
        setup->started(setup->ctx, &gateway->loop, gateway->dispatch);
    if (setup->watch)
        uv_timer_start(&gateway->watch, gateway_on_watch, GATEWAY_WATCH_MS, GATEWAY_WATCH_MS);
}

static void gateway_close_refused(struct gateway *gateway, size_t i)
{
    const struct gateway_setup *setup = gateway->setup;
    MEM_FREE_LATER char *path = refused_path(setup->refused_dir, setup->campaigns[i]->id);
    int64_t rows = refused_close(gateway->refused[i]);

    if (rows < 0)
        fprintf(stderr, lang("lawcast: %s can't be written: %s\n", "lawcast：%s 无法写入：%s\n"),
                path, strerror((int)-rows));
    else
        fprintf(stderr,
                lang("%lld rows were refused, with reasons, in %s\n", "拒收 %lld 行，原因见 %s\n"),
                (long long)rows, path);
}

static void gateway_conclude(struct gateway *gateway)
{
    const struct gateway_setup *setup = gateway->setup;

    if (gateway->progress)
        progress_close(gateway->progress);
    books_close(gateway->books);
    for (size_t i = 0; i < setup->n_campaigns; i++) {
        const char *failure = gateway->dispatch ? dispatch_failure(gateway->dispatch, i) : NULL;

        if (failure) {
            fprintf(stderr, "lawcast: %s\n", failure);
            gateway->result->failed++;
        }
        if (gateway->refused[i])
            gateway_close_refused(gateway, i);
    }
    if (gateway->dispatch)
        dispatch_free(gateway->dispatch);
    free(gateway->refused);
    free(gateway->trouble);
}

int gateway_run(const struct gateway_setup *setup, struct gateway_result *result)
{
    struct gateway gateway = {.setup = setup, .result = result};
    int64_t start = clock_mono_ms();
    int rc;

    *result = (struct gateway_result){0};
    signal(SIGPIPE, SIG_IGN);
    uv_loop_init(&gateway.loop);
    gateway.refused = mem_array(setup->n_campaigns, struct refused *);
    gateway_open_handles(&gateway);
    rc = gateway_open_ledger(&gateway);
    if (!rc)
        rc = gateway_open_dispatch(&gateway);
    if (!rc)
        gateway_begin(&gateway);
    else
        gateway_shut(&gateway);
    uv_run(&gateway.loop, UV_RUN_DEFAULT);
    LOG_ASSERT(uv_loop_close(&gateway.loop) == 0);
    gateway_conclude(&gateway);
    result->duration_ms = clock_mono_ms() - start;
    return rc;
}
