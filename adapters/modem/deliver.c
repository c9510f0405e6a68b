/* deliver: a message for this SIM as the modem hands it out. See deliver.h.
 * Runs: any (pure). */
#include "adapters/modem/deliver.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/hex.h"
#include "gateway/base/utf8.h"
#include "gateway/model/phone.h"

#include "adapters/modem/septets.h"

#define DELIVER_SENDER_DIGITS 20 /* 9.1.2.5 */
#define DELIVER_SEPTETS_MAX   160
#define DELIVER_OCTETS_MAX    140
#define DELIVER_HAS_HEADER    0x40 /* TP-UDHI */
#define DELIVER_MTI           0x03
#define DELIVER_INTERNATIONAL 1

enum deliver_alphabet { DELIVER_SEPTETS, DELIVER_UCS2, DELIVER_NO_TEXT };

/* TP-UD, its lengths checked. */
struct deliver_text {
    const uint8_t *bytes;
    size_t units; /* as TP-UDL counts: septets or octets */
    size_t from;  /* the first unit behind the header */
    enum deliver_alphabet alphabet;
};

/* How a text is coded: the groups of TP-DCS by their upper half. What is reserved is read as the
 * default alphabet, as the standard asks. */
static enum deliver_alphabet deliver_alphabet(uint8_t dcs)
{
    static const enum deliver_alphabet general[4] = {DELIVER_SEPTETS, DELIVER_NO_TEXT, DELIVER_UCS2,
                                                     DELIVER_SEPTETS};

    if (dcs < 0x80) /* bit 5: compressed */
        return dcs & 0x20 ? DELIVER_NO_TEXT : general[dcs >> 2 & 3];
    if (dcs >> 4 == 0xE)
        return DELIVER_UCS2;
    return dcs >> 4 == 0xF && dcs & 4 ? DELIVER_NO_TEXT : DELIVER_SEPTETS;
}

/* At most size - 1 bytes of out, whole characters. */
static void deliver_copy(const struct buffer *out, char *text, size_t size)
{
    const char *bytes = buffer_text(out);
    size_t at = 0, end = 0;

    while (at < out->length && utf8_next(bytes, out->length, &at) >= 0 && at < size)
        end = at;
    memcpy(text, bytes, end);
    text[end] = '\0';
}

static void deliver_put_name(const uint8_t *bytes, size_t digits, struct inbound *inbound)
{
    BUFFER_FREE_LATER struct buffer name = BUFFER_NULL;

    septets_decode(&name, bytes, 0, digits * 4 / 7);
    deliver_copy(&name, inbound->sender, sizeof inbound->sender);
}

static void deliver_put_digits(const uint8_t *bytes, size_t digits, bool international,
                               struct inbound *inbound)
{
    static const char signs[] = "0123456789*#abc"; /* 15 fills up */
    size_t n = 0;

    if (international)
        inbound->sender[n++] = '+';
    for (size_t i = 0; i < digits; i++) {
        int sign = tpdu_semi_octet(bytes, i);

        if (sign < 15)
            inbound->sender[n++] = signs[sign];
    }
    inbound->sender[n] = '\0';
}

/* TP-OA. */
static int deliver_take_sender(struct tpdu *tpdu, struct inbound *inbound)
{
    const uint8_t *head = tpdu_take(tpdu, 2), *bytes;
    int type;

    if (!head || head[0] > DELIVER_SENDER_DIGITS)
        return DELIVER_BROKEN;
    bytes = tpdu_take(tpdu, (head[0] + 1u) / 2);
    if (!bytes)
        return DELIVER_BROKEN;
    type = head[1] >> 4 & 7;
    if (type == TPDU_ALPHANUMERIC)
        deliver_put_name(bytes, head[0], inbound);
    else
        deliver_put_digits(bytes, head[0], type == DELIVER_INTERNATIONAL && head[0] > 0, inbound);
    inbound->address = deliver_address(inbound->sender);
    return DELIVER_OK;
}

/* One element of the header. A count that makes no sense is passed over with its element, as the
 * standard asks; so are all elements that we don't know. */
static void deliver_note_element(uint8_t id, const uint8_t *bytes, size_t n,
                                 struct inbound *inbound)
{
    const uint8_t *count = bytes + n - 2;

    if (!(id == 0x00 && n == 3) && !(id == 0x08 && n == 4))
        return;
    if (count[0] == 0 || count[1] == 0 || count[1] > count[0])
        return;
    inbound->reference = n == 3 ? bytes[0] : bytes[0] << 8 | bytes[1];
    inbound->total = count[0];
    inbound->seq = count[1];
}

static int deliver_read_header(struct tpdu header, struct inbound *inbound)
{
    while (header.left) {
        const uint8_t *head = tpdu_take(&header, 2);
        const uint8_t *bytes = head ? tpdu_take(&header, head[1]) : NULL;

        if (!bytes)
            return DELIVER_BROKEN;
        deliver_note_element(head[0], bytes, head[1], inbound);
    }
    return DELIVER_OK;
}

