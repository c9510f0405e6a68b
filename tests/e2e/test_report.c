/* test_report: lawcast report after a campaign that modems carried: what it tells, what it writes,
 * and when it refuses. From the root of the project. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "gateway/base/json.h"
#include "gateway/base/mem.h"
#include "tests/support/sim_client.h"
#include "tests/support/stage.h"

#define MESSAGES   5
#define WORDS(...) ((const char *[]){__VA_ARGS__, NULL})

struct day {
    struct stage stage;
    struct sim_client *sim;
};

/* The weather bureau, which owes nothing, is above the city from now on. */
static void put_city_below(const struct stage *stage)
{
    MEM_FREE_LATER char *command =
        mem_printf("sed -i 's/{ id = \"city\";/& parent = \"weather\";/' %s", stage->conf);

    assert_int_equal(system(command), 0);
}

/* Made once: every test only reads it, or bends a copy of the books. */
static int open_day(void **state)
{
    const char *const options[] = {"--modems", "2", "--air-ms", "5", "--report-ms", "20", NULL};
    struct day *day = mem_new(struct day);
    struct stage_bank bank = {.modems = 2, .options = "grace_ms = 0; timeout_ms = 2000;"};
    char program[512], *output;
    int code;

    stage_open(&day->stage);
    day->sim = sim_client_start(stage_program("lawcast-sim", program, sizeof program), options);
    assert_non_null(day->sim);
    bank.first_modem = sim_client_modem(day->sim, 0);
    stage_write_office(&day->stage, &bank);
    put_city_below(&day->stage);
    stage_write_campaign(&day->stage, -3600, 7200, "text = \"学法守法\"; report_wait = 5;",
                         MESSAGES);
    code = stage_lawcast(&day->stage, &output,
                         WORDS("run", "-c", day->stage.conf, "--quiet", day->stage.campaign));
    if (code)
        fail_msg("run: exit %d:\n%s", code, output);
    free(output);
    *state = day;
    return 0;
}

static int close_day(void **state)
{
    struct day *day = *state;

    sim_client_free(day->sim);
    stage_close(&day->stage);
    free(day);
    return 0;
}

static int64_t sum_of(const struct jv *list, const char *figure)
{
    int64_t sum = 0;

    for (size_t i = 0; i < jv_size(list); i++)
        sum += jv_number(jv_at(jv_element(list, i), figure), -1);
    return sum;
}

static void every_way_of_telling_adds_up(void **state)
{
    static const char *const lists[] = {"/units", "/operators", "/modems", "/sims", "/days"};
    const struct day *day = *state;
    MEM_FREE_LATER char *output =
        stage_ends(&day->stage, 0, WORDS("report", "-c", day->stage.conf, "--json", "c1"));
    struct jv *report = jv_parse(output, strlen(output), NULL);

    assert_non_null(report);
    assert_int_equal(jv_number(jv_at(report, "/totals/delivered"), -1), MESSAGES);
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        assert_int_equal(sum_of(jv_at(report, lists[i]), "/planned"), MESSAGES);
        assert_int_equal(sum_of(jv_at(report, lists[i]), "/delivered"), MESSAGES);
        assert_int_equal(sum_of(jv_at(report, lists[i]), "/parts"), MESSAGES);
    }
    jv_free(report);
}

/* Also of a unit on top that has no messages of its own. */
static void units_are_told_with_those_below_them(void **state)
{
    const struct day *day = *state;
    const char *conf = day->stage.conf;
    MEM_FREE_LATER char *output =
        stage_ends(&day->stage, 0, WORDS("report", "-c", conf, "--json", "c1"));
    struct jv *report = jv_parse(output, strlen(output), NULL);
    const struct jv *group = jv_at(report, "/groups/0");

    assert_non_null(group);
    assert_int_equal(jv_size(jv_at(report, "/groups")), 1);
    assert_string_equal(jv_text(jv_at(group, "/unit")), "weather");
    assert_string_equal(jv_text(jv_at(group, "/name")), "气象局");
    assert_int_equal(jv_size(jv_at(group, "/units")), 1);
    assert_string_equal(jv_text(jv_at(group, "/units/0")), "city");
    assert_int_equal(jv_number(jv_at(group, "/delivered"), -1), MESSAGES);
    assert_int_equal(jv_number(jv_at(group, "/quota"), -1),
                     jv_number(jv_at(report, "/totals/quota"), -2));
    assert_int_equal(jv_size(jv_at(report, "/units")), 1);
    jv_free(report);
    stage_says(&day->stage, 0, "\n气象局 and 1 below it  ", WORDS("report", "-c", conf, "c1"));
    stage_says(&day->stage, 0, "weather,气象局 and 1 below it,",
               WORDS("report", "-c", conf, "--csv", "c1"));
    stage_says(&day->stage, 0, "\n气象局 and 1 below it  ", WORDS("status", "-c", conf));
}

