/* test_tamper: 600 random edits of the books, each on a fresh copy: every one is found, and the
 * first bad record is named. Then what no single edit does: cut files, older copies.
 * Runs: any. */
#include "tests/unit/tamper_kit.h"
#include "tests/unit/verify_kit.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "gateway/base/buffer.h"

#define EDITS 600

struct scene {
    struct kit *kit;
    struct buffer books, older; /* whole files: at the end, and after the first day */
    char copy[192];
};

static void read_books(const struct kit *kit, struct buffer *out)
{
    assert_int_equal(buffer_read_file(out, kit->path, 64 << 20), 0);
}

static void write_file(const char *path, const struct buffer *bytes, size_t length)
{
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    assert_true(file >= 0);
    assert_int_equal(write(file, bytes->data, length), length);
    close(file);
}

static void copy_beside(const struct scene *scene, const char *ending)
{
    BUFFER_FREE_LATER struct buffer bytes = BUFFER_NULL;
    MEM_FREE_LATER char *from = mem_printf("%s%s", scene->kit->path, ending);
    MEM_FREE_LATER char *to = mem_printf("%s%s", scene->copy, ending);

    assert_int_equal(buffer_read_file(&bytes, from, 1 << 20), 0);
    write_file(to, &bytes, bytes.length);
}

static int setup(void **state)
{
    struct scene *scene = mem_new(struct scene);
    MEM_FREE_LATER char *evidence = NULL;
    MEM_FREE_LATER char *link = NULL;
    void *kit;

    kit_setup(&kit);
    scene->kit = kit;
    snprintf(scene->copy, sizeof scene->copy, "%s/copy.db", scene->kit->directory);
    kit_first_day(kit);
    read_books(kit, &scene->older);
    kit_second_day(kit);
    read_books(kit, &scene->books);
    copy_beside(scene, ".key.checkpoint");
    evidence = mem_printf("%s.evidence", scene->kit->path);
    link = mem_printf("%s.evidence", scene->copy);
    assert_int_equal(symlink(evidence, link), 0);
    *state = scene;
    return 0;
}

static int teardown(void **state)
{
    static const char *const files[] = {"", "-wal", "-shm", ".key.checkpoint", ".evidence"};
    struct scene *scene = *state;
    void *kit = scene->kit;

    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        MEM_FREE_LATER char *path = mem_printf("%s%s", scene->copy, files[i]);

        unlink(path);
    }
    buffer_free(&scene->books);
    buffer_free(&scene->older);
    kit_teardown(&kit);
    free(scene);
    return 0;
}

static void copied_books_are_whole(void **state)
{
    const struct scene *scene = *state;
    struct verify_result result;

    write_file(scene->copy, &scene->books, scene->books.length);
    verify_at(scene->copy, &(struct verify_options){0}, &result);
    verify_print(&result);
    assert_int_equal(result.findings.n, 0);
    assert_true(result.records > 300);
    assert_true(result.checkpoints >= 3);
    verify_release(&result);
}

/* What verify says of the copy must name the edit. */
static void judge(const struct scene *scene, const struct tamper *tamper)
{
    struct verify_result result;
    char why[512] = "";
    int rc = verify_books(scene->copy, &(struct verify_options){0}, &result, why, sizeof why);

    if (rc == 0 && !result.findings.n)
        fail_msg("not found: %s", tamper->what);
    if (rc == 0 && tamper->record && result.findings.items[0].record != tamper->record) {
        verify_print(&result);
        fail_msg("record %lld is not named: %s", (long long)tamper->record, tamper->what);
    }
    if (rc < 0 && tamper->record)
        fail_msg("unreadable (%s): %s", why, tamper->what);
    verify_release(&result);
}

static void every_edit_is_found(void **state)
{
    const struct scene *scene = *state;
    struct tamper tamper = {.seed = 0x6c61776361737431};

    for (int i = 0; i < EDITS; i++) {
        char *make;

        write_file(scene->copy, &scene->books, scene->books.length);
        assert_int_equal(sqlite3_open(scene->copy, &tamper.db), SQLITE_OK);
        tamper_do(&tamper, "PRAGMA synchronous = OFF");
        make = tamper_no_triggers(&tamper);
        tamper_once(&tamper);
        assert_int_equal(sqlite3_exec(tamper.db, make, NULL, NULL, NULL), SQLITE_OK);
        sqlite3_close(tamper.db);
        free(make);
        judge(scene, &tamper);
    }
}

static void a_cut_file_is_found(void **state)
{
    const struct scene *scene = *state;
    struct tamper tamper = {.seed = 0x6c61776361737432, .what = "the file is cut"};

    for (int i = 0; i < 20; i++) {
        write_file(scene->copy, &scene->books, tamper_random(&tamper, scene->books.length));
        judge(scene, &tamper);
    }
}

