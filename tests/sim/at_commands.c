/* at_commands: the table of commands, settings and sending. See at.h.
 * Runs: any. */
#include "tests/sim/at_room.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* What a command needs, and by which list of errors it says so. */
enum at_need { AT_NEEDS_NOTHING, AT_NEEDS_CARD, AT_NEEDS_CARD_CMS };

struct at_entry {
    const char *command; /* after AT, upper case */
    const char *reply;   /* a line before OK, or NULL */
    at_command *run;
    enum at_need need;
};

enum at_result at_fail_cms(struct at *at, int code)
{
    at_say(at, "+CMS ERROR: %d", code);
    return AT_SAID;
}

static const char *at_cme_text(int code)
{
    static const struct {
        int code;
        const char *text;
    } texts[] = {
        {AT_CME_NOT_ALLOWED, "operation not allowed"},
        {AT_CME_PIN, "SIM PIN required"},
        {AT_CME_PUK, "SIM PUK required"},
        {AT_CME_PASSWORD, "incorrect password"},
        {AT_CME_BAD_PARAMETER, "incorrect parameters"},
    };

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (texts[i].code == code)
            return texts[i].text;
    return "unknown";
}

enum at_result at_fail_cme(struct at *at, int code)
{
    if (at->cmee == 0)
        at_say(at, "ERROR");
    else if (at->cmee == 1)
        at_say(at, "+CME ERROR: %d", code);
    else
        at_say(at, "+CME ERROR: %s", at_cme_text(code));
    return AT_SAID;
}

static enum at_result at_run_echo_on(struct at *at, const char *value)
{
    (void)value;
    at->echo = true;
    return AT_OK;
}

static enum at_result at_run_echo_off(struct at *at, const char *value)
{
    (void)value;
    at->echo = false;
    return AT_OK;
}

static enum at_result at_run_reset(struct at *at, const char *value)
{
    (void)value;
    at->echo = true;
    at->text_mode = false;
    at->cmee = at->cops_format = 0;
    memset(at->cnmi, 0, sizeof at->cnmi);
    memset(at->watch, 0, sizeof at->watch);
    return AT_OK;
}

static enum at_result at_run_info(struct at *at, const char *value)
{
    (void)value;
    at_say(at, "%s", at->radio->family->info);
    return AT_OK;
}

static enum at_result at_run_maker(struct at *at, const char *value)
{
    (void)value;
    at_say(at, "%s", at->radio->family->maker);
    return AT_OK;
}

static enum at_result at_run_model(struct at *at, const char *value)
{
    (void)value;
    at_say(at, "%s", at->radio->family->model);
    return AT_OK;
}

static enum at_result at_run_revision(struct at *at, const char *value)
{
    (void)value;
    at_say(at, "%s", at->radio->family->revision);
    return AT_OK;
}

int at_number(const char *value, long most, int *out)
{
    char *end;
    long number = strtol(value, &end, 10);

    if (end == value || *end || number < 0 || number > most)
        return 1;
    *out = (int)number;
    return 0;
}

static enum at_result at_run_cmee(struct at *at, const char *value)
{
    return at_number(value, 2, &at->cmee) ? AT_ERROR : AT_OK;
}

static enum at_result at_read_cmee(struct at *at, const char *value)
{
    (void)value;
    at_say(at, "+CMEE: %d", at->cmee);
    return AT_OK;
}

static enum at_result at_read_centre(struct at *at, const char *value)
{
    (void)value;
    at_say(at, "+CSCA: \"%s\",%d", at->centre, at->centre[0] == '+' ? 145 : 129);
    return AT_OK;
}

static enum at_result at_run_centre(struct at *at, const char *value)
{
    size_t length;

    if (*value++ != '"')
        return AT_ERROR;
    length = strspn(value, "+0123456789");
    if (value[length] != '"' || length == 0 || length > RADIO_CENTRE_MAX)
        return AT_ERROR;
    memcpy(at->centre, value, length);
    at->centre[length] = '\0';
    return AT_OK;
}

static enum at_result at_run_charset(struct at *at, const char *value)
{
    (void)at;
    return strcasecmp(value, "\"GSM\"") ? AT_ERROR : AT_OK;
}

/* In CDMA mode there are only text mode and PDUs of another kind. */
static enum at_result at_run_format(struct at *at, const char *value)
{
    int mode;

    if (at_number(value, 1, &mode))
        return AT_ERROR;
    if (at->radio->cdma && mode == 0) {
        at_say(at, "ERROR");
        return AT_SAID;
    }
    at->text_mode = mode == 1;
    return AT_OK;
}

