/* test_board_rules: the rules of adapters/adapter.h, stamped on every kind of board that is linked.
 *
 * A kind that this table doesn't know is tested with its defaults, so a new kind can't be
 * forgotten: without a simulated board of its name the test fails. */
#include "adapters/display/dialect.h"
#include "tests/adapters/board_bench.h"

/* ---- rules ---- */

static void rule_ready_comes_and_jobs_end_once(const char *kind)
{
    struct bench bench;

    rule_begin(&bench, kind);
    assert_int_equal(bench_do(&bench, ADAPTER_PROBE, 0), OUTCOME_SENT);
    assert_int_equal(bench_do(&bench, ADAPTER_SUBMIT, 0), OUTCOME_SENT);
    assert_int_equal(bench.last.level, LEVEL_ACCEPTED);
    assert_int_equal(bench_do(&bench, ADAPTER_SUBMIT, 0), OUTCOME_SENT);
    bench_end(&bench);
    assert_int_equal(bench.done, 3);
    assert_int_equal(bench.stopped, 1);
}

static void rule_refuses_what_it_cannot_take(const char *kind)
{
    struct bench bench;

    rule_open(&bench, kind);
    assert_int_equal(bench_init(&bench), 0);
    bench_start(&bench);
    assert_true(bench_lend(&bench, ADAPTER_SUBMIT, 0) > 0);
    bench_until_ready(&bench, 1);
    assert_int_equal(bench_lend(&bench, ADAPTER_SUBMIT, 0), 0);
    assert_true(bench_lend(&bench, ADAPTER_PROBE, 1) > 0);
    bench_until_done(&bench);
    assert_int_equal(bench.done, 1);
    bench_end(&bench);
}

static void rule_stops_before_it_is_ready(const char *kind)
{
    struct bench bench;

    rule_open(&bench, kind);
    assert_int_equal(bench_init(&bench), 0);
    bench_start(&bench);
    bench_end(&bench);
    assert_int_equal(bench.done, 0);
    assert_int_equal(bench.stopped, 1);
}

static void rule_settles_what_is_lent_when_stopped(const char *kind)
{
    struct bench bench;

    rule_begin(&bench, kind);
    bench_silence(&bench);
    assert_int_equal(bench_lend(&bench, ADAPTER_SUBMIT, 0), 0);
    bench_end(&bench);
    assert_int_equal(bench.done, 1);
    assert_int_equal(bench.stopped, 1);
    assert_true(bench.last.outcome.kind == OUTCOME_RETURNED ||
                bench.last.outcome.kind == OUTCOME_UNKNOWN);
}

/* An owner who wants the board back doesn't wait for a time-out. */
static void rule_breaks_off_when_asked(const char *kind)
{
    struct bench bench;
    int64_t before;

    rule_begin(&bench, kind);
    bench.board.timeout_ms = BENCH_PATIENCE_MS;
    bench_silence(&bench);
    assert_int_equal(bench_lend(&bench, ADAPTER_SUBMIT, 0), 0);
    uv_run(&bench.loop, UV_RUN_ONCE);
    before = clock_mono_ms();
    bench.inside = true;
    bench.adapter->cancel(bench.state);
    bench.inside = false;
    bench_until_done(&bench);
    assert_true(clock_mono_ms() - before < BENCH_PATIENCE_MS / 2);
    assert_true(bench.last.outcome.kind == OUTCOME_RETURNED ||
                bench.last.outcome.kind == OUTCOME_UNKNOWN);
    assert_true(tell(bench.sim, "hangboard plaza off"));
    assert_int_equal(bench_do(&bench, ADAPTER_WITHDRAW, 0), OUTCOME_SENT);
    bench_end(&bench);
}

static void rule_never_says_sent_for_a_silent_device(const char *kind)
{
    struct bench bench;

    rule_begin(&bench, kind);
    bench_silence(&bench);
    bench_do(&bench, ADAPTER_SUBMIT, 0);
    assert_true(bench.last.outcome.kind == OUTCOME_DEFERRED ||
                bench.last.outcome.kind == OUTCOME_UNKNOWN ||
                bench.last.outcome.kind == OUTCOME_RETURNED);
    bench_end(&bench);
}

