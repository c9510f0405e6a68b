/* test_history: random histories with crashes: whatever happens when, four tell the same.
 *
 * A child enters, fetches, claims, settles, reports and refuses at random until its disk kills it,
 * or it ends in order. Before each operation it tells the parent by a pipe what may come of it, and
 * after the answer what came: that is the shadow. Then the books are opened again: every message is
 * where the shadow has it (in doubt, if it was in flight), or where the one operation that wasn't
 * answered has brought it. The statement's figures, from the counts, are those of the shadow; and
 * the journal, replayed, is held against both tables and statement (gateway/audit/verify.h).
 *
 * HISTORY_SEED=N repeats one. */
#include "gateway/audit/verify.h"
#include "gateway/report/statement.h"
#include "tests/unit/faults_kit.h"

#define HISTORIES 5
#define LIVES     8
#define OPS       60  /* in a life, at most */
#define STEPS     700 /* same */
#define MESSAGES  600
#define NOWHERE   (-1)

struct shadow {
    int state[MESSAGES + 1]; /* by id, from 1 */
    int may[MESSAGES + 1];   /* what the operation under way makes of it; NOWHERE: nothing */
    int64_t n;
    bool fetching; /* what waits may become due */
};

/* What the child tells. */
enum word_kind { WORD_MAY, WORD_FETCHING, WORD_DONE, WORD_IS };
struct word {
    int64_t id;
    int32_t kind, state;
};

struct player {
    struct actor actor;
    struct shadow *shadow; /* the child's own copy */
    uint64_t random;
};

static uint64_t player_draw(struct player *player, uint64_t below)
{
    player->random = player->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (player->random >> 33) % below;
}

/* ---- the shadow ---- */

static void shadow_hear(struct shadow *shadow, const struct word *word)
{
    switch ((enum word_kind)word->kind) {
    case WORD_MAY:
        shadow->may[word->id] = word->state;
        break;
    case WORD_FETCHING:
        shadow->fetching = true;
        break;
    case WORD_IS:
        shadow->state[word->id] = word->state;
        shadow->n = word->id > shadow->n ? word->id : shadow->n;
        break;
    case WORD_DONE:
        shadow->fetching = false;
        for (int64_t id = 1; id <= MESSAGES; id++)
            shadow->may[id] = NOWHERE;
        break;
    }
}

static void shadow_clear(struct shadow *shadow)
{
    *shadow = (struct shadow){0};
    for (int64_t id = 0; id <= MESSAGES; id++)
        shadow->state[id] = shadow->may[id] = NOWHERE;
}

/* What an opening makes of it. */
static int shadow_reopened(int state)
{
    return state == DELIVERY_INFLIGHT ? DELIVERY_UNKNOWN : state;
}

static bool shadow_allows(const struct shadow *shadow, int64_t id, int found)
{
    int was = shadow->state[id];
    bool waited = was == DELIVERY_PLANNED || was == DELIVERY_DEFERRED;

    if (found == shadow_reopened(was))
        return true;
    if (shadow->may[id] != NOWHERE && found == shadow_reopened(shadow->may[id]))
        return true;
    return shadow->fetching && waited && found == DELIVERY_DUE;
}

/* ---- the child ---- */

static void say(struct player *player, const struct word *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        shadow_hear(player->shadow, &words[i]);
    if (write(player->actor.told, words, n * sizeof *words) != (ssize_t)(n * sizeof *words))
        _exit(WRONG_PIPE);
}

static void say_may(struct player *player, int64_t id, int state)
{
    say(player, &(struct word){id, WORD_MAY, state}, 1);
}

static void say_is(struct player *player, int64_t id, int state)
{
    const struct word words[] = {{0, WORD_DONE, 0}, {id, WORD_IS, state}};

    say(player, words, 2);
}

/* One at random that is in this state; 0: none is. */
static int64_t player_pick(struct player *player, enum delivery_state state)
{
    int64_t n = player->shadow->n, first = n ? (int64_t)player_draw(player, (uint64_t)n) : 0;

    for (int64_t i = 0; i < n; i++) {
        int64_t id = (first + i) % n + 1;

        if (player->shadow->state[id] == (int)state)
            return id;
    }
    return 0;
}

static void play_insert(struct player *player)
{
    int64_t n = 1 + (int64_t)player_draw(player, 8), id = player->shadow->n + 1;
    struct word words[ACT_ROOM] = {{0, WORD_DONE, 0}};

    if (id + n > MESSAGES)
        return;
    for (int64_t i = 0; i < n; i++)
        say_may(player, id + i, DELIVERY_PLANNED);
    act_messages(&player->actor, &(struct act){ACT_MESSAGES, n, id - 1, 0});
    for (int64_t i = 0; i < n; i++)
        words[i + 1] = (struct word){id + i, WORD_IS, DELIVERY_PLANNED};
    say(player, words, (size_t)n + 1);
}

