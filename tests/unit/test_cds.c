/* test_cds: a status report is read as the standard writes it, and nothing else is.
 * Runs: any. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "adapters/modem/cds.h"

#define CENTRE "0891683108100005F0"
/* 2026-11-23 08:05:00 +08:00, and -08:00; then the time of delivery */
#define EAST "62113280500023"
#define WEST "6211328050002B"
#define DONE "62113280600023"

static void test_good(void **state)
{
    static const struct {
        const char *digits;
        int64_t address, sent_ms;
        int reference, status;
        enum report_kind kind;
    } cases[] = {
        {CENTRE "06FF0D91683108000000F1" EAST DONE "00", 8613800000001, 1795392300000, 255, 0,
         REPORT_DELIVERED},
        {"0006000B8131080000"
         "00F2" WEST DONE "46",
         13800000002, 1795449900000, 0, 0x46, REPORT_FAILED},
        /* More bits in the first octet, and something after the status. */
        {"0026110D91683108000000F1" EAST DONE "30FF", 8613800000001, 1795392300000, 0x11, 0x30,
         REPORT_PENDING},
        /* No month has the number 13. */
        {"0006110D91683108000000F1"
         "62313280500023" DONE "00",
         8613800000001, 0, 0x11, 0, REPORT_DELIVERED},
        {"0006110D91683108000000F1"
         "6211328050F023" DONE "00",
         8613800000001, 0, 0x11, 0, REPORT_DELIVERED},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct status_report report;

        if (cds_parse(cases[i].digits, strlen(cases[i].digits), &report))
            fail_msg("case %zu is refused", i);
        assert_int_equal(report.address, cases[i].address);
        assert_int_equal(report.sent_ms, cases[i].sent_ms);
        assert_int_equal(report.reference, cases[i].reference);
        assert_int_equal(report.status, cases[i].status);
        assert_int_equal(report.kind, cases[i].kind);
    }
}

/* Cut short at every place it is refused. */
static void test_cut(void **state)
{
    const char *digits = CENTRE "06FF0D91683108000000F1" EAST DONE "00";
    struct status_report report;

    (void)state;
    assert_int_equal(cds_parse(digits, strlen(digits), &report), 0);
    for (size_t length = 0; length < strlen(digits); length++)
        if (cds_parse(digits, length, &report) == 0)
            fail_msg("taken at %zu digits", length);
}

static void test_bad(void **state)
{
    static const char *const lines[] = {
        "+CDS: 6,12,\"+8613800000001\",145",       /* text mode */
        "0004110D91683108000000F1" EAST DONE "00", /* an SMS-DELIVER */
        "00061100916" EAST DONE "00",
        "0006110091" EAST DONE "00",                   /* no digit */
        "00061113916831080000000000F1" EAST DONE "00", /* 19 digits */
        "0006110D91683108A00000F1" EAST DONE "00",     /* a digit A */
        "0006110DD1683108000000F1" EAST DONE "00",     /* a name */
        "000611049100000000" EAST DONE "00",           /* number 0 */
        "FF06110D91683108000000F1" EAST DONE "00",     /* a centre beyond the end */
    };
    struct status_report report;

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        if (cds_parse(lines[i], strlen(lines[i]), &report) == 0)
            fail_msg("taken for sense: %s", lines[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_good), cmocka_unit_test(test_cut),
                                       cmocka_unit_test(test_bad)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
