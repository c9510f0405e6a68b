/* operators: which network a number or a SIM belongs to. See operators.h.
 * Runs: any (pure).
 *
 * Prefixes stand in one table of bytes for each length, indexed by the digits behind the 1: tables
 * that offices buy list every one of half a million 7-digit ranges. Ported numbers stand in one
 * hash table (open addressing, linear probing), number and network in one word. */
#include "gateway/model/operators.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/lang.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/base/utf8.h"

#define OPERATORS_COUNTRY      86
#define OPERATORS_COUNTRY_UNIT INT64_C(100000000000) /* a mobile number has 11 digits */
#define OPERATORS_LENGTHS      (OPERATORS_PREFIX_MAX - OPERATORS_PREFIX_MIN + 1)
#define OPERATORS_ROOM         1024
#define OPERATORS_NAME_MAX     24

/* Absent is 0, so an entry is the operator and 1. */
#define OPERATORS_ENTRY(id) ((unsigned char)((id) + 1))

struct operators {
    unsigned char *prefixes[OPERATORS_LENGTHS]; /* NULL until the length occurs */
    size_t n_prefixes;
    uint64_t *ported; /* number * 8 + operator; 0: empty */
    size_t room;      /* a power of two, at most 5/8 full; 0 at first */
    size_t n_ported;
};

/* Digits are what is written (3GPP TS 23.003 2.2): country 460, then the network. */
static const struct {
    const char *network;
    enum phone_operator id;
} operators_networks[] = {
    {"00", OPERATOR_MOBILE},  {"02", OPERATOR_MOBILE},  {"04", OPERATOR_MOBILE},
    {"07", OPERATOR_MOBILE},  {"08", OPERATOR_MOBILE},  {"13", OPERATOR_MOBILE},
    {"20", OPERATOR_MOBILE},  {"01", OPERATOR_UNICOM},  {"06", OPERATOR_UNICOM},
    {"09", OPERATOR_UNICOM},  {"03", OPERATOR_TELECOM}, {"05", OPERATOR_TELECOM},
    {"11", OPERATOR_TELECOM}, {"12", OPERATOR_TELECOM}, {"15", OPERATOR_BROADNET},
};

static const struct {
    const char *name, *english, *chinese;
} operators_names[PHONE_OPERATORS] = {
    [OPERATOR_UNKNOWN] = {"unknown", "unknown", "未知"},
    [OPERATOR_MOBILE] = {"mobile", "China Mobile", "中国移动"},
    [OPERATOR_UNICOM] = {"unicom", "China Unicom", "中国联通"},
    [OPERATOR_TELECOM] = {"telecom", "China Telecom", "中国电信"},
    [OPERATOR_BROADNET] = {"broadnet", "China Broadnet", "中国广电"},
};

/* What people write, as operators_fold leaves it. */
static const struct {
    const char *text;
    enum phone_operator id;
} operators_written[] = {
    {"mobile", OPERATOR_MOBILE},
    {"移动", OPERATOR_MOBILE},
    {"中国移动", OPERATOR_MOBILE},
    {"chinamobile", OPERATOR_MOBILE},
    {"cmcc", OPERATOR_MOBILE},
    {"unicom", OPERATOR_UNICOM},
    {"联通", OPERATOR_UNICOM},
    {"中国联通", OPERATOR_UNICOM},
    {"chinaunicom", OPERATOR_UNICOM},
    {"cucc", OPERATOR_UNICOM},
    {"telecom", OPERATOR_TELECOM},
    {"电信", OPERATOR_TELECOM},
    {"中国电信", OPERATOR_TELECOM},
    {"chinatelecom", OPERATOR_TELECOM},
    {"ctcc", OPERATOR_TELECOM},
    {"broadnet", OPERATOR_BROADNET},
    {"广电", OPERATOR_BROADNET},
    {"中国广电", OPERATOR_BROADNET},
    {"chinabroadnet", OPERATOR_BROADNET},
    {"cbn", OPERATOR_BROADNET},
    {"unknown", OPERATOR_UNKNOWN},
    {"未知", OPERATOR_UNKNOWN},
};

struct operators *operators_new(void)
{
    return mem_new(struct operators);
}

void operators_free(struct operators *operators)
{
    if (!operators)
        return;
    for (size_t i = 0; i < OPERATORS_LENGTHS; i++)
        free(operators->prefixes[i]);
    free(operators->ported);
    free(operators);
}

static void operators_check(enum phone_operator id)
{
    if ((unsigned)id >= PHONE_OPERATORS)
        log_panic("no operator has the number %d", (int)id);
}

int operators_add_prefix(struct operators *operators, const char *digits, enum phone_operator id)
{
    size_t n = strspn(digits, "0123456789"), at = 0, room = 1;
    unsigned char **table;

    operators_check(id);
    if (digits[n] || n < OPERATORS_PREFIX_MIN || n > OPERATORS_PREFIX_MAX || digits[0] != '1')
        return OPERATORS_PREFIX;
    for (size_t i = 1; i < n; i++) {
        at = at * 10 + (size_t)(digits[i] - '0');
        room *= 10;
    }
    table = &operators->prefixes[n - OPERATORS_PREFIX_MIN];
    if (!*table)
        *table = mem_array(room, unsigned char);
    if ((*table)[at])
        return OPERATORS_TWICE;
    (*table)[at] = OPERATORS_ENTRY(id);
    operators->n_prefixes++;
    return OPERATORS_OK;
}

