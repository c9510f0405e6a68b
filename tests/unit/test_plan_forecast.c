/* test_plan_forecast: the forecast as people and programs read it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "gateway/base/utf8.h"
#include "gateway/report/fold.h"
#include "gateway/report/plan_forecast.h"

#define BEGIN  INT64_C(1793406600000) /* 2026-10-31 08:30 in Shanghai */
#define MINUTE INT64_C(60000)

/* One unit, one hour in two halves, modems of China Mobile and of China Telecom. */
struct world {
    struct unit units[1];
    struct modem modems[4];
    struct office office;
    struct window windows[2];
    struct order orders[1];
    struct campaign campaign;
    struct forecast_lane lanes[4];
    struct forecast_order wants[2];
    struct forecast_setup setup;
    struct forecast *forecast;
    struct plan_forecast view;
};

static void world_make(struct world *world, int64_t telecom)
{
    *world = (struct world){
        .units = {{.id = "city", .name = "市法治宣传教育工作领导小组办公室"}},
        .windows = {{BEGIN, BEGIN + 30 * MINUTE}, {BEGIN + 90 * MINUTE, BEGIN + 120 * MINUTE}},
    };
    for (size_t i = 0; i < 4; i++) {
        world->modems[i].price = i == 3 ? 600 : 450;
        world->lanes[i] = (struct forecast_lane){
            .group = -1, .network = i < 2 ? OPERATOR_MOBILE : OPERATOR_TELECOM, .part_ms = 3000};
    }
    world->office = (struct office){.units = world->units,
                                    .n_units = 1,
                                    .modems = world->modems,
                                    .n_modems = 4,
                                    .currency = (char *)(uintptr_t) "元"};
    world->orders[0] = (struct order){.windows = world->windows, .n_windows = 2};
    world->campaign = (struct campaign){.orders = world->orders, .n_orders = 1};
    world->wants[0] = (struct forecast_order){
        .windows = world->windows, .n_windows = 2, .routing = ROUTING_OWN, .quota = 600 + telecom};
    world->wants[0].open[OPERATOR_MOBILE][1] = 600;
    world->wants[0].open[OPERATOR_TELECOM][1] = telecom;
    world->setup = (struct forecast_setup){.now_ms = BEGIN - 60 * MINUTE,
                                           .lanes = world->lanes,
                                           .n_lanes = 4,
                                           .orders = world->wants,
                                           .n_orders = 1};
    world->view = (struct plan_forecast){.campaign = &world->campaign,
                                         .office = &world->office,
                                         .setup = &world->setup,
                                         .air = {[PLAN_CONFIGURED] = {4, 3000, 3000}},
                                         .cure = {.network = -1}};
}

static void world_play(struct world *world)
{
    world->forecast = forecast_new(&world->setup);
    while (!forecast_step(world->forecast, FORECAST_EVENTS))
        ;
    world->view.result = forecast_result(world->forecast);
    plan_forecast_sum(&world->view);
    if (plan_forecast_is_short(&world->view))
        forecast_cure(&world->setup, world->view.result, &world->view.cure);
}

static char *world_tell(const struct world *world,
                        void (*tell)(const struct plan_forecast *, FILE *))
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    tell(&world->view, out);
    fclose(out);
    return text;
}

static void expect(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("\"%s\" is not in:\n%s", part, text);
}

static void expect_narrow(const char *text)
{
    for (const char *line = text; *line;) {
        size_t length = strcspn(line, "\n");
        char copy[1024];

        assert_true(length < sizeof copy);
        snprintf(copy, sizeof copy, "%.*s", (int)length, line);
        if (utf8_columns(copy) > FOLD_COLUMNS)
            fail_msg("%zu columns: %s", utf8_columns(copy), copy);
        line += length + (line[length] == '\n');
    }
}

/* 600 messages by two modems at 3 s are 900 s. */
static void test_fits(void **state)
{
    struct world world;
    char *text;

    (void)state;
    world_make(&world, 400);
    world_play(&world);
    assert_false(plan_forecast_is_short(&world.view));
    text = world_tell(&world, plan_forecast_print);
    expect(text, "It fits: the last message goes at 08:45.\n");
    expect(text, "市法治宣传教育…     1,000  1,000      51.00   08:45   08:45\n");
    expect(text, "  China Telecom       400    400      24.00   08:40   08:40\n");
    expect(text, "One part takes 3.0 s (as configured; modems: 4).\n");
    expect(text, "the dearest one is taken");
    expect_narrow(text);
    free(text);
    forecast_free(world.forecast);
}

/* In an hour two modems send 2400 parts: 600 are left. */
static void test_short(void **state)
{
    struct world world;
    char *text;

    (void)state;
    world_make(&world, 3000);
    world_play(&world);
    assert_true(plan_forecast_is_short(&world.view));
    text = world_tell(&world, plan_forecast_print);
    expect(text, "short by 600 parts on China Telecom (the modems' speed): add 1 SIMs, or open\n"
                 "until 10:45, or begin at 08:15\n");
    expect(text, "not in time");
    expect_narrow(text);
    free(text);
    forecast_free(world.forecast);
}

