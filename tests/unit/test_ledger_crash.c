/* test_ledger_crash: whose books are opened, and what a crash, a full disk or a broken rule leaves.
 * Runs: any. Crashes and full disks happen in a child process. */
#include "gateway/model/operators.h"
#include "tests/unit/ledger_kit.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

/* ---- opening ---- */

static void test_second_gateway_is_refused(void **state)
{
    struct kit *kit = *state;
    struct kit other = *kit;

    assert_int_equal(kit_open(&other), -EAGAIN);
    assert_non_null(strstr(other.why, kit->path));
}

static void test_foreign_and_newer_files_are_refused(void **state)
{
    static const struct {
        const char *sql;
        int error;
        const char *says;
    } cases[] = {
        {"PRAGMA user_version = 99", -ENOTSUP, "newer lawcast"},
        {"PRAGMA user_version = 0", -EUCLEAN, "damaged"},
        {"PRAGMA user_version = 1", -EUCLEAN, "damaged"},
        /* As the test version left them, which had neither routes nor usage. */
        {"UPDATE meta SET version = 1; DROP TABLE usage", -ENOTSUP, "test version"},
        {"PRAGMA user_version = 3; DELETE FROM meta", -EUCLEAN, "damaged"},
        {"PRAGMA application_id = 7", -EMEDIUMTYPE, "another program"},
    };
    struct kit *kit = *state;
    FILE *file;

    kit_close(kit);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(kit_sql(kit, cases[i].sql), SQLITE_OK);
        assert_int_equal(kit_open(kit), cases[i].error);
        assert_non_null(strstr(kit->why, kit->path));
        assert_non_null(strstr(kit->why, cases[i].says));
        assert_null(kit->ledger);
    }
    file = fopen(kit->path, "w");
    for (int i = 0; i < 500; i++)
        fputs("not a database at all\n", file);
    fclose(file);
    assert_int_equal(kit_open(kit), -EMEDIUMTYPE);
}

static void test_missing_folder_is_refused(void **state)
{
    struct kit *kit = *state;
    struct kit other = *kit;

    snprintf(other.path, sizeof other.path, "%s/no/books.db", kit->directory);
    assert_int_equal(kit_open(&other), -ENOENT);
    assert_non_null(strstr(other.why, "/no/books.db"));
}

static void test_file_is_private(void **state)
{
    struct kit *kit = *state;
    uv_fs_t request;

    assert_int_equal(uv_fs_stat(NULL, &request, kit->path, NULL), 0);
    assert_int_equal(request.statbuf.st_mode & 077, 0);
    uv_fs_req_cleanup(&request);
}

static void test_journal_is_append_only(void **state)
{
    static const char *const bends[] = {
        "UPDATE journal SET to_state = 5",   "DELETE FROM journal",
        "UPDATE text SET body = 'x'",        "DELETE FROM text",
        "UPDATE campaign_unit SET unit = 9", "DELETE FROM campaign_unit",
        "UPDATE unit SET code = 'x' || id",  "DELETE FROM unit",
        "UPDATE board SET code = 'x' || id", "DELETE FROM board",
    };
    struct kit *kit = *state;

    kit_insert(kit, 0, 1, 1, false);
    for (size_t i = 0; i < sizeof bends / sizeof *bends; i++)
        assert_int_equal(kit_sql(kit, bends[i]), SQLITE_CONSTRAINT);
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM journal WHERE to_state = 0"), 1);
}

/* ---- crash, disk full ---- */

static void test_restart_leaves_doubt_and_resend_ends_it(void **state)
{
    struct kit *kit = *state;

    kit_insert(kit, 0, 3, 2, false);
    kit_fetch(kit, CHANNEL_SMS, 2, false);
    kit_claim(kit, 1);
    kit_close(kit);
    assert_int_equal(kit_open(kit), 0);
    assert_int_equal(kit->recovery.unknown, 1);
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM awaiting WHERE reference = -1"), 2);
    assert_int_equal(kit_enter(kit, "2026-law-day", "source"), LEDGER_OK);
    kit_fetch(kit, CHANNEL_SMS, KIT_ROOM, true);
    assert_int_equal(kit->n_rows, 2); /* the due one and the planned one, not the doubtful */
    kit->resend = true;
    assert_int_equal(kit_enter(kit, "2026-law-day", "source"), LEDGER_OK);
    kit_fetch(kit, CHANNEL_SMS, KIT_ROOM, false);
    assert_int_equal(kit->n_rows, 1);
    assert_int_equal(kit->rows[0].id, 1);
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM awaiting"), 2);
    assert_books_agree(kit);
}

