/* test_campaign_file: gateway/config/campaign_file with campaign_texts and campaign_options. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "gateway/base/buffer.h"
#include "gateway/base/clock.h"
#include "gateway/model/traits.h"
#include "gateway/config/config.h"
#include "tests/support/stage.h"
#include "tests/unit/findings.h"

static struct unit units[] = {
    {.id = "city", .name = "City", .signature = "六安市法宣办", .line = 11},
    {.id = "jinan", .name = "Jinan", .signature = "金安区法宣办", .line = 12},
    {.id = "mute", .name = "Mute", .line = 13},
};

static struct modem modems[] = {{.id = "a/0", .group = -1}};

static enum outcome_level lamp_level(const void *options, bool listening)
{
    (void)options;
    return listening ? LEVEL_PLAYING : LEVEL_STORED;
}

static int lamp_window(const void *options, bool picture)
{
    (void)options;
    (void)picture;
    return 1;
}

static const struct traits lamp_traits = {
    .charset = CHARSET_GB2312, .window_s = lamp_window, .level_most = lamp_level};
static const struct traits wall_traits = {.pictures = true, .window_s = lamp_window};
static const struct option_kind lamp = {.name = "lamp", .traits = &lamp_traits},
                                wall = {.name = "wall", .traits = &wall_traits};

#define SHAPE .width = 128, .height = 16, .font_px = 16, .speed_pxs = 40, .item_s = 10

static struct board boards[] = {
    {.id = "plaza", .place = "square", .kind = &lamp, .owner = 0, .line = 21, SHAPE},
    {.id = "market", .place = "square", .kind = &wall, .owner = 1, .line = 22, SHAPE},
    {.id = "park", .place = "park", .kind = &wall, .owner = 1, .line = 23, SHAPE},
};

static const struct office office = {.file = "office.cfg",
                                     .units = units,
                                     .n_units = 3,
                                     .modems = modems,
                                     .n_modems = 1,
                                     .boards = boards,
                                     .n_boards = 3};

#define HEAD                                                                                       \
    "campaign = { id = \"c-1\"; title = \"T\";\n"                                                  \
    "windows = ( { from = \"2026-10-31 08:30\"; to = \"2026-10-31 11:00\"; } );\n"
#define SMS   "sms = { text = \"{姓名}同志，学宪法。\"; };\n"
#define ORDER "orders = ( { unit = \"city\"; quota = 5; recipients = \"a.csv\"; } );\n"
#define SHOW  "displays = ( { boards = \"plaza\"; slogans = [ \"一\", \"二\" ]; } );\n"
#define TAIL  "};\n"
#define X20   "学宪法守宪法学宪法守宪法学宪法守宪法学宪"

static struct campaign *read_for(const struct office *of, const char *text, struct diag *diag)
{
    struct campaign *campaign;
    struct stage stage;
    int rc;

    stage_open(&stage);
    stage_write(&stage, "campaign.cfg", "%s", text);
    stage_write(&stage, "a.csv", "%s", "手机号,姓名\n13800000001,甲\n");
    stage_write(&stage, "b.csv", "%s", "phone,name,street\n13800000002,甲,乙\n");
    stage_write(&stage, "bad.csv", "%s", "name,street\n甲,乙\n");
    rc = config_read_campaign(stage.dir, of, diag, &campaign);
    assert_int_equal(rc, diag->errors > 0);
    assert_int_equal(rc, campaign == NULL);
    stage_close(&stage);
    return campaign;
}

static struct campaign *read_campaign(const char *text, struct diag *diag)
{
    return read_for(&office, text, diag);
}

static void drop_campaign(struct campaign *campaign)
{
    campaign_free(campaign);
    free(campaign);
}

static void test_whole(void **state)
{
    static const char text[] =
        "campaign = { id = \"c-1\"; title = \"弘扬宪法精神\";\n"
        "windows = ( { from = \"2026-10-31 14:00\"; to = \"2026-10-31 17:00\"; },\n"
        "            { from = \"2026-10-31 08:30\"; to = \"2026-10-31 11:00\"; } );\n"
        "sms = { text = \"{姓名}\"; refusal = \"\"; on_unknown = \"resend\"; max_parts = 2;\n"
        "        report = false; report_wait = 5; attempts = 9;\n"
        "        report_close = 48; routing = \"any\"; };\n"
        "orders = ( { unit = \"jinan\"; quota = 20000; recipients = \"b.csv\"; reserve = "
        "\"b.csv\";\n"
        "             text = \"{street} {name}\"; },\n"
        "           { unit = \"city\"; quota = 5; recipients = \"a.csv\"; } );\n"
        "displays = ( { boards = [ \"market\", \"plaza\" ]; slogans = [ \"一\" ]; every = 60; } ); "
        "};\n";
    struct diag diag = DIAG_NULL;
    struct campaign *campaign = read_campaign(text, &diag);

    (void)state;
    diag_print(&diag, stderr);
    assert_non_null(campaign);
    assert_int_equal(diag.n, 0);
    assert_memory_equal(campaign->source, text, sizeof text - 1);
    assert_string_equal(campaign->source + sizeof text - 1,
                        "# list b.csv bytes=38 fingerprint=3483875cd51d4186\n"
                        "# list a.csv bytes=33 fingerprint=a813358102ce22c5\n");
    assert_non_null(strstr(campaign->file, "/campaign.cfg"));
    assert_int_equal(campaign->n_windows, 2);
    assert_int_equal(campaign->windows[0].from_ms, INT64_C(1793406600000)); /* sorted */
    assert_string_equal(campaign->sms.refusal, "");
    assert_int_equal(campaign->sms.on_unknown, ON_UNKNOWN_RESEND);
    assert_int_equal(campaign->sms.max_parts, 2);
    assert_false(campaign->sms.report);
    assert_int_equal(campaign->sms.report_wait_s, 5);
    assert_int_equal(campaign->sms.attempts, 9);
    assert_int_equal(campaign->sms.report_close_h, 48);
    assert_int_equal(campaign->sms.routing, ROUTING_ANY);
    assert_int_equal(campaign->n_orders, 2);
    assert_int_equal(campaign->orders[0].unit, 1);
    assert_int_equal(campaign->orders[0].quota, 20000);
    assert_int_equal(campaign->orders[0].recipients[0], '/');
    assert_non_null(campaign->orders[0].reserve);
    assert_string_equal(campaign->orders[0].text, "{street} {name}");
    assert_int_equal(campaign->orders[0].line, 7);
    assert_int_equal(campaign->orders[0].text_line, 8);
    assert_string_equal(campaign->orders[1].text, "{姓名}");
    assert_int_equal(campaign->orders[1].text_line, 4);
    assert_null(campaign->orders[1].reserve);
    assert_int_equal(campaign->n_displays, 1);
    assert_int_equal(campaign->displays[0].n_boards, 2);
    assert_int_equal(campaign->displays[0].boards[0], 1);
    assert_int_equal(campaign->displays[0].every_s, 60);
    drop_campaign(campaign);
}

