/* test_campaign_lists: lists are read to their end before anything is entered, and are part of what
 * the books know a campaign by; windows that are over are told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "gateway/base/clock.h"
#include "gateway/base/hex.h"
#include "gateway/config/config.h"
#include "gateway/config/recipients.h"
#include "tests/support/stage.h"
#include "tests/unit/findings.h"

#define OPENS  INT64_C(1793406600000)
#define CLOSES INT64_C(1793415600000)

static struct unit units[] = {{.id = "city", .name = "City", .signature = "甲"},
                              {.id = "jinan", .name = "Jinan", .signature = "乙"}};
static struct modem modem = {.id = "m/0", .group = -1};
static const struct office office = {
    .file = "office.cfg", .units = units, .n_units = 2, .modems = &modem, .n_modems = 1};

static const char head[] =
    "campaign = { id = \"c-1\"; title = \"T\";\n"
    "windows = ( { from = \"2026-10-31 08:30\"; to = \"2026-10-31 11:00\"; } );\n"
    "sms = { text = \"学宪法\"; };\n";
static const char one_order[] =
    "orders = ( { unit = \"city\"; quota = 5; recipients = \"a.csv\"; } ); };";

static struct campaign *stage_read(const struct stage *stage, struct diag *diag)
{
    struct campaign *campaign;
    int rc = config_read_campaign(stage->dir, &office, diag, &campaign);

    assert_int_equal(rc, diag->errors > 0);
    return campaign;
}

static void drop_campaign(struct campaign *campaign)
{
    campaign_free(campaign);
    free(campaign);
}

/* Every broken list is told, once, although two orders share one of them. */
static void test_broken_behind_the_header(void **state)
{
    struct diag diag = DIAG_NULL;
    struct stage stage;

    (void)state;
    stage_open(&stage);
    stage_write(
        &stage, "campaign.cfg", "%s%s", head,
        "orders = ( { unit = \"city\"; quota = 5; recipients = \"cut.csv\";\n"
        "reserve = \"good.csv\"; },\n{ unit = \"jinan\"; quota = 5; recipients = \"odd.csv\"; "
        "reserve = \"cut.csv\"; } ); };\n");
    stage_write(&stage, "good.csv", "phone\n13800000001\n");
    stage_write(&stage, "cut.csv", "phone,name\n13800000001,a\n13800000002,\"b\n13800000003,c\n");
    stage_write(&stage, "odd.csv", "phone,name\n13800000001,\"a\"b\n13800000002,c\n");
    assert_null(stage_read(&stage, &diag));
    assert_int_equal(diag.errors, 2);
    findings_expect(&diag, DIAG_ERROR, "/cut.csv", 3, "never ends");
    findings_expect(&diag, DIAG_ERROR, "/odd.csv", 2, "quotation mark");
    diag_free(&diag);
    stage_close(&stage);
}

/* A campaign file with errors is mended first: lists may be large. */
static void test_other_errors_come_first(void **state)
{
    struct diag diag = DIAG_NULL;
    struct stage stage;

    (void)state;
    stage_open(&stage);
    stage_write(&stage, "campaign.cfg", "%sbudget = 1; %s", head, one_order);
    stage_write(&stage, "a.csv", "phone,name\n13800000001,\"a\n");
    assert_null(stage_read(&stage, &diag));
    findings_expect_one(&diag, "/campaign.cfg", 4, "budget");
    diag_free(&diag);
    stage_close(&stage);
}

/* The line at the end of the source is the fingerprint of the bytes, whatever they begin with; the
 * name is the one in the campaign file, so that a moved folder keeps its campaigns. */
static void test_source(void **state)
{
    static const char *const lists[] = {"phone\n13800000001\n", "phone\n13800000002\n",
                                        "\xEF\xBB\xBFphone\r\n13800000001\r\n"};

    (void)state;
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        struct diag diag = DIAG_NULL;
        struct campaign *campaign;
        struct stage stage;
        char expected[128];

        stage_open(&stage);
        stage_write(&stage, "campaign.cfg", "%s%s", head, one_order);
        stage_write(&stage, "a.csv", "%s", lists[i]);
        campaign = stage_read(&stage, &diag);
        assert_non_null(campaign);
        snprintf(expected, sizeof expected, " };\n# list a.csv bytes=%zu fingerprint=%016llx\n",
                 strlen(lists[i]), (unsigned long long)hex_fingerprint(lists[i], strlen(lists[i])));
        assert_string_equal(strstr(campaign->source, " };\n#"), expected);
        drop_campaign(campaign);
        stage_close(&stage);
    }
}

/* Between the check and the entering the list gets another row. */
static void test_changed_list(void **state)
{
    static const char *const rows[] = {"13800000001", "13800000002"};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct diag diag = DIAG_NULL;
        struct campaign *campaign;
        struct recipients *reader;
        struct recipient row;
        struct stage stage;
        int rc;

        stage_open(&stage);
        stage_write(&stage, "campaign.cfg", "%s%s", head, one_order);
        stage_write(&stage, "a.csv", "phone\n%s\n", rows[0]);
        campaign = stage_read(&stage, &diag);
        stage_write(&stage, "a.csv", "phone\n%s\n", rows[i]);
        reader = recipients_open(campaign, &office);
        while ((rc = recipients_next(reader, &row, &diag)) == 0)
            assert_false(row.refused);
        if (i == 0)
            assert_int_equal(rc, 1);
        else
            findings_expect_one(&diag, "/a.csv", 0, "changed while it was read");
        recipients_close(reader);
        drop_campaign(campaign);
        diag_free(&diag);
        stage_close(&stage);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_broken_behind_the_header),
        cmocka_unit_test(test_other_errors_come_first),
        cmocka_unit_test(test_source),
        cmocka_unit_test(test_changed_list),
    };

    setenv("LC_ALL", "C", 1);
    setenv("TZ", "Asia/Shanghai", 1);
    tzset();
    clock_set(OPENS);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
