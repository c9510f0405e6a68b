/* test_fault_matrix: every fault of a modem, against short messages, against the first part of long
 * ones, between two short messages, and between the parts of a long one.
 * FAULT=NAME runs one alone.
 *
 * Each case is a world of its own: two simulated modems of which the first one has the fault, and
 * lawcast with ten messages. What must come of it is what the class of the error says
 * (adapters/modem/cms.h): the recipient is refused, the message goes later or over the other modem,
 * or it is in doubt; a message of which one part was taken is in doubt whatever came after. No
 * other message is touched, and the books agree with the simulator's log. Several worlds run at a
 * time. */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway/base/clock.h"
#include "gateway/base/mem.h"
#include "gateway/ledger/books.h"
#include "gateway/report/compare.h"
#include "tests/support/sim_client.h"
#include "tests/support/stage.h"

#define MESSAGES    10
#define AT_A_TIME   16
#define LIMIT_MS    120000
#define AIR_MS      150
#define TIMEOUT_MS  3000
#define MISSES_MOST 4 /* on a machine that is too busy to strike in time */
#define SHORT       "学法守法"
#define LONG                                                                                                                                  \
    "弘扬宪法精神，共建文明城市。学宪法、讲宪法、守宪法，从我做起，从现在做起，从身边小事做起，" \
    "让法治成为一种信仰，让守法成为一种习惯，让我们的城市因为法治而更加文明、更加和谐。"

/* When the fault strikes. */
enum when {
    FROM_START = 1, /* armed before lawcast starts */
    MIDDLE = 2,     /* when the first modem has the first part of a long message through */
    DURING = 4,     /* when it has its first short message through, and mostly has the next */
};

struct fault {
    const char *name;
    const char *commands[3]; /* to the simulator */
    int when;                /* all that apply */
    /* So many messages end in this state when it strikes at the start; all others are delivered. In
     * the middle: one is in doubt, or none if the fault is no refusal; between: at most one. */
    enum delivery_state state;
    int least, most;
    int kind;         /* what of the following applies */
    const char *spec; /* of the simulator; NULL: nothing special */
    const char *bank; /* settings; same */
    int messages;     /* 0: MESSAGES, with time on the air */
};

#define ANY      (FROM_START | MIDDLE)
#define ALWAYS   (FROM_START | MIDDLE | DURING)
#define HARMLESS 1  /* in the middle, too */
#define REFUSES  2  /* the simulator must have refused something, else nothing was tested */
#define LOSSY    4  /* an agent is ended, and what was reported to it is lost */
#define KNOWN    8  /* the books must know the first modem's SIM by its IMSI */
#define EMPTIES  16 /* what came for the SIM must have been read and deleted */

#define UNKNOWN_0 DELIVERY_UNKNOWN, 0, 0 /* all are delivered */
#define UNKNOWN_1 DELIVERY_UNKNOWN, 1, 1
#define MAYBE_1   DELIVERY_UNKNOWN, 0, 1
/* libgammu knows few of these lines and takes the others for answers. When it hears them while it
 * prepares the modem, that stays down, or is never asked for reports; the messages go all the same.
 */
#define MUTTERS(family)                                                                            \
    {"mutter-" family "-start",                                                                    \
     {"mutter 0 on"},                                                                              \
     FROM_START,                                                                                   \
     DELIVERY_SENT,                                                                                \
     0,                                                                                            \
     MESSAGES,                                                                                     \
     HARMLESS,                                                                                     \
     "{\"family\":\"" family "\"}",                                                                \
     NULL,                                                                                         \
     0},                                                                                           \
    {                                                                                              \
        "mutter-" family, {"mutter 0 on"}, MIDDLE | DURING, UNKNOWN_0, HARMLESS,                   \
            "{\"family\":\"" family "\"}", NULL, 0                                                 \
    }
#define SPEC(text) "{\"modem_specs\":[{\"index\":0," text "}]}"