static void play_fetch(struct player *player)
{
    int64_t n = 1 + (int64_t)player_draw(player, 8);
    struct word words[ACT_ROOM] = {{0, WORD_DONE, 0}};
    const struct kit *kit = &player->actor.kit;

    say(player, &(struct word){0, WORD_FETCHING, 0}, 1);
    act_fetch(&player->actor, &(struct act){ACT_FETCH, CHANNEL_SMS, n, 0});
    for (size_t i = 0; i < kit->n_rows; i++)
        words[i + 1] = (struct word){kit->rows[i].id, WORD_IS, DELIVERY_DUE};
    say(player, words, kit->n_rows + 1);
}

static void play_claim(struct player *player)
{
    int64_t id = player_pick(player, DELIVERY_DUE);

    if (!id)
        return;
    say_may(player, id, DELIVERY_INFLIGHT);
    act_claim(&player->actor, &(struct act){ACT_CLAIM, id, 0, 0});
    say_is(player, id, DELIVERY_INFLIGHT);
}

static void play_settle(struct player *player)
{
    static const struct {
        enum outcome_kind kind;
        int state; /* enum delivery_state */
    } ends[] = {{OUTCOME_SENT, DELIVERY_SENT},         {OUTCOME_SENT, DELIVERY_SENT},
                {OUTCOME_SENT, DELIVERY_SENT},         {OUTCOME_REJECTED, DELIVERY_REJECTED},
                {OUTCOME_DEFERRED, DELIVERY_DEFERRED}, {OUTCOME_UNKNOWN, DELIVERY_UNKNOWN}};
    int64_t id = player_pick(player, DELIVERY_INFLIGHT);
    size_t end = player_draw(player, sizeof ends / sizeof *ends);

    if (!id)
        return;
    say_may(player, id, ends[end].state);
    act_settle(&player->actor, &(struct act){ACT_SETTLE, id, ends[end].kind, 0});
    say_is(player, id, ends[end].state);
}

static void play_report(struct player *player)
{
    int64_t id = player_pick(player, DELIVERY_SENT);
    bool failed = player_draw(player, 4) == 0;
    int state = failed ? DELIVERY_UNDELIVERED : DELIVERY_DELIVERED;

    if (!id)
        return;
    say_may(player, id, state);
    act_report(&player->actor,
               &(struct act){ACT_REPORT, id, failed ? REPORT_FAILED : REPORT_DELIVERED, 0});
    say_is(player, id, state);
}

static void play_refuse(struct player *player)
{
    int64_t id = player_pick(player, player_draw(player, 2) ? DELIVERY_PLANNED : DELIVERY_DUE);

    if (!id)
        return;
    say_may(player, id, DELIVERY_SUPPRESSED);
    act_refuse(&player->actor, &(struct act){ACT_REFUSE, id - 1, 0, 0});
    say_is(player, id, DELIVERY_SUPPRESSED);
}

static void play_clock(struct player *player)
{
    faults_now_ms += ((int64_t)player_draw(player, 100) - 20) * 60000;
}

static _Noreturn void player_live(struct player *player)
{
    static void (*const plays[])(struct player * player) = {
        play_insert, play_fetch,  play_fetch,  play_claim,  play_claim, play_claim,
        play_settle, play_settle, play_settle, play_report, play_clock, play_refuse};
    const struct act none = {ACT_OPEN, 0, 0, 0};

    if (!freopen("/dev/null", "w", stderr) || !freopen("/dev/null", "w", stdout) ||
        uv_loop_init(&player->actor.kit.loop))
        _exit(WRONG_OPEN);
    act_open(&player->actor, &none);
    act_device(&player->actor, &none);
    act_campaign(&player->actor, &none);
    act_sim(&player->actor, &none);
    for (int i = 0; i < OPS; i++) {
        faults_now_ms += 1000;
        plays[player_draw(player, sizeof plays / sizeof *plays)](player);
    }
    act_close(&player->actor, &none);
    _exit(0);
}

/* ---- the parent ---- */

struct world {
    struct kit kit;
    struct disk_faults *faults, *healthy;
    struct shadow shadow;
    uint64_t random;
    int crashes;
    int64_t unanswered; /* operations that had happened, though nobody was told */
};

static void world_hear(struct world *world, int told)
{
    struct word word;

    while (read(told, &word, sizeof word) == (ssize_t)sizeof word)
        shadow_hear(&world->shadow, &word);
}

