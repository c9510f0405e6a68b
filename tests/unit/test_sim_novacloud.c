/* test_sim_novacloud: the dialect of the NovaCloud platform and the simulated one against each
 * other: pages, cancellations, restarts, pictures by call, limits, signatures.
 * Runs: any. */
#include "tests/unit/duo_kit.h"

#include <inttypes.h>

#include "gateway/base/digest.h"
#include "adapters/display/kinds/novacloud.h"

static char key[] = "AK-made-up", secret[] = "obviously-fake", player[] = "5f8d0c1e2a";
static struct novacloud_options options = {key, secret, player};

static struct jv *sim_options(const char *limit)
{
    struct jv *sim = jv_object();

    jv_put(sim, "key", jv_string(key));
    jv_put(sim, "secret", jv_string(secret));
    jv_put(sim, "player", jv_string(player));
    jv_put(sim, "limit", jv_string(limit));
    return sim;
}

static int setup(void **state)
{
    *state = mem_new(struct duo);
    duo_open(*state, "novacloud", &options, sim_options("0"));
    return 0;
}

static int teardown(void **state)
{
    duo_close(*state);
    free(*state);
    return 0;
}

/* As after a restart of the gateway. */
static void forget(struct duo *duo)
{
    if (duo->dialect->close)
        duo->dialect->close(&duo->talk);
    memset(duo->talk.memory, 0, duo->dialect->memory);
}

static void test_shows_and_ends(void **state)
{
    struct duo *duo = *state;

    duo->now_ms += 2000;
    assert_int_equal(duo_run(duo, ADAPTER_SUBMIT), OUTCOME_SENT);
    assert_int_equal(duo->result.level, LEVEL_ACCEPTED);
    assert_int_equal(duo->n_views, 1);
    assert_string_equal(duo->views[0].name, "lc-z-1a2b3c");
    assert_string_equal(duo->views[0].text, "学法守法 <5&6>");
    duo_pass(duo, duo_morning + 3600000);
    assert_int_equal(duo->n_views, 2);
    assert_int_equal(duo->views[1].t, duo->job.until_ms);
    assert_int_equal(duo_run(duo, ADAPTER_VERIFY), OUTCOME_REJECTED);
    assert_int_equal(duo_run(duo, ADAPTER_WITHDRAW), OUTCOME_SENT);
    assert_int_equal(duo->requests, 0); /* it has ended by itself */
}

static void test_again_shows_once(void **state)
{
    struct duo *duo = *state;

    duo_run(duo, ADAPTER_SUBMIT);
    duo_pass(duo, duo->now_ms + 1000);
    assert_int_equal(duo_run(duo, ADAPTER_SUBMIT), OUTCOME_SENT);
    assert_true(duo_lists(duo, "lc-z-1a2b3c"));
    assert_int_equal(duo_run(duo, ADAPTER_WITHDRAW), OUTCOME_SENT);
    assert_false(duo_lists(duo, "lc-z-1a2b3c"));
    assert_false(duo->views[duo->n_views - 1].shown);
}

static void test_owner(void **state)
{
    struct duo *duo = *state;

    duo->kind->own(duo->sim, "天气预报", "晴", duo->now_ms);
    duo->kind->own(duo->sim, "emergency-owner", "台风", duo->now_ms);
    duo_run(duo, ADAPTER_SUBMIT);
    assert_true(duo_lists(duo, "emergency-owner"));
    strcpy(duo->job.name, "lc-9-other");
    assert_int_equal(duo_run(duo, ADAPTER_WITHDRAW), OUTCOME_SENT); /* not of that name */
    assert_int_equal(duo->requests, 0);
    assert_true(duo_lists(duo, "emergency-owner"));
    strcpy(duo->job.name, "lc-z-1a2b3c");
    assert_int_equal(duo_run(duo, ADAPTER_WITHDRAW), OUTCOME_SENT);
    assert_true(duo_lists(duo, "天气预报"));
    assert_false(duo_lists(duo, "lc-z-1a2b3c"));
}

static void test_restart(void **state)
{
    struct duo *duo = *state;

    duo_run(duo, ADAPTER_SUBMIT);
    forget(duo);
    assert_int_equal(duo_run(duo, ADAPTER_VERIFY), OUTCOME_REJECTED);
    assert_int_equal(duo_run(duo, ADAPTER_WITHDRAW), OUTCOME_SENT);
    assert_false(duo_lists(duo, "lc-z-1a2b3c"));
    assert_int_equal(duo_run(duo, ADAPTER_WITHDRAW), OUTCOME_SENT);
    assert_int_equal(duo->requests, 0);
}

static void test_picture_by_call(void **state)
{
    struct duo *duo = *state;

    duo_run(duo, ADAPTER_SUBMIT);
    duo->kind->skew(duo->sim, 180000, duo->now_ms);
    duo->job.want = LEVEL_PLAYING; /* a picture is the next best */
    assert_int_equal(duo_run(duo, ADAPTER_VERIFY), OUTCOME_SENT);
    assert_int_equal(duo->result.level, LEVEL_SCREENSHOT);
    assert_string_equal(duo->result.evidence.picture_type, "png");
    assert_int_equal(duo->sight.power, POWER_ON);
    assert_true(duo->sight.clock_known);
    assert_int_equal(duo->sight.skew_ms, 180000);
    duo->job.want = LEVEL_ACCEPTED;
    assert_int_equal(duo_run(duo, ADAPTER_VERIFY), OUTCOME_SENT);
    assert_int_equal(duo->requests, 1);
    assert_int_equal(duo->result.level, LEVEL_ACCEPTED);
}

