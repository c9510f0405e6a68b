/* agent_tty: the serial line to the modem, on a descriptor of our own beside libgammu's.
 * Runs: agent.
 *
 * Whoever reads the line, everything goes to the one tap (tap.h). While it is lent to libgammu
 * nobody else may speak on it. */
#ifndef LAWCAST_MODEM_AGENT_TTY_H
#define LAWCAST_MODEM_AGENT_TTY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "adapters/modem/tap.h"

struct tty {
    int fd;
    bool lent; /* to libgammu */
    bool gone; /* unplugged */
    struct tap tap;
};

/* Opens the device, waiting a while for another program that has it, and locks it. connection is
 * libgammu's name ("at115200"). NULL, or why not. It stays open until the process ends. */
const char *tty_open(struct tty *tty, const char *device, const char *connection);
/* libgammu locks it itself, on its own descriptor, with which a lock of ours would collide. */
void tty_unlock(struct tty *tty);
/* Reads what is there. false: the modem is gone, or talks without sense and end. */
bool tty_read(struct tty *tty);
/* What is wrong with the modem when it doesn't answer. */
const char *tty_complaint(const struct tty *tty);
/* Writes all of it before mono time limit_ms. false: impossible. */
bool tty_write(struct tty *tty, const char *text, size_t length, int64_t limit_ms);

#endif
