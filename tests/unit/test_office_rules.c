/* test_office_rules: quiet times, holidays, approvers, the alarm, units inside units, prices. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include <cmocka.h>

#include "gateway/base/mem.h"
#include "gateway/base/sign.h"
#include "gateway/config/config.h"
#include "tests/support/stage.h"
#include "tests/unit/findings.h"

static const struct option_kind *no_kinds(size_t i)
{
    (void)i;
    return NULL;
}

#define REST                                                                                       \
    "ledger = { path = \"books.db\"; };\nunits = ( { id = \"city\"; name = \"City\"; } );\n"

/* Keys of nobody, made for this run. */
static char keys[2][SIGN_TEXT_MOST];

static int keys_open(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct sign_key *key = sign_key_make(i ? "zhao" : "wang");
        struct sign_public public;

        sign_key_public(key, SIGN_LOG, &public);
        sign_public_text(&public, keys[i]);
        sign_key_free(key);
    }
    return 0;
}

/* general: what group office has beside its name. Then follow REST, in lines 2 and 3, and more. */
static struct office *read_office(const char *general, const char *more, struct diag *diag)
{
    struct office *office;
    struct stage stage;
    char path[512];
    int rc;

    stage_open(&stage);
    stage_write(&stage, "lawcast.cfg", "office = { name = \"x\"; %s };\n%s%s", general,
                strstr(more, "units = ") ? "ledger = { path = \"books.db\"; };\n" : REST, more);
    snprintf(path, sizeof path, "%s/lawcast.cfg", stage.dir);
    assert_int_equal(chmod(path, 0600), 0);
    rc = config_read_office(path, no_kinds, diag, &office);
    assert_int_equal(rc, diag->errors > 0);
    assert_int_equal(office == NULL, diag->errors > 0);
    stage_close(&stage);
    return office;
}

static struct office *read_fine(const char *general, const char *more)
{
    struct diag diag = DIAG_NULL;
    struct office *office = read_office(general, more, &diag);

    diag_print(&diag, stderr);
    assert_int_equal(diag.n, 0);
    return office;
}

static void drop_office(struct office *office)
{
    office_free(office);
    free(office);
}

static int64_t at(const char *text)
{
    int64_t wall_ms;

    assert_int_equal(window_parse_time(text, &wall_ms), 0);
    return wall_ms;
}

static void test_presets(void **state)
{
    struct office *office = read_fine("", "");

    (void)state;
    assert_int_equal(office->quiet.n, 0);
    assert_int_equal(office->n_holidays, 0);
    assert_string_equal(office->currency, "元");
    assert_int_equal(office->drain_s, 60);
    assert_false(office->approval);
    assert_int_equal(office->n_approvers, 0);
    assert_null(office->alarm_url);
    assert_int_equal(office->units[0].parent, -1);
    drop_office(office);
}

/* Holidays are days of the office's own zone, wherever the file is read. */
static void test_times(void **state)
{
    struct office *office;

    (void)state;
    setenv("TZ", "America/Havana", 1);
    tzset();
    office = read_fine(
        "quiet = [ \"21:00-08:00\", \"sat,sun 12:00-14:00\" ]; drain = 0; currency = \"EUR\"; "
        "timezone = \"Europe/Berlin\";\n"
        "holidays = [ \"2026-05-01\", \"2026-10-03..2026-10-07\", \"2026-10-01..2026-10-04\","
        " \"2026-03-29\" ];",
        "");
    assert_int_equal(office->quiet.n, 2);
    assert_true(quiet_at(&office->quiet, at("2026-10-31 13:00")));
    assert_false(quiet_at(&office->quiet, at("2026-10-30 13:00")));
    assert_int_equal(office->n_holidays, 3);
    assert_int_equal(office->holidays[0].from_ms, at("2026-03-29 00:00"));
    assert_int_equal(office->holidays[0].to_ms - office->holidays[0].from_ms, 23 * 3600000);
    assert_int_equal(office->holidays[1].from_ms, at("2026-05-01 00:00"));
    assert_int_equal(office->holidays[2].from_ms, at("2026-10-01 00:00"));
    assert_int_equal(office->holidays[2].to_ms, at("2026-10-08 00:00"));
    assert_int_equal(office->drain_s, 0);
    assert_string_equal(office->currency, "EUR");
    drop_office(office);
    office = read_fine("quiet = \"21:00-08:00\"; holidays = \"2026-05-01\";", "");
    assert_int_equal(office->quiet.n, 1);
    assert_int_equal(office->n_holidays, 1);
    drop_office(office);
}

