/* test_work: windows of orders, what is left when they close, and people's words about that. One
 * modem sends a message a minute. */
#include <unistd.h>

#include "gateway/dispatch/hours.h"
#include "tests/unit/lane_kit.h"

enum { LISTS = 2, WORDS = 2 };

struct word {
    const char *at; /* the time of the day */
    enum steer_scope scope;
    enum steer_verb verb;
    const char *name;
    const char *until; /* extend: to this time of the day */
    int64_t rate;
};

struct span {
    const char *from, *to;
};

/* The units' messages: what is sent, what expires, what is cancelled. */
struct fate {
    size_t messages, sent_least, sent_most, expired_least, cancelled_least;
};

struct plot {
    const char *what;
    struct span windows[2][LISTS]; /* of each unit */
    int leftover;
    const char *start; /* NULL: 08:30 */
    struct word words[WORDS];
    struct fate fates[2];
    size_t paused; /* how often the campaign paused by itself */
    const char *ends_from, *ends_until;
    const char *resumed; /* when a person had said so in an earlier run; NULL: nobody did */
    const char *closed; /* nothing leaves in the ten minutes after that */
};

struct stage_of_work {
    struct kit *kit;
    const struct plot *plot;
    struct window windows[2][LISTS];
    size_t said, submits[2], strays, banned;
    int64_t until_ms[2]; /* as extended */
    int64_t closed_ms;
};

static struct stage_of_work now_playing;

static int64_t day_time(const char *text)
{
    char whole[32];

    snprintf(whole, sizeof whole, "2026-10-31 %s", text);
    return kit_time(whole);
}

static bool is_inside(const struct stage_of_work *stage, size_t unit, int64_t now)
{
    const struct order *order = &stage->kit->orders[unit];

    return window_at(order->windows, order->n_windows, now) ||
           (now < stage->until_ms[unit] && now >= order->windows[order->n_windows - 1].to_ms);
}

/* Whatever happens, nothing leaves outside its unit's windows. */
static void check_submit(struct puppet *puppet, const struct adapter_job *job, void *ctx)
{
    struct stage_of_work *stage = &now_playing;
    struct kit *kit = ctx;
    size_t unit = (size_t)kit->ledger->rows[job->address - 8613800000000].unit - 1;
    int64_t now = clock_wall_ms();

    (void)puppet;
    stage->submits[unit]++;
    stage->strays += !is_inside(stage, unit, now) || job->until_ms <= now;
    stage->banned +=
        stage->closed_ms && now >= stage->closed_ms && now < stage->closed_ms + 10 * MINUTE_MS;
}

static int64_t word_value(const struct word *word)
{
    return word->until ? day_time(word->until) : word->rate;
}

static void say_words(struct kit *kit)
{
    struct stage_of_work *stage = &now_playing;
    const struct word *word = &stage->plot->words[stage->said];

    kit->alarm_ms = 0;
    if (stage->said == WORDS || !word->at)
        return;
    kit->alarm_ms = day_time(word->at);
    if (clock_wall_ms() < kit->alarm_ms || !kit_modems_have_begun(kit))
        return;
    stage->said++;
    assert_int_equal(kit_say(kit, word->scope, word->verb, word->name, word_value(word)), 1);
    for (size_t unit = 0; unit < 2 && word->until; unit++)
        if (word->scope == STEER_CAMPAIGN || strcmp(kit->units[unit].id, word->name) == 0)
            stage->until_ms[unit] = word_value(word);
}

static size_t set_windows(struct stage_of_work *stage, size_t unit)
{
    const struct span *spans = stage->plot->windows[unit];
    size_t n = 0;

    for (; n < LISTS && spans[n].from; n++)
        stage->windows[unit][n] = (struct window){day_time(spans[n].from), day_time(spans[n].to)};
    stage->kit->orders[unit].windows = stage->windows[unit];
    stage->kit->orders[unit].n_windows = n;
    return n;
}

static size_t count_unit(const struct kit *kit, size_t unit, enum delivery_state state)
{
    size_t n = 0;

    for (size_t i = 0; i < kit->ledger->n_rows; i++)
        n += kit->ledger->rows[i].unit == (int32_t)unit + 1 && kit->ledger->rows[i].state == state;
    return n;
}

