/* bench_forecast: the forecast against the rehearsal of the same files.
 * Runs: any (a program of its own).
 *
 *     bench_forecast [CONFIGURATIONS [FIRST]]
 *
 * Small campaigns are drawn by chance (draw.h) and written as files; lawcast rehearse plays each in
 * virtual time, and so says when the last message was sent and how many are short of the quotas.
 * "of" says whose forecast is compared: core, which is given the same figures here; plan, what
 * lawcast plan --json says of the files (without faults only: it isn't told of them).
 *
 *   error  of the finish, where both say that everything fits: |difference| / sending time used
 *   short  |difference| of the messages that are short / messages that are planned
 *   fits   configurations in which both say the same of whether it fits
 *
 * Then how long a forecast takes (processor time, ms): 130,000 messages, 320 SIMs with 200 parts an
 * hour, faults; and the longest of its slices.
 *
 * With a third argument each configuration is told, too. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gateway/base/json.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "tests/bench/draw.h"
#include "tests/support/stage.h"

struct bench_end {
    int64_t finish_ms; /* INT64_MAX: it doesn't fit */
    int64_t left;
};

struct bench_errors {
    const char *of;
    double *finish, *left;
    size_t n_finish, n_left, agree;
};

static int64_t bench_time(const char *iso)
{
    char text[20];
    int64_t wall_ms;

    if (!iso || strlen(iso) < 19)
        return INT64_MAX;
    snprintf(text, sizeof text, "%.10s %.8s", iso, iso + 11);
    if (window_parse_time(text, &wall_ms))
        log_panic("not a time: %s", iso);
    return wall_ms;
}

static struct jv *bench_json(const char *text)
{
    const char *why;
    struct jv *document = jv_parse(text, strlen(text), &why);

    if (!document)
        log_panic("%s: %s", why, text);
    return document;
}

static char *bench_read(const char *path)
{
    FILE *file = fopen(path, "re");
    char *text = mem_array(1 << 20, char);
    size_t length = file ? fread(text, 1, (1 << 20) - 1, file) : 0;

    if (!length)
        log_panic("%s can't be read", path);
    fclose(file);
    return text;
}

static struct bench_end bench_rehearse(const struct stage *stage, const struct draw *draw)
{
    MEM_FREE_LATER char *path = mem_printf("%s/out/report.json", stage->dir);
    MEM_FREE_LATER char *folder = mem_printf("%s/out", stage->dir);
    MEM_FREE_LATER char *undelivered = mem_printf("%d", draw->undelivered);
    MEM_FREE_LATER char *rejected = mem_printf("%d", draw->rejected);
    MEM_FREE_LATER char *busy = mem_printf("%d", draw->busy);
    MEM_FREE_LATER char *said = NULL, *text = NULL;
    struct bench_end end;
    struct jv *report;
    int code = stage_lawcast(stage, &said,
                             (const char *[]){"rehearse", "-q", "-c", stage->conf, "--out", folder,
                                              "--undelivered", undelivered, "--rejected", rejected,
                                              "--busy", busy, stage->campaign, NULL});

    if (code != 0 && code != 3)
        log_panic("lawcast rehearse ended with %d:\n%s", code, said);
    text = bench_read(path);
    report = bench_json(text);
    end.left = jv_number(jv_at(report, "/rehearsal/short"), -1);
    end.finish_ms =
        end.left ? INT64_MAX : bench_time(jv_text(jv_at(report, "/rehearsal/finished")));
    jv_free(report);
    return end;
}

/* false: it has no forecast. */
static bool bench_plan(const struct stage *stage, struct bench_end *end)
{
    MEM_FREE_LATER char *folder = mem_printf("%s/out", stage->dir);
    MEM_FREE_LATER char *said = NULL;
    struct jv *plan;
    bool known;

    stage_lawcast(stage, &said,
                  (const char *[]){"plan", "--json", "-c", stage->conf, "--out", folder,
                                   stage->campaign, NULL});
    plan = bench_json(strchr(said, '{') ? strchr(said, '{') : said);
    end->left = jv_number(jv_at(plan, "/forecast/short_p50"), -1);
    end->finish_ms = bench_time(jv_text(jv_at(plan, "/forecast/finish_p50")));
    known = end->left >= 0;
    jv_free(plan);
    return known;
}

static struct bench_end bench_core(const struct draw *draw)
{
    struct forecast_setup setup;
    struct forecast *forecast;
    struct bench_end end;

    draw_setup(draw, &setup);
    forecast = forecast_new(&setup);
    while (!forecast_step(forecast, FORECAST_EVENTS))
        ;
    end.left = forecast_result(forecast)->total.short_p50;
    end.finish_ms = end.left ? INT64_MAX : forecast_result(forecast)->total.finish_p50_ms;
    forecast_free(forecast);
    draw_setup_free(&setup);
    return end;
}

static double bench_apart(int64_t a, int64_t b, int64_t of)
{
    return (double)llabs(a - b) / (double)(of > 0 ? of : 1);
}

