/* test_statement_csv: a statement, its messages and its showings for spreadsheets.
 * Runs: any. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/unit/statement_kit.h"

static void the_sheet_has_the_same_figures(void **state)
{
    char *text;

    (void)state;
    text = print_with(statement_print_csv);
    assert_memory_equal(text, "\xEF\xBB\xBFUnit id,Unit,Quota,Planned,", 30);
    assert_non_null(
        strstr(text, "\r\ncity,市法宣办,50000,4095,16,32,64,128,256,512,1024,2048,15,224\r\n"));
    assert_non_null(
        strstr(text, "\r\n,Total,70000,4161,20,37,70,135,264,521,1034,2059,21,239\r\n"));
    assert_non_null(strstr(text, "\r\nplaza,city,4,29,30,8999,read back,read back,人民广场\r\n"));
    assert_non_null(strstr(text, "\r\nplaza,city,2026-10-31,宪法,8500,read back\r\n"
                                 "plaza,city,2026-10-31,民法典,1,play log\r\n"
                                 "plaza,city,2026-11-01,宪法,498,read back\r\n"));
    assert_non_null(strstr(text, "\r\n,2,3,3,3,150,149,no\r\ncity,1,1,2,2,100,149,yes\r\n"));
    free(text);
}

static void expect_first(struct buffer *said, const char *first)
{
    assert_int_equal(strncmp(buffer_text(said), first, strlen(first)), 0);
    buffer_clear(said);
}

static void read_back(FILE *file, struct buffer *said)
{
    char part[512];
    size_t n;

    rewind(file);
    while ((n = fread(part, 1, sizeof part, file)) > 0)
        buffer_add(said, part, n);
    assert_int_equal(ftruncate(fileno(file), 0), 0);
    rewind(file);
}

/* Whatever is printed of a rehearsal's books begins with it: nobody takes it for evidence. */
static void a_rehearsal_says_so_first(void **state)
{
    static const char sheet[] = "\xEF\xBB\xBF● REHEARSAL: nothing was sent.\r\n\r\n";
    BUFFER_FREE_LATER struct buffer said = BUFFER_NULL;
    struct books books = two_units();
    struct statement statement;
    FILE *out = tmpfile();

    (void)state;
    assert_int_equal(statement_read(&books, "day", &statement), 0);
    statement_print_table(&statement, out);
    read_back(out, &said);
    assert_null(strstr(buffer_text(&said), "REHEARSAL"));
    buffer_clear(&said);
    statement_release(&statement);
    books.rehearsal = true;
    assert_int_equal(statement_read(&books, "day", &statement), 0);
    statement_print_table(&statement, out);
    read_back(out, &said);
    expect_first(&said, "● REHEARSAL: nothing was sent.\n");
    statement_print_csv(&statement, out);
    read_back(out, &said);
    expect_first(&said, sheet);
    assert_int_equal(statement_print_deliveries(&books, &statement, out), 0);
    read_back(out, &said);
    expect_first(&said, sheet);
    assert_int_equal(statement_print_showings(&books, &statement, out), 0);
    read_back(out, &said);
    expect_first(&said, sheet);
    statement_release(&statement);
    fclose(out);
}

/* What an auditor asks: what was on which screen from when until when, and what proves it. */
static void showings_say_what_was_shown_when(void **state)
{
    static const struct books_shown one = {
        7,     "plaza", "price",          "宪法", "0a1b",     "books.evidence/0a1b.png",
        OPENS, OPENS,   LEVEL_SCREENSHOT, false,  "市物价局", "人民广场"};
    struct books books = two_units();
    struct statement statement;
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    (void)state;
    statement_read(&books, "day", &statement);
    assert_int_equal(statement_print_showings(&books, &statement, out), 0);
    books.shown = &one;
    books.n_shown = 1;
    assert_int_equal(statement_print_showings(&books, &statement, out), 0);
    books.failure = -EIO;
    assert_int_equal(statement_print_showings(&books, &statement, out), -EIO);
    fclose(out);
    statement_release(&statement);
    assert_non_null(strstr(text, "Board,Place,Owner,Slogan,From,Until,Seconds,Proof,Counts,"
                                 "SHA-256 of the reply,Picture\r\n"
                                 "plaza,人民广场,市法宣办,宪法,2026-10-31 08:30:00,2026-10-31 "
                                 "08:46:40,1000.500,playing,yes,,\r\n"));
    assert_non_null(strstr(text, ",2026-11-01 00:00:00,7000.400,read back,yes,,"));
    assert_non_null(strstr(text, "plaza,人民广场,市物价局,宪法,2026-10-31 08:30:00,2026-10-31 "
                                 "08:30:00,0.000,screenshot,no,0a1b,books.evidence/0a1b.png\r\n"));
    free(text);
}