static void the_table_tells_modems_when_asked(void **state)
{
    const struct day *day = *state;
    MEM_FREE_LATER char *output =
        stage_ends(&day->stage, 0, WORDS("report", "-c", day->stage.conf, "c1"));

    assert_non_null(strstr(output, "\nNetwork"));
    assert_non_null(strstr(output, "\nDay "));
    assert_null(strstr(output, "\nm/"));
    assert_non_null(strstr(output, "every figure was computed again from "));
    stage_says(&day->stage, 0, "\nm/0 ", WORDS("report", "-c", day->stage.conf, "--modems", "c1"));
    stage_says(&day->stage, 0, "imsi:****",
               WORDS("report", "-c", day->stage.conf, "--modems", "c1"));
    stage_says(&day->stage, 0, "imsi:460",
               WORDS("report", "-c", day->stage.conf, "--modems", "--numbers", "c1"));
    stage_says(&day->stage, 0, "lawcast audit verify",
               WORDS("report", "-c", day->stage.conf, "--quick", "c1"));
}

static void numbers_are_masked_unless_asked(void **state)
{
    const struct day *day = *state;

    stage_says(&day->stage, 0, "138****0003",
               WORDS("report", "-c", day->stage.conf, "--deliveries", "c1"));
    stage_says(&day->stage, 0, "8613800000003",
               WORDS("report", "-c", day->stage.conf, "--deliveries", "--numbers", "c1"));
}

static void files_are_written_and_belong_to_the_owner(void **state)
{
    const struct day *day = *state;
    MEM_FREE_LATER char *xlsx = mem_printf("%s/report.xlsx", day->stage.dir);
    MEM_FREE_LATER char *folder = mem_printf("%s/packs", day->stage.dir);
    MEM_FREE_LATER char *pdf = mem_printf("%s/c1-city.pdf", folder);
    MEM_FREE_LATER char *command =
        mem_printf("python3 tests/support/read_workbook.py %s | grep -c '^# '", xlsx);
    struct stat file;
    char line[16] = "";
    FILE *pipe;

    stage_says(&day->stage, 0, xlsx, WORDS("report", "-c", day->stage.conf, "--xlsx", xlsx, "c1"));
    assert_int_equal(stat(xlsx, &file), 0);
    assert_int_equal(file.st_mode & 0777, 0600);
    pipe = popen(command, "r");
    assert_non_null(fgets(line, sizeof line, pipe));
    pclose(pipe);
    assert_string_equal(line, "5\n"); /* totals, city, days, modems, failed */
    stage_says(&day->stage, 0, "add up",
               WORDS("report", "-c", day->stage.conf, "--xlsx", xlsx, "--unit", "city", "c1"));
    stage_says(&day->stage, 1, "no unit \"roof\"",
               WORDS("report", "-c", day->stage.conf, "--xlsx", xlsx, "--unit", "roof", "c1"));
    stage_says(&day->stage, 1, "can't be written",
               WORDS("report", "-c", day->stage.conf, "--xlsx", "/nonexistent/x", "c1"));
    stage_says(
        &day->stage, 1, "none.csv",
        WORDS("report", "-c", day->stage.conf, "--xlsx", xlsx, "--refused", "none.csv", "c1"));
    stage_says(&day->stage, 0, "c1-city.pdf",
               WORDS("report", "-c", day->stage.conf, "--pdf", folder, "--unit", "city", "c1"));
    assert_int_equal(stat(pdf, &file), 0);
}

/* read: a command that makes text of the file. */
static void assert_file_says(const char *read, const char *file, const char *says)
{
    MEM_FREE_LATER char *command = mem_printf("%s %s - | grep -qF '%s'", read, file, says);

    if (system(command))
        fail_msg("%s doesn't say %s", file, says);
}

