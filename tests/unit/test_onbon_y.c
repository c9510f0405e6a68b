/* test_onbon_y: what every answer of a BX-Y card leads to.
 * Runs: any. */
#include "tests/unit/talk_kit.h"

#include "adapters/display/kinds/onbon_y_options.h"
#include "adapters/display/kinds/onbon_y_wire.h"

#define OK(command) "{\"remotefunction\":{\"name\":\"" command "\"}}"
#define OUT(command, output)                                                                       \
    "{\"remotefunction\":{\"name\":\"" command "\",\"output\":{" output "}}}"
#define ERR(code)                                                                                  \
    "{\"remotefunction\":{\"name\":\"x\",\"error\":{\"code\":" code ",\"mesg\":\"m\"}}}"
#define CODE   OUT("getverificationcode", "\"verificationcode\":\"20180517093429462773\"")
#define LOGIN  OUT("userlogin", "\"sessionID\":\"0123456789abcdef0123456789abcdef\"")
#define NONE   OK("querybulletin")
#define OURS   OUT("querybulletin", "\"4\":\"lc-z-1a2b3c\",\"0\":\"rice\"")
#define THEIRS OUT("querybulletin", "\"4\":\"lc-z-other\",\"0\":\"rice\"")
#define DELETE OK("deletebulletin")
#define CREATE OK("createbulletin")
#define PLAY   OK("playbulletin")
#define CLOCK  OUT("getstate", "\"rtctime\":\"2026-10-31 8:30:00\"")
#define ON     OUT("getproperty", "\"screenonoffstatus\":\"on\"")
#define OFF    OUT("getproperty", "\"screenonoffstatus\":\"off\"")
#define CAPTURE                                                                                    \
    OUT("screencapture",                                                                           \
        "\"filepath\":\"share/s.png\",\"minwaittime\":\"5\",\"maxwaittime\":\"10\"")
#define FILE_AT(time)                                                                              \
    OUT("findfile", "\"items\":[{\"filename\":\"share/s.png\",\"mtime\":\"" time "\"}]")
#define READY FILE_AT("2026-10-31 8:30:03")
#define STALE FILE_AT("2026-10-31 8:20:03")
#define OPEN  OK("enableuploaddownload")
#define PNG   "\x89PNG\r\n\x1a\n..."

enum { MOST = 24 };

struct desk {
    struct onbon_y_options options;
    struct talk_kit kit;
};

