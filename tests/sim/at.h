/* at: the AT command interpreter of one modem in PDU mode: bytes in, bytes out.
 * Runs: any (no descriptors, no time). Sources: ITU-T V.250; 3GPP TS 27.005 3-4; TS 27.007 5, 7, 9.
 *
 * The host gives it what was read (at_feed) and writes what is in at_output. A PDU goes to
 * host->submit, which answers at once or later with exactly one of at_answer, at_refuse, at_cut,
 * at_silence; until then what comes in is held, so that nothing is said in the middle of a
 * response. Unsolicited lines (at_announce, at_report, at_deliver) are said only while at_is_idle;
 * at_mutter is there to break that rule.
 *
 * An agent that dies leaves a prompt or half a line behind. ESC ends both; a prompt also ends when
 * a line that ends in "AT..." comes, so that a new agent never talks to an old prompt. */
#ifndef LAWCAST_TESTS_SIM_AT_H
#define LAWCAST_TESTS_SIM_AT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/buffer.h"
#include "tests/sim/pdu.h"
#include "tests/sim/radio.h"

struct at; /* opaque */

struct at_host {
    /* One SMS-SUBMIT, decoded to at most PDU_BYTES_MAX bytes. */
    void (*submit)(void *ctx, const uint8_t *pdu, size_t length, size_t announced);
    /* What was sent is no PDU (no hexadecimal, too long). */
    void (*garbage)(void *ctx);
    /* A stored message goes (AT+CMGD). */
    void (*deleted)(void *ctx, size_t place, const struct card_message *message);
    void *ctx;
};

/* How a message is refused: "+CMS ERROR: code", "+CME ERROR: code", "ERROR". */
enum at_error_kind { AT_ERROR_CMS, AT_ERROR_CME, AT_ERROR_PLAIN };
struct at_refusal {
    enum at_error_kind kind;
    int code; /* 0 when PLAIN */
};

/* radio outlives it. */
struct at *at_new(const struct at_host *host, struct radio *radio);
void at_free(struct at *at);
/* As after power-on: what was held and not yet written is lost. */
void at_reset(struct at *at);
/* What the family says after power-on. */
void at_boot(struct at *at);

void at_feed(struct at *at, const void *bytes, size_t length);
struct buffer *at_output(struct at *at);
/* A PDU waits for its answer. */
bool at_is_busy(const struct at *at);
/* Bytes that came meanwhile. */
size_t at_held(const struct at *at);

/* times: how often the line with the reference comes, 1 or more. */
void at_answer(struct at *at, unsigned reference, unsigned times);
void at_refuse(struct at *at, const struct at_refusal *refusal);
/* Says "+CM" and nothing more. */
void at_cut(struct at *at);
/* Says nothing, ever, and is ready for the next command: the answer was lost. */
void at_silence(struct at *at);

/* May an unsolicited line be said now? */
bool at_is_idle(const struct at *at);
/* Says the registration, if it has changed since and AT+CREG or AT+CEREG asked for it. */
void at_announce(struct at *at);
/* Routes an SMS-STATUS-REPORT as AT+CNMI asked. 0, or 1: not now; try again later. */
int at_report(struct at *at, const struct card_message *report);
/* Same for an SMS-DELIVER; *place is where the card keeps it, 0: it was said and not kept. */
int at_deliver(struct at *at, const struct card_message *message, size_t *place);

/* The next AT+CMGS gets no prompt. */
void at_withhold_prompt(struct at *at);
/* While on, lines of the family after every prompt, and before every line of every answer. */
void at_set_mutter(struct at *at, bool on);

#endif
