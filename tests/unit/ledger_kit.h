/* ledger_kit: real books in a folder of their own, on a real loop, for the tests of the ledger.
 * Runs: any.
 *
 * kit_do posts an operation and runs the loop until it is done. The raw connection reads and bends
 * the tables as another program could. */
#ifndef LAWCAST_TESTS_LEDGER_KIT_H
#define LAWCAST_TESTS_LEDGER_KIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sqlite3.h>
#include <uv.h>

#include "gateway/base/mem.h"
#include "gateway/ledger/books.h"
#include "gateway/ledger/ledger.h"

#define KIT_NUMBER INT64_C(8613800000000)
#define KIT_ROOM   64

struct kit {
    char directory[128], path[160];
    uv_loop_t loop;
    struct ledger *ledger;
    struct ledger_recovery recovery;
    char why[512];
    int troubles, relieved;
    int64_t campaign;
    int32_t units[2], device;
    int64_t boards[1];
    bool resend, planned, count_sent;
    int64_t quota;
    int32_t route;               /* of what is entered and fetched */
    enum outcome_level need;     /* of slogans that are entered */
    struct ledger_meters meters; /* of what is claimed */
    struct ledger_row rows[KIT_ROOM];
    size_t n_rows;
};

static inline void kit_trouble(void *ctx, const char *message)
{
    struct kit *kit = ctx;

    if (message)
        kit->troubles++;
    else
        kit->relieved++;
}

static inline void kit_closed(void *ctx)
{
    ((struct kit *)ctx)->ledger = NULL;
}

static inline int kit_open(struct kit *kit)
{
    return ledger_open(&kit->ledger, &kit->loop, kit->path, kit_trouble, kit, &kit->recovery,
                       kit->why, sizeof kit->why);
}

static inline void kit_close(struct kit *kit)
{
    ledger_close(kit->ledger, kit_closed, kit);
    assert_int_equal(uv_run(&kit->loop, UV_RUN_DEFAULT), 0);
    assert_null(kit->ledger);
}

static inline void kit_done(struct ledger_op *op)
{
    *(bool *)op->owner = true;
}

static inline int kit_do(struct kit *kit, struct ledger_op *op)
{
    bool done = false;

    op->done = kit_done;
    op->owner = &done;
    ledger_post(kit->ledger, op);
    while (!done)
        uv_run(&kit->loop, UV_RUN_ONCE);
    return op->result;
}

/* The number of a modem in the books; made when new. */
static inline int32_t kit_device(struct kit *kit, const char *name)
{
    struct ledger_memory memory = {0};
    struct ledger_op op = {.kind = LEDGER_RECALL,
                           .recall = {.names = &name, .memories = &memory, .n = 1}};

    assert_int_equal(kit_do(kit, &op), LEDGER_OK);
    return memory.device;
}

/* What the books remember of the kit's modem. */
static inline struct ledger_memory kit_recall(struct kit *kit)
{
    const char *const names[] = {"bank-a/0"};
    struct ledger_memory memory = {.paused = true, .pin_mark = 1, .imsi = "x", .error = 1};
    struct ledger_op op = {.kind = LEDGER_RECALL,
                           .recall = {.names = names, .memories = &memory, .n = 1}};

    assert_int_equal(kit_do(kit, &op), LEDGER_OK);
    assert_int_equal(memory.device, kit->device);
    return memory;
}

/* Two units, the first with the quota, and one board of the second. */
static inline int kit_enter(struct kit *kit, const char *id, const char *source)
{
    const char *codes[] = {"city", "jinan"}, *names[] = {"市法宣办", "金安区法宣办"};
    const char *boards[] = {"plaza"}, *const places[] = {"人民广场"};
    const int32_t owners[] = {1};
    const int64_t quotas[] = {kit->quota, 0};
    struct ledger_op op = {.kind = LEDGER_CAMPAIGN,
                           .campaign_is = {.id = id,
                                           .title = "宪法宣传",
                                           .source = source,
                                           .windows = "[[0,1]]",
                                           .n_units = 2,
                                           .unit_ids = codes,
                                           .unit_names = names,
                                           .quotas = quotas,
                                           .unit_numbers = kit->units,
                                           .n_boards = 1,
                                           .board_ids = boards,
                                           .board_owners = owners,
                                           .board_numbers = kit->boards,
                                           .board_places = places,
                                           .targets = "[[\"\",2,5,0]]",
                                           .resend = kit->resend}};
    int result = kit_do(kit, &op);

    kit->campaign = op.campaign;
    kit->planned = op.campaign_is.planned;
    return result;
}