static enum at_result at_read_format(struct at *at, const char *value)
{
    (void)value;
    at_say(at, "+CMGF: %d", at->text_mode || at->radio->cdma);
    return AT_OK;
}

static enum at_result at_run_routing(struct at *at, const char *value)
{
    static const int most[5] = {3, 3, 3, 2, 1};
    int wanted[5];

    memcpy(wanted, at->cnmi, sizeof wanted);
    for (size_t i = 0; *value; i++) {
        char *end;
        long number = strtol(value, &end, 10);

        if (i == 5 || number < 0 || (end != value && number > most[i]) || (*end && *end != ','))
            return AT_ERROR;
        if (end != value)
            wanted[i] = (int)number;
        value = *end ? end + 1 : end;
    }
    memcpy(at->cnmi, wanted, sizeof wanted);
    return AT_OK;
}

static enum at_result at_read_routing(struct at *at, const char *value)
{
    const int *n = at->cnmi;

    (void)value;
    at_say(at, "+CNMI: %d,%d,%d,%d,%d", n[0], n[1], n[2], n[3], n[4]);
    return AT_OK;
}

static enum at_result at_run_send(struct at *at, const char *value)
{
    bool withheld = at->prompt_withheld;
    int length;

    if (at->radio->cdma) {
        at_say(at, "ERROR");
        return AT_SAID;
    }
    if (at->text_mode)
        return at_fail_cms(at, AT_CMS_NOT_ALLOWED);
    if (at_number(value, PDU_BYTES_MAX, &length))
        return AT_ERROR;
    at->prompt_withheld = false;
    if (withheld)
        return AT_SAID;
    at->announced = (size_t)length;
    at->state = AT_PROMPT;
    at->length = 0;
    buffer_add_text(&at->out, "\r\n> ");
    if (at->mutters)
        at_mutter(at);
    return AT_SAID;
}

/* A command with '=' at its end takes what follows; all others must match to the end. */
static const struct at_entry at_entries[] = {
    {"", NULL, NULL, AT_NEEDS_NOTHING},
    {"E0", NULL, at_run_echo_off, AT_NEEDS_NOTHING},
    {"E1", NULL, at_run_echo_on, AT_NEEDS_NOTHING},
    {"Z", NULL, at_run_reset, AT_NEEDS_NOTHING},
    {"&F", NULL, at_run_reset, AT_NEEDS_NOTHING},
    {"I", NULL, at_run_info, AT_NEEDS_NOTHING},
    {"+CMEE=", NULL, at_run_cmee, AT_NEEDS_NOTHING},
    {"+CMEE?", NULL, at_read_cmee, AT_NEEDS_NOTHING},
    {"+CMEE=?", "+CMEE: (0-2)", NULL, AT_NEEDS_NOTHING},
    {"+CGMI", NULL, at_run_maker, AT_NEEDS_NOTHING},
    {"+CGMM", NULL, at_run_model, AT_NEEDS_NOTHING},
    {"+CGMR", NULL, at_run_revision, AT_NEEDS_NOTHING},
    {"+CGSN", NULL, at_run_imei, AT_NEEDS_NOTHING},
    {"+GCAP", NULL, at_run_gcap, AT_NEEDS_NOTHING},
    {"+CIMI", NULL, at_run_imsi, AT_NEEDS_CARD},
    {"+CNUM", NULL, NULL, AT_NEEDS_CARD},
    {"+CPIN?", NULL, at_read_pin, AT_NEEDS_NOTHING},
    {"+CPIN=", NULL, at_run_pin, AT_NEEDS_NOTHING},
    {"+CREG?", NULL, at_read_creg, AT_NEEDS_NOTHING},
    {"+CREG=?", "+CREG: (0-2)", NULL, AT_NEEDS_NOTHING},
    {"+CREG=", NULL, at_run_creg, AT_NEEDS_NOTHING},
    {"+CEREG?", NULL, at_read_cereg, AT_NEEDS_NOTHING},
    {"+CEREG=?", "+CEREG: (0-2)", NULL, AT_NEEDS_NOTHING},
    {"+CEREG=", NULL, at_run_cereg, AT_NEEDS_NOTHING},
    {"+CFUN?", "+CFUN: 1", NULL, AT_NEEDS_NOTHING},
    {"+CFUN=1", NULL, NULL, AT_NEEDS_NOTHING},
    {"+CSQ", NULL, at_run_signal, AT_NEEDS_NOTHING},
    {"+COPS?", NULL, at_read_operator, AT_NEEDS_CARD},
    {"+COPS=", NULL, at_run_operator, AT_NEEDS_CARD},
    {"^SYSINFO", NULL, at_run_sysinfo, AT_NEEDS_NOTHING},
    {"+QNWINFO", NULL, at_run_qnwinfo, AT_NEEDS_NOTHING},
    {"+CSCA?", NULL, at_read_centre, AT_NEEDS_CARD_CMS},
    {"+CSCA=", NULL, at_run_centre, AT_NEEDS_CARD_CMS},
    {"+CSCS?", "+CSCS: \"GSM\"", NULL, AT_NEEDS_NOTHING},
    {"+CSCS=?", "+CSCS: (\"GSM\")", NULL, AT_NEEDS_NOTHING},
    {"+CSCS=", NULL, at_run_charset, AT_NEEDS_NOTHING},
    {"+CSMS?", "+CSMS: 0,1,1,1", NULL, AT_NEEDS_NOTHING},
    {"+CSMS=", "+CSMS: 1,1,1", NULL, AT_NEEDS_NOTHING},
    {"+CPMS=?", NULL, at_test_storage, AT_NEEDS_CARD_CMS},
    {"+CPMS?", NULL, at_read_storage, AT_NEEDS_CARD_CMS},
    {"+CPMS=", NULL, at_run_storage, AT_NEEDS_CARD_CMS},
    {"+CNMI=?", "+CNMI: (0-3),(0-3),(0-3),(0-2),(0,1)", NULL, AT_NEEDS_NOTHING},
    {"+CNMI?", NULL, at_read_routing, AT_NEEDS_NOTHING},
    {"+CNMI=", NULL, at_run_routing, AT_NEEDS_CARD_CMS},
    {"+CMGF=?", "+CMGF: (0,1)", NULL, AT_NEEDS_NOTHING},
    {"+CMGF?", NULL, at_read_format, AT_NEEDS_NOTHING},
    {"+CMGF=", NULL, at_run_format, AT_NEEDS_NOTHING},
    {"+CMMS=", NULL, NULL, AT_NEEDS_NOTHING},
    {"+CMGS=", NULL, at_run_send, AT_NEEDS_CARD_CMS},
    {"+CMGR=", NULL, at_run_read, AT_NEEDS_CARD_CMS},
    {"+CMGL=", NULL, at_run_list, AT_NEEDS_CARD_CMS},
    {"+CMGD=", NULL, at_run_delete, AT_NEEDS_CARD_CMS},
};

