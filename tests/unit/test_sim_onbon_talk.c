/* test_sim_onbon_talk: the dialects of both Onbon families against the simulated boards, which were
 * written from the documents and not from the dialects.
 * Runs: any. */
#include "tests/unit/talk_kit.h"

#include "adapters/display/kinds/onbon_y_options.h"
#include "tests/sim/board.h"

enum { EVENTS_MOST = 64 };

/* As the kind's own table has them. */
struct k_options {
    int model;
    int64_t area, address;
};

struct rig {
    struct talk_kit kit;
    const struct board_kind *kind;
    struct board_spec spec;
    void *state;
    int64_t now;
    struct buffer told; /* "+text@0 -text@60 " in seconds since morning */
    struct onbon_y_options y;
    struct k_options k;
};

static void rig_view(void *ctx, const struct board_view *view)
{
    struct rig *rig = ctx;

    buffer_printf(&rig->told, "%s%s@%lld ", view->shown ? "+" : "-", view->text,
                  (long long)(view->t - talk_morning) / 1000);
}

static const char *rig_query(const struct board_request *request, const char *name)
{
    (void)request;
    (void)name;
    return NULL;
}

static void rig_device(void *ctx, const struct ask *ask, struct talk_answer *answer)
{
    struct rig *rig = ctx;
    struct board_request request = {.method = rig->kind->tcp ? "" : "POST",
                                    .path = buffer_text(&ask->path),
                                    .body = buffer_text(&ask->body),
                                    .length = ask->body.length,
                                    .query = rig_query};
    struct board_reply reply = {0};

    if (ask->method)
        request.method = ask->method;
    rig->now += ask->wait_ms;
    rig->kit.talk.now_ms = rig->now;
    rig->kind->advance(rig->state, rig->now);
    rig->kind->request(rig->state, &request, rig->now, &reply);
    answer->status = rig->kind->tcp ? 200 : (int)reply.status;
    buffer_free(&answer->body);
    answer->body = reply.body;
}

static void rig_open(struct rig *rig, const char *kind, const char *option, const char *value)
{
    struct board_screen screen = {.view = rig_view, .ctx = rig};
    static char user[] = "guest", password[] = "secret-of-the-test", font[] = "SimSun";

    rig->y = (struct onbon_y_options){user, password, font};
    rig->kind = board_kind_find(kind);
    rig->now = talk_morning;
    rig->spec = (struct board_spec){.width = 192, .height = 64, .options = jv_object()};
    jv_put(rig->spec.options, "password", jv_string(password));
    if (option)
        jv_put(rig->spec.options, option, jv_string(value));
    talk_kit_init(&rig->kit, kind, strcmp(kind, "onbon-y") == 0 ? (void *)&rig->y : &rig->k);
    rig->kit.device = rig_device;
    rig->kit.ctx = rig;
    rig->state = rig->kind->create(&rig->spec, &screen);
}

static struct rig *rig_new(const char *kind)
{
    struct rig *rig = mem_new(struct rig);

    rig->k = (struct k_options){.model = 1, .address = 1};
    rig_open(rig, kind, NULL, NULL);
    return rig;
}

static int y_setup(void **state)
{
    *state = rig_new("onbon-y");
    return 0;
}

static int k_setup(void **state)
{
    *state = rig_new("onbon-k");
    return 0;
}

static int rig_teardown(void **state)
{
    struct rig *rig = *state;

    rig->kind->release(rig->state);
    jv_free(rig->spec.options);
    buffer_free(&rig->told);
    talk_kit_free(&rig->kit);
    free(rig);
    return 0;
}

static void rig_runs(struct rig *rig, enum adapter_verb verb, enum outcome_kind kind)
{
    rig->kit.talk.now_ms = rig->now;
    assert_int_equal(talk_kit_run(&rig->kit, verb), kind);
}

static void rig_pass(struct rig *rig, int64_t ms)
{
    rig->now += ms;
    rig->kind->advance(rig->state, rig->now);
}

static void assert_told(struct rig *rig, const char *told)
{
    assert_string_equal(buffer_text(&rig->told), told);
    buffer_clear(&rig->told);
}

static size_t rig_stored(const struct rig *rig)
{
    struct jv *names = jv_array();
    size_t n;

    rig->kind->list(rig->state, names);
    n = jv_size(names);
    jv_free(names);
    return n;
}

/* Both: once however often it is asked for, gone when withdrawn, gone at its end by itself. */
static void test_life(void **state)
{
    struct rig *rig = *state;

    rig_runs(rig, ADAPTER_VERIFY, OUTCOME_REJECTED);
    rig_runs(rig, ADAPTER_SUBMIT, OUTCOME_SENT);
    assert_told(rig, "+学法守法@0 ");
    rig_pass(rig, 10000);
    rig_runs(rig, ADAPTER_VERIFY, OUTCOME_SENT);
    assert_int_equal(rig->kit.result.level, LEVEL_STORED);
    assert_int_equal(rig->kit.sight.power, POWER_ON);
    assert_true(rig->kit.sight.clock_known);
    assert_int_equal(rig->kit.sight.skew_ms, 0);
    rig_runs(rig, ADAPTER_SUBMIT, OUTCOME_SENT);
    buffer_clear(&rig->told);
    assert_int_equal(rig_stored(rig), 1);
    rig_runs(rig, ADAPTER_WITHDRAW, OUTCOME_SENT);
    assert_told(rig, "-学法守法@10 ");
    assert_int_equal(rig_stored(rig), 0);
    rig_runs(rig, ADAPTER_WITHDRAW, OUTCOME_SENT);
    rig_runs(rig, ADAPTER_SUBMIT, OUTCOME_SENT);
    rig_pass(rig, 100000);
    assert_told(rig, "+学法守法@10 -学法守法@60 ");
}

