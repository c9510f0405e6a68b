/* test_ledger_place: the file of the books: one gateway at a time, moved away, on a full disk.
 * Runs: any. Full disks are a limit on the size of files, in a child process. */
#include "gateway/base/log.h"
#include "tests/unit/ledger_kit.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#define FULL_BYTES (512 * 1024)

/* Whatever the path is called, it is the same file. */
static void test_links_lead_to_the_same_lock(void **state)
{
    struct kit *kit = *state;
    struct kit other = *kit;

    snprintf(other.path, sizeof other.path, "%s/link.db", kit->directory);
    assert_int_equal(symlink(kit->path, other.path), 0);
    assert_int_equal(kit_open(&other), -EAGAIN);
    kit_remove(&other, "");
    assert_int_equal(link(kit->path, other.path), 0);
    assert_int_equal(kit_open(&other), -EAGAIN);
    kit_remove(&other, "");
}

/* A child of a gateway that was killed holds its lock until it executes its own program. */
static void test_opening_waits_for_a_dying_child(void **state)
{
    struct kit *kit = *state;
    int status;
    pid_t child = fork();

    if (child == 0) {
        usleep(300000);
        _exit(0);
    }
    kit_close(kit);
    assert_int_equal(kit_open(kit), 0);
    assert_int_equal(waitpid(child, &status, 0), child);
}

struct place {
    struct kit *kit;
    char message[512];
    int told;
};

static void place_trouble(void *ctx, const char *message)
{
    struct place *place = ctx;

    place->told++;
    snprintf(place->message, sizeof place->message, "%s", message ? message : "");
}

