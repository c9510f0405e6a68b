/* test_showing: when a slogan is read, and what of that counts as shown.
 * Runs: any. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/clock.h"
#include "gateway/base/mem.h"
#include "gateway/dispatch/showing.h"

#define START  INT64_C(1793406600000)
#define SLOT   INT64_C(300000)
#define SECOND INT64_C(1000)
#define NEAR   500 /* that the test itself takes */

static struct office office = {.name = "市法宣办"};
static struct window window = {START - SLOT, START + 10 * SLOT};
static struct campaign campaign = {.id = "c1", .windows = &window, .n_windows = 1};
static struct work work = {.office = &office, .campaign = &campaign};

static struct showing *showing_of(int64_t id, const char *text)
{
    struct ledger_row row = {.id = id,
                             .text = mem_dup(text),
                             .need = LEVEL_STORED,
                             .from_ms = START,
                             .until_ms = START + SLOT};

    return showing_new(&work, NULL, &row);
}

/* A slogan whose slot of five minutes begins now, and which is on the board. */
static struct showing *showing_begin(void)
{
    struct showing *showing;

    clock_set(START);
    work.held = false;
    showing = showing_of(1, "学法");
    showing_was_published(showing, START + SLOT);
    return showing;
}

static int64_t left(void)
{
    return START + SLOT - clock_wall_ms();
}

/* A reading that begins at and takes so long. */
static struct showing_proof read_at(struct showing *showing, int64_t at_ms, int64_t takes_ms,
                                    enum outcome_level level)
{
    clock_set(START + at_ms);
    showing_begin_reading(showing, left());
    clock_set(START + at_ms + takes_ms);
    return showing_was_read(showing, level);
}

static void assert_span(const struct showing_proof *proof, int64_t from_ms, int64_t until_ms)
{
    assert_in_range(proof->from_ms - START, from_ms, from_ms + NEAR);
    assert_in_range(proof->until_ms - START, until_ms, until_ms + NEAR);
}

static void test_time_between_readings_counts(void **state)
{
    struct showing *showing = showing_begin();
    struct showing_proof proof;

    (void)state;
    assert_true(showing_read_in_ms(showing, left()) <= 0);
    proof = read_at(showing, SECOND, 3 * SECOND, LEVEL_PLAYING);
    assert_span(&proof, SECOND, SECOND);
    assert_int_equal(proof.from_ms, proof.until_ms); /* it begins here */
    assert_in_range(showing_read_in_ms(showing, left()), SHOWING_READ_MS - NEAR, SHOWING_READ_MS);
    proof = read_at(showing, 64 * SECOND, 2 * SECOND, LEVEL_STORED);
    assert_span(&proof, 4 * SECOND, 64 * SECOND); /* from the end of one to the begin of the next */
    assert_int_equal(proof.level, LEVEL_STORED);  /* the lower of both */
    proof = read_at(showing, 120 * SECOND, 2 * SECOND, LEVEL_PLAYING);
    assert_span(&proof, 66 * SECOND, 120 * SECOND);
    assert_int_equal(proof.level, LEVEL_STORED);
    showing_free(showing);
}

static void test_what_breaks_a_run(void **state)
{
    struct showing *showing = showing_begin();
    struct showing_proof proof;

    (void)state;
    for (int how = 0; how < 6; how++) {
        read_at(showing, 0, 0, LEVEL_PLAYING);
        if (how == 0)
            showing_was_missing(showing);
        else if (how == 1)
            showing_was_not_read(showing, 0);
        else if (how == 2)
            showing_was_in_vain(showing);
        else if (how == 3)
            showing_was_taken_down(showing);
        proof =
            read_at(showing, how == 4 ? SHOWING_GAP_MS + SECOND : 60 * SECOND, 0, LEVEL_PLAYING);
        if (how < 5)
            assert_int_equal(proof.from_ms, proof.until_ms);
        else
            assert_span(&proof, 0, 60 * SECOND);
    }
    read_at(showing, 0, 0, LEVEL_PLAYING);
    showing->good_ms -= 10 * SECOND; /* as if the system's clock had been set */
    proof = read_at(showing, 60 * SECOND, 0, LEVEL_PLAYING);
    assert_int_equal(proof.from_ms, proof.until_ms);
    showing_free(showing);
}

/* The last reading is begun two seconds before the end, or as long before as the last one took. */
static void test_last_reading(void **state)
{
    struct showing *showing = showing_begin();

    (void)state;
    read_at(showing, 250 * SECOND, 100, LEVEL_STORED);
    assert_in_range(showing_read_in_ms(showing, left()), left() - 2 * SECOND - NEAR,
                    left() - 2 * SECOND);
    read_at(showing, 250 * SECOND, 7 * SECOND, LEVEL_STORED);
    assert_in_range(showing_read_in_ms(showing, left()), left() - 7 * SECOND - NEAR,
                    left() - 7 * SECOND + NEAR);
    read_at(showing, 293 * SECOND, 6 * SECOND, LEVEL_STORED);
    assert_true(showing_read_in_ms(showing, left()) > 10 * SECOND);
    clock_set(START + SLOT);
    assert_int_equal(showing_read_in_ms(showing, left()), INT64_MAX);
    assert_true(showing_is_over(showing));
    showing_free(showing);
}

