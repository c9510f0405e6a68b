/* test_office_file: gateway/config/office_file with office_options, idmap and ident. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include <cmocka.h>

#include "gateway/base/buffer.h"
#include "gateway/base/clock.h"
#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/config/config.h"
#include "gateway/config/idmap.h"
#include "tests/support/stage.h"
#include "tests/unit/findings.h"

struct lamp {
    char *colour, *password;
    int64_t brightness;
};

static const struct option_def lamp_options[] = {
    {.name = "colour",
     .type = OPTION_STRING,
     .offset = offsetof(struct lamp, colour),
     .preset = "\"red\"",
     .help_en = "Colour.",
     .help_zh = "颜色。"},
    {.name = "password",
     .type = OPTION_STRING,
     .offset = offsetof(struct lamp, password),
     .required = true,
     .secret = true,
     .help_en = "Password.",
     .help_zh = "密码。"},
    {.name = "brightness",
     .type = OPTION_INT,
     .offset = offsetof(struct lamp, brightness),
     .min = 1,
     .max = 100,
     .preset = "80",
     .unit = "%",
     .help_en = "Brightness.",
     .help_zh = "亮度。"},
    {0},
};

static const struct option_def plain_options[] = {{0}};

static int lamp_check(const void *filled, char *why, size_t why_size)
{
    const struct lamp *lamp = filled;

    if (strcmp(lamp->colour, "black") == 0)
        snprintf(why, why_size, "%s", lang("colour: black is no light.", "colour：黑色不是光。"));
    else if (strcmp(lamp->password, "brightness") == 0)
        snprintf(why, why_size, "%s",
                 lang("brightness is no password.", "brightness 不能作密码。"));
    else
        return 0;
    return 1;
}

static const struct option_kind kinds[] = {
    {.name = "lamp", .options = lamp_options, .size = sizeof(struct lamp), .check = lamp_check},
    {.name = "plain", .options = plain_options},
};

static const struct option_kind *lamps(size_t i)
{
    return i < sizeof kinds / sizeof *kinds ? &kinds[i] : NULL;
}

#define HEAD "office = { name = \"x\"; };\nledger = { path = \"books.db\"; };\n"
#define UNITS                                                                                      \
    "units = ( { id = \"city\"; name = \"City\"; }, { id = \"jinan\"; name = \"J\"; } );\n"
#define BOARD(id, more)                                                                            \
    "{ id = \"" id "\"; url = \"http://192.0.2.1\"; width = 64; height = 32; " more " }"
#define LAMP "owner = \"city\"; kind = \"lamp\"; password = \"p\";"

static struct office *read_office(const char *text, struct diag *diag)
{
    struct office *office;
    struct stage stage;
    int rc;

    stage_open(&stage);
    stage_write(&stage, "lawcast.cfg", "%s", text);
    rc = config_read_office(stage.conf, lamps, diag, &office);
    assert_int_equal(rc, diag->errors > 0);
    assert_int_equal(rc, office == NULL);
    stage_close(&stage);
    return office;
}

static void drop_office(struct office *office)
{
    office_free(office);
    free(office);
}

static void test_whole(void **state)
{
    struct diag diag = DIAG_NULL;
    struct office *office = read_office(
        "office = { name = \"办公室\"; timezone = \"Europe/Berlin\"; };\n"
        "ledger = { path = \"sub/books.db\"; };\n"
        "units = ( { id = \"city\"; name = \"市法宣办\"; signature = \"六安市法宣办\";\n"
        "  contact = { name = \"甲\"; position = \"乙\"; phone = \"丙\"; }; },\n"
        "  { id = \"jinan\"; name = \"金安\"; } );\n"
        "modems = (\n { id = \"a\"; devices = [ \"/dev/x[08-11]\", \"/dev/y\" ]; smsc = "
        "\"+8613800000000\"; per_day = 1000; },\n"
        " { id = \"b\"; devices = \"/dev/z\"; connection = \"at9600\"; grace_ms = -1; timeout_ms = "
        "1000; per_hour = 60; } );\n"
        "boards = ( " BOARD(
            "one", "owner = \"jinan\"; kind = \"lamp\"; password = \"p\"; "
                   "brightness = 5;") ",\n" BOARD("two", "owner = \"city\"; kind = \"plain\"; "
                                                         "timeout_ms = 500;") " );\n",
        &diag);
    const struct lamp *lamp;
    char text[20];

    (void)state;
    assert_int_equal(diag.n, 0);
    assert_non_null(office);
    assert_string_equal(office->name, "办公室");
    assert_non_null(strstr(office->ledger_path, "/sub/books.db"));
    assert_int_equal(office->ledger_path[0], '/');
    assert_int_equal(office->n_units, 2);
    assert_string_equal(office->units[0].signature, "六安市法宣办");
    assert_string_equal(office->units[0].contact.position, "乙");
    assert_null(office->units[1].signature);
    assert_int_equal(office->units[1].line, 5);
    assert_int_equal(office->n_modems, 6);
    assert_string_equal(office->modems[1].id, "a/1");
    assert_string_equal(office->modems[1].bank, "a");
    assert_string_equal(office->modems[1].device, "/dev/x09");
    assert_string_equal(office->modems[1].connection, "at115200");
    assert_int_equal(office->modems[1].grace_ms, 5);
    assert_int_equal(office->modems[1].timeout_ms, 60000);
    assert_string_equal(office->modems[4].id, "a/4");
    assert_string_equal(office->modems[4].device, "/dev/y");
    assert_string_equal(office->modems[5].id, "b/0");
    assert_string_equal(office->modems[5].connection, "at9600");
    assert_int_equal(office->modems[5].grace_ms, -1);
    assert_null(office->modems[5].smsc);
    assert_int_equal(office->n_boards, 2);
    assert_int_equal(office->boards[0].owner, 1);
    assert_ptr_equal(office->boards[0].kind, &kinds[0]);
    lamp = office->boards[0].options;
    assert_string_equal(lamp->colour, "\"red\"");
    assert_int_equal(lamp->brightness, 5);
    assert_int_equal(office->boards[0].timeout_ms, 10000);
    assert_int_equal(office->boards[1].timeout_ms, 500);
    assert_int_equal(office->boards[1].line, 10);
    clock_format(INT64_C(1793406600000), text);
    assert_string_equal(text, "2026-10-31 01:30:00"); /* the time zone is in force */
    drop_office(office);
}