/* A value with its type, as SQLite writes it in SQL; never NULL but at the end. */
static bool dump_row(sqlite3 *db, const char *sql, struct buffer *out)
{
    sqlite3_stmt *rows;
    int rc = sqlite3_prepare_v2(db, sql, -1, &rows, NULL);

    while (rc == SQLITE_OK && (rc = sqlite3_step(rows)) == SQLITE_ROW) {
        for (int i = 0; i < sqlite3_column_count(rows); i++) {
            buffer_printf(out, "%d:", sqlite3_column_type(rows, i));
            buffer_add(out, sqlite3_column_text(rows, i), (size_t)sqlite3_column_bytes(rows, i));
            buffer_add_char(out, '|');
        }
        buffer_add_char(out, '\n');
        rc = SQLITE_OK;
    }
    sqlite3_finalize(rows);
    return rc == SQLITE_DONE;
}

/* All that anybody can read out of the books. */
static bool dump(const char *path, struct buffer *out)
{
    static const char *const rest[] = {
        "SELECT * FROM sqlite_schema", "PRAGMA user_version", "PRAGMA application_id",
        "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'"};
    sqlite3 *db;
    sqlite3_stmt *tables;
    bool fine = sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK;

    for (size_t i = 0; i < sizeof rest / sizeof *rest && fine; i++)
        fine = dump_row(db, rest[i], out);
    fine = fine && sqlite3_prepare_v2(db,
                                      "SELECT 'SELECT * FROM ' || name || ' NOT INDEXED' FROM"
                                      " sqlite_schema WHERE type = 'table'",
                                      -1, &tables, NULL) == SQLITE_OK;
    while (fine && sqlite3_step(tables) == SQLITE_ROW)
        fine = dump_row(db, (const char *)sqlite3_column_text(tables, 0), out);
    if (fine)
        sqlite3_finalize(tables);
    sqlite3_close_v2(db);
    return fine;
}

static void judge_byte(const struct scene *scene, size_t at, const struct buffer *whole)
{
    BUFFER_FREE_LATER struct buffer now = BUFFER_NULL;
    struct verify_result result;
    char why[512] = "";
    int rc = verify_books(scene->copy, &(struct verify_options){0}, &result, why, sizeof why);

    if (rc == 0 && !result.findings.n &&
        (!dump(scene->copy, &now) || now.length != whole->length ||
         memcmp(now.data, whole->data, now.length) != 0))
        fail_msg("the byte at %zu says something else, and nobody has seen it", at);
    verify_release(&result);
}

static void a_bad_byte_in_a_page_is_found_or_means_nothing(void **state)
{
    const struct scene *scene = *state;
    struct tamper tamper = {.seed = 0x6c61776361737433};
    BUFFER_FREE_LATER struct buffer whole = BUFFER_NULL;

    assert_true(dump(scene->kit->path, &whole));
    for (int i = 0; i < 200; i++) {
        size_t at = 100 + tamper_random(&tamper, scene->books.length - 100);

        char bent = (char)(1 << tamper_random(&tamper, 7));

        scene->books.data[at] ^= bent;
        write_file(scene->copy, &scene->books, scene->books.length);
        scene->books.data[at] ^= bent;
        judge_byte(scene, at, &whole);
    }
}

static void an_older_copy_is_found(void **state)
{
    const struct scene *scene = *state;
    MEM_FREE_LATER char *mark = mem_printf("%s.key.checkpoint", scene->copy);
    MEM_FREE_LATER char *known = mem_printf("%s.key.checkpoint", scene->kit->path);
    const char *const files[] = {known};
    struct verify_result result;

    write_file(scene->copy, &scene->older, scene->older.length);
    verify_at(scene->copy, &(struct verify_options){0}, &result);
    assert_int_equal(result.findings.items[0].kind, FINDING_OLDER_COPY);
    assert_int_equal(result.findings.items[0].record, result.records + 1);
    verify_release(&result);
    /* Alone it is whole; who was handed a later checkpoint knows better. */
    assert_int_equal(unlink(mark), 0);
    verify_at(scene->copy, &(struct verify_options){0}, &result);
    assert_int_equal(result.findings.n, 0);
    verify_release(&result);
    verify_at(scene->copy, &(struct verify_options){.known = files, .n_known = 1}, &result);
    assert_int_equal(result.findings.items[0].kind, FINDING_OLDER_COPY);
    verify_release(&result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(copied_books_are_whole, setup, teardown),
        cmocka_unit_test_setup_teardown(every_edit_is_found, setup, teardown),
        cmocka_unit_test_setup_teardown(a_cut_file_is_found, setup, teardown),
        cmocka_unit_test_setup_teardown(a_bad_byte_in_a_page_is_found_or_means_nothing, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(an_older_copy_is_found, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