/* A child that dies at a random step, or lives to the end. */
static void world_live(struct world *world, int life)
{
    struct player player = {.actor.kit = world->kit, .shadow = &world->shadow};
    int ends[2], status;
    pid_t child;

    player.random = world->random = world->random * 2862933555777941757u + 3037000493u;
    atomic_store(&world->faults->steps, 0);
    atomic_store(&world->faults->death, (int)(player_draw(&player, DISK_DEATHS)));
    atomic_store(&world->faults->seed, world->random);
    atomic_store(&world->faults->die_at, life ? 1 + (int64_t)player_draw(&player, STEPS) : 0);
    assert_int_equal(pipe(ends), 0);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        disk_faults_suffer(world->faults);
        player.actor.told = ends[1];
        player_live(&player);
    }
    close(ends[1]);
    world_hear(world, ends[0]);
    close(ends[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
        world->crashes++;
    else if (status)
        fail_msg("life %d: status %x", life, status);
}

static void assert_verified(struct world *world, bool closed)
{
    struct verify_result result;
    char why[512];

    if (verify_books(world->kit.path, &(struct verify_options){0}, &result, why, sizeof why))
        fail_msg("%s", why);
    for (size_t i = 0; i < result.findings.n; i++)
        fail_msg("%s: %s", finding_name(result.findings.items[i].kind),
                 result.findings.items[i].text);
    assert_true(result.sealed || !closed);
    verify_release(&result);
}

/* Takes over from the books what nobody was told. */
static void world_match(struct world *world)
{
    struct shadow *shadow = &world->shadow;
    int64_t n = kit_ask(&world->kit, "SELECT count(*) FROM delivery");

    assert_in_range(n, shadow->n, MESSAGES);
    for (int64_t id = 1; id <= n; id++) {
        int found = (int)state_of(&world->kit, id);

        if (!shadow_allows(shadow, id, found))
            fail_msg("message %lld: %s in the books, %d in the shadow, may be %d", (long long)id,
                     delivery_state_name((enum delivery_state)found), shadow->state[id],
                     shadow->may[id]);
        world->unanswered += found != shadow_reopened(shadow->state[id]);
        shadow->state[id] = found;
    }
    shadow->n = n;
    shadow_hear(shadow, &(struct word){0, WORD_DONE, 0});
}

static void world_compare(const struct world *world)
{
    int64_t counts[DELIVERY_STATES] = {0};
    char why[STATEMENT_WHY];
    struct statement statement;
    struct books *books;

    assert_int_equal(books_open(&books, world->kit.path, why, sizeof why), 0);
    assert_int_equal(statement_read(books, "2026-law-day", &statement), 0);
    if (!statement_adds_up(&statement, why, sizeof why))
        fail_msg("%s", why);
    for (int64_t id = 1; id <= world->shadow.n; id++)
        counts[world->shadow.state[id]]++;
    assert_memory_equal(statement.by_state, counts, sizeof counts);
    statement_release(&statement);
    books_close(books);
}

static void world_open(struct world *world, uint64_t seed)
{
    *world = (struct world){.random = seed};
    kit_init(&world->kit);
    shadow_clear(&world->shadow);
    faults_now_ms = FAULTS_BEGIN_MS;
    world->faults = faults_make(&world->kit);
    world->healthy = faults_make(&world->kit);
    disk_faults_suffer(world->healthy);
}

static void world_close(struct world *world)
{
    disk_faults_suffer(NULL);
    disk_faults_unmap(world->faults);
    disk_faults_unmap(world->healthy);
    faults_clear(world->kit.directory);
    assert_int_equal(rmdir(world->kit.directory), 0);
    assert_int_equal(uv_loop_close(&world->kit.loop), 0);
}

static void history_run(uint64_t seed)
{
    struct world world;

    print_message("HISTORY_SEED=%llu\n", (unsigned long long)seed);
    world_open(&world, seed);
    for (int life = 0; life < LIVES; life++) {
        world_live(&world, life);
        assert_verified(&world, false); /* as the crash has left them */
        faults_now_ms += 3600000;
        assert_int_equal(kit_open(&world.kit), 0);
        world_match(&world);
        world_compare(&world);
        kit_close(&world.kit);
        assert_verified(&world, true);
    }
    print_message("messages=%lld crashes=%d unanswered=%lld\n", (long long)world.shadow.n,
                  world.crashes, (long long)world.unanswered);
    assert_true(world.shadow.n > 20 && world.crashes > 0);
    world_close(&world);
}

static void test_four_tell_the_same(void **state)
{
    const char *given = getenv("HISTORY_SEED");
    uint64_t seed = given ? strtoull(given, NULL, 10) : (uint64_t)getpid() << 20 | 1;

    (void)state;
    for (uint64_t i = 0; i < (given ? 1 : HISTORIES); i++)
        history_run(seed + i);
}

/* What is in no record changes, and the clock goes back: the second seal follows the first. */
static void test_seals_follow_each_other(void **state)
{
    struct world world;

    (void)state;
    world_open(&world, 1);
    for (int i = 0; i < 2; i++) {
        struct ledger_op op = {.kind = LEDGER_MODEM, .modem = {.state = LANE_READY, .paused = i}};

        assert_int_equal(kit_open(&world.kit), 0);
        op.modem.device = kit_device(&world.kit, "bank-a/0");
        assert_int_equal(kit_do(&world.kit, &op), LEDGER_OK);
        kit_close(&world.kit);
        assert_verified(&world, true);
        faults_now_ms -= 3600000;
    }
    assert_int_equal(
        kit_ask(&world.kit, "SELECT count(*) FROM journal WHERE delivery = 0 AND to_state = 20"),
        2);
    world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_four_tell_the_same),
                                       cmocka_unit_test(test_seals_follow_each_other)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
