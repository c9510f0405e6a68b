/* test_ill: one number that no modem can bear doesn't take the modems down; a modem that fails for
 * everybody rests; a SIM that is refused to everybody leaves; a busy network gets its rest.
 * Runs: any. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "adapters/modem/ill.h"

static const struct outcome sent = {.kind = OUTCOME_SENT, .n_references = 1};
static const struct outcome failed = {.kind = OUTCOME_DEFERRED, .code = 300};
static const struct outcome half = {.kind = OUTCOME_UNKNOWN, .code = 331, .n_references = 1};
static const struct outcome busy = {.kind = OUTCOME_DEFERRED, .code = 42};
static const struct outcome silent = {.kind = OUTCOME_UNKNOWN};
static const struct outcome returned = {.kind = OUTCOME_RETURNED, .code = 310};
static const struct outcome barred = {.kind = OUTCOME_DEFERRED, .code = 8};
static const struct outcome half_barred = {.kind = OUTCOME_UNKNOWN, .code = 8, .n_references = 1};
static const struct outcome refused = {.kind = OUTCOME_DEFERRED, .code = 21};
static const struct outcome broken = {.kind = OUTCOME_DEFERRED, .code = 38};
static const struct outcome nobody = {.kind = OUTCOME_REJECTED, .code = 1};
static const struct outcome wrong = {.kind = OUTCOME_REJECTED, .code = 304};
static const struct outcome vague = {.kind = OUTCOME_DEFERRED, .code = 500};
static const struct outcome plain = {.kind = OUTCOME_DEFERRED, .code = -1};
static const struct outcome late = {.kind = OUTCOME_UNKNOWN, .code = 500};
static const struct outcome waits = {.kind = OUTCOME_DEFERRED};

enum { STEPS = 8 };

/* The verdict on the last of the steps; *last: its outcome as it became. */
static enum ill_verdict judge(struct ill *ill, const struct outcome *const *outcomes,
                              const int64_t *addresses, struct outcome *last)
{
    enum ill_verdict verdict = ILL_FINE;

    for (size_t i = 0; i < STEPS && outcomes[i]; i++) {
        *last = *outcomes[i];
        verdict = ill_note(ill, 8613800000000 + addresses[i], last);
    }
    return verdict;
}

