/* test_workbook: XLSX files as a spreadsheet would read them (tests/support/read_workbook.py).
 * Runs: any. From the root of the project. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/report/workbook.h"
#include "tests/unit/statement_kit.h"

static char directory[128], path[160];

static int setup(void **state)
{
    const char *base = getenv("TMPDIR");

    (void)state;
    snprintf(directory, sizeof directory, "%s/lawcast-workbook-XXXXXX",
             base && *base ? base : "/tmp");
    assert_non_null(mkdtemp(directory));
    snprintf(path, sizeof path, "%s/report.xlsx", directory);
    return 0;
}

/* Nothing may be left beside the file. */
static int teardown(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(directory);
}

static char *read_back(void)
{
    MEM_FREE_LATER char *command = mem_printf("python3 tests/support/read_workbook.py %s", path);
    struct buffer text = BUFFER_NULL;
    FILE *pipe = popen(command, "r");
    char bytes[4096];
    size_t n;

    assert_non_null(pipe);
    while ((n = fread(bytes, 1, sizeof bytes, pipe)) > 0)
        buffer_add(&text, bytes, n);
    assert_int_equal(pclose(pipe), 0);
    return buffer_take(&text);
}

static void assert_told(const char *text, const char *expected)
{
    if (!strstr(text, expected))
        fail_msg("no %s in:\n%s", expected, text);
}

static void names_of_sheets_are_clean_and_unlike(void **state)
{
    static const struct {
        const char *wanted, *got;
    } cases[] = {
        {"金安区", "金安区"},
        {"金安区", "金安区 (2)"},
        {"a[b]c:d*e?f/g\\h'i", "a_b_c_d_e_f_g_h_i"},
        {"", "_"},
        {"history", "History_"},
        {"六安市法治宣传教育工作领导小组办公室及其下属各单位宣传科室联络处", /* 32 characters */
         "六安市法治宣传教育工作领导小组办公室及其下属各单位宣传科室联络"},
        {"六安市法治宣传教育工作领导小组办公室及其下属各单位宣传科室联络站",
         "六安市法治宣传教育工作领导小组办公室及其下属各单位宣传 (2)"},
        /* 2 UTF-16 units each */
        {"𠀀𠀀𠀀𠀀𠀀𠀀𠀀𠀀𠀀𠀀𠀀𠀀𠀀𠀀𠀀𠀀", "𠀀𠀀𠀀𠀀𠀀𠀀𠀀𠀀𠀀𠀀𠀀𠀀𠀀𠀀𠀀"},
        {"\x01\xff", "__"},
        {"Unit", "Unit"},
        {"UNIT", "UNIT (2)"},
    };
    struct buffer expected = BUFFER_NULL;
    struct workbook *workbook;
    char *text;

    (void)state;
    assert_int_equal(workbook_start(&workbook, path), 0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        workbook_sheet(workbook, cases[i].wanted, NULL, 0);
        buffer_printf(&expected, "# %s frozen=0\n", cases[i].got);
    }
    assert_int_equal(workbook_finish(workbook), 0);
    text = read_back();
    assert_string_equal(text, buffer_text(&expected));
    free(text);
    buffer_free(&expected);
}

static void cells_are_what_they_are(void **state)
{
    const char *const titles[] = {"甲", "乙"};
    static const unsigned char widths[] = {10, 20};
    struct workbook_sheet *sheet;
    struct workbook *workbook;
    struct stat file;
    char *text;

    (void)state;
    umask(0);
    assert_int_equal(workbook_start(&workbook, path), 0);
    sheet = workbook_sheet(workbook, "s", widths, 2);
    workbook_titles(sheet, titles, 2);
    workbook_freeze(sheet);
    workbook_text(sheet, "=1+1");
    workbook_number(sheet, 130000);
    workbook_number(sheet, INT64_MAX);
    workbook_end_row(sheet);
    workbook_skip(sheet);
    workbook_text(sheet, "a<b>&\"\x02\xff 宪法");
    workbook_share(sheet, 1, 2);
    workbook_share(sheet, 1, 0);
    workbook_end_row(sheet);
    assert_int_equal(workbook_finish(workbook), 0);
    text = read_back();
    assert_string_equal(text, "# s frozen=1\n甲\t乙\n=1+1\tn:130000\t9223372036854775807\n"
                              "\ta<b>&\"?? 宪法\tn:0.5\t-\n");
    free(text);
    assert_int_equal(stat(path, &file), 0);
    assert_int_equal(file.st_mode & 0777, 0600);
}

