/* test_screen_leftovers: what is on a board and shouldn't be: another campaign's after a crash, and
 * what lands late. And what a board is said to show while it doesn't. */
#include "tests/unit/screen_kit.h"

/* A row of a campaign that is not carried out now: up when its gateway died. */
static uint64_t kit_stray(struct kit *kit, int64_t board, int64_t until_ms,
                          enum delivery_state state)
{
    fake_ledger_add(kit->ledger,
                    (struct fake_row){.channel = CHANNEL_DISPLAY,
                                      .campaign = 7,
                                      .unit = 1,
                                      .address = board,
                                      .parts = 1,
                                      .text = "旧的",
                                      .need = LEVEL_STORED,
                                      .from_ms = kit->start_ms - SLOT,
                                      .until_ms = until_ms},
                    1);
    kit->ledger->rows[kit->ledger->n_rows - 1].up = true;
    kit->ledger->rows[kit->ledger->n_rows - 1].state = state;
    return kit->ledger->n_rows;
}

/* As the run that put it there called it. */
static void kit_name_stray(const struct kit *kit, uint64_t id, char name[SIGHT_NAME])
{
    const struct fake_row *row = &kit->ledger->rows[id - 1];
    struct campaign campaign = {.id = (char *)(uintptr_t) "c7"};
    struct work work = {.office = &kit->office, .campaign = &campaign};
    struct ledger_row copy = {.id = (int64_t)id,
                              .text = mem_dup(row->text),
                              .from_ms = row->from_ms,
                              .until_ms = row->until_ms};
    struct showing *showing = showing_new(&work, NULL, &copy);

    memcpy(name, showing->name, SIGHT_NAME);
    showing_free(showing);
}

static void kit_put(struct puppet_board *puppet, uint64_t id, int64_t until_ms)
{
    puppet->id = id;
    puppet->until_ms = puppet->limit_ms = until_ms;
}

/* The puppet allows one slogan at a time: what is there goes before anything is published. */
static void test_another_campaign_left_it(void **state)
{
    struct kit *kit = *state;
    int64_t end_ms = kit->start_ms + 3 * SLOT;
    char name[SIGHT_NAME];
    uint64_t open, over;

    kit_slots(kit, 1, 1, LEVEL_STORED);
    over = kit_stray(kit, 1, kit->start_ms - 2 * MINUTE, DELIVERY_SENT);
    open = kit_stray(kit, 1, end_ms, DELIVERY_SHOWN);
    kit_stray(kit, 1, end_ms, DELIVERY_DEFERRED); /* was in flight then */
    for (int i = 0; i < 4; i++)                   /* more than are asked for at once */
        kit_stray(kit, 1, end_ms, DELIVERY_EXPIRED);
    kit_name_stray(kit, over, name);
    kit_put(kit->puppet, open, end_ms);
    kit_run(kit);
    kit_holds(kit, kit->puppet);
    assert_string_equal(kit->puppet->withdrawn, name);
    for (size_t i = 0; i < kit->ledger->n_rows; i++)
        assert_false(kit->ledger->rows[i].up);
    assert_int_equal(kit->ledger->rows[over - 1].state, DELIVERY_WITHDRAWN);
    assert_int_equal(kit->ledger->rows[open - 1].state, DELIVERY_SHOWN); /* comes back with c7 */
    assert_true(kit_counted(kit, 1) > SLOT - MINUTE);
}

static void at_leftover(struct kit *kit, int64_t ms)
{
    struct dispatch_board look = {0};
    struct dispatch_view view;

    dispatch_view(kit->dispatch, &view);
    assert_in_range(view.boards, 0, 1); /* 0: it is over */
    if (kit->step == 0) {
        kit->step = 1;
        assert_true(dispatch_look_at_board(kit->dispatch, "b2", &look));
        assert_true(look.up);
    } else if (kit->step == 1 && ms >= 2 * MINUTE) {
        kit->step = 2;
        assert_true(dispatch_look_at_board(kit->dispatch, "b2", &look));
        assert_false(look.up);
        assert_true(kit->puppets.all[1].stopping);
        assert_true(dispatch_release_board(
            kit->dispatch,
            &(struct dispatch_release){.id = "b2", .released = true, .by = "command"}));
    }
}

/* A board that no campaign of this run uses is cleared, and left alone then. */
static void test_unused_board(void **state)
{
    struct kit *kit = *state;
    struct puppet_board *other = &kit->puppets.all[1];
    uint64_t id;

    kit_slots(kit, 1, 1, LEVEL_STORED);
    id = kit_stray(kit, 2, kit->start_ms + 3 * SLOT, DELIVERY_SHOWN);
    kit_put(other, id, kit->start_ms + 3 * SLOT);
    kit->at = at_leftover;
    kit_run(kit);
    assert_int_equal(kit->step, 2);
    assert_int_equal(kit->puppets.n, 2);
    assert_int_equal(other->id, 0);
    assert_int_equal(other->n[ADAPTER_SUBMIT], 0);
    assert_int_equal(other->n[ADAPTER_WITHDRAW], 1);
    assert_false(kit->ledger->rows[id - 1].up);
    assert_int_equal(fake_ledger_count(kit->ledger, DELIVERY_WITHDRAWN), SLOTS);
}

