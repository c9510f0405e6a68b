/* test_screen: what should be on boards gets there and stays there, and the owner comes first. With
 * puppets for boards and tables for books. */
#include "tests/unit/screen_kit.h"

static void test_rotation(void **state)
{
    struct kit *kit = *state;

    kit_slots(kit, 1, 1, LEVEL_PLAYING);
    kit_run(kit);
    kit_holds(kit, kit->puppet);
    assert_int_equal(fake_ledger_count(kit->ledger, DELIVERY_WITHDRAWN), SLOTS);
    assert_int_equal(kit->puppet->n[ADAPTER_SUBMIT], SLOTS);
    assert_int_equal(kit->ledger->claims, SLOTS);
    for (uint64_t id = 1; id <= SLOTS; id++) {
        assert_in_range(kit_counted(kit, id), SLOT - 4 * SECOND, SLOT);
        assert_in_range(kit_visible(kit->puppet, id), kit_counted(kit, id), SLOT + SECOND);
    }
    assert_int_equal(kit->ledger->shown[0].digest[0], 'a');
    assert_true(kit->ledger->boards[0].told > 0);
    assert_int_equal(kit->ledger->boards[0].state, LANE_READY);
    assert_true(kit->ledger->boards[0].seen_ms > kit->start_ms);
    /* a reading a minute and the last one, a slot */
    assert_in_range(kit->puppet->n[ADAPTER_VERIFY], SLOTS * 6, SLOTS * 7);
    assert_int_equal(kit->puppet->n[ADAPTER_WITHDRAW], SLOTS);
    assert_int_equal(kit->puppet->limit_ms, kit->window.to_ms);
}

static void at_release(struct kit *kit, int64_t ms)
{
    if (kit->step == 0 && ms >= 7 * MINUTE && kit->puppet->id) {
        kit->step = 1;
        kit->puppet->hangs = true; /* the next reading does */
    } else if (kit->step == 1 && kit->puppet->job) {
        kit->step = 2;
        assert_int_equal(kit->puppet->job->verb, ADAPTER_VERIFY);
        assert_true(dispatch_release_board(
            kit->dispatch, &(struct dispatch_release){.id = "b1", .released = true, .by = "owner weather"}));
        assert_false(dispatch_release_board(
            kit->dispatch, &(struct dispatch_release){.id = "b9", .released = true, .by = "owner weather"}));
        kit->puppet->hangs = false;
        kit->count = clock_mono_ms() > 0 ? (size_t)clock_mono_ms() : 0;
    } else if (kit->step == 2 && !kit->puppet->id) {
        struct dispatch_board look;

        kit->step = 3;
        assert_true((size_t)clock_mono_ms() - kit->count < 2000);
        assert_true(dispatch_look_at_board(kit->dispatch, "b1", &look));
        assert_true(look.released && look.state == LANE_PAUSED && *look.why);
        assert_false(dispatch_look_at_board(kit->dispatch, "b9", &look));
        clock_set(kit->start_ms + 9 * MINUTE);
        assert_true(dispatch_release_board(
            kit->dispatch, &(struct dispatch_release){.id = "b1", .released = false, .by = "command"}));
    } else if (kit->step == 3 && ms >= 12 * MINUTE) {
        kit->step = 4;
        assert_true(dispatch_release_board(
            kit->dispatch, &(struct dispatch_release){.id = "b1", .released = true, .by = "command"}));
    } else if (kit->step == 4 && ms >= 20 * MINUTE) {
        kit->step = 5;
        assert_true(dispatch_release_board(
            kit->dispatch, &(struct dispatch_release){.id = "b1", .released = false, .by = "command"}));
    }
}

/* In the middle of a request that hangs; the slogan comes back without a new claim. A slot that
 * passes while the board is released is written off. */
