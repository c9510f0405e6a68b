/* alarm: tells another system what a unit is going to miss. See alarm.h.
 * Runs: loop. */
#include "gateway/alarm.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/json.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/model/backoff.h"
#include "gateway/report/figure.h"

#define ALARM_TIMEOUT_MS 10000
#define ALARM_REPLY_MOST (16 * 1024)

struct alarm_item {
    char *body;
    int64_t raised_ms; /* monotonic */
};

struct alarm {
    struct alarm_setup setup;
    char *url;        /* NULL: nothing is told */
    uv_timer_t timer; /* the next try; once it closes: the end of all tries */
    struct alarm_item items[ALARM_WAITING_MOST]; /* the oldest first */
    size_t n;
    struct http_transfer *transfer; /* of the first item; NULL: none is under way */
    int failures;                   /* in a row */
    bool closing;
    void (*closed)(void *ctx);
    void *ctx;
};

static void alarm_try(struct alarm *alarm);

/* ---- the line ---- */

static void alarm_drop(struct alarm *alarm, size_t i)
{
    free(alarm->items[i].body);
    alarm->n--;
    memmove(&alarm->items[i], &alarm->items[i + 1], (alarm->n - i) * sizeof *alarm->items);
}

static void alarm_lose(struct alarm *alarm, size_t i, const char *why)
{
    log_warning("alarm=lost why=\"%s\" body=%s", why, alarm->items[i].body);
    alarm_drop(alarm, i);
}

static void alarm_give_up_old(struct alarm *alarm)
{
    int64_t since = clock_mono_ms() - alarm->setup.give_up_ms;

    while (alarm->n && alarm->items[0].raised_ms <= since)
        alarm_lose(alarm, 0, "nobody took it in time");
}

static char *alarm_body(const struct alarm_news *news)
{
    struct buffer text = BUFFER_NULL;
    struct jv *body = jv_object();
    char finish[FIGURE_ROOM], at[FIGURE_ROOM];
    bool known = news->finish_ms > 0 && news->finish_ms < INT64_MAX;

    figure_iso(known ? news->finish_ms : 0, finish);
    figure_iso(news->at_ms, at);
    jv_put(body, "event", jv_string(news->event));
    jv_put(body, "campaign", jv_string(news->campaign));
    jv_put(body, "unit", jv_string(news->unit));
    jv_put(body, "name", jv_string(news->name));
    jv_put(body, "short", jv_int(news->missing));
    jv_put(body, "finish", known ? jv_string(finish) : jv_null());
    jv_put(body, "bound", jv_string(news->bound));
    jv_put(body, "at", jv_string(at));
    jv_write(body, false, &text);
    jv_free(body);
    return buffer_take(&text);
}

/* ---- a try ---- */

static void alarm_on_closed(uv_handle_t *handle)
{
    struct alarm *alarm = handle->data;

    alarm->closed(alarm->ctx);
    free(alarm->url);
    free(alarm);
}

static void alarm_end(struct alarm *alarm)
{
    if (alarm->transfer)
        http_cancel(alarm->transfer);
    alarm->transfer = NULL;
    while (alarm->n)
        alarm_lose(alarm, 0, "the gateway stopped");
    uv_close((uv_handle_t *)&alarm->timer, alarm_on_closed);
}

static void alarm_on_timer(uv_timer_t *timer)
{
    struct alarm *alarm = timer->data;

    if (alarm->closing)
        alarm_end(alarm);
    else
        alarm_try(alarm);
}

static void alarm_wait(struct alarm *alarm, int64_t least_ms)
{
    int64_t wait_ms = backoff_ms(alarm->failures, alarm->setup.first_ms, alarm->setup.most_ms,
                                 (uint64_t)clock_mono_us());

    if (least_ms > alarm->setup.most_ms)
        least_ms = alarm->setup.most_ms;
    if (wait_ms < least_ms)
        wait_ms = least_ms;
    uv_timer_start(&alarm->timer, alarm_on_timer, (uint64_t)wait_ms, 0);
}

