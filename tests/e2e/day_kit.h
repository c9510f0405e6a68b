/* day_kit: one day of a gateway on simulated modems and a board, and what it looked like from
 * outside.
 * Runs: any (blocks; for tests).
 *
 * Three units, two banks, one board. What must not have happened is noted as a hush while the day
 * goes on, and held against the simulator's whole log in the evening. */
#ifndef LAWCAST_TESTS_E2E_DAY_KIT_H
#define LAWCAST_TESTS_E2E_DAY_KIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gateway/base/buffer.h"
#include "gateway/base/clock.h"
#include "gateway/base/mem.h"
#include "gateway/model/window.h"
#include "gateway/ledger/books.h"
#include "tests/support/sim_client.h"
#include "tests/support/stage.h"

#define DAY_COUNTRY  INT64_C(8600000000000)
#define DAY_HUSHES   16
#define DAY_WINDOWS  3
#define DAY_NEVER_MS INT64_MAX

/* SOON: a word holds after so long, and what was in the air has ended. */
enum { DAY_SOON_MS = 1000, DAY_PATIENCE_MS = 60000, DAY_MODEMS = 4, DAY_UNITS = 3, DAY_ALL = -1 };

enum { DAY_CITY, DAY_NORTH, DAY_WEATHER };

struct day_unit {
    const char *id;
    int64_t first; /* its numbers, without the country's */
    int quota;
    size_t listed, reserve;
};

/* Nothing was taken between two instants. */
struct day_hush {
    const char *why;
    int64_t from_ms, until_ms;
    int modem, unit; /* DAY_ALL */
};

/* What the office and the campaign say now; written by day_write. */
struct day_plan {
    const char *bank_a, *bank_b; /* "[0-1]" */
    int per_hour;                /* of the SIMs in bank a */
    struct window windows[DAY_WINDOWS];
    struct day_unit units[DAY_UNITS];
};

struct day {
    struct stage stage;
    struct sim_client *sim;
    struct stage_child child;
    struct day_plan plan;
    struct day_hush hushes[DAY_HUSHES];
    size_t n_hushes;
};

static inline void day_open(struct day *day, const char *spec)
{
    static const char *const options[] = {"--board", "market:webhook", NULL};
    char program[512];

    *day = (struct day){0};
    stage_open(&day->stage);
    day->sim =
        sim_client_start_spec(stage_program("lawcast-sim", program, sizeof program), spec, options);
    assert_non_null(day->sim);
}

static inline void day_close(struct day *day)
{
    sim_client_free(day->sim);
    stage_close(&day->stage);
}

/* ---- files ---- */

static inline void day_write_office(const struct day *day)
{
    MEM_FREE_LATER char *devices = mem_dup(sim_client_modem(day->sim, 0));

    *strrchr(devices, '-') = '\0';
    stage_write(
        &day->stage, "lawcast.cfg",
        "office = { name = \"test\"; timezone = \"Asia/Shanghai\"; drain = 10; };\n"
        "approval = { required = false; };\n"
        "ledger = { path = \"%s\"; };\n"
        "units = ( { id = \"city\"; name = \"市法宣办\"; signature = \"市法宣办\"; },\n"
        "  { id = \"north\"; name = \"城北区\"; signature = \"城北区\"; parent = \"city\"; },\n"
        "  { id = \"weather\"; name = \"气象局\"; signature = \"气象局\"; } );\n"
        "modems = ( { id = \"a\"; devices = \"%s-%s\"; grace_ms = 0; per_hour = %d;\n"
        "             per_day = 200000; },\n"
        "           { id = \"b\"; devices = \"%s-%s\"; grace_ms = 0; per_hour = 100000;\n"
        "             per_day = 200000; } );\n"
        "boards = ( { id = \"market\"; owner = \"city\"; kind = \"webhook\"; url = \"%s\";\n"
        "             width = 320; height = 32; publish_pointer = \"/code\";"
        " publish_equals = \"0\"; withdraw_pointer = \"/code\"; withdraw_equals = \"0\";\n"
        "             verify_path = \"/{name}\"; verify_pointer = \"/items\";"
        " verify_equals = \"{name}\"; } );\n",
        day->stage.books, devices, day->plan.bank_a, day->plan.per_hour, devices, day->plan.bank_b,
        sim_client_board(day->sim, "market"));
}

