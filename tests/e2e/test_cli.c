/* test_cli: what a user gets for bad and good input: the message with its place, the exit code, and
 * books that were not touched. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway/base/buffer.h"
#include "gateway/base/clock.h"
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
    "             width = 192; height = 64; password = \"guest\"; } );\n"
    "operators = \"operators.csv\";\n";

static const char good_campaign[] =
    "campaign = { id = \"c1\"; title = \"宪法日\";\n"
    "  windows = ( { from = \"2096-10-31 08:30\"; to = \"2096-10-31 11:00\"; } );\n"
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
    stage_write(stage, "operators.csv", "prefix,operator\n139,mobile\n1703,mobile\n");
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
    expect(stage, (const char *[]){"check", "-c", "lawcast.cfg", NULL}, 0,
           "Number prefixes: 2, ported numbers: 0.");
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
    {"campaign.cfg", "to = \"2096-10-31 11:00\"", "to = \"2096-10-31 08:00\"",
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
    {"campaign.cfg", "{姓名}", "｛姓名｝", "campaign.cfg:3: error"},
    {"campaign.cfg", "10-31 08:30", "10-32 08:30", "October 2096 has 31 days."},
    {"campaign.cfg", "31 11:00", "31 24:00", "write 00:00 of the next one: \"2096-11-01 00:00\""},
    {"campaign.cfg", "08:30", "8:30", "Write \"2096-10-31 08:30\"."},
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

/* Two campaigns on one board at the same time have turns, in which a slogan must be readable. */
static void test_shared_board(void **state)
{
    static const char says[] = "Another campaign wants plaza at the same time: they take turns of "
                               "30 s, but \"";
    const struct stage *stage = *state;
    char *longer = replaced(good_campaign, "\"学法\"",
                            "\"学法守法学法守法学法守法学法守法学法守法学法守法学法守法学法守法学法"
                            "守法学法守法学法守法学法守法学法守法学法守法学法守法学法守法\"");
    char *other = replaced(longer, "c1", "c2"), *later = replaced(other, "2096", "2097");
    char *third = replaced(later, "2096", "2097"), *output;

    stage_write(stage, "longer.cfg", "%s", longer);
    stage_write(stage, "other.cfg", "%s", other);
    stage_write(stage, "later.cfg", "%s", third);
    expect(stage, (const char *[]){"check", "-c", "lawcast.cfg", "longer.cfg", "other.cfg", NULL},
           0, says);
    assert_int_equal(stage_lawcast(stage, &output,
                                   (const char *[]){"check", "-c", "lawcast.cfg", "longer.cfg",
                                                    "later.cfg", NULL}),
                     0);
    assert_null(strstr(output, "Another campaign"));
    free(output);
    free(third);
    free(later);
    free(other);
    free(longer);
}

/* A file of another kind is told in one line, which doesn't show what it contains. */
static void expect_kind(const struct stage *stage, const char *config, const char *campaign,
                        const char *says)
{
    char *output;
    const char *at;

    assert_int_equal(
        stage_lawcast(stage, &output, (const char *[]){"check", "-c", config, campaign, NULL}), 1);
    at = strstr(output, ": error: ");
    if (!strstr(output, says) || !at || strstr(at + 1, ": error: ") || strstr(output, "138000"))
        fail_msg("check -c %s %s: wanted the one error \"%s\":\n%s", config, campaign, says,
                 output);
    free(output);
}

static void test_other_kinds(void **state)
{
    const struct stage *stage = *state;
    char *text = replaced(good_campaign, "city.csv", "list.xlsx");

    stage_write(stage, "list.xlsx", "PK\3\4 and what else is in an archive");
    stage_write(stage, "excel.cfg", "%s", text);
    free(text);
    expect_kind(stage, "lawcast.cfg", "city.csv", "This is a CSV file");
    expect_kind(stage, "city.csv", "campaign.cfg", "This is a CSV file");
    expect_kind(stage, "lawcast.cfg", "list.xlsx", "This is an Excel workbook");
    expect_kind(stage, "list.xlsx", "campaign.cfg", "This is an Excel workbook");
    expect_kind(stage, "lawcast.cfg", "excel.cfg", "list.xlsx: error: This is an Excel workbook");
    expect_kind(stage, "campaign.cfg", "campaign.cfg", "This is a campaign file");
    expect_kind(stage, "lawcast.cfg", "lawcast.cfg", "This is a configuration, not a campaign");
}

