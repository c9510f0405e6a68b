/* test_receipts: a citizen asks, the office answers, another office co-signs: prove, check,
 * checkpoint and cosign as people call them. */
#include "tests/unit/ledger_kit.h"

#include <sys/stat.h>

#include "gateway/base/note.h"
#include "gateway/command.h"
#include "gateway/ledger/books_records.h"
#include "tests/support/stage.h"

#define NUMBER "13800000001"

struct desk {
    struct kit *kit;
    struct stage stage;
    char receipt[128], checkpoint[128], court[128];
    char public[SIGN_TEXT_MOST];
};

static int desk_take_key(void *ctx, const struct books_key *key)
{
    snprintf(ctx, SIGN_TEXT_MOST, "%s", key->public);
    return 0;
}

/* Books in which KIT_NUMBER + 1 was delivered. */
static int desk_open(void **state)
{
    struct desk *desk = mem_new(struct desk);
    struct books *books;
    char why[256];

    assert_int_equal(kit_setup((void **)&desk->kit), 0);
    stage_open(&desk->stage);
    snprintf(desk->receipt, sizeof desk->receipt, "%s/receipt.txt", desk->stage.dir);
    snprintf(desk->checkpoint, sizeof desk->checkpoint, "%s/checkpoint.txt", desk->stage.dir);
    snprintf(desk->court, sizeof desk->court, "%s/court.key", desk->stage.dir);
    kit_insert(desk->kit, 0, 3, 1, false);
    kit_fetch(desk->kit, CHANNEL_SMS, 2, false);
    kit_send(desk->kit, desk->kit->rows[1].id, 1, 7);
    kit_report(desk->kit, KIT_NUMBER + 1, 7, REPORT_DELIVERED);
    kit_release(desk->kit);
    kit_close(desk->kit);
    assert_int_equal(books_open(&books, desk->kit->path, why, sizeof why), 0);
    assert_int_equal(books_keys(books, desk_take_key, desk->public), 0);
    books_close(books);
    *state = desk;
    return 0;
}

static int desk_close(void **state)
{
    struct desk *desk = *state;

    stage_close(&desk->stage);
    assert_int_equal(kit_teardown((void **)&desk->kit), 0);
    free(desk);
    return 0;
}

/* lawcast audit WORDS...; its output must have text in it. */
#define assert_audit(desk, status, text, ...)                                                      \
    assert_audit_says((desk), (status), (text), (const char *const[]){"audit", __VA_ARGS__, NULL})

static void assert_audit_says(const struct desk *desk, int status, const char *text,
                              const char *const *words)
{
    MEM_FREE_LATER char *output = NULL;
    int got = stage_lawcast(&desk->stage, &output, words);

    if (got != status || !strstr(output, text))
        fail_msg("audit %s: %d instead of %d, or without \"%s\":\n%s", words[1], got, status, text,
                 output);
}

static void test_receipt_for_a_citizen(void **state)
{
    struct desk *desk = *state;
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;
    struct stat stat_of;
    char *number;

    assert_audit(desk, COMMAND_FINE, "Messages to 138****0001: 1\n", "prove", NUMBER, "--ledger",
                 desk->kit->path, "--out", desk->receipt);
    assert_int_equal(stat(desk->receipt, &stat_of), 0);
    assert_int_equal(stat_of.st_mode & 07777, 0600);
    assert_true(stat_of.st_size < 2048);
    assert_audit(desk, COMMAND_FINE, "which is trusted here", "check", desk->receipt, "--key",
                 desk->public, "--number", NUMBER);
    assert_audit(desk, COMMAND_FINE, "That key stands in the receipt itself", "check",
                 desk->receipt);
    assert_audit(desk, COMMAND_MACHINE, "not about this number", "check", desk->receipt, "--number",
                 "13800000002");
    assert_audit(desk, COMMAND_REFUSED, "is there already", "prove", NUMBER, "--ledger",
                 desk->kit->path, "--out", desk->receipt);

    assert_int_equal(buffer_read_file(&text, desk->receipt, 4096), 0);
    number = strstr(text.data, "8613800000001");
    number[12] = '2'; /* somebody else's */
    stage_write(&desk->stage, "forged.txt", "%s", text.data);
    snprintf(desk->receipt, sizeof desk->receipt, "%s/forged.txt", desk->stage.dir);
    assert_audit(desk, COMMAND_MACHINE, "not about this number", "check", desk->receipt);
    stage_write(&desk->stage, "forged.txt", "%.500s", text.data);
    assert_audit(desk, COMMAND_MACHINE, "altered, or cut short", "check", desk->receipt);
    number[12] = '1';
    memcpy(strstr(text.data, "\nstate ") + 7, "D", 1); /* another outcome */
    stage_write(&desk->stage, "forged.txt", "%s", text.data);
    assert_audit(desk, COMMAND_MACHINE, "altered, or cut short", "check", desk->receipt);
    stage_write(&desk->stage, "forged.txt", "%s", "something else\n");
    assert_audit(desk, COMMAND_REFUSED, "is no receipt", "check", desk->receipt);
}

