/* test_steering: what people say to the dispatcher: which words are good, when they hold, what they
 * stop; with puppets for modems. */
#include "tests/unit/lane_kit.h"

static enum dispatch_steered told; /* of the last word that went to the books */

static void on_told(void *ctx, const struct dispatch_answer *answer)
{
    (void)ctx;
    told = answer->result;
}

static struct steer word(enum steer_scope scope, enum steer_verb verb, const char *name,
                         const char *campaign, int64_t value)
{
    struct steer steer = {.scope = scope, .verb = verb, .value = value};

    snprintf(steer.name, sizeof steer.name, "%s", name);
    snprintf(steer.campaign, sizeof steer.campaign, "%s", campaign);
    return steer;
}

/* DONE: it is on its way. */
static enum dispatch_steered say(struct kit *kit, struct steer steer)
{
    struct dispatch_answer answer = {0};

    if (dispatch_steer(kit->dispatch, &steer, "user lo", on_told, kit, &answer))
        return STEERED_DONE;
    assert_int_not_equal(answer.result, STEERED_DONE);
    return answer.result;
}

/* ---- which are good ---- */

static void kit_say_nonsense(struct kit *kit)
{
    const int64_t end_ms = kit->window.to_ms;
    const struct {
        struct steer steer;
        enum dispatch_steered result;
    } words[] = {
        {word(STEER_UNIT, STEER_PAUSE, "nobody", "", 0), STEERED_NONE},
        {word(STEER_MODEM, STEER_PAUSE, "bank/7", "", 0), STEERED_NONE},
        {word(STEER_BOARD, STEER_PAUSE, "plaza", "", 0), STEERED_NONE},
        {word(STEER_UNIT, STEER_PAUSE, "third", "c1", 0), STEERED_NONE},
        {word(STEER_UNIT, STEER_CANCEL, "third", "", 0), STEERED_IDLE},
        {word(STEER_CAMPAIGN, STEER_RESUME, "", "c1", 0), STEERED_ALREADY},
        {word(STEER_MODEM, STEER_RESUME, "bank", "", 0), STEERED_ALREADY},
        {word(STEER_CAMPAIGN, STEER_RATE, "", "c1", 0), STEERED_ALREADY},
        {word(STEER_CAMPAIGN, STEER_EXTEND, "", "c1", end_ms), STEERED_EARLY},
        {word(STEER_UNIT, STEER_EXTEND, "city", "c1", 1), STEERED_EARLY},
        {word(STEER_CAMPAIGN, STEER_EXTEND, "", "c1", end_ms + STEER_EXTEND_MOST_MS + 1),
         STEERED_FAR},
        {word(STEER_UNIT, STEER_EXTEND, "city", "c1", INT64_MAX), STEERED_FAR},
    };

    if (kit->view.settled < 3)
        return;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (say(kit, words[i].steer) != words[i].result)
            fail_msg("word %zu", i);
    kit->acted = true;
}

static void nothing_is_written_of_nonsense(void **state)
{
    struct kit *kit = *state;

    kit->units[2] = (struct unit){.id = "third", .name = "x"};
    kit->office.n_units = 3;
    kit_modems(kit, 1, OPERATOR_UNKNOWN);
    kit_messages(kit, 20, 0, 1);
    kit->at = kit_say_nonsense;
    kit_run(kit);
    assert_true(kit->acted);
    assert_int_equal(kit->ledger->n_words, 0);
    assert_int_equal(kit_count(kit, DELIVERY_SENT), 20);
}

/* Nothing was said of it, which isn't "so already": only the books know whether it is there. */
static void kit_say_unknown(struct kit *kit)
{
    const struct steer words[] = {word(STEER_CAMPAIGN, STEER_RESUME, "", "c9", 0),
                                  word(STEER_CAMPAIGN, STEER_RATE, "", "c9", 0),
                                  word(STEER_UNIT, STEER_RESUME, "city", "c9", 0)};
    const size_t n = sizeof words / sizeof *words;

    if (kit->view.settled < 3 || kit->acted)
        return;
    if (kit->submits_then && told != STEERED_NONE)
        return;
    if (kit->submits_then == n) {
        kit->acted = true;
        return;
    }
    told = DISPATCH_STEERED;
    kit->ledger->steer_result = LEDGER_NONE;
    assert_int_equal(say(kit, words[kit->submits_then++]), STEERED_DONE);
}

