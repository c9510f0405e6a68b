/* live_kit: a gateway at work on simulated modems and a board, for tests of what is changed about
 * it while it runs.
 * Runs: any (blocks; for tests).
 *
 * The judge is the simulator's log: what the network took, of whom, how often. */
#ifndef LAWCAST_TESTS_LIVE_KIT_H
#define LAWCAST_TESTS_LIVE_KIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/clock.h"
#include "gateway/base/mem.h"
#include "gateway/ledger/books.h"
#include "tests/support/sim_client.h"
#include "tests/support/stage.h"

#define LIVE_FIRST       INT64_C(8613800000000)
#define LIVE_PATIENCE_MS 20000

struct live {
    struct stage stage;
    struct sim_client *sim;
    struct stage_child child;
};

static inline void live_open(struct live *live, const char *air_ms)
{
    const char *const options[] = {"--modems", "4",       "--air-ms",       air_ms, "--report-ms",
                                   "20",       "--board", "market:webhook", NULL};
    char program[512];

    stage_open(&live->stage);
    live->sim = sim_client_start(stage_program("lawcast-sim", program, sizeof program), options);
    assert_non_null(live->sim);
}

static inline void live_close(struct live *live)
{
    sim_client_free(live->sim);
    stage_close(&live->stage);
}

/* modems: settings of the list of modems, with %1$s for the path of a modem without its number. */
struct live_office {
    const char *general; /* more settings of the office */
    const char *city;    /* name of the unit city */
    const char *devices; /* "[0-2]" */
    const char *bank;    /* more settings of the bank */
    const char *more;    /* more groups, and whatever else */
};

static inline void live_write_office(struct live *live, const struct live_office *office)
{
    MEM_FREE_LATER char *devices = mem_dup(sim_client_modem(live->sim, 0));

    *strrchr(devices, '-') = '\0';
    stage_write(
        &live->stage, "lawcast.cfg",
        "office = { name = \"test\"; timezone = \"Asia/Shanghai\"; %s };\n"
        "approval = { required = false; };\n"
        "ledger = { path = \"%s\"; };\n"
        "units = ( { id = \"city\"; name = \"%s\"; signature = \"市法宣办\"; },\n"
        "          { id = \"weather\"; name = \"气象局\"; signature = \"气象局\"; } );\n"
        "modems = ( { id = \"m\"; devices = \"%s-%s\"; grace_ms = 0; %s } );\n"
        "boards = ( { id = \"market\"; owner = \"city\"; kind = \"webhook\"; url = \"%s\";\n"
        "             width = 320; height = 32; publish_pointer = \"/code\";"
        " publish_equals = \"0\"; withdraw_pointer = \"/code\"; withdraw_equals = \"0\";\n"
        "             verify_path = \"/{name}\"; verify_pointer = \"/items\";"
        " verify_equals = \"{name}\"; } );\n%s",
        office->general ? office->general : "", live->stage.books,
        office->city ? office->city : "市法宣办", devices,
        office->devices ? office->devices : "[0-2]", office->bank ? office->bank : "",
        sim_client_board(live->sim, "market"), office->more ? office->more : "");
}

static inline void live_spawn(struct live *live)
{
    const char *const args[] = {
        "run",           "-c", live->stage.conf, "--quiet", live->stage.campaign, "--refused",
        live->stage.dir, NULL};

    stage_spawn(&live->stage, &live->child, args);
}

/* Events of this kind from the instant on; modem -1: of all. */
static inline size_t live_count(struct live *live, const char *kind, int64_t from_ms, int modem)
{
    struct sim_events events = sim_client_events(live->sim);
    size_t n = 0;

    for (size_t i = 0; i < events.n; i++)
        n += strcmp(events.items[i].event, kind) == 0 && events.items[i].t >= from_ms &&
             (modem < 0 || events.items[i].modem == modem);
    sim_events_free(&events);
    return n;
}

static inline void live_await(struct live *live, const char *kind, int64_t from_ms, int modem,
                              size_t n)
{
    int64_t give_up = clock_mono_ms() + LIVE_PATIENCE_MS;

    while (live_count(live, kind, from_ms, modem) < n) {
        if (clock_mono_ms() >= give_up)
            fail_msg("%zu of %zu %s", live_count(live, kind, from_ms, modem), n, kind);
        stage_pause();
    }
}

/* Nobody among the first n numbers got more than one message; and so many got one. */
static inline size_t live_reached(struct live *live, int64_t first, size_t n)
{
    struct sim_events events = sim_client_events(live->sim);
    int *taken = mem_array(n, int);
    size_t reached = 0;

    for (size_t i = 0; i < events.n; i++) {
        int64_t at = events.items[i].number - first;

        if (strcmp(events.items[i].event, "accepted") == 0 && at >= 0 && at < (int64_t)n)
            taken[at]++;
    }
    for (size_t i = 0; i < n; i++) {
        if (taken[i] > 1)
            fail_msg("number %zu got %d messages", i, taken[i]);
        reached += taken[i] > 0;
    }
    free(taken);
    sim_events_free(&events);
    return reached;
}

/* The unit's line in the books of campaign 1; and they add up. */
static inline struct books_unit live_books(struct live *live, const char *unit)
{
    struct books_unit *units, found = {0};
    struct books_recount recount;
    struct books *books;
    char why[256];
    size_t n;

    assert_int_equal(books_open(&books, live->stage.books, why, sizeof why), 0);
    assert_int_equal(books_units(books, 1, &units, &n), 0);
    for (size_t i = 0; i < n; i++)
        if (strcmp(units[i].id, unit) == 0)
            found = units[i];
    assert_int_equal(books_recount(books, 1, &recount), 0);
    if (!recount.agrees)
        fail_msg("%s", recount.difference);
    free(units);
    books_close(books);
    return found;
}

static inline void live_end(struct live *live, int code, int limit_s, const char *says)
{
    char *output;
    int ended = stage_wait(&live->child, limit_s, &output);

    if (ended != code || (says && !strstr(output, says)))
        fail_msg("exit %d: %s", ended, output);
    free(output);
}

#endif
