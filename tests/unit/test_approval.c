/* test_approval: what an approval says, and which texts are none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "gateway/base/note.h"
#include "gateway/model/approval.h"

#define CONTENT "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const struct approval good = {.campaign = "2026-constitution-day",
                                     .content = CONTENT,
                                     .prepared = "编制人甲",
                                     .approver = "审批人乙"};

static void test_round_trip(void **state)
{
    BUFFER_FREE_LATER struct buffer note = BUFFER_NULL;
    struct sign_key *key = sign_key_make("approver-1");
    struct sign_public public;
    struct approval read;

    (void)state;
    approval_write(&good, &note);
    assert_int_equal(approval_read(buffer_text(&note), note.length, &read), 0);
    assert_memory_equal(&read, &good, sizeof read);
    note_sign(&note, key);
    sign_key_public(key, SIGN_LOG, &public);
    assert_int_equal(approval_read(buffer_text(&note), note.length, &read), 0);
    assert_memory_equal(&read, &good, sizeof read);
    assert_int_equal(note_verify(note.data, note.length, &public, NULL), NOTE_GOOD);
    sign_key_free(key);
}

static void test_what_is_none(void **state)
{
    static const char *const texts[] = {
        "",
        "lawcast approval",
        "lawcast approval\n",
        "lawcast approval\ncampaign c\ncontent " CONTENT "\nprepared a\n",
        "lawcast approval\ncampaign c\ncontent " CONTENT "\nprepared a\napprover b",
        "lawcast approval\ncampaign c\ncontent " CONTENT "\nprepared a\napprover b\nmore\n",
        "lawcast approval\ncampaign c d\ncontent " CONTENT "\nprepared a\napprover b\n",
        "lawcast approval\ncampaign \ncontent " CONTENT "\nprepared a\napprover b\n",
        "lawcast approval\ncampaign c\ncontent 0123\nprepared a\napprover b\n",
        "lawcast approval\ncampaign c\ncontent " CONTENT "\nprepared a\x01\napprover b\n",
        "lawcast approval\ncampaign c\ncontent " CONTENT "\nprepared  a\napprover b\n",
        "lawcast approval\ncampaign c\ncontent " CONTENT "\nprepared \napprover b\n",
        "lawcast approval\ncampaign c\ncontent " CONTENT "\nprepared a\napprover \xff\n",
        "lawcast approval\ncontent " CONTENT "\ncampaign c\nprepared a\napprover b\n",
    };
    struct approval out;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (approval_read(texts[i], strlen(texts[i]), &out) == 0)
            fail_msg("taken: %s", texts[i]);
}

/* Every prefix of a good one is none, but for the whole text. */
static void test_cut(void **state)
{
    BUFFER_FREE_LATER struct buffer note = BUFFER_NULL;
    struct approval out;

    (void)state;
    approval_write(&good, &note);
    for (size_t n = 0; n < note.length; n++)
        assert_int_equal(approval_read(note.data, n, &out), 1);
}

static void test_second_person(void **state)
{
    static const struct {
        const char *a, *b;
        bool same;
    } pairs[] = {
        {"Wang Li", "wang  li", true},
        {"王丽", "王 丽", true},
        {"王丽", "王丽丽", false},
        {"a", "b", false},
        {"", " ", true},
        {"Wang", "Wan", false},
        {"张　三", "张三", true},
        {"张\u00a0三", "张三", true},
        {"张\u200b三", "张三", true},
        {"Ｗang", "wang", true},
        {"\ufeff李四", "李四", true},
        {"张三", "张山", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        assert_int_equal(approval_is_same(pairs[i].a, pairs[i].b), pairs[i].same);
        assert_int_equal(approval_is_same(pairs[i].b, pairs[i].a), pairs[i].same);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_what_is_none),
        cmocka_unit_test(test_cut),
        cmocka_unit_test(test_second_person),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
