/* test_progress: bars claim nothing that isn't proved, lines fit the terminal, pipes aren't
 * flooded. Runs: any. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <pty.h>
#include <stdio.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "gateway/base/utf8.h"
#include "gateway/report/progress_view.h"
#include "gateway/report/strip.h"
#include "tests/unit/fake_books.h"

static struct books day_books(void)
{
    struct books books = {
        .campaign =
            {.number = 1, .id = "day", .title = "弘扬宪法精神", .windows = "[]", .planned = true},
        .units = {{.id = "city", .name = "市法宣办", .quota = 50000},
                  {.id = "jinan", .name = "金安区", .quota = 20000},
                  {.id = "long", .name = "一个名称特别特别长的成员单位办公室", .quota = 10}},
        .n_units = 3,
    };

    books.units[0].n[DELIVERY_DELIVERED] = 31250;
    books.units[0].n[DELIVERY_SENT] = 1250;
    books.units[0].n[DELIVERY_PLANNED] = 17500;
    books.units[1].n[DELIVERY_DELIVERED] = 19999;
    books.units[1].n[DELIVERY_UNKNOWN] = 1;
    return books;
}

static struct progress_live day_live(void)
{
    return (struct progress_live){.now_ms = INT64_C(1793412131000),
                                  .modems_ready = 63,
                                  .modems = 64,
                                  .boards_ready = 1,
                                  .boards = 2,
                                  .boards_paused = 1,
                                  .showing = 1,
                                  .messages_per_s = 25};
}

static void bars_round_down(void **state)
{
    static const struct {
        int64_t quota, delivered, sent, unknown;
        size_t cells[3];
    } cases[] = {
        {100, 50, 25, 5, {5, 2, 1}},   {100, 99, 0, 1, {9, 0, 1}}, {100, 100, 0, 0, {10, 0, 0}},
        {100, 100, 50, 0, {10, 0, 0}}, {100, 0, 0, 0, {0, 0, 0}},  {0, 0, 0, 0, {0, 0, 0}},
        {3, 2, 1, 0, {6, 4, 0}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct statement_unit unit = {.quota = cases[i].quota};
        size_t cells[3];

        unit.n[COLUMN_DELIVERED] = cases[i].delivered;
        unit.n[COLUMN_SENT] = cases[i].sent;
        unit.n[COLUMN_UNKNOWN] = cases[i].unknown;
        progress_view_cells(&unit, 10, cells);
        assert_memory_equal(cells, cases[i].cells, sizeof cells);
    }
}

static char *block_of_books(struct books books, size_t width, size_t height,
                            const struct progress_live *live)
{
    struct buffer text = BUFFER_NULL;
    struct statement statement;
    struct progress_view view = {
        .statements = &statement, .n = 1, .live = live, .width = width, .height = height};
    size_t lines, counted = 0;

    statement_read(&books, "day", &statement);
    lines = progress_view_block(&view, &text);
    statement_release(&statement);
    for (const char *at = buffer_text(&text); *at; at++)
        counted += *at == '\n';
    assert_int_equal(lines, counted);
    return buffer_take(&text);
}

static char *block_of(size_t width, size_t height, const struct progress_live *live)
{
    return block_of_books(day_books(), width, height, live);
}

static void every_line_fits(void **state)
{
    struct progress_live live = day_live();

    (void)state;
    live.trouble = "磁盘已满：账本无法写入，请清理磁盘。The disk is full: clear some space, and "
                   "sending goes on "
                   "by itself.";
    for (size_t width = 10; width <= 200; width++) {
        char *text = block_of(width, 24, &live), *line;

        for (line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
            assert_in_range(utf8_columns(line), 1, width);
        free(text);
    }
}

static void the_block_shows_the_figures(void **state)
{
    struct progress_live live = day_live();
    char *text = block_of(79, 24, &live);

    (void)state;
    assert_non_null(strstr(text, "● 弘扬宪法精神\n  "));
    assert_non_null(strstr(text, "  31,250/50,000   62.5%\n"));
    assert_non_null(strstr(text, "  19,999/20,000   99.9%\n"));
    assert_non_null(strstr(text, "一个名称特别特别长…"));
    assert_non_null(strstr(text, "delivered 51,249 · no report 1,250 · failed 0 · in doubt 1"));
    assert_non_null(strstr(text, "\nmodems 63/64\n"));
    assert_non_null(strstr(text, "\nboards 1/2, showing 1, 1 left to their owners\n"));
    assert_non_null(strstr(text, "\n2026-10-31 10:02:11\n"));
    assert_null(strstr(text, "\033"));
    free(text);
}

static void a_low_terminal_gets_fewer_units(void **state)
{
    struct progress_live live = day_live();
    char *text = block_of(79, 7, &live);

    (void)state;
    assert_non_null(strstr(text, "… 2 more units"));
    assert_non_null(strstr(text, "一个名称特别")); /* furthest behind */
    assert_null(strstr(text, "金安区"));
    free(text);
}

