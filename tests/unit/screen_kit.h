/* screen_kit: the dispatcher with puppets for boards and tables for books. Include in one file of a
 * test program.
 * Runs: loop.
 *
 * A Saturday from half past eight on, six slots of five minutes. When nothing can be done the clock
 * jumps to the next deed, as in a rehearsal. */
#ifndef LAWCAST_TESTS_UNIT_SCREEN_KIT_H
#define LAWCAST_TESTS_UNIT_SCREEN_KIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "gateway/dispatch/dispatch.h"
#include "gateway/dispatch/showing.h"
#include "tests/unit/fake_ledger.h"
#include "tests/unit/puppet_board.h"

#define SECOND INT64_C(1000)
#define MINUTE (60 * SECOND)
#define SLOTS  6
#define SLOT   (5 * MINUTE)

struct kit {
    struct office office;
    struct unit unit;
    struct board boards[2];
    char options;
    struct window window;
    struct display displays[2];
    struct campaign campaigns[2];
    size_t n_campaigns;
    struct puppet_boards puppets;
    struct puppet_board *puppet; /* of the first board */
    struct ledger *ledger;
    uv_loop_t loop;
    uv_idle_t driver;
    struct dispatch *dispatch;
    int64_t start_ms;
    void (*at)(struct kit *kit, int64_t ms); /* ms since the window began; every turn */
    int step;
    size_t jumps, most_skewed, most_paused, count;
    bool listening, no_pictures;
};

static size_t board_indexes[] = {0, 1};
static char *slogans[] = {"学法", "守法", "用法"};

static struct campaign kit_campaign(struct kit *kit, size_t i, const char *id)
{
    kit->displays[i] = (struct display){.boards = board_indexes,
                                        .n_boards = 1,
                                        .slogans = {slogans, 3},
                                        .every_s = SLOT / SECOND,
                                        .weight = 1,
                                        .level = LEVEL_STORED};
    return (struct campaign){.id = (char *)(uintptr_t)id,
                             .source = "",
                             .windows = &kit->window,
                             .n_windows = 1,
                             .displays = &kit->displays[i],
                             .n_displays = 1};
}

static int kit_open(void **state)
{
    struct kit *kit = mem_new(struct kit);

    setenv("TZ", "Asia/Shanghai", 1);
    tzset();
    assert_int_equal(window_parse_time("2026-10-31 08:30", &kit->start_ms), 0);
    kit->window = (struct window){kit->start_ms, kit->start_ms + SLOTS * SLOT};
    kit->unit = (struct unit){.id = "weather", .name = "气象局"};
    for (size_t i = 0; i < 2; i++)
        kit->boards[i] = (struct board){.id = i ? "b2" : "b1",
                                        .kind = &adapter_puppet_board.kind,
                                        .options = &kit->options,
                                        .place = "广场",
                                        .turn_s = 30,
                                        .item_s = 10};
    kit->office = (struct office){.name = "市法宣办",
                                  .units = &kit->unit,
                                  .n_units = 1,
                                  .boards = kit->boards,
                                  .n_boards = 2};
    kit->campaigns[0] = kit_campaign(kit, 0, "c1");
    kit->n_campaigns = 1;
    assert_int_equal(uv_loop_init(&kit->loop), 0);
    kit->loop.data = &kit->puppets;
    kit->puppet = &kit->puppets.all[0];
    kit->ledger = fake_ledger_new(&kit->loop);
    clock_set(kit->start_ms - MINUTE);
    *state = kit;
    return 0;
}

static int kit_close(void **state)
{
    struct kit *kit = *state;

    uv_close((uv_handle_t *)&kit->ledger->idle, NULL);
    uv_run(&kit->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&kit->loop), 0);
    free(kit->ledger);
    free(kit);
    return 0;
}

/* Slots of the n-th campaign on a board, one after the other through the window. */
static void kit_slots(struct kit *kit, int64_t campaign, int64_t board, enum outcome_level need)
{
    for (int32_t i = 0; i < SLOTS; i++)
        fake_ledger_add(kit->ledger,
                        (struct fake_row){.channel = CHANNEL_DISPLAY,
                                          .campaign = campaign,
                                          .unit = 1,
                                          .address = board,
                                          .parts = 1,
                                          .slot = i,
                                          .text = slogans[i % 3],
                                          .need = need,
                                          .from_ms = kit->start_ms + i * SLOT,
                                          .until_ms = kit->start_ms + (i + 1) * SLOT},
                        1);
}

static inline void kit_second_campaign(struct kit *kit, int64_t weight)
{
    kit->campaigns[1] = kit_campaign(kit, 1, "c2");
    kit->displays[1].weight = weight;
    kit->n_campaigns = 2;
    kit_slots(kit, 2, 1, LEVEL_STORED);
}