static void test_release(void **state)
{
    struct kit *kit = *state;

    kit_slots(kit, 1, 1, LEVEL_STORED);
    kit->at = at_release;
    kit_run(kit);
    kit_holds(kit, kit->puppet);
    assert_int_equal(kit->step, 5);
    assert_int_equal(kit->puppet->cancels, 1);
    assert_int_equal(kit->ledger->boards[0].releases, 4);
    assert_string_equal(kit->ledger->boards[0].by, "command");
    assert_int_equal(kit->most_paused, 1);
    assert_int_equal(kit->ledger->rows[3].state, DELIVERY_EXPIRED); /* 15 to 20 minutes */
    assert_int_equal(fake_ledger_count(kit->ledger, DELIVERY_WITHDRAWN), SLOTS - 1);
    assert_int_equal(kit->ledger->claims, SLOTS - 1);
    assert_int_equal(kit->puppet->n[ADAPTER_SUBMIT], SLOTS); /* one came back */
}

/* What the books said at the start holds until somebody says otherwise. */
static void test_released_from_the_start(void **state)
{
    struct kit *kit = *state;

    kit_slots(kit, 1, 1, LEVEL_STORED);
    kit->ledger->boards[0].released = true;
    kit_run(kit);
    assert_int_equal(kit->puppet->n[ADAPTER_SUBMIT], 0);
    assert_int_equal(fake_ledger_count(kit->ledger, DELIVERY_EXPIRED), SLOTS);
    assert_int_equal(kit->ledger->boards[0].state, LANE_PAUSED);
}

static void test_quiet_time(void **state)
{
    struct kit *kit = *state;
    int64_t from_ms = kit->start_ms + 7 * MINUTE, until_ms = kit->start_ms + 12 * MINUTE;

    assert_int_equal(quiet_add(&kit->boards[0].quiet, "08:37-08:42"), 0);
    kit_slots(kit, 1, 1, LEVEL_STORED);
    kit_run(kit);
    quiet_free(&kit->boards[0].quiet);
    kit_holds(kit, kit->puppet);
    for (size_t i = 0; i < kit->puppet->n_tape; i++)
        assert_true(kit->puppet->tape[i].until_ms <= from_ms + 300 ||
                    kit->puppet->tape[i].from_ms >= until_ms);
    assert_in_range(kit_counted(kit, 2), 2 * MINUTE - 4 * SECOND, 2 * MINUTE);
    assert_in_range(kit_counted(kit, 3), 3 * MINUTE - 4 * SECOND, 3 * MINUTE);
    assert_int_equal(kit->most_paused, 1);
    assert_int_equal(kit->ledger->claims, SLOTS);
}

static void test_shared_by_weight(void **state)
{
    struct kit *kit = *state;
    int64_t first = 0, second = 0;

    kit_slots(kit, 1, 1, LEVEL_STORED);
    kit_second_campaign(kit, 2);
    kit_run(kit);
    kit_holds(kit, kit->puppet);
    for (uint64_t id = 1; id <= SLOTS; id++) {
        first += kit_counted(kit, id);
        second += kit_counted(kit, SLOTS + id);
    }
    assert_in_range(first, 7 * MINUTE, 11 * MINUTE);
    assert_in_range(second, 15 * MINUTE, 21 * MINUTE);
    assert_int_equal(kit->ledger->claims, 2 * SLOTS);
    assert_int_equal(fake_ledger_count(kit->ledger, DELIVERY_WITHDRAWN), 2 * SLOTS);
}

/* A board that was asked to end a turn is asked to go on when nobody else takes the next one. */
static void test_turn_without_a_successor(void **state)
{
    struct kit *kit = *state;

    kit_slots(kit, 1, 1, LEVEL_STORED);
    kit_second_campaign(kit, 1);
    for (size_t i = SLOTS; i < kit->ledger->n_rows; i++)
        kit->ledger->rows[i].until_ms = kit->ledger->rows[i].from_ms + 20 * SECOND;
    kit_run(kit);
    kit_holds(kit, kit->puppet);
    for (uint64_t id = 1; id <= SLOTS; id++)
        assert_in_range(kit_counted(kit, id), SLOT - 40 * SECOND, SLOT);
    assert_int_equal(kit->puppet->n[ADAPTER_SUBMIT], 2 * SLOTS);
}