static void at_late(struct kit *kit, int64_t ms)
{
    struct dispatch_board look = {0};

    if (kit->step == 0 && kit->puppet->delayed.id) {
        kit->step = 1;
        kit->count = (size_t)clock_wall_ms();
        assert_true(dispatch_release_board(
            kit->dispatch,
            &(struct dispatch_release){.id = "b1", .released = true, .by = "command"}));
    } else if (kit->step == 1 && kit->puppet->n[ADAPTER_WITHDRAW] == 2 && !kit->puppet->job) {
        kit->step = 2; /* the board has been found empty, and now it isn't */
        puppet_board_land(kit->puppet);
        assert_true(dispatch_look_at_board(kit->dispatch, "b1", &look));
        assert_true(look.up);
    } else if (kit->step == 2 && dispatch_look_at_board(kit->dispatch, "b1", &look) && !look.up) {
        kit->step = 3;
        assert_int_equal(kit->puppet->id, 0);
        assert_in_range(clock_wall_ms() - (int64_t)kit->count, 14 * SECOND, 17 * SECOND);
        assert_true(kit->puppet->n[ADAPTER_WITHDRAW] >= 7);
        assert_true(ms < MINUTE);
        assert_true(dispatch_release_board(
            kit->dispatch,
            &(struct dispatch_release){.id = "b1", .released = false, .by = "command"}));
    }
}

/* A publication that timed out and lands seconds after it was withdrawn. */
static void test_lands_late(void **state)
{
    struct kit *kit = *state;

    kit_slots(kit, 1, 1, LEVEL_STORED);
    kit->boards[0].timeout_ms = 5000;
    kit->puppet->delays = true;
    kit->at = at_late;
    kit_run(kit);
    assert_int_equal(kit->step, 3);
    kit_holds(kit, kit->puppet);
    assert_int_equal(fake_ledger_count(kit->ledger, DELIVERY_WITHDRAWN), SLOTS);
}

/* With a wrong clock a picture proves nothing; that the device names it, or its log, does. */
static void test_skewed_pictures(void **state)
{
    static const struct {
        enum outcome_level level;
        bool nameless, counts;
    } cases[] = {{LEVEL_PLAYING, true, false},
                 {LEVEL_SCREENSHOT, true, false},
                 {LEVEL_SCREENSHOT, false, true},
                 {LEVEL_LOGGED, true, true}};
    struct kit *kit = *state;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        kit_again(kit, kit->start_ms - MINUTE);
        kit->ledger->n_rows = kit->ledger->n_shown = kit->puppet->n_tape = 0;
        kit_slots(kit, 1, 1, cases[i].level);
        kit->puppet->skew_ms = 180 * SECOND;
        kit->puppet->level = cases[i].level;
        kit->puppet->nameless = cases[i].nameless;
        kit_run(kit);
        assert_int_equal(kit->ledger->n_shown > 0, cases[i].counts);
    }
}

/* Fails to publish, lies, and comes to its senses. */
static void at_trouble(struct kit *kit, int64_t ms)
{
    const struct fake_board_line *told = &kit->ledger->boards[0];

    if (kit->step == 0 && strstr(told->why, "the publication failed: ")) {
        kit->step = 1;
        kit->puppet->fails = 0;
        kit->puppet->lies = true;
    } else if (kit->step == 1 && strstr(told->why, "isn't there: ")) {
        kit->step = 2;
        assert_true(ms < MINUTE);
        kit->puppet->lies = false;
    } else if (kit->step == 2 && !*told->why) {
        kit->step = 3;
        assert_true(ms < 2 * MINUTE);
    }
    if (kit->step)
        assert_int_equal(told->state, LANE_READY);
}

static void test_trouble_of_a_ready_board(void **state)
{
    struct kit *kit = *state;

    kit_slots(kit, 1, 1, LEVEL_STORED);
    kit->puppet->fails = 3; /* the probe, and publications */
    kit->at = at_trouble;
    kit_run(kit);
    assert_int_equal(kit->step, 3);
    assert_string_equal(kit->ledger->boards[0].why, "");
}

#define ON_KIT(test) cmocka_unit_test_setup_teardown(test, kit_open, kit_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_KIT(test_another_campaign_left_it),
        ON_KIT(test_unused_board),
        ON_KIT(test_lands_late),
        ON_KIT(test_skewed_pictures),
        ON_KIT(test_trouble_of_a_ready_board),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
