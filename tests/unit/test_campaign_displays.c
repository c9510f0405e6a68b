/* test_campaign_displays: displays and targets of a campaign file, and what the boards can't do of
 * what it asks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "gateway/base/clock.h"
#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/model/traits.h"
#include "gateway/config/config.h"
#include "tests/support/stage.h"
#include "tests/unit/findings.h"

static enum outcome_level lamp_level(const void *options, bool listening)
{
    (void)options;
    return listening ? LEVEL_PLAYING : LEVEL_STORED;
}

static int lamp_window(const void *options, bool picture)
{
    (void)options;
    return !picture;
}

static int wall_window(const void *options, bool picture)
{
    (void)options;
    (void)picture;
    return 60;
}

static const struct traits lamp_traits = {
    .charset = CHARSET_GB2312, .pictures = true, .window_s = lamp_window, .level_most = lamp_level};
static const struct traits wall_traits = {.pictures = true, .window_s = wall_window};
static const struct option_kind lamp = {.name = "lamp", .traits = &lamp_traits},
                                wall = {.name = "wall", .traits = &wall_traits};

#define SHAPE .width = 128, .height = 16, .font_px = 16, .speed_pxs = 40, .item_s = 10

static struct unit units[] = {{.id = "city"}, {.id = "jinan"}, {.id = "idle"}};
static struct quiet_span all_day = {.from_min = 0, .to_min = 1440, .days = 0x7F};
static struct board boards[] = {
    {.id = "plaza", .place = "square", .kind = &lamp, .owner = 0, .line = 21, SHAPE},
    {.id = "market", .place = "square", .kind = &wall, .owner = 1, .line = 22, SHAPE},
    {.id = "park", .place = "park", .kind = &wall, .owner = 1, .line = 23, SHAPE},
    {.id = "drawn", .place = "park", .kind = &wall, .line = 24, .render = RENDER_PICTURE, SHAPE},
    {.id = "asleep", .place = "bed", .kind = &wall, .line = 25, .quiet = {&all_day, 1}, SHAPE},
    {.id = "endless", .place = "hall", .kind = &lamp, .line = 26, .render = RENDER_PICTURE, SHAPE},
};

static const struct office office = {
    .file = "office.cfg", .units = units, .n_units = 3, .boards = boards, .n_boards = 6};

#define HEAD                                                                                       \
    "campaign = { id = \"c-1\"; title = \"T\";\n"                                                  \
    "windows = ( { from = \"2026-10-31 08:30\"; to = \"2026-10-31 11:00\"; } );\n"
#define SHOW(boards, more)                                                                         \
    HEAD "displays = ( { boards = [ " boards " ]; slogans = [ \"一\",\n\"二\" ];\n" more " } );\n"
#define TAIL "};\n"
#define LONG "弘扬宪法精神，建设法治国家"

static struct campaign *read_for(const struct office *of, const char *text, struct diag *diag)
{
    struct campaign *campaign;
    struct stage stage;
    int rc;

    stage_open(&stage);
    stage_write(&stage, "campaign.cfg", "%s", text);
    rc = config_read_campaign(stage.dir, of, diag, &campaign);
    assert_int_equal(rc, diag->errors > 0);
    stage_close(&stage);
    return campaign;
}

static void drop(struct campaign *campaign)
{
    if (campaign)
        campaign_free(campaign);
    free(campaign);
}

static void test_whole(void **state)
{
    struct diag diag = DIAG_NULL;
    struct campaign *campaign = read_for(
        &office,
        SHOW("\"market\", \"plaza\"", "every = 60; after = 3; weight = 100; level = "
                                      "\"accepted\";") "targets = ( { unit = \"jinan\"; places "
                                                       "= 1; items = 2; minutes = 90; },\n"
                                                       "{ minutes = 1; } );\n" TAIL,
        &diag);

    (void)state;
    diag_print(&diag, stderr);
    assert_non_null(campaign);
    assert_int_equal(diag.n, 0);
    assert_int_equal(campaign->displays[0].after, 3);
    assert_int_equal(campaign->displays[0].weight, 100);
    assert_int_equal(campaign->displays[0].level, LEVEL_ACCEPTED);
    assert_int_equal(campaign->n_targets, 2);
    assert_int_equal(campaign->targets[0].unit, 1);
    assert_int_equal(campaign->targets[0].places, 1);
    assert_int_equal(campaign->targets[0].items, 2);
    assert_int_equal(campaign->targets[0].minutes, 90);
    assert_int_equal(campaign->targets[1].unit, -1);
    assert_int_equal(campaign->targets[1].line, 7);
    drop(campaign);
    campaign = read_for(&office, SHOW("\"plaza\"", "") TAIL, &diag);
    assert_non_null(campaign);
    assert_int_equal(campaign->displays[0].after, 0);
    assert_int_equal(campaign->displays[0].weight, 1);
    assert_int_equal(campaign->displays[0].level, LEVEL_STORED);
    assert_int_equal(campaign->n_targets, 0);
    drop(campaign);
}

static const struct {
    const char *text;
    enum diag_kind kind;
    int line;
    const char *part;
} findings[] = {
    {SHOW("\"plaza\"", "weight = 0;"), DIAG_ERROR, 5, "weight must be between 1 and 100"},
    {SHOW("\"plaza\"", "after = -1;"), DIAG_ERROR, 5, "after must be between"},
    {SHOW("\"plaza\"", "level = \"seen\";"), DIAG_ERROR, 5, "level can't be \"seen\""},
    {SHOW("\"plaza\"", "level = \"playing\";"), DIAG_ERROR, 5,
     "plaza can prove level \"playing\" only when devices can call us"},
    {SHOW("\"market\", \"plaza\"", "level = \"log\";"), DIAG_ERROR, 5,
     "plaza (kind lamp, as configured in office.cfg:21) can't prove level \"log\": write level = "
     "\"stored\""},
    {SHOW("\"plaza\"", "") "targets = ( { } );\n", DIAG_ERROR, 6, "asks nothing"},
    {SHOW("\"plaza\"", "") "targets = ( { unit = \"cite\"; items = 1; } );\n", DIAG_ERROR, 6,
     "cite"},

    {SHOW("\"market\", \"plaza\", \"park\"", "") "targets = ( { places = 3; } );\n", DIAG_WARNING,
     6, "3 places can't be reached: the displays have 2"},
    {SHOW("\"market\"", "") "targets = ( { unit = \"city\"; places = 1; } );\n", DIAG_WARNING, 6,
     "1 places can't be reached: the displays have 0"},
    {SHOW("\"asleep\"", "") "targets = ( { places = 1; } );\n", DIAG_WARNING, 6, "have 0"},
    {SHOW("\"market\"", "") "targets = ( { items = 3; } );\n", DIAG_WARNING, 6,
     "3 different slogans can't be reached: 2"},
    {SHOW("\"market\"", "every = 9000;") "targets = ( { items = 2; } );\n", DIAG_WARNING, 6,
     "2 different slogans can't be reached: 1"},
    {SHOW("\"market\"", "") "targets = ( { minutes = 151; } );\n", DIAG_WARNING, 6, "for 150"},
    {SHOW("\"market\"", "every = 10; after = 4;") "targets = ( { minutes = 31; } );\n",
     DIAG_WARNING, 6, "for 30"},

    {HEAD "displays = ( { boards = \"plaza\"; every = 10;\nslogans = [ \"一\",\n\"" LONG LONG
          "\" ]; } );\n",
     DIAG_WARNING, 5,
     "On plaza this slogan needs 13.6 s to run through at 40 px/s (416 px on 128), but is shown "
     "10 s"},
    {HEAD "displays = ( { boards = [ \"park\", \"market\", \"plaza\" ]; every = 10;\nslogans = "
          "\"" LONG LONG "\"; } );\n",
     DIAG_WARNING, 4, "On plaza and 2 more this slogan"},
    {HEAD "displays = ( { boards = [ \"plaza\" ];\nslogans = \"镕\"; } );\n", DIAG_WARNING, 4,
     "plaza can't show \"镕\" (U+9555)"},
    {HEAD "displays = ( { boards = [ \"market\" ];\nslogans = \"ཁྲིམས\"; } );\n", DIAG_WARNING, 4,
     "On market there is hardly a font for \"ཁ\" (U+0F41)"},
    {HEAD "displays = ( { boards = [ \"drawn\" ];\nslogans = \"" LONG "\"; } );\n", DIAG_WARNING, 4,
     "drawn: This slogan is cut"},
    {HEAD
     "displays = ( { every = 100;\nboards = [ \"plaza\", \"endless\" ]; slogans = \"一\"; } );\n",
     DIAG_WARNING, 4,
     "endless can't be told when a slogan ends (kind lamp, as configured in office.cfg:26)"},
};

static void check_findings(bool chinese)
{
    for (size_t i = 0; i < sizeof findings / sizeof *findings; i++) {
        struct diag diag = DIAG_NULL;
        MEM_FREE_LATER char *text = mem_printf("%s" TAIL, findings[i].text);

        drop(read_for(&office, text, &diag));
        if (diag.n != 1 || diag.entries[0].kind != findings[i].kind ||
            diag.entries[0].line != findings[i].line) {
            diag_print(&diag, stderr);
            fail_msg("finding %zu", i);
        }
        if (chinese)
            assert_true(findings_are_chinese(&diag) &&
                        !findings_are_half_width(diag.entries[0].message));
        else
            findings_expect(&diag, findings[i].kind, "/campaign.cfg", findings[i].line,
                            findings[i].part);
        diag_free(&diag);
    }
}

static void test_findings(void **state)
{
    (void)state;
    check_findings(false);
    setenv("LC_ALL", "zh_CN.UTF-8", 1);
    check_findings(true);
    setenv("LC_ALL", "C", 1);
}

static void test_listening_proves_more(void **state)
{
    struct office listening = office;
    struct diag diag = DIAG_NULL;

    (void)state;
    listening.listen.address = (char *)"127.0.0.1";
    drop(read_for(&listening, SHOW("\"plaza\"", "level = \"playing\";") TAIL, &diag));
    assert_int_equal(diag.n, 0);
    drop(read_for(&listening, SHOW("\"plaza\"", "level = \"log\";") TAIL, &diag));
    findings_expect_one(&diag, "/campaign.cfg", 5,
                        "can't prove level \"log\": write level = "
                        "\"playing\"");
    diag_free(&diag);
}

static const char *lamp_cure(const void *options)
{
    (void)options;
    return lang("give it a rope", "给它一根绳子");
}

/* All boards that can't, kind by kind, each with what helps it. */
static void test_level_for_every_kind(void **state)
{
    static const struct traits rope_traits = {
        .window_s = wall_window, .level_most = lamp_level, .cure = lamp_cure};
    static const struct option_kind rope = {.name = "rope", .traits = &rope_traits};
    struct office large = {.file = "office.cfg", .units = units, .n_units = 3, .n_boards = 13};
    struct board many[13];
    struct diag diag = DIAG_NULL;
    char ids[13][8];

    (void)state;
    for (size_t i = 0; i < 13; i++) {
        snprintf(ids[i], sizeof ids[i], "b%zu", i);
        many[i] = boards[i % 3];
        many[i].id = ids[i];
        many[i].kind = i == 0 ? &wall : i < 3 ? &rope : &lamp;
    }
    large.boards = many;
    drop(read_for(&large,
                  SHOW("\"b0\", \"b3\", \"b1\", \"b2\", \"b4\", \"b5\", \"b6\", \"b7\", "
                       "\"b8\", \"b9\", \"b10\", \"b11\", \"b12\"",
                       "level = \"log\";") TAIL,
                  &diag));
    assert_int_equal(diag.n, 2);
    assert_non_null(strstr(diag.entries[0].message,
                           "b3, b4, b5, b6, b7, b8, b9, b10 and 2 more (kind lamp, as configured"));
    assert_non_null(
        strstr(diag.entries[0].message, "or look for further options: lawcast help lamp."));
    assert_non_null(strstr(diag.entries[1].message, "b1, b2 (kind rope"));
    assert_non_null(strstr(diag.entries[1].message, "or give it a rope."));
    diag_free(&diag);
}