static void planning_and_trouble_are_shown(void **state)
{
    struct progress_live live = day_live();
    char *text;

    (void)state;
    live.planning = true;
    live.rows_read = 12000;
    live.rows_refused = 12;
    live.trouble = "the disk is full";
    text = block_of(79, 24, &live);
    assert_non_null(strstr(text, "12,000 rows read, 12 refused"));
    assert_non_null(strstr(text, "▲ the disk is full\n"));
    free(text);
}

/* A busy day: 40 units, a forecast, 64 modems, troubles. */
struct day {
    struct books books;
    struct prospect_unit units[8];
    struct prospect prospect;
    struct problems problems;
    struct progress_live live;
    char lanes[321];
};

static void day_fill(struct day *day)
{
    const int64_t now = INT64_C(1793412131000);

    *day = (struct day){.books = day_books(), .live = day_live()};
    for (size_t i = 0; i < sizeof day->lanes - 1; i++)
        day->lanes[i] = i % 40 == 7 ? 'd' : i % 9 == 3 ? 't' : 'r';
    for (size_t i = 0; i < 5; i++) {
        struct books_unit *unit = &day->books.units[3 + i];

        *unit = (struct books_unit){.quota = 1000 + (int64_t)i};
        snprintf(unit->id, sizeof unit->id, "u%zu", i);
        snprintf(unit->name, sizeof unit->name, "单位%zu", i);
        unit->n[DELIVERY_PLANNED] = unit->quota;
    }
    day->books.n_units = 8;
    for (size_t i = 0; i < 8; i++) {
        struct prospect_unit *unit = &day->units[i];

        snprintf(unit->campaign, sizeof unit->campaign, "day");
        snprintf(unit->unit, sizeof unit->unit, "%s", day->books.units[i].id);
        unit->line.finish_p50_ms = now + 1000000 * (int64_t)i;
    }
    day->units[2].line = (struct prospect_line){.missing = 1240, .bound = FORECAST_HOUR};
    day->units[3].paused = true;
    day->prospect = (struct prospect){.at_ms = now,
                                      .total = day->units[2].line,
                                      .units = day->units,
                                      .n_units = 8,
                                      .network = OPERATOR_TELECOM,
                                      .bank = "bank-a",
                                      .bank_down = 8,
                                      .bank_size = 64};
    problems_begin(&day->problems);
    for (int i = 0; i < 8; i++)
        problems_see(&day->problems, now, "bank-a/3", "设备没有应答 the modem doesn't answer");
    problems_see(&day->problems, now, NULL, "the disk is full, and what is more this is long");
    problems_end(&day->problems);
    day->live.lanes = day->lanes;
    day->live.prospect = &day->prospect;
    day->live.problems = &day->problems;
    day->live.keys = "Ctrl-C stops in order";
    day->live.modems = 320;
}

