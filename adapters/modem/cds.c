/* cds: a status report as the modem hands it out. See cds.h.
 * Runs: any (pure). */
#include "adapters/modem/cds.h"

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "gateway/base/hex.h"

#include "adapters/modem/cms.h"

#define CDS_STATUS_REPORT 2  /* TP-MTI, network to phone */
#define CDS_NUMBER_DIGITS 18 /* what fits into an int64_t */
#define CDS_TIME_BYTES    7
#define CDS_ALPHANUMERIC  5 /* type of number */

struct cds_rest {
    const uint8_t *at;
    size_t left;
};

static const uint8_t *cds_take(struct cds_rest *rest, size_t n)
{
    const uint8_t *taken = rest->at;

    if (rest->left < n)
        return NULL;
    rest->at += n;
    rest->left -= n;
    return taken;
}

/* The digit at a place of a run of swapped semi-octets, or -1. */
static int cds_digit(const uint8_t *bytes, size_t place)
{
    int digit = place % 2 ? bytes[place / 2] >> 4 : bytes[place / 2] & 0x0F;

    return digit <= 9 ? digit : -1;
}

/* TP-RA. 0, or 1. */
static int cds_take_number(struct cds_rest *rest, int64_t *number)
{
    const uint8_t *head = cds_take(rest, 2);
    const uint8_t *bytes;

    if (!head || head[0] == 0 || head[0] > CDS_NUMBER_DIGITS ||
        (head[1] >> 4 & 7) == CDS_ALPHANUMERIC)
        return 1;
    bytes = cds_take(rest, (head[0] + 1u) / 2);
    *number = 0;
    for (size_t i = 0; bytes && i < head[0]; i++) {
        int digit = cds_digit(bytes, i);

        if (digit < 0)
            return 1;
        *number = *number * 10 + digit;
    }
    return !bytes || *number == 0;
}

/* TP-SCTS in ms since 1970, or 0. */
static int64_t cds_time_ms(const uint8_t *bytes)
{
    int fields[CDS_TIME_BYTES - 1], quarters;
    struct tm tm;

    for (size_t i = 0; i < CDS_TIME_BYTES - 1; i++) {
        int tens = cds_digit(bytes, 2 * i), ones = cds_digit(bytes, 2 * i + 1);

        if (tens < 0 || ones < 0)
            return 0;
        fields[i] = tens * 10 + ones;
    }
    if (fields[1] < 1 || fields[1] > 12 || fields[2] < 1 || fields[2] > 31 || fields[3] > 23)
        return 0;
    quarters = (bytes[6] & 0x07) * 10 + (bytes[6] >> 4);
    if (bytes[6] & 0x08)
        quarters = -quarters;
    tm = (struct tm){.tm_year = 100 + fields[0],
                     .tm_mon = fields[1] - 1,
                     .tm_mday = fields[2],
                     .tm_hour = fields[3],
                     .tm_min = fields[4],
                     .tm_sec = fields[5]};
    return ((int64_t)timegm(&tm) - (int64_t)quarters * 15 * 60) * 1000;
}

static int cds_read(struct cds_rest *rest, struct status_report *report)
{
    const uint8_t *centre = cds_take(rest, 1), *head, *sent, *status;

    if (!centre || !cds_take(rest, centre[0]))
        return 1;
    head = cds_take(rest, 2);
    if (!head || (head[0] & 3) != CDS_STATUS_REPORT || cds_take_number(rest, &report->address))
        return 1;
    sent = cds_take(rest, CDS_TIME_BYTES);
    if (!cds_take(rest, CDS_TIME_BYTES)) /* when it was delivered or given up */
        return 1;
    status = cds_take(rest, 1);
    if (!status)
        return 1;
    report->reference = head[1];
    report->status = *status;
    report->kind = cms_report_kind(*status);
    report->sent_ms = cds_time_ms(sent);
    return 0;
}

int cds_parse(const char *digits, size_t length, struct status_report *report)
{
    BUFFER_FREE_LATER struct buffer bytes = BUFFER_NULL;
    struct cds_rest rest;

    if (length == 0 || length > CDS_DIGITS_MAX || hex_decode(&bytes, digits, length))
        return 1;
    *report = (struct status_report){0};
    rest = (struct cds_rest){(const uint8_t *)buffer_text(&bytes), bytes.length};
    return cds_read(&rest, report);
}
