/* test_modem_table: how modems and their limit groups are shown.
 * Runs: any. Real books. */
#include "tests/unit/ledger_kit.h"

#include "gateway/base/clock.h"
#include "gateway/report/modem_table.h"

static struct modem modems[] = {
    {.id = (char *)(uintptr_t) "bank-a/0",
     .device = (char *)(uintptr_t) "/dev/null",
     .network = -1},
    {.id = (char *)(uintptr_t) "bank-a/1",
     .device = (char *)(uintptr_t) "/dev/null",
     .group = -1,
     .network = -1},
};
static struct limit_group groups[] = {
    {.id = (char *)(uintptr_t) "pool", .limits = {.per_hour = 100}},
    {.id = (char *)(uintptr_t) "idle", .limits = {.per_day = 5}},
};

static const char *error_text(int code)
{
    (void)code;
    return "busy";
}

static const char *why_text(const char *english)
{
    return english;
}

static const struct modem_words words = {error_text, error_text, why_text};

/* "pool" has sent 7 parts; the modem's own SIM 3. */
static void fill(struct kit *kit)
{
    static const char *const names[] = {"imsi:460009900000001", "group:pool"};
    int64_t slot = meter_slot(clock_wall_ms());
    int32_t numbers[2];

    for (size_t i = 0; i < 2; i++) {
        struct ledger_op op = {.kind = LEDGER_SIM, .sim = {.name = names[i]}};
        MEM_FREE_LATER char *sql = NULL;

        assert_int_equal(kit_do(kit, &op), LEDGER_OK);
        free(op.sim.uses);
        numbers[i] = op.sim.number;
        sql = mem_printf("INSERT INTO usage VALUES(%d, %lld, %d)", (int)numbers[i], (long long)slot,
                         i ? 7 : 3);
        assert_int_equal(kit_sql(kit, sql), SQLITE_OK);
    }
    assert_int_equal(kit_do(kit, &(struct ledger_op){.kind = LEDGER_MODEM,
                                                     .modem = {.device = kit->device,
                                                               .sim = numbers[0],
                                                               .state = LANE_READY,
                                                               .error = 38,
                                                               .error_ms = clock_wall_ms()}}),
                     LEDGER_OK);
}

static char *show(const struct kit *kit, const struct office *office, bool json)
{
    struct modem_table *table;
    struct books *books;
    char *text = NULL, why[256];
    size_t size;
    FILE *out = open_memstream(&text, &size);

    assert_int_equal(books_open(&books, kit->path, why, sizeof why), 0);
    assert_int_equal(modem_table_read(&table, office, books, &words, clock_wall_ms()), 0);
    if (json) {
        BUFFER_FREE_LATER struct buffer buffer = BUFFER_NULL;
        struct jv *document = modem_table_json(table, true, false);

        jv_write(document, false, &buffer);
        fputs(buffer_text(&buffer), out);
        jv_free(document);
    } else {
        modem_table_print(table, true, out);
    }
    modem_table_free(table);
    books_close(books);
    fclose(out);
    return text;
}

static void test_groups_are_shown(void **state)
{
    const struct office office = {.modems = modems, .n_modems = 2, .groups = groups, .n_groups = 2};
    struct kit *kit = *state;
    char *text;

    fill(kit);
    text = show(kit, &office, false);
    assert_non_null(strstr(text, "Group"));
    assert_non_null(strstr(text, "7/100"));
    assert_non_null(strstr(text, "0/5"));
    assert_non_null(strstr(text, "error 38: busy"));
    free(text);
    text = show(kit, &office, true);
    assert_non_null(strstr(text, "\"group\":\"pool\",\"hour_parts\":7,\"per_hour\":100,"
                                 "\"day_parts\":7,\"per_day\":null"));
    assert_non_null(strstr(text, "\"group\":\"idle\",\"hour_parts\":0,\"per_hour\":null,"
                                 "\"day_parts\":0,\"per_day\":5"));
    assert_non_null(strstr(text, "\"group\":null"));
    free(text);
}

/* Without groups there is nothing about them. */
static void test_no_groups(void **state)
{
    const struct office office = {.modems = modems + 1, .n_modems = 1};
    struct kit *kit = *state;
    char *text;

    fill(kit);
    text = show(kit, &office, false);
    assert_null(strstr(text, "Group"));
    assert_non_null(strstr(text, "Why, or last error"));
    assert_non_null(strstr(text, "never used"));
    free(text);
    text = show(kit, &office, true);
    assert_non_null(strstr(text, "\"groups\":[]"));
    free(text);
}

#define TABLE_TEST(name) cmocka_unit_test_setup_teardown(name, kit_setup, kit_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TABLE_TEST(test_groups_are_shown),
        TABLE_TEST(test_no_groups),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