/* The gateway is started again then. */
static inline void kit_again(struct kit *kit, int64_t wall_ms)
{
    clock_set(wall_ms);
    kit->puppets.n = 0;
    kit->puppet->started = kit->puppet->stopping = false;
    kit->ledger->n_campaigns = 0;
}

static void kit_jump(struct kit *kit)
{
    int64_t next;

    if (!dispatch_is_idle(kit->dispatch))
        return;
    dispatch_tick(kit->dispatch);
    if (!dispatch_is_idle(kit->dispatch))
        return;
    next = dispatch_next_ms(kit->dispatch);
    if (next == INT64_MAX || next <= clock_wall_ms())
        return;
    kit->jumps++;
    clock_set(next);
    dispatch_tick(kit->dispatch);
}

static void kit_drive(uv_idle_t *driver)
{
    struct kit *kit = driver->data;
    struct dispatch_view view;

    dispatch_view(kit->dispatch, &view);
    if (view.boards_skewed > kit->most_skewed)
        kit->most_skewed = view.boards_skewed;
    if (view.boards_paused > kit->most_paused)
        kit->most_paused = view.boards_paused;
    if (kit->at)
        kit->at(kit, clock_wall_ms() - kit->start_ms);
    kit_jump(kit);
}

static void kit_finished(void *ctx)
{
    uv_close((uv_handle_t *)&((struct kit *)ctx)->driver, NULL);
}

static char *kit_callback(void *ctx, const struct board *board)
{
    (void)board;
    return ((struct kit *)ctx)->listening ? mem_dup("http://127.0.0.1/call") : NULL;
}

static const void *kit_picture(void *ctx, const struct board *board, const char *text,
                               size_t *length)
{
    (void)board;
    *length = strlen(text);
    return ((struct kit *)ctx)->no_pictures ? NULL : text;
}

static void kit_read(void *ctx, const struct campaign *campaign)
{
    (void)ctx;
    (void)campaign;
}

static void kit_run(struct kit *kit)
{
    const struct campaign *campaigns[] = {&kit->campaigns[0], &kit->campaigns[1]};
    char why[200] = "";

    kit->dispatch = dispatch_new(&(struct dispatch_setup){.loop = &kit->loop,
                                                          .ledger = kit->ledger,
                                                          .office = &kit->office,
                                                          .campaigns = campaigns,
                                                          .n_campaigns = kit->n_campaigns,
                                                          .http = (struct http *)kit,
                                                          .callback_of = kit_callback,
                                                          .picture_of = kit_picture,
                                                          .read = kit_read,
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
    for (size_t i = 0; i < kit->puppets.n; i++)
        puppet_board_roll(&kit->puppets.all[i]);
}

/* How long the books say that a delivery was shown, at its need. */
static int64_t kit_counted(const struct kit *kit, uint64_t id)
{
    int64_t ms = 0;

    for (size_t i = 0; i < kit->ledger->n_shown; i++) {
        const struct fake_shown *shown = &kit->ledger->shown[i];

        if ((uint64_t)shown->id == id && shown->level >= kit->ledger->rows[id - 1].need)
            ms += shown->until_ms - shown->from_ms;
    }
    return ms;
}

static inline int64_t kit_visible(const struct puppet_board *puppet, uint64_t id)
{
    int64_t ms = 0;

    for (size_t i = 0; i < puppet->n_tape; i++)
        if (puppet->tape[i].id == id)
            ms += puppet->tape[i].until_ms - puppet->tape[i].from_ms;
    return ms;
}

/* Nothing counts that the tape doesn't have; and on the board nothing is left. */
static void kit_holds(const struct kit *kit, const struct puppet_board *puppet)
{
    for (size_t i = 0; i < kit->ledger->n_shown; i++) {
        const struct fake_shown *shown = &kit->ledger->shown[i];
        bool found = kit->ledger->rows[shown->id - 1].address != 1;

        for (size_t k = 0; k < puppet->n_tape; k++)
            found = found || (puppet->tape[k].id == (uint64_t)shown->id &&
                              puppet->tape[k].from_ms <= shown->from_ms + 50 &&
                              puppet->tape[k].until_ms >= shown->until_ms - 50);
        if (!found)
            fail_msg("delivery %d is said to be shown from %d to %d s", (int)shown->id,
                     (int)((shown->from_ms - kit->start_ms) / SECOND),
                     (int)((shown->until_ms - kit->start_ms) / SECOND));
    }
    assert_int_equal(puppet->id, 0);
}

#endif
