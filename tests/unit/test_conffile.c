/* test_conffile: gateway/config/conffile with conftext, confscan, conffill and devices. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "gateway/base/buffer.h"
#include "gateway/config/conffile.h"
#include "gateway/config/devices.h"
#include "tests/support/stage.h"
#include "tests/unit/findings.h"

struct sample {
    char *text;
    int64_t number;
    bool flag;
    int choice;
    struct option_strings list;
    int64_t time;
};

static const char *const sample_choices[] = {"red", "green", NULL};

static const struct option_def sample_options[] = {
    {.name = "text",
     .type = OPTION_STRING,
     .offset = offsetof(struct sample, text),
     .max = 10,
     .preset = "preset",
     .help_en = "A text.",
     .help_zh = "文字。"},
    {.name = "number",
     .type = OPTION_INT,
     .offset = offsetof(struct sample, number),
     .min = 1,
     .max = 200,
     .preset = "7",
     .unit = "ms",
     .help_en = "A number.",
     .help_zh = "数字。"},
    {.name = "flag",
     .type = OPTION_BOOL,
     .offset = offsetof(struct sample, flag),
     .preset = "true",
     .help_en = "A flag.",
     .help_zh = "开关。"},
    {.name = "choice",
     .type = OPTION_CHOICE,
     .offset = offsetof(struct sample, choice),
     .preset = "green",
     .choices = sample_choices,
     .help_en = "A choice.",
     .help_zh = "选择。"},
    {.name = "list",
     .type = OPTION_STRINGS,
     .offset = offsetof(struct sample, list),
     .max = 3,
     .help_en = "A list.",
     .help_zh = "列表。"},
    {.name = "time",
     .type = OPTION_TIME,
     .offset = offsetof(struct sample, time),
     .help_en = "A time.",
     .help_zh = "时间。"},
    {.name = "group", .type = OPTION_SKIP, .help_en = "A group.", .help_zh = "组。"},
    {0},
};

static const struct option_def needy_options[] = {
    {.name = "must",
     .type = OPTION_STRING,
     .required = true,
     .help_en = "Has to be there.",
     .help_zh = "必填。"},
    {0},
};

/* Reads length bytes as a file and fills a sample from its root. */
static void read_sample(const char *text, size_t length, struct diag *diag, struct sample *sample)
{
    struct stage stage;
    struct conffile *conf;
    FILE *file;

    stage_open(&stage);
    file = fopen(stage.conf, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
    *sample = (struct sample){0};
    if (conffile_open(stage.conf, diag, &conf) == 0) {
        struct conf_part part = {sample_options, sample};

        conffile_fill(conf, conffile_root(conf), &part, 1);
    }
    conffile_close(conf);
    stage_close(&stage);
}

static void test_values(void **state)
{
    static const char text[] = "# comment \"\n"
                               "text = \"a\" /* in\nside */ \"b\\\"//\"; // more @include\n"
                               "number : 0xC8\nflag = false;\r\nchoice = \"red\"\n"
                               "list = [ \"x\", \"y\" ];\ntime = \"2026-10-31 08:30\";";
    struct diag diag = DIAG_NULL;
    struct sample sample;

    (void)state;
    read_sample(text, sizeof text - 1, &diag, &sample);
    diag_print(&diag, stderr);
    assert_int_equal(diag.n, 0);
    assert_string_equal(sample.text, "ab\"//");
    assert_int_equal(sample.number, 200);
    assert_false(sample.flag);
    assert_int_equal(sample.choice, 0);
    assert_int_equal(sample.list.n, 2);
    assert_string_equal(sample.list.items[1], "y");
    assert_int_equal(sample.time, INT64_C(1793406600000));
    option_release(sample_options, &sample);
}

static void test_presets(void **state)
{
    struct diag diag = DIAG_NULL;
    struct sample sample;

    (void)state;
    read_sample("", 0, &diag, &sample);
    assert_int_equal(diag.n, 0);
    assert_string_equal(sample.text, "preset");
    assert_int_equal(sample.number, 7);
    assert_true(sample.flag);
    assert_int_equal(sample.choice, 1);
    assert_int_equal(sample.list.n, 0);
    option_release(sample_options, &sample);
}

/* One text for a list of texts is a list of one. */
static void test_single_string(void **state)
{
    struct diag diag = DIAG_NULL;
    struct sample sample;

    (void)state;
    read_sample("list = \"x\";", 11, &diag, &sample);
    assert_int_equal(diag.n, 0);
    assert_int_equal(sample.list.n, 1);
    assert_string_equal(sample.list.items[0], "x");
    option_release(sample_options, &sample);
}

static const struct {
    const char *text;
    int line;
    const char *part;
} mistakes[] = {
    /* what libconfig would silently misread */
    {"number = 2147483648;", 1, "2147483648 is too large"},
    {"\nnumber = -2147483649;", 2, "too large"},
    {"number = 99999999999999999999;", 1, "too large"},
    {"number = 9223372036854775808L;", 1, "too large"},
    {"number = 0xFFFFFFFF;", 1, "0xFFFFFFFF is too large"},
    {"number = 0x1FFFFFFFFFFFFFFFFL;", 1, "too large"},
    {"number = 2147483648L;", 1, "between 1 and 200 ms"},
    {"number = 1;\n/* never closed\nflag = true;", 2, "never ends"},
    {"text = \"a\";\n\ntext2 = \"b;\n", 3, "closing \" is missing"},
    {"text = \"a\\u4e2d\";", 1, "hexadecimal"},
    {"text = \"a\\x00b\";", 1, "hexadecimal"},
    {"text = \"\\xC3\";", 1, "no valid UTF-8"},
    {"flag = true;\n@include \"missing.cfg\"\n", 2, "missing.cfg can't be read"},
    {"@include \"/tmp\"\n", 1, "/tmp is a directory"},
    {"@include \"/dev/null\"\n", 1, "a device"},
    {"@include \"lawcast.cfg\"\n", 1, "includes itself"},
    {"@import \"x\"\n", 1, "only include"},
    {"number = 5\xEF\xBC\x9B\n", 1, "write ';'"},
    {"text = \xE2\x80\x9C"
     "a\xE2\x80\x9D;",
     1, "write '\"'"},
    {"\xE5\x90\x8D = 5;", 1, "outside of quotation marks"},
    {"\ntext = \"\xD6\xD0\";", 2, "not UTF-8"},
    {"\xFF\xFEt\x01", 1, "UTF-16"},
    /* grammar */
    {"number = 5;\nnumber = 6;", 2, "second time"},
    {"text = ;", 1, "can't be read"},
    /* names, types, ranges */
    {"numbre = 5;", 1, "Did you mean number?"},
    {"zzzzzzzz = 5;", 1, "zzzzzzzz is not an option here"},
    {"Number = 5;", 1, "Did you mean number?"},
    {"number = \"5\";", 1, "without quotation marks"},
    {"number = 5.0;", 1, "expects a whole number"},
    {"number = 0;", 1, "between 1 and 200 ms, not 0"},
    {"number = 201;", 1, "not 201"},
    {"flag = 1;", 1, "true or false"},
    {"flag = \"true\";", 1, "true or false"},
    {"choice = \"blue\";", 1, "\"red\", \"green\""},
    {"choice = 1;", 1, "a text in quotation marks"},
    {"text = 5;", 1, "a text in quotation marks"},
    {"text = \"12345678901\";", 1, "11 bytes"},
    {"list = 5;", 1, "expects texts"},
    {"list = [ 1, 2 ];", 1, "expects texts"},
    {"list = [ \"a\", \"\", \"b\" ];", 1, "must not be empty"},
    {"list = [ \"a\", \"b\", \"c\", \"d\" ];", 1, "4 texts"},
    {"time = \"2026-02-30 08:30\";", 1, "not a time"},
    {"time = 5;", 1, "expects a time"},
};

static void test_mistakes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        struct diag diag = DIAG_NULL;
        struct sample sample;

        read_sample(mistakes[i].text, strlen(mistakes[i].text), &diag, &sample);
        findings_expect_one(&diag, "/lawcast.cfg", mistakes[i].line, mistakes[i].part);
        option_release(sample_options, &sample);
        diag_free(&diag);
    }
}

