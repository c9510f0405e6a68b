/* tap: what a modem says, heard line by line. See tap.h.
 * Runs: any (pure). */
#include "adapters/modem/tap.h"

#include <stdlib.h>
#include <string.h>

#include "adapters/modem/cds.h"

/* What ends an answer, for libgammu: it forgets all that came before. */
static const char *const tap_ends[] = {
    "OK", "ERROR", "+CME ERROR:", "+CMS ERROR:", "MODEM ERROR:", "COMMAND NOT SUPPORT"};

/* What libgammu cuts out of an answer. */
static const char *const tap_cut[] = {
    "+CMTI:", "+CDSI:", "+CREG:", "RING", "^RSSI:", "^HCSQ:", "^MODE:", "^BOOT:", "^SRVST:"};

static bool tap_begins(const struct tap *tap, const char *word)
{
    return strncmp(tap->line, word, strlen(word)) == 0;
}

static bool tap_begins_one(const struct tap *tap, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (tap_begins(tap, words[i]))
            return true;
    return false;
}

static void tap_take_report(struct tap *tap, size_t length)
{
    struct status_report report;

    if (cds_parse(tap->line, length, &report))
        tap->botched++;
    else if (tap->events && tap->events->report)
        tap->events->report(tap->ctx, &report);
}

/* The line that follows a +CDS or +CMT. */
static void tap_take_next(struct tap *tap, size_t length)
{
    enum tap_next next = tap->next;

    tap->next = TAP_ANY;
    if (next == TAP_REPORT)
        tap_take_report(tap, length);
    else if (tap->events && tap->events->direct)
        tap->events->direct(tap->ctx, tap->line, length);
}

static void tap_take_reference(struct tap *tap)
{
    const char *text = tap->line + strlen("+CMGS:");
    char *end;
    long number = strtol(text, &end, 10);
    bool sane = end != text && (*end == '\0' || *end == ',') && number >= 0 && number <= 255;

    tap->taken++;
    tap->reference = sane ? (int)number : -1;
}

/* An ending that is none of a question. */
static void tap_take_end(struct tap *tap)
{
    const char *colon = strchr(tap->line, ':');
    long number = colon ? strtol(colon + 1, NULL, 10) : -1;

    if (tap_begins(tap, "OK"))
        return;
    tap->failures++;
    tap->code = number > 0 && number <= TAP_CODE_MAX ? (int)number : -1;
    tap->errors += tap_begins(tap, "+CM");
}

/* What comes at any time. false: it isn't that. */
static bool tap_take_unasked(struct tap *tap)
{
    if (tap_begins(tap, "+CDS:"))
        tap->next = TAP_REPORT;
    else if (tap_begins(tap, "+CMT:"))
        tap->next = TAP_DIRECT;
    else if (tap_begins(tap, "+CMTI:") || tap_begins(tap, "+CDSI:")) {
        if (tap->events && tap->events->stored)
            tap->events->stored(tap->ctx, tap->line);
    } else if (tap_begins(tap, "+CMGS:")) {
        tap->kept += tap->length + 2;
        tap_take_reference(tap);
    } else {
        return false;
    }
    return true;
}

/* One line, length bytes without its end. */
static void tap_take_line(struct tap *tap, size_t length)
{
    bool ends, listed = tap->listing, answers;

    if (length == 0)
        return;
    if (tap->next != TAP_ANY) {
        tap_take_next(tap, length);
        return;
    }
    if (tap_take_unasked(tap))
        return;
    ends = tap_begins_one(tap, tap_ends, sizeof tap_ends / sizeof *tap_ends);
    answers = tap->answer && tap->answer(tap->answer_ctx, tap->line, length);
    tap->listing = answers && tap_begins(tap, "+CMGL:");
    if (ends)
        tap->kept = 0;
    else if (!(answers && (listed || tap->listing)) &&
             !tap_begins_one(tap, tap_cut, sizeof tap_cut / sizeof *tap_cut))
        tap->kept += tap->length + 2;
    if (ends && !answers)
        tap_take_end(tap);
}

static void tap_end_line(struct tap *tap)
{
    size_t length = tap->length < sizeof tap->line ? tap->length : sizeof tap->line - 1;

    while (length > 0 && tap->line[length - 1] == '\r')
        length--;
    tap->line[length] = '\0';
    tap_take_line(tap, length);
    tap->length = 0;
}

static void tap_take_byte(struct tap *tap, char c)
{
    bool after_cr = tap->last == '\r';

    tap->last = c;
    /* A line ends with CR LF: what libgammu doesn't take for an end is none here either. */
    if (c == '\n' && after_cr) {
        tap_end_line(tap);
        return;
    }
    if (tap->length == 0 && (c == '\r' || c == '\n'))
        return;
    if (tap->length < sizeof tap->line - 1)
        tap->line[tap->length] = c;
    tap->length++;
}

void tap_feed(struct tap *tap, const void *bytes, size_t length)
{
    const char *at = bytes;

    tap->heard += length;
    for (size_t i = 0; i < length; i++) {
        if (at[i])
            tap_take_byte(tap, at[i]);
        else
            tap->kept++; /* so that a line of nothing else is a flood, too */
    }
}

static unsigned tap_fetch(unsigned *count)
{
    unsigned n = *count;

    *count = 0;
    return n;
}

unsigned tap_fetch_taken(struct tap *tap)
{
    return tap_fetch(&tap->taken);
}

unsigned tap_fetch_errors(struct tap *tap)
{
    return tap_fetch(&tap->errors);
}

unsigned tap_fetch_botched(struct tap *tap)
{
    return tap_fetch(&tap->botched);
}

bool tap_is_flooded(const struct tap *tap)
{
    return tap->kept + tap->length > TAP_FLOOD;
}
