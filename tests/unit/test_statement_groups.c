/* test_statement_groups: a unit's figures with those of all below it, and books that say of units
 * what can't be. Runs: any. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <time.h>

#include "tests/unit/statement_kit.h"

#define UNITS 5

/* province - city - (jinan, yuan), and price stands alone. Each has its own power of two. */
static struct books nested(void)
{
    static const char *const ids[UNITS] = {"jinan", "province", "city", "yuan", "price"};
    static const int64_t parents[UNITS] = {3, 0, 2, 3, 0};
    struct books books = two_units();

    books.n_units = books.n_tree = 0;
    for (int i = 0; i < UNITS; i++) {
        struct books_branch *branch = &books.tree[books.n_tree++];
        struct books_unit *unit = &books.units[books.n_units++];

        branch->number = i + 1;
        branch->parent = parents[i];
        snprintf(branch->id, sizeof branch->id, "%s", ids[i]);
        snprintf(branch->name, sizeof branch->name, "Office of %s", ids[i]);
        *unit = (struct books_unit){.quota = 100 << i};
        memcpy(unit->id, branch->id, sizeof unit->id);
        memcpy(unit->name, branch->name, sizeof unit->name);
        unit->n[DELIVERY_DELIVERED] = 1 << i;
        unit->parts[DELIVERY_DELIVERED] = 2 << i;
        unit->n[DELIVERY_UNKNOWN] = 64 << i;
        unit->parts[DELIVERY_UNKNOWN] = 64 << i;
    }
    return books;
}

static void drop_unit(struct books *books, const char *id)
{
    size_t at = 0;

    while (strcmp(books->units[at].id, id) != 0)
        at++;
    memmove(&books->units[at], &books->units[at + 1],
            (--books->n_units - at) * sizeof books->units[0]);
}

static void assert_group(const struct statement *statement, size_t at, const char *id,
                         int64_t units, size_t below)
{
    const struct statement_group *group = &statement->groups[at];

    assert_true(at < statement->n_groups);
    assert_string_equal(group->sum.id, id);
    assert_int_equal(group->below, below);
    assert_int_equal(group->sum.quota, 100 * units);
    assert_int_equal(group->sum.n[COLUMN_DELIVERED], units);
    assert_int_equal(group->sum.n[COLUMN_UNKNOWN], 64 * units);
    assert_int_equal(group->sum.planned, 65 * units);
    assert_int_equal(group->sum.parts, 2 * units);
    assert_int_equal(group->sum.parts_unknown, 64 * units);
}

static void groups_are_nested_and_those_above_come_first(void **state)
{
    struct books books = nested();
    struct statement statement;
    char why[STATEMENT_WHY];

    (void)state;
    assert_int_equal(statement_read(&books, "day", &statement), 0);
    assert_int_equal(statement.n_groups, 2);
    assert_group(&statement, 0, "province", 1 + 2 + 4 + 8, 3);
    assert_group(&statement, 1, "city", 1 + 4 + 8, 2);
    assert_int_equal(statement.units[2].n[COLUMN_DELIVERED], 4); /* its own, as ever */
    assert_int_equal(statement.totals.n[COLUMN_DELIVERED], 31);
    if (!statement_adds_up(&statement, why, sizeof why))
        fail_msg("%s", why);
    statement_release(&statement);
}

/* Of offices whose units have nothing to do in this campaign nothing is told. */
static void who_has_no_messages_is_no_part_of_a_group(void **state)
{
    struct books books = nested();
    struct statement statement;
    char why[STATEMENT_WHY];

    (void)state;
    drop_unit(&books, "city");
    drop_unit(&books, "yuan");
    assert_int_equal(statement_read(&books, "day", &statement), 0);
    assert_int_equal(statement.n_units, 3);
    assert_int_equal(statement.n_groups, 2);
    assert_group(&statement, 0, "province", 1 + 2, 1);
    assert_group(&statement, 1, "city", 1, 1);
    assert_string_equal(statement.groups[1].sum.name, "Office of city");
    assert_true(statement_adds_up(&statement, why, sizeof why));
    statement_release(&statement);
    drop_unit(&books, "jinan");
    assert_int_equal(statement_read(&books, "day", &statement), 0);
    assert_int_equal(statement.n_groups, 0);
    statement_release(&statement);
}

