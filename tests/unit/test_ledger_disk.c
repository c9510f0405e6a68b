/* test_ledger_disk: a disk that takes no more, is slow, or has spoilt a page; a clock that is put
 * back. Nothing is answered before it is written, the user is told what is wrong and what to do,
 * and when it is mended everything goes on. */
#include "tests/unit/faults_kit.h"
#include "tests/support/log_kit.h"

#define DISK_PAGE 4096

struct desk {
    struct kit kit;
    struct disk_faults *faults;
    char message[512]; /* the last trouble; "": it is over */
    int told;
};

static void desk_trouble(void *ctx, const char *message)
{
    struct desk *desk = ctx;

    desk->told++;
    snprintf(desk->message, sizeof desk->message, "%s", message ? message : "");
}

static int desk_open(struct desk *desk)
{
    struct kit *kit = &desk->kit;

    desk->told = 0;
    desk->message[0] = '\0';
    return ledger_open(&kit->ledger, &kit->loop, kit->path, desk_trouble, desk, &kit->recovery,
                       kit->why, sizeof kit->why);
}

/* Books with so many messages, all due. */
static int desk_setup(void **state)
{
    struct desk *desk = *state = mem_new(struct desk);
    struct kit *kit = &desk->kit;

    faults_now_ms = FAULTS_BEGIN_MS;
    kit_init(kit);
    desk->faults = faults_make(kit);
    disk_faults_suffer(desk->faults);
    assert_int_equal(desk_open(desk), 0);
    kit->device = kit_device(kit, "bank-a/0");
    assert_int_equal(kit_enter(kit, "2026-law-day", "source"), LEDGER_OK);
    kit_insert(kit, 0, 40, 1, false);
    kit_fetch(kit, CHANNEL_SMS, 40, false);
    return 0;
}

static int desk_teardown(void **state)
{
    struct desk *desk = *state;

    atomic_store(&desk->faults->refusal, REFUSE_NOTHING);
    atomic_store(&desk->faults->sync_ms, 0);
    kit_release(&desk->kit);
    if (desk->kit.ledger)
        kit_close(&desk->kit);
    disk_faults_suffer(NULL);
    disk_faults_unmap(desk->faults);
    faults_clear(desk->kit.directory);
    assert_int_equal(rmdir(desk->kit.directory), 0);
    assert_int_equal(uv_loop_close(&desk->kit.loop), 0);
    free(desk);
    return 0;
}

/* ---- a disk that refuses ---- */

static void refuse(struct desk *desk, enum disk_refusal refusal, int error)
{
    atomic_store(&desk->faults->error, error);
    atomic_store(&desk->faults->refuse_from, 0);
    atomic_store(&desk->faults->refusal, (int)refusal);
}

static void claim_post(struct desk *desk, struct ledger_op *op, int64_t id, bool *done)
{
    *op = (struct ledger_op){.kind = LEDGER_CLAIM,
                             .done = kit_done,
                             .owner = done,
                             .claim = {.id = id, .device = desk->kit.device}};
    *done = false;
    ledger_post(desk->kit.ledger, op);
}

/* Waits for the next word about the disk. */
static void desk_hear(struct desk *desk, int told)
{
    while (desk->told < told)
        uv_run(&desk->kit.loop, UV_RUN_ONCE);
}

