/* test_books_steer: reading what people have said, approved and edited.
 * Runs: any. */
#include "tests/unit/steer_kit.h"

#include "gateway/ledger/books_approvals.h"
#include "gateway/ledger/books_steer.h"

static struct books *open_books(const struct kit *kit)
{
    struct books *books;
    char why[256];

    if (books_open(&books, kit->path, why, sizeof why))
        fail_msg("%s", why);
    return books;
}

struct told {
    char text[1024];
    int stop; /* after so many */
};

static int tell_word(void *ctx, const struct books_word *word)
{
    struct told *told = ctx;
    size_t used = strlen(told->text);

    assert_true(word->at_ms > 0);
    snprintf(told->text + used, sizeof told->text - used, "%s %s %s%s%lld %s; ",
             steer_scope_name(word->steer.scope), steer_verb_name(word->steer.verb),
             word->steer.campaign, word->steer.name, (long long)word->steer.value, word->by);
    return --told->stop == 0 ? 7 : 0;
}

static void words_of_a_campaign_and_of_all(void **state)
{
    static const struct {
        const char *campaign, *words;
        int stop, answer;
    } cases[] = {
        {"2026-law-day",
         "campaign pause 2026-law-day0 user lo; unit set-rate jinan4000 user lo; "
         "campaign extend 2026-law-day3000 user lo; modem pause bank-a0 user lo; ",
         0, 0},
        {"other", "unit set-rate jinan4000 user lo; modem pause bank-a0 user lo; ", 0, 0},
        {"", "campaign pause 2026-law-day0 user lo; ", 1, 7},
    };
    struct kit *kit = *state;
    struct books *books;

    kit_insert(kit, 0, 6, 1, false);
    kit_steer(kit);
    books = open_books(kit);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct told told = {.stop = cases[i].stop};

        assert_int_equal(books_words(books, cases[i].campaign, tell_word, &told), cases[i].answer);
        assert_string_equal(told.text, cases[i].words);
    }
    books_close(books);
}

static void a_thing_stands_as_was_said_of_it(void **state)
{
    struct kit *kit = *state;
    struct books *books;
    struct books_stand stand;

    kit_insert(kit, 0, 6, 1, false);
    kit_steer(kit);
    books = open_books(kit);
    assert_int_equal(books_standing(books, STEER_CAMPAIGN, "2026-law-day", "", &stand), 0);
    assert_true(stand.standing.paused && !stand.standing.cancelled);
    assert_int_equal(stand.standing.until_ms, 3000);
    assert_string_equal(stand.by, "user lo");
    assert_true(stand.at_ms > 0);
    assert_int_equal(books_standing(books, STEER_UNIT, "", "jinan", &stand), 0);
    assert_int_equal(stand.standing.rate, 4000);
    assert_int_equal(books_standing(books, STEER_UNIT, "2026-law-day", "jinan", &stand), 0);
    assert_int_equal(stand.standing.rate, 0); /* it was said of all campaigns */
    assert_string_equal(stand.by, "");
    assert_int_equal(books_standing(books, STEER_BOARD, "", "plaza", &stand), 0);
    assert_string_equal(stand.by, "");
    books_close(books);
    kit_say(kit, &(struct steer){STEER_CAMPAIGN, STEER_CANCEL, "2026-law-day", "", 0, 0});
    kit_say(kit, &(struct steer){STEER_CAMPAIGN, STEER_RESUME, "2026-law-day", "", 0, 0});
    books = open_books(kit);
    assert_int_equal(books_standing(books, STEER_CAMPAIGN, "2026-law-day", "", &stand), 0);
    assert_true(stand.standing.cancelled && stand.standing.paused); /* for good */
    books_close(books);
}

static int tell_approval(void *ctx, const struct books_approval *approval)
{
    assert_string_equal(approval->campaign, "2026-law-day");
    assert_string_equal(approval->prepared, "王芳");
    assert_string_equal(approval->approver, "李强");
    assert_true(approval->at_ms > 0 && strstr(approval->note, approval->content));
    ++*(int *)ctx;
    return 0;
}

static void approvals_are_of_a_content(void **state)
{
    static const struct {
        const char *campaign, *content;
        int n;
    } cases[] = {
        {"2026-law-day", "", 1},
        {"", "", 1},
        {"2026-law-day", "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff", 1},
        {"2026-law-day", "ff112233445566778899aabbccddeeff00112233445566778899aabbccddeeff", 0},
        {"other", "", 0},
    };
    struct kit *kit = *state;
    struct books *books;

    kit_approve(kit);
    books = open_books(kit);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int n = 0;

        assert_int_equal(
            books_approvals(books, cases[i].campaign, cases[i].content, tell_approval, &n), 0);
        assert_int_equal(n, cases[i].n);
    }
    books_close(books);
}

static void a_campaign_tells_its_rules_and_its_last_edit(void **state)
{
    struct kit *kit = *state;
    struct books_campaign campaign;
    struct books_unit *units;
    struct books *books = open_books(kit);
    size_t n;

    assert_int_equal(books_find_campaign(books, "2026-law-day", &campaign), 0);
    assert_true(!campaign.counts && !campaign.leftover && !campaign.edited_ms);
    books_campaign_release(&campaign);
    kit_edit(kit);
    assert_int_equal(books_find_campaign(books, "2026-law-day", &campaign), 0);
    assert_int_equal(campaign.counts, COUNT_SENT);
    assert_int_equal(campaign.leftover, LEFTOVER_STOP);
    assert_true(campaign.edited_ms > 0);
    assert_string_equal(campaign.title, "宪法宣传周");
    assert_int_equal(books_units(books, campaign.number, &units, &n), 0);
    assert_int_equal(n, 2);
    assert_int_equal(units[0].quota, 1100);
    assert_int_equal(units[1].quota, 50);
    free(units);
    books_campaign_release(&campaign);
    books_close(books);
}

#define BOOKS_TEST(name) cmocka_unit_test_setup_teardown(name, kit_setup, kit_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOOKS_TEST(words_of_a_campaign_and_of_all),
        BOOKS_TEST(a_thing_stands_as_was_said_of_it),
        BOOKS_TEST(approvals_are_of_a_content),
        BOOKS_TEST(a_campaign_tells_its_rules_and_its_last_edit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
