/* test_office_boards: what all boards have in common, the owners' tokens, the listener, passwords
 * in files that others may read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "gateway/config/config.h"
#include "tests/support/stage.h"
#include "tests/unit/findings.h"

static const struct option_def no_options[] = {{0}};
static const struct option_kind plain = {.name = "plain", .options = no_options};

static const struct option_kind *plain_only(size_t i)
{
    return i == 0 ? &plain : NULL;
}

#define HEAD  "office = { name = \"x\"; };\nledger = { path = \"b\"; };\n"
#define UNITS "units = ( { id = \"city\"; name = \"City\"; } );\n"
#define BOARD                                                                                      \
    "boards = ( { id = \"a\"; owner = \"city\"; kind = \"plain\"; url = \"http://192.0.2.1\"; "    \
    "width = 64; height = 32;\n"
#define KEY   "key = \"0123456789abcdef\";"
#define TOKEN "token = \"made-up-0123456789\";"

static struct office *read_as(const char *text, mode_t mode, struct diag *diag)
{
    struct office *office;
    struct stage stage;
    int rc;

    stage_open(&stage);
    stage_write(&stage, "lawcast.cfg", "%s", text);
    assert_int_equal(chmod(stage.conf, mode), 0);
    rc = config_read_office(stage.conf, plain_only, diag, &office);
    assert_int_equal(rc, diag->errors > 0);
    assert_int_equal(rc, office == NULL);
    stage_close(&stage);
    return office;
}

static void drop(struct office *office)
{
    if (office)
        office_free(office);
    free(office);
}

static void test_whole(void **state)
{
    struct diag diag = DIAG_NULL;
    struct office *office = read_as(
        HEAD "units = ( { id = \"city\"; name = \"City\"; " TOKEN " } );\n" BOARD
             "place = \"广场\"; ca_file = \"ca.pem\"; font_px = 24; speed_pxs = 60; color = "
             "\"#00FF7f\"; render = \"picture\"; turn = 5; item = 20; quiet = [ \"07:00-08:30\", "
             "\"sat 10:00-11:00\" ]; } );\n"
             "listen = { address = \"::1\"; port = 0; url = \"https://law.example/in/\"; " KEY
             " };\n",
        0600, &diag);
    const struct board *board;

    (void)state;
    diag_print(&diag, stderr);
    assert_non_null(office);
    assert_int_equal(diag.n, 0);
    board = &office->boards[0];
    assert_string_equal(board->place, "广场");
    assert_true(board->ca_file[0] == '/' && strstr(board->ca_file, "/ca.pem"));
    assert_int_equal(board->font_px, 24);
    assert_int_equal(board->speed_pxs, 60);
    assert_string_equal(board->color, "#00FF7f");
    assert_int_equal(board->render, RENDER_PICTURE);
    assert_int_equal(board->turn_s, 5);
    assert_int_equal(board->item_s, 20);
    assert_int_equal(board->quiet.n, 2);
    assert_int_equal(board->quiet.spans[1].days, 1u << 5);
    assert_string_equal(office->units[0].token, "made-up-0123456789");
    assert_string_equal(office->listen.address, "::1");
    assert_int_equal(office->listen.port, 0);
    assert_string_equal(office->listen.url, "https://law.example/in");
    assert_string_equal(office->listen.key, "0123456789abcdef");
    assert_int_equal(office->listen.line, 6);
    drop(office);
}

static void test_presets(void **state)
{
    static const struct {
        int64_t height, font_px;
    } cases[] = {{64, 16}, {16, 16}, {12, 12}, {1, 1}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct diag diag = DIAG_NULL;
        struct office *office;
        char text[600];

        snprintf(text, sizeof text,
                 HEAD UNITS "boards = ( { id = \"a\"; owner = \"city\"; kind = \"plain\"; url = "
                            "\"tcp://192.0.2.1:5005\"; width = 64; height = %lld; } );\n",
                 (long long)cases[i].height);
        office = read_as(text, 0644, &diag);
        assert_non_null(office);
        assert_int_equal(diag.n, 0);
        assert_string_equal(office->boards[0].place, "a");
        assert_null(office->boards[0].ca_file);
        assert_int_equal(office->boards[0].font_px, cases[i].font_px);
        assert_int_equal(office->boards[0].speed_pxs, 40);
        assert_string_equal(office->boards[0].color, "#ff0000");
        assert_int_equal(office->boards[0].render, RENDER_TEXT);
        assert_int_equal(office->boards[0].turn_s, 30);
        assert_int_equal(office->boards[0].item_s, 10);
        assert_int_equal(office->boards[0].quiet.n, 0);
        assert_null(office->units[0].token);
        assert_null(office->listen.address);
        drop(office);
    }
}

static const struct {
    const char *text;
    int line;
    const char *part;
} mistakes[] = {
    {HEAD UNITS BOARD "font_px = 33; } );\n", 5, "font_px is 33"},
    {HEAD UNITS BOARD "font_px = 7; } );\n", 5, "font_px must be between 8"},
    {HEAD UNITS BOARD "color = \"red\"; } );\n", 5, "color expects"},
    {HEAD UNITS BOARD "color = \"#12345g\"; } );\n", 5, "color expects"},
    {HEAD UNITS BOARD "turn = 4; } );\n", 5, "turn must be between 5 and 3600 s"},
    {HEAD UNITS BOARD "render = \"paint\"; } );\n", 5, "render can't be"},
    {HEAD UNITS BOARD "quiet = [ \"07:00-08:00\",\n\"noon\" ]; } );\n", 6, "quiet: \"noon\""},
    {HEAD UNITS "listen = { };\n", 4, "key is missing"},
    {HEAD UNITS "listen = { key = \"short\"; };\n", 4, "key has 5 bytes"},
    {HEAD UNITS "listen = { " KEY "\naddress = \"localhost\"; };\n", 5, "address expects"},
    {HEAD UNITS "listen = { " KEY "\nport = 65536; };\n", 5, "port must be between"},
    {HEAD UNITS "listen = { " KEY "\nurl = \"law.example\"; };\n", 5, "url expects"},
    {HEAD "units = ( { id = \"city\"; name = \"x\";\ntoken = \"short\"; } );\n", 4, "token has 5"},
    {HEAD "units = ( { id = \"city\"; name = \"x\";\ntoken = \"口令口令口令\"; } );\n", 4,
     "token may only have"},
    {HEAD "units = ( { id = \"city\"; name = \"x\"; " TOKEN
          " },\n{ id = \"b\"; name = \"x\";\n" TOKEN " } );\n",
     5, "line 3 has the same token"},
};

static void check_mistakes(bool chinese)
{
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        struct diag diag = DIAG_NULL;

        assert_null(read_as(mistakes[i].text, 0600, &diag));
        if (chinese)
            assert_true(diag.errors == 1 && diag.entries[0].line == mistakes[i].line &&
                        findings_are_chinese(&diag) &&
                        !findings_are_half_width(diag.entries[0].message));
        else
            findings_expect_one(&diag, "/lawcast.cfg", mistakes[i].line, mistakes[i].part);
        for (size_t k = 0; k < diag.n; k++)
            assert_null(strstr(diag.entries[k].message, "made-up"));
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

/* Told once, at the first password, and only when there is one. */
static void test_readable_secrets(void **state)
{
    static const char text[] =
        HEAD "units = ( { id = \"city\"; name = \"City\";\n" TOKEN " } );\nlisten = { " KEY " };\n";
    struct diag diag = DIAG_NULL;

    (void)state;
    drop(read_as(text, 0644, &diag));
    assert_int_equal(diag.n, 1);
    findings_expect(&diag, DIAG_WARNING, "/lawcast.cfg", 4, "chmod o-r /");
    diag_free(&diag);
    drop(read_as(text, 0640, &diag));
    drop(read_as(HEAD UNITS, 0644, &diag));
    assert_int_equal(diag.n, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole),
        cmocka_unit_test(test_presets),
        cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_readable_secrets),
    };

    setenv("LC_ALL", "C", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