/* n messages of the first unit to KIT_NUMBER + from... Returns how many were new. */
static inline size_t kit_insert(struct kit *kit, int64_t from, size_t n, int32_t parts,
                                bool reserve)
{
    struct ledger_new *rows = mem_array(n, struct ledger_new);
    struct ledger_op op = {
        .kind = LEDGER_INSERT, .campaign = kit->campaign, .insert = {.rows = rows, .n = n}};
    char text[] = "【市法宣办】弘扬宪法精神";

    for (size_t i = 0; i < n; i++)
        rows[i] = (struct ledger_new){.unit = kit->units[0],
                                      .channel = CHANNEL_SMS,
                                      .address = KIT_NUMBER + from + (int64_t)i,
                                      .text = text,
                                      .parts = parts,
                                      .alphabet = 1,
                                      .reserve = reserve,
                                      .route = kit->route};
    assert_int_equal(kit_do(kit, &op), LEDGER_OK);
    free(rows);
    return op.insert.inserted;
}

static inline void kit_insert_slot(struct kit *kit, int32_t slot, int64_t from, int64_t until,
                                   const char *slogan)
{
    struct ledger_new row = {.unit = kit->units[1],
                             .channel = CHANNEL_DISPLAY,
                             .address = kit->boards[0],
                             .slot = slot,
                             .parts = 1,
                             .from_ms = from,
                             .until_ms = until,
                             .need = (int32_t)kit->need};
    struct ledger_op op = {
        .kind = LEDGER_INSERT, .campaign = kit->campaign, .insert = {.rows = &row, .n = 1}};

    row.text = mem_dup(slogan);
    assert_int_equal(kit_do(kit, &op), LEDGER_OK);
    free(row.text);
}

static inline void kit_release(struct kit *kit)
{
    while (kit->n_rows)
        ledger_row_release(&kit->rows[--kit->n_rows]);
}

/* Fetches into kit->rows; returns next_ms. */
static inline int64_t kit_fetch(struct kit *kit, enum delivery_channel channel, size_t max,
                                bool again)
{
    struct ledger_op op = {.kind = LEDGER_FETCH,
                           .campaign = kit->campaign,
                           .fetch = {.unit = kit->units[0],
                                     .route = channel == CHANNEL_SMS ? kit->route : 0,
                                     .channel = channel,
                                     .address = channel == CHANNEL_SMS ? 0 : kit->boards[0],
                                     .count_sent = kit->count_sent,
                                     .again = again,
                                     .max = max,
                                     .rows = kit->rows}};

    kit_release(kit);
    assert_int_equal(kit_do(kit, &op), LEDGER_OK);
    kit->n_rows = op.fetch.n;
    return op.fetch.next_ms;
}

static inline void kit_claim(struct kit *kit, int64_t id)
{
    struct ledger_op op = {.kind = LEDGER_CLAIM,
                           .claim = {.id = id, .device = kit->device, .meters = kit->meters}};

    assert_int_equal(kit_do(kit, &op), LEDGER_OK);
}

static inline enum delivery_state kit_settle(struct kit *kit, int64_t id,
                                             const struct outcome *outcome, int32_t attempts_max)
{
    struct ledger_op op = {.kind = LEDGER_SETTLE,
                           .settle = {.id = id,
                                      .device = kit->device,
                                      .outcome = *outcome,
                                      .resend = kit->resend,
                                      .attempts_max = attempts_max,
                                      .meters = kit->meters,
                                      .level = LEVEL_ACCEPTED}};

    assert_int_equal(kit_do(kit, &op), LEDGER_OK);
    return (enum delivery_state)op.settle.state;
}

/* Fetched, claimed, sent with this reference for every part. */
static inline void kit_send(struct kit *kit, int64_t id, int parts, int reference)
{
    struct outcome sent = {.kind = OUTCOME_SENT, .n_references = parts};

    for (int i = 0; i < parts; i++)
        sent.references[i] = (reference + i) & 255;
    kit_claim(kit, id);
    assert_int_equal(kit_settle(kit, id, &sent, 0), DELIVERY_SENT);
}

static inline struct ledger_op kit_report(struct kit *kit, int64_t address, int reference,
                                          enum report_kind kind)
{
    struct ledger_op op = {.kind = LEDGER_REPORT,
                           .report = {.device = kit->device,
                                      .report = {.kind = kind,
                                                 .address = address,
                                                 .reference = reference,
                                                 .status = kind == REPORT_FAILED ? 0x41 : 0}}};

    kit_do(kit, &op);
    return op;
}