#define CRASH_LANES 16

struct crash_lane {
    struct ledger_op op;
    struct ledger *ledger;
    int64_t id;
    int32_t device;
    int said; /* pipe: what was answered durable */
};

static void crash_settled(struct ledger_op *op)
{
    struct crash_lane *lane = op->owner;
    int64_t word = -lane->id;

    if (write(lane->said, &word, sizeof word) != (ssize_t)sizeof word)
        _exit(3);
}

static void crash_claimed(struct ledger_op *op)
{
    struct crash_lane *lane = op->owner;

    if (write(lane->said, &lane->id, sizeof lane->id) != (ssize_t)sizeof lane->id)
        _exit(3);
    lane->op = (struct ledger_op){
        .kind = LEDGER_SETTLE,
        .done = crash_settled,
        .owner = lane,
        .settle = {.id = lane->id,
                   .device = lane->device,
                   .outcome = {.kind = OUTCOME_SENT, .n_references = 1, .references = {9}}}};
    ledger_post(lane->ledger, &lane->op);
}

static void crash_claim(struct kit *kit, struct crash_lane *lane, int64_t id, int said)
{
    *lane =
        (struct crash_lane){.ledger = kit->ledger, .id = id, .device = kit->device, .said = said};
    lane->op = (struct ledger_op){.kind = LEDGER_CLAIM,
                                  .done = crash_claimed,
                                  .owner = lane,
                                  .claim = {.id = id, .device = kit->device}};
    ledger_post(kit->ledger, &lane->op);
}

/* Dies at its turns-th turn of the loop, with commits under way. */
static _Noreturn void crash_child(const struct kit *place, int turns, int said)
{
    static struct crash_lane lanes[CRASH_LANES];
    struct kit kit = *place;

    if (uv_loop_init(&kit.loop) || kit_open(&kit))
        _exit(2);
    kit.device = kit_device(&kit, "bank-a/0");
    kit_enter(&kit, "2026-law-day", "source");
    kit_fetch(&kit, CHANNEL_SMS, CRASH_LANES, true);
    for (size_t i = 0; i < kit.n_rows; i++)
        crash_claim(&kit, &lanes[i], kit.rows[i].id, said);
    for (int i = 0; i < turns; i++)
        uv_run(&kit.loop, UV_RUN_ONCE);
    _exit(0);
}

/* What the dead child was told stands in the books; what it wasn't told is in doubt at most. */
static void crash_check(struct kit *kit, int said)
{
    int64_t word;

    assert_int_equal(kit_open(kit), 0);
    assert_true(kit->recovery.unknown <= CRASH_LANES);
    while (read(said, &word, sizeof word) == (ssize_t)sizeof word) {
        int64_t is = state_of(kit, word > 0 ? word : -word);

        if (word < 0)
            assert_int_equal(is, DELIVERY_SENT);
        else
            assert_true(is == DELIVERY_SENT || is == DELIVERY_UNKNOWN);
    }
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM delivery WHERE state = 2"), 0);
    assert_books_agree(kit);
    kit_close(kit);
}

static void test_crash_in_the_middle_of_commits(void **state)
{
    struct kit *kit = *state;

    kit_insert(kit, 0, 300, 1, false);
    kit_close(kit);
    for (int turns = 0; turns < 8; turns++) {
        int ends[2], status;
        pid_t child;

        assert_int_equal(pipe(ends), 0);
        child = fork();
        if (child == 0)
            crash_child(kit, turns, ends[1]);
        close(ends[1]);
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
        crash_check(kit, ends[0]);
        close(ends[0]);
    }
}

static void full_limit(rlim_t bytes)
{
    struct rlimit limit = {.rlim_cur = bytes, .rlim_max = RLIM_INFINITY};

    if (setrlimit(RLIMIT_FSIZE, &limit))
        _exit(4);
}

