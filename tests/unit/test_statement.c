/* test_statement: disjoint columns, sums, the JSON contract, and the table for people.
 * Runs: any. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <time.h>

#include "gateway/base/utf8.h"
#include "gateway/model/campaign.h"
#include "tests/unit/statement_kit.h"

static void every_state_is_in_one_column(void **state)
{
    static const int64_t expected[STATEMENT_COLUMNS] = {
        [COLUMN_SENT] = 16,      [COLUMN_DELIVERED] = 32,   [COLUMN_UNDELIVERED] = 64,
        [COLUMN_REJECTED] = 128, [COLUMN_UNKNOWN] = 256,    [COLUMN_SUPPRESSED] = 512,
        [COLUMN_EXPIRED] = 1024, [COLUMN_CANCELLED] = 2048, [COLUMN_OPEN] = 1 + 2 + 4 + 8};
    struct books books = two_units();
    struct statement statement;
    char why[200];

    (void)state;
    assert_int_equal(statement_read(&books, "day", &statement), 0);
    for (size_t i = 0; i < STATEMENT_COLUMNS; i++)
        assert_int_equal(statement.units[0].n[i], expected[i]);
    assert_int_equal(statement.units[0].planned, 4095);
    assert_int_equal(statement.units[0].parts, 2 * (16 + 32 + 64));
    assert_int_equal(statement.units[0].parts_unknown, 2 * 256);
    assert_int_equal(statement.totals.planned, 4095 + 66);
    assert_int_equal(statement.totals.n[COLUMN_OPEN], 15 + 6);
    assert_int_equal(statement.by_state[DELIVERY_DEFERRED], 8 + 3);
    assert_int_equal(statement.n_windows, 1);
    assert_int_equal(statement.windows[0].from_ms, OPENS);
    assert_true(statement_adds_up(&statement, why, sizeof why));
    statement_release(&statement);
}

static void what_does_not_add_up_is_named(void **state)
{
    char why[200];

    (void)state;
    for (int fault = 0; fault < 6; fault++) {
        struct books books = two_units();
        struct statement statement;

        if (fault == 0) /* a message that is shown on a board */
            books.units[1].n[DELIVERY_SHOWN] = 1;
        if (fault == 1)
            books.units[1].n[DELIVERY_SENT] = -1;
        assert_int_equal(statement_read(&books, "day", &statement), 0);
        if (fault == 2)
            statement.totals.n[COLUMN_SENT]++;
        if (fault == 3)
            statement.totals.parts--;
        if (fault == 4)
            statement.shown.days[2].ms++;
        if (fault == 5)
            strcpy(statement.shown.days[2].board, "roof");
        why[0] = '\0';
        assert_false(statement_adds_up(&statement, why, sizeof why));
        assert_true(why[0]);
        if (fault < 2)
            assert_non_null(strstr(why, "金安区"));
        statement_release(&statement);
    }
}

static void unreadable_books_say_so(void **state)
{
    struct books books = two_units();
    struct statement statement;

    (void)state;
    assert_int_equal(statement_read(&books, "night", &statement), 1);
    statement_release(&statement);
    books.failure = -EIO;
    assert_int_equal(statement_read(&books, "day", &statement), -EIO);
    statement_release(&statement);
}

static void windows_that_are_no_windows_are_left_out(void **state)
{
    static const char *const texts[] = {"",      "[",       "{}",          "[1]",
                                        "[[1]]", "[[5,5]]", "[[\"a\",2]]", "[[9,3]]"};

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct books books = two_units();
        struct statement statement;
        char windows[32];

        snprintf(windows, sizeof windows, "%s", texts[i]);
        books.campaign.windows = windows;
        assert_int_equal(statement_read(&books, "day", &statement), 0);
        assert_int_equal(statement.n_windows, 0);
        statement_release(&statement);
    }
}

