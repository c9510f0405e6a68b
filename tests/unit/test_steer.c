/* test_steer: which words there are, and what all words about one thing come to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/model/steer.h"

static void names_go_both_ways(void **state)
{
    static const char *const verbs[] = {NULL, "pause", "resume", "cancel", "extend", "set-rate"};
    static const char *const scopes[] = {NULL, "campaign", "unit", "modem", "board"};

    (void)state;
    assert_int_equal(sizeof verbs / sizeof *verbs, STEER_VERBS);
    assert_int_equal(sizeof scopes / sizeof *scopes, STEER_SCOPES);
    for (int i = 1; i < STEER_VERBS; i++) {
        assert_string_equal(steer_verb_name((enum steer_verb)i), verbs[i]);
        assert_int_equal(steer_verb_find(verbs[i]), i);
    }
    for (int i = 1; i < STEER_SCOPES; i++) {
        assert_string_equal(steer_scope_name((enum steer_scope)i), scopes[i]);
        assert_int_equal(steer_scope_find(scopes[i]), i);
    }
    assert_int_equal(steer_verb_find("Pause"), 0);
    assert_int_equal(steer_verb_find(""), 0);
    assert_int_equal(steer_scope_find("boards"), 0);
}

/* The table in steer.h: columns pause, resume, cancel, extend, set-rate. */
static void what_may_be_said_of_what(void **state)
{
    static const char *const rows[] = {"", "xxxxx", "xxxxx", "xx  x", "xxx  "};

    (void)state;
    for (int scope = 1; scope < STEER_SCOPES; scope++)
        for (int verb = 1; verb < STEER_VERBS; verb++)
            assert_int_equal(steer_is_possible((enum steer_scope)scope, (enum steer_verb)verb),
                             rows[scope][verb - 1] == 'x');
    assert_false(steer_is_possible(STEER_CAMPAIGN, (enum steer_verb)0));
    assert_false(steer_is_possible(STEER_CAMPAIGN, STEER_VERBS));
    assert_false(steer_is_possible((enum steer_scope)0, STEER_PAUSE));
    assert_false(steer_is_possible(STEER_SCOPES, STEER_PAUSE));
}

static void words_add_up(void **state)
{
    static const struct {
        enum steer_verb verb;
        int64_t value;
        int refused;
        struct steer_standing then;
    } words[] = {
        {STEER_RESUME, 0, 0, {.resumed = true}},
        {STEER_PAUSE, 0, 0, {.paused = true}},
        {STEER_PAUSE, 0, 0, {.paused = true}},
        {STEER_RATE, 4000, 0, {.paused = true, .rate = 4000}},
        {STEER_EXTEND, 77, 0, {.paused = true, .rate = 4000, .until_ms = 77}},
        {STEER_RESUME, 0, 0, {.resumed = true, .rate = 4000, .until_ms = 77}},
        {STEER_EXTEND, 99, 0, {.resumed = true, .rate = 4000, .until_ms = 99}},
        {STEER_RATE, 0, 0, {.resumed = true, .until_ms = 99}},
        {STEER_PAUSE, 0, 0, {.paused = true, .until_ms = 99}},
        {STEER_CANCEL, 0, 0, {.paused = true, .cancelled = true, .until_ms = 99}},
        {STEER_CANCEL, 0, 0, {.paused = true, .cancelled = true, .until_ms = 99}},
        {STEER_RESUME, 0, 1, {.paused = true, .cancelled = true, .until_ms = 99}},
        {STEER_PAUSE, 0, 1, {.paused = true, .cancelled = true, .until_ms = 99}},
        {STEER_EXTEND, 111, 1, {.paused = true, .cancelled = true, .until_ms = 99}},
        {STEER_RATE, 1, 1, {.paused = true, .cancelled = true, .until_ms = 99}},
    };
    struct steer_standing standing = {0};

    (void)state;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        struct steer steer = {
            .scope = STEER_UNIT, .verb = words[i].verb, .name = "city", .value = words[i].value};

        assert_int_equal(steer_apply(&standing, &steer), words[i].refused);
        assert_int_equal(standing.paused, words[i].then.paused);
        assert_int_equal(standing.resumed, words[i].then.resumed);
        assert_int_equal(standing.cancelled, words[i].then.cancelled);
        assert_int_equal(standing.until_ms, words[i].then.until_ms);
        assert_int_equal(standing.rate, words[i].then.rate);
    }
}

static void an_extension_is_later_and_not_too_far(void **state)
{
    const int64_t end = INT64_C(1793502000000), week = STEER_EXTEND_MOST_MS;
    const struct {
        int64_t until, end, now;
        bool early, far;
    } extensions[] = {
        {end, end, end - 1, true, false},
        {end + 1, end, end - 1, false, false},
        {end + 1, end, end + 1, true, false},
        {end + week, end, end - week, false, false},
        {end + week + 1, end, end - week, false, true},
        {end + week, 0, end, false, false},
        {end + week + 1, 0, end, false, true},
        {INT64_MAX, end, end, false, true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof extensions / sizeof *extensions; i++) {
        int64_t until = extensions[i].until, from = extensions[i].end, now = extensions[i].now;

        assert_int_equal(steer_is_early(until, from, now), extensions[i].early);
        assert_int_equal(steer_is_far(until, from, now), extensions[i].far);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_go_both_ways),
        cmocka_unit_test(what_may_be_said_of_what),
        cmocka_unit_test(words_add_up),
        cmocka_unit_test(an_extension_is_later_and_not_too_far),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
