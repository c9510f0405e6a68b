/* test_contact_lines: who is responsible, as the report prints it. Runs: any. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "gateway/base/buffer.h"
#include "gateway/report/contact_lines.h"
#include "tests/unit/fake_books.h"

#define DEADLINE INT64_C(1793332800000) /* 2026-10-30 12:00 in China */

static const struct books_contact contacts[] = {
    {"city", "市法宣办", "王某某", "科长", "13800000001", DEADLINE - 1},
    {"jinan", "金安区", "李某某", "", "", DEADLINE + 60000},
    {"yuan", "裕安区", "", "", "", 0},
};

static char *print(const struct books *books)
{
    struct books copy = *books;
    struct contact_lines lines;
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);

    assert_int_equal(contact_lines_read(&copy, 1, &lines), 0);
    contact_lines_print(&lines, out);
    contact_lines_release(&lines);
    assert_int_equal(fclose(out), 0);
    return text;
}

static void test_table(void **state)
{
    struct books books = {.contacts = contacts,
                          .n_contacts = sizeof contacts / sizeof *contacts,
                          .deadline_ms = DEADLINE,
                          .entered_ms = DEADLINE - 5000};
    MEM_FREE_LATER char *text = print(&books), *unproved = NULL, *open = NULL, *none = NULL;

    (void)state;
    assert_non_null(strstr(text, "named in time"));
    assert_non_null(strstr(text, "named late"));
    assert_non_null(strstr(text, "2026-10-30 12:01"));
    assert_non_null(strstr(text, "not named"));
    assert_non_null(strstr(text, "had to be named by 2026-10-30 12:00."));
    assert_null(strstr(text, "13800000001"));
    books.entered_ms = DEADLINE + 1;
    unproved = print(&books);
    assert_null(strstr(unproved, "late"));
    assert_non_null(strstr(unproved, "when isn't known"));
    books.deadline_ms = 0;
    open = print(&books);
    assert_null(strstr(open, "had to be named"));
    assert_non_null(strstr(open, "李某某"));
    books.contacts = &contacts[2]; /* nobody is asked for, nobody is named */
    books.n_contacts = 1;
    none = print(&books);
    assert_string_equal(none, "");
}

static void test_json(void **state)
{
    struct books books = {.contacts = contacts,
                          .n_contacts = sizeof contacts / sizeof *contacts,
                          .deadline_ms = DEADLINE,
                          .entered_ms = DEADLINE - 5000};
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;
    struct jv *document = jv_object();
    struct contact_lines lines;

    (void)state;
    assert_int_equal(contact_lines_read(&books, 1, &lines), 0);
    contact_lines_put(&lines, document);
    contact_lines_release(&lines);
    jv_write(document, false, &text);
    jv_free(document);
    assert_string_equal(
        buffer_text(&text),
        "{\"contacts_by\":\"2026-10-30T12:00:00+08:00\",\"contacts\":["
        "{\"unit\":\"city\",\"person\":\"王某某\",\"position\":\"科长\",\"named\":\"in_time\","
        "\"named_at\":\"2026-10-30T11:59:59+08:00\"},"
        "{\"unit\":\"jinan\",\"person\":\"李某某\",\"position\":\"\",\"named\":\"late\","
        "\"named_at\":\"2026-10-30T12:01:00+08:00\"},"
        "{\"unit\":\"yuan\",\"person\":\"\",\"position\":\"\",\"named\":\"not_named\","
        "\"named_at\":null}]}");
}

static void test_unreadable(void **state)
{
    struct books books = {.failure = -5};
    struct contact_lines lines;

    (void)state;
    assert_int_equal(contact_lines_read(&books, 1, &lines), -5);
    contact_lines_release(&lines);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_table), cmocka_unit_test(test_json),
                                       cmocka_unit_test(test_unreadable)};

    setenv("LC_ALL", "C", 1);
    setenv("TZ", "Asia/Shanghai", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
