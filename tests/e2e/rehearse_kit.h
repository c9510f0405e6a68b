/* rehearse_kit: worlds for rehearsals, and what report.json says of them. Include in one file of a
 * test program. Runs: any. */
#ifndef LAWCAST_TESTS_E2E_REHEARSE_KIT_H
#define LAWCAST_TESTS_E2E_REHEARSE_KIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gateway/base/buffer.h"
#include "gateway/base/json.h"
#include "gateway/base/mem.h"
#include "tests/support/stage.h"

#define ARGS(...) ((const char *[]){__VA_ARGS__, NULL})

static void write_world(const struct stage *stage)
{
    stage_write(stage, "lawcast.cfg",
                "office = { name = \"o\"; timezone = \"Asia/Shanghai\"; };\n"
                "ledger = { path = \"books.db\"; };\n"
                "units = ( { id = \"city\"; name = \"市法宣办\"; signature = \"市法宣办\"; },\n"
                "          { id = \"weather\"; name = \"气象局\"; signature = \"气象局\"; } );\n"
                "modems = ( { id = \"m\"; devices = \"/dev/ttyUSB[0-7]\"; } );\n"
                "boards = ( { id = \"plaza\"; owner = \"weather\"; kind = \"onbon-y\";\n"
                "             url = \"http://192.0.2.1\"; width = 192; height = 64;\n"
                "             password = \"guest\"; },\n"
                "           { id = \"market\"; owner = \"weather\"; kind = \"webhook\";\n"
                "             url = \"http://192.0.2.2\"; width = 320; height = 32;\n"
                "             publish_path = \"/p\"; publish_pointer = \"/code\";\n"
                "             publish_equals = \"0\"; withdraw_path = \"/w\";\n"
                "             verify_path = \"/v/{name}\"; verify_pointer = \"/data/id\";\n"
                "             verify_equals = \"{name}\"; } );\n");
    stage_write(stage, "campaign.cfg",
                "campaign = { id = \"c1\"; title = \"宪法日\";\n"
                "  windows = ( { from = \"2026-10-31 08:30\"; to = \"2026-10-31 09:00\"; },\n"
                "              { from = \"2026-10-31 14:00\"; to = \"2026-10-31 14:20\"; } );\n"
                "  sms = { text = \"{姓名}学法守法\"; };\n"
                "  orders = ( { unit = \"city\"; quota = 900; recipients = \"city.csv\";\n"
                "               reserve = \"reserve.csv\"; } );\n"
                "  displays = ( { boards = [ \"plaza\", \"market\" ];\n"
                "                 slogans = [ \"学法\", \"尊法\", \"守法\" ]; every = 600; } );\n"
                "};\n");
    stage_write_numbers(stage, "city.csv", 13800000000, 900);
    stage_write_numbers(stage, "reserve.csv", 13800500000, 200);
}

/* An office whose books know two refusals, and a board that is its owner's for half the time. */
static void write_half_a_world(const struct stage *stage)
{
    stage_write(stage, "lawcast.cfg",
                "office = { name = \"o\"; timezone = \"Asia/Shanghai\"; };\n"
                "ledger = { path = \"books.db\"; };\n"
                "units = ( { id = \"city\"; name = \"市法宣办\"; signature = \"市法宣办\"; } );\n"
                "modems = ( { id = \"m\"; devices = \"/dev/ttyUSB[0-1]\"; } );\n"
                "boards = ( { id = \"plaza\"; owner = \"city\"; kind = \"onbon-y\";\n"
                "             url = \"http://192.0.2.1\"; width = 192; height = 64;\n"
                "             password = \"guest\"; quiet = [ \"08:40-08:50\" ]; } );\n");
    stage_write(
        stage, "campaign.cfg",
        "campaign = { id = \"c1\"; title = \"宪法日\";\n"
        "  windows = ( { from = \"2026-10-31 08:30\"; to = \"2026-10-31 08:50\"; } );\n"
        "  sms = { text = \"学法守法\"; };\n"
        "  orders = ( { unit = \"city\"; quota = 8; recipients = \"city.csv\"; } );\n"
        "  displays = ( { boards = [ \"plaza\" ]; slogans = [ \"学法\" ]; every = 120; } );\n"
        "};\n");
    stage_write_numbers(stage, "city.csv", STAGE_FIRST, 10);
}

static struct jv *read_report(const struct stage *stage)
{
    MEM_FREE_LATER char *path = mem_printf("%s/out/report.json", stage->dir);
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;
    struct jv *report;

    assert_int_equal(buffer_read_file(&text, path, 1 << 20), 0);
    report = jv_parse(buffer_text(&text), text.length, NULL);
    assert_non_null(report);
    return report;
}

static int64_t figure(const struct jv *report, const char *pointer)
{
    int64_t number = jv_number(jv_at(report, pointer), -1);

    assert_true(number >= 0);
    return number;
}

#endif