static int desk_setup(void **state)
{
    static char user[] = "guest", password[] = "guest", font[] = "SimSun";
    struct desk *desk = mem_new(struct desk);

    desk->options = (struct onbon_y_options){user, password, font};
    talk_kit_init(&desk->kit, "onbon-y", &desk->options);
    desk->kit.job.slot = 4;
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

/* want 0: stored. */
static const struct dialogue {
    enum adapter_verb verb;
    enum outcome_level want;
    enum outcome_kind kind;
    int code;
    enum outcome_level level;
    bool healthy;
    const char *answers[MOST]; /* behind code and login */
} dialogues[] = {
    {ADAPTER_SUBMIT, 0, OUTCOME_SENT, 0, LEVEL_ACCEPTED, true, {NONE, CREATE, PLAY}},
    {ADAPTER_SUBMIT, 0, OUTCOME_SENT, 0, LEVEL_ACCEPTED, true, {THEIRS, CREATE, PLAY}},
    {ADAPTER_SUBMIT, 0, OUTCOME_SENT, 0, LEVEL_ACCEPTED, true, {OURS, DELETE, CREATE, PLAY}},
    {ADAPTER_SUBMIT, 0, OUTCOME_DEFERRED, 0, 0, false, {"<html>"}},
    {ADAPTER_SUBMIT, 0, OUTCOME_DEFERRED, 0, 0, false, {OUT("querybulletin", "\"a\":1")}},
    {ADAPTER_SUBMIT, 0, OUTCOME_DEFERRED, 16, 0, false, {OURS, ERR("16")}},
    {ADAPTER_SUBMIT, 0, OUTCOME_REJECTED, 20, 0, true, {NONE, ERR("\"20\"")}},
    {ADAPTER_SUBMIT, 0, OUTCOME_DEFERRED, 30, 0, false, {NONE, ERR("30")}},
    {ADAPTER_SUBMIT, 0, OUTCOME_UNKNOWN, 0, 0, false, {NONE, PLAY}},
    {ADAPTER_SUBMIT, 0, OUTCOME_UNKNOWN, 0, 0, false, {NONE, CREATE, "?"}},
    {ADAPTER_WITHDRAW, 0, OUTCOME_SENT, 0, LEVEL_STORED, true, {NONE}},
    {ADAPTER_WITHDRAW, 0, OUTCOME_SENT, 0, LEVEL_STORED, true, {THEIRS}},
    {ADAPTER_WITHDRAW, 0, OUTCOME_SENT, 0, LEVEL_STORED, true, {OURS, DELETE, NONE}},
    {ADAPTER_WITHDRAW, 0, OUTCOME_DEFERRED, 0, 0, false, {OURS, DELETE, OURS}},
    {ADAPTER_WITHDRAW, 0, OUTCOME_DEFERRED, 13, 0, false, {OURS, ERR("13")}},
    {ADAPTER_VERIFY, 0, OUTCOME_REJECTED, 0, 0, true, {THEIRS}},
    {ADAPTER_VERIFY, 0, OUTCOME_SENT, 0, LEVEL_STORED, true, {OURS, CLOCK, ON}},
    {ADAPTER_VERIFY, 0, OUTCOME_SENT, 0, LEVEL_STORED, true, {OURS, ERR("17"), ON}},
    {ADAPTER_VERIFY, 0, OUTCOME_SENT, 0, LEVEL_STORED, true, {OURS, CLOCK, ERR("14"), ON}},
    {ADAPTER_VERIFY, 0, OUTCOME_SENT, 0, LEVEL_STORED, true, {OURS, CLOCK, ERR("14"), ERR("14")}},
    {ADAPTER_VERIFY, 0, OUTCOME_DEFERRED, 16, 0, false, {OURS, ERR("16")}},
    {ADAPTER_VERIFY, 0, OUTCOME_DEFERRED, 255, 0, false, {OURS, CLOCK, ERR("255")}},
    {ADAPTER_VERIFY,
     LEVEL_PLAYING,
     OUTCOME_SENT,
     0,
     LEVEL_SCREENSHOT,
     true,
     {OURS, CLOCK, ON, CAPTURE, READY, OPEN, PNG, OPEN}},
    {ADAPTER_VERIFY,
     LEVEL_SCREENSHOT,
     OUTCOME_SENT,
     0,
     LEVEL_SCREENSHOT,
     true,
     {OURS, CLOCK, ON, CAPTURE, STALE, FILE_AT(""), READY, OPEN, PNG, OPEN}},
    {ADAPTER_VERIFY, LEVEL_SCREENSHOT, OUTCOME_SENT, 0, LEVEL_STORED, true, {OURS, CLOCK, OFF}},
    {ADAPTER_VERIFY,
     LEVEL_SCREENSHOT,
     OUTCOME_SENT,
     0,
     LEVEL_STORED,
     true,
     {OURS, CLOCK, ON, ERR("17")}},
    {ADAPTER_VERIFY,
     LEVEL_SCREENSHOT,
     OUTCOME_SENT,
     0,
     LEVEL_STORED,
     true,
     {OURS, CLOCK, ON, CAPTURE, STALE, STALE, STALE, STALE, STALE, STALE, STALE, STALE, STALE}},
    {ADAPTER_VERIFY,
     LEVEL_SCREENSHOT,
     OUTCOME_SENT,
     0,
     LEVEL_STORED,
     true,
     {OURS, CLOCK, ON, CAPTURE, READY, ERR("10")}},
    {ADAPTER_VERIFY,
     LEVEL_SCREENSHOT,
     OUTCOME_SENT,
     0,
     LEVEL_STORED,
     true,
     {OURS, CLOCK, ON, CAPTURE, READY, OPEN, "<html>", OPEN}},
    {ADAPTER_PROBE, 0, OUTCOME_SENT, 0, 0, true, {CLOCK, ON}},
    {ADAPTER_PROBE, 0, OUTCOME_DEFERRED, 10, 0, false, {ERR("10")}},
};

static void test_every_step(void **state)
{
    struct desk *desk = *state;
    struct talk_kit *kit = &desk->kit;

    for (size_t i = 0; i < sizeof dialogues / sizeof *dialogues; i++) {
        const struct dialogue *dialogue = &dialogues[i];
        const char *bodies[MOST + 2] = {CODE, LOGIN};
        size_t n = 0;

        for (; dialogue->answers[n]; n++)
            bodies[n + 2] = dialogue->answers[n];
        desk_teardown(state);
        desk_setup(state);
        desk = *state;
        kit = &desk->kit;
        kit->job.want = dialogue->want ? dialogue->want : LEVEL_STORED;
        assert_int_equal(talk_kit_play_all(kit, dialogue->verb, bodies, n + 2), dialogue->kind);
        assert_int_equal(kit->result.outcome.code, dialogue->code);
        assert_int_equal(kit->result.level, dialogue->level);
        assert_int_equal(kit->healthy, dialogue->healthy);
        assert_int_equal(kit->result.evidence.picture_length,
                         dialogue->level == LEVEL_SCREENSHOT ? strlen(PNG) : 0);
        assert_int_equal(strlen(kit->result.evidence.digest),
                         dialogue->verb == ADAPTER_VERIFY && dialogue->level ? 64 : 0);
    }
}

/* Logged in once, a session serves until it is over; then the job begins again. */
static void test_sessions(void **state)
{
    struct desk *desk = *state;
    struct talk_kit *kit = &desk->kit;
    struct reply reply = {
        .status = 200, .type = "", .body = ERR("11"), .length = strlen(ERR("11"))};
    struct verdict verdict = {0};

    talk_kit_play(kit, ADAPTER_WITHDRAW, CODE, LOGIN, NONE);
    assert_turn(kit, 0, "POST", "/");
    assert_turn(kit, 2, "POST", "/;stok=0123456789abcdef0123456789abcdef/");
    talk_kit_play(kit, ADAPTER_WITHDRAW, NONE);
    talk_kit_play(kit, ADAPTER_PROBE, CLOCK, ON);
    kit->talk.step = 0;
    kit->dialect->hear(&kit->talk, &reply, &verdict);
    assert_int_equal(verdict.kind, VERDICT_RENEW);
    assert_int_equal(verdict.result.outcome.code, 11);
    talk_kit_play(kit, ADAPTER_WITHDRAW, CODE, LOGIN, NONE);
}

static void test_login_fails(void **state)
{
    static const struct {
        const char *code, *login;
        int error;
    } cases[] = {
        {ERR("21"), NULL, 21},      {CODE, ERR("22"), 22},
        {CODE, ERR("27"), 27},      {OK("getverificationcode"), NULL, 0},
        {CODE, OK("userlogin"), 0}, {CODE, OUT("userlogin", "\"sessionID\":\"../x\""), 0},
    };
    struct desk *desk = *state;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *bodies[] = {cases[i].code, cases[i].login};

        assert_int_equal(talk_kit_play_all(&desk->kit, ADAPTER_SUBMIT, bodies, bodies[1] ? 2 : 1),
                         OUTCOME_DEFERRED);
        assert_int_equal(desk->kit.result.outcome.code, cases[i].error);
        assert_false(desk->kit.healthy);
    }
}

