/* test_status_json: what a gateway shows is the same on the other side of the control socket, fits
 * into an answer, and is taken from no answer at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/mem.h"
#include "gateway/control/control.h"
#include "gateway/report/status_json.h"

enum { UNITS = 3 * STATUS_UNITS_MOST };

static struct jv *told(const struct progress_live *live, size_t *length)
{
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;
    struct jv *answer = jv_object(), *back;

    status_put(answer, live);
    jv_write(answer, false, &text);
    jv_free(answer);
    *length = text.length;
    back = jv_parse(text.data, text.length, NULL);
    assert_non_null(back);
    return back;
}

static void it_comes_back_bounded(void **state)
{
    struct prospect prospect = {
        .at_ms = 5, .n_units = UNITS, .per_min = 900, .network = OPERATOR_TELECOM, .bank_down = 2};
    struct problems problems = {.n = 1};
    struct progress_live live = {.prospect = &prospect, .problems = &problems, .lanes = "rp"};
    struct status_live out;
    size_t length;
    struct jv *answer;

    (void)state;
    prospect.units = mem_array(UNITS, struct prospect_unit);
    for (size_t i = 0; i < UNITS; i++) {
        memset(prospect.units[i].campaign, 'c', 64);
        memset(prospect.units[i].unit, 'u', 32);
        prospect.units[i].known = true;
        prospect.units[i].line =
            (struct prospect_line){INT64_MAX, INT64_MAX, 10000000, FORECAST_LISTS};
    }
    problems_begin(&problems);
    problems_see(&problems, 3, "m/1", "why");
    problems_end(&problems);
    answer = told(&live, &length);
    status_take(answer, &out);
    jv_free(answer);
    assert_int_equal(out.prospect.n_units, STATUS_UNITS_MOST);
    assert_int_equal(out.prospect.network, OPERATOR_TELECOM);
    assert_int_equal(out.prospect.per_min, 900);
    assert_true(out.prospect.units[7].known);
    assert_int_equal(out.prospect.units[7].line.missing, 10000000);
    assert_int_equal(out.prospect.units[7].line.bound, FORECAST_LISTS);
    assert_true(out.prospect.units[7].line.finish_p50_ms == INT64_MAX);
    assert_string_equal(out.lanes, "rp");
    assert_string_equal(out.problems.items[0].why, "why");
    assert_in_range(length, 1, 64 * 1024);
    status_release(&out);
    free(prospect.units);
}

static void anything_is_taken(void **state)
{
    static const char *const answers[] = {
        "{}",
        "[]",
        "null",
        "{\"outlook\":{}}",
        "{\"outlook\":{\"units\":7,\"network\":\"nobody\",\"bank_down\":-1}}",
        "{\"outlook\":{\"at_ms\":1,\"units\":[null,{},{\"unit\":3}]},\"problems\":[1,2,3,4,5]}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        struct jv *answer = jv_parse(answers[i], strlen(answers[i]), NULL);
        struct status_live out;

        assert_non_null(answer);
        status_take(answer, &out);
        assert_in_range(out.problems.n, 0, PROBLEMS_SHOWN);
        assert_int_equal(out.prospect.bank_down, 0);
        status_release(&out);
        jv_free(answer);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_comes_back_bounded),
        cmocka_unit_test(anything_is_taken),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
