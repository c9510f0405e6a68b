/* test_webhook_template: places, escapes, times, charsets, braces, and what is refused. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gateway/base/json.h"
#include "adapters/display/webhook_template.h"
#include "adapters/display/webhook_time.h"

static const struct webhook_values values = {
    .text =
        {
            [WEBHOOK_NAME] = "lc-a/1",
            [WEBHOOK_TEXT] = "\"宪法\" & law\n",
            [WEBHOOK_BOARD] = "plaza",
            [WEBHOOK_WIDTH] = "192",
            [WEBHOOK_COLOR] = "#ff0000",
            [WEBHOOK_BODY] = "{\xb7\xa8}", /* GBK bytes */
            [WEBHOOK_SECRET] = "<s>",
        },
    .times = {[WEBHOOK_FROM] = 1793406600000,
              [WEBHOOK_UNTIL] = 1793406900000,
              [WEBHOOK_NOW] = 1793406601007},
};

static void test_rendering(void **state)
{
    static const struct {
        const char *text;
        enum webhook_escape preset;
        const char *expected;
    } cases[] = {
        {"", WEBHOOK_RAW, ""},
        {"nothing here", WEBHOOK_JSON, "nothing here"},
        {"{name}", WEBHOOK_RAW, "lc-a/1"},
        {"/s/{name}?b={board}", WEBHOOK_URL, "/s/lc-a%2F1?b=plaza"},
        {"{from}", WEBHOOK_URL, "2026-10-31T08%3A30%3A00%2B08%3A00"},
        {"{\"t\":\"{text}\",\"u\":\"{until}\"}", WEBHOOK_JSON,
         "{\"t\":\"\\\"宪法\\\" & law\\n\",\"u\":\"2026-10-31T08:35:00+08:00\"}"},
        {"{text:base64}", WEBHOOK_JSON, "IuWuquazlSIgJiBsYXcK"},
        {"{text:url}", WEBHOOK_RAW, "%22%E5%AE%AA%E6%B3%95%22%20%26%20law%0A"},
        {"{text}", WEBHOOK_FORM, "%22%E5%AE%AA%E6%B3%95%22+%26+law%0A"},
        {"{text:form}", WEBHOOK_RAW, "%22%E5%AE%AA%E6%B3%95%22+%26+law%0A"},
        {"<t c=\"{text}\"/>", WEBHOOK_HTML, "<t c=\"&quot;宪法&quot; &amp; law\n\"/>"},
        {"{text:plain}", WEBHOOK_JSON, "\"宪法\" & law\n"},
        {"{text:raw}", WEBHOOK_JSON, "\"宪法\" & law\n"},
        {"{text:json}", WEBHOOK_RAW, "\\\"宪法\\\" & law\\n"},
        {"{text:gbk}", WEBHOOK_JSON, "\"\xcf\xdc\xb7\xa8\" & law\n"},
        {"{text:gbk-url}", WEBHOOK_JSON, "%22%CF%DC%B7%A8%22%20%26%20law%0A"},
        {"{text:gbk-form}", WEBHOOK_JSON, "%22%CF%DC%B7%A8%22+%26+law%0A"},
        {"{text:gbk-base64}", WEBHOOK_JSON, "Is/ct6giICYgbGF3Cg=="},
        {"{from:s} {now:ms}", WEBHOOK_RAW, "1793406600 1793406601007"},
        {"{from:s:base64}", WEBHOOK_RAW, "MTc5MzQwNjYwMA=="},
        {"{until:local}", WEBHOOK_RAW, "2026-10-31 08:35:00"},
        {"{until:local:url}", WEBHOOK_RAW, "2026-10-31%2008%3A35%3A00"},
        {"{from:%Y/%m/%d %H:%M}", WEBHOOK_RAW, "2026/10/31 08:30"},
        {"{from:%y%j%%年%H:%S:url}", WEBHOOK_RAW, "26304%25%E5%B9%B408%3A00"},
        {"{{name}", WEBHOOK_RAW, "{name}"},
        {"{{{name}}", WEBHOOK_RAW, "{lc-a/1}"},
        {"{{\"a\":{\"b\":\"{name}\"}}", WEBHOOK_RAW, "{\"a\":{\"b\":\"lc-a/1\"}}"},
        {"{ } {1} {", WEBHOOK_RAW, "{ } {1} {"},
        {"{name}{width}{color}", WEBHOOK_RAW, "lc-a/1192#ff0000"},
        {"{body}{secret}{body:base64}", WEBHOOK_RAW, "{\xb7\xa8}<s>e7eofQ=="},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct webhook_setting setting = {.escape = cases[i].preset, .signs = true};
        struct buffer out BUFFER_FREE_LATER = BUFFER_NULL;
        struct webhook_template *template = NULL;

        assert_int_equal(webhook_template_parse(cases[i].text, &setting, &template, NULL), 0);
        assert_int_equal(webhook_template_render(template, &values, &out, NULL), 0);
        assert_string_equal(buffer_text(&out), cases[i].expected);
        webhook_template_free(template);
    }
}