/* Books that could not be kept are told before the day; a rehearsal has books of its own. */
static void test_ledger_folder(void **state)
{
    const struct stage *stage = *state;
    char *text = replaced(good_office, "\"books.db\"", "\"not-there/books.db\"");

    stage_write(stage, "lawcast.cfg", "%s", text);
    free(text);
    expect(stage, (const char *[]){"check", "-c", "lawcast.cfg", "campaign.cfg", NULL}, 0,
           "lawcast.cfg:2: warning: The folder of the books, not-there/, does not exist");
    expect(stage, (const char *[]){"run", "-c", "lawcast.cfg", "campaign.cfg", NULL}, 1,
           "mkdir -p not-there/");
    expect(stage, (const char *[]){"plan", "-c", "lawcast.cfg", "campaign.cfg", NULL}, 0,
           "市法宣办");
    text = replaced(good_office, "\"books.db\"", "\"city.csv/books.db\"");
    stage_write(stage, "lawcast.cfg", "%s", text);
    free(text);
    expect(stage, (const char *[]){"run", "-c", "lawcast.cfg", "campaign.cfg", NULL}, 1,
           "lawcast.cfg:2: error");
    text = replaced(good_office, "\"books.db\"", "\".\"");
    stage_write(stage, "lawcast.cfg", "%s", text);
    free(text);
    expect(stage, (const char *[]){"run", "-c", "lawcast.cfg", "campaign.cfg", NULL}, 1,
           "is no file");
}

/* The message as people will get it, and what is seldom meant. */
static void test_plan_shows_the_message(void **state)
{
    const struct stage *stage = *state;
    char *text = replaced(good_campaign, "学法守法", "好，退订回T。");

    expect(stage, (const char *[]){"plan", "-c", "lawcast.cfg", "campaign.cfg", NULL}, 0,
           "学法守法拒收请回复R");
    stage_write(stage, "campaign.cfg", "%s", text);
    free(text);
    stage_write(stage, "city.csv", "%s",
                "手机号,姓名\n13800000001,\n13800000002,甲\n13800000003,乙\n13800000004,丙\n"
                "13800000005,丁\n");
    expect(stage, (const char *[]){"plan", "-c", "lawcast.cfg", "campaign.cfg", NULL}, 0,
           "5 messages say twice how to refuse");
    expect(stage, (const char *[]){"plan", "-c", "lawcast.cfg", "campaign.cfg", NULL}, 0,
           "1 rows have an empty field");
    expect(stage, (const char *[]){"plan", "--json", "-c", "lawcast.cfg", "campaign.cfg", NULL}, 0,
           "\"text\": \"【市法宣办】好，退订回T。拒收请回复R\"");
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
    expect(stage, (const char *[]){"report", "--csv", "--json", "c1", NULL}, 2, "--deliveries");
    expect(stage, (const char *[]){"report", "--deliveries", "--csv", "c1", NULL}, 2, "Choose one");
    expect(stage, (const char *[]){"plan", "--json", "--csv", "campaign.cfg", NULL}, 2, "Choose");
    expect(stage, (const char *[]){"run", "-xq", "campaign.cfg", NULL}, 2, "-x ");
    expect(stage, (const char *[]){"run", "-qx", "campaign.cfg", NULL}, 2, "-x ");
    expect(stage, (const char *[]){"run", "campaign.cfg", "-qc", NULL}, 2, "-c ");
    expect(stage, (const char *[]){"run", "--quiet=3", "campaign.cfg", NULL}, 2, "--quiet");
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
    expect(stage, (const char *[]){"help", NULL}, 0, "rehearse");
    expect(stage, (const char *[]){"help", "--help", NULL}, 0, "Usage: lawcast help");
    expect(stage, (const char *[]){"help", "-h", NULL}, 0, "Usage: lawcast help");
    expect(stage, (const char *[]){"help", "help", NULL}, 0, "Usage: lawcast help");
    expect(stage, (const char *[]){"help", "sms", NULL}, 2, "sms");
    expect(stage, (const char *[]){"help", "conf", NULL}, 0, "grace_ms");
    expect(stage, (const char *[]){"help", "huidu", NULL}, 0, "sdkSecret");
    expect(stage, (const char *[]){"help", "webhook", NULL}, 0, "{callback}");
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

/* Windows from so many seconds from now to so many. */
static void write_campaign(const struct stage *stage, int64_t from_s, int64_t to_s)
{
    char from[20], to[20];
    MEM_FREE_LATER char *later = NULL, *text = NULL;

    stage_time(from_s, from);
    stage_time(to_s, to);
    later = replaced(good_campaign, "2096-10-31 08:30", from);
    text = replaced(later, "2096-10-31 11:00", to);
    stage_write(stage, "campaign.cfg", "%s", text);
}

/* A gateway that has planned the campaign and waits for its window. */
static void start(const struct stage *stage, struct stage_child *child)
{
    stage_spawn(
        stage, child,
        (const char *[]){"run", "-c", "lawcast.cfg", "--quiet", "--verbose", "campaign.cfg", NULL});
    stage_hear(child, "campaign=c1 state=running");
}

/* A new campaign whose window is over is most likely a wrong date: refused, its id is not used up.
 */
static void test_past_window(void **state)
{
    const struct stage *stage = *state;

    write_campaign(stage, -7200, -3600);
    expect(stage, (const char *[]){"run", "-c", "lawcast.cfg", "campaign.cfg", NULL}, 1,
           "campaign.cfg: the last window is over");
    assert_int_equal(access(stage->books, F_OK), -1);
}

static void expect_written_off(const struct stage *stage)
{
    struct jv *report;
    char *output;

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
}

/* A known one, whose window passed while no gateway ran: everything is written off, nothing is
 * sent, the report says so. */
static void test_window_passes_while_down(void **state)
{
    const struct stage *stage = *state;
    int64_t until_ms = clock_wall_ms() + 8000;
    struct stage_child gateway;

    write_campaign(stage, -60, 8);
    start(stage, &gateway);
    stage_kill(&gateway);
    while (clock_wall_ms() < until_ms)
        stage_pause();
    expect(stage, (const char *[]){"run", "-c", "lawcast.cfg", "campaign.cfg", NULL}, 3, "c1");
    expect_written_off(stage);
    expect(stage, (const char *[]){"status", "-c", "lawcast.cfg", NULL}, 0, "c1");
}

/* What is open in its window is running only while a gateway is at it. */
static void test_status_knows_the_gateway(void **state)
{
    const char *const args[] = {"status", "-c", "lawcast.cfg", "--json", NULL};
    const struct stage *stage = *state;
    struct stage_child gateway;

    write_campaign(stage, -60, 7200);
    start(stage, &gateway);
    expect(stage, args, 0, "\"gateway\": true");
    expect(stage, args, 0, "\"state\": \"running\"");
    stage_kill(&gateway);
    expect(stage, args, 0, "\"gateway\": false");
    expect(stage, args, 0, "\"state\": \"not-running\"");
    expect(stage, (const char *[]){"status", "--ledger", "books.db", NULL}, 0,
           "Not running: no gateway is at work");
}

/* Each of them ends the gateway in order, and the same command goes on. */
static void test_signals(void **state)
{
    static const int signals[] = {SIGTERM, SIGINT};
    const struct stage *stage = *state;

    write_campaign(stage, 3600, 7200);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        struct stage_child gateway;
        char *output;
        int code;

        start(stage, &gateway);
        stage_signal(&gateway, signals[i]);
        code = stage_wait(&gateway, 60, &output);
        if (code != 3 || !strstr(output, "Stopped. The same command goes on from here."))
            fail_msg("signal %d: exit %d: %s", signals[i], code, output);
        free(output);
    }
}