static void test_presets(void **state)
{
    struct diag diag = DIAG_NULL;
    struct campaign *campaign = read_campaign(HEAD SHOW TAIL, &diag);

    (void)state;
    assert_non_null(campaign);
    assert_null(campaign->sms.text);
    assert_string_equal(campaign->sms.refusal, "拒收请回复R");
    assert_int_equal(campaign->sms.on_unknown, ON_UNKNOWN_HOLD);
    assert_int_equal(campaign->sms.max_parts, 4);
    assert_true(campaign->sms.report);
    assert_int_equal(campaign->sms.report_wait_s, 600);
    assert_int_equal(campaign->sms.attempts, 5);
    assert_int_equal(campaign->sms.report_close_h, 0);
    assert_int_equal(campaign->sms.routing, ROUTING_PREFER);
    assert_int_equal(campaign->displays[0].every_s, 300);
    drop_campaign(campaign);
}

static const struct {
    const char *text;
    int line;
    const char *part;
} mistakes[] = {
    {"", 0, "campaign is missing"},
    {HEAD TAIL, 1, "nothing to do"},
    {"campaign = { id = \"c\"; title = \"T\";\n" SHOW TAIL, 2, "windows is missing"},
    {"campaign = { id = \"c\"; title = \"T\"; windows = ( );\n" SHOW TAIL, 1, "windows is empty"},
    {"campaign = { id = \"c.1\"; title = \"T\";\nwindows = ( { from = \"2026-10-31 08:30\"; "
     "to = \"2026-10-31 11:00\"; } );\n" SHOW TAIL,
     1, "letters, digits"},
    {"campaign = { id = \"c\"; title = \"T\";\nwindows = ( { from = \"2026-10-31 11:00\"; "
     "to = \"2026-10-31 11:00\"; } );\n" SHOW TAIL,
     2, "ends before it begins"},
    {"campaign = { id = \"c\"; title = \"T\";\nwindows = ( { from = \"2026-10-31 09:00\"; "
     "to = \"2026-10-31 11:00\"; },\n { from = \"2026-10-31 08:00\"; to = \"2026-10-31 09:30\"; } "
     ");\n" SHOW TAIL,
     2, "overlaps"},
    {HEAD ORDER TAIL, 3, "no text"},
    {HEAD SMS "orders = ( { unit = \"citi\"; quota = 5; recipients = \"a.csv\"; } );" TAIL, 4,
     "Did you mean \"city\"?"},
    {HEAD SMS "orders = ( { unit = \"mute\"; quota = 5; recipients = \"a.csv\"; } );" TAIL, 4,
     "office.cfg:13"},
    {HEAD SMS "orders = ( { unit = \"city\"; quota = 5; recipients = \"a.csv\"; },\n"
              "{ unit = \"city\"; quota = 5; recipients = \"a.csv\"; } );" TAIL,
     5, "campaign.cfg:4"},
    {HEAD SMS "orders = ( { unit = \"city\"; quota = 0; recipients = \"a.csv\"; } );" TAIL, 4,
     "between 1 and 10000000 messages"},
    {HEAD SMS "orders = (\n{ unit = \"city\"; quota = 5; recipients = \"gone.csv\"; } );" TAIL, 5,
     "gone.csv can't be read"},
    {HEAD SMS "orders = (\n{ unit = \"city\"; quota = 5; recipients = \"a.csv\"; reserve = "
              "\"gone.csv\"; } );" TAIL,
     5, "gone.csv can't be read"},
    {HEAD SMS "orders = (\n{ unit = \"city\"; quota = 5; recipients = \"/tmp\"; } );" TAIL, 5,
     "/tmp is a directory"},
    {HEAD "sms = { text = \"{姓}\"; };\n" ORDER TAIL, 3, "{姓} is not a column"},
    {HEAD "sms = { text = \"{nane}\"; };\norders = ( { unit = \"city\"; quota = 5; recipients = "
          "\"b.csv\"; } );" TAIL,
     3, "Did you mean {name}? Its columns: {phone} {name} {street}."},
    {HEAD "sms = { text = \"{姓名\"; };\n" ORDER TAIL, 3, "{ without its }"},
    {HEAD "sms = { text = \"姓名}\"; };\n" ORDER TAIL, 3, "} without its {"},
    {HEAD "sms = { text = \"a{}\"; };\n" ORDER TAIL, 3, "{} without a name"},
    {HEAD "sms = { text = \"｛姓名｝您好\"; };\n" ORDER TAIL, 3, "half-width { }"},
    {HEAD "sms = { text = \"{姓名｝您好\"; };\n" ORDER TAIL, 3, "half-width { }"},
    /* broken for both orders, said once */
    {HEAD
     "sms = { text = \"a{\"; };\norders = ( { unit = \"city\"; quota = 5; recipients = \"a.csv\"; "
     "reserve = \"b.csv\"; },\n{ unit = \"jinan\"; quota = 5; recipients = \"b.csv\"; } );" TAIL,
     3, "{ without its }"},
    {HEAD "sms = { max_parts = 1; text = \"" X20 X20 X20 "\"; };\n" ORDER TAIL, 3,
     "more than 1 parts"},
    {HEAD "sms = { text = \"a\\f\"; };\n" ORDER TAIL, 3, "control characters"},
    {HEAD "sms = { on_unknown = \"retry\"; };\n" SHOW TAIL, 3, "\"hold\", \"resend\""},
    {HEAD "sms = { max_parts = 17; };\n" SHOW TAIL, 3, "between 1 and 16 parts"},
    {HEAD "sms = { attempts = 0; };\n" SHOW TAIL, 3, "between 1 and 100"},
    {HEAD "displays = ( { boards = [ \"plazza\" ]; slogans = \"一\"; } );" TAIL, 3,
     "Did you mean \"plaza\"?"},
    {HEAD "displays = ( { boards = [ \"plaza\", \"plaza\" ]; slogans = \"一\"; } );" TAIL, 3,
     "twice"},
    {HEAD "displays = ( { boards = \"plaza\"; slogans = \"一\"; },\n{ boards = \"plaza\"; slogans "
          "= \"二\"; } );" TAIL,
     4, "campaign.cfg:3"},
    {HEAD "displays = ( { boards = \"plaza\"; slogans = [ ]; } );" TAIL, 3, "0 texts"},
    {HEAD "displays = ( { boards = \"plaza\"; slogans = \"a\\nb\"; } );" TAIL, 3, "line break"},
    {HEAD "displays = ( { boards = \"plaza\"; slogans = \"一\"; every = 9; } );" TAIL, 3,
     "between 10 and 86400 s"},
    {HEAD "displays = ( { boards = \"plaza\"; } );" TAIL, 3, "slogans is missing"},
};

