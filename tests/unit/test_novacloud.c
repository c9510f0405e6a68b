/* test_novacloud: what the dialect of the NovaCloud platform writes and signs, and what it makes of
 * each answer and call.
 * Runs: any. */
#include "tests/unit/talk_kit.h"

#include "adapters/display/kinds/novacloud.h"
#include "adapters/display/kinds/novacloud_call.h"

static char key[] = "app_key", secret[] = "app_secret", player[] = "p1";

#define ONLINE    "[{\"playerId\":\"p0\",\"onlineStatus\":0},{\"playerId\":\"p1\",\"onlineStatus\":1}]"
#define OFFLINE   "[{\"playerId\":\"p1\",\"sn\":\"BZ1\",\"onlineStatus\":0}]"
#define TAKEN     "{\"success\":[\"p1\"],\"fail\":[]}"
#define FAILED    "{\"success\":[],\"fail\":[\"p1\"]}"
#define PAGE_PATH "/v2/player/emergency-program/page"

struct desk {
    struct novacloud_options options;
    struct talk_kit kit;
};

static int desk_setup(void **state)
{
    struct desk *desk = mem_new(struct desk);

    desk->options = (struct novacloud_options){key, secret, player};
    talk_kit_init(&desk->kit, "novacloud", &desk->options);
    *state = desk;
    return 0;
}

static int desk_teardown(void **state)
{
    struct desk *desk = *state;

    talk_kit_free(&desk->kit);
    free(desk);
    return 0;
}

static void test_signature(void **state)
{
    struct talk_kit *kit = &((struct desk *)*state)->kit;
    struct ask ask = {0};

    kit->talk.now_ms = 1672531200999;
    strcpy(kit->talk.nonce, "NONCE1234567890");
    kit->talk.step = STEP_ONLINE;
    kit->dialect->ask(&kit->talk, &ask);
    assert_string_equal(talk_header(&ask, "AppKey"), "app_key");
    assert_string_equal(talk_header(&ask, "Nonce"), "NONCE1234567890");
    assert_string_equal(talk_header(&ask, "CurTime"), "1672531200");
    assert_string_equal(talk_header(&ask, "CheckSum"),
                        "9aa2b74d38971eae2ecb504ac371968c197d1126884437a04d2c58f9a061f690");
    assert_string_equal(buffer_text(&ask.body), "{\"playerIds\":[\"p1\"]}");
    ask_free(&ask);
}

static void test_publishes(void **state)
{
    struct talk_kit *kit = &((struct desk *)*state)->kit;
    struct jv *said;

    assert_int_equal(talk_kit_play(kit, ADAPTER_SUBMIT, ONLINE, TAKEN), OUTCOME_SENT);
    assert_int_equal(kit->result.level, LEVEL_ACCEPTED);
    assert_turn(kit, 0, "POST", "/v2/player/current/online-status");
    assert_turn(kit, 1, "POST", PAGE_PATH);
    assert_true(kit->turns[1].changes);
    said = talk_kit_said(kit, 1);
    assert_says(said, "/playerIds/0", "p1");
    assert_says(said, "/attribute/spotsType", "IMMEDIATELY");
    assert_says(said, "/attribute/normalProgramStatus", "PAUSE");
    assert_says(said, "/attribute/duration", "60000");
    assert_says(said, "/page/name", "lc-z-1a2b3c");
    assert_says(said, "/page/widgets/0/type", "ARCH_TEXT");
    assert_says(said, "/page/widgets/0/displayType", "SCROLL");
    assert_says(said, "/page/widgets/0/duration", "60000");
    assert_says(said, "/page/widgets/0/lines/0/textAttributes/0/content", "学法守法");
    assert_says(said, "/page/widgets/0/layout/height", "100%");
    jv_free(said);
}

struct scene {
    enum adapter_verb verb;
    enum outcome_kind kind;
    const char *online, *answer;
    const char *says;
};

