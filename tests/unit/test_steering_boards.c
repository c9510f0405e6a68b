/* test_steering_boards: boards that people pause and cancel, with puppets for boards. */
#include "gateway/dispatch/dispatch_inside.h"
#include "tests/unit/screen_kit.h"

static void on_told(void *ctx, const struct dispatch_answer *answer)
{
    (void)ctx;
    assert_int_equal(answer->result, STEERED_DONE);
}

static void say(struct kit *kit, enum steer_scope scope, enum steer_verb verb, const char *name,
                const char *campaign)
{
    struct steer steer = {.scope = scope, .verb = verb};
    struct dispatch_answer answer = {0};

    snprintf(steer.name, sizeof steer.name, "%s", name);
    snprintf(steer.campaign, sizeof steer.campaign, "%s", campaign);
    assert_true(dispatch_steer(kit->dispatch, &steer, "user lo", on_told, kit, &answer));
}

static const struct pausing {
    enum steer_scope scope;
    const char *name, *campaign;
} pausings[] = {
    {STEER_BOARD, "b1", ""},
    {STEER_CAMPAIGN, "", "c1"},
    {STEER_UNIT, "weather", "c1"}, /* the board's owner */
    {STEER_UNIT, "weather", ""},
};

static const struct pausing *now_pausing;

/* In the second slot; resumed in the third one. */
static void at_pause(struct kit *kit, int64_t ms)
{
    struct dispatch_board look;

    if (kit->step == 0 && ms >= 7 * MINUTE && kit->puppet->id) {
        kit->step = 1;
        say(kit, now_pausing->scope, STEER_PAUSE, now_pausing->name, now_pausing->campaign);
        kit->count = (size_t)clock_mono_ms();
    } else if (kit->step == 1 && !kit->puppet->id) {
        kit->step = 2;
        assert_true((size_t)clock_mono_ms() - kit->count < 1000);
        assert_true(dispatch_look_at_board(kit->dispatch, "b1", &look));
        assert_false(look.released);
        assert_int_equal(look.by_person, now_pausing->scope == STEER_BOARD);
        clock_set(kit->start_ms + 12 * MINUTE);
    } else if (kit->step == 2 && ms >= 12 * MINUTE) {
        assert_int_equal(kit->puppet->id, 0);
        kit->step = 3;
        say(kit, now_pausing->scope, STEER_RESUME, now_pausing->name, now_pausing->campaign);
    }
}

static void what_is_paused_comes_down_and_back(void **state)
{
    struct kit *kit = *state;

    kit_slots(kit, 1, 1, LEVEL_STORED);
    kit->at = at_pause;
    kit_run(kit);
    kit_holds(kit, kit->puppet);
    assert_int_equal(kit->step, 3);
    assert_true(kit_visible(kit->puppet, 2) < 3 * MINUTE);
    assert_true(kit_visible(kit->puppet, 3) > MINUTE);
    assert_true(kit_counted(kit, 6) > 4 * MINUTE);
}

static void at_cancel(struct kit *kit, int64_t ms)
{
    if (kit->step == 0 && ms >= 7 * MINUTE && kit->puppet->id) {
        kit->step = 1;
        say(kit, now_pausing->scope, STEER_CANCEL, now_pausing->name, now_pausing->campaign);
        kit->count = (size_t)clock_mono_ms();
    } else if (kit->step == 1 && !kit->puppet->id) {
        kit->step = 2;
        assert_true((size_t)clock_mono_ms() - kit->count < 1000);
    }
}