static const struct {
    const char *text;
    int line;
    const char *part;
} mistakes[] = {
    {"ledger = { path = \"b\"; };\n" UNITS, 0, "office is missing"},
    {"office = 5; ledger = { path = \"b\"; };\n" UNITS, 1, "office expects a group"},
    {"office = { name = \"x\"; timezone = \"Asia/Shangai\"; }; ledger = { path = \"b\"; };\n" UNITS,
     1, "Asia/Shangai is not known"},
    {"office = { name = \"x\"; timezone = \"../../../etc/passwd\"; }; ledger = { path = \"b\"; "
     "};\n" UNITS,
     1, "is not known"},
    {"office = { name = \"x\"; timezone = \"Asia\"; }; ledger = { path = \"b\"; };\n" UNITS, 1,
     "is not known"},
    {HEAD, 0, "units is missing"},
    {HEAD "units = ( );", 3, "units is empty"},
    {HEAD UNITS "board = ( );", 4, "Did you mean boards?"},
    {HEAD "units = ( { id = \"a b\"; name = \"x\"; } );", 3, "letters, digits"},
    {HEAD "units = ( { id = \"a2345678901234567890123456789012x\"; name = \"x\"; } );", 3,
     "1 to 32"},
    {HEAD "units = ( { id = \"a\"; name = \"x\"; },\n { id = \"a\"; name = \"y\"; } );", 4,
     "the first is in line 3"},
    {HEAD "units = ( { id = \"a\"; name = \"x\"; signature = \"【六安】\"; } );", 3,
     "without the brackets"},
    {HEAD UNITS "modems = ( { id = \"m\"; devices = \"/dev/m[0-3\"; } );", 4, "one range"},
    {HEAD UNITS "modems = ( { id = \"m\"; devices = \"/dev/m[0-9000]\"; } );", 4, "at most 4096"},
    {HEAD UNITS "modems = ( { id = \"m\"; devices = \"ttyUSB0\"; } );", 4, "beginning with /"},
    {HEAD UNITS "modems = ( { id = \"m\"; devices = \"/dev/m[0-3]\"; },\n"
                "{ id = \"n\"; devices = \"/dev/m2\"; } );",
     5, "/dev/m2 stands here for the second time"},
    {HEAD UNITS
     "modems = ( { id = \"m\"; devices = \"/dev/a\"; },\n { id = \"m\"; devices = \"/dev/b\"; } );",
     5, "m stands here for the second time"},
    {HEAD UNITS "modems = ( { id = \"m\"; devices = \"/dev/a\"; connection = \"at1200\"; } );", 4,
     "\"at\", \"at9600\""},
    {HEAD UNITS "modems = ( { id = \"m\"; devices = \"/dev/a\"; grace_ms = 501; } );", 4,
     "between -1 and 500 ms"},
    {HEAD UNITS "modems = ( { id = \"m\"; devices = \"/dev/a\"; smsc = \"+86 138\"; } );", 4,
     "smsc expects"},
    {HEAD UNITS "modems = ( { id = \"m\"; } );", 4, "devices is missing here"},
    {HEAD UNITS "boards = ( " BOARD("a", "owner = \"citi\"; kind = \"plain\";") " );", 4,
     "Did you mean \"city\"?"},
    {HEAD UNITS "boards = ( " BOARD("a", "owner = \"city\"; kind = \"lump\"; x = 5;") " );", 4,
     "the kinds are: lamp, plain"},
    {HEAD UNITS "boards = ( " BOARD("a", "owner = \"city\";") " );", 4, "kind is missing here"},
    {HEAD UNITS "boards = ( " BOARD("a", "owner = \"city\"; kind = \"lamp\";") " );", 4,
     "password is missing here"},
    {HEAD UNITS "boards = ( " BOARD("a", LAMP "brightness = 101;") " );", 4,
     "1 and 100 %, not 101"},
    {HEAD UNITS "boards = ( " BOARD("a", LAMP "brighness = 50;") " );", 4,
     "Did you mean brightness?"},
    {HEAD UNITS "boards = ( " BOARD("a", LAMP) ",\n" BOARD("a", LAMP) " );", 5, "lawcast.cfg:4"},
    {HEAD UNITS
     "modems = ( { id = \"a\"; devices = \"/dev/a\"; } );\nboards = ( " BOARD("a", LAMP) " );",
     5, "a stands here for the second time"},
    {HEAD UNITS "boards = ( " BOARD("a", LAMP "\ncolour = \"black\";") " );", 5, "no light"},
    {HEAD UNITS "boards = ( " BOARD(
         "a", "owner = \"city\"; kind = \"lamp\";\npassword = \"brightness\";") " );",
     4, "no password"}, /* the option at fault isn't written: the board's line */
    {HEAD UNITS "boards = ( " BOARD("a", LAMP "brightness = 0; colour = \"black\";") " );", 4,
     "1 and 100 %"}, /* what is filled with errors isn't checked */
    {HEAD UNITS "boards = ( { id = \"a\"; url = \"192.0.2.1\"; width = 1; height = 1; " LAMP
                " } );",
     4, "url expects"},
    {HEAD UNITS "boards = ( { id = \"a\"; url = \"http://\"; width = 1; height = 1; " LAMP " } );",
     4, "url expects"},
    {HEAD UNITS "boards = ( { id = \"a\"; url = \"http://a b\"; width = 1; height = 1; " LAMP
                " } );",
     4, "url expects"},
};

