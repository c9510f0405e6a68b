/* cds: a status report as the modem hands it out. See cds.h.
 * Runs: any (pure). */
#include "adapters/modem/cds.h"

#include <stdint.h>

#include "gateway/base/hex.h"

#include "adapters/modem/cms.h"

#define CDS_NUMBER_DIGITS 18 /* what fits into an int64_t */

/* TP-RA. 0, or 1. */
static int cds_take_number(struct tpdu *tpdu, int64_t *number)
{
    const uint8_t *head = tpdu_take(tpdu, 2);
    const uint8_t *bytes;

    if (!head || head[0] == 0 || head[0] > CDS_NUMBER_DIGITS ||
        (head[1] >> 4 & 7) == TPDU_ALPHANUMERIC)
        return 1;
    bytes = tpdu_take(tpdu, (head[0] + 1u) / 2);
    *number = 0;
    for (size_t i = 0; bytes && i < head[0]; i++) {
        int digit = tpdu_semi_octet(bytes, i);

        if (digit > 9)
            return 1;
        *number = *number * 10 + digit;
    }
    return !bytes || *number == 0;
}

static int cds_read(struct tpdu *tpdu, struct status_report *report)
{
    const uint8_t *head, *sent, *status;

    if (tpdu_skip_centre(tpdu))
        return 1;
    head = tpdu_take(tpdu, 2);
    if (!head || (head[0] & 3) != TPDU_STATUS_REPORT || cds_take_number(tpdu, &report->address))
        return 1;
    sent = tpdu_take(tpdu, TPDU_TIME_BYTES);
    if (!tpdu_take(tpdu, TPDU_TIME_BYTES)) /* when it was delivered or given up */
        return 1;
    status = tpdu_take(tpdu, 1);
    if (!status)
        return 1;
    report->reference = head[1];
    report->status = *status;
    report->kind = cms_report_kind(*status);
    report->sent_ms = tpdu_time_ms(sent);
    return 0;
}

int cds_parse(const char *digits, size_t length, struct status_report *report)
{
    BUFFER_FREE_LATER struct buffer bytes = BUFFER_NULL;
    struct tpdu tpdu;

    if (length == 0 || length > TPDU_DIGITS_MAX || hex_decode(&bytes, digits, length))
        return 1;
    *report = (struct status_report){0};
    tpdu = (struct tpdu){(const uint8_t *)buffer_text(&bytes), bytes.length};
    return cds_read(&tpdu, report);
}