static void check_mistakes(bool chinese)
{
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        struct diag diag = DIAG_NULL;

        assert_null(read_campaign(mistakes[i].text, &diag));
        if (chinese)
            assert_true(diag.errors == 1 && findings_are_chinese(&diag));
        else
            findings_expect_one(&diag, "/campaign.cfg", mistakes[i].line, mistakes[i].part);
        diag_free(&diag);
    }
}

static void test_mistakes(void **state)
{
    (void)state;
    check_mistakes(false);
    setenv("LC_ALL", "zh_CN.UTF-8", 1);
    check_mistakes(true);
    setenv("LC_ALL", "C", 1);
}

static void test_header_without_numbers(void **state)
{
    struct diag diag = DIAG_NULL;

    (void)state;
    assert_null(read_campaign(HEAD
                              "sms = { text = \"a\"; };\norders = ( { unit = \"city\"; quota = 5; "
                              "recipients = \"bad.csv\"; } );" TAIL,
                              &diag));
    findings_expect_one(&diag, "/bad.csv", 1, "No column holds the numbers");
    diag_free(&diag);
}

static void test_long_slogan(void **state)
{
    char text[4096] = HEAD "displays = ( { boards = \"plaza\"; slogans = [ \"";
    struct diag diag = DIAG_NULL;

    (void)state;
    for (int i = 0; i < 25; i++)
        strcat(text, X20);
    strcat(text, "\", \"");
    for (int i = 0; i < 25; i++)
        strcat(text, X20);
    strcat(text, "一\" ]; } );" TAIL);
    assert_null(read_campaign(text, &diag));
    findings_expect_one(&diag, "/campaign.cfg", 3, "501 characters");
    diag_free(&diag);
}