static void test_approval(void **state)
{
    MEM_FREE_LATER char *both =
        mem_printf("approval = { approvers = ( { name = \"王某\"; key = \"%s\"; },\n"
                   "{ name = \"赵某\"; key = \"%s\"; } ); };\n",
                   keys[0], keys[1]);
    struct office *office = read_fine("", both);

    (void)state;
    assert_true(office->approval);
    assert_int_equal(office->n_approvers, 2);
    assert_string_equal(office->approvers[1].name, "赵某");
    assert_string_equal(office->approvers[1].key, keys[1]);
    assert_int_equal(office->approvers[1].line, 5);
    drop_office(office);
    office = read_fine("", "approval = { required = false; };\n");
    assert_false(office->approval);
    drop_office(office);
    office = read_fine("", "approval = { required = true; };\n");
    assert_true(office->approval);
    drop_office(office);
}

static void expect_refused(const char *general, const char *more, int line, const char *part)
{
    struct diag diag = DIAG_NULL;

    assert_null(read_office(general, more, &diag));
    findings_expect_one(&diag, "/lawcast.cfg", line, part);
    diag_free(&diag);
    setenv("LC_ALL", "zh_CN.UTF-8", 1);
    assert_null(read_office(general, more, &diag));
    unsetenv("LC_ALL");
    assert_true(findings_are_chinese(&diag));
    diag_free(&diag);
}

static void test_approvers_refused(void **state)
{
    static const struct {
        const char *format; /* key, other key, key */
        const char *part;
    } cases[] = {
        {"approval = { approvers = (\n{ name = \"王某\"; key = \"%.10s\"; } ); };\n",
         "no public key"},
        {"approval = { approvers = (\n{ name = \"王某\"; key = \"x%s\"; } ); };\n",
         "no public key"},
        {"approval = { approvers = (\n{ name = \"王某 \"; key = \"%s\"; } ); };\n",
         "person's name"},
        {"approval = { approvers = (\n{ key = \"%s\"; } ); };\n", "name is missing"},
        {"approval = { approvers = ( { name = \"王 某\"; key = \"%s\"; },\n{ name = \"王某\"; key "
         "= "
         "\"%s\"; } ); };\n",
         "in line 4 has the same"},
        {"approval = { approvers = ( { name = \"a\"; key = \"%1$s\"; },\n{ name = \"b\"; key = "
         "\"%1$s\"; } ); };\n",
         "in line 4 has the same"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[1024];

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        snprintf(text, sizeof text, cases[i].format, keys[0], keys[1]);
#pragma GCC diagnostic pop
        expect_refused("", text, 5, cases[i].part);
    }
    expect_refused("", "approval = { approvers = ( { name = \"a\"; } ); };\n", 4, "key is missing");
    expect_refused("", "approval = { approvers = 5; };\n", 4, "list of groups");
    expect_refused("", "approval = { requird = true; };\n", 4, "Did you mean required?");
}

static const struct {
    const char *general, *more;
    int line;
    const char *part;
} mistakes[] = {
    {"\nquiet = \"21:00\";", "", 2, "quiet: \"21:00\" is not a time of day"},
    {"\nquiet = [ \"21:00-08:00\",\n\"25:00-26:00\" ];", "", 3,
     "\"25:00-26:00\" is not a time of day"},
    {"\nquiet = \"00:00-24:00\";", "", 2, "quiet takes up all days"},
    {"\nquiet = [ \"mon-fri 00:00-24:00\", \"sat,sun 08:00-08:00\" ];", "", 2,
     "quiet takes up all days"},
    {"\nholidays = [ \"2026-10-01\",\n\"2026-02-30\" ];", "", 3, "February 2026 has 28 days"},
    {"\nholidays = \"1. Oktober\";", "", 2, "is not a date. Write \"2026-10-31\""},
    {"\nholidays = \"10-01\";", "", 2, "is not a date. Write \"2026-10-31\""},
    {"\nholidays = \"2026/10/1\";", "", 2, "Write \"2026-10-01\""},
    {"\nholidays = \"2026-10-07..2026-10-01\";", "", 2, "ends before it begins"},
    {"\nholidays = \"2026-10-01..2062-10-07\";", "", 2, "longer than a year"},
    {"\nholidays = \"2026-10-01..\";", "", 2, "\"\" is not a date"},
    {"\nholidays = \"2026-10-01-2026-10-07\";", "", 2, "is not a date"},
    {"\nholidays = 20261001;", "", 2, "holidays expects texts"},
    {"\ndrain = 3601;", "", 2, "between 0 and 3600 s"},
    {"\ncurrency = \"\";", "", 2, "must not be empty"},
    {"", "alarm = { };\n", 4, "url is missing"},
    {"", "alarm = {\nurl = \"ftp://192.0.2.30/\"; };\n", 5, "url expects an address"},
    {"", "alarm = {\nurl = \"https:///alarm\"; };\n", 5, "url expects an address"},
    {"", "alarm = {\nurl = \"https://192.0.2.30/a b\"; };\n", 5, "url expects an address"},
    {"",
     "units = ( { id = \"city\"; name = \"C\"; },\n{ id = \"a\"; name = \"A\"; parent = \"cty\"; } "
     ");\n",
     4, "Did you mean \"city\"?"},
    {"", "units = (\n{ id = \"a\"; name = \"A\"; parent = \"a\"; } );\n", 4, "belong to itself"},
    {"",
     "units = ( { id = \"a\"; name = \"A\"; parent = \"c\"; },\n{ id = \"b\"; name = \"B\"; parent "
     "= \"a\"; },\n"
     "{ id = \"c\"; name = \"C\"; parent = \"b\"; } );\n",
     5, "belong to itself"},
    {"", "modems = ( { id = \"a\"; devices = \"/dev/x\"; per_hour = 1;\nprice = 0.045; } );\n", 5,
     "price expects a text"},
    {"", "modems = ( { id = \"a\"; devices = \"/dev/x\"; per_hour = 1;\nprice = \"0,045\"; } );\n",
     5, "\"0,045\" is no price"},
    {"",
     "modems = ( { id = \"a\"; devices = \"/dev/x\"; per_hour = 1;\nprice = \"0.04501\"; } );\n", 5,
     "is no price"},
    {"", "modems = ( { id = \"a\"; devices = \"/dev/x\"; per_hour = 1;\nprice = \".5\"; } );\n", 5,
     "is no price"},
    {"", "modems = ( { id = \"a\"; devices = \"/dev/x\"; per_hour = 1;\nprice = \"1.\"; } );\n", 5,
     "is no price"},
    {"", "modems = ( { id = \"a\"; devices = \"/dev/x\"; per_hour = 1;\nprice = \"10000\"; } );\n",
     5, "is no price"},
    {"", "modems = ( { id = \"a\"; devices = \"/dev/x\"; per_hour = 1;\nair_ms = 600001; } );\n", 5,
     "between 0 and 600000 ms"},
};

static void test_mistakes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++)
        expect_refused(mistakes[i].general, mistakes[i].more, mistakes[i].line, mistakes[i].part);
}

