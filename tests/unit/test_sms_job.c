/* test_sms_job: what need not trouble a modem is judged without it; what it gets is one line.
 * Runs: any. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/clock.h"

#include "adapters/modem/line.h"
#include "adapters/modem/sms_job.h"

#define NUMBER INT64_C(8613800000001)

static char long_text[16 * 153 + 2];

static void test_judged(void **state)
{
    const struct {
        struct adapter_job job;
        bool ends;
        enum outcome_kind kind;
        size_t n_parts;
    } cases[] = {
        {{.address = NUMBER, .text = "a"}, false, OUTCOME_SENT, 1},
        {{.address = NUMBER, .text = "a", .until_ms = INT64_MAX}, false, OUTCOME_SENT, 1},
        {{.address = NUMBER, .text = ""}, true, OUTCOME_REJECTED, 0},
        {{.address = NUMBER, .text = "\x80"}, true, OUTCOME_REJECTED, 0},
        {{.address = NUMBER, .text = long_text}, true, OUTCOME_REJECTED, 0},
        {{.address = NUMBER, .text = long_text + 1}, false, OUTCOME_SENT, 16},
        {{.address = 0, .text = "a"}, true, OUTCOME_REJECTED, 0},
        {{.address = NUMBER, .text = "a", .until_ms = 1}, true, OUTCOME_DEFERRED, 0},
    };

    (void)state;
    memset(long_text, 'x', sizeof long_text - 1);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct outcome outcome = {0};
        size_t n_parts;

        assert_int_equal(sms_job_judge(&cases[i].job, &outcome, &n_parts), cases[i].ends);
        assert_int_equal(outcome.kind, cases[i].kind);
        assert_int_equal(n_parts, cases[i].n_parts);
        assert_int_equal(*outcome.detail != '\0', cases[i].ends);
    }
}

static void test_line(void **state)
{
    const struct adapter_job job = {.id = 7,
                                    .address = NUMBER,
                                    .text = "学法",
                                    .want_report = true,
                                    .until_ms = clock_wall_ms() + 90000};
    static struct line line;
    struct buffer out = BUFFER_NULL;

    (void)state;
    sms_job_add_line(&job, &out);
    assert_int_equal(line_take(&out, &line), LINE_TAKEN);
    assert_int_equal(out.length, 0);
    assert_int_equal(line.kind, LINE_SEND);
    assert_int_equal(line.send.id, 7);
    assert_true(line.send.number == NUMBER);
    assert_true(line.send.want_report);
    assert_string_equal(line.send.text, "学法");
    assert_in_range(line.send.valid_s, 80, 91);
    buffer_free(&out);
}

/* Each part may take its whole time, and the modem rests between them. */
static void test_limit(void **state)
{
    const struct modem modem = {.timeout_ms = 60000, .gap_ms = 3000};

    (void)state;
    assert_int_equal(sms_job_limit_ms(&modem, 1), 60000);
    assert_int_equal(sms_job_limit_ms(&modem, 3), 186000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_judged),
        cmocka_unit_test(test_line),
        cmocka_unit_test(test_limit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