static void bench_add(struct bench_errors *errors, const struct draw *draw,
                      const struct bench_end *foretold, const struct bench_end *was)
{
    errors->left[errors->n_left++] = bench_apart(foretold->left, was->left, draw_planned(draw));
    errors->agree += (foretold->left == 0) == (was->left == 0);
    if (foretold->left || was->left)
        return;
    errors->finish[errors->n_finish++] =
        bench_apart(draw_gone(draw, foretold->finish_ms), draw_gone(draw, was->finish_ms),
                    draw_gone(draw, was->finish_ms));
}

static void bench_tell(const struct draw *draw, const struct bench_errors *errors,
                       const struct bench_end *foretold, const struct bench_end *was)
{
    printf("configuration=%llu of=%s planned=%lld short=%lld/%lld", (unsigned long long)draw->seed,
           errors->of, (long long)draw_planned(draw), (long long)foretold->left,
           (long long)was->left);
    if (!foretold->left && !was->left)
        printf(" seconds=%lld/%lld", (long long)draw_gone(draw, foretold->finish_ms) / 1000,
               (long long)draw_gone(draw, was->finish_ms) / 1000);
    puts("");
}

static int bench_compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double bench_quantile(double *values, size_t n, size_t percent)
{
    if (!n)
        return 0;
    qsort(values, n, sizeof *values, bench_compare);
    return values[(percent * n + 99) / 100 - 1];
}

static void bench_print(struct bench_errors *errors)
{
    size_t n = errors->n_left;

    if (n)
        printf("bench=forecast of=%s configs=%zu finished=%zu error_p50=%.4f error_p95=%.4f "
               "error_max=%.4f short_p50=%.4f short_p95=%.4f short_max=%.4f fits=%zu\n",
               errors->of, n, errors->n_finish,
               bench_quantile(errors->finish, errors->n_finish, 50),
               bench_quantile(errors->finish, errors->n_finish, 95),
               bench_quantile(errors->finish, errors->n_finish, 100),
               bench_quantile(errors->left, n, 50), bench_quantile(errors->left, n, 95),
               bench_quantile(errors->left, n, 100), errors->agree);
    free(errors->finish);
    free(errors->left);
}

static void bench_one(uint64_t seed, struct bench_errors *core, struct bench_errors *plan,
                      bool tell)
{
    struct draw draw;
    struct stage stage;
    struct bench_end was, end;

    draw_make(&draw, seed);
    stage_open(&stage);
    draw_write(&draw, &stage);
    was = bench_rehearse(&stage, &draw);
    end = bench_core(&draw);
    bench_add(core, &draw, &end, &was);
    if (tell)
        bench_tell(&draw, core, &end, &was);
    if (!draw_has_faults(&draw) && bench_plan(&stage, &end)) {
        bench_add(plan, &draw, &end, &was);
        if (tell)
            bench_tell(&draw, plan, &end, &was);
    }
    stage_close(&stage);
}

static double bench_cpu_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void bench_speed(void)
{
    static struct forecast_lane lanes[320];
    static struct forecast_order orders[6];
    struct window window = {0, 9000000};
    struct forecast_setup setup = {.lanes = lanes, .n_lanes = 320, .orders = orders, .n_orders = 6};
    double begin, longest = 0, last;
    struct forecast *forecast;
    bool over = false;

    setup.chances = (struct forecast_chances){
        .rejected = 2000, .undelivered = 8000, .deferred = 5000, .report_ms = 5000};
    for (size_t i = 0; i < 320; i++)
        lanes[i] = (struct forecast_lane){.limits = {200, 1000},
                                          .group = -1,
                                          .network = OPERATOR_MOBILE + (int64_t)i % 3,
                                          .part_ms = FORECAST_PART_MS};
    for (size_t i = 0; i < 6; i++) {
        orders[i] = (struct forecast_order){.windows = &window, .n_windows = 1, .quota = 21666};
        for (size_t k = OPERATOR_MOBILE; k <= OPERATOR_TELECOM; k++) {
            orders[i].open[k][1] = 21666 / 3;
            orders[i].reserve[k][1] = 1000;
        }
    }
    begin = last = bench_cpu_ms();
    for (forecast = forecast_new(&setup); !over;) {
        double now;

        over = forecast_step(forecast, FORECAST_EVENTS / 10);
        now = bench_cpu_ms();
        longest = now - last > longest ? now - last : longest;
        last = now;
    }
    printf("bench=forecast_speed messages=130000 sims=320 runs=%d ms=%.0f longest_slice_ms=%.1f\n",
           FORECAST_RUNS, last - begin, longest);
    forecast_free(forecast);
}

int main(int argc, char **argv)
{
    size_t n = argc > 1 ? strtoul(argv[1], NULL, 10) : 200;
    uint64_t first = argc > 2 ? strtoul(argv[2], NULL, 10) : 1;
    struct bench_errors core = {"core", mem_array(n + 1, double), mem_array(n + 1, double), 0, 0,
                                0};
    struct bench_errors plan = {"plan", mem_array(n + 1, double), mem_array(n + 1, double), 0, 0,
                                0};

    setenv("TZ", "Asia/Shanghai", 1);
    tzset();
    for (uint64_t seed = first; seed < first + n; seed++)
        bench_one(seed, &core, &plan, argc > 3);
    bench_print(&core);
    bench_print(&plan);
    bench_speed();
    return 0;
}
