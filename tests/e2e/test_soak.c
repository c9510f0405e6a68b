/* test_soak: 52 hours on the test clock, with time on the air: windows on three days, one of them
 * over midnight, SIMs of three networks with limits per hour and per day, alone and in a group; and
 * slow long messages around midnight and the end of a window.
 *
 * From the simulator's log, not from the books: no SIM and no group ever has more parts accepted
 * than its limit, in any 3,600 s and on any local day, nor any part outside of the windows; and the
 * limits were what held the messages up, or nothing was tested. The memory of lawcast doesn't grow
 * over the run. (A gateway that is killed and started again has its limits tested in test_kill.) */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway/base/buffer.h"
#include "gateway/base/clock.h"
#include "gateway/base/mem.h"
#include "tests/support/stage.h"
#include "tests/support/taken.h"

#define LIMIT_S    280
#define SAMPLES    10000
#define SAMPLE_MS  20
#define SHORT_TEXT "弘扬宪法精神，共建文明城市。学宪法、讲宪法、守宪法，从我做起，从现在做起。"
#define LONG_TEXT                                                                                                                             \
    "弘扬宪法精神，共建文明城市。学宪法、讲宪法、守宪法，从我做起，从现在做起，从身边小事做起，" \
    "让法治成为一种信仰，让守法成为一种习惯，让我们的城市因为法治而更加文明、更加和谐。"

static const struct taken_limit limits[] = {
    {"mobile 0", 0, 0, 30, 200, TAKEN_DAY}, {"mobile 1", 1, 1, 30, 200, TAKEN_DAY},
    {"unicom", 2, 2, 45, 0, TAKEN_HOUR},    {"telecom", 3, 3, 0, 100, TAKEN_DAY},
    {"group 0", 4, 4, 40, 0, TAKEN_FREE},   {"group 1", 5, 5, 40, 0, TAKEN_FREE},
    {"group", 4, 5, 50, 250, TAKEN_DAY},
};

/* In China's time. */
struct span {
    const char *from, *to;
};

static const struct span two_days[] = {{"2026-12-01 08:00:00", "2026-12-01 20:00:00"},
                                       {"2026-12-02 18:00:00", "2026-12-03 06:00:00"},
                                       {"2026-12-03 08:00:00", "2026-12-03 12:00:00"}};
/* The first message begins before midnight and ends behind it; the third one doesn't fit into the
 * first window. */
static const struct span midnight[] = {{"2026-12-01 23:59:55", "2026-12-02 00:00:12"},
                                       {"2026-12-02 00:30:00", "2026-12-02 06:00:00"}};

struct memory {
    int64_t kib[SAMPLES];
    size_t n;
};

/* The windows as the campaign's file has them. */
static char *spans_print(const struct span *spans, size_t n)
{
    struct buffer text = BUFFER_NULL;

    for (size_t i = 0; i < n; i++)
        buffer_printf(&text, "%s{ from = \"%s\"; to = \"%s\"; }", i ? ", " : "", spans[i].from,
                      spans[i].to);
    return buffer_take(&text);
}

static int64_t span_ms(const char *text)
{
    struct tm tm = {0};

    assert_non_null(strptime(text, "%Y-%m-%d %H:%M:%S", &tm));
    return ((int64_t)timegm(&tm) - 8 * 3600) * 1000;
}

/* slack_ms: so late may the last part be, for it was begun in time. */
static void check_windows(const struct taken *taken, const struct span *spans, size_t n,
                          int64_t slack_ms)
{
    for (size_t i = 0; i < taken->n; i++) {
        int64_t t = taken->items[i].t, late = INT64_MAX;

        for (size_t k = 0; k < n; k++)
            if (t >= span_ms(spans[k].from) && t - span_ms(spans[k].to) < late)
                late = t - span_ms(spans[k].to);
        if (late > slack_ms)
            fail_msg("modem %d sent %lld ms after the window", taken->items[i].modem,
                     (long long)late);
    }
}

