/* test_campaign_windows: windows and phases of campaigns, sms, orders and displays, less quiet
 * times and holidays; every form and every mistake. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "gateway/base/buffer.h"
#include "gateway/base/mem.h"
#include "gateway/config/config.h"
#include "gateway/model/traits.h"
#include "tests/support/stage.h"
#include "tests/unit/findings.h"

static int lamp_window_s(const void *options, bool picture)
{
    (void)options;
    (void)picture;
    return 60;
}

static const struct traits lamp_traits = {.window_s = lamp_window_s};
static const struct option_kind lamp = {.name = "lamp", .traits = &lamp_traits};
static struct unit units[] = {{.id = "city", .signature = "市法宣办", .parent = -1},
                              {.id = "jinan", .signature = "金安区法宣办", .parent = -1}};
static struct modem modems[] = {{.id = "a/0", .group = -1}};
static struct board boards[] = {{.id = "plaza",
                                 .kind = &lamp,
                                 .place = "广场",
                                 .width = 640,
                                 .height = 32,
                                 .font_px = 16,
                                 .speed_pxs = 40,
                                 .item_s = 10}};
static struct office office = {.file = "office.cfg",
                               .units = units,
                               .n_units = 2,
                               .modems = modems,
                               .n_modems = 1,
                               .boards = boards,
                               .n_boards = 1};

/* 21:00-08:00; 1 to 7 October and 2 November 2026. */
static int office_open(void **state)
{
    struct calendar days = {0};
    int64_t from, to;

    (void)state;
    setenv("TZ", "Asia/Shanghai", 1);
    tzset();
    assert_int_equal(quiet_add(&office.quiet, "21:00-08:00"), 0);
    calendar_parse_date("2026-10-01", &from);
    calendar_parse_date("2026-10-07", &to);
    calendar_add_days(&days, from, to);
    calendar_parse_date("2026-11-02", &from);
    calendar_add_days(&days, from, from);
    office.holidays = days.items;
    office.n_holidays = days.n;
    return 0;
}

static int office_close(void **state)
{
    (void)state;
    quiet_free(&office.quiet);
    free(office.holidays);
    return 0;
}

#define ONE(from, to)   "{ from = \"2026-" from "\"; to = \"2026-" to "\"; }"
#define PHASE(from, to) "{ from = \"2026-" from "\"; to = \"2026-" to "\"; daily = "
#define SATURDAY        "windows = ( " ONE("10-31 08:30", "10-31 11:00") " );\n"
#define CITY            "unit = \"city\"; quota = 1; recipients = \"a.csv\"; "
#define JINAN           "unit = \"jinan\"; quota = 1; recipients = \"a.csv\"; "
#define PLAZA           "boards = \"plaza\"; slogans = \"学法\"; "

/* middle begins in line 2. */
static struct campaign *read_campaign(const char *middle, struct diag *diag)
{
    struct campaign *campaign;
    struct stage stage;
    int rc;

    stage_open(&stage);
    stage_write(&stage, "a.csv", "%s", "手机号\n13800000001\n");
    stage_write(&stage, "campaign.cfg", "campaign = { id = \"c-1\"; title = \"T\";\n%s};\n",
                middle);
    rc = config_read_campaign(stage.dir, &office, diag, &campaign);
    assert_int_equal(rc, diag->errors > 0);
    assert_int_equal(campaign == NULL, diag->errors > 0);
    stage_close(&stage);
    return campaign;
}

static void drop_campaign(struct campaign *campaign)
{
    campaign_free(campaign);
    free(campaign);
}

/* "10-31 08:30/150": local begin, minutes. */
static void add_windows(struct buffer *text, const char *name, const struct window *windows,
                        size_t n)
{
    buffer_printf(text, "%s%s", text->length ? "; " : "", name);
    for (size_t i = 0; i < n; i++) {
        time_t from = (time_t)(windows[i].from_ms / 1000);
        char local[32];
        struct tm tm;

        localtime_r(&from, &tm);
        strftime(local, sizeof local, "%m-%d %H:%M", &tm);
        buffer_printf(text, " %s/%lld", local,
                      (long long)(windows[i].to_ms - windows[i].from_ms) / 60000);
    }
}

