/* test_json: strict in, ordered out. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "gateway/base/json.h"

static struct jv *parsed(const char *text)
{
    const char *why = "untouched";
    struct jv *value = jv_parse(text, strlen(text), &why);

    assert_non_null(value);
    assert_null(why);
    return value;
}

static void test_refuses(void **state)
{
    static const char *const cases[] = {"",
                                        "{",
                                        "{\"a\":1,\"a\":2}",
                                        "[1] x",
                                        "\"\xFF\"",
                                        "[1,]",
                                        "{'a':1}",
                                        "nul",
                                        "01",
                                        "\"\\u0000\"",
                                        "1e999",
                                        "99999999999999999999",
                                        "\"a\nb\""};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *why = NULL;

        assert_null(jv_parse(cases[i], strlen(cases[i]), &why));
        assert_non_null(why);
        assert_true(strlen(why) > 0);
        assert_null(jv_parse(cases[i], strlen(cases[i]), NULL));
    }
}

static void test_pointers(void **state)
{
    static const struct {
        const char *pointer;
        int64_t value; /* -1: nothing there */
    } cases[] = {
        {"/a/1/b", 7},  {"/a/0", 5},
        {"/~1x~0y", 8}, {"/~01", 9},
        {"/", 6},       {"/a/2", -1},
        {"/a/-1", -1},  {"/a/-", -1},
        {"/a/x", -1},   {"/b", -1},
        {"a", -1},      {"/a/0/x", -1},
        {"/a/", -1},    {"/a/99999999999999999999", -1},
        {"/宪法", 10},
    };
    struct jv *doc = parsed("{\"a\":[5,{\"b\":7}],\"\":6,\"/x~y\":8,\"~1\":9,\"宪法\":10}");

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(jv_number(jv_at(doc, cases[i].pointer), -1), cases[i].value);
    assert_ptr_equal(jv_at(doc, ""), doc);
    assert_null(jv_at(NULL, "/a"));
    jv_free(doc);
}

static void test_reading(void **state)
{
    struct jv *doc = parsed("{\"Name\":\"x\",\"list\":[true,null,2.5],\"n\":-3}");
    const struct jv *list = jv_member(doc, "LIST");
    const char *key = NULL;

    (void)state;
    assert_string_equal(jv_text(jv_member(doc, "nAME")), "x");
    assert_null(jv_member(doc, "names"));
    assert_true(jv_is_object(doc) && !jv_is_array(doc) && jv_is_array(list));
    assert_int_equal(jv_size(doc), 3);
    assert_int_equal(jv_size(list), 3);
    assert_int_equal(jv_size(jv_member(doc, "n")), 0);
    assert_int_equal(jv_number(jv_member(doc, "n"), 0), -3);
    assert_int_equal(jv_number(jv_element(list, 2), 42), 42);
    assert_null(jv_text(jv_member(doc, "n")));
    assert_null(jv_element(list, 3));
    assert_non_null(jv_entry(doc, 2, &key));
    assert_string_equal(key, "n");
    assert_null(jv_entry(doc, 3, &key));
    assert_null(jv_text(NULL));
    assert_int_equal(jv_number(NULL, 5), 5);
    assert_int_equal(jv_size(NULL), 0);
    jv_free(doc);
    jv_free(NULL);
}

static void test_scalars(void **state)
{
    static const char *const written[] = {"x\"y", "-3", "true", "false", "null"};
    struct jv *doc = parsed("[\"x\\\"y\",-3,true,false,null,{},[]]");
    BUFFER_FREE_LATER struct buffer b = BUFFER_NULL;

    (void)state;
    for (size_t i = 0; i < 5; i++) {
        buffer_clear(&b);
        assert_true(jv_scalar(jv_element(doc, i), &b));
        assert_string_equal(buffer_text(&b), written[i]);
    }
    buffer_clear(&b);
    assert_false(jv_scalar(jv_element(doc, 5), &b));
    assert_false(jv_scalar(jv_element(doc, 6), &b));
    assert_false(jv_scalar(NULL, &b));
    assert_int_equal(b.length, 0);
    jv_free(doc);
}

static void test_building_keeps_the_order(void **state)
{
    struct jv *doc = jv_object(), *list = jv_array();
    BUFFER_FREE_LATER struct buffer b = BUFFER_NULL;

    (void)state;
    jv_push(list, jv_int(INT64_MAX));
    jv_push(list, jv_bool(false));
    jv_push(list, jv_null());
    jv_put(doc, "z", jv_string("宪\n"));
    jv_put(doc, "a", list);
    jv_put(doc, "m", jv_int(-1));
    jv_write(doc, false, &b);
    assert_string_equal(buffer_text(&b),
                        "{\"z\":\"宪\\n\",\"a\":[9223372036854775807,false,null],\"m\":-1}");
    buffer_clear(&b);
    jv_write(jv_at(doc, "/a"), true, &b);
    assert_string_equal(buffer_text(&b), "[\n  9223372036854775807,\n  false,\n  null\n]");
    jv_free(doc);
}

static void test_copies(void **state)
{
    static const char text[] = "{\"b\":[1,{\"z\":null,\"a\":true}],\"a\":\"x\"}";
    struct jv *doc = jv_parse(text, sizeof text - 1, NULL), *copy = jv_copy(doc);
    BUFFER_FREE_LATER struct buffer b = BUFFER_NULL;

    (void)state;
    jv_free(doc);
    jv_write(copy, false, &b);
    assert_string_equal(buffer_text(&b), text);
    jv_free(copy);
}

static void test_escape(void **state)
{
    BUFFER_FREE_LATER struct buffer b = BUFFER_NULL;

    (void)state;
    jv_escape("a\"b\\c\n\x01宪", &b);
    assert_string_equal(buffer_text(&b), "a\\\"b\\\\c\\n\\u0001宪");
    buffer_clear(&b);
    jv_escape("", &b);
    assert_string_equal(buffer_text(&b), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refuses),
        cmocka_unit_test(test_pointers),
        cmocka_unit_test(test_reading),
        cmocka_unit_test(test_scalars),
        cmocka_unit_test(test_building_keeps_the_order),
        cmocka_unit_test(test_copies),
        cmocka_unit_test(test_escape),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