static void test_answers(void **state)
{
    static const struct scene scenes[] = {
        {ADAPTER_SUBMIT, OUTCOME_DEFERRED, OFFLINE, NULL, "not connected"},
        {ADAPTER_SUBMIT, OUTCOME_DEFERRED, "[]", NULL, "doesn't know our player"},
        {ADAPTER_SUBMIT, OUTCOME_DEFERRED, "<html>", NULL, "doesn't know our player"},
        {ADAPTER_SUBMIT, OUTCOME_DEFERRED, "[{\"playerId\":7}]", NULL, "doesn't know our player"},
        {ADAPTER_SUBMIT, OUTCOME_DEFERRED, ONLINE, FAILED, "could not hand it"},
        {ADAPTER_SUBMIT, OUTCOME_UNKNOWN, ONLINE, "{}", "doesn't name our player"},
        {ADAPTER_SUBMIT, OUTCOME_UNKNOWN, ONLINE, "", "doesn't name our player"},
        {ADAPTER_SUBMIT, OUTCOME_UNKNOWN, ONLINE, "{\"success\":[\"p2\"]}", "doesn't name"},
        {ADAPTER_PROBE, OUTCOME_DEFERRED, OFFLINE, NULL, "not connected"},
        {ADAPTER_PROBE, OUTCOME_SENT, ONLINE, NULL, ""},
    };
    struct talk_kit *kit = &((struct desk *)*state)->kit;

    for (size_t i = 0; i < sizeof scenes / sizeof *scenes; i++) {
        const char *bodies[] = {scenes[i].online, scenes[i].answer};

        assert_int_equal(talk_kit_play_all(kit, scenes[i].verb, bodies, scenes[i].answer ? 2 : 1),
                         scenes[i].kind);
        assert_non_null(strstr(kit->result.outcome.detail, scenes[i].says));
        assert_int_equal(kit->healthy, scenes[i].kind == OUTCOME_SENT);
    }
}

struct refusal {
    int step, status;
    enum outcome_kind kind;
    bool healthy;
    int asked;
};

static void refuse(void *ctx, const struct ask *ask, struct talk_answer *answer)
{
    struct refusal *refusal = ctx;

    (void)ask;
    if (refusal->asked++ == refusal->step)
        answer->status = refusal->status;
    else
        buffer_add_text(&answer->body, ONLINE);
}

static void test_statuses(void **state)
{
    static const struct refusal cases[] = {
        {0, 400, OUTCOME_DEFERRED, false, 0}, {0, 401, OUTCOME_DEFERRED, false, 0},
        {0, 403, OUTCOME_DEFERRED, false, 0}, {0, 429, OUTCOME_DEFERRED, true, 0},
        {0, 500, OUTCOME_DEFERRED, false, 0}, {1, 400, OUTCOME_REJECTED, true, 0},
        {1, 401, OUTCOME_DEFERRED, false, 0}, {1, 403, OUTCOME_DEFERRED, false, 0},
        {1, 406, OUTCOME_REJECTED, true, 0},  {1, 429, OUTCOME_DEFERRED, true, 0},
        {1, 500, OUTCOME_UNKNOWN, false, 0},  {1, 502, OUTCOME_UNKNOWN, false, 0},
        {1, 503, OUTCOME_DEFERRED, false, 0}, {1, 504, OUTCOME_UNKNOWN, false, 0},
        {1, 301, OUTCOME_DEFERRED, false, 0},
    };
    struct talk_kit *kit = &((struct desk *)*state)->kit;

    kit->device = refuse;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct refusal refusal = cases[i];

        kit->ctx = &refusal;
        assert_int_equal(talk_kit_run(kit, ADAPTER_SUBMIT), cases[i].kind);
        assert_int_equal(kit->result.outcome.code, cases[i].status);
        assert_int_equal(kit->healthy, cases[i].healthy);
        assert_int_equal(kit->result.outcome.wait_ms, cases[i].status == 429 ? 60000 : 0);
    }
}