static const struct fault faults[] = {
    /* the slowest first: it waits twice */
    {"number-busy", {"number 8613800000003 busy 2"}, FROM_START, UNKNOWN_0, .kind = REFUSES},
    /* by class: RECIPIENT, LATER, BUSY, BARRED, ILL, DOUBT, VAGUE */
    {"cms-recipient", {"cms 0 1"}, ANY, DELIVERY_REJECTED, 1, 1, .kind = REFUSES},
    {"cms-later", {"cms 0 27"}, ANY, DELIVERY_DEFERRED, 1, 1, .kind = REFUSES},
    {"cms-busy", {"cms 0 42"}, ANY, UNKNOWN_0, .kind = REFUSES},
    {"cms-barred", {"cms 0 8"}, ANY, UNKNOWN_0, .kind = REFUSES | LOSSY},
    {"cms-barred-10", {"cms 0 10"}, ANY, UNKNOWN_0, .kind = REFUSES | LOSSY},
    {"cms-barred-50", {"cms 0 50"}, ANY, UNKNOWN_0, .kind = REFUSES | LOSSY},
    {"cms-barred-193", {"cms 0 193"}, ANY, UNKNOWN_0, .kind = REFUSES | LOSSY},
    {"cms-ill", {"cms 0 300"}, ANY, UNKNOWN_0, .kind = REFUSES | LOSSY},
    {"cms-doubt", {"cms 0 332"}, ANY, UNKNOWN_1, .kind = REFUSES},
    {"cms-vague", {"cms 0 500"}, ANY, UNKNOWN_0, .kind = REFUSES},
    {"cme-ill", {"cme 0 4"}, ANY, UNKNOWN_0, .kind = REFUSES | LOSSY},
    {"cme-later", {"cme 0 30"}, ANY, DELIVERY_DEFERRED, 1, 1, .kind = REFUSES},
    {"cme-doubt", {"cme 0 31"}, ANY, UNKNOWN_1, .kind = REFUSES},
    {"cme-vague", {"cme 0 100"}, ANY, UNKNOWN_0, .kind = REFUSES},
    {"cme-busy", {"cme 0 515"}, ANY, UNKNOWN_0, .kind = REFUSES},
    {"error", {"error 0"}, ANY, UNKNOWN_0, .kind = REFUSES},
    {"barred", {"barred 0 on"}, ANY, UNKNOWN_0, .kind = REFUSES | LOSSY},
    {"nocredit", {"nocredit 0 on"}, FROM_START, DELIVERY_DEFERRED, 1, 5, .kind = REFUSES},
    {"number-refused",
     {"number 8613800000003 cms 1"},
     FROM_START,
     DELIVERY_REJECTED,
     1,
     1,
     .kind = REFUSES},
    {"number-undelivered",
     {"number 8613800000003 status 70"},
     FROM_START,
     DELIVERY_UNDELIVERED,
     1,
     1,
     .kind = 0},
    {"number-silent", {"number 8613800000003 silent"}, FROM_START, DELIVERY_SENT, 1, 1, .kind = 0},
    {"number-late", {"number 8613800000003 late 1500"}, FROM_START, UNKNOWN_0, .kind = 0},
    /* no answer, or no whole one */
    {"hang-before", {"hang 0 before"}, ANY, UNKNOWN_1, .kind = LOSSY},
    {"hang-after", {"hang 0 after"}, ANY, MAYBE_1, .kind = LOSSY},
    {"hang-prompt", {"hang 0 prompt"}, FROM_START, UNKNOWN_0, .kind = LOSSY},
    {"truncate", {"truncate 0"}, ANY, UNKNOWN_1, .kind = LOSSY},
    {"truncate-after", {"truncate 0 after"}, ANY, MAYBE_1, .kind = LOSSY},
    {"deaf", {"deaf 0 on"}, ALWAYS, UNKNOWN_0, .kind = LOSSY},
    {"unplug", {"unplug 0"}, ALWAYS, UNKNOWN_0, .kind = LOSSY},
    {"replug", {"unplug 0", "replug 0"}, ALWAYS, UNKNOWN_0, .kind = LOSSY},
    {"replug-elsewhere", {"unplug 0", "replug 0 modem-1-b"}, ALWAYS, UNKNOWN_0, .kind = LOSSY},
    /* what the SIM or the network is like */
    {"register", {"register 0 2"}, FROM_START, UNKNOWN_0, .kind = LOSSY},
    {"register-lost", {"register 0 2"}, MIDDLE | DURING, MAYBE_1, .kind = HARMLESS | LOSSY},
    {"cdma", {"cdma 0 on"}, FROM_START, UNKNOWN_0, .kind = 0},
    {"pin-wanting", {NULL}, FROM_START, UNKNOWN_0, .kind = 0, SPEC("\"pin\":\"1234\"")},
    {"pin",
     {NULL},
     FROM_START,
     UNKNOWN_0,
     .kind = KNOWN,
     SPEC("\"pin\":\"1234\""),
     "pin = \"1234\";"},
    {"puk", {NULL}, FROM_START, UNKNOWN_0, .kind = 0, SPEC("\"puk\":true")},
    /* what a modem says beside */
    {"mutter", {"mutter 0 on"}, ALWAYS, UNKNOWN_0, .kind = HARMLESS | KNOWN},
    MUTTERS("huawei"),
    MUTTERS("quectel"),
    MUTTERS("simcom"),
    MUTTERS("zte"),
    MUTTERS("wavecom"),
    {"garbage", {"garbage 0"}, ALWAYS, MAYBE_1, .kind = HARMLESS | LOSSY},
    {"flood", {"flood 0 2000"}, ALWAYS, MAYBE_1, .kind = HARMLESS | LOSSY},
    {"twice", {"twice 0"}, ANY, UNKNOWN_0, .kind = HARMLESS},
    {"echo", {"echo 0 2000"}, FROM_START, UNKNOWN_0, .kind = 0},
    /* status reports */
    {"reference-zero", {NULL}, FROM_START, UNKNOWN_0, .kind = 0, SPEC("\"reference_zero\":true")},
    {"wrap", {NULL}, FROM_START, UNKNOWN_0, .messages = 800},
    {"reports-late", {"reports 0 late 1500"}, FROM_START, UNKNOWN_0, .kind = 0},
    {"reports-drop", {"reports 0 drop 1"}, FROM_START, DELIVERY_SENT, 1, 1, .kind = 0},
    {"reports-twice", {"reports 0 twice 2"}, FROM_START, UNKNOWN_0, .kind = 0},
    {"reports-stray", {"reports 0 stray 5"}, ALWAYS, UNKNOWN_0, .kind = HARMLESS},
    /* what comes in meanwhile */
    {"inbound", {"deliver 0 8613900000001 TD"}, ALWAYS, UNKNOWN_0, .kind = HARMLESS | EMPTIES},
    {"inbound-long",
     {"deliverparts 0 8613900000001 2,1 " LONG LONG, "deliverfrom 0 10086 0"},
     ALWAYS,
     UNKNOWN_0,
     .kind = HARMLESS | EMPTIES},
};