static void test_nothing_was_sent(void **state)
{
    struct desk *desk = *state;

    assert_audit(desk, COMMAND_FINE, "These books have no message to 138****0009", "prove",
                 "13800000009", "--ledger", desk->kit->path);
    assert_audit(desk, COMMAND_FINE, "None of them was sent.", "prove", "13800000002", "--ledger",
                 desk->kit->path);
    assert_audit(desk, COMMAND_REFUSED, "no campaign \"2025\"", "prove", NUMBER, "--campaign",
                 "2025", "--ledger", desk->kit->path);
    assert_audit(desk, COMMAND_REFUSED, "lawcast audit prove: ", "prove", "12345", "--ledger",
                 desk->kit->path);
    assert_audit(desk, COMMAND_USAGE, "Name one number", "prove");
}

static void desk_save_checkpoint(struct desk *desk)
{
    MEM_FREE_LATER char *output = NULL;
    const char *const words[] = {"audit", "checkpoint", "--ledger", desk->kit->path, NULL};

    assert_int_equal(stage_lawcast(&desk->stage, &output, words), COMMAND_FINE);
    stage_write(&desk->stage, "checkpoint.txt", "%s", output);
}

static void test_another_office_signs(void **state)
{
    struct desk *desk = *state;
    struct sign_public court;
    struct sign_key *key;
    char public[SIGN_TEXT_MOST];

    desk_save_checkpoint(desk);
    assert_audit(desk, COMMAND_REFUSED, "there is no key", "cosign", desk->checkpoint, "--key",
                 desk->court);
    assert_audit(desk, COMMAND_MACHINE, "isn't signed by the key of --log", "cosign",
                 desk->checkpoint, "--key", desk->court, "--name", "court", "--log",
                 "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8");
    assert_audit(desk, COMMAND_FINE, "court.example has seen ", "cosign", desk->checkpoint, "--key",
                 desk->court, "--name", "court.example", "--log", desk->public);
    assert_int_equal(sign_key_load(desk->court, &key), 0);
    sign_key_public(key, SIGN_WITNESS, &court);
    sign_public_text(&court, public);
    sign_key_free(key);
    assert_audit(desk, COMMAND_REFUSED, "is signed by court.example, whose key isn't known",
                 "checkpoint", "--add", desk->checkpoint, "--ledger", desk->kit->path);
    /* Until it is in the books no receipt has that signature. */
    assert_audit(desk, COMMAND_FINE, "Messages to 138****0001: 1\n", "prove", NUMBER, "--ledger",
                 desk->kit->path, "--out", desk->receipt);
    assert_audit(desk, COMMAND_MACHINE, "court.example has not signed", "check", desk->receipt,
                 "--key", public);
    assert_audit(desk, COMMAND_FINE, "is in the books", "checkpoint", "--add", desk->checkpoint,
                 "--key", public, "--ledger", desk->kit->path);
    snprintf(desk->receipt, sizeof desk->receipt, "%s/seen.txt", desk->stage.dir);
    assert_audit(desk, COMMAND_FINE, "Receipts in ", "prove", NUMBER, "--ledger", desk->kit->path,
                 "--out", desk->receipt);
    assert_audit(desk, COMMAND_FINE, "  Seen by court.example at 20", "check", desk->receipt,
                 "--key", public, "--key", desk->public);
    assert_audit(desk, COMMAND_FINE, "whole", "verify", "--ledger", desk->kit->path);
    assert_int_equal(kit_ask(desk->kit, "SELECT count(*) FROM checkpoint"
                                        " WHERE note LIKE '%court.example%'"),
                     1);
}