static void rule_can_be_ended_at_every_stage(const char *kind)
{
    struct bench bench;

    rule_open(&bench, kind); /* never initialised */
    bench_close(&bench);
    rule_open(&bench, kind); /* never started */
    assert_int_equal(bench_init(&bench), 0);
    bench_close(&bench);
    rule_open(&bench, kind); /* init fails */
    bench.board.url[0] = '?';
    assert_true(bench_init(&bench) < 0);
    bench_close(&bench);
}

/* A platform of the office's own shows what its body says, which the simulator keeps whole. */
static void rule_same_text(const char *shown, const char *text, const char *kind)
{
    struct jv *body;

    if (strcmp(kind, "webhook") != 0) {
        assert_string_equal(shown, text);
        return;
    }
    body = jv_parse(shown, strlen(shown), NULL);
    assert_string_equal(jv_text(jv_at(body, "/text")), text);
    jv_free(body);
}

/* What people see is what was handed over, once, however often it is published. */
static void rule_the_text_arrives(const char *kind)
{
    struct sim_events events;
    struct bench bench;
    char *name, *text;
    size_t up = 0;

    rule_begin(&bench, kind);
    name = mem_dup(bench.jobs[0].name);
    text = mem_dup(bench.jobs[0].text);
    assert_int_equal(bench_do(&bench, ADAPTER_SUBMIT, 0), OUTCOME_SENT);
    assert_int_equal(bench_do(&bench, ADAPTER_SUBMIT, 0), OUTCOME_SENT);
    bench_stop(&bench);
    events = tell_events(bench.sim);
    for (size_t i = 0; i < events.n; i++) {
        bool shown = strcmp(events.items[i].event, "shown") == 0;

        if (!shown && (strcmp(events.items[i].event, "hidden") != 0 || events.items[i].open))
            continue;
        up += shown ? 1 : (size_t)-1;
        assert_true(up <= 1);
        rule_same_text(events.items[i].text, text, kind);
        if (!ability_of(kind)->nameless)
            assert_string_equal(events.items[i].name, name);
    }
    assert_int_equal(up, 1);
    free(name);
    free(text);
    sim_events_free(&events);
    bench_close(&bench);
}

static void rule_shows_verifies_and_withdraws(const char *kind)
{
    bool reads_back = ability_of(kind)->reads_back;
    enum outcome_kind missing = reads_back ? OUTCOME_REJECTED : OUTCOME_SENT;
    struct bench bench;

    rule_begin(&bench, kind);
    if (reads_back)
        assert_int_equal(bench_do(&bench, ADAPTER_VERIFY, 0), missing);
    assert_int_equal(bench_do(&bench, ADAPTER_WITHDRAW, 0), OUTCOME_SENT);
    assert_int_equal(bench_do(&bench, ADAPTER_SUBMIT, 0), OUTCOME_SENT);
    assert_true(ability_of(kind)->nameless || rule_is_stored(&bench, bench.jobs[0].name));
    assert_int_equal(rule_count_stored(&bench), 1);
    assert_int_equal(bench_do(&bench, ADAPTER_VERIFY, 0), OUTCOME_SENT);
    assert_true(bench.last.level > LEVEL_ACCEPTED || !reads_back);
    assert_int_equal(bench_do(&bench, ADAPTER_WITHDRAW, 0), OUTCOME_SENT);
    assert_int_equal(rule_count_stored(&bench), 0);
    if (reads_back)
        assert_int_equal(bench_do(&bench, ADAPTER_VERIFY, 0), missing);
    assert_int_equal(bench_do(&bench, ADAPTER_WITHDRAW, 0), OUTCOME_SENT);
    bench_end(&bench);
}

static void rule_leaves_the_owners_alone(const char *kind)
{
    struct bench bench;

    rule_begin(&bench, kind);
    assert_true(tell(bench.sim, "own plaza " OWN " 大米每斤三元"));
    for (unsigned i = 0; i < BENCH_JOBS; i++) {
        assert_int_equal(bench_do(&bench, ADAPTER_SUBMIT, i), OUTCOME_SENT);
        assert_true(rule_is_stored(&bench, OWN));
        assert_int_equal(bench_do(&bench, ADAPTER_WITHDRAW, i), OUTCOME_SENT);
        assert_true(rule_is_stored(&bench, OWN));
        assert_int_equal(rule_count_stored(&bench), 1);
    }
    bench_end(&bench);
}

