/* test_ledger_refuse: refusals by hand and from lists, and what is taken back.
 * Runs: any. Real books, real loop. */
#include "tests/unit/reply_kit.h"

#include <errno.h>

#include "gateway/ledger/books_optouts.h"

#define MANY 5000

static struct ledger_op refuse_many(struct kit *kit, const int64_t *numbers, size_t n, bool lift)
{
    struct ledger_op op = {.kind = LEDGER_REFUSE,
                           .refuse = {.numbers = numbers,
                                      .n = n,
                                      .lift = lift,
                                      .source = n > 1 ? REFUSAL_IMPORT : REFUSAL_COMMAND,
                                      .note = lift ? "来电要求恢复" : "12345 工单"}};

    assert_int_equal(kit_do(kit, &op), LEDGER_OK);
    return op;
}

static struct ledger_op refuse_one(struct kit *kit, int64_t to, bool lift)
{
    const int64_t number = KIT_NUMBER + to;

    return refuse_many(kit, &number, 1, lift);
}

static int claim(struct kit *kit, int64_t id)
{
    struct ledger_op op = {.kind = LEDGER_CLAIM, .claim = {.id = id, .device = kit->device}};

    return kit_do(kit, &op);
}

static struct books *open_books(const struct kit *kit)
{
    struct books *books;
    char why[256];

    assert_int_equal(books_open(&books, kit->path, why, sizeof why), 0);
    return books;
}

static int history_write(void *ctx, const struct books_refusal *refusal)
{
    buffer_printf(ctx, "%s/%d/%s|", refusal->refuses ? "no" : "yes", (int)refusal->source,
                  refusal->note);
    assert_true(refusal->line > 0);
    return 0;
}

static void assert_history(const struct kit *kit, int64_t to, const char *expected)
{
    struct books *books = open_books(kit);
    struct buffer text BUFFER_FREE_LATER = BUFFER_NULL;

    assert_int_equal(books_refusals(books, KIT_NUMBER + to, history_write, &text), 0);
    assert_string_equal(buffer_text(&text), expected);
    books_close(books);
}

static int64_t facts(const struct kit *kit)
{
    return kit_ask(kit, "SELECT count(*) FROM journal WHERE delivery = 0 AND to_state = 10");
}

/* Each line of the history names its record, and the record their tags, never number or note. */
static void assert_recorded(const struct kit *kit)
{
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM optout_event e JOIN journal j"
                                  " ON j.id = e.line AND j.delivery = 0 AND j.to_state = 10"
                                  " AND json_extract(j.detail, '$.refuses') = e.refuses"
                                  " AND json_extract(j.detail, '$.source') = e.source"
                                  " AND length(json_extract(j.detail, '$.note')) ="
                                  " iif(e.note = '', 0, 64)"
                                  " AND length(json_extract(j.detail, '$.who')) = 64"),
                     facts(kit));
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM journal WHERE detail LIKE '%138000%'"
                                  " OR detail LIKE '%工单%' OR detail LIKE '%来电%'"),
                     0);
}

static void test_by_hand(void **state)
{
    struct kit *kit = *state;
    struct ledger_op op;

    kit_insert(kit, 0, 3, 1, false);
    kit_fetch(kit, CHANNEL_SMS, 3, false);
    op = refuse_one(kit, 1, false);
    assert_int_equal(op.refuse.changed, 1);
    assert_int_equal(op.refuse.suppressed, 1);
    assert_int_equal(state_of(kit, 2), DELIVERY_SUPPRESSED);
    assert_int_equal(claim(kit, 2), -EALREADY);
    assert_int_equal(claim(kit, 1), LEDGER_OK);
    op = refuse_one(kit, 1, false);
    assert_int_equal(op.refuse.changed, 0);
    assert_int_equal(op.refuse.suppressed, 0);
    assert_int_equal(facts(kit), 1);
    assert_history(kit, 1, "no/1/12345 工单|");
    assert_recorded(kit);
    assert_books_agree(kit);
}