static void at_reboots(struct kit *kit, int64_t ms)
{
    if (kit->step < 5 && ms >= (2 + 5 * kit->step) * MINUTE + 30 * SECOND && kit->puppet->id) {
        kit->step++;
        puppet_board_reboot(kit->puppet);
    }
}

static void test_reboots(void **state)
{
    struct kit *kit = *state;

    kit_slots(kit, 1, 1, LEVEL_STORED);
    kit->at = at_reboots;
    kit_run(kit);
    kit_holds(kit, kit->puppet);
    assert_int_equal(kit->step, 5);
    assert_int_equal(kit->puppet->n[ADAPTER_SUBMIT], SLOTS + 5);
    assert_int_equal(kit->ledger->claims, SLOTS);
    for (uint64_t id = 1; id < SLOTS; id++)
        assert_in_range(kit_counted(kit, id), SLOT - 2 * MINUTE, SLOT - 30 * SECOND);
}

/* "Success", and nothing is shown: asserted again and again, never counted. */
static void test_lying_board(void **state)
{
    struct kit *kit = *state;

    kit_slots(kit, 1, 1, LEVEL_STORED);
    kit->puppet->lies = true;
    kit_run(kit);
    assert_int_equal(kit->ledger->n_shown, 0);
    /* at once, then with pauses of up to 30 s */
    assert_in_range(kit->puppet->n[ADAPTER_SUBMIT], SLOTS * 12, SLOTS * 18);
    assert_int_equal(fake_ledger_count(kit->ledger, DELIVERY_WITHDRAWN), SLOTS);
}

static void at_sleeps(struct kit *kit, int64_t ms)
{
    bool asleep = ms >= 6 * MINUTE && ms < 14 * MINUTE;

    if (asleep != kit->puppet->asleep) {
        puppet_board_roll(kit->puppet);
        kit->puppet->asleep = asleep;
        puppet_board_roll(kit->puppet);
    }
}

static void test_sleeping_screen(void **state)
{
    struct kit *kit = *state;

    for (int mute = 0; mute < 2; mute++) {
        kit->puppet->mute = mute;
        kit->ledger->n_rows = kit->ledger->n_shown = kit->puppet->n_tape = kit->puppets.n = 0;
        kit->ledger->n_campaigns = 0;
        kit->puppet->started = kit->puppet->stopping = false;
        clock_set(kit->start_ms - MINUTE);
        kit_slots(kit, 1, 1, LEVEL_STORED);
        kit->at = at_sleeps;
        kit_run(kit);
        if (!mute)
            kit_holds(kit, kit->puppet);
        assert_true(kit_counted(kit, 1) > SLOT - 4 * SECOND);
        assert_in_range(kit_counted(kit, 2), 0, MINUTE + SECOND);
        assert_in_range(kit_counted(kit, 3), 0, 1 * MINUTE);
        assert_true(kit_counted(kit, 4) > SLOT - (mute ? 2 * MINUTE : 4 * SECOND));
        assert_int_equal(fake_ledger_count(kit->ledger, DELIVERY_WITHDRAWN), SLOTS);
    }
}

static void test_skewed_clock(void **state)
{
    struct kit *kit = *state;

    kit_slots(kit, 1, 1, LEVEL_STORED);
    kit->puppet->skew_ms = 180 * SECOND;
    kit->puppet->level = LEVEL_STORED;
    kit_run(kit);
    assert_int_equal(kit->most_skewed, 1);
    assert_int_equal(kit->ledger->n_shown, 0); /* in its list, but by its clock not now */
    assert_int_equal(kit->puppet->n[ADAPTER_SUBMIT], SLOTS);
    assert_int_equal(kit->ledger->boards[0].sight.skew_ms, 180 * SECOND);
}

