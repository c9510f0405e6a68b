/* test_masking: no output and no file holds a citizen's number, unless --numbers asks for it; and
 * what is written is for nobody else, whatever the umask.
 *
 * The books alone hold numbers, and what a rehearsal's simulator writes down. */
#include <setjmp.h>
#include <dirent.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway/base/mem.h"
#include "tests/support/sim_client.h"
#include "tests/support/stage.h"

#define NUMBER     "13800000002" /* STAGE_FIRST and two */
#define WORDS(...) ((const char *[]){__VA_ARGS__, NULL})

struct day {
    struct stage stage;
    struct sim_client *sim;
};

static void write_files(struct day *day)
{
    const struct stage_bank bank = {.modems = 1,
                                    .first_modem = sim_client_modem(day->sim, 0),
                                    .options = "grace_ms = 0; timeout_ms = 2000;"};

    stage_write_office(&day->stage, &bank);
    stage_write_campaign(&day->stage, -3600, 7200,
                         "text = \"{姓名}（{手机号}）：学法守法\"; report_wait = 1;", 3);
    stage_write(&day->stage, "city.csv",
                "手机号,姓名\n13800000000,张三\n13800000001,李四\n" NUMBER ",王五\n" NUMBER
                ",又是王五\n" NUMBER "9,多一位\n+86 138 0000 0002 转 5,写法不对\n" NUMBER
                ",多一列," NUMBER "\n");
    stage_write(&day->stage, "list.csv", "手机号\n" NUMBER "\n" NUMBER "9\n");
}

