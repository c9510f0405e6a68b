/* at_commands: what the modem answers to each command. See at.h.
 * Runs: any. */
#include "tests/sim/at_room.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "gateway/base/hex.h"

enum { AT_CME_BAD_PARAMETER = 50, AT_CMS_BAD_INDEX = 321, AT_CMS_NOT_ALLOWED = 302 };

/* What a command's function returns. */
enum at_result { AT_OK, AT_ERROR, AT_SAID }; /* SAID: the final line is already out */

struct at_entry {
    const char *command;                                     /* after AT, upper case */
    const char *reply;                                       /* a line before OK, or NULL */
    enum at_result (*run)(struct at *at, const char *value); /* value: what follows command */
};

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
    at->cmee = 0;
    memset(at->cnmi, 0, sizeof at->cnmi);
    return AT_OK;
}

/* One small number. 0, or 1: it isn't one, or is above most. */
static int at_number(const char *value, long most, int *out)
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
    buffer_printf(&at->out, "\r\n+CMEE: %d\r\n", at->cmee);
    return AT_OK;
}

static enum at_result at_run_imei(struct at *at, const char *value)
{
    (void)value;
    buffer_printf(&at->out, "\r\n86000000%07u\r\n", at->serial % 10000000);
    return AT_OK;
}

static enum at_result at_run_imsi(struct at *at, const char *value)
{
    (void)value;
    buffer_printf(&at->out, "\r\n46000000%07u\r\n", at->serial % 10000000);
    return AT_OK;
}

static enum at_result at_read_centre(struct at *at, const char *value)
{
    (void)value;
    buffer_printf(&at->out, "\r\n+CSCA: \"%s\",%d\r\n", at->centre,
                  at->centre[0] == '+' ? 145 : 129);
    return AT_OK;
}

static enum at_result at_run_centre(struct at *at, const char *value)
{
    size_t length;

    if (*value++ != '"')
        return AT_ERROR;
    length = strspn(value, "+0123456789");
    if (value[length] != '"' || length == 0 || length >= AT_CENTRE_MAX)
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

static enum at_result at_run_format(struct at *at, const char *value)
{
    int mode;

    if (at_number(value, 1, &mode))
        return AT_ERROR;
    at->text_mode = mode == 1;
    return AT_OK;
}

static enum at_result at_read_format(struct at *at, const char *value)
{
    (void)value;
    buffer_printf(&at->out, "\r\n+CMGF: %d\r\n", at->text_mode);
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
    buffer_printf(&at->out, "\r\n+CNMI: %d,%d,%d,%d,%d\r\n", n[0], n[1], n[2], n[3], n[4]);
    return AT_OK;
}

static unsigned at_stored(const struct at *at)
{
    unsigned n = 0;

    for (size_t i = 0; i < AT_SLOTS; i++)
        n += at->slots[i].used;
    return n;
}

static enum at_result at_run_storage(struct at *at, const char *value)
{
    unsigned n = at_stored(at);

    if (strncasecmp(value, "\"SM\"", 4) != 0)
        return AT_ERROR;
    buffer_printf(&at->out, "\r\n+CPMS: %u,%d,%u,%d,%u,%d\r\n", n, AT_SLOTS, n, AT_SLOTS, n,
                  AT_SLOTS);
    return AT_OK;
}

static enum at_result at_read_storage(struct at *at, const char *value)
{
    unsigned n = at_stored(at);

    (void)value;
    buffer_printf(&at->out, "\r\n+CPMS: \"SM\",%u,%d,\"SM\",%u,%d,\"SM\",%u,%d\r\n", n, AT_SLOTS, n,
                  AT_SLOTS, n, AT_SLOTS);
    return AT_OK;
}

static enum at_result at_fail(struct at *at, int cms)
{
    buffer_printf(&at->out, "\r\n+CMS ERROR: %d\r\n", cms);
    return AT_SAID;
}

static struct at_slot *at_find_slot(struct at *at, const char *value)
{
    int index;

    if (at_number(value, AT_SLOTS, &index) || index == 0 || !at->slots[index - 1].used)
        return NULL;
    return &at->slots[index - 1];
}

static void at_say_slot(struct at *at, struct at_slot *slot)
{
    buffer_printf(&at->out, "%d,,%zu\r\n", slot->read, slot->pdu.tpdu);
    hex_encode(&at->out, slot->pdu.bytes, slot->pdu.length);
    buffer_add_text(&at->out, "\r\n");
    slot->read = true;
}

static enum at_result at_run_read(struct at *at, const char *value)
{
    struct at_slot *slot = at_find_slot(at, value);

    if (!slot)
        return at_fail(at, AT_CMS_BAD_INDEX);
    buffer_add_text(&at->out, "\r\n+CMGR: ");
    at_say_slot(at, slot);
    return AT_OK;
}

static enum at_result at_run_delete(struct at *at, const char *value)
{
    struct at_slot *slot = at_find_slot(at, value);

    if (!slot)
        return at_fail(at, AT_CMS_BAD_INDEX);
    slot->used = false;
    return AT_OK;
}

static enum at_result at_run_list(struct at *at, const char *value)
{
    int which;

