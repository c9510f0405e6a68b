/* control: the commands on standard input. See control.h.
 * Runs: loop. */
#include "tests/sim/control.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/json.h"
#include "gateway/base/mem.h"
#include "gateway/base/utf8.h"

enum { CONTROL_WORDS = 3 }; /* after the command's name; the last one takes the rest of the line */

struct control_call {
    struct control *control;
    char *words[CONTROL_WORDS];
    size_t n;
    struct jv *answer; /* keys beside "ok" */
};

/* A command's function returns NULL, or what is wrong. */
struct control_command {
    const char *name;
    size_t least, most; /* words */
    const char *(*run)(struct control_call *call);
};

/* A whole number in range. 0 or 1. */
static int control_number(const char *text, int64_t most, int64_t *out)
{
    size_t length = strlen(text);

    if (length == 0 || length > 18 || strspn(text, "0123456789") != length)
        return 1;
    *out = strtoll(text, NULL, 10);
    return *out > most;
}

static struct modem *control_modem(const struct control_call *call)
{
    int64_t index;

    if (control_number(call->words[0], 1000000, &index))
        return NULL;
    return bank_modem(call->control->bank, (size_t)index);
}

static const char *control_clock(struct control_call *call)
{
    int64_t wall_ms;

    if (control_number(call->words[0], INT64_C(253402300799999), &wall_ms))
        return "not a time in milliseconds";
    clock_set(wall_ms);
    boards_advance(call->control->boards);
    return NULL;
}

static const char *control_sync(struct control_call *call)
{
    struct control *control = call->control;

    boards_advance(control->boards);
    sim_log_flush(control->log);
    jv_put(call->answer, "accepted", jv_int((int64_t)sim_log_accepted_count(control->log)));
    jv_put(call->answer, "reports_pending", jv_int((int64_t)bank_reports_pending(control->bank)));
    return NULL;
}

static const char *control_quit(struct control_call *call)
{
    call->control->quit = true;
    return NULL;
}

static const char *control_unplug(struct control_call *call)
{
    struct modem *modem = control_modem(call);

    if (!modem)
        return "no such modem";
    if (!modem_is_plugged(modem))
        return "the modem is unplugged already";
    modem_unplug(modem);
    return NULL;
}

static const char *control_replug(struct control_call *call)
{
    struct modem *modem = control_modem(call);

    if (!modem)
        return "no such modem";
    if (modem_is_plugged(modem))
        return "the modem is plugged in already";
    return modem_plug(modem) ? "no terminal could be made" : NULL;
}

static const char *control_hang(struct control_call *call)
{
    struct modem *modem = control_modem(call);
    bool after = strcmp(call->words[1], "after") == 0;

    if (!modem)
        return "no such modem";
    if (!after && strcmp(call->words[1], "before") != 0)
        return "before or after?";
    modem_hang(modem, after ? MODEM_HANG_AFTER : MODEM_HANG_BEFORE);
    return NULL;
}

static const char *control_cms(struct control_call *call)
{
    struct modem *modem = control_modem(call);
    int64_t code;

    if (!modem)
        return "no such modem";
    if (control_number(call->words[1], 999, &code) || code == 0)
        return "not a code 1..999";
    modem_refuse(modem, (int)code);
    return NULL;
}

static bool control_is_phone(const char *text)
{
    size_t length = strlen(text);

    return length > 0 && length <= PDU_NUMBER_MAX && strspn(text, "0123456789") == length;
}

static const char *control_deliver(struct control_call *call)
{
    struct modem *modem = control_modem(call);

    if (!modem)
        return "no such modem";
    if (!control_is_phone(call->words[1]))
        return "not a number of 1..20 digits";
    return modem_deliver(modem, call->words[1], call->words[2])
               ? "the text doesn't fit into one message, or too many wait"
               : NULL;
}

static const char *control_fate(struct control_call *call)
{
    struct fates *fates = bank_fates(call->control->bank);
    bool cms = strcmp(call->words[1], "cms") == 0;
    int64_t value;

    if (!control_is_phone(call->words[0]))
        return "not a number of 1..20 digits";
    if (!cms && strcmp(call->words[1], "status") != 0)
        return "cms or status?";
    if (control_number(call->words[2], cms ? 999 : 255, &value))
        return cms ? "not a code 0..999" : "not a status 0..255";
    if (cms)
        fates_set_cms(fates, call->words[0], (int)value);
    else
        fates_set_status(fates, call->words[0], (int)value);
    return NULL;
}

static const char *control_reboot(struct control_call *call)
{
    struct board_place *place = boards_find(call->control->boards, call->words[0]);

    if (!place)
        return "no such board";
    board_place_reboot(place);
    return NULL;
}

static const char *control_switch(struct control_call *call,
                                  void (*turn)(struct board_place *place, bool on))
{
    struct board_place *place = boards_find(call->control->boards, call->words[0]);
    bool on = strcmp(call->words[1], "on") == 0;

    if (!place)
        return "no such board";
    if (!on && strcmp(call->words[1], "off") != 0)
        return "on or off?";
    turn(place, on);
    return NULL;
}

static const char *control_lie(struct control_call *call)
{
    return control_switch(call, board_place_lie);
}

static const char *control_hangboard(struct control_call *call)
{
    return control_switch(call, board_place_hang);
}

static const char *control_offline(struct control_call *call)
{
    return control_switch(call, board_place_offline);
}

static const struct control_command control_commands[] = {
    {"clock", 1, 1, control_clock},     {"sync", 0, 0, control_sync},
    {"quit", 0, 0, control_quit},       {"unplug", 1, 1, control_unplug},
    {"replug", 1, 1, control_replug},   {"hang", 2, 2, control_hang},
    {"cms", 2, 2, control_cms},         {"deliver", 3, 3, control_deliver},
    {"number", 3, 3, control_fate},     {"reboot", 1, 1, control_reboot},
    {"lie", 2, 2, control_lie},         {"hangboard", 2, 2, control_hangboard},
    {"offline", 2, 2, control_offline},
};

/* Cuts the line at spaces; returns the command's name. */
static const char *control_split(struct control_call *call, char *line)
{
    const char *name = strsep(&line, " ");

    while (line && call->n + 1 < CONTROL_WORDS)
        call->words[call->n++] = strsep(&line, " ");
    if (line)
        call->words[call->n++] = line;
    return name;
}

static const char *control_dispatch(struct control_call *call, const char *name)
{
    for (size_t i = 0; i < sizeof control_commands / sizeof *control_commands; i++) {
        const struct control_command *command = &control_commands[i];

        if (strcmp(command->name, name) != 0)
            continue;
        if (call->n < command->least || call->n > command->most)
            return "wrong number of words";
        jv_put(call->answer, "ok", jv_string(command->name));
        return command->run(call);
    }
    return "no such command";
}

void control_run(struct control *control, char *line, struct buffer *answer)
{
    struct control_call call = {.control = control, .answer = jv_object()};
    const char *wrong = "not UTF-8";

    if (utf8_is_valid(line, strlen(line)))
        wrong = control_dispatch(&call, control_split(&call, line));
    if (wrong) {
        jv_free(call.answer);
        call.answer = jv_object();
        jv_put(call.answer, "error", jv_string(wrong));
    }
    jv_write(call.answer, false, answer);
    buffer_add_char(answer, '\n');
    jv_free(call.answer);
}
