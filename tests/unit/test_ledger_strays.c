/* test_ledger_strays: what may be up on a board, whichever campaign it belongs to.
 * Runs: any. */
#include "gateway/base/clock.h"
#include "tests/unit/ledger_kit.h"

static const char *const codes[] = {"plaza", "market"};
static const char *const owners[] = {"jinan", "weather"};
static const char *const names[] = {"金安区法宣办", "气象局"};

static void know(struct kit *kit, const bool used[2], struct ledger_board boards[2])
{
    struct ledger_op op = {.kind = LEDGER_BOARDS,
                           .boards = {.codes = codes,
                                      .owners = owners,
                                      .owner_names = names,
                                      .used = used,
                                      .boards = boards,
                                      .n = 2}};

    assert_int_equal(kit_do(kit, &op), LEDGER_OK);
}

static size_t ask_any(struct kit *kit, int64_t after, size_t max)
{
    struct ledger_op op = {
        .kind = LEDGER_SHOWINGS,
        .showings = {.address = kit->boards[0], .after = after, .max = max, .rows = kit->rows}};

    kit_release(kit);
    assert_int_equal(kit_do(kit, &op), LEDGER_OK);
    return kit->n_rows = op.showings.n;
}

static void put_up(struct kit *kit, int64_t id)
{
    int64_t now = clock_wall_ms();

    kit_insert_slot(kit, (int32_t)id, now - 5000, now + 60000, "弘扬宪法");
    kit_fetch(kit, CHANNEL_DISPLAY, 8, false);
    if (id == 3) /* the gateway dies before it knows */
        kit_claim(kit, id);
    else
        kit_send(kit, id, 0, 0);
}

static void test_of_all_campaigns(void **state)
{
    struct kit *kit = *state;
    int64_t first = kit->campaign, second;

    put_up(kit, 1);
    assert_int_equal(kit_enter(kit, "c2", "two"), LEDGER_OK);
    second = kit->campaign;
    put_up(kit, 2);
    put_up(kit, 3);
    kit_close(kit);
    assert_int_equal(kit_open(kit), 0);
    assert_int_equal(ask_any(kit, 0, 2), 2);
    assert_true(kit->rows[0].campaign == first && kit->rows[1].campaign == second);
    assert_string_equal(kit->rows[1].code, "c2");
    assert_true(kit->rows[0].up && kit->rows[0].state == DELIVERY_SENT);
    assert_int_equal(ask_any(kit, 2, 2), 1);
    assert_int_equal(kit->rows[0].id, 3);
    assert_true(kit->rows[0].state == DELIVERY_DEFERRED || kit->rows[0].state == DELIVERY_UNKNOWN);
    for (int64_t id = 1; id <= 3; id++) {
        struct ledger_op op = {.kind = LEDGER_WITHDRAW, .show = {.id = id, .open = true}};

        assert_int_equal(kit_do(kit, &op), LEDGER_OK);
    }
    assert_int_equal(ask_any(kit, 0, 2), 0); /* what rests isn't up, and isn't taken for it */
    assert_int_equal(kit_ask(kit, "SELECT sum(up) FROM delivery"), 0);
    assert_books_agree(kit);
}

static void test_boards_that_nobody_uses(void **state)
{
    static const bool used[] = {false, false};
    struct ledger_board boards[2];
    struct kit *kit = *state;

    put_up(kit, 1);
    know(kit, used, boards);
    assert_true(boards[0].number == kit->boards[0] && boards[0].up);
    assert_true(boards[1].number == 0 && !boards[1].up);
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM board"), 1);
    know(kit, NULL, boards);
    assert_true(boards[1].number > 0 && !boards[1].up);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_of_all_campaigns, kit_setup, kit_teardown),
        cmocka_unit_test_setup_teardown(test_boards_that_nobody_uses, kit_setup, kit_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