static void expect(const char *middle, const char *wanted)
{
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;
    struct diag diag = DIAG_NULL;
    struct campaign *campaign = read_campaign(middle, &diag);

    diag_print(&diag, stderr);
    assert_int_equal(diag.n, 0);
    add_windows(&text, "all", campaign->windows, campaign->n_windows);
    for (size_t i = 0; i < campaign->n_orders; i++)
        add_windows(&text, office.units[campaign->orders[i].unit].id, campaign->orders[i].windows,
                    campaign->orders[i].n_windows);
    for (size_t i = 0; i < campaign->n_displays; i++)
        add_windows(&text, "plaza", campaign->displays[i].windows, campaign->displays[i].n_windows);
    assert_string_equal(buffer_text(&text), wanted);
    drop_campaign(campaign);
    diag_free(&diag);
}

static const struct {
    const char *middle, *wanted;
} forms[] = {
    {SATURDAY "sms = { text = \"学法\"; };\norders = ( { " CITY " } ); displays = ( { " PLAZA
              " } );\n",
     "all 10-31 08:30/150; city 10-31 08:30/150; plaza 10-31 08:30/150"},
    /* the innermost counts */
    {SATURDAY "sms = { text = \"学法\"; windows = ( " ONE(
         "10-31 09:00", "10-31 10:00") " ); };\n"
                                       "orders = ( { " CITY " }, { " JINAN "windows = ( " ONE(
                                           "10-30 09:00", "10-30 09:30") " ); } );\n"
                                                                         "displays = ( { " PLAZA
                                                                         " } );\n",
     "all 10-30 09:00/30 10-31 08:30/150; city 10-31 09:00/60; jinan 10-30 09:00/30; "
     "plaza 10-31 08:30/150"},
    {"sms = { text = \"学法\"; };\n"
     "orders = ( { " CITY "windows = ( " ONE(
         "10-31 10:00", "10-31 12:00") " ); } );\n"
                                       "displays = ( { " PLAZA "windows = ( " ONE(
                                           "10-31 08:00", "10-31 10:00") " ); } );\n",
     "all 10-31 08:00/240; city 10-31 10:00/120; plaza 10-31 08:00/120"},
    /* quiet times concern messages alone */
    {"windows = ( " ONE("10-30 20:00", "10-31 09:00") " ); sms = { text = \"学法\"; };\n"
                                                      "orders = ( { " CITY
                                                      " } ); displays = ( { " PLAZA " } );\n",
     "all 10-30 20:00/780; city 10-30 20:00/60 10-31 08:00/60; plaza 10-30 20:00/780"},
    /* phases, in any order, several times of the day; one text or several */
    {"windows = ( " PHASE("10-30", "11-03") "[ \"mon-fri 14:30-17:00\", \"mon-fri 08:30-11:00\" ]; "
                                            "},\n" PHASE("09-30",
                                                         "10-09") "\"wed 08:30-09:00\"; } );\n"
                                                                  "displays = ( { " PLAZA " } );\n",
     "all 09-30 08:30/30 10-30 08:30/150 10-30 14:30/150 11-03 08:30/150 11-03 14:30/150; "
     "plaza 09-30 08:30/30 10-30 08:30/150 10-30 14:30/150 11-03 08:30/150 11-03 14:30/150"},
    /* open on holidays all the same, in this window only */
    {"windows = ( " PHASE("10-06", "10-08") "\"08:30-09:00\"; holidays = false; },\n" PHASE(
         "11-02", "11-03") "\"08:30-09:00\"; holidays = true; } );\n"
                           "sms = { text = \"学法\"; };\norders = ( { " CITY " } );\n",
     "all 10-06 08:30/30 10-07 08:30/30 10-08 08:30/30 11-03 08:30/30; "
     "city 10-06 08:30/30 10-07 08:30/30 10-08 08:30/30 11-03 08:30/30"},
    /* a window over holidays and nights */
    {"windows = ( " ONE("09-30 20:00",
                        "10-08 09:00") " );\n"
                                       "sms = { text = \"学法\"; };\norders = ( { " CITY
                                       " } ); displays = ( { " PLAZA " } );\n",
     "all 09-30 20:00/240 10-08 00:00/540; city 09-30 20:00/60 10-08 08:00/60; "
     "plaza 09-30 20:00/240 10-08 00:00/540"},
    /* windows that touch stay two, and are one of the campaign's */
    {"windows = ( " ONE("10-31 10:00", "10-31 11:00") ", " ONE(
         "10-31 09:00", "10-31 10:00") " );\n"
                                       "displays = ( { " PLAZA " } );\n",
     "all 10-31 09:00/120; plaza 10-31 09:00/60 10-31 10:00/60"},
};

