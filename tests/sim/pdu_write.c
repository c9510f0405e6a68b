/* pdu_write: writing what a network sends. See pdu.h, pdu_room.h.
 * Runs: any (pure, but for the process's time zone). */
#include "tests/sim/pdu_room.h"

#include <string.h>
#include <time.h>

#include "gateway/base/log.h"

#define PDU_SERVICE_CENTRE "8613800100500"

void pdu_put(struct pdu_bytes *out, unsigned byte)
{
    LOG_ASSERT(out->length < PDU_BYTES_MAX);
    out->bytes[out->length++] = (uint8_t)byte;
}

static void pdu_put_digits(struct pdu_bytes *out, const char *digits)
{
    for (; *digits; digits += 2) {
        unsigned high = digits[1] ? (unsigned)(digits[1] - '0') : 15;

        pdu_put(out, (unsigned)(digits[0] - '0') | high << 4);
        if (!digits[1])
            return;
    }
}

size_t pdu_put_centre(struct pdu_bytes *out)
{
    static const char digits[] = PDU_SERVICE_CENTRE;

    out->length = 0;
    pdu_put(out, 1 + sizeof digits / 2);
    pdu_put(out, PDU_TOA_INTERNATIONAL);
    pdu_put_digits(out, digits);
    return out->length;
}

void pdu_put_address(struct pdu_bytes *out, const char *digits, unsigned type)
{
    pdu_put(out, (unsigned)strlen(digits));
    pdu_put(out, type);
    pdu_put_digits(out, digits);
}

static void pdu_put_swapped(struct pdu_bytes *out, int value, unsigned sign)
{
    pdu_put(out, (unsigned)(value % 10) << 4 | (unsigned)(value / 10 % 10) | sign);
}

/* TP-SCTS, 9.2.3.11: local time and its distance from UTC in quarters of an hour. */
void pdu_put_time(struct pdu_bytes *out, int64_t wall_ms)
{
    time_t seconds = (time_t)(wall_ms / 1000);
    struct tm tm;
    int quarters;

    localtime_r(&seconds, &tm);
    quarters = (int)(tm.tm_gmtoff / 900);
    pdu_put_swapped(out, tm.tm_year % 100, 0);
    pdu_put_swapped(out, tm.tm_mon + 1, 0);
    pdu_put_swapped(out, tm.tm_mday, 0);
    pdu_put_swapped(out, tm.tm_hour, 0);
    pdu_put_swapped(out, tm.tm_min, 0);
    pdu_put_swapped(out, tm.tm_sec, 0);
    pdu_put_swapped(out, quarters < 0 ? -quarters : quarters, quarters < 0 ? 0x08 : 0);
}

void pdu_put_septets(struct pdu_bytes *out, const uint16_t *septets, size_t n, unsigned fill)
{
    unsigned bits = 0, held = fill;

    for (size_t i = 0; i < n; i++) {
        bits |= (unsigned)septets[i] << held;
        held += 7;
        if (held < 8)
            continue;
        pdu_put(out, bits & 0xFF);
        bits >>= 8;
        held -= 8;
    }
    if (held && n)
        pdu_put(out, bits & 0xFF);
}

void pdu_write_report(const struct pdu_report *report, struct pdu_bytes *out)
{
    size_t centre = pdu_put_centre(out);

    pdu_put(out, PDU_MTI_STATUS | PDU_NO_MORE);
    pdu_put(out, report->reference);
    pdu_put_address(out, report->number,
                    report->international ? PDU_TOA_INTERNATIONAL : PDU_TOA_UNKNOWN);
    pdu_put_time(out, report->sent_ms);
    pdu_put_time(out, report->done_ms);
    pdu_put(out, report->status);
    out->tpdu = out->length - centre;
}
