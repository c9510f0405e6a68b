/* test_office_modems: banks with their SIMs, limits, operators and refusals, in conf/lawcast.cfg.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "gateway/config/config.h"
#include "tests/support/stage.h"
#include "tests/unit/findings.h"

static const struct option_kind *no_kinds(size_t i)
{
    (void)i;
    return NULL;
}

#define HEAD                                                                                       \
    "office = { name = \"x\"; };\nledger = { path = \"books.db\"; };\n"                            \
    "units = ( { id = \"city\"; name = \"City\"; } );\n"
/* What follows begins in line 4. */
#define BANK(more)    "modems = ( { id = \"a\"; devices = \"/dev/x[0-1]\"; " more " } );\n"
#define LIMITED(more) BANK("per_hour = 200; per_day = 1000; " more)

/* mode: of the configuration's file. */
static struct office *read_office_as(const char *text, mode_t mode, struct diag *diag)
{
    struct office *office;
    struct stage stage;
    int rc;

    stage_open(&stage);
    stage_write(&stage, "lawcast.cfg", "%s", text);
    stage_write(&stage, "operators.csv", "号段,运营商\n138,移动\n130,联通\n");
    stage_write(&stage, "ported.csv", "号码,运营商\n13800001234,电信\n");
    stage_write(&stage, "wrong.csv", "号段,运营商\n138,移动\n13,移动\n");
    assert_int_equal(chmod(stage.conf, mode), 0);
    rc = config_read_office(stage.conf, no_kinds, diag, &office);
    assert_int_equal(rc, diag->errors > 0);
    assert_int_equal(rc, office == NULL);
    stage_close(&stage);
    return office;
}

static struct office *read_office(const char *text, struct diag *diag)
{
    return read_office_as(text, 0600, diag);
}

static void drop_office(struct office *office)
{
    if (office)
        office_free(office);
    free(office);
}

static void test_defaults(void **state)
{
    struct diag diag = DIAG_NULL;
    struct office *office = read_office(HEAD LIMITED(""), &diag);
    const struct modem *modem;

    (void)state;
    assert_non_null(office);
    assert_int_equal(diag.n, 0);
    modem = &office->modems[1];
    assert_int_equal(modem->limits.per_hour, 200);
    assert_int_equal(modem->limits.per_day, 1000);
    assert_int_equal(modem->gap_ms, 0);
    assert_int_equal(modem->group, -1);
    assert_int_equal(modem->network, -1);
    assert_null(modem->pin);
    assert_null(modem->imsi);
    assert_null(modem->imei);
    assert_int_equal(modem->spares->n, 0);
    assert_null(office->operators);
    assert_null(office->operators_file);
    assert_null(office->refusal_answer);
    assert_int_equal(office->refusal_words.n, 0);
    drop_office(office);
}

static void test_whole(void **state)
{
    struct diag diag = DIAG_NULL;
    struct office *office = read_office(
        HEAD "operators = \"operators.csv\"; ported = \"ported.csv\";\n"
             "limits = ( { id = \"pool-a\"; per_hour = 20; per_day = 100; },\n"
             "           { id = \"pool-b\"; per_day = 300000; } );\n"
             "refusals = { words = [ \"取消\", \"0000\" ]; answer = \"已登记。\"; };\n"
             "modems = ( { id = \"a\"; devices = \"/dev/x[0-1]\"; limits = \"pool-b\";\n"
             "  operator = \"unicom\"; gap_ms = 600000; pin = \"0000\"; grace_ms = \"libgammu\";\n"
             "  imsi = [ \"460010000000001\", \"46001000000002\" ];\n"
             "  imei = [ \"350000000000001\", \"350000000000001\" ];\n"
             "  spare_devices = [ \"/dev/x[0-3]\", \"/dev/y\" ]; },\n"
             " { id = \"b\"; devices = \"/dev/z\"; imsi = \"460000000000003\"; per_hour = 1; } );",
        &diag);
    const struct modem *modem;

    (void)state;
    assert_non_null(office);
    assert_int_equal(diag.n, 0);
    modem = &office->modems[1];
    assert_int_equal(modem->group, 1);
    assert_int_equal(modem->network, OPERATOR_UNICOM);
    assert_int_equal(modem->gap_ms, 600000);
    assert_int_equal(modem->grace_ms, -1);
    assert_string_equal(modem->pin, "0000");
    assert_string_equal(modem->imsi, "46001000000002");
    assert_string_equal(modem->imei, "350000000000001");
    assert_int_equal(modem->spares->n, 5);
    assert_string_equal(modem->spares->items[3], "/dev/x3");
    assert_ptr_equal(modem->spares, office->modems[0].spares);
    assert_string_equal(office->modems[2].imsi, "460000000000003");
    assert_int_equal(office->modems[2].spares->n, 0);
    assert_int_equal(office->n_groups, 2);
    assert_int_equal(office->groups[0].limits.per_hour, 20);
    assert_int_equal(office->groups[1].limits.per_day, 300000);
    assert_int_equal(office->groups[1].line, 6);
    assert_non_null(strstr(office->operators_file, "/operators.csv"));
    assert_int_equal(operators_find(office->operators, INT64_C(8613800001233)), OPERATOR_MOBILE);
    assert_int_equal(operators_find(office->operators, INT64_C(8613800001234)), OPERATOR_TELECOM);
    assert_string_equal(office->refusal_words.items[0], "取消");
    assert_string_equal(office->refusal_answer, "已登记。");
    drop_office(office);
}

