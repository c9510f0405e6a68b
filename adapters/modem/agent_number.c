/* agent_number: the number that a SIM or a modem has. See agent_number.h.
 * Runs: agent.
 *
 * The answer has no prefix on most modems, so whatever the modem says by itself meanwhile may stand
 * between it and its question; and a bad line loses characters. */
#include "adapters/modem/agent_number.h"

#include <string.h>
#include <time.h>

#include "gateway/base/clock.h"

#define NUMBER_TRIES    4
#define NUMBER_BUSY     14    /* +CME ERROR: the SIM is busy */
#define NUMBER_BUSY_MS  10000 /* as it is for a while after its PIN */
#define NUMBER_PAUSE_MS 300

static const struct number_form {
    const char *question, *prefix; /* prefix: on some modems */
    const char *letters;
    size_t min, most;
} number_forms[] = {
    [NUMBER_IMSI] = {"AT+CIMI", "+CIMI:", "0123456789", 14, 15},
    /* The last two may be the software's version; those of CDMA modems (MEID) are hexadecimal. */
    [NUMBER_IMEI] = {"AT+CGSN", "+CGSN:", "0123456789ABCDEF", 14, 16},
};

struct number_note {
    const struct number_form *form;
    char *value;
};

static const char *number_skip(const char *at, const char *letters)
{
    return at + strspn(at, letters);
}

/* The first line that is such a number and nothing else. */
static void number_hear(void *ctx, const char *line, size_t length)
{
    struct number_note *note = ctx;
    const struct number_form *form = note->form;
    size_t skip = strlen(form->prefix), digits;

    if (*note->value || strlen(line) != length)
        return;
    if (strncmp(line, form->prefix, skip) == 0)
        line = number_skip(line + skip, " \"");
    digits = strspn(line, form->letters);
    if (digits < form->min || digits > form->most || *number_skip(line + digits, " \"") != '\0')
        return;
    memcpy(note->value, line, digits);
    note->value[digits] = '\0';
}

static enum ask_result number_ask_once(struct asker *asker, enum number_kind kind,
                                       char value[static NUMBER_SIZE])
{
    struct number_note note = {&number_forms[kind], value};
    enum ask_result result;

    value[0] = '\0';
    result = ask(asker, number_forms[kind].question, number_hear, &note);
    if (result != ASK_OK)
        value[0] = '\0';
    return result;
}

static void number_pause(void)
{
    struct timespec pause = {.tv_nsec = NUMBER_PAUSE_MS * 1000000L};

    nanosleep(&pause, NULL);
}

bool number_ask(struct asker *asker, enum number_kind kind, char value[static NUMBER_SIZE])
{
    int64_t limit = clock_mono_ms() + NUMBER_BUSY_MS;
    char before[NUMBER_SIZE] = "";

    for (int i = 0; i < NUMBER_TRIES && !asker->deaf;) {
        enum ask_result result = number_ask_once(asker, kind, value);

        if (result == ASK_REFUSED && asker->code == NUMBER_BUSY && clock_mono_ms() < limit) {
            number_pause();
            continue;
        }
        if (*value && strcmp(value, before) == 0)
            return true;
        if (*value)
            memcpy(before, value, sizeof before);
        i++;
    }
    value[0] = '\0';
    return false;
}

bool number_seems(struct asker *asker, enum number_kind kind, const char *value)
{
    char now[NUMBER_SIZE];

    number_ask_once(asker, kind, now);
    return !*now || strcmp(now, value) == 0;
}
