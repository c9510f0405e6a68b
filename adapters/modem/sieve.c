/* sieve: what of a modem's words libgammu gets to hear. See sieve.h.
 * Runs: any (pure). */
#include "adapters/modem/sieve.h"

#include <string.h>

/* As libgammu knows them, at the beginning of a line that ends with CR LF. */
static const char *const sieve_ends[] = {
    "OK\r", "ERROR\r", "+CME ERROR:", "+CMS ERROR:", "MODEM ERROR:", "COMMAND NOT SUPPORT"};

/* What follows AT in a command: in the middle of a word only the first. */
static const char sieve_commands[] = "+\rEeZz&^$*%#";

static bool sieve_is_end(const struct sieve *sieve)
{
    for (size_t i = 0; i < sizeof sieve_ends / sizeof *sieve_ends; i++)
        if (sieve->length >= strlen(sieve_ends[i]) &&
            strncmp(sieve->line, sieve_ends[i], strlen(sieve_ends[i])) == 0)
            return true;
    return false;
}

static bool sieve_is_word(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* The echo may begin anywhere in a line: noise before it has no end of its own. */
static size_t sieve_outside(struct sieve *sieve, char c, char *out)
{
    size_t commands = sieve->joined ? 1 : sizeof sieve_commands - 1;
    char last = sieve->last;

    sieve->last = c;
    if (sieve->echo == 2 && memchr(sieve_commands, c, commands)) {
        *sieve = (struct sieve){.inside = true, .last = c};
        memcpy(out, "AT", 2);
        out[2] = c;
        return 3;
    }
    if (sieve->echo == 1 && (c == 'T' || c == 't')) {
        sieve->echo = 2;
        return 0;
    }
    sieve->echo = c == 'A' || c == 'a';
    sieve->joined = sieve_is_word(last);
    return 0;
}

/* The echo has ended, without a prompt behind it. */
static bool sieve_is_question(const struct sieve *sieve)
{
    static const char send[] = "CMGS=";

    return sieve->length >= strlen(send) && strncmp(sieve->line, send, strlen(send)) == 0 &&
           !memchr(sieve->line, '>', sieve->length);
}

static void sieve_end_line(struct sieve *sieve)
{
    sieve->inside = !sieve_is_end(sieve);
    sieve->asking = sieve->asking || sieve_is_question(sieve);
    sieve->length = sieve->echo = 0;
}

/* true: the character is kept back, or dropped with those that were. What is kept back and is no OK
 * after all is written to out, *n long. */
static bool sieve_hold(struct sieve *sieve, char c, char *out, size_t *n)
{
    static const char ok[] = "OK\r\n";

    if (sieve->held == 0 && (!sieve->asking || sieve->length > 0))
        return false;
    if (c == ok[sieve->held]) {
        sieve->held++;
        if (sieve->held == strlen(ok))
            sieve->held = 0;
        return true;
    }
    memcpy(out, ok, sieve->held);
    *n = sieve->held;
    sieve->length += sieve->held;
    memcpy(sieve->line, ok, sieve->held);
    sieve->held = 0;
    return false;
}

static size_t sieve_inside(struct sieve *sieve, char c, char *out)
{
    bool after_cr = sieve->last == '\r';
    size_t n = 0;

    sieve->last = c;
    if (sieve_hold(sieve, c, out, &n))
        return 0;
    out[n] = c;
    sieve->asking = sieve->asking && c != '>';
    if (c != '\n' && sieve->length < sizeof sieve->line && !(sieve->length == 0 && c == '\r'))
        sieve->line[sieve->length++] = c;
    if (c == '\n' && after_cr)
        sieve_end_line(sieve);
    return n + 1;
}

static bool sieve_is_fit(char c)
{
    return c == '\r' || c == '\n' || (c >= ' ' && c <= '~');
}

size_t sieve_pass(struct sieve *sieve, char *out, const char *from, size_t length)
{
    size_t n = 0;

    for (size_t i = 0; i < length; i++) {
        char c = from[i]; /* before out, which may reach it, is written */

        if (sieve_is_fit(c))
            n += sieve->inside ? sieve_inside(sieve, c, out + n) : sieve_outside(sieve, c, out + n);
    }
    return n;
}
