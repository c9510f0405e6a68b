/* test_ill: one number that no modem can bear doesn't take the modems down; a modem that fails for
 * everybody rests.
 * Runs: any. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "adapters/modem/ill.h"

static const struct outcome sent = {.kind = OUTCOME_SENT};
static const struct outcome failed = {.kind = OUTCOME_DEFERRED, .code = 300};
static const struct outcome half = {.kind = OUTCOME_UNKNOWN, .code = 331};
static const struct outcome busy = {.kind = OUTCOME_DEFERRED, .code = 42};
static const struct outcome silent = {.kind = OUTCOME_UNKNOWN};
static const struct outcome returned = {.kind = OUTCOME_RETURNED, .code = 310};

static void test_notes(void **state)
{
    static const struct {
        const struct outcome *outcomes[4];
        int64_t addresses[4];
        bool rests; /* after the last */
    } cases[] = {
        {{&failed}, {1}, false},
        {{&failed, &failed}, {1, 1}, false},
        {{&failed, &failed}, {1, 2}, true},
        {{&failed, &half}, {1, 2}, true},
        {{&failed, &sent, &failed}, {1, 2, 3}, false},
        {{&failed, &busy, &failed}, {1, 2, 3}, false},
        {{&failed, &silent, &failed}, {1, 2, 3}, false},
        /* Never handed over: says nothing new. */
        {{&failed, &returned, &failed}, {1, 2, 1}, false},
        {{&failed, &returned, &failed}, {1, 2, 3}, true},
        {{&failed, &returned}, {1, 2}, false},
        /* Once proved, every further one counts, until something else comes. */
        {{&failed, &failed, &failed}, {1, 2, 2}, true},
        {{&failed, &failed, &sent, &failed}, {1, 2, 3, 1}, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct ill ill = {0};
        bool rests = false;

        for (size_t k = 0; k < 4 && cases[i].outcomes[k]; k++)
            rests = ill_note(&ill, 8613800000000 + cases[i].addresses[k], cases[i].outcomes[k]);
        if (rests != cases[i].rests)
            fail_msg("case %zu: rests %d", i, rests);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_notes)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
