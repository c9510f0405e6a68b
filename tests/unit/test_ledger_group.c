/* test_ledger_group: what a SIM has sent counts for the limit group that it joins, once. */
#include "tests/unit/ledger_kit.h"

#include "gateway/base/clock.h"

#define SINCE_MS INT64_C(3600000)

static struct ledger_op ask(struct kit *kit, const char *name, const char *group)
{
    struct ledger_op op = {
        .kind = LEDGER_SIM,
        .sim = {.name = name, .group = group, .since_ms = clock_wall_ms() - SINCE_MS}};

    assert_int_equal(kit_do(kit, &op), LEDGER_OK);
    return op;
}

static int64_t parts_of(struct kit *kit, const char *name)
{
    struct ledger_op op = ask(kit, name, NULL);
    int64_t parts = 0;

    for (size_t i = 0; i < op.sim.n; i++)
        parts += op.sim.uses[i].parts;
    free(op.sim.uses);
    return parts;
}

/* Joins, and says whether that was news. */
static bool join(struct kit *kit, const char *sim, const char *group)
{
    struct ledger_op op = ask(kit, sim, group);

    free(op.sim.uses);
    return op.sim.joined;
}

static void put(struct kit *kit, const char *name, int64_t ago_ms, int64_t parts)
{
    struct ledger_op op = ask(kit, name, NULL);
    MEM_FREE_LATER char *sql =
        mem_printf("INSERT INTO usage VALUES(%d, %lld, %lld)", op.sim.number,
                   (long long)meter_slot(clock_wall_ms() - ago_ms), (long long)parts);

    free(op.sim.uses);
    assert_int_equal(kit_sql(kit, sql), SQLITE_OK);
}

static void test_joining_brings_what_was_sent(void **state)
{
    struct kit *kit = *state;

    put(kit, "imsi:1", 0, 7);
    put(kit, "imsi:1", SINCE_MS / 2, 3);
    put(kit, "imsi:1", 2 * SINCE_MS, 100); /* too old */
    put(kit, "imsi:2", 0, 5);
    assert_true(join(kit, "imsi:1", "group:pool"));
    assert_int_equal(parts_of(kit, "group:pool"), 10);
    assert_true(join(kit, "imsi:2", "group:pool")); /* both in one slot */
    assert_int_equal(parts_of(kit, "group:pool"), 15);
    assert_int_equal(kit_ask(kit, "SELECT sum(parts) FROM usage"), 130);
}

static void test_joining_is_done_once(void **state)
{
    struct kit *kit = *state;

    put(kit, "imsi:1", 0, 7);
    assert_true(join(kit, "imsi:1", "group:pool"));
    assert_false(join(kit, "imsi:1", "group:pool"));
    kit_close(kit);
    assert_int_equal(kit_open(kit), 0);
    assert_false(join(kit, "imsi:1", "group:pool"));
    assert_int_equal(parts_of(kit, "group:pool"), 7);
}

static void test_a_new_name_changes_nothing(void **state)
{
    struct kit *kit = *state;

    put(kit, "imsi:1", 0, 7);
    join(kit, "imsi:1", "group:pool");
    assert_true(join(kit, "imsi:1", "group:contract"));
    assert_int_equal(parts_of(kit, "group:contract"), 7);
    assert_false(join(kit, "imsi:1", NULL));
    assert_true(join(kit, "imsi:1", "group:contract")); /* what it sent meanwhile isn't known */
    assert_int_equal(parts_of(kit, "group:contract"), 14);
}

#define LEDGER_TEST(name) cmocka_unit_test_setup_teardown(name, kit_setup, kit_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LEDGER_TEST(test_joining_brings_what_was_sent),
        LEDGER_TEST(test_joining_is_done_once),
        LEDGER_TEST(test_a_new_name_changes_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