static void check_mistakes(bool chinese)
{
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        struct diag diag = DIAG_NULL;

        assert_null(read_office(mistakes[i].text, &diag));
        if (chinese)
            assert_true(diag.errors == 1 && findings_are_chinese(&diag));
        else
            findings_expect_one(&diag, "/lawcast.cfg", mistakes[i].line, mistakes[i].part);
        diag_free(&diag);
    }
}

static void test_mistakes(void **state)
{
    (void)state;
    check_mistakes(false);
    setenv("LC_ALL", "zh_CN.UTF-8", 1);
    check_mistakes(true);
    setenv("LC_ALL", "C", 1);
}

/* Every board is checked by its kind, though one before it is wrong. */
static void test_all_boards_are_checked(void **state)
{
    struct diag diag = DIAG_NULL;

    (void)state;
    assert_null(read_office(HEAD UNITS
                            "boards = ( " BOARD("a", LAMP "colour = \"black\";") ",\n" BOARD(
                                "b", LAMP) ",\n" BOARD("c", LAMP "colour = \"black\";") " );",
                            &diag));
    assert_int_equal(diag.errors, 2);
    findings_expect(&diag, DIAG_ERROR, "/lawcast.cfg", 4, "no light");
    findings_expect(&diag, DIAG_ERROR, "/lawcast.cfg", 6, "no light");
    diag_free(&diag);
}

