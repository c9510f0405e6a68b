/* control_modem: commands that make modems fail or change. See control.h.
 * Runs: loop. */
#include "tests/sim/control_room.h"

#include <string.h>

#include "gateway/base/mem.h"

enum {
    CONTROL_CODE_MAX = 999,
    CONTROL_TIMES_MAX = 1000000,
    CONTROL_STRAYS_MAX = 10000,
    CONTROL_NOISE = 64,
    CONTROL_NOISE_MAX = 1000000,
    CONTROL_AIR_MAX = 3600000,
    CONTROL_ECHO_MAX = 10000000,
};

/* Word i, or other when there is none. 0, or 1: not in 1..most. */
static int control_count(const struct control_call *call, size_t i, int64_t most, int64_t *out)
{
    if (i >= call->n)
        return 0;
    return control_number(call->words[i], most, out) || *out == 0;
}

static const char *control_unplug(struct control_call *call)
{
    if (!modem_is_plugged(call->modem))
        return "the modem is unplugged already";
    modem_unplug(call->modem);
    return NULL;
}

static const char *control_replug(struct control_call *call)
{
    const char *link = call->n > 1 ? call->words[1] : NULL;

    if (modem_is_plugged(call->modem))
        return "the modem is plugged in already";
    if (link && !spec_is_link(link))
        return "not a name [A-Za-z0-9._-]{1,64}";
    if (link) {
        MEM_FREE_LATER char *path = mem_printf("%s/%s", bank_dir(call->control->bank), link);

        if (strcmp(path, modem_link(call->modem)) != 0 && bank_has_link(call->control->bank, path))
            return "another modem has this name";
    }
    return modem_plug(call->modem, link) ? "no terminal could be made" : NULL;
}

static const char *control_refuse(struct control_call *call, enum at_error_kind kind, size_t last)
{
    struct at_refusal refusal = {kind, 0};
    int64_t code = 0, times = 1;

    if (kind != AT_ERROR_PLAIN && control_count(call, 1, CONTROL_CODE_MAX, &code))
        return "not a code 1..999";
    if (control_count(call, last, CONTROL_TIMES_MAX, &times))
        return "not a number 1..1000000";
    refusal.code = (int)code;
    modem_refuse(call->modem, &refusal, (unsigned)times);
    return NULL;
}

static const char *control_cms(struct control_call *call)
{
    return control_refuse(call, AT_ERROR_CMS, 2);
}

static const char *control_cme(struct control_call *call)
{
    return control_refuse(call, AT_ERROR_CME, 2);
}

static const char *control_error(struct control_call *call)
{
    return control_refuse(call, AT_ERROR_PLAIN, 1);
}

static const char *control_hang(struct control_call *call)
{
    static const struct {
        const char *word;
        enum modem_hang hang;
    } hangs[] = {
        {"before", MODEM_HANG_BEFORE}, {"after", MODEM_HANG_AFTER}, {"prompt", MODEM_HANG_PROMPT}};

    for (size_t i = 0; i < sizeof hangs / sizeof *hangs; i++) {
        if (strcmp(call->words[1], hangs[i].word) != 0)
            continue;
        modem_hang(call->modem, hangs[i].hang);
        return NULL;
    }
    return "before, after or prompt?";
}

static const char *control_truncate(struct control_call *call)
{
    if (call->n > 1 && strcmp(call->words[1], "after") != 0)
        return "after, or nothing";
    modem_hang(call->modem, call->n > 1 ? MODEM_CUT_AFTER : MODEM_CUT_BEFORE);
    return NULL;
}

static const char *control_twice(struct control_call *call)
{
    modem_answer_twice(call->modem);
    return NULL;
}

static const char *control_turn(struct control_call *call, enum modem_switch which)
{
    int on = control_switched(call->words[1]);

    if (on < 0)
        return "on or off?";
    modem_switch(call->modem, which, on);
    return NULL;
}

static const char *control_deaf(struct control_call *call)
{
    return control_turn(call, MODEM_DEAF);
}

static const char *control_barred(struct control_call *call)
{
    return control_turn(call, MODEM_BARRED);
}

static const char *control_nocredit(struct control_call *call)
{
    return control_turn(call, MODEM_NO_CREDIT);
}

static const char *control_mutter(struct control_call *call)
{
    return control_turn(call, MODEM_MUTTER);
}

static const char *control_cdma(struct control_call *call)
{
    return control_turn(call, MODEM_CDMA);
}

static const char *control_noise(struct control_call *call, bool lines)
{
    int64_t bytes = CONTROL_NOISE;

    if (control_count(call, 1, CONTROL_NOISE_MAX, &bytes))
        return "not a number 1..1000000";
    if (!modem_is_plugged(call->modem))
        return "the modem is unplugged";
    modem_noise(call->modem, (size_t)bytes, lines);
    return NULL;
}

