/* test_delivery: the table of changes, pair by pair, against the picture in delivery.h. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "gateway/model/delivery.h"

static const struct {
    enum delivery_state from, to;
} allowed[] = {
    {DELIVERY_PLANNED, DELIVERY_DUE},        {DELIVERY_PLANNED, DELIVERY_EXPIRED},
    {DELIVERY_PLANNED, DELIVERY_CANCELLED},  {DELIVERY_PLANNED, DELIVERY_SUPPRESSED},
    {DELIVERY_DUE, DELIVERY_INFLIGHT},       {DELIVERY_DUE, DELIVERY_EXPIRED},
    {DELIVERY_DUE, DELIVERY_CANCELLED},      {DELIVERY_DUE, DELIVERY_SUPPRESSED},
    {DELIVERY_INFLIGHT, DELIVERY_SENT},      {DELIVERY_INFLIGHT, DELIVERY_DEFERRED},
    {DELIVERY_INFLIGHT, DELIVERY_REJECTED},  {DELIVERY_INFLIGHT, DELIVERY_UNKNOWN},
    {DELIVERY_DEFERRED, DELIVERY_DUE},       {DELIVERY_DEFERRED, DELIVERY_EXPIRED},
    {DELIVERY_DEFERRED, DELIVERY_CANCELLED}, {DELIVERY_DEFERRED, DELIVERY_SUPPRESSED},
    {DELIVERY_SENT, DELIVERY_DELIVERED},     {DELIVERY_SENT, DELIVERY_UNDELIVERED},
    {DELIVERY_SENT, DELIVERY_SHOWN},         {DELIVERY_SENT, DELIVERY_WITHDRAWN},
    {DELIVERY_SHOWN, DELIVERY_WITHDRAWN},    {DELIVERY_UNKNOWN, DELIVERY_SENT},
    {DELIVERY_UNKNOWN, DELIVERY_DELIVERED},  {DELIVERY_UNKNOWN, DELIVERY_UNDELIVERED},
    {DELIVERY_UNKNOWN, DELIVERY_DEFERRED},   {DELIVERY_DUE, DELIVERY_UNKNOWN},
    {DELIVERY_DEFERRED, DELIVERY_UNKNOWN},
};

static bool is_listed(enum delivery_state from, enum delivery_state to)
{
    for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++)
        if (allowed[i].from == from && allowed[i].to == to)
            return true;
    return false;
}

static void test_changes(void **state)
{
    (void)state;
    for (int from = 0; from < DELIVERY_STATES; from++)
        for (int to = 0; to < DELIVERY_STATES; to++)
            if (delivery_may_change((enum delivery_state)from, (enum delivery_state)to) !=
                is_listed((enum delivery_state)from, (enum delivery_state)to))
                fail_msg("%s -> %s", delivery_state_name((enum delivery_state)from),
                         delivery_state_name((enum delivery_state)to));
}

/* The books hold these numbers and --json these names: they may not move. */
static void test_numbers_and_names(void **state)
{
    static const char *const names[] = {
        "planned",  "due",     "inflight",   "deferred", "sent",      "delivered", "undelivered",
        "rejected", "unknown", "suppressed", "expired",  "cancelled", "shown",     "withdrawn"};
    static const char *const causes[] = {"plan",     "reserve", "window",  "claim", "outcome",
                                         "report",   "restart", "resend",  "retry", "verify",
                                         "withdraw", "cancel",  "refusal", "closed"};

    (void)state;
    assert_int_equal(DELIVERY_STATES, sizeof names / sizeof *names);
    assert_int_equal(DELIVERY_CAUSES, sizeof causes / sizeof *causes);
    for (int i = 0; i < DELIVERY_STATES; i++)
        assert_string_equal(delivery_state_name((enum delivery_state)i), names[i]);
    for (int i = 0; i < DELIVERY_CAUSES; i++)
        assert_string_equal(delivery_cause_name((enum delivery_cause)i), causes[i]);
    assert_int_equal(CHANNEL_SMS, 1);
    assert_int_equal(CHANNEL_DISPLAY, 2);
}

static void test_labels_differ_between_states_and_languages(void **state)
{
    const char *english[DELIVERY_STATES];

    (void)state;
    assert_int_equal(setenv("LC_ALL", "C", 1), 0);
    for (int i = 0; i < DELIVERY_STATES; i++) {
        english[i] = delivery_state_label((enum delivery_state)i);
        for (int k = 0; k < i; k++)
            assert_string_not_equal(english[i], english[k]);
    }
    assert_int_equal(setenv("LC_ALL", "zh_CN.UTF-8", 1), 0);
    for (int i = 0; i < DELIVERY_STATES; i++)
        assert_string_not_equal(delivery_state_label((enum delivery_state)i), english[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_changes),
        cmocka_unit_test(test_numbers_and_names),
        cmocka_unit_test(test_labels_differ_between_states_and_languages),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
