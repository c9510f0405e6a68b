/* test_webhook_hear: what a platform's answer means. */
#include "tests/unit/webhook_kit.h"

#include <time.h>

#include "gateway/base/utf8.h"

#define PNG64                                                                                      \
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABAQAAAAA3bvkkAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="

static const enum adapter_verb verbs[] = {ADAPTER_SUBMIT, ADAPTER_WITHDRAW, ADAPTER_VERIFY};

static void kit_point(struct kit *kit, enum adapter_verb verb)
{
    kit->options.calls[verb].path = TEXT("/s");
    kit->options.calls[verb].pointer = TEXT("/a");
    kit->options.calls[verb].equals = TEXT("{name}");
}

static void test_statuses(void **state)
{
    static const struct {
        int status;
        enum outcome_kind publish, withdraw, verify;
        bool healthy[3];
    } cases[] = {
        {201, OUTCOME_UNKNOWN, OUTCOME_UNKNOWN, OUTCOME_UNKNOWN, {true, true, true}},
        {301, OUTCOME_DEFERRED, OUTCOME_DEFERRED, OUTCOME_DEFERRED, {false, false, false}},
        {400, OUTCOME_REJECTED, OUTCOME_DEFERRED, OUTCOME_DEFERRED, {true, true, true}},
        {401, OUTCOME_DEFERRED, OUTCOME_DEFERRED, OUTCOME_DEFERRED, {false, false, false}},
        {403, OUTCOME_DEFERRED, OUTCOME_DEFERRED, OUTCOME_DEFERRED, {false, false, false}},
        {404, OUTCOME_DEFERRED, OUTCOME_SENT, OUTCOME_REJECTED, {false, true, true}},
        {405, OUTCOME_DEFERRED, OUTCOME_DEFERRED, OUTCOME_DEFERRED, {false, false, false}},
        {410, OUTCOME_DEFERRED, OUTCOME_SENT, OUTCOME_REJECTED, {false, true, true}},
        {408, OUTCOME_UNKNOWN, OUTCOME_DEFERRED, OUTCOME_DEFERRED, {false, false, false}},
        {425, OUTCOME_DEFERRED, OUTCOME_DEFERRED, OUTCOME_DEFERRED, {true, true, true}},
        {429, OUTCOME_DEFERRED, OUTCOME_DEFERRED, OUTCOME_DEFERRED, {true, true, true}},
        {500, OUTCOME_UNKNOWN, OUTCOME_DEFERRED, OUTCOME_DEFERRED, {false, false, false}},
        {504, OUTCOME_UNKNOWN, OUTCOME_DEFERRED, OUTCOME_DEFERRED, {false, false, false}},
        {503, OUTCOME_DEFERRED, OUTCOME_DEFERRED, OUTCOME_DEFERRED, {false, false, false}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const enum outcome_kind expected[] = {cases[i].publish, cases[i].withdraw, cases[i].verify};

        for (size_t v = 0; v < 3; v++) {
            const struct verdict *verdict;
            struct kit kit;

            kit_make(&kit);
            kit_point(&kit, ADAPTER_VERIFY);
            kit_open(&kit);
            verdict = kit_do(&kit, verbs[v], cases[i].status, "{}");
            assert_int_equal(verdict->kind, VERDICT_END);
            assert_int_equal(verdict->result.outcome.kind, expected[v]);
            assert_int_equal(verdict->healthy, cases[i].healthy[v]);
            if (expected[v] != OUTCOME_SENT)
                assert_int_equal(verdict->result.outcome.code, cases[i].status);
            kit_close(&kit);
        }
    }
}

static void test_values(void **state)
{
    static const struct {
        const char *body;
        enum outcome_kind publish, withdraw, verify;
    } cases[] = {
        {"{\"a\":\"lc-1a-x7\"}", OUTCOME_SENT, OUTCOME_SENT, OUTCOME_SENT},
        {"{\"a\":\"ok\"}", OUTCOME_SENT, OUTCOME_SENT, OUTCOME_SENT},
        {"{\"a\":7}", OUTCOME_SENT, OUTCOME_SENT, OUTCOME_SENT},
        {"{\"a\":\"queued\"}", OUTCOME_SENT, OUTCOME_DEFERRED, OUTCOME_DEFERRED},
        {"{\"a\":\"other\"}", OUTCOME_REJECTED, OUTCOME_DEFERRED, OUTCOME_REJECTED},
        {"{\"a\":[\"x\",\"lc-1a-x7\"]}", OUTCOME_REJECTED, OUTCOME_DEFERRED, OUTCOME_SENT},
        {"{\"a\":[\"queued\",\"x\"]}", OUTCOME_REJECTED, OUTCOME_DEFERRED, OUTCOME_DEFERRED},
        {"{\"a\":[]}", OUTCOME_REJECTED, OUTCOME_DEFERRED, OUTCOME_REJECTED},
        {"{\"a\":{}}", OUTCOME_REJECTED, OUTCOME_DEFERRED, OUTCOME_REJECTED},
        {"{\"b\":1}", OUTCOME_UNKNOWN, OUTCOME_UNKNOWN, OUTCOME_REJECTED},
        {"{\"a\":\"ok\",\"e\":\"full\"}", OUTCOME_REJECTED, OUTCOME_DEFERRED, OUTCOME_DEFERRED},
        {"{\"a\":\"ok\",\"e\":[1]}", OUTCOME_REJECTED, OUTCOME_DEFERRED, OUTCOME_DEFERRED},
        {"{\"a\":\"ok\",\"e\":null}", OUTCOME_SENT, OUTCOME_SENT, OUTCOME_SENT},
        {"{\"a\":\"ok\",\"e\":0}", OUTCOME_SENT, OUTCOME_SENT, OUTCOME_SENT},
        {"{\"a\":\"ok\",\"e\":[]}", OUTCOME_SENT, OUTCOME_SENT, OUTCOME_SENT},
        {"<html>", OUTCOME_UNKNOWN, OUTCOME_UNKNOWN, OUTCOME_UNKNOWN},
        {"", OUTCOME_UNKNOWN, OUTCOME_UNKNOWN, OUTCOME_UNKNOWN},
        /* long enough to be cut inside a character */
        {"{\"a\":\"x法法法法法法法法法法法法法法法法法法法法法法法法法法法法\"}", OUTCOME_REJECTED,
         OUTCOME_DEFERRED, OUTCOME_REJECTED},
    };
    char *any[] = {TEXT("ok"), TEXT("7")}, *pending[] = {TEXT("queued")};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const enum outcome_kind expected[] = {cases[i].publish, cases[i].withdraw, cases[i].verify};

        for (size_t v = 0; v < 3; v++) {
            struct webhook_call_options *call;
            const struct verdict *verdict;
            const char *detail;
            struct kit kit;

            kit_make(&kit);
            kit_point(&kit, verbs[v]);
            call = &kit.options.calls[verbs[v]];
            call->any = (struct option_strings){.items = any, .n = 2};
            call->pending = (struct option_strings){.items = pending, .n = 1};
            call->error = TEXT("/e");
            kit_open(&kit);
            verdict = kit_do(&kit, verbs[v], 200, cases[i].body);
            assert_int_equal(verdict->result.outcome.kind, expected[v]);
            assert_true(verdict->healthy);
            if (expected[v] == OUTCOME_SENT)
                assert_int_equal(verdict->result.level,
                                 verbs[v] == ADAPTER_VERIFY ? LEVEL_STORED : LEVEL_ACCEPTED);
            detail = verdict->result.outcome.detail;
            assert_true(utf8_is_valid(detail, strlen(detail)));
            kit_close(&kit);
        }
    }
}

