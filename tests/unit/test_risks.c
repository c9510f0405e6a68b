/* test_risks: each risk appears when its figure is beyond its bound, and not before. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gateway/report/risks.h"

#define BEGIN  INT64_C(1793406600000) /* 2026-10-31 08:30:00 in Shanghai */
#define MINUTE INT64_C(60000)
#define END    (BEGIN + 100 * MINUTE)

/* A day without any risk, to be changed. */
struct day {
    struct window windows[1];
    struct unit units[1];
    struct modem modems[2];
    struct board boards[1];
    struct order orders[1];
    struct display displays[1];
    size_t shown[1];
    struct statement_unit line;
    struct statement_board board;
    struct books_tally tallies[2];
    struct books_finish finishes[1];
    struct office office;
    struct campaign campaign;
    struct statement statement;
    struct risks_setup setup;
};

static void day_put_tally(struct books_tally *tally, const char *device, const char *sim)
{
    *tally = (struct books_tally){.day = 20261031};
    snprintf(tally->device, sizeof tally->device, "%s", device);
    snprintf(tally->sim, sizeof tally->sim, "%s", sim);
    tally->n[DELIVERY_DELIVERED] = tally->parts[DELIVERY_DELIVERED] = 50;
}

static void day_fill(struct day *day)
{
    *day = (struct day){
        .windows = {{.from_ms = BEGIN, .to_ms = END}},
        .units = {{.id = (char *)(uintptr_t) "city", .name = (char *)(uintptr_t) "City"}},
        .modems = {{.id = (char *)(uintptr_t) "a/0", .limits = {.per_hour = 40, .per_day = 100}},
                   {.id = (char *)(uintptr_t) "a/1"}},
        .boards = {{.id = (char *)(uintptr_t) "plaza"}},
        .line = {.id = "city", .name = "City", .quota = 100, .planned = 100},
        .board = {.id = "plaza", .planned = 5, .showings = 5, .level = 3, .need = 3},
        .finishes = {{.unit = "city", .at_ms = BEGIN + 50 * MINUTE}},
    };
    day->line.n[COLUMN_DELIVERED] = 100;
    day_put_tally(&day->tallies[0], "a/0", "imsi:460001234567890");
    day_put_tally(&day->tallies[1], "a/1", "imsi:460011234567890");
    day->displays[0] = (struct display){.boards = day->shown, .n_boards = 1};
    day->office = (struct office){.units = day->units,
                                  .n_units = 1,
                                  .modems = day->modems,
                                  .n_modems = 2,
                                  .boards = day->boards,
                                  .n_boards = 1};
    day->campaign = (struct campaign){.windows = day->windows,
                                      .n_windows = 1,
                                      .orders = day->orders,
                                      .n_orders = 1,
                                      .displays = day->displays,
                                      .n_displays = 1,
                                      .sms = {.report = true}};
    day->statement =
        (struct statement){.units = &day->line, .n_units = 1, .boards = &day->board, .n_boards = 1};
    day->setup = (struct risks_setup){.office = &day->office,
                                      .campaign = &day->campaign,
                                      .statement = &day->statement,
                                      .finishes = day->finishes,
                                      .n_finishes = 1,
                                      .tallies = day->tallies,
                                      .n_tallies = 2,
                                      .p95_ms = END};
}

static void change_near(struct day *day)
{
    day->finishes[0].at_ms = END - 10 * MINUTE + 1;
}

static void change_not_near(struct day *day)
{
    day->finishes[0].at_ms = END - 10 * MINUTE;
}

/* Its own window closes earlier than the campaign's. */
static struct window narrow[] = {{.from_ms = BEGIN, .to_ms = BEGIN + 51 * MINUTE}};

static void change_near_own_window(struct day *day)
{
    day->orders[0].windows = narrow;
    day->orders[0].n_windows = 1;
}

static void change_short(struct day *day)
{
    day->line.n[COLUMN_DELIVERED] = 99;
    day->line.n[COLUMN_EXPIRED] = 1;
}

static void change_lists(struct day *day)
{
    day->line.n[COLUMN_DELIVERED] = 99;
    day->line.n[COLUMN_UNDELIVERED] = 1;
}

static void change_doubt(struct day *day)
{
    day->statement.totals.n[COLUMN_UNKNOWN] = 1;
}