enum mode { MODE_SHORT, MODE_LONG, MODE_MIDDLE, MODE_DURING, MODES };

static const struct {
    const char *name;
    int when;
    const char *text;
} modes[MODES] = {{"short", FROM_START, SHORT},
                  {"long", FROM_START, LONG},
                  {"middle", MIDDLE, LONG},
                  {"during", DURING, SHORT}};

struct world {
    const struct fault *fault;
    enum mode mode;
    struct stage stage;
    struct sim_client *sim;
    struct stage_child child;
    int64_t give_up_ms;
    bool armed, stopped, failed;
    bool late;   /* when it was armed the next part was through */
    bool missed; /* all was sent before the fault struck: nothing was tried */
    int misses;  /* before this try: each gives the next one more time */
    struct books_unit unit;
    int messages;
    char imsi[24]; /* of the first modem, as the books have it */
};

/* What lawcast has said until now. */
static const char *world_said(struct world *world)
{
    char bytes[4096];
    ssize_t n;

    fcntl(world->child.out, F_SETFL, O_NONBLOCK);
    while ((n = read(world->child.out, bytes, sizeof bytes)) > 0)
        buffer_add(&world->child.said, bytes, (size_t)n);
    return buffer_text(&world->child.said);
}

/* Only told here: the other cases go on. */
static void world_fail(struct world *world, const char *why)
{
    const int64_t *n = world->unit.n;

    world->failed = true;
    print_error("%s, %s: %s (delivered %lld, sent %lld, unknown %lld, rejected %lld, "
                "deferred %lld, undelivered %lld, expired %lld)\n%s",
                world->fault->name, modes[world->mode].name, why, (long long)n[DELIVERY_DELIVERED],
                (long long)n[DELIVERY_SENT], (long long)n[DELIVERY_UNKNOWN],
                (long long)n[DELIVERY_REJECTED], (long long)n[DELIVERY_DEFERRED],
                (long long)n[DELIVERY_UNDELIVERED], (long long)n[DELIVERY_EXPIRED],
                world_said(world));
}

static void world_write(struct world *world)
{
    MEM_FREE_LATER char *sms =
        mem_printf("text = \"%s\"; max_parts = 4; report_wait = 3;", modes[world->mode].text);
    MEM_FREE_LATER char *options =
        mem_printf("grace_ms = 0; timeout_ms = %d; %s", TIMEOUT_MS * (1 + world->misses),
                   world->fault->bank ? world->fault->bank : "");
    const struct stage_bank bank = {
        .first_modem = sim_client_modem(world->sim, 0), .modems = 2, .options = options};

    stage_write_office(&world->stage, &bank);
    stage_write_campaign(&world->stage, -3600, 7200, sms, (size_t)world->messages);
}