static void test_more_good_statuses(void **state)
{
    char *statuses[] = {TEXT("202"), TEXT("204")};
    struct kit kit;

    (void)state;
    kit_make(&kit);
    kit.options.calls[ADAPTER_SUBMIT].statuses = (struct option_strings){.items = statuses, .n = 2};
    kit_open(&kit);
    assert_int_equal(kit_do(&kit, ADAPTER_SUBMIT, 204, "")->result.outcome.kind, OUTCOME_SENT);
    assert_int_equal(kit_do(&kit, ADAPTER_SUBMIT, 200, "")->result.outcome.kind, OUTCOME_SENT);
    assert_int_equal(kit_do(&kit, ADAPTER_SUBMIT, 203, "")->result.outcome.kind, OUTCOME_UNKNOWN);
    kit_close(&kit);
}

static void test_nobody_to_ask(void **state)
{
    const struct verdict *verdict;
    struct kit kit;

    (void)state;
    kit_make(&kit);
    kit_open(&kit);
    assert_true(kit_ask(&kit, ADAPTER_VERIFY, 0)->nothing);
    verdict = kit_hear(&kit, 0, "");
    assert_int_equal(verdict->result.outcome.kind, OUTCOME_DEFERRED);
    assert_string_equal(verdict->result.outcome.detail, "not configured");
    assert_true(verdict->healthy);
    kit_close(&kit);
}