static void alarm_on_failed(struct alarm *alarm, const struct http_result *result)
{
    alarm->failures++;
    log_warning("alarm=failed status=%d why=\"%s\" failures=%d", result->status, result->why,
                alarm->failures);
    if (alarm->closing) {
        alarm_lose(alarm, 0, "the gateway stopped");
        alarm_try(alarm);
        return;
    }
    alarm_give_up_old(alarm);
    if (alarm->n)
        alarm_wait(alarm, result->retry_after_ms);
}

static void alarm_on_answer(void *ctx, const struct http_result *result)
{
    struct alarm *alarm = ctx;

    alarm->transfer = NULL;
    if (result->fate != HTTP_ANSWERED || result->status < 200 || result->status > 299) {
        alarm_on_failed(alarm, result);
        return;
    }
    log_info("alarm=told body=%s", alarm->items[0].body);
    alarm->failures = 0;
    alarm_drop(alarm, 0);
    alarm_try(alarm);
}

/* The first of those that wait; what has waited for too long goes without. */
static void alarm_try(struct alarm *alarm)
{
    static const char *const headers[] = {"Content-Type: application/json", NULL};

    alarm_give_up_old(alarm);
    if (alarm->n) {
        alarm->transfer =
            http_start(alarm->setup.http,
                       &(struct http_request){.method = "POST",
                                              .url = alarm->url,
                                              .headers = headers,
                                              .body = alarm->items[0].body,
                                              .body_length = strlen(alarm->items[0].body),
                                              .timeout_ms = ALARM_TIMEOUT_MS,
                                              .reply_most = ALARM_REPLY_MOST},
                       alarm_on_answer, alarm);
        return;
    }
    if (alarm->closing)
        alarm_end(alarm);
}

/* ---- from outside ---- */

void alarm_raise(struct alarm *alarm, const struct alarm_news *news)
{
    if (!alarm->url)
        return;
    if (alarm->n == ALARM_WAITING_MOST)
        alarm_lose(alarm, alarm->transfer ? 1 : 0, "too many wait");
    alarm->items[alarm->n++] = (struct alarm_item){alarm_body(news), clock_mono_ms()};
    if (!alarm->transfer && !uv_is_active((uv_handle_t *)&alarm->timer))
        alarm_try(alarm);
}

size_t alarm_waiting(const struct alarm *alarm)
{
    return alarm->n;
}

void alarm_aim(struct alarm *alarm, const char *url)
{
    if (alarm->url && url && strcmp(alarm->url, url) == 0)
        return;
    if (alarm->transfer)
        http_cancel(alarm->transfer);
    alarm->transfer = NULL;
    uv_timer_stop(&alarm->timer);
    alarm->failures = 0;
    free(alarm->url);
    alarm->url = mem_dup(url);
    while (!url && alarm->n)
        alarm_lose(alarm, 0, "no address any more");
    alarm_try(alarm);
}

struct alarm *alarm_new(const struct alarm_setup *setup)
{
    struct alarm *alarm = mem_new(struct alarm);

    alarm->setup = *setup;
    if (!setup->first_ms)
        alarm->setup.first_ms = ALARM_FIRST_MS;
    if (!setup->most_ms)
        alarm->setup.most_ms = ALARM_MOST_MS;
    if (!setup->give_up_ms)
        alarm->setup.give_up_ms = ALARM_GIVE_UP_MS;
    if (!setup->stop_ms)
        alarm->setup.stop_ms = ALARM_STOP_MS;
    uv_timer_init(setup->loop, &alarm->timer);
    alarm->timer.data = alarm;
    return alarm;
}

void alarm_close(struct alarm *alarm, void (*closed)(void *ctx), void *ctx)
{
    LOG_ASSERT(!alarm->closing);
    alarm->closing = true;
    alarm->closed = closed;
    alarm->ctx = ctx;
    uv_timer_stop(&alarm->timer);
    uv_timer_start(&alarm->timer, alarm_on_timer, (uint64_t)alarm->setup.stop_ms, 0);
    if (!alarm->transfer)
        alarm_try(alarm);
}
