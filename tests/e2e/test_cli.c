/* test_cli: what a user gets for bad and good input: the message with its place, the exit code, and
 * books that were not touched. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway/base/json.h"
#include "gateway/base/mem.h"
#include "tests/support/stage.h"

static const char good_office[] =
    "office = { name = \"o\"; timezone = \"Asia/Shanghai\"; };\n"
    "ledger = { path = \"books.db\"; };\n"
    "units = ( { id = \"city\"; name = \"市法宣办\"; signature = \"市法宣办\"; },\n"
    "          { id = \"weather\"; name = \"气象局\"; signature = \"气象局\"; } );\n"
    "modems = ( { id = \"m\"; devices = \"/nonexistent/tty[0-3]\"; } );\n"
    "boards = ( { id = \"plaza\"; owner = \"weather\"; kind = \"onbon-y\"; url = "
    "\"http://192.0.2.1\";\n"
    "             width = 192; height = 64; password = \"guest\"; } );\n";

static const char good_campaign[] =
    "campaign = { id = \"c1\"; title = \"宪法日\";\n"
    "  windows = ( { from = \"2026-10-31 08:30\"; to = \"2026-10-31 11:00\"; } );\n"
    "  sms = { text = \"{姓名}学法守法\"; };\n"
    "  orders = ( { unit = \"city\"; quota = 5; recipients = \"city.csv\"; } );\n"
    "  displays = ( { boards = [ \"plaza\" ]; slogans = [ \"学法\" ]; every = 3600; } );\n"
    "};\n";

static int open_stage(void **state)
{
    struct stage *stage = mem_new(struct stage);

    stage_open(stage);
    stage_write(stage, "lawcast.cfg", "%s", good_office);
    stage_write(stage, "campaign.cfg", "%s", good_campaign);
    stage_write_numbers(stage, "city.csv", 13800000000, 6);
    *state = stage;
    return 0;
}

static int close_stage(void **state)
{
    stage_close(*state);
    free(*state);
    return 0;
}

/* text with every first occurrence of from replaced. */
static char *replaced(const char *text, const char *from, const char *to)
{
    const char *at = strstr(text, from);

    assert_non_null(at);
    return mem_printf("%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
}

static void expect(const struct stage *stage, const char *const *args, int code, const char *says)
{
    char *output;
    int got = stage_lawcast(stage, &output, args);

    if (got != code || !strstr(output, says))
        fail_msg("lawcast %s: exit %d instead of %d, or without \"%s\":\n%s", args[0], got, code,
                 says, output);
    free(output);
}

static void test_good_files(void **state)
{
    const struct stage *stage = *state;

    expect(stage, (const char *[]){"check", "-c", "lawcast.cfg", "campaign.cfg", NULL}, 0,
           "No errors");
    expect(stage, (const char *[]){"plan", "-c", "lawcast.cfg", "campaign.cfg", NULL}, 0,
           "市法宣办");
}

struct mistake {
    const char *file; /* which of the two */
    const char *from, *to;
    const char *says;
};

static const struct mistake mistakes[] = {
    {"campaign.cfg", "quota = 5", "quota = 2147483648", "campaign.cfg:4: error"},
    {"campaign.cfg", "quota = 5", "quota = 0", "campaign.cfg:4: error"},
    {"campaign.cfg", "quota", "qouta", "quota"},
    {"campaign.cfg", "\"city.csv\"", "\"nobody.csv\"", "campaign.cfg:4: error"},
    {"campaign.cfg", "{姓名}", "{名字}", "campaign.cfg:3: error"},
    {"campaign.cfg", "unit = \"city\"", "unit = \"citty\"", "city"},
    {"campaign.cfg", "[ \"plaza\" ]", "[ \"plazza\" ]", "plaza"},
    {"campaign.cfg", "08:30", "25:30", "campaign.cfg:2: error"},
    {"campaign.cfg", "to = \"2026-10-31 11:00\"", "to = \"2026-10-31 08:00\"",
     "campaign.cfg:2: error"},
    {"campaign.cfg", "every = 3600", "every = 5", "campaign.cfg:5: error"},
    {"campaign.cfg", "campaign =", "campaign", "campaign.cfg:1: error"},
    {"campaign.cfg", "宪法日", "\xCF\xDC\xB7\xA8", "campaign.cfg:1: error"},
    {"lawcast.cfg", "kind = \"onbon-y\"", "kind = \"onbon-z\"", "onbon-y"},
    {"lawcast.cfg", "owner = \"weather\"", "owner = \"wether\"", "weather"},
    {"lawcast.cfg", "width = 192", "width = \"192\"", "lawcast.cfg:7: error"},
    {"lawcast.cfg", "Asia/Shanghai", "Asia/Shanghia", "lawcast.cfg:1: error"},
    {"lawcast.cfg", "[0-3]", "[3-0]", "lawcast.cfg:5: error"},
    {"lawcast.cfg", "ledger =", "@include \"/tmp\"\nledger =", "lawcast.cfg:2: error"},
    {"lawcast.cfg", "url = \"http://192.0.2.1\"", "url = \"ftp://192.0.2.1\"",
     "lawcast.cfg:6: error"},
};

/* Each mistake is told with its place, by every command that reads the files, and nothing is
 * written. */
static void test_mistakes(void **state)
{
    const struct stage *stage = *state;

    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        const struct mistake *mistake = &mistakes[i];
        bool campaign = strcmp(mistake->file, "campaign.cfg") == 0;
        char *text = replaced(campaign ? good_campaign : good_office, mistake->from, mistake->to);

        stage_write(stage, mistake->file, "%s", text);
        expect(stage, (const char *[]){"check", "-c", "lawcast.cfg", "campaign.cfg", NULL}, 1,
               mistake->says);
        expect(stage, (const char *[]){"run", "-c", "lawcast.cfg", "campaign.cfg", NULL}, 1,
               mistake->says);
        expect(stage, (const char *[]){"rehearse", "-c", "lawcast.cfg", "campaign.cfg", NULL}, 1,
               mistake->says);
        stage_write(stage, mistake->file, "%s", campaign ? good_campaign : good_office);
        free(text);
    }
    assert_int_equal(access(stage->books, F_OK), -1);
}