static void without_messages_there_are_no_figures_of_them(void **state)
{
    struct books books = two_units();
    struct statement statement;
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    (void)state;
    books.n_units = 0;
    statement_read(&books, "day", &statement);
    statement_print_csv(&statement, out);
    fclose(out);
    statement_release(&statement);
    assert_memory_equal(text,
                        "\xEF\xBB\xBF"
                        "Board,Owner,",
                        15);
    free(text);
}

static void deliveries_hide_the_citizen(void **state)
{
    const struct books_delivery deliveries[] = {
        {.id = 1,
         .unit = "city",
         .channel = CHANNEL_SMS,
         .address = 8613800000001,
         .state = DELIVERY_DELIVERED,
         .parts = 2,
         .attempts = 1,
         .device = "bank-a/3",
         .text = "张三同志",
         .changed_ms = OPENS},
        {.id = 2,
         .unit = "city",
         .channel = CHANNEL_DISPLAY,
         .address = 1,
         .board = "plaza",
         .state = DELIVERY_WITHDRAWN,
         .attempts = 1,
         .device = "plaza",
         .text = "宪法,根本法",
         .changed_ms = OPENS,
         .shown_ms = 300000},
    };
    struct books books = two_units();
    struct statement statement;
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    (void)state;
    books.deliveries = deliveries;
    books.n_deliveries = 2;
    statement_read(&books, "day", &statement);
    assert_int_equal(statement_print_deliveries(&books, &statement, out), 0);
    fclose(out);
    assert_non_null(strstr(
        text,
        "\r\n1,city,sms,138****0001,delivered,2,1,bank-a/3,0,delivered,2026-10-31 08:30:00,,\r\n"));
    assert_non_null(strstr(text, "\r\n2,city,display,plaza,withdrawn,,1,plaza,0,,2026-10-31 "
                                 "08:30:00,300,\"宪法,根本法\"\r\n"));
    assert_null(strstr(text, "张三"));
    assert_null(strstr(text, "13800000001"));
    free(text);
    statement_release(&statement);
}

static char *print_code(enum delivery_channel channel, enum delivery_state state, int32_t code)
{
    const struct books_delivery delivery = {.id = 1,
                                            .unit = "city",
                                            .channel = channel,
                                            .address = 8613800000001,
                                            .board = "plaza",
                                            .state = state,
                                            .code = code,
                                            .text = "",
                                            .changed_ms = OPENS};
    struct books books = two_units();
    struct statement statement;
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    books.deliveries = &delivery;
    books.n_deliveries = 1;
    statement_read(&books, "day", &statement);
    assert_int_equal(statement_print_deliveries(&books, &statement, out), 0);
    fclose(out);
    statement_release(&statement);
    return text;
}

/* The same number is a status after a report and an error before. */
static void codes_have_words(void **state)
{
    static const struct {
        enum delivery_channel channel;
        enum delivery_state state;
        int32_t code;
        const char *cells;
    } cases[] = {
        {CHANNEL_SMS, DELIVERY_DELIVERED, 0, ",0,已送达,2026"},
        {CHANNEL_SMS, DELIVERY_DELIVERED, 332, ",332,,2026"}, /* of the doubt before the proof */
        {CHANNEL_SMS, DELIVERY_DELIVERED, 42, ",42,,2026"},
        {CHANNEL_SMS, DELIVERY_UNDELIVERED, 0x46, ",70,永久失败：有效期内未能送达,2026"},
        {CHANNEL_SMS, DELIVERY_UNDELIVERED, 0, ",0,,2026"},
        {CHANNEL_SMS, DELIVERY_REJECTED, 1, ",1,空号,2026"},
        {CHANNEL_SMS, DELIVERY_DEFERRED, 42, ",42,网络拥塞,2026"},
        {CHANNEL_SMS, DELIVERY_UNKNOWN, 332, ",332,网络没有应答设备,2026"},
        {CHANNEL_SMS, DELIVERY_EXPIRED, 192, ",192,短信中心忙,2026"},
        {CHANNEL_SMS, DELIVERY_SENT, 0, ",0,,2026"},
        {CHANNEL_DISPLAY, DELIVERY_WITHDRAWN, 404, ",404,,2026"},
    };

    (void)state;
    setenv("LC_ALL", "zh_CN.UTF-8", 1);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *text = print_code(cases[i].channel, cases[i].state, cases[i].code);

        assert_non_null(strstr(text, ",代码,代码含义,最后变动时间,"));
        assert_non_null(strstr(text, cases[i].cells));
        free(text);
    }
    unsetenv("LC_ALL");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_sheet_has_the_same_figures),
        cmocka_unit_test(a_rehearsal_says_so_first),
        cmocka_unit_test(showings_say_what_was_shown_when),
        cmocka_unit_test(without_messages_there_are_no_figures_of_them),
        cmocka_unit_test(deliveries_hide_the_citizen),
        cmocka_unit_test(codes_have_words),
    };

    statement_kit_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
