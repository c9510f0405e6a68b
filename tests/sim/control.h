/* control: the commands on standard input, one a line, each answered by one line of JSON.
 * Runs: loop.
 *
 *   clock EPOCH_MS            sync                      quit (or the end of the input)
 *   quiet N AIR SAID GONE     on a frozen clock: is answered when everything is quiet: no board
 * calls, AIR messages are in the air, SAID reports were said in all, and GONE modems are unplugged.
 * Adds n (N) and next: the time of what happens next by itself, not there if nothing does. A later
 * one replaces it
 *
 * Boards:
 *   reboot BOARD              power off and on again
 *   power BOARD on|off        off: doesn't answer, is dark, forgets what is in its RAM
 *   lie BOARD on|off          what is new is answered with success, and not stored
 *   pretend BOARD on|off      what is new is answered with success, stored, and never on the screen
 *   sleep BOARD on|off        the screen is dark on purpose
 *   skew BOARD MS             its clock is wrong by so much; may be negative
 *   expire BOARD              its logins are over
 *   own BOARD NAME TEXT       a program of the owner's
 *   stored BOARD              adds names: all that is stored; armed: 1 while a fault, a garbled
 *                             answer or a trip waits for its request
 *   garble BOARD STATUS NTH   of the next requests this one (1: the first) is carried out, but
 *                             answered with this HTTP status and a web page; 0: none
 *   fault BOARD STATUS [N [RETRY_S [AHEAD]]]
 *                             the next N (1) requests get this HTTP status, and Retry-After; AHEAD
 *                             requests are let through before them
 *   trip BOARD none|hang|dark|cut [AHEAD]
 *                             the next request, or the one that comes after AHEAD others, finds the
 *                             board hung, or without power; cut: it is carried out, then the power
 *                             fails, and there is no answer
 *   hangboard BOARD on|off    takes requests and never answers
 *   offline BOARD on|off      closes connections without an answer
 *
 * What the network does with a number, from now on (busy: the next N tries get CMS 42):
 *   number DIGITS cms CODE|status S|late MS|silent|busy N
 *
 * Modem K (the first one is 0):
 *   unplug K                  a message in the air is never taken; the SIM keeps its messages
 *   replug K [LINK]           LINK: under DIR/LINK from now on
 *   cms K CODE [N]            the next N messages (1) are refused: +CMS ERROR: CODE
 *   cme K CODE [N]            +CME ERROR: CODE
 *   error K [N]               ERROR
 *   hang K before|after       the next message gets no answer; it was not taken, or taken
 *   hang K prompt             the next AT+CMGS gets no prompt
 *   truncate K [after]        the next answer is cut after "+CM"; it was not taken, or taken
 *   twice K                   the next +CMGS line comes twice
 *   deaf K on|off             answers nothing; a message in the air arrives
 *   barred K on|off           every message is refused with CMS 8
 *   nocredit K on|off         every message is refused with CMS 21
 *   mutter K on|off           lines of its family after prompts and inside of answers
 *   garbage K [BYTES]         noise without line ends (64)
 *   flood K BYTES             noise with line ends
 *   slow K AIR_MS             echo K US                 signal K CSQ
 *   register K STAT [NETWORK] the network's name is the rest of the line
 *   cdma K on|off             the SIM is in CDMA mode: no PDUs
 *   pin K DIGITS|off          from the next replug on; three wrong tries: PUK
 *   imsi K DIGITS             another SIM from the next replug on: no PIN, no messages, and the old
 *                             one's reports and messages are lost
 *   reports K late MS         of what is taken from now on, MS after that
 *   reports K drop|twice N    of the next N messages
 *   reports K stray N         for N messages that nobody sent, now
 *   deliver K NUMBER TEXT     a message for the SIM, in parts when it is long
 *   deliverparts K NUMBER ORDER TEXT   its parts as ORDER says: 3,1,2 or 2,2,1
 *   deliverfrom K SENDER TEXT a name, a short code, a number as it is dialled, or +DIGITS
 *   store K                   adds used: messages in the SIM's memory
 *
 * {"ok":"clock"}, or {"error":"..."} for what can't be done; sync adds accepted and
 * reports_pending. The clock takes reports with it: what is due by the new time comes at once. A
 * frozen clock takes everything with it, and adds air, said and gone as they were before. */
#ifndef LAWCAST_TESTS_SIM_CONTROL_H
#define LAWCAST_TESTS_SIM_CONTROL_H

#include <stdio.h>

#include "gateway/base/buffer.h"
#include "tests/sim/bank.h"
#include "tests/sim/boards.h"

/* What the caller of "quiet" thinks of the world. */
struct control_quiet {
    bool asked;
    int64_t n, air, said, gone;
};

/* What commands act on. */
struct control {
    struct bank *bank;
    struct boards *boards;
    struct sim_log *log;
    bool quit; /* was asked for */
    struct control_quiet quiet;
};

/* Runs one line (changed in place) and adds its answer, a line with its end; none to "quiet". */
void control_run(struct control *control, char *line, struct buffer *answer);
/* After each event: adds the answer to "quiet", when it is. */
void control_look(struct control *control, struct buffer *answer);
/* All commands with their words, one a line. */
void control_print_help(FILE *out);

#endif