/* 0: everything that was posted on the full disk is in the books after there was room again. */
static _Noreturn void full_child(const struct kit *place, bool give_up)
{
    struct kit kit = *place;
    struct ledger_new rows[50] = {0};
    struct ledger_op op = {.kind = LEDGER_INSERT, .insert = {.rows = rows, .n = 50}};
    bool done = false;
    char text[] = "文";

    signal(SIGXFSZ, SIG_IGN);
    if (!freopen("/dev/null", "w", stderr) || uv_loop_init(&kit.loop) || kit_open(&kit))
        _exit(2);
    kit_enter(&kit, "2026-law-day", "source");
    for (int i = 0; i < 50; i++)
        rows[i] = (struct ledger_new){.unit = kit.units[0],
                                      .channel = CHANNEL_SMS,
                                      .address = KIT_NUMBER + i,
                                      .text = text,
                                      .parts = 1};
    op.campaign = kit.campaign;
    op.done = kit_done;
    op.owner = &done;
    full_limit(4096);
    ledger_post(kit.ledger, &op);
    while (!kit.troubles)
        uv_run(&kit.loop, UV_RUN_ONCE);
    if (done)
        _exit(5);
    if (!give_up)
        full_limit(RLIM_INFINITY);
    else
        ledger_close(kit.ledger, kit_closed, &kit);
    while (!done)
        uv_run(&kit.loop, UV_RUN_ONCE);
    if (give_up)
        _exit(op.result == -ECANCELED ? 0 : 6);
    _exit(op.result == 0 && op.insert.inserted == 50 && kit.relieved == 1 ? 0 : 7);
}

static void full_run(struct kit *kit, bool give_up, int64_t deliveries)
{
    pid_t child;
    int status;

    kit_close(kit);
    child = fork();
    if (child == 0)
        full_child(kit, give_up);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_int_equal(kit_open(kit), 0);
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM delivery"), deliveries);
    assert_books_agree(kit);
}

static void test_full_disk_loses_nothing(void **state)
{
    full_run(*state, false, 50);
}

static void test_full_disk_at_the_end_is_told(void **state)
{
    full_run(*state, true, 0);
}

/* An idle ledger holds the loop up as little as closed books do. */
static void test_idle_ledger_lets_the_loop_end(void **state)
{
    struct kit *kit = *state;

    assert_int_equal(ledger_pending(kit->ledger), 0);
    assert_int_equal(uv_run(&kit->loop, UV_RUN_DEFAULT), 0);
}

/* ---- what ends the process ---- */

static void dies(struct kit *kit, struct ledger_op *op)
{
    struct kit place = *kit;
    pid_t child;
    int status;

    kit_close(kit);
    child = fork();
    if (child == 0) {
        if (!freopen("/dev/null", "w", stderr) || uv_loop_init(&place.loop) || kit_open(&place))
            _exit(2);
        kit_do(&place, op);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    assert_int_equal(kit_open(kit), 0);
    assert_books_agree(kit);
}

static void test_impossible_changes_end_the_process(void **state)
{
    struct kit *kit = *state;
    char text[] = "文";
    struct ledger_new stray = {.unit = kit->units[0],
                               .channel = CHANNEL_SMS,
                               .address = KIT_NUMBER + 9,
                               .text = text,
                               .parts = 1,
                               .route = PHONE_OPERATORS};
    struct ledger_op ops[] = {
        {.kind = LEDGER_CLAIM, .claim = {.id = 1}},    /* planned, not due */
        {.kind = LEDGER_SETTLE, .settle = {.id = 1}},  /* not in flight */
        {.kind = LEDGER_SHOW, .show = {.id = 1}},      /* never sent */
        {.kind = LEDGER_WITHDRAW, .show = {.id = 1}},  /* same */
        {.kind = LEDGER_CLAIM, .claim = {.id = 4711}}, /* no such delivery */
        {.kind = LEDGER_PLANNED, .campaign = 4711},    /* no such campaign */
        {.kind = LEDGER_INSERT,                        /* no such network */
         .campaign = kit->campaign,
         .insert = {.rows = &stray, .n = 1}},
        {.kind = LEDGER_MODEM, .modem = {.device = 1, .state = LANE_STATES}},
        {.kind = LEDGER_OPS},
    };

    kit_insert(kit, 0, 1, 1, false);
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++)
        dies(kit, &ops[i]);
}

#define LEDGER_TEST(name) cmocka_unit_test_setup_teardown(name, kit_setup, kit_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LEDGER_TEST(test_second_gateway_is_refused),
        LEDGER_TEST(test_foreign_and_newer_files_are_refused),
        LEDGER_TEST(test_missing_folder_is_refused),
        LEDGER_TEST(test_file_is_private),
        LEDGER_TEST(test_journal_is_append_only),
        LEDGER_TEST(test_restart_leaves_doubt_and_resend_ends_it),
        LEDGER_TEST(test_crash_in_the_middle_of_commits),
        LEDGER_TEST(test_full_disk_loses_nothing),
        LEDGER_TEST(test_full_disk_at_the_end_is_told),
        LEDGER_TEST(test_idle_ledger_lets_the_loop_end),
        LEDGER_TEST(test_impossible_changes_end_the_process),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