static void world_arm(struct world *world)
{
    world->armed = true;
    for (size_t i = 0; i < 3 && world->fault->commands[i]; i++)
        if (!sim_client_tell(world->sim, "%s", world->fault->commands[i]))
            world_fail(world, "the simulator doesn't know the command");
}

static void world_open(struct world *world, const struct fault *fault, enum mode mode, int misses)
{
    MEM_FREE_LATER char *air = mem_printf("%d", fault->messages ? 0 : AIR_MS * (1 + 3 * misses));
    const char *const options[] = {"--modems", "2", "--air-ms", air, "--report-ms", "20", NULL};
    const char *args[] = {"run", "-c", NULL, "--quiet", NULL, NULL};
    char program[512];

    *world = (struct world){.fault = fault,
                            .mode = mode,
                            .misses = misses,
                            .messages = fault->messages ? fault->messages : MESSAGES,
                            .give_up_ms = clock_mono_ms() + LIMIT_MS};
    stage_open(&world->stage);
    world->sim = sim_client_start_spec(stage_program("lawcast-sim", program, sizeof program),
                                       fault->spec ? fault->spec : "{}", options);
    assert_non_null(world->sim);
    world_write(world);
    if (modes[mode].when == FROM_START)
        world_arm(world);
    args[2] = world->stage.conf;
    args[4] = world->stage.campaign;
    stage_spawn(&world->stage, &world->child, args);
}

static int modem_keep(void *ctx, const struct books_modem *modem)
{
    struct world *world = ctx;

    if (strcmp(modem->id, "m/0") == 0)
        snprintf(world->imsi, sizeof world->imsi, "%s", modem->health.imsi);
    return 0;
}

/* 0, or 1: the books aren't there yet. */
static int world_read_unit(struct world *world, struct compare *compare)
{
    struct books_campaign campaign = {0};
    struct books_unit *units = NULL;
    struct books *books;
    char why[256];
    size_t n = 0;

    if (books_open(&books, world->stage.books, why, sizeof why))
        return 1;
    if (books_find_campaign(books, "c1", &campaign) == 0 &&
        books_units(books, campaign.number, &units, &n) == 0 && n == 1)
        world->unit = units[0];
    if (compare && n == 1) {
        compare_log(books, campaign.number, sim_client_log(world->sim), world->fault->kind & LOSSY,
                    compare);
        books_modems(books, clock_wall_ms(), modem_keep, world);
    }
    free(units);
    books_campaign_release(&campaign);
    books_close(books);
    return n != 1;
}

/* Is it the time for a fault that strikes later? */
static bool world_is_due(struct world *world)
{
    struct sim_events events = sim_client_events(world->sim);
    int part = 0;

    for (size_t i = 0; i < events.n; i++)
        if (events.items[i].modem == 0 && strcmp(events.items[i].event, "accepted") == 0)
            part = events.items[i].part;
    sim_events_free(&events);
    return part == 1;
}

static bool world_waits_for_later(const struct world *world)
{
    return world->fault->state == DELIVERY_DEFERRED && modes[world->mode].when == FROM_START;
}

/* One look. true: lawcast has ended. */
static bool world_step(struct world *world)
{
    const int64_t *n = world->unit.n;
    int64_t through;
    int status;

    if (clock_mono_ms() > world->give_up_ms) {
        world_read_unit(world, NULL);
        world_fail(world, "it took too long");
        stage_signal(&world->child, SIGKILL);
        world->give_up_ms += LIMIT_MS;
    }
    if (!world->armed && world_is_due(world)) {
        world_arm(world);
        world->late = !world_is_due(world);
    }
    if (stage_has_ended(&world->child, &status))
        return true;
    if (world->stopped || !world_waits_for_later(world) || world_read_unit(world, NULL))
        return false;
    through = n[DELIVERY_DELIVERED] + n[DELIVERY_UNKNOWN];
    if (n[DELIVERY_DEFERRED] && through + n[DELIVERY_DEFERRED] == world->messages) {
        stage_signal(&world->child, SIGTERM); /* later is a minute away */
        world->stopped = true;
    }
    return false;
}