/* What is the board's fault is told once, however many slogans there are. */
static void test_pictures_once(void **state)
{
    struct diag diag = DIAG_NULL;

    (void)state;
    drop(read_for(
        &office,
        HEAD "displays = ( { every = 100; boards = [ \"drawn\" ];\nslogans = [ \"一\",\n\"" LONG
             "\",\n\"" LONG LONG "\" ]; } );\n" TAIL,
        &diag));
    assert_int_equal(diag.n, 1);
    findings_expect(&diag, DIAG_WARNING, "/campaign.cfg", 5,
                    "render = \"text\" for it. The same goes for other slogans (1).");
    diag_free(&diag);
}

static void test_targets_without_displays(void **state)
{
    struct diag diag = DIAG_NULL;

    (void)state;
    drop(read_for(&office, HEAD "targets = ( { items = 1; } );\n" TAIL, &diag));
    findings_expect(&diag, DIAG_ERROR, "/campaign.cfg", 3, "no displays");
    diag_free(&diag);
}

/* 100 slogans on 1,000 boards of three shapes: 100,000 pairs. */
static void test_many(void **state)
{
    struct office large = {.file = "office.cfg", .units = units, .n_units = 3, .n_boards = 1000};
    struct buffer text = BUFFER_NULL;
    struct diag diag = DIAG_NULL;
    int64_t begin, ms;

    (void)state;
    large.boards = mem_array(1000, struct board);
    buffer_add_text(&text, HEAD "displays = ( { every = 10; boards = [ ");
    for (size_t i = 0; i < 1000; i++) {
        large.boards[i] = boards[i % 3];
        large.boards[i].id = mem_printf("b%zu", i);
        buffer_printf(&text, "%s\"b%zu\"", i ? ", " : "", i);
    }
    buffer_add_text(&text, " ];\nslogans = [ ");
    for (size_t i = 0; i < 100; i++)
        buffer_printf(&text, "%s\"" LONG LONG " %zu\"", i ? ", " : "", i);
    buffer_add_text(&text, " ]; } );\n" TAIL);
    begin = clock_mono_ms();
    drop(read_for(&large, buffer_text(&text), &diag));
    ms = clock_mono_ms() - begin;
    assert_int_equal(diag.errors, 0);
    assert_int_equal(diag.n, 100); /* each slogan once */
    findings_expect(&diag, DIAG_WARNING, "/campaign.cfg", 4, "On b0 and 999 more");
    print_message("pairs=100000 ms=%lld\n", (long long)ms);
    assert_true(ms < 2000);
    for (size_t i = 0; i < 1000; i++)
        free(large.boards[i].id);
    free(large.boards);
    buffer_free(&text);
    diag_free(&diag);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole),
        cmocka_unit_test(test_findings),
        cmocka_unit_test(test_listening_proves_more),
        cmocka_unit_test(test_level_for_every_kind),
        cmocka_unit_test(test_pictures_once),
        cmocka_unit_test(test_targets_without_displays),
        cmocka_unit_test(test_many),
    };

    setenv("LC_ALL", "C", 1);
    setenv("TZ", "Asia/Shanghai", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
