/* test_webhook_template: places, escapes, braces, and what is refused. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "adapters/display/webhook_template.h"

static const char *const values[WEBHOOK_FIELDS] = {
    [WEBHOOK_NAME] = "lawcast-a/1",
    [WEBHOOK_TEXT] = "\"宪法\" & law\n",
    [WEBHOOK_FROM] = "2026-10-31T08:30:00+08:00",
    [WEBHOOK_UNTIL] = "2026-10-31T08:35:00+08:00",
    [WEBHOOK_BOARD] = "plaza",
};

static void test_rendering(void **state)
{
    static const struct {
        const char *text;
        enum webhook_escape preset;
        const char *expected;
    } cases[] = {
        {"", WEBHOOK_PLAIN, ""},
        {"nothing here", WEBHOOK_JSON, "nothing here"},
        {"{name}", WEBHOOK_PLAIN, "lawcast-a/1"},
        {"/s/{name}?b={board}", WEBHOOK_URL, "/s/lawcast-a%2F1?b=plaza"},
        {"{from}", WEBHOOK_URL, "2026-10-31T08%3A30%3A00%2B08%3A00"},
        {"{\"t\":\"{text}\",\"u\":\"{until}\"}", WEBHOOK_JSON,
         "{\"t\":\"\\\"宪法\\\" & law\\n\",\"u\":\"2026-10-31T08:35:00+08:00\"}"},
        {"{text:base64}", WEBHOOK_JSON, "IuWuquazlSIgJiBsYXcK"},
        {"{text:url}", WEBHOOK_PLAIN, "%22%E5%AE%AA%E6%B3%95%22%20%26%20law%0A"},
        {"{text:plain}", WEBHOOK_JSON, "\"宪法\" & law\n"},
        {"{text:json}", WEBHOOK_PLAIN, "\\\"宪法\\\" & law\\n"},
        {"{{name}", WEBHOOK_PLAIN, "{name}"},
        {"{{{name}}", WEBHOOK_PLAIN, "{lawcast-a/1}"},
        {"{{\"a\":{\"b\":\"{name}\"}}", WEBHOOK_PLAIN, "{\"a\":{\"b\":\"lawcast-a/1\"}}"},
        {"{ } {1} {", WEBHOOK_PLAIN, "{ } {1} {"},
        {"{name}{name}", WEBHOOK_PLAIN, "lawcast-a/1lawcast-a/1"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buffer out BUFFER_FREE_LATER = BUFFER_NULL;
        struct webhook_template *template = NULL;

        assert_int_equal(webhook_template_parse(cases[i].text, cases[i].preset, &template, NULL),
                         0);
        webhook_template_render(template, values, &out);
        assert_string_equal(buffer_text(&out), cases[i].expected);
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
        {"{text:}", WEBHOOK_TEMPLATE_UNKNOWN_ESCAPE, 0},
        {"{text:JSON}", WEBHOOK_TEMPLATE_UNKNOWN_ESCAPE, 0},
        {"{text:json:url}", WEBHOOK_TEMPLATE_UNKNOWN_ESCAPE, 0},
        {"ok {name", WEBHOOK_TEMPLATE_UNCLOSED, 3},
        {"{name{text}", WEBHOOK_TEMPLATE_UNCLOSED, 0},
        {"{a", WEBHOOK_TEMPLATE_UNCLOSED, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct webhook_template *template = (void *)&cases;
        size_t at = 99;

        assert_int_equal(webhook_template_parse(cases[i].text, WEBHOOK_PLAIN, &template, &at),
                         cases[i].error);
        assert_null(template);
        assert_int_equal(at, cases[i].at);
    }
}

static void test_which_fields(void **state)
{
    struct webhook_template *template;

    (void)state;
    assert_int_equal(webhook_template_parse("x{{name}{text:url}", WEBHOOK_PLAIN, &template, NULL),
                     0);
    assert_true(webhook_template_has(template, WEBHOOK_TEXT));
    assert_false(webhook_template_has(template, WEBHOOK_NAME));
    webhook_template_free(template);
    assert_int_equal(webhook_template_parse("name", WEBHOOK_PLAIN, &template, NULL), 0);
    assert_false(webhook_template_has(template, WEBHOOK_NAME)); /* the first field, number 0 */
    webhook_template_free(template);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rendering),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_which_fields),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