/* An address with a key in it is never shown, and the file is private. */
static void test_alarm(void **state)
{
    struct office *office =
        read_fine("", "alarm = { url = \"https://chat.example/hook?key=not-a-real-key\"; };\n");
    struct diag diag = DIAG_NULL;

    (void)state;
    assert_string_equal(office->alarm_url, "https://chat.example/hook?key=not-a-real-key");
    drop_office(office);
    assert_null(
        read_office("", "alarm = { url = \"chat.example/hook?key=not-a-real-key\"; };\n", &diag));
    for (size_t i = 0; i < diag.n; i++)
        assert_null(strstr(diag.entries[i].message, "not-a-real-key"));
    diag_free(&diag);
}

static void test_parents(void **state)
{
    struct office *office = read_fine(
        "", "units = ( { id = \"a\"; name = \"A\"; parent = \"c\"; },\n"
            "{ id = \"b\"; name = \"B\"; parent = \"a\"; },\n{ id = \"c\"; name = \"C\"; } );\n");

    (void)state;
    assert_int_equal(office->units[0].parent, 2);
    assert_int_equal(office->units[1].parent, 0);
    assert_int_equal(office->units[2].parent, -1);
    drop_office(office);
}

static void test_prices(void **state)
{
    static const struct {
        const char *text;
        int64_t price;
    } cases[] = {{"0.045", 450},          {"0.0001", 1}, {"0", 0},       {"1", OFFICE_PRICE_UNIT},
                 {"9999.9999", 99999999}, {"0.5", 5000}, {"0.50", 5000}, {"12.3450", 123450}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        MEM_FREE_LATER char *text =
            mem_printf("modems = ( { id = \"a\"; devices = \"/dev/x[0-1]\"; per_hour = 1; price = "
                       "\"%s\"; air_ms = 2500; } );\n",
                       cases[i].text);
        struct office *office = read_fine("", text);

        for (size_t k = 0; k < 2; k++) {
            assert_int_equal(office->modems[k].price, cases[i].price);
            assert_int_equal(office->modems[k].air_ms, 2500);
        }
        drop_office(office);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_presets),  cmocka_unit_test(test_times),
        cmocka_unit_test(test_approval), cmocka_unit_test(test_approvers_refused),
        cmocka_unit_test(test_mistakes), cmocka_unit_test(test_alarm),
        cmocka_unit_test(test_parents),  cmocka_unit_test(test_prices),
    };

    return cmocka_run_group_tests(tests, keys_open, NULL);
}