static void test_skewed_clock_that_plays(void **state)
{
    struct kit *kit = *state;

    kit_slots(kit, 1, 1, LEVEL_PLAYING);
    kit->puppet->skew_ms = 180 * SECOND;
    kit_run(kit);
    kit_holds(kit, kit->puppet);
    assert_true(kit_counted(kit, 1) > SLOT - 4 * SECOND);
}

static void test_too_low_a_level(void **state)
{
    struct kit *kit = *state;

    kit_slots(kit, 1, 1, LEVEL_PLAYING);
    kit->puppet->level = LEVEL_STORED;
    kit_run(kit);
    assert_true(kit->ledger->n_shown > SLOTS);
    for (uint64_t id = 1; id <= SLOTS; id++)
        assert_int_equal(kit_counted(kit, id), 0);
}

/* What a dead gateway left: one slot that is over, one that is open, one that was written off. */
static void test_restart(void **state)
{
    struct kit *kit = *state;

    kit_slots(kit, 1, 1, LEVEL_STORED);
    kit->ledger->rows[0].state = DELIVERY_UNKNOWN;
    kit->ledger->rows[1].state = DELIVERY_EXPIRED;
    kit->ledger->rows[2].state = DELIVERY_SHOWN;
    for (size_t i = 0; i < 3; i++)
        kit->ledger->rows[i].up = true;
    kit->puppet->id = 3;
    kit->puppet->until_ms = kit->start_ms + 3 * SLOT;
    clock_set(kit->start_ms + 11 * MINUTE);
    kit_run(kit);
    kit_holds(kit, kit->puppet);
    assert_int_equal(kit->ledger->rows[0].state, DELIVERY_UNKNOWN);
    assert_int_equal(kit->ledger->rows[1].state, DELIVERY_EXPIRED);
    assert_int_equal(fake_ledger_count(kit->ledger, DELIVERY_WITHDRAWN), SLOTS - 2);
    for (size_t i = 0; i < SLOTS; i++)
        assert_false(kit->ledger->rows[i].up);
    assert_int_equal(kit->puppet->n[ADAPTER_SUBMIT], SLOTS - 3); /* the open one stayed */
    assert_in_range(kit_counted(kit, 3), 4 * MINUTE - 4 * SECOND, 4 * MINUTE);
}

static void at_stop(struct kit *kit, int64_t ms)
{
    if (kit->step == 0 && ms >= 7 * MINUTE + 30 * SECOND && kit->puppet->id) {
        kit->step = 1;
        dispatch_stop(kit->dispatch);
    } else if (ms >= 6 * MINUTE && ms < 7 * MINUTE) {
        clock_set(kit->start_ms + 7 * MINUTE + 30 * SECOND);
    }
}

/* A last look saves what it has shown; the slot stays open. */
static void stop_in_the_middle(struct kit *kit)
{
    kit_slots(kit, 1, 1, LEVEL_STORED);
    kit->at = at_stop;
    kit_run(kit);
    kit_holds(kit, kit->puppet);
    assert_int_equal(kit->step, 1);
    assert_in_range(kit_counted(kit, 2), 90 * SECOND, 152 * SECOND);
    assert_int_equal(fake_ledger_count(kit->ledger, DELIVERY_WITHDRAWN), 1);
    assert_int_equal(fake_ledger_count(kit->ledger, DELIVERY_PLANNED), SLOTS - 2);
    assert_int_equal(kit->ledger->rows[1].state, DELIVERY_SHOWN);
    assert_false(kit->ledger->rows[1].up);
    kit->at = NULL;
}

