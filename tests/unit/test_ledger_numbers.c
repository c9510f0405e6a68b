/* test_ledger_numbers: whose a message is when the network leaves the country code out. */
#include "tests/unit/reply_kit.h"

#define CHINA INT64_C(8600000000000)

static struct inbound refusal_without_code(int64_t from)
{
    struct inbound in = reply_from(from, "TD");

    in.address -= CHINA;
    snprintf(in.sender, sizeof in.sender, "+%lld", (long long)in.address);
    return in;
}

static struct ledger_op refuse_without_code(struct kit *kit, int64_t from)
{
    struct inbound in = refusal_without_code(from);

    return reply_receive(kit, &in, "OK");
}

static void test_a_number_that_we_wrote_to(void **state)
{
    const struct inbound in = refusal_without_code(0);
    struct kit *kit = *state;
    struct ledger_op op;

    assert_int_equal(kit_insert(kit, 0, 2, 1, false), 2);
    op = reply_receive(kit, &in, "OK");
    assert_true(op.receive.refusal && op.receive.answered);
    assert_int_equal(op.receive.suppressed, 1);
    assert_int_equal(state_of(kit, 1), DELIVERY_SUPPRESSED);
    assert_int_equal(state_of(kit, 2), DELIVERY_PLANNED);
    assert_int_equal(kit_ask(kit, "SELECT address FROM reply"), KIT_NUMBER);
    assert_int_equal(kit_ask(kit, "SELECT address FROM answer"), KIT_NUMBER);
    assert_int_equal(kit_ask(kit, "SELECT sender = '+13800000000' FROM inbound"), 1);
    assert_int_equal(reply_receive(kit, &in, "OK").result, LEDGER_KNOWN);
}

static void test_a_number_in_the_reserve(void **state)
{
    struct kit *kit = *state;

    assert_int_equal(kit_insert(kit, 0, 1, 1, true), 1);
    refuse_without_code(kit, 0);
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM reserve"), 0);
    assert_int_equal(kit_ask(kit, "SELECT address FROM optout"), KIT_NUMBER);
}

/* It may as well be a number abroad, of which we know nothing, or which is in a list itself. */
static void test_a_number_that_stands_for_itself(void **state)
{
    struct kit *kit = *state;

    refuse_without_code(kit, 0);
    assert_int_equal(kit_ask(kit, "SELECT address FROM optout"), KIT_NUMBER - CHINA);
    assert_int_equal(kit_insert(kit, 1, 1, 1, false), 1);
    assert_int_equal(kit_insert(kit, 1 - CHINA, 1, 1, false), 1);
    refuse_without_code(kit, 1);
    assert_int_equal(state_of(kit, 1), DELIVERY_PLANNED);
    assert_int_equal(state_of(kit, 2), DELIVERY_SUPPRESSED);
}

#define LEDGER_TEST(name) cmocka_unit_test_setup_teardown(name, kit_setup, kit_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LEDGER_TEST(test_a_number_that_we_wrote_to),
        LEDGER_TEST(test_a_number_in_the_reserve),
        LEDGER_TEST(test_a_number_that_stands_for_itself),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
