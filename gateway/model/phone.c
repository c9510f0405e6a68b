/* phone: numbers as people write them, as integers. See phone.h.
 * Runs: any (pure).
 *
 * Three steps: fold to plain ASCII, drop what only groups the digits, then look at the digits. */
#include "gateway/model/phone.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/lang.h"
#include "gateway/base/log.h"
#include "gateway/base/utf8.h"

#define PHONE_FOLDED_MAX   40 /* characters that mean something; longer text is no number */
#define PHONE_NATIONAL     11 /* digits of a mainland mobile number */
#define PHONE_COUNTRY      86
#define PHONE_COUNTRY_UNIT INT64_C(100000000000) /* 10 to the power of PHONE_NATIONAL */
#define PHONE_DIGITS_MAX   20 /* the longest number that networks know, and some slack */
#define PHONE_WORLD_MIN    7  /* digits of a foreign number, country code included */
#define PHONE_WORLD_MAX    15 /* ITU-T E.164 */

/* 11 digits that look like a mobile number but have no reader; by the first four digits, sorted. */
static const struct {
    int from, to;
    enum phone_class id;
} phone_specials[] = {
    {1349, 1349, PHONE_SATELLITE}, {1410, 1410, PHONE_MACHINE}, {1440, 1440, PHONE_MACHINE},
    {1460, 1469, PHONE_MACHINE},   {1480, 1489, PHONE_MACHINE}, {1740, 1745, PHONE_SATELLITE},
};

static const struct {
    const char *english, *chinese;
} phone_reasons[PHONE_CLASSES] = {
    [PHONE_MOBILE] = {"This is a mainland mobile number: messages can be sent to it.",
                      "这是大陆手机号码，可以发送。"},
    [PHONE_EMPTY] = {"The number is missing: enter a mobile number or delete the row.",
                     "号码为空：请填写手机号码，或删除该行。"},
    [PHONE_NOT_A_NUMBER] =
        {"This is not a phone number: enter one mainland mobile number, 11 digits.",
         "这不是电话号码：请填写一个 11 位的大陆手机号码。"},
    [PHONE_FLOAT] =
        {"The spreadsheet has turned the number into scientific notation or a decimal and "
         "its digits may be lost: format the column as text, check the number against the "
         "original and export again.",
         "号码被电子表格改成了科学计数法或小数，数字可能已丢失：请在表格中把该列设为文本，"
         "核对原始号码后重新导出。"},
    [PHONE_LANDLINE] =
        {"This is a landline or service number, which can't receive text messages: enter a "
         "mobile number or delete the row.",
         "这是固定电话或服务热线，收不到短信：请改填手机号码，或删除该行。"},
    [PHONE_SHORT] =
        {"This is a short or service number, not a person's: enter a mobile number or delete "
         "the row.",
         "这是短号码或服务号码，不是个人号码：请改填手机号码，或删除该行。"},
    [PHONE_MACHINE] =
        {"This number belongs to a machine (Internet of things), nobody reads its messages: "
         "enter a mobile number or delete the row.",
         "这是物联网号码，短信无人阅读：请改填手机号码，或删除该行。"},
    [PHONE_SATELLITE] =
        {"This is a satellite phone's number, which is not sent to: enter a mobile number "
         "or delete the row.",
         "这是卫星电话号码，不予发送：请改填手机号码，或删除该行。"},
    [PHONE_FOREIGN] =
        {"This number has another country's code, and only mainland mobile numbers are sent "
         "to: enter a mainland number or delete the row.",
         "这是境外号码，本系统只向大陆手机发送：请改填大陆手机号码，或删除该行。"},
};

/* Characters beyond ASCII that are only there to space or to steer: dropped. */
static bool phone_is_blank(int32_t code)
{
    return code == 0x00A0 || (code >= 0x2000 && code <= 0x200F) ||
           (code >= 0x202A && code <= 0x202F) || (code >= 0x2060 && code <= 0x2069) ||
           code == 0x3000 || code == 0xFEFF;
}

/* The ASCII character that a character stands for, 0: none (dropped), -1: it can't be in a number.
 */
