/* draw: small campaigns that are drawn by chance. See draw.h.
 * Runs: any (for benches). */
#include "tests/bench/draw.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "gateway/base/buffer.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"

#define DRAW_REPORT_MS 50 /* how late the simulator's reports are */

static const char *const draw_networks[] = {
    [OPERATOR_MOBILE] = "mobile", [OPERATOR_UNICOM] = "unicom", [OPERATOR_TELECOM] = "telecom"};
static const char *const draw_prefixes[] = {
    [OPERATOR_MOBILE] = "1380000", [OPERATOR_UNICOM] = "1300000", [OPERATOR_TELECOM] = "1330000"};

static int64_t draw_pick(uint64_t *state, int64_t from, int64_t to)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return from + (int64_t)((*state >> 33) % (uint64_t)(to - from + 1));
}

static void draw_make_bank(struct draw_bank *bank, int modems, int network, uint64_t *state)
{
    *bank = (struct draw_bank){.modems = modems, .network = network};
    bank->air_ms = draw_pick(state, 5, 40) * 100;
    bank->gap_ms = draw_pick(state, 0, 2) ? 0 : draw_pick(state, 1, 10) * 100;
    bank->per_hour = draw_pick(state, 0, 1) ? draw_pick(state, 40, 400) : 0;
    bank->per_day = draw_pick(state, 0, 2) ? 0 : draw_pick(state, 60, 500);
}

static void draw_make_unit(struct draw_unit *unit, uint64_t *state)
{
    *unit = (struct draw_unit){.parts = draw_pick(state, 0, 3) ? 1 : 2};
    for (int network = OPERATOR_MOBILE; network <= OPERATOR_TELECOM; network++) {
        unit->open[network] = draw_pick(state, 10, network == OPERATOR_MOBILE ? 300 : 120);
        unit->reserve[network] = draw_pick(state, 0, unit->open[network] / 3);
    }
}

void draw_make(struct draw *draw, uint64_t seed)
{
    uint64_t state = seed * 1000003 + 17;
    int64_t begin;

    *draw = (struct draw){.seed = seed};
    draw_pick(&state, 0, 1);
    if (window_parse_time("2026-10-31 08:30", &begin))
        log_panic("no such time");
    draw->n_banks = (int)draw_pick(&state, 1, DRAW_BANKS);
    for (int i = 0; i < draw->n_banks; i++)
        draw_make_bank(&draw->banks[i], (int)draw_pick(&state, 1, 4), OPERATOR_MOBILE + i, &state);
    draw->n_units = (int)draw_pick(&state, 1, DRAW_UNITS);
    for (int i = 0; i < draw->n_units; i++)
        draw_make_unit(&draw->units[i], &state);
    draw->n_windows = (int)draw_pick(&state, 1, 2);
    for (int i = 0; i < draw->n_windows; i++) {
        draw->windows[i].from_ms = begin;
        draw->windows[i].to_ms = begin + draw_pick(&state, 10, 120) * 60000;
        begin = draw->windows[i].to_ms + draw_pick(&state, 10, 60) * 60000;
    }
    draw->routing = (int)draw_pick(&state, ROUTING_PREFER, ROUTING_ANY);
    if (draw_pick(&state, 0, 1)) {
        draw->undelivered = (int)draw_pick(&state, 0, 100);
        draw->rejected = (int)draw_pick(&state, 0, 50);
        draw->busy = (int)draw_pick(&state, 0, 30);
    }
}

bool draw_has_faults(const struct draw *draw)
{
    return draw->undelivered || draw->rejected || draw->busy;
}

static int64_t draw_quota(const struct draw_unit *unit)
{
    int64_t quota = 0;

    for (int network = 0; network < PHONE_OPERATORS; network++)
        quota += unit->open[network];
    return quota;
}

int64_t draw_planned(const struct draw *draw)
{
    int64_t planned = 0;

    for (int i = 0; i < draw->n_units; i++)
        planned += draw_quota(&draw->units[i]);
    return planned;
}

int64_t draw_gone(const struct draw *draw, int64_t wall_ms)
{
    int64_t gone = 0;

    for (int i = 0; i < draw->n_windows; i++) {
        int64_t to = draw->windows[i].to_ms < wall_ms ? draw->windows[i].to_ms : wall_ms;

        gone += to > draw->windows[i].from_ms ? to - draw->windows[i].from_ms : 0;
    }
    return gone;
}

/* ---- files ---- */

static void draw_write_office(const struct draw *draw, const struct stage *stage)
{
    BUFFER_FREE_LATER struct buffer units = BUFFER_NULL, modems = BUFFER_NULL;

    for (int i = 0; i < draw->n_units; i++)
        buffer_printf(&units, "%s{ id = \"u%d\"; name = \"u%d\"; signature = \"u%d\"; }",
                      i ? ", " : "", i, i, i);
    for (int i = 0; i < draw->n_banks; i++) {
        const struct draw_bank *bank = &draw->banks[i];

        buffer_printf(&modems,
                      "%s{ id = \"b%d\"; devices = \"/dev/none%d-[0-%d]\"; operator = \"%s\"; "
                      "air_ms = %lld; gap_ms = %lld; per_hour = %lld; per_day = %lld; }",
                      i ? ",\n" : "", i, i, bank->modems - 1, draw_networks[bank->network],
                      (long long)bank->air_ms, (long long)bank->gap_ms, (long long)bank->per_hour,
                      (long long)bank->per_day);
    }
    stage_write(stage, "lawcast.cfg",
                "office = { name = \"bench\"; timezone = \"Asia/Shanghai\"; };\n"
                "ledger = { path = \"%s\"; };\noperators = \"operators.csv\";\n"
                "units = ( %s );\nmodems = ( %s );\n",
                stage->books, units.data, modems.data);
    stage_write(stage, "operators.csv", "号段,运营商,说明\n138,移动,\n130,联通,\n133,电信,\n");
}

