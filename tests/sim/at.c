/* at: the AT command interpreter. See at.h.
 * Runs: any. */
#include "tests/sim/at.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/hex.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "tests/sim/at_room.h"

enum { AT_CR = 0x0D, AT_BACKSPACE = 0x08, AT_CTRL_Z = 0x1A, AT_ESC = 0x1B };

struct at *at_new(const struct at_host *host, unsigned serial)
{
    struct at *at = mem_new(struct at);

    at->host = *host;
    at->serial = serial;
    at_reset(at);
    return at;
}

void at_free(struct at *at)
{
    buffer_free(&at->out);
    buffer_free(&at->held);
    free(at);
}

void at_reset(struct at *at)
{
    at->state = AT_COMMAND;
    at->echo = true;
    at->text_mode = false;
    at->cmee = 0;
    memset(at->cnmi, 0, sizeof at->cnmi);
    at->length = 0;
    strcpy(at->centre, "+8613800100500");
    buffer_clear(&at->out);
    buffer_clear(&at->held);
}

struct buffer *at_output(struct at *at)
{
    return &at->out;
}

bool at_is_busy(const struct at *at)
{
    return at->state == AT_WAITING;
}

bool at_is_idle(const struct at *at)
{
    return at->state == AT_COMMAND && at->length == 0 && at->held.length == 0;
}

static void at_end_prompt(struct at *at)
{
    at->state = AT_COMMAND;
    at->length = 0;
}

static void at_submit(struct at *at)
{
    BUFFER_FREE_LATER struct buffer pdu = BUFFER_NULL;
    size_t length = at->length;

    at->length = 0;
    at->state = AT_WAITING;
    if (length == AT_LINE_MAX || hex_decode(&pdu, at->line, length) || pdu.length > PDU_BYTES_MAX)
        at->host.garbage(at->host.ctx);
    else
        at->host.submit(at->host.ctx, (const uint8_t *)buffer_text(&pdu), pdu.length,
                        at->announced);
}

static void at_keep(struct at *at, char c)
{
    if (at->length < AT_LINE_MAX)
        at->line[at->length++] = c;
}

/* Where the line says AT, or NULL. Noise before it is an old agent's. */
static const char *at_find_command(struct at *at)
{
    if (at->length == AT_LINE_MAX)
        return NULL;
    at->line[at->length] = '\0';
    return strcasestr(at->line, "AT");
}

static void at_end_line(struct at *at)
{
    const char *command = at_find_command(at);

    at->length = 0;
    if (command)
        at_run(at, command);
}

static void at_prompt_byte(struct at *at, char c)
{
    switch (c) {
    case AT_CTRL_Z:
        at_submit(at);
        return;
    case AT_ESC:
        at_end_prompt(at);
        buffer_add_text(&at->out, "\r\nOK\r\n");
        return;
    case AT_CR: /* no hexadecimal digit is a T: this is somebody who doesn't know of the prompt */
        if (at_find_command(at)) {
            at->state = AT_COMMAND;
            at_end_line(at);
        }
        return;
    case '\n':
        return;
    default:
        at_keep(at, c);
    }
}

static void at_command_byte(struct at *at, char c)
{
    switch (c) {
    case AT_CR:
        at_end_line(at);
        return;
    case AT_ESC:
        at->length = 0;
        return;
    case AT_BACKSPACE:
        at->length -= at->length > 0;
        return;
    case '\n':
    case AT_CTRL_Z:
        return;
    default:
        at_keep(at, c);
    }
}

static void at_byte(struct at *at, char c)
{
    if (at->echo && c != AT_ESC && c != AT_CTRL_Z)
        buffer_add_char(&at->out, c);
    if (at->state == AT_PROMPT)
        at_prompt_byte(at, c);
    else
        at_command_byte(at, c);
}

void at_feed(struct at *at, const void *bytes, size_t length)
{
    const char *next = bytes;

    while (length > 0 && at->state != AT_WAITING) {
        at_byte(at, *next++);
        length--;
    }
    if (length)
        buffer_add(&at->held, next, length);
}

/* Leaves AT_WAITING and reads what came meanwhile. */
static void at_resume(struct at *at)
{
    struct buffer held = at->held;

    at->held = BUFFER_NULL;
    at->state = AT_COMMAND;
    at_feed(at, buffer_text(&held), held.length);
    buffer_free(&held);
}

void at_answer(struct at *at, unsigned reference)
{
    LOG_ASSERT(at->state == AT_WAITING);
    buffer_printf(&at->out, "\r\n+CMGS: %u\r\n\r\nOK\r\n", reference);
    at_resume(at);
}

void at_refuse(struct at *at, int cms)
{
    LOG_ASSERT(at->state == AT_WAITING);
    buffer_printf(&at->out, "\r\n+CMS ERROR: %d\r\n", cms);
    at_resume(at);
}

void at_silence(struct at *at)
{
    LOG_ASSERT(at->state == AT_WAITING);
    at_resume(at);
}

static void at_say_pdu(struct at *at, const char *head, const struct pdu_bytes *pdu)
{
    buffer_printf(&at->out, "\r\n%s%zu\r\n", head, pdu->tpdu);
    hex_encode(&at->out, pdu->bytes, pdu->length);
    buffer_add_text(&at->out, "\r\n");
}

/* Stores the message and names its place. 0, or 1: no room. */
static int at_store(struct at *at, const char *head, const struct pdu_bytes *pdu)
{
    for (size_t i = 0; i < AT_SLOTS; i++) {
        if (at->slots[i].used)
            continue;
        at->slots[i] = (struct at_slot){.used = true, .pdu = *pdu};
        buffer_printf(&at->out, "\r\n%s\"SM\",%zu\r\n", head, i + 1);
        return 0;
    }
    return 1;
}

int at_report(struct at *at, const struct pdu_bytes *pdu)
{
    int route = at->cnmi[AT_ROUTE_DS];

    if (!at_is_idle(at) || route == 0)
        return 1;
    if (route == 2)
        return at_store(at, "+CDSI: ", pdu);
    at_say_pdu(at, "+CDS: ", pdu);
    return 0;
}

int at_deliver(struct at *at, const struct pdu_bytes *pdu)
{
    int route = at->cnmi[AT_ROUTE_MT];

    if (!at_is_idle(at) || route == 0)
        return 1;
    if (route == 1)
        return at_store(at, "+CMTI: ", pdu);
    at_say_pdu(at, "+CMT: ,", pdu);
    return 0;
}