/* A reader of this very process comes and goes: SQLite's locks of the writer stay. */
static void test_reader_in_the_process_leaves_the_locks(void **state)
{
    struct kit *kit = *state;
    int status;
    pid_t child;

    kit_insert(kit, 0, 1, 1, false);
    assert_books_agree(kit);
    child = fork();
    if (child == 0) {
        /* the bytes on which SQLite's readers and writers sit, see its file format */
        struct flock lock = {
            .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0x40000002, .l_len = 510};
        int fd = open(kit->path, O_RDWR | O_CLOEXEC);

        _exit(fd < 0 || fcntl(fd, F_GETLK, &lock) ? 2 : lock.l_type == F_UNLCK);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

/* Nothing is answered while the books are not where they were; then everything is. */
static void moved_run(struct kit *kit, bool replaced)
{
    MEM_FREE_LATER char *away = mem_printf("%s/away.db", kit->directory);
    struct place place = {.kit = kit};
    struct ledger_op claim = {.kind = LEDGER_CLAIM, .claim = {.id = 1, .device = kit->device}};
    bool done = false;

    kit_insert(kit, 0, 1, 1, false);
    kit_fetch(kit, CHANNEL_SMS, 1, false);
    kit_close(kit);
    assert_int_equal(ledger_open(&kit->ledger, &kit->loop, kit->path, place_trouble, &place,
                                 &kit->recovery, kit->why, sizeof kit->why),
                     0);
    assert_int_equal(rename(kit->path, away), 0);
    if (replaced)
        fclose(fopen(kit->path, "w"));
    claim.done = kit_done;
    claim.owner = &done;
    ledger_post(kit->ledger, &claim);
    while (!place.told)
        uv_run(&kit->loop, UV_RUN_ONCE);
    assert_non_null(strstr(place.message, "moved or deleted"));
    assert_false(done);
    assert_int_equal(rename(away, kit->path), 0);
    while (!done)
        uv_run(&kit->loop, UV_RUN_ONCE);
    assert_int_equal(claim.result, LEDGER_OK);
    assert_int_equal(place.told, 2);
    assert_string_equal(place.message, "");
    assert_int_equal(state_of(kit, 1), DELIVERY_INFLIGHT);
}

static void test_moved_books_are_missed(void **state)
{
    moved_run(*state, false);
}

/* Somebody starts a second gateway while the books are elsewhere: it must not touch the log that
 * they have left behind, in which everything may be that is not in the file yet. */
static void test_log_of_moved_books_is_left_alone(void **state)
{
    struct kit *kit = *state;
    struct kit other = *kit;
    char away[sizeof kit->path + 8];

    kit_insert(kit, 0, 1, 20, false);
    snprintf(away, sizeof away, "%s.away", kit->path);
    assert_int_equal(rename(kit->path, away), 0);
    assert_int_equal(kit_open(&other), -ENOLINK);
    assert_non_null(strstr(other.why, "moved away"));
    assert_int_equal(access(kit->path, F_OK), -1);
    assert_int_equal(rename(away, kit->path), 0);
    assert_books_agree(kit);
}

static void test_replaced_books_are_missed(void **state)
{
    moved_run(*state, true);
}

static void full_limit(rlim_t bytes)
{
    struct rlimit limit = {.rlim_cur = bytes, .rlim_max = RLIM_INFINITY};

    signal(SIGXFSZ, SIG_IGN);
    if (setrlimit(RLIMIT_FSIZE, &limit))
        _exit(4);
}

static void full_child_opens(struct kit *kit)
{
    if (!freopen("/dev/null", "w", stderr) || uv_loop_init(&kit->loop) || kit_open(kit))
        _exit(2);
}

/* So many attempts that the log would outgrow the limit, though the books stay small. */
static void full_churn(struct kit *kit)
{
    struct outcome deferred = {.kind = OUTCOME_DEFERRED};

    for (int i = 0; i < 60; i++) {
        kit_fetch(kit, CHANNEL_SMS, 1, false);
        kit_claim(kit, 1);
        kit_settle(kit, 1, &deferred, 0);
    }
}

static void full_wait(pid_t child)
{
    int status;

    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void test_log_that_fills_the_disk_is_cut_off(void **state)
{
    struct kit *kit = *state;
    pid_t child;

    kit_insert(kit, 0, 1, 1, false);
    kit_close(kit);
    child = fork();
    if (child == 0) {
        full_child_opens(kit);
        full_limit(FULL_BYTES);
        full_churn(kit);
        _exit(kit->troubles ? 5 : 0);
    }
    full_wait(child);
    assert_int_equal(kit_open(kit), 0);
    assert_int_equal(kit_ask(kit, "SELECT attempts FROM delivery"), 60);
    assert_books_agree(kit);
}

/* The crash left a log behind that takes all the room. */
static void test_opening_on_a_full_disk_makes_room(void **state)
{
    struct kit *kit = *state;
    pid_t child;

    kit_insert(kit, 0, 1, 1, false);
    kit_close(kit);
    child = fork();
    if (child == 0) {
        full_child_opens(kit);
        full_churn(kit);
        kit_fetch(kit, CHANNEL_SMS, 1, false);
        kit_claim(kit, 1); /* what the next opening has to write about */
        _exit(0);
    }
    full_wait(child);
    child = fork();
    if (child == 0) {
        full_limit(FULL_BYTES);
        full_child_opens(kit);
        _exit(kit->recovery.unknown == 1 ? 0 : 6);
    }
    full_wait(child);
    assert_int_equal(kit_open(kit), 0);
    assert_int_equal(state_of(kit, 1), DELIVERY_UNKNOWN);
    assert_books_agree(kit);
}

static _Noreturn void told_child(struct kit *kit, const char *log)
{
    struct ledger_op op = {.kind = LEDGER_CAMPAIGN, .campaign_is = {.id = "x", .source = "x"}};
    bool done = false;

    op.campaign_is.title = op.campaign_is.windows = "x";
    op.done = kit_done;
    op.owner = &done;
    full_child_opens(kit);
    if (!freopen(log, "w", stderr))
        _exit(2);
    log_open();
    setvbuf(stderr, NULL, _IONBF, 0);
    full_limit(4096); /* not even the log's first page fits; what stderr says does */
    ledger_post(kit->ledger, &op);
    while (!kit->troubles)
        uv_run(&kit->loop, UV_RUN_ONCE);
    ledger_close(kit->ledger, kit_closed, kit); /* one try more */
    while (!done)
        uv_run(&kit->loop, UV_RUN_ONCE);
    _exit(op.result == -ECANCELED && kit->troubles == 1 ? 0 : 7);
}

static void test_trouble_is_logged_once(void **state)
{
    struct kit *kit = *state;
    MEM_FREE_LATER char *log = mem_printf("%s/log", kit->directory);
    char line[512];
    int lines = 0;
    pid_t child;
    FILE *file;

    kit_close(kit);
    child = fork();
    if (child == 0)
        told_child(kit, log);
    full_wait(child);
    file = fopen(log, "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file))
        lines += strstr(line, "commit=failed") != NULL;
    fclose(file);
    unlink(log);
    assert_int_equal(lines, 1);
}

#define LEDGER_TEST(name) cmocka_unit_test_setup_teardown(name, kit_setup, kit_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LEDGER_TEST(test_links_lead_to_the_same_lock),
        LEDGER_TEST(test_opening_waits_for_a_dying_child),
        LEDGER_TEST(test_reader_in_the_process_leaves_the_locks),
        LEDGER_TEST(test_moved_books_are_missed),
        LEDGER_TEST(test_log_of_moved_books_is_left_alone),
        LEDGER_TEST(test_replaced_books_are_missed),
        LEDGER_TEST(test_log_that_fills_the_disk_is_cut_off),
        LEDGER_TEST(test_opening_on_a_full_disk_makes_room),
        LEDGER_TEST(test_trouble_is_logged_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