/* 2: the command is this one; 1: it takes what follows; 0: it is another. */
static int at_match(const char *command, const char *name)
{
    size_t length = strlen(name);

    if (strcasecmp(command, name) == 0)
        return 2;
    return length && name[length - 1] == '=' && strncasecmp(command, name, length) == 0;
}

/* An exact match comes before one that takes a value: AT+CNMI=? asks, it doesn't set. */
static const struct at_entry *at_find(const char *command)
{
    const struct at_entry *found = NULL;

    for (size_t i = 0; i < sizeof at_entries / sizeof *at_entries; i++) {
        int match = at_match(command, at_entries[i].command);

        if (match == 2)
            return &at_entries[i];
        if (match)
            found = &at_entries[i];
    }
    return found;
}

/* What only this make knows. */
static void at_run_own(struct at *at, const char *command)
{
    const struct family_answer *answer = at->radio->family->answers;

    while (answer && answer->command && !at_match(command, answer->command))
        answer++;
    if (!answer || !answer->command) {
        at_say(at, "ERROR");
        return;
    }
    if (answer->reply)
        at_say(at, "%s", answer->reply);
    at_say(at, "OK");
}

static enum at_result at_run_entry(struct at *at, const struct at_entry *entry, const char *value)
{
    enum card_lock lock = at->radio->card.lock;

    if (lock != CARD_READY && entry->need == AT_NEEDS_CARD)
        return at_fail_cme(at, lock == CARD_PIN ? AT_CME_PIN : AT_CME_PUK);
    if (lock != CARD_READY && entry->need == AT_NEEDS_CARD_CMS)
        return at_fail_cms(at, lock == CARD_PIN ? AT_CMS_PIN : AT_CMS_PUK);
    if (entry->reply)
        at_say(at, "%s", entry->reply);
    return entry->run ? entry->run(at, value) : AT_OK;
}

static void at_run_command(struct at *at, const char *command)
{
    const struct at_entry *entry = at_find(command);
    enum at_result result;

    if (!entry) {
        at_run_own(at, command);
        return;
    }
    result = at_run_entry(at, entry, command + strlen(entry->command));
    if (result == AT_OK)
        at_say(at, "OK");
    else if (result == AT_ERROR)
        at_fail_cme(at, AT_CME_BAD_PARAMETER);
}

void at_run(struct at *at, const char *line)
{
    at->answering = true;
    at_run_command(at, line + 2);
    at->answering = false;
}