/* A list has many boards: whoever reads why it can't begin is told which one it is. */
static void test_a_refused_board_is_named(void **state)
{
    struct kit *kit = *state;
    const struct campaign *campaigns[] = {&kit->campaigns[0]};
    char url[] = "tcp://192.0.2.1", why[200] = "";

    kit->boards[0].kind = &adapter_find("xixun")->kind;
    kit->boards[0].url = url;
    assert_null(dispatch_new(&(struct dispatch_setup){.loop = &kit->loop,
                                                      .ledger = kit->ledger,
                                                      .office = &kit->office,
                                                      .campaigns = campaigns,
                                                      .n_campaigns = 1,
                                                      .http = (struct http *)kit,
                                                      .ctx = kit},
                             why, sizeof why));
    assert_non_null(strstr(why, "b1: The url \"tcp://192.0.2.1\" must be"));
}

/* The next start shows it for the rest of its slot, without a new claim. */
static void test_stop(void **state)
{
    struct kit *kit = *state;
    int64_t before_ms;

    stop_in_the_middle(kit);
    before_ms = kit_counted(kit, 2);
    kit_again(kit, kit->start_ms + 8 * MINUTE);
    kit_run(kit);
    kit_holds(kit, kit->puppet);
    assert_in_range(kit_counted(kit, 2) - before_ms, 2 * MINUTE - 5 * SECOND, 2 * MINUTE);
    assert_int_equal(fake_ledger_count(kit->ledger, DELIVERY_WITHDRAWN), SLOTS);
    assert_int_equal(kit->ledger->claims, SLOTS);
    assert_int_equal(kit->puppet->n[ADAPTER_SUBMIT], SLOTS + 1);
}

/* It is over meanwhile: the books end it, and the board isn't asked. */
static void test_stop_for_long(void **state)
{
    struct kit *kit = *state;

    stop_in_the_middle(kit);
    kit_again(kit, kit->start_ms + 16 * MINUTE);
    kit_run(kit);
    kit_holds(kit, kit->puppet);
    assert_int_equal(kit->ledger->rows[1].state, DELIVERY_WITHDRAWN);
    assert_int_equal(kit->ledger->rows[2].state, DELIVERY_EXPIRED);
    assert_int_equal(kit->ledger->claims, SLOTS - 1);
    assert_int_equal(kit->puppet->n[ADAPTER_WITHDRAW], SLOTS - 1);
}

static void at_stop_hung(struct kit *kit, int64_t ms)
{
    if (kit->step == 0 && ms >= 2 * MINUTE && kit->puppet->id) {
        kit->step = 1;
        kit->puppet->hangs = true;
        dispatch_stop(kit->dispatch);
    } else if (kit->step == 1 && kit->puppet->job) {
        kit->step = 2;
        dispatch_stop(kit->dispatch);
    }
}

/* A board that doesn't answer is not waited for a second time; the books keep what they know. */
static void test_stop_with_a_hung_board(void **state)
{
    struct kit *kit = *state;

    kit_slots(kit, 1, 1, LEVEL_STORED);
    kit->at = at_stop_hung;
    kit_run(kit);
    assert_int_equal(kit->step, 2);
    assert_int_equal(fake_ledger_count(kit->ledger, DELIVERY_SHOWN), 1);
    assert_true(kit->ledger->rows[0].up);
}

/* The first board has a request that hangs through the whole window; time goes on. */
static void at_hangs(struct kit *kit, int64_t ms)
{
    if (ms >= SLOTS * SLOT + MINUTE)
        puppet_board_go_on(kit->puppet);
    else if (kit->puppet->job && !ledger_pending(kit->ledger) && !kit->puppets.all[1].job)
        clock_set(clock_wall_ms() + 500);
    else
        return;
    dispatch_tick(kit->dispatch);
}

static void test_hung_board_holds_up_nobody(void **state)
{
    struct kit *kit = *state;

    kit->displays[0].n_boards = 2;
    kit_slots(kit, 1, 1, LEVEL_STORED);
    kit_slots(kit, 1, 2, LEVEL_STORED);
    kit->at = at_hangs;
    kit->puppet->hangs = true;
    kit_run(kit);
    assert_int_equal(kit->puppet->n[ADAPTER_SUBMIT], 0);
    for (uint64_t id = SLOTS + 1; id <= 2 * SLOTS; id++)
        assert_in_range(kit_counted(kit, id), SLOT - 6 * SECOND, SLOT);
    assert_int_equal(fake_ledger_count(kit->ledger, DELIVERY_EXPIRED), SLOTS);
}

