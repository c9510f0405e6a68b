/* test_ledger_sync: what the ledger says is done lies on the disk, not only in its cache.
 *
 * The kernel can't be asked what a power cut would leave; so this program stands between SQLite and
 * the disk: it holds the sync of the write-ahead log back, and looks whether anybody is answered
 * meanwhile. */
#include "tests/unit/ledger_kit.h"

#include <sys/syscall.h>

enum { SYNC_TURN_MS = 5 };

/* Shared by the loop and the ledger thread; SQLite can't be handed a context. */
static struct {
    uv_mutex_t mutex;
    uv_cond_t changed;
    bool held;      /* a sync of the log waits until this is false */
    size_t waiting; /* syncs that wait now */
    size_t synced;  /* of the log, since the start */
} gate;

static bool is_log(int fd)
{
    static const char suffix[] = "-wal";
    char name[32], path[512];
    ssize_t length;

    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    length = readlink(name, path, sizeof path);
    return length >= (ssize_t)sizeof suffix - 1 && length < (ssize_t)sizeof path &&
           memcmp(path + length - (sizeof suffix - 1), suffix, sizeof suffix - 1) == 0;
}

static int gate_pass(int fd, long call)
{
    int rc;

    if (!is_log(fd))
        return (int)syscall(call, fd);
    uv_mutex_lock(&gate.mutex);
    gate.waiting++;
    uv_cond_broadcast(&gate.changed);
    while (gate.held)
        uv_cond_wait(&gate.changed, &gate.mutex);
    gate.waiting--;
    rc = (int)syscall(call, fd);
    gate.synced++;
    uv_mutex_unlock(&gate.mutex);
    return rc;
}

/* In place of libc's: libsqlite3 finds the program's first. */
int fdatasync(int fd)
{
    return gate_pass(fd, SYS_fdatasync);
}

int fsync(int fd)
{
    return gate_pass(fd, SYS_fsync);
}

static void gate_hold(bool held)
{
    uv_mutex_lock(&gate.mutex);
    gate.held = held;
    uv_cond_broadcast(&gate.changed);
    uv_mutex_unlock(&gate.mutex);
}

/* Is a sync held back by now? Waits a moment for it. */
static bool gate_is_reached(void)
{
    bool reached;

    uv_mutex_lock(&gate.mutex);
    if (!gate.waiting)
        uv_cond_timedwait(&gate.changed, &gate.mutex, SYNC_TURN_MS * UINT64_C(1000000));
    reached = gate.waiting > 0;
    uv_mutex_unlock(&gate.mutex);
    return reached;
}

/* Posts op and lets its answer come only through the gate: not before the log's sync was asked for,
 * not while it hasn't ended. */
static void expect_synced_answer(struct kit *kit, struct ledger_op *op)
{
    bool done = false, early;

    op->done = kit_done;
    op->owner = &done;
    gate_hold(true);
    ledger_post(kit->ledger, op);
    while (!done && !gate_is_reached())
        uv_run(&kit->loop, UV_RUN_NOWAIT);
    /* The thread stands inside of the sync: an answer given before it would lie in the outbox. */
    uv_run(&kit->loop, UV_RUN_NOWAIT);
    early = done;
    gate_hold(false); /* the teardown must not wait either */
    assert_false(early);
    while (!done)
        uv_run(&kit->loop, UV_RUN_ONCE);
    assert_int_equal(op->result, LEDGER_OK);
}

static void test_claim_is_on_disk_before_it_is_answered(void **state)
{
    struct kit *kit = *state;
    struct ledger_op claim = {
        .kind = LEDGER_CLAIM, .campaign = kit->campaign, .claim = {.id = 1, .device = kit->device}};

    kit_insert(kit, 0, 3, 1, false);
    kit_fetch(kit, CHANNEL_SMS, KIT_ROOM, true);
    expect_synced_answer(kit, &claim);
    assert_int_equal(state_of(kit, 1), DELIVERY_INFLIGHT);
}

static void test_outcome_is_on_disk_before_it_is_answered(void **state)
{
    struct kit *kit = *state;
    struct ledger_op settle = {
        .kind = LEDGER_SETTLE,
        .campaign = kit->campaign,
        .settle = {.id = 1,
                   .device = kit->device,
                   .outcome = {.kind = OUTCOME_SENT, .n_references = 1, .references = {9}}}};

    kit_insert(kit, 0, 1, 1, false);
    kit_fetch(kit, CHANNEL_SMS, KIT_ROOM, true);
    kit_claim(kit, 1);
    expect_synced_answer(kit, &settle);
    assert_int_equal(state_of(kit, 1), DELIVERY_SENT);
}

/* The same after the log was moved into the file and begins anew. */
static void test_claim_is_on_disk_after_a_checkpoint(void **state)
{
    struct kit *kit = *state;
    struct ledger_op claim = {.kind = LEDGER_CLAIM, .claim = {.id = 2}};

    kit_insert(kit, 0, 3, 1, false);
    kit_fetch(kit, CHANNEL_SMS, KIT_ROOM, true);
    assert_int_equal(kit_sql(kit, "PRAGMA wal_checkpoint(FULL)"), SQLITE_OK);
    claim.campaign = kit->campaign;
    claim.claim.device = kit->device;
    expect_synced_answer(kit, &claim);
    assert_int_equal(state_of(kit, 2), DELIVERY_INFLIGHT);
}

/* Each of these is one transaction and needs one sync at least, else the gate isn't in the way. */
static void test_syncs_are_seen(void **state)
{
    struct kit *kit = *state;
    size_t before;

    kit_insert(kit, 0, 10, 1, false);
    kit_fetch(kit, CHANNEL_SMS, KIT_ROOM, true);
    before = gate.synced;
    for (int64_t id = 1; id <= 10; id++)
        kit_claim(kit, id);
    assert_true(gate.synced >= before + 10);
}

#define LEDGER_TEST(name) cmocka_unit_test_setup_teardown(name, kit_setup, kit_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LEDGER_TEST(test_syncs_are_seen),
        LEDGER_TEST(test_claim_is_on_disk_before_it_is_answered),
        LEDGER_TEST(test_outcome_is_on_disk_before_it_is_answered),
        LEDGER_TEST(test_claim_is_on_disk_after_a_checkpoint),
    };

    if (uv_mutex_init(&gate.mutex) || uv_cond_init(&gate.changed))
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
