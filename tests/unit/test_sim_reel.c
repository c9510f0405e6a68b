/* test_sim_reel: when items are on a simulated screen, and what is told of it.
 * Runs: any. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "gateway/base/mem.h"
#include "tests/sim/reel.h"
#include "tests/sim/sim_png.h"

static const int64_t morning = 1793406600000; /* Saturday 2026-10-31 08:30:00 in Shanghai */
static const int64_t hour = 3600000;

struct stage {
    struct reel *reel;
    struct buffer told; /* "+a@0 -a@5 " in seconds since morning */
};

static void stage_view(void *ctx, const struct board_view *view)
{
    struct stage *stage = ctx;

    buffer_printf(&stage->told, "%s%s=%s@%lld ", view->shown ? "+" : (view->open ? "~" : "-"),
                  view->name, view->text, (long long)(view->t - morning) / 1000);
}

static int stage_setup(void **state)
{
    struct stage *stage = mem_new(struct stage);

    setenv("TZ", "Asia/Shanghai", 1);
    tzset();
    stage->reel = reel_new(&(struct board_screen){.view = stage_view, .ctx = stage});
    reel_advance(stage->reel, morning);
    *state = stage;
    return 0;
}

static int stage_teardown(void **state)
{
    struct stage *stage = *state;

    reel_free(stage->reel);
    buffer_free(&stage->told);
    free(stage);
    return 0;
}

static void stage_put(struct stage *stage, const char *name, const char *text,
                      struct reel_window window)
{
    reel_put(stage->reel, &(struct reel_item){.name = name, .text = text, .window = window},
             morning);
}

static void assert_told(struct stage *stage, const char *told)
{
    assert_string_equal(buffer_text(&stage->told), told);
    buffer_clear(&stage->told);
}

/* A jump over several edges is told edge by edge, each with its own time. */
static void test_windows(void **state)
{
    struct stage *stage = *state;
    struct reel_window window = {.from_ms = morning + 1000, .until_ms = morning + 3000};

    stage_put(stage, "once", "x", window);
    assert_int_equal(reel_next_change(stage->reel, morning), morning + 1000);
    stage_put(stage, "daily", "y", /* 09:00 to 11:00 on Mondays and Saturdays */
              (struct reel_window){.day_from_s = 9 * 3600,
                                   .day_to_s = 11 * 3600,
                                   .weekdays = 0x21,
                                   .until_ms = morning + 72 * hour});
    assert_told(stage, "");
    reel_advance(stage->reel, morning + 30 * 24 * hour);
    assert_told(stage, "+once=x@1 -once=x@3 +daily=y@1800 -daily=y@9000 +daily=y@174600 "
                       "-daily=y@181800 ");
    assert_int_equal(reel_next_change(stage->reel, morning + 30 * 24 * hour), INT64_MAX);
    reel_advance(stage->reel, morning + 2000); /* back into a window */
    assert_told(stage, "+once=x@2 ");
    reel_finish(stage->reel, morning + 2500);
    assert_told(stage, "~once=x@2 ");
}

static void test_whole_days_have_no_seam(void **state)
{
    struct stage *stage = *state;

    stage_put(stage, "a", "x", (struct reel_window){.day_to_s = 86400, .weekdays = 127});
    reel_advance(stage->reel, morning + 96 * hour);
    assert_told(stage, "+a=x@0 ");
}

static void test_replacing(void **state)
{
    struct stage *stage = *state;

    stage_put(stage, "a", "x", (struct reel_window){0});
    stage_put(stage, "a", "x", (struct reel_window){.until_ms = morning + 5000}); /* no event */
    assert_told(stage, "+a=x@0 ");
    stage_put(stage, "a", "y", (struct reel_window){0});
    assert_told(stage, "-a=x@0 +a=y@0 ");
    assert_true(reel_remove(stage->reel, "a", morning + 1000));
    assert_false(reel_remove(stage->reel, "a", morning + 1000));
    assert_told(stage, "-a=y@1 ");
}

static void test_priorities(void **state)
{
    struct stage *stage = *state;
    struct reel_item high = {.name = "high", .text = "x", .priority = 5};

    stage_put(stage, "a", "x", (struct reel_window){0});
    stage_put(stage, "b", "x", (struct reel_window){0}); /* ties: both */
    reel_own(stage->reel, "price", "9.80", morning);
    assert_true(reel_is_visible(stage->reel, "price"));
    reel_put(stage->reel, &high, morning + 1000);
    assert_told(stage, "+a=x@0 +b=x@0 -a=x@1 -b=x@1 +high=x@1 ");
    assert_false(reel_is_visible(stage->reel, "price"));
    assert_string_equal(reel_playing(stage->reel), "high");
    reel_remove(stage->reel, "high", morning + 2000);
    assert_told(stage, "-high=x@2 +a=x@2 +b=x@2 ");
}