static void test_warnings(void **state)
{
    struct diag diag = DIAG_NULL;
    struct campaign *campaign = read_campaign(
        HEAD "sms = { text = \"{姓名}" X20 X20 X20 "\"; };\n" ORDER
             "displays = ( { boards = \"plaza\"; slogans = [ \"一\",\n\"一\", \"二\" ]; } );" TAIL,
        &diag);

    (void)state;
    assert_non_null(campaign);
    assert_int_equal(diag.n, 2);
    findings_expect(&diag, DIAG_WARNING, "/campaign.cfg", 3, "at least 2 parts (74 characters");
    findings_expect(&diag, DIAG_WARNING, "/campaign.cfg", 6, "twice: 一");
    drop_campaign(campaign);
    diag_free(&diag);
}

static void test_limits_below_the_message(void **state)
{
    static const char text[] = HEAD "sms = { text = \"{姓名}" X20 X20 X20 "\"; };\n" ORDER TAIL;
    struct limit_group groups[] = {{.id = NULL, .limits = {9, 1}}};
    struct modem bank[] = {{.id = "a/0", .limits = {2, 2}, .group = -1},
                           {.id = "a/1", .limits = {100, 1000}, .group = 0},
                           {.id = "b/0", .limits = {1, 0}, .group = -1}};
    struct office limited = office;
    struct diag diag = DIAG_NULL;

    (void)state;
    limited.modems = bank;
    limited.groups = groups;
    limited.n_modems = 1;
    drop_campaign(read_for(&limited, text, &diag));
    assert_int_equal(diag.n, 1); /* two parts, each billed */
    diag_free(&diag);
    limited.n_modems = 3;
    drop_campaign(read_for(&limited, text, &diag));
    assert_int_equal(diag.errors, 0);
    findings_expect(&diag, DIAG_WARNING, "/campaign.cfg", 3, "2 modems (a/1 and others)");
    diag_free(&diag);
    limited.modems = bank + 1;
    limited.n_modems = 2;
    assert_null(read_for(&limited, text, &diag));
    findings_expect(&diag, DIAG_ERROR, "/campaign.cfg", 3, "more than the limits of any modem");
    diag_free(&diag);
}

