/* test_sim_xixun: the dialect of Xixun cards and the simulated card, in both modes, against each
 * other: publish, replace, power cuts, owners, lies, sleep, clocks, play logs.
 * Runs: any. */
#include "tests/unit/duo_kit.h"

#include "adapters/display/kinds/xixun.h"

static char card_id[] = "y10-817-01926", card_path[] = "/command/{card}";
static char secret_user[] = "web", secret_word[] = "made-up";

static struct xixun_options gateway_options = {XIXUN_GATEWAY, card_id, card_path, NULL, NULL};
static struct xixun_options lan_options = {XIXUN_LAN, NULL, card_path, NULL, NULL};

static void open_with(struct duo *duo, struct xixun_options *options)
{
    struct jv *sim = jv_object();

    jv_put(sim, "mode", jv_string(options->mode == XIXUN_LAN ? "lan" : "gateway"));
    if (options->card)
        jv_put(sim, "card", jv_string(options->card));
    if (options->user) {
        jv_put(sim, "user", jv_string(options->user));
        jv_put(sim, "password", jv_string(secret_word));
    }
    duo_open(duo, "xixun", options, sim);
}

static int setup_gateway(void **state)
{
    *state = mem_new(struct duo);
    open_with(*state, &gateway_options);
    return 0;
}

static int setup_lan(void **state)
{
    *state = mem_new(struct duo);
    open_with(*state, &lan_options);
    return 0;
}

static int teardown(void **state)
{
    duo_close(*state);
    free(*state);
    return 0;
}

/* ---- gateway ---- */

static void test_shows_and_ends(void **state)
{
    struct duo *duo = *state;

    assert_int_equal(duo_run(duo, ADAPTER_SUBMIT), OUTCOME_SENT);
    assert_int_equal(duo->result.level, LEVEL_ACCEPTED);
    assert_int_equal(duo_run(duo, ADAPTER_SUBMIT), OUTCOME_SENT);
    assert_int_equal(duo->n_views, 1); /* twice asked for, once shown */
    assert_string_equal(duo->views[0].name, "lc-z-1a2b3c");
    assert_string_equal(duo->views[0].text, "学法守法 <5&6>");
    assert_int_equal(duo->views[0].t, duo_morning);
    duo_pass(duo, duo_morning + 3600000);
    assert_int_equal(duo->n_views, 2); /* its own window ended it, gateway or not */
    assert_false(duo->views[1].shown);
    assert_int_equal(duo->views[1].t, duo_morning + 600000);
}

static void test_levels(void **state)
{
    static const struct {
        enum outcome_level want, level;
    } cases[] = {{LEVEL_ACCEPTED, LEVEL_STORED},
                 {LEVEL_STORED, LEVEL_STORED},
                 {LEVEL_PLAYING, LEVEL_PLAYING},
                 {LEVEL_SCREENSHOT, LEVEL_SCREENSHOT}};
    struct duo *duo = *state;

    duo_run(duo, ADAPTER_SUBMIT);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        duo->job.want = cases[i].want;
        assert_int_equal(duo_run(duo, ADAPTER_VERIFY), OUTCOME_SENT);
        assert_int_equal(duo->result.level, cases[i].level);
        assert_int_equal(duo->sight.power, POWER_ON);
        assert_true(duo->sight.clock_known);
        assert_int_equal(duo->sight.width, 192);
    }
    assert_string_equal(duo->result.evidence.picture_type, "png");
    assert_memory_equal(duo->result.evidence.picture, "\x89PNG", 4);
    assert_true(duo->requests <= 5);
    assert_string_equal(duo->sight.playing, "lc-z-1a2b3c");
}

static void test_owner_stays(void **state)
{
    struct duo *duo = *state;

    duo->kind->own(duo->sim, "天气预报", "晴", duo->now_ms);
    duo->kind->own(duo->sim, "lc-1-foreign", "another gateway's", duo->now_ms);
    duo_run(duo, ADAPTER_SUBMIT);
    assert_true(duo_lists(duo, "天气预报"));
    assert_true(duo_lists(duo, "lc-z-1a2b3c"));
    assert_int_equal(duo_run(duo, ADAPTER_WITHDRAW), OUTCOME_SENT);
    assert_true(duo_lists(duo, "天气预报"));
    assert_true(duo_lists(duo, "lc-1-foreign"));
    assert_false(duo_lists(duo, "lc-z-1a2b3c"));
    assert_int_equal(duo_run(duo, ADAPTER_WITHDRAW), OUTCOME_SENT); /* nothing to do */
    assert_int_equal(duo->requests, 1);
    assert_int_equal(duo->n_views, 2);
}

