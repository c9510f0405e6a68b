/* agent_pace: how long the agent waits.
 * Runs: agent.
 *
 * libgammu sleeps 0.7 s for every part that it sends, so that slow modems can follow. It does so
 * through usleep, and a program that exports its own usleep (-rdynamic) is asked instead. Ours
 * waits for what the sleep is for: until the bytes have left, and then for a short grace, which
 * ends early when the modem speaks. Who has just spoken and was not written to since (the prompt
 * of AT+CMGS: TS 27.005 3.5.1 asks for no pause behind it) needs none. Sleeps of less than
 * PACE_LONG_US are libgammu's polling and stay as they are.
 *
 * libgammu also waits up to 30 s for a modem that says nothing, longer than we may be willing to.
 * All that while it calls usleep, so that is where the time limit is kept: when it has passed,
 * libgammu is told to give up, once. */
#ifndef LAWCAST_MODEM_AGENT_PACE_H
#define LAWCAST_MODEM_AGENT_PACE_H

#include <stdbool.h>
#include <stdint.h>

#define PACE_LONG_US 50000

/* tty: what to drain and listen to, -1: nothing. grace_ms -1: libgammu's own sleeps. */
void pace_set(int tty, int grace_ms);
/* The line was written to; the modem has spoken. */
void pace_note_written(void);
void pace_note_heard(void);
/* give_up(ctx) is called from usleep once mono time limit_ms has passed. NULL: no limit. */
void pace_limit(int64_t limit_ms, void (*give_up)(void *ctx), void *ctx);
/* Gives up, once, when it is time (always, with now). true: it was given up, now or before. */
bool pace_check(bool now);
/* Waits until fd can be read or has hung up, at most until mono time limit_ms. */
bool pace_wait(int fd, int64_t limit_ms);

#endif
