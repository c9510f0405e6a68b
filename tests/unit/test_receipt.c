/* test_receipt: what a receipt holds, how large it is, and that no bit of it can be altered. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "tests/unit/receipt_kit.h"

struct kit {
    struct receipt receipt;
    struct sign_key *key;
    struct sign_public public;
    struct buffer text;
};

static int kit_open(void **state)
{
    struct kit *kit = mem_new(struct kit);

    kit->key = receipt_kit_make(&kit->receipt, "");
    sign_key_public(kit->key, SIGN_LOG, &kit->public);
    assert_int_equal(receipt_write(&kit->receipt, &kit->text), 0);
    *state = kit;
    return 0;
}

static int kit_close(void **state)
{
    struct kit *kit = *state;

    receipt_free(&kit->receipt);
    sign_key_free(kit->key);
    buffer_free(&kit->text);
    free(kit);
    return 0;
}

static void test_what_it_says(void **state)
{
    struct kit *kit = *state;
    RECEIPT_FREE_LATER struct receipt read = {0};
    struct receipt_facts facts;

    assert_non_null(strstr(kit->text.data, "\nnumber 8613800000001\n"
                                           "state delivered 2026-10-31T08:31:02+08:00\nkey "));
    assert_int_equal(receipt_read(kit->text.data, kit->text.length, &read), 0);
    assert_int_equal(receipt_check(&read, &kit->public, &facts), RECEIPT_GOOD);
    assert_int_equal(receipt_check(&read, NULL, &facts), RECEIPT_GOOD);
    assert_int_equal(facts.state, DELIVERY_DELIVERED);
    assert_int_equal(facts.at_ms, INT64_C(1793406662345));
    assert_int_equal(facts.delivery, 123456);
    assert_int_equal(facts.campaign, 12);
    assert_int_equal(facts.unit, 7);
    assert_int_equal(facts.size, 1 << RECEIPT_KIT_LEVELS);
    assert_string_equal(facts.origin, "lawcast-0123456789ab");
    assert_string_equal(read.campaign, "2026-constitution-day");
    assert_string_equal(read.name, kit->receipt.name);
}

static void kit_make_refusal(struct kit *kit, const char *flag)
{
    receipt_kit_refusal(&kit->receipt, flag);
    receipt_kit_sign(&kit->receipt, kit->key);
    buffer_clear(&kit->text);
    assert_int_equal(receipt_write(&kit->receipt, &kit->text), 0);
}

static void test_refusals(void **state)
{
    static const struct {
        const char *flag, *says;
    } cases[] = {{"true", "refuses"}, {"false", "accepts"}};
    struct kit *kit = *state;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        RECEIPT_FREE_LATER struct receipt read = {0};
        MEM_FREE_LATER char *head = mem_printf(RECEIPT_TITLE "number 8613800000001\nstate %s "
                                                             "2026-10-31T08:31:02+08:00\nkey ",
                                               cases[i].says);
        struct receipt_facts facts;

        kit_make_refusal(kit, cases[i].flag);
        assert_memory_equal(kit->text.data, head, strlen(head));
        assert_int_equal(receipt_read(kit->text.data, kit->text.length, &read), 0);
        assert_int_equal(receipt_check(&read, &kit->public, &facts), RECEIPT_GOOD);
        assert_int_equal(facts.about, RECEIPT_REFUSAL);
        assert_int_equal(facts.refuses, i == 0);
        assert_int_equal(facts.at_ms, INT64_C(1793406662345));
    }
}

/* Neither a flag that is none, nor a receipt of a message without its campaign and unit, nor one of
 * a refusal with them. */
static void test_mixed_up(void **state)
{
    static const char *const flags[] = {"1", "\"true\"", "null", "[]"};
    struct kit *kit = *state;
    RECEIPT_FREE_LATER struct receipt read = {0};
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;
    const char *names = "campaign a b\nunit c d\n", *number = strstr(kit->text.data, "number ");

    buffer_printf(&text, RECEIPT_TITLE "%s", number);
    assert_int_equal(receipt_read(text.data, text.length, &read), 1);
    kit_make_refusal(kit, "true");
    buffer_clear(&text);
    buffer_printf(&text, RECEIPT_TITLE "%s%s", names, strstr(kit->text.data, "number "));
    assert_int_equal(receipt_read(text.data, text.length, &read), 1);
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        receipt_kit_refusal(&kit->receipt, flags[i]);
        assert_int_equal(receipt_write(&kit->receipt, &text), 1);
    }
}

/* With a million records, long names and a long reason, too. */
static void test_size(void **state)
{
    struct kit *kit = *state;
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;
    char reason[121];

    print_message("receipt bytes=%zu records=%d\n", kit->text.length, 1 << RECEIPT_KIT_LEVELS);
    assert_true(kit->text.length < 2048);
    memset(reason, 'r', sizeof reason - 1);
    reason[sizeof reason - 1] = '\0';
    receipt_kit_record(&kit->receipt, reason);
    assert_int_equal(receipt_write(&kit->receipt, &text), 0);
    print_message("receipt bytes=%zu with a reason of 120\n", text.length);
    assert_true(text.length < 2048);
}