static void what_can_not_be_is_named_and_ends(void **state)
{
    static const struct {
        size_t unit; /* in the tree */
        int64_t parent;
        const char *says;
    } cases[] = {
        {1, 2, "province"}, /* below itself; and so the rest of them, whoever is named */
        {1, 1, "below"},    /* below its district */
        {4, 77, "price"},
        {4, -1, "price"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct books books = nested();
        struct statement statement;
        char why[STATEMENT_WHY] = "";

        books.tree[cases[i].unit].parent = cases[i].parent;
        if (i == 0) /* nobody is below it then */
            books.tree[2].parent = 0;
        assert_int_equal(statement_read(&books, "day", &statement), 0);
        assert_false(statement_adds_up(&statement, why, sizeof why));
        assert_non_null(strstr(why, cases[i].says));
        statement_release(&statement);
    }
}

static void wrong_sums_are_found(void **state)
{
    (void)state;
    for (int fault = 0; fault < 5; fault++) {
        struct books books = nested();
        struct statement statement;
        char why[STATEMENT_WHY] = "";
        struct statement_group *group;

        assert_int_equal(statement_read(&books, "day", &statement), 0);
        group = &statement.groups[1];
        group->sum.quota += fault == 0;
        group->sum.n[COLUMN_DELIVERED] += fault == 1;
        group->sum.parts += fault == 2;
        group->sum.planned += fault == 3;
        group->n_units -= fault == 4;
        assert_false(statement_adds_up(&statement, why, sizeof why));
        assert_non_null(strstr(why, "Office of city and 2 below it"));
        statement_release(&statement);
    }
}

static char *print_nested(void (*print)(const struct statement *statement, FILE *out))
{
    struct books books = nested();
    struct statement statement;
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    statement_read(&books, "day", &statement);
    print(&statement, out);
    fclose(out);
    statement_release(&statement);
    return text;
}

static void they_are_printed(void **state)
{
    char *table = print_nested(statement_print_table), *csv = print_nested(statement_print_csv);

    (void)state;
    assert_non_null(strstr(table, "\nWith its districts "));
    assert_non_null(strstr(table, "\nOffice of province and 3 below it  1,500 "));
    assert_non_null(strstr(table, "\nOffice of city and 2 below it      1,300 "));
    assert_true(strstr(table, "\nTotal ") < strstr(table, "\nWith its districts "));
    assert_non_null(strstr(csv, "\r\n\r\nUnit id,With its districts,Quota,"));
    assert_non_null(strstr(csv, "\r\ncity,Office of city and 2 below it,1300,845,0,13,"));
    free(table);
    free(csv);
    setenv("LC_ALL", "zh_CN.UTF-8", 1);
    table = print_nested(statement_print_table);
    unsetenv("LC_ALL");
    assert_non_null(strstr(table, "\n含下属单位 "));
    assert_non_null(strstr(table, "\nOffice of city及下属 2 个单位"));
    free(table);
}

static void programs_get_them(void **state)
{
    struct books books = nested();
    struct statement statement;
    struct buffer text = BUFFER_NULL;
    struct jv *document;

    (void)state;
    statement_read(&books, "day", &statement);
    document = statement_to_json(&statement);
    jv_write(document, false, &text);
    assert_non_null(strstr(
        buffer_text(&text),
        "{\"unit\":\"city\",\"name\":\"Office of city\",\"units\":[\"jinan\",\"city\",\"yuan\"],"
        "\"quota\":1300,\"planned\":845,\"sent\":0,\"delivered\":13,\"undelivered\":0,\"rejected\":"
        "0,"
        "\"unknown\":832,\"suppressed\":0,\"expired\":0,\"cancelled\":0,\"open\":0,\"parts\":26}"
        "]"));
    jv_free(document);
    buffer_free(&text);
    statement_release(&statement);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(groups_are_nested_and_those_above_come_first),
        cmocka_unit_test(who_has_no_messages_is_no_part_of_a_group),
        cmocka_unit_test(what_can_not_be_is_named_and_ends),
        cmocka_unit_test(wrong_sums_are_found),
        cmocka_unit_test(they_are_printed),
        cmocka_unit_test(programs_get_them),
    };

    statement_kit_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
