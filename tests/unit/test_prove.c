/* test_prove: what the books say about one number, on books of a few tiles: every record has its
 * proof, every message its receipt, and altered books give none. */
#include "tests/unit/ledger_kit.h"

#include "gateway/audit/inclusion.h"
#include "gateway/audit/prove.h"
#include "gateway/audit/receipt.h"
#include "gateway/ledger/books_records.h"

#define PROVE_MESSAGES 600 /* two tiles, and a piece of one */

/* KIT_NUMBER + 1 is delivered, + 2 undelivered, + 3 sent, + 4 rejected; the others are planned. */
static void prove_fill(struct kit *kit)
{
    struct outcome rejected = {.kind = OUTCOME_REJECTED, .code = 21};

    assert_int_equal(kit_insert(kit, 0, PROVE_MESSAGES, 1, false), PROVE_MESSAGES);
    kit_fetch(kit, CHANNEL_SMS, 5, false);
    for (int i = 1; i <= 3; i++)
        kit_send(kit, kit->rows[i].id, 1, 10 + i);
    kit_claim(kit, kit->rows[4].id);
    assert_int_equal(kit_settle(kit, kit->rows[4].id, &rejected, 0), DELIVERY_REJECTED);
    kit_report(kit, KIT_NUMBER + 1, 11, REPORT_DELIVERED);
    kit_report(kit, KIT_NUMBER + 2, 12, REPORT_FAILED);
    kit_release(kit);
    kit_close(kit);
}

static struct books *prove_books(const struct kit *kit)
{
    struct books *books;
    char why[256];

    assert_int_equal(books_open(&books, kit->path, why, sizeof why), 0);
    return books;
}

static void test_each_message(void **state)
{
    static const enum delivery_state states[] = {
        DELIVERY_DUE,  DELIVERY_DELIVERED, DELIVERY_UNDELIVERED,
        DELIVERY_SENT, DELIVERY_REJECTED,  DELIVERY_PLANNED,
    };
    struct kit *kit = *state;
    struct books *books;

    prove_fill(kit);
    books = prove_books(kit);
    for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
        RECEIPT_FREE_LATER struct receipt receipt = {0};
        struct receipt_facts facts;
        struct prove prove;

        assert_int_equal(prove_number(books, KIT_NUMBER + (int64_t)i, NULL, &prove), 0);
        assert_int_equal(prove.n_messages, 1);
        assert_int_equal(prove.messages[0].status, PROVE_PROVED);
        assert_int_equal(prove.messages[0].state, states[i]);
        assert_string_equal(prove.messages[0].unit.code, "city");
        assert_string_equal(prove.messages[0].campaign->id, "2026-law-day");
        assert_int_equal(
            receipt_read(prove.messages[0].receipt, strlen(prove.messages[0].receipt), &receipt),
            0);
        assert_int_equal(receipt_check(&receipt, NULL, &facts), RECEIPT_GOOD);
        assert_int_equal(facts.state, states[i]);
        assert_int_equal(receipt.number, KIT_NUMBER + (int64_t)i);
        assert_string_equal(receipt.name, "市法宣办");
        assert_int_equal(facts.delivery, prove.messages[0].delivery);
        prove_release(&prove);
    }
    books_close(books);
}

static void test_nobody(void **state)
{
    struct kit *kit = *state;
    struct books *books;
    struct prove prove;

    prove_fill(kit);
    books = prove_books(kit);
    assert_int_equal(prove_number(books, KIT_NUMBER + PROVE_MESSAGES, NULL, &prove), 0);
    assert_int_equal(prove.n_messages, 0);
    assert_true(prove.signed_size > PROVE_MESSAGES);
    prove_release(&prove);
    assert_int_equal(prove_number(books, KIT_NUMBER, "2026-law-day", &prove), 0);
    assert_int_equal(prove.n_messages, 1);
    prove_release(&prove);
    assert_int_equal(prove_number(books, KIT_NUMBER, "2025", &prove), 1);
    prove_release(&prove);
    books_close(books);
}