static int open_day(void **state)
{
    const char *const options[] = {"--modems", "1", "--air-ms", "5", "--report-ms", "20", NULL};
    struct day *day = mem_new(struct day);
    char program[512];

    stage_open(&day->stage);
    day->sim = sim_client_start(stage_program("lawcast-sim", program, sizeof program), options);
    assert_non_null(day->sim);
    write_files(day);
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

/* The digits, however they are parted. */
static bool tells(const char *text, size_t length)
{
    BUFFER_FREE_LATER struct buffer digits = BUFFER_NULL;

    for (size_t i = 0; i < length; i++)
        if (text[i] != ' ' && text[i] != '-')
            buffer_add_char(&digits, text[i]);
    return memmem(buffer_text(&digits), digits.length, NUMBER, strlen(NUMBER)) != NULL;
}

/* Runs it; the number may stand in what it says only when that is wanted. */
static void run(const struct day *day, bool whole, const char *const *words)
{
    char *output;
    int code = stage_lawcast(&day->stage, &output, words);

    if (code != 0 && code != 3 && (code != 1 || strcmp(words[0], "optout") != 0))
        fail_msg("lawcast %s: exit %d:\n%s", words[0], code, output);
    if (tells(output, strlen(output)) != whole)
        fail_msg("lawcast %s %s: the number is %sthere:\n%s", words[0], words[1],
                 whole ? "not " : "", output);
    free(output);
}

static bool ends_with(const char *name, const char *end)
{
    size_t length = strlen(name), tail = strlen(end);

    return length >= tail && strcmp(name + length - tail, end) == 0;
}

/* What the test wrote, and what must hold numbers. */
static bool is_exempt(const char *name)
{
    static const char *const ends[] = {"books.db",         "books.db-wal",  "rehearsal.db",
                                       "rehearsal.db-wal", "simulator.log", "city.csv",
                                       "list.csv"};

    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (ends_with(name, ends[i]))
            return true;
    return false;
}

static bool is_input(const char *name)
{
    return ends_with(name, ".cfg") || ends_with(name, "/city.csv") || ends_with(name, "/list.csv");
}

/* Every file below the folder: whom it is open to, and what it holds. */
static size_t look_at_files(const char *folder)
{
    DIR *dir = opendir(folder);
    const struct dirent *entry;
    size_t n = 0;

    assert_non_null(dir);
    while ((entry = readdir(dir))) {
        MEM_FREE_LATER char *name = mem_printf("%s/%s", folder, entry->d_name);
        BUFFER_FREE_LATER struct buffer content = BUFFER_NULL;
        struct stat st;

        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        assert_int_equal(lstat(name, &st), 0);
        if (!is_input(name) && !S_ISLNK(st.st_mode) && (st.st_mode & 077))
            fail_msg("%s has the mode %o", name, st.st_mode & 0777);
        if (S_ISDIR(st.st_mode))
            n += look_at_files(name);
        if (!S_ISREG(st.st_mode) || is_exempt(name))
            continue;
        assert_int_equal(buffer_read_file(&content, name, 1 << 26), 0);
        if (tells(buffer_text(&content), content.length))
            fail_msg("%s holds the number", name);
        n++;
    }
    closedir(dir);
    return n;
}

static void carry_out(struct day *day)
{
    const char *conf = day->stage.conf;

    assert_true(sim_client_tell(day->sim, "number 86" NUMBER " status 65")); /* it never arrives */
    assert_true(sim_client_tell(day->sim, "deliver 0 86" NUMBER " 谢谢，我的号码是" NUMBER));
    run(day, false,
        WORDS("run", "-c", conf, "--verbose", "--refused", day->stage.dir, day->stage.campaign));
    run(day, false, WORDS("optout", "-c", conf, "import", "list.csv", "--note", "名单"));
    run(day, false, WORDS("optout", "-c", conf, "remove", NUMBER, "--note", "来电"));
    run(day, false, WORDS("optout", "-c", conf, "add", NUMBER));
}

/* A workbook is a ZIP archive; the message that failed is in it. */
static void unpack(const struct day *day, const char *name)
{
    MEM_FREE_LATER char *command =
        mem_printf("umask 077; cd '%s' && python3 -m zipfile -e %s sheets"
                   " && grep -rqF '138****0002' sheets",
                   day->stage.dir, name);

    assert_int_equal(system(command), 0);
}

static void test_without_numbers(void **state)
{
    struct day *day = *state;
    const char *conf = day->stage.conf, *campaign = day->stage.campaign;

    carry_out(day);
    run(day, false, WORDS("check", "-c", conf, campaign));
    run(day, false, WORDS("plan", "-c", conf, campaign));
    run(day, false, WORDS("plan", "-c", conf, "--json", campaign));
    run(day, false, WORDS("plan", "-c", conf, "--csv", campaign));
    run(day, false, WORDS("status", "-c", conf));
    run(day, false, WORDS("status", "-c", conf, "--json"));
    run(day, false, WORDS("modems", "-c", conf));
    run(day, false, WORDS("modems", "-c", conf, "--json"));
    run(day, false, WORDS("replies", "-c", conf));
    run(day, false, WORDS("replies", "-c", conf, "--json"));
    run(day, false, WORDS("report", "-c", conf, "c1"));
    run(day, false, WORDS("report", "-c", conf, "--csv", "c1"));
    run(day, false, WORDS("report", "-c", conf, "--json", "c1"));
    run(day, false, WORDS("report", "-c", conf, "--deliveries", "c1"));
    run(day, false, WORDS("report", "-c", conf, "--showings", "c1"));
    run(day, false,
        WORDS("report", "-c", conf, "--xlsx", "c1.xlsx", "--refused", "c1-refused.csv", "c1"));
    unpack(day, "c1.xlsx");
    run(day, false, WORDS("optout", "-c", conf, "list"));
    run(day, false, WORDS("optout", "-c", conf, "list", "--json"));
    run(day, false, WORDS("optout", "-c", conf, "prove", NUMBER));
    run(day, false, WORDS("audit", "verify", "-c", conf));
    run(day, false, WORDS("audit", "verify", "-c", conf, "--json"));
    run(day, false, WORDS("audit", "checkpoint", "-c", conf));
    run(day, false, WORDS("audit", "export", "-c", conf, "bundle"));
    assert_true(look_at_files(day->stage.dir) > 8);
}

static void test_with_numbers(void **state)
{
    struct day *day = *state;
    const char *conf = day->stage.conf;
    MEM_FREE_LATER char *path = mem_printf("%s/c1-refused.csv", day->stage.dir);
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;

    carry_out(day);
    run(day, true, WORDS("report", "-c", conf, "--deliveries", "--numbers", "c1"));
    run(day, true, WORDS("replies", "-c", conf, "--numbers"));
    run(day, true, WORDS("optout", "-c", conf, "list", "--numbers"));
    run(day, true, WORDS("optout", "-c", conf, "prove", NUMBER, "--numbers"));
    run(day, false, WORDS("plan", "-c", conf, "--numbers", day->stage.campaign));
    assert_int_equal(buffer_read_file(&text, path, 1 << 20), 0);
    assert_true(tells(buffer_text(&text), text.length));
}

/* Everything but books and simulator.log, which say so. */
static void test_a_rehearsal(void **state)
{
    struct day *day = *state;

    run(day, false,
        WORDS("rehearse", "-c", day->stage.conf, "--verbose", "--out", "rehearsal", "--undelivered",
              "500", day->stage.campaign));
    assert_true(look_at_files(day->stage.dir) >= 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_without_numbers, open_day, close_day),
        cmocka_unit_test_setup_teardown(test_with_numbers, open_day, close_day),
        cmocka_unit_test_setup_teardown(test_a_rehearsal, open_day, close_day),
    };

    umask(0); /* what lawcast makes is closed nevertheless */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