/* The header's length, its own octet included, in units of the text. */
static int deliver_split(struct tpdu *tpdu, size_t octets, struct deliver_text *text,
                         struct inbound *inbound)
{
    size_t length;

    if (octets == 0 || tpdu->at[0] >= octets)
        return DELIVER_BROKEN;
    length = tpdu->at[0] + 1u;
    text->from = text->alphabet == DELIVER_SEPTETS ? (length * 8 + 6) / 7 : length;
    if (text->from > text->units)
        return DELIVER_BROKEN;
    return deliver_read_header((struct tpdu){tpdu->at + 1, length - 1}, inbound);
}

/* TP-UDL and TP-UD. */
static int deliver_take_text(struct tpdu *tpdu, bool has_header, struct deliver_text *text,
                             struct inbound *inbound)
{
    const uint8_t *units = tpdu_take(tpdu, 1);
    bool packed = text->alphabet == DELIVER_SEPTETS;
    size_t octets;

    if (!units || *units > (packed ? DELIVER_SEPTETS_MAX : DELIVER_OCTETS_MAX))
        return DELIVER_BROKEN;
    octets = packed ? (*units * 7u + 7) / 8 : *units;
    if (octets > tpdu->left)
        return DELIVER_BROKEN;
    text->bytes = tpdu->at;
    text->units = *units;
    return has_header ? deliver_split(tpdu, octets, text, inbound) : DELIVER_OK;
}

/* The code point at *at, which is moved past it; a trailing odd octet is none. */
static int32_t deliver_next_ucs2(const struct deliver_text *text, size_t *at)
{
    const uint8_t *bytes = text->bytes + *at;
    int32_t high = bytes[0] << 8 | bytes[1], low;

    *at += 2;
    if (high < 0xD800 || high > 0xDFFF)
        return high ? high : 0xFFFD;
    if (high >= 0xDC00 || *at + 2 > text->units)
        return 0xFFFD;
    low = bytes[2] << 8 | bytes[3];
    if (low < 0xDC00 || low > 0xDFFF)
        return 0xFFFD;
    *at += 2;
    return 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
}

static void deliver_put_text(const struct deliver_text *text, struct inbound *inbound)
{
    BUFFER_FREE_LATER struct buffer out = BUFFER_NULL;
    char bytes[4];

    if (text->alphabet == DELIVER_NO_TEXT)
        buffer_add_text(&out, DELIVER_DATA);
    else if (text->alphabet == DELIVER_SEPTETS)
        septets_decode(&out, text->bytes, text->from, text->units);
    else
        for (size_t at = text->from; at + 2 <= text->units;)
            buffer_add(&out, bytes, utf8_put(deliver_next_ucs2(text, &at), bytes));
    deliver_copy(&out, inbound->text, sizeof inbound->text);
}

static int deliver_read(struct tpdu *tpdu, struct inbound *inbound)
{
    const uint8_t *first, *coding, *sent;
    struct deliver_text text = {0};

    if (tpdu_skip_centre(tpdu))
        return DELIVER_BROKEN;
    first = tpdu_take(tpdu, 1);
    if (!first)
        return DELIVER_BROKEN;
    if ((*first & DELIVER_MTI) != TPDU_DELIVER)
        return DELIVER_OTHER;
    if (deliver_take_sender(tpdu, inbound))
        return DELIVER_BROKEN;
    coding = tpdu_take(tpdu, 2); /* TP-PID, TP-DCS */
    sent = tpdu_take(tpdu, TPDU_TIME_BYTES);
    if (!coding || !sent)
        return DELIVER_BROKEN;
    inbound->sent_ms = tpdu_time_ms(sent);
    text.alphabet = deliver_alphabet(coding[1]);
    if (deliver_take_text(tpdu, *first & DELIVER_HAS_HEADER, &text, inbound))
        return DELIVER_BROKEN;
    deliver_put_text(&text, inbound);
    return DELIVER_OK;
}

int deliver_parse(const char *digits, size_t length, struct inbound *inbound)
{
    BUFFER_FREE_LATER struct buffer bytes = BUFFER_NULL;
    struct tpdu tpdu;

    memset(inbound, 0, sizeof *inbound);
    inbound->reference = -1;
    inbound->total = inbound->seq = 1;
    if (length == 0 || length > TPDU_DIGITS_MAX || hex_decode(&bytes, digits, length))
        return DELIVER_BROKEN;
    tpdu = (struct tpdu){(const uint8_t *)buffer_text(&bytes), bytes.length};
    return deliver_read(&tpdu, inbound);
}

int64_t deliver_address(const char *sender)
{
    int64_t number;

    return phone_parse(sender, strlen(sender), &number) == PHONE_MOBILE ? number : 0;
}