static void test_last_one_goes(void **state)
{
    struct duo *duo = *state;

    duo_run(duo, ADAPTER_SUBMIT);
    assert_int_equal(duo_run(duo, ADAPTER_WITHDRAW), OUTCOME_SENT);
    assert_false(duo_lists(duo, "lc-z-1a2b3c"));
    assert_int_equal(duo_run(duo, ADAPTER_VERIFY), OUTCOME_REJECTED);
}

static void test_survives_power(void **state)
{
    struct duo *duo = *state;

    duo_run(duo, ADAPTER_SUBMIT);
    duo_pass(duo, duo->now_ms + 60000);
    duo->kind->power_off(duo->sim, duo->now_ms);
    duo_pass(duo, duo->now_ms + 60000);
    duo->kind->power_on(duo->sim, duo->now_ms);
    assert_int_equal(duo->n_views, 3);
    duo->job.want = LEVEL_PLAYING;
    assert_int_equal(duo_run(duo, ADAPTER_VERIFY), OUTCOME_SENT);
    assert_int_equal(duo->result.level, LEVEL_PLAYING);
}

static void test_lies(void **state)
{
    struct duo *duo = *state;

    duo->kind->trick(duo->sim, TRICK_LIE, true, duo->now_ms);
    assert_int_equal(duo_run(duo, ADAPTER_SUBMIT), OUTCOME_SENT);
    assert_int_equal(duo_run(duo, ADAPTER_VERIFY), OUTCOME_REJECTED);
    duo->kind->trick(duo->sim, TRICK_LIE, false, duo->now_ms);
    duo->kind->trick(duo->sim, TRICK_PRETEND, true, duo->now_ms);
    assert_int_equal(duo_run(duo, ADAPTER_SUBMIT), OUTCOME_SENT);
    duo->job.want = LEVEL_SCREENSHOT;
    assert_int_equal(duo_run(duo, ADAPTER_VERIFY), OUTCOME_SENT);
    assert_int_equal(duo->result.level, LEVEL_STORED);
    assert_null(duo->result.evidence.picture);
    assert_int_equal(duo->n_views, 0);
}

static void test_sleep_and_skew(void **state)
{
    struct duo *duo = *state;

    duo_run(duo, ADAPTER_SUBMIT);
    duo->kind->trick(duo->sim, TRICK_SLEEP, true, duo->now_ms);
    duo->kind->skew(duo->sim, 200000, duo->now_ms);
    duo->job.want = LEVEL_SCREENSHOT;
    assert_int_equal(duo_run(duo, ADAPTER_VERIFY), OUTCOME_SENT);
    assert_int_equal(duo->sight.power, POWER_ASLEEP);
    assert_int_equal(duo->sight.skew_ms, 200000);
    assert_null(duo->result.evidence.picture); /* of a dark screen it would prove nothing */
    assert_int_equal(duo_run(duo, ADAPTER_PROBE), OUTCOME_SENT);
    assert_int_equal(duo->result.level, LEVEL_UNKNOWN);
    assert_true(duo->healthy);
}

static void test_wrong_size(void **state)
{
    struct duo *duo = *state;

    duo->board.width = 128;
    assert_int_equal(duo_run(duo, ADAPTER_SUBMIT), OUTCOME_SENT);
    duo->job.want = LEVEL_PLAYING;
    assert_int_equal(duo_run(duo, ADAPTER_VERIFY), OUTCOME_SENT);
    assert_int_equal(duo->result.level, LEVEL_STORED);
    assert_int_equal(duo->sight.width, 192);
    assert_int_equal(duo->n_views, 0);
}

static void test_over_midnight(void **state)
{
    struct duo *duo = *state;
    int64_t evening = duo_morning + 15 * 3600000; /* 23:30 */

    duo->now_ms = evening;
    duo->job.from_ms = evening;
    duo->job.until_ms = evening + 3600000;
    duo->job.limit_ms = evening + 3600000;
    assert_int_equal(duo_run(duo, ADAPTER_SUBMIT), OUTCOME_SENT);
    duo_pass(duo, evening + 2 * 3600000);
    assert_int_equal(duo->n_views, 2);
    assert_int_equal(duo->views[1].t, evening + 3600000);
}

static void test_unknown_card(void **state)
{
    struct xixun_options other = gateway_options;
    struct duo *duo = *state;
    char wrong[] = "y10-000-00000";

    other.card = wrong;
    duo->board.options = &other;
    assert_int_equal(duo_run(duo, ADAPTER_SUBMIT), OUTCOME_DEFERRED);
    assert_int_equal(duo->status, 500);
    assert_non_null(strstr(duo->result.outcome.detail, "has never seen the card"));
    assert_false(duo->healthy);
}

