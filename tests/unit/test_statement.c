/* test_statement: disjoint columns, sums, the add-up check, the JSON contract, and the word for it
 * all. Runs: any. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <time.h>

#include "gateway/base/utf8.h"
#include "gateway/report/standing.h"
#include "gateway/report/statement_print.h"
#include "tests/unit/fake_books.h"

#define OPENS  INT64_C(1793406600000) /* 2026-10-31 08:30 in China */
#define CLOSES (OPENS + 9000000)

#define MIDNIGHT INT64_C(1793462400000) /* of the 31st to the 1st in China */

/* 8,999,400 ms in all: overlaps once, a slot over midnight, the same slogan again. */
static const struct books_shown shown_in_two_days[] = {
    {1, "plaza", "city", "宪法", "", "", OPENS, OPENS + 1000500, 3, true, "市法宣办", "人民广场"},
    {1, "plaza", "city", "宪法", "", "", OPENS + 500000, OPENS + 1500500, 2, true, "市法宣办",
     "人民广场"},
    {2, "plaza", "city", "民法典", "", "", OPENS + 2000000, OPENS + 2000500, 5, true, "市法宣办",
     "人民广场"},
    {2, "plaza", "city", "民法典", "", "", OPENS + 2000000, OPENS + 9000000, 1, false, "市法宣办",
     "人民广场"},
    {3, "plaza", "city", "宪法", "", "", MIDNIGHT - 7000000, MIDNIGHT + 400, 2, true, "市法宣办",
     "人民广场"},
    {4, "plaza", "city", "宪法", "", "", MIDNIGHT + 5000, MIDNIGHT + 503000, 4, true, "市法宣办",
     "人民广场"},
};

static const struct books_reached reached[] = {
    {"plaza", "city", "人民广场", "宪法"}, {"plaza", "city", "人民广场", "民法典"},
    {"gate", "city", "人民广场", "宪法"}, /* the same place */
    {"bus", "weather", "", "宪法"},        {"tram", "weather", "", "治安"},
};

static struct books two_units(void)
{
    struct books books = {
        .campaign = {.number = 7,
                     .id = "day",
                     .title = "弘扬宪法精神",
                     .windows = "[[1793406600000,1793415600000]]",
                     .targets =
                         "[[\"\",2,3,150],[\"city\",1,2,100],[\"jinan\",1,0,0],[7],[\"x\",-1,0,0]]",
                     .planned = true},
        .shown = shown_in_two_days,
        .n_shown = sizeof shown_in_two_days / sizeof *shown_in_two_days,
        .reached = reached,
        .n_reached = sizeof reached / sizeof *reached,
        .units = {{.id = "city", .name = "市法宣办", .quota = 50000},
                  {.id = "jinan", .name = "金安区", .quota = 20000}},
        .n_units = 2,
        .boards = {{.id = "plaza",
                    .owner = "city",
                    .owner_name = "市法宣办",
                    .slogans = 4,
                    .showings = 29,
                    .planned = 30,
                    .shown_ms = 8999400,
                    .place = "人民广场",
                    .level = 2,
                    .need = 2,
                    .n = {[DELIVERY_SHOWN] = 1, [DELIVERY_WITHDRAWN] = 29}}},
        .n_boards = 1,
    };

    /* A different number in every state, so that no two can be mixed up unseen. */
    for (int state = DELIVERY_PLANNED; state <= DELIVERY_CANCELLED; state++) {
        books.units[0].n[state] = 1 << state;
        books.units[0].parts[state] = 2 << state;
        books.units[1].n[state] = state;
        books.units[1].parts[state] = state;
    }
    return books;
}

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
        "{\"campaign\":\"day\",\"title\":\"弘扬宪法精神\",\"entered\":true,"
        "\"windows\":[{\"from\":\"2026-10-31T08:30:00+08:00\",\"to\":\"2026-10-31T11:00:00+08:00\"}"
        "],"
        "\"units\":[{\"unit\":\"city\",\"name\":\"市法宣办\",\"quota\":50000,\"planned\":4095,"
        "\"sent\":16,\"delivered\":32,\"undelivered\":64,\"rejected\":128,\"unknown\":256,"
        "\"suppressed\":512,\"expired\":1024,\"cancelled\":2048,\"open\":15,\"parts\":224},"
        "{\"unit\":\"jinan\",\"name\":\"金安区\",\"quota\":20000,\"planned\":66,\"sent\":4,"
        "\"delivered\":5,\"undelivered\":6,\"rejected\":7,\"unknown\":8,\"suppressed\":9,"
        "\"expired\":10,\"cancelled\":11,\"open\":6,\"parts\":15}],"
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