/* What was on it is over; the slots that are left are cancelled, and nobody waits for them. */
static void what_is_cancelled_comes_down(void **state)
{
    struct kit *kit = *state;

    kit_slots(kit, 1, 1, LEVEL_STORED);
    kit->at = at_cancel;
    kit_run(kit);
    kit_holds(kit, kit->puppet);
    assert_int_equal(kit->step, 2);
    assert_int_equal(fake_ledger_count(kit->ledger, DELIVERY_WITHDRAWN), 2);
    assert_int_equal(fake_ledger_count(kit->ledger, DELIVERY_CANCELLED), SLOTS - 2);
    /* A campaign's slots are cancelled together, not board by board. */
    assert_int_equal(kit->ledger->slot_cancels, now_pausing->scope != STEER_CAMPAIGN);
    assert_true(clock_wall_ms() < kit->start_ms + SLOTS * SLOT);
}

/* Words of an earlier run hold from the start. */
static void a_paused_board_stays_free(void **state)
{
    struct kit *kit = *state;
    struct steer *steer = &kit->ledger->words[kit->ledger->n_words++];

    *steer = (struct steer){.scope = STEER_BOARD, .verb = STEER_PAUSE, .name = "b1"};
    kit_slots(kit, 1, 1, LEVEL_STORED);
    kit_run(kit);
    assert_int_equal(kit->puppet->n[ADAPTER_SUBMIT], 0);
    assert_int_equal(fake_ledger_count(kit->ledger, DELIVERY_EXPIRED), SLOTS);
    assert_string_equal(kit->ledger->boards[0].why, "paused by a person");
    assert_true(kit->ledger->boards[0].clear);
}

/* The books answer a word only when the boards are gone. */
static void at_the_end(struct kit *kit, int64_t ms)
{
    const struct dispatch *dispatch = kit->dispatch;
    struct steer steer = {.scope = STEER_CAMPAIGN, .verb = STEER_CANCEL, .campaign = "c1"};
    struct dispatch_answer answer = {0};

    if (kit->step == 0 && ms >= 7 * MINUTE) {
        kit->step = 1;
        dispatch_stop(kit->dispatch);
    } else if (kit->step == 1 && dispatch->phase == DISPATCH_STOPPING &&
               !ledger_pending(kit->ledger)) {
        kit->step = 2;
        kit->ledger->hold = SIZE_MAX;
        say(kit, STEER_CAMPAIGN, STEER_RESUME, "", "c1");
    } else if (kit->step == 2 && dispatch->phase == DISPATCH_DRAINING && !dispatch->n_screens) {
        kit->step = 3;
        assert_false(dispatch_steer(kit->dispatch, &steer, "user lo", on_told, kit, &answer));
        assert_int_equal(answer.result, STEERED_OVER);
        kit->ledger->hold = 0;
    }
}

static void a_word_comes_after_the_boards(void **state)
{
    struct kit *kit = *state;
    struct steer *steer = &kit->ledger->words[kit->ledger->n_words++];

    *steer = (struct steer){.scope = STEER_CAMPAIGN, .verb = STEER_PAUSE, .campaign = "c1"};
    kit_slots(kit, 1, 1, LEVEL_STORED);
    kit->at = at_the_end;
    kit_run(kit);
    assert_int_equal(kit->step, 3);
    assert_int_equal(kit->ledger->n_words, 2);
}

static int open_next(void **state)
{
    static size_t next;

    now_pausing = &pausings[next++ % (sizeof pausings / sizeof *pausings)];
    return kit_open(state);
}

#define NEXT_TEST(test) cmocka_unit_test_setup_teardown(test, open_next, kit_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        NEXT_TEST(what_is_paused_comes_down_and_back),
        NEXT_TEST(what_is_paused_comes_down_and_back),
        NEXT_TEST(what_is_paused_comes_down_and_back),
        NEXT_TEST(what_is_paused_comes_down_and_back),
        NEXT_TEST(what_is_cancelled_comes_down),
        NEXT_TEST(what_is_cancelled_comes_down),
        NEXT_TEST(what_is_cancelled_comes_down),
        NEXT_TEST(what_is_cancelled_comes_down),
        cmocka_unit_test_setup_teardown(a_paused_board_stays_free, kit_open, kit_close),
        cmocka_unit_test_setup_teardown(a_word_comes_after_the_boards, kit_open, kit_close),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