/* All want the same place, and belong to different gateways. */
static void rule_leaves_other_slogans_alone(const char *kind)
{
    struct bench bench;

    rule_begin(&bench, kind);
    for (unsigned i = 0; i < BENCH_JOBS; i++)
        assert_int_equal(bench_do(&bench, ADAPTER_SUBMIT, i), OUTCOME_SENT);
    for (unsigned i = 0; i < BENCH_JOBS; i++)
        assert_int_equal(bench_do(&bench, ADAPTER_VERIFY, i), OUTCOME_SENT);
    assert_int_equal(bench_do(&bench, ADAPTER_WITHDRAW, 1), OUTCOME_SENT);
    assert_int_equal(bench_do(&bench, ADAPTER_VERIFY, 0), OUTCOME_SENT);
    assert_int_equal(bench_do(&bench, ADAPTER_VERIFY, 2), OUTCOME_SENT);
    assert_int_equal(rule_count_stored(&bench), 2);
    bench_end(&bench);
}

static void rule_survives_a_reboot(const char *kind)
{
    const struct ability *ability = ability_of(kind);
    enum outcome_kind after = ability->forgets ? OUTCOME_REJECTED : OUTCOME_SENT;
    struct bench bench;

    rule_begin(&bench, kind);
    assert_int_equal(bench_do(&bench, ADAPTER_SUBMIT, 0), OUTCOME_SENT);
    assert_true(tell(bench.sim, "reboot plaza"));
    if (ability->reads_back)
        assert_int_equal(bench_do(&bench, ADAPTER_VERIFY, 0), after);
    assert_int_equal(bench_do(&bench, ADAPTER_SUBMIT, 0), OUTCOME_SENT);
    assert_int_equal(bench_do(&bench, ADAPTER_VERIFY, 0), OUTCOME_SENT);
    bench_end(&bench);
}

/* A board that answers yes and stores nothing is found out by verify. */
static void rule_finds_out_a_liar(const char *kind)
{
    struct bench bench;

    rule_begin(&bench, kind);
    assert_true(tell(bench.sim, "lie plaza on"));
    assert_int_equal(bench_do(&bench, ADAPTER_SUBMIT, 0), OUTCOME_SENT);
    assert_true(bench.last.level <= LEVEL_ACCEPTED);
    bench_do(&bench, ADAPTER_VERIFY, 0);
    if (ability_of(kind)->reads_back)
        assert_int_equal(bench.last.outcome.kind, OUTCOME_REJECTED);
    else
        assert_true(bench.last.level <= LEVEL_ACCEPTED);
    bench_end(&bench);
}

/* Busy and broken are told apart from refused, and what was asked for in Retry-After is kept. Who
 * is broken may have done it all the same, and is asked. */
static void rule_bears_faults(const char *kind)
{
    static const int faults[] = {429, 503, 500, 502, 504, 408};
    struct bench bench;

    rule_begin(&bench, kind);
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        char command[64];

        snprintf(command, sizeof command, "fault plaza %d 1 77", faults[i]);
        assert_true(tell(bench.sim, command));
        if (bench_do(&bench, ADAPTER_SUBMIT, 0) == OUTCOME_DEFERRED)
            assert_true(bench.last.outcome.wait_ms >= 77000);
        else
            assert_true(i >= 2 && bench.last.outcome.kind == OUTCOME_UNKNOWN);
        assert_int_equal(bench_do(&bench, ADAPTER_SUBMIT, 0), OUTCOME_SENT);
    }
    bench_end(&bench);
}

