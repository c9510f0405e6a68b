/* test_webhook_called: what a platform tells by calls of its own, and who is believed. */
#include "tests/unit/webhook_kit.h"

#include <time.h>

#include "gateway/base/hex.h"
#include "adapters/display/webhook_sign.h"

#define NAMED(rest) "{\"name\":\"lc-1a-x7\"," rest "}"
#define PNG64       "iVBORw0KGgp4" /* as a PNG begins */

/* A platform that was asked to show the slogan and took it. */
static void kit_publish(struct kit *kit)
{
    kit_make(kit);
    kit_open(kit);
    assert_int_equal(kit_do(kit, ADAPTER_SUBMIT, 200, "")->result.outcome.kind, OUTCOME_SENT);
    kit->talk.job = NULL;
}

static void test_events(void **state)
{
    static const struct {
        const char *body;
        int status;
        size_t proofs;
        enum outcome_level level;
    } cases[] = {
        {NAMED("\"event\":\"shown\""), 200, 1, LEVEL_PLAYING},
        {NAMED("\"event\":\"failed\",\"reason\":\"no paper\""), 200, 0, LEVEL_UNKNOWN},
        {NAMED("\"event\":\"screenshot\",\"picture\":\"" PNG64 "\""), 200, 1, LEVEL_SCREENSHOT},
        {NAMED("\"event\":\"screenshot\",\"picture\":\"bm8=\""), 400, 0, LEVEL_UNKNOWN},
        {NAMED("\"event\":\"screenshot\""), 400, 0, LEVEL_UNKNOWN},
        {NAMED("\"event\":\"playlog\",\"from\":1793406590,\"until\":1793406600"), 200, 1,
         LEVEL_LOGGED},
        {NAMED("\"event\":\"playlog\",\"intervals\":[{\"from\":1793406580,\"until\":1793406590},"
               "{\"from\":\"2026-10-31T08:29:50+08:00\",\"until\":1793406600000}]"),
         200, 2, LEVEL_LOGGED},
        /* nothing of what is half right */
        {NAMED("\"event\":\"playlog\",\"intervals\":[{\"from\":1793406580,\"until\":1793406590},"
               "{\"from\":1793406590,\"until\":1793406590}]"),
         400, 0, LEVEL_UNKNOWN},
        {NAMED("\"event\":\"playlog\",\"intervals\":[]"), 400, 0, LEVEL_UNKNOWN},
        {NAMED("\"event\":\"playlog\",\"from\":1793406590,\"until\":1793409000"), 400, 0,
         LEVEL_UNKNOWN}, /* it has not been yet */
        {NAMED("\"event\":\"playlog\""), 400, 0, LEVEL_UNKNOWN},
        {NAMED("\"event\":\"SHOWN\""), 400, 0, LEVEL_UNKNOWN},
        {NAMED("\"event\":7"), 400, 0, LEVEL_UNKNOWN},
        {"{\"event\":\"shown\"}", 400, 0, LEVEL_UNKNOWN},
        {"{\"name\":\"lc-zz-1\",\"event\":\"shown\"}", 404, 0, LEVEL_UNKNOWN},
        {"{\"name\":\"\",\"event\":\"shown\"}", 404, 0, LEVEL_UNKNOWN},
        {"[]", 400, 0, LEVEL_UNKNOWN},
        {"<xml/>", 400, 0, LEVEL_UNKNOWN},
        {"", 400, 0, LEVEL_UNKNOWN},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct kit_call call = {.body = cases[i].body};
        bool awaited = true;
        struct kit kit;

        kit_publish(&kit);
        assert_int_equal(kit_call(&kit, &call, &awaited), cases[i].status);
        assert_false(awaited); /* nobody has asked */
        assert_int_equal(kit.n_proofs, cases[i].proofs);
        for (size_t k = 0; k < kit.n_proofs; k++) {
            assert_int_equal(kit.proofs[k].level, cases[i].level);
            assert_string_equal(kit.proofs[k].name, "lc-1a-x7");
            assert_int_equal(strlen(kit.proofs[k].evidence.digest), 64);
            assert_int_equal(kit.proofs[k].from_ms > 0, cases[i].level == LEVEL_LOGGED);
        }
        assert_int_equal(kit.picture_bytes, cases[i].level == LEVEL_SCREENSHOT ? 9 : 0);
        kit_close(&kit);
    }
}