static void check_fate(const struct kit *kit, size_t unit, const struct fate *fate)
{
    size_t sent = count_unit(kit, unit, DELIVERY_SENT);
    size_t expired = count_unit(kit, unit, DELIVERY_EXPIRED);
    size_t cancelled = count_unit(kit, unit, DELIVERY_CANCELLED);

    assert_in_range(sent, fate->sent_least, fate->sent_most);
    assert_int_equal(sent + expired + cancelled, fate->messages);
    assert_true(expired >= fate->expired_least && cancelled >= fate->cancelled_least);
    assert_true(!expired || !cancelled);
}

static size_t count_pauses(const struct kit *kit)
{
    size_t n = 0;

    for (size_t i = 0; i < kit->ledger->n_words; i++)
        n += kit->ledger->words[i].verb == STEER_PAUSE && strcmp(kit->ledger->by[i], "window") == 0;
    return n;
}

static struct hours all_hours;

static void play_plot(struct kit *kit, const struct plot *plot)
{
    struct stage_of_work *stage = &now_playing;

    *stage = (struct stage_of_work){.kit = kit, .plot = plot};
    stage->closed_ms = plot->closed ? day_time(plot->closed) : 0;
    for (size_t unit = 0; unit < 2; unit++) {
        hours_add(&all_hours, stage->windows[unit], set_windows(stage, unit));
        fake_ledger_add(
            kit->ledger,
            (struct fake_row){.unit = (int32_t)unit + 1, .route = OPERATOR_UNKNOWN, .parts = 1},
            plot->fates[unit].messages);
    }
    kit->campaign.windows = all_hours.windows;
    kit->campaign.n_windows = all_hours.n;
    kit->campaign.leftover = plot->leftover;
    kit->puppets.submitted = check_submit;
    kit->at = say_words;
    kit_modems(kit, 1, -1)->gap_ms = MINUTE_MS;
    if (plot->resumed)
        kit->ledger->words[kit->ledger->n_words++] =
            (struct steer){.scope = STEER_CAMPAIGN,
                           .verb = STEER_RESUME,
                           .campaign = "c1",
                           .at_ms = day_time(plot->resumed)};
    clock_set(plot->start ? day_time(plot->start) : kit->start_ms);
    kit_run(kit);
    hours_clear(&all_hours);
    assert_int_equal(stage->strays, 0);
    assert_int_equal(stage->banned, 0);
    for (size_t unit = 0; unit < 2; unit++)
        check_fate(kit, unit, &plot->fates[unit]);
    assert_int_equal(count_pauses(kit), plot->paused);
    assert_in_range(clock_wall_ms(), day_time(plot->ends_from), day_time(plot->ends_until));
}

#define TWO_WINDOWS                                                                                \
    {                                                                                              \
        {"08:30", "09:00"},                                                                        \
        {                                                                                          \
            "10:00", "10:30"                                                                       \
        }                                                                                          \
    }
#define FIRST_HALF                                                                                 \
    {                                                                                              \
        {                                                                                          \
            "08:30", "09:00"                                                                       \
        }                                                                                          \
    }
#define WHOLE                                                                                      \
    {                                                                                              \
        {                                                                                          \
            "08:30", "11:00"                                                                       \
        }                                                                                          \
    }
#define BOTH(window)                                                                               \
    {                                                                                              \
        window, window                                                                             \
    }

#define SAY(when, about, what, whom)                                                               \
    {                                                                                              \
        .at = (when), .scope = (about), .verb = (what), .name = (whom)                             \
    }
#define EXTEND(when, about, whom, end)                                                             \
    {                                                                                              \
        .at = (when), .scope = (about), .verb = STEER_EXTEND, .name = (whom), .until = (end)       \
    }
#define RATE(when, about, whom, parts)                                                             \
    {                                                                                              \
        .at = (when), .scope = (about), .verb = STEER_RATE, .name = (whom), .rate = (parts)        \
    }

