/* test_intake_contacts: with each start of a campaign the books learn who is responsible, also of a
 * campaign that they know; forms that nobody has filled in name nobody. Runs: any. */
#include "tests/unit/ledger_kit.h"

#include "gateway/dispatch/intake.h"

struct start {
    struct kit kit;
    struct unit units[2];
    struct window window;
    struct office office;
    struct campaign campaign;
    bool ended;
};

static char *words(const char *text)
{
    return (char *)(uintptr_t)text;
}

static int start_open(void **state)
{
    struct start *start = mem_new(struct start);

    kit_init(&start->kit);
    assert_int_equal(kit_open(&start->kit), 0);
    start->units[0] = (struct unit){.id = words("city"), .name = words("市法宣办"), .parent = -1};
    start->units[1] =
        (struct unit){.id = words("jinan"), .name = words("金安区法宣办"), .parent = 0};
    start->units[0].contact =
        (struct contact){words("王某某"), words("请填写"), words("13800000001")};
    start->units[1].contact =
        (struct contact){words("请填写"), words("科长"), words("13800000002")};
    start->window = (struct window){1, 2};
    start->office = (struct office){.units = start->units, .n_units = 2};
    start->campaign = (struct campaign){.id = words("c1"),
                                        .title = words("宪法日"),
                                        .source = words("x"),
                                        .windows = &start->window,
                                        .n_windows = 1,
                                        .contacts_by_ms = 5000};
    *state = start;
    return 0;
}

static int start_close(void **state)
{
    static const char *const files[] = {"", "-wal", "-shm", ".key", ".key.checkpoint"};
    struct start *start = *state;
    struct kit *kit = &start->kit;

    kit_close(kit);
    assert_int_equal(uv_loop_close(&kit->loop), 0);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        kit_remove(kit, files[i]);
    assert_int_equal(rmdir(kit->directory), 0);
    free(start);
    return 0;
}

static void on_refused(void *ctx, const struct recipient *row)
{
    (void)ctx;
    (void)row;
    fail();
}

static void on_read(void *ctx)
{
    (void)ctx;
}

static void on_finished(void *ctx, enum intake_result result)
{
    assert_int_equal(result, INTAKE_DONE);
    ((struct start *)ctx)->ended = true;
}

static void run(struct start *start)
{
    static const struct intake_events events = {on_refused, on_read, on_finished};
    struct intake *intake =
        intake_new(&start->kit.loop, start->kit.ledger, &start->office, &start->campaign);

    start->ended = false;
    intake_start(intake, &events, start);
    while (!start->ended)
        uv_run(&start->kit.loop, UV_RUN_ONCE);
    intake_free(intake);
}

#define ASK(start, sql) kit_ask(&(start)->kit, (sql))

static void test_named(void **state)
{
    struct start *start = *state;

    run(start);
    assert_int_equal(ASK(start, "SELECT count(*) FROM contact"), 1);
    assert_int_equal(ASK(start, "SELECT count(*) FROM contact WHERE unit = 1 AND name = '王某某'"
                                " AND position = '' AND phone = '13800000001'"),
                     1);
    assert_int_equal(ASK(start, "SELECT contacts_ms FROM campaign"), 5000);
    assert_int_equal(ASK(start, "SELECT planned FROM campaign"), 1);
}

static void test_changed_later(void **state)
{
    struct start *start = *state;

    run(start);
    run(start);
    assert_int_equal(ASK(start, "SELECT count(*) FROM contact"), 1);
    start->units[1].contact.name = words("李某某");
    start->units[0].contact.name = NULL;
    run(start);
    assert_int_equal(ASK(start, "SELECT count(*) FROM contact"), 3);
    assert_int_equal(ASK(start, "SELECT count(*) FROM contact WHERE unit = 2 AND name = '李某某'"
                                " AND position = '科长'"),
                     1);
    assert_int_equal(ASK(start, "SELECT name || position || phone = '' FROM contact WHERE unit = 1"
                                " ORDER BY id DESC LIMIT 1"),
                     1);
    assert_int_equal(ASK(start, "SELECT count(*) FROM campaign"), 1);
}

/* An edit has its lists read again. */
static void test_rules_and_edits(void **state)
{
    static const char *const codes[] = {"city", "jinan"};
    static const int64_t quotas[] = {0, 0};
    struct ledger_op edit = {.kind = LEDGER_EDIT,
                             .edit = {.id = "c1",
                                      .title = "宪法日",
                                      .source = "y",
                                      .windows = "[[1,3]]",
                                      .content = "c",
                                      .by = "user lo",
                                      .n_units = 2,
                                      .unit_ids = codes,
                                      .unit_names = codes,
                                      .quotas = quotas}};
    struct start *start = *state;

    start->campaign.counts = COUNT_SENT;
    start->campaign.leftover = LEFTOVER_STOP;
    run(start);
    assert_int_equal(ASK(start, "SELECT counts * 10 + leftover FROM campaign"), 11);
    assert_int_equal(kit_do(&start->kit, &edit), LEDGER_OK);
    assert_int_equal(ASK(start, "SELECT planned * 100 + counts * 10 + leftover FROM campaign"), 0);
    start->campaign.source = words("y");
    run(start);
    assert_int_equal(ASK(start, "SELECT planned FROM campaign"), 1);
    assert_int_equal(ASK(start, "SELECT count(*) FROM campaign"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_named, start_open, start_close),
        cmocka_unit_test_setup_teardown(test_changed_later, start_open, start_close),
        cmocka_unit_test_setup_teardown(test_rules_and_edits, start_open, start_close),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