static void test_money_of_networks(void **state)
{
    struct world world;
    bool differs;

    (void)state;
    world_make(&world, 400);
    assert_int_equal(plan_forecast_price(&world.view, OPERATOR_MOBILE, &differs), 450);
    assert_false(differs);
    assert_int_equal(plan_forecast_price(&world.view, OPERATOR_TELECOM, &differs), 600);
    assert_true(differs);
    assert_int_equal(plan_forecast_price(&world.view, OPERATOR_UNICOM, NULL), 600);
}

/* Another campaign shares the modems, and is in no figure. */
static void test_others_count_apart(void **state)
{
    struct world world;

    (void)state;
    world_make(&world, 400);
    world.wants[1] = world.wants[0];
    world.setup.n_orders = 2;
    world_play(&world);
    assert_int_equal(world.view.total.messages, 1000);
    assert_int_equal(world.view.networks[OPERATOR_TELECOM].parts, 400);
    assert_int_equal(plan_forecast_cost(&world.view, SIZE_MAX), 600 * 450 + 400 * 600);
    assert_in_range(world.view.total.finish_p50_ms, BEGIN + 29 * MINUTE, BEGIN + 30 * MINUTE);
    forecast_free(world.forecast);
}

static void draw_plain(const struct plan_forecast *view, FILE *out)
{
    plan_forecast_draw(view, false, out);
}

static void draw_blocks(const struct plan_forecast *view, FILE *out)
{
    plan_forecast_draw(view, true, out);
}

static void test_picture(void **state)
{
    struct world world;
    char *text;
    size_t lines = 0;

    (void)state;
    world_make(&world, 400);
    world_play(&world);
    text = world_tell(&world, draw_plain);
    for (const char *at = text; *at; at++) {
        assert_true((unsigned char)*at < 0x80);
        lines += *at == '\n';
    }
    assert_int_equal(lines, 14);
    expect(text, "    1,000 |");
    expect(text, "#####");
    expect(text, "....");
    expect(text, "---/---"); /* closed from 09:00 to 10:00 */
    expect(text, "08:30");
    expect(text, "10:00");
    expect(text, "10:30\n");
    expect_narrow(text);
    free(text);
    text = world_tell(&world, draw_blocks);
    expect(text, "█");
    expect(text, "░");
    expect(text, "─╫─");
    expect_narrow(text);
    free(text);
    forecast_free(world.forecast);
}

static void test_json(void **state)
{
    struct world world;
    struct jv *json;

    (void)state;
    world_make(&world, 3000);
    world_play(&world);
    json = plan_forecast_json(&world.view);
    assert_int_equal(jv_number(jv_at(json, "/short_p50"), 0), 600);
    assert_int_equal(jv_number(jv_at(json, "/short_parts_p95"), 0), 600);
    assert_string_equal(jv_text(jv_at(json, "/bound")), "air");
    assert_null(jv_text(jv_at(json, "/finish_p50")));
    assert_string_equal(jv_text(jv_at(json, "/cure/network")), "telecom");
    assert_int_equal(jv_number(jv_at(json, "/cure/sims"), 0), 1);
    assert_string_equal(jv_text(jv_at(json, "/cure/until")), "2026-10-31T10:45:00+08:00");
    assert_string_equal(jv_text(jv_at(json, "/orders/0/networks/0/finish_p50")),
                        "2026-10-31T08:45:00+08:00");
    assert_string_equal(jv_text(jv_at(json, "/orders/0/networks/0/cost")), "27.0000");
    assert_string_equal(jv_text(jv_at(json, "/assumptions/air_ms/0/source")), "configured");
    assert_int_equal(jv_size(jv_at(json, "/steps")), FORECAST_STEPS);
    jv_free(json);
    forecast_free(world.forecast);
}

static void test_blocks_want_utf8(void **state)
{
    (void)state;
    setenv("LC_ALL", "C", 1);
    assert_false(plan_forecast_has_blocks());
    setenv("LC_ALL", "zh_CN.UTF-8", 1);
    assert_true(plan_forecast_has_blocks());
    setenv("LC_ALL", "", 1);
    setenv("LC_CTYPE", "", 1);
    setenv("LANG", "zh_CN.utf8", 1);
    assert_true(plan_forecast_has_blocks());
    setenv("LC_ALL", "C", 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fits),
        cmocka_unit_test(test_short),
        cmocka_unit_test(test_money_of_networks),
        cmocka_unit_test(test_others_count_apart),
        cmocka_unit_test(test_picture),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_blocks_want_utf8),
    };

    setenv("TZ", "Asia/Shanghai", 1);
    setenv("LC_ALL", "C", 1);
    tzset();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
