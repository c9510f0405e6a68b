/* agent_sim: is there a SIM that may be used? See agent_sim.h.
 * Runs: agent. */
#include "adapters/modem/agent_sim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gateway/base/clock.h"

#include "adapters/modem/agent_number.h"

#define SIM_WAIT_MS  10000 /* a SIM is busy for a while after power-on, and after its PIN */
#define SIM_PAUSE_MS 300

#define SIM_CME_NO_SIM 10
#define SIM_CME_BUSY   14

/* What +CPIN says, by how it begins; the longer one first. */
static const struct {
    const char *word;
    enum sim_state state;
    const char *why;
} sim_words[] = {
    {"READY", SIM_READY, ""},
    {"SIM PIN2", SIM_READY, ""}, /* asked for by what we never do */
    {"SIM PUK2", SIM_READY, ""},
    {"SIM PIN", SIM_BARRED, "the SIM asks for its PIN: set pin, or switch the question off"},
    {"SIM PUK", SIM_BARRED, "the SIM is locked and asks for its PUK: unlock it in a telephone"},
    {"", SIM_BARRED, "the modem is locked to another SIM or network"},
};

enum { SIM_WORD_PIN = 3 };

static void sim_pause(void)
{
    struct timespec pause = {.tv_nsec = SIM_PAUSE_MS * 1000000L};

    nanosleep(&pause, NULL);
}

/* Asks again while the SIM is busy. */
static enum ask_result sim_ask(struct asker *asker, const char *question, const char *prefix,
                               char *value, size_t size)
{
    int64_t limit = clock_mono_ms() + SIM_WAIT_MS;

    for (;;) {
        enum ask_result result = ask_value(asker, question, prefix, value, size);

        if (result != ASK_REFUSED || asker->code != SIM_CME_BUSY || clock_mono_ms() >= limit)
            return result;
        sim_pause();
    }
}

static enum sim_state sim_lost(const struct asker *asker, char why[static 120])
{
    snprintf(why, 120, "%s", tty_complaint(asker->tty));
    return SIM_LOST;
}

/* Which of sim_words the SIM says; negative: state and why are final. */
static int sim_ask_state(struct asker *asker, enum sim_state *state, char why[static 120])
{
    enum ask_result result;
    char value[40];

    result = sim_ask(asker, "AT+CPIN?", "+CPIN:", value, sizeof value);
    if (result == ASK_REFUSED) {
        /* Errors have no numbers until they are asked for. */
        ask(asker, "AT+CMEE=1", NULL, NULL);
        result = sim_ask(asker, "AT+CPIN?", "+CPIN:", value, sizeof value);
    }
    for (int i = 0; result == ASK_OK && *value; i++)
        if (strncmp(value, sim_words[i].word, strlen(sim_words[i].word)) == 0)
            return i;
    *state = SIM_READY; /* a modem that doesn't know the question */
    if (result == ASK_SILENT && asker->deaf)
        *state = sim_lost(asker, why);
    else if (result == ASK_REFUSED && asker->code >= SIM_CME_NO_SIM && asker->code <= 15) {
        *state = SIM_LOST;
        snprintf(why, 120,
                 asker->code == SIM_CME_NO_SIM ? "no SIM in the modem"
                                               : "no usable SIM in the modem");
    }
    return -1;
}

static enum sim_state sim_refuse_pin(enum sim_state state, const char *said, char why[static 120])
{
    snprintf(why, 120, "wrong PIN: %s; it is not tried again until pin has another value", said);
    return state;
}

/* After the PIN: what isn't its acceptance counts as a try that failed. */
static enum sim_state sim_judge_pin(struct asker *asker, enum ask_result result,
                                    char why[static 120])
{
    int64_t limit = clock_mono_ms() + SIM_WAIT_MS;
    enum sim_state state = SIM_READY;
    int word;

    for (;;) {
        word = asker->deaf ? -1 : sim_ask_state(asker, &state, why);
        if (result != ASK_OK || word != SIM_WORD_PIN || clock_mono_ms() >= limit)
            break;
        sim_pause(); /* accepted, and not yet noticed */
    }
    if (word >= 0 && sim_words[word].state == SIM_READY)
        return SIM_READY;
    if (word < 0 && result == ASK_OK)
        return state;
    if (word < 0)
        return sim_refuse_pin(SIM_BAD_PIN, "the modem answered with nothing of use", why);
    return sim_refuse_pin(
        SIM_BAD_PIN, word == SIM_WORD_PIN ? "the SIM refused it" : "the SIM is locked now", why);
}

