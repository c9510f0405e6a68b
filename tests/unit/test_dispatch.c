/* test_dispatch: campaigns carried out by scripted modems, with real books. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "gateway/base/clock.h"
#include "gateway/base/mem.h"
#include "adapters/fake.h"
#include "gateway/dispatch/dispatch.h"
#include "gateway/ledger/books.h"
#include "tests/support/stage.h"
#include "tests/unit/strict.h"

#define HOUR_MS      3600000
#define FIRST_NUMBER INT64_C(13800000000)

struct play {
    struct stage stage;
    struct office office;
    struct campaign campaign;
    struct window window;
    struct unit units[2];
    struct order orders[2];
    struct modem modems[8];
    char *paths[4];

    uv_loop_t loop;
    uv_prepare_t watch;
    struct ledger *ledger;
    struct dispatch *dispatch;
    void (*at)(struct play *play, const struct dispatch_view *view); /* looked at every turn */
    int64_t refused, refused_when_read, most_ahead;
    int reads;
    struct strict_log log;
    bool acted;
};

static int play_open(void **state)
{
    struct play *play = mem_new(struct play);

    stage_open(&play->stage);
    play->units[0] = (struct unit){
        .id = "city", .name = "市法宣办", .signature = "市法宣办", .parent = -1};
    play->units[1] = (struct unit){
        .id = "jinan", .name = "金安区", .signature = "金安区法宣办", .parent = -1};
    play->window.from_ms = clock_wall_ms() - HOUR_MS;
    play->window.to_ms = clock_wall_ms() + HOUR_MS;
    play->office = (struct office){
        .file = "lawcast.cfg", .units = play->units, .n_units = 2, .modems = play->modems};
    play->campaign = (struct campaign){.file = "campaign.cfg",
                                       .source = "campaign = {};",
                                       .id = "c1",
                                       .title = "宪法日",
                                       .windows = &play->window,
                                       .n_windows = 1,
                                       .orders = play->orders};
    play->campaign.sms.refusal = "";
    play->campaign.sms.max_parts = 4;
    play->campaign.sms.report = true;
    play->campaign.sms.attempts = 5;
    play->campaign.sms.report_wait_s = 60;
    play->log.window = &play->window;
    *state = play;
    return 0;
}

static int play_close(void **state)
{
    struct play *play = *state;

    stage_close(&play->stage);
    for (size_t i = 0; i < 4; i++)
        free(play->paths[i]);
    free(play);
    return 0;
}

static void play_modems(struct play *play, size_t n, const char *script)
{
    static const char *const ids[] = {"m/0", "m/1", "m/2", "m/3", "m/4", "m/5", "m/6", "m/7"};

    for (size_t i = 0; i < n; i++)
        play->modems[i] = (struct modem){.id = (char *)(uintptr_t)ids[i],
                                         .bank = "m",
                                         .device = (char *)(uintptr_t)script,
                                         .connection = "at",
                                         .group = -1,
                                         .timeout_ms = 1000};
    play->office.n_modems = n;
}

/* quota messages for unit u, of which the file has listed, and reserve further ones. */
static void play_order(struct play *play, size_t u, int64_t quota, size_t listed, size_t reserve)
{
    struct order *order = &play->orders[play->campaign.n_orders++];
    char name[32];

    snprintf(name, sizeof name, "list-%zu.csv", u);
    stage_write_numbers(&play->stage, name, FIRST_NUMBER + (int64_t)u * 100000, listed);
    play->paths[u] = mem_printf("%s/%s", play->stage.dir, name);
    *order = (struct order){.unit = u,
                            .quota = quota,
                            .recipients = play->paths[u],
                            .text = "学法守法",
                            .windows = &play->window,
                            .n_windows = 1};
    if (!reserve)
        return;
    snprintf(name, sizeof name, "reserve-%zu.csv", u);
    stage_write_numbers(&play->stage, name, FIRST_NUMBER + (int64_t)u * 100000 + 50000, reserve);
    play->paths[2 + u] = mem_printf("%s/%s", play->stage.dir, name);
    order->reserve = play->paths[2 + u];
}

