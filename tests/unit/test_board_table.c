/* test_board_table: how boards are shown on a terminal of 80 columns.
 * Runs: any. Real books. */
#include "tests/unit/ledger_kit.h"

#include "gateway/base/clock.h"
#include "gateway/base/utf8.h"
#include "gateway/report/board_table.h"

#define T          INT64_C(1793406600000) /* 2026-10-31 08:30 in China */
#define COLUMNS    80
#define TEXT(text) ((char *)(uintptr_t)(text))

static const struct option_kind onbon = {.name = "onbon-y"}, nova = {.name = "novacloud"};
static struct unit units[] = {
    {.id = TEXT("weather"), .name = TEXT("六安市气象局")},
    {.id = TEXT("jinan"), .name = TEXT("金安区法治宣传教育工作领导小组办公室")}};
static struct quiet_span mornings[] = {{.from_min = 480, .to_min = 540, .days = 127}};
static struct board boards[] = {
    {.id = TEXT("plaza"), .owner = 1, .kind = &nova, .place = TEXT("广场")},
    {.id = TEXT("price-market"), .owner = 0, .kind = &onbon, .place = TEXT("市场")},
};
static const struct office office = {.units = units, .n_units = 2, .boards = boards, .n_boards = 2};

static void tell(struct kit *kit, const struct ledger_op *change)
{
    struct ledger_op op = *change;

    op.kind = LEDGER_BOARD;
    op.board.number = kit->boards[0];
    assert_int_equal(kit_do(kit, &op), LEDGER_OK);
}

static char *show(const struct kit *kit, bool live, int64_t now_ms)
{
    struct board_table *table;
    struct books *books;
    char *text = NULL, why[256];
    size_t size;
    FILE *out = open_memstream(&text, &size);

    assert_int_equal(books_open(&books, kit->path, why, sizeof why), 0);
    assert_int_equal(board_table_read(&table, &office, books, now_ms), 0);
    board_table_print(table, live, out);
    board_table_free(table);
    books_close(books);
    fclose(out);
    return text;
}

static void assert_shows(char *text, const char *what)
{
    if (!strstr(text, what))
        fail_msg("no \"%s\" in:\n%s", what, text);
}

/* No line is wider than the terminal. Frees it. */
static void assert_fits(char *text)
{
    char *rest = text, *line;

    while ((line = strsep(&rest, "\n")))
        if (utf8_columns(line) > COLUMNS)
            fail_msg("%zu columns: %s", utf8_columns(line), line);
    free(text);
}

static void speak(const char *locale)
{
    setenv("LC_ALL", locale, 1);
}

static const char trouble[] = "contents: the gateway has never seen the card: check its id and its "
                              "realtime address";

/* In both languages. */
static void assert_all_fits(const struct kit *kit)
{
    speak("zh_CN.UTF-8");
    assert_fits(show(kit, true, T));
    assert_fits(show(kit, false, T));
    speak("en_GB.UTF-8");
    assert_fits(show(kit, true, T));
    assert_fits(show(kit, false, T));
}

static void a_board_that_shows(void **state)
{
    static const char slogan[] = "弘扬宪法精神共建文明城市弘扬宪法精神共建文明城市弘扬宪法精神共建"
                                 "文明城市弘扬宪法精神共建文明城市";
    struct kit *kit = *state;
    char *text;

    kit_insert_slot(kit, 0, T - 60000, 0, slogan);
    kit_fetch(kit, CHANNEL_DISPLAY, 8, false);
    kit_send(kit, 1, 0, 0);
    kit_show(kit, 1, LEVEL_PLAYING, T - 50000, T - 20000);
    tell(kit, &(struct ledger_op){.board = {.state = LANE_READY,
                                            .seen_ms = T - 20000,
                                            .sight = {.clock_known = true, .skew_ms = 300000}}});
    speak("en_GB.UTF-8");
    text = show(kit, true, T);
    assert_shows(text, "Board         Owner");
    assert_shows(text, "plaza         金安区法治宣传");
    assert_shows(text, "novacloud  ready  0:00:30  08:29:40\n");
    assert_shows(text, "\n  on it: 弘扬宪法精神");
    assert_shows(text, "(playing)\n  its clock is wrong by 300 s: set it\n");
    assert_shows(text, "  never used with these books\n");
    free(text);
    speak("zh_CN.UTF-8");
    text = show(kit, true, T);
    assert_shows(text, "  屏上：弘扬宪法精神");
    assert_shows(text, "（播放中）\n  控制卡时钟偏差 300 秒，请校时\n");
    free(text);
    assert_all_fits(kit);
}

