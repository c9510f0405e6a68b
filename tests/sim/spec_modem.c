/* spec_modem: "modem_specs" and "family" of the specification. See spec.h.
 * Runs: any. */
#include "tests/sim/spec_room.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "tests/sim/radio.h"

enum { SPEC_LINK_MAX = 64, SPEC_AS_FOR_ALL = -1 };

#define SPEC_MODEM(member) offsetof(struct modem_spec, member)

static const struct spec_key spec_modem_keys[] = {
    {"index", SPEC_INT, SPEC_MODEM(index), 4095},
    {"imei", SPEC_STRING, SPEC_MODEM(imei), 0},
    {"imsi", SPEC_STRING, SPEC_MODEM(imsi), 0},
    {"pin", SPEC_STRING, SPEC_MODEM(pin), 0},
    {"puk", SPEC_BOOL, SPEC_MODEM(puk), 0},
    {"network", SPEC_STRING, SPEC_MODEM(network), 0},
    {"registration", SPEC_INT, SPEC_MODEM(registration), RADIO_ROAMING},
    {"signal", SPEC_INT, SPEC_MODEM(signal), RADIO_SIGNAL_UNKNOWN},
    {"cdma", SPEC_BOOL, SPEC_MODEM(cdma), 0},
    {"family", SPEC_STRING, SPEC_MODEM(family), 0},
    {"smsc", SPEC_STRING, SPEC_MODEM(smsc), 0},
    {"air_ms", SPEC_INT, SPEC_MODEM(air_ms), 3600000},
    {"gap_ms", SPEC_INT, SPEC_MODEM(gap_ms), 3600000},
    {"lost_ms", SPEC_INT, SPEC_MODEM(lost_ms), INT64_C(253402300799999)},
    {"reference_zero", SPEC_BOOL, SPEC_MODEM(reference_zero), 0},
    {"echo_delay_us", SPEC_INT, SPEC_MODEM(echo_delay_us), 10000000},
    {"link", SPEC_STRING, SPEC_MODEM(link), 0},
    {NULL, SPEC_INT, 0, 0},
};

