/* sieve: what of a modem's words libgammu gets to hear.
 * Runs: any (pure).
 *
 * libgammu knows the answer to its command by the echo that it begins with: one strange line before
 * that (of a make that it doesn't know, or noise) and it waits in vain for 30 s. So it is given
 * only what stands between an echo, "AT...", and the line that ends an answer, and of that only
 * printable characters and line ends. It also takes an OK for the prompt, "> ", and hands over the
 * text to a modem that waits for none: so none passes between AT+CMGS and its prompt. All else is
 * for the tap (tap.h). */
#ifndef LAWCAST_MODEM_SIEVE_H
#define LAWCAST_MODEM_SIEVE_H

#include <stdbool.h>
#include <stddef.h>

#define SIEVE_SPARE 3 /* bytes that may come out beyond those that went in */

/* A zeroed one is valid. */
struct sieve {
    bool inside;   /* between an echo and the end of its answer */
    size_t echo;   /* outside: how many characters of "AT" have come */
    bool joined;   /* to a word before them */
    size_t length; /* inside: of the line that has no end yet; line holds its beginning */
    size_t held;   /* inside: of the line, which may be an OK that isn't to pass */
    bool asking;   /* inside: for the prompt */
    char last;
    char line[24];
};

/* Writes what passes of length bytes at from to out, and returns how much that is. out may be up to
 * SIEVE_SPARE bytes before from, but not after. */
size_t sieve_pass(struct sieve *sieve, char *out, const char *from, size_t length);

#endif
