/* deliver: a text for a SIM. See deliver.h.
 * Runs: any. */
#include "tests/sim/deliver.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/base/utf8.h"
#include "tests/sim/gsm7.h"
#include "tests/sim/pdu_room.h"

enum { DELIVER_HEADER = 6, DELIVER_DCS_GSM7 = 0x00, DELIVER_DCS_UCS2 = 0x08 };

/* Units of one part, alone and behind the header. */
static const size_t deliver_room[2][2] = {[PDU_GSM7] = {160, 153}, [PDU_UCS2] = {70, 67}};

struct deliver {
    enum pdu_alphabet alphabet;
    uint16_t *units; /* septets, or UTF-16 */
    size_t n;
    unsigned parts;
    size_t begins[DELIVER_PARTS_MAX + 1]; /* of parts, in units; the last one is n */
};

int deliver_read_sender(const char *text, struct deliver_head *head)
{
    bool plus = *text == '+';
    const char *digits = text + plus;
    size_t length = strlen(digits), characters = 0;

    if (length == 0 || length > PDU_NUMBER_MAX)
        return 1;
    memcpy(head->sender, digits, length + 1);
    head->kind = plus ? DELIVER_INTERNATIONAL : DELIVER_LOCAL;
    if (strspn(digits, "0123456789") == length)
        return 0;
    head->kind = DELIVER_LETTERS;
    for (size_t at = 0; at < length; characters++) {
        int32_t code = utf8_next(digits, length, &at);
        int septet = code < 0 ? -1 : gsm7_septet(code);

        if (septet < 0 || septet >= GSM7_EXTENDED)
            return 1;
    }
    return plus || characters > DELIVER_LETTERS_MAX;
}

static void deliver_put(struct deliver *deliver, unsigned unit)
{
    deliver->units[deliver->n++] = (uint16_t)unit;
}

/* A character: as it is one or two units. */
static void deliver_add(struct deliver *deliver, int32_t code)
{
    unsigned value = (unsigned)code;

    if (deliver->alphabet == PDU_GSM7) {
        unsigned septet = (unsigned)gsm7_septet(code);

        if (septet & GSM7_EXTENDED)
            deliver_put(deliver, GSM7_ESCAPE);
        deliver_put(deliver, septet & 0x7F);
    } else if (value >= 0x10000) {
        deliver_put(deliver, 0xD800 + ((value - 0x10000) >> 10));
        deliver_put(deliver, 0xDC00 + ((value - 0x10000) & 0x3FF));
    } else {
        deliver_put(deliver, value);
    }
}

/* Does the character before this unit go on in it? */
static bool deliver_is_inside(const struct deliver *deliver, size_t at)
{
    if (deliver->alphabet == PDU_GSM7)
        return deliver->units[at - 1] == GSM7_ESCAPE;
    return deliver->units[at] >= 0xDC00 && deliver->units[at] < 0xE000;
}

/* 0, or 1: too many parts. */
static int deliver_cut(struct deliver *deliver)
{
    const size_t *room = deliver_room[deliver->alphabet];
    size_t most = deliver->n <= room[0] ? room[0] : room[1], at = 0;

    do {
        if (deliver->parts == DELIVER_PARTS_MAX)
            return 1;
        deliver->begins[deliver->parts++] = at;
        at = deliver->n - at <= most ? deliver->n : at + most;
        if (at < deliver->n && deliver_is_inside(deliver, at))
            at--;
    } while (at < deliver->n);
    deliver->begins[deliver->parts] = deliver->n;
    return 0;
}

static bool deliver_is_gsm7(const char *text, size_t length)
{
    for (size_t at = 0; at < length;)
        if (gsm7_septet(utf8_next(text, length, &at)) < 0)
            return false;
    return true;
}

struct deliver *deliver_new(const char *text)
{
    size_t length = strlen(text);
    struct deliver *deliver;

    if (!utf8_is_valid(text, length))
        return NULL;
    deliver = mem_new(struct deliver);
    deliver->alphabet = deliver_is_gsm7(text, length) ? PDU_GSM7 : PDU_UCS2;
    deliver->units = mem_array(length * 2 + 1, uint16_t);
    for (size_t at = 0; at < length;)
        deliver_add(deliver, utf8_next(text, length, &at));
    if (!deliver_cut(deliver))
        return deliver;
    deliver_free(deliver);
    return NULL;
}