/* The court has signed; then it is shown fewer records, and then others. */
static void test_a_witness_remembers(void **state)
{
    struct desk *desk = *state;
    BUFFER_FREE_LATER struct buffer note = BUFFER_NULL, other = BUFFER_NULL;
    struct sign_key *forger = sign_key_make("forger");
    struct checkpoint checkpoint;

    desk_save_checkpoint(desk);
    assert_audit(desk, COMMAND_FINE, "is signed", "cosign", desk->checkpoint, "--key", desk->court,
                 "--name", "court.example");
    assert_audit(desk, COMMAND_FINE, "is signed", "cosign", desk->checkpoint, "--key",
                 desk->court); /* the same once more */
    assert_int_equal(buffer_read_file(&note, desk->checkpoint, NOTE_MOST), 0);
    assert_int_equal(checkpoint_read(note.data, note.length, &checkpoint), 0);
    checkpoint.root.bytes[5] ^= 1;
    for (int fewer = 0; fewer < 2; fewer++) {
        buffer_clear(&other);
        checkpoint_write(&checkpoint, &other);
        note_sign(&other, forger);
        stage_write(&desk->stage, "checkpoint.txt", "%s", other.data);
        assert_audit(desk, fewer ? COMMAND_REFUSED : COMMAND_MACHINE, "Nothing was signed",
                     "cosign", desk->checkpoint, "--key", desk->court);
        checkpoint.size--;
    }
    sign_key_free(forger);
}

/* The file beside the court's key. */
static char *desk_seen(const struct desk *desk)
{
    char *found = NULL;
    DIR *dir = opendir(desk->stage.dir);
    const struct dirent *entry;

    assert_non_null(dir);
    while ((entry = readdir(dir)))
        if (strstr(entry->d_name, ".seen-"))
            found = mem_printf("%s/%s", desk->stage.dir, entry->d_name);
    closedir(dir);
    assert_non_null(found);
    return found;
}

/* What audit compare --proof prints of the court's last checkpoint and the books, with one
 * character of the line exchanged; 0: none. */
static void desk_prove_growth(const struct desk *desk, int altered)
{
    MEM_FREE_LATER char *seen = desk_seen(desk);
    MEM_FREE_LATER char *text = NULL;
    const char *const words[] = {"audit", "compare", "--proof", seen, desk->kit->path, NULL};
    char *at;

    assert_int_equal(stage_lawcast(&desk->stage, &text, words), COMMAND_FINE);
    at = text;
    for (int line = 1; line < altered; line++)
        at = strchr(at, '\n') + 1;
    if (altered)
        *at = *at == 'A' ? 'B' : 'A';
    stage_write(&desk->stage, "growth.txt", "%s", text);
}

static void desk_grow(struct desk *desk)
{
    assert_int_equal(kit_open(desk->kit), 0);
    kit_insert(desk->kit, 50, 400, 1, false);
    kit_close(desk->kit);
    desk_save_checkpoint(desk);
}

/* A checkpoint of the same size, of a log with other records. */
static void desk_save_fork(const struct desk *desk, struct sign_key *forger)
{
    BUFFER_FREE_LATER struct buffer note = BUFFER_NULL, other = BUFFER_NULL;
    struct checkpoint checkpoint;

    assert_int_equal(buffer_read_file(&note, desk->checkpoint, NOTE_MOST), 0);
    assert_int_equal(checkpoint_read(note.data, note.length, &checkpoint), 0);
    checkpoint.root.bytes[5] ^= 1;
    checkpoint_write(&checkpoint, &other);
    note_sign(&other, forger);
    stage_write(&desk->stage, "checkpoint.txt", "%s", other.data);
}