static void all_sizes_are_readable(void **state)
{
    static const size_t sizes[][2] = {{79, 24}, {59, 15}, {119, 40}, {39, 10}, {59, 20}, {20, 5}};
    struct day day;

    (void)state;
    day_fill(&day);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        char *text = block_of_books(day.books, sizes[i][0], sizes[i][1], &day.live), *line;
        size_t lines = 0;

        if (getenv("SHOW"))
            fprintf(stderr, "---- %zux%zu\n%s", sizes[i][0], sizes[i][1], text);
        if (sizes[i][1] >= 10) {
            assert_non_null(strstr(text, "● 弘扬宪法精神"));
            assert_non_null(strstr(text, "1,240 short"));
            assert_non_null(strstr(text, "2026-10-31 10:02:11"));
        }
        if (sizes[i][1] >= 24) {
            assert_non_null(strstr(text, "▲ 10:02 the disk is full"));
            assert_non_null(strstr(text, "▲ 10:02 bank-a/3 +7: 设备没有应答"));
            assert_non_null(strstr(text, "paused"));
            assert_non_null(strstr(text, "▮ ready 276 · ▯ waiting 36 · ✕ down 8"));
            assert_non_null(strstr(text, "1,240 messages will be missing: the SIMs' hourly"));
        }
        for (line = strtok(text, "\n"); line; line = strtok(NULL, "\n"), lines++)
            assert_in_range(utf8_columns(line), 1, sizes[i][0]);
        assert_in_range(lines, 1, sizes[i][1] - 1);
        free(text);
    }
}

/* Every height: no line too many, and the units that will lack most first. */
static void every_height_fits(void **state)
{
    struct day day;

    (void)state;
    day_fill(&day);
    for (size_t height = 2; height <= 60; height++) {
        char *text = block_of_books(day.books, 79, height, &day.live);
        size_t lines = 0;

        for (const char *at = text; *at; at++)
            lines += *at == '\n';
        assert_in_range(lines, 1, height - 1);
        if (height >= 8)
            assert_non_null(strstr(text, "一个名称特别"));
        assert_true(height < 20 || !strstr(text, "more units"));
        free(text);
    }
}

static void the_strip_shows_the_worst(void **state)
{
    static const struct {
        const char *lanes;
        size_t columns;
        const char *shown;
    } cases[] = {{"rtpd", 4, "▮▯‖✕"}, {"rtpd", 10, "▮▯‖✕"}, {"rtpd", 2, "▯✕"}, {"rtpd", 3, "▯✕"},
                 {"rrrrr", 2, "▮▮"},  {"rrrpr", 1, "‖"},    {"", 5, ""},       {"rx", 5, "▮?"}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        BUFFER_FREE_LATER struct buffer out = BUFFER_NULL;
        size_t used = strip_draw(cases[i].lanes, cases[i].columns, &out);

        assert_string_equal(buffer_text(&out), cases[i].shown);
        assert_int_equal(used, utf8_columns(cases[i].shown));
    }
}

static void problems_are_folded_and_end(void **state)
{
    struct problems problems = {0};

    (void)state;
    for (int look = 0; look < 3; look++) {
        problems_begin(&problems);
        problems_see(&problems, 1000 * look, "a/1", "no answer");
        problems_see(&problems, 1000 * look, "a/2", "no answer");
        problems_end(&problems);
    }
    assert_int_equal(problems.n, 1);
    assert_int_equal(problems.items[0].devices, 2);
    assert_int_equal(problems.items[0].at_ms, 0); /* nothing new since */
    problems_begin(&problems);
    problems_see(&problems, 9000, NULL, "the disk is full");
    problems_end(&problems);
    assert_int_equal(problems.n, 2);
    assert_string_equal(problems.items[0].why, "the disk is full");
    assert_true(problems.items[1].over);
    for (int i = 0; i < 100; i++) {
        char why[32];

        snprintf(why, sizeof why, "trouble %d", i);
        problems_begin(&problems);
        problems_see(&problems, 10000 + i, "b", why);
        problems_end(&problems);
        assert_string_equal(problems.items[0].why, why);
        assert_in_range(problems.n, 1, PROBLEMS_MOST);
    }
}