static void test_the_same_call_twice(void **state)
{
    struct kit_call call = {.body = NAMED("\"event\":\"shown\""), .id = "m1"};
    struct kit kit;

    (void)state;
    kit_publish(&kit);
    for (int i = 0; i < 3; i++)
        assert_int_equal(kit_call(&kit, &call, NULL), 200);
    assert_int_equal(kit.n_proofs, 1);
    call.id = "m2";
    assert_int_equal(kit_call(&kit, &call, NULL), 200);
    assert_int_equal(kit.n_proofs, 2);
    call.body = NAMED("\"event\":\"playlog\"");
    call.id = "m3"; /* refused: it may come again, mended */
    assert_int_equal(kit_call(&kit, &call, NULL), 400);
    call.body = NAMED("\"event\":\"playlog\",\"from\":1793406590,\"until\":1793406600");
    assert_int_equal(kit_call(&kit, &call, NULL), 200);
    assert_int_equal(kit.n_proofs, 3);
    kit_close(&kit);
}

static void test_signatures(void **state)
{
    static const struct {
        const char *id, *timestamp;
        bool spoiled;
        int status;
    } cases[] = {
        {"m1", "1793406601", false, 200},
        {"m1", "1793406301", false, 200},
        {"m1", "1793406901", false, 200},
        {"m1", "1793406300", false, 401},
        {"m1", "1793406902", false, 401},
        {"m1", "1793406601", true, 401},
        {NULL, "1793406601", false, 401},
        {"m1", NULL, false, 401},
        {"m1", "", false, 401},
        {"m1", "17934066010000000000", false, 401},
        {"m1", "-1793406601", false, 401},
    };
    char *secrets[] = {TEXT("made-up")};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct kit_call call = {.body = NAMED("\"event\":\"shown\""),
                                .id = cases[i].id,
                                .timestamp = cases[i].timestamp};
        struct webhook_message message = {
            .id = cases[i].id ? cases[i].id : "", .body = call.body, .length = strlen(call.body)};
        struct buffer signature BUFFER_FREE_LATER = BUFFER_NULL;
        struct kit kit;

        kit_publish(&kit);
        kit.options.secret = (struct option_strings){.items = secrets, .n = 1};
        message.timestamp = cases[i].timestamp ? strtoll(cases[i].timestamp, NULL, 10) : 0;
        webhook_sign_message(&kit.options.secret, &message, &signature);
        if (cases[i].spoiled)
            signature.data[7] = signature.data[7] == 'A' ? 'B' : 'A';
        call.signature = buffer_text(&signature);
        assert_int_equal(kit_call(&kit, &call, NULL), cases[i].status);
        assert_int_equal(kit.n_proofs, cases[i].status == 200);
        call.signature = NULL;
        call.id = "m2";
        assert_int_equal(kit_call(&kit, &call, NULL), 401);
        kit_close(&kit);
    }
}

/* verify_by = "call": the reply says that the question was taken, the call answers it. */
static void kit_by_call(struct kit *kit)
{
    kit_make(kit);
    kit->options.verify_by = WEBHOOK_BY_CALL;
    kit->options.calls[ADAPTER_VERIFY].path = TEXT("/v?back={callback}");
    kit_open(kit);
    kit_do(kit, ADAPTER_SUBMIT, 200, "");
    kit->job.want = LEVEL_SCREENSHOT;
    kit_do(kit, ADAPTER_VERIFY, 200, "");
    assert_int_equal(kit->verdict.kind, VERDICT_AWAIT);
    assert_int_equal(kit->verdict.wait_ms, 15000);
}

static void kit_told(struct kit *kit)
{
    assert_true(kit_ask(kit, ADAPTER_VERIFY, kit->verdict.step)->nothing);
    kit_hear(kit, 0, "");
}