static const struct plot plots[] = {
    {"what is left goes on in the next window", BOTH(TWO_WINDOWS), LEFTOVER_NEXT,
     .fates = {{100, 29, 32, 30, 0}, {100, 28, 32, 30, 0}}, .closed = "09:00", .ends_from = "10:30",
     .ends_until = "10:31"},
    {"it is cancelled", BOTH(TWO_WINDOWS), LEFTOVER_CANCEL,
     .fates = {{100, 14, 16, 0, 84}, {100, 14, 16, 0, 84}}, .ends_from = "09:00",
     .ends_until = "09:01"},
    {"it waits, and nobody comes", BOTH(TWO_WINDOWS), LEFTOVER_STOP,
     .fates = {{100, 14, 16, 84, 0}, {100, 14, 16, 84, 0}}, .paused = 1, .closed = "10:00",
     .ends_from = "10:30", .ends_until = "10:31"},
    {"it waits until a person comes", BOTH(TWO_WINDOWS), LEFTOVER_STOP,
     .words = {SAY("10:10", STEER_CAMPAIGN, STEER_RESUME, "")},
     .fates = {{100, 24, 26, 74, 0}, {100, 24, 26, 74, 0}}, .paused = 1, .closed = "10:00",
     .ends_from = "10:30", .ends_until = "10:31"},
    {"nothing is left: nobody has to come", BOTH(TWO_WINDOWS), LEFTOVER_STOP,
     .fates = {{10, 10, 10, 0, 0}, {10, 10, 10, 0, 0}}, .ends_from = "08:48",
     .ends_until = "08:52"},
    {"one unit's window is over, the other's isn't",
     {FIRST_HALF, WHOLE},
     LEFTOVER_NEXT,
     .fates = {{100, 29, 31, 69, 0}, {100, 100, 100, 0, 0}},
     .ends_from = "11:00",
     .ends_until = "11:01"},
    {"same, cancelled: the campaign ends with the other",
     {FIRST_HALF, WHOLE},
     LEFTOVER_CANCEL,
     .fates = {{100, 29, 31, 0, 69}, {100, 100, 100, 0, 0}},
     .ends_from = "10:38",
     .ends_until = "10:42"},
    {"the last window is over: nothing to wait for",
     {FIRST_HALF, WHOLE},
     LEFTOVER_STOP,
     .fates = {{100, 29, 31, 69, 0}, {100, 100, 100, 0, 0}},
     .ends_from = "11:00",
     .ends_until = "11:01"},
    {"a unit is paused for good", BOTH(WHOLE), LEFTOVER_NEXT,
     .words = {SAY("08:40", STEER_UNIT, STEER_PAUSE, "city")},
     .fates = {{100, 4, 7, 93, 0}, {100, 100, 100, 0, 0}}, .ends_from = "11:00",
     .ends_until = "11:01"},
    {"the pause outlasts the first window", BOTH(TWO_WINDOWS), LEFTOVER_NEXT,
     .words = {SAY("08:40", STEER_CAMPAIGN, STEER_PAUSE, ""),
               SAY("10:20", STEER_CAMPAIGN, STEER_RESUME, "")},
     .fates = {{100, 9, 11, 89, 0}, {100, 9, 11, 89, 0}}, .closed = "08:41", .ends_from = "10:30",
     .ends_until = "10:31"},
    {"a unit is paused for a while", BOTH(WHOLE), LEFTOVER_NEXT,
     .words = {SAY("08:40", STEER_UNIT, STEER_PAUSE, "jinan"),
               SAY("08:50", STEER_UNIT, STEER_RESUME, "jinan")},
     .fates = {{60, 60, 60, 0, 0}, {60, 60, 60, 0, 0}}, .ends_from = "10:28",
     .ends_until = "10:32"},
    {"a unit is cancelled", BOTH(WHOLE), LEFTOVER_NEXT,
     .words = {SAY("08:40", STEER_UNIT, STEER_CANCEL, "city")},
     .fates = {{100, 4, 7, 0, 93}, {100, 100, 100, 0, 0}}, .ends_from = "10:13",
     .ends_until = "10:20"},
    {"the campaign is cancelled", BOTH(WHOLE), LEFTOVER_NEXT,
     .words = {SAY("08:40", STEER_CAMPAIGN, STEER_CANCEL, "")},
     .fates = {{100, 4, 7, 0, 93}, {100, 4, 7, 0, 93}}, .ends_from = "08:40",
     .ends_until = "08:41"},
    {"cancelled while it is paused", BOTH(WHOLE), LEFTOVER_NEXT,
     .words = {SAY("08:40", STEER_CAMPAIGN, STEER_PAUSE, ""),
               SAY("08:50", STEER_CAMPAIGN, STEER_CANCEL, "")},
     .fates = {{100, 4, 7, 0, 93}, {100, 4, 7, 0, 93}}, .closed = "08:41", .ends_from = "08:50",
     .ends_until = "08:51"},
    {"the campaign is extended", BOTH(FIRST_HALF), LEFTOVER_NEXT,
     .words = {EXTEND("08:50", STEER_CAMPAIGN, "", "09:30")},
     .fates = {{100, 29, 31, 69, 0}, {100, 29, 31, 69, 0}}, .ends_from = "09:30",
     .ends_until = "09:31"},
    {"only who goes on to the end is extended with the campaign",
     {FIRST_HALF, {{"08:30", "09:20"}}},
     LEFTOVER_NEXT,
     .words = {EXTEND("08:50", STEER_CAMPAIGN, "", "09:30")},
     .fates = {{100, 29, 31, 69, 0}, {100, 29, 31, 69, 0}},
     .ends_from = "09:30",
     .ends_until = "09:31"},
    {"a unit is extended when its window has closed",
     {FIRST_HALF, WHOLE},
     LEFTOVER_NEXT,
     .words = {EXTEND("09:20", STEER_UNIT, "city", "10:00")},
     .fates = {{100, 68, 72, 28, 0}, {200, 78, 82, 118, 0}},
     .ends_from = "11:00",
     .ends_until = "11:01"},
    {"a rate holds one unit, and the other goes on", BOTH(WHOLE), LEFTOVER_NEXT,
     .words = {RATE("08:30", STEER_UNIT, "city", 6)},
     .fates = {{100, 13, 18, 82, 0}, {100, 100, 100, 0, 0}}, .ends_from = "11:00",
     .ends_until = "11:01"},
    {"a rate holds the campaign", BOTH(WHOLE), LEFTOVER_NEXT,
     .words = {RATE("08:30", STEER_CAMPAIGN, "", 12)},
     .fates = {{100, 12, 18, 80, 0}, {100, 12, 18, 80, 0}}, .ends_from = "11:00",
     .ends_until = "11:01"},
    {"a rate that is taken back", BOTH(WHOLE), LEFTOVER_NEXT,
     .words = {RATE("08:30", STEER_CAMPAIGN, "", 6), RATE("09:30", STEER_CAMPAIGN, "", 0)},
     .fates = {{40, 40, 40, 0, 0}, {40, 40, 40, 0, 0}}, .ends_from = "10:35",
     .ends_until = "10:50"},
    {"missed: the next window comes", BOTH(TWO_WINDOWS), LEFTOVER_NEXT, .start = "09:30",
     .fates = {{100, 14, 16, 84, 0}, {100, 14, 16, 84, 0}}, .ends_from = "10:30",
     .ends_until = "10:31"},
    {"missed, and taken up inside the next", BOTH(TWO_WINDOWS), LEFTOVER_NEXT, .start = "10:10",
     .fates = {{100, 9, 11, 89, 0}, {100, 9, 11, 89, 0}}, .ends_from = "10:30",
     .ends_until = "10:31"},
    {"missed: cancelled", BOTH(TWO_WINDOWS), LEFTOVER_CANCEL, .start = "10:10",
     .fates = {{100, 0, 0, 0, 100}, {100, 0, 0, 0, 100}}, .ends_from = "10:10",
     .ends_until = "10:11"},
    {"missed: waits for a person", BOTH(TWO_WINDOWS), LEFTOVER_STOP, .start = "10:10",
     .words = {SAY("10:20", STEER_CAMPAIGN, STEER_RESUME, "")},
     .fates = {{100, 4, 6, 94, 0}, {100, 4, 6, 94, 0}}, .paused = 1, .ends_from = "10:30",
     .ends_until = "10:31"},
    {"a restart asks nobody again", BOTH(TWO_WINDOWS), LEFTOVER_STOP, .start = "10:10",
     .fates = {{100, 9, 11, 89, 0}, {100, 9, 11, 89, 0}}, .resumed = "09:00", .ends_from = "10:30",
     .ends_until = "10:31"},
    {"resumed before the window that nobody was there for", BOTH(TWO_WINDOWS), LEFTOVER_STOP,
     .start = "10:10", .fates = {{100, 0, 0, 100, 0}, {100, 0, 0, 100, 0}}, .resumed = "08:59",
     .paused = 1, .ends_from = "10:30", .ends_until = "10:31"},
    {"missed altogether", BOTH(TWO_WINDOWS), LEFTOVER_NEXT, .start = "11:30",
     .fates = {{100, 0, 0, 100, 0}, {100, 0, 0, 100, 0}}, .ends_from = "11:30",
     .ends_until = "11:31"},
};

