/* control: the commands on standard input. See control.h.
 * Runs: loop. */
#include "tests/sim/control_room.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/utf8.h"

int control_number(const char *text, int64_t most, int64_t *out)
{
    size_t length = strlen(text);

    if (length == 0 || length > 18 || strspn(text, "0123456789") != length)
        return 1;
    *out = strtoll(text, NULL, 10);
    return *out > most;
}

int control_switched(const char *text)
{
    if (strcmp(text, "on") == 0)
        return 1;
    return strcmp(text, "off") == 0 ? 0 : -1;
}

bool control_is_phone(const char *text)
{
    size_t length = strlen(text);

    return length > 0 && length <= PDU_NUMBER_MAX && strspn(text, "0123456789") == length;
}

static const char *control_clock(struct control_call *call)
{
    int64_t wall_ms;

    if (control_number(call->words[0], INT64_C(253402300799999), &wall_ms))
        return "not a time in milliseconds";
    clock_set(wall_ms);
    bank_advance(call->control->bank);
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

enum control_fate { CONTROL_CMS, CONTROL_STATUS, CONTROL_LATE, CONTROL_SILENT, CONTROL_BUSY };

static const struct {
    const char *word;
    int64_t most; /* of the value; 0: there is none */
    const char *wrong;
} control_fates[] = {
    [CONTROL_CMS] = {"cms", 999, "not a code 0..999"},
    [CONTROL_STATUS] = {"status", 255, "not a status 0..255"},
    [CONTROL_LATE] = {"late", INT64_C(1000000000000), "not a time in milliseconds"},
    [CONTROL_SILENT] = {"silent", 0, "silent takes no number"},
    [CONTROL_BUSY] = {"busy", 1000000, "not a number 0..1000000"},
};

static void control_decide(struct control_call *call, enum control_fate which, int64_t value)
{
    struct fates *fates = bank_fates(call->control->bank);
    const char *number = call->words[0];

    switch (which) {
    case CONTROL_CMS:
        fates_set_cms(fates, number, (int)value);
        return;
    case CONTROL_STATUS:
        fates_set_status(fates, number, (int)value);
        return;
    case CONTROL_LATE:
        fates_set_late(fates, number, value);
        return;
    case CONTROL_SILENT:
        fates_set_silent(fates, number);
        return;
    case CONTROL_BUSY:
        fates_set_busy(fates, number, (int)value);
        return;
    }
}

static const char *control_fate(struct control_call *call)
{
    if (!control_is_phone(call->words[0]))
        return "not a number of 1..20 digits";
    for (size_t i = 0; i < sizeof control_fates / sizeof *control_fates; i++) {
        int64_t most = control_fates[i].most, value = 0;

        if (strcmp(call->words[1], control_fates[i].word) != 0)
            continue;
        if (most ? call->n < 3 || control_number(call->words[2], most, &value) : call->n > 2)
            return control_fates[i].wrong;
        control_decide(call, (enum control_fate)i, value);
        return NULL;
    }
    return "cms, status, late, silent or busy?";
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
    int on = control_switched(call->words[1]);

    if (!place)
        return "no such board";
    if (on < 0)
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
    {"clock", "EPOCH_MS", 1, 1, control_clock},
    {"sync", "", 0, 0, control_sync},
    {"quit", "", 0, 0, control_quit},
    {"number", "DIGITS cms CODE|status S|late MS|silent|busy N", 2, 3, control_fate},
    {"reboot", "BOARD", 1, 1, control_reboot},
    {"lie", "BOARD on|off", 2, 2, control_lie},
    {"hangboard", "BOARD on|off", 2, 2, control_hangboard},
    {"offline", "BOARD on|off", 2, 2, control_offline},
    {NULL, NULL, 0, 0, NULL},
};

static const struct {
    const struct control_command *commands;
    bool of_modem; /* the first word is a modem's index */
} control_tables[] = {
    {control_commands, false},
    {control_modem_commands, true},
    {control_inbound_commands, true},
};

/* Cuts the rest of the line at spaces; the last of most words takes what is left. */
static void control_split(struct control_call *call, char *line, size_t most)
{
    while (line && call->n + 1 < most)
        call->words[call->n++] = strsep(&line, " ");
    if (line)
        call->words[call->n++] = line;
}

static const struct control_command *control_find(const char *name, bool *of_modem)
{
    for (size_t i = 0; i < sizeof control_tables / sizeof *control_tables; i++) {
        *of_modem = control_tables[i].of_modem;
        for (const struct control_command *c = control_tables[i].commands; c->name; c++)
            if (strcmp(c->name, name) == 0)
                return c;
    }
    return NULL;
}

static struct modem *control_find_modem(const struct control_call *call)
{
    int64_t index;

    if (control_number(call->words[0], 1000000, &index))
        return NULL;
    return bank_modem(call->control->bank, (size_t)index);
}

static const char *control_dispatch(struct control_call *call, char *line)
{
    const char *name = strsep(&line, " ");
    bool of_modem;
    const struct control_command *command = control_find(name, &of_modem);

    if (!command)
        return "no such command";
    control_split(call, line, command->most);
    if (call->n < command->least || call->n > command->most)
        return "wrong number of words";
    if (of_modem && !(call->modem = control_find_modem(call)))
        return "no such modem";
    jv_put(call->answer, "ok", jv_string(command->name));
    return command->run(call);
}

void control_run(struct control *control, char *line, struct buffer *answer)
{
    struct control_call call = {.control = control, .answer = jv_object()};
    const char *wrong = "not UTF-8";

    if (utf8_is_valid(line, strlen(line)))
        wrong = control_dispatch(&call, line);
    if (wrong) {
        jv_free(call.answer);
        call.answer = jv_object();
        jv_put(call.answer, "error", jv_string(wrong));
    }
    jv_write(call.answer, false, answer);
    buffer_add_char(answer, '\n');
    jv_free(call.answer);
}

void control_print_help(FILE *out)
{
    for (size_t i = 0; i < sizeof control_tables / sizeof *control_tables; i++)
        for (const struct control_command *c = control_tables[i].commands; c->name; c++)
            fprintf(out, "  %s%s%s\n", c->name, *c->words ? " " : "", c->words);
}
