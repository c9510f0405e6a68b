/* pdu: reading SMS-SUBMITs, writing status reports. See pdu.h.
 * Runs: any (pure). */
#include "tests/sim/pdu.h"

#include <string.h>

#include "gateway/base/utf8.h"
#include "tests/sim/gsm7.h"

enum { /* first octet, 9.2.3.1 and on */
       PDU_MTI = 0x03,
       PDU_MTI_SUBMIT = 0x01,
       PDU_VPF = 0x18,
       PDU_VPF_RELATIVE = 0x10,
       PDU_REPORT_WANTED = 0x20,
       PDU_HEADED = 0x40,
};

enum { PDU_DCS_UCS2 = 0x08 };

struct pdu_reader {
    const uint8_t *at;
    size_t left;
};

/* The user data after TP-UDL, as it is taken apart. */
struct pdu_data {
    const uint8_t *bytes;
    size_t length; /* octets */
    size_t units;  /* TP-UDL: septets or octets */
    size_t header; /* octets of the header, its length octet included; 0: none */
};

static const uint8_t *pdu_take(struct pdu_reader *reader, size_t count)
{
    const uint8_t *bytes = reader->at;

    if (count > reader->left)
        return NULL;
    reader->at += count;
    reader->left -= count;
    return bytes;
}

static int pdu_digits(const uint8_t *semi, size_t count, char *out)
{
    for (size_t i = 0; i < count; i++) {
        unsigned digit = i % 2 ? semi[i / 2] >> 4 : semi[i / 2] & 15;

        if (digit > 9)
            return PDU_ADDRESS;
        out[i] = (char)('0' + digit);
    }
    out[count] = '\0';
    return count % 2 && semi[count / 2] >> 4 != 15 ? PDU_ADDRESS : PDU_OK;
}

static int pdu_read_address(struct pdu_reader *reader, struct pdu_submit *out)
{
    const uint8_t *head = pdu_take(reader, 2);
    const uint8_t *semi;

    if (!head)
        return PDU_LENGTH;
    if (head[0] == 0 || head[0] > PDU_NUMBER_MAX || !(head[1] & 0x80) || (head[1] & 0x70) == 0x50)
        return PDU_ADDRESS; /* 0x50: letters, which can't be a destination */
    semi = pdu_take(reader, (head[0] + 1u) / 2);
    if (!semi)
        return PDU_LENGTH;
    out->international = (head[1] & 0x70) == 0x10;
    return pdu_digits(semi, head[0], out->number);
}

static int pdu_read_coding(uint8_t dcs, enum pdu_alphabet *alphabet)
{
    unsigned group = dcs >> 4;

    if (group == 15 && (dcs & 0x0C) == 0) {
        *alphabet = PDU_GSM7;
        return PDU_OK;
    }
    if (group > 3 || dcs & 0x20 || (dcs & 0x04))
        return PDU_CODING; /* other groups, compressed, 8-bit data and the reserved alphabet */
    *alphabet = dcs & PDU_DCS_UCS2 ? PDU_UCS2 : PDU_GSM7;
    return PDU_OK;
}

/* TP-VP relative, 9.2.3.12.1. */
static int32_t pdu_validity_min(uint8_t vp)
{
    if (vp <= 143)
        return (vp + 1) * 5;
    if (vp <= 167)
        return 12 * 60 + (vp - 143) * 30;
    if (vp <= 196)
        return (vp - 166) * 24 * 60;
    return (vp - 192) * 7 * 24 * 60;
}

static int pdu_read_concat(const uint8_t *ie, struct pdu_submit *out)
{
    const uint8_t *value = ie + 2;

    if (ie[0] != 0x00 && ie[0] != 0x08)
        return PDU_OK; /* another element: nothing that the text depends on */
    if (ie[1] != (ie[0] == 0x00 ? 3 : 4))
        return PDU_HEADER;
    out->concat = *value++;
    if (ie[0] == 0x08)
        out->concat = out->concat << 8 | *value++;
    out->parts = value[0];
    out->part = value[1];
    return out->part == 0 || out->part > out->parts ? PDU_HEADER : PDU_OK;
}

static int pdu_read_header(struct pdu_data *data, struct pdu_submit *out)
{
    if (data->length == 0 || data->bytes[0] + 1u > data->length)
        return PDU_HEADER;
    data->header = data->bytes[0] + 1u;
    for (size_t at = 1; at < data->header;) {
        const uint8_t *ie = data->bytes + at;
        int rc;

        if (data->header - at < 2 || ie[1] > data->header - at - 2)
            return PDU_HEADER;
        rc = pdu_read_concat(ie, out);
        if (rc)
            return rc;
        at += ie[1] + 2u;
    }
    return PDU_OK;
}

static unsigned pdu_septet(const uint8_t *bytes, size_t length, size_t i)
{
    size_t bit = i * 7;
    unsigned pair = bytes[bit / 8];

    if (bit / 8 + 1 < length)
        pair |= (unsigned)bytes[bit / 8 + 1] << 8;
    return (pair >> (bit % 8)) & 0x7F;
}

