/* test_foresight: lawcast plan foretells what a rehearsal then does, with what books have measured
 * and without. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/buffer.h"
#include "gateway/base/json.h"
#include "gateway/base/mem.h"
#include "tests/support/stage.h"

#define ARGS(...) ((const char *[]){__VA_ARGS__, NULL})

enum { MESSAGES = 600 };

/* Two modems at 3 s send 1,200 parts in half an hour. */
static void write_day(const struct stage *stage, const char *books, const char *options,
                      const char *until)
{
    stage_write(stage, "lawcast.cfg",
                "office = { name = \"o\"; timezone = \"Asia/Shanghai\"; };\n"
                "ledger = { path = \"%s\"; };\n"
                "units = ( { id = \"city\"; name = \"市法宣办\"; signature = \"市法宣办\"; } );\n"
                "modems = ( { id = \"m\"; devices = \"/dev/ttyUSB[0-1]\"; price = \"0.05\";\n"
                "             operator = \"mobile\"; %s } );\n",
                books, options);
    stage_write(stage, "campaign.cfg",
                "campaign = { id = \"c1\"; title = \"宪法日\";\n"
                "  windows = ( { from = \"2096-10-31 08:30\"; to = \"2096-10-31 %s\"; } );\n"
                "  sms = { text = \"{姓名}学法守法\"; };\n"
                "  orders = ( { unit = \"city\"; quota = %d; recipients = \"city.csv\";\n"
                "               reserve = \"reserve.csv\"; } );\n"
                "};\n",
                until, MESSAGES);
    stage_write_numbers(stage, "city.csv", STAGE_FIRST, MESSAGES);
    stage_write_numbers(stage, "reserve.csv", STAGE_FIRST + 500000, 100);
}

static struct jv *read_report(const struct stage *stage)
{
    MEM_FREE_LATER char *path = mem_printf("%s/out/report.json", stage->dir);
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;
    struct jv *report;

    assert_int_equal(buffer_read_file(&text, path, 1 << 20), 0);
    report = jv_parse(buffer_text(&text), text.length, NULL);
    assert_non_null(report);
    return report;
}

static struct jv *plan(const struct stage *stage, int code)
{
    MEM_FREE_LATER char *output =
        stage_ends(stage, code, ARGS("plan", "--json", "-c", "lawcast.cfg", "campaign.cfg"));
    char *from = strchr(output, '{'), *to = strrchr(output, '}');
    struct jv *json;

    assert_non_null(from);
    json = jv_parse(from, (size_t)(to - from) + 1, NULL);
    assert_non_null(json);
    return json;
}

static void test_fits(void **state)
{
    struct stage stage;
    struct jv *json;

    (void)state;
    stage_open(&stage);
    write_day(&stage, "books.db", "air_ms = 3000;", "09:00");
    stage_says(&stage, 0, "It fits: the last message goes at 08:45.",
               ARGS("plan", "-c", "lawcast.cfg", "campaign.cfg"));
    json = plan(&stage, 0);
    assert_string_equal(jv_text(jv_at(json, "/forecast/finish_p50")), "2096-10-31T08:45:00+08:00");
    assert_string_equal(jv_text(jv_at(json, "/forecast/cost")), "30.0000");
    assert_string_equal(jv_text(jv_at(json, "/forecast/assumptions/odds")), "default");
    jv_free(json);
    stage_close(&stage);
}

/* In 10 minutes 400 parts go out. */
static void test_does_not_fit(void **state)
{
    struct stage stage;
    struct jv *json;

    (void)state;
    stage_open(&stage);
    write_day(&stage, "books.db", "", "08:40");
    stage_says(&stage, 3, "short by 200 parts", ARGS("plan", "-c", "lawcast.cfg", "campaign.cfg"));
    json = plan(&stage, 3);
    assert_int_equal(jv_number(jv_at(json, "/forecast/short_p50"), 0), 200);
    assert_string_equal(jv_text(jv_at(json, "/forecast/assumptions/air_ms/0/source")), "default");
    assert_int_equal(jv_number(jv_at(json, "/forecast/cure/sims"), 0), 1);
    assert_string_equal(jv_text(jv_at(json, "/forecast/cure/until")), "2096-10-31T08:45:00+08:00");
    jv_free(json);
    stage_close(&stage);
}

/* A rehearsal says how wrong the forecast was; a plan with its books goes by what they measured. */
static void test_measured(void **state)
{
    struct stage stage;
    struct jv *json;

    (void)state;
    stage_open(&stage);
    write_day(&stage, "books.db", "", "09:00");
    stage_says(&stage, 0, "The forecast was",
               ARGS("rehearse", "-q", "-c", "lawcast.cfg", "--out", "out", "--air-ms", "2000",
                    "--undelivered", "50", "--rejected", "30", "campaign.cfg"));
    json = read_report(&stage);
    assert_in_range(jv_number(jv_at(json, "/rehearsal/error_permille"), 999), 0, 50);
    assert_int_equal(jv_number(jv_at(json, "/rehearsal/short_error_permille"), 999), 0);
    assert_int_equal(jv_number(jv_at(json, "/rehearsal/forecast/short_p50"), 999), 0);
    jv_free(json);
    write_day(&stage, "out/rehearsal.db", "", "09:00");
    json = plan(&stage, 0);
    assert_string_equal(jv_text(jv_at(json, "/forecast/assumptions/air_ms/0/source")), "measured");
    assert_in_range(jv_number(jv_at(json, "/forecast/assumptions/air_ms/0/least_ms"), 0), 1900,
                    2100);
    assert_string_equal(jv_text(jv_at(json, "/forecast/assumptions/odds")), "measured");
    assert_in_range(jv_number(jv_at(json, "/forecast/assumptions/rejected_ppm"), 0), 10000, 60000);
    assert_in_range(jv_number(jv_at(json, "/forecast/assumptions/undelivered_ppm"), 0), 20000,
                    90000);
    jv_free(json);
    /* What the SIMs have sent on that day counts: each has about 85 parts left of 400. */
    write_day(&stage, "out/rehearsal.db", "per_day = 400;", "09:00");
    json = plan(&stage, 3);
    assert_string_equal(jv_text(jv_at(json, "/forecast/bound")), "day");
    assert_in_range(jv_number(jv_at(json, "/forecast/short_p50"), 0), 380, 500);
    jv_free(json);
    stage_close(&stage);
}

/* Two campaigns at the same time share the modems. */
static void test_shared(void **state)
{
    struct stage stage;

    (void)state;
    stage_open(&stage);
    write_day(&stage, "books.db", "air_ms = 3000;", "09:00");
    stage_write(&stage, "other.cfg",
                "campaign = { id = \"c2\"; title = \"安全周\";\n"
                "  windows = ( { from = \"2096-10-31 08:30\"; to = \"2096-10-31 09:00\"; } );\n"
                "  sms = { text = \"安全第一\"; };\n"
                "  orders = ( { unit = \"city\"; quota = %d; recipients = \"city.csv\"; } );\n"
                "};\n",
                MESSAGES);
    stage_says(&stage, 0, "It fits: the last message goes at 09:00.",
               ARGS("plan", "-c", "lawcast.cfg", "campaign.cfg", "other.cfg"));
    stage_close(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fits),
        cmocka_unit_test(test_does_not_fit),
        cmocka_unit_test(test_measured),
        cmocka_unit_test(test_shared),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