static void play_refused(void *ctx, const struct campaign *campaign, const struct recipient *row)
{
    (void)campaign;
    (void)row;
    ((struct play *)ctx)->refused++;
}

static void play_ledger_closed(void *ctx)
{
    ((struct play *)ctx)->ledger = NULL;
}

static void play_read(void *ctx, const struct campaign *campaign)
{
    struct play *play = ctx;

    assert_ptr_equal(campaign, &play->campaign);
    play->refused_when_read = play->refused;
    play->reads++;
}

static void play_finished(void *ctx)
{
    struct play *play = ctx;

    uv_close((uv_handle_t *)&play->watch, NULL);
    ledger_close(play->ledger, play_ledger_closed, play);
}

static void play_watch(uv_prepare_t *watch)
{
    struct play *play = watch->data;
    struct dispatch_view view;

    dispatch_view(play->dispatch, &view);
    if (play->at && !play->acted)
        play->at(play, &view);
}

static void play_trouble(void *ctx, const char *message)
{
    (void)ctx;
    fail_msg("the books: %s", message ? message : "work again");
}

static void play_run(struct play *play)
{
    const struct campaign *campaign = &play->campaign;
    struct adapter strict = strict_adapter();
    struct ledger_recovery recovery;
    char why[256] = "";

    assert_int_equal(uv_loop_init(&play->loop), 0);
    play->loop.data = &play->log;
    assert_int_equal(ledger_open(&play->ledger, &play->loop, play->stage.books, play_trouble, play,
                                 &recovery, why, sizeof why),
                     0);
    play->dispatch = dispatch_new(&(struct dispatch_setup){.loop = &play->loop,
                                                           .ledger = play->ledger,
                                                           .office = &play->office,
                                                           .campaigns = &campaign,
                                                           .n_campaigns = 1,
                                                           .modem_adapter = &strict,
                                                           .refused = play_refused,
                                                           .read = play_read,
                                                           .finished = play_finished,
                                                           .ctx = play},
                                  why, sizeof why);
    assert_non_null(play->dispatch);
    uv_prepare_init(&play->loop, &play->watch);
    play->watch.data = play;
    uv_prepare_start(&play->watch, play_watch);
    dispatch_start(play->dispatch);
    uv_run(&play->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&play->loop), 0);
    dispatch_free(play->dispatch);
    play->acted = false;
    assert_int_equal(play->log.lent, 0);
    assert_int_equal(play->log.late, 0);
}

/* The unit's messages by state; checks that counts, rows and journal agree. */
static struct books_unit play_books(struct play *play, size_t u)
{
    struct books_campaign campaign;
    struct books_recount recount;
    struct books_unit *units, unit = {0};
    struct books *books;
    char why[256];
    size_t n;

    assert_int_equal(books_open(&books, play->stage.books, why, sizeof why), 0);
    assert_int_equal(books_find_campaign(books, "c1", &campaign), 0);
    assert_int_equal(books_units(books, campaign.number, &units, &n), 0);
    for (size_t i = 0; i < n; i++)
        if (strcmp(units[i].id, play->units[u].id) == 0)
            unit = units[i];
    assert_int_equal(books_recount(books, campaign.number, &recount), 0);
    if (!recount.agrees)
        fail_msg("%s", recount.difference);
    free(units);
    books_campaign_release(&campaign);
    books_close(books);
    return unit;
}

static int64_t unit_total(const struct books_unit *unit)
{
    int64_t total = 0;

    for (size_t i = 0; i < DELIVERY_STATES; i++)
        total += unit->n[i];
    return total;
}

static void test_all_delivered(void **state)
{
    struct play *play = *state;
    struct books_unit unit;

    play_modems(play, 4, "fake:S");
    play_order(play, 0, 1500, 1500, 0);
    play_run(play);
    unit = play_books(play, 0);
    assert_int_equal(unit.n[DELIVERY_DELIVERED], 1500);
    assert_int_equal(unit_total(&unit), 1500);
}

