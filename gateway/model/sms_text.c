/* sms_text: a text as the network carries it. See sms_text.h.
 * Runs: any (pure). */
#include "gateway/model/sms_text.h"

#include <stdbool.h>

#include "gateway/base/log.h"
#include "gateway/base/utf8.h"
#include "gateway/model/cluster.h"

static const struct {
    size_t alone; /* the most units of a message that is one part */
    size_t part;  /* the most units of a part of a longer one: 6 bytes go to its header */
} sms_limits[] = {
    [SMS_GSM7] = {160, 153},
    [SMS_UCS2] = {70, 67},
};

/* The default alphabet beyond ASCII, sorted. Of the two cedillas only the capital is in it. */
static const int32_t sms_beyond_ascii[] = {
    0x00A1, 0x00A3, 0x00A4, 0x00A5, 0x00A7, 0x00BF, /* ¡ £ ¤ ¥ § ¿ */
    0x00C4, 0x00C5, 0x00C6, 0x00C7, 0x00C9, 0x00D1, /* Ä Å Æ Ç É Ñ */
    0x00D6, 0x00D8, 0x00DC, 0x00DF, 0x00E0, 0x00E4, /* Ö Ø Ü ß à ä */
    0x00E5, 0x00E6, 0x00E8, 0x00E9, 0x00EC, 0x00F1, /* å æ è é ì ñ */
    0x00F2, 0x00F6, 0x00F8, 0x00F9, 0x00FC,         /* ò ö ø ù ü */
    0x0393, 0x0394, 0x0398, 0x039B, 0x039E, 0x03A0, /* Γ Δ Θ Λ Ξ Π */
    0x03A3, 0x03A6, 0x03A8, 0x03A9,                 /* Σ Φ Ψ Ω */
};

static unsigned sms_text_septets_beyond_ascii(int32_t code)
{
    for (size_t i = 0; i < sizeof sms_beyond_ascii / sizeof *sms_beyond_ascii; i++)
        if (sms_beyond_ascii[i] >= code)
            return sms_beyond_ascii[i] == code;
    return 0;
}

unsigned sms_text_septets(int32_t code)
{
    switch (code) {
    case '\n':
    case '\r':
        return 1;
    case '\f': /* the extension table: an escape and a second septet */
    case '[':
    case '\\':
    case ']':
    case '^':
    case '{':
    case '|':
    case '}':
    case '~':
    case 0x20AC: /* the euro sign */
        return 2;
    case '`': /* the only printable ASCII character that is in neither table */
        return 0;
    default:
        if (code < 0x80)
            return code >= 0x20 && code != 0x7F;
        return code > 0x03A9 ? 0 : sms_text_septets_beyond_ascii(code);
    }
}

static size_t sms_text_units(enum sms_alphabet alphabet, int32_t code)
{
    if (alphabet == SMS_GSM7)
        return sms_text_septets(code);
    return code > 0xFFFF ? 2 : 1;
}

static bool sms_text_is_control(int32_t code)
{
    return (code < 0x20 && code != '\n' && code != '\r') || (code >= 0x7F && code < 0xA0);
}

/* Chooses the alphabet and counts the units of the whole text. */
static int sms_text_measure(const char *text, size_t length, struct sms_layout *layout)
{
    size_t at = 0, septets = 0, ucs2 = 0;
    bool gsm7 = true;

    while (at < length) {
        int32_t code = utf8_next(text, length, &at);

        if (code < 0)
            return SMS_TEXT_BAD_UTF8;
        if (sms_text_is_control(code))
            return SMS_TEXT_CONTROL;
        ucs2 += sms_text_units(SMS_UCS2, code);
        if (gsm7) {
            size_t more = sms_text_septets(code);

            septets += more;
            gsm7 = more > 0;
        }
    }
    layout->alphabet = gsm7 ? SMS_GSM7 : SMS_UCS2;
    layout->units = gsm7 ? septets : ucs2;
    return SMS_TEXT_OK;
}

/* Adds a piece that must stay whole to the last part, or to a new one when it is full. */
static int sms_text_add(struct sms_layout *layout, size_t max_parts, size_t to, size_t units)
{
    struct sms_part *last = layout->n_parts ? &layout->parts[layout->n_parts - 1] : NULL;

    if (!last || last->units + units > sms_limits[layout->alphabet].part) {
        size_t from = last ? last->to : 0;

        if (layout->n_parts == max_parts)
            return SMS_TEXT_TOO_LONG;
        last = &layout->parts[layout->n_parts++];
        last->from = from;
    }
    last->to = to;
    last->units += units;
    return SMS_TEXT_OK;
}

/* Adds text[at..end), one cluster: whole, or by characters when no part could hold it. */
static int sms_text_add_cluster(const char *text, size_t at, size_t end, size_t max_parts,
                                struct sms_layout *layout)
{
    size_t units = 0;

    for (size_t i = at; i < end;)
        units += sms_text_units(layout->alphabet, utf8_next(text, end, &i));
    if (units <= sms_limits[layout->alphabet].part)
        return sms_text_add(layout, max_parts, end, units);
    while (at < end) {
        int32_t code = utf8_next(text, end, &at);
        int rc = sms_text_add(layout, max_parts, at, sms_text_units(layout->alphabet, code));

        if (rc)
            return rc;
    }
    return SMS_TEXT_OK;
}

int sms_text_layout(const char *text, size_t length, size_t max_parts, struct sms_layout *layout)
{
    int rc;

    LOG_ASSERT(max_parts >= 1 && max_parts <= OUTCOME_PARTS_MAX);
    *layout = (struct sms_layout){0};
    rc = sms_text_measure(text, length, layout);
    if (rc || length == 0)
        return rc;
    if (layout->units <= sms_limits[layout->alphabet].alone) {
        layout->parts[0] = (struct sms_part){0, length, layout->units};
        layout->n_parts = 1;
        return SMS_TEXT_OK;
    }
    for (size_t at = 0, end; at < length && !rc; at = end) {
        end = cluster_end(text, length, at);
        rc = sms_text_add_cluster(text, at, end, max_parts, layout);
    }
    if (rc) /* no half layouts */
        layout->n_parts = 0;
    return rc;
}