static void the_json_is_the_contract(void **state)
{
    static const char expected[] =
        "{\"campaign\":\"day\",\"title\":\"弘扬宪法精神\",\"entered\":true,\"counts\":\"delivered\","
        "\"windows\":[{\"from\":\"2026-10-31T08:30:00+08:00\",\"to\":\"2026-10-31T11:00:00+08:00\"}"
        "],"
        "\"units\":[{\"unit\":\"city\",\"name\":\"市法宣办\",\"quota\":50000,\"planned\":4095,"
        "\"sent\":16,\"delivered\":32,\"undelivered\":64,\"rejected\":128,\"unknown\":256,"
        "\"suppressed\":512,\"expired\":1024,\"cancelled\":2048,\"open\":15,\"parts\":224},"
        "{\"unit\":\"jinan\",\"name\":\"金安区\",\"quota\":20000,\"planned\":66,\"sent\":4,"
        "\"delivered\":5,\"undelivered\":6,\"rejected\":7,\"unknown\":8,\"suppressed\":9,"
        "\"expired\":10,\"cancelled\":11,\"open\":6,\"parts\":15}],\"groups\":[],"
        "\"operators\":[{\"operator\":\"unknown\",\"planned\":4161,\"sent\":20,\"delivered\":37,"
        "\"undelivered\":70,\"rejected\":135,\"unknown\":264,\"suppressed\":521,\"expired\":1034,"
        "\"cancelled\":2059,\"open\":21,\"parts\":239}],"
        "\"modems\":[{\"modem\":\"\",\"planned\":4161,\"sent\":20,\"delivered\":37,"
        "\"undelivered\":70,\"rejected\":135,\"unknown\":264,\"suppressed\":521,\"expired\":1034,"
        "\"cancelled\":2059,\"open\":21,\"parts\":239}],"
        "\"sims\":[{\"sim\":\"\",\"planned\":4161,\"sent\":20,\"delivered\":37,"
        "\"undelivered\":70,\"rejected\":135,\"unknown\":264,\"suppressed\":521,\"expired\":1034,"
        "\"cancelled\":2059,\"open\":21,\"parts\":239}],"
        "\"days\":[{\"day\":\"\",\"planned\":4161,\"sent\":20,\"delivered\":37,"
        "\"undelivered\":70,\"rejected\":135,\"unknown\":264,\"suppressed\":521,\"expired\":1034,"
        "\"cancelled\":2059,\"open\":21,\"parts\":239}],"
        "\"boards\":[{\"board\":\"plaza\",\"owner\":\"city\",\"slogans\":4,\"shown_seconds\":8999,"
        "\"level\":2,\"showings\":29,\"planned\":30,\"place\":\"人民广场\",\"need\":2}],"
        "\"shown\":[{\"board\":\"plaza\",\"owner\":\"city\",\"slogan\":\"宪法\",\"day\":\"2026-10-"
        "31\","
        "\"seconds\":8500,\"level\":2},"
        "{\"board\":\"plaza\",\"owner\":\"city\",\"slogan\":\"民法典\",\"day\":\"2026-10-31\","
        "\"seconds\":1,\"level\":5},"
        "{\"board\":\"plaza\",\"owner\":\"city\",\"slogan\":\"宪法\",\"day\":\"2026-11-01\","
        "\"seconds\":498,\"level\":2}],"
        "\"targets\":[{\"unit\":\"\",\"places\":2,\"places_reached\":3,\"items\":3,\"items_"
        "reached\":3,"
        "\"minutes\":150,\"minutes_reached\":149,\"met\":false},"
        "{\"unit\":\"city\",\"places\":1,\"places_reached\":1,\"items\":2,\"items_reached\":2,"
        "\"minutes\":100,\"minutes_reached\":149,\"met\":true},"
        "{\"unit\":\"jinan\",\"places\":1,\"places_reached\":0,\"items\":0,\"items_reached\":0,"
        "\"minutes\":0,\"minutes_reached\":0,\"met\":false}],"
        "\"totals\":{\"quota\":70000,\"planned\":4161,\"sent\":20,\"delivered\":37,"
        "\"undelivered\":70,\"rejected\":135,\"unknown\":264,\"suppressed\":521,\"expired\":1034,"
        "\"cancelled\":2059,\"open\":21,\"parts\":239},"
        "\"notes\":{\"reports_closed\":16,\"reports_unmatched\":3,\"refusing_numbers\":2}}";
    struct books books = two_units();
    struct buffer text = BUFFER_NULL;
    struct statement statement;
    struct jv *document;

    (void)state;
    books.notes = (struct books_notes){.unmatched = 3, .closed = 16, .refusals = 2};
    statement_read(&books, "day", &statement);
    document = statement_to_json(&statement);
    jv_write(document, false, &text);
    assert_string_equal(buffer_text(&text), expected);
    jv_free(document);
    buffer_free(&text);
    statement_release(&statement);
}

