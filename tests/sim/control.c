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
    if (clock_is_frozen())
        control_tell_bank(call);
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

static const struct control_command control_commands[] = {
    {"clock", "EPOCH_MS", 1, 1, control_clock},
    {"quiet", "N AIR SAID GONE", 4, 4, control_quiet},
    {"sync", "", 0, 0, control_sync},
    {"quit", "", 0, 0, control_quit},
    {"number", "DIGITS cms CODE|status S|late MS|silent|busy N", 2, 3, control_fate},
    {NULL, NULL, 0, 0, NULL},
};

/* What the first word of a command names. */
enum control_about { ABOUT_NOTHING, ABOUT_BOARD, ABOUT_MODEM };

static const struct {
    const struct control_command *commands;
    enum control_about about;
} control_tables[] = {
    {control_commands, ABOUT_NOTHING},
    {control_board_commands, ABOUT_BOARD},
    {control_modem_commands, ABOUT_MODEM},
    {control_inbound_commands, ABOUT_MODEM},
};

/* Cuts the rest of the line at spaces; the last of most words takes what is left. */
static void control_split(struct control_call *call, char *line, size_t most)
{
    while (line && call->n + 1 < most)
        call->words[call->n++] = strsep(&line, " ");
    if (line)
        call->words[call->n++] = line;
}

static const struct control_command *control_find(const char *name, enum control_about *about)
{
    for (size_t i = 0; i < sizeof control_tables / sizeof *control_tables; i++) {
        *about = control_tables[i].about;
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

/* What the command is about; what is wrong, or NULL. */
static const char *control_aim(struct control_call *call, enum control_about about)
{
    if (about == ABOUT_MODEM && !(call->modem = control_find_modem(call)))
        return "no such modem";
    if (about == ABOUT_BOARD && !(call->board = boards_find(call->control->boards, call->words[0])))
        return "no such board";
    return NULL;
}

static const char *control_dispatch(struct control_call *call, char *line)
{
    const char *name = strsep(&line, " "), *wrong;
    enum control_about about;
    const struct control_command *command = control_find(name, &about);

    if (!command)
        return "no such command";
    control_split(call, line, command->most);
    if (call->n < command->least || call->n > command->most)
        return "wrong number of words";
    wrong = control_aim(call, about);
    if (wrong)
        return wrong;
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
    } else if (call.later) {
        jv_free(call.answer);
        return;
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
