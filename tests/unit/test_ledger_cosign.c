/* test_ledger_cosign: signatures of other offices come into the books, and nothing else does. */
#include "tests/unit/ledger_kit.h"

#include "gateway/base/note.h"
#include "gateway/ledger/books_records.h"

static int cosign_take(void *ctx, const struct books_checkpoint *checkpoint)
{
    struct buffer *note = ctx;

    if (!note->length)
        buffer_add_text(note, checkpoint->note);
    return 0;
}

/* The first checkpoint of the books. */
static void cosign_first(const struct kit *kit, struct buffer *note)
{
    struct books *books;
    char why[256];

    assert_int_equal(books_open(&books, kit->path, why, sizeof why), 0);
    buffer_clear(note);
    assert_int_equal(books_checkpoints(books, cosign_take, note), 0);
    books_close(books);
}

static int cosign_post(struct kit *kit, const struct buffer *note)
{
    struct ledger_op op = {.kind = LEDGER_COSIGNED, .cosigned = {.note = buffer_text(note)}};

    return kit_do(kit, &op);
}

/* Two offices sign copies of the same checkpoint, one of them twice. */
static void test_lines_come_together(void **state)
{
    struct sign_key *city = sign_key_make("city"), *court = sign_key_make("court");
    BUFFER_FREE_LATER struct buffer first = BUFFER_NULL, one = BUFFER_NULL, two = BUFFER_NULL;
    struct note_signer signers[NOTE_SIGNATURES];
    struct sign_public public;
    struct kit *kit = *state;
    int64_t time_s = 0;

    kit_insert(kit, 0, 5, 1, false);
    kit_close(kit);
    cosign_first(kit, &first);
    assert_int_equal(note_signers(first.data, first.length, signers), 1);
    buffer_add(&one, first.data, first.length);
    buffer_add(&two, first.data, first.length);
    assert_int_equal(note_cosign(&one, city, 1793406662), 0);
    assert_int_equal(note_cosign(&two, court, 1793406663), 0);
    assert_int_equal(kit_open(kit), 0);
    assert_int_equal(cosign_post(kit, &one), LEDGER_OK);
    assert_int_equal(cosign_post(kit, &two), LEDGER_OK);
    assert_int_equal(note_cosign(&one, city, 1793406664), 0);
    assert_int_equal(cosign_post(kit, &one), LEDGER_OK); /* the first time stays */
    cosign_first(kit, &first);
    assert_int_equal(note_signers(first.data, first.length, signers), 3);
    sign_key_public(city, SIGN_WITNESS, &public);
    assert_int_equal(note_verify(first.data, first.length, &public, &time_s), NOTE_GOOD);
    assert_int_equal(time_s, 1793406662);
    sign_key_free(city);
    sign_key_free(court);
}

static void test_what_is_not_theirs(void **state)
{
    struct sign_key *other = sign_key_make("other");
    BUFFER_FREE_LATER struct buffer first = BUFFER_NULL, note = BUFFER_NULL, again = BUFFER_NULL;
    struct checkpoint checkpoint;
    struct kit *kit = *state;

    kit_close(kit);
    cosign_first(kit, &first);
    assert_int_equal(kit_open(kit), 0);
    assert_int_equal(checkpoint_read(first.data, first.length, &checkpoint), 0);
    checkpoint.root.bytes[0] ^= 1; /* another root of the same size */
    checkpoint_write(&checkpoint, &note);
    note_sign(&note, other);
    assert_int_equal(cosign_post(kit, &note), LEDGER_NONE);
    buffer_clear(&note);
    checkpoint.root.bytes[0] ^= 1;
    checkpoint.size += 1000; /* a size that was never signed */
    checkpoint_write(&checkpoint, &note);
    note_sign(&note, other);
    assert_int_equal(cosign_post(kit, &note), LEDGER_NONE);
    buffer_clear(&note);
    buffer_add_text(&note, "no note");
    assert_int_equal(cosign_post(kit, &note), LEDGER_NONE);
    cosign_first(kit, &again);
    assert_string_equal(buffer_text(&again), buffer_text(&first));
    sign_key_free(other);
}

/* At the end something can't be read that the seal is made of: what is there is signed all the
 * same.
 */
static void test_signed_without_a_seal(void **state)
{
    struct kit *kit = *state;

    kit_insert(kit, 0, 5, 1, false);
    kit_insert(kit, 5, 5, 1, false);
    assert_int_equal(kit_sql(kit, "PRAGMA writable_schema = ON;"
                                  "UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM"
                                  " sqlite_schema WHERE type = 'index' AND rootpage > 0 LIMIT 1)"
                                  " WHERE name = 'answer'; PRAGMA schema_version = 1000000"),
                     SQLITE_OK); /* a page of another kind */
    kit_close(kit);
    assert_int_equal(kit_ask(kit, "SELECT to_state FROM journal ORDER BY id DESC LIMIT 1"), 0);
    assert_int_equal(kit_ask(kit, "SELECT max(size) FROM checkpoint"),
                     kit_ask(kit, "SELECT count(*) FROM journal"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, kit_setup, kit_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_lines_come_together),
        TEST(test_what_is_not_theirs),
        TEST(test_signed_without_a_seal),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
