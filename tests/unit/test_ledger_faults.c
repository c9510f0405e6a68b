/* test_ledger_faults: the ledger dies at every write, sync and rename of a history, and is opened
 * again.
 *
 * What was answered is there; of what wasn't, nothing or all; the log and the pictures are whole.
 * It dies before each step, in the middle of each write (its first half, or some of its sectors),
 * right after it, and by a power cut that takes back what wasn't synced, all of it or by chance; or
 * the disk is full, or read-only, or fails, from that step on.
 *
 * What the books must be is known from the same history, ended between two acts. Each session
 * begins with the books that the one before left when it died before its closing. Under sanitizers
 * a sample of the steps is tried. */
#include "gateway/base/digest.h"
#include "tests/support/log_kit.h"
#include "tests/unit/books_dump.h"
#include "tests/unit/faults_kit.h"

#if defined(__SANITIZE_ADDRESS__)
#define FAULTS_RARE 24
#else
#define FAULTS_RARE 1
#endif
#define FAULTS_WORKERS 2
#define FAULTS_SPARSE  7 /* a disk that refuses is tried at every seventh step */
#define FAULTS_ACTS    40

struct session {
    const struct act *acts;
    size_t n;
    int stride; /* every so many steps */
    int least;  /* so many steps there are at least */
};

/* The tables are made in one long transaction. */
static const struct act making[] = {
    {ACT_OPEN, 0, 0, 0}, {ACT_DEVICE, 0, 0, 0}, {ACT_CLOSE, 0, 0, 0}};

static const struct act sending[] = {
    {ACT_OPEN, 0, 0, 0},
    {ACT_DEVICE, 0, 0, 0},
    {ACT_CAMPAIGN, 0, 0, 0},
    {ACT_SIM, 0, 0, 0},
    {ACT_MESSAGES, 6, 0, 0},
    {ACT_SLOGANS, 1, 0, 0},
    {ACT_PLANNED, 0, 0, 0},
    {ACT_FETCH, CHANNEL_SMS, 3, 0},
    {ACT_CLAIM, 1, 0, 0},
    {ACT_SETTLE, 1, OUTCOME_SENT, 0},
    {ACT_CLAIM, 2, 0, 0},
    {ACT_SETTLE, 2, OUTCOME_UNKNOWN, 0},
    {ACT_CLAIM, 3, 0, 0},
    {ACT_SETTLE, 3, OUTCOME_DEFERRED, 0},
    {ACT_REPORT, 1, REPORT_DELIVERED, 0},
    {ACT_FETCH, CHANNEL_DISPLAY, 1, 0},
    {ACT_CLAIM, 7, 0, 1},
    {ACT_SETTLE, 7, OUTCOME_SENT, 1},
    {ACT_SHOW, 7, 0, 10},
    {ACT_REFUSAL, 3, 0, 0},
    {ACT_ANSWER, 0, 0, 0},
    {ACT_ANSWERED, 0, 0, 0},
    {ACT_RELEASE, 1, 0, 0},
    {ACT_REFUSE, 5, 0, 0},
    {ACT_REFUSE, 3, 1, 0},
    {ACT_WITHDRAW, 7, 1, 0},
    {ACT_FETCH, CHANNEL_SMS, 3, 0},
    {ACT_CLAIM, 5, 0, 0},
    {ACT_CLOSE, 0, 0, 0},
};

static const struct act evening[] = {
    {ACT_OPEN, 0, 0, 0},   {ACT_DEVICE, 0, 0, 0},   {ACT_MODEM, 1, 0, 0},   {ACT_SHOW, 7, 20, 30},
    {ACT_ATTACH, 0, 0, 0}, {ACT_CONTACTS, 0, 0, 0}, {ACT_RELEASE, 0, 0, 0}, {ACT_CLOSE, 0, 0, 0},
};

#define SESSION(acts, stride, least)                                                               \
    {                                                                                              \
        acts, sizeof(acts) / sizeof *(acts), stride, least                                         \
    }

static const struct session sessions[] = {SESSION(making, 5, 150), SESSION(sending, 1, 250),
                                          SESSION(evening, 1, 80)};

struct trial {
    struct kit kit;
    const struct session *session;
    const char *before; /* a folder with the books that the session begins with */
    struct disk_faults *faults;
    struct disk_faults *healthy; /* this process's own: nothing fails, and no sync takes time */
    char *expected[FAULTS_ACTS]; /* the books after so many acts and an opening */
    long long steps;             /* of the session */
    int deaths, given_up;
};