static const struct {
    const char *text;
    enum diag_kind kind;
    int line;
    const char *says;
} findings[] = {
    {LIMITED("limits = \"pool\";"), DIAG_ERROR, 4, "pool"},
    {"limits = ( { id = \"pool-a\"; per_day = 9; } );\n" LIMITED("limits = \"pool-b\";"),
     DIAG_ERROR, 5, "pool-a"},
    {"limits = ( { id = \"p\"; per_day = 9; }, { id = \"p\"; per_day = 9; } );\n" LIMITED(""),
     DIAG_ERROR, 4, "second time"},
    {"limits = ( { id = \"p q\"; per_day = 9; } );\n" LIMITED(""), DIAG_ERROR, 4, "letters"},
    {"limits = ( { per_day = 9; } );\n" LIMITED(""), DIAG_ERROR, 4, "id is missing"},
    {"limits = ( { id = \"p\"; per_day = -1; } );\n" LIMITED(""), DIAG_ERROR, 4, "between 0"},
    {"limits = ( { id = \"p\"; } );\n" LIMITED(""), DIAG_WARNING, 4, "limits nothing"},
    {"limits = ( { id = \"p\"; per_hour = 9;\nper_day = 8; } );\n" LIMITED(""), DIAG_WARNING, 4,
     "more than per_day"},
    {BANK(""), DIAG_WARNING, 4, "no limits"},
    {BANK("\nper_hour = 10; per_day = 5;"), DIAG_WARNING, 5, "more than per_day"},
    {BANK("per_hour = 1000001;"), DIAG_ERROR, 4, "between 0 and 1000000 parts"},
    {BANK("per_hour = \"libgammu\";"), DIAG_ERROR, 4, "whole number"},
    {LIMITED("grace_ms = \"gammu\";"), DIAG_ERROR, 4, "whole number"},
    {LIMITED("grace_ms = -2;"), DIAG_ERROR, 4, "between -1 and 500"},
    {LIMITED("gap_ms = 600001;"), DIAG_ERROR, 4, "between 0 and 600000 ms"},
    {LIMITED("operator = \"cmcc\";"), DIAG_ERROR, 4, "\"auto\", \"mobile\""},
    {LIMITED("\noperator = \"mobile\";"), DIAG_WARNING, 5, "operators.csv"},
    {"operators = \"operators.csv\";\n" LIMITED("operator = \"mobile\";\nimsi = [ "
                                                "\"460000000000001\",\n\"460010000000002\" ];"),
     DIAG_WARNING, 7, "China Unicom, but operator says China Mobile"},
    {"operators = \"missing.csv\";\n" LIMITED(""), DIAG_ERROR, 0, "can't be read"},
    {"operators = \"wrong.csv\";\n" LIMITED(""), DIAG_ERROR, 3, "no prefix"},
    {"ported = \"operators.csv\";\n" LIMITED(""), DIAG_ERROR, 1, "No column is called"},
    {"operators = \"\";\n" LIMITED(""), DIAG_ERROR, 4, "must not be empty"},
    {LIMITED("pin = \"123\";"), DIAG_ERROR, 4, "4 to 8"},
    {LIMITED("pin = \"123456789\";"), DIAG_ERROR, 4, "4 to 8"},
    {LIMITED("\npin = \"123x\";"), DIAG_ERROR, 5, "digits"},
    {LIMITED("pin = 1234;"), DIAG_ERROR, 4, "quotation marks"},
    {LIMITED("imsi = \"460000000000001\";"), DIAG_ERROR, 4, "1 entries, but the bank has 2 modems"},
    {LIMITED("imei = [ \"350000000000001\" ];"), DIAG_ERROR, 4, "imei has 1 entries"},
    {LIMITED("imsi = [ \"460000000000001\",\n\"460000000000001\" ];"), DIAG_ERROR, 5,
     "second time"},
    {LIMITED("imsi = [ \"460000000000001\",\n\"4600000000000012\" ];"), DIAG_ERROR, 5, "14 or 15"},
    {LIMITED("imsi = [ \"460000000000001\",\n\"46000000000001x\" ];"), DIAG_ERROR, 5, "14 or 15"},
    {LIMITED("imei = [ \"3500000000001\",\n\"350000000000001\" ];"), DIAG_ERROR, 4, "imei"},
    {LIMITED("spare_devices = [ \"/dev/y\",\n\"ttyUSB1\" ];"), DIAG_ERROR, 5,
     "spare_devices: ttyUSB1"},
    {LIMITED("spare_devices = \"/dev/ttyUSB0-4\";"), DIAG_WARNING, 4, "in brackets"},
    {"refusals = { words = [ \"取消\",\n\" 。\" ]; };\n" LIMITED(""), DIAG_ERROR, 5, "recognised"},
    {"refusals = { words = [ \"十一个汉字的词语太长了吧\" ]; };\n" LIMITED(""), DIAG_ERROR, 4,
     "recognised"},
    {"refusals = { words = [ \"td\" ]; };\n" LIMITED(""), DIAG_WARNING, 4, "left out"},
    {"refusals = { answer = \"a\tb\"; };\n" LIMITED(""), DIAG_ERROR, 4, "control"},
    {"refusals = { answer = \"\"; };\n" LIMITED(""), DIAG_ERROR, 4, "answer"},
    {"refusals = { answer = "
     "\"一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二三四五六"
     "七八九十一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一\"; };\n" LIMITED(""),
     DIAG_ERROR, 4, "70 characters"},
};