/* Later campaigns reach the number again; what was suppressed stays so. Then it refuses again. */
static void test_taken_back_and_refused_again(void **state)
{
    struct kit *kit = *state;

    kit_insert(kit, 0, 1, 1, false);
    assert_int_equal(refuse_one(kit, 0, true).refuse.changed, 0); /* it never refused */
    assert_int_equal(refuse_one(kit, 0, false).refuse.suppressed, 1);
    assert_int_equal(refuse_one(kit, 0, true).refuse.changed, 1);
    assert_int_equal(refuse_one(kit, 0, true).refuse.changed, 0);
    assert_int_equal(state_of(kit, 1), DELIVERY_SUPPRESSED);
    assert_int_equal(kit_enter(kit, "second", "source"), LEDGER_OK);
    kit_insert(kit, 0, 1, 1, false);
    assert_int_equal(state_of(kit, 2), DELIVERY_PLANNED);
    kit_close(kit);
    assert_int_equal(kit_open(kit), 0);
    assert_int_equal(kit_enter(kit, "second", "source"), LEDGER_OK);
    kit_fetch(kit, CHANNEL_SMS, 1, false);
    assert_int_equal(kit->n_rows, 1);
    reply_refuse(kit, 0);
    assert_int_equal(claim(kit, 2), -EALREADY);
    assert_int_equal(state_of(kit, 2), DELIVERY_SUPPRESSED);
    assert_history(kit, 0, "no/1/12345 工单|yes/1/来电要求恢复|no/0/|");
    assert_int_equal(kit_ask(kit, "SELECT event FROM optout"), 3);
    assert_recorded(kit);
    for (kit->campaign = 1; kit->campaign <= 2; kit->campaign++)
        assert_books_agree(kit);
}

/* Thousands, some of them known, one twice in the list; the list again changes nothing. */
static void test_lists(void **state)
{
    struct kit *kit = *state;
    int64_t *numbers = mem_array(MANY, int64_t);
    struct ledger_op op;

    for (size_t i = 0; i < MANY; i++)
        numbers[i] = KIT_NUMBER + (int64_t)i;
    numbers[MANY - 1] = numbers[0];
    kit_insert(kit, 0, 5, 1, false);
    kit_insert(kit, 5, 2, 1, true);
    refuse_one(kit, 3, false);
    op = refuse_many(kit, numbers, MANY, false);
    assert_int_equal(op.refuse.changed, MANY - 2);
    assert_int_equal(op.refuse.suppressed, 4);
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM reserve"), 0);
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM optout"), MANY - 1);
    assert_int_equal(facts(kit), MANY - 1);
    op = refuse_many(kit, numbers, MANY, false);
    assert_int_equal(op.refuse.changed, 0);
    assert_int_equal(facts(kit), MANY - 1);
    assert_history(kit, 3, "no/1/12345 工单|");
    assert_recorded(kit);
    op = refuse_many(kit, numbers, MANY, true);
    assert_int_equal(op.refuse.changed, MANY - 1);
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM optout"), 0);
    assert_books_agree(kit);
    free(numbers);
}

static int list_write(void *ctx, const struct books_optout *optout)
{
    buffer_printf(ctx, "%lld/%d/%lld/%s|", (long long)(optout->address - KIT_NUMBER),
                  (int)optout->source, (long long)optout->events, optout->note);
    assert_true(optout->since_ms >= REPLY_START_MS);
    return 0;
}

static int list_stop(void *ctx, const struct books_optout *optout)
{
    (void)ctx;
    (void)optout;
    return 7;
}

static void test_the_list(void **state)
{
    struct kit *kit = *state;
    struct buffer text BUFFER_FREE_LATER = BUFFER_NULL;
    struct books *books;

    refuse_one(kit, 2, false);
    refuse_one(kit, 1, false);
    refuse_one(kit, 2, true);
    reply_refuse(kit, 2);
    refuse_one(kit, 3, false);
    refuse_one(kit, 3, true);
    books = open_books(kit);
    assert_int_equal(books_optouts(books, list_write, &text), 0);
    assert_string_equal(buffer_text(&text), "1/1/1/12345 工单|2/0/3/|");
    assert_int_equal(books_optouts(books, list_stop, NULL), 7);
    books_close(books);
}

/* Attempts between two lines of the journal, of this number alone. */
static void test_what_was_claimed(void **state)
{
    struct kit *kit = *state;
    struct books *books;
    int64_t line, n;

    kit_insert(kit, 0, 2, 1, false);
    kit_fetch(kit, CHANNEL_SMS, 2, false);
    kit_send(kit, 1, 1, 7);
    refuse_one(kit, 0, false);
    line = kit_ask(kit, "SELECT max(id) FROM journal");
    kit_send(kit, 2, 1, 8);
    books = open_books(kit);
    assert_int_equal(books_claimed(books, KIT_NUMBER, 0, line, &n), 0);
    assert_int_equal(n, 1);
    assert_int_equal(books_claimed(books, KIT_NUMBER, line, INT64_MAX, &n), 0);
    assert_int_equal(n, 0);
    assert_int_equal(books_claimed(books, KIT_NUMBER + 1, line, INT64_MAX, &n), 0);
    assert_int_equal(n, 1);
    books_close(books);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        REPLY_TEST(test_by_hand),
        REPLY_TEST(test_taken_back_and_refused_again),
        REPLY_TEST(test_lists),
        REPLY_TEST(test_the_list),
        REPLY_TEST(test_what_was_claimed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