/* With charset GBK everything is in its bytes, also what is percent-encoded. */
static void test_gbk(void **state)
{
    static const struct {
        const char *text;
        enum webhook_escape preset;
        const char *expected;
    } cases[] = {
        {"法:{text}", WEBHOOK_JSON, "\xb7\xa8:\\\"\xcf\xdc\xb7\xa8\\\" & law\\n"},
        {"法={text}", WEBHOOK_FORM, "\xb7\xa8=%22%CF%DC%B7%A8%22+%26+law%0A"},
        {"{text:base64}", WEBHOOK_JSON, "Is/ct6giICYgbGF3Cg=="},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct webhook_setting setting = {.escape = cases[i].preset, .gbk = true};
        struct buffer out BUFFER_FREE_LATER = BUFFER_NULL;
        struct webhook_template *template = NULL;

        assert_int_equal(webhook_template_parse(cases[i].text, &setting, &template, NULL), 0);
        assert_int_equal(webhook_template_render(template, &values, &out, NULL), 0);
        assert_string_equal(buffer_text(&out), cases[i].expected);
        webhook_template_free(template);
    }
}

static void test_what_gbk_does_not_have(void **state)
{
    static const char *const templates[] = {"a{text}", "{text:url}", "{text:base64}", "{text:json}",
                                            "ཁྲིམས{name}"};
    struct webhook_values tibetan = values;

    (void)state;
    tibetan.text[WEBHOOK_TEXT] = "宪法 ཁྲིམས";
    for (size_t i = 0; i < sizeof templates / sizeof *templates; i++) {
        const struct webhook_setting setting = {.escape = WEBHOOK_JSON, .gbk = true};
        struct buffer out BUFFER_FREE_LATER = BUFFER_NULL;
        struct webhook_template *template = NULL;
        const char *bad = NULL;

        assert_int_equal(webhook_template_parse(templates[i], &setting, &template, NULL), 0);
        assert_int_equal(webhook_template_render(template, &tibetan, &out, &bad), 1);
        assert_memory_equal(bad, "ཁ", 3);
        webhook_template_free(template);
    }
}