/* The answer to a publication was lost: it is looked for, not published twice. */
static void test_doubt(void **state)
{
    struct kit *kit = *state;

    kit_slots(kit, 1, 1, LEVEL_STORED);
    kit->puppet->doubts = SLOTS;
    kit_run(kit);
    kit_holds(kit, kit->puppet);
    assert_int_equal(kit->puppet->n[ADAPTER_SUBMIT], SLOTS);
    assert_int_equal(fake_ledger_count(kit->ledger, DELIVERY_WITHDRAWN), SLOTS);
    assert_in_range(kit_counted(kit, 1), SLOT - 4 * SECOND, SLOT);
}

static void test_no_picture(void **state)
{
    struct kit *kit = *state;

    kit_slots(kit, 1, 1, LEVEL_STORED);
    kit->boards[0].render = RENDER_PICTURE;
    kit->no_pictures = true;
    kit_run(kit);
    assert_int_equal(fake_ledger_count(kit->ledger, DELIVERY_REJECTED), SLOTS);
    assert_int_equal(kit->puppet->n[ADAPTER_SUBMIT], 0);
}

/* Requests that fail now and then cost shown time, and nothing else. */
static void at_fails(struct kit *kit, int64_t ms)
{
    if (kit->step < 6 && ms >= kit->step * SLOT + 100 * SECOND) {
        kit->step++;
        kit->puppet->fails = 1 + kit->step % 3;
    }
}

static void test_failures(void **state)
{
    struct kit *kit = *state;

    kit_slots(kit, 1, 1, LEVEL_STORED);
    kit->at = at_fails;
    kit->puppet->slow_ms = 3 * SECOND;
    kit_run(kit);
    kit_holds(kit, kit->puppet);
    for (uint64_t id = 1; id <= SLOTS; id++)
        assert_in_range(kit_counted(kit, id), 2 * MINUTE, SLOT - 30 * SECOND);
    assert_int_equal(fake_ledger_count(kit->ledger, DELIVERY_WITHDRAWN), SLOTS);
    for (size_t i = 0; i < kit->puppet->n_tape; i++) /* the last reading holds up no withdrawal */
        assert_true((kit->puppet->tape[i].until_ms - kit->start_ms) % SLOT < 8 * SECOND ||
                    (kit->puppet->tape[i].until_ms - kit->start_ms) % SLOT > SLOT - SECOND);
}

/* A device that asks us to wait for an hour. */
static void at_waits(struct kit *kit, int64_t ms)
{
    if (kit->step == 0 && ms >= SLOT - 2 * SECOND) { /* the withdrawal */
        kit->step = 1;
        kit->puppet->fails = 1;
    } else if (kit->step == 1 && ms >= SLOT + MINUTE && kit->puppet->id == 2) { /* a reading */
        kit->step = 2;
        kit->puppet->fails = 1;
    }
}

static void test_long_waits(void **state)
{
    struct kit *kit = *state;
    int64_t gone_ms = 0;

    kit_slots(kit, 1, 1, LEVEL_STORED);
    kit->options = 1; /* it doesn't end the first slot by itself */
    kit->puppet->wait_ms = 60 * MINUTE;
    kit->at = at_waits;
    kit_run(kit);
    kit_holds(kit, kit->puppet);
    assert_int_equal(kit->step, 2);
    for (size_t i = 0; i < kit->puppet->n_tape; i++)
        if (kit->puppet->tape[i].id == 1)
            gone_ms = kit->puppet->tape[i].until_ms;
    assert_in_range(gone_ms - kit->start_ms - SLOT, 20 * SECOND, 31 * SECOND);
    assert_in_range(kit_counted(kit, 2), SLOT - 4 * MINUTE, SLOT - 30 * SECOND);
    assert_int_equal(kit->ledger->claims, SLOTS);
}

