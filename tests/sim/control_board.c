/* control_board: commands about boards. See control.h.
 * Runs: loop. */
#include "tests/sim/control_room.h"

#include <stdlib.h>
#include <string.h>

static const char *control_reboot(struct control_call *call)
{
    board_place_reboot(call->board);
    return NULL;
}

static const char *control_switch(struct control_call *call,
                                  void (*turn)(struct board_place *place, bool on))
{
    int on = control_switched(call->words[1]);

    if (on < 0)
        return "on or off?";
    turn(call->board, on);
    return NULL;
}

static const char *control_power(struct control_call *call)
{
    return control_switch(call, board_place_power);
}

static const char *control_lie(struct control_call *call)
{
    return control_switch(call, board_place_lie);
}

static const char *control_pretend(struct control_call *call)
{
    return control_switch(call, board_place_pretend);
}

static const char *control_sleep(struct control_call *call)
{
    return control_switch(call, board_place_sleep);
}

static const char *control_hangboard(struct control_call *call)
{
    return control_switch(call, board_place_hang);
}

static const char *control_offline(struct control_call *call)
{
    return control_switch(call, board_place_offline);
}

static const char *control_skew(struct control_call *call)
{
    const char *text = call->words[1];
    bool minus = *text == '-';
    int64_t skew_ms;

    if (control_number(text + minus, INT64_C(1000000000000), &skew_ms))
        return "not a time in milliseconds";
    board_place_skew(call->board, minus ? -skew_ms : skew_ms);
    return NULL;
}

static const char *control_expire(struct control_call *call)
{
    return board_place_expire(call->board) ? "this kind of board has no logins" : NULL;
}

static const char *control_own(struct control_call *call)
{
    board_place_own(call->board, call->words[1], call->words[2]);
    return NULL;
}

static const char *control_stored(struct control_call *call)
{
    struct jv *names = jv_array();

    board_place_list(call->board, names);
    jv_put(call->answer, "names", names);
    jv_put(call->answer, "armed", jv_int(board_place_is_armed(call->board)));
    return NULL;
}

static const char *control_trip(struct control_call *call)
{
    static const char *const trips[] = {
        [TRIP_NONE] = "none", [TRIP_HANG] = "hang", [TRIP_DARK] = "dark", [TRIP_CUT] = "cut"};
    int64_t ahead = 0;
    size_t i = 0;

    while (i < sizeof trips / sizeof *trips && strcmp(call->words[1], trips[i]) != 0)
        i++;
    if (i == sizeof trips / sizeof *trips)
        return "not one of none, hang, dark, cut";
    if (call->n > 2 && control_number(call->words[2], 1000000, &ahead))
        return "not a number 0..1000000";
    board_place_set_trip(call->board, (enum board_trip)i);
    board_place_set_ahead(call->board, ahead);
    return NULL;
}

static const char *control_fault(struct control_call *call)
{
    int64_t status, times = 1, retry_s = 0, ahead = 0;

    if (control_number(call->words[1], 599, &status) || status < 200)
        return "not a status 200..599";
    if (call->n > 2 && control_number(call->words[2], 1000000, &times))
        return "not a number 0..1000000";
    if (call->n > 3 && control_number(call->words[3], 86400, &retry_s))
        return "not a number of seconds";
    if (call->n > 4 && control_number(call->words[4], 1000000, &ahead))
        return "not a number 0..1000000";
    board_place_fault(call->board, (unsigned)status, times, retry_s);
    board_place_set_ahead(call->board, ahead);
    return NULL;
}

static const char *control_garble(struct control_call *call)
{
    int64_t status, nth;

    if (control_number(call->words[1], 599, &status) || status < 200)
        return "not a status 200..599";
    if (control_number(call->words[2], 1000000, &nth))
        return "not a number 0..1000000";
    board_place_garble(call->board, (unsigned)status, nth);
    return NULL;
}

const struct control_command control_board_commands[] = {
    {"reboot", "BOARD", 1, 1, control_reboot},
    {"power", "BOARD on|off", 2, 2, control_power},
    {"lie", "BOARD on|off", 2, 2, control_lie},
    {"pretend", "BOARD on|off", 2, 2, control_pretend},
    {"sleep", "BOARD on|off", 2, 2, control_sleep},
    {"skew", "BOARD MS", 2, 2, control_skew},
    {"expire", "BOARD", 1, 1, control_expire},
    {"own", "BOARD NAME TEXT", 3, 3, control_own},
    {"stored", "BOARD", 1, 1, control_stored},
    {"fault", "BOARD STATUS [N [RETRY_S [AHEAD]]]", 2, 5, control_fault},
    {"trip", "BOARD none|hang|dark|cut [AHEAD]", 2, 3, control_trip},
    {"garble", "BOARD STATUS NTH", 3, 3, control_garble},
    {"hangboard", "BOARD on|off", 2, 2, control_hangboard},
    {"offline", "BOARD on|off", 2, 2, control_offline},
    {NULL, NULL, 0, 0, NULL},
};
