/* steer_line: a person's word (model/steer.h) in the words of the control socket.
 * Runs: any (pure, but for the process's time zone).
 *
 *   pause campaign ID               resume alike
 *   pause unit UNIT [ID]            ID: the campaign; without it all of them
 *   pause modem ID                  a modem, "bank-a/17", or a whole bank, "bank-a"
 *   pause board ID
 *   cancel campaign ID | unit UNIT [ID] | board ID [ID]
 *   extend campaign ID TIME | unit UNIT [ID] TIME           TIME: 2026-10-31T11:40[:15], local
 *   set-rate campaign ID RATE | unit UNIT [ID] RATE | modem ID RATE
 *
 * answered by {"ok": the verb, ...} once the books have it; see lawcast-control(7). */
#ifndef LAWCAST_CONTROL_STEER_LINE_H
#define LAWCAST_CONTROL_STEER_LINE_H

#include <stddef.h>

#include "gateway/base/buffer.h"
#include "gateway/model/steer.h"

enum steer_line_fault {
    STEER_LINE_FINE,
    STEER_LINE_VERB,  /* the first word is none of these */
    STEER_LINE_SCOPE, /* campaign, unit, modem or board is missing, or this can't be said of it */
    STEER_LINE_WORDS, /* too few or too many */
    STEER_LINE_NAME,  /* no id, or one that is too long */
    STEER_LINE_TIME,  /* no such time */
    STEER_LINE_RATE,  /* no whole number from 0 to STEER_RATE_MOST */
    STEER_LINE_FAULTS
};

/* From words as control.h splits them, n >= 1. */
enum steer_line_fault steer_line_read(size_t n, char *const *words, struct steer *out);
/* In the user's language. */
const char *steer_line_label(enum steer_line_fault fault);
/* A line that reads back as the same (a time to the second). */
void steer_line_write(const struct steer *steer, struct buffer *line);

#endif