static void test_forms(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        expect(forms[i].middle, forms[i].wanted);
}

#define SHOW "displays = ( { " PLAZA " } );\n"

static const struct {
    const char *middle;
    int line;
    const char *part;
} mistakes[] = {
    {SHOW, 2, "windows is missing"},
    {"windows = 5;\n" SHOW, 2, "list of groups"},
    {"windows = ( { from = \"2026-10-31 08:30\"; } );\n" SHOW, 2, "to is missing"},
    {"windows = ( { from = \"2026-10-31 08:30\"; to = 5; } );\n" SHOW, 2, "expects a text"},
    {"windows = ( " ONE("10-31 11:00", "10-31 08:30") " );\n" SHOW, 2, "ends before it begins"},
    {"windows = ( " ONE("10-31", "10-31 11:00") " );\n" SHOW, 2, "add daily = "},
    {"windows = ( " ONE("10-31 08:30", "10-32 08:30") " );\n" SHOW, 2, "October 2026 has 31 days"},
    {"windows = ( { from = \"2026-10-31 08:30\"; to = \"2062-10-31 11:00\"; } );\n" SHOW, 2,
     "is a year wrong?"},
    {"windows = (\n" PHASE("06-20", "04-13") "\"08:30-11:00\"; } );\n" SHOW, 3,
     "ends before it begins"},
    {"windows = (\n" PHASE("04-13 08:30", "06-20") "\"08:30-11:00\"; } );\n" SHOW, 3,
     "from: \"2026-04-13 08:30\" is not a date, which daily wants. Write \"2026-04-13\"."},
    {"windows = (\n" PHASE("04-13", "06-31") "\"08:30-11:00\"; } );\n" SHOW, 3,
     "June 2026 has 30 days"},
    {"windows = (\n" PHASE("04-13", "13-01") "\"08:30-11:00\"; } );\n" SHOW, 3, "no month 13"},
    {"windows = (\n" PHASE("04-13", "x") "\"08:30-11:00\"; } );\n" SHOW, 3, "Write \"2026-10-31\""},
    {"windows = (\n{ from = \"1931-01-01\"; to = \"1970-01-01\"; daily = \"08:30-11:00\"; } "
     ");\n" SHOW,
     3, "begin with 1970"},
    {"windows = (\n" PHASE("04-13", "06-20") "\"08:30\"; } );\n" SHOW, 3,
     "daily: \"08:30\" is not a time of day"},
    {"windows = (\n" PHASE("04-13",
                           "06-20") "[ \"08:30-11:00\",\n\"mo 08:30-11:00\" ]; } );\n" SHOW,
     4, "\"mo 08:30-11:00\" is not a time of day"},
    {"windows = (\n" PHASE("04-13", "06-20") "[ ]; } );\n" SHOW, 3, "daily has 0 texts"},
    {"windows = (\n" PHASE("04-13", "06-20") "5; } );\n" SHOW, 3, "daily expects texts"},
    {"windows = (\n" PHASE("04-13", "06-20") "[ \"08:30-11:00\", \"10:00-12:00\" ]; } );\n" SHOW, 3,
     "times in daily overlap"},
    {"windows = (\n" PHASE("04-13", "06-20") "\"mon 08:30-11:00\"; },\n" PHASE(
         "06-01", "06-01") "\"10:00-12:00\"; } );\n" SHOW,
     4, "overlaps another one"},
    {"windows = ( " ONE("10-31 08:30",
                        "10-31 11:00") ",\n{ from = \"2026-10-31 09:00\"; to = "
                                       "\"2026-10-31 10:00\"; dayly = \"08:30-11:00\"; } );\n" SHOW,
     3, "Did you mean daily?"},
    {"windows = ( { from = \"2026-10-31 08:30\"; to = \"2026-10-31 11:00\"; holidays = \"no\"; } "
     ");\n" SHOW,
     2, "true or false"},
    {"windows = (\n{ from = \"2026-01-01\"; to = \"2035-12-31\"; daily = \"08:30-11:00\"; } "
     ");\n" SHOW,
     3, "More than 2000 windows"},
    {"windows = ( { from = \"2026-01-01\"; to = \"2036-12-31\"; daily = \"08:30-11:00\"; } "
     ");\n" SHOW,
     2, "is a year wrong?"},
    {"windows = ( " ONE("01-01 00:00",
                        "01-01 00:30") ",\n{ from = \"2026-01-02\"; to = \"2030-01-01\"; "
                                       "daily = \"08:30-11:00\"; } );\n" SHOW,
     1, "fit into the books"},
    {"displays = (\n{ " PLAZA "windows = ( ); } );\n", 3, "windows is empty"},
    {"sms = { text = \"a\"; };\norders = (\n{ " CITY
     "windows = ( " ONE("10-31 11:00", "10-31 10:00") " ); } );\n",
     4, "ends before it begins"},
    /* the quiet times and holidays leave nothing */
    {"windows = ( " ONE("10-30 22:00", "10-31 07:00") " );\nsms = { text = \"a\"; };\n"
                                                      "orders = ( { " CITY " }, { " JINAN
                                                      " } );\n" SHOW,
     2, "No window is left in which messages"},
    {"windows = ( " ONE("10-01 08:30", "10-07 11:00") " );\n" SHOW, 2,
     "No window is left in which slogans"},
    {SATURDAY "counts = \"all\";\n" SHOW, 3, "\"delivered\", \"sent\""},
    {SATURDAY "leftover = \"go\";\n" SHOW, 3, "\"next\", \"stop\", \"cancel\""},
    {SATURDAY "prepared_by = \" 王某\";\n" SHOW, 3, "person's name"},
    {SATURDAY "prepared_by = \"\";\n" SHOW, 3, "must not be empty"},
};

