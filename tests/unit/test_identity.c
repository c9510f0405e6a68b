/* test_identity: a modem or a SIM that isn't the one that is meant is named, and not by its whole
 * number.
 * Runs: any. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "adapters/modem/identity.h"
#include "adapters/modem/pin.h"

#define OURS  "460000000000017"
#define OTHER "460020000000042"

static void test_fits(void **state)
{
    static const struct {
        const char *imei, *imsi, *known; /* wanted */
        bool own;
        const char *has_imei, *has_imsi;
        enum identity identity;
        const char *why;
    } cases[] = {
        {NULL, NULL, "", true, "", "", IDENTITY_FITS, ""},
        {"", "", "", true, "", "", IDENTITY_FITS, ""},
        {NULL, NULL, "", true, "860000000000001", OTHER, IDENTITY_FITS, ""},
        {NULL, OURS, "", true, "", OURS, IDENTITY_FITS, ""},
        {NULL, OURS, OTHER, false, "", OURS, IDENTITY_FITS, ""},
        {NULL, NULL, OURS, false, "", OURS, IDENTITY_FITS, ""},
        {NULL, NULL, OURS, true, "", OTHER, IDENTITY_FITS, ""},
        {"860000000000001", OURS, OURS, false, "860000000000001", OURS, IDENTITY_FITS, ""},
        {NULL, OURS, "", true, "", OTHER, IDENTITY_STRANGE,
         "the SIM is 46002******0042 and has to be 46000******0017: change it, or set imsi"},
        {NULL, NULL, OURS, false, "", OTHER, IDENTITY_STRANGE,
         "the SIM is 46002******0042 and has to be 46000******0017: change it, or set imsi"},
        {NULL, OURS, "", true, "", "460000000010017", IDENTITY_STRANGE,
         "the SIM is 46000******0017 and has to be 46000******0017 (with another middle): change "
         "it, or set imsi"},
        {NULL, OURS, "", true, "", "", IDENTITY_UNTOLD,
         "the modem doesn't tell its IMSI, which has to be 46000******0017"},
        {NULL, NULL, OURS, false, "", "", IDENTITY_UNTOLD,
         "the modem doesn't tell its IMSI, which has to be 46000******0017"},
        {NULL, NULL, OURS, true, "", "", IDENTITY_UNTOLD,
         "the modem doesn't tell its IMSI, which was 46000******0017"},
        {"860000000000001", OURS, "", true, "860000000000002", OURS, IDENTITY_STRANGE,
         "the modem's IMEI is 860000000000002 and has to be 860000000000001: change it, or set "
         "imei"},
        {"860000000000001", NULL, "", true, "", OURS, IDENTITY_UNTOLD,
         "the modem doesn't tell its IMEI, which has to be 860000000000001"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct modem modem = {.imei = (char *)(uintptr_t)cases[i].imei,
                              .imsi = (char *)(uintptr_t)cases[i].imsi};
        struct modem_health health = {0};
        char why[IDENTITY_WHY_MAX] = "";

        strcpy(health.imei, cases[i].has_imei);
        strcpy(health.imsi, cases[i].has_imsi);
        assert_int_equal(identity_judge(&modem, cases[i].known, cases[i].own, &health, why),
                         cases[i].identity);
        assert_string_equal(why, cases[i].why);
    }
}

/* Two tries whose ends nobody saw, of each PIN. */
static void test_pin_tries(void **state)
{
    (void)state;
    assert_true(modem_pin_try(0, 7) == -7);
    assert_true(modem_pin_try(-7, 7) == 7);
    assert_true(modem_pin_try(8, 7) == -7);
    assert_true(modem_pin_try(-8, 7) == -7);
}

/* The mark depends on both, and isn't the PIN. */
static void test_pin_marks(void **state)
{
    int64_t mark = modem_pin_mark("bank/0", "1234");

    (void)state;
    assert_true(mark == modem_pin_mark("bank/0", "1234"));
    assert_true(mark != modem_pin_mark("bank/0", "1235"));
    assert_true(mark != modem_pin_mark("bank/1", "1234"));
    assert_true(mark != 1234);
    for (int i = 0; i < 10000; i++) {
        char pin[5];

        snprintf(pin, sizeof pin, "%04d", i);
        assert_true(modem_pin_mark("m", pin) > 0);
        assert_true(i == 1234 || modem_pin_mark("bank/0", pin) != mark);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fits),
        cmocka_unit_test(test_pin_tries),
        cmocka_unit_test(test_pin_marks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