static void world_judge(struct world *world)
{
    const struct fault *fault = world->fault;
    enum delivery_state state = fault->state;
    int least = fault->least, most = fault->most;
    const int64_t *n = world->unit.n;
    int64_t through = n[DELIVERY_DELIVERED], found;

    if (modes[world->mode].when != FROM_START) {
        state = DELIVERY_UNKNOWN;
        least = !(fault->kind & HARMLESS) && world->mode == MODE_MIDDLE;
        most = fault->kind & HARMLESS ? fault->most : 1;
    }
    if (world->mode == MODE_DURING && fault->kind & LOSSY)
        through += n[DELIVERY_SENT]; /* the report of the message before was on its way */
    found = n[state];
    if (world->stopped && state == DELIVERY_DEFERRED)
        found += n[DELIVERY_DUE]; /* its wait was over in the instant of the stop */
    if (found < least && world->late && world->misses < MISSES_MOST)
        world->missed = true;
    else if (found < least || found > most || through + found != world->messages)
        world_fail(world, "not what the class of the error says");
}

/* What came for the SIM came when the modem had sent its last message: lawcast was about to end,
 * and leaves it to the next run. */
static bool world_was_late(const struct world *world, const struct sim_events *events)
{
    bool late = false;

    for (size_t i = 0; i < events->n; i++)
        if (strcmp(events->items[i].event, "inbound") == 0)
            late = true;
        else if (events->items[i].modem == 0 && strcmp(events->items[i].event, "accepted") == 0)
            late = false;
    return late && modes[world->mode].when != FROM_START;
}

static bool world_is_emptied(const struct sim_events *events)
{
    return sim_events_count(events, "inbound") == sim_events_count(events, "deleted");
}

static void world_check(struct world *world)
{
    struct sim_events events = sim_client_events(world->sim);
    struct compare compare = {0};

    if (world_read_unit(world, &compare))
        world_fail(world, "no books");
    else if (world->misses < MISSES_MOST &&
             (!world->armed || (world->fault->kind & EMPTIES && !world_is_emptied(&events) &&
                                world_was_late(world, &events))))
        world->missed = true;
    else if (!world->armed)
        world_fail(world, "the fault never struck");
    else if (!compare.agrees)
        world_fail(world, compare.first[0]);
    else if (compare.duplicates)
        world_fail(world, "a message was sent twice");
    else if (world->fault->kind & REFUSES && sim_events_count(&events, "rejected") == 0)
        world_fail(world, "nothing was refused");
    else if (world->fault->kind & KNOWN && strcmp(world->imsi, "460000000000000") != 0)
        world_fail(world, "the books don't know the SIM");
    else if (world->fault->kind & EMPTIES && !world_is_emptied(&events))
        world_fail(world, "what came in was not deleted");
    else
        world_judge(world);
    compare_release(&compare);
    sim_events_free(&events);
}

static void world_close(struct world *world)
{
    if (!world->failed)
        world_check(world);
    close(world->child.out);
    buffer_free(&world->child.said);
    sim_client_free(world->sim);
    stage_close(&world->stage);
    world->fault = NULL;
}

/* Goes on to the next case that there is; false: there is none. */
static bool case_next(size_t *fault, enum mode *mode)
{
    const char *only = getenv("FAULT");

    for (; *fault < sizeof faults / sizeof *faults; *fault += 1, *mode = MODE_SHORT) {
        if (only && strcmp(only, faults[*fault].name) != 0)
            continue;
        for (; *mode < MODES; *mode += 1)
            if (faults[*fault].when & modes[*mode].when)
                return true;
    }
    return false;
}

static void test_matrix(void **state)
{
    struct world *worlds = mem_array(AT_A_TIME, struct world);
    size_t fault = 0, open = 0, run = 0, failed = 0;
    enum mode mode = MODE_SHORT;

    (void)state;
    do {
        for (size_t i = 0; i < AT_A_TIME; i++) {
            struct world *world = &worlds[i];
            const struct fault *tried = world->fault;

            if (tried && world_step(world)) {
                world_close(world);
                failed += world->failed;
                open--;
                if (world->missed) {
                    world_open(world, tried, world->mode, world->misses + 1);
                    open++;
                }
            }
            if (!world->fault && case_next(&fault, &mode)) {
                world_open(world, &faults[fault], mode++, 0);
                open++;
                run++;
            }
        }
        stage_pause();
    } while (open);
    free(worlds);
    print_message("cases=%zu failed=%zu\n", run, failed);
    assert_int_equal(failed, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_matrix)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
