/* test_ledger_tree: whose figures include whose: entered, edited, and told so that the records
 * prove it. Runs: any. Real books, real loop. */
#include "tests/unit/verify_kit.h"

#include "gateway/ledger/books_tree.h"

#define UNITS 4

static const char *const codes[UNITS] = {"north", "county", "office", "south"};

static int enter(struct kit *kit, size_t n, const int64_t *parents)
{
    static const int64_t quotas[UNITS] = {5, 5, 0, 5};
    int32_t numbers[UNITS];
    struct ledger_op op = {.kind = LEDGER_CAMPAIGN,
                           .campaign_is = {.id = "tree",
                                           .title = "t",
                                           .source = "s",
                                           .windows = "[]",
                                           .n_units = n,
                                           .unit_ids = codes,
                                           .unit_names = codes,
                                           .quotas = quotas,
                                           .parents = parents,
                                           .unit_numbers = numbers}};
    int result = kit_do(kit, &op);

    kit->campaign = op.campaign;
    return result;
}

static void edit(struct kit *kit, const int64_t *parents, int64_t quota)
{
    const int64_t quotas[UNITS] = {quota, 5, 0, 5};
    struct ledger_op op = {.kind = LEDGER_EDIT,
                           .edit = {.id = "tree",
                                    .title = "t",
                                    .source = "other",
                                    .windows = "[]",
                                    .targets = "[]",
                                    .content = "ab",
                                    .by = "user lo",
                                    .n_units = UNITS,
                                    .unit_ids = codes,
                                    .unit_names = codes,
                                    .quotas = quotas,
                                    .parents = parents}};

    assert_int_equal(kit_do(kit, &op), LEDGER_OK);
}

/* wanted: "north<office ...", in the order of the file; those below nobody by name alone. */
static void assert_tree(const struct kit *kit, const char *wanted)
{
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;
    struct books_branch *tree;
    struct books *books;
    char why[256];
    size_t n;

    assert_int_equal(books_open(&books, kit->path, why, sizeof why), 0);
    assert_int_equal(books_tree(books, kit->campaign, &tree, &n), 0);
    for (size_t i = 0; i < n; i++) {
        buffer_printf(&text, "%s%s", i ? " " : "", tree[i].id);
        assert_string_equal(tree[i].name, tree[i].id);
        for (size_t k = 0; k < n; k++)
            if (tree[k].number == tree[i].parent)
                buffer_printf(&text, "<%s", tree[k].id);
    }
    assert_string_equal(buffer_text(&text), wanted);
    free(tree);
    books_close(books);
}

static void assert_whole(struct kit *kit)
{
    struct verify_result result;

    kit_close(kit);
    verify_at(kit->path, &(struct verify_options){0}, &result);
    if (result.findings.n)
        fail_msg("%s", result.findings.items[0].text);
    verify_release(&result);
    assert_int_equal(kit_open(kit), 0);
}

static int64_t orders(const struct kit *kit)
{
    return kit_ask(kit, "SELECT count(*) FROM journal WHERE delivery = 0 AND to_state = 5");
}

static void those_above_may_come_later_in_the_file(void **state)
{
    static const int64_t parents[] = {1, 2, -1}, others[] = {-1, -1, -1, 2};
    struct kit *kit = *state;
    int64_t before = orders(kit);

    assert_int_equal(enter(kit, 3, parents), LEDGER_OK);
    assert_tree(kit, "north<county county<office office");
    assert_int_equal(orders(kit) - before, 3);
    assert_whole(kit);
    /* What the books have, they keep; a unit that is new comes in where it is now. */
    assert_int_equal(enter(kit, 4, others), LEDGER_OK);
    assert_tree(kit, "north<county county<office office south<office");
    assert_int_equal(orders(kit) - before, 4);
    assert_whole(kit);
}

static void nobody_is_above_when_nothing_is_said(void **state)
{
    struct kit *kit = *state;

    assert_int_equal(enter(kit, UNITS, NULL), LEDGER_OK);
    assert_tree(kit, "north county office south");
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM journal WHERE detail LIKE '%parent%'"), 0);
    assert_whole(kit);
}

/* Each goes through the other's place, and no record tells of a circle. */
static void an_edit_turns_the_tree_around(void **state)
{
    static const int64_t down[] = {1, 2, -1, -1}, up[] = {-1, 0, 1, 2}, none[] = {-1, -1, -1, -1};
    struct kit *kit = *state;
    int64_t before;

    assert_int_equal(enter(kit, UNITS, down), LEDGER_OK);
    edit(kit, up, 5);
    assert_tree(kit, "north county<north office<county south<office");
    assert_whole(kit);
    before = orders(kit);
    edit(kit, NULL, 7);
    assert_tree(kit, "north county<north office<county south<office");
    assert_int_equal(orders(kit) - before, 1); /* the quota */
    edit(kit, down, 7);
    assert_tree(kit, "north<county county<office office south");
    assert_int_equal(orders(kit) - before, 5);
    assert_whole(kit);
    edit(kit, none, 7);
    assert_tree(kit, "north county office south");
    assert_whole(kit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(those_above_may_come_later_in_the_file, kit_setup,
                                        kit_teardown),
        cmocka_unit_test_setup_teardown(nobody_is_above_when_nothing_is_said, kit_setup,
                                        kit_teardown),
        cmocka_unit_test_setup_teardown(an_edit_turns_the_tree_around, kit_setup, kit_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