bool spec_is_link(const char *text)
{
    static const char chars[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
    size_t length = strlen(text);

    return length > 0 && length <= SPEC_LINK_MAX && strspn(text, chars) == length &&
           !strchr("._-", *text);
}

static bool spec_is_digits(const char *text, size_t least, size_t most)
{
    size_t length = strlen(text);

    return length >= least && length <= most && strspn(text, "0123456789") == length;
}

static bool spec_is_centre(const char *text)
{
    return spec_is_digits(text + (*text == '+'), 3, RADIO_CENTRE_MAX - 1);
}

/* It stands between quotes in +COPS. */
static bool spec_is_network(const char *text)
{
    return strlen(text) <= RADIO_NETWORK_MAX && !strpbrk(text, "\"\r\n");
}

static void spec_check_family(const struct spec_reader *reader, const char *family)
{
    if (family && !family_find(family))
        spec_complain(reader, "family", "generic | huawei | quectel | simcom | zte | wavecom");
}

static void spec_check_modem(const struct spec_reader *reader, const struct modem_spec *modem)
{
    const struct {
        const char *key, *wanted;
        bool fine;
    } rules[] = {
        {"index", "0..4095", modem->index >= 0},
        {"imei", "14..16 digits", !modem->imei || spec_is_digits(modem->imei, 14, RADIO_IMEI_MAX)},
        {"imsi", "6..15 digits", !modem->imsi || card_is_imsi(modem->imsi)},
        {"pin", "4..8 digits", !modem->pin || card_is_pin(modem->pin)},
        {"network", "at most 31 bytes without quotes",
         !modem->network || spec_is_network(modem->network)},
        {"signal", "0..31 | 99", radio_is_signal(modem->signal)},
        {"smsc", "\"+...\"", !modem->smsc || spec_is_centre(modem->smsc)},
        {"link", "[A-Za-z0-9._-]{1,64}", !modem->link || spec_is_link(modem->link)},
    };

    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (!rules[i].fine)
            spec_complain(reader, rules[i].key, rules[i].wanted);
    spec_check_family(reader, modem->family);
}

static struct modem_spec spec_plain_modem(int64_t index)
{
    return (struct modem_spec){.index = index,
                               .registration = RADIO_HOME,
                               .signal = 20,
                               .air_ms = SPEC_AS_FOR_ALL,
                               .echo_delay_us = SPEC_AS_FOR_ALL};
}

static struct modem_spec *spec_add_modem(struct sim_spec *spec)
{
    struct modem_spec *modem;

    spec->modem_specs =
        mem_grow(spec->modem_specs, spec->n_modem_specs + 1, sizeof *spec->modem_specs);
    modem = &spec->modem_specs[spec->n_modem_specs++];
    *modem = spec_plain_modem(-1);
    return modem;
}

void spec_read_modems(struct spec_reader *reader, const struct jv *list)
{
    if (!jv_is_array(list))
        spec_complain(reader, "modem_specs", "[ {...}, ... ]");
    for (size_t i = 0; i < jv_size(list) && jv_is_array(list); i++) {
        struct modem_spec *modem = spec_add_modem(reader->spec);

        spec_read_group(reader, jv_element(list, i), spec_modem_keys, modem);
        spec_check_modem(reader, modem);
    }
}

static const struct modem_spec *spec_find_modem(const struct sim_spec *spec, int64_t index)
{
    for (size_t i = 0; i < spec->n_modem_specs; i++)
        if (spec->modem_specs[i].index == index)
            return &spec->modem_specs[i];
    return NULL;
}

/* Where modem index appears. */
static void spec_link(const struct sim_spec *spec, int64_t index,
                      char link[static SPEC_LINK_MAX + 1])
{
    const struct modem_spec *modem = spec_find_modem(spec, index);

    if (modem && modem->link)
        snprintf(link, SPEC_LINK_MAX + 1, "%s", modem->link);
    else
        snprintf(link, SPEC_LINK_MAX + 1, "modem-%" PRId64, index);
}

static void spec_check_link(const struct spec_reader *reader, const struct modem_spec *modem)
{
    char other[SPEC_LINK_MAX + 1];

    for (int64_t i = 0; i < reader->spec->modems && modem->link; i++) {
        spec_link(reader->spec, i, other);
        if (i != modem->index && strcmp(other, modem->link) == 0)
            diag_error(reader->diag, reader->file, 0,
                       lang("Two modems have the link \"%s\"; give one another name.",
                            "有两只短信猫的 link 都是 “%s”，请给其中一只换一个名称。"),
                       modem->link);
    }
}

void spec_check_modems(const struct spec_reader *reader)
{
    const struct sim_spec *spec = reader->spec;

    spec_check_family(reader, spec->family);
    for (size_t i = 0; i < spec->n_modem_specs; i++) {
        const struct modem_spec *modem = &spec->modem_specs[i];

        spec_check_link(reader, modem);
        if (modem->index >= spec->modems)
            diag_error(reader->diag, reader->file, 0,
                       lang("There is no modem %" PRId64 " among %" PRId64
                            "; correct \"index\" or \"modems\".",
                            "没有第 %" PRId64 " 号短信猫（共 %" PRId64
                            " 只），请改正 “index” 或 “modems”。"),
                       modem->index, spec->modems);
        if (modem->index >= 0 && spec_find_modem(spec, modem->index) != modem)
            diag_error(reader->diag, reader->file, 0,
                       lang("Modem %" PRId64 " is described twice; remove one description.",
                            "第 %" PRId64 " 号短信猫描述了两次，请删除一处。"),
                       modem->index);
    }
}

struct modem_spec spec_modem(const struct sim_spec *spec, int64_t index)
{
    const struct modem_spec *said = spec_find_modem(spec, index);
    struct modem_spec modem = said ? *said : spec_plain_modem(index);

    if (!modem.family)
        modem.family = spec->family;
    if (modem.air_ms == SPEC_AS_FOR_ALL)
        modem.air_ms = spec->air_ms;
    if (modem.echo_delay_us == SPEC_AS_FOR_ALL)
        modem.echo_delay_us = spec->echo_delay_us;
    modem.reference_zero |= spec->reference_zero;
    return modem;
}

void spec_free_modems(struct sim_spec *spec)
{
    for (size_t i = 0; i < spec->n_modem_specs; i++) {
        struct modem_spec *modem = &spec->modem_specs[i];
        char *strings[] = {modem->imei,   modem->imsi, modem->pin, modem->network,
                           modem->family, modem->smsc, modem->link};

        for (size_t s = 0; s < sizeof strings / sizeof *strings; s++)
            free(strings[s]);
    }
    free(spec->modem_specs);
}
