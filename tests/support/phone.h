/* phone: a test's hand on the terminal of a simulated modem: what is typed and what is expected.
 * Runs: any (waits for bytes, never for time; for tests that use cmocka). */
#ifndef LAWCAST_TESTS_SUPPORT_PHONE_H
#define LAWCAST_TESTS_SUPPORT_PHONE_H

#include "gateway/base/buffer.h"

struct phone {
    int fd;
    struct buffer seen; /* read and not yet expected */
};

void phone_open(struct phone *phone, const char *path);
void phone_close(struct phone *phone);
void phone_say(struct phone *phone, const char *text);
/* Reads until text comes; what was read up to its end is dropped. */
void phone_expect(struct phone *phone, const char *text);
/* Says a command and expects its answer, the final OK included. */
void phone_ask(struct phone *phone, const char *command, const char *answer);
/* An SMS-SUBMIT of 宪法 to 861380000000N with a report wanted and the longest TP-VP, up to Ctrl-Z.
 */
void phone_send(struct phone *phone, int n);

/* The number that phone_send sends to. */
#define PHONE_NUMBER(n) (INT64_C(8613800000000) + (n))

#endif