static void pace_is_that_of_the_last_minute(void **state)
{
    struct pace *pace = pace_new();

    (void)state;
    assert_int_equal(pace_per_min(NULL, "day", "city"), -1);
    pace_note(pace, "day", "city", 1000, 500);
    assert_int_equal(pace_per_min(pace, "day", "city"), -1);
    for (int64_t s = 1; s <= 300; s++)
        pace_note(pace, "day", "city", 1000 + 1000 * s, 500 + 10 * s);
    assert_int_equal(pace_per_min(pace, "day", "city"), 600);
    for (int64_t s = 301; s <= 380; s++)
        pace_note(pace, "day", "city", 1000 + 1000 * s, 500 + 3000);
    assert_int_equal(pace_per_min(pace, "day", "city"), 0);
    assert_int_equal(pace_per_min(pace, "night", "city"), -1);
    pace_free(pace);
}

/* A pipe that takes what progress writes. */
struct page {
    int reader;
    FILE *out;
    char text[65536]; /* what the last page_turn read */
};

static void page_open(struct page *page)
{
    int ends[2];

    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    page->reader = ends[0];
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    page->out = fdopen(ends[1], "w");
}

static void page_close(struct page *page)
{
    fclose(page->out);
    close(page->reader);
}

/* What was written since the last call. */
static const char *page_turn(struct page *page)
{
    size_t total = 0;
    ssize_t n;

    while ((n = read(page->reader, page->text + total, sizeof page->text - 1 - total)) > 0)
        total += (size_t)n;
    page->text[total] = '\0';
    return page->text;
}

static const char *page_draw(struct page *page, struct progress *progress,
                             const struct progress_live *live)
{
    progress_draw(progress, live);
    return page_turn(page);
}

static void pipes_are_told_what_matters(void **state)
{
    static const char *const ids[] = {"day"};
    struct books books = day_books();
    struct progress_live live = day_live();
    struct progress *progress;
    struct page page;

    (void)state;
    page_open(&page);
    fputs("before\n", page.out);
    progress = progress_open(page.out, &books, ids, 1);
    assert_string_equal(page_turn(&page), "before\n");
    assert_non_null(strstr(page_draw(&page, progress, &live), "delivered 51,249"));
    assert_non_null(strstr(page.text, "boards 1/2, showing 1, 1 left to their owners\n"));
    assert_null(strstr(page.text, "\033"));
    live.messages_per_s = 30;
    books.failure = -EIO; /* what isn't drawn isn't read */
    assert_string_equal(page_draw(&page, progress, &live), "");
    books.failure = 0;
    live.trouble = "the disk is full";
    assert_non_null(strstr(page_draw(&page, progress, &live), "▲ the disk is full"));
    live.trouble = NULL;
    assert_non_null(strchr(page_draw(&page, progress, &live), '\n'));
    live.modems_ready = 0;
    assert_non_null(strstr(page_draw(&page, progress, &live), "modems 0/64"));
    books.units[0].n[DELIVERY_SENT]--;
    books.units[0].n[DELIVERY_DELIVERED]++;
    progress_close(progress);
    assert_non_null(strstr(page_turn(&page), "delivered 51,250"));
    page_close(&page);
}

/* A line that somebody reads in a terminal of 80 columns, too. */
static void plain_lines_fit(void **state)
{
    static const char *const ids[] = {"day"};
    struct books books = day_books();
    struct progress_live live = day_live();
    struct progress *progress;
    struct page page;
    char *line;

    (void)state;
    live.trouble = "磁盘已满：账本无法写入，请清理磁盘。The disk is full: clear some space, and "
                   "sending goes on by itself.";
    page_open(&page);
    progress = progress_open(page.out, &books, ids, 1);
    page_draw(&page, progress, &live);
    assert_non_null(strstr(page.text, "2026-10-31 10:02:11 delivered 51,249 · "));
    assert_non_null(strstr(page.text, "\n                    "));
    assert_non_null(strstr(page.text, "\n▲ 磁盘已满"));
    for (line = strtok(page.text, "\n"); line; line = strtok(NULL, "\n"))
        assert_in_range(utf8_columns(line), 1, 80);
    progress_close(progress);
    page_close(&page);
}

