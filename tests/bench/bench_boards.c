/* bench_boards: thousands of boards, by the gateway's own dispatcher, books and webhook adapter in
 * this process, against a field of boards (field.h); and curl --parallel on the same work.
 *
 *   bench=boards boards= hung_pct= healthy_s= plan_s= loop_gap_ms= kib_per_transfer= curl_s=
 *       ratio= cpu_s= delay_pct= hang_pct= aim_gap= aim_ratio= aim_delay= (met or missed)
 *
 * healthy_s   from the dispatcher's start until the last healthy board is published to and read
 *             back, as the field saw it; of three runs the best
 * plan_s      of that, until the first request: planning, for which nothing of curl's stands
 * loop_gap_ms the loop's longest time away from waiting, until then; of three runs the worst
 * kib_per_transfer  heap of one request under way: 300 of them to boards that don't answer
 * curl_s      curl --parallel --parallel-immediate --parallel-max 300: all publications, then all
 *             questions, with the same time-out; until it ends; of three runs the best, each
 *             between two of ours
 * ratio       curl_s / healthy_s
 * delay_pct   healthy_s by healthy boards, against the case without hung ones: planning those, and
 *             one request to each, is in it
 * hang_pct    healthy_s against the case in which these boards refuse at once
 *
 *   bench_boards                   1,000 and 10,000 boards, none and 10 % hung: 3 minutes
 *   bench_boards BOARDS HUNG_PCT   one size */
#include <malloc.h>
#include <setjmp.h>
#include <spawn.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/config/config.h"
#include "adapters/display/http.h"
#include "adapters/kinds.h"
#include "gateway/dispatch/dispatch.h"
#include "tests/bench/field.h"
#include "tests/support/stage.h"

enum { BENCH_TIMES = 3, BENCH_TIMEOUT_MS = 3000, BENCH_PATIENCE_MS = 120000, BENCH_CROWD = 300 };

/* What the figures are held against; a bench that misses one says so and goes on. */
#define AIM_GAP_MS    30
#define AIM_DELAY_PCT 1

struct bench {
    size_t boards;
    struct field *field;
    struct stage stage;
    uv_loop_t loop;
    uv_prepare_t before;
    uv_check_t after;
    uv_timer_t watch;
    struct http *http;
    struct ledger *ledger;
    struct dispatch *dispatch;
    struct office *office;
    struct campaign *campaign;
    int64_t awake_us, gap_us, until_us;
    bool over;
    double healthy_s, plan_s, cpu_s;
};

