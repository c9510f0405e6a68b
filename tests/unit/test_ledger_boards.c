/* test_ledger_boards: how boards stand, whose they are just now, and many answers at once.
 * Runs: any. */
#include "tests/unit/ledger_kit.h"

#include <errno.h>
#include <time.h>

#include "gateway/base/clock.h"

#define T     INT64_C(1793406600000) /* 2026-10-31 08:30 in China */
#define NIGHT INT64_C(1793376000000) /* the midnight before */

static const char *const codes[] = {"plaza", "market", "plaza"};
static const char *const owners[] = {"jinan", "weather", "jinan"};
static const char *const names[] = {"金安区法宣办", "气象局", "金安区法宣办"};

static void know(struct kit *kit, struct ledger_board boards[3])
{
    struct ledger_op op = {
        .kind = LEDGER_BOARDS,
        .boards = {
            .codes = codes, .owners = owners, .owner_names = names, .boards = boards, .n = 3}};

    assert_int_equal(kit_do(kit, &op), LEDGER_OK);
}

static void set_free(struct kit *kit, const char *code, bool released, const char *by)
{
    struct ledger_op op = {
        .kind = LEDGER_RELEASE,
        .release = {
            .code = code, .owner = "weather", .owner_name = "气象局", .released = released}};

    snprintf(op.release.by, sizeof op.release.by, "%s", by);
    assert_int_equal(kit_do(kit, &op), LEDGER_OK);
}

static void test_numbers_stay_and_releases_are_remembered(void **state)
{
    struct kit *kit = *state;
    struct ledger_board boards[3], again[3];

    know(kit, boards);
    assert_int_equal(boards[0].number, kit->boards[0]);
    assert_int_equal(boards[2].number, boards[0].number);
    assert_true(boards[1].number > 0 && boards[1].number != boards[0].number);
    assert_false(boards[0].released || boards[1].released);
    set_free(kit, "market", true, "owner weather (HTTP 192.0.2.7)");
    set_free(kit, "roof", true, "command"); /* never heard of it: made */
    kit_close(kit);
    assert_int_equal(kit_open(kit), 0);
    know(kit, again);
    assert_true(again[1].released && !again[0].released);
    assert_int_equal(again[1].number, boards[1].number);
    set_free(kit, "market", false, "command");
    know(kit, again);
    assert_false(again[1].released);
    /* The place came with the campaign and stays. */
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM board WHERE place = '人民广场'"), 1);
    assert_int_equal(kit_sql(kit, "DELETE FROM board_release"), SQLITE_CONSTRAINT);
    assert_int_equal(kit_sql(kit, "UPDATE board_release SET by = 'x'"), SQLITE_CONSTRAINT);
}

static int see_release(void *ctx, const struct books_release *release)
{
    char *text = ctx;
    size_t length = strlen(text);

    assert_true(release->at_ms > 0);
    snprintf(text + length, 400 - length, "%s %d %s;", release->board, release->released,
             release->by);
    return 0;
}

static struct books *read_books(const struct kit *kit)
{
    struct books *books;
    char why[256];

    if (books_open(&books, kit->path, why, sizeof why))
        fail_msg("%s", why);
    return books;
}

static void test_history_of_releases(void **state)
{
    struct kit *kit = *state;
    struct books *books;
    char text[400] = "";

    set_free(kit, "market", false, "nobody"); /* it is ours already */
    set_free(kit, "market", true, "weather");
    set_free(kit, "market", true, "command"); /* once is enough */
    set_free(kit, "plaza", true, "command");
    set_free(kit, "market", false, "command");
    books = read_books(kit);
    assert_int_equal(books_releases(books, see_release, text), 0);
    assert_string_equal(text, "market 1 weather;plaza 1 command;market 0 command;");
    books_close(books);
}

static void tell(struct kit *kit, const struct ledger_op *change)
{
    struct ledger_op op = *change;

    op.kind = LEDGER_BOARD;
    op.board.number = kit->boards[0];
    assert_int_equal(kit_do(kit, &op), LEDGER_OK);
}