/* A place that carries another name isn't taken; only what changes something is marked so. */
static void test_places(void **state)
{
    struct desk *desk = *state;
    struct talk_kit *kit = &desk->kit;
    static const char input[] = "/protocol/remotefunction/input";
    struct jv *said;

    talk_kit_play(kit, ADAPTER_SUBMIT, CODE, LOGIN, THEIRS, CREATE, PLAY);
    said = talk_kit_said(kit, 3);
    assert_string_equal(jv_text(jv_member(jv_at(said, input), "order")), "1");
    jv_free(said);
    talk_kit_play(kit, ADAPTER_SUBMIT, OURS, DELETE, CREATE, PLAY);
    said = talk_kit_said(kit, 1);
    assert_int_equal(jv_size(jv_member(jv_at(said, input), "items")), 1);
    assert_string_equal(jv_text(jv_element(jv_member(jv_at(said, input), "items"), 0)), "4");
    jv_free(said);
    for (size_t i = 0; i < kit->n_turns; i++)
        assert_int_equal(kit->turns[i].changes, i > 0);
}

static void test_a_full_card_waits(void **state)
{
    struct buffer list BUFFER_FREE_LATER = BUFFER_NULL;
    struct desk *desk = *state;

    buffer_add_text(&list,
                    "{\"remotefunction\":{\"name\":\"querybulletin\",\"output\":{\"0\":\"x\"");
    for (int i = 1; i < ONBON_ORDERS; i++)
        buffer_printf(&list, ",\"%d\":\"lc-1-other\"", i);
    buffer_add_text(&list, "}}}");
    assert_int_equal(talk_kit_play(&desk->kit, ADAPTER_SUBMIT, CODE, LOGIN, buffer_text(&list)),
                     OUTCOME_DEFERRED);
    assert_non_null(strstr(desk->kit.result.outcome.detail, "100 places"));
    assert_true(desk->kit.healthy);
}

/* The picture is fetched where the card says, once it had the time that it asked for. */
static void test_picture_requests(void **state)
{
    struct desk *desk = *state;
    struct talk_kit *kit = &desk->kit;
    struct ask ask = {0};

    kit->job.want = LEVEL_SCREENSHOT;
    talk_kit_play(kit, ADAPTER_VERIFY, CODE, LOGIN, OURS, CLOCK, ON, CAPTURE, READY, OPEN, PNG,
                  OPEN);
    assert_turn(kit, 8, "GET", "/download/share/s.png");
    assert_true(kit->dialect->hears(14, 404)); /* at the fetching, and nowhere else */
    assert_false(kit->dialect->hears(13, 404));
    kit->talk.step = 12; /* the question for the file */
    kit->dialect->ask(&kit->talk, &ask);
    assert_int_equal(ask.wait_ms, 5000);
    ask_free(&ask);
}

#define AT_DESK(test) cmocka_unit_test_setup_teardown(test, desk_setup, desk_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        AT_DESK(test_every_step), AT_DESK(test_sessions),          AT_DESK(test_login_fails),
        AT_DESK(test_places),     AT_DESK(test_a_full_card_waits), AT_DESK(test_picture_requests),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
