/* test_plan_table: rows are summed into the right unit and the right column.
 * Runs: any. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "gateway/report/plan_table.h"

static struct unit units[] = {{.id = "city", .name = "市法宣办"},
                              {.id = "jinan", .name = "金安区"}};
static struct modem modems[2];
static struct board boards[] = {{.id = "idle", .owner = 0, .place = "x"},
                                {.id = "plaza", .owner = 1, .place = "y"}};
static struct office office = {
    .units = units, .n_units = 2, .modems = modems, .n_modems = 2, .boards = boards, .n_boards = 2};
static size_t display_boards[] = {1};
static char *slogans[] = {"a", "b"};
static struct display displays[] = {
    {.boards = display_boards, .n_boards = 1, .slogans = {slogans, 2}, .every_s = 300}};
static struct window windows[] = {{0, 9000000}, {20000000, 20600000}};
static struct order orders[] = {{.unit = 1, .quota = 3, .windows = windows, .n_windows = 1},
                                {.unit = 0, .quota = 2, .windows = windows, .n_windows = 2}};
static char refusal[] = "拒收请回复R";
static struct campaign campaign = {.id = "day",
                                   .title = "日",
                                   .sms = {.refusal = refusal},
                                   .orders = orders,
                                   .n_orders = 2,
                                   .displays = displays,
                                   .n_displays = 1};

static struct plan *small_plan(void)
{
    static const struct recipient rows[] = {
        {.order = 0,
         .alphabet = SMS_UCS2,
         .parts = 1,
         .number = 8613800000001,
         .text = "【甲】张三13800000001好。拒收请回复R"},
        {.order = 0,
         .alphabet = SMS_UCS2,
         .parts = 2,
         .has_gap = true,
         .text = "【甲】好，退订回T。拒收请回复R"},
        {.order = 0, .refused = true, .why = REFUSAL_NUMBER},
        {.order = 0, .refused = true, .why = REFUSAL_DUPLICATE},
        {.order = 0, .refused = true, .why = REFUSAL_DUPLICATE, .reserve = true},
        {.order = 1, .alphabet = SMS_GSM7, .parts = 1, .text = "ok"},
        {.order = 1, .alphabet = SMS_UCS2, .parts = 1, .text = "退订回T"},
        {.order = 1, .alphabet = SMS_UCS2, .parts = 3, .reserve = true, .text = "好"},
        {.order = 1, .refused = true, .why = REFUSAL_COLUMNS},
    };
    struct plan *plan = plan_new(&campaign, &office);

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        plan_add(plan, &rows[i]);
    for (int64_t i = 0; i < 2; i++)
        plan_boards_add(plan->boards, &(struct plan_slot){.text = slogans[i],
                                                          .board = 1,
                                                          .from_ms = i * 300000,
                                                          .until_ms = (i + 1) * 300000});
    return plan;
}

static void rows_are_summed(void **state)
{
    struct plan *plan = small_plan();

    (void)state;
    assert_string_equal(plan->units[0].id, "jinan");
    assert_int_equal(plan->units[0].good, 2);
    assert_int_equal(plan->units[0].reserve, 0);
    assert_int_equal(plan->units[0].parts, 3);
    assert_int_equal(plan->units[0].parts_least, 1);
    assert_int_equal(plan->units[0].parts_most, 2);
    assert_int_equal(plan->units[0].refused[REFUSAL_DUPLICATE], 2);
    assert_int_equal(plan_refused(&plan->units[0]), 3);
    assert_string_equal(plan_alphabet(&plan->units[0]), "UCS-2");
    assert_int_equal(plan->units[1].good, 2);
    assert_int_equal(plan->units[1].reserve, 1);
    assert_int_equal(plan->units[1].parts, 2);
    assert_int_equal(plan->units[1].parts_most, 3);
    assert_string_equal(plan_alphabet(&plan->units[1]), "UCS-2 + GSM-7");
    assert_int_equal(plan->totals.quota, 5);
    assert_int_equal(plan->totals.parts, 5);
    assert_int_equal(plan_refused(&plan->totals), 4);
    assert_int_equal(plan->boards->boards[0].slogans, 0);
    assert_int_equal(plan->boards->boards[1].slogans, 2);
    assert_int_equal(plan->boards->boards[1].slots, 2);
    assert_int_equal(plan_window_ms(plan), 9600000);
    plan_free(plan);
}

/* Numbers that refused before are in no other figure, and a refused row is no opted-out one. */
static void opted_out_numbers_are_not_planned(void **state)
{
    static const struct recipient rows[] = {
        {.order = 0, .parts = 1, .number = 8613800000001, .text = "好"},
        {.order = 0, .parts = 2, .number = 8613800000002, .text = "好"},
        {.order = 0, .parts = 2, .number = 8613800000003, .text = "好", .reserve = true},
        {.order = 0, .refused = true, .why = REFUSAL_DUPLICATE, .number = 8613800000002},
    };
    struct plan *plan = plan_new(&campaign, &office);
    struct numset *set = numset_new();
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    (void)state;
    numset_add(set, 8613800000002);
    numset_add(set, 8613800000003);
    plan->opted_out = set;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        plan_add(plan, &rows[i]);
    plan_print_table(plan, out);
    fclose(out);
    assert_int_equal(plan->units[0].good, 1);
    assert_int_equal(plan->units[0].reserve, 0);
    assert_int_equal(plan->units[0].parts, 1);
    assert_int_equal(plan->units[0].opted_out, 2);
    assert_int_equal(plan->totals.opted_out, 2);
    assert_int_equal(plan_refused(&plan->units[0]), 1);
    assert_non_null(strstr(text, "  Opted out  "));
    plan_free(plan);
    numset_free(set);
    free(text);
}

