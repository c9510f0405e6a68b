/* modem_set: what can be set, and what can be wrong. See modem.h.
 * Runs: loop. */
#include "tests/sim/modem_room.h"

#include <stdio.h>

enum { MODEM_NOISE_LINE = 40 };

struct sim_log_modem modem_logged(const struct modem *modem)
{
    return (struct sim_log_modem){modem->index, modem->radio.card.imsi};
}

void modem_hang(struct modem *modem, enum modem_hang hang)
{
    if (hang == MODEM_HANG_PROMPT)
        at_withhold_prompt(modem->at);
    else
        modem->faults.hang = hang;
}

void modem_refuse(struct modem *modem, const struct at_refusal *refusal, unsigned n)
{
    modem->faults.refusal = *refusal;
    modem->faults.refusals = n;
}

void modem_answer_twice(struct modem *modem)
{
    modem->faults.twice = true;
}

void modem_switch(struct modem *modem, enum modem_switch which, bool on)
{
    modem->faults.on[which] = on;
    if (which == MODEM_MUTTER)
        at_set_mutter(modem->at, on);
    if (which == MODEM_CDMA)
        modem->radio.cdma = on;
    modem_turn(modem);
}

/* A byte of noise: anything but a line's end; the same in every run. */
static char modem_noise_byte(uint32_t *state)
{
    char byte;

    do {
        *state = *state * 1664525u + 1013904223u;
        byte = (char)(*state >> 24);
    } while (byte == '\r' || byte == '\n');
    return byte;
}

void modem_noise(struct modem *modem, size_t bytes, bool lines)
{
    struct buffer *out = at_output(modem->at);
    uint32_t state = modem->index * 2654435761u + modem->noises++;

    for (size_t i = 0; i < bytes; i++) {
        size_t column = i % MODEM_NOISE_LINE;

        if (lines && column >= MODEM_NOISE_LINE - 2)
            buffer_add_char(out, column == MODEM_NOISE_LINE - 2 ? '\r' : '\n');
        else
            buffer_add_char(out, modem_noise_byte(&state));
    }
    modem_turn(modem);
}

void modem_set_air(struct modem *modem, int64_t air_ms)
{
    modem->air_ms = air_ms;
}

void modem_set_echo(struct modem *modem, int64_t delay_us)
{
    modem->echo_delay_us = delay_us;
}

void modem_set_registration(struct modem *modem, int registration, const char *network)
{
    modem->radio.registration = registration;
    if (network)
        snprintf(modem->radio.network, sizeof modem->radio.network, "%s", network);
    modem_turn(modem);
}

void modem_set_signal(struct modem *modem, int csq)
{
    modem->radio.signal = csq;
}

void modem_set_pin(struct modem *modem, const char *pin)
{
    card_set_pin(&modem->radio.card, pin);
}

void modem_set_imsi(struct modem *modem, const char *imsi)
{
    card_change(&modem->radio.card, imsi);
}