/* Released while it is down: down is what is told, and that something may be up; it is pressed for
 * an answer, and then the slogan goes. */
static void at_released_down(struct kit *kit, int64_t ms)
{
    struct dispatch_board look;
    struct dispatch_view view;

    if (kit->step == 0 && ms >= 7 * MINUTE && kit->puppet->id && !kit->puppet->job) {
        kit->step = 1;
        puppet_board_turns(kit->puppet, false);
        assert_int_equal(kit->puppet->hurries, 0);
        assert_true(dispatch_release_board(
            kit->dispatch, &(struct dispatch_release){.id = "b1", .released = true, .by = "owner weather"}));
        assert_int_equal(kit->puppet->hurries, 1);
        assert_true(dispatch_look_at_board(kit->dispatch, "b1", &look));
        assert_true(look.state == LANE_DOWN && look.released && look.up);
        assert_string_equal(look.why, "no answer");
        dispatch_view(kit->dispatch, &view);
        assert_int_equal(view.boards_ready + view.boards_paused, 0);
    } else if (kit->step == 1 && !ledger_pending(kit->ledger)) {
        kit->step = 2;
        assert_int_equal(kit->ledger->boards[0].state, LANE_DOWN);
        assert_false(kit->ledger->boards[0].clear);
        puppet_board_turns(kit->puppet, true);
    } else if (kit->step == 2 && !kit->puppet->id && !kit->puppet->job &&
               !ledger_pending(kit->ledger)) {
        kit->step = 3;
        assert_true(ms < 12 * MINUTE);
        assert_int_equal(kit->ledger->boards[0].state, LANE_PAUSED);
        assert_true(kit->ledger->boards[0].clear);
        assert_true(dispatch_release_board(
            kit->dispatch, &(struct dispatch_release){.id = "b1", .released = false, .by = "command"}));
    }
}

static void test_released_while_down(void **state)
{
    struct kit *kit = *state;

    kit_slots(kit, 1, 1, LEVEL_STORED);
    kit->at = at_released_down;
    kit_run(kit);
    assert_int_equal(kit->step, 3);
    assert_int_equal(kit->puppet->hurries, 1);
    assert_false(kit->ledger->boards[0].clear);
}

/* A reading that hangs when the quiet time begins: it is broken off. */
static void at_hung_quiet(struct kit *kit, int64_t ms)
{
    if (kit->step == 0 && ms >= 6 * MINUTE) {
        kit->step = 1;
        kit->puppet->hangs = true;
    } else if (kit->step == 1 && kit->puppet->cancels) {
        kit->step = 2;
        kit->puppet->hangs = false;
        kit->count = (size_t)ms;
    } else if (kit->step == 1 && kit->puppet->job) {
        clock_set(clock_wall_ms() + 500);
        dispatch_tick(kit->dispatch);
    }
}

static void test_hung_at_quiet_time(void **state)
{
    struct kit *kit = *state;

    assert_int_equal(quiet_add(&kit->boards[0].quiet, "08:37-08:42"), 0);
    kit_slots(kit, 1, 1, LEVEL_STORED);
    kit->at = at_hung_quiet;
    kit_run(kit);
    quiet_free(&kit->boards[0].quiet);
    kit_holds(kit, kit->puppet);
    assert_int_equal(kit->step, 2);
    assert_int_equal(kit->puppet->cancels, 1);
    assert_in_range(kit->count, 7 * MINUTE, 7 * MINUTE + 5 * SECOND);
}

static void at_first_answer(struct kit *kit, int64_t ms)
{
    if (ms < 0 && kit->ledger->boards[0].seen_ms)
        kit->step = 1;
}

/* Of a board that says nothing of itself, too. */
static void test_first_answer_is_told(void **state)
{
    struct kit *kit = *state;

    kit_slots(kit, 1, 1, LEVEL_STORED);
    kit->puppet->silent = true;
    kit->at = at_first_answer;
    kit_run(kit);
    assert_int_equal(kit->step, 1);
}