static void test_sleep_and_skew(void **state)
{
    struct rig *rig = *state;

    rig_runs(rig, ADAPTER_SUBMIT, OUTCOME_SENT);
    rig->kind->trick(rig->state, TRICK_SLEEP, true, rig->now);
    rig->kind->skew(rig->state, -300000, rig->now);
    rig->kit.job.want = LEVEL_SCREENSHOT;
    rig_runs(rig, ADAPTER_VERIFY, OUTCOME_SENT);
    assert_int_equal(rig->kit.result.level, LEVEL_STORED);
    assert_int_equal(rig->kit.sight.power, POWER_ASLEEP);
    assert_int_equal(rig->kit.sight.skew_ms, -300000);
    rig_runs(rig, ADAPTER_PROBE, OUTCOME_SENT);
    assert_int_equal(rig->kit.sight.power, POWER_ASLEEP);
    assert_true(rig->kit.healthy);
}

static void test_lies(void **state)
{
    struct rig *rig = *state;

    rig->kind->trick(rig->state, TRICK_LIE, true, rig->now);
    rig_runs(rig, ADAPTER_SUBMIT, OUTCOME_SENT);
    rig_runs(rig, ADAPTER_VERIFY, OUTCOME_REJECTED);
    assert_told(rig, "");
}

static void test_owner_stays(void **state)
{
    struct rig *rig = *state;

    rig->kind->own(rig->state, "price", "白菜 1.20", rig->now);
    rig->kit.job.slot = 0; /* where the owner is */
    rig_runs(rig, ADAPTER_SUBMIT, OUTCOME_SENT);
    assert_int_equal(rig_stored(rig), 2);
    rig_runs(rig, ADAPTER_WITHDRAW, OUTCOME_SENT);
    assert_int_equal(rig_stored(rig), 1);
}

static void test_y_power_cut(void **state)
{
    struct rig *rig = *state;

    rig_runs(rig, ADAPTER_SUBMIT, OUTCOME_SENT);
    rig->kind->power_off(rig->state, rig->now + 1000);
    rig->kind->power_on(rig->state, rig->now + 2000);
    assert_told(rig, "+学法守法@0 -学法守法@1 +学法守法@2 ");
    rig->now += 2000;
    memset(rig->kit.talk.memory, 0, rig->kit.dialect->memory); /* sessions are over */
    rig_runs(rig, ADAPTER_WITHDRAW, OUTCOME_SENT);
    assert_int_equal(rig_stored(rig), 0);
}

static void test_k_power_cut(void **state)
{
    struct rig *rig = *state;

    rig_runs(rig, ADAPTER_SUBMIT, OUTCOME_SENT);
    rig->kind->power_off(rig->state, rig->now + 1000);
    rig->kind->power_on(rig->state, rig->now + 2000);
    assert_told(rig, "+学法守法@0 -学法守法@1 ");
    rig->now += 2000;
    rig_runs(rig, ADAPTER_VERIFY, OUTCOME_REJECTED);
}

/* The list proves 2, the picture 4; an earlier picture isn't taken for a new one. */
static void test_y_picture(void **state)
{
    struct rig *rig = *state;

    rig->kit.job.want = LEVEL_SCREENSHOT;
    rig_runs(rig, ADAPTER_SUBMIT, OUTCOME_SENT);
    for (int i = 0; i < 2; i++) {
        const struct evidence *evidence = &rig->kit.result.evidence;

        rig_pass(rig, 5000);
        rig_runs(rig, ADAPTER_VERIFY, OUTCOME_SENT);
        assert_int_equal(rig->kit.result.level, LEVEL_SCREENSHOT);
        assert_string_equal(evidence->picture_type, "png");
        assert_int_equal(strlen(evidence->digest), 64);
        assert_non_null(memmem(evidence->picture, evidence->picture_length, "学法守法", 12));
    }
    rig_pass(rig, 60000);
    rig_runs(rig, ADAPTER_VERIFY, OUTCOME_SENT); /* stored, and its window is over */
    assert_null(memmem(rig->kit.result.evidence.picture, rig->kit.result.evidence.picture_length,
                       "学法守法", 12));
    assert_int_equal(rig->kit.sight.width, 192);
    assert_string_equal(rig->kit.sight.firmware, "sim-1");
}