static void test_calls_that_are_awaited(void **state)
{
    static const struct {
        const char *body;
        enum outcome_kind kind;
        enum outcome_level level;
    } cases[] = {
        {NULL, OUTCOME_DEFERRED, LEVEL_UNKNOWN},
        {NAMED("\"event\":\"shown\""), OUTCOME_SENT, LEVEL_PLAYING},
        {NAMED("\"event\":\"failed\",\"reason\":\"no power\""), OUTCOME_REJECTED, LEVEL_UNKNOWN},
        {NAMED("\"event\":\"screenshot\",\"picture\":\"" PNG64 "\""), OUTCOME_SENT,
         LEVEL_SCREENSHOT},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct kit_call call = {.body = cases[i].body};
        bool awaited = false;
        struct kit kit;

        kit_by_call(&kit);
        if (cases[i].body) {
            assert_int_equal(kit_call(&kit, &call, &awaited), 200);
            assert_true(awaited);
        }
        kit_told(&kit);
        assert_int_equal(kit.verdict.result.outcome.kind, cases[i].kind);
        assert_int_equal(kit.verdict.result.level, cases[i].level);
        assert_true(kit.verdict.healthy);
        assert_int_equal(kit.verdict.result.evidence.picture != NULL,
                         cases[i].level == LEVEL_SCREENSHOT);
        assert_int_equal(strlen(kit.verdict.result.evidence.digest),
                         cases[i].kind == OUTCOME_SENT ? 64 : 0);
        if (cases[i].kind == OUTCOME_REJECTED)
            assert_string_equal(kit.verdict.result.outcome.detail, "no power");
        kit_close(&kit);
    }
}

/* What was told before the question doesn't answer it; nor does a play log, or another slogan. */
static void test_calls_that_are_not(void **state)
{
    struct kit_call shown = {.body = NAMED("\"event\":\"shown\"")};
    struct kit_call log = {.body = NAMED("\"event\":\"playlog\",\"from\":1793406590,"
                                         "\"until\":1793406600")};
    struct kit_call other = {.body = "{\"name\":\"lc-2\",\"event\":\"shown\"}"};
    bool awaited = true;
    struct kit kit;

    (void)state;
    kit_by_call(&kit);
    assert_int_equal(kit_call(&kit, &shown, NULL), 200);
    kit_do(&kit, ADAPTER_VERIFY, 200, "");
    assert_int_equal(kit_call(&kit, &log, &awaited), 200);
    assert_false(awaited);
    strcpy(kit.job.name, "lc-2");
    kit_do(&kit, ADAPTER_SUBMIT, 200, "");
    strcpy(kit.job.name, "lc-1a-x7");
    kit_do(&kit, ADAPTER_VERIFY, 200, "");
    assert_int_equal(kit_call(&kit, &other, &awaited), 200);
    assert_false(awaited);
    kit_told(&kit);
    assert_int_equal(kit.verdict.result.outcome.kind, OUTCOME_DEFERRED);
    kit_close(&kit);
}

/* Without verify_path a failure that was told is still known, until it is published again. */
static void test_failures_are_remembered(void **state)
{
    struct kit_call failed = {.body = NAMED("\"event\":\"failed\"")};
    struct kit kit;

    (void)state;
    kit_publish(&kit);
    assert_int_equal(kit_call(&kit, &failed, NULL), 200);
    kit.talk.job = &kit.job;
    assert_int_equal(kit_do(&kit, ADAPTER_VERIFY, 0, "")->result.outcome.kind, OUTCOME_REJECTED);
    kit_do(&kit, ADAPTER_SUBMIT, 200, "");
    assert_int_equal(kit_do(&kit, ADAPTER_VERIFY, 0, "")->result.outcome.kind, OUTCOME_DEFERRED);
    kit_close(&kit);
}

/* The oldest names and ids go first, and memory stays bounded. */
static void test_many(void **state)
{
    struct kit_call call = {.id = "x"};
    struct kit kit;
    char body[100], id[16];

    (void)state;
    kit_make(&kit);
    kit_open(&kit);
    for (int i = 0; i <= 256; i++) {
        snprintf(kit.job.name, sizeof kit.job.name, "lc-%d-a", i);
        kit_do(&kit, ADAPTER_SUBMIT, 200, "");
    }
    call.body = "{\"name\":\"lc-0-a\",\"event\":\"failed\"}";
    assert_int_equal(kit_call(&kit, &call, NULL), 404);
    call.body = body;
    call.id = id;
    for (int i = 1; i <= 256; i++) {
        snprintf(body, sizeof body, "{\"name\":\"lc-%d-a\",\"event\":\"failed\"}", i);
        snprintf(id, sizeof id, "m%d", i);
        assert_int_equal(kit_call(&kit, &call, NULL), 200);
    }
    kit_close(&kit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_events),
        cmocka_unit_test(test_the_same_call_twice),
        cmocka_unit_test(test_signatures),
        cmocka_unit_test(test_calls_that_are_awaited),
        cmocka_unit_test(test_calls_that_are_not),
        cmocka_unit_test(test_failures_are_remembered),
        cmocka_unit_test(test_many),
    };

    setenv("TZ", "Asia/Shanghai", 1);
    tzset();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