/* A campaign of slogans alone. */
static void without_messages_there_are_no_figures_of_them(void **state)
{
    static const char *const ids[] = {"day"};
    struct books books = day_books();
    struct progress_live live = day_live();
    struct progress *progress;
    struct page page;
    char *text;

    (void)state;
    books.n_units = 0;
    live.modems = live.modems_ready = 0;
    live.messages_per_s = 0;
    page_open(&page);
    progress = progress_open(page.out, &books, ids, 1);
    assert_string_equal(page_draw(&page, progress, &live),
                        "2026-10-31 10:02:11 boards 1/2, showing 1, 1 left to their owners\n");
    live.boards = live.showing = live.boards_paused = 0; /* at the end */
    progress_draw(progress, &live);
    progress_close(progress);
    assert_string_equal(page_turn(&page), "2026-10-31 10:02:11 showing nothing\n");
    page_close(&page);
    live = day_live();
    text = block_of_books(books, 79, 24, &live);
    assert_string_equal(text, "● 弘扬宪法精神\n  ○ Not yet time\n"
                              "boards 1/2, showing 1, 1 left to their owners\n"
                              "2026-10-31 10:02:11\n");
    free(text);
}

static void unreadable_books_keep_the_last_figures(void **state)
{
    static const char *const ids[] = {"day", "not-yet"};
    struct books books = day_books();
    struct progress_live live = day_live();
    struct progress *progress;
    struct page page;

    (void)state;
    page_open(&page);
    progress = progress_open(page.out, &books, ids, 2);
    page_draw(&page, progress, &live);
    books.failure = -EIO;
    live.trouble = "x";
    assert_non_null(strstr(page_draw(&page, progress, &live), "delivered 51,249"));
    progress_close(progress);
    page_close(&page);
}

/* The boards are computed from every slot: too long for the loop. */
static void boards_are_never_read(void **state)
{
    static const char *const ids[] = {"day"};
    struct books books = day_books();
    struct progress_live live = day_live();
    struct progress *progress;
    struct page page;

    (void)state;
    page_open(&page);
    progress = progress_open(page.out, &books, ids, 1);
    progress_draw(progress, &live);
    progress_close(progress);
    assert_int_equal(books.boards_read, 0);
    page_close(&page);
}

/* Trouble comes and goes 10,000 times; the news that did not fit is told when there is room. */
static void a_pipe_that_nobody_reads_stops_nobody(void **state)
{
    static const char *const ids[] = {"day"};
    struct books books = day_books();
    struct progress_live live = day_live();
    struct progress *progress;
    struct page page;

    (void)state;
    page_open(&page);
    progress = progress_open(page.out, &books, ids, 1);
    for (int i = 0; i < 10000; i++) {
        live.trouble = i % 2 ? "the disk is full" : NULL;
        progress_draw(progress, &live);
    }
    page_turn(&page);
    assert_non_null(strstr(page_draw(&page, progress, &live), "▲ the disk is full"));
    progress_close(progress);
    page_close(&page);
}

static size_t count_of(const char *text, const char *word)
{
    size_t n = 0;

    for (; (text = strstr(text, word)); text++)
        n++;
    return n;
}

