/* test_ledger_keys: a change of keys counts from its commit on; no crash around the first
 * checkpoint locks anybody out. Runs: any. */
#include "tests/unit/verify_kit.h"

#include "gateway/base/buffer.h"
#include "gateway/base/note.h"
#include "gateway/base/sign.h"
#include "gateway/ledger/store.h"

static int64_t signatures(const struct kit *kit)
{
    return kit_ask(kit, "SELECT count(*) FROM checkpoint");
}

static void record(struct store *store, const char *device)
{
    int32_t number;

    assert_int_equal(store_begin(store), 0);
    assert_int_equal(store_device(store, device, &number), 0);
    assert_int_equal(store_commit(store), 0);
}

static void a_change_that_was_rolled_back_retires_nobody(void **state)
{
    struct kit *kit = *state;
    struct ledger_recovery recovery;
    struct sign_key *next = sign_key_make("lawcast-next");
    struct ledger_op rotate = {.kind = LEDGER_ROTATE, .rotate = {.key = next}};
    struct store *store;
    char why[512];
    int64_t before;

    kit_close(kit);
    assert_int_equal(store_open(&store, kit->path, &recovery, why, sizeof why), 0);
    assert_int_equal(store_begin(store), 0);
    assert_int_equal(store_run(store, &rotate), 0);
    store_rollback(store);
    record(store, "bank-a/1");
    before = signatures(kit);
    assert_int_equal(store_sign(store), 0);
    assert_int_equal(signatures(kit), before + 1);
    assert_int_equal(store_begin(store), 0);
    assert_int_equal(store_run(store, &rotate), 0);
    assert_int_equal(store_commit(store), 0);
    record(store, "bank-a/2");
    assert_int_equal(store_sign(store), 0); /* it isn't this one's any more */
    assert_int_equal(signatures(kit), before + 1);
    store_close(store);
    sign_key_free(next);
}

static void assert_no_findings(const struct kit *kit)
{
    struct verify_result result;

    verify_at(kit->path, &(struct verify_options){0}, &result);
    assert_int_equal(result.findings.n, 0);
    verify_release(&result);
}

/* The file has the first checkpoint first. A crash may come before both, or between them. */
static void the_first_checkpoint_locks_nobody_out(void **state)
{
    struct kit *kit = *state;
    int64_t before;

    kit_close(kit);
    kit_bend(kit, "DELETE FROM checkpoint");
    assert_int_equal(kit_open(kit), 0);
    before = signatures(kit);
    assert_int_equal(before, 1); /* the books made up for it */
    kit_close(kit);
    assert_no_findings(kit);
    kit_bend(kit, "DELETE FROM checkpoint");
    kit_remove(kit, ".key.checkpoint");
    assert_int_equal(kit_open(kit), 0);
    kit_close(kit);
    assert_no_findings(kit);
}

/* Somebody's words about these records, and not the key's. */
static void an_unsigned_mark_is_not_made_up_for(void **state)
{
    struct kit *kit = *state;
    MEM_FREE_LATER char *path = mem_printf("%s.key.checkpoint", kit->path);
    BUFFER_FREE_LATER struct buffer note = BUFFER_NULL;
    FILE *file;

    kit_close(kit);
    kit_bend(kit, "DELETE FROM checkpoint");
    assert_int_equal(buffer_read_file(&note, path, NOTE_MOST), 0);
    file = fopen(path, "w");
    assert_non_null(file);
    fwrite(note.data, 1, note_body(note.data, note.length), file);
    assert_int_equal(fclose(file), 0);
    assert_true(kit_open(kit) < 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_change_that_was_rolled_back_retires_nobody, kit_setup,
                                        kit_teardown),
        cmocka_unit_test_setup_teardown(the_first_checkpoint_locks_nobody_out, kit_setup,
                                        kit_teardown),
        cmocka_unit_test_setup_teardown(an_unsigned_mark_is_not_made_up_for, kit_setup,
                                        kit_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