/* What may be up after an answer that says nothing is cancelled; what surely isn't, is not. */
static void test_withdraws(void **state)
{
    struct talk_kit *kit = &((struct desk *)*state)->kit;

    assert_int_equal(talk_kit_play(kit, ADAPTER_SUBMIT, ONLINE, "{}"), OUTCOME_UNKNOWN);
    assert_int_equal(talk_kit_play_all(kit, ADAPTER_VERIFY, NULL, 0), OUTCOME_REJECTED);
    assert_int_equal(talk_kit_play(kit, ADAPTER_WITHDRAW, FAILED), OUTCOME_DEFERRED);
    assert_int_equal(talk_kit_play(kit, ADAPTER_WITHDRAW, "{}"), OUTCOME_DEFERRED);
    assert_int_equal(talk_kit_play(kit, ADAPTER_WITHDRAW, TAKEN), OUTCOME_SENT);
    assert_turn(kit, 0, "POST", "/v2/player/emergency-program/cancel");
    strcpy(kit->job.name, "lc-y-1a2b3c");
    talk_kit_play(kit, ADAPTER_SUBMIT, ONLINE, TAKEN);
    assert_int_equal(talk_kit_play(kit, ADAPTER_WITHDRAW, TAKEN), OUTCOME_SENT);
    assert_int_equal(talk_kit_play_all(kit, ADAPTER_WITHDRAW, NULL, 0), OUTCOME_SENT);
    talk_kit_play(kit, ADAPTER_SUBMIT, ONLINE, FAILED);
    assert_int_equal(talk_kit_play_all(kit, ADAPTER_WITHDRAW, NULL, 0), OUTCOME_SENT);
}

/* The platform's no is about the new page: the old one is up still, and can be taken off. */
static void test_refusals_leave_the_page_before(void **state)
{
    static const struct refusal cases[] = {{1, 400, OUTCOME_REJECTED, true, 0},
                                           {1, 403, OUTCOME_DEFERRED, false, 0},
                                           {1, 429, OUTCOME_DEFERRED, true, 0}};
    struct talk_kit *kit = &((struct desk *)*state)->kit;

    for (size_t i = 0; i <= sizeof cases / sizeof *cases; i++) {
        struct refusal refusal = cases[i ? i - 1 : 0];

        assert_int_equal(talk_kit_play(kit, ADAPTER_SUBMIT, ONLINE, TAKEN), OUTCOME_SENT);
        kit->device = refuse;
        kit->ctx = &refusal;
        if (i)
            assert_int_equal(talk_kit_run(kit, ADAPTER_SUBMIT), refusal.kind);
        else
            assert_int_equal(talk_kit_play(kit, ADAPTER_SUBMIT, ONLINE, FAILED), OUTCOME_DEFERRED);
        assert_int_equal(talk_kit_play(kit, ADAPTER_VERIFY, ONLINE), OUTCOME_SENT);
        assert_int_equal(talk_kit_play(kit, ADAPTER_WITHDRAW, TAKEN), OUTCOME_SENT);
        assert_turn(kit, 0, "POST", "/v2/player/emergency-program/cancel");
    }
}

/* One whose reply was lost may be up, or the one before it. */
static void test_doubt_is_about_both_pages(void **state)
{
    struct talk_kit *kit = &((struct desk *)*state)->kit;

    talk_kit_play(kit, ADAPTER_SUBMIT, ONLINE, TAKEN);
    strcpy(kit->job.name, "lc-y-1a2b3c");
    assert_int_equal(talk_kit_play(kit, ADAPTER_SUBMIT, ONLINE, "{}"), OUTCOME_UNKNOWN);
    strcpy(kit->job.name, "lc-z-1a2b3c");
    assert_int_equal(talk_kit_play(kit, ADAPTER_WITHDRAW, TAKEN), OUTCOME_SENT);
    assert_turn(kit, 0, "POST", "/v2/player/emergency-program/cancel");
    assert_int_equal(talk_kit_play_all(kit, ADAPTER_WITHDRAW, NULL, 0), OUTCOME_SENT);
}

/* It may come to the player after it was cancelled: cancelled again as often as it is asked for. */
static void test_doubt_outlives_a_withdrawal(void **state)
{
    struct talk_kit *kit = &((struct desk *)*state)->kit;

    assert_int_equal(talk_kit_play(kit, ADAPTER_SUBMIT, ONLINE, "{}"), OUTCOME_UNKNOWN);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(talk_kit_play(kit, ADAPTER_WITHDRAW, TAKEN), OUTCOME_SENT);
        assert_turn(kit, 0, "POST", "/v2/player/emergency-program/cancel");
    }
    assert_int_equal(talk_kit_play_all(kit, ADAPTER_VERIFY, NULL, 0), OUTCOME_REJECTED);
    talk_kit_play(kit, ADAPTER_SUBMIT, ONLINE, TAKEN); /* a second one does not undo the first */
    for (int i = 0; i < 2; i++)
        assert_int_equal(talk_kit_play(kit, ADAPTER_WITHDRAW, TAKEN), OUTCOME_SENT);
    kit->talk.now_ms = kit->job.until_ms;
    assert_int_equal(talk_kit_play_all(kit, ADAPTER_WITHDRAW, NULL, 0), OUTCOME_SENT);
}