/* The networks' numbers stand in turn, in proportion, as in a list that nobody has sorted. */
static void draw_write_list(const struct stage *stage, const char *name,
                            const int64_t counts[PHONE_OPERATORS], int64_t *next)
{
    BUFFER_FREE_LATER struct buffer rows = BUFFER_NULL;
    int64_t left[PHONE_OPERATORS], total = 0;

    for (int i = 0; i < PHONE_OPERATORS; i++)
        total += left[i] = counts[i];
    for (; total; total--) {
        int best = 0;

        for (int i = 1; i < PHONE_OPERATORS; i++)
            if (left[i] && (!best || left[i] * counts[best] > left[best] * counts[i]))
                best = i;
        left[best]--;
        buffer_printf(&rows, "%s%04lld\n", draw_prefixes[best], (long long)(*next)++);
    }
    stage_write(stage, name, "手机号\n%s", rows.data ? rows.data : "");
}

static void draw_time(int64_t wall_ms, char text[static 20])
{
    time_t when = (time_t)(wall_ms / 1000);
    struct tm local;

    strftime(text, 20, "%Y-%m-%d %H:%M", localtime_r(&when, &local));
}

static void draw_write_orders(const struct draw *draw, const struct stage *stage,
                              struct buffer *orders)
{
    static const char *const texts[] = {
        "", "学习宪法。",
        "弘扬宪法精神，共建文明城市。学宪法、讲宪法、守宪法、用宪法，从我做起，"
        "从现在做起，从身边做起。遇事找法，解决问题用法，化解矛盾靠法。法律咨询"
        "请拨打公共法律服务热线，全天候为您服务。"};
    int64_t next = 0;

    for (int i = 0; i < draw->n_units; i++) {
        MEM_FREE_LATER char *list = mem_printf("u%d.csv", i);
        MEM_FREE_LATER char *reserve = mem_printf("u%d-reserve.csv", i);

        draw_write_list(stage, list, draw->units[i].open, &next);
        draw_write_list(stage, reserve, draw->units[i].reserve, &next);
        buffer_printf(orders,
                      "%s{ unit = \"u%d\"; quota = %lld; recipients = \"%s\"; reserve = \"%s\"; "
                      "text = \"%s\"; }",
                      i ? ",\n" : "", i, (long long)draw_quota(&draw->units[i]), list, reserve,
                      texts[draw->units[i].parts]);
    }
}

static void draw_write_campaign(const struct draw *draw, const struct stage *stage)
{
    static const char *const routings[] = {"prefer", "own", "any"};
    BUFFER_FREE_LATER struct buffer orders = BUFFER_NULL, windows = BUFFER_NULL;

    for (int i = 0; i < draw->n_windows; i++) {
        char from[20], to[20];

        draw_time(draw->windows[i].from_ms, from);
        draw_time(draw->windows[i].to_ms, to);
        buffer_printf(&windows, "%s{ from = \"%s\"; to = \"%s\"; }", i ? ", " : "", from, to);
    }
    draw_write_orders(draw, stage, &orders);
    stage_write(stage, "campaign.cfg",
                "campaign = { id = \"bench\"; title = \"bench\";\n  windows = ( %s );\n"
                "  sms = { routing = \"%s\"; max_parts = 2; };\n"
                "  orders = ( %s );\n};\n",
                windows.data, routings[draw->routing], orders.data);
}

void draw_write(const struct draw *draw, const struct stage *stage)
{
    draw_write_office(draw, stage);
    draw_write_campaign(draw, stage);
}

/* ---- figures ---- */

static void draw_setup_lanes(const struct draw *draw, struct forecast_setup *setup)
{
    struct forecast_lane *lanes = mem_array(DRAW_BANKS * 4, struct forecast_lane);

    for (int i = 0; i < draw->n_banks; i++)
        for (int k = 0; k < draw->banks[i].modems; k++)
            lanes[setup->n_lanes++] =
                (struct forecast_lane){.limits = {draw->banks[i].per_hour, draw->banks[i].per_day},
                                       .group = -1,
                                       .network = draw->banks[i].network,
                                       .part_ms = draw->banks[i].air_ms,
                                       .gap_ms = draw->banks[i].gap_ms};
    setup->lanes = lanes;
}

void draw_setup(const struct draw *draw, struct forecast_setup *setup)
{
    struct forecast_order *orders = mem_array(DRAW_UNITS, struct forecast_order);

    *setup = (struct forecast_setup){
        .now_ms = draw->windows[0].from_ms - 60000,
        .seed = draw->seed,
        .orders = orders,
        .n_orders = (size_t)draw->n_units,
        .chances = {.rejected = draw->rejected * 1000,
                    .undelivered = draw->undelivered * 1000,
                    .deferred = draw->busy * 1000,
                    .report_ms = DRAW_REPORT_MS},
    };
    draw_setup_lanes(draw, setup);
    for (int i = 0; i < draw->n_units; i++) {
        orders[i] = (struct forecast_order){.windows = draw->windows,
                                            .n_windows = (size_t)draw->n_windows,
                                            .quota = draw_quota(&draw->units[i]),
                                            .routing = draw->routing};
        for (int k = 0; k < PHONE_OPERATORS; k++) {
            orders[i].open[k][draw->units[i].parts] = draw->units[i].open[k];
            orders[i].reserve[k][draw->units[i].parts] = draw->units[i].reserve[k];
        }
    }
}

void draw_setup_free(struct forecast_setup *setup)
{
    free((void *)(uintptr_t)setup->lanes);
    free((void *)(uintptr_t)setup->orders);
}