static void trial_setup(struct trial *trial, const struct session *session, const char *before)
{
    *trial = (struct trial){.session = session, .before = before};
    LOG_ASSERT(session->n < FAULTS_ACTS);
    kit_init(&trial->kit);
    trial->faults = faults_make(&trial->kit);
    trial->healthy = faults_make(&trial->kit);
    disk_faults_suffer(trial->healthy);
}

static void trial_teardown(struct trial *trial)
{
    faults_clear(trial->kit.directory);
    assert_int_equal(rmdir(trial->kit.directory), 0);
    assert_int_equal(uv_loop_close(&trial->kit.loop), 0);
    disk_faults_suffer(NULL);
    disk_faults_unmap(trial->healthy);
    disk_faults_unmap(trial->faults);
}

/* Plays n acts on the books as they were before; how many were answered. */
static size_t trial_play(struct trial *trial, size_t n, int *status)
{
    faults_clear(trial->kit.directory);
    faults_copy(trial->before, trial->kit.directory);
    atomic_store(&trial->faults->steps, 0);
    faults_now_ms = FAULTS_BEGIN_MS + (trial->session - sessions) * INT64_C(3600000);
    return faults_play(&trial->kit, trial->faults, trial->session->acts, n, status);
}

/* A picture is named after what is in it. */
static void assert_picture(const struct kit *kit, const char *file)
{
    const char *slash = strrchr(file, '/'), *name = slash ? slash + 1 : file;
    MEM_FREE_LATER char *path = mem_printf("%s.evidence/%s", kit->path, name);
    BUFFER_FREE_LATER struct buffer data = BUFFER_NULL;
    char hex[DIGEST_HEX_MOST];
    struct digest digest;

    if (buffer_read_file(&data, path, 1 << 20))
        fail_msg("the books tell of a picture that isn't there: %s", path);
    digest = digest_of(DIGEST_SHA256, data.data, data.length);
    digest_hex(&digest, hex);
    assert_memory_equal(name, hex, strlen(hex));
}

/* What the books tell of is there, whole. */
static void assert_pictures(const struct kit *kit)
{
    sqlite3 *raw = kit_raw(kit);
    sqlite3_stmt *statement;

    assert_int_equal(sqlite3_prepare_v2(raw,
                                        "SELECT file FROM shown WHERE file <> ''"
                                        " UNION ALL SELECT file FROM photo",
                                        -1, &statement, NULL),
                     SQLITE_OK);
    while (sqlite3_step(statement) == SQLITE_ROW)
        assert_picture(kit, (const char *)sqlite3_column_text(statement, 0));
    assert_int_equal(sqlite3_finalize(statement), SQLITE_OK);
    sqlite3_close(raw);
}

/* What a gateway finds that is started now. */
static char *trial_read(struct trial *trial)
{
    char *dump;

    faults_now_ms = FAULTS_LATER_MS;
    faults_drawn = 128;
    if (kit_open(&trial->kit))
        fail_msg("%s", trial->kit.why);
    dump = books_dump(&trial->kit);
    assert_log_whole(trial->kit.path);
    assert_pictures(&trial->kit);
    kit_close(&trial->kit);
    return dump;
}

static void trial_learn(struct trial *trial)
{
    struct kit campaign = trial->kit;
    int status;

    campaign.campaign = 1;
    atomic_store(&trial->faults->die_at, 0);
    for (size_t n = 0; n <= trial->session->n; n++) {
        if (trial_play(trial, n, &status) != n)
            fail_msg("act %zu isn't possible: status %x", n - 1, status);
        trial->steps = atomic_load(&trial->faults->steps);
        trial->expected[n] = trial_read(trial);
        assert_books_agree(&campaign);
        assert_log_whole(trial->kit.path);
    }
    assert_in_range(trial->steps, trial->session->least, 10000);
}

/* The books are as after what was answered, or after one act more. */
static void trial_judge(struct trial *trial, size_t answered, const char *fate, long long step)
{
    MEM_FREE_LATER char *found = trial_read(trial);
    const char *right = trial->expected[answered];
    bool more = answered < trial->session->n;

    if (strcmp(found, right) != 0 && strcmp(found, trial->expected[answered + more]) != 0) {
        MEM_FREE_LATER char *lines = dump_difference(found, right);

        fail_msg("%s step %lld after %zu acts: found, not expected:%s", fate, step, answered,
                 lines);
    }
}