/* The publication is carried out, step by step, and one answer is spoilt. */
static unsigned rule_spoil(struct bench *bench, const char *kind, int status, int nth)
{
    char command[64];
    bool stored;

    assert_int_equal(bench_do(bench, ADAPTER_WITHDRAW, 0), OUTCOME_SENT);
    snprintf(command, sizeof command, "garble plaza %d %d", status, nth);
    assert_true(tell(bench->sim, command));
    bench_do(bench, ADAPTER_SUBMIT, 0);
    assert_true(tell(bench->sim, "garble plaza 200 0"));
    stored = rule_count_stored(bench) > 0;
    if (stored)
        assert_true(bench->last.outcome.kind == OUTCOME_SENT ||
                    bench->last.outcome.kind == OUTCOME_UNKNOWN);
    if (bench->last.outcome.kind != OUTCOME_UNKNOWN)
        return 0;
    if (ability_of(kind)->reads_back)
        assert_int_equal(bench_do(bench, ADAPTER_VERIFY, 0),
                         stored ? OUTCOME_SENT : OUTCOME_REJECTED);
    assert_int_equal(bench_do(bench, ADAPTER_WITHDRAW, 0), OUTCOME_SENT);
    assert_int_equal(rule_count_stored(bench), 0);
    return 1;
}

/* What may be up is never told as certainly not sent: it would stay. */
static void rule_doubts_what_it_cannot_know(const char *kind)
{
    static const int statuses[] = {200, 408, 500, 502, 504};
    struct bench bench;

    rule_begin(&bench, kind);
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        unsigned doubts = 0;

        for (int nth = 1; nth <= 7; nth++)
            doubts += rule_spoil(&bench, kind, statuses[i], nth);
        assert_true(doubts > 0 || statuses[i] == 200);
    }
    bench_end(&bench);
}

/* A level that is proved stays proved when the picture of it doesn't come. */
static void rule_bears_a_missing_picture(const char *kind)
{
    struct bench bench;
    bool borne = false;

    rule_begin(&bench, kind);
    assert_int_equal(bench_do(&bench, ADAPTER_SUBMIT, 0), OUTCOME_SENT);
    bench.jobs[0].want = LEVEL_SCREENSHOT;
    assert_int_equal(bench_do(&bench, ADAPTER_VERIFY, 0), OUTCOME_SENT);
    assert_int_equal(bench.last.level, LEVEL_SCREENSHOT);
    for (int nth = 1; nth <= 12; nth++) {
        char command[64];

        snprintf(command, sizeof command, "garble plaza 504 %d", nth);
        assert_true(tell(bench.sim, command));
        if (bench_do(&bench, ADAPTER_VERIFY, 0) == OUTCOME_SENT)
            borne = borne || (bench.last.level >= LEVEL_STORED &&
                              bench.last.level < LEVEL_SCREENSHOT && !bench.last.evidence.picture);
        assert_true(tell(bench.sim, "garble plaza 200 0"));
        assert_int_equal(bench_do(&bench, ADAPTER_PROBE, 0), OUTCOME_SENT);
    }
    assert_true(borne);
    bench_end(&bench);
}

/* A wrong address is nobody's no to a slogan: the office must hear of it. */
static void rule_is_down_at_a_wrong_address(const char *kind)
{
    static const int answers[] = {404, 405, 410};

    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        struct bench bench;
        char command[64];

        rule_begin(&bench, kind);
        snprintf(command, sizeof command, "fault plaza %d 1000", answers[i]);
        assert_true(tell(bench.sim, command));
        for (unsigned k = 0; k < BENCH_JOBS; k++)
            assert_int_equal(bench_do(&bench, ADAPTER_SUBMIT, k), OUTCOME_DEFERRED);
        assert_true(bench.lost);
        bench_end(&bench);
    }
}

static void rule_goes_down_and_comes_back(const char *kind)
{
    struct bench bench;

    rule_begin(&bench, kind);
    assert_true(tell(bench.sim, "offline plaza on"));
    for (unsigned i = 0; i < BENCH_JOBS; i++)
        assert_int_not_equal(bench_do(&bench, ADAPTER_SUBMIT, i), OUTCOME_SENT);
    while (!bench.lost)
        uv_run(&bench.loop, UV_RUN_ONCE);
    assert_true(bench_lend(&bench, ADAPTER_SUBMIT, 0) > 0);
    assert_true(tell(bench.sim, "offline plaza off"));
    bench_until_ready(&bench, 2);
    assert_int_equal(bench_do(&bench, ADAPTER_SUBMIT, 0), OUTCOME_SENT);
    bench_end(&bench);
}

