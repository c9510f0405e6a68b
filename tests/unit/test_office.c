/* test_office: freeing whole, half-filled and empty structs (leaks and double frees
 * are the sanitizer's to find). */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "gateway/base/mem.h"
#include "gateway/model/campaign.h"
#include "gateway/model/office.h"

struct kind_options {
    char *user, *password;
    int64_t port;
    struct option_strings programs;
};

static const struct option_def options[] = {
    {.name = "user", .type = OPTION_STRING, .offset = offsetof(struct kind_options, user)},
    {.name = "password",
     .type = OPTION_STRING,
     .offset = offsetof(struct kind_options, password),
     .secret = true},
    {.name = "port", .type = OPTION_INT, .offset = offsetof(struct kind_options, port)},
    {.name = "programs", .type = OPTION_STRINGS, .offset = offsetof(struct kind_options, programs)},
    {0},
};

static const struct option_kind kind = {
    .name = "test", .options = options, .size = sizeof(struct kind_options)};

static struct option_strings make_strings(const char *first, const char *second)
{
    struct option_strings strings = {mem_array(2, char *), 2};

    strings.items[0] = mem_dup(first);
    strings.items[1] = mem_dup(second);
    return strings;
}

static struct office make_office(void)
{
    struct office office = {.file = mem_dup("lawcast.cfg"), .name = mem_dup("法宣办")};
    struct kind_options *filled = mem_new(struct kind_options);

    office.timezone = mem_dup("Asia/Shanghai");
    office.ledger_path = mem_dup("lawcast.db");
    office.n_units = 2;
    office.units = mem_array(2, struct unit);
    office.units[0] = (struct unit){
        .id = mem_dup("city"),
        .name = mem_dup("市法宣办"),
        .signature = mem_dup("市法宣办"),
        .contact = {mem_dup("甲"), mem_dup("主任"), mem_dup("13800000000")},
    };
    office.units[1].id = mem_dup("jinan");
    office.n_banks = 1;
    office.banks = mem_array(1, struct bank);
    office.banks[0] =
        (struct bank){mem_dup("bank-a"), make_strings("/dev/ttyUSB8", "/dev/ttyUSB9")};
    office.n_groups = 1;
    office.groups = mem_array(1, struct limit_group);
    office.groups[0] = (struct limit_group){.id = mem_dup("pool"), .limits = {100, 1000}};
    office.operators_file = mem_dup("operators.csv");
    office.ported_file = mem_dup("ported.csv");
    office.operators = operators_new();
    assert_int_equal(operators_add_prefix(office.operators, "138", OPERATOR_MOBILE), 0);
    office.refusal_words = make_strings("取消", "不要");
    office.refusal_answer = mem_dup("已登记。");
    office.n_modems = 1;
    office.modems = mem_array(1, struct modem);
    office.modems[0] = (struct modem){
        .id = mem_dup("bank-a/0"),
        .bank = mem_dup("bank-a"),
        .device = mem_dup("/dev/ttyUSB0"),
        .connection = mem_dup("at115200"),
        .smsc = mem_dup("+8613800000000"),
        .pin = mem_dup("0000"),
        .imei = mem_dup("350000000000001"),
        .imsi = mem_dup("460000000000001"),
        .spares = &office.banks[0].spares,
    };
    office.n_boards = 2;
    office.boards = mem_array(2, struct board);
    filled->password = mem_dup("made here");
    filled->port = 5005;
    filled->programs = make_strings("1", "2");
    filled->user = mem_dup("admin");
    office.boards[0] = (struct board){
        .id = mem_dup("plaza"),
        .url = mem_dup("http://127.0.0.1"),
        .kind = &kind,
        .options = filled,
    };
    office.boards[1] = (struct board){.id = mem_dup("market")}; /* half filled */
    return office;
}

/* Whole: everything it owns is given back, and what is left is an empty office. */
static void test_free_of_a_whole_one(void **state)
{
    struct office office = make_office();

    (void)state;
    office_free(&office);
    assert_null(office.units);
    assert_null(office.boards);
    assert_int_equal(office.n_units + office.n_modems + office.n_boards, 0);
}

static void test_free_of_nothing_and_twice(void **state)
{
    struct office office = {0};
    struct campaign campaign = {0};

    (void)state;
    office_free(&office);
    campaign_free(&campaign);
    office = make_office();
    office_free(&office);
    office_free(&office);
    assert_null(office.boards);
}

static void test_campaign_free(void **state)
{
    struct campaign campaign = {
        .file = mem_dup("a.cfg"), .id = mem_dup("a"), .title = mem_dup("甲")};

    (void)state;
    campaign.source = mem_dup("campaign = {};");
    campaign.windows = mem_array(1, struct window);
    campaign.n_windows = 1;
    campaign.sms.text = mem_dup("学法");
    campaign.sms.refusal = mem_dup("");
    campaign.orders = mem_array(2, struct order);
    campaign.n_orders = 2;
    campaign.orders[0].recipients = mem_dup("a.csv");
    campaign.orders[0].reserve = mem_dup("b.csv");
    campaign.orders[0].text = mem_dup("学法");
    campaign.displays = mem_array(1, struct display);
    campaign.n_displays = 1;
    campaign.displays[0].boards = mem_array(1, size_t);
    campaign.displays[0].n_boards = 1;
    campaign.displays[0].slogans = make_strings("弘扬宪法精神", "共建文明城市");
    campaign_free(&campaign);
    assert_null(campaign.orders);
    assert_int_equal(campaign.n_displays, 0);
    campaign_free(&campaign);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_free_of_a_whole_one),
        cmocka_unit_test(test_free_of_nothing_and_twice),
        cmocka_unit_test(test_campaign_free),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