/* The slot that holds the number, or the empty one where it belongs; see numset.c for the
 * multiplier. */
static uint64_t *operators_slot(uint64_t *slots, size_t room, uint64_t number)
{
    size_t at = (size_t)((number * UINT64_C(0x9E3779B97F4A7C15)) >> 20) & (room - 1);

    while (slots[at] != 0 && slots[at] / 8 != number)
        at = (at + 1) & (room - 1);
    return &slots[at];
}

static void operators_grow(struct operators *operators)
{
    size_t room = operators->room ? operators->room * 2 : OPERATORS_ROOM;
    uint64_t *slots = mem_array(room, uint64_t);

    for (size_t i = 0; i < operators->room; i++)
        if (operators->ported[i])
            *operators_slot(slots, room, operators->ported[i] / 8) = operators->ported[i];
    free(operators->ported);
    operators->ported = slots;
    operators->room = room;
}

int operators_add_ported(struct operators *operators, int64_t number, enum phone_operator id)
{
    uint64_t *slot;

    operators_check(id);
    if (number / OPERATORS_COUNTRY_UNIT != OPERATORS_COUNTRY)
        return OPERATORS_PREFIX;
    if (operators->n_ported >= operators->room / 8 * 5)
        operators_grow(operators);
    slot = operators_slot(operators->ported, operators->room, (uint64_t)number);
    if (*slot)
        return OPERATORS_TWICE;
    *slot = (uint64_t)number * 8 + (uint64_t)id;
    operators->n_ported++;
    return OPERATORS_OK;
}

size_t operators_prefixes(const struct operators *operators)
{
    return operators->n_prefixes;
}

size_t operators_ported(const struct operators *operators)
{
    return operators->n_ported;
}

enum phone_operator operators_find(const struct operators *operators, int64_t number)
{
    size_t at, digits;

    if (!operators || number / OPERATORS_COUNTRY_UNIT != OPERATORS_COUNTRY)
        return OPERATOR_UNKNOWN;
    if (operators->n_ported > 0) {
        uint64_t found = *operators_slot(operators->ported, operators->room, (uint64_t)number);

        if (found)
            return (enum phone_operator)(found % 8);
    }
    digits = (size_t)(number % OPERATORS_COUNTRY_UNIT);
    if (digits / (size_t)(OPERATORS_COUNTRY_UNIT / 10) != 1)
        return OPERATOR_UNKNOWN;
    /* What is behind the 1, as many digits as the longest prefix has. */
    at = digits % (size_t)(OPERATORS_COUNTRY_UNIT / 10) / 10000;
    for (size_t i = OPERATORS_LENGTHS; i-- > 0; at /= 10)
        if (operators->prefixes[i] && operators->prefixes[i][at])
            return (enum phone_operator)(operators->prefixes[i][at] - 1);
    return OPERATOR_UNKNOWN;
}

enum phone_operator operators_of_imsi(const char *imsi)
{
    if (strncmp(imsi, "460", 3) != 0)
        return OPERATOR_UNKNOWN;
    for (size_t i = 0; i < sizeof operators_networks / sizeof *operators_networks; i++)
        if (strncmp(imsi + 3, operators_networks[i].network, 2) == 0)
            return operators_networks[i].id;
    return OPERATOR_UNKNOWN;
}

const char *phone_operator_name(enum phone_operator id)
{
    operators_check(id);
    return operators_names[id].name;
}

const char *phone_operator_label(enum phone_operator id)
{
    operators_check(id);
    return lang(operators_names[id].english, operators_names[id].chinese);
}

/* Small letters, full width as ASCII, without spaces and hyphens. false: too long or no UTF-8. */
static bool operators_fold(const char *text, size_t length,
                           char folded[static OPERATORS_NAME_MAX + 1])
{
    size_t at = 0, n = 0;

    while (at < length) {
        int32_t code = utf8_next(text, length, &at);

        if (code >= 0xFF01 && code <= 0xFF5E) /* full-width forms */
            code -= 0xFF01 - '!';
        if (code >= 'A' && code <= 'Z')
            code += 'a' - 'A';
        if (code <= 0 || n + 4 > OPERATORS_NAME_MAX)
            return false;
        if (code > ' ' && code != '-' && code != '_' && code != 0x3000 && code != 0xA0)
            n += utf8_put(code, folded + n);
    }
    folded[n] = '\0';
    return true;
}

int phone_operator_parse(const char *text, size_t length)
{
    char folded[OPERATORS_NAME_MAX + 1];

    if (!operators_fold(text, length, folded))
        return -1;
    for (size_t i = 0; i < sizeof operators_written / sizeof *operators_written; i++)
        if (strcmp(folded, operators_written[i].text) == 0)
            return (int)operators_written[i].id;
    return -1;
}
