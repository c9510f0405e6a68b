/* test_webhook_call: what a platform's answer means, and which configurations are refused. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gateway/base/utf8.h"
#include "adapters/display/panel.h"
#include "adapters/display/webhook_call.h"

#define TEXT(literal) ((char *)(uintptr_t)(literal))

static const struct adapter_job job = {.text = "弘扬宪法精神",
                                       .name = "lawcast-1",
                                       .from_ms = 1793406600000, /* 2026-10-31 08:30 in Shanghai */
                                       .until_ms = 1793406900000};

static void test_times_have_their_offset(void **state)
{
    struct webhook_values values;

    (void)state;
    webhook_values_fill(&values, &job, "plaza");
    assert_string_equal(values.fields[WEBHOOK_FROM], "2026-10-31T08:30:00+08:00");
    assert_string_equal(values.fields[WEBHOOK_UNTIL], "2026-10-31T08:35:00+08:00");
    assert_string_equal(values.fields[WEBHOOK_NAME], "lawcast-1");
    assert_string_equal(values.fields[WEBHOOK_BOARD], "plaza");
}

static void judge(enum adapter_verb verb, bool pointed, const struct http_result *reply,
                  struct webhook_verdict *verdict)
{
    struct webhook_options options = {.calls = {{.status = 200}, {.status = 200}, {.status = 200}}};
    struct webhook_call call = {0};
    struct webhook_values values;
    char why[200];

    if (pointed) {
        options.calls[verb].path = TEXT("/s");
        options.calls[verb].pointer = TEXT("/a");
        options.calls[verb].equals = TEXT("{name}");
    }
    assert_int_equal(webhook_call_init(&call, verb, &options, why, sizeof why), 0);
    webhook_values_fill(&values, &job, "plaza");
    *verdict = webhook_call_judge(&call, verb, &values, reply);
    webhook_call_free(&call);
}