static void test_first_withdrawal_of_a_run(void **state)
{
    struct talk_kit *kit = &((struct desk *)*state)->kit;

    kit->talk.now_ms = kit->job.until_ms; /* it ended by itself */
    assert_int_equal(talk_kit_play_all(kit, ADAPTER_WITHDRAW, NULL, 0), OUTCOME_SENT);
    kit->talk.now_ms = kit->job.until_ms - 1;
    assert_int_equal(talk_kit_play(kit, ADAPTER_WITHDRAW, TAKEN), OUTCOME_SENT);
}

static void test_checks(void **state)
{
    struct talk_kit *kit = &((struct desk *)*state)->kit;

    assert_int_equal(talk_kit_play_all(kit, ADAPTER_VERIFY, NULL, 0), OUTCOME_REJECTED);
    talk_kit_play(kit, ADAPTER_SUBMIT, ONLINE, TAKEN);
    kit->job.want = LEVEL_SCREENSHOT; /* without a listener no better than accepted */
    assert_int_equal(talk_kit_play(kit, ADAPTER_VERIFY, ONLINE), OUTCOME_SENT);
    assert_int_equal(kit->result.level, LEVEL_ACCEPTED);
    assert_int_equal(talk_kit_play(kit, ADAPTER_VERIFY, OFFLINE), OUTCOME_DEFERRED);
    kit->talk.now_ms = kit->job.until_ms;
    assert_int_equal(talk_kit_play_all(kit, ADAPTER_VERIFY, NULL, 0), OUTCOME_REJECTED);
}

/* Captures need a permission: without it the reading goes on, and doesn't ask again. */
static void no_permission(void *ctx, const struct ask *ask, struct talk_answer *answer)
{
    (void)ctx;
    if (strstr(buffer_text(&ask->path), "running-status") ||
        strstr(buffer_text(&ask->path), "screen-capture"))
        answer->status = 403;
    else
        buffer_add_text(&answer->body, ONLINE);
}

static void test_no_permission(void **state)
{
    struct talk_kit *kit = &((struct desk *)*state)->kit;

    talk_kit_play(kit, ADAPTER_SUBMIT, ONLINE, TAKEN);
    kit->talk.callback = "http://127.0.0.1:9/b";
    kit->job.want = LEVEL_SCREENSHOT;
    kit->device = no_permission;
    assert_int_equal(talk_kit_run(kit, ADAPTER_VERIFY), OUTCOME_SENT);
    assert_int_equal(kit->n_turns, 3);
    assert_int_equal(kit->result.level, LEVEL_ACCEPTED);
    assert_int_equal(talk_kit_run(kit, ADAPTER_VERIFY), OUTCOME_SENT);
    assert_int_equal(kit->n_turns, 1);
}

/* ---- calls ---- */

static bool call(struct talk_kit *kit, const char *path, const char *body, int *status)
{
    struct adapter_call made = {"POST", path, body, strlen(body), NULL, NULL};
    struct adapter_answer answer = {.status = 404};
    bool awaited = kit->dialect->called(&kit->talk, &made, &answer, NULL, NULL);

    *status = answer.status;
    if (answer.status == 200)
        assert_string_equal(buffer_text(&answer.body), "ok");
    buffer_free(&answer.body);
    return awaited;
}

#define SHOT(id, url) "{\"playerId\":\"" id "\",\"screenShotUrl\":\"" url "\"}"

static void test_captures(void **state)
{
    static const struct {
        const char *path, *body;
        int status;
        bool awaited;
    } cases[] = {
        {"/capture", SHOT("p1", "https://oss.example/1.png"), 200, true},
        {"/capture", "{\"data\":" SHOT("p1", "https://oss.example/1.png") "}", 200, true},
        {"/capture", SHOT("p2", "https://oss.example/1.png"), 200, false},
        {"/capture", SHOT("p1", "file:///etc/passwd"), 200, false},
        {"/capture", "{\"playerId\":\"p1\"}", 200, false},
        {"/capture", "{\"playerId\":7,\"screenShotUrl\":[]}", 200, false},
        {"/capture", "7", 200, false},
        {"/capture", "nonsense", 400, false},
        {"/status", SHOT("p1", "https://oss.example/1.png"), 200, false},
        {"/other", "{}", 404, false},
    };
    struct talk_kit *kit = &((struct desk *)*state)->kit;
    struct novacloud *memory = kit->talk.memory;
    int status;

    kit->talk.step = STEP_CAPTURE;
    assert_false(call(kit, "/capture", cases[0].body, &status)); /* nobody has asked for it */
    assert_string_equal(memory->image, "");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        memory->captures = true;
        assert_int_equal(call(kit, cases[i].path, cases[i].body, &status), cases[i].awaited);
        assert_int_equal(status, cases[i].status);
    }
    assert_string_equal(memory->image, "https://oss.example/1.png");
}

