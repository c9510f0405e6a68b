/* test_dialect: what all kinds of boards say in the same way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "adapters/display/dialect.h"

enum { MINUTE = 60000 };

static void test_asking(void **state)
{
    struct ask ask = {0};
    struct jv *document = jv_object();

    (void)state;
    jv_put(document, "text", jv_string("法"));
    ask_header(&ask, "X-Key: %d", 7);
    ask_json(&ask, document);
    buffer_add_text(&ask.path, "/api");
    assert_int_equal(ask.n_headers, 2);
    assert_string_equal(ask.headers[0], "X-Key: 7");
    assert_string_equal(ask.headers[1], "Content-Type: application/json");
    assert_null(ask.headers[2]);
    assert_true(ask.has_body);
    assert_string_equal(buffer_text(&ask.body), "{\"text\":\"法\"}");
    ask_free(&ask);
    assert_int_equal(ask.n_headers, 0);
    assert_null(ask.headers[0]);
    jv_free(document);
}

static void test_verdicts(void **state)
{
    struct verdict verdict = {.kind = VERDICT_AWAIT, .healthy = true};
    char long_words[300];

    (void)state;
    verdict_go(&verdict, 3);
    assert_true(verdict.kind == VERDICT_GO && verdict.step == 3);
    verdict_await(&verdict, 4, 500);
    assert_true(verdict.kind == VERDICT_AWAIT && verdict.step == 4 && verdict.wait_ms == 500);
    verdict_sent(&verdict, LEVEL_PLAYING);
    assert_true(verdict.kind == VERDICT_END && verdict.healthy);
    assert_true(verdict.result.outcome.kind == OUTCOME_SENT &&
                verdict.result.level == LEVEL_PLAYING);
    verdict_missing(&verdict, "not there");
    assert_true(verdict.healthy && verdict.result.outcome.kind == OUTCOME_REJECTED);
    assert_int_equal(verdict.result.level, LEVEL_UNKNOWN);
    assert_string_equal(verdict.result.outcome.detail, "not there");
    memset(long_words, 'a', sizeof long_words);
    memcpy(long_words + 117, "\t法", 4);
    long_words[299] = '\0';
    verdict_fail(&verdict, OUTCOME_DEFERRED, 9, "%s", long_words);
    assert_true(!verdict.healthy && verdict.result.outcome.code == 9);
    assert_int_equal(strlen(verdict.result.outcome.detail), 118); /* half a 法 is gone */
    assert_int_equal(verdict.result.outcome.detail[117], ' ');
}

static void test_names(void **state)
{
    static const struct {
        const char *name;
        bool ours;
    } cases[] = {
        {"lc-1-1", true},
        {"lc-9zz-abc123", true},
        {"lc-1y2p0ij-32e8e", true},
        {"lc-1y2p0ij-32e8e7", false}, /* 17 bytes */
        {"lc-1-", false},
        {"lc--1", false},
        {"lc-1", false},
        {"lc-1-1-1", false},
        {"lc-1-A", false},
        {"lc-1-1 ", false},
        {"LC-1-1", false},
        {"lawcast-1", false},
        {"", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(dialect_is_name(cases[i].name), cases[i].ours);
}

static void test_minutes(void **state)
{
    static const struct {
        int64_t from, until, limit, end;
    } cases[] = {
        {0, 5 * MINUTE, 9 * MINUTE, 5 * MINUTE},
        {0, 5 * MINUTE + 1, 9 * MINUTE, 6 * MINUTE},
        {0, 9 * MINUTE, 9 * MINUTE, 9 * MINUTE},
        {0, 9 * MINUTE + 5, 9 * MINUTE + 5, 9 * MINUTE},
        {0, 8 * MINUTE + 5, 9 * MINUTE + 5, 9 * MINUTE},
        {9 * MINUTE + 1, 9 * MINUTE + 5, 9 * MINUTE + 5, 10 * MINUTE}, /* else it would be over */
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct adapter_job job = {
            .from_ms = cases[i].from, .until_ms = cases[i].until, .limit_ms = cases[i].limit};

        assert_int_equal(dialect_minute_end(&job), cases[i].end);
    }
}

static void test_time(void **state)
{
    struct dialect_time time;

    (void)state;
    setenv("TZ", "Asia/Shanghai", 1);
    tzset();
    time = dialect_time(1793406600999); /* 2026-10-31 08:30:00 in China, a Saturday */
    assert_true(time.year == 2026 && time.month == 10 && time.day == 31);
    assert_true(time.hour == 8 && time.minute == 30 && time.second == 0);
    assert_int_equal(time.weekday, 6);
}

static void test_escapes(void **state)
{
    struct buffer out = BUFFER_NULL;

    (void)state;
    dialect_escape_html(&out, "<法 & \"it's\">");
    assert_string_equal(buffer_text(&out), "&lt;法 &amp; &quot;it&#39;s&quot;&gt;");
    buffer_free(&out);
}

static void test_places_below(void **state)
{
    static const struct {
        const char *base, *url;
        bool below;
    } cases[] = {
        {"https://board", "https://board", true},
        {"https://board", "https://board/x", true},
        {"https://board", "https://board?x", true},
        {"https://board/", "https://board/x", true},
        {"https://board/", "https://board", true},
        {"https://board/api", "https://board/api/1", true},
        {"https://board", "https://board.example/x", false},
        {"https://board", "https://board:8443/x", false},
        {"https://board", "https://board@example/x", false},
        {"https://board/api", "https://board/apis", false},
        {"https://board", "http://board/x", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(dialect_is_under(cases[i].url, cases[i].base), cases[i].below);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_asking), cmocka_unit_test(test_verdicts),
        cmocka_unit_test(test_names),  cmocka_unit_test(test_minutes),
        cmocka_unit_test(test_time),   cmocka_unit_test(test_escapes),
        cmocka_unit_test(test_places_below),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
