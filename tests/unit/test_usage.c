/* test_usage: what transactions add to the slots of SIMs and take from them.
 * Runs: any. Real tables in a folder of their own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gateway/base/mem.h"
#include "gateway/ledger/store_sql.h"
#include "gateway/ledger/usage.h"

#define SIMS  300
#define SLOTS 4
#define SLOT  INT64_C(58000000) /* the first one */

struct room {
    char directory[128], path[160];
    struct db *db;
    struct usage usage;
};

static int setup(void **state)
{
    struct room *room = mem_new(struct room);
    const char *base = getenv("TMPDIR");

    snprintf(room->directory, sizeof room->directory, "%s/lawcast-usage-XXXXXX",
             base && *base ? base : "/tmp");
    assert_non_null(mkdtemp(room->directory));
    snprintf(room->path, sizeof room->path, "%s/books.db", room->directory);
    assert_int_equal(db_open(&room->db, room->path, DB_WRITE), 0);
    assert_int_equal(db_exec(room->db, sql_schema), 0);
    assert_int_equal(db_prepare(room->db, sql_statements, SQL_STATEMENTS), 0);
    *state = room;
    return 0;
}

static int teardown(void **state)
{
    struct room *room = *state;

    usage_drop(&room->usage);
    db_close(room->db);
    unlink(room->path);
    assert_int_equal(rmdir(room->directory), 0);
    free(room);
    return 0;
}

static int64_t booked(struct room *room, int64_t sim, int64_t slot)
{
    int64_t parts = 0;
    int rc;

    db_start(room->db, SQL_USAGE_READ, sim, slot);
    while ((rc = db_row(room->db, SQL_USAGE_READ)) > 0)
        if (db_int(room->db, SQL_USAGE_READ, 0) == slot)
            parts = db_int(room->db, SQL_USAGE_READ, 1);
    assert_int_equal(rc, 0);
    return parts;
}

static void test_flush_writes_and_drop_forgets(void **state)
{
    struct room *room = *state;

    usage_add(&room->usage, 1, SLOT, 3);
    usage_add(&room->usage, 1, SLOT, 2);
    usage_add(&room->usage, 2, SLOT, 1);
    assert_int_equal(booked(room, 1, SLOT), 0);
    assert_int_equal(usage_flush(&room->usage, room->db), 0);
    assert_int_equal(booked(room, 1, SLOT), 5);
    assert_int_equal(booked(room, 2, SLOT), 1);
    assert_int_equal(usage_flush(&room->usage, room->db), 0); /* once is enough */
    assert_int_equal(booked(room, 1, SLOT), 5);
    usage_add(&room->usage, 1, SLOT, 100);
    usage_drop(&room->usage);
    assert_int_equal(usage_flush(&room->usage, room->db), 0);
    assert_int_equal(booked(room, 1, SLOT), 5);
    usage_add(&room->usage, 1, SLOT, -2);
    assert_int_equal(usage_flush(&room->usage, room->db), 0);
    assert_int_equal(booked(room, 1, SLOT), 3);
    usage_add(&room->usage, 1, SLOT - 10000, -2); /* pruned meanwhile */
    assert_int_equal(usage_flush(&room->usage, room->db), 0);
    assert_int_equal(booked(room, 1, SLOT), 3);
}

/* As the ledger does it: in one transaction with what it books. */
static void room_flush(struct room *room)
{
    assert_int_equal(db_exec(room->db, "BEGIN IMMEDIATE"), 0);
    assert_int_equal(usage_flush(&room->usage, room->db), 0);
    assert_int_equal(db_exec(room->db, "COMMIT"), 0);
}

/* The same sums as in a plain table, however many SIMs, slots and flushes there are. */
static void test_sums_agree(void **state)
{
    static int64_t durable[SIMS][SLOTS], pending[SIMS][SLOTS];
    struct room *room = *state;
    uint32_t seed = 1;

    for (int i = 0; i < 20000; i++) {
        int sim, slot;
        int64_t parts;

        seed = seed * 1664525u + 1013904223u;
        sim = (int)(seed >> 8) % SIMS;
        slot = (int)(seed >> 4 & 3);
        parts = (int64_t)(seed >> 28) - 4;
        if (parts < -pending[sim][slot])
            parts = -pending[sim][slot];
        usage_add(&room->usage, sim + 1, SLOT + slot, parts);
        pending[sim][slot] += parts;
        if (seed >> 20 == 0) {
            usage_drop(&room->usage);
            memcpy(pending, durable, sizeof pending);
        } else if (seed >> 24 == 1) {
            room_flush(room);
            memcpy(durable, pending, sizeof durable);
        }
    }
    room_flush(room);
    for (int sim = 0; sim < SIMS; sim++)
        for (int slot = 0; slot < SLOTS; slot++)
            assert_int_equal(booked(room, sim + 1, SLOT + slot), pending[sim][slot]);
}

static void test_giving_back_too_much_ends_the_process(void **state)
{
    struct room *room = *state;
    pid_t child;
    int status;

    usage_add(&room->usage, 1, SLOT, 3);
    assert_int_equal(usage_flush(&room->usage, room->db), 0);
    child = fork();
    if (child == 0) {
        if (!freopen("/dev/null", "w", stderr))
            _exit(2);
        usage_add(&room->usage, 1, SLOT, -4);
        usage_flush(&room->usage, room->db);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    assert_int_equal(booked(room, 1, SLOT), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_flush_writes_and_drop_forgets, setup, teardown),
        cmocka_unit_test_setup_teardown(test_sums_agree, setup, teardown),
        cmocka_unit_test_setup_teardown(test_giving_back_too_much_ends_the_process, setup,
                                        teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