static void short_means_fewer_good_than_quota(void **state)
{
    struct plan *plan = small_plan();
    const struct recipient one = {.order = 0, .parts = 1, .reserve = true, .text = "好"};

    (void)state;
    assert_true(plan_is_short(plan)); /* 2 of 3 */
    plan_add(plan, &one);
    assert_false(plan_is_short(plan)); /* the reserve tops it up */
    plan_free(plan);
}

static void an_empty_plan_has_no_figures(void **state)
{
    struct plan *plan = plan_new(&campaign, &office);

    (void)state;
    assert_string_equal(plan_alphabet(&plan->totals), "-");
    assert_int_equal(plan_refused(&plan->totals), 0);
    assert_true(plan_is_short(plan));
    plan_free(plan);
}

static char *print_with(void (*print)(const struct plan *plan, FILE *out))
{
    struct plan *plan = small_plan();
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    print(plan, out);
    fclose(out);
    plan_free(plan);
    return text;
}

static void the_table_shows_it(void **state)
{
    char *text = print_with(plan_print_table);

    (void)state;
    assert_non_null(strstr(text, "市法宣办      2     2        1        1         1-3      2"));
    assert_non_null(strstr(text, "Refused   Bad number  Duplicate  Bad columns\n"));
    assert_non_null(strstr(text, "plaza  金安区        2      2  0:10:00  none   play log\n"));
    assert_null(strstr(text, "idle"));
    assert_null(strstr(text, "Opted out"));
    assert_non_null(strstr(text, "金安区, first message (24 characters; parts: 1):\n  【甲】张三"));
    assert_null(strstr(text, "13800000001"));
    free(text);
}

/* A second hint is one beside the campaign's own; a text without that one has no second. */
static void texts_are_looked_at(void **state)
{
    struct plan *plan = small_plan();

    (void)state;
    assert_int_equal(plan->units[0].double_refusals, 1);
    assert_int_equal(plan->units[0].gaps, 1);
    assert_int_equal(plan->units[1].double_refusals, 0);
    assert_int_equal(plan->units[1].gaps, 0);
    assert_int_equal(plan->totals.double_refusals, 1);
    assert_string_equal(plan->units[0].sample, "【甲】张三138****0001好。拒收请回复R");
    assert_int_equal(plan->units[0].sample_length, 24);
    assert_string_equal(plan->units[1].sample, "ok");
    assert_null(plan->totals.sample);
    plan_free(plan);
}

static void sheet_and_json_show_it(void **state)
{
    static const char expected[] =
        "{\"campaign\":\"day\",\"title\":\"日\",\"units\":[{\"unit\":\"jinan\",\"name\":\"金安区\","
        "\"quota\":3,\"good\":2,\"reserve\":0,\"opted_out\":0,\"refused\":{\"number\":1,"
        "\"duplicate\":2,"
        "\"too_long\":0,\"text\":0,\"columns\":0},\"parts_min\":1,\"parts_max\":2,\"parts\":3,"
        "\"alphabet\":\"UCS-2\",\"empty_fields\":1,\"double_refusals\":1,"
        "\"sample\":{\"text\":\"【甲】张三138****0001好。拒收请回复R\",\"characters\":24,"
        "\"parts\":1}},{\"unit\":\"city\",";
    char *text = print_with(plan_print_csv);
    struct buffer json = BUFFER_NULL;
    struct plan *plan = small_plan();
    struct jv *document = plan_to_json(plan);

    (void)state;
    assert_non_null(strstr(text, "\r\njinan,金安区,3,2,0,1,2,0,0,0,1,2,3,UCS-2,0\r\n"));
    assert_non_null(strstr(text, "\r\n,Total,5,4,1,1,2,0,0,1,1,3,5,UCS-2 + GSM-7,0\r\n"));
    jv_write(document, false, &json);
    assert_memory_equal(buffer_text(&json), expected, sizeof expected - 1);
    assert_int_equal(jv_number(jv_at(document, "/boards/0/slots"), 0), 2);
    assert_int_equal(jv_number(jv_at(document, "/totals/refused/duplicate"), 0), 2);
    assert_int_equal(jv_number(jv_at(document, "/window_seconds"), 0), 9600);
    jv_free(document);
    buffer_free(&json);
    plan_free(plan);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_summed),
        cmocka_unit_test(opted_out_numbers_are_not_planned),
        cmocka_unit_test(short_means_fewer_good_than_quota),
        cmocka_unit_test(an_empty_plan_has_no_figures),
        cmocka_unit_test(the_table_shows_it),
        cmocka_unit_test(texts_are_looked_at),
        cmocka_unit_test(sheet_and_json_show_it),
    };

    setenv("LC_ALL", "C", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