/* A stranger's host sees neither key nor signature. */
static void test_fetches_bare(void **state)
{
    struct talk_kit *kit = &((struct desk *)*state)->kit;
    struct novacloud *memory = kit->talk.memory;
    struct ask ask = {0};

    strcpy(memory->image, "https://oss.example/1.png");
    kit->talk.step = STEP_IMAGE;
    kit->dialect->ask(&kit->talk, &ask);
    assert_true(ask.absolute);
    assert_int_equal(ask.n_headers, 0);
    assert_string_equal(ask.method, "GET");
    assert_string_equal(buffer_text(&ask.path), "https://oss.example/1.png");
    ask_free(&ask);
}

static void test_told(void **state)
{
    static const struct {
        const char *told;
        enum sight_power power;
        int64_t wall_ms; /* -1: none */
    } cases[] = {
        {"{\"screenPowerStatus\":\"OPEN\",\"timeValue\":1793406600000}", POWER_ON, 1793406600000},
        {"{\"data\":{\"screenPowerStatus\":{\"status\":\"CLOSE\"},\"timeValue\":"
         "{\"time\":\"2026-10-31 08:30:00\"}}}",
         POWER_ASLEEP, 1793406600000},
        {"[{\"screenpowerstatus\":1,\"timeValue\":\"1793406600\"}]", POWER_ON, 1793406600000},
        {"{\"screenPowerStatus\":false,\"timeValue\":\"2026-10-31T08:30:00\"}", POWER_ASLEEP,
         1793406600000},
        {"{\"screenPowerStatus\":\"?\",\"timeValue\":\"2026-10-31 08:30\"}", POWER_UNKNOWN, -1},
        {"{\"screenPowerStatus\":null,\"timeValue\":12}", POWER_UNKNOWN, -1},
        {"{\"a\":{\"b\":{\"c\":{\"d\":{\"timeValue\":1793406600000}}}}}", POWER_UNKNOWN, -1},
        {"7", POWER_UNKNOWN, -1},
    };
    (void)state;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct jv *told = jv_parse(cases[i].told, strlen(cases[i].told), NULL);
        const struct jv *time = novacloud_find(told, "timeValue");
        int64_t wall_ms = -1;

        if (time && novacloud_time(time, &wall_ms))
            wall_ms = -1;
        assert_int_equal(novacloud_power(told), cases[i].power);
        assert_int_equal(wall_ms, cases[i].wall_ms);
        jv_free(told);
    }
}

static void test_options(void **state)
{
    const struct option_kind *kind = &adapter_find("novacloud")->kind;
    struct novacloud_options bad = {key, secret, player};
    char broken[] = "a\nb", why[200];

    (void)state;
    assert_int_equal(kind->check(&bad, why, sizeof why), 0);
    bad.secret = broken;
    assert_int_equal(kind->check(&bad, why, sizeof why), 1);
    assert_int_equal(strncmp(why, "secret ", 7), 0);
    assert_int_equal(kind->traits->level_most(&bad, false), LEVEL_ACCEPTED);
    assert_int_equal(kind->traits->level_most(&bad, true), LEVEL_SCREENSHOT);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, desk_setup, desk_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(test_signature),
        WITH(test_publishes),
        WITH(test_answers),
        WITH(test_statuses),
        WITH(test_withdraws),
        WITH(test_refusals_leave_the_page_before),
        WITH(test_doubt_is_about_both_pages),
        WITH(test_doubt_outlives_a_withdrawal),
        WITH(test_first_withdrawal_of_a_run),
        WITH(test_checks),
        WITH(test_no_permission),
        WITH(test_captures),
        WITH(test_fetches_bare),
        WITH(test_told),
        cmocka_unit_test(test_options),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