static void change_reports(struct day *day)
{
    day->statement.totals.n[COLUMN_SENT] = 1;
}

static void change_no_reports(struct day *day)
{
    change_reports(day);
    day->campaign.sms.report = false;
}

static void change_modems(struct day *day)
{
    day->setup.modems_lost = 1;
}

static void change_alone(struct day *day)
{
    day->tallies[1].parts[DELIVERY_DELIVERED] = 12; /* 50 of 62 are 80.6 % */
}

static void change_not_alone(struct day *day)
{
    day->tallies[1].parts[DELIVERY_DELIVERED] = 13; /* 79.4 % */
}

/* 100 minutes at 40 an hour are 66; 90 % of that are 59.4. */
static void change_hour(struct day *day)
{
    day->tallies[0].parts[DELIVERY_DELIVERED] = 60;
}

static void change_not_hour(struct day *day)
{
    day->tallies[0].parts[DELIVERY_DELIVERED] = 59;
}

static void change_day(struct day *day)
{
    day->modems[0].limits = (struct meter_limits){.per_day = 55};
}

static void change_proof(struct day *day)
{
    day->board.level = 2;
}

static void change_showings(struct day *day)
{
    day->board.showings = 4;
}

static void change_quiet(struct day *day)
{
    assert_int_equal(quiet_add(&day->boards[0].quiet, "09:00-09:10"), 0);
}

static void change_quiet_before(struct day *day)
{
    assert_int_equal(quiet_add(&day->boards[0].quiet, "07:00-08:30"), 0);
}

static void change_quiet_elsewhere(struct day *day)
{
    change_quiet(day);
    day->campaign.n_displays = 0;
}

static void change_forecast(struct day *day)
{
    day->setup.p95_ms = INT64_MAX;
}

static void change_approval(struct day *day)
{
    day->setup.unapproved = true;
}

static void change_nothing(struct day *day)
{
    (void)day;
}

static void test_risks(void **state)
{
    static const struct {
        void (*change)(struct day *day);
        const char *risk; /* NULL: none */
    } cases[] = {
        {change_nothing, NULL},        {change_near, "near"},
        {change_not_near, NULL},       {change_near_own_window, "near"},
        {change_short, "short"},       {change_lists, "lists"},
        {change_doubt, "doubt"},       {change_reports, "reports"},
        {change_no_reports, NULL},     {change_modems, "modems"},
        {change_alone, "alone"},       {change_not_alone, NULL},
        {change_hour, "limits"},       {change_not_hour, NULL},
        {change_day, "limits"},        {change_proof, "proof"},
        {change_showings, "showings"}, {change_quiet, "quiet"},
        {change_quiet_before, NULL},   {change_quiet_elsewhere, NULL},
        {change_forecast, "forecast"}, {change_approval, "approval"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct risks risks;
        struct day day;

        day_fill(&day);
        cases[i].change(&day);
        risks_find(&day.setup, &risks);
        if (risks.n != (cases[i].risk != NULL) ||
            (risks.n && strcmp(risks.items[0].name, cases[i].risk) != 0))
            fail_msg("case %zu: %zu risks, the first is %s", i, risks.n,
                     risks.n ? risks.items[0].text : "none");
        risks_free(&risks);
        quiet_free(&day.boards[0].quiet);
    }
}

static void test_print(void **state)
{
    struct risks risks;
    struct day day;
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    struct jv *list;

    (void)state;
    day_fill(&day);
    change_approval(&day);
    change_short(&day);
    risks_find(&day.setup, &risks);
    risks_print(&risks, out);
    assert_int_equal(fclose(out), 0);
    assert_non_null(strstr(text, "Risks: 2\n! Nobody has approved this campaign"));
    assert_non_null(strstr(text, "\n! City: 1 of 100 messages are missing"));
    list = risks_to_json(&risks);
    assert_int_equal(jv_size(list), 2);
    assert_string_equal(jv_text(jv_at(list, "/1/risk")), "short");
    jv_free(list);
    risks_free(&risks);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_risks), cmocka_unit_test(test_print)};

    setenv("TZ", "Asia/Shanghai", 1);
    setenv("LC_ALL", "C", 1);
    tzset();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