static int phone_fold(int32_t code)
{
    if (code >= 0xFF01 && code <= 0xFF5E) /* full-width forms */
        code -= 0xFF01 - '!';
    if ((code >= 0x2010 && code <= 0x2015) || code == 0x2212) /* hyphens, dashes, minus */
        return '-';
    if (code == 0x2018 || code == 0x2019)
        return '\'';
    if (code == ' ' || (code >= '\t' && code <= '\r') || phone_is_blank(code))
        return 0;
    if (code > 0 && code < 0x80 && strchr("0123456789+-().'Ee", code))
        return code;
    return -1;
}

/* Folds into folded, NUL-terminated. Returns its length, or -1 when it can't be a number. */
static int phone_fold_text(const char *text, size_t length,
                           char folded[static PHONE_FOLDED_MAX + 1])
{
    size_t at = 0;
    int n = 0;

    while (at < length) {
        int c = phone_fold(utf8_next(text, length, &at));

        if (c < 0 || n == PHONE_FOLDED_MAX)
            return -1;
        if (c > 0 && !(c == '\'' && n == 0))
            folded[n++] = (char)c;
    }
    folded[n] = '\0';
    return n;
}

static size_t phone_count_digits(const char *text)
{
    return strspn(text, "0123456789");
}

/* "1.38E+10", "138E8", and "13800000000.0": a whole number can't be told from a rounded one. */
static bool phone_is_float(const char *folded)
{
    const char *at = folded + (*folded == '+' || *folded == '-');
    size_t whole = phone_count_digits(at);

    at += whole;
    if (*at == '.') {
        at++;
        at += phone_count_digits(at);
        if (*at == '\0')
            return whole >= PHONE_NATIONAL;
    }
    if (whole == 0 || (*at != 'e' && *at != 'E'))
        return false;
    at++;
    at += *at == '+' || *at == '-';
    return phone_count_digits(at) > 0 && at[phone_count_digits(at)] == '\0';
}

/* Drops in place what groups the digits. 0, or -1: a sign stands where none belongs. */
static int phone_strip(char *folded)
{
    size_t n = 0;
    char last = '\0';

    for (const char *at = folded; *at; at++) {
        bool digit = *at >= '0' && *at <= '9';

        if (*at == '\'' || *at == 'e' || *at == 'E' || (*at == '+' && n > 0))
            return -1;
        if ((*at == '-' || *at == '.') && (last == '\0' || last == '+'))
            return -1;
        if (digit || *at == '+')
            folded[n++] = *at;
        last = *at;
    }
    folded[n] = '\0';
    return last == '-' || last == '.' || last == '+' ? -1 : 0;
}

static int phone_prefix(const char *digits)
{
    int prefix = 0;

    for (size_t i = 0; i < 4; i++)
        prefix = prefix * 10 + (digits[i] - '0');
    return prefix;
}

static bool phone_looks_mobile(const char *digits, size_t n)
{
    return n == PHONE_NATIONAL && digits[0] == '1' && digits[1] >= '3';
}

static enum phone_class phone_take_mobile(const char *digits, int64_t *number)
{
    int prefix = phone_prefix(digits);
    int64_t value = PHONE_COUNTRY;

    for (size_t i = 0; i < sizeof phone_specials / sizeof *phone_specials; i++)
        if (prefix >= phone_specials[i].from && prefix <= phone_specials[i].to)
            return phone_specials[i].id;
    for (size_t i = 0; i < PHONE_NATIONAL; i++)
        value = value * 10 + (digits[i] - '0');
    *number = value;
    return PHONE_MOBILE;
}

static bool phone_starts(const char *digits, const char *with)
{
    return strncmp(digits, with, strlen(with)) == 0;
}

/* Digits that are no mobile number, in the national format. dialled: they stood behind a country
 * code, so that the 0 of an area code is missing. */
static enum phone_class phone_other(const char *digits, size_t n, bool dialled)
{
    bool hotline = n == 10 && (phone_starts(digits, "400") || phone_starts(digits, "800"));

