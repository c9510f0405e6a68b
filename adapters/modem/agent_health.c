/* agent_health: how the modem stands. See agent_health.h.
 * Runs: agent. */
#include "adapters/modem/agent_health.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/buffer.h"
#include "gateway/base/clock.h"
#include "gateway/base/hex.h"
#include "gateway/base/utf8.h"

#include "adapters/modem/agent_number.h"

#define HEALTH_REST_MS   60000
#define HEALTH_LOST_MS   5000
#define HEALTH_RETELL_MS 600000
#define HEALTH_SIGNAL_DB 6

/* <stat> of +CREG and +CEREG. */
static const struct {
    enum registration registration;
    bool registered;
} health_stats[] = {
    [0] = {REGISTRATION_NONE, false},      [1] = {REGISTRATION_HOME, true},
    [2] = {REGISTRATION_SEARCHING, false}, [3] = {REGISTRATION_DENIED, false},
    [4] = {REGISTRATION_UNKNOWN, false},   [5] = {REGISTRATION_ROAMING, true},
    [6] = {REGISTRATION_HOME, true}, /* for messages only */
    [7] = {REGISTRATION_ROAMING, true},    [8] = {REGISTRATION_DENIED, false}, /* emergencies */
    [9] = {REGISTRATION_HOME, true},       [10] = {REGISTRATION_ROAMING, true},
};

static const char *const health_complaints[REGISTRATIONS] = {
    [REGISTRATION_NONE] = "not registered: the modem doesn't look for a network",
    [REGISTRATION_SEARCHING] = "not registered: the modem is searching for a network",
    [REGISTRATION_DENIED] = "not registered: the network refuses the SIM",
    [REGISTRATION_UNKNOWN] = "not registered: the modem is out of reach of its network",
};

/* <stat> as it answers one question; -1: no answer. An unasked line of the same name has no number
 * before it, and isn't taken for one. */
static int health_ask_stat(struct asker *asker, const char *question, const char *prefix)
{
    char value[64];
    int stat;

    if (ask_value(asker, question, prefix, value, sizeof value) != ASK_OK)
        return -1;
    if (sscanf(value, "%*d , %d", &stat) != 1 || stat < 0 ||
        stat >= (int)(sizeof health_stats / sizeof *health_stats))
        return -1;
    return stat;
}

/* Where messages go over LTE, only the second question finds it. */
static void health_ask_registration(struct health *health, struct asker *asker)
{
    int stat = health_ask_stat(asker, "AT+CREG?", "+CREG:"), other = -1;

    if (asker->deaf)
        return;
    if (stat < 0 || !health_stats[stat].registered)
        other = health_ask_stat(asker, "AT+CEREG?", "+CEREG:");
    if (other >= 0 && (stat < 0 || health_stats[other].registered))
        stat = other;
    health->fallen = stat >= 0 && !health_stats[stat].registered;
    health->now.registration = stat < 0 ? REGISTRATION_UNKNOWN : health_stats[stat].registration;
}

static void health_ask_signal(struct health *health, struct asker *asker)
{
    char value[32];
    int rssi;

    if (ask_value(asker, "AT+CSQ", "+CSQ:", value, sizeof value) != ASK_OK ||
        sscanf(value, "%d", &rssi) != 1)
        return;
    health->now.signal_dbm = rssi >= 0 && rssi <= 31 ? 2 * rssi - 113 : 0;
}

/* Some modems write names as the hexadecimal digits of UCS-2. */
static void health_decode(struct buffer *name)
{
    BUFFER_FREE_LATER struct buffer units = BUFFER_NULL, text = BUFFER_NULL;
    char bytes[4];

    if (name->length < 8 || name->length % 4 || hex_decode(&units, name->data, name->length))
        return;
    for (size_t i = 0; i < units.length; i += 2) {
        int32_t code = (unsigned char)units.data[i] << 8 | (unsigned char)units.data[i + 1];

        if (code < ' ' || (code >= 0xD800 && code <= 0xDFFF))
            return;
        buffer_add(&text, bytes, utf8_put(code, bytes));
    }
    buffer_clear(name);
    buffer_add(name, text.data, text.length);
}