/* Every kind of outcome at once: nothing is lost, nothing is counted twice. */
static void test_mixed_outcomes(void **state)
{
    struct play *play = *state;
    struct books_unit unit;

    play_modems(play, 3, "fake:SRDUXNs");
    play->campaign.sms.report_wait_s = 0; /* "s" never reports */
    play_order(play, 0, 700, 700, 0);
    play_run(play);
    unit = play_books(play, 0);
    assert_int_equal(unit_total(&unit), 700);
    assert_int_equal(unit.n[DELIVERY_PLANNED] + unit.n[DELIVERY_DUE] + unit.n[DELIVERY_INFLIGHT] +
                         unit.n[DELIVERY_DEFERRED],
                     0);
    assert_true(unit.n[DELIVERY_DELIVERED] > 90 && unit.n[DELIVERY_SENT] > 90);
    assert_true(unit.n[DELIVERY_REJECTED] > 90 && unit.n[DELIVERY_UNKNOWN] > 90);
    assert_true(unit.n[DELIVERY_UNDELIVERED] > 90);
}

/* A reserve fills what failed, up to the quota and not one more. */
static void test_reserve_up_to_quota(void **state)
{
    struct play *play = *state;
    struct books_unit unit;

    play_modems(play, 3, "fake:SSSNSSRSS");
    play_order(play, 0, 600, 650, 400);
    play_run(play);
    unit = play_books(play, 0);
    assert_int_equal(unit.n[DELIVERY_DELIVERED], 600);
    assert_true(unit.n[DELIVERY_UNDELIVERED] > 50 && unit.n[DELIVERY_REJECTED] > 50);
    assert_int_equal(unit_total(&unit),
                     600 + unit.n[DELIVERY_UNDELIVERED] + unit.n[DELIVERY_REJECTED]);
}

/* A number that fails for good is given up after so many attempts and holds nobody up. */
static void test_attempts_end(void **state)
{
    struct play *play = *state;
    struct books_unit unit;

    play_modems(play, 1, "fake:D");
    play->campaign.sms.attempts = 3;
    play_order(play, 0, 20, 20, 0);
    play_run(play);
    unit = play_books(play, 0);
    assert_int_equal(unit.n[DELIVERY_EXPIRED], 20);
}

static void test_past_window_sends_nothing(void **state)
{
    struct play *play = *state;
    struct books_unit unit;

    play_modems(play, 2, "fake:S");
    play->window.to_ms = clock_wall_ms() - 1000;
    play_order(play, 0, 100, 100, 50);
    play_run(play);
    unit = play_books(play, 0);
    assert_int_equal(unit.n[DELIVERY_EXPIRED], 100);
    assert_int_equal(unit_total(&unit), 100);
}

/* Modems that are ready and have no job wait for the books to answer their claim, as there are
 * messages enough. */
static void play_close_window(struct play *play, const struct dispatch_view *view)
{
    if (view->settled < 50 || view->modems_ready < view->modems || play->log.lent == view->modems)
        return;
    play->most_ahead = play->log.submits;
    clock_set(play->window.to_ms);
    play->acted = true;
}