/* A whole second, as a campaign file writes it. */
static inline void day_time(int64_t wall_ms, char text[static 20])
{
    time_t at = (time_t)(wall_ms / 1000) + 8 * 3600; /* China has one zone and no summer time */
    struct tm tm;

    gmtime_r(&at, &tm);
    strftime(text, 20, "%Y-%m-%d %H:%M:%S", &tm);
}

static inline void day_put_windows(struct buffer *text, const struct window *windows, size_t n,
                                   int64_t less_ms)
{
    buffer_add_text(text, "windows = ( ");
    for (size_t i = 0; i < n; i++) {
        char from[20], to[20];

        day_time(windows[i].from_ms, from);
        day_time(windows[i].to_ms - less_ms, to);
        buffer_printf(text, "%s{ from = \"%s\"; to = \"%s\"; }", i ? ",\n    " : "", from, to);
    }
    buffer_add_text(text, " );\n");
}

/* The weather's last window ends a second before the others', so it goes first. */
static inline void day_write_campaign(const struct day *day)
{
    const struct day_plan *plan = &day->plan;
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;

    buffer_add_text(&text, "campaign = { id = \"c1\"; title = \"t\";\n  ");
    day_put_windows(&text, plan->windows, DAY_WINDOWS, 0);
    buffer_add_text(&text, "  sms = { text = \"学法守法\"; report_wait = 2; };\n  orders = (");
    for (size_t i = 0; i < DAY_UNITS; i++) {
        const struct day_unit *unit = &plan->units[i];
        MEM_FREE_LATER char *list = mem_printf("%s.csv", unit->id);
        MEM_FREE_LATER char *reserve = mem_printf("%s-reserve.csv", unit->id);

        stage_write_numbers(&day->stage, list, unit->first, unit->listed);
        buffer_printf(&text, "%s\n    { unit = \"%s\"; quota = %d; recipients = \"%s\";",
                      i ? "," : "", unit->id, unit->quota, list);
        if (unit->reserve) {
            stage_write_numbers(&day->stage, reserve, unit->first + 5000, unit->reserve);
            buffer_printf(&text, " reserve = \"%s\";", reserve);
        }
        if (i == DAY_WEATHER)
            day_put_windows(&text, plan->windows, DAY_WINDOWS, 1000);
        buffer_add_text(&text, " }");
    }
    buffer_add_text(&text, " );\n  displays = ( { boards = [ \"market\" ];\n"
                           "    slogans = [ \"弘扬宪法\", \"学法守法\" ]; every = 10; } ); };\n");
    stage_write(&day->stage, "campaign.cfg", "%s", buffer_text(&text));
}

static inline void day_spawn(struct day *day)
{
    const char *const args[] = {"run", "-c", day->stage.conf, "--quiet", day->stage.campaign, NULL};

    stage_spawn(&day->stage, &day->child, args);
}

/* "pause campaign c1": must end with 0 and say this. When it had its answer. */
static inline int64_t day_say(const struct day *day, const char *says, const char *line)
{
    MEM_FREE_LATER char *text = mem_dup(line);
    const char *args[10] = {strtok(text, " "), "-c", day->stage.conf};
    size_t n = 3;

    for (char *word; (word = strtok(NULL, " "));)
        args[n++] = word;
    stage_says(&day->stage, 0, says, args);
    return clock_wall_ms();
}

/* ---- from outside ---- */

/* The unit that has the number, DAY_ALL: none. */
static inline int day_unit_of(const struct day *day, int64_t number)
{
    for (int i = 0; i < DAY_UNITS; i++)
        if (number - DAY_COUNTRY >= day->plan.units[i].first &&
            number - DAY_COUNTRY < day->plan.units[i].first + 10000)
            return i;
    return DAY_ALL;
}