static void the_books_know_other_campaigns(void **state)
{
    struct kit *kit = *state;

    kit_modems(kit, 1, OPERATOR_UNKNOWN);
    kit_messages(kit, 20, 0, 1);
    kit->at = kit_say_unknown;
    kit_run(kit);
    assert_true(kit->acted);
}

/* ---- pause and resume ---- */

static void kit_pause_campaign(struct kit *kit)
{
    if (kit->view.settled < 10)
        return;
    told = DISPATCH_STEERED;
    assert_int_equal(say(kit, word(STEER_CAMPAIGN, STEER_PAUSE, "", "c1", 0)), STEERED_DONE);
    assert_int_equal(told, DISPATCH_STEERED); /* not yet in the books, and it holds already */
    assert_true(dispatch_standing(kit->dispatch, STEER_CAMPAIGN, "", "c1").paused);
    assert_int_equal(say(kit, word(STEER_CAMPAIGN, STEER_PAUSE, "", "c1", 0)), STEERED_ALREADY);
    kit->submits_then = kit->puppets.submits;
    kit->acted = true;
}

/* What is claimed comes back, nothing more goes, also in the next run. */
static void a_pause_is_at_once_and_lasts(void **state)
{
    struct kit *kit = *state;

    kit_modems(kit, 2, OPERATOR_UNKNOWN);
    kit_messages(kit, 100, 0, 1);
    kit->at = kit_pause_campaign;
    kit_run(kit);
    assert_int_equal(told, STEERED_DONE);
    assert_int_equal(kit->puppets.submits, kit->submits_then);
    assert_int_equal(kit_count(kit, DELIVERY_SENT) + kit_count(kit, DELIVERY_EXPIRED), 100);
    assert_int_equal(kit->ledger->n_words, 1);
    assert_string_equal(kit->ledger->by[0], "user lo");

    clock_set(kit->start_ms);
    kit->ledger->n_campaigns = 0;
    kit_messages(kit, 10, 0, 1);
    kit->at = NULL;
    kit_run(kit);
    assert_int_equal(kit->puppets.submits, kit->submits_then);
}

/* Said in one breath: the books have resume before pause, and so has the dispatcher. */
static void kit_waver(struct kit *kit)
{
    if (kit->view.settled < 10)
        return;
    assert_int_equal(say(kit, word(STEER_UNIT, STEER_PAUSE, "city", "c1", 0)), STEERED_DONE);
    assert_int_equal(say(kit, word(STEER_UNIT, STEER_RESUME, "city", "c1", 0)), STEERED_DONE);
    assert_int_equal(say(kit, word(STEER_UNIT, STEER_RATE, "city", "c1", 3600)), STEERED_DONE);
    assert_int_equal(say(kit, word(STEER_CAMPAIGN, STEER_PAUSE, "", "c1", 0)), STEERED_DONE);
    assert_int_equal(say(kit, word(STEER_CAMPAIGN, STEER_RESUME, "", "c1", 0)), STEERED_DONE);
    assert_int_equal(say(kit, word(STEER_CAMPAIGN, STEER_RATE, "", "c1", 7)), STEERED_DONE);
    kit->acted = true;
}

static void the_order_of_the_books_holds(void **state)
{
    struct kit *kit = *state;

    kit_modems(kit, 1, OPERATOR_UNKNOWN);
    kit_messages(kit, 30, 0, 1);
    kit->at = kit_waver;
    kit_run(kit);
    assert_int_equal(kit->ledger->n_words, 6);
    assert_in_range(kit_count(kit, DELIVERY_SENT), 20, 29); /* at 7 an hour, until eleven */
}

/* The books take their time to say what yesterday's words were. */
static const struct late {
    enum steer_verb yesterday, today;
    size_t sent;
} lates[] = {{STEER_RESUME, STEER_PAUSE, 0},
             {STEER_PAUSE, STEER_RESUME, 20},
             {STEER_PAUSE, STEER_PAUSE, 0},
             {STEER_RESUME, STEER_RESUME, 20}};

static const struct late *now_late;

static void kit_say_before_all(struct kit *kit)
{
    assert_int_equal(kit->ledger->hold > 0, 1);
    assert_int_equal(say(kit, word(STEER_CAMPAIGN, now_late->today, "", "c1", 0)), STEERED_DONE);
    kit->acted = true;
}

