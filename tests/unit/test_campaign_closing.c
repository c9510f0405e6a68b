/* test_campaign_closing: a report_close that no run lasts long enough for is warned of. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "gateway/config/config.h"
#include "tests/support/stage.h"
#include "tests/unit/findings.h"

static struct unit units[] = {{.id = "city", .name = "City", .signature = "六安市法宣办"}};
static struct modem modems[] = {{.id = "a/0", .group = -1}};
static const struct office office = {
    .file = "office.cfg", .units = units, .n_units = 1, .modems = modems, .n_modems = 1};

static void read_campaign(const char *options, struct diag *diag)
{
    struct campaign *campaign;
    struct stage stage;

    stage_open(&stage);
    stage_write(&stage, "a.csv", "%s", "手机号\n13800000001\n");
    stage_write(&stage, "campaign.cfg",
                "campaign = { id = \"c-1\"; title = \"T\";\n"
                "windows = ( { from = \"2026-10-31 08:30\"; to = \"2026-10-31 11:00\"; } );\n"
                "sms = { text = \"学宪法\";\n%s };\n"
                "orders = ( { unit = \"city\"; quota = 5; recipients = \"a.csv\"; } ); };\n",
                options);
    assert_int_equal(config_read_campaign(stage.dir, &office, diag, &campaign), 0);
    campaign_free(campaign);
    free(campaign);
    stage_close(&stage);
}

static void test_longer_than_the_run(void **state)
{
    static const char *const quiet[] = {
        "",
        "report_close = 0;",
        "report_close = 2; report_wait = 7200;",
        "report_close = 24; report = false;",
    };
    struct diag diag = DIAG_NULL;

    (void)state;
    for (size_t i = 0; i < sizeof quiet / sizeof *quiet; i++) {
        read_campaign(quiet[i], &diag);
        assert_int_equal(diag.n, 0);
    }
    read_campaign("report_wait = 7199;\nreport_close = 2;", &diag);
    assert_int_equal(diag.n, 1);
    findings_expect(&diag, DIAG_WARNING, "/campaign.cfg", 5, "closed by the next run");
    diag_free(&diag);
    setenv("LC_ALL", "zh_CN.UTF-8", 1);
    read_campaign("report_close = 2;", &diag);
    assert_int_equal(diag.n, 1);
    assert_true(findings_are_chinese(&diag));
    diag_free(&diag);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_longer_than_the_run)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
