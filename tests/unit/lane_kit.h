/* lane_kit: the dispatcher with puppets for modems and tables for books. Include in one file of a
 * test program.
 * Runs: loop.
 *
 * A city in China on a Saturday morning at half past eight; the window lasts until eleven. When
 * nothing can be done the clock jumps to the next deed, as in a rehearsal. */
#ifndef LAWCAST_TESTS_UNIT_LANE_KIT_H
#define LAWCAST_TESTS_UNIT_LANE_KIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "gateway/dispatch/dispatch.h"
#include "tests/unit/fake_ledger.h"
#include "tests/unit/puppet.h"

#define MINUTE_MS INT64_C(60000)
#define HOUR_MS   (60 * MINUTE_MS)

#define KIT_UNITS 4

struct kit {
    struct office office;
    struct unit units[KIT_UNITS]; /* two, unless a test adds some */
    struct order orders[KIT_UNITS];
    struct window window;
    struct campaign campaign;
    struct modem modems[PUPPETS];
    struct limit_group groups[1];
    char ids[PUPPETS][16], imsis[PUPPETS][24];
    struct puppets puppets;
    struct ledger *ledger;
    uv_loop_t loop;
    uv_idle_t driver;
    struct dispatch *dispatch;
    struct dispatch_view view, last; /* now, and when it was over */
    void (*at)(struct kit *kit);     /* every turn, until acted is set */
    void (*rests)(struct kit *kit);  /* whenever nothing can be done and the clock jumps */
    bool acted, still;               /* still: the clock doesn't jump */
    int64_t alarm_ms;                /* the clock doesn't jump past it; 0: it may */
    size_t jumps, submits_then;      /* then: when the test acted */
    int64_t start_ms;
};

static int64_t kit_time(const char *text)
{
    int64_t at_ms;

    assert_int_equal(window_parse_time(text, &at_ms), 0);
    return at_ms;
}

static inline int kit_open(void **state)
{
    struct kit *kit = mem_new(struct kit);

    setenv("TZ", "Asia/Shanghai", 1);
    tzset();
    kit->start_ms = kit_time("2026-10-31 08:30");
    kit->window = (struct window){kit->start_ms, kit_time("2026-10-31 11:00")};
    kit->units[0] = (struct unit){.id = "city", .name = "市法宣办"};
    kit->units[1] = (struct unit){.id = "jinan", .name = "金安区"};
    kit->orders[0] =
        (struct order){.unit = 0, .quota = 1000, .windows = &kit->window, .n_windows = 1};
    kit->orders[1] =
        (struct order){.unit = 1, .quota = 1000, .windows = &kit->window, .n_windows = 1};
    kit->groups[0] = (struct limit_group){.id = "pool"};
    kit->office = (struct office){.units = kit->units,
                                  .n_units = 2,
                                  .modems = kit->modems,
                                  .groups = kit->groups,
                                  .n_groups = 1};
    kit->campaign = (struct campaign){.id = "c1",
                                      .source = "",
                                      .windows = &kit->window,
                                      .n_windows = 1,
                                      .orders = kit->orders,
                                      .n_orders = 2};
    kit->campaign.sms.attempts = 5;
    assert_int_equal(uv_loop_init(&kit->loop), 0);
    kit->loop.data = &kit->puppets;
    kit->ledger = fake_ledger_new(&kit->loop);
    kit->puppets.ctx = kit;
    clock_set(kit->start_ms);
    *state = kit;
    return 0;
}

static inline int kit_close(void **state)
{
    struct kit *kit = *state;

    uv_close((uv_handle_t *)&kit->ledger->idle, NULL);
    uv_run(&kit->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&kit->loop), 0);
    free(kit->ledger);
    free(kit);
    return 0;
}

/* Modems "bank/0", ... of a network (enum phone_operator, -1: by IMSI), each with a SIM. */
static inline struct modem *kit_modems(struct kit *kit, size_t n, int64_t network)
{
    struct modem *first = &kit->modems[kit->office.n_modems];

    for (; n; n--) {
        size_t i = kit->office.n_modems++;

        snprintf(kit->ids[i], sizeof kit->ids[i], "bank/%zu", i);
        snprintf(kit->imsis[i], sizeof kit->imsis[i], "46000%010zu", i);
        kit->modems[i] = (struct modem){.id = kit->ids[i],
                                        .bank = (char *)(uintptr_t) "bank",
                                        .imsi = kit->imsis[i],
                                        .group = -1,
                                        .network = network};
    }
    return first;
}

static inline void kit_messages(struct kit *kit, size_t n, int32_t route, int32_t parts)
{
    fake_ledger_add(kit->ledger, (struct fake_row){.unit = 1, .route = route, .parts = parts}, n);
}

static bool kit_modems_have_begun(const struct kit *kit)
{
    for (size_t i = 0; i < kit->puppets.n; i++)
        if (!kit->puppets.all[i].started)
            return false;
    return true;
}