/* The rows that were not taken, as their unit gets them back. */
static const char refused_list[] = "手机号,姓名\n"
                                   "13800000001,张三\n"
                                   "1380000,李四\n"
                                   "13800000001,王五\n"
                                   "13800000002,赵六\n";

static char *read_refused(const struct stage *stage)
{
    MEM_FREE_LATER char *path = mem_printf("%s/c1-refused.csv", stage->dir);
    struct buffer text = BUFFER_NULL;

    if (buffer_read_file(&text, path, 65536) == 0)
        return buffer_take(&text);
    buffer_free(&text);
    return NULL;
}

static void check_refused(const char *text)
{
    const char *const wanted[] = {"文件,行,号码,原因", "city.csv,3,138****00,",
                                  "city.csv,4,138****0001,"};
    size_t lines = 0;

    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        if (!strstr(text, wanted[i]))
            fail_msg("\"%s\" is missing in:\n%s", wanted[i], text);
    for (const char *c = text; *c; c++) {
        lines += *c == '\n';
        assert_false(strncmp(c, ",\r\n", 3) == 0 || strncmp(c, ",\n", 2) == 0); /* no reason */
    }
    assert_int_equal(lines, 3);
    assert_null(strstr(text, "13800000002"));
}

/* The list is complete before the books call the campaign planned; a sudden end takes nothing away,
 * and the next run, which doesn't read the recipients again, leaves it as it is. */
static void test_refused_rows_survive_a_kill(void **state)
{
    const struct stage *stage = *state;
    struct stage_child gateway;
    char *first, *again;

    write_campaign(stage, 3600, 7200);
    stage_write(stage, "city.csv", "%s", refused_list);
    start(stage, &gateway);
    stage_kill(&gateway);
    first = read_refused(stage);
    assert_non_null(first);
    check_refused(first);
    start(stage, &gateway);
    stage_signal(&gateway, SIGTERM);
    assert_int_equal(stage_wait(&gateway, 60, NULL), 3);
    again = read_refused(stage);
    assert_string_equal(again, first);
    free(first);
    free(again);
}

#define STAGE_TEST(test) cmocka_unit_test_setup_teardown(test, open_stage, close_stage)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGE_TEST(test_good_files),
        STAGE_TEST(test_mistakes),
        STAGE_TEST(test_all_errors_at_once),
        STAGE_TEST(test_wrong_usage),
        STAGE_TEST(test_every_help),
        STAGE_TEST(test_foreign_books),
        STAGE_TEST(test_past_window),
        STAGE_TEST(test_byte_order_mark),
        STAGE_TEST(test_shared_board),
        STAGE_TEST(test_window_passes_while_down),
        STAGE_TEST(test_other_kinds),
        STAGE_TEST(test_ledger_folder),
        STAGE_TEST(test_plan_shows_the_message),
        STAGE_TEST(test_status_knows_the_gateway),
        STAGE_TEST(test_signals),
        STAGE_TEST(test_refused_rows_survive_a_kill),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