static void test_refusals_are_told_and_waited_for(void **state)
{
    static const struct {
        enum disk_refusal refusal;
        int error;
        const char *says;
    } cases[] = {
        {REFUSE_GROWTH, ENOSPC, "make room"},    {REFUSE_GROWTH, EDQUOT, "make room"},
        {REFUSE_CHANGES, EROFS, "only be read"}, {REFUSE_CHANGES, EIO, "repair it"},
        {REFUSE_SYNCS, EIO, "repair it"},
    };
    struct desk *desk = *state;
    struct ledger_op op;
    bool done;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        refuse(desk, cases[i].refusal, cases[i].error);
        claim_post(desk, &op, (int64_t)i + 1, &done);
        desk_hear(desk, 2 * (int)i + 1);
        if (!strstr(desk->message, cases[i].says))
            fail_msg("%s: %s", strerror(cases[i].error), desk->message);
        assert_false(done);
        assert_int_not_equal(atomic_load(&desk->faults->refused), 0);
        refuse(desk, REFUSE_NOTHING, 0);
        desk_hear(desk, 2 * (int)i + 2);
        assert_string_equal(desk->message, "");
        while (!done)
            uv_run(&desk->kit.loop, UV_RUN_ONCE);
        assert_int_equal(op.result, LEDGER_OK);
        assert_int_equal(state_of(&desk->kit, (int64_t)i + 1), DELIVERY_INFLIGHT);
    }
    assert_books_agree(&desk->kit);
    assert_log_whole(desk->kit.path);
}

/* Until the last checkpoint covers every record, at most so long. Nothing is posted. */
static bool desk_is_signed(const struct desk *desk, int tries)
{
    const struct timespec nap = {.tv_nsec = 50000000};

    for (int i = 0; i < tries; i++) {
        if (kit_ask(&desk->kit, "SELECT (SELECT count(*) FROM journal) ="
                                " (SELECT max(size) FROM checkpoint)"))
            return true;
        nanosleep(&nap, NULL);
    }
    return false;
}

/* What an opening has written, and what couldn't be signed, needs no further work to be signed. */
static void test_signed_without_further_work(void **state)
{
    const struct timespec nap = {.tv_nsec = 20000000};
    struct desk *desk = *state;
    struct ledger_op op;
    bool done;

    kit_close(&desk->kit);
    assert_int_equal(desk_open(desk), 0);
    assert_true(desk_is_signed(desk, 1200));
    claim_post(desk, &op, 1, &done);
    while (!done)
        uv_run(&desk->kit.loop, UV_RUN_ONCE);
    claim_post(desk, &op, 2, &done);
    while (!done)
        uv_run(&desk->kit.loop, UV_RUN_ONCE);
    atomic_store(&desk->faults->refused, 0);
    refuse(desk, REFUSE_CHANGES, EIO);
    while (!atomic_load(&desk->faults->refused)) /* only the ledger touches the books meanwhile */
        nanosleep(&nap, NULL);
    refuse(desk, REFUSE_NOTHING, 0);
    assert_true(desk_is_signed(desk, 1200));
}

/* Opening asks for more than a running gateway does: the file, its lock, the log, the key. */
static void test_opening_on_a_disk_that_refuses(void **state)
{
    static const struct {
        enum disk_refusal refusal;
        int error;
    } cases[] = {{REFUSE_CHANGES, EROFS}, {REFUSE_CHANGES, EACCES}};
    struct desk *desk = *state;

    kit_close(&desk->kit);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        refuse(desk, cases[i].refusal, cases[i].error);
        assert_true(desk_open(desk) < 0);
        assert_non_null(strstr(desk->kit.why, desk->kit.path));
        assert_non_null(strstr(desk->kit.why, strerror(cases[i].error)));
        assert_null(desk->kit.ledger);
        refuse(desk, REFUSE_NOTHING, 0);
    }
    assert_int_equal(desk_open(desk), 0);
    assert_books_agree(&desk->kit);
}

/* ---- a slow one ---- */

struct turns {
    uv_idle_t idle;
    size_t n;
};

static void turns_count(uv_idle_t *idle)
{
    ((struct turns *)idle->data)->n++;
}