static void the_books_old_words_are_older(void **state)
{
    struct kit *kit = *state;

    for (size_t i = 0; i < sizeof lates / sizeof *lates; i++) {
        now_late = &lates[i];
        kit_modems(kit, 1 - (kit->office.n_modems > 0), OPERATOR_UNKNOWN);
        kit->ledger->n_rows = kit->ledger->n_words = 0;
        kit->ledger->n_campaigns = 0;
        kit->ledger->words[kit->ledger->n_words++] =
            word(STEER_CAMPAIGN, now_late->yesterday, "", "c1", 0);
        kit->ledger->hold = 5;
        clock_set(kit->start_ms);
        kit_messages(kit, 20, 0, 1);
        kit->at = kit_say_before_all;
        kit_run(kit);
        assert_int_equal(kit->ledger->n_words, 2);
        assert_int_equal(kit_count(kit, DELIVERY_SENT), now_late->sent);
    }
}

/* ---- extend ---- */

static void kit_extend_both(struct kit *kit)
{
    const int64_t end_ms = kit->window.to_ms;

    if (kit->view.settled < 3)
        return;
    if (!kit->ledger->n_words && !kit->ledger->pending)
        assert_int_equal(say(kit, word(STEER_UNIT, STEER_EXTEND, "city", "c1", end_ms + HOUR_MS)),
                         STEERED_DONE);
    if (!dispatch_standing(kit->dispatch, STEER_UNIT, "city", "c1").until_ms)
        return;
    assert_int_equal(say(kit, word(STEER_CAMPAIGN, STEER_EXTEND, "", "c1", end_ms)), STEERED_EARLY);
    assert_int_equal(say(kit, word(STEER_CAMPAIGN, STEER_EXTEND, "", "c1", end_ms + HOUR_MS / 2)),
                     STEERED_DONE);
    kit->acted = true;
}

/* One unit has gone further already: the others go on all the same. */
static void the_campaign_follows_a_unit(void **state)
{
    struct kit *kit = *state;

    kit_modems(kit, 1, OPERATOR_UNKNOWN)->gap_ms = MINUTE_MS;
    fake_ledger_add(kit->ledger, (struct fake_row){.unit = 2, .route = 0, .parts = 1}, 300);
    kit->at = kit_extend_both;
    kit_run(kit);
    assert_true(kit->acted);
    assert_in_range(kit_count(kit, DELIVERY_SENT), 175, 185); /* three hours of them */
}

static void kit_extend_late(struct kit *kit)
{
    const int64_t until_ms = kit->start_ms + 4 * HOUR_MS;

    if (!kit->ledger->n_words && kit->view.settled)
        assert_int_equal(say(kit, word(STEER_UNIT, STEER_CANCEL, "jinan", "c1", 0)), STEERED_DONE);
    if (!kit_count(kit, DELIVERY_CANCELLED) || kit->ledger->pending)
        return;
    assert_int_equal(say(kit, word(STEER_UNIT, STEER_EXTEND, "city", "c1", until_ms)),
                     STEERED_OVER);
    assert_int_equal(say(kit, word(STEER_CAMPAIGN, STEER_EXTEND, "", "c1", until_ms)),
                     STEERED_OVER);
    assert_int_equal(say(kit, word(STEER_UNIT, STEER_EXTEND, "third", "c1", until_ms)),
                     STEERED_DONE);
    kit->acted = true;
}

/* What was left is cancelled, and nothing of it comes back: nobody is promised that it does. */
static void what_is_cancelled_is_not_extended(void **state)
{
    struct kit *kit = *state;
    struct window first = {kit->start_ms, kit->start_ms + HOUR_MS / 4};
    struct window third = {kit->start_ms, kit->start_ms + HOUR_MS};

    kit->units[2] = (struct unit){.id = "third", .name = "x"};
    kit->office.n_units = 3;
    kit->orders[0].windows = &first;
    kit->orders[2] = (struct order){.unit = 2, .quota = 1000, .windows = &third, .n_windows = 1};
    kit->campaign.n_orders = 3;
    kit->campaign.leftover = LEFTOVER_CANCEL;
    kit_modems(kit, 1, OPERATOR_UNKNOWN)->gap_ms = MINUTE_MS;
    kit_messages(kit, 100, 0, 1);
    fake_ledger_add(kit->ledger, (struct fake_row){.unit = 3, .route = 0, .parts = 1}, 500);
    kit->at = kit_extend_late;
    kit_run(kit);
    assert_true(kit->acted);
    assert_int_equal(kit->ledger->n_words, 2);
    assert_in_range(kit_count(kit, DELIVERY_SENT), 235, 245); /* the third unit's, until half past
                                                                  twelve */
}