static inline bool day_concerns(const struct day *day, const struct sim_event *event, int modem,
                                int unit)
{
    return strcmp(event->event, "accepted") == 0 && (modem == DAY_ALL || event->modem == modem) &&
           (unit == DAY_ALL || day_unit_of(day, event->number) == unit);
}

/* Messages that the network took from the instant on. */
static inline size_t day_taken(const struct day *day, int64_t from_ms, int modem, int unit)
{
    struct sim_events events = sim_client_events(day->sim);
    size_t n = 0;

    for (size_t i = 0; i < events.n; i++)
        n += events.items[i].t >= from_ms && day_concerns(day, &events.items[i], modem, unit);
    sim_events_free(&events);
    return n;
}

static inline void day_await(struct day *day, int64_t from_ms, int modem, int unit, size_t n)
{
    int64_t give_up = clock_mono_ms() + DAY_PATIENCE_MS;
    int status;

    for (size_t taken; (taken = day_taken(day, from_ms, modem, unit)) < n; stage_pause()) {
        if (stage_has_ended(&day->child, &status))
            fail_msg("the gateway has ended with %d", status);
        if (clock_mono_ms() > give_up)
            fail_msg("modem %d, unit %d: %zu of %zu", modem, unit, taken, n);
    }
}

static inline size_t day_shown(const struct day *day)
{
    struct jv *answer = sim_client_ask(day->sim, "stored market");
    size_t n = jv_size(jv_member(answer, "names"));

    jv_free(answer);
    return n;
}

static inline void day_await_shown(const struct day *day, size_t n, int64_t patience_ms)
{
    int64_t give_up = clock_mono_ms() + patience_ms;

    while (day_shown(day) != n) {
        assert_true(clock_mono_ms() < give_up);
        stage_pause();
    }
}

static inline void day_pass_until(int64_t wall_ms)
{
    while (clock_wall_ms() < wall_ms)
        stage_pause();
}

/* From a second after the answer on, until day_hush_ends. */
static inline struct day_hush *day_hush(struct day *day, const char *why, int64_t answer_ms,
                                        int modem, int unit)
{
    struct day_hush *hush = &day->hushes[day->n_hushes++];

    assert_in_range(day->n_hushes, 1, DAY_HUSHES);
    *hush = (struct day_hush){why, answer_ms + DAY_SOON_MS, DAY_NEVER_MS, modem, unit};
    return hush;
}

/* It has lasted for a second at least, and ends now. */
static inline void day_hush_ends(struct day_hush *hush)
{
    day_pass_until(hush->from_ms + DAY_SOON_MS);
    hush->until_ms = clock_wall_ms();
}

static inline void day_check_hushes(const struct day *day)
{
    struct sim_events events = sim_client_events(day->sim);

    for (size_t h = 0; h < day->n_hushes; h++) {
        const struct day_hush *hush = &day->hushes[h];
        int64_t late_ms = -DAY_SOON_MS;

        for (size_t i = 0; i < events.n; i++) {
            int64_t after_ms = events.items[i].t - hush->from_ms;

            if (events.items[i].t < hush->until_ms && after_ms > late_ms &&
                day_concerns(day, &events.items[i], hush->modem, hush->unit))
                late_ms = after_ms;
        }
        print_message("%s: the last one came %lld ms after the word\n", hush->why,
                      (long long)(late_ms + DAY_SOON_MS));
        if (late_ms >= 0)
            fail_msg("%s: a message was taken %lld ms too late", hush->why, (long long)late_ms);
    }
    sim_events_free(&events);
}

/* Nothing outside the windows, but what was in the air when one closed. */
static inline void day_check_windows(const struct day *day)
{
    struct sim_events events = sim_client_events(day->sim);

    for (size_t i = 0; i < events.n; i++) {
        bool inside = strcmp(events.items[i].event, "accepted") != 0;

        for (size_t w = 0; w < DAY_WINDOWS; w++)
            inside = inside || (events.items[i].t >= day->plan.windows[w].from_ms &&
                                events.items[i].t < day->plan.windows[w].to_ms + DAY_SOON_MS);
        if (!inside)
            fail_msg("%lld got a message outside the windows", (long long)events.items[i].number);
    }
    sim_events_free(&events);
}

#endif