/* What is just coming onto the screen is looked at again soon, and then less and less often. */
static void test_less_than_needed(void **state)
{
    struct showing *showing = showing_begin();

    (void)state;
    read_at(showing, 0, 0, LEVEL_ACCEPTED);
    assert_in_range(showing_read_in_ms(showing, left()), SECOND, 2 * SECOND);
    for (int i = 0; i < 10; i++)
        read_at(showing, SECOND, 0, LEVEL_ACCEPTED);
    assert_true(showing_read_in_ms(showing, left()) > 40 * SECOND);
    read_at(showing, SECOND, 0, LEVEL_STORED);
    read_at(showing, SECOND, 0, LEVEL_ACCEPTED);
    assert_in_range(showing_read_in_ms(showing, left()), SECOND, 2 * SECOND);
    showing_free(showing);
}

static void test_missing(void **state)
{
    struct showing *showing = showing_begin();

    (void)state;
    showing_begin_reading(showing, left());
    showing_was_missing(showing);
    assert_true(showing->missing && showing->retry_ms <= clock_steady_ms()); /* at once */
    for (int i = 0; i < 10; i++) {
        showing_was_published(showing, START + SLOT);
        showing_begin_reading(showing, left());
        showing_was_missing(showing);
        assert_in_range(showing->retry_ms - clock_steady_ms(), SECOND, 30 * SECOND);
    }
    assert_true(showing->retry_ms - clock_steady_ms() > 20 * SECOND);
    showing_free(showing);
}

/* A board that can't be read is asked ever more seldom; its slogan still goes in time. */
static void test_failed_readings_hold_up_no_withdrawal(void **state)
{
    struct showing *showing = showing_begin();

    (void)state;
    for (int i = 0; i < 10; i++)
        showing_was_not_read(showing, 0);
    assert_true(showing->retry_ms > clock_steady_ms() + 10 * SECOND);
    showing_was_not_read(showing, 90 * SECOND); /* as the board asked for */
    assert_true(showing->retry_ms > clock_steady_ms() + 80 * SECOND);
    showing_begin_leaving(showing);
    assert_true(showing->retry_ms <= clock_steady_ms());
    showing_free(showing);
}

/* The clock may be set at any time; until it is trusted again, the time that has passed decides. */
static void test_untrusted_clock(void **state)
{
    struct showing *showing = showing_begin();

    (void)state;
    showing->row.until_ms = START - 1; /* as if the clock stood a slot later */
    assert_true(showing_is_over(showing));
    work.held = true;
    assert_false(showing_is_over(showing));
    clock_set(START + SLOT);
    assert_true(showing_is_over(showing));
    showing_free(showing);
}

static void test_names(void **state)
{
    static const int64_t ids[] = {1, 35, 36, 1679616, INT64_C(131621703842267136), INT64_MAX};
    char last[SIGHT_NAME] = "";

    (void)state;
    work.held = false;
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        struct showing *showing = showing_of(ids[i], "学法");

        assert_in_range(strlen(showing->name), 6, SIGHT_NAME - 1);
        assert_int_equal(strspn(showing->name, "abcdefghijklmnopqrstuvwxyz0123456789-"),
                         strlen(showing->name));
        assert_int_equal(strncmp(showing->name, "lc-", 3), 0);
        assert_string_not_equal(showing->name, last);
        memcpy(last, showing->name, sizeof last);
        showing_free(showing);
    }
}

/* The same delivery's name is the same after a restart, and another office's isn't. */
static void test_marks(void **state)
{
    struct showing *one = showing_of(7, "学法"), *same = showing_of(7, "学法"), *other;

    (void)state;
    assert_string_equal(one->name, same->name);
    office.name = "县法宣办";
    other = showing_of(7, "学法");
    office.name = "市法宣办";
    assert_int_equal(strncmp(one->name, "lc-7-", 5), 0);
    assert_string_not_equal(one->name, other->name);
    showing_free(one);
    showing_free(same);
    showing_free(other);
}

/* Its slot lies in a window of its display; the campaign's may be longer, for others. What belongs
 * to no display of the campaign any more has the campaign's. */
static void test_limit(void **state)
{
    struct window own[] = {{START - SLOT, START + 2 * SLOT}, {START + 5 * SLOT, START + 6 * SLOT}};
    const struct display display = {.windows = own, .n_windows = 2};
    const struct display *displays[] = {&display, &display};
    struct queue queues[2] = {0};
    struct work shared = work;
    struct ledger_row row = {.id = 1, .from_ms = START, .until_ms = START + SLOT};
    static const struct {
        bool ours;
        int64_t from_ms, limit_ms;
    } cases[] = {
        {true, START, START + 2 * SLOT},
        {true, START + 5 * SLOT, START + 6 * SLOT},
        {true, START + 3 * SLOT, START + 4 * SLOT}, /* in no window any more: its own slot */
        {false, START, START + 10 * SLOT},
    };

    (void)state;
    shared.boards = queues;
    shared.board_displays = displays;
    shared.n_boards = 2;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct showing *showing;

        row.from_ms = cases[i].from_ms;
        row.until_ms = cases[i].from_ms + SLOT;
        row.text = mem_dup("学法");
        showing = showing_new(&shared, cases[i].ours ? &queues[1] : NULL, &row);
        assert_int_equal(showing->limit_ms, cases[i].limit_ms);
        showing_free(showing);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_time_between_readings_counts),
        cmocka_unit_test(test_what_breaks_a_run),
        cmocka_unit_test(test_last_reading),
        cmocka_unit_test(test_less_than_needed),
        cmocka_unit_test(test_missing),
        cmocka_unit_test(test_failed_readings_hold_up_no_withdrawal),
        cmocka_unit_test(test_untrusted_clock),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_marks),
        cmocka_unit_test(test_limit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