static void world_write(const struct stage *stage)
{
    MEM_FREE_LATER char *windows = spans_print(two_days, 3);

    stage_write(stage, "operators.csv",
                "prefix,operator\n138,mobile\n130,unicom\n133,telecom\n192,broadnet\n");
    stage_write(stage, "lawcast.cfg",
                "office = { name = \"o\"; timezone = \"Asia/Shanghai\"; };\n"
                "operators = \"operators.csv\";\n"
                "ledger = { path = \"books.db\"; };\n"
                "units = ( { id = \"city\"; name = \"市法宣办\"; signature = \"市法宣办\"; },\n"
                "          { id = \"weather\"; name = \"气象局\"; signature = \"气象局\"; } );\n"
                "limits = ( { id = \"contract\"; per_hour = 50; per_day = 250; } );\n"
                "modems = (\n"
                "  { id = \"mobile\"; devices = \"/dev/ttyUSB[0-1]\"; operator = \"mobile\";\n"
                "    per_hour = 30; per_day = 200; },\n"
                "  { id = \"unicom\"; devices = \"/dev/ttyUSB2\"; operator = \"unicom\";\n"
                "    per_hour = 45; },\n"
                "  { id = \"telecom\"; devices = \"/dev/ttyUSB3\"; operator = \"telecom\";\n"
                "    per_day = 100; },\n"
                "  { id = \"group\"; devices = \"/dev/ttyUSB[4-5]\"; operator = \"mobile\";\n"
                "    per_hour = 40; limits = \"contract\"; } );\n");
    stage_write(stage, "campaign.cfg",
                "campaign = { id = \"c1\"; title = \"宪法宣传周\"; windows = ( %s );\n"
                "  sms = { text = \"学法守法\"; max_parts = 4; };\n"
                "  orders = ( { unit = \"city\"; quota = 1500; recipients = \"city.csv\"; },\n"
                "             { unit = \"weather\"; quota = 300; recipients = \"weather.csv\";\n"
                "               text = \"" LONG_TEXT "\"; } );\n"
                "};\n",
                windows);
}

static void world_write_numbers(const struct stage *stage)
{
    static const int64_t firsts[] = {13800000000, 13000000000, 13300000000, 19200000000};
    BUFFER_FREE_LATER struct buffer city = BUFFER_NULL;
    BUFFER_FREE_LATER struct buffer weather = BUFFER_NULL;

    buffer_add_text(&city, "手机号\n");
    buffer_add_text(&weather, "手机号\n");
    for (int64_t i = 0; i < 1800; i++)
        buffer_printf(i % 6 ? &city : &weather, "%lld\n", (long long)(firsts[i / 2 % 4] + i));
    stage_write(stage, "city.csv", "%s", buffer_text(&city));
    stage_write(stage, "weather.csv", "%s", buffer_text(&weather));
}

static int64_t memory_kib(pid_t pid)
{
    char path[64], line[128];
    long long kib = 0;
    FILE *file;

    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    file = fopen(path, "re");
    while (file && fgets(line, sizeof line, file))
        sscanf(line, "VmRSS: %lld", &kib);
    if (file)
        fclose(file);
    return kib;
}

static bool child_runs(pid_t pid)
{
    siginfo_t info = {0};

    return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == 0;
}

/* Looks at its memory until it has ended. */
static void memory_watch(const struct stage_child *child, struct memory *memory)
{
    const struct timespec pause = {.tv_nsec = SAMPLE_MS * 1000000};
    int64_t limit = clock_mono_ms() + LIMIT_S * 1000;

    while (child_runs(child->pid) && clock_mono_ms() < limit) {
        if (memory->n == SAMPLES) { /* every other one is enough */
            for (size_t i = 0; i < SAMPLES / 2; i++)
                memory->kib[i] = memory->kib[2 * i];
            memory->n = SAMPLES / 2;
        }
        memory->kib[memory->n++] = memory_kib(child->pid);
        nanosleep(&pause, NULL);
    }
}