/* From the proof on it is what other programs read. */
static void test_proof_is_standard(void **state)
{
    struct kit *kit = *state;
    const char *proof = strstr(kit->text.data, "\n\n") + 2;

    assert_memory_equal(proof, "c2sp.org/tlog-proof@v1\nindex 699050\n", 36);
    proof += 36;
    for (int i = 0; i < RECEIPT_KIT_LEVELS; i++, proof += 45)
        assert_int_equal(proof[44], '\n');
    assert_memory_equal(proof, "\nlawcast-0123456789ab\n1048576\n", 30);
}

/* The names are the writer's own words; all else is proved, by the right key. */
static void assert_every_bit_counts(struct kit *kit)
{
    RECEIPT_FREE_LATER struct receipt read = {0};
    char *from = strstr(kit->text.data, "number "), *end = kit->text.data + kit->text.length;
    char *key = strstr(kit->text.data, "\nkey ") + 1, *after = strstr(key, "\nsalt ") + 1;
    struct receipt_facts facts;

    for (char *at = from; at < end; at++) {
        if (at >= key && at < after)
            continue;
        for (int bit = 0; bit < 8; bit++) {
            *at ^= (char)(1 << bit);
            if (receipt_read(kit->text.data, kit->text.length, &read) == 0)
                assert_int_not_equal(receipt_check(&read, &kit->public, &facts), RECEIPT_GOOD);
            *at ^= (char)(1 << bit);
        }
    }
    for (size_t cut = 0; cut < kit->text.length; cut++)
        assert_int_equal(receipt_read(kit->text.data, cut, &read), 1);
}

static void test_every_bit_counts(void **state)
{
    assert_every_bit_counts(*state);
}

static void test_every_bit_of_a_refusal_counts(void **state)
{
    kit_make_refusal(*state, "true");
    assert_every_bit_counts(*state);
}

/* The title of a receipt is no place for what drives a terminal. */
static void test_names(void **state)
{
    struct kit *kit = *state;
    RECEIPT_FREE_LATER struct receipt read = {0};
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;
    char *title;

    receipt_name(&kit->receipt, "a", "x\n\x1b[2Jy", "u", "");
    assert_string_equal(kit->receipt.title, "x  [2Jy");
    assert_int_equal(receipt_write(&kit->receipt, &text), 0);
    assert_int_equal(receipt_read(text.data, text.length, &read), 0);
    title = strstr(text.data, "[2Jy");
    title[-1] = '\x1b';
    assert_int_equal(receipt_read(text.data, text.length, &read), 1);
}

static void test_verdicts(void **state)
{
    struct kit *kit = *state;
    struct sign_key *other = sign_key_make("lawcast-0123456789ab");
    struct sign_public stranger;
    struct receipt_facts facts;
    char *digit, was;

    sign_key_public(other, SIGN_LOG, &stranger);
    assert_int_equal(receipt_check(&kit->receipt, &stranger, &facts), RECEIPT_OTHER_KEY);
    kit->receipt.number++;
    assert_int_equal(receipt_check(&kit->receipt, &kit->public, &facts), RECEIPT_OTHER_NUMBER);
    kit->receipt.number--;
    kit->receipt.index++;
    assert_int_equal(receipt_check(&kit->receipt, &kit->public, &facts), RECEIPT_NOT_IN_LOG);
    kit->receipt.index--;
    digit = &kit->receipt.note.data[kit->receipt.note.length - 10];
    was = *digit;
    *digit = was == 'A' ? 'B' : 'A'; /* base64 still */
    assert_int_equal(receipt_check(&kit->receipt, &kit->public, &facts), RECEIPT_FORGED);
    *digit = was;
    assert_int_equal(receipt_check(&kit->receipt, &kit->public, &facts), RECEIPT_GOOD);
    strcpy(kit->receipt.record, "F\t1793406662345\tkey\t{}");
    assert_int_equal(receipt_check(&kit->receipt, &kit->public, &facts), RECEIPT_NO_RECORD);
    sign_key_free(other);
}

static void test_several_in_one_file(void **state)
{
    struct kit *kit = *state;
    BUFFER_FREE_LATER struct buffer both = BUFFER_NULL;
    size_t one = kit->text.length;

    buffer_add(&both, kit->text.data, one);
    buffer_add(&both, kit->text.data, one);
    assert_int_equal(receipt_extent(both.data, both.length), one);
    assert_int_equal(receipt_extent(both.data + one, both.length - one), one);
    assert_int_equal(receipt_extent("", 0), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, kit_open, kit_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_what_it_says),
        TEST(test_size),
        TEST(test_proof_is_standard),
        TEST(test_every_bit_counts),
        TEST(test_names),
        TEST(test_verdicts),
        TEST(test_several_in_one_file),
        TEST(test_refusals),
        TEST(test_mixed_up),
        TEST(test_every_bit_of_a_refusal_counts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
