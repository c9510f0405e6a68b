/* at: the AT command interpreter of one modem in PDU mode: bytes in, bytes out.
 * Runs: any (no descriptors, no time). Sources: ITU-T V.250; 3GPP TS 27.005 3-4; TS 27.007 5, 7, 9.
 *
 * The host gives it what was read (at_feed) and writes what is in at_output. A PDU goes to
 * host->submit, which answers at once or later with exactly one of at_answer, at_refuse,
 * at_silence; until then what comes in is held, so that nothing is said in the middle of a
 * response. Unsolicited lines (at_report, at_deliver) are taken only while at_is_idle.
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

struct at; /* opaque */

struct at_host {
    /* One SMS-SUBMIT, decoded to at most PDU_BYTES_MAX bytes. */
    void (*submit)(void *ctx, const uint8_t *pdu, size_t length, size_t announced);
    /* What was sent is no PDU (no hexadecimal, too long). */
    void (*garbage)(void *ctx);
    void *ctx;
};

struct at *at_new(const struct at_host *host, unsigned serial);
void at_free(struct at *at);
/* As after power-on. What was held and not yet written is lost, what is stored stays. */
void at_reset(struct at *at);

void at_feed(struct at *at, const void *bytes, size_t length);
struct buffer *at_output(struct at *at);
/* A PDU waits for its answer. */
bool at_is_busy(const struct at *at);

void at_answer(struct at *at, unsigned reference);
void at_refuse(struct at *at, int cms);
/* Says nothing, ever, and is ready for the next command: the answer was lost. */
void at_silence(struct at *at);

/* May an unsolicited line be said now? */
bool at_is_idle(const struct at *at);
/* Routes an SMS-STATUS-REPORT or an SMS-DELIVER as AT+CNMI asked. 0, or 1: not now (not routed, or
 * no room); try again later. */
int at_report(struct at *at, const struct pdu_bytes *pdu);
int at_deliver(struct at *at, const struct pdu_bytes *pdu);

#endif