static void test_mistakes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        struct diag diag = DIAG_NULL;

        assert_null(read_campaign(mistakes[i].middle, &diag));
        findings_expect_one(&diag, "/campaign.cfg", mistakes[i].line, mistakes[i].part);
        diag_free(&diag);
        setenv("LC_ALL", "zh_CN.UTF-8", 1);
        assert_null(read_campaign(mistakes[i].middle, &diag));
        unsetenv("LC_ALL");
        assert_true(findings_are_chinese(&diag));
        diag_free(&diag);
    }
}

static const struct {
    const char *middle;
    int line;
    const char *part;
} warnings[] = {
    {"windows = ( " ONE("10-31 08:30", "10-31 11:00") ",\n" ONE(
         "10-31 21:00", "10-31 22:00") " );\n"
                                       "sms = { text = \"a\"; };\norders = ( { " CITY " }, { " JINAN
                                       " } );\n" SHOW,
     3, "Nothing of this window is left for messages"},
    {"windows = ( " ONE("10-31 08:30",
                        "10-31 11:00") ",\n" PHASE("10-01", "10-07") "\"09:00-10:00\"; } );\n" SHOW,
     3, "left for slogans"},
    {"windows = ( " ONE("10-31 08:30",
                        "10-31 11:00") ",\n" PHASE("10-26", "10-30") "\"sat,sun 09:00-10:00\"; } "
                                                                     ");\n" SHOW,
     3, "never opens"},
    {SATURDAY "displays = ( { " PLAZA "windows = ( " ONE("10-31 08:30", "10-31 11:00") " ); } );\n",
     2, "Nothing uses these windows"},
    {SATURDAY "sms = { text = \"a\";\n" SATURDAY " };\n" SHOW, 4, "Nothing uses these windows"},
};