static double bench_cpu_s(void)
{
    struct rusage used;

    getrusage(RUSAGE_SELF, &used);
    return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
           (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

/* ---- the office and its campaign ---- */

static void bench_write_office(const struct bench *bench)
{
    struct buffer boards BUFFER_FREE_LATER = BUFFER_NULL;
    char url[FIELD_URL];

    for (size_t i = 0; i < bench->boards; i++) {
        field_url(bench->field, i, url);
        buffer_printf(&boards,
                      "%s{ id = \"b%zu\"; owner = \"city\"; kind = \"webhook\"; url = \"%s\"; "
                      "timeout_ms = %d; width = 192; height = 64; publish_path = \"/publish\"; "
                      "publish_pointer = \"/code\"; publish_equals = \"0\"; "
                      "withdraw_path = \"/withdraw\"; verify_path = \"/playing\"; "
                      "verify_pointer = \"/name\"; verify_equals = \"{name}\"; }\n",
                      i ? ", " : "", i, url, BENCH_TIMEOUT_MS);
    }
    stage_write(&bench->stage, "lawcast.cfg",
                "office = { name = \"bench\"; timezone = \"Asia/Shanghai\"; };\n"
                "ledger = { path = \"books.db\"; };\n"
                "units = ( { id = \"city\"; name = \"市法宣办\"; signature = \"市法宣办\"; } );\n"
                "boards = ( %s );\n",
                buffer_text(&boards));
}

static void bench_write_campaign(const struct bench *bench)
{
    struct buffer ids BUFFER_FREE_LATER = BUFFER_NULL;
    char from[20], to[20];

    for (size_t i = 0; i < bench->boards; i++)
        buffer_printf(&ids, "%s\"b%zu\"", i ? ", " : "", i);
    stage_time(-60, from);
    stage_time(3600, to);
    stage_write(&bench->stage, "campaign.cfg",
                "campaign = { id = \"bench\"; title = \"bench\";\n"
                "windows = ( { from = \"%s\"; to = \"%s\"; } );\n"
                "displays = ( { boards = [ %s ]; slogans = [ \"弘扬宪法精神\" ]; every = 3600; } "
                ");\n};\n",
                from, to, buffer_text(&ids));
}

static void bench_read(struct bench *bench)
{
    struct diag diag = DIAG_NULL;

    if (config_read_office(bench->stage.conf, adapter_board_kind, &diag, &bench->office) ||
        config_read_campaign(bench->stage.campaign, bench->office, &diag, &bench->campaign)) {
        diag_print(&diag, stderr);
        exit(1);
    }
    diag_free(&diag);
}

/* ---- our run ---- */

static void bench_on_before(uv_prepare_t *before)
{
    struct bench *bench = before->data;
    int64_t gap_us = clock_mono_us() - bench->awake_us;

    if (bench->awake_us && !bench->over && gap_us > bench->gap_us)
        bench->gap_us = gap_us;
}

static void bench_on_after(uv_check_t *after)
{
    ((struct bench *)after->data)->awake_us = clock_mono_us();
}

static void bench_on_watch(uv_timer_t *watch)
{
    struct bench *bench = watch->data;

    if (field_verified(bench->field) < field_healthy(bench->field) &&
        clock_mono_us() < bench->until_us)
        return;
    bench->over = true;
    uv_timer_stop(watch);
    dispatch_stop(bench->dispatch);
    dispatch_stop(bench->dispatch); /* hung boards are not waited for */
}

static void bench_ledger_closed(void *ctx)
{
    (void)ctx;
}

static void bench_http_closed(void *ctx)
{
    struct bench *bench = ctx;

    http_free(bench->http);
}

static void bench_on_finished(void *ctx)
{
    struct bench *bench = ctx;

    uv_close((uv_handle_t *)&bench->before, NULL);
    uv_close((uv_handle_t *)&bench->after, NULL);
    uv_close((uv_handle_t *)&bench->watch, NULL);
    http_close(bench->http, bench_http_closed, bench);
    ledger_close(bench->ledger, bench_ledger_closed, bench);
}

static void bench_on_trouble(void *ctx, const char *message)
{
    (void)ctx;
    if (message)
        log_panic("%s", message);
}

static void bench_nothing_to_tell(void *ctx, const struct campaign *campaign)
{
    (void)ctx;
    (void)campaign;
}

static void bench_open_loop(struct bench *bench)
{
    uv_loop_init(&bench->loop);
    uv_prepare_init(&bench->loop, &bench->before);
    uv_check_init(&bench->loop, &bench->after);
    uv_timer_init(&bench->loop, &bench->watch);
    bench->before.data = bench->after.data = bench->watch.data = bench;
    uv_prepare_start(&bench->before, bench_on_before);
    uv_check_start(&bench->after, bench_on_after);
    uv_timer_start(&bench->watch, bench_on_watch, 5, 5);
}

static void bench_open_gateway(struct bench *bench)
{
    const struct campaign *campaigns[] = {bench->campaign};
    struct ledger_recovery recovery = {0};
    struct dispatch_setup setup = {
        .loop = &bench->loop,
        .office = bench->office,
        .campaigns = campaigns,
        .n_campaigns = 1,
        .modem_adapter = &adapter_fake,
        .read = bench_nothing_to_tell,
        .finished = bench_on_finished,
        .ctx = bench,
    };
    char why[512] = "";

    if (ledger_open(&bench->ledger, &bench->loop, bench->stage.books, bench_on_trouble, bench,
                    &recovery, why, sizeof why))
        log_panic("%s", why);
    bench->http = http_new(&bench->loop);
    setup.ledger = bench->ledger;
    setup.http = bench->http;
    bench->dispatch = dispatch_new(&setup, why, sizeof why);
    if (!bench->dispatch)
        log_panic("%s", why);
}

static void bench_run_ours(struct bench *bench)
{
    int64_t start_us;
    double cpu_s;

    stage_open(&bench->stage);
    bench_write_office(bench);
    bench_write_campaign(bench);
    bench_read(bench);
    bench_open_loop(bench);
    bench_open_gateway(bench);
    cpu_s = bench_cpu_s();
    start_us = clock_mono_us();
    bench->until_us = start_us + BENCH_PATIENCE_MS * INT64_C(1000);
    bench->awake_us = start_us;
    dispatch_start(bench->dispatch);
    uv_run(&bench->loop, UV_RUN_DEFAULT);
    bench->cpu_s = bench_cpu_s() - cpu_s;
    bench->plan_s = (double)(field_first_us(bench->field) - start_us) / 1e6;
    bench->healthy_s = (double)(field_last_us(bench->field) - start_us) / 1e6;
    dispatch_free(bench->dispatch);
    LOG_ASSERT(uv_loop_close(&bench->loop) == 0);
    campaign_free(bench->campaign);
    office_free(bench->office);
    free(bench->campaign);
    free(bench->office);
}

/* ---- what one request costs in memory ---- */

static void bench_no_reply(void *ctx, const struct http_result *result)
{
    (void)ctx;
    (void)result;
    log_panic("a hung board answered");
}

static void bench_weighed(void *ctx)
{
    (void)ctx;
}

static double bench_weigh_transfer(void)
{
    static const char *const headers[] = {"Content-Type: application/json", NULL};
    struct http_request request = {.method = "POST",
                                   .headers = headers,
                                   .body = "{\"name\":\"lc-1-1\"}",
                                   .body_length = 17,
                                   .timeout_ms = 60000};
    struct http_transfer *transfers[BENCH_CROWD];
    struct field *field = field_open(BENCH_CROWD, 100, FIELD_HUNG);
    size_t empty, full;
    struct http *http;
    uv_loop_t loop;
    char url[FIELD_URL];

    uv_loop_init(&loop);
    http = http_new(&loop);
    empty = mallinfo2().uordblks;
    for (size_t i = 0; i < BENCH_CROWD; i++) {
        field_url(field, i, url);
        request.url = url;
        transfers[i] = http_start(http, &request, bench_no_reply, NULL);
    }
    while (field_connections(field) < BENCH_CROWD)
        uv_run(&loop, UV_RUN_NOWAIT);
    full = mallinfo2().uordblks;
    for (size_t i = 0; i < BENCH_CROWD; i++)
        http_cancel(transfers[i]);
    http_close(http, bench_weighed, NULL);
    uv_run(&loop, UV_RUN_DEFAULT);
    http_free(http);
    LOG_ASSERT(uv_loop_close(&loop) == 0);
    field_close(field);
    return (double)(full - empty) / BENCH_CROWD / 1024;
}

/* ---- curl ---- */

static void bench_write_curl(const struct bench *bench, const char *name, const char *path,
                             const char *options)
{
    struct buffer text BUFFER_FREE_LATER = BUFFER_NULL;
    char url[FIELD_URL];

    for (size_t i = 0; i < bench->boards; i++) {
        field_url(bench->field, i, url);
        buffer_printf(&text, "url = \"%s%s\"\noutput = \"/dev/null\"\n", url, path);
    }
    stage_write(&bench->stage, name, "silent\nmax-time = %d\n%s%s", BENCH_TIMEOUT_MS / 1000,
                options, buffer_text(&text));
}

static void bench_curl(const struct bench *bench, const char *name)
{
    char path[128];
    char *args[] = {"curl",
                    "--disable",
                    "--no-progress-meter",
                    "--parallel",
                    "--parallel-immediate",
                    "--parallel-max",
                    "300",
                    "--config",
                    path,
                    NULL};
    char *env[] = {"LANG=C", NULL};
    int status;
    pid_t pid;

    snprintf(path, sizeof path, "%s/%s", bench->stage.dir, name);
    LOG_ASSERT(posix_spawnp(&pid, "curl", NULL, NULL, args, env) == 0);
    LOG_ASSERT(waitpid(pid, &status, 0) == pid);
    LOG_ASSERT(WIFEXITED(status) && WEXITSTATUS(status) != 127);
}

static double bench_run_curl(const struct bench *bench)
{
    int64_t start_us;

    bench_write_curl(bench, "publish", "/publish",
                     "header = \"Content-Type: application/json\"\n"
                     "data = \"{\\\"name\\\":\\\"lc-1-1\\\",\\\"text\\\":\\\"x\\\"}\"\n");
    bench_write_curl(bench, "playing", "/playing", "");
    start_us = clock_mono_us();
    bench_curl(bench, "publish");
    bench_curl(bench, "playing");
    LOG_ASSERT(field_verified(bench->field) == field_healthy(bench->field));
    return (double)(clock_mono_us() - start_us) / 1e6;
}

/* ---- cases ---- */

struct bench_case {
    size_t boards;
    unsigned odd_pct;
    enum field_odd odd;
    bool by_curl; /* too */
    struct field *field;
    int64_t gap_us;
    double healthy_s, plan_s, cpu_s, curl_s;
    size_t missed; /* healthy boards, in the worst run */
};

static void bench_rest(struct field *field)
{
    while (field_connections(field))
        usleep(1000);
    field_reset(field);
}

static void bench_case_ours(struct bench_case *each)
{
    struct bench run = {.boards = each->boards, .field = each->field};
    size_t missed;

    bench_run_ours(&run);
    stage_close(&run.stage);
    missed = field_healthy(each->field) - field_verified(each->field);
    each->missed = missed > each->missed ? missed : each->missed;
    each->gap_us = run.gap_us > each->gap_us ? run.gap_us : each->gap_us;
    bench_rest(each->field);
    if (each->healthy_s > 0 && each->healthy_s <= run.healthy_s)
        return;
    each->healthy_s = run.healthy_s;
    each->plan_s = run.plan_s;
    each->cpu_s = run.cpu_s;
}

static void bench_case_curl(struct bench_case *each)
{
    struct bench run = {.boards = each->boards, .field = each->field};
    double curl_s;

    stage_open(&run.stage);
    curl_s = bench_run_curl(&run);
    stage_close(&run.stage);
    bench_rest(each->field);
    if (each->curl_s <= 0 || curl_s < each->curl_s)
        each->curl_s = curl_s;
}

/* In turn, so that what else the machine does falls on all alike. */
static void bench_run_cases(struct bench_case *cases, size_t n)
{
    for (size_t i = 0; i < n; i++)
        cases[i].field = field_open(cases[i].boards, cases[i].odd_pct, cases[i].odd);
    for (size_t i = 0; i < n * BENCH_TIMES; i++) {
        bench_case_ours(&cases[i % n]);
        if (cases[i % n].by_curl)
            bench_case_curl(&cases[i % n]);
    }
}

static void bench_print_aim(const char *name, bool met)
{
    printf(" aim_%s=%s", name, met ? "met" : "missed");
}

static void bench_print_case(const struct bench_case *each, double kib)
{
    double ratio = each->curl_s / each->healthy_s;

    printf("bench=boards boards=%zu hung_pct=%u healthy_s=%.3f plan_s=%.3f loop_gap_ms=%.1f "
           "kib_per_transfer=%.1f curl_s=%.3f ratio=%.2f cpu_s=%.2f",
           each->boards, each->odd_pct, each->healthy_s, each->plan_s, (double)each->gap_us / 1000,
           kib, each->curl_s, ratio, each->cpu_s);
    if (each->missed)
        printf(" not_verified=%zu", each->missed);
    bench_print_aim("gap", each->gap_us <= AIM_GAP_MS * 1000);
    bench_print_aim("ratio", ratio >= (each->boards >= 10000 ? 3 : 1));
}

static void bench_print_delay(const struct bench_case *none, const struct bench_case *hung,
                              const struct bench_case *refusing)
{
    double share = (double)field_healthy(hung->field) / (double)field_healthy(none->field);
    double delay_pct = 100 * (hung->healthy_s / share / none->healthy_s - 1);

    printf(" delay_pct=%.1f hang_pct=%.1f", delay_pct,
           100 * (hung->healthy_s / refusing->healthy_s - 1));
    bench_print_aim("delay", delay_pct < AIM_DELAY_PCT);
}

static void bench_run_size(size_t boards, unsigned hung_pct)
{
    struct bench_case cases[] = {
        {.boards = boards, .by_curl = true},
        {.boards = boards, .odd_pct = hung_pct, .odd = FIELD_HUNG, .by_curl = true},
        {.boards = boards, .odd_pct = hung_pct, .odd = FIELD_REFUSING},
    };
    size_t n = hung_pct ? sizeof cases / sizeof *cases : 1;
    double kib = bench_weigh_transfer();

    bench_run_cases(cases, n);
    bench_print_case(&cases[0], kib);
    printf("\n");
    if (hung_pct) {
        bench_print_case(&cases[1], kib);
        bench_print_delay(&cases[0], &cases[1], &cases[2]);
        printf("\n");
    }
    fflush(stdout);
    for (size_t i = 0; i < n; i++)
        field_close(cases[i].field);
}

int main(int argc, char **argv)
{
    size_t boards = argc == 3 ? strtoul(argv[1], NULL, 10) : 0;

    if (argc == 1) {
        bench_run_size(1000, 10);
        bench_run_size(10000, 10);
    } else if (boards > 0 && boards <= FIELD_BOARDS_MAX) {
        bench_run_size(boards, (unsigned)strtoul(argv[2], NULL, 10));
    } else {
        fprintf(stderr, "usage: bench_boards [BOARDS HUNG_PCT]\n");
        return 2;
    }
    return 0;
}