static void test_statuses(void **state)
{
    static const struct {
        int status;
        enum outcome_kind publish, withdraw, verify;
        bool healthy;
    } cases[] = {
        {200, OUTCOME_SENT, OUTCOME_SENT, OUTCOME_SENT, true},
        {201, OUTCOME_UNKNOWN, OUTCOME_UNKNOWN, OUTCOME_UNKNOWN, true},
        {301, OUTCOME_DEFERRED, OUTCOME_DEFERRED, OUTCOME_DEFERRED, false},
        {400, OUTCOME_REJECTED, OUTCOME_REJECTED, OUTCOME_DEFERRED, true},
        {401, OUTCOME_REJECTED, OUTCOME_REJECTED, OUTCOME_DEFERRED, true},
        {404, OUTCOME_REJECTED, OUTCOME_SENT, OUTCOME_REJECTED, true},
        {410, OUTCOME_REJECTED, OUTCOME_SENT, OUTCOME_REJECTED, true},
        {408, OUTCOME_DEFERRED, OUTCOME_DEFERRED, OUTCOME_DEFERRED, false},
        {425, OUTCOME_DEFERRED, OUTCOME_DEFERRED, OUTCOME_DEFERRED, true},
        {429, OUTCOME_DEFERRED, OUTCOME_DEFERRED, OUTCOME_DEFERRED, true},
        {500, OUTCOME_DEFERRED, OUTCOME_DEFERRED, OUTCOME_DEFERRED, false},
        {503, OUTCOME_DEFERRED, OUTCOME_DEFERRED, OUTCOME_DEFERRED, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct http_result reply = {
            .fate = HTTP_ANSWERED, .status = cases[i].status, .why = "", .body = ""};
        const enum outcome_kind expected[] = {cases[i].publish, cases[i].withdraw, cases[i].verify};

        for (int verb = 0; verb < WEBHOOK_CALLS; verb++) {
            struct webhook_verdict verdict;

            judge((enum adapter_verb)verb, false, &reply, &verdict);
            assert_int_equal(verdict.result.outcome.kind, expected[verb]);
            assert_int_equal(verdict.healthy, cases[i].healthy);
            if (verdict.result.outcome.kind == OUTCOME_SENT)
                assert_int_equal(verdict.result.level, LEVEL_ACCEPTED); /* nothing was compared */
            else
                assert_int_equal(verdict.result.outcome.code, cases[i].status);
        }
    }
}

static void test_fates(void **state)
{
    struct http_result reply = {.fate = HTTP_NOT_SENT, .why = "nobody listens", .body = ""};
    struct webhook_verdict verdict;

    (void)state;
    judge(ADAPTER_SUBMIT, false, &reply, &verdict);
    assert_int_equal(verdict.result.outcome.kind, OUTCOME_DEFERRED);
    assert_string_equal(verdict.result.outcome.detail, "nobody listens");
    assert_false(verdict.healthy);
    reply.fate = HTTP_IN_DOUBT;
    judge(ADAPTER_SUBMIT, false, &reply, &verdict);
    assert_int_equal(verdict.result.outcome.kind, OUTCOME_UNKNOWN);
    reply = (struct http_result){
        .fate = HTTP_ANSWERED, .status = 429, .retry_after_ms = 90000, .why = "", .body = ""};
    judge(ADAPTER_SUBMIT, false, &reply, &verdict);
    assert_int_equal(verdict.result.outcome.wait_ms, 90000);
    reply.retry_after_ms = 0;
    judge(ADAPTER_SUBMIT, false, &reply, &verdict);
    assert_int_equal(verdict.result.outcome.wait_ms, PANEL_WAIT_MS);
}

static void test_values(void **state)
{
    static const struct {
        const char *body;
        enum outcome_kind publish, withdraw, verify;
    } cases[] = {
        {"{\"a\":\"lawcast-1\"}", OUTCOME_SENT, OUTCOME_SENT, OUTCOME_SENT},
        {"{\"a\":\"other\"}", OUTCOME_REJECTED, OUTCOME_DEFERRED, OUTCOME_REJECTED},
        {"{\"a\":[\"x\",\"lawcast-1\"]}", OUTCOME_REJECTED, OUTCOME_DEFERRED, OUTCOME_SENT},
        {"{\"a\":[]}", OUTCOME_REJECTED, OUTCOME_DEFERRED, OUTCOME_REJECTED},
        {"{\"a\":{}}", OUTCOME_REJECTED, OUTCOME_DEFERRED, OUTCOME_REJECTED},
        {"{\"b\":1}", OUTCOME_UNKNOWN, OUTCOME_UNKNOWN, OUTCOME_REJECTED},
        {"<html>", OUTCOME_UNKNOWN, OUTCOME_UNKNOWN, OUTCOME_UNKNOWN},
        {"", OUTCOME_UNKNOWN, OUTCOME_UNKNOWN, OUTCOME_UNKNOWN},
        /* long enough to be cut inside a character */
        {"{\"a\":\"x法法法法法法法法法法法法法法法法法法法法法法法法法法法法\"}", OUTCOME_REJECTED,
         OUTCOME_DEFERRED, OUTCOME_REJECTED},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct http_result reply = {.fate = HTTP_ANSWERED,
                                          .status = 200,
                                          .why = "",
                                          .body = cases[i].body,
                                          .body_length = strlen(cases[i].body)};
        const enum outcome_kind expected[] = {cases[i].publish, cases[i].withdraw, cases[i].verify};

        for (int verb = 0; verb < WEBHOOK_CALLS; verb++) {
            struct webhook_verdict verdict;
            const char *detail = verdict.result.outcome.detail;

            judge((enum adapter_verb)verb, true, &reply, &verdict);
            assert_int_equal(verdict.result.outcome.kind, expected[verb]);
            if (expected[verb] == OUTCOME_SENT)
                assert_int_equal(verdict.result.level,
                                 verb == ADAPTER_VERIFY ? LEVEL_PLAYING : LEVEL_ACCEPTED);
            assert_true(utf8_is_valid(detail, strlen(detail)));
        }
    }
}

static void test_bad_configurations(void **state)
{
    static const struct {
        struct webhook_call_options call;
        const char *content_type, *blamed;
    } cases[] = {
        {{.path = TEXT("s")}, "text/plain", "publish_path"},
        {{.path = TEXT("/{nam}")}, "text/plain", "publish_path"},
        {{.body = TEXT("{text:rot13}")}, "text/plain", "publish_body"},
        {{.body = TEXT("{text")}, "text/plain", "publish_body"},
        {{.body = TEXT("{\"a\":{text}}")}, "application/json", "publish_body"},
        {{.body = TEXT("{{\"a\":\"{text}\"}}")}, "application/json", "publish_body"},
        {{.body = TEXT("{\"a\":\"{text:plain}\"}")}, "application/vnd.x+JSON", "publish_body"},
        {{.pointer = TEXT("/a")}, "text/plain", "publish_equals"},
        {{.equals = TEXT("1")}, "text/plain", "publish_pointer"},
        {{.pointer = TEXT("a"), .equals = TEXT("1")}, "text/plain", "publish_pointer"},
        {{.pointer = TEXT("/a"), .equals = TEXT("{x}")}, "text/plain", "publish_equals"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct webhook_options options = {.content_type = TEXT(cases[i].content_type)};
        struct webhook_call call = {0};
        char why[300] = "";

        options.calls[ADAPTER_SUBMIT] = cases[i].call;
        assert_int_equal(webhook_call_init(&call, ADAPTER_SUBMIT, &options, why, sizeof why), 1);
        assert_non_null(strstr(why, cases[i].blamed));
        webhook_call_free(&call);
    }
}

/* What would hold for every slogan, or for none, is no proof. */
static void test_proofs(void **state)
{
    static const struct {
        struct webhook_call_options call;
        const char *blamed; /* NULL: fine */
    } cases[] = {
        {{.path = NULL}, NULL},
        {{.path = TEXT("/v"), .pointer = TEXT("/a"), .equals = TEXT("{name}")}, NULL},
        {{.path = TEXT("/v"), .pointer = TEXT("/a"), .equals = TEXT("{text}!")}, NULL},
        {{.path = TEXT("/v/{name}"), .pointer = TEXT("/a"), .equals = TEXT("playing")}, NULL},
        {{.path = TEXT("/v"),
          .body = TEXT("{\"id\":\"{name}\"}"),
          .pointer = TEXT("/a"),
          .equals = TEXT("playing")},
         NULL},
        {{.path = TEXT("/v/{name}")}, "verify_path needs"},
        {{.path = TEXT("/v/{name}"), .pointer = TEXT(""), .equals = TEXT("")}, "verify_path needs"},
        {{.pointer = TEXT("/a"), .equals = TEXT("{name}")}, "verify_pointer needs verify_path"},
        {{.path = TEXT("/v"), .pointer = TEXT("/a"), .equals = TEXT("playing")},
         "verify_equals must contain"},
        {{.path = TEXT("/v/{board}"), .pointer = TEXT("/a"), .equals = TEXT("{from}{{name}")},
         "verify_equals must contain"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct webhook_options options = {.content_type = TEXT("application/json")};
        struct webhook_call call = {0};
        char why[300] = "";

        options.calls[ADAPTER_VERIFY] = cases[i].call;
        assert_int_equal(webhook_call_init(&call, ADAPTER_VERIFY, &options, why, sizeof why),
                         cases[i].blamed != NULL);
        if (cases[i].blamed)
            assert_ptr_equal(strstr(why, cases[i].blamed), why);
        webhook_call_free(&call);
    }
}

/* They are not tried when files are read, so here: a blank makes them other bodies. */
static void test_presets_are_json(void **state)
{
    (void)state;
    for (int verb = 0; verb < ADAPTER_VERIFY; verb++) {
        struct webhook_options options = {.content_type = TEXT("application/json")};
        struct webhook_call call = {0};
        char why[300] = "", body[300];

        snprintf(body, sizeof body, " %s", webhook_bodies[verb]);
        options.calls[verb].body = body;
        assert_int_equal(
            webhook_call_init(&call, (enum adapter_verb)verb, &options, why, sizeof why), 0);
        webhook_call_free(&call);
        body[strlen(body) - 1] = '\0';
        assert_int_equal(
            webhook_call_init(&call, (enum adapter_verb)verb, &options, why, sizeof why), 1);
        webhook_call_free(&call);
    }
}

/* A sentence that repeats a long place stays whole UTF-8. */
static void test_quotes_are_cut_between_characters(void **state)
{
    (void)state;
    for (int pad = 0; pad < 4; pad++) {
        struct webhook_options options = {.content_type = TEXT("text/plain")};
        struct webhook_call call = {0};
        char why[300] = "", text[200];

        snprintf(text, sizeof text, "{%.*s宪法宪法宪法宪法宪法宪法宪法宪法宪法宪法%s", pad + 1,
                 "abcd", pad % 2 ? "}" : "");
        options.calls[ADAPTER_SUBMIT].body = text;
        assert_int_equal(webhook_call_init(&call, ADAPTER_SUBMIT, &options, why, sizeof why), 1);
        assert_true(utf8_is_valid(why, strlen(why)));
        assert_non_null(strstr(why, "宪法宪法"));
        webhook_call_free(&call);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_times_have_their_offset),
        cmocka_unit_test(test_statuses),
        cmocka_unit_test(test_fates),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_bad_configurations),
        cmocka_unit_test(test_proofs),
        cmocka_unit_test(test_presets_are_json),
        cmocka_unit_test(test_quotes_are_cut_between_characters),
    };

    setenv("TZ", "Asia/Shanghai", 1);
    tzset();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