/* Copies what is valid UTF-8 of it, whole characters. */
static void health_copy(const char *bytes, size_t length, char *text, size_t size)
{
    size_t at = 0, end = 0;

    while (at < length && utf8_next(bytes, length, &at) >= ' ' && at < size)
        end = at;
    memcpy(text, bytes, end);
    text[end] = '\0';
}

/* +COPS: 0,0,"CHINA MOBILE",7 */
static void health_ask_network(struct health *health, struct asker *asker)
{
    BUFFER_FREE_LATER struct buffer name = BUFFER_NULL;
    char value[200];
    const char *from, *to = NULL;

    if (ask_value(asker, "AT+COPS?", "+COPS:", value, sizeof value) != ASK_OK)
        return;
    from = strchr(value, '"');
    if (from)
        to = strchr(++from, '"');
    if (to)
        buffer_add(&name, from, (size_t)(to - from));
    health_decode(&name);
    health_copy(buffer_text(&name), name.length, health->now.network, sizeof health->now.network);
}

/* A modem that told no IMSI and tells one now is looked at anew, too. */
static void health_ask_sim(struct health *health, struct asker *asker)
{
    char imsi[NUMBER_SIZE];

    if (!health->told_ms || number_seems(asker, NUMBER_IMSI, health->now.imsi))
        return;
    health->swapped = number_ask(asker, NUMBER_IMSI, imsi) && strcmp(imsi, health->now.imsi) != 0;
}

static void (*const health_steps[])(struct health *health, struct asker *asker) = {
    health_ask_registration, health_ask_signal, health_ask_network, health_ask_sim};

enum { HEALTH_STEPS = sizeof health_steps / sizeof *health_steps };

static void health_end_round(struct health *health)
{
    int64_t now = clock_mono_ms();

    health->step = 0;
    if (!health->fallen)
        health->lost_ms = 0;
    else if (health->lost_ms == 0)
        health->lost_ms = now;
    health->due_ms = now + (health->fallen ? HEALTH_LOST_MS : HEALTH_REST_MS);
}

void health_open(struct health *health, struct asker *asker)
{
    number_ask(asker, NUMBER_IMEI, health->now.imei);
    /* The network by its name. */
    ask(asker, "AT+COPS=3,0", NULL, NULL);
    do
        health_step(health, asker);
    while (health->step);
}

int64_t health_due_ms(const struct health *health)
{
    return health->due_ms;
}

void health_step(struct health *health, struct asker *asker)
{
    health_steps[health->step](health, asker);
    if (++health->step == HEALTH_STEPS)
        health_end_round(health);
}

void health_hurry(struct health *health, int64_t within_ms)
{
    int64_t soon = clock_mono_ms() + within_ms;

    if (soon < health->due_ms)
        health->due_ms = soon;
}

bool health_has_network(const struct health *health)
{
    return health->lost_ms == 0;
}

int64_t health_lost_for_ms(const struct health *health, int64_t now_ms)
{
    return health->lost_ms ? now_ms - health->lost_ms : 0;
}

static bool health_differs(const struct modem_health *a, const struct modem_health *b)
{
    return a->registration != b->registration || a->cdma != b->cdma ||
           strcmp(a->network, b->network) != 0 || !a->signal_dbm != !b->signal_dbm ||
           abs(a->signal_dbm - b->signal_dbm) >= HEALTH_SIGNAL_DB;
}

bool health_fetch(struct health *health, int64_t now_ms)
{
    if (health->step)
        return false;
    if (health->told_ms && now_ms - health->told_ms < HEALTH_RETELL_MS &&
        !health_differs(&health->now, &health->told))
        return false;
    health->told = health->now;
    health->told_ms = now_ms;
    return true;
}

const char *health_complaint(const struct health *health)
{
    const char *why = health_complaints[health->now.registration];

    return why ? why : "not registered";
}