static int64_t memory_most(const struct memory *memory, size_t from, size_t to)
{
    int64_t most = 0;

    for (size_t i = from; i < to; i++)
        most = memory->kib[i] > most ? memory->kib[i] : most;
    return most;
}

static void taken_read_out(struct taken *taken, const struct stage *stage)
{
    MEM_FREE_LATER char *path = mem_printf("%s/out/simulator.log", stage->dir);

    taken_read(taken, path);
}

static void check_memory(const struct memory *memory)
{
    int64_t early = memory_most(memory, memory->n / 5, memory->n * 2 / 5);
    int64_t late = memory_most(memory, memory->n * 4 / 5, memory->n);

    print_message("samples=%zu rss_early_kib=%lld rss_late_kib=%lld\n", memory->n, (long long)early,
                  (long long)late);
#ifndef __SANITIZE_ADDRESS__ /* which keeps for a while what was freed */
    assert_true(late * 10 <= early * 11);
#endif
}

static void rehearse(const struct stage *stage, const char *air_ms, struct memory *memory)
{
    const char *const args[] = {"rehearse", "-c",       "lawcast.cfg", "--out",        "out",
                                "--quiet",  "--air-ms", air_ms,        "campaign.cfg", NULL};
    struct stage_child child;
    char *output;
    int code;

    stage_spawn(stage, &child, args);
    memory_watch(&child, memory);
    code = stage_wait(&child, 10, &output);
    if (code != 0 && code != 3)
        fail_msg("exit code %d: %s", code, output);
    assert_non_null(strstr(output, "The books agree"));
    free(output);
}

static void test_two_days(void **state)
{
    struct memory *memory = mem_new(struct memory);
    struct taken taken;
    struct stage stage;

    (void)state;
    stage_open(&stage);
    world_write(&stage);
    world_write_numbers(&stage);
    rehearse(&stage, "5", memory);
    taken_read_out(&taken, &stage);
    taken_check(&taken, limits, sizeof limits / sizeof *limits);
    check_windows(&taken, two_days, 3, 0);
    assert_true(taken.items[taken.n - 1].t - taken.items[0].t > 48 * TAKEN_HOUR_MS);
    check_memory(memory);
    taken_release(&taken);
    free(memory);
    stage_close(&stage);
}

/* One modem, messages of four parts of 1.5 s each: parts count for the day on which they were sent,
 * not for that on which the message was begun, and none goes when the window has closed. */
static void test_midnight(void **state)
{
    static const struct taken_limit limit = {"modem", 0, 0, 0, 8, TAKEN_FREE};
    MEM_FREE_LATER char *windows = spans_print(midnight, 2);
    struct memory *memory = mem_new(struct memory);
    struct taken taken;
    struct stage stage;

    (void)state;
    stage_open(&stage);
    stage_write_office(&stage, &(struct stage_bank){.first_modem = "/dev/ttyUSB-0",
                                                    .modems = 1,
                                                    .options = "per_day = 8;"});
    stage_write(&stage, "campaign.cfg",
                "campaign = { id = \"c1\"; title = \"t\"; windows = ( %s );\n"
                "  sms = { text = \"" LONG_TEXT LONG_TEXT SHORT_TEXT "\"; max_parts = 4; };\n"
                "  orders = ( { unit = \"city\"; quota = 8; recipients = \"city.csv\"; } );\n"
                "};\n",
                windows);
    stage_write_numbers(&stage, "city.csv", STAGE_FIRST, 8);
    rehearse(&stage, "1500", memory);
    taken_read_out(&taken, &stage);
    print_message("parts=%zu\n", taken.n);
    assert_in_range(taken.n, 4, 16);
    taken_check(&taken, &limit, 1);
    check_windows(&taken, midnight, 2, 0);
    taken_release(&taken);
    free(memory);
    stage_close(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_two_days),
                                       cmocka_unit_test(test_midnight)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