/* The same number in a second campaign: other keys, other tags. */
static void test_two_campaigns(void **state)
{
    struct kit *kit = *state;
    struct books *books;
    struct prove prove;

    assert_int_equal(kit_insert(kit, 0, 3, 1, false), 3);
    assert_int_equal(kit_enter(kit, "2026-constitution-day", "other"), LEDGER_OK);
    assert_int_equal(kit_insert(kit, 1, 3, 1, false), 3);
    kit_close(kit);
    books = prove_books(kit);
    assert_int_equal(prove_number(books, KIT_NUMBER + 1, NULL, &prove), 0);
    assert_int_equal(prove.n_messages, 2);
    assert_string_equal(prove.messages[0].campaign->id, "2026-law-day");
    assert_string_equal(prove.messages[1].campaign->id, "2026-constitution-day");
    assert_int_equal(prove.messages[0].status, PROVE_PROVED);
    assert_int_equal(prove.messages[1].status, PROVE_PROVED);
    prove_release(&prove);
    assert_int_equal(prove_number(books, KIT_NUMBER + 1, "2026-constitution-day", &prove), 0);
    assert_int_equal(prove.n_messages, 1);
    prove_release(&prove);
    books_close(books);
}

/* Whatever of what leads to the receipt is altered, there is none. */
static void test_altered_books(void **state)
{
    static const char *const edits[] = {
        "PRAGMA ignore_check_constraints = 1; DROP TRIGGER journal_keeps;"
        "UPDATE journal SET at_ms = at_ms + 1 WHERE delivery = 2 AND to_state = 5",
        "DROP TRIGGER journal_keeps; UPDATE journal SET to_state = 6 WHERE delivery = 2"
        " AND to_state = 5",
        "DROP TRIGGER tile_keeps; UPDATE tile SET hash = substr(hash, 2) || substr(hash, 1, 1) "
        "WHERE id = 0",
        "DROP TRIGGER journal_holds; DELETE FROM journal WHERE delivery = 2 AND to_state = 5",
        "UPDATE campaign SET key = substr(key, 2) || substr(key, 1, 1)",
        "UPDATE checkpoint SET note = replace(note, 'lawcast-', 'lawcasu-')",
        "DROP TRIGGER public_key_holds; DELETE FROM public_key",
    };
    struct kit *kit = *state;

    prove_fill(kit);
    for (size_t i = 0; i < sizeof edits / sizeof *edits; i++) {
        MEM_FREE_LATER char *copy = mem_printf("VACUUM INTO '%s/copy.db'", kit->directory);
        struct kit other = *kit;
        struct books *books;
        struct prove prove;

        assert_int_equal(kit_sql(kit, copy), SQLITE_OK);
        snprintf(other.path, sizeof other.path, "%s/copy.db", kit->directory);
        assert_int_equal(kit_sql(&other, edits[i]), SQLITE_OK);
        books = prove_books(&other);
        assert_int_equal(prove_number(books, KIT_NUMBER + 1, NULL, &prove), 0);
        assert_int_equal(prove.n_messages, 1);
        assert_int_equal(prove.messages[0].status, PROVE_DAMAGED);
        assert_null(prove.messages[0].receipt);
        prove_release(&prove);
        books_close(books);
        kit_remove(&other, "");
        kit_remove(&other, "-wal");
        kit_remove(&other, "-shm");
    }
}

/* Whom an erased campaign meant can't be said: neither that it was this number nor that it wasn't.
 */
static void test_erased(void **state)
{
    struct kit *kit = *state;
    struct books *books;
    struct prove prove;

    prove_fill(kit);
    assert_int_equal(kit_sql(kit, "UPDATE campaign SET key = ''"), SQLITE_OK);
    books = prove_books(kit);
    assert_int_equal(prove_number(books, KIT_NUMBER + PROVE_MESSAGES, NULL, &prove), 0);
    assert_int_equal(prove.n_messages, 0);
    assert_int_equal(prove.n_campaigns, 1);
    assert_true(prove.campaigns[0].erased);
    prove_release(&prove);
    books_close(books);
}

static int64_t prove_refuse(struct kit *kit, int64_t to, bool lift)
{
    const int64_t number = KIT_NUMBER + to;
    struct ledger_op op = {.kind = LEDGER_REFUSE,
                           .refuse = {.numbers = &number,
                                      .n = 1,
                                      .lift = lift,
                                      .source = REFUSAL_COMMAND,
                                      .note = "12345 hotline"}};

    assert_int_equal(kit_do(kit, &op), LEDGER_OK);
    assert_int_equal(op.refuse.changed, 1);
    return kit_ask(kit, "SELECT max(line) FROM optout_event");
}