/* Draws twice on a terminal and closes; what the terminal got. */
static void draw_on_terminal(char *got, size_t room)
{
    static const char *const ids[] = {"day"};
    struct winsize size = {.ws_row = 24, .ws_col = 80};
    struct books books = day_books();
    struct progress_live live = day_live();
    struct progress *progress;
    int master, slave;
    ssize_t length, total = 0;
    FILE *out;

    assert_int_equal(openpty(&master, &slave, NULL, NULL, &size), 0);
    out = fdopen(slave, "w");
    progress = progress_open(out, &books, ids, 1);
    progress_draw(progress, &live);
    progress_draw(progress, &live);
    progress_close(progress);
    fclose(out);
    while ((size_t)total < room - 1 &&
           (length = read(master, got + total, room - 1 - (size_t)total)) > 0)
        total += length;
    got[total] = '\0';
    close(master);
}

/* What is read later moves up by the height of what was really drawn. */
static void a_terminal_that_nobody_reads_stops_nobody(void **state)
{
    static const char *const ids[] = {"day"};
    struct winsize size = {.ws_row = 24, .ws_col = 80};
    struct books books = day_books();
    struct progress_live live = day_live();
    struct progress *progress;
    struct page page;
    int master, slave;

    (void)state;
    setenv("TERM", "xterm", 1);
    assert_int_equal(openpty(&master, &slave, NULL, NULL, &size), 0);
    fcntl(master, F_SETFL, O_NONBLOCK);
    page = (struct page){.reader = master, .out = fdopen(slave, "w")};
    progress = progress_open(page.out, &books, ids, 1);
    progress_draw(progress, &live);
    live.trouble = "the disk is full";
    progress_draw(progress, &live);
    assert_int_equal(count_of(page_turn(&page), "\033[10A"), 1);
    assert_int_equal(tcflow(slave, TCOOFF), 0);
    live.trouble = NULL;
    for (int i = 0; i < 10000; i++)
        progress_draw(progress, &live);
    assert_int_equal(tcflow(slave, TCOON), 0);
    assert_string_equal(page_turn(&page), "");
    progress_draw(progress, &live);
    assert_int_equal(count_of(page_turn(&page), "\033[11A"), 1);
    progress_close(progress);
    page_close(&page);
}

static void terminals_are_redrawn_in_place(void **state)
{
    char got[16384];

    (void)state;
    setenv("TERM", "xterm", 1);
    unsetenv("NO_COLOR");
    draw_on_terminal(got, sizeof got);
    assert_int_equal(count_of(got, "\033[10A"), 2); /* 2 + 3 units + total + 4 */
    assert_true(count_of(got, "\033[34m") > 0);
    assert_non_null(strstr(got, "\033[J"));
    setenv("NO_COLOR", "1", 1);
    draw_on_terminal(got, sizeof got);
    assert_int_equal(count_of(got, "\033[34m"), 0);
    assert_int_equal(count_of(got, "\033[10A"), 2);
    setenv("TERM", "dumb", 1);
    draw_on_terminal(got, sizeof got);
    assert_int_equal(count_of(got, "\033"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bars_round_down),
        cmocka_unit_test(every_line_fits),
        cmocka_unit_test(the_block_shows_the_figures),
        cmocka_unit_test(a_low_terminal_gets_fewer_units),
        cmocka_unit_test(all_sizes_are_readable),
        cmocka_unit_test(every_height_fits),
        cmocka_unit_test(the_strip_shows_the_worst),
        cmocka_unit_test(problems_are_folded_and_end),
        cmocka_unit_test(pace_is_that_of_the_last_minute),
        cmocka_unit_test(planning_and_trouble_are_shown),
        cmocka_unit_test(pipes_are_told_what_matters),
        cmocka_unit_test(plain_lines_fit),
        cmocka_unit_test(without_messages_there_are_no_figures_of_them),
        cmocka_unit_test(unreadable_books_keep_the_last_figures),
        cmocka_unit_test(boards_are_never_read),
        cmocka_unit_test(a_pipe_that_nobody_reads_stops_nobody),
        cmocka_unit_test(a_terminal_that_nobody_reads_stops_nobody),
        cmocka_unit_test(terminals_are_redrawn_in_place),
    };

    setenv("LC_ALL", "C", 1);
    setenv("TZ", "CST-8", 1);
    tzset();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