static void test_power_and_memory(void **state)
{
    struct stage *stage = *state;
    struct reel_item ram = {.name = "ram", .text = "x", .volatile_ = true};
    struct jv *names = jv_array();

    stage_put(stage, "flash", "x", (struct reel_window){0});
    reel_put(stage->reel, &ram, morning);
    reel_own(stage->reel, "price", "9.80", morning);
    reel_power(stage->reel, false, morning + 1000);
    assert_told(stage, "+flash=x@0 +ram=x@0 -flash=x@1 -ram=x@1 ");
    assert_string_equal(reel_playing(stage->reel), "");
    assert_int_equal(reel_next_change(stage->reel, morning + 1000), INT64_MAX);
    reel_power(stage->reel, true, morning + 2000);
    assert_told(stage, "+flash=x@2 ");
    assert_null(reel_find(stage->reel, "ram"));
    reel_list(stage->reel, names);
    assert_int_equal(jv_size(names), 2);
    assert_string_equal(jv_text(jv_element(names, 1)), "price");
    jv_free(names);
}

static void test_tricks(void **state)
{
    struct stage *stage = *state;

    reel_trick(stage->reel, TRICK_LIE, true, morning);
    stage_put(stage, "a", "x", (struct reel_window){0});
    assert_null(reel_find(stage->reel, "a"));
    reel_trick(stage->reel, TRICK_LIE, false, morning);
    reel_trick(stage->reel, TRICK_PRETEND, true, morning);
    stage_put(stage, "a", "x", (struct reel_window){0});
    reel_trick(stage->reel, TRICK_PRETEND, false, morning);
    assert_non_null(reel_find(stage->reel, "a"));
    assert_false(reel_is_visible(stage->reel, "a"));
    assert_string_equal(reel_playing(stage->reel), "");
    stage_put(stage, "b", "x", (struct reel_window){0});
    reel_trick(stage->reel, TRICK_SLEEP, true, morning + 1000);
    assert_true(reel_is_asleep(stage->reel));
    reel_trick(stage->reel, TRICK_SLEEP, false, morning + 2000);
    assert_told(stage, "+b=x@0 -b=x@1 +b=x@2 ");
}

/* Windows are the device's, events are ours. */
static void test_skew(void **state)
{
    struct stage *stage = *state;

    stage_put(stage, "a", "x", (struct reel_window){.until_ms = morning + hour});
    reel_skew(stage->reel, 1800000, morning + 1000);
    assert_int_equal(reel_clock(stage->reel, morning), morning + 1800000);
    assert_int_equal(reel_next_change(stage->reel, morning + 1000), morning + 1800000);
    reel_advance(stage->reel, morning + hour);
    assert_told(stage, "+a=x@0 -a=x@1800 ");
}

static void test_data_is_kept(void **state)
{
    struct stage *stage = *state;
    struct jv *data = jv_object();

    jv_put(data, "k", jv_int(7));
    reel_put(stage->reel, &(struct reel_item){.name = "a", .text = "x", .data = data}, morning);
    jv_free(data);
    assert_int_equal(jv_number(jv_at(reel_at(stage->reel, 0)->data, "/k"), 0), 7);
    assert_null(reel_at(stage->reel, 1));
}

static uint32_t png_u32(const char *at)
{
    const unsigned char *bytes = (const unsigned char *)at;

    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

/* The checksums of IHDR (W3C PNG, annex D) and IEND are known values. */
static void test_pictures(void **state)
{
    struct buffer dark BUFFER_FREE_LATER = BUFFER_NULL, lit BUFFER_FREE_LATER = BUFFER_NULL;

    (void)state;
    sim_png(&dark, 1, 1, "");
    sim_png(&lit, 192, 64, "宪法");
    assert_memory_equal(dark.data, "\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16);
    assert_int_equal(png_u32(dark.data + 29), 0x376EF924);
    assert_int_equal(png_u32(dark.data + dark.length - 4), 0xAE426082);
    assert_int_equal(png_u32(lit.data + 16), 192);
    assert_int_equal(png_u32(lit.data + 20), 64);
    assert_non_null(memmem(lit.data, lit.length, "宪法", 6));
    assert_true(lit.length > 64 * 25);
}

#define ON_STAGE(test) cmocka_unit_test_setup_teardown(test, stage_setup, stage_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_STAGE(test_windows),
        ON_STAGE(test_whole_days_have_no_seam),
        ON_STAGE(test_replacing),
        ON_STAGE(test_priorities),
        ON_STAGE(test_power_and_memory),
        ON_STAGE(test_tricks),
        ON_STAGE(test_skew),
        ON_STAGE(test_data_is_kept),
        cmocka_unit_test(test_pictures),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