static enum sim_state sim_try_pin(struct asker *asker, const struct sim_safe *safe,
                                  char why[static 120])
{
    const char *pin = safe->fetch(safe->ctx);
    enum sim_state state;
    enum ask_result result;
    char question[32];

    if (!pin) {
        snprintf(why, 120, "nobody tells the PIN");
        return SIM_LOST;
    }
    snprintf(question, sizeof question, "AT+CPIN=\"%s\"", pin);
    result = ask(asker, question, NULL, NULL);
    explicit_bzero(question, sizeof question);
    state = sim_judge_pin(asker, result, why);
    if (state != SIM_BAD_PIN)
        safe->taken(safe->ctx);
    return state;
}

enum sim_state sim_unlock(struct asker *asker, const struct sim_safe *safe, char why[static 120])
{
    enum sim_state state;
    int word = sim_ask_state(asker, &state, why);

    if (word < 0)
        return state;
    if (word == SIM_WORD_PIN && safe)
        return sim_try_pin(asker, safe, why);
    snprintf(why, 120, "%s", sim_words[word].why);
    return sim_words[word].state;
}

/* China Telecom: its SIMs still know CDMA. Mobile network codes of MCC 460 (ITU E.212). */
static bool sim_is_telecom(const struct modem_health *health)
{
    static const char *const codes[] = {"46003", "46005", "46011", "46012"};

    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (strncmp(health->imsi, codes[i], strlen(codes[i])) == 0)
            return true;
    return false;
}

static bool sim_says(const char *value, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strstr(value, words[i]))
            return true;
    return false;
}

/* <sys_mode>, the fourth number: 0 no service, 2 CDMA, 4 HDR, 8 both. */
static int sim_system_mode(const char *value)
{
    int mode;

    return sscanf(value, "%*d,%*d,%*d,%d", &mode) == 1 ? mode : 0;
}

/* The network in use, as its make of modem says it. guess: when it doesn't. */
static bool sim_uses_cdma(struct asker *asker, bool guess)
{
    static const char *const words[] = {"CDMA1X", "CDMA 1X", "HDR", "EVDO", "EHRPD"};
    char value[64];
    int mode;

    if (ask_value(asker, "AT^SYSINFO", "^SYSINFO:", value, sizeof value) == ASK_OK) {
        mode = sim_system_mode(value);
        return mode ? mode == 2 || mode == 4 || mode == 8 : guess;
    }
    if (ask_value(asker, "AT+QNWINFO", "+QNWINFO:", value, sizeof value) == ASK_OK)
        return sim_says(value, words, sizeof words / sizeof *words) ||
               (guess && strstr(value, "No Service"));
    return guess;
}

enum sim_state sim_identify(struct asker *asker, struct modem_health *health, char why[static 120])
{
    static const char *const words[] = {"CIS707", "IS-707", "IS707", "CDMA"};
    char value[120];
    bool able;

    number_ask(asker, NUMBER_IMSI, health->imsi);
    ask_value(asker, "AT+GCAP", "+GCAP:", value, sizeof value);
    able = sim_says(value, words, sizeof words / sizeof *words);
    if (able || sim_is_telecom(health))
        health->cdma = sim_uses_cdma(asker, able && !strstr(value, "+CGSM"));
    if (asker->deaf)
        return sim_lost(asker, why);
    if (!health->cdma)
        return SIM_READY;
    snprintf(why, 120,
             "the SIM is in CDMA mode, which has other messages: use a modem or SIM with "
             "GSM, WCDMA or LTE");
    return SIM_BARRED;
}