static int pdu_read_gsm7(const struct pdu_data *data, char *text)
{
    size_t first = (data->header * 8 + 6) / 7; /* the text starts on a septet boundary */
    bool escaped = false;

    if (data->units > 160 || first > data->units)
        return PDU_LENGTH;
    for (size_t i = first; i < data->units; i++) {
        unsigned septet = pdu_septet(data->bytes, data->length, i);
        int32_t code = escaped ? gsm7_extension(septet) : gsm7_char(septet);

        if (!escaped && septet == GSM7_ESCAPE) {
            escaped = true;
            continue;
        }
        if (code < 0)
            return PDU_TEXT;
        escaped = false;
        text += utf8_put(code, text);
    }
    *text = '\0';
    return escaped ? PDU_TEXT : PDU_OK;
}

static unsigned pdu_unit(const uint8_t *bytes)
{
    return (unsigned)bytes[0] << 8 | bytes[1];
}

static int pdu_read_ucs2(const struct pdu_data *data, char *text)
{
    const uint8_t *at = data->bytes + data->header, *end = data->bytes + data->length;

    if (data->units > 140 || (end - at) % 2)
        return PDU_LENGTH;
    while (at < end) {
        unsigned unit = pdu_unit(at);
        int32_t code = (int32_t)unit;

        at += 2;
        if (unit >= 0xD800 && unit < 0xDC00 && at < end) {
            unsigned low = pdu_unit(at);

            at += 2;
            code = low >= 0xDC00 && low < 0xE000
                       ? (int32_t)(0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00))
                       : 0;
        } else if (unit >= 0xD800 && unit < 0xE000) {
            return PDU_TEXT;
        }
        if (code == 0)
            return PDU_TEXT;
        text += utf8_put(code, text);
    }
    *text = '\0';
    return PDU_OK;
}

static int pdu_read_data(struct pdu_reader *reader, bool headed, struct pdu_submit *out)
{
    const uint8_t *units = pdu_take(reader, 1);
    struct pdu_data data = {.bytes = reader->at, .length = reader->left};
    size_t octets;

    if (!units)
        return PDU_LENGTH;
    data.units = *units;
    octets = out->alphabet == PDU_GSM7 ? (data.units * 7 + 7) / 8 : data.units;
    if (octets != data.length)
        return PDU_LENGTH;
    if (headed) {
        int rc = pdu_read_header(&data, out);

        if (rc)
            return rc;
    }
    return out->alphabet == PDU_GSM7 ? pdu_read_gsm7(&data, out->text)
                                     : pdu_read_ucs2(&data, out->text);
}

/* From TP-PID to the end. */
static int pdu_read_body(struct pdu_reader *reader, uint8_t first, struct pdu_submit *out)
{
    const uint8_t *pid_dcs = pdu_take(reader, 2);
    int rc;

    if (!pid_dcs)
        return PDU_LENGTH;
    if (pid_dcs[0] != 0)
        return PDU_CODING;
    rc = pdu_read_coding(pid_dcs[1], &out->alphabet);
    if (rc)
        return rc;
    if ((first & PDU_VPF) == PDU_VPF_RELATIVE) {
        const uint8_t *vp = pdu_take(reader, 1);

        if (!vp)
            return PDU_LENGTH;
        out->vp = *vp;
        out->validity_min = pdu_validity_min(*vp);
    } else if (first & PDU_VPF) {
        return PDU_VALIDITY;
    }
    return pdu_read_data(reader, first & PDU_HEADED, out);
}

int pdu_read_submit(const uint8_t *bytes, size_t length, size_t announced, struct pdu_submit *out)
{
    struct pdu_reader reader = {.at = bytes, .left = length};
    const uint8_t *centre = pdu_take(&reader, 1);
    const uint8_t *head;
    int rc;

    *out = (struct pdu_submit){.vp = PDU_NO_VP, .part = 1, .parts = 1};
    if (!centre || !pdu_take(&reader, *centre) || *centre > 11 || reader.left != announced)
        return PDU_LENGTH;
    head = pdu_take(&reader, 2); /* first octet and TP-MR, which the modem fills in */
    if (!head)
        return PDU_LENGTH;
    if ((head[0] & PDU_MTI) != PDU_MTI_SUBMIT)
        return PDU_KIND;
    out->want_report = head[0] & PDU_REPORT_WANTED;
    rc = pdu_read_address(&reader, out);
    return rc ? rc : pdu_read_body(&reader, head[0], out);
}

const char *pdu_error_name(int error)
{
    static const char *const names[PDU_ERRORS] = {
        [PDU_OK] = "ok",           [PDU_LENGTH] = "length", [PDU_KIND] = "kind",
        [PDU_ADDRESS] = "address", [PDU_CODING] = "coding", [PDU_VALIDITY] = "validity",
        [PDU_HEADER] = "header",   [PDU_TEXT] = "text",
    };

    return error >= 0 && error < PDU_ERRORS ? names[error] : "unknown";
}
