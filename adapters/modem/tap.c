/* tap: what a modem says, heard line by line. See tap.h.
 * Runs: any (pure). */
#include "adapters/modem/tap.h"

#include <string.h>

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

    tap->report_next = false;
    if (cds_parse(tap->line, length, &report) == 0)
        tap->report(tap->ctx, &report);
    else
        tap->botched++;
}

/* One line, length bytes without its end. */
static void tap_take_line(struct tap *tap, size_t length)
{
    if (length == 0)
        return;
    if (tap->report_next) {
        tap_take_report(tap, length);
    } else if (tap_begins(tap, "+CDS:")) {
        tap->report_next = true;
    } else if (tap_begins_one(tap, tap_ends, sizeof tap_ends / sizeof *tap_ends)) {
        tap->kept = 0;
        tap->errors += tap_begins(tap, "+CM");
    } else if (!tap_begins_one(tap, tap_cut, sizeof tap_cut / sizeof *tap_cut)) {
        tap->kept += tap->length + 2;
        tap->taken += tap_begins(tap, "+CMGS:");
    }
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
    for (size_t i = 0; i < length; i++)
        tap_take_byte(tap, at[i]);
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

bool tap_is_flooded(const struct tap *tap)
{
    return tap->kept + tap->length > TAP_FLOOD;
}
