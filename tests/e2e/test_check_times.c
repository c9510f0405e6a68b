/* test_check_times: what lawcast check says about when a campaign sends and shows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/mem.h"
#include "tests/support/stage.h"

#define CHECK                                                                                      \
    (const char *[])                                                                               \
    {                                                                                              \
        "check", "-c", "lawcast.cfg", "campaign.cfg", NULL                                         \
    }
#define FUTURE(day, from, to)                                                                      \
    "{ from = \"2096-10-" day " " from "\"; to = \"2096-10-" day " " to "\"; }"

/* general: of group office; more: other groups. */
static void write_office(const struct stage *stage, const char *general, const char *more)
{
    stage_write(
        stage, "lawcast.cfg",
        "office = { name = \"o\"; timezone = \"Asia/Shanghai\"; %s };\n"
        "ledger = { path = \"books.db\"; };\n"
        "units = ( { id = \"city\"; name = \"市\"; signature = \"市法宣办\"; },\n"
        "          { id = \"jinan\"; name = \"金安区\"; signature = \"金安区法宣办\"; },\n"
        "          { id = \"yuan\"; name = \"裕安区\"; signature = \"裕安区法宣办\"; } );\n"
        "modems = ( { id = \"m\"; devices = \"/nonexistent/tty[0-3]\"; per_hour = 200; } );\n"
        "boards = ( { id = \"plaza\"; owner = \"city\"; kind = \"onbon-y\";\n"
        "  url = \"http://192.0.2.1\"; width = 192; height = 64; } );\n%s",
        general, more);
}

static void write_campaign(const struct stage *stage, const char *campaign, const char *jinan)
{
    stage_write_numbers(stage, "city.csv", STAGE_FIRST, 5);
    stage_write(stage, "campaign.cfg",
                "campaign = { id = \"c1\"; title = \"宪法日\"; %s\n"
                "sms = { text = \"学法\"; };\n"
                "orders = ( { unit = \"city\"; quota = 5; recipients = \"city.csv\"; },\n"
                "{ unit = \"jinan\"; quota = 5; recipients = \"city.csv\"; %s },\n"
                "{ unit = \"yuan\"; quota = 5; recipients = \"city.csv\"; } );\n"
                "displays = ( { boards = \"plaza\"; slogans = \"学法\"; every = 3600; } ); };\n",
                campaign, jinan);
}

static int open_stage(void **state)
{
    struct stage *stage = mem_new(struct stage);

    stage_open(stage);
    write_office(stage, "", "");
    *state = stage;
    return 0;
}

static int close_stage(void **state)
{
    stage_close(*state);
    free(*state);
    return 0;
}

/* Units with the same windows stand together. */
static void test_calendar(void **state)
{
    const struct stage *stage = *state;

    write_office(stage, "quiet = \"21:00-08:00\"; holidays = \"2096-10-31\";", "");
    write_campaign(stage,
                   "windows = ( { from = \"2096-10-29\"; to = \"2096-11-09\"; daily = "
                   "\"07:00-10:00\"; } );",
                   "windows = ( " FUTURE("30", "08:30", "11:00") " );");
    stage_says(stage, 0,
               "c1\n Messages:\n  city, yuan\n"
               "    29 Oct - 9 Nov 2096, every day 08:00-10:00 (1 day left out): 11 windows, 22 h\n"
               "  jinan\n    30 Oct 2096 08:30-11:00: 1 window, 2 h 30 min\n"
               " Slogans:\n  plaza\n"
               "    29 Oct - 9 Nov 2096, every day 07:00-10:00 (1 day left out): 11 windows, 33 h\n"
               "No errors; warnings: 0.",
               CHECK);
}

static void test_past(void **state)
{
    const struct stage *stage = *state;

    write_campaign(stage, "windows = ( " FUTURE("30", "08:30", "11:00") " );",
                   "windows = ( { from = \"2020-10-30 08:30\"; to = \"2020-10-30 11:00\"; } );");
    stage_says(stage, 0, "campaign.cfg:4: warning: All windows of jinan are over", CHECK);
    stage_says(stage, 0, "Of 2 windows 1 are over already", CHECK);
    write_campaign(
        stage, "windows = ( { from = \"2020-10-30 08:30\"; to = \"2020-10-30 11:00\"; } );", "");
    stage_says(stage, 0, "campaign.cfg: warning: All windows are over", CHECK);
}

static void test_night(void **state)
{
    const struct stage *stage = *state;

    write_campaign(stage, "windows = ( " FUTURE("30", "08:30", "21:01") " );",
                   "windows = ( " FUTURE("30", "08:00", "21:00") " );");
    stage_says(stage, 0, "campaign.cfg:3: warning: People would get messages at night", CHECK);
    write_office(stage, "quiet = \"23:00-05:00\";", "");
    stage_says(stage, 0, "warnings: 0.", CHECK);
}

static void test_approval(void **state)
{
    static const char by_wang[] =
        "prepared_by = \"王某某\"; windows = ( " FUTURE("30", "08:30", "11:00") " );";
    const struct stage *stage = *state;

    write_office(stage, "", "approval = { required = true; };\n");
    write_campaign(stage, "windows = ( " FUTURE("30", "08:30", "11:00") " );", "");
    stage_says(stage, 0, "write prepared_by", CHECK);
    write_campaign(
        stage, "prepared_by = \"请填写\"; windows = ( " FUTURE("30", "08:30", "11:00") " );", "");
    stage_says(stage, 0, "write prepared_by", CHECK);
    write_campaign(stage, by_wang, "");
    stage_says(stage, 0, "nobody may: add approvers", CHECK);
    write_office(stage, "", "approval = { required = false; };\n");
    stage_says(stage, 0, "warnings: 0.", CHECK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_calendar, open_stage, close_stage),
        cmocka_unit_test_setup_teardown(test_past, open_stage, close_stage),
        cmocka_unit_test_setup_teardown(test_night, open_stage, close_stage),
        cmocka_unit_test_setup_teardown(test_approval, open_stage, close_stage),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