static void trial_die(struct trial *trial, enum disk_death death, long long step)
{
    static const char *const deaths[DISK_DEATHS] = {
        "death before",           "death after",
        "death in the middle of", "death among the sectors of",
        "power cut at",           "untidy power cut at"};
    size_t answered;
    int status;

    atomic_store(&trial->faults->death, (int)death);
    atomic_store(&trial->faults->seed, (unsigned long long)step);
    atomic_store(&trial->faults->die_at, step);
    answered = trial_play(trial, trial->session->n, &status);
    if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL)
        fail_msg("%s step %lld: status %x after %zu acts", deaths[death], step, status, answered);
    trial_judge(trial, answered, deaths[death], step);
}

/* From a step on the disk takes no more: the ledger gives up what it was asked, and ends by itself.
 * Afterwards the disk is well again. */
static void trial_refuse(struct trial *trial, long long step)
{
    static const struct {
        enum disk_refusal refusal;
        int error;
    } ways[] = {{REFUSE_GROWTH, ENOSPC}, {REFUSE_CHANGES, EROFS}, {REFUSE_SYNCS, EIO}};
    size_t way = (size_t)step % (sizeof ways / sizeof *ways), answered;
    int status;

    atomic_store(&trial->faults->die_at, 0);
    atomic_store(&trial->faults->error, ways[way].error);
    atomic_store(&trial->faults->refuse_from, step);
    atomic_store(&trial->faults->refusal, (int)ways[way].refusal);
    answered = trial_play(trial, trial->session->n, &status);
    atomic_store(&trial->faults->refusal, REFUSE_NOTHING);
    if (!WIFEXITED(status) || (WEXITSTATUS(status) && WEXITSTATUS(status) != GIVEN_UP &&
                               WEXITSTATUS(status) != WRONG_OPEN))
        fail_msg("%s from step %lld on: status %x after %zu acts", strerror(ways[way].error), step,
                 status, answered);
    trial->given_up += WIFEXITED(status) && WEXITSTATUS(status) == GIVEN_UP;
    trial_judge(trial, answered, strerror(ways[way].error), step);
}

/* Every way to die but BEFORE has its turn. */
static enum disk_death trial_way(long long step)
{
    static const enum disk_death ways[] = {DEATH_HALF,    DEATH_POWER, DEATH_POWER_SOME,
                                           DEATH_SECTORS, DEATH_AFTER, DEATH_POWER_SOME};

    return ways[(size_t)step % (sizeof ways / sizeof *ways)];
}

/* Its share of the steps, on books of its own. */
static void worker_run(const struct trial *learnt, int share)
{
    int stride = learnt->session->stride * FAULTS_RARE;
    struct trial trial;

    trial_setup(&trial, learnt->session, learnt->before);
    memcpy(trial.expected, learnt->expected, sizeof trial.expected);
    for (long long step = 1 + share * stride; step <= learnt->steps;
         step += FAULTS_WORKERS * stride, trial.deaths += 2) {
        trial_die(&trial, DEATH_BEFORE, step);
        trial_die(&trial, trial_way(step), step);
        if (step % FAULTS_SPARSE == 0)
            trial_refuse(&trial, step);
    }
    trial_teardown(&trial);
    print_message("steps=%lld deaths=%d given_up=%d\n", learnt->steps, trial.deaths,
                  trial.given_up);
}

static void workers_run(const struct trial *learnt)
{
    pid_t workers[FAULTS_WORKERS];
    int status;

    fflush(stdout);
    for (int i = 0; i < FAULTS_WORKERS; i++)
        if ((workers[i] = fork()) == 0) {
            worker_run(learnt, i);
            fflush(stdout);
            _exit(0);
        }
    for (int i = 0; i < FAULTS_WORKERS; i++) {
        assert_int_equal(waitpid(workers[i], &status, 0), workers[i]);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
}

/* The books as the session leaves them that dies before its last act. */
static void trial_hand_on(struct trial *trial, const char *after)
{
    size_t n = trial->session->n - 1;
    int status;

    assert_int_equal(trial_play(trial, n, &status), n);
    faults_clear(after);
    faults_copy(trial->kit.directory, after);
}

static void test_dies_everywhere(void **state)
{
    struct kit place;

    (void)state;
    kit_init(&place);
    for (size_t i = 0; i < sizeof sessions / sizeof *sessions; i++) {
        struct trial trial;

        trial_setup(&trial, &sessions[i], place.directory);
        trial_learn(&trial);
        workers_run(&trial);
        trial_hand_on(&trial, place.directory);
        for (size_t n = 0; n < FAULTS_ACTS; n++)
            free(trial.expected[n]);
        trial_teardown(&trial);
    }
    faults_clear(place.directory);
    assert_int_equal(rmdir(place.directory), 0);
    assert_int_equal(uv_loop_close(&place.loop), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_dies_everywhere)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
