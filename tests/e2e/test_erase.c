/* test_erase: lawcast erase after a campaign that modems carried: when it may, what is gone, and
 * what still stands. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway/base/mem.h"
#include "tests/support/sim_client.h"
#include "tests/support/stage.h"

#define MESSAGES   4
#define WINDOW_S   6 /* the window is open for so long from now on */
#define WORDS(...) ((const char *[]){__VA_ARGS__, NULL})

struct day {
    struct stage stage;
    struct sim_client *sim;
};

/* more: of the group office; "": with the modem. */
static void write_office(const struct day *day, const char *more)
{
    const struct stage_bank bank = {.modems = 1,
                                    .first_modem = sim_client_modem(day->sim, 0),
                                    .options = "grace_ms = 0; timeout_ms = 2000;"};

    if (!*more)
        stage_write_office(&day->stage, &bank);
    else
        stage_write(&day->stage, "lawcast.cfg",
                    "office = { name = \"test\"; timezone = \"Asia/Shanghai\"; %s };\n"
                    "ledger = { path = \"%s\"; };\n"
                    "units = ( { id = \"city\"; name = \"市法宣办\"; signature = \"市法宣办\"; } "
                    ");\n",
                    more, day->stage.books);
}

static int open_day(void **state)
{
    const char *const options[] = {"--modems", "1", "--air-ms", "5", "--report-ms", "20", NULL};
    struct day *day = mem_new(struct day);
    char program[512];

    stage_open(&day->stage);
    day->sim = sim_client_start(stage_program("lawcast-sim", program, sizeof program), options);
    assert_non_null(day->sim);
    write_office(day, "");
    *state = day;
    return 0;
}

static int close_day(void **state)
{
    struct day *day = *state;

    sim_client_free(day->sim);
    stage_close(&day->stage);
    free(day);
    return 0;
}

static size_t traces(const struct day *day, const char *bytes, size_t length)
{
    static const char *const files[] = {"", "-wal", "-shm"};
    size_t n = 0;

    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        MEM_FREE_LATER char *path = mem_printf("%s%s", day->stage.books, files[i]);
        BUFFER_FREE_LATER struct buffer content = BUFFER_NULL;

        if (access(path, F_OK) == 0)
            assert_int_equal(buffer_read_file(&content, path, 1 << 26), 0);
        n += memmem(buffer_text(&content), content.length, bytes, length) != NULL;
    }
    return n;
}

/* As SQLite stores it: big-endian, in six bytes. */
static size_t number_traces(const struct day *day, int64_t number)
{
    const uint64_t full = UINT64_C(8600000000000) + (uint64_t)number;
    MEM_FREE_LATER char *text = mem_printf("%lld", (long long)number);
    char integer[6];

    for (int i = 0; i < 6; i++)
        integer[i] = (char)(full >> (40 - 8 * i));
    return traces(day, integer, sizeof integer) + traces(day, text, strlen(text));
}

static void write_beside(const struct day *day, const char *ending)
{
    MEM_FREE_LATER char *path = mem_printf("%s%s", day->stage.books, ending);
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_int_equal(fclose(file), 0);
}

static char *report(const struct day *day, const char *format)
{
    return stage_ends(&day->stage, 0, WORDS("report", "-c", day->stage.conf, format, "c1"));
}

/* Not before its window is over: asked again until it is. */
static void erase_early(const struct day *day)
{
    const char *const words[] = {"erase", "-c", day->stage.conf, "--early", "市里来函", "c1", NULL};
    char *output;

    while (stage_lawcast(&day->stage, &output, words) == 1) {
        if (!strstr(output, "isn't over"))
            fail_msg("%s", output);
        free(output);
        stage_pause();
    }
    if (!strstr(output, "Erased from c1: numbers of 4 messages"))
        fail_msg("%s", output);
    free(output);
}