static void test_each_finding_stands_at_its_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof findings / sizeof *findings; i++) {
        struct diag diag = DIAG_NULL;
        char text[2000];

        snprintf(text, sizeof text, HEAD "%s", findings[i].text);
        drop_office(read_office(text, &diag));
        if (diag.n != 1 || diag.entries[0].kind != findings[i].kind ||
            !findings_have(&diag, findings[i].kind, NULL, findings[i].line, findings[i].says)) {
            diag_print(&diag, stderr);
            fail_msg("case %zu: wanted one finding in line %d: %s", i, findings[i].line,
                     findings[i].says);
        }
        diag_free(&diag);
    }
}

static void test_findings_in_chinese(void **state)
{
    (void)state;
    assert_int_equal(setenv("LC_ALL", "zh_CN.UTF-8", 1), 0);
    for (size_t i = 0; i < sizeof findings / sizeof *findings; i++) {
        struct diag diag = DIAG_NULL;
        char text[2000];

        snprintf(text, sizeof text, HEAD "%s", findings[i].text);
        drop_office(read_office(text, &diag));
        assert_true(diag.n == 1 && findings_are_chinese(&diag));
        diag_free(&diag);
    }
    assert_int_equal(setenv("LC_ALL", "C", 1), 0);
}

static void test_pins_are_for_the_office_only(void **state)
{
    struct diag diag = DIAG_NULL;

    (void)state;
    drop_office(read_office_as(HEAD LIMITED("\npin = \"8642\";"), 0644, &diag));
    assert_int_equal(diag.n, 1);
    findings_expect(&diag, DIAG_WARNING, "/lawcast.cfg", 5, "chmod o-r");
    diag_free(&diag);
    drop_office(read_office_as(HEAD LIMITED(""), 0644, &diag));
    assert_int_equal(diag.n, 0);
    /* Whatever is wrong with it, no message tells it. */
    drop_office(read_office(HEAD LIMITED("pin = \"8642x\";") "", &diag));
    assert_int_equal(diag.errors, 1);
    assert_null(strstr(diag.entries[0].message, "8642"));
    diag_free(&diag);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_whole),
        cmocka_unit_test(test_each_finding_stands_at_its_line),
        cmocka_unit_test(test_findings_in_chinese),
        cmocka_unit_test(test_pins_are_for_the_office_only),
    };

    setenv("LC_ALL", "C", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
