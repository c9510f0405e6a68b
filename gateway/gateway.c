/* gateway: the running gateway. See gateway.h.
 * Runs: loop. */
#include "gateway/gateway.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/clock.h"
#include "gateway/base/lang.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/base/outlet.h"
#include "adapters/display/http.h"
#include "adapters/kinds.h"
#include "adapters/modem/ports.h"
#include "gateway/control/control.h"
#include "gateway/alarm.h"
#include "gateway/outside.h"
#include "gateway/reload.h"
#include "gateway/report/refused.h"
#include "gateway/show.h"

#define GATEWAY_WATCH_MS 10

static const int gateway_signals[] = {SIGINT, SIGTERM, SIGHUP};
#define GATEWAY_SIGNALS (sizeof gateway_signals / sizeof *gateway_signals)

struct gateway {
    const struct gateway_setup *setup;
    struct gateway_result *result;
    uv_loop_t loop;
    uv_signal_t signals[GATEWAY_SIGNALS];
    uv_timer_t watch;
    struct ledger *ledger;
    struct http *http;
    struct alarm *alarm; /* NULL: a rehearsal */
    struct ports *ports;
    struct outside *outside;
    struct reload *reload;
    struct dispatch *dispatch;
    struct show *show;
    struct refused **refused; /* one per campaign, opened at the first refusal */
    bool refused_failed;      /* its list can't be written: told once */
    char *trouble;            /* why the books can't be written, or NULL */
    struct outlet *voice; /* standard error */
};

/* To the person, while the loop runs: never waits for a terminal that nobody reads. */
__attribute__((format(printf, 2, 3))) static void gateway_say(struct gateway *gateway,
                                                              const char *format, ...)
{
    char text[768];
    va_list args;
    int length;

    va_start(args, format);
    length = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (gateway->show)
        show_clear(gateway->show);
    if (length > 0)
        outlet_write(gateway->voice, text,
                     (size_t)length < sizeof text ? (size_t)length : sizeof text - 1);
}

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
    if (gateway->show)
        show_trouble(gateway->show, message);
    if (message)
        log_error("books: %s", message);
    else
        log_warning("books: writing works again");
}

static void gateway_on_watch(uv_timer_t *timer)
{
    struct gateway *gateway = timer->data;

    gateway->setup->watch(gateway->setup->ctx);
}

static void gateway_reload(void *ctx, struct jv *answer)
{
    struct gateway *gateway = ctx;

    if (gateway->setup->reloads)
        reload_now(gateway->reload, gateway->dispatch, gateway->outside, answer);
    else
        jv_put(answer, "error",
               jv_string(lang("a rehearsal keeps its configuration", "演练期间配置不变")));
    if (gateway->alarm)
        alarm_aim(gateway->alarm, reload_office(gateway->reload)->alarm_url);
    reload_say(answer, gateway->voice);
}

static void gateway_on_hangup(struct gateway *gateway)
{
    struct jv *answer = jv_object();

    log_info("signal=%d reload", SIGHUP);
    gateway_reload(gateway, answer);
    jv_free(answer);
}

static void gateway_on_signal(uv_signal_t *signal, int number)
{
    struct gateway *gateway = signal->data;

    if (number == SIGHUP) {
        gateway_on_hangup(gateway);
        return;
    }
    log_info("signal=%d stopping", number);
    if (!gateway->result->interrupted)
        gateway_say(
            gateway, "%s",
            lang("Stopping: modems finish their message, slogans are taken down. Once more: "
                 "don't wait for boards or a broken disk.\n",
                 "正在停止：发完手上的短信并撤下标语。再按一次则不再等待显示屏和故障磁盘。\n"));
    gateway->result->interrupted = true;
    dispatch_stop(gateway->dispatch);
}

static void gateway_say_unwritable(struct gateway *gateway, const char *path, int rc)
{
    gateway_say(gateway, lang("lawcast: %s can't be written: %s\n", "lawcast：%s 无法写入：%s\n"),
                path, strerror(-rc));
}

static size_t gateway_index_of(const struct gateway *gateway, const struct campaign *campaign)
{
    size_t i = 0;

    while (gateway->setup->campaigns[i] != campaign)
        i++;
    return i;
}

static void gateway_refused(void *ctx, const struct campaign *campaign, const struct recipient *row)
{
    struct gateway *gateway = ctx;
    size_t i = gateway_index_of(gateway, campaign);

    gateway->result->refused++;
    if (!gateway->refused[i] && !gateway->refused_failed) {
        MEM_FREE_LATER char *path = refused_path(gateway->setup->refused_dir, campaign->id);
        int rc = refused_open(&gateway->refused[i], path, gateway->setup->numbers);

        gateway->refused_failed = rc < 0;
        if (rc)
            gateway_say_unwritable(gateway, path, rc);
    }
    if (gateway->refused[i])
        refused_add(gateway->refused[i], row);
}

/* The list of refused rows is whole on disk before the books call the campaign planned: a crash
 * later can't lose it. One fsync on the loop, once a campaign, before its first message. */