static void slow_run(struct desk *desk, int64_t first, int sync_ms)
{
    struct ledger_op ops[16];
    bool done[16];
    struct turns turns = {.n = 0};
    long long syncs = atomic_load(&desk->faults->syncs);
    int64_t begin = clock_mono_ms();
    size_t all = sizeof ops / sizeof *ops, left = all;

    uv_idle_init(&desk->kit.loop, &turns.idle);
    turns.idle.data = &turns;
    uv_idle_start(&turns.idle, turns_count);
    atomic_store(&desk->faults->sync_ms, sync_ms);
    for (size_t i = 0; i < all; i++)
        claim_post(desk, &ops[i], first + (int64_t)i, &done[i]);
    while (left) {
        uv_run(&desk->kit.loop, UV_RUN_ONCE);
        left = all;
        for (size_t i = 0; i < all; i++)
            left -= done[i];
    }
    atomic_store(&desk->faults->sync_ms, 0);
    uv_close((uv_handle_t *)&turns.idle, NULL);
    uv_run(&desk->kit.loop, UV_RUN_ONCE);
    syncs = atomic_load(&desk->faults->syncs) - syncs;
    print_message("sync_ms=%d claims=%zu syncs=%lld ms=%lld turns=%zu\n", sync_ms, all, syncs,
                  (long long)(clock_mono_ms() - begin), turns.n);
    assert_true(clock_mono_ms() - begin >= sync_ms);
    assert_true(syncs < (long long)all / 2); /* what comes during a sync shares the next one */
    assert_true(turns.n > 100);              /* nobody else waits */
    assert_int_equal(desk->told, 0);
}

static void test_slow_syncs_are_shared(void **state)
{
    struct desk *desk = *state;

    slow_run(desk, 1, 5);
    slow_run(desk, 17, 50);
    assert_books_agree(&desk->kit);
}

/* ---- a spoilt page ---- */

/* What became of a gateway whose books have this page spoilt. */
enum spoilt { SPOILT_UNSEEN, SPOILT_REFUSED, SPOILT_TOLD, SPOILT_ENDS };

/* In a child: opens the books and sends; how that ended. */
static _Noreturn void spoilt_child(const struct kit *place)
{
    struct desk desk = {.kit = *place};
    struct outcome sent = {.kind = OUTCOME_SENT, .n_references = 1, .references = {9}};
    struct ledger_op op;
    bool done;

    if (!freopen("/dev/null", "w", stderr) || uv_loop_init(&desk.kit.loop))
        _exit(SPOILT_ENDS);
    if (desk_open(&desk))
        _exit(strstr(desk.kit.why, "lawcast restore") ? SPOILT_REFUSED : SPOILT_ENDS);
    for (int64_t id = 1; id <= 40; id++) {
        claim_post(&desk, &op, id, &done);
        while (!done && !desk.told)
            uv_run(&desk.kit.loop, UV_RUN_ONCE);
        if (desk.told)
            _exit(!done && strstr(desk.message, "lawcast restore") ? SPOILT_TOLD : SPOILT_ENDS);
        op = (struct ledger_op){.kind = LEDGER_SETTLE,
                                .done = kit_done,
                                .owner = &done,
                                .settle = {.id = id, .device = desk.kit.device, .outcome = sent}};
        done = false;
        ledger_post(desk.kit.ledger, &op);
        while (!done && !desk.told)
            uv_run(&desk.kit.loop, UV_RUN_ONCE);
        if (desk.told)
            _exit(!done && strstr(desk.message, "lawcast restore") ? SPOILT_TOLD : SPOILT_ENDS);
    }
    _exit(SPOILT_UNSEEN);
}

static void spoil(const char *path, off_t page)
{
    char bytes[64];
    FILE *file = fopen(path, "r+");

    assert_non_null(file);
    assert_int_equal(fseek(file, page * DISK_PAGE, SEEK_SET), 0);
    assert_int_equal(fread(bytes, 1, sizeof bytes, file), sizeof bytes);
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)~bytes[i];
    assert_int_equal(fseek(file, page * DISK_PAGE, SEEK_SET), 0);
    assert_int_equal(fwrite(bytes, 1, sizeof bytes, file), sizeof bytes);
    assert_int_equal(fclose(file), 0);
}