/* ---- cancel ---- */

static void kit_cancel_unit(struct kit *kit)
{
    if (kit->view.settled < 10)
        return;
    assert_int_equal(say(kit, word(STEER_UNIT, STEER_CANCEL, "city", "", 0)), STEERED_DONE);
    assert_int_equal(say(kit, word(STEER_UNIT, STEER_CANCEL, "city", "c1", 0)), STEERED_ALREADY);
    assert_int_equal(say(kit, word(STEER_UNIT, STEER_RESUME, "city", "c1", 0)), STEERED_CANCELLED);
    kit->acted = true;
}

static void what_is_cancelled_stays_so(void **state)
{
    struct kit *kit = *state;

    kit_modems(kit, 1, OPERATOR_UNKNOWN);
    kit_messages(kit, 100, 0, 1);
    kit->at = kit_cancel_unit;
    kit_run(kit);
    assert_int_equal(kit->ledger->n_words, 1);
    assert_string_equal(kit->ledger->words[0].campaign, "c1"); /* not of those to come */
    assert_in_range(kit_count(kit, DELIVERY_SENT), 10, 12);
    assert_int_equal(kit_count(kit, DELIVERY_SENT) + kit_count(kit, DELIVERY_CANCELLED), 100);
}

/* ---- modems ---- */

static void kit_say_rates(struct kit *kit)
{
    if (!kit->view.modems_ready)
        return;
    assert_int_equal(say(kit, word(STEER_MODEM, STEER_RATE, "bank/0", "", 60)), STEERED_DONE);
    assert_int_equal(say(kit, word(STEER_MODEM, STEER_RATE, "bank", "", 120)), STEERED_DONE);
    kit->acted = true;
}

/* One of the modem, one of all of its bank together; the next run knows them from the start. */
static void rates_of_modems_add_up(void **state)
{
    struct kit *kit = *state;

    kit_modems(kit, 2, OPERATOR_UNKNOWN);
    kit_messages(kit, 1000, 0, 1);
    kit->at = kit_say_rates;
    kit_run(kit);
    assert_in_range(kit_most_within(kit, 0, 2, HOUR_MS), 100, 124);
    assert_in_range(kit_most_within(kit, 0, 1, HOUR_MS), 40, 62);

    memset(kit->ledger->rows, 0, sizeof kit->ledger->rows);
    kit->ledger->n_rows = 0;
    kit->ledger->n_campaigns = 0;
    clock_set(kit->start_ms);
    kit_messages(kit, 1000, 0, 1);
    kit->at = NULL;
    kit_run(kit);
    assert_in_range(kit_most_within(kit, 0, 2, HOUR_MS), 100, 121);
}

/* A word in the books comes before what the modem's line says. */
static void a_pause_of_a_bank_is_recalled(void **state)
{
    struct kit *kit = *state;

    kit_modems(kit, 2, OPERATOR_UNKNOWN);
    kit_messages(kit, 50, 0, 1);
    kit->ledger->words[kit->ledger->n_words++] = word(STEER_MODEM, STEER_PAUSE, "bank", "", 0);
    kit->ledger->words[kit->ledger->n_words++] = word(STEER_MODEM, STEER_RESUME, "bank/1", "", 0);
    kit_run(kit);
    assert_int_equal(kit_sent_by(kit, 0, 0), 0);
    assert_int_equal(kit_sent_by(kit, 1, 0), 50);
    assert_true(kit->ledger->modems[0].paused);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        KIT_TEST(the_books_know_other_campaigns),
        KIT_TEST(nothing_is_written_of_nonsense),    KIT_TEST(a_pause_is_at_once_and_lasts),
        KIT_TEST(the_order_of_the_books_holds),      KIT_TEST(what_is_cancelled_stays_so),
        KIT_TEST(the_books_old_words_are_older),     KIT_TEST(the_campaign_follows_a_unit),
        KIT_TEST(what_is_cancelled_is_not_extended), KIT_TEST(rates_of_modems_add_up),
        KIT_TEST(a_pause_of_a_bank_is_recalled),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