    if (at_number(value, 4, &which))
        return AT_ERROR;
    for (size_t i = 0; i < AT_SLOTS; i++) {
        struct at_slot *slot = &at->slots[i];

        if (!slot->used || (which != 4 && which != slot->read))
            continue;
        buffer_printf(&at->out, "\r\n+CMGL: %zu,", i + 1);
        at_say_slot(at, slot);
    }
    return AT_OK;
}

static enum at_result at_run_send(struct at *at, const char *value)
{
    int length;

    if (at->text_mode)
        return at_fail(at, AT_CMS_NOT_ALLOWED);
    if (at_number(value, PDU_BYTES_MAX, &length))
        return AT_ERROR;
    at->announced = (size_t)length;
    at->state = AT_PROMPT;
    at->length = 0;
    buffer_add_text(&at->out, "\r\n> ");
    return AT_SAID;
}

/* A command with '=' at its end takes what follows; all others must match to the end. */
static const struct at_entry at_entries[] = {
    {"", NULL, NULL},
    {"E0", NULL, at_run_echo_off},
    {"E1", NULL, at_run_echo_on},
    {"Z", NULL, at_run_reset},
    {"&F", NULL, at_run_reset},
    {"I", "SIM BANK", NULL},
    {"+CMEE=", NULL, at_run_cmee},
    {"+CMEE?", NULL, at_read_cmee},
    {"+CMEE=?", "+CMEE: (0-2)", NULL},
    {"+CGMI", "LAWCAST", NULL},
    {"+CGMM", "SIM", NULL},
    {"+CGMR", "1", NULL},
    {"+CGSN", NULL, at_run_imei},
    {"+CIMI", NULL, at_run_imsi},
    {"+CPIN?", "+CPIN: READY", NULL},
    {"+CREG?", "+CREG: 0,1", NULL},
    {"+CREG=", NULL, NULL},
    {"+CFUN?", "+CFUN: 1", NULL},
    {"+CFUN=1", NULL, NULL},
    {"+CSQ", "+CSQ: 24,0", NULL},
    {"+COPS?", "+COPS: 0,2,\"46000\"", NULL},
    {"+COPS=", NULL, NULL},
    {"+CSCA?", NULL, at_read_centre},
    {"+CSCA=", NULL, at_run_centre},
    {"+CSCS?", "+CSCS: \"GSM\"", NULL},
    {"+CSCS=?", "+CSCS: (\"GSM\")", NULL},
    {"+CSCS=", NULL, at_run_charset},
    {"+CSMS?", "+CSMS: 0,1,1,1", NULL},
    {"+CSMS=", "+CSMS: 1,1,1", NULL},
    {"+CPMS=?", "+CPMS: (\"SM\"),(\"SM\"),(\"SM\")", NULL},
    {"+CPMS?", NULL, at_read_storage},
    {"+CPMS=", NULL, at_run_storage},
    {"+CNMI=?", "+CNMI: (0-3),(0-3),(0-3),(0-2),(0,1)", NULL},
    {"+CNMI?", NULL, at_read_routing},
    {"+CNMI=", NULL, at_run_routing},
    {"+CMGF=?", "+CMGF: (0,1)", NULL},
    {"+CMGF?", NULL, at_read_format},
    {"+CMGF=", NULL, at_run_format},
    {"+CMMS=", NULL, NULL},
    {"+CMGS=", NULL, at_run_send},
    {"+CMGR=", NULL, at_run_read},
    {"+CMGL=", NULL, at_run_list},
    {"+CMGD=", NULL, at_run_delete},
};

/* An exact match comes before one that takes a value: AT+CNMI=? asks, it doesn't set. */
static const struct at_entry *at_find(const char *command)
{
    const struct at_entry *found = NULL;

    for (size_t i = 0; i < sizeof at_entries / sizeof *at_entries; i++) {
        const struct at_entry *entry = &at_entries[i];
        size_t length = strlen(entry->command);

        if (strcasecmp(command, entry->command) == 0)
            return entry;
        if (length && entry->command[length - 1] == '=' &&
            strncasecmp(command, entry->command, length) == 0)
            found = entry;
    }
    return found;
}

static void at_say_error(struct at *at)
{
    if (at->cmee == 0)
        buffer_add_text(&at->out, "\r\nERROR\r\n");
    else
        buffer_printf(&at->out, "\r\n+CME ERROR: %d\r\n", AT_CME_BAD_PARAMETER);
}

void at_run(struct at *at, const char *line)
{
    const char *command = line + 2;
    const struct at_entry *entry = at_find(command);
    enum at_result result = AT_OK;

    if (!entry) {
        buffer_add_text(&at->out, "\r\nERROR\r\n");
        return;
    }
    if (entry->reply)
        buffer_printf(&at->out, "\r\n%s\r\n", entry->reply);
    if (entry->run)
        result = entry->run(at, command + strlen(entry->command));
    if (result == AT_OK)
        buffer_add_text(&at->out, "\r\nOK\r\n");
    else if (result == AT_ERROR)
        at_say_error(at);
}
