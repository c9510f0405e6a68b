/* test_table: columns line up whatever the script; CSV cells can't run; figures round down.
 * Runs: any. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gateway/base/utf8.h"
#include "gateway/report/figure.h"
#include "gateway/report/sheet.h"
#include "gateway/report/table.h"

static char *printed(const struct table *table)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    table_print(table, out);
    fclose(out);
    return text;
}

static void chinese_and_latin_line_up(void **state)
{
    static const struct table_column columns[] = {{"单位", false, false}, {"n", true, false}};
    struct table *table = table_new(columns, 2);
    char *text, *line;

    (void)state;
    table_row(table, (const char *[]){"市法宣办", "50,000"});
    table_row(table, (const char *[]){"ab", "7"});
    table_rule(table);
    table_row(table, (const char *[]){"合计", "50,007"});
    text = printed(table);
    for (line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
        assert_int_equal(utf8_columns(line), 8 + 2 + 6);
    free(text);
    table_free(table);
}

static void optional_columns_go_when_empty(void **state)
{
    static const struct table_column columns[] = {
        {"a", false, false}, {"gone", true, true}, {"kept", true, true}};
    struct table *table = table_new(columns, 3);
    char *text;

    (void)state;
    table_row(table, (const char *[]){"x", "0", "0"});
    table_row(table, (const char *[]){"y", "", "3"});
    text = printed(table);
    assert_string_equal(text, "a  kept\n-  ----\nx     0\ny     3\n");
    free(text);
    table_free(table);
}

static void names_cannot_drive_the_terminal(void **state)
{
    static const struct table_column columns[] = {{"a", false, false}};
    struct table *table = table_new(columns, 1);
    char *text;

    (void)state;
    table_row(table, (const char *[]){"\033[31mx\n\xC2\x9B\xFF\xE2\x80\xAE"});
    text = printed(table);
    assert_string_equal(text, "a\n----------\n?[31mx????\n");
    free(text);
    table_free(table);
}

static void text_is_cut_to_columns(void **state)
{
    static const struct {
        const char *text;
        size_t columns;
        bool padded;
        const char *expected;
    } cases[] = {
        {"abc", 5, false, "abc"},
        {"abc", 5, true, "abc  "},
        {"abcdef", 4, false, "abc…"},
        {"市法宣办", 8, true, "市法宣办"},
        {"市法宣办", 7, true, "市法宣…"},
        {"市法宣办", 6, true, "市法… "},
        {"市", 1, true, "…"},
        {"abc", 0, true, ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buffer out = BUFFER_NULL;
        size_t used = table_put_text(&out, cases[i].text, cases[i].columns, cases[i].padded);

        assert_string_equal(buffer_text(&out), cases[i].expected);
        assert_int_equal(used, utf8_columns(cases[i].expected));
        buffer_free(&out);
    }
}

static void cells_are_quoted_and_disarmed(void **state)
{
    static const char *const cells[] = {
        "plain", "a,b", "say \"no\"", "two\nlines", "=1+1", "+8613800000000",
        "-1",    "@x",  "＝1",        "\tx",        ""};
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    (void)state;
    sheet_begin(out);
    sheet_row(out, cells, sizeof cells / sizeof *cells);
    fclose(out);
    assert_string_equal(text,
                        "\xEF\xBB\xBFplain,\"a,b\",\"say \"\"no\"\"\",\"two\nlines\","
                        "\"'=1+1\",\"'+8613800000000\",\"'-1\",\"'@x\",\"'＝1\",\"'\tx\",\r\n");
    free(text);
}

static void figures_read_well(void **state)
{
    static const struct {
        int64_t n;
        const char *expected;
    } counts[] = {{0, "0"},
                  {999, "999"},
                  {1000, "1,000"},
                  {-1234567, "-1,234,567"},
                  {130000, "130,000"},
                  {INT64_MAX, "9,223,372,036,854,775,807"}};
    char text[FIGURE_ROOM];

    (void)state;
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        figure_count(counts[i].n, text);
        assert_string_equal(text, counts[i].expected);
    }
    figure_span(2 * 3600000 + 29 * 60000 + 59999, text);
    assert_string_equal(text, "2:29:59");
    figure_span(-5, text);
    assert_string_equal(text, "0:00:00");
}

static void percent_is_rounded_but_never_to_all(void **state)
{
    static const struct {
        int64_t part, whole;
        const char *expected;
    } cases[] = {
        {9999, 10000, "99.9%"},           {2, 3, "66.7%"}, {1, 2000, "0.1%"}, {3, 1, "300.0%"},
        {10000, 10000, "100.0%"},         {1, 3, "33.3%"}, {0, 7, "0.0%"},    {5, 0, "-"},
        {INT64_MAX, INT64_MAX, "100.0%"}, {-1, 5, "-"}};
    char text[FIGURE_ROOM];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        figure_percent(cases[i].part, cases[i].whole, text);
        assert_string_equal(text, cases[i].expected);
    }
}

static void times_carry_their_zone(void **state)
{
    char text[FIGURE_ROOM];

    (void)state;
    setenv("TZ", "CST-8", 1);
    tzset();
    figure_iso(1793406600000, text);
    assert_string_equal(text, "2026-10-31T08:30:00+08:00");
    setenv("TZ", "NST3:30", 1);
    tzset();
    figure_iso(1793406600000, text);
    assert_string_equal(text, "2026-10-30T21:00:00-03:30");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chinese_and_latin_line_up),
        cmocka_unit_test(optional_columns_go_when_empty),
        cmocka_unit_test(names_cannot_drive_the_terminal),
        cmocka_unit_test(text_is_cut_to_columns),
        cmocka_unit_test(cells_are_quoted_and_disarmed),
        cmocka_unit_test(figures_read_well),
        cmocka_unit_test(percent_is_rounded_but_never_to_all),
        cmocka_unit_test(times_carry_their_zone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
