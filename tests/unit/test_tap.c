/* test_tap: reports and answers are heard in whatever pieces they come, and a modem that talks
 * without end is found out.
 * Runs: any. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "adapters/modem/tap.h"

#define CDS(reference)                                                                             \
    "\r\n+CDS: 25\r\n0006" reference "0D91683108000000F1621132805000236211328060002300\r\n"

struct heard {
    int n, last;
};

static void hear(void *ctx, const struct status_report *report)
{
    struct heard *heard = ctx;

    assert_int_equal(report->address, 8613800000001);
    heard->n++;
    heard->last = report->reference;
}

static void feed(struct tap *tap, const char *text)
{
    tap_feed(tap, text, strlen(text));
}

/* All at once, and byte for byte. */
static void test_pieces(void **state)
{
    const char *text =
        "AT+CMGS=24\r\r\n> 0011000D91\x1a" CDS("05") "\r\n+CMGS: 77\r\n\r\nOK\r\n" CDS(
            "06") "\r\n+CMS ERROR: 38\r\n\r\n+CDSI: \"SM\",3\r\n";

    (void)state;
    for (size_t step = 1; step <= strlen(text); step += strlen(text) - 1) {
        struct heard heard = {0};
        struct tap tap = {.report = hear, .ctx = &heard};

        for (size_t at = 0; at < strlen(text); at += step)
            tap_feed(&tap, text + at, step);
        assert_int_equal(heard.n, 2);
        assert_int_equal(heard.last, 6);
        assert_int_equal(tap_fetch_taken(&tap), 1);
        assert_int_equal(tap_fetch_taken(&tap), 0);
        assert_int_equal(tap_fetch_errors(&tap), 1);
        assert_int_equal(tap.botched, 0);
        assert_int_equal(tap.heard, strlen(text));
    }
}

static void test_botched_reports(void **state)
{
    struct heard heard = {0};
    struct tap tap = {.report = hear, .ctx = &heard};
    char digits[CDS_DIGITS_MAX + 100];

    (void)state;
    feed(&tap, "+CDS: 25\r\nOK\r\n");
    feed(&tap, "+CDS: 25\r\n0006\r\n");
    memset(digits, '0', sizeof digits - 1);
    digits[sizeof digits - 1] = '\0';
    feed(&tap, "+CDS: 25\r\n");
    feed(&tap, digits);
    feed(&tap, "\r\n");
    assert_int_equal(tap.botched, 3);
    assert_int_equal(heard.n, 0);
    feed(&tap, CDS("01"));
    assert_int_equal(heard.n, 1);
}

/* What an ended answer brings doesn't count, however much it is. */
static void test_no_flood(void **state)
{
    struct heard heard = {0};
    struct tap tap = {.report = hear, .ctx = &heard};

    (void)state;
    for (int i = 0; i < 20000; i++) {
        feed(&tap, "\r\n^RSSI:19\r\n");
        feed(&tap, CDS("01"));
        if (i % 1000 == 0)
            feed(&tap, "AT\r\r\n+SOMETHING: 1\r\n\r\nOK\r\n");
        assert_false(tap_is_flooded(&tap));
    }
    assert_int_equal(heard.n, 20000);
}

static void test_floods(void **state)
{
    /* libgammu sees the end of an answer only behind CR LF. */
    static const char *const floods[] = {"x", "garbage\r\n", "OK\n", "OK\r", "\xff\0\r\nxx"};

    (void)state;
    for (size_t i = 0; i < sizeof floods / sizeof *floods; i++) {
        struct heard heard = {0};
        struct tap tap = {.report = hear, .ctx = &heard};
        size_t fed = 0;

        while (!tap_is_flooded(&tap) && fed < 2 * TAP_FLOOD) {
            feed(&tap, floods[i]);
            fed += strlen(floods[i]);
        }
        assert_in_range(fed, TAP_FLOOD / 2, TAP_FLOOD + 16);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pieces), cmocka_unit_test(test_botched_reports),
        cmocka_unit_test(test_no_flood), cmocka_unit_test(test_floods)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