static void files_tell_units_with_those_below_them(void **state)
{
    const struct day *day = *state;
    const char *conf = day->stage.conf;
    MEM_FREE_LATER char *xlsx = mem_printf("%s/groups.xlsx", day->stage.dir);
    MEM_FREE_LATER char *folder = mem_printf("%s/groups", day->stage.dir);
    MEM_FREE_LATER char *pdf = mem_printf("%s/c1.pdf", folder);

    stage_says(&day->stage, 0, xlsx, WORDS("report", "-c", conf, "--xlsx", xlsx, "c1"));
    assert_file_says("python3 tests/support/read_workbook.py", xlsx, "气象局 and 1 below it");
    stage_says(&day->stage, 0, "c1.pdf", WORDS("report", "-c", conf, "--pdf", folder, "c1"));
    assert_file_says("pdftotext -layout -enc UTF-8", pdf, "1 below it");
}

static void wrong_usage_is_named(void **state)
{
    const struct day *day = *state;
    const char *conf = day->stage.conf;

    stage_says(&day->stage, 2, "Choose one",
               WORDS("report", "-c", conf, "--csv", "--xlsx", "x", "c1"));
    stage_says(&day->stage, 2, "--modems belongs",
               WORDS("report", "-c", conf, "--csv", "--modems", "c1"));
    stage_says(&day->stage, 2, "--unit goes", WORDS("report", "-c", conf, "--unit", "city", "c1"));
    stage_says(&day->stage, 2, "--refused goes",
               WORDS("report", "-c", conf, "--refused", "f", "c1"));
    stage_says(&day->stage, 2, "--xlsx", WORDS("report", "-c", conf, "c1", "--xlsx"));
}