static const char *control_garbage(struct control_call *call)
{
    return control_noise(call, false);
}

static const char *control_flood(struct control_call *call)
{
    return control_noise(call, true);
}

static const char *control_slow(struct control_call *call)
{
    int64_t air_ms;

    if (control_number(call->words[1], CONTROL_AIR_MAX, &air_ms))
        return "not a time 0..3600000";
    modem_set_air(call->modem, air_ms);
    return NULL;
}

static const char *control_echo(struct control_call *call)
{
    int64_t delay_us;

    if (control_number(call->words[1], CONTROL_ECHO_MAX, &delay_us))
        return "not a time 0..10000000";
    modem_set_echo(call->modem, delay_us);
    return NULL;
}

static const char *control_signal(struct control_call *call)
{
    int64_t csq;

    if (control_number(call->words[1], RADIO_SIGNAL_UNKNOWN, &csq) || !radio_is_signal(csq))
        return "not 0..31 or 99";
    modem_set_signal(call->modem, (int)csq);
    return NULL;
}

static const char *control_register(struct control_call *call)
{
    const char *network = call->n > 2 ? call->words[2] : NULL;
    int64_t registration;

    if (control_number(call->words[1], RADIO_ROAMING, &registration))
        return "not 0..5";
    if (network && (strlen(network) > RADIO_NETWORK_MAX || strchr(network, '"')))
        return "the network's name is longer than 31 bytes, or has quotes";
    modem_set_registration(call->modem, (int)registration, network);
    return NULL;
}

static const char *control_pin(struct control_call *call)
{
    bool off = control_switched(call->words[1]) == 0;

    if (!off && !card_is_pin(call->words[1]))
        return "not 4..8 digits, and not off";
    modem_set_pin(call->modem, off ? "" : call->words[1]);
    return NULL;
}

static const char *control_imsi(struct control_call *call)
{
    if (!card_is_imsi(call->words[1]))
        return "not 6..15 digits";
    modem_set_imsi(call->modem, call->words[1]);
    return NULL;
}

static const char *control_reports(struct control_call *call)
{
    static const struct {
        const char *word;
        int64_t most;
        void (*run)(struct modem *modem, unsigned n);
    } kinds[] = {{"drop", CONTROL_TIMES_MAX, modem_drop_reports},
                 {"twice", CONTROL_TIMES_MAX, modem_double_reports},
                 {"stray", CONTROL_STRAYS_MAX, modem_stray_reports}};
    int64_t n;

    if (control_number(call->words[2], INT64_C(1000000000000), &n))
        return "not a number";
    if (strcmp(call->words[1], "late") == 0) {
        modem_set_reports_late(call->modem, n);
        return NULL;
    }
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (strcmp(call->words[1], kinds[i].word) != 0)
            continue;
        if (n > kinds[i].most)
            return "too many";
        kinds[i].run(call->modem, (unsigned)n);
        return NULL;
    }
    return "late, drop, twice or stray?";
}

static const char *control_store(struct control_call *call)
{
    jv_put(call->answer, "used", jv_int((int64_t)modem_stored(call->modem)));
    return NULL;
}

const struct control_command control_modem_commands[] = {
    {"unplug", "K", 1, 1, control_unplug},
    {"replug", "K [LINK]", 1, 2, control_replug},
    {"cms", "K CODE [N]", 2, 3, control_cms},
    {"cme", "K CODE [N]", 2, 3, control_cme},
    {"error", "K [N]", 1, 2, control_error},
    {"hang", "K before|after|prompt", 2, 2, control_hang},
    {"truncate", "K [after]", 1, 2, control_truncate},
    {"twice", "K", 1, 1, control_twice},
    {"deaf", "K on|off", 2, 2, control_deaf},
    {"barred", "K on|off", 2, 2, control_barred},
    {"nocredit", "K on|off", 2, 2, control_nocredit},
    {"mutter", "K on|off", 2, 2, control_mutter},
    {"garbage", "K [BYTES]", 1, 2, control_garbage},
    {"flood", "K BYTES", 2, 2, control_flood},
    {"slow", "K AIR_MS", 2, 2, control_slow},
    {"echo", "K US", 2, 2, control_echo},
    {"signal", "K CSQ", 2, 2, control_signal},
    {"register", "K STAT [NETWORK]", 2, 3, control_register},
    {"cdma", "K on|off", 2, 2, control_cdma},
    {"pin", "K DIGITS|off", 2, 2, control_pin},
    {"imsi", "K DIGITS", 2, 2, control_imsi},
    {"reports", "K late MS|drop N|twice N|stray N", 3, 3, control_reports},
    {"store", "K", 1, 1, control_store},
    {NULL, NULL, 0, 0, NULL},
};
