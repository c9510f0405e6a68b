/* test_onbon_k: what every answer of a BX-5K or BX-6K card leads to.
 * Runs: any. */
#include "tests/unit/onbon_k_kit.h"

struct desk {
    struct {
        int model;
        int64_t area, address;
    } options;
    struct talk_kit kit;
    const char *const *answers; /* data of frames, hexadecimal; "": none that can be read */
};

static void desk_device(void *ctx, const struct ask *ask, struct talk_answer *answer)
{
    struct buffer data BUFFER_FREE_LATER = BUFFER_NULL;
    struct desk *desk = ctx;

    (void)ask;
    assert_non_null(*desk->answers);
    k_bytes(*desk->answers, &data);
    if (**desk->answers)
        onbon_k_frame(&answer->body, 1, false, &data);
    else
        buffer_add_text(&answer->body, "\xA5hm\x5A");
    desk->answers++;
}

static int desk_setup(void **state)
{
    struct desk *desk = mem_new(struct desk);

    desk->options.model = 1;
    desk->options.area = 4;
    desk->options.address = 1;
    talk_kit_init(&desk->kit, "onbon-k", &desk->options);
    desk->kit.device = desk_device;
    desk->kit.ctx = desk;
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

#define FREE                                                                                       \
    HEAD TIME FILE_ "0000"                                                                         \
                    "00" TAIL
#define USED                                                                                       \
    HEAD TIME FILE_ "0000"                                                                         \
                    "0104" TAIL
#define ACK   "A000000000"
#define NACK  "A001"
#define NACK_ "0000"

static const struct dialogue {
    enum adapter_verb verb;
    enum outcome_kind kind;
    int code;
    enum outcome_level level;
    bool healthy;
    const char *answers[4];
} dialogues[] = {
    {ADAPTER_SUBMIT, OUTCOME_SENT, 0, LEVEL_ACCEPTED, true, {FREE, ACK}},
    {ADAPTER_SUBMIT, OUTCOME_DEFERRED, 0, 0, true, {USED}}, /* somebody else's */
    {ADAPTER_SUBMIT, OUTCOME_DEFERRED, 3, 0, false, {NACK "03" NACK_}},
    {ADAPTER_SUBMIT, OUTCOME_DEFERRED, 0, 0, false, {""}},
    {ADAPTER_SUBMIT, OUTCOME_DEFERRED, 0, 0, false, {ACK}},
    {ADAPTER_SUBMIT, OUTCOME_DEFERRED, 5, 0, false, {FREE, NACK "05" NACK_}},
    {ADAPTER_SUBMIT, OUTCOME_REJECTED, 12, 0, true, {FREE, NACK "0C" NACK_}},
    {ADAPTER_SUBMIT, OUTCOME_UNKNOWN, 0, 0, false, {FREE, ""}},
    {ADAPTER_SUBMIT, OUTCOME_UNKNOWN, 0, 0, false, {FREE, FREE}},
    {ADAPTER_SUBMIT, OUTCOME_UNKNOWN, 0, 0, false, {FREE, "A000"}},
    {ADAPTER_WITHDRAW, OUTCOME_SENT, 0, LEVEL_STORED, true, {FREE}},
    {ADAPTER_WITHDRAW, OUTCOME_SENT, 0, LEVEL_STORED, true, {USED, ACK, FREE}},
    {ADAPTER_WITHDRAW, OUTCOME_DEFERRED, 0, 0, false, {USED, ACK, USED}},
    {ADAPTER_WITHDRAW, OUTCOME_DEFERRED, 2, 0, false, {USED, NACK "02" NACK_}},
    {ADAPTER_VERIFY, OUTCOME_SENT, 0, LEVEL_STORED, true, {USED}},
    {ADAPTER_VERIFY, OUTCOME_REJECTED, 0, 0, true, {FREE}},
    {ADAPTER_VERIFY, OUTCOME_DEFERRED, 0, 0, false, {""}},
    {ADAPTER_PROBE, OUTCOME_SENT, 0, 0, true, {USED}},
    {ADAPTER_PROBE, OUTCOME_DEFERRED, 99, 0, false, {NACK "63" NACK_}},
};

static enum outcome_kind desk_run(struct desk *desk, enum adapter_verb verb,
                                  const char *const *answers)
{
    desk->answers = answers;
    talk_kit_run(&desk->kit, verb);
    assert_null(*desk->answers);
    return desk->kit.result.outcome.kind;
}

static void test_every_step(void **state)
{
    for (size_t i = 0; i < sizeof dialogues / sizeof *dialogues; i++) {
        const struct dialogue *dialogue = &dialogues[i];
        struct desk *desk;

        desk_teardown(state);
        desk_setup(state);
        desk = *state;
        assert_int_equal(desk_run(desk, dialogue->verb, dialogue->answers), dialogue->kind);
        assert_int_equal(desk->kit.result.outcome.code, dialogue->code);
        assert_int_equal(desk->kit.result.level, dialogue->level);
        assert_int_equal(desk->kit.healthy, dialogue->healthy);
    }
}

static void test_update(void **state)
{
    struct buffer data BUFFER_FREE_LATER = BUFFER_NULL;
    struct desk *desk = *state;
    const struct talk_turn *turn = &desk->kit.turns[1];
    const char *why = NULL;

    desk_run(desk, ADAPTER_SUBMIT, (const char *const[]){FREE, ACK, NULL});
    assert_int_equal(turn->body[8 + 9], 1); /* over the programs */
    assert_int_equal(onbon_k_open(turn->body, turn->length, &data, &why), 0);
    assert_bytes(&data,
                 "A306010100 00 01 3200 00 0080 0000 C080 4000 04 00 02 3C00 00 00 00 01 01 01"
                 "00 10 0A 17000000 5C464F303030 5C4645303030 5C4331 D1A7B7A8CAD8B7A8");
    assert_false(desk->kit.turns[0].changes);
    assert_true(turn->changes);
}

static void test_timeouts_and_ways(void **state)
{
    static const struct {
        int64_t left_ms;
        const char *text;
        unsigned timeout_s, single, breaks, show;
    } cases[] = {
        {59999, "学法守法", 59, 1, 1, 1},
        {-5, "学法守法", 1, 1, 1, 1},
        {100000000, "学法守法", 65535, 1, 1, 1},
        {60000, "学法守法学法守法学法守法学法守法", 60, 2, 2, 1}, /* 16 cells of 16: two lines */
        {60000,
         "学法守法学法守法学法守法学法守法学法守法学法守法学法守法学法守法学法守法学法守法"
         "学法守法学法守法学法守法",
         60, 1, 1, 3},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buffer data BUFFER_FREE_LATER = BUFFER_NULL;
        const char *why = NULL;
        struct desk *desk;

        desk_teardown(state);
        desk_setup(state);
        desk = *state;
        desk->kit.job.until_ms = talk_morning + cases[i].left_ms;
        desk->kit.job.text = cases[i].text;
        desk_run(desk, ADAPTER_SUBMIT, (const char *const[]){FREE, ACK, NULL});
        onbon_k_open(desk->kit.turns[1].body, desk->kit.turns[1].length, &data, &why);
        assert_int_equal((unsigned char)data.data[21] + 256 * (unsigned char)data.data[22],
                         cases[i].timeout_s);
        assert_int_equal(data.data[26], cases[i].single);
        assert_int_equal(data.data[27], cases[i].breaks);
        assert_int_equal(data.data[28], cases[i].show);
    }
}

/* Nothing is sent that the card can't show. */
static void test_texts_that_do_not_fit(void **state)
{
    struct desk *desk = *state;
    struct buffer text BUFFER_FREE_LATER = BUFFER_NULL;

    desk->kit.job.text = "𠮷";
    assert_int_equal(desk_run(desk, ADAPTER_SUBMIT, (const char *const[]){FREE, NULL}),
                     OUTCOME_REJECTED);
    for (int i = 0; i < 1024 - 36 - 15; i++)
        buffer_add_char(&text, 'a');
    desk->kit.job.text = buffer_text(&text);
    assert_int_equal(desk_run(desk, ADAPTER_SUBMIT, (const char *const[]){FREE, ACK, NULL}),
                     OUTCOME_SENT);
    desk->options.model = 0;
    assert_int_equal(desk_run(desk, ADAPTER_SUBMIT, (const char *const[]){FREE, NULL}),
                     OUTCOME_REJECTED);
    desk->options.model = 1;
    buffer_add_char(&text, 'a');
    desk->kit.job.text = buffer_text(&text);
    assert_int_equal(desk_run(desk, ADAPTER_SUBMIT, (const char *const[]){FREE, NULL}),
                     OUTCOME_REJECTED);
}

/* A refusal leaves what was there; an answer that is lost doesn't, as far as we know. */
static void test_whose_area(void **state)
{
    struct desk *desk = *state;

    desk_run(desk, ADAPTER_SUBMIT, (const char *const[]){FREE, NACK "03" NACK_, NULL});
    assert_int_equal(desk_run(desk, ADAPTER_SUBMIT, (const char *const[]){USED, NULL}),
                     OUTCOME_DEFERRED);
    desk_run(desk, ADAPTER_SUBMIT, (const char *const[]){FREE, "", NULL});
    assert_int_equal(desk_run(desk, ADAPTER_SUBMIT, (const char *const[]){USED, ACK, NULL}),
                     OUTCOME_SENT);
}

static void test_options(void **state)
{
    const struct option_kind *kind = &adapter_find("onbon-k")->kind;
    struct desk *desk = *state;
    char why[200] = "";

    assert_int_equal(kind->check(&desk->options, why, sizeof why), 0);
    desk->options.area = 5;
    assert_int_equal(kind->check(&desk->options, why, sizeof why), 1);
    assert_string_equal(why, "area must be at most 4 on a 6k card.");
    desk->options.model = 0;
    assert_int_equal(kind->check(&desk->options, why, sizeof why), 0);
    assert_int_equal(kind->traits->charset, CHARSET_GB2312);
    assert_int_equal(kind->traits->level_most(&desk->options, true), LEVEL_STORED);
}

#define AT_DESK(test) cmocka_unit_test_setup_teardown(test, desk_setup, desk_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        AT_DESK(test_every_step),        AT_DESK(test_update),
        AT_DESK(test_timeouts_and_ways), AT_DESK(test_texts_that_do_not_fit),
        AT_DESK(test_whose_area),        AT_DESK(test_options),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