/* Past the guards of the tables, which are there again afterwards. */
static void bend(const char *path, const char *sql)
{
    BUFFER_FREE_LATER struct buffer guards = BUFFER_NULL, drop = BUFFER_NULL;
    sqlite3_stmt *row;
    sqlite3 *raw;

    assert_int_equal(sqlite3_open(path, &raw), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(raw,
                                        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
                                        " ORDER BY rowid",
                                        -1, &row, NULL),
                     SQLITE_OK);
    while (sqlite3_step(row) == SQLITE_ROW) {
        buffer_printf(&drop, "DROP TRIGGER %s;", (const char *)sqlite3_column_text(row, 0));
        buffer_printf(&guards, "%s;", (const char *)sqlite3_column_text(row, 1));
    }
    sqlite3_finalize(row);
    assert_int_equal(sqlite3_exec(raw, buffer_text(&drop), NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_exec(raw, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_exec(raw, buffer_text(&guards), NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(raw);
}

/* Not a figure is printed, and no file written; quickly only sums are looked at. */
static void what_does_not_add_up_is_not_printed(void **state)
{
    static const struct {
        const char *sql, *undo, *says;
        bool sums; /* seen without the records */
    } cases[] = {
        {"UPDATE summary SET n = n + 1", "UPDATE summary SET n = n - 1", "by \"Modem\"", true},
        {"UPDATE count SET parts = parts + 1 WHERE state = 5",
         "UPDATE count SET parts = parts - 1 WHERE state = 5", "Modem", true},
        {"UPDATE delivery SET state = 6 WHERE id = 1", "UPDATE delivery SET state = 5 WHERE id = 1",
         "Delivery 1", false},
        {"UPDATE campaign_unit SET quota = quota - 2", "UPDATE campaign_unit SET quota = quota + 2",
         "quota", false},
        {"UPDATE campaign_unit SET parent = 0 WHERE unit = 1",
         "UPDATE campaign_unit SET parent = 2 WHERE unit = 1", "parent", false},
        {"UPDATE unit SET name = name || 'x'", "UPDATE unit SET name = rtrim(name, 'x')", "name",
         false},
        {"UPDATE campaign SET title = title || 'x'",
         "UPDATE campaign SET title = rtrim(title, 'x')", "title", false},
        {"UPDATE summary SET day = day + 1", "UPDATE summary SET day = day - 1", "day", false},
    };
    static const char *const formats[] = {"--json", "--csv", "--deliveries", "--showings"};
    const struct day *day = *state;
    MEM_FREE_LATER char *xlsx = mem_printf("%s/bent.xlsx", day->stage.dir);
    MEM_FREE_LATER char *folder = mem_printf("%s/bent", day->stage.dir);

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bend(day->stage.books, cases[i].sql);
        stage_says(&day->stage, 4, cases[i].says, WORDS("report", "-c", day->stage.conf, "c1"));
        stage_says(&day->stage, 4, "don't add up",
                   WORDS("report", "-c", day->stage.conf, "--xlsx", xlsx, "c1"));
        assert_int_equal(access(xlsx, F_OK), -1);
        stage_says(&day->stage, 4, "don't add up",
                   WORDS("report", "-c", day->stage.conf, "--pdf", folder, "c1"));
        assert_int_equal(access(folder, F_OK), -1);
        for (size_t k = 0; k < sizeof formats / sizeof *formats; k++) {
            MEM_FREE_LATER char *output = stage_ends(
                &day->stage, 4, WORDS("report", "-c", day->stage.conf, formats[k], "c1"));

            assert_null(strstr(output, "lanned"));
        }
        stage_says(&day->stage, cases[i].sums ? 4 : 0,
                   cases[i].sums ? "don't add up" : "not computed again",
                   WORDS("report", "-c", day->stage.conf, "--quick", "--modems", "c1"));
        bend(day->stage.books, cases[i].undo);
    }
    stage_says(&day->stage, 0, "computed again", WORDS("report", "-c", day->stage.conf, "c1"));
}

static void copy(const char *from, const char *to)
{
    MEM_FREE_LATER char *command = mem_printf("cp %s %s", from, to);

    assert_int_equal(system(command), 0);
}

/* Figures and texts that can't be: a sentence, and never a crash, whatever is left out. */
static void absurd_books_are_refused(void **state)
{
    static const char *const cases[] = {
        "UPDATE count SET n = 9223372036854775807",
        "UPDATE count SET n = -9223372036854775807 - 1",
        "UPDATE count SET parts = 9223372036854775807",
        "UPDATE campaign_unit SET quota = 9223372036854775807",
        "UPDATE campaign_unit SET quota = -1",
        "UPDATE campaign_unit SET parent = unit",
        "UPDATE campaign_unit SET parent = 3 - unit",
        "UPDATE campaign_unit SET parent = 9",
        "UPDATE unit SET name = CAST(x'E4BDFF' AS TEXT)",
        "UPDATE unit SET name = printf('%.*c', 100000, 'x')",
        "UPDATE campaign SET title = CAST(x'FF' AS TEXT)",
    };
    static const char *const formats[] = {"--json", "--csv", "--modems"};
    const struct day *day = *state;
    const char *conf = day->stage.conf;
    MEM_FREE_LATER char *saved = mem_printf("%s/saved.db", day->stage.dir);
    MEM_FREE_LATER char *xlsx = mem_printf("%s/absurd.xlsx", day->stage.dir);
    MEM_FREE_LATER char *folder = mem_printf("%s/absurd", day->stage.dir);

    copy(day->stage.books, saved);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bend(day->stage.books, cases[i]);
        stage_says(&day->stage, 4, "✕", WORDS("report", "-c", conf, "c1"));
        for (size_t k = 0; k < sizeof formats / sizeof *formats; k++)
            stage_says(&day->stage, 4, "✕",
                       WORDS("report", "-c", conf, formats[k], "--quick", "c1"));
        stage_says(&day->stage, 4, "✕",
                   WORDS("report", "-c", conf, "--quick", "--xlsx", xlsx, "c1"));
        stage_says(&day->stage, 4, "✕",
                   WORDS("report", "-c", conf, "--quick", "--pdf", folder, "c1"));
        copy(saved, day->stage.books);
    }
    stage_says(&day->stage, 0, "computed again", WORDS("report", "-c", conf, "c1"));
}

/* Beyond a million records nobody waits unless that is asked for. */
static void large_books_are_recomputed_when_asked(void **state)
{
    const struct day *day = *state;
    const char *conf = day->stage.conf;

    stage_says(&day->stage, 2, "--quick and --recount",
               WORDS("report", "-c", conf, "--quick", "--recount", "c1"));
    stage_says(&day->stage, 0, "computed again", WORDS("report", "-c", conf, "--recount", "c1"));
    bend(day->stage.books, "INSERT INTO journal(id, delivery, at_ms, to_state, cause, mark)"
                           " VALUES(1000000, 0, 0, 1, 0, 0)");
    stage_says(&day->stage, 4, "are missing", WORDS("report", "-c", conf, "c1"));
    bend(day->stage.books, "INSERT INTO journal(id, delivery, at_ms, to_state, cause, mark)"
                           " VALUES(1000001, 0, 0, 1, 0, 0)");
    stage_says(&day->stage, 0, "1,000,001 records", WORDS("report", "-c", conf, "c1"));
    stage_says(&day->stage, 0, "not computed again", WORDS("report", "-c", conf, "c1"));
    stage_says(&day->stage, 4, "don't add up", WORDS("report", "-c", conf, "--recount", "c1"));
}

/* The books that a gateway writes just now are whole, too. */
static void a_gateway_may_be_at_work(void **state)
{
    const struct day *day = *state;
    MEM_FREE_LATER char *campaign = mem_printf("%s/later.cfg", day->stage.dir);
    struct stage_child child;

    stage_write(&day->stage, "later.cfg",
                "campaign = { id = \"later\"; title = \"t\";\n"
                "  windows = ( { from = \"2099-10-31 08:30\"; to = \"2099-10-31 11:00\"; } );\n"
                "  sms = { text = \"学法守法\"; };\n"
                "  orders = ( { unit = \"city\"; quota = 5; recipients = \"city.csv\"; } ); };\n");
    stage_spawn(&day->stage, &child, WORDS("run", "-c", day->stage.conf, "--quiet", campaign));
    stage_await(&day->stage, &child, "later");
    stage_says(&day->stage, 0, "computed again", WORDS("report", "-c", day->stage.conf, "c1"));
    stage_says(&day->stage, 0, "\"delivered\": 5",
               WORDS("report", "-c", day->stage.conf, "--json", "c1"));
    stage_signal(&child, SIGTERM);
    stage_wait(&child, 30, NULL);
}

/* Neither the books nor what belongs to them, nor what is no workbook. */
static void nothing_is_written_over(void **state)
{
    static const char *const endings[] = {"",          ".key",      ".key.checkpoint",
                                          ".key.next", "-wal",      "-shm",
                                          ".control",  ".evidence", ".evidence/x.xlsx"};
    const struct day *day = *state;
    const char *conf = day->stage.conf;
    MEM_FREE_LATER char *other = mem_printf("%s/notes.xlsx", day->stage.dir);
    MEM_FREE_LATER char *link = mem_printf("%s/link", day->stage.dir);
    MEM_FREE_LATER char *part = mem_printf("%s/named.part", day->stage.dir);
    MEM_FREE_LATER char *whole = mem_printf("%s/named", day->stage.dir);

    MEM_FREE_LATER char *folder = mem_printf("%s.evidence", day->stage.books);

    assert_int_equal(symlink(day->stage.books, link), 0);
    (void)mkdir(folder, 0700);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        MEM_FREE_LATER char *path = mem_printf("%s%s", day->stage.books, endings[i]);

        stage_says(&day->stage, 1, "belongs to them",
                   WORDS("report", "-c", conf, "--xlsx", path, "c1"));
        stage_says(&day->stage, 1, "belongs to them",
                   WORDS("report", "-c", conf, "--pdf", path, "c1"));
        stage_says(&day->stage, 1, "belongs to them", WORDS("audit", "export", "-c", conf, path));
        stage_says(&day->stage, 1, "belongs to them",
                   WORDS("audit", "prove", "-c", conf, "--out", path, "13800000001"));
        stage_says(&day->stage, 1, "belongs to them",
                   WORDS("optout", "prove", "-c", conf, "--out", path, "13800000001"));
    }
    stage_says(&day->stage, 1, "belongs to them",
               WORDS("report", "-c", conf, "--xlsx", link, "c1"));
    stage_write(&day->stage, "notes.xlsx", "PK\3\4 but no workbook\n");
    stage_says(&day->stage, 1, "is no workbook",
               WORDS("report", "-c", conf, "--xlsx", other, "c1"));
    assert_int_equal(symlink(day->stage.books, part), 0);
    stage_says(&day->stage, 1, "belongs to them",
               WORDS("report", "--ledger", part, "--xlsx", whole, "c1"));
    stage_says(&day->stage, 0, "computed again", WORDS("report", "-c", conf, "c1"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_way_of_telling_adds_up),
        cmocka_unit_test(units_are_told_with_those_below_them),
        cmocka_unit_test(the_table_tells_modems_when_asked),
        cmocka_unit_test(numbers_are_masked_unless_asked),
        cmocka_unit_test(files_are_written_and_belong_to_the_owner),
        cmocka_unit_test(files_tell_units_with_those_below_them),
        cmocka_unit_test(wrong_usage_is_named),
        cmocka_unit_test(what_does_not_add_up_is_not_printed),
        cmocka_unit_test(absurd_books_are_refused),
        cmocka_unit_test(nothing_is_written_over),
        cmocka_unit_test(a_gateway_may_be_at_work),
        cmocka_unit_test(large_books_are_recomputed_when_asked), /* last: the books stay bent */
    };

    return cmocka_run_group_tests(tests, open_day, close_day);
}