static void test_mistakes_in_chinese(void **state)
{
    (void)state;
    setenv("LC_ALL", "zh_CN.UTF-8", 1);
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        struct diag diag = DIAG_NULL;
        struct sample sample;

        read_sample(mistakes[i].text, strlen(mistakes[i].text), &diag, &sample);
        assert_int_equal(diag.errors, 1);
        assert_true(findings_are_chinese(&diag));
        assert_null(strstr(diag.entries[0].message, " ms"));
        option_release(sample_options, &sample);
        diag_free(&diag);
    }
    setenv("LC_ALL", "C", 1);
}

static void test_nul_byte(void **state)
{
    struct diag diag = DIAG_NULL;
    struct sample sample;

    (void)state;
    read_sample("number = 1;\n\0flag", 17, &diag, &sample);
    findings_expect_one(&diag, "/lawcast.cfg", 2, "NUL");
    diag_free(&diag);
}

/* A byte-order mark is told and passed over. */
static void test_mark(void **state)
{
    static const char text[] = "\xEF\xBB\xBFnumber = 9;";
    struct diag diag = DIAG_NULL;
    struct sample sample;

    (void)state;
    read_sample(text, sizeof text - 1, &diag, &sample);
    assert_int_equal(diag.errors, 0);
    assert_int_equal(sample.number, 9);
    findings_expect(&diag, DIAG_WARNING, "/lawcast.cfg", 1, "byte-order mark");
    option_release(sample_options, &sample);
    diag_free(&diag);
}

