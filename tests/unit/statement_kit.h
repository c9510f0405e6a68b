/* statement_kit: two units and a board, as fake books, for tests of what is made of a statement.
 * Runs: any. Include in one file of a test program. */
#ifndef LAWCAST_TESTS_UNIT_STATEMENT_KIT_H
#define LAWCAST_TESTS_UNIT_STATEMENT_KIT_H

#include <stdio.h>
#include <time.h>

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

static inline struct books two_units(void)
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

/* Prints what print makes of the two units; free it. */
static inline char *print_with(void (*print)(const struct statement *statement, FILE *out))
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

/* English, and in China's time. */
static inline void statement_kit_init(void)
{
    setenv("TZ", "CST-8", 1);
    tzset();
    setenv("LANG", "C", 1);
    unsetenv("LC_ALL");
    unsetenv("LC_MESSAGES");
}

#endif
