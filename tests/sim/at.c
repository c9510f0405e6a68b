/* at: the AT command interpreter. See at.h.
 * Runs: any. */
#include "tests/sim/at.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/hex.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "tests/sim/at_room.h"

enum { AT_CR = 0x0D, AT_BACKSPACE = 0x08, AT_CTRL_Z = 0x1A, AT_ESC = 0x1B, AT_SAY_MAX = 256 };

struct at *at_new(const struct at_host *host, struct radio *radio)
{
    struct at *at = mem_new(struct at);

    at->host = *host;
    at->radio = radio;
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
    at->cmee = at->cops_format = 0;
    memset(at->cnmi, 0, sizeof at->cnmi);
    memset(at->watch, 0, sizeof at->watch);
    at->registration = radio_registration(at->radio);
    at->prompt_withheld = false;
    at->length = 0;
    for (int i = 0; i < AT_MEMORIES; i++)
        memcpy(at->memory[i], at->radio->family->memories, 2);
    memcpy(at->centre, at->radio->centre, sizeof at->centre);
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

size_t at_held(const struct at *at)
{
    return at->held.length;
}

bool at_is_idle(const struct at *at)
{
    return at->state == AT_COMMAND && at->length == 0 && at->held.length == 0;
}

/* Formatted on the stack: an answer must not cost an allocation. */
void at_say(struct at *at, const char *format, ...)
{
    char text[AT_SAY_MAX];
    va_list args;
    int length;

    if (at->mutters && at->answering)
        at_mutter(at);
    va_start(args, format);
    length = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    LOG_ASSERT(length >= 0 && length < AT_SAY_MAX);
    buffer_add(&at->out, "\r\n", 2);
    buffer_add(&at->out, text, (size_t)length);
    buffer_add(&at->out, "\r\n", 2);
}

void at_mutter(struct at *at)
{
    const char *const *lines = at->radio->family->mutter;
    bool answering = at->answering;
    unsigned n = 0;

    while (lines[n])
        n++;
    at->answering = false; /* what is muttered is no answer */
    at_say(at, "%s", lines[at->muttered++ % n]);
    at->answering = answering;
}

void at_set_mutter(struct at *at, bool on)
{
    at->mutters = on;
}

void at_withhold_prompt(struct at *at)
{
    at->prompt_withheld = true;
}

static void at_say_all(struct at *at, const char *const *lines)
{
    for (; *lines; lines++)
        at_say(at, "%s", *lines);
}

void at_say_card_ready(struct at *at)
{
    at_say_all(at, at->radio->family->card_ready);
}

void at_boot(struct at *at)
{
    at_say_all(at, at->radio->family->power_on);
    if (at->radio->family->says_pin)
        at_read_pin(at, "");
    if (at->radio->card.lock == CARD_READY)
        at_say_card_ready(at);
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
    if (at->mutters)
        at_mutter(at);
    if (length == AT_LINE_MAX || hex_decode(&pdu, at->line, length) || pdu.length > PDU_BYTES_MAX)
        at->host.garbage(at->host.ctx);
    else
        at->host.submit(at->host.ctx, (const uint8_t *)buffer_text(&pdu), pdu.length,
                        at->announced);
}

static void at_keep(struct at *at, const char *bytes, size_t length)
{
    size_t room = AT_LINE_MAX - at->length;

    if (length > room)
        length = room;
    memcpy(at->line + at->length, bytes, length);
    at->length += length;
}

/* Where the line says AT, or NULL. Noise before it is an old agent's, or the line's. */
static const char *at_find_command(struct at *at)
{
    size_t length = at->length;

    if (length == AT_LINE_MAX)
        return NULL;
    at->line[length] = '\0';
    for (size_t i = 0; i + 1 < length; i++)
        if ((at->line[i] | 0x20) == 'a' && (at->line[i + 1] | 0x20) == 't')
            return at->line + i;
    return NULL;
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
        at_keep(at, &c, 1);
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
        at_keep(at, &c, 1);
    }
}

/* A byte that means something. */
static void at_byte(struct at *at, char c)
{
    if (at->echo && c != AT_ESC && c != AT_CTRL_Z)
        buffer_add_char(&at->out, c);
    if (at->state == AT_PROMPT)
        at_prompt_byte(at, c);
    else
        at_command_byte(at, c);
}

static bool at_is_plain(char c)
{
    return (unsigned char)c >= ' ' ||
           (c != AT_CR && c != '\n' && c != AT_CTRL_Z && c != AT_ESC && c != AT_BACKSPACE);
}

/* Most bytes are digits of a PDU: they are taken in one piece. */
static size_t at_plain(struct at *at, const char *bytes, size_t length)
{
    size_t n = 0;

    while (n < length && at_is_plain(bytes[n]))
        n++;
    if (n && at->echo)
        buffer_add(&at->out, bytes, n);
    if (n)
        at_keep(at, bytes, n);
    return n;
}

void at_feed(struct at *at, const void *bytes, size_t length)
{
    const char *next = bytes;

    while (length > 0 && at->state != AT_WAITING) {
        size_t n = at_plain(at, next, length);

        if (n == 0) {
            at_byte(at, *next);
            n = 1;
        }
        next += n;
        length -= n;
    }
    if (length)
        buffer_add(&at->held, next, length);
}

/* Leaves AT_WAITING and reads what came meanwhile. */
static void at_resume(struct at *at)
{
    struct buffer held = at->held;

    at->state = AT_COMMAND;
    if (!held.length)
        return;
    at->held = BUFFER_NULL;
    at_feed(at, buffer_text(&held), held.length);
    buffer_free(&held);
}

void at_answer(struct at *at, unsigned reference, unsigned times)
{
    LOG_ASSERT(at->state == AT_WAITING);
    while (times-- > 0)
        at_say(at, "+CMGS: %u", reference);
    if (at->mutters)
        at_mutter(at);
    at_say(at, "OK");
    at_resume(at);
}

void at_refuse(struct at *at, const struct at_refusal *refusal)
{
    LOG_ASSERT(at->state == AT_WAITING);
    switch (refusal->kind) {
    case AT_ERROR_CMS:
        at_say(at, "+CMS ERROR: %d", refusal->code);
        break;
    case AT_ERROR_CME:
        at_say(at, "+CME ERROR: %d", refusal->code);
        break;
    case AT_ERROR_PLAIN:
        at_say(at, "ERROR");
        break;
    }
    at_resume(at);
}

void at_cut(struct at *at)
{
    LOG_ASSERT(at->state == AT_WAITING);
    buffer_add_text(&at->out, "\r\n+CM");
    at_resume(at);
}

void at_silence(struct at *at)
{
    LOG_ASSERT(at->state == AT_WAITING);
    at_resume(at);
}