static void test_all_at_once(void **state)
{
    static const char text[] = "numbre = 5;\nflag = 1;\nchoice = \"blue\";\nlist = 5;\n";
    struct diag diag = DIAG_NULL;
    struct sample sample;

    (void)state;
    read_sample(text, sizeof text - 1, &diag, &sample);
    assert_int_equal(diag.errors, 4);
    for (int line = 1; line <= 4; line++)
        findings_expect(&diag, DIAG_ERROR, "/lawcast.cfg", line, "");
    option_release(sample_options, &sample);
    diag_free(&diag);
}

static void test_missing(void **state)
{
    struct stage stage;
    struct diag diag = DIAG_NULL;
    struct conffile *conf;
    char *must = NULL;
    struct conf_part part = {needy_options, &must};
    size_t n;
    conf_setting list;

    (void)state;
    stage_open(&stage);
    stage_write(&stage, "lawcast.cfg", "%s",
                "list = (\n { must = \"x\"; },\n\n { other = 1; },\n {must=\"\";} );\n"
                "single = { };\nmixed = ( { }, 5 );\n");
    assert_int_equal(conffile_open(stage.conf, &diag, &conf), 0);
    list = conffile_list(conf, conffile_root(conf), "list", &n);
    assert_int_equal(n, 3);
    for (size_t i = 0; i < n; i++) {
        conffile_fill(conf, conffile_element(list, i), &part, 1);
        option_release(needy_options, &must);
    }
    assert_int_equal(diag.errors, 3);
    findings_expect(&diag, DIAG_ERROR, "/lawcast.cfg", 4, "must is missing here");
    findings_expect(&diag, DIAG_ERROR, "/lawcast.cfg", 4, "other is not an option");
    findings_expect(&diag, DIAG_ERROR, "/lawcast.cfg", 5, "must not be empty");
    assert_null(conffile_list(conf, conffile_root(conf), "single", &n));
    assert_null(conffile_list(conf, conffile_root(conf), "mixed", &n));
    assert_null(conffile_group(conf, conffile_root(conf), "list"));
    assert_int_equal(diag.errors, 6);
    findings_expect(&diag, DIAG_ERROR, "/lawcast.cfg", 7, "mixed expects a list of groups");
    conffile_close(conf);
    stage_close(&stage);
    diag_free(&diag);
}

/* Includes are relative to the including file; places name the file that says it. */
static void test_includes(void **state)
{
    struct stage stage;
    struct diag diag = DIAG_NULL;
    struct conffile *conf;
    struct sample sample = {0};
    struct conf_part part = {sample_options, &sample};
    char folder[128];
    conf_setting late;

    (void)state;
    stage_open(&stage);
    snprintf(folder, sizeof folder, "%s/inner", stage.dir);
    assert_int_equal(mkdir(folder, 0700), 0);
    stage_write(&stage, "lawcast.cfg", "%s",
                "# one\n  @include \"inner/a.cfg\"\nlate = 1;\n/* @include \"no\" */\n");
    stage_write(&stage, "inner/a.cfg", "%s", "number = 300;\n@include \"b.cfg\" flag = 5;\n");
    stage_write(&stage, "inner/b.cfg", "%s", "\n\nchoice = \"blue\";");
    assert_int_equal(conffile_open(stage.conf, &diag, &conf), 0);
    conffile_fill(conf, conffile_root(conf), &part, 1);
    assert_int_equal(diag.errors, 4);
    findings_expect(&diag, DIAG_ERROR, "/inner/a.cfg", 1, "not 300");
    findings_expect(&diag, DIAG_ERROR, "/inner/b.cfg", 3, "blue");
    findings_expect(&diag, DIAG_ERROR, "/inner/a.cfg", 2, "flag expects");
    findings_expect(&diag, DIAG_ERROR, "/lawcast.cfg", 3, "late is not an option");
    late = conffile_member(conffile_root(conf), "late");
    assert_int_equal(conffile_main_line(conf, late), 3);
    assert_int_equal(conffile_main_line(conf, conffile_member(conffile_root(conf), "choice")), 2);
    assert_non_null(strstr(conffile_source(conf), "choice = \"blue\";"));
    conffile_close(conf);
    option_release(sample_options, &sample);
    stage_close(&stage);
    diag_free(&diag);
}