static void test_web_login(void **state)
{
    struct xixun_options options = gateway_options;
    struct duo *duo = mem_new(struct duo);
    char bad[] = "wrong";

    (void)state;
    options.user = secret_user;
    options.password = bad;
    open_with(duo, &options);
    assert_int_equal(duo_run(duo, ADAPTER_SUBMIT), OUTCOME_DEFERRED);
    assert_int_equal(duo->result.outcome.code, 401);
    options.password = secret_word;
    assert_int_equal(duo_run(duo, ADAPTER_SUBMIT), OUTCOME_SENT);
    duo_close(duo);
    free(duo);
}

static int64_t proved_ms(const struct duo *duo)
{
    int64_t sum = 0;

    for (size_t i = 0; i < duo->n_proofs; i++) {
        assert_string_equal(duo->proofs[i].name, "lc-z-1a2b3c");
        assert_int_equal(duo->proofs[i].level, LEVEL_LOGGED);
        assert_int_equal(strlen(duo->proofs[i].evidence.digest), 64);
        assert_true(duo->proofs[i].from_ms >= duo_morning);
        assert_true(duo->proofs[i].until_ms <= duo->now_ms);
        sum += duo->proofs[i].until_ms - duo->proofs[i].from_ms;
    }
    return sum;
}

static void test_play_logs(void **state)
{
    struct duo *duo = *state;

    duo->kind->own(duo->sim, "owner", "晴", duo->now_ms);
    duo->kind->skew(duo->sim, 45000, duo->now_ms);
    duo_run(duo, ADAPTER_SUBMIT);
    duo_deliver(duo); /* two notices */
    duo->job.want = LEVEL_LOGGED;
    assert_int_equal(duo_run(duo, ADAPTER_VERIFY), OUTCOME_SENT);
    assert_int_equal(duo->result.level, LEVEL_PLAYING);
    duo_pass(duo, duo->now_ms + 90000);
    assert_int_equal(duo->n_calls, 1);
    duo->deaf = true; /* not taken: it comes again */
    duo_deliver(duo);
    duo->deaf = false;
    duo_pass(duo, duo->now_ms + 60000);
    duo_deliver(duo);
    assert_int_equal(proved_ms(duo), 120000);
    duo_run(duo, ADAPTER_WITHDRAW);
    duo_pass(duo, duo->now_ms + 120000);
    duo_deliver(duo);
    assert_int_equal(proved_ms(duo), 150000); /* all of it, once */
}

static void test_owners_log_stays(void **state)
{
    struct duo *duo = *state;
    struct ask ask = {0};
    struct board_reply reply = {0};

    buffer_add_text(&ask.path, "/command/y10-817-01926");
    buffer_add_text(&ask.body, "{\"type\":\"setUploadLogUrl\",\"interval\":\"5\","
                               "\"uploadurl\":\"http://192.0.2.1/log\"}");
    duo_send(duo, &ask, &reply);
    buffer_free(&reply.body);
    ask_free(&ask);
    duo_run(duo, ADAPTER_SUBMIT);
    duo->job.want = LEVEL_LOGGED;
    assert_int_equal(duo_run(duo, ADAPTER_VERIFY), OUTCOME_SENT);
    assert_int_equal(duo->result.level, LEVEL_SCREENSHOT); /* the best without the log */
    assert_int_equal(((struct xixun *)duo->talk.memory)->logs, LOGS_TAKEN);
}

/* ---- LAN, and pictures ---- */

static void test_lan_text(void **state)
{
    struct duo *duo = *state;

    assert_int_equal(duo_run(duo, ADAPTER_SUBMIT), OUTCOME_SENT);
    assert_int_equal(duo->n_views, 1);
    assert_string_equal(duo->views[0].text, "学法守法 <5&6>");
    duo->job.want = LEVEL_STORED;
    assert_int_equal(duo_run(duo, ADAPTER_VERIFY), OUTCOME_SENT);
    assert_int_equal(duo->result.level, LEVEL_STORED);
    duo->job.want = LEVEL_SCREENSHOT;
    assert_int_equal(duo_run(duo, ADAPTER_VERIFY), OUTCOME_SENT);
    assert_int_equal(duo->result.level, LEVEL_SCREENSHOT);
    assert_int_equal(duo->sight.power, POWER_ON);
    duo->kind->power_off(duo->sim, duo->now_ms);
    duo->kind->power_on(duo->sim, duo->now_ms);
    assert_int_equal(duo_run(duo, ADAPTER_VERIFY), OUTCOME_REJECTED);
    assert_int_equal(duo_run(duo, ADAPTER_SUBMIT), OUTCOME_SENT);
    assert_int_equal(duo_run(duo, ADAPTER_WITHDRAW), OUTCOME_SENT);
    assert_int_equal(duo->n_views, 4);
    assert_int_equal(duo_run(duo, ADAPTER_PROBE), OUTCOME_SENT);
    assert_int_equal(duo->sight.height, 64);
}

