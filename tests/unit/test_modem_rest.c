/* test_modem_rest: when a modem is left alone, for how long, and what ends that.
 * Runs: loop. */
#include "tests/unit/desk.h"

static void test_barred(void **state)
{
    struct desk desk;

    (void)state;
    desk_open(&desk, DESK_READY "read w id rest; echo 'barred no credit'; "
                                "echo \"returned $id 21 x\"; read w\n");
    desk_begin(&desk, &desk_soon);
    assert_int_equal(desk_do(&desk, 1)->kind, OUTCOME_RETURNED);
    assert_string_equal(desk.why, "no credit");
    desk_idle(&desk, 300);
    assert_int_equal(desk_starts(&desk), 1);
    desk_close(&desk);
}

/* Plugging it in again ends the quarantine; so does its time. */
static void test_probed(void **state)
{
    struct desk desk;

    (void)state;
    desk_open(&desk, DESK_READS_ITS_SIM "echo 'barred no credit'; read w\n");
    desk.modem.device = desk_device(&desk, 0);
    desk_plug(&desk, 0, DESK_OURS);
    desk_begin(&desk, &desk_soon);
    desk_until(&desk, &desk.downs, 1);
    desk_idle(&desk, 300);
    assert_int_equal(desk_starts(&desk), 1);
    desk_plug(&desk, 0, DESK_OURS);
    desk_until(&desk, &desk.downs, 2);
    assert_int_equal(desk_starts(&desk), 2);
    desk_end(&desk);
    desk_begin(&desk, &desk_forgiving);
    desk_until(&desk, &desk.downs, 5);
    assert_true(desk_starts(&desk) >= 5);
    desk_close(&desk);
    free(desk.modem.device);
}

/* An agent that always dies is left alone in the end; one message that is sent wipes the slate. */
static void test_many_failures(void **state)
{
    struct desk desk;

    (void)state;
    desk_open(&desk, DESK_READY "read w id rest; exit 3\n");
    desk_begin(&desk, &desk_soon);
    desk.modem.timeout_ms = 1; /* and so the quiet after each is short */
    for (int i = 1; i <= 4; i++)
        assert_int_equal(desk_do(&desk, i)->kind, OUTCOME_UNKNOWN);
    desk_idle(&desk, 300);
    assert_int_equal(desk_starts(&desk), 4);
    desk_close(&desk);
    desk_open(&desk, DESK_READY "while read w id rest; do [ $(($id % 2)) = 1 ] || exit 3\n"
                                "echo \"sent $id 1\"; done\n");
    desk_begin(&desk, &desk_soon);
    desk.modem.timeout_ms = 1;
    for (int i = 1; i <= 12; i++)
        desk_do(&desk, i);
    desk_until(&desk, &desk.ups, 7);
    desk_close(&desk);
}

/* Refused for two recipients in a row, after the text: the first is charged an attempt, because it
 * may be its own fault, the second goes back; and the lane leaves before that is told. */
static void test_refused_sim(void **state)
{
    struct desk desk;

    (void)state;
    desk_open(&desk,
              DESK_READY "while read w id rest; do echo \"deferred $id 8 10000 error 8: x\"; "
                         "done\n");
    desk_begin(&desk, &desk_soon);
    assert_int_equal(desk_do(&desk, 1)->kind, OUTCOME_DEFERRED);
    assert_int_equal(desk.downs, 0);
    assert_int_equal(desk_do(&desk, 2)->kind, OUTCOME_RETURNED);
    assert_int_equal(desk.downs, 1);
    assert_string_equal(desk.why, "the operator refuses this SIM: ask there; error 8: x");
    desk_idle(&desk, 300);
    assert_int_equal(desk_starts(&desk), 1);
    desk_close(&desk);
}

/* A modem that refuses whatever it is given turns nobody away: it is left alone. */
static void test_wrong_set_up(void **state)
{
    struct desk desk;

    (void)state;
    desk_open(&desk, DESK_READY "while read w id rest; do echo \"rejected $id 304 error 304: x\"; "
                                "done\n");
    desk_begin(&desk, &desk_soon);
    assert_int_equal(desk_do(&desk, 1)->kind, OUTCOME_DEFERRED);
    assert_int_equal(desk_do(&desk, 2)->kind, OUTCOME_DEFERRED);
    assert_int_equal(desk.downs, 0);
    assert_int_equal(desk_do(&desk, 3)->kind, OUTCOME_RETURNED);
    assert_int_equal(desk.downs, 1);
    assert_string_equal(desk.why, "this modem or its message centre is set up wrong: error 304: x");
    desk_idle(&desk, 300);
    assert_int_equal(desk_starts(&desk), 1);
    desk_close(&desk);
}

/* One that says ERROR to everybody is started again, and its messages aren't charged for it. */
static void test_vague_modem(void **state)
{
    struct desk desk;

    (void)state;
    desk_open(&desk, DESK_READY "while read w id rest; do echo \"deferred $id -1 10000 ERROR\"; "
                                "done\n");
    desk_begin(&desk, &desk_soon);
    assert_int_equal(desk_do(&desk, 1)->kind, OUTCOME_DEFERRED);
    assert_int_equal(desk_do(&desk, 2)->kind, OUTCOME_DEFERRED);
    assert_int_equal(desk.downs, 0);
    assert_int_equal(desk_do(&desk, 3)->kind, OUTCOME_RETURNED);
    assert_int_equal(desk.downs, 1);
    assert_int_equal(desk.last.outcome.code, -1);
    desk_until(&desk, &desk.ups, 2);
    desk_close(&desk);
}

/* The number that was refused twice doesn't keep a SIM that has credit again in quarantine. */
static void test_poisonous_probe(void **state)
{
    struct desk desk;

    (void)state;
    desk_open(&desk, DESK_READY "while read w id number rest; do case $number in\n"
                                "8613800000003) echo \"sent $id 1\";;\n"
                                "*) echo \"deferred $id 8 10000 error 8: x\"; esac; done\n");
    desk_begin(&desk, &desk_forgiving);
    assert_int_equal(desk_do(&desk, 1)->kind, OUTCOME_DEFERRED);
    assert_int_equal(desk_do(&desk, 2)->kind, OUTCOME_RETURNED);
    assert_int_equal(desk.downs, 1);
    assert_int_equal(desk_do(&desk, 2)->kind, OUTCOME_DEFERRED);
    assert_int_equal(desk_do(&desk, 3)->kind, OUTCOME_SENT);
    assert_int_equal(desk.downs, 1);
    desk_close(&desk);
}

static void test_busy_advice(void **state)
{
    struct desk desk;

    (void)state;
    desk_open(&desk, DESK_READY
              "while read w id rest; do echo \"deferred $id 42 5000 error 42: x\"; done\n");
    desk_begin(&desk, &desk_soon);
    assert_int_equal(desk_do(&desk, 1)->advice, ADVICE_REST);
    assert_int_equal(desk.last.outcome.rest_ms, 1000);
    assert_int_equal(desk_do(&desk, 2)->advice, ADVICE_REST);
    assert_true(desk.last.outcome.rest_ms > 1000);
    assert_int_equal(desk.downs, 0);
    desk_close(&desk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_barred),          cmocka_unit_test(test_probed),
        cmocka_unit_test(test_wrong_set_up),    cmocka_unit_test(test_vague_modem),
        cmocka_unit_test(test_many_failures),   cmocka_unit_test(test_refused_sim),
        cmocka_unit_test(test_poisonous_probe), cmocka_unit_test(test_busy_advice),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