static void the_table_speaks_chinese(void **state)
{
    char *text;

    (void)state;
    setenv("LC_ALL", "zh_CN.UTF-8", 1);
    text = print_with(statement_print_table);
    unsetenv("LC_ALL");
    assert_non_null(strstr(
        text,
        "弘扬宪法精神 (day)\n时间窗：2026-10-31 08:30:00 至 2026-10-31 11:00:00（UTC+08:00）"));
    assert_non_null(strstr(text, "合计      70,000  4,161"));
    assert_non_null(strstr(text, "结果不明的短信最多另有 520 条"));
    assert_non_null(strstr(text, "plaza   市法宣办       4        29        30   2:29:59  已回读"));
    assert_non_null(strstr(text, "共播放 29 次，计划 30 次。"));
    assert_non_null(strstr(text, "2026-10-31  plaza   宪法     2:21:40  已回读"));
    assert_non_null(strstr(text, "全部       3/2   3/3  149/150  ✕ 否"));
    free(text);
}

/* An owner without an order of messages isn't among the units. */
static void owners_have_names_and_lines_fit(void **state)
{
    for (int asked = LEVEL_STORED; asked <= LEVEL_LOGGED; asked += 3) {
        struct books books = two_units();
        struct statement statement;
        char *text = NULL, *line;
        size_t size;
        FILE *out = open_memstream(&text, &size);

        (void)state;
        books.n_units = 0;
        books.boards[0].need = asked;
        books.boards[0].level = LEVEL_SCREENSHOT;
        books.boards[1] = books.boards[0];
        strcpy(books.boards[1].id, "weather-bureau-plaza-0012");
        strcpy(books.boards[1].owner_name, "六安市气象局");
        strcpy(books.boards[1].owner, "weather");
        books.campaign.targets = (char *)"[[\"weather\",1,0,0]]";
        strcpy(books.boards[0].owner_name, "六安市法治宣传教育工作领导小组办公室");
        books.n_boards = 2;
        statement_read(&books, "day", &statement);
        statement_print_table(&statement, out);
        fclose(out);
        statement_release(&statement);
        assert_non_null(strstr(text, "plaza    "));
        assert_non_null(strstr(text, "六安市"));
        assert_non_null(strstr(text, "\n六安市气象局 "));
        assert_null(strstr(text, "weather "));
        for (line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
            assert_in_range(utf8_columns(line), 1, 80);
        free(text);
    }
}

static void half_entered_is_said(void **state)
{
    (void)state;
    for (int entered = 0; entered < 2; entered++) {
        struct books books = two_units();
        struct buffer json = BUFFER_NULL;
        struct statement statement;
        struct jv *document;
        char *text = NULL;
        size_t size;
        FILE *out = open_memstream(&text, &size);

        books.campaign.planned = entered;
        books.campaign.counts = entered ? COUNT_SENT : COUNT_DELIVERED;
        statement_read(&books, "day", &statement);
        statement_print_table(&statement, out);
        fclose(out);
        assert_int_equal(strstr(text, "▲ The campaign is not completely entered") == NULL, entered);
        document = statement_to_json(&statement);
        jv_write(document, false, &json);
        assert_non_null(strstr(json.data, entered ? "\"entered\":true,\"counts\":\"sent\""
                                                  : "\"entered\":false,\"counts\":\"delivered\""));
        jv_free(document);
        buffer_free(&json);
        free(text);
        statement_release(&statement);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_state_is_in_one_column),
        cmocka_unit_test(what_does_not_add_up_is_named),
        cmocka_unit_test(unreadable_books_say_so),
        cmocka_unit_test(windows_that_are_no_windows_are_left_out),
        cmocka_unit_test(the_json_is_the_contract),
        cmocka_unit_test(the_table_speaks_chinese),
        cmocka_unit_test(owners_have_names_and_lines_fit),
        cmocka_unit_test(half_entered_is_said),
    };

    statement_kit_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
