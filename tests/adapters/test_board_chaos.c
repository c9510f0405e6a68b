/* test_board_chaos: for every kind of board that is linked, something fails at every request of a
 * SUBMIT, in every way. Whatever the outcome, the books can rely on it: what is on the board was
 * SENT or is UNKNOWN, and a WITHDRAW once the trouble is over leaves the owner's program alone. */
#include "tests/adapters/board_bench.h"

#define DAY_MS INT64_C(86400000)

enum { CHAOS_REQUESTS_MOST = 16, CHAOS_TRIES = 3, CHAOS_HANG_MS = 150 };

/* At the request that comes after so many others. */
static const struct trouble {
    const char *name, *command; /* command: its last figure follows */
    unsigned first;             /* that figure for the first request */
} troubles[] = {
    {"500", "fault plaza 500 1 0", 0},
    {"404", "fault plaza 404 1 0", 0},
    {"400", "fault plaza 400 1 0", 0},
    {"405", "fault plaza 405 1 0", 0},
    {"503", "fault plaza 503 1 0", 0},
    {"done, but 504", "garble plaza 504", 1},
    {"done, but garbage", "garble plaza 200", 1},
    {"hang", "trip plaza hang", 0},
    {"power failure before", "trip plaza dark", 0},
    {"power failure after", "trip plaza cut", 0},
};

#define TROUBLES (sizeof troubles / sizeof *troubles)

static const char *const whats[] = {"", ", shown already", ", over midnight"};

#define WHATS (sizeof whats / sizeof *whats)

struct scene {
    const char *kind;
    const struct trouble *trouble;
    enum { NEW, AGAIN, LONG } what;
    char name[96];
};

static size_t chaos_ours(struct bench *bench)
{
    assert_true(rule_is_stored(bench, OWN));
    return rule_count_stored(bench) - 1;
}

static bool chaos_is_armed(struct bench *bench)
{
    return tell_figure(bench->sim, "stored plaza", "/armed") > 0;
}

static void chaos_begin(struct bench *bench, const struct scene *scene)
{
    rule_begin(bench, scene->kind);
    bench->board.timeout_ms = CHAOS_HANG_MS;
    assert_true(tell(bench->sim, "own plaza " OWN " 大米每斤三元"));
    if (scene->what == LONG) /* over midnight, which some boards take in pieces */
        bench->jobs[0].until_ms = bench->jobs[0].limit_ms = bench->jobs[0].from_ms + DAY_MS;
    if (scene->what == AGAIN)
        assert_int_equal(bench_do(bench, ADAPTER_SUBMIT, 0), OUTCOME_SENT);
}

static void chaos_end_trouble(struct bench *bench)
{
    assert_true(tell(bench->sim, "fault plaza 500 0"));
    assert_true(tell(bench->sim, "garble plaza 500 0"));
    assert_true(tell(bench->sim, "trip plaza none"));
    assert_true(tell(bench->sim, "hangboard plaza off"));
    assert_true(tell(bench->sim, "power plaza on"));
}

static void chaos_withdraw(struct bench *bench)
{
    enum outcome_kind kind = OUTCOME_DEFERRED;

    for (int i = 0; i < CHAOS_TRIES && kind != OUTCOME_SENT; i++)
        kind = bench_do(bench, ADAPTER_WITHDRAW, 0);
    assert_int_equal(kind, OUTCOME_SENT);
    assert_int_equal(chaos_ours(bench), 0);
}

/* false: the dialogue has fewer requests. */
static bool chaos_at(const struct scene *scene, unsigned request)
{
    enum outcome_kind kind;
    struct bench bench;
    char command[64];
    size_t ours;
    bool reached;

    chaos_begin(&bench, scene);
    snprintf(command, sizeof command, "%s %u", scene->trouble->command,
             scene->trouble->first + request);
    assert_true(tell(bench.sim, command));
    kind = bench_do(&bench, ADAPTER_SUBMIT, 0);
    reached = !chaos_is_armed(&bench);
    ours = chaos_ours(&bench);
    if (ours && scene->what != AGAIN && kind != OUTCOME_SENT && kind != OUTCOME_UNKNOWN)
        fail_msg("request %u: %zu on the board, but outcome %d", request + 1, ours, (int)kind);
    chaos_end_trouble(&bench);
    chaos_withdraw(&bench);
    bench_end(&bench);
    return reached;
}

static void scene_run(void **state)
{
    const struct scene *scene = *state;
    unsigned request = 0;

    while (chaos_at(scene, request))
        assert_true(++request < CHAOS_REQUESTS_MOST);
    assert_true(request > 0);
}

int main(int argc, char **argv)
{
    enum { KINDS_MOST = 32, SCENES = KINDS_MOST * TROUBLES * WHATS };
    static struct scene scenes[SCENES];
    static struct CMUnitTest tests[SCENES];
    const struct option_kind *kind;
    size_t n = 0;

    (void)argc;
    bench_test_program = argv[0];
    setenv("TZ", "Asia/Shanghai", 1);
    tzset();
    for (size_t i = 0; (kind = adapter_board_kind(i)) && i < KINDS_MOST; i++)
        for (size_t k = 0; k < TROUBLES * WHATS; k++, n++) {
            struct scene *scene = &scenes[n];

            scene->kind = kind->name;
            scene->trouble = &troubles[k / WHATS];
            scene->what = k % WHATS;
            snprintf(scene->name, sizeof scene->name, "%s: %s%s", scene->kind, scene->trouble->name,
                     whats[scene->what]);
            tests[n] = (struct CMUnitTest){
                .name = scene->name, .test_func = scene_run, .initial_state = scene};
        }
    return n ? _cmocka_run_group_tests("chaos", tests, n, NULL, NULL) : 1;
}