static void prove_judge_refusal(const struct prove_refusal *refusal, int64_t line, bool refuses)
{
    RECEIPT_FREE_LATER struct receipt receipt = {0};
    struct receipt_facts facts;

    assert_int_equal(refusal->record, line);
    assert_int_equal(refusal->status, PROVE_PROVED);
    assert_true(strlen(refusal->receipt) < 2048);
    assert_null(strstr(refusal->receipt, "hotline"));
    assert_int_equal(receipt_read(refusal->receipt, strlen(refusal->receipt), &receipt), 0);
    assert_int_equal(receipt_check(&receipt, NULL, &facts), RECEIPT_GOOD);
    assert_int_equal(facts.about, RECEIPT_REFUSAL);
    assert_int_equal(facts.refuses, refuses);
    assert_int_equal(receipt.index, line - 1);
    assert_int_equal(receipt.number, KIT_NUMBER + 7);
    receipt.number++;
    assert_int_equal(receipt_check(&receipt, NULL, &facts), RECEIPT_OTHER_NUMBER);
}

static void test_refusals(void **state)
{
    struct kit *kit = *state;
    struct prove_refusals refusals;
    struct books *books;
    int64_t lines[2];

    assert_int_equal(kit_insert(kit, 0, PROVE_MESSAGES, 1, false), PROVE_MESSAGES);
    lines[0] = prove_refuse(kit, 7, false);
    prove_refuse(kit, 8, false);
    lines[1] = prove_refuse(kit, 7, true);
    kit_close(kit);
    books = prove_books(kit);
    assert_int_equal(prove_refusals(books, KIT_NUMBER + 7, &refusals), 0);
    assert_int_equal(refusals.n, 2);
    prove_judge_refusal(&refusals.items[0], lines[0], true);
    prove_judge_refusal(&refusals.items[1], lines[1], false);
    prove_refusals_release(&refusals);
    assert_int_equal(prove_refusals(books, KIT_NUMBER + 6, &refusals), 0);
    assert_int_equal(refusals.n, 0);
    prove_refusals_release(&refusals);
    books_close(books);
}

/* Nothing is vouched for that was altered, or isn't signed. */
static void test_refusals_without_a_receipt(void **state)
{
    static const struct {
        const char *sql;
        enum prove_status status;
    } cases[] = {
        {"DROP TRIGGER journal_keeps; UPDATE journal SET at_ms = at_ms + 1"
         " WHERE to_state = 10 AND delivery = 0",
         PROVE_DAMAGED},
        {"UPDATE meta SET key = substr(key, 2) || substr(key, 1, 1)", PROVE_DAMAGED},
        {"DROP TRIGGER checkpoint_holds; DELETE FROM checkpoint", PROVE_UNSIGNED},
    };
    struct kit *kit = *state;

    prove_refuse(kit, 7, false);
    kit_close(kit);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct prove_refusals refusals;
        struct books *books;

        assert_int_equal(kit_sql(kit, cases[i].sql), SQLITE_OK);
        books = prove_books(kit);
        assert_int_equal(prove_refusals(books, KIT_NUMBER + 7, &refusals), 0);
        assert_int_equal(refusals.n, 1);
        assert_int_equal(refusals.items[0].status, cases[i].status);
        assert_null(refusals.items[0].receipt);
        prove_refusals_release(&refusals);
        books_close(books);
    }
}

static int prove_take_note(void *ctx, const struct books_checkpoint *checkpoint)
{
    struct buffer *note = ctx;

    buffer_clear(note);
    buffer_add_text(note, checkpoint->note);
    return 0;
}