static void gateway_read(void *ctx, const struct campaign *campaign)
{
    struct gateway *gateway = ctx;
    size_t i = gateway_index_of(gateway, campaign);
    MEM_FREE_LATER char *path = refused_path(gateway->setup->refused_dir, campaign->id);
    int64_t rows;

    if (!gateway->refused[i])
        return;
    rows = refused_close(gateway->refused[i]);
    gateway->refused[i] = NULL;
    gateway->refused_failed |= rows < 0;
    if (rows < 0)
        gateway_say_unwritable(gateway, path, (int)rows);
    else
        gateway_say(
            gateway,
            lang("%lld rows were refused, with reasons, in %s\n", "有 %lld 行被拒绝，原因见 %s\n"),
            (long long)rows, path);
}

static void gateway_open_control(struct gateway *gateway)
{
    MEM_FREE_LATER char *path = control_path(gateway->setup->ledger_path);
    int rc = outside_serve(gateway->outside, gateway->dispatch, gateway->ledger, path);

    if (rc)
        gateway_say(gateway,
                    lang("lawcast: modems and boards can't be steered during this run, because %s "
                         "can't be made: %s\n",
                         "lawcast：无法创建 %s（%s），本次运行期间不能暂停短信设备或交还显示屏\n"),
                    path, strerror(-rc));
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

static void gateway_alarm_closed(void *ctx)
{
    struct gateway *gateway = ctx;

    http_close(gateway->http, gateway_http_closed, gateway);
}

/* What the alarm still has to tell needs the engine. */
static void gateway_shut_http(struct gateway *gateway)
{
    if (gateway->alarm)
        alarm_close(gateway->alarm, gateway_alarm_closed, gateway);
    else if (gateway->http)
        http_close(gateway->http, gateway_http_closed, gateway);
    gateway->alarm = NULL;
}

/* Everything that keeps the loop alive is closed; uv_run returns when the last handle is gone. */
static void gateway_shut(struct gateway *gateway)
{
    if (gateway->setup->ended && gateway->dispatch)
        gateway->setup->ended(gateway->setup->ctx);
    for (size_t i = 0; i < GATEWAY_SIGNALS; i++)
        uv_close((uv_handle_t *)&gateway->signals[i], NULL);
    uv_close((uv_handle_t *)&gateway->watch, NULL);
    gateway_shut_http(gateway);
    if (gateway->ledger)
        ledger_close(gateway->ledger, gateway_ledger_closed, gateway);
}

static void gateway_finished(void *ctx)
{
    struct gateway *gateway = ctx;
    struct dispatch_view view;

    dispatch_view(gateway->dispatch, &view);
    gateway->result->unmatched = view.unmatched;
    if (view.abandoned)
        gateway_say(gateway,
                    lang("%zu messages were still with modems that didn't answer within %lld s: "
                         "they are in doubt (drain in the configuration says how long to wait).\n",
                         "有 %zu 条短信所在的设备 %lld 秒内没有答复，结果不明（等待时间由配置中的 "
                         "drain 决定）。\n"),
                    view.abandoned, (long long)reload_office(gateway->reload)->drain_s);
    outside_close(gateway->outside);
    show_close(gateway->show);
    gateway->show = NULL;
    gateway_shut(gateway);
}

static void gateway_open_handles(struct gateway *gateway)
{
    for (size_t i = 0; i < GATEWAY_SIGNALS; i++) {
        uv_signal_init(&gateway->loop, &gateway->signals[i]);
        gateway->signals[i].data = gateway;
        /* From now on: a signal that comes before the loop runs is handled when it does. */
        uv_signal_start(&gateway->signals[i], gateway_on_signal, gateway_signals[i]);
    }
    uv_timer_init(&gateway->loop, &gateway->watch);
    gateway->watch.data = gateway;
}

static void gateway_open_show(struct gateway *gateway)
{
    const struct gateway_setup *setup = gateway->setup;

    gateway->show = show_open(&(struct show_setup){.loop = &gateway->loop,
                                                   .dispatch = gateway->dispatch,
                                                   .campaigns = setup->campaigns,
                                                   .n_campaigns = setup->n_campaigns,
                                                   .office = setup->office,
                                                   .alarm = gateway->alarm,
                                                   .ledger_path = setup->ledger_path,
                                                   .refused = &gateway->result->refused,
                                                   .out = setup->out,
                                                   .rehearsal = setup->watch != NULL});
    if (gateway->trouble)
        show_trouble(gateway->show, gateway->trouble);
    outside_show(gateway->outside, gateway->show);
}

/* Better now than after an hour of sending. */
static int gateway_check_folder(struct gateway *gateway)
{
    int rc = access(gateway->setup->refused_dir, W_OK | X_OK) ? -errno : 0;

    if (rc)
        gateway_say_unwritable(gateway, gateway->setup->refused_dir, rc);
    return rc;
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
        fprintf(stderr,
                lang("The last run ended in the middle: %lld messages were in flight and are in "
                     "doubt. They "
                     "are sent again only where the campaign says on_unknown = \"resend\".\n",
                     "上次运行中途结束：%lld 条短信当时在途，结果不明。仅当任务写明 on_unknown = "
                     "\"resend\" 时"
                     "才会重发。\n"),
                (long long)recovery.unknown);
    return 0;
}

static char *gateway_callback(void *ctx, const struct board *board)
{
    return outside_callback(((struct gateway *)ctx)->outside, board);
}

static const void *gateway_picture(void *ctx, const struct board *board, const char *text,
                                   size_t *length)
{
    return outside_picture(((struct gateway *)ctx)->outside, board, text, length);
}

/* Time isn't real in a rehearsal, and nothing of it leaves the machine. */
static void gateway_open_alarm(struct gateway *gateway)
{
    if (gateway->setup->watch)
        return;
    gateway->alarm =
        alarm_new(&(struct alarm_setup){.loop = &gateway->loop, .http = gateway->http});
    alarm_aim(gateway->alarm, gateway->setup->office->alarm_url);
}

static int gateway_open_dispatch(struct gateway *gateway)
{
    const struct gateway_setup *setup = gateway->setup;
    char why[256] = "";

    const struct outside_setup outside = {.loop = &gateway->loop,
                                          .office = setup->office,
                                          .campaigns = setup->campaigns,
                                          .n_campaigns = setup->n_campaigns,
                                          .reload = gateway_reload,
                                          .ctx = gateway};

    if (outside_open(&gateway->outside, &outside, why, sizeof why)) {
        fprintf(stderr, "lawcast: %s: %s\n", setup->office->file, why);
        return -EINVAL;
    }
    gateway->http = http_new(&gateway->loop);
    gateway_open_alarm(gateway);
    gateway->ports = ports_new();
    gateway->dispatch = dispatch_new(&(struct dispatch_setup){.loop = &gateway->loop,
                                                              .ledger = gateway->ledger,
                                                              .office = setup->office,
                                                              .campaigns = setup->campaigns,
                                                              .n_campaigns = setup->n_campaigns,
                                                              .modem_adapter = &adapter_modem,
                                                              .http = gateway->http,
                                                              .ports = gateway->ports,
                                                              .agent_path = setup->agent_path,
                                                              .refused = gateway_refused,
                                                              .read = gateway_read,
                                                              .finished = gateway_finished,
                                                              .callback_of = gateway_callback,
                                                              .picture_of = gateway_picture,
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

    dispatch_start(gateway->dispatch);
    gateway_open_control(gateway);
    gateway_open_show(gateway);
    if (setup->started)
        setup->started(setup->ctx, &gateway->loop, gateway->dispatch);
    if (setup->watch)
        uv_timer_start(&gateway->watch, gateway_on_watch, GATEWAY_WATCH_MS, GATEWAY_WATCH_MS);
}

static void gateway_conclude(struct gateway *gateway)
{
    const struct gateway_setup *setup = gateway->setup;

    gateway->result->trouble = gateway->trouble != NULL;
    if (gateway->trouble)
        fprintf(stderr,
                lang("lawcast: %s\nWhat was in flight is in doubt. Don't start again before the "
                     "books are "
                     "back in their place.\n",
                     "lawcast：%s\n在途短信结果不明。账本恢复原位之前请勿重新运行。\n"),
                gateway->trouble);
    for (size_t i = 0; i < setup->n_campaigns; i++) {
        const char *failure = gateway->dispatch ? dispatch_failure(gateway->dispatch, i) : NULL;

        if (failure) {
            fprintf(stderr, "lawcast: %s\n", failure);
            gateway->result->failed++;
        }
        refused_abandon(gateway->refused[i]);
    }
    if (gateway->dispatch)
        dispatch_free(gateway->dispatch);
    ports_free(gateway->ports);
    outside_free(gateway->outside);
    reload_free(gateway->reload);
    free(gateway->refused);
    outlet_close(gateway->voice);
    free(gateway->trouble);
}

/* What was opened before it failed. */
static void gateway_abort(struct gateway *gateway)
{
    outside_close(gateway->outside);
    gateway_shut(gateway);
}

int gateway_run(const struct gateway_setup *setup, struct gateway_result *result)
{
    struct gateway gateway = {.setup = setup, .result = result};
    int64_t start = clock_mono_ms();
    int rc;

    *result = (struct gateway_result){0};
    signal(SIGPIPE, SIG_IGN);
    uv_loop_init(&gateway.loop);
    gateway.voice = outlet_open(STDERR_FILENO);
    gateway.reload = reload_new(setup->office);
    gateway.refused = mem_array(setup->n_campaigns, struct refused *);
    gateway_open_handles(&gateway);
    rc = gateway_check_folder(&gateway);
    if (!rc)
        rc = gateway_open_ledger(&gateway);
    if (!rc)
        rc = gateway_open_dispatch(&gateway);
    if (!rc)
        gateway_begin(&gateway);
    else
        gateway_abort(&gateway);
    uv_run(&gateway.loop, UV_RUN_DEFAULT);
    LOG_ASSERT(uv_loop_close(&gateway.loop) == 0);
    gateway_conclude(&gateway);
    result->unlisted = gateway.refused_failed;
    result->duration_ms = clock_mono_ms() - start;
    return rc;
}