/* More records than before: nothing is signed until it is proved that they only add. */
static void test_a_log_that_grows(void **state)
{
    struct desk *desk = *state;
    MEM_FREE_LATER char *proof = mem_printf("%s/growth.txt", desk->stage.dir);

    desk_save_checkpoint(desk);
    assert_audit(desk, COMMAND_FINE, "the first checkpoint of ", "cosign", desk->checkpoint,
                 "--key", desk->court, "--name", "court.example");
    desk_grow(desk);
    assert_audit(desk, COMMAND_REFUSED, "must be proved", "cosign", desk->checkpoint, "--key",
                 desk->court);
    for (int line = 2; line <= 4; line++) { /* sizes and roots of other logs */
        desk_prove_growth(desk, line);
        assert_audit(desk, COMMAND_REFUSED, "isn't about these two", "cosign", desk->checkpoint,
                     "--key", desk->court, "--proof", proof);
    }
    desk_prove_growth(desk, 5); /* a hash */
    assert_audit(desk, COMMAND_MACHINE, "contradicts", "cosign", desk->checkpoint, "--key",
                 desk->court, "--proof", proof);
    desk_prove_growth(desk, 0);
    assert_audit(desk, COMMAND_FINE, "is signed", "cosign", desk->checkpoint, "--key", desk->court,
                 "--proof", proof);
    desk_grow(desk); /* that proof is of other checkpoints now */
    assert_audit(desk, COMMAND_REFUSED, "isn't about these two", "cosign", desk->checkpoint,
                 "--key", desk->court, "--proof", proof);
}

static void test_a_bundle_proves_growth(void **state)
{
    struct desk *desk = *state;
    struct sign_key *forger = sign_key_make("forger");
    MEM_FREE_LATER char *bundle = mem_printf("%s/bundle", desk->stage.dir);

    desk_save_checkpoint(desk);
    assert_audit(desk, COMMAND_FINE, "is signed", "cosign", desk->checkpoint, "--key", desk->court,
                 "--name", "court.example");
    desk_grow(desk);
    assert_audit(desk, COMMAND_FINE, "", "export", bundle, "--ledger", desk->kit->path);
    desk_save_fork(desk, forger);
    assert_audit(desk, COMMAND_REFUSED, "isn't about these two", "cosign", desk->checkpoint,
                 "--key", desk->court, "--proof", bundle);
    desk_save_checkpoint(desk);
    assert_audit(desk, COMMAND_FINE, "is signed", "cosign", desk->checkpoint, "--key", desk->court,
                 "--proof", bundle);
    sign_key_free(forger);
}

static void test_printed(void **state)
{
    struct desk *desk = *state;
    MEM_FREE_LATER char *brief = NULL;
    const char *const words[] = {"audit",    "checkpoint",    "--short",
                                 "--ledger", desk->kit->path, NULL};
    long long size;
    char root[17], day[11];

    assert_int_equal(stage_lawcast(&desk->stage, &brief, words), COMMAND_FINE);
    assert_int_equal(sscanf(brief, "%lld %16[0-9a-f] %10[0-9-]", &size, root, day), 3);
    assert_int_equal(size, kit_ask(desk->kit, "SELECT max(size) FROM checkpoint"));
    assert_int_equal(strlen(root) + strlen(day), 26);
    assert_audit(desk, COMMAND_FINE, "\xE2\x96\x88\xE2\x96\x80\xE2\x96\x80\xE2\x96\x80",
                 "checkpoint", "--qr", "--ledger", desk->kit->path);
    assert_audit(desk, COMMAND_USAGE, "one of --short", "checkpoint", "--qr", "--short");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_open, desk_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_receipt_for_a_citizen),
        TEST(test_nothing_was_sent),
        TEST(test_another_office_signs),
        TEST(test_a_witness_remembers),
        TEST(test_a_log_that_grows),
        TEST(test_a_bundle_proves_growth),
        TEST(test_printed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