static void test_verdicts(void **state)
{
    static const struct {
        const struct outcome *outcomes[STEPS];
        int64_t addresses[STEPS];
        enum ill_verdict verdict; /* on the last */
    } cases[] = {
        {{&failed}, {1}, ILL_FINE},
        {{&failed, &failed}, {1, 1}, ILL_FINE},
        {{&failed, &failed}, {1, 2}, ILL_MODEM},
        {{&failed, &half}, {1, 2}, ILL_MODEM},
        {{&failed, &sent, &failed}, {1, 2, 3}, ILL_FINE},
        {{&failed, &busy, &failed}, {1, 2, 3}, ILL_FINE},
        {{&failed, &silent, &failed}, {1, 2, 3}, ILL_FINE},
        /* Never handed over: says nothing new. */
        {{&failed, &returned, &failed}, {1, 2, 1}, ILL_FINE},
        {{&failed, &returned, &failed}, {1, 2, 3}, ILL_MODEM},
        {{&failed, &returned}, {1, 2}, ILL_FINE},
        /* Once proved, every further one counts, until something else comes. */
        {{&failed, &failed, &failed}, {1, 2, 2}, ILL_MODEM},
        {{&failed, &failed, &sent, &failed}, {1, 2, 3, 1}, ILL_FINE},
        /* What an operator says to a SIM that it has barred. */
        {{&barred}, {1}, ILL_FINE},
        {{&barred, &barred, &barred}, {1, 1, 1}, ILL_FINE},
        {{&barred, &barred}, {1, 2}, ILL_BARRED},
        {{&barred, &sent, &barred}, {1, 2, 3}, ILL_FINE},
        {{&barred, &busy, &nobody, &silent, &barred}, {1, 2, 3, 4, 5}, ILL_BARRED},
        /* Its first part was taken. */
        {{&barred, &half_barred}, {1, 2}, ILL_FINE},
        {{&half_barred, &barred}, {1, 2}, ILL_BARRED},
        /* What it says to one without credit, but also to single numbers. */
        {{&refused, &refused, &refused, &refused}, {1, 2, 3, 4}, ILL_FINE},
        {{&refused, &refused, &refused, &refused, &refused}, {1, 2, 3, 4, 5}, ILL_BARRED},
        /* To few, but always. */
        {{&refused, &refused, &refused, &refused, &refused}, {1, 2, 3, 4, 1}, ILL_BARRED},
        {{&refused, &refused, &refused, &refused, &refused}, {1, 2, 1, 2, 1}, ILL_BARRED},
        {{&refused, &refused, &refused, &refused, &refused, &refused},
         {1, 2, 1, 2, 1, 1},
         ILL_FINE},
        {{&refused, &refused, &refused, &refused, &refused}, {1, 1, 1, 1, 1}, ILL_FINE},
        {{&refused, &refused, &sent, &refused, &refused, &refused}, {1, 2, 3, 1, 2, 1}, ILL_FINE},
        {{&refused, &broken, &refused, &broken, &refused}, {1, 2, 3, 4, 5}, ILL_BARRED},
        {{&refused, &refused, &sent, &refused, &refused, &refused}, {1, 2, 3, 4, 5, 6}, ILL_FINE},
        {{&refused, &refused, &barred, &refused, &barred}, {1, 2, 3, 4, 5}, ILL_BARRED},
        /* Once proved, one more is enough; but not one that failed before. */
        {{&barred, &barred, &refused}, {1, 2, 3}, ILL_BARRED},
        {{&barred, &barred, &barred}, {1, 2, 2}, ILL_FINE},
        {{&barred, &barred, &sent, &barred}, {1, 2, 3, 4}, ILL_FINE},
        /* What no number is to blame for. */
        {{&wrong, &wrong}, {1, 2}, ILL_FINE},
        {{&wrong, &wrong, &wrong}, {1, 2, 3}, ILL_MISFIT},
        {{&wrong, &wrong, &wrong, &wrong}, {1, 2, 2, 1}, ILL_FINE},
        {{&wrong, &busy, &wrong, &silent, &wrong}, {1, 2, 3, 4, 5}, ILL_MISFIT},
        {{&wrong, &wrong, &wrong, &wrong}, {1, 2, 3, 4}, ILL_MISFIT},
        {{&wrong, &wrong, &wrong, &wrong}, {1, 2, 3, 2}, ILL_FINE},
        {{&wrong, &wrong, &sent, &wrong}, {1, 2, 3, 4}, ILL_FINE},
        {{&wrong, &wrong, &half, &wrong}, {1, 2, 3, 4}, ILL_FINE},
        {{&nobody, &nobody, &nobody, &nobody}, {1, 2, 3, 4}, ILL_FINE},
        /* What says nothing. */
        {{&vague, &plain}, {1, 2}, ILL_FINE},
        {{&vague, &plain, &late}, {1, 2, 3}, ILL_MODEM},
        {{&plain, &plain, &plain}, {1, 2, 3}, ILL_MODEM},
        {{&plain, &plain, &plain, &plain}, {1, 1, 1, 2}, ILL_FINE},
        {{&plain, &plain, &sent, &plain}, {1, 2, 3, 4}, ILL_FINE},
        {{&plain, &plain, &plain, &plain}, {1, 2, 3, 3}, ILL_FINE},
        {{&plain, &plain, &plain, &busy, &plain}, {1, 2, 3, 4, 5}, ILL_MODEM},
        {{&waits, &waits, &waits}, {1, 2, 3}, ILL_FINE},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct outcome last;
        struct ill ill = {0};
        enum ill_verdict verdict = judge(&ill, cases[i].outcomes, cases[i].addresses, &last);

        if (verdict != cases[i].verdict)
            fail_msg("case %zu: verdict %d", i, verdict);
    }
}

/* The message that proves it isn't charged; the sentence says what was proved, and by what. */
static void test_explanations(void **state)
{
    static const struct outcome *const sure[STEPS] = {&barred, &barred};
    static const struct outcome *const many[STEPS] = {&refused, &refused, &refused, &refused,
                                                      &refused};
    static const struct outcome *const misfit[STEPS] = {&wrong, &wrong, &wrong};
    static const struct outcome *const weak[STEPS] = {&failed, &failed};
    static const int64_t addresses[STEPS] = {1, 2, 3, 4, 5};
    struct outcome last;
    struct ill ill = {0};
    char why[160];

    (void)state;
    assert_int_equal(judge(&ill, sure, addresses, &last), ILL_BARRED);
    assert_int_equal(last.kind, OUTCOME_RETURNED);
    strcpy(last.detail, "error 8: no");
    ill_explain(&ill, ILL_BARRED, &last, why, sizeof why);
    assert_string_equal(why, "the operator refuses this SIM: ask there; error 8: no");
    ill = (struct ill){0};
    assert_int_equal(judge(&ill, many, addresses, &last), ILL_BARRED);
    assert_int_equal(last.kind, OUTCOME_RETURNED);
    strcpy(last.detail, "error 21: no");
    ill_explain(&ill, ILL_BARRED, &last, why, sizeof why);
    assert_string_equal(why,
                        "this SIM is barred or out of credit (5 numbers refused): error 21: no");
    ill = (struct ill){0};
    assert_int_equal(judge(&ill, misfit, addresses, &last), ILL_MISFIT);
    assert_int_equal(last.kind, OUTCOME_RETURNED);
    strcpy(last.detail, "error 304: no");
    ill_explain(&ill, ILL_MISFIT, &last, why, sizeof why);
    assert_string_equal(why, "this modem or its message centre is set up wrong: error 304: no");
    ill = (struct ill){0};
    assert_int_equal(judge(&ill, weak, addresses, &last), ILL_MODEM);
    assert_int_equal(last.kind, OUTCOME_DEFERRED);
    strcpy(last.detail, "error 300: no");
    ill_explain(&ill, ILL_MODEM, &last, why, sizeof why);
    assert_string_equal(why, "one recipient after the other fails: error 300: no");
}