/* Nobody knows this address; and nobody but the listener calls, so the board isn't harmed. */
static void rule_answers_strange_calls(const char *kind)
{
    static const char *const bodies[] = {"", "{}", "[1,2", "[{\"name\":7}]", "\xff\xfe"};
    struct bench bench;

    rule_begin(&bench, kind);
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        struct adapter_answer answer = {.status = 404};

        bench.adapter->hear(bench.state,
                            &(struct adapter_call){.method = "POST",
                                                   .path = "/x",
                                                   .body = bodies[i],
                                                   .length = strlen(bodies[i]),
                                                   .header = bench_no_header},
                            &answer);
        assert_in_range(answer.status, 200, 499);
        buffer_free(&answer.body);
    }
    assert_int_equal(bench_do(&bench, ADAPTER_SUBMIT, 0), OUTCOME_SENT);
    bench_end(&bench);
}

/* ---- stamps ---- */

static bool rule_is_for_many(const char *kind)
{
    return ability_of(kind)->many;
}

static bool rule_is_for_http(const char *kind)
{
    return !adapter_find(kind)->dialect->whole;
}

static bool rule_is_for_pictures(const char *kind)
{
    return ability_of(kind)->pictures;
}

static const struct rule {
    const char *name;
    void (*run)(const char *kind);
    bool (*fits)(const char *kind); /* NULL: all */
} rules[] = {
    {"ready comes and jobs end once", rule_ready_comes_and_jobs_end_once, NULL},
    {"refuses what it can't take", rule_refuses_what_it_cannot_take, NULL},
    {"stops before it is ready", rule_stops_before_it_is_ready, NULL},
    {"settles what is lent when stopped", rule_settles_what_is_lent_when_stopped, NULL},
    {"breaks off when asked", rule_breaks_off_when_asked, NULL},
    {"never says sent for a silent device", rule_never_says_sent_for_a_silent_device, NULL},
    {"can be ended at every stage", rule_can_be_ended_at_every_stage, NULL},
    {"the text arrives", rule_the_text_arrives, NULL},
    {"shows, verifies and withdraws", rule_shows_verifies_and_withdraws, NULL},
    {"leaves the owner's alone", rule_leaves_the_owners_alone, NULL},
    {"leaves other slogans alone", rule_leaves_other_slogans_alone, rule_is_for_many},
    {"survives a reboot", rule_survives_a_reboot, NULL},
    {"finds out a liar", rule_finds_out_a_liar, NULL},
    {"bears faults", rule_bears_faults, rule_is_for_http},
    {"doubts what it can't know", rule_doubts_what_it_cannot_know, rule_is_for_http},
    {"bears a missing picture", rule_bears_a_missing_picture, rule_is_for_pictures},
    {"is down at a wrong address", rule_is_down_at_a_wrong_address, rule_is_for_http},
    {"goes down and comes back", rule_goes_down_and_comes_back, NULL},
    {"answers strange calls", rule_answers_strange_calls, NULL},
};

#define RULES      (sizeof rules / sizeof *rules)
#define KINDS_MOST 32

struct stamp {
    const char *kind;
    const struct rule *rule;
    char name[96];
};

static void stamp_run(void **state)
{
    const struct stamp *stamp = *state;

    stamp->rule->run(stamp->kind);
}

int main(int argc, char **argv)
{
    static struct stamp stamps[RULES * KINDS_MOST];
    struct CMUnitTest tests[RULES * KINDS_MOST] = {0};
    const struct option_kind *kind;
    size_t n = 0;

    (void)argc;
    bench_test_program = argv[0];
    setenv("TZ", "Asia/Shanghai", 1);
    tzset();
    for (size_t i = 0; (kind = adapter_board_kind(i)) && i < KINDS_MOST; i++) {
        for (size_t k = 0; k < RULES; k++) {
            if (rules[k].fits && !rules[k].fits(kind->name))
                continue;
            stamps[n] = (struct stamp){.kind = kind->name, .rule = &rules[k]};
            snprintf(stamps[n].name, sizeof stamps[n].name, "%s: %s", kind->name, rules[k].name);
            tests[n] = (struct CMUnitTest){
                .name = stamps[n].name, .test_func = stamp_run, .initial_state = &stamps[n]};
            n++;
        }
    }
    return n ? _cmocka_run_group_tests("boards", tests, n, NULL, NULL) : 1;
}