/* Beyond the last row that a spreadsheet has. */
static void a_full_sheet_goes_on_in_another(void **state)
{
    const char *const titles[] = {"n"};
    struct workbook_sheet *sheet, *other;
    struct workbook *workbook;
    char *text;

    (void)state;
    assert_int_equal(workbook_start(&workbook, path), 0);
    sheet = workbook_sheet(workbook, "long", NULL, 0);
    other = workbook_sheet(workbook, "other", NULL, 0);
    workbook_titles(sheet, titles, 1);
    workbook_freeze(sheet);
    for (int i = 1; i < WORKBOOK_ROWS; i++)
        workbook_end_row(sheet);
    workbook_number(sheet, 7);
    workbook_end_row(sheet);
    workbook_text(other, "in turn");
    workbook_end_row(other);
    assert_int_equal(workbook_finish(workbook), 0);
    text = read_back();
    assert_string_equal(text, "# long frozen=1\nn\n# other frozen=0\nin turn\n"
                              "# long (2) frozen=1\nn\nn:7\n");
    free(text);
}

static void failures_leave_what_was_there(void **state)
{
    struct workbook *workbook;
    char *text;
    FILE *old = fopen(path, "w");

    (void)state;
    fputs("old", old);
    fclose(old);
    assert_int_equal(workbook_start(&workbook, "/nonexistent/report.xlsx"), -ENOENT);
    assert_null(workbook);
    assert_int_equal(workbook_start(&workbook, path), 0);
    workbook_text(workbook_sheet(workbook, "s", NULL, 0), "x");
    workbook_abandon(workbook);
    workbook_abandon(NULL);
    old = fopen(path, "r");
    text = mem_alloc(8, 1);
    assert_int_equal(fread(text, 1, 7, old), 3);
    assert_string_equal(text, "old");
    fclose(old);
    free(text);
}

static const struct books_delivery deliveries[] = {
    {.id = 1,
     .unit = "city",
     .channel = CHANNEL_SMS,
     .address = 8613800000001,
     .state = DELIVERY_DELIVERED,
     .parts = 1,
     .text = "",
     .changed_ms = OPENS},
    {.id = 2,
     .unit = "jinan",
     .channel = CHANNEL_SMS,
     .address = 8613800000002,
     .state = DELIVERY_REJECTED,
     .parts = 2,
     .attempts = 1,
     .code = 1,
     .device = "bank-a/3",
     .text = "张三",
     .changed_ms = OPENS},
    {.id = 3,
     .unit = "city",
     .channel = CHANNEL_SMS,
     .address = 8613800000003,
     .state = DELIVERY_UNDELIVERED,
     .parts = 1,
     .attempts = 1,
     .code = 0x46,
     .device = "bank-a/3",
     .text = "",
     .changed_ms = OPENS},
};

static char *write_books(struct books *books, const char *unit, const char *refused, unsigned with)
{
    struct statement statement;
    struct statement_workbook job = {
        .books = books, .statement = &statement, .path = path, .unit = unit, .refused = refused};
    char why[STATEMENT_WHY] = "";

    books->deliveries = deliveries;
    books->n_deliveries = sizeof deliveries / sizeof *deliveries;
    strcpy(books->boards[0].owner, "jinan");
    assert_int_equal(statement_read_with(books, "day",
                                         STATEMENT_MODEMS | STATEMENT_UNIT_DAYS | with, &statement),
                     0);
    if (statement_write_workbook(&job, why, sizeof why)) {
        statement_release(&statement);
        return mem_dup(why);
    }
    statement_release(&statement);
    return read_back();
}

static char *write_statement(const char *unit, const char *refused, unsigned with)
{
    struct books books = two_units();

    return write_books(&books, unit, refused, with);
}

static void a_rehearsal_says_so_on_each_sheet_of_totals(void **state)
{
    static const char banner[] = "\n● REHEARSAL: nothing was sent.\nCampaign\t";
    struct books books = two_units();
    MEM_FREE_LATER char *text = NULL;
    size_t said = 0;

    (void)state;
    books.rehearsal = true;
    text = write_books(&books, NULL, NULL, 0);
    for (const char *at = text; (at = strstr(at, banner)); at++)
        said++;
    assert_int_equal(said, 3); /* of all, and of each unit */
}

