/* pack_kit: an evidence pack made by hand, without books, for tests. Runs: any. */
#ifndef LAWCAST_TESTS_UNIT_PACK_KIT_H
#define LAWCAST_TESTS_UNIT_PACK_KIT_H

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/mem.h"
#include "gateway/report/pack_data.h"
#include "gateway/report/picture.h"

#define PACK_KIT_DAY INT64_C(1793406600000) /* 2026-10-31 00:30 UTC */

struct pack_kit {
    struct pack pack;
    struct statement statement;
    struct statement_unit units[2];
    struct statement_line day;
    struct statement_board boards[2];
    struct shown_day shown[2];
    struct target_line target;
    struct window window;
    struct pack_member members[2];
};

static inline struct statement_unit pack_kit_unit(const char *id, const char *name, int64_t quota)
{
    struct statement_unit unit = {.quota = quota, .planned = quota + 100};

    snprintf(unit.id, sizeof unit.id, "%s", id);
    snprintf(unit.name, sizeof unit.name, "%s", name);
    unit.n[COLUMN_DELIVERED] = quota - 1500;
    unit.n[COLUMN_SENT] = 900;
    unit.n[COLUMN_UNDELIVERED] = 300;
    unit.n[COLUMN_REJECTED] = 100;
    unit.n[COLUMN_UNKNOWN] = 17;
    unit.n[COLUMN_SUPPRESSED] = 83;
    unit.n[COLUMN_OPEN] = 200;
    unit.parts = unit.n[COLUMN_DELIVERED] + 1200;
    return unit;
}

static inline void pack_kit_boards(struct pack_kit *kit)
{
    static const char *const ids[] = {"weather-plaza", "price-market"};
    static const char *const owners[] = {"weather", "city"};

    for (int i = 0; i < 2; i++) {
        struct statement_board *board = &kit->boards[i];
        struct shown_day *day = &kit->shown[i];

        *board = (struct statement_board){.slogans = 5, .showings = 29, .planned = 30};
        snprintf(board->id, sizeof board->id, "%s", ids[i]);
        snprintf(board->owner, sizeof board->owner, "%s", owners[i]);
        snprintf(board->owner_name, sizeof board->owner_name, "%s", i ? "市法宣办" : "市气象局");
        snprintf(board->place, sizeof board->place, "人民广场东侧");
        board->shown_ms = 8940000;
        board->level = 4;
        board->need = 2;
        *day = (struct shown_day){.ms = 8940000, .seconds = 8940, .level = 4};
        snprintf(day->board, sizeof day->board, "%s", ids[i]);
        snprintf(day->owner, sizeof day->owner, "%s", owners[i]);
        snprintf(day->day, sizeof day->day, "2026-10-31");
        day->slogan = (char *)(uintptr_t) "弘扬宪法精神 共建文明城市";
    }
}

static inline void pack_kit_member(struct pack_kit *kit, int i)
{
    kit->members[i] = (struct pack_member){
        .unit = kit->units[i].id,
        .unit_name = kit->units[i].name,
        .person = (char *)(uintptr_t)(i ? "" : "王某某"),
        .position = (char *)(uintptr_t)(i ? "" : "科长"),
        .phone = (char *)(uintptr_t)(i ? "" : "138****0001"),
        .named_ms = i ? 0 : PACK_KIT_DAY - 90000000,
        .standing = i ? CONTACT_MISSING : CONTACT_IN_TIME,
        .held = (char *)(uintptr_t)(i ? "" : "2026-10-31 08:30"),
        .place = (char *)(uintptr_t)(i ? "" : "人民广场"),
        .content = (char *)(uintptr_t)(i ? "" : "设置宣传台，发放宪法读本，解答法律咨询。"),
        .participants = i ? -1 : 120,
        .handed_in_ms = i ? 0 : PACK_KIT_DAY + 40000000,
    };
}

/* Of the first unit (which has handed in everything but photos), the second, or all (-1). */
static inline struct pack *pack_kit_make(struct pack_kit *kit, int unit)
{
    struct statement *statement = &kit->statement;

    *kit = (struct pack_kit){0};
    kit->units[0] = pack_kit_unit("city", "市法宣办", 50000);
    kit->units[1] = pack_kit_unit("jinan", "金安区法宣办", 20000);
    kit->day = (struct statement_line){.id = "2026-10-31", .unit = "city", .planned = 50100};
    memcpy(kit->day.n, kit->units[0].n, sizeof kit->day.n);
    pack_kit_boards(kit);
    pack_kit_member(kit, 0);
    pack_kit_member(kit, 1);
    kit->window = (struct window){PACK_KIT_DAY, PACK_KIT_DAY + 9000000};
    kit->target = (struct target_line){
        .places = 3, .items = 8, .places_reached = 2, .items_reached = 8, .met = false};
    *statement = (struct statement){.id = "2026-constitution-day",
                                    .title = (char *)(uintptr_t) "弘扬宪法精神 共建文明城市",
                                    .planned = true,
                                    .windows = &kit->window,
                                    .n_windows = 1,
                                    .units = kit->units,
                                    .n_units = 2,
                                    .totals = pack_kit_unit("", "", 70000),
                                    .unit_days = {&kit->day, 1},
                                    .boards = kit->boards,
                                    .n_boards = 2,
                                    .shown = {kit->shown, 2, 2},
                                    .targets = {&kit->target, 1}};
    kit->pack =
        (struct pack){.statement = statement,
                      .office = (char *)(uintptr_t) "某市法治宣传教育领导小组办公室",
                      .all = unit < 0,
                      .members = &kit->members[unit < 0 ? 0 : unit],
                      .n_members = unit < 0 ? 2 : 1,
                      .deadline_ms = PACK_KIT_DAY - 73800000,
                      .note = (char *)(uintptr_t) "books.example/ledger\n52\nCsUYapGGPo4dkMgIAUqom/"
                                                  "Xajj7h2fB2MPA3j2jxq2I=\n\n— books.example/"
                                                  "ledger Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+"
                                                  "ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+"
                                                  "zyWE+xeMcTOAYQ8=\n",
                      .signed_ms = PACK_KIT_DAY + 9100000,
                      .signed_size = 52,
                      .root = "0ac5186a91863e8e",
                      .records = 60,
                      .made_ms = PACK_KIT_DAY + 90000000};
    return &kit->pack;
}

#endif