struct asked {
    struct books_board_state boards[4];
    char up[4][64];
    size_t n;
};

static int see_board(void *ctx, const struct books_board_state *board)
{
    struct asked *asked = ctx;

    snprintf(asked->up[asked->n], sizeof *asked->up, "%s", board->up);
    asked->boards[asked->n++] = *board;
    return 0;
}

static struct asked ask(const struct kit *kit, int64_t now_ms)
{
    struct books *books = read_books(kit);
    struct asked asked = {0};

    assert_int_equal(books_board_states(books, now_ms, see_board, &asked), 0);
    books_close(books);
    return asked;
}

static void test_how_a_board_stands(void **state)
{
    struct kit *kit = *state;
    struct ledger_board boards[3];
    struct asked asked;

    know(kit, boards);
    asked = ask(kit, T);
    assert_int_equal(asked.n, 2);
    assert_string_equal(asked.boards[0].id, "market");
    assert_string_equal(asked.boards[0].owner, "weather");
    assert_true(asked.boards[0].state == LANE_DOWN && asked.boards[0].told_ms == 0);
    tell(kit, &(struct ledger_op){.board = {.state = LANE_READY,
                                            .seen_ms = T,
                                            .sight = {.power = POWER_ON,
                                                      .clock_known = true,
                                                      .skew_ms = -4000,
                                                      .playing = "lc-1-abc",
                                                      .firmware = "2.1",
                                                      .width = 128,
                                                      .height = 32}}});
    tell(kit, &(struct ledger_op){.board = {.state = LANE_DOWN, .why = "no answer"}});
    asked = ask(kit, T);
    assert_string_equal(asked.boards[1].id, "plaza");
    assert_true(asked.boards[1].state == LANE_DOWN && asked.boards[1].seen_ms == T);
    assert_string_equal(asked.boards[1].why, "no answer");
    assert_true(asked.boards[1].sight.power == POWER_ON && asked.boards[1].sight.clock_known);
    assert_int_equal(asked.boards[1].sight.skew_ms, -4000);
    assert_string_equal(asked.boards[1].sight.playing, "lc-1-abc");
    assert_string_equal(asked.boards[1].sight.firmware, "2.1");
    assert_true(asked.boards[1].sight.width == 128 && asked.boards[1].sight.height == 32);
    assert_true(asked.boards[1].told_ms > 0);
    assert_string_equal(asked.up[1], "");
    set_free(kit, "plaza", true, "weather");
    asked = ask(kit, T);
    assert_true(asked.boards[1].released && asked.boards[1].released_ms > 0);
    assert_string_equal(asked.boards[1].released_by, "weather");
    set_free(kit, "plaza", false, "weather");
    asked = ask(kit, T);
    assert_true(!asked.boards[1].released && asked.boards[1].released_ms == 0);
    assert_string_equal(asked.boards[1].released_by, "");
}

/* Slots before midnight count only with what they showed after it. */
static void test_what_it_showed_today(void **state)
{
    struct kit *kit = *state;
    struct asked asked;

    kit_insert_slot(kit, 0, NIGHT - 600000, 0, "昨夜");
    kit_insert_slot(kit, 1, NIGHT + 1000, 0, "今晨");
    kit_fetch(kit, CHANNEL_DISPLAY, 8, false);
    kit_send(kit, 1, 0, 0);
    kit_show(kit, 1, LEVEL_STORED, NIGHT - 90000, NIGHT - 30000);
    kit_show(kit, 1, LEVEL_STORED, NIGHT - 30000, NIGHT + 20000);
    kit_show(kit, 1, LEVEL_LOGGED, NIGHT - 10000, NIGHT + 30000);
    asked = ask(kit, NIGHT + 3600000);
    assert_int_equal(asked.boards[0].today_ms, 30000);
    kit_withdraw(kit, 1);
    kit_send(kit, 2, 0, 0);
    kit_show(kit, 2, LEVEL_PLAYING, T, T + 5000);
    tell(kit, &(struct ledger_op){.board = {.state = LANE_READY}});
    asked = ask(kit, T);
    assert_int_equal(asked.boards[0].today_ms, 35000);
    assert_string_equal(asked.up[0], "今晨");
    assert_int_equal(asked.boards[0].up_level, LEVEL_PLAYING);
    asked = ask(kit, T + INT64_C(86400000));
    assert_int_equal(asked.boards[0].today_ms, 0);
    tell(kit, &(struct ledger_op){.board = {.state = LANE_DOWN}});
    set_free(kit, "plaza", true, "weather");
    asked = ask(kit, T);
    assert_string_equal(asked.up[0], "今晨"); /* the owner wants it, and it couldn't be withdrawn */
    tell(kit, &(struct ledger_op){.board = {.state = LANE_PAUSED, .clear = true}});
    asked = ask(kit, T);
    assert_string_equal(asked.up[0], ""); /* it was taken off for the owner */
    assert_int_equal(asked.boards[0].today_ms, 35000);
}