static void a_ready_board_that_does_not_show_it(void **state)
{
    struct kit *kit = *state;
    struct ledger_op lies = {.board = {.state = LANE_READY, .seen_ms = T}};
    char *text;

    snprintf(lies.board.why, sizeof lies.board.why, "isn't there: not there");
    tell(kit, &lies);
    speak("en_GB.UTF-8");
    text = show(kit, true, T);
    assert_shows(text, "ready  0:00:00  08:30:00\n  isn't there: not there\n");
    free(text);
    speak("zh_CN.UTF-8");
    text = show(kit, true, T);
    assert_shows(text, "  不在屏上：没有\n");
    free(text);
    assert_all_fits(kit);
}

static void why_it_is_down(void **state)
{
    struct kit *kit = *state;
    struct ledger_op down = {.board = {.state = LANE_DOWN, .seen_ms = T - INT64_C(86400000)}};
    char *text;

    snprintf(down.board.why, sizeof down.board.why, "%s", trouble);
    tell(kit, &down);
    speak("en_GB.UTF-8");
    text = show(kit, true, T);
    assert_shows(text, "down   0:00:00  10-30 08:30\n");
    assert_shows(text, "  contents: the gateway has never seen the card: check its id and its "
                       "realtime\n    address\n");
    free(text);
    speak("zh_CN.UTF-8");
    text = show(kit, true, T);
    assert_shows(text, "  屏上内容：其网关从未见过此控制卡：请核对卡号和卡上的 realtime 地址\n");
    free(text);
    assert_all_fits(kit);
}

/* The words of the owner's time and of a dark screen; the widest state. */
static void whose_it_is_now(void **state)
{
    struct kit *kit = *state;
    struct ledger_op release = {
        .kind = LEDGER_RELEASE,
        .release = {
            .code = "plaza", .owner = "jinan", .owner_name = "金安区法宣办", .released = true}};
    char *text;

    tell(kit,
         &(struct ledger_op){.board = {.state = LANE_READY, .sight = {.power = POWER_ASLEEP}}});
    speak("en_GB.UTF-8");
    text = show(kit, true, T);
    assert_shows(text, "asleep");
    assert_all_fits(kit);
    free(text);
    tell(kit, &(struct ledger_op){.board = {.state = LANE_READY, .sight = {.power = POWER_ON}}});
    boards[0].quiet = (struct quiet){mornings, 1};
    text = show(kit, true, T);
    assert_shows(text, "quiet time");
    assert_all_fits(kit);
    boards[0].quiet = (struct quiet){0};
    free(text);
    snprintf(release.release.by, sizeof release.release.by, "owner jinan (HTTP 192.0.2.7)");
    assert_int_equal(kit_do(kit, &release), LEDGER_OK);
    tell(kit, &(struct ledger_op){.board = {.state = LANE_DOWN, .why = "no reply in time"}});
    speak("en_GB.UTF-8");
    text = show(kit, true, T);
    assert_shows(text, "released, down");
    assert_shows(text, ", by owner jinan (HTTP 192.0.2.7)\n");
    free(text);
    assert_all_fits(kit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_board_that_shows, kit_setup, kit_teardown),
        cmocka_unit_test_setup_teardown(why_it_is_down, kit_setup, kit_teardown),
        cmocka_unit_test_setup_teardown(a_ready_board_that_does_not_show_it, kit_setup,
                                        kit_teardown),
        cmocka_unit_test_setup_teardown(whose_it_is_now, kit_setup, kit_teardown),
    };

    setenv("TZ", "Asia/Shanghai", 1);
    tzset();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