static void test_the_platforms_own_ids(void **state)
{
    struct kit kit;

    (void)state;
    kit_make(&kit);
    kit.options.publish_id = TEXT("/data/id");
    kit.options.calls[ADAPTER_WITHDRAW].method = 4;
    kit.options.calls[ADAPTER_WITHDRAW].path = TEXT("/s/{id}");
    kit_open(&kit);
    assert_true(kit_ask(&kit, ADAPTER_WITHDRAW, 0)->nothing); /* a 404 to it would prove nothing */
    assert_int_equal(kit_hear(&kit, 0, "")->result.outcome.kind, OUTCOME_DEFERRED);
    kit_do(&kit, ADAPTER_SUBMIT, 200, "{\"data\":{\"id\":41}}");
    kit_do(&kit, ADAPTER_SUBMIT, 200, "{\"data\":{\"id\":\"a/42\"}}");
    assert_string_equal(buffer_text(&kit_ask(&kit, ADAPTER_WITHDRAW, 0)->path), "/s/a%2F42");
    kit_do(&kit, ADAPTER_SUBMIT, 200, "{\"data\":{\"id\":[]}}");
    kit_do(&kit, ADAPTER_SUBMIT, 200, "{\"data\":{\"id\":\"\"}}");
    assert_string_equal(buffer_text(&kit_ask(&kit, ADAPTER_WITHDRAW, 0)->path), "/s/a%2F42");
    strcpy(kit.job.name, "lc-1b-y"); /* of this slogan only */
    assert_true(kit_ask(&kit, ADAPTER_WITHDRAW, 0)->nothing);
    kit_close(&kit);
}

static void test_levels_and_sight(void **state)
{
    struct kit kit;

    (void)state;
    kit_make(&kit);
    kit_point(&kit, ADAPTER_VERIFY);
    kit.options.verify_level = 1;
    kit.options.power_pointer = TEXT("/power");
    kit.options.clock_pointer = TEXT("/clock");
    kit.options.playing_pointer = TEXT("/now");
    kit_open(&kit);
    kit_do(&kit, ADAPTER_VERIFY, 200,
           "{\"a\":\"lc-1a-x7\",\"power\":false,\"clock\":\"2026-10-31 08:33:01\","
           "\"now\":\"天气\"}");
    assert_int_equal(kit.verdict.result.outcome.kind, OUTCOME_SENT);
    assert_int_equal(kit.verdict.result.level, LEVEL_PLAYING);
    assert_int_equal(kit.sight.power, POWER_ASLEEP);
    assert_true(kit.sight.clock_known);
    assert_int_equal(kit.sight.skew_ms, 180000);
    assert_string_equal(kit.sight.playing, "天气");
    kit_do(&kit, ADAPTER_VERIFY, 200,
           "{\"a\":\"lc-1a-x7\",\"power\":\"ON\",\"clock\":\"never\","
           "\"now\":\"x法法法法法法法法法法法法法法法法法法法法法法法法法法法法\"}");
    assert_int_equal(kit.sight.power, POWER_ON);
    assert_false(kit.sight.clock_known);
    assert_true(utf8_is_valid(kit.sight.playing, strlen(kit.sight.playing)));
    kit_close(&kit);
}

static void test_pictures(void **state)
{
    const struct verdict *verdict;
    struct kit kit;

    (void)state;
    kit_make(&kit);
    kit_point(&kit, ADAPTER_VERIFY);
    kit.options.verify_picture = TEXT("/p");
    kit_open(&kit);
    verdict = kit_do(&kit, ADAPTER_VERIFY, 200, "{\"a\":\"lc-1a-x7\",\"p\":\"" PNG64 "\"}");
    assert_int_equal(verdict->result.level, LEVEL_STORED); /* no further than wanted */
    kit.job.want = LEVEL_SCREENSHOT;
    verdict = kit_do(&kit, ADAPTER_VERIFY, 200, "{\"a\":\"lc-1a-x7\",\"p\":\"" PNG64 "\"}");
    assert_int_equal(verdict->result.level, LEVEL_SCREENSHOT);
    assert_string_equal(verdict->result.evidence.picture_type, "png");
    assert_int_equal(verdict->result.evidence.picture_length, 67);
    verdict = kit_do(&kit, ADAPTER_VERIFY, 200, "{\"a\":\"lc-1a-x7\",\"p\":\"bm8=\"}");
    assert_int_equal(verdict->result.level, LEVEL_STORED);
    assert_null(verdict->result.evidence.picture);
    verdict = kit_do(&kit, ADAPTER_VERIFY, 200, "{\"a\":\"x\",\"p\":\"" PNG64 "\"}");
    assert_int_equal(verdict->result.outcome.kind, OUTCOME_REJECTED);
    kit_close(&kit);
}