/* Before: 0..2 delivered, 3 refused by hand, 0 has written back. */
static void carry_out(struct day *day)
{
    const char *conf = day->stage.conf;

    stage_write_campaign(&day->stage, -3600, WINDOW_S,
                         "text = \"{姓名}同志：学法守法\"; report_wait = 1;", MESSAGES);
    stage_says(&day->stage, 0, "gets no messages",
               WORDS("optout", "-c", conf, "add", "13800000003", "--note", "热线"));
    assert_true(sim_client_tell(day->sim, "deliver 0 8613800000000 谢谢，我是13800000000"));
    free(stage_ends(&day->stage, 3,
                    WORDS("run", "-c", day->stage.conf, "--quiet", day->stage.campaign)));
    stage_says(&day->stage, 0, "1 replies", WORDS("replies", "-c", conf));
}

/* Older books beside these are named, and go only when somebody says so. */
static void erase_copies(const struct day *day)
{
    static const char *const copies[] = {".v4", ".v4-2", ".before-restore-20261031-083000",
                                         ".before-restore-20261031-083000-wal", ".incomplete"};
    static const char *const others[] = {".v4x", ".before-restore-notes.txt", ".video", ".backup"};
    const char *conf = day->stage.conf;

    for (size_t i = 0; i < sizeof copies / sizeof *copies; i++)
        write_beside(day, copies[i]);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        write_beside(day, others[i]);
    for (int said = 0; said < 2; said++) {
        MEM_FREE_LATER char *output =
            stage_ends(&day->stage, 0,
                       WORDS("erase", "-c", conf, "--early", "x", "c1", said ? "--copies" : NULL));

        assert_non_null(strstr(output, "was erased before"));
        for (size_t i = 0; i < sizeof copies / sizeof *copies; i++) {
            MEM_FREE_LATER char *path = mem_printf("%s%s", day->stage.books, copies[i]);
            MEM_FREE_LATER char *line = mem_printf("%s%s\n", said ? "Deleted: " : "  ", path);

            if (!strstr(output, line))
                fail_msg("without \"%s\":\n%s", line, output);
            assert_int_equal(access(path, F_OK), -said);
        }
        for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
            MEM_FREE_LATER char *path = mem_printf("%s%s", day->stage.books, others[i]);

            assert_null(strstr(output, path));
            assert_int_equal(access(path, F_OK), 0);
        }
    }
}

static void test_a_campaign_that_is_over(void **state)
{
    struct day *day = *state;
    const char *conf = day->stage.conf;
    MEM_FREE_LATER char *before = NULL;
    MEM_FREE_LATER char *after = NULL;

    carry_out(day);
    before = report(day, "--json");
    free(stage_ends(&day->stage, 0,
                    WORDS("audit", "prove", "-c", conf, "13800000000", "--out", "receipt.txt")));
    assert_true(number_traces(day, STAGE_FIRST) && traces(day, "张三0", strlen("张三0")));
    erase_early(day);
    for (int64_t i = 0; i < MESSAGES - 1; i++)
        assert_int_equal(number_traces(day, STAGE_FIRST + i), 0);
    assert_true(number_traces(day, STAGE_FIRST + 3) > 0); /* it refuses: that must be known */
    assert_int_equal(traces(day, "张三", strlen("张三")), 0);
    stage_says(&day->stage, 0, "",
               WORDS("audit", "check", "receipt.txt", "--number", "13800000000"));
    after = report(day, "--json");
    *strstr(before, "\"erased\"") = '\0'; /* the rest is as it was */
    *strstr(after, "\"erased\"") = '\0';
    assert_string_equal(after, before);
    stage_says(&day->stage, 0, "****",
               WORDS("report", "-c", conf, "--deliveries", "--numbers", "c1"));
    stage_says(&day->stage, 0, "erased by rule", WORDS("report", "-c", conf, "c1"));
    stage_says(&day->stage, 0, "erased by rule", WORDS("report", "-c", conf, "--csv", "c1"));
    stage_says(&day->stage, 0, "\"erased\": true", WORDS("report", "-c", conf, "--json", "c1"));
    stage_says(&day->stage, 0, "1 replies", WORDS("replies", "-c", conf, "--numbers"));
    stage_says(&day->stage, 0, "refuses", WORDS("optout", "-c", conf, "prove", "13800000003"));
    stage_says(&day->stage, 0, "whole", WORDS("audit", "verify", "-c", conf));
    erase_copies(day);
    free(stage_ends(&day->stage, 3,
                    WORDS("run", "-c", day->stage.conf, "--quiet", day->stage.campaign)));
    stage_says(&day->stage, 0, "whole", WORDS("audit", "verify", "-c", conf));
    assert_int_equal(number_traces(day, STAGE_FIRST), 0);
}

