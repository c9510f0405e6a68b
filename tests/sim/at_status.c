/* at_status: what the modem answers about its card and its network. See at.h.
 * Runs: any. */
#include "tests/sim/at_room.h"

#include <string.h>

enum at_result at_read_pin(struct at *at, const char *value)
{
    static const char *const names[] = {
        [CARD_READY] = "READY", [CARD_PIN] = "SIM PIN", [CARD_PUK] = "SIM PUK"};

    (void)value;
    at_say(at, "+CPIN: %s", names[at->radio->card.lock]);
    return AT_OK;
}

/* The PIN alone, in quotes or without; "" when it is none. */
static void at_take_pin(const char *value, char pin[static CARD_PIN_MAX + 1])
{
    size_t quote = *value == '"', length = strspn(value + quote, "0123456789");

    *pin = '\0';
    if (length > CARD_PIN_MAX || strcmp(value + quote + length, quote ? "\"" : "") != 0)
        return;
    memcpy(pin, value + quote, length);
    pin[length] = '\0';
}

/* Nobody knows the PUK: a card that asks for it stays locked. */
enum at_result at_run_pin(struct at *at, const char *value)
{
    struct card *card = &at->radio->card;
    char pin[CARD_PIN_MAX + 1];

    if (card->lock == CARD_READY)
        return at_fail_cme(at, AT_CME_NOT_ALLOWED);
    if (card->lock == CARD_PUK)
        return at_fail_cme(at, strchr(value, ',') ? AT_CME_PASSWORD : AT_CME_PUK);
    at_take_pin(value, pin);
    if (!card_is_pin(pin))
        return AT_ERROR;
    if (card_unlock(card, pin))
        return at_fail_cme(at, AT_CME_PASSWORD);
    at_say(at, "OK");
    at_say_card_ready(at);
    return AT_SAID;
}

enum at_result at_run_imei(struct at *at, const char *value)
{
    (void)value;
    at_say(at, "%s", at->radio->imei);
    return AT_OK;
}

enum at_result at_run_imsi(struct at *at, const char *value)
{
    (void)value;
    at_say(at, "%s", at->radio->card.imsi);
    return AT_OK;
}

/* TIA/EIA IS-707 4.1, V.250 6.1.9. */
enum at_result at_run_gcap(struct at *at, const char *value)
{
    (void)value;
    at_say(at, "+GCAP: %s", at->radio->cdma ? "+CIS707-A, CIS-856, +MS, +ES" : "+CGSM");
    return AT_OK;
}

enum at_result at_run_signal(struct at *at, const char *value)
{
    (void)value;
    at_say(at, "+CSQ: %d,%d", at->radio->signal, RADIO_SIGNAL_UNKNOWN);
    return AT_OK;
}

static const char *const at_watch_names[AT_WATCHES] = {"+CREG", "+CEREG"};

static enum at_result at_read_watch(struct at *at, enum at_watch which)
{
    int registration = radio_registration(at->radio);
    const char *cell =
        at->watch[which] == 2 && radio_is_served(at->radio) ? ",\"1A2B\",\"00C3\"" : "";

    at_say(at, "%s: %d,%d%s", at_watch_names[which], at->watch[which], registration, cell);
    return AT_OK;
}

enum at_result at_read_creg(struct at *at, const char *value)
{
    (void)value;
    return at_read_watch(at, AT_WATCH_CREG);
}

enum at_result at_read_cereg(struct at *at, const char *value)
{
    (void)value;
    return at_read_watch(at, AT_WATCH_CEREG);
}

enum at_result at_run_creg(struct at *at, const char *value)
{
    return at_number(value, 2, &at->watch[AT_WATCH_CREG]) ? AT_ERROR : AT_OK;
}

enum at_result at_run_cereg(struct at *at, const char *value)
{
    return at_number(value, 2, &at->watch[AT_WATCH_CEREG]) ? AT_ERROR : AT_OK;
}

void at_announce(struct at *at)
{
    int registration = radio_registration(at->radio);

    if (registration == at->registration || !at_is_idle(at))
        return;
    at->registration = registration;
    for (int i = 0; i < AT_WATCHES; i++)
        if (at->watch[i])
            at_say(at, "%s: %d", at_watch_names[i], registration);
}

enum at_result at_read_operator(struct at *at, const char *value)
{
    char plmn[6];

    (void)value;
    radio_plmn(at->radio, plmn);
    if (!radio_is_served(at->radio))
        at_say(at, "+COPS: 0");
    else
        at_say(at, "+COPS: 0,%d,\"%s\"", at->cops_format,
               at->cops_format == 2 ? plmn : radio_network(at->radio));
    return AT_OK;
}

/* AT+COPS=mode[,format[,...]]: the network is never changed, only the format of its name. */
enum at_result at_run_operator(struct at *at, const char *value)
{
    static const char modes[] = "01234";

    if (!*value || !strchr(modes, value[0]) || (value[1] && value[1] != ','))
        return AT_ERROR;
    if (!value[1])
        return value[0] == '3' ? AT_ERROR : AT_OK;
    if (value[2] < '0' || value[2] > '2' || (value[3] && value[3] != ','))
        return AT_ERROR;
    at->cops_format = value[2] - '0';
    return AT_OK;
}

/* ^SYSINFO:<service>,<domain>,<roaming>,<mode>,<card>: mode 2 is CDMA, 5 WCDMA; a locked card is
 * not valid. */
enum at_result at_run_sysinfo(struct at *at, const char *value)
{
    const struct radio *radio = at->radio;
    bool served = radio_is_served(radio);
    int mode = radio->cdma ? 2 : 5;

    (void)value;
    if (!radio->family->sysinfo_tail)
        return AT_ERROR;
    at_say(at, "^SYSINFO:%d,%d,%d,%d,%d%s", served ? 2 : 0, served ? 3 : 0,
           radio_registration(radio) == RADIO_ROAMING, served ? mode : 0,
           radio->card.lock == CARD_READY, radio->family->sysinfo_tail);
    return AT_OK;
}

enum at_result at_run_qnwinfo(struct at *at, const char *value)
{
    char plmn[6];

    (void)value;
    if (!at->radio->family->knows_qnwinfo)
        return AT_ERROR;
    radio_plmn(at->radio, plmn);
    if (!radio_is_served(at->radio))
        at_say(at, "+QNWINFO: No Service");
    else if (at->radio->cdma)
        at_say(at, "+QNWINFO: \"CDMA1X\",\"%s\",\"CDMA BC0\",283", plmn);
    else
        at_say(at, "+QNWINFO: \"FDD LTE\",\"%s\",\"LTE BAND 3\",1300", plmn);
    return AT_OK;
}