/* The slogan was on its board from from_ms to until_ms, proved by level. */
static inline int64_t kit_show(struct kit *kit, int64_t id, enum outcome_level level,
                               int64_t from_ms, int64_t until_ms)
{
    struct ledger_op op = {
        .kind = LEDGER_SHOW,
        .show = {.id = id, .level = level, .from_ms = from_ms, .until_ms = until_ms}};

    return kit_do(kit, &op);
}

static inline void kit_withdraw(struct kit *kit, int64_t id)
{
    struct ledger_op op = {.kind = LEDGER_WITHDRAW, .show = {.id = id}};

    assert_int_equal(kit_do(kit, &op), LEDGER_OK);
}

static inline sqlite3 *kit_raw(const struct kit *kit)
{
    sqlite3 *raw;

    assert_int_equal(sqlite3_open(kit->path, &raw), SQLITE_OK);
    sqlite3_busy_timeout(raw, 5000);
    return raw;
}

static inline int kit_sql(const struct kit *kit, const char *sql)
{
    sqlite3 *raw = kit_raw(kit);
    int rc = sqlite3_exec(raw, sql, NULL, NULL, NULL);

    sqlite3_close(raw);
    return rc;
}

/* The integer that a query answers, from outside the ledger. */
static inline int64_t kit_ask(const struct kit *kit, const char *sql)
{
    sqlite3 *raw = kit_raw(kit);
    sqlite3_stmt *statement;
    int64_t answer;

    assert_int_equal(sqlite3_prepare_v2(raw, sql, -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    answer = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(raw);
    return answer;
}

static inline void assert_books_agree(const struct kit *kit)
{
    struct books_recount recount;
    struct books *books;
    char why[256];

    assert_int_equal(books_open(&books, kit->path, why, sizeof why), 0);
    assert_int_equal(books_recount(books, kit->campaign, &recount), 0);
    if (!recount.agrees)
        fail_msg("%s", recount.difference);
    books_close(books);
}

static inline int64_t state_of(const struct kit *kit, int64_t id)
{
    MEM_FREE_LATER char *sql =
        mem_printf("SELECT state FROM delivery WHERE id = %lld", (long long)id);

    return kit_ask(kit, sql);
}

static inline void kit_remove(const struct kit *kit, const char *suffix)
{
    MEM_FREE_LATER char *name = mem_printf("%s%s", kit->path, suffix);

    unlink(name);
}

/* How many pictures the books keep, and the name of the last one. */
static inline size_t kit_evidence(const struct kit *kit, char *name, size_t size)
{
    MEM_FREE_LATER char *folder = mem_printf("%s.evidence", kit->path);
    DIR *dir = opendir(folder);
    const struct dirent *entry;
    size_t n = 0;

    while (dir && (entry = readdir(dir)))
        if (entry->d_name[0] != '.') {
            n++;
            snprintf(name, size, "%s/%s", folder, entry->d_name);
        }
    if (dir)
        closedir(dir);
    return n;
}

static inline void kit_remove_evidence(const struct kit *kit)
{
    char name[512];

    while (kit_evidence(kit, name, sizeof name))
        assert_int_equal(unlink(name), 0);
    snprintf(name, sizeof name, "%s.evidence", kit->path);
    rmdir(name);
}

/* A folder and a loop; no books yet. */
static inline void kit_init(struct kit *kit)
{
    const char *base = getenv("TMPDIR");

    *kit = (struct kit){.quota = 1000, .need = LEVEL_STORED};
    snprintf(kit->directory, sizeof kit->directory, "%s/lawcast-ledger-XXXXXX",
             base && *base ? base : "/tmp");
    assert_non_null(mkdtemp(kit->directory));
    snprintf(kit->path, sizeof kit->path, "%s/books.db", kit->directory);
    assert_int_equal(uv_loop_init(&kit->loop), 0);
}

static inline int kit_setup(void **state)
{
    struct kit *kit = mem_new(struct kit);

    kit_init(kit);
    assert_int_equal(kit_open(kit), 0);
    kit->device = kit_device(kit, "bank-a/0");
    assert_true(kit->device > 0);
    assert_int_equal(kit_enter(kit, "2026-law-day", "source"), LEDGER_OK);
    *state = kit;
    return 0;
}

static inline int kit_teardown(void **state)
{
    static const char *const files[] = {"", "-wal", "-shm", ".key", ".key.checkpoint", ".key.next"};
    struct kit *kit = *state;

    kit_release(kit);
    if (kit->ledger)
        kit_close(kit);
    assert_int_equal(uv_loop_close(&kit->loop), 0);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        kit_remove(kit, files[i]);
    kit_remove_evidence(kit);
    assert_int_equal(rmdir(kit->directory), 0);
    free(kit);
    return 0;
}

#endif