static void test_plot(void **state)
{
    const struct plot *plot = *state;
    void *kit;

    kit_open(&kit);
    play_plot(kit, plot);
    kit_close(&kit);
}

/* It was extended while the books wrote off: what they have left goes on. */
static void extend_late(struct kit *kit)
{
    if (!kit_count(kit, DELIVERY_EXPIRED))
        return;
    kit->acted = true;
    assert_int_equal(
        kit_say(kit, STEER_CAMPAIGN, STEER_EXTEND, "", kit->window.to_ms + 30 * MINUTE_MS), 1);
}

static void test_extended_while_written_off(void **state)
{
    struct kit *kit = *state;
    size_t expired;

    kit->window.to_ms = kit->start_ms + 30 * MINUTE_MS;
    kit->ledger->chunk = 1;
    kit->at = extend_late;
    kit_modems(kit, 1, -1)->gap_ms = MINUTE_MS;
    kit_messages(kit, 50, OPERATOR_UNKNOWN, 1);
    kit_run(kit);
    expired = kit_count(kit, DELIVERY_EXPIRED);
    assert_in_range(expired, 1, 10);
    assert_int_equal(kit_count(kit, DELIVERY_SENT), 50 - expired);
}

/* Nobody is disturbed in quiet times and on holidays, however a window is extended. */
static void test_extended_over_quiet_times(void **state)
{
    struct kit *kit = *state;
    struct quiet_span span = {11 * 60 + 10, 11 * 60 + 20, 0x7f};
    struct window holiday = {kit->start_ms + 3 * HOUR_MS, kit->start_ms + 27 * HOUR_MS};

    kit->office.quiet = (struct quiet){&span, 1};
    kit->office.holidays = &holiday;
    kit->office.n_holidays = 1;
    kit->ledger->words[kit->ledger->n_words++] = (struct steer){
        .scope = STEER_CAMPAIGN, .verb = STEER_EXTEND, .campaign = "c1", .value = holiday.to_ms};
    kit_modems(kit, 1, -1)->gap_ms = MINUTE_MS;
    kit_messages(kit, 300, OPERATOR_UNKNOWN, 1);
    kit_run(kit);
    assert_in_range(kit_count(kit, DELIVERY_SENT), 169, 172);
    assert_in_range(clock_wall_ms(), holiday.from_ms, holiday.from_ms + MINUTE_MS);
    for (size_t i = 0; i < kit->ledger->n_rows; i++)
        assert_false(kit->ledger->rows[i].state == DELIVERY_SENT &&
                     quiet_at(&kit->office.quiet, kit->ledger->rows[i].claimed_ms));
}