/* A campaign of tomorrow. */
static void write_next(const struct day *day)
{
    char from[20], to[20];

    stage_time(86400, from);
    stage_time(90000, to);
    stage_write(&day->stage, "next.cfg",
                "campaign = { id = \"c2\"; title = \"t\";\n"
                "  windows = ( { from = \"%s\"; to = \"%s\"; } );\n"
                "  sms = { text = \"学法\"; };\n"
                "  orders = ( { unit = \"city\"; quota = 2; recipients = \"city.csv\"; } );\n"
                "};\n",
                from, to);
}

static void test_what_is_in_the_way(void **state)
{
    struct day *day = *state;
    const char *conf = day->stage.conf;
    struct stage_child child;

    stage_says(&day->stage, 1, "no books", WORDS("erase", "-c", conf, "c1"));
    stage_write_campaign(&day->stage, -3600, WINDOW_S, "text = \"学法\"; report_wait = 1;", 2);
    free(stage_ends(&day->stage, 0,
                    WORDS("run", "-c", day->stage.conf, "--quiet", day->stage.campaign)));
    stage_says(&day->stage, 2, "Name one campaign", WORDS("erase", "-c", conf));
    stage_says(&day->stage, 2, "reason", WORDS("erase", "-c", conf, "--early", "", "c1"));
    stage_says(&day->stage, 1, "no campaign \"c2\"", WORDS("erase", "-c", conf, "c2"));
    stage_says(&day->stage, 1, "isn't over", WORDS("erase", "-c", conf, "--early", "x", "c1"));
    write_office(day, "retention_days = 3651;");
    stage_says(&day->stage, 1, "3650", WORDS("check", "-c", conf));
    write_office(day, "");
    write_next(day);
    stage_spawn(&day->stage, &child, WORDS("run", "-c", day->stage.conf, "--quiet", "next.cfg"));
    stage_await(&day->stage, &child, "c2");
    stage_says(&day->stage, 4, "a gateway has the books", WORDS("erase", "-c", conf, "c1"));
    stage_signal(&child, SIGTERM);
    stage_wait(&child, 60, NULL);
    stage_says(&day->stage, 1, "isn't over", WORDS("erase", "-c", conf, "--early", "x", "c2"));
}

/* The retention time, and its option. */
static void test_the_retention_time(void **state)
{
    struct day *day = *state;
    const char *conf = day->stage.conf;
    char *output;

    stage_write_campaign(&day->stage, -3600, WINDOW_S, "text = \"学法\"; report_wait = 1;", 2);
    free(stage_ends(&day->stage, 0, WORDS("run", "-c", conf, "--quiet", day->stage.campaign)));
    while (stage_lawcast(&day->stage, &output, WORDS("erase", "-c", conf, "c1")) == 1 &&
           strstr(output, "isn't over")) {
        free(output);
        stage_pause();
    }
    assert_non_null(strstr(output, "is kept for 90 days"));
    free(output);
    write_office(day, "retention_days = 0;");
    stage_says(&day->stage, 0, "Erased from c1", WORDS("erase", "-c", conf, "c1"));
    write_office(day, "retention_days = 90;"); /* for what is gone it says nothing */
    stage_says(&day->stage, 0, "c1 was erased before", WORDS("erase", "-c", conf, "c1"));
    write_beside(day, ".unscrubbed"); /* as a kill before the scrubbing leaves it */
    stage_says(&day->stage, 0, "was broken off", WORDS("status", "-c", conf));
    stage_says(&day->stage, 0, "was broken off", WORDS("audit", "verify", "-c", conf));
    stage_says(&day->stage, 0, "are removed now", WORDS("erase", "-c", conf, "c1"));
    stage_says(&day->stage, 0, "nothing has changed", WORDS("erase", "-c", conf, "c1"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_campaign_that_is_over, open_day, close_day),
        cmocka_unit_test_setup_teardown(test_what_is_in_the_way, open_day, close_day),
        cmocka_unit_test_setup_teardown(test_the_retention_time, open_day, close_day),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