/* A byte-order mark, as Windows editors put it, is explained and does no harm. */
static void test_byte_order_mark(void **state)
{
    const struct stage *stage = *state;

    stage_write(stage, "campaign.cfg", "\xEF\xBB\xBF%s", good_campaign);
    expect(stage, (const char *[]){"check", "-c", "lawcast.cfg", "campaign.cfg", NULL}, 0,
           "campaign.cfg:1: warning: The file begins with a byte-order mark");
}

/* All errors of a file at once. */
static void test_all_errors_at_once(void **state)
{
    const struct stage *stage = *state;
    char *output;

    stage_write(
        stage, "lawcast.cfg",
        "office = { nmae = \"o\"; timezone = \"Mars\"; };\nunits = ( { id = \"a b\"; } );\n");
    assert_int_equal(
        stage_lawcast(stage, &output, (const char *[]){"check", "-c", "lawcast.cfg", NULL}), 1);
    assert_non_null(strstr(output, "lawcast.cfg:1: error"));
    assert_non_null(strstr(output, "Did you mean name?"));
    assert_non_null(strstr(output, "Mars"));
    assert_non_null(strstr(output, "lawcast.cfg:2: error"));
    assert_non_null(strstr(output, "ledger"));
    free(output);
}

static void test_wrong_usage(void **state)
{
    const struct stage *stage = *state;

    expect(stage, (const char *[]){"chekc", NULL}, 2, "check");
    expect(stage, (const char *[]){"plan", NULL}, 2, "lawcast plan --help");
    expect(stage, (const char *[]){"report", "--cvs", "c1", NULL}, 2, "--cvs");
    expect(stage, (const char *[]){"rehearse", "--air-ms", "x", "campaign.cfg", NULL}, 2, "60000");
    expect(stage, (const char *[]){"run", "-c", "nothing.cfg", "campaign.cfg", NULL}, 1,
           "nothing.cfg");
    expect(stage, (const char *[]){"report", "-c", "lawcast.cfg", "c1", NULL}, 1, "books.db");
}

static void test_every_help(void **state)
{
    static const char *const names[] = {"check", "plan", "rehearse", "run", "status", "report"};
    const struct stage *stage = *state;

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        expect(stage, (const char *[]){names[i], "--help", NULL}, 0, "Exit codes:");
    expect(stage, (const char *[]){"--help", NULL}, 0, "rehearse");
    expect(stage, (const char *[]){"help", "conf", NULL}, 0, "grace_ms");
    expect(stage, (const char *[]){"help", "campaign", NULL}, 0, "on_unknown");
    expect(stage, (const char *[]){"--version", NULL}, 0, "lawcast");
}

/* Another program's database is not touched. */
static void test_foreign_books(void **state)
{
    const struct stage *stage = *state;

    stage_write(stage, "books.db", "this is somebody's letter, not a database");
    expect(stage, (const char *[]){"run", "-c", "lawcast.cfg", "campaign.cfg", NULL}, 4,
           "books.db");
    expect(stage, (const char *[]){"report", "-c", "lawcast.cfg", "c1", NULL}, 4, "books.db");
}

/* A window that is over: everything is written off, nothing is sent, the report says so. */
static void test_past_window(void **state)
{
    const struct stage *stage = *state;
    char *text = replaced(good_campaign, "from = \"2026-10-31 08:30\"; to = \"2026-10-31 11:00\"",
                          "from = \"2020-10-31 08:30\"; to = \"2020-10-31 11:00\"");
    struct jv *report;
    char *output;

    stage_write(stage, "campaign.cfg", "%s", text);
    free(text);
    expect(stage, (const char *[]){"run", "-c", "lawcast.cfg", "campaign.cfg", NULL}, 3, "c1");
    assert_int_equal(
        stage_lawcast(stage, &output,
                      (const char *[]){"report", "-c", "lawcast.cfg", "--json", "c1", NULL}),
        0);
    report = jv_parse(output, strlen(output), NULL);
    assert_non_null(report);
    assert_int_equal(jv_number(jv_at(report, "/totals/planned"), -1), 5);
    assert_int_equal(jv_number(jv_at(report, "/totals/expired"), -1), 5);
    assert_int_equal(jv_number(jv_at(report, "/totals/sent"), -1), 0);
    jv_free(report);
    free(output);
    expect(stage, (const char *[]){"status", "-c", "lawcast.cfg", NULL}, 0, "c1");
}

#define STAGE_TEST(test) cmocka_unit_test_setup_teardown(test, open_stage, close_stage)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGE_TEST(test_good_files),         STAGE_TEST(test_mistakes),
        STAGE_TEST(test_all_errors_at_once), STAGE_TEST(test_wrong_usage),
        STAGE_TEST(test_every_help),         STAGE_TEST(test_foreign_books),
        STAGE_TEST(test_past_window),        STAGE_TEST(test_byte_order_mark),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