/* A window closes, and the books can't be told that the campaign pauses: somebody has to know. */
static void test_a_pause_that_is_not_written(void **state)
{
    struct kit *kit = *state;
    struct window windows[] = {{kit->start_ms, kit->start_ms + HOUR_MS / 2},
                               {kit->start_ms + HOUR_MS, kit->start_ms + 2 * HOUR_MS}};
    char said[4096] = "";
    FILE *log = tmpfile();
    int before = dup(STDERR_FILENO);

    kit->orders[0].windows = windows;
    kit->orders[0].n_windows = 2;
    kit->campaign.leftover = LEFTOVER_STOP;
    kit->ledger->steer_result = -ECANCELED;
    kit_modems(kit, 1, -1)->gap_ms = MINUTE_MS;
    kit_messages(kit, 100, OPERATOR_UNKNOWN, 1);
    assert_non_null(log);
    dup2(fileno(log), STDERR_FILENO);
    log_open();
    kit_run(kit);
    dup2(before, STDERR_FILENO);
    log_open();
    close(before);
    assert_true(pread(fileno(log), said, sizeof said - 1, 0) > 0);
    fclose(log);
    assert_non_null(strstr(said, "error campaign=c1"));
    assert_non_null(strstr(said, "say lawcast pause campaign c1"));
    assert_in_range(kit_count(kit, DELIVERY_SENT), 29, 31);
}

#define PLOTS (sizeof plots / sizeof *plots)

int main(void)
{
    struct CMUnitTest tests[PLOTS + 3] = {
        KIT_TEST(test_extended_while_written_off),
        KIT_TEST(test_extended_over_quiet_times),
        KIT_TEST(test_a_pause_that_is_not_written),
    };

    for (size_t i = 0; i < PLOTS; i++)
        tests[3 + i] = (struct CMUnitTest){.name = plots[i].what,
                                           .test_func = test_plot,
                                           .initial_state = (void *)(uintptr_t)&plots[i]};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