static int64_t play_ask(const struct play *play, const char *sql)
{
    sqlite3_stmt *statement;
    sqlite3 *books;
    int64_t n;

    assert_int_equal(sqlite3_open(play->stage.books, &books), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(books, sql, -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    n = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(books);
    return n;
}

static int64_t play_claims(const struct play *play)
{
    MEM_FREE_LATER char *sql =
        mem_printf("SELECT count(*) FROM journal WHERE to_state = %d", DELIVERY_INFLIGHT);

    return play_ask(play, sql);
}

/* The clock steps past the end while claims are on their way to the books: not one more message
 * leaves, and those claims come back. */
static void test_clock_step_closes_window(void **state)
{
    struct play *play = *state;
    struct books_unit unit;
    int64_t went;

    play_modems(play, 4, "fake:S");
    play_order(play, 0, 5000, 5000, 0);
    play->at = play_close_window;
    play_run(play);
    unit = play_books(play, 0);
    went = unit.n[DELIVERY_DELIVERED] + unit.n[DELIVERY_SENT];
    assert_true(play->most_ahead >= 50);
    assert_int_equal(play->log.submits, play->most_ahead);
    assert_true(play_claims(play) > play->log.submits);
    assert_int_equal(went, play->log.submits);
    assert_int_equal(unit.n[DELIVERY_EXPIRED], 5000 - went);
}

/* What is left when the window closes is cancelled for good: the next one is for nobody, and the
 * reserve fills nothing of it. */
static void test_cancelled_calls_no_reserve(void **state)
{
    struct play *play = *state;
    struct window windows[2] = {play->window,
                                {play->window.to_ms + HOUR_MS, play->window.to_ms + 2 * HOUR_MS}};
    struct books_unit unit;

    play_modems(play, 4, "fake:S");
    play_order(play, 0, 3000, 3000, 500);
    play->campaign.windows = play->orders[0].windows = windows;
    play->campaign.n_windows = play->orders[0].n_windows = 2;
    play->campaign.leftover = LEFTOVER_CANCEL;
    play->at = play_close_window;
    play_run(play);
    unit = play_books(play, 0);
    assert_int_equal(play->log.submits, play->most_ahead);
    assert_int_equal(unit_total(&unit), 3000);
    assert_int_equal(unit.n[DELIVERY_CANCELLED], 3000 - play->log.submits);
    assert_true(clock_wall_ms() < windows[1].from_ms);
}

/* Whatever the network answers, no unit gets more than its quota, and none less while its lists
 * have a number left. */
static void test_random_quotas(void **state)
{
    struct play *play = *state;
    uint64_t seed = 20261031;
    char script[32];

    for (size_t u = 0; u < 2; u++)
        play_order(play, u, 200 + (int64_t)u * 100, 200 + u * 150, 300);
    snprintf(script, sizeof script, "fake:");
    for (size_t i = strlen(script); i + 1 < sizeof script; i++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        script[i] = "SSSSRN"[(seed >> 33) % 6];
        script[i + 1] = '\0';
    }
    play_modems(play, 3, script);
    play_run(play);
    for (size_t u = 0; u < 2; u++) {
        struct books_unit unit = play_books(play, u);
        int64_t live = unit.n[DELIVERY_SENT] + unit.n[DELIVERY_DELIVERED];
        int64_t listed = 200 + (int64_t)u * 150 + 300;

        assert_true(live <= unit.quota);
        assert_true(live == unit.quota || unit_total(&unit) == listed);
        assert_true(unit.n[DELIVERY_UNDELIVERED] > 10 && unit.n[DELIVERY_REJECTED] > 10);
    }
}

/* With counts = "sent" a bad report takes nothing away, so nobody is drawn for it. */
static void test_sent_counts(void **state)
{
    struct play *play = *state;
    struct books_unit unit;

    play_modems(play, 2, "fake:SN");
    play->campaign.counts = COUNT_SENT;
    play_order(play, 0, 100, 100, 50);
    play_run(play);
    unit = play_books(play, 0);
    assert_int_equal(unit_total(&unit), 100);
    assert_in_range(unit.n[DELIVERY_UNDELIVERED], 40, 60);
}

static void play_stop_early(struct play *play, const struct dispatch_view *view)
{
    if (view->settled < 50)
        return;
    dispatch_stop(play->dispatch);
    play->acted = true;
}

/* Stopped and started again: everything is sent once. */
static void test_stop_and_go_on(void **state)
{
    struct play *play = *state;
    struct books_unit unit;
    int64_t open;

    play_modems(play, 4, "fake:S");
    play_order(play, 0, 2000, 2000, 0);
    play->at = play_stop_early;
    play_run(play);
    unit = play_books(play, 0);
    assert_int_equal(unit_total(&unit), 2000);
    open = unit.n[DELIVERY_PLANNED] + unit.n[DELIVERY_DUE] + unit.n[DELIVERY_DEFERRED];
    assert_true(open > 1000);
    assert_int_equal(unit.n[DELIVERY_INFLIGHT], 0);
    play->at = NULL;
    play->campaign.sms.report_wait_s = 0;
    play_run(play);
    unit = play_books(play, 0);
    assert_int_equal(unit_total(&unit), 2000);
    assert_int_equal(unit.n[DELIVERY_DELIVERED] + unit.n[DELIVERY_SENT], 2000);
}

static void test_planning_twice_inserts_nothing(void **state)
{
    struct play *play = *state;
    struct books_unit unit;

    play_modems(play, 2, "fake:S");
    play_order(play, 0, 200, 200, 0);
    play_run(play);
    play_run(play);
    assert_int_equal(play->reads, 1);
    unit = play_books(play, 0);
    assert_int_equal(unit.n[DELIVERY_DELIVERED], 200);
    assert_int_equal(unit_total(&unit), 200);
}

static void test_changed_campaign_is_refused(void **state)
{
    struct play *play = *state;
    struct books_unit unit;

    play_modems(play, 2, "fake:S");
    play_order(play, 0, 50, 50, 0);
    play_run(play);
    play->campaign.source = "campaign = { other = 1; };";
    play->orders[0].quota = 60;
    play_run(play);
    unit = play_books(play, 0);
    assert_int_equal(unit_total(&unit), 50);
    assert_int_equal(unit.quota, 50);
}

/* Both lists hold the same number: the first order in the file keeps it. */
static void test_duplicates_across_units(void **state)
{
    struct play *play = *state;
    struct books_unit city, district;

    play_modems(play, 2, "fake:S");
    play_order(play, 0, 100, 100, 0);
    play_order(play, 1, 100, 100, 0);
    stage_write_numbers(&play->stage, "list-1.csv", FIRST_NUMBER + 50, 100);
    play_run(play);
    city = play_books(play, 0);
    district = play_books(play, 1);
    assert_int_equal(city.n[DELIVERY_DELIVERED], 100);
    assert_int_equal(district.n[DELIVERY_DELIVERED], 50);
    assert_int_equal(play->refused, 50);
    assert_int_equal(play->refused_when_read, 50);
}

static void play_stop_at_limit(struct play *play, const struct dispatch_view *view)
{
    if (!view->modems_throttled)
        return;
    dispatch_stop(play->dispatch);
    play->acted = true;
}

/* What a SIM has sent stays counted: started again at once, it may not send yet. */
static void test_limit_is_in_the_books(void **state)
{
    struct play *play = *state;
    struct books_unit unit;
    int64_t first;

    play_modems(play, 1, "fake:s");
    play->modems[0].imsi = "460000000000017";
    play->modems[0].limits.per_hour = 4;
    play_order(play, 0, 50, 50, 0);
    play->at = play_stop_at_limit;
    play_run(play);
    first = play->log.submits;
    assert_in_range(first, 1, 4);
    play_run(play);
    play_run(play);
    assert_int_equal(play->log.submits, first);
    unit = play_books(play, 0);
    assert_int_equal(unit.n[DELIVERY_SENT], first);
    assert_int_equal(play_ask(play, "SELECT sum(parts) FROM usage"), first);
}

static void play_said(void *ctx, const struct dispatch_answer *answer)
{
    (void)ctx;
    assert_int_equal(answer->result, STEERED_DONE);
}

static void play_say(struct play *play, enum steer_verb verb, const char *modem)
{
    struct steer steer = {.scope = STEER_MODEM, .verb = verb};
    struct dispatch_answer answer;

    snprintf(steer.name, sizeof steer.name, "%s", modem);
    if (!dispatch_steer(play->dispatch, &steer, "command", play_said, NULL, &answer))
        assert_int_equal(answer.result, STEERED_ALREADY);
}

static void play_pause_early(struct play *play, const struct dispatch_view *view)
{
    if (view->settled >= 20 && view->modems_paused == 0)
        play_say(play, STEER_PAUSE, "m");
    if (view->modems_paused < 2 || play->log.lent)
        return;
    dispatch_stop(play->dispatch);
    play->acted = true;
}

static void play_resume_then(struct play *play, const struct dispatch_view *view)
{
    if (view->modems_paused < 2)
        return;
    assert_int_equal(play->log.submits, play->most_ahead);
    play_say(play, STEER_RESUME, "m/0");
    play->acted = true;
}

/* A pause outlasts the run; one modem that is let go carries the rest. */
static void test_pause_is_in_the_books(void **state)
{
    struct play *play = *state;
    struct books_unit unit;

    play_modems(play, 2, "fake:s");
    play->campaign.sms.report_wait_s = 0;
    play_order(play, 0, 100, 100, 0);
    play->at = play_pause_early;
    play_run(play);
    assert_in_range(play->log.submits, 20, 24);
    play->most_ahead = play->log.submits;
    play->at = play_resume_then;
    play_run(play);
    unit = play_books(play, 0);
    assert_int_equal(unit.n[DELIVERY_SENT], 100);
}

/* Every recipient refuses; each is answered once by the modem that heard it, and counted. */
static void test_refusals_are_answered(void **state)
{
    struct play *play = *state;
    struct books_unit unit;
    int64_t noon_ms;

    assert_int_equal(window_parse_time("2026-10-31 12:00", &noon_ms), 0);
    clock_set(noon_ms); /* nobody is answered at night */
    play->window = (struct window){noon_ms - HOUR_MS, noon_ms + HOUR_MS};
    play_modems(play, 2, "fake:I");
    play->office.refusal_answer = "已退订";
    play->campaign.sms.report_wait_s = 0;
    play_order(play, 0, 30, 30, 0);
    play_run(play);
    unit = play_books(play, 0);
    assert_int_equal(unit_total(&unit), 30);
    assert_int_equal(unit.n[DELIVERY_SENT] + unit.n[DELIVERY_DELIVERED], 30);
    assert_in_range(play->log.submits, 50, 60);
    assert_int_equal(play_ask(play, "SELECT count(*) FROM optout"),
                     play_ask(play, "SELECT count(*) FROM answer"));
    assert_int_equal(play_ask(play, "SELECT sum(parts) FROM usage"), play->log.submits);
}

/* A busy network lets modems rest, and all is sent in the end. */
static void test_rests_end(void **state)
{
    struct play *play = *state;
    struct books_unit unit;

    play_modems(play, 2, "fake:BsHs");
    play->campaign.sms.attempts = 30;
    play->campaign.sms.report_wait_s = 0;
    play_order(play, 0, 60, 60, 0);
    play_run(play);
    unit = play_books(play, 0);
    assert_int_equal(unit.n[DELIVERY_SENT], 60);
}

#define PLAY_TEST(test) cmocka_unit_test_setup_teardown(test, play_open, play_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PLAY_TEST(test_all_delivered),
        PLAY_TEST(test_mixed_outcomes),
        PLAY_TEST(test_reserve_up_to_quota),
        PLAY_TEST(test_attempts_end),
        PLAY_TEST(test_past_window_sends_nothing),
        PLAY_TEST(test_clock_step_closes_window),
        PLAY_TEST(test_cancelled_calls_no_reserve),
        PLAY_TEST(test_random_quotas),
        PLAY_TEST(test_sent_counts),
        PLAY_TEST(test_stop_and_go_on),
        PLAY_TEST(test_planning_twice_inserts_nothing),
        PLAY_TEST(test_changed_campaign_is_refused),
        PLAY_TEST(test_duplicates_across_units),
        PLAY_TEST(test_limit_is_in_the_books),
        PLAY_TEST(test_pause_is_in_the_books),
        PLAY_TEST(test_refusals_are_answered),
        PLAY_TEST(test_rests_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