static void kit_jump(struct kit *kit)
{
    int64_t next;

    if (kit->still || !kit_modems_have_begun(kit) || !dispatch_is_idle(kit->dispatch))
        return;
    dispatch_tick(kit->dispatch);
    if (!dispatch_is_idle(kit->dispatch))
        return;
    next = dispatch_next_ms(kit->dispatch);
    if (next == INT64_MAX && kit->alarm_ms > clock_wall_ms())
        next = kit->alarm_ms;
    if (next == INT64_MAX || next <= clock_wall_ms())
        return;
    if (kit->alarm_ms > clock_wall_ms() && next > kit->alarm_ms)
        next = kit->alarm_ms;
    if (kit->rests)
        kit->rests(kit);
    kit->jumps++;
    clock_set(next);
    dispatch_tick(kit->dispatch);
}

static void kit_drive(uv_idle_t *driver)
{
    struct kit *kit = driver->data;

    dispatch_view(kit->dispatch, &kit->view);
    if (kit->at && !kit->acted)
        kit->at(kit);
    kit_jump(kit);
}

static void kit_finished(void *ctx)
{
    struct kit *kit = ctx;

    dispatch_view(kit->dispatch, &kit->last);
    uv_close((uv_handle_t *)&kit->driver, NULL);
}

static inline void kit_run(struct kit *kit)
{
    const struct campaign *campaign = &kit->campaign;
    char why[256] = "";

    kit->puppets.n = 0;
    kit->acted = false;
    kit->dispatch = dispatch_new(&(struct dispatch_setup){.loop = &kit->loop,
                                                          .ledger = kit->ledger,
                                                          .office = &kit->office,
                                                          .campaigns = &campaign,
                                                          .n_campaigns = 1,
                                                          .modem_adapter = &adapter_puppet,
                                                          .finished = kit_finished,
                                                          .ctx = kit},
                                 why, sizeof why);
    assert_non_null(kit->dispatch);
    uv_idle_init(&kit->loop, &kit->driver);
    kit->driver.data = kit;
    uv_idle_start(&kit->driver, kit_drive);
    dispatch_start(kit->dispatch);
    uv_run(&kit->loop, UV_RUN_DEFAULT);
    dispatch_free(kit->dispatch);
    assert_int_equal(ledger_pending(kit->ledger), 0);
}

static void kit_said(void *ctx, const struct dispatch_answer *answer)
{
    (void)ctx;
    assert_int_equal(answer->result, STEERED_DONE);
}

/* A person's word, about this campaign unless it is about a modem. How many modems it meant; 1: it
 * was taken; 0: it wasn't. */
static inline size_t kit_say(struct kit *kit, enum steer_scope scope, enum steer_verb verb,
                             const char *name, int64_t value)
{
    struct steer steer = {.scope = scope, .verb = verb, .value = value};
    struct dispatch_answer answer = {.modems = 1};

    snprintf(steer.name, sizeof steer.name, "%s", name);
    if (scope != STEER_MODEM)
        snprintf(steer.campaign, sizeof steer.campaign, "%s", kit->campaign.id);
    if (dispatch_steer(kit->dispatch, &steer, "command", kit_said, kit, &answer))
        return 1;
    return answer.result == STEERED_ALREADY ? answer.modems : 0;
}

static inline size_t kit_count(const struct kit *kit, enum delivery_state state)
{
    return fake_ledger_count(kit->ledger, state);
}

/* Messages that the modem with this index has taken last and the network has. */
static inline size_t kit_sent_by(const struct kit *kit, size_t modem, int32_t route)
{
    size_t n = 0;

    for (size_t i = 0; i < kit->ledger->n_rows; i++)
        n += kit->ledger->rows[i].state == DELIVERY_SENT && kit->ledger->rows[i].route == route &&
             kit->ledger->rows[i].device == (int32_t)modem + 1;
    return n;
}

/* The most parts that the devices [from, to) have claimed and kept within any span_ms. */
static inline int64_t kit_most_within(const struct kit *kit, size_t from, size_t to,
                                      int64_t span_ms)
{
    const struct fake_row *rows = kit->ledger->rows;
    int64_t most = 0;

    for (size_t i = 0; i < kit->ledger->n_rows; i++) {
        int64_t parts = 0;

        for (size_t k = 0; k < kit->ledger->n_rows; k++)
            if (rows[k].state == DELIVERY_SENT && (size_t)rows[k].device > from &&
                (size_t)rows[k].device <= to && rows[k].claimed_ms >= rows[i].claimed_ms &&
                rows[k].claimed_ms < rows[i].claimed_ms + span_ms)
                parts += rows[k].parts;
        most = parts > most ? parts : most;
    }
    return most;
}

#define KIT_TEST(test) cmocka_unit_test_setup_teardown(test, kit_open, kit_close)

#endif
