/* test_list: order, membership, and removal at any time. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "gateway/base/list.h"

struct item {
    int value;
    struct list link;
};

static void fill(struct list *list, struct item *items, int n)
{
    list_init(list);
    for (int i = 0; i < n; i++) {
        items[i].value = i;
        list_append(list, &items[i].link);
    }
}

static int take(struct list *list)
{
    struct list *link = list_take(list);

    return link ? LIST_ELEMENT(link, struct item, link)->value : -1;
}

static void test_first_in_first_out(void **state)
{
    struct item items[5];
    struct list list;

    (void)state;
    fill(&list, items, 5);
    for (int i = 0; i < 5; i++)
        assert_int_equal(take(&list), i);
    assert_true(list_is_empty(&list));
    assert_int_equal(take(&list), -1);
}

static void test_remove(void **state)
{
    struct item items[4];
    struct list list;

    (void)state;
    fill(&list, items, 4);
    list_remove(&items[2].link);
    assert_true(list_is_empty(&items[2].link));
    list_remove(&items[2].link); /* once more is harmless */
    list_remove(&items[0].link);
    list_remove(&items[3].link);
    assert_int_equal(take(&list), 1);
    assert_int_equal(take(&list), -1);
    list_append(&list, &items[2].link);
    assert_int_equal(take(&list), 2);
}

static void test_splice(void **state)
{
    struct item a[2], b[2];
    struct list to, from;

    (void)state;
    fill(&to, a, 2);
    fill(&from, b, 2);
    b[0].value = 2;
    b[1].value = 3;
    list_splice(&to, &from);
    assert_true(list_is_empty(&from));
    list_splice(&to, &from);
    for (int i = 0; i < 4; i++)
        assert_int_equal(take(&to), i);
    fill(&from, b, 2);
    list_splice(&to, &from);
    assert_int_equal(take(&to), 0);
    assert_int_equal(take(&to), 1);
    assert_int_equal(take(&to), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_first_in_first_out),
        cmocka_unit_test(test_remove),
        cmocka_unit_test(test_splice),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
