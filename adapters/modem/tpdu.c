/* tpdu: octets, digits and times of a message. See tpdu.h.
 * Runs: any (pure). */
#include "adapters/modem/tpdu.h"

#include <time.h>

const uint8_t *tpdu_take(struct tpdu *tpdu, size_t n)
{
    const uint8_t *taken = tpdu->at;

    if (tpdu->left < n)
        return NULL;
    tpdu->at += n;
    tpdu->left -= n;
    return taken;
}

int tpdu_skip_centre(struct tpdu *tpdu)
{
    const uint8_t *length = tpdu_take(tpdu, 1);

    return !length || !tpdu_take(tpdu, *length);
}

int tpdu_semi_octet(const uint8_t *bytes, size_t place)
{
    return place % 2 ? bytes[place / 2] >> 4 : bytes[place / 2] & 0x0F;
}

int64_t tpdu_time_ms(const uint8_t *bytes)
{
    int fields[TPDU_TIME_BYTES - 1], quarters;
    struct tm tm;

    for (size_t i = 0; i < TPDU_TIME_BYTES - 1; i++) {
        int tens = tpdu_semi_octet(bytes, 2 * i), ones = tpdu_semi_octet(bytes, 2 * i + 1);

        if (tens > 9 || ones > 9)
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