static void test_pictures(void **state)
{
    struct kit *kit = *state;
    size_t pictures = 0;

    kit_slots(kit, 1, 1, LEVEL_STORED);
    kit->puppet->pictures = true;
    kit_run(kit);
    for (size_t i = 0; i < kit->ledger->n_shown; i++) {
        pictures += kit->ledger->shown[i].picture_length == 3;
        assert_int_equal(kit->ledger->shown[i].digest[0], 'a');
    }
    assert_int_equal(pictures, 2 * SLOTS); /* the first and the last reading of each */
}

static void at_play_log(struct kit *kit, int64_t ms)
{
    struct adapter_answer answer = {.status = 404};
    struct adapter_call call = {.method = "POST", .path = "", .body = "lc-x-y"};
    char name[SIGHT_NAME];

    memcpy(name, kit->puppet->name, sizeof name);
    if (kit->step == 0 && ms >= SLOT + MINUTE && kit->puppet->id == 2) {
        kit->step = 1;
        assert_true(dispatch_hear(kit->dispatch, "b1", &call, &answer));
        assert_int_equal(answer.status, 200); /* not ours: nothing follows */
        call.body = name;
        kit->count = kit->ledger->n_shown;
        assert_true(dispatch_hear(kit->dispatch, "b1", &call, &answer));
        assert_false(dispatch_hear(kit->dispatch, "b2", &call, &answer));
    } else if (kit->step == 1 && ms >= 2 * SLOT && !kit->puppet->id) {
        kit->step = 2; /* of one that is over */
        call.body = name;
        clock_set(clock_wall_ms() + 10 * SECOND);
        assert_true(dispatch_hear(kit->dispatch, "b1", &call, &answer));
    }
}

static void test_play_log(void **state)
{
    struct kit *kit = *state;
    size_t logged = 0;

    kit_slots(kit, 1, 1, LEVEL_STORED);
    kit->listening = true;
    kit->at = at_play_log;
    kit_run(kit);
    assert_int_equal(kit->step, 2);
    for (size_t i = 0; i < kit->ledger->n_shown; i++) {
        const struct fake_shown *shown = &kit->ledger->shown[i];

        if (shown->level != LEVEL_LOGGED)
            continue;
        logged++;
        assert_int_equal(shown->id, 2);
        assert_true(shown->from_ms >= kit->start_ms + SLOT);
        assert_true(shown->until_ms <= kit->start_ms + 2 * SLOT);
    }
    assert_int_equal(logged, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define ON_KIT(test) cmocka_unit_test_setup_teardown(test, kit_open, kit_close)
        ON_KIT(test_rotation),
        ON_KIT(test_release),
        ON_KIT(test_released_from_the_start),
        ON_KIT(test_quiet_time),
        ON_KIT(test_shared_by_weight),
        ON_KIT(test_turn_without_a_successor),
        ON_KIT(test_reboots),
        ON_KIT(test_lying_board),
        ON_KIT(test_sleeping_screen),
        ON_KIT(test_skewed_clock),
        ON_KIT(test_skewed_clock_that_plays),
        ON_KIT(test_too_low_a_level),
        ON_KIT(test_restart),
        ON_KIT(test_stop),
        ON_KIT(test_a_refused_board_is_named),
        ON_KIT(test_stop_for_long),
        ON_KIT(test_long_waits),
        ON_KIT(test_released_while_down),
        ON_KIT(test_hung_at_quiet_time),
        ON_KIT(test_first_answer_is_told),
        ON_KIT(test_pictures),
        ON_KIT(test_stop_with_a_hung_board),
        ON_KIT(test_hung_board_holds_up_nobody),
        ON_KIT(test_doubt),
        ON_KIT(test_no_picture),
        ON_KIT(test_failures),
        ON_KIT(test_play_log),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