/* What other offices have seen is worth more than what is newer; but a receipt stays small. */
static void test_cosigned(void **state)
{
    BUFFER_FREE_LATER struct buffer note = BUFFER_NULL;
    struct note_signer signers[NOTE_SIGNATURES];
    RECEIPT_FREE_LATER struct receipt receipt = {0};
    struct kit *kit = *state;
    struct receipt_facts facts;
    struct checkpoint seen;
    struct ledger_op op;
    struct books *books;
    struct prove prove;

    prove_fill(kit);
    books = prove_books(kit);
    assert_int_equal(books_checkpoints(books, prove_take_note, &note), 0);
    books_close(books);
    assert_int_equal(checkpoint_read(note.data, note.length, &seen), 0);
    for (int i = 0; i < NOTE_SIGNATURES - 1; i++) {
        MEM_FREE_LATER char *name = mem_printf("office%d.example", i);
        struct sign_key *office = sign_key_make(name);

        assert_int_equal(note_cosign(&note, office, 1793406662), 0);
        sign_key_free(office);
    }
    assert_int_equal(kit_open(kit), 0);
    op = (struct ledger_op){.kind = LEDGER_COSIGNED, .cosigned = {.note = note.data}};
    assert_int_equal(kit_do(kit, &op), LEDGER_OK);
    kit_insert(kit, 5000, 10, 1, false);
    kit_close(kit);
    books = prove_books(kit);
    assert_int_equal(prove_number(books, KIT_NUMBER + 1, NULL, &prove), 0);
    assert_true(prove.signed_size > (int64_t)seen.size);
    assert_true(strlen(prove.messages[0].receipt) < 2048);
    assert_int_equal(
        receipt_read(prove.messages[0].receipt, strlen(prove.messages[0].receipt), &receipt), 0);
    assert_int_equal(receipt_check(&receipt, NULL, &facts), RECEIPT_GOOD);
    assert_int_equal(facts.size, seen.size);
    assert_true(note_signers(receipt.note.data, receipt.note.length, signers) > 2);
    prove_release(&prove);
    assert_int_equal(prove_number(books, KIT_NUMBER + 5001, NULL, &prove), 0);
    assert_int_equal(prove.messages[0].status, PROVE_PROVED);
    prove_release(&prove);
    books_close(books);
}

/* What came after the last checkpoint isn't proved yet, and says so. */
static void test_not_signed_yet(void **state)
{
    struct kit *kit = *state;
    struct books *books;
    struct prove prove;

    prove_fill(kit);
    assert_int_equal(kit_sql(kit, "DROP TRIGGER checkpoint_holds;"
                                  "DELETE FROM checkpoint WHERE size > 600"),
                     SQLITE_OK);
    books = prove_books(kit);
    assert_int_equal(prove_number(books, KIT_NUMBER + 1, NULL, &prove), 0);
    assert_int_equal(prove.messages[0].status, PROVE_UNSIGNED);
    assert_int_equal(prove.messages[0].state, DELIVERY_DELIVERED);
    prove_release(&prove);
    books_close(books);
}

struct prove_lines {
    struct merkle tree;
    struct merkle_hash leaves[2 * PROVE_MESSAGES];
};

static int prove_take_line(void *ctx, const struct books_line *line)
{
    struct prove_lines *lines = ctx;

    assert_non_null(line->line);
    merkle_leaf(line->line, line->length, &lines->leaves[lines->tree.size]);
    merkle_append(&lines->tree, &lines->leaves[lines->tree.size]);
    return 0;
}

/* Every record in logs of every kind of size: less than a tile, whole ones, and pieces. */
static void test_every_record(void **state)
{
    static const int64_t sizes[] = {1, 2, 3, 255, 256, 257, 511, 512, 513, 600};
    struct prove_lines *lines = mem_new(struct prove_lines);
    struct kit *kit = *state;
    struct inclusion *inclusion;
    struct books *books;

    prove_fill(kit);
    books = prove_books(kit);
    assert_int_equal(inclusion_open(&inclusion, books), 0);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct merkle_hash root;

        lines->tree.size = 0;
        assert_int_equal(books_lines(books, 1, sizes[i], prove_take_line, lines), 0);
        assert_int_equal(lines->tree.size, sizes[i]);
        merkle_root(&lines->tree, &root);
        for (uint64_t index = 0; index < lines->tree.size; index += index % 256 < 2 ? 1 : 31) {
            struct merkle_proof proof;

            assert_int_equal(inclusion_prove(inclusion, index, lines->tree.size, &proof), 0);
            assert_true(
                merkle_is_included(&lines->leaves[index], index, lines->tree.size, &proof, &root));
        }
    }
    inclusion_close(inclusion);
    books_close(books);
    free(lines);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, kit_setup, kit_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_each_message),   TEST(test_nobody),
        TEST(test_two_campaigns),  TEST(test_altered_books),
        TEST(test_erased),         TEST(test_cosigned),
        TEST(test_not_signed_yet), TEST(test_every_record),
        TEST(test_refusals),       TEST(test_refusals_without_a_receipt),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