/* Two bulletins, each inside its day; nothing is left after the end, though nobody withdraws. */
static void test_y_midnight(void **state)
{
    struct rig *rig = *state;

    rig->kit.job.from_ms = talk_morning;
    rig->kit.job.until_ms = talk_morning + 16 * INT64_C(3600000);
    rig->kit.job.limit_ms = rig->kit.job.until_ms;
    rig_runs(rig, ADAPTER_SUBMIT, OUTCOME_SENT);
    assert_int_equal(rig_stored(rig), 2);
    rig_pass(rig, INT64_C(96) * 3600000);
    assert_told(rig, "+学法守法@0 -学法守法@55800 +学法守法@55800 -学法守法@57600 ");
    rig_runs(rig, ADAPTER_WITHDRAW, OUTCOME_SENT);
    assert_int_equal(rig_stored(rig), 0);
}

static void test_y_login(void **state)
{
    static char wrong[] = "wrong";
    struct rig *rig = *state;

    rig->y.password = wrong;
    rig_runs(rig, ADAPTER_SUBMIT, OUTCOME_DEFERRED);
    assert_int_equal(rig->kit.result.outcome.code, 22);
    assert_string_equal(rig->kit.result.outcome.detail,
                        "login: error 22, wrong password (Password error)");
    rig->y.user = wrong;
    rig_runs(rig, ADAPTER_SUBMIT, OUTCOME_DEFERRED);
    assert_int_equal(rig->kit.result.outcome.code, 21);
}

/* After a restart of ours nothing is known of the area but its id. */
static void test_k_restart(void **state)
{
    struct rig *rig = *state;

    rig_runs(rig, ADAPTER_SUBMIT, OUTCOME_SENT);
    memset(rig->kit.talk.memory, 0, rig->kit.dialect->memory);
    rig_runs(rig, ADAPTER_SUBMIT, OUTCOME_DEFERRED);
    assert_true(rig->kit.healthy);
    rig_runs(rig, ADAPTER_VERIFY, OUTCOME_SENT);
    rig_runs(rig, ADAPTER_SUBMIT, OUTCOME_SENT);
    memset(rig->kit.talk.memory, 0, rig->kit.dialect->memory);
    rig_runs(rig, ADAPTER_WITHDRAW, OUTCOME_SENT);
    assert_int_equal(rig_stored(rig), 0);
}

static void test_k_foreign_area(void **state)
{
    struct rig *rig = *state;

    rig->kind->own(rig->state, "area-0", "白菜 1.20", rig->now);
    rig_runs(rig, ADAPTER_SUBMIT, OUTCOME_DEFERRED);
    assert_int_equal(rig_stored(rig), 1);
    assert_told(rig, "");
    rig->k.area = 1;
    rig_runs(rig, ADAPTER_SUBMIT, OUTCOME_SENT);
    assert_int_equal(rig_stored(rig), 2);
}

/* Another slogan of ours is not the one that is asked for, and is not withdrawn in its place. */
static void test_k_another_of_ours(void **state)
{
    struct rig *rig = *state;

    rig_runs(rig, ADAPTER_SUBMIT, OUTCOME_SENT);
    strcpy(rig->kit.job.name, "lc-10-1a2b3c");
    rig_runs(rig, ADAPTER_VERIFY, OUTCOME_REJECTED);
    rig_runs(rig, ADAPTER_WITHDRAW, OUTCOME_SENT);
    assert_int_equal(rig_stored(rig), 1);
    rig->kit.job.text = "宪法\\n法律";
    rig_runs(rig, ADAPTER_SUBMIT, OUTCOME_SENT);
    assert_told(rig, "+学法守法@0 -学法守法@0 +宪法＼n法律@0 ");
}

static void test_k_old_cards(void **state)
{
    struct rig *rig = *state;

    rig->kind->release(rig->state);
    jv_free(rig->spec.options);
    talk_kit_free(&rig->kit);
    rig->k = (struct k_options){.model = 0, .area = 7, .address = 77};
    rig_open(rig, "onbon-k", "address", "77");
    jv_put(rig->spec.options, "model", jv_string("5k"));
    rig->kind->release(rig->state);
    rig->state =
        rig->kind->create(&rig->spec, &(struct board_screen){.view = rig_view, .ctx = rig});
    rig_runs(rig, ADAPTER_SUBMIT, OUTCOME_SENT);
    rig_runs(rig, ADAPTER_VERIFY, OUTCOME_SENT);
    assert_told(rig, "+学法守法@0 ");
}

#define ON_Y(test)    cmocka_unit_test_setup_teardown(test, y_setup, rig_teardown)
#define ON_K(test)    cmocka_unit_test_setup_teardown(test, k_setup, rig_teardown)
#define ON_BOTH(test) ON_Y(test), ON_K(test)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(test_life),        ON_BOTH(test_sleep_and_skew), ON_BOTH(test_lies),
        ON_BOTH(test_owner_stays), ON_Y(test_y_power_cut),       ON_K(test_k_power_cut),
        ON_Y(test_y_picture),      ON_Y(test_y_midnight),        ON_Y(test_y_login),
        ON_K(test_k_restart),      ON_K(test_k_foreign_area),    ON_K(test_k_another_of_ours),
        ON_K(test_k_old_cards),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