/* One page after the other; what is whole is in the folder. */
static void spoilt_try(struct desk *desk, const char *whole, off_t page, size_t ends[static 4])
{
    int status;
    pid_t child;

    faults_clear(desk->kit.directory);
    faults_copy(whole, desk->kit.directory);
    spoil(desk->kit.path, page);
    child = fork();
    if (child == 0)
        spoilt_child(&desk->kit);
    assert_int_equal(waitpid(child, &status, 0), child);
    if (!WIFEXITED(status) || WEXITSTATUS(status) == SPOILT_ENDS)
        print_message("page %lld: status %x\n", (long long)page, status);
    ends[WIFEXITED(status) ? WEXITSTATUS(status) : SPOILT_ENDS]++;
}

static void test_spoilt_pages_stop_the_sending(void **state)
{
    struct desk *desk = *state;
    size_t ends[4] = {0};
    struct kit place;
    struct stat st;

    kit_close(&desk->kit);
    kit_init(&place);
    faults_copy(desk->kit.directory, place.directory);
    assert_int_equal(stat(desk->kit.path, &st), 0);
    for (off_t page = 0; page < st.st_size / DISK_PAGE; page++)
        spoilt_try(desk, place.directory, page, ends);
    print_message("pages=%lld unseen=%zu refused=%zu told=%zu ends=%zu\n",
                  (long long)(st.st_size / DISK_PAGE), ends[SPOILT_UNSEEN], ends[SPOILT_REFUSED],
                  ends[SPOILT_TOLD], ends[SPOILT_ENDS]);
    assert_int_equal(ends[SPOILT_ENDS], 0);
    assert_true(ends[SPOILT_REFUSED] >= 3); /* where the tables are described, and more */
    assert_true(ends[SPOILT_TOLD] >= 3);    /* what a claim looks at */
    faults_clear(place.directory);
    assert_int_equal(rmdir(place.directory), 0);
    assert_int_equal(uv_loop_close(&place.loop), 0);
}

/* ---- a clock that is set ---- */

static void test_clock_steps_are_told(void **state)
{
    static const int64_t hours[] = {1, -24, 24 * 365, -24 * 365, 0, -1, 2};
    static const int64_t back = 3 + 1; /* and one at the opening */
    const struct outcome sent = {.kind = OUTCOME_SENT, .n_references = 1, .references = {9}};
    struct desk *desk = *state;
    struct kit *kit = &desk->kit;
    size_t n = sizeof hours / sizeof *hours;

    for (size_t i = 0; i < n; i++) {
        faults_now_ms += hours[i] * 3600000;
        kit_claim(kit, (int64_t)i + 1);
        if (i % 2)
            kit_settle(kit, (int64_t)i + 1, &sent, 0);
    }
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM journal WHERE delivery = 0"
                                  " AND to_state = 17"),
                     back - 1);
    kit_close(kit);
    faults_now_ms =
        FAULTS_BEGIN_MS - 48 * INT64_C(3600000); /* before everything that was ever done */
    assert_int_equal(desk_open(desk), 0);
    assert_int_equal(kit->recovery.unknown, (n + 1) / 2);
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM journal WHERE delivery = 0"
                                  " AND to_state = 17"),
                     back);
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM delivery WHERE state = 4"), n / 2);
    assert_books_agree(kit);
    assert_log_whole(kit->path);
}

#define DESK_TEST(name) cmocka_unit_test_setup_teardown(name, desk_setup, desk_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        DESK_TEST(test_signed_without_further_work),
        DESK_TEST(test_refusals_are_told_and_waited_for),
        DESK_TEST(test_opening_on_a_disk_that_refuses),
        DESK_TEST(test_slow_syncs_are_shared),
        DESK_TEST(test_spoilt_pages_stop_the_sending),
        DESK_TEST(test_clock_steps_are_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
