/* test_prefix: of two logs, is one the beginning of the other, and where do they part?
 * Runs: any. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/audit/prefix.h"

/* A log whose record n is "n", but for one. */
struct fake {
    const char *origin;
    int64_t size, other; /* other: the record that differs; 0: none */
    int64_t gap;         /* the record that is missing; 0: none */
};

static int fake_lines(void *from, int64_t first, int64_t last, source_line *each, void *ctx)
{
    const struct fake *fake = from;
    int rc = 0;

    for (int64_t id = first; id <= last && id <= fake->size && rc == 0; id++) {
        char text[32];
        int length =
            snprintf(text, sizeof text, "%lld%s", (long long)id, id == fake->other ? "!" : "");
        const struct books_line line = {.id = id, .line = text, .length = (size_t)length};

        if (id != fake->gap)
            rc = each(ctx, &line);
    }
    return rc;
}

static int fake_log(void *from, struct books_log *out)
{
    const struct fake *fake = from;

    *out = (struct books_log){.journal = fake->size, .lines = fake->size};
    snprintf(out->origin, sizeof out->origin, "%s", fake->origin);
    return 0;
}

static int fake_checkpoints(void *from, source_checkpoint *each, void *ctx)
{
    (void)from;
    (void)each;
    (void)ctx;
    return 0;
}

static struct source fake_source(struct fake *fake)
{
    return (struct source){
        .from = fake, .lines = fake_lines, .log = fake_log, .checkpoints = fake_checkpoints};
}

static struct prefix_result compare(struct fake before, struct fake after)
{
    struct source sources[2] = {fake_source(&before), fake_source(&after)};
    struct prefix_log logs[2];
    struct prefix_result result;

    for (int i = 0; i < 2; i++)
        assert_int_equal(prefix_read(&logs[i], &sources[i]), 0);
    assert_int_equal(prefix_compare(&logs[0], &logs[1], &result), 0);
    for (int i = 0; i < 2; i++)
        prefix_release(&logs[i]);
    return result;
}

static const int64_t sizes[] = {1, 2, 3, 7, 8, 255, 256, 257, 511, 512, 513, 768, 1000};
#define SIZES (sizeof sizes / sizeof *sizes)

static void the_beginning_is_proved(void **state)
{
    (void)state;
    for (size_t i = 0; i < SIZES; i++)
        for (size_t j = i; j < SIZES; j++) {
            struct prefix_result result =
                compare((struct fake){"a", sizes[i], 0, 0}, (struct fake){"a", sizes[j], 0, 0});

            assert_int_equal(result.verdict, PREFIX_PROVED);
            assert_true(result.proof.n <= 12);
            assert_int_equal(result.proof.n == 0, i == j);
        }
}

static void an_older_one_is_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < SIZES; i++)
        for (size_t j = 0; j < i; j++)
            assert_int_equal(
                compare((struct fake){"a", sizes[i], 0, 0}, (struct fake){"a", sizes[j], 0, 0})
                    .verdict,
                PREFIX_OLDER);
}

/* Whichever of the two was altered, and whichever is the longer one. */
static void the_first_that_differs_is_named(void **state)
{
    static const int64_t others[] = {2, 3, 200, 255, 256, 257, 400, 512, 513, 600};

    (void)state;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        const struct fake bent = {"a", 600, others[i], 0}, longer = {"a", 900, 0, 0},
                          shorter = {"a", others[i], 0, 0};
        const struct prefix_result results[] = {compare(bent, longer), compare(longer, bent),
                                                compare(shorter, bent), compare(bent, shorter)};

        for (size_t k = 0; k < sizeof results / sizeof *results; k++) {
            assert_int_equal(results[k].verdict, PREFIX_DIFFERS);
            assert_int_equal(results[k].record, others[i]);
        }
    }
}

static void other_logs_are_told(void **state)
{
    (void)state;
    assert_int_equal(compare((struct fake){"a", 9, 0, 0}, (struct fake){"b", 9, 0, 0}).verdict,
                     PREFIX_OTHER_LOG);
    assert_int_equal(compare((struct fake){"a", 9, 0, 0}, (struct fake){"a", 9, 1, 0}).verdict,
                     PREFIX_OTHER_LOG);
}

static void a_gap_is_no_log(void **state)
{
    struct fake fake = {"a", 300, 0, 7};
    struct source source = fake_source(&fake);
    struct prefix_log log;

    (void)state;
    assert_int_equal(prefix_read(&log, &source), 1);
    prefix_release(&log);
}

/* The same with nothing but a checkpoint of the earlier one. */
static void a_checkpoint_is_enough(void **state)
{
    struct fake fake = {"a", 700, 0, 0};
    struct source source = fake_source(&fake);
    struct prefix_log whole, part;
    struct prefix_result result;
    struct buffer note = BUFFER_NULL;

    (void)state;
    for (fake.size = 1; fake.size < 700; fake.size += 37) {
        assert_int_equal(prefix_read(&whole, &source), 0);
        buffer_clear(&note);
        checkpoint_write(
            &(struct checkpoint){.origin = "a", .size = whole.size, .root = whole.root}, &note);
        prefix_release(&whole);
        assert_int_equal(prefix_read_note(&part, note.data, note.length), 0);
        for (int bent = 0; bent < 2; bent++) {
            struct fake later = {"a", 700, bent ? fake.size : 0, 0};
            struct source beside = fake_source(&later);

            assert_int_equal(prefix_read(&whole, &beside), 0);
            assert_int_equal(prefix_compare(&part, &whole, &result), 0);
            assert_int_equal(result.verdict, bent ? PREFIX_DIFFERS : PREFIX_PROVED);
            assert_int_equal(result.record, 0);
            prefix_release(&whole);
        }
    }
    buffer_free(&note);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_beginning_is_proved),
        cmocka_unit_test(an_older_one_is_told),
        cmocka_unit_test(the_first_that_differs_is_named),
        cmocka_unit_test(other_logs_are_told),
        cmocka_unit_test(a_gap_is_no_log),
        cmocka_unit_test(a_checkpoint_is_enough),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