static void test_warnings(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof warnings / sizeof *warnings; i++) {
        struct diag diag = DIAG_NULL;
        struct campaign *campaign = read_campaign(warnings[i].middle, &diag);

        diag_print(&diag, stderr);
        assert_non_null(campaign);
        assert_int_equal(diag.n, 1);
        findings_expect(&diag, DIAG_WARNING, "/campaign.cfg", warnings[i].line, warnings[i].part);
        drop_campaign(campaign);
        diag_free(&diag);
        setenv("LC_ALL", "zh_CN.UTF-8", 1);
        drop_campaign(read_campaign(warnings[i].middle, &diag));
        unsetenv("LC_ALL");
        assert_true(findings_are_chinese(&diag));
        diag_free(&diag);
    }
}

static void test_rules(void **state)
{
    static const struct {
        const char *middle;
        int counts, leftover;
        const char *prepared_by;
    } cases[] = {
        {SATURDAY SHOW, COUNT_DELIVERED, LEFTOVER_NEXT, NULL},
        {"counts = \"delivered\"; leftover = \"next\";" SATURDAY SHOW, COUNT_DELIVERED,
         LEFTOVER_NEXT, NULL},
        {"counts = \"sent\"; leftover = \"stop\"; prepared_by = \"王 某某\";" SATURDAY SHOW,
         COUNT_SENT, LEFTOVER_STOP, "王 某某"},
        {"leftover = \"cancel\";" SATURDAY SHOW, COUNT_DELIVERED, LEFTOVER_CANCEL, NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct diag diag = DIAG_NULL;
        struct campaign *campaign = read_campaign(cases[i].middle, &diag);

        assert_int_equal(diag.n, 0);
        assert_int_equal(campaign->counts, cases[i].counts);
        assert_int_equal(campaign->leftover, cases[i].leftover);
        if (cases[i].prepared_by)
            assert_string_equal(campaign->prepared_by, cases[i].prepared_by);
        else
            assert_null(campaign->prepared_by);
        drop_campaign(campaign);
    }
}

/* What a display's own windows can reach, not the campaign's. */
static void test_targets(void **state)
{
    struct diag diag = DIAG_NULL;
    struct campaign *campaign = read_campaign(
        "sms = { text = \"a\"; };\norders = ( { " CITY SATURDAY " } );\n"
        "displays = ( { " PLAZA
        "windows = ( " ONE("10-31 08:30", "10-31 08:40") " ); } );\n"
                                                         "targets = ( { minutes = 11; } );\n",
        &diag);

    (void)state;
    assert_non_null(campaign);
    findings_expect(&diag, DIAG_WARNING, "/campaign.cfg", 6, "11 minutes can't be reached");
    assert_int_equal(diag.n, 1);
    drop_campaign(campaign);
    diag_free(&diag);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forms),    cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_warnings), cmocka_unit_test(test_rules),
        cmocka_unit_test(test_targets),
    };

    return cmocka_run_group_tests(tests, office_open, office_close);
}