static void test_no_call_comes(void **state)
{
    struct duo *duo = *state;

    duo_run(duo, ADAPTER_SUBMIT);
    duo->deaf = true;
    duo->job.want = LEVEL_SCREENSHOT;
    assert_int_equal(duo_run(duo, ADAPTER_VERIFY), OUTCOME_SENT);
    assert_int_equal(duo->result.level, LEVEL_ACCEPTED);
    assert_null(duo->result.evidence.picture);
    duo->deaf = false;
    duo->talk.callback = NULL;
    assert_int_equal(duo_run(duo, ADAPTER_VERIFY), OUTCOME_SENT);
    assert_int_equal(duo->requests, 1);
    assert_int_equal(duo->result.level, LEVEL_ACCEPTED);
}

static void test_asleep(void **state)
{
    struct duo *duo = *state;

    duo_run(duo, ADAPTER_SUBMIT);
    duo->kind->trick(duo->sim, TRICK_SLEEP, true, duo->now_ms);
    duo->job.want = LEVEL_SCREENSHOT;
    assert_int_equal(duo_run(duo, ADAPTER_VERIFY), OUTCOME_SENT);
    assert_int_equal(duo->sight.power, POWER_ASLEEP);
    assert_int_equal(duo->result.level, LEVEL_ACCEPTED);
    assert_int_equal(duo_run(duo, ADAPTER_PROBE), OUTCOME_SENT);
    assert_int_equal(duo->sight.power, POWER_ASLEEP);
}

static void test_wrong_secret(void **state)
{
    struct novacloud_options wrong = options;
    struct duo *duo = *state;
    char other[] = "another", stranger[] = "nobody";

    wrong.secret = other;
    duo->board.options = &wrong;
    assert_int_equal(duo_run(duo, ADAPTER_SUBMIT), OUTCOME_DEFERRED);
    assert_int_equal(duo->result.outcome.code, 401);
    assert_false(duo->healthy);
    wrong = options;
    wrong.player = stranger;
    assert_int_equal(duo_run(duo, ADAPTER_SUBMIT), OUTCOME_DEFERRED);
    assert_non_null(strstr(duo->result.outcome.detail, "doesn't know our player"));
}

static void test_too_many(void **state)
{
    struct duo *duo = mem_new(struct duo);

    (void)state;
    duo_open(duo, "novacloud", &options, sim_options("3"));
    assert_int_equal(duo_run(duo, ADAPTER_SUBMIT), OUTCOME_SENT);
    assert_int_equal(duo_run(duo, ADAPTER_PROBE), OUTCOME_DEFERRED);
    assert_int_equal(duo->result.outcome.code, 429);
    assert_true(duo->result.outcome.wait_ms >= 60000);
    assert_true(duo->healthy); /* busy, not broken */
    duo_pass(duo, duo->now_ms + 1000);
    duo->talk.callback = NULL;
    assert_int_equal(duo_run(duo, ADAPTER_PROBE), OUTCOME_SENT);
    duo_close(duo);
    free(duo);
}

/* ---- the platform alone ---- */

struct signature {
    const char *key, *secret, *nonce;
    int64_t off_s;
    unsigned status;
};

static unsigned knock(struct duo *duo, const struct signature *with)
{
    struct ask ask = {0};
    struct board_reply reply = {0};
    struct buffer text BUFFER_FREE_LATER = BUFFER_NULL;
    char sum[DIGEST_HEX_MOST];
    struct digest digest;

    buffer_printf(&text, "%s%s%" PRId64, with->secret, with->nonce,
                  duo->now_ms / 1000 + with->off_s);
    digest = digest_of(DIGEST_SHA256, text.data, text.length);
    digest_hex(&digest, sum);
    ask_header(&ask, "AppKey: %s", with->key);
    ask_header(&ask, "Nonce: %s", with->nonce);
    ask_header(&ask, "CurTime: %" PRId64, duo->now_ms / 1000 + with->off_s);
    ask_header(&ask, "CheckSum: %s", sum);
    buffer_add_text(&ask.path, "/v2/player/current/online-status");
    buffer_add_text(&ask.body, "{\"playerIds\":[\"5f8d0c1e2a\"]}");
    duo_send(duo, &ask, &reply);
    ask_free(&ask);
    buffer_free(&reply.body);
    return reply.status;
}

static void test_signatures(void **state)
{
    static const struct signature cases[] = {
        {key, secret, "NONCE1234567890", 0, 200},
        {key, secret, "NONCE1234567890", 0, 401}, /* used */
        {key, secret, "9b2aa3c7-1f00-4c35-8e6d", 0, 401},
        {key, secret, "short", 0, 401},
        {key, secret, "NONCE1234567891", 299, 200},
        {key, secret, "NONCE1234567892", -301, 401},
        {"other", secret, "NONCE1234567893", 0, 401},
        {key, "other", "NONCE1234567894", 0, 401},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(knock(*state, &cases[i]), cases[i].status);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(test_shows_and_ends), WITH(test_again_shows_once), WITH(test_owner),
        WITH(test_restart),        WITH(test_picture_by_call),  WITH(test_no_call_comes),
        WITH(test_asleep),         WITH(test_wrong_secret),     cmocka_unit_test(test_too_many),
        WITH(test_signatures),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