static void test_boards_that_can_not_be(void **state)
{
    struct kit *kit = *state;
    struct books *books;
    struct asked asked = {0};

    tell(kit, &(struct ledger_op){.board = {.state = LANE_READY}});
    assert_int_equal(kit_sql(kit, "UPDATE board_state SET state = 99"), SQLITE_OK);
    books = read_books(kit);
    assert_int_equal(books_board_states(books, T, see_board, &asked), -EUCLEAN);
    assert_int_equal(asked.n, 0);
    books_close(books);
}

#define MANY 400

struct many {
    struct ledger_op ops[MANY];
    size_t done, turns, most, this_turn;
    uv_timer_t timer;
};

static void many_turn(uv_timer_t *timer)
{
    struct many *many = timer->data;

    many->turns++;
    many->this_turn = 0;
    if (many->done == MANY)
        uv_close((uv_handle_t *)timer, NULL);
}

/* Each takes 100 us of the loop. */
static void many_done(struct ledger_op *op)
{
    struct many *many = op->owner;
    int64_t until = clock_mono_us() + 100;

    assert_ptr_equal(op, &many->ops[many->done]); /* in the order of posting */
    many->done++;
    if (++many->this_turn > many->most)
        many->most = many->this_turn;
    while (clock_mono_us() < until)
        ;
}

/* What is answered by one commit leaves the loop its turns. */
static void test_many_answers_leave_the_loop_its_turns(void **state)
{
    struct kit *kit = *state;
    struct many *many = mem_new(struct many);

    assert_int_equal(uv_timer_init(&kit->loop, &many->timer), 0);
    many->timer.data = many;
    assert_int_equal(uv_timer_start(&many->timer, many_turn, 0, 1), 0);
    for (size_t i = 0; i < MANY; i++) {
        many->ops[i] = (struct ledger_op){.kind = LEDGER_BOARD,
                                          .done = many_done,
                                          .owner = many,
                                          .board = {.number = kit->boards[0]}};
        ledger_post(kit->ledger, &many->ops[i]);
    }
    assert_int_equal(ledger_pending(kit->ledger), MANY);
    assert_int_equal(uv_run(&kit->loop, UV_RUN_DEFAULT), 0);
    assert_int_equal(many->done, MANY);
    assert_int_equal(ledger_pending(kit->ledger), 0);
    assert_in_range(many->most, 1, 80); /* 4 ms of them are 40 */
    free(many);
}

#define BOARD_TEST(name) cmocka_unit_test_setup_teardown(name, kit_setup, kit_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOARD_TEST(test_numbers_stay_and_releases_are_remembered),
        BOARD_TEST(test_history_of_releases),
        BOARD_TEST(test_how_a_board_stands),
        BOARD_TEST(test_what_it_showed_today),
        BOARD_TEST(test_boards_that_can_not_be),
        BOARD_TEST(test_many_answers_leave_the_loop_its_turns),
    };

    setenv("TZ", "CST-8", 1);
    tzset();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