/* A range without its brackets is a good name for a device, and seldom meant so. */
static void test_range_without_brackets(void **state)
{
    static const struct {
        const char *device;
        bool warned;
    } cases[] = {{"/dev/ttyUSB0-4", true},       {"/dev/ttyUSB10-63", true},
                 {"/dev/ttyUSB[0-4]", false},    {"/dev/ttyUSB0", false},
                 {"/dev/ttyUSB-4", false},       {"/dev/x-1-4", false},
                 {"/dev/pci-0:1.0-port0", false}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct diag diag = DIAG_NULL;
        MEM_FREE_LATER char *text = mem_printf(
            HEAD UNITS "modems = ( { id = \"m\"; devices = \"%s\"; } );", cases[i].device);
        struct office *office = read_office(text, &diag);

        assert_non_null(office);
        assert_int_equal(findings_have(&diag, DIAG_WARNING, "/lawcast.cfg", 4, "in brackets"),
                         cases[i].warned);
        diag_free(&diag);
        office_free(office);
        free(office);
    }
}

static void test_urls(void **state)
{
    static const struct {
        const char *url;
        bool fine;
    } cases[] = {
        {"http://192.0.2.1", true},
        {"https://board.example.cn/", true},
        {"http://192.0.2.1:8080/a/b%20c", true},
        {"http://[2001:db8::1]:80", true},
        {"http://[2001:db8::1]", true},
        {"http://a_b-c.d:65535", true},
        {"http://user@192.0.2.1/x@y", true},
        {"ftp://192.0.2.1", false},
        {"http:/192.0.2.1", false},
        {"http://", false},
        {"http:///x", false},
        {"http://user@/x", false},
        {"http://192.0.2.1?x=1", false},
        {"http://192.0.2.1/?x=1", false},
        {"http://192.0.2.1/#x", false},
        {"http://192.0.2.1:", false},
        {"http://192.0.2.1:0", false},
        {"http://192.0.2.1:65536", false},
        {"http://192.0.2.1:99999999999999999999999", false},
        {"http://192.0.2.1:80x/", false},
        {"http://[2001:db8::1", false},
        {"http://[]", false},
        {"http://[2001:db8::1]80", false},
        {"http://a b", false},
        {"http://法/", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buffer text = BUFFER_NULL;
        struct diag diag = DIAG_NULL;
        struct office *office;

        buffer_printf(&text,
                      HEAD UNITS
                      "boards = ( { id = \"a\"; url = \"%s\"; width = 1; height = 1; " LAMP " } );",
                      cases[i].url);
        office = read_office(buffer_text(&text), &diag);
        if ((office != NULL) != cases[i].fine)
            fail_msg("%s: %zu errors", cases[i].url, diag.errors);
        if (office)
            drop_office(office);
        diag_free(&diag);
        buffer_free(&text);
    }
}

static void test_all_at_once(void **state)
{
    struct diag diag = DIAG_NULL;

    (void)state;
    assert_null(read_office("office = { };\nunits = ( { id = \"a b\"; } );\n"
                            "modems = ( { id = \"m\"; devices = \"x\"; } );\n"
                            "boards = ( { id = \"a\"; kind = \"plain\"; owner = \"q\"; } );\n",
                            &diag));
    findings_expect(&diag, DIAG_ERROR, "/lawcast.cfg", 0, "ledger is missing");
    findings_expect(&diag, DIAG_ERROR, "/lawcast.cfg", 1, "name is missing");
    findings_expect(&diag, DIAG_ERROR, "/lawcast.cfg", 2, "letters, digits");
    findings_expect(&diag, DIAG_ERROR, "/lawcast.cfg", 2, "name is missing");
    findings_expect(&diag, DIAG_ERROR, "/lawcast.cfg", 3, "beginning with /");
    findings_expect(&diag, DIAG_ERROR, "/lawcast.cfg", 4, "url is missing");
    findings_expect(&diag, DIAG_ERROR, "/lawcast.cfg", 4, "width is missing");
    findings_expect(&diag, DIAG_ERROR, "/lawcast.cfg", 4, "height is missing");
    findings_expect(&diag, DIAG_ERROR, "/lawcast.cfg", 4, "no \"q\"");
    diag_free(&diag);
}

/* A big city's file: uniqueness must not cost a pass over all boards for each. */
static void test_large(void **state)
{
    struct buffer text = BUFFER_NULL;
    struct diag diag = DIAG_NULL;
    struct office *office;
    int64_t start;

    (void)state;
    buffer_add_text(&text, HEAD UNITS
                    "modems = ( { id = \"m\"; devices = \"/dev/m[0-511]\"; } );\nboards = (");
    for (int i = 0; i < 10000; i++)
        buffer_printf(&text,
                      "%s{ id = \"b%d\"; url = \"http://192.0.2.1\"; width = 64; height = 32; "
                      "owner = \"jinan\"; kind = \"lamp\"; password = \"p\"; }\n",
                      i ? "," : "", i);
    buffer_add_text(&text, ");");
    start = clock_mono_ms();
    office = read_office(buffer_text(&text), &diag);
    assert_non_null(office);
    assert_in_range(clock_mono_ms() - start, 0,
                    5000); /* 50 ms measured; quadratic takes far more */
    assert_int_equal(office->n_boards, 10000);
    assert_int_equal(office->n_modems, 512);
    assert_string_equal(office->modems[511].id, "m/511");
    drop_office(office);
    diag_free(&diag);
    buffer_free(&text);
}

static void test_idmap(void **state)
{
    struct idmap *map = idmap_new();
    char keys[500][8];

    (void)state;
    for (int i = 0; i < 500; i++) {
        snprintf(keys[i], sizeof keys[i], "k%d", i);
        assert_int_equal(idmap_add(map, keys[i], i), -1);
    }
    for (int i = 0; i < 500; i++)
        assert_int_equal(idmap_add(map, keys[i], 7), i);
    assert_int_equal(idmap_find(map, "k499"), 499);
    assert_int_equal(idmap_find(map, "k500"), -1);
    assert_null(idmap_nearest(map, "zzzzzz"));
    assert_string_equal(idmap_nearest(map, "kk499"), "k499");
    idmap_free(map);
    idmap_free(NULL);
}

/* What is printed names every option, and no secret's preset. */
static void test_print(void **state)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);

    (void)state;
    config_print_office_options(out, lamps);
    assert_int_equal(fclose(out), 0);
    assert_non_null(strstr(text, "grace_ms"));
    assert_non_null(strstr(text, "-1..500 ms | \"libgammu\", default 5"));
    assert_non_null(strstr(text, "kind = \"lamp\""));
    assert_non_null(strstr(text, "1..100 %, default 80"));
    assert_non_null(strstr(text, "default \"\\\"red\\\"\""));
    assert_non_null(strstr(text, "secret"));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole),
        cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_all_at_once),
        cmocka_unit_test(test_all_boards_are_checked),
        cmocka_unit_test(test_range_without_brackets),
        cmocka_unit_test(test_urls),
        cmocka_unit_test(test_large),
        cmocka_unit_test(test_idmap),
        cmocka_unit_test(test_print),
    };

    umask(077); /* some offices have passwords */
    setenv("LC_ALL", "C", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