static void test_hint_and_routing(void **state)
{
    static char cancel[] = "取消", *words[] = {cancel};
    struct office able = office;
    struct diag diag = DIAG_NULL;

    (void)state;
    drop_campaign(read_campaign(HEAD "sms = { text = \"{姓名}\"; refusal = \"拒收请回复Q\";\n"
                                     "routing = \"own\"; };\n" ORDER TAIL,
                                &diag));
    assert_int_equal(diag.n, 2);
    findings_expect(&diag, DIAG_WARNING, "/campaign.cfg", 3, "refusals in office.cfg");
    findings_expect(&diag, DIAG_WARNING, "/campaign.cfg", 4, "operators.csv");
    diag_free(&diag);
    able.refusal_words = (struct option_strings){words, 1};
    able.operators = operators_new();
    drop_campaign(read_for(&able,
                           HEAD "sms = { text = \"{姓名}\"; refusal = \"拒收回复取消\";\n"
                                "routing = \"own\"; };\n" ORDER TAIL,
                           &diag));
    assert_int_equal(diag.n, 0);
    operators_free(able.operators);
}

static void put_window(struct buffer *text, int n)
{
    int hour = 8 + n / 1800, minute = n / 30 % 60, second = n % 30 * 2;

    buffer_printf(text,
                  "%s{ from = \"2026-10-31 %02d:%02d:%02d\"; to = \"2026-10-31 %02d:%02d:%02d\"; }",
                  n ? ",\n" : "", hour, minute, second, hour, minute, second + 1);
}

static void put_target(struct buffer *text, int n)
{
    buffer_printf(text, "%s{ unit = \"city\"; items = 1; }", n ? ",\n" : "");
}

/* A record of the books tells of all of them, and has an end. */
static void test_too_many(void **state)
{
    static const struct {
        const char *begin;
        void (*put)(struct buffer *text, int n);
        const char *end;
        int most, line;
    } lists[] = {
        {"campaign = { id = \"c\"; title = \"T\"; windows = (\n", put_window, ");\n" SHOW TAIL,
         1000, 1002},
        {HEAD SHOW "targets = (\n", put_target, ");\n" TAIL, 200, 205},
    };

    (void)state;
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;
        struct diag diag = DIAG_NULL;

        buffer_add_text(&text, lists[i].begin);
        for (int n = 0; n <= lists[i].most; n++)
            lists[i].put(&text, n);
        buffer_add_text(&text, lists[i].end);
        assert_null(read_campaign(buffer_text(&text), &diag));
        findings_expect(&diag, DIAG_ERROR, "/campaign.cfg", lists[i].line, "fit into the books");
        diag_free(&diag);
    }
}