static void a_statement_is_a_workbook(void **state)
{
    static const char *const sheets[] = {
        "# 合计 frozen=0\n任务\t弘扬宪法精神\n",
        "\ncity\t市法宣办\tn:50000\tn:4095\tn:32\tn:16\tn:64\t",
        "\n\t合计\tn:70000\tn:4161\tn:37\tn:20\t",
        "\n运营商\t计划\t",
        "\n考核对象\t",
        "# 市法宣办 frozen=0\n",
        "# 金安区 frozen=0\n",
        "\n日期\t计划\t",
        "\n显示屏\t地点\t",
        "\nplaza\t人民广场\t市法宣办\tn:4\tn:29\tn:30\tn:8999\t已回读\t已回读\n",
        "# 显示屏 frozen=1\n",
        "# 每日播放 frozen=1\n",
        "\n2026-10-31\tplaza\t市法宣办\t宪法\tn:8500\t已回读\n",
        "# 按日 frozen=1\n",
        "\n未发送\tjinan\t金安区\tn:66\t",
        "# 短信设备 frozen=1\n",
        "# 失败短信 frozen=1\n",
        "\nn:2\tjinan\t138****0002\t被拒绝\tn:1\t空号\tn:2\tn:1\tbank-a/3\t2026-10-31 08:30:00\n",
        "\nn:3\tcity\t138****0003\t未送达\t",
    };
    char *text;
    const char *at;

    (void)state;
    setenv("LC_ALL", "zh_CN.UTF-8", 1);
    at = text = write_statement(NULL, NULL, 0);
    unsetenv("LC_ALL");
    for (size_t i = 0; i < sizeof sheets / sizeof *sheets; i++) {
        assert_told(at, sheets[i]);
        at = strstr(at, sheets[i]) + 1;
    }
    assert_null(strstr(text, "138000000"));
    assert_null(strstr(text, "张三"));
    free(text);
}

static void one_unit_gets_what_is_its_own(void **state)
{
    char *text = write_statement("jinan", NULL, STATEMENT_NUMBERS);

    (void)state;
    assert_told(text, "# 金安区 frozen=0\n");
    assert_told(text, "\nn:2\tjinan\t8613800000002\t");
    assert_null(strstr(text, "市法宣办\tn:50000"));
    assert_null(strstr(text, "\nn:3\t"));
    free(text);
    text = write_statement("roof", NULL, 0);
    assert_told(text, "no unit \"roof\"");
    free(text);
}

static void rows_not_taken_are_masked(void **state)
{
    static const char list[] = "\xEF\xBB\xBF文件,行,号码,原因\r\n金安区.csv,17,1380000 0017x,"
                               "\"不是号码，请更正\"\r\n金安区.csv,18,138****0018,重复\r\n";
    MEM_FREE_LATER char *refused = mem_printf("%s/day-refused.csv", directory);
    FILE *file = fopen(refused, "w");
    char *text;

    (void)state;
    fputs(list, file);
    fclose(file);
    text = write_statement(NULL, refused, 0);
    assert_told(text, "# Rows not taken frozen=1\nFile\tLine\tNumber\tReason\n");
    assert_told(text, "\n金安区.csv\tn:17\t138**** 0017x\t不是号码，请更正\n");
    assert_told(text, "\n金安区.csv\tn:18\t138****0018\t重复\n");
    free(text);
    text = write_statement(NULL, refused, STATEMENT_NUMBERS);
    assert_told(text, "\tn:17\t1380000 0017x\t");
    free(text);
    file = fopen(refused, "w");
    fputs("手机,姓名\n13800000017,张三\n", file);
    fclose(file);
    text = write_statement(NULL, refused, 0);
    assert_told(text, "no list of rows that were not taken");
    free(text);
    unlink(refused);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(names_of_sheets_are_clean_and_unlike, setup, teardown),
        cmocka_unit_test_setup_teardown(cells_are_what_they_are, setup, teardown),
        cmocka_unit_test_setup_teardown(a_full_sheet_goes_on_in_another, setup, teardown),
        cmocka_unit_test_setup_teardown(failures_leave_what_was_there, setup, teardown),
        cmocka_unit_test_setup_teardown(a_rehearsal_says_so_on_each_sheet_of_totals, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_statement_is_a_workbook, setup, teardown),
        cmocka_unit_test_setup_teardown(one_unit_gets_what_is_its_own, setup, teardown),
        cmocka_unit_test_setup_teardown(rows_not_taken_are_masked, setup, teardown),
    };

    statement_kit_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
