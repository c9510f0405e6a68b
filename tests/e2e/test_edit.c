/* test_edit: a campaign is stopped, edited and goes on: whoever had a message gets no second one,
 * new numbers get theirs; what can't be changed is refused. */
#include "tests/e2e/live_kit.h"

enum { FIRST_ROUND = 60, SECOND_ROUND = 90 };

static void write_campaign(struct live *live, const char *text, int quota, int minutes)
{
    char from[20], to[20];

    stage_time(-2, from);
    stage_time(minutes * 60, to);
    stage_write(&live->stage, "campaign.cfg",
                "campaign = { id = \"c1\"; title = \"t\";\n"
                "  windows = ( { from = \"%s\"; to = \"%s\"; } );\n"
                "  sms = { text = \"%s\"; report_wait = 5; };\n"
                "  orders = ( { unit = \"city\"; quota = %d; recipients = \"city.csv\"; } ); };\n",
                from, to, text, quota);
}

/* The same, but for how messages are counted. */
static void write_counting(struct live *live, int quota, int minutes)
{
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;
    const char *end;

    write_campaign(live, "学法守法", quota, minutes);
    assert_int_equal(buffer_read_file(&text, live->stage.campaign, 1 << 16), 0);
    end = strstr(buffer_text(&text), "  sms = ");
    assert_non_null(end);
    stage_write(&live->stage, "campaign.cfg", "%.*s  counts = \"sent\";\n%s",
                (int)(end - buffer_text(&text)), buffer_text(&text), end);
}

static void edit(struct live *live, int code, const char *says)
{
    const char *const args[] = {"edit",  "-c", live->stage.conf, live->stage.campaign, "--apply",
                                "--yes", NULL};

    stage_says(&live->stage, code, says, args);
}

static void test_edit(void **state)
{
    struct live live;

    (void)state;
    live_open(&live, "40");
    live_write_office(&live, &(struct live_office){.bank = "per_hour = 100000; per_day = 200000;"});
    write_campaign(&live, "学法守法", FIRST_ROUND, 30);
    stage_write_numbers(&live.stage, "city.csv", STAGE_FIRST, FIRST_ROUND);
    edit(&live, 1, "there are no books");
    live_spawn(&live);
    live_await(&live, "accepted", 0, -1, 20);
    write_campaign(&live, "学法守法", SECOND_ROUND, 60);
    stage_write_numbers(&live.stage, "city.csv", STAGE_FIRST, SECOND_ROUND);
    edit(&live, 1, "a gateway is at work");
    stage_signal(&live.child, SIGTERM);
    live_end(&live, 3, 30, NULL);
    write_campaign(&live, "另一内容", SECOND_ROUND, 60);
    edit(&live, 1, "can't be changed");
    write_campaign(&live, "学法守法", 5, 60);
    edit(&live, 1, "the quota can't be lower");
    write_counting(&live, SECOND_ROUND, 60);
    edit(&live, 1, "counts can't be changed");
    write_campaign(&live, "学法守法", SECOND_ROUND, 0);
    edit(&live, 1, "the last window is over");
    write_campaign(&live, "学法守法", SECOND_ROUND, 60);
    edit(&live, 0, "quota 90 instead of 60");
    edit(&live, 0, "Nothing was changed.");
    live_spawn(&live);
    live_end(&live, 0, 60, NULL);
    assert_int_equal(live_reached(&live, LIVE_FIRST, SECOND_ROUND), SECOND_ROUND);
    assert_int_equal(live_books(&live, "city").n[DELIVERY_DELIVERED], SECOND_ROUND);
    live_close(&live);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_edit)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