static void test_all_at_once(void **state)
{
    struct diag diag = DIAG_NULL;

    (void)state;
    assert_null(read_campaign("campaign = { id = \"c 1\";\nwindows = ( { from = \"x\"; } );\n"
                              "sms = { text = \"{x}\"; max_parts = 99; };\n"
                              "orders = ( { unit = \"city\"; recipients = \"a.csv\"; } );\n"
                              "displays = ( { boards = \"q\"; slogans = \"一\"; } ); };\n",
                              &diag));
    findings_expect(&diag, DIAG_ERROR, "/campaign.cfg", 1, "title is missing");
    findings_expect(&diag, DIAG_ERROR, "/campaign.cfg", 1, "letters, digits");
    findings_expect(&diag, DIAG_ERROR, "/campaign.cfg", 2, "not a time");
    findings_expect(&diag, DIAG_ERROR, "/campaign.cfg", 2, "to is missing");
    findings_expect(&diag, DIAG_ERROR, "/campaign.cfg", 3, "{x} is not a column");
    findings_expect(&diag, DIAG_ERROR, "/campaign.cfg", 3, "between 1 and 16");
    findings_expect(&diag, DIAG_ERROR, "/campaign.cfg", 4, "quota is missing");
    findings_expect(&diag, DIAG_ERROR, "/campaign.cfg", 5, "no \"q\"");
    assert_int_equal(diag.errors, 8);
    diag_free(&diag);
}

static void test_orders_need_modems(void **state)
{
    struct office unable = office;
    struct campaign *campaign;
    struct diag diag = DIAG_NULL;

    (void)state;
    unable.n_modems = 0;
    assert_null(read_for(
        &unable,
        HEAD "sms = { text = \"x\"; };\norders = (\n{ unit = \"city\"; quota = 5; recipients = "
             "\"a.csv\"; },\n{ unit = \"jinan\"; quota = 5; recipients = "
             "\"b.csv\"; } );\n" TAIL,
        &diag));
    findings_expect_one(&diag, "/campaign.cfg", 5, "No modems in office.cfg");
    diag_free(&diag);
    diag = DIAG_NULL;
    campaign = read_for(&unable, HEAD SHOW TAIL, &diag);
    assert_non_null(campaign); /* displays need none */
    drop_campaign(campaign);
    assert_null(read_for(&unable, HEAD SMS "orders = ( );\n" TAIL, &diag));
    findings_expect_one(&diag, "/campaign.cfg", 1, "nothing to do");
    diag_free(&diag);
}

static void test_print(void **state)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);

    (void)state;
    config_print_campaign_options(out);
    assert_int_equal(fclose(out), 0);
    assert_non_null(strstr(text, "1..10000000 messages, required"));
    assert_non_null(strstr(text, "\"hold\" | \"resend\", default \"hold\""));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole),
        cmocka_unit_test(test_presets),
        cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_header_without_numbers),
        cmocka_unit_test(test_long_slogan),
        cmocka_unit_test(test_warnings),
        cmocka_unit_test(test_limits_below_the_message),
        cmocka_unit_test(test_hint_and_routing),
        cmocka_unit_test(test_all_at_once),
        cmocka_unit_test(test_too_many),
        cmocka_unit_test(test_orders_need_modems),
        cmocka_unit_test(test_print),
    };

    setenv("LC_ALL", "C", 1);
    setenv("TZ", "Asia/Shanghai", 1);
    tzset();
    clock_set(INT64_C(1793406600000)); /* in the window of HEAD */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