static char *print_with(void (*print)(const struct statement *statement, FILE *out))
{
    struct books books = two_units();
    struct statement statement;
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    statement_read(&books, "day", &statement);
    print(&statement, out);
    fclose(out);
    statement_release(&statement);
    return text;
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

static void standing_is_what_the_figures_prove(void **state)
{
    static const struct {
        int64_t delivered, sent, unknown, open, up, now, last;
        bool planned;
        enum standing expected;
    } cases[] = {
        {0, 0, 0, 10, 0, OPENS, 0, false, STANDING_ENTERING},
        {0, 0, 0, 10, 0, OPENS - 1, OPENS - 9, true, STANDING_WAITING},
        {5, 0, 0, 5, 0, OPENS + 1000, OPENS + 900, true, STANDING_RUNNING},
        {0, 0, 0, 10, 0, OPENS + 1000, OPENS - 3600000, true, STANDING_RUNNING},
        {5, 0, 0, 5, 0, OPENS + 900000, OPENS + 1000, true, STANDING_STALLED},
        {10, 0, 0, 0, 3, OPENS + 900000, OPENS + 1000, true, STANDING_RUNNING},
        {10, 0, 0, 0, 0, OPENS + 900000, OPENS + 1000, true, STANDING_COMPLETED},
        {9, 1, 0, 0, 0, CLOSES + 1000, CLOSES, true, STANDING_REPORTS},
        {9, 1, 0, 0, 0, CLOSES + 4000000, CLOSES, true, STANDING_COMPLETED},
        {9, 0, 1, 0, 0, CLOSES + 1000, CLOSES, true, STANDING_SHORT},
        {10, 0, 1, 0, 0, CLOSES + 1000, CLOSES, true, STANDING_SHORT},
        {9, 0, 0, 0, 0, CLOSES + 1000, CLOSES, true, STANDING_SHORT},
        {5, 0, 0, 5, 0, CLOSES, CLOSES, true, STANDING_SHORT},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct books books = two_units();
        struct books_unit *unit = &books.units[0];
        struct statement statement;

        books.n_units = 1;
        books.campaign.planned = cases[i].planned;
        *unit = (struct books_unit){.id = "city", .quota = 10};
        unit->n[DELIVERY_DELIVERED] = cases[i].delivered;
        unit->n[DELIVERY_SENT] = cases[i].sent;
        unit->n[DELIVERY_UNKNOWN] = cases[i].unknown;
        unit->n[DELIVERY_PLANNED] = cases[i].open;
        books.boards[0].n[DELIVERY_SHOWN] = cases[i].up;
        books.boards[0].showings = books.boards[0].planned;
        statement_read(&books, "day", &statement);
        assert_string_equal(standing_name(standing_of(&statement, cases[i].now, cases[i].last)),
                            standing_name(cases[i].expected));
        statement_release(&statement);
    }
}

/* Another campaign's gateway is at work on the same books. */
static void a_slot_that_nobody_took_is_told(void **state)
{
    struct books_delivery slot = {
        .channel = CHANNEL_DISPLAY, .state = DELIVERY_PLANNED, .from_ms = OPENS};

    (void)state;
    assert_false(standing_is_missed(&slot, OPENS - 1));
    assert_false(standing_is_missed(&slot, OPENS + 60000));
    assert_true(standing_is_missed(&slot, OPENS + 180000));
    slot.state = DELIVERY_DUE;
    assert_false(standing_is_missed(&slot, OPENS + 180000));
    slot.state = DELIVERY_PLANNED;
    slot.channel = CHANNEL_SMS; /* it waits for its SIM's limit, maybe */
    assert_false(standing_is_missed(&slot, OPENS + 180000));
}

/* Without a gateway nothing is on its way; what waits or is over stays what it is. */
static void no_gateway_no_progress(void **state)
{
    (void)state;
    assert_int_equal(standing_without_gateway(STANDING_ENTERING), STANDING_IDLE);
    assert_int_equal(standing_without_gateway(STANDING_RUNNING), STANDING_IDLE);
    assert_int_equal(standing_without_gateway(STANDING_STALLED), STANDING_IDLE);
    assert_int_equal(standing_without_gateway(STANDING_WAITING), STANDING_WAITING);
    assert_int_equal(standing_without_gateway(STANDING_REPORTS), STANDING_REPORTS);
    assert_int_equal(standing_without_gateway(STANDING_SHORT), STANDING_SHORT);
    assert_int_equal(standing_without_gateway(STANDING_COMPLETED), STANDING_COMPLETED);
    assert_string_equal(standing_name(STANDING_IDLE), "not-running");
}

/* A board that stayed dark is no success, whatever else was reached. */
static void dark_boards_are_short(void **state)
{
    static const struct {
        int64_t showings, planned, missing;
        enum standing expected;
    } cases[] = {{360, 360, 0, STANDING_COMPLETED},
                 {359, 360, 1, STANDING_SHORT},
                 {0, 360, 360, STANDING_SHORT},
                 {0, 0, 0, STANDING_SHORT}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct books books = two_units();
        struct statement statement;

        books.n_units = 0;
        books.n_shown = 0;
        books.boards[0] = (struct books_board){
            .id = "plaza", .showings = cases[i].showings, .planned = cases[i].planned};
        /* One that did well makes no other one good. */
        books.boards[1] = (struct books_board){.id = "market", .showings = 1};
        books.n_boards = 2;
        statement_read(&books, "day", &statement);
        assert_int_equal(standing_missing_showings(&statement), cases[i].missing);
        assert_string_equal(standing_name(standing_of(&statement, CLOSES, CLOSES)),
                            standing_name(cases[i].expected));
        statement_release(&statement);
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
        statement_read(&books, "day", &statement);
        statement_print_table(&statement, out);
        fclose(out);
        assert_int_equal(strstr(text, "▲ The campaign is not completely entered") == NULL, entered);
        document = statement_to_json(&statement);
        jv_write(document, false, &json);
        assert_non_null(strstr(json.data, entered ? "\"entered\":true" : "\"entered\":false"));
        jv_free(document);
        buffer_free(&json);
        free(text);
        statement_release(&statement);
    }
}

static void all_cancelled_is_cancelled(void **state)
{
    struct books books = two_units();
    struct statement statement;

    (void)state;
    books.n_units = 1;
    books.n_boards = 0;
    books.units[0] = (struct books_unit){.id = "city", .quota = 10};
    books.units[0].n[DELIVERY_CANCELLED] = 10;
    statement_read(&books, "day", &statement);
    assert_int_equal(standing_of(&statement, CLOSES, CLOSES), STANDING_CANCELLED);
    statement_release(&statement);
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
        cmocka_unit_test(the_sheet_has_the_same_figures),
        cmocka_unit_test(showings_say_what_was_shown_when),
        cmocka_unit_test(owners_have_names_and_lines_fit),
        cmocka_unit_test(without_messages_there_are_no_figures_of_them),
        cmocka_unit_test(deliveries_hide_the_citizen),
        cmocka_unit_test(codes_have_words),
        cmocka_unit_test(standing_is_what_the_figures_prove),
        cmocka_unit_test(a_slot_that_nobody_took_is_told),
        cmocka_unit_test(no_gateway_no_progress),
        cmocka_unit_test(dark_boards_are_short),
        cmocka_unit_test(half_entered_is_said),
        cmocka_unit_test(all_cancelled_is_cancelled),
    };

    setenv("TZ", "CST-8", 1);
    tzset();
    setenv("LANG", "C", 1);
    unsetenv("LC_ALL");
    unsetenv("LC_MESSAGES");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