static void test_refusals(void **state)
{
    static const struct {
        const char *text;
        int error;
        size_t at;
    } cases[] = {
        {"{nam}", WEBHOOK_TEMPLATE_UNKNOWN_FIELD, 0},
        {"a{Name}", WEBHOOK_TEMPLATE_UNKNOWN_FIELD, 1},
        {"a{names}", WEBHOOK_TEMPLATE_UNKNOWN_FIELD, 1},
        {"{name }", WEBHOOK_TEMPLATE_UNKNOWN_FIELD, 0},
        {"{{{{{x}", WEBHOOK_TEMPLATE_UNKNOWN_FIELD, 4},
        {"{secret}", WEBHOOK_TEMPLATE_UNKNOWN_FIELD, 0}, /* not a signature's */
        {"{body}", WEBHOOK_TEMPLATE_UNKNOWN_FIELD, 0},
        {"{text:}", WEBHOOK_TEMPLATE_UNKNOWN_ESCAPE, 0},
        {"{text:JSON}", WEBHOOK_TEMPLATE_UNKNOWN_ESCAPE, 0},
        {"{text:json:url}", WEBHOOK_TEMPLATE_UNKNOWN_ESCAPE, 0},
        {"{text::url}", WEBHOOK_TEMPLATE_UNKNOWN_ESCAPE, 0},
        {"{text:s}", WEBHOOK_TEMPLATE_UNKNOWN_ESCAPE, 0}, /* no time */
        {"{from:%Q}", WEBHOOK_TEMPLATE_UNKNOWN_ESCAPE, 0},
        {"{from:%Y%}", WEBHOOK_TEMPLATE_UNKNOWN_ESCAPE, 0},
        {"{from:iso}", WEBHOOK_TEMPLATE_UNKNOWN_ESCAPE, 0},
        {"ok {name", WEBHOOK_TEMPLATE_UNCLOSED, 3},
        {"{name{text}", WEBHOOK_TEMPLATE_UNCLOSED, 0},
        {"{a", WEBHOOK_TEMPLATE_UNCLOSED, 0},
    };
    const struct webhook_setting setting = {.escape = WEBHOOK_RAW};
    const struct webhook_setting signs = {.signs = true};
    struct webhook_template *template = NULL;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t at = 99;

        template = (void *)(uintptr_t)&cases;
        assert_int_equal(webhook_template_parse(cases[i].text, &setting, &template, &at),
                         cases[i].error);
        assert_null(template);
        assert_int_equal(at, cases[i].at);
    }
    /* it is bytes */
    assert_int_equal(webhook_template_parse("{body:json}", &signs, &template, NULL),
                     WEBHOOK_TEMPLATE_UNKNOWN_ESCAPE);
}

static void test_which_fields(void **state)
{
    const struct webhook_setting setting = {.escape = WEBHOOK_RAW};
    struct webhook_template *template;

    (void)state;
    assert_int_equal(webhook_template_parse("x{{name}{text:url}", &setting, &template, NULL), 0);
    assert_true(webhook_template_has(template, WEBHOOK_TEXT));
    assert_false(webhook_template_has(template, WEBHOOK_NAME));
    webhook_template_free(template);
    assert_int_equal(webhook_template_parse("name", &setting, &template, NULL), 0);
    assert_false(webhook_template_has(template, WEBHOOK_NAME)); /* the first field, number 0 */
    webhook_template_free(template);
    assert_false(webhook_template_has(NULL, WEBHOOK_NAME));
}

static void test_reading_times(void **state)
{
    static const struct {
        const char *json;
        int64_t ms; /* 0: none */
    } cases[] = {
        {"1793406600", 1793406600000},
        {"1793406600123", 1793406600123},
        {"\"1793406600\"", 1793406600000},
        {"\"2026-10-31T08:30:00+08:00\"", 1793406600000},
        {"\"2026-10-31T00:30:00Z\"", 1793406600000},
        {"\"2026-10-31T00:30:00.25Z\"", 1793406600000},
        {"\"2026-10-30T19:30:00-0500\"", 1793406600000},
        {"\"2026-10-31 08:30:00\"", 1793406600000},
        {"0", 0},
        {"-5", 0},
        {"true", 0},
        {"\"\"", 0},
        {"\"soon\"", 0},
        {"\"2026-10-31\"", 0},
        {"\"2026-10-31T08:30:00+99:00\"", 0},
        {"\"2026-10-31T08:30:00 UTC\"", 0},
        {"\"999999999999999999999\"", 0},
        {"9223372036854775807", 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct jv *value = jv_parse(cases[i].json, strlen(cases[i].json), NULL);
        int64_t ms = 0;

        assert_non_null(value);
        assert_int_equal(webhook_time_read(value, &ms), cases[i].ms != 0);
        assert_int_equal(ms, cases[i].ms);
        jv_free(value);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rendering),
        cmocka_unit_test(test_gbk),
        cmocka_unit_test(test_what_gbk_does_not_have),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_which_fields),
        cmocka_unit_test(test_reading_times),
    };

    setenv("TZ", "Asia/Shanghai", 1);
    tzset();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