    if (n == 13 && (phone_starts(digits, "106") || phone_starts(digits, "14")))
        return PHONE_MACHINE;
    if (digits[0] == '0')
        return n >= 10 && n <= 12 ? PHONE_LANDLINE : PHONE_NOT_A_NUMBER;
    if (dialled && n >= 9 && n <= 11 && (digits[0] > '1' || phone_starts(digits, "10")))
        return PHONE_LANDLINE;
    if (hotline || ((n == 7 || n == 8) && digits[0] >= '2' && !phone_starts(digits, "95")))
        return PHONE_LANDLINE;
    if (phone_starts(digits, "106") && n > 6)
        return PHONE_SHORT; /* the number of a text-message service */
    if (n >= 3 && n <= (phone_starts(digits, "95") ? 8u : 6u) &&
        (digits[0] == '1' || digits[0] == '9'))
        return PHONE_SHORT;
    return PHONE_NOT_A_NUMBER;
}

static enum phone_class phone_national(const char *digits, size_t n, bool dialled, int64_t *number)
{
    if (n == PHONE_NATIONAL + 1 && digits[0] == '0' && phone_looks_mobile(digits + 1, n - 1))
        return phone_take_mobile(digits + 1, number);
    if (phone_looks_mobile(digits, n))
        return phone_take_mobile(digits, number);
    return phone_other(digits, n, dialled);
}

static enum phone_class phone_digits(const char *digits, int64_t *number)
{
    size_t n = strlen(digits), skip = 0;
    bool world = false;

    if (digits[0] == '+')
        skip = 1;
    else if (phone_starts(digits, "00"))
        skip = 2;
    world = skip > 0;
    digits += skip;
    n -= skip;
    if (n == 0 || n > PHONE_DIGITS_MAX)
        return PHONE_NOT_A_NUMBER;
    if (phone_starts(digits, "86") && (world || n >= 13))
        return phone_national(digits + 2, n - 2, true, number);
    if (!world)
        return phone_national(digits, n, false, number);
    return n >= PHONE_WORLD_MIN && n <= PHONE_WORLD_MAX && digits[0] != '0' ? PHONE_FOREIGN
                                                                            : PHONE_NOT_A_NUMBER;
}

/* The form that most files have: 11 digits and nothing else. */
static bool phone_is_plain(const char *text, size_t length)
{
    if (length != PHONE_NATIONAL)
        return false;
    for (size_t i = 0; i < PHONE_NATIONAL; i++)
        if (text[i] < '0' || text[i] > '9')
            return false;
    return phone_looks_mobile(text, length);
}

enum phone_class phone_parse(const char *text, size_t length, int64_t *number)
{
    char folded[PHONE_FOLDED_MAX + 1];
    int n;

    if (phone_is_plain(text, length))
        return phone_take_mobile(text, number);
    n = phone_fold_text(text, length, folded);
    if (n <= 0)
        return n < 0 ? PHONE_NOT_A_NUMBER : PHONE_EMPTY;
    if (phone_is_float(folded))
        return PHONE_FLOAT;
    if (phone_strip(folded) < 0)
        return PHONE_NOT_A_NUMBER;
    return phone_digits(folded, number);
}

const char *phone_class_reason(enum phone_class id)
{
    if ((unsigned)id >= PHONE_CLASSES)
        log_panic("no class of phone numbers has the number %d", (int)id);
    return lang(phone_reasons[id].english, phone_reasons[id].chinese);
}

void phone_class_fault(enum phone_class id, char text[static PHONE_FAULT])
{
    const char *reason = phone_class_reason(id), *colon = strstr(reason, lang(": ", "："));
    int most = colon ? (int)(colon - reason) : (int)strlen(reason);

    snprintf(
        text, PHONE_FAULT, "%.*s%s", most, reason,
        lang(": give one mainland mobile number, 11 digits.", "：请写一个 11 位的大陆手机号码。"));
}

void phone_mask(int64_t number, char text[static 24])
{
    char digits[24];
    int n;

    if (number < 0) {
        snprintf(text, 24, "****");
        return;
    }
    if (number / PHONE_COUNTRY_UNIT == PHONE_COUNTRY)
        number %= PHONE_COUNTRY_UNIT;
    n = snprintf(digits, sizeof digits, "%" PRId64, number);
    if (n <= 6) /* short numbers are nobody's own */
        snprintf(text, 24, "%s", digits);
    else
        snprintf(text, 24, "%.3s****%s", digits, digits + (n >= PHONE_NATIONAL ? n - 4 : n - 2));
}
