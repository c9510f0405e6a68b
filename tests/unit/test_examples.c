/* test_examples: conf/ and campaigns/ as they are handed out can be read, and mean what their
 * comments say. Run from the project's folder. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/buffer.h"
#include "gateway/base/mem.h"
#include "gateway/config/config.h"
#include "adapters/adapter.h"
#include "tests/support/stage.h"
#include "tests/unit/findings.h"

#define HOUR (INT64_C(3600) * 1000)

static struct office *read_office(void)
{
    struct diag diag = DIAG_NULL;
    struct office *office;

    (void)config_read_office("conf/lawcast.cfg", adapter_board_kind, &diag, &office);
    diag_print(&diag, stderr);
    assert_int_equal(diag.n, 0);
    return office;
}

/* The campaign with lists that a test has made: they are never handed out. */
static struct campaign *read_campaign(const char *path, const struct office *office,
                                      const char *const *lists)
{
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;
    struct diag diag = DIAG_NULL;
    struct campaign *campaign;
    struct stage stage;

    stage_open(&stage);
    assert_int_equal(buffer_read_file(&text, path, 1 << 20), 0);
    stage_write(&stage, "campaign.cfg", "%s", buffer_text(&text));
    for (; *lists; lists++)
        stage_write(&stage, *lists, "手机号,街道\n13800000001,中市\n");
    (void)config_read_campaign(stage.dir, office, &diag, &campaign);
    diag_print(&diag, stderr);
    assert_non_null(campaign);
    assert_int_equal(diag.n, 0);
    stage_close(&stage);
    return campaign;
}

static void drop(struct campaign *campaign, struct office *office)
{
    campaign_free(campaign);
    free(campaign);
    office_free(office);
    free(office);
}

static void test_constitution_day(void **state)
{
    static const char *const lists[] = {
        "city.csv",  "city-reserve.csv",  "jinan.csv",   "jinan-reserve.csv",
        "yuan.csv",  "yuan-reserve.csv",  "yeji.csv",    "yeji-reserve.csv",
        "price.csv", "price-reserve.csv", "weather.csv", "weather-reserve.csv",
        NULL};
    struct office *office = read_office();
    struct campaign *campaign =
        read_campaign("campaigns/constitution-day/campaign.cfg", office, lists);
    int64_t messages = 0;

    (void)state;
    assert_true(office->approval);
    assert_int_equal(office->n_approvers, 0);
    assert_int_equal(office->n_modems, 320);
    assert_int_equal(office->modems[319].price, 450);
    assert_int_equal(office->units[office->units[1].parent].parent, -1);
    assert_string_equal(office->units[office->units[3].parent].id, "city");
    assert_non_null(campaign->prepared_by);
    for (size_t i = 0; i < campaign->n_orders; i++) {
        messages += campaign->orders[i].quota;
        assert_int_equal(campaign->orders[i].n_windows, 1);
        assert_int_equal(calendar_open_ms(campaign->orders[i].windows, 1), HOUR * 5 / 2);
    }
    assert_int_equal(messages, 130000);
    drop(campaign, office);
}

/* 6 to 12 April, 13 April to 20 June, 21 June to 10 July, on weekdays that are no holidays. */
static void test_months(void **state)
{
    static const char *const lists[] = {"city.csv", "city-reserve.csv", "jinan.csv", NULL};
    struct office *office = read_office();
    struct campaign *campaign = read_campaign("campaigns/months/campaign.cfg", office, lists);
    const struct order *city = &campaign->orders[0];
    int64_t day;

    (void)state;
    assert_int_equal(campaign->leftover, LEFTOVER_NEXT);
    assert_int_equal(city->n_windows, 5 + 2 * 49 + 15);
    assert_int_equal(calendar_open_ms(city->windows, city->n_windows),
                     5 * 2 * HOUR + 98 * HOUR * 5 / 2 + 15 * HOUR * 3 / 2);
    assert_int_equal(calendar_parse_date("2027-04-06", &day), 0);
    assert_int_equal(calendar_day(city->windows[0].from_ms), day);
    assert_int_equal(calendar_parse_date("2027-07-09", &day), 0); /* the 10th is a Saturday */
    assert_int_equal(calendar_day(city->windows[city->n_windows - 1].from_ms), day);
    assert_int_equal(campaign->orders[1].n_windows, 2);
    assert_int_equal(campaign->displays[0].n_windows, 69);
    drop(campaign, office);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_constitution_day),
                                       cmocka_unit_test(test_months)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