/* One modem never turns many away: only the first in a row is rejected, and only by a modem that
 * has sent; those that prove something aren't charged. */
static void test_kinds(void **state)
{
    static const struct {
        const struct outcome *outcomes[STEPS];
        enum outcome_kind kind; /* of the last */
    } cases[] = {
        {{&wrong}, OUTCOME_DEFERRED},
        {{&sent, &wrong}, OUTCOME_REJECTED},
        {{&sent, &wrong, &wrong}, OUTCOME_DEFERRED},
        {{&sent, &wrong, &wrong, &wrong}, OUTCOME_RETURNED},
        {{&sent, &wrong, &wrong, &wrong, &wrong}, OUTCOME_RETURNED},
        {{&sent, &wrong, &sent, &wrong}, OUTCOME_REJECTED},
        {{&nobody}, OUTCOME_REJECTED},
        {{&nobody, &wrong, &wrong, &nobody}, OUTCOME_REJECTED},
        {{&plain, &plain}, OUTCOME_DEFERRED},
        {{&plain, &plain, &plain}, OUTCOME_RETURNED},
        {{&plain, &vague, &plain, &vague}, OUTCOME_RETURNED},
        {{&plain, &vague, &late}, OUTCOME_UNKNOWN},
    };
    static const int64_t addresses[STEPS] = {1, 2, 3, 4, 5};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct outcome last;
        struct ill ill = {0};

        judge(&ill, cases[i].outcomes, addresses, &last);
        if (last.kind != cases[i].kind)
            fail_msg("case %zu: kind %d", i, (int)last.kind);
        if (last.kind == OUTCOME_DEFERRED && last.code == 304)
            assert_true(last.wait_ms > 0);
    }
}

/* Of 320 citizens. */
static void test_one_modem_turns_one_away(void **state)
{
    struct ill ill = {0};
    struct outcome outcome = sent;
    int rejected = 0, charged = 0;

    (void)state;
    ill_note(&ill, 1000, &outcome);
    for (int i = 1; i <= 320; i++) {
        outcome = wrong;
        ill_note(&ill, i, &outcome);
        rejected += outcome.kind == OUTCOME_REJECTED;
        charged += outcome.kind == OUTCOME_DEFERRED;
    }
    assert_int_equal(rejected, 1);
    assert_int_equal(charged, 1);
}

/* A message in doubt stays in doubt, whatever it proves. */
static void test_doubt_stays(void **state)
{
    struct outcome outcome = barred;
    struct ill ill = {0};

    (void)state;
    ill_note(&ill, 1, &outcome);
    outcome = barred;
    outcome.kind = OUTCOME_UNKNOWN;
    assert_int_equal(ill_note(&ill, 2, &outcome), ILL_BARRED);
    assert_int_equal(outcome.kind, OUTCOME_UNKNOWN);
}

/* One number that says "busy" stops its lane for a moment only; a network that does, for longer and
 * longer. */
static void test_rests(void **state)
{
    int64_t before = 0;
    struct outcome outcome;
    struct ill ill = {0};

    (void)state;
    for (int i = 0; i < 3; i++) {
        outcome = busy;
        ill_note(&ill, 1, &outcome);
        assert_int_equal(outcome.advice, ADVICE_REST);
        assert_int_equal(outcome.rest_ms, 1000);
    }
    for (int i = 2; i < 5; i++) {
        outcome = busy;
        ill_note(&ill, i, &outcome);
        assert_int_equal(outcome.advice, ADVICE_REST);
        assert_true(outcome.rest_ms > before && outcome.rest_ms > 1000);
        before = outcome.rest_ms;
    }
    for (int i = 5; i < 100; i++) {
        outcome = busy;
        ill_note(&ill, i, &outcome);
        assert_in_range(outcome.rest_ms, before, 120000);
    }
    outcome = sent;
    ill_note(&ill, 100, &outcome);
    assert_int_equal(outcome.advice, ADVICE_NONE);
    outcome = busy;
    ill_note(&ill, 101, &outcome);
    assert_int_equal(outcome.rest_ms, 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_verdicts),    cmocka_unit_test(test_explanations),
        cmocka_unit_test(test_kinds),       cmocka_unit_test(test_one_modem_turns_one_away),
        cmocka_unit_test(test_doubt_stays), cmocka_unit_test(test_rests),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