static void test_pictures_of_their_own_path(void **state)
{
    static const char png[] = "\x89PNG\r\n\x1a\n rest";
    const struct verdict *verdict;
    struct kit kit;

    (void)state;
    kit_make(&kit);
    kit_point(&kit, ADAPTER_VERIFY);
    kit.options.verify_picture = TEXT("body");
    kit.options.picture_path = TEXT("/shot/{board}");
    kit.job.want = LEVEL_SCREENSHOT;
    kit_open(&kit);
    verdict = kit_do(&kit, ADAPTER_VERIFY, 200, "{\"a\":\"lc-1a-x7\"}");
    assert_int_equal(verdict->kind, VERDICT_GO);
    kit_ask(&kit, ADAPTER_VERIFY, verdict->step);
    assert_string_equal(kit.ask.method, "GET");
    assert_string_equal(buffer_text(&kit.ask.path), "/shot/plaza");
    assert_int_equal(kit.ask.reply_most, HTTP_PICTURE_MAX);
    verdict = kit_hear_bytes(&kit, 200, png, sizeof png - 1);
    assert_int_equal(verdict->result.level, LEVEL_SCREENSHOT);
    assert_memory_equal(verdict->result.evidence.picture, png, sizeof png - 1);
    assert_int_equal(strlen(verdict->result.evidence.digest), 64);
    /* no picture: the list still has it */
    verdict = kit_do(&kit, ADAPTER_VERIFY, 200, "{\"a\":\"lc-1a-x7\"}");
    kit_ask(&kit, ADAPTER_VERIFY, verdict->step);
    verdict = kit_hear(&kit, 500, "no");
    assert_int_equal(verdict->result.outcome.kind, OUTCOME_SENT);
    assert_int_equal(verdict->result.level, LEVEL_STORED);
    kit_close(&kit);
}

static void test_probes(void **state)
{
    static const struct {
        int status;
        enum outcome_kind kind;
    } cases[] = {{200, OUTCOME_SENT},     {204, OUTCOME_SENT},     {404, OUTCOME_SENT},
                 {405, OUTCOME_SENT},     {401, OUTCOME_DEFERRED}, {410, OUTCOME_DEFERRED},
                 {301, OUTCOME_DEFERRED}, {503, OUTCOME_DEFERRED}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct verdict *verdict;
        struct kit kit;

        kit_make(&kit);
        kit.job = (struct adapter_job){.verb = ADAPTER_PROBE, .want = LEVEL_ACCEPTED};
        kit_open(&kit);
        verdict = kit_do(&kit, ADAPTER_PROBE, cases[i].status, "");
        assert_int_equal(verdict->result.outcome.kind, cases[i].kind);
        assert_int_equal(verdict->healthy, cases[i].kind == OUTCOME_SENT);
        kit.job.want = LEVEL_UNKNOWN; /* nobody was asked, so nobody has answered */
        verdict = kit_do(&kit, ADAPTER_PROBE, cases[i].status, "");
        assert_int_equal(verdict->result.outcome.kind, OUTCOME_DEFERRED);
        assert_true(verdict->healthy);
        kit_close(&kit);
    }
}

static void test_gbk_replies(void **state)
{
    struct kit kit;

    (void)state;
    kit_make(&kit);
    kit.options.charset = WEBHOOK_GBK;
    kit_point(&kit, ADAPTER_VERIFY);
    kit.options.calls[ADAPTER_VERIFY].equals = TEXT("{text}");
    kit.job.text = "宪法";
    kit_open(&kit);
    assert_int_equal(
        kit_do(&kit, ADAPTER_VERIFY, 200, "{\"a\":\"\xcf\xdc\xb7\xa8\"}")->result.outcome.kind,
        OUTCOME_SENT);
    assert_int_equal(kit_do(&kit, ADAPTER_VERIFY, 200, "{\"a\":\"\xff\"}")->result.outcome.kind,
                     OUTCOME_UNKNOWN);
    kit_close(&kit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_statuses),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_more_good_statuses),
        cmocka_unit_test(test_nobody_to_ask),
        cmocka_unit_test(test_the_platforms_own_ids),
        cmocka_unit_test(test_levels_and_sight),
        cmocka_unit_test(test_pictures),
        cmocka_unit_test(test_pictures_of_their_own_path),
        cmocka_unit_test(test_probes),
        cmocka_unit_test(test_gbk_replies),
    };

    setenv("TZ", "Asia/Shanghai", 1);
    tzset();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