static void test_include_depth(void **state)
{
    struct stage stage;
    struct diag diag = DIAG_NULL;
    struct conffile *conf;
    char name[32];

    (void)state;
    stage_open(&stage);
    for (int i = 0; i < 12; i++) {
        snprintf(name, sizeof name, i ? "%d.cfg" : "lawcast.cfg", i);
        stage_write(&stage, name, "@include \"%d.cfg\"\n", i + 1);
    }
    stage_write(&stage, "12.cfg", "%s", "");
    assert_int_equal(conffile_open(stage.conf, &diag, &conf), 1);
    assert_null(conf);
    findings_expect_one(&diag, "/10.cfg", 1, "at most 10 deep");
    diag_free(&diag);
    stage_write(&stage, "10.cfg", "%s", "x = 1;\n");
    assert_int_equal(conffile_open(stage.conf, &diag, &conf), 0);
    conffile_close(conf);
    stage_close(&stage);
}

static void test_not_a_file(void **state)
{
    struct diag diag = DIAG_NULL;
    struct conffile *conf;

    (void)state;
    assert_int_equal(conffile_open("/nowhere/lawcast.cfg", &diag, &conf), 1);
    findings_expect_one(&diag, "/nowhere/lawcast.cfg", 0, "can't be read");
    diag_free(&diag);
    assert_int_equal(conffile_open("/tmp", &diag, &conf), 1);
    findings_expect_one(&diag, "/tmp", 0, "is a directory");
    diag_free(&diag);
}

static void test_devices(void **state)
{
    static const struct {
        const char *pattern;
        int rc;
        size_t n;
        const char *first, *last;
    } cases[] = {
        {"/dev/ttyUSB0", 0, 1, "/dev/ttyUSB0", "/dev/ttyUSB0"},
        {"/dev/ttyUSB[0-63]", 0, 64, "/dev/ttyUSB0", "/dev/ttyUSB63"},
        {"/dev/m[00-15]x", 0, 16, "/dev/m00x", "/dev/m15x"},
        {"/dev/m[8-12]", 0, 5, "/dev/m8", "/dev/m12"},
        {"/dev/m[008-012]", 0, 5, "/dev/m008", "/dev/m012"},
        {"/dev/m[5-5]", 0, 1, "/dev/m5", "/dev/m5"},
        {"/dev/m[5-4]", DEVICES_DOWNWARD, 0, NULL, NULL},
        {"/dev/m[0-64]", DEVICES_TOO_MANY, 0, NULL, NULL},
        {"/dev/m[0-9999999]", DEVICES_PATTERN, 0, NULL, NULL},
        {"/dev/m[0-]", DEVICES_PATTERN, 0, NULL, NULL},
        {"/dev/m[-3]", DEVICES_PATTERN, 0, NULL, NULL},
        {"/dev/m[a-b]", DEVICES_PATTERN, 0, NULL, NULL},
        {"/dev/m[0-3", DEVICES_PATTERN, 0, NULL, NULL},
        {"/dev/m0-3]", DEVICES_PATTERN, 0, NULL, NULL},
        {"/dev/m[0-3][0-3]", DEVICES_PATTERN, 0, NULL, NULL},
        {"ttyUSB0", DEVICES_RELATIVE, 0, NULL, NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct option_strings out = {0};

        assert_int_equal(devices_expand(cases[i].pattern, 64, &out), cases[i].rc);
        assert_int_equal(out.n, cases[i].n);
        if (out.n) {
            assert_string_equal(out.items[0], cases[i].first);
            assert_string_equal(out.items[out.n - 1], cases[i].last);
        }
        for (size_t k = 0; k < out.n; k++)
            free(out.items[k]);
        free(out.items);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_presets),
        cmocka_unit_test(test_single_string),
        cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_mistakes_in_chinese),
        cmocka_unit_test(test_nul_byte),
        cmocka_unit_test(test_mark),
        cmocka_unit_test(test_all_at_once),
        cmocka_unit_test(test_missing),
        cmocka_unit_test(test_includes),
        cmocka_unit_test(test_include_depth),
        cmocka_unit_test(test_not_a_file),
        cmocka_unit_test(test_devices),
    };

    setenv("LC_ALL", "C", 1);
    setenv("TZ", "Asia/Shanghai", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