void deliver_free(struct deliver *deliver)
{
    free(deliver->units);
    free(deliver);
}

unsigned deliver_parts(const struct deliver *deliver)
{
    return deliver->parts;
}

static void deliver_put_sender(const struct deliver_head *head, struct pdu_bytes *out)
{
    uint16_t septets[PDU_NUMBER_MAX];
    size_t length = strlen(head->sender), n = 0;

    if (head->kind != DELIVER_LETTERS) {
        pdu_put_address(out, head->sender,
                        head->kind == DELIVER_INTERNATIONAL ? PDU_TOA_INTERNATIONAL
                                                            : PDU_TOA_UNKNOWN);
        return;
    }
    for (size_t at = 0; at < length;)
        septets[n++] = (uint16_t)gsm7_septet(utf8_next(head->sender, length, &at));
    pdu_put(out, (unsigned)(n * 7 + 3) / 4); /* useful semi-octets, 9.1.2.5 */
    pdu_put(out, PDU_TOA_LETTERS);
    pdu_put_septets(out, septets, n, 0);
}

static void deliver_put_header(const struct deliver *deliver, uint8_t concat, unsigned part,
                               struct pdu_bytes *out)
{
    pdu_put(out, DELIVER_HEADER - 1);
    pdu_put(out, 0x00); /* concatenation, 8-bit reference */
    pdu_put(out, 3);
    pdu_put(out, concat);
    pdu_put(out, deliver->parts);
    pdu_put(out, part);
}

/* TP-UDL and TP-UD. */
static void deliver_put_data(const struct deliver *deliver, uint8_t concat, unsigned part,
                             struct pdu_bytes *out)
{
    const uint16_t *units = deliver->units + deliver->begins[part - 1];
    size_t n = deliver->begins[part] - deliver->begins[part - 1];
    bool headed = deliver->parts > 1;
    size_t header = headed ? DELIVER_HEADER : 0, header_septets = (header * 8 + 6) / 7;

    pdu_put(out, (unsigned)(deliver->alphabet == PDU_GSM7 ? header_septets + n : header + 2 * n));
    if (headed)
        deliver_put_header(deliver, concat, part, out);
    if (deliver->alphabet == PDU_GSM7) {
        pdu_put_septets(out, units, n, (unsigned)(header_septets * 7 - header * 8));
        return;
    }
    for (size_t i = 0; i < n; i++) {
        pdu_put(out, units[i] >> 8);
        pdu_put(out, units[i] & 0xFF);
    }
}

void deliver_write(const struct deliver *deliver, const struct deliver_head *head, unsigned part,
                   struct pdu_bytes *out)
{
    size_t centre = pdu_put_centre(out);

    LOG_ASSERT(part >= 1 && part <= deliver->parts);
    pdu_put(out, PDU_MTI_DELIVER | PDU_NO_MORE | (deliver->parts > 1 ? PDU_HAS_HEADER : 0));
    deliver_put_sender(head, out);
    pdu_put(out, 0); /* TP-PID */
    pdu_put(out, deliver->alphabet == PDU_GSM7 ? DELIVER_DCS_GSM7 : DELIVER_DCS_UCS2);
    pdu_put_time(out, head->sent_ms);
    deliver_put_data(deliver, head->concat, part, out);
    out->tpdu = out->length - centre;
}

/* The character that begins at *at, which moves past it. */
static int32_t deliver_char(const struct deliver *deliver, size_t *at)
{
    unsigned unit = deliver->units[(*at)++];

    if (deliver->alphabet == PDU_GSM7)
        return unit == GSM7_ESCAPE ? gsm7_extension(deliver->units[(*at)++]) : gsm7_char(unit);
    if (unit < 0xD800 || unit >= 0xDC00)
        return (int32_t)unit;
    return (int32_t)(0x10000 + ((unit - 0xD800) << 10) + (deliver->units[(*at)++] - 0xDC00u));
}

void deliver_text(const struct deliver *deliver, unsigned part, char text[static PDU_TEXT_MAX + 1])
{
    LOG_ASSERT(part >= 1 && part <= deliver->parts);
    for (size_t at = deliver->begins[part - 1]; at < deliver->begins[part];)
        text += utf8_put(deliver_char(deliver, &at), text);
    *text = '\0';
}