static void test_lan_owner(void **state)
{
    struct duo *duo = *state;

    duo->kind->own(duo->sim, "emergency", "台风红色预警", duo->now_ms);
    assert_int_equal(duo_run(duo, ADAPTER_SUBMIT), OUTCOME_DEFERRED);
    assert_true(duo->healthy);
    assert_non_null(strstr(duo->result.outcome.detail, "owner's urgent text"));
    assert_int_equal(duo_run(duo, ADAPTER_VERIFY), OUTCOME_REJECTED);
    assert_int_equal(duo_run(duo, ADAPTER_WITHDRAW), OUTCOME_SENT); /* ours isn't there */
    assert_true(duo_lists(duo, "emergency"));
    assert_int_equal(duo->requests, 1);
    assert_int_equal(duo->n_views, 0);
}

static void picture_round(struct duo *duo)
{
    duo->board.render = RENDER_PICTURE;
    duo->job.picture = "\x89PNG\r\n\x1A\nrest";
    duo->job.picture_length = 12;
    assert_int_equal(duo_run(duo, ADAPTER_VERIFY), OUTCOME_REJECTED);
    assert_int_equal(duo_run(duo, ADAPTER_SUBMIT), OUTCOME_SENT);
    assert_int_equal(duo->n_views, 1);
    assert_string_equal(duo->views[0].text, "[picture]");
    duo->job.want = LEVEL_ACCEPTED;
    assert_int_equal(duo_run(duo, ADAPTER_VERIFY), OUTCOME_SENT);
    assert_int_equal(duo->result.level, LEVEL_ACCEPTED);
    duo->job.want = LEVEL_STORED; /* can't be read back: a picture is the next best */
    assert_int_equal(duo_run(duo, ADAPTER_VERIFY), OUTCOME_SENT);
    assert_int_equal(duo->result.level, LEVEL_SCREENSHOT);
    assert_int_equal(duo_run(duo, ADAPTER_WITHDRAW), OUTCOME_SENT);
    assert_int_equal(duo->n_views, 2);
    assert_int_equal(duo_run(duo, ADAPTER_VERIFY), OUTCOME_REJECTED);
}

static void test_picture_under_warning(void **state)
{
    struct duo *duo = *state;

    duo->board.render = RENDER_PICTURE;
    duo->kind->own(duo->sim, "emergency", "台风红色预警", duo->now_ms);
    assert_int_equal(duo_run(duo, ADAPTER_WITHDRAW), OUTCOME_DEFERRED);
    assert_true(duo->healthy);
    assert_true(duo_lists(duo, "emergency"));
}

static void test_picture(void **state)
{
    picture_round(*state);
}

/* A look at the root clears the layer: the dialect never takes one. */
static void test_root_clears(void **state)
{
    struct duo *duo = *state;
    struct ask ask = {.method = "GET"};
    struct board_reply reply = {0};

    duo_run(duo, ADAPTER_SUBMIT);
    buffer_add_text(&ask.path, "/");
    duo_send(duo, &ask, &reply);
    buffer_free(&reply.body);
    ask_free(&ask);
    assert_int_equal(duo->n_views, 2);
    assert_int_equal(duo_run(duo, ADAPTER_VERIFY), OUTCOME_REJECTED);
}

#define GATEWAY(test) cmocka_unit_test_setup_teardown(test, setup_gateway, teardown)
#define LAN(test)     cmocka_unit_test_setup_teardown(test, setup_lan, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        GATEWAY(test_shows_and_ends),
        GATEWAY(test_levels),
        GATEWAY(test_owner_stays),
        GATEWAY(test_last_one_goes),
        GATEWAY(test_survives_power),
        GATEWAY(test_lies),
        GATEWAY(test_sleep_and_skew),
        GATEWAY(test_wrong_size),
        GATEWAY(test_over_midnight),
        GATEWAY(test_unknown_card),
        cmocka_unit_test(test_web_login),
        GATEWAY(test_play_logs),
        GATEWAY(test_owners_log_stays),
        LAN(test_lan_text),
        LAN(test_lan_owner),
        LAN(test_picture),
        LAN(test_picture_under_warning),
        GATEWAY(test_picture),
        LAN(test_root_clears),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
